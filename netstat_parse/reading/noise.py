"""What stands around netstat's output in saved files: prompts, escape sequences, quoting marks.

A line is only taken for noise by its beginning, and never if it looks like a row of netstat's, even
a damaged one: a program may call itself `root@host:~# ls`. Every pattern takes linear time.
"""

from __future__ import annotations

from collections.abc import Iterable

from netstat_parse.lazy import LazyPattern

LONGEST = 1024
"""Characters; a longer line is no prompt and no note."""


def is_note(text: str, also: tuple[str, ...] = ()) -> bool:
    """Whether a line is a warning of netstat's or of the shell's.

    `text` has no blanks around it. `also` are beginnings of further notes: those that the dialects
    know, such as netstat's warnings in other languages.
    """
    return len(text) <= LONGEST and (_NOTE.match(text) is not None or text.startswith(also))


def is_transcript(text: str) -> bool:
    """Whether a line was added by a terminal session or a page that shows one.

    `text` has no blanks around it. A line that looks like a row is never taken for one of these.
    """
    return (
        len(text) <= LONGEST
        and _TRANSCRIPT.match(text) is not None
        and _LIKE_A_ROW.search(text) is None
    )


def is_rule(text: str) -> bool:
    """Whether a line only divides or underlines, such as `------`."""
    return _RULE_LINE.match(text) is not None


def without_escapes(line: str) -> str:
    """The line as a terminal shows it, without its colours."""
    text = _ESCAPE_SEQUENCE.sub("", line).strip("\r")
    return text[overwritten.end() :] if (overwritten := _OVERWRITTEN.match(text)) else text


def has_escapes_within(line: str) -> bool:
    """Whether there are escape sequences between a line's text, and not only around it."""
    return "\x1b" in _ESCAPES_AROUND.sub("", line)


def without_escapes_around(line: str) -> tuple[str, ...]:
    """The line without the escape sequences in front of it; and without those behind it, too."""
    behind = _ESCAPES_IN_FRONT.sub("", line)
    return behind, _ESCAPES_BEHIND.sub("", behind)


def without_mark(line: str) -> str:
    """The line without the mark of a comment or of a list in front of it: `# `, `* `."""
    mark = _MARK.match(line)
    return line[mark.end() :] if mark is not None else line


def without_quoting(line: str) -> str:
    """The line without marks of mail or of a table in Markdown, or grep's file and number; without
    quotes around it, or what a logger puts in front of it.
    """
    wrapped = _WRAPPED.match(line)
    if wrapped is not None:
        return wrapped[2]
    quoting = (
        _QUOTING.match(line) or _NUMBERING.match(line) or _LOGGER.match(line) or _MARK.match(line)
    )
    if quoting is None:
        return line
    rest = line[quoting.end() :]
    if "|" in quoting[0]:
        rest = rest.rstrip().removesuffix("|").removesuffix(" ")
    return rest


