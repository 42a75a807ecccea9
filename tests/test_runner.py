"""The runner: every way in which a command can fail, with real commands."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

import netstat_parse as ns
from netstat_parse import runner

HEADER = "Proto Recv-Q Send-Q Local Address           Foreign Address         State      "
TABLE = f"Active Internet connections (w/o servers)\n{HEADER}\n"
ROW = "tcp        0      0 10.0.0.1:22             10.0.0.2:51000          ESTABLISHED\n"
CUT_ROW = "tcp6       0      0 fe80::7b36:fe27:b88:443 ::1:51000               ESTABLISHED\n"

FakeNetstat = Callable[[str], Path]


def python(script: str) -> list[str]:
    """The command that runs a Python script."""
    return [sys.executable, "-c", textwrap.dedent(script)]


def prints(stdout: str, stderr: str = "") -> list[str]:
    return python(f"import sys; sys.stderr.write({stderr!r}); sys.stdout.write({stdout!r})")


@pytest.fixture
def fake_netstat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeNetstat:
    """Puts a shell script called netstat where run() looks first."""

    def make(script: str) -> Path:
        path = tmp_path / "netstat"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
        return path

    return make


def table(*rows: str) -> str:
    return f"cat <<'END'\n{TABLE}{''.join(rows)}END"


def is_alive(pid: int) -> bool:
    """True if there is such a process, and it is no zombie."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def wait_until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def children() -> set[int]:
    """Every child of this process, zombies included."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            found.add(int(stat.parent.name))
    return found


# What it gives ------------------------------------------------------------------------------------


def test_gives_the_snapshot() -> None:
    before = datetime.now(UTC)
    snapshot = ns.run(prints(TABLE + ROW))
    assert [(c.local.port, c.foreign.port) for c in snapshot.connections] == [(22, 51000)]
    assert snapshot.notes == ()
    assert snapshot.captured_at is not None
    assert before <= snapshot.captured_at <= datetime.now(UTC)


def test_stamp_of_the_output_goes_first() -> None:
    snapshot = ns.run(prints("Sun Nov 22 12:22:41 UTC 2026\n" + TABLE + ROW))
    assert snapshot.captured_at == datetime(2026, 11, 22, 12, 22, 41, tzinfo=UTC)


def test_warnings_become_notes_once() -> None:
    warning = "(Not all processes could be identified, non-owned process info\n will not be shown"
    other = "warning, got bogus tcp line.\n"
    snapshot = ns.run(prints("warning, got bogus udp line.\n" + TABLE, warning + "\n" + other * 3))
    assert snapshot.notes == (
        "warning, got bogus udp line.",
        "(Not all processes could be identified, non-owned process info",
        "will not be shown",
        "warning, got bogus tcp line.",
    )


def test_survives_json() -> None:
    snapshot = ns.run(prints(TABLE + ROW, "note\n"))
    assert ns.Snapshot.model_validate_json(snapshot.model_dump_json()) == snapshot


def test_output_that_is_not_utf_8() -> None:
    script = f"import sys; sys.stdout.buffer.write({TABLE.encode()!r} + b'\\xff\\xfe')"
    with pytest.raises(ns.CommandOutputError, match=r"line 3.*\\\\xff\\\\xfe"):
        ns.run(python(script))


# How it is run ------------------------------------------------------------------------------------


def test_locale_is_c(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    monkeypatch.setenv("LC_MESSAGES", "de_DE.UTF-8")
    monkeypatch.setenv("LANGUAGE", "de")
    script = """
        import os, sys
        names = "LC_ALL", "LANGUAGE"
        sys.stderr.write(" ".join(os.environ.get(name, "unset") for name in names))
        sys.exit(1)
    """
    with pytest.raises(ns.CommandFailedError) as caught:
        ns.run(python(script))
    assert caught.value.stderr == "C unset"
    assert os.environ["LANGUAGE"] == "de"


@pytest.mark.slow
def test_standard_input_is_empty() -> None:
    reading, writing = os.pipe()  # a standard input that never ends
    script = f"""
        import netstat_parse as ns
        ns.run(["sh", "-c", {"cat; printf %s " + shlex.quote(TABLE)!r}], timeout=20)
    """
    subprocess.run(python(script), stdin=reading, check=True, timeout=30)
    os.close(reading)
    os.close(writing)


def test_session_of_its_own() -> None:
    """No terminal to ask for a password, and no share in our Ctrl-C."""
    with pytest.raises(ns.CommandFailedError) as caught:
        ns.run(python("import os, sys; sys.exit(f'{os.getpid()} {os.getsid(0)} {os.getpgrp()}')"))
    assert len(set(caught.value.stderr.split())) == 1


def test_no_shell(tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    ns.run([*prints(TABLE), f"; touch {witness}", f"$(touch {witness})", "*"])
    assert not witness.exists()


def test_no_descriptor_is_left_open() -> None:
    before = os.listdir("/proc/self/fd")
    ns.run(prints(TABLE))
    with pytest.raises(ns.CommandFailedError):
        ns.run(["false"])
    with pytest.raises(ns.CommandNotFoundError):
        ns.run(["/no/such/program"])
    assert os.listdir("/proc/self/fd") == before


# Which command ------------------------------------------------------------------------------------


def test_finds_netstat_and_asks_for_whole_addresses(fake_netstat: FakeNetstat) -> None:
    netstat = fake_netstat(f'echo "$0 $@" >&2\n{table(CUT_ROW)}')
    snapshot = ns.run()
    assert snapshot.notes == (f"{netstat} -nptW",)
    assert str(snapshot.connections[0].local.address) == "fe80::7b36:fe27:b88"


def test_finds_netstat_outside_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fake_netstat: FakeNetstat
) -> None:
    fake_netstat("/bin/cat <<'END'\n" + TABLE + ROW + "END")
    monkeypatch.setenv("PATH", "/no/such/directory")
    monkeypatch.setattr(runner, "NETSTAT_PLACES", ("/nor/this/one", str(tmp_path)))
    assert len(ns.run().connections) == 1


def test_netstat_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/no/such/directory")
    monkeypatch.setattr(runner, "NETSTAT_PLACES", ("/nor/this/one",))
    with pytest.raises(ns.CommandNotFoundError, match="install net-tools") as caught:
        ns.run()
    assert caught.value.command == ("netstat",)


@pytest.mark.parametrize(
    ("refused", "left"), [("", "-nptW"), ("W", "-npt"), ("p", "-nt"), ("pW", "-nt")]
)
def test_falls_back_where_netstat_lacks_an_option(
    fake_netstat: FakeNetstat, refused: str, left: str
) -> None:
    """As busybox answers, whose -W and -p are options of its build."""
    fake_netstat(
        f"""
        case "$1" in *[{refused or "?"}]*)
            echo "netstat: invalid option -- 'W'" >&2
            echo "Usage: netstat [-ral] [-tuwx] [-en]" >&2
            exit 1
        esac
        echo "$@" >&2
        {table(ROW)}"""
        if refused
        else f'echo "$@" >&2\n{table(ROW)}'
    )
    snapshot = ns.run()
    assert snapshot.notes == (left,)
    assert len(snapshot.connections) == 1


def test_no_fallback_for_another_failure(fake_netstat: FakeNetstat) -> None:
    fake_netstat('echo "$@" >&2; exit 1')
    with pytest.raises(ns.CommandFailedError) as caught:
        ns.run()
    assert caught.value.stderr == "-nptW"


def test_no_fallback_for_a_given_command(fake_netstat: FakeNetstat) -> None:
    fake_netstat("echo \"netstat: invalid option -- 'W'\" >&2; exit 1")
    with pytest.raises(ns.CommandFailedError, match="does not know one of the options"):
        ns.run(["netstat", "-nptW"])


@pytest.mark.parametrize(
    ("words", "asks"),
    [
        ("netstat -W", True),
        ("netstat -n -p -t -W", True),
        ("netstat -npWt", True),
        ("/usr/bin/netstat -nptW", True),
        ("netstat --tcp --wide", True),
        ("netstat --wi -t", True),
        ("netstat -antT", True),
        ("ssh host netstat -npWt", True),
        ("ssh -W a:1 host sudo -n netstat -W -n", True),
        ("busybox netstat -tW", True),
        ("netstat -npt", False),
        ("netstat -npl", False),
        ("netstat", False),
        ("netstat --inet6 -A inetW", False),
        ("netstat -AinetW -t", False),
        ("netstat -- -W", False),
        ("netstat -n | grep -W", False),
        ("netstat -- --wide", False),
        ("ssh -W a:1 host netstat -n", False),
        ("mynetstat -W", False),
    ],
)
def test_sees_the_option_for_whole_addresses(words: str, asks: bool) -> None:
    assert runner._asks_for_whole_addresses(tuple(words.split())) is asks


@pytest.mark.parametrize("option", ["-nt", "-nptW"])
def test_doubt_is_lifted_by_the_option_only(fake_netstat: FakeNetstat, option: str) -> None:
    fake_netstat(table(CUT_ROW))
    endpoint = ns.run(["netstat", option]).connections[0].local
    assert endpoint.truncated is (option == "-nt")
    assert (endpoint.address is None) is (option == "-nt")


# Misuse -------------------------------------------------------------------------------------------


def test_a_text_is_not_a_command() -> None:
    with pytest.raises(TypeError, match=r"run\(\['netstat', '-npt'\]\)"):
        ns.run("netstat -npt")


def test_a_word_that_is_no_text() -> None:
    with pytest.raises(TypeError, match="str, not int"):
        ns.run(["netstat", 5])  # type: ignore[list-item]


@pytest.mark.parametrize("command", [[], [""], ["a\0b"]])
def test_no_command(command: list[str]) -> None:
    with pytest.raises(ValueError, match="command"):
        ns.run(command)


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_no_time(timeout: float) -> None:
    with pytest.raises(ValueError, match="timeout"):
        ns.run(["true"], timeout=timeout)


def test_no_room() -> None:
    with pytest.raises(ValueError, match="max_output"):
        ns.run(["true"], max_output=0)


def test_unknown_dialect_before_anything_runs(tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    with pytest.raises(ns.UnknownDialectError):
        ns.run(["touch", str(witness)], dialect="klingon")
    assert not witness.exists()


def test_dialect_is_passed_on() -> None:
    with pytest.raises(ns.CommandOutputError):
        ns.run(prints(TABLE + ROW), dialect="macos")


# Each error ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("program", ["no-such-program-here", "/no/such/program"])
def test_not_installed(program: str) -> None:
    with pytest.raises(ns.CommandNotFoundError, match=r"not installed.*install it") as caught:
        ns.run([program, "-n"])
    assert caught.value.command == (program, "-n")


def test_netstat_in_a_command_is_not_installed() -> None:
    with pytest.raises(ns.CommandNotFoundError, match="install net-tools"):
        ns.run(["/no/such/netstat", "-n"])


def test_not_executable(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("#!/bin/sh\ntrue\n")
    with pytest.raises(ns.CommandNotFoundError, match="chmod"):
        ns.run([str(script)])
    with pytest.raises(ns.CommandNotFoundError, match="is a directory: name a program in it"):
        ns.run([str(tmp_path)])


def test_not_a_program(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("no first line\n")
    script.chmod(0o755)
    with pytest.raises(ns.CommandNotFoundError, match="not a program"):
        ns.run([str(script)])


def test_interpreter_is_missing(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("#!/no/such/interpreter\n")
    script.chmod(0o755)
    with pytest.raises(ns.CommandNotFoundError, match="interpreter"):
        ns.run([str(script)])


def test_failed() -> None:
    script = "import sys; sys.stderr.write('one\\nthe reason\\n'); sys.exit(3)"
    with pytest.raises(ns.CommandFailedError, match=r"status 3.*'the reason'.*by hand") as caught:
        ns.run(python(script))
    assert (caught.value.status, caught.value.stderr) == (3, "one\nthe reason")
    assert caught.value.command == tuple(python(script))


def test_failed_after_rows_were_printed() -> None:
    """net-tools ends so at the first table that it can't read: those behind it are missing."""
    with pytest.raises(ns.CommandFailedError):
        ns.run(["sh", "-c", f"{table(ROW)}\nexit 1"])


