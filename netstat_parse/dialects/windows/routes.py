"""What Windows prints for `netstat -r` and `route print`: interfaces and routes.

Source: captures of Windows XP to 11. Rows of IPv4 are printed with `%17s %16s %16s %16s %6s`, those
of IPv6 with `%3d %6d %-24s %s`: behind a longer destination the gateway stands on a line of its
own. Nothing is cut. Rules of `=` stand around each table.

 13...00 ff a3 01 80 1f ......TAP adapter

          0.0.0.0          0.0.0.0        192.0.2.1       192.0.2.20     25
      203.0.113.0    255.255.255.0          On-link       192.0.2.20    281

 13    281 fe80::1111:2222:3333:4444/128
                                    On-link
"""

from __future__ import annotations

from pyparsing import And, ParserElement

from netstat_parse.dialects.windows.languages import LANGUAGES, all_spellings
from netstat_parse.grammar.dialect import Column, Field, RowKind, Shape, TableSpec
from netstat_parse.grammar.tokens import (
    ID,
    NEVER,
    NOT_GLUED,
    NOTHING,
    choice,
    number,
    optional,
    token,
    word_token,
)
from netstat_parse.schema import INTERFACES, ROUTES

RULE = "====="
BANNERS = all_spellings(banner for language in LANGUAGES for banner in language.route_banners)
PERSISTENT = all_spellings(x.persistent_routes for x in LANGUAGES if x.persistent_routes)
NO_ROWS = tuple(language.no_routes for language in LANGUAGES if language.no_routes)

# Routes -------------------------------------------------------------------------------------------

IPV4 = r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}"
IPV6 = r"(?=[^\s/]*:)[0-9A-Fa-f:.]{2,45}/[0-9]{1,3}"
WORDS = rf"{NOT_GLUED} [^\s0-9] \S*+ (?: [ ] {NOT_GLUED} [^\s0-9] \S*+ ){{0,3}}"
"""On-link, in any language."""


def address(name: str, words: str) -> ParserElement:
    """An IPv4 address."""
    return word_token(words, IPV4)(name)


GATEWAY = word_token("gateway", rf"{IPV4} | {WORDS}")("gateway")
METRIC = number("metric", "metric", ID)
IPV6_GATEWAY = optional(
    And(
        [
            optional(token("line end", r"\n (?= [ ]{20} )", quick=NEVER)),
            word_token("gateway", rf"(?=\S*:) [0-9A-Fa-f:.%]++ | {WORDS}")("gateway"),
        ]
    )
)

ACTIVE_HEADER = "Network Destination        Netmask          Gateway       Interface  Metric"
PERSISTENT_HEADER = "  Network Address          Netmask  Gateway Address  Metric"
IPV6_HEADER = " If Metric Network Destination      Gateway"

