# ruff: noqa: E501, W291
"""UNIX domain sockets: the tables of every dialect, and the real programs against /proc."""

from __future__ import annotations

import csv
import io
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from netstat_parse import (
    Process,
    Snapshot,
    UnixSocket,
    iter_snapshots,
    parse,
    read_log,
    write_csv,
    write_jsonl,
)
from netstat_parse.command import main

NET_TOOLS = """\
Active Internet connections (servers and established)
Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name    
tcp        0      0 127.0.0.1:631           0.0.0.0:*               LISTEN      812/cupsd           
Active UNIX domain sockets (servers and established)
Proto RefCnt Flags       Type       State         I-Node   PID/Program name     Path
unix  2      [ ACC ]     STREAM     LISTENING     24517    812/cupsd            /run/cups/cups.sock
unix  2      [ ACC ]     SEQPACKET  LISTENING     1701     1/init               @/org/kernel/x@
unix  3      [ ]         STREAM     CONNECTED     24519    4711/my prog (x) /y  /run/my
unix  3      [ ]         STREAM     CONNECTED     24518    4711/my prog (x) /y  
unix  2      [ ]         DGRAM                    23019    -                    
unix  3      [ W N ]     STREAM     CONNECTING    0        -                    relative path
"""

BSD_ROWS = """\
Address          Type   Recv-Q Send-Q            Inode             Conn             Refs          Nextref Addr
fffff80004aa1000 stream      0     12                0 fffff80004aa1100                0                0
fffff80004aa2000 stream      0      0 fffff80005bb0000                0                0                0 /var/run/a path
fffff80004aa3000 dgram       0      0                0 fffff80004aa3900                0 fffff80004aa3a00
fffff80004aa4000 seqpac      0      0 fffff80005bb2000                0 fffff80004aa4100                0 /x
"""


def unix(**fields: object) -> UnixSocket:
    return UnixSocket.model_validate({"dialect": "linux", **fields})


def test_net_tools() -> None:
    snapshot = parse(NET_TOOLS)
    assert [c.local.port for c in snapshot.connections] == [631]
    cups = Process(pid=812, name="cupsd")
    mine = Process(pid=4711, name="my prog (x) /y", truncated=True)
    stream = {"refcount": 3, "type": "STREAM", "state": "CONNECTED", "process": mine}
    assert snapshot.unix_sockets == (
        unix(
            refcount=2,
            flags=("ACC",),
            type="STREAM",
            state="LISTENING",
            inode=24517,
            process=cups,
            path="/run/cups/cups.sock",
        ),
        unix(
            refcount=2,
            flags=("ACC",),
            type="SEQPACKET",
            state="LISTENING",
            inode=1701,
            process=Process(pid=1, name="init"),
            path="@/org/kernel/x@",
        ),
        unix(**stream, inode=24519, path="/run/my"),
        unix(**stream, inode=24518),
        unix(refcount=2, type="DGRAM", inode=23019),
        unix(
            refcount=3,
            flags=("W", "N"),
            type="STREAM",
            state="CONNECTING",
            inode=0,
            path="relative path",
        ),
    )
    assert Snapshot.model_validate_json(snapshot.model_dump_json()) == snapshot


@pytest.mark.parametrize(
    ("banner", "dialect"),
    [
        ("Active UNIX domain sockets", "freebsd"),
        ("Active LOCAL (UNIX) domain sockets", "macos"),
    ],
)
def test_bsd(banner: str, dialect: str) -> None:
    snapshot = parse(f"{banner}\n{BSD_ROWS}", dialect=dialect)
    assert snapshot.dialect == dialect
    first, second, third, fourth = snapshot.unix_sockets
    assert (first.socket, first.connected_to) == (0xFFFFF80004AA1000, 0xFFFFF80004AA1100)
    assert (first.recv_q, first.send_q, first.path) == (0, 12, None)
    assert (second.type, second.inode, second.path) == (
        "stream",
        0xFFFFF80005BB0000,
        "/var/run/a path",
    )
    assert (third.type, third.next_reference) == ("dgram", 0xFFFFF80004AA3A00)
    assert (fourth.references, fourth.path) == (0xFFFFF80004AA4100, "/x")


