"""What is done about each line: the transitions of the section, at the end of this file.

A line has been classified; an action does what is to be done about it. It gives where the reader is
then, if the table of transitions does not say so.
"""

from __future__ import annotations

from collections.abc import Callable

from netstat_parse.dialects.headers import (
    Banner,
    OtherBanner,
    find_untitled_layout,
)
from netstat_parse.reading.account import HEADERS_READ, LineKind
from netstat_parse.reading.beginnings import is_blank
from netstat_parse.reading.classify import (
    Blank,
    Continuation,
    FirstLine,
    Header,
    Heading,
    NoRows,
    Note,
    Odd,
    Prompt,
    Row,
    RowAlone,
    Rule,
    SurplusHeader,
    without_stamps,
)
from netstat_parse.reading.other_programs import name_program
from netstat_parse.reading.other_tables import MOST_LINES, Aside, AsideLine
from netstat_parse.reading.rows import Known
from netstat_parse.reading.stamps import Stamp
from netstat_parse.reading.state import At
from netstat_parse.reading.table import PendingRow
from netstat_parse.reading.unwrap import behind_stamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from netstat_parse.grammar.layout import Cells, Layout
    from netstat_parse.reading.sink import Made
    from netstat_parse.reading.state import State
    from netstat_parse.reading.table import Table


ENDS_INSIDE = "expected the rest of the row: the input ends inside it"
OPEN_END = "the input ends without a line end, so its last word may be cut"

# Actions ------------------------------------------------------------------------------------------


def see_banner(section: State, banner: Banner) -> At | None:
    """A banner announces a table."""
    above = section.banner
    if above is not None and above.follows_another_table:
        section.banner = None  # `Internet:` below `Routing tables`
        section.snapshot.go_below(above.text)
    section.end_banner()
    section.end_table()
    section.banner = banner
    section.banner_top = section.account.place, section.front
    section.account.count(LineKind.BANNER)
    if banner.has_titles:
        return None
    dialect = section.options.dialect or (banner.dialects[0] if len(banner.dialects) == 1 else None)
    layout = find_untitled_layout(banner.text, dialect or section.snapshot.dialect)
    layout = layout or find_untitled_layout(banner.text)
    if layout is None:
        return None
    open_table(section, layout)
    return At.IN_TABLE


def see_other_banner(section: State, other: OtherBanner) -> None:
    """A table begins that is not read."""
    section.end_banner()
    section.end_table()
    line = section.account.line
    section.aside = Aside(other.text, other.dialect, line[: max(0, line.find(other.text))])
    if not section.snapshot.is_open:
        section.other_dialect = section.other_dialect or other.dialect
    section.account.count(LineKind.BANNER)


def see_header(section: State, header: Header) -> None:
    """A header announces a table."""
    layout = header.layout
    section.end_table()
    if header.sort:
        section.account.spent.headers.add(header.sort)
    open_table(section, layout)
    if layout.extra:
        titles = ", ".join(title for _, title in layout.extra)
        section.sink.note(f"columns that no dialect lists: {titles}")
    section.account.count(LineKind.HEADER)


def see_first_row(section: State, text: str) -> None:
    """The first row of a table that recurs in a run tells whether another run has begun."""
    table = section.table
    if table is None or not table.layout.recurs or table.rows:
        return
    layout = table.layout
    found = layout.find_row(text)
    proto = layout.cell(found.cells, "proto") if found is not None else ""
    name = " ".join((*layout.titles, proto))
    if section.snapshot.has_table(name):
        _begin_at_top(section, table)
    section.snapshot.add_table(name)


def _begin_at_top(section: State, table: Table) -> None:
    """A snapshot has begun with the banner or the header of this table, as its first row shows."""
    here, front = section.account.place, section.front
    wrapping, is_stamped = section.wrapping, section.is_stamped
    section.account.place, top_front = table.top
    section.leave()
    section.front = top_front
    open_table(section, table.layout)
    section.wrapping, section.is_stamped = wrapping, is_stamped
    section.account.place, section.front = here, front


def open_table(section: State, layout: Layout) -> None:
    """The rows of a layout come, in this snapshot or in the one that begins with them."""
    banner, section.banner = section.banner, None
    top = section.banner_top if banner is not None else (section.account.place, section.front)
    if not section.snapshot.is_open:
        section.snapshot.stamp = section.snapshot.stamp or section.front
        section.begin_snapshot(layout.dialect)
        if section.options.dialect is None:
            tell_sharers(section, layout, banner)
    if layout.follows_another_table:
        section.snapshot.add_table(layout.header, *([banner.text] if banner else []))
    section.snapshot.rule = layout.rule
    section.set_table(layout.under(banner.text) if banner else layout).top = top


