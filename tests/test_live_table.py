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
    return [(row.mark, row.texts[3]) for row in table.shown()]


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


CLIENT = Row(local_port="40112", foreign="10.0.0.1", foreign_port="443", program="curl", pid=812)
SERVER = Row(local_port="443", foreign="10.0.0.1", foreign_port="40112", program="nginx", pid=77)
LISTENER = replace(SERVER, foreign="0.0.0.0", foreign_port="*", state="LISTEN")


def test_both_ends_of_a_connection_are_one_row() -> None:
    """The one that connected is on the left, whichever netstat has first."""
    expected = ("tcp", "ESTABLISHED", "curl (812)", "10.0.0.1:40112", "->", "10.0.0.1:443")
    busy = replace(CLIENT, send_q=9), replace(SERVER, recv_q=1234)
    for ends in (busy, busy[::-1]):
        table = LiveTable()
        table.add(snapshot(LISTENER, *ends))
        listening, pair = sorted(table.rows, key=lambda row: len(row.sockets))
        assert pair.texts == (*expected, "nginx (77)", "0/1234", "9/0")
        assert pair.queued == 1243
        assert listening.texts[1:6] == ("LISTEN", "nginx (77)", "10.0.0.1:443", "", "0.0.0.0:*")


def test_one_end_alone_is_on_the_left() -> None:
    """Who listens tells who has connected; without that it isn't known."""
    table = LiveTable()
    table.add(snapshot(LISTENER, replace(SERVER, foreign="10.0.0.9"), Row(local_port="50000")))
    ways = {row.texts[3]: row.texts[4:7] for row in table.rows if row.texts[1] == "ESTABLISHED"}
    assert ways == {
        "10.0.0.1:443": ("<-", "10.0.0.9:40112", ""),
        "10.0.0.1:50000": ("<->", "10.0.0.2:51234", ""),
    }


def test_the_protocols_and_states_of_two_ends() -> None:
    table = LiveTable()
    server = replace(SERVER, proto="tcp6", state="FIN_WAIT2")
    table.add(snapshot(replace(CLIENT, state="CLOSE_WAIT"), server))
    (pair,) = table.rows
    assert pair.texts[:2] == ("tcp", "CLOSE_WAIT FIN_WAIT_2")
    table.add(snapshot(server))
    assert table.rows[0].texts[:2] == ("tcp6", "FIN_WAIT_2")


def test_a_pair_is_marked_as_one() -> None:
    """It is new or gone with both its ends; with one of them it has changed."""
    course: list[tuple[tuple[Row, ...], list[str]]] = [
        ((CLIENT,), ["+"]),
        ((CLIENT, SERVER), ["~"]),
        ((CLIENT, SERVER), [" "]),
        ((replace(CLIENT, state="CLOSE_WAIT"), SERVER), ["~"]),
        ((SERVER,), ["~"]),  # nothing in its own row is other than before
        ((SERVER,), [" "]),
        ((), ["-"]),
        ((), []),
        ((CLIENT, SERVER), ["+"]),
        ((replace(CLIENT, pid=1), replace(SERVER, pid=2)), ["+", "-"]),  # its ports used again
        ((CLIENT, replace(SERVER, pid=2)), ["~"]),  # one end is another's, and one is not
        ((LISTENER,), ["+", "-"]),
        ((replace(LISTENER, pid=78),), ["~"]),
    ]
    table = LiveTable()
    table.add(snapshot())
    for rows, expected in course:
        table.add(snapshot(*rows))
        assert sorted(row.mark for row in table.rows) == expected


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
    assert lines[0] == "2026-01-05 09:00:07, every 2 s, 51 of 51 rows, by state"
    assert lines[1].split() == [
        *("proto", "state", "program", "local", "foreign", "program", "recv_q", "send_q")
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


def test_marks_and_ports_are_there_on_a_narrow_screen() -> None:
    rows = [replace(CLIENT, program="a-long-name"), replace(SERVER, program="another-name")]
    table = LiveTable()
    table.add(snapshot())
    table.add(snapshot(*rows))
    line = drawn(table, 80)[2]
    assert line.split()[:2] == ["+", "tcp"]
    assert " 10.0.0.1:40112 " in line
    assert " 10.0.0.1:443 " in line
    host = "2001:db8:1111:2222:3333:4444:5555:6666"
    rows = [replace(row, proto="tcp6", local=host, foreign=host) for row in rows]
    table.add(snapshot(*rows))
    assert sorted(line[:1] for line in drawn(table, 80)[2:4]) == ["+", "-"]


def test_queues_are_left_out_on_a_narrow_screen_unless_they_are_sorted_by() -> None:
    table = LiveTable()
    table.add(snapshot(replace(A, recv_q=12345)))
    assert not any("recv_q" in line or "12345" in line for line in drawn(table, 80))
    table.press("b")
    assert all("recv_q" in line or "12345" in line for line in drawn(table, 80)[1:3])


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
