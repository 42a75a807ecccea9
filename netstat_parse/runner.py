"""The optional front end: runs netstat, and gives what it prints to the reader.

No shell is involved. The command gets the C locale, nothing on its standard input, and a session of
its own, so that it and all that it started can be killed together; its time and its output are
bounded.
"""

from __future__ import annotations

import errno
import os
import re
import selectors
import shlex
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import IO, TYPE_CHECKING, NoReturn

from netstat_parse.dialects.registry import all_dialects
from netstat_parse.errors import (
    CommandFailedError,
    CommandKilledError,
    CommandNotFoundError,
    CommandOutputError,
    CommandTimeoutError,
    OutputTooLargeError,
    ParseError,
    SeveralSnapshotsError,
)
from netstat_parse.grammar.dialect import Dialect
from netstat_parse.models import Snapshot
from netstat_parse.reading import noise
from netstat_parse.snapshots import SnapshotReader, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

NETSTAT_PLACES = ("/bin", "/usr/bin", "/sbin", "/usr/sbin", "/usr/local/bin")
"""Where netstat is looked for, after PATH: the PATH of a service often has no sbin."""

BSD_OPTIONS = (("-nW", "-p", "tcp"), ("-n", "-p", "tcp"))
"""How TCP connections are asked for where no dialect is the system's own: as on the BSDs."""

REFUSED_OPTION = re.compile(r"\b(?:invalid|illegal|unrecognized|unknown) option", re.IGNORECASE)
NO_CUT_LETTERS = frozenset("WT")
NO_CUT_WORDS = ("--wide", "--notrim")
"""net-tools' options for whole addresses: -W; before it had that, -T on Red Hat's systems."""

CHUNK = 2**16
STDERR_KEPT = 4000
"""How many characters of its standard error an error keeps."""
LONGEST_PAUSE = 0.05
GRACE = 1.0
"""Seconds that a killed process gets to disappear."""

INSTALL = (
    "install net-tools (`apt install net-tools`, `dnf install net-tools`, `apk add net-tools`), "
    "or give run() the command to use"
)


@dataclass
class _Execution:
    """One command, from its start to its end."""

    command: tuple[str, ...]
    timeout: float
    max_output: int
    deadline: float
    stdout: bytearray = field(default_factory=bytearray)
    stderr: bytearray = field(default_factory=bytearray)
    status: int = 0

    def __str__(self) -> str:
        text = shlex.join(self.command)
        return f"`{text if len(text) <= 200 else text[:200] + '…'}`"

    @property
    def stderr_end(self) -> str:
        return _decoded(self.stderr).strip()[-STDERR_KEPT:]

    def check_limits(self) -> None:
        """Raises the error if it has taken too long or printed too much."""
        if len(self.stdout) + len(self.stderr) > self.max_output:
            raise OutputTooLargeError(
                f"{self} printed more than {self.max_output} bytes, and was killed: raise "
                "max_output=, or ask netstat for less (-t, without -a)",
                self.command,
                self.stderr_end,
                self.max_output,
            )
        if time.monotonic() >= self.deadline:
            raise CommandTimeoutError(
                f"{self} had not ended after {self.timeout:g} seconds, and was killed: raise "
                "timeout=, add -n so that no names are looked up, and leave out -c, which never "
                "ends",
                self.command,
                self.stderr_end,
                self.timeout,
            )


