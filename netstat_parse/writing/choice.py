"""Which kind of table is written where nobody has named one: the one that the input has.

That is connections if there are any, and else the first kind of KINDS of which there are rows. What
comes before it is known is held, in a file where it is much, so that a stream is read once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from netstat_parse.grammar.layout import Layout
from netstat_parse.schema import CONNECTIONS, KINDS, OTHER_TABLES, Kind
from netstat_parse.writing.text import CsvWriter, RowSink, leave_out, records_of, rows_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import BinaryIO

    from netstat_parse.models import Snapshot
    from netstat_parse.reading.sink import Build
    from netstat_parse.writing.whole_files import ByteWriter

HELD_IN_MEMORY = 2**20
"""Characters of each kind that are held in memory; what is more is held in a file."""


class Choice:
    """The kind that is written to a file, of text or of bytes, and what is held until it is known.

    Connections are chosen as soon as something of them is written.
    """

    def __init__(self, file: Any, *, is_text: bool = False) -> None:
        self.kind: Kind | None = None
        """None as long as it is not known."""
        self.held: dict[Kind, Any] = {}
        """What was written of each kind meanwhile."""
        self._file = file
        self._is_text = is_text

    def takes(self, kind: Kind) -> bool:
        """True if this kind is written, or may be."""
        return self.kind in (None, kind)

    def file_of(self, kind: Kind) -> Any:
        """The file that this kind is written to, or held in; None if another kind is written."""
        if self.kind is None and kind is CONNECTIONS:
            self.kind = kind
            self._drop()
        if self.kind is not None:
            return self._file if self.kind is kind else None
        if kind not in self.held:
            self.held[kind] = open_held(is_text=self._is_text)
        return self.held[kind]

    def end(self, seen: Collection[Kind] = ()) -> Kind:
        """There is no more to come: writes what was held of the kind that is chosen, and gives it.

        Where no rows came, it is one of `seen`, of which there are tables.
        """
        if self.kind is None:
            kinds = self.held or seen or (CONNECTIONS,)
            self.kind = next(kind for kind in KINDS if kind in kinds)
            if self.kind in self.held:
                copy(self.held[self.kind], self._file)
            self._drop()
        return self.kind

    def _drop(self) -> None:
        for held in self.held.values():
            held.close()
        self.held.clear()


def open_held(*, is_text: bool) -> Any:
    """A file for what is held. It takes a while to import what makes it."""
    from tempfile import SpooledTemporaryFile

    if not is_text:
        return SpooledTemporaryFile(HELD_IN_MEMORY)
    # A file's name may hold a surrogate.
    return SpooledTemporaryFile(
        HELD_IN_MEMORY, "w+", newline="", encoding="utf-8", errors="surrogatepass"
    )


def copy(held: Any, file: Any) -> None:
    """Writes all that is held to another file."""
    import shutil

    held.seek(0)
    shutil.copyfileobj(held, file, 2**20)


class Outlet:
    """Takes what is written of one kind."""

    def __init__(self, choice: Choice, kind: Kind) -> None:
        self._choice = choice
        self._kind = kind

    def write(self, text: Any) -> None:
        """Writes a piece, if its kind is written."""
        file = self._choice.file_of(self._kind)
        if file is not None:
            file.write(text)


class ChoosingSink(RowSink):
    """Writes the rows of the kind of table that the input has, with a sink of its own for each.

    `make` gives the sink that writes the rows of a kind to a file.
    """

    def __init__(
        self,
        file: ByteWriter,
        on_unparsed: Callable[[int, str, str], None],
        on_note: Callable[[str], None],
        make: Callable[[Kind, ByteWriter], RowSink],
    ) -> None:
        super().__init__(file, on_unparsed, on_note)
        self._choice = Choice(file)
        self._make = make
        self._sinks: dict[Kind, RowSink] = {}
        self._writes_header = True

    @property
    def is_undecided(self) -> bool:
        """It is not known yet which kind is written."""
        return self._choice.kind is None

    @property
    def held(self) -> Mapping[Kind, BinaryIO]:
        """What is held of each kind, as long as it is not known which is written."""
        return self._choice.held

    def cells(self, layout: Layout) -> Sequence[str]:
        """The names of the cells that are needed of rows."""
        return self._sink_of(layout.kind).cells(layout)

    def builder(self, layout: Layout) -> Build:
        """From rows' cells to what is written of them."""
        self.kinds.add(layout.kind)
        if not self._choice.takes(layout.kind):
            return leave_out
        return self._sink_of(layout.kind).builder(layout)

    def begin_source(self, name: str) -> None:
        """The rows to come are of another source."""
        super().begin_source(name)
        for sink in self._sinks.values():
            sink.begin_source(name)

    def start(self, dialect: str, captured_at: datetime | None) -> None:
        """A snapshot begins."""
        self.snapshots += 1
        self.dialect, self.captured_at = dialect, captured_at
        for sink in self._sinks.values():
            sink.start(dialect, captured_at)

    def rows(self, kind: Kind, made: list[Any]) -> None:
        """Writes or holds the next rows."""
        if self._choice.takes(kind):
            self._sink_of(kind).write(made)

    def other_table(
        self, banner: str, titles: tuple[str, ...], rows: list[tuple[str, ...]]
    ) -> None:
        """Writes or holds a table that no kind is for."""
        self.kinds.add(OTHER_TABLES)
        if self._choice.takes(OTHER_TABLES):
            self._sink_of(OTHER_TABLES).other_table(banner, titles, rows)

    def begin(self) -> None:
        """Writes what comes before the first connection, which another process has found."""
        self._choice.file_of(CONNECTIONS)
        self._sink_of(CONNECTIONS).begin()

    def take(self, kind: Kind, written: BinaryIO) -> None:
        """Writes or holds the rows that another process held."""
        file = self._choice.file_of(kind)
        if file is not None:
            self._sink_of(kind).begin()
            copy(written, file)

    def leave_out_header(self) -> None:
        """Somebody else writes the header."""
        self._writes_header = False

    def close(self) -> None:
        """Chooses, if nothing has until now; `kind` is then what was written."""
        self.kind = self._choice.end(self.kinds)
        self._sink_of(self.kind).close()

    def _sink_of(self, kind: Kind) -> RowSink:
        sink = self._sinks.get(kind)
        if sink is None:
            sink = self._sinks[kind] = self._make(kind, Outlet(self._choice, kind))
            sink.begin_source(self.source)
            if not self._writes_header:
                sink.leave_out_header()
            if self.snapshots:
                sink.start(self.dialect, self.captured_at)
        return sink


