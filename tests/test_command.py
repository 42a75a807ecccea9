"""The command as a process: its exit status, its signals, its pipes, and what it imports."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commands import (
    DEADLINE,
    GOOD,
    GOOD_CSV,
    HEADER,
    INTERRUPTS,
    ROOT,
    SEED,
    Command,
    Result,
    feed,
    finish,
    start,
    wait_for,
)
from printed import Row, linux_capture, linux_row, text_of

import netstat_parse
from netstat_parse.command.messages import complain
from netstat_parse.command.signals import EndedError, ended_by

# Exit status --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [[], ["covert"], ["convert", "--fast"], ["grammar"], ["dialects", "linux"]],
    ids=str,
)
def test_a_wrong_command_line_is_2(command: Command, arguments: list[str]) -> None:
    result = command(*arguments, stdin=GOOD)
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith("usage: netstat-parse")


def test_the_version(command: Command) -> None:
    assert command("--version") == Result(0, f"netstat-parse {netstat_parse.__version__}\n", "")


@pytest.mark.parametrize("of", [[], ["convert"], ["run"], ["dialects"], ["grammar"]])
def test_help(command: Command, of: list[str]) -> None:
    result = command(*of, "--help")
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith("usage: netstat-parse")


def test_a_complaint_is_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    complain("it went wrong")
    assert capsys.readouterr() == ("", "netstat-parse: it went wrong\n")


# Signals ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", INTERRUPTS[1:])
def test_a_signal_ends_the_block(number: signal.Signals) -> None:
    before = signal.signal(number, signal.SIG_DFL)
    try:
        with pytest.raises(EndedError) as caught, ended_by("SIGTERM", "SIGHUP"):
            signal.raise_signal(number)
        assert caught.value.number == number
        assert signal.getsignal(number) == signal.SIG_DFL
    finally:
        signal.signal(number, before)


def test_a_second_signal_does_not_disturb_the_clearing_up() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    done = []

    def work() -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            signal.raise_signal(signal.SIGTERM)
            done.append("cleared up")

    try:
        with pytest.raises(EndedError), ended_by("SIGTERM"):
            work()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert done == ["cleared up"]


def test_what_is_ignored_stays_so() -> None:
    """nohup lets its command ignore SIGHUP."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ended_by("SIGHUP", "SIGNONE"):
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_an_interrupt_is_no_traceback() -> None:
    with start("convert") as process:
        feed(process, GOOD)
        out = wait_for(process.stdout, b"LISTEN,4711,sshd\n")
        process.send_signal(signal.SIGINT)
        result = finish(process)
    assert result.status == 130
    assert result.err == "netstat-parse: interrupted\n"
    assert (out.decode() + result.out) == GOOD_CSV


@pytest.mark.parametrize("number", INTERRUPTS)
def test_an_interrupt_leaves_the_old_file(tmp_path: Path, number: signal.Signals) -> None:
    out = tmp_path / "out.csv"
    out.write_text("old")
    with start("convert", "-o", out, "--rejects", tmp_path / "rejects.csv") as process:
        feed(process, GOOD)
        until = time.monotonic() + DEADLINE
        while len(list(tmp_path.iterdir())) < 3:  # the files beside, so it has begun
            assert time.monotonic() < until
            time.sleep(0.01)
        process.send_signal(number)
        result = finish(process)
    assert result.status == 128 + number
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"out.csv": "old"}


# Pipes and standard streams -----------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", pytest.param("table", marks=pytest.mark.slow)])
def test_a_closed_pipe_ends_quietly(tmp_path: Path, form: str) -> None:
    log = tmp_path / "log"
    log.write_text(text_of(linux_capture([Row()], "p") * 5_000))
    with start("convert", log, "--to", form) as process:
        wait_for(process.stdout, b"\n")
        assert process.stdout is not None
        process.stdout.close()
        process.stdout = None
        assert finish(process) == Result(0, "", "")


@pytest.mark.parametrize("arguments", [["convert", "--help"], ["dialects"]], ids=" ".join)
def test_nobody_reads_the_help(arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with start(*arguments, stdout=writer) as process:
        os.close(writer)
        assert finish(process).err == ""


@pytest.mark.parametrize("arguments", [("convert", str(SEED)), ("dialects",)], ids=lambda a: a[0])
def test_a_full_disk_is_told(arguments: tuple[str, ...]) -> None:
    with open("/dev/full", "wb") as full, start(*arguments, stdout=full) as process:
        result = finish(process)
    assert result.status == 2
    assert "No space left" in result.err


def test_the_command_needs_no_standard_input() -> None:
    code = "import os, sys; os.close(0); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    arguments = [sys.executable, "-c", code, "-m", "netstat_parse", "convert"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    result = subprocess.run(arguments, env=environment, capture_output=True, check=False)
    assert result.returncode == 2
    assert b"Traceback" not in result.stderr
    assert b"standard input" in result.stderr


# What is imported ---------------------------------------------------------------------------------

LINUX_LOG = text_of(linux_capture([Row(), Row(pid=0)], "p")) + linux_row(Row(), "p")


def modules_of(*arguments: str | Path) -> set[str]:
    """The modules that the command has imported when it has done its work."""
    code = (
        "import sys; from netstat_parse.command import main; status = main(sys.argv[1:]);"
        "print(*sys.modules, file=sys.stderr); sys.exit(status)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.startswith(HEADER)
    return set(result.stderr.split())


@pytest.mark.parametrize("name", ["seed", "linux"])
def test_csv_needs_neither_pyparsing_nor_pydantic(tmp_path: Path, name: str) -> None:
    log = SEED
    if name == "linux":
        log = tmp_path / "log"
        log.write_text(LINUX_LOG)
    modules = modules_of("convert", log)
    assert "netstat_parse" in modules
    assert not {module.partition(".")[0] for module in modules} & {
        "pyparsing",
        "pydantic",
        "pydantic_core",
        "rich",
    }
