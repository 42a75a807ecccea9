"""Keys as they are pressed, from a terminal."""

from __future__ import annotations

import os
import select
from importlib.util import find_spec
from typing import TextIO

SEQUENCES = {
    b"\x1b[A": "up",
    b"\x1b[B": "down",
    b"\x1b[5~": "page up",
    b"\x1b[6~": "page down",
    b"\x1bOA": "up",
    b"\x1bOB": "down",
    b"\x7f": "backspace",
    b"\x08": "backspace",
    b"\r": "enter",
    b"\n": "enter",
    b"\x1b": "escape",
}
"""What terminals send for keys that are no letters (xterm's ctlseqs)."""
SECONDS_OF_SEQUENCE = 0.02
"""What belongs together comes at once."""


def has_keys() -> bool:
    """True if this system can tell of single keys."""
    return find_spec("termios") is not None


class Keys:
    """Takes a terminal's keys one by one, unseen; gives the terminal back as it was."""

    END = "end"
    """The terminal is gone."""

    def __init__(self, file: TextIO) -> None:
        self._number = file.fileno()
        self._pending = b""

    def __enter__(self) -> Keys:
        import termios
        import tty

        self._before = termios.tcgetattr(self._number)
        tty.setcbreak(self._number)
        return self

    def __exit__(self, *_: object) -> None:
        import termios

        termios.tcsetattr(self._number, termios.TCSADRAIN, self._before)

    def wait(self, seconds: float) -> str:
        """The next key: a character, or a name of SEQUENCES; empty if none comes in time."""
        if not self._pending and not self._read(seconds):
            return ""
        if not self._pending:
            return self.END
        if self._pending in (b"\x1b", b"\x1b[", b"\x1bO"):
            self._read(SECONDS_OF_SEQUENCE)
        for sequence in sorted(SEQUENCES, key=len, reverse=True):
            if self._pending.startswith(sequence):
                self._pending = self._pending[len(sequence) :]
                return SEQUENCES[sequence]
        text = self._pending.decode("utf-8", "ignore")
        first = text[:1]
        self._pending = text[1:].encode()
        return first if first.isprintable() else ""

    def _read(self, seconds: float) -> bool:
        """Reads what has come; False if nothing has in this time."""
        ready, _, _ = select.select([self._number], [], [], seconds)
        if ready:
            self._pending += os.read(self._number, 1024)
        return bool(ready)
