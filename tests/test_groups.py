"""The rows of `netstat -g` on Linux: what is a multicast group, and what only looks like one."""

from __future__ import annotations

import random
from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netstat_parse.dialects.linux import DIALECT
from netstat_parse.dialects.linux.groups import (
    EXAMPLE,
    GROUP_TABLES,
    HEADER,
)
from netstat_parse.dialects.tables import to_address, to_family
from netstat_parse.grammar.dialect import make_layout, read_titles
from netstat_parse.grammar.layout import Layout


@pytest.fixture(scope="module")
def layout() -> Layout:
    made = make_layout(DIALECT, GROUP_TABLES[0], HEADER)
    assert made is not None
    return made


def row(group: str) -> str:
    """As net-tools prints it (netstat.c, igmp_do_one)."""
    return f"{'eth0':<15} {2:<6} {group}"


GROUPS = (
    "224.0.0.1",
    "239.255.255.255",
    "ff02::fb",
    "ff02::1:ff00:10",
    "ff0e::db8:0:0:1",
    "ff3e:40:2001:db8:1:2:8000:1",
    "ff02::1:2:3:4:5:6",
    "ff01::",
    "all-systems.mcast.net",
    "ip6-allnodes",
    "224-0-0-1.example",
    "a" * 126,
)
NO_GROUPS = (
    "223.255.255.255",
    "240.0.0.1",
    "224.0.0.256",
    "224.0.0",
    "224.0.0.1.2",
    "2001:db8::1",
    "ff02:::1",
    "ff02::1::2",
    "ff02::1:2:3:4:5:6:7",
    "ff02:1:2:3:4:5:6:7:8",
    "ff02::12345",
    "fe80::1%eth0",
    "999.1.1.1",
    "host.1",
    "224.0.0.1 x",
    '224.0.0.1",',
    "name:",
    "*",
    "a" * 127,
)


@pytest.mark.parametrize("group", GROUPS)
def test_a_group(layout: Layout, group: str) -> None:
    found = layout.find_row(row(group))
    assert found is not None
    assert found.cells == ("eth0", "2", group)


@pytest.mark.parametrize("group", NO_GROUPS)
def test_no_group(layout: Layout, group: str) -> None:
    assert layout.find_row(row(group)) is None


def test_the_example(layout: Layout) -> None:
    rows = EXAMPLE.strip().split("\n")
    assert [found and found.cells for found in map(layout.find_row, rows)] == [
        tuple(line.split()) for line in rows
    ]
    (finder,) = layout.bulk_finders(layout.names)
    assert finder.find("\n".join(rows)) == [tuple(line.split()) for line in rows]


def test_an_address_needs_no_column_but_a_name_does(layout: Layout) -> None:
    """Without its columns `Uptime 5 days` would be a row."""
    assert layout.find_row("eth0 2 224.0.0.251") is not None
    assert layout.find_row("eth0 2 ff02::fb") is not None
    assert layout.find_row("eth0 2 mdns.mcast.net") is None
    assert layout.find_row("Uptime 5 days") is None


@given(st.integers(0, 2**120 - 1), st.randoms(use_true_random=False))
def test_every_ipv6_group_is_one(number: int, chance: random.Random) -> None:
    for _ in range(chance.randrange(8)):
        number &= ~(0xFFFF << 16 * chance.randrange(8))  # so that there is something to leave out
    group = str(IPv6Address(0xFF << 120 | number))
    layout = make_layout(DIALECT, GROUP_TABLES[0], HEADER)
    assert layout is not None
    found = layout.find_row(row(group))
    assert found is not None
    assert to_address(found.cells[2]) == IPv6Address(group)


def test_only_an_address_tells_the_family() -> None:
    assert [to_family(group) for group in ("224.0.0.1", "ff02::1", "ff02.example")] == [
        "ipv4",
        "ipv6",
        None,
    ]
    assert to_address("all-systems.mcast.net") is None


@pytest.mark.parametrize(
    ("banner", "header"),
    [
        ("IPv6/IPv4 Group Memberships", HEADER),
        ("IPv4 Group Memberships", HEADER),
        ("IPv6/IPv4 Group Memberships", "Interface       CntRef Grupo"),
        ("IPv6/IPv4-Gruppenmitgliedschaften", "Schnittstelle   RefZäh Grupp"),
        ("IPv6/IPv4-Gruppenmitgliedschaften", r"Schnittstelle   RefZ\xe4h Grupp"),
        ("IPv6/IPv4 grupikuuluvused", "Liides          Mitu   Grupp"),
        ("IPv6/Členství v IPv4 skupinách", "Rozhraní        Čítač  Skupina"),
        (
            r"IPv6/\xc8lenstv\xed v IPv4 skupin\xe1ch",
            r"Rozhran\xed         \xc8\xedta\xe8  Skupina",
        ),
        ("IPv6/IPv4グループメンバシップ", "インタフェース 参照Cnt グループ"),
    ],
)
def test_one_table_has_the_banner_and_the_header(banner: str, header: str) -> None:
    (spec,) = (spec for spec in DIALECT.tables if read_titles(spec, header) is not None)
    assert banner in spec.banners
    assert not banner.startswith(DIALECT.other_banners)
