"""Parts of a large file, cut where a snapshot begins.

A snapshot stands alone, so the parts can be read anywhere, with the result of reading the file.
Where a snapshot begins is found by reading: from a banner or a header on, which begins a snapshot
whatever stands before it, up to where the reader leaves that snapshot.
"""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple

from netstat_parse.dialects.headers import OtherBanner, find_banner, find_layout, may_be_header
from netstat_parse.reading.account import Account
from netstat_parse.reading.classify import Blank, Expected, Note, Rule, Stamped, classify
from netstat_parse.reading.lines import text_of
from netstat_parse.reading.options import Options
from netstat_parse.reading.section import Section

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
"""Bytes; so far behind a place for a cut is the next snapshot looked for. A longer one is read by
one process, with what comes before it."""

NO_TEXT = (
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    codecs.BOM_UTF8,
    codecs.BOM_UTF16_LE,
    codecs.BOM_UTF16_BE,
)
"""How compressed files begin, and marks of an encoding."""


class Part(NamedTuple):
    """A part of a file, in bytes; `end` is None for the end of the file."""

    path: str
    start: int = 0
    end: int | None = None


def cut_file(path: str, options: Options, size: int = PART) -> Iterator[Part]:
    """The parts of a file, in order: all of it, if it is not one to cut.

    A compressed file, one in UTF-16, and what is no regular file, is read as a whole.
    """
    start = 0
    for cut in _find_cuts(path, options, size):
        yield Part(path, start, cut)
        start = cut
    yield Part(path, start)


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


def _find_cuts(path: str, options: Options, size: int) -> Iterator[int]:
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            return  # what is read from a pipe is gone
        with open(path, "rb") as file:
            if not _is_text(file, 0):
                return
            at = size
            while at < status.st_size - size // 2:
                found = find_snapshot(file, at, options)
                if found is None:
                    at += LOOK
                elif not _is_text(file, found):
                    at = found
                else:
                    yield found
                    at = found + size
    except OSError:
        return  # whoever reads it tells


def _is_text(file: BinaryIO, place: int) -> bool:
    """True where a file, or a part of it, that begins here is neither compressed nor in UTF-16.

    Behind a prompt there may be anything.
    """
    file.seek(place)
    head = file.read(16)
    return b"\0" not in head and not head.startswith(NO_TEXT)


def find_snapshot(file: BinaryIO, at: int, options: Options) -> int | None:
    """Where the first snapshot begins behind a place in a file, if that is found near it."""
    file.seek(at)
    place = at + len(file.readline(LOOK))  # what is left of a line
    above: list[bytes] = []
    section: Section | None = None
    watch = _Watch()
    starts: list[int] = []
    """Of the lines that the section took."""
    while place < at + LOOK:
        line = file.readline(LOOK)
        if not line.endswith(b"\n"):
            return None
        text = text_of(line)
        if section is None and _begins_snapshot(text, above, options):
            section = Section(watch, options)
            watch.account = section.account
        if section is None:
            above.append(line)
        else:
            was_open = section.snapshot.is_open
            watch.left = None
            starts.append(place)
            section.take(text)
            if was_open and watch.left is not None:
                # Lines may have been held, so it need not be this one. A prompt is a note of the
                # snapshot that it ends.
                number, is_prompt = watch.left
                return [*starts, place + len(line)][number if is_prompt else number - 1]
        place += len(line)
    return None


def _begins_snapshot(text: str, above: Sequence[bytes], options: Options) -> bool:
    """True for a banner or a header that begins a snapshot whatever stands before it."""
    banner = find_banner(text.strip())
    if banner is not None:
        return not banner.follows_another_table
    layout = find_layout(text, options.dialect) if may_be_header(text) else None
    return layout is not None and not layout.follows_another_table and not _may_be_aside(above)


def _may_be_aside(above: Sequence[bytes]) -> bool:
    """True if the lines above may end with the banner of a table that is not read, whose header
    comes next."""
    for line in reversed(above):
        found = classify(text_of(line), Expected())
        found = found.line if isinstance(found, Stamped) else found
        if not isinstance(found, Blank | Note | Rule):
            return isinstance(found, OtherBanner)
    return True


class _Watch:
    """A sink that keeps nothing, and sees where a snapshot is left."""

    def __init__(self) -> None:
        self.account: Account | None = None
        self.left: tuple[int, bool] | None = None
        """The number of the line in which it was left, and whether this is a note of it."""

    def cells(self, layout: Layout) -> tuple[str, ...]:
        return layout.names

    def builder(self, layout: Layout) -> Build:
        return lambda rows, text, truncation, marked: [True] * len(rows)

    def start(self, dialect: str, captured_at: datetime | None) -> None:
        pass

    def rows(self, kind: Kind, made: list[Any]) -> None:
        pass

    def note(self, text: str) -> None:
        pass

    def unparsed(self, number: int, text: str, reason: str) -> None:
        pass

    def between(self) -> None:
        if self.left is None and self.account is not None:
            number = self.account.number
            self.left = number, self.account.noted == number
