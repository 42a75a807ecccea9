"""What can't be in a cell is not taken for it, and what was cut says so."""

from __future__ import annotations

import csv
import io

import pytest
from feeding import one
from printed import (
    LINUX_BANNER,
    MACOS_BANNER,
    MACOS_HEADER,
    linux_header,
)
from written import csv_by_sink, csv_of

from netstat_parse import LinuxConnection, Snapshot, iter_snapshots
from netstat_parse.schema import get_kind

UNIX_160 = (
    "Active UNIX domain sockets (w/o servers)",
    "Proto RefCnt Flags       Type       State         I-Node PID/Program name    Path",
    "unix  3      [ ]         STREAM     CONNECTED     20252  1/init               /run/x",
)


def row(process: str = "", *, local: str = "10.0.0.1:22", foreign: str = "10.0.0.2:4000") -> str:
    """A row of net-tools, as its printf has it."""
    return f"tcp        0      0 {local:<23} {foreign:<23} ESTABLISHED {process}"


def linux(*rows: str, options: str = "p") -> Snapshot:
    return one([LINUX_BANNER, linux_header(options), *rows])


@pytest.mark.parametrize(
    "process",
    [
        "4321/java     <<< why?",
        "2360/exim4          # mail",
        "1/" + "a" * 19,
        "1/" + "a" * 17 + " b",
        f"{2**31}/" + "a" * 10,
    ],
)
def test_a_name_is_no_longer_than_its_field(process: str) -> None:
    """net-tools prints 19 bytes of `pid/name`, and busybox 20 under the same header."""
    snapshot = linux(row("1/init".ljust(20)), row(process))
    assert [c.process and c.process.name for c in snapshot.connections] == ["init"]
    assert [line.number for line in snapshot.unparsed] == [4]


@pytest.mark.parametrize(
    ("process", "name", "truncated"),
    [
        ("1234/nginx: worker ", "nginx: worker", True),  # perhaps cut right behind the blank
        ("1234/nginx: workers", "nginx: workers", True),
        ("1234/nginx: worke", "nginx: worke", False),
        ("1/" + "a" * 17, "a" * 17, True),
        ("1/" + "a" * 15, "a" * 15, False),
        ("1/\\xff\\xff\\xff\\xff\\xff", "\\xff" * 5, True),
    ],
)
def test_a_name_that_may_have_been_cut_says_so(process: str, name: str, truncated: bool) -> None:
    (connection,) = linux(row(process.ljust(20))).connections
    assert connection.process is not None
    assert (connection.process.name, connection.process.truncated) == (name, truncated)


@pytest.mark.parametrize(
    "foreign",
    ["0.0.0.0:\\*", "0.0.0.0:2[2]", "0.0.0.0:*22", "\\*:22", "a*b:22", "a(b):22"],
)
def test_marks_that_no_host_and_no_port_has(foreign: str) -> None:
    snapshot = linux(row(foreign=foreign), options="")
    assert snapshot.connections == ()
    assert [line.number for line in snapshot.unparsed] == [3]


def test_the_same_of_the_bsds() -> None:
    rows = [
        r"tcp4       0      0  \*.8080                \*.\*                    LISTEN",
        "tcp4       0      0  *.8080                 *.*                    LISTEN",
    ]
    snapshot = one([MACOS_BANNER, MACOS_HEADER, *rows])
    assert [c.local.host for c in snapshot.connections] == ["*"]
    assert [line.number for line in snapshot.unparsed] == [3]


@pytest.mark.parametrize(
    "host", ["999.1.1.1", "10.0.0.256", "1.2.3", "1.2.3.4.5", "web.1", "12345"]
)
def test_no_name_ends_in_a_label_of_digits(host: str) -> None:
    """RFC 1123, section 2.1."""
    snapshot = linux(row(local=f"{host}:22"), options="")
    assert (snapshot.connections, len(snapshot.unparsed)) == ((), 1)


