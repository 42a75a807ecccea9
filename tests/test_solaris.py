"""Solaris and illumos: a protocol named by the banner, windows beside the queues, blank cells."""

from __future__ import annotations

import pytest
from written import csv_of

import netstat_parse as ns

RULE = "-------------------- -------------------- ------- ------ ------- ------ -----------"
TCP = "   Local Address        Remote Address     Swind  Send-Q  Rwind  Recv-Q    State"
TCP6 = (
    "   Local Address                     Remote Address                  "
    "Swind  Send-Q  Rwind  Recv-Q   State      If"
)
TCP_USERS = (
    "   Local Address        Remote Address      User     Pid     Command     "
    "Swind  Send-Q  Rwind  Recv-Q    State"
)
UDP = "   Local Address        Remote Address      State"
UDP6 = (
    "   Local Address                     Remote Address                   State      If    "
    "Send Buf     TxOverflows     Recv Buf     RxOverflows"
)


def read(*lines: str) -> ns.Snapshot:
    (snapshot,) = ns.iter_snapshots(lines)
    assert snapshot.dialect == "solaris"
    return snapshot


def solaris(snapshot: ns.Snapshot) -> list[ns.SolarisConnection]:
    assert snapshot.unparsed == ()
    found = [c for c in snapshot.connections if isinstance(c, ns.SolarisConnection)]
    assert len(found) == len(snapshot.connections)
    return found


def test_the_windows_stand_beside_the_queues() -> None:
    row = "192.0.2.4.22         192.0.2.9.51000      131072     67  256296     12 ESTABLISHED"
    (found,) = solaris(read("TCP: IPv4", TCP, RULE, row))
    assert (found.swind, found.send_q, found.rwind, found.recv_q) == (131072, 67, 256296, 12)
    assert (found.proto, found.transport, found.family) == ("tcp4", "tcp", "ipv4")
    assert (str(found.local.address), found.local.port) == ("192.0.2.4", 22)
    assert (str(found.foreign.address), found.foreign.port) == ("192.0.2.9", 51000)
    assert found.state is ns.TcpState.ESTABLISHED
    assert found.process is None


@pytest.mark.parametrize("family", ["IPv4", "IPv6"])
@pytest.mark.parametrize("transport", ["TCP", "UDP"])
def test_the_banner_names_protocol_and_family(transport: str, family: str) -> None:
    header, row = {
        "TCP": (
            TCP,
            "      *.22                 *.*                 0      0  128000      0 LISTEN",
        ),
        "UDP": (UDP, "      *.22                                Idle"),
    }[transport]
    (found,) = solaris(read(f"{transport}: {family}", header, row))
    assert (found.transport, found.family) == (transport.lower(), family.lower())
    assert (found.local.host, found.local.port) == ("*", 22)


def test_all_tables_of_a_run_are_one_snapshot_and_the_next_run_is_another() -> None:
    run = [
        "",
        "UDP: IPv4",
        UDP,
        "-------------------- -------------------- ----------",
        "      *.123                               Idle",
        "",
        "TCP: IPv4",
        TCP,
        RULE,
        "      *.22                 *.*                 0      0  128000      0 LISTEN",
        "",
        "TCP: IPv6",
        TCP6,
        "      *.22                              *.*             0      0  128000      0 LISTEN",
    ]
    first, second = ns.iter_snapshots([*run, *run])
    assert first == second
    assert [c.proto for c in first.connections] == ["udp4", "tcp4", "tcp6"]
    assert (first.unparsed, first.notes) == ((), ())


@pytest.mark.parametrize(
    ("row", "interface", "state", "foreign"),
    [
        ("      *.546         Idle        1 2 3 4", None, "Idle", ""),
        ("fe80::1.546         Idle       net0  1 2 3 4", "net0", "Idle", ""),
        ("fe80::1.546   fe80::2.53      Connected    1 2 3 4", None, "Connected", "fe80::2"),
        ("fe80::1.546   fe80::2.53      Connected  net0  1 2 3 4", "net0", "Connected", "fe80::2"),
    ],
)
def test_a_blank_cell_moves_no_other(
    row: str, interface: str | None, state: str, foreign: str
) -> None:
    (found,) = solaris(read("UDP: IPv6", UDP6, row))
    assert (found.interface, found.foreign.host) == (interface, foreign)
    assert (found.state, dict(found.extra)) == (ns.TcpState.UNKNOWN, {"State": state})
    buffers = (found.send_buffer, found.tx_overflows, found.recv_buffer, found.rx_overflows)
    assert buffers == (1, 2, 3, 4)


NUMBERS = "  131072      5  256000      7 TIME_WAIT"
ENDS = "192.0.2.4.80         198.51.100.9.51000  "


@pytest.mark.parametrize(
    ("process", "user", "uid", "pid", "name"),
    [
        ("                             ", None, None, None, None),
        ("root        900 named        ", "root", None, 900, "named"),
        ("1001       1201 4 5 comm     ", None, 1001, 1201, "4 5 comm"),
    ],
)
def test_users_and_their_processes(
    process: str, user: str | None, uid: int | None, pid: int | None, name: str | None
) -> None:
    (found,) = solaris(read("TCP: IPv4", TCP_USERS, ENDS + process + NUMBERS))
    assert (found.user, found.uid, found.user_truncated) == (user, uid, False)
    told = found.process and (found.process.pid, found.process.name, found.process.truncated)
    assert told == (None if pid is None else (pid, name, False))
    assert (found.swind, found.send_q, found.rwind, found.recv_q) == (131072, 5, 256000, 7)
    assert found.state is ns.TcpState.TIME_WAIT


