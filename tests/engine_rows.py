"""What the tests of engines share: captures, good and bad ones, and the rows of their models."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import netstat_parse as ns
from netstat_parse.errors import NetstatError
from netstat_parse.schema import KINDS, Kind
from netstat_parse.writing.columns import default_columns

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
SEEN = tuple(kind for kind in KINDS if kind.name != "other_tables")
MORE = """\
Active UNIX domain sockets (servers and established)
Proto RefCnt Flags       Type       State         I-Node   PID/Program name     Path
unix  2      [ ACC ]     STREAM     LISTENING     18446744073709551615 412/systemd-journal  /run/a b
unix  3      [ ]         DGRAM                    20001    -                    @x, "y"
Current listen queue sizes (qlen/incqlen/maxqlen)
Proto Listen                           Local Address
tcp4  0/0/128                          *.22
tcp6  9223372036854775807/0/128        ::1.5432
"""


def make_captures(folder: Path) -> list[Path]:
    """All fixtures, damaged copies of them, and files that can't be read, among each other."""
    draw = Random(15)
    found = []
    for number, path in enumerate(sorted(FIXTURES.glob("*/*.txt"))):
        data = bytearray(path.read_bytes())
        good = folder / f"{number}-{path.name}"
        good.write_bytes(data)
        found.append(good)
        if number % 4 == 0:
            for _ in range(1 + len(data) // 400):
                data[draw.randrange(len(data))] = draw.choice(b'\n :*,"x0\x1b\xff\x00')
            damaged = folder / f"{number}-damaged.txt"
            damaged.write_bytes(data)
            found.append(damaged)
    for name, bad in (
        ("more.log", MORE.encode()),
        ("none.log", b"hello\n"),
        ("cut.gz", gzip.compress(b"hello\n" * 99)[:-9]),
    ):
        (folder / name).write_bytes(bad)
        found.insert(len(found) // 2, folder / name)
    return found


def read_all(paths: Iterable[Path]) -> list[ns.Snapshot]:
    """The snapshots of all that can be read."""
    found: list[ns.Snapshot] = []
    for path in paths:
        with suppress(NetstatError):
            found.extend(ns.read_log(path))
    return found


def rows_of_models(snapshots: list[ns.Snapshot], kind: Kind) -> list[tuple[str, ...]]:
    """The rows of a table as CSV has them, with their source and number."""
    columns = ("source", *default_columns(kind)[1:])
    out = io.StringIO()
    ns.write_csv(snapshots, out, table=kind.option, columns=columns)
    return [tuple(row) for row in csv.reader(io.StringIO(out.getvalue()))][1:]


def as_row(values: Mapping[str, Any], kind: Kind) -> tuple[str, ...]:
    """What an engine has of a row, as CSV has it."""
    row = []
    for column in ("source", *default_columns(kind)[1:]):
        value = values[column]
        if value is None and column.endswith("_port"):
            value = values[column.removesuffix("port") + "service"]
        row.append("" if value is None else str(value))
    return tuple(row)