@pytest.mark.parametrize(
    "host", ["x.x.x.x", "[redacted]", "10.0.0.xx", "web1", "a_b.c-d", "1.2.3.4a"]
)
def test_what_stands_for_a_host_is_one_as_printed(host: str) -> None:
    (connection,) = linux(row(local=f"{host}:22", foreign=f"{host}:ssh"), options="").connections
    for end in (connection.local, connection.foreign):
        assert (end.host, end.address, end.truncated) == (host, None, False)


NO_HOSTS = (
    *("999.1.1.1", "10.0.0.256", "1.2.3", "1.2.3.4.5", "web.1", "12345", "10.0.0.*", "*.*.*"),
    *("\\*", "a*b", "a(b)", "{a}", "a[b]", "***", "\\[redacted]"),
)
HOSTS = ("x.x.x.x", "[redacted]", "10.0.0.xx", "web1", "a_b.c-d", "1.2.3.4a", "*", "192.0.2.10")


@pytest.mark.parametrize("system", ["macos", "freebsd", "openbsd", "solaris", "windows", "aix"])
@pytest.mark.parametrize("port", ["22", "ssh"])
@pytest.mark.parametrize(
    ("host", "is_read"), [*((h, False) for h in NO_HOSTS), *((h, True) for h in HOSTS)]
)
def test_the_same_of_every_netstat(system: str, port: str, host: str, is_read: bool) -> None:
    table = {
        "macos": (MACOS_BANNER, MACOS_HEADER, "tcp4       0      0  {:<22} {:<22} ESTABLISHED"),
        "freebsd": (
            MACOS_BANNER,
            "Proto Recv-Q Send-Q Local Address          Foreign Address        (state)",
            "tcp4       0      0 {:<22} {:<22} ESTABLISHED",
        ),
        "openbsd": (
            MACOS_BANNER,
            "Proto   Recv-Q Send-Q  Local Address          Foreign Address        (state)",
            "tcp          0      0  {:<22} {:<22} ESTABLISHED",
        ),
        "aix": (
            MACOS_BANNER,
            "PCB/ADDR         Proto Recv-Q Send-Q  Local Address      Foreign Address    (state)",
            "f1000f0000287bc0 tcp4       0      0  {:<18} {:<18} ESTABLISHED",
        ),
        "solaris": (
            "TCP: IPv4",
            "   Local Address        Remote Address    Swind  Send-Q Rwind  Recv-Q    State   ",
            "{:<20} {:<20}  64128      0 128872      0 ESTABLISHED",
        ),
        "windows": (
            "Active Connections",
            "  Proto  Local Address          Foreign Address        State",
            "  TCP    {:<22} {:<22} ESTABLISHED",
        ),
    }
    *above, row = table[system]
    end = f"{host}{':' if system == 'windows' else '.'}{port}"
    whole = "192.0.2.1" + (":" if system == "windows" else ".") + "4000"
    snapshot = one([*above, row.format(end, whole), row.format(whole, end)])
    assert snapshot.dialect == system
    ends = [c.local for c in snapshot.connections[:1]] + [c.foreign for c in snapshot.connections]
    assert {e.host for e in ends[:1] + ends[2:]} == ({host} if is_read else set())
    assert len(snapshot.connections) == 2 * is_read
    assert len(snapshot.unparsed) == 2 * (not is_read)
    for e in ends[:1] + ends[2:]:
        assert (e.address is not None) == (host == "192.0.2.10")


def test_a_name_that_fills_its_column_may_end_in_digits() -> None:
    host = "a-host.of-this.2026.1"
    (connection,) = linux(row(local=f"{host}:1"), options="").connections
    assert (connection.local.host, connection.local.truncated) == (host, True)


def test_a_first_row_that_the_input_ends_in_is_reported() -> None:
    lines = [LINUX_BANNER, linux_header("p"), row("1/ss")]
    for ending, read in (("", 0), (" " * 16, 1)):
        (snapshot,) = iter_snapshots("\n".join(lines) + ending)
        assert (len(snapshot.connections), len(snapshot.unparsed)) == (read, 1 - read)


