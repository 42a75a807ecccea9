"""The columns of what the analyses give, in CSV and in SQL: of pairs, changes and lifetimes."""

from __future__ import annotations

from collections.abc import Callable

from netstat_parse.analysis.changes import Change
from netstat_parse.analysis.lifetimes import Lifetime, QueuesAndBytes
from netstat_parse.analysis.pairs import SocketEnd, SocketPair
from netstat_parse.models import Connection
from netstat_parse.writing.sockets import (
    host_text,
    pid_text,
    port_text,
    program_text,
    stamp_text,
)

PairGetter = Callable[[SocketPair], str]
ChangeGetter = Callable[[Change], str]
LifetimeGetter = Callable[[Lifetime], str]


def _end_columns(side: str) -> dict[str, PairGetter]:
    def of(get: Callable[[SocketEnd], str]) -> PairGetter:
        return lambda pair: get(pair.first if side == "first" else pair.second)

    return {
        f"{side}_address": of(host_text),
        f"{side}_port": of(port_text),
        f"{side}_state": of(lambda end: end.state.value if end.state is not None else ""),
        f"{side}_pid": of(lambda end: pid_text(end.process)),
        f"{side}_program": of(lambda end: program_text(end.process)),
        f"{side}_source": of(lambda end: end.source or ""),
        f"{side}_is_seen": of(lambda end: str(end.is_seen).lower()),
    }


PAIR_COLUMNS: dict[str, PairGetter] = {
    "transport": lambda pair: pair.transport,
    **_end_columns("first"),
    **_end_columns("second"),
    "server": lambda pair: pair.server or "",
    "is_inferred": lambda pair: str(pair.is_inferred).lower(),
}
"""The columns of a pair in CSV."""


def state_text(row: Connection | None) -> str:
    """The state; empty if there is none."""
    return row.state.value if row is not None and row.state is not None else ""


def _row(change: Change) -> Connection:
    row = change.after or change.before
    assert row is not None
    return row


CHANGE_COLUMNS: dict[str, ChangeGetter] = {
    "since": lambda change: stamp_text(change.since),
    "at": lambda change: stamp_text(change.at),
    "kind": lambda change: change.kind,
    "proto": lambda change: _row(change).proto,
    "local_address": lambda change: host_text(_row(change).local),
    "local_port": lambda change: port_text(_row(change).local),
    "foreign_address": lambda change: host_text(_row(change).foreign),
    "foreign_port": lambda change: port_text(_row(change).foreign),
    "state_before": lambda change: state_text(change.before),
    "state_after": lambda change: state_text(change.after),
    "pid_before": lambda change: pid_text(change.before.process if change.before else None),
    "program_before": lambda change: program_text(change.before.process if change.before else None),
    "pid_after": lambda change: pid_text(change.after.process if change.after else None),
    "program_after": lambda change: program_text(change.after.process if change.after else None),
}
"""The columns of a change in CSV."""


def _number(value: int | None) -> str:
    return str(value) if value is not None else ""


def _total_columns(side: str) -> dict[str, LifetimeGetter]:
    def of(name: str) -> LifetimeGetter:
        def get(lifetime: Lifetime) -> str:
            totals: QueuesAndBytes | None = getattr(lifetime, side)
            return _number(getattr(totals, name)) if totals is not None else ""

        return get

    names = QueuesAndBytes.model_fields
    return {f"{side}_{name}": of(name) for name in names}


def _pair_column(get: Callable[..., str]) -> LifetimeGetter:
    return lambda lifetime: get(lifetime.pair)


LIFETIME_COLUMNS: dict[str, LifetimeGetter] = {
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
