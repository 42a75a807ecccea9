"""What stands around netstat's output in saved files: prompts, escape sequences, quoting marks.

A line is only taken for noise by its beginning, and never if it looks like a row of netstat's, even
a damaged one: a program may call itself `root@host:~# ls`. Every pattern takes linear time.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from netstat_parse.patterns import compile_later

LONGEST = 1024
"""Characters; a longer line is no prompt and no note."""

ESCAPE_SEQUENCE = compile_later(
    r"\x1b(?:\[[0-?]*+[ -/]*+[@-~]|\][^\x07\x1b]*+(?:\x07|\x1b\\)|[PX^_k][^\x1b]*+\x1b\\"
    r"|[ -/]++[0-~]|[0-~])"
)
"""ECMA-48: control sequences, command strings that are ended, and the other escapes."""

_PAGER = (
    r"(?:--More--(?:\([0-9]{1,3}%\))?|:|\(END\)"
    r"|lines [0-9]{1,9}-[0-9]{1,9}(?:/[0-9]{1,9})?(?: (?:[0-9]{1,3}%|\(END\)))?)"
)
"""What more and less ask at the end of each screen."""

OVERWRITTEN = compile_later(rf"{_PAGER}\r++(?: *+\r++)?+")
"""A pager's question, and the carriage return by which the next line came to stand in its place.
Nothing else is taken for overwritten: programs may have carriage returns in their names."""

QUOTING = compile_later(r"[ \t]*+(?:>[ \t]?|\|(?:[ \t]|\Z))++")
"""The marks of mail (`> > `), and the bar that opens a row of a table in Markdown."""

NUMBERING = compile_later(
    r"(?:(?![0-9]++[-:\t])[^\s:]{1,255}[:-])?(?:[ ]*+[0-9]{1,9}[-:\t])?(?<=[-:\t])"
    r"(?=[ \t]*+(?:(?i:tcp|udp|raw|sctp|icm|div|igm)[a-z0-9]{0,6}[ \t]|unix[ \t]|Proto |Active "
    r"|zzz |(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? |[12][0-9]{3}-[0-9]{2}-[0-9]{2}[T ]))"
)
"""What `grep -H`, `grep -n` and `cat -n` put in front: `netstat.log:12:`, `12-`.

