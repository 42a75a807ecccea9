"""Lines -> snapshots: `parse`, `iter_snapshots`, `read_log`, and the push interface under them."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Unpack

from netstat_parse.build import Record, get_builder
from netstat_parse.errors import InputError, NotNetstatError
from netstat_parse.models.common import FrozenDict, construct_all
from netstat_parse.models.other_tables import OtherTable
from netstat_parse.models.snapshot import Snapshot, UnparsedLine
from netstat_parse.reading.account import LineKind
from netstat_parse.reading.inputs import open_inputs
from netstat_parse.reading.lines import batches, split_text
from netstat_parse.reading.options import OptionKeywords, Options
from netstat_parse.reading.reader import LineReader
from netstat_parse.reading.sources import check_encoding
from netstat_parse.schema import KINDS, OTHER_TABLES, Kind

if TYPE_CHECKING:
    from netstat_parse.grammar.layout import Layout
    from netstat_parse.reading.sink import Build

LINES_AT_ONCE = 4096


class _Remarks:
    """The notes and unparsed lines of one snapshot."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.unparsed: list[UnparsedLine] = []


class SnapshotSink:
    """Makes Snapshots of what a LineReader finds."""

    def __init__(self, source: str | None = None) -> None:
        self.source = source
        """What the snapshots are read from."""
        self._done: list[Snapshot] = []
        self._dialect: str | None = None
        self._captured_at: datetime | None = None
        self._tables: dict[Kind, list[Record]] = {kind: [] for kind in KINDS}
        self._here = _Remarks()
        self._next = _Remarks()
        self._is_between = True

    def cells(self, layout: Layout) -> tuple[str, ...]:
        """All cells are needed."""
        return layout.plain_names

    def builder(self, layout: Layout) -> Build:
        """The function that makes the records of rows."""
        return get_builder(layout)

    def start(self, dialect: str, captured_at: datetime | None) -> None:
        """A snapshot begins; the one before it is complete."""
        self._finish()
        self._dialect, self._captured_at = dialect, captured_at
        self._here, self._next = self._next, _Remarks()
        self._is_between = False

    def rows(self, kind: Kind, made: list[Record]) -> None:
        """The next rows of the snapshot's table of this kind."""
        self._tables[kind] += made

    def other_table(
        self, banner: str, titles: tuple[str, ...], rows: list[tuple[str, ...]]
    ) -> None:
        """A table of the snapshot that no kind is for."""
        cells = [FrozenDict(zip(titles, row, strict=True)) for row in rows]
        self._tables[OTHER_TABLES].append(
            OtherTable(dialect=self._dialect or "", banner=banner, titles=titles, rows=tuple(cells))
        )

    def note(self, text: str) -> None:
        """A note of this snapshot, or of the next."""
        self._remarks().notes.append(text)

    def note_line(self, text: str) -> None:
        """A line of this snapshot, or of the next, that is a note."""
        self._remarks().notes.append(text)

    def unparsed(self, number: int, text: str, reason: str) -> None:
        """A line of this snapshot, or of the next, that can't be placed."""
        self._remarks().unparsed.append(UnparsedLine(number=number, text=text, reason=reason))

    def between(self) -> None:
        """What comes now belongs to the next snapshot, if there is one."""
        self._is_between = True

    def completed(self) -> list[Snapshot]:
        """The snapshots that were completed since the last call."""
        done, self._done = self._done, []
        return done

    def close(self) -> None:
        """There is no next snapshot: what was meant for it belongs to the last one."""
        self._here.unparsed += self._next.unparsed
        self._here.notes += self._next.notes
        self._finish()

    def _remarks(self) -> _Remarks:
        return self._next if self._is_between else self._here

    def _finish(self) -> None:
        if self._dialect is None:
            return
        fields: dict[str, Any] = {"dialect": self._dialect, "captured_at": self._captured_at}
        for kind, records in self._tables.items():
            fields[kind.name] = tuple(records)
            self._tables[kind] = []
        fields["unparsed"] = tuple(self._here.unparsed)
        fields["notes"] = tuple(self._here.notes)
        fields["source"] = self.source
        self._done += construct_all(Snapshot, [fields], set(fields))
        self._dialect = None


