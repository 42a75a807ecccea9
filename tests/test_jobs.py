"""`convert --jobs N` writes what one process writes, whatever the file holds."""

from __future__ import annotations

import bz2
import codecs
import csv
import gzip
import io
import lzma
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, redirect_stderr
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import corpora
from netstat_parse.command import jobs, main
from netstat_parse.command.messages import NOTHING, PARTLY
from netstat_parse.reading import account, classify, parts
from netstat_parse.reading.lines import raw_batches
from netstat_parse.reading.options import Options
from netstat_parse.reading.parts import Part
from netstat_parse.reading.sources import open_input
from netstat_parse.writing import terminal

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")

LARGEST = ("--columns", "all")


class Outcome(NamedTuple):
    """What a conversion gave."""

    status: int
    output: bytes
    rejects: bytes
    errors: str


def convert(paths: Sequence[Path | str], count: int, *options: str, name: str = "out") -> Outcome:
    """Converts files with so many processes, to a file of this name."""
    folder = next(path for path in paths if isinstance(path, Path)).parent
    out, rejects = folder / f"{count}.{name}", folder / f"{count}.rejects"
    for file in (out, rejects):
        file.unlink(missing_ok=True)
    arguments = ["--jobs", str(count), "-o", str(out), "--rejects", str(rejects), *options]
    errors = io.StringIO()
    with redirect_stderr(errors):
        status = main(["convert", *map(str, paths), *arguments])
    return Outcome(status, _content(out), _content(rejects), errors.getvalue())


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b"nothing"


