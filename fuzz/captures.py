"""Captures for `python -m fuzz.against`: fixtures and generated logs, damaged as files get damaged.

Each capture is made from a seed and its number alone, so that one can be made again.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import linux_rows, macos_rows
from fuzz import mutations, texts

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
IS_ROW = re.compile(r"\s*(?:tcp|udp|raw|sctp|icm|unix|[0-9a-f]{8,16}\s)", re.IGNORECASE)
LONGEST_TABLE = 30
"""Rows of one table at most: small captures are quick to compare, and to read."""
LONGEST_PIECE = 7
DIALECTS = ("linux", "busybox", "toybox", "macos", "freebsd", "windows")
COMMANDS = (
    (),
    ("--to", "jsonl"),
    ("--to", "json"),
    ("--to", "table"),
    ("--table", "unix"),
    ("--table", "unix", "--to", "jsonl"),
    ("--columns", "all"),
    ("--strict",),
    ("--spreadsheet-safe",),
    ("--uncut",),
)
"""Options of `netstat-parse convert`."""


@dataclass(frozen=True)
class Table:
    """A table as netstat prints it: what stands above its rows, and the rows."""

    head: tuple[str, ...]
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Capture:
    """A capture, and the ways in which it is read."""

    name: str
    data: bytes
    options: dict[str, Any] = field(default_factory=dict)
    """Of iter_snapshots and parse."""
    commands: tuple[tuple[str, ...], ...] = ()
    """Options of `netstat-parse convert`, of each time that it is run."""
    piece: int | None = None
    """How many lines a SnapshotReader is given at once; None if it is not tried."""


def from_file(path: Path) -> Capture:
    """The capture in a file, to be read in every way."""
    return Capture(str(path), path.read_bytes(), commands=COMMANDS, piece=1)


class Maker:
    """Makes captures out of the fixtures."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._tables = [_read_table(path) for path in sorted(FIXTURES.rglob("*.txt"))]

    def make(self, number: int) -> Capture:
        """The capture of this number."""
        random = Random(f"{self._seed} {number}")
        lines = self._draw_lines(random)
        for mutate in mutations.draw(random):
            mutate(random, lines)
        return Capture(
            str(number),
            _encode(random, _end_lines(random, lines)),
            _draw_options(random),
            (random.choice(COMMANDS),) if random.random() < 0.2 else (),
            random.randint(1, LONGEST_PIECE) if random.random() < 0.1 else None,
        )

    def _draw_lines(self, random: Random) -> list[str]:
        kind = random.random()
        if kind < 0.5:
            return _print(_shorten(random, self._draw_table(random)))
        if kind < 0.75:
            return self._draw_log(random)
        if kind < 0.85:
            return [*_draw_rows_alone(random, self._draw_table(random))]
        lines: list[str] = []
        for _ in range(random.randint(2, 4)):
            lines += _print(_shorten(random, self._draw_table(random), rows=10))
            if random.random() < 0.2:
                lines.append(random.choice(texts.BETWEEN_TABLES))
        return lines

    def _draw_table(self, random: Random) -> Table:
        kind = random.random()
        if kind < 0.7:
            return random.choice(self._tables)
        if kind < 0.8:
            rows, head = linux_rows.rows(random), linux_rows.HEAD
        elif kind < 0.9:
            rows, head = linux_rows.server_rows(random), linux_rows.HEAD
        else:
            rows, head = macos_rows.rows(random), macos_rows.HEAD
        several = islice(rows, random.randint(1, LONGEST_TABLE))
        return Table(tuple(head.splitlines()), tuple(row.rstrip("\n") for row in several))

    def _draw_log(self, random: Random) -> list[str]:
        """Several snapshots: the same tables again, with other rows, and what stands between."""
        tables = [self._draw_table(random) for _ in range(random.choice((1, 1, 1, 2)))]
        stamp = random.choice((*texts.STAMPS, None))
        prompt = random.choice(texts.PROMPTS) if random.random() < 0.2 else None
        has_blank_lines = random.random() < 0.3
        now = datetime(2026, 1, 5, 9, tzinfo=UTC) + timedelta(seconds=random.getrandbits(26))
        lines: list[str] = []
        for _ in range(random.randint(2, 4)):
            if stamp is not None:
                lines.append(stamp(now))
            if prompt is not None:
                lines.append(prompt)
            for table in tables:
                lines += _print(_shorten(random, table, rows=12))
            if has_blank_lines:
                lines.append("")
            now += timedelta(seconds=random.choice((1, 5, 60, 3600)))
        return lines


def _read_table(path: Path) -> Table:
    """A fixture, cut into head and rows where its first row is."""
    data = path.read_bytes()
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    lines = data.decode(encoding, "surrogateescape").replace("\r\n", "\n").splitlines()
    first = next((i for i, line in enumerate(lines) if IS_ROW.match(line)), len(lines))
    return Table(tuple(lines[:first]), tuple(lines[first:]))


def _print(table: Table) -> list[str]:
    return [*table.head, *table.rows]


def _shorten(random: Random, table: Table, rows: int = LONGEST_TABLE) -> Table:
    """A table with some of its rows: a piece of it, of which a row may be missing here and there.

    A fixture's rows may hold further tables, which then lose their beginning; that is wanted.
    """
    count = len(table.rows)
    if count > rows or random.random() < 0.5:
        start = random.randrange(count + 1)
        table = Table(table.head, table.rows[start : start + random.randint(0, rows)])
    if random.random() < 0.3:
        table = Table(table.head, tuple(row for row in table.rows if random.random() < 0.8))
    return table


def _draw_rows_alone(random: Random, table: Table) -> list[str]:
    """Groups of rows without their header, as grep leaves them, perhaps with stamps between."""
    stamp = random.choice((*texts.STAMPS, None, None, None))
    now = datetime(2026, 1, 5, 9, tzinfo=UTC)
    lines: list[str] = []
    for _ in range(random.choice((1, 1, 2, 3))):
        if stamp is not None:
            lines.append(stamp(now))
            now += timedelta(minutes=1)
        lines += filter(IS_ROW.match, _shorten(random, table, rows=12).rows)
    return lines


def _end_lines(random: Random, lines: Sequence[str]) -> str:
    end = "\r\n" if random.random() < 0.1 else "\n"
    return end.join(lines) + (end if random.random() < 0.9 else "")


def _encode(random: Random, text: str) -> bytes:
    """Nearly always UTF-8; bytes that a fixture has in another encoding stay as they are."""
    kind = random.random()
    if kind < 0.02:
        return text.encode("utf-16", "replace")
    if kind < 0.03:
        return text.encode("latin-1", "replace")
    data = text.encode("utf-8", "surrogateescape")
    if kind < 0.05:
        data = gzip.compress(data, mtime=0)
    if kind < 0.035:
        return data[: random.randrange(len(data))]
    return data


def _draw_options(random: Random) -> dict[str, Any]:
    kind = random.random()
    if kind < 0.04:
        return {"uncut": True}
    if kind < 0.08:
        return {"dialect": random.choice(DIALECTS)}
    return {}
