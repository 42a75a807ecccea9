"""Socket pairs: each connection once, with what each of its ends told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from itertools import chain
from typing import Annotated, Any, Literal

from pydantic import Field

from netstat_parse.analysis.ends import End, Listeners
from netstat_parse.analysis.joining import Joined, join_ends
from netstat_parse.analysis.sockets import WITH_PEER, Key, is_another, is_listening
from netstat_parse.analysis.steps import Step, Steps, telling
from netstat_parse.models import Connection, Endpoint, Process, Snapshot, TcpState
from netstat_parse.models.common import Frozen, construct_all

TOLERANCE = 60.0
"""Seconds that two captures of one connection may lie apart: so long the end that closes first
keeps its addresses and ports from being used again on Linux (TIME-WAIT; RFC 9293, section 3.4.2,
asks for four minutes)."""


class SocketEnd(Frozen):
    """One end of a connection, as its own row tells of it, or that of the other end."""

    host: str
    """As printed: an address or a name."""
    address: IPv4Address | IPv6Address | None = None
    """None for a name, and where it may have been cut and no other row has it whole."""
    port: Annotated[int, Field(ge=0, le=65535)] | None = None
    """None where it is printed by name, and where it was cut."""
    service: str | None = None
    """The port's name, where it is printed by name."""
    truncated: bool = False
    """The text fills its column, so netstat may have cut it."""
    state: TcpState | None = None
    """The last that was seen; None where this end was not seen, or has none (UDP)."""
    process: Process | None = None
    """The last owner that was seen: a connection in TIME_WAIT has none any more."""
    source: str | None = None
    """The `Snapshot.source` of the capture that this end was seen in: the host."""
    is_seen: bool = False
    """It has a row of its own. If not, all that is known of it is what the other end tells."""


class SocketPair(Frozen):
    """A connection: the pair of its sockets (RFC 9293, section 3.4.1)."""

    transport: str
    """tcp, udp ..."""
    first: SocketEnd
    """The end whose row came first."""
    second: SocketEnd
    server: Literal["first", "second"] | None = None
    """The end that was connected to: it was seen in SYN_RECEIVED, or the other in SYN_SENT, or a
    socket listens there. None where nothing of these was seen, or both ends have it."""
    is_inferred: bool = False
    """An address may have been cut or is a name, and the two rows were put together because no
    others in the captures fit."""


def pairs(
    connections: Iterable[Connection] | Iterable[Snapshot] | Snapshot,
    *,
    tolerance: float | None = TOLERANCE,
    transports: Collection[str] = ("tcp",),
) -> list[SocketPair]:
    """Each connection once, with what each of its ends told.

    A connection has two rows where both its ends are in the captures: over loopback (RFC 9293,
    section 3.4.1: the pair of its sockets defines it), or where several hosts' captures are given
    together. Rows of tcp and of tcp6 with a mapped address are the same connection; scopes
    of addresses are not compared. What is told of one end several times is merged, and the last
    holds. What is told of loopback addresses is of one host only.

    `connections` are those of one moment, or one or more Snapshots, whose `source` is the host;
    a log's are followed, so that the states of before tell which end is the server. `tolerance` is
    how many seconds apart two hosts' captures of one connection may be; None: as far as they like.
    Captures without stamps, or of which only one has a time zone, are joined whatever their time.
    `transports` may add "udp": its connected sockets have pairs as well.

    An address that may be cut, or a name, is paired where no other row fits, and the pair
    `is_inferred`; its ports must be whole.
    """
    wanted = frozenset(transports)
    gathered = _Gathered(wanted)
    for snapshot in _as_snapshots(connections):
        gathered.take(snapshot)
    return make_pairs(join_ends(gathered.ends(), tolerance), gathered.listeners)


def pairs_and_rows(
    connections: Sequence[Connection], transports: frozenset[str]
) -> list[tuple[SocketPair, tuple[Connection, ...]]]:
    """The pairs of one moment, each with the rows of those of its ends that are seen."""
    gathered = _Gathered(transports)
    for snapshot in _as_snapshots(connections):
        gathered.take(snapshot)
    joined = join_ends(gathered.ends(), None)
    told = [
        (first.row,) if second in (None, first) else (first.row, second.row)
        for first, second, _ in joined
    ]
    return list(zip(make_pairs(joined, gathered.listeners), told, strict=True))


