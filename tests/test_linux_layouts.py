"""The row patterns of net-tools and busybox: what each takes, and in which form."""

from __future__ import annotations

import pytest

from netstat_parse.dialects.linux import DIALECT
from netstat_parse.dialects.linux.net_tools import (
    ENGLISH_TABLE,
    HEADER,
    NET_TOOLS_OR_BUSYBOX,
)
from netstat_parse.grammar.dialect import TableSpec, make_layout
from netstat_parse.grammar.layout import Layout


def layout_of(spec: TableSpec, header: str = HEADER) -> Layout:
    made = make_layout(DIALECT, spec, header)
    assert made is not None
    return made


@pytest.fixture(scope="module")
def net_tools() -> Layout:
    return layout_of(ENGLISH_TABLE)


@pytest.fixture(scope="module")
def either() -> Layout:
    return layout_of(NET_TOOLS_OR_BUSYBOX)


def cells(layout: Layout, row: str) -> dict[str, str] | None:
    """The cells of a row that are not empty, by name; None if it is no row."""
    found = layout.find_row(row)
    if found is None:
        return None
    return {name: text for name, text in zip(layout.names, found.cells, strict=True) if text}


def bulk_cells(layout: Layout, row: str) -> dict[str, str] | None:
    """What the bulk patterns find of it."""
    for finder in layout.bulk_finders(layout.plain_names):
        (found,) = finder.find(row)
        if any(found):
            return {name: text for name, text in zip(finder.names, found, strict=True) if text}
    return None


ADDRESSES = "2001:db8::1:443         2001:db8::2:50022       ESTABLISHED"


@pytest.mark.parametrize(
    ("queues", "recv_q", "send_q"),
    [
        ("     01023440", "0", "1023440"),
        (" 123451023440", "12345", "1023440"),
        ("1234561023440", "123456", "1023440"),
        ("      0      0", "0", "0"),
    ],
)
def test_queues_that_touch(net_tools: Layout, queues: str, recv_q: str, send_q: str) -> None:
    found = cells(net_tools, f"tcp6  {queues} {ADDRESSES}")
    assert found is not None
    assert (found["recv_q"], found["send_q"]) == (recv_q, send_q)


def test_a_queue_that_may_be_two_is_left_to_the_whole_pattern(net_tools: Layout) -> None:
    """Behind these thirteen digits comes the local address, not Send-Q."""
    row = f"tcp6  1234561023440      0 {ADDRESSES}"
    assert cells(net_tools, row) is None
    assert bulk_cells(net_tools, row) is None


@pytest.mark.parametrize("queue", ["0", "36", "9999999"])
def test_most_queues_are_read_in_bulk(net_tools: Layout, queue: str) -> None:
    row = f"tcp6  {queue:>6} {queue:>6} {ADDRESSES}"
    assert bulk_cells(net_tools, row) == cells(net_tools, row) is not None


@pytest.mark.parametrize(
    ("width", "length", "form"),
    [
        (23, 22, ""),
        (23, 23, "_fills"),
        (23, 24, "_exceeds"),
        # Red Hat's 1.60 cuts these to 23, Fedora's to 27 and 28, under one header.
        (27, 22, ""),
        (27, 23, "_fills"),
        (27, 24, ""),
        (27, 26, ""),
        (27, 27, "_fills"),
        (27, 28, "_fills"),
        (27, 29, "_exceeds"),
    ],
)
@pytest.mark.parametrize("proto", ["udp", "udp6", "udpl", "raw6"])
def test_datagram_addresses(proto: str, width: int, length: int, form: str) -> None:
    address = (
        "2001:db8:aaaa:bbbb:cccc:dddd"[: length - 3].rstrip(":").ljust(length - 3, "9") + ":53"
    )
    assert len(address) == length
    header = HEADER.replace("Address           Foreign", "Address" + " " * (width - 12) + "Foreign")
    state = "7" if proto == "raw6" else ""
    row = f"{proto:<5} {0:>6} {0:>6} {address:<{width}} {':::*':<{width}} {state}"
    found = cells(layout_of(ENGLISH_TABLE, header), row)
    assert found is not None
    assert found[f"local_host{form}"] == address[:-3]


BELOW = "\n" + " " * 20


@pytest.mark.parametrize("port", ["3868", "65535", "diameter", "*"])
def test_a_line_below_an_sctp_endpoint(net_tools: Layout, port: str) -> None:
    found = cells(net_tools, f"sctp{BELOW[1:-4]}192.0.2.10:3868{BELOW}192.0.2.11:{port}")
    assert found is not None
    assert found["further"] == f"{BELOW}192.0.2.11:{port}"


@pytest.mark.parametrize("port", ["65536", "99999", ""])
def test_a_line_below_with_a_port_that_is_none(net_tools: Layout, port: str) -> None:
    assert cells(net_tools, f"sctp{BELOW[1:-4]}192.0.2.10:3868{BELOW}192.0.2.11:{port}") is None


def test_rows_that_go_on_below_are_not_read_in_bulk(net_tools: Layout) -> None:
    row = f"sctp{BELOW[1:-4]}192.0.2.10:3868"
    assert cells(net_tools, row) == {
        "proto": "sctp",
        "local_host": "192.0.2.10",
        "local_port": "3868",
    }
    assert bulk_cells(net_tools, row) is None


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("fe80::1%1713:58", {"local_host": "fe80::1"}),
        ("[::]:58", {"local_host": "::"}),
        ("fe80::1:2:3%4294967295:58", {"local_host_exceeds": "fe80::1:2:3"}),
        ("2001:db8:1:2:3:4:5:6:58", {"local_host_fills": "2001:db8:1:2:3:4:5:6"}),
    ],
)
def test_busybox_prints_scopes_and_ports_for_states(
    either: Layout, local: str, expected: dict[str, str]
) -> None:
    row = f"raw        0      0 {local:<23} {':::*':<23} 58"
    assert cells(either, row) == {
        "proto": "raw",
        "recv_q": "0",
        "send_q": "0",
        "local_port": "58",
        "foreign_host": "::",
        **expected,
    }
    assert bulk_cells(either, row) is None


@pytest.mark.parametrize("row", ["[::1:22", "::1]:22", "[::]22", "]::[:22"])
def test_brackets_must_balance(either: Layout, row: str) -> None:
    assert cells(either, f"tcp6       0      0 {row:<23} {':::*':<23} LISTEN") is None
    assert cells(either, f"raw6       0      0 {row:<23} {':::*':<23} 7") is None
