"""AIX: `netstat -an`, -Aan, and the routes of `netstat -rn`.

No source is published; what is known comes from what AIX 5 to 7.3 print and from IBM's manual. A
connection is printed as the BSDs print it, with `host.port`. With -A its control block stands
before it, and AIX 5 and 6 cut both addresses to 18 characters, the port too; 7.3 cuts nothing,
under the same titles. The titles of the routes stand above the line that names the rows' family.
"""

from __future__ import annotations

from collections.abc import Mapping

from pyparsing import ParserElement

from netstat_parse.dialects.bsd import BANNERS, STATE, STATES, address, other_proto, proto
from netstat_parse.dialects.common import bits, own_if
from netstat_parse.dialects.tables import filling_word, number_or_dash, of_width
from netstat_parse.grammar.dialect import Column, Dialect, Evidence, Field, RowKind, TableSpec
from netstat_parse.grammar.tokens import (
    NOTHING,
    choice,
    literal,
    number,
    optional,
    word_token,
)
from netstat_parse.grammar.truncation import AddressLimits
from netstat_parse.schema import CONNECTIONS, ROUTES

# Sockets ------------------------------------------------------------------------------------------

BLOCKS_TITLE = "PCB/ADDR"


def limits(header: str) -> AddressLimits:
    """An address is cut to 18 characters with -A, and else to 22; its port may lose digits."""
    return AddressLimits(field=18 if BLOCKS_TITLE in header else 22, numbers_are_cut=True)


CONNECTION_TABLE = TableSpec(
    kind=CONNECTIONS,
    record="AixConnection",
    banners=BANNERS,
    columns=(
        bits(BLOCKS_TITLE, "control_block", 8),
        Column("Proto", proto("tcp"), required=True),
        Column("Recv-Q", number("recv_q", "Recv-Q"), required=True),
        Column("Send-Q", number("send_q", "Send-Q"), required=True),
        address("local"),
        address("foreign"),
        Column("(state)", STATE, required=True),
    ),
    row_kinds=(
        RowKind("tcp"),
        RowKind("other", cells={"Proto": other_proto("tcp"), "(state)": optional(STATE)}),
    ),
    # Without -A the header is that of macOS, to the letter.
    claim=own_if(lambda header: BLOCKS_TITLE in header),
    limits=limits,
    states=STATES,
    common_headers=(
        "PCB/ADDR         Proto Recv-Q Send-Q  Local Address      Foreign Address    (state)",
    ),
    example="""
f1000f0000287bc0 tcp4       0      0  *.22                  *.*                   LISTEN
f1000f00002883c0 tcp4       0     48  192.0.2.7.22          198.51.100.9.51000    ESTABLISHED
f1000f0000299e00 udp4       0      0  *.514                 *.*
7004fdec         tcp        0      0  *.*                   *.*                   CLOSED
""",
)

# Routes -------------------------------------------------------------------------------------------

FAMILIES = {
    "Route Tree for Protocol Family 2 (Internet):": {"family": "ipv4"},
    "Route Tree for Protocol Family 24 (Internet v6):": {"family": "ipv6"},
}


def place(name: str, width: int) -> ParserElement:
    """Where a route goes. Whether AIX cuts what is longer than its column is not known."""
    return filling_word(name, name, of_width(width))


def in_extra(groups: str) -> Mapping[str, str]:
    """The groups that may use the route, under their column's title."""
    from netstat_parse.models import FrozenDict

    return FrozenDict(Groups=groups)


GROUPS = choice(
    "groups", literal("-"), word_token("groups", r"(?! => | - (?!\S) ) \S++")("groups")
) + optional(literal("=>"))
"""The groups. `=>` means that the next row is of the same destination."""

ROUTE_TABLE = TableSpec(
    kind=ROUTES,
    record="Route",
    banners=("Routing tables",),
    banner_cells=FAMILIES,
    heading=r"Route Tree for Protocol Family [0-9]+ \([^()\n]*\):(?P<family>)",
    columns=(
        Column("Destination", place("destination", 18), required=True),
        Column("Gateway", place("gateway", 17), required=True),
        Column("Flags", word_token("flags", "[A-Z][A-Za-z0-9]*+")("flags"), required=True),
        Column("Refs", number("refs", "Refs"), required=True),
        Column("Use", number("use", "Use"), required=True),
        Column("If", word_token("interface", r"[A-Za-z]\S*+")("interface"), required=True),
        Column("PMTU", number_or_dash("mtu", "PMTU")),
        Column("Exp", number_or_dash("expires", "Exp"), required=True),
        Column("Groups", GROUPS, (Field("extra", in_extra, ("groups",)),), required=True),
    ),
    row_kinds=(RowKind("route"), RowKind("route without gateway", cells={"Gateway": NOTHING})),
    claim=own_if(lambda header: "Groups" in header),
    common_headers=("Destination        Gateway           Flags   Refs     Use  If   Exp  Groups",),
    follows_another_table=True,
    example="""
default            192.0.2.254       UG      124  27595284 en1      -      -
10.1.0.0           10.1.0.3          UHSb      0         0 en0      -      -   =>
10.1/23            10.1.0.3          U         0   1422409 en0      -      -
::1%1                                UH        1    466765 lo0      -      -
""",
)

DIALECT = Dialect(
    name="aix",
    evidence=Evidence.CAPTURE,
    system="bsd",
    commands=("netstat -an", "netstat -Aan", "netstat -rn"),
    tables=(CONNECTION_TABLE, ROUTE_TABLE),
    platform="aix",
    run_options=(("-an", "-f", "inet"),),
)
