"""What stands around netstat's output is known by its beginning, and no row is taken for it."""

from __future__ import annotations

import time

import pytest
from printed import Row, linux_row, macos_row

from netstat_parse.reading.noise import (
    LONGEST,
    is_note,
    is_rule,
    is_transcript,
    without_escapes,
    without_quoting,
)

NOTES = [
    "(Not all processes could be identified, non-owned process info",
    "will not be shown, you would have to be root to see it all.)",
    '(No info could be read for "-p": geteuid()=1000 but you should be root.)',
    "You must be root to see the process IDs",
    "SELinux is not enabled on this machine.",
    "netstat: no support for `AF INET (sctp)' on this system.",
    "/usr/bin/netstat: invalid option -- 'y'",
    "netstat.exe: not found",
    "warning, got bogus tcp line.",
    "warning, got duplicate tcp line.",
    "error parsing /proc/net/snmp: Success",
    "Some tcp sockets may have been created.",
    "Some udp sockets may have been deleted.",
    "The requested operation requires elevation.",
    "unexpected kind 7",
    "got 12 twice",
    "-bash: netstat: command not found",
    "sh[12]: netstat: not found",
    "sudo: unable to resolve host web1",
    "/proc/net/tcp6: Permission denied",
    "Warning: Permanently added '10.0.0.1' (ED25519) to the list of known hosts.",
    "--More--",
    "--More--(42%)",
    ":",
    "(END)",
    "lines 1-24/300 8%",
    "lines 277-300/300 (END)",
    "...",
    "[...]",
    "<snip>",
    "…",
]

TRANSCRIPTS = [
    "root@host:~#",
    "root@host:~# netstat -an",
    "joe@mac ~ %",
    "joe@host ~/src (main)$ netstat -npt",
    "admin@fw(active)> show",
    "[root@host ~]# netstat -an",
    "MacBook-Pro:Documents joe$",
    "host:/var/log # netstat",
    "host:~$",
    "-bash-4.2$ netstat",
    "sh-5.1#",
    "host# netstat -an",
    "router> netstat",
    "/ # netstat",
    "~/src main* ❯ netstat",
    "$ netstat -an",
    "❯ netstat -an",
    "+ netstat -an",
    "┌──(kali㉿kali)-[~]",
    "└─$ netstat -an",
    r"C:\Users\joe>netstat -n 5",
    r"PS C:\> netstat -ano",
    "PS /home/joe> netstat -an",
    "(base) joe@mac ~ % netstat",
    "[sudo] password for joe:",
    "Password:",
    "password for joe: ",
    "root@10.0.0.1's password:",
    "Sorry, try again.",
    "exit",
    "logout",
    "Script started on 2026-11-22 12:22:41+00:00",
    "Script done on 2026-11-22 12:22:41+00:00",
    "^C",
    "Last login: Sun Nov 22 12:22:41 2026 from 10.0.0.2",
    "Connection to 10.0.0.1 closed.",
    "Microsoft Windows [Version 10.0.19045.4170]",
    "(c) Microsoft Corporation. All rights reserved.",
    "Copyright (C) Microsoft Corporation. All rights reserved.",
    "Windows PowerShell",
    "Every 2.0s: netstat -an    web1: Sun Nov 22 12:22:41 2026",
    "==> netstat.log <==",
    "--",
    "```text",
    "~~~",
    "<pre><code>",
    "[code]",
    "[/code]",
    "{noformat}",
    "------ -----",
    "netstat -an",
    "sudo /usr/bin/netstat -npt",
    "=== Output of netstat -an ===",
    "# Command: netstat -an",
]

NEITHER = [
    "",
    "hello world",
    "Active Internet connections (w/o servers)",
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State",
    "Router# ",
    "netstat -s: 12",
    "host:80",
    "joe@host",
    "exit 1",
    "...x",
    "got twice",
]

ROWS = [linux_row(Row(), "p"), linux_row(Row(), "po"), macos_row(Row(proto="tcp4"))]


@pytest.mark.parametrize("text", NOTES)
def test_notes(text: str) -> None:
    assert is_note(text)


@pytest.mark.parametrize("text", [*TRANSCRIPTS, *NEITHER, *ROWS])
def test_no_notes(text: str) -> None:
    assert not is_note(text.strip())


@pytest.mark.parametrize("text", TRANSCRIPTS)
def test_transcripts(text: str) -> None:
    assert is_transcript(text)


