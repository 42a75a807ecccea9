"""Time stamps as people leave them in saved netstat output.

`whole_line` reads a line that is a stamp and nothing else (a loop with `date`, OSWatcher,
ExaWatcher); `at_start` reads a stamp in front of other text (moreutils `ts`, syslog). Both only
look at text: they read no clock and no time zone database. Nothing here raises on any input, and
the work is linear in the length of the line.

Two rules keep the times honest. A time zone abbreviation other than UTC and GMT names several
zones (CST is Chicago, Shanghai and Havana), so such a time stays naive and says so. A text with the
shape of a stamp and no valid time in it (Feb 30) is an invalid Stamp, not ordinary text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import timezone as fixed_zone
from functools import cache, lru_cache
from itertools import islice

from netstat_parse.patterns import compile_later
from netstat_parse.values import value

__all__ = ["Stamp", "at_start", "shown_by_watch", "whole_line"]


@value
class Stamp:
    """A time stamp of a log.

    `text` is the stamp as it stands in the log, without what surrounds it. `at` is its time: aware
    if the log gives an offset, UTC, GMT or Z, else naive; None if the stamp does not tell it (no
    year, no date, day and month in an unknown order) or is `invalid`. `problem` says in words what
    is missing, doubtful or wrong.
    """

    text: str
    at: datetime | None
    problem: str | None = None
    invalid: bool = False


def whole_line(line: str, formats: Sequence[str] = ()) -> Stamp | None:
    """The stamp that `line` consists of, or None if it is anything else.

    Blanks, rules (`=== ... ===`, `# ...`), brackets and labels (`Date: ...`) around the stamp are
    allowed. `formats` are strptime formats, tried before the known ones.
    """
    if formats and (stamp := _custom_line(line, formats)):
        return stamp
    if not _LINE_HEAD.match(line) or len(line) > _LONGEST_LINE:
        return None
    text = line.strip(_BLANKS)
    if text.startswith("zzz"):
        return _watcher(text)
    found = _read(_unwrap(text), front=False)
    # A bracket at the end may be the stamp's own: `+0100 (CET)`.
    return _read(text, front=False) if not found and text.endswith(")") else found


def shown_by_watch(line: str) -> Stamp | None:
    """The valid time at the end of a head line of watch(1), which has the command in it as well."""
    found = _WATCH.match(line) if line.startswith("Every ") and len(line) <= _LONGEST_LINE else None
    stamp = _read(found[1], front=False) if found else None
    return None if stamp is None or stamp.invalid else stamp


def at_start(line: str, formats: Sequence[str] = ()) -> tuple[Stamp, int] | None:
    """The stamp in front of `line` and the index where the rest of it starts, or None.

    One blank or tab behind the stamp belongs to it, and so do syslog's host and `program[pid]:`
    with the blank behind them; all the rest is left as it is. `formats` are strptime formats, tried
    before the known ones. A line that is a stamp and nothing else has none in front.
    """
    if formats and (found := _custom_start(line, formats)):
        return found
    if not _START_HEAD.match(line):
        return None
    start = len(line) - len(line.lstrip(" \t"))
    priority = _PRIORITY.match(line, start)
    if priority:
        start = priority.end()
    return _rfc5424(line, start, priority is not None) or _located(line, start)


# Patterns ----------------------------------------------------------------------------------------

_BLANKS = " \t\r\n"
_RULES = _BLANKS + "=-#*~_|+@/%"
_DECORATION = _RULES + "<>[](){}\"'"
_LONGEST_LINE = 512
_LONGEST_STAMP = 96

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_GAP = r"[ \t]{1,3}"
_WEEKDAY = (
    r"(?P<weekday>Mon(?:day)?|Tue(?:sday)?|Wed(?:nesday)?|Thu(?:rsday)?|Fri(?:day)?"
    rf"|Sat(?:urday)?|Sun(?:day)?),?{_GAP}"
)
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sep(?:t|tember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_DAY = r"(?P<day>[0-9]{1,2})"
_YEAR = r"(?P<year>[12][0-9]{3})"
_FRACTION = r"(?:[.,](?P<fraction>[0-9]{1,9}))?"
_CLOCK = rf"(?P<hour>[0-9]{{1,2}}):(?P<minute>[0-9]{{2}}):(?P<second>[0-9]{{2}}){_FRACTION}"
_SHORT_CLOCK = (
    rf"(?P<hour>[0-9]{{1,2}}):(?P<minute>[0-9]{{2}})(?::(?P<second>[0-9]{{2}}){_FRACTION})?"
)
_HALF = r"(?:[ \t\u00a0\u202f]?(?P<half>[AaPp])\.?[Mm]\.?(?![A-Za-z0-9]))?"
_OFFSET = r"[+-][0-9]{2}(?::?[0-9]{2})?"
_ANY_ZONE = r"[A-Z][A-Za-z]{1,9}"
_ANY_LAST_ZONE = r"[A-Z]{2,5}|ChST"

# Where text may follow, a word is taken for a time zone only if it is one: `TCP`, the first word
# of a Windows row, has the shape of an abbreviation too.
_KNOWN_ZONE = (
    "UTC|GMT|UT|UCT|CST|CDT|EST|EDT|MST|MDT|PST|PDT|AKST|AKDT|HST|HDT|AST|ADT|NST|NDT|BRT|BRST|ART"
    "|CLT|CLST|COT|PET|WET|WEST|CET|CEST|MET|MEST|EET|EEST|BST|IST|IDT|MSK|MSD|TRT|SAST|EAT|CAT|WAT"
    "|PKT|NPT|ICT|WIB|WITA|WIT|SGT|HKT|PHT|JST|KST|AWST|ACST|ACDT|AEST|AEDT|NZST|NZDT|SST|ChST"
)


def _zone_behind(names: str) -> str:
    """A zone at the end of a stamp, with the comment that mail puts there: `+0100 (CET)`."""
    comment = r"(?:[ \t]\([A-Z]{2,5}\))?"
    return rf"(?:[ \t]{{0,2}}(?P<zone>{_OFFSET}|[Zz]|(?<=[ \t])(?:{names})){comment})?"


def _optional(pattern: str) -> str:
    return f"(?:{pattern})?"


_LINE_HEAD = compile_later(
    r"[ \t]*+(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|zzz"
    r"|[0-9]{1,4}[-/: ]|[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}|[0-9]{8}[-T_ ]|[0-9]{10}"
    r"""|[=\-#*~_|+@/%<>\[({"']"""
    r"|[Tt](?:ime|IME|[Ss]\b)|[Dd](?:ate|ATE)|[Cc](?:ap|urr|oll)|[Ss](?:nap|tart)|[Nn](?:ow|etstat)"
    r"|[Rr]un)"
)
"""A cheap test that almost every line fails: how a line that is a stamp may begin."""

