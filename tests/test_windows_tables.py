"""What netstat.exe and route.exe print of invented routes and counters parses to these."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netstat_parse import (
    Interface,
    LineKind,
    Route,
    Snapshot,
    SnapshotReader,
    Statistic,
    iter_snapshots,
    parse,
)
from netstat_parse.models import FrozenDict

RULE = "=" * 75

# What route.exe prints ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """The lines around the routes in one language."""

    interfaces: str
    tables: tuple[str, str]
    active: str
    persistent: str
    titles: str
    persistent_titles: str
    ipv6_titles: str
    on_link: str
    default: str
    none: str
    is_known: bool = True


ENGLISH = Words(
    "Interface List",
    ("IPv4 Route Table", "IPv6 Route Table"),
    "Active Routes:",
    "Persistent Routes:",
    "Network Destination        Netmask          Gateway       Interface  Metric",
    "  Network Address          Netmask  Gateway Address  Metric",
    " If Metric Network Destination      Gateway",
    "On-link",
    "Default",
    "None",
)
GERMAN = Words(
    "Schnittstellenliste",
    ("IPv4-Routentabelle", "IPv6-Routentabelle"),
    "Aktive Routen:",
    "Ständige Routen:",
    "     Netzwerkziel    Netzwerkmaske          Gateway    Schnittstelle Metrik",
    "  Netzwerkadresse          Netzmaske  Gatewayadresse  Metrik",
    " If Metrik Netzwerkziel             Gateway",
    "Auf Verbindung",
    "Standard",
    "Keine",
)
UNKNOWN = Words(
    "Список интерфейсов",
    ("Таблица IPv4", "Таблица IPv6"),
    "Активные маршруты:",
    "Постоянные маршруты:",
    "Сетевой адрес           Маска сети      Адрес шлюза       Интерфейс  Метрика",
    "  Сетевой адрес            Маска    Адрес шлюза      Метрика",
    " Метрика   Сетевой адрес            Шлюз",
    "Локально",
    "По умолчанию",
    "Отсутствует",
    is_known=False,
)
LANGUAGES = {"english": ENGLISH, "german": GERMAN, "unknown": UNKNOWN}


@dataclass(frozen=True)
class Path:
    """A route as Windows knows it."""

    network: str
    gateway: str
    """Empty if the network is on the link."""
    interface: str
    """An address; the interface's number for IPv6."""
    metric: int | None
    """None for the default one of a persistent route."""


def ipv4_row(path: Path, words: Words, *, persistent: bool) -> str:
    network = ip_network(path.network)
    gateway = path.gateway or words.on_link
    line = f"{network.network_address!s:>17} {network.netmask!s:>16} {gateway:>16}"
    if persistent:
        metric = words.default if path.metric is None else str(path.metric)
        return f"{line} {metric:>7} "
    return f"{line} {path.interface:>16} {path.metric!s:>6}"


def ipv6_rows(path: Path, words: Words) -> list[str]:
    gateway = path.gateway or words.on_link
    line = f"{path.interface:>3} {path.metric:>6} {path.network:24}"
    if len(path.network) > 24:
        return [line, " " * 36 + gateway]
    return [f"{line} {gateway}"]


@dataclass(frozen=True)
class Machine:
    """All that route.exe knows."""

    interfaces: list[tuple[int, str, str]]
    active: list[Path]
    persistent: list[Path]
    active6: list[Path]
    persistent6: list[Path]


def printed(machine: Machine, words: Words) -> list[str]:
    """What `route print` and `netstat -r` print."""
    lines = [RULE, words.interfaces]
    for number, mac, name in machine.interfaces:
        lines.append(f"{number:3}...{mac + ' ' if mac else '.' * 18}......{name}")
    lines += [RULE, "", words.tables[0], RULE, words.active, words.titles]
    lines += [ipv4_row(path, words, persistent=False) for path in machine.active]
    lines += [RULE, words.persistent]
    if machine.persistent:
        lines.append(words.persistent_titles)
        lines += [ipv4_row(path, words, persistent=True) for path in machine.persistent]
    else:
        lines.append(f"  {words.none}")
    lines += [RULE, "", words.tables[1], RULE, words.active, words.ipv6_titles]
    lines += [row for path in machine.active6 for row in ipv6_rows(path, words)]
    lines += [RULE, words.persistent]
    if machine.persistent6:
        lines.append(words.ipv6_titles)
        lines += [row for path in machine.persistent6 for row in ipv6_rows(path, words)]
        return [*lines, RULE]
    return [*lines, f"  {words.none}"]


