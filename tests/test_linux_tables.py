"""Rows of net-tools' routes, interfaces and statistics that the kernel here does not give."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

import netstat_parse as ns

INTERFACES = "Kernel Interface table\n"
TITLES = "Iface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n"
OLD_TITLES = "Iface   MTU Met   RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n"
ROUTES = "Kernel IP routing table\n"
EE = (
    "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface    "
    "MSS   Window irtt\n"
)
counters = st.lists(st.integers(0, 2**64 - 1), min_size=8, max_size=8)


@given(counters, st.integers(0, 2**31 - 1), st.text("abcxyz0189-_", min_size=1, max_size=15))
def test_counters_of_any_length_push_the_rest(numbers: list[int], mtu: int, name: str) -> None:
    """%-15.15s %5d, then %8llu %6lu %6lu %-6lu each way, and %s."""
    rx, tx = numbers[:4], numbers[4:]
    row = f"{name:<15} {mtu:5} {rx[0]:8} {rx[1]:6} {rx[2]:6} {rx[3]:<6} "
    row += f"{tx[0]:8} {tx[1]:6} {tx[2]:6} {tx[3]:6} BMRU\n"
    (i,) = ns.parse(INTERFACES + TITLES + row).interfaces
    assert [i.rx_packets, i.rx_errors, i.rx_drops, i.rx_overruns] == rx
    assert [i.tx_packets, i.tx_errors, i.tx_drops, i.tx_overruns] == tx
    assert (i.name, i.mtu, i.flags, i.is_down, i.truncated) == (name, mtu, "BMRU", False, ())


@pytest.mark.parametrize(
    "words",
    [
        "- no statistics available -",
        "- keine Statistiken verfügbar -",
        "- statistikat ei ole      -",
    ],
)
@pytest.mark.parametrize("flags", ["BMU", "BM"])
def test_an_interface_without_counters(words: str, flags: str) -> None:
    row = f"{'eth0:1':<15} {1500:5} {'     ' + words:<56}{flags}\n"
    (i,) = ns.parse(INTERFACES + TITLES + row).interfaces
    assert (i.name, i.mtu, i.rx_packets, i.tx_packets) == ("eth0:1", 1500, None, None)
    assert (i.flags, i.is_down) == (flags, flags == "BM")


@pytest.mark.parametrize("words", ["[NO FLAGS]", "[ŽÁDNÉ PŘÍZNAKY]", "[PAS INDICATEURS]"])
def test_no_flags_are_none(words: str) -> None:
    """Not even U; and the U in a word of the language is none."""
    counters = "       0      0      0 0             0      0      0      0"
    row = f"{'tunl0':<15} {1480:5} {counters} {words}\n"
    (i,) = ns.parse(INTERFACES + TITLES + row).interfaces
    assert (i.flags, i.is_down) == (None, True)


@pytest.mark.parametrize(
    ("row_format", "name", "is_cut"),
    [
        ("%-5.5s %5d %3d", "eth0", False),
        ("%-5.5s %5d %3d", "wlan0", True),
        ("%-5.5s %5d %3d", "wlan0mon", True),
        ("%-10.10s %5d %-3d", "wlan0", False),
        ("%-10.10s %5d %-3d", "wlan0mon", False),
        ("%-10.10s %5d %-3d", "enx0011223", True),
        ("%-10.10s %5d %-3d", "enx001122334455", True),
    ],
)
@pytest.mark.parametrize("mtu", [68, 1500, 65536])
def test_a_name_that_1_60_may_have_cut_is_marked(
    row_format: str, name: str, is_cut: bool, mtu: int
) -> None:
    row = (
        row_format % (name, mtu, 0)
        + "        7      0      0      0        9      0      0      0 BRU\n"
    )
    (i,) = ns.parse(INTERFACES + OLD_TITLES + row).interfaces
    assert i.truncated == (("name",) if is_cut else ())
    assert i.name is not None
    assert name.startswith(i.name)
    assert is_cut or i.name == name
    assert (i.mtu, i.rx_packets, i.tx_packets, i.flags) == (mtu, 7, 9, "BRU")
    assert i.extra == {"Met": "0"}


def test_an_interface_of_six_characters_with_ee_may_be_cut() -> None:
    start = "192.0.2.0       0.0.0.0         255.255.255.0   U     0      0        0 "
    text = ROUTES + EE
    for name in ("eth0", "veth10", "wlp0s2"):
        text += start + f"{name:<6}   0     0      0\n"
    assert [r.truncated for r in ns.parse(text).routes] == [(), ("interface",), ("interface",)]


def test_a_name_of_fifteen_characters_may_be_cut() -> None:
    """And then neither network nor gateway are known."""
    header = "Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n"
    rows = (
        "a-very-long-nam another-long-na 255.255.255.255 UGH       0 0          0 eth0\n"
        "default         gateway         0.0.0.0         UG        0 0          0 eth0\n"
        "loopback        *               255.0.0.0       U         0 0          0 lo\n"
    )
    cut, default, loopback = ns.parse(ROUTES + header + rows).routes
    assert cut.truncated == ("destination", "gateway")
    assert (cut.network, cut.gateway_address) == (None, None)
    assert default.network == IPv4Network("0.0.0.0/0")
    assert (default.gateway, default.gateway_address, default.truncated) == ("gateway", None, ())
    assert (loopback.network, loopback.gateway) == (None, "*")


def test_ipv6_any_in_brackets() -> None:
    header = "Destination                    Next Hop                   Flag Met Ref  Use If\n"
    row = "[::]/0                         [::]                       !n   -1  1      0 lo\n"
    (route,) = ns.parse(f"Kernel IPv6 routing table\n{header}{row}").routes
    assert route.network == IPv6Network("::/0")
    assert route.gateway_address == IPv6Address("::")
    assert (route.gateway, route.metric) == ("[::]", -1)


@given(st.integers(-(2**31), 2**64 - 1))
def test_statistics_of_any_number(number: int) -> None:
    lines = (
        "%d total packets received",
        "Forwarding: %d",
        "Quick ack mode was activated %d times",
        "Default TTL is %d",
        "InType8: %d",
    )
    text = "Ip:\n" + "".join(f"    {line}\n" % number for line in lines)
    found = ns.parse(text).statistics
    assert [(s.name, s.value) for s in found] == [
        ("total packets received", number),
        ("Forwarding", number),
        ("Quick ack mode was activated # times", number),
        ("Default TTL is #", number),
        ("InType8", number),
    ]


OLDER = """\
Conexiones activas de Internet (solo servidores)
Protocolo Recv-Q Send-Q Dirección Local Dirección Externa Estado       PID/Program name
tcp        0      0 0.0.0.0:22              0.0.0.0:*               ESCUCHAR    1/sshd
"""


@pytest.mark.parametrize("charset", ["utf-8", "iso8859-1"])
def test_the_older_spanish_titles(charset: str) -> None:
    text = OLDER.encode(charset).decode("utf-8", "backslashreplace")
    (row,) = ns.parse(text).connections
    assert (row.state, row.local.port) == (ns.TcpState.LISTEN, 22)


CHINESE = """\
激活Internet连接 (仅服务器)
Proto Recv-Q Send-Q Local Address           Foreign Address         State      
tcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN     
活跃的UNIX域套接字 (仅服务器)
Proto RefCnt Flags       Type       State         I-Node   路径
unix  2      [ ACC ]     流        LISTENING     38931    /tmp/.ICE-unix/3025
"""  # noqa: W291


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_chinese_banners_and_types(charset: str) -> None:
    found = ns.parse(CHINESE.encode(charset).decode("utf-8", "backslashreplace"))
    assert [c.local.port for c in found.connections] == [22]
    assert [u.path for u in found.unix_sockets] == ["/tmp/.ICE-unix/3025"]
