"""`netstat-parse diff`: between two captures, or between each two snapshots of a log.

Exit status, as diff has it: 0, nothing changed; 1, something did; 2, trouble: an input could not be
read, or lines of it were not understood and nothing else is known to have changed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from netstat_parse.analysis.changes import Change, changes
from netstat_parse.command.analysis import in_order, write_records
from netstat_parse.command.inputs import Inputs, reading
from netstat_parse.command.messages import NothingReadError, UsageError, complain
from netstat_parse.models import Connection, Snapshot
from netstat_parse.writing.record_columns import CHANGE_COLUMNS, state_text
from netstat_parse.writing.sockets import connection_text, process_text, stamp_text
from netstat_parse.writing.whole_files import open_output

SAME, CHANGED, TROUBLE = 0, 1, 2
"""The exit statuses."""


def diff(options: argparse.Namespace) -> int:
    """Tells what changed; gives the exit status."""
    if len(options.files) > 2:
        raise UsageError("diff takes two captures, or one log")
    seen: list[str | None] = []
    with reading(options) as inputs:
        if len(options.files) == 2:
            snapshots: Iterable[Snapshot] = _last_of_each(inputs, options.files)
        else:
            snapshots = in_order(_counted(inputs.snapshots(of_connections=True), seen))
        found = changes(snapshots, listening=options.listening)
        with open_output(options.output) as out:
            count = write_records(found, options, out, line=change_line, columns=CHANGE_COLUMNS)
        is_troubled = inputs.status() != 0
        if len(seen) == 1:
            complain("there is one snapshot only, so nothing to compare it with")
            is_troubled = True
    if count and not options.exit_zero:
        return CHANGED
    return TROUBLE if is_troubled else SAME


def _counted(snapshots: Iterable[Snapshot], seen: list[str | None]) -> Iterator[Snapshot]:
    """The snapshots; `seen` gets the sources of the first two."""
    for snapshot in snapshots:
        if len(seen) < 2:
            seen.append(snapshot.source)
        yield snapshot


def _last_of_each(inputs: Inputs, files: list[str]) -> Iterator[Snapshot]:
    """The last snapshot of each capture.

    Raises NothingReadError if one of them could not be read, which was complained of.
    """
    if files[0] == files[1]:
        raise UsageError(f"{files[0]} is given twice; to see what changed in a log, give it once")
    found: list[Snapshot] = []
    for source, group in groupby(inputs.snapshots(of_connections=True), attrgetter("source")):
        count = 0
        for count, snapshot in enumerate(group, 1):  # noqa: B007
            pass
        found.append(snapshot)
        if count > 1:
            complain(f"{source} holds {count} snapshots: its last is compared")
    if len(found) > len(files):
        raise UsageError(f"diff takes two captures, and {' and '.join(files)} hold {len(found)}")
    if len(found) < len(files) or inputs.tally.has_failed:
        raise NothingReadError
    yield from found


# As lines -----------------------------------------------------------------------------------------


def change_line(change: Change) -> str:
    """`10:00:05 opened tcp 0.0.0.0:80 0.0.0.0:* LISTEN nginx (77)`."""
    before, after = change.before, change.after
    row = after or before
    assert row is not None
    if change.kind == "owner":
        told = [" -> ".join((owner_text(before), owner_text(after)))]
    elif change.kind == "state":
        told = [" -> ".join((state_text(before), state_text(after))), owner_text(row)]
    else:
        told = [state_text(row), owner_text(row)]
    parts = (stamp_text(change.at), f"{change.kind:6}", connection_text(row), *told)
    return " ".join(filter(None, parts)).rstrip()


def owner_text(row: Connection | None) -> str:
    """The process, else what else is known of who owns it; empty if nothing is."""
    if row is None:
        return ""
    if row.process is not None:
        return process_text(row.process)
    fields = vars(row)
    user = fields.get("user") or fields.get("uid")
    return fields.get("executable") or (f"user {user}" if user is not None else "")
