"""`--where EXPR` and `--unknown`: on every command that reads connections."""

from __future__ import annotations

from netstat_parse.analysis.wanted import Wanted
from netstat_parse.command.messages import complain


def say_unknown(wanted: Wanted) -> None:
    """Says of how many connections it was not known."""
    if wanted.unknown:
        complain(wanted.unknown_text())
