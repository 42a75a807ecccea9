"""Two lines that became one: a row without its end, as a killed netstat leaves it, and the next.

`... ESTABLISHED 812/sshdSun Nov 22 12:05:00 UTC 2026`. What is behind must be a whole stamp,
banner, header or row; what is in front, a row.
"""

from __future__ import annotations

from collections.abc import Iterator

from netstat_parse.dialects.headers import find_banner, find_layout, may_be_header
from netstat_parse.grammar.padding import PROGRAM_FIELD
from netstat_parse.lazy import LazyPattern
from netstat_parse.reading import stamps
from netstat_parse.reading.classify import Row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.grammar.layout import Layout

DAYS = ("Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun ")
STARTS = (*DAYS, "Active ", "Proto ", "tcp ", "tcp6 ", "udp ", "unix ")
"""How lines start that may be glued to a path, which may have anything in it."""
LEAST = 40
"""Characters; no row is shorter, but for one whose blanks were folded."""
TRIED = 8
"""In so many places at most a second line is looked for."""

_START = LazyPattern(
    r"(?<=\S)(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? (?:[A-Z][a-z]{2}|[0-9]{1,2}) "
    r"|[12][0-9]{3}-[0-9]{2}-[0-9]{2}[T ]|Active |Proto |(?:tcp|udp|raw|unix)[46 ]{1,3} )"
)


def is_glued(text: str) -> bool:
    """True for lines of which one may be two: a quick test, for the rows of paths."""
    for start in STARTS:
        at = text.find(start)
        while at >= 0:
            if at and text[at - 1] not in " \t\n":
                return True
            at = text.find(start, at + 1)
    return False


def split_glued(text: str, layout: Layout) -> tuple[Row, str] | None:
    """The row and the line that stand in one line; None if it is one line."""
    for at in _places(text):
        first, second = text[:at], text[at:]
        found = layout.find_row(first) if _is_line(second, layout) else None
        if found is not None:
            return Row(first, *found), second
    return None


def _places(text: str) -> Iterator[int]:
    for tried, found in enumerate(_START.finditer(text, LEAST)):
        if tried == TRIED:
            return
        yield found.start()


def _is_line(text: str, layout: Layout) -> bool:
    """True for a known line that is longer than any name in a program's field."""
    if len(text) < PROGRAM_FIELD:
        return False
    if find_banner(text.strip()) is not None:
        return True
    stamp = stamps.whole_line(text)
    if stamp is not None:
        return not stamp.invalid
    if may_be_header(text) and find_layout(text) is not None:
        return True
    return len(text) > LEAST and layout.find_row(text) is not None
