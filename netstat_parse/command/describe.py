"""`netstat-parse dialects` and `netstat-parse grammar`."""

from __future__ import annotations

import argparse

from netstat_parse.command.messages import UNDERSTOOD
from netstat_parse.dialects.describe import describe_grammar, draw_grammar
from netstat_parse.dialects.registry import all_dialects
from netstat_parse.writing.whole_files import open_output


def list_dialects(options: argparse.Namespace) -> int:
    """`netstat-parse dialects`."""
    with open_output(None) as out:
        for dialect in all_dialects():
            out.write(f"{dialect.name:10} {', '.join(dialect.commands)}\n")
    return UNDERSTOOD


def print_grammar(options: argparse.Namespace) -> int:
    """`netstat-parse grammar DIALECT`."""
    draws = options.output is not None
    text = draw_grammar(options.dialect) if draws else describe_grammar(options.dialect)
    with open_output(options.output) as out:
        out.write(text)
    return UNDERSTOOD
