"""The statistics of the BSDs: a counter has one name, whatever its numbers are."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

import netstat_parse as ns
from netstat_parse.reading.options import Options
from netstat_parse.reading.parts import find_snapshot

SENTENCES = [
    # `%u packet%s sent`: what stands behind 1, and behind any other number
    ("# packet sent", "# packets sent"),
    ("# data packet (# byte)", "# data packets (# bytes)"),
    ("# data packet (# byte) retransmitted", "# data packets (# bytes) retransmitted"),
    ("# ack-only packet (# delayed)", "# ack-only packets (# delayed)"),
    ("# URG only packet", "# URG only packets"),
    ("# window update packet", "# window update packets"),
    ("# ack (for # byte)", "# acks (for # bytes)"),
    ("# ack for unsent data", "# acks for unsent data"),
    ("# packet (# byte) received in-sequence", "# packets (# bytes) received in-sequence"),
    (
        "# packet with some dup. data (# byte duped)",
        "# packets with some dup. data (# bytes duped)",
    ),
    ("# out-of-order packet (# byte)", "# out-of-order packets (# bytes)"),
    ("# packet (# byte) of data after window", "# packets (# bytes) of data after window"),
    ("# discarded for bad checksum", "# discarded for bad checksums"),
    ("# discarded for bad header offset field", "# discarded for bad header offset fields"),
    ("# discarded because packet too short", "# discarded because packet too short"),
    ("# discarded due to memory shortage", "# discarded due to memory shortage"),
    ("# connection request", "# connection requests"),
    ("# connection accept", "# connection accepts"),
    ("# bad connection attempt", "# bad connection attempts"),
    ("# listen queue overflow", "# listen queue overflows"),
    (
        "# connection established (including accepts)",
        "# connections established (including accepts)",
    ),
    ("# connection closed (including # drop)", "# connections closed (including # drops)"),
    ("# embryonic connection dropped", "# embryonic connections dropped"),
    ("# segment updated rtt (of # attempt)", "# segments updated rtt (of # attempts)"),
    ("# retransmit timeout", "# retransmit timeouts"),
    ("# spurious RTO retransmit", "# spurious RTO retransmits"),
    ("# Fast Retransmit (# early)", "# Fast Retransmits (# early)"),
    ("# connection dropped by rexmit timeout", "# connections dropped by rexmit timeout"),
    (
        "# persist timeout (resulting in # dropped connection)",
        "# persist timeouts (resulting in # dropped connections)",
    ),
    ("# keepalive probe sent", "# keepalive probes sent"),
    ("# correct ACK header prediction", "# correct ACK header predictions"),
    ("# correct data packet header prediction", "# correct data packet header predictions"),
    ("# PCB cache miss", "# PCB cache misses"),
    ("# PCB hash miss", "# PCB hash misses"),
    ("# SYN cache entry added", "# SYN cache entries added"),
    (
        "# SYN packet dropped due to queue or memory full",
        "# SYN packets dropped due to queue or memory full",
    ),
    ("# SYN,ACK retransmitted", "# SYN,ACKs retransmitted"),
    (
        "# duplicate SYN received for entries already in the cache",
        "# duplicate SYNs received for entries already in the cache",
    ),
    ("# hash collision", "# hash collisions"),
    ("# PMTUD blackhole detected", "# PMTUD blackholes detected"),
    ("# datagram received", "# datagrams received"),
    ("# with bad data length field", "# with bad data length field"),
    ("# dropped due to no socket", "# dropped due to no socket"),
    (
        "# broadcast/multicast datagram dropped due to no socket",
        "# broadcast/multicast datagrams dropped due to no socket",
    ),
    ("# total packet received", "# total packets received"),
    ("# bad header checksum", "# bad header checksums"),
    ("# with data size < data length", "# with data size < data length"),
    (
        "# fragment dropped (dup or out of space)",
        "# fragments dropped (dup or out of space)",
    ),
    ("# packet for this host", "# packets for this host"),
    ("# redirect sent", "# redirects sent"),
    (
        "# output packet dropped due to no bufs, etc.",
        "# output packets dropped due to no bufs, etc.",
    ),
    ("# datagram that can't be fragmented", "# datagrams that can't be fragmented"),
    ("# call to icmp_error", "# calls to icmp_error"),
    ("# message with bad code fields", "# messages with bad code fields"),
    ("# message < minimum length", "# messages < minimum length"),
    ("# message response generated", "# message responses generated"),
    ("# membership query received", "# membership queries received"),
    (
        "# membership report received for groups to which we belong",
        "# membership reports received for groups to which we belong",
    ),
    ("# data register byte sent", "# data register bytes sent"),
    ("# bad routing redirect", "# bad routing redirects"),
    ("# dynamically created route", "# dynamically created routes"),
    ("# new gateway due to redirects", "# new gateways due to redirects"),
    ("# destination found unreachable", "# destinations found unreachable"),
    ("# use of a wildcard route", "# uses of a wildcard route"),
    ("# lookup returned indirect routes", "# lookups returned indirect routes"),
    ("# open routing socket", "# open routing sockets"),
    ("# ARP reply received", "# ARP replies received"),
]
"""Behind one, and behind many: facts of inet.c, inet6.c and route.c of all of them."""


def name_of(template: tuple[str, str], *numbers: int) -> str:
    """The name that a line gets with these numbers, each word in its plural where netstat has it.

    A sentence has its words of one and of many; each number decides for the words behind it.
    """
    one, many = (text.split("#") for text in template)
    parts = [
        (one if i and numbers[i - 1] == 1 else many)[i]
        + (str(numbers[i]) if i < len(numbers) else "")
        for i in range(len(one))
    ]
    (snapshot,) = ns.iter_snapshots(["tcp:", "\t" + "".join(parts)])
    (found,) = snapshot.statistics
    assert (found.section, found.value, found.values) == ("tcp", numbers[0], numbers)
    assert found.text == "".join(parts)
    return found.name


@pytest.mark.parametrize("template", SENTENCES, ids=lambda template: template[0])
def test_a_counter_has_one_name_whatever_its_numbers_are(template: tuple[str, str]) -> None:
    count = template[1].count("#")
    numbers = [(1,) * count, (0,) * count, (2,) * count, (1, 7)[:count], (7, 1)[:count]]
    names = {name_of(template, *each) for each in numbers}
    assert names == {template[1].removeprefix("# ")}


def test_a_number_in_a_name_is_no_value() -> None:
    (snapshot,) = ns.iter_snapshots(["icmp:", "\tInput histogram:", "\t\t#103: 5", "\t\techo: 1"])
    found = [(s.subsection, s.name, s.value, s.values) for s in snapshot.statistics]
    assert found == [
        ("Input histogram", "#103", 5, (5,)),
        ("Input histogram", "echo", 1, (1,)),
    ]


def test_sections_of_one_run_and_of_another() -> None:
    lines = ["tcp:", "\t1 packet sent", "udp:", "\t2 datagrams received"]
    snapshots = list(ns.iter_snapshots(lines * 2))
    assert [[s.section for s in snapshot.statistics] for snapshot in snapshots] == [
        ["tcp", "udp"],
        ["tcp", "udp"],
    ]


# A log of OpenBSD can't be cut within a run -------------------------------------------------------


def test_no_part_of_a_log_begins_within_a_run_of_openbsd() -> None:
    """Whether a banner begins a snapshot depends on what came before it."""
    run = (Path(__file__).parent.parent / "fixtures/openbsd/a.txt").read_text()
    linux = (Path(__file__).parent.parent / "fixtures/linux/npt.txt").read_text()
    linux = linux[linux.index("Active") :]
    text = run * 3 + linux * 2
    file = io.BytesIO(text.encode())
    for at in (0, len(run) // 2, len(run), len(run) * 2 + 10):
        assert find_snapshot(file, at, Options()) == len(run * 3 + linux)
