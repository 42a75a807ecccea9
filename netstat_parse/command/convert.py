"""`netstat-parse convert`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress

from netstat_parse.command.formats import (
    ARROW_SUFFIXES,
    SUFFIXES,
    check_columns,
    check_output,
    find_format,
    find_kind,
)
from netstat_parse.command.inputs import Inputs, reader_options, reading
from netstat_parse.command.sinks import arrow_columns, convert_file, make_arrow_sink, make_sink
from netstat_parse.command.tally import say_not_shown
from netstat_parse.errors import InputError, NotNetstatError
from netstat_parse.reading.inputs import open_inputs
from netstat_parse.reading.lines import raw_batches
from netstat_parse.reading.reader import LineReader
from netstat_parse.reading.urls import is_remote
from netstat_parse.writing.text import DialectSink, RowSink
from netstat_parse.writing.whole_files import binary, open_output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from netstat_parse.models import Snapshot
    from netstat_parse.schema import Kind


def convert(options: argparse.Namespace) -> int:
    """Converts saved netstat output; gives the exit status."""
    form = find_format(options.output, options.to, SUFFIXES | ARROW_SUFFIXES)
    check_columns(options, form)
    check_output(options, form)
    with (
        reading(options) as inputs,
        open_output(options.output, all_or_nothing=options.strict) as out,
    ):
        tally = inputs.tally
        if form in ("csv", "jsonl"):
            sink = make_sink(options, form, binary(out), tally.add_unparsed, tally.add_note)
            _convert_rows(options, form, sink, out, inputs)
        elif form in ARROW_SUFFIXES.values():
            from netstat_parse.writing.arrow_files import ArrowFile

            _, columns = arrow_columns(options)
            with ArrowFile(binary(out), form, columns, tally.add_overflow) as file:
                sink = make_arrow_sink(options, file, tally.add_unparsed, tally.add_note)
                _convert_rows(options, form, sink, out, inputs)
        else:
            from netstat_parse.command.writing import write_snapshots

            snapshots = inputs.snapshots()
            others: set[Kind] = set()
            if form == "table" and find_kind(options) is None:
                snapshots = _not_shown(snapshots, others)
            write_snapshots(options, form, out, snapshots)
            say_not_shown(others)
        return inputs.status()


def _not_shown(snapshots: Iterator[Snapshot], others: set[Kind]) -> Iterator[Snapshot]:
    """The snapshots, of which only one kind of table is shown; `others` takes the others' kinds."""
    from netstat_parse.schema import KINDS
    from netstat_parse.writing.text import find_kind_of, records_of

    for snapshot in snapshots:
        kinds = {kind for kind in KINDS if records_of(snapshot, kind)}
        others |= kinds - {find_kind_of(snapshot)}
        yield snapshot


def _convert_rows(
    options: argparse.Namespace, form: str, sink: RowSink, out: TextIO, inputs: Inputs
) -> None:
    """Rows are written as they are found, in bounded memory."""
    tally = inputs.tally
    dialects: Sequence[str] = ()
    if form == "csv" and options.columns and "all" in options.columns:
        dialects = find_dialects(inputs.files, options)
        sink.resolve(*dialects)
    if options.jobs != 1 and not options.strict:
        from netstat_parse.command.jobs import convert_in_processes

        convert_in_processes(options, form, dialects, sink, out, inputs)
    else:
        for path in inputs.files:
            convert_file(path, options, sink, out, tally)
    if tally.read:
        sink.close()
        tally.end(options, sink.kind)


def find_dialects(files: Sequence[str], options: argparse.Namespace) -> tuple[str, ...]:
    """The dialects of all snapshots in the files, whose columns `all` stands for.

    What can't be read twice, such as a pipe, is not asked.
    """
    sink = DialectSink()
    for path in files:
        if is_remote(path) or (path != "-" and os.path.isfile(path)):
            for given in open_inputs(path):
                reader = LineReader(sink, reader_options(options)._replace(strict=False))
                with suppress(InputError, NotNetstatError):  # whoever reads it then tells
                    with given.open() as file:
                        for batch in raw_batches(file, encoding=options.encoding):
                            reader.feed_lines(batch.lines, terminated=batch.terminated)
                    reader.close()
    return tuple(sink.dialects)