def run(
    command: Sequence[str] | None = None,
    *,
    timeout: float = 10.0,
    max_output: int = 64 * 2**20,
    dialect: str | None = None,
) -> Snapshot:
    """Runs netstat and parses what it prints, strictly.

    Without `command` it finds netstat and asks for the TCP connections as `netstat -npt` (Linux)
    or `netstat -n -p tcp` (macOS) gives them, with whole addresses and processes where netstat has
    the options for them (-W; on macOS -l and -v). A
    `command` is run exactly as given, without a shell: `run(["ssh", "host", "netstat", "-npt"])`.

    It may take `timeout` seconds and print `max_output` bytes; `dialect` is `parse`'s. Warnings on
    standard error become `notes`; `captured_at` is the time of the start unless the output has one.

    Raises CommandNotFoundError if there is no such command; CommandFailedError if it ended with a
    status other than 0; CommandKilledError, CommandTimeoutError, OutputTooLargeError;
    CommandOutputError if what it printed is not one snapshot of netstat's; UnknownDialectError;
    TypeError or ValueError if `command` is not a command, or a limit is not above 0.
    """
    if not timeout > 0:
        raise ValueError(f"timeout must be more than 0 seconds, not {timeout!r}")
    if max_output < 1:
        raise ValueError(f"max_output must be at least 1 byte, not {max_output!r}")
    SnapshotReader(dialect=dialect)  # an unknown dialect is told before anything runs
    commands = _netstat_commands() if command is None else [_checked(command)]
    started = datetime.now(UTC)
    deadline = time.monotonic() + timeout
    for words in commands:
        execution = _Execution(words, timeout, max_output, deadline)
        _execute(execution)
        if not _refused(execution):
            break
    _check_status(execution)
    snapshot = _parsed(execution, dialect, may_be_empty=command is None)
    notes = [noise.without_escapes(n).strip() for n in _decoded(execution.stderr).split("\n")]
    return snapshot.model_copy(
        update={
            "captured_at": snapshot.captured_at or started,
            "notes": tuple(dict.fromkeys((*snapshot.notes, *filter(None, notes)))),
        }
    )


# Which command ------------------------------------------------------------------------------------


def _netstat_commands() -> list[tuple[str, ...]]:
    """The commands to try, in this order."""
    path = os.pathsep.join((os.environ.get("PATH") or os.defpath, *NETSTAT_PLACES))
    if sys.platform == "win32":
        netstat = find_program("netstat", [str(Path(os.environ["SYSTEMROOT"], "System32"))])
    else:
        netstat = shutil.which("netstat", path=path)
    if netstat is None:
        raise CommandNotFoundError(f"netstat is not installed: {INSTALL}", ("netstat",))
    dialect = find_own_dialect()
    tried = dialect.run_options if dialect is not None else BSD_OPTIONS
    return [(netstat, *options) for options in tried]


def find_program(name: str, folders: Sequence[str], endings: str = ".EXE") -> str | None:
    """The program of that name in one of the folders; never one in the current folder.

    Windows itself looks there first, where anybody may have put a program called netstat. Folders
    without a drive or a root are passed over; `endings` are those of programs, `;` between them.
    """
    for folder in filter(os.path.isabs, folders):
        for ending in ("", *endings.split(";")):
            program = os.path.join(folder, name + ending)
            if os.path.isfile(program) and (ending or os.path.splitext(name)[1]):
                return program
    return None


def find_own_dialect() -> Dialect | None:
    """The dialect of this system's own netstat; None if it is none of those that are known."""
    for dialect in all_dialects():
        if dialect.platform and sys.platform.startswith(dialect.platform):
            return dialect
    return None


def _checked(command: Sequence[str]) -> tuple[str, ...]:
    if isinstance(command, str | bytes):
        example = command.split() if isinstance(command, str) else ["netstat", "-npt"]
        raise TypeError(f"run() takes a list of words, not one text: run({example!r})")
    words = tuple(command)
    for word in words:
        if not isinstance(word, str):
            raise TypeError(f"the words of a command are str, not {type(word).__name__}: {word!r}")
        if "\0" in word:
            raise ValueError(f"a word of a command can't hold a NUL: {word!r}")
    if not words or not words[0]:
        raise ValueError("the command is empty: leave it out to run netstat")
    if sys.platform == "win32" and not re.search(r"[/\\\\:]", words[0]):
        folders = os.environ.get("PATH", "").split(os.pathsep)
        program = find_program(words[0], folders, os.environ.get("PATHEXT", ".EXE"))
        if program is None:
            raise CommandNotFoundError(f"{words[0]} is not installed: it is not in PATH", words)
        return program, *words[1:]
    return words