_START_HEAD = compile_later(
    r"[ \t]*+(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
    r"|[0-9]{1,4}[-/: ]|[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}|[0-9]{8}[-T_ ]|[0-9]{10}|\[|<[0-9])"
)
"""The same for a line that begins with a stamp."""

_WATCH = compile_later(
    rf"Every [0-9.,]{{1,13}}s: .*(?:: |[ ]{{2}})((?:{'|'.join(_DAYS)}|[12][0-9]{{3}}-).*)\Z"
)
"""The interval, the command, in newer versions the host, and the time."""

_PRIORITY = compile_later(r"<[0-9]{1,3}>")

_LABEL = compile_later(
    r"(?i:time[ _]?stamp|(?:current[ _])?(?:date[ /_]?time|date|time)|captured|snapshot|now"
    r"|collected|start(?:ed)?|run|ts|netstat(?:[ \t]-[a-z0-9]{1,16}){0,4})\b"
    r"(?:[ \t](?i:at|on))?[ \t]*[:=]?[ \t]*"
)

_HOST_AND_TAG = compile_later(
    r"[0-9A-Za-z_:][0-9A-Za-z_.:%-]{0,254}(?<!:)[ \t]"
    r"[A-Za-z_(/.%][^\s:\[\]]{0,63}(?:\[[^\s\[\]]{0,32}\])?:(?:[ \t]|(?=[\r\n]|\Z))"
)
"""RFC 3164: host, program, perhaps [pid], colon. A netstat row has a number for its second word."""


