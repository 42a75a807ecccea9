"""The other tables of Solaris and illumos, printed from the formats of their source."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

import netstat_parse as ns
from netstat_parse.reading.options import Options
from netstat_parse.reading.reader import LineReader
from netstat_parse.snapshots import SnapshotSink


def read(*lines: str) -> ns.Snapshot:
    (snapshot,) = ns.iter_snapshots(lines)
    assert snapshot.dialect == "solaris"
    return snapshot


# Statistics ---------------------------------------------------------------------------------------

PROTOCOLS = ("RAWIP", "UDP", "TCP", "SCTP", "IPv4", "IPv6", "ICMPv4", "ICMPv6")
counter_names = st.from_regex(r"[a-z][A-Za-z0-9]{2,24}", fullmatch=True)
values = st.integers(-1, 2**64 - 1)
blocks = st.lists(
    st.tuples(
        st.sampled_from(PROTOCOLS),
        st.lists(st.tuples(counter_names, values), min_size=1, max_size=7),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda block: block[0],
)


def print_block(protocol: str, counters: list[tuple[str, int]]) -> list[str]:
    """prval's: two counters a line, the protocol in front of the first."""
    lines = [""]
    for i in range(0, len(counters), 2):
        pairs = "".join(f"\t{name:<20}={value:>6}" for name, value in counters[i : i + 2])
        lines.append((protocol if i == 0 else "") + pairs)
    return lines


@given(blocks, st.booleans())
def test_every_counter_is_a_statistic(
    given_blocks: list[tuple[str, list[tuple[str, int]]]], expands_tabs: bool
) -> None:
    lines = [line for block in given_blocks for line in print_block(*block)]
    if expands_tabs:
        lines = [line.expandtabs() for line in lines]
    sink = SnapshotSink("")
    reader = LineReader(sink, Options())
    reader.feed_lines(lines)
    reader.close()
    sink.close()
    (snapshot,) = sink.completed()
    assert snapshot.unparsed == ()
    assert [(s.section, s.name, s.value) for s in snapshot.statistics] == [
        (protocol, name, value) for protocol, counters in given_blocks for name, value in counters
    ]
    assert sum(reader.counts.values()) == len(lines)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("1 message received", "messages received"),
        ("12 messages received", "messages received"),
        ("1 membership query received", "membership queries received"),
        ("0 membership queries received", "membership queries received"),
        ("1 membership report sent", "membership reports sent"),
        ("1 messages", "messages"),
    ],
)
def test_sentences_have_the_name_of_many(text: str, name: str) -> None:
    number, words = text.split(" ", 1)
    (found,) = read("IGMP:", f"{number:>10} {words}").statistics
    assert (found.section, found.name, found.text) == ("IGMP", name, text)


def test_what_only_looks_like_counters_is_no_table() -> None:
    """`NAME = number` stands in many a text; a protocol must stand in front of it."""
    for line in ("x = 1  y = 2", "HTTP    a = 1  b = 2"):
        with pytest.raises(ns.NotNetstatError):
            list(ns.iter_snapshots([line]))


# UNIX domain sockets ------------------------------------------------------------------------------

UNIX = "Address  Type          Vnode     Conn  Local Addr      Remote Addr"
NOBODY, PAIR = " " * 15, " (socketpair)  "
paths = st.from_regex(r"/[a-z0-9._/-]{1,60}", fullmatch=True)
ends = st.one_of(st.just(NOBODY), st.just(PAIR), paths.map(lambda path: path + " "))
addresses = st.one_of(st.just(0), st.integers(2**28, 2**64 - 1))


def hexadecimal(address: int) -> str:
    return f"{address:x}" if address else "0000000"