@pytest.mark.parametrize(
    ("script", "advice"),
    [
        ("echo 'sudo: a password is required' >&2; exit 1", "no password"),
        ("echo 'Host key verification failed.' >&2; exit 255", "no answer"),
        ("echo 'bash: netstat: command not found' >&2; exit 127", "install net-tools"),
        ("no-such-program-here", "install net-tools"),
    ],
)
def test_failures_that_are_known(script: str, advice: str) -> None:
    with pytest.raises(ns.CommandFailedError, match=advice):
        ns.run(["sh", "-c", script])


def test_ssh_without_a_connection(tmp_path: Path) -> None:
    ssh = tmp_path / "ssh"
    ssh.write_text("#!/bin/sh\nexit 255\n")
    ssh.chmod(0o755)
    with pytest.raises(ns.CommandFailedError, match="`ssh HOST true`"):
        ns.run([str(ssh), "host", "netstat", "-npt"])


def test_error_keeps_the_end_of_standard_error() -> None:
    with pytest.raises(ns.CommandFailedError) as caught:
        ns.run(python("import sys; sys.exit('x' * 1_000_000 + 'the end')"))
    assert caught.value.stderr.endswith("xthe end")
    assert len(caught.value.stderr) == runner.STDERR_KEPT
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_killed(number: signal.Signals) -> None:
    with pytest.raises(ns.CommandKilledError, match=f"{number.name}.*by hand") as caught:
        ns.run(["sh", "-c", f"kill -{number.value} $$"])
    assert caught.value.signal == number


