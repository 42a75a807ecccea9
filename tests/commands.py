"""Runs the command: in the process of the tests, or in one of its own where that matters."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest
from printed import Row, linux_capture, text_of

import netstat_parse
from netstat_parse import Snapshot
from netstat_parse.command import main

ROOT = Path(netstat_parse.__file__).parent.parent
SEED = Path(__file__).parent.parent / "fixtures" / "macos" / "n-p-tcp.txt"
ROWS = [Row(), Row(proto="tcp6", local="::1", foreign="::", foreign_port="*", state="LISTEN")]
GOOD = text_of(linux_capture(ROWS, "p"))
BROKEN = GOOD + "tcp        0      x 10.0.0.1:22\nwhat is this\n"
LATER = text_of(linux_capture([Row(local_port="23")], "p"))
HEADER = (
    "captured_at,proto,recv_q,send_q,local_address,local_port,"
    "foreign_address,foreign_port,state,pid,program"
)
GOOD_CSV = (
    f"{HEADER}\n"
    ",tcp,0,0,10.0.0.1,22,10.0.0.2,51234,ESTABLISHED,4711,sshd\n"
    ",tcp6,0,0,::1,22,::,,LISTEN,4711,sshd\n"
)
DEADLINE = 30.0
"""Seconds; a test that waits so long has failed."""
INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Result:
    """How the command ended, and what it wrote."""

    status: int
    out: str
    err: str


Command = Callable[..., Result]


class Commander:
    """Runs the command in this process. `stdin` is text or bytes."""

    def __init__(
        self, folder: Path, capture: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch
    ) -> None:
        self._given = folder / ".stdin"
        self._capture = capture
        self._patch = patch

    def __call__(self, *arguments: str | Path, stdin: str | bytes = "") -> Result:
        self._given.write_bytes(stdin.encode() if isinstance(stdin, str) else stdin)
        self._capture.readouterr()
        with self._given.open() as file:
            self._patch.setattr(sys, "stdin", file)
            try:
                status = main([str(argument) for argument in arguments])
            except SystemExit as exit_:
                status = exit_.code if isinstance(exit_.code, int) else 1
        self._given.unlink()
        out, err = self._capture.readouterr()
        assert "Traceback" not in err
        return Result(status, out, err)


# In a process of its own --------------------------------------------------------------------------


def start(
    *arguments: str | Path, stdout: int | IO[bytes] = subprocess.PIPE, stderr: int = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    """Starts the command in a process of its own, with pipes."""
    return subprocess.Popen(
        [sys.executable, "-m", "netstat_parse", *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=stderr,
        preexec_fn=heed_signals,
    )


def heed_signals() -> None:
    """A shell lets what it runs in the background ignore interrupts, and nohup hangups."""
    for number in INTERRUPTS:
        signal.signal(number, signal.SIG_DFL)


def finish(process: subprocess.Popen[bytes], given: bytes | None = None) -> Result:
    """Waits until it has ended."""
    out, err = process.communicate(given, timeout=DEADLINE)
    assert b"Traceback" not in (err or b""), err.decode()
    return Result(process.returncode, (out or b"").decode(), (err or b"").decode())


def wait_for(file: IO[bytes] | None, end: bytes) -> bytes:
    """Reads from a pipe until there is `end` in what came out of it."""
    assert file is not None
    data = b""
    until = time.monotonic() + DEADLINE
    while end not in data:
        ready, _, _ = select.select([file], [], [], max(0.0, until - time.monotonic()))
        assert ready, f"waited in vain for {end!r} after {data!r}"
        piece = os.read(file.fileno(), 65536)
        assert piece, f"it ended before {end!r}, after {data!r}"
        data += piece
    return data


def feed(process: subprocess.Popen[bytes], text: str) -> None:
    """Writes to its standard input."""
    assert process.stdin is not None
    process.stdin.write(text.encode())
    process.stdin.flush()


# The formats of GOOD ------------------------------------------------------------------------------


def is_csv(text: str) -> bool:
    """Tell whether it is the CSV of GOOD."""
    return text == GOOD_CSV


def is_json(text: str) -> bool:
    """Tell whether it is the JSON of GOOD."""
    (snapshot,) = map(Snapshot.model_validate, json.loads(text))
    return [c.local.host for c in snapshot.connections] == ["10.0.0.1", "::1"]


def is_jsonl(text: str) -> bool:
    """Tell whether it is the JSON Lines of GOOD."""
    lines = [json.loads(line) for line in text.splitlines()]
    return [line["local"]["host"] for line in lines] == ["10.0.0.1", "::1"]


def is_table(text: str) -> bool:
    """Tell whether it is the table of GOOD, without a stamp."""
    title, header, *rows = text.splitlines()
    starts = [row.split()[:4] for row in rows]
    return (
        "2 connections" in title
        and header.split()[:2] == ["proto", "recv_q"]
        and starts == [["tcp", "0", "0", "10.0.0.1"], ["tcp6", "0", "0", "::1"]]
    )


FORMS: dict[str, Callable[[str], bool]] = {
    "csv": is_csv,
    "json": is_json,
    "jsonl": is_jsonl,
    "table": is_table,
}
each_form = pytest.mark.parametrize("form", FORMS)