def _any_of(patterns: Iterable[str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)


# Parts of lines ----------------------------------------------------------------------------------

_ESCAPE_SEQUENCE = LazyPattern(
    r"\x1b(?:"
    # control sequence: ESC [ 0 1 ; 3 2 m
    r"\[[0-?]*+[ -/]*+[@-~]"
    # title of a window, ended by BEL or ESC \: ESC ] 0 ; root@host BEL
    r"|\][^\x07\x1b]*+(?:\x07|\x1b\\)"
    # other command strings, ended by ESC \: ESC P 1 $ r 0 m ESC \
    r"|[PX^_k][^\x1b]*+\x1b\\"
    # choice of a character set: ESC ( B
    r"|[ -/]++[0-~]"
    # all others: ESC =
    r"|[0-~]"
    r")"
)
"""ECMA-48: control sequences, command strings that are ended, and the other escapes."""

_ESCAPES_IN_FRONT = LazyPattern(rf"\A(?:[ \t]*+{_ESCAPE_SEQUENCE.source})++")
_ESCAPES_BEHIND = LazyPattern(rf"(?:{_ESCAPE_SEQUENCE.source})++\Z")
_ESCAPES_AROUND = LazyPattern(rf"{_ESCAPES_IN_FRONT.source}|{_ESCAPES_BEHIND.source}")

_PAGER = (
    r"(?:"
    # more of util-linux in other languages and ages: -- More --    <--- More --->    ---(more)---
    r"[<-]{1,4} ?\(?[Mm]ore\)?(?: ?[0-9]{1,3}%)? ?[->]{1,4}"
    # cmd.exe: Press any key to continue . . .
    r"|Press any key to continue[ .]{0,8}|"
    # more: --More--(42%)
    r"--More--(?:\([0-9]{1,3}%\))?"
    # less: :
    r"|:"
    # less at the end: (END)
    r"|\(END\)"
    # less -M: lines 1-24/300 8%
    r"|lines [0-9]{1,9}-[0-9]{1,9}(?:/[0-9]{1,9})?(?: (?:[0-9]{1,3}%|\(END\)))?"
    r")"
)
"""What more and less ask at the end of each screen."""

_OVERWRITTEN = LazyPattern(rf"{_PAGER}\r++(?: *+\r++)?+")
"""A pager's question, and the carriage return by which the next line came to stand in its place.
Nothing else is taken for overwritten: programs may have carriage returns in their names."""

_QUOTING = LazyPattern(r"[ \t]*+(?:>[ \t]?|\|(?:[ \t]|\Z))++")
"""The marks of mail (`> > `), and the bar that opens a row of a table in Markdown."""

_MARK = LazyPattern(r"[ \t]*+(?:[#*+%;•–-]|//|--|::|REM|rem)[ \t]")
"""The mark of a comment, of an item of a list, or of a line in a patch."""

_WRAPPED = LazyPattern(
    # `tcp ...`    "tcp ...",    'tcp ...'
    r"""[ \t]*+(`{1,3}|["'])(.*)\1[,;]?[ \t]*\Z"""
)
"""Quotes around a line."""

_LOGGER = LazyPattern(
    # docker compose: web_1  | tcp ...
    r"(?:[A-Za-z0-9][\w.-]{0,63}[ ]{1,32}\|(?:[ ]|\Z)"
    # kubectl logs --prefix: [pod/web-7d4b9/app] tcp ...
    r"|\[pod/[^\s\]]{1,160}\][ ]"
    # Android: D/App: Line tcp ...    I/sh(1234): tcp ...
    r"|[VDIWEF]/[\w.:$-]{1,40}[ ]{0,8}(?:\([ ]{0,5}[0-9]{1,6}\))?:[ ](?:Line[ ])?"
    # a level: INFO: tcp ...    [INFO] tcp ...    stdout: tcp ...
    r"|(?:\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR)\]?|stdout|out)[:|]?[ ]"
    r")"
)
"""What a logger puts in front of each line."""

_NETSTAT_LINE_STARTS = (
    # tcp        0      0 10.0.0.1:22
    r"(?i:tcp|udp|raw|sctp|icm|div|igm)[a-z0-9]{0,6}[ \t]",
    # unix  2      [ ACC ]     STREAM
    r"unix[ \t]",
    # Proto Recv-Q Send-Q Local Address
    r"Proto ",
    # Active Internet connections (w/o servers)
    r"Active ",
    # zzz ***Fri Jan 10 12:00:00 CST 2025 (OSWatcher's stamp)
    r"zzz ",
    # Sun Nov 22 12:22:41 UTC 2026
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? ",
    # 2026-11-22T12:22:41Z
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}[T ]",
)

_NUMBERING = LazyPattern(
    # the file's name, which may not be taken for a number: netstat.log:
    r"(?:(?![0-9]++[-:\t])[^\s:]{1,255}[:-])?"
    # the line's number: 12:    12-    "     12<tab>"
    r"(?:[ ]*+[0-9]{1,9}[-:\t])?"
    # one of the two, at least
    r"(?<=[-:\t])"
    rf"(?=[ \t]*+(?:{_any_of(_NETSTAT_LINE_STARTS)}))"
)
"""What `grep -H`, `grep -n` and `cat -n` put in front: `netstat.log:12:`, `12-`.

What is behind it must begin like a line of netstat's, or a stamp.
"""

# Notes -------------------------------------------------------------------------------------------

_NOTES = (
    # (Not all processes could be identified, non-owned process info
    r"\(Not all processes could be identified",
    # (No info could be read for "-p": geteuid()=1000 but you should be root.)
    r"\(No info could be read for",
    # will not be shown, you would have to be root to see it all.)
    r"will not be shown, you would have to be root",
    # You must be root to see the process IDs
    r"You must be root",
    # SELinux is not enabled on this machine.
    r"SELinux is not enabled",
    # /usr/bin/netstat: invalid option -- 'y'
    r"(?:\S*/)?netstat(?:\.exe)?: ",
    # warning, got bogus tcp line.
    r"warning, got (?:bogus|duplicate)",
    # error parsing /proc/net/snmp: Success
    r"error parsing ",
    # Some tcp sockets may have been deleted. (FreeBSD)
    r"Some \S{1,20} sockets may have been (?:created|deleted)",
    # The requested operation requires elevation. (Windows)
    r"The requested operation requires ele",
    # unexpected kind 7 (macOS)
    r"unexpected kind [0-9]",
    # got 2 twice (macOS)
    r"got [0-9]+ twice",
    # -bash: netstat: command not found    sh[12]: ...
    r"-?(?:ba|da|z|k|c|tc|fi)?sh(?:\[[0-9]+\])?: ",
    # sudo: unable to resolve host web1
    r"(?:sudo|ssh|doas|watch|timeout|grep|tee): ",
    # /proc/net/tcp: Permission denied
    r"/proc/net/\w{1,20}: ",
    # Warning: Permanently added '10.0.0.1' (ED25519) to the list of known hosts.
    r"Warning: Permanently added ",
    # --More--
    rf"{_PAGER}$",
    # what people write for rows that they left out: ...    [...]    <snip>    …
    r"[\[(<]?(?:\.{3,6}|…|snip)[\])>]?$",
    # a mark or a prompt alone: #    `    %%
    r"(?!--)[#$%*+`'\"|;,-]{1,2}$",
)
"""What netstat, and the programs that ran it or showed it, say between its lines."""

