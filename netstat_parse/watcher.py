"""`watch`: snapshots of a system, one after another."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence

from netstat_parse.errors import CommandError
from netstat_parse.models import Snapshot
from netstat_parse.runner import run


def watch(
    seconds: float,
    count: int | None = None,
    *,
    command: Sequence[str] | None = None,
    duration: float | None = None,
    timeout: float = 10.0,
    dialect: str | None = None,
    on_failure: Callable[[CommandError], None] | None = None,
) -> Iterator[Snapshot]:
    """Runs netstat, or a command, every so many seconds; gives a Snapshot each time.

    The n-th run begins n times `seconds` after the first, however long each takes; where one takes
    longer than that, the runs that it was in the way of are left out. It ends after `count` runs,
    or before the first run that would begin `duration` seconds after the beginning, else never.
    `command`, `timeout` (of each run, in seconds) and `dialect` are those of `run`, and so are the
    stamps, `captured_at`.

    A run that fails raises its CommandError, which ends the watch; with `on_failure` that is called
    with the error instead, and the next run goes on.
    """
    for name, value in (("seconds", seconds), ("duration", duration)):
        if value is not None and not 0 < value < math.inf:
            raise ValueError(f"{name} must be more than 0, not {value!r}")
    if count is not None and count < 1:
        raise ValueError(f"count must be at least 1, not {count!r}")

    def snapshots() -> Iterator[Snapshot]:
        started = time.monotonic()
        for _ in _turns(started, seconds, count, duration):
            try:
                snapshot = run(command, timeout=timeout, dialect=dialect)
            except CommandError as error:
                if on_failure is None:
                    raise
                on_failure(error)
            else:
                yield snapshot

    return snapshots()


def _turns(
    started: float, seconds: float, count: int | None, duration: float | None
) -> Iterator[int]:
    """Gives the number of each turn when it is time for it."""
    turn = done = 0
    while duration is None or turn * seconds < duration:
        time.sleep(max(0.0, started + turn * seconds - time.monotonic()))
        yield turn
        done += 1
        if done == count:
            return
        turn = next_turn(turn, started, seconds)


def next_turn(turn: int, started: float, seconds: float) -> int:
    """The number of the next turn that is still ahead: the n-th is n times `seconds` after
    `started`, a time of `time.monotonic`."""
    return max(turn + 1, math.ceil((time.monotonic() - started) / seconds))
