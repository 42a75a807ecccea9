"""Rows alone: holds them while they come, and releases them: they are read, or reported."""

from __future__ import annotations

from collections.abc import Sequence

from netstat_parse.errors import NotNetstatError
from netstat_parse.reading.classify import Row, RowAlone, Stamped
from netstat_parse.reading.infer import ROWS_TO_INFER, name_layouts
from netstat_parse.reading.state import At
from netstat_parse.reading.table import is_much_later
from netstat_parse.reading.transitions import take_row
from netstat_parse.schema import KINDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.grammar.layout import Layout
    from netstat_parse.reading import lines
    from netstat_parse.reading.classify import Line
    from netstat_parse.reading.infer import HeldLine, Verdict
    from netstat_parse.reading.state import State
    from netstat_parse.reading.table import Table
    from netstat_parse.schema import Kind


def hold_rows(section: State, given: Sequence[lines.Line]) -> int:
    """Hold the first lines as far as they are rows alone like others before; how many."""
    if section.table is not None or section.snapshot.is_open or section.aside is not None:
        return 0
    if section.above:
        return 0
    held = section.alone.add_known(given, section.account.number + 1)
    if held:
        section.account.number += held
        section.account.line = section.alone.held[-1].line
        section.front = None
        section.at = (
            At.HOLDING if len(section.alone.held) < ROWS_TO_INFER else release_rows(section)
        )
    return held


def kinds_alone(section: State) -> tuple[Kind, ...]:
    """The kinds of tables of which rows may come that no header announces.

    A further kind may follow the rows of a table, as `grep` leaves them of several tables.
    """
    if section.aside is not None:
        return ()
    if section.table is None:
        return KINDS if section.at is At.HOLDING or not section.snapshot.is_open else ()
    kind = section.table.layout.kind
    behind = () if section.table.is_inferred else KINDS[: KINDS.index(kind)]
    return tuple(k for k in KINDS if k is not kind and (k not in behind or k in section.tables))


def return_to_table(section: State, found: Line) -> bool:
    """Return to a table of this snapshot if the line is a row of its kind; True if so.

    Whatever stands between its rows ends no snapshot: a name may have forged it.
    """
    row = found.line if isinstance(found, Stamped) else found
    if not isinstance(row, RowAlone) or row.kind not in section.tables:
        return False
    section.pass_pending_row()
    section.snapshot.end_table()
    section.table = section.tables[row.kind]
    return True


def end_rows_alone(section: State, found: Line) -> bool:
    """End rows that no header announced before a line that is none of them, or is of another
    run of netstat; True if they ended."""
    if section.at is not At.HOLDING:
        return False
    row = found.line if isinstance(found, Stamped) else found
    is_later = isinstance(found, Stamped) and is_much_later(found.stamp.at, section.front_before)
    if isinstance(row, RowAlone) and row.kind is section.alone.kind and not is_later:
        return False
    section.at = release_rows(section)
    return True


def release_rows(section: State) -> At:
    """Read the rows that were held, if there is one way to; gives where the reader is then."""
    above, section.put_by = section.put_by, None
    _release(section, above)
    if section.table is not None:
        return At.IN_TABLE
    return At.UNDER_BANNER if section.banner is not None else At.BETWEEN


def _release(section: State, above: Table | None) -> None:
    """Read the rows that were held if there is one way to, else report them. What comes then is of
    their table, or of the one above."""
    held, verdict = section.alone.settle()
    here = section.account.place
    if verdict.is_known:
        _read_rows(section, held, verdict)
    else:
        section.table = above
        _report_rows(section, held, verdict)
    section.account.place = here


def _read_rows(section: State, held: Sequence[HeldLine], verdict: Verdict) -> None:
    """Read rows by the layout that they tell, and report what it can't have printed."""
    layout, account = verdict.layouts[0], section.account
    account.place = held[0].number, held[0].line
    section.banner = None
    section.snapshot.end_table()
    if not section.snapshot.is_open:
        section.begin_snapshot(layout.dialect)
    section.set_table(layout, is_inferred=True)
    section.sink.note(f"no header: read as {name_layouts(verdict.layouts)}")
    table = section.table
    assert table is not None
    rows = [row.text for row in held]
    table.learn_padding(rows)
    made, holes, known = table.reader.read(rows)
    good = {ways for ways in {row.ways for row in held} if layout in ways.layouts}
    holes += [i for i, row in enumerate(held) if row.ways not in good]
    holes += [i for i, row in enumerate(held) if row.number == section.without_end]
    start = 0
    for hole in (*sorted(set(holes)), len(held)):
        if start < hole:
            account.number = held[start].number - 1
            section.take_rows(rows[start:hole], made[start:hole], known, held[hole - 1].line)
        if hole < len(held):
            _read_row(section, held[hole], layout, is_good=held[hole].ways in good)
        start = hole + 1


def _read_row(section: State, held: HeldLine, layout: Layout, *, is_good: bool) -> None:
    """Read one row that was held, or report it."""
    section.pass_pending_row()
    account = section.account
    account.place = held.number, held.line
    found = layout.find_row(held.text)
    if found is None:
        account.report_odd(held.text, layout)
    elif is_good:
        take_row(section, Row(held.text, *found))
    else:
        names = name_layouts([layout])
        account.report(1, f"the rows around it are {names}, and this is none")


def _report_rows(section: State, held: Sequence[HeldLine], verdict: Verdict) -> None:
    """Report rows that can be read in two ways, or in none."""
    advice = section.alone.give_advice(held, verdict) if verdict.layouts else ""
    for row in held:
        section.account.place = row.number, row.line
        if verdict.layouts:
            names = name_layouts(verdict.layouts)
            expected = f"no header above, and it may be {names}; {advice}"
            section.undecided = section.undecided or NotNetstatError(
                row.number, 1, row.line, expected
            )
            section.account.report(1, expected)
        else:
            section.account.report_odd(row.text, section.table.layout if section.table else None)
