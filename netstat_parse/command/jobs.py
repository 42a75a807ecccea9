"""`convert --jobs N`: parts of large files, and many files, in several processes.

A snapshot stands alone, so a file is cut where snapshots begin, and each part is converted by
itself. The output, and the lines that were not understood, are put together in order: they are what
one process would give.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import pickle
import re
import shutil
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from itertools import groupby, islice
from multiprocessing.connection import Connection, wait
from multiprocessing.sharedctypes import RawArray
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, BinaryIO, NamedTuple, TextIO

from netstat_parse.command.convert import convert_file, make_sink
from netstat_parse.command.input_options import find_wanted
from netstat_parse.command.inputs import Inputs, Source, Tally, check_table, reader_options
from netstat_parse.command.messages import KilledError
from netstat_parse.errors import InputError, NotNetstatError
from netstat_parse.reading.account import Spent
from netstat_parse.reading.inputs import is_archive
from netstat_parse.reading.lines import raw_batches
from netstat_parse.reading.parts import (
    Part,
    PartReader,
    find_part,
    places_for_cuts,
)
from netstat_parse.reading.reader import LineReader
from netstat_parse.reading.sources import open_input
from netstat_parse.schema import get_kind
from netstat_parse.writing.text import CsvSink, JsonLinesSink
from netstat_parse.writing.whole_files import ByteWriter, binary

PARTS_AHEAD = 2
"""For each process, of so many parts the output may wait for its turn."""
SECONDS_BETWEEN = 0.2
"""How often progress is shown."""


class Task(NamedTuple):
    """A part of an input that another process converts."""

    number: int
    source: int
    """Which of the inputs it is of."""
    path: str
    places: range
    """Where the input may be cut."""
    place: int
    """Behind which of these places the part is looked for."""
    rest: tuple[Part, Spent] | None = None
    """The part, if it is known, and what was spent of the input before it."""


class Result(NamedTuple):
    """What came of a part, besides its output."""

    part: Part | None = None
    """None if there is none behind that place: what stands there is of the part before."""
    spent: Spent = Spent()
    lines: int = 0
    snapshots: int = 0
    error: str = ""
    """Why it could not be read to its end."""
    reason: str = ""
    """Why there is no snapshot in it."""
    kinds: tuple[str, ...] = ()
    """The names of the kinds of its tables."""
    unknown: int = 0
    """Of so many connections it is not known whether they are wanted."""


class Setting(NamedTuple):
    """What all processes know."""

    options: argparse.Namespace
    form: str
    dialects: tuple[str, ...]
    """Those whose columns `all` stands for."""
    mark: str
    """A random word, which no input can hold. Behind it stands the number of a snapshot in its
    part; the number among all snapshots is known when the parts are put together."""
    folder: str
    """Where each process leaves what it has converted."""
    read: Any
    """How many bytes of the parts were read that are being converted."""

    @property
    def is_numbered(self) -> bool:
        """Whether rows have the numbers of their snapshots."""
        columns = self.options.columns or ()
        return "all" in columns or "snapshot" in columns

    def files_of(self, task: Task) -> tuple[Path, Path]:
        """The output of a task; its lines that were not understood, and warnings."""
        return Path(self.folder, f"{task.number}.out"), Path(self.folder, f"{task.number}.remarks")

    def slot_of(self, task: Task) -> int:
        """Where in `read` its bytes are."""
        return task.number % len(self.read)


Tasks = Iterator[tuple[Task, "Future[Result] | None"]]
"""Tasks and what will come of them; None for a pipe, which this process converts in its turn."""


def convert_in_processes(
    options: argparse.Namespace,
    form: str,
    dialects: Sequence[str],
    sink: CsvSink | JsonLinesSink,
    out: TextIO,
    inputs: Inputs,
) -> None:
    """Converts all inputs, each part by the next process that is free.

    `dialects` are those whose columns `all` stands for. Where none are known, what comes first
    tells, so the inputs are converted here.
    """
    if options.columns and "all" in options.columns and not dialects:
        for path in inputs.files:
            convert_file(path, options, sink, out, inputs.tally)
        return
    jobs = options.jobs or os.cpu_count() or 1
    ahead = jobs * PARTS_AHEAD
    interrupted, interrupt = multiprocessing.Pipe(duplex=False)
    with TemporaryDirectory(prefix="netstat-parse-") as folder:
        mark, read = os.urandom(16).hex(), RawArray("q", ahead + 2)
        setting = Setting(options, form, tuple(dialects), mark, folder, read)
        with ProcessPoolExecutor(
            jobs, initializer=_begin_process, initargs=(interrupted, setting)
        ) as pool:
            try:
                tasks = _ahead(_submit_parts(pool, inputs.files, options), ahead)
                for index, parts in groupby(tasks, key=lambda pair: pair[0].source):
                    path = inputs.files[index]
                    if _is_read_here(path):
                        convert_file(path, options, sink, out, inputs.tally)
                        continue
                    with inputs.tally.following(path) as source:
                        results = _in_order(pool, parts, setting, source)
                        _join_parts(results, setting, source, sink, binary(out), inputs.tally)
            except BaseException:
                interrupt.send_bytes(b"end")
                pool.shutdown(cancel_futures=True)
                raise


def _is_read_here(path: str) -> bool:
    """True for what can be read only once, and for archives and folders, which can't be cut."""
    return path == "-" or Path(path).is_fifo() or Path(path).is_dir() or is_archive(path)