def route(path: Path, words: Words, *, persistent: bool) -> Route:
    """What a route must parse to."""
    network = ip_network(path.network)
    is_ipv4 = network.version == 4
    # In a language that is not known the two tables of IPv6 look the same.
    is_known = is_ipv4 or words.is_known
    shown: dict[str, Any] = {
        "destination": str(network.network_address) if is_ipv4 else path.network,
        "mask": str(network.netmask) if is_ipv4 else None,
        "interface": None if is_ipv4 and persistent else path.interface,
    }
    return Route(
        dialect="windows",
        family=f"ipv{network.version}",  # type: ignore[arg-type]
        network=network,
        gateway=path.gateway or words.on_link,
        gateway_address=ip_address(path.gateway) if path.gateway else None,
        metric=path.metric,
        is_persistent=persistent if is_known else None,
        **shown,
    )


def expected(machine: Machine, words: Words) -> tuple[tuple[Route, ...], tuple[Interface, ...]]:
    routes = [
        *(route(path, words, persistent=False) for path in machine.active),
        *(route(path, words, persistent=True) for path in machine.persistent),
        *(route(path, words, persistent=False) for path in machine.active6),
        *(route(path, words, persistent=True) for path in machine.persistent6),
    ]
    interfaces = [
        Interface(
            dialect="windows", name=name, address=mac or None, extra=FrozenDict({"If": str(number)})
        )
        for number, mac, name in machine.interfaces
    ]
    return tuple(routes), tuple(interfaces)


# Invented machines --------------------------------------------------------------------------------

IPV4 = st.ip_addresses(v=4).map(str)
NETWORKS = st.tuples(st.ip_addresses(v=4), st.integers(0, 32)).map(
    lambda drawn: str(ip_network(drawn, strict=False))
)
NETWORKS6 = st.tuples(st.ip_addresses(v=6), st.integers(0, 128)).map(
    lambda drawn: str(ip_network(drawn, strict=False))
)
METRICS = st.integers(0, 2**32 - 1)
NUMBERS = st.integers(1, 99).map(str)
MACS = st.lists(st.binary(min_size=1, max_size=1).map(bytes.hex), min_size=6, max_size=6)
NAMES = st.text("aZ09 ()#-®я", min_size=1, max_size=30).map(str.strip).filter(bool)
ACTIVE = st.builds(Path, NETWORKS, st.just("") | IPV4, IPV4, METRICS)
PERSISTENT = st.builds(Path, NETWORKS, IPV4, st.just(""), st.none() | METRICS)
ACTIVE6 = st.builds(Path, NETWORKS6, st.just("") | st.ip_addresses(v=6).map(str), NUMBERS, METRICS)
MACHINES = st.builds(
    Machine,
    st.lists(
        st.tuples(st.integers(1, 99), st.just("") | MACS.map(" ".join), NAMES),
        min_size=1,
        max_size=3,
    ),
    st.lists(ACTIVE, min_size=1, max_size=4),
    st.lists(PERSISTENT, max_size=2),
    st.lists(ACTIVE6, min_size=1, max_size=4),
    st.lists(ACTIVE6, max_size=2),
)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=40)
@given(machine=MACHINES, times=st.integers(1, 2), data=st.data())
def test_every_route_is_right(
    language: str, machine: Machine, times: int, data: st.DataObject
) -> None:
    words = LANGUAGES[language]
    lines = printed(machine, words) * times
    reader = SnapshotReader(strict=True)
    found: list[Snapshot] = []
    start = 0
    while start < len(lines):
        end = start + data.draw(st.integers(1, 7))
        found += reader.feed_lines(lines[start:end])
        start = end
    found += reader.close()
    routes, interfaces = expected(machine, words)
    assert [(s.routes, s.interfaces) for s in found] == [(routes, interfaces)] * times
    counts = reader.counts
    assert sum(counts.values()) == len(lines)
    assert counts[LineKind.ROW] == times * (len(routes) + len(interfaces))
    assert counts[LineKind.UNPARSED] == 0


def test_a_note_says_what_was_supposed() -> None:
    path = Path("192.0.2.0/24", "", "192.0.2.7", 25)
    machine = Machine([(1, "", "Loopback")], [path], [], [], [])
    assert parse("\n".join(printed(machine, ENGLISH))).notes == (RULE,)
    notes = parse("\n".join(printed(machine, UNKNOWN))).notes
    titles = "titles in another language: read as windows"
    assert f"{titles} (Network Destination, Netmask, Gateway, Interface, Metric)" in notes
    assert f"{titles} (interfaces)" in notes
    assert {UNKNOWN.tables[0], UNKNOWN.persistent, UNKNOWN.none} < set(notes)


