"""A sink that takes several kinds of tables in one reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from netstat_parse.grammar.layout import Layout
from netstat_parse.schema import OTHER_TABLES, Kind
from netstat_parse.writing.arrow import ArrowSink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.reading.sink import Build


class TablesSink:
    """Hands the rows of each kind to its sink; notes and lines that can't be placed to functions.

    Rows of a kind that has no sink are left out.
    """

    def __init__(
        self,
        sinks: Mapping[Kind, ArrowSink],
        on_unparsed: Callable[[int, str, str], None],
        on_note: Callable[[str], None],
    ) -> None:
        self._sinks = sinks
        self.unparsed = on_unparsed
        self.note = on_note

    def begin_source(self, name: str) -> None:
        """The rows to come are of another source."""
        for sink in self._sinks.values():
            sink.begin_source(name)

    def cells(self, layout: Layout) -> Sequence[str]:
        """The names of the cells that are needed of rows."""
        sink = self._sinks.get(layout.kind)
        return sink.cells(layout) if sink is not None else layout.plain_names

    def builder(self, layout: Layout) -> Build:
        """From rows' cells to their texts."""
        sink = self._sinks.get(layout.kind)
        return sink.builder(layout) if sink is not None else _leave_out

    def start(self, dialect: str, captured_at: datetime | None) -> None:
        """A snapshot begins."""
        for sink in self._sinks.values():
            sink.start(dialect, captured_at)

    def rows(self, kind: Kind, made: list[Any]) -> None:
        """The next rows of the snapshot's table of this kind."""
        sink = self._sinks.get(kind)
        if sink is not None:
            sink.rows(kind, made)

    def other_table(
        self, banner: str, titles: tuple[str, ...], rows: list[tuple[str, ...]]
    ) -> None:
        """A table of the snapshot that no kind is for."""
        sink = self._sinks.get(OTHER_TABLES)
        if sink is not None:
            sink.other_table(banner, titles, rows)

    def note_line(self, text: str) -> None:
        """A line that is a note has no place among rows."""

    def between(self) -> None:
        """Nothing is kept that would belong to one snapshot or the next."""


def _leave_out(rows: list[Any], *_: object) -> list[Any]:
    return [True] * len(rows)
