"""What `netstat-parse watch` shows: what changed, the order, the filter, what fits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from printed import Row, linux_capture, text_of
from rich.console import Console

import netstat_parse as ns
from netstat_parse.analysis.wanted import Wanted
from netstat_parse.command.live_table import HELP, LiveTable


def snapshot(*rows: Row) -> ns.Snapshot:
    found = ns.parse(text_of(linux_capture(rows, "p")))
    return found.model_copy(update={"captured_at": datetime(2026, 1, 5, 9, 0, 7, tzinfo=UTC)})


def marks(table: LiveTable) -> list[tuple[str, str]]:
    """Of each row that is shown, its mark and its local address."""
    return [(row.mark, row.texts[4]) for row in table.shown()]


def drawn(table: LiveTable, width: int = 120, height: int = 24) -> list[str]:
    console = Console(width=width, height=height, color_system=None)
    with console.capture() as capture:
        console.print(table.render(width, height))
    return [line.rstrip() for line in capture.get().splitlines()]


A, B, C = (Row(local_port=port) for port in ("1", "2", "3"))


def test_what_changed_is_marked() -> None:
    table = LiveTable()
    table.add(snapshot(A, B))
    assert marks(table) == [(" ", "10.0.0.1:1"), (" ", "10.0.0.1:2")]
    table.add(snapshot(replace(A, state="CLOSE_WAIT"), C))
    assert set(marks(table)) == {("~", "10.0.0.1:1"), ("-", "10.0.0.1:2"), ("+", "10.0.0.1:3")}
    table.add(snapshot(replace(A, state="CLOSE_WAIT", recv_q=9), C))
    assert {mark for mark, _ in marks(table)} == {" "}


def test_a_restart_is_a_change_and_a_port_used_again_is_another_connection() -> None:
    """As `netstat-parse diff` has it."""
    table = LiveTable()
    listener = replace(B, foreign="0.0.0.0", foreign_port="*", state="LISTEN")
    table.add(snapshot(A, listener))
    table.add(snapshot(replace(A, pid=1), replace(listener, pid=1)))
    assert sorted(marks(table)) == [
        *(("+", "10.0.0.1:1"), ("-", "10.0.0.1:1"), ("~", "10.0.0.1:2")),
    ]


def test_sockets_that_look_alike_are_counted() -> None:
    table = LiveTable()
    listener = replace(A, foreign="0.0.0.0", foreign_port="*", state="LISTEN")
    table.add(snapshot(listener, listener))
    table.add(snapshot(listener, listener, listener))
    assert sorted(mark for mark, _ in marks(table)) == [" ", " ", "+"]
    table.add(snapshot(listener))
    assert sorted(mark for mark, _ in marks(table)) == [" ", "-", "-"]


def test_only_what_is_wanted_is_there() -> None:
    table = LiveTable(Wanted("sport > 1", keeps_unknown=True))
    table.add(snapshot(A, B, C))
    assert [local for _, local in marks(table)] == ["10.0.0.1:2", "10.0.0.1:3"]


@pytest.mark.parametrize(
    ("key", "order"),
    [
        ("s", ["3", "1", "2"]),
        ("p", ["2", "1", "3"]),
        ("l", ["1", "2", "3"]),
        ("f", ["3", "2", "1"]),
        ("b", ["2", "3", "1"]),
        ("c", ["2", "3", "1"]),
    ],
)
def test_keys_sort(key: str, order: list[str]) -> None:
    table = LiveTable()
    rows = (
        replace(A, foreign="10.0.0.9", program="nginx"),
        replace(B, state="TIME_WAIT", foreign="10.0.0.5", program="cron", recv_q=7),
        replace(C, state="CLOSE_WAIT", foreign="10.0.0.3", program="sshd", send_q=5),
    )
    table.add(snapshot(rows[0], *(replace(row, state="ESTABLISHED") for row in rows[1:])))
    table.add(snapshot(*rows))
    table.press(key)
    if key == "c":
        order = ["3", "2", "1"]  # those that changed, by their state
    assert [local.rpartition(":")[2] for _, local in marks(table)] == order
    table.press("r")
    assert [local.rpartition(":")[2] for _, local in marks(table)] == order[::-1]


def test_a_filter_is_typed_kept_and_taken_back() -> None:
    table = LiveTable()
    table.add(snapshot(A, replace(B, program="Cron")))
    for key in ("/", "c", "r", "x", "backspace", "o"):
        table.press(key)
    assert table.is_typing
    assert marks(table) == [(" ", "10.0.0.1:2")]
    assert drawn(table)[-1].startswith("/cro_")
    table.press("enter")
    assert not table.is_typing
    assert "with 'cro'" in drawn(table)[0]
    for key in ("/", "q", "escape"):
        table.press(key)
    assert len(table.shown()) == 1
    table.press("escape")
    assert len(table.shown()) == 2


def test_what_is_drawn_fits_and_says_what_it_is() -> None:
    table = LiveTable(every=2)
    table.add(snapshot(A))
    table.add(snapshot(*(Row(local_port=str(100 + i)) for i in range(50))))
    lines = drawn(table, 100, 20)
    assert lines[0] == "2026-01-05 09:00:07, every 2 s, 51 of 51 connections, by state"
    assert lines[1].split() == [
        *("proto", "state", "program", "pid", "local", "foreign", "recv_q", "send_q")
    ]
    assert lines[-1] == HELP
    assert len(lines) <= 20
    assert lines[3].split()[:2] == ["+", "tcp"]
    assert any(line.startswith("- ") for line in lines)
    first = lines[3]
    table.press("down")
    assert drawn(table, 100, 20)[2] == first
    for _ in range(9):
        table.press("page down")
    assert ":149" in drawn(table, 100, 20)[-2]
    for _ in range(9):
        table.press("page up")
    assert drawn(table, 100, 20)[3] == first
    assert len(drawn(table, 20, 3)) <= 5


def test_a_failure_is_shown_until_it_runs_again() -> None:
    table = LiveTable()
    table.add(snapshot(A))
    table.failure = "no \x1b[2J answer"
    assert drawn(table)[-1] == r"failed: no \x1b[2J answer"
    table.failure = "it went wrong " * 10 + "here"
    assert drawn(table)[-1].endswith("here")
    table.press(" ")
    assert "paused" in drawn(table)[0]
    table.add(snapshot(A))
    assert drawn(table)[-1] == HELP


def test_names_cannot_steer_the_terminal_or_its_colours() -> None:
    table = LiveTable()
    table.add(snapshot(replace(A, program="[red]x")))
    assert any("[red]x" in line for line in drawn(table))
    assert all(line.isprintable() for line in drawn(table))
