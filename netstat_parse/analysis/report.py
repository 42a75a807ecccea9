"""What the page of a log tells: its summary, what came and went, and what was not understood.

All of it is gathered in one go over the snapshots. Memory grows with the connections that are open
at the same time, not with the log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from heapq import heappush, heappushpop
from typing import Literal, NamedTuple

from netstat_parse.analysis.changes import Change, kinds_of
from netstat_parse.analysis.counting import MOST_MOMENTS, MOST_NAMES
from netstat_parse.analysis.lifetimes import Lifetime, LifetimeFollower
from netstat_parse.analysis.sockets import has_peer, is_listening, plain_host
from netstat_parse.analysis.steps import Step, Steps, telling
from netstat_parse.analysis.summary import SummaryCounter
from netstat_parse.analysis.summary_models import Moment, Summary
from netstat_parse.models import Connection, Snapshot
from netstat_parse.models.common import construct
from netstat_parse.schema import CONNECTIONS, KINDS

TRANSPORTS = frozenset(("tcp", "udp", "udplite"))
"""The transports whose connections have lifetimes."""
MOST_EVENTS = 200
"""At most this many changes of listeners are kept, the first ones."""
MOST_SOURCES = 100
MOST_HOSTS = 3
MOST_CUT = 50
"""At most this many sockets whose addresses may have been cut are kept, the first ones."""
DURATIONS = (1, 10, 60, 600, 3600, 86400)
"""Seconds: the bounds between which lifetimes are counted."""


Stamps = Literal["in order", "missing", "backwards"]
"""Each snapshot has one that is not before the last; some have none; some are before the last."""


class Turnover(NamedTuple):
    """How many connections came and went by a moment of the summary."""

    first_at: datetime | None
    last_at: datetime | None
    opened: int
    closed: int


class Durations(NamedTuple):
    """How many connections were seen about so long."""

    at_least: int | None
    """Seconds; None for those in one snapshot alone, of which no duration is known."""
    whole: int
    """They were opened and closed within the log."""
    partial: int
    """They were there at its start or its end: they lived longer than they were seen."""


class Report(NamedTuple):
    """All that the page tells of what was understood."""

    sources: tuple[str, ...]
    """At most 100."""
    hosts: tuple[str, ...]
    """The local addresses of the most connections, those of loopback left out."""
    rows: int
    dialects: tuple[str, ...]
    other_tables: tuple[str, ...]
    """Tables in the input that this report tells nothing of."""
    summary: Summary
    turnover: tuple[Turnover, ...]
    """Of each moment of the summary."""
    opened: int
    closed: int
    events: tuple[Change, ...]
    """What became of the sockets that listen."""
    more_events: int
    lifetimes: tuple[Lifetime, ...]
    """The connections that were seen in most snapshots, those first; then as they ended."""
    connections: int
    """How many lifetimes there were in all."""
    durations: tuple[Durations, ...]
    has_durations: bool
    stamps: Stamps
    inferred: int
    """Pairs of which netstat does not tell for certain that they belong together."""
    cut: int
    """Sockets with an address that netstat may have cut."""
    cut_examples: tuple[Connection, ...]
    cut_programs: int
    """Sockets with a program's name that netstat may have cut."""


def make_report(snapshots: Iterable[Snapshot], *, top: int) -> Report:
    """Works out what the report tells. `snapshots` are those of one system, in their order.

    `top` is how many connections are kept of those that were seen longest.
    """
    reporter = _Reporter(top)
    for snapshot in telling(map(reporter.look_at, snapshots)):
        reporter.take(snapshot)
    return reporter.make()