@given(
    st.lists(
        st.tuples(
            st.integers(2**28, 2**64 - 1),
            st.sampled_from(("dgram", "stream", "stream-ord")),
            *(addresses, addresses, ends, ends),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_unix_sockets(sockets: list[tuple[int, str, int, int, str, str]]) -> None:
    rows = [
        f"{hexadecimal(a)} {kind:<10.10} {hexadecimal(vnode)} {hexadecimal(conn)} {local}{remote}"
        for a, kind, vnode, conn, local, remote in sockets
    ]
    found = read("Active UNIX domain sockets", UNIX, *rows)
    assert found.unparsed == ()
    for socket, (address, kind, vnode, conn, local, remote) in zip(
        found.unix_sockets, sockets, strict=True
    ):
        assert (socket.socket, socket.type) == (address, kind)
        assert (socket.inode, socket.connected_to) == (vnode, conn)
        is_pair = local == PAIR
        assert socket.path == (None if is_pair else local.strip() or None)
        assert dict(socket.extra) == ({"Local Addr": "(socketpair)"} if is_pair else {})
        assert socket.remote_path == (remote.strip() or None)


@pytest.mark.parametrize(
    ("ends", "local", "remote"),
    [
        ("/tmp/my socket " + NOBODY, "/tmp/my socket", None),
        (NOBODY + "/tmp/my socket ", None, "/tmp/my socket"),
        ("/tmp/a /tmp/b", "/tmp/a", "/tmp/b"),
        (" " * 15 + "/tmp/b", None, "/tmp/b"),
        ("/tmp/a", "/tmp/a", None),
        ("", None, None),
    ],
)
def test_paths_with_blanks(ends: str, local: str | None, remote: str | None) -> None:
    (found,) = read(UNIX, f"3000623d0f0 stream-ord 0000000 0000000 {ends}").unix_sockets
    assert (found.path, found.remote_path) == (local, remote)


def test_two_words_that_may_be_one_path_or_two_are_reported() -> None:
    found = read(UNIX, "3000623d0f0 stream-ord 0000000 0000000 /tmp/my socket")
    assert found.unix_sockets == ()
    assert len(found.unparsed) == 1


# Interfaces and groups ----------------------------------------------------------------------------

IPV4 = "Name  Mtu  Net/Dest      Address        Ipkts  Ierrs Opkts  Oerrs Collis Queue "
IPV6 = (
    "Name  Mtu  Net/Dest                    Address                     "
    "Ipkts  Ierrs Opkts  Oerrs Collis"
)
names = st.from_regex(r"[a-z][a-z0-9_]{0,14}[0-9]", fullmatch=True)
counts = st.one_of(st.just(None), st.integers(0, 2**64 - 1))


@given(
    st.booleans(),
    st.lists(
        st.tuples(
            names,
            st.integers(68, 65535),
            st.ip_addresses(),
            st.ip_addresses(),
            st.lists(counts, min_size=6, max_size=6),
        ),
        min_size=1,
        max_size=5,
    ),
)
def test_interfaces(
    is_ipv4: bool,
    interfaces: list[
        tuple[
            str,
            int,
            ipaddress.IPv4Address | ipaddress.IPv6Address,
            ipaddress.IPv4Address | ipaddress.IPv6Address,
            list[int | None],
        ]
    ],
) -> None:
    width = 13 if is_ipv4 else 27
    rows = []
    for name, mtu, network, address, counters in interfaces:
        printed = ["N/A" if count is None else str(count) for count in counters]
        cells = zip(printed[: 6 if is_ipv4 else 5], (6, 5, 6, 5, 6, 6), strict=False)
        numbers = " ".join(f"{text:<{size}}" for text, size in cells)
        ends = f"{network!s:<{width}} {address!s:<{width + is_ipv4}}"
        rows.append(f"{name:<5} {mtu:<4} {ends} {numbers}")
    found = read(IPV4 if is_ipv4 else IPV6, *rows)
    assert found.unparsed == ()
    for one, (name, mtu, network, address, counters) in zip(
        found.interfaces, interfaces, strict=True
    ):
        assert (one.name, one.mtu) == (name, mtu)
        assert (one.network, one.address) == (str(network), str(address))
        counted = (one.rx_packets, one.rx_errors, one.tx_packets, one.tx_errors, one.collisions)
        assert counted == tuple(counters[:5])
        queue = counters[5]
        has_queue = is_ipv4 and queue is not None
        assert dict(one.extra) == ({"Queue": str(queue)} if has_queue else {})
        assert one.truncated == ()


@pytest.mark.parametrize("network", ["storage-09", "192.0.2.0"])
def test_an_mtu_of_five_digits_touches_the_network(network: str) -> None:
    """Older releases print it with `%-5u`, and no blank behind it."""
    found = read(IPV4, f"e1000g0 16298{network}  storage-09   3850326760 0     85 0     0      0")
    (interface,) = found.interfaces
    assert (interface.mtu, interface.network) == (16298, network)
    assert (interface.address, interface.rx_packets) == ("storage-09", 3850326760)


def test_the_banner_of_old_releases_is_that_of_ipv4() -> None:
    header = "  Destination           Gateway           Flags  Ref   Use   Interface"
    row = "default              192.0.2.254           UG       0   1524"
    for banner in ("Routing Table:", "Routing Table: IPv4"):
        found = read(banner, header, row)
        assert found.unparsed == ()
        assert str(found.routes[0].network) == "0.0.0.0/0"


@given(st.lists(st.tuples(names, st.ip_addresses(), st.integers(0, 2**32 - 1)), min_size=1))
def test_groups(
    groups: list[tuple[str, ipaddress.IPv4Address | ipaddress.IPv6Address, int]],
) -> None:
    lines = ["Group Memberships: IPv4", "Interface Group                RefCnt"]
    lines.append("--------- -------------------- ------")
    lines += [f"{name:<9} {group!s:<20} {refs:>6}" for name, group, refs in groups]
    lines += ["", "Group Memberships: IPv6", " If       Group                   RefCnt"]
    lines.append("----- --------------------------- ------")
    lines += [f"{name:<5} {group!s:<27} {refs:>5}" for name, group, refs in groups]
    found = read(*lines)
    assert found.unparsed == ()
    assert [(g.interface, g.address, g.refcount) for g in found.multicast_groups] == groups * 2


# Routes with -v -----------------------------------------------------------------------------------

IRE4 = (
    "  Destination             Mask           Gateway          Device  MTU  Ref Flg  Out  In/Fwd "
)
IRE4_OF_10 = (
    "  Destination             Mask           Gateway          Device Mxfrg Rtt   Ref Flg  Out  "
    "In/Fwd"
)
IRE6 = (
    "  Destination/Mask            Gateway                    If    MTU  Ref Flags  Out   In/Fwd "
)
ipv4_networks = st.builds(
    lambda bits, length: ipaddress.IPv4Network((bits, length), strict=False),
    st.integers(0, 2**32 - 1),
    st.integers(0, 32),
)
routes = st.tuples(
    ipv4_networks,
    st.ip_addresses(v=4),
    st.one_of(st.just(""), names),
    *(st.integers(0, 99999), st.integers(0, 999), st.integers(0, 2**32 - 1)),
    st.sampled_from(("U", "UG", "UGH", "UGSB", "UHL")),
    *(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)),
)


@given(st.booleans(), st.lists(routes, min_size=1, max_size=6))
def test_routes_with_masks(
    is_of_10: bool,
    given_routes: list[
        tuple[ipaddress.IPv4Network, ipaddress.IPv4Address, str, int, int, int, str, int, int]
    ],
) -> None:
    rows = []
    for network, gateway, name, mtu, rtt, refs, flags, out, forwarded in given_routes:
        ends = f"{network.network_address!s:<20} {network.netmask!s:<15} {gateway!s:<20}"
        middle = f"{str(mtu) + '*':>5} {rtt:5}" if is_of_10 else f"{mtu:5}"
        rows.append(f"{ends} {name:<6} {middle} {refs:3} {flags:<4}{out:6} {forwarded:6} ")
    found = read("IRE Table: IPv4", IRE4_OF_10 if is_of_10 else IRE4, *rows)
    assert found.unparsed == ()
    for one, printed in zip(found.routes, given_routes, strict=True):
        network, gateway, name, mtu, rtt, refs, flags, out, forwarded = printed
        assert (one.network, one.gateway_address) == (network, gateway)
        assert (one.interface, one.mtu, one.refs) == (name or None, mtu, refs)
        assert (one.flags, one.use) == (flags, out)
        extra = {"In/Fwd": str(forwarded)} | ({"Rtt": str(rtt)} if is_of_10 else {})
        assert dict(one.extra) == extra


def test_an_ipv6_route_by_a_gateway_has_no_interface() -> None:
    rows = [
        "::1                         ::1                         lo0    8252   2 UH      1113   9 ",
        "2001:db8::/32               fe80::1                            1500   1 UG         5   6 ",
    ]
    own, via = read("IRE Table: IPv6", IRE6, *rows).routes
    assert (own.interface, own.mtu, str(own.network)) == ("lo0", 8252, "::1/128")
    assert (via.interface, via.mtu, via.use) == (None, 1500, 5)


# Net to Media -------------------------------------------------------------------------------------

MEDIA = [
    "Net to Media Table: IPv4",
    "Device   IP Address               Mask      Flags      Phys Addr",
    "------ -------------------- --------------- -------- ---------------",
    "net0   192.0.2.254          255.255.255.255          00:00:5e:00:53:01",
    "net0   192.0.2.4            255.255.255.255 SPLA     00:00:5e:00:53:04",
    "net0   192.0.2.9            255.255.255.255          00:00:5e:00:53:09",
    "",
]
MEDIA_OF_IPV6 = [
    "Net to Media Table: IPv6",
    " If   Physical Address    Type      State      Destination/Mask           ",
    "----- -----------------  ------- ------------ ---------------------------",
    "net0  00:00:5e:00:53:01  dynamic REACHABLE    fe80::1                    ",
    "net0  33:33:00:00:00:01  other   REACHABLE    ff02::1                    ",
    "net0                     dynamic INCOMPLETE   fe80::9                    ",
]


def test_neighbours_are_a_table_where_every_cell_has_a_word() -> None:
    """Flags are mostly blank, so those of IPv4 are set aside; a blank address is reported."""
    snapshot = read(*MEDIA, *MEDIA_OF_IPV6)
    (table,) = snapshot.other_tables
    assert table.titles == ("If", "Physical Address", "Type", "State", "Destination/Mask")
    assert [row["Physical Address"] for row in table.rows] == [
        "00:00:5e:00:53:01",
        "33:33:00:00:00:01",
    ]
    assert [line.text for line in snapshot.unparsed] == [MEDIA_OF_IPV6[-1]]
    assert "Net to Media Table: IPv4: set aside, 4 lines" in snapshot.notes
