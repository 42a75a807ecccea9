"""Tables that no kind is for: their texts, title by title.

The rule: the first line below the banner has the titles, and every row has a word for each; where
one title alone is last, the last cell may hold blanks. Titles are single words, or stand two blanks
or more apart: the way is taken in which more lines are rows. Where fewer than half of the lines are
rows either way, what stands below the banner is no table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from netstat_parse.reading.account import LineKind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.reading.section import Section
    from netstat_parse.reading.transitions import Aside

_TITLE = re.compile(r"[^\W\d](?:.*[^\s.,;])?")
"""A word of prose may end a sentence, and be a number; a title is neither."""
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


def read_table(lines: Sequence[AsideLine]) -> OtherRows | None:
    """The titles and the rows of a table; None if the lines are no table."""
    if len(lines) < 2:
        return None
    header = lines[0].text.strip()
    by_words = _read_rows(tuple(header.split()), lines[1:], _split_at_words)
    by_gaps = _read_rows(tuple(_split_at_gaps(header)), lines[1:], _split_at_gaps)
    best = by_gaps if len(by_gaps.rows) >= len(by_words.rows) else by_words
    if len(best.rows) < len(best.odd) or not best.rows:
        return None
    return best


def _split_at_words(text: str, count: int) -> list[str]:
    return text.split(maxsplit=count - 1)


def _split_at_gaps(text: str, _: int = 0) -> list[str]:
    return re.split(r"[ \t]{2,}|\t", text)


def _read_rows(
    titles: tuple[str, ...], lines: Sequence[AsideLine], split: Callable[[str, int], list[str]]
) -> OtherRows:
    found = OtherRows(titles, [], [])
    if len(titles) < 2 or len(set(titles)) < len(titles) or not all(map(_TITLE.fullmatch, titles)):
        return OtherRows((), [], list(lines))
    for line in lines:
        words = split(line.text.strip(), len(titles))
        if len(words) == len(titles):
            found.rows.append(tuple(words))
        else:
            found.odd.append(line)
    return found


def end_aside(section: Section, aside: Aside) -> None:
    """A table that no kind is for has ended: its texts are given, or it is set aside."""
    section.aside = None
    account = section.account
    may_be_table = bool(aside.dialect) and aside.count == len(aside.lines)
    found = read_table(aside.lines) if may_be_table else None
    if found is None:
        account.count(LineKind.NOTE, aside.count)
        section.sink.note(f"{aside.banner.removesuffix(':')}: set aside, {aside.count} lines")
        return
    account.count(LineKind.HEADER)
    account.count(LineKind.ROW, len(found.rows))
    if not section.snapshot.is_open:
        section.begin_snapshot(section.options.dialect or section.other_dialect or aside.dialect)
    section.sink.other_table(aside.banner, found.titles, found.rows)
    number, line = account.number, account.line
    for account.number, account.line, _ in found.odd:
        account.report(1, f"expected a row of {len(found.titles)} words")
    account.number, account.line = number, line
