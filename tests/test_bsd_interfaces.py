"""The interfaces of macOS and the BSDs: a printer of each, and what may have been cut.

The printers follow the formats of each system's if.c, and know nothing of the parser.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

import netstat_parse as ns


class Printer(NamedTuple):
    """How one netstat prints its table of interfaces."""

    dialect: str
    name: int
    network: int
    address: int
    network6: int
    """Where IPv6 has columns of its own, they are as wide together."""
    address6: int
    titles: str
    """From Ipkts on; each right-aligned."""
    mtu: str = "%-5s"
    cuts_names: bool = True
    repeats: bool = True
    """An address has all counters; else `-` for errors and collisions."""

    def header(self) -> str:
        """The header's titles, padded and cut as the cells are."""
        front = (
            f"{'Name':{self.name}} {self.mtu % 'Mtu'} "
            f"{'Network':{self.network}} {'Address':{self.address}}"
        )
        return " ".join((front, *(f"{t:>{width_of(t)}}" for t in self.titles.split())))

    def row(self, row: Row) -> str:
        """One row of it."""
        is_ipv6 = ":" in row.network
        network, address = (
            (self.network6, self.address6) if is_ipv6 else (self.network, self.address)
        )
        name = row.name + "*" * row.is_down
        printed = name[: self.name] if self.cuts_names else name
        cells = [f"{printed:{self.name}}", self.mtu % row.mtu]
        if row.network.startswith("<"):
            # A link's address is printed as it is, and padded to where the counters begin.
            room = self.network + 1 + self.address
            link = f"{row.network:{self.network6}} {row.address}"
            cells.append(f"{link:{room}}")
        else:
            cells.append(f"{row.network[:network]:{network}} {row.address[:address]:{address}}")
        for title, counter in zip(self.titles.split(), row.counters, strict=False):
            is_left_out = not row.network.startswith("<") and not self.repeats
            is_left_out &= title not in ("Ipkts", "Opkts", "Ibytes", "Obytes")
            cells.append(f"{'-' if is_left_out else counter:>{width_of(title)}}")
        return " ".join(cells)


def width_of(title: str) -> int:
    """How wide the column of a counter is."""
    return {"Ipkts": 8, "Opkts": 8, "Ibytes": 10, "Obytes": 10, "Idrops": 6, "Odrops": 6}.get(
        title, 5
    )


class Row(NamedTuple):
    """An interface, or one address of it."""

    name: str
    is_down: bool
    mtu: int
    network: str
    address: str
    counters: tuple[int, ...]


PACKETS = "Ipkts Ierrs Opkts Oerrs"
PRINTERS = {
    "macOS": Printer("macos", 10, 13, 15, 11, 17, f"{PACKETS} Coll", repeats=False),
    "macOS -b": Printer(
        "macos", 10, 13, 15, 11, 17, "Ipkts Ierrs Ibytes Opkts Oerrs Obytes Coll", repeats=False
    ),
    "macOS -l": Printer("macos", 14, 39, 39, 39, 39, f"{PACKETS} Coll", repeats=False),
    "macOS 10.14": Printer("macos", 5, 13, 15, 11, 17, f"{PACKETS} Coll", repeats=False),
    "FreeBSD": Printer(
        "freebsd", 5, 13, 17, 13, 17, "Ipkts Ierrs Idrop Opkts Oerrs Coll", "%5s", repeats=False
    ),
    "FreeBSD -W": Printer(
        "freebsd", 12, 24, 39, 24, 39, "Ipkts Ierrs Idrop Opkts Oerrs Coll", "%5s", repeats=False
    ),
    "FreeBSD 8": Printer("freebsd", 5, 13, 17, 13, 17, f"{PACKETS} Coll", "%5s", repeats=False),
    "OpenBSD": Printer(
        "openbsd", 7, 11, 17, 11, 17, "Ipkts Ifail Opkts Ofail Colls", cuts_names=False
    ),
    "OpenBSD -b": Printer("openbsd", 7, 11, 17, 11, 17, "Ibytes Obytes", cuts_names=False),
    "OpenBSD -d": Printer(
        "openbsd", 7, 11, 17, 11, 17, "Ipkts Idrop Opkts Odrop Colls", cuts_names=False
    ),
    "NetBSD": Printer("netbsd", 5, 13, 17, 13, 17, f"{PACKETS} Colls"),
    "NetBSD -d": Printer(
        "netbsd", 5, 13, 17, 13, 17, "Ipkts Ierrs Idrops Opkts Oerrs Colls Odrops"
    ),
    "NetBSD -b": Printer("netbsd", 5, 13, 17, 13, 17, "Ibytes Obytes"),
    "DragonFly": Printer("dragonfly", 7, 13, 15, 11, 17, f"{PACKETS} Coll", repeats=False),
}
FIELDS = {
    "Ipkts": "rx_packets",
    "Ierrs": "rx_errors",
    "Ifail": "rx_errors",
    "Idrop": "rx_drops",
    "Idrops": "rx_drops",
    "Ibytes": "rx_bytes",
    "Opkts": "tx_packets",
    "Oerrs": "tx_errors",
    "Ofail": "tx_errors",
    "Odrop": "tx_drops",
    "Odrops": "tx_drops",
    "Obytes": "tx_bytes",
    "Coll": "collisions",
    "Colls": "collisions",
}