@pytest.mark.parametrize("text", [*NEITHER, *ROWS])
def test_no_transcripts(text: str) -> None:
    assert not is_transcript(text.strip())


def test_notes_that_the_caller_knows() -> None:
    note = "Warnung, fehlerhafte tcp Zeile."
    assert not is_note(note)
    assert is_note(note, ("Aviso", "Warnung, fehlerhaf"))
    assert not is_note("x" + note, ("Warnung, fehlerhaf",))
    assert not is_note(note.ljust(LONGEST + 1), ("Warnung, fehlerhaf",))
    assert is_note("warning, got bogus tcp line.", ("Warnung, fehlerhaf",))


def test_a_line_that_is_too_long_is_neither() -> None:
    for is_noise, text in ((is_note, "netstat: "), (is_transcript, "=== ")):
        assert is_noise((text * LONGEST)[:LONGEST].strip())
        assert not is_noise(text.ljust(LONGEST + 1, "="))


@pytest.mark.parametrize(
    "part",
    [
        "tcp 0 0",
        "udp6 0",
        "10.0.0.1:22 10.0.0.2:51234",
        "*.ssh *.*",
        "10.0.0.2:51234 ESTABLISHED",
        "4 ESTABLISHED",
        "LISTEN 12/sshd",
        "LISTEN root 4711 x",
        "ESTABLISHED - ",
        "keepalive (12.50/0/0)",
        "on (-1.00/0/0)",
    ],
)
def test_what_holds_a_part_of_a_row_is_no_prompt(part: str) -> None:
    assert is_transcript("$ netstat -an")
    assert not is_transcript(f"$ {part}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---", True),
        ("------ ------", True),
        ("======", True),
        ("***", True),
        ("--", False),
        ("--- x", False),
        ("", False),
    ],
)
def test_rules(text: str, expected: bool) -> None:
    assert is_rule(text) is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("\x1b[01;32mtcp\x1b[0m 0", "tcp 0"),
        ("\x1b[Ktcp", "tcp"),
        ("\x1b]0;root@host\x07tcp", "tcp"),
        ("\x1b]0;root@host\x1b\\tcp", "tcp"),
        ("\x1bP1$r0m\x1b\\tcp", "tcp"),
        ("\x1b(Btcp", "tcp"),
        ("\x1b=tcp", "tcp"),
        ("\x1b]0;never ended", "0;never ended"),
        ("--More--\rtcp", "tcp"),
        ("--More--(42%)\r            \rtcp", "tcp"),
        (":\r\x1b[Ktcp", "tcp"),
        ("lines 1-24/300 8%\r\x1b[Ktcp", "tcp"),
        ("\r\rtcp\r", "tcp"),
        ("tcp 0 0 1/pro\rgram", "tcp 0 0 1/pro\rgram"),
    ],
)
def test_without_escapes(line: str, expected: str) -> None:
    assert without_escapes(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("> tcp 0", "tcp 0"),
        (">> tcp 0", "tcp 0"),
        ("> > tcp 0", "tcp 0"),
        ("| tcp 0 |", "tcp 0"),
        ("| tcp 0", "tcp 0"),
        ("|tcp 0", "|tcp 0"),
        ("netstat.log:12:tcp 0", "tcp 0"),
        ("netstat.log-12-tcp 0", "tcp 0"),
        ("netstat.log:tcp 0", "tcp 0"),
        ("12:Proto Recv-Q", "Proto Recv-Q"),
        ("12-Active Internet connections", "Active Internet connections"),
        ("     12\tunix  2", "unix  2"),
        ("12:2026-11-22 12:22:41", "2026-11-22 12:22:41"),
        ("a.log:Sun Nov 22 12:22:41", "Sun Nov 22 12:22:41"),
        ("a.log:zzz ***Fri", "zzz ***Fri"),
        ("netstat.log:12:hello", "netstat.log:12:hello"),
        ("12 tcp 0", "12 tcp 0"),
        ("tcp 0", "tcp 0"),
    ],
)
def test_without_quoting(line: str, expected: str) -> None:
    assert without_quoting(line) == expected


@pytest.mark.parametrize(
    "unit", ["a", " ", "(", "[", ">", "| ", "a@", "a:", "\x1b", "\x1b]", ":\r"]
)
def test_the_work_is_linear(unit: str) -> None:
    line = unit * (65_536 // len(unit))
    before = time.process_time()
    for _ in range(5):
        is_note(line)
        is_transcript(line)
        without_escapes(line)
        without_quoting(line)
    assert time.process_time() - before < 0.5