def tell_sharers(section: State, layout: Layout, banner: Banner | None) -> None:
    """Say which netstats print what begins the snapshot, if several print it alike."""
    names = [n for n in layout.may_be if banner is None or n in banner.dialects]
    if len(names) > 1:
        section.sink.note(f"{', '.join(names)} print such a table: read as {layout.dialect}'s")


def see_no_rows(section: State, _: NoRows) -> None:
    """The table that the banner above announces has no rows."""
    banner = section.banner
    section.end_banner()
    if banner is not None:
        section.snapshot.add_table(banner.text)
    section.account.count(LineKind.HEADER)


def see_heading(section: State, heading: Heading) -> None:
    """What a heading says is given to the rows below it."""
    table = section.table
    assert table is not None
    if table.layout.nests:
        table.put_below(heading.text)
    elif heading.cells:
        section.end_table()
        section.set_table(table.layout.giving(heading.cells))
    section.account.count(LineKind.HEADER)


def see_surplus_header(section: State, _: SurplusHeader) -> None:
    """What it announces is not known, so the rows below must not be read as others are."""
    section.end_banner()
    section.end_table()
    section.account.spent.had_surplus_header = True
    section.account.report(
        1,
        f"expected at most {HEADERS_READ} different headers in an input, so the rows below this "
        "one are set aside: split the input",
    )
    section.aside = Aside("too many different headers", "")


def take_row(section: State, row: Row) -> None:
    """A row is passed on, unless it lacks its end."""
    see_first_row(section, row.text)
    table = section.table
    assert table is not None
    section.pass_pending_row()
    if section.is_without_end and table.is_cut_short(row):
        section.account.report(len(section.account.line) + 1, ENDS_INSIDE)
        return
    if table.lacks_its_end(row):
        section.account.report_odd(row.text, table.layout)
        table.expect_rest(row.missing)
        return
    cells = table.put_below(row.text, row.cells) if table.layout.nests else row.cells
    made, known = _make(section, table, row.text, cells)
    section.account.count(LineKind.ROW)
    table.count([row.text])
    table.own(section.account.number, row.text)
    table.expect_rest(row.missing)
    table.pending = PendingRow(row, made, known, section.account.place)
    if not table.may_be_unfinished(row) and not table.may_go_on(row.text):
        section.pass_pending_row()


def _make(section: State, table: Table, text: str, cells: Cells) -> tuple[Made, Known]:
    """Make a row, of which the last word may lack its end if the input ends in it."""
    if section.is_without_end:
        read = table.reader.read_open(text) if table.layout.kind.has_marks else None
        if read is not None or not table.layout.kind.has_marks:
            section.sink.note(OPEN_END)
        if read is not None:
            return read
    return table.reader.read_alone(text, cells)


def begin_row(section: State, line: FirstLine) -> None:
    """The first line of a row is held until the next one completes it."""
    table = section.table
    assert table is not None
    section.account.count(LineKind.ROW)
    table.count([line.text])
    table.pending = PendingRow(Row(line.text, (), 0), None, Known(), section.account.place)
    table.pending.is_begun = True


def extend_row(section: State, line: Continuation) -> None:
    """The row above is put in the place of the one that both lines are."""
    table, row = section.table, line.row
    assert table is not None
    made, known = _make(section, table, row.text, row.cells)
    section.account.count(LineKind.CONTINUATION)
    table.expect_rest(row.missing)
    table.pending = PendingRow(row._replace(missing=0, room=0), made, known)


def hold_row(section: State, row: RowAlone) -> At | None:
    """A row that no header announces is held until there are enough of them."""
    if section.table is not None:
        section.put_by, section.table = section.table, None
    is_enough = section.alone.add(section.account.number, section.account.line, row.text)
    return section.release_rows() if is_enough else None


def see_stamp(section: State, stamp: Stamp) -> At | None:
    """A stamp ends a snapshot, and is the time of the next.

    Below a banner with a stamp in front it is that of a blank line: Windows has one there.
    """
    if is_blank(section, stamp):
        section.account.count(LineKind.TIMESTAMP)
        return section.at
    section.end_banner()
    section.end_table()
    section.snapshot.stamp = None if stamp.invalid else stamp.at
    if stamp.invalid:
        section.account.report(1, stamp.problem or "a valid time")
        return None
    if stamp.problem:
        section.sink.note(f"{stamp.text}: {stamp.problem}")
    section.account.count(LineKind.TIMESTAMP)
    return None