def test_what_fills_its_field_may_have_been_cut() -> None:
    rows = [
        ENDS + "webservd   1200 a-long-comman" + NUMBERS,
        ENDS + "webserv    1200 a-long-comma " + NUMBERS,
    ]
    cut, whole = solaris(read("TCP: IPv4", TCP_USERS, *rows))
    assert (cut.user, cut.user_truncated) == ("webservd", True)
    assert (whole.user, whole.user_truncated) == ("webserv", False)
    assert cut.process == ns.Process(pid=1200, name="a-long-comman", truncated=True)
    assert whole.process == ns.Process(pid=1200, name="a-long-comma", truncated=False)


@pytest.mark.parametrize(
    "row",
    [
        ENDS + " 131072      0  256000 TIME_WAIT",
        ENDS + " 131072      0  256000      0",
        ENDS + " 131072      0  256000      0 ASLEEP",
        ENDS + "root        900              131072      0  256000      0 LISTEN",
        ENDS + "averylongname 900 named      131072      0  256000      0 LISTEN",
        "root 900 named               131072      0  256000      0 LISTEN",
    ],
)
def test_a_row_that_lacks_a_cell_is_reported(row: str) -> None:
    whole = ENDS + "root        900 named        " + NUMBERS
    snapshot = read("TCP: IPv4", TCP_USERS, whole, row)
    assert [line.text for line in snapshot.unparsed] == [row]
    assert len(snapshot.connections) == 1


def test_a_long_address_pushes_its_row() -> None:
    row = (
        "2001:db8:1111:2222:3333:4444:5555:6666.22 2001:db8:1111:2222:3333:4444:5555:7777.51001"
        "  261760      0  270336      0 ESTABLISHED net0"
    )
    (found,) = solaris(read("TCP: IPv6", TCP6, row))
    assert str(found.local.address) == "2001:db8:1111:2222:3333:4444:5555:6666"
    assert (found.foreign.port, found.foreign.truncated) == (51001, False)
    assert (found.swind, found.interface) == (261760, "net0")


def test_csv_has_the_protocol_of_the_banner() -> None:
    row = "      *.22                 *.*                 0      3  128000      4 LISTEN"
    text = csv_of(["TCP: IPv6", TCP, row])
    assert text.splitlines()[1] == ",tcp6,4,3,*,22,*,,LISTEN,,"


# Routes -------------------------------------------------------------------------------------------

ROUTES = "  Destination           Gateway           Flags  Ref     Use     Interface "
ROUTES6 = "  Destination/Mask            Gateway                   Flags Ref   Use    If   "


@pytest.mark.parametrize(
    ("row", "network", "gateway", "interface"),
    [
        ("default    192.0.2.254   UG   3  1021           ", "0.0.0.0/0", "192.0.2.254", None),
        ("127.0.0.1  127.0.0.1     UH   3  1021 lo0       ", "127.0.0.1/32", "127.0.0.1", "lo0"),
        ("192.0.2.0  192.0.2.4     U    3  1021 net0:1    ", None, "192.0.2.4", "net0:1"),
        ("192.0.2.0   --           UB   3  1021           ", None, None, None),
        ("192.0.2.0/25   --        UB   3  1021 net0      ", "192.0.2.0/25", None, "net0"),
    ],
)
def test_routes(row: str, network: str | None, gateway: str | None, interface: str | None) -> None:
    snapshot = read("Routing Table: IPv4", ROUTES, row)
    (found,) = snapshot.routes
    assert snapshot.unparsed == ()
    assert (found.network and str(found.network), found.gateway) == (network, gateway)
    assert (found.interface, found.refs, found.use) == (interface, 3, 1021)


def test_the_routes_of_both_families_are_one_snapshot_with_the_sockets() -> None:
    snapshot = read(
        "TCP: IPv4",
        TCP,
        "      *.22                 *.*                 0      0  128000      0 LISTEN",
        "Routing Table: IPv4",
        ROUTES,
        "-------------------- -------------------- ----- ----- ---------- --------- ",
        "default              192.0.2.254          UG        3       1021           ",
        "",
        "Routing Table: IPv6",
        ROUTES6,
        "--------------------------- --------------------------- ----- --- ------- ----- ",
        "default                     fe80::1                     UG      2      77       ",
    )
    assert (len(snapshot.connections), snapshot.unparsed, snapshot.notes) == (1, (), ())
    assert [str(route.network) for route in snapshot.routes] == ["0.0.0.0/0", "::/0"]


@pytest.mark.parametrize("row", ["default 192.0.2.254 UG 3", "default 192.0.2.254 3 1021 net0"])
def test_a_route_that_lacks_a_cell_is_reported(row: str) -> None:
    whole = "192.0.2.0            192.0.2.4            U         5      30218 net0      "
    snapshot = read("Routing Table: IPv4", ROUTES, whole, row)
    assert [line.text for line in snapshot.unparsed] == [row]
    assert len(snapshot.routes) == 1
