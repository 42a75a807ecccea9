"""What a person sees on a terminal: tables, and the progress of long work."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Iterator
from types import ModuleType
from typing import IO, Any

import pytest
from commands import GOOD, Command, is_table
from printed import Row, linux_capture, macos_capture, text_of

import netstat_parse
from netstat_parse import Snapshot
from netstat_parse.writing import terminal


class Terminal(io.StringIO):
    """A file that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def snapshots() -> Iterator[Snapshot]:
    return netstat_parse.iter_snapshots(GOOD)


# Tables -------------------------------------------------------------------------------------------


def test_a_table_has_a_title_for_each_snapshot(command: Command) -> None:
    text = "Sun Nov 22 12:22:41 UTC 2026\n" + GOOD + text_of(macos_capture([]))
    result = command("convert", "--to", "table", stdin=text)
    titles = [line for line in result.out.splitlines() if "connections" in line]
    assert titles == [
        "2026-11-22T12:22:41+00:00, linux, 2 connections",
        "macos, 0 connections",
    ]
    assert "  sshd" in result.out


def test_the_title_tells_of_lines_not_understood(command: Command) -> None:
    result = command("convert", "--to", "table", stdin=GOOD + "what is this\n")
    assert result.out.splitlines()[0] == "linux, 2 connections, 1 lines not understood"


def test_a_table_cannot_steer_the_terminal(command: Command) -> None:
    text = text_of(linux_capture([Row(program="a\x07b\u202ec")], "p"))
    result = command("convert", "--to", "table", stdin=text)
    assert "a\\x07b\\u202ec" in result.out


def test_columns_are_chosen_and_all_are_those_of_the_dialect() -> None:
    file = io.StringIO()
    terminal.write_tables(snapshots(), file, columns=("program", "proto"))
    assert file.getvalue() == "linux, 2 connections\nprogram  proto\nsshd     tcp\nsshd     tcp6\n"
    file = io.StringIO()
    terminal.write_tables(snapshots(), file, columns=("all",))
    header = file.getvalue().splitlines()[1].split()
    assert {"uid", "timer_expires", "family"} <= set(header)
    assert not {"rx_bytes", "captured_at"} & set(header)


def test_a_terminal_without_rich_gets_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich", None)
    monkeypatch.setattr(terminal, "_has_rich", lambda: False)
    terminal_file, plain_file = Terminal(), io.StringIO()
    terminal.write_tables(snapshots(), terminal_file)
    terminal.write_tables(snapshots(), plain_file)
    assert terminal_file.getvalue() == plain_file.getvalue()
    assert is_table(plain_file.getvalue())


def test_a_terminal_with_rich_gets_its_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """rich itself may be absent: what is called of it is stood in for."""
    calls: list[tuple[Any, ...]] = []

    class Table:
        def __init__(self, title: str, **_: object) -> None:
            calls.append(("title", title))

        def add_column(self, column: str, **_: object) -> None:
            calls.append(("column", column))

        def add_row(self, *cells: str) -> None:
            calls.append(("row", *cells))

    class Console:
        def __init__(self, file: IO[str]) -> None:
            self.file = file

        def print(self, table: Table) -> None:
            self.file.write("drawn\n")

    for name, value in (("console", Console), ("table", Table), ("text", str)):
        module = ModuleType(f"rich.{name}")
        setattr(module, name.title(), value)
        monkeypatch.setitem(sys.modules, f"rich.{name}", module)
    monkeypatch.setitem(sys.modules, "rich", ModuleType("rich"))
    monkeypatch.setattr(terminal, "_has_rich", lambda: True)
    drawn, plain = Terminal(), io.StringIO()
    terminal.write_tables(snapshots(), drawn)
    assert drawn.getvalue() == "drawn\n"
    assert calls[0] == ("title", "linux, 2 connections")
    assert [call for call in calls if call[0] == "row"][1][1:] == (
        *("tcp6", "0", "0", "::1", "22", "::", "", "LISTEN", "4711", "sshd"),
    )
    terminal.write_tables(snapshots(), plain)
    assert is_table(plain.getvalue())


# Progress -----------------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which a test sets."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_progress_is_shown_after_a_second_and_taken_away(
    clock: list[float], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "_has_rich", lambda: False)
    progress = terminal.Progress("a\x07.log", 5_000)
    progress.advance(1_000)
    clock[0] += 0.99
    progress.show(3)
    assert capsys.readouterr().err == ""
    clock[0] += 0.02
    progress.show(4)
    assert capsys.readouterr().err == "\ra\\x07.log: 1,000 of 5,000 bytes, 4 snapshots\x1b[K"
    clock[0] += 0.1  # not so often
    progress.show(5)
    assert capsys.readouterr().err == ""
    progress.close()
    assert capsys.readouterr().err == "\r\x1b[K"


def test_progress_of_short_work_is_never_shown(
    clock: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    progress = terminal.Progress("log", 0)
    progress.show(1)
    progress.close()
    assert capsys.readouterr().err == ""
