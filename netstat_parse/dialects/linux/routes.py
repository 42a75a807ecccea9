"""The routing tables that net-tools prints: `netstat -r`, `-re`, `-ree`, `-6`, and `route -n`.

Source: net-tools 2.10, lib/inet_gr.c (rprint_fib) and lib/inet6_gr.c (rprint_fib6). The rows of
IPv4 are printed with `%-15s %-15s %-15s %-5s` and then, by the options, with `%5d %-5d %6d %s`,
`%-6u %-2d %7d %s` or `%-6u %-3d %6d %-6.6s   %-5d %-6d %d`; those of IPv6 with
`%-30s %-26s %-4s %-3d %-1d %6d %s`. Nothing is cut but names, to 15 characters, and with -ee the
interface, to 6.
"""

from __future__ import annotations

from pyparsing import ParserElement

from netstat_parse.dialects.tables import cut_word, number_or_dash
from netstat_parse.grammar.dialect import CellContext, Column, RowKind, TableSpec
from netstat_parse.grammar.tokens import NEVER, choice, literal, word_token
from netstat_parse.schema import FILLS, ROUTES

LONGEST_NAME = 15
NARROW_INTERFACE = 6
FLAGS = "[!A-Za-z]++"
IPV4 = r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}"


def place(name: str, words: str) -> ParserElement:
    """An IPv4 address, `default`, `*`, or a name, which is cut to 15 characters."""
    whole = word_token(words, rf"{IPV4} | (?! \S{{{LONGEST_NAME}}} ) [^\s-] \S*+")(name)
    cut = word_token(words, rf"(?= \S{{{LONGEST_NAME}}} (?!\S) ) [^\s-] \S*+", quick=NEVER)
    return choice(words, whole, cut(name + FILLS), is_exclusive=True)


def interface(context: CellContext) -> ParserElement:
    """The interface's name; `-` where packets are rejected. With columns behind it, it is cut."""
    name = r"(?! - (?!\S) ) [^\s/:]++"
    if context.cells_behind:
        known = cut_word("interface", "interface", NARROW_INTERFACE, name)
    else:
        known = word_token("interface", name)("interface")
    return choice("interface", known, literal("-"), is_exclusive=True)


COLUMNS = (
    Column("Destination", place("destination", "destination"), required=True),
    Column(
        "Gateway",
        choice("gateway", place("gateway", "gateway"), literal("-"), is_exclusive=True),
        required=True,
    ),
    Column("Genmask", word_token("mask", rf"{IPV4} | \*")("mask"), required=True),
    Column("Flags", word_token("flags", FLAGS)("flags"), required=True),
    Column("MSS", number_or_dash("mss", "MSS")),
    Column("Window", number_or_dash("window", "Window")),
    Column("irtt", number_or_dash("irtt", "irtt")),
    Column("Metric", number_or_dash("metric", "Metric")),
    Column("Ref", number_or_dash("refs", "Ref")),
    Column("Use", number_or_dash("use", "Use")),
    Column("Iface", interface, required=True),
)
START = "Destination     Gateway         Genmask         Flags "

IPV4_ROUTES = TableSpec(
    kind=ROUTES,
    record="Route",
    banners=("Kernel IP routing table",),
    banner_cells={"Kernel IP routing table": {"family": "ipv4"}},
    columns=COLUMNS,
    row_kinds=(RowKind("route"),),
    common_headers=(
        START + "  MSS Window  irtt Iface",
        START + "Metric Ref    Use Iface",
        START + "Metric Ref    Use Iface    MSS   Window irtt",
    ),
    follows_another_table=True,
    example="""
0.0.0.0         192.0.2.254     0.0.0.0         UG        0 0          0 eth0
192.0.2.0       0.0.0.0         255.255.255.0   U         0 0          0 wlp0s20f3
198.51.100.0    -               255.255.255.0   !         - -          - -
""",
)

IPV6_COLUMNS = (
    Column("Destination", word_token("destination", r"\S++")("destination"), required=True),
    Column("Next Hop", word_token("gateway", r"\S++")("gateway"), required=True),
    Column("Flag", word_token("flags", FLAGS)("flags"), required=True),
    Column("Met", word_token("Met", "-?[0-9]{1,10}")("metric"), required=True),
    Column("Ref", number_or_dash("refs", "Ref"), required=True),
    Column("Use", number_or_dash("use", "Use"), required=True),
    Column("If", interface, required=True),
)

IPV6_ROUTES = TableSpec(
    kind=ROUTES,
    record="Route",
    banners=("Kernel IPv6 routing table",),
    banner_cells={"Kernel IPv6 routing table": {"family": "ipv6"}},
    columns=IPV6_COLUMNS,
    row_kinds=(RowKind("route"),),
    common_headers=(
        "Destination                    Next Hop                   Flag Met Ref  Use If",
    ),
    follows_another_table=True,
    example="""
2001:db8:aaaa:bbbb:cccc:dddd:eeee:1/128 ::                         !n   256 1      0 lo
fe80::/64                      ::                         U    256 2      0 eth0
::/0                           fe80::1                    UGDAe 1024 3      0 eth0
""",
)

ROUTE_TABLES = (IPV4_ROUTES, IPV6_ROUTES)
