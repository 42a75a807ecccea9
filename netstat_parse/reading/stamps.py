"""Finds time stamps in lines, as people leave them in saved netstat output.

`whole_line` reads a line that is a stamp and nothing else (a loop with `date`, OSWatcher,
ExaWatcher); `at_start` reads a stamp in front of other text (moreutils `ts`, syslog). Both only
look at text: they read no clock and no time zone database. Nothing here raises on any input, and
the work is linear in the length of the line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from netstat_parse.lazy import LazyPattern
from netstat_parse.reading.stamp_formats import (
    NO_TIME,
    OFFSET,
    RELATIVE,
    Stamp,
    formats,
    read_month_first,
    read_stamp,
)

__all__ = ["Stamp", "at_start", "shown_by_watch", "whole_line"]


def whole_line(line: str, timestamp_formats: Sequence[str] = ()) -> Stamp | None:
    """The stamp that `line` consists of, or None if it is anything else.

    Blanks, rules (`=== ... ===`, `# ...`), brackets and labels (`Date: ...`) around the stamp are
    allowed. `timestamp_formats` are strptime formats, tried before the known ones.
    """
    if len(line) > _LONGEST_LINE:
        return None
    if timestamp_formats:
        text = line.strip(_BLANKS)
        candidates = dict.fromkeys((text, text.strip(_RULES), _unwrap(text)))
        from netstat_parse.reading import custom_stamps

        if stamp := custom_stamps.read_first(candidates, timestamp_formats):
            return stamp
    if not _LINE_HEAD.match(line):
        return None
    text = line.strip(_BLANKS)
    if text.startswith("zzz"):
        return _read_watcher(text)
    found = read_stamp(_unwrap(text), front=False)
    # A bracket at the end may be the stamp's own: `+0100 (CET)`.
    return read_stamp(text, front=False) if not found and text.endswith(")") else found


def shown_by_watch(line: str) -> Stamp | None:
    """The valid time at the end of a head line of watch(1), which has the command in it as well."""
    found = _WATCH.match(line) if line.startswith("Every ") and len(line) <= _LONGEST_LINE else None
    stamp = read_stamp(found[1], front=False) if found else None
    return None if stamp is None or stamp.invalid else stamp


def at_start(line: str, timestamp_formats: Sequence[str] = ()) -> tuple[Stamp, int] | None:
    """The stamp in front of `line` and the index where the rest of it starts, or None.

    One blank or tab behind the stamp belongs to it, and so do syslog's host and `program[pid]:`
    with the blank behind them; all the rest is left as it is. `timestamp_formats` are strptime
    formats, tried before the known ones. A line that is a stamp and nothing else has none in front.
    """
    if timestamp_formats:
        start = _skip_blanks(line)
        from netstat_parse.reading import custom_stamps

        if stamp := custom_stamps.find_first(line, start, timestamp_formats):
            return stamp, _skip_tag(line, start + len(stamp.text) + 1)
    if not _START_HEAD.match(line):
        return None
    start = _skip_blanks(line)
    priority = _PRIORITY.match(line, start)
    if priority:
        start = priority.end()
    return _find_rfc5424(line, start, priority is not None) or _find(line, start)


# Patterns ----------------------------------------------------------------------------------------

_BLANKS = " \t\r\n"
_RULES = _BLANKS + "=-#*~_|+@/%"
_DECORATION = _RULES + "<>[](){}\"'"
_LONGEST_LINE = 512

_NAME_OR_NUMBER = (
    # Sun Nov 22    Nov 22
    r"Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
    # 2026-11-22    11/22/2026    12:22:41    22 Nov
    r"|[0-9]{1,4}[-/: ]"
    # 22.11.2026
    r"|[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}"
    # 20261122-122241
    r"|[0-9]{8}[-T_ ]"
    # 1795350161    20261122122241
    r"|[0-9]{10}"
)

_LINE_HEAD = LazyPattern(
    rf"[ \t]*+(?:{_NAME_OR_NUMBER}"
    # zzz ***Fri Jan 10
    r"|zzz"
    # === 2026-11-22    [2026-11-22
    r"""|[=\-#*~_|+@/%<>\[({"']"""
    # labels: Timestamp:    TS=    Date:    Captured at    Current time:    Snapshot:    Run at
    r"|[Tt](?:ime|IME|[Ss]\b)"
    r"|[Dd](?:ate|ATE)"
    r"|[Cc](?:ap|urr|oll)"
    r"|[Ss](?:nap|tart)"
    r"|[Nn](?:ow|etstat)"
    r"|[Rr]un"
    r")"
)
"""A cheap test that almost every line fails: how a line that is a stamp may begin."""

_START_HEAD = LazyPattern(
    rf"[ \t]*+(?:{_NAME_OR_NUMBER}"
    # [2026-11-22 12:22:41]
    r"|\["
    # <13>Nov 22
    r"|<[0-9]"
    r")"
)
"""A cheap test that almost every line fails: how a line with a stamp in front may begin."""

_WATCH = LazyPattern(
    # the interval, the command, in newer versions the host: Every 2.0s: netstat -an    web1:
    r"Every [0-9.,]{1,13}s: .*(?:: |[ ]{2})"
    # the time: Sun Nov 22 12:22:41 2026
    r"((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|[12][0-9]{3}-).*)\Z"
)

_PRIORITY = LazyPattern(r"<[0-9]{1,3}>")
"""Of a syslog message: `<13>`."""

