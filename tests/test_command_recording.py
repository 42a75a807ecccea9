"""`netstat-parse run --every`: a file that grows, and is whole whenever one looks at it."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commands import DEADLINE, GOOD, HEADER, Command, finish, start

from netstat_parse.writing.growing_files import MEMBER, open_growing

PRINT = f"sys.stdout.write({GOOD!r})"


def printer(folder: Path, code: str = PRINT) -> list[str]:
    """A command that runs this Python code; `n` is the number of the run, from 1."""
    path = folder / "printer.py"
    path.write_text(
        "import os, sys, time\n"
        f"path = {str(folder / 'runs')!r}\n"
        "open(path, 'a').write('x')\n"
        f"n = os.path.getsize(path)\n{code}\n"
    )
    return ["--", sys.executable, "-IS", str(path)]


def wait_until_there_are(path: Path, lines: int) -> None:
    until = time.monotonic() + DEADLINE
    while not path.exists() or len(lines_of(path)) < lines:
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def lines_of(path: Path) -> list[str]:
    """The lines that a reader finds there now; an unfinished compressed file is an error."""
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode().splitlines()


# What is written ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["day.jsonl", "day.jsonl.gz"])
def test_each_snapshot_is_in_the_file(command: Command, tmp_path: Path, name: str) -> None:
    result = command("run", "--every", "50ms", "--count", "3", "-o", name, *printer(tmp_path))
    assert (result.status, result.out, result.err) == (0, "", "")
    records = [json.loads(line) for line in lines_of(Path(name))]
    assert [r["local"]["host"] for r in records] == ["10.0.0.1", "::1"] * 3
    assert len({r["captured_at"] for r in records}) == 3


@pytest.mark.parametrize("name", ["day.csv", "day.csv.gz"])
def test_a_csv_has_one_header_though_it_is_added_to(
    command: Command, tmp_path: Path, name: str
) -> None:
    arguments = ("run", "--every", "50ms", "--count", "2", "-o", name)
    assert command(*arguments, *printer(tmp_path)).err == ""
    result = command(*arguments, *printer(tmp_path))
    assert result.err == f"netstat-parse: {name} is there already: it is added to\n"
    lines = lines_of(Path(name))
    assert lines[0] == HEADER
    assert len(lines) == 9
    assert lines.count(HEADER) == 1


def test_other_columns_are_not_added(command: Command, tmp_path: Path) -> None:
    Path("day.csv").write_text("pid,program\n1,x\n")
    result = command("run", "--every", "1s", "--count", "1", "-o", "day.csv", *printer(tmp_path))
    assert result.status == 2
    assert "has other columns: pid,program" in result.err
    assert Path("day.csv").read_text() == "pid,program\n1,x\n"


@pytest.mark.parametrize("name", ["day.jsonl", "day.csv"])
def test_runs_without_connections_are_told_of(command: Command, tmp_path: Path, name: str) -> None:
    nothing = "".join(GOOD.splitlines(keepends=True)[:2])
    code = f"sys.stdout.write({nothing!r} if n != 3 else {GOOD!r})"
    arguments = ("run", "--every", "20ms", "-o", name, "--count")
    result = command(*arguments, "2", *printer(tmp_path, code))
    first, last = result.err.splitlines()
    assert first == "netstat-parse: a run gave no connections: nothing is written of it"
    assert last == "netstat-parse: 2 of 2 runs gave no connections"
    assert result.status == 0
    # What is written is the columns alone, if anything.
    assert (lines_of(Path(name)) if Path(name).exists() else []) == [HEADER] * name.endswith("csv")
    result = command(*arguments, "2", *printer(tmp_path, code))
    assert result.err.splitlines()[-1] == "netstat-parse: 1 of 2 runs gave no connections"
    result = command(*arguments, "1", "--where", "dport = 1", *printer(tmp_path, PRINT))
    last = "netstat-parse: 1 of 1 runs gave no connections that are wanted"
    assert result.err.splitlines()[-1] == last


@pytest.mark.slow
def test_an_interrupt_does_not_keep_it_from_telling(tmp_path: Path) -> None:
    nothing = "".join(GOOD.splitlines(keepends=True)[:2])
    code = f"sys.stdout.write({nothing!r})"
    path = tmp_path / "day.jsonl"
    process = start("run", "--every", "30s", "-o", path, *printer(tmp_path, code))
    assert process.stderr is not None
    told = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    result = finish(process)
    assert result.status == 130
    assert (told.decode() + result.err).splitlines() == [
        "netstat-parse: a run gave no connections: nothing is written of it",
        "netstat-parse: 1 of 1 runs gave no connections",
        "netstat-parse: interrupted",
    ]


def test_standard_output_and_filters(command: Command, tmp_path: Path) -> None:
    arguments = ("run", "--every", "50ms", "--for", "120ms", "--where", "state listening")
    result = command(*arguments, "--columns", "local_address,state", *printer(tmp_path))
    assert (result.status, result.err) == (0, "")
    assert set(result.out.splitlines()[1:]) == {"::1,LISTEN"}
    assert 2 <= len(result.out.splitlines()) <= 4


@pytest.mark.parametrize("cut", [1, 20, -1])
def test_a_torn_end_is_mended(command: Command, tmp_path: Path, cut: int) -> None:
    """As a machine leaves it that lost its power."""
    arguments = ("run", "--every", "10ms", "--count", "2", "-o", "day.jsonl.gz")
    command(*arguments, *printer(tmp_path))
    whole = Path("day.jsonl.gz").read_bytes()
    place = whole.rfind(MEMBER)
    Path("day.jsonl.gz").write_bytes(whole[:-1] if cut == -1 else whole[: place + 8 + cut])
    result = command(*arguments, *printer(tmp_path))
    assert "its last snapshot was cut short, and is dropped" in result.err
    assert len(lines_of(Path("day.jsonl.gz"))) == 2 + 4


def test_a_torn_line_does_not_tear_the_next(command: Command, tmp_path: Path) -> None:
    Path("day.jsonl").write_text('{"captured_')
    result = command("run", "--every", "1s", "--count", "1", "-o", "day.jsonl", *printer(tmp_path))
    assert "its last line was cut short" in result.err
    first, *others = lines_of(Path("day.jsonl"))
    assert first == '{"captured_'
    assert [json.loads(line)["local"]["host"] for line in others] == ["10.0.0.1", "::1"]


def test_files_of_other_programs_are_not_added_to(command: Command, tmp_path: Path) -> None:
    with gzip.open("day.csv.gz", "wb") as file:
        file.write(b"x\n")
    before = Path("day.csv.gz").read_bytes()
    result = command("run", "--every", "1s", "-o", "day.csv.gz", *printer(tmp_path))
    assert (result.status, "by another program" in result.err) == (2, True)
    assert Path("day.csv.gz").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--every", "x"], "as in 500ms, 10s"),
        (["--every", "0s"], "above 0"),
        (["--every", "-1s"], "--every"),
        (["--every", "1w"], "as in 500ms"),
        (["--every", "1s", "--count", "0"], "--count"),
        (["--every", "1s", "--for", "soon"], "--for"),
        (["--count", "3"], "are for --every"),
        (["--for", "1h"], "are for --every"),
        (["--every", "1s", "--to", "json"], "csv, jsonl or table"),
        (["--every", "1s", "-o", "x.jsonl.xz"], "compressed as .gz"),
        (["--every", "1s", "-o", "no/such/folder.csv"], "folder.csv"),
    ],
)
def test_options_are_checked(
    command: Command, tmp_path: Path, arguments: list[str], told: str
) -> None:
    result = command("run", *arguments, *printer(tmp_path))
    assert (result.status, result.out) == (2, "")
    assert told in result.err
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("name", ["day.csv", "day.csv.gz", "empty.csv"])
def test_after_an_exception_only_what_was_flushed_is_there(tmp_path: Path, name: str) -> None:
    path = tmp_path / name

    def write() -> None:
        with open_growing(str(path)) as file:
            if name != "empty.csv":
                file.write("1\n")
                file.flush()
            file.write("2,")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert not path.exists() if name == "empty.csv" else lines_of(path) == ["1"]


# What goes wrong ----------------------------------------------------------------------------------


def test_a_failing_run_is_told_and_the_next_goes_on(command: Command, tmp_path: Path) -> None:
    code = f"sys.exit('no answer') if 1 < n < 4 or n == 5 else {PRINT}"
    arguments = ("run", "--every", "20ms", "--count", "6", "-o", "day.csv")
    result = command(*arguments, *printer(tmp_path, code))
    assert result.status == 1
    first, again, second, last, end = result.err.splitlines()
    assert "no answer" in first
    assert first.endswith("; the next run goes on")
    assert again == "netstat-parse: it runs again, after 2 runs that failed"
    assert second == first
    assert last == "netstat-parse: it runs again, after 1 run that failed"
    assert end == "netstat-parse: 3 of the runs failed"
    assert len(lines_of(Path("day.csv"))) == 1 + 2 * 3


def test_what_fails_at_once_ends_and_leaves_no_file(command: Command, tmp_path: Path) -> None:
    arguments = ("run", "--every", "20ms", "--count", "3", "-o", "day.csv.gz")
    result = command(*arguments, *printer(tmp_path, "sys.exit('no such option')"))
    assert (result.status, "no such option" in result.err) == (2, True)
    assert (tmp_path / "runs").read_text() == "x"
    assert not Path("day.csv.gz").exists()


def test_notes_are_told_once(command: Command, tmp_path: Path) -> None:
    code = f"{PRINT}; sys.stderr.write('be careful')"
    result = command("run", "--every", "20ms", "--count", "3", *printer(tmp_path, code))
    assert result.err == "netstat-parse: be careful\n"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["day.jsonl", "day.jsonl.gz", "day.csv.gz"])
@pytest.mark.parametrize("how", ["SIGKILL", "SIGINT", "SIGTERM"])
def test_what_was_flushed_survives_any_end(tmp_path: Path, name: str, how: str) -> None:
    path = tmp_path / name
    process = start("run", "--every", "50ms", "-o", path, *printer(tmp_path))
    header = 1 if "csv" in name else 0
    wait_until_there_are(path, header + 4)
    os.kill(process.pid, getattr(signal, how))
    result = finish(process)
    number = int(getattr(signal, how))
    assert result.status == (-number if how == "SIGKILL" else 128 + number)
    rows = lines_of(path)[header:]
    assert len(rows) % 2 == 0
    assert len(rows) >= 4
    # And it goes on where it ended.
    again = start("run", "--every", "10ms", "--count", "2", "-o", path, *printer(tmp_path))
    assert finish(again).status == 0
    assert len(lines_of(path)) == header + len(rows) + 4
    if path.suffix == ".gz":
        assert subprocess.run(["gzip", "-t", path], check=False).returncode == 0


@pytest.mark.slow
def test_standard_output_is_flushed_after_each_snapshot(tmp_path: Path) -> None:
    process = start("run", "--every", "30s", "--to", "jsonl", *printer(tmp_path))
    assert process.stdout is not None
    assert [json.loads(process.stdout.readline())["local"]["host"] for _ in range(2)] == [
        "10.0.0.1",
        "::1",
    ]
    process.send_signal(signal.SIGINT)
    assert finish(process).status == 130