@pytest.mark.parametrize("path", ["/run/a", "@a", "", "relative", "a b", "12"])
@pytest.mark.parametrize("name", ["t\u00e9l\u00e9", "\u30bd\u30b1\u30c3\u30c8", "\u00e9"])
def test_names_of_letters_with_more_bytes_than_one(name: str, path: str) -> None:
    field = f"4711/{name}" + " " * (20 - len(f"4711/{name}".encode()))
    row = f"unix  3      [ ]         STREAM     CONNECTED     24519    {field} {path}"
    text = "\n".join([*NET_TOOLS.split("\n")[3:5], row, ""])
    (snapshot,) = iter_snapshots(text)
    if path and path[0] not in "/@":
        assert [line.text for line in snapshot.unparsed] == [row]
        return
    (found,) = snapshot.unix_sockets
    assert (found.process and found.process.name, found.path) == (name, path or None)


def test_only_unix_sockets_are_a_snapshot() -> None:
    snapshot = parse("\n".join(NET_TOOLS.split("\n")[3:]))
    assert snapshot.connections == ()
    assert len(snapshot.unix_sockets) == 6


def test_csv_and_json_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    snapshot = parse(NET_TOOLS)
    text = io.StringIO()
    write_csv([snapshot], text, table="unix")
    rows = list(csv.DictReader(io.StringIO(text.getvalue())))
    assert rows[0] == {
        "captured_at": "",
        "refcount": "2",
        "flags": "ACC",
        "type": "STREAM",
        "state": "LISTENING",
        "inode": "24517",
        "pid": "812",
        "program": "cupsd",
        "path": "/run/cups/cups.sock",
    }
    assert len(rows) == 6
    capture = tmp_path / "capture.txt"
    capture.write_text(NET_TOOLS)
    assert main(["convert", str(capture), "--table", "unix"]) == 0
    assert capsys.readouterr().out == text.getvalue()
    lines = io.StringIO()
    write_jsonl(read_log(capture), lines, table="unix")
    assert main(["convert", str(capture), "--table", "unix", "--to", "jsonl"]) == 0
    assert capsys.readouterr().out == lines.getvalue()


PROGRAMS = [
    argv
    for argv in (["netstat", "-anx"], ["busybox", "netstat", "-anx"], ["toybox", "netstat", "-anx"])
    if shutil.which(argv[0]) and sys.platform == "linux"
]


@pytest.mark.parametrize("argv", PROGRAMS, ids=[argv[0] for argv in PROGRAMS])
def test_the_real_program_against_proc(argv: list[str], tmp_path: Path) -> None:
    path = tmp_path / "listening"
    with (
        socket.socket(socket.AF_UNIX) as listening,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagram,
        socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as abstract,
    ):
        listening.bind(str(path))
        listening.listen()
        datagram.bind("")
        abstract.bind("\0netstat_parse test")
        abstract.listen()
        ends = socket.socketpair()
        inodes = {s: Path(f"/proc/self/fd/{s.fileno()}").stat().st_ino for s in (*ends, listening)}
        text = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
        snapshot = parse(text)
        in_proc = Path("/proc/net/unix").read_text().splitlines()[1:]
        for end in ends:
            end.close()
    by_inode = {s.inode: s for s in snapshot.unix_sockets}
    found = by_inode[inodes[listening]]
    assert (found.type, found.state, found.path) == ("STREAM", "LISTENING", str(path))
    assert found.flags == ("ACC",)
    for end in ends:
        found = by_inode[inodes[end]]
        assert (found.type, found.state, found.path) == ("STREAM", "CONNECTED", None)
    types = {"0001": "STREAM", "0002": "DGRAM", "0005": "SEQPACKET"}
    true_types = {int(line.split()[6]): types[line.split()[4]] for line in in_proc}
    common = [s for s in snapshot.unix_sockets if s.inode and s.inode in true_types]
    assert len(common) >= 5
    assert all(s.type == true_types[s.inode or 0] for s in common)
    names = {s.path for s in snapshot.unix_sockets}
    assert names & {"@netstat_parse", "@netstat_parse test"}
