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
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from itertools import count, groupby, islice
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for_first
from multiprocessing.sharedctypes import SynchronizedArray
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, NamedTuple, TextIO

from netstat_parse.command.formats import ARROW_SUFFIXES
from netstat_parse.command.input_options import find_wanted
from netstat_parse.command.inputs import Inputs, reader_options
from netstat_parse.command.messages import KilledError
from netstat_parse.command.sinks import convert_file, make_arrow_sink, make_sink
from netstat_parse.command.tally import Source
from netstat_parse.errors import InputError, NotNetstatError
from netstat_parse.reading.account import Spent
from netstat_parse.reading.inputs import is_archive, shown_name
from netstat_parse.reading.lines import raw_batches
from netstat_parse.reading.parts import Part, PartReader, find_parts
from netstat_parse.reading.reader import LineReader
from netstat_parse.reading.sources import open_input
from netstat_parse.schema import get_kind
from netstat_parse.writing.choice import copy
from netstat_parse.writing.text import RowSink

PARTS_AHEAD = 2
"""For each process, of so many parts the output may wait for its turn."""
SECONDS_BETWEEN = 0.2
"""How often progress is shown."""


class Task(NamedTuple):
    """A part of an input that another process converts."""

    output: str
    """The file that it writes. Beside it stands what is to be said of the part."""
    source: int
    """Which of the inputs it is of."""
    part: Part
    spent: Spent | None = None
    """What was spent of the input before it; None: nothing that matters."""

    @property
    def remarks(self) -> str:
        """The file of its lines that were not understood, of notes and warnings."""
        return f"{self.output}.remarks"

    def held(self, kind: str) -> str:
        """The file of the rows of a kind of which it is not known yet whether they are written."""
        return f"{self.output}.{kind}"


class Result(NamedTuple):
    """What came of a part, besides its output and its remarks."""

    spent: Spent
    lines: int
    snapshots: int
    error: str
    """Why it could not be read to its end."""
    reason: str
    """Why there is no snapshot in it."""
    kinds: tuple[str, ...]
    """The names of the kinds of its tables."""
    unknown: int
    """Of so many connections it is not known whether they are wanted."""
    held: tuple[str, ...]
    """The names of the kinds of which rows are held."""


class Setting(NamedTuple):
    """What all processes know."""

    options: argparse.Namespace
    form: str
    dialects: Sequence[str]
    """Those whose columns `all` stands for."""
    mark: str
    """A random word, which no input can hold. Behind it stands the number of a snapshot in its
    part; the number among all snapshots is known when the parts are put together."""
    read: SynchronizedArray[int]
    """How many bytes were read of each input."""

    @property
    def is_numbered(self) -> bool:
        """Whether rows of text have the numbers of their snapshots."""
        columns = self.options.columns or ()
        return "all" in columns or "snapshot" in columns


def convert_in_processes(
    options: argparse.Namespace,
    form: str,
    dialects: Sequence[str],
    sink: RowSink,
    out: TextIO,
    inputs: Inputs,
) -> None:
    """Converts all inputs, each part by the next process that is free.

    `dialects` are those whose columns `all` stands for. Where none are known, what comes first
    tells, so the inputs are converted here.
    """
    if form == "csv" and options.columns and "all" in options.columns and not dialects:
        for path in inputs.files:
            convert_file(path, options, sink, out, inputs.tally)
        return
    jobs = options.jobs or os.cpu_count() or 1
    read = multiprocessing.Array("q", len(inputs.files))
    setting = Setting(options, form, dialects, os.urandom(16).hex(), read)
    interrupted, interrupt = multiprocessing.Pipe(duplex=False)
    with (
        TemporaryDirectory(prefix="netstat-parse-") as folder,
        ProcessPoolExecutor(
            jobs, initializer=_begin_process, initargs=(interrupted, setting)
        ) as pool,
    ):
        try:
            submitted = _ahead(_submit(pool, folder, inputs.files, options), jobs * PARTS_AHEAD)
            for source, parts in groupby(submitted, key=lambda pair: pair[0].source):
                path = inputs.files[source]
                if _is_read_here(path):
                    convert_file(path, options, sink, out, inputs.tally)
                    continue
                with inputs.tally.following(shown_name(path)) as shown:
                    shown.show_progress(os.path.getsize(path) if os.path.exists(path) else 0)
                    results = _in_order(pool, parts, setting, shown)
                    _join(results, setting, shown, sink, inputs)
        except BaseException as error:
            interrupt.send_bytes(b"end")
            pool.shutdown(cancel_futures=True)
            if isinstance(error, BrokenProcessPool):
                path = inputs.tally.source or inputs.files[0]
                reason = "a process that converted it was killed; try fewer --jobs"
                raise KilledError(f"{path}: {reason}") from error
            raise


def _is_read_here(path: str) -> bool:
    """True for what can be read only once, and for archives and folders, which can't be cut."""
    return path == "-" or Path(path).is_fifo() or Path(path).is_dir() or is_archive(path)


Submitted = tuple[Task, "Future[Result]"]
"""A task and what will come of it."""


