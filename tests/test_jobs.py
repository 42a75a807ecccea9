"""`convert --jobs N` writes what one process writes, whatever the file holds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import corpora
from netstat_parse import cli, jobs, lines

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


def convert(path: Path, count: int, *options: str) -> tuple[int, bytes, bytes]:
    """Exit status, output, rejects."""
    out, rejects = path.with_suffix(f".{count}.out"), path.with_suffix(f".{count}.rejects")
    for file in (out, rejects):
        file.unlink(missing_ok=True)
    arguments = ["--jobs", str(count), "-o", str(out), "--rejects", str(rejects), *options]
    status = cli.main(["convert", str(path), *arguments])
    return status, _content(out), _content(rejects)


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b"nothing"


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Of how many other processes the output was used, round by round."""
    found: list[int] = []
    take = jobs._Work._take_children

    def counting(work: jobs._Work) -> int:
        found.append(take(work))
        return found[-1]

    monkeypatch.setattr(jobs._Work, "_take_children", counting)
    return found


def set_sizes(monkeypatch: pytest.MonkeyPatch, part: int, look_back: int, proof: int) -> None:
    monkeypatch.setattr(jobs, "MIN_PART", part)
    monkeypatch.setattr(jobs, "MAX_PART", 8 * part)
    monkeypatch.setattr(jobs, "LOOK_BACK", look_back)
    monkeypatch.setattr(jobs, "HEAD_STEP", 200)
    monkeypatch.setattr(jobs, "ROWS_TO_PROVE", proof)
    monkeypatch.setattr(lines, "ROWS_TO_PROVE", proof)


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


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_same_as_one_process(
    data: st.DataObject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = data.draw(st.sampled_from([1, 200, 1000]), "part")
    look_back = data.draw(st.sampled_from([1, 300, 2000]), "look_back")
    set_sizes(monkeypatch, part, look_back, data.draw(st.integers(1, 30), "proof"))
    path = tmp_path / "a.log"
    path.write_bytes(data.draw(logs(), "log"))
    options = data.draw(
        st.sampled_from(
            [(), (), ("--to", "jsonl"), ("--columns", "all"), ("--uncut",), ("--columns", "source")]
        )
    )
    expected = convert(path, 1, *options)
    for count in range(2, 6):
        assert convert(path, count, *options) == expected


# Regular logs are split ---------------------------------------------------------------------------


@pytest.mark.parametrize("text", [corpora.log(40, 50), corpora.log(40, 50, stamped=False)])
def test_logs_are_split(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, used: list[int]
) -> None:
    set_sizes(monkeypatch, 10_000, 20_000, 10_000)
    path = tmp_path / "a.log"
    path.write_text(text)
    expected = convert(path, 1)
    assert convert(path, 3) == expected
    assert used == [2]
    monkeypatch.setattr(jobs, "MAX_PART", 20_000)
    used.clear()
    assert convert(path, 3) == expected
    assert len(used) >= 3
    assert sum(used) >= 2 * (len(used) - 1)


def test_rows_that_are_held_where_a_round_of_parts_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, used: list[int]
) -> None:
    """Nobody knows yet if they were cut: no other reader may be taken for the one that has them."""
    set_sizes(monkeypatch, 2000, 300, 10_000)
    monkeypatch.setattr(jobs, "MAX_PART", 6000)
    path = tmp_path / "a.log"
    path.write_text(corpora.log(12, 50))
    assert convert(path, 5) == convert(path, 1)
    assert used


@pytest.mark.parametrize("make", [corpora.linux, corpora.macos])
def test_a_large_snapshot_is_split(
    make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, used: list[int]
) -> None:
    set_sizes(monkeypatch, 20_000, 40_000, 300)
    path = tmp_path / "a.log"
    path.write_text(make(2000))
    assert convert(path, 4) == convert(path, 1)
    assert used == [3]


def test_a_wrong_assumption_costs_time_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, used: list[int]
) -> None:
    set_sizes(monkeypatch, 10_000, 2000, 300)
    lines = [line for line in corpora.linux(1200).splitlines() if "2001:" not in line]
    lines[400:400] = ["Mon Jan  5 09:00:00 UTC 2026", "odd"]
    lines[900:900] = ["odd"]
    path = tmp_path / "a.log"
    path.write_text("\n".join(lines) + "\n")
    expected = convert(path, 1)
    assert expected[0] == cli.PARTLY
    assert expected[2].count(b"\n") == 3
    for count in (2, 3, 4, 5):
        assert convert(path, count) == expected
    assert 0 in used


def test_several_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_sizes(monkeypatch, 5000, 10_000, 300)
    paths = []
    for i, text in enumerate([corpora.log(10, 50), "nothing\n" * 5000, corpora.macos(500)]):
        paths.append(tmp_path / f"{i}.log")
        paths[-1].write_text(text)
    outputs = []
    for count in ("1", "3"):
        out = tmp_path / f"{count}.csv"
        arguments = ["convert", "--jobs", count, "--columns", "all", "-o", str(out)]
        assert cli.main([*arguments, *map(str, paths)]) == cli.PARTLY
        outputs.append(out.read_bytes())
    assert outputs[0] == outputs[1]


# What may go wrong --------------------------------------------------------------------------------


def test_a_child_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, used: list[int], capfd: Any
) -> None:
    set_sizes(monkeypatch, 10_000, 20_000, 10_000)
    path = tmp_path / "a.log"
    path.write_text(corpora.log(40, 50))
    expected = convert(path, 1)
    work = jobs._Work._convert

    def failing(self: jobs._Work, parent: int, at: int, part: jobs._Part, *files: Any) -> None:
        if part.end is None:
            os.kill(os.getpid(), signal.SIGKILL)
        work(self, parent, at, part, *files)

    monkeypatch.setattr(jobs._Work, "_convert", failing)
    assert convert(path, 3) == expected
    assert used == [1]
    assert capfd.readouterr() == ("", "")


def test_no_processes_to_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, used: list[int]
) -> None:
    set_sizes(monkeypatch, 10_000, 20_000, 10_000)
    path = tmp_path / "a.log"
    path.write_text(corpora.log(40, 50))
    expected = convert(path, 1)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "nowhere"))
    assert convert(path, 3) == expected
    assert not any(used)


INTERRUPTED = """
import os, sys, time
from netstat_parse import cli, jobs
jobs.MIN_PART = 10_000
def waiting(*_):
    with open(sys.argv[2], "a") as file:
        file.write(f"{os.getpid()}\\n")
    time.sleep(60)
jobs._Work._convert = waiting
sys.exit(cli.main(["convert", "--jobs", "3", sys.argv[1]]))
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
