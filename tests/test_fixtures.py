"""Captures, and what each must parse to: fixtures/<dialect>/<name>.txt beside <name>.json.

The JSON is a list of Snapshots, checked by hand or against the system that it was captured on.
"""

from __future__ import annotations

import codecs
import json
from functools import cache
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from written import csv_by_sink, csv_of, jsonl_by_sink, jsonl_of

import netstat_parse as ns
from netstat_parse.schema import KINDS

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
CAPTURES = sorted(path.relative_to(FIXTURES).as_posix() for path in FIXTURES.glob("*/*.txt"))
EXPECTATIONS = sorted(path.relative_to(FIXTURES).as_posix() for path in FIXTURES.glob("*/*.json"))

SNAPSHOTS = TypeAdapter(list[ns.Snapshot])

each_capture = pytest.mark.parametrize("capture", CAPTURES)


@pytest.fixture(scope="module")
def original_datadir() -> Path:
    """pytest-datadir's. (Its `datadir` copies all of it for each test; here nothing is written.)"""
    return FIXTURES


@cache
def lines_of(path: Path) -> list[str]:
    """The lines with their ends; bytes that are no UTF-8 stand in them as `\\xff`."""
    data = path.read_bytes()
    encoding = "utf-16" if data.startswith(codecs.BOM_UTF16_LE) else "utf-8"
    text = data.decode(encoding, "backslashreplace")
    return [line + "\n" for line in text.removesuffix("\n").split("\n")]


@cache
def expected(original_datadir: Path, capture: str) -> list[ns.Snapshot]:
    path = (original_datadir / capture).with_suffix(".json")
    assert path.exists(), f"fixtures/{capture} has no .json beside it that says what it must give"
    return SNAPSHOTS.validate_json(path.read_bytes())


def test_there_are_captures() -> None:
    assert {"linux", "macos"} <= {capture.split("/")[0] for capture in CAPTURES}


def test_no_expectation_without_a_capture() -> None:
    assert {Path(name).with_suffix(".txt").as_posix() for name in EXPECTATIONS} <= set(CAPTURES)


@each_capture
def test_gives_what_it_must(original_datadir: Path, capture: str) -> None:
    lines = lines_of(original_datadir / capture)
    assert list(ns.iter_snapshots(lines)) == expected(original_datadir, capture)


@each_capture
def test_gives_the_same_however_it_is_fed(original_datadir: Path, capture: str) -> None:
    path = original_datadir / capture
    lines, snapshots = lines_of(path), expected(original_datadir, capture)
    one_by_one = ns.SnapshotReader()
    found = [snapshot for line in lines for snapshot in one_by_one.feed(line)]
    assert found + one_by_one.close() == snapshots
    assert list(ns.iter_snapshots(iter(lines))) == snapshots
    assert list(ns.iter_snapshots("".join(lines))) == snapshots
    assert list(ns.read_log(path)) == snapshots


STAMPS = ("Sun Nov 22 12:22:41 UTC 2026\n", "Sun Nov 22 12:23:41 UTC 2026\n")


@each_capture
def test_twice_in_a_log_gives_two_of_each(original_datadir: Path, capture: str) -> None:
    lines, snapshots = lines_of(original_datadir / capture), expected(original_datadir, capture)
    assert_twice([STAMPS[0], *lines, STAMPS[1], *lines], snapshots)


@pytest.mark.parametrize("capture", ["toybox/antuwp.txt", "toybox/antuwep.txt", "solaris/unix.txt"])
def test_a_long_name_takes_in_no_table_below(original_datadir: Path, capture: str) -> None:
    """A name of 255 bytes, or a path, could hold the banner and the header."""
    lines, snapshots = lines_of(original_datadir / capture), expected(original_datadir, capture)
    assert_twice(lines * 2, snapshots)


def assert_twice(lines: list[str], snapshots: list[ns.Snapshot]) -> None:
    found = list(ns.iter_snapshots(lines))
    for kind in KINDS:
        tables = [getattr(snapshot, kind.name) for snapshot in snapshots]
        assert [getattr(snapshot, kind.name) for snapshot in found] == tables * 2
    assert [len(s.unparsed) for s in found] == [len(s.unparsed) for s in snapshots] * 2


@each_capture
def test_every_line_is_counted(original_datadir: Path, capture: str) -> None:
    lines, snapshots = lines_of(original_datadir / capture), expected(original_datadir, capture)
    reader = ns.SnapshotReader()
    reader.feed_lines(lines)
    reader.close()
    assert sum(reader.counts.values()) == len(lines)
    assert reader.counts[ns.LineKind.UNPARSED] == sum(len(s.unparsed) for s in snapshots)


@each_capture
def test_is_what_its_directory_says(original_datadir: Path, capture: str) -> None:
    dialect = capture.split("/")[0]
    for snapshot in expected(original_datadir, capture):
        assert {snapshot.dialect, *(c.dialect for c in snapshot.connections)} == {dialect}


@pytest.mark.slow
@each_capture
def test_is_written_the_same_by_every_way(original_datadir: Path, capture: str) -> None:
    lines = [line.rstrip("\r\n") for line in lines_of(original_datadir / capture)]
    for kind in KINDS:
        rows = sum(len(getattr(s, kind.name)) for s in expected(original_datadir, capture))
        for columns in (None, ("all",)):
            text = csv_of(lines, table=kind.option, columns=columns)
            assert csv_by_sink(lines, 5, kind=kind, columns=columns) == text
        assert jsonl_by_sink(lines, 5, kind=kind) == jsonl_of(lines, table=kind.option)
        assert len(jsonl_of(lines, table=kind.option).splitlines()) == rows


@pytest.mark.slow
@each_capture
def test_survives_json(original_datadir: Path, capture: str) -> None:
    for snapshot in ns.iter_snapshots(lines_of(original_datadir / capture)):
        text = snapshot.model_dump_json()
        again = ns.Snapshot.model_validate_json(text)
        assert again == snapshot
        assert again.model_dump_json() == text
        assert [type(c) for c in again.connections] == [type(c) for c in snapshot.connections]
        assert ns.Snapshot.model_validate(snapshot.model_dump()) == snapshot
        assert ns.Snapshot.model_validate(json.loads(text)) == snapshot
