"""What differs between one snapshot and the next: the step that all questions about time share.

A reader gives the same object for a row whose text it has seen before, so most of a snapshot is
known by identity, and only what is not costs work. Records that are equal but not the same object
(read from JSON) give the same answers, more slowly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import filterfalse
from typing import NamedTuple

from netstat_parse.analysis.sockets import Key, has_peer, is_exact, key_of, pid_of, socket_of
from netstat_parse.models import Connection, Snapshot
from netstat_parse.schema import CONNECTIONS, KINDS

Place = int | tuple[int, int]
"""A record's identity; for further ones of the same in a snapshot, its number with it."""


class Step(NamedTuple):
    """A socket whose row has come, gone or changed."""

    key: Key
    before: Connection | None
    after: Connection | None


class Steps:
    """Follows the sockets of one system from snapshot to snapshot.

    `is_wanted` chooses among them. No more than one snapshot is held.
    """

    def __init__(self, is_wanted: Callable[[Connection], bool] | None = None) -> None:
        self._is_wanted = is_wanted
        self._rows: dict[Place, Connection] = {}
        self._keys: dict[Place, Key] = {}
        self._single: dict[Key, Connection] = {}
        """The row of each key, where there is one."""
        self._several: dict[Key, dict[Place, Connection]] = {}
        """The rows of each key that has had several."""

    def take(self, rows: Sequence[Connection]) -> list[Step]:
        """The steps from the snapshot before to the one with these rows, in their order."""
        before, now = self._rows, _by_place(rows)
        self._rows = now
        gone: dict[Key, Connection] = {}
        come: dict[Key, Connection] = {}
        touched: dict[Key, list[Connection]] = {}
        """Of keys that have several rows, those of before."""
        single = self._single
        for place in list(filterfalse(now.__contains__, before)):
            key = self._keys.pop(place, None)
            if key is None:
                continue
            if key in single:
                gone[key] = single.pop(key)
            else:
                several = self._several[key]
                touched.setdefault(key, list(several.values()))
                del several[place]
        is_wanted = self._is_wanted
        for place in list(filterfalse(before.__contains__, now)):
            row = now[place]
            if is_wanted is not None and not is_wanted(row):
                continue
            key = self._keys[place] = key_of(row)
            if key in single or key in self._several:
                self._add_to_several(key, gone, come, touched)
                self._several[key][place] = row
            else:
                single[key] = come[key] = row
        steps = [Step(key, row, come.pop(key, None)) for key, row in gone.items()]
        steps += [Step(key, None, row) for key, row in come.items()]
        for key, old in touched.items():
            several = self._several[key]
            steps += _match(key, _visible(old), _visible(list(several.values())))
            if not several:
                del self._several[key]
        return steps

    def _add_to_several(
        self,
        key: Key,
        gone: dict[Key, Connection],
        come: dict[Key, Connection],
        touched: dict[Key, list[Connection]],
    ) -> None:
        """Makes room for one more row of this key."""
        row = self._single.pop(key, None)
        if row is None:
            touched.setdefault(key, list(self._several[key].values()))
            return
        self._several[key] = {id(row): row}
        old = [gone.pop(key)] if key in gone else []
        if come.pop(key, None) is None:
            old.append(row)
        touched[key] = old


def _by_place(rows: Sequence[Connection]) -> dict[Place, Connection]:
    places: list[Place] = list(map(id, rows))
    found = dict(zip(places, rows, strict=True))
    if len(found) == len(rows):
        return found
    # Listeners that share an address (SO_REUSEPORT) may be printed alike.
    found = {}
    copies: dict[Place, int] = defaultdict(int)
    for place, row in zip(places, rows, strict=True):
        copies[place] += 1
        found[place if copies[place] == 1 else (id(row), copies[place])] = row
    return found


def _visible(rows: list[Connection]) -> list[Connection]:
    """The rows of one key, but only the last of a connection that no other can be printed as.

    The kernel may give a connection twice when its state changes while netstat reads.
    """
    if len(rows) > 1 and has_peer(rows[-1]) and is_exact(rows[-1]):
        return rows[-1:]
    return rows


def _match(key: Key, before: list[Connection], after: list[Connection]) -> Iterator[Step]:
    """Which row was which: the same one, the same socket, the same process, else any of them."""
    if len(before) == 1 and len(after) == 1:
        if before[0] is not after[0]:
            yield Step(key, before[0], after[0])
        return
    for same in (id, socket_of, pid_of, lambda _: True):
        if not before or not after:
            break
        waiting: dict[object, list[Connection]] = defaultdict(list)
        for row in reversed(before):
            waiting[same(row)].append(row)
        left: list[Connection] = []
        matched: list[Connection] = []
        for row in after:
            sign = same(row)
            if sign is not None and waiting.get(sign):
                old = waiting[sign].pop()
                matched.append(old)
                if old is not row:
                    yield Step(key, old, row)
            else:
                left.append(row)
        before, after = _without(before, matched), left
    yield from (Step(key, row, None) for row in before)
    yield from (Step(key, None, row) for row in after)


def _without(rows: list[Connection], taken: list[Connection]) -> list[Connection]:
    """The rows but for those taken, each of them once."""
    counts: dict[int, int] = defaultdict(int)
    for row in taken:
        counts[id(row)] += 1
    left = []
    for row in rows:
        if counts[id(row)]:
            counts[id(row)] -= 1
        else:
            left.append(row)
    return left


def telling(snapshots: Iterable[Snapshot]) -> Iterator[Snapshot]:
    """The snapshots but for those of other tables alone, which tell nothing of connections."""
    others = [kind.name for kind in KINDS if kind is not CONNECTIONS]
    for snapshot in snapshots:
        has_others = snapshot.notes or any(getattr(snapshot, name) for name in others)
        if snapshot.connections or not has_others:
            yield snapshot
