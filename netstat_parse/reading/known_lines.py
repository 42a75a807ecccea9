"""Remembers banners and headers: a log has the same few of them again and again."""

from __future__ import annotations

from netstat_parse.dialects.headers import Banner
from netstat_parse.reading.classify import Header
from netstat_parse.reading.rows import is_plain
from netstat_parse.reading.state import At, State

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.reading.classify import Line

MOST_KNOWN = 64


class KnownLines:
    """What banners and headers are that came before outside of tables, where they come again."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, Banner | None, str | None], Banner | Header] = {}

    def find(self, section: State, text: str) -> Banner | Header | None:
        """What a line is, if the same came before in such a place."""
        if section.table is not None or not _is_outside(section):
            return None
        return self._known.get((text, section.banner, section.snapshot.dialect))

    def learn(self, section: State, text: str, found: Line) -> None:
        """A line has come, and this is what it is."""
        if isinstance(found, (Banner, Header)) and _is_outside(section) and is_plain(text):
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[text, section.banner, section.snapshot.dialect] = found


def _is_outside(section: State) -> bool:
    """True where nothing but the line, the banner above and the dialect tells what a line is."""
    is_outside = section.at is At.BETWEEN or section.at is At.UNDER_BANNER
    return is_outside and not section.above and section.wrapping.frame is None
