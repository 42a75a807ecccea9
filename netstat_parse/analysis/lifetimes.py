"""From when to when connections lived, as far as snapshots tell."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from netstat_parse.analysis.ends import End, Listeners
from netstat_parse.analysis.joining import Joined
from netstat_parse.analysis.pairs import SocketPair, make_pairs
from netstat_parse.analysis.sockets import (
    OPENING,
    WITH_PEER,
    Key,
    is_another,
    is_exact,
    is_listening,
    opposite,
)
from netstat_parse.analysis.steps import Step, Steps, telling
from netstat_parse.models import Connection, Snapshot, TcpState
from netstat_parse.models.common import Frozen, construct_all

Number = Annotated[int, Field(ge=1)]


class StateSpan(Frozen):
    """A state in which one end of a connection was seen, and in which snapshots."""

    end: Literal["first", "second"]
    state: TcpState
    first_seen: datetime | None = None
    """The stamp of the first snapshot that has it."""
    last_seen: datetime | None = None
    """The stamp of the last snapshot that has it."""
    first_snapshot: Number
    """Which snapshot of the log this is, counted from 1."""
    last_snapshot: Number


class QueuesAndBytes(Frozen):
    """The most that one end had in its queues, and the last of its counters."""

    highest_recv_q: int | None = None
    """Bytes; None where netstat prints no queues."""
    highest_send_q: int | None = None
    """Bytes; None where netstat prints no queues."""
    rx_bytes: int | None = None
    """Bytes received, when last seen; None where netstat does not print them."""
    tx_bytes: int | None = None
    """Bytes sent, when last seen; None where netstat does not print them."""


class Lifetime(Frozen):
    """One connection, from the first snapshot that has it to the last."""

    pair: SocketPair
    """Its two ends, with their last states and owners."""
    first_seen: datetime | None = None
    """The stamp of the first snapshot that has it."""
    last_seen: datetime | None = None
    """The stamp of the last snapshot that has it."""
    opened_after: datetime | None = None
    """The stamp of the snapshot before the first: it was opened between the two. None where there
    is none, or it has no stamp."""
    closed_before: datetime | None = None
    """The stamp of the snapshot behind the last: it was gone by then. None where there is none, or
    it has no stamp."""
    first_snapshot: Number
    """Which snapshot of the log is the first that has it, counted from 1."""
    last_snapshot: Number
    was_open_at_start: bool
    """It is in the first snapshot of the log, so nothing tells when it was opened."""
    is_open_at_end: bool
    """It is in the last snapshot of the log, so nothing tells when it is closed."""
    states: tuple[StateSpan, ...]
    """The states of both ends, in the order in which they were seen first."""
    first: QueuesAndBytes
    """Of the pair's first end."""
    second: QueuesAndBytes | None = None
    """Of the pair's second end; None where it was not seen."""


def lifetimes(
    snapshots: Iterable[Snapshot], *, transports: Collection[str] = ("tcp",)
) -> Iterator[Lifetime]:
    """The connections of a log, each as soon as it has ended; at the end those that are still open.

    When a connection was opened and closed is known no better than by the stamps of the snapshots
    before and behind those that have it. Both ends of a connection over loopback have one lifetime
    together, which ends when the last row of both has gone (TIME_WAIT remains at one end alone:
    RFC 9293, section 3.6). Addresses and ports that are used again are another lifetime where
    RFC 9293 (section 3.3.2, figure 5) has no way from the state before to the one behind, where
    another inode or pid shows it, or counters of bytes that went down.

    `snapshots` are those of one system, in their order; memory grows with the connections that are
    open at the same time, not with the log. `transports` may add "udp", for its connected sockets.
    Addresses that may have been cut are compared as they are printed; of rows that are printed
    alike each has a lifetime of its own.
    """
    follower = LifetimeFollower(frozenset(transports))
    for snapshot in telling(snapshots):
        yield from follower.take(snapshot)
    yield from follower.close()


class _Moment(NamedTuple):
    number: int
    at: datetime | None


class _Span:
    """A state in which an end was seen."""

    __slots__ = ("end", "first", "last", "state")

    def __init__(self, end: _LivingEnd, state: TcpState, first: _Moment) -> None:
        self.end = end
        self.state = state
        self.first = first
        self.last = first


