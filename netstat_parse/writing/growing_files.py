"""Writes files that grow, snapshot by snapshot, and can be read at any time.

What was flushed stays, whatever ends the process. A compressed file is a row of gzip members (RFC
1952, 2.2), one for each flush, so none of them is ever unfinished.
"""

from __future__ import annotations

import gzip
import io
import os
import stat
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import cast

from netstat_parse.errors import OutputError, reason_of
from netstat_parse.reading.urls import is_remote
from netstat_parse.writing.whole_files import open_output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

COMPRESSION = 6
MEMBER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00"
"""How each member begins that is written here: no name, no time."""
TAIL = 2**24
"""The last member is looked for in so many bytes at the end."""


@contextmanager
def open_growing(
    path: str | None, on_note: Callable[[str], None] = lambda text: None
) -> Iterator[TextIO]:
    """Opens a file to which text is added; what was written since the last `flush` is held.

    What is there already is kept; if its end was cut short, that is mended, and `on_note` is told.
    A name that ends in .gz compresses. After an exception, what was not flushed is dropped, so that
    the file ends with a whole snapshot. None, "-", a device or a pipe are written as `open_output`
    does.

    Raises OutputError if the file can't be opened or written.
    """
    if path is None or path == "-" or not _is_file_to_be(path):
        with open_output(path) as text:
            yield text
        return
    if is_remote(path):
        raise OutputError(f"{path}: a file that grows is on this machine")
    if path.lower().endswith((".bz2", ".xz", ".zst")):
        raise OutputError(f"{path}: a file that grows can be plain, or compressed as .gz")
    file = GrowingFile(path, on_note)
    try:
        yield cast("TextIO", file)
        file.flush()
    finally:
        file.close_file()


def _is_file_to_be(path: str) -> bool:
    try:
        return stat.S_ISREG(os.stat(path).st_mode) and not path.startswith(("/dev/", "/proc/"))
    except FileNotFoundError:
        return True
    except OSError as error:
        raise OutputError(f"{path}: {reason_of(error)}") from error


class GrowingFile(io.TextIOBase):
    """A text file that is written to at each flush, all at once."""

    def __init__(self, path: str, on_note: Callable[[str], None]) -> None:
        self._path = path
        self._is_compressed = path.lower().endswith(".gz")
        self._held: list[str] = []
        try:
            self._file = io.FileIO(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666), "r+")
            try:
                self.first_line = self._mend(on_note)
            except BaseException:
                self._file.close()
                raise
        except (OSError, EOFError, zlib.error) as error:
            raise OutputError(f"{path}: {reason_of(error)}") from error

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str, /) -> int:
        """Holds text until it is flushed."""
        self._held.append(text)
        return len(text)

    def flush(self) -> None:
        """Writes what is held."""
        data = "".join(self._held).encode(errors="backslashreplace")
        self._held.clear()
        if not data:
            return
        if self._is_compressed:
            data = gzip.compress(data, COMPRESSION, mtime=0)
        view = memoryview(data)
        try:
            while view:
                view = view[self._file.write(view) :]
        except OSError as error:
            raise OutputError(f"{self._path}: {reason_of(error)}") from error

    def close_file(self) -> None:
        """Closes it without what is held; leaves no file in which there is nothing."""
        self._held.clear()
        with suppress(OSError):
            if not os.fstat(self._file.fileno()).st_size:
                os.unlink(self._path)
        self._file.close()

    def _mend(self, on_note: Callable[[str], None]) -> str:
        """The first line of what is there already, whose end is made whole; "" if there is none."""
        size = self._file.seek(0, os.SEEK_END)
        if not size:
            return ""
        on_note(f"{self._path} is there already: it is added to")
        if self._is_compressed:
            self._drop_torn_member(size, on_note)
        else:
            self._file.seek(-1, os.SEEK_END)
            if self._file.read(1) != b"\n":
                on_note(f"{self._path}: its last line was cut short")
                self._file.write(b"\n")
        with (gzip.open if self._is_compressed else open)(self._path, "rb") as start:
            return start.readline(2**16).decode(errors="backslashreplace")

    def _drop_torn_member(self, size: int, on_note: Callable[[str], None]) -> None:
        start = max(0, size - TAIL)
        self._file.seek(start)
        tail = self._file.readall()
        place = tail.rfind(MEMBER)
        if place < 0:
            raise OutputError(f"{self._path}: it was compressed by another program")
        member = zlib.decompressobj(wbits=31)
        try:
            member.decompress(tail[place:])
            is_whole = member.eof and not member.unused_data
        except zlib.error:
            is_whole = False
        if not is_whole:
            on_note(f"{self._path}: its last snapshot was cut short, and is dropped")
            self._file.truncate(start + place)


class WithoutHeader:
    """Takes the text of a CSV for a file that has its header already."""

    def __init__(self, file: TextIO, header: str, path: str) -> None:
        self._file = file
        self._header: str | None = header
        self._path = path

    def write(self, text: str) -> None:
        """Writes a row; the first one is the header, and must be the same."""
        if self._header is None:
            self._file.write(text)
        elif text != self._header:
            raise OutputError(f"{self._path} has other columns: {self._header.strip()}")
        self._header = None
