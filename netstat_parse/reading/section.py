"""The section: where the reader is in an input, and what it does about each line.

A line is classified (`classify.py`); what is done about it, and where the reader is then, stands in
one table, TRANSITIONS (`transitions.py`). What a snapshot gives does not depend on what came
before the stamp, the prompt, the banner or the header that begins it.
"""

from __future__ import annotations

from collections.abc import Sequence

from netstat_parse.dialects.headers import Banner
from netstat_parse.errors import NotNetstatError
from netstat_parse.reading import around
from netstat_parse.reading.account import Account, LineKind
from netstat_parse.reading.classify import (
    Continuation,
    Expected,
    Line,
    Odd,
    Row,
    RowAlone,
    Stamped,
)
from netstat_parse.reading.current import CurrentSnapshot
from netstat_parse.reading.glued import is_glued, split_glued
from netstat_parse.reading.infer import RowsAlone, name_layouts
from netstat_parse.reading.lines import MAX_LINE, text_of
from netstat_parse.reading.rest import (
    Doubt,
    settle_as_rest,
    settle_as_they_look,
    take_below_row_alone,
    take_rest,
)
from netstat_parse.reading.table import PendingRow, RowReaders, Table, is_much_later
from netstat_parse.reading.transitions import TRANSITIONS, Aside, At, take_row
from netstat_parse.reading.unwrap import Wrapping, behind_stamp, look_at, refuse, take_glued

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from netstat_parse.grammar.layout import Layout
    from netstat_parse.reading import lines
    from netstat_parse.reading.options import Options
    from netstat_parse.reading.rows import Known
    from netstat_parse.reading.sink import Made, Sink