letters = st.sampled_from(["em", "lo", "vlan", "bridge", "a-very-long-na"])
names = st.builds("{}{}".format, letters, st.integers(0, 9))
counters = st.one_of(st.integers(0, 99), st.integers(0, 2**64 - 1))
octets = st.integers(0, 255)
ipv4 = st.builds("{}.{}.{}.{}".format, octets, octets, octets, octets)
networks4 = st.builds("{}.{}.{}.{}/{}".format, octets, octets, octets, octets, st.integers(8, 30))
groups = st.lists(st.from_regex("[1-9a-f][0-9a-f]{0,3}", fullmatch=True), min_size=2, max_size=7)
ipv6 = groups.map(lambda found: ":".join(found[:1]) + "::" + ":".join(found[1:]))
hosts = st.from_regex(r"[a-z][a-z0-9-]{0,24}[a-z]", fullmatch=True)
macs = st.sampled_from(["00:00:5e:00:53:01", ""])
links = st.builds("<Link#{}>".format, st.integers(1, 99))
places = st.one_of(
    st.tuples(st.one_of(networks4, st.just("127")), st.one_of(ipv4, hosts)),
    st.tuples(ipv6.map("{}/64".format), ipv6),
    st.tuples(links, macs),
)


@st.composite
def rows(draw: st.DrawFn) -> Row:
    network, address = draw(places)
    counted = tuple(draw(counters) for _ in range(7))
    return Row(
        draw(names), draw(st.booleans()), draw(st.integers(0, 65535)), network, address, counted
    )


def check(printer: Printer, row: Row, found: ns.Interface) -> None:
    """Every field is what was to be printed, or is marked, or is None."""
    is_link = row.network.startswith("<")
    is_ipv6 = ":" in row.network
    network, address = (
        (printer.network6, printer.address6) if is_ipv6 else (printer.network, printer.address)
    )
    for field, text, width in (
        ("name", row.name, printer.name),
        ("network", row.network, len(row.network) + 1 if is_link else network),
        ("address", row.address, len(row.address) + 1 if is_link else address),
    ):
        value = getattr(found, field)
        if value != (text or None):
            assert value == text[:width]
            assert field in found.truncated
        elif field in found.truncated:
            assert len(text) == width
    # A star may have been cut off from a name that fills its column.
    assert found.is_down is (None if "name" in found.truncated else row.is_down)
    assert found.mtu == row.mtu
    for title, counter in zip(printer.titles.split(), row.counters, strict=False):
        is_left_out = not is_link and not printer.repeats
        is_left_out &= title not in ("Ipkts", "Opkts", "Ibytes", "Obytes")
        assert getattr(found, FIELDS[title]) == (None if is_left_out else counter)


@pytest.mark.slow
@pytest.mark.parametrize("name", PRINTERS)
@given(st.lists(rows(), min_size=1, max_size=4))
def test_every_cell_is_right_or_marked(name: str, printed: list[Row]) -> None:
    printer = PRINTERS[name]
    (snapshot,) = ns.iter_snapshots([printer.header(), *map(printer.row, printed)])
    assert snapshot.dialect == printer.dialect
    assert [note for note in snapshot.notes if "no dialect lists" in note] == []
    assert len(snapshot.interfaces) + len(snapshot.unparsed) == len(printed)
    reported = {line.text for line in snapshot.unparsed}
    whole = [row for row in printed if printer.row(row) not in reported]
    for row, found in zip(whole, snapshot.interfaces, strict=True):
        check(printer, row, found)
    # Only a cell that touches the next one is reported.
    for row in printed:
        if printer.row(row) in reported:
            assert re.search(r"\S{20}|^\S{14}\d", printer.row(row))


@pytest.mark.parametrize("name", PRINTERS)
def test_what_fills_its_column_is_marked_and_what_is_shorter_is_not(name: str) -> None:
    printer = PRINTERS[name]
    host = "h" * printer.address
    shorter = Row("em0", False, 1500, "127", host[1:], (1,) * 7)
    filling = shorter._replace(address=host, name="e" * printer.name)
    lines = [printer.header(), printer.row(shorter), printer.row(filling)]
    (snapshot,) = ns.iter_snapshots(lines)
    assert [row.truncated for row in snapshot.interfaces] == [(), ("name", "address")]
    assert [row.is_down for row in snapshot.interfaces] == [False, None]


FOLDED = "Name Mtu Network Address Ipkts Ierrs Opkts Oerrs Coll"


@pytest.mark.parametrize("network", ["a" * 11, "a" * 13])
@pytest.mark.parametrize("address", ["a" * 15, "a" * 17])
def test_where_blanks_were_folded_every_width_that_is_known_may_be_a_cut(
    network: str, address: str
) -> None:
    row = f"em0 1500 {network} {address} 1 2 3 4 5"
    (snapshot,) = ns.iter_snapshots([FOLDED, row])
    assert snapshot.interfaces[0].truncated == ("network", "address")


def test_a_release_of_netbsd_printed_no_blank_before_a_link() -> None:
    header = PRINTERS["NetBSD"].header()
    row = "lo0   33184<Link>                           7184     0     7184     0     0"
    glued = row.replace("<Link>", "127/8 ")
    (snapshot,) = ns.iter_snapshots([header, row, glued])
    (found,) = snapshot.interfaces
    assert (found.mtu, found.network, found.address, found.tx_packets) == (
        33184,
        "<Link>",
        None,
        7184,
    )
    assert [line.text for line in snapshot.unparsed] == [glued]
