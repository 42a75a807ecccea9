"""Captures, and what each must parse to: fixtures/<dialect>/<name>.txt beside <name>.json.

The JSON is a list of Snapshots, checked by hand or against the system that it was captured on.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import TypeAdapter

import netstat_parse as ns
from netstat_parse.files import lines_of

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
CAPTURES = sorted(path.relative_to(FIXTURES).as_posix() for path in FIXTURES.glob("*/*.txt"))
EXPECTATIONS = sorted(path.relative_to(FIXTURES).as_posix() for path in FIXTURES.glob("*/*.json"))

SNAPSHOTS = TypeAdapter(list[ns.Snapshot])

each_capture = pytest.mark.parametrize("capture", CAPTURES)


@pytest.fixture(scope="module")
def original_datadir() -> Path:
    """Where pytest-datadir's `datadir` takes its files from."""
    return FIXTURES


def expected(datadir: Path, capture: str) -> list[ns.Snapshot]:
    path = (datadir / capture).with_suffix(".json")
    assert path.exists(), f"fixtures/{capture} has no .json beside it that says what it must give"
    return SNAPSHOTS.validate_json(path.read_bytes())


def test_there_are_captures() -> None:
    assert {"linux", "macos"} <= {capture.split("/")[0] for capture in CAPTURES}


def test_no_expectation_without_a_capture() -> None:
    assert {Path(name).with_suffix(".txt").as_posix() for name in EXPECTATIONS} <= set(CAPTURES)


@each_capture
def test_gives_what_it_must(datadir: Path, capture: str) -> None:
    assert list(ns.iter_snapshots(list(lines_of(datadir / capture)))) == expected(datadir, capture)


@each_capture
def test_gives_the_same_however_it_is_fed(datadir: Path, capture: str) -> None:
    path = datadir / capture
    lines, snapshots = list(lines_of(path)), expected(datadir, capture)
    one_by_one = ns.SnapshotReader()
    found = [snapshot for line in lines for snapshot in one_by_one.feed(line)]
    assert found + one_by_one.close() == snapshots
    assert list(ns.iter_snapshots(iter(lines))) == snapshots
    assert list(ns.iter_snapshots("".join(lines))) == snapshots
    assert list(ns.read_log(path)) == snapshots


@each_capture
def test_every_line_is_counted(datadir: Path, capture: str) -> None:
    lines, snapshots = list(lines_of(datadir / capture)), expected(datadir, capture)
    reader = ns.SnapshotReader()
    reader.feed_lines(lines)
    reader.close()
    assert sum(reader.counts.values()) == len(lines)
    assert reader.counts[ns.LineKind.UNPARSED] == sum(len(s.unparsed) for s in snapshots)


@each_capture
def test_is_what_its_directory_says(datadir: Path, capture: str) -> None:
    dialect = capture.split("/")[0]
    for snapshot in expected(datadir, capture):
        assert {snapshot.dialect, *(c.dialect for c in snapshot.connections)} == {dialect}


@each_capture
def test_survives_json(datadir: Path, capture: str) -> None:
    for snapshot in ns.iter_snapshots(list(lines_of(datadir / capture))):
        text = snapshot.model_dump_json()
        again = ns.Snapshot.model_validate_json(text)
        assert again == snapshot
        assert again.model_dump_json() == text
        assert [type(c) for c in again.connections] == [type(c) for c in snapshot.connections]
        assert ns.Snapshot.model_validate(snapshot.model_dump()) == snapshot
        assert ns.Snapshot.model_validate(json.loads(text)) == snapshot
