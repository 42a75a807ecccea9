"""The benchmarks compare what is comparable: fixed texts, all of it read, equal results."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import netstat_parse
from benchmarks import calls, commits, contestants, corpora, measure, others, versions
from benchmarks.contestants import Command
from benchmarks.linux_rows import ADDRESS_WIDTH, HEAD
from benchmarks.measurements import Measurement
from benchmarks.measurements import measure as run_measurement

SMALL = {
    "linux": corpora.linux(500),
    "servers": corpora.servers(500),
    "macos": corpora.macos(500),
    "log": corpora.log(3, 50),
    "unstamped": corpora.log(3, 50, stamped=False),
    "headerless": corpora.headerless(3, 50),
    "big_log": "".join(corpora.big_log(12_000, 50)),
}
SNAPSHOTS = {"linux": 1, "servers": 1, "macos": 1}
"""The others have three, of 50 rows each."""


# --- the corpora ---


def test_texts_are_the_same_everywhere() -> None:
    """What was measured once can be measured again: the texts are those of the recorded hashes."""
    hashes = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in SMALL.items()}
    assert {name: digest[:16] for name, digest in hashes.items()} == {
        "linux": "297e5d080d93ee14",
        "servers": "68fa2fa7aa806dcf",
        "macos": "df3d4b8dec05979e",
        "log": "2c09abd1675ebd5f",
        "unstamped": "80ff19b80843f64b",
        "headerless": "82250506cba2b5e2",
        "big_log": "346c4c25a3445a8f",
    }


@pytest.mark.parametrize("name", ["linux", "servers", "macos"])
def test_rows_are_unique(name: str) -> None:
    lines = SMALL[name].splitlines()
    assert len(lines) == len(set(lines)) == 502


@pytest.mark.parametrize("name", SMALL)
def test_corpora_parse_completely(name: str) -> None:
    snapshots = list(netstat_parse.iter_snapshots(SMALL[name]))
    assert len(snapshots) == SNAPSHOTS.get(name, 3)
    assert sum(len(snapshot.connections) for snapshot in snapshots) == (
        500 if name in SNAPSHOTS else 150
    )
    assert not any(snapshot.unparsed for snapshot in snapshots)
    notes = {note for snapshot in snapshots for note in snapshot.notes}
    if name == "headerless":
        assert all(note.startswith("no header: read as linux (Proto, Recv-Q,") for note in notes)
    else:
        assert not notes
    is_stamped = name in ("log", "headerless", "big_log")
    assert all((snapshot.captured_at is not None) is is_stamped for snapshot in snapshots)


def test_every_corpus_that_is_measured_can_be_made() -> None:
    measurements = (*others.MEASUREMENTS, *commits.measurements(Path(), "a commit"))
    names = {name for m in measurements for name in (m.corpus, m.their_corpus) if name}
    assert names == corpora.texts(small=True).keys()


def test_the_linux_corpus_is_mixed() -> None:
    connections = netstat_parse.parse(SMALL["linux"]).connections
    assert {c.family for c in connections} == {"ipv4", "ipv6"}
    assert {c.transport for c in connections} == {"tcp", "udp"}
    assert any(c.foreign.truncated for c in connections)
    assert any(c.process is None for c in connections)
    assert any(c.process and " " in (c.process.name or "") for c in connections)


def test_servers_have_tcp6_in_half_of_the_rows_and_cut_addresses_in_a_fifth() -> None:
    rows = SMALL["servers"].splitlines()[2:]
    addresses = [tuple(row.split()[3:5]) for row in rows]
    widest = [max(map(len, pair)) for pair in addresses]
    assert sum(row.startswith("tcp6 ") for row in rows) == 250
    assert widest.count(ADDRESS_WIDTH) == 100
    assert max(widest) == ADDRESS_WIDTH  # a longer one would prove that none was cut

    connections = netstat_parse.parse(SMALL["servers"]).connections
    for pair, connection in zip(addresses, connections, strict=True):
        for text, endpoint in zip(pair, (connection.local, connection.foreign), strict=True):
            assert endpoint.truncated is (len(text) == ADDRESS_WIDTH)
            assert (endpoint.address is None) is endpoint.truncated


def test_rows_stand_below_their_titles() -> None:
    """As net-tools prints them, padded: all rows of a table are as long as its header."""
    for name in ("linux", "servers"):
        header, *rows = SMALL[name].splitlines()[1:]
        assert {len(row) for row in rows} == {len(header)}


def test_the_logs_differ_in_their_stamps_only() -> None:
    stamps = [line for line in SMALL["log"].splitlines() if line.endswith(" UTC 2026")]
    assert len(stamps) == 3
    rest = SMALL["log"]
    for stamp in stamps:
        rest = rest.replace(stamp + "\n", "")
    assert rest == SMALL["unstamped"]


@pytest.mark.parametrize(("name", "fresh"), [("log", 5), ("headerless", 5), ("big_log", 50)])
def test_how_many_rows_are_new_in_each_snapshot(name: str, fresh: int) -> None:
    snapshots = SMALL[name].replace(HEAD, "").split(" UTC 2026\n")[1:]
    tables = [
        {line for line in table.splitlines() if line.startswith(("tcp", "udp"))}
        for table in snapshots
    ]
    assert [len(table) for table in tables] == [50, 50, 50]
    assert [len(new - old) for old, new in pairwise(tables)] == [fresh, fresh]


def test_the_headerless_corpus_has_rows_and_stamps_alone() -> None:
    lines = SMALL["headerless"].splitlines()
    assert sum(line.startswith("tcp") for line in lines) == 150
    assert sum(line.endswith(" UTC 2026") for line in lines) == 3
    assert len(lines) == 153


def test_the_big_log_repeats_its_snapshots_under_later_stamps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(corpora, "FRESH_SNAPSHOTS", 2)
    parts = list(corpora.big_log(20_000, 20))
    stamps, tables = zip(*(part.split("\n", 1) for part in parts), strict=True)
    assert len(set(stamps)) == len(parts) > 4
    assert tables[0] != tables[1]
    assert tables[:2] == tables[2:4]
    assert sum(map(len, parts[:-1])) < 20_000 <= sum(map(len, parts))


# --- the contestants ---


@pytest.mark.parametrize("name", ["linux", "log", "unstamped", "servers"])
def test_mawk_writes_the_same_csv(name: str) -> None:
    argv = [argument for argument in contestants.MAWK.argv if argument != "FILE"]
    theirs = subprocess.run(argv, input=SMALL[name].encode(), capture_output=True, check=True)
    ours = [line.removesuffix("…") for line in _csv(SMALL[name]).splitlines()]
    assert theirs.stdout.decode().splitlines() == ours  # it marks no names of programs


@pytest.mark.parametrize("name", ["parse", "iter_snapshots", "floor"])
def test_libraries_read_every_row(name: str, corpus: str) -> None:
    assert calls.LIBRARIES[name](str(corpora.path_of(corpus)))() == 500


def test_convert_is_timed_on_what_it_understands_only(corpus: str) -> None:
    convert = calls.LIBRARIES["convert"]
    assert convert(str(corpora.path_of(corpus)))() == 0
    with corpora.path_of(corpus).open("a") as file:
        file.write("tcp        0      0 a damaged row\n")
    with pytest.raises(RuntimeError, match="not all of"):
        convert(str(corpora.path_of(corpus)))()


def test_the_convert_that_is_measured_writes_the_csv(corpus: str) -> None:
    expected = hashlib.sha256(_csv(SMALL["linux"]).encode()).hexdigest()
    assert measure.hash_output(contestants.convert(), corpus) == expected


# --- versions ---


@pytest.fixture
def other_version(tmp_path: Path) -> Path:
    """A package netstat_parse that is not the one in this tree."""
    package = tmp_path / "other" / "netstat_parse"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("here = 'the other version'\n")
    return package.parent


def test_a_process_imports_the_version_that_was_asked_for(
    other_version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(versions.ROOT)  # the current directory must not win
    versions.check_version(other_version)
    versions.check_version(versions.ROOT)


def test_a_version_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="was asked for, but"):
        versions.check_version(tmp_path)


def test_the_command_of_each_version_is_found(other_version: Path) -> None:
    assert versions.command_module(other_version) == "netstat_parse.cli"
    (other_version / "netstat_parse" / "command").mkdir()
    assert versions.command_module(other_version) == "netstat_parse.command"


def test_a_commit_is_checked_out_without_what_changed_later(
    other_version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = ("git", "-c", "user.name=n", "-c", "user.email=e", "-C", str(other_version))
    for arguments in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "first")):
        subprocess.run((*git, *arguments), check=True)
    source = other_version / "netstat_parse" / "__init__.py"
    first = source.read_text()
    source.write_text("changed = True\n")
    monkeypatch.setattr(versions, "ROOT", other_version)
    with versions.checked_out("HEAD") as version:
        assert (version / "netstat_parse" / "__init__.py").read_text() == first
    assert not version.exists()
    assert source.read_text() == "changed = True\n"
    assert subprocess.check_output((*git, "rev-parse", "HEAD"), text=True).startswith(
        versions.commit("HEAD")
    )
    with pytest.raises(ValueError, match="fatal"):
        versions.commit("no-such-commit")


# --- measuring ---


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a corpus of 500 rows, in a folder of its own."""
    monkeypatch.setattr(corpora, "FOLDER", tmp_path)
    corpora.path_of("small").write_text(SMALL["linux"])
    return "small"


