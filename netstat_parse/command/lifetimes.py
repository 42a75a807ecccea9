"""`netstat-parse lifetimes`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator

from netstat_parse.analysis.lifetimes import Lifetime, lifetimes
from netstat_parse.command.analysis import logs, write_records
from netstat_parse.command.inputs import reading
from netstat_parse.models import Snapshot
from netstat_parse.writing.record_columns import LIFETIME_COLUMNS
from netstat_parse.writing.sockets import pair_text, stamp_text
from netstat_parse.writing.whole_files import open_output


def list_lifetimes(options: argparse.Namespace) -> int:
    """Lists the connections of a log, each as soon as it has ended; gives the exit status."""
    with reading(options) as inputs:
        with open_output(options.output) as out:
            found = _lifetimes(logs(inputs, options), udp=options.udp)
            write_records(found, options, out, line=lifetime_line, columns=LIFETIME_COLUMNS)
        return inputs.status()


def _lifetimes(several: Iterable[Iterable[Snapshot]], *, udp: bool) -> Iterator[Lifetime]:
    transports = ("tcp", "udp", "udplite") if udp else ("tcp",)
    for log in several:
        yield from lifetimes(log, transports=transports)


def lifetime_line(lifetime: Lifetime) -> str:
    """The pair, its states, from when to when it was seen, and when it was opened and closed."""
    states = " ".join(dict.fromkeys(span.state.value for span in lifetime.states))
    return f"{pair_text(lifetime.pair)}  {states}  {_times(lifetime)}"


def _times(lifetime: Lifetime) -> str:
    first, last = stamp_text(lifetime.first_seen), stamp_text(lifetime.last_seen)
    if not first or not last:
        seen = f"seen in snapshots {lifetime.first_snapshot} to {lifetime.last_snapshot}"
    else:
        seen = f"seen {first} to {last}"
    if lifetime.was_open_at_start:
        opened = ", open at the start"
    else:
        after = stamp_text(lifetime.opened_after)
        opened = f", opened after {after}" if after else ""
    if lifetime.is_open_at_end:
        closed = ", open at the end"
    else:
        before = stamp_text(lifetime.closed_before)
        closed = f", closed before {before}" if before else ""
    return seen + opened + closed
