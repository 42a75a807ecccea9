"""NetBSD, and QNX, whose netstat it is: `netstat -an`, -A -V, and the tables of -r, -i and -s.

Sources, read: NetBSD, usr.bin/netstat/inet.c to 1.119 (2022), inet6.c, if.c to 1.99 (2022), show.c
of 2013 and its successor; and two captures of QNX. A row is printed with
`%-5.5s %6ld %6ld  %-22.22s %-22.22s %s`; a host is cut to 16 characters, a service's name to 8, and
the whole to 22. IPv6 has a banner of its own, and its header names the state in brackets, as
macOS' does: without that banner it is read as macOS'. With -A and names the columns are 18 wide;
with -An those of IPv4 have 21, one blank less, and short states. With -v nothing is cut, under the
same header. With -i -a the counters stand behind the last multicast group: such rows are reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from netstat_parse.dialects.bsd import BANNERS, MEMORY, STATES, address, bsd_unix
from netstat_parse.dialects.bsd_statistics import STATISTICS_TABLE
from netstat_parse.dialects.bsd_tables import (
    OTHER_ROUTE_BANNERS,
    bsd_interfaces,
    bsd_routes,
    in_extra,
    route_limits,
    start_of,
)
from netstat_parse.dialects.common import bits, width_of
from netstat_parse.grammar.dialect import Claim, Column, Dialect, Field, RowKind, TableSpec
from netstat_parse.grammar.tokens import (
    choice,
    literal,
    number,
    one_of_words,
    optional,
    word,
    word_token,
)
from netstat_parse.grammar.truncation import AddressLimits
from netstat_parse.schema import CONNECTIONS

# Sockets ------------------------------------------------------------------------------------------

SHORT_STATES = {
    "SYNSEN": "SYN_SENT",
    "SYSRCV": "SYN_RECEIVED",
    "ESTABL": "ESTABLISHED",
    "CLWAIT": "CLOSE_WAIT",
    "FWAIT1": "FIN_WAIT_1",
    "CLOSNG": "CLOSING",
    "LASTAK": "LAST_ACK",
    "FWAIT2": "FIN_WAIT_2",
    "TMWAIT": "TIME_WAIT",
}
"""Those of -An; CLOSED and LISTEN are as they always are."""
ALL_STATES = STATES | SHORT_STATES
STATE = one_of_words(ALL_STATES, "state")("state")

LIMITS = AddressLimits(field=22, host=16, service=8)
COMPACT_LIMITS = AddressLimits(field=21, host=16, service=8, numbers_are_cut=True)
LIMITS_WITH_BLOCKS = AddressLimits(
    field=18, host=16, host_with_names=12, service=8, numbers_are_cut=True
)


def limits(header: str) -> AddressLimits:
    """Those of the columns' width; the narrowest ones where the header does not tell it."""
    return {22: LIMITS, 21: COMPACT_LIMITS}.get(width_of(header), LIMITS_WITH_BLOCKS)


def to_milliseconds(text: str) -> float:
    """The time until it expires."""
    return float(text.removesuffix("ms"))


EXPIRES = optional(
    choice(
        "Expires",
        word_token("milliseconds", r"-?[0-9]{1,9}\.[0-9]{3}ms")("expires"),
        literal("reclaimed"),
    )
)
PROTO = r"(?:tcp|udp|dccp|sctp|icmp|ip)6?+"
OTHER_PROTO = rf"(?!tcp6?+(?!\S)) {PROTO}"


def sockets(
    banners: tuple[str, ...],
    title: str,
    *,
    follows: bool,
    common_headers: tuple[str, ...],
    example: str,
) -> TableSpec:
    """The table of one family. `title` is that of the state."""

    def claims(header: str) -> Claim:
        is_own = title in header.split() and (
            header.startswith("PCB") or (title == "State" and "Send-Q  Local" in header)
        )
        return Claim.OWN if is_own else Claim.IF_NAMED

    return TableSpec(
        kind=CONNECTIONS,
        record="BsdConnection",
        banners=banners,
        columns=(
            bits("PCB", "control_block", 1),
            Column("Proto", word_token("proto", "tcp6?+")("proto"), required=True),
            Column("Recv-Q", number("recv_q", "Recv-Q"), required=True),
            Column("Send-Q", number("send_q", "Send-Q"), required=True),
            address("local"),
            address("foreign"),
            Column(title, STATE, required=True),
            Column("Expires", EXPIRES, (Field("expires", to_milliseconds, ("expires",)),)),
        ),
        row_kinds=(
            RowKind("tcp"),
            RowKind(
                "other",
                cells={
                    "Proto": word_token("proto", OTHER_PROTO)("proto"),
                    title: optional(STATE),
                },
            ),
        ),
        claim=claims,
        limits=limits,
        states=ALL_STATES,
        plain_family="ipv4",
        follows_another_table=follows,
        common_headers=common_headers,
        example=example,
    )


