"""`convert --jobs N`: parts of large files, and many files, in several processes.

A snapshot stands alone, so a file is cut where snapshots begin, and each part is converted by
itself. The output, and the lines that were not understood, are put together in order: they are what
one process would give.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import os
import pickle
import shutil
import signal
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from datetime import datetime
from itertools import chain, groupby, islice
from multiprocessing.connection import Connection, wait
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, BinaryIO, NamedTuple, TextIO

from netstat_parse.command.convert import (
    Source,
    Tally,
    convert_input,
    make_sink,
    reader_options,
)
from netstat_parse.command.messages import KilledError
from netstat_parse.command.options import find_wanted
from netstat_parse.errors import InputError, NotNetstatError
from netstat_parse.reading.lines import raw_batches
from netstat_parse.reading.parts import Part, PartReader, cut_file
from netstat_parse.reading.reader import LineReader
from netstat_parse.reading.sources import open_input
from netstat_parse.writing.text import CsvSink, JsonLinesSink
from netstat_parse.writing.whole_files import ByteWriter, binary

PARTS_AHEAD = 2
"""For each process, of so many parts the output may wait for its turn."""


class Result(NamedTuple):
    """What came of a part, besides its output."""

    lines: int = 0
    snapshots: int = 0
    failure: str = ""
    """Why it could not be read at all."""
    damage: str = ""
    """Why it could not be read to its end."""
    unknown: int = 0
    """Of so many connections it is not known whether they are wanted."""


class Task(NamedTuple):
    """A part that a process converts."""

    source: int
    """Which of the inputs it is of."""
    part: Part
    output: Path
    remarks: Path
    """Its lines that were not understood, and warnings."""
    result: Future[Result] | None
    """None for an input that is no file, which this process converts when its turn comes."""


def convert_in_processes(
    options: argparse.Namespace, form: str, sink: CsvSink | JsonLinesSink, out: TextIO, tally: Tally
) -> None:
    """Converts all inputs, each part by the next process that is free."""
    asks_for_all = bool(options.columns) and "all" in options.columns
    dialect = find_dialect(options) if asks_for_all else ""
    if dialect is None:
        for path in options.files:
            convert_input(path, options, sink, out, tally)
        return
    jobs = options.jobs or os.cpu_count() or 1
    interrupted, interrupt = multiprocessing.Pipe(duplex=False)
    with (
        TemporaryDirectory(prefix="netstat-parse-") as folder,
        ProcessPoolExecutor(jobs, initializer=_begin_process, initargs=(interrupted,)) as pool,
    ):
        try:
            sink.resolve(dialect)
            tasks = _ahead(_submit_parts(pool, options, form, dialect, folder), jobs * PARTS_AHEAD)
            for _, parts in groupby(tasks, key=lambda task: task.source):
                _take_input(parts, options, sink, out, tally)
        except BaseException:
            interrupt.send_bytes(b"end")
            pool.shutdown(cancel_futures=True)
            raise


def find_dialect(options: argparse.Namespace) -> str | None:
    """The dialect of the first snapshot in the inputs, whose columns `all` stands for.

    Empty if there is no snapshot; None if an input comes first that can't be read twice.
    """
    for path in options.files:
        if _is_pipe(path):
            return None
        found = _find_dialect_in(path, options)
        if found:
            return found
    return ""


def _find_dialect_in(path: str, options: argparse.Namespace) -> str:
    sink = _DialectSink()
    reader = LineReader(sink, reader_options(options))
    with suppress(NotNetstatError):
        with suppress(InputError), open_input(path) as file:
            for lines, terminated in raw_batches(file):
                reader.feed_lines(lines, terminated=terminated)
                if sink.dialect:
                    break
        reader.close()
    return sink.dialect


class _DialectSink(CsvSink):
    """Keeps the dialect of the first snapshot."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), lambda *_: None, lambda _: None)
        self.dialect = ""

    def start(self, dialect: str, captured_at: datetime | None) -> None:
        """A snapshot begins."""
        self.dialect = self.dialect or dialect

    def write(self, made: list[Any]) -> None:
        """Rows are not needed."""


def _is_pipe(path: str) -> bool:
    return path == "-" or Path(path).is_fifo()


