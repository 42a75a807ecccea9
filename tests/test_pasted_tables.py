"""Tables as people paste them: what is glued to words, and headers that two systems print."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import TypeAdapter

import netstat_parse as ns

SNAPSHOTS = TypeAdapter(list[ns.Snapshot])
FOLDER = Path(__file__).parent.parent / "fixtures"
KINDS = ("routes", "interfaces", "listen_queues", "statistics")
CAPTURES = (
    *("linux/rn", "linux/old-6rn", "linux/s", "macos/rn", "macos/anLA", "freebsd/rn"),
    *("freebsd/anLA", "freebsd/s", "openbsd/7-rn", "aix/5.3-rn", "solaris/7-rn", "solaris/rn"),
    *("windows/route-print", "aix/ian", "freebsd/ian"),
)
GLUED = ("</p>", "<br />", "</code>", "`", '"', '",', "'", "',", r"\n", "&amp;", "&quot;")


def rows_of(snapshots: list[ns.Snapshot]) -> list[object]:
    return [row for one in snapshots for kind in KINDS for row in getattr(one, kind)]


@pytest.mark.parametrize("glued", GLUED)
@pytest.mark.parametrize("capture", CAPTURES)
def test_what_a_paste_glues_to_the_last_word_is_no_part_of_it(capture: str, glued: str) -> None:
    """It is taken off, or the row is reported."""
    text = (FOLDER / f"{capture}.txt").read_text().rstrip()
    whole = SNAPSHOTS.validate_json((FOLDER / f"{capture}.json").read_bytes())
    found = list(ns.iter_snapshots(f"{text}{glued}\n".splitlines()))
    expected = rows_of(whole)
    if sum(len(one.unparsed) for one in found) > sum(len(one.unparsed) for one in whole):
        assert all(row in expected for row in rows_of(found)[:-1])
    else:
        assert rows_of(found) == expected


def read(*lines: str) -> ns.Snapshot:
    (snapshot,) = ns.iter_snapshots(lines)
    return snapshot


def test_the_note_says_which_of_two_systems_it_may_be() -> None:
    found = read(
        "Destination        Gateway            Flags    Refs      Use    Mtu  Interface",
        "default            192.0.2.1          UGS         0    28026      -  wm0",
    )
    assert len(found.routes) == 1
    (note,) = found.notes
    assert "openbsd, netbsd print such a table" in note


def test_interfaces_of_which_nothing_but_packets_is_counted() -> None:
    found = read(
        "Name      Mtu Network          Address         Ipkts         Opkts",
        "lan0     1500 192.0.2.0        192.0.2.4       6073136       9340019",
    )
    assert (found.dialect, found.interfaces[0].truncated) == ("hpux", ())
    assert (found.interfaces[0].rx_packets, found.interfaces[0].tx_packets) == (6073136, 9340019)


def test_bytes_beside_packets_are_not_those_of_aix() -> None:
    """Somebody made the columns narrower, as wide as those of AIX."""
    found = read(
        "Name  Mtu   Network     Address            Ipkts Ierrs  Ibytes Opkts Oerrs  Obytes Coll",
        "lo0   16384 <Link#1>                      241685     0 18752974 241685    0 187529    0",
    )
    assert (found.dialect, found.unparsed) == ("macos", ())
    (one,) = found.interfaces
    assert (one.network, one.address, one.rx_bytes, one.tx_bytes) == (
        *("<Link#1>", None),
        *(18752974, 187529),
    )


def test_the_metric_of_an_interface_is_known() -> None:
    found = read(
        "Kernel Interface table",
        "Iface   MTU Met   RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg",
        "eth0       1500 3     18186      0      0      0    14127      0      0      0 BMRU",
    )
    assert found.notes == ()
    assert dict(found.interfaces[0].extra) == {"Met": "3"}


@pytest.mark.parametrize(
    ("digits", "numbers"), [("3384554", (3, 384554)), ("33384554", None), ("3 384554", (3, 384554))]
)
def test_refs_that_touch_the_use(digits: str, numbers: tuple[int, int] | None) -> None:
    """One digit and six are told apart; of eight nobody can tell whose they are."""
    found = read(
        "Kernel IPv6 routing table",
        "Destination                    Next Hop                   Flag Met Ref Use If",
        f"::/0                           2001:db8::1                UG   1024 {digits} eth0",
    )
    given = [(route.refs, route.use) for route in found.routes]
    assert given == ([] if numbers is None else [numbers])
    assert len(found.unparsed) == (numbers is None)


def test_dots_are_no_statistic() -> None:
    found = read("Ip:", "    12 total packets received", "    ... ... ...")
    assert [one.name for one in found.statistics] == ["total packets received"]
    assert (found.notes, found.unparsed) == (("... ... ...",), ())