class _Reporter:
    """Gathers the report, snapshot by snapshot."""

    def __init__(self, top: int) -> None:
        self._sources: dict[str, None] = {}
        self._hosts: Counter[str] = Counter()
        self._rows = 0
        self._dialects: dict[str, None] = {}
        self._other_tables: dict[str, None] = {}
        self._summary = SummaryCounter()
        self._follower = LifetimeFollower(TRANSPORTS)
        self._lifetimes = _Lifetimes(top)
        self._steps = Steps()
        self._turnovers = _Turnovers()
        self._events: list[Change] = []
        self._more_events = 0
        self._cut: list[Connection] = []
        self._cut_count = self._cut_programs = 0
        self._earlier: Snapshot | None = None
        self._stamps: Stamps = "in order"

    def look_at(self, snapshot: Snapshot) -> Snapshot:
        """Remembers where a snapshot comes from, and what else is in it."""
        if snapshot.source is not None and len(self._sources) < MOST_SOURCES:
            self._sources.setdefault(snapshot.source)
        self._dialects.setdefault(snapshot.dialect)
        for kind in KINDS:
            if kind is not CONNECTIONS and getattr(snapshot, kind.name):
                self._other_tables.setdefault(kind.title)
        return snapshot

    def take(self, snapshot: Snapshot) -> None:
        """Takes the next snapshot."""
        self._rows += len(snapshot.connections)
        self._look_at_stamp(snapshot.captured_at)
        self._summary.take(snapshot)
        for lifetime in self._follower.take(snapshot):
            self._add(lifetime)
        for step in self._steps.take(snapshot.connections):
            row = step.after or step.before
            assert row is not None
            if step.before is None:
                self._look_at_new(row)
            if self._earlier is not None and is_listening(row):
                self._add_events(step, self._earlier.captured_at, snapshot.captured_at)
        self._earlier = snapshot

    def _add(self, lifetime: Lifetime) -> None:
        self._lifetimes.add(lifetime)
        self._turnovers.add(lifetime)

    def _look_at_stamp(self, at: datetime | None) -> None:
        before = self._earlier.captured_at if self._earlier is not None else at
        if at is None or before is None or (at.tzinfo is None) != (before.tzinfo is None):
            self._stamps = "missing"
        elif at < before and self._stamps == "in order":
            self._stamps = "backwards"

    def _look_at_new(self, row: Connection) -> None:
        """Counts a socket that is new by its host, and if netstat may have cut what it prints."""
        local = row.local
        if has_peer(row) and local.address is not None and not local.address.is_loopback:
            host = plain_host(local.host)
            if host in self._hosts or len(self._hosts) < MOST_NAMES:
                self._hosts[host] += 1
        if local.truncated or row.foreign.truncated:
            self._cut_count += 1
            if len(self._cut) < MOST_CUT:
                self._cut.append(row)
        self._cut_programs += row.process is not None and row.process.truncated

    def _add_events(self, step: Step, since: datetime | None, at: datetime | None) -> None:
        for kind, before, after in kinds_of(step):
            if kind == "state":
                continue
            if len(self._events) >= MOST_EVENTS:
                self._more_events += 1
                continue
            self._events.append(
                construct(Change, kind=kind, before=before, after=after, since=since, at=at)
            )

    def make(self) -> Report:
        """The report of all that was taken."""
        if self._earlier is not None:
            for lifetime in self._follower.close():
                self._add(lifetime)
        counted = self._summary.make()
        return Report(
            sources=tuple(self._sources),
            hosts=tuple(host for host, _ in self._hosts.most_common(MOST_HOSTS)),
            rows=self._rows,
            dialects=tuple(self._dialects),
            other_tables=tuple(self._other_tables),
            summary=counted,
            turnover=self._turnovers.make(counted.moments),
            opened=self._lifetimes.opened,
            closed=self._lifetimes.closed,
            events=tuple(self._events),
            more_events=self._more_events,
            lifetimes=self._lifetimes.longest(),
            connections=self._lifetimes.count,
            durations=self._lifetimes.durations(),
            has_durations=self._lifetimes.has_durations,
            stamps=self._stamps,
            inferred=self._lifetimes.inferred,
            cut=self._cut_count,
            cut_examples=tuple(self._cut),
            cut_programs=self._cut_programs,
        )


