"""`netstat-parse run`."""

from __future__ import annotations

import argparse

from netstat_parse import runner
from netstat_parse.command.formats import (
    ARROW_SUFFIXES,
    SUFFIXES,
    check_columns,
    check_output,
    find_format,
    find_kind,
)
from netstat_parse.command.input_options import find_wanted
from netstat_parse.command.messages import UNDERSTOOD, UsageError, complain
from netstat_parse.command.tally import check_table, say_others
from netstat_parse.command.writing import write_snapshots
from netstat_parse.schema import KINDS
from netstat_parse.writing.text import find_kind_of, is_aside, records_of
from netstat_parse.writing.whole_files import open_output


def run(options: argparse.Namespace) -> int:
    """Runs netstat here, or a command, and converts what it prints."""
    if options.every is not None:
        from netstat_parse.command.recording import record

        return record(options)
    if options.count is not None or options.duration is not None:
        raise UsageError("--count and --for are for --every")
    form = find_format(options.output, options.to, SUFFIXES | ARROW_SUFFIXES)
    check_columns(options, form)
    check_output(options, form)
    wanted = find_wanted(options)
    snapshot = runner.run(options.argv or None, timeout=options.timeout, dialect=options.dialect)
    for note in snapshot.notes:
        complain(note)
    if form != "json":
        seen = {kind for kind in KINDS if records_of(snapshot, kind)}
        kind = find_kind(options)
        if form != "table":
            has_others = any(map(is_aside, snapshot.notes))
            check_table(options, kind or find_kind_of(snapshot), seen, has_others)
        if kind is None:
            say_others(find_kind_of(snapshot), seen)
    with open_output(options.output) as out:
        write_snapshots(options, form, out, wanted.snapshots([snapshot]) if wanted else [snapshot])
    if wanted:
        from netstat_parse.command.where import say_unknown

        say_unknown(wanted)
    return UNDERSTOOD
