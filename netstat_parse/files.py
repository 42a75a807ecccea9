"""Bytes in, bytes out: files, pipes and standard streams as lines of text, and back.

Reading takes any compression and encoding by content, in bounded memory, as soon as it is there.
Writing replaces a file only when the new one is whole.
"""

from __future__ import annotations

import codecs
import errno
import io
import itertools
import os
import stat
import sys
from contextlib import ExitStack, contextmanager, suppress

from netstat_parse.errors import InputError, OutputError
from netstat_parse.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any, BinaryIO, Protocol, TextIO

    from _typeshed import ReadableBuffer

    Line = str | bytes
    """A line, or its bytes with the "\\n": what `text_of` takes."""
    Lines = list[str] | list[bytes]

    class ByteWriter(Protocol):
        """What takes bytes."""

        def write(self, data: bytes, /) -> object:
            """Writes all of them."""

    class _Decompressor(Protocol):
        @property
        def eof(self) -> bool: ...
        @property
        def needs_input(self) -> bool: ...
        @property
        def unused_data(self) -> bytes: ...
        def decompress(self, data: bytes, max_length: int) -> bytes: ...


MAX_LINE = 65_536
"""Characters of a line that are kept; no netstat prints a longer line."""


@value
class Batch:
    """Lines that came together, without their "\\n" and without one "\\r" before it.

    `terminated` is False only for a last batch whose last line the input ended without a "\\n".
    """

    lines: list[str]
    terminated: bool


@value
class RawBatch:
    """The same, but the lines may be bytes: `text_of` and `joined` tell their text."""

    lines: Lines
    terminated: bool


def text_of(line: Line) -> str:
    """A line's text, without its "\\n"."""
    if isinstance(line, str):
        return line
    return line[:-1].decode("utf-8", "backslashreplace")[: MAX_LINE + 1]


def joined(lines: Sequence[Line]) -> str:
    """The text of all lines, with a "\\n" between them; a line may be longer than MAX_LINE."""
    some: Any = lines
    if not lines or isinstance(lines[0], str):
        return "\n".join(some)
    return b"".join(some)[:-1].decode("utf-8", "backslashreplace")


def decoded(batch: RawBatch) -> Batch:
    """The same lines as texts."""
    lines = joined(batch.lines).split("\n")
    return Batch([line[: MAX_LINE + 1] for line in lines], batch.terminated)


def batches(
    file: BinaryIO, *, size: int = 131_072, on_bytes: Callable[[int], None] | None = None
) -> Iterator[Batch]:
    """The decoded lines of an open binary file, as soon as they are there.

    `size` bounds what is read, and what is decompressed, in one step. `on_bytes` is called after
    each read with the number of bytes that it gave, before any decompression.

    A line of more than MAX_LINE characters is cut to its first MAX_LINE + 1. An InputError is
    raised only after every line that was read before it has been given out.
    """
    return map(decoded, raw_batches(file, size=size, on_bytes=on_bytes))


def raw_batches(
    file: BinaryIO, *, size: int = 131_072, on_bytes: Callable[[int], None] | None = None
) -> Iterator[RawBatch]:
    """The same, but lines in UTF-8 are given as their bytes, with their "\\n".

    So those that come again need not be decoded. Where one is too long, all come as texts.
    """
    name = _name(file)
    chunks = _decompressed(_chunks(file, size, on_bytes, name), size, name)
    lines: _Utf8Lines | _Utf16Lines | None = None
    head = b""
    failure: InputError | None = None
    while True:
        try:
            chunk = next(chunks, b"")
        except InputError as error:
            chunk, failure = b"", error
        final = not chunk
        if lines is None:
            head += chunk
            found = _encoding(head, final)
            if found is None:
                continue
            encoding, mark = found
            lines = _Utf8Lines() if encoding == "utf-8" else _Utf16Lines(encoding)
            chunk = head[mark:]
        whole = lines.feed(chunk)
        if whole:
            yield RawBatch(whole, True)
        if final:
            break
    rest = lines.close()
    if rest:
        yield RawBatch(rest, False)
    if failure is not None:
        raise failure


