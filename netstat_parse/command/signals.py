"""Signals that end the work as Ctrl-C does, so that nothing half done is left behind."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class EndedError(KeyboardInterrupt):
    """A signal has come that ends the work as Ctrl-C does."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


@contextmanager
def ended_by(*names: str) -> Iterator[None]:
    """Lets signals end the block with an EndedError."""

    def end(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_IGN)  # a second one must not come between the clearing up
        raise EndedError(number)

    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before: dict[int, Any] = {}
    try:
        with suppress(ValueError):  # not in the main thread, where Python takes no signals
            for number in numbers:
                if signal.getsignal(number) == signal.SIG_DFL:  # nohup ignores SIGHUP
                    before[number] = signal.signal(number, end)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
