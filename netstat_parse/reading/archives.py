"""The members of tar and zip archives, one after another, as a stream.

Python's tarfile and zipfile read the archives' own structure; nothing is unpacked to disk. What
they raise about a hostile archive, whatever it is, becomes an InputError.
"""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, BinaryIO

from netstat_parse.errors import InputError, reason_of
from netstat_parse.reading.sources import read_chunks

CHUNK = 2**16
LONGEST_HEADER = 2**20
"""Bytes; names and other headers before a member of a tar archive may take so many."""

Members = Iterator[tuple[str, Iterator[bytes]]]
"""Names of members, and their bytes, which raise InputError where they can't be read."""


def read_tar(file: BinaryIO, name: str) -> Members:
    """The regular files of a tar archive, compressed or not, but for hidden ones.

    Raises InputError where the archive itself is damaged.
    """
    stream = _Stream(read_chunks(file, CHUNK), name)
    with _errors_of(name):
        archive = tarfile.TarFile.open(fileobj=stream, mode="r|", tarinfo=_Header)  # type: ignore[call-overload]
    while True:
        stream.left = LONGEST_HEADER
        with _errors_of(name):
            member = archive.next()
            archive.members = []  # which would grow with the archive
            content = archive.extractfile(member) if member and member.isreg() else None
        stream.left = None
        if member is None:
            return
        if content is None:
            continue
        path = f"{name}/{member.name}"
        chunks = _read(content, path)
        if not _is_hidden(member.name):
            yield member.name, chunks
        for _ in chunks:
            pass  # what nobody wanted: the next header stands behind it


def read_zip(file: BinaryIO, name: str) -> Members:
    """The files of a zip archive, but for hidden ones.

    Raises InputError if it is no whole archive, or an Office document.
    """
    if not file.seekable():
        raise InputError(f"{name}: a zip archive can't be read from a pipe: save it to a file")
    with _errors_of(name):
        archive = zipfile.ZipFile(file)
    with archive:
        members = archive.infolist()
        if any(member.filename == "[Content_Types].xml" for member in members):
            raise InputError(f"{name}: it is an Office document (.xlsx, .docx): save it as text")
        for member in members:
            if not member.is_dir() and not _is_hidden(member.filename):
                yield member.filename, _read_member(archive, member, name)


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    path = f"{name}/{member.filename}"
    if member.flag_bits & 1:
        raise InputError(f"{path}: it is encrypted: unpack it first")
    with _errors_of(path):
        content = archive.open(member)
    with content:
        yield from _read(content, path)


def _read(content: IO[bytes], path: str) -> Iterator[bytes]:
    while True:
        with _errors_of(path):
            chunk = content.read(CHUNK)
        if not chunk:
            return
        yield chunk


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") and part.strip(".") for part in name.split("/"))


@contextmanager
def _errors_of(name: str) -> Iterator[None]:
    """Turns whatever is raised about an archive into an InputError."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"{name}: damaged archive: {reason_of(error)}") from error


class _Stream:
    """The bytes of a tar archive, decompressed, for tarfile to read."""

    def __init__(self, chunks: Iterator[bytes], name: str) -> None:
        self.name = name
        self.left: int | None = LONGEST_HEADER
        """How many bytes may still be read, or None: tarfile keeps headers in memory."""
        self._chunks = chunks
        self._rest = b""

    def read(self, size: int) -> bytes:
        """The next bytes, at most so many; none at the end."""
        if not self._rest:
            self._rest = next(self._chunks, b"")
        piece, self._rest = self._rest[:size], self._rest[size:]
        if self.left is not None:
            self.left -= len(piece)
            if self.left < 0:
                raise InputError(f"{self.name}: damaged archive: a header is too long")
        return piece


class _Header(tarfile.TarInfo):
    """A member's header. One that is damaged is an error: tarfile would take it for the end."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Any:
        try:
            return super().frombuf(buf, encoding, errors)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise
        except tarfile.HeaderError as error:
            reason = "it is cut off before its end" if len(buf) < tarfile.BLOCKSIZE else str(error)
            raise InputError(f"damaged archive: {reason}") from error
