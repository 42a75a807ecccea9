"""Snapshots to the output, in the format that was asked for."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TextIO

from netstat_parse.command.options import find_kind
from netstat_parse.models import Snapshot
from netstat_parse.writing import terminal, text


def write_snapshots(
    options: argparse.Namespace, form: str, out: TextIO, snapshots: Iterable[Snapshot]
) -> None:
    """Writes snapshots as csv, jsonl, json, or as tables for a terminal."""
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
    else:
        terminal.write_tables(snapshots, out, kind=kind, columns=options.columns)
