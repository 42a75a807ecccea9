"""Bytes -> lines.

Only a line feed ends a line; one carriage return before it is taken off. Lines in UTF-8 stay bytes
until somebody needs their text: in a log most lines come again, and are known without decoding.
Without this, converting a log takes half as long again.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, NamedTuple

from netstat_parse.errors import InputError
from netstat_parse.reading.sources import OnBytes, check_encoding, find_encoding, read_chunks

MAX_LINE = 65_536
"""Characters of a line that are kept; no netstat prints a longer line."""

CHUNK = 131_072
"""Bytes that are read, or decompressed, in one step."""

Line = str | bytes
"""The text of a line, or its bytes with the "\\n": `text_of` takes either."""
Lines = list[str] | list[bytes]


class Batch(NamedTuple):
    """The texts of lines that came together, without their line ends.

    `terminated` is False only for a last batch whose last line the input ended without a "\\n".
    """

    lines: list[str]
    terminated: bool


class RawBatch(NamedTuple):
    """Lines that came together, as texts or as bytes: `text_of` and `joined` tell their text."""

    lines: Lines
    terminated: bool


def split_text(text: str) -> tuple[list[str], bool]:
    """The lines of a text without their line ends, and whether the last of them had one.

    A text without any character has no lines, and none that lacks its end.
    """
    lines = text.split("\n")
    terminated = lines[-1] == ""
    if terminated:
        lines.pop()
    if "\r" in text:
        lines = [line.removesuffix("\r") for line in lines]
    return lines, terminated


def text_of(line: Line) -> str:
    """A line's text, without its "\\n"."""
    if isinstance(line, str):
        return line
    return line[:-1].decode("utf-8", "backslashreplace")[: MAX_LINE + 1]


def joined(lines: Sequence[Line]) -> str:
    """The text of all lines, with a "\\n" between them; a line may be longer than MAX_LINE.

    Either all lines are texts or all are bytes.
    """
    some: Any = lines
    if not lines or isinstance(lines[0], str):
        return "\n".join(some)
    return b"".join(some)[:-1].decode("utf-8", "backslashreplace")


def has_long_line(text: str | bytes, longest: int = MAX_LINE) -> bool:
    """Whether a line is longer than `longest`, found without looking at every line."""
    end: Any = "\n" if isinstance(text, str) else b"\n"
    start = 0
    while len(text) - start > longest:
        start = text.rfind(end, start, start + longest + 1) + 1
        if start == 0:
            return True
    return False


def batches(
    file: BinaryIO,
    *,
    size: int = CHUNK,
    on_bytes: OnBytes | None = None,
    encoding: str | None = None,
) -> Iterator[Batch]:
    """The texts of an open binary file's lines, as soon as they are there.

    Takes compressed files and UTF-16 too. `size` bounds what is read, and what is decompressed, in
    one step. `on_bytes` is called after each read with the number of bytes that it gave, before any
    decompression. `encoding` is that of texts without a byte-order mark; None: UTF-8 or UTF-16.

    A line of more than MAX_LINE characters is cut to its first MAX_LINE + 1. An InputError is
    raised only after every line that was read before it has been given out.
    """
    return map(decoded, raw_batches(file, size=size, on_bytes=on_bytes, encoding=encoding))


def decoded(batch: RawBatch) -> Batch:
    """The batch with its lines as texts. Decoding all at once is faster than one by one."""
    # No `split_text`: the line ends are gone, and a "\r" that is left belongs to its line.
    lines = joined(batch.lines).split("\n")
    return Batch([line[: MAX_LINE + 1] for line in lines], batch.terminated)


def raw_batches(
    file: BinaryIO,
    *,
    size: int = CHUNK,
    on_bytes: OnBytes | None = None,
    encoding: str | None = None,
) -> Iterator[RawBatch]:
    """The lines of an open binary file, as `batches` reads them, but not yet decoded.

    Lines in UTF-8 are given as their bytes, with their "\\n", so that those that come again need
    not be decoded. Lines in other encodings, and batches with a line that is too long, come as
    texts.
    """
    if encoding is not None:
        check_encoding(encoding)
    encoding, chunks = find_encoding(read_chunks(file, size, on_bytes), encoding)
    cutter: _Utf8Cutter | _TextCutter
    cutter = _Utf8Cutter() if encoding == "utf-8" else _TextCutter(encoding)
    failure: InputError | None = None
    try:
        for chunk in chunks:
            lines = cutter.feed(chunk)
            if lines:
                yield RawBatch(lines, True)
    except InputError as error:
        failure = error
    rest = cutter.close()
    if rest:
        yield RawBatch(rest, False)
    if failure is not None:
        raise failure


class _Utf8Cutter:
    """Cuts UTF-8 into lines before it decodes these, so that no character is ever torn."""

    # Bytes that are kept of a line: enough for MAX_LINE + 1 of the longest characters.
    _LIMIT = 4 * (MAX_LINE + 1)

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> Lines:
        """The lines that are whole now; as bytes, if none of them is too long."""
        first = data.find(b"\n")
        if first >= 0 and len(self._held) + first <= MAX_LINE and not has_long_line(data):
            return self._cut(data)
        lines: list[str] = []
        *whole, rest = data.split(b"\n")
        for line in whole:
            self._hold(line)
            lines += self.close() or [""]
        self._hold(rest)
        return lines

    def close(self) -> list[str]:
        """The line that is held, if there is one."""
        if not self._held:
            return []
        line = self._held.decode("utf-8", "backslashreplace")
        self._held.clear()
        return [_shorten(line)]

    def _cut(self, data: bytes) -> list[bytes]:
        if b"\r" in data or b"\r" in self._held:
            data = (bytes(self._held) + data).replace(b"\r\n", b"\n")
            self._held.clear()
        raw = io.BytesIO(data).readlines()
        rest = b"" if data.endswith(b"\n") else raw.pop()
        raw[0] = bytes(self._held) + raw[0]
        self._held[:] = rest
        return raw

    def _hold(self, data: bytes) -> None:
        self._held += data[: self._LIMIT - len(self._held)]


class _TextCutter:
    """Decodes text in any encoding and cuts it into lines."""

    # One more than what is given out, to see whether a line ends in "\r" there.
    _LIMIT = MAX_LINE + 2

    def __init__(self, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)("backslashreplace")
        self._held: list[str] = []
        self._room = self._LIMIT

    def feed(self, data: bytes) -> list[str]:
        """The lines that are whole now."""
        first, *lines = self._decoder.decode(data).split("\n")
        self._hold(first)
        if not lines:
            return []
        rest = lines.pop()
        whole = [self._release(), *map(_shorten, lines)]
        self._hold(rest)
        return whole

    def close(self) -> list[str]:
        """The line that is held, if there is one."""
        self._hold(self._decoder.decode(b"", True))  # half a character: no newline is in it
        return [self._release()] if self._held else []

    def _hold(self, text: str) -> None:
        text = text[: self._room]
        if text:
            self._held.append(text)
            self._room -= len(text)

    def _release(self) -> str:
        line = "".join(self._held)
        self._held.clear()
        self._room = self._LIMIT
        return _shorten(line)


def _shorten(line: str) -> str:
    """A line without the "\\r" at its end, and with no more characters than are kept."""
    # A line that fills a cutter's limit is too long with or without a "\r" at its end.
    return line.removesuffix("\r")[: MAX_LINE + 1]
