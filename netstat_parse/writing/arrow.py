"""Rows -> Arrow: record batches, and Parquet and Arrow files.

A sink makes a text of each row, with the columns that differ from row to row; those that are the
same in all rows of a snapshot are kept once for its run of rows. Many such texts together become
arrays at once.
"""

from __future__ import annotations

import pickle
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from netstat_parse.grammar.layout import Cells, Layout
from netstat_parse.grammar.truncation import Truncation
from netstat_parse.schema import CONNECTIONS, UNPARSED, Kind
from netstat_parse.writing.arrow_backends import Backend, get_backend
from netstat_parse.writing.arrow_columns import (
    IP,
    RANGES,
    STRING,
    Column,
    columns_of,
    getters_for,
    text_columns,
)
from netstat_parse.writing.arrow_rows import ConnectionRows
from netstat_parse.writing.text import RowSink, cells_of, quote, rows_of, stamp_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from netstat_parse.build import Record
    from netstat_parse.models import OtherTable, Snapshot
    from netstat_parse.reading.sink import Build
    from netstat_parse.writing.whole_files import ByteWriter

ROWS_AT_ONCE = 2**15
"""Rows that become arrays at once."""
BYTES_AT_ONCE = 2**24
"""Or fewer, if they are as long as this."""
LONGEST_NUMBER = 24
"""Characters; a longer one is in no range."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Run(NamedTuple):
    """Rows of one snapshot that come one after another."""

    source: str
    snapshot: int
    """Its number, from 1 on."""
    captured_at: datetime | None
    rows: int


class Rows(NamedTuple):
    """Rows of one table, of which the texts stand in CSV."""

    runs: list[Run]
    text: bytes

    @property
    def number(self) -> int:
        """How many they are."""
        return sum(run.rows for run in self.runs)


class Overflow(NamedTuple):
    """A number that its column can't hold, so it is null there."""

    run: Run
    column: str
    text: str

    @property
    def reason(self) -> str:
        """What happened to it."""
        return f"{self.column} is more than its column holds: it is null"


