"""Releases rows alone, once there are enough of them: they are read, or reported."""

from __future__ import annotations

from collections.abc import Sequence

from netstat_parse.errors import NotNetstatError
from netstat_parse.reading.classify import Row
from netstat_parse.reading.infer import name_layouts
from netstat_parse.reading.transitions import take_row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.grammar.layout import Layout
    from netstat_parse.reading.infer import HeldLine, Verdict
    from netstat_parse.reading.section import Section
    from netstat_parse.reading.table import Table


def release(section: Section, above: Table | None) -> None:
    """Read the rows that were held if there is one way to, else report them. What comes then is of
    their table, or of the one above."""
    held, verdict = section.alone.settle()
    number, line = section.account.number, section.account.line
    if verdict.is_known:
        _read_rows(section, held, verdict)
    else:
        section.table = above
        _report_rows(section, held, verdict)
    section.account.number, section.account.line = number, line


def _read_rows(section: Section, held: Sequence[HeldLine], verdict: Verdict) -> None:
    """Read rows by the layout that they tell, and report what it can't have printed."""
    layout, account = verdict.layouts[0], section.account
    account.number, account.line = held[0].number, held[0].line
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
    start = 0
    for hole in (*sorted(set(holes)), len(held)):
        if start < hole:
            account.number = held[start].number - 1
            section.take_rows(rows[start:hole], made[start:hole], known)
        if hole < len(held):
            _read_row(section, held[hole], layout, is_good=held[hole].ways in good)
        start = hole + 1


def _read_row(section: Section, held: HeldLine, layout: Layout, *, is_good: bool) -> None:
    """Read one row that was held, or report it."""
    section.pass_pending_row()
    account = section.account
    account.number, account.line = held.number, held.line
    found = layout.find_row(held.text)
    if found is None:
        account.report_odd(held.text, layout)
    elif is_good:
        take_row(section, Row(held.text, *found))
    else:
        names = name_layouts([layout])
        account.report(1, f"the rows around it are {names}, and this is none")


def _report_rows(section: Section, held: Sequence[HeldLine], verdict: Verdict) -> None:
    """Report rows that can be read in two ways, or in none."""
    advice = section.alone.give_advice(held, verdict) if verdict.layouts else ""
    for row in held:
        section.account.number, section.account.line = row.number, row.line
        if verdict.layouts:
            names = name_layouts(verdict.layouts)
            expected = f"no header above, and it may be {names}; {advice}"
            section.undecided = section.undecided or NotNetstatError(
                row.number, 1, row.line, expected
            )
            section.account.report(1, expected)
        else:
            section.account.report_odd(row.text, section.table.layout if section.table else None)
