"""The inputs of commands: archives and folders, what is said of them, what is not overwritten."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from commands import (
    BROKEN,
    GOOD,
    GOOD_CSV,
    LATER,
    ROOT,
    Command,
    Result,
    each_form,
    finish,
    start,
)
from printed import Row, linux_capture, linux_row, macos_capture, text_of

ROUTES = (
    "Kernel IP routing table\n"
    "Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n"
    "default         192.0.2.254     0.0.0.0         UG        0 0          0 eth0\n"
)
FOREIGN = "Active AX.25 sockets\nnothing that is known\n"
ROW_ALONE = linux_row(Row(), "p") + "\n"
MACOS = text_of(macos_capture([Row(proto="tcp4")]))


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def write_zip(name: str, **members: str) -> None:
    with zipfile.ZipFile(name, "w") as archive:
        for member, text in members.items():
            archive.writestr(member, text)


# Archives and folders -----------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [(), ("--jobs", "2")])
def test_folders_and_archives_give_the_rows_of_all_files(
    command: Command, jobs: tuple[str, ...]
) -> None:
    Path("logs/b").mkdir(parents=True)
    Path("logs/a.log").write_text(GOOD)
    Path("logs/b/c.log").write_text(LATER)
    write_zip("logs/z.zip", one=LATER, two="hello\n")
    result = command("convert", "logs", "--columns", "source,snapshot,local_port", *jobs)
    assert result.out == (
        "source,snapshot,local_port\n"
        "logs/a.log,1,22\n"
        "logs/a.log,1,22\n"
        "logs/z.zip/one,2,23\n"
        "logs/b/c.log,3,23\n"
    )
    assert result.status == 1
    assert "logs/z.zip/two: no netstat output in the input" in result.err


@each_form
def test_a_file_that_is_not_read_is_named(command: Command, form: str) -> None:
    Path("x.7z").write_bytes(b"7z\xbc\xaf\x27\x1c")
    result = command("convert", "x.7z", "--to", form)
    assert (result.status, result.out) == (2, "")
    assert result.err == "netstat-parse: x.7z: it is a 7z archive, which is not read\n"


def test_names_of_files_cannot_steer_the_terminal(command: Command) -> None:
    name = "a\x1b]0;x\x07\n\u202eb"
    write_zip("x.zip", **{name: "hello\n"})
    Path(name).write_text("\x1b[2J\n")
    for arguments in (["x.zip"], [name], [name + "missing"], ["-o", name + ".xlsx"]):
        result = command("convert", *arguments)
        assert result.status == 2
        assert result.err.replace("\n", "").isprintable()
    assert command("run", "--", "--" + name).err.replace("\n", "").isprintable()
    assert command("convert", "--" + name).err.splitlines()[-1].isprintable()


@each_form
def test_what_other_programs_print_is_called_so(command: Command, form: str) -> None:
    for text, name in {
        "Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n": "ss",
        "State   Recv-Q  Send-Q  Local Address:Port  Peer Address:Port\n": "ss",
        "tcp   ESTAB  0      0      10.0.0.1:22   10.0.0.2:4000\n": "ss",
        "COMMAND   PID USER   FD   TYPE DEVICE SIZE/OFF NODE NAME\n": "lsof",
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when\n": "/proc/net",
        "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN\n": "ip",
        "default via 192.0.2.254 dev eth0 proto dhcp\n": "ip",
        "lo0: flags=8049<UP,LOOPBACK,RUNNING,MULTICAST> mtu 16384\n": "ifconfig",
        '[{"dialect": "linux"}]\n': "JSON",
    }.items():
        result = command("convert", "--to", form, stdin=text)
        assert (result.status, result.out) == (2, "")
        _, _, looks = result.err.splitlines()[-1].partition("; it looks like ")
        assert name in looks.split(), text


# What is said -------------------------------------------------------------------------------------


@each_form
@pytest.mark.parametrize("jobs", [(), ("--jobs", "2")])
def test_a_guessed_dialect_is_said_once(command: Command, form: str, jobs: tuple[str, ...]) -> None:
    Path("log").write_text("".join(f"2026-11-2{day}T12:00:00\n{ROW_ALONE}" for day in range(5)))
    result = command("convert", "log", "--to", form, *jobs)
    assert result.status == 0
    first, more = result.err.splitlines()
    assert first.startswith("netstat-parse: log: no header: read as linux (")
    assert more == "netstat-parse: 4 more notes of such kinds"


@each_form
def test_a_table_that_is_set_aside_is_said(command: Command, form: str) -> None:
    result = command("convert", "--to", form, stdin=GOOD + FOREIGN)
    assert result.status == 0
    assert result.err == "netstat-parse: -: Active AX.25 sockets: set aside, 1 lines\n"


def test_notes_of_netstat_itself_are_not_said(command: Command) -> None:
    text = "$ netstat -nt\n" + GOOD + "$ exit\n"
    assert command("convert", stdin=text) == Result(0, GOOD_CSV, "")


def test_so_many_different_notes_are_said(command: Command) -> None:
    banners = "".join(f"Active AX.25 sockets{'x' * i}\n?\n" for i in range(40))
    result = command("convert", stdin=GOOD + banners)
    assert len(result.err.splitlines()) <= 22


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.parametrize("jobs", [(), ("--jobs", "2")])
def test_an_input_without_the_table_is_no_empty_success(
    command: Command, form: str, jobs: tuple[str, ...]
) -> None:
    """A table that is not read: `netstat --ax25 | netstat-parse convert`."""
    Path("foreign").write_text(FOREIGN)
    Path("good").write_text(GOOD)
    result = command("convert", "foreign", "--to", form, *jobs)
    assert (result.status, result.out) == (2, "")
    assert "foreign: no connections in the input" in result.err
    result = command("convert", "good", "foreign", "--to", form, *jobs)
    assert result.status == 1
    assert result.out == command("convert", "good", "--to", form).out


# Rejects ------------------------------------------------------------------------------------------


@each_form
def test_rejects_are_written_also_when_nothing_could_be_read(command: Command, form: str) -> None:
    result = command("convert", "--rejects", "r.csv", "--to", form, stdin="hello\nworld\n")
    assert result.status == 2
    assert [row["text"] for row in rows_of(Path("r.csv").read_text())] == ["hello", "world"]
    assert "line 1, column 1: expected a banner" in result.err


def test_rejects_have_the_line_that_strict_stopped_at(command: Command) -> None:
    assert command("convert", "--strict", "--rejects", "r.csv", stdin=BROKEN).status == 1
    (row,) = rows_of(Path("r.csv").read_text())
    assert (row["number"], row["text"]) == ("5", "tcp        0      x 10.0.0.1:22")


def test_rejects_are_safe_for_spreadsheets(command: Command) -> None:
    options = ("--rejects", "r.csv", "--spreadsheet-safe")
    assert command("convert", *options, stdin=GOOD + "=1+1\n -1+1\n-1.05\n").status == 1
    texts = [row["text"] for row in rows_of(Path("r.csv").read_text())]
    assert texts == ["'=1+1", "' -1+1", "-1.05"]


# Strict -------------------------------------------------------------------------------------------


@each_form
def test_strict_writes_all_or_nothing_to_a_pipe(form: str) -> None:
    with start("convert", "--strict", "--to", form) as process:
        result = finish(process, (GOOD * 5000 + "what is this\n").encode())
    assert (result.status, result.out) == (1, "")
    with start("convert", "--strict") as process:
        result = finish(process, GOOD.encode())
    assert result == Result(0, GOOD_CSV, "")


# What is overwritten ------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["-o", "--rejects"])
@pytest.mark.parametrize(
    "name", ["log.csv", "./log.csv", "folder/../log.csv", "hard.csv", "soft.csv", "{}/log.csv"]
)
def test_an_input_is_never_overwritten(command: Command, option: str, name: str) -> None:
    Path("log.csv").write_text(GOOD)
    Path("folder").mkdir()
    os.link("log.csv", "hard.csv")
    os.symlink("log.csv", "soft.csv")
    for arguments in (["log.csv"], ["soft.csv"], ["."], ["folder", "log.csv"]):
        result = command("convert", *arguments, option, name.format(Path.cwd()))
        assert result.status == 2
        assert f"{option} would overwrite the input" in result.err
        assert Path("log.csv").read_text() == GOOD


def test_standard_input_is_never_overwritten(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(GOOD)
    arguments = [sys.executable, "-m", "netstat_parse", "convert"]
    for more in (["-o", str(log)], []):
        with log.open() as given, log.open("a") as out:
            result = subprocess.run(
                [*arguments, *more],
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                stdin=given,
                stdout=out,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        assert result.returncode == 2
        assert "would overwrite the input -" in result.stderr
        assert log.read_text() == GOOD


@pytest.mark.parametrize(
    ("out", "rejects"),
    [("x.csv", "x.csv"), ("x.csv", "./x.csv"), ("x.csv", "y.csv"), ("y.csv", "x.csv")],
)
def test_one_output_is_not_another(command: Command, out: str, rejects: str) -> None:
    os.symlink("x.csv", "y.csv")
    result = command("convert", "-o", out, "--rejects", rejects, stdin=BROKEN)
    assert (result.status, Path("x.csv").exists()) == (2, False)
    assert "-o and --rejects are the same file" in result.err
    assert command("convert", "-o", "/dev/null", "--rejects", "/dev/null", stdin=GOOD).status == 0


# Columns ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [(), ("--jobs", "2")])
def test_all_are_the_columns_of_all_dialects_in_the_files(
    command: Command, jobs: tuple[str, ...]
) -> None:
    Path("a").write_text(GOOD + MACOS)
    write_zip("b.zip", x=LATER)
    result = command("convert", "a", "b.zip", "--columns", "all", *jobs)
    assert (result.status, result.err) == (0, "")
    rows = rows_of(result.out)
    assert {"inode", "rx_bytes", "snapshot"} <= set(rows[0])
    assert [row["snapshot"] for row in rows] == ["1", "1", "2", "3"]
    assert [row["dialect"] for row in rows] == ["linux", "linux", "macos", "linux"]


def test_json_lines_and_json_have_the_source(command: Command) -> None:
    Path("a").write_text(GOOD)
    for line in command("convert", "a", "--to", "jsonl").out.splitlines():
        assert json.loads(line)["source"] == "a"
    (snapshot,) = json.loads(command("convert", "a", "--to", "json").out)
    assert snapshot["source"] == "a"


def test_an_old_code_page(command: Command) -> None:
    data = text_of(linux_capture([Row(pid=1, program="процес")], "p")).encode("cp866")
    for jobs in ((), ("--jobs", "2")):
        Path("log").write_bytes(data)
        result = command("convert", "log", "--encoding", "cp866", "--columns", "program", *jobs)
        assert result == Result(0, "program\nпроцес\n", "")