def _asks_for_whole_addresses(command: tuple[str, ...]) -> bool:
    """True if netstat, wherever in the command it stands, is given -W, alone or in a cluster."""
    is_netstat = False
    for word in command:
        if not is_netstat:
            is_netstat = re.split(r"[/\\]", word)[-1] in ("netstat", "netstat.exe")
        elif word == "--" or re.search(r"[|;&<>]", word):
            return False
        elif word.startswith("--"):
            if any(len(word) > 2 and option.startswith(word) for option in NO_CUT_WORDS):
                return True
        elif re.fullmatch(r"-[A-Za-z0-9]+", word):
            letters = word[1:].split("A", 1)[0]  # what follows A is the name of a family
            if NO_CUT_LETTERS & set(letters):
                return True
    return False


def _refused(execution: _Execution) -> bool:
    """True if this netstat does not know one of the options."""
    return (
        execution.status > 0
        and not execution.stdout.strip()
        and REFUSED_OPTION.search(_decoded(execution.stderr)) is not None
    )


# Running it ---------------------------------------------------------------------------------------


def _execute(execution: _Execution) -> None:
    """Runs the command to its end; nothing of it is left, whatever happens."""
    process = _start(execution)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        if sys.platform == "win32":
            _collect_by_threads(execution, process, process.stdout, process.stderr)
        else:
            _collect(execution, process, process.stdout, process.stderr)
    except BaseException:
        _kill(process)
        raise
    finally:
        process.stdout.close()
        process.stderr.close()
    execution.status = process.returncode


def _start(execution: _Execution) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "LC_ALL": "C"}
    environment.pop("LANGUAGE", None)
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    try:
        return subprocess.Popen(
            execution.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=environment,
            start_new_session=True,
            creationflags=flags,
        )
    except OSError as error:
        _raise_not_found(execution, error)


def _raise_not_found(execution: _Execution, error: OSError) -> NoReturn:
    program = execution.command[0]
    if isinstance(error, FileNotFoundError):
        if os.sep in program and Path(program).exists():
            advice = "the interpreter that its first line names is missing"
        elif Path(program).name == "netstat":
            advice = INSTALL
        else:
            advice = "install it, or give its full path"
        message = f"{program} is not installed, or not where it was looked for: {advice}"
    elif Path(program).is_dir():
        message = f"{program} is a directory: name a program in it"
    elif isinstance(error, PermissionError):
        message = f"{program} may not be executed: `chmod +x` it, or name another program"
    elif error.errno == errno.ENOEXEC:
        message = f"{program} is not a program that this system runs: a script begins with `#!`"
    else:
        message = f"{program} can't be executed: {error.strerror}"
    raise CommandNotFoundError(message, execution.command) from error


def _collect(
    execution: _Execution,
    process: subprocess.Popen[bytes],
    stdout: IO[bytes],
    stderr: IO[bytes],
) -> None:
    """Reads both pipes until the command has ended and its standard output is at its end.

    Standard error is not waited for: what the command leaves behind (ssh with ControlPersist) may
    hold it open.
    """
    with selectors.DefaultSelector() as selector:
        for pipe, data in ((stdout, execution.stdout), (stderr, execution.stderr)):
            os.set_blocking(pipe.fileno(), False)
            selector.register(pipe, selectors.EVENT_READ, data)
        pause = 0.001
        while True:
            execution.check_limits()
            ended = stdout not in selector.get_map() and process.poll() is not None
            wait = LONGEST_PAUSE if stdout in selector.get_map() else pause
            ready = selector.select(0 if ended else wait)
            if ended and not ready:
                return
            for key, _ in ready:
                chunk = os.read(key.fd, CHUNK)
                key.data.extend(chunk)
                if not chunk:
                    selector.unregister(key.fileobj)
            if not ready:
                pause = min(2 * pause, LONGEST_PAUSE)


