"""Files on other machines, by fsspec: s3://, gs://, https://, ssh:// and what else it knows.

They are read in a stream, a block at a time. Whatever fsspec and what stands behind it raise
becomes an OSError with words, or an InputError.
"""

from __future__ import annotations

import glob
import io
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from socket import IPPROTO_TCP, TCP_NODELAY
from typing import Any, BinaryIO

from netstat_parse.errors import InputError, MissingExtraError, NetstatError, reason_of
from netstat_parse.reading.urls import SCHEME

BLOCK = 2**23
"""Bytes that are asked for at a time."""
BUFFER = 2**18
SFTP_PIECE = 2**15
"""Bytes that every server of sftp gives at once."""
_IN_EXTRA = ("s3", "s3a", "gs", "gcs", "http", "https", "ssh", "sftp")


def scheme_of(url: str) -> str:
    """What stands before `://`."""
    found = SCHEME.match(url)
    return found[1].lower() if found else ""


def hide_password(name: str) -> str:
    """A name as it may be shown: of `user:password@host` in a URL without the password."""
    return re.sub(r"(://[^/:@]*):[^/@]*@", r"\1@", name)


def open_remote(url: str) -> BinaryIO:
    """Opens a remote file to read it; raises InputError if that can't be done."""
    name = hide_password(url)
    with errors_as(name, InputError):
        system, path = find_system(url)
        file = system.open(path, "rb", block_size=BLOCK, cache_type="readahead")
        return io.BufferedReader(_RemoteFile(file, name), BUFFER)


def list_remote(url: str) -> list[str]:
    """The files that a URL stands for: itself; of a folder, those in it; of a pattern, those that
    match. Hidden ones are left out.

    Raises InputError if that can't be told.
    """
    if scheme_of(url) in ("http", "https"):  # `?` begins a query, and nothing is listed
        return [url]
    with errors_as(hide_password(url), InputError):
        system, path = find_system(url)
        system.invalidate_cache()
        if glob.has_magic(path):
            found = system.glob(path)
            files = [file for each in found for file in _files_in(system, each)]
        else:
            files = _files_in(system, path)
        # Not `unstrip_protocol`: in that of ssh there is no host.
        start = url[: url.rstrip("/").rindex(path.rstrip("/"))] if path.strip("/") else url
        return [start + file for file in files] if files or not glob.has_magic(path) else [url]


def _files_in(system: Any, path: str) -> list[str]:
    if not (path.endswith("/") or system.isdir(path)):
        return [path]
    start = len(path.rstrip("/")) + 1
    found = [file for file in sorted(system.find(path)) if not file.endswith("/")]
    return [f for f in found if not any(p.startswith(".") for p in f[start:].split("/"))]


def find_system(url: str) -> tuple[Any, str]:
    """The file system of fsspec that a URL is of, and the path in it."""
    scheme = scheme_of(url)
    try:
        import fsspec

        if scheme in ("ssh", "sftp"):
            system = _ssh_system()
            path = system._strip_protocol(url)
            return system(**system._get_kwargs_from_urls(url)), path
        found: tuple[Any, str] = fsspec.core.url_to_fs(url)
        return found
    except ImportError as error:
        if scheme in _IN_EXTRA or error.name == "fsspec":
            raise MissingExtraError(f"{scheme}://", "remote") from error
        raise


@cache
def _ssh_system() -> Any:
    """fsspec's file system of ssh; that one trusts any host, this one those in known_hosts."""
    import paramiko
    from fsspec.implementations.sftp import SFTPFileSystem
    from fsspec.spec import AbstractBufferedFile

    class Reader(AbstractBufferedFile):  # type: ignore[misc]
        """Asks for many pieces at once, as each takes a message there and back."""

        def _fetch_range(self, start: int, end: int) -> bytes:
            with self.fs.ftp.open(self.path) as file:
                places = range(start, end, SFTP_PIECE)
                return b"".join(file.readv([(at, min(SFTP_PIECE, end - at)) for at in places]))

    class KnownHostsSystem(SFTPFileSystem):  # type: ignore[misc]
        def _connect(self) -> None:
            self.client = paramiko.SSHClient()
            self.client.load_system_host_keys()
            self.client.set_missing_host_key_policy(paramiko.RejectPolicy())
            self.client.connect(self.host, **self.ssh_kwargs)
            self.client.get_transport().sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
            self.ftp = self.client.open_sftp()

        def _open(self, path: str, mode: str = "rb", **options: Any) -> Any:
            if mode == "rb":
                return Reader(self, path, mode, **options)
            file = self.ftp.open(path, mode, bufsize=SFTP_PIECE)
            file.set_pipelined(True)
            return file

    return KnownHostsSystem


@contextmanager
def errors_as(name: str, error_class: type[NetstatError]) -> Iterator[None]:
    """Turns whatever is raised about a remote file into such an error, in words."""
    try:
        yield
    except MissingExtraError as error:
        raise error_class(f"{name}: {error}") from error
    except NetstatError:
        raise
    except Exception as error:
        raise error_class(f"{name}: {words_of(error)}") from error


def words_of(error: Exception) -> str:
    """What an error of a remote file says, without passwords."""
    status, message = getattr(error, "status", None), getattr(error, "message", None)
    cause: Any = error.__cause__
    is_of_web = isinstance(cause, Exception) and type(cause).__module__.startswith("aiohttp")
    if is_of_web and getattr(cause, "status", 0) != 404:
        return words_of(cause)  # that of the web finds no file, whatever goes wrong
    if isinstance(error, FileNotFoundError):
        return "no such file there"
    if isinstance(error, PermissionError):
        return "access is denied"
    if isinstance(status, int) and message:
        return f"the server says {status} {message}"
    if "known_hosts" in str(error):
        return f"{error}: connect once by ssh, which asks whether to trust it"
    return hide_password(reason_of(error))


def call(work: Callable[[], Any]) -> Any:
    """What `work` gives; what it raises becomes an OSError."""
    try:
        return work()
    except Exception as error:
        raise OSError(words_of(error)) from error


class _RemoteFile(io.RawIOBase):
    """A file of fsspec whose errors are OSErrors."""

    def __init__(self, file: Any, name: str) -> None:
        self.name = name
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return bool(self._file.seekable())

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        call(lambda: self._file.seek(offset, whence))
        return self.tell()

    def tell(self) -> int:
        return int(call(self._file.tell))

    def readinto(self, buffer: Any) -> int:
        data = call(lambda: self._file.read(len(buffer)))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._file.close()
