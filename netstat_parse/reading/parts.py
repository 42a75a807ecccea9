"""Parts of a large file, cut where a snapshot begins.

A snapshot stands alone, so the parts can be read anywhere, with the result of reading the file.
Where a snapshot begins is found by reading: from a banner or a header on, which begins a snapshot
whatever stands before it, up to where the reader leaves that snapshot. So whoever reads a part
finds by itself where it begins and ends.
"""

from __future__ import annotations

import codecs
import io
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import BinaryIO, NamedTuple

from netstat_parse.dialects import frozen
from netstat_parse.dialects.headers import Banner, OtherBanner
from netstat_parse.errors import InputError
from netstat_parse.reading import noise
from netstat_parse.reading.classify import (
    Blank,
    Expected,
    Header,
    Inner,
    Note,
    Prompt,
    Rule,
    Stamped,
    classify,
)
from netstat_parse.reading.compression import is_compressed
from netstat_parse.reading.lines import text_of
from netstat_parse.reading.options import Options
from netstat_parse.reading.reader import LineReader
from netstat_parse.reading.sources import open_input, size_of
from netstat_parse.reading.stamps import Stamp
from netstat_parse.reading.urls import is_remote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from netstat_parse.grammar.layout import Layout
    from netstat_parse.reading.sink import Build
    from netstat_parse.schema import Kind

PART = 2**24
"""Bytes; a part is about as large, or as large as the one snapshot in it."""
LOOK = 2**22
"""Bytes; so far behind a place is the next snapshot looked for. A longer one is read by one
process, with what comes before it."""
STEP = 2**15
"""Bytes that are read in one step when it is looked for."""

MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""Marks of an encoding."""


class Part(NamedTuple):
    """A part of a file, in bytes; `end` is None for the end of the file."""

    path: str
    start: int = 0
    end: int | None = None

    @property
    def is_cut(self) -> bool:
        """True if it is not all of the file."""
        return self.start > 0 or self.end is not None


class PartReader:
    """The bytes of a part, as a file to read from."""

    def __init__(self, file: BinaryIO, part: Part) -> None:
        file.seek(part.start)
        self.name = file.name
        self._file = file
        self._left = part.end - part.start if part.end is not None else None

    def read(self, size: int) -> bytes:
        """The next bytes, at most so many; none at the part's end."""
        if self._left is not None:
            size = min(size, self._left)
            self._left -= size
        return self._file.read(size)


def find_parts(path: str, options: Options, size: int = PART) -> Iterator[Part]:
    """The parts of a file, each found when it is asked for: cut at the first snapshot that begins
    behind each place, this many bytes apart.

    It is one part if it is compressed, in UTF-16, or no regular file.
    """
    start = 0
    with suppress(OSError, InputError):  # whoever reads it tells
        for place in _find_places(path, size):
            if place > start:
                with open_input(path) as file:
                    end = find_snapshot(file, place, options)
                if end is not None:
                    yield Part(path, start, end)
                    start = end
    yield Part(path, start)


