"""`netstat-parse completion`."""

from __future__ import annotations

import argparse

from netstat_parse.command.messages import UNDERSTOOD
from netstat_parse.errors import MissingExtraError
from netstat_parse.writing.whole_files import open_output


def print_completion(options: argparse.Namespace) -> int:
    """Prints the script that completes words of the command line in a shell; shtab makes it."""
    try:
        import shtab
    except ImportError as error:
        raise MissingExtraError("completion", "completion") from error

    with open_output(None) as out:
        out.write(shtab.complete(options.parser, options.shell) + "\n")
    return UNDERSTOOD
