"""OpenBSD: `netstat -an`, -n -p tcp, -A -B -l, and the tables of -r, -i and -s.

Sources, read: usr.bin/netstat/inet.c to 1.180 (2024; netdomainpr, inetprint), if.c to 1.81 (2023),
show.c to 2013; and a capture of 7.3. Three blanks stand behind Proto. A row is printed with
`%-7.7s %6llu %6llu  %-22.22s %-22.22s %s`; a host is cut to 16 characters, a service's name to 8,
and the whole to 22, without a mark. With -A the columns are 18 wide, and hosts are cut to 12 if
names are printed.

Each protocol and family has a banner and a header of its own in one run: that of tcp names the
state, that of raw sockets the protocol, from 2013 on.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from pyparsing import ParserElement

from netstat_parse.dialects.bsd import BANNERS, MEMORY, STATE, STATES, address, bsd_unix
from netstat_parse.dialects.bsd_statistics import STATISTICS_TABLE
from netstat_parse.dialects.bsd_tables import (
    OTHER_ROUTE_BANNERS,
    bsd_interfaces,
    bsd_routes,
    in_extra,
    is_folded,
    route_limits,
    start_of,
)
from netstat_parse.dialects.common import bits, count, width_of
from netstat_parse.grammar.addresses import dot_address
from netstat_parse.grammar.dialect import (
    CellContext,
    CellGrammar,
    Claim,
    Column,
    Dialect,
    Field,
    RowKind,
    TableSpec,
)
from netstat_parse.grammar.tokens import ID, free_text, number, optional, word_token
from netstat_parse.grammar.truncation import AddressLimits
from netstat_parse.schema import CONNECTIONS

# Sockets ------------------------------------------------------------------------------------------

LIMITS = AddressLimits(field=22, host=16, service=8)
LIMITS_WITH_BLOCKS = AddressLimits(
    field=18, host=16, host_with_names=12, numbers_are_cut=True, service=8
)


def limits(header: str) -> AddressLimits:
    """Those of the columns' width; the narrower ones where the header does not tell it."""
    return LIMITS if width_of(header) == 22 else LIMITS_WITH_BLOCKS


HEADER = "Proto   Recv-Q Send-Q  Local Address          Foreign Address"


def claim(header: str) -> Claim:
    """Three blanks stand behind Proto."""
    return Claim.OWN if "Proto   Recv-Q" in header else Claim.IF_NAMED


PROTOCOL = number("protocol", "the protocol's number", ID)


def raw_foreign(context: CellContext) -> ParserElement:
    """The foreign address of a raw socket, whose protocol stands behind it without a title."""
    found = dot_address("foreign", context.limits)
    return found if context.cells_behind else found + optional(PROTOCOL)


FOREIGN = address("foreign")
RAW: dict[str, CellGrammar] = {
    "Proto": word_token("proto", "(?:ip|icmp)6?+")("proto"),
    "Foreign Address": raw_foreign,
    "(state)": optional(PROTOCOL),
}

INTERNET = TableSpec(
    kind=CONNECTIONS,
    record="BsdConnection",
    banners=(*BANNERS, "Active Internet connections (only servers)"),
    columns=(
        bits("PCB", "control_block", 1, "(?:0x)?+"),
        Column("Proto", word_token("proto", "(?:tcp|udp|divert)6?+")("proto"), required=True),
        Column("Recv-Q", number("recv_q", "Recv-Q"), required=True),
        Column("Send-Q", number("send_q", "Send-Q"), required=True),
        count("Recv-W", "recv_window"),
        count("Send-W", "send_window"),
        count("Cgst-W", "congestion_window"),
        address("local"),
        Column(FOREIGN.title, FOREIGN.cell, (Field("protocol", int, ("protocol",)),), True),
        Column("(state)", optional(STATE)),
        Column("TCP-State", STATE),
        Column("IP-Proto", PROTOCOL),
    ),
    row_kinds=(RowKind("socket"), RowKind("raw", cells=RAW)),
    claim=claim,
    limits=limits,
    states=STATES,
    plain_family="ipv4",
    recurs=True,
    common_headers=(
        HEADER + "        TCP-State",
        HEADER + "        (state)",
        HEADER,
    ),
    example="""
tcp          0      0  192.0.2.4.ssh          192.0.2.9.51000        ESTABLISHED
tcp6         0      0  fe80::1%lo0.smtp       *.*                    LISTEN
""",
)