def _collect_by_threads(
    execution: _Execution,
    process: subprocess.Popen[bytes],
    stdout: IO[bytes],
    stderr: IO[bytes],
) -> None:
    """Reads both pipes with threads: on Windows they can't be waited for together."""

    def pour(pipe: IO[bytes], data: bytearray) -> None:
        with suppress(OSError, ValueError):
            while len(data) <= execution.max_output and (chunk := os.read(pipe.fileno(), CHUNK)):
                data.extend(chunk)

    threads = [
        Thread(target=pour, args=(pipe, data), daemon=True)
        for pipe, data in ((stdout, execution.stdout), (stderr, execution.stderr))
    ]
    for thread in threads:
        thread.start()
    while threads[0].is_alive() or process.poll() is None:
        execution.check_limits()
        threads[0].join(LONGEST_PAUSE)
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.001)
    threads[1].join(LONGEST_PAUSE)
    execution.check_limits()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kills the command with all that it started, and leaves no zombie."""
    if process.returncode is not None:
        return
    if sys.platform == "win32":
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(
                ["taskkill", "/F", "/T", "/PID", str(process.pid)],
                capture_output=True,
                check=False,
                timeout=GRACE,
            )
        process.kill()
    else:
        # Not yet waited for, so its number still is the number of its session.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE)


# What came of it ----------------------------------------------------------------------------------


def _check_status(execution: _Execution) -> None:
    status, stderr = execution.status, execution.stderr_end
    if status < 0:
        raise CommandKilledError(
            f"{execution} was killed by {_signal_name(-status)}: run it by hand to see whether "
            "it happens again, and look for the reason in the system's log",
            execution.command,
            stderr,
            -status,
        )
    if status > 0:
        said = f" and said {_last_line(stderr)!r}" if stderr else ""
        raise CommandFailedError(
            f"{execution} ended with status {status}{said}: {_advice(execution, stderr)}",
            execution.command,
            stderr,
            status,
        )


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _last_line(text: str) -> str:
    line = text.splitlines()[-1].strip()
    return line if len(line) <= 200 else line[:200] + "…"


def _advice(execution: _Execution, stderr: str) -> str:
    """What to do about a command that ended with a status other than 0.

    The rows that it printed are not used: net-tools ends so at the first table that it can't read,
    without those behind it.
    """
    if execution.status == 127 or "command not found" in stderr:
        return f"netstat is not installed where it ran; {INSTALL}"
    if re.search(r"password|passphrase|terminal is required|Host key|publickey", stderr):
        return "it can't be asked anything here; set it up to need no password and no answer"
    if Path(execution.command[0]).stem == "ssh" and execution.status == 255:
        return "there is no connection; try `ssh HOST true` by hand"
    if REFUSED_OPTION.search(stderr):
        return "this netstat does not know one of the options; leave it out"
    return "run it by hand to see why"


def _parsed(execution: _Execution, dialect: str | None, *, may_be_empty: bool) -> Snapshot:
    text = _decoded(execution.stdout)
    if may_be_empty and not text.strip():
        own = find_own_dialect()
        if own is not None and own.is_silent_when_empty:
            return Snapshot(dialect=own.name)
    try:
        snapshot = parse(text, dialect=dialect)
        if (
            snapshot.dialect == "linux"
            and any(c.local.truncated or c.foreign.truncated for c in snapshot.connections)
            and _asks_for_whole_addresses(execution.command)
        ):
            snapshot = parse(text, dialect=dialect, uncut=True)
    except ParseError as error:
        if isinstance(error, SeveralSnapshotsError):
            advice = "leave out -c, or give a longer record to iter_snapshots()"
        else:
            advice = (
                "it must print what one netstat prints, and nothing else; save what is mixed with "
                "other lines, and read that"
            )
        raise CommandOutputError(
            f"what {execution} printed can't be read: {error}; {advice}",
            execution.command,
            execution.stderr_end,
        ) from error
    return snapshot


def _decoded(data: bytearray) -> str:
    return data.decode("oem" if sys.platform == "win32" else "utf-8", "backslashreplace")
