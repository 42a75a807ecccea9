"""The dialects that are known, and the table that a header announces in one of them."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import import_module

from pyparsing import ParseBaseException

from netstat_parse.grammar.dialect import Dialect, row_grammar, table_of
from netstat_parse.grammar.table import Table

NAMES = (
    "linux",
    "macos",
)
"""Each is a module of this package that holds a DIALECT. The first that accepts a header has it."""


@cache
def all_dialects() -> tuple[Dialect, ...]:
    """Every dialect, in the order in which they are asked about a header."""
    return tuple(named(name) for name in NAMES)


@cache
def named(name: str) -> Dialect:
    """The dialect of this name; KeyError if there is none."""
    if name not in NAMES:
        raise KeyError(name)
    dialect: Dialect = import_module(f"{__package__}.{name}").DIALECT
    return dialect


@lru_cache(maxsize=64)
def read_header(line: str, dialect: str | None = None) -> Table | None:
    """The table that this line announces, in the given dialect or the first that accepts it."""
    asked = all_dialects() if dialect is None else (named(dialect),)
    return next((table for d in asked if (table := table_of(d, line)) is not None), None)


def explain(table: Table, line: str) -> tuple[int, str]:
    """At which column (from 1) a line stops being a row of this table, and what it lacks there.

    This is where pyparsing itself runs: the grammar of each kind of row is tried on the line, and
    the one that came furthest tells.
    """
    dialect = named(table.dialect)
    furthest = (-1, "")
    for kind in dialect.row_kinds:
        grammar = row_grammar(dialect, kind, table.header)
        try:
            grammar.parse_string(line, parse_all=True)
        except ParseBaseException as error:
            furthest = max(furthest, (error.loc, error.msg), key=lambda found: found[0])
    column, message = furthest
    return column + 1, message[:1].lower() + message[1:]
