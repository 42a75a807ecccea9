"""The routing tables that net-tools prints: `netstat -r`, `-re`, `-ree`, `-6`, and `route -n`.

Source: net-tools 2.10, lib/inet_gr.c (rprint_fib) and lib/inet6_gr.c (rprint_fib6). The rows of
IPv4 are printed with `%-15s %-15s %-15s %-5s` and then, by the options, with `%5d %-5d %6d %s`,
`%-6d %-2d %7d %s` or `%-6d %-3d %6d %-6.6s   %-5d %-6d %d`; those of IPv6 with
`%-30s %-26s %-4s %-3d %-1d %6d %s`. Nothing is cut but names, to 15 characters, also with -W, and
with -ee the interface, to 6. Numbers above 2147483647 are printed as negative. 1.60 and busybox
have other titles for IPv6, and `%-43s %-39s %-5s %-6d %-2d %7d %-8s`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pyparsing import ParserElement

from netstat_parse.dialects.linux.locales import (
    ROUTE_TITLES_6,
    ROUTE_TITLES_6_OF_1_60,
    with_charsets,
)
from netstat_parse.dialects.tables import SIGNED, cut_word, number_or_dash
from netstat_parse.grammar.dialect import (
    CellContext,
    CellGrammar,
    Claim,
    Column,
    RowKind,
    TableSpec,
)
from netstat_parse.grammar.tokens import NEVER, NOT_GLUED, choice, literal, token, word_token
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
    """The interface's name. With columns behind it, it is cut.

    Where packets go nowhere it is `-`, or `*`, which the kernel has for it.
    """
    name = rf"(?! [*-] (?!\S) ) {NOT_GLUED} [^\s/:]++"
    if context.cells_behind:
        known = cut_word("interface", "interface", NARROW_INTERFACE, name)
    else:
        known = word_token("interface", name)("interface")
    return choice("interface", known, literal("-"), literal("*"), is_exclusive=True)


def signed(name: str, words: str) -> ParserElement:
    """A number, negative where it is too large for netstat, or `-`."""
    return number_or_dash(name, words, SIGNED)


CELLS: dict[str, CellGrammar] = {
    "Destination": place("destination", "destination"),
    "Gateway": choice("gateway", place("gateway", "gateway"), literal("-"), is_exclusive=True),
    "Genmask": word_token("mask", rf"{IPV4} | \*")("mask"),
    "Flags": word_token("flags", FLAGS)("flags"),
    "MSS": signed("mss", "MSS"),
    "Window": signed("window", "Window"),
    "irtt": signed("irtt", "irtt"),
    "Metric": signed("metric", "Metric"),
    "Ref": signed("refs", "Ref"),
    "Use": signed("use", "Use"),
    "Iface": interface,
}
"""The cells of IPv4 by the English titles."""

REFS_THAT_TOUCH = token("Ref", r"[0-9] (?= [0-9]{6} [ \t]++ (?! [0-9-]++ [ \t] ) )", quick=NEVER)
"""Before 2.10 `%-1d%6d` left no blank before six digits of Use. Of more digits in a row nobody can
tell whose they are."""
ANY_WORD = r"(?! - (?!\S) ) \S++"
IPV6_CELLS: dict[str, CellGrammar] = {
    **CELLS,
    "Destination": word_token("destination", ANY_WORD)("destination"),
    "Next Hop": word_token("next hop", ANY_WORD)("gateway"),
    "Flag": CELLS["Flags"],
    "Met": CELLS["Metric"],
    "If": interface,
}
"""Those of IPv6, whose tables have fewer titles, or longer ones in 1.60 and busybox."""

REQUIRED = ("Destination", "Gateway", "Genmask", "Next Hop", "Flag", "Flags", "Iface", "If")

IPV4_EXAMPLE = """
0.0.0.0         192.0.2.254     0.0.0.0         UG        0 0          0 eth0
192.0.2.0       0.0.0.0         255.255.255.0   U         0 0          0 wlp0s20f3
192.168.0.0     0.0.0.0         255.255.0.0     U         0 0          0 *
198.51.100.0    -               255.255.255.0   !         - -          - -
"""
IPV6_EXAMPLE = """
2001:db8:aaaa:bbbb:cccc:dddd:eeee:1/128 ::                         !n   256 1      0 lo
fe80::/64                      ::                         U    256 2      0 eth0
2001:db8:1::/48                ::                         !n   -1  1      0 lo
::/0                           fe80::1                    UGDAe 1024 3      0 eth0
"""
OTHER_IPV6_EXAMPLE = (
    "2001:db8:aaaa:bbbb::/64                     ::                                      "
    "U     256    3        0 eth0    \n"
    "::/0                                        fe80::1                                 "
    "UG    1024   1        0 eth0    \n"
)
START = "Destination     Gateway         Genmask         Flags "
HEADERS = (
    START + "  MSS Window  irtt Iface",
    START + "Metric Ref    Use Iface",
    START + "Metric Ref    Use Iface    MSS   Window irtt",
)
IPV6_HEADER = "Destination                    Next Hop                   Flag Met Ref  Use If"
OTHER_IPV6_HEADER = (
    "Destination                                 Next Hop                                "
    "Flags Metric Ref    Use Iface"
)

LANGUAGE_VARIANTS = with_charsets()
BANNERS = tuple(dict.fromkeys(language.route_banner for language in LANGUAGE_VARIANTS))
IPV6_BANNERS = tuple(dict.fromkeys(language.ipv6_route_banner for language in LANGUAGE_VARIANTS))


def routes(
    family: str,
    titles: Iterable[tuple[str, str]],
    *,
    headers: tuple[str, ...] = (),
    example: str = "",
    claim: Callable[[str], Claim] = lambda header: Claim.SHARED,
) -> TableSpec:
    """The table under these titles, of which each comes with the English one."""
    is_ipv4 = family == "ipv4"
    banners, cells = (BANNERS, CELLS) if is_ipv4 else (IPV6_BANNERS, IPV6_CELLS)
    pairs = tuple(titles)
    touching = {title: REFS_THAT_TOUCH("refs") for english, title in pairs if english == "Ref"}
    return TableSpec(
        kind=ROUTES,
        record="Route",
        banners=banners,
        banner_cells={banner: {"family": family} for banner in banners},
        columns=tuple(
            Column(title, cells[english], required=english in REQUIRED) for english, title in pairs
        ),
        row_kinds=(
            RowKind("route"),
            *(() if is_ipv4 else (RowKind("route whose refs touch", cells=touching),)),
        ),
        common_headers=headers,
        follows_another_table=True,
        example=example,
        claim=claim,
    )


def with_just(titles: Iterable[str]) -> Callable[[str], Claim]:
    """The claim to a header of these titles and no others, which are those of another option."""
    words = " ".join(titles).split()
    return lambda header: Claim.SHARED if header.split() == words else Claim.NONE


def translated() -> Iterator[TableSpec]:
    """The tables with titles in other languages."""
    seen = set()
    for language in LANGUAGE_VARIANTS:
        for english, titles in language.route_titles.items():
            if titles not in seen:
                seen.add(titles)
                family = "ipv6" if "Next Hop" in english else "ipv4"
                pairs = zip(english, titles, strict=True)
                yield routes(family, pairs, claim=with_just(titles))


def same(english: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The titles as English prints them."""
    return ((title, title) for title in english)


IPV4_ROUTES = routes("ipv4", same(CELLS), headers=HEADERS, example=IPV4_EXAMPLE)
IPV6_ROUTES = routes("ipv6", same(ROUTE_TITLES_6), headers=(IPV6_HEADER,), example=IPV6_EXAMPLE)
OTHER_IPV6_ROUTES = routes(
    "ipv6",
    same(ROUTE_TITLES_6_OF_1_60),
    headers=(OTHER_IPV6_HEADER,),
    example=OTHER_IPV6_EXAMPLE,
)

ROUTE_TABLES = (IPV4_ROUTES, IPV6_ROUTES, OTHER_IPV6_ROUTES, *translated())