ACTIVE_ROUTES = TableSpec(
    kind=ROUTES,
    record="Route",
    banners=BANNERS,
    columns=(
        Column("Network Destination", address("destination", "destination"), required=True),
        Column("Netmask", address("mask", "mask"), required=True),
        Column("Gateway", GATEWAY, required=True),
        Column("Interface", address("interface", "interface"), required=True),
        Column("Metric", METRIC, required=True),
    ),
    row_kinds=(RowKind("route"),),
    common_headers=(ACTIVE_HEADER,),
    given={"family": "ipv4", "is_persistent": "no"},
    no_rows=NO_ROWS,
    heading=rf"Default Gateway:[ \t]+{IPV4}",
    rule=RULE,
    follows_another_table=True,
    shapes=(
        Shape(
            rf"""
                (?: [ \t]*+ {IPV4} ){{2}} [ \t]++ (?: {IPV4} | {WORDS} )
                [ \t]++ {IPV4} [ \t]++ [0-9]++
            """,
            (ACTIVE_HEADER,),
            least_titles=3,
        ),
    ),
    example="""
          0.0.0.0          0.0.0.0        192.0.2.1       192.0.2.20     25
        127.0.0.0        255.0.0.0          On-link        127.0.0.1    331
        127.0.0.0        255.0.0.0   Auf Verbindung        127.0.0.1    331
""",
)
PERSISTENT_ROUTES = TableSpec(
    kind=ROUTES,
    record="Route",
    banners=PERSISTENT,
    columns=(
        Column("Network Address", address("destination", "destination"), required=True),
        Column("Netmask", address("mask", "mask"), required=True),
        Column("Gateway Address", GATEWAY, required=True),
        Column("Metric", choice("metric", METRIC, token("'Default'", WORDS)), required=True),
    ),
    row_kinds=(RowKind("route"),),
    common_headers=(PERSISTENT_HEADER,),
    given={"family": "ipv4", "is_persistent": "yes"},
    no_rows=NO_ROWS,
    rule=RULE,
    follows_another_table=True,
    shapes=(
        Shape(
            rf"""
                (?: [ \t]*+ {IPV4} ){{2}} [ \t]++ (?: {IPV4} | {WORDS} )
                [ \t]++ (?: [0-9]++ | {WORDS} )
            """,
            (PERSISTENT_HEADER,),
            least_titles=3,
            follows=True,
        ),
    ),
    example="""
          0.0.0.0          0.0.0.0        192.0.2.1  Default
     198.51.100.0    255.255.255.0      192.0.2.254       1
""",
)
IPV6_ROUTES = TableSpec(
    kind=ROUTES,
    record="Route",
    banners=(*BANNERS, *PERSISTENT),
    banner_cells={
        **{banner: {"is_persistent": "no"} for banner in BANNERS},
        **{banner: {"is_persistent": "yes"} for banner in PERSISTENT},
    },
    columns=(
        Column("If", number("interface", "interface", ID), required=True),
        Column("Metric", METRIC, required=True),
        Column(
            "Network Destination", word_token("destination", IPV6)("destination"), required=True
        ),
        Column("Gateway", IPV6_GATEWAY, required=True),
    ),
    row_kinds=(RowKind("route"),),
    common_headers=(IPV6_HEADER,),
    given={"family": "ipv6"},
    no_rows=NO_ROWS,
    rule=RULE,
    follows_another_table=True,
    continued_prefixes=("",),
    shapes=(
        Shape(
            rf"[ \t]*+ [0-9]++ [ \t]++ [0-9]++ [ \t]++ {IPV6} (?! \S ) [^\n]*+",
            (IPV6_HEADER,),
            least_titles=2,
            follows=True,
        ),
    ),
    example="""
  1    331 ::1/128                  On-link
 13    281 fe80::1111:2222:3333:4444/128
                                    On-link
 13     26 ::/0                     fe80::1
""",
)

# Interfaces ---------------------------------------------------------------------------------------


def make_extra(index: str) -> object:
    """The number of the interface, by which the routes of IPv6 name it."""
    from netstat_parse.models.common import FrozenDict

    return FrozenDict({"If": index})


INDEX = token("interface's number", r"(?: 0x [0-9a-f]{1,8} | [0-9]{1,10} ) (?= [ ]? \.{3} )")
MAC = token("MAC address", r"[0-9a-f]{2} (?: [ ] [0-9a-f]{2} ){5,15} (?= [ ] \. )")
MAC_OF_EIGHT = token("MAC address", r"[0-9a-f]{2} (?: [ ] [0-9a-f]{2} ){7} (?= [ ] [^\s.] )")
"""That of a tunnel, which leaves no room for dots behind it."""
INTERFACE_LIST = TableSpec(
    kind=INTERFACES,
    record="Interface",
    banners=all_spellings(x.interface_list for x in LANGUAGES if x.interface_list),
    columns=(
        Column("If", INDEX("index"), (Field("extra", make_extra, ("index",)),)),
        Column("dots", token("'...'", r"\.{3}")),
        Column("address", choice("MAC address", MAC("address"), NOTHING)),
        Column("more dots", token("'...'", r"\.++")),
        Column("name", token("name", r"[^\s.] [^\n]*? (?= [ \t]*+ (?![^\n]) )")("name")),
    ),
    row_kinds=(
        RowKind("interface"),
        RowKind("tunnel", cells={"address": MAC_OF_EIGHT("address"), "more dots": NOTHING}),
    ),
    has_titles=False,
    rule=RULE,
    follows_another_table=True,
    shapes=(
        Shape(
            r"""
                [ ]{0,2} (?: 0x [0-9a-f]++ | [0-9]++ ) [ ]? \.{3}
                (?: (?: [0-9a-f]{2} [ ] ){8} (?= [^\s.] ) | (?: [0-9a-f]{2} [ ] ){0,16}+ \.{3,} )
                [ ]? \S [^\n]*+
            """,
            ("Interface List",),
        ),
    ),
    example="""
 13...00 ff a3 01 80 1f ......TAP adapter
  1...........................Software Loopback Interface 1
 21...00 00 00 00 00 00 00 e0 Teredo Tunneling Pseudo-Interface
0x10003 ...00 0c 29 01 02 03 ...... Ethernet Adapter
""",
)

ROUTE_TABLES = (ACTIVE_ROUTES, PERSISTENT_ROUTES, IPV6_ROUTES, INTERFACE_LIST)
