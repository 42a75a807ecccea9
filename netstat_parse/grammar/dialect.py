"""Dialect and Column: from a header's titles to the grammar of its rows.

A header announces its columns, so a row grammar is not fixed: it is put together from the header,
title by title. Column positions never cut a row; they tell one thing only, how wide the address
columns are, and so which addresses netstat may have cut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pyparsing import And, ParserElement

from netstat_parse.grammar import tokens
from netstat_parse.grammar.lowering import lower
from netstat_parse.grammar.table import (
    ANY_NAME,
    CORE,
    INTERNET,
    SHORT_NAME,
    UNIX_CORE,
    AddressLimits,
    ProgramWidth,
    RowPattern,
    Table,
)


@dataclass(frozen=True)
class Place:
    """Where a cell stands: what its grammar may need to know besides its own column."""

    limits: AddressLimits
    """From which length on an address may have been cut."""
    only_whole: bool
    """The grammar must refuse an address that may have been cut, and further lines of a row."""
    cells_behind: tuple[ParserElement, ...]
    """The grammar of the cells behind it, to the end of the row."""
    is_padded: bool = False
    """The header has the blanks behind its last title, so the rows' last cell is padded too."""

    @property
    def behind(self) -> str:
        """The pattern of the cells behind it, with the blanks before them; empty if it is last."""
        if not self.cells_behind:
            return ""
        pattern = lower(And([*self.cells_behind]).parse_with_tabs())
        return r"[ \t]++" + re.sub(r"\(\?P<\w+>", "(?:", pattern)


Cell = ParserElement | Callable[[Place], ParserElement]


@dataclass(frozen=True)
class Field:
    """A model field of one dialect, made by `convert` from the texts of the named results."""

    name: str
    convert: Callable[..., Any]
    results: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """A title as the header prints it, the grammar of its cells, and what they become."""

    title: str
    cell: Cell
    fields: tuple[Field, ...] = ()
    required: bool = False
    """A line without this title is no header."""


@dataclass(frozen=True)
class RowKind:
    """The rows of some protocols. `cells` holds the cells that differ from the columns' own."""

    name: str
    prefix: str
    """What every proto of this kind starts with; may be empty."""
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Dialect:
    """One netstat's way of printing the Internet table."""

    name: str
    commands: tuple[str, ...]
    """The commands that print it."""
    connection: str
    """The name of the model class of its rows."""
    banners: tuple[str, ...]
    """The lines above its Internet table."""
    other_tables: tuple[str, ...]
    """How the banners of its other tables start, with single blanks. One that ends with a colon is
    a whole line."""
    columns: tuple[Column, ...]
    row_kinds: tuple[RowKind, ...]
    separator: str
    """What stands between host and port."""
    states: Mapping[str, str]
    """Printed state -> name of the TcpState."""
    plain_family: str | None
    """The family of a proto without a number, where the address does not tell: `tcp` on Linux."""
    limits: Callable[[str], AddressLimits]
    """Header -> the lengths from which on an address may have been cut."""
    program_width: ProgramWidth
    common_headers: tuple[str, ...]
    """Headers whose tables are lowered ahead of time."""
    other_headers: tuple[str, ...] = ()
    """Further ones whose rows are known by their shape where they stand alone."""
    kind: str = INTERNET
    """The kind of its table."""
    accepts: Callable[[str], bool] = lambda header: True
    """Tells this dialect's headers from another's with the same titles."""
    goes_on: tuple[str, ...] = ()
    """How the rows start that may go on in the lines below; the grammar reads them as one text."""
    claims: Callable[[str], bool] | None = None
    """Tells its headers from those of a dialect that accepts them as well. Such a dialect has no
    header that it does not claim, unless its name is given; one without has what nobody claims."""
    below: bool = False
    """Its table stands below another one, in the same run of netstat."""


def titles_of(dialect: Dialect, header: str) -> tuple[str, ...] | None:
    """The header's titles in their order, unknown ones as single words; None if it is no header.

    A header starts with a title that is known, names every column that the dialect requires, in
    order, and no column twice.
    """
    known = sorted((column.title for column in dialect.columns), key=len, reverse=True)
    pattern = "|".join(re.escape(title) + tokens.END_OF_WORD for title in known)
    titles = tuple(re.findall(rf"(?<!\S)(?:{pattern})|\S+", header))
    required = [column.title for column in dialect.columns if column.required]
    if len(set(titles)) != len(titles) or [t for t in titles if t in required] != required:
        return None
    if titles[0] not in known:
        return None
    return titles if dialect.accepts(header) else None


