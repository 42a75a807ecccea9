"""Time stamps in formats that the user gives, in the language of strptime."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from netstat_parse.errors import TimestampFormatError
from netstat_parse.lazy import LazyPattern
from netstat_parse.reading.stamp_formats import KNOWN_ZONE, NO_YEAR, SOME_LEAP_YEAR, Stamp, zone_of


def read_first(texts: Iterable[str], formats: Sequence[str]) -> Stamp | None:
    """The first valid stamp that one of the texts is in one of the formats.

    If there is none, the first with the shape of a format and no valid time in it.
    """
    parsed = [_parse_format(given) for given in formats]
    return _first_valid(_read(text, form) for text in texts for form in parsed)


def find_first(line: str, start: int, formats: Sequence[str]) -> Stamp | None:
    """The first valid stamp that begins at `start` of a line, and ends before a blank.

    If there is none, the first with the shape of a format and no valid time in it.
    """
    parsed = [form for form in map(_parse_format, formats) if form.may_read(line, start)]
    if not parsed:
        return None
    gaps = _GAPS.finditer(line, start, start + _LONGEST)
    ends = [gap.start() for gap in islice(gaps, _MOST_WORDS)]
    return _first_valid(
        _read(line[start:end], form) for form in parsed for end in form.possible_ends(ends)
    )


def check_format(given: str) -> None:
    """Raises TimestampFormatError for a format that strptime does not know, or with no time in it.

    Without this, a log with such a format would be read as one without stamps.
    """
    form = _parse_format(given)
    if form.pattern == EPOCH:
        return
    if "%" not in form.pattern.replace("%%", ""):
        raise TimestampFormatError(given, "there is no directive in it, such as %Y or %H")
    try:
        datetime.strptime("", form.pattern)
    except (ValueError, re.error, LookupError, OverflowError, TypeError) as error:
        if not (isinstance(error, ValueError) and str(error).startswith("time data")):
            raise TimestampFormatError(given, str(error)) from None


EPOCH = "%s"
"""Seconds since 1970, as date(1) has it; strptime does not know it."""
_MOST_WORDS = 12
_LONGEST = 256
"""Characters of a stamp; a longer text is none."""

_SHORTHANDS = {
    "F": "%Y-%m-%d",
    "T": "%H:%M:%S",
    "R": "%H:%M",
    "D": "%m/%d/%y",
    "e": "%d",
    "h": "%b",
}
"""What date(1) and ts know and strptime does not, or not in every version of Python."""

_OUT_OF_RANGE = LazyPattern(
    r"(?!time data|unconverted data).*(?:out of range|must be (?:in|a timedelta))"
)
"""strptime's way to say that the text has the shape of the format, but is no valid time."""

_GAPS = LazyPattern(r"[ \t]+")


class _Format(NamedTuple):
    """A strptime format. `words` is the number of words it reads, None if that varies."""

    pattern: str
    words: int | None
    has_year: bool
    has_zone_name: bool
    first: str
    """The first character of what it reads: `0` for any digit, empty if there is no telling."""

    def may_read(self, text: str, start: int = 0) -> bool:
        """A quick test whether a text that begins at `start` may be in this format."""
        character = text[start : start + 1]
        if self.first == "0":
            return character.isdigit()
        return not self.first or character.casefold() == self.first.casefold()

    def possible_ends(self, ends: list[int]) -> list[int]:
        """Those of the words' `ends` at which a text in this format may end, the longest first."""
        if self.words is None:
            return ends[::-1]
        return ends[self.words - 1 : self.words] if self.words else []


@lru_cache(maxsize=64)
def _parse_format(given: str) -> _Format:
    pattern = re.sub(
        "%(.)", lambda found: _SHORTHANDS.get(found[1], found[0]), given.strip(" \t\r\n")
    )
    directives = set(re.findall("%(.)", pattern, re.DOTALL))
    first = pattern[:1]
    if first == "%":
        first = "0" if pattern[1:2] in tuple("YymdHIMSfjGVuwUWs") else ""
    return _Format(
        pattern,
        words=None if directives & set("cxXnt") else len(pattern.split()),
        has_year=bool(directives & set("YyGcxs")),
        has_zone_name="Z" in directives and "z" not in directives,
        first=first,
    )


def _first_valid(stamps: Iterable[Stamp | None]) -> Stamp | None:
    invalid = None
    for stamp in stamps:
        if stamp and not stamp.invalid:
            return stamp
        invalid = invalid or stamp
    return invalid


@lru_cache(maxsize=256)
def _read(text: str, form: _Format) -> Stamp | None:
    """The stamp that all of `text` is in this format."""
    if not text or len(text) > _LONGEST or not form.may_read(text):
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
        return Stamp(text, None, NO_YEAR)
    tz, problem = zone_of(zone)
    return Stamp(text, at.replace(tzinfo=tz) if tz else at, problem)


def _strptime(text: str, form: _Format) -> datetime:
    if form.pattern == EPOCH:
        if not (text.isascii() and text.isdigit()):
            raise ValueError("time data is no number")
        return datetime.fromtimestamp(int(text), UTC)
    if form.has_year:
        return datetime.strptime(text, form.pattern)
    # Without a year, strptime knows no Feb 29 and newer ones warn.
    return datetime.strptime(f"{text} {SOME_LEAP_YEAR}", f"{form.pattern} %Y")


def _zone_name(text: str) -> str | None:
    """The zone that a text names; strptime knows only UTC, GMT and this machine's own."""
    found = re.search(rf"(?<![A-Za-z])(?:{KNOWN_ZONE})(?![A-Za-z])", text)
    return found[0] if found else None