class SnapshotReader:
    """Lines in, Snapshots out, as soon as each is complete.

    A snapshot is complete when the next one begins, or at `close`.

    Parameters: `dialect` forces the dialect of every header; `strict` raises ParseError at the
    first line that can't be placed, which otherwise becomes an UnparsedLine; `uncut` says that
    netstat was told not to cut addresses (-W on Linux, -l on macOS); `timestamp_formats` are
    strptime formats of stamps to know, besides the usual ones; `single` raises
    SeveralSnapshotsError where a second snapshot begins; `source` is what the snapshots say that
    they were read from.

    Raises UnknownDialectError if there is no such dialect; TimestampFormatError if strptime does
    not know a format.
    """

    def __init__(
        self, *, single: bool = False, source: str | None = None, **options: Unpack[OptionKeywords]
    ) -> None:
        self._sink = SnapshotSink(source)
        self._lines = LineReader(self._sink, Options(single=single, **options))
        self._unfinished: str | None = None
        self._has_line_ends = False

    @property
    def counts(self) -> dict[LineKind, int]:
        """How many lines of each kind were fed. They add up to all of them."""
        return self._lines.counts

    def feed(self, line: str) -> list[Snapshot]:
        """Takes one line, with or without its line end; gives the snapshots that it completes.

        Raises ParseError with `strict`, if the line can't be placed; SeveralSnapshotsError with
        `single`, if it begins a second snapshot; TypeError if it is no text.
        """
        if not isinstance(line, str):
            _checked_lines([line])
        lines, terminated = split_text(line)
        if len(lines) > 1:
            ends = ["\n"] * (len(lines) - 1) + ["\n" * terminated]
            return self.feed_lines([text + end for text, end in zip(lines, ends, strict=True)])
        return self.feed_lines([line])

    def feed_lines(self, lines: Sequence[str], *, terminated: bool | None = None) -> list[Snapshot]:
        """Takes several lines; gives the snapshots that they complete. Faster than many `feed`s.

        `terminated` tells of lines without line ends whether the last of them had one in the input;
        a last row that had none may have been cut short. Raises what `feed` raises.
        """
        if not isinstance(lines, Sequence) or isinstance(lines, str | bytes | bytearray):
            is_bytes = isinstance(lines, bytes | bytearray)
            expected = "feed_lines() takes a sequence of lines"
            raise TypeError(_type_message(expected, lines, _BYTES_ADVICE if is_bytes else ""))
        if not lines:
            return []
        lines = _checked_lines(lines)
        self._finish_line()
        if terminated is None:
            self._has_line_ends = self._has_line_ends or lines[0].endswith("\n")
            terminated = lines[-1].endswith("\n") or not self._has_line_ends
            text = "".join(lines)
            if "\n" in text or "\r" in text:
                lines = [_without_end(line) for line in lines]
        if not terminated:
            self._unfinished = lines[-1]
            lines = lines[:-1]
        self._lines.feed_lines(lines)
        return self._sink.completed()

    def close(self) -> list[Snapshot]:
        """The input has ended; gives the last snapshot.

        Raises NotNetstatError if there was no netstat output in the input, and what `feed` raises,
        for the last lines.
        """
        if self._unfinished is not None:
            self._lines.feed_lines([_without_end(self._unfinished)], terminated=False)
            self._unfinished = None
        self._lines.close()
        self._sink.close()
        return self._sink.completed()

    def _finish_line(self) -> None:
        if self._unfinished is not None:
            self._lines.feed_lines([_without_end(self._unfinished)])
            self._unfinished = None


_BYTES_ADVICE = (
    "decode them first, as in data.decode('utf-8', 'backslashreplace'), or let read_log(path) read "
    "the file"
)


def _checked_text(text: object, function: str) -> str:
    """The text, with escapes for lone surrogates, which no UTF-8 can hold; TypeError for others."""
    if not isinstance(text, str):
        advice = _BYTES_ADVICE if isinstance(text, bytes | bytearray | memoryview) else ""
        raise TypeError(_type_message(f"{function} takes text (str)", text, advice))
    return _without_surrogates(text)


def _checked_lines(lines: Sequence[str]) -> Sequence[str]:
    """The lines, with escapes for lone surrogates; TypeError if they are no texts."""
    try:
        text = "".join(lines)
    except TypeError:
        odd = next((line for line in lines if not isinstance(line, str)), None)
        is_bytes = isinstance(odd, bytes | bytearray | memoryview)
        message = _type_message("a line is text (str)", odd, _BYTES_ADVICE if is_bytes else "")
        raise TypeError(message) from None
    return lines if _has_utf8(text) else [_without_surrogates(line) for line in lines]