@contextmanager
def open_input(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Opens a file to read its bytes; "-" is standard input, which is not closed at the end."""
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
            raise InputError(f"{name}: {_reason(error)}") from error
        yield file


def lines_of(path: str | os.PathLike[str]) -> Iterator[str]:
    """The lines of a file, each with its "\\n" unless the file ends without one."""
    with open_input(path) as file:
        for batch in batches(file):
            rest = [] if batch.terminated else [batch.lines.pop()]
            for line in batch.lines:
                yield line + "\n"
            yield from rest


@contextmanager
def open_output(path: str | os.PathLike[str] | None) -> Iterator[TextIO]:
    """Opens a file to write text to it, as UTF-8; None and "-" are standard output.

    A file is written beside its target and put in its place when the block ends without an
    exception: until then, and after an exception, the old file is as it was. A device or a pipe is
    written directly. A name that ends in .gz, .bz2 or .xz compresses.
    """
    name = None if path is None else os.fspath(path)
    if name is None or name == "-":
        with _standard_output() as text:
            yield text
        return
    with _told(name):
        descriptor = _descriptor(name)
        old = None if descriptor is not None else _status(name)
    if descriptor is not None or (old is not None and not stat.S_ISREG(old.st_mode)):
        with _direct(name, descriptor) as text:
            yield text
    else:
        with _replacing(name, old) as text:
            yield text


def binary(text: TextIO) -> ByteWriter:
    """What takes the bytes of a text file in UTF-8, in place of its text."""
    buffer: ByteWriter | None = getattr(text, "buffer", None)
    return buffer if buffer is not None else _Decoding(text)


class _Decoding:
    """Passes bytes on to what stands in for a file and takes text only."""

    def __init__(self, text: TextIO) -> None:
        self._text = text

    def write(self, data: bytes, /) -> None:
        self._text.write(data.decode())


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


# Reading: raw bytes -> decompressed bytes -> lines


def _name(file: BinaryIO) -> str:
    name = getattr(file, "name", None)
    if name == "<stdin>":
        return "standard input"
    return name if isinstance(name, str) else "input"


def _chunks(
    file: BinaryIO, size: int, on_bytes: Callable[[int], None] | None, name: str
) -> Iterator[bytes]:
    """What the file has, as it comes: never waits to fill a chunk."""
    # A buffered file's read(size) would wait for all of size; an unbuffered one has no read1.
    read: Callable[[int], bytes | None] = getattr(file, "read1", None) or file.read
    while True:
        try:
            chunk = read(size) or _unblocked(file, size)
        except OSError as error:
            raise InputError(f"{name}: {_reason(error)}") from error
        if not chunk:
            return
        if on_bytes is not None:
            on_bytes(len(chunk))
        yield chunk


def _unblocked(file: BinaryIO, size: int) -> bytes:
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


_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"\xfd7zXZ\x00": "xz",
    # "BZh" alone may well begin a text: with its level and its first block's mark it does not.
    **{b"BZh%d1AY&SY" % level: "bzip2" for level in range(1, 10)},
    **{b"BZh%d\x17rE8P\x90" % level: "bzip2" for level in range(1, 10)},
}


class _Gunzip:
    """One member of a gzip file, decompressed in the way of bz2 and lzma.

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


def _decompressor(kind: str) -> tuple[Callable[[], _Decompressor], tuple[type[Exception], ...]]:
    """What makes a decompressor of that kind, and the errors by which it tells of damage."""
    if kind == "gzip":
        import zlib

        return _Gunzip, (zlib.error,)
    if kind == "bzip2":
        import bz2

        return bz2.BZ2Decompressor, (OSError, EOFError)
    import lzma

    # The file says how much memory its decompression takes, up to 4 GiB; `xz -9` says 65 MiB.
    return lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, 256 << 20), (lzma.LZMAError, EOFError)


def _decompressed(chunks: Iterator[bytes], size: int, name: str) -> Iterator[bytes]:
    """The chunks as they are, or decompressed if they begin like a compressed file."""
    head = b""
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
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            yield from _inflated(kind, itertools.chain([head], chunks), size, name)
            return
    if head:
        yield head
    yield from chunks