def test_all_tables_of_a_snapshot_are_of_one_netstat() -> None:
    """busybox prints this header of UNIX sockets too."""
    alone = one(list(UNIX_160))
    assert {socket.dialect for socket in alone.unix_sockets} == {"busybox"}
    below = one([LINUX_BANNER, linux_header("epo"), *UNIX_160])
    assert {socket.dialect for socket in below.unix_sockets} == {"linux"}


SOCKETS = (
    "Active UNIX domain sockets (w/o servers)",
    "Proto RefCnt Flags       Type       State         I-Node   PID/Program name     Path",
)
LOCAL_SOCKETS = (
    "Active LOCAL (UNIX) domain sockets",
    "Address          Type   Recv-Q Send-Q            Inode             Conn             Refs"
    "          Nextref Addr",
)


def unix_row(path: str, process: str = "-") -> str:
    return f"unix  2      [ ]         DGRAM                    20254    {process:<20} {path}"


def local_row(path: str) -> str:
    zeros = " ".join(f"{0:>16}" for _ in range(4))
    return f"c5e32000c5e32000 dgram       0      0 {zeros} {path}"


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("/" + "a" * 107, 108),
        ("@" + "a" * 107, 108),
        ("/" + "a" * 108, 109),
        ("@" + "a" * 108, 109),
        ("/" + "a b" * 36, 109),
        ("/" + "é" * 53, 107),
        ("/" + "é" * 54, 109),
        ("/a" + "漢" * 35, 107),
        ("/" + "漢" * 36, 109),
        ("/" + "\U0001f600" * 27, 109),
        ("/" + "\\xff" * 107, 108),
        ("/" + "\\udcff" * 107, 108),
        ("/" + "\\udcff" * 108, 109),
        ("/" + "\\xff" * 108, 109),
        ("/" + "a" * 103, 104),
        ("/" + "a" * 104, 105),
        ("/" + "é" * 52, 105),
    ],
)
@pytest.mark.parametrize("behind", ["", " ", " " * 60])
def test_a_path_is_no_longer_than_its_field(path: str, size: int, behind: str) -> None:
    """sun_path has 108 bytes on Linux, and 104 on the BSDs."""
    for above, row, most in ((SOCKETS, unix_row(path), 108), (LOCAL_SOCKETS, local_row(path), 104)):
        snapshot = one([*above, row + behind])
        assert [s.path for s in snapshot.unix_sockets] == [path] * (size <= most)
        assert [line.number for line in snapshot.unparsed] == [3] * (size > most)
        if size > most:
            assert f"path of at most {most} bytes" in snapshot.unparsed[0].reason


@pytest.mark.parametrize(
    ("process", "is_read"),
    [
        ("1/" + "é" * 8 + "x", True),  # 19 bytes
        ("1/" + "é" * 9 + "x", False),  # 12 characters, 21 bytes
        ("1/" + "漢" * 6, True),  # 20: busybox prints one more
        ("1/" + "漢" * 6 + "x", False),
        ("1/" + "\U0001f600" * 5, False),
        ("12345/" + "ß" * 8, False),
        ("1/x" + "\u20ac" * 6, False),
    ],
)
@pytest.mark.parametrize("options", ["p", "po", "epo"])
@pytest.mark.parametrize("is_stripped", [False, True])
def test_the_bytes_of_a_name_count(
    process: str, is_read: bool, options: str, is_stripped: bool
) -> None:
    size = len(process.encode())
    is_read = is_read and (size < 20 or options == "p")  # busybox has no timers
    owner = f"{'root':<10} {4711:<10} " if "e" in options else ""
    padded = process + " " * (20 - size)
    text = row(owner + padded + (" off (0.00/0/0)" if "o" in options else ""))
    snapshot = linux(text.rstrip() if is_stripped else text, options=options)
    assert [c.process and c.process.truncated for c in snapshot.connections] == [True] * is_read
    assert [line.number for line in snapshot.unparsed] == [3] * (not is_read)
    unix = one([*SOCKETS, unix_row("/run/x", padded)])
    assert len(unix.unix_sockets) == (is_read and size < 20)


