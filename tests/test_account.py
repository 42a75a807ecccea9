"""Lines that can't be placed are reported, with the column and what was expected."""

from __future__ import annotations

import pytest
from feeding import OTHER, ROW, Recorder, one, read
from printed import are_rows, is_row, linux_capture, linux_header, linux_row, text_of

from netstat_parse import LineKind, ParseError, parse
from netstat_parse.reading import account
from netstat_parse.reading.account import Account
from netstat_parse.reading.lines import MAX_LINE

BROKEN = [
    ("tcp        0      0 10.0.0.1:22", 32, "host"),
    ("tcp        0      x 10.0.0.1:22", 19, "Send-Q"),
    ("tcp        0      0 10.0.0.1:22 10.0.0.2:99999 ESTABLISHED 1/x", 42, "port"),
    ("tcp        0      0 10.0.0.1:22 10.0.0.2:51234 ESTABLISHD  1/x", 48, "state"),
    ("tcp        0      0 10.0.0.1:22 10.0.0.2:51234 ESTABLISHED one", 60, "pid"),
]


@pytest.mark.parametrize(("line", "column", "expected"), BROKEN)
def test_a_broken_row_is_told_in_words(line: str, column: int, expected: str) -> None:
    given_lines = [*linux_capture([ROW], "p"), line, linux_row(OTHER, "p")]
    snapshot = one(given_lines)
    assert are_rows(snapshot, [ROW, OTHER])
    (unparsed,) = snapshot.unparsed
    assert (unparsed.number, unparsed.text) == (4, line)
    assert unparsed.reason.startswith(f"column {column}: expected {expected}")


@pytest.mark.parametrize(("line", "column", "expected"), BROKEN)
def test_strict_raises_what_the_unparsed_line_says(line: str, column: int, expected: str) -> None:
    given_lines = [*linux_capture([ROW], "p"), line]
    (unparsed,) = one(given_lines).unparsed
    with pytest.raises(ParseError) as caught:
        parse(text_of(given_lines))
    error = caught.value
    assert (error.number, error.line) == (4, line)
    assert unparsed.reason == f"column {error.column}: {error.expected}"
    assert error.column == column
    assert expected in error.expected
    assert "line 4" in str(error)


@pytest.mark.parametrize(
    "line",
    [
        "what is this",
        "tcp",
        "tcpx       0      0 10.0.0.1:22             10.0.0.2:51234          ESTABLISHED 1/x",
        "tcp        0      0 10.0.0.1:22             10.0.0.2:51234          ESTABLISHED",
        "tcp        0      0 10.0.0.1:22 extra       10.0.0.2:51234          ESTABLISHED 1/x",
        "tcp       -1      0 10.0.0.1:22             10.0.0.2:51234          ESTABLISHED 1/x",
        "tcp        0      0 10.0.0.1:65536          10.0.0.2:51234          ESTABLISHED 1/x",
        "tcp   99999999999999999999999 0 10.0.0.1:22 10.0.0.2:51234          ESTABLISHED 1/x",
        "tcp        0 18446744073709551616 1.0.0.1:2 10.0.0.2:51234          ESTABLISHED 1/x",
        "tcp        0      0 10.0.0.1:22             10.0.0.2:51234          established 1/x",
        "tcp        0      0 10.0.0.1                10.0.0.2:51234          ESTABLISHED 1/x",
        "tcp        0      0 10.0.0.1:٢٢             10.0.0.2:51234          ESTABLISHED 1/x",
        "+ tcp        0      0 10.0.0.1:22             10.0.0.2:51234          ESTABLISHED 1/x",
        "# tcp        0      0 10.0.0.1:22             10.0.0.2:51234          ESTABLISHED 1/x",
        "\x00",
        "\u202etcp        0      0 10.0.0.1:22      10.0.0.2:51234          ESTABLISHED 1/x",
    ],
)
def test_what_is_no_row_is_reported_and_the_rest_is_read(line: str) -> None:
    given_lines = [*linux_capture([ROW], "p"), line, linux_row(OTHER, "p")]
    (snapshot,), counts = read(given_lines)
    assert [(u.number, u.text) for u in snapshot.unparsed] == [(4, line)]
    assert are_rows(snapshot, [ROW, OTHER])
    assert sum(counts.values()) == len(given_lines)


