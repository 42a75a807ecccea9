"""`netstat-parse convert`."""

from __future__ import annotations

import argparse
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from netstat_parse.command.messages import (
    PARTLY,
    UNDERSTOOD,
    NothingReadError,
    StrictError,
    complain,
)
from netstat_parse.command.options import check_columns, find_format, find_wanted
from netstat_parse.errors import InputError, NotNetstatError, ParseError
from netstat_parse.reading.lines import decoded, raw_batches
from netstat_parse.reading.options import Options
from netstat_parse.reading.reader import LineReader
from netstat_parse.reading.sources import open_input
from netstat_parse.schema import get_kind
from netstat_parse.writing.text import CsvSink, JsonLinesSink, quote
from netstat_parse.writing.whole_files import binary, open_output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from netstat_parse.command.where import Wanted
    from netstat_parse.models import Snapshot
    from netstat_parse.reading.lines import RawBatch
    from netstat_parse.writing.terminal import Progress
    from netstat_parse.writing.whole_files import ByteWriter


def convert(options: argparse.Namespace) -> int:
    """Converts saved netstat output; gives the exit status."""
    form = find_format(options.output, options.to)
    check_columns(options, form)
    wanted = find_wanted(options)
    with ExitStack() as stack:
        rejects = options.rejects and stack.enter_context(open_output(options.rejects))
        out = stack.enter_context(open_output(options.output))
        tally = Tally(rejects, wanted)
        if form in ("csv", "jsonl"):
            _convert_rows(options, form, out, tally)
        else:
            from netstat_parse.command.writing import write_snapshots

            snapshots = _read_snapshots(options, tally)
            write_snapshots(
                options, form, out, wanted.snapshots(snapshots) if wanted else snapshots
            )
        return tally.status()


class Source:
    """An input that is being read, and the progress that is shown of it."""

    def __init__(self, path: str) -> None:
        self.is_live = False
        self.is_damaged = False
        self._path = path
        self._progress: Progress | None = None

    def batches(self) -> Iterator[RawBatch]:
        """The input's lines, up to where it is damaged.

        Raises InputError if not even the first could be read.
        """
        with open_input(self._path) as file:
            status = os.fstat(file.fileno())
            self.is_live = not stat.S_ISREG(status.st_mode)
            self.show_progress(0 if self.is_live else status.st_size)
            on_bytes = self._progress.advance if self._progress else None
            has_begun = False
            try:
                for batch in raw_batches(file, on_bytes=on_bytes):
                    has_begun = True
                    yield batch
            except InputError as error:
                if not has_begun:
                    raise
                self.fail(str(error))

    def show_progress(self, size: int) -> None:
        """Starts to show progress on a terminal. `size` is in bytes, 0 if it is not known."""
        if sys.stderr.isatty():
            from netstat_parse.writing.terminal import Progress

            self._progress = Progress(self._path, size)

    def advance(self, count: int) -> None:
        """Counts `count` more bytes as read."""
        if self._progress is not None:
            self._progress.advance(count)

    def fail(self, reason: str) -> None:
        """Records that the source is damaged; rows read so far are kept."""
        complain(reason)
        self.is_damaged = True

    def found(self, snapshots: int) -> None:
        """Shows that this many snapshots were found until now."""
        if self._progress is not None:
            self._progress.show(snapshots)

    def close(self) -> None:
        """Stops showing progress."""
        if self._progress is not None:
            self._progress.close()


