"""Measures all rows of the performance table, and prints it in Markdown."""

from __future__ import annotations

import argparse
import subprocess
import sys
from dataclasses import dataclass

from benchmarks.contestants import (
    IMPORTS,
    JC,
    MAWK,
    PERL,
    SIMPLEST,
    Contestant,
    Library,
    convert,
    is_there,
)
from benchmarks.measure import Sample, compare


@dataclass(frozen=True)
class Measurement:
    """One row: ours against theirs. What is compared is `figure` of both."""

    name: str
    work: str
    ours: Contestant
    corpus: str
    theirs: Contestant
    their_corpus: str = ""
    """Where it is not the same."""
    faster: float | None = None
    """At least so many times as fast."""
    at_most: float | None = None
    """At most so much of theirs."""
    figure: str = "time"
    """time, peak (memory), or time per row."""
    rounds: int = 1
    """Times the usual number, for what is short."""


PARSE, ITER, JC_LIBRARY = Library("parse"), Library("iter_snapshots"), Library("jc")
CONVERT = convert()

MEASUREMENTS = (
    Measurement("parse-linux", "parse, unique Linux rows", PARSE, "linux", JC_LIBRARY, faster=2),
    Measurement("parse-macos", "parse, unique macOS rows", PARSE, "macos", JC_LIBRARY, faster=1.3),
    Measurement(
        "iter-log", "iter_snapshots, the log", ITER, "log", JC_LIBRARY, "unstamped", faster=12
    ),
    Measurement("models", "parse, unique rows", PARSE, "linux", Library("floor"), at_most=1),
    Measurement("convert-log", "convert, the log", CONVERT, "log", MAWK, at_most=0.6, rounds=3),
    Measurement(
        "convert-unique", "convert, unique rows", CONVERT, "linux", MAWK, at_most=2, rounds=3
    ),
    Measurement(
        "convert-jobs",
        "convert --jobs 2, unique rows",
        convert("--jobs", "2"),
        "linux",
        MAWK,
        at_most=1.2,
        rounds=3,
    ),
    Measurement("convert-jc", "convert, unique rows", CONVERT, "linux", JC, faster=8),
    Measurement("start", "convert, 20 lines", CONVERT, "20_lines", IMPORTS, at_most=1.3, rounds=5),
    Measurement(
        "memory", "convert, memory", CONVERT, "long_log", CONVERT, "log", at_most=1.1, figure="peak"
    ),
    Measurement(
        "per-row", "parse", PARSE, "1_000_000", PARSE, "10_000", at_most=1.2, figure="time per row"
    ),
    Measurement(
        "convert-per-row",
        "convert",
        Library("convert"),
        "1_000_000",
        Library("convert"),
        "10_000",
        at_most=1.2,
        figure="time per row",
    ),
    Measurement("unstamped", "convert, unstamped log", CONVERT, "unstamped", MAWK, rounds=3),
    Measurement("simplest-log", "convert, the log", CONVERT, "log", SIMPLEST, rounds=3),
    Measurement("simplest-unique", "convert, unique rows", CONVERT, "linux", SIMPLEST, rounds=3),
    Measurement("pandas", "parse, unique rows", PARSE, "linux", Library("pandas")),
    Measurement("perl", "parse, unique rows", PARSE, "linux", PERL),
)


def main() -> int:
    """Runs the measurements that were asked for; 1 if one did not reach its mark."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, fewer rounds")
    parser.add_argument("--only", metavar="NAME", action="append", help="one of the measurements")
    parser.add_argument("--rounds", metavar="N", type=int, help="default: 5, with --quick 3")
    options = parser.parse_args()
    known = [m.name for m in MEASUREMENTS]
    if unknown := set(options.only or ()) - set(known):
        parser.error(f"no measurement {unknown.pop()!r}; there are {', '.join(known)}")

    chosen = [m for m in MEASUREMENTS if options.only is None or m.name in options.only]
    names = {name for m in chosen for name in (m.corpus, m.their_corpus) if name}
    size = "small" if options.quick else "full"
    subprocess.run([sys.executable, "-m", "benchmarks.corpora", size, *sorted(names)], check=True)

    print("| name | work | against | ours | theirs | ratio | reach | met | memory |")
    print("|---|---|---|--:|--:|--:|---|---|--:|")
    all_met = True
    rows_of = {"10_000": 10_000, "1_000_000": 100_000 if options.quick else 1_000_000}
    for measurement in chosen:
        if not is_there(measurement.theirs):
            print(f"| {measurement.name} | {measurement.theirs.name} is not installed |")
            continue
        ours = Sample(measurement.ours, measurement.corpus)
        theirs = Sample(measurement.theirs, measurement.their_corpus or measurement.corpus)
        compare(
            (ours, theirs), (options.rounds or (3 if options.quick else 5)) * measurement.rounds
        )
        row, met = _row(measurement, ours, theirs, rows_of)
        all_met &= met
        print(row, flush=True)
    return 0 if all_met else 1


def _row(m: Measurement, ours: Sample, theirs: Sample, rows: dict[str, int]) -> tuple[str, bool]:
    our, their, unit = ours.time, theirs.time, "s"
    if m.figure == "peak":
        our, their, unit = ours.peak, theirs.peak, "MB"
    elif m.figure == "time per row":
        our, their, unit = 1e6 * our / rows[m.corpus], 1e6 * their / rows[m.their_corpus], "µs"
    against = m.theirs.name + (f", {m.their_corpus}" if m.their_corpus else "")
    ratio, reach, met = our / their, "", True
    shown = f"{ratio:.2f}"
    if m.faster is not None:
        ratio = their / our
        shown, reach, met = f"{ratio:.1f}×", f"≥ {m.faster}×", ratio >= m.faster
    elif m.at_most is not None:
        reach, met = f"≤ {m.at_most}", ratio <= m.at_most
    verdict = ("yes" if met else "**no**") if reach else ""
    return (
        f"| {m.name} | {m.work} | {against} | {our:.3f} {unit} | {their:.3f} {unit} "
        f"| {shown} | {reach} | {verdict} | {ours.peak:.0f} / {theirs.peak:.0f} MB |"
    ), met


if __name__ == "__main__":
    sys.exit(main())
