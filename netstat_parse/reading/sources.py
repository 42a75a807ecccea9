"""Where captures come from: files, pipes and standard input, as bytes.

Takes any compression by content, tells the encoding, needs bounded memory, and gives bytes as soon
as they are there.
"""

from __future__ import annotations

import codecs
import io
import itertools
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import BinaryIO

from netstat_parse.errors import InputError, UnknownEncodingError, reason_of
from netstat_parse.reading.compression import MAGIC, decompress
from netstat_parse.reading.urls import is_remote

OnBytes = Callable[[int], None]
"""Called after each read with the number of bytes that it gave, before any decompression."""


@contextmanager
def open_input(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Opens a file to read its bytes; "-" is standard input, which is not closed at the end.

    A URL is a file elsewhere: see reading/remote.py.

    Raises InputError if there is no such file, or it may not be read.
    """
    name = os.fspath(path)
    if name == "-":
        buffer: BinaryIO | None = getattr(sys.stdin, "buffer", None)
        if buffer is None:
            raise InputError("standard input is closed")
        yield buffer
        return
    if is_remote(name):
        from netstat_parse.reading.remote import open_remote

        with open_remote(name) as file:
            yield file
        return
    with ExitStack() as stack:
        try:
            file = stack.enter_context(open(name, "rb"))
        except (OSError, ValueError) as error:
            raise InputError(f"{name}: {reason_of(error)}") from error
        yield file


def read_chunks(file: BinaryIO, size: int, on_bytes: OnBytes | None = None) -> Iterator[bytes]:
    """The bytes of an open file, decompressed if it begins like a compressed file.

    They come as soon as they are there, at most `size` at a time. Raises InputError where the file
    can't be read or its compressed data is damaged; all bytes before that come first.
    """
    name = _name_of(file)
    head = b""
    chunks = _read_raw(file, size, on_bytes, name)
    try:
        while any(len(head) < len(magic) and magic.startswith(head) for magic in MAGIC):
            chunk = next(chunks, b"")
            if not chunk:
                break
            head += chunk
    except InputError:
        if head:
            yield head
        raise
    if head:
        chunks = itertools.chain([head], chunks)
    for magic, compression in MAGIC.items():
        if head.startswith(magic):
            chunks = decompress(chunks, compression, size, name)
    yield from chunks


def size_of(file: BinaryIO) -> int | None:
    """The size of an open file in bytes; None if it is a pipe, or nothing tells."""
    try:
        status = os.fstat(file.fileno())
    except OSError:  # no file of the system's
        if not file.seekable():
            return None
        place = file.tell()
        size = file.seek(0, os.SEEK_END)
        file.seek(place)
        return size
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def check_encoding(name: str) -> None:
    """Raises UnknownEncodingError if there is no encoding of texts of this name."""
    try:
        "netstat".encode(name)  # which codecs that are none of texts refuse
        for byte in range(256):
            codecs.getincrementaldecoder(name)("backslashreplace").decode(bytes((byte,)))
    except (LookupError, ValueError, TypeError) as error:
        raise UnknownEncodingError(name) from error


def find_encoding(chunks: Iterator[bytes], given: str | None = None) -> tuple[str, Iterator[bytes]]:
    """The encoding of a text, and its chunks without the byte-order mark.

    The encoding is what the mark says, else the `given` one, else "utf-8", "utf-16-le" or
    "utf-16-be". Reads no more chunks than it needs to tell. An InputError that is met meanwhile is
    raised by the chunks, behind what came before it.
    """
    head = b""
    failure: InputError | None = None
    found = None
    while found is None:
        try:
            chunk = next(chunks, b"")
        except InputError as error:
            chunk, failure = b"", error
        head += chunk
        found = _encoding_of(head, is_all=not chunk)
    encoding, mark_length = found
    if given is not None and not mark_length:
        encoding = given
    return encoding, _resume(head[mark_length:], failure, chunks)


def _resume(head: bytes, failure: InputError | None, chunks: Iterator[bytes]) -> Iterator[bytes]:
    if head:
        yield head
    if failure is not None:
        raise failure
    yield from chunks


# Raw bytes ---------------------------------------------------------------------------------------


def _name_of(file: BinaryIO) -> str:
    name = getattr(file, "name", None)
    if name == "<stdin>":
        return "standard input"
    return name if isinstance(name, str) else "input"


def _read_raw(file: BinaryIO, size: int, on_bytes: OnBytes | None, name: str) -> Iterator[bytes]:
    """What the file has, as it comes: never waits to fill a chunk."""
    # A buffered file's read(size) would wait for all of size; an unbuffered one has no read1.
    read: Callable[[int], bytes | None] = getattr(file, "read1", None) or file.read
    while True:
        try:
            chunk = read(size) or _read_non_blocking(file, size)
        except OSError as error:
            raise InputError(f"{name}: {reason_of(error)}") from error
        if not chunk:
            return
        if on_bytes is not None:
            on_bytes(len(chunk))
        yield chunk


def _read_non_blocking(file: BinaryIO, size: int) -> bytes:
    """What comes next in a file that gave nothing: b"" if that is its end.

    Another program may have made a shared pipe or terminal non-blocking. Then "nothing there yet"
    looks like the end, and the rest of the input would be lost without a word.
    """
    if not isinstance(file, (io.BufferedReader, io.FileIO)):
        return b""
    try:
        number = file.fileno()
        if os.get_blocking(number):
            return b""
    except (OSError, AttributeError):  # no file of the system's, or no system that tells
        return b""
    import select

    while True:
        try:
            return os.read(number, size)  # the file's own buffer is empty
        except BlockingIOError:
            select.select([number], [], [])


# Encoding ----------------------------------------------------------------------------------------

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_ASCII_TEXT = frozenset(b"\t\n\r" + bytes(range(0x20, 0x7F)))


def _encoding_of(head: bytes, *, is_all: bool) -> tuple[str, int] | None:
    """The encoding and its mark's length; None if more of the input is needed to tell."""
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding, len(mark)
        if mark.startswith(head) and not is_all:
            return None
    # UTF-16 without a mark: four ASCII characters, each followed by a NUL.
    first = head[:8]
    if _ASCII_TEXT.issuperset(first[0::2]) and not any(first[1::2]):
        if len(first) == 8 or (is_all and len(first) in (4, 6)):
            return "utf-16-le", 0
        if not is_all:
            return None
    return "utf-8", 0