def see_prompt(section: State, prompt: Prompt) -> None:
    """netstat's output has ended. The prompt itself still is of the snapshot above."""
    section.end_banner()
    take_note(section, prompt)
    section.end_table()
    if section.snapshot.is_open:
        section.leave()
        section.front = None
    if prompt.stamp is not None:
        section.snapshot.stamp = prompt.stamp.at


def see_rule(section: State, rule: Rule) -> At | None:
    """Below rows it divides; below a header it underlines, and is part of it.

    A rule that netstat prints around its tables only ends the table.
    """
    if section.snapshot.rule and rule.text.startswith(section.snapshot.rule):
        section.account.count(LineKind.HEADER)
        if section.table is not None and section.table.rows:
            section.end_table()
            return At.BETWEEN
        return None
    if section.table is not None and not section.table.rows:
        section.account.count(LineKind.HEADER)
        return None
    take_note(section, rule)
    if section.table is None:
        return None
    section.leave()
    section.front = None
    return At.BETWEEN


def take_note(section: State, note: Note | Prompt | Rule) -> None:
    """A note is passed on."""
    section.account.note(note.text)


def pass_over_blank(section: State, _: Blank) -> None:
    """A blank line only counts."""
    section.account.count(LineKind.BLANK)


def report_odd(section: State, odd: Odd) -> None:
    """A line that no rule accounts for is reported."""
    section.account.report_odd(odd.text, section.table.layout if section.table else None)
    if section.table is not None:
        section.table.see_start(behind_stamp(section, odd.text))


def see_odd_below_banner(section: State, odd: Odd) -> At | None:
    """`netstat -ie` prints below `Kernel Interface table` what ifconfig prints; it is set aside."""
    banner = section.banner
    if banner is None or not banner.follows_another_table or not name_program(odd.text):
        report_odd(section, odd)
        return None
    section.banner = None
    section.aside = Aside(banner.text, "")
    if not section.snapshot.is_open:
        section.other_dialect = section.other_dialect or banner.dialects[0]
    keep_aside(section, odd)
    return At.ASIDE


def keep_aside(section: State, odd: Odd) -> None:
    """A line of a table that no kind is for is kept until the table ends."""
    aside, account = section.aside, section.account
    assert aside is not None
    aside.count += 1
    if section.is_without_end:
        section.sink.note(OPEN_END)
    if len(aside.lines) < MOST_LINES:
        text = odd.text
        if aside.front and account.line.startswith(aside.front):
            text = account.line.removeprefix(aside.front)
        text = without_stamps(text, tuple(section.options.timestamp_formats))
        aside.lines.append(AsideLine(account.number, account.line, text))


# The table ----------------------------------------------------------------------------------------

Action = Callable[["State", "Any"], "At | None"]
_EVERYWHERE: dict[type, tuple[Action, At | None]] = {
    Banner: (see_banner, At.UNDER_BANNER),
    Header: (see_header, At.IN_TABLE),
    SurplusHeader: (see_surplus_header, At.ASIDE),
    OtherBanner: (see_other_banner, At.ASIDE),
    Stamp: (see_stamp, At.BETWEEN),
    Prompt: (see_prompt, At.BETWEEN),
    Rule: (see_rule, None),
    Note: (take_note, None),
    Blank: (pass_over_blank, None),
    Odd: (report_odd, None),
}
_SOMEWHERE: dict[tuple[At, type], tuple[Action, At]] = {
    (At.BETWEEN, RowAlone): (hold_row, At.HOLDING),
    (At.UNDER_BANNER, RowAlone): (hold_row, At.HOLDING),
    (At.IN_TABLE, RowAlone): (hold_row, At.HOLDING),
    (At.HOLDING, RowAlone): (hold_row, At.HOLDING),
    (At.UNDER_BANNER, Odd): (see_odd_below_banner, At.UNDER_BANNER),
    (At.IN_TABLE, Row): (take_row, At.IN_TABLE),
    (At.IN_TABLE, FirstLine): (begin_row, At.IN_TABLE),
    (At.IN_TABLE, Continuation): (extend_row, At.IN_TABLE),
    (At.IN_TABLE, Heading): (see_heading, At.IN_TABLE),
    (At.UNDER_BANNER, NoRows): (see_no_rows, At.BETWEEN),
    (At.ASIDE, Odd): (keep_aside, At.ASIDE),
}
TRANSITIONS: dict[tuple[At, type], tuple[Action, At]] = {
    (at, line): (action, then or at)
    for at in At
    if at is not At.HOLDING
    for line, (action, then) in _EVERYWHERE.items()
} | _SOMEWHERE
"""(where the reader is, what the line is) -> (what is done about it, where the reader is then).

Where rows are held, any other line ends them first: the section releases them."""
