"""Layouts: every row is found alike by pyparsing, by the whole pattern, and in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyparsing import ParseBaseException

from netstat_parse import iter_snapshots
from netstat_parse.dialects.explain import explain, row_grammars
from netstat_parse.dialects.headers import find_layout
from netstat_parse.dialects.linux.cells import NARROWEST_ADDRESS
from netstat_parse.dialects.linux.net_tools import HEADER
from netstat_parse.grammar.layout import Layout, RowPattern
from netstat_parse.reading.lines import batches
from netstat_parse.reading.sources import open_input

FIXTURES = Path(__file__).parent.parent / "fixtures"
ALPHABET = " \t:.*-/[]()%0159afxTCP_LISTEN,é"


def lines_of_fixtures(which: str = "*/*.txt") -> Iterator[tuple[Layout, str]]:
    """Each line below a header, with its layout."""
    for path in sorted(FIXTURES.glob(which)):
        layout = None
        with open_input(path) as file:
            for text in [line for batch in batches(file) for line in batch.lines]:
                found = find_layout(text)
                if found is not None:
                    layout = found
                elif layout is not None and text.strip():
                    yield layout, text


@cache
def corpus() -> tuple[tuple[Layout, str], ...]:
    return tuple(lines_of_fixtures())


def by_pyparsing(layout: Layout, line: str) -> dict[str, str] | None:
    """The results of the first kind of row that takes the whole line."""
    for grammar in row_grammars(layout):
        try:
            results = grammar.parse_string(line, parse_all=True)
        except ParseBaseException:
            continue
        return {name: text for name, text in results.as_dict().items() if text}
    return None


def by_pattern(layout: Layout, line: str) -> dict[str, str] | None:
    """The cells of a row that are not empty, by name; None if it is no row."""
    found = layout.find_row(line)
    return None if found is None else named(layout, found.cells)


def named(layout: Layout, cells: tuple[str, ...]) -> dict[str, str]:
    return {name: text for name, text in zip(layout.names, cells, strict=True) if text}


def in_bulk(layout: Layout, line: str) -> dict[str, str] | None:
    """What the first bulk finder finds of it; None if none finds anything."""
    for finder in layout.bulk_finders(layout.plain_names):
        (cells,) = finder.find(line)
        if any(cells):
            return {name: text for name, text in zip(finder.names, cells, strict=True) if text}
    return None


def assert_same(layout: Layout, line: str) -> bool:
    """Tell whether it is a row; pyparsing and the pattern say the same of it."""
    ours, theirs = by_pattern(layout, line), by_pyparsing(layout, line)
    if theirs is not None:
        theirs = {name: text for name, text in theirs.items() if name in layout.names}
    assert ours == theirs, line
    return ours is not None


# Three ways of reading a row ----------------------------------------------------------------------


@pytest.mark.slow
def test_pyparsing_and_the_pattern_read_the_rows_of_the_fixtures_alike() -> None:
    read = sum(assert_same(layout, line) for layout, line in corpus())
    assert read > len(corpus()) / 2


@st.composite
def damaged_rows(draw: st.DrawFn) -> tuple[Layout, str]:
    layout, row = draw(st.sampled_from(corpus()))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(row)))
        end = draw(st.integers(start, min(start + 6, len(row))))
        row = row[:start] + draw(st.text(ALPHABET, max_size=4)) + row[end:]
    return layout, row


@pytest.mark.slow
@settings(max_examples=1500)
@given(damaged_rows())
def test_pyparsing_and_the_pattern_read_damaged_rows_alike(damaged: tuple[Layout, str]) -> None:
    assert_same(*damaged)


@pytest.mark.slow
@settings(max_examples=500)
@given(damaged_rows())
def test_what_is_found_in_bulk_is_what_is_found_alone(damaged: tuple[Layout, str]) -> None:
    layout, row = damaged
    some = layout.plain_names[:4]
    for finder, of_some in zip(
        layout.bulk_finders(layout.plain_names), layout.bulk_finders(some), strict=True
    ):
        first, cells, last = finder.find(f"x\n{row}\n")
        assert not any(first + last)
        if any(cells):
            found = layout.find_row(row)
            assert found is not None
            whole = dict(zip(finder.names, cells, strict=True))
            assert found.cells == tuple(whole.get(name, "") for name in layout.names)
        assert of_some.find(row)[0][:4] == cells[:4]


@pytest.fixture(scope="module")
def net_tools() -> Layout:
    layout = find_layout(HEADER)
    assert layout is not None
    return layout


def test_most_rows_of_the_fixtures_are_found_in_bulk(net_tools: Layout) -> None:
    lines = [line for layout, line in lines_of_fixtures("linux/a*.txt") if layout is net_tools]
    rows = [line for line in lines if net_tools.find_row(line)]
    assert len(rows) > 25
    assert sum(in_bulk(net_tools, row) is not None for row in rows) > 0.8 * len(rows)


def test_rows_with_addresses_that_may_be_truncated_are_found_in_bulk_too(
    net_tools: Layout,
) -> None:
    address = "2001:db8:1:2:3:4:567:22"
    assert len(address) == NARROWEST_ADDRESS
    row = f"tcp6       0      0 {address} 2001:db8::9:5000        ESTABLISHED"
    found = in_bulk(net_tools, row)
    assert found == by_pattern(net_tools, row)
    assert found is not None
    assert found["local_host_fills"] == "2001:db8:1:2:3:4:567"
    assert "local_host" not in found
    assert "local_host_exceeds" not in found
    longer = row.replace("2001:db8:1:2", "2001:db8:1111:2222")
    found = in_bulk(net_tools, longer)
    assert found is not None
    assert found["local_host_exceeds"] == "2001:db8:1111:2222:3:4:567"


RARE = (
    "tcp\t0\t0 10.0.0.1:22 10.0.0.2:5000 ESTABLISHED",
    "tcp        0      0 10.0.0.1:22             10.0.0.2:5000           ESTABLISHED\t",
    "tcp        0 18446744073709551615 10.0.0.1:22 10.0.0.2:5000 ESTABLISHED",
    "tcp        01234567 10.0.0.1:22             10.0.0.2:5000           ESTABLISHED",
    "tcp        0      0 höst:22                 10.0.0.2:5000           ESTABLISHED",
    "tcp6       0      0 [::]:22                 [::]:*                  LISTEN",
    "tcp        0      0 10.0.0.1:z39.50         10.0.0.2:5000           ESTABLISHED",
)


@pytest.mark.parametrize("row", RARE)
def test_what_is_not_found_in_bulk_is_read_nevertheless(net_tools: Layout, row: str) -> None:
    cells = by_pattern(net_tools, row)
    assert cells is not None
    assert in_bulk(net_tools, row) is None
    (snapshot,) = iter_snapshots([HEADER, row, row])
    assert len(snapshot.connections) == 2
    assert not snapshot.unparsed
    assert [c.send_q for c in snapshot.connections] == 2 * [int(cells["send_q"])]


# A row --------------------------------------------------------------------------------------------


def make(header: str = "Name Size", names: tuple[str, ...] = ("group", "refcount")) -> Layout:
    """A layout of two kinds of rows."""
    patterns = (
        RowPattern("big", "", r"(?P<group>[A-Z]+) (?P<refcount>[0-9]+)", r"(?P<group>[A-Z]++) 1"),
        RowPattern("small", "s", r"(?P<group>s[a-z]*+)", r"(?P<group>s[a-z]*+)"),
    )
    return Layout(
        dialect="linux",
        table=0,
        header=header,
        titles=("Name", "Size"),
        kind="multicast_groups",
        record="MulticastGroup",
        names=names,
        states={},
        patterns=patterns,
        banner_cells={"Bannered": {"refcount": "7"}},
    )


def test_the_first_kind_that_matches_has_the_row() -> None:
    layout = make()
    assert layout.prefixes == ("", "s")
    for line, cells in (("AB 12", ("AB", "12")), ("sx", ("sx", "")), ("AB 12 \t ", ("AB", "12"))):
        found = layout.find_row(line)
        assert found is not None
        assert found.cells == cells
    for line in ("AB", "ab 1", "x", "", "AB 12 x", "AB 12\n"):
        assert layout.find_row(line) is None


def test_a_cell_by_its_name() -> None:
    layout = make()
    assert layout.cell(("AB", "12"), "refcount") == "12"
    assert layout.cell(("AB", "12"), "program") == ""


def test_in_bulk_every_line_has_its_place() -> None:
    first, second = make().bulk_finders(("refcount", "group"))
    text = "AB 1\nx\n\nsmall\nCD 2\nEF 1"
    assert first.find(text) == [
        *(("", "AB"), ("", ""), ("", ""), ("", ""), ("", ""), ("", "EF")),
    ]
    assert [cells[1] for cells in second.find(text)] == ["", "", "", "small", "", ""]


def test_a_banner_gives_cells_to_the_rows_below_it() -> None:
    layout = make()
    assert layout.under("another banner") is layout
    below = layout.under("Bannered")
    assert below is layout.under("Bannered")
    assert below is not layout
    assert (dict(layout.given), dict(below.given)) == ({}, {"refcount": "7"})


def test_a_layout_equals_only_itself() -> None:
    assert make() != make()
    assert len({make(), make()}) == 2


# Why a line is no row -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [
        ("tcp        0      x 10.0.0.1:22", 19, "expected Send-Q"),
        ("tcp        0      0 10.0.0.1:22", 32, "expected host"),
        ("xyz        0      0", 1, "expected proto"),
        ("tcp        0      0 10.0.0.1:22 10.0.0.2:23 LISTEN x", 52, "expected end of text"),
    ],
)
def test_where_a_line_stops_being_a_row(
    net_tools: Layout, line: str, column: int, expected: str
) -> None:
    found, message = explain(net_tools, line)
    assert (found, message[: len(expected)]) == (column, expected)


def test_a_row_that_is_refused_nevertheless_lacks_its_rest(net_tools: Layout) -> None:
    row = "tcp        0      0 10.0.0.1:22 10.0.0.2:23 LISTEN"
    assert explain(net_tools, row) == (len(row) + 1, "expected the rest of the row")