class _LivingEnd(End):
    """One end of a connection that has not ended."""

    __slots__ = ("life", "recv_q", "send_q", "span")

    def __init__(self, key: Key, row: Connection, life: _Life, now: _Moment) -> None:
        self.life = life
        self.span: _Span | None = None
        self.recv_q = row.recv_q
        self.send_q = row.send_q
        super().__init__(key, row, life.source, now.at)
        self._see_state(row.state, now, now)

    def see(self, row: Connection, now: _Moment, earlier: _Moment) -> None:
        """Takes the row of this snapshot."""
        self.tell(row)
        self.recv_q = _highest(self.recv_q, row.recv_q)
        self.send_q = _highest(self.send_q, row.send_q)
        self._see_state(row.state, now, earlier)

    def _see_state(self, state: TcpState | None, now: _Moment, earlier: _Moment) -> None:
        if self.span is not None and state is not self.span.state:
            self.stop(earlier)
        if self.span is None and state is not None and state is not TcpState.UNKNOWN:
            self.span = _Span(self, state, now)
            self.life.spans.append(self.span)

    def stop(self, last: _Moment) -> None:
        """Its state was seen last in this snapshot."""
        if self.span is not None:
            self.span.last = last
            self.span = None


class _Life:
    """A connection that has not ended: its ends, one or two."""

    __slots__ = ("earlier", "ends", "first", "source", "spans")

    def __init__(self, source: str | None, first: _Moment, earlier: _Moment | None) -> None:
        self.source = source
        self.first = first
        self.earlier = earlier
        """The snapshot before the first; None if there is none."""
        self.ends: list[_LivingEnd] = []
        self.spans: list[_Span] = []

    def find(self, key: Key) -> _LivingEnd | None:
        """Its end with this key, be it there or gone."""
        for end in self.ends:
            if end.key == key:
                return end
        return None

    @property
    def is_there(self) -> bool:
        """True while one of its ends is there."""
        return self.ends[0].is_there or (len(self.ends) > 1 and self.ends[1].is_there)


