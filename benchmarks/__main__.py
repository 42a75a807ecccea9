"""Measures the rows of a table of performance in one run, and prints it in Markdown.

Without --against: this tree beside other programs. With it: this tree beside another commit.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack

from benchmarks import commits, others
from benchmarks.measurements import HEAD, Measurement, measure
from benchmarks.versions import ROOT, check_version, checked_out, commit


def main() -> int:
    """Runs the measurements that were asked for; 1 if one is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--against", metavar="COMMIT", type=commit, help="hold this tree against a commit of it"
    )
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, fewer rounds")
    parser.add_argument("--only", metavar="NAME", action="append", help="one of the measurements")
    parser.add_argument("--rounds", metavar="N", type=int, help="default: 5, with --quick 3")
    options = parser.parse_args()

    check_version(ROOT)
    with ExitStack() as stack:
        measurements = others.MEASUREMENTS
        if options.against is not None:
            version = stack.enter_context(checked_out(options.against))
            measurements = commits.measurements(version, options.against)
        known = [m.name for m in measurements]
        if unknown := set(options.only or ()) - set(known):
            parser.error(f"no measurement {unknown.pop()!r}; there are {', '.join(known)}")
        chosen = [m for m in measurements if options.only is None or m.name in options.only]
        return run(chosen, options.rounds or (3 if options.quick else 5), small=options.quick)


def run(measurements: Sequence[Measurement], rounds: int, *, small: bool) -> int:
    """Makes the corpora, measures, and prints; 1 if a measurement is not as it should be."""
    names = {name for m in measurements for name in (m.corpus, m.their_corpus) if name}
    # In a process of its own: what is large here would count as the memory of what is measured.
    size = "small" if small else "full"
    subprocess.run(
        (sys.executable, "-m", "benchmarks.corpora", size, *sorted(names)), cwd=ROOT, check=True
    )
    print(HEAD)
    all_good = True
    rows_of = {"10_000": 10_000, "1_000_000": 100_000 if small else 1_000_000}
    for measurement in measurements:
        result = measure(measurement, rounds, rows_of)
        all_good &= result.is_good
        print(result.row, flush=True)
    return 0 if all_good else 1


if __name__ == "__main__":
    sys.exit(main())