def test_timed_out() -> None:
    start = time.monotonic()
    with pytest.raises(ns.CommandTimeoutError, match=r"0.2 seconds.*raise timeout=") as caught:
        ns.run(["sleep", "100"], timeout=0.2)
    assert time.monotonic() - start < 5
    assert caught.value.timeout == 0.2
    assert not children()


@pytest.mark.slow
def test_timed_out_with_its_standard_output_closed() -> None:
    with pytest.raises(ns.CommandTimeoutError) as caught:
        ns.run(["sh", "-c", "echo why >&2; exec sleep 100 >&-"], timeout=0.3)
    assert caught.value.stderr == "why"
    assert not children()


@pytest.mark.slow
def test_timeout_kills_the_whole_tree(tmp_path: Path) -> None:
    """The child ends at once; what it has started goes on, and holds the pipe."""
    pids = tmp_path / "pids"
    script = f"(sleep 100 & echo $! >> {pids}; trap '' TERM; sleep 101 & echo $! >> {pids}) & exit"
    with pytest.raises(ns.CommandTimeoutError):
        ns.run(["sh", "-c", script], timeout=0.5)
    started = [int(pid) for pid in pids.read_text().split()]
    assert len(started) == 2
    assert wait_until(lambda: not any(map(is_alive, started)))
    assert not children()