# Times -------------------------------------------------------------------------------------------

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_EPOCH = 946_684_800
"""2000-01-01: a smaller number is more likely a counter."""
_END_OF_EPOCH = 4_102_444_800
"""2100-01-01."""
_SOME_LEAP_YEAR = 2000

_NO_YEAR = "no year in the stamp"
_NO_DATE = "no date in the stamp"
_RELATIVE = "relative stamp, no date"
_NO_TIME = "no time in the stamp"
_EITHER_ORDER = "day and month are in an unknown order"

_Groups = dict[str, str | None]
_Builder = Callable[[str, _Groups], Stamp | None]


class _TimeError(Exception):
    """The shape of a stamp without a valid time; the text says why."""


def _calendar(text: str, groups: _Groups) -> Stamp:
    """A stamp of named parts; the year may be missing."""
    month, year = groups["month"] or "", groups.get("year")
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1
    day = _date(int(year) if year else _SOME_LEAP_YEAR, number, int(groups["day"] or 0))
    return _stamp(text, day, groups) if year else _dateless(text, groups, _NO_YEAR)


def _slashes(text: str, groups: _Groups) -> Stamp:
    """`11/22/2026 12:22` or `22/11/2026 12:22`: a stamp of Windows, if only one order fits."""
    first, second, year = (int(groups[name] or 0) for name in ("one", "two", "year"))
    readings = _readings(year, first, second)
    weekday = (groups.get("weekday") or "")[:3]
    fitting = [day for day in readings if _DAYS[day.weekday()] == weekday] or readings
    if len(fitting) > 1:
        return _dateless(text, groups, _EITHER_ORDER)
    return _stamp(text, fitting[0], groups)


def _month_first(text: str, groups: _Groups) -> Stamp:
    """The same, where MM/DD/YYYY is agreed on."""
    first, second, year = (int(groups[name] or 0) for name in ("one", "two", "year"))
    return _stamp(text, _date(year, first, second), groups)


def _epoch(text: str, groups: _Groups) -> Stamp | None:
    seconds, fraction = groups["seconds"] or "", groups["millis"] or groups["fraction"]
    if not _FIRST_EPOCH <= int(seconds) < _END_OF_EPOCH:
        return None
    passed = timedelta(seconds=int(seconds), microseconds=_microseconds(fraction))
    return Stamp(text, _EPOCH + passed)


def _bare_clock(text: str, groups: _Groups) -> Stamp:
    return _dateless(text, groups, _NO_DATE)


def _duration(text: str, groups: _Groups) -> Stamp:
    return _dateless(text, groups, _RELATIVE)


def _stamp(text: str, day: date, groups: _Groups) -> Stamp:
    hour, minute, second = _clock(groups)
    zone, problem = _zone(groups.get("zone"))
    micros = _microseconds(groups.get("fraction"))
    at = datetime(day.year, day.month, day.day, hour, minute, second, micros, zone)
    weekday = groups.get("weekday")
    if weekday and _DAYS[day.weekday()] != weekday[:3]:
        contradiction = f"{day} is a {_DAYS[day.weekday()]}, not a {weekday}"
        problem = f"{problem}; {contradiction}" if problem else contradiction
    return Stamp(text, at, problem)


def _dateless(text: str, groups: _Groups, problem: str) -> Stamp:
    """A stamp whose date is not known; what it does tell must be valid nevertheless."""
    _clock(groups)
    _zone(groups.get("zone"))
    return Stamp(text, None, problem)


def _date(year: int, month: int, day: int) -> date:
    if not 1900 <= year < 2200:
        raise _TimeError(f"year {year:04} is out of range")
    if not 1 <= month <= 12:
        raise _TimeError(f"there is no month {month}")
    try:
        return date(year, month, day)
    except ValueError:
        raise _TimeError(f"{_MONTHS[month - 1]} has no day {day}") from None


def _readings(year: int, first: int, second: int) -> list[date]:
    """The one or two dates that two numbers of unknown order may mean."""
    try:
        found = [_date(year, first, second)]
    except _TimeError:
        return [_date(year, second, first)]
    if first != second and second <= 12:
        found.append(_date(year, second, first))
    return found


