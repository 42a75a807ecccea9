"""Where the reader is in an input: what it knows of the snapshot, the table and the banner.

Here is how tables and snapshots begin and end; `section.py` takes the lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from netstat_parse.dialects.headers import Banner, is_of_system
from netstat_parse.errors import NotNetstatError
from netstat_parse.reading.account import Account, LineKind, Spent
from netstat_parse.reading.current import CurrentSnapshot
from netstat_parse.reading.infer import RowsAlone
from netstat_parse.reading.other_tables import Aside, read_tables
from netstat_parse.reading.table import HeldLine, RowReaders, Table, Top
from netstat_parse.reading.wrapping import Wrapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from netstat_parse.grammar.layout import Layout
    from netstat_parse.reading import lines
    from netstat_parse.reading.classify import Line
    from netstat_parse.reading.options import Options
    from netstat_parse.reading.rows import Known
    from netstat_parse.reading.sink import Made, Sink
    from netstat_parse.schema import Kind


class At(StrEnum):
    """Where the reader is."""

    BETWEEN = "before any table, or behind a stamp or a prompt: a snapshot comes next"
    UNDER_BANNER = "a banner has announced a table; its header comes next"
    IN_TABLE = "in the rows of a table"
    HOLDING = "in rows that no header announces, held until they tell their layout"
    ASIDE = "in a table that is not read"


class State:
    """Where the reader is: the snapshot, the table and the banner that it is in."""

    def __init__(self, sink: Sink, options: Options, spent: Spent | None = None) -> None:
        self.at = At.BETWEEN
        self.account = Account(sink, strict=options.strict, spent=spent)
        self.table: Table | None = None
        """The table whose rows come now; None outside of one."""
        self.snapshot = CurrentSnapshot(sink, options)
        self.sink = sink
        self.options = options
        self.front: datetime | None = None
        """The time of the stamp in front of the line."""
        self.is_stamped = False
        """There were stamps in front of the lines above."""
        self.raw = ""
        """The line with what is around it; of a line that holds several, the one that comes."""
        self.without_end = 0
        """The number of the line that the input ends in, without a line end; 0 if there is none."""
        self.front_before: datetime | None = None
        """The time in front of the row above."""
        self._readers = RowReaders(sink)
        self.alone = RowsAlone(options.dialect)
        self.undecided: NotNetstatError | None = None
        """The first row that could be read in two ways."""
        self.put_by: Table | None = None
        """The table above rows that are held."""
        self.tables: dict[Kind, Table] = {}
        """The tables of this snapshot: the last of each kind."""
        self.banner: Banner | None = None
        self.banner_top: Top = (0, ""), None
        """Where the banner above stands, and the time in front of it."""
        self.rest_alone = 0, 0
        """The number of the last line that may be the rest of a row alone, and the bytes left."""
        self.wrapping = Wrapping()
        self.above: list[HeldLine] = []
        """Lines that may be a banner and a header in a language that is not known."""
        self.aside: Aside | None = None
        self.other_dialect: str | None = None
        """Of the tables that were set aside outside of a snapshot."""

    def is_of_another_system(self, dialects: tuple[str, ...]) -> bool:
        """True if what these dialects print is not of the snapshot that is being read."""
        inside = None if self.options.dialect else self.snapshot.dialect
        return inside is not None and not is_of_system(inside, dialects)

    def begin_snapshot(self, dialect: str) -> None:
        self.snapshot.begin(dialect, self.account.number, self.account.line)
        self.other_dialect = None

    def leave(self) -> None:
        """What comes next belongs to another snapshot."""
        self.end_banner()
        self.end_table()
        self.tables.clear()
        self.snapshot.leave()
        self.wrapping = Wrapping()
        self.front_before = None
        self.is_stamped = False

    def set_table(self, layout: Layout, *, is_inferred: bool = False) -> Table:
        reader = self._readers.get(layout, self.snapshot.rows_before)
        self.table = self.tables[layout.kind] = Table(reader, is_inferred=is_inferred)
        return self.table

    def end_table(self) -> None:
        if self.table is not None:
            self.pass_pending_row()
            self.table = None
            self.snapshot.end_table()
        if self.aside is not None:
            self._end_aside(self.aside)

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
        if table.pending.made is None and not table.pending.is_begun:
            table.pending = None
            return
        if table.pending.is_begun or table.lacks_its_end(table.pending):
            self.report_pending_row()
            return
        row, table.pending = table.pending, None
        self.snapshot.add_rows(table.reader, row.known, [row.text], [row.made])

    def report_pending_row(self) -> None:
        """The row above lacks its end."""
        table, account = self.table, self.account
        assert table is not None
        pending, table.pending = table.pending, None
        if pending is None or (pending.made is None and not pending.is_begun):
            return
        here, account.place = account.place, pending.place
        account.count(LineKind.ROW, -1)
        account.report(len(pending.text) + 1, "expected the rest of the row")
        account.place = here

    def _end_aside(self, aside: Aside) -> None:
        """A table that no kind is for has ended: its texts are given, or it is set aside."""
        self.aside = None
        account = self.account
        may_be_table = bool(aside.dialect) and aside.count == len(aside.lines)
        tables = read_tables(aside.lines) if may_be_table else []
        if not tables:
            account.count(LineKind.NOTE, aside.count)
            self.sink.note(f"{aside.banner.removesuffix(':')}: set aside, {aside.count} lines")
            return
        account.count(LineKind.HEADER, len(tables))
        account.count(LineKind.ROW, sum(len(table.rows) for table in tables))
        if not self.snapshot.is_open:
            self.begin_snapshot(self.options.dialect or self.other_dialect or aside.dialect)
        here = account.place
        for titles, rows, odd in tables:
            if rows:
                self.sink.other_table(aside.banner, titles, rows)
            for number, line, _ in odd:
                account.place = number, line
                account.report(1, f"expected a row of {len(titles)} words")
        account.place = here

    @property
    def is_without_end(self) -> bool:
        """The input ends in the line that is taken, without a line end."""
        return self.without_end == self.account.number

    # What Section does

    def take_text(self, raw: str) -> None:
        """Take a line, or what is left of it, with the frame that it may stand in."""
        raise NotImplementedError

    def take_bare(self, text: str, raw: str) -> None:
        """Take the text of a line without the frame around it."""
        raise NotImplementedError

    def take_rows(
        self, rows: Sequence[lines.Line], made: list[Made], known: Known, raw: lines.Line
    ) -> None:
        """Take lines that are rows of the table, complete in themselves, and what they gave."""
        raise NotImplementedError

    def handle(self, found: Line) -> None:
        """Do what TRANSITIONS says about a line."""
        raise NotImplementedError

    def release_rows(self) -> At:
        """The rows that no header announces have ended; gives where the reader is then."""
        raise NotImplementedError
