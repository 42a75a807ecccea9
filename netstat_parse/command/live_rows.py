"""The rows of `netstat-parse watch`: pairs and single sockets, and what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from netstat_parse.analysis.changes import Change
from netstat_parse.analysis.pairs import SocketPair, pairs_and_rows
from netstat_parse.analysis.sockets import Key, has_peer, key_of
from netstat_parse.command.diff import owner_text
from netstat_parse.models import Connection
from netstat_parse.writing.record_columns import state_text
from netstat_parse.writing.sockets import address_text, in_order
from netstat_parse.writing.terminal import printable

TRANSPORTS = frozenset(("tcp", "udp", "udplite"))
"""The sockets of these that have a peer are shown in pairs."""
COLUMNS = ("proto", "state", "program", "local", "", "foreign", "program", "recv_q", "send_q")
NEW, GONE, CHANGED, SAME = "+", "-", "~", " "


class Row(NamedTuple):
    """A pair of sockets or a single one, and what became of it since the snapshot before."""

    mark: str
    texts: tuple[str, ...]
    """One for each of COLUMNS, in which nothing can steer a terminal."""
    queued: int
    """Bytes in all its queues."""
    sockets: tuple[Connection, ...]
    """Those that netstat told of: both ends of a connection only where both are of this system."""


def rows_of(connections: Sequence[Connection]) -> list[Row]:
    """The rows of a snapshot: each pair once, and sockets without a peer."""
    rows = [_pair_row(pair, told) for pair, told in pairs_and_rows(connections, TRANSPORTS)]
    for connection in connections:
        if not (connection.transport in TRANSPORTS and has_peer(connection)):
            local, foreign = address_text(connection.local), address_text(connection.foreign)
            rows.append(_row(local, "", foreign, (connection,)))
    return rows


def mark_rows(before: Iterable[Row], now: Iterable[Row], found: Iterable[Change]) -> list[Row]:
    """The rows of now with what became of them; behind them those that are gone.

    A pair of which one end has gone, or come, has changed. `found` are the changes of the sockets.
    """
    opened: Counter[int] = Counter()
    closed: Counter[int] = Counter()
    changed: Counter[int] = Counter()
    for change in found:  # of rows that are one object, each has its mark
        if change.kind == "opened":
            opened[id(change.after)] += 1
        elif change.kind == "closed":
            closed[id(change.before)] += 1
        else:
            changed[id(change.after)] += 1
    gone = []
    lonely: set[Key] = set()
    for row in before:
        if row.mark == GONE:
            continue
        left = [socket for socket in row.sockets if not _take(closed, socket)]
        if not left:
            gone.append(row._replace(mark=GONE, queued=0))
        elif len(left) < len(row.sockets):
            lonely.update(map(key_of, left))
    marked = []
    for row in now:
        are_new = [_take(opened, socket) for socket in row.sockets]
        have_changed = [_take(changed, socket) for socket in row.sockets]
        if all(are_new):
            marked.append(row._replace(mark=NEW))
        elif any(are_new + have_changed) or not lonely.isdisjoint(map(key_of, row.sockets)):
            marked.append(row._replace(mark=CHANGED))
        else:
            marked.append(row)
    return marked + gone


def _take(counts: Counter[int], socket: Connection) -> bool:
    """True if something is told of this socket, which is told of it alone."""
    is_told = counts[id(socket)] > 0
    counts[id(socket)] -= is_told
    return is_told


def _pair_row(pair: SocketPair, told: tuple[Connection, ...]) -> Row:
    """This system's end is on the left; if both are, the one that connected."""
    left, right = pair.first, pair.second
    if len(told) > 1:
        left, right = in_order(pair)
        told = told if left is pair.first else told[::-1]
    way = "<->"
    if pair.server is not None:
        way = "->" if getattr(pair, pair.server) is right else "<-"
    return _row(address_text(left), way + "?" * pair.is_inferred, address_text(right), told)


def _row(left: str, way: str, right: str, told: tuple[Connection, ...]) -> Row:
    protos = {socket.proto for socket in told}
    owners = [printable(owner_text(socket)) for socket in told]
    texts = (
        protos.pop() if len(protos) == 1 else told[0].transport,
        " ".join(dict.fromkeys(filter(None, map(state_text, told)))),
        *(owners[0], left, way, right, "".join(owners[1:])),
        _queue_texts([socket.recv_q for socket in told]),
        _queue_texts([socket.send_q for socket in told]),
    )
    queued = sum((socket.recv_q or 0) + (socket.send_q or 0) for socket in told)
    return Row(SAME, texts, queued, told)


def _queue_texts(sizes: list[int | None]) -> str:
    """Left and right; empty where netstat prints no queues."""
    return "/".join(str(size) for size in sizes if size is not None)