What is behind it must begin like a line of netstat's, or a stamp.
"""

_NOTES = (
    r"\((?:Not all processes could be identified|No info could be read for)",
    r"will not be shown, you would have to be root|You must be root|SELinux is not enabled",
    r"(?:\S*/)?netstat(?:\.exe)?: |warning, got (?:bogus|duplicate)|error parsing ",
    r"Some \S{1,20} sockets may have been (?:created|deleted)|The requested operation requires ele",
    r"unexpected kind [0-9]|got [0-9]+ twice",
    r"-?(?:ba|da|z|k|c|tc|fi)?sh(?:\[[0-9]+\])?: |(?:sudo|ssh|doas|watch|timeout|grep|tee): ",
    r"/proc/net/\w{1,20}: |Warning: Permanently added ",
    # what people write for rows that they left out
    rf"{_PAGER}$|[\[(<]?(?:\.{{3,6}}|…|snip)[\])>]?$",
)
"""What netstat, and the programs that ran it or showed it, say between its lines."""

_COMMAND = r"(?:[ ]+.{0,500})?$"
_TYPED = r"[ ]+\S.{0,500}$"
_PROMPTS = (
    # root@host:~#    joe@mac ~ %    joe@host ~/src (main)$    admin@fw(active)>
    rf"[\w.+-]{{1,40}}@[\w.-]{{1,80}}(?:[: (][^#$%>❯]{{0,200}})?[#$%>❯]{_COMMAND}",
    # [root@host ~]#
    rf"\[[^\[\]]{{1,80}}\][ ]?[#$%>❯]{_COMMAND}",
    # MacBook-Pro:Documents joe$
    rf"[A-Za-z][\w.-]{{0,79}}:\S{{0,200}}[ ][\w.-]{{1,40}}[#$%>]{_COMMAND}",
    # host:/var/log #    host:~$
    rf"[A-Za-z][\w.-]{{0,79}}:[~/][^\s#$%>]{{0,200}}[ ]?[#$%>]{_COMMAND}",
    # -bash-4.2$    sh-5.1#
    rf"-?(?:ba|da|a|z|k|c|tc)?sh(?:-[0-9][\w.]{{0,20}})?[#$%]{_COMMAND}",
    # host#    router>
    rf"[A-Za-z][\w.-]{{0,62}}[#$%>]{_TYPED}",
    # / #    ~/src main* ❯
    rf"[~/][^\s#$%>❯]{{0,200}}(?:[ ][^\s#$%>❯]{{1,60}})?[ ]?[#$%>❯]{_COMMAND}",
    # $ netstat -an    ❯ netstat -an    + netstat -an (set -x)
    rf"(?:[#$%❯➜»λ]|\+{{1,9}}){_TYPED}",
    # the two lines of Kali's prompt
    r"[┌└╭╰├][─-]",
    # C:\Users\joe>netstat -n    PS /home/joe> netstat -an
    r"(?:PS )?[A-Za-z]:\\[^<>|]{0,200}>.{0,500}$|PS [^<>|]{0,200}>.{0,500}$",
)

_RULE = r"(?:-{3,}|={3,}|\*{3,}|#{3,}|_{3,}|\+{3,}|\.{3,}|[ ]+)++$"

_SESSION = (
    r"\[sudo\] |(?i:password)(?: for \S{1,80})?: ?$|\S{1,120}'s password: ?$|Sorry, try again\.$",
    r"(?:exit|logout|Terminated|Killed)$|Script (?:started|done)|\^[CZD]|Last login: ",
    r"Connection to \S{1,255} closed",
    # what cmd.exe and PowerShell say when they start
    r"Microsoft Windows \[Version |(?:\(c\)|Copyright \(C\)) .{0,10}Microsoft|Windows PowerShell$",
    # watch, tail -f of several files, grep -A
    r"Every [0-9]{1,9}(?:[.,][0-9]{1,3})?s: |==> .{1,500} <==$|--$",
    # fences and rules
    r"`{3,}|~{3,}|(?:</?(?:pre|code)>){1,4}$|\[/?code\]$|\{(?:code|noformat)[^{}]{0,80}\}$",
    _RULE,
    # the command alone, or as a title
    r"[#=*\-` ]*+(?:[0-9]{1,6}[ ]+|(?i:output of|command:?|running:?) )?(?:sudo )?(?:[\w.-]*/){0,9}"
    r"netstat(?:\.exe)?(?:[ ]+[^:]{0,500})?:?[#=*\-` ]*$",
)
"""What else a terminal session, or a page that shows one, has in it."""

_PROTO = r"(?:tcp|udp|udpl|udplite|raw|sctp|icmp?|div|igmp?)(?:46|4|6)?"
_STATE = (
    r"(?:ESTABLISHED|LISTEN|CLOSED?|TIME_WAIT|CLOSE_WAIT|SYN_SENT|SYN_RECV|SYN_RCVD|FIN_WAIT_?[12]"
    r"|LAST_ACK|CLOSING|UNKNOWN)"
)
_ROWS = (
    # a proto and the queues
    rf"(?i:\b{_PROTO}[ \t]+[0-9]+(?:[ \t]*[0-9]|$))",
    # two addresses
    r"\S[.:](?:[0-9]{1,5}|\*|[a-z][\w-]{1,15})[ \t]+\S{1,60}[.:](?:[0-9]{1,5}|\*|[a-z][\w-]{1,15})"
    r"(?:\s|$)",
    # an address, or its end, and a state
    r"(?:[.:](?:[0-9]{1,5}|\*|[\w-]{1,16})[ \t]+|[0-9*][ \t]{2,}|^\W{0,4}[0-9]{1,5}[ \t])"
    rf"{_STATE}(?:\s|$)",
    # a state and a process, or a state, a user and an inode
    rf"\b{_STATE}[ \t]+(?:-|[0-9]+/|\S+[ \t]+[0-9]+[ \t])",
    # a timer
    r"\(-?[0-9]+\.[0-9]{2}/[0-9]+/[0-9]+\)",
)


_BEFORE_PROMPT = r"(?:\([^()\s]{1,40}\)[ ]?)?"
"""A virtual environment: `(base) joe@mac ~ %`."""


def _any_of(patterns: Iterable[str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)


_NOTE = compile_later(_any_of(_NOTES))
_TRANSCRIPT = compile_later(_any_of((*_SESSION, f"{_BEFORE_PROMPT}(?:{_any_of(_PROMPTS)})")))
_LIKE_A_ROW = compile_later(_any_of(_ROWS))
_DIVIDER = compile_later(_RULE)


def is_note(text: str) -> bool:
    """True for a warning of netstat's or of the shell's. `text` has no blanks around it."""
    if len(text) > LONGEST:
        return False
    return _NOTE.match(text) is not None or text.startswith(_notes_of_languages())


@cache
def _notes_of_languages() -> tuple[str, ...]:
    from netstat_parse.grammar.linux_locales import LANGUAGES, in_charset

    both = (*LANGUAGES, *map(in_charset, LANGUAGES))
    return tuple(note for language in both for note in language.notes)


def is_transcript(text: str) -> bool:
    """True for a line that a terminal session or a Markdown page adds."""
    return (
        len(text) <= LONGEST
        and _TRANSCRIPT.match(text) is not None
        and _LIKE_A_ROW.search(text) is None
    )


def is_rule(text: str) -> bool:
    """True for a line that divides, or underlines, and says nothing."""
    return _DIVIDER.match(text) is not None


def without_escapes(line: str) -> str:
    """The line as a terminal shows it, less its colours."""
    text = ESCAPE_SEQUENCE.sub("", line).strip("\r")
    return text[overwritten.end() :] if (overwritten := OVERWRITTEN.match(text)) else text


def without_quoting(line: str) -> str:
    """The line without marks of mail or of a table in Markdown, or grep's file and number."""
    quoting = QUOTING.match(line) or NUMBERING.match(line)
    if quoting is None:
        return line
    rest = line[quoting.end() :]
    if "|" in quoting[0]:
        rest = rest.rstrip().removesuffix("|").removesuffix(" ")
    return rest
