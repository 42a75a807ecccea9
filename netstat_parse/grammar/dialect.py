"""Dialect and TableSpec: from a header's titles to the grammar of its rows.

A header announces its columns, so a row grammar is not fixed: it is put together from the header,
title by title. Column positions never cut a row; they tell one thing only, how wide the address
columns are, and so which addresses netstat may have cut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from functools import lru_cache
from typing import Any, NamedTuple

from pyparsing import And, ParserElement

from netstat_parse.grammar import tokens
from netstat_parse.grammar.layout import Layout, RowPattern
from netstat_parse.grammar.lower import lower
from netstat_parse.grammar.truncation import NEVER_CUT, AddressLimits, ProgramLimit
from netstat_parse.schema import Kind


class Claim(IntEnum):
    """How strongly a table claims a header as its own."""

    NONE = 0
    """It never prints such a header."""
    IF_NAMED = 1
    """It has the header only where its dialect was asked for by name."""
    SHARED = 2
    """It prints such a header, and so may others: the first of them has it."""
    OWN = 3
    """It prints such a header, and nobody else does."""


class Evidence(Enum):
    """How it is known what a netstat prints; the surest first."""

    PROGRAM = "its output is compared with the system's own account, in tests"
    SOURCE = "its published source was read"
    CAPTURE = "what it printed was seen; no source is published"
    MANUAL = "its manual was read; no capture was found"


@dataclass(frozen=True)
class CellContext:
    """What the grammar of a cell may need to know besides its own column."""

    limits: AddressLimits
    """From which length on an address may have been cut."""
    cells_behind: tuple[ParserElement, ...] = ()
    """The grammar of the cells behind it, to the end of the row."""
    is_padded: bool = False
    """The header has the blanks behind its last title, so the rows' last cell is padded too."""

    @property
    def behind(self) -> str:
        """The pattern of the cells behind it, with the blanks before them; empty if it is last."""
        if not self.cells_behind:
            return ""
        pattern = lower(And([*self.cells_behind]).parse_with_tabs())
        return r"[ \t]++" + nameless(pattern)


CellGrammar = ParserElement | Callable[[CellContext], ParserElement]


def nameless(pattern: str) -> str:
    """A pattern without its results names."""
    return re.sub(r"\(\?P<\w+>", "(?:", pattern)


@dataclass(frozen=True)
class Field:
    """A field of a record, made by `convert` from the texts of the named cells.

    It is made where the first of these texts is not empty.
    """

    name: str
    convert: Callable[..., Any]
    results: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """A title as the header prints it, the grammar of its cells, and what they become."""

    title: str
    cell: CellGrammar
    fields: tuple[Field, ...] = ()
    required: bool = False
    """A line without this title is no header."""


@dataclass(frozen=True)
class RowKind:
    """The rows of some protocols. `cells` holds the cells that differ from the columns' own."""

    name: str
    prefix: str = ""
    """What every row of this kind starts with."""
    cells: Mapping[str, CellGrammar] = field(default_factory=dict)
    limits: Callable[[AddressLimits], AddressLimits] = lambda limits: limits
    """From the limits of the table to those of these rows."""


@dataclass(frozen=True)
class Shape:
    """How a table is known whose banner and header are in a language that no dialect knows."""

    row: str
    """The verbose pattern of a whole row that is like no line of anything else."""
    read_as: tuple[str, ...]
    """Headers that are known; where there are no titles, a banner. The first is taken whose layout
    reads the row."""
    least_titles: int = 0
    """The line right above has so many texts at least, two blanks or more between them. With none
    the banner stands there."""
    least_indent: int = 0
    """How far in that line stands at least."""
    banner: str = ""
    """The pattern of what is in the banner, in every language."""
    follows: bool = False
    """It is known so only in a snapshot of its dialect, below another table."""
    banner_cell: str = ""
    """The cell that has the text of the banner."""


def never_truncated(header: str) -> AddressLimits:
    """The limits of a table whose addresses netstat never cuts."""
    return AddressLimits()


