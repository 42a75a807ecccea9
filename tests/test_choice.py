"""Which kind of table is written where nobody names one: connections, or else what there is."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from commands import GOOD, GOOD_CSV, Command, Result, finish, start, wait_for
from printed import Row, linux_capture, text_of
from test_command_recording import lines_of, printer

import netstat_parse as ns
from netstat_parse.schema import KINDS
from netstat_parse.writing import choice
from netstat_parse.writing.text import CsvSink

FOLDER = Path(__file__).parent.parent / "fixtures"
ROUTES = (FOLDER / "linux" / "rn.txt").read_text()
INTERFACES = (FOLDER / "linux" / "ia.txt").read_text()
UNIX = (FOLDER / "linux" / "anwp.txt").read_text()
OTHERS = ROUTES + INTERFACES
JOBS = pytest.mark.parametrize("jobs", [(), ("--jobs", "2")], ids=str)
FORMS = pytest.mark.parametrize("form", ["csv", "jsonl"])


def said(*sentences: str) -> str:
    return "".join(f"netstat-parse: {sentence}\n" for sentence in sentences)


ONLY_CONNECTIONS = said(
    "only connections are written; there are also routes (--table routes) and interfaces "
    "(--table interfaces)"
)


@FORMS
@JOBS
def test_a_file_of_one_kind_gives_this_kind(
    command: Command, form: str, jobs: tuple[str, ...]
) -> None:
    Path("r.txt").write_text(ROUTES)
    result = command("convert", "r.txt", "--to", form, *jobs)
    assert result == command("convert", "r.txt", "--to", form, "--table", "routes")
    assert result.out.count("\n") > 3
    assert result.err == ""


@FORMS
@JOBS
@pytest.mark.parametrize("text", [OTHERS + GOOD, GOOD + OTHERS], ids=["behind", "before"])
def test_connections_come_before_all_others_wherever_they_stand(
    command: Command, form: str, jobs: tuple[str, ...], text: str
) -> None:
    Path("a.txt").write_text(text)
    result = command("convert", "a.txt", "--to", form, *jobs)
    asked = command("convert", "a.txt", "--to", form, "--table", "internet")
    assert result == Result(0, asked.out, ONLY_CONNECTIONS)
    if form == "csv":
        assert result.out == GOOD_CSV


@FORMS
@JOBS
def test_of_others_the_first_of_the_list_is_written(
    command: Command, form: str, jobs: tuple[str, ...]
) -> None:
    """Whichever stands first in the input."""
    Path("a.txt").write_text(INTERFACES + ROUTES)
    result = command("convert", "a.txt", "--to", form, *jobs)
    asked = command("convert", "a.txt", "--to", form, "--table", "routes")
    others = "only routes are written; there are also interfaces (--table interfaces)"
    assert result == Result(0, asked.out, said(others))


@JOBS
@pytest.mark.parametrize("names", [("o", "g"), ("g", "o")], ids=str)
def test_an_input_without_what_is_written_is_named_in_any_order(
    command: Command, jobs: tuple[str, ...], names: tuple[str, ...]
) -> None:
    Path("o").write_text(OTHERS)
    Path("g").write_text(GOOD)
    lacking = (
        "o: no connections in the input; it has routes (--table routes) and interfaces "
        "(--table interfaces)"
    )
    expected = Result(1, GOOD_CSV, said(lacking) + ONLY_CONNECTIONS)
    assert command("convert", *names, *jobs) == expected


@FORMS
def test_what_is_held_may_be_larger_than_memory(
    command: Command, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(choice, "HELD_IN_MEMORY", 10)
    alone = command("convert", "--to", form, stdin=OTHERS * 20)
    assert alone.out == command("convert", "--to", form, "--table", "routes", stdin=OTHERS * 20).out
    behind = command("convert", "--to", form, stdin=OTHERS * 20 + GOOD)
    assert behind.out == command("convert", "--to", form, stdin=GOOD).out


def test_where_columns_or_rows_are_named_it_is_connections(command: Command) -> None:
    for options in (("--columns", "proto"), ("--columns", "all"), ("--where", "dport = 22")):
        result = command("convert", *options, stdin=ROUTES)
        assert (result.status, result.out) == (2, "")
        assert "no connections in the input; it has routes (--table routes)" in result.err


def test_tables_without_rows_have_their_columns(command: Command) -> None:
    header = ROUTES.splitlines(keepends=True)[:2]
    result = command("convert", stdin="".join(header))
    assert result.status == 0
    assert result.out.startswith("captured_at,family,destination,")
    assert command("convert", stdin=GOOD.splitlines()[0] + "\n").out.startswith("captured_at,proto")


def test_a_table_for_a_terminal_is_what_each_snapshot_has(command: Command) -> None:
    result = command("convert", "--to", "table", stdin=OTHERS + "\n" + GOOD)
    titles = [line for line in result.out.splitlines() if line.startswith("linux, ")]
    assert result.err == said(
        "only the first table of each snapshot is shown; there are also interfaces "
        "(--table interfaces)"
    )
    assert titles == [f"linux, {len(ROUTES.splitlines()) - 2} routes", "linux, 2 connections"]


def test_run_names_the_others(command: Command, tmp_path: Path) -> None:
    code = f"sys.stdout.write({ROUTES + INTERFACES!r})"
    result = command("run", *printer(tmp_path, code))
    expected = command("convert", "--table", "routes", stdin=ROUTES).out
    assert [line.partition(",")[2] for line in result.out.splitlines()] == [
        line.partition(",")[2] for line in expected.splitlines()
    ]
    assert result.err == said("only routes are written; there are also interfaces (--table "
                              "interfaces)")  # fmt: skip


def test_a_recording_has_what_the_first_run_has(command: Command, tmp_path: Path) -> None:
    code = f"sys.stdout.write({INTERFACES!r} if n == 1 else {OTHERS!r})"
    options = ("run", "--every", "50ms", "--count", "2", "-o", "day.csv")
    assert command(*options, *printer(tmp_path, code)).status == 0
    header, *rows = lines_of(Path("day.csv"))
    assert header.startswith("captured_at,name,is_down,mtu")
    assert len(rows) == 2 * (len(INTERFACES.splitlines()) - 2)


# The library --------------------------------------------------------------------------------------


def written(lines: str, table: str | None = None) -> tuple[str, str]:
    """CSV and JSON Lines of the text."""
    csv, rows = io.StringIO(), io.StringIO()
    snapshots = list(ns.iter_snapshots(io.StringIO(lines)))
    ns.write_csv(snapshots, csv, table=table)
    ns.write_jsonl(snapshots, rows, table=table)
    return csv.getvalue(), rows.getvalue()


@pytest.mark.parametrize(
    ("text", "table"),
    [
        (ROUTES, "routes"),
        (INTERFACES + ROUTES, "routes"),
        (ROUTES + GOOD, "internet"),
        (GOOD + ROUTES, "internet"),
        (UNIX, "internet"),
    ],
)
def test_the_library_chooses_as_the_command_does(command: Command, text: str, table: str) -> None:
    assert written(text) == written(text, table=table)
    csv, rows = written(text)
    assert command("convert", stdin=text).out == csv
    from_command = command("convert", "--to", "jsonl", stdin=text).out.splitlines()
    assert list(map(without_source, from_command)) == list(map(without_source, rows.splitlines()))


def test_no_snapshots_are_no_connections() -> None:
    csv, rows = io.StringIO(), io.StringIO()
    ns.write_csv([], csv, table=None)
    ns.write_jsonl([], rows, table=None)
    assert (csv.getvalue(), rows.getvalue()) == (GOOD_CSV.splitlines(keepends=True)[0], "")


def without_source(row: str) -> dict[str, object]:
    return {name: value for name, value in json.loads(row).items() if name != "source"}


def test_a_text_that_utf_8_can_not_have_is_held() -> None:
    out = io.StringIO()
    one = choice.Choice(out, is_text=True)
    routes = next(kind for kind in KINDS if kind.name == "routes")
    choice.Outlet(one, routes).write("\udcff\r\n")
    one.end()
    assert out.getvalue() == "\udcff\r\n"


def test_connections_of_a_stream_are_written_as_they_are_found() -> None:
    """Nothing is held once there are connections."""
    file = io.BytesIO()
    sink = choice.ChoosingSink(
        file, print, print, lambda kind, out: CsvSink(out, print, print, kind=kind)
    )
    from netstat_parse.reading.options import Options
    from netstat_parse.reading.reader import LineReader

    reader = LineReader(sink, Options())
    reader.feed_lines((ROUTES + text_of(linux_capture([Row()] * 3, "p"))).splitlines())
    reader.feed_lines(["", ""])
    assert file.getvalue().count(b"\n") >= 3
    assert not sink.is_undecided
    assert not sink.held


def test_a_stream_that_waits_says_so() -> None:
    """Routes again and again, and the pipe stays open: nothing may be written yet."""
    process = start("convert")
    assert process.stdin is not None
    process.stdin.write((ROUTES * 3).encode())
    process.stdin.flush()
    waits = wait_for(process.stderr, b"\n").decode()
    assert waits == said(
        "-: no connections until now: what else there is waits for the end, or for --table to "
        "name it"
    )
    result = finish(process, text_of(linux_capture([Row()], "p")).encode())
    assert result.out.count("\n") == 2
    assert "ESTABLISHED" in result.out
