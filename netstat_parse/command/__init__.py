"""The command line: `netstat-parse convert`, `run`, `pairs`, `diff` ...

Exit status: 0, every line was understood; 1, some lines were not; 2, nothing could be read. That of
`diff` is diff's: see command/diff.py.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Sequence

from netstat_parse.command.messages import (
    NOTHING,
    PARTLY,
    UNDERSTOOD,
    NothingReadError,
    StrictError,
    complain,
)
from netstat_parse.command.options import make_parser
from netstat_parse.command.signals import EndedError, ended_by
from netstat_parse.errors import NetstatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

INTERRUPTED = 128 + signal.SIGINT
"""As a shell says it; when another signal ends the work, its number takes SIGINT's place."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line; gives its exit status."""
    try:
        options = make_parser().parse_args(arguments)
        with ended_by("SIGTERM", "SIGHUP"):
            status: int = options.work(options)
    except BrokenPipeError:
        # Nobody reads on. Python's own flush of standard output at exit must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNDERSTOOD
    except EndedError as ended:
        complain(f"ended by {signal.Signals(ended.number).name}")
        return 128 + ended.number
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    except NothingReadError:
        return NOTHING
    except NetstatError as error:
        complain(str(error))
        return PARTLY if isinstance(error, StrictError) else NOTHING
    return status


def command() -> NoReturn:
    """The installed command: `main` in a process of its own.

    What is made here is hardly ever garbage in a cycle. Looking for it would take a tenth of the
    time of a small capture, half of it at the end, when all objects are looked at again.
    """
    gc.set_threshold(100_000)
    status = main()
    gc.freeze()
    sys.exit(status)
