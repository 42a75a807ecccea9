"""Why a line is no row of its table. This is where pyparsing itself runs."""

from __future__ import annotations

from functools import lru_cache

from pyparsing import ParseBaseException, ParserElement

from netstat_parse.dialects.registry import get_spec
from netstat_parse.grammar.dialect import row_grammar
from netstat_parse.grammar.layout import Layout


def explain(layout: Layout, line: str) -> tuple[int, str]:
    """At which column (from 1) a line stops being a row of this layout, and what it lacks there.

    The grammar of each kind of row is tried on the line, and the one that came furthest tells.
    """
    furthest = (-1, "")
    for grammar in row_grammars(layout):
        try:
            grammar.parse_string(line, parse_all=True)
        except ParseBaseException as error:
            furthest = max(furthest, (error.loc, error.msg), key=lambda found: found[0])
        else:
            return layout.explain_excess(line) or (len(line) + 1, "expected the rest of the row")
    column, message = furthest
    return column + 1, message[:1].lower() + message[1:]


@lru_cache(maxsize=16)
def row_grammars(layout: Layout) -> tuple[ParserElement, ...]:
    """The grammar of each kind of row of a layout."""
    spec = get_spec(layout)
    return tuple(row_grammar(spec, kind, layout.header) for kind in spec.row_kinds)
