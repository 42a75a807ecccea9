"""The records of routing tables: `netstat -r`, `route -n`, `route print`."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from pydantic import Field, NonNegativeInt

from netstat_parse.models.common import Extra, Family, Frozen, FrozenDict


class Route(Frozen):
    """One row of a routing table."""

    dialect: str
    family: Family | None = None
    """What the lines above the table say, or else the destination's address; None for a name."""
    destination: str
    """As printed: an address, `10/24`, `default`, a name."""
    network: IPv4Network | IPv6Network | None = None
    """The addresses that the route is for; `default` is /0. None for a name, where netstat may
    have cut it, and where it prints no mask."""
    mask: str | None = None
    """As printed, where it has a column of its own: 255.255.255.0."""
    gateway: str | None = None
    """As printed: an address, `link#4`, a MAC address, an interface, `*`. None if it is blank."""
    gateway_address: IPv4Address | IPv6Address | None = None
    """The gateway as an address, with its scope; None for all else, and where it may be cut."""
    flags: str | None = None
    """As printed: UG, UGScg, `!`; netstat's manual says what each letter means."""
    interface: str | None = None
    """The name of the interface (Windows: its address); None if it is blank or `-`."""
    metric: int | None = None
    mtu: NonNegativeInt | None = None
    """Bytes."""
    mss: NonNegativeInt | None = None
    """Bytes (Linux: MSS)."""
    window: NonNegativeInt | None = None
    """Bytes (Linux: Window)."""
    irtt: NonNegativeInt | None = None
    """The first guess at the round-trip time, in milliseconds (Linux: irtt)."""
    refs: int | None = None
    """How many use the route."""
    use: NonNegativeInt | None = None
    """Packets sent (BSD), or lookups (Linux)."""
    expires: int | None = None
    """Seconds until it is removed; None if it stays, or has expired (macOS: `!`)."""
    is_persistent: bool | None = None
    """Windows: True for a route that is set again at each start, which need not be active, and
    False for an active one. None elsewhere, and where it is not known."""
    truncated: tuple[str, ...] = ()
    """The names of the fields whose text netstat may have cut."""
    extra: Extra = Field(default_factory=FrozenDict)
    """Cells of columns that no model field holds, by the column's title."""
