"""The command line: what it writes, what it says, and its exit status."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import IO, Any

import pytest
from printed import Row, linux_capture, linux_row, macos_capture, text_of

import netstat_parse
from netstat_parse import Snapshot, terminal
from netstat_parse.cli import main

ROOT = Path(netstat_parse.__file__).parent.parent
SEED = Path(__file__).parent.parent / "fixtures" / "macos" / "n-p-tcp.txt"
ROWS = [Row(), Row(proto="tcp6", local="::1", foreign="::", foreign_port="*", state="LISTEN")]
GOOD = text_of(linux_capture(ROWS, "p"))
BROKEN = GOOD + "tcp        0      x 10.0.0.1:22\nwhat is this\n"
LATER = text_of(linux_capture([Row(local_port="23")], "p"))
HEADER = (
    "captured_at,proto,recv_q,send_q,local_address,local_port,"
    "foreign_address,foreign_port,state,pid,program"
)
GOOD_CSV = (
    f"{HEADER}\n"
    ",tcp,0,0,10.0.0.1,22,10.0.0.2,51234,ESTABLISHED,4711,sshd\n"
    ",tcp6,0,0,::1,22,::,,LISTEN,4711,sshd\n"
)
DEADLINE = 30.0
"""Seconds; a test that waits so long has failed."""


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str


Command = Callable[..., Result]


@pytest.fixture
def command(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Command:
    """Runs the command in this process, in a directory of its own; `stdin` is text or bytes."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path, stdin: str | bytes = "") -> Result:
        given = tmp_path / ".stdin"
        given.write_bytes(stdin.encode() if isinstance(stdin, str) else stdin)
        capfd.readouterr()
        with given.open() as file:
            monkeypatch.setattr(sys, "stdin", file)
            try:
                status = main([str(argument) for argument in arguments])
            except SystemExit as exit_:
                status = exit_.code if isinstance(exit_.code, int) else 1
        given.unlink()
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        return Result(status, out, err)

    return run


