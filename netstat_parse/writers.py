"""Snapshots -> CSV, JSON Lines and JSON.

`write_csv`, `write_jsonl` and `write_json` take Snapshots. CsvSink and JsonLinesSink take rows as a
LineReader finds them and write the same text, but make it once for lines that come again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from netstat_parse.columns import DEFAULT, SIGNED, all_columns, getters_of, row_of_cells
from netstat_parse.grammar.table import Cells, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any, TextIO

    from netstat_parse.models import Connection, Snapshot

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that starts so for a formula (OWASP, CSV injection)."""


def write_csv(
    snapshots: Iterable[Snapshot],
    file: TextIO,
    *,
    columns: Sequence[str] | None = None,
    spreadsheet_safe: bool = False,
) -> None:
    """Writes a CSV row for each connection, under one header line (RFC 4180, lines end in LF).

    `columns` names the columns, in their order: the default ones if None; `("all",)` appends those
    of the first connection's dialect. `spreadsheet_safe` puts `'` before a text that a spreadsheet
    would take for a formula. `file` should be open with newline="".

    Raises UnknownColumnError for a column that no dialect has.
    """
    writer = _CsvWriter(file, columns, spreadsheet_safe=spreadsheet_safe)
    for snapshot in snapshots:
        if snapshot.connections:
            writer.resolve(type(snapshot.connections[0]).__name__)
        rows = [writer.row(connection) for connection in snapshot.connections]
        writer.write(rows, snapshot.captured_at)
    writer.close()


def write_jsonl(snapshots: Iterable[Snapshot], file: TextIO) -> None:
    """Writes a JSON object for each connection, one a line: its snapshot's stamp and its fields."""
    for snapshot in snapshots:
        start = _json_start(snapshot.captured_at)
        file.writelines(start + _json_fields(c) for c in snapshot.connections)


