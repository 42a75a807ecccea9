"""`--where` and `--unknown`: the rows that are left, in every format and way of reading."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import GOOD, GOOD_CSV, HEADER, Command, Result
from printed import Row, linux_capture, text_of

SSH_ROW = ",tcp,0,0,10.0.0.1,22,10.0.0.2,51234,ESTABLISHED,4711,sshd\n"
MIXED = text_of(
    linux_capture(
        [
            Row(local_port="22"),
            Row(local_port="443", local="10.0.0.3"),
            Row(local_port="of-this-house", local="10.0.0.4"),
        ]
    )
)
KEPT = (
    "netstat-parse: 1 row was kept of which netstat does not tell what --where asks (it was cut, "
    "is a name, or is not printed): --unknown drop does otherwise\n"
)
LEFT_OUT = KEPT.replace("was kept", "was left out").replace("drop", "keep")


def hosts(result: Result, form: str) -> list[str]:
    """The local addresses in the output."""
    if form == "json":
        records = [c for s in json.loads(result.out) for c in s["connections"]]
        return [c["local"]["host"] for c in records]
    if form == "jsonl":
        return [json.loads(line)["local"]["host"] for line in result.out.splitlines()]
    if form == "table":
        return [line.split()[3] for line in result.out.splitlines()[2:]]
    return [line.split(",")[4] for line in result.out.splitlines()[1:]]


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("form", ["csv", "jsonl", "json", "table"])
@pytest.mark.parametrize("snapshots", [1, 3])
def test_what_is_not_known_is_kept_or_dropped_and_told(
    command: Command, form: str, jobs: str, snapshots: int
) -> None:
    Path("log.txt").write_text("\n".join([MIXED] * snapshots))
    arguments = ("convert", "log.txt", "--to", form, "--jobs", jobs, "--where", "sport = :ssh")
    if form == "table" and snapshots > 1:
        return
    told = "1 row was", f"{snapshots} rows were" if snapshots > 1 else "1 row was"
    kept = command(*arguments)
    assert (kept.status, kept.err) == (0, KEPT.replace(*told))
    assert hosts(kept, form) == ["10.0.0.1", "10.0.0.4"] * snapshots
    dropped = command(*arguments, "--unknown", "drop")
    assert (dropped.status, dropped.err) == (0, LEFT_OUT.replace(*told))
    assert hosts(dropped, form) == ["10.0.0.1"] * snapshots


def test_rows_that_come_again_are_left_out_again(command: Command) -> None:
    result = command("convert", "--where", "state established", stdin=f"{GOOD}\n{GOOD}\n{GOOD}")
    assert result == Result(0, f"{HEADER}\n" + SSH_ROW * 3, "")


def test_nothing_wanted_gives_the_header_alone(command: Command) -> None:
    result = command("convert", "--where", "state closing", stdin=f"{GOOD}\n{GOOD}")
    assert result == Result(0, f"{HEADER}\n", "")
    result = command("convert", "--where", "state closing", "--to", "jsonl", stdin=GOOD)
    assert result == Result(0, "", "")
    result = command("convert", "--where", "", stdin=GOOD)
    assert result == Result(0, GOOD_CSV, "")


def test_columns_of_what_is_wanted(command: Command) -> None:
    arguments = ("--columns", "local_address,local_port", "--where", "sport = :ssh")
    result = command("convert", *arguments, stdin=f"{MIXED}\n{MIXED}")
    rows = "10.0.0.1,22\n10.0.0.4,of-this-house\n"
    assert result.out == "local_address,local_port\n" + rows * 2
    assert "2 rows were kept" in result.err


def test_what_is_cut_is_kept(command: Command) -> None:
    cut = Row(proto="tcp6", local="2001:db8:aaaa:bbbb:cccc:dddd:1:20", foreign="::1")
    text = text_of(linux_capture([cut, Row()]))
    result = command("convert", "--where", "src 2001:db8:aaaa:bbbb:cccc::/80", stdin=text)
    assert [line.split(",")[4] for line in result.out.splitlines()[1:]] == ["2001:db8:aaaa:bbbb:c…"]
    assert result.err == KEPT
    result = command("convert", "--where", "src 2001:db9::/32", stdin=text)
    assert result == Result(0, f"{HEADER}\n", "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--where", "sport ="], "filter, column 8: expected a port"),
        (["--where", "sport 22", "--table", "unix"], "--where is for connections"),
        (["--where", "sport 22", "--unknown", "maybe"], "invalid choice"),
    ],
)
def test_a_filter_that_cannot_be_used_is_2_and_leaves_the_output_alone(
    command: Command, arguments: list[str], told: str
) -> None:
    Path("out.csv").write_text("before\n")
    result = command("convert", "-o", "out.csv", *arguments, stdin=GOOD)
    assert (result.status, result.out) == (2, "")
    assert told in result.err
    assert Path("out.csv").read_text() == "before\n"


def test_run_heeds_it_too(command: Command) -> None:
    Path("capture.txt").write_text(MIXED)
    result = command("run", "--where", "sport = :ssh", "--", "cat", "capture.txt")
    assert hosts(result, "csv") == ["10.0.0.1", "10.0.0.4"]
    assert result.err == KEPT