class LifetimeFollower:
    """Follows connections from snapshot to snapshot."""

    def __init__(self, transports: frozenset[str]) -> None:
        self._transports = transports
        self._steps = Steps(self._is_wanted)
        self._listeners = Listeners(of_one_system=True)
        self._ends: dict[Key, list[_LivingEnd]] = {}
        """The ends that are there; several under one key only where texts may be cut or names."""
        self._number = 0
        self._earlier: _Moment | None = None
        self._source: str | None = None

    def _is_wanted(self, row: Connection) -> bool:
        return row.transport in self._transports

    def take(self, snapshot: Snapshot) -> list[Lifetime]:
        """Takes the next snapshot; gives the lifetimes that have ended by it."""
        self._number += 1
        self._source = snapshot.source
        now = _Moment(self._number, snapshot.captured_at)
        ended: dict[_Life, None] = {}
        come: list[tuple[Key, Connection]] = []
        replaced: list[_Life] = []
        for step in self._steps.take(snapshot.connections):
            if len(step.key) != WITH_PEER:
                if step.after is not None and is_listening(step.after):
                    self._listeners.add(step.after)
            elif step.before is None:
                assert step.after is not None
                come.append((step.key, step.after))
            elif step.after is not None and not is_another(step.before, step.after):
                self._end_of(step).see(step.after, now, self._earlier or now)
            else:
                end = self._end_of(step)
                self._leave(end)
                ended[end.life] = None
                if step.after is not None:
                    come.append((step.key, step.after))
                    replaced.append(end.life)
        for life in replaced:
            # Where one end is of another connection now, so is the other, unless it lingers.
            for end in life.ends:
                if end.is_there and (end.row.state is None or end.row.state in OPENING):
                    self._leave(end)
                    come.append((end.key, end.row))
        for key, row in come:
            self._come(key, row, now)
        found = self._make([life for life in ended if not life.is_there], now.at)
        self._earlier = now
        return found

    def close(self) -> list[Lifetime]:
        """The lifetimes of what is still open, in the order in which it was seen first."""
        lives = {end.life: None for ends in self._ends.values() for end in ends}
        return self._make(sorted(lives, key=lambda life: life.first.number), None)

    def _end_of(self, step: Step) -> _LivingEnd:
        ends = self._ends[step.key]
        return next(end for end in ends if end.row is step.before) if len(ends) > 1 else ends[0]

    def _leave(self, end: _LivingEnd) -> None:
        """An end is in this snapshot no more."""
        end.is_there = False
        if self._earlier is not None:
            end.stop(self._earlier)
        ends = self._ends[end.key]
        ends.remove(end)
        if not ends:
            del self._ends[end.key]

    def _come(self, key: Key, row: Connection, now: _Moment) -> None:
        """Takes the row of an end that is new, or comes back, in its life or in a new one."""
        life = self._life_of(key, row)
        if life is None:
            life = _Life(self._source, now, self._earlier)
        end = life.find(key)
        if end is None:
            end = _LivingEnd(key, row, life, now)
            life.ends.append(end)
        else:
            end.is_there = True
            end.see(row, now, now)
        self._ends.setdefault(key, []).append(end)

    def _life_of(self, key: Key, row: Connection) -> _Life | None:
        """The life of the connection's other end, if this row can be part of it."""
        others = self._ends.get(opposite(key), ())
        if len(others) != 1 or (key in self._ends and not is_exact(row)):
            return None
        (other,) = others
        known = other.life.find(key)
        if known is other or (known is not None and (known.is_there or is_another(known.row, row))):
            return None
        # The end in TIME_WAIT has seen the other's FIN: it can't be young any more.
        states = {row.state, other.row.state}
        if TcpState.TIME_WAIT in states and states & OPENING:
            return None
        return other.life

    def _make(self, lives: list[_Life], closed_before: datetime | None) -> list[Lifetime]:
        """The lifetimes of what has ended, or is open at the end of the log."""
        if not lives:
            return []
        last = self._earlier
        assert last is not None
        joined = [_join(life) for life in lives]
        are_open = [life.is_there for life in lives]
        for life in lives:
            for end in life.ends:
                end.stop(last)
        pairs = make_pairs(joined, self._listeners)
        spans = iter(_make_spans(lives))
        made = [
            {
                "pair": pair,
                "first_seen": life.first.at,
                "last_seen": last.at,
                "opened_after": life.earlier.at if life.earlier else None,
                "closed_before": closed_before,
                "first_snapshot": life.first.number,
                "last_snapshot": last.number,
                "was_open_at_start": life.earlier is None,
                "is_open_at_end": is_open,
                "states": tuple(islice(spans, len(life.spans))),
                "first": _make_totals(first),
                "second": _make_totals(second) if second is not None else None,
            }
            for life, is_open, (first, second, _), pair in zip(
                lives, are_open, joined, pairs, strict=True
            )
        ]
        for life in lives:
            # They refer to each other: so they are freed without a search for cycles.
            life.ends.clear()
            life.spans.clear()
        return construct_all(Lifetime, made)


def _join(life: _Life) -> Joined:
    """The ends of a life, of which one may be unseen."""
    first, *others = life.ends
    second = others[0] if others else None
    if first.key == opposite(first.key):  # a socket that is connected to itself
        second = first
    is_inferred = second is not None and not (is_exact(first.row) and is_exact(second.row))
    return Joined(first, second, is_inferred)


def _make_spans(lives: list[_Life]) -> list[StateSpan]:
    """The states of all lives, one after another."""
    return construct_all(
        StateSpan,
        [
            {
                "end": "first" if span.end is life.ends[0] else "second",
                "state": span.state,
                "first_seen": span.first.at,
                "last_seen": span.last.at,
                "first_snapshot": span.first.number,
                "last_snapshot": span.last.number,
            }
            for life in lives
            for span in life.spans
        ],
    )


def _make_totals(end: End) -> QueuesAndBytes:
    assert isinstance(end, _LivingEnd)
    fields = vars(end.row)
    return _totals(end.recv_q, end.send_q, fields.get("rx_bytes"), fields.get("tx_bytes"))


@lru_cache(1024)
def _totals(
    recv_q: int | None, send_q: int | None, rx_bytes: int | None, tx_bytes: int | None
) -> QueuesAndBytes:
    return QueuesAndBytes(
        highest_recv_q=recv_q, highest_send_q=send_q, rx_bytes=rx_bytes, tx_bytes=tx_bytes
    )


def _highest(one: int | None, two: int | None) -> int | None:
    if one is None or two is None:
        return two if one is None else one
    return max(one, two)
