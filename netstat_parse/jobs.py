"""`convert --jobs N`: a large file's parts are converted at once, each in a process of its own.

A part may begin wherever a row begins. Its process must know how a reader stands there. If the part
is in the snapshot that this process was reading when it began the other, it goes on with a copy of
this one's reader. Otherwise it first reads the head of the snapshot that the part is in: the stamp,
the banner, the header, and the rows that decide whether addresses were cut. It assumes that nothing
but rows comes between that head and the part; and when the part before is done, its end is compared
with what was assumed. What a part gave is used only if they are the same. From the first part on
for which they are not, everything is done in this process. So the output is that of one process,
whatever the file holds.
"""

from __future__ import annotations

import marshal
import os
import re
import signal
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial

from netstat_parse.errors import InputError
from netstat_parse.files import open_input, raw_batches
from netstat_parse.lines import ROWS_TO_PROVE, LineReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO

    from netstat_parse.files import ByteWriter, Line
    from netstat_parse.writers import RowSink

MIN_PART = 2**20
"""Bytes; a smaller part is not worth a process."""
MAX_PART = 2**25
"""Bytes; of so much of the file, for each process, may the output wait for its turn."""
LOOK_BACK = 2**21
"""Bytes; so far before the best place for a split is a header looked for. It is room enough for the
rows that decide whether addresses were cut."""
HEAD_STEP = 2**16
"""Bytes; the head of a file, or of a snapshot, is read in such steps, until it has told enough."""
LINES_ABOVE = 8
"""So many lines above a header may belong to its snapshot: a stamp, a blank line, a banner."""

_HEADER = b"\nProto Recv-Q "
_begins_row = re.compile(rb"(?:tcp|udp|raw)[0-9a-z]*+[ \t]").match


class Outlet:
    """The file that a sink writes to. It can be changed, or be None: then nothing is written."""

    def __init__(self, file: ByteWriter) -> None:
        self.file: ByteWriter | None = file
        self.was_used = False

    def write(self, data: bytes) -> None:
        if self.file is not None:
            self.was_used = True
            self.file.write(data)


class Splitter:
    """Converts files in so many processes, this one among them.

    `new_reader` makes a LineReader that gives to `sink`, which writes to `outlet`.
    """

    def __init__(
        self, jobs: int, new_reader: Callable[[], LineReader], sink: RowSink, outlet: Outlet
    ) -> None:
        self.jobs = jobs
        self.new_reader = new_reader
        self.sink = sink
        self.outlet = outlet
        self._knows_header = False

    def convert(
        self, path: str, on_damage: Callable[[InputError], None], *, knows_header: bool
    ) -> bool:
        """Converts a file; False, and nothing was done, if it is not one to split.

        `on_damage` is told if the file can't be read to its end. `knows_header` says that what the
        sink writes before the first row does not depend on the rows.
        """
        if self.jobs < 2 or path == "-" or not hasattr(os, "fork"):
            return False
        self._knows_header = knows_header
        with open_input(path) as file:
            descriptor = file.fileno()
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size < 2 * MIN_PART:
                return False
            if not _is_plain(os.pread(descriptor, 16, 0)):
                return False
            on_unparsed, out = self.sink.unparsed, self.outlet.file
            work = _Work(self, _File(descriptor, path, status.st_size))
            try:
                work.run(on_damage)
            finally:
                work.kill_children()
                self.sink.unparsed, self.outlet.file = on_unparsed, out
        return True

    def is_ready(self, reader: LineReader) -> bool:
        """True once others may write too: what comes before the first row is written."""
        if self._knows_header and reader.snapshots:
            self.sink.close()
            return True
        return self.outlet.was_used


def _is_plain(head: bytes) -> bool:
    """True for text that is neither compressed nor UTF-16."""
    return head.isascii() and b"\0" not in head and not head.startswith((b"BZh", b"\x1f"))


# Parts of a file ----------------------------------------------------------------------------------


class _Part:
    """A part of a file, to be read up to `end`, or to the file's end if that is None."""

    def __init__(self, file: _File, start: int, end: int | None) -> None:
        self.name = file.name
        self.start = start
        self.end = end
        self._descriptor = file.descriptor
        self._at = start

    def read(self, size: int) -> bytes:
        if self.end is not None:
            size = min(size, self.end - self._at)
        data = os.pread(self._descriptor, size, self._at)
        self._at += len(data)
        return data


