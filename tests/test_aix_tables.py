"""The interfaces and UNIX domain sockets of AIX, printed as its captures show them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import netstat_parse as ns
from netstat_parse.reading.options import Options
from netstat_parse.reading.reader import LineReader
from netstat_parse.snapshots import SnapshotSink


def read(*lines: str) -> ns.Snapshot:
    (snapshot,) = ns.iter_snapshots(lines)
    assert snapshot.dialect == "aix"
    return snapshot


# UNIX domain sockets ------------------------------------------------------------------------------

UNIX = (
    "SADR/PCB         Type   Recv-Q Send-Q      Inode            Conn             Refs"
    "           Nextref      Addr"
)
pointers = st.one_of(st.just(0), st.integers(2**31, 2**64 - 1))
paths = st.one_of(st.just(""), st.from_regex(r"/[a-z0-9 ./_-]{0,80}[a-z0-9]", fullmatch=True))
sockets = st.tuples(
    st.integers(2**60, 2**64 - 1),
    st.sampled_from(("stream", "dgram")),
    *(st.integers(0, 10**7), st.integers(0, 10**7)),
    *(pointers, pointers, pointers, pointers),
    paths,
    st.integers(2**60, 2**64 - 1),
)


@given(st.lists(sockets, min_size=1, max_size=6))
def test_each_socket_has_two_lines(
    given_sockets: list[tuple[int, str, int, int, int, int, int, int, str, int]],
) -> None:
    lines = ["Active UNIX domain sockets", UNIX]
    for sadr, kind, recv, send, inode, conn, refs, following, path, block in given_sockets:
        row = f"{sadr:16x} {kind:<6.6} {recv:6} {send:6} {inode:16x} {conn:16x} {refs:16x}"
        lines += [f"{row} {following:16x}{' ' + path if path else ''}", f"{block:x}"]
    sink = SnapshotSink("")
    reader = LineReader(sink, Options())
    reader.feed_lines(lines)
    reader.close()
    sink.close()
    (found,) = sink.completed()
    assert found.unparsed == ()
    assert sum(reader.counts.values()) == len(lines)
    for one, printed in zip(found.unix_sockets, given_sockets, strict=True):
        assert (one.socket, one.type, one.recv_q, one.send_q) == printed[:4]
        assert (one.inode, one.connected_to, one.references, one.next_reference) == printed[4:8]
        assert (one.path, one.control_block) == (printed[8] or None, printed[9])


def test_a_socket_without_its_second_line_is_one_too() -> None:
    row = "f1000f0000144808 dgram       0      0 0 0 0 0"
    first, second = read(UNIX, row, row, "f1000f0000145580").unix_sockets
    assert (first.control_block, second.control_block) == (None, 0xF1000F0000145580)


# Interfaces ---------------------------------------------------------------------------------------

HEADER = (
    "Name   Mtu   Network     Address                 Ipkts     Ierrs        Opkts     Oerrs  Coll"
)
OLDER = "Name  Mtu   Network     Address            Ipkts Ierrs    Opkts Oerrs  Coll"
names = st.from_regex(r"(en|et|lo|sit)[0-9]{1,2}", fullmatch=True)
macs = st.lists(st.integers(0, 255), min_size=6, max_size=6).map(
    lambda octets: ".".join(f"{octet:x}" for octet in octets)
)
ipv4 = st.ip_addresses(v=4).map(str)
ipv6 = st.ip_addresses(v=6).map(str)
hosts = st.from_regex(r"[a-z][a-z0-9-]{0,30}", fullmatch=True)
places = st.one_of(
    st.tuples(st.integers(1, 99).map("link#{}".format), st.one_of(st.just(""), macs)),
    st.tuples(ipv4, ipv4),
    st.tuples(ipv4, hosts),
    st.tuples(st.just(""), ipv6),
)
counts = st.lists(st.integers(0, 2**64 - 1), min_size=5, max_size=5)


@given(
    st.sampled_from([HEADER, OLDER]),
    st.lists(st.tuples(names, st.booleans(), st.integers(68, 65535), places, counts), min_size=1),
)
def test_interfaces(
    header: str,
    interfaces: list[tuple[str, bool, int, tuple[str, str], list[int]]],
) -> None:
    rows = []
    for name, is_down, mtu, (network, address), counters in interfaces:
        first = f"{name + '*' * is_down:<6} {mtu:<5}"
        place = f"{network:<11.11} {address:<15.15}" if ":" not in address else f"{address:<27}"
        if address.count(".") == 5:
            place = f"{network:<11} {address:<17}"
        ipkts, ierrs, opkts, oerrs, coll = counters
        rows.append(f"{first} {place} {ipkts:9} {ierrs:5} {opkts:8} {oerrs:5} {coll:5}")
    found = read(header, *rows)
    assert found.unparsed == ()
    for one, (name, is_down, mtu, (network, address), counters) in zip(
        found.interfaces, interfaces, strict=True
    ):
        assert (one.name, one.is_down, one.mtu) == (name, is_down, mtu)
        counted = [one.rx_packets, one.rx_errors, one.tx_packets, one.tx_errors, one.collisions]
        assert counted == counters
        check(one, "network", network, 11)
        check(one, "address", address, 15)


def check(one: ns.Interface, field: str, text: str, width: int) -> None:
    """What netstat has cut is marked; what it has not may be."""
    printed = getattr(one, field) or ""
    if printed == text:
        assert field not in one.truncated or len(text) == width
    else:
        assert printed == text[:width]
        assert field in one.truncated


@pytest.mark.parametrize(
    ("row", "network"),
    [
        ("en0    1500  link#2      4e.12.19.56.b5.14  1 0 2 0 0", "link#2"),
        ("lo0    16896 link#1                         1 0 2 0 0", "link#1"),
        ("lo0    16896 ::1%1                          1 0 2 0 0", None),
    ],
)
def test_a_blank_cell_moves_no_other(row: str, network: str | None) -> None:
    (found,) = read(HEADER, row).interfaces
    assert (found.network, found.rx_packets, found.tx_packets) == (network, 1, 2)


def test_rows_of_early_freebsd_are_reported() -> None:
    """Its header is that of AIX 5 and 6, to the letter."""
    row = "ed0   1500  <Link>0.0.c0.2c.5f.4a         291311     0   174209     0   133"
    found = read(OLDER, row)
    assert (found.interfaces, len(found.unparsed)) == ((), 1)
