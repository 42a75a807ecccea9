"""Writes files on other machines, whole or not at all.

To a store of objects (s3://, gs://) they are uploaded in parts, which become the object when the
last is there. By ssh:// they are written beside the target, and put in its place.
"""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from netstat_parse.errors import OutputError
from netstat_parse.reading.remote import (
    BLOCK,
    call,
    errors_as,
    find_system,
    hide_password,
    scheme_of,
)

STORES = ("s3", "s3a", "gs", "gcs")
SSH = ("ssh", "sftp")


class RemoteWriter:
    """A file of fsspec that is written; what it raises becomes an OSError."""

    def __init__(self, file: Any, name: str) -> None:
        self.name = name
        self._file = file

    def write(self, data: bytes, /) -> int:
        """Writes all of them."""
        call(lambda: self._file.write(data))
        return len(data)

    def flush(self) -> None:
        """The file knows best when to send what it has."""


@contextmanager
def write_remote(url: str) -> Iterator[Any]:
    """Writes a remote file: it is there when the block has ended without an exception. Until then,
    and after an exception or a kill, the old one is as it was.

    Raises OutputError if it can't be written.
    """
    name, scheme = hide_password(url), scheme_of(url)
    if scheme not in STORES + SSH:
        raise OutputError(
            f"{name}: {scheme}:// can be read, not written; write to s3://, gs:// or ssh://"
        )
    with errors_as(name, OutputError):
        system, path = find_system(url)
        begin = _begin_object if scheme in STORES else _begin_beside
        file, commit, discard = begin(system, path)
    try:
        yield RemoteWriter(file, name)
        with errors_as(name, OutputError):
            file.flush()
            file.close()
            commit()
    except BaseException:
        with suppress(Exception):
            discard()
        raise


_Begun = tuple[Any, Callable[[], object], Callable[[], object]]
"""A file to write to, what puts it in its place, and what drops it."""


def _begin_object(system: Any, path: str) -> _Begun:
    file = system.open(path, "wb", block_size=BLOCK)

    def discard() -> None:
        file.closed = True  # else whoever collects garbage closes it, and so makes the object
        file.discard()

    return file, lambda: None, discard


def _begin_beside(system: Any, path: str) -> _Begun:
    with suppress(OSError):
        path = system.ftp.normalize(path)  # a symbolic link stays, what it points to is replaced
    temporary = f"{posixpath.dirname(path)}/.netstat-parse-{os.urandom(8).hex()}.tmp"
    file = system.open(temporary, "wb", block_size=BLOCK)
    with suppress(OSError):
        system.ftp.chmod(temporary, stat.S_IMODE(system.ftp.stat(path).st_mode) & 0o777)

    def discard() -> None:
        file.close()
        system.ftp.remove(temporary)

    return file, lambda: system.ftp.posix_rename(temporary, path), discard
