"""The measurements that hold this tree against another commit of it."""

from __future__ import annotations

from pathlib import Path

from benchmarks.contestants import IMPORTS, Library, convert
from benchmarks.measurements import Measurement

WHERE = "state established and ( dport = :443 or dst 203.0.113.0/24 )"


def measurements(version: Path, commit: str) -> tuple[Measurement, ...]:
    """What is measured here and in `version`, where a commit of this short name is checked out.

    Start, memory and --jobs are measured in this tree alone: what they are held to is not the other
    commit, which may have been as bad.
    """
    return (
        _convert("convert-servers", "servers", version, commit, at_most=0.75),
        _convert("convert-macos", "macos", version, commit, at_most=0.85),
        _convert("convert-log", "log", version, commit, at_most=1.0),
        _convert("convert-linux", "linux", version, commit, at_most=1.0, is_wish=True),
        _convert("convert-unstamped", "unstamped", version, commit),
        _convert("convert-headerless", "headerless", version, commit),
        _call("parse-linux", "parse", "linux", version, commit),
        _call("parse-macos", "parse", "macos", version, commit),
        _call("parse-servers", "parse", "servers", version, commit),
        _call("iter-log", "iter_snapshots", "log", version, commit),
        _jobs("jobs-fresh", "big_log"),
        _jobs("jobs-log", "long_log", is_wish=True),
        Measurement(
            "where-log",
            "convert --where",
            convert("--where", WHERE),
            "long_log",
            convert(),
            against="without --where",
            at_most=1.1,
        ),
        Measurement(
            "start", "convert, 20 lines", convert(), "20_lines", IMPORTS, at_most=0.6, rounds=5
        ),
        Measurement(
            "memory",
            "convert, memory",
            convert(),
            "long_log",
            convert(),
            "log",
            against="this tree",
            at_most=1.1,
            figure="peak",
        ),
    )


def _convert(
    name: str,
    corpus: str,
    version: Path,
    commit: str,
    *,
    at_most: float | None = None,
    is_wish: bool = False,
) -> Measurement:
    return Measurement(
        name,
        "convert",
        convert(),
        corpus,
        convert(version=version),
        against=commit,
        at_most=at_most,
        is_wish=is_wish,
        rounds=3,
        has_same_output=True,
    )


def _call(name: str, function: str, corpus: str, version: Path, commit: str) -> Measurement:
    theirs = Library(function, version)
    return Measurement(
        name, function, Library(function), corpus, theirs, against=commit, at_most=1.05, rounds=2
    )


def _jobs(name: str, corpus: str, *, is_wish: bool = False) -> Measurement:
    return Measurement(
        name,
        "convert --jobs 2",
        convert("--jobs", "2"),
        corpus,
        convert("--jobs", "1"),
        against="--jobs 1 of this tree",
        at_most=0.6,
        is_wish=is_wish,
        has_same_output=True,
    )
