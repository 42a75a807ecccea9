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


def test_the_options_of_the_command_are_its_own(command: Command, tmp_path: Path) -> None:
    """`netstat-parse run netstat -tulpn`, without `--`."""
    _, python, *rest = script(
        tmp_path, f"sys.stdout.write({GOOD!r}); print(sys.argv, file=sys.stderr)"
    )
    given = ["-tulpn", "--to", "--t", "-o", "x", "--", "--help"]
    result = command("run", "--columns", "program", python, *rest, *given)
    assert (result.status, result.out) == (0, "program\nsshd\nsshd\n")
    assert str(given)[1:] in result.err


def test_tables_of_another_kind_are_named(command: Command, tmp_path: Path) -> None:
    groups = "IPv6/IPv4 Group Memberships\n"
    groups += "Interface       RefCnt Group\n--------------- ------ ---------------------\n"
    groups += "lo              1      224.0.0.1\n"
    result = command("run", *script(tmp_path, f"sys.stdout.write({groups!r})"))
    assert result.status == 0
    assert result.out.startswith("captured_at,interface,refcount,group\n")
    assert result.out.endswith(",lo,1,224.0.0.1\n")
    result = command(
        "run", "--columns", "proto", *script(tmp_path, f"sys.stdout.write({groups!r})")
    )
    assert (result.status, result.out) == (2, "")
    assert "it has multicast groups (--table multicast_groups)" in result.err


@pytest.mark.parametrize("seconds", ["0", "-3", "nan", "inf", "soon"])
def test_a_timeout_is_a_number_of_seconds(command: Command, seconds: str) -> None:
    result = command("run", f"--timeout={seconds}", "true")
    assert (result.status, result.out) == (2, "")
    assert "--timeout" in result.err


@pytest.mark.parametrize(
    "arguments", [["--", "no-such-command-anywhere"], [""], ["--", ""], ["/"]], ids=str
)
def test_what_cannot_be_run_is_2(command: Command, arguments: list[str]) -> None:
    result = command("run", *arguments)
    assert (result.status, result.out) == (2, "")
    assert result.err.strip()
