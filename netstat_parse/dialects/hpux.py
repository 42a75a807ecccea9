"""HP-UX: `netstat -an`, `-rn`, `-rnv` and `-in`.

No source is published. Its sockets are known of the manual alone: their header is macOS' to the
letter, so they are read here where `--dialect hpux` asks for it. Routes are known of three captures
(11.11, 11.23, 11.31), interfaces of the manual. Whether anything is cut is not known: what fills
its column may have been.
"""

from __future__ import annotations

from netstat_parse.dialects.bsd import BANNERS, STATES, bsd_unix, socket_columns
from netstat_parse.dialects.bsd_tables import cut_cell, is_folded, make_limits, start_of
from netstat_parse.dialects.common import own_if
from netstat_parse.dialects.tables import counter
from netstat_parse.grammar.dialect import Claim, Column, Dialect, Evidence, RowKind, TableSpec
from netstat_parse.grammar.tokens import (
    NEVER,
    choice,
    literal,
    number,
    one_of_words,
    optional,
    token,
    word_token,
)
from netstat_parse.grammar.truncation import AddressLimits
from netstat_parse.schema import CONNECTIONS, INTERFACES, ROUTES

# Sockets ------------------------------------------------------------------------------------------

ALL_STATES = STATES | {"IDLE": "UNKNOWN", "BOUND": "UNKNOWN"}
STATE = one_of_words(ALL_STATES, "state")("state")
LIMITS = AddressLimits(field=22, host=16, service=8, numbers_are_cut=True)

INTERNET = TableSpec(
    kind=CONNECTIONS,
    record="BsdConnection",
    banners=BANNERS,
    columns=socket_columns(word_token("proto", "tcp6?+")("proto"), STATE),
    row_kinds=(
        RowKind("tcp"),
        RowKind(
            "other",
            cells={
                "Proto": word_token("proto", "(?:udp|icmp|ip)6?+")("proto"),
                "(state)": optional(STATE),
            },
        ),
    ),
    claim=lambda header: Claim.IF_NAMED,
    limits=lambda header: LIMITS,
    states=ALL_STATES,
    plain_family="ipv4",
    common_headers=("Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)",),
    example="""
tcp        0      0  192.0.2.4.22           192.0.2.9.51000         ESTABLISHED
tcp        0      0  *.*                    *.*                     CLOSED
udp        0      0  *.514                  *.*
""",
)

# Routes -------------------------------------------------------------------------------------------


def widths(header: str, *titles: str) -> AddressLimits:
    """The widths of columns whose titles are left-aligned; the last one only ends the others."""
    if is_folded(header):
        return AddressLimits()
    starts = [start_of(header, title) for title in titles]
    pairs = zip(titles, starts, starts[1:], strict=False)
    return make_limits({title: (there - here - 1,) for title, here, there in pairs})


def routes(destination: str, *, header: str, example: str) -> TableSpec:
    """The table under this first title; with -v the destination has its mask behind a slash."""
    return TableSpec(
        kind=ROUTES,
        record="Route",
        banners=("Routing tables",),
        columns=(
            Column(destination, cut_cell(destination, "destination", "destination"), required=True),
            Column("Gateway", cut_cell("Gateway", "gateway", "gateway"), required=True),
            Column("Flags", word_token("flags", "[A-Z][A-Za-z0-9]*+")("flags"), required=True),
            Column("Refs", number("refs", "Refs"), required=True),
            Column("Use", number("use", "Use")),
            Column("Interface", word_token("interface", r"[a-z]\S*+")("interface"), required=True),
            Column("Pmtu", number("mtu", "Pmtu"), required=True),
        ),
        row_kinds=(RowKind("route"),),
        claim=own_if(lambda header: "Pmtu" in header.split()),
        limits=lambda header: widths(header, destination, "Gateway", "Flags"),
        given={"family": "ipv4"},
        common_headers=(header,),
        follows_another_table=True,
        example=example,
    )


ROUTES_TABLE = routes(
    "Destination",
    header="Destination           Gateway            Flags Refs Interface  Pmtu",
    example="""
127.0.0.1             127.0.0.1          UH    0    lo0       32808
default               192.0.2.1          UG    0    lan0          0
""",
)
ROUTES_WITH_MASKS = routes(
    "Dest/Netmask",
    header="Dest/Netmask                    Gateway        Flags   Refs Interface  Pmtu",
    example="""
192.0.2.0/255.255.255.0         192.0.2.4      U         2  lan0       1500
default/0.0.0.0                 192.0.2.1      UG        0  lan0          0
""",
)

# Interfaces ---------------------------------------------------------------------------------------

NAME = token("interface", r"[^\s*]++", quick=NEVER)("name") + optional(
    token("'*'", r"\*")("is_down").leave_whitespace()
)


def limits_of_interfaces(header: str) -> AddressLimits:
    """All titles are left-aligned."""
    return widths(header, "Network", "Address", "Ipkts")


def claim_interfaces(header: str) -> bool:
    """Titles are left-aligned, and networks have as much room as addresses: 15 characters. Up to
    11.0 nothing but packets was counted."""
    network, address, packets = (start_of(header, t) for t in ("Network", "Address", "Ipkts"))
    has_no_errors = header.split() == ["Name", "Mtu", "Network", "Address", "Ipkts", "Opkts"]
    return has_no_errors or (address - network == 16 and packets - address == 16)


INTERFACES_TABLE = TableSpec(
    kind=INTERFACES,
    record="Interface",
    columns=(
        Column("Name", NAME, required=True),
        Column("Mtu", choice("Mtu", number("mtu", "Mtu"), literal("-")), required=True),
        Column("Network", cut_cell("Network", "network", "network"), required=True),
        Column("Address", cut_cell("Address", "address", "address"), required=True),
        counter("Ipkts", "rx_packets", required=True),
        counter("Ierrs", "rx_errors"),
        counter("Opkts", "tx_packets", required=True),
        counter("Oerrs", "tx_errors"),
        counter("Coll", "collisions"),
    ),
    row_kinds=(RowKind("interface"),),
    claim=own_if(claim_interfaces),
    limits=limits_of_interfaces,
    common_headers=(
        "Name      Mtu  Network         Address         Ipkts   Ierrs Opkts   Oerrs Coll",
    ),
    follows_another_table=True,
    example="""
lan0      1500 192.0.2.0       192.0.2.4       120043  0     99120   0     12
lan1*     1500 none            none            0       0     0       0     0
lo0       4136 127.0.0.0       127.0.0.1       8123    0     8123    0     0
""",
)

UNIX_BANNER = "Active UNIX domain sockets"

DIALECT = Dialect(
    name="hpux",
    evidence=Evidence.MANUAL,
    system="bsd",
    commands=("netstat -an", "netstat -rn", "netstat -rnv", "netstat -in"),
    tables=(
        INTERNET,
        bsd_unix(UNIX_BANNER),
        ROUTES_TABLE,
        ROUTES_WITH_MASKS,
        INTERFACES_TABLE,
    ),
    other_banners=(UNIX_BANNER,),
    platform="hp-ux",
    run_options=(("-an", "-f", "inet"),),
)
