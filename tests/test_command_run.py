"""`netstat-parse run`: a command is run here, and what it prints is converted."""

from __future__ import annotations

import csv
import io
import sys
import time
from pathlib import Path

import pytest
from commands import DEADLINE, GOOD, GOOD_CSV, Command, Result, is_json, is_jsonl


def script(tmp_path: Path, code: str) -> list[str]:
    """A command that runs this Python code."""
    path = tmp_path / "printer.py"
    path.write_text(f"import sys, time, os\n{code}\n")
    return ["--", sys.executable, "-IS", str(path)]


def test_what_a_command_prints_is_converted(command: Command, tmp_path: Path) -> None:
    printer = script(tmp_path, f"sys.stdout.write({GOOD!r})")
    csv_result = command("run", *printer)
    assert csv_result.status == 0
    stamps = {row.pop("captured_at") for row in csv.DictReader(io.StringIO(csv_result.out))}
    assert len(stamps) == 1
    rows = [line.split(",", 1)[1] for line in csv_result.out.splitlines()]
    assert rows == [line.split(",", 1)[1] for line in GOOD_CSV.splitlines()]
    assert is_json(command("run", "--to", "json", *printer).out)
    assert command("run", "-o", "out.jsonl", *printer) == Result(0, "", "")
    assert is_jsonl(Path("out.jsonl").read_text())


def test_the_options_of_the_output_are_heeded(command: Command, tmp_path: Path) -> None:
    printer = script(tmp_path, f"sys.stdout.write({GOOD.replace('sshd', '=cmd')!r})")
    result = command("run", "--columns", "program", "--spreadsheet-safe", *printer)
    assert result == Result(0, "program\n'=cmd\n'=cmd\n", "")
    result = command("run", "--table", "multicast_groups", "--to", "table", *printer)
    assert result.out.splitlines()[0].endswith("linux, 0 multicast groups")
    result = command("run", "--columns", "program", "--to", "json", *printer)
    assert (result.status, result.out) == (2, "")
    assert command("run", "--dialect", "macos", *printer).status == 2


def test_the_notes_are_shown(command: Command, tmp_path: Path) -> None:
    note = "(Not all processes could be identified, non-owned process info"
    printer = script(tmp_path, f"sys.stdout.write({GOOD!r}); sys.stderr.write({note + chr(10)!r})")
    result = command("run", *printer)
    assert (result.status, result.err) == (0, f"netstat-parse: {note}\n")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("print('hello')", "netstat"),
        ("sys.exit('it went wrong')", "it went wrong"),
        ("os.kill(os.getpid(), 9)", "SIGKILL"),
        ("time.sleep(60)", "0.3"),
    ],
)
def test_what_went_wrong_is_told(command: Command, tmp_path: Path, code: str, told: str) -> None:
    began = time.monotonic()
    timeout = "0.3" if "sleep" in code else "20"
    result = command("run", "--timeout", timeout, *script(tmp_path, code))
    assert (result.status, result.out) == (2, "")
    assert told in result.err
    assert time.monotonic() - began < DEADLINE


@pytest.mark.parametrize(
    "arguments", [["--", "no-such-command-anywhere"], ["--timeout", "soon"]], ids=lambda a: a[0]
)
def test_what_cannot_be_run_is_2(command: Command, arguments: list[str]) -> None:
    result = command("run", *arguments)
    assert (result.status, result.out) == (2, "")
    assert result.err.strip()
