"""Sockets of OpenBSD, NetBSD and DragonFly: what their netstats cut, printed by their formats."""

from __future__ import annotations

from ipaddress import ip_address
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import netstat_parse as ns

BANNER = "Active Internet connections (including servers)"


class Printer(NamedTuple):
    """How one netstat prints the sockets of one family."""

    dialect: str
    header: str
    width: int
    host: int
    service: int
    front: str = ""
    """What stands before the protocol."""
    gap: str = " "
    """Between the queues and the addresses, besides the blank."""
    proto: str = "{:5}"
    banner: str = BANNER

    def address(self, host: str, port: str) -> str:
        """The address in its column (inetprint)."""
        printed = f"{host[: self.host]}.{port[: self.service]}"
        return f"{printed[: self.width]:{self.width}}"

    def row(self, proto: str, local: tuple[str, str], foreign: tuple[str, str], state: str) -> str:
        """A row."""
        front = f"{self.front}{self.proto.format(proto)} {0:6} {0:6}{self.gap}"
        return f"{front} {self.address(*local)} {self.address(*foreign)} {state}".rstrip()


def titles(proto: str, gap: str, width: int, state: str, front: str = "") -> str:
    """The titles over columns of this width."""
    addresses = f"{'Local Address':{width}} {'Foreign Address':{width}} {state}"
    return f"{front}{proto} Recv-Q Send-Q {gap}{addresses}"


OPENBSD = ("Proto  ", " ")
PCB = f"{'0xffff800012345678':>18} "
PRINTERS = {
    "OpenBSD": Printer("openbsd", titles(*OPENBSD, 22, "TCP-State"), 22, 16, 8, proto="{:7}"),
    "OpenBSD 5": Printer("openbsd", titles(*OPENBSD, 22, "(state)"), 22, 16, 8, proto="{:7}"),
    "OpenBSD -A": Printer(
        *("openbsd", titles(*OPENBSD, 18, "TCP-State", f"{'PCB':18} "), 18, 12, 8),
        front=PCB,
        proto="{:7}",
    ),
    "OpenBSD -An": Printer(
        *("openbsd", titles(*OPENBSD, 18, "TCP-State", f"{'PCB':18} "), 18, 16, 8),
        front=PCB,
        proto="{:7}",
    ),
    "NetBSD": Printer("netbsd", titles("Proto", " ", 22, "State"), 22, 16, 8),
    "NetBSD -A": Printer(
        "netbsd", titles("Proto", " ", 18, "State", f"{'PCB':8} "), 18, 12, 8, "c0a8f1e4 "
    ),
    "NetBSD -An": Printer(
        *("netbsd", titles("Proto", "", 21, "State", f"{'PCB':8} "), 21, 16, 8),
        front="ffff8b0123456780 ",
        gap="",
    ),
    "NetBSD, IPv6": Printer(
        *("netbsd", titles("Proto", " ", 22, "(state)"), 22, 16, 8),
        banner="Active Internet6 connections (including servers)",
    ),
    "DragonFly": Printer("dragonfly", titles("Proto", "", 21, "(state)"), 21, 16, 15, gap=""),
    "DragonFly -A": Printer(
        *("dragonfly", titles("Proto", "", 17, "(state)", f"{'Socket':8} "), 17, 12, 15),
        front="fffff800aa112233 ",
        gap="",
    ),
    "DragonFly -An": Printer(
        *("dragonfly", titles("Proto", "", 17, "(state)", f"{'Socket':8} "), 17, 16, 15),
        front="fffff800aa112233 ",
        gap="",
    ),
}

octets = st.integers(0, 255)
ipv4 = st.builds("{}.{}.{}.{}".format, octets, octets, octets, octets)
groups = st.lists(st.from_regex("[1-9a-f][0-9a-f]{0,3}", fullmatch=True), min_size=2, max_size=7)
ipv6 = groups.map(lambda found: ":".join(found[:1]) + "::" + ":".join(found[1:]))
names = st.from_regex(r"[a-z]([a-z0-9-]{0,18}[a-z])", fullmatch=True)
ports = st.integers(1, 65535).map(str)
services = st.from_regex(r"[a-z][a-z0-9-]{0,16}[a-z]", fullmatch=True)


