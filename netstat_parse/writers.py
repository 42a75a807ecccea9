"""Snapshots -> CSV, JSON Lines and JSON.

`write_csv`, `write_jsonl` and `write_json` take Snapshots. CsvSink and JsonLinesSink take rows as a
LineReader finds them and write the same text, but make it once for lines that come again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from netstat_parse.columns import (
    SIGNED,
    STATE,
    all_columns,
    default_columns,
    getters_of,
    with_cut_marks,
    with_state,
)
from netstat_parse.grammar.table import CORE, INTERNET, UNIX, Cells, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any, TextIO

    from netstat_parse.files import ByteWriter
    from netstat_parse.models import Snapshot
    from netstat_parse.records import Record
    from netstat_parse.rows import Cuts, MakeMany

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that starts so for a formula (OWASP, CSV injection)."""


def write_csv(
    snapshots: Iterable[Snapshot],
    file: TextIO,
    *,
    table: str = INTERNET,
    columns: Sequence[str] | None = None,
    spreadsheet_safe: bool = False,
) -> None:
    """Writes a CSV row for each connection, under one header line (RFC 4180, lines end in LF).

    With `table="unix"` it is a row for each UNIX domain socket instead. `columns` names the columns
    in their order, None the default ones; `("all",)` appends those of the first row's dialect.
    `spreadsheet_safe` puts `'` before a text that a spreadsheet would take for a formula. `file`
    should be open with newline="".

    Raises UnknownColumnError for a column that no dialect has.
    """
    writer = _CsvWriter(file, table, columns, spreadsheet_safe=spreadsheet_safe)
    for snapshot in snapshots:
        writer.resolve(snapshot.dialect)
        rows = map(writer.row, records_of(snapshot, table))
        writer.write(rows, snapshot.captured_at)
    writer.begin()


def write_jsonl(snapshots: Iterable[Snapshot], file: TextIO, *, table: str = INTERNET) -> None:
    """Writes a JSON object for each connection, one a line: its snapshot's stamp and its fields.

    With `table="unix"` it is an object for each UNIX domain socket instead.
    """
    for snapshot in snapshots:
        start = _json_start(snapshot.captured_at)
        file.writelines(f"{start}{_json_fields(r)}\n" for r in records_of(snapshot, table))


def write_json(snapshots: Iterable[Snapshot], file: TextIO) -> None:
    """Writes an array of whole Snapshots, which `Snapshot.model_validate` takes back."""
    separator = "[\n"
    for snapshot in snapshots:
        file.write(separator + snapshot.model_dump_json())
        separator = ",\n"
    file.write("\n]\n" if separator == ",\n" else "[]\n")


def records_of(snapshot: Snapshot, table: str) -> tuple[Record, ...]:
    """The rows of a snapshot's table of this kind, INTERNET or UNIX."""
    return snapshot.connections if table == INTERNET else snapshot.unix_sockets


def quoted(text: str) -> str:
    """A cell as RFC 4180 has it: in quotes where it holds a comma, a quote or a line's end."""
    if '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return f'"{text}"' if "," in text or "\n" in text or "\r" in text else text


def quoted_harmless(text: str) -> str:
    """The same, with `'` before what a spreadsheet would take for a formula."""
    return quoted("'" + text if text.startswith(FORMULA_STARTS) else text)


