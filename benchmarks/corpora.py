"""The texts to parse: made with fixed seeds, so they are the same everywhere.

They are printed as the tools print them, to the blank: see linux_rows.py and macos_rows.py.
`python -m benchmarks.corpora full|small NAME ...` writes the corpora of these names.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from random import Random

from benchmarks import linux_rows, macos_rows

FOLDER = Path(__file__).with_name("corpora")
FRESH_SNAPSHOTS = 200
"""How many snapshots of the big log differ in all rows, before the first of them comes again."""
MEGABYTE = 1_000_000


def linux(rows: int, seed: int = 1) -> str:
    """One snapshot of this many different rows, with -p."""
    return linux_rows.HEAD + "".join(_unique(linux_rows.rows(Random(seed)), rows))


def servers(rows: int, seed: int = 4) -> str:
    """One snapshot of a dual-stack server: half of the rows tcp6, a fifth with a cut address."""
    return linux_rows.HEAD + "".join(_unique(linux_rows.server_rows(Random(seed)), rows))


def macos(rows: int, seed: int = 2) -> str:
    """One snapshot of this many different rows."""
    return macos_rows.HEAD + "".join(_unique(macos_rows.rows(Random(seed)), rows))


def log(snapshots: int, rows: int = 400, *, stamped: bool = True, seed: int = 3) -> str:
    """Snapshots of which a tenth of the rows changes each time, with or without `date` between."""
    random = Random(seed)
    tables = _changing_tables(random, linux_rows.rows(random), snapshots, rows)
    stamps: Iterable[str] = _stamps() if stamped else cycle([""])
    return "".join(
        stamp + linux_rows.HEAD + table for stamp, table in zip(stamps, tables, strict=False)
    )


def headerless(groups: int, rows: int = 400, seed: int = 5) -> str:
    """Groups of rows of `netstat -nt | grep ^tcp`, with `date` before each: there is no header."""
    random = Random(seed)
    width = linux_rows.WIDTH_WITHOUT_PROGRAM
    fresh = (row[:width] + "\n" for row in linux_rows.rows(random) if row.startswith("tcp"))
    tables = _changing_tables(random, fresh, groups, rows)
    return "".join(stamp + table for stamp, table in zip(_stamps(), tables, strict=False))


def big_log(size: int, rows: int = 400, seed: int = 6) -> Iterator[str]:
    """The parts of a log of at least `size` characters. All rows of a snapshot are new.

    To be made quickly it repeats its snapshots, under later stamps and so far apart that no reader
    still remembers their rows.
    """
    fresh = _unique(linux_rows.rows(Random(seed)), min(FRESH_SNAPSHOTS * rows, size // 50 + rows))
    tables = ["".join(fresh[i : i + rows]) for i in range(0, len(fresh), rows)]
    written = 0
    for stamp, table in zip(_stamps(), cycle(tables), strict=False):
        if written >= size:
            return
        snapshot = stamp + linux_rows.HEAD + table
        written += len(snapshot)
        yield snapshot


def texts(small: bool) -> dict[str, Callable[[], Iterable[str]]]:
    """For each corpus its name, and what makes the parts of its text."""
    rows, snapshots, big = (20_000, 50, 20) if small else (200_000, 500, 200)
    return {
        "linux": lambda: [linux(rows)],
        "servers": lambda: [servers(rows)],
        "macos": lambda: [macos(rows)],
        "log": lambda: [log(snapshots)],
        "unstamped": lambda: [log(snapshots, stamped=False)],
        "headerless": lambda: [headerless(snapshots)],
        "long_log": lambda: [log(10 * snapshots)],
        "big_log": lambda: big_log(big * MEGABYTE),
        "20_lines": lambda: [linux(18)],
        "10_000": lambda: [linux(10_000)],
        "1_000_000": lambda: [linux(5 * rows)],
    }


def path_of(name: str) -> Path:
    """Where the corpus of that name is kept."""
    return FOLDER / f"{name}.txt"


def make(names: list[str], small: bool) -> None:
    """Writes the corpora of these names."""
    FOLDER.mkdir(exist_ok=True)
    makers = texts(small)
    for name in names:
        with open(path_of(name), "w", encoding="utf-8", newline="") as file:
            file.writelines(makers[name]())


def _unique(rows: Iterator[str], count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found[next(rows)] = None
    return list(found)


def _changing_tables(random: Random, fresh: Iterator[str], count: int, rows: int) -> Iterator[str]:
    """This many tables; of each a tenth of the rows is new. `fresh` may draw from `random` too."""
    table = _unique(fresh, rows)
    for _ in range(count):
        yield "".join(table)
        for place in random.sample(range(rows), rows // 10):
            table[place] = next(fresh)


def _stamps() -> Iterator[str]:
    """What `date` prints, once a minute."""
    now = datetime(2026, 1, 5, 9, 0, 0, tzinfo=UTC)
    while True:
        yield f"{now:%a %b %e %H:%M:%S UTC %Y}\n"
        now += timedelta(minutes=1)


if __name__ == "__main__":
    make(sys.argv[2:], sys.argv[1] == "small")