def _submit(
    pool: ProcessPoolExecutor, folder: str, files: Sequence[str], options: argparse.Namespace
) -> Iterator[Submitted]:
    """Submits the parts of all inputs. Those that are read here have one that nobody converts."""
    numbers = count()
    for source, path in enumerate(files):
        if _is_read_here(path):
            yield Task("", source, Part(path)), Future()
            continue
        # In other encodings than UTF-8 it is not known where lines end.
        is_whole = options.encoding is not None
        for part in [Part(path)] if is_whole else find_parts(path, reader_options(options)):
            task = Task(os.path.join(folder, str(next(numbers))), source, part)
            yield task, pool.submit(_convert_part, task)


def _ahead(submitted: Iterator[Submitted], ahead: int) -> Iterator[Submitted]:
    """The same in order; up to so many more have been submitted before each is given."""
    waiting = deque(islice(submitted, ahead))
    while waiting:
        yield waiting.popleft()
        waiting.extend(islice(submitted, 1))


def _in_order(
    pool: ProcessPoolExecutor, parts: Iterator[Submitted], setting: Setting, source: Source
) -> Iterator[tuple[Task, Result]]:
    """What came of the parts of one input, up to where it can't be read.

    A part is converted once more where more would be spent than an input may cost.
    """
    spent = Spent()
    for task, future in parts:
        while not wait([future], SECONDS_BETWEEN).done:
            source.has_read(setting.read[task.source])
        result = future.result()
        if spent.has_room_for(result.spent):
            spent.add(result.spent)
        else:
            result = pool.submit(_convert_part, task._replace(spent=spent)).result()
            spent = result.spent
        source.has_read(setting.read[task.source])
        yield task, result
        if result.error:
            break
    for _, future in parts:
        future.cancel()


def _join(
    results: Iterator[tuple[Task, Result]],
    setting: Setting,
    source: Source,
    sink: RowSink,
    inputs: Inputs,
) -> None:
    """Puts together what came of the parts of one input."""
    lines = snapshots = 0
    reason = ""
    sink.begin_source(inputs.tally.source)
    for task, result in results:
        if os.path.getsize(task.output):
            sink.begin()
        with open(task.output, "rb") as output:
            sink.append(output, setting.mark if setting.is_numbered else "")
        os.unlink(task.output)
        for kind in result.held:
            with open(task.held(kind), "rb") as held:
                sink.take(get_kind(kind), held)
            os.unlink(task.held(kind))
        for say, *remark in _load(task.remarks):
            if say == "unparsed":
                remark[0] += lines
            getattr(sink, say)(*remark)
        os.unlink(task.remarks)
        sink.snapshots += result.snapshots
        sink.kinds.update(map(get_kind, result.kinds))
        if inputs.tally.wanted is not None:
            inputs.tally.wanted.unknown += result.unknown
        lines, snapshots = lines + result.lines, snapshots + result.snapshots
        reason = reason or result.reason
        if result.error and not lines:
            raise InputError(result.error)
        if result.error:
            source.fail(result.error)
        source.found(snapshots)
    if not snapshots:
        raise NotNetstatError(lines, 1, "", reason)
    inputs.tally.end_source(setting.options, sink)


def _load(path: str) -> Iterator[Any]:
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
    # Nobody takes the message, so every process sees it.
    wait_for_first((interrupted, parent.sentinel))
    os._exit(1)


def _convert_part(task: Task) -> Result:
    """Converts a part, to a file of its own; what is to be said of it goes to another, in order."""
    options = _setting.options
    error = reason = ""
    wanted = find_wanted(options)
    with open(task.output, "wb") as out, open(task.remarks, "wb") as remarks:

        def say(how: str, *remark: Any) -> None:
            pickle.dump((how, *remark), remarks)

        unparsed, note, warn = (partial(say, how) for how in ("unparsed", "note", "warn"))
        if _setting.form in ARROW_SUFFIXES.values():
            from netstat_parse.writing.arrow import RowsFile

            sink = make_arrow_sink(options, RowsFile(out), unparsed, note)
        else:
            sink = make_sink(options, _setting.form, out, unparsed, note, warn)
        sink.begin_source(shown_name(task.part.path))
        sink.number_mark = _setting.mark
        sink.resolve(*_setting.dialects)
        sink.leave_out_header()
        reader = LineReader(
            wanted.over(sink) if wanted else sink, reader_options(options), task.spent
        )
        try:
            with open_input(task.part.path) as file:
                bytes_of_part: Any = PartReader(file, task.part) if task.part.is_cut else file
                for batch in raw_batches(
                    bytes_of_part, on_bytes=partial(_count, task.source), encoding=options.encoding
                ):
                    reader.feed_lines(batch.lines, terminated=batch.terminated)
                    batch.lines.clear()  # so the next ones take the same memory, which is near
        except InputError as failure:
            error = str(failure)
        try:
            reader.close()
        except NotNetstatError as failure:
            reason = failure.expected
        sink.flush()
        for kind, rows in sink.held.items():
            with open(task.held(kind.name), "wb") as file:
                copy(rows, file)
    return Result(
        reader.spent,
        sum(reader.counts.values()),
        reader.snapshots,
        error,
        reason,
        tuple(kind.name for kind in sink.kinds),
        wanted.unknown if wanted else 0,
        tuple(kind.name for kind in sink.held),
    )


def _count(source: int, size: int) -> None:
    with _setting.read.get_lock():
        _setting.read[source] += size
