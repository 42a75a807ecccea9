"""Who takes part. A Command is run as a user would; a Library's call is timed in its own process.

`python -m benchmarks.contestants NAME FILE` times one call and prints its seconds and its rows.
"""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Command:
    """A command line, timed from its start to its end.

    FILE stands for the corpus, which is also its standard input.
    """

    name: str
    argv: tuple[str, ...]


@dataclass(frozen=True)
class Library:
    """A call within a Python process; imports and reading the file are not timed."""

    name: str

    @property
    def argv(self) -> tuple[str, ...]:
        return (sys.executable, "-m", "benchmarks.contestants", self.name, "FILE")


Contestant = Command | Library

_COMMAND = "from netstat_parse.cli import command; command()"
"""What the installed script `netstat-parse` does."""


def convert(*options: str) -> Command:
    """`netstat-parse convert`."""
    return Command(
        " ".join(("netstat-parse convert", *options)),
        (sys.executable, "-c", _COMMAND, "convert", *options, "FILE"),
    )


IMPORTS = Command("import", (sys.executable, "-c", "import pyparsing, pydantic"))
MAWK = Command("mawk", ("mawk", "-f", str(HERE / "linux.awk"), "FILE"))
SIMPLEST = Command("mawk, the least", ("mawk", "-f", str(HERE / "simplest.awk"), "FILE"))
JC = Command("jc command", (sys.executable, "-m", "jc", "--quiet", "--netstat"))
PERL = Command(
    "Parse::Netstat",
    (
        "perl",
        "-MParse::Netstat=parse_netstat",
        "-e",
        'local $/; open F, "<", shift; parse_netstat(output => <F>, flavor => "linux")',
        "FILE",
    ),
)


def is_there(contestant: Contestant) -> bool:
    """Whether it is installed here."""
    if contestant is PERL:
        check = ("perl", "-MParse::Netstat", "-e", "1")
        return (
            shutil.which("perl") is not None
            and not subprocess.run(check, stderr=subprocess.DEVNULL, check=False).returncode
        )
    return shutil.which(contestant.argv[0]) is not None


def _parse(path: str) -> Callable[[], int]:
    import netstat_parse

    text = Path(path).read_text(encoding="utf-8")
    parse = netstat_parse.parse
    return lambda: len(parse(text).connections)


def _iter_snapshots(path: str) -> Callable[[], int]:
    import netstat_parse

    lines = Path(path).read_text(encoding="utf-8").splitlines()
    read = netstat_parse.iter_snapshots
    return lambda: sum(len(snapshot.connections) for snapshot in read(lines))


def _convert(path: str) -> Callable[[], int]:
    from netstat_parse import cli

    return lambda: cli.main(["convert", path, "-o", os.devnull])


def _jc(path: str) -> Callable[[], int]:
    import jc
    import jc.parsers.netstat

    text = Path(path).read_text(encoding="utf-8")
    return lambda: len(list(jc.parse("netstat", text, quiet=True)))


def _pandas(path: str) -> Callable[[], int]:
    import pandas  # type: ignore[import-untyped,unused-ignore]

    columns = ["proto", "recv_q", "send_q", "local", "foreign", "state", "program", "a", "b", "c"]
    return lambda: len(pandas.read_csv(path, sep=r"\s+", skiprows=2, names=columns))


def _floor(path: str) -> Callable[[], int]:
    """pydantic-core alone: dicts of text, which somebody else has cut out, into the same models."""
    from pydantic import TypeAdapter

    import netstat_parse

    text = Path(path).read_text(encoding="utf-8")
    rows = [_texts(c.model_dump(mode="json")) for c in netstat_parse.parse(text).connections]
    adapter = TypeAdapter(list[netstat_parse.LinuxConnection])
    # What is there already must not make the collector slow: the dicts are not the floor's work.
    gc.collect()
    gc.freeze()
    return lambda: len(adapter.validate_python(rows))


def _texts(value: Any) -> Any:
    """What has a value, with numbers as text."""
    if isinstance(value, dict):
        return {key: _texts(item) for key, item in value.items() if item not in (None, [], {})}
    return str(value) if type(value) is int else value


LIBRARIES: dict[str, Callable[[str], Callable[[], int]]] = {
    "parse": _parse,
    "iter_snapshots": _iter_snapshots,
    "convert": _convert,
    "jc": _jc,
    "pandas": _pandas,
    "floor": _floor,
}


def main(name: str, path: str) -> None:
    """Times one call; the first use of everything is part of it."""
    call = LIBRARIES[name](path)
    start = time.perf_counter()
    rows = call()
    print(time.perf_counter() - start, rows)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
