"""Where captures come from: files, pipes and standard input, as bytes.

Takes any compression by content, tells the encoding, needs bounded memory, and gives bytes as soon
as they are there.
"""

from __future__ import annotations

import codecs
import io
import itertools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import BinaryIO, Protocol

from netstat_parse.errors import InputError, UnknownEncodingError

OnBytes = Callable[[int], None]
"""Called after each read with the number of bytes that it gave, before any decompression."""


@contextmanager
def open_input(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Opens a file to read its bytes; "-" is standard input, which is not closed at the end.

    Raises InputError if there is no such file, or it may not be read.
    """
    name = os.fspath(path)
    if name == "-":
        buffer: BinaryIO | None = getattr(sys.stdin, "buffer", None)
        if buffer is None:
            raise InputError("standard input is closed")
        yield buffer
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
        while any(len(head) < len(magic) and magic.startswith(head) for magic in _MAGIC):
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
    for magic, compression in _MAGIC.items():
        if head.startswith(magic):
            chunks = _decompress(chunks, compression, size, name)
    yield from chunks


def is_compressed(head: bytes) -> bool:
    """True if a file that begins so is one to decompress."""
    return head.startswith(tuple(_MAGIC))


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


def reason_of(error: Exception) -> str:
    """What an error of the operating system says, in its words."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


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


# Compression -------------------------------------------------------------------------------------

_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"\xfd7zXZ\x00": "xz",
    # "BZh" alone may well begin a text: with its level and its first block's mark it does not.
    **{b"BZh%d1AY&SY" % level: "bzip2" for level in range(1, 10)},
    **{b"BZh%d\x17rE8P\x90" % level: "bzip2" for level in range(1, 10)},
}
"""How compressed files begin."""


class _Decompressor(Protocol):
    """What bz2 and lzma offer: decompresses one member of a file."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _GzipDecompressor:
    """Decompresses one member of a gzip file, in the way of bz2 and lzma.

    zlib withholds what a call decompressed before it met damage. So the call is made again on a
    copy from before, byte by byte, and the error is raised by the next call.
    """

    def __init__(self) -> None:
        import zlib

        self._error = zlib.error
        self._inflate = zlib.decompressobj(wbits=31)
        self._failure: Exception | None = None
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        if self._failure is not None:
            raise self._failure
        data = self._inflate.unconsumed_tail + data
        before = self._inflate.copy()
        try:
            out = self._inflate.decompress(data, max_length)
        except self._error as error:
            self._failure = error
            self.needs_input = False
            saved = bytearray()
            with suppress(self._error):
                for place in range(len(data)):
                    saved += before.decompress(data[place : place + 1])
            return bytes(saved)
        # An output that is full may have left more inside, even with all of the input taken.
        self.needs_input = not self._inflate.unconsumed_tail and len(out) < max_length
        return out


_Errors = tuple[type[Exception], ...]


def _decompressor_for(compression: str) -> tuple[Callable[[], _Decompressor], _Errors]:
    """What makes a decompressor, and the errors by which it tells of damage.

    The modules are imported here, as hardly any capture is compressed.
    """
    if compression == "gzip":
        import zlib

        return _GzipDecompressor, (zlib.error,)
    if compression == "bzip2":
        import bz2

        return bz2.BZ2Decompressor, (OSError, EOFError)
    import lzma

    # The file says how much memory its decompression takes, up to 4 GiB; `xz -9` says 65 MiB.
    return lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, 256 << 20), (lzma.LZMAError, EOFError)


class _Members:
    """Decompresses a file's members, one after another, at most `size` bytes at a time."""

    def __init__(self, compression: str, size: int, name: str) -> None:
        self._make, self._errors = _decompressor_for(compression)
        self._damage = f"{name}: damaged {compression} data"
        self._current: _Decompressor | None = self._make()
        # bz2 and lzma withhold what one call decompressed before it met damage, so their calls are
        # kept small: 8 bytes are less than what comes between the last data and a checksum that
        # does not fit them. For gzip, small steps also bound the copying of what follows a member,
        # when there are many tiny ones.
        self._step, self._most = (16_384, size) if compression == "gzip" else (8, min(size, 1024))

    @property
    def is_complete(self) -> bool:
        """Whether no member has begun that has not ended."""
        return self._current is None

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Decompresses a chunk; raises InputError behind all that came before damage."""
        for start in range(0, len(chunk), self._step):
            data = chunk[start : start + self._step]
            while data or (self._current is not None and not self._current.needs_input):
                if self._current is None:
                    data = data.lstrip(b"\0")  # padding between members, or after the last
                    if not data:
                        break
                    self._current = self._make()
                try:
                    piece = self._current.decompress(data, self._most)
                except self._errors as error:
                    raise InputError(f"{self._damage}: {error}") from error
                data = b""
                if self._current.eof:
                    data = self._current.unused_data
                    self._current = None
                if piece:
                    yield piece


def _decompress(chunks: Iterator[bytes], compression: str, size: int, name: str) -> Iterator[bytes]:
    members = _Members(compression, size, name)
    for chunk in chunks:
        yield from _join_pieces(members.feed(chunk), size)
    if not members.is_complete:
        raise InputError(f"{name}: the {compression} data is cut off before its end")


def _join_pieces(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Joins small pieces up to `size` bytes; those before an InputError are given out first."""
    joined: list[bytes] = []
    length = 0
    try:
        for piece in pieces:
            if joined and length + len(piece) > size:
                yield b"".join(joined)
                joined, length = [], 0
            joined.append(piece)
            length += len(piece)
    except InputError:
        if joined:
            yield b"".join(joined)
        raise
    if joined:
        yield b"".join(joined)


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