def cut_often(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Files are cut into parts of about this many bytes."""
    monkeypatch.setattr(jobs, "find_parts", partial(parts.find_parts, size=size))


def find_parts(path: Path, size: int) -> list[Part]:
    """The parts that a file is read in."""
    return list(parts.find_parts(str(path), Options(), size))


# Random logs --------------------------------------------------------------------------------------

BANNER = "Active Internet connections (w/o servers)"
PLAIN = "Proto Recv-Q Send-Q Local Address           Foreign Address         State      "
WITH_PROGRAMS = PLAIN + " PID/Program name    "
MACOS = "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)"
UNIX = "Proto RefCnt Flags       Type       State         I-Node   Path"


def row(local: str, foreign: str, end: str = "ESTABLISHED 12/sshd: a           ") -> str:
    return f"tcp        0      0 {local:<23} {foreign:<23} {end}"


ports = st.integers(10, 99)
ipv4_rows = st.builds(lambda a, b: row(f"10.0.0.{a}:22", f"192.0.2.{b}:443"), ports, ports)
udp_rows = st.just(
    "udp        0      0 0.0.0.0:68              0.0.0.0:*                           -  "
)
full_rows = st.builds(lambda a: row("10.0.0.1:22", f"2001:db8:cc1b:c3e:44:{a}"), ports)
long_rows = st.builds(lambda a: row("10.0.0.1:22", f"2001:db8:cc1b:c3e::44:{a}:50022"), ports)
plain_rows = st.one_of(*[ipv4_rows] * 12, udp_rows)
rows_of_a_log = st.sampled_from(
    [plain_rows, st.one_of(plain_rows, full_rows), st.one_of(plain_rows, full_rows, long_rows)]
)
stamps = st.builds(lambda s: f"Mon Jan  5 09:00:{s} UTC 2026", ports.map(lambda p: p % 50 + 10))
noise = st.one_of(
    st.sampled_from(
        [
            "",
            "garbage",
            "tcp 0 0 nonsense",
            "tcp        0      0 10.0.0.1:22             10.0.0.2:70000          LISTEN",
            "(Not all processes could be identified, non-owned process info",
            "$ netstat -npt",
            "Kernel IP routing table",
            "Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface",
            "Active UNIX domain sockets (w/o servers)",
            UNIX,
            "unix  2      [ ]         DGRAM                    12345    /run/a",
            BANNER,
            PLAIN,
            MACOS,
            "Mon Feb 30 09:00:00 UTC 2026",
            "2026-01-05 09:00:00 " + row("10.0.0.1:22", "10.0.0.2:33"),
            "> " + row("10.0.0.1:22", "10.0.0.2:33"),
            "\x1b[1m" + row("10.0.0.1:22", "10.0.0.2:33") + "\x1b[0m",
            "caf\u00e9 \udcff",
        ]
    ),
    stamps,
    st.text("tcp udp0:\x1b\t\u2028\xa0", max_size=12),
)


@st.composite
def snapshots(draw: st.DrawFn, rows: st.SearchStrategy[str], noisy: bool) -> list[str]:
    found = []
    if draw(st.booleans()):
        found.append(draw(stamps))
    if draw(st.integers(0, 5)):
        found.append(BANNER)
    found.append(
        WITH_PROGRAMS if draw(st.integers(0, 4)) else draw(st.sampled_from([PLAIN, MACOS]))
    )
    lines = draw(st.lists(rows, max_size=40))
    if noisy:
        for line in draw(st.lists(st.one_of(noise, stamps), max_size=2)):
            lines.insert(draw(st.integers(0, len(lines))), line)
    return found + lines


@st.composite
def logs(draw: st.DrawFn) -> bytes:
    noisy = draw(st.booleans())
    parts = draw(st.lists(snapshots(draw(rows_of_a_log), noisy), max_size=8))
    text = "\n".join(line for part in parts for line in part)
    text += draw(st.sampled_from(["\n", "", "\ntcp        0      0 10.0.0.1:22   10"]))
    if draw(st.integers(0, 9)) == 0:
        text = text.replace("\n", "\r\n")
    return text.encode(errors="surrogateescape")


@pytest.mark.slow
@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_same_as_one_process(
    data: st.DataObject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_often(monkeypatch, data.draw(st.sampled_from([100, 300, 1000]), "size"))
    paths = []
    for number, log in enumerate(data.draw(st.lists(logs(), min_size=1, max_size=3), "logs")):
        path = tmp_path / f"{number}.log"
        path.write_bytes(log)
        paths.append(path)
    options = data.draw(
        st.sampled_from([(), ("--to", "jsonl"), LARGEST, ("--uncut",), ("--columns", "source")])
    )
    assert convert(paths, 2, *options) == convert(paths, 1, *options)


# What is cut --------------------------------------------------------------------------------------


@pytest.mark.parametrize("stamped", [True, False])
def test_logs_are_cut(stamped: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.log"
    path.write_text(corpora.log(40, 50, stamped=stamped))
    cut_often(monkeypatch, 10_000)
    assert len(find_parts(path, 10_000)) >= 5
    assert convert([path], 3) == convert([path], 1)


def test_a_snapshot_without_an_end_is_one_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.log"
    path.write_text(corpora.macos(2000))
    cut_often(monkeypatch, 10_000)
    assert len(find_parts(path, 10_000)) == 1
    assert convert([path], 3) == convert([path], 1)


@pytest.mark.parametrize("options", [(), LARGEST, ("--to", "jsonl")])
def test_several_files(
    options: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Among them one that holds nothing, one that is not there, and a compressed one."""
    cut_often(monkeypatch, 5000)
    paths = [tmp_path / f"{number}.log" for number in range(4)]
    paths.append(tmp_path / "4.log.gz")
    paths[0].write_text(corpora.log(10, 50))
    paths[1].write_text("nothing\n" * 1500)
    paths[3].write_text(corpora.macos(500))
    paths[4].write_bytes(gzip.compress(corpora.log(3, 20).encode()))
    expected = convert(paths, 1, *options)
    assert expected[0] == PARTLY
    assert convert(paths, 3, *options) == expected


GOOD = corpora.log(3, 20).encode()
ODD = b"odd\n" + GOOD + b"tcp        0      x 10.0.0.1:22\n"
INPUTS: dict[str, bytes | None] = {
    "missing": None,
    "empty": b"",
    "nothing": b"nothing\n",
    "macos": corpora.macos(30).encode(),
    "plain": GOOD,
    "odd": ODD,
    "mixed": GOOD + b"odd\n" + corpora.macos(5).encode() + ODD,
    "gzip": gzip.compress(ODD),
    "bzip2": bz2.compress(ODD),
    "xz": lzma.compress(ODD),
    "damaged": gzip.compress(ODD)[:-100],
    "damaged at once": gzip.compress(GOOD)[:15],
    "utf-16": codecs.BOM_UTF16_LE + ODD.decode().encode("utf-16-le"),
    "utf-8 with a mark": codecs.BOM_UTF8 + ODD,
    "cr-lf": ODD.replace(b"\n", b"\r\n"),
    "without an end": GOOD.rstrip(),
}
OPTIONS: list[tuple[str, ...]] = [
    (),
    LARGEST,
    ("--to", "jsonl"),
    ("--table", "unix"),
    ("--columns", "source,local_port"),
    ("--uncut", "--dialect", "linux"),
]


def write_inputs(folder: Path) -> dict[str, Path]:
    """The files, by name, in their order."""
    paths = {name: folder / f"{name}.log" for name in INPUTS}
    for name, data in INPUTS.items():
        if data is not None:
            paths[name].write_bytes(data)
    return paths


@pytest.mark.slow
@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
def test_all_kinds_of_input(
    options: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what is said on standard error is said in the same order."""
    cut_often(monkeypatch, 1000)
    (tmp_path / "an empty folder").mkdir()
    paths = [*write_inputs(tmp_path).values(), tmp_path / "an empty folder"]
    expected = convert(paths, 1, *options)
    assert expected.status == PARTLY
    assert expected.errors.count("\n") >= 7
    assert expected.rejects.count(b"\n") > 10
    assert convert(paths, 3, *options) == expected
    assert convert(paths[::-1], 3, *options) == convert(paths[::-1], 1, *options)


@pytest.mark.parametrize("names", [("missing",), ("empty", "nothing"), ("damaged at once",)])
def test_nothing_to_read(names: tuple[str, ...], tmp_path: Path) -> None:
    paths = write_inputs(tmp_path)
    chosen = [paths[name] for name in names]
    expected = convert(chosen, 1)
    assert (expected.status, expected.output) == (NOTHING, b"nothing")
    assert convert(chosen, 2) == expected


@pytest.mark.parametrize(
    "names",
    [
        ("missing", "macos", "plain"),
        ("nothing", "damaged at once", "macos", "plain"),
        ("damaged", "macos"),
        ("mixed", "macos", "mixed"),
    ],
)
def test_all_columns_are_those_of_the_first_snapshot(
    names: tuple[str, ...], tmp_path: Path
) -> None:
    """Whichever process finds it, and whether or not it comes to its end."""
    paths = write_inputs(tmp_path)
    chosen = [paths[name] for name in names]
    expected = convert(chosen, 1, *LARGEST)
    widths = {len(row) for row in csv.reader(expected.output.decode().splitlines())}
    assert len(widths) == 1
    assert convert(chosen, 2, *LARGEST) == expected


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("options", [(), LARGEST])
def test_standard_input_among_the_files(
    place: int, options: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can't be read twice, so its dialect is known only when its turn comes."""
    paths = write_inputs(tmp_path)
    given: list[Path | str] = [paths["missing"], paths["odd"]]
    given.insert(place, "-")
    found = []
    for count in (1, 2):
        with paths["macos"].open() as file:
            monkeypatch.setattr(sys, "stdin", file)
            found.append(convert(given, count, *options))
    assert found[0] == found[1]
    assert found[0].status == PARTLY
    assert found[0].output.count(b"tcp4") > 5


def test_a_compressed_output(tmp_path: Path) -> None:
    paths = [write_inputs(tmp_path)["odd"]]
    one, other = (convert(paths, count, name="csv.gz") for count in (1, 2))
    assert gzip.decompress(one.output) == gzip.decompress(other.output)
    assert (one.status, one.rejects, one.errors) == (other.status, other.rejects, other.errors)


def test_no_jobs_at_all_are_all_processors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def make_pool(jobs: int, **options: Any) -> ProcessPoolExecutor:
        asked.append(jobs)
        return ProcessPoolExecutor(jobs, **options)

    monkeypatch.setattr(jobs, "ProcessPoolExecutor", make_pool)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    paths = [write_inputs(tmp_path)["odd"]]
    expected = convert(paths, 1)
    assert asked == []
    assert convert(paths, 0) == convert(paths, 2) == expected
    assert asked == [3, 2]


def test_strict_reads_with_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first line that is not understood is the first of all files."""
    monkeypatch.setattr(jobs, "ProcessPoolExecutor", None)
    paths = write_inputs(tmp_path)
    chosen = [paths["plain"], paths["odd"]]
    assert convert(chosen, 2, "--strict") == convert(chosen, 1, "--strict")


def test_a_pipe_is_read_when_its_turn_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "0.log"
    log.write_text(corpora.log(10, 50))
    pipe = tmp_path / "1.log"
    os.mkfifo(pipe)

    def result(count: int) -> Outcome:
        with subprocess.Popen(["cp", log, pipe]) as writer:
            found = convert([log, pipe, log], count)
        assert writer.returncode == 0
        return found

    cut_often(monkeypatch, 5000)
    assert result(3) == result(1)


# What one input may cost --------------------------------------------------------------------------

BROKEN = "tcp        0      x 10.0.0.1:22\n"


def watch_repeats(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The files of which a part is converted once more, as more was spent than one may cost."""
    repeats: set[str] = set()

    class Pool(ProcessPoolExecutor):
        def submit(self, function: Any, task: jobs.Task) -> Any:  # type: ignore[override]
            if task.spent is not None:
                repeats.add(task.part.path)
            return super().submit(function, task)

    monkeypatch.setattr(jobs, "ProcessPoolExecutor", Pool)
    return repeats


@pytest.mark.parametrize(("explained", "is_over"), [(20, False), (19, True), (7, True), (1, True)])
def test_rejected_lines_are_explained_up_to_the_limit_of_the_input(
    explained: int, is_over: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two inputs each has its own."""
    log = "".join(f"{corpora.log(1, 30, seed=i)}{BROKEN}{BROKEN}" for i in range(10))
    paths = [tmp_path / "a.log", tmp_path / "b.log"]
    for path in paths:
        path.write_text(log)
    monkeypatch.setattr(account, "LINES_EXPLAINED", explained)
    cut_often(monkeypatch, 5000)
    expected = convert(paths, 1)
    assert expected.rejects.count(b"Send-Q") == 2 * min(explained, 20)
    repeats = watch_repeats(monkeypatch)
    assert convert(paths, 2) == expected
    assert repeats == set(map(str, paths * is_over))


@pytest.mark.parametrize(("headers", "is_over"), [(4, False), (3, True), (1, True)])
def test_headers_are_made_sense_of_up_to_the_limit_of_the_input(
    headers: int, is_over: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.log"
    path.write_text(
        "".join(
            corpora.log(1, 40, seed=i).replace("Program name    ", f"Program name    Column{i % 4}")
            for i in range(8)
        )
    )
    for module in (account, classify):
        monkeypatch.setattr(module, "HEADERS_READ", headers)
    cut_often(monkeypatch, 5000)
    expected = convert([path], 1)
    assert expected.status == PARTLY
    assert expected.rejects.count(b"different headers") == 2 * (4 - headers)
    repeats = watch_repeats(monkeypatch)
    assert convert([path], 2) == expected
    assert bool(repeats) == is_over


# Progress -----------------------------------------------------------------------------------------


def test_progress_is_shown_of_each_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of one that is read as a whole, while it is read."""
    log = corpora.log(40, 400)
    paths = [tmp_path / "a.log", tmp_path / "b.log.gz"]
    paths[0].write_text(log)
    paths[1].write_bytes(gzip.compress(log.encode()))
    cut_often(monkeypatch, 100_000)
    shown: list[tuple[str, int, int, int]] = []

    class Progress:
        def __init__(self, name: str, size: int) -> None:
            self.name, self.size, self.bytes = name, size, 0

        def advance(self, count: int) -> None:
            self.bytes += count

        def show(self, snapshots: int) -> None:
            shown.append((self.name, self.size, self.bytes, snapshots))

        def close(self) -> None:
            shown.append((self.name, self.size, -1, 0))

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def slow(*arguments: Any, **keywords: Any) -> Any:
        for batch in raw_batches(*arguments, **keywords):
            time.sleep(0.01)
            yield batch

    monkeypatch.setattr(terminal, "Progress", Progress)
    monkeypatch.setattr(jobs, "SECONDS_BETWEEN", 0.01)
    monkeypatch.setattr(jobs, "raw_batches", slow)
    with redirect_stderr(Terminal()):
        main(["convert", "--jobs", "2", *map(str, paths), "-o", str(tmp_path / "a.csv")])
    for path in paths:
        size = path.stat().st_size
        *of_path, (_, _, end, _) = [found for found in shown if found[0] == str(path)]
        assert {found[1] for found in of_path} == {size}
        read = [found[2] for found in of_path]
        assert read == sorted(read)
        assert len(set(read)) >= 3
        assert of_path[-1] == (str(path), size, size, 40)
        assert end == -1


# What may go wrong --------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [0, 1, 9])
def test_a_process_that_is_killed_ends_the_work(
    place: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows what it would have written, and no other process is started."""

    def killed(path: str) -> AbstractContextManager[BinaryIO]:
        if path.endswith("killed.log"):
            os.kill(os.getpid(), signal.SIGKILL)
        return open_input(path)

    monkeypatch.setattr(jobs, "open_input", killed)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    paths = [tmp_path / f"{number}.log" for number in range(10)]
    paths[place] = tmp_path / "killed.log"
    for path in paths:
        path.write_text(corpora.log(4, 50))
    before = set(tmp_path.iterdir())
    found = convert(paths, 2)
    assert (found.status, found.output, found.rejects) == (NOTHING, b"nothing", b"nothing")
    said = r"netstat-parse: \S*\.log: a process that converted it was killed; try fewer --jobs\n"
    assert re.fullmatch(said, found.errors)
    assert set(tmp_path.iterdir()) == before
    assert not multiprocessing.active_children()


INTERRUPTED = """
import os, sys, time
from functools import partial
from netstat_parse import command
from netstat_parse.command import jobs
jobs.find_parts = partial(jobs.find_parts, size=10_000)
def waiting(*_):
    with open(sys.argv[2], "a") as file:
        file.write(f"{os.getpid()}\\n")
    time.sleep(60)
jobs.open_input = waiting
sys.exit(command.main(["convert", "--jobs", "3", sys.argv[1], "-o", sys.argv[3]]))
"""


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("reaches_all", [True, False])
@pytest.mark.parametrize(
    ("number", "told"), [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "ended by SIGTERM")]
)
def test_interrupted(tmp_path: Path, number: signal.Signals, told: str, reaches_all: bool) -> None:
    path, pids = tmp_path / "a.log", tmp_path / "pids"
    path.write_text(corpora.log(40, 50))
    folder, output = tmp_path / "tmp", tmp_path / "output"
    folder.mkdir()
    output.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(path), str(pids), str(output / "a.csv")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "TMPDIR": str(folder)},
    )
    until = time.monotonic() + 30
    while not pids.exists() or pids.read_text().count("\n") < 2:
        assert time.monotonic() < until
        time.sleep(0.01)
    if reaches_all:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert errors.decode() == f"netstat-parse: {told}\n"
    assert not any(is_alive(int(pid)) for pid in pids.read_text().split())
    assert not list(folder.iterdir())
    assert not list(output.iterdir())