@dataclass(frozen=True, eq=False)
class TableSpec:
    """One table of a dialect: all that the grammar, the reader and the records need of it."""

    kind: Kind
    record: str
    """The name of the model class of its rows."""
    columns: tuple[Column, ...]
    row_kinds: tuple[RowKind, ...]
    banners: tuple[str, ...] = ()
    """The lines above it."""
    claim: Callable[[str], Claim] = lambda header: Claim.SHARED
    """Tells its headers from those of other tables with the same titles."""
    limits: Callable[[str], AddressLimits] = never_truncated
    """Header -> the lengths from which on an address may have been cut."""
    program_limit: ProgramLimit = NEVER_CUT
    path_limit: int = 0
    """How many bytes a path has at most, where there are paths."""
    states: Mapping[str, str] = field(default_factory=dict)
    """Printed state -> name of the TcpState."""
    plain_family: str | None = None
    """The family of a proto without a number, where the address does not tell: `tcp` on Linux."""
    common_headers: tuple[str, ...] = ()
    """Headers whose layouts are worked out ahead of time."""
    other_headers: tuple[str, ...] = ()
    """Further ones whose rows are known by their shape where they stand alone."""
    continued_prefixes: tuple[str, ...] = ()
    """How the rows start that may go on in the lines below; the grammar reads them as one text."""
    first_line: str = ""
    """The verbose pattern of the first line of a row, where every row has two and the first is no
    row by itself; the grammar reads them as one text."""
    inherits: bool = False
    """A row may lack what it has in common with the one right above it; the grammar reads both
    lines as one text."""
    follows_another_table: bool = False
    """It stands below another table, in the same run of netstat."""
    recurs: bool = False
    """Its banner and header come again in one run of netstat, for each protocol and family: a first
    row of a proto that was there under the same titles is of another run."""
    has_titles: bool = True
    """False if its rows stand right below the banner. Then they have all of the columns."""
    given: Mapping[str, str] = field(default_factory=dict)
    """Cells that every row has, by their results names."""
    no_rows: tuple[str, ...] = ()
    """What stands below the banner where there are no rows."""
    rule: str = ""
    """How the rules start that netstat prints around it: they end no snapshot."""
    heading: str = ""
    """The pattern of a line between its rows whose named groups are cells of the rows below it."""
    rows_in_line: str = ""
    """The verbose pattern of a row, if several may stand in one line, and behind the banner: `NAME`
    of a banner `NAME =`."""
    nests: bool = False
    """A row may stand under another line, further in; the cell `above` is the text of that."""
    banner_cells: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Banner or heading -> the cells that it gives to the rows below it, by their results names."""
    look: str = ""
    """What every row starts with, as a simple verbose pattern: by it rows that no header announces
    are told from other lines. Where it is empty, they are not."""
    shapes: tuple[Shape, ...] = ()
    """How it is known in other languages."""
    example: str = ""
    """Rows of it, as netstat prints them; they are tested."""
    evidence: Evidence | None = None
    """How its format is known; None: as those of the dialect's other tables are."""


@dataclass(frozen=True)
class Dialect:
    """One netstat: its tables, and all else that it prints."""

    name: str
    commands: tuple[str, ...]
    """The commands that print it."""
    tables: tuple[TableSpec, ...]
    evidence: Evidence = Evidence.SOURCE
    """How the formats of its tables are known, but for those that say it themselves."""
    system: str = ""
    """What it shares with the netstats whose tables it prints as well: `linux`, `bsd`. A table of
    another system begins a snapshot. Where it is empty, it shares with none."""
    other_banners: tuple[str, ...] = ()
    """How the banners of its tables that are not read start, with single blanks. One that ends with
    a colon is a whole line."""
    other_lines: tuple[str, ...] = ()
    """The patterns of lines that begin what is no table and has no banner: `netstat -m`."""
    notes: tuple[str, ...] = ()
    """How its warnings in other languages start."""
    platform: str = ""
    """How `sys.platform` begins where this netstat is the system's own."""
    run_options: tuple[tuple[str, ...], ...] = ()
    """How it is asked for TCP connections, numeric and with their processes: what it does not know
    comes first, what every one knows last."""
    is_silent_when_empty: bool = False
    """It prints its header only with the first row."""


class Announced(NamedTuple):
    """What a header tells of the rows below it: headers that differ in blanks may tell the same."""

    titles: tuple[str, ...]
    limits: AddressLimits
    is_padded: bool
    """Its last column is."""


def read_announced(spec: TableSpec, header: str) -> Announced | None:
    """What a header of this table announces, or None if it is none."""
    titles = read_titles(spec, header)
    if titles is None:
        return None
    return Announced(titles, spec.limits(header), header.endswith(" "))


def read_titles(spec: TableSpec, header: str) -> tuple[str, ...] | None:
    """The header's titles in their order, unknown ones as single words; None if it is no header.

    A header starts with a title that is known, names every column that the table requires, in
    order, and no column twice. The header of a table without titles is its banner.
    """
    if not spec.has_titles:
        return tuple(column.title for column in spec.columns) if header in spec.banners else None
    known = sorted((column.title for column in spec.columns), key=len, reverse=True)
    pattern = "|".join(re.escape(title) + tokens.END_OF_WORD for title in known)
    titles = tuple(re.findall(rf"(?<!\S)(?:{pattern})|\S+", header))
    required = [column.title for column in spec.columns if column.required]
    if len(set(titles)) != len(titles) or [t for t in titles if t in required] != required:
        return None
    return titles if titles and titles[0] in known else None


