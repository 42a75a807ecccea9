"""`convert -o x.parquet`, `x.arrow`, `x.feather`: what is in them, and that they are whole or not
there."""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.feather
import pyarrow.parquet
import pytest
from commands import BROKEN, GOOD, LATER, ROOT, Command
from printed import Row, linux_capture, text_of

import netstat_parse as ns
from netstat_parse.command import jobs
from netstat_parse.reading import parts
from netstat_parse.schema import CONNECTIONS
from netstat_parse.writing import arrow_backends
from netstat_parse.writing.arrow import Rows, Run
from netstat_parse.writing.arrow_columns import columns_of
from netstat_parse.writing.arrow_files import ArrowFile

FIXTURES = Path(__file__).parent.parent / "fixtures"
SUFFIXES = ("parquet", "arrow", "feather")
BACKENDS = ("pyarrow", "arro3")
ROUTES = """\
Kernel IP routing table
Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface
0.0.0.0         192.0.2.254     0.0.0.0         UG        0 0          0 eth0
"""


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Makes this the library that writes."""
    name: str = request.param
    made = arrow_backends.get_backend(name)
    monkeypatch.setattr("netstat_parse.writing.arrow_files.get_backend", lambda: made)
    return name


def read(path: Path | str) -> Any:
    path = str(path)
    if path.endswith(".parquet"):
        return pyarrow.parquet.read_table(path)
    return pyarrow.feather.read_table(path)


# What is in them ----------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_file_has_the_rows_of_scan(command: Command, backend: str, suffix: str) -> None:
    Path("a.txt").write_text(GOOD)
    Path("b.txt").write_text(LATER)
    result = command("convert", "a.txt", "b.txt", "-o", f"x.{suffix}")
    assert (result.status, result.out, result.err) == (0, "", "")
    assert read(f"x.{suffix}") == pyarrow.table(ns.scan(["a.txt", "b.txt"]))


@pytest.mark.slow
def test_all_fixtures_at_once(command: Command) -> None:
    result = command("convert", FIXTURES, "-o", "x.parquet")
    found = read("x.parquet")
    csv_text = command("convert", FIXTURES).out
    rows = list(csv.DictReader(io.StringIO(csv_text, newline="")))
    assert len(rows) == found.num_rows > 1000
    for name in ("proto", "recv_q", "local_address", "state", "pid", "program"):
        texts = ["" if value is None else str(value) for value in found[name].to_pylist()]
        assert texts == [row[name] for row in rows]
    assert result.status == 1  # there is an empty one


def test_columns_tables_and_filters(command: Command, backend: str) -> None:
    asked = ("--columns", "pid,local_ip,uid", "--where", "state listening")
    assert command("convert", "-o", "x.arrow", *asked, stdin=GOOD).status == 0
    assert read("x.arrow").to_pylist() == [
        {"pid": 4711, "local_ip": bytes(15) + b"\1", "uid": None}
    ]
    assert command("convert", "-o", "x.arrow", "--table", "routes", stdin=ROUTES).status == 0
    assert read("x.arrow")["gateway"].to_pylist() == ["192.0.2.254"]
    assert command("convert", "-o", "x.arrow", "--columns", "all", stdin=GOOD).status == 0
    assert {"rx_bytes", "inode", "foreign_ip"} < set(read("x.arrow").column_names)
    wrong = command("convert", "-o", "y.arrow", "--columns", "colour", stdin=GOOD)
    assert wrong.status == 2
    assert "no column 'colour'" in wrong.err
    assert not Path("y.arrow").exists()


def test_no_rows_are_a_table_too(command: Command, backend: str) -> None:
    for suffix in SUFFIXES:
        result = command("convert", "-o", f"x.{suffix}", stdin="\n".join(linux_capture([])))
        assert result.status == 0
        assert read(f"x.{suffix}").num_rows == 0
        assert read(f"x.{suffix}").schema == pyarrow.schema(ns.scan("x"))


def test_it_is_compressed_with_zstd(command: Command, backend: str) -> None:
    text = text_of(linux_capture([Row(program=f"x{n}") for n in range(3000)], "p"))
    command("convert", "-o", "x.parquet", stdin=text)
    group = pyarrow.parquet.ParquetFile("x.parquet").metadata.row_group(0)
    assert {group.column(i).compression for i in range(group.num_columns)} == {"ZSTD"}
    command("convert", "-o", "x.arrow", stdin=text)
    raw = io.BytesIO()
    pyarrow.feather.write_feather(read("x.arrow"), raw, compression="uncompressed")
    assert Path("x.arrow").stat().st_size < len(raw.getvalue()) / 3


@pytest.mark.slow
def test_row_groups_follow_time(command: Command, backend: str) -> None:
    """So a reader of an hour need not read the day."""
    rows = [Row(local_port=str(n + 1)) for n in range(5000)]
    capture = text_of(linux_capture(rows))
    text = "".join(f"2026-11-22T12:{n:02}:00Z\n{capture}" for n in range(60))
    command("convert", "-o", "x.parquet", stdin=text)
    file = pyarrow.parquet.ParquetFile("x.parquet")
    place = file.schema_arrow.names.index("captured_at")
    ranges = [
        (statistics.min, statistics.max, group.num_rows)
        for n in range(file.num_row_groups)
        for group in [file.metadata.row_group(n)]
        for statistics in [group.column(place).statistics]
    ]
    assert len(ranges) == 3
    assert all(before[1] <= after[0] for before, after in pairwise(ranges))
    assert all(rows <= 200_000 for *_, rows in ranges)


def test_standard_output(command: Command) -> None:
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    argv = [sys.executable, "-m", "netstat_parse", "convert", "--to", "parquet"]
    result = subprocess.run(argv, input=GOOD.encode(), capture_output=True, env=env, check=True)
    assert pyarrow.parquet.read_table(io.BytesIO(result.stdout)).num_rows == 2
    assert result.stderr == b""


def test_run_writes_it_too(command: Command) -> None:
    Path("out").write_text(BROKEN)
    result = command("run", "-o", "x.parquet", "--columns", "local_port,snapshot", "cat", "out")
    if result.status == 0:
        assert read("x.parquet").to_pylist() == [{"local_port": 22, "snapshot": 1}] * 2
    Path("out").write_text(GOOD)
    assert command("run", "-o", "x.parquet", "cat", "out").status == 0
    assert read("x.parquet")["local_port"].to_pylist() == [22, 22]


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("convert", "-o", "x.parquet.gz"), "compressed in itself"),
        (("convert", "-o", "x.arrow.xz", "--to", "arrow"), "compressed in itself"),
        (("convert", "-o", "x.parquet", "--to", "csv"), "says parquet, and --to says csv"),
        (("convert", "-o", "x.csv", "--to", "arrow"), "says csv, and --to says arrow"),
        (("convert", "-o", "x.odd"), ".parquet, .arrow, .feather"),
        (("summary", "-o", "x.parquet"), ".parquet is not written"),
        (("convert", "--rejects", "x.parquet"), ".parquet is not written"),
        (("run", "--every", "1s", "-o", "x.parquet", "true"), ".parquet is not written"),
        (("run", "--every", "1s", "--to", "arrow", "true"), "arrow can't be added to"),
    ],
)
def test_what_is_not_written(command: Command, arguments: tuple[str, ...], told: str) -> None:
    result = command(*arguments, stdin=GOOD)
    assert (result.status, result.out) == (2, "")
    assert told in result.err
    assert not list(Path().glob("x.*"))


def test_a_terminal_is_not_written_to(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    result = command("convert", "--to", "parquet", stdin=GOOD)
    assert (result.status, result.out) == (2, "")
    assert "name a file with -o" in result.err


def test_without_a_library_it_is_said_what_to_install(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrow_backends, "is_installed", lambda name: False)
    result = command("convert", "-o", "x.parquet", stdin=GOOD)
    assert result.status == 2
    assert "pip install 'netstat_parse[arrow]'" in result.err
    assert not Path("x.parquet").exists()


# What is said -------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", ["1", "2"])
def test_a_number_that_is_too_large_is_said_and_rejected(
    command: Command, backend: str, count: str
) -> None:
    rows = [Row(), Row(recv_q=2**63), Row(send_q=2**64 - 1)]
    Path("a.txt").write_text(text_of(linux_capture(rows)))
    asked = ("--rejects", "odd.csv", "--jobs", count)
    result = command("convert", "a.txt", "-o", "x.parquet", *asked)
    assert result.status == 1
    reason = "is more than its column holds: it is null"
    assert result.err == (
        f"netstat-parse: a.txt: recv_q {reason}: {2**63}\n"
        "netstat-parse: 2 numbers are more than their columns hold\n"
    )
    assert Path("odd.csv").read_text() == (
        "source,number,reason,text\n"
        f"a.txt,,recv_q {reason},{2**63}\na.txt,,send_q {reason},{2**64 - 1}\n"
    )
    found = read("x.parquet")
    assert found["recv_q"].to_pylist() == [0, None, 0]
    assert found["send_q"].to_pylist() == [0, 0, None]


def test_lines_that_are_not_understood_are_said_as_with_csv(command: Command) -> None:
    by_csv = command("convert", "-o", "x.csv", "--rejects", "1.csv", stdin=BROKEN)
    by_parquet = command("convert", "-o", "x.parquet", "--rejects", "2.csv", stdin=BROKEN)
    assert by_parquet == by_csv
    assert by_csv.status == 1
    assert Path("1.csv").read_text() == Path("2.csv").read_text()
    assert read("x.parquet").num_rows == 2


# Whole or not at all ------------------------------------------------------------------------------


def test_where_nothing_is_read_the_old_file_stays(command: Command, backend: str) -> None:
    Path("x.parquet").write_text("old")
    for text, options in (("a poem\n", ()), (BROKEN, ("--strict",))):
        result = command("convert", "-o", "x.parquet", *options, stdin=text)
        assert result.status in (1, 2)
        assert Path("x.parquet").read_text() == "old"
    assert sorted(path.name for path in Path().iterdir()) == ["x.parquet"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_full_disk_is_an_error(command: Command, backend: str) -> None:
    result = command("convert", "-o", "/dev/full", "--to", "parquet", stdin=GOOD)
    assert (result.status, result.err) == (2, "netstat-parse: /dev/full: No space left on device\n")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_file_is_the_old_one_or_the_new_one(tmp_path: Path, number: signal.Signals) -> None:
    """Whatever ends the process, at whatever time."""
    log, out = tmp_path / "x.log", tmp_path / "x.parquet"
    rows = [Row(local_port=str(n + 1), program=f"x{n}") for n in range(40_000)]
    log.write_text(text_of(linux_capture(rows, "p")) * 3)
    old, kept = b"old", 0
    argv = [sys.executable, "-m", "netstat_parse", "convert", str(log), "-o", str(out)]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    for wait in (0.05, 0.3, 0.6, 0.9, 1.2, 30):
        out.write_bytes(old)
        process = subprocess.Popen(argv, env=env, stderr=subprocess.DEVNULL)
        with_deadline = time.monotonic() + wait
        while process.poll() is None and time.monotonic() < with_deadline:
            time.sleep(0.01)
        process.send_signal(number)
        process.wait(30)
        if out.read_bytes() == old:
            kept += 1
        else:
            assert read(out).num_rows == 120_000
    assert 1 <= kept <= 5


class Full(io.BytesIO):
    """A file that takes so many bytes, and then no more."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = room

    def write(self, data: Any) -> int:
        self._room -= len(data)
        if self._room < 0:
            raise ns.OutputError("full")
        return super().write(data)


