"""The formats of time stamps, and how a text in one of them becomes a time.

The table is `formats`. Two rules keep the times honest. A time zone abbreviation other than UTC and
GMT names several zones (CST is Chicago, Shanghai and Havana), so such a time stays naive and says
so. A text with the shape of a stamp and no valid time in it (Feb 30) is an invalid Stamp, not
ordinary text.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import timezone as fixed_zone
from functools import cache, lru_cache
from typing import NamedTuple

from netstat_parse.lazy import LazyPattern


class Stamp(NamedTuple):
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


NO_YEAR = "no year in the stamp"
NO_DATE = "no date in the stamp"
NO_TIME = "no time in the stamp"
RELATIVE = "relative stamp, no date"
EITHER_ORDER = "day and month are in an unknown order"

LONGEST_STAMP = 96
"""Characters; a longer text is no stamp."""

SOME_LEAP_YEAR = 2000
"""Stands in for a year that is not known: its February has 29 days."""

# Parts of patterns -------------------------------------------------------------------------------

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
"""PM, p.m.; en_US has a narrow no-break space before it."""
OFFSET = r"[+-][0-9]{2}(?::?[0-9]{2})?"
_ANY_ZONE = r"[A-Z][A-Za-z]{1,9}"
_ANY_LAST_ZONE = r"[A-Z]{2,5}|ChST"

KNOWN_ZONE = (
    "UTC|GMT|UT|UCT|CST|CDT|EST|EDT|MST|MDT|PST|PDT|AKST|AKDT|HST|HDT|AST|ADT|NST|NDT|BRT|BRST|ART"
    "|CLT|CLST|COT|PET|WET|WEST|CET|CEST|MET|MEST|EET|EEST|BST|IST|IDT|MSK|MSD|TRT|SAST|EAT|CAT|WAT"
    "|PKT|NPT|ICT|WIB|WITA|WIT|SGT|HKT|PHT|JST|KST|AWST|ACST|ACDT|AEST|AEDT|NZST|NZDT|SST|ChST"
)
"""Where text may follow, a word is taken for a time zone only if it is one of these: `TCP`, the
first word of a Windows row, has the shape of an abbreviation too."""


def _zone_behind(names: str) -> str:
    """A zone at the end of a stamp, with the comment that mail puts there: `+0100 (CET)`."""
    comment = r"(?:[ \t]\([A-Z]{2,5}\))?"
    return rf"(?:[ \t]{{0,2}}(?P<zone>{OFFSET}|[Zz]|(?<=[ \t])(?:{names})){comment})?"


def _optional(pattern: str) -> str:
    return f"(?:{pattern})?"


_KNOWN_ZONE_BEHIND = _zone_behind(KNOWN_ZONE)
_ZONE_BEFORE_YEAR = rf"(?:(?P<zone>{_ANY_ZONE}|{OFFSET}|Z){_GAP})?"

# Groups of a pattern -> Stamp --------------------------------------------------------------------

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_EPOCH = 946_684_800
"""2000-01-01: a smaller number is more likely a counter."""
_END_OF_EPOCH = 4_102_444_800
"""2100-01-01."""

_Groups = dict[str, str | None]
_Builder = Callable[[str, _Groups], Stamp | None]


class _TimeError(Exception):
    """The shape of a stamp without a valid time; the text says why."""


def _from_named_parts(text: str, groups: _Groups) -> Stamp:
    """A stamp that tells which number is the month; the year may be missing."""
    month, year = groups["month"] or "", groups.get("year")
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1
    day = _date(int(year) if year else SOME_LEAP_YEAR, number, int(groups["day"] or 0))
    return _stamp(text, day, groups) if year else _dateless(text, groups, NO_YEAR)


def _from_either_order(text: str, groups: _Groups) -> Stamp:
    """`11/22/2026 12:22` or `22/11/2026 12:22`: a stamp of Windows, if only one order fits."""
    first, second, year = (int(groups[name] or 0) for name in ("one", "two", "year"))
    dates = _dates_of_either_order(year, first, second)
    weekday = (groups.get("weekday") or "")[:3]
    fitting = [day for day in dates if _DAYS[day.weekday()] == weekday] or dates
    if len(fitting) > 1:
        return _dateless(text, groups, EITHER_ORDER)
    return _stamp(text, fitting[0], groups)


def _from_month_first(text: str, groups: _Groups) -> Stamp:
    """`11/22/2026 12:22`, from a program that always writes the month first."""
    first, second, year = (int(groups[name] or 0) for name in ("one", "two", "year"))
    return _stamp(text, _date(year, first, second), groups)


def _from_epoch(text: str, groups: _Groups) -> Stamp | None:
    seconds, fraction = groups["seconds"] or "", groups["millis"] or groups["fraction"]
    if not _FIRST_EPOCH <= int(seconds) < _END_OF_EPOCH:
        return None
    passed = timedelta(seconds=int(seconds), microseconds=_microseconds(fraction))
    return Stamp(text, _EPOCH + passed)


def _from_clock(text: str, groups: _Groups) -> Stamp:
    return _dateless(text, groups, NO_DATE)


def _from_duration(text: str, groups: _Groups) -> Stamp:
    return _dateless(text, groups, RELATIVE)


def _stamp(text: str, day: date, groups: _Groups) -> Stamp:
    hour, minute, second = _clock(groups)
    zone, problem = zone_of(groups.get("zone"))
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
    zone_of(groups.get("zone"))
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


def _dates_of_either_order(year: int, first: int, second: int) -> list[date]:
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


def zone_of(text: str | None) -> tuple[tzinfo | None, str | None]:
    """The zone that a text names without doubt, or None and the doubt in words."""
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


class StampFormat(NamedTuple):
    """A format of stamps: an example, its pattern, and what makes a Stamp of the groups."""

    example: str
    pattern: LazyPattern
    build: _Builder


def _format(example: str, pattern: str, build: _Builder) -> StampFormat:
    return StampFormat(example, LazyPattern(pattern), build)


_SLASHED = (
    rf"{_optional(_WEEKDAY)}(?P<one>[0-9]{{1,2}})/(?P<two>[0-9]{{1,2}})/{_YEAR}"
    rf",?{_GAP}{_SHORT_CLOCK}{_HALF}{_KNOWN_ZONE_BEHIND}"
)


@cache
def formats(front: bool) -> tuple[StampFormat, ...]:
    """The formats of a line that is a stamp; or of a stamp in front of other text.

    In front, only known words are time zones, and a bare time of day is a duration.
    """
    zone_behind = _zone_behind(KNOWN_ZONE if front else _ANY_LAST_ZONE)
    return (
        # coreutils date, C and en_US
        _format(
            "Sun Nov 22 12:22:41 PM UTC 2026",
            rf"{_WEEKDAY}{_MONTH}{_GAP}{_DAY},?{_GAP}{_CLOCK}{_HALF}"
            rf"{_GAP}{_ZONE_BEFORE_YEAR}{_YEAR}",
            _from_named_parts,
        ),
        # ISO 8601, RFC 3339, `date -Is`, systemd (which puts a weekday in front)
        _format(
            "2026-11-22T12:22:41+01:00",
            rf"{_optional(_WEEKDAY)}(?P<year>[0-9]{{4}})(?=-[0-9]{{2}}-|/[0-9]{{2}}/)"
            r"[-/](?P<month>[0-9]{2})[-/](?P<day>[0-9]{2})"
            rf"(?:[Tt_]|[ \t]{{1,2}}){_SHORT_CLOCK}{_HALF}{_KNOWN_ZONE_BEHIND}",
            _from_named_parts,
        ),
        # ISO 8601's basic format, and what scripts put into names
        _format(
            "20261122-122241",
            r"(?P<year>[12][0-9]{3})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
            r"[T_ -]?(?P<hour>[0-9]{2}):?(?P<minute>[0-9]{2}):?(?P<second>[0-9]{2})"
            rf"{_FRACTION}{_KNOWN_ZONE_BEHIND}",
            _from_named_parts,
        ),
        # what scripts put into names, too
        _format(
            "2026-11-22_12-22-41",
            r"(?P<year>[12][0-9]{3})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
            r"[T_ -](?P<hour>[0-9]{2})-(?P<minute>[0-9]{2})-(?P<second>[0-9]{2})",
            _from_named_parts,
        ),
        # coreutils date, en_GB
        _format(
            "Sun 22 Nov 12:22:41 UTC 2026",
            rf"{_WEEKDAY}{_DAY}{_GAP}{_MONTH}{_GAP}{_CLOCK}{_HALF}"
            rf"{_GAP}{_ZONE_BEFORE_YEAR}{_YEAR}",
            _from_named_parts,
        ),
        # RFC 5322 (`date -R`), newer en_US
        _format(
            "Sun, 22 Nov 2026 12:22:41 +0000",
            rf"{_optional(_WEEKDAY)}{_DAY}(?:[-/]|{_GAP}){_MONTH}(?:[-/]|,?{_GAP}){_YEAR}"
            rf"(?::|,?{_GAP}){_CLOCK}{_HALF}{zone_behind}",
            _from_named_parts,
        ),
        # Cygwin, PowerShell, syslog with a year
        _format(
            "Nov 22 2026 12:22:41",
            rf"{_optional(_WEEKDAY)}{_MONTH}{_GAP}{_DAY},?{_GAP}{_YEAR},?{_GAP}"
            rf"{_CLOCK}{_HALF}{zone_behind}",
            _from_named_parts,
        ),
        # RFC 3164 and ts: no year
        _format(
            "Nov 22 12:22:41",
            rf"{_optional(_WEEKDAY)}{_MONTH}{_GAP}{_DAY}{_GAP}{_CLOCK}{_HALF}{_KNOWN_ZONE_BEHIND}",
            _from_named_parts,
        ),
        # Windows: `echo %date% %time%`
        _format("Sun 11/22/2026 12:22:41.15", _SLASHED, _from_either_order),
        _format(
            "22.11.2026 12:22:41",
            rf"(?P<day>[0-9]{{1,2}})\.(?P<month>[0-9]{{1,2}})\.{_YEAR},?{_GAP}"
            rf"{_SHORT_CLOCK}{_KNOWN_ZONE_BEHIND}",
            _from_named_parts,
        ),
        # `date +%s`, `date +%s.%N`, milliseconds
        _format(
            "1795350161.25",
            r"(?P<seconds>[0-9]{10})(?:(?P<millis>[0-9]{3})|[.,](?P<fraction>[0-9]{1,9}))?",
            _from_epoch,
        ),
        # `ts -s` and `ts -i`; `date +%T`
        _format("00:00:01", _CLOCK, _from_duration)
        if front
        else _format("12:22:41", _CLOCK + _HALF, _from_clock),
    )


_MONTH_FIRST = (_format("01/10/2026 12:00:00", _SLASHED, _from_month_first),)
"""ExaWatcher's, which looks like Windows' and always has the month first."""


def read_stamp(text: str, *, front: bool) -> Stamp | None:
    """The stamp that all of `text` is. `front` says that it stood in front of other text."""
    return _read_and_remember(text, front) if len(text) <= LONGEST_STAMP else None


def read_month_first(text: str) -> Stamp | None:
    """The stamp that all of `text` is if it is `MM/DD/YYYY` and a time."""
    return _read(text, _MONTH_FIRST) if len(text) <= LONGEST_STAMP else None


@lru_cache(maxsize=256)
def _read_and_remember(text: str, front: bool) -> Stamp | None:
    return _read(text, formats(front))


def _read(text: str, table: tuple[StampFormat, ...]) -> Stamp | None:
    for _, pattern, build in table:
        found = pattern.fullmatch(text)
        if found:
            try:
                return build(text, found.groupdict())
            except _TimeError as why:
                return Stamp(text, None, str(why), invalid=True)
    return None
