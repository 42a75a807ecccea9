"""Leaves out connections that a filter does not want, as they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress

from netstat_parse.analysis.conditions import NO, UNKNOWN, YES
from netstat_parse.analysis.where import Filter
from netstat_parse.schema import CONNECTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from netstat_parse.grammar.layout import Cells, Layout
    from netstat_parse.grammar.truncation import Truncation
    from netstat_parse.models import Snapshot
    from netstat_parse.reading.sink import Build, Made, Sink
    from netstat_parse.schema import Kind


class Wanted:
    """Leaves out the connections that are not wanted; counts those of which it is not known."""

    def __init__(self, expression: str, *, keeps_unknown: bool) -> None:
        self.filter = Filter(expression)
        self.keeps_unknown = keeps_unknown
        self.unknown = 0
        """Of so many connections it was not known."""

    def over(self, sink: Sink) -> Sink:
        """The sink, which is given only what is wanted."""
        return _WantedRows(sink, self)

    def snapshots(self, snapshots: Iterable[Snapshot]) -> Iterator[Snapshot]:
        """The snapshots with those connections that are wanted."""
        for snapshot in snapshots:
            verdicts = self.filter.judge(snapshot.connections)
            self.unknown += verdicts.count(UNKNOWN)
            kept = tuple(compress(snapshot.connections, self.keep(verdicts)))
            yield snapshot.model_copy(update={"connections": kept})

    def keep(self, verdicts: bytes) -> bytes:
        """The verdicts, which are 0 where a connection is left out."""
        return verdicts if self.keeps_unknown else verdicts.replace(_UNKNOWN, b"\0")

    def unknown_text(self) -> str:
        """Of how many connections it was not known, and what became of them; empty if of none."""
        if not self.unknown:
            return ""
        rows = f"{self.unknown} rows were" if self.unknown > 1 else "1 row was"
        done, other = ("kept", "drop") if self.keeps_unknown else ("left out", "keep")
        return (
            f"{rows} {done} of which netstat does not tell what --where asks (it was cut, is a "
            f"name, or is not printed): --unknown {other} does otherwise"
        )


_UNKNOWN = bytes((UNKNOWN,))


class _DoubtfulLine(bytes):
    """A row's text that was kept, though it is not known whether it is wanted."""

    __slots__ = ()


class _DoubtfulCells(tuple[str, ...]):
    """A row's cells that were kept, though it is not known whether the row is wanted."""

    __slots__ = ()


class _LeftOut:
    """Stands for a row that is not wanted: the memory of lines has to know it too."""


class _DoubtfulLeftOut:
    """Stands for a row that was left out, though it is not known whether it is wanted."""


_DOUBTFUL: dict[type, type] = {bytes: _DoubtfulLine, tuple: _DoubtfulCells}
_LEFT_OUT, _DOUBTFUL_LEFT_OUT = _LeftOut(), _DoubtfulLeftOut()


class _WantedRows:
    """Passes on to a sink the rows that are wanted.

    A row is judged when it is made, so one that the reader remembers is not judged again.
    """

    def __init__(self, sink: Sink, wanted: Wanted) -> None:
        self._sink = sink
        self._wanted = wanted
        self._has_left_out = False
        self._doubtful: type | None = None
        """What doubtful rows are, once there is one."""
        self._left_out = _LEFT_OUT if wanted.keeps_unknown else _DOUBTFUL_LEFT_OUT
        """The other one of those that are left out, where there are two."""

    def cells(self, layout: Layout) -> Sequence[str]:
        """The names of the cells that the sink needs; among them are all that are asked about."""
        return self._sink.cells(layout)

    def builder(self, layout: Layout) -> Build:
        """From rows to what the sink makes of those that are wanted."""
        build = self._sink.builder(layout)
        if layout.kind is not CONNECTIONS:
            return build
        judge = self._wanted.filter.of_rows(layout, self._sink.cells(layout))

        def build_wanted(
            rows: list[Cells], text: str, truncation: Truncation, marked: Mapping[int, Cells]
        ) -> list[Made]:
            verdicts = judge(rows, truncation, marked)
            if verdicts.count(YES) == len(rows):
                return build(rows, text, truncation, marked)
            kept = self._wanted.keep(verdicts)
            left_out = kept.count(NO)
            made: list[Made] = [_LEFT_OUT] * len(rows)
            if not left_out:
                made = build(rows, text, truncation, marked)
            elif left_out < len(rows):
                places = list(compress(range(len(rows)), kept))
                if marked:
                    marked = {i: marked[place] for i, place in enumerate(places) if place in marked}
                built = build(list(compress(rows, kept)), text, truncation, marked)
                for place, one in zip(places, built, strict=True):
                    made[place] = one
            self._has_left_out = self._has_left_out or left_out > 0
            place = verdicts.find(UNKNOWN)
            while place >= 0:
                one = made[place]
                made[place] = _DOUBTFUL[type(one)](one) if kept[place] else _DOUBTFUL_LEFT_OUT
                self._doubtful = type(made[place])
                place = verdicts.find(UNKNOWN, place + 1)
            return made

        return build_wanted

    def rows(self, kind: Kind, made: list[Made]) -> None:
        """Passes on the next rows of a table."""
        if self._doubtful is not None:
            self._wanted.unknown += list(map(type, made)).count(self._doubtful)
        if self._has_left_out:
            left_out, other = _LEFT_OUT, self._left_out
            if other is left_out:
                made = [one for one in made if one is not left_out]
            else:
                made = [one for one in made if one is not left_out and one is not other]
        if made:
            self._sink.rows(kind, made)

    def start(self, dialect: str, captured_at: datetime | None) -> None:
        """A snapshot begins."""
        self._sink.start(dialect, captured_at)

    def other_table(
        self, banner: str, titles: tuple[str, ...], rows: list[tuple[str, ...]]
    ) -> None:
        """A table that no kind is for."""
        self._sink.other_table(banner, titles, rows)

    def note(self, text: str) -> None:
        """A note."""
        self._sink.note(text)

    def note_line(self, text: str) -> None:
        """A line that is a note."""
        self._sink.note_line(text)

    def unparsed(self, number: int, text: str, reason: str) -> None:
        """A line that can't be placed."""
        self._sink.unparsed(number, text, reason)

    def between(self) -> None:
        """What comes now belongs to the next snapshot."""
        self._sink.between()