def write_json(snapshots: Iterable[Snapshot], file: TextIO) -> None:
    """Writes an array of whole Snapshots, which `Snapshot.model_validate` takes back."""
    separator = "[\n"
    for snapshot in snapshots:
        file.write(separator + snapshot.model_dump_json())
        separator = ",\n"
    file.write("\n]\n" if separator == ",\n" else "[]\n")


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
        self, file: TextIO, columns: Sequence[str] | None, *, spreadsheet_safe: bool
    ) -> None:
        self._file = file
        self._safe = spreadsheet_safe
        self.is_default = columns is None
        self._asks_for_all = columns is not None and "all" in columns
        self.source = ""
        self._columns: tuple[str, ...] = ()
        self._header_is_due = True
        self._cells: list[Callable[[Connection], str] | None] = []
        if columns is None:
            self._columns = DEFAULT
        elif not self._asks_for_all:
            self._set_columns(tuple(columns))

    def resolve(self, connection: str) -> tuple[str, ...]:
        """Takes notice of the model class of the rows to come; its columns that are left out."""
        if self.is_default:
            if not self._cells:
                self._set_columns(DEFAULT)
            return ()
        if self._asks_for_all:
            wanted = all_columns(connection)
            if not self._columns:
                self._set_columns(wanted)
            return tuple(column for column in wanted if column not in self._columns)
        return ()

    def _set_columns(self, columns: tuple[str, ...]) -> None:
        self._columns = columns
        for column, getter in getters_of(columns).items():
            quote = quoted_harmless if self._safe and column not in SIGNED else quoted
            self._cells.append(getter and partial(_cell, getter, quote))

    def row(self, connection: Connection) -> tuple[str | None, ...]:
        """A connection's cells; None stands for those of its snapshot."""
        return tuple(cell and cell(connection) for cell in self._cells)

    def write(self, rows: Iterable[tuple[str | None, ...]], captured_at: datetime | None) -> None:
        """Writes rows of one snapshot."""
        values = {"captured_at": stamp_text(captured_at), "source": quoted(self.source)}
        of_snapshot = [values.get(column, "") for column in self._columns]
        self.write_text(
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

    def write_text(self, text: str) -> None:
        """Writes the text of whole rows."""
        if self._header_is_due:
            self._file.write(",".join(self._columns or DEFAULT) + "\n")
            self._header_is_due = False
        self._file.write(text)

    def close(self) -> None:
        """Writes the header if there were no rows."""
        self.write_text("")


def _cell(
    getter: Callable[[Connection], str], quote: Callable[[str], str], connection: Connection
) -> str:
    return quote(getter(connection))


def stamp_text(captured_at: datetime | None) -> str:
    """A snapshot's stamp in ISO 8601; empty if it has none."""
    return captured_at.isoformat() if captured_at is not None else ""


def _json_start(captured_at: datetime | None) -> str:
    from pydantic_core import to_json

    return f'{{"captured_at":{to_json(captured_at).decode()},'


def _json_fields(connection: Connection) -> str:
    return connection.model_dump_json()[1:] + "\n"


class RowSink:
    """What the sinks share: where notes and unparsed lines go, and the source's name."""

    def __init__(
        self,
        on_unparsed: Callable[[int, str, str], None],
        on_note: Callable[[str], None],
    ) -> None:
        self.unparsed = on_unparsed
        self.note = on_note
        self.source = ""
        self._captured_at: datetime | None = None

    def start(self, dialect: str, captured_at: datetime | None) -> None:
        """A snapshot begins."""
        self._captured_at = captured_at

    def between(self) -> None:
        """Nothing is kept that would belong to one snapshot or the next."""


class CsvSink(RowSink):
    """Writes rows as CSV, as `write_csv` does."""

    def __init__(
        self,
        file: TextIO,
        on_unparsed: Callable[[int, str, str], None],
        on_note: Callable[[str], None],
        *,
        columns: Sequence[str] | None = None,
        spreadsheet_safe: bool = False,
    ) -> None:
        super().__init__(on_unparsed, on_note)
        self._writer = _CsvWriter(file, columns, spreadsheet_safe=spreadsheet_safe)
        self._quote = quoted_harmless if spreadsheet_safe else quoted
        self._is_plain = columns is None and not spreadsheet_safe

    def maker(self, table: Table) -> Callable[[Cells, int, int], Any]:
        """A row's text behind its stamp; for chosen columns, their texts."""
        if self._writer.is_default:
            return partial(_csv_row, self._quote, table)
        from netstat_parse.records import connection_maker

        left_out = self._writer.resolve(table.connection)
        if left_out:
            self.note(f"columns of {table.dialect} that this CSV lacks: {', '.join(left_out)}")
        make = connection_maker(table)
        return lambda cells, local, foreign: self._writer.row(make(cells, local, foreign))

    def bulk_maker(self, table: Table) -> Callable[[list[Cells]], list[Any]]:
        """The same for many rows, each with its line before its cells."""
        one = self.maker(table)
        if self._is_plain and not table.own and table.names_programs:
            return partial(_csv_rows, one, {"": "", **table.states})
        return lambda rows: [one(row[1:], 0, 0) for row in rows]

    def rows(self, made: list[Any]) -> None:
        """Writes the next rows."""
        if self._writer.is_default:
            stamp = stamp_text(self._captured_at)
            self._writer.write_text(stamp + stamp.join(made))
        else:
            self._writer.source = self.source
            self._writer.write(made, self._captured_at)

    def close(self) -> None:
        """Writes the header if there were no rows."""
        self._writer.close()


def _csv_row(
    quote: Callable[[str], str], table: Table, cells: Cells, local_cut: int, foreign_cut: int
) -> str:
    row = row_of_cells(table, cells, local_cut, foreign_cut)
    return f",{','.join(map(quote, row))}\n"


def _csv_rows(
    one: Callable[[Cells, int, int], str], states: dict[str, str], rows: list[Cells]
) -> list[str]:
    texts = [
        f",{proto},{recv_q},{send_q},{host},{port},{foreign_host},{foreign_port},"
        f"{states[state]},{pid},{program}\n"
        for _, proto, recv_q, send_q, host, port, foreign_host, foreign_port, state, pid, program
        in rows
    ]
    joined = "".join(texts)
    if joined.count(",") == 10 * len(texts) and '"' not in joined and "\r" not in joined:
        return texts
    return [one(row[1:], 0, 0) for row in rows]


class JsonLinesSink(RowSink):
    """Writes rows as JSON Lines, as `write_jsonl` does."""

    def __init__(
        self,
        file: TextIO,
        on_unparsed: Callable[[int, str, str], None],
        on_note: Callable[[str], None],
    ) -> None:
        super().__init__(on_unparsed, on_note)
        self._file = file

    def maker(self, table: Table) -> Callable[[Cells, int, int], str]:
        """A row's text behind its stamp."""
        from netstat_parse.records import connection_maker

        make = connection_maker(table)
        return lambda cells, local, foreign: _json_fields(make(cells, local, foreign))

    def bulk_maker(self, table: Table) -> Callable[[list[Cells]], list[str]]:
        """The same for many rows, each with its line before its cells."""
        one = self.maker(table)
        return lambda rows: [one(row[1:], 0, 0) for row in rows]

    def rows(self, made: list[str]) -> None:
        """Writes the next rows."""
        start = _json_start(self._captured_at)
        self._file.write(start + start.join(made))

    def close(self) -> None:
        """Nothing is due at the end."""
