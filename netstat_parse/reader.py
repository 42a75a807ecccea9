"""Lines -> snapshots: `parse`, `iter_snapshots` and the push interface under them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from netstat_parse import records
from netstat_parse.grammar.table import Table
from netstat_parse.lines import LineKind, LineReader
from netstat_parse.models import Snapshot, UnparsedLine, construct
from netstat_parse.records import Record
from netstat_parse.rows import MakeMany

LINES_AT_ONCE = 4096


class _SnapshotSink:
    """Puts what a LineReader finds into Snapshots."""

    def __init__(self) -> None:
        self._done: list[Snapshot] = []
        self._dialect: str | None = None
        self._captured_at: datetime | None = None
        self._connections: list[Record] = []
        self._unix_sockets: list[Record] = []
        self._here = _Remarks()
        self._next = _Remarks()
        self._between = True

    def cells(self, table: Table) -> tuple[str, ...]:
        return table.names

    def maker(self, table: Table) -> MakeMany:
        return records.maker(table)

    def start(self, dialect: str, captured_at: datetime | None) -> None:
        self.finish()
        self._dialect, self._captured_at = dialect, captured_at
        self._here, self._next = self._next, _Remarks()
        self._between = False

    def rows(self, made: list[Record]) -> None:
        self._connections += made

    def unix_rows(self, made: list[Record]) -> None:
        self._unix_sockets += made

    def note(self, text: str) -> None:
        self._remarks().notes.append(text)

    def unparsed(self, number: int, text: str, reason: str) -> None:
        self._remarks().unparsed.append(UnparsedLine(number=number, text=text, reason=reason))

    def between(self) -> None:
        self._between = True

    def _remarks(self) -> _Remarks:
        return self._next if self._between else self._here

    def finish(self) -> None:
        """The snapshot that was begun, if one was, is complete."""
        if self._dialect is not None:
            fields = {
                "dialect": self._dialect,
                "captured_at": self._captured_at,
                "connections": tuple(self._connections),
                "unix_sockets": tuple(self._unix_sockets),
                "unparsed": tuple(self._here.unparsed),
                "notes": tuple(self._here.notes),
            }
            self._done.append(construct(Snapshot, fields))
            self._dialect = None
            self._connections = []
            self._unix_sockets = []

    def completed(self) -> list[Snapshot]:
        """The snapshots that were completed since the last call."""
        done, self._done = self._done, []
        return done

    def close(self) -> None:
        """There is no next snapshot: what was meant for it belongs to the last one."""
        self._here.unparsed += self._next.unparsed
        self._here.notes += self._next.notes
        self.finish()


class _Remarks:
    """The notes and unparsed lines of one snapshot."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.unparsed: list[UnparsedLine] = []


