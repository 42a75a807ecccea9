"""`netstat-parse watch` on a terminal: what it shows, its keys, and how it leaves."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from commands import DEADLINE, GOOD, ROOT, Command, heed_signals
from printed import Row, linux_capture, text_of

pytestmark = pytest.mark.slow

SCREEN, NO_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"
CLIENT = Row(local_port="4444", foreign="10.0.0.1", foreign_port="443", program="newcomer")
SERVER = Row(local_port="443", foreign="10.0.0.1", foreign_port="4444", program="nginx", pid=77)
LATER = text_of(linux_capture([Row(), SERVER, CLIENT], "p"))


class Terminal:
    """The command on a terminal of its own, and what it writes there."""

    def __init__(self, process: subprocess.Popen[bytes], number: int) -> None:
        self.process = process
        self.number = number
        self.shown = b""

    def press(self, keys: bytes) -> None:
        os.write(self.number, keys)

    def wait_for(self, text: bytes) -> bytes:
        """Reads until there is this text in what comes from now on; gives that."""
        until = time.monotonic() + DEADLINE
        new = b""
        while text not in plain(new):
            assert time.monotonic() < until, f"waited in vain for {text!r} after {new!r}"
            if select.select([self.number], [], [], 0.1)[0]:
                try:
                    piece = os.read(self.number, 65536)
                except OSError as error:
                    raise AssertionError(f"it ended before {text!r}: {new!r}") from error
                new += piece
        self.shown += new
        return plain(new)

    def finish(self) -> int:
        """Reads what is left; gives the exit status."""
        until = time.monotonic() + DEADLINE
        while self.process.poll() is None:
            assert time.monotonic() < until, "it does not end"
            self._read()
        self._read()
        return self.process.returncode

    def _read(self) -> None:
        while select.select([self.number], [], [], 0.05)[0]:
            try:
                self.shown += os.read(self.number, 65536)
            except OSError:
                return


def plain(data: bytes) -> bytes:
    """What is shown, without colours and the like."""
    return re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", data)


@contextmanager
def watching(folder: Path, code: str, *arguments: str) -> Iterator[Terminal]:
    path = folder / "printer.py"
    path.write_text(
        "import os, sys, time\n"
        f"path = {str(folder / 'runs')!r}\n"
        "open(path, 'a').write('x')\n"
        f"n = os.path.getsize(path)\n{code}\n"
    )
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 120, 0, 0))
    before = termios.tcgetattr(theirs)
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "netstat_parse", "watch", "--every", "200ms", *arguments),
            *("--", sys.executable, "-IS", str(path)),
        ],
        env=os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "", "LINES": ""},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        preexec_fn=heed_signals,
    )
    try:
        yield Terminal(process, ours)
        assert termios.tcgetattr(theirs) == before
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        os.close(ours)
        os.close(theirs)


def test_it_shows_what_changes_and_ends(tmp_path: Path) -> None:
    code = f"sys.stdout.write({GOOD!r} if n < 4 else {LATER!r})"
    with watching(tmp_path, code) as terminal:
        assert b"ESTABLISHED" in terminal.wait_for(b"q: quit")
        terminal.press(b"c")
        terminal.wait_for(b"by changed first")
        shown = terminal.wait_for(b"newcomer")
        shown += terminal.wait_for(b"q: quit")
        pair = (
            rb"\+ tcp +ESTABLISHED +nginx \(77\) +10\.0\.0\.1:443 +<-> +10\.0\.0\.1:4444 +newcomer"
        )
        assert re.search(pair, shown)
        terminal.press(b"/")
        terminal.press(b"newq")
        terminal.wait_for(b"/newq_")
        terminal.press(b"\x7f\r")
        terminal.wait_for(b"with 'new'")
        terminal.press(b"\x1b")
        terminal.press(b"q")
        assert terminal.finish() == 0
        assert terminal.shown.index(SCREEN) < terminal.shown.index(NO_SCREEN)
        assert b"Traceback" not in terminal.shown


def test_a_filter_and_a_failure(tmp_path: Path) -> None:
    code = f"sys.exit('no answer') if n > 2 else sys.stdout.write({GOOD!r})"
    with watching(tmp_path, code, "--where", "state listening") as terminal:
        assert b"ESTABLISHED" not in terminal.wait_for(b"q: quit")
        terminal.wait_for(b"failed: ")
        terminal.wait_for(b"no answer")
        terminal.press(b"q")
        assert terminal.finish() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_leave_the_terminal_as_it_was(tmp_path: Path, number: signal.Signals) -> None:
    with watching(tmp_path, f"sys.stdout.write({GOOD!r})") as terminal:
        terminal.wait_for(b"q: quit")
        terminal.process.send_signal(number)
        assert terminal.finish() == 128 + number
        assert NO_SCREEN in terminal.shown
        assert b"Traceback" not in terminal.shown


def test_what_fails_at_once_is_told_on_the_screen_as_it_is(tmp_path: Path) -> None:
    with watching(tmp_path, "sys.exit('no such option')") as terminal:
        assert terminal.finish() == 2
        assert b"no such option" in terminal.shown
        assert SCREEN not in terminal.shown


def test_without_a_terminal_it_says_what_to_do(command: Command) -> None:
    result = command("watch")
    assert (result.status, result.out) == (2, "")
    assert "needs a terminal" in result.err
