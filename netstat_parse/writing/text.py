"""Snapshots -> CSV, JSON Lines and JSON.

`write_csv`, `write_jsonl` and `write_json` take Snapshots. CsvSink and JsonLinesSink take rows as a
LineReader finds them and write the same text, which the tests hold together byte for byte. Without
records CSV takes an eighth of the time.
"""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from netstat_parse.grammar.layout import Cells, Layout
from netstat_parse.grammar.truncation import MARK, Truncation, is_address, is_number
from netstat_parse.lazy import LazyPattern
from netstat_parse.schema import CONNECTIONS, FILLS, KINDS, OTHER_TABLES, Kind
from netstat_parse.writing.columns import (
    all_columns,
    default_columns,
    find_kind,
    getters_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any, BinaryIO, TextIO

    from netstat_parse.build import Record
    from netstat_parse.models import OtherTable, Snapshot
    from netstat_parse.reading.sink import Build
    from netstat_parse.writing.choice import Outlet
    from netstat_parse.writing.whole_files import ByteWriter

FORMULA_STARTS = frozenset("=+-@＝＋－＠\t\r\n")
"""A spreadsheet takes a cell that starts so for a formula (OWASP, CSV injection), some also where
these are as wide as Chinese characters."""
MARK_IN_UTF8 = MARK.encode()
NUMBER = LazyPattern(r"-?[0-9]+(?:\.[0-9]+)?")
"""Such a cell is no formula; timers may be negative."""


def _each(snapshots: Any) -> Iterable[Snapshot]:
    """The snapshots; one may be given as it is."""
    return (snapshots,) if hasattr(snapshots, "captured_at") else snapshots


def write_csv(
    snapshots: Iterable[Snapshot] | Snapshot,
    file: TextIO,
    *,
    table: str | None = CONNECTIONS.option,
    columns: Sequence[str] | None = None,
    spreadsheet_safe: bool = False,
) -> None:
    """Writes a CSV row for each connection, under one header line (RFC 4180, lines end in LF).

    `snapshots` are any number of them, or one as it is.

    `table` names the kind of table to write instead: `unix`, `routes` ... With None it
    is the kind that the snapshots have: connections if there are any or `columns` are named, else
    the first of the list. `columns` names the columns in their order, None the default ones;
    `("all",)` appends those of the first row's dialect, the snapshot's source, and its number.
    `spreadsheet_safe` puts `'` before a text that a spreadsheet would take for a formula. `file`
    should be open with newline="".

    Raises UnknownColumnError for a column that no dialect has; ValueError for an unknown table.
    """
    snapshots = _each(snapshots)
    if table is None and columns is None:
        from netstat_parse.writing.choice import write_chosen_csv

        write_chosen_csv(snapshots, file, spreadsheet_safe=spreadsheet_safe)
        return
    kind = CONNECTIONS if table is None else find_kind(table)
    writer = CsvWriter(file, kind, columns, spreadsheet_safe=spreadsheet_safe)
    for number, snapshot in enumerate(snapshots, 1):
        writer.number = str(number)
        writer.resolve(snapshot.dialect)
        writer.source = snapshot.source or ""
        rows = map(writer.row, rows_of(snapshot, writer.kind))
        writer.write(rows, snapshot.captured_at)
    writer.begin()


def write_jsonl(
    snapshots: Iterable[Snapshot] | Snapshot,
    file: TextIO,
    *,
    table: str | None = CONNECTIONS.option,
) -> None:
    """Writes a JSON object for each connection, one a line: its snapshot's stamp and source, and
    its fields.

    `table` names the kind of table to write instead; None is as in `write_csv`. Raises ValueError
    for an unknown table.
    """
    snapshots = _each(snapshots)
    if table is None:
        from netstat_parse.writing.choice import write_chosen_lines

        write_chosen_lines(snapshots, file, _json_lines)
        return
    kind = find_kind(table)
    for snapshot in snapshots:
        file.writelines(_json_lines(snapshot, kind))


def _json_lines(snapshot: Snapshot, kind: Kind) -> Iterable[str]:
    start = _json_start(snapshot.captured_at, snapshot.source)
    return (f"{start}{_json_fields(record)}\n" for record in records_of(snapshot, kind))


def write_json(snapshots: Iterable[Snapshot] | Snapshot, file: TextIO) -> None:
    """Writes an array of whole Snapshots, which `Snapshot.model_validate` takes back.

    Kinds of tables that came after the first release (routes, interfaces, multicast groups and so
    on) are left out of a snapshot that has no rows of them.
    """
    separator = "[\n"
    for snapshot in _each(snapshots):
        empty = {k.name for k in KINDS if not (k.is_always_in_json or records_of(snapshot, k))}
        file.write(separator + snapshot.model_dump_json(exclude=empty))
        separator = ",\n"
    file.write("\n]\n" if separator == ",\n" else "[]\n")


def records_of(snapshot: Snapshot, kind: Kind) -> tuple[Record, ...]:
    """The records of a snapshot's table of this kind."""
    records: tuple[Record, ...] = getattr(snapshot, kind.name)
    return records


def find_kind_of(snapshot: Snapshot) -> Kind:
    """The kind of table that is written of a snapshot: connections, or else what it has."""
    return next((kind for kind in KINDS if records_of(snapshot, kind)), CONNECTIONS)


def is_aside(note: str) -> bool:
    """True for the note of a table that was set aside."""
    return ": set aside, " in note


class OtherCell(NamedTuple):
    """A cell of a table that no kind is for, as CSV has it."""

    banner: str
    row: int
    """Counted from 1."""
    title: str
    text: str
    dialect: str


def rows_of(snapshot: Snapshot, kind: Kind) -> Iterable[Record]:
    """What CSV has a row for: the records, but of other tables their cells."""
    if kind is not OTHER_TABLES:
        return records_of(snapshot, kind)
    return [cell for table in snapshot.other_tables for cell in cells_of(table)]


def cells_of(table: OtherTable) -> list[OtherCell]:
    """The cells of a table that no kind is for, row by row."""
    return [
        OtherCell(table.banner, number, title, text, table.dialect)
        for number, row in enumerate(table.rows, 1)
        for title, text in row.items()
    ]


def quote(text: str) -> str:
    """A cell as RFC 4180 has it: in quotes where it holds a comma, a quote or a line's end."""
    if '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return f'"{text}"' if "," in text or "\n" in text or "\r" in text else text


def quote_harmless(text: str) -> str:
    """A cell as RFC 4180 has it, with `'` before what a spreadsheet would take for a formula."""
    if not text or text[0].isalnum():
        return quote(text)
    # Blanks and what can't be seen before it are skipped by some spreadsheets.
    start = "".join(filter(str.isprintable, text)).lstrip()[:1]
    is_formula = text[0] in FORMULA_STARTS or (start and start in FORMULA_STARTS)
    return quote("'" + text if is_formula and not NUMBER.fullmatch(text) else text)


class CsvWriter:
    """Writes rows under their header, which is written before the first of them."""

    def __init__(
        self,
        file: TextIO | _Utf8 | Outlet,
        kind: Kind,
        columns: Sequence[str] | None,
        *,
        spreadsheet_safe: bool,
    ) -> None:
        self.kind = kind
        self.source = ""
        self.number = ""
        """The snapshot's, from 1 on."""
        self._file = file
        self._default = default_columns(kind)
        self._quote = quote_harmless if spreadsheet_safe else quote
        self._asks_for_all = columns is not None and "all" in columns
        self._columns: tuple[str, ...] = ()
        self.header_is_due = True
        self._cells: list[Callable[[Record], str] | None] = []
        if columns is None:
            self._columns = self._default
        elif not self._asks_for_all:
            self._set_columns(tuple(columns))

    def resolve(self, *dialects: str) -> tuple[str, ...]:
        """Takes notice of dialects of the rows to come; their columns that are left out."""
        if not self._asks_for_all:
            return ()
        wanted = all_columns(dialects, self.kind)
        if not self._columns:
            self._set_columns(wanted)
        return tuple(column for column in wanted if column not in self._columns)

    def _set_columns(self, columns: tuple[str, ...]) -> None:
        self._columns = columns
        for getter in getters_of(columns, self.kind):
            self._cells.append(getter and partial(_quoted_cell, getter, self._quote))

    def row(self, record: Record) -> tuple[str | None, ...]:
        """A row's cells; None stands for those of its snapshot."""
        if not self._cells:
            self._set_columns(self._columns)
        return tuple(cell and cell(record) for cell in self._cells)

    def write(self, rows: Iterable[tuple[str | None, ...]], captured_at: datetime | None) -> None:
        """Writes rows of one snapshot."""
        values = {
            "captured_at": stamp_text(captured_at),
            "source": self._quote(self.source),
            "snapshot": self.number,
        }
        of_snapshot = [values.get(column, "") for column in self._columns]
        self.begin()
        for row in rows:
            cells = zip(row, of_snapshot, strict=True)
            self._file.write(
                ",".join([own if cell is None else cell for cell, own in cells]) + "\n"
            )

    def begin(self) -> None:
        """Writes the header, if it is due."""
        if self.header_is_due:
            self._file.write(",".join(self._columns or self._default) + "\n")
            self.header_is_due = False


def _quoted_cell(getter: Callable[[Record], str], quoting: Callable[[str], str], r: Record) -> str:
    return quoting(getter(r))


def stamp_text(captured_at: datetime | None) -> str:
    """A snapshot's stamp in ISO 8601; empty if it has none."""
    return captured_at.isoformat() if captured_at is not None else ""


def _json_start(captured_at: datetime | None, source: str | None) -> str:
    from pydantic_core import to_json

    stamp, name = to_json(captured_at).decode(), to_json(source).decode()
    return f'{{"captured_at":{stamp},"source":{name},'


def _json_fields(record: Record) -> str:
    fields: str = record.model_dump_json()
    return fields[1:]


class _Utf8:
    """Takes text for a file of bytes."""

    def __init__(self, file: ByteWriter) -> None:
        self._file = file

    def write(self, text: str) -> None:
        # A file's name may hold a surrogate, which UTF-8 cannot.
        self._file.write(text.encode(errors="backslashreplace"))


# Sinks --------------------------------------------------------------------------------------------


class RowSink:
    """Writes the rows of one kind of table as they are found, in UTF-8.

    Notes and lines that can't be placed are passed on.
    """

    def __init__(
        self,
        file: ByteWriter,
        on_unparsed: Callable[[int, str, str], None],
        on_note: Callable[[str], None],
        *,
        kind: Kind = CONNECTIONS,
    ) -> None:
        self.kind = kind
        self.unparsed = on_unparsed
        self.source = ""
        self.snapshots = 0
        """How many have begun, in all sources."""
        self.number_mark = ""
        """Stands before the number of a snapshot, where that is not the last word on it."""
        self.kinds: set[Kind] = set()
        """Of the tables of this source."""
        self.has_others = False
        """This source has tables that are set aside."""
        self._on_note = on_note
        self.dialect = ""
        self.captured_at: datetime | None = None
        self._stamp = b""
        """What every row of the snapshot begins with."""
        self._file = file

    @property
    def is_undecided(self) -> bool:
        """It is not known yet which kind is written."""
        return False

    @property
    def held(self) -> Mapping[Kind, BinaryIO]:
        """What is held of each kind, as long as it is not known which is written."""
        return {}

    def take(self, kind: Kind, written: BinaryIO) -> None:
        """Takes the rows that another process held of a kind."""
        raise NotImplementedError

    def cells(self, layout: Layout) -> Sequence[str]:
        """The names of the cells that are needed of rows."""
        return layout.plain_names

    def begin_source(self, name: str) -> None:
        """The rows to come are of another source."""
        self.source = name
        self.kinds.clear()
        self.has_others = False

    def note(self, text: str) -> None:
        """Passes on what the reader says."""
        self.has_others = self.has_others or is_aside(text)
        self._on_note(text)

    def note_line(self, text: str) -> None:
        """A line that is a note has no place among rows."""

    def builder(self, layout: Layout) -> Build:
        """From rows' cells to what is written of them."""
        self.kinds.add(layout.kind)
        return self.row_builder(layout) if layout.kind is self.kind else leave_out

    def start(self, dialect: str, captured_at: datetime | None) -> None:
        """A snapshot begins."""
        self.snapshots += 1
        self.dialect = dialect
        self.captured_at = captured_at
        self._stamp = self.begin_row(captured_at).encode()

    def between(self) -> None:
        """Nothing is kept that would belong to one snapshot or the next."""

    def rows(self, kind: Kind, made: list[Any]) -> None:
        """Writes the next rows, if they are of the kind to write."""
        if kind is self.kind:
            self.write(made)

    def other_table(
        self, banner: str, titles: tuple[str, ...], rows: list[tuple[str, ...]]
    ) -> None:
        """Writes a table that no kind is for, if these are what to write."""
        self.kinds.add(OTHER_TABLES)
        if self.kind is OTHER_TABLES:
            from netstat_parse.models.common import FrozenDict
            from netstat_parse.models.other_tables import OtherTable

            cells = tuple(FrozenDict(zip(titles, row, strict=True)) for row in rows)
            self.write_table(
                OtherTable(dialect=self.dialect, banner=banner, titles=titles, rows=cells)
            )

    def write_table(self, table: OtherTable) -> None:
        """Writes a table that no kind is for."""
        raise NotImplementedError

    def row_builder(self, layout: Layout) -> Build:
        """From the cells of rows of the right kind to what is written of them."""
        raise NotImplementedError

    def write(self, made: list[Any]) -> None:
        """Writes rows."""
        raise NotImplementedError

    def resolve(self, *dialects: str) -> None:
        """Takes notice of the dialects that tell the columns."""

    def begin(self) -> None:
        """Writes what comes before the first row, if it is due."""

    def leave_out_header(self) -> None:
        """Somebody else writes what comes before the first row."""

    def warn(self, text: str) -> None:
        """Says something of the rows to whoever reads them."""

    def begin_row(self, captured_at: datetime | None) -> str:
        """What every row of a snapshot of this time begins with."""
        raise NotImplementedError

    def write_lines(self, rest: list[bytes]) -> None:
        """Writes rows, of which these are the texts behind what all begin with."""
        start = self._stamp
        self._file.write(b"".join((start, (b"\n" + start).join(rest), b"\n")))

    def append(self, part: BinaryIO, mark: str) -> None:
        """Writes what another sink has written of a part of this source. Where there is a mark, the
        numbers of snapshots stand behind it, counted in the part."""
        if not mark:
            shutil.copyfileobj(part, self._file, 2**20)
            return
        pattern, before = mark.encode() + b"([0-9]+)", self.snapshots
        numbered = re.sub(pattern, lambda found: b"%d" % (before + int(found[1])), part.read())
        self._file.write(numbered)

    def flush(self) -> None:
        """Writes what is held."""

    def close(self) -> None:
        """There are no more rows."""


def leave_out(
    rows: list[Cells], text: str, truncation: Truncation, marked: Mapping[int, Cells]
) -> list[Any]:
    """Stands for rows that are not written."""
    return [True] * len(rows)


class CsvSink(RowSink):
    """Writes rows as CSV, as `write_csv` does."""

    def __init__(
        self,
        file: ByteWriter,
        on_unparsed: Callable[[int, str, str], None],
        on_note: Callable[[str], None],
        *,
        kind: Kind = CONNECTIONS,
        columns: Sequence[str] | None = None,
        spreadsheet_safe: bool = False,
        on_warning: Callable[[str], None] = lambda text: None,
    ) -> None:
        super().__init__(file, on_unparsed, on_note, kind=kind)
        self._writer = CsvWriter(_Utf8(file), kind, columns, spreadsheet_safe=spreadsheet_safe)
        self._quote = quote_harmless if spreadsheet_safe else quote
        self._writes_cells = columns is None and kind.is_written_as_printed
        self._on_warning = on_warning
        self._warnings: set[str] = set()

    def cells(self, layout: Layout) -> Sequence[str]:
        """The names of the cells that are needed of rows."""
        if self._writes_cells and layout.kind is self.kind:
            return [cell.name for cell in layout.kind.cells]
        return super().cells(layout)

    def row_builder(self, layout: Layout) -> Build:
        """To a row's text behind its stamp; where columns were named, to the texts of each."""
        if self._writes_cells:
            return CsvRows(layout, self._quote)
        from netstat_parse.build import get_builder

        build = get_builder(layout)
        return lambda *rows: list(map(self._writer.row, build(*rows)))

    def start(self, dialect: str, captured_at: datetime | None) -> None:
        """A snapshot begins."""
        super().start(dialect, captured_at)
        left_out = self._writer.resolve(dialect)
        if left_out:
            self.warn(f"this CSV lacks columns of {dialect}: {', '.join(left_out)}")

    def begin_row(self, captured_at: datetime | None) -> str:
        """The first column, which is the snapshot's stamp."""
        return stamp_text(captured_at) + ","

    def resolve(self, *dialects: str) -> None:
        """Takes notice of the dialects whose columns `all` stands for; none: the first tells."""
        if dialects:
            self._writer.resolve(*dialects)

    def begin(self) -> None:
        """Writes the header, if it is due."""
        self._writer.begin()

    def leave_out_header(self) -> None:
        """Somebody else writes the header."""
        self._writer.header_is_due = False

    def warn(self, text: str) -> None:
        """Says something of the rows, once."""
        if text not in self._warnings:
            self._warnings.add(text)
            self._on_warning(text)

    def write(self, made: list[Any]) -> None:
        """Writes rows."""
        if self._writes_cells:
            self._writer.begin()
            self.write_lines(made)
        else:
            self._writer.source = self.source
            self._writer.number = self._snapshot_number()
            self._writer.write(made, self.captured_at)

    def _snapshot_number(self) -> str:
        """What the column of snapshots' numbers holds."""
        return f"{self.number_mark}{self.snapshots}"

    def write_table(self, table: OtherTable) -> None:
        """Writes a row for each cell of a table that no kind is for."""
        self._writer.source = self.source
        self._writer.number = self._snapshot_number()
        self._writer.write(map(self._writer.row, cells_of(table)), self.captured_at)

    def close(self) -> None:
        """Writes the header if there were no rows."""
        self._writer.begin()


class DialectSink(RowSink):
    """Writes nothing; keeps the dialects of the snapshots."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), lambda *_: None, lambda _: None)
        self.dialects: dict[str, None] = {}

    def builder(self, layout: Layout) -> Build:
        """Nothing is made of rows."""
        return leave_out

    def start(self, dialect: str, captured_at: datetime | None) -> None:
        """A snapshot begins."""
        self.dialects[dialect] = None

    def write(self, made: list[Any]) -> None:
        """Rows are not needed."""


class CsvRows:
    """From the cells of rows to the default columns of CSV, without the first, which is a stamp."""

    def __init__(self, layout: Layout, quoting: Callable[[str], str]) -> None:
        self._layout = layout
        self._quote = quoting
        self._forms = [
            (column, layout.forms.index(name), name.endswith(FILLS))
            for column, cell in enumerate(layout.kind.cells)
            for name in cell.names[1:]
            if name in layout.forms
        ]
        """(column, form, fills) of the cells that fill or exceed their columns."""
        self._is_port = [cell.name.endswith("port") for cell in layout.kind.cells]
        self._renamed = {
            printed: name for printed, name in layout.states.items() if printed != name
        }
        names = [cell.name for cell in layout.kind.cells]
        self._may_cut_programs = layout.names_programs and layout.program_limit.bytes is not None
        self._pid = names.index("pid") if self._may_cut_programs else 0
        self._state = names.index("state") if "state" in names else 0

    def __call__(
        self, rows: list[Cells], text: str, truncation: Truncation, marked: Mapping[int, Cells]
    ) -> list[bytes]:
        rows = self.rename_and_mark(rows, truncation, marked)
        cut = self.find_cut_programs(rows, text)
        if self.is_plain(text):
            lines = list(map(str.encode, map(",".join, rows)))
            for i in cut:  # the program is the last cell
                if not lines[i].endswith(MARK_IN_UTF8):
                    lines[i] += MARK_IN_UTF8
            return lines
        self.mark_programs(rows, cut)
        return [",".join(map(self._quote, cells)).encode() for cells in rows]

    def rename_and_mark(
        self, rows: list[Cells], truncation: Truncation, marked: Mapping[int, Cells]
    ) -> list[Cells]:
        """The texts of each row's columns; where netstat may have cut an address they end in a
        mark."""
        if self._renamed:
            state, renamed = self._state, self._renamed
            rows = [
                (*cells[:state], renamed[cells[state]], *cells[state + 1 :])
                if cells[state] in renamed
                else cells
                for cells in rows
            ]
        for i, forms in marked.items():
            rows[i] = self._with_marks(rows[i], forms, truncation)
        return rows

    def is_plain(self, text: str) -> bool:
        """True if no cell of rows that stand in the text needs quotes."""
        # There are no line ends in these cells.
        return self._quote is quote and not ("," in text or '"' in text or "\r" in text)

    def find_cut_programs(self, rows: list[Cells], text: str) -> list[int]:
        """The places of rows, which stand in the text, whose program's name netstat may have
        cut."""
        if not self._may_cut_programs:
            return []
        pid, limit = self._pid, self._layout.program_limit
        if limit.with_pid and text.isascii():  # a byte is a character
            least = limit.least - 1  # the slash is in no cell
            return [
                i
                for i, row in enumerate(rows)
                if len(row[-1]) + len(row[pid]) >= least and row[pid]
            ]
        return [
            i for i, row in enumerate(rows) if row[pid] and limit.is_filled_by(row[pid], row[-1])
        ]

    def mark_programs(self, rows: list[Cells], cut: Sequence[int]) -> None:
        """Put a mark behind the programs' names at these places."""
        for i in cut:
            *others, name = rows[i]
            if not name.endswith(MARK):
                rows[i] = (*others, name + MARK)

    def _with_marks(self, cells: Cells, forms: Cells, truncation: Truncation) -> Cells:
        """The columns of a row of which something fills or exceeds its column.

        A host that may have been cut ends in a mark, and so does a name whose port may have been
        cut; behind an address it is the port that does. The number of such a port is left out.
        """
        columns = list(cells)
        may_be_cut = truncation is Truncation.POSSIBLE
        for column, form, fills in self._forms:
            text = forms[form]
            if not text:
                continue
            if not (fills and may_be_cut):
                columns[column] = text
            elif not self._is_port[column]:
                columns[column] = text + MARK
            else:
                host = columns[column - 1]
                is_whole = is_address(host)
                name = "" if is_number(text) else text
                columns[column] = name + (MARK if name and is_whole else "")
                if not (host.endswith(MARK) or is_whole):
                    columns[column - 1] += MARK
        return tuple(columns)


class JsonLinesSink(RowSink):
    """Writes rows as JSON Lines, as `write_jsonl` does."""

    def row_builder(self, layout: Layout) -> Build:
        """To a row's text behind its stamp."""
        from netstat_parse.build import get_builder

        build = get_builder(layout)
        return lambda *rows: [_json_fields(record).encode() for record in build(*rows)]

    def begin_row(self, captured_at: datetime | None) -> str:
        """The object's beginning: its first fields are the snapshot's stamp and source."""
        return _json_start(captured_at, self.source or None)

    def write(self, made: list[bytes]) -> None:
        """Writes rows."""
        self.write_lines(made)

    def write_table(self, table: OtherTable) -> None:
        """Writes an object for a table that no kind is for."""
        self.write_lines([_json_fields(table).encode()])