# Routes and interfaces ----------------------------------------------------------------------------


def in_extra_of_route(priority: str, label: str) -> Mapping[str, str]:
    """The route's priority and its label, by their columns' titles."""
    return in_extra(Prio=priority, Label=label)


def claim_routes(header: str) -> Claim:
    """Nobody else prints a priority. Before 2007 the last title was Interface, as in NetBSD."""
    if "Mtu  Interface" in header:
        return Claim.SHARED
    return Claim.OWN if "Prio" in header.split() else Claim.IF_NAMED


def routes(interface: str, common_headers: tuple[str, ...], example: str) -> TableSpec:
    """The routes, under this title of the interfaces' names. An `L` says that the MTU is locked."""
    priority = optional(word_token("L", "L")) + number("priority", "Prio", ID)
    return bsd_routes(
        claim_routes,
        limits=partial(route_limits, interface=interface),
        interface=interface,
        more_columns=(
            Column("Prio", priority, (Field("extra", in_extra_of_route, ("priority", "label")),)),
        ),
        columns_behind=(Column("Label", free_text("label", "Label", "")),),
        common_headers=common_headers,
        example=example,
    )


ROUTES = routes(
    "Iface",
    ("Destination        Gateway            Flags   Refs      Use   Mtu  Prio Iface",),
    """
default            192.0.2.1          UGS        5     1234     -     8 em0
127/8              127.0.0.1          UGRS       0        0 32768     8 lo0
192.0.2.1          00:00:5e:00:53:01  UHLch      1       33     -     3 em0
10.1/16            192.0.2.7          UGS        0        9  1400 L   8 em0
""",
)
OLD_ROUTES = routes(
    "Interface",
    (),
    """
default            192.0.2.1          UGS         5     1234      -   em0
127/8              127.0.0.1          UGRS        0        0  33224   lo0
""",
)


def claim_interfaces(header: str) -> Claim:
    """Nobody else has networks of 11 characters beside addresses of 17."""
    network, address = start_of(header, "Network"), start_of(header, "Address")
    first = next((title for title in ("Ipkts", "Ibytes") if title in header), "")
    end = header.find(first) + len(first) - (10 if first == "Ibytes" else 8)
    is_own = address - network == 11 + 1 and end - address == 17 + 1
    return Claim.OWN if is_own and not is_folded(header) else Claim.IF_NAMED


INTERFACES = bsd_interfaces(
    claim_interfaces,
    common_headers=(
        "Name    Mtu   Network     Address              Ipkts Ifail    Opkts Ofail Colls",
    ),
    example="""
lo0     32768 <Link>                            7184     0     7184     0     0
lo0     32768 127/8       localhost             7184     0     7184     0     0
em0     1500  <Link>      00:00:5e:00:53:01    12345     1     9876     0     0
vether0* 1500  <Link>      fe:e1:ba:d0:00:01        0     0        0     0     0
""",
)

UNIX_BANNER = "Active UNIX domain sockets"

DIALECT = Dialect(
    name="openbsd",
    system="bsd",
    commands=("netstat -an", "netstat -n -p tcp", "netstat -rn", "netstat -in", "netstat -s"),
    tables=(
        INTERNET,
        bsd_unix(UNIX_BANNER),
        ROUTES,
        OLD_ROUTES,
        INTERFACES,
        STATISTICS_TABLE,
    ),
    other_lines=(MEMORY,),
    other_banners=(UNIX_BANNER, *OTHER_ROUTE_BANNERS),
    platform="openbsd",
    run_options=(("-n", "-p", "tcp"),),
)
