"""A row without its end, and the line behind it, in one line."""

from __future__ import annotations

import pytest
from feeding import AT, DATE, OTHER, ROW, UNIX_BANNER, UNIX_HEADER, UNIX_ROW, one
from printed import LINUX_BANNER, Row, are_rows, is_row, linux_capture, linux_header, linux_row

from netstat_parse import iter_snapshots
from netstat_parse.dialects.headers import find_layout
from netstat_parse.reading.glued import is_glued, split_glued

TIMED = linux_row(ROW, "po")
BEHIND = {
    "a stamp": DATE,
    "an ISO stamp": "2026-11-22T12:22:41Z",
    "a banner": LINUX_BANNER,
    "a header": linux_header("po"),
    "a row": linux_row(OTHER, "po"),
}


@pytest.mark.parametrize("second", BEHIND.values(), ids=BEHIND)
def test_a_row_and_a_line_are_told_apart(second: str) -> None:
    layout = find_layout(linux_header("po"))
    assert layout is not None
    found = split_glued(TIMED + second, layout)
    assert found is not None
    assert (found[0].text, found[1]) == (TIMED, second)
    assert split_glued(TIMED, layout) is None
    assert split_glued(f"{TIMED}12:22:41", layout) is None
    assert split_glued(f"nonsense{second}", layout) is None


def test_both_are_read_behind_a_timer() -> None:
    log = linux_capture([OTHER, ROW], "po")
    log[-1] += DATE
    first, second = iter_snapshots([*log, *linux_capture([OTHER], "po")])
    assert are_rows(first, [OTHER, ROW], "po")
    assert first.unparsed == ()
    assert second.captured_at == AT


def test_a_context_that_may_be_cut_is_reported() -> None:
    header = f"{linux_header('p')} {'Security Context':<50}"
    rows = [f"{linux_row(row, 'p')} {'system_u:system_r:sshd_t:s0':<50}" for row in (OTHER, ROW)]
    log = [LINUX_BANNER, header, rows[0], rows[1].rstrip() + DATE, *linux_capture([OTHER], "p")]
    first, second = iter_snapshots(log)
    assert is_row(first.connections[0], OTHER)
    assert len(first.connections) + len(first.unparsed) == 2
    assert second.captured_at in (AT, None)


def test_a_path_may_look_so_and_is_reported() -> None:
    """Who binds a socket to `/aSun Nov 22 ...` ends no snapshot."""
    lines = [UNIX_BANNER, UNIX_HEADER, UNIX_ROW, UNIX_ROW + DATE, UNIX_ROW]
    snapshot = one(lines)
    assert len(snapshot.unix_sockets) == 2
    assert [line.number for line in snapshot.unparsed] == [4]


def test_a_state_that_may_be_cut_is_reported() -> None:
    log = linux_capture([Row(state="CLOSE_WAIT")])
    log[-1] = log[-1].rstrip() + DATE
    first, second = iter_snapshots([*log, *linux_capture([OTHER])])
    assert first.connections == ()
    assert len(first.unparsed) == 1
    assert second.captured_at == AT


@pytest.mark.parametrize(
    ("text", "glued"), [("a\nSun x", False), ("aSun x", True), ("a Sun", False)]
)
def test_a_quick_test_finds_lines_that_may_be_two(text: str, glued: bool) -> None:
    assert is_glued(text) is glued