def write_chosen_csv(
    snapshots: Iterable[Snapshot], file: Any, *, spreadsheet_safe: bool = False
) -> None:
    """Writes CSV of the kind of table that the snapshots have."""
    choice = Choice(file, is_text=True)
    writers: dict[Kind, CsvWriter] = {}

    def writer_of(kind: Kind) -> CsvWriter:
        if kind not in writers:
            outlet = Outlet(choice, kind)
            writers[kind] = CsvWriter(outlet, kind, None, spreadsheet_safe=spreadsheet_safe)
        return writers[kind]

    for snapshot in snapshots:
        for kind in KINDS:
            if choice.takes(kind) and records_of(snapshot, kind):
                writer = writer_of(kind)
                writer.write(map(writer.row, rows_of(snapshot, kind)), snapshot.captured_at)
    writer_of(choice.end()).begin()


def write_chosen_lines(
    snapshots: Iterable[Snapshot], file: Any, lines_of: Callable[[Snapshot, Kind], Iterable[str]]
) -> None:
    """Writes the lines of the kind of table that the snapshots have."""
    choice = Choice(file, is_text=True)
    for snapshot in snapshots:
        for kind in KINDS:
            if choice.takes(kind) and records_of(snapshot, kind):
                choice.file_of(kind).writelines(lines_of(snapshot, kind))
    choice.end()
