"""`netstat-parse lifetimes`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator

from netstat_parse.analysis.lifetimes import Lifetime, QueuesAndBytes, lifetimes
from netstat_parse.command.analysis import logs, write_records
from netstat_parse.command.inputs import reading
from netstat_parse.command.pairs import PAIR_COLUMNS
from netstat_parse.models import Snapshot
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


Getter = Callable[[Lifetime], str]


def _number(value: int | None) -> str:
    return str(value) if value is not None else ""


def _total_columns(side: str) -> dict[str, Getter]:
    def of(name: str) -> Getter:
        def get(lifetime: Lifetime) -> str:
            totals: QueuesAndBytes | None = getattr(lifetime, side)
            return _number(getattr(totals, name)) if totals is not None else ""

        return get

    names = QueuesAndBytes.model_fields
    return {f"{side}_{name}": of(name) for name in names}


def _pair_column(get: Callable[..., str]) -> Getter:
    return lambda lifetime: get(lifetime.pair)


LIFETIME_COLUMNS: dict[str, Getter] = {
    "first_seen": lambda lifetime: stamp_text(lifetime.first_seen),
    "last_seen": lambda lifetime: stamp_text(lifetime.last_seen),
    "opened_after": lambda lifetime: stamp_text(lifetime.opened_after),
    "closed_before": lambda lifetime: stamp_text(lifetime.closed_before),
    "first_snapshot": lambda lifetime: str(lifetime.first_snapshot),
    "last_snapshot": lambda lifetime: str(lifetime.last_snapshot),
    "was_open_at_start": lambda lifetime: str(lifetime.was_open_at_start).lower(),
    "is_open_at_end": lambda lifetime: str(lifetime.is_open_at_end).lower(),
    **{name: _pair_column(get) for name, get in PAIR_COLUMNS.items()},
    "states": lambda lifetime: " ".join(f"{s.end}:{s.state.value}" for s in lifetime.states),
    **_total_columns("first"),
    **_total_columns("second"),
}
"""The columns of a lifetime in CSV. `first_state` and `second_state` are the last states."""
