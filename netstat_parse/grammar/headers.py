"""Banners and headers: which table begins, in which dialect.

What the common ones mean was worked out ahead of time (`lowered.py`); for the others the grammar is
asked, which imports pyparsing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from netstat_parse.grammar import lowered
from netstat_parse.grammar.table import INTERNET, Table
from netstat_parse.patterns import compile_later
from netstat_parse.values import value

LONGEST = 1024
"""Characters; no netstat prints a longer header."""


def dialect_names() -> tuple[str, ...]:
    """The names of all dialects, in the order in which they are asked about a header."""
    return lowered.DIALECTS


@value
class Banner:
    """The line above a table."""

    kind: str
    """INTERNET or UNIX."""
    dialects: tuple[str, ...]
    """Those that print it."""


def banner(text: str) -> Banner | None:
    """What the banner of an Internet table, or of one of UNIX domain sockets, tells, or None."""
    return _BANNERS.get(text)


_BANNERS = {
    text: Banner(kind, dialects)
    for kind, banners in lowered.BANNERS.items()
    for text, dialects in banners.items()
}


def other_table(text: str) -> str | None:
    """The dialect that prints this line above a table of neither kind, or None if none does.

    Of the banners that are known, one that ends with a colon is the whole line.
    """
    folded = " ".join(text.split())
    if not folded.startswith(_OTHER_TABLES):
        return None
    for start, dialect in lowered.OTHER_TABLES.items():
        if folded == start or (folded.startswith(start) and not start.endswith(":")):
            return dialect
    return None


_OTHER_TABLES = tuple(lowered.OTHER_TABLES)


def may_be_header(text: str) -> bool:
    """A cheap test that almost every line fails which is no header."""
    return len(text) <= LONGEST and any(
        all(title in text for title in titles) for titles in lowered.REQUIRED_TITLES
    )


def table_under(header: str, dialect: str | None = None) -> Table | None:
    """The table that this line announces, or None if the line is no header.

    With `dialect` only that one is asked; KeyError if it is not known.
    """
    ready = lowered.TABLES.get(header)
    if ready is not None and dialect in (None, ready.dialect):
        return ready
    if not may_be_header(header):
        return None
    from netstat_parse.grammar.dialects import read_header

    return read_header(header, dialect)


_MAY_BE_ROW = compile_later(
    r"[ \t]*+(?:[0-9a-f]{8,16}[ \t]++(?:[0-9a-f]{8}[ \t]++)?+)?+[A-Za-z]{2,5}[0-9]{0,2}[ \t]++"
    r"(?:[0-9]++[ \t]*+[0-9]++[ \t]++)?+[^\s.:]*+[.:]\S*+[ \t]++[^\s.:]*+[.:]"
)
"""A proto, the queues where there are some, and two addresses."""


def tables_of_rows(rows: Sequence[str], dialect: str | None = None) -> list[Table]:
    """The tables that most of these rows can be of; none if no row is of any.

    The common tables are asked first. With `dialect` only its tables.
    """
    if not any(map(_MAY_BE_ROW.match, rows)):
        return []
    found = _best(lowered.TABLES.values(), rows, dialect)
    if found:
        return found
    from netstat_parse.grammar.dialects import other_tables

    return _best(other_tables(), rows, dialect)


def _best(tables: Iterable[Table], rows: Sequence[str], dialect: str | None) -> list[Table]:
    asked = [t for t in tables if t.kind == INTERNET and dialect in (None, t.dialect)]
    matches = [sum(table.has_printed(row) for row in rows) for table in asked]
    most = max(matches, default=0)
    return [t for t, count in zip(asked, matches, strict=True) if count == most > 0]