def test_lines_before_the_first_snapshot_are_its_own() -> None:
    snapshot = one(["what is this", *linux_capture([ROW], "p")])
    assert [(u.number, u.text) for u in snapshot.unparsed] == [(1, "what is this")]


@pytest.mark.parametrize("length", [MAX_LINE, MAX_LINE + 1, 300_000])
def test_a_line_over_64_kib_is_reported(length: int) -> None:
    line = linux_row(ROW, "p") + "x" * length
    line = line[:length]
    given_lines = [*linux_capture([ROW], "p"), line, linux_row(OTHER, "p")]
    (snapshot,), counts = read(given_lines)
    assert sum(counts.values()) == len(given_lines)
    assert is_row(snapshot.connections[0], ROW)
    assert is_row(snapshot.connections[-1], OTHER)
    if length > MAX_LINE:
        (unparsed,) = snapshot.unparsed
        assert unparsed.number == 4
        assert "65536" in unparsed.reason
        assert len(unparsed.text) <= max(length, MAX_LINE + 1)


def test_a_line_is_explained_with_its_row_or_its_table_or_as_nothing() -> None:
    row = linux_row(ROW)
    snapshot = one(["odd", linux_header(), row, "odd", "tcp  0  x", "  tcp 0 x", "tcp 0 0 a:1"])
    assert [line.reason.partition(",")[0] for line in snapshot.unparsed] == [
        "column 1: expected a banner or a header of netstat",
        "column 1: expected a row",
        "column 9: expected Send-Q",
        "column 9: expected Send-Q",
        "column 12: expected host",
    ]


def test_only_so_many_lines_are_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """pyparsing takes a thousand times as long as reading the line."""
    assert account.LINES_EXPLAINED == 10_000
    monkeypatch.setattr(account, "LINES_EXPLAINED", 2)
    broken = "tcp        0      x 10.0.0.1:22"
    snapshot = one([linux_header(), *["odd", broken] * 4])
    reasons = [line.reason for line in snapshot.unparsed[1::2]]
    assert reasons[:2] == [reasons[0]] * 2
    assert "Send-Q" in reasons[0]
    assert reasons[2:] == ["column 1: expected a row"] * 2
    # A line that does not begin as a row does needs no pyparsing.
    assert len({line.reason for line in snapshot.unparsed[::2]}) == 1


def test_a_reason_is_counted_once_with_its_line() -> None:
    sink = Recorder()
    lines = Account(sink, strict=False)
    for number, line in enumerate(["a", "b", "c"], 1):
        lines.open(line)
        lines.report(number, f"expected {line}")
    assert sink.calls == [
        ("unparsed", 1, "column 1: expected a"),
        ("unparsed", 2, "column 2: expected b"),
        ("unparsed", 3, "column 3: expected c"),
    ]
    assert lines.counts[LineKind.UNPARSED] == 3
    lines.open("d")
    lines.note("d")
    lines.count(LineKind.ROW, 5)
    assert sink.calls[3:] == [("note", "d")]
    assert (lines.counts[LineKind.NOTE], lines.counts[LineKind.ROW]) == (1, 5)


def test_strict_reports_by_an_error() -> None:
    sink = Recorder()
    lines = Account(sink, strict=True)
    lines.open("a")
    lines.open("b")
    with pytest.raises(ParseError) as caught:
        lines.report(7, "expected b")
    error = caught.value
    assert (error.number, error.column, error.line, error.expected) == (2, 7, "b", "expected b")
    assert (sink.calls, lines.counts[LineKind.UNPARSED]) == ([], 0)
