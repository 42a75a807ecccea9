"""How right are parsers of netstat? `python -m benchmarks.fidelity`

Reads every fixture that has connections with each parser that is installed, and holds each row
against the truth that stands beside the fixture (fixtures/README.md says how it is known). A row is

- right: each cell that the parser gives is what netstat meant;
- marked: the same, but netstat may have cut a text of it, and the parser says so;
- unmarked: the same, and the parser does not say so;
- silently wrong: a cell is another one, or the row was never printed;
- lost: the parser gives no such row;
- crashed: nor any other row of that capture, as it raised an error.

A cell that a parser never gives is not held against it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import netstat_parse as ns
from netstat_parse.dialects.registry import all_dialects

FIXTURES = Path(__file__).parent.parent / "fixtures"
VERDICTS = ("right", "marked", "unmarked", "silently wrong", "lost", "crashed")

Cells = Mapping[str, str]
"""A row's texts by name; what a parser does not give is left out."""
MAY_BE_CUT = ("local_host", "local_port", "foreign_host", "foreign_port", "program")
UNSPECIFIED = frozenset(("*", "0", ""))
"""How netstats print that there is no port."""
STATES = {
    printed: state for d in all_dialects() for t in d.tables for printed, state in t.states.items()
}
"""Every word for a state, in every language, and the one that RFC 9293 has for it."""


@dataclass(frozen=True)
class Row:
    """A row as a parser gives it."""

    cells: Cells
    truncated: frozenset[str] = frozenset()
    """The cells that may have been cut, as far as the parser says."""


def make_cells(**texts: object) -> Cells:
    """The cells in one spelling for all parsers; None is a cell that is not given."""
    cells = {name: str(text) for name, text in texts.items() if text is not None}
    for name in ("local_port", "foreign_port"):
        if cells.get(name) in UNSPECIFIED:
            cells[name] = "*"
    if "state" in cells:
        cells["state"] = str(STATES.get(cells["state"], cells["state"]))
    if "proto" in cells:
        cells["proto"] = cells["proto"].lower()
    for name in ("local_host", "foreign_host"):
        if name in cells:
            cells[name] = cells[name].strip("[]").split("%")[0]
    return cells


# The parsers -------------------------------------------------------------------------------------


def row_of(connection: ns.Connection) -> Row:
    """A row of ours; and that of the truth."""
    local, foreign, process = connection.local, connection.foreign, connection.process
    cells = make_cells(
        proto=connection.proto,
        recv_q=connection.recv_q,
        send_q=connection.send_q,
        local_host=local.host,
        local_port=local.service or local.port or "*",
        foreign_host=foreign.host,
        foreign_port=foreign.service or foreign.port or "*",
        state=connection.state or "",
        pid=process and process.pid,
        program=process and process.name,
    )
    marks = {
        "local_host": local.truncated,
        "local_port": local.truncated,
        "foreign_host": foreign.truncated,
        "foreign_port": foreign.truncated,
        "program": process is not None and process.truncated,
    }
    return Row(cells, frozenset(name for name, is_marked in marks.items() if is_marked))


def read_with_ours(capture: Path) -> list[Row]:
    return [row_of(c) for s in ns.read_log(capture) for c in s.connections]


JC_SYSTEMS = ("linux", "busybox", "toybox", "macos", "freebsd", "windows")
"""Those that jc's netstat parser lists: Linux, macOS, FreeBSD, Windows."""


JC_NAMES = {
    "proto": "proto",
    "recv_q": "recv_q",
    "send_q": "send_q",
    "local_host": "local_address",
    "local_port": "local_port",
    "foreign_host": "foreign_address",
    "foreign_port": "foreign_port",
    "state": "state",
    "pid": "pid",
    "program": "program_name",
}
"""Our names of cells, and jc's."""


def make_row(given: Mapping[str, object], names: Mapping[str, str]) -> Row:
    """A row as another parser gives it, by that parser's names. It gives no marks."""
    cells = {cell: given.get(name) for cell, name in names.items()}
    return Row(make_cells(**(cells | {"state": cells["state"] or ""})))


def read_with_jc(capture: Path) -> list[Row]:
    import jc

    found: Any = jc.parse("netstat", text_of(capture), quiet=True)
    return [make_row(row, JC_NAMES) for row in found if row.get("kind", "network") == "network"]


PERL = """
local $/;
open my $file, "<", shift or die;
my $found = parse_netstat(output => scalar(<$file>), flavor => shift);
print JSON::PP->new->encode($found);
"""
FLAVORS = {
    "linux": "linux",
    "busybox": "linux",
    "toybox": "linux",
    "macos": "darwin",
    "freebsd": "freebsd",
    "solaris": "solaris",
    "windows": "win32",
}
"""What Parse::Netstat calls them; it reads no others."""
PERL_NAMES = {name: name for name in JC_NAMES} | {"recv_q": "recvq", "send_q": "sendq"}
"""Our names of cells, and those of Parse::Netstat."""