def many_rows() -> Iterator[Rows]:
    names = [f"name-{n * 7919 % 10007}-{n}" for n in range(20_000)]
    for snapshot in range(60):
        text = "".join(f"{name},x\n" for name in names).encode()
        yield Rows([Run("x", snapshot, None, len(names))], text)


def write_many(target: io.BytesIO, form: str, failure: Exception | None = None) -> None:
    columns = columns_of(CONNECTIONS, ["program", "state"])
    with ArrowFile(target, form, columns) as file:
        for rows in many_rows():
            file.write_rows(rows)
            if failure is not None:
                raise failure


@pytest.mark.parametrize("room", [0, 100, 300_000])
@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_an_error_of_the_file_is_raised_as_it_is_and_nobody_waits(
    backend: str, form: str, room: int
) -> None:
    with pytest.raises(ns.OutputError, match="full"):
        write_many(Full(room), form)


def test_an_error_of_the_block_is_raised_and_the_thread_ends(backend: str) -> None:
    target = io.BytesIO()
    with pytest.raises(KeyError):
        write_many(target, "parquet", KeyError())
    with pytest.raises(pyarrow.ArrowInvalid):  # or a pipe's reader would take it for whole
        pyarrow.parquet.read_table(io.BytesIO(target.getvalue()))
    assert not [t for t in threading.enumerate() if t.name == "netstat-parse-arrow"]


