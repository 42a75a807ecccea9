"""Who takes part.

A Command is run as a user would; a Library's call is timed in a process of its own.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.versions import ROOT, command_module

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Command:
    """A command line, timed from its start to its end.

    FILE stands for the corpus, which is also its standard input. If the command is a Python
    process, it imports netstat_parse from `version`.
    """

    name: str
    argv: tuple[str, ...]
    version: Path = ROOT


@dataclass(frozen=True)
class Library:
    """A call within a Python process (see calls.py); imports and reading the file are not timed."""

    name: str
    version: Path = ROOT

    @property
    def argv(self) -> tuple[str, ...]:
        return (sys.executable, "-m", "benchmarks.calls", self.name, "FILE")


Contestant = Command | Library


def convert(*options: str, version: Path = ROOT) -> Command:
    """`netstat-parse convert`, as the installed script of that name runs it."""
    return netstat_parse("convert", *options, version=version)


def netstat_parse(*options: str, version: Path = ROOT) -> Command:
    """`netstat-parse` with these options, the first of which is its command."""
    script = f"from {command_module(version)} import command; command()"
    return Command(
        " ".join(("netstat-parse", *options)),
        (sys.executable, "-c", script, *options, "FILE"),
        version,
    )


IMPORTS = Command("import", (sys.executable, "-c", "import pyparsing, pydantic"))
MAWK = Command("mawk", ("mawk", "-f", str(HERE / "linux.awk"), "FILE"))
SIMPLEST = Command("mawk, the least", ("mawk", "-f", str(HERE / "simplest.awk"), "FILE"))
SPARK = Library("spark-states")
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
    program = "java" if contestant == SPARK else contestant.argv[0]
    return shutil.which(program) is not None
