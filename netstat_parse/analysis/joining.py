"""Which ends belong together: the two of one connection, told by one system or by two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from netstat_parse.analysis.ends import End
from netstat_parse.analysis.sockets import Key, is_exact, plain_address, plain_host, port_of
from netstat_parse.models import Endpoint

MOST_ALIKE = 64
"""Ends with the same two ports that are compared with each other; among more, nothing is clear."""


class Joined(NamedTuple):
    """The ends of one connection."""

    first: End
    second: End | None
    """None if nobody told of it."""
    is_inferred: bool = False


def join_ends(ends: Iterable[End], tolerance: float | None) -> list[Joined]:
    """Each connection once, in the order in which the first of its ends was seen."""
    by_way: dict[Key, list[End]] = {}
    inexact: list[End] = []
    order: dict[End, int] = {}
    for end in ends:
        order[end] = len(order)
        if not is_exact(end.row):
            inexact.append(end)
            continue
        same = by_way.setdefault(_way(end), [])
        known = next((other for other in same if _is_same(other, end)), None)
        if known is None:
            same.append(end)
        else:
            _merge(known, end)
    joined: list[Joined] = []
    alone: list[End] = []
    done: set[Key] = set()
    for way, here in by_way.items():
        if way in done:
            continue
        back = (*way[:2], way[3], way[2])
        there = by_way.get(back, [])
        done.add(back)
        if back == way:  # a socket that is connected to itself
            joined += (Joined(end, end) for end in here)
        elif len(here) == len(there) == 1 and may_be_of_one_time(here[0], there[0], tolerance):
            joined.append(Joined(here[0], there[0]))
        else:
            alone += here + there
    joined += _infer(sorted((*alone, *inexact), key=order.__getitem__), tolerance)
    return sorted(joined, key=lambda pair: order[pair.first])


def _way(end: End) -> Key:
    """The transport, the host of loopback addresses, and the two ends as seen from this one."""
    row = end.row
    host = (end.source,) if end.is_loopback else ()
    return (row.transport, host, *(_place(endpoint) for endpoint in (row.local, row.foreign)))


def _place(endpoint: Endpoint) -> Key:
    assert endpoint.address is not None
    address = plain_address(endpoint.address)
    return address.version, int(address), endpoint.port


def _is_same(end: End, other: End) -> bool:
    """True for one end that was told twice: from two captures, or before and after a reuse."""
    return end.may_be(other) or end.source == other.source


def _merge(known: End, later: End) -> None:
    """Adds what was told of the same end at another time, or in another capture."""
    is_later = not (known.last_at and later.last_at) or not _is_before(later, known)
    process = later.process or known.process if is_later else known.process or later.process
    if is_later:
        known.row, known.source = later.row, later.source
    known.process = process
    known.is_client |= later.is_client
    known.is_server |= later.is_server
    if known.first_at and later.first_at and _comparable(known, later):
        known.first_at = min(known.first_at, later.first_at)
        known.last_at = max(filter(None, (known.last_at, later.last_at)))


def _is_before(end: End, other: End) -> bool:
    assert end.last_at is not None
    assert other.last_at is not None
    return _comparable(end, other) and end.last_at < other.last_at


def _comparable(end: End, other: End) -> bool:
    """True if both have stamps, with a time zone or both without."""
    zones = set()
    for at in (end.first_at, end.last_at, other.first_at, other.last_at):
        if at is None:
            return False
        zones.add(at.tzinfo is not None)
    return len(zones) == 1


def may_be_of_one_time(end: End, other: End, tolerance: float | None) -> bool:
    """True if they were seen at most `tolerance` seconds apart, as far as stamps tell."""
    if tolerance is None or end.source == other.source or not _comparable(end, other):
        return True
    assert end.first_at
    assert end.last_at
    assert other.first_at
    assert other.last_at
    gap = max(other.first_at - end.last_at, end.first_at - other.last_at)
    return gap.total_seconds() <= tolerance


# What may be cut, or is a name --------------------------------------------------------------------


def _infer(ends: list[End], tolerance: float | None) -> list[Joined]:
    """Joins ends of which one may be cut, or is printed by name, where only one other fits.

    The ports must be printed whole, and a name is the same name or its beginning: an address says
    nothing of a name.
    """
    by_ports: dict[Key, list[End]] = defaultdict(list)
    for end in ends:
        ports = port_of(end.row.local), port_of(end.row.foreign)
        if None not in ports and not any(map(_may_lack_digits, (end.row.local, end.row.foreign))):
            by_ports[end.row.transport, *ports].append(end)
    fits: dict[End, list[End]] = defaultdict(list)
    for (transport, here, there), some in by_ports.items():
        others = by_ports.get((transport, there, here), [])
        if max(len(some), len(others)) <= MOST_ALIKE:
            for end in some:
                fits[end] = [other for other in others if _may_be_ends(end, other, tolerance)]
    joined: list[Joined] = []
    taken: set[End] = set()
    for end in ends:
        if end in taken:
            continue
        others = fits[end]
        if len(others) == 1 and fits[others[0]] == [end]:
            taken.add(others[0])
            joined.append(Joined(end, others[0], is_inferred=True))
        else:
            joined.append(Joined(end, None))
    return joined


def _may_lack_digits(endpoint: Endpoint) -> bool:
    """True where the cut may have gone through the port: what is left of it is not known."""
    return endpoint.truncated and port_of(endpoint) is None


def _may_be_ends(end: End, other: End, tolerance: float | None) -> bool:
    one, two = end.row, other.row
    return (
        end is not other
        and not (is_exact(one) and is_exact(two))
        and (end.source == other.source or not (end.is_loopback or other.is_loopback))
        and _may_be_one(one.local, two.foreign)
        and _may_be_one(one.foreign, two.local)
        and may_be_of_one_time(end, other, tolerance)
    )


def _may_be_one(one: Endpoint, two: Endpoint) -> bool:
    """True if two texts may be of the same address, or of the same name."""
    if one.address is not None and two.address is not None:
        return plain_address(one.address) == plain_address(two.address)
    first, second = _text(one), _text(two)
    if one.truncated and one.address is None and second.startswith(first):
        return True
    if two.truncated and two.address is None and first.startswith(second):
        return True
    return first == second


def _text(endpoint: Endpoint) -> str:
    if endpoint.address is not None:
        return str(plain_address(endpoint.address))
    return plain_host(endpoint.host).lower()