def _take_input(
    parts: Iterator[Task],
    options: argparse.Namespace,
    sink: CsvSink | JsonLinesSink,
    out: TextIO,
    tally: Tally,
) -> None:
    """Writes what came of the parts of one input."""
    first = next(parts)
    if first.result is None:
        convert_input(first.part.path, options, sink, out, tally)
    else:
        with tally.following(first.part.path) as source:
            _join_parts(chain((first,), parts), source, sink, binary(out), tally)


def _submit_parts(
    pool: ProcessPoolExecutor, options: argparse.Namespace, form: str, dialect: str, folder: str
) -> Iterator[Task]:
    number = 0
    for index, path in enumerate(options.files):
        for part in cut_file(path, reader_options(options)):
            number += 1
            output, remarks = Path(folder, f"{number}.out"), Path(folder, f"{number}.remarks")
            result: Future[Result] | None = None
            if not _is_pipe(path):
                try:
                    result = pool.submit(
                        _convert_part, options, form, part, dialect, output, remarks
                    )
                except BrokenProcessPool as error:
                    result = Future()
                    result.set_exception(error)
            yield Task(index, part, output, remarks, result)


def _ahead(tasks: Iterator[Task], count: int) -> Iterator[Task]:
    """The tasks in order; up to so many more have been submitted before each is given."""
    waiting = deque(islice(tasks, count))
    while waiting:
        yield waiting.popleft()
        waiting.extend(islice(tasks, 1))


def _join_parts(
    tasks: Iterator[Task],
    source: Source,
    sink: CsvSink | JsonLinesSink,
    file: ByteWriter,
    tally: Tally,
) -> None:
    """Puts together what came of the parts of one input."""
    lines = snapshots = 0
    for task in tasks:
        if task.part.start == 0:
            with suppress(OSError):
                source.show_progress(os.stat(task.part.path).st_size)
        assert task.result is not None
        try:
            result = task.result.result()
        except BrokenProcessPool as error:
            reason = "a process that converted it was killed; try fewer --jobs"
            raise KilledError(f"{task.part.path}: {reason}") from error
        if result.failure:
            raise InputError(result.failure)
        with open(task.output, "rb") as output:
            if result.snapshots:
                sink.begin()
            shutil.copyfileobj(output, file, 2**20)
        for remark in _load(task.remarks):
            if isinstance(remark, str):
                sink.warn(remark)
            else:
                number, text, reason = remark
                tally.add_unparsed(lines + number, text, reason)
        task.output.unlink()
        task.remarks.unlink()
        lines, snapshots = lines + result.lines, snapshots + result.snapshots
        if tally.wanted is not None:
            tally.wanted.unknown += result.unknown
        source.advance((task.part.end or task.part.start) - task.part.start)
        source.found(snapshots)
        if result.damage:
            source.fail(result.damage)
    if not snapshots:
        raise NotNetstatError(lines, 1, "", "no netstat output in the input")


def _load(path: Path) -> Iterator[tuple[int, str, str] | str]:
    with open(path, "rb") as file, suppress(EOFError):
        while True:
            yield pickle.load(file)


# In another process -------------------------------------------------------------------------------


def _begin_process(interrupted: Connection) -> None:
    """Leaves interrupts to the process that started this one, and ends with it or its work."""
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


def _convert_part(
    options: argparse.Namespace, form: str, part: Part, dialect: str, output: Path, remarks: Path
) -> Result:
    """Converts a part, to a file of its own; what is to be said of it goes to another, in order."""
    failure = damage = ""
    with open(output, "wb") as out, open(remarks, "wb") as said:

        def keep(number: int, text: str, reason: str) -> None:
            pickle.dump((number, text, reason), said)

        def warn(text: str) -> None:
            pickle.dump(text, said)

        sink = make_sink(options, form, out, keep, warn)
        sink.source = part.path
        sink.resolve(dialect)
        sink.leave_out_header()
        wanted = find_wanted(options)
        reader = LineReader(wanted.over(sink) if wanted else sink, reader_options(options))
        try:
            with open_input(part.path) as file:
                for lines, terminated in raw_batches(_bytes_of(file, part)):
                    reader.feed_lines(lines, terminated=terminated)
        except InputError as error:
            failure, damage = ("", str(error)) if sum(reader.counts.values()) else (str(error), "")
        with suppress(NotNetstatError):
            reader.close()
    count = sum(reader.counts.values())
    return Result(count, reader.snapshots, failure, damage, wanted.unknown if wanted else 0)


def _bytes_of(file: BinaryIO, part: Part) -> Any:
    is_whole = part.start == 0 and part.end is None
    return file if is_whole else PartReader(file, part)
