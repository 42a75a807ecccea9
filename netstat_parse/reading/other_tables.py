"""Tables that no kind is for: their texts, title by title.

The rule: the first line below the banner has the titles, which are single words, but for a few
known ones; every row has a word for each, and what is left of it belongs to the last. Where no more
than half of the lines are rows, what stands below the banner is set aside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from netstat_parse.reading.account import LineKind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.reading.section import Section
    from netstat_parse.reading.transitions import Aside

_TITLES = re.compile(
    r"(?:Local|Foreign|Remote|Link-layer|HW) Address|Next Hop|\S+",
)
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
    titles = tuple(_TITLES.findall(lines[0].text)) if lines else ()
    if len(titles) < 2 or len(set(titles)) < len(titles) or not all(map(_TITLE.fullmatch, titles)):
        return None
    found = OtherRows(titles, [], [])
    for line in lines[1:]:
        words = line.text.split(maxsplit=len(titles) - 1)
        if len(words) == len(titles):
            found.rows.append((*words[:-1], words[-1].rstrip()))
        else:
            found.odd.append(line)
    return found if len(found.rows) > len(found.odd) else None


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
    here = account.place
    for number, line, _ in found.odd:
        account.place = number, line
        account.report(1, f"expected a row of {len(found.titles)} words")
    account.place = here
