"""`netstat-parse watch`: a live table of socket pairs, for a person at a terminal."""

from __future__ import annotations

import argparse
import sys
import time

from netstat_parse.command.input_options import find_wanted
from netstat_parse.command.keys import Keys, has_keys
from netstat_parse.command.live_table import LiveTable
from netstat_parse.command.messages import UNDERSTOOD, UsageError
from netstat_parse.errors import CommandError, MissingExtraError
from netstat_parse.runner import run
from netstat_parse.watcher import next_turn

QUIT = "q"


def watch(options: argparse.Namespace) -> int:
    """Shows the connections of this system, or of a command, until `q` is pressed."""
    if not (sys.stdin.isatty() and sys.stdout.isatty() and has_keys()):
        raise UsageError("watch needs a terminal; `run --every 10s -o FILE` records without one")
    try:
        from rich.console import Console
        from rich.live import Live
    except ImportError as error:
        raise MissingExtraError("watch", "rich") from error
    table = LiveTable(find_wanted(options), every=options.every)
    _take_snapshot(table, options)  # what fails at once is told, and ends the command
    console = Console()
    with Keys(sys.stdin) as keys, Live(console=console, screen=True, auto_refresh=False) as live:
        started, turn = time.monotonic(), 0
        while True:
            turn = next_turn(turn, started, options.every)
            while (left := started + turn * options.every - time.monotonic()) > 0:
                live.update(table.render(console.size.width, console.size.height), refresh=True)
                key = keys.wait(left)
                if key == Keys.END or (key == QUIT and not table.is_typing):
                    return UNDERSTOOD
                if key:
                    table.press(key)
            if not table.is_paused:
                _take_snapshot(table, options)


def _take_snapshot(table: LiveTable, options: argparse.Namespace) -> None:
    """Runs netstat once, and shows what it gives, or why it failed."""
    try:
        snapshot = run(options.argv or None, timeout=options.timeout, dialect=options.dialect)
    except CommandError as error:
        if not table.has_snapshot:
            raise
        table.failure = str(error)
    else:
        table.add(snapshot)