@pytest.mark.parametrize("user", ["abcdefghi", "abcdefghij", "abcdefghijkl", "a" * 32])
def test_users_of_net_tools_are_never_cut(user: str) -> None:
    """`%-10s` pads, and has no precision (net-tools 2.10, netstat.c, finish_this_one)."""
    (connection,) = linux(row(f"{user:<10} {4711:<10}"), options="e").connections
    assert isinstance(connection, LinuxConnection)
    assert (connection.user, connection.inode) == (user, 4711)


TRUNCATED: dict[str, tuple[tuple[str, ...], str, dict[str, str]]] = {
    # a table -> its kind, and the cells of its row in CSV that end in a mark
    "Solaris' user and command": (
        (
            "TCP: IPv4",
            "   Local Address        Remote Address     User     Pid      Command    Swind  Send-Q "
            " Rwind  Recv-Q    State   ",
            "192.0.2.4.22         192.0.2.9.51000      longuser   1234 verylongcomma   64128      0"
            "  128872      0 ESTABLISHED",
        ),
        "internet",
        {"user": "longuser…", "program": "verylongcomma…"},
    ),
    "macOS' processes": (
        (
            MACOS_BANNER,
            f"{MACOS_HEADER}    rxbytes/packets      txbytes/packets  rhiwat  shiwat          "
            "process:pid           eprocess:epid    state  options           gencnt    flags   "
            "flags1 usecnt rtncnt fltrs",
            "tcp4       0      0  10.0.0.1.22            10.0.0.2.4000          ESTABLISHED       "
            "   0/0                    0/0          131072  131768 Google Chrome He:855    "
            "Google Chrome He:855    00102 00000004 00000000002c91f0 00000080 00000800      1    "
            "  0 000000",
        ),
        "internet",
        {"program": "Google Chrome He…", "effective_program": "Google Chrome He…"},
    ),
    "macOS' routes": (
        (
            "Routing tables",
            "Internet:",
            "Destination        Gateway            Flags               Netif Expire",
            "host-1.example.org host-2.example.org UGHS       verylongnetif1",
        ),
        "routes",
        {
            "destination": "host-1.example.org…",
            "gateway": "host-2.example.org…",
            "interface": "verylongnetif1…",
        },
    ),
    "net-tools' routes": (
        (
            "Kernel IP routing table",
            "Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface",
            "very-long-name- another-long-na 255.255.255.255 UGH       0 0          0 eth0",
        ),
        "routes",
        {"destination": "very-long-name-…", "gateway": "another-long-na…"},
    ),
    "macOS' interfaces": (
        (
            "Name       Mtu   Network       Address            Ipkts Ierrs    Opkts Oerrs  Coll",
            "en0        1500  net-1.example host-1.example.     1     -        1     -     -",
        ),
        "interfaces",
        {"network": "net-1.example…", "address": "host-1.example.…"},
    ),
    "OpenBSD's service": (
        (
            MACOS_BANNER,
            "Proto   Recv-Q Send-Q  Local Address          Foreign Address        (state)",
            "tcp          0      0  192.0.2.4.netbios-     192.0.2.9.51000        ESTABLISHED",
        ),
        "internet",
        {"local_port": "netbios-…"},
    ),
}


@pytest.mark.parametrize("name", TRUNCATED)
def test_in_csv_every_text_that_may_be_cut_has_a_mark(name: str) -> None:
    lines, table, expected = TRUNCATED[name]
    text = csv_of(lines, table=table, columns=tuple(expected))
    assert list(csv.DictReader(io.StringIO(text))) == [expected]
    assert text == csv_by_sink(lines, columns=tuple(expected), kind=get_kind(table))
