"""The rest of a row: lines that a line feed in a program's name, or in a path, has made of it.

Whoever chooses such a name could write stamps, prompts and banners into a capture. So below a row
whose text may go on, a line that can be its rest is not acted upon:

- Where padding shows how much of the row is missing, so much of what follows is its rest.
- Where it does not, a line that fits what a program's field may still hold, of 20 bytes, may be
  the rest: it is reported, or becomes a note if it looks like a prompt, and the name above is
  marked as truncated.
- A path, or the rest of a row that was cut in its middle, may be longer. Then the next line tells:
  a row that follows belongs to the table above, since netstat prints a header first; and what
  stands between is the rest. Anything else that follows leaves the lines what they look like.
"""

from __future__ import annotations

from typing import NamedTuple

from netstat_parse.dialects.headers import Banner, OtherBanner
from netstat_parse.grammar.padding import LONGEST_PATH, PROGRAM_FIELD
from netstat_parse.grammar.truncation import size_of
from netstat_parse.lazy import LazyPattern
from netstat_parse.reading import noise
from netstat_parse.reading.account import LineKind
from netstat_parse.reading.around import unescaped
from netstat_parse.reading.classify import (
    Expected,
    Header,
    Note,
    Odd,
    Prompt,
    Row,
    Rule,
    Stamped,
    classify,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.reading.classify import Line
    from netstat_parse.reading.section import Section
    from netstat_parse.reading.table import PendingRow, Table

IS_REST = "expected a row: this is the rest of the one above"
MAY_BE_REST = "expected a row: this may be the rest of the one above, whose name has no end"


_PROCESS_AT_END = LazyPattern(r" ([0-9]{1,10}/[^/\s]?.{0,17})\Z")
"""`pid/name` where a row ends, without the blanks that pad it."""


class HeldLine(NamedTuple):
    """A line that is held, with its number in the input."""

    number: int
    line: str
    text: str


class Doubt:
    """Lines that are the rest of the row above if a row follows, and else what they look like."""

    def __init__(self, above: str, room: int) -> None:
        self.above = above
        """The row, and the lines held below it, as one line."""
        self.room = room
        """How many bytes may still come."""
        self.lines: list[HeldLine] = []

    def hold(self, section: Section, text: str) -> None:
        """Hold a line."""
        self.lines.append(HeldLine(*section.account.place, section.text))
        self.above = f"{self.above}?{text}"
        self.room -= size_of(text) + 1


def take_rest(section: Section, table: Table, text: str) -> bool:
    """Take a line that is the rest of the row above, or may be; False if it is something else."""
    if table.is_rest_of_row(text):
        table.leave_unfinished(text)
        section.account.report(1, IS_REST)
        return True
    if section.doubt is not None:
        return _go_on_doubting(section, table, section.doubt, text)
    broken, table.broken = table.broken, ""
    if table.pending is not None:
        return _take_below_row(section, table, table.pending, text)
    if not broken:
        return False
    looks = _looks(section, text)
    if isinstance(looks, Row | Banner | Header):
        return False
    are_row = table.are_row(broken, text)
    if are_row and isinstance(looks, Odd | Note):
        section.account.report(1, IS_REST)
        return True
    if isinstance(looks, Note) and len(looks.text) > 2:
        table.broken = broken
        return False
    room = LONGEST_PATH if "path" in table.layout.names else PROGRAM_FIELD
    if not are_row and size_of(text) > room:
        return False
    return _doubt(section, Doubt(broken, room), text)


def _take_below_row(section: Section, table: Table, above: PendingRow, text: str) -> bool:
    """The same below a row whose last text may go on, or which is not padded."""
    if table.goes_on_in(above.text, text):
        return False
    fits = 0 < above.room >= size_of(text)
    are_row = table.are_row(above.text, text)
    if not fits and not are_row:
        return False
    if not text.strip(" \t"):
        table.leave_room(text)
        section.account.count(LineKind.BLANK)
        return True
    looks = _looks(section, text)
    if are_row and (isinstance(looks, Odd) or _ends_field(above, text)):
        section.report_pending_row()
        section.account.report(1, IS_REST)
        return True
    is_note = isinstance(looks, Note) and len(looks.text) > 2
    if is_note and fits:
        if above.room > PROGRAM_FIELD and "path" in table.layout.names:
            table.leave_room(text)
        else:
            table.leave_unfinished(text)
        section.account.note(text.strip())
        return True
    if fits and above.room <= PROGRAM_FIELD:
        table.leave_unfinished(text)
        if isinstance(looks, OtherBanner):
            return _doubt(section, Doubt(above.text, above.room), text)
        if isinstance(looks, Prompt | Rule | Note):
            section.account.note(text.strip())
        else:
            section.account.report(1, MAY_BE_REST)
        return True
    if is_note or isinstance(looks, Row) or (not fits and isinstance(looks, Banner | Header)):
        return False
    return _doubt(section, Doubt(above.text, above.room), text)


def _ends_field(above: PendingRow, text: str) -> bool:
    """True for what a program's field of the row above lacks, and a path behind it."""
    printed = text.encode(errors="replace")
    return printed[above.room - 1 : above.room + 1] in (b" /", b" @")


def _go_on_doubting(section: Section, table: Table, doubt: Doubt, text: str) -> bool:
    if isinstance(_looks(section, text), Row):
        settle_as_rest(section)
        return False
    if table.are_row(doubt.above, text):
        settle_as_rest(section)
        section.account.report(1, IS_REST)
        return True
    if size_of(text) <= doubt.room:
        doubt.hold(section, text)
        return True
    settle_as_they_look(section)
    return section.table is not None and take_rest(section, section.table, text)


def _doubt(section: Section, doubt: Doubt, text: str) -> bool:
    section.doubt = doubt
    doubt.hold(section, text)
    return True


def _looks(section: Section, text: str) -> Line:
    """What the line is if it is no rest; of one with a stamp in front, what is behind it."""
    formats = tuple(section.options.timestamp_formats)
    layout = section.table.layout if section.table is not None else None
    expected = Expected(layout=layout, formats=formats)
    # A row is one as it stands, or without what is around it.
    for bare in dict.fromkeys((text, noise.without_escapes(text))):
        found = classify(bare, expected)
        found = found.line if isinstance(found, Stamped) else found
        if isinstance(found, Row):
            return found
    found = classify(unescaped(bare), expected)
    return found.line if isinstance(found, Stamped) else found


def take_below_row_alone(section: Section, text: str) -> bool:
    """Take a line that may be the rest of a row that no header announces; False if it is none."""
    account, held = section.account, section.alone.held
    line, room = section.rest_alone
    if line != account.number - 1:
        is_next = bool(held) and held[-1].number == account.number - 1
        found = _PROCESS_AT_END.search(held[-1].text) if is_next else None
        room = PROGRAM_FIELD - size_of(found[1]) if found is not None else 0
    if not text.strip(" \t") or size_of(text) > room:
        return False
    section.rest_alone = account.number, room - size_of(text) - 1
    if isinstance(looks := _looks(section, text), Prompt | Rule | Note):
        account.note(looks.text)
        return True
    if held and held[-1].number == account.number - 1:
        above, here = held.pop(), account.place
        account.place = above.number, above.line
        account.report(len(above.line) + 1, "expected the rest of the row")
        account.place = here
    account.report(1, MAY_BE_REST)
    return True


def settle_as_rest(section: Section) -> None:
    """A row follows the lines that are held, so they are the rest of the one above."""
    doubt, table, account = section.doubt, section.table, section.account
    if doubt is None or table is None:
        return
    section.doubt = None
    if table.pending is not None:
        section.report_pending_row()
    here = account.place
    for number, line, _ in doubt.lines:
        account.place = number, line
        account.report(1, IS_REST)
    account.place = here


def settle_as_they_look(section: Section) -> None:
    """What follows the lines that are held, if anything does, shows that they are no rest."""
    doubt, account = section.doubt, section.account
    if doubt is None:
        return
    section.doubt = None
    section.pass_pending_row()
    here = account.place
    for number, line, text in doubt.lines:
        account.place = number, line
        section.take_text(text)
    account.place = here
