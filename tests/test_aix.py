"""AIX: control blocks, addresses cut to 18 characters, routes whose titles stand above all."""

from __future__ import annotations

import pytest

import netstat_parse as ns

BLOCKS = "PCB/ADDR         Proto Recv-Q Send-Q  Local Address      Foreign Address    (state)"
BSD = "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)"
ROUTES = "Destination        Gateway           Flags   Refs     Use  If   Exp  Groups"
OLD_ROUTES = "Destination        Gateway           Flags   Refs     Use  If   PMTU Exp Groups"
IPV4 = "Route Tree for Protocol Family 2 (Internet):"
IPV6 = "Route Tree for Protocol Family 24 (Internet v6):"


def read(*lines: str, dialect: str | None = None) -> ns.Snapshot:
    (snapshot,) = ns.iter_snapshots(lines, dialect=dialect)
    assert snapshot.dialect == "aix"
    return snapshot


def read_socket(row: str) -> ns.AixConnection:
    snapshot = read(BLOCKS, row)
    assert snapshot.unparsed == ()
    (found,) = snapshot.connections
    assert isinstance(found, ns.AixConnection)
    return found


def read_routes(*lines: str) -> tuple[ns.Route, ...]:
    snapshot = read("Routing tables", *lines)
    assert snapshot.unparsed == ()
    return snapshot.routes


# Sockets ------------------------------------------------------------------------------------------


def test_a_connection() -> None:
    row = "f1000f00002883c0 tcp4      12     48  192.0.2.7.22       198.51.9.9.51000   ESTABLISHED"
    found = read_socket(row)
    assert (found.control_block, found.recv_q, found.send_q) == (0xF1000F00002883C0, 12, 48)
    assert (found.transport, found.family) == ("tcp", "ipv4")
    assert (str(found.local.address), found.local.port) == ("192.0.2.7", 22)
    assert (str(found.foreign.address), found.foreign.port) == ("198.51.9.9", 51000)
    assert found.state is ns.TcpState.ESTABLISHED


@pytest.mark.parametrize(
    ("address", "port"),
    [
        ("192.0.2.200.51000", 51000),
        ("198.51.100.30.4819", None),  # 18 characters: perhaps 48190
        ("198.51.100.130.48190", 48190),
    ],
)
def test_a_port_that_fills_the_field_is_not_known(address: str, port: int | None) -> None:
    found = read_socket(
        f"7004fdec         tcp4       0      0  *.22               {address} LISTEN"
    )
    assert found.foreign.host == address.rpartition(".")[0]
    assert (found.foreign.port, found.foreign.truncated) == (port, port is None)
    assert (found.local.port, found.local.truncated) == (22, False)


def test_only_udp_has_no_state() -> None:
    udp = "f1000f0000299e00 udp4       0      0  *.514              *.*"
    tcp = udp.replace("udp4", "tcp4")
    snapshot = read(BLOCKS, udp, tcp)
    assert [(c.proto, c.state) for c in snapshot.connections] == [("udp4", None)]
    assert [line.text for line in snapshot.unparsed] == [tcp]


def test_without_blocks_it_is_aix_where_that_is_asked_for() -> None:
    lines = (BSD, "tcp4       0      0  *.22                  *.*                   LISTEN")
    assert read(*lines, dialect="aix").connections[0].local.port == 22
    (other,) = ns.iter_snapshots(lines)
    assert other.dialect == "macos"


# Routes -------------------------------------------------------------------------------------------


def test_a_heading_names_the_family_of_the_rows_below_it() -> None:
    default = "default            a-router          UG        1        27 en1      -      -   "
    found = read_routes(ROUTES, "", IPV4, default, "", IPV6, default)
    assert [(r.family, str(r.network)) for r in found] == [
        ("ipv4", "0.0.0.0/0"),
        ("ipv6", "::/0"),
    ]
    other = "Route Tree for Protocol Family 18 (Link):"
    (_, unknown) = read_routes(ROUTES, "", IPV4, default, "", other, default)
    assert (unknown.family, unknown.network) == (None, None)


def test_both_rows_of_one_destination() -> None:
    marked = "10.1.0.0           10.1.0.3          UHSb      0         5 en0      -      -   =>"
    other = "10.1/23            10.1.0.3          U         7   1422409 en0      -      -   "
    first, second = read_routes(ROUTES, "", IPV4, marked, other)
    assert (str(first.network), first.refs, first.use) == ("10.1.0.0/32", 0, 5)
    assert (str(second.network), second.refs, second.use) == ("10.1.0.0/23", 7, 1422409)
    assert first.interface == second.interface == "en0"


@pytest.mark.parametrize("end", ["", "   =>"])
def test_a_blank_gateway_moves_no_other_cell(end: str) -> None:
    row = "::1%1                                UH        1    466765 lo0      -      -" + end
    (found,) = read_routes(ROUTES, "", IPV6, row)
    assert (found.gateway, found.flags, found.refs, found.use) == (None, "UH", 1, 466765)
    assert (found.interface, found.expires) == ("lo0", None)


def test_older_titles_and_groups() -> None:
    row = "192.0.2/24         192.0.2.7         U         1    183513 en1   1500   60 staff"
    (found,) = read_routes(OLD_ROUTES, "", IPV4, row)
    assert (found.mtu, found.expires) == (1500, 60)
    assert dict(found.extra) == {"Groups": "staff"}


def test_a_name_that_fills_its_column_may_have_been_cut() -> None:
    row = "a-very-long-networ a-router.example. UG        1        27 en1      -      -"
    (found,) = read_routes(ROUTES, "", IPV4, row)
    assert found.truncated == ("destination", "gateway")
    row = "a-very-long-netwo  a-router.example  UG        1        27 en1      -      -"
    (found,) = read_routes(ROUTES, "", IPV4, row)
    assert found.truncated == ()


def test_a_row_that_lacks_a_cell_is_reported() -> None:
    whole = "10.1/23            10.1.0.3          U         7   1422409 en0      -      -   "
    lacking = "10.1/23            10.1.0.3          U         7   1422409          -      -"
    snapshot = read("Routing tables", ROUTES, IPV4, whole, lacking)
    assert [line.text for line in snapshot.unparsed] == [lacking]
    assert len(snapshot.routes) == 1