class _CsvWriter:
    """Writes rows under their header, which is written before the first of them."""

    def __init__(
        self,
        file: TextIO | _Utf8,
        table: str,
        columns: Sequence[str] | None,
        *,
        spreadsheet_safe: bool,
    ) -> None:
        self._file = file
        self._table = table
        self._default = default_columns(table)
        self._quote = quoted_harmless if spreadsheet_safe else quoted
        self.is_default = columns is None
        self._asks_for_all = columns is not None and "all" in columns
        self.source = ""
        self._columns: tuple[str, ...] = ()
        self._header_is_due = True
        self._cells: list[Callable[[Record], str] | None] = []
        if columns is None:
            self._columns = self._default
        elif not self._asks_for_all:
            self._set_columns(tuple(columns))

    def resolve(self, dialect: str) -> tuple[str, ...]:
        """Takes notice of the dialect of the rows to come; its columns that are left out."""
        if not self._asks_for_all:
            return ()
        wanted = all_columns(dialect, self._table)
        if not self._columns:
            self._set_columns(wanted)
        return tuple(column for column in wanted if column not in self._columns)

    def _set_columns(self, columns: tuple[str, ...]) -> None:
        self._columns = columns
        for column, getter in zip(columns, getters_of(columns, self._table), strict=True):
            quote = quoted if column in SIGNED else self._quote
            self._cells.append(getter and partial(_cell, getter, quote))

    def row(self, record: Record) -> tuple[str | None, ...]:
        """A row's cells; None stands for those of its snapshot."""
        if not self._cells:
            self._set_columns(self._columns)
        return tuple(cell and cell(record) for cell in self._cells)

    def write(self, rows: Iterable[tuple[str | None, ...]], captured_at: datetime | None) -> None:
        """Writes rows of one snapshot."""
        values = {"captured_at": stamp_text(captured_at), "source": self._quote(self.source)}
        of_snapshot = [values.get(column, "") for column in self._columns]
        self.begin()
        self._file.write(
            "".join(
                ",".join(
                    [
                        own if cell is None else cell
                        for cell, own in zip(row, of_snapshot, strict=True)
                    ]
                )
                + "\n"
                for row in rows
            )
        )

    def begin(self) -> None:
        """Writes the header, if it is due."""
        if self._header_is_due:
            self._file.write(",".join(self._columns or self._default) + "\n")
            self._header_is_due = False


def _cell(getter: Callable[[Record], str], quote: Callable[[str], str], record: Record) -> str:
    return quote(getter(record))


def stamp_text(captured_at: datetime | None) -> str:
    """A snapshot's stamp in ISO 8601; empty if it has none."""
    return captured_at.isoformat() if captured_at is not None else ""


def _json_start(captured_at: datetime | None) -> str:
    from pydantic_core import to_json

    return f'{{"captured_at":{to_json(captured_at).decode()},'


def _json_fields(record: Record) -> str:
    return record.model_dump_json()[1:]


def _lines(start: bytes, rest: list[bytes]) -> bytes:
    """Lines that all start in the same way."""
    return b"".join((start, (b"\n" + start).join(rest), b"\n"))


class _Utf8:
    """Takes text for a file of bytes."""

    def __init__(self, file: ByteWriter) -> None:
        self._file = file

    def write(self, text: str) -> None:
        # A file's name may hold a surrogate, which UTF-8 cannot.
        self._file.write(text.encode(errors="backslashreplace"))


class RowSink:
    """What the sinks share: rows of the other table are left out, notes and odd lines passed on.

    They write UTF-8.
    """

    def __init__(
        self,
        file: ByteWriter,
        on_unparsed: Callable[[int, str, str], None],
        on_note: Callable[[str], None],
        *,
        table: str = INTERNET,
    ) -> None:
        self.unparsed = on_unparsed
        self.note = on_note
        self.source = ""
        self._file = file
        self._table = table
        self._captured_at: datetime | None = None

    def start(self, dialect: str, captured_at: datetime | None) -> None:
        """A snapshot begins."""
        self._captured_at = captured_at

    def between(self) -> None:
        """Nothing is kept that would belong to one snapshot or the next."""

    def cells(self, table: Table) -> tuple[str, ...]:
        """The names of the cells that are needed of rows."""
        return table.names

    def maker(self, table: Table) -> MakeMany:
        """From rows' cells to what is written of them."""
        return self.row_maker(table) if table.kind == self._table else _leave_out

    def rows(self, made: list[Any]) -> None:
        """Writes the next rows of the Internet table, if it is the one to write."""
        if self._table == INTERNET:
            self.write(made)

    def unix_rows(self, made: list[Any]) -> None:
        """The same for the table of UNIX domain sockets."""
        if self._table == UNIX:
            self.write(made)

    def row_maker(self, table: Table) -> MakeMany:
        """From the cells of rows of the right table to what is written of them."""
        raise NotImplementedError

    def write(self, made: list[Any]) -> None:
        """Writes rows."""
        raise NotImplementedError

    def close(self) -> None:
        """There are no more rows."""


