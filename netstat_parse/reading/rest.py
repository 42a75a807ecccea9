"""The rest of a row: lines that a line feed in a program's name, or in a path, has made of it.

Whoever chooses such a name could write stamps, prompts and banners into a capture. So below a row
whose text may go on, a line that can be its rest is not acted upon:

- Where padding shows how much of the row is missing, so much of what follows is its rest.
- Where the row and the line below it are one row, that line is its rest.
- A line that fits what a program's field may still hold, of 20 bytes, may be the rest: it is
  reported, or becomes a note if it looks like a prompt, and the name above is marked as truncated.
- A path may be longer, and so may the rest of a row that was cut within a name. Then the next line
  tells: a row that follows belongs to the table above, since netstat prints a header first; and
  what stands between is the rest. Anything else that follows leaves the lines what they look like,
  and so does a header right below a banner: of all that a long name could hold, that is what every
  log has below its rows.
"""

from __future__ import annotations

from netstat_parse.dialects.headers import Banner, OtherBanner
from netstat_parse.grammar.padding import room_of_process
from netstat_parse.grammar.truncation import size_of
from netstat_parse.reading import noise
from netstat_parse.reading.account import LineKind
from netstat_parse.reading.around import unescaped
from netstat_parse.reading.classify import (
    Expected,
    FirstLine,
    Header,
    Note,
    Odd,
    Prompt,
    Row,
    Rule,
    Stamped,
    classify,
)
from netstat_parse.reading.table import HeldLine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.reading.classify import Line
    from netstat_parse.reading.state import State
    from netstat_parse.reading.table import PendingRow, Table

IS_REST = "expected a row: this is the rest of the one above"
MAY_BE_REST = "expected a row: this may be the rest of the one above, whose name has no end"


def take_rest(section: State, table: Table, text: str) -> bool:
    """Take a line that is the rest of the row above, or may be; False if it is something else."""
    row = table.pending
    if table.is_rest_of_row(text):
        table.mark_unfinished()
        if row is not None:
            row.go_on(text)
        section.account.report(1, IS_REST)
        return True
    fits, are_row = table.has_room_for(text), table.are_row(text)
    if row is None or not (fits or are_row or row.held) or table.goes_on_in(row.text, text):
        return False
    looks = _looks(section, text)
    if isinstance(looks, Row | FirstLine) or (not table.is_field_open() and table.starts_row(text)):
        settle_as_rest(section)
        return False
    if are_row and (row.held or isinstance(looks, Odd | Note) or table.ends_field(text)):
        settle_as_rest(section)
        section.report_pending_row()
        section.account.report(1, IS_REST)
        table.see_start(f"{row.so_far}?{text}")
    elif not (fits or are_row):
        return False
    elif row.held:
        _hold(section, row, text, looks)
    elif not text.strip(" \t"):
        row.go_on(text)
        section.account.count(LineKind.BLANK)
    elif not fits and isinstance(looks, Banner | Header):
        return False
    else:
        _take_doubtful(section, table, row, text, looks)
    return True


def _take_doubtful(section: State, table: Table, row: PendingRow, text: str, looks: Line) -> None:
    """Take a line that may be the rest of the row above, or what it looks like."""
    is_field = table.is_field_open()
    is_note = isinstance(looks, Note) and len(looks.text) > 2
    if not is_field and not is_note:
        _hold(section, row, text, looks)
        return
    table.mark_unfinished()
    if isinstance(looks, Banner | OtherBanner):
        _hold(section, row, text, looks)
        return
    row.go_on(text)
    if isinstance(looks, Prompt | Rule | Note):
        section.account.note(text.strip())
    else:
        section.account.report(1, MAY_BE_REST)


def _hold(section: State, row: PendingRow, text: str, looks: Line) -> None:
    row.held.append(HeldLine(*section.account.place, section.raw))
    row.holds_banner = isinstance(looks, Banner)
    row.go_on(text)


def _looks(section: State, text: str) -> Line:
    """What the line is if it is no rest; of one with a stamp in front, what is behind it."""
    formats = tuple(section.options.timestamp_formats)
    table, expected = section.table, Expected(formats=formats)
    if table is not None:
        owner = table.find_owner(section.account.number)
        expected = Expected(layout=table.layout, owner=owner, formats=formats)
    # A row is one as it stands, or without what is around it.
    for bare in dict.fromkeys((text, noise.without_escapes(text))):
        found = classify(bare, expected)
        found = found.line if isinstance(found, Stamped) else found
        if isinstance(found, Row):
            return found
    found = classify(unescaped(bare), expected)
    return found.line if isinstance(found, Stamped) else found


def take_below_row_alone(section: State, text: str) -> bool:
    """Take a line that may be the rest of a row that no header announces; False if it is none."""
    account, held = section.account, section.alone.held
    line, room = section.rest_alone
    if line != account.number - 1:
        is_next = bool(held) and held[-1].number == account.number - 1
        room = room_of_process(held[-1].text) if is_next else 0
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


def are_no_rest(section: State, text: str) -> bool:
    """True for a line that shows that those that are held are no rest of a row."""
    table = section.table
    if table is None or table.pending is None or not table.pending.held:
        return False
    looks = _looks(section, text)
    if table.pending.holds_banner and isinstance(looks, Header):
        return True
    may_go_on = table.has_room_for(text) or table.are_row(text)
    is_row = isinstance(looks, Row | FirstLine) or table.starts_row(text)
    return not may_go_on and not is_row


def settle_as_rest(section: State) -> None:
    """A row follows the lines that are held, so they are the rest of the one above."""
    table, account = section.table, section.account
    row = table.pending if table is not None else None
    if row is None or not row.held:
        return
    held, row.held = row.held, []
    section.report_pending_row()
    here = account.place
    for number, line, _ in held:
        account.place = number, line
        account.report(1, IS_REST)
    account.place = here


def settle_as_they_look(section: State) -> bool:
    """What follows the lines that are held, if anything does, shows that they are no rest; False
    if there are none."""
    table, account = section.table, section.account
    row = table.pending if table is not None else None
    if row is None or not row.held:
        return False
    held, row.held = row.held, []
    section.pass_pending_row()
    here = account.place
    for number, line, raw in held:
        account.place = number, line
        section.take_text(raw)
    account.place = here
    return True
