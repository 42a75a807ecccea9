"""`netstat-parse convert`: what it writes, what it says, and what it leaves alone."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import os
import pty
import re
import select
import time
from pathlib import Path
from typing import Any

import pytest
from commands import (
    BROKEN,
    DEADLINE,
    FORMS,
    GOOD,
    GOOD_CSV,
    HEADER,
    LATER,
    SEED,
    Command,
    Result,
    each_form,
    feed,
    finish,
    is_json,
    start,
    wait_for,
)
from printed import Row, linux_capture, text_of

# Exit status --------------------------------------------------------------------------------------


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


@each_form
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
    is_told_in_the_output = form in ("json", "table")
    good = command("convert", "--to", form, stdin=GOOD).out
    assert (result.out == good) is not is_told_in_the_output


def test_a_long_line_is_shown_to_200_characters(command: Command) -> None:
    result = command("convert", stdin=GOOD + "x" * 201 + "\n")
    assert result.err.endswith(f": '{'x' * 200}…'\n")


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
    "no such directory": (["convert", "-o", "no/such/directory.csv"], GOOD),
    "full disk": (["convert", "-o", "/dev/full"], GOOD),
    "rejects nowhere": (["convert", "--rejects", "no/such/directory.csv"], GOOD),
}


@pytest.mark.parametrize(("arguments", "stdin"), NOTHING.values(), ids=NOTHING)
def test_what_cannot_be_done_is_2(
    command: Command, arguments: list[str], stdin: str | bytes
) -> None:
    result = command(*arguments, stdin=stdin)
    assert result.status == 2
    assert result.out == ""
    assert result.err.strip()


@each_form
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


@each_form
def test_damage_after_the_first_rows_is_1(command: Command, form: str) -> None:
    data = gzip.compress((GOOD * 500).encode())
    result = command("convert", "--to", form, stdin=data[: len(data) - 20])
    assert result.status == 1
    assert result.out.startswith(command("convert", "--to", form, stdin=GOOD).out[:50])
    assert "gzip" in result.err


# Formats ------------------------------------------------------------------------------------------


@each_form
def test_to_chooses_the_format(command: Command, form: str) -> None:
    result = command("convert", "--to", form, stdin=GOOD)
    assert result.status == 0
    assert FORMS[form](result.out)


OPENERS: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


@pytest.mark.parametrize(
    ("name", "form"),
    [("out", "csv"), ("out.csv.gz", "csv"), ("out.json.xz", "json"), ("out.jsonl.bz2", "jsonl")],
)
def test_the_suffix_chooses_format_and_compression(
    command: Command, tmp_path: Path, name: str, form: str
) -> None:
    assert command("convert", "-o", name, stdin=GOOD) == Result(0, "", "")
    opened = OPENERS.get(Path(name).suffix, open)
    with opened(tmp_path / name, "rt", encoding="utf-8", newline="") as file:
        assert FORMS[form](file.read())
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_to_must_not_contradict_the_suffix(command: Command) -> None:
    result = command("convert", "-o", "out.json", "--to", "csv", stdin=GOOD)
    assert (result.status, Path("out.json").exists()) == (2, False)
    assert "json" in result.err
    assert "csv" in result.err
    assert command("convert", "-o", "out.json", "--to", "json", stdin=GOOD).status == 0
    assert is_json(Path("out.json").read_text())
    assert command("convert", "-o", "out.log", "--to", "json", stdin=GOOD).status == 0
    assert is_json(Path("out.log").read_text())
    assert command("convert", "-o", "out.txt", "--to", "csv", stdin=GOOD).status == 0
    assert Path("out.txt").read_text() == GOOD_CSV


@pytest.mark.parametrize(
    "name",
    ["x.xlsx", "x.tsv", "x.sqlite", "x.csv.lz4", "x.orc", "x.weird", "x.XLSX", "x.csv.Z"],
)
def test_an_unknown_suffix_is_refused_with_those_that_are_known(
    command: Command, tmp_path: Path, name: str
) -> None:
    result = command("convert", "-o", name, stdin=GOOD)
    assert result.status == 2
    assert all(known in result.err for known in (name, ".csv", ".jsonl", ".gz"))
    if name != "x.weird":  # --to can't make a text of it
        assert command("convert", "-o", name, "--to", "csv", stdin=GOOD).status == 2
        assert command("convert", "--rejects", name, stdin=GOOD).status == 2
    assert list(tmp_path.iterdir()) == []


def test_suffixes_in_capitals(command: Command) -> None:
    assert command("convert", "-o", "OUT.JSON.GZ", stdin=GOOD).status == 0
    assert is_json(gzip.decompress(Path("OUT.JSON.GZ").read_bytes()).decode())


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


@each_form
def test_rejects_of_nothing_are_a_header(command: Command, form: str) -> None:
    assert command("convert", "--rejects", "rejects.csv", "--to", form, stdin=GOOD).status == 0
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


# Pipes and terminals ------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_rows_flow_before_the_producer_ends(form: str) -> None:
    """`netstat -nptc | netstat-parse convert`."""
    with start("convert", "--to", form) as process:
        feed(process, GOOD)
        out = wait_for(process.stdout, b"LISTEN")
        feed(process, LATER)
        out += wait_for(process.stdout, b"23")
        assert process.poll() is None
        result = finish(process, b"")
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


@pytest.mark.slow
def test_progress_is_for_terminals_only() -> None:
    """Both work for as long: one has a terminal on standard error, the other a pipe."""
    primary, secondary = pty.openpty()
    with start("convert", stderr=secondary) as watched, start("convert") as piped:
        os.close(secondary)
        shown = b""
        until = time.monotonic() + DEADLINE
        while b"snapshots" not in shown:
            assert time.monotonic() < until, "no progress is shown"
            feed(watched, GOOD)
            feed(piped, GOOD)
            shown += shown_on(primary, 0.1)
        quiet = finish(piped, b"")
        out, _ = watched.communicate(b"", timeout=DEADLINE)
        shown += shown_on(primary, 0.5)
        os.close(primary)
    assert (quiet.status, quiet.err) == (0, "")
    assert out.decode() == quiet.out
    assert re.search(rb"\x1b\[2?K$", shown), "it is not taken away"


def test_short_work_shows_no_progress() -> None:
    primary, secondary = pty.openpty()
    with start("convert", SEED, stderr=secondary) as process:
        os.close(secondary)
        process.communicate(timeout=DEADLINE)
        assert process.returncode == 0
    assert shown_on(primary, 0) == b""
    os.close(primary)
