"""`watch`: runs that begin on time, their stamps, and what fails."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from commands import GOOD

import netstat_parse as ns
from netstat_parse import watcher


class Clock:
    """Time that passes only while somebody sleeps or works."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        monkeypatch.setattr(time, "sleep", self.sleep)

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> list[float]:
    """When the runs began. Each takes as long as `TOOK` says, or fails."""
    begun: list[float] = []

    def run(command: object, *, timeout: float, dialect: str | None) -> ns.Snapshot:
        begun.append(clock.now - 1000)
        took = TOOK[len(begun) - 1] if len(begun) <= len(TOOK) else 0.25
        if took is None:
            raise ns.CommandFailedError("it failed", ("netstat",), "", 1)
        clock.now += took
        return ns.Snapshot(dialect=f"{command} {timeout} {dialect}")

    monkeypatch.setattr(watcher, "run", run)
    return begun


TOOK: list[float | None] = []


@pytest.fixture(autouse=True)
def quick() -> None:
    TOOK.clear()


def test_runs_begin_on_time_however_long_each_takes(runs: list[float]) -> None:
    TOOK[:] = [0.3, 9.9, 0.0, 10.0]
    assert len(list(ns.watch(10, 5))) == 5
    assert runs == [0, 10, 20, 30, 40]


def test_runs_that_one_is_in_the_way_of_are_left_out(runs: list[float]) -> None:
    TOOK[:] = [0.1, 25.0]
    assert len(list(ns.watch(10, 4))) == 4
    assert runs == [0, 10, 40, 50]


def test_the_time_that_the_caller_takes_counts(runs: list[float], clock: Clock) -> None:
    for _ in ns.watch(10, 3):
        clock.now += 12
    assert runs == [0, 20, 40]


def test_it_ends_after_a_time_or_a_count(runs: list[float]) -> None:
    assert len(list(ns.watch(10, duration=30))) == 3
    assert runs == [0, 10, 20]
    assert len(list(ns.watch(10, 2, duration=30))) == 2
    assert len(list(ns.watch(10, duration=0.1))) == 1


def test_the_first_snapshot_comes_at_once(runs: list[float], clock: Clock) -> None:
    snapshots = ns.watch(10, command=["x"], timeout=3.0, dialect="linux")
    assert runs == []
    assert next(snapshots).dialect == "['x'] 3.0 linux"
    assert clock.slept == [0]


def test_a_failure_ends_it_or_is_told(runs: list[float]) -> None:
    TOOK[:] = [1, None, 1, None, None]
    snapshots = ns.watch(10)
    next(snapshots)
    with pytest.raises(ns.CommandFailedError):
        next(snapshots)
    runs.clear()
    failures: list[ns.CommandError] = []
    assert len(list(ns.watch(10, 6, on_failure=failures.append))) == 3
    assert runs == [10, 20, 30, 40, 50, 60]
    assert [str(error) for error in failures] == ["it failed"] * 3


@pytest.mark.parametrize(
    "arguments",
    [{"seconds": 0}, {"seconds": -1}, {"seconds": float("nan")}, {"seconds": float("inf")},
     {"seconds": 1, "count": 0}, {"seconds": 1, "duration": 0}],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_at_once(arguments: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        ns.watch(**arguments)  # type: ignore[arg-type]


def test_real_runs_are_stamped(tmp_path: Path) -> None:
    path = tmp_path / "printer.py"
    path.write_text(f"print({GOOD!r})\n")
    began = datetime.now(UTC)
    found = list(ns.watch(0.2, 3, command=[sys.executable, "-IS", str(path)]))
    stamps = [snapshot.captured_at for snapshot in found if snapshot.captured_at]
    assert [len(snapshot.connections) for snapshot in found] == [2, 2, 2]
    assert stamps[0] >= began
    gaps = [later - earlier for earlier, later in pairwise(stamps)]
    assert all(gap >= timedelta(seconds=0.1) for gap in gaps)