def started(
    *arguments: str | Path, stdout: int | IO[bytes] = subprocess.PIPE, stderr: int = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    """The command in a process of its own, with pipes."""
    return subprocess.Popen(
        [sys.executable, "-m", "netstat_parse", *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=stderr,
    )


def finished(process: subprocess.Popen[bytes], given: bytes | None = None) -> Result:
    """How it ended."""
    out, err = process.communicate(given, timeout=DEADLINE)
    assert b"Traceback" not in (err or b""), err.decode()
    return Result(process.returncode, (out or b"").decode(), (err or b"").decode())


def awaited(file: IO[bytes] | None, end: bytes) -> bytes:
    """What comes out of a pipe until there is `end` in it."""
    assert file is not None
    data = b""
    until = time.monotonic() + DEADLINE
    while end not in data:
        ready, _, _ = select.select([file], [], [], max(0.0, until - time.monotonic()))
        assert ready, f"waited in vain for {end!r} after {data!r}"
        piece = os.read(file.fileno(), 65536)
        assert piece, f"it ended before {end!r}, after {data!r}"
        data += piece
    return data


def fed(process: subprocess.Popen[bytes], text: str) -> None:
    assert process.stdin is not None
    process.stdin.write(text.encode())
    process.stdin.flush()


# Exit statuses ------------------------------------------------------------------------------------


def test_all_understood_is_0(command: Command) -> None:
    assert command("convert", stdin=GOOD) == Result(0, GOOD_CSV, "")


def test_the_seed_capture(command: Command) -> None:
    result = command("convert", SEED)
    assert (result.status, result.err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(result.out)))
    assert len(rows) == 17
    assert rows[3] == {
        "captured_at": "",
        "proto": "tcp4",
        "recv_q": "0",
        "send_q": "0",
        "local_address": "192.168.0.89",
        "local_port": "50670",
        "foreign_address": "142.250.200.10",
        "foreign_port": "443",
        "state": "CLOSE_WAIT",
        "pid": "",
        "program": "",
    }
    assert {row["state"] for row in rows} == {"ESTABLISHED", "CLOSE_WAIT"}


@pytest.mark.parametrize("form", ["csv", "jsonl", "json", "table"])
def test_lines_not_understood_are_1_and_the_first_is_shown(command: Command, form: str) -> None:
    result = command("convert", "--to", form, stdin=BROKEN)
    assert result.status == 1
    first, *others = result.err.splitlines()
    assert "line 5" in first
    assert "column 19" in first
    assert "expected Send-Q" in first
    assert "0      x 10.0.0.1:22" in first
    assert "what is this" not in result.err
    assert others == ["netstat-parse: 2 lines were not understood"]
    assert result.out == command("convert", "--to", form, stdin=GOOD).out or form in (
        "json",
        "table",
    )


NOTHING = {
    "no such file": (["convert", "no-such-file"], ""),
    "a directory": (["convert", "."], ""),
    "empty": (["convert"], ""),
    "noise": (["convert"], "hello\nworld\n"),
    "binary": (["convert"], bytes(range(256)) * 50),
    "damaged gzip": (["convert"], b"\x1f\x8b\x08\x00garbage"),
    "unknown dialect": (["convert", "--dialect", "amiga"], GOOD),
    "unknown column": (["convert", "--columns", "proto,prot"], GOOD),
    "columns of json": (["convert", "--to", "json", "--columns", "proto"], GOOD),
    "no columns": (["convert", "--columns", ","], GOOD),
    "no such directory": (["convert", "-o", "no/such/directory.csv"], GOOD),
    "full disk": (["convert", "-o", "/dev/full"], GOOD),
    "rejects nowhere": (["convert", "--rejects", "no/such/directory.csv"], GOOD),
    "no command": ([], GOOD),
    "unknown command": (["covert"], GOOD),
    "unknown option": (["convert", "--fast"], GOOD),
    "unknown format": (["convert", "--to", "xml"], GOOD),
    "no jobs": (["convert", "--jobs", "0"], GOOD),
    "grammar of nothing": (["grammar", "amiga"], ""),
    "run nothing": (["run", "--", "no-such-command-anywhere"], ""),
    "run with a bad timeout": (["run", "--timeout", "soon"], ""),
}


@pytest.mark.parametrize(("arguments", "stdin"), NOTHING.values(), ids=NOTHING)
def test_what_cannot_be_done_is_2(
    command: Command, arguments: list[str], stdin: str | bytes
) -> None:
    result = command(*arguments, stdin=stdin)
    assert result.status == 2
    assert result.out == ""
    assert result.err.strip()


@pytest.mark.parametrize("form", ["csv", "jsonl", "json", "table"])
def test_nothing_read_writes_nothing(command: Command, form: str) -> None:
    result = command("convert", "--to", form, stdin="hello\n")
    assert (result.status, result.out) == (2, "")
    assert "no netstat output" in result.err


def test_an_error_names_what_there_is(command: Command) -> None:
    assert "macos" in command("convert", "--dialect", "amiga", stdin=GOOD).err
    assert "local_port" in command("convert", "--columns", "prot", stdin=GOOD).err
    assert "no-such-file" in command("convert", "no-such-file").err


def test_one_good_file_of_two_is_1(command: Command) -> None:
    Path("good").write_text(GOOD)
    Path("bad").write_text("hello\n")
    for files in (("good", "bad"), ("bad", "good"), ("good", "missing")):
        result = command("convert", *files)
        assert (result.status, result.out) == (1, GOOD_CSV)
        assert files[0 if files[0] != "good" else 1] in result.err


def test_damage_after_the_first_rows_is_1(command: Command) -> None:
    data = gzip.compress((GOOD * 500).encode())
    result = command("convert", stdin=data[: len(data) - 20])
    assert result.status == 1
    assert result.out.startswith(GOOD_CSV)
    assert "gzip" in result.err


# Formats ------------------------------------------------------------------------------------------


def is_csv(text: str) -> bool:
    return text == GOOD_CSV


def is_json(text: str) -> bool:
    (snapshot,) = map(Snapshot.model_validate, json.loads(text))
    return [c.local.host for c in snapshot.connections] == ["10.0.0.1", "::1"]


def is_jsonl(text: str) -> bool:
    lines = [json.loads(line) for line in text.splitlines()]
    return [line["local"]["host"] for line in lines] == ["10.0.0.1", "::1"]


def is_table(text: str) -> bool:
    title, header, *rows = text.splitlines()
    starts = [row.split()[:4] for row in rows]
    return (
        "2 connections" in title
        and header.split()[:2] == ["proto", "recv_q"]
        and starts == [["tcp", "0", "0", "10.0.0.1"], ["tcp6", "0", "0", "::1"]]
    )


FORMS: dict[str, Callable[[str], bool]] = {
    "csv": is_csv,
    "json": is_json,
    "jsonl": is_jsonl,
    "table": is_table,
}


@pytest.mark.parametrize("form", FORMS)
def test_to_chooses_the_format(command: Command, form: str) -> None:
    result = command("convert", "--to", form, stdin=GOOD)
    assert result.status == 0
    assert FORMS[form](result.out)


SUFFIXES = {
    "out.csv": "csv",
    "out.json": "json",
    "out.jsonl": "jsonl",
    "out.ndjson": "jsonl",
    "out.JSON": "json",
    "out.txt": "table",
    "out": "csv",
    "out.log": "csv",
    "out.csv.gz": "csv",
    "out.json.xz": "json",
    "out.jsonl.bz2": "jsonl",
    "out.gz": "csv",
}
OPENERS: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


@pytest.mark.parametrize(("name", "form"), SUFFIXES.items())
def test_the_suffix_chooses_format_and_compression(
    command: Command, tmp_path: Path, name: str, form: str
) -> None:
    assert command("convert", "-o", name, stdin=GOOD) == Result(0, "", "")
    opened = OPENERS.get(Path(name).suffix, open)
    with opened(tmp_path / name, "rt", encoding="utf-8", newline="") as file:
        assert FORMS[form](file.read())
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_suffix_goes_before_to(command: Command) -> None:
    assert command("convert", "-o", "out.json", "--to", "csv", stdin=GOOD).status == 0
    assert is_json(Path("out.json").read_text())
    assert command("convert", "-o", "out.log", "--to", "json", stdin=GOOD).status == 0
    assert is_json(Path("out.log").read_text())


@pytest.mark.parametrize(
    "compress", [gzip.compress, bz2.compress, lzma.compress], ids=lambda f: f.__module__
)
def test_compressed_input_is_known_by_content(command: Command, compress: Any) -> None:
    Path("log.txt").write_bytes(compress(GOOD.encode()))
    assert command("convert", "log.txt") == Result(0, GOOD_CSV, "")
    assert command("convert", stdin=compress(GOOD.encode())) == Result(0, GOOD_CSV, "")


def test_utf_16_of_powershell(command: Command) -> None:
    data = b"\xff\xfe" + GOOD.replace("\n", "\r\n").encode("utf-16-le")
    assert command("convert", stdin=data) == Result(0, GOOD_CSV, "")


# Inputs -------------------------------------------------------------------------------------------


def test_several_files_come_in_order_with_their_source(command: Command) -> None:
    Path("b.log").write_text(GOOD)
    Path("a, c.log").write_text(LATER)
    result = command(
        "convert", "b.log", "a, c.log", "-", "--columns", "source,local_port", stdin=LATER
    )
    assert result.out == 'source,local_port\nb.log,22\nb.log,22\n"a, c.log",23\n-,23\n'
    assert result.status == 0


def test_standard_input_is_dash_or_nothing(command: Command) -> None:
    assert command("convert", "-", stdin=GOOD) == command("convert", stdin=GOOD)
    assert command("convert", stdin=GOOD).out == GOOD_CSV


def test_a_file_may_be_its_own_output(command: Command) -> None:
    Path("log.csv").write_text(GOOD)
    assert command("convert", "log.csv", "-o", "log.csv").status == 0
    assert Path("log.csv").read_text() == GOOD_CSV


def test_stamps_of_the_users_own_format(command: Command) -> None:
    result = command("convert", "--timestamp-format", "%d|%m|%Y %H", stdin="22|11|2026 12\n" + GOOD)
    assert result.status == 0
    assert result.out.splitlines()[1].startswith("2026-11-22T12:00:00,tcp,")


def test_uncut_lifts_doubt(command: Command) -> None:
    row = Row(proto="tcp6", local="fe80::1234:5678:9abc", foreign="::1")
    text = text_of(linux_capture([row]))
    assert "fe80::1234:5678:9abc…," in command("convert", stdin=text).out
    assert "fe80::1234:5678:9abc," in command("convert", "--uncut", stdin=text).out


def test_a_forced_dialect(command: Command) -> None:
    assert command("convert", "--dialect", "linux", stdin=GOOD) == Result(0, GOOD_CSV, "")


# Columns ------------------------------------------------------------------------------------------


def test_columns_are_chosen(command: Command) -> None:
    result = command("convert", "--columns", "program, proto", stdin=GOOD)
    assert result == Result(0, "program,proto\nsshd,tcp\nsshd,tcp6\n", "")


def test_all_columns(command: Command) -> None:
    header = command("convert", "--columns", "all", stdin=GOOD).out.splitlines()[0]
    assert header.startswith(HEADER + ",")
    assert {"user", "inode", "timer", "source"} <= set(header.split(","))


@pytest.mark.parametrize("columns", ["proto,proto", "all,proto"])
def test_doubled_columns_are_no_traceback(command: Command, columns: str) -> None:
    assert command("convert", "--columns", columns, stdin=GOOD).status in (0, 2)


def test_spreadsheet_safe(command: Command) -> None:
    text = text_of(linux_capture([Row(program="=1+1")], "p"))
    assert command("convert", stdin=text).out.endswith(",=1+1\n")
    assert command("convert", "--spreadsheet-safe", stdin=text).out.endswith(",'=1+1\n")


# Strict and rejects -------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "json"])
def test_strict_stops_at_the_first_line(command: Command, form: str) -> None:
    result = command("convert", "--strict", "--to", form, stdin=BROKEN + GOOD)
    assert result.status == 1
    (message,) = result.err.splitlines()
    for told in ("line 5", "column 19", "expected Send-Q", "0      x 10.0.0.1:22"):
        assert told in message
    assert command("convert", "--strict", stdin=GOOD) == Result(0, GOOD_CSV, "")


def test_rejects_keep_every_line(command: Command) -> None:
    Path("a.log").write_text(BROKEN)
    result = command("convert", "a.log", "-", "--rejects", "rejects.csv", stdin='a,"b"\n' + GOOD)
    assert result.status == 1
    with open("rejects.csv", newline="") as file:
        rejects = list(csv.DictReader(file))
    assert [(r["source"], r["number"], r["text"]) for r in rejects] == [
        ("a.log", "5", "tcp        0      x 10.0.0.1:22"),
        ("a.log", "6", "what is this"),
        ("-", "1", 'a,"b"'),
    ]
    assert "expected Send-Q" in rejects[0]["reason"]


def test_rejects_of_nothing_are_a_header(command: Command) -> None:
    assert command("convert", "--rejects", "rejects.csv", stdin=GOOD).status == 0
    assert Path("rejects.csv").read_text() == "source,number,reason,text\n"


# The old file stays -------------------------------------------------------------------------------

FAILURES = {
    "no netstat": (["convert"], "hello\n"),
    "strict": (["convert", "--strict"], BROKEN),
    "unknown column": (["convert", "--columns", "prot"], GOOD),
    "unknown dialect": (["convert", "--dialect", "amiga"], GOOD),
    "no such file": (["convert", "no-such-file"], ""),
    "a command that fails": (["run", "--", "false"], ""),
}


@pytest.mark.parametrize(("arguments", "stdin"), FAILURES.values(), ids=FAILURES)
def test_a_failure_leaves_the_old_file(
    command: Command, tmp_path: Path, arguments: list[str], stdin: str
) -> None:
    name, *rest = arguments
    Path("out.csv").write_text("old")
    assert command(name, "-o", "out.csv", *rest, stdin=stdin).status != 0
    assert Path("out.csv").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_a_partial_success_replaces_the_old_file(command: Command) -> None:
    Path("out.csv").write_text("old")
    assert command("convert", "-o", "out.csv", stdin=BROKEN).status == 1
    assert Path("out.csv").read_text() == GOOD_CSV


# Pipes, terminals and signals ---------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "jsonl", "json", "table"])
def test_a_closed_pipe_ends_quietly(tmp_path: Path, form: str) -> None:
    log = tmp_path / "log"
    log.write_text(text_of(linux_capture([Row()], "p") * 20_000))
    with started("convert", log, "--to", form) as process:
        awaited(process.stdout, b"\n")
        assert process.stdout is not None
        process.stdout.close()
        process.stdout = None
        assert finished(process) == Result(0, "", "")


@pytest.mark.parametrize(
    "arguments", [["--help"], ["convert", "--help"], ["dialects"], ["--version"]], ids=" ".join
)
def test_nobody_reads_the_help(arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with started(*arguments, stdout=writer) as process:
        os.close(writer)
        assert finished(process).err == ""


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_rows_flow_before_the_producer_ends(form: str) -> None:
    """`netstat -nptc | netstat-parse convert`."""
    with started("convert", "--to", form) as process:
        fed(process, GOOD)
        out = awaited(process.stdout, b"LISTEN")
        fed(process, LATER)
        out += awaited(process.stdout, b"23")
        assert process.poll() is None
        result = finished(process, b"")
    assert (result.status, result.err) == (0, "")
    lines = (out.decode() + result.out).removeprefix(HEADER + "\n").splitlines()
    assert [("10.0.0.1" in line, "LISTEN" in line) for line in lines] == [
        (True, False),
        (False, True),
        (True, False),
    ]


def shown_on(primary: int, seconds: float) -> bytes:
    """What a terminal shows until nothing more comes for so long."""
    shown = b""
    while select.select([primary], [], [], seconds)[0]:
        try:
            shown += os.read(primary, 65536)
        except OSError:  # how Linux tells that the other end is closed
            break
    return shown


def test_progress_is_for_terminals_only() -> None:
    """Both work for as long: one has a terminal on standard error, the other a pipe."""
    primary, secondary = pty.openpty()
    with started("convert", stderr=secondary) as watched, started("convert") as piped:
        os.close(secondary)
        shown = b""
        until = time.monotonic() + DEADLINE
        while b"snapshots" not in shown:
            assert time.monotonic() < until, "no progress is shown"
            fed(watched, GOOD)
            fed(piped, GOOD)
            shown += shown_on(primary, 0.1)
        quiet = finished(piped, b"")
        out, _ = watched.communicate(b"", timeout=DEADLINE)
        shown += shown_on(primary, 0.5)
        os.close(primary)
    assert (quiet.status, quiet.err) == (0, "")
    assert out.decode() == quiet.out
    assert re.search(rb"\x1b\[2?K$", shown), "it is not taken away"


def test_short_work_shows_no_progress() -> None:
    primary, secondary = pty.openpty()
    with started("convert", SEED, stderr=secondary) as process:
        os.close(secondary)
        process.communicate(timeout=DEADLINE)
        assert process.returncode == 0
    assert shown_on(primary, 0) == b""
    os.close(primary)


def test_an_interrupt_is_no_traceback() -> None:
    with started("convert") as process:
        fed(process, GOOD)
        out = awaited(process.stdout, b"LISTEN,4711,sshd\n")
        process.send_signal(signal.SIGINT)
        result = finished(process)
    assert result.status == 130
    assert "interrupted" in result.err
    assert (out.decode() + result.out) == GOOD_CSV


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_leaves_the_old_file(tmp_path: Path, number: signal.Signals) -> None:
    out = tmp_path / "out.csv"
    out.write_text("old")
    with started("convert", "-o", out, "--rejects", tmp_path / "rejects.csv") as process:
        fed(process, GOOD)
        until = time.monotonic() + DEADLINE
        while len(list(tmp_path.iterdir())) < 3:  # the files beside, so it has begun
            assert time.monotonic() < until
            time.sleep(0.01)
        process.send_signal(number)
        result = finished(process)
    assert result.status == 128 + number
    assert "Traceback" not in result.err
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"out.csv": "old"}


@pytest.mark.parametrize(
    "arguments", [("convert", str(SEED)), ("dialects",), ("grammar", "linux")], ids=lambda a: a[0]
)
def test_a_full_disk_is_told(arguments: tuple[str, ...]) -> None:
    with open("/dev/full", "wb") as full, started(*arguments, stdout=full) as process:
        result = finished(process)
    assert result.status == 2
    assert "No space left" in result.err


def test_the_command_needs_no_standard_input(tmp_path: Path) -> None:
    code = "import os, sys; os.close(0); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    arguments = [sys.executable, "-c", code, "-m", "netstat_parse", "convert"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    result = subprocess.run(arguments, env=environment, capture_output=True, check=False)
    assert result.returncode == 2
    assert b"Traceback" not in result.stderr
    assert b"standard input" in result.stderr


# Tables -------------------------------------------------------------------------------------------


def test_a_table_has_a_title_for_each_snapshot(command: Command) -> None:
    text = "Sun Nov 22 12:22:41 UTC 2026\n" + GOOD + text_of(macos_capture([]))
    result = command("convert", "--to", "table", stdin=text)
    titles = [line for line in result.out.splitlines() if "connections" in line]
    assert titles == [
        "2026-11-22T12:22:41+00:00, linux, 2 connections",
        "macos, 0 connections",
    ]
    assert "  sshd" in result.out


def test_a_table_cannot_steer_the_terminal(command: Command) -> None:
    text = text_of(linux_capture([Row(program="a\x07b\u202ec")], "p"))
    result = command("convert", "--to", "table", stdin=text)
    assert "a\\x07b\\u202ec" in result.out


class Drawn(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def snapshots() -> Iterator[Snapshot]:
    return netstat_parse.iter_snapshots(GOOD)


def test_a_terminal_without_rich_gets_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich", None)
    monkeypatch.setattr(terminal, "_has_rich", lambda: False)
    terminal_file, plain_file = Drawn(), io.StringIO()
    terminal.write_tables(snapshots(), terminal_file)
    terminal.write_tables(snapshots(), plain_file)
    assert terminal_file.getvalue() == plain_file.getvalue()
    assert is_table(plain_file.getvalue())


def test_a_terminal_with_rich_gets_its_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """rich itself may be absent: what is called of it is stood in for."""
    calls: list[tuple[Any, ...]] = []

    class Table:
        def __init__(self, title: str, **_: object) -> None:
            calls.append(("title", title))

        def add_column(self, column: str, **_: object) -> None:
            calls.append(("column", column))

        def add_row(self, *cells: str) -> None:
            calls.append(("row", *cells))

    class Console:
        def __init__(self, file: IO[str]) -> None:
            self.file = file

        def print(self, table: Table) -> None:
            self.file.write("drawn\n")

    for name, value in (("console", Console), ("table", Table), ("text", str)):
        module = ModuleType(f"rich.{name}")
        setattr(module, name.title(), value)
        monkeypatch.setitem(sys.modules, f"rich.{name}", module)
    monkeypatch.setitem(sys.modules, "rich", ModuleType("rich"))
    monkeypatch.setattr(terminal, "_has_rich", lambda: True)
    drawn, plain = Drawn(), io.StringIO()
    terminal.write_tables(snapshots(), drawn)
    assert drawn.getvalue() == "drawn\n"
    assert calls[0] == ("title", "linux, 2 connections")
    assert [call for call in calls if call[0] == "row"][1][1:] == (
        *("tcp6", "0", "0", "::1", "22", "::", "", "LISTEN", "4711", "sshd"),
    )
    terminal.write_tables(snapshots(), plain)
    assert is_table(plain.getvalue())


# run, dialects, grammar, help ---------------------------------------------------------------------


def script(tmp_path: Path, code: str) -> list[str]:
    """A command that runs this Python code."""
    path = tmp_path / "printer.py"
    path.write_text(f"import sys, time, os\n{code}\n")
    return ["--", sys.executable, str(path)]


def test_run_converts_what_a_command_prints(command: Command, tmp_path: Path) -> None:
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


def test_run_shows_the_notes(command: Command, tmp_path: Path) -> None:
    note = "(Not all processes could be identified, non-owned process info"
    printer = script(tmp_path, f"sys.stdout.write({GOOD!r}); sys.stderr.write({note + chr(10)!r})")
    result = command("run", *printer)
    assert result.status == 0
    assert note in result.err


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("print('hello')", "netstat"),
        ("sys.exit('it went wrong')", "it went wrong"),
        ("os.kill(os.getpid(), 9)", "SIGKILL"),
        ("time.sleep(60)", "0.3"),
    ],
)
def test_run_tells_what_went_wrong(command: Command, tmp_path: Path, code: str, told: str) -> None:
    began = time.monotonic()
    timeout = "0.3" if "sleep" in code else "20"
    result = command("run", "--timeout", timeout, *script(tmp_path, code))
    assert (result.status, result.out) == (2, "")
    assert told in result.err
    assert time.monotonic() - began < DEADLINE