def _python(code: str) -> Command:
    return Command(code, (sys.executable, "-S", "-c", code))


def test_who_begins_changes_from_round_to_round(
    corpus: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = []

    def run(contestant: contestants.Contestant, _: str) -> tuple[float, int]:
        order.append(contestant.name)
        return len(order), 1024 * len(order)

    monkeypatch.setattr(measure, "_run", run)
    samples = [measure.Sample(_python(name), corpus) for name in ("a", "b")]
    measure.compare(samples, 3)
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert [sample.time for sample in samples] == [4, 3]  # medians of 1, 4, 5 and 2, 3, 6
    assert [sample.peak for sample in samples] == [4, 3]


def test_a_process_that_fails_is_not_timed(corpus: str) -> None:
    fails = _python("import sys; sys.exit(3)")
    with pytest.raises(subprocess.CalledProcessError):
        measure.compare([measure.Sample(fails, corpus)], 1)
    with pytest.raises(subprocess.CalledProcessError):
        measure.hash_output(fails, corpus)


@pytest.mark.parametrize(
    ("ours", "at_most", "is_wish", "cells", "is_good"),
    [
        ("print(1)", 100.0, False, ["≤ 100.0", "yes", "yes"], True),
        ("print(1)", 0.001, False, ["≤ 0.001", "**no**", "yes"], False),
        ("print(1)", 0.001, True, ["(≤ 0.001)", "**no**", "yes"], True),
        ("print(2)", 100.0, False, ["≤ 100.0", "yes", "**no**"], False),
        ("print(1)", None, False, ["", "", "yes"], True),
    ],
)
def test_a_mark_is_met_or_not(
    corpus: str, ours: str, at_most: float | None, is_wish: bool, cells: list[str], is_good: bool
) -> None:
    measurement = Measurement(
        "name",
        "work",
        _python(ours),
        corpus,
        _python("print(1)"),
        against="a commit",
        at_most=at_most,
        is_wish=is_wish,
        has_same_output=True,
    )
    result = run_measurement(measurement, 1, {})
    row = [cell.strip() for cell in result.row.split("|")]
    assert row[1:5] == ["name", "work", corpus, "a commit"]
    assert row[8:11] == cells
    assert result.is_good is is_good


@pytest.mark.parametrize(("ours", "theirs", "who"), [("0/0", "1", "ours"), ("1", "0/0", "theirs")])
def test_who_fails_is_told_and_the_others_are_still_measured(
    corpus: str, ours: str, theirs: str, who: str
) -> None:
    measurement = Measurement("name", "work", _python(ours), corpus, _python(theirs))
    result = run_measurement(measurement, 1, {})
    assert result.row == f"| name | work | {corpus} | {who} failed |"
    assert not result.is_good


def _csv(text: str) -> str:
    file = io.StringIO(newline="")
    netstat_parse.write_csv(netstat_parse.iter_snapshots(text), file)
    return file.getvalue()
