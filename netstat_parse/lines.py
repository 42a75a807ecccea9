"""Every line has its place: banner, header, row, timestamp, note, blank, or unparsed.

A LineReader finds it, and gives what the line holds to a sink: `reader.py` makes snapshots of it,
`writers.py` makes CSV. It opens no file and makes no model.
"""

from __future__ import annotations

import gc
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from operator import attrgetter

from netstat_parse import noise, stamps
from netstat_parse.errors import (
    NotNetstatError,
    ParseError,
    SeveralSnapshotsError,
    UnknownDialectError,
)
from netstat_parse.files import MAX_LINE, joined, text_of
from netstat_parse.grammar import headers
from netstat_parse.grammar.table import INTERNET, Table
from netstat_parse.rows import RowReader, Suspect, is_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any, Protocol

    from netstat_parse.files import Line
    from netstat_parse.rows import Made, Maker

    class Sink(Maker, Protocol):
        """Where a LineReader puts what it finds."""

        def start(self, dialect: str, captured_at: datetime | None) -> None:
            """A snapshot begins; the one before it is complete."""

        def rows(self, made: list[Made]) -> None:
            """The next rows of the snapshot's Internet table."""

        def unix_rows(self, made: list[Made]) -> None:
            """The next rows of the snapshot's table of UNIX domain sockets."""

        def note(self, text: str) -> None:
            """A note; it may come before any snapshot."""

        def unparsed(self, number: int, text: str, reason: str) -> None:
            """A line that can't be placed; it may come before any snapshot."""

        def between(self) -> None:
            """What comes now belongs to the next snapshot, if there is one."""


ROWS_TO_PROVE = 10_000
"""In so many rows of a snapshot is the proof looked for that netstat cut nothing."""
ROWS_TO_INFER = 100
"""By so many rows without a header it is found out which columns they have."""
TABLES_REMEMBERED = 16
"""Under how many different headers rows are remembered."""
HEADERS_READ = 64
"""How many different headers a log may have: each takes the time of many rows to make sense of."""
PEELED_AT_MOST = 4
"""How many stamps and quoting marks may stand before a line's text."""
SECONDS_OF_RUN = 10
"""Rows without a header whose stamps are further apart are from two runs of netstat."""
LINES_EXPLAINED = 10_000
"""For so many lines that are no rows the grammar is asked what it expected."""
LINES_AT_ONCE = 2048
"""So many lines at most are read together: what is made of them should fit the cache."""
LINES_TO_AGE = 50_000
"""What was made of so many lines is taken for old at once."""
LINES_OF_ROW = 64
"""No row goes on for more lines."""
BLANKS = (" ", "\t")
_is_proof = attrgetter("is_proof")


class LineKind(StrEnum):
    """What a line is."""

    BANNER = "banner"
    HEADER = "header"
    ROW = "row"
    CONTINUATION = "continuation"
    """A further line of the row above."""
    TIMESTAMP = "timestamp"
    NOTE = "note"
    BLANK = "blank"
    UNPARSED = "unparsed"


