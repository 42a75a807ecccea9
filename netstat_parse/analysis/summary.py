"""Counts of sockets over a log: what was there, at most, and when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from netstat_parse.analysis.counting import MOST_COUNTS, MOST_NAMES, Counts, Moments, Queues
from netstat_parse.analysis.ends import Listeners
from netstat_parse.analysis.services import find_name
from netstat_parse.analysis.sockets import (
    WITH_PEER,
    Key,
    has_peer,
    is_listening,
    network_of,
    port_of,
)
from netstat_parse.analysis.steps import Step, Steps, telling
from netstat_parse.analysis.summary_models import Count, ListeningSocket, Summary
from netstat_parse.grammar.truncation import MARK
from netstat_parse.models import Connection, Process, Snapshot, TcpState

MOST_PROCESSES = 16
"""At most this many owners of a listening port are kept, the last ones."""
ALL = "all"
UNKNOWN = "unknown"
"""The name of what netstat does not tell: it was cut, is printed by name, or is not printed."""


def summary(snapshots: Iterable[Snapshot] | Snapshot) -> Summary:
    """What was there, at most and when: by state, port, process, remote address and network.

    `snapshots` are those of one system, in their order, or a single one. Counts are in descending
    order. Memory does not grow with the length of the log.
    """
    counter = SummaryCounter()
    several = (snapshots,) if isinstance(snapshots, Snapshot) else snapshots
    for snapshot in telling(several):
        counter.take(snapshot)
    return counter.make()


_Names = tuple[str | None, ...]
NOT_COUNTED: _Names = (None,) * 6


class _Listening:
    """A port that is open to others."""

    __slots__ = ("processes", "row", "rows")

    def __init__(self) -> None:
        self.processes: dict[Process, None] = {}
        self.rows = 0
        """How many such rows there are now."""

    def add(self, row: Connection) -> None:
        self.row = row
        self.rows += 1
        if row.process is not None:
            self.processes.setdefault(row.process)
            if len(self.processes) > MOST_PROCESSES:
                del self.processes[next(iter(self.processes))]


class SummaryCounter:
    """Counts from snapshot to snapshot what has changed."""

    def __init__(self) -> None:
        self._steps = Steps()
        self._names: dict[int, _Names] = {}
        """By a row's identity the names under which it is counted."""
        self._copies: Counter[int] = Counter()
        """How often a row is there beside once."""
        self._sockets = Counts()
        self._states = Counts()
        self._ports = Counts()
        self._processes = Counts()
        self._remotes = Counts()
        self._networks = Counts()
        self._all = (
            self._sockets,
            self._states,
            self._ports,
            self._processes,
            self._remotes,
            self._networks,
        )
        self._listeners = Listeners(of_one_system=True)
        self._listening: dict[Key, _Listening] = {}
        self._queues = Queues()
        self._moments = Moments()
        self._first_at: datetime | None = None
        self._last_at: datetime | None = None
        self._number = 0
        self._is_complete = True

    def take(self, snapshot: Snapshot) -> None:
        """Takes the next snapshot."""
        at = snapshot.captured_at
        if not self._number:
            self._first_at = at
        steps = self._steps.take(snapshot.connections)
        if steps:
            for step in steps:
                if len(step.key) != WITH_PEER and is_listening(step.after or step.before):  # type: ignore[arg-type]
                    self._listen(step)
            names = [self._names_before_and_after(step) for step in steps]
            before, after = (zip(*some, strict=True) for some in zip(*names, strict=True))
            for counts, was, is_ in zip(self._all, before, after, strict=True):
                counts.take(was, is_, at)
        self._queues.take(steps, self._number, at, self._last_at)
        self._moments.add(at, self._sockets.now().get(ALL, 0), self._states.now())
        self._number += 1
        self._last_at = at

    def make(self) -> Summary:
        """The summary of what was counted."""
        sockets = self._sockets.make() or (Count(name=ALL, last=0, highest=0, total=0),)
        return Summary(
            snapshots=self._number,
            first_at=self._first_at,
            last_at=self._last_at,
            sockets=sockets[0],
            by_state=self._states.make(),
            by_port=self._ports.make(),
            by_process=self._processes.make(),
            by_remote=self._remotes.make(),
            by_network=self._networks.make(),
            listeners=self._make_listeners(),
            standing_queues=self._queues.make(self._number, self._last_at),
            moments=self._moments.make(),
            is_complete=self._is_complete and all(counts.is_complete for counts in self._all),
        )

    def _make_listeners(self) -> tuple[ListeningSocket, ...]:
        """Those that are open first, and TCP's before others."""
        found = sorted(
            self._listening.values(),
            key=lambda one: (not one.rows, one.row.state is not TcpState.LISTEN),
        )
        if len(found) > MOST_COUNTS:
            self._is_complete = False
        return tuple(map(_make_listener, found[:MOST_COUNTS]))

    def _listen(self, step: Step) -> None:
        """Takes the row of a socket that listens."""
        if step.before is not None:
            self._listening[step.key].rows -= 1
        if step.after is not None:
            self._listeners.add(step.after)
            self._listening.setdefault(step.key, _Listening()).add(step.after)
        if len(self._listening) > MOST_NAMES:
            self._is_complete = False
            there = {key: one for key, one in self._listening.items() if one.rows}
            self._listening = there

    def _names_before_and_after(self, step: Step) -> tuple[_Names, _Names]:
        """Under which names a socket was counted, and is to be counted."""
        _, before, after = step
        old = new = NOT_COUNTED
        if before is not None:
            old = self._names[id(before)]
            if id(before) in self._copies:
                self._copies -= Counter((id(before),))  # which drops what is 0 then
            else:
                del self._names[id(before)]
        if after is not None:
            known = self._names.get(id(after))
            if known is not None:
                self._copies[id(after)] += 1
                new = known
            else:
                new = self._names[id(after)] = self._names_of(after)
        return old, new

    def _names_of(self, row: Connection) -> _Names:
        """Under which names a row is counted; None where it is not."""
        state = row.state.value if row.state is not None else row.transport
        process = row.process
        if process is None:
            program = vars(row).get("executable") or UNKNOWN
        else:
            program = process.name or f"pid {process.pid}"
            if process.truncated:
                program += MARK
        if not has_peer(row):
            return ALL, state, None, program, None, None
        foreign = row.foreign
        is_cut = foreign.truncated and foreign.address is None
        host = foreign.host + MARK if is_cut else foreign.host
        return ALL, state, self._port_of(row), program, host, network_of(foreign) or UNKNOWN

    def _port_of(self, row: Connection) -> str:
        """The port that serves, here or there."""
        here, there = port_of(row.local), port_of(row.foreign)
        if self._listeners.has(row.transport, row.local):
            is_here = True
        elif isinstance(here, int) and isinstance(there, int):
            is_here = here < there
        else:
            # Services have names, and what the system gives has hardly ever one.
            is_here = isinstance(here, str) and not isinstance(there, str)
        return _port_name(row.transport, here if is_here else there, is_here)


@lru_cache(1024)
def _port_name(transport: str, port: int | str | None, is_here: bool) -> str:
    service = find_name(port, transport) if isinstance(port, int) else None
    shown = UNKNOWN if port is None else f"{port} ({service})" if service else port
    return f"{transport} {shown} {'in' if is_here else 'out'}"


def _make_listener(listening: _Listening) -> ListeningSocket:
    return ListeningSocket(
        proto=listening.row.proto,
        local=listening.row.local,
        processes=tuple(listening.processes),
        is_open_at_end=listening.rows > 0,
    )