class _Lifetimes:
    """Counts lifetimes, and keeps the longest."""

    def __init__(self, top: int) -> None:
        self.count = self.inferred = self.opened = self.closed = 0
        self.has_durations = False
        self._top = top
        self._longest: list[tuple[int, int, Lifetime]] = []
        """A heap, with the number of snapshots first."""
        self._durations: dict[int | None, list[int]] = {}

    def add(self, lifetime: Lifetime) -> None:
        """Takes the next lifetime."""
        self.count += 1
        self.inferred += lifetime.pair.is_inferred
        self.opened += not lifetime.was_open_at_start
        self.closed += not lifetime.is_open_at_end
        snapshots = lifetime.last_snapshot - lifetime.first_snapshot + 1
        entry = (snapshots, -self.count, lifetime)
        if len(self._longest) < self._top:
            heappush(self._longest, entry)
        elif self._longest:
            heappushpop(self._longest, entry)
        bound: int | None = None
        if snapshots > 1:
            seen_for = duration_of(lifetime)
            if seen_for is None:
                return
            self.has_durations = True
            seconds = seen_for.total_seconds()
            bound = max((one for one in DURATIONS if one <= seconds), default=0)
        is_partial = lifetime.was_open_at_start or lifetime.is_open_at_end
        self._durations.setdefault(bound, [0, 0])[is_partial] += 1

    def longest(self) -> tuple[Lifetime, ...]:
        """Those that were seen in most snapshots, in descending order."""
        return tuple(lifetime for _, _, lifetime in sorted(self._longest, reverse=True))

    def durations(self) -> tuple[Durations, ...]:
        """How many were seen how long, the shortest first, with those of which there are none."""
        bounds = [bound for bound in self._durations if bound is not None]
        wanted = [b for b in (0, *DURATIONS) if bounds and min(bounds) <= b <= max(bounds)]
        return tuple(
            Durations(bound, *self._durations.get(bound, (0, 0))) for bound in (None, *wanted)
        )


class _Turnovers:
    """How many connections came and went, by the moments of the summary."""

    def __init__(self) -> None:
        self._each = 1
        """So many snapshots are counted together: as in the summary, there are not too many."""
        self._opened: dict[int, int] = {}
        self._closed: dict[int, int] = {}

    def add(self, lifetime: Lifetime) -> None:
        """Takes the next lifetime."""
        if not lifetime.was_open_at_start:
            place = (lifetime.first_snapshot - 1) // self._each
            self._opened[place] = self._opened.get(place, 0) + 1
        if not lifetime.is_open_at_end:
            place = lifetime.last_snapshot // self._each
            self._closed[place] = self._closed.get(place, 0) + 1
        if lifetime.last_snapshot > MOST_MOMENTS * self._each:
            self._fold(2)

    def _fold(self, times: int) -> None:
        self._each *= times
        self._opened = _fold(self._opened, times)
        self._closed = _fold(self._closed, times)

    def make(self, moments: tuple[Moment, ...]) -> tuple[Turnover, ...]:
        """Those of each moment."""
        if moments and moments[0].snapshots > self._each:
            self._fold(moments[0].snapshots // self._each)
        return tuple(
            Turnover(
                moment.first_at,
                moment.last_at,
                self._opened.get(place, 0),
                self._closed.get(place, 0),
            )
            for place, moment in enumerate(moments)
        )


def _fold(counts: dict[int, int], times: int) -> dict[int, int]:
    """Adds up the counts of several places, so that few enough are left to draw."""
    folded: dict[int, int] = {}
    for place, count in counts.items():
        folded[place // times] = folded.get(place // times, 0) + count
    return folded


def duration_of(lifetime: Lifetime) -> timedelta | None:
    """How long it was seen; None where stamps are missing or do not compare."""
    first, last = lifetime.first_seen, lifetime.last_seen
    if first is None or last is None or (first.tzinfo is None) != (last.tzinfo is None):
        return None
    return max(last - first, timedelta(0))