class _File:
    """A regular file, read without moving its position, which the processes share."""

    def __init__(self, descriptor: int, name: str, size: int) -> None:
        self.descriptor = descriptor
        self.name = name
        self.size = size

    def between(self, start: int, end: int) -> bytes:
        return os.pread(self.descriptor, end - start, start)

    def parts(self, start: int, jobs: int) -> list[_Part]:
        """The next parts, at most one for each process."""
        left = self.size - start
        count = max(1, min(jobs, left // MIN_PART))
        step = min(left // count, MAX_PART)
        reaches_end = left - step * count < MIN_PART
        parts: list[_Part] = []
        at = start
        for i in range(1, count if reaches_end else count + 1):
            split = self.split(at, start + i * step)
            if split is not None:
                parts.append(_Part(self, at, split))
                at = split
        if reaches_end or not parts:
            parts.append(_Part(self, at, None))
        return parts

    def split(self, after: int, target: int) -> int | None:
        """The start of a row near the target, where it is easy to tell how a reader stands."""
        start = max(after, target - LOOK_BACK)
        text = self.between(start, target + 1024)
        row = text.rfind(b"\n", 0, max(0, target - start)) + 1
        header = text.rfind(_HEADER, 0, row) + 1
        if header and text.count(b"\n", header, row) < ROWS_TO_PROVE:
            row = text.find(b"\n", header) + 1
        return start + row if row and _begins_row(text, row) else None

    def head(self, at: int) -> int | None:
        """Where the snapshot begins that the row at this place is in."""
        end = at
        while end > 0:
            start = max(0, end - 2**20)
            text = self.between(start, end)
            header = text.rfind(_HEADER) + 1
            if header or (start == 0 and text.startswith(_HEADER[1:])):
                return self._first_above(start + header)
            end = start and start + len(_HEADER)
        return None

    def _first_above(self, header: int) -> int:
        """Where the lines begin that stand above a header and are of its snapshot."""
        start = max(0, header - 4096)
        above = self.between(start, header).split(b"\n")[:-1]
        for line in above[: 0 if start else None : -1][:LINES_ABOVE]:
            if _begins_row(line):
                break
            header -= len(line) + 1
        return header


# Processes ----------------------------------------------------------------------------------------


_ENDING = {signal.SIGINT, signal.SIGTERM} | (
    {signal.SIGHUP} if hasattr(signal, "SIGHUP") else set()
)
"""The signals that end the command."""


class _Child:
    """A process that converts a part. What it writes goes to files that have no name any more."""

    def __init__(self, convert: Callable[[_Part, BinaryIO, BinaryIO], None], part: _Part) -> None:
        self.part = part
        self.start: str | None = None
        """How its reader stood before the part; known after `wait`."""
        self.end: str | None = None
        """How it stood behind the part."""
        self.lines = 0
        self._output = self._odd_lines = -1
        self._pid: int | None = None
        try:
            self._output, self._odd_lines = _nameless(), _nameless()
            self._pid = os.fork()
        except OSError:
            self.close()
            raise
        if self._pid == 0:
            status = 1
            try:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
                with (
                    open(self._output, "wb") as output,
                    open(self._odd_lines, "wb") as odd_lines,
                ):
                    convert(part, output, odd_lines)
                status = 0
            finally:
                os._exit(status)

    def wait(self) -> bool:
        """Waits for its end; False if it failed."""
        assert self._pid is not None
        _, status = os.waitpid(self._pid, 0)
        self._pid = None
        if status == 0:
            for record in self._records():
                if record[0] == "end":
                    _, self.start, self.end, self.lines = record
        return status == 0

    def odd_lines(self) -> Iterator[tuple[int, str, str]]:
        """The lines that it did not understand: number in the part, text, reason."""
        return (record for record in self._records() if record[0] != "end")

    def output(self) -> Iterator[bytes]:
        """What it wrote."""
        os.lseek(self._output, 0, os.SEEK_SET)
        with open(self._output, "rb", buffering=0, closefd=False) as file:
            while data := file.read(2**20):
                yield data

    def _records(self) -> Iterator[Any]:
        os.lseek(self._odd_lines, 0, os.SEEK_SET)
        with open(self._odd_lines, "rb", closefd=False) as file, suppress(EOFError):
            while True:
                yield marshal.load(file)

    def close(self) -> None:
        """Ends it, if it has not ended, and frees what it wrote."""
        if self._pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(self._pid, 0)
            self._pid = None
        for descriptor in (self._output, self._odd_lines):
            with suppress(OSError):
                os.close(descriptor)


@contextmanager
def _not_interrupted() -> Iterator[None]:
    """Lets Ctrl-C and the like wait: no process may be there that is not known of."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _nameless() -> int:
    """A new file that is gone when it is closed."""
    folder = os.environ.get("TMPDIR") or "/tmp"
    path = os.path.join(folder, f"netstat-parse-{os.urandom(8).hex()}.tmp")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    os.unlink(path)
    return descriptor


class _Work:
    """The conversion of one file."""

    def __init__(self, splitter: Splitter, file: _File) -> None:
        self._splitter = splitter
        self._sink = splitter.sink
        self._outlet = splitter.outlet
        self._on_unparsed = splitter.sink.unparsed
        self._file = file
        self._children: list[_Child] = []
        self._end_state: str | None = None
        self._use(splitter.new_reader(), 0)

    def run(self, on_damage: Callable[[InputError], None]) -> None:
        """Converts the file, in each round as many parts as there are processes."""
        try:
            is_closed = self._run()
        except InputError as error:
            on_damage(error)
            is_closed = False
        if not is_closed:
            self._reader.close()

    def _run(self) -> bool:
        """True if the last part was another process's, which has closed its reader."""
        at = self._feed_head()
        while at is not None:
            first, *others = self._file.parts(at, self._splitter.jobs)
            self._start_children(others, at)
            self._feed(first)
            used = self._take_children()
            all_used = used == len(self._children)
            last = self._children[used - 1].part if used else first
            at = last.end
            self.kill_children()
            if used and at is None:
                return True
            if used and at is not None and not (all_used and self._jump(at)):
                self._use(self._repeated(last), self._lines)
                all_used = False
            if at is not None and not all_used:
                self._feed(_Part(self._file, at, None))
                return False
        return False

    def kill_children(self) -> None:
        """Ends all other processes."""
        for child in self._children:
            child.close()
        self._children.clear()

    # This process

    def _use(self, reader: LineReader, lines: int) -> None:
        """Goes on with this reader; so many lines of the file were read until now."""
        before = lines - reader._number
        on_unparsed = self._on_unparsed
        self._reader = reader
        self._lines = lines
        self._sink.unparsed = lambda number, text, why: on_unparsed(number + before, text, why)

    def _feed_head(self) -> int | None:
        """Converts the head of the file here, until it is known how a reader stands behind it.

        Gives the place where it ends; None if there is nothing behind it.
        """
        at: int | None = 0
        while at is not None and not self._is_ready():
            # Not further: where no row is in so much, there may be none in all of the file.
            end_of_search = min(at + HEAD_STEP + LOOK_BACK, self._file.size - MIN_PART)
            places = range(at + HEAD_STEP, end_of_search, HEAD_STEP)
            ends = (self._file.split(at, place) for place in places)
            end = next((end for end in ends if end is not None), None)
            self._feed(_Part(self._file, at, end))
            at = end
        return at

    def _is_ready(self) -> bool:
        reader = self._reader
        knows_cut = reader._cut is not None or reader._row_count >= ROWS_TO_PROVE
        return self._splitter.is_ready(reader) and (knows_cut or reader.snapshots > 1)

    def _feed(self, part: _Part) -> None:
        """Converts the part here."""
        for lines, terminated in _lines_of(part):
            self._reader.feed_lines(lines, terminated=terminated)
            self._lines += len(lines)

    def _start_children(self, parts: list[_Part], at: int) -> None:
        """Begins other processes, while this one's reader stands at a place before their parts."""
        convert = partial(self._convert, os.getpid(), at)
        with suppress(OSError):  # no more processes, or no room for what they write
            for part in parts:
                with _not_interrupted():
                    self._children.append(_Child(convert, part))

    def _take_children(self) -> int:
        """Takes what the children gave, as far as they assumed what was so; of how many."""
        state = _state(self._reader, self._sink)
        for used, child in enumerate(self._children):
            if state is None or not child.wait() or child.start != state:
                return used
            out = self._outlet.file
            assert out is not None
            for data in child.output():
                out.write(data)
            for number, text, reason in child.odd_lines():
                self._on_unparsed(self._lines + number, text, reason)
            self._lines += child.lines
            state = child.end
            self._end_state = state
        return len(self._children)

    def _jump(self, at: int) -> bool:
        """Goes on with a reader that stands there; False if that is not as the last one stood."""
        reader = self._reader_at(at)
        state = reader and _state(reader, self._sink)
        if reader is None or state is None or state != self._end_state:
            return False
        self._use(reader, self._lines)
        return True

    def _reader_at(self, at: int) -> LineReader | None:
        """A reader that stands at the start of the row there, as far as the head tells."""
        head = self._file.head(at)
        return None if head is None else self._reader_behind(head, at)

    def _reader_behind(self, head: int, at: int) -> LineReader:
        reader = self._splitter.new_reader()
        with self._in_silence():
            for lines, _ in _lines_of(_Part(self._file, head, at), size=HEAD_STEP):
                reader.feed_lines(lines)
                if reader._cut is not None or reader._row_count >= ROWS_TO_PROVE:
                    break
        return reader

    def _repeated(self, part: _Part) -> LineReader:
        """A reader that stands at the part's end, of which the output was used."""
        reader = self._reader_at(part.start)
        assert reader is not None
        with self._in_silence():
            for lines, terminated in _lines_of(part):
                reader.feed_lines(lines, terminated=terminated)
        return reader

    @contextmanager
    def _in_silence(self) -> Iterator[None]:
        out, on_unparsed = self._outlet.file, self._sink.unparsed
        self._outlet.file = None
        self._sink.unparsed = lambda number, text, reason: None
        try:
            yield
        finally:
            self._outlet.file, self._sink.unparsed = out, on_unparsed

    # Another process

    def _convert(
        self, parent: int, at: int, part: _Part, output: BinaryIO, odd_lines: BinaryIO
    ) -> None:
        head = self._file.head(part.start)
        if head is None:
            raise ValueError("not a place for a split")
        reader = self._reader if head < at else self._reader_behind(head, part.start)
        start = _state(reader, self._sink)
        if start is None:
            raise ValueError("not a place for a split")
        before = reader._number
        self._outlet.file = output
        self._sink.unparsed = lambda number, text, reason: marshal.dump(
            (number - before, text, reason), odd_lines
        )
        for lines, terminated in _lines_of(part):
            reader.feed_lines(lines, terminated=terminated)
            if os.getppid() != parent:
                raise ValueError("nobody waits for the output")
        if part.end is None:
            reader.close()
        marshal.dump(("end", start, _state(reader, self._sink), reader._number - before), odd_lines)


def _lines_of(part: _Part, size: int = 2**18) -> Iterator[tuple[Sequence[Line], bool]]:
    """The part's lines, and whether the last of them has a line end."""
    file: Any = part
    for batch in raw_batches(file, size=size):
        yield batch.lines, batch.terminated


_NO_STATE = frozenset(("counts", "_sink", "_number", "_line", "_memories", "_memory", "_row_count"))
"""What a reader remembers that does not tell how it takes the next line, or is looked at below."""


def _state(reader: LineReader, sink: RowSink) -> str | None:
    """All that tells how the next line will be taken; None while lines are held back."""
    if reader._held or reader._rows or reader._headerless:
        return None
    state = {name: value for name, value in vars(reader).items() if name not in _NO_STATE}
    if state.pop("_row_end") != reader._number:
        del state["_row_text"]
    state["snapshots"] = bool(reader.snapshots)
    state["table"] = reader._memory and reader._memory.table
    state["captured_at"] = sink._captured_at
    if reader._cut is None:
        state["rows"] = min(reader._row_count, ROWS_TO_PROVE)
        state["_cut"] = reader._row_count >= ROWS_TO_PROVE or None
    if state["_cut"] is not None:
        state["rows"] = None
    return repr(state)
