"""Counts that go up and down from snapshot to snapshot, and what they were at most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from heapq import heappush, heappushpop, nsmallest
from typing import NamedTuple

from netstat_parse.analysis.sockets import is_another
from netstat_parse.analysis.steps import Step
from netstat_parse.analysis.summary_models import Count, Moment, QueueName, StandingQueue
from netstat_parse.models import Connection
from netstat_parse.models.common import construct, construct_all

MOST_NAMES = 10_000
"""Of each kind of count so many names are kept; among more, those that were least are forgotten."""
MOST_COUNTS = 1_000
"""At most this many of each kind are given."""
MOST_MOMENTS = 1_000
"""Of a longer log the moments stand for several snapshots each."""
MOST_QUEUES = 200
"""The queues that stood still longest are kept."""
STANDS_STILL = 3
"""A queue stands still if as many bytes are in it in so many snapshots, one after another."""
QUEUES: tuple[QueueName, ...] = ("recv_q", "send_q")


class Counts:
    """How many sockets have each name, now and at most."""

    def __init__(self) -> None:
        self._come: Counter[str | None] = Counter()
        """How many there have been of each name; those that have gone are in the other."""
        self._gone: Counter[str | None] = Counter()
        self._highest: dict[str, tuple[int, datetime | None]] = {}
        self.is_complete = True

    def take(
        self,
        before: Sequence[str | None],
        after: Sequence[str | None],
        at: datetime | None,
    ) -> None:
        """Counts sockets under other names than before; None: it was not there, or is gone.

        These are all that have changed in the snapshot of this stamp.
        """
        changed = [both for both in zip(before, after, strict=True) if both[0] != both[1]]
        if not changed:
            return
        gone, come = zip(*changed, strict=True)
        self._come.update(come)
        self._gone.update(gone)
        highest = self._highest
        for name in dict.fromkeys(come):
            if name is not None:
                count = self._come[name] - self._gone[name]
                known = highest.get(name)
                if known is None or count > known[0]:
                    highest[name] = (count, at)
        if len(highest) > 2 * MOST_NAMES:
            self._forget()

    def _forget(self) -> None:
        """Forgets the names that were least, and are not there."""
        self.is_complete = False
        gone = [name for name in self._highest if self._come[name] == self._gone[name]]
        gone.sort(key=lambda name: self._highest[name][0])
        for name in gone[: len(self._highest) - MOST_NAMES]:
            del self._highest[name], self._come[name], self._gone[name]

    def now(self) -> dict[str, int]:
        """How many have each name."""
        now = {name: self._come[name] - self._gone[name] for name in self._highest}
        return {name: count for name, count in now.items() if count}

    def make(self) -> tuple[Count, ...]:
        """The counts, in descending order."""
        highest, come = self._highest, self._come
        if len(highest) > MOST_COUNTS:
            self.is_complete = False
        ordered = nsmallest(
            MOST_COUNTS, ((-highest[name][0], -come[name], name) for name in highest)
        )
        made = [
            {
                "name": name,
                "last": come[name] - self._gone[name],
                "highest": highest[name][0],
                "highest_at": highest[name][1],
                "total": come[name],
            }
            for _, _, name in ordered
        ]
        return tuple(construct_all(Count, made))


class _Standing:
    """A queue of one socket that is not empty, and since when it holds as many bytes."""

    __slots__ = ("at", "bytes", "number")

    def __init__(self, held: int, number: int, at: datetime | None) -> None:
        self.bytes = held
        self.number = number
        self.at = at


class Queues:
    """The queues that are not empty, and those that have stood still longest."""

    def __init__(self) -> None:
        self._now: dict[int, tuple[Connection, dict[QueueName, _Standing]]] = {}
        """By a row's identity."""
        self._found: list[tuple[int, int, StandingQueue]] = []
        """A heap, with the number of snapshots first."""
        self._count = 0

    def take(
        self, steps: list[Step], number: int, at: datetime | None, earlier: datetime | None
    ) -> None:
        """Takes what has changed in this snapshot, and the stamp of the one before."""
        standing = self._now
        for _, before, after in steps:
            there = standing.pop(id(before), None)
            is_empty = after is None or not (after.recv_q or after.send_q)
            if there is None and is_empty:
                continue
            known = there[1] if there is not None else {}
            if before is not None and after is not None and is_another(before, after):
                self._end(before, known, number, earlier)
                known = {}
            if after is not None and not is_empty:
                standing[id(after)] = after, _held_by(after, known, number, at)
            if before is not None:
                self._end(before, known, number, earlier)

    def _end(
        self,
        row: Connection,
        ended: dict[QueueName, _Standing],
        number: int,
        until: datetime | None,
    ) -> None:
        for queue, standing in ended.items():
            snapshots = number - standing.number
            is_full = len(self._found) >= MOST_QUEUES
            if snapshots < STANDS_STILL or (is_full and snapshots <= self._found[0][0]):
                continue
            made = construct(
                StandingQueue,
                connection=row,
                queue=queue,
                bytes=standing.bytes,
                since=standing.at,
                until=until,
                snapshots=snapshots,
            )
            self._count += 1
            push = heappushpop if is_full else heappush
            push(self._found, (snapshots, -self._count, made))

    def make(self, number: int, until: datetime | None) -> tuple[StandingQueue, ...]:
        """Those that stood still longest, in descending order."""
        for row, standing in self._now.values():
            self._end(row, standing, number, until)
        return tuple(made for _, _, made in sorted(self._found, reverse=True))


def _held_by(
    row: Connection, known: dict[QueueName, _Standing], number: int, at: datetime | None
) -> dict[QueueName, _Standing]:
    """The queues of a row that hold something; those that hold as much as before are taken."""
    held: dict[QueueName, _Standing] = {}
    for queue in QUEUES:
        size = getattr(row, queue)
        if size:
            same = known.get(queue)
            if same is not None and same.bytes == size:
                held[queue] = known.pop(queue)
            else:
                held[queue] = _Standing(size, number, at)
    return held


class Moments:
    """The counts of each snapshot; of a long log, those of several snapshots together."""

    def __init__(self) -> None:
        self._each = 1
        self._moments: list[_Many] = []

    def add(self, at: datetime | None, sockets: int, states: dict[str, int]) -> None:
        """Takes the counts of the next snapshot."""
        new = _Many(at, at, 1, sockets, states)
        if self._moments and self._moments[-1].snapshots < self._each:
            self._moments[-1] = _together(self._moments[-1], new)
            return
        self._moments.append(new)
        if len(self._moments) > MOST_MOMENTS:
            self._each *= 2
            some = self._moments
            self._moments = [
                _together(*some[i : i + 2]) if i + 1 < len(some) else some[i]
                for i in range(0, len(some), 2)
            ]

    def make(self) -> tuple[Moment, ...]:
        """The moments, in their order."""
        return tuple(Moment(**moment._asdict()) for moment in self._moments)


class _Many(NamedTuple):
    first_at: datetime | None
    last_at: datetime | None
    snapshots: int
    sockets: int
    states: dict[str, int]


def _together(one: _Many, two: _Many) -> _Many:
    names = one.states.keys() | two.states.keys()
    states = {name: max(one.states.get(name, 0), two.states.get(name, 0)) for name in names}
    return _Many(
        one.first_at,
        two.last_at,
        one.snapshots + two.snapshots,
        max(one.sockets, two.sockets),
        states,
    )
