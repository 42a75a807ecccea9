"""`netstat-parse run --every`: snapshots, one after another, to a file that grows."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import chain
from typing import TextIO, cast

from netstat_parse.command.formats import ARROW_SUFFIXES, check_columns, find_format, find_kind
from netstat_parse.command.input_options import find_wanted
from netstat_parse.command.messages import PARTLY, UNDERSTOOD, UsageError, complain
from netstat_parse.command.writing import write_snapshots
from netstat_parse.errors import CommandError
from netstat_parse.models import Snapshot
from netstat_parse.schema import CONNECTIONS, Kind
from netstat_parse.watcher import watch
from netstat_parse.writing.growing_files import WithoutHeader, open_growing
from netstat_parse.writing.text import find_kind_of, records_of

NOTES_KEPT = 100
"""At most this many different notes are said, each once."""


def record(options: argparse.Namespace) -> int:
    """Runs netstat here, or a command, again and again; each snapshot is in the file at once."""
    form = find_format(options.output, options.to)
    check_columns(options, form)
    if form == "json":
        raise UsageError("--every writes csv, jsonl or table, as an array of json ends only once")
    if form in ARROW_SUFFIXES.values():
        raise UsageError(f"--every writes csv, jsonl or table, as {form} can't be added to")
    wanted = find_wanted(options)
    failures = Failures()
    empty = EmptyRuns()
    try:
        with open_growing(options.output, complain) as out:
            watched = watch(
                options.every,
                options.count,
                command=options.argv or None,
                duration=options.duration,
                timeout=options.timeout,
                dialect=options.dialect,
                on_failure=failures.add,
            )
            snapshots = failures.between(watched)
            if wanted is not None:
                snapshots = wanted.snapshots(snapshots)
            file = out
            header = getattr(out, "first_line", "")
            if form == "csv" and header:
                file = cast("TextIO", WithoutHeader(out, header, options.output))
            flushed = _flushed(snapshots, out)
            if form != "table":
                if find_kind(options) is None:
                    flushed = _choose_table(options, flushed)
                kind = find_kind(options) or CONNECTIONS
                flushed = empty.between(flushed, kind, " that are wanted" if wanted else "")
            write_snapshots(options, form, file, flushed)
    finally:
        empty.say()
    if wanted is not None:
        from netstat_parse.command.where import say_unknown

        say_unknown(wanted)
    return failures.status()


def _choose_table(options: argparse.Namespace, snapshots: Iterator[Snapshot]) -> Iterator[Snapshot]:
    """The snapshots, of which the first tells which kind of table is written: rows can't wait."""
    for snapshot in snapshots:
        options.table = find_kind_of(snapshot).option
        return chain((snapshot,), snapshots)
    return iter(())


def _flushed(snapshots: Iterator[Snapshot], out: TextIO) -> Iterator[Snapshot]:
    """The snapshots; each is in the file when the next one is asked for."""
    notes: set[str] = set()
    for snapshot in snapshots:
        for note in snapshot.notes:
            if note not in notes and len(notes) < NOTES_KEPT:
                notes.add(note)
                complain(note)
        yield snapshot
        out.flush()


class EmptyRuns:
    """The runs that gave no row to write: the file can't tell of them, so it is said."""

    def __init__(self) -> None:
        self._count = 0
        self._runs = 0
        self._title = ""

    def between(self, snapshots: Iterator[Snapshot], kind: Kind, which: str) -> Iterator[Snapshot]:
        """The snapshots, of which the rows of this kind are written; `which` says which of them."""
        self._title = kind.title + which
        for snapshot in snapshots:
            self._runs += 1
            if not records_of(snapshot, kind):
                self._count += 1
                if self._count == 1:
                    complain(f"a run gave no {self._title}: nothing is written of it")
            yield snapshot

    def say(self) -> None:
        """Says how many they were, at the end."""
        if self._count:
            complain(f"{self._count} of {self._runs} runs gave no {self._title}")


class Failures:
    """The runs that failed: each kind is said when it begins, and when it ends.

    What fails at once is a mistake, and ends the work; what fails later may pass.
    """

    def __init__(self) -> None:
        self._is_first = True
        self._told = ""
        self._in_a_row = 0
        self._count = 0

    def add(self, error: CommandError) -> None:
        """Takes the error of a run; raises it if it was the first run."""
        if self._is_first:
            raise error
        self._count += 1
        self._in_a_row += 1
        if str(error) != self._told:
            self._told = str(error)
            complain(f"{error}; the next run goes on")

    def between(self, snapshots: Iterator[Snapshot]) -> Iterator[Snapshot]:
        """The snapshots; each tells that a run has not failed."""
        for snapshot in snapshots:
            self._is_first = False
            if self._in_a_row:
                runs = "1 run" if self._in_a_row == 1 else f"{self._in_a_row} runs"
                complain(f"it runs again, after {runs} that failed")
            self._in_a_row, self._told = 0, ""
            yield snapshot

    def status(self) -> int:
        """The exit status."""
        if self._count:
            complain(f"{self._count} of the runs failed")
        return PARTLY if self._count else UNDERSTOOD
