"""Holds this tree against another commit of it: what do both make of many damaged captures?

    python -m fuzz.against COMMIT --captures 45000 --seed 1

It is for changes that should change nothing, or only what they name. Captures are made of the
fixtures and of generated logs, and damaged as files get damaged (captures.py, mutations.py). Each
goes to both versions, which are two processes (answers.py); what they answer is compared: the
Snapshots of iter_snapshots, what parse raises, and for a sample SnapshotReader in pieces and the
command with its output, standard error and exit status.

What differs is grouped by a short signature, which names what differs first, such as
`unparsed[].reason` or `connections: fewer`; a table of them is printed. In a folder for each
signature the first few captures are kept, cut down to as few lines as still differ so:
NUMBER.small.txt beside NUMBER.txt, and the answers to the small one as .ours.json and .theirs.json.

FILEs are compared instead of made captures, if there are any: python -m fuzz.against COMMIT
fixtures/*/*.txt. The exit status is 1 if anything differs.
"""

from __future__ import annotations

import argparse
import json
import re
import select
import struct
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.versions import (
    ROOT,
    check_version,
    checked_out,
    command_module,
    commit,
    environment_of,
)
from fuzz import captures, differences
from fuzz.captures import Capture
from fuzz.differences import PROCESS, Difference

ANSWERS = Path(__file__).with_name("answers.py")
LENGTH = struct.Struct(">I")
TIMEOUT = 10.0
"""Seconds in which a version must have answered."""
MOST_TRIES, MOST_SECONDS = 150, 20.0
"""How often, and how long, smaller captures are tried for each that is kept."""
SHOWN = 50
"""Characters of a value in the table."""
Answer = dict[str, Any]


