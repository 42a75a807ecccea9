"""What the routes, interfaces and statistics of all systems share: cells, and their sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

from pyparsing import ParserElement

from netstat_parse.grammar.dialect import CellContext, Column, Field, RowKind, TableSpec
from netstat_parse.grammar.tokens import (
    COUNTER,
    NEVER,
    NOT_GLUED,
    choice,
    literal,
    number,
    optional,
    token,
    word_token,
)
from netstat_parse.schema import FILLS, STATISTICS

# Cells --------------------------------------------------------------------------------------------


def number_or_dash(name: str, words: str, pattern: str = COUNTER) -> ParserElement:
    """A whole number under the results name `name`, or `-` where netstat has none."""
    return choice(words, number(name, words, pattern), literal("-"), is_exclusive=True)


SIGNED = rf"(?:-[1-9][0-9]{{0,9}}+|{COUNTER})"
"""A whole number as %d writes it, which prints one that is too large for it as negative."""


def counter(title: str, name: str, *, required: bool = False) -> Column:
    """A column of counters, in which `-` stands for none."""
    return Column(title, number_or_dash(name, title), required=required)


GROUPS_BELOW = token(
    "multicast groups",
    r"""
    (?: [ \t]*+ \n [ \t]{16,}+ NOT_GLUED [A-Za-z0-9] [^\s()]*+     # 224.0.0.1
        (?: [ \t]++ (?: [0-9]++ | \(refs:[ ][0-9]++\) ) )*+        # and its counters
        (?= [ \t]*+ (?![^\n]) )
    )++
    """.replace("NOT_GLUED", NOT_GLUED),
    quick=NEVER,
)("groups")
"""The multicast groups of an address (-a), each in a line of its own below."""


def in_extra_of_interface(groups: str) -> Mapping[str, str]:
    """The groups as printed, with a comma between them."""
    from netstat_parse.models import FrozenDict

    return FrozenDict(groups=", ".join(" ".join(line.split()) for line in groups.split("\n")[1:]))


def last_counter(title: str, name: str) -> Column:
    """A column of counters that may be the last, so that multicast groups stand below its cells."""

    def cell(context: CellContext) -> ParserElement:
        found = number_or_dash(name, title)
        if context.cells_behind:
            return found
        return found + optional(GROUPS_BELOW.copy().leave_whitespace())

    return Column(title, cell, (Field("extra", in_extra_of_interface, ("groups",)),))


def cut_word(name: str, words: str, width: int, pattern: str = r"\S++") -> ParserElement:
    """A word that netstat cuts to `width` characters (printf's %.Ns), without a mark."""
    shorter = word_token(words, rf"(?! \S{{{width}}} ) {pattern}")(name)
    filling = word_token(words, rf"(?= \S{{{width}}} (?!\S) ) {pattern}", quick=NEVER)(name + FILLS)
    return choice(words, shorter, filling, is_exclusive=True)


def filling_word(name: str, words: str, fills: str, pattern: str = r"\S++") -> ParserElement:
    """A word that netstat may have cut where it is what `fills` says: as wide as its column.

    A longer one was not cut.
    """
    whole = word_token(words, rf"(?! {fills} ) (?: {pattern} )")(name)
    cut = word_token(words, rf"(?= (?: {pattern} ) (?!\S) ) {fills}", quick=NEVER)(name + FILLS)
    return choice(words, whole, cut, is_exclusive=True)


def of_width(*widths: int) -> str:
    """The pattern of a word of one of these widths."""
    words = "|".join(rf"\S{{{width}}}" for width in sorted(widths, reverse=True))
    return rf"(?:{words}) (?!\S)"


# Multicast groups ---------------------------------------------------------------------------------


def to_address(group: str) -> IPv4Address | IPv6Address | None:
    """The group as an address; None for a name."""
    try:
        return ip_address(group)
    except ValueError:
        return None


def to_family(group: str) -> str | None:
    """The family of the group's address; None for a name, which may be of either."""
    address = to_address(group)
    return None if address is None else f"ipv{address.version}"


GROUP_FIELDS = (Field("address", to_address, ("group",)), Field("family", to_family, ("group",)))
"""What a group's text tells of it."""

# Statistics ---------------------------------------------------------------------------------------


class Counted(NamedTuple):
    """What a line of statistics says."""

    name: str
    values: tuple[int, ...]


NUMBER = re.compile(r"(?<![\w.:/#-])-?\d++(?![\w.:%/]|-\w)", re.ASCII)
"""A number that is a word, and no part of a name as in `#103`. Japanese letters stand next to one
without a blank."""


def count_line(text: str) -> Counted:
    """The numbers in a line, and its words, which are its name.

    `12 packets sent`, `Sent = 12` and `Sent: 12` have the number at one end; a `#` stands for every
    other: `Quick ack mode was activated # times`.
    """
    values = tuple(map(int, NUMBER.findall(text)))
    head, mark, tail = _split_last(text)
    if mark and NUMBER.fullmatch(tail):
        return Counted(NUMBER.sub("#", head), values)
    if mark and not values:
        return Counted(head, ())
    name = NUMBER.sub("#", text)
    return Counted(name.removeprefix("#").strip(), values)


def _split_last(text: str) -> tuple[str, str, str]:
    """A text at its last `:` or `=`: before, the mark, behind."""
    found = re.fullmatch(r"(.*\S)\s*([:=])\s*(.*)", text)
    return (found[1], found[2], found[3]) if found else (text, "", "")


def name_of(text: str) -> str:
    """The name of a line of statistics, or of what stands above it."""
    return count_line(text).name.removesuffix(":")


def find_values(text: str) -> tuple[int, ...]:
    """All numbers of a line of statistics, in their order."""
    return count_line(text).values


def find_value(text: str) -> int | None:
    """The first number of a line of statistics; None if there is none."""
    return next(iter(find_values(text)), None)


def statistics(
    sections: dict[str, str], *, to_name: Callable[[str], str] = name_of, example: str = ""
) -> TableSpec:
    """The statistics of a system: under each banner stand its lines, further in.

    `sections` has for each banner the section that it names; `to_name` gives the name of a line.
    """
    line = token(
        "a counter and its name",
        r"""
            (?<=[ \t]) (?= [^\n]*? [^\W_] ) (?! [^\n"]*+ " [ \t]*+ (?![^\n]) )
            [^\s] [^\n]*? (?<=\S) (?= [ \t]*+ (?![^\n]) ) (?<! [:>`',;&] ) (?<! \\n )
        """,
        quick=NEVER,
    )("text")
    return TableSpec(
        kind=STATISTICS,
        record="Statistic",
        columns=(
            Column(
                "statistic",
                line,
                (
                    Field("name", to_name, ("text",)),
                    Field("value", find_value, ("text",)),
                    Field("values", find_values, ("text",)),
                    Field("subsection", to_name, ("above",)),
                ),
            ),
        ),
        row_kinds=(RowKind("statistic"),),
        banners=tuple(sections),
        banner_cells={banner: {"section": name} for banner, name in sections.items()},
        heading=r"[ \t]+\S[^\n]*:",
        nests=True,
        has_titles=False,
        follows_another_table=True,
        example=example,
    )