class SnapshotReader:
    """Lines in, Snapshots out, as soon as each is complete.

    A snapshot is complete when the next one begins, or at `close`. Parameters: `dialect` forces
    the dialect of every header (KeyError if there is none of that name); `strict` raises ParseError
    at the first line that can't be placed, which otherwise becomes an UnparsedLine; `uncut` says
    that netstat was told not to cut addresses (-W on Linux, -l on macOS); `timestamp_formats` are
    strptime formats of stamps to know, besides the usual ones; `single` raises
    SeveralSnapshotsError where a second snapshot begins.
    """

    def __init__(
        self,
        *,
        dialect: str | None = None,
        strict: bool = False,
        uncut: bool = False,
        timestamp_formats: Sequence[str] = (),
        single: bool = False,
    ) -> None:
        self._sink = _SnapshotSink()
        self._lines = LineReader(
            self._sink,
            dialect=dialect,
            strict=strict,
            uncut=uncut,
            timestamp_formats=timestamp_formats,
            single=single,
        )
        self._unfinished: str | None = None
        self._has_line_ends = False

    @property
    def counts(self) -> dict[LineKind, int]:
        """How many lines of each kind were fed. They add up to all of them."""
        return self._lines.counts

    def feed(self, line: str) -> list[Snapshot]:
        """Takes one line, with or without its line end; gives the snapshots that it completes."""
        self._finish_line()
        if "\n" in line[:-1]:
            return self.feed_lines(_split(line))
        if line.endswith("\n"):
            self._has_line_ends = True
            self._lines.feed_line(_without_end(line))
        elif self._has_line_ends:
            self._unfinished = line
        else:
            self._lines.feed_line(_without_end(line))
        return self._sink.completed()

    def feed_lines(self, lines: Sequence[str], *, terminated: bool | None = None) -> list[Snapshot]:
        """The same for many lines at once, which is faster.

        `terminated` tells of lines without line ends whether the last of them had one in the input;
        a last row that had none may have been cut short.
        """
        if not lines:
            return []
        self._finish_line()
        if terminated is None:
            self._has_line_ends = self._has_line_ends or lines[0].endswith("\n")
            terminated = lines[-1].endswith("\n") or not self._has_line_ends
            lines = [_without_end(line) for line in lines]
        if not terminated:
            self._unfinished = lines[-1]
            lines = lines[:-1]
        self._lines.feed_lines(lines)
        return self._sink.completed()

    def close(self) -> list[Snapshot]:
        """The input has ended; gives the last snapshot.

        Raises NotNetstatError if there was no netstat output in the input.
        """
        if self._unfinished is not None:
            self._lines.feed_lines([_without_end(self._unfinished)], terminated=False)
            self._unfinished = None
        self._lines.close()
        self._sink.close()
        return self._sink.completed()

    def _finish_line(self) -> None:
        if self._unfinished is not None:
            self._lines.feed_line(_without_end(self._unfinished))
            self._unfinished = None


def _without_end(line: str) -> str:
    if line.endswith("\n"):
        line = line[:-1]
    return line[:-1] if line.endswith("\r") else line


def parse(text: str, *, dialect: str | None = None, uncut: bool = False) -> Snapshot:
    """The one snapshot in `text`, in which every line must be understood.

    `dialect` forces a dialect (`linux`, `macos` ...) instead of finding it by the header; `uncut`
    says that netstat was told not to cut addresses (-W, -l).

    Raises ParseError with the first line that can't be placed; NotNetstatError if there is no
    netstat output in the text; SeveralSnapshotsError if there is more than one snapshot;
    UnknownDialectError if there is no such dialect.
    """
    reader = SnapshotReader(dialect=dialect, strict=True, uncut=uncut, single=True)
    lines = text.split("\n")
    is_terminated = lines[-1] == ""
    if is_terminated:
        lines.pop()
    if "\r" in text:
        lines = list(map(_without_end, lines))
    (snapshot,) = reader.feed_lines(lines, terminated=is_terminated) + reader.close()
    return snapshot


def iter_snapshots(
    lines: Iterable[str],
    *,
    dialect: str | None = None,
    strict: bool = False,
    uncut: bool = False,
    timestamp_formats: Sequence[str] = (),
) -> Iterator[Snapshot]:
    """The snapshots in `lines`, one after another, each as soon as it is complete.

    `lines` is any iterable of lines, with or without line ends: a list, an open text file, a
    generator; a single string is taken as the text of all lines. No more than one snapshot is held
    in memory. The other parameters are SnapshotReader's.

    Raises NotNetstatError at the end if there was no netstat output; with `strict` ParseError at
    the first line that can't be placed.
    """
    reader = SnapshotReader(
        dialect=dialect, strict=strict, uncut=uncut, timestamp_formats=timestamp_formats
    )
    if isinstance(lines, str):
        lines = _split(lines)
    if isinstance(lines, list | tuple) or (isinstance(lines, io.TextIOBase) and lines.seekable()):
        several = iter(lines)
        while batch := list(islice(several, LINES_AT_ONCE)):
            yield from reader.feed_lines(batch)
    else:
        for line in lines:
            yield from reader.feed(line)
    yield from reader.close()


def _split(text: str) -> list[str]:
    """The lines of a text with their ends. Only a line feed ends a line."""
    lines = [line + "\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines
