"""The dialects that are known, and the table that a header announces in one of them."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import import_module

from pyparsing import ParseBaseException, ParserElement

from netstat_parse.grammar.dialect import Dialect, row_grammar, table_of, titles_of
from netstat_parse.grammar.table import Table

NAMES = (
    "linux",
    "toybox",
    "busybox",
    "freebsd",
    "macos",
    "windows",
)
"""Each is a module of this package that holds a DIALECT, or several of its name as DIALECTS. The
first that accepts a header has it."""


@cache
def all_dialects() -> tuple[Dialect, ...]:
    """Every dialect, in the order in which they are asked about a header."""
    return tuple(dialect for name in NAMES for dialect in variants(name))


@cache
def variants(name: str) -> tuple[Dialect, ...]:
    """The dialects of this name: other languages, other eras; KeyError if there is none."""
    if name not in NAMES:
        raise KeyError(name)
    module = import_module(f"{__package__}.{name}")
    several: tuple[Dialect, ...] | None = getattr(module, "DIALECTS", None)
    return several or (module.DIALECT,)


def named(name: str) -> Dialect:
    """The dialect of this name, the first if there are variants; KeyError if there is none."""
    return variants(name)[0]


@lru_cache(maxsize=128)
def dialect_under(header: str, name: str | None = None) -> Dialect | None:
    """The dialect that has this header: of this name, or the first that claims or accepts it."""
    asked = variants(name) if name is not None else all_dialects()
    claiming = [d for d in asked if d.claims is not None and d.claims(header)]
    others = [d for d in asked if d.claims is None or (name is not None and d not in claiming)]
    return next((d for d in claiming + others if titles_of(d, header) is not None), None)


def dialect_of(table: Table) -> Dialect:
    """The dialect whose header announced this table."""
    return dialect_under(table.header, table.dialect) or named(table.dialect)


@lru_cache(maxsize=128)
def read_header(line: str, dialect: str | None = None) -> Table | None:
    """The table that this line announces, in the given dialect or the first that accepts it."""
    found = dialect_under(line, dialect)
    return table_of(found, line) if found is not None else None


@cache
def other_tables() -> tuple[Table, ...]:
    """Those of the headers that are not so common, by which rows without a header may be known."""
    return tuple(
        table
        for dialect in all_dialects()
        for header in dialect.other_headers
        if (table := read_header(header, dialect.name)) is not None
    )


@lru_cache(maxsize=16)
def row_grammars(table: Table) -> tuple[ParserElement, ...]:
    """The grammar of each kind of row of a table."""
    dialect = dialect_of(table)
    return tuple(row_grammar(dialect, kind, table.header) for kind in dialect.row_kinds)


def explain(table: Table, line: str) -> tuple[int, str]:
    """At which column (from 1) a line stops being a row of this table, and what it lacks there.

    This is where pyparsing itself runs: the grammar of each kind of row is tried on the line, and
    the one that came furthest tells.
    """
    furthest = (-1, "")
    for grammar in row_grammars(table):
        try:
            grammar.parse_string(line, parse_all=True)
        except ParseBaseException as error:
            furthest = max(furthest, (error.loc, error.msg), key=lambda found: found[0])
        else:
            return len(line) + 1, "expected the rest of the row"
    column, message = furthest
    return column + 1, message[:1].lower() + message[1:]
