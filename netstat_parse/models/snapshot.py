"""Snapshot: what one run of netstat printed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from netstat_parse.models.common import Frozen
from netstat_parse.models.connections import AnyConnection
from netstat_parse.models.interfaces import Interface
from netstat_parse.models.listen_queues import ListenQueue
from netstat_parse.models.multicast_groups import MulticastGroup
from netstat_parse.models.other_tables import OtherTable
from netstat_parse.models.routes import Route
from netstat_parse.models.statistics import Statistic
from netstat_parse.models.unix_sockets import UnixSocket


class UnparsedLine(Frozen):
    """A line that no rule accounts for."""

    number: Annotated[int, Field(ge=1)]
    """Counted from 1 in the input."""
    text: str
    reason: str
    """What was expected, and at which column."""


class Snapshot(Frozen):
    """One run of netstat."""

    dialect: str
    """linux, macos, busybox ...: `netstat-parse dialects` lists them."""
    captured_at: datetime | None = None
    """The log's own stamp before the snapshot; naive where the log names no known time zone."""
    connections: tuple[AnyConnection, ...] = ()
    unix_sockets: tuple[UnixSocket, ...] = ()
    routes: tuple[Route, ...] = ()
    interfaces: tuple[Interface, ...] = ()
    multicast_groups: tuple[MulticastGroup, ...] = ()
    listen_queues: tuple[ListenQueue, ...] = ()
    statistics: tuple[Statistic, ...] = ()
    other_tables: tuple[OtherTable, ...] = ()
    unparsed: tuple[UnparsedLine, ...] = ()
    notes: tuple[str, ...] = ()
    """netstat's own warnings, and the tables that were set aside."""
    source: str | None = None
    """What it was read from: a path, or `archive/member`; None where nobody said. Snapshots are
    equal if netstat printed the same, whatever they were read from."""

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Snapshot) and other.source != self.source:
            other = other.model_copy(update={"source": self.source})
        return super().__eq__(other)

    def __hash__(self) -> int:
        return hash(tuple(value for name, value in self.__dict__.items() if name != "source"))

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        from netstat_parse.scans import stream_of

        return stream_of(self, requested_schema)
