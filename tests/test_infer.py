"""Rows alone, as `netstat | grep` leaves them, tell their dialect and their columns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from feeding import AT, CUT, DATE, OTHER, PROMPT, ROW, UDP, UNIX_ROW, one, read, read_in_batches
from printed import LINUX_BANNER, Row, are_rows, linux_capture, linux_header, linux_row, macos_row

from netstat_parse import LineKind, NotNetstatError, ParseError, iter_snapshots
from netstat_parse.reading.infer import (
    ROWS_TO_INFER,
    HeldLine,
    RowsAlone,
    agree,
    find_others,
    infer_layouts,
)

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


def test_rows_alone_tell_their_dialect_and_columns() -> None:
    rows = [ROW, OTHER]
    (snapshot,), counts = read([linux_row(row, "p") for row in rows])
    assert are_rows(snapshot, rows)
    assert snapshot.dialect == "linux"
    assert snapshot.notes
    assert counts[LineKind.ROW] == 2


def test_rows_alone_of_two_dialects_say_so() -> None:
    """A row of tcp4 without its header looks alike on macOS and FreeBSD."""
    given_lines = [macos_row(Row(proto="tcp4"))]
    snapshot = one(given_lines)
    assert are_rows(snapshot, [Row(proto="tcp4")], "")
    (note,) = snapshot.notes
    assert "macos" in note
    assert "freebsd" in note
    told = one(given_lines, dialect="macos")
    assert told.dialect == "macos"
    assert are_rows(told, [Row(proto="tcp4")], "")


def test_rows_alone_count_as_they_come() -> None:
    given_lines = ["root@host:~# netstat -an | grep 22", linux_row(ROW, "p"), "", "?"]
    _, counts = read(given_lines)
    assert sum(counts.values()) == len(given_lines)
    assert counts[LineKind.ROW] == 1


def test_rows_alone_that_are_too_long_for_a_program_have_a_timer() -> None:
    """net-tools cuts `pid/name` at 19 characters, so the timer is not the name's end."""
    given_lines = [linux_row(row, "po") for row in (ROW, OTHER)]
    (snapshot,) = iter_snapshots(given_lines, dialect="linux")
    assert are_rows(snapshot, [ROW, OTHER], "po")
    with pytest.raises(NotNetstatError):
        list(iter_snapshots(given_lines))  # toybox cuts no names


@pytest.mark.parametrize(
    ("fixture", "dialect"),
    [
        ("macos/728-anv", None),
        ("macos/669-anv", None),
        ("macos/596-anv", "macos"),
        ("busybox/antupW", "busybox"),
    ],
)
def test_rows_alone_of_less_common_headers(fixture: str, dialect: str | None) -> None:
    text = (FIXTURES / f"{fixture}.txt").read_text(encoding="utf-8")
    (whole,) = iter_snapshots(text)
    given_lines = [line for line in text.splitlines() if line.startswith(("tcp", "udp"))]
    (alone,) = iter_snapshots(given_lines, dialect=dialect, strict=True)
    expected = [c for c in whole.connections if c.transport in ("tcp", "udp")]
    for found, other in zip(alone.connections, expected, strict=True):
        assert (found.local.port, found.foreign.port) == (other.local.port, other.foreign.port)
        assert (found.state, found.process) == (other.state, other.process)


@pytest.mark.parametrize("front", ["netstat.log:12:", "12-", "    12\t", "| ", "> "])
def test_rows_alone_and_stamps_may_be_quoted(front: str) -> None:
    given_lines = [front + line for line in (DATE, linux_row(ROW, "p"), linux_row(OTHER, "p"))]
    (snapshot,), counts = read(given_lines)
    assert snapshot.captured_at == AT
    assert are_rows(snapshot, [ROW, OTHER])
    assert counts[LineKind.UNPARSED] == 0


# Which layout, and where it is found out ----------------------------------------------------------

TIMED = [linux_row(row, "po") for row in (ROW, OTHER)]
"""Of net-tools a program and a timer, of toybox a program with a long name: it cuts none."""