def _submit_parts(
    pool: ProcessPoolExecutor, files: Sequence[str], options: argparse.Namespace
) -> Tasks:
    number = 0
    for source, path in enumerate(files):
        is_read_here = _is_read_here(path)
        # In other encodings than UTF-8 it is not known where lines end.
        is_whole = is_read_here or options.encoding is not None
        places = range(1) if is_whole else places_for_cuts(path)
        for place in range(len(places)):
            task = Task(number, source, path, places, place)
            yield task, None if is_read_here else _submit(pool, task)
            number += 1


def _submit(pool: ProcessPoolExecutor, task: Task) -> Future[Result]:
    try:
        return pool.submit(_convert_part, task)
    except BrokenProcessPool as error:
        result: Future[Result] = Future()
        result.set_exception(error)
        return result


def _ahead(tasks: Tasks, count: int) -> Tasks:
    """The tasks in order; up to so many more have been submitted before each is given."""
    waiting = deque(islice(tasks, count))
    while waiting:
        yield waiting.popleft()
        waiting.extend(islice(tasks, 1))


def _in_order(
    pool: ProcessPoolExecutor, tasks: Tasks, setting: Setting, source: Source
) -> Iterator[tuple[Task, Result]]:
    """What came of the parts of one input, in their order.

    Where a part does not begin at the end of the one before, or where more would be spent than an
    input may cost, all from there on is converted once more, as one part.
    """
    task, result, spent = None, Result(), Spent()
    end: int | None = 0
    for task, future in tasks:
        assert future is not None
        result = _wait_for(task, future, end or 0, setting, source)
        if result.part is None:
            continue
        if result.part.start != end or not spent.has_room_for(result.spent):
            break
        yield task, result
        spent.add(result.spent)
        end = result.part.end
        if result.error:
            break
    for _, future in tasks:
        assert future is not None
        future.cancel()
    if end is not None and not result.error:
        assert task is not None
        task = task._replace(rest=(Part(task.path, end), spent))
        yield task, _wait_for(task, _submit(pool, task), end, setting, source)


def _wait_for(
    task: Task, future: Future[Result], start: int, setting: Setting, source: Source
) -> Result:
    """What came of a part; shows meanwhile how much of the input was read up to it."""
    while not wait_for([future], SECONDS_BETWEEN).done:
        source.has_read(start + setting.read[setting.slot_of(task)])
    setting.read[setting.slot_of(task)] = 0
    try:
        return future.result()
    except BrokenProcessPool as error:
        reason = "a process that converted it was killed; try fewer --jobs"
        raise KilledError(f"{task.path}: {reason}") from error


