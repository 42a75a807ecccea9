"""The ends of connections as rows tell of them, and who listens."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from netstat_parse.analysis.sockets import (
    Address,
    Key,
    differ,
    plain_address,
    plain_host,
    port_of,
)
from netstat_parse.models import Connection, Endpoint, Process, TcpState

MOST_PORTS = 100_000
"""When more listening ports were seen, which no system has, the earlier are forgotten."""


class End:
    """One end of a connection: what its rows told until now."""

    __slots__ = (
        "first_at",
        "is_client",
        "is_server",
        "is_there",
        "key",
        "last_at",
        "process",
        "row",
        "source",
    )

    def __init__(self, key: Key, row: Connection, source: str | None, at: datetime | None) -> None:
        self.key = key
        self.source = source
        """The host, or file, whose netstat printed it."""
        self.begin(row, at)

    def begin(self, row: Connection, at: datetime | None) -> None:
        """Takes the first row of a connection."""
        self.process: Process | None = None
        """The last that was printed: TIME_WAIT has none."""
        self.is_client = self.is_server = False
        self.first_at = self.last_at = at
        self.is_there = True
        self.tell(row)

    def tell(self, row: Connection) -> None:
        """Takes the end's next row."""
        self.row = row
        process = row.process
        if process is not None and process.pid:
            self.process = process
        # Only who connects is ever in SYN_SENT, only who listens in SYN_RECEIVED (RFC 9293, 3.5),
        # unless both connect at once.
        if row.state is TcpState.SYN_SENT:
            self.is_client = True
        elif row.state is TcpState.SYN_RECEIVED:
            self.is_server = True

    def may_be(self, other: End) -> bool:
        """False if two rows of the same direction can't be of the same socket."""
        return not differ(self.process and self.process.pid, other.process and other.process.pid)

    @property
    def is_loopback(self) -> bool:
        """True if both ends are of one system, and addresses say nothing of which."""
        return _is_loopback(self.row.local.host) and _is_loopback(self.row.foreign.host)


def _is_loopback(host: str) -> bool:
    """True for 127.0.0.0/8 and ::1 (RFC 6890), be they cut or not."""
    host = plain_host(host)
    return host.startswith("127.") or host == "::1"


class Listeners:
    """The sockets that listen, by their ports."""

    def __init__(self, *, of_one_system: bool = False) -> None:
        self._of_one_system = of_one_system
        """They are, whatever the source."""
        self._hosts: dict[tuple[str | None, str, int | str | None], set[Address | str]] = (
            defaultdict(set)
        )

    def add(self, row: Connection, source: str | None = None) -> None:
        """Takes the row of a socket that listens."""
        local = row.local
        if local.truncated and local.address is None:
            return
        host: Address | str = plain_host(local.host)
        if local.address is not None and not local.address.is_unspecified:
            host = plain_address(local.address)
        elif local.address is not None or host == "*":
            host = "0.0.0.0" if row.family == "ipv4" else "*"
        source = None if self._of_one_system else source
        if len(self._hosts) > MOST_PORTS:
            self._hosts.clear()
        self._hosts[source, row.transport, port_of(local)].add(host)

    def has(self, transport: str, endpoint: Endpoint, source: str | None = None) -> bool:
        """True if a socket listens at this end, at its address or at all of them."""
        port = port_of(endpoint)
        source = None if self._of_one_system else source
        hosts = self._hosts.get((source, transport, port))
        if port is None or not hosts:
            return False
        address = endpoint.address and plain_address(endpoint.address)
        return (
            "*" in hosts
            or (address or plain_host(endpoint.host)) in hosts
            or ("0.0.0.0" in hosts and not (address is not None and address.version == 6))
        )