def test_what_is_left_behind_does_not_hold_up_a_result() -> None:
    """As ssh's ControlPersist leaves a process that holds standard error open."""
    start = time.monotonic()
    snapshot = ns.run(["sh", "-c", f"sleep 8 > /dev/null & {table(ROW)}\necho note >&2"])
    assert time.monotonic() - start < 6
    assert snapshot.notes == ("note",)
    assert len(snapshot.connections) == 1


@pytest.mark.slow
def test_timeout_counts_all_attempts(fake_netstat: FakeNetstat) -> None:
    fake_netstat("sleep 0.4; echo 'invalid option' >&2; exit 1")
    with pytest.raises(ns.CommandTimeoutError):
        ns.run(timeout=0.6)


@pytest.mark.parametrize("command", [["yes"], ["sh", "-c", "yes >&2"]])
def test_too_much(command: list[str]) -> None:
    with pytest.raises(ns.OutputTooLargeError, match="raise max_output=") as caught:
        ns.run(command, max_output=100_000)
    assert caught.value.limit == 100_000
    assert not children()


def test_exactly_as_much_as_is_allowed() -> None:
    size = len(TABLE + ROW)
    assert ns.run(prints(TABLE + ROW), max_output=size).connections
    with pytest.raises(ns.OutputTooLargeError):
        ns.run(prints(TABLE + ROW), max_output=size - 1)