HEADER = "Proto Recv-Q Send-Q  Local Address          Foreign Address        State"

INTERNET = sockets(
    BANNERS,
    "State",
    follows=False,
    common_headers=(HEADER,),
    example="""
tcp        0      0  192.0.2.4.22           192.0.2.9.51000        ESTABLISHED
tcp        0      0  *.22                   *.*                    LISTEN
udp        0      0  *.514                  *.*
""",
)
INTERNET6 = sockets(
    ("Active Internet6 connections", "Active Internet6 connections (including servers)"),
    "(state)",
    follows=True,
    common_headers=(),
    example="""
tcp6       0      0  fe80::1%wm0.22         fe80::2%wm0.51000      ESTABLISHED
udp6       0      0  *.546                  *.*
""",
)

# Routes and interfaces ----------------------------------------------------------------------------


def to_tag(text: str) -> Mapping[str, str]:
    """The MPLS label of a route (-T), by its column's title."""
    return in_extra(Tag=text)


def claim_routes(header: str) -> Claim:
    """The last title is Interface. OpenBSD, and some releases, had another blank before it."""
    if "Mtu  Interface" in header:
        return Claim.SHARED
    is_own = "Mtu Interface" in header or "Tag Interface" in header
    return Claim.OWN if is_own else Claim.IF_NAMED


ROUTES = bsd_routes(
    claim_routes,
    limits=partial(route_limits, interface="Interface", wide_are_whole=True),
    interface="Interface",
    more_columns=(Column("Tag", word("tag", "Tag"), (Field("extra", to_tag, ("tag",)),)),),
    common_headers=(
        "Destination        Gateway            Flags    Refs      Use    Mtu Interface",
    ),
    example="""
default            192.0.2.1          UGS         -        -      -  wm0
127/8              127.0.0.1          UGRS        -        -  33624  lo0
192.0.2/24         link#1             UC          -        -      -  wm0
10.1/16            192.0.2.7          UGS         -        -   1400L wm0
""",
)


def claim_interfaces(header: str) -> Claim:
    """Mtu is left-aligned behind names of 5 characters, and the addresses are 17 wide."""
    places = [start_of(header, title) for title in ("Mtu", "Network", "Address")]
    is_wide = any(header[26:].startswith(f"{'Address':17} {title}") for title in COUNTER_TITLES)
    return Claim.OWN if places == [6, 12, 26] and is_wide else Claim.IF_NAMED


COUNTER_TITLES = (f"{'Ipkts':>8}", f"{'Ibytes':>10}")
"""The first counters' titles, right-aligned."""

INTERFACES = bsd_interfaces(
    claim_interfaces,
    common_headers=(
        "Name  Mtu   Network       Address              Ipkts Ierrs    Opkts Oerrs Colls",
    ),
    example="""
wm0   1500  <Link>        00:00:5e:00:53:01    12345     0     9876     0     0
wm0   1500  192.0.2/24    192.0.2.10           12345     0     9876     0     0
lo0   33624 <Link>                               101     0      101     0     0
tun0* 1500  <Link>                                 0     0        0     0     0
""",
)

UNIX_BANNER = "Active UNIX domain sockets"

DIALECT = Dialect(
    name="netbsd",
    system="bsd",
    commands=("netstat -an", "netstat -anA", "netstat -rn", "netstat -in", "netstat -s"),
    tables=(
        INTERNET,
        INTERNET6,
        bsd_unix(UNIX_BANNER),
        ROUTES,
        INTERFACES,
        STATISTICS_TABLE,
    ),
    other_lines=(MEMORY,),
    other_banners=(UNIX_BANNER, *OTHER_ROUTE_BANNERS),
    platform="netbsd",
    run_options=(("-n", "-p", "tcp"),),
    is_silent_when_empty=True,
)
