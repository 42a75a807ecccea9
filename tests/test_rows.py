"""Rows are read in bulk, and remembered for when they come again; it makes no difference."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from weakref import WeakSet

import pytest
from feeding import CUT, OTHER, PROOF, ROW, UDP, Recorder, batches_of, one, read, read_in_batches
from hypothesis import given
from hypothesis import strategies as st
from printed import (
    LINUX_BANNER,
    Row,
    are_rows,
    linux_capture,
    linux_header,
    linux_row,
    linux_rows,
)

from netstat_parse.dialects.headers import find_layout
from netstat_parse.dialects.registry import get_dialect, get_spec
from netstat_parse.grammar.dialect import RowKind, TableSpec, make_layout
from netstat_parse.grammar.layout import Cells, Layout
from netstat_parse.grammar.truncation import Truncation
from netstat_parse.reading import rows
from netstat_parse.reading.rows import RowReader
from netstat_parse.reading.table import READERS_KEPT, RowReaders
from netstat_parse.schema import CONNECTIONS


def layout_of(header: str) -> Layout:
    layout = find_layout(header)
    assert layout is not None
    return layout


def numbered(count: int, start: int = 0) -> list[str]:
    """Rows of which no two are the same."""
    return [linux_row(Row(pid=start + i, program="x"), "p") for i in range(1, count + 1)]


# In bulk and alone --------------------------------------------------------------------------------

ODD_LINES = [
    "",
    "what is this",
    "\x1b[1mtcp\x1b[0m",
    linux_row(ROW)[:40],
    linux_row(ROW, "p") + "x",
]


@given(
    st.lists(
        st.one_of(linux_rows().map(lambda row: linux_row(row, "p")), st.sampled_from(ODD_LINES)),
        min_size=1,
        max_size=12,
    ),
    st.booleans(),
)
def test_rows_in_bulk_have_the_cells_of_rows_alone(given_lines: list[str], remembers: bool) -> None:
    """A line that is left to the section is None; a row may be, but nothing else is a row."""
    layout = layout_of(linux_header("p"))
    reader = RowReader(layout, Recorder())
    if remembers:
        reader.remember(0)
    for _ in range(1 + remembers):
        made, holes, _ = reader.read(given_lines)
        assert holes == [i for i, one in enumerate(made) if one is None]
        for line, in_bulk in zip(given_lines, made, strict=True):
            found = layout.find_row(line)
            if in_bulk is not None:
                assert found is not None
                assert in_bulk == reader.read_alone(line, found.cells)[0]


def test_most_rows_are_read_in_bulk() -> None:
    """What is left to be read alone takes ten times as long."""
    reader = RowReader(layout_of(linux_header("p")), Recorder())
    given_lines = [linux_row(row, "p") for row in (ROW, OTHER, UDP, Row(pid=0), CUT)]
    given_lines.append(linux_row(PROOF, "pW"))
    assert reader.read(given_lines).holes == []
    assert reader.read([*given_lines, "odd", *given_lines]).holes == [len(given_lines)]


def test_what_rows_in_bulk_tell_of_truncation_is_what_they_tell_alone() -> None:
    given_lines = [linux_row(ROW), linux_row(CUT), linux_row(PROOF, "W"), "odd", linux_row(OTHER)]
    layout = layout_of(linux_header())
    reader = RowReader(layout, Recorder())
    known = reader.read(given_lines).known
    assert known.find_exceeding(given_lines) == 2
    assert known.find_marked(given_lines) == [1, 2]
    for i in (0, 1, 2, 4):
        line = given_lines[i]
        found = layout.find_row(line)
        assert found is not None
        _, alone = reader.read_alone(line, found.cells)
        assert alone.find_marked([line]) == ([0] if i in (1, 2) else [])
        assert alone.find_exceeding([line]) == (0 if i == 2 else None)


def test_rows_are_made_again_where_nothing_was_cut() -> None:
    """The sink is told of which rows something may have been cut, and where nothing was."""

    class Sink(Recorder):
        def builder(self, layout: Layout) -> Any:
            def build(
                cells: list[Cells], text: str, truncation: Truncation, marked: Sequence[int]
            ) -> list[Any]:
                return [(truncation, i in marked) for i in range(len(cells))]

            return build

    reader = RowReader(layout_of(linux_header()), Sink())
    given_lines = [linux_row(ROW), linux_row(CUT)]
    possible, excluded = Truncation.POSSIBLE, Truncation.EXCLUDED
    assert reader.read(given_lines).made == [(possible, False), (possible, True)]
    assert reader.read_as_whole(given_lines) == [(excluded, False), (excluded, True)]
    too_long_for_bulk = linux_row(CUT) + " " * rows.LONGEST_IN_BULK
    assert reader.read_as_whole([too_long_for_bulk]) == [(excluded, True)]


@pytest.mark.parametrize("size", [1, 100])
@pytest.mark.parametrize("cell", ["51234", ":22 ", "sshd", "10.0.0.2", "ESTABLISHED"])
@pytest.mark.parametrize(
    ("start", "end"), [("\x1b[01;31m\x1b[K", "\x1b[m\x1b[K"), ("\x1b[1m", "\x1b[m")]
)
def test_colours_inside_a_row_are_taken_off(start: str, end: str, cell: str, size: int) -> None:
    """`grep --color` marks what it found."""
    several = [ROW, Row(foreign_port="51234", recv_q=1), ROW]
    text = cell.strip(": ")
    marked = cell.replace(text, f"{start}{text}{end}")
    coloured = [line.replace(cell, marked) for line in linux_capture(several, "p")]
    assert coloured[2].count("\x1b") >= 2
    (snapshot,) = read_in_batches(coloured, size)
    assert are_rows(snapshot, several)


@pytest.mark.parametrize("size", [1, 2, 10])
def test_a_row_behind_an_invalid_stamp_is_reported_however_it_comes(size: int) -> None:
    row = linux_row(ROW, "p")
    given_lines = [linux_header("p"), f"2026-11-22T12:22:41Z {row}", f"4052-11-22T12:22:41Z {row}"]
    (snapshot,) = read_in_batches(given_lines, size)
    assert len(snapshot.connections) == 1
    assert [line.number for line in snapshot.unparsed] == [3]


# Cells that the banner gives ----------------------------------------------------------------------

BANNER = "TCP: IPv4"
ROWS_UNDER_BANNER = [
    "10.0.0.1:22             10.0.0.2:51234          ESTABLISHED",
    "odd",
    "",
    "fe80::7b36:fe27:b880:22 10.0.0.2:51234          LISTEN",
    "fe80::7b36:fe27:b880:1287:22 ::1:51234          LISTEN",
]


def layout_under_banner(**cells: str) -> Layout:
    """Rows of addresses and a state; what is above them says the rest, as on Solaris."""
    linux = get_dialect("linux")
    spec = get_spec(layout_of(linux_header()))
    titles = ("Local Address", "Foreign Address", "State")
    bannered = TableSpec(
        kind=CONNECTIONS,
        record=spec.record,
        columns=tuple(column for column in spec.columns if column.title in titles),
        row_kinds=(RowKind("any"),),
        limits=spec.limits,
        banners=(BANNER,),
        banner_cells={BANNER: cells},
    )
    dialect = replace(linux, tables=(bannered,))
    layout = make_layout(dialect, bannered, linux_header().partition("Send-Q ")[2])
    assert layout is not None
    return layout


@pytest.mark.parametrize("cells", [{"proto": "tcp4"}, {"proto": "udp", "recv_q": "7"}])
def test_a_banner_gives_cells_to_the_rows_below(cells: dict[str, str]) -> None:
    """Also the one that is never empty in a row: what is no row does not become one by it."""
    layout = layout_under_banner(**cells).under(BANNER)
    reader = RowReader(layout, Recorder())
    made, holes, _ = reader.read(ROWS_UNDER_BANNER)
    assert holes == [1, 2]
    states = [row and row["state"] for row in made]
    assert states == ["ESTABLISHED", None, None, "LISTEN", "LISTEN"]
    assert made[3] is not None
    assert made[3]["local_host_fills"] == "fe80::7b36:fe27:b880"
    for line, row in zip(ROWS_UNDER_BANNER, made, strict=True):
        found = layout.find_row(line)
        assert (found is None) is (row is None)
        if found is not None:
            assert row is not None
            assert {name: row[name] for name in cells} == cells
            assert reader.read_alone(line, found.cells)[0] == row
    rows_alone = [line for line, row in zip(ROWS_UNDER_BANNER, made, strict=True) if row]
    assert all(cells.items() <= row.items() for row in reader.read_as_whole(rows_alone))


def test_another_banner_gives_nothing() -> None:
    """And the layouts below two banners are two, each with rows of its own to remember."""
    layout = layout_under_banner(proto="tcp4")
    assert layout.under("TCP: IPv6") is layout
    assert layout.under(BANNER) is layout.under(BANNER)
    row = ROWS_UNDER_BANNER[0]
    readers = RowReaders(Recorder())
    for _ in range(3):
        (bare,) = readers.get(layout, 0).read([row]).made
        (given,) = readers.get(layout.under(BANNER), 0).read([row]).made
        assert bare is not None
        assert given == {**bare, "proto": "tcp4"}


# Lines that come again ----------------------------------------------------------------------------


def test_equal_lines_give_the_same_object_once_their_header_has_come_again() -> None:
    """What comes once is not remembered: it costs as much as reading it."""
    snapshots = read_in_batches(linux_capture([ROW, OTHER, ROW], "p") * 4, 5)
    assert len({snapshot.connections for snapshot in snapshots}) == 1
    *_, third, fourth = snapshots
    assert third.connections[0] is third.connections[2]
    assert third.connections[0] is fourth.connections[0]
    assert third.connections[0].local is fourth.connections[2].local


class Made:
    """What a sink makes of a row; it is known how many there still are."""


class Counting(Recorder):
    """A sink that keeps nothing, and knows what is kept elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.alive: WeakSet[Made] = WeakSet()

    def builder(self, layout: Layout) -> Any:
        def build(cells: list[Cells], *_: object) -> list[Made]:
            made = [Made() for _ in cells]
            self.alive.update(made)
            return made

        return build