class LineReader:
    """Places lines, one after another, and gives what they hold to a sink.

    `dialect` forces the dialect of every header. `strict` raises ParseError at the first line that
    can't be placed. `uncut` says that netstat was told not to cut addresses (-W, -l).
    `timestamp_formats` are strptime formats of stamps, besides the usual ones. `single` raises
    SeveralSnapshotsError where a second snapshot begins.
    """

    def __init__(
        self,
        sink: Sink,
        *,
        dialect: str | None = None,
        strict: bool = False,
        uncut: bool = False,
        timestamp_formats: Sequence[str] = (),
        single: bool = False,
    ) -> None:
        if dialect is not None and dialect not in headers.dialect_names():
            raise UnknownDialectError(dialect, headers.dialect_names())
        self.counts = dict.fromkeys(LineKind, 0)
        self.snapshots = 0
        self._sink = sink
        self._dialect = dialect
        self._strict = strict
        self._uncut = uncut
        self._single = single
        self._formats = tuple(timestamp_formats)
        self._number = 0
        self._line = ""
        self._memories: dict[Table, RowReader] = {}
        self._memory: RowReader | None = None
        self._headers: set[str] = set()
        self._banner: headers.Banner | None = None
        self._aside: list[Any] | None = None
        self._apart = False
        self._below: tuple[str, ...] = ()
        self._other: str | None = None
        self._headerless: list[tuple[int, str, str]] = []
        self._stamp: datetime | None = None
        self._stamp_of_line: datetime | None = None
        self._has_stamped_rows = False
        self._is_inferred = False
        self._explained = 0
        self._rows: list[Any] = []
        self._held: list[int] = []
        self._row_count = 0
        self._row_text = ""
        self._cell_left = 0
        self._is_padded: bool | None = None
        self._row_end = 0
        self._cut: bool | None = None

    def feed_lines(self, lines: Sequence[Line], *, terminated: bool = True) -> None:
        """Places lines, given without their line ends, or as `raw_batches` gives them.

        `terminated` is False when the last of them ends with the input, not with a line end.
        """
        if not terminated and lines:
            self.feed_lines(lines[:-1])
            self._number += 1
            self._place(text_of(lines[-1]), terminated=False)
            self._flush()
            return
        start = 0
        with _collector_paused(len(lines)):
            while start < len(lines):
                start += self._feed_some(lines[start : start + LINES_AT_ONCE])
        self._flush()

    def feed_line(self, line: str) -> None:
        """Places one line, given without its line end."""
        made = self._memory.get(line) if self._memory is not None and self._in_rows() else None
        if made is not None:
            self._take_rows([made], [line], [0] if type(made) is Suspect else ())
            if self._row_count % 1024 == 0:
                self._flush()
        else:
            self._number += 1
            with _collector_paused(1):
                self._place(line)

    def _feed_some(self, lines: Sequence[Line]) -> int:
        """Places the first lines, as far as one table goes; how many these were."""
        memory = self._memory
        if memory is None or not self._in_rows():
            self._number += 1
            self._place(text_of(lines[0]))
            return 1
        rows: Sequence[Line] = lines
        if self._has_stamped_rows:
            rows = list(map(self._behind_stamp, map(text_of, lines)))
        made, holes, suspects = memory.read_all(rows)
        done = 0
        for hole in (*holes, len(lines)):
            if hole < done:
                continue
            if done < hole:
                here = suspects[bisect_left(suspects, done) : bisect_left(suspects, hole)]
                self._take_rows(made[done:hole], rows[done:hole], [i - done for i in here])
            done = hole
            while done < len(lines) and (done == hole or not self._in_rows()):
                self._number += 1
                self._place(text_of(lines[done]))
                done += 1
            if self._memory is not memory:
                return done
        return len(lines)

    def close(self) -> None:
        """The input has ended.

        Raises NotNetstatError if there was no netstat output in it.
        """
        self._settle_headerless()
        self._end_aside()
        self._flush(to_the_end=True)
        self._end_banner()
        if not self.snapshots and self._other is not None:
            # Netstat printed it, but no connections: `netstat -r`.
            self._start(self._dialect or self._other)
        if not self.snapshots:
            raise NotNetstatError(self._number, 1, "", "no netstat output in the input")

    # Rows ---------------------------------------------------------------------------------------

    def _in_rows(self) -> bool:
        """True if rows are what must come now."""
        return (
            self._memory is not None
            and self._aside is None
            and self._banner is None
            and not self._apart
        )

    def _take_rows(
        self, made: Sequence[Any], lines: Sequence[Line], suspects: Sequence[int]
    ) -> None:
        """Takes rows that are complete in themselves, each a line; at these places are suspects."""
        if self._is_padded is None and (
            text_of(lines[0]).endswith(" ") or " \n" in f"{joined(lines)}\n"
        ):
            self._is_padded = True
        self._add_rows(made, suspects)
        self._number += len(made)
        self._cell_left = 0
        self._may_go_on(text_of(lines[-1]))

    def _place_row(self, memory: RowReader, text: str) -> bool:
        """Places the line if it is a row of the table, or goes on with the one above."""
        made = self._read_row(memory, text)
        if made is None:
            return self._place_continuation(memory, text)
        self._take_row(made)
        self._may_go_on(text)
        return True

    def _read_row(self, memory: RowReader, text: str) -> Any:
        """What a row gives, or the suspect that it is; None if it is no row of the table."""
        table = memory.table
        made = memory.get(text)
        if made is not None:
            return made
        read = table.read(text)
        if read is None:
            return None
        cells, left = read
        if left > 0 and table.names_programs and self._is_padded:
            return None
        self._cell_left = left
        return memory.made_of(text, cells, is_complete=left <= 0)

    def _is_rest_of_row(self, text: str) -> bool:
        """True for a piece of the row above, whose program has a line feed in its name.

        Whoever names a program so could write stamps and prompts into the log. netstat pads the
        cell, so what is missing of it tells how far the name goes on.
        """
        left = self._cell_left - 1
        memory = self._memory
        self._cell_left = 0
        if left < 0 or memory is None or memory.table.match(text) is not None:
            return False
        if not (len(text) == left and text.endswith(" ")) and not (
            len(text) < left and self._is_padded
        ):
            return False
        self._cell_left = left - len(text)
        return True

    def _may_go_on(self, text: str) -> None:
        """Keeps the text of the row that ends here, if its table's rows may have more lines."""
        memory = self._memory
        if self._is_padded is not True and memory is not None:
            if text.endswith(" "):
                self._is_padded = True
            elif memory.table.missing_of_last_cell(text) > 0:
                self._is_padded = False
        if memory is not None and text.lstrip(" \t").startswith(memory.table.goes_on):
            self._row_text, self._row_end = text, self._number

    def _place_continuation(self, memory: RowReader, text: str) -> bool:
        """Places the line if it is one row together with the row right above it.

        It must be indented, unless that row is not.
        """
        above = self._row_text
        if not 0 < self._row_end == self._number - 1:
            return False
        if len(above) + len(text) > MAX_LINE or above.count("\n") >= LINES_OF_ROW:
            return False
        if above.startswith(BLANKS) and not text.startswith(BLANKS):
            return False
        joined = f"{above}\n{text}"
        made = memory.get(joined) or self._read_row(memory, joined)
        if made is None:
            return False
        self._rows.pop()
        if self._held and self._held[-1] == len(self._rows):
            self._held.pop()
        self._row_count -= 1
        self.counts[LineKind.ROW] -= 1
        self.counts[LineKind.CONTINUATION] += 1
        self._take_row(made)
        self._may_go_on(joined)
        return True

    def _take_row(self, made: Any) -> None:
        memory = self._memory
        assert memory is not None
        if self._apart:
            self._start(memory.table.dialect)
        self._add_rows([made], [0] if type(made) is Suspect else ())

    def _add_rows(self, made: Sequence[Any], suspects: Sequence[int]) -> None:
        first = len(self._rows)
        before = self._row_count - first
        self._rows += made
        self._row_count += len(made)
        self.counts[LineKind.ROW] += len(made)
        if not suspects:
            return
        if self._cut is None:
            proving = suspects[: bisect_left(suspects, ROWS_TO_PROVE - before - first)]
            if any(map(_is_proof, map(made.__getitem__, proving))):
                self._cut = False
            elif len(proving) < len(suspects):
                self._cut = True
        self._held += [first + place for place in suspects]
        if self._cut is not None:
            self._settle()

    def _settle(self) -> None:
        """It is known whether this netstat cut the addresses that fill their columns."""
        memory = self._memory
        assert memory is not None
        assert self._cut is not None
        rows, held, self._held = self._rows, self._held, []
        settled = memory.settle(list(map(rows.__getitem__, held)), cut=self._cut)
        for i, made in zip(held, settled, strict=True):
            rows[i] = made

    def _flush(self, *, to_the_end: bool = False) -> None:
        if self._held and (to_the_end or self._row_count >= ROWS_TO_PROVE):
            self._cut = True
            self._settle()
        if self._held:
            return
        may_go_on = self._row_end == self._number and not to_the_end
        last = [self._rows.pop()] if self._rows and may_go_on else []
        if self._rows:
            memory = self._memory
            assert memory is not None
            if memory.table.kind == INTERNET:
                self._sink.rows(self._rows)
            else:
                self._sink.unix_rows(self._rows)
        self._rows = last

    # Lines --------------------------------------------------------------------------------------

    def _place(self, line: str, *, terminated: bool = True) -> None:
        """Places one line."""
        self._line = line
        if len(line) > MAX_LINE:
            self._unparsed(line, MAX_LINE + 1, f"a line of at most {MAX_LINE} characters")
            return
        text = line.removeprefix("\ufeff")
        if not is_plain(text):
            text = noise.without_escapes(text)
        if self._headerless:
            if self._hold_headerless(line, text):
                return
            self._settle_headerless()
        if self._cell_left > 0 and self._is_rest_of_row(text):
            self._unparsed(line, 1, "expected a row: this is the rest of the one above")
        elif not terminated and self._is_cut_short(text):
            self._unparsed(
                line, len(line) + 1, "expected the rest of the row: the input ends inside it"
            )
        elif not self._place_text(line, text):
            self._unparsed(line, *self._expected(text))

    def _place_text(self, line: str, text: str, peeled: int = 0) -> bool:
        """Places the line by its text, or by a part of it; False if no rule accounts for it.

        `peeled` is how many stamps and quoting marks were taken off before the text.
        """
        if text in self._headers and self._place_header(text):
            return True
        memory = self._memory
        expects_rows = self._aside is None and self._banner is None
        if memory is not None and expects_rows and self._place_row(memory, text):
            return True
        bare = text.strip()
        if not bare:
            self.counts[LineKind.BLANK] += 1
            return True
        if (
            self._place_banner(bare)
            or self._place_stamp(line, text)
            or self._place_header(text)
            or self._place_other_table(bare)
        ):
            return True
        is_note = noise.is_note(bare)
        if is_note or noise.is_transcript(bare):
            self._note(bare)
            if not is_note and (self._row_count or not noise.is_rule(bare)):
                self._set_apart()
            if shown := stamps.shown_by_watch(bare):
                self._stamp = shown.at
            return True
        if self._aside is None and self._hold_headerless(line, text):
            return True
        if peeled < PEELED_AT_MOST:
            unquoted = noise.without_quoting(text)
            if len(unquoted) < len(text) and self._place_text(line, unquoted, peeled + 1):
                return True
            if self._place_stamped(line, text, peeled + 1):
                return True
        if self._aside is None or peeled:
            return False
        self._aside[1] += 1
        self.counts[LineKind.NOTE] += 1
        return True

    def _place_banner(self, bare: str) -> bool:
        banner = headers.banner(bare)
        if banner is None:
            return False
        self._end_aside()
        self._end_banner()
        self._banner = banner
        self.counts[LineKind.BANNER] += 1
        return True

    def _place_other_table(self, bare: str) -> bool:
        other = headers.other_table(bare)
        if other is None:
            return False
        self._end_aside()
        self._end_banner()
        self._aside = [bare, 0]
        if not self.snapshots:
            self._other = self._other or other
        self.counts[LineKind.BANNER] += 1
        return True

    def _end_banner(self) -> None:
        """A banner without a header under it is a table without rows."""
        if self._banner is not None and (self._banner.kind == INTERNET or not self.snapshots):
            self._start(self._dialect or self._banner.dialects[0])
        self._banner = None

    def _place_header(self, text: str) -> bool:
        if self._aside is not None and self._aside[1] == 0:
            return False
        is_new = text not in self._headers
        if is_new and not headers.may_be_header(text):
            return False
        if is_new and len(self._headers) >= HEADERS_READ:
            # What it announces is not known, so the rows below it must not be read as others are.
            self._end_aside()
            self._end_banner()
            self._aside = ["too many different headers", 0]
            self.counts[LineKind.HEADER] += 1
            return True
        printing = self._banner.dialects if self._banner is not None else ()
        likely = printing[0] if len(printing) == 1 else None
        table = headers.table_under(text, self._dialect or likely)
        if table is None and likely is not None and self._dialect is None:
            table = headers.table_under(text)
        if table is None:
            return False
        self._headers.add(text)
        is_again = table.header in self._below
        if not table.below or is_again or self._apart or not self.snapshots:
            self._start(table.dialect)
        if table.below:
            self._below = (*self._below, table.header)
        self._end_aside()
        self._flush(to_the_end=True)
        self._banner = None
        self._set_table(table)
        self._is_inferred = False
        if table.extra:
            titles = ", ".join(title for _, title in table.extra)
            self._sink.note(f"columns that no dialect lists: {titles}")
        self.counts[LineKind.HEADER] += 1
        return True

    def _set_table(self, table: Table) -> None:
        memory = self._memories.get(table)
        if memory is None:
            if len(self._memories) >= TABLES_REMEMBERED:
                self._memories.clear()
            memory = self._memories[table] = RowReader(table, self._sink)
        self._memory = memory

    def _place_stamp(self, line: str, text: str) -> bool:
        stamp = stamps.whole_line(text, self._formats)
        if stamp is None:
            return False
        self._set_apart()
        if stamp.invalid:
            self._unparsed(line, 1, stamp.problem or "a valid time")
            return True
        self._stamp = stamp.at
        if stamp.problem:
            self._sink.note(f"{stamp.text}: {stamp.problem}")
        self.counts[LineKind.TIMESTAMP] += 1
        return True

    def _place_stamped(self, line: str, text: str, peeled: int) -> bool:
        """Places a line that has its own stamp before it, by what stands behind the stamp."""
        found = stamps.at_start(text, self._formats)
        if found is None or found[0].invalid:
            return False
        stamp, end = found
        if self._is_inferred and self._is_later(stamp.at):
            self._apart = True
        self._stamp_of_line = stamp.at
        pending, self._stamp = self._stamp, self._stamp or stamp.at
        rows = self.counts[LineKind.ROW]
        if not self._place_text(line, text[end:], peeled):
            self._stamp = pending
            return False
        if self.counts[LineKind.ROW] > rows:
            self._has_stamped_rows = not self._is_inferred
            self._stamp = pending
        return True

    def _is_later(self, at: datetime | None) -> bool:
        """True for a row's stamp that is too late for the run of netstat of the row before it."""
        before = self._stamp_of_line
        if at is None or before is None or (at.tzinfo is None) != (before.tzinfo is None):
            return False
        return not 0 <= (at - before).total_seconds() < SECONDS_OF_RUN

    def _behind_stamp(self, line: str) -> str:
        found = stamps.at_start(line, self._formats)
        return line if found is None or found[0].invalid else line[found[1] :]

    # Rows that no header announces --------------------------------------------------------------

    def _hold_headerless(self, line: str, text: str) -> bool:
        """Holds a line that may be a row, until so many are there that they tell their columns."""
        if self._memory is not None and not self._apart:
            return False
        if not headers.tables_of_rows([text], self._dialect):
            return False
        self._headerless.append((self._number, line, text))
        if len(self._headerless) >= ROWS_TO_INFER:
            self._settle_headerless()
        return True

    def _settle_headerless(self) -> None:
        """Finds the table that the held rows are of, and places them.

        Where they can be read in two ways, they are read in neither.
        """
        held, self._headerless = self._headerless, []
        if not held:
            return
        texts = [text for _, _, text in held]
        tables = headers.tables_of_rows(texts, self._dialect)
        readings = {tuple(map(t.reading, texts)) for t in tables}
        number = self._number
        if len(readings) == 1:
            self._start(tables[0].dialect)
            self._set_table(tables[0])
            self._is_inferred = True
            self._sink.note(f"no header: read as {_or_as(tables)}")
        for self._number, line, text in held:
            if len(readings) > 1:
                self._unparsed(line, 1, f"no header above, and it may be {_or_as(tables)}")
            elif not self._place_text(line, text):
                self._unparsed(line, *self._expected(text))
        self._number = number

    def _set_apart(self) -> None:
        """What comes next belongs to another snapshot."""
        self._end_aside()
        self._apart = True
        self._sink.between()

    def _start(self, dialect: str) -> None:
        """A snapshot begins."""
        if self._single and self.snapshots:
            raise SeveralSnapshotsError(
                self._number, 1, self._line, "expected the end of the one snapshot, not another"
            )
        self._end_aside()
        self._flush(to_the_end=True)
        if self._memory is not None:
            self._memory.expect(self._row_count)
        self._sink.start(dialect, self._stamp)
        self.snapshots += 1
        self._banner = None
        self._stamp = None
        self._apart = False
        self._below = ()
        self._other = None
        self._row_count = 0
        self._is_padded = None
        self._cut = False if self._uncut else None

    def _end_aside(self) -> None:
        if self._aside is not None:
            banner, lines = self._aside
            self._aside = None
            self._sink.note(f"{banner.removesuffix(':')}: set aside, {lines} lines")

    def _note(self, text: str) -> None:
        self.counts[LineKind.NOTE] += 1
        self._sink.note(text)

    def _unparsed(self, line: str, column: int, expected: str) -> None:
        if self._strict:
            raise ParseError(self._number, column, line, expected)
        self.counts[LineKind.UNPARSED] += 1
        self._sink.unparsed(self._number, line, f"column {column}: {expected}")

    def _expected(self, text: str) -> tuple[int, str]:
        """At which column of a line that can't be placed something else was expected, and what."""
        memory = self._memory
        if memory is None or self._aside is not None:
            return 1, "expected a banner or a header of netstat"
        start = text.lstrip(" \t")
        column = len(text) - len(start) + 1
        if not any(start.startswith(row.prefix) for row in memory.table.rows):
            return column, "expected a row, a banner or a header"
        self._explained += 1
        if self._explained > LINES_EXPLAINED:
            return column, "expected a row"
        from netstat_parse.grammar.dialects import explain

        return explain(memory.table, text)

    def _is_cut_short(self, text: str) -> bool:
        """True for a row whose last cell is shorter than netstat prints it.

        The header has the blanks that netstat pads that column with, and the rows above have them
        too, as far as they show it.
        """
        memory = self._memory
        if memory is None or not self._in_rows() or not self._row_count:
            return False
        return self._is_padded is not False and memory.table.missing_of_last_cell(text) > 0


def _or_as(tables: Sequence[Table]) -> str:
    """Dialects and columns, in words."""
    return " or ".join(dict.fromkeys(f"{t.dialect} ({', '.join(t.titles)})" for t in tables))


@contextmanager
def _collector_paused(lines: int) -> Iterator[None]:
    """Holds the cyclic garbage collector while many objects are made, none of them garbage.

    It would go through all of them again and again, which triples the cost of a large snapshot.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if lines >= LINES_TO_AGE and not gc.get_freeze_count():
            # Freezing all objects and releasing them puts them among the old ones, which is where
            # they belong. The collector would go through all of them first.
            gc.freeze()
            gc.unfreeze()
        gc.enable()
