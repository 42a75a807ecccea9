"""Decompresses gzip, bzip2, xz and zstd, known by their first bytes, in bounded memory.

All that was decompressed before damage is given out before it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import Any, Protocol, cast

from netstat_parse.errors import InputError, MissingExtraError

MAGIC = {
    b"\x1f\x8b": "gzip",
    b"\xfd7zXZ\x00": "xz",
    # "BZh" alone may well begin a text: with its level and its first block's mark it does not.
    **{b"BZh%d1AY&SY" % level: "bzip2" for level in range(1, 10)},
    **{b"BZh%d\x17rE8P\x90" % level: "bzip2" for level in range(1, 10)},
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x50\x2a\x4d\x18": "zstd",  # the frame that pzstd puts before the others
}
"""How compressed files begin."""


def is_compressed(head: bytes) -> bool:
    """True if a file that begins so is one to decompress."""
    return head.startswith(tuple(MAGIC))


class _Decompressor(Protocol):
    """What bz2, lzma and zstd offer: decompresses one member of a file."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _GzipDecompressor:
    """Decompresses one member of a gzip file, in the way of the others.

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


class _ZstdDecompressor:
    """Decompresses one frame of a zstd file.

    zstd too withholds what a call decompressed before it met damage, and can't be copied. So a
    second one goes ahead; what it fails at is taken byte by byte.
    """

    def __init__(self, zstd: Any) -> None:
        self._error = zstd.ZstdError
        self._frame, self._ahead = zstd.ZstdDecompressor(), zstd.ZstdDecompressor()
        self._rest = b""

    @property
    def eof(self) -> bool:
        return bool(self._frame.eof)

    @property
    def needs_input(self) -> bool:
        return not self._rest and bool(self._frame.needs_input)

    @property
    def unused_data(self) -> bytes:
        return cast(bytes, self._frame.unused_data)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        if data and not self._goes_well(data):
            data, self._rest = b"", data
        while True:
            if self._rest and self._frame.needs_input:
                data, self._rest = self._rest[:1], self._rest[1:]
            out: bytes = self._frame.decompress(data, max_length)
            if out or not self._rest:
                return out
            data = b""

    def _goes_well(self, data: bytes) -> bool:
        try:
            while data or not (self._ahead.eof or self._ahead.needs_input):
                self._ahead.decompress(data, 2**17)
                data = b""
        except self._error:
            return False
        return True


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
    if compression == "zstd":
        zstd = import_zstd()
        return partial(_ZstdDecompressor, zstd), (zstd.ZstdError,)
    import lzma

    # The file says how much memory its decompression takes, up to 4 GiB; `xz -9` says 65 MiB.
    return lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, 256 << 20), (lzma.LZMAError, EOFError)


def import_zstd() -> Any:
    """The module of zstd: Python's own from 3.14 on, else its backport.

    Raises MissingExtraError if there is neither.
    """
    for name in ("compression.zstd", "backports.zstd"):
        with suppress(ImportError):
            return import_module(name)
    raise MissingExtraError("zstd", "zstd")


class _Members:
    """Decompresses a file's members, one after another, at most `size` bytes at a time."""

    def __init__(self, compression: str, size: int, name: str) -> None:
        self._make, self._errors = _decompressor_for(compression)
        self._damage = f"{name}: damaged {compression} data"
        self._current: _Decompressor | None = self._make()
        # bz2 and lzma withhold what one call decompressed before it met damage, so their calls are
        # kept small: 8 bytes are less than what comes between the last data and a checksum that
        # does not fit them. For the others, small steps also bound the copying of what follows a
        # member, when there are many tiny ones.
        is_slow = compression in ("bzip2", "xz")
        self._step, self._most = (8, min(size, 1024)) if is_slow else (16_384, size)

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


def decompress(chunks: Iterator[bytes], compression: str, size: int, name: str) -> Iterator[bytes]:
    try:
        members = _Members(compression, size, name)
    except MissingExtraError as error:
        raise InputError(f"{name}: {error}") from error
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
