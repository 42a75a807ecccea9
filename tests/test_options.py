"""The options of the command line, before anything is read."""

from __future__ import annotations

import argparse

import pytest

from netstat_parse.command.formats import check_columns, find_format
from netstat_parse.command.messages import UsageError
from netstat_parse.command.options import make_parser
from netstat_parse.errors import UnknownColumnError


def parse(*arguments: str) -> argparse.Namespace:
    return make_parser().parse_args(arguments)


def test_what_holds_without_options() -> None:
    options = vars(parse("convert"))
    for name in ("work", "version"):
        del options[name]
    assert options == {
        "files": ["-"],
        "output": None,
        "to": None,
        "columns": None,
        "table": None,
        "dialect": None,
        "encoding": None,
        "spreadsheet_safe": False,
        "strict": False,
        "rejects": None,
        "timestamp_format": [],
        "uncut": False,
        "jobs": 1,
        "where": None,
        "unknown": "keep",
    }
    options = vars(parse("run"))
    assert (options["argv"], options["timeout"]) == ([], 10.0)
    assert (options["every"], options["count"], options["duration"]) == (None, None, None)
    assert parse("watch").every == 2


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("10s", 10), ("500ms", 0.5), ("1.5m", 90), ("1h", 3600), ("1d", 86400), ("7", 7)],
)
def test_times_have_units(text: str, seconds: float) -> None:
    assert parse("run", "--every", text, "--for", text).every == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (["--to", "xml"], "xml"),
        (["--table", "rules"], "rules"),
        (["--columns", ","], "','"),
        (["--jobs", "-1"], "'-1'"),
        (["--timestamp-format", "%Q"], "'Q' is a bad directive"),
        (["--timestamp-format", "at"], "no directive"),
        (["--timestamp-format", "%Y %Y"], "%Y %Y"),
        (["--encoding", "klingon"], "'klingon'"),
        (["--encoding", "hex"], "'hex'"),
        (["--encoding", "undefined"], "'undefined'"),
        (["--encoding", "\x1b[2J"], "\\x1b[2J"),
        (["--jobs", "many"], "'many'"),
        (["--timeout", "3"], "--timeout"),
    ],
    ids=" ".join,
)
def test_what_is_no_option_is_told(
    capsys: pytest.CaptureFixture[str], arguments: list[str], wrong: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        parse("convert", *arguments)
    assert caught.value.code == 2
    assert wrong in capsys.readouterr().err.splitlines()[-1]


def test_options_that_take_values() -> None:
    options = parse(
        *("convert", "a", "b", "--jobs", "0", "--columns", " pid , proto,"),
        *("--timestamp-format", "%s", "--timestamp-format", "%H", "--table", "multicast_groups"),
    )
    assert options.files == ["a", "b"]
    assert options.jobs == 0
    assert options.columns == ("pid", "proto")
    assert options.timestamp_format == ["%s", "%H"]
    assert options.table == "multicast_groups"


SUFFIXES = {
    "out.csv": "csv",
    "out.json": "json",
    "out.jsonl": "jsonl",
    "out.ndjson": "jsonl",
    "out.JSON": "json",
    "out.txt": "table",
    "out": "csv",
    "out.log": "csv",
    "out.csv.gz": "csv",
    "out.json.xz": "json",
    "out.jsonl.bz2": "jsonl",
    "out.gz": "csv",
    "a.json/out": "csv",
}


@pytest.mark.parametrize(("name", "form"), SUFFIXES.items())
def test_the_suffix_chooses_the_format(name: str, form: str) -> None:
    assert find_format(name, None) == form


def test_the_suffix_must_not_contradict_what_was_asked_for() -> None:
    with pytest.raises(UsageError, match="its suffix says json, and --to says csv"):
        find_format("out.json", "csv")
    assert find_format("out.log", "json") == "json"
    assert find_format(None, "table") == "table"
    assert find_format(None, None) == "csv"


@pytest.mark.parametrize("form", ["csv", "table"])
def test_columns_go_with_csv_and_tables(form: str) -> None:
    check_columns(parse("convert", "--columns", "proto,all"), form)
    check_columns(parse("convert", "--table", "unix", "--columns", "path,inode"), form)
    with pytest.raises(UnknownColumnError, match="'path'"):
        check_columns(parse("convert", "--columns", "path"), form)
    with pytest.raises(UnknownColumnError, match="'proto'"):
        check_columns(parse("convert", "--table", "unix", "--columns", "all,proto"), form)


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_columns_do_not_go_with_json(form: str) -> None:
    check_columns(parse("convert"), form)
    with pytest.raises(UsageError, match=f"not for {form}"):
        check_columns(parse("convert", "--columns", "proto"), form)
