"""The routes of Solaris and illumos: `netstat -r`, -rn, and -rnv.

Source: illumos-gate, usr/src/cmd/cmd-inet/usr.bin/netstat/netstat.c (ire_report). The interface is
blank for a route by a gateway. Up to Solaris 10 the table of -v has the round-trip time, and a star
behind an MTU that may be fragmented.
"""

from __future__ import annotations

from collections.abc import Mapping

from netstat_parse.dialects.solaris.sockets import interface
from netstat_parse.grammar.dialect import Claim, Column, Field, RowKind, TableSpec
from netstat_parse.grammar.tokens import (
    COUNTER,
    choice,
    literal,
    number,
    optional,
    token,
    word_token,
)
from netstat_parse.schema import ROUTES

GATEWAY = choice(
    "gateway",
    word_token("gateway", r"(?! --? (?!\S) ) \S++")("gateway"),
    literal("--"),
    is_exclusive=True,
)


def routes(destination: str, last: str, family: str, example: str) -> TableSpec:
    """The routes of one family, under the titles of its first and last columns.

    Before Solaris 8 there was IPv4 alone, and the banner named no family.
    """
    old = ("Routing Table:",) if family == "IPv4" else ()
    banners = (f"Routing Table: {family}", *old)
    return TableSpec(
        kind=ROUTES,
        record="Route",
        banners=banners,
        banner_cells={banner: {"family": family.lower()} for banner in banners},
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

# With -v ------------------------------------------------------------------------------------------

TITLES = (
    *("Destination", "Destination/Mask", "Mask", "Gateway", "Device", "If"),
    *("MTU", "Mxfrg", "PMTU", "Rtt", "Ref", "Flg", "Flags", "Out", "In/Fwd"),
)
MTU = token("MTU", COUNTER)("mtu") + optional(word_token("'*'", r"(?<=[0-9]) \*"))
FLAGS = token("flags", "[A-Za-z]++")("flags")


def in_extra(forwarded: str, rtt: str) -> Mapping[str, str]:
    """The packets that came in or were forwarded, and the round-trip time, by their titles."""
    from netstat_parse.models import FrozenDict

    return FrozenDict({"In/Fwd": forwarded} | ({"Rtt": rtt} if rtt else {}))


def ire_table(family: str, headers: tuple[str, ...], example: str) -> TableSpec:
    """The routes of one family as -v prints them, of Solaris 11 and of the releases before."""
    banner = f"IRE Table: {family}"
    known = set(headers[0].split()) | set(headers[1].split())
    cells = {
        "Destination": word_token("destination", r"\S++")("destination"),
        "Destination/Mask": word_token("destination", r"\S++")("destination"),
        "Mask": word_token("mask", r"[0-9.]++")("mask"),
        "Gateway": GATEWAY,
        "Device": interface("interface"),
        "If": interface("interface"),
        **dict.fromkeys(("MTU", "Mxfrg", "PMTU"), MTU),
        "Rtt": number("rtt", "Rtt"),
        "Ref": number("refs", "Ref"),
        **dict.fromkeys(("Flg", "Flags"), FLAGS),
        "Out": number("use", "Out"),
        "In/Fwd": number("forwarded", "In/Fwd"),
    }
    either = {"MTU", "Mxfrg", "PMTU", "Rtt"}
    columns = tuple(
        Column(
            title,
            cells[title],
            (Field("extra", in_extra, ("forwarded", "rtt")),) if title == "In/Fwd" else (),
            required=title not in either,
        )
        for title in TITLES
        if title in known
    )
    return TableSpec(
        kind=ROUTES,
        record="Route",
        banners=(banner,),
        banner_cells={banner: {"family": family.lower()}},
        columns=columns,
        row_kinds=(RowKind("route"),),
        claim=lambda header: (
            Claim.OWN if header.split() in [each.split() for each in headers] else Claim.NONE
        ),
        common_headers=headers,
        follows_another_table=True,
        example=example,
    )


IRE_TABLES = (
    ire_table(
        "IPv4",
        (
            "  Destination             Mask           Gateway          Device  MTU  Ref Flg  Out  "
            "In/Fwd ",
            "  Destination             Mask           Gateway          Device Mxfrg Rtt   Ref Flg  "
            "Out  In/Fwd",
        ),
        """
default              0.0.0.0         192.0.2.254                     0   5 UG  5666596      0
192.0.2.0            255.255.255.0   192.0.2.4            net0    1500   3 U     2181      0
""",
    ),
    ire_table(
        "IPv6",
        (
            "  Destination/Mask            Gateway                    If    MTU  Ref Flags  Out   "
            "In/Fwd ",
            "  Destination/Mask            Gateway                    If    PMTU   Rtt  Ref Flags  "
            "Out   In/Fwd",
        ),
        """
::1                         ::1                         lo0    8252   2 UH      1113   1113
2001:db8::/32               2001:db8:0:1::1                    1500   1 UG         0      0
""",
    ),
)
