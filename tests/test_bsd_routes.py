"""The routes of macOS and the BSDs: a printer of each, and what may have been cut.

The printers follow the formats of each system's route.c or show.c, and know nothing of the parser.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import netstat_parse as ns


class Printer(NamedTuple):
    """How one netstat prints its routes."""

    dialect: str
    flags: int
    cuts_flags: bool
    titles: tuple[str, ...]
    """Behind the flags; the interface is under Netif, Iface or Interface."""
    netif: int = 0
    """The width of the interface, which is right-aligned; 0: it is not, nor cut."""
    wide: tuple[int, int] = (0, 0)
    """The first two columns of IPv6 with -n; 0: as without."""
    blanks: tuple[str, ...] = ()
    """Cells of these may be blank."""
    gap: int = 1
    """Blanks behind the flags, in the header only."""

    def header(self, *, wide: bool = False) -> str:
        """The titles."""
        destination, gateway = self.wide if wide else (18, 18)
        front = f"{'Destination':{destination}} {'Gateway':{gateway}} {'Flags':{self.flags}}"
        titles = [self.place(title, title) for title in self.titles]
        return front + " " * self.gap + " ".join(titles)

    def place(self, title: str, text: str) -> str:
        """A cell in its column."""
        if title in ("Netif", "Iface", "Interface"):
            return f"{text[: self.netif]:>{self.netif}}" if self.netif else text
        if title == "Prio":
            return f"{text:>5}"
        width = {"Refs": 5 if "Prio" in self.titles else 6, "Use": 8, "Nhop#": 8, "Expire": 6}
        return f"{text:>{width.get(title, 5 if 'Prio' in self.titles else 6)}}"

    def row(self, route: Route, *, numeric: bool) -> str:
        """A row, with -n or without."""
        destination, gateway = self.wide if numeric and self.wide[0] and route.is_ipv6 else (18, 18)
        names = [route.destination, route.gateway]
        if not numeric:
            names = [name[:18] for name in names]
        flags = route.flags[: self.flags] if self.cuts_flags else route.flags
        front = f"{names[0]:{destination}} {names[1]:{gateway}} {flags:{self.flags}}"
        cells = [self.place(title, text) for title, text in self.cells(route)]
        return f"{front} {' '.join(cells)}"

    def cells(self, route: Route) -> list[tuple[str, str]]:
        """The cells behind the flags."""
        return [
            (title, route.interface if title in ("Netif", "Iface", "Interface") else text)
            for title, text in ((title, route.cell(title, self)) for title in self.titles)
        ]


class Route(NamedTuple):
    """A route."""

    destination: str
    gateway: str
    flags: str
    interface: str
    numbers: tuple[int, ...]
    is_blank: bool
    """Cells that may be blank are."""

    @property
    def is_ipv6(self) -> bool:
        """Its destination is an IPv6 address."""
        return ":" in self.destination

    def cell(self, title: str, printer: Printer) -> str:
        """The text of a cell with a number."""
        place = (
            ("Refs", "Use", "Mtu", "Prio", "Expire", "Nhop#").index(title)
            if title in (*("Refs", "Use", "Mtu", "Prio", "Expire", "Nhop#"),)
            else 0
        )
        if self.is_blank and title in printer.blanks:
            return ""
        if self.is_blank and title == "Mtu":
            return "-"
        if printer.dialect == "netbsd" and title in ("Refs", "Use"):
            return "-"
        return str(self.numbers[place])


PRINTERS = {
    "macOS": Printer("macos", 10, True, ("Netif", "Expire"), 14, (39, 39), ("Expire",)),
    "macOS 10.15": Printer("macos", 10, True, ("Netif", "Expire"), 10, (39, 39), ("Expire",)),
    "macOS 10.14": Printer(
        "macos", 10, True, ("Refs", "Use", "Netif", "Expire"), 7, (39, 39), ("Expire",)
    ),
    "FreeBSD 14": Printer("freebsd", 6, False, ("Netif", "Expire"), 8, (33, 29), ("Expire",)),
    "FreeBSD 10": Printer(
        "freebsd", 6, False, ("Netif", "Expire"), 8, (33, 29), ("Expire",), gap=2
    ),
    "FreeBSD 14 -W": Printer(
        *("freebsd", 6, False, ("Nhop#", "Mtu", "Netif", "Expire"), 10, (33, 29)),
        blanks=("Expire", "Mtu"),
    ),
    "FreeBSD 12 -W": Printer(
        *("freebsd", 6, False, ("Use", "Mtu", "Netif", "Expire"), 10, (33, 29)),
        blanks=("Expire", "Mtu"),
    ),
    "FreeBSD 8": Printer(
        "freebsd", 6, True, ("Refs", "Use", "Netif", "Expire"), 6, (33, 29), ("Expire",)
    ),
    "OpenBSD": Printer("openbsd", 6, True, ("Refs", "Use", "Mtu", "Prio", "Iface"), 0, (43, 39)),
    "NetBSD": Printer("netbsd", 6, True, ("Refs", "Use", "Mtu", "Interface"), 0, (34, 30)),
}

octets = st.integers(0, 255)
hosts4 = st.builds("{}.{}.{}.{}".format, octets, octets, octets, octets)
networks4 = st.builds("{}.{}.{}.{}/{}".format, octets, octets, octets, octets, st.integers(0, 32))
groups = st.lists(st.from_regex("[1-9a-f][0-9a-f]{0,3}", fullmatch=True), min_size=2, max_size=7)
hosts6 = groups.map(lambda found: ":".join(found[:1]) + "::" + ":".join(found[1:]))
names = st.from_regex(r"[a-z]([a-z0-9.-]{0,24}[a-z])", fullmatch=True)
others = st.sampled_from(["link#4", "0:0:5e:0:53:1", "00:00:5e:00:53:01", "utun3", "lo0"])
places4 = st.tuples(
    st.one_of(networks4, hosts4, names, st.just("default")), st.one_of(hosts4, names, others)
)
places6 = st.tuples(
    st.one_of(hosts6, hosts6.map("{}/64".format), hosts6.map("{}%em0/64".format)),
    st.one_of(hosts6, hosts6.map("{}%em0".format), others),
)
interfaces = st.builds(
    "{}{}".format, st.sampled_from(["em", "lo", "bridge", "wlan-of-a-name"]), st.integers(0, 9)
)
flags = st.permutations("GHSRcWLi13").flatmap(
    lambda letters: st.integers(0, 10).map(lambda n: "U" + "".join(letters[:n]))
)
numbers = st.tuples(
    st.integers(0, 99999),
    st.integers(0, 2**40),
    st.integers(0, 65535),
    st.integers(1, 63),
    st.integers(1, 99999),
    st.integers(1, 9999),
)


def routes(places: st.SearchStrategy[tuple[str, str]]) -> st.SearchStrategy[Route]:
    return st.builds(
        lambda place, *rest: Route(*place, *rest), places, flags, interfaces, numbers, st.booleans()
    )


tables = st.one_of(
    st.tuples(st.just("Internet:"), st.lists(routes(places4), min_size=1, max_size=4)),
    st.tuples(st.just("Internet6:"), st.lists(routes(places6), min_size=1, max_size=4)),
)


def check(printer: Printer, route: Route, found: ns.Route) -> None:
    """Every field is what was to be printed, or is marked."""
    for field in ("destination", "gateway", "flags", "interface"):
        value, text = getattr(found, field), getattr(route, field)
        if value != text:
            assert text.startswith(value)
            assert field in found.truncated
        if field in found.truncated:
            assert found.network is None or field != "destination"
            assert found.gateway_address is None or field != "gateway"
    fields = {"Refs": "refs", "Use": "use", "Mtu": "mtu", "Expire": "expires"}
    for title, text in printer.cells(route):
        if title in fields:
            value = getattr(found, fields[title])
            assert value == (int(text) if text.isdigit() else None)
        elif title in ("Prio", "Nhop#"):
            assert dict(found.extra) == {title: text}
    if found.gateway_address is not None:
        assert found.gateway_address == ip_address(route.gateway)


@pytest.mark.slow
@pytest.mark.parametrize("name", PRINTERS)
@settings(max_examples=60)
@given(tables, st.booleans())
def test_every_cell_is_right_or_marked(
    name: str, table: tuple[str, list[Route]], numeric: bool
) -> None:
    printer, (family, printed) = PRINTERS[name], table
    wide = numeric and family == "Internet6:"
    lines = [printer.row(route, numeric=numeric) for route in printed]
    above = ["Routing tables", "", family, printer.header(wide=wide)]
    (snapshot,) = ns.iter_snapshots([*above, *lines])
    assert snapshot.dialect == printer.dialect
    assert snapshot.unparsed == ()
    assert [route.family for route in snapshot.routes] == [
        {"Internet:": "ipv4", "Internet6:": "ipv6"}[family]
    ] * len(printed)
    for route, found in zip(printed, snapshot.routes, strict=True):
        check(printer, route, found)


@pytest.mark.parametrize("name", PRINTERS)
def test_a_name_that_fills_its_column_may_have_been_cut(name: str) -> None:
    printer = PRINTERS[name]
    shorter = Route("a" * 17, "b" * 17, "UG", "em0", (1,) * 6, is_blank=False)
    filling = shorter._replace(destination="a" * 18, gateway="b" * 18, interface="e" * 16)
    rows = [printer.row(route, numeric=False) for route in (shorter, filling)]
    (snapshot,) = ns.iter_snapshots(["Routing tables", "", "Internet:", printer.header(), *rows])
    names = ("destination", "gateway", *(["interface"] if printer.netif else []))
    assert [route.truncated for route in snapshot.routes] == [(), names]


@pytest.mark.parametrize("name", PRINTERS)
def test_an_ipv6_address_that_is_cut_is_no_other_one(name: str) -> None:
    """Without -n its column is 18 wide: fe80::1234:5678:9 may have been ...:9a."""
    printer = PRINTERS[name]
    gateway = "fe80::1234:5678:9abc"
    route = Route("default", gateway, "UG", "em0", (1,) * 6, is_blank=False)
    row = printer.row(route, numeric=False)
    (snapshot,) = ns.iter_snapshots(["Routing tables", "", "Internet6:", printer.header(), row])
    (found,) = snapshot.routes
    assert (found.gateway, found.gateway_address) == (gateway[:18], None)
    assert found.truncated == ("gateway",)


def test_flags_that_fill_their_column_may_have_been_cut() -> None:
    for name, text in (("OpenBSD", "UGHLch"), ("macOS", "UGHLWIirc3"), ("FreeBSD 8", "UGHLWc")):
        printer = PRINTERS[name]
        route = Route("default", "192.0.2.1", text, "em0", (1,) * 6, is_blank=False)
        lines = [printer.header(), printer.row(route, numeric=True)]
        (snapshot,) = ns.iter_snapshots(["Routing tables", "", "Internet:", *lines])
        assert snapshot.routes[0].truncated == ("flags",)


@pytest.mark.parametrize("title", ["Refs", "Netif"])
def test_where_blanks_were_folded_every_width_that_is_known_may_be_a_cut(title: str) -> None:
    header = f"Destination Gateway Flags {'Refs Use ' if title == 'Refs' else ''}Netif Expire"
    numbers = "1 2 " if title == "Refs" else ""
    rows = [f"10/24 192.0.2.1 UG {numbers}{'e' * n}" for n in (6, 7, 8, 9, 10, 14)]
    (snapshot,) = ns.iter_snapshots(["Routing tables", "", "Internet:", header, *rows])
    cut = [bool(route.truncated) for route in snapshot.routes]
    assert cut == [True, True, True, False, True, True]


def test_a_blank_address_of_the_interface_moves_no_flag() -> None:
    """macOS -l prints no RT_IFA where the kernel gives none."""
    header = (
        f"{'Destination':18} {'Gateway':18} {'RT_IFA':18} {'Flags':10} {'Refs':>6} {'Use':>8} "
        f"{'Mtu':>6} {'Netif':>14} Expire"
    )
    row = f"{'10/24':18} {'link#4':18} {'UCS':10} {1:6} {2:8} {'':6} {'en0':>14} {'!':>6}"
    (snapshot,) = ns.iter_snapshots(["Routing tables", "", "Internet:", header, row])
    (found,) = snapshot.routes
    assert (found.flags, found.refs, found.use, found.mtu) == ("UCS", 1, 2, None)
    assert (found.interface, dict(found.extra)) == ("en0", {})


@pytest.mark.parametrize("label", ["", "DHCLIENT 16899", "a"])
def test_a_label_of_openbsd_may_hold_blanks(label: str) -> None:
    printer = PRINTERS["OpenBSD"]
    route = Route("10/24", "192.0.2.1", "UG", "em0", (1, 2, 1500, 8, 0, 0), is_blank=False)
    row = f"{printer.row(route, numeric=True)}   {label}"
    lines = ["Routing tables", "", "Internet:", f"{printer.header()} Label", row]
    (snapshot,) = ns.iter_snapshots(lines)
    (found,) = snapshot.routes
    assert dict(found.extra) == {"Prio": "8", **({"Label": label} if label else {})}
    assert (found.interface, found.mtu) == ("em0", 1500)