def _inflated(kind: str, chunks: Iterator[bytes], size: int, name: str) -> Iterator[bytes]:
    """The members of a compressed file, one after another; at most `size` bytes at a time.

    All that came before an error is given out before it. bz2 and lzma withhold what one call
    decompressed before it met damage, so their calls are kept small: 8 bytes are less than what
    comes between the last data and a checksum that does not fit them.
    """
    make, errors = _decompressor(kind)
    # Small pieces also bound the copying of what follows a member, when there are many tiny ones.
    step, most = (16_384, size) if kind == "gzip" else (8, min(size, 1024))
    decompressor: _Decompressor | None = make()
    out: list[bytes] = []
    held = 0
    for chunk in chunks:
        for start in range(0, len(chunk), step):
            piece = chunk[start : start + step]
            while piece or (decompressor is not None and not decompressor.needs_input):
                if decompressor is None:
                    piece = piece.lstrip(b"\0")  # padding between members, or after the last
                    if not piece:
                        break
                    decompressor = make()
                try:
                    data = decompressor.decompress(piece, most)
                except errors as error:
                    if out:
                        yield b"".join(out)
                    raise InputError(f"{name}: damaged {kind} data: {error}") from error
                piece = b""
                if decompressor.eof:
                    piece = decompressor.unused_data
                    decompressor = None
                if data:
                    if held + len(data) > size:
                        yield b"".join(out)
                        out, held = [], 0
                    out.append(data)
                    held += len(data)
        if out:
            yield b"".join(out)
            out, held = [], 0
    if decompressor is not None:
        raise InputError(f"{name}: the {kind} data is cut off before its end")


_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_ASCII_TEXT = frozenset(b"\t\n\r" + bytes(range(0x20, 0x7F)))


def _encoding(head: bytes, final: bool) -> tuple[str, int] | None:
    """The encoding and its mark's length; None if more of the input is needed to tell."""
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding, len(mark)
        if mark.startswith(head) and not final:
            return None
    # UTF-16 without a mark: four ASCII characters, each followed by a NUL.
    first = head[:8]
    if _ASCII_TEXT.issuperset(first[0::2]) and not any(first[1::2]):
        if len(first) == 8 or (final and len(first) in (4, 6)):
            return "utf-16-le", 0
        if not final:
            return None
    return "utf-8", 0


class _Utf8Lines:
    """Cuts UTF-8 bytes into lines and decodes these, so that no character is ever torn."""

    # Bytes that are kept of a line: enough for MAX_LINE + 1 of the longest characters.
    _LIMIT = 4 * (MAX_LINE + 1)

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> Lines:
        """The lines that are whole now; as bytes, if none of them is too long."""
        first = data.find(b"\n")
        if first >= 0 and len(self._held) + first <= MAX_LINE and not has_long_line(data):
            if b"\r" in data or b"\r" in self._held:
                data = (bytes(self._held) + data).replace(b"\r\n", b"\n")
                self._held.clear()
            raw = io.BytesIO(data).readlines()
            rest = b"" if data.endswith(b"\n") else raw.pop()
            raw[0] = bytes(self._held) + raw[0]
            self._held[:] = rest
            return raw
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
        # A line that fills the limit is too long with or without a "\r" at its end.
        return [line.removesuffix("\r")[: MAX_LINE + 1]]

    def _hold(self, data: bytes) -> None:
        self._held += data[: self._LIMIT - len(self._held)]


def has_long_line(text: str | bytes, longest: int = MAX_LINE) -> bool:
    """Whether a line is longer than that, found without looking at every line."""
    end: Any = "\n" if isinstance(text, str) else b"\n"
    start = 0
    while len(text) - start > longest:
        start = text.rfind(end, start, start + longest + 1) + 1
        if start == 0:
            return True
    return False


class _Utf16Lines:
    """Decodes UTF-16 and cuts the text into lines."""

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
        lines.insert(0, self._line())
        lines[1:] = [line.removesuffix("\r")[: MAX_LINE + 1] for line in lines[1:]]
        self._hold(rest)
        return lines

    def close(self) -> list[str]:
        """The line that is held, if there is one."""
        self._hold(self._decoder.decode(b"", True))  # half a character: no newline is in it
        return [self._line()] if self._held else []

    def _hold(self, text: str) -> None:
        text = text[: self._room]
        if text:
            self._held.append(text)
            self._room -= len(text)

    def _line(self) -> str:
        line = "".join(self._held)
        self._held.clear()
        self._room = self._LIMIT
        # A line that fills the limit is too long with or without a "\r" at its end.
        return line.removesuffix("\r")[: MAX_LINE + 1]


