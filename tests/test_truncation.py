"""Promise 1: an address or a port that netstat may have cut is never taken for a whole one.

Where a text has the length at which netstat cuts it, it is unknown, unless nothing longer starts
with it, or the snapshot has an address that is longer: that netstat did not cut.
"""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from netstats import BSD, LINUX, WINDOWS, End, Netstat, rows

import netstat_parse as ns

# Nothing is silently wrong ------------------------------------------------------------------------


def address_of(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def assert_tells_the_truth(found: ns.Endpoint, end: End) -> None:
    """The endpoint is the end, or says that it is not all of it, and nothing of it is wrong."""
    address = address_of(end.host)
    port = int(end.port) if end.port.isdecimal() else None
    service = end.port if end.is_named else None
    if not found.truncated:
        assert found == ns.Endpoint(host=end.host, address=address, port=port, service=service)
        return
    assert found.address is None or found.port is None
    assert end.host.startswith(found.host)
    assert found.address in (None, address)
    assert found.port in (None, port)
    assert found.service is None or end.port.startswith(found.service)


@pytest.mark.slow
@pytest.mark.parametrize("netstat", [*LINUX, *BSD, WINDOWS], ids=lambda netstat: netstat.name)
@settings(max_examples=40)
@given(data=st.data())
def test_an_end_is_true_or_in_doubt(netstat: Netstat, data: st.DataObject) -> None:
    printed = data.draw(rows(netstat))
    snapshot = ns.parse(netstat.capture(printed))
    for found, (proto, *both) in zip(snapshot.connections, printed, strict=True):
        for endpoint, end in zip((found.local, found.foreign), both, strict=True):
            assert_tells_the_truth(endpoint, end)
            if not netstat.in_doubt(proto, end):
                assert not endpoint.truncated


# One by one ---------------------------------------------------------------------------------------


def header(before: str, width: int, state: str) -> str:
    return f"{before} {'Local Address':{width}} {'Foreign Address':{width}} {state}"


LINUX_HEADER = header("Proto Recv-Q Send-Q", 23, "State      ")
RED_HAT_HEADER = header("Proto Recv-Q Send-Q", 27, "State      ")
MACOS_HEADER = header("Proto Recv-Q Send-Q ", 22, "(state)    ")
MACOS_HEADER_A = header("Socket           Flowhash Proto Recv-Q Send-Q ", 18, "(state)    ")
FREEBSD_HEADER = header("Proto Recv-Q Send-Q", 22, "(state)")
FREEBSD_HEADER_A = header("Tcpcb            Proto Recv-Q Send-Q", 18, "(state)")
FREEBSD_HEADER_W = header("Proto Recv-Q Send-Q", 45, "(state)")


def only(header: str, row: str) -> ns.Endpoint:
    """The local end of the one row under this header."""
    (connection,) = ns.parse(f"{header}\n{row}\n").connections
    return connection.local


def on_linux(field: str, proto: str = "tcp6") -> ns.Endpoint:
    return only(LINUX_HEADER, f"{proto:<5}      0      0 {field:<23} {':::*':<23} LISTEN     ")


def on_red_hat(field: str, proto: str) -> ns.Endpoint:
    state = {"tcp": "LISTEN", "udp": "", "raw": "7"}[proto]
    return only(RED_HAT_HEADER, f"{proto}        0      0 {field:<27} {':::*':<27} {state:<12}")


def on_macos(field: str, column: int = 22) -> ns.Endpoint:
    return only(
        MACOS_HEADER, f"tcp6       0      0  {field:<{column}} {'*.*':<{column}} LISTEN     "
    )


def on_macos_with_blocks(field: str) -> ns.Endpoint:
    row = f"b7d1a3e0c2f40000 51aa00f1 tcp4       0      0  {field:<18} *.*                LISTEN"
    return only(MACOS_HEADER_A, row)


def on_freebsd(field: str) -> ns.Endpoint:
    return only(FREEBSD_HEADER, f"tcp6       0      0 {field:<22} *.*                    LISTEN")


def on_freebsd_with_blocks(field: str) -> ns.Endpoint:
    row = f"fffff8011a2b3c00 tcp4       0      0 {field:<18} *.*                LISTEN"
    return only(FREEBSD_HEADER_A, row)


def on_freebsd_wide(field: str) -> ns.Endpoint:
    return only(FREEBSD_HEADER_W, f"tcp6       0      0 {field:<45} {'*.*':<45} LISTEN")


def whole(host: str, port: int | None = None, service: str | None = None) -> ns.Endpoint:
    return ns.Endpoint(host=host, address=address_of(host), port=port, service=service)


def cut(host: str, port: int | None = None, service: str | None = None) -> ns.Endpoint:
    """The host may have been cut."""
    return ns.Endpoint(host=host, port=port, service=service, truncated=True)


def cut_port(host: str, service: str | None = None) -> ns.Endpoint:
    """The host is whole, and the port may have been cut."""
    return ns.Endpoint(host=host, address=address_of(host), service=service, truncated=True)


@pytest.mark.parametrize(
    ("field", "end"),
    [
        # A field of 23 characters, of which something may be missing ...
        ("fe80::7b36:fe27:b880:22", cut("fe80::7b36:fe27:b880", 22)),
        ("2001:d8:1:2:3:4:5:678:1", cut("2001:d8:1:2:3:4:5:678", 1)),
        ("2001:db8:1:2:3:4:5:67:1", cut("2001:db8:1:2:3:4:5:67", 1)),
        ("2001:d8:1:2:3::6789:123", cut("2001:d8:1:2:3::6789", 123)),
        ("2001:db8:1:2:3:4:5::443", cut("2001:db8:1:2:3:4:5:", 443)),
        ("2001:db8:1:2:3:4567:443", cut("2001:db8:1:2:3:4567", 443)),
        ("::ffff:192.168.1.10:443", cut("::ffff:192.168.1.10", 443)),
        ("192.168.1.10:postgresql", cut("192.168.1.10", service="postgresql")),
        ("web-1.internal.exam:ssh", cut("web-1.internal.exam", service="ssh")),
        # ... but not of one that no longer address starts with: eight groups, the last of four
        # digits, or seven and a `::`, which stands for the eighth.
        ("2001:8:1:2:3:4:5:6789:1", whole("2001:8:1:2:3:4:5:6789", 1)),
        ("2001:8:1:2:3:4::6789:12", whole("2001:8:1:2:3:4::6789", 12)),
        ("::1:2:3:4:5:6:7891:5000", whole("::1:2:3:4:5:6:7891", 5000)),
        # Shorter ones are never cut.
        ("2001:d8:1:2:3:4:5:67:1", whole("2001:d8:1:2:3:4:5:67", 1)),
        ("::ffff:192.168.1.1:443", whole("::ffff:192.168.1.1", 443)),
        ("web-1.internal.exa:ssh", whole("web-1.internal.exa", service="ssh")),
        ("192.168.100.200:50123", whole("192.168.100.200", 50123)),
        # Longer ones were not.
        ("2001:d8:1:2:3:4:5:678:12", whole("2001:d8:1:2:3:4:5:678", 12)),
        # toybox's any.
        ("[::]:ssh", whole("::", service="ssh")),
        ("[::]:*", whole("::")),
    ],
)
def test_net_tools_leaves_23_characters(field: str, end: ns.Endpoint) -> None:
    assert on_linux(field) == end
    assert on_linux(field, "tcp") == end


def host_of_length(length: int) -> str:
    """An IPv6 address of eight groups, the last of one digit: a longer one may start with it."""
    groups = ["2"] * 7
    for i in range(length - 15):
        groups[i // 3] += "0"
    return ":".join([*groups, "6"])


@pytest.mark.parametrize(
    ("proto", "lengths"), [("tcp", {27}), ("udp", {23, 27, 28}), ("raw", {23, 27, 28})]
)
def test_red_hat_cuts_tcp_to_27_and_the_others_to_23_or_28(proto: str, lengths: set[int]) -> None:
    for length in range(20, 32):
        host = host_of_length(length - 2)
        assert len(f"{host}:1") == length
        end = cut(host, 1) if length in lengths else whole(host, 1)
        assert on_red_hat(f"{host}:1", proto) == end


@pytest.mark.parametrize(
    ("field", "end"),
    [
        # A host is cut to 16 characters: longer ones were not cut, shorter ones never are.
        ("2001:db8::1c2d:3.443", cut("2001:db8::1c2d:3", 443)),
        ("2001:db8::1c2d:3.65535", cut("2001:db8::1c2d:3", 65535)),
        ("2001:db8::1c2d:3.https", cut("2001:db8::1c2d:3", service="https")),
        ("1:2:3:4:5:6:7:89.443", cut("1:2:3:4:5:6:7:89", 443)),
        ("host-1.example.o.443", cut("host-1.example.o", 443)),
        ("2001:db8::1c2d:33.443", whole("2001:db8::1c2d:33", 443)),
        ("2001:db8::1c2d.443", whole("2001:db8::1c2d", 443)),
        ("1:2:3:4:5:6:7:8.443", whole("1:2:3:4:5:6:7:8", 443)),
        ("host-1.example.443", whole("host-1.example", 443)),
        # The whole is cut to 22: where it ends in a name, some of that may be missing. Numbers
        # have room enough.
        ("host-1.example.net-bios", whole("host-1.example", service="net-bios")),
        ("host-1.example.net-bio", cut_port("host-1.example", "net-bio")),
        ("192.168.10.10.https-al", cut_port("192.168.10.10", "https-al")),
        ("192.168.10.10.https-a", whole("192.168.10.10", service="https-a")),
        ("192.168.10.102.z39.50", whole("192.168.10.102", service="z39.50")),
        ("192.168.100.102.z39.50", cut_port("192.168.100.102", "z39.50")),
        ("192.168.100.200.65535", whole("192.168.100.200", 65535)),
    ],
)
@pytest.mark.parametrize("read", [on_macos, on_freebsd])
def test_bsd_leaves_16_characters_of_a_host_and_22_of_all(
    read: Callable[[str], ns.Endpoint], field: str, end: ns.Endpoint
) -> None:
    assert read(field) == end


@pytest.mark.parametrize(
    ("field", "end"),
    [
        # Where ports are printed by name, a host is cut to 12 characters.
        ("192.168.1.10.ssh", cut("192.168.1.10", service="ssh")),
        ("192.168.1.1.ssh", whole("192.168.1.1", service="ssh")),
        ("db-1.example.ssh", cut("db-1.example", service="ssh")),
        ("db-1.exampl.ssh", whole("db-1.exampl", service="ssh")),
        # Without -n every host is, and nothing else of the row tells.
        ("192.168.1.10.22", cut("192.168.1.10", 22)),
        ("192.168.1.10.*", cut("192.168.1.10")),
        ("2001:db8::1c.22", cut("2001:db8::1c", 22)),
        ("192.168.1.1.22", whole("192.168.1.1", 22)),
        ("2001:db8::1.22", whole("2001:db8::1", 22)),
        # With it, to 16, which no IPv4 address has.
        ("192.168.1.100.22", whole("192.168.1.100", 22)),
        ("192.168.100.200.22", cut_port("192.168.100.200")),
        ("2001:db8::1c2d:3.1", ns.Endpoint(host="2001:db8::1c2d:3", truncated=True)),
        # The whole is cut to 18: the digits of a port may be missing as well.
        ("203.0.113.140.5031", cut_port("203.0.113.140")),
        ("203.0.113.140.503", whole("203.0.113.140", 503)),
        ("10.1.2.3.microsoft", cut_port("10.1.2.3", "microsoft")),
        ("10.1.2.3.microsof", whole("10.1.2.3", service="microsof")),
        ("192.168.1.10.https", cut("192.168.1.10", service="https")),
        ("*.8443", whole("*", 8443)),
        ("*.*", whole("*")),
    ],
)
@pytest.mark.parametrize("read", [on_macos_with_blocks, on_freebsd_with_blocks])
def test_bsd_with_control_blocks_leaves_18_of_all(
    read: Callable[[str], ns.Endpoint], field: str, end: ns.Endpoint
) -> None:
    assert read(field) == end


SCOPED = "fe80::7b36:fe27:b880:1287%bridge1234567"


@pytest.mark.parametrize(
    ("field", "end"),
    [
        (f"{SCOPED}.443", cut(SCOPED, 443)),
        (f"{SCOPED[:-1]}.443", whole(SCOPED[:-1], 443)),
        ("2001:db8::1c2d:3.443", whole("2001:db8::1c2d:3", 443)),
        # Eight groups of four digits: 39 characters, of which none can be missing.
        (
            "2001:1db8:1111:2222:3333:4444:5555:6666.443",
            whole("2001:1db8:1111:2222:3333:4444:5555:6666", 443),
        ),
        (f"{'n' * 39}.443", cut("n" * 39, 443)),
        (f"{'n' * 38}.443", whole("n" * 38, 443)),
        # The whole is cut to 45.
        (f"{'n' * 32}.microsoft-ds", cut_port("n" * 32, "microsoft-ds")),
        (f"{'n' * 31}.microsoft-ds", whole("n" * 31, service="microsoft-ds")),
    ],
)
def test_freebsd_with_wide_columns_leaves_39_of_a_host(field: str, end: ns.Endpoint) -> None:
    assert len(SCOPED) == 39
    assert on_freebsd_wide(field) == end


@pytest.mark.parametrize(
    ("column", "end"),
    [(44, cut("2001:db8::1c2d:3", 443)), (45, whole("2001:db8::1c2d:3", 443))],
)
def test_columns_of_45_tell_that_macos_left_the_addresses_whole(
    column: int, end: ns.Endpoint
) -> None:
    """With -l they are so wide, whatever the header says: from 730 on it says 22."""
    assert on_macos("2001:db8::1c2d:3.443", column) == end


@pytest.mark.parametrize(("column", "is_cut"), [(44, True), (45, False)])
def test_columns_of_45_leave_room_for_the_names_of_ports(column: int, is_cut: bool) -> None:
    end = on_macos("192.168.10.10.https-al", column)
    assert end == (cut_port if is_cut else whole)("192.168.10.10", service="https-al")


LONG_NAME = "web-1.frankfurt.internal.example.com.ab"


@pytest.mark.parametrize(
    ("field", "end"),
    [
        # Of IPv4, to 16.
        ("host-1.example.o.443", cut("host-1.example.o", 443)),
        ("host-1.example.443", whole("host-1.example", 443)),
        # Of IPv6, to 39.
        (f"{LONG_NAME}.443", cut(LONG_NAME, 443)),
        (f"{LONG_NAME[:-1]}.443", whole(LONG_NAME[:-1], 443)),
        (f"{SCOPED}.443", cut(SCOPED, 443)),
        (f"{SCOPED[:-1]}.443", whole(SCOPED[:-1], 443)),
        (
            "2001:1db8:1111:2222:3333:4444:5555:6666.443",
            whole("2001:1db8:1111:2222:3333:4444:5555:6666", 443),
        ),
        # The whole, to 45.
        (f"{LONG_NAME[:32]}.microsoft-ds", cut_port(LONG_NAME[:32], "microsoft-ds")),
        (f"{LONG_NAME[:31]}.microsoft-ds", whole(LONG_NAME[:31], service="microsoft-ds")),
    ],
)
def test_macos_with_wide_columns_cuts_hosts_all_the_same(field: str, end: ns.Endpoint) -> None:
    """-l leaves most IPv6 addresses whole, and cuts IPv4's names as it does without."""
    assert len(LONG_NAME) == 39
    assert on_macos(field, 45) == end


def test_a_long_address_of_ipv6_proves_nothing_of_names_in_wide_columns() -> None:
    row = "tcp{}       0      0  {:45} {:45} LISTEN"
    ipv6 = row.format(6, "2001:db8:1111:2222:3333:4444:5555:6666.443", "*.*")
    name = row.format(4, "host-1.example.o.443", "*.*")
    first, second = ns.parse(f"{MACOS_HEADER}\n{ipv6}\n{name}\n").connections
    assert first.local == whole("2001:db8:1111:2222:3333:4444:5555:6666", 443)
    assert second.local == cut("host-1.example.o", 443)


# What is proved -----------------------------------------------------------------------------------

DOUBTFUL = "tcp6       0      0 fe80::1234:5678:9abc:22 :::*                    LISTEN     "
CERTAIN = "tcp        0      0 10.0.0.1:22             10.0.0.2:51234          ESTABLISHED"
PROOF = "tcp6       0      0 fe80::7b36:fe27:b880:443 :::*                    LISTEN     "


@pytest.mark.parametrize("lines_at_once", [1, 4096, 20_000])
@pytest.mark.parametrize(("row", "is_proved"), [(10_000, True), (10_001, False)])
def test_proof_counts_among_the_first_ten_thousand_rows(
    row: int, is_proved: bool, lines_at_once: int
) -> None:
    """A field of more than 23 characters proves that this netstat cut none."""
    lines = [LINUX_HEADER, DOUBTFUL, *[CERTAIN] * (row - 2), PROOF, DOUBTFUL]
    reader = ns.SnapshotReader()
    snapshots = []
    for start in range(0, len(lines), lines_at_once):
        snapshots += reader.feed_lines(lines[start : start + lines_at_once])
    (snapshot,) = snapshots + reader.close()
    connections = snapshot.connections
    assert len(connections) == row + 1
    assert [connections[i].local.truncated for i in (0, row - 2, row - 1, row)] == [
        not is_proved,
        False,
        False,
        not is_proved,
    ]


@pytest.mark.parametrize(
    ("other", "is_proof"),
    [
        (CERTAIN, False),
        (DOUBTFUL, False),
        (PROOF, True),
        (PROOF.replace("b880:443", "b880:44"), False),
    ],
)
def test_only_a_longer_address_is_a_proof(other: str, is_proof: bool) -> None:
    for at, both in enumerate(((DOUBTFUL, other), (other, DOUBTFUL))):
        snapshot = ns.parse("\n".join([LINUX_HEADER, *both]))
        end = snapshot.connections[at].local
        assert end == (whole if is_proof else cut)("fe80::1234:5678:9abc", 22)


BLOCK = "b7d1a3e0c2f40000 51aa00f1 tcp{}       0      0  {:{width}} {:{width}} ESTABLISHED"


@pytest.mark.parametrize("width", [18, 45])
@pytest.mark.parametrize(
    ("proto", "other", "is_proof"),
    [
        (4, "192.168.1.100.22", True),
        (4, "203.0.113.140.5031", True),
        (4, "192.168.1.1.22", False),
        (4, "198.51.100.7.*", False),
        (4, "10.0.0.1.ssh", False),
        (4, "host-1.example.ssh", False),
        (6, "2001:db8::1c2d.22", True),
        (6, "2001:db8::1c2d:3.1", False),  # 16 characters: of a host that was cut to them
        (6, "e:81::5:c3.z39.50", False),  # a service with a dot in its name
    ],
)
def test_a_host_of_more_than_12_proves_that_control_blocks_stand_beside_numbers(
    width: int, proto: int, other: str, is_proof: bool
) -> None:
    """With -l IPv6 has 39 characters in any case, and proves nothing."""
    twelve = BLOCK.format(4, "192.168.1.10.9999", "*.*", width=width)
    beside = BLOCK.format(proto, other, "*.*", width=width)
    for at, both in enumerate(((twelve, beside), (beside, twelve))):
        end = ns.parse("\n".join([MACOS_HEADER_A, *both])).connections[at].local
        is_whole = is_proof and (proto == 4 or width == 18)
        assert end == (whole if is_whole else cut)("192.168.1.10", 9999)


def test_numbers_beside_control_blocks_are_cut_all_the_same() -> None:
    """Such a proof is none that nothing was cut."""
    fields = ["192.168.1.100.22", "203.0.113.140.5031", "2001:db8::1c2d:3.1"]
    rows = [BLOCK.format(4, field, "*.*", width=18) for field in fields]
    ends = [c.local for c in ns.parse("\n".join([MACOS_HEADER_A, *rows])).connections]
    assert [end.truncated for end in ends] == [False, True, True]
    told = ns.parse("\n".join([MACOS_HEADER_A, *rows]), uncut=True)
    assert not any(c.local.truncated for c in told.connections)


# The same in CSV and by the command ---------------------------------------------------------------

MIXED = "".join(
    f"{header}\n{row}\n"
    for header, row in (
        (LINUX_HEADER, DOUBTFUL),
        (LINUX_HEADER, f"{DOUBTFUL}\n{PROOF}"),
        (
            MACOS_HEADER,
            "tcp6       0      0  2001:db8::1c2d:3.443   *.*                    LISTEN     ",
        ),
        (
            FREEBSD_HEADER_A,
            "fffff8011a2b3c00 tcp4       0      0 203.0.113.140.5031 192.168.1.10.22    CLOSED",
        ),
        (
            FREEBSD_HEADER_A,
            "fffff8011a2b3c00 tcp6       0      0 2001:db8::1c2d:3.1 db-1.example.ssh   CLOSED",
        ),
    )
)
ENDS_IN_CSV = [
    ("fe80::1234:5678:9abc…", "22", "::", ""),
    ("fe80::1234:5678:9abc", "22", "::", ""),
    ("fe80::7b36:fe27:b880", "443", "::", ""),
    ("2001:db8::1c2d:3…", "443", "*", ""),
    ("203.0.113.140", "", "192.168.1.10", "22"),
    ("2001:db8::1c2d:3…", "", "db-1.example…", "ssh"),
]


def test_csv_marks_what_may_be_cut() -> None:
    text = io.StringIO(newline="")
    ns.write_csv(ns.iter_snapshots(MIXED), text)
    columns = ("local_address", "local_port", "foreign_address", "foreign_port")
    written = csv.DictReader(io.StringIO(text.getvalue(), newline=""))
    assert [tuple(row[column] for column in columns) for row in written] == ENDS_IN_CSV
    converted = subprocess.run(
        [sys.executable, "-m", "netstat_parse", "convert"],
        input=MIXED.encode(),
        env=os.environ | {"PYTHONPATH": str(Path(ns.__file__).parent.parent)},
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert converted.stdout.decode() == text.getvalue()


@pytest.mark.parametrize("proto", ["tcp6", "udp6"])
@pytest.mark.parametrize("length", [22, 23, 24, 27, 28, 50, 51])
def test_the_columns_of_rows_alone_may_have_any_width(proto: str, length: int) -> None:
    """net-tools cuts to 23, or, as Red Hat has it, to 27 and 28; toybox -W to 51."""
    host = "host-".ljust(length - len(":443"), "x")
    row = f"{proto:5} {0:6} {0:6} {host}:443 {'::1:22':23} ESTABLISHED"
    (snapshot,) = ns.iter_snapshots([row])
    assert snapshot.connections[0].local.truncated is (length in {23, 27, 28, 51})


def test_an_address_of_rows_alone_that_is_longer_than_all_but_one_width_is_proof() -> None:
    rows = [
        f"tcp6       0      0 {'host-'.ljust(length - 4, 'x')}:443 ::1:22 ESTABLISHED"
        for length in (23, 28, 29)
    ]
    (snapshot,) = ns.iter_snapshots(rows)
    assert not any(connection.local.truncated for connection in snapshot.connections)