def _type_message(expected: str, given: object, advice: str) -> str:
    return f"{expected}, not {type(given).__name__}" + (f": {advice}" if advice else "")


def _has_utf8(text: str) -> bool:
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def _without_surrogates(text: str) -> str:
    return text if _has_utf8(text) else text.encode(errors="backslashreplace").decode()


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
    UnknownDialectError if there is no such dialect; TypeError if `text` is not text. Lone
    surrogates are read as escapes (`\\udcff`), so that whatever is parsed can be written.
    """
    text = _checked_text(text, "parse()")
    reader = SnapshotReader(dialect=dialect, strict=True, uncut=uncut, single=True)
    lines, terminated = split_text(text)
    (snapshot,) = reader.feed_lines(lines, terminated=terminated) + reader.close()
    return snapshot


def iter_snapshots(lines: Iterable[str], **options: Unpack[OptionKeywords]) -> Iterator[Snapshot]:
    """The snapshots in `lines`, one after another, each as soon as it is complete.

    `lines` is any iterable of lines, with or without line ends: a list, an open text file, a
    generator; a single string is taken as the text of all lines. No more than one snapshot is held
    in memory. The options are those of SnapshotReader.

    Raises NotNetstatError at the end if there was no netstat output; with `strict` ParseError at
    the first line that can't be placed; UnknownDialectError, TimestampFormatError for such an
    option; TypeError if the lines are no texts.
    """
    reader = SnapshotReader(**options)
    if lines is None or isinstance(lines, bytes | bytearray | memoryview | os.PathLike):
        advice = "read_log(path) reads files" if isinstance(lines, os.PathLike) else _BYTES_ADVICE
        expected = "iter_snapshots() takes lines of text"
        raise TypeError(_type_message(expected, lines, "" if lines is None else advice))
    if isinstance(lines, str):
        texts, terminated = split_text(lines)
        yield from reader.feed_lines(texts, terminated=terminated)
    elif isinstance(lines, list | tuple) or (isinstance(lines, io.TextIOBase) and lines.seekable()):
        several = iter(lines)
        while batch := list(islice(several, LINES_AT_ONCE)):
            yield from reader.feed_lines(batch)
    else:
        for line in lines:
            yield from reader.feed(line)
    yield from reader.close()


def read_log(
    path: str | os.PathLike[str], *, encoding: str | None = None, **options: Unpack[OptionKeywords]
) -> Iterator[Snapshot]:
    """The snapshots in a file, one after another, each as soon as it is complete.

    A file compressed with gzip, bzip2, xz or zstd (before Python 3.14 that needs the extra [zstd])
    is known by its content, and so are tar and zip archives, whose members are read one after
    another. A folder stands for the files in it. `path` may be "-" for standard input. `encoding`
    names an old code page (cp866, gbk, shift_jis ...); UTF-8 and UTF-16 are known by themselves.
    The other options are those of SnapshotReader. `Snapshot.source` is the path, for a member of an
    archive `archive/member`.

    Raises InputError if the file can't be read or is damaged; NotNetstatError at its end if it
    holds no netstat output; with `strict` ParseError at the first line that can't be placed;
    UnknownDialectError, UnknownEncodingError, TimestampFormatError for such an option.
    """
    SnapshotReader(**options)  # a wrong option is told before anything is read
    if encoding is not None:
        check_encoding(encoding)
    failures: list[InputError | NotNetstatError] = []
    count = 0
    for count, given in enumerate(open_inputs(path), 1):
        reader = SnapshotReader(source=given.name, **options)
        try:
            with given.open() as file:
                for batch in batches(file, encoding=encoding):
                    yield from reader.feed_lines(batch.lines, terminated=batch.terminated)
            yield from reader.close()
        except NotNetstatError as error:
            failures.append(error if count == 1 else InputError(f"{given.name}: {error}"))
        except InputError as error:
            failures.append(error)
    if count == 1 and failures:
        raise failures[0]
    if failures:
        first = str(failures[0])
        raise InputError(f"{len(failures)} of {count} files in {path} can't be read: {first}")
