"""The table of interfaces that net-tools prints: `netstat -i` and -ia.

Source: net-tools 2.10, lib/interface.c (ife_print_short): `%-15.15s %5d`, then four and four
counters, `%8llu %6lu %6lu %-6lu` each way, and `%s`. The kernel's names have 15 characters at most,
so none is cut. 1.60 prints `%-5.5s %5d %3d`, and later `%-10.10s %5d %-3d`, under its title Met.
The blanks tell which: there are one to five behind a name that has been cut to 5, and six or more
behind one that is padded to 10.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial

from pyparsing import ParserElement

from netstat_parse.dialects.linux.locales import INTERFACE_TITLES, with_charsets
from netstat_parse.dialects.tables import number_or_dash
from netstat_parse.grammar.dialect import CellGrammar, Claim, Column, Field, RowKind, TableSpec
from netstat_parse.grammar.tokens import (
    NEVER,
    NOTHING,
    choice,
    number,
    token,
    word_token,
)
from netstat_parse.schema import FILLS, INTERFACES

LANGUAGE_VARIANTS = with_charsets()
NAME = r"[^\s/]++"
COUNTERS = {
    "RX-OK": "rx_packets",
    "RX-ERR": "rx_errors",
    "RX-DRP": "rx_drops",
    "RX-OVR": "rx_overruns",
    "TX-OK": "tx_packets",
    "TX-ERR": "tx_errors",
    "TX-DRP": "tx_drops",
    "TX-OVR": "tx_overruns",
}
"""English title -> cell."""


def old_name() -> ParserElement:
    """A name in 1.60, which was cut to 5 characters, or to 10."""
    cut = r"\S{5} [ ]{1,5} (?![ ]) | \S{10} (?!\S)"
    whole = word_token("interface", rf"(?! {cut} ) {NAME}")("name")
    filling = word_token("interface", rf"(?= {cut} ) {NAME}", quick=NEVER)("name" + FILLS)
    return choice("interface", whole, filling, is_exclusive=True)


def flags() -> ParserElement:
    """`BMRU`. An interface without any, not even U, has a word of its language in brackets."""
    none = token("[NO FLAGS]", r"\[ [^\]\n]++ \]", quick=NEVER)("is_down")
    known = word_token("flags", "[A-Za-z]++")("flags")
    return choice("flags", known, none, is_exclusive=True)


def no_statistics() -> ParserElement:
    """What is printed for an interface without counters, in any language."""
    texts = dict.fromkeys(language.no_statistics for language in LANGUAGE_VARIANTS)
    words = "|".join(r"[ ]++".join(map(re.escape, text.split())) for text in texts)
    return token("- no statistics available -", words, quick=NEVER)


CELLS: dict[str, CellGrammar] = {
    "Iface": word_token("interface", NAME)("name"),
    "MTU": number("mtu", "MTU"),
    **{title: number_or_dash(name, title) for title, name in COUNTERS.items()},
    "Flg": flags(),
}
OLD_CELLS: dict[str, CellGrammar] = {
    **CELLS,
    "Iface": old_name(),
    "Met": number("metric", "Met"),
}
OPTIONAL = ("RX-ERR", "RX-DRP", "RX-OVR", "TX-ERR", "TX-DRP", "TX-OVR")
BANNERS = tuple(dict.fromkeys(language.interface_banner for language in LANGUAGE_VARIANTS))


def in_extra(title: str, metric: str) -> Mapping[str, str]:
    """The metric, which no field holds, by its column's title."""
    from netstat_parse.models import FrozenDict

    return FrozenDict({title: metric})


def interfaces(
    titles: Iterable[str], english: Iterable[str], *, header: str = "", example: str = ""
) -> TableSpec:
    """The table under these titles; with Met among them, it is 1.60's."""
    pairs = dict(zip(english, titles, strict=True))
    metric = pairs.get("Met")
    cells = CELLS if metric is None else OLD_CELLS

    def claim(header: str) -> Claim:
        if metric is None:
            return Claim.SHARED
        return Claim.OWN if metric in header.split() else Claim.NONE

    none = {pairs[title]: NOTHING for title in COUNTERS}
    none[pairs["RX-OK"]] = no_statistics()
    return TableSpec(
        kind=INTERFACES,
        record="Interface",
        banners=BANNERS,
        columns=tuple(
            Column(
                title,
                cells[name],
                (Field("extra", partial(in_extra, title), ("metric",)),) if name == "Met" else (),
                required=name not in OPTIONAL,
            )
            for name, title in pairs.items()
        ),
        row_kinds=(RowKind("interface"), RowKind("interface without statistics", cells=none)),
        common_headers=(header,) if header else (),
        follows_another_table=True,
        example=example,
        claim=claim,
    )


TITLES = tuple(title for title in INTERFACE_TITLES if title != "Met")
INTERFACE_TABLES = (
    interfaces(
        TITLES,
        TITLES,
        header=(
            "Iface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg"
        ),
        example="""
eth0             1500     1851      0      0 0          1704      0      0      0 BMRU
lo              65536    23909      0      0 0         23909      0      0      0 LRU
eth1             1500     - no statistics available -                        BM
""",
    ),
    interfaces(INTERFACE_TITLES, INTERFACE_TITLES),
    *(
        interfaces(titles, INTERFACE_TITLES)
        for titles in dict.fromkeys(language.interface_titles for language in LANGUAGE_VARIANTS)
        if titles
    ),
)