@pytest.mark.parametrize(
    "output", ["", "\n", "nonsense\n", "Routing: no table\n", "\0\1\2", TABLE + "what?\n"]
)
def test_nonsense(output: str) -> None:
    with pytest.raises(ns.CommandOutputError, match=r"line \d.*what one netstat prints") as caught:
        ns.run(prints(output.replace("\0", "\x02"), "a warning"))
    assert isinstance(caught.value.__cause__, ns.ParseError)
    assert caught.value.stderr == "a warning"


def test_several_snapshots() -> None:
    with pytest.raises(ns.CommandOutputError, match="leave out -c") as caught:
        ns.run(prints((TABLE + ROW) * 2))
    assert isinstance(caught.value.__cause__, ns.SeveralSnapshotsError)


def test_a_row_cut_short() -> None:
    with pytest.raises(ns.CommandOutputError):
        ns.run(prints(TABLE + ROW + ROW[:40]))


def test_every_error_is_a_command_error() -> None:
    for name in ns.__all__:
        if name.startswith("Command") or name == "OutputTooLargeError":
            assert issubclass(getattr(ns, name), ns.CommandError)


@pytest.mark.parametrize(
    ("platform", "dialect"), [("darwin", "macos"), ("freebsd14", "freebsd"), ("linux", None)]
)
def test_no_header_without_connections(
    monkeypatch: pytest.MonkeyPatch,
    fake_netstat: FakeNetstat,
    platform: str,
    dialect: str | None,
) -> None:
    fake_netstat("true")
    monkeypatch.setattr(sys, "platform", platform)
    if dialect is None:
        with pytest.raises(ns.CommandOutputError):
            ns.run()
    else:
        snapshot = ns.run()
        assert (snapshot.dialect, snapshot.connections) == (dialect, ())
        with pytest.raises(ns.CommandOutputError):
            ns.run(["true"])


@pytest.mark.parametrize(
    ("platform", "words"),
    [("darwin", "-nlv -p tcp"), ("win32", "-no"), ("freebsd14", "-nW -p tcp"), ("linux", "-nptW")],
)
def test_command_of_each_system(
    monkeypatch: pytest.MonkeyPatch, fake_netstat: FakeNetstat, platform: str, words: str
) -> None:
    netstat = fake_netstat("true")
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr("shutil.which", lambda name, path: str(netstat))
    monkeypatch.setattr(runner, "find_program", lambda name, folders: str(netstat))
    monkeypatch.setenv("SYSTEMROOT", "C:\\Windows")
    assert runner._netstat_commands()[0] == (str(netstat), *words.split())


FAKE_MACOS = """
        for option in "$@"; do
            case "$option" in -*[{refused}]*)
                echo "netstat: illegal option -- l" >&2
                echo "usage: netstat [-AaLlnW] [-f address_family | -p protocol]" >&2
                exit 1
            esac
        done
        printf %s "$*" >&2
        cat '{capture}'
"""