def read_with_perl(capture: Path) -> list[Row]:
    argv = ["perl", "-MParse::Netstat=parse_netstat", "-MJSON::PP", "-e", PERL]
    flavor = FLAVORS[capture.parent.name]
    ran = subprocess.run([*argv, str(capture), flavor], capture_output=True, check=True)
    status, message, *rest = json.loads(ran.stdout)
    if status != 200:
        raise ValueError(message)
    return [make_row(row, PERL_NAMES) for row in rest[0]["active_conns"] if "foreign_host" in row]


def text_of(capture: Path) -> str:
    """A capture as its user would hand it over, decoded as it should be."""
    raw = capture.read_bytes()
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16")
    return raw.decode(errors="replace")


@dataclass(frozen=True)
class Parser:
    name: str
    read: Callable[[Path], list[Row]]
    check: tuple[str, ...] = ()
    """A command that succeeds where it is installed."""
    systems: Collection[str] = ()
    """Those that it says it reads; empty: all."""

    def is_installed(self) -> bool:
        try:
            return not self.check or not subprocess.run(self.check, capture_output=True).returncode
        except OSError:
            return False


PARSERS = (
    Parser("netstat_parse", read_with_ours),
    Parser("jc", read_with_jc, (sys.executable, "-c", "import jc"), JC_SYSTEMS),
    Parser("Parse::Netstat", read_with_perl, ("perl", "-MParse::Netstat", "-e", "1"), FLAVORS),
)

# The judge ---------------------------------------------------------------------------------------


def judge(truth: Iterable[Row], given: Iterable[Row]) -> Iterator[str]:
    """A verdict for each row of the truth, and one for each row that was never printed.

    Rows are told apart by their cells: the most alike belong together, in their order.
    """
    left = list(given)
    open_rows = []
    for row in truth:
        same = next((other for other in left if not differs(row, other)), None)
        if same is None:
            open_rows.append(row)
            continue
        left.remove(same)
        if not row.truncated & same.cells.keys():
            yield "right"
        else:
            yield "marked" if same.truncated else "unmarked"
    for row in open_rows:
        nearest = max(left, key=lambda other: -differs(row, other), default=None)
        if nearest is None or differs(row, nearest) > len(nearest.cells) // 2:
            yield "lost"
        else:
            left.remove(nearest)
            yield "silently wrong"
    yield from ("silently wrong" for _ in left)


def differs(truth: Row, given: Row) -> int:
    """How many of the given cells are others than those of the truth."""
    return sum(not is_same(truth, name, text) for name, text in given.cells.items())


def is_same(truth: Row, name: str, text: str) -> bool:
    expected = truth.cells.get(name, "")
    if name == "proto" and expected.rstrip("46") == text.rstrip("46"):
        return True
    return expected == text


def score(parser: Parser, captures: Iterable[Path]) -> Counter[str]:
    """How many rows of the captures got which verdict."""
    verdicts: Counter[str] = Counter()
    for capture in captures:
        truth = [row_of(c) for s in read_truth(capture) for c in s.connections]
        try:
            given = parser.read(capture)
        except Exception:  # whatever it raises, its user has no rows
            verdicts["crashed"] += len(truth)
        else:
            verdicts.update(judge(truth, given))
    return verdicts


@cache
def read_truth(capture: Path) -> list[ns.Snapshot]:
    """What the capture must parse to."""
    found = json.loads(capture.with_suffix(".json").read_text(encoding="utf-8"))
    return [ns.Snapshot.model_validate(snapshot) for snapshot in found]


def find_captures() -> dict[str, list[Path]]:
    """The fixtures with connections, by their systems."""
    found: dict[str, list[Path]] = {}
    for capture in sorted(FIXTURES.glob("*/*.txt")):
        if any(s.connections for s in read_truth(capture)):
            found.setdefault(capture.parent.name, []).append(capture)
    return found


def make_table(scores: Mapping[tuple[str, str], Counter[str]]) -> str:
    """The scores as a table in Markdown."""
    lines = [
        "| captures of | parser | " + " | ".join(VERDICTS) + " |",
        "|---|---|" + "--:|" * len(VERDICTS),
    ]
    for (system, parser), verdicts in scores.items():
        cells = (str(verdicts[verdict]) for verdict in VERDICTS)
        lines.append(f"| {system} | {parser} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks.fidelity", description=__doc__)
    options.formatter_class = argparse.RawDescriptionHelpFormatter
    options.parse_args()
    captures = find_captures()
    parsers = [p for p in PARSERS if p.is_installed()]
    scores = {
        (system, parser.name): score(parser, paths)
        for system, paths in captures.items()
        for parser in parsers
        if not parser.systems or system in parser.systems
    }
    for parser in parsers:
        total = sum((v for (_, name), v in scores.items() if name == parser.name), Counter())
        scores["all", parser.name] = total
    print(make_table(scores))


if __name__ == "__main__":
    main()
