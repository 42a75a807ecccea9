"""The section: where the reader is in an input, and what it does about each line.

A line is classified (`classify.py`); what is done about it, and where the reader is then, stands in
one table, TRANSITIONS (`transitions.py`). What a snapshot gives does not depend on what came
before the stamp, the prompt, the banner or the header that begins it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from netstat_parse.dialects.headers import Banner
from netstat_parse.errors import NotNetstatError
from netstat_parse.reading import around
from netstat_parse.reading.account import LineKind, Spent
from netstat_parse.reading.beginnings import begins_another
from netstat_parse.reading.classify import (
    Blank,
    Continuation,
    Expected,
    Header,
    Heading,
    Line,
    Odd,
    Row,
    Stamped,
)
from netstat_parse.reading.glued import is_glued, split_glued
from netstat_parse.reading.known_lines import KnownLines
from netstat_parse.reading.lines import MAX_LINE, text_of
from netstat_parse.reading.other_languages import begin_table, hold_above, release_above
from netstat_parse.reading.release import (
    end_rows_alone,
    kinds_alone,
    release_rows,
    return_to_table,
)
from netstat_parse.reading.rest import (
    are_no_rest,
    settle_as_rest,
    settle_as_they_look,
    take_below_row_alone,
    take_rest,
)
from netstat_parse.reading.rows import is_plain
from netstat_parse.reading.stamps import Stamp
from netstat_parse.reading.state import At, State
from netstat_parse.reading.table import PendingRow
from netstat_parse.reading.transitions import (
    TRANSITIONS,
    see_first_row,
)
from netstat_parse.reading.unwrap import behind_stamp, look_at, refuse, take_glued

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.reading import lines
    from netstat_parse.reading.options import Options
    from netstat_parse.reading.rows import Known
    from netstat_parse.reading.sink import Made, Sink

WITHIN_FIELD = "expected the path behind the program's field: this may be a part of the name"


class Section(State):
    """Takes the lines of an input one after another, and gives what they hold to a sink."""

    def __init__(self, sink: Sink, options: Options, spent: Spent | None = None) -> None:
        super().__init__(sink, options, spent)
        self._formats = tuple(options.timestamp_formats)
        self._kinds_alone = partial(kinds_alone, self)
        self._known_lines = KnownLines()
        self._is_below_blank = False

    def take(self, line: str, *, terminated: bool = True) -> None:
        """Take the next line; `terminated` is False if the input ended inside it."""
        self.account.open(line)
        self.without_end = 0 if terminated else self.account.number
        self._is_below_blank = False
        if len(line) > MAX_LINE:
            self.account.report(MAX_LINE + 1, f"a line of at most {MAX_LINE} characters")
            return
        table = self.table
        self.take_text(line.removeprefix("\ufeff"))
        if table is not None:
            table.is_new = False

    def take_text(self, raw: str) -> None:
        """Take a line, or what is left of it, with the frame that it may stand in."""
        text = self.wrapping.take_off_frame(raw)
        if "\\n" in text and (lines := around.find_in_json(text)):
            self.without_end = 0
            for piece in lines:
                self.take_bare(piece, piece)
        elif "=" in text and (lines := self._split(text)):
            wrapping = self.wrapping
            self.take_bare(lines[0], lines[0])
            if self.wrapping is not wrapping and wrapping.frame is not None:
                # It has begun a snapshot, which learns its frame anew.
                self.wrapping.split_framed(raw, self.options.dialect)
            self.account.is_counted = True
            for piece in lines[1:]:
                self.take_bare(piece, piece)
            self.account.is_counted = False
        else:
            self.take_bare(text, raw)

    def _split(self, text: str) -> list[str]:
        """The lines that stand in one."""
        return self.wrapping.split(text, self.options.dialect, may_learn=self.table is None)

    def take_bare(self, text: str, raw: str) -> None:
        """Take the text of a line without the frame around it."""
        self.raw = raw
        known = self._known_lines.find(self, text)
        if known is not None:
            self._take_found(known, "", text)
            return
        if self.table is not None and self.table.may_have_rest:
            bare = behind_stamp(self, text)
            if are_no_rest(self, bare):
                settle_as_they_look(self)
                self.take_text(raw)
                return
            if take_rest(self, self.table, bare):
                return
        if self.at is At.HOLDING and take_below_row_alone(self, behind_stamp(self, text)):
            return
        found, why = look_at(self, text, self._expected())
        for step in (end_rows_alone, begin_table, return_to_table):
            if step(self, found):
                found, why = look_at(self, text, self._expected())
        if not why:
            self._known_lines.learn(self, text, found)
        self._take_found(found, why, text)

    def _take_found(self, found: Line, why: str, text: str) -> None:
        """Take a line of which it is known what it is, and why it is to be reported."""
        frame = self.wrapping.frame
        if self._leave_before(found):
            # Nothing that was known above is asked about it, as nothing was about a bare banner.
            if isinstance(found, (Stamp, Banner)) and frame is None and is_plain(text):
                self.handle(found)
            else:
                self.take_text(self.raw)
            return
        if isinstance(found, (Stamp, Banner, Header)):
            self.handle(found)
            return
        row = found.line if isinstance(found, Stamped) else found
        if self.table is not None and isinstance(row, Row | Odd) and is_glued(row.text):
            pieces = split_glued(row.text, self.table.layout)
            if pieces is not None:
                take_glued(self, self.table, *pieces)
                return
        if isinstance(row, Row) and self.table is not None and self.table.may_be_name(row):
            why = WITHIN_FIELD
        if why:
            self.account.report(len(self.account.line) + 1, why)
            if isinstance(row, Row):
                refuse(self, row)
            return
        if isinstance(row, Row) and self.table is not None and not self.is_without_end:
            self.table.learn_row(row)
        if isinstance(row, Odd | Heading) and hold_above(self, row):
            return
        self.handle(found)

    def take_rows(
        self, rows: Sequence[lines.Line], made: list[Made], known: Known, raw: lines.Line
    ) -> None:
        """Take lines that are rows of the table, complete in themselves, and what they gave.

        `raw` is the last line as it stands in the input.
        """
        see_first_row(self, text_of(rows[0]))
        table = self.table
        assert table is not None
        self._is_below_blank = False
        settle_as_rest(self)
        table.is_new = False
        table.learn(rows)
        self.pass_pending_row()
        self.account.number += len(rows)
        self.account.count(LineKind.ROW, len(rows))
        table.count(rows)
        last = text_of(rows[-1])
        table.own(self.account.number, last)
        row = table.find_unfinished(last)
        if row is not None:
            place = self.account.number, text_of(raw)
            table.pending = PendingRow(row, made[-1], known, place)
        elif table.may_go_on(last):
            table.pending = PendingRow(Row(last, (), 0), made[-1], known)
        if table.pending is not None:
            rows, made = rows[:-1], made[:-1]
        if made:
            self.snapshot.add_rows(table.reader, known, rows, made)

    def pass_blanks(self, lines: Sequence[lines.Line], start: int = 0) -> int:
        """Count the lines that come next and equal the blank one above: they change nothing. Gives
        how many they are; an input may have millions."""
        if not self._is_below_blank or start >= len(lines):
            return 0
        blank = lines[start]
        if blank.strip() or text_of(blank) != self.account.line:
            return 0
        others = (i for i in range(start, len(lines)) if lines[i] != blank)
        count = next(others, len(lines)) - start
        self.account.number += count
        self.account.count(LineKind.BLANK, count)
        return count

    def release_rows(self) -> At:
        """The rows that no header announces have ended; gives where the reader is then."""
        return release_rows(self)

    def close(self) -> None:
        """The input has ended; raises NotNetstatError if there was no netstat output in it."""
        if self.at is At.HOLDING:
            release_rows(self)
        while settle_as_they_look(self):
            pass
        release_above(self)
        self.end_banner()
        self.end_table()
        if not self.snapshot.is_open and self.other_dialect is not None:
            # netstat printed it, but only tables that are not read.
            self.begin_snapshot(self.options.dialect or self.other_dialect)
        if not self.snapshot.snapshots:
            other = self.account.other_program
            looks = f"; it looks like {other}" if other else ""
            raise self.undecided or NotNetstatError(
                self.account.number, 1, "", f"no netstat output in the input{looks}"
            )

    def _expected(self) -> Expected:
        table, aside = self.table, self.aside
        above = table.pending if table is not None else None
        return Expected(
            table.layout if table is not None else None,
            above.text if above is not None and above.may_go_on else "",
            self.alone,
            self._kinds_alone,
            self.account.spent.headers,
            aside is None or aside.count > 0,
            self.options.dialect,
            self.snapshot.dialect,
            self.banner,
            self._formats,
            table.find_owner(self.account.number) if table is not None else "",
        )

    def handle(self, found: Line) -> None:
        """Do what TRANSITIONS says about a line."""
        self.front = None
        is_stamped = isinstance(found, Stamped)
        if isinstance(found, (Row, Banner)):
            self.is_stamped = False
        elif isinstance(found, Stamped):
            self.is_stamped = True
            self.front = found.stamp.at
            found = found.line
            if isinstance(found, Row) and self.table is not None:
                self.table.has_stamped_rows = not self.table.is_inferred
        if not isinstance(found, Continuation):
            self.pass_pending_row()
        action, then = TRANSITIONS[self.at, type(found)]
        self.at = action(self, found) or then
        if isinstance(found, Header) and self.table is not None:
            # A stamp may look like the first cell of a row.
            self.table.has_stamped_rows = is_stamped
        if not self.snapshot.is_open and self.snapshot.stamp is None:
            self.snapshot.stamp = self.front
        self.front_before = self.front or self.front_before
        self._is_below_blank = isinstance(found, Blank)

    def _leave_before(self, found: Line) -> bool:
        """Leave the snapshot before a line that begins another one; True if there was one."""
        is_header = isinstance(found.line if isinstance(found, Stamped) else found, Header)
        if not self.snapshot.is_open and (self.banner is None or is_header):
            return False
        if not begins_another(self, found):
            return False
        if not is_header:
            self.end_banner()
        self.end_table()
        if not self.snapshot.is_open:
            return False
        self.leave()
        self.at = At.BETWEEN
        return True