def test_the_routes_of_windows_xp() -> None:
    found = parse(
        f"""
{RULE}
Interface List
0x1 ........................... MS TCP Loopback interface
0x10003 ...00 0c 29 01 02 03 ...... Some Adapter - Packet Scheduler Miniport
{RULE}
{RULE}
Active Routes:
Network Destination        Netmask          Gateway       Interface  Metric
          0.0.0.0          0.0.0.0        192.0.2.1       192.0.2.7       20
Default Gateway:         192.0.2.1
{RULE}
Persistent Routes:
  None
"""
    )
    (only,) = found.routes
    assert (only.gateway, only.interface, only.metric) == ("192.0.2.1", "192.0.2.7", 20)
    assert [(i.extra["If"], i.address) for i in found.interfaces] == [
        ("0x1", None),
        ("0x10003", "00 0c 29 01 02 03"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "          0.0.0.0          0.0.0.0        192.0.2.1       192.0.2.20",
        "          0.0.0.0        192.0.2.1       192.0.2.20     25",
        "          0.0.0.0          0.0.0.0        192.0.2.1     25",
        "          0.0.0.0          0.0.0.0       192.0.2.20     25",
        "      default              0.0.0.0        192.0.2.1       192.0.2.20     25",
        "          0.0.0.0          0.0.0.0        192.0.2.1       192.0.2.20     25  7",
    ],
)
def test_what_is_no_route_is_reported(line: str) -> None:
    (found,) = iter_snapshots(["Active Routes:", ENGLISH.titles, line])
    assert (found.routes, [u.text for u in found.unparsed]) == ((), [line])


def test_a_rule_of_somebody_else_ends_the_snapshot() -> None:
    row = "          0.0.0.0          0.0.0.0        192.0.2.1       192.0.2.20     25"
    above = ["Active Routes:", ENGLISH.titles, row]
    assert len(list(iter_snapshots([*above, "------", *above]))) == 2
    (found,) = iter_snapshots([*above, RULE, "Persistent Routes:", "  None"])
    assert len(found.routes) == 1


# Statistics ---------------------------------------------------------------------------------------

TWO = "                            {}    {}"
INTERFACE_TWO = "                           {}            {}"
COUNTS = st.integers(0, 2**64 - 1)
COUNTER_NAMES = st.sampled_from(["Packets Received", "No Ports", "Unknown protocols", "Errors"])
OTHER_NAMES = st.sampled_from(["Полученных пакетов", "受信パケット", "Błędy pobrania", "Fehler"])


@pytest.mark.slow
@pytest.mark.parametrize("language", ["english", "unknown"])
@settings(max_examples=40)
@given(st.data())
def test_every_counter_is_right(language: str, data: st.DataObject) -> None:
    is_english = language == "english"
    names = COUNTER_NAMES if is_english else OTHER_NAMES
    received, sent = ("Received", "Sent") if is_english else ("Получено", "Отправлено")
    lines: list[str] = []
    must: list[Statistic] = []

    def add(section: str, name: str, line: str, *values: int) -> None:
        lines.append(line)
        must.append(
            Statistic(
                dialect="windows",
                section=section,
                name=name,
                value=values[0],
                values=values,
                text=line.strip(),
            )
        )

    section = "Interface Statistics" if is_english else "Статистика интерфейса"
    lines += [section, "", INTERFACE_TWO.format(received, sent), ""]
    for name, one, other in data.draw(
        st.lists(st.tuples(names, COUNTS, COUNTS), min_size=1, max_size=4)
    ):
        add(section, name, f"{name:20} {one:14} {other:15}", one, other)
    for protocol, width in (("IPv4", 34), ("ICMPv4", 0), ("TCP", 35), ("UDP", 21)):
        section = f"{protocol} Statistics" + " for IPv4" * (protocol in ("TCP", "UDP"))
        section = section if is_english else f"Статистика {protocol}"
        lines += ["", section, ""]
        if not width:
            lines.append(TWO.format(received, sent))
        for name, one, other in data.draw(
            st.lists(st.tuples(names, COUNTS, COUNTS), min_size=1, max_size=4)
        ):
            if width:
                add(section, name, f"  {name:{width}} = {one}", one)
            else:
                add(section, name, f"  {name:25} {one:<11} {other:<10}", one, other)
    reader = SnapshotReader(strict=True)
    found = reader.feed_lines(lines * 2) + reader.close()
    assert [snapshot.statistics for snapshot in found] == [tuple(must)] * 2
    assert sum(reader.counts.values()) == 2 * len(lines)


def test_the_last_line_of_an_interface_has_one_counter() -> None:
    found = parse(
        "Interface Statistics\n\n                           Received            Sent\n\n"
        "Bytes                    1203310021       331200412\n"
        "Unknown protocols                 0\n"
    )
    assert [(s.name, s.values) for s in found.statistics] == [
        ("Bytes", (1203310021, 331200412)),
        ("Unknown protocols", (0,)),
    ]
