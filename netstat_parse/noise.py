"""What stands around netstat's output in saved files: prompts, escape sequences, quoting marks."""

from __future__ import annotations

import re

ESCAPE_SEQUENCE = re.compile(
    r"\x1b(?:\[[0-?]*+[ -/]*+[@-~]|\][^\x07\x1b]*+(?:\x07|\x1b\\)?|[ -/]++[0-~]|[0-Z\\^-~])"
)
"""ECMA-48: control sequences, operating system commands, and the other escapes."""
QUOTING = re.compile(r"[ \t]*+(?:>[ \t]?)++|[ \t]*+\|[ \t]")

NOTE = re.compile(
    r"\((?:Not all processes could be identified|No info could be read for)"
    r"|will not be shown, you would have to be root"
    r"|(?:/\S*/)?netstat: |warning, got (?:bogus|duplicate)|You must be root"
    r"|error parsing |SELinux is not enabled|(?:bash|sh|zsh|ksh|sudo|ssh|doas)(?:\[\d+\])?: "
)
"""What netstat, and the shell that ran it, say on standard error."""

PROMPT = re.compile(
    r"(?:\([^()\s]{1,40}\)[ ]?)?"
    r"(?:\[[^\[\]]{1,80}\]|[\w.+-]{1,40}@[\w.-]{1,80}(?:[: ][^\s#$%>]{0,200})?|[\w.-]{1,40}:\S{0,200})?"
    r"[ ]?[#$%❯➜][ ]+\S.{0,500}$"
    r"|(?:PS )?[A-Za-z]:\\[^<>|]{0,200}>.{0,500}$"
    r"|[\w.+-]{1,40}@[\w.-]{1,80}[^#$%>]{0,200}[#$%>]$"
    r"|\++ \S.{0,500}$"
    r"|\[sudo\] password for |Password: ?$|(?:exit|logout)$|Script (?:started|done)"
    r"|```+|~~~+|-{3,}$|={3,}$"
)
"""A shell's prompt, with or without a command; set -x; sudo's question; fences of Markdown."""


def is_note(text: str) -> bool:
    """True for a warning of netstat's or of the shell's. `text` has no blanks around it."""
    return NOTE.match(text) is not None


def is_transcript(text: str) -> bool:
    """True for a line that a terminal session or a Markdown page adds."""
    return PROMPT.match(text) is not None


def without_escapes(line: str) -> str:
    """The line as a terminal shows it, less its colours."""
    return ESCAPE_SEQUENCE.sub("", line)


def without_quoting(line: str) -> str:
    """The line without the quoting marks of mail, or of a table in Markdown, before it."""
    quoting = QUOTING.match(line)
    return line[quoting.end() :] if quoting else line