# Writing: text -> UTF-8 bytes -> compressed bytes -> the operating system

_BUFFER = 262_144


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Turns the operating system's errors into an OutputError; a broken pipe stays what it is."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        raise OutputError(f"{name}: {_reason(error)}") from error


class _Raw(io.RawIOBase):
    """The bottom of every output: writes to the file, which it does not close.

    Here the errors are told from those that the user's own block raises. What would be written
    after one is dropped: it is not known how much of what failed has gone out.
    """

    def __init__(self, file: BinaryIO | io.FileIO, name: str) -> None:
        self._file = file
        self._name = name
        self._silent = False

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        view = memoryview(data).cast("B")
        size = len(view)
        if not self._silent:
            self._silent = True  # until all is written: an interrupt may come at any point
            with _told(self._name):
                while view:
                    written = self._file.write(view)
                    if written is None:  # another program made it non-blocking, and it is full
                        import select

                        select.select([], [self._file.fileno()], [])
                    else:
                        view = view[written:]
                self._file.flush()
            self._silent = False
        return size


def _compressing(raw: _Raw, name: str) -> Any:
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
    return raw


@contextmanager
def _text(raw: _Raw, name: str) -> Iterator[TextIO]:
    text = io.TextIOWrapper(
        io.BufferedWriter(_compressing(raw, name), _BUFFER),
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
def _standard_output() -> Iterator[TextIO]:
    name = "standard output"
    if sys.stdout is None:
        raise OutputError(f"{name} is closed")
    buffer = getattr(sys.stdout, "buffer", None)
    with _told(name):
        sys.stdout.flush()  # what was printed before comes first
    if buffer is None:  # something that stands in for it and takes text only
        yield sys.stdout
        with _told(name):
            sys.stdout.flush()
        return
    if isinstance(buffer, io.BufferedWriter) and isinstance(buffer.raw, io.FileIO):
        # What its own buffer could not write would be tried again, and told, at the exit.
        buffer = buffer.raw
    with _text(_Raw(buffer, name), name) as text:
        yield text


@contextmanager
def _direct(name: str, descriptor: int | None) -> Iterator[TextIO]:
    """Writes to what is no regular file, or to a file that this process has open already."""
    with _told(name):
        if descriptor is not None and sys.stdout is not None:
            sys.stdout.flush()  # what was printed before comes first
        number = os.open(name, os.O_WRONLY) if descriptor is None else os.dup(descriptor)
        file = io.FileIO(number, "w")
    with file, _text(_Raw(file, name), name) as text:
        yield text


@contextmanager
def _replacing(name: str, old: os.stat_result | None) -> Iterator[TextIO]:
    """Writes beside the target, and puts the new file in its place when it is whole."""
    target = os.path.realpath(name)  # a symbolic link stays, what it points to is replaced
    folder = os.path.dirname(target)
    # Not tempfile: its files are readable by their owner only, and the umask cannot be asked.
    temporary = os.path.join(folder, f".netstat-parse-{os.urandom(8).hex()}.tmp")
    mode = 0o666 if old is None else stat.S_IMODE(old.st_mode) & 0o777
    with _told(name):
        # A rename asks only the directory; a file that may not be written stays as it is.
        if old is not None and not _may_write(target):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    try:  # an interrupt may come at any point from here on
        with _told(name):
            try:
                file = io.FileIO(
                    temporary, "x", opener=lambda path, flags: os.open(path, flags, mode)
                )
            except FileNotFoundError as error:
                raise OutputError(f"{name}: there is no directory {folder}") from error
        with file:
            if old is not None:
                _take_after(file.fileno(), old)
            with _text(_Raw(file, name), name) as text:
                yield text
            with _told(name):
                os.fsync(file.fileno())
                file.close()
        with _told(name):
            os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _status(name: str) -> os.stat_result | None:
    """What is there under that name, links followed; None if nothing is."""
    try:
        return os.stat(name)
    except FileNotFoundError:
        if not os.path.basename(name):
            raise  # "", or a directory that is not there
        return None


def _may_write(path: str) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _take_after(number: int, old: os.stat_result) -> None:
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


def _descriptor(name: str) -> int | None:
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
