"""The records of the tables of listen queues: `netstat -L` of macOS and the BSDs."""

from __future__ import annotations

from pydantic import Field, NonNegativeInt

from netstat_parse.models.common import Endpoint, Extra, Frozen, FrozenDict


class ListenQueue(Frozen):
    """The queue of connections that a listening socket has not accepted yet."""

    dialect: str
    proto: str | None = None
    """As printed; None where netstat prints none (macOS)."""
    queued: NonNegativeInt
    """Connections that wait to be accepted (qlen)."""
    incomplete: NonNegativeInt
    """Of these, how many are not yet complete (incqlen)."""
    maximum: NonNegativeInt
    """How many the queue may hold (maxqlen)."""
    local: Endpoint
    extra: Extra = Field(default_factory=FrozenDict)
    """Cells of columns that no model field holds, by the column's title."""