def test_the_layouts_are_those_that_most_rows_can_be_of() -> None:
    plain, with_program = linux_row(ROW), linux_row(ROW, "p")
    assert {x.titles[-1] for x in infer_layouts([plain], None)} == {"State"}
    program = infer_layouts([plain, with_program, with_program], None)
    assert {x.titles[-1] for x in program} == {"PID/Program name", "PID/Program Name"}
    assert {x.dialect for x in infer_layouts([with_program], "toybox")} == {"toybox"}
    for texts in ([], ["what is this"], [UNIX_ROW]):
        assert infer_layouts(texts, None) == []
    assert infer_layouts([with_program], "macos") == []


def test_layouts_agree_if_they_read_every_row_alike() -> None:
    rows = [linux_row(ROW, "p"), linux_row(CUT, "p")]
    assert agree(infer_layouts(rows, None), rows)
    timed = infer_layouts(TIMED, None)
    assert {x.dialect for x in timed} == {"linux", "toybox"}
    assert not agree(timed, TIMED)
    assert agree(timed[:1], TIMED)
    assert not agree([], [])


def test_one_row_that_can_be_read_in_two_ways_is_enough_to_read_none() -> None:
    """However many rows are of one layout only: toybox' here, whose names may have any length."""
    named_so = linux_row(Row(pid=1, program="off (0.00/0/0)"), "p")
    rows = [TIMED[0], named_so, named_so]
    assert {x.dialect for x in infer_layouts(rows, None)} == {"toybox"}
    others = find_others(infer_layouts(rows, None), rows, None)
    assert {(x.dialect, x.titles[-1]) for x in others} == {("linux", "Timer")}
    _, counts = read([*linux_capture([UDP]), DATE, *rows])
    assert (counts[LineKind.ROW], counts[LineKind.UNPARSED]) == (1, 3)
    # Rows that only others can be of are no reason.
    assert (
        find_others(infer_layouts([linux_row(ROW)], None), [linux_row(ROW), TIMED[0]], None) == []
    )


def test_rows_are_held_until_there_are_enough() -> None:
    alone = RowsAlone(None)
    row = linux_row(ROW, "p")
    for number in range(1, ROWS_TO_INFER):
        assert not alone.add(HeldLine(number, f"> {row}", row))
    assert alone.add(HeldLine(ROWS_TO_INFER, f"> {row}", row))
    held, layouts, is_known = alone.settle()
    assert [line.number for line in held] == list(range(1, ROWS_TO_INFER + 1))
    assert is_known
    assert layouts[0].find_row(row) is not None
    assert alone.settle() == ([], [], False)


def test_rows_that_can_be_read_in_two_ways_are_read_in_neither() -> None:
    snapshots, counts = read([*linux_capture([UDP]), DATE, *TIMED, "", linux_row(ROW)])
    assert are_rows(snapshots[0], [UDP], "")
    first, second = snapshots[1].unparsed
    assert (first.number, first.text, second.number) == (5, TIMED[0], 6)
    assert first.reason.startswith("column 1: no header above, and it may be linux (Proto, ")
    assert " or toybox (Proto, " in first.reason
    # What comes behind them is looked at anew.
    assert are_rows(snapshots[1], [ROW], "")
    assert (counts[LineKind.ROW], counts[LineKind.UNPARSED]) == (2, 2)


def test_two_ways_to_read_rows_are_an_error_if_strict() -> None:
    with pytest.raises(ParseError, match="no header above") as caught:
        read([*linux_capture([UDP]), DATE, *TIMED, ""], strict=True)
    assert (caught.value.number, caught.value.line) == (5, TIMED[0])


def test_a_row_alone_that_the_layout_of_most_cannot_have_printed_is_reported() -> None:
    rows = [linux_row(ROW, "p"), linux_row(ROW), linux_row(OTHER, "p")]
    (snapshot,), counts = read(rows)
    assert are_rows(snapshot, [ROW, OTHER])
    assert [(line.number, line.text) for line in snapshot.unparsed] == [(2, rows[1])]
    assert "expected pid" in snapshot.unparsed[0].reason
    assert sum(counts.values()) == 3


