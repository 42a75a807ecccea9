"""The benchmarks compare what is comparable: fixed texts, all of it read, equal results."""

from __future__ import annotations

import io
import subprocess

import pytest

import netstat_parse
from benchmarks import contestants, corpora

SMALL = {
    "linux": corpora.linux(500),
    "macos": corpora.macos(500),
    "log": corpora.log(3, 50),
    "unstamped": corpora.log(3, 50, stamped=False),
}


def test_corpora_are_reproducible() -> None:
    assert corpora.linux(500) == SMALL["linux"]
    assert corpora.macos(500) == SMALL["macos"]
    assert corpora.log(3, 50) == SMALL["log"]


def test_rows_are_unique() -> None:
    for name in ("linux", "macos"):
        lines = SMALL[name].splitlines()
        assert len(lines) == len(set(lines)) == 502


def test_the_logs_differ_in_their_stamps_only() -> None:
    stamps = [line for line in SMALL["log"].splitlines() if line.endswith(" UTC 2026")]
    assert len(stamps) == 3
    rest = SMALL["log"]
    for stamp in stamps:
        rest = rest.replace(stamp + "\n", "")
    assert rest == SMALL["unstamped"]


@pytest.mark.parametrize(
    ("name", "rows"), [(n, 500 if n in ("linux", "macos") else 150) for n in SMALL]
)
def test_corpora_parse_completely(name: str, rows: int) -> None:
    snapshots = list(netstat_parse.iter_snapshots(SMALL[name]))
    assert sum(len(snapshot.connections) for snapshot in snapshots) == rows
    assert not any(snapshot.unparsed or snapshot.notes for snapshot in snapshots)
    assert all((snapshot.captured_at is not None) is (name == "log") for snapshot in snapshots)


def test_the_linux_corpus_is_mixed() -> None:
    connections = netstat_parse.parse(SMALL["linux"]).connections
    assert {c.family for c in connections} == {"ipv4", "ipv6"}
    assert {c.transport for c in connections} == {"tcp", "udp"}
    assert any(c.foreign.truncated for c in connections)
    assert any(c.process is None for c in connections)
    assert any(c.process and " " in (c.process.name or "") for c in connections)


@pytest.mark.parametrize("name", ["linux", "log", "unstamped"])
def test_mawk_writes_the_same_csv(name: str) -> None:
    argv = [argument for argument in contestants.MAWK.argv if argument != "FILE"]
    theirs = subprocess.run(argv, input=SMALL[name].encode(), capture_output=True, check=True)
    ours = io.StringIO(newline="")
    netstat_parse.write_csv(netstat_parse.iter_snapshots(SMALL[name]), ours)
    assert theirs.stdout.decode().splitlines() == ours.getvalue().splitlines()


@pytest.mark.parametrize("name", ["parse", "iter_snapshots", "floor"])
def test_libraries_read_every_row(name: str, tmp_path: object) -> None:
    path = f"{tmp_path}/log.txt"
    with open(path, "w", encoding="utf-8") as file:
        file.write(SMALL["linux"])
    assert contestants.LIBRARIES[name](path)() == 500
