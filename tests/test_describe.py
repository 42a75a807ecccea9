"""A dialect's grammar for people: in words, and as a railroad diagram."""

from __future__ import annotations

import re
from importlib.machinery import ModuleSpec

import pytest
from pyparsing import ParserElement

from netstat_parse.dialects import NAMES, describe
from netstat_parse.dialects.describe import describe_grammar, draw_grammar
from netstat_parse.dialects.registry import get_dialect
from netstat_parse.errors import MissingExtraError, UnknownDialectError


@pytest.mark.parametrize("name", NAMES)
def test_a_dialect_is_described(name: str) -> None:
    text = describe_grammar(name)
    assert text.startswith(f"{name}: what {get_dialect(name).commands[0]}, ")
    rows, words = text.split("the words:\n")
    for kind in get_dialect(name).tables[0].row_kinds:
        assert f"\n{kind.name} row, by the titles that the header names:\n" in rows
    for column in get_dialect(name).tables[0].columns:
        assert f"    {column.title:18} " in rows
    assert len(words.splitlines()) > 10


def test_what_the_words_say() -> None:
    lines = describe_grammar("linux").splitlines()
    assert "    Recv-Q             recv_q" in lines
    assert "    User               ( uid | user )" in lines
    assert "    State              [ state of udp ]" in lines
    (proto,) = (line for line in lines if line.startswith("    proto of raw "))
    assert re.fullmatch(proto.split()[-1], "raw6")


def test_an_unknown_dialect_is_told() -> None:
    for work in (describe_grammar, draw_grammar):
        with pytest.raises(UnknownDialectError, match="'amiga'"):
            work("amiga")


def test_a_drawing_needs_what_draws_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for missing in ("railroad", "jinja2"):
        monkeypatch.setattr(
            describe, "find_spec", lambda name, missing=missing: None if name == missing else name
        )
        with pytest.raises(MissingExtraError, match=r"netstat_parse\[diagrams\]"):
            draw_grammar("linux")


@pytest.mark.parametrize("name", NAMES)
def test_what_is_drawn(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What draws it may be absent, so it is stood in for."""
    drawn: list[tuple[str, bool]] = []

    def draw(grammar: ParserElement, file: object, show_results_names: bool) -> None:
        drawn.append((str(grammar), show_results_names))
        file.write("<html>")  # type: ignore[attr-defined]

    monkeypatch.setattr(describe, "find_spec", lambda name: ModuleSpec(name, None))
    monkeypatch.setattr(ParserElement, "create_diagram", draw)
    assert draw_grammar(name) == "<html>"
    assert drawn == [(f"{name} row", True)]