def test_rows_alone_have_the_layout_of_the_first_hundred() -> None:
    """What comes later is read as they are, in bulk."""
    rows = [linux_row(Row(local_port=str(i + 1)), "p") for i in range(250)]
    expected = one(rows)
    assert [c.local.port for c in expected.connections] == list(range(1, 251))
    for size in (1, 99, 101, 250):
        assert read_in_batches(rows, size) == [expected]


# Where rows alone begin and end -------------------------------------------------------------------


def stamped(seconds: int, line: str) -> str:
    return f"2026-11-22T12:{22 + seconds // 60}:{seconds % 60:02}Z {line}"


@pytest.mark.parametrize("size", [1, 1000])
@pytest.mark.parametrize("rows", [1, 3, ROWS_TO_INFER + 20])
@pytest.mark.parametrize(("seconds", "are_two"), [(0, False), (9, False), (10, True), (60, True)])
def test_stamps_in_front_that_are_far_apart_are_of_two_runs(
    size: int, rows: int, seconds: int, are_two: bool
) -> None:
    """Also among the first hundred, whose layout is not known yet."""
    row = linux_row(ROW, "p")
    given_lines = [stamped(0, row)] * rows + [stamped(seconds, row)] * 2
    snapshots = read_in_batches(given_lines, size)
    assert [len(s.connections) for s in snapshots] == ([rows, 2] if are_two else [rows + 2])
    times = [s.captured_at for s in snapshots]
    start = datetime(2026, 11, 22, 12, 22, tzinfo=UTC)
    assert times == [start, start + timedelta(seconds=seconds)][: 1 + are_two]


def test_time_that_goes_back_is_of_another_run() -> None:
    row = linux_row(ROW, "p")
    assert len(read([stamped(5, row), stamped(4, row)])[0]) == 2


def test_rows_with_and_without_a_zone_are_not_compared() -> None:
    row = linux_row(ROW, "p")
    assert len(read([stamped(0, row), f"2026-11-22 12:24:00 {row}"])[0]) == 1


def test_stamps_of_the_run_before_say_nothing_of_the_next() -> None:
    """Behind a prompt the first stamp is a first one."""
    row = linux_row(ROW, "p")
    snapshots, _ = read([stamped(0, row), PROMPT, row, stamped(60, row)])
    assert [len(s.connections) for s in snapshots] == [1, 2]


def test_stamps_in_front_of_rows_under_a_header_divide_nothing() -> None:
    given_lines = [stamped(0, line) for line in linux_capture([ROW], "p")]
    snapshots, _ = read([*given_lines, stamped(60, linux_row(ROW, "p"))])
    assert [len(s.connections) for s in snapshots] == [2]


@pytest.mark.parametrize("divider", [DATE, PROMPT, "------"])
def test_rows_behind_a_divider_are_rows_alone(divider: str) -> None:
    """They may be of another netstat than those above: a snapshot stands alone."""
    given_lines = [*linux_capture([ROW], "p"), divider, linux_row(OTHER, "p")]
    (first, second), _ = read(given_lines)
    assert are_rows(first, [ROW])
    assert are_rows(second, [OTHER])
    assert second.notes[-1].startswith("no header: read as linux")
    assert not [note for note in first.notes if "no header" in note]


def test_rows_alone_under_a_banner_leave_it_to_its_header_if_they_are_not_known() -> None:
    """A damaged line that looks like a row is not to hide the table below."""
    (snapshot,), counts = read([LINUX_BANNER, *TIMED, linux_header("po"), TIMED[0]])
    assert are_rows(snapshot, [ROW], "po")
    assert [line.number for line in snapshot.unparsed] == [2, 3]
    assert counts[LineKind.HEADER] == 1


def test_rows_alone_under_a_banner_are_its_snapshot() -> None:
    (snapshot,), _ = read([DATE, LINUX_BANNER, linux_row(ROW, "p")])
    assert (snapshot.captured_at, len(snapshot.connections)) == (AT, 1)