def _leave_out(rows: list[Cells], text: str, cuts: list[Cuts] | None) -> list[Any]:
    return [True] * len(rows)


class CsvSink(RowSink):
    """Writes rows as CSV, as `write_csv` does."""

    def __init__(
        self,
        file: ByteWriter,
        on_unparsed: Callable[[int, str, str], None],
        on_note: Callable[[str], None],
        *,
        table: str = INTERNET,
        columns: Sequence[str] | None = None,
        spreadsheet_safe: bool = False,
        on_warning: Callable[[str], None] = lambda text: None,
    ) -> None:
        super().__init__(file, on_unparsed, on_note, table=table)
        self._writer = _CsvWriter(_Utf8(file), table, columns, spreadsheet_safe=spreadsheet_safe)
        self._quote = quoted_harmless if spreadsheet_safe else quoted
        self._writes_cells = columns is None and table == INTERNET
        self._on_warning = on_warning
        self._complained_of: set[str] = set()

    def cells(self, table: Table) -> tuple[str, ...]:
        """The names of the cells that are needed of rows."""
        is_default = self._writes_cells and table.kind == INTERNET
        return CORE if is_default else super().cells(table)

    def row_maker(self, table: Table) -> MakeMany:
        """To a row's text behind its stamp; where columns were named, to the texts of each."""
        if self._writes_cells:
            return _CsvRows(table, self._quote)
        from netstat_parse.records import maker

        make = maker(table)
        return lambda *rows: list(map(self._writer.row, make(*rows)))

    def start(self, dialect: str, captured_at: datetime | None) -> None:
        """A snapshot begins."""
        super().start(dialect, captured_at)
        left_out = self._writer.resolve(dialect)
        if left_out and dialect not in self._complained_of:
            self._complained_of.add(dialect)
            self._on_warning(f"this CSV lacks columns of {dialect}: {', '.join(left_out)}")

    def write(self, made: list[Any]) -> None:
        """Writes rows."""
        if self._writes_cells:
            self._writer.begin()
            self._file.write(_lines(f"{stamp_text(self._captured_at)},".encode(), made))
        else:
            self._writer.source = self.source
            self._writer.write(made, self._captured_at)

    def close(self) -> None:
        """Writes the header if there were no rows."""
        self._writer.begin()


class _CsvRows:
    """From the cells of rows to the default columns of CSV, without the first, which is a stamp."""

    def __init__(self, table: Table, quote: Callable[[str], str]) -> None:
        self._quote = quote
        self._renamed = {printed: name for printed, name in table.states.items() if printed != name}

    def __call__(self, rows: list[Cells], text: str, cuts: list[Cuts] | None) -> list[bytes]:
        renamed = self._renamed
        rows = [
            with_state(cells, renamed[cells[STATE]]) if cells[STATE] in renamed else cells
            for cells in rows
        ]
        if cuts is not None:
            rows = [with_cut_marks(cells, *cut) for cells, cut in zip(rows, cuts, strict=True)]
        # There are no line ends in these cells.
        is_plain = "," not in text and '"' not in text and "\r" not in text
        if not is_plain or self._quote is not quoted:
            rows = [tuple(map(self._quote, cells)) for cells in rows]
        return list(map(str.encode, map(",".join, rows)))


class JsonLinesSink(RowSink):
    """Writes rows as JSON Lines, as `write_jsonl` does."""

    def row_maker(self, table: Table) -> MakeMany:
        """To a row's text behind its stamp."""
        from netstat_parse import records

        make = records.maker(table)
        return lambda *rows: [_json_fields(record).encode() for record in make(*rows)]

    def write(self, made: list[bytes]) -> None:
        """Writes rows."""
        self._file.write(_lines(_json_start(self._captured_at).encode(), made))