class Worker:
    """A process that answers for one version. If it dies or hangs, that is its answer."""

    def __init__(self, version: Path) -> None:
        check_version(version)
        self._version = version
        self._process = self._start()

    def ask(self, capture: Capture) -> None:
        """Sends a capture. The answer must be received before the next one."""
        request = json.dumps(
            {"options": capture.options, "commands": capture.commands, "piece": capture.piece}
        ).encode()
        assert self._process.stdin is not None
        try:
            for data in (request, capture.data):
                self._process.stdin.write(LENGTH.pack(len(data)) + data)
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # to receive the answer will tell

    def receive(self) -> Answer:
        """What it answers."""
        deadline = time.monotonic() + TIMEOUT
        try:
            (length,) = LENGTH.unpack(self._read(LENGTH.size, deadline))
            answer: Answer = json.loads(self._read(length, deadline))
        except (TimeoutError, EOFError) as error:
            self._process.kill()
            status = self._process.wait()
            self._process = self._start()
            is_late = isinstance(error, TimeoutError)
            told = f"no answer in {TIMEOUT:.0f} s" if is_late else f"ended with status {status}"
            return {PROCESS: told}
        return answer

    def close(self) -> None:
        """Ends the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            (sys.executable, str(ANSWERS), command_module(self._version)),
            env=environment_of(self._version),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def _read(self, size: int, deadline: float) -> bytes:
        assert self._process.stdout is not None
        data = b""
        while len(data) < size:
            left = max(0.0, deadline - time.monotonic())
            if not select.select([self._process.stdout], [], [], left)[0]:
                raise TimeoutError
            piece = self._process.stdout.raw.read(size - len(data))  # type: ignore[attr-defined]
            if not piece:
                raise EOFError
            data += piece
        return data


@dataclass(frozen=True)
class Comparer:
    """Both versions, and what of their differences is of interest."""

    ours: Worker
    theirs: Worker
    ignored: Sequence[str]

    def answers(self, capture: Capture) -> tuple[Answer, Answer]:
        """What both answer; they work at the same time."""
        self.ours.ask(capture)
        self.theirs.ask(capture)
        return self.ours.receive(), self.theirs.receive()

    def compare(self, capture: Capture) -> Difference | None:
        """The first difference."""
        return differences.first(*self.answers(capture), self.ignored)

    def shrink(self, capture: Capture, signature: str) -> Capture:
        """A capture of fewer lines that differs in the same way."""
        lines = capture.data.splitlines(keepends=True)
        size = max(1, len(lines) // 2)
        start = 0
        deadline = time.monotonic() + MOST_SECONDS
        for _ in range(MOST_TRIES):
            if start >= len(lines):
                size, start = size // 2, 0
            if not size or time.monotonic() > deadline:
                break
            left = lines[:start] + lines[start + size :]
            found = self.compare(replace(capture, data=b"".join(left)))
            if found is not None and found.signature == signature:
                lines = left
            else:
                start += size
        return replace(capture, data=b"".join(lines))


class Findings:
    """Keeps the captures that differ, by signature."""

    def __init__(self, folder: Path, most_kept: int) -> None:
        self._folder = folder
        self._most_kept = most_kept
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, tuple[str, Difference]] = {}

    def add(self, capture: Capture, difference: Difference, comparer: Comparer) -> None:
        """Counts a difference, and keeps the capture if there are few of its signature yet."""
        signature = difference.signature
        self._counts[signature] += 1
        if self._counts[signature] > self._most_kept:
            return
        folder = self._folder / re.sub(r"\W+", "-", signature).strip("-")[:80]
        folder.mkdir(parents=True, exist_ok=True)
        (self._folder / ".gitignore").write_text("*\n")  # findings do not belong to the project
        name = re.sub(r"\W+", "-", capture.name).strip("-")
        (folder / f"{name}.txt").write_bytes(capture.data)
        small = comparer.shrink(capture, signature)
        (folder / f"{name}.small.txt").write_bytes(small.data)
        ways = {"options": small.options, "commands": small.commands, "piece": small.piece}
        for whose, answer in zip(("ours", "theirs"), comparer.answers(small), strict=True):
            text = json.dumps({**ways, **answer}, indent=1, ensure_ascii=False)
            (folder / f"{name}.{whose}.json").write_text(text, "utf-8", "surrogatepass")
        self._examples.setdefault(signature, (f"{folder.name}/{name}", difference))

    def print_table(self) -> None:
        """One row for each signature, in Markdown."""
        print("| captures | signature | example | ours | theirs |\n|--:|---|---|---|---|")
        for signature, count in self._counts.most_common():
            example, difference = self._examples[signature]
            values = (_show(difference.ours), _show(difference.theirs))
            print(f"| {count} | {signature} | {example} | {' | '.join(values)} |")

    def __bool__(self) -> bool:
        return bool(self._counts)


def _show(value: object) -> str:
    text = json.dumps(value).replace("|", "\\|")
    return f"`{text if len(text) <= SHOWN else text[:SHOWN] + '…'}`"


def main() -> int:
    """Compares the captures that were asked for; 1 if anything differs."""
    parser = argparse.ArgumentParser(
        prog="python -m fuzz.against",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("commit", metavar="COMMIT", type=commit, help="of this repository")
    parser.add_argument("files", metavar="FILE", nargs="*", type=Path)
    parser.add_argument("--captures", metavar="N", type=int, default=2_000, help="how many")
    parser.add_argument("--seed", metavar="S", type=int, default=1)
    parser.add_argument("--first", metavar="NUMBER", type=int, default=0, help="of the first one")
    parser.add_argument("--here", metavar="PATH", type=Path, default=ROOT, help="our version")
    parser.add_argument(
        "--ignore", metavar="SIGNATURE", action="append", default=[], help="all that begin so"
    )
    parser.add_argument("--keep", metavar="N", type=int, default=3, help="of each signature")
    parser.add_argument("--output", metavar="FOLDER", type=Path, default=Path("differences"))
    options = parser.parse_args()

    chosen: Iterable[Capture]
    if options.files:
        chosen = map(captures.from_file, options.files)
    else:
        numbers = range(options.first, options.first + options.captures)
        chosen = map(captures.Maker(options.seed).make, numbers)
    with checked_out(options.commit) as version:
        comparer = Comparer(Worker(options.here.resolve()), Worker(version), options.ignore)
        findings = Findings(options.output, options.keep)
        compare_all(chosen, comparer, findings, _progress)
        comparer.ours.close()
        comparer.theirs.close()
    if findings:
        findings.print_table()
    return 1 if findings else 0


def compare_all(
    chosen: Iterable[Capture],
    comparer: Comparer,
    findings: Findings,
    progress: Callable[[int, float], None],
) -> None:
    """Compares captures, one after another, and tells how far it is."""
    start = time.monotonic()
    count = 0
    for count, capture in enumerate(chosen, 1):
        difference = comparer.compare(capture)
        if difference is not None:
            findings.add(capture, difference, comparer)
        if count % 1_000 == 0:
            progress(count, time.monotonic() - start)
    progress(count, time.monotonic() - start)


def _progress(count: int, seconds: float) -> None:
    print(f"{count} captures in {seconds:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
