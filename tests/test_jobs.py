"""`convert --jobs N` writes what one process writes, whatever the file holds."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import corpora
from netstat_parse.command import jobs, main
from netstat_parse.command.messages import NOTHING, PARTLY
from netstat_parse.reading import parts
from netstat_parse.reading.options import Options

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")

LARGEST = ("--columns", "all")


def convert(paths: list[Path], count: int, *options: str) -> tuple[int, bytes, bytes]:
    """Exit status, output, rejects."""
    folder = paths[0].parent
    out, rejects = folder / f"{count}.out", folder / f"{count}.rejects"
    for file in (out, rejects):
        file.unlink(missing_ok=True)
    arguments = ["--jobs", str(count), "-o", str(out), "--rejects", str(rejects), *options]
    status = main(["convert", *map(str, paths), *arguments])
    return status, _content(out), _content(rejects)


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b"nothing"


def cut_often(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Files are cut into parts of about this many bytes."""
    monkeypatch.setattr(jobs, "cut_file", partial(parts.cut_file, size=size))


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
    cut_often(monkeypatch, data.draw(st.sampled_from([1, 200, 1000]), "size"))
    paths = []
    for number, log in enumerate(data.draw(st.lists(logs(), min_size=1, max_size=3), "logs")):
        paths.append(tmp_path / f"{number}.log")
        paths[-1].write_bytes(log)
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
    assert len(list(parts.cut_file(str(path), Options(), 10_000))) >= 5
    assert convert([path], 3) == convert([path], 1)


def test_a_snapshot_without_an_end_is_one_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.log"
    path.write_text(corpora.macos(2000))
    cut_often(monkeypatch, 10_000)
    assert len(list(parts.cut_file(str(path), Options(), 10_000))) == 1
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
    paths[1].write_text("nothing\n" * 5000)
    paths[3].write_text(corpora.macos(500))
    paths[4].write_bytes(gzip.compress(corpora.log(3, 20).encode()))
    expected = convert(paths, 1, *options)
    assert expected[0] == PARTLY
    assert convert(paths, 3, *options) == expected


def test_a_pipe_is_read_when_its_turn_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "0.log"
    log.write_text(corpora.log(10, 50))
    pipe = tmp_path / "1.log"
    os.mkfifo(pipe)

    def result(count: int) -> tuple[int, bytes, bytes]:
        with subprocess.Popen(["cp", log, pipe]) as writer:
            found = convert([log, pipe, log], count)
        assert writer.returncode == 0
        return found

    cut_often(monkeypatch, 5000)
    assert result(3) == result(1)


# What may go wrong --------------------------------------------------------------------------------


def test_a_process_that_is_killed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def killed(path: str) -> NoReturn:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    monkeypatch.setattr(jobs, "open_input", killed)
    path = tmp_path / "a.log"
    path.write_text(corpora.log(4, 50))
    assert convert([path], 3)[:2] == (NOTHING, b"nothing")
    _, errors = capfd.readouterr()
    assert "a process that converted it was killed; try fewer --jobs" in errors


INTERRUPTED = """
import os, sys, time
from functools import partial
from netstat_parse import command
from netstat_parse.command import jobs
jobs.cut_file = partial(jobs.cut_file, size=10_000)
def waiting(*_):
    with open(sys.argv[2], "a") as file:
        file.write(f"{os.getpid()}\\n")
    time.sleep(60)
jobs.open_input = waiting
sys.exit(command.main(["convert", "--jobs", "3", sys.argv[1]]))
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
    folder = tmp_path / "tmp"
    folder.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(path), str(pids)],
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