def columns_of(spec: TableSpec, titles: tuple[str, ...]) -> list[Column]:
    """The columns under these titles. One that no dialect lists holds single words."""
    known = {column.title: column for column in spec.columns}
    return [
        known.get(title) or Column(title, tokens.word(extra_result(i), title))
        for i, title in enumerate(titles)
    ]


def extra_result(position: int) -> str:
    """The results name of the cells under an unknown title."""
    return f"extra_{position}"


def row_grammar(spec: TableSpec, kind: RowKind, header: str) -> And:
    """The grammar of one kind of row under a header; ValueError if it is not this table's."""
    announced = read_announced(spec, header)
    if announced is None:
        raise ValueError(f"not a header of this table: {header!r}")
    return _make_grammar(spec, kind, announced)


def _make_grammar(spec: TableSpec, kind: RowKind, announced: Announced) -> And:
    limits = kind.limits(announced.limits)
    cells: list[ParserElement] = []
    for column in reversed(columns_of(spec, announced.titles)):
        cell = kind.cells.get(column.title, column.cell)
        if not isinstance(cell, ParserElement):
            cell = cell(CellContext(limits, tuple(cells), announced.is_padded))
        cells.insert(0, cell)
    grammar = And(cells)
    grammar.set_name(f"{kind.name} row").parse_with_tabs()
    return grammar


@lru_cache(maxsize=256)
def row_patterns(spec: TableSpec, announced: Announced, prefixed: bool) -> tuple[RowPattern, ...]:
    """The patterns of each kind of row under a header: the whole one and the quick one.

    They take hundreds of times as long to make as all else of a layout.
    """
    patterns = []
    for kind in spec.row_kinds:
        grammar = _make_grammar(spec, kind, announced)
        prefix = kind.prefix if prefixed else ""
        whole, quick = lower(grammar), lower(grammar, quick=True)
        behind = behind_look(announced.titles, grammar) if spec.look else ""
        plain = lower(grammar, quick=True, forms=False)
        plain = "" if plain == quick else plain
        patterns.append(RowPattern(kind.name, prefix, whole, quick, behind, plain))
    return tuple(patterns)


def behind_look(titles: tuple[str, ...], grammar: And) -> str:
    """The pattern of the cells behind the addresses, which end the look of a row; empty if none."""
    if "Foreign Address" not in titles:
        return ""
    cells = grammar.exprs[titles.index("Foreign Address") + 1 :]
    return nameless(lower(And(cells).parse_with_tabs())) if cells else ""


def make_layout(
    dialect: Dialect, spec: TableSpec, header: str, *, with_numbers: bool = False
) -> Layout | None:
    """The layout that a header announces, or None if it is not this table's.

    `with_numbers` says that netstat was asked for numbers, which the header does not tell.
    """
    announced = read_announced(spec, header)
    if announced is None:
        return None
    if with_numbers:
        announced = announced._replace(limits=announced.limits.with_numbers)
    titles = announced.titles
    columns = columns_of(spec, titles)
    known = [column.title for column in spec.columns]
    fields = [made for column in columns for made in column.fields]
    patterns = row_patterns(spec, announced, prefixed=columns[0].required)
    given = {name for pattern in patterns for name in re.findall(r"\(\?P<(\w+)>", pattern.whole)}
    given.update(name for cells in spec.banner_cells.values() for name in cells)
    given.update(re.findall(r"\(\?P<(\w+)>", spec.heading), ["above"] if spec.nests else [])
    of_kind = [name for cell in spec.kind.cells for name in cell.names]
    plain = {cell.name for cell in spec.kind.cells}
    own = dict.fromkeys(name for made in fields for name in made.results if name not in of_kind)
    own.update(dict.fromkeys(["above"] if spec.nests else []))
    extra = tuple((extra_result(i), title) for i, title in enumerate(titles) if title not in known)
    return Layout(
        dialect=dialect.name,
        table=dialect.tables.index(spec),
        header=header,
        titles=titles,
        kind=spec.kind.name,
        record=spec.record,
        names=(
            *(name for name in of_kind if name in given or name in plain),
            *own,
            *(result for result, _ in extra),
        ),
        extra=extra,
        triggers=tuple(dict.fromkeys(made.results[0] for made in fields)),
        states=spec.states,
        plain_family=spec.plain_family,
        program_limit=spec.program_limit,
        path_limit=spec.path_limit,
        patterns=patterns,
        continued_prefixes=spec.continued_prefixes,
        first_line=tokens.compact(spec.first_line),
        inherits=spec.inherits,
        follows_another_table=spec.follows_another_table,
        recurs=spec.recurs,
        banner_cells=spec.banner_cells,
        look=tokens.compact(spec.look),
        heading=spec.heading,
        nests=spec.nests,
        rule=spec.rule,
        given=spec.given,
        may_have_names=announced.limits.host_with_names is not None,
    )
