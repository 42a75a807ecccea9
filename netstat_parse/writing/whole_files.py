"""Writes whole files: text -> UTF-8 bytes -> compressed bytes -> the operating system.

A file is replaced only when the new one is whole. Standard output, devices and pipes are written
directly.
"""

from __future__ import annotations

import errno
import io
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TextIO

from netstat_parse.errors import OutputError, reason_of
from netstat_parse.reading.compression import import_zstd
from netstat_parse.reading.urls import is_remote

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class ByteWriter(Protocol):
    """A binary file, or anything else that takes bytes."""

    def write(self, data: bytes, /) -> object:
        """Writes all of them."""


@contextmanager
def open_output(
    path: str | os.PathLike[str] | None, *, all_or_nothing: bool = False
) -> Iterator[TextIO]:
    """Opens a file to write text to it, as UTF-8; None and "-" are standard output.

    A file is written beside its target and put in its place when the block ends without an
    exception: until then, and after an exception, the old file is as it was. A device or a pipe is
    written directly, or, with `all_or_nothing`, when the block ends without an exception. A name
    that ends in .gz, .bz2, .xz or .zst compresses. A URL is written as writing/remote.py says.

    Raises OutputError if the file can't be opened, written or put in its place; BrokenPipeError if
    nobody reads the pipe any more.
    """
    name = None if path is None else os.fspath(path)
    if name is None or name == "-":
        with _write_standard_output() as text, _hold(text, all_or_nothing) as held:
            yield held
        return
    if is_remote(name):
        from netstat_parse.writing.remote import write_remote

        with write_remote(name) as file, _open_text(_RawOutput(file, file.name), name) as text:
            yield text
        return
    with _convert_errors(name):
        descriptor = descriptor_of(name)
        old = None if descriptor is not None else _status_of(name)
    if descriptor is not None or (old is not None and not stat.S_ISREG(old.st_mode)):
        with _write_directly(name, descriptor) as text, _hold(text, all_or_nothing) as held:
            yield held
    else:
        with _replace_when_whole(name, old) as text:
            yield text


def binary(text: TextIO) -> ByteWriter:
    """The writer of bytes under a text file, for who has its text in UTF-8 already."""
    buffer: ByteWriter | None = getattr(text, "buffer", None)
    return buffer if buffer is not None else _TextOnly(text)


@contextmanager
def _hold(text: TextIO, is_wanted: bool) -> Iterator[TextIO]:
    """Holds what is written, on disk if it is much, until the block ends without an exception."""
    if not is_wanted:
        yield text
        return
    import shutil
    from tempfile import SpooledTemporaryFile

    with SpooledTemporaryFile(HELD_IN_MEMORY) as file:
        held: Any = io.TextIOWrapper(
            file, encoding="utf-8", errors="backslashreplace", newline="\n"
        )
        yield held
        held.flush()
        file.seek(0)
        shutil.copyfileobj(file, binary(text), _BUFFER)


class _TextOnly:
    """Decodes bytes for a stand-in for a file that takes text only, such as StringIO."""

    def __init__(self, text: TextIO) -> None:
        self._text = text

    def write(self, data: bytes, /) -> None:
        self._text.write(data.decode())


# Writing to the operating system -----------------------------------------------------------------

_BUFFER = 262_144
"""Bytes that are gathered before they are compressed and written."""
HELD_IN_MEMORY = 2**24
"""Bytes; more of what is held is kept on disk."""


@contextmanager
def _convert_errors(name: str) -> Iterator[None]:
    """Turns the operating system's errors into an OutputError; a broken pipe stays what it is."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        raise OutputError(f"{name}: {reason_of(error)}") from error


class _RawOutput(io.RawIOBase):
    """The bottom of every output: writes to a file, which it does not close.

    Errors become OutputErrors here, where they can't be confused with those that the user's own
    block raises. After an error nothing more is written: how much of what failed has gone out is
    not known.
    """

    def __init__(self, file: BinaryIO | io.FileIO, name: str) -> None:
        self._file = file
        self._name = name
        self._has_failed = False

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        view = memoryview(data).cast("B")
        size = len(view)
        if not self._has_failed:
            self._has_failed = (
                True  # assumed until all is written: an interrupt may come at any point
            )
            with _convert_errors(self._name):
                while view:
                    written = self._file.write(view)
                    if written is None:  # another program made it non-blocking, and it is full
                        import select

                        select.select([], [self._file.fileno()], [])
                    else:
                        view = view[written:]
                self._file.flush()
            self._has_failed = False
        return size


def _compress_as_named(raw: _RawOutput, name: str) -> Any:
    """The raw file, or a file that compresses into it, as the name's end says."""
    suffix = os.path.splitext(name)[1].lower()
    file: Any = raw
    if suffix == ".gz":
        import gzip

        # Neither the time nor the name is kept, so that the same text gives the same bytes.
        return gzip.GzipFile("", "wb", 6, file, mtime=0)
    if suffix == ".bz2":
        import bz2

        return bz2.BZ2File(file, "wb")
    if suffix == ".xz":
        import lzma

        return lzma.LZMAFile(file, "wb")
    if suffix == ".zst":
        return import_zstd().ZstdFile(file, "wb")
    return raw


