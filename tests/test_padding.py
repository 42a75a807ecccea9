"""Is the last cell of a row whole? What netstat pads it with tells."""

from __future__ import annotations

import pytest
from feeding import OTHER, ROW, UDP, one, read_in_batches
from printed import (
    Row,
    are_rows,
    is_row,
    linux_capture,
    linux_row,
    macos_capture,
    text_of,
)

from netstat_parse import NotNetstatError, iter_snapshots, parse

PADDED = [
    ("p", [ROW, OTHER, UDP, Row(pid=0)]),
    ("", [ROW, Row(state="CLOSE_WAIT"), Row(proto="udp", state="")]),
    ("e", [ROW, UDP]),
    ("epo", [ROW, UDP]),
    ("pW", [Row(proto="tcp6", local="fe80::7b36:fe27:b880:1287", program="x y"), ROW]),
    ("W", [Row(proto="udp6", state="", local="fe80::7b36:fe27:b880:1287"), UDP]),
    ("eW", [Row(proto="tcp6", local="fe80::7b36:fe27:b880:1287")]),
]


def assert_cuts_give_only_true_rows(given_lines: list[str], rows: list[Row], options: str) -> None:
    """From the second row on: a row above shows that this netstat pads its rows."""
    text = text_of(given_lines)
    for end in range(len(text_of(given_lines[:3])), len(text)):
        cut = text[:end]
        try:
            (snapshot,) = iter_snapshots(cut)
        except NotNetstatError:
            continue
        whole = max(cut.count("\n") - 2, 0)
        found = len(snapshot.connections)
        assert whole <= found <= whole + 1, repr(cut[-90:])
        for connection, row in zip(snapshot.connections, rows[:found], strict=True):
            assert is_row(connection, row, options), repr(cut[-90:])
        if found == whole and cut.count("\n") >= 2 and not cut.endswith("\n"):
            (unparsed,) = snapshot.unparsed
            assert unparsed.text == cut.rpartition("\n")[2]


@pytest.mark.parametrize("foreign", ["203.0.113.80:443", "2001:db8:7:8:9:a:b:c:22"])
@pytest.mark.parametrize("end", ["", "\n", "\n" + linux_row(UDP, "p") + "\n"])
def test_a_dash_for_a_process_needs_no_blanks_behind(foreign: str, end: str) -> None:
    """Nothing that netstat prints there begins with a dash and goes on."""
    row = f"tcp        0      0 192.0.2.10:55012        {foreign:23} FIN_WAIT2   -"
    text = text_of(linux_capture([ROW], "p")) + row + end
    (many,) = iter_snapshots(text)
    (single,) = iter_snapshots(iter(text.splitlines(keepends=True)))
    assert many == single
    assert not many.unparsed
    assert str(many.connections[1].foreign.port) == foreign.rpartition(":")[2]
    assert many.connections[1].process is None


@pytest.mark.parametrize(("options", "rows"), PADDED, ids=[options for options, _ in PADDED])
def test_a_row_that_the_input_cuts_is_never_wrong(options: str, rows: list[Row]) -> None:
    assert_cuts_give_only_true_rows(linux_capture(rows, options), rows, options)


def test_a_macos_row_that_the_input_cuts_is_never_wrong() -> None:
    rows = [
        Row(proto="tcp4"),
        Row(proto="udp4", state=""),
        Row(proto="tcp6", local="fe80::7b36:fe27:b880:1287"),
    ]
    assert_cuts_give_only_true_rows(macos_capture(rows), rows, "")


def test_the_last_line_needs_no_end_where_lines_have_none() -> None:
    rows = [ROW, OTHER]
    assert are_rows(one([line.rstrip() for line in linux_capture(rows, "p")]), rows)
    assert are_rows(parse("\n".join(linux_capture(rows, "p"))), rows)


@pytest.mark.parametrize("wrapping", ["{}   ", "{:<200}", "| {} |"])
@pytest.mark.parametrize("options", ["", "p", "e", "po", "epo"])
def test_blanks_that_a_terminal_pads_lines_with_change_nothing(wrapping: str, options: str) -> None:
    far = Row(proto="tcp6", local="2001:db8:0:1:2:3:4:5", foreign="2001:db8::2")
    given_lines = [wrapping.format(line) for line in linux_capture([ROW, far, UDP], f"W{options}")]
    for size in (1, len(given_lines)):
        (snapshot,) = read_in_batches(given_lines, size, strict=True)
        assert are_rows(snapshot, [ROW, far, UDP], f"W{options}")
