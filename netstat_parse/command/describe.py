"""`netstat-parse dialects` and `netstat-parse grammar`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence

from netstat_parse.command.messages import UNDERSTOOD
from netstat_parse.dialects.describe import describe_grammar, draw_grammar, tables_of
from netstat_parse.dialects.registry import all_dialects
from netstat_parse.grammar.dialect import Dialect, Evidence
from netstat_parse.schema import KINDS, OTHER_TABLES
from netstat_parse.writing.whole_files import open_output


def list_dialects(options: argparse.Namespace) -> int:
    """`netstat-parse dialects`: which tables of which netstat are read, and how each is known."""
    dialects = all_dialects()
    with open_output(None) as out:
        if options.to == "json":
            out.write(json.dumps(list(map(_describe, dialects)), indent=2) + "\n")
        else:
            out.writelines(f"{line}\n" for line in _draw_matrix(dialects))
    return UNDERSTOOD


def _describe(dialect: Dialect) -> dict[str, object]:
    tables = {kind.option: _names(found) for kind, found in tables_of(dialect).items()}
    return {"dialect": dialect.name, "commands": list(dialect.commands), "tables": tables}


def _names(found: Sequence[Evidence]) -> list[str]:
    return [evidence.name.lower() for evidence in found]


def _draw_matrix(dialects: Sequence[Dialect]) -> Iterator[str]:
    kinds = [kind for kind in KINDS if kind is not OTHER_TABLES]
    rows = [["dialect", *(kind.option for kind in kinds)]]
    for dialect in dialects:
        known = tables_of(dialect)
        cells = ["+".join(_names(known.get(kind, []))) or "-" for kind in kinds]
        rows.append([dialect.name, *cells])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(map(str.ljust, row, widths)).rstrip()
    yield ""
    for evidence in Evidence:
        yield f"{evidence.name.lower():10} {evidence.value}"
    yield ""
    for dialect in dialects:
        yield f"{dialect.name:10} {', '.join(dialect.commands)}"


def print_grammar(options: argparse.Namespace) -> int:
    """`netstat-parse grammar DIALECT`."""
    draws = options.output is not None
    text = draw_grammar(options.dialect) if draws else describe_grammar(options.dialect)
    with open_output(options.output) as out:
        out.write(text)
    return UNDERSTOOD
