"""`netstat-parse report`."""

from __future__ import annotations

import argparse
import os

from netstat_parse.analysis.report import make_report
from netstat_parse.command.analysis import in_order
from netstat_parse.command.inputs import reading
from netstat_parse.command.messages import UsageError
from netstat_parse.writing.html import check_extra, render_page
from netstat_parse.writing.whole_files import open_output

MOST_NAMED = 3
SUFFIXES = ("", ".html", ".htm")


def report(options: argparse.Namespace) -> int:
    """Writes the page of a log; gives the exit status."""
    check_extra()
    if os.path.splitext(options.output or "")[1].lower() not in SUFFIXES:
        raise UsageError(f"{options.output}: a report is written as .html")
    with reading(options) as inputs:
        with open_output(options.output) as out:
            made = make_report(in_order(inputs.snapshots(of_connections=True)), top=options.top)
            troubles = inputs.tally.troubles()
            page = render_page(made, troubles, title=_title(options.files), where=options.where)
            out.write(page)
        return inputs.status()


def _title(paths: list[str]) -> str:
    """The names of the inputs, but not too many."""
    names = [os.path.basename(path.rstrip("/")) or path for path in paths]
    if names == ["-"]:
        return "standard input"
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
