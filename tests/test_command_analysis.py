"""`netstat-parse pairs`, `diff`, `lifetimes` and `summary`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from commands import BROKEN, ROOT, Command
from printed import Row, linux_capture, text_of
from pydantic import BaseModel

import netstat_parse as ns
from netstat_parse.writing.sockets import sparkline

CLIENT = Row(
    local="10.0.0.5",
    local_port="40112",
    foreign="10.0.0.9",
    foreign_port="443",
    pid=812,
    program="curl",
)
SERVER = Row(
    local="10.0.0.9",
    local_port="443",
    foreign="10.0.0.5",
    foreign_port="40112",
    pid=77,
    program="nginx",
)
LISTENER = Row(
    local="0.0.0.0",
    local_port="443",
    foreign="0.0.0.0",
    foreign_port="*",
    state="LISTEN",
    pid=77,
    program="nginx",
)
OTHER_LISTENER = Row(**{**vars(LISTENER), "pid": 99})
STAMP = "2026-01-01T00:00:{:02}+00:00"
MODELS: dict[str, type[BaseModel]] = {
    "pairs": ns.SocketPair,
    "diff": ns.Change,
    "lifetimes": ns.Lifetime,
}


def capture(*rows: Row, second: int | None = None) -> str:
    stamp = [STAMP.format(second)] if second is not None else []
    return text_of([*stamp, *linux_capture(rows, "p")])


LOG = (
    capture(LISTENER, second=1)
    + capture(LISTENER, SERVER, CLIENT, second=2)
    + capture(OTHER_LISTENER, CLIENT, second=3)
    + capture(OTHER_LISTENER, second=4)
)


def files(**texts: str) -> list[Path]:
    paths = [Path(f"{name}.txt") for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text)
    return paths


def test_pairs_are_lines_from_client_to_server(command: Command) -> None:
    result = command("pairs", stdin=capture(LISTENER, SERVER, CLIENT))
    assert (result.status, result.err) == (0, "")
    assert result.out == ("curl (812) 10.0.0.5:40112 -> 10.0.0.9:443 nginx (77)  ESTABLISHED\n")


def test_pairs_of_several_hosts_say_where_they_were_seen(command: Command) -> None:
    paths = files(web=capture(CLIENT, second=1), db=capture(SERVER, second=50))
    result = command("pairs", *paths)
    assert result.out == (
        "curl (812) 10.0.0.5:40112 <-> 10.0.0.9:443 nginx (77)  ESTABLISHED  [web.txt, db.txt]\n"
    )
    assert len(command("pairs", *paths, "--tolerance", "10").out.splitlines()) == 2


def test_pairs_of_udp_are_asked_for(command: Command) -> None:
    udp = Row(**{**vars(CLIENT), "proto": "udp"})
    assert command("pairs", stdin=capture(udp)).out == ""
    result = command("pairs", "--udp", stdin=capture(udp))
    assert result.out == "udp curl (812) 10.0.0.5:40112 <-> 10.0.0.9:443  ESTABLISHED\n"


def test_diff_of_two_captures(command: Command) -> None:
    before, after = files(before=capture(LISTENER, SERVER), after=capture(OTHER_LISTENER))
    result = command("diff", before, after)
    assert (result.status, result.err) == (1, "")
    assert result.out.splitlines() == [
        "owner  tcp 0.0.0.0:443 0.0.0.0:* nginx (77) -> nginx (99)",
        "closed tcp 10.0.0.9:443 10.0.0.5:40112 ESTABLISHED nginx (77)",
    ]
    assert command("diff", before, after, "--exit-zero").status == 0
    assert len(command("diff", before, after, "--listening").out.splitlines()) == 1


def test_diff_of_what_is_the_same_is_0(command: Command) -> None:
    result = command("diff", *files(a=capture(LISTENER), b=capture(LISTENER, second=5)))
    assert (result.status, result.out, result.err) == (0, "", "")
    paths = files(a=capture(LISTENER), b=capture(LISTENER, CLIENT))
    assert command("diff", *paths, "--listening").status == 0


def test_diff_of_a_log(command: Command) -> None:
    result = command("diff", *files(log=LOG))
    assert result.status == 1
    told = [line.split()[:2] for line in result.out.splitlines()]
    assert told == [
        [STAMP.format(2), "opened"],
        [STAMP.format(2), "opened"],
        [STAMP.format(3), "owner"],
        [STAMP.format(3), "closed"],
        [STAMP.format(4), "closed"],
    ]


def test_diff_compares_the_last_snapshots_of_two_logs(command: Command) -> None:
    result = command("diff", *files(log=LOG, now=capture(OTHER_LISTENER)))
    assert (result.status, result.out) == (0, "")
    assert "4 snapshots: its last is compared" in result.err


@pytest.mark.parametrize("texts", [{"a": capture(LISTENER), "b": "nothing\n"}, {"a": "nothing\n"}])
def test_diff_of_what_is_no_netstat_is_2(command: Command, texts: dict[str, str]) -> None:
    result = command("diff", *files(**texts))
    assert (result.status, result.out) == (2, "")
    assert "no netstat output" in result.err


def test_diff_of_a_missing_file_is_2(command: Command) -> None:
    assert command("diff", *files(a=capture(LISTENER)), "missing.txt").status == 2


def test_diff_with_lines_that_are_not_understood(command: Command) -> None:
    """Nothing is known to have changed; but not that nothing has."""
    assert command("diff", *files(a=BROKEN, b=BROKEN)).status == 2
    assert command("diff", *files(a=BROKEN, b=capture(LISTENER))).status == 1


def test_diff_takes_two_captures(command: Command) -> None:
    paths = files(a=LOG, b=LOG, c=LOG)
    assert command("diff", *paths).status == 2
    result = command("diff", paths[0], paths[0])
    assert (result.status, result.out) == (2, "")
    assert "given twice" in result.err


def test_lifetimes_say_their_bounds(command: Command) -> None:
    result = command("lifetimes", *files(log=LOG))
    assert result.status == 0
    assert result.out == (
        "curl (812) 10.0.0.5:40112 -> 10.0.0.9:443 nginx (77)  ESTABLISHED  "
        f"seen {STAMP.format(2)} to {STAMP.format(3)}, opened after {STAMP.format(1)}, "
        f"closed before {STAMP.format(4)}\n"
    )


def test_lifetimes_of_a_log_without_stamps(command: Command) -> None:
    text = capture(CLIENT) + capture(CLIENT)
    result = command("lifetimes", stdin=text)
    assert result.out.endswith("seen in snapshots 1 to 2, open at the start, open at the end\n")


def test_files_are_one_log_or_one_each(command: Command) -> None:
    paths = files(one=capture(CLIENT, second=1), two=capture(CLIENT, second=2))
    assert len(command("lifetimes", *paths).out.splitlines()) == 1
    assert len(command("lifetimes", "--each", *paths).out.splitlines()) == 2
    assert command("summary", *paths).out.startswith("2 snapshots, ")
    assert len(json.loads(command("summary", "--each", "--to", "json", *paths).out)) == 2


def test_stamps_that_go_backwards_are_said(command: Command) -> None:
    paths = files(one=capture(CLIENT, second=9), two=capture(CLIENT, second=2))
    result = command("lifetimes", *paths)
    assert result.err.count("a log must be in order") == 1
    assert command("lifetimes", "--each", *paths).err == ""


def test_summary_for_people(command: Command) -> None:
    result = command("summary", stdin=LOG)
    assert (result.status, result.err) == (0, "")
    lines = [line.split() for line in result.out.splitlines()]
    assert lines[0] == ["4", "snapshots,", STAMP.format(1), "to", STAMP.format(4)]
    assert ["ESTABLISHED", "0", "2", "2", "at", STAMP.format(2), "█▄"] in lines
    assert ["tcp", "443", "(https)", "in", "0", "1", "1", "at", STAMP.format(2)] in lines
    assert "tcp 0.0.0.0:443 nginx (77), nginx (99)" in result.out


def test_summary_shows_the_top(command: Command) -> None:
    rows = [Row(foreign=f"10.0.{i}.1") for i in range(5)]
    out = command("summary", "--top", "2", stdin=capture(*rows)).out
    assert out.count("10.0.") == 4
    assert out.count("and 3 more") == 2


def test_summary_is_no_csv(command: Command) -> None:
    result = command("summary", "-o", "out.csv", stdin=LOG)
    assert result.status == 2
    assert not Path("out.csv").exists()


@pytest.mark.parametrize("name", MODELS)
def test_records_in_every_format(command: Command, name: str) -> None:
    """JSON holds the models; CSV has a row of each."""
    (path,) = files(log=LOG)
    lines = command(name, path).out.splitlines()
    as_json = json.loads(command(name, path, "--to", "json").out)
    records = [MODELS[name].model_validate(one) for one in as_json]
    jsonl = command(name, path, "--to", "jsonl").out.splitlines()
    assert [MODELS[name].model_validate_json(line) for line in jsonl] == records
    assert len(records) == len(lines)
    rows = list(csv.DictReader(io.StringIO(command(name, path, "--to", "csv").out)))
    assert len(rows) == len(records)
    assert {row.get("first_program", row.get("program_before")) for row in rows} <= {
        "curl",
        "nginx",
        "",
    }
    command(name, path, "-o", "out.csv")
    assert Path("out.csv").read_text() == command(name, path, "--to", "csv").out


def test_a_summary_as_json(command: Command) -> None:
    (path,) = files(log=LOG)
    for form in ("json", "jsonl"):
        text = command("summary", "--to", form, path).out
        assert ns.Summary.model_validate_json(text) == ns.summary(ns.read_log(path))


@pytest.mark.parametrize("name", MODELS)
def test_nothing_is_an_empty_list(command: Command, name: str) -> None:
    result = command(name, "--to", "json", stdin=capture(LISTENER) * 2)
    assert (result.status, json.loads(result.out)) == (0, [])


def test_one_snapshot_can_not_be_compared(command: Command) -> None:
    result = command("diff", stdin=capture(LISTENER))
    assert (result.status, result.out) == (2, "")
    assert "one snapshot only" in result.err


@pytest.mark.parametrize("name", ["pairs", "diff", "lifetimes", "summary"])
def test_a_capture_of_other_tables_is_no_quiet_nothing(command: Command, name: str) -> None:
    path = ROOT / "fixtures" / "linux" / "rn.txt"
    result = command(name, path)
    assert result.status == 2
    assert f"{path}: no connections in the input; it has routes" in result.err


def test_a_capture_is_not_compared_with_one_of_other_tables(command: Command) -> None:
    folder = ROOT / "fixtures" / "linux"
    result = command("diff", folder / "rn.txt", folder / "npt.txt", "--exit-zero")
    assert (result.status, result.out) == (2, "")


@pytest.mark.parametrize("name", ["pairs", "lifetimes", "summary"])
def test_what_is_not_understood_is_told(command: Command, name: str) -> None:
    result = command(name, "--rejects", "odd.csv", stdin=BROKEN)
    assert result.status == 1
    assert "not understood" in result.err
    assert len(Path("odd.csv").read_text().splitlines()) == 3


@pytest.mark.parametrize("name", ["pairs", "diff", "lifetimes", "summary"])
def test_programs_can_not_steer_the_terminal(command: Command, name: str) -> None:
    hostile = Row(**{**vars(CLIENT), "program": "\u202ex"})
    result = command(name, stdin=capture(LISTENER) + capture(LISTENER, hostile))
    assert "\\u202ex" in result.out
    assert "\u202e" not in result.out


@pytest.mark.parametrize("name", ["pairs", "diff", "lifetimes", "summary"])
def test_only_the_connections_that_are_asked_for(command: Command, name: str) -> None:
    asked = command(name, "--where", "sport = :40112", stdin=LOG).out
    assert "10.0.0.9:443" in asked or "10.0.0.9 " in asked
    assert "99" not in asked


@pytest.mark.parametrize("name", ["pairs", "diff", "lifetimes"])
def test_programs_can_not_be_formulas(command: Command, name: str) -> None:
    hostile = Row(**{**vars(CLIENT), "program": "=1+1"})
    text = capture(LISTENER) + capture(LISTENER, hostile)
    assert ",'=1+1" in command(name, "--to", "csv", "--spreadsheet-safe", stdin=text).out


@pytest.mark.parametrize(
    ("numbers", "line"),
    [
        ([], ""),
        ([0], " "),
        ([0, 1, 2, 4, 8], " ▁▂▄█"),
        ([5] * 100, "█" * 40),
        ([0] * 99 + [1], " " * 39 + "█"),
    ],
)
def test_sparklines(numbers: Sequence[int], line: str) -> None:
    assert sparkline(numbers) == line