@pytest.mark.parametrize(
    ("refused", "left"), [("?", "-nlv -p tcp"), ("v", "-nl -p tcp"), ("lv", "-n -p tcp")]
)
def test_macos_is_asked_for_whole_addresses_and_processes(
    monkeypatch: pytest.MonkeyPatch, fake_netstat: FakeNetstat, refused: str, left: str
) -> None:
    name = "730-anlv.txt" if refused == "?" else "n-p-tcp.txt"
    capture = Path(__file__).parent.parent / "fixtures" / "macos" / name
    fake_netstat(FAKE_MACOS.format(refused=refused, capture=capture))
    monkeypatch.setattr(sys, "platform", "darwin")
    snapshot = ns.run()
    assert snapshot.notes == (left,)
    assert snapshot.connections
    if refused == "?":
        assert any(c.process for c in snapshot.connections)
        assert not any(c.local.truncated for c in snapshot.connections)


def test_programs_are_not_looked_for_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Windows does: where anybody may have put a netstat.exe."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "netstat.exe").touch()
    system = tmp_path / "system"
    system.mkdir()
    assert runner.find_program("netstat", ["", ".", "system"]) is None
    assert runner.find_program("netstat", [str(system)], ".COM;.exe") is None
    (system / "netstat.exe").touch()
    found = str(system / "netstat.exe")
    assert runner.find_program("netstat", [".", str(system)], ".COM;.exe") == found
    assert runner.find_program("netstat.exe", [str(system)], ".COM") == found
    (system / "script").touch()
    assert runner.find_program("script", [str(system)], ".COM") is None
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("PATH", f".{os.pathsep}{system}")
    monkeypatch.setenv("PATHEXT", ".exe")
    assert runner._checked(["netstat", "-n"]) == (found, "-n")
    assert runner._checked([str(system / "x"), "-n"]) == (str(system / "x"), "-n")
    with pytest.raises(ns.CommandNotFoundError, match="not in PATH"):
        runner._checked(["other"])


# Interruption -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_interrupt_kills_the_command(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    script = f"""
        import os, subprocess, netstat_parse as ns
        try:
            ns.run(["sh", "-c", "sleep 100 & echo $! $$ > {pids}; wait"], timeout=60)
        except KeyboardInterrupt:
            try:
                os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                print("no zombie")
    """
    with subprocess.Popen(python(script), stdout=subprocess.PIPE, text=True) as process:
        assert wait_until(lambda: pids.exists() and pids.read_text().endswith("\n"))
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=10)
    assert output == "no zombie\n"
    assert wait_until(lambda: not any(is_alive(int(pid)) for pid in pids.read_text().split()))


# Windows' way of reading --------------------------------------------------------------------------


@pytest.fixture
def by_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_collect", runner._collect_by_threads)


@pytest.mark.usefixtures("by_threads")
class TestThreads:
    def test_gives_the_snapshot(self) -> None:
        script = f"import sys; print({TABLE + ROW!r} + {ROW!r} * 19_999, end=''); sys.exit('')"
        snapshot = ns.run(["sh", "-c", f"{shlex.join(python(script))} || echo note >&2"])
        assert len(snapshot.connections) == 20_000
        assert snapshot.notes == ("note",)

    def test_timed_out(self) -> None:
        with pytest.raises(ns.CommandTimeoutError):
            ns.run(["sh", "-c", "sleep 100 & sleep 100"], timeout=0.2)
        assert not children()

    def test_too_much(self) -> None:
        with pytest.raises(ns.OutputTooLargeError):
            ns.run(["yes"], max_output=100_000)
        assert not children()

    def test_failed(self) -> None:
        with pytest.raises(ns.CommandFailedError):
            ns.run(["false"])
