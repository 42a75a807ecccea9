"""The routes of Solaris and illumos: `netstat -r`, -rn.

Source: illumos-gate, usr/src/cmd/cmd-inet/usr.bin/netstat/netstat.c (ire_report). The interface is
blank for a route by a gateway.
"""

from __future__ import annotations

from netstat_parse.dialects.solaris.sockets import interface
from netstat_parse.grammar.dialect import Claim, Column, RowKind, TableSpec
from netstat_parse.grammar.tokens import choice, literal, number, word_token
from netstat_parse.schema import ROUTES

GATEWAY = choice(
    "gateway",
    word_token("gateway", r"(?! --? (?!\S) ) \S++")("gateway"),
    literal("--"),
    is_exclusive=True,
)


def routes(destination: str, last: str, family: str, example: str) -> TableSpec:
    """The routes of one family, under the titles of its first and last columns."""
    banner = f"Routing Table: {family}"
    return TableSpec(
        kind=ROUTES,
        record="Route",
        banners=(banner,),
        banner_cells={banner: {"family": family.lower()}},
        columns=(
            Column(destination, word_token("destination", r"\S++")("destination"), required=True),
            Column("Gateway", GATEWAY, required=True),
            Column("Flags", word_token("flags", "[A-Za-z]++")("flags"), required=True),
            Column("Ref", number("refs", "Ref"), required=True),
            Column("Use", number("use", "Use"), required=True),
            Column(last, interface("interface"), required=True),
        ),
        row_kinds=(RowKind("route"),),
        claim=lambda header: (
            Claim.OWN if is_route_header(header, destination, last) else Claim.NONE
        ),
        common_headers=(f"  {destination:<20}  Gateway           Flags  Ref     Use     {last}",),
        follows_another_table=True,
        example=example,
    )


def is_route_header(header: str, destination: str, last: str) -> bool:
    """True for a header of exactly these titles, which other systems have in another order."""
    return header.split() == [destination, "Gateway", "Flags", "Ref", "Use", last]


IPV4_ROUTES = routes(
    "Destination",
    "Interface",
    "IPv4",
    """
default              192.0.2.254          UG        3       1021
192.0.2.0            192.0.2.4            U         5      30218 net0
127.0.0.1            127.0.0.1            UH        2        104 lo0
198.51.100.0          --                  U         1          0
""",
)
IPV6_ROUTES = routes(
    "Destination/Mask",
    "If",
    "IPv6",
    """
::1                         ::1                         UH      2     104 lo0
2001:db8:1::/64             2001:db8:1::4               U       3      20 net0
default                     fe80::1                     UG      2      77
""",
)