def addresses(printer: str) -> st.SearchStrategy[tuple[str, str]]:
    """With names asked for, or numbers alone."""
    hosts = ipv6 if "IPv6" in printer else st.one_of(ipv4, ipv6)
    numbers = st.tuples(hosts, ports)
    if printer.endswith("n"):
        return numbers
    return st.one_of(numbers, st.tuples(st.one_of(hosts, names), services))


def check(found: ns.Endpoint, host: str, port: str) -> None:
    """Host and port are what they were, or are marked as truncated."""
    if (found.host, found.service or str(found.port or "")) != (host, port):
        assert found.truncated
        assert host.startswith(found.host)
        assert found.port is None or str(found.port) == port
    if found.address is not None:
        assert found.address == ip_address(host)


@pytest.mark.slow
@pytest.mark.parametrize("name", PRINTERS)
@settings(max_examples=60)
@given(st.data())
def test_every_address_is_right_or_marked(name: str, data: st.DataObject) -> None:
    printer = PRINTERS[name]
    pairs = st.tuples(addresses(name), addresses(name))
    printed = data.draw(st.lists(pairs, min_size=1, max_size=3), "addresses")
    proto = "tcp4" if printer.dialect == "dragonfly" else "tcp6" if "IPv6" in name else "tcp"
    rows = [printer.row(proto, *pair, "LISTEN") for pair in printed]
    (snapshot,) = ns.iter_snapshots([printer.banner, printer.header, *rows])
    assert snapshot.dialect == printer.dialect
    reported = {line.text for line in snapshot.unparsed}
    assert len(snapshot.connections) + len(snapshot.unparsed) == len(rows)
    whole = [pair for pair, row in zip(printed, rows, strict=True) if row not in reported]
    for (local, foreign), found in zip(whole, snapshot.connections, strict=True):
        check(found.local, *local)
        check(found.foreign, *foreign)
        assert found.state is ns.TcpState.LISTEN
    # A row is reported only where a cut took the last dot of an address with it.
    for pair, row in zip(printed, rows, strict=True):
        if row in reported:
            cut = [f"{h[: printer.host]}.{p[: printer.service]}" for h, p in pair]
            assert any(len(text) > printer.width for text in cut) or "z39" in row


def sockets_of(snapshot: ns.Snapshot) -> list[ns.BsdConnection]:
    """Its connections, which are all of the BSDs."""
    found = [c for c in snapshot.connections if isinstance(c, ns.BsdConnection)]
    assert len(found) == len(snapshot.connections)
    assert snapshot.unparsed == ()
    return found


def read(name: str, *rows: str) -> ns.Snapshot:
    printer = PRINTERS[name]
    (snapshot,) = ns.iter_snapshots([printer.banner, printer.header, *rows])
    assert snapshot.unparsed == ()
    return snapshot


@pytest.mark.parametrize(
    ("name", "host", "port", "truncated"),
    [
        ("OpenBSD -An", "203.0.113.255", "51000", True),
        ("OpenBSD -An", "203.0.113.2", "5100", False),
        ("OpenBSD -A", "host-with-long-name", "ssh", True),
        ("NetBSD -An", "203.0.113.255", "51000", False),
        ("NetBSD", "203.0.113.255", "submission", True),
        ("DragonFly", "203.0.113.255", "netbios-ssn", True),
        ("DragonFly", "203.0.113.255", "51000", False),
        ("DragonFly", "a-host-of-16-ch", "ssh", False),
        ("DragonFly -An", "203.0.113.255", "51000", True),
    ],
)
def test_what_fills_its_column_is_marked(name: str, host: str, port: str, truncated: bool) -> None:
    printer = PRINTERS[name]
    proto = "tcp4" if printer.dialect == "dragonfly" else "tcp"
    (found,) = read(name, printer.row(proto, (host, port), ("*", "*"), "LISTEN")).connections
    assert found.local.truncated is truncated
    if not truncated:
        assert (found.local.host, found.local.service or str(found.local.port)) == (host, port)


