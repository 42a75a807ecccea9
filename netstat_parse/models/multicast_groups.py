"""The records of the tables of multicast groups: `netstat -g`."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

from pydantic import Field, NonNegativeInt

from netstat_parse.models.common import Extra, Family, Frozen, FrozenDict


class MulticastGroup(Frozen):
    """A multicast group that this system has joined, on one interface."""

    dialect: str
    interface: str
    """The name of the interface: eth0, lo."""
    refcount: NonNegativeInt | None = None
    """How many have joined it (RefCnt)."""
    group: str
    """As printed: an address, or a name; on macOS also an address of the link layer."""
    address: IPv4Address | IPv6Address | None = None
    """The group as an address; None for a name."""
    family: Family | None = None
    """None for a name."""
    link_address: str | None = None
    """The address of the link layer that the group has there, as printed (macOS)."""
    extra: Extra = Field(default_factory=FrozenDict)
    """Cells of columns that no model field holds, by the column's title."""