# In processes -------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.parametrize(
    "options",
    [(), ("--columns", "all"), ("--where", "pid = 7 or dport = :99", "--unknown", "drop")],
)
def test_with_jobs_the_table_is_that_of_one_process(
    command: Command, backend: str, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "find_parts", partial(parts.find_parts, size=4000))
    rows = [Row(local_port=str(n + 1), pid=n % 9 + 1, recv_q=n << 58) for n in range(40)]
    capture = text_of(linux_capture(rows, "p"))
    Path("a.log").write_text("".join(f"2026-11-22T12:{n:02}:00Z\n{capture}" for n in range(9)))
    Path("b.log").write_text(capture + "odd\n" + LATER)
    found = [
        command("convert", "a.log", "b.log", "-o", f"{count}.parquet", "--jobs", count, *options)
        for count in ("1", "3")
    ]
    # A number is found to be too large when it is written, which may be later.
    assert [(r.status, sorted(r.err.splitlines())) for r in found[:1]] == [
        (r.status, sorted(r.err.splitlines())) for r in found[1:]
    ]
    one, several = read("1.parquet"), read("3.parquet")
    assert one == several
    assert one.num_rows >= 40
    assert set(one["snapshot"].to_pylist()) >= set(range(1, 11))
    assert one["recv_q"].null_count > 0
