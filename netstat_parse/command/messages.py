"""What the command says on standard error, and how it ends."""

from __future__ import annotations

import sys

from netstat_parse.errors import NetstatError

UNDERSTOOD, PARTLY, NOTHING = 0, 1, 2
"""The exit statuses."""


class NothingReadError(NetstatError):
    """Every input failed, and was complained of; what was written must not be kept."""


class UsageError(NetstatError):
    """The options contradict each other."""


class MissingTableError(NetstatError):
    """An input has tables of netstat, but none that is to be written."""


class StrictError(NetstatError):
    """A line was not understood, and --strict was given."""


class KilledError(NetstatError):
    """A process of several was killed, so what the others have written is not all."""


def complain(message: str) -> None:
    """Says it on standard error. What could steer a terminal is written as escapes."""
    if not message.isprintable():
        from netstat_parse.writing.terminal import printable

        message = printable(message)
    print(f"netstat-parse: {message}", file=sys.stderr, flush=True)
