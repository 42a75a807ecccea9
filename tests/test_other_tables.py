"""Tables that no kind is for, and prose: read title by title, or set aside and said."""

from __future__ import annotations

import pytest

import netstat_parse as ns
from netstat_parse.reading.options import Options
from netstat_parse.reading.reader import LineReader
from netstat_parse.snapshots import SnapshotSink


def read(text: str) -> ns.Snapshot:
    """The one snapshot of a text; its lines add up."""
    sink = SnapshotSink("")
    reader = LineReader(sink, Options())
    lines = text.splitlines()
    reader.feed_lines(lines)
    reader.close()
    sink.close()
    (snapshot,) = sink.completed()
    assert sum(reader.counts.values()) == len(lines)
    return snapshot


KERNEL_CONTROLS = """\
Registered kernel control modules
      id    flags pcbcount   rcvbuf   sndbuf name
       1        9        0   131072   131072 com.apple.flow-divert
       2        1        3   262144   262144 com.apple.net.netagent
"""
EVENTS = """\
Active kernel event sockets
Proto Recv-Q Send-Q vendor  class subcla
kevt       0      0      1      1     11
kevt       0      4   1000      5      6
"""
CONTROLS = """\
Active kernel control sockets
Proto Recv-Q Send-Q   unit     id name
kctl       0      0      1      7 com.apple.net.utun_control
"""
VSOCK = """\
Active VSock sockets
Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)
vsck       0      0  2.1024                 *.*                    LISTEN
"""
BLUETOOTH = """\
Active Bluetooth connections (w/o servers)
Proto  Destination       Source            State         PSM DCID   SCID      IMTU    OMTU Security
l2cap  00:11:22:33:44:55 66:77:88:99:AA:BB CONNECTED       1 0x0040 0x0041     672     672 low
Proto  Destination       Source            State     Channel
rfcomm 00:11:22:33:44:55 66:77:88:99:AA:BB CONNECTED       1
rfcomm 00:11:22:33:44:66 66:77:88:99:AA:BB CONNECTED       3
"""


@pytest.mark.parametrize(
    ("text", "dialect", "tables"),
    [
        (
            KERNEL_CONTROLS,
            "macos",
            [
                {
                    "id": "1",
                    "flags": "9",
                    "pcbcount": "0",
                    "rcvbuf": "131072",
                    "sndbuf": "131072",
                    "name": "com.apple.flow-divert",
                },
                {
                    "id": "2",
                    "flags": "1",
                    "pcbcount": "3",
                    "rcvbuf": "262144",
                    "sndbuf": "262144",
                    "name": "com.apple.net.netagent",
                },
            ],
        ),
        (
            EVENTS,
            "macos",
            [
                {
                    "Proto": "kevt",
                    "Recv-Q": "0",
                    "Send-Q": "0",
                    "vendor": "1",
                    "class": "1",
                    "subcla": "11",
                },
                {
                    "Proto": "kevt",
                    "Recv-Q": "0",
                    "Send-Q": "4",
                    "vendor": "1000",
                    "class": "5",
                    "subcla": "6",
                },
            ],
        ),
        (
            CONTROLS,
            "macos",
            [
                {
                    "Proto": "kctl",
                    "Recv-Q": "0",
                    "Send-Q": "0",
                    "unit": "1",
                    "id": "7",
                    "name": "com.apple.net.utun_control",
                }
            ],
        ),
        (
            VSOCK,
            "macos",
            [
                {
                    "Proto": "vsck",
                    "Recv-Q": "0",
                    "Send-Q": "0",
                    "Local Address": "2.1024",
                    "Foreign Address": "*.*",
                    "(state)": "LISTEN",
                }
            ],
        ),
    ],
    ids=["kernel controls", "events", "controls", "vsock"],
)
def test_each_row_has_a_word_for_each_title(
    text: str, dialect: str, tables: list[dict[str, str]]
) -> None:
    found = read(text)
    (table,) = found.other_tables
    assert (found.dialect, found.unparsed, found.notes) == (dialect, (), ())
    assert table.banner == text.splitlines()[0]
    assert list(map(dict, table.rows)) == tables