def test_dialects_are_listed(command: Command) -> None:
    result = command("dialects")
    assert (result.status, result.err) == (0, "")
    names = [line.split()[0] for line in result.out.splitlines()]
    assert {"linux", "macos"} <= set(names)
    assert "netstat -npt" in result.out


def test_the_grammar_is_printed_in_words(command: Command) -> None:
    result = command("grammar", "linux")
    assert (result.status, result.err) == (0, "")
    assert "Recv-Q" in result.out


def test_the_version(command: Command) -> None:
    assert command("--version") == Result(0, f"netstat-parse {netstat_parse.__version__}\n", "")


@pytest.mark.parametrize("of", [[], ["convert"], ["run"], ["dialects"], ["grammar"]])
def test_help(command: Command, of: list[str]) -> None:
    result = command(*of, "--help")
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith("usage: netstat-parse")


# What is imported ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["seed", "linux"])
def test_csv_needs_neither_pyparsing_nor_pydantic(tmp_path: Path, name: str) -> None:
    log = SEED
    if name == "linux":
        log = tmp_path / "log"
        log.write_text(text_of(linux_capture([Row(), Row(pid=0)], "p")) + linux_row(Row(), "p"))
    code = (
        "import sys; from netstat_parse.cli import main; status = main(sys.argv[1:]);"
        "print(*sys.modules, file=sys.stderr); sys.exit(status)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, "convert", log],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.startswith(HEADER)
    modules = {name.partition(".")[0] for name in result.stderr.split()}
    assert "netstat_parse" in modules
    assert not modules & {"pyparsing", "pydantic", "pydantic_core", "rich"}


def test_public_names_are_there() -> None:
    assert set(netstat_parse.__all__) <= set(dir(netstat_parse))
    for name in netstat_parse.__all__:
        assert getattr(netstat_parse, name).__name__ == name
    with pytest.raises(AttributeError, match="no_such_name"):
        netstat_parse.no_such_name  # noqa: B018
