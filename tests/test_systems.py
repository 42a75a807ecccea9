"""Runs of several systems in one input: each is a snapshot of its own dialect."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

import netstat_parse as ns
from netstat_parse.dialects.registry import all_dialects, get_dialect

SNAPSHOTS = TypeAdapter(list[ns.Snapshot])
FOLDER = Path(__file__).parent.parent / "fixtures"
RUNS = (
    *("linux/npt", "linux/rn", "linux/s", "linux/g", "linux/ia", "busybox/antuw", "toybox/rn"),
    *("solaris/illumos-an", "solaris/11.4-an", "solaris/rn"),
    *("windows/ano", "windows/route-print", "windows/e-s"),
    *("macos/730-an", "macos/rn", "freebsd/14-an", "freebsd/rn", "aix/7.3-Aan", "aix/rn"),
)


def system_of(run: str) -> str:
    dialect = get_dialect(run.split("/")[0])
    return dialect.system or dialect.name


PAIRS = [(a, b) for a, b in permutations(RUNS, 2) if system_of(a) != system_of(b)]


def tables_of(snapshot: ns.Snapshot) -> Any:
    """What it gives, without what is said of the text around its tables."""
    return snapshot.model_dump(exclude={"notes", "source"})


def expected(run: str) -> list[Any]:
    found = SNAPSHOTS.validate_json((FOLDER / f"{run}.json").read_bytes())
    return list(map(tables_of, found))


@pytest.mark.parametrize(("first", "then"), PAIRS)
def test_a_run_of_another_system_is_another_snapshot(first: str, then: str) -> None:
    """Right below it, with no stamp and no prompt between them."""
    texts = [(FOLDER / f"{run}.txt").read_text() for run in (first, then)]
    found = ns.iter_snapshots("".join(texts).splitlines())
    given = list(map(tables_of, found))
    height = len(texts[0].splitlines())
    below = expected(then)
    for snapshot in below:
        for line in snapshot["unparsed"]:
            line["number"] += height
    assert given == expected(first) + below


def test_a_dialect_that_is_named_prints_all_tables() -> None:
    """Who names it knows better."""
    text = "".join((FOLDER / f"{run}.txt").read_text() for run in ("linux/npt", "solaris/rn"))
    found = list(ns.iter_snapshots(text.splitlines(), dialect="linux"))
    assert {snapshot.dialect for snapshot in found} == {"linux"}


def test_the_systems() -> None:
    shared = {d.name: d.system for d in all_dialects() if d.system}
    assert {"linux", "busybox", "toybox"} == {name for name in shared if shared[name] == "linux"}
    assert {"freebsd", "openbsd", "macos", "aix"} <= {
        name for name in shared if shared[name] == "bsd"
    }
