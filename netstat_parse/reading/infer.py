"""Rows alone: the layout of rows that no header announces, as `netstat | grep` leaves them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from netstat_parse.dialects import frozen
from netstat_parse.grammar.layout import Layout
from netstat_parse.lazy import LazyPattern
from netstat_parse.schema import CONNECTIONS, EXCEEDS, FILLS

ROWS_TO_INFER = 100
"""By so many rows at most it is found out which columns they have."""

_MAY_BE_ROW = LazyPattern(
    r"[ \t]*+(?:[0-9a-f]{8,16}[ \t]++(?:[0-9a-f]{8}[ \t]++)?+)?+[A-Za-z]{2,5}[0-9]{0,2}[ \t]++"
    r"(?:[0-9]++[ \t]*+[0-9]++[ \t]++)?+[^\s.:]*+[.:]\S*+[ \t]++[^\s.:]*+[.:]"
)
"""A proto, the queues where there are some, and two addresses."""


class HeldLine(NamedTuple):
    """A line that may be a row, with its number in the input."""

    number: int
    line: str
    text: str
    """The row in it, without what stands in front."""


class RowsAlone:
    """Holds rows that no header announces, until they tell their layout.

    The rule: of the layouts of common headers, those are asked that most of the rows can be of. If
    all of these read every row alike, and none of the others reads one of them otherwise, the rows
    are read by the first. If not, the rows can be read in two ways, and are read in neither.
    """

    def __init__(self, dialect: str | None) -> None:
        self.held: list[HeldLine] = []
        self._dialect = dialect

    def may_be_row(self, text: str) -> bool:
        """True for a row of one of the layouts."""
        return bool(_layouts_of_row(text, self._dialect))

    def add(self, held: HeldLine) -> bool:
        """Hold a row; True once there are enough of them."""
        self.held.append(held)
        return len(self.held) >= ROWS_TO_INFER

    def settle(self) -> tuple[list[HeldLine], list[Layout], bool]:
        """The rows that were held, which are held no more; the layouts that they can be of, and
        whether all of these read them alike.

        If they do, the first is the one to read them by. How wide their columns are is not known.
        """
        held, self.held = self.held, []
        texts = [row.text for row in held]
        layouts = infer_layouts(texts, self._dialect)
        layouts += find_others(layouts, texts, self._dialect)
        if not agree(layouts, texts):
            return held, layouts, False
        from netstat_parse.dialects.registry import without_widths

        return held, [without_widths(layouts[0]), *layouts[1:]], True


def infer_layouts(rows: Sequence[str], dialect: str | None) -> list[Layout]:
    """The layouts that most of these rows can be of, the common ones first.

    With `dialect` only its layouts.
    """
    if not any(map(_MAY_BE_ROW.match, rows)):
        return []
    found = _best(frozen.LAYOUTS.values(), rows, dialect)
    if found:
        return found
    from netstat_parse.dialects.registry import rarer_layouts

    return _best(rarer_layouts(), rows, dialect)


def agree(layouts: Sequence[Layout], rows: Sequence[str]) -> bool:
    """True if all layouts read every row alike."""
    return len({tuple(_reading(layout, row) for row in rows) for layout in layouts}) == 1


def find_others(
    layouts: Sequence[Layout], rows: Sequence[str], dialect: str | None
) -> list[Layout]:
    """Further layouts that can have printed one of the rows, and read it otherwise than these."""
    found: dict[Layout, None] = {}
    for row in set(rows):
        of_row = _layouts_of_row(row, dialect)
        if not agree(of_row, [row]) and set(layouts) & set(of_row):
            found.update((x, None) for x in of_row if x not in layouts)
    return list(found)


def _reading(layout: Layout, row: str) -> frozenset[tuple[str, str]] | None:
    """The cells that a row has, by name; None if the line is no row of the layout.

    Whether a text fills its column is another question, to which some layouts know no answer.
    """
    found = layout.find_row(row)
    if found is None:
        return None
    pairs = zip(layout.names, found.cells, strict=True)
    return frozenset((_plain(name), text) for name, text in pairs if text)


def _plain(name: str) -> str:
    return name.removesuffix(FILLS).removesuffix(EXCEEDS)


def name_layouts(layouts: Sequence[Layout]) -> str:
    """Dialects and columns, in words."""
    names = (f"{layout.dialect} ({', '.join(layout.titles)})" for layout in layouts)
    return " or ".join(dict.fromkeys(names))


@lru_cache(maxsize=2**12)
def _layouts_of_row(text: str, dialect: str | None) -> list[Layout]:
    # Logs of rows alone repeat their rows, and each asks about two dozen layouts.
    return infer_layouts([text], dialect)


def _best(layouts: Iterable[Layout], rows: Sequence[str], dialect: str | None) -> list[Layout]:
    asked = [x for x in layouts if x.kind is CONNECTIONS and dialect in (None, x.dialect)]
    counts = [sum(layout.can_have_printed(row) for row in rows) for layout in asked]
    most = max(counts, default=0)
    return [x for x, count in zip(asked, counts, strict=True) if count == most > 0]
