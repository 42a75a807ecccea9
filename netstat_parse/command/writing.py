"""Snapshots to the output, in the format that was asked for."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TextIO

from netstat_parse.command.formats import ARROW_SUFFIXES, find_kind
from netstat_parse.command.messages import complain
from netstat_parse.command.sinks import arrow_columns
from netstat_parse.models import Snapshot
from netstat_parse.writing import terminal, text


def write_snapshots(
    options: argparse.Namespace, form: str, out: TextIO, snapshots: Iterable[Snapshot]
) -> None:
    """Writes snapshots in the format that was asked for."""
    kind = find_kind(options)
    table = kind.option if kind is not None else None
    if form == "csv":
        text.write_csv(
            snapshots,
            out,
            table=table,
            columns=options.columns,
            spreadsheet_safe=options.spreadsheet_safe,
        )
    elif form == "jsonl":
        text.write_jsonl(snapshots, out, table=table)
    elif form == "json":
        text.write_json(snapshots, out)
    elif form in ARROW_SUFFIXES.values():
        _write_arrow(options, form, out, snapshots)
    else:
        terminal.write_tables(snapshots, out, kind=kind, columns=options.columns)


def _write_arrow(
    options: argparse.Namespace, form: str, out: TextIO, snapshots: Iterable[Snapshot]
) -> None:
    from netstat_parse.writing.arrow import Overflow, rows_of_snapshots
    from netstat_parse.writing.arrow_files import ArrowFile
    from netstat_parse.writing.whole_files import binary

    def tell(overflow: Overflow) -> None:
        complain(f"{overflow.reason}: {overflow.text}")

    kind, columns = arrow_columns(options)
    with ArrowFile(binary(out), form, columns, tell) as file:
        for rows in rows_of_snapshots(snapshots, kind, columns):
            file.write_rows(rows)
