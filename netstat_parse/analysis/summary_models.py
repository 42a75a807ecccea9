"""What a summary consists of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from netstat_parse.models import Endpoint, Process
from netstat_parse.models.common import Frozen, FrozenDict
from netstat_parse.models.connections import AnyConnection

QueueName = Literal["recv_q", "send_q"]


class Count(Frozen):
    """How many sockets have something in common."""

    name: str
    """A state, port, program, address or network; `unknown` where netstat does not tell."""
    last: int
    """In the last snapshot."""
    highest: int
    """In the snapshot that has most."""
    highest_at: datetime | None = None
    """The stamp of the first snapshot that has so many."""
    total: int
    """Different ones in all snapshots: each counts again where it comes back."""


class Moment(Frozen):
    """The counts of one snapshot; in a long log the highest of several."""

    first_at: datetime | None = None
    last_at: datetime | None = None
    snapshots: Annotated[int, Field(ge=1)]
    sockets: int
    states: Annotated[Mapping[str, int], AfterValidator(FrozenDict)]


class ListeningSocket(Frozen):
    """A port that was open to others, and who had it open."""

    proto: str
    """As printed."""
    local: Endpoint
    processes: tuple[Process, ...] = ()
    """Those that were seen last, at most 16: several after a restart, or where they share."""
    is_open_at_end: bool
    """It is in the last snapshot."""


class StandingQueue(Frozen):
    """A queue that holds as many bytes in several snapshots, one after another.

    A Send-Q that stands still tells of a peer that takes nothing more, or has gone; a Recv-Q of a
    program here that does not read (RFC 9293, section 3.8.6: the peer's window is closed then).
    """

    connection: AnyConnection
    """Its last row."""
    queue: QueueName
    bytes: int
    """Where it listens, Linux prints how many connections wait to be accepted."""
    since: datetime | None = None
    """The stamp of the first snapshot that has so many bytes."""
    until: datetime | None = None
    """The stamp of the last."""
    snapshots: int


class Summary(Frozen):
    """What was counted over the snapshots of a log, or in one."""

    snapshots: int
    first_at: datetime | None = None
    last_at: datetime | None = None
    sockets: Count
    """All of them."""
    by_state: tuple[Count, ...]
    """The highest of TIME_WAIT and SYN_RECEIVED, with their stamps, are here. Sockets without a
    state have their transport's name."""
    by_port: tuple[Count, ...]
    """`tcp 443 (https) in` are connections to port 443 here, `out` to that of others. Where no
    socket was seen to listen, the lower port tells which end serves (RFC 6335, section 6: the
    system gives high ones)."""
    by_process: tuple[Count, ...]
    """By the name of the program, else by its pid."""
    by_remote: tuple[Count, ...]
    """By the host at the other end, as printed."""
    by_network: tuple[Count, ...]
    """By its network: /24 of IPv4, /64 of IPv6."""
    listeners: tuple[ListeningSocket, ...]
    """Those that are open at the end first, and TCP's before others."""
    standing_queues: tuple[StandingQueue, ...]
    """Those that stood still longest come first."""
    moments: tuple[Moment, ...]
    """The snapshots, in their order."""
    is_complete: bool
    """False if there were more names than are given or kept: those that were least are left out,
    and if they come back, they are counted anew."""