# Transcripts of a session ------------------------------------------------------------------------

_COMMAND = r"(?:[ ]+.{0,500})?$"
"""What may stand behind a prompt that is known by itself."""
_TYPED = r"[ ]+\S.{0,500}$"
"""What must stand behind a prompt that is not."""

_PROMPTS = (
    # root@host:~#    joe@mac ~ %    joe@host ~/src (main)$    admin@fw(active)>
    rf"[\w.+-]{{1,40}}@[\w.-]{{1,80}}(?:[: (][^#$%>❯]{{0,200}})?[#$%>❯]{_COMMAND}",
    # [root@host ~]#
    rf"\[[^\[\]]{{1,80}}\][ ]?(?:[~/][^\s#$%>]{{0,200}}[ ]?)?[#$%>❯]{_COMMAND}",
    # MacBook-Pro:Documents joe$
    rf"[A-Za-z][\w.-]{{0,79}}:\S{{0,200}}[ ][\w.-]{{1,40}}[#$%>]{_COMMAND}",
    # host:/var/log #    host:~$
    rf"[A-Za-z][\w.-]{{0,79}}:[~/][^\s#$%>]{{0,200}}[ ]?[#$%>]{_COMMAND}",
    # -bash-4.2$    sh-5.1#
    rf"-?(?:ba|da|a|z|k|c|tc)?sh(?:-[0-9][\w.]{{0,20}})?[#$%]{_COMMAND}",
    # host# netstat -an    router> netstat -an
    rf"[A-Za-z][\w.-]{{0,62}}[#$%>]{_TYPED}",
    # / #    ~/src main* ❯
    rf"[~/][^\s#$%>❯]{{0,200}}(?:[ ][^\s#$%>❯]{{1,60}})?[ ]?[#$%>❯]{_COMMAND}",
    # $ netstat -an    ❯ netstat -an    + netstat -an (set -x)
    rf"(?:[#$%❯➜»λ]|\+{{1,9}}){_TYPED}",
    # the two lines of Kali's prompt: ┌──(kali㉿kali)-[~]
    r"[┌└╭╰├][─-]",
    # C:\Users\joe>netstat -n    PS C:\> netstat -an
    r"(?:PS )?[A-Za-z]:\\[^<>|]{0,200}>.{0,500}$",
    # Windows' own ssh server: joe@WIN10 C:\Users\joe>netstat -ano
    r"[\w.\\+-]{1,80}@[\w.-]{1,80} (?:PS )?[A-Za-z]:\\[^<>|]{0,200}>.{0,500}$",
    # any prompt, known by the command behind it: ~ netstat -tln    web1 » netstat -an | grep 22
    r"(?:[^\s0-9]\S{0,79}[ ]{1,4}){0,3}(?:sudo[ ])?netstat(?:\.exe)?"
    r"(?:[ ]+-{1,2}[A-Za-z?][\w-]{0,30}){1,9}(?:[ ]{1,4}[^\s:,;()]{1,80}){0,12}$",
    # PS /home/joe> netstat -an
    r"PS [^<>|]{0,200}>.{0,500}$",
)

_BEFORE_PROMPT = r"(?:\([^()\s]{1,40}\)[ ]?)?"
"""A virtual environment: `(base) joe@mac ~ %`."""

_RULE = r"(?:-{3,}|={3,}|\*{3,}|#{3,}|_{3,}|\+{3,}|\.{3,}|[ ]+)++$"
"""`------ ------`, `======`."""

