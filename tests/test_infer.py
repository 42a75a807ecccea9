"""Rows alone, as `netstat | grep` leaves them, tell their dialect and their columns."""

from __future__ import annotations

from pathlib import Path

import pytest
from feeding import AT, DATE, OTHER, ROW, one, read
from printed import Row, are_rows, linux_row, macos_row

from netstat_parse import LineKind, NotNetstatError, iter_snapshots

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
