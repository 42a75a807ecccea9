"""Tables whose banner and header are in a language that no dialect knows.

Some rows are like nothing else: `TCP`, two endpoints and a state. The line right above the first of
them has the titles, and the line above that is the banner; blank lines may stand between. So a line
that may be one of the two is held until the next ones tell. The titles themselves say nothing: the
layout is that of the titles in a known language whose rows are read so.
"""

from __future__ import annotations

import re

from netstat_parse.dialects.headers import SHAPED_DIALECTS, find_banner, find_shaped
from netstat_parse.grammar.layout import Layout
from netstat_parse.lazy import LazyPattern
from netstat_parse.reading.account import LineKind
from netstat_parse.reading.beginnings import is_blank
from netstat_parse.reading.classify import (
    Blank,
    Heading,
    Line,
    Odd,
    Row,
    RowAlone,
    Stamped,
    without_stamps,
)
from netstat_parse.reading.infer import name_layouts
from netstat_parse.reading.stamps import Stamp
from netstat_parse.reading.state import At
from netstat_parse.reading.table import HeldLine
from netstat_parse.reading.transitions import open_table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.grammar.dialect import Shape
    from netstat_parse.reading.state import State

LONGEST = 300
"""Characters; a longer line is no header."""
MOST_WORDS = 16
HELD_AT_MOST = 2

_BYTE = LazyPattern(r"\\x[0-9a-f]{2}")
"""Of a text in another encoding."""
_DATA = LazyPattern(r"(?<!\S)[0-9][0-9.,]*+(?!\S)|:[0-9*]|[.,;!][ \t]*\Z")
"""What stands in no banner and no title: a number, a port, the end of a sentence."""
_GAP = LazyPattern(r"[ \t]{2,}|\t")


def may_be_above(text: str) -> bool:
    """True for a line that may be a banner or a header in any language."""
    if len(text) > 4 * LONGEST:
        return False
    bare = _BYTE.sub("?", text)
    if len(bare) > LONGEST or len(bare.split()) > MOST_WORDS:
        return False
    return _DATA.search(bare) is None


def find_titles(text: str) -> list[str]:
    """The texts in a line that two blanks or more are between."""
    return [title for title in _GAP.sub("\t", text.strip()).split("\t") if title]


def hold_above(section: State, odd: Odd | Heading) -> bool:
    """Hold a line that may be a banner or a header; False if it is neither.

    In another language a header may look like a heading of the table above.
    """
    table, aside = section.table, section.aside
    inside = table.layout.dialect if table else aside.dialect if aside else None
    text = without_stamps(odd.text, tuple(section.options.timestamp_formats))
    if (
        (isinstance(odd, Heading) and not section.above)
        or (inside is not None and inside not in SHAPED_DIALECTS)
        or not may_be_above(text)
    ):
        release_above(section)
        return False
    section.pass_pending_row()
    section.above.append(HeldLine(*section.account.place, odd.text))
    release_above(section, HELD_AT_MOST)
    return True


def release_above(section: State, kept: int = 0) -> None:
    """The lines that are held, but for the last few, are neither banner nor header.

    Between the rules that netstat prints around its tables they are its words nevertheless.
    """
    held, account = section.above, section.account
    if len(held) <= kept:
        return
    released, section.above = held[: len(held) - kept], held[len(held) - kept :]
    here = account.place
    for number, line, text in released:
        account.place = number, line
        if section.snapshot.rule and section.at is At.BETWEEN:
            account.note(text.strip())
        else:
            section.handle(Odd(text))
    account.place = here
    section.pass_pending_row()


def begin_table(section: State, found: Line) -> bool:
    """A line comes below those that are held; True if it is the first row of their table."""
    if not section.above:
        return False
    row = found.line if isinstance(found, Stamped) else found
    if isinstance(row, Blank | Heading) or (isinstance(row, Stamp) and is_blank(section, row)):
        return False
    if isinstance(row, Row | RowAlone | Odd):
        for layout, shape in find_shaped(row.text, section.options.dialect):
            if _begin_with(section, layout, shape):
                if isinstance(found, Stamped):
                    section.front = found.stamp.at
                return True
        if isinstance(row, Odd):
            return False  # it may be held as well
    release_above(section)
    return False


def _begin_with(section: State, layout: Layout, shape: Shape) -> bool:
    """Begin a table with the lines that are held; False if they are not above its rows."""
    formats = tuple(section.options.timestamp_formats)
    texts = [without_stamps(held.text, formats).lstrip(" \t") for held in section.above]
    starts = [len(held.text) - len(text) for held, text in zip(section.above, texts, strict=True)]
    if shape.follows and section.snapshot.dialect != layout.dialect:
        return False
    header = texts.pop() if shape.least_titles else ""
    if len(find_titles(header)) < shape.least_titles or starts[-1] < shape.least_indent:
        return False
    banner = texts.pop() if texts and section.banner is None else ""
    is_banner = len(find_titles(banner)) == 1 and starts[0] <= starts[-1]
    if not is_banner or re.search(shape.banner, banner) is None:
        banner = ""
    if shape.banner and not banner:
        return False
    if not banner and section.banner is None and (not header or section.snapshot.is_open):
        return False
    release_above(section, bool(banner) + bool(header))
    section.above = []
    if shape.banner_cell:
        layout = layout.giving({shape.banner_cell: banner.strip()})
    above = section.banner.text if section.banner is not None else banner.strip()
    _open_table(section, layout, f"{above}\n{header.strip()}")
    section.account.count(LineKind.BANNER, bool(banner))
    section.account.count(LineKind.HEADER, bool(header))
    has_titles = find_banner(layout.header) is None
    name = name_layouts([layout]) if has_titles else f"{layout.dialect} ({layout.kind.title})"
    section.sink.note(f"titles in another language: read as {name}")
    return True


def _open_table(section: State, layout: Layout, name: str) -> None:
    """The rows of this layout come, of this snapshot or of another one."""
    section.end_table()
    is_another = not layout.follows_another_table or section.snapshot.has_table(name)
    if is_another and section.snapshot.is_open:
        section.leave()
    open_table(section, layout)
    section.snapshot.add_table(name)
    section.at = At.IN_TABLE
