"""`--where EXPR` and `--unknown`: on every command that reads connections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import compress

from netstat_parse.analysis.conditions import UNKNOWN, YES
from netstat_parse.analysis.where import Filter
from netstat_parse.command.messages import complain
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

    def say_unknown(self) -> None:
        """Says of how many connections it was not known."""
        if not self.unknown:
            return
        rows = f"{self.unknown} rows were" if self.unknown > 1 else "1 row was"
        done, other = ("kept", "drop") if self.keeps_unknown else ("left out", "keep")
        complain(
            f"{rows} {done} of which netstat does not tell what --where asks (it was cut, is a "
            f"name, or is not printed): --unknown {other} does otherwise"
        )


_UNKNOWN = bytes((UNKNOWN,))


class _DoubtfulLine(bytes):
    """A row's text that was kept, though it is not known whether it is wanted."""

    __slots__ = ()


class _DoubtfulCells(tuple[str, ...]):
    """The same of a row's cells."""

    __slots__ = ()


class _LeftOut:
    """Stands for a row that is not wanted: the memory of lines has to know it too."""


class _DoubtfulLeftOut:
    """The same of a row of which it is not known whether it is wanted."""


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
        self._has_doubted = False

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
            rows: list[Cells], text: str, truncation: Truncation, marked: Sequence[int]
        ) -> list[Made]:
            verdicts = judge(rows, truncation, marked)
            if verdicts.count(YES) == len(rows):
                return build(rows, text, truncation, marked)
            self._has_left_out = True
            kept = self._wanted.keep(verdicts)
            places = list(compress(range(len(rows)), kept))
            if marked:
                is_marked = frozenset(marked)
                marked = [i for i, place in enumerate(places) if place in is_marked]
            made: list[Made] = [_LEFT_OUT] * len(rows)
            if places:
                built = build([rows[i] for i in places], text, truncation, marked)
                for place, one in zip(places, built, strict=True):
                    made[place] = one
            if UNKNOWN in verdicts:
                self._has_doubted = True
                for place, verdict in enumerate(verdicts):
                    if verdict == UNKNOWN:
                        one = made[place]
                        made[place] = (
                            _DOUBTFUL[type(one)](one) if kept[place] else _DOUBTFUL_LEFT_OUT
                        )
            return made

        return build_wanted

    def rows(self, kind: Kind, made: list[Made]) -> None:
        """Passes on the next rows of a table."""
        if self._has_doubted:
            types = list(map(type, made))
            doubtful = (_DoubtfulLine, _DoubtfulCells, _DoubtfulLeftOut)
            self._wanted.unknown += sum(map(types.count, doubtful))
        if self._has_left_out:
            left_out, doubtful_left_out = _LEFT_OUT, _DOUBTFUL_LEFT_OUT
            made = [r for r in made if r is not left_out and r is not doubtful_left_out]
        if made:
            self._sink.rows(kind, made)

    def start(self, dialect: str, captured_at: datetime | None) -> None:
        """A snapshot begins."""
        self._sink.start(dialect, captured_at)

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