def _clock(groups: _Groups) -> tuple[int, int, int]:
    hour, minute = int(groups["hour"] or 0), int(groups["minute"] or 0)
    second, half = int(groups.get("second") or 0), groups.get("half")
    if hour > 23 or (half and not 1 <= hour <= 12):
        raise _TimeError(f"there is no hour {hour}" + (f" {half.upper()}M" if half else ""))
    if minute > 59:
        raise _TimeError(f"there is no minute {minute}")
    if second > 59:
        leap = ": leap seconds cannot be represented" if second == 60 else ""
        raise _TimeError(f"there is no second {second}{leap}")
    if half:
        hour = hour % 12 + (12 if half in "Pp" else 0)
    return hour, minute, second


def _microseconds(fraction: str | None) -> int:
    return int(fraction[:6].ljust(6, "0")) if fraction else 0


def _zone(text: str | None) -> tuple[tzinfo | None, str | None]:
    """The zone that `text` names without doubt, or None and the doubt."""
    if not text:
        return None, None
    if text.upper() in ("UTC", "GMT", "UT", "UCT", "Z"):
        return UTC, None
    if text[0] not in "+-":
        return None, f"time zone {text} is ambiguous"
    digits = text[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 23 or minutes > 59:
        raise _TimeError(f"there is no time zone offset {text}")
    offset = timedelta(hours=hours, minutes=minutes)
    return (fixed_zone(-offset if text[0] == "-" else offset) if offset else UTC), None


# The table of formats ----------------------------------------------------------------------------

_SLASHED = (
    rf"{_optional(_WEEKDAY)}(?P<one>[0-9]{{1,2}})/(?P<two>[0-9]{{1,2}})/{_YEAR}"
    rf",?{_GAP}{_SHORT_CLOCK}{_HALF}{_zone_behind(_KNOWN_ZONE)}"
)


def _formats(names: str) -> tuple[tuple[str, _Builder], ...]:
    """Pattern and builder of each format; `names` are the time zones allowed at a stamp's end."""
    at_end = _zone_behind(names)
    return (
        # coreutils date, C and en_US: Sun Nov 22 12:22:41 PM UTC 2026
        (
            rf"{_WEEKDAY}{_MONTH}{_GAP}{_DAY},?{_GAP}{_CLOCK}{_HALF}"
            rf"{_GAP}(?:(?P<zone>{_ANY_ZONE}|{_OFFSET}|Z){_GAP})?{_YEAR}",
            _calendar,
        ),
        # ISO 8601, RFC 3339, `date -Is`, systemd (which puts a weekday in front)
        (
            rf"{_optional(_WEEKDAY)}(?P<year>[0-9]{{4}})(?=-[0-9]{{2}}-|/[0-9]{{2}}/)"
            r"[-/](?P<month>[0-9]{2})[-/](?P<day>[0-9]{2})"
            rf"(?:[Tt_]|[ \t]{{1,2}}){_SHORT_CLOCK}{_HALF}{_zone_behind(_KNOWN_ZONE)}",
            _calendar,
        ),
        # ISO 8601's basic format, and what scripts put into names: 20261122-122241
        (
            r"(?P<year>[12][0-9]{3})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
            r"[T_ -]?(?P<hour>[0-9]{2}):?(?P<minute>[0-9]{2}):?(?P<second>[0-9]{2})"
            rf"{_FRACTION}{_zone_behind(_KNOWN_ZONE)}",
            _calendar,
        ),
        # The same: 2026-11-22_12-22-41
        (
            r"(?P<year>[12][0-9]{3})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
            r"[T_ -](?P<hour>[0-9]{2})-(?P<minute>[0-9]{2})-(?P<second>[0-9]{2})",
            _calendar,
        ),
        # coreutils date, en_GB: Sun 22 Nov 12:22:41 UTC 2026
        (
            rf"{_WEEKDAY}{_DAY}{_GAP}{_MONTH}{_GAP}{_CLOCK}{_HALF}"
            rf"{_GAP}(?:(?P<zone>{_ANY_ZONE}|{_OFFSET}|Z){_GAP})?{_YEAR}",
            _calendar,
        ),
        # RFC 5322 (`date -R`), newer en_US: Sun, 22 Nov 2026 12:22:41 +0000
        (
            rf"{_optional(_WEEKDAY)}{_DAY}(?:[-/]|{_GAP}){_MONTH}(?:[-/]|,?{_GAP}){_YEAR}"
            rf"(?::|,?{_GAP}){_CLOCK}{_HALF}{at_end}",
            _calendar,
        ),
        # Cygwin, PowerShell, syslog with a year: Nov 22 2026 12:22:41
        (
            rf"{_optional(_WEEKDAY)}{_MONTH}{_GAP}{_DAY},?{_GAP}{_YEAR},?{_GAP}"
            rf"{_CLOCK}{_HALF}{at_end}",
            _calendar,
        ),
        # RFC 3164 and ts: no year
        (
            rf"{_optional(_WEEKDAY)}{_MONTH}{_GAP}{_DAY}{_GAP}{_CLOCK}{_HALF}"
            rf"{_zone_behind(_KNOWN_ZONE)}",
            _calendar,
        ),
        # Windows: `echo %date% %time%`
        (_SLASHED, _slashes),
        (
            rf"(?P<day>[0-9]{{1,2}})\.(?P<month>[0-9]{{1,2}})\.{_YEAR},?{_GAP}"
            rf"{_SHORT_CLOCK}{_zone_behind(_KNOWN_ZONE)}",
            _calendar,
        ),
        # `date +%s`, `date +%s.%N`, milliseconds
        (
            r"(?P<seconds>[0-9]{10})(?:(?P<millis>[0-9]{3})|[.,](?P<fraction>[0-9]{1,9}))?",
            _epoch,
        ),
    )


_Table = tuple[tuple[re.Pattern[str], _Builder], ...]


@cache
def _table(front: bool) -> _Table:
    return _compiled(*_formats(_KNOWN_ZONE if front else _ANY_LAST_ZONE), _bare(front))


@cache
def _watcher_table() -> _Table:
    return _compiled((_SLASHED, _month_first))


def _bare(front: bool) -> tuple[str, _Builder]:
    """`ts -s` and `ts -i` write a duration in front; `date +%T` a time of day."""
    return (_CLOCK, _duration) if front else (_CLOCK + _HALF, _bare_clock)


def _compiled(*formats: tuple[str, _Builder]) -> _Table:
    return tuple((compile_later(pattern), builder) for pattern, builder in formats)


_Search = Callable[[str, int], re.Match[str] | None]


@cache
def _locators() -> tuple[_Search, _Search]:
    """What finds the end of a stamp in front of text: a bare one, and one in brackets."""
    patterns = [pattern for pattern, _ in (*_formats(_KNOWN_ZONE), _bare(front=True))]
    nameless = re.sub(r"\(\?P<\w+>", "(?:", "|".join(patterns))
    # An offset that the stamp could not take in (`-0600.`) would leave another time behind.
    bare = re.compile(rf"({nameless})(?::|[ ]-)?[ \t](?![ \t]?{_OFFSET}(?![0-9]))")
    bracketed = re.compile(rf"\[[ \t]?({nameless})[ \t]?\]:?[ \t]?")
    return bare.match, bracketed.match


def _read(text: str, *, front: bool) -> Stamp | None:
    """The stamp that `text` is. `front` says that it stood in front of other text."""
    return _remembered(text, front) if len(text) <= _LONGEST_STAMP else None


@lru_cache(maxsize=256)
def _remembered(text: str, front: bool) -> Stamp | None:
    return _look_up(text, _table(front))


def _look_up(text: str, table: _Table) -> Stamp | None:
    for pattern, builder in table:
        found = pattern.fullmatch(text)
        if found:
            try:
                return builder(text, found.groupdict())
            except _TimeError as why:
                return Stamp(text, None, str(why), invalid=True)
    return None


# Lines -------------------------------------------------------------------------------------------


def _unwrap(line: str) -> str:
    """`line` without the rules, brackets and labels around its middle."""
    text = line.strip(_DECORATION)
    label = _LABEL.match(text)
    if label:
        text = text[label.end() :].strip(_DECORATION)
    return text.rstrip(_DECORATION + ":.")


def _watcher(line: str) -> Stamp | None:
    """OSWatcher's `zzz ***` and a date; ExaWatcher's `zzz <MM/DD/YYYY HH:MM:SS> Count:0`.

    What may follow is the tools' own business: such a line is nothing but a stamp.
    """
    text = line[3:].lstrip(_BLANKS)
    if text.startswith("<"):
        text = text[1:].partition(">")[0].strip(_BLANKS)
        if len(text) > _LONGEST_STAMP:
            return None
        return _look_up(text, _watcher_table()) or _read(text, front=False)
    if not text.startswith("*"):
        return None
    text = text.lstrip(_BLANKS + "*")
    found = _locators()[0](text, 0)
    return _read(text, front=False) or (_read(found[1], front=True) if found else None)


def _located(line: str, start: int) -> tuple[Stamp, int] | None:
    bare, bracketed = _locators()
    found = (bracketed if line.startswith("[", start) else bare)(line, start)
    stamp = _read(found[1], front=True) if found else None
    if not found or not stamp or _is_all(line, start, found.end()):
        return None
    if line.startswith((" ", "\t")) and _is_weak(stamp):
        return None
    if stamp.problem == _RELATIVE:
        return stamp, found.end()
    return stamp, _behind_tag(line, found.end())


def _is_weak(stamp: Stamp) -> bool:
    """Whether it may be no stamp at all when indented: `uptime` and `netstat -s` begin so."""
    return stamp.problem == _RELATIVE or stamp.text[:10].isdigit()


def _is_all(line: str, start: int, end: int) -> bool:
    """Whether the line is one longer stamp, whose end (`UTC 2026`) only looks like other text."""
    if len(line) - end > 32 or not line[end:].strip(_BLANKS):
        return False
    return _read(line[start:].strip(_BLANKS), front=False) is not None


def _behind_tag(line: str, start: int) -> int:
    tag = _HOST_AND_TAG.match(line, start)
    return tag.end() if tag else start


@cache
def _rfc5424_parts() -> tuple[_Search, _Search]:
    header = re.compile(
        r"1 (-|[0-9]{4}-[0-9]{2}-[0-9]{2}T[^\s]{1,40})"
        r" [!-~]{1,255} [!-~]{1,48} [!-~]{1,128} [!-~]{1,32} (?:-|(?=\[))"
    )
    element = re.compile(r"\[(?:[^\]\\]|\\.)*+\]", re.DOTALL)
    return header.match, element.match


def _rfc5424(line: str, start: int, has_priority: bool) -> tuple[Stamp, int] | None:
    """`1 2026-11-22T12:22:41Z host program pid msgid structured-data message`."""
    header, element = _rfc5424_parts()
    found = header(line, start) if line.startswith("1 ", start) else None
    if not found:
        return None
    stamp = _read(found[1], front=True)
    if found[1] == "-" and has_priority:
        stamp = Stamp("-", None, _NO_TIME)
    end = found.end()
    while data := element(line, end):
        end = data.end()
    if not stamp or line[end : end + 1] not in ("", *_BLANKS):
        return None
    end += line.startswith((" ", "\t"), end)
    # The standard puts a byte-order mark in front of a message in UTF-8.
    return stamp, end + line.startswith("\ufeff", end)


# Formats of the user -----------------------------------------------------------------------------

_MOST_WORDS = 12
_LONGEST_CUSTOM = 256
_SHORTHANDS = {
    "F": "%Y-%m-%d",
    "T": "%H:%M:%S",
    "R": "%H:%M",
    "D": "%m/%d/%y",
    "e": "%d",
    "h": "%b",
}
"""What date(1) and ts know and strptime does not, or not in every version of Python."""

_OUT_OF_RANGE = compile_later(
    r"(?!time data|unconverted data).*(?:out of range|must be (?:in|a timedelta))"
)
"""strptime's way to say that the text has the shape of the format, but is no valid time."""

_GAPS = compile_later(r"[ \t]+")


@value
class _Format:
    """A strptime format. `words` is the number of words it reads, None if that varies."""

    pattern: str
    words: int | None
    has_year: bool
    has_zone_name: bool
    first: str
    """The first character of what it reads: `0` for any digit, empty if there is no telling."""

    def may_read(self, text: str, start: int = 0) -> bool:
        character = text[start : start + 1]
        if self.first == "0":
            return character.isdigit()
        return not self.first or character.casefold() == self.first.casefold()

    def prefixes(self, ends: list[int]) -> list[int]:
        """Those of the words' `ends` at which a text in this format may end, the longest first."""
        if self.words is None:
            return ends[::-1]
        return ends[self.words - 1 : self.words] if self.words else []


@lru_cache(maxsize=64)
def _custom_format(given: str) -> _Format:
    pattern = re.sub(
        "%(.)", lambda found: _SHORTHANDS.get(found[1], found[0]), given.strip(_BLANKS)
    )
    directives = set(re.findall("%(.)", pattern, re.DOTALL))
    first = pattern[:1]
    if first == "%":
        first = "0" if pattern[1:2] in tuple("YymdHIMSfjGVuwUW") else ""
    return _Format(
        pattern,
        words=None if directives & set("cxXnt") else len(pattern.split()),
        has_year=bool(directives & set("YyGcx")),
        has_zone_name="Z" in directives and "z" not in directives,
        first=first,
    )


def _custom_line(line: str, formats: Sequence[str]) -> Stamp | None:
    if len(line) > _LONGEST_LINE:
        return None
    text = line.strip(_BLANKS)
    candidates = dict.fromkeys((text, text.strip(_RULES), _unwrap(text)))
    forms = [_custom_format(given) for given in formats]
    return _first_valid(_custom(candidate, form) for candidate in candidates for form in forms)


def _custom_start(line: str, formats: Sequence[str]) -> tuple[Stamp, int] | None:
    start = len(line) - len(line.lstrip(" \t"))
    forms = [form for form in map(_custom_format, formats) if form.may_read(line, start)]
    if not forms:
        return None
    gaps = _GAPS.finditer(line, start, start + _LONGEST_CUSTOM)
    ends = [gap.start() for gap in islice(gaps, _MOST_WORDS)]
    stamp = _first_valid(
        _custom(line[start:end], form) for form in forms for end in form.prefixes(ends)
    )
    return (stamp, _behind_tag(line, start + len(stamp.text) + 1)) if stamp else None


def _first_valid(stamps: Iterator[Stamp | None]) -> Stamp | None:
    """The first valid stamp; if there is none, the first invalid one."""
    invalid = None
    for stamp in stamps:
        if stamp and not stamp.invalid:
            return stamp
        invalid = invalid or stamp
    return invalid


@lru_cache(maxsize=256)
def _custom(text: str, form: _Format) -> Stamp | None:
    if not text or len(text) > _LONGEST_CUSTOM or not form.may_read(text):
        return None
    if not text.isascii() and any(c.isdecimal() and not c.isascii() for c in text):
        return None
    zone = _zone_name(text) if form.has_zone_name else None
    readable = text.replace(zone, "UTC", 1) if zone else text
    try:
        at = _strptime(readable, form)
    except ValueError as why:
        return Stamp(text, None, str(why), invalid=True) if _OUT_OF_RANGE.match(str(why)) else None
    except (re.error, LookupError, OverflowError, TypeError):
        return None  # a format that strptime itself stumbles over
    if not form.has_year:
        return Stamp(text, None, _NO_YEAR)
    tz, problem = _zone(zone)
    return Stamp(text, at.replace(tzinfo=tz) if tz else at, problem)


def _strptime(text: str, form: _Format) -> datetime:
    if form.has_year:
        return datetime.strptime(text, form.pattern)
    # Without a year, strptime knows no Feb 29 and newer ones warn.
    return datetime.strptime(f"{text} {_SOME_LEAP_YEAR}", f"{form.pattern} %Y")


def _zone_name(text: str) -> str | None:
    """The zone that a text names; strptime knows only UTC, GMT and this machine's own."""
    found = re.search(rf"(?<![A-Za-z])(?:{_KNOWN_ZONE})(?![A-Za-z])", text)
    return found[0] if found else None
