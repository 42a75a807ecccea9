"""Tables that no kind is for: their texts, title by title.

The rule: the first line below the banner has the titles, which are single words, but for a few
known ones; every row has a word for each, and what is left of it belongs to the last. Another line
of titles, whose first is the same, begins another table of the same banner. Where no more than half
of a table's lines are rows, all that stands below the banner is set aside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_TITLES = re.compile(
    r"(?:Local|Foreign|Remote|Link-layer|HW|Node|IP|Physical) Address|Phys Addr|Next Hop|\S+",
)
_TITLE = re.compile(r"[(#]?[^\W\d](?:.*[^\s.,;])?")
"""A word of prose may end a sentence, and be a number; a title is neither."""
_ENDS = ("Local Address", "Foreign Address", "Remote Address")
"""Under these titles stands no mere number: so a row that lacks a cell before them is none."""
MOST_LINES = 10_000
"""A table with more lines is set aside."""


class AsideLine(NamedTuple):
    """A line below the banner of a table that no kind is for."""

    number: int
    line: str
    text: str


class OtherRows(NamedTuple):
    """What the lines of such a table are."""

    titles: tuple[str, ...]
    rows: list[tuple[str, ...]]
    odd: list[AsideLine]
    """The lines that are no rows."""


def read_titles(text: str) -> tuple[str, ...]:
    """The titles in a line; empty if it is no header."""
    titles = tuple(_TITLES.findall(text))
    is_header = len(titles) > 1 and len(set(titles)) == len(titles)
    return titles if is_header and all(map(_TITLE.fullmatch, titles)) else ()


def read_row(text: str, titles: tuple[str, ...]) -> tuple[str, ...] | None:
    """The cells of a row, one for each title; None if the line is none."""
    words = text.split(maxsplit=len(titles) - 1)
    if len(words) < len(titles):
        return None
    for title, word in zip(titles, words, strict=True):
        if title in _ENDS and word.isdecimal():
            return None
    return (*words[:-1], words[-1].rstrip())


def read_tables(lines: Sequence[AsideLine]) -> list[OtherRows]:
    """The titles and the rows of the tables below a banner; none if the lines are no tables."""
    found: list[OtherRows] = []
    for line in lines:
        titles = read_titles(line.text)
        if titles and (not found or titles[0] == found[0].titles[0]):
            found.append(OtherRows(titles, [], []))
            continue
        if not found:
            return []
        titles, rows, odd = found[-1]
        row = read_row(line.text, titles)
        if row is not None:
            rows.append(row)
        else:
            odd.append(line)
    are_tables = all(len(table.rows) > len(table.odd) for table in found if table[1:] != ([], []))
    return found if are_tables and any(table.rows for table in found) else []


class Aside:
    """A table that no kind is for, and its lines until now."""

    def __init__(self, banner: str, dialect: str, front: str = "") -> None:
        self.banner = banner
        self.front = front
        """What stands before the banner in its line, and perhaps before the lines below it."""
        self.dialect = dialect
        self.count = 0
        self.lines: list[AsideLine] = []
        """At most MOST_LINES of them."""