@pytest.mark.parametrize("truncation", Truncation)
def test_memory_of_rows_is_bounded(truncation: Truncation) -> None:
    sink = Counting()
    reader = RowReader(layout_of(linux_header("p")), sink)
    reader.remember(0)
    size = 100
    for batch in batches_of(numbered(3 * rows.LEAST_REMEMBERED), size):
        assert reader.read(batch, truncation).holes == []
        assert len(sink.alive) <= 2 * (rows.LEAST_REMEMBERED + size)
    assert len(sink.alive) >= rows.LEAST_REMEMBERED


def test_memory_of_rows_grows_with_snapshots_up_to_its_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rows, "LEAST_REMEMBERED", 10)
    monkeypatch.setattr(rows, "MOST_REMEMBERED", 100)
    for rows_before, room in ((0, 10), (30, 60), (1000, 100)):
        sink = Counting()
        reader = RowReader(layout_of(linux_header("p")), sink)
        reader.remember(rows_before)
        for batch in batches_of(numbered(500), 5):
            reader.read(batch)
            assert len(sink.alive) <= 2 * (room + 5)
        assert len(sink.alive) >= room


def test_rows_that_come_again_are_known_in_both_generations(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rows, "LEAST_REMEMBERED", 10)
    reader = RowReader(layout_of(linux_header("p")), Recorder())
    reader.remember(0)
    first, second, third, fourth = batches_of(numbered(24), 6)
    made = reader.read(first).made
    for others in (second, third):  # the newer generation is full, and becomes the older one
        reader.read(others)
        assert all(a is b for a, b in zip(reader.read(first).made, made, strict=True))
    for others in (second, fourth, third):
        reader.read(others)
    again = reader.read(first).made
    assert again == made
    assert not any(a is b for a, b in zip(again, made, strict=True))