def _join_parts(
    results: Iterator[tuple[Task, Result]],
    setting: Setting,
    source: Source,
    sink: CsvSink | JsonLinesSink,
    file: ByteWriter,
    tally: Tally,
) -> None:
    """Puts together what came of the parts of one input."""
    lines = snapshots = size = 0
    reason = ""
    sink.begin_source(tally.source)
    with suppress(OSError):
        size = os.stat(tally.source).st_size
    source.show_progress(size)
    for task, result in results:
        output, remarks = setting.files_of(task)
        if output.stat().st_size:
            sink.begin()
        with open(output, "rb") as written:
            if setting.is_numbered:
                file.write(_number_snapshots(written.read(), setting.mark, sink.snapshots))
            else:
                shutil.copyfileobj(written, file, 2**20)
        sink.snapshots += result.snapshots
        if tally.wanted is not None:
            tally.wanted.unknown += result.unknown
        sink.kinds.update(map(get_kind, result.kinds))
        for say, *remark in _load(remarks):
            if say == "note":
                sink.note(*remark)
            elif say == "warn":
                sink.warn(*remark)
            else:
                number, text, why = remark
                tally.add_unparsed(lines + number, text, why)
        output.unlink()
        remarks.unlink()
        lines, snapshots = lines + result.lines, snapshots + result.snapshots
        reason = reason or result.reason
        if result.error and not lines:
            raise InputError(result.error)
        if result.error:
            source.fail(result.error)
        source.found(snapshots)
        source.has_read((result.part and result.part.end) or size)
    if not snapshots:
        raise NotNetstatError(lines, 1, "", reason)
    check_table(setting.options, sink.kind, sink.kinds, sink.has_others)


def _number_snapshots(output: bytes, mark: str, before: int) -> bytes:
    """Puts numbers of snapshots in the place of their marks; `before` came before this part."""
    pattern = mark.encode() + b"([0-9]+)"
    return re.sub(pattern, lambda found: b"%d" % (before + int(found[1])), output)


def _load(path: Path) -> Iterator[Any]:
    with open(path, "rb") as file, suppress(EOFError):
        while True:
            yield pickle.load(file)


# In another process -------------------------------------------------------------------------------

_setting: Setting


def _begin_process(interrupted: Connection, setting: Setting) -> None:
    """Leaves interrupts to the process that started this one, and ends with it or its work."""
    global _setting
    _setting = setting
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    Thread(target=_end_when_interrupted, args=(interrupted,), daemon=True).start()


def _end_when_interrupted(interrupted: Connection) -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait((interrupted, parent.sentinel))  # nobody takes the message, so every process sees it
    os._exit(1)


def _convert_part(task: Task) -> Result:
    """Converts a part, to a file of its own; what is to be said of it goes to another, in order."""
    options, slot = _setting.options, _setting.slot_of(task)
    output, remarks = _setting.files_of(task)
    error = reason = ""

    def count_bytes(count: int) -> None:
        _setting.read[slot] += count

    def keep(number: int, text: str, reason: str) -> None:
        pickle.dump(("unparsed", number, text, reason), said)

    def note(text: str) -> None:
        pickle.dump(("note", text), said)

    def warn(text: str) -> None:
        pickle.dump(("warn", text), said)

    with open(output, "wb") as out, open(remarks, "wb") as said:
        sink = make_sink(options, _setting.form, out, keep, note, warn)
        sink.begin_source(task.path)
        sink.number_mark = _setting.mark
        sink.resolve(*_setting.dialects)
        sink.leave_out_header()
        part, spent = task.rest or (None, None)
        wanted = find_wanted(options)
        filtered = wanted.over(sink) if wanted else sink
        reader = LineReader(filtered, reader_options(options), spent)
        try:
            with open_input(task.path) as file:
                part = part or find_part(file, task.places, task.place, reader_options(options))
                if part is None:
                    return Result()
                bytes_of_part = _bytes_of(file, part)
                pieces = raw_batches(bytes_of_part, on_bytes=count_bytes, encoding=options.encoding)
                for lines, terminated in pieces:
                    reader.feed_lines(lines, terminated=terminated)
        except InputError as failure:
            error = str(failure)
        try:
            reader.close()
        except NotNetstatError as failure:
            reason = failure.expected
    kinds = tuple(kind.name for kind in sink.kinds)
    count = sum(reader.counts.values())
    part = part or Part(task.path)
    unknown = wanted.unknown if wanted else 0
    return Result(part, reader.spent, count, reader.snapshots, error, reason, kinds, unknown)


def _bytes_of(file: BinaryIO, part: Part) -> Any:
    if part == Part(part.path):
        return file
    return PartReader(file, part)
