"""The records of the tables of interfaces: `netstat -i`."""

from __future__ import annotations

from pydantic import Field, NonNegativeInt

from netstat_parse.models.common import Extra, Frozen, FrozenDict


class Interface(Frozen):
    """One row of a table of interfaces: an interface (Linux), or one address of it (the others).

    A number is None where netstat prints none: a blank, or `-`.
    """

    dialect: str
    name: str
    """Without the star that marks an interface that is down."""
    is_down: bool | None = None
    """None where the row does not tell."""
    mtu: NonNegativeInt | None = None
    """Bytes."""
    network: str | None = None
    """As printed: `<Link#4>`, `192.0.2`, `fe80::%lo0/64`, none, DLI."""
    address: str | None = None
    """As printed: a MAC address, an IP address, a name; None if it is blank."""
    rx_packets: NonNegativeInt | None = None
    rx_errors: NonNegativeInt | None = None
    rx_drops: NonNegativeInt | None = None
    rx_overruns: NonNegativeInt | None = None
    rx_bytes: NonNegativeInt | None = None
    tx_packets: NonNegativeInt | None = None
    tx_errors: NonNegativeInt | None = None
    tx_drops: NonNegativeInt | None = None
    tx_overruns: NonNegativeInt | None = None
    tx_bytes: NonNegativeInt | None = None
    collisions: NonNegativeInt | None = None
    flags: str | None = None
    """As printed (Linux: Flg): BMRU."""
    truncated: tuple[str, ...] = ()
    """The names of the fields whose text netstat may have cut."""
    extra: Extra = Field(default_factory=FrozenDict)
    """Cells of columns that no model field holds, by the column's title."""