class Section:
    """Takes the lines of an input one after another, and gives what they hold to a sink."""

    def __init__(self, sink: Sink, options: Options) -> None:
        self.at = At.BETWEEN
        self.account = Account(sink, strict=options.strict)
        self.table: Table | None = None
        """The table whose rows come now; None outside of one."""
        self.snapshot = CurrentSnapshot(sink, options)
        self.sink = sink
        self.options = options
        self.front: datetime | None = None
        """The time of the stamp in front of the line."""
        self.is_stamped = False
        """There were stamps in front of the lines above."""
        self.text = ""
        """The line without what is around it."""
        self._front_before: datetime | None = None
        """The time in front of the row above."""
        self._readers = RowReaders(sink)
        self.headers: set[str] = set()
        self.alone = RowsAlone(options.dialect)
        self.banner: Banner | None = None
        self.banner_is_stamped = False
        """The line of the banner above has a stamp in front."""
        self.rest_alone = 0, 0
        """The number of the last line that may be the rest of a row alone, and the bytes left."""
        self.wrapping = Wrapping()
        self.doubt: Doubt | None = None
        """Lines that may be the rest of a row."""
        self.aside: Aside | None = None
        self.other_dialect: str | None = None
        """Of the tables that were set aside outside of a snapshot."""

    # Taking lines

    def take(self, line: str, *, terminated: bool = True) -> None:
        """Take the next line; `terminated` is False if the input ended inside it."""
        self.account.open(line)
        if len(line) > MAX_LINE:
            self.account.report(MAX_LINE + 1, f"a line of at most {MAX_LINE} characters")
            return
        text = line.removeprefix("\ufeff")
        if self.wrapping.frame is not None:
            text = self.wrapping.take_off_frame(text)
        table = self.table
        if "\\n" in text and (lines := around.find_in_json(text)):
            for piece in lines:
                self.take_text(piece)
        else:
            self.take_text(text, terminated=terminated)
        if table is not None:
            table.is_new = False

    def take_text(self, text: str, *, terminated: bool = True) -> None:
        """Take what is left of the line without what is around it."""
        self.text = text
        if self.table is not None and take_rest(self, self.table, behind_stamp(self, text)):
            return
        if self.at is At.HOLDING and take_below_row_alone(self, behind_stamp(self, text)):
            return
        found, why = look_at(self, text, self._expected())
        if self._end_rows_alone(found):
            found, why = look_at(self, text, self._expected())
        row = found.line if isinstance(found, Stamped) else found
        if self.table is not None and isinstance(row, Row | Odd) and is_glued(row.text):
            pieces = split_glued(row.text, self.table.layout)
            if pieces is not None:
                take_glued(self, self.table, *pieces)
                return
        if why:
            self.account.report(len(self.account.line) + 1, why)
            if isinstance(row, Row):
                refuse(self, row)
            return
        if not terminated and isinstance(row, Row) and self.table and self.table.is_cut_short(row):
            self.account.report(
                len(self.account.line) + 1, "expected the rest of the row: the input ends inside it"
            )
            return
        if isinstance(row, Row) and self.table is not None:
            self.table.learn_row(row)
        self.handle(found)

    def take_rows(self, rows: Sequence[lines.Line], made: list[Made], known: Known) -> None:
        """Take lines that are rows of the table, complete in themselves, and what they gave."""
        table = self.table
        assert table is not None
        settle_as_rest(self)
        table.broken, table.is_new = "", False
        table.learn(rows)
        self.pass_pending_row()
        self.account.number += len(rows)
        self.account.count(LineKind.ROW, len(rows))
        table.count(rows)
        last = text_of(rows[-1])
        row = table.find_unfinished(last)
        if row is not None:
            place = self.account.number, last
            table.pending = PendingRow(last, made[-1], known, *row[1:], place)
        elif table.may_go_on(last):
            table.pending = PendingRow(last, made[-1], known)
        if table.pending is not None:
            rows, made = rows[:-1], made[:-1]
        if made:
            self.snapshot.add_rows(table.reader, known, rows, made)

    def close(self) -> None:
        """The input has ended; raises NotNetstatError if there was no netstat output in it."""
        if self.at is At.HOLDING:
            self.release_rows()
        while self.doubt is not None:
            settle_as_they_look(self)
        self.end_banner()
        self.end_table()
        if not self.snapshot.is_open and self.other_dialect is not None:
            # netstat printed it, but only tables that are not read.
            self.begin_snapshot(self.options.dialect or self.other_dialect)
        if not self.snapshot.snapshots:
            raise NotNetstatError(self.account.number, 1, "", "no netstat output in the input")

    def _expected(self) -> Expected:
        table, aside = self.table, self.aside
        may_be_alone = table is None and aside is None and not self.snapshot.is_open
        return Expected(
            layout=table.layout if table is not None else None,
            above=table.pending.text if table is not None and table.pending is not None else "",
            alone=self.alone if may_be_alone else None,
            headers=self.headers,
            header_may_come=aside is None or aside.lines > 0,
            dialect=self.options.dialect,
            banner=self.banner,
            formats=tuple(self.options.timestamp_formats),
        )

    def handle(self, found: Line) -> None:
        """Do what TRANSITIONS says about a line."""
        self.front = None
        if isinstance(found, Row | Banner):
            self.is_stamped = False
        if isinstance(found, Stamped):
            self.is_stamped = True
            self.front = found.stamp.at
            found = found.line
            if isinstance(found, Row) and self.table is not None:
                self.table.has_stamped_rows = not self.table.is_inferred
        if not isinstance(found, Continuation):
            self.pass_pending_row()
        action, then = TRANSITIONS[self.at, type(found)]
        self.at = action(self, found) or then
        if not self.snapshot.is_open and self.snapshot.stamp is None:
            self.snapshot.stamp = self.front
        self._front_before = self.front or self._front_before

    # Where tables and snapshots begin and end

    def begin_snapshot(self, dialect: str) -> None:
        self.snapshot.begin(dialect, self.account.number, self.account.line)
        self.other_dialect = None

    def leave(self) -> None:
        """What comes next belongs to another snapshot."""
        self.end_table()
        self.snapshot.leave()
        self._front_before = None

    def set_table(self, layout: Layout, *, is_inferred: bool = False) -> None:
        reader = self._readers.get(layout, self.snapshot.rows_before)
        self.table = Table(reader, is_inferred=is_inferred)

    def end_table(self) -> None:
        self.pass_pending_row()
        self.table = None
        self.snapshot.end_table()
        if self.aside is not None:
            banner, count = self.aside
            self.aside = None
            self.sink.note(f"{banner.removesuffix(':')}: set aside, {count} lines")

    def end_banner(self) -> None:
        """A banner without a header under it is a table without rows."""
        banner, self.banner = self.banner, None
        if banner is not None and not self.snapshot.is_open:
            self.begin_snapshot(self.options.dialect or banner.dialects[0])

    def pass_pending_row(self) -> None:
        """The row above has no more lines."""
        table = self.table
        if table is None or table.pending is None:
            return
        if table.pending.made is None:
            table.pending = None
            return
        if table.lacks_its_end(table.pending):
            self.report_pending_row()
            return
        text, made, known = table.pending[:3]
        table.pending = None
        self.snapshot.add_rows(table.reader, known, [text], [made])

    def report_pending_row(self) -> None:
        """The row above lacks its end."""
        table, account = self.table, self.account
        assert table is not None
        pending, table.pending = table.pending, None
        if pending is None or pending.made is None:
            return
        here, account.place = account.place, pending.place
        account.count(LineKind.ROW, -1)
        account.report(len(pending.text) + 1, "expected the rest of the row")
        account.place = here

    # Rows alone

    def _end_rows_alone(self, found: Line) -> bool:
        """End rows that no header announced before a line that is none of them, or is of another
        run of netstat; True if they ended."""
        row = found.line if isinstance(found, Stamped) else found
        is_later = isinstance(found, Stamped) and is_much_later(found.stamp.at, self._front_before)
        has_ended = self.at is At.HOLDING and (is_later or not isinstance(row, RowAlone))
        if has_ended:
            self.at = self.release_rows()
        if is_later and self.table is not None and self.table.is_inferred:
            self.leave()
            self.at = At.BETWEEN
            has_ended = True
        return has_ended

    def release_rows(self) -> At:
        """Read the rows that were held, if there is one way to; gives where the reader is then."""
        held, layouts, is_known = self.alone.settle()
        account = self.account
        number, line = account.number, account.line
        if is_known:
            if self.snapshot.is_open:
                self.leave()
            self.banner = None
            self.begin_snapshot(layouts[0].dialect)
            self.set_table(layouts[0], is_inferred=True)
            self.sink.note(f"no header: read as {name_layouts(layouts)}")
        for account.number, account.line, text in held:
            found = layouts[0].find_row(text) if is_known else None
            if found is not None and self.table is not None:
                row = Row(text, *found)
                self.table.learn_row(row)
                take_row(self, row)
            elif is_known:
                account.report_odd(text, layouts[0])
            else:
                account.report(1, f"no header above, and it may be {name_layouts(layouts)}")
        account.number, account.line = number, line
        if is_known:
            return At.IN_TABLE
        return At.UNDER_BANNER if self.banner is not None else At.BETWEEN