def test_two_tables_below_one_banner() -> None:
    found = read(BLUETOOTH)
    l2cap, rfcomm = found.other_tables
    assert (found.unparsed, found.notes) == ((), ())
    assert l2cap.banner == rfcomm.banner == "Active Bluetooth connections (w/o servers)"
    assert [row["Security"] for row in l2cap.rows] == ["low"]
    assert [row["Channel"] for row in rfcomm.rows] == ["1", "3"]


def test_a_table_without_rows_is_a_header_only() -> None:
    lines = BLUETOOTH.splitlines()
    found = read("\n".join([*lines[:2], *lines[3:]]))
    (rfcomm,) = found.other_tables
    assert len(rfcomm.rows) == 2


MULTIPATH = """\
Active Multipath Internet connections
Proto/ID  Flags      Local Address          Foreign Address        (state)
"""


def test_a_row_that_lacks_a_cell_is_none() -> None:
    """macOS prints icm6's rows below this header, to which they do not belong."""
    row = "icm6       0      0  *.*                    *.*\n"
    found = read(MULTIPATH + row)
    assert found.other_tables == ()
    assert found.notes == ("Active Multipath Internet connections: set aside, 2 lines",)
    own = "mptcp/80000001     4 192.0.2.4.51000        203.0.113.9.443        ESTABLISHED\n"
    found = read(MULTIPATH + 2 * own + row)
    assert len(found.other_tables[0].rows) == 2
    assert [line.text for line in found.unparsed] == [row.rstrip()]


IFCONFIG = """\
eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500
        inet 192.0.2.2  netmask 255.255.255.0  broadcast 192.0.2.255
        RX packets 100  bytes 2000 (2.0 KB)

lo: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536
        inet 127.0.0.1  netmask 255.0.0.0
"""
OLD_IFCONFIG = """\
eth0      Link encap:Ethernet  HWaddr 02:42:ac:11:00:02
          inet addr:192.0.2.2  Bcast:192.0.2.255  Mask:255.255.255.0
          RX packets:100 errors:0 dropped:0 overruns:0 frame:0

lo        Link encap:Local Loopback
          inet addr:127.0.0.1  Mask:255.0.0.0
"""
MACOS_MEMORY = """\
3265/2880 mbufs in use:
\t3264 mbufs allocated to data
\t1 mbufs allocated to packet headers
1792/3472 mbuf 2KB clusters in use
0 requests for memory denied
"""
FREEBSD_MEMORY = """\
1289/2191/3480 mbufs in use (current/cache/total)
1286/1258/2544/1000376 mbuf clusters in use (current/cache/total/max)
0/0/0 requests for mbufs denied (mbufs/clusters/mbuf+clusters)
"""


@pytest.mark.parametrize(
    ("text", "banner", "lines"),
    [
        ("Kernel Interface table\n" + IFCONFIG, "Kernel Interface table", 5),
        ("Kernel Interface table\n" + OLD_IFCONFIG, "Kernel Interface table", 5),
        (MACOS_MEMORY, "3265/2880 mbufs in use", 4),
        (FREEBSD_MEMORY, "1289/2191/3480 mbufs in use (current/cache/total)", 2),
    ],
    ids=["-ie", "-ie of 1.60", "-m of macOS", "-m of FreeBSD"],
)
def test_prose_is_set_aside_and_said(text: str, banner: str, lines: int) -> None:
    found = read(text)
    assert found.notes == (f"{banner}: set aside, {lines} lines",)
    assert (found.unparsed, found.other_tables, found.interfaces) == ((), (), ())


def test_what_stands_behind_prose_is_read() -> None:
    text = (
        "Kernel Interface table\n" + IFCONFIG + "Kernel IP routing table\n"
        "Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n"
        "192.0.2.0       0.0.0.0         255.255.255.0   U         0 0          0 eth0\n"
    )
    found = read(text)
    assert [route.interface for route in found.routes] == ["eth0"]
    assert found.notes == ("Kernel Interface table: set aside, 5 lines",)


def test_other_lines_below_a_banner_are_reported() -> None:
    found = read("Kernel Interface table\nnothing that is known\n")
    assert [line.number for line in found.unparsed] == [2]
    assert found.notes == ()
