"""FreeBSD's table of sctp: associations and endpoints, printed as sctp.c does, come back.

The functions that print follow usr.bin/netstat/sctp.c (sctp_print_address, sctp_process_inpcb,
sctp_process_tcb) of FreeBSD 9 to 14.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_macos import FAMILIES, HOSTS_4, HOSTS_6, End, check_end, ends

import netstat_parse as ns
from netstat_parse.models import Endpoint, FreebsdConnection

STATES = (
    # RFC 9260, section 4, in sctp.c's spelling
    "CLOSED",
    "COOKIE_WAIT",
    "COOKIE_ECHOED",
    "ESTABLISHED",
    "SHUTDOWN_PENDING",
    "SHUTDOWN_SENT",
    "SHUTDOWN_RECEIVED",
    "SHUTDOWN_ACK_SENT",
    # of a socket, not of an association
    "LISTEN",
)
OF_TCP_TOO = ("CLOSED", "ESTABLISHED", "LISTEN")
"""Those that RFC 9293 has as well. The others have no TcpState of their own."""
OF_ENDPOINTS = ("LISTEN", "CLOSED")

INTERNET = """\
Active Internet connections (including servers)
Proto Recv-Q Send-Q Local Address          Foreign Address        (state)
tcp4       0      0 192.0.2.41.22          *.*                    LISTEN
"""
UNIX = """\
Active UNIX domain sockets
Address          Type   Recv-Q Send-Q            Inode             Conn             Refs          Nextref Addr
fffff80003d3c000 stream      0      0                0                0                0                0
"""  # noqa: E501


@dataclass(frozen=True)
class Row:
    """An association, or an endpoint, which has local addresses alone."""

    version: str
    kind: str
    state: str
    local: tuple[End, ...]
    foreign: tuple[End, ...] = ()
    is_later: bool = False
    """Another association of the same socket stands above: then it is indented once more."""


def address(end: End, width: int, numeric: bool) -> str:
    host = end.host if numeric or not end.name else end.name
    port = end.service[:15] if end.service and not numeric else str(end.port or "*")
    text = f"{host[: 39 if width == 45 else 16]}.{port} "
    return f"{text[:width]:{width}} "


def printed(row: Row, width: int, numeric: bool) -> str:
    head = f"{'sctp' + row.version:6} {row.kind:5} "
    if not row.local:
        return f"{head}{' ' * (2 * width + 1)} CLOSED"
    lines: list[str] = []
    for local, foreign in zip_longest(row.local, row.foreign):
        text = address(local, width, numeric) if local else " " * (width + 1)
        if foreign:
            text += address(foreign, width, numeric)
        if row.state in OF_ENDPOINTS:
            text += "" if lines else f"{' ' * width} {row.state}"
        elif not lines:
            text += row.state
        lines.append(" " * 13 * (bool(lines) or row.is_later) + text)
    return head + "\n".join(lines)


def capture(rows: list[Row], width: int, *, numeric: bool = True) -> str:
    titles = f"{'Proto':6} {'Type':5} {'Local Address':{width}} {'Foreign Address':{width}} (state)"
    lines = ["Active SCTP associations (including servers)", titles]
    lines += [printed(row, width, numeric) for row in rows]
    return "".join(f"{line}\n" for line in lines)


def certain(end: End, width: int, numeric: bool) -> bool:
    """True where the reader can know that this end was not cut."""
    host = end.host if numeric or not end.name else end.name
    is_named = bool(end.service) and not numeric
    fits = not is_named or len(f"{host}.{end.service[:15]}") < width
    return fits and len(host) < (39 if width == 45 else 16)


def check(row: Row, found: ns.Connection, width: int, numeric: bool) -> None:
    assert isinstance(found, FreebsdConnection)
    assert (found.proto, found.transport) == (f"sctp{row.version}", "sctp")
    assert found.family == FAMILIES[row.version]
    assert (found.recv_q, found.send_q, found.process) == (None, None, None)
    assert found.socket_type == (None if row.kind == "????" else row.kind)
    if row.state in OF_TCP_TOO:
        assert (found.state, found.extra) == (ns.TcpState(row.state), {})
    else:
        assert (found.state, found.extra) == (ns.TcpState.UNKNOWN, {"State": row.state})
    for true, first, more in (
        (row.local, found.local, found.more_local),
        (row.foreign, found.foreign, found.more_foreign),
    ):
        if not true:
            assert (first, more) == (Endpoint(host=""), ())
            continue
        for end, given_end in zip(true, (first, *more), strict=True):
            sure = certain(end, width, numeric)
            check_end(given_end, end, numeric=numeric, certain=sure)


@st.composite
def rows(draw: st.DrawFn, named: bool) -> Row:
    version = draw(st.sampled_from(["4", "46"]))
    end = ends(HOSTS_4 if version == "4" else st.one_of(HOSTS_4, HOSTS_6), named)
    state = draw(st.sampled_from(STATES))
    kind = draw(st.sampled_from(["1to1", "1toN", "????"]))
    least = 0 if state == "CLOSED" else 1
    local = draw(st.lists(end, min_size=least, max_size=4))
    is_endpoint = state in OF_ENDPOINTS
    foreign = [] if is_endpoint else draw(st.lists(end, min_size=1, max_size=4))
    is_later = not is_endpoint and draw(st.booleans())
    return Row(version, kind, state, tuple(local), tuple(foreign), is_later)


@pytest.mark.slow
@pytest.mark.parametrize("width", [22, 45])
@pytest.mark.parametrize("numeric", [True, False], ids=["numbers", "names"])
@given(data=st.data())
@settings(max_examples=20)
def test_associations_come_back(width: int, numeric: bool, data: st.DataObject) -> None:
    chosen = data.draw(st.lists(rows(not numeric), max_size=4))
    snapshot = ns.parse(INTERNET + capture(chosen, width, numeric=numeric) + UNIX)
    assert snapshot.dialect == "freebsd"
    assert not snapshot.notes
    first, *others = snapshot.connections
    assert first.local.port == 22
    for row, found in zip(chosen, others, strict=True):
        check(row, found, width, numeric)
    assert len(snapshot.unix_sockets) == 1
    assert ns.Snapshot.model_validate_json(snapshot.model_dump_json()) == snapshot


LISTENING = Row("4", "1to1", "LISTEN", (End("*", 2905),))


def test_a_state_without_a_name() -> None:
    row = Row("4", "1toN", "ESTABLISHED", (End("192.0.2.5", 9),), (End("192.0.2.6", 9),))
    text = capture([row], 22).replace("ESTABLISHED", "UNKNOWN 0x00000040")
    (found,) = ns.parse(text).connections
    assert found.state is ns.TcpState.UNKNOWN


def test_the_table_alone_is_a_snapshot_and_when_it_comes_again_another() -> None:
    text = capture([LISTENING], 22)
    found = list(ns.iter_snapshots(text * 2 + (INTERNET + text) * 2))
    assert [len(snapshot.connections) for snapshot in found] == [1, 1, 2, 2]


def test_a_table_of_unix_sockets_that_comes_again_is_of_another_run() -> None:
    assert [len(s.unix_sockets) for s in ns.iter_snapshots(UNIX * 3)] == [1, 1, 1]


@pytest.mark.parametrize(
    "line",
    [
        "sctp4  1to1  192.0.2.41.2905        ESTABLISHED",
        "sctp4  1to1                         198.51.100.30.2905     ESTABLISHED",
        "sctp4  1to3  192.0.2.41.2905        198.51.100.30.2905     ESTABLISHED",
        "             192.0.2.42.2905        198.51.100.31.2905     ",
    ],
)
def test_what_is_no_row_is_reported(line: str) -> None:
    (snapshot,) = ns.iter_snapshots(capture([], 22) + line + "\n")
    assert not snapshot.connections
    assert [unparsed.text for unparsed in snapshot.unparsed] == [line]