class RowTyper:
    """Makes record batches of rows.

    `on_overflow` is told of each number that its column can't hold.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        backend: Backend | None = None,
        on_overflow: Callable[[Overflow], None] = lambda overflow: None,
    ) -> None:
        self.backend = backend or get_backend()
        self.schema = self.backend.schema(columns)
        self._columns = columns
        self._in_text = text_columns(columns)
        self._on_overflow = on_overflow

    def batch(self, rows: Rows) -> Any:
        """The record batch of rows."""
        arrays = self._arrays_of_text(rows)
        places = array("i")
        for place, run in enumerate(rows.runs):
            places += array("i", (place,)) * run.rows
        for column in self._columns:
            if column.is_of_snapshot:
                values = [_OF_RUN[column.name](run) for run in rows.runs]
                of_runs = self.backend.array(values, column.type)
                arrays[column.name] = self.backend.take(of_runs, places.tobytes())
        return self.backend.batch([arrays[c.name] for c in self._columns], self.schema)

    def batches(self, many: Iterable[Rows]) -> Iterator[Any]:
        """The record batch of each."""
        return map(self.batch, many)

    def _arrays_of_text(self, rows: Rows) -> dict[str, Any]:
        as_text = [c._replace(type=STRING) if c.type == IP else c for c in self._in_text]
        try:
            arrays = self.backend.read_csv(rows.text, rows.number, as_text)
        except Exception:
            # A number is too large for its type: both libraries raise, and do not say where.
            arrays = self._without_overflows(rows)
        assert all(len(values) == rows.number for values in arrays)
        found = {c.name: values for c, values in zip(self._in_text, arrays, strict=True)}
        for column in self._in_text:
            if column.type == IP:
                ips = [text and bytes.fromhex(text) for text in found[column.name].to_pylist()]
                found[column.name] = self.backend.array(ips, IP)
        return found

    def _without_overflows(self, rows: Rows) -> list[Any]:
        in_range = [c._replace(type=STRING) if c.type in RANGES else c for c in self._in_text]
        in_range = [c._replace(type=STRING) if c.type == IP else c for c in in_range]
        arrays = self.backend.read_csv(rows.text, rows.number, in_range)
        for place, column in enumerate(self._in_text):
            if column.type in RANGES:
                texts = arrays[place].to_pylist()
                values = [_number_in(text, RANGES[column.type]) for text in texts]
                arrays[place] = self.backend.array(values, column.type)
                self._tell(rows.runs, column.name, texts, values)
        return arrays

    def _tell(
        self,
        runs: list[Run],
        column: str,
        texts: Sequence[str | None],
        values: Sequence[int | None],
    ) -> None:
        run_of = (run for run in runs for _ in range(run.rows))
        for run, text, value in zip(run_of, texts, values, strict=True):
            if text is not None and value is None:
                self._on_overflow(Overflow(run, column, text))


def _number_in(text: str | None, allowed: range) -> int | None:
    if text is None or len(text) > LONGEST_NUMBER:
        return None
    number = int(text)
    return number if number in allowed else None


def _in_utc(run: Run) -> int | None:
    at = run.captured_at
    return None if at is None or at.tzinfo is None else (at - EPOCH) // MICROSECOND


_OF_RUN: dict[str, Callable[[Run], Any]] = {
    "source": lambda run: run.source or None,
    "snapshot": lambda run: run.snapshot,
    "captured_at": _in_utc,
    "captured_at_local": lambda run: stamp_text(run.captured_at) or None,
}


class RowsFile:
    """Keeps rows in a file, for another process to take them."""

    def __init__(self, file: ByteWriter) -> None:
        self._file = file

    def write_rows(self, rows: Rows) -> None:
        """Writes rows."""
        self._file.write(pickle.dumps(rows))


def load_rows(file: BinaryIO) -> Iterator[Rows]:
    """What a RowsFile has written."""
    with suppress(EOFError):
        while True:
            rows: Rows = pickle.load(file)
            yield rows


# Sinks --------------------------------------------------------------------------------------------


class ArrowSink(RowSink):
    """Hands on the rows of one kind of table, many at once.

    A row's text has the columns that are not the snapshot's. `write_rows` takes them; `kind` may be
    UNPARSED, whose rows are the lines that can't be placed.
    """

    def __init__(
        self,
        write_rows: Callable[[Rows], object],
        on_unparsed: Callable[[int, str, str], None] = lambda *_: None,
        on_note: Callable[[str], None] = lambda note: None,
        *,
        kind: Kind = CONNECTIONS,
        columns: tuple[Column, ...] | None = None,
    ) -> None:
        super().__init__(_no_file, self._take_unparsed, on_note, kind=kind)
        self.columns = columns_of(kind) if columns is None else columns
        self._write_rows = write_rows
        self._on_unparsed = on_unparsed
        self._in_text = text_columns(self.columns)
        self._is_made_of_cells = ConnectionRows.can_make(kind, self._in_text)
        self._row_of: Callable[[Record], bytes] | None = None
        self._runs: list[Run] = []
        self._lines: list[bytes] = []
        self._size = 0

    def cells(self, layout: Layout) -> Sequence[str]:
        """The names of the cells that are needed of rows."""
        if self._is_made_of_cells and layout.kind is self.kind:
            return [cell.name for cell in layout.kind.cells]
        return super().cells(layout)

    def row_builder(self, layout: Layout) -> Build:
        """To the text of each row."""
        if self._is_made_of_cells:
            return ConnectionRows(layout, self._in_text)
        from netstat_parse.build import get_builder

        build, row_of = get_builder(layout), self._of_record()

        def build_rows(
            rows: list[Cells], text: str, truncation: Truncation, marked: Mapping[int, Cells]
        ) -> list[bytes]:
            return list(map(row_of, build(rows, text, truncation, marked)))

        return build_rows

    def begin_row(self, captured_at: datetime | None) -> str:
        """Nothing of the snapshot stands in the texts of its rows."""
        return ""

    def write(self, made: list[bytes]) -> None:
        """Takes rows; hands them on once they are many."""
        run = Run(self.source, self.snapshots, self.captured_at, len(made))
        if self._runs and self._runs[-1][:3] == run[:3]:
            run = run._replace(rows=run.rows + self._runs.pop().rows)
        self._runs.append(run)
        self._lines += made
        self._size += sum(map(len, made))
        if len(self._lines) >= ROWS_AT_ONCE or self._size >= BYTES_AT_ONCE:
            self.flush()

    def write_table(self, table: OtherTable) -> None:
        """Takes a row for each cell of a table that no kind is for."""
        rows = list(map(self._of_record(), cells_of(table)))
        if rows:
            self.write(rows)

    def write_records(self, records: Iterable[Record]) -> None:
        """Takes a row for each record."""
        rows = list(map(self._of_record(), records))
        if rows:
            self.write(rows)

    def append(self, part: BinaryIO, mark: str) -> None:
        """Hands on the rows that another sink has handed on of a part of this source."""
        self.flush()
        for rows in load_rows(part):
            runs = [run._replace(snapshot=run.snapshot + self.snapshots) for run in rows.runs]
            self._write_rows(rows._replace(runs=runs))

    def flush(self) -> None:
        """Hands on the rows that are held."""
        if self._lines:
            rows = Rows(self._runs, b"\n".join(self._lines) + b"\n")
            self._runs, self._lines, self._size = [], [], 0
            self._write_rows(rows)

    def close(self) -> None:
        """There are no more rows."""
        self.flush()

    def _take_unparsed(self, number: int, text: str, reason: str) -> None:
        self._on_unparsed(number, text, reason)
        if self.kind is UNPARSED:
            from netstat_parse.models import UnparsedLine

            self.write_records([UnparsedLine(number=number, text=text, reason=reason)])

    def _of_record(self) -> Callable[[Record], bytes]:
        if self._row_of is None:
            getters = getters_for(self._in_text, self.kind)

            def row_of(record: Record) -> bytes:
                return ",".join([quote(get(record)) for get in getters]).encode()

            self._row_of = row_of
        return self._row_of


def rows_of_snapshots(
    snapshots: Iterable[Snapshot], kind: Kind, columns: tuple[Column, ...]
) -> Iterator[Rows]:
    """The rows of snapshots, from their records."""
    ready: list[Rows] = []
    sink = ArrowSink(ready.append, kind=kind, columns=columns)
    for snapshot in snapshots:
        sink.begin_source(snapshot.source or "")
        sink.start(snapshot.dialect, snapshot.captured_at)
        sink.write_records(rows_of(snapshot, kind))
        yield from ready
        ready.clear()
    sink.close()
    yield from ready


class _NoFile:
    """An ArrowSink writes no bytes itself."""

    def write(self, data: bytes, /) -> None:
        raise NotImplementedError


_no_file = _NoFile()