_LABEL = LazyPattern(
    r"(?i:"
    r"time[ _]?stamp"
    # Current time:    Date/time:
    r"|(?:current[ _])?(?:date[ /_]?time|date|time)"
    r"|captured|snapshot|now|collected|start(?:ed)?|run|ts"
    # netstat -n -p
    r"|netstat(?:[ \t]-[a-z0-9]{1,16}){0,4}"
    r")\b(?:[ \t](?i:at|on))?[ \t]*[:=]?[ \t]*"
)

_HOST_AND_TAG = LazyPattern(
    # host: web1    10.0.0.7    fe80::1
    r"[0-9A-Za-z_:][0-9A-Za-z_.:%-]{0,254}(?<!:)[ \t]"
    # program, perhaps [pid], colon: netstat[123]:    /usr/bin/netstat:
    r"[A-Za-z_(/.%][^\s:\[\]]{0,63}(?:\[[^\s\[\]]{0,32}\])?:(?:[ \t]|(?=[\r\n]|\Z))"
)
"""Of RFC 3164. A netstat row has a number for its second word."""


_Search = Callable[[str, int], re.Match[str] | None]


@cache
def _front_matchers() -> tuple[_Search, _Search]:
    """What matches a stamp in front of text, with its end: a bare one, and one in brackets.

    One pattern of all formats, which tells where the stamp ends; `read_stamp` then reads it.
    """
    sources = "|".join(form.pattern.source for form in formats(front=True))
    nameless = re.sub(r"\(\?P<\w+>", "(?:", sources)
    # An offset that the stamp could not take in (`-0600.`) would leave another time behind.
    bare = re.compile(rf"({nameless})(?::|[ ]-)?[ \t](?![ \t]?{OFFSET}(?![0-9]))")
    bracketed = re.compile(rf"\[[ \t]?({nameless})[ \t]?\]:?[ \t]?")
    return bare.match, bracketed.match


# Stamps that are a line --------------------------------------------------------------------------


def _unwrap(line: str) -> str:
    """`line` without the rules, brackets and labels around its middle."""
    text = line.strip(_DECORATION)
    label = _LABEL.match(text)
    if label:
        text = text[label.end() :].strip(_DECORATION)
    return text.rstrip(_DECORATION + ":.")


def _read_watcher(line: str) -> Stamp | None:
    """OSWatcher's `zzz ***` and a date; ExaWatcher's `zzz <MM/DD/YYYY HH:MM:SS> Count:0`.

    What may follow is the tools' own business: such a line is nothing but a stamp.
    """
    text = line[3:].lstrip(_BLANKS)
    if text.startswith("<"):
        text = text[1:].partition(">")[0].strip(_BLANKS)
        return read_month_first(text) or read_stamp(text, front=False)
    if not text.startswith("*"):
        return None
    text = text.lstrip(_BLANKS + "*")
    match_bare, _ = _front_matchers()
    found = match_bare(text, 0)
    return read_stamp(text, front=False) or (read_stamp(found[1], front=True) if found else None)


# Stamps in front of text -------------------------------------------------------------------------


def _skip_blanks(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _find(line: str, start: int) -> tuple[Stamp, int] | None:
    match_bare, match_bracketed = _front_matchers()
    found = (match_bracketed if line.startswith("[", start) else match_bare)(line, start)
    stamp = read_stamp(found[1], front=True) if found else None
    if not found or not stamp or _is_all(line, start, found.end()):
        return None
    if line.startswith((" ", "\t")) and _is_weak(stamp):
        return None
    if stamp.problem == RELATIVE:
        return stamp, found.end()
    return stamp, _skip_tag(line, found.end())


def _is_weak(stamp: Stamp) -> bool:
    """Whether it may be no stamp at all when indented: `uptime` and `netstat -s` begin so."""
    return stamp.problem == RELATIVE or stamp.text[:10].isdigit()


def _is_all(line: str, start: int, end: int) -> bool:
    """Whether the line is one longer stamp, whose end (`UTC 2026`) only looks like other text."""
    if len(line) - end > 32 or not line[end:].strip(_BLANKS):
        return False
    return read_stamp(line[start:].strip(_BLANKS), front=False) is not None


def _skip_tag(line: str, start: int) -> int:
    """Where the message starts: behind syslog's host and program, if they are there."""
    tag = _HOST_AND_TAG.match(line, start)
    return tag.end() if tag else start


_RFC5424_HEADER = LazyPattern(
    # version and time
    r"1 (-|[0-9]{4}-[0-9]{2}-[0-9]{2}T[^\s]{1,40})"
    # host, program, pid, id of the message
    r" [!-~]{1,255} [!-~]{1,48} [!-~]{1,128} [!-~]{1,32}"
    # no structured data, or its first element
    r" (?:-|(?=\[))"
)
_RFC5424_ELEMENT = LazyPattern(r"(?s:\[(?:[^\]\\]|\\.)*+\])")
"""Of structured data: `[origin ip="10.0.0.7"]`."""


def _find_rfc5424(line: str, start: int, has_priority: bool) -> tuple[Stamp, int] | None:
    """`1 2026-11-22T12:22:41Z host program pid msgid structured-data message`."""
    found = _RFC5424_HEADER.match(line, start) if line.startswith("1 ", start) else None
    if not found:
        return None
    stamp = read_stamp(found[1], front=True)
    if found[1] == "-" and has_priority:
        stamp = Stamp("-", None, NO_TIME)
    end = found.end()
    while element := _RFC5424_ELEMENT.match(line, end):
        end = element.end()
    if not stamp or line[end : end + 1] not in ("", *_BLANKS):
        return None
    end += line.startswith((" ", "\t"), end)
    # The standard puts a byte-order mark in front of a message in UTF-8.
    return stamp, end + line.startswith("\ufeff", end)