def columns_of(dialect: Dialect, titles: tuple[str, ...]) -> list[Column]:
    """The columns under these titles. One that no dialect lists holds single words."""
    known = {column.title: column for column in dialect.columns}
    return [
        known.get(title) or Column(title, tokens.word(extra_result(i), title))
        for i, title in enumerate(titles)
    ]


def extra_result(position: int) -> str:
    """The results name of the cells under an unknown title."""
    return f"extra_{position}"


def row_grammar(
    dialect: Dialect, kind: RowKind, header: str, *, only_whole: bool = False
) -> ParserElement:
    """The grammar of one kind of row under a header; ValueError if it is not this dialect's.

    With `only_whole` it refuses addresses that netstat may have cut.
    """
    titles = titles_of(dialect, header)
    if titles is None:
        raise ValueError(f"not a header of {dialect.name}: {header!r}")
    limits = dialect.limits(header)
    cells: list[ParserElement] = []
    for column in reversed(columns_of(dialect, titles)):
        cell = kind.cells.get(column.title, column.cell)
        if not isinstance(cell, ParserElement):
            cell = cell(Place(limits, only_whole, tuple(cells), header.endswith(" ")))
        cells.insert(0, cell)
    return And(cells).set_name(f"{kind.name} row").parse_with_tabs()


def without_the_rare(pattern: str) -> str:
    """A pattern that matches less than this one, with the same cells, in less time.

    Between words there are blanks, no tabs; a counter has at most 19 digits; a port's name has no
    odd letters, and where an IPv4 address before it may be cut, it is too short for that.
    """
    if any(r"[ \t]" in part or tokens.COUNTER in part for _, part in looks(pattern, "!")):
        # Where less must not follow, more is matched.
        return pattern
    pattern = pattern.replace(tokens.COUNTER, "(?:0|[1-9][0-9]{0,18}+)")
    name = SHORT_NAME if tokens.NUMBER_BEHIND in pattern else ANY_NAME
    pattern = pattern.replace(tokens.ANY_PORT, f"(?:{tokens.PORT}|{name})")
    pattern = pattern.replace(tokens.NUMBER_BEHIND, "")
    pattern = pattern.replace(r"[ \t]*+", " *+").replace(r"[ \t]++", " ++")
    ends_of_looks = {end for end, _ in looks(pattern, "=!")}

    def with_a_blank(found: re.Match[str]) -> str:
        # What follows a look-ahead is not what follows the word that it ends with.
        is_look = not ends_of_looks.isdisjoint(range(*found.span(1)))
        return found[0] if is_look else f"{found[1]} ++"

    # A blank ends a word as well as the test for its end does.
    return re.sub(rf"{re.escape(tokens.END_OF_WORD)}(\)*) \*\+", with_a_blank, pattern)


def looks(pattern: str, signs: str) -> list[tuple[int, str]]:
    """The looks ahead and behind, `=` or `!`, of a pattern: where they end, what they hold."""
    found: list[tuple[int, str]] = []
    begun: list[re.Match[str]] = []
    for part in re.finditer(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?<?[=!])?|\)", pattern):
        if part[0].startswith("("):
            begun.append(part)
        elif part[0] == ")":
            opening = begun.pop()
            if opening[0][-1] in signs:
                found.append((part.start(), pattern[opening.end() : part.start()]))
    return found


def table_of(dialect: Dialect, header: str) -> Table | None:
    """The table that a header announces, or None if it is not this dialect's."""
    titles = titles_of(dialect, header)
    if titles is None:
        return None
    columns = columns_of(dialect, titles)
    known = [column.title for column in dialect.columns]
    extra = tuple((extra_result(i), title) for i, title in enumerate(titles) if title not in known)
    core = CORE if dialect.kind == INTERNET else UNIX_CORE
    own = [r for c in columns for made in c.fields for r in made.results if r not in core]
    proto_first = columns[0].required
    return Table(
        dialect=dialect.name,
        header=header,
        titles=titles,
        connection=dialect.connection,
        separator=dialect.separator,
        limits=dialect.limits(header),
        program_width=dialect.program_width,
        states=dialect.states,
        plain_family=dialect.plain_family,
        own=(*dict.fromkeys(own), *(result for result, _ in extra)),
        extra=extra,
        kind=dialect.kind,
        patterns=tuple(
            RowPattern(
                kind.name,
                kind.prefix if proto_first else "",
                lower(row_grammar(dialect, kind, header)),
                without_the_rare(lower(row_grammar(dialect, kind, header, only_whole=True))),
            )
            for kind in dialect.row_kinds
        ),
        goes_on=dialect.goes_on,
        below=dialect.below,
    )
