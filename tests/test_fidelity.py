"""The judge of benchmarks.fidelity: what it says of rows that are right, marked, wrong or lost."""

from __future__ import annotations

import pytest

from benchmarks.fidelity import (
    PARSERS,
    VERDICTS,
    Parser,
    Row,
    find_captures,
    judge,
    make_cells,
    make_table,
    score,
)


def make_row(*marks: str, **texts: object) -> Row:
    cells = {
        "proto": "tcp",
        "local_host": "192.0.2.4",
        "local_port": "22",
        "foreign_host": "192.0.2.9",
        "foreign_port": "51000",
        "state": "ESTABLISHED",
    }
    return Row(make_cells(**{**cells, **texts}), frozenset(marks))


SSH = make_row()
WEB = make_row(local_port="443")
CUT = make_row("foreign_host", foreign_host="2001:db8::12")


def test_rows_with_the_same_cells_are_right() -> None:
    assert list(judge([SSH, WEB], [SSH, WEB])) == ["right", "right"]


def test_spellings_of_one_thing_are_the_same() -> None:
    truth = make_row(foreign_port="*", state="LISTEN", proto="tcp6")
    given = make_row(foreign_port=0, state="LISTENING", proto="TCP")
    assert list(judge([truth], [given])) == ["right"]


def test_a_cell_that_is_not_given_is_not_held_against_a_parser() -> None:
    truth = make_row(program="sshd")
    assert list(judge([truth], [SSH])) == ["right"]


def test_a_cut_text_is_marked_or_not() -> None:
    unmarked = Row(CUT.cells)
    assert list(judge([CUT, CUT], [CUT, unmarked])) == ["marked", "unmarked"]


def test_another_text_is_silently_wrong() -> None:
    assert list(judge([SSH], [make_row(state="Browser")])) == ["silently wrong"]


def test_a_row_that_was_never_printed_is_silently_wrong() -> None:
    assert list(judge([SSH], [SSH, WEB])) == ["right", "silently wrong"]


def test_a_row_that_is_not_given_is_lost() -> None:
    assert list(judge([SSH, WEB], [WEB])) == ["right", "lost"]


def test_a_row_of_other_cells_is_no_such_row() -> None:
    other = make_row(
        local_host="::1", local_port="1", foreign_host="::2", foreign_port="2", state="CLOSED"
    )
    assert sorted(judge([SSH], [other])) == ["lost", "silently wrong"]


def test_a_parser_that_raises_has_crashed_on_all_rows_of_the_capture() -> None:
    def fail(_: object) -> list[Row]:
        raise IndexError

    captures = find_captures()["linux"][:2]
    verdicts = score(Parser("broken", fail), captures)
    assert set(verdicts) == {"crashed"}
    assert verdicts["crashed"] > 2


@pytest.mark.slow
def test_ours_is_never_silently_wrong_and_loses_nothing() -> None:
    captures = [path for paths in find_captures().values() for path in paths]
    verdicts = score(PARSERS[0], captures)
    assert set(verdicts) == {"right", "marked"}
    assert min(verdicts.values()) > 100


def test_the_table_has_a_column_for_each_verdict() -> None:
    header, _, row = make_table({("linux", "ours"): score(PARSERS[0], [])}).splitlines()
    assert all(verdict in header for verdict in VERDICTS)
    assert row == "| linux | ours | 0 | 0 | 0 | 0 | 0 | 0 |"
