"""`netstat-parse pairs`."""

from __future__ import annotations

import argparse

from netstat_parse.analysis.pairs import SocketPair, pairs
from netstat_parse.command.analysis import write_records
from netstat_parse.command.inputs import reading
from netstat_parse.writing.record_columns import PAIR_COLUMNS
from netstat_parse.writing.sockets import in_order, pair_text
from netstat_parse.writing.terminal import printable
from netstat_parse.writing.whole_files import open_output


def list_pairs(options: argparse.Namespace) -> int:
    """Lists each connection once; gives the exit status."""
    transports = ("tcp", "udp", "udplite") if options.udp else ("tcp",)
    with reading(options) as inputs:
        found = pairs(
            inputs.snapshots(of_connections=True),
            tolerance=options.tolerance,
            transports=transports,
        )
        with open_output(options.output) as out:
            sources = {end.source for pair in found for end in (pair.first, pair.second)}
            line = _line_with_sources if len(sources - {None}) > 1 else pair_line
            write_records(found, options, out, line=line, columns=PAIR_COLUMNS)
        return inputs.status()


def pair_line(pair: SocketPair) -> str:
    """A pair with the states of its ends: one of them where they are the same."""
    seen = [end for end in in_order(pair) if end.state is not None]
    states = " ".join(dict.fromkeys(end.state.value for end in seen if end.state is not None))
    return f"{pair_text(pair)}  {states}".rstrip()


def _line_with_sources(pair: SocketPair) -> str:
    sources = dict.fromkeys(end.source for end in in_order(pair) if end.source is not None)
    return f"{pair_line(pair)}  [{', '.join(map(printable, sources))}]"
