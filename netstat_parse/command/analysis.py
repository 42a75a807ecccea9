"""What `pairs`, `diff`, `lifetimes` and `summary` share: logs, and writing records."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from operator import attrgetter
from typing import TextIO, TypeVar

from pydantic import BaseModel

from netstat_parse.command.formats import find_format
from netstat_parse.command.inputs import Inputs
from netstat_parse.command.messages import complain
from netstat_parse.models import Snapshot
from netstat_parse.writing.text import quote, quote_harmless

RecordT = TypeVar("RecordT", bound=BaseModel)


def logs(inputs: Inputs, options: argparse.Namespace) -> Iterator[Iterator[Snapshot]]:
    """The snapshots of all inputs as one log; with --each those of each."""
    if options.each:
        yield from (
            group
            for _, group in groupby(inputs.snapshots(of_connections=True), attrgetter("source"))
        )
    else:
        yield in_order(inputs.snapshots(of_connections=True))


def in_order(snapshots: Iterable[Snapshot]) -> Iterator[Snapshot]:
    """The snapshots; complains where their stamps go backwards, as in the logs of several hosts."""
    last: Snapshot | None = None
    has_complained = False
    for snapshot in snapshots:
        if last is not None and not has_complained and _is_before(snapshot, last):
            has_complained = True
            complain(
                f"{snapshot.source}: its stamp {snapshot.captured_at} is before that of the "
                f"snapshot before it, {last.captured_at}: a log must be in order, and of one system"
            )
        if snapshot.captured_at is not None:
            last = snapshot
        yield snapshot


def _is_before(snapshot: Snapshot, other: Snapshot) -> bool:
    one, two = snapshot.captured_at, other.captured_at
    if one is None or two is None or (one.tzinfo is None) != (two.tzinfo is None):
        return False
    return one < two


def find_form(options: argparse.Namespace) -> str:
    """The format to write: lines for people, unless something else is asked for."""
    if options.output is None:
        return options.to or "table"
    return find_format(options.output, options.to)


def write_records(
    records: Iterable[RecordT],
    options: argparse.Namespace,
    out: TextIO,
    *,
    line: Callable[[RecordT], str],
    columns: Mapping[str, Callable[[RecordT], str]],
) -> int:
    """Writes records in the format that was asked for, each as it comes; gives their number.

    `line` is a record's text for people; `columns` are those of CSV.
    """
    form = find_form(options)
    quoting = quote_harmless if options.spreadsheet_safe else quote
    if form == "csv":
        out.write(",".join(columns) + "\n")
    count = 0
    for count, record in enumerate(records, 1):
        if form == "csv":
            text = ",".join(quoting(get(record)) for get in columns.values())
        elif form == "table":
            text = line(record)
        else:
            text = record.model_dump_json()
            if form == "json":
                text = ("[" if count == 1 else ",") + text
        out.write(text + "\n")
    if form == "json":
        out.write("]\n" if count else "[]\n")
    return count
