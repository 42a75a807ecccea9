"""Which socket a row is of: has it a peer, does it listen, and was it there before?"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from netstat_parse.models import Connection, Endpoint, TcpState

Key = tuple[Any, ...]
"""What rows of the same socket have in common in the snapshots of one system."""
WITH_PEER = 5
"""The length of the key of a socket that has a peer."""
Address = IPv4Address | IPv6Address

_MAPPED = "::ffff:"

_NEXT: dict[TcpState, set[TcpState]] = {
    TcpState.LISTEN: {TcpState.SYN_RECEIVED, TcpState.SYN_SENT},
    TcpState.SYN_SENT: {TcpState.SYN_RECEIVED, TcpState.ESTABLISHED},
    TcpState.SYN_RECEIVED: {TcpState.ESTABLISHED, TcpState.FIN_WAIT_1, TcpState.CLOSE_WAIT},
    TcpState.ESTABLISHED: {TcpState.FIN_WAIT_1, TcpState.CLOSE_WAIT},
    TcpState.FIN_WAIT_1: {TcpState.FIN_WAIT_2, TcpState.CLOSING, TcpState.TIME_WAIT},
    TcpState.FIN_WAIT_2: {TcpState.TIME_WAIT},
    TcpState.CLOSE_WAIT: {TcpState.LAST_ACK},
    TcpState.CLOSING: {TcpState.TIME_WAIT},
    TcpState.LAST_ACK: set(),
    TcpState.TIME_WAIT: set(),
    TcpState.CLOSED: set(),
}
"""The states that may follow each in one connection: RFC 9293, section 3.3.2, figure 5.

All of them may end in CLOSED. What is opened again from CLOSED, or from TIME_WAIT (section 3.6.1),
is another incarnation of the connection (section 3.4.1)."""

OPENING = frozenset({TcpState.SYN_SENT, TcpState.SYN_RECEIVED, TcpState.ESTABLISHED})
"""The states in which a connection can be young."""


def _reachable(state: TcpState) -> frozenset[TcpState]:
    found = {state, TcpState.CLOSED}
    new = list(_NEXT[state])
    while new:
        following = new.pop()
        if following not in found:
            found.add(following)
            new += _NEXT[following]
    return frozenset(found)


REACHABLE = {state: _reachable(state) for state in _NEXT}
"""The states that may be seen of one connection after each."""


def has_peer(connection: Connection) -> bool:
    """True for one end of a connection; False for a socket that waits for others, or is unused."""
    foreign = connection.foreign
    return bool(foreign.port or foreign.service or foreign.truncated)  # Windows prints port 0


def network_of(endpoint: Endpoint) -> str | None:
    """The network of an endpoint's address: /24 of IPv4, /64 of IPv6; None without an address."""
    address = endpoint.address
    if address is None:
        return None
    host = plain_host(endpoint.host)
    if ":" not in host:
        return f"{host.rpartition('.')[0]}.0/24"
    return _network_of_ipv6(int(address) >> 64)


@lru_cache(4096)
def _network_of_ipv6(prefix: int) -> str:
    return f"{IPv6Address(prefix << 64)}/64"


def is_listening(connection: Connection) -> bool:
    """True for a port that is open to others: TCP's LISTEN, and UDP that is not connected."""
    if connection.state is not None:
        return connection.state is TcpState.LISTEN
    return connection.transport in ("udp", "udplite") and not has_peer(connection)


def is_exact(connection: Connection) -> bool:
    """True where no other connection can be printed so: nothing may be cut, nothing is a name."""
    local, foreign = connection.local, connection.foreign
    return not (
        local.address is None
        or local.port is None
        or foreign.address is None
        or foreign.port is None
    )


def key_of(connection: Connection) -> Key:
    """What rows of this socket have in common in all snapshots of one system.

    Texts as they are printed: what may have been cut in one snapshot may be proved whole in the
    next, and its text is the same. A connection is the same whether it is printed under tcp, or
    under tcp6 with a mapped address: Linux does the one in SYN_RECV and the other afterwards.
    """
    local, foreign = connection.local, connection.foreign
    here = local.port or local.service
    if not has_peer(connection):
        return connection.proto, local.host, here
    there = foreign.port or foreign.service
    return connection.transport, plain_host(local.host), here, plain_host(foreign.host), there


def opposite(key: Key) -> Key:
    """The key of the other end's row, where both ends are of one system."""
    transport, local_host, local_port, foreign_host, foreign_port = key
    return transport, foreign_host, foreign_port, local_host, local_port


def plain_host(host: str) -> str:
    """The host, as IPv4 if it is an IPv4 address that is mapped into IPv6."""
    return host[len(_MAPPED) :] if host.startswith(_MAPPED) and "." in host else host


def plain_address(address: Address) -> Address:
    """The address without a scope; as IPv4 if it is mapped into IPv6 (RFC 4291, 2.5.5.2)."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.scope_id is not None:
            return IPv6Address(int(address))
    return address


def port_of(endpoint: Endpoint) -> int | str | None:
    """The port's number, or the name it is printed by."""
    return endpoint.port if endpoint.port is not None else endpoint.service


def pid_of(connection: Connection) -> int | None:
    """The owner's pid. Windows gives connections that no process owns any more to pid 0."""
    process = connection.process
    return process.pid or None if process is not None else None


def socket_of(connection: Connection) -> int | None:
    """The number of the socket, if it is printed: two different ones are two sockets."""
    fields = vars(connection)
    number: int | None = (
        fields.get("inode") or fields.get("socket") or fields.get("control_block") or None
    )
    return number


def may_become(before: TcpState | None, after: TcpState | None) -> bool:
    """True if one connection may be seen in these states one after the other."""
    if before is None or after is None or TcpState.UNKNOWN in (before, after):
        return True
    return after in REACHABLE[before]


def is_another(before: Connection, after: Connection) -> bool:
    """True if two rows with the same addresses and ports tell of two connections.

    The states say so if TCP can't have come from the one to the other; so do another socket's
    number, counters of bytes that are lower than before, and, where no number shows that it is the
    same socket, another process.
    """
    old, new = socket_of(before), socket_of(after)
    if old and new and old != new:
        return True
    if not may_become(before.state, after.state):
        return True
    for counter in ("rx_bytes", "tx_bytes"):
        was, is_ = vars(before).get(counter), vars(after).get(counter)
        if was is not None and is_ is not None and is_ < was:
            return True
    return not (old and new) and differ(pid_of(before), pid_of(after))


def differ(before: object, after: object) -> bool:
    """True if both are known and are not the same."""
    return before is not None and after is not None and before != after


def is_of_others(before: Connection, after: Connection) -> bool:
    """True if another process, or for a listening socket another user, owns it now."""
    old, new = pid_of(before), pid_of(after)
    if old and new:
        return old != new
    if has_peer(before):
        return False
    return any(
        differ(getattr(before, name, None), getattr(after, name, None))
        for name in ("executable", "user", "uid")
    )