class Tally:
    """What was read, and what was not understood.

    The first line that was not understood is complained of; `rejects` takes them all. `wanted` are
    the connections that are not left out.
    """

    def __init__(self, rejects: TextIO | None, wanted: Wanted | None) -> None:
        self.source = ""
        self.read = 0
        self.wanted = wanted
        self._unparsed = 0
        self._failed = 0
        self._rejects = rejects
        if rejects is not None:
            rejects.write("source,number,reason,text\n")

    @contextmanager
    def following(self, path: str) -> Iterator[Source]:
        """Counts an input as read or failed; the block reads it to its end."""
        source = Source(path)
        self.source = path
        try:
            yield source
        except (InputError, NotNetstatError) as error:
            self._failed += 1
            complain(f"{path}: {error.expected}" if isinstance(error, ParseError) else str(error))
        except ParseError as error:
            raise StrictError(f"{path}: {error}") from error
        else:
            self.read += 1
            self._failed += source.is_damaged
        finally:
            source.close()

    def add_unparsed(self, number: int, text: str, reason: str) -> None:
        """Takes a line that was not understood."""
        self._unparsed += 1
        if self._unparsed == 1:
            shown = text if len(text) <= 200 else text[:200] + "…"
            complain(f"{self.source}: line {number}, {reason}: {shown!r}")
        if self._rejects is not None:
            row = (quote(self.source), str(number), quote(reason), quote(text))
            self._rejects.write(",".join(row) + "\n")

    def add_note(self, text: str) -> None:
        """A note has no place in CSV or JSON Lines."""

    def add_snapshot(self, snapshot: Snapshot) -> None:
        """Takes a snapshot's lines that were not understood."""
        for line in snapshot.unparsed:
            self.add_unparsed(line.number, line.text, line.reason)

    def status(self) -> int:
        """The exit status; raises NothingReadError if there was nothing to write."""
        if self._unparsed > 1:
            complain(f"{self._unparsed} lines were not understood")
        if self.wanted is not None:
            self.wanted.say_unknown()
        if not self.read:
            raise NothingReadError
        return PARTLY if self._unparsed or self._failed else UNDERSTOOD


def reader_options(options: argparse.Namespace) -> Options:
    """What the command's options tell a reader."""
    return Options(
        dialect=options.dialect,
        strict=options.strict,
        uncut=options.uncut,
        timestamp_formats=options.timestamp_format,
    )


def make_sink(
    options: argparse.Namespace,
    form: str,
    file: ByteWriter,
    on_unparsed: Callable[[int, str, str], None],
    on_warning: Callable[[str], None] = complain,
) -> CsvSink | JsonLinesSink:
    """What writes the rows of CSV, or of JSON Lines, as they are found."""
    kind = get_kind(options.table)

    def drop_note(text: str) -> None:
        """A note has no place in CSV or JSON Lines."""

    if form == "jsonl":
        return JsonLinesSink(file, on_unparsed, drop_note, kind=kind)
    return CsvSink(
        file,
        on_unparsed,
        drop_note,
        kind=kind,
        columns=options.columns,
        spreadsheet_safe=options.spreadsheet_safe,
        on_warning=on_warning,
    )


def _convert_rows(options: argparse.Namespace, form: str, out: TextIO, tally: Tally) -> None:
    """CSV and JSON Lines: rows are written as they are found, in bounded memory."""
    sink = make_sink(options, form, binary(out), tally.add_unparsed)
    if options.jobs != 1 and not options.strict:
        from netstat_parse.command.jobs import convert_in_processes

        convert_in_processes(options, form, sink, out, tally)
    else:
        for path in options.files:
            convert_input(path, options, sink, out, tally)
    if tally.read:
        sink.close()


def convert_input(
    path: str, options: argparse.Namespace, sink: CsvSink | JsonLinesSink, out: TextIO, tally: Tally
) -> None:
    """Converts one input in this process."""
    sink.source = path
    wanted = tally.wanted
    reader = LineReader(wanted.over(sink) if wanted else sink, reader_options(options))
    with tally.following(path) as source:
        for batch in source.batches():
            reader.feed_lines(batch.lines, terminated=batch.terminated)
            batch.lines.clear()  # so the next ones take the same memory, which is near
            source.found(reader.snapshots)
            if source.is_live:
                out.flush()
        reader.close()


def _read_snapshots(options: argparse.Namespace, tally: Tally) -> Iterator[Snapshot]:
    """The snapshots of all inputs, one after another."""
    from netstat_parse.snapshots import SnapshotReader

    for path in options.files:
        reader = SnapshotReader(**reader_options(options)._asdict())
        found = 0
        with tally.following(path) as source:
            for batch in map(decoded, source.batches()):
                for snapshot in reader.feed_lines(batch.lines, terminated=batch.terminated):
                    found += 1
                    tally.add_snapshot(snapshot)
                    yield snapshot
                source.found(found)
            for snapshot in reader.close():
                tally.add_snapshot(snapshot)
                yield snapshot
    if not tally.read:
        tally.status()
