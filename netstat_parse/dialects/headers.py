"""Banners and headers: which table begins, in which dialect.

The common ones were worked out ahead of time (`frozen.py`); about others the registry is asked,
which imports the dialects.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from netstat_parse.dialects import frozen
from netstat_parse.grammar.layout import HeaderSort, Layout
from netstat_parse.lazy import LazyPattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.grammar.dialect import Shape

LONGEST = 1024
"""Characters; no netstat prints a longer header."""


class Banner(NamedTuple):
    """The line above a table."""

    text: str
    dialects: tuple[str, ...]
    """Those that print it."""
    follows_another_table: bool
    """Its table stands below another one, in the same run of netstat."""
    has_titles: bool = True
    """False if rows come right below it, and no header."""


class OtherBanner(NamedTuple):
    """The line above a table that is not read."""

    text: str
    dialect: str
    """One that prints it."""


def find_banner(text: str) -> Banner | None:
    """The banner that a line is, or None. `text` has no blanks around it."""
    known = frozen.BANNERS.get(text)
    if known is None and text.endswith(":"):  # as a person writes a title
        text = text[:-1]
        known = frozen.BANNERS.get(text)
    return Banner(text, *known) if known is not None else None


def find_other_banner(text: str) -> OtherBanner | None:
    """The banner of a table that is not read, or None.

    Of the banners that are known, one that ends with a colon is the whole line.
    """
    folded = " ".join(text.split())
    for line, dialect in _OTHER_LINES:
        if line.match(folded):
            return OtherBanner(text, dialect)
    if not folded.startswith(_OTHER_STARTS):
        return None
    for start, dialect in frozen.OTHER_BANNERS.items():
        if folded == start or (folded.startswith(start) and not start.endswith(":")):
            return OtherBanner(text, dialect)
    return None


_OTHER_STARTS = tuple(frozen.OTHER_BANNERS)
_OTHER_LINES = [(LazyPattern(line), dialect) for line, dialect in frozen.OTHER_LINES.items()]


_LINES_OF_ROWS = [
    (LazyPattern(rf"[ \t]*(\w*)[ \t]+{row}(?:[ \t]+{row})*[ \t]*"), LazyPattern(row))
    for row in frozen.ROWS_IN_LINE
]


def split_line(text: str) -> list[str]:
    """The banner and the rows that stand in one line, as if each had its own; empty if they do not.

    `TCP     tcpRtoAlgorithm     =     4     tcpRtoMin           =   400`
    """
    for line, row in _LINES_OF_ROWS:
        found = line.fullmatch(text)
        if found is not None:
            banner = f"{found[1]} =" if found[1] else ""
            rows = [f"\t{one[0]}" for one in row.finditer(text[found.end(1) :])]
            if banner in frozen.BANNERS:
                return [banner, *rows]
            return rows if not banner and len(rows) > 1 else []
    return []


def is_of_system(dialect: str, others: tuple[str, ...]) -> bool:
    """True if one of the others is of the same system, so that one run may print the tables of
    both."""
    return frozen.SYSTEMS[dialect] in map(frozen.SYSTEMS.get, others)


def may_be_header(text: str) -> bool:
    """A cheap test that almost every line fails which is no header."""
    return text in frozen.LAYOUTS or (
        len(text) <= LONGEST
        and any(all(title in text for title in titles) for titles in frozen.REQUIRED_TITLES)
    )


def _as_printed(header: str) -> str:
    """A header that somebody wrote down, as netstat prints it."""
    return header.replace("(State)", "(state)") if "(State)" in header else header


def sort_of_header(header: str, dialect: str | None = None) -> HeaderSort | None:
    """Of which sort a header is; None if the line is no header. It takes no time to speak of."""
    header = _as_printed(header)
    ready = frozen.LAYOUTS.get(header)
    if ready is not None and dialect in (None, ready.dialect):
        return ()
    if not may_be_header(header):
        return None
    from netstat_parse.dialects import registry

    return registry.sort_of_header(header, dialect)


def find_untitled_layout(banner: str, dialect: str | None = None) -> Layout | None:
    """The layout of the rows right below a banner, where no header comes."""
    from netstat_parse.dialects.registry import read_header

    return read_header(banner, dialect)


def is_known_header(header: str, dialect: str | None = None) -> bool:
    """True for a header of which every title is known. What it announces is not worked out."""
    if header in frozen.LAYOUTS and dialect is None:
        return True
    from netstat_parse.dialects.registry import find_owner
    from netstat_parse.grammar.dialect import read_titles

    owner = find_owner(header, dialect)
    if owner is None:
        return False
    known = {column.title for column in owner.spec.columns}
    return known.issuperset(read_titles(owner.spec, header) or ())


def find_layout_of_numbers(layout: Layout) -> Layout:
    """The layout of the same header where it is known that netstat was asked for numbers."""
    from netstat_parse.dialects.registry import with_numbers

    return with_numbers(layout) if layout.may_have_names else layout


def find_layout(header: str, dialect: str | None = None) -> Layout | None:
    """The layout that this line announces, or None if the line is no header.

    With `dialect`, a name that is known, only that one is asked.
    """
    header = _as_printed(header)
    ready = frozen.LAYOUTS.get(header)
    if ready is not None and dialect in (None, ready.dialect):
        return ready
    if not may_be_header(header):
        return None
    from netstat_parse.dialects.registry import read_header

    return read_header(header, dialect)


_SHAPES = [
    (LazyPattern(rf"{row}[ \t]*\Z"), (dialect, table, place))
    for row, dialect, table, place in frozen.SHAPES
]
SHAPED_DIALECTS = frozenset(dialect for _, dialect, *_ in frozen.SHAPES)
"""Those that print tables whose rows are known by their shape."""


def find_shaped(row: str, dialect: str | None = None) -> Iterator[tuple[Layout, Shape]]:
    """The tables that a row may be of by its shape, whatever stands above it."""
    for pattern, place in _SHAPES:
        if dialect in (None, place[0]) and pattern.match(row):
            from netstat_parse.dialects.registry import find_shaped_layout

            found = find_shaped_layout(row, *place)
            if found is not None:
                yield found
