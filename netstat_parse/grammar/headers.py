"""Banners and headers: which table begins, in which dialect.

What the common ones mean was worked out ahead of time (`lowered.py`); for the others the grammar is
asked, which imports pyparsing.
"""

from __future__ import annotations

from netstat_parse.grammar import lowered
from netstat_parse.grammar.table import Table


def dialect_names() -> tuple[str, ...]:
    """The names of all dialects, in the order in which they are asked about a header."""
    return lowered.DIALECTS


def dialects_of_banner(text: str) -> tuple[str, ...]:
    """The dialects whose Internet table stands under this banner; none if it is no such banner."""
    return lowered.BANNERS.get(text, ())


def other_table(text: str) -> str | None:
    """The banner of a table that is not the Internet table, or None."""
    return text if text.startswith(lowered.OTHER_TABLES) else None


def table_under(header: str, dialect: str | None = None) -> Table | None:
    """The table that this line announces, or None if the line is no header.

    With `dialect` only that one is asked; KeyError if it is not known.
    """
    if dialect is None:
        ready = lowered.TABLES.get(header)
        if ready is not None:
            return ready
    if not any(all(title in header for title in titles) for titles in lowered.REQUIRED_TITLES):
        return None
    from netstat_parse.grammar.dialects import read_header

    return read_header(header, dialect)