def test_what_rows_tell_of_truncation_is_remembered_with_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rows, "LEAST_REMEMBERED", 2)
    reader = RowReader(layout_of(linux_header()), Recorder())
    reader.remember(0)
    given_lines = [linux_row(PROOF, "W"), linux_row(CUT)]
    for _ in range(4):  # each time they are taken over by the newer generation
        known = reader.read(given_lines).known
        assert known.find_exceeding(given_lines) == 0
        assert known.find_marked(given_lines) == [0, 1]


@pytest.mark.slow
def test_readers_of_layouts_are_bounded() -> None:
    sink = Recorder()
    readers = RowReaders(sink)
    kept: WeakSet[RowReader] = WeakSet()
    for i in range(2 * READERS_KEPT + 1):
        layout = find_layout(f"{linux_header()} Extra{i}")
        assert layout is not None
        kept.add(readers.get(layout, 0))
        gc.collect()
        assert len(kept) <= READERS_KEPT


def test_layouts_that_come_again_are_read_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    headers = [f"{linux_header()} Extra{i}" for i in range(8)]
    given_lines = [line for h in headers for line in (h, f"{linux_row(ROW)} cell")] * 2
    expected, _ = read(given_lines)
    monkeypatch.setattr("netstat_parse.reading.table.READERS_KEPT", 3)
    assert read_in_batches(given_lines, 1) == expected
    assert expected[7].connections[0].extra == {"Extra7": "cell"}


@pytest.mark.parametrize("size", [8, 64])
def test_rows_that_never_repeat_are_read_alike(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    capture = [LINUX_BANNER, linux_header("p"), *numbered(300), "?", *numbered(300, 200)]
    given_lines = capture * 2 + [LINUX_BANNER, linux_header("p"), *numbered(300, 900)]
    expected = [one(capture), one(capture), one(given_lines[-302:])]
    monkeypatch.setattr(rows, "LEAST_REMEMBERED", 32)
    monkeypatch.setattr(rows, "MOST_REMEMBERED", 32)
    found = read_in_batches(given_lines, size)
    assert [s.connections for s in found] == [s.connections for s in expected]
    assert [len(s.unparsed) for s in found] == [1, 1, 0]


def test_doubtful_rows_that_come_again_are_read_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    doubtful = [
        Row(proto="tcp6", local=f"fe80::1234:5678:{i:04x}", foreign="::1") for i in range(60)
    ]
    snapshots = [linux_capture(doubtful), linux_capture([*doubtful, PROOF], "W")] * 2
    expected = [one(given_lines) for given_lines in snapshots]
    monkeypatch.setattr(rows, "LEAST_REMEMBERED", 16)
    monkeypatch.setattr(rows, "MOST_REMEMBERED", 16)
    log = [line for given_lines in snapshots for line in given_lines]
    assert read_in_batches(log, 1) == read_in_batches(log, 7) == expected
    truncated = [sum(c.local.truncated for c in s.connections) for s in expected]
    assert truncated == [60, 0, 60, 0]