def _as_snapshots(
    given: Iterable[Connection] | Iterable[Snapshot] | Snapshot,
) -> Iterator[Snapshot]:
    if isinstance(given, Snapshot):
        return iter((given,))
    several = iter(given)
    first = next(several, None)
    if first is None:
        return iter(())
    if isinstance(first, Snapshot):
        return telling(chain((first,), several))  # type: ignore[arg-type]
    rows = tuple(row for row in (first, *several) if isinstance(row, Connection))
    if not rows:
        raise TypeError("pairs() takes Connections or Snapshots")
    return iter((Snapshot(dialect=rows[0].dialect, connections=rows),))


class _Gathered:
    """The ends that were seen, and the sockets that listen."""

    def __init__(self, transports: frozenset[str]) -> None:
        self.listeners = Listeners()
        self._transports = transports
        self._ends: dict[tuple[str | None, Key], list[End]] = {}
        self._source: str | None = None
        self._at: datetime | None = None
        self._steps = Steps(self._is_wanted)

    def _is_wanted(self, row: Connection) -> bool:
        return row.transport in self._transports

    def take(self, snapshot: Snapshot) -> None:
        """Takes the next snapshot. Another source is another host."""
        if snapshot.source != self._source:
            self._leave()
            self._source = snapshot.source
        for step in self._steps.take(snapshot.connections):
            self._take(step, snapshot.captured_at)
        self._at = snapshot.captured_at

    def ends(self) -> Iterator[End]:
        """All that were seen."""
        self._leave()
        return chain.from_iterable(self._ends.values())

    def _leave(self) -> None:
        for step in self._steps.take(()):
            self._take(step, None)

    def _take(self, step: Step, at: datetime | None) -> None:
        row = step.after or step.before
        assert row is not None
        if len(step.key) != WITH_PEER:
            if is_listening(row):
                self.listeners.add(row, self._source)
            return
        if step.before is None:
            self._come(step.key, row, at)
            return
        ends = self._ends[self._source, step.key]
        end = next(end for end in ends if end.is_there and end.row is step.before)
        if step.after is None:
            end.is_there, end.last_at = False, self._at
        else:
            self._tell(end, step.after, at)

    def _come(self, key: Key, row: Connection, at: datetime | None) -> None:
        """Takes the row of an end that is new, or has been gone."""
        ends = self._ends.setdefault((self._source, key), [])
        gone = next((end for end in ends if not end.is_there), None)
        if gone is None:
            ends.append(End(key, row, self._source, at))
        else:
            self._tell(gone, row, at)
            gone.is_there = True

    def _tell(self, end: End, row: Connection, at: datetime | None) -> None:
        """Takes the next row of an end. If its ports are used again, the last connection holds."""
        if is_another(end.row, row):
            end.begin(row, at)
        else:
            end.tell(row)


def make_pairs(all_joined: Sequence[Joined], listeners: Listeners) -> list[SocketPair]:
    """The pairs of these ends."""
    ends: list[dict[str, Any]] = []
    for first, second, _ in all_joined:
        here, there = first.row.local, first.row.foreign
        if second is None:
            ends += (_end_fields(here, first, None), _end_fields(there, None, None))
        else:
            row = second.row
            ends += (_end_fields(here, first, row.foreign), _end_fields(row.local, second, there))
    made = iter(construct_all(SocketEnd, ends))
    return construct_all(
        SocketPair,
        [
            {
                "transport": first.row.transport,
                "first": next(made),
                "second": next(made),
                "server": _find_server(first, second, listeners),
                "is_inferred": is_inferred,
            }
            for first, second, is_inferred in all_joined
        ],
    )


def _end_fields(endpoint: Endpoint, told: End | None, other: Endpoint | None) -> dict[str, Any]:
    """The end at this endpoint. `other` is the same endpoint as the other end's row has it."""
    # The fields of an Endpoint are the first of a SocketEnd.
    fields = {**vars(endpoint), "state": None, "process": None, "source": None, "is_seen": False}
    if told is not None:
        fields["state"], fields["process"] = told.row.state, told.process
        fields["source"], fields["is_seen"] = told.source, True
    if other is not None:
        fields["address"] = endpoint.address or other.address
        if endpoint.port is None:
            fields["port"] = other.port
    return fields


def _find_server(
    first: End, second: End | None, listeners: Listeners
) -> Literal["first", "second"] | None:
    """The end that the states say was connected to; else the one that listens."""
    is_first = first.is_server or (second is not None and second.is_client)
    is_second = first.is_client or (second is not None and second.is_server)
    if not is_first and not is_second:
        transport = first.row.transport
        is_first = listeners.has(transport, first.row.local, first.source)
        if second is not None:
            is_second = listeners.has(transport, second.row.local, second.source)
        elif first.is_loopback:
            is_second = listeners.has(transport, first.row.foreign, first.source)
    if is_first == is_second or first is second:
        return None
    return "first" if is_first else "second"
