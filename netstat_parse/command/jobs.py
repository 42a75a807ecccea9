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
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from itertools import chain, groupby, islice
from multiprocessing.connection import Connection, wait
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, BinaryIO, NamedTuple, TextIO

from netstat_parse.command.convert import convert_file, make_sink
from netstat_parse.command.inputs import Inputs, Source, Tally, check_table, reader_options
from netstat_parse.command.messages import KilledError
from netstat_parse.errors import InputError, NotNetstatError
from netstat_parse.reading.inputs import is_archive
from netstat_parse.reading.lines import raw_batches
from netstat_parse.reading.parts import Part, PartReader, cut_file
from netstat_parse.reading.reader import LineReader
from netstat_parse.reading.sources import open_input
from netstat_parse.schema import get_kind
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
    reason: str = ""
    """Why there is no snapshot in it."""
    kinds: tuple[str, ...] = ()
    """The names of the kinds of its tables."""


class _Work(NamedTuple):
    """What every process must know."""

    options: argparse.Namespace
    form: str
    dialects: tuple[str, ...]
    mark: str
    """A random word, which no input can hold. Behind it stands the number of a snapshot in its
    part; the number among all snapshots is known when the parts are put together."""

    @property
    def is_numbered(self) -> bool:
        """Whether rows have the numbers of their snapshots."""
        columns = self.options.columns or ()
        return "all" in columns or "snapshot" in columns


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
    options: argparse.Namespace,
    form: str,
    dialects: Sequence[str],
    sink: CsvSink | JsonLinesSink,
    out: TextIO,
    inputs: Inputs,
) -> None:
    """Converts all inputs, each part by the next process that is free.

    `dialects` are those whose columns `all` stands for; where none are known, what comes first
    tells, so the inputs are converted here.
    """
    if options.columns and "all" in options.columns and not dialects:
        for path in inputs.files:
            convert_file(path, options, sink, out, inputs.tally)
        return
    jobs = options.jobs or os.cpu_count() or 1
    work = _Work(options, form, tuple(dialects), os.urandom(16).hex())
    interrupted, interrupt = multiprocessing.Pipe(duplex=False)
    with (
        TemporaryDirectory(prefix="netstat-parse-") as folder,
        ProcessPoolExecutor(jobs, initializer=_begin_process, initargs=(interrupted,)) as pool,
    ):
        try:
            tasks = _ahead(_submit_parts(pool, work, inputs.files, folder), jobs * PARTS_AHEAD)
            for _, parts in groupby(tasks, key=lambda task: task.source):
                _take_input(parts, work, sink, out, inputs.tally)
        except BaseException:
            interrupt.send_bytes(b"end")
            pool.shutdown(cancel_futures=True)
            raise


def _is_read_here(path: str) -> bool:
    """True for what can be read only once, and for archives, which are no files to cut."""
    return path == "-" or Path(path).is_fifo() or is_archive(path)


def _take_input(
    parts: Iterator[Task],
    work: _Work,
    sink: CsvSink | JsonLinesSink,
    out: TextIO,
    tally: Tally,
) -> None:
    """Writes what came of the parts of one input."""
    first = next(parts)
    if first.result is None:
        convert_file(first.part.path, work.options, sink, out, tally)
    else:
        with tally.following(first.part.path) as source:
            _join_parts(chain((first,), parts), work, source, sink, binary(out), tally)


def _submit_parts(
    pool: ProcessPoolExecutor, work: _Work, files: Sequence[str], folder: str
) -> Iterator[Task]:
    number = 0
    for index, path in enumerate(files):
        is_read_here = _is_read_here(path)
        # In other encodings than UTF-8 it is not known where lines end.
        is_whole = is_read_here or work.options.encoding is not None
        for part in [Part(path)] if is_whole else cut_file(path, reader_options(work.options)):
            number += 1
            output, remarks = Path(folder, f"{number}.out"), Path(folder, f"{number}.remarks")
            result: Future[Result] | None = None
            if not is_read_here:
                try:
                    result = pool.submit(_convert_part, work, part, output, remarks)
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
    work: _Work,
    source: Source,
    sink: CsvSink | JsonLinesSink,
    file: ByteWriter,
    tally: Tally,
) -> None:
    """Puts together what came of the parts of one input."""
    lines = snapshots = 0
    reason = ""
    sink.begin_source(tally.source)
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
            if work.is_numbered:
                file.write(_number_snapshots(output.read(), work.mark, sink.snapshots))
            else:
                shutil.copyfileobj(output, file, 2**20)
        sink.snapshots += result.snapshots
        sink.kinds.update(map(get_kind, result.kinds))
        for about, *remark in _load(task.remarks):
            if about == "note":
                sink.note(*remark)
            elif about == "warning":
                sink.warn(*remark)
            else:
                number, text, reason = remark
                tally.add_unparsed(lines + number, text, reason)
        task.output.unlink()
        task.remarks.unlink()
        lines, snapshots = lines + result.lines, snapshots + result.snapshots
        reason = reason or result.reason
        source.advance((task.part.end or task.part.start) - task.part.start)
        source.found(snapshots)
        if result.damage:
            source.fail(result.damage)
    if not snapshots:
        raise NotNetstatError(lines, 1, "", reason or "no netstat output in the input")
    check_table(work.options, sink.kind, sink.kinds, sink.has_others)


def _number_snapshots(output: bytes, mark: str, before: int) -> bytes:
    """Puts the numbers of snapshots in the place of their marks; `before` came before this part."""
    return re.sub(
        mark.encode() + b"([0-9]+)", lambda found: b"%d" % (before + int(found[1])), output
    )


def _load(path: Path) -> Iterator[Any]:
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


def _convert_part(work: _Work, part: Part, output: Path, remarks: Path) -> Result:
    """Converts a part, to a file of its own; what is to be said of it goes to another, in order."""
    failure = damage = reason = ""
    options = work.options
    with open(output, "wb") as out, open(remarks, "wb") as said:

        def keep(*unparsed: int | str) -> None:
            pickle.dump(("unparsed", *unparsed), said)

        def note(text: str) -> None:
            pickle.dump(("note", text), said)

        def warn(text: str) -> None:
            pickle.dump(("warning", text), said)

        sink = make_sink(options, work.form, out, keep, note, warn)
        sink.begin_source(part.path)
        sink.number_mark = work.mark
        sink.resolve(*work.dialects)
        sink.leave_out_header()
        reader = LineReader(sink, reader_options(options))
        try:
            with open_input(part.path) as file:
                pieces = raw_batches(_bytes_of(file, part), encoding=options.encoding)
                for lines, terminated in pieces:
                    reader.feed_lines(lines, terminated=terminated)
        except InputError as error:
            failure, damage = ("", str(error)) if sum(reader.counts.values()) else (str(error), "")
        try:
            reader.close()
        except NotNetstatError as error:
            reason = error.expected
    count = sum(reader.counts.values())
    kinds = tuple(kind.name for kind in sink.kinds)
    return Result(count, reader.snapshots, failure, damage, reason, kinds)


def _bytes_of(file: BinaryIO, part: Part) -> Any:
    is_whole = part.start == 0 and part.end is None
    return file if is_whole else PartReader(file, part)
