"""The input ends in a row, without a line end: what its last word may lack is marked, or unknown.

Nobody can tell whether the input was cut there, or somebody took the line's end off.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from printed import (
    LINUX_BANNER,
    MACOS_BANNER,
    MACOS_HEADER,
    Row,
    linux_header,
    linux_row,
    macos_row,
)

import netstat_parse as ns
from netstat_parse.reading.reader import LineReader
from netstat_parse.schema import get_kind
from netstat_parse.writing.text import CsvSink

NOTE = "the input ends without a line end, so its last word may be cut"
WINDOWS = "\nActive Connections\n\n  Proto  Local Address          Foreign Address        State"
LINUX = f"{LINUX_BANNER}\n{linux_header()}"
MACOS = f"{MACOS_BANNER}\n{MACOS_HEADER}"
FREEBSD = (
    "Active Internet connections\n"
    "Proto Recv-Q Send-Q Local Address          Foreign Address        (state)"
)
OPENBSD = (
    "Active Internet connections\n"
    "Proto   Recv-Q Send-Q  Local Address          Foreign Address        (state)"
)
ENDS = "10.0.0.1:22             10.0.0.2:4000          "
TCP = f"tcp        0      0 {ENDS} ESTABLISHED"
UDP = "udp        0      0 10.0.0.1:68             "


def read(text: str) -> ns.Snapshot:
    """The one snapshot, by every way of reading."""
    (snapshot,) = ns.iter_snapshots(text)
    (by_lines,) = ns.iter_snapshots(iter(text.splitlines(keepends=True)))
    assert by_lines == snapshot
    if not snapshot.unparsed:
        assert ns.parse(text) == snapshot
    return snapshot


def written(text: str, table: str = "internet") -> dict[str, str]:
    """The last row in CSV, by way of Snapshots and of a sink."""
    file = io.StringIO()
    ns.write_csv([read(text)], file, table=table)
    assert converted(text, table) == file.getvalue()
    return list(csv.DictReader(io.StringIO(file.getvalue())))[-1]


def converted(text: str, table: str) -> str:
    """What `convert` writes."""
    file = io.BytesIO()
    sink = CsvSink(file, lambda *_: None, lambda _: None, kind=get_kind(table))
    reader = LineReader(sink)
    reader.feed_lines(text.split("\n"), terminated=False)
    reader.close()
    return file.getvalue().decode()


def process(connection: Any) -> tuple[Any, ...] | None:
    known = connection.process
    return None if known is None else (known.pid, known.name, known.truncated)


def foreign(connection: Any) -> tuple[Any, ...]:
    end = connection.foreign
    return end.host, end.port, end.service, end.truncated


def state(connection: Any) -> str | None:
    return None if connection.state is None else connection.state.name


Get = Callable[[Any], Any]
CASES: dict[str, tuple[str, Get, Any, Any]] = {
    # header and row -> what is looked at; what it is without a line end, and with one
    "Windows' pid": (
        f"{WINDOWS}           PID\n  TCP    10.0.0.1:22    10.0.0.2:4000   ESTABLISHED     123",
        process,
        None,
        (123, None, False),
    ),
    "the pid of its udp": (
        f"{WINDOWS}           PID\n  UDP    0.0.0.0:123    *:*                             1234",
        process,
        None,
        (1234, None, False),
    ),
    "its offload state": (
        f"{WINDOWS}           PID      Offload State\n"
        "  TCP    10.0.0.1:22    10.0.0.2:4000   ESTABLISHED     123      InHost",
        lambda c: c.offload_state,
        None,
        "InHost",
    ),
    "its component": (
        f"{WINDOWS}           PID\n  TCP    10.0.0.1:22    10.0.0.2:4000   ESTABLISHED     123\n"
        "  RpcSs",
        lambda c: (c.component, process(c)),
        (None, (123, None, False)),
        ("RpcSs", (123, None, False)),
    ),
    "net-tools' name": (
        f"{LINUX.rstrip()}       PID/Program name\n{TCP} 1/ss",
        process,
        (1, "ss", True),
        (1, "ss", False),
    ),
    "net-tools' name, of which nothing is there": (
        f"{LINUX.rstrip()}       PID/Program name\n{TCP} 1/",
        process,
        (1, "", True),
        (1, "", False),
    ),
    "its inode": (
        f"{LINUX} User       Inode\n{TCP} root       1234",
        lambda c: (c.user, c.inode),
        ("root", None),
        ("root", 1234),
    ),
    "its context": (
        f"{LINUX} PID/Program name     Security Context\n{TCP} 1/sshd               a:b:c:s0",
        lambda c: (process(c), c.security_context),
        ((1, "sshd", False), None),
        ((1, "sshd", False), "a:b:c:s0"),
    ),
    "a port": (
        f"{LINUX}\n{UDP}10.0.0.2:53",
        foreign,
        ("10.0.0.2", None, None, True),
        ("10.0.0.2", 53, None, False),
    ),
    "a service": (
        f"{LINUX}\n{UDP}10.0.0.2:http",
        foreign,
        ("10.0.0.2", None, "http", True),
        ("10.0.0.2", None, "http", False),
    ),
    "a state that is the start of another": (
        f"{LINUX.rstrip()}\n{TCP[:-11]}CLOSE",
        state,
        None,
        "CLOSED",
    ),
    "a port of macOS": (
        f"{MACOS}\nudp4       0      0  10.0.0.1.68            10.0.0.2.53",
        foreign,
        ("10.0.0.2", None, None, True),
        ("10.0.0.2", 53, None, False),
    ),
    "a counter of macOS": (
        f"{MACOS}    rxbytes      txbytes\n"
        "tcp4       0      0  10.0.0.1.22            10.0.0.2.4000          ESTABLISHED         123"
        "           45",
        lambda c: (c.rx_bytes, c.tx_bytes),
        (123, None),
        (123, 45),
    ),
    "a stack of FreeBSD": (
        f"{FREEBSD}     Stack\n"
        "tcp4       0      0 10.0.0.1.22            10.0.0.2.4000          ESTABLISHED freebsd",
        lambda c: (c.stack, state(c)),
        (None, "ESTABLISHED"),
        ("freebsd", "ESTABLISHED"),
    ),
    "a service of OpenBSD": (
        f"{OPENBSD}\nudp          0      0  10.0.0.1.68            10.0.0.2.doma",
        foreign,
        ("10.0.0.2", None, "doma", True),
        ("10.0.0.2", None, "doma", False),
    ),
    "a row alone": (
        f"{TCP} 1/sshd\n{TCP} 1/ss",
        process,
        (1, "ss", True),
        (1, "ss", False),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_last_word_is_marked_or_unknown(name: str) -> None:
    text, get, expected, whole = CASES[name]
    snapshot = read(text)
    assert get(snapshot.connections[-1]) == expected
    assert NOTE in snapshot.notes
    assert not snapshot.unparsed
    ended = read(text + "\n")
    assert get(ended.connections[-1]) == whole
    assert NOTE not in ended.notes
    assert snapshot.connections[:-1] == ended.connections[:-1]
    # JSON and CSV say the same.
    again = ns.Snapshot.model_validate_json(snapshot.model_dump_json())
    assert again == snapshot
    row = written(text)
    if get is process:
        assert row["pid"] == ("" if expected is None else str(expected[0]))
        assert row["program"] == ("" if expected is None else f"{expected[1]}…")
    if get is foreign:
        assert row["foreign_port"] == (f"{expected[2]}…" if expected[2] else "")


WHOLE = {
    "a state": f"{LINUX.rstrip()}\n{TCP}",
    "a state of Windows": f"{WINDOWS}\n  TCP    10.0.0.1:22    10.0.0.2:4000   ESTABLISHED",
    "a state of macOS": f"{MACOS.rstrip()}\n{macos_row(Row(proto='tcp4')).rstrip()}",
    "a state of FreeBSD": f"{FREEBSD}\n{TCP.replace(':', '.')}",
    "any port": f"{LINUX.rstrip()}\n{UDP}0.0.0.0:*",
    "any port of Windows": f"{WINDOWS}\n  UDP    0.0.0.0:68             *:*",
    "any port of macOS": f"{MACOS.rstrip()}\nudp4       0      0  *.68                   *.*",
    "a timer": f"{LINUX} Timer\n{TCP} off (0.00/0/0)",
    "a program of Windows": (
        f"{WINDOWS}           PID\n  TCP    10.0.0.1:22    10.0.0.2:4000   ESTABLISHED     123\n"
        " [svchost.exe]"
    ),
    "a name in a full field": (
        f"{LINUX_BANNER}\n{linux_header('p')}\n{linux_row(Row(program='ss'), 'p')}"
    ),
    "a pid with a blank behind": (
        f"{WINDOWS}           PID\n  TCP    10.0.0.1:22    10.0.0.2:4000   ESTABLISHED     123 "
    ),
    "no process": f"{LINUX.rstrip()}       PID/Program name\n{TCP} -",
}


@pytest.mark.parametrize("name", WHOLE)
def test_what_can_lack_nothing_is_whole(name: str) -> None:
    snapshot = read(WHOLE[name])
    assert snapshot.notes == ()
    assert snapshot.connections == read(WHOLE[name] + "\n").connections
    assert len(snapshot.connections) == 1


def test_where_padding_tells_the_row_is_reported() -> None:
    """The first row, too."""
    cut = f"{TCP} 1/ss"
    text = f"{LINUX_BANNER}\n{linux_header('p')}\n"
    for rows in ((), (linux_row(Row(), "p"),)):
        snapshot = read("\n".join((f"{text}"[:-1], *rows, cut)))
        assert len(snapshot.connections) == len(rows)
        assert [line.text for line in snapshot.unparsed] == [cut]
        assert "the input ends inside it" in snapshot.unparsed[0].reason


OTHERS: dict[str, tuple[str, str, Get, Any]] = {
    "a path": (
        "Active UNIX domain sockets (w/o servers)\n"
        "Proto RefCnt Flags       Type       State         I-Node   Path\n"
        "unix  2      [ ]         DGRAM                    20254    /run/x",
        "unix",
        lambda s: [(u.path, u.truncated) for u in s.unix_sockets],
        [("/run/x", ("path",))],
    ),
    "a path of macOS": (
        "Active LOCAL (UNIX) domain sockets\n"
        "Address  Type   Recv-Q Send-Q    Inode     Conn     Refs  Nextref Addr\n"
        "c5e31b40 stream      0      0 c6a0f000 c5e31a00        0        0 /var/run/d",
        "unix",
        lambda s: [(u.path, u.truncated) for u in s.unix_sockets],
        [("/var/run/d", ("path",))],
    ),
    "an interface": (
        "Kernel IP routing table\n"
        "Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n"
        "0.0.0.0         192.0.2.254     0.0.0.0         UG        0 0          0 eth",
        "routes",
        lambda s: [(r.interface, r.truncated) for r in s.routes],
        [("eth", ("interface",))],
    ),
    "seconds": (
        "Routing tables\n\nInternet:\n"
        "Destination        Gateway            Flags               Netif Expire\n"
        "192.0.2.1          0:a:5e:0:0:fb      UHLWIir               en0     11",
        "routes",
        lambda s: [(r.interface, r.expires, r.truncated) for r in s.routes],
        [("en0", None, ())],
    ),
    "flags": (
        "Kernel Interface table\nIface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK "
        "TX-ERR TX-DRP TX-OVR Flg\neth0             1500     1851      0      0 0          1704   "
        "   0      0      0 BM",
        "interfaces",
        lambda s: [(i.name, i.tx_packets, i.flags, i.is_down) for i in s.interfaces],
        [("eth0", 1704, None, None)],
    ),
    "a listening port": (
        "Current listen queue sizes (qlen/incqlen/maxqlen)\nListen         Local Address\n"
        "0/0/128        *.22",
        "listen_queues",
        lambda s: [(q.local.host, q.local.port, q.local.truncated) for q in s.listen_queues],
        [("*", None, True)],
    ),
    "a group": (
        "IPv6/IPv4 Group Memberships\nInterface       RefCnt Group\n"
        "--------------- ------ ---------------------\nlo              1      224.0.0.1",
        "multicast_groups",
        lambda s: [g.group for g in s.multicast_groups],
        ["224.0.0.1"],
    ),
    "a counter": (
        "Tcp:\n    12 active connection openings\n    3 passi",
        "statistics",
        lambda s: [statistic.name for statistic in s.statistics],
        ["active connection openings", "passi"],
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_tables(name: str) -> None:
    text, table, get, expected = OTHERS[name]
    snapshot = read(text)
    assert get(snapshot) == expected
    assert NOTE in snapshot.notes
    assert NOTE not in read(text + "\n").notes
    marked = {"a path": "/run/x…", "a path of macOS": "/var/run/d…", "an interface": "eth…"}
    if name in marked:
        row = written(text, table)
        assert row["path" if table == "unix" else "interface"] == marked[name]
        file = io.StringIO()
        ns.write_jsonl([snapshot], file, table=table)
        assert json.loads(file.getvalue())["truncated"] in (["path"], ["interface"])


def test_lines_of_a_capture_that_is_one_string_of_json_have_ends() -> None:
    rows = [linux_row(Row(program="ss", pid=n), "p").rstrip() for n in (1, 2)]
    text = json.dumps("\n".join([LINUX_BANNER, linux_header("p").rstrip(), *rows, ""]))
    (snapshot,) = ns.iter_snapshots(text)
    assert [process(c) for c in snapshot.connections] == [(1, "ss", False), (2, "ss", False)]


def test_a_proof_does_not_vouch_for_the_last_word() -> None:
    """A longer address shows that netstat cut nothing; the input may have cut the port."""
    long = "tcp6       0      0 2001:db8:aaaa:bbbb:cccc:dddd:1:22 2001:db8::1:4000 ESTABLISHED"
    filling = "udp6       0      0 2001:db8:aaaa:bbbb:cc:53 2001:db8:aaaa:bbbb:cc:5"
    for rows in ([long, filling], [filling.removesuffix("5") + "53", long, filling]):
        snapshot = read("\n".join([LINUX.rstrip(), *rows]))
        assert foreign(snapshot.connections[-1])[1:] == (None, None, True)


@pytest.mark.parametrize("left", ["t", "tcp", "tcp        0      0 10.0.0.1:22    "])
@pytest.mark.parametrize("rest", ["root@h:~# ls", "1700000000", "$ ls", "------"])
def test_a_row_that_the_input_ends_in_shows_that_the_lines_above_are_a_names_rest(
    left: str, rest: str
) -> None:
    """They forge no prompt and no stamp where a row follows, be it but its beginning."""
    context = " " + "a:b:c:s0".ljust(50)
    header = linux_header("p") + f" {'Security Context':<50}"
    broken = f"{TCP} " + f"666/\n{rest}".ljust(20) + context
    text = f"{LINUX_BANNER}\n{header}\n{broken}\n{left}"
    assert [s.captured_at for s in ns.iter_snapshots(text)] == [None]
    (snapshot,) = ns.iter_snapshots(text)
    assert [line.number for line in snapshot.unparsed] == [3, 4, 5]