@pytest.mark.parametrize(
    ("printed", "state"),
    [
        ("SYNSEN", "SYN_SENT"),
        ("SYSRCV", "SYN_RECEIVED"),
        ("ESTABL", "ESTABLISHED"),
        ("CLWAIT", "CLOSE_WAIT"),
        ("FWAIT1", "FIN_WAIT_1"),
        ("CLOSNG", "CLOSING"),
        ("LASTAK", "LAST_ACK"),
        ("FWAIT2", "FIN_WAIT_2"),
        ("TMWAIT", "TIME_WAIT"),
        ("CLOSED", "CLOSED"),
    ],
)
def test_short_states_of_netbsd(printed: str, state: str) -> None:
    row = PRINTERS["NetBSD -An"].row("tcp", ("192.0.2.4", "22"), ("192.0.2.9", "5"), printed)
    (found,) = sockets_of(read("NetBSD -An", row))
    assert found.state is ns.TcpState[state]
    assert (found.control_block, found.family) == (0xFFFF8B0123456780, "ipv4")


def test_when_a_connection_of_netbsd_expires() -> None:
    header = PRINTERS["NetBSD"].header.replace(" State", f" {'State':13} Expires")
    row = PRINTERS["NetBSD"].row("tcp", ("192.0.2.4", "22"), ("192.0.2.9", "5"), "TIME_WAIT")
    (snapshot,) = ns.iter_snapshots([BANNER, header, f"{row} 1250.500ms", f"{row} reclaimed", row])
    assert [found.expires for found in sockets_of(snapshot)] == [1250.5, None, None]


def test_a_header_of_netbsd_and_one_of_macos() -> None:
    """IPv6's is macOS' to the letter; the banner tells."""
    printer = PRINTERS["NetBSD, IPv6"]
    row = printer.row("tcp6", ("*", "22"), ("*", "*"), "LISTEN")
    assert read("NetBSD, IPv6", row).dialect == "netbsd"
    (other,) = ns.iter_snapshots([BANNER, printer.header, row])
    assert other.dialect == "macos"


def test_one_run_of_netbsd_is_one_snapshot() -> None:
    v4, v6 = PRINTERS["NetBSD"], PRINTERS["NetBSD, IPv6"]
    run = [
        *(v4.banner, v4.header, v4.row("tcp", ("*", "22"), ("*", "*"), "LISTEN")),
        *(v6.banner, v6.header, v6.row("tcp6", ("*", "22"), ("*", "*"), "LISTEN")),
    ]
    snapshots = list(ns.iter_snapshots(run * 2))
    assert [[c.family for c in snapshot.connections] for snapshot in snapshots] == [
        ["ipv4", "ipv6"],
        ["ipv4", "ipv6"],
    ]


def openbsd(proto: str, title: str = "", state: str = "") -> list[str]:
    """The table of one protocol and family."""
    printer = PRINTERS["OpenBSD"]
    row = printer.row(proto, ("192.0.2.4", "22"), ("192.0.2.9", "51000"), state)
    return [BANNER, titles(*OPENBSD, 22, title).rstrip(), row]


UDP, TCP = openbsd("udp"), openbsd("tcp", "TCP-State", "LISTEN")
UDP6, TCP6 = openbsd("udp6"), openbsd("tcp6", "TCP-State", "LISTEN")
RAW = openbsd("ip", "IP-Proto", "89")


@pytest.mark.parametrize(
    "runs",
    [
        [UDP + TCP + UDP6 + TCP6],
        [UDP + UDP6 + TCP + TCP6 + RAW],
        [TCP, TCP, TCP],
        [UDP + TCP, UDP + TCP],
        [UDP + TCP + TCP6, TCP],
        [TCP + TCP6, TCP + TCP6 + RAW],
    ],
)
def test_one_run_of_openbsd_is_one_snapshot(runs: list[list[str]]) -> None:
    """Another begins with a protocol and family that was there."""
    lines = [line for run in runs for line in run]
    joined = list(ns.iter_snapshots(lines))
    one_by_one = ns.SnapshotReader()
    fed = [snapshot for line in lines for snapshot in one_by_one.feed(line)] + one_by_one.close()
    expected = [snapshot for run in runs for snapshot in ns.iter_snapshots(run)]
    assert joined == fed == expected