_SESSION = (
    # [sudo] password for joe:
    r"\[sudo\] ",
    # Password:    password for joe:
    r"(?i:password)(?: for \S{1,80})?: ?$",
    # root@10.0.0.1's password:
    r"\S{1,120}'s password: ?$",
    r"Sorry, try again\.$",
    r"(?:exit|logout|Terminated|Killed)$",
    # Script started on 2026-11-22 12:22:41+00:00
    r"Script (?:started|done)",
    r"\^[CZD]",
    # Last login: Sun Nov 22 12:22:41 2026 from 10.0.0.2
    r"Last login: ",
    # Connection to 10.0.0.1 closed.
    r"Connection to \S{1,255} closed",
    # what cmd.exe says when it starts: Microsoft Windows [Version 10.0.19045.4170]
    r"Microsoft Windows \[Version ",
    # (c) Microsoft Corporation. All rights reserved.
    r"(?:\(c\)|Copyright \(C\)) .{0,10}Microsoft",
    r"Windows PowerShell$",
    # watch: Every 2.0s: netstat -an    web1: Sun Nov 22 12:22:41 2026
    r"Every [0-9]{1,9}(?:[.,][0-9]{1,3})?s: ",
    # tail -f of several files: ==> netstat.log <==
    r"==> .{1,500} <==$",
    # grep -A
    r"--$",
    # fences: ```text    ~~~    <pre><code>    [code]    {noformat}
    r"`{3,}",
    r"~{3,}",
    r"(?:</?(?:pre|code|p|div|span|blockquote|samp|tt|br)(?: [^<>]{0,200})?/?>){1,4}$",
    # ansible: web1 | CHANGED | rc=0 >>
    r"\S{1,255} \| (?:CHANGED|SUCCESS|FAILED|UNREACHABLE!?)(?: \| rc=-?[0-9]{1,5})?"
    r" (?:>>|=> ?\{?)$",
    r"\[/?code\]$",
    r"\{(?:code|noformat)[^{}]{0,80}\}$",
    _RULE,
    # the command alone, or as a title: netstat -an    === Output of netstat -an ===
    r"[#=*\-` ]*+(?:[0-9]{1,6}[ ]+|(?i:output of|command:?|running:?) )?(?:sudo )?(?:[\w.-]*/){0,9}"
    r"netstat(?:\.exe)?(?:[ ]+[^:]{0,500})?:?[#=*\-` ]*$",
)
"""What else a terminal session, or a page that shows one, has in it."""

# Rows --------------------------------------------------------------------------------------------
#
# A rough test of "looks like a row", for lines that begin like a prompt. It is deliberately no list
# of what the dialects know: it must also hold for rows that are damaged, in which half of the
# columns are missing, and may well hold for more than they print.

_PROTO = r"(?:tcp|udp|udpl|udplite|raw|sctp|icmp?|div|igmp?)(?:46|4|6)?"
_STATE = (
    r"(?:ESTABLISHED|LISTEN|CLOSED?|TIME_WAIT|CLOSE_WAIT|SYN_SENT|SYN_RECV|SYN_RCVD|FIN_WAIT_?[12]"
    r"|LAST_ACK|CLOSING|UNKNOWN)"
)
_PORT = r"(?:[0-9]{1,5}|\*|[a-z][\w-]{1,15})"
_PARTS_OF_ROWS = (
    # a proto and the queues: tcp 0 0
    rf"(?i:\b{_PROTO}[ \t]+[0-9]+(?:[ \t]*[0-9]|$))",
    # two addresses: 10.0.0.1:22 10.0.0.2:51234    *.ssh *.*
    rf"\S[.:]{_PORT}[ \t]+\S{{1,60}}[.:]{_PORT}(?:\s|$)",
    # an address, or its end, and a state: 10.0.0.2:51234 ESTABLISHED    4 ESTABLISHED
    r"(?:[.:](?:[0-9]{1,5}|\*|[\w-]{1,16})[ \t]+|[0-9*][ \t]{2,}|^\W{0,4}[0-9]{1,5}[ \t])"
    rf"{_STATE}(?:\s|$)",
    # a state and a process, or a state, a user and an inode: LISTEN 12/sshd    LISTEN root 4711
    rf"\b{_STATE}[ \t]+(?:-|[0-9]+/|\S+[ \t]+[0-9]+[ \t])",
    # a timer: keepalive (12.50/0/0)
    r"\(-?[0-9]+\.[0-9]{2}/[0-9]+/[0-9]+\)",
)

_NOTE = LazyPattern(_any_of(_NOTES))
_TRANSCRIPT = LazyPattern(_any_of((*_SESSION, f"{_BEFORE_PROMPT}(?:{_any_of(_PROMPTS)})")))
_LIKE_A_ROW = LazyPattern(_any_of(_PARTS_OF_ROWS))
_RULE_LINE = LazyPattern(_RULE)
