"""Tables and the progress of long work, for a person at a terminal.

With rich (the extra `rich`) both are drawn; without it they are plain text.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

from netstat_parse.schema import Kind
from netstat_parse.writing.columns import all_columns, default_columns, getters_of
from netstat_parse.writing.text import find_kind_of, records_of

if TYPE_CHECKING:
    from netstat_parse.models import Snapshot

SECONDS_UNTIL_SHOWN = 1.0
SECONDS_BETWEEN = 0.2


def printable(text: str) -> str:
    """The text with everything that could steer a terminal written as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def write_tables(
    snapshots: Iterable[Snapshot],
    file: TextIO,
    *,
    kind: Kind | None = None,
    columns: Sequence[str] | None = None,
) -> None:
    """Writes each snapshot as a table under a line that names it; columns as in `write_csv`.

    `kind` says which of its tables; None stands for the first that it has.
    """
    draw = _rich_table if file.isatty() and _has_rich() else _plain_table
    asked = kind
    for i, snapshot in enumerate(snapshots):
        kind = asked or find_kind_of(snapshot)
        records = records_of(snapshot, kind)
        shown = _shown_columns(snapshot.dialect, kind, columns)
        getters = getters_of(shown, kind)
        rows = [[printable(getter(c)) if getter else "" for getter in getters] for c in records]
        file.write("\n" if i else "")
        draw(_title(snapshot, records, kind), list(shown), rows, file)


def write_table(titles: Sequence[str], blocks: Iterable[list[list[str]]], file: TextIO) -> None:
    """Writes rows under their titles; columns are as wide as the rows of a block need."""
    widths = [0] * len(titles)
    for i, block in enumerate(blocks):
        rows = [[printable(text) for text in row] for row in block]
        shown = rows if i else [list(map(printable, titles)), *rows]
        widths = [max(w, *map(len, c)) for w, *c in zip(widths, *shown, strict=True)]
        _write_aligned(shown, widths, file)


def _write_aligned(rows: Iterable[Sequence[str]], widths: Sequence[int], file: TextIO) -> None:
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        file.write("  ".join(cells).rstrip() + "\n")


def _shown_columns(dialect: str, kind: Kind, columns: Sequence[str] | None) -> tuple[str, ...]:
    if columns and "all" in columns:
        return all_columns(dialect, kind)[1:]
    return tuple(columns or default_columns(kind)[1:])


def _title(snapshot: Snapshot, records: Sequence[object], kind: Kind) -> str:
    stamp = f"{snapshot.captured_at.isoformat()}, " if snapshot.captured_at else ""
    unparsed = f", {len(snapshot.unparsed)} lines not understood" if snapshot.unparsed else ""
    return f"{stamp}{snapshot.dialect}, {len(records)} {kind.title}{unparsed}"


def _plain_table(title: str, columns: list[str], rows: list[list[str]], file: TextIO) -> None:
    widths = [max(map(len, cells)) for cells in zip(columns, *rows, strict=True)]
    file.write(f"{title}\n")
    _write_aligned((columns, *rows), widths, file)


def _rich_table(title: str, columns: list[str], rows: list[list[str]], file: TextIO) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, no_wrap=True, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    Console(file=file).print(table)


def _has_rich() -> bool:
    from importlib.util import find_spec

    return find_spec("rich") is not None


class Progress:
    """How far an input has been read, on standard error, once the work takes over a second.

    `size` is the input's size in bytes; 0 if that is not known.
    """

    def __init__(self, name: str, size: int) -> None:
        self._name = printable(name)
        self._size = size
        self._bytes = 0
        self._next = time.monotonic() + SECONDS_UNTIL_SHOWN
        self._shown: _PlainProgress | _RichProgress | None = None

    def advance(self, count: int) -> None:
        """Counts bytes that were read."""
        self._bytes += count

    def show(self, snapshots: int) -> None:
        """Shows the bytes that were read and the snapshots that were found, if it is time."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + SECONDS_BETWEEN
        if self._shown is None:
            shown = _RichProgress if _has_rich() else _PlainProgress
            self._shown = shown(self._name, self._size)
        self._shown.show(self._bytes, snapshots)

    def close(self) -> None:
        """Takes away what was shown."""
        if self._shown is not None:
            self._shown.close()


class _PlainProgress:
    def __init__(self, name: str, size: int) -> None:
        self._name = name
        self._share = f" of {size:,}" if size else ""

    def show(self, count: int, snapshots: int) -> None:
        self._write(f"{self._name}: {count:,}{self._share} bytes, {snapshots:,} snapshots")

    def close(self) -> None:
        self._write("")

    def _write(self, text: str) -> None:
        sys.stderr.write(f"\r{text}\x1b[K")
        sys.stderr.flush()


class _RichProgress:
    def __init__(self, name: str, size: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        self._bars = Bars(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            DownloadColumn(),
            TextColumn("{task.fields[snapshots]:,} snapshots"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bars.add_task(name, total=size or None, snapshots=0)
        self._bars.start()

    def show(self, count: int, snapshots: int) -> None:
        self._bars.update(self._task, completed=count, snapshots=snapshots)

    def close(self) -> None:
        self._bars.stop()
