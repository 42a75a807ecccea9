"""A row that is longer than its column proves that this netstat cut nothing."""

from __future__ import annotations

import pytest
from feeding import (
    CUT,
    DATE,
    LONG,
    PROMPT,
    PROOF,
    ROW,
    UNIX_BANNER,
    UNIX_HEADER,
    X25,
    Recorder,
    one,
    read,
    read_in_batches,
)
from printed import LINUX_BANNER, Row, are_rows, linux_capture, linux_row, text_of

from netstat_parse import parse
from netstat_parse.reading import proof
from netstat_parse.reading.reader import LineReader


def test_an_address_that_fills_its_column_is_doubted() -> None:
    (connection,) = one(linux_capture([CUT])).connections
    assert (connection.local.host, connection.local.port) == ("fe80::7b36:fe27:b880", 22)
    assert (connection.local.address, connection.local.truncated) == (None, True)
    assert not connection.foreign.truncated


@pytest.mark.parametrize("size", [1, 2, 1000])
@pytest.mark.parametrize("before", [True, False])
def test_proof_lifts_the_doubt_of_its_snapshot_only(before: bool, size: int) -> None:
    fills = Row(proto="tcp6", local="fe80::1234:5678:9abc", local_port="22", foreign="::1")
    assert len(f"{fills.local}:{fills.local_port}") == 23
    rows = [PROOF, fills, ROW] if before else [fills, ROW, PROOF]
    captures = [linux_capture(rows, "W"), linux_capture([fills, ROW]), linux_capture(rows, "W")]
    given_lines = [line for capture in captures for line in capture]
    snapshots = read_in_batches(given_lines, size)
    doubts = [[c.local.truncated for c in s.connections] for s in snapshots]
    assert doubts == [[False] * 3, [True, False], [False] * 3]
    assert snapshots[1].connections[0].local.address is None
    assert are_rows(snapshots[0], rows, "")


@pytest.mark.parametrize("divider", [DATE, PROMPT, "------", LINUX_BANNER])
def test_proof_does_not_reach_over_the_end_of_a_snapshot(divider: str) -> None:
    """What follows may be of a netstat that cuts, and what came before as well."""
    given_lines = linux_capture([CUT])
    for log in (
        [*given_lines, divider, *linux_capture([PROOF], "W")],
        [*linux_capture([PROOF], "W"), divider, *given_lines],
    ):
        doubts = {c.local.truncated for s in read(log)[0] for c in s.connections}
        assert doubts == {False, True}


def test_uncut_lifts_every_doubt() -> None:
    given_lines = linux_capture([CUT], "W")
    fills = linux_capture([Row(proto="tcp6", local="fe80::1234:5678:9abc", foreign="::1")])
    snapshots, _ = read([*given_lines, *fills], uncut=True)
    assert not any(c.local.truncated for s in snapshots for c in s.connections)
    assert snapshots[1].connections[0].local.host == "fe80::1234:5678:9abc"
    assert snapshots[1].connections[0].local.address is not None
    assert parse(text_of(fills), uncut=True) == snapshots[1]


@pytest.mark.parametrize("size", [1, 3, 10_000])
@pytest.mark.parametrize(("rows_before", "is_proved"), [(8, True), (9, True), (12, False)])
def test_proof_is_looked_for_in_the_first_rows_only(
    monkeypatch: pytest.MonkeyPatch, rows_before: int, is_proved: bool, size: int
) -> None:
    assert proof.ROWS_TO_PROVE == 10_000
    monkeypatch.setattr(proof, "ROWS_TO_PROVE", 10)
    rows = [CUT] + [ROW] * (rows_before - 1) + [PROOF]
    given_lines = linux_capture(rows[:1]) + [linux_row(row, "W") for row in rows[1:]]
    (snapshot,) = read_in_batches(given_lines, size)
    assert snapshot.connections[0].local.truncated is not is_proved
    assert not snapshot.connections[-1].local.truncated


class Table:
    """A sink that counts the rows that were passed on."""

    def __init__(self) -> None:
        self.sink = Recorder()
        self.reader = LineReader(self.sink)
        self.passed_on = 0

    def feed(self, given_lines: list[str]) -> int:
        """How many rows were passed on until then."""
        self.reader.feed_lines(given_lines)
        self.passed_on += sum(call[0] == "row" for call in self.sink.take_calls())
        return self.passed_on


def test_rows_are_held_from_the_first_doubt_until_it_is_settled() -> None:
    table = Table()
    assert table.feed(linux_capture([ROW, ROW])) == 2
    assert table.feed([linux_row(CUT)]) == 2
    assert table.feed([linux_row(ROW)] * 3) == 2
    assert table.feed([linux_row(PROOF, "W")]) == 7
    assert table.feed([linux_row(CUT)]) == 8


@pytest.mark.parametrize("end", [UNIX_BANNER, UNIX_HEADER, X25[0], DATE, PROMPT, "---"])
def test_held_rows_are_passed_on_where_their_table_ends(end: str) -> None:
    """No row of another table can prove anything of them."""
    table = Table()
    assert table.feed(linux_capture([ROW])) == 1
    assert table.feed([linux_row(CUT), linux_row(ROW)]) == 1
    assert table.feed([end]) == 3


def test_held_rows_come_in_order() -> None:
    numbers = [str(i) for i in range(1, 30)]
    rows = [Row(local_port=i) for i in numbers]
    rows[5] = Row(proto="tcp6", local="fe80::1234:5678:9abc", local_port="10", foreign="::1")
    rows[9] = Row(proto="tcp6", local=LONG, local_port="11111", foreign="::1")
    given_lines = [*linux_capture(rows, "W"), *linux_capture(rows[:9])]
    for size in (1, 4, 100):
        whole, doubted = read_in_batches(given_lines, size)
        assert are_rows(whole, rows, "")
        assert are_rows(doubted, rows[:9], "")


def test_rows_are_not_held_for_ever() -> None:
    table = Table()
    rows = [linux_row(ROW)] * (proof.ROWS_TO_PROVE - 1)
    assert table.feed(linux_capture([CUT])) == 0
    assert table.feed(rows[1:]) == 0
    assert table.feed(rows[:1]) == proof.ROWS_TO_PROVE
    assert table.feed([linux_row(CUT)]) == proof.ROWS_TO_PROVE + 1
