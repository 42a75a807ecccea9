"""What has changed between two snapshots, or between each two of a log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal, overload

from netstat_parse.analysis.sockets import has_peer, is_another, is_listening, is_of_others
from netstat_parse.analysis.steps import Step, Steps, telling
from netstat_parse.models import Connection, Snapshot
from netstat_parse.models.common import Frozen, construct
from netstat_parse.models.connections import AnyConnection


class Change(Frozen):
    """A socket that was opened or closed, or whose state or owner changed, between two snapshots.

    When it happened is known no better than by their stamps.
    """

    kind: Literal["opened", "closed", "state", "owner"]
    before: AnyConnection | None = None
    """Its row in the earlier snapshot; None where it was opened."""
    after: AnyConnection | None = None
    """Its row in the later snapshot; None where it was closed."""
    since: datetime | None = None
    """The stamp of the earlier snapshot; None where it has none."""
    at: datetime | None = None
    """The stamp of the later snapshot; None where it has none."""


@overload
def changes(before: Snapshot, after: Snapshot, *, listening: bool = False) -> Iterator[Change]: ...


@overload
def changes(before: Iterable[Snapshot], *, listening: bool = False) -> Iterator[Change]: ...


def changes(
    before: Snapshot | Iterable[Snapshot],
    after: Snapshot | None = None,
    *,
    listening: bool = False,
) -> Iterator[Change]:
    """What changed between two snapshots of one system, or between each two of a log.

    A socket is the same if its transport, addresses and ports are printed the same; texts that may
    be cut are compared as printed. A listening socket of another process is one change, `owner`:
    its program was started again. A connection whose addresses and ports are used again for
    another is closed and opened: its states say so if RFC 9293 (section 3.3.2, figure 5) has no way
    from the one to the other, or another inode or pid does, or counters of bytes that went down.
    Sockets that share an address (SO_REUSEPORT) are counted; those of one process are matched
    first. A row without a process says nothing of an owner.

    `before` and `after` are Snapshots; or `before` alone is an iterable of them, of which no more
    than one is held. `listening` compares only what is open to others: TCP in LISTEN, and UDP that
    is not connected.

    Raises TypeError for anything else.
    """
    if isinstance(before, Snapshot):
        if not isinstance(after, Snapshot):
            raise TypeError("changes() takes two Snapshots, or an iterable of them")
        return _changes([before, after], listening)
    if after is not None:
        raise TypeError("changes() takes two Snapshots, or an iterable of them")
    return _changes(telling(before), listening)


def _changes(snapshots: Iterable[Snapshot], listening: bool) -> Iterator[Change]:
    steps = Steps(is_listening if listening else None)
    earlier: Snapshot | None = None
    for snapshot in snapshots:
        found = steps.take(snapshot.connections)
        if earlier is not None:
            for step in found:
                for kind, before, after in kinds_of(step):
                    yield construct(
                        Change,
                        kind=kind,
                        before=before,
                        after=after,
                        since=earlier.captured_at,
                        at=snapshot.captured_at,
                    )
        earlier = snapshot


_Told = tuple[Literal["opened", "closed", "state", "owner"], Connection | None, Connection | None]


def kinds_of(step: Step) -> Iterator[_Told]:
    """The changes of one socket."""
    _, before, after = step
    if before is None:
        yield "opened", None, after
    elif after is None:
        yield "closed", before, None
    elif has_peer(before) and is_another(before, after):
        yield "closed", before, None
        yield "opened", None, after
    else:
        if before.state is not after.state:
            yield "state", before, after
        if is_of_others(before, after):
            yield "owner", before, after
