"""The table whose rows are being read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from netstat_parse.grammar.layout import Cells, Found, Layout
from netstat_parse.grammar.padding import PROGRAM_FIELD, Padding, room_of_process
from netstat_parse.grammar.truncation import ascii_of, bytes_of, size_of
from netstat_parse.lazy import LazyPattern
from netstat_parse.reading.classify import Row
from netstat_parse.reading.lines import MAX_LINE, text_of
from netstat_parse.reading.rows import Known, RowReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from netstat_parse.reading.lines import Line
    from netstat_parse.reading.sink import Made, Sink

READERS_KEPT = 16
"""Of how many layouts the readers are kept, with the rows that they remember."""
SECONDS_OF_RUN = 10
"""Rows alone whose stamps are further apart are from two runs of netstat."""
ROWS_TO_LEARN = 100
"""By so many rows at most it is found out that a table is not padded."""


DEEPEST = 16
"""Lines that stand further in are all said to stand under the line at this depth."""

_START = LazyPattern(r"[ \t]*+((?i:tcp|udp|raw|sctp|icm|div|unix))[a-z0-9]{0,6}[ \t]+[0-9]")
"""A protocol, and a number behind it."""


Top = tuple[tuple[int, str], "datetime | None"]
"""A line's number and text, and the time in front of it."""


class HeldLine(NamedTuple):
    """A line that is held, with its number in the input."""

    number: int
    line: str
    text: str


class PendingRow:
    """A row that may go on in the next line."""

    def __init__(
        self, row: Row, made: Made | None, known: Known, place: tuple[int, str] = (0, "")
    ) -> None:
        self.text, self.cells, self.missing, self.room = row
        self.made = made
        """None for a row that was reported, or of which only the first line has come."""
        self.known = known
        self.place = place
        """Its line's number and text in the input."""
        self.so_far = row.text
        """It and the lines below that are or may be its rest, as one line."""
        self.is_begun = False
        """Only its first line has come, which is no row by itself."""
        self.held: list[HeldLine] = []
        """The lines below that are its rest if a row follows, and else what they look like."""
        self.holds_banner = False
        """The last of them looks like a banner."""

    @property
    def may_go_on(self) -> bool:
        """It may be one row with the line below."""
        return bool(self.made or self.cells or self.is_begun)

    def go_on(self, text: str) -> None:
        """A line is its rest, or may be."""
        self.so_far = f"{self.so_far}?{text}"
        self.room -= size_of(text) + 1