@contextmanager
def _open_text(raw: _RawOutput, name: str) -> Iterator[TextIO]:
    """Opens a text file over the raw one, and closes it at the end, after an exception too."""
    text = io.TextIOWrapper(
        io.BufferedWriter(_compress_as_named(raw, name), _BUFFER),
        encoding="utf-8",
        errors="backslashreplace",  # a file's name may hold a surrogate, which UTF-8 cannot
        newline="\n",
    )
    try:
        yield text
    except BaseException:
        # What was written until then is whole lines: they go out, unless going out has failed.
        with suppress(OutputError, BrokenPipeError):
            text.close()
        raise
    text.close()


@contextmanager
def _write_standard_output() -> Iterator[TextIO]:
    """Writes to standard output, which stays open, behind what was printed before."""
    name = "standard output"
    if sys.stdout is None:
        raise OutputError(f"{name} is closed")
    buffer = getattr(sys.stdout, "buffer", None)
    with _convert_errors(name):
        sys.stdout.flush()  # what was printed before comes first
    if buffer is None:  # something that stands in for it and takes text only
        yield sys.stdout
        with _convert_errors(name):
            sys.stdout.flush()
        return
    if isinstance(buffer, io.BufferedWriter) and isinstance(buffer.raw, io.FileIO):
        # What its own buffer could not write would be tried again, and told, at the exit.
        buffer = buffer.raw
    with _open_text(_RawOutput(buffer, name), name) as text:
        yield text


@contextmanager
def _write_directly(name: str, descriptor: int | None) -> Iterator[TextIO]:
    """Writes to what is no regular file, or to a file that this process has open already."""
    with _convert_errors(name):
        if descriptor is not None and sys.stdout is not None:
            sys.stdout.flush()  # what was printed before comes first
        number = os.open(name, os.O_WRONLY) if descriptor is None else os.dup(descriptor)
        file = io.FileIO(number, "w")
    with file, _open_text(_RawOutput(file, name), name) as text:
        yield text


@contextmanager
def _replace_when_whole(name: str, old: os.stat_result | None) -> Iterator[TextIO]:
    """Writes beside the target, and puts the new file in its place when it is whole."""
    target = os.path.realpath(name)  # a symbolic link stays, what it points to is replaced
    folder = os.path.dirname(target)
    # Not tempfile: its files are readable by their owner only, and the umask cannot be asked.
    temporary = os.path.join(folder, f".netstat-parse-{os.urandom(8).hex()}.tmp")
    mode = 0o666 if old is None else stat.S_IMODE(old.st_mode) & 0o777
    with _convert_errors(name):
        # A rename asks only the directory; a file that may not be written stays as it is.
        if old is not None and not _may_write(target):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    try:  # an interrupt may come at any point from here on
        with _convert_errors(name):
            try:
                file = io.FileIO(
                    temporary, "x", opener=lambda path, flags: os.open(path, flags, mode)
                )
            except FileNotFoundError as error:
                raise OutputError(f"{name}: there is no directory {folder}") from error
        with file:
            if old is not None:
                _copy_owner_and_mode(file.fileno(), old)
            with _open_text(_RawOutput(file, name), name) as text:
                yield text
            with _convert_errors(name):
                os.fsync(file.fileno())
                file.close()
        with _convert_errors(name):
            os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


# Names of files ----------------------------------------------------------------------------------


def _status_of(name: str) -> os.stat_result | None:
    """The status of the file of that name, links followed; None if there is none."""
    try:
        return os.stat(name)
    except FileNotFoundError:
        if not os.path.basename(name):
            raise  # "", or a directory that is not there
        return None


def _may_write(path: str) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _copy_owner_and_mode(number: int, old: os.stat_result) -> None:
    """Gives a new file the owner and the permissions of the old one, as far as that is allowed."""
    if not hasattr(os, "fchown"):
        return
    new = os.fstat(number)
    if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
        try:
            os.fchown(number, old.st_uid, old.st_gid)
        except OSError:
            with suppress(OSError):
                os.fchown(number, -1, old.st_gid)
    with suppress(OSError):
        os.fchmod(number, stat.S_IMODE(old.st_mode) & 0o777)


def descriptor_of(name: str) -> int | None:
    """The number of the open file that a name like /dev/stdout stands for, else None.

    Such a name must not be opened or replaced: when the shell has sent standard output to a file,
    what was written there before would be lost.
    """
    folders = {"/dev/fd", os.path.realpath("/proc/self/fd")}
    path = name
    for _ in range(40):  # links to links; what goes in circles is an error of os.stat
        folder, last = os.path.split(path)
        folder = os.path.realpath(folder)
        if folder in folders and last.isascii() and last.isdigit():
            return int(last)
        path = os.path.join(folder, last)
        try:
            path = os.path.join(folder, os.readlink(path))
        except OSError:
            return None
    return None
