"""Paths -> inputs: a file is one; of a folder, a tar or a zip archive, each file in it is one.

What a file is, its first bytes tell. An archive is read as a stream, member by member, so it needs
no more memory or disk than its longest line. What can't be read is an input too, one that fails
when it is opened: so whoever reads the others goes on, and tells of it.
"""

from __future__ import annotations

import glob
import io
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from functools import partial
from typing import Any, BinaryIO, NamedTuple

from netstat_parse.errors import InputError
from netstat_parse.reading.compression import is_compressed
from netstat_parse.reading.containers import find_container
from netstat_parse.reading.sources import open_input, read_chunks
from netstat_parse.reading.urls import is_remote

HEAD = 1024
"""Bytes by which an archive is known."""
CHUNK = 2**16
DEEPEST = 3
"""A tar archive may stand in an archive, and so on, so many in all."""


class Input(NamedTuple):
    """Something to read, under the name that users know it by."""

    name: str
    """The path; of a member `archive/member`."""
    open: Callable[[], AbstractContextManager[BinaryIO]]
    """Opens it, before the next input is asked for; raises InputError if that can't be done."""
    is_member: bool = False
    """It is part of an archive, so it can't be opened a second time."""


def find_files(path: str | os.PathLike[str]) -> list[str]:
    """The files that a path stands for: itself; of a folder, those in it; of a pattern (`*.log`)
    that is no file's name, those that match. The same of a URL.

    Those of a folder come in the order of their names, with those of its folders, and without those
    whose names begin with a dot. May be empty. Raises InputError if another machine does not tell.
    """
    name = os.fspath(path)
    if is_remote(name):
        from netstat_parse.reading.remote import list_remote

        return list_remote(name)
    if glob.has_magic(name) and not os.path.lexists(name):
        matches = sorted(glob.glob(name, recursive=True))
        return [file for match in matches for file in find_files(match)] if matches else [name]
    if not os.path.isdir(name):
        return [name]
    found: list[str] = []
    for folder, folders, files in os.walk(name):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        paths = (os.path.join(folder, f) for f in sorted(files) if not f.startswith("."))
        found += filter(os.path.isfile, paths)  # a pipe in a folder may have no end
    return found


def open_inputs(path: str | os.PathLike[str]) -> Iterator[Input]:
    """The inputs that a path stands for, one after another; "-" is standard input."""
    name = os.fspath(path)
    try:
        files = find_files(name)
    except InputError as error:
        yield failing(name, str(error).removeprefix(f"{shown_name(name)}: "))
        return
    if not files:
        yield failing(name, "there are no files in this folder")
    for file in files:
        yield from _open_file(file)


def is_archive(path: str) -> bool:
    """True for a regular file that is an archive, or another container."""
    if not (is_remote(path) or os.path.isfile(path)):
        return False
    try:
        with open_input(path) as file:
            return find_container(_head_of(file)[0]) is not None
    except InputError:
        return False  # whoever reads it tells


def failing(name: str, reason: str) -> Input:
    """An input that can't be read, for this reason."""

    def fail() -> AbstractContextManager[BinaryIO]:
        raise InputError(f"{shown_name(name)}: {reason}")

    return Input(shown_name(name), fail)


def shown_name(name: str) -> str:
    """A name as text that can be written: of bytes that are no UTF-8 it has escapes, and of a URL
    no password."""
    if is_remote(name):
        from netstat_parse.reading.remote import hide_password

        name = hide_password(name)
    return name.encode(errors="backslashreplace").decode()


def _open_file(path: str) -> Iterator[Input]:
    with ExitStack() as stack:
        try:
            file = stack.enter_context(open_input(path))
        except InputError:
            yield Input(shown_name(path), partial(open_input, path))  # which fails again
            return
        yield from _expand(path, file, 0)


def _expand(name: str, file: BinaryIO, depth: int) -> Iterator[Input]:
    """The file itself, or the members of the archive that it is."""
    head, file = _head_of(file)
    container = find_container(head)
    if container is None:
        yield Input(shown_name(name), lambda: nullcontext(file), depth > 0)
    elif container == "zip" and not depth:
        yield from _zip_members(name, file)
    elif container == "tar" and depth < DEEPEST:
        yield from _tar_members(name, file, depth)
    elif container in ("zip", "tar"):
        yield failing(name, "it is an archive in an archive: unpack it first")
    elif container.startswith("compressed"):
        advice = "decompress it first, or compress it by zstd, xz or gzip"
        yield failing(name, f"it is {container}, which is not read: {advice}")
    else:
        yield failing(name, f"it is {container}, which is not read")


def _head_of(file: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first bytes, decompressed, and the file, from which they can still be read."""
    peek: Callable[[int], bytes] | None = getattr(file, "peek", None)
    if peek is None:
        return b"", file
    try:
        # Not waiting for more: a live source may give a line, and then nothing for a while.
        head = peek(HEAD)
        is_rewindable = file.seekable() and file.tell() == 0
    except (InputError, OSError, ValueError):
        return b"", file  # whoever reads it tells
    if not is_compressed(head):
        return head, file
    if is_rewindable:
        with suppress(InputError):
            head = next(read_chunks(file, HEAD), b"")
        file.seek(0)
        return head, file
    unpacked: Any = io.BufferedReader(_ChunkFile(read_chunks(file, CHUNK), _name_of(file)), CHUNK)
    with suppress(InputError):
        head = unpacked.peek(HEAD)
    return head, unpacked


def _name_of(file: BinaryIO) -> object:
    return getattr(file, "name", "")


class _ChunkFile(io.RawIOBase):
    """Chunks of bytes as a file. An InputError comes again whenever more is read."""

    def __init__(self, chunks: Iterator[bytes], name: object) -> None:
        self.name = name
        self._chunks = chunks
        self._rest = b""
        self._failure: InputError | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._failure is not None:
            raise InputError(str(self._failure))
        if not self._rest:
            try:
                self._rest = next(self._chunks, b"")
            except InputError as error:
                self._failure = error
                raise
        piece, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)


# Archives -----------------------------------------------------------------------------------------


def _tar_members(name: str, file: BinaryIO, depth: int) -> Iterator[Input]:
    from netstat_parse.reading.archives import read_tar

    yield from _members(name, read_tar(file, name), depth)


def _zip_members(name: str, file: BinaryIO) -> Iterator[Input]:
    from netstat_parse.reading.archives import read_zip

    yield from _members(name, read_zip(file, name), 0)


def _members(
    name: str, members: Iterator[tuple[str, Iterator[bytes]]], depth: int
) -> Iterator[Input]:
    """The inputs that the members of an archive are; damage of the archive itself is one too."""
    is_empty = True
    try:
        for member, chunks in members:
            is_empty = False
            path = f"{name}/{member}"
            file: Any = io.BufferedReader(_ChunkFile(chunks, path), CHUNK)
            yield from _expand(path, file, depth + 1)
    except InputError as error:
        yield failing(name, str(error).removeprefix(f"{name}: "))
        return
    if is_empty:
        yield failing(name, "there are no files in this archive")
