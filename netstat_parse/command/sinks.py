"""What writes the rows of one input, or of a part of one, as they are found."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from netstat_parse.command.formats import (
    find_kind,
)
from netstat_parse.command.inputs import reader_options
from netstat_parse.command.messages import complain
from netstat_parse.command.tally import Tally
from netstat_parse.reading.inputs import Input, open_inputs
from netstat_parse.reading.reader import LineReader
from netstat_parse.schema import CONNECTIONS
from netstat_parse.writing.choice import ChoosingSink
from netstat_parse.writing.text import CsvSink, JsonLinesSink, RowSink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol, TextIO

    from netstat_parse.schema import Kind
    from netstat_parse.writing.arrow import Rows
    from netstat_parse.writing.arrow_columns import Column
    from netstat_parse.writing.whole_files import ByteWriter

    class RowsWriter(Protocol):
        """An ArrowFile, or a RowsFile."""

        def write_rows(self, rows: Rows) -> None:
            """Writes rows."""


def make_sink(
    options: argparse.Namespace,
    form: str,
    file: ByteWriter,
    on_unparsed: Callable[[int, str, str], None],
    on_note: Callable[[str], None],
    on_warning: Callable[[str], None] = complain,
) -> RowSink:
    """What writes the rows of CSV, or of JSON Lines, as they are found."""

    def make(kind: Kind, file: ByteWriter) -> RowSink:
        if form == "jsonl":
            return JsonLinesSink(file, on_unparsed, on_note, kind=kind)
        return CsvSink(
            file,
            on_unparsed,
            on_note,
            kind=kind,
            columns=options.columns,
            spreadsheet_safe=options.spreadsheet_safe,
            on_warning=on_warning,
        )

    kind = find_kind(options)
    if kind is None:
        return ChoosingSink(file, on_unparsed, on_note, make)
    return make(kind, file)


def make_arrow_sink(
    options: argparse.Namespace,
    file: RowsWriter,
    on_unparsed: Callable[[int, str, str], None],
    on_note: Callable[[str], None],
) -> RowSink:
    """What writes the rows of Parquet, or of an Arrow file, as they are found."""
    from netstat_parse.writing.arrow import ArrowSink

    kind, columns = arrow_columns(options)
    return ArrowSink(file.write_rows, on_unparsed, on_note, kind=kind, columns=columns)


def arrow_columns(options: argparse.Namespace) -> tuple[Kind, tuple[Column, ...]]:
    """The kind of table and the columns of Parquet and Arrow, which are the first in the file: so
    where nobody names a kind, they are those of connections."""
    from netstat_parse.writing.arrow_columns import columns_of

    kind = find_kind(options) or CONNECTIONS
    return kind, columns_of(kind, options.columns)


def convert_file(
    path: str, options: argparse.Namespace, sink: RowSink, out: TextIO, tally: Tally
) -> None:
    """Converts a file, or the members of an archive, in this process."""
    for given in open_inputs(path):
        _convert_input(given, options, sink, out, tally)


def _convert_input(
    given: Input, options: argparse.Namespace, sink: RowSink, out: TextIO, tally: Tally
) -> None:
    sink.begin_source(given.name)
    wanted = tally.wanted
    reader = LineReader(wanted.over(sink) if wanted else sink, reader_options(options))
    with tally.following(given.name) as source:
        for batch in source.batches(given, options.encoding):
            reader.feed_lines(batch.lines, terminated=batch.terminated)
            batch.lines.clear()  # so the next ones take the same memory, which is near
            source.found(reader.snapshots)
            if source.is_live:
                out.flush()
                source.is_held_back(reader.snapshots > 1 and sink.is_undecided)
        reader.close()
        tally.end_source(options, sink)
