"""A dialect's grammar for people: in words, and as a railroad diagram."""

from __future__ import annotations

import io
from importlib.util import find_spec

from pyparsing import And, Literal, MatchFirst, Opt, ParserElement, Regex

from netstat_parse.dialects.registry import get_dialect
from netstat_parse.errors import MissingExtraError
from netstat_parse.grammar.dialect import CellContext, Dialect, Evidence, row_grammar
from netstat_parse.schema import KINDS, Kind


def tables_of(dialect: Dialect) -> dict[Kind, list[Evidence]]:
    """The kinds of tables that a dialect has, and how they are known; the surest first."""
    known: dict[Kind, list[Evidence]] = {}
    for kind in KINDS:
        found = {spec.evidence or dialect.evidence for spec in dialect.tables if spec.kind is kind}
        if found:
            known[kind] = [evidence for evidence in Evidence if evidence in found]
    return known


def describe_grammar(name: str) -> str:
    """The grammar of each column of a dialect, in words, and the pattern of each word.

    Raises UnknownDialectError if there is no dialect of this name.
    """
    dialect = get_dialect(name)
    spec = dialect.tables[0]
    limits = spec.limits(spec.common_headers[0])
    tokens: dict[str, str] = {}
    lines = [f"{dialect.name}: what {', '.join(dialect.commands)} print", ""]
    for kind in spec.row_kinds:
        lines.append(f"{kind.name} row, by the titles that the header names:")
        for column in spec.columns:
            cell = kind.cells.get(column.title, column.cell)
            if not isinstance(cell, ParserElement):
                cell = cell(CellContext(kind.limits(limits)))
            lines.append(f"    {column.title:18} {_in_words(cell, kind.name, tokens)}")
        lines.append("")
    lines.append("the words:")
    lines += [f"    {word:22} {pattern}" for word, pattern in tokens.items()]
    return "\n".join(lines) + "\n"


def _in_words(element: ParserElement, kind: str, tokens: dict[str, str]) -> str:
    """The element in words; `tokens` takes the pattern of each word."""
    if isinstance(element, And | MatchFirst):
        separator = " | " if isinstance(element, MatchFirst) else " "
        words = separator.join(_in_words(part, kind, tokens) for part in element.exprs)
        return f"( {words} )" if isinstance(element, MatchFirst) else words
    if isinstance(element, Opt):
        return f"[ {_in_words(element.expr, kind, tokens)} ]"
    if isinstance(element, Literal):
        return f"'{element.match}'"
    if isinstance(element, Regex):
        word = element.resultsName or element.name
        pattern = str(element.pattern)
        if tokens.setdefault(word, pattern) != pattern:
            word = f"{word} of {kind}"
            tokens[word] = pattern
        return word
    return str(element)


def draw_grammar(name: str) -> str:
    """The railroad diagram of a dialect's rows under its fullest common header, as HTML.

    Raises UnknownDialectError; MissingExtraError if what draws it is not installed.
    """
    dialect = get_dialect(name)
    if find_spec("railroad") is None or find_spec("jinja2") is None:
        raise MissingExtraError("a railroad diagram", "diagrams")
    spec = dialect.tables[0]
    header = max(spec.common_headers, key=len)
    kinds = [row_grammar(spec, kind, header) for kind in spec.row_kinds]
    rows = MatchFirst(kinds).set_name(f"{dialect.name} row")
    html = io.StringIO()
    rows.create_diagram(html, show_results_names=True)
    return html.getvalue()
