"""Every row grammar: pyparsing and the lowered pattern accept the same and say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyparsing import ParseBaseException

from netstat_parse import iter_snapshots
from netstat_parse.files import lines_of
from netstat_parse.grammar import freeze, linux, lowered, tokens, words
from netstat_parse.grammar.dialect import looks, row_grammar, without_the_rare
from netstat_parse.grammar.dialects import NAMES, dialect_of, read_header, row_grammars
from netstat_parse.grammar.headers import table_under
from netstat_parse.grammar.table import Table

FIXTURES = Path(__file__).parent.parent / "fixtures"
ALPHABET = " \t:.*-/[]()%0159afxTCP_LISTEN,é"


def test_what_was_lowered_ahead_is_what_the_dialects_say() -> None:
    path = Path(lowered.__file__)
    assert path.read_text(encoding="utf-8") == freeze.source(), (
        "run: python -m netstat_parse.grammar.freeze"
    )


def tables_and_rows() -> Iterator[tuple[Table, list[str]]]:
    for path in sorted(FIXTURES.glob("*/*.txt")):
        table = None
        rows: list[str] = []
        for line in lines_of(path):
            text = line.rstrip("\r\n")
            found = table_under(text)
            if found is not None:
                table, rows = found, []
                yield table, rows
            elif table is not None and text.strip():
                rows.append(text)


@cache
def corpus() -> tuple[tuple[Table, str], ...]:
    return tuple((table, row) for table, rows in list(tables_and_rows()) for row in rows)


def by_pyparsing(table: Table, line: str) -> dict[str, str] | None:
    """The results of the first kind of row that takes the whole line."""
    for grammar in row_grammars(table):
        try:
            results = grammar.parse_string(line, parse_all=True)
        except ParseBaseException:
            continue
        return {name: text for name, text in results.as_dict().items() if text}
    return None


def by_pattern(table: Table, line: str) -> dict[str, str] | None:
    cells = table.match(line)
    if cells is None:
        return None
    return {name: text for name, text in zip(table.names, cells, strict=True) if text}


def assert_same(table: Table, line: str) -> None:
    ours, theirs = by_pattern(table, line), by_pyparsing(table, line)
    if theirs is not None:
        theirs = {name: text for name, text in theirs.items() if name in table.names}
    assert ours == theirs, line


def test_both_engines_read_the_rows_of_the_fixtures_alike() -> None:
    read = 0
    for table, row in corpus():
        assert_same(table, row)
        read += table.match(row) is not None
    assert read > len(corpus()) / 2


@st.composite
def damaged_rows(draw: st.DrawFn) -> tuple[Table, str]:
    table, row = draw(st.sampled_from(corpus()))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(row)))
        end = draw(st.integers(start, min(start + 6, len(row))))
        row = row[:start] + draw(st.text(ALPHABET, max_size=4)) + row[end:]
    return table, row


@settings(max_examples=1500, deadline=None)
@given(damaged_rows())
def test_both_engines_read_damaged_rows_alike(damaged: tuple[Table, str]) -> None:
    assert_same(*damaged)


@settings(max_examples=500, deadline=None)
@given(damaged_rows())
def test_rows_read_at_once_are_those_read_one_by_one(damaged: tuple[Table, str]) -> None:
    table, row = damaged
    for may_be_cut in (False, True):
        finders = table.finders(table.names, may_be_cut=may_be_cut)
        some = table.finders(table.names[:7], may_be_cut=may_be_cut)
        for finder, of_some in zip(finders, some, strict=True):
            first, cells, last = finder.find(f"x\n{row}\n")
            assert not any(first + last)
            assert not any(cells) or table.match(row) == cells
            assert of_some.find(row)[0] == cells[:7]


def test_rows_with_addresses_that_may_be_cut_are_found_at_once_too() -> None:
    address = "2001:db8:1:2:3:4:5:6:22"
    row = f"tcp6       0      0 {address} 2001:db8::9:5000        ESTABLISHED"
    assert len(address) == linux.NARROWEST_ADDRESS
    table = table_under(linux.HEADER)
    assert table is not None
    assert not any(table.finders(table.names)[0].find(row)[0])
    assert table.finders(table.names, may_be_cut=True)[0].find(row)[0] == table.match(row)


RARE = (
    "tcp\t0\t0 10.0.0.1:22 10.0.0.2:5000 ESTABLISHED",
    "tcp        0      0 10.0.0.1:22             10.0.0.2:5000           ESTABLISHED\t",
    "tcp        0 18446744073709551615 10.0.0.1:22 10.0.0.2:5000 ESTABLISHED",
    "tcp        01234567 10.0.0.1:22             10.0.0.2:5000           ESTABLISHED",
    "tcp        0      0 höst:22                 10.0.0.2:5000           ESTABLISHED",
    "tcp6       0      0 [::]:22                 [::]:*                  LISTEN",
    "tcp        0      0 10.0.0.1:postgresql     10.0.0.2:5000           ESTABLISHED",
    "tcp        0      0 10.0.0.1:z39.50         10.0.0.2:5000           ESTABLISHED",
)


@pytest.mark.parametrize("row", RARE)
def test_what_the_bulk_pattern_leaves_out_is_read_nevertheless(row: str) -> None:
    table = table_under(linux.HEADER)
    assert table is not None
    cells = table.match(row)
    assert cells is not None
    assert not any(table.finders(table.names)[0].find(row)[0])
    (snapshot,) = iter_snapshots([linux.HEADER, row, row])
    assert len(snapshot.connections) == 2
    assert not snapshot.unparsed
    by_name = dict(zip(table.names, cells, strict=True))
    assert [c.send_q for c in snapshot.connections] == 2 * [int(by_name["send_q"])]


@pytest.mark.parametrize("limit", [10, 59, 60, 99, 100, 255, 1000, 65535])
def test_whole_numbers_up_to_a_limit(limit: int) -> None:
    pattern = re.compile(tokens.at_most(limit) + r"(?![0-9])")
    for number in range(10 * limit + 12):
        assert bool(pattern.fullmatch(str(number))) == (number <= limit)
        assert not pattern.fullmatch(f"0{number}")


@pytest.mark.parametrize("above", [*range(-20, 21), -(10**19), 10**18, 10**19, 10**20])
def test_counters(above: int) -> None:
    pattern = re.compile(tokens.COUNTER + r"(?![0-9])")
    assert bool(pattern.fullmatch(str(2**64 + above))) == (above < 0)


def test_where_less_must_not_follow_the_pattern_stays() -> None:
    pattern = r"a(?!\S)(?:b[)(](?<!x)\))(?=y)(?!(?:p|q)r)"
    assert [part for _, part in looks(pattern, "!")] == [r"\S", "x", "(?:p|q)r"]
    for pattern in (r"a(?!b[ \t]*+c)[ \t]*+d", rf"(?!{tokens.COUNTER})[ \t]*+[0-9]"):
        assert without_the_rare(pattern) == pattern
    assert without_the_rare(r"(?=a(?!\S))[ \t]*+b") == r"(?=a(?!\S)) *+b"
    assert without_the_rare(r"(?:a(?!\S))[ \t]*+b(?!\S)") == r"(?:a) ++b(?!\S)"


@pytest.mark.parametrize("name", NAMES)
def test_a_dialect_is_described(name: str) -> None:
    text = words.described(name)
    assert "the words:" in text
    assert "Local" in text or "Adresse" in text


def test_an_unknown_column_is_kept_by_its_title() -> None:
    header = (
        "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)      newest"
    )
    table = read_header(header)
    assert table is not None
    assert table.extra == (("extra_6", "newest"),)
    grammar = row_grammar(dialect_of(table), dialect_of(table).row_kinds[0], header)
    row = "tcp4       0      0  192.0.2.1.22           198.51.100.7.443       ESTABLISHED     17"
    assert grammar.parse_string(row)["extra_6"] == "17"