def test_a_stamp_ends_a_run_of_openbsd() -> None:
    stamp = "Sun Nov 22 12:22:41 UTC 2026"
    snapshots = list(ns.iter_snapshots([*TCP, stamp, *UDP, stamp, *TCP6]))
    assert [len(snapshot.connections) for snapshot in snapshots] == [1, 1, 1]
    assert [snapshot.captured_at is None for snapshot in snapshots] == [True, False, False]


def test_raw_sockets_of_openbsd_with_no_title_for_the_protocol() -> None:
    for header in (titles(*OPENBSD, 22, "").rstrip(), titles(*OPENBSD, 22, "(state)")):
        row = PRINTERS["OpenBSD"].row("ip", ("*", "*"), ("*", "*"), "112")
        (snapshot,) = ns.iter_snapshots([BANNER, header, row])
        (found,) = sockets_of(snapshot)
        assert (found.protocol, found.state) == (112, None)


def test_the_windows_of_dragonfly() -> None:
    front = f"{'TxWin':>8} {'Unacked':>8} {'RTT/ms':>8} "
    header = titles("Proto", "", 21, "(state)", front)
    row = PRINTERS["DragonFly"].row("tcp4", ("192.0.2.4", "22"), ("*", "*"), "LISTEN*")
    cells = [f"{14480:8} {7:8} {23.25:8.3f} ", f"{'max':>8} {0:8} {'-':>8} ", f"{'-':>8} " * 3]
    (snapshot,) = ns.iter_snapshots([BANNER, header, *(each + row for each in cells)])
    found = sockets_of(snapshot)
    assert [(c.send_window, c.unacknowledged, c.round_trip_time) for c in found] == [
        (14480, 7, 23.25),
        (None, 0, None),
        (None, None, None),
    ]
    assert {c.state for c in snapshot.connections} == {ns.TcpState.LISTEN}


def test_hp_ux_is_read_where_it_is_asked_for() -> None:
    header = titles("Proto", " ", 22, "(state)")
    rows = [
        "tcp        0      0  192.0.2.4.22           192.0.2.9.51000         ESTABLISHED",
        "tcp        0      0  *.*                    *.*                     IDLE",
        "udp        0      0  *.514                  *.*                     ",
    ]
    (snapshot,) = ns.iter_snapshots([BANNER, header, *rows], dialect="hpux")
    assert snapshot.unparsed == ()
    first, idle, udp = snapshot.connections
    assert (first.family, first.state, first.foreign.port) == ("ipv4", "ESTABLISHED", 51000)
    assert (idle.state, dict(idle.extra)) == (ns.TcpState.UNKNOWN, {"State": "IDLE"})
    assert (udp.local.port, udp.state) == (514, None)


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (["tcp:", "\t1 packet sent"], "freebsd, openbsd, macos, netbsd, dragonfly, aix"),
        (
            [
                "Routing tables",
                "",
                "Internet:",
                "Destination        Gateway            Flags    Refs      Use  Netif Expire",
                "default            192.0.2.1          UGSc        4      321    em0",
            ],
            "freebsd, dragonfly",
        ),
    ],
)
def test_what_several_print_alike_says_so(lines: list[str], names: str) -> None:
    (snapshot,) = ns.iter_snapshots(lines)
    assert snapshot.notes == (f"{names} print such a table: read as freebsd's",)
    (asked,) = ns.iter_snapshots(lines, dialect="dragonfly")
    assert (asked.dialect, asked.notes) == ("dragonfly", ())
    sockets = PRINTERS["DragonFly"]
    below = [BANNER, sockets.header, sockets.row("tcp4", ("*", "22"), ("*", "*"), "LISTEN"), *lines]
    (snapshot,) = ns.iter_snapshots(below)
    assert (snapshot.dialect, snapshot.notes) == ("dragonfly", ())
    assert {record.dialect for record in snapshot.routes + snapshot.statistics} == {"dragonfly"}