def _find_places(path: str, size: int) -> range:
    """Where in a file to look for a snapshot to cut it at."""
    # What is read from a pipe is gone.
    if is_remote(path) or stat.S_ISREG(os.stat(path).st_mode):
        with open_input(path) as file:
            length = size_of(file)
            if length is not None and _is_text(file, 0):
                return range(size, length - size // 2, size)
    return range(0)


def _is_text(file: BinaryIO, place: int) -> bool:
    """True where a file, or a part of it, that begins here is neither compressed nor in UTF-16.

    Behind a prompt there may be anything.
    """
    file.seek(place)
    head = file.read(16)
    return b"\0" not in head and not is_compressed(head) and not head.startswith(MARKS)


def find_snapshot(file: BinaryIO, at: int, options: Options) -> int | None:
    """Where the first snapshot begins behind a place in a file, if that is found near it."""
    found = _find_beginning(file, at, options)
    while found is not None and not _is_text(file, found):
        found = _find_beginning(file, found, options)
    return found


def _find_beginning(file: BinaryIO, at: int, options: Options) -> int | None:
    file.seek(at)
    start = at + len(file.readline(LOOK))  # what is left of a line
    reader = LineReader(_Watch(), options)
    seen: list[bytes] = []
    begun: int | None = None
    for lines in _read_lines(file):
        before = len(seen)
        seen += lines
        if begun is None:
            # The last line with a text may be a banner whose header has only now come.
            first = before
            while first and not seen[first - 1].strip():
                first -= 1
            begun = _find_sure_beginning(seen, max(0, first - 1), options)
            if begun is None:
                continue
            before = begun
        try:
            reader.feed_lines([line.replace(b"\r\n", b"\n") for line in seen[before:]])
        except _LeftError:
            number, line = reader.line
            left = begun + number - 1
            # A prompt is a note of the snapshot that it ends.
            found = _classify(line, options)
            is_note = isinstance(found, Rule) or (isinstance(found, Prompt) and not found.stamp)
            return start + sum(map(len, seen[: left + is_note]))
    return None


def _read_lines(file: BinaryIO) -> Iterator[list[bytes]]:
    """The lines that stand near in a file, some at a time; the last one only if it is whole."""
    held = b""
    for read in range(0, LOOK, STEP):
        data = file.read(min(STEP, LOOK - read))
        end = data.rfind(b"\n") + 1
        if end:
            yield io.BytesIO(held + data[:end]).readlines()
            held = data[end:]
        else:
            held += data
        if not data:
            return


def _find_sure_beginning(lines: Sequence[bytes], first: int, options: Options) -> int | None:
    """The index of the first line, from `first` on, that is a banner or a header that begins a
    snapshot whatever stands before it."""
    if not _may_begin(b"".join(lines[first:]).decode(errors="replace")):
        return None
    for number in range(first, len(lines)):
        text = text_of(lines[number])
        if _may_begin(text):
            found = _classify(text, options)
            if isinstance(found, Banner) and not found.follows_another_table:
                if _begins_table(lines[number + 1 :], options):
                    return number
            elif (
                isinstance(found, Header)
                and not (found.layout.follows_another_table or found.layout.recurs)
                and not _may_be_aside(lines[:number], options)
            ):
                return number
    return None


def _begins_table(below: Sequence[bytes], options: Options) -> bool:
    """True if what stands below a banner is known, and is no header that comes again in a run."""
    for line in below:
        found = _classify(text_of(line), options)
        if not isinstance(found, Blank):
            return not (isinstance(found, Header) and found.layout.recurs)
    return False


def _may_begin(text: str) -> bool:
    """A cheap test that almost all lines fail among which is neither a banner nor a header."""
    return any(map(text.__contains__, _MARKS))


def _shortest(texts: set[str]) -> list[str]:
    """Those texts that hold no other of them."""
    return [a for a in texts if not any(b in a for b in texts if b != a)]


_MARKS = _shortest({*frozen.BANNERS, *(max(t, key=len) for t in frozen.REQUIRED_TITLES)})
"""Every banner and every header holds one of these."""


def _may_be_aside(above: Sequence[bytes], options: Options) -> bool:
    """True if the lines above may end with the banner of a table that is not read, whose header
    comes next."""
    for line in reversed(above):
        found = _classify(text_of(line), options)
        if not isinstance(found, Blank | Note | Rule):
            return isinstance(found, OtherBanner)
    return True


def _classify(text: str, options: Options) -> Inner | Stamp:
    """What a line is by itself, behind a stamp in front."""
    formats = tuple(options.timestamp_formats)
    expected = Expected(dialect=options.dialect, formats=formats)
    found = classify(noise.without_escapes(text), expected)
    return found.line if isinstance(found, Stamped) else found


class _LeftError(Exception):
    """The reader leaves the snapshot."""


class _Watch:
    """A sink that keeps nothing, and tells when the first snapshot is left."""

    def __init__(self) -> None:
        self.has_begun = False

    def cells(self, layout: Layout) -> tuple[str, ...]:
        return layout.plain_names

    def builder(self, layout: Layout) -> Build:
        return lambda rows, text, truncation, marked: [True] * len(rows)

    def start(self, dialect: str, captured_at: datetime | None) -> None:
        self.has_begun = True

    def rows(self, kind: Kind, made: list[Any]) -> None:
        pass

    def other_table(
        self, banner: str, titles: tuple[str, ...], rows: list[tuple[str, ...]]
    ) -> None:
        pass

    def note(self, text: str) -> None:
        pass

    def note_line(self, text: str) -> None:
        pass

    def unparsed(self, number: int, text: str, reason: str) -> None:
        pass

    def between(self) -> None:
        if self.has_begun:
            raise _LeftError