class Table:
    """The table whose rows are being read: its layout, and what its rows have told until now."""

    def __init__(self, reader: RowReader, *, is_inferred: bool = False) -> None:
        self.reader = reader
        self.layout = reader.layout
        self.is_inferred = is_inferred
        """It has no header; its rows have told their layout."""
        self.rows = 0
        """How many there were until now."""
        self.pending: PendingRow | None = None
        self._owner = 0, ""
        """The number and the text of the last row that has all that the ones below may lack."""
        self.top: Top = (0, ""), None
        """Where its banner or its header stands, and the time in front of that."""
        self.is_new = True
        """No line has come below its header."""
        self.is_coloured = False
        """There were escape sequences within its rows."""
        self.has_stamped_rows = False
        """Its rows have stamps in front, so that those read in bulk need these taken off."""
        self._above: list[tuple[int, str]] = []
        """How far in the lines stand that the next one may stand under, and their texts."""
        self._padding = Padding()
        self._has_paths = "path" in reader.layout.names
        self._is_wide = reader.layout.last_column.width > 0

    def learn_padding(self, rows: Sequence[str]) -> None:
        """Learn of rows that no header announces whether netstat has padded them.

        It has if one of them is as long as netstat pads it; another program may pad them, too.
        """
        ending = (self.layout.find_row(row) for row in rows if row.endswith(" "))
        self._padding.is_padded = self._is_wide and any(
            found is not None and found.missing <= 0 for found in ending
        )

    def put_below(self, text: str, cells: Cells = ()) -> Cells:
        """Take a line of a table whose rows stand under one another; its cells, of which `above`
        is the text of the line that it stands under, further in."""
        depth = len(text) - len(text.lstrip(" \t"))
        while self._above and self._above[-1][0] >= depth:
            self._above.pop()
        above = self._above[-1][1] if self._above else ""
        if len(self._above) < DEEPEST:
            self._above.append((depth, text.strip()))
        if not cells:
            return cells
        place = self.layout.names.index("above")
        return (*cells[:place], above, *cells[place + 1 :])

    def count(self, lines: Sequence[Line]) -> None:
        """Count rows that are complete in themselves."""
        self.rows += len(lines)
        self._padding.expect_rest(0)

    def own(self, number: int, text: str) -> None:
        """The row of this line may have what the ones right below it lack."""
        if self.layout.inherits:
            self._owner = number, text.partition("\n")[0]

    def find_owner(self, number: int) -> str:
        """What a row in this line may inherit from, if the line above is a row; else empty."""
        above, text = self._owner
        return text if above == number - 1 else ""

    def learn(self, lines: Sequence[Line]) -> None:
        """Learn of rows that were read in bulk whether all are padded.

        So a row whose field ends early is none of them.
        """
        if not self._is_wide or self._padding.is_padded or self.is_inferred:
            return
        if any(map(_ends_with_blank, lines)):
            self._see_padded()
        elif self._padding.is_padded is None:
            for line in lines[: max(0, ROWS_TO_LEARN - self.rows)]:
                found = self.layout.find_row(text_of(line))
                if found is not None and found.missing > 0:
                    self._padding.is_padded = False
                    break

    def learn_row(self, row: Row) -> None:
        """Learn the same of one row. A name may end with a blank where none is padded."""
        if not self._is_wide or self._padding.is_padded or self.is_inferred:
            return
        if row.missing <= 0 and row.text.endswith(" "):
            self._see_padded()
        elif row.missing > 0:
            self._padding.is_padded = False

    def _see_padded(self) -> None:
        # Behind several rows that are not padded it is but a name that ends so.
        if self._padding.is_padded is None or self.rows < 2:
            self._padding.is_padded = True

    def may_go_on(self, text: str) -> bool:
        """True if such a row may have more lines."""
        prefixes = self.layout.continued_prefixes
        return bool(prefixes) and text.lstrip(" \t").startswith(prefixes)

    def goes_on_in(self, above: str, text: str) -> bool:
        """True for a further line of a row, as netstat prints it."""
        return self.may_go_on(above) and self.is_row(f"{above}\n{text}")

    def find_unfinished(self, text: str) -> Row | None:
        """The row in a line, if it may be unfinished."""
        is_whole = self._is_wide and self._padding.is_padded
        if not self.layout.may_have_room or (is_whole and not self.layout.names_programs_within):
            return None
        found = self.layout.find_row(text)
        row = Row(text, *found) if found is not None else None
        return row if row is not None and self.may_be_unfinished(row) else None

    def lacks_its_end(self, row: Row | PendingRow) -> bool:
        """True for a row whose program's name goes on below, as the padding shows."""
        return bool(row.missing > 0 and self.layout.names_programs and self._padding.is_padded)

    def may_be_unfinished(self, row: Row) -> bool:
        """True for a row that may go on below, or lacks its end if all others are padded."""
        return row.room > 0 or (row.missing > 0 and self.layout.names_programs)

    def mark_unfinished(self) -> None:
        """The row above may go on below; if it ends with a program's name, that is truncated."""
        row = self.pending
        if row is not None and row.made is not None and self._ends_with_program(row):
            row.made, row.known = self.reader.read_unfinished(row.text, row.cells)
            row.missing = 0

    def _ends_with_program(self, row: PendingRow) -> bool:
        cell = self.layout.cell
        return not row.cells or bool(cell(row.cells, "pid") and not cell(row.cells, "path"))

    def is_field_open(self) -> bool:
        """True if the row above ends within a program's field."""
        row, is_within = self.pending, self.layout.names_programs_within
        if row is None or (is_within and not row.cells):
            return False  # the end of such a row must come
        return row.room <= PROGRAM_FIELD and self._ends_with_program(row)

    def has_room_for(self, text: str) -> bool:
        """True for a line that may be of the text at the end of the row above."""
        return self.pending is not None and 0 < self.pending.room >= size_of(text)

    def ends_field(self, text: str) -> bool:
        """True for a line with what a program's field lacks, and the next column behind it."""
        if self.pending is None or not 0 < self.pending.room <= PROGRAM_FIELD:
            return False
        # A carriage return before the line feed was taken for a part of the line's end.
        for size in (self.pending.room - 1, self.pending.room - 2):
            end = bytes_of(text)[max(0, size) : size + 2]
            if end.startswith(b" ") and (end[1:] in (b"/", b"@") or not self._has_paths):
                return end.strip() != b""
        return False

    def may_be_name(self, row: Row) -> bool:
        """True for a row whose path stands where the program's name does.

        Where letters have several bytes, the grammar does not know how far that goes.
        """
        if row.text.isascii() or not (self._has_paths and self.layout.names_programs_within):
            return False
        pid, path = (self.layout.cell(row.cells, name) for name in ("pid", "path"))
        if not (pid and path) or "  Path" not in self.layout.header:
            return False
        start = row.text.index(f" {pid}/") + 1
        return size_of(row.text[start : row.text.rindex(path)]) < PROGRAM_FIELD

    def starts_row(self, text: str) -> bool:
        """True for a line that starts as a row does, perhaps a damaged one."""
        found = _START.match(text)
        return found is not None and self._has_paths == (found[1] == "unix")

    def is_row(self, text: str) -> bool:
        """True for a row of its layout."""
        return self.layout.find_row(text) is not None

    def are_row(self, text: str) -> bool:
        """True if the row above and this line are one row, with a line feed in a name within it."""
        row = self.pending
        return (
            row is not None
            and self.layout.names_programs_within
            and (not row.cells or self.is_field_open())
            and len(row.so_far) + len(text) < MAX_LINE
            and self._find_joined(f"{row.so_far}?{text}") is not None
        )

    def _find_joined(self, text: str) -> Found | None:
        """The row that is in several lines. Where it has letters of several bytes its columns do
        not tell where its cells end, so they are counted as bytes."""
        return self.layout.find_row(text) or self.layout.find_row(ascii_of(text))

    def see_start(self, text: str) -> None:
        """A line was reported that may be a row, or its start, with a line feed in a name."""
        if not (self.layout.may_have_room and text.lstrip(" \t").startswith(self.layout.prefixes)):
            return
        found = self._find_joined(text)
        row = Row(text, *found) if found is not None else Row(text, (), 0, self._room_within(text))
        if row.room > 0:
            self.pending = PendingRow(row, None, Known())

    def _room_within(self, text: str) -> int:
        """For how many bytes a program's name at the end of a text may go on."""
        limit = self.layout.program_limit
        return room_of_process(text) if limit.with_pid else limit.bytes or 0

    def is_cut_short(self, row: Row) -> bool:
        """True for a row at the input's end whose last cell is shorter than netstat prints it.

        The header has the blanks that netstat pads that column with, and the rows above have them
        too, as far as there are any that show it. Without any, only a name is known to be cut: a
        state is a whole word, and somebody may have stripped the one row.
        """
        may_be_cut = self.rows > 0 or self.layout.names_programs
        return row.missing > 0 and may_be_cut and self._padding.is_padded is not False

    def expect_rest(self, missing: int) -> None:
        """Expect the rest of the row above, which lacks this many bytes of its last cell."""
        self._padding.expect_rest(missing)

    @property
    def may_have_rest(self) -> bool:
        """The row above may go on in the next line."""
        return self.pending is not None or self._padding.is_rest_missing

    def is_rest_of_row(self, text: str) -> bool:
        """True for a piece of the row above, whose program has a line feed in its name."""
        return self._padding.is_rest(text)


def _ends_with_blank(line: Line) -> bool:
    return line.endswith(" ") if isinstance(line, str) else line.endswith(b" \n")


def is_much_later(at: datetime | None, before: datetime | None) -> bool:
    """True for the stamp of a row that is too late for the run of netstat of the row before it."""
    if at is None or before is None or (at.tzinfo is None) != (before.tzinfo is None):
        return False
    return not 0 <= (at - before).total_seconds() < SECONDS_OF_RUN


class RowReaders:
    """The readers of the layouts that came before, so that they know rows that come again."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._readers: dict[Layout, RowReader] = {}

    def get(self, layout: Layout, rows_before: int) -> RowReader:
        """The reader of a layout. It remembers rows from the second time on that it comes.

        `rows_before` is how many rows the snapshot before had.
        """
        reader = self._readers.get(layout)
        if reader is not None:
            reader.remember(rows_before)
            return reader
        if len(self._readers) >= READERS_KEPT:
            self._readers.clear()
        reader = self._readers[layout] = RowReader(layout, self._sink)
        return reader
