"""LineReader: lines in, in batches; what they hold goes to a sink.

The rows of a table are read in bulk. All other lines are taken by the section, one by one.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from netstat_parse.dialects import NAMES
from netstat_parse.errors import UnknownDialectError
from netstat_parse.reading import stamps
from netstat_parse.reading.account import LineKind, Spent
from netstat_parse.reading.infer import ROWS_TO_INFER
from netstat_parse.reading.lines import text_of
from netstat_parse.reading.options import Options
from netstat_parse.reading.release import hold_rows
from netstat_parse.reading.section import Section

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.reading.lines import Line
    from netstat_parse.reading.sink import Sink

LINES_AT_ONCE = 2048
"""At most this many lines are read together: what is made of them should fit the cache."""
LINES_TO_AGE = 50_000
"""From so many lines on, what was made of them is put among the old objects at once."""


class LineReader:
    """Reads lines, one batch after another, and gives what they hold to a sink.

    `spent` is what reading the input up to here has cost. Raises UnknownDialectError if there is no
    dialect of the name in the options, TimestampFormatError if strptime does not know a format of
    timestamps in them.
    """

    def __init__(
        self, sink: Sink, options: Options | None = None, spent: Spent | None = None
    ) -> None:
        self._options = options or Options()
        dialect = self._options.dialect
        if dialect is not None and dialect not in NAMES:
            raise UnknownDialectError(dialect, NAMES)
        if self._options.timestamp_formats:
            from netstat_parse.reading.custom_stamps import check_format

            for given in self._options.timestamp_formats:
                check_format(given)
        self._section = Section(sink, self._options, spent)

    @property
    def counts(self) -> dict[LineKind, int]:
        """How many lines of each kind were read. They add up to all of them."""
        return self._section.account.counts

    @property
    def line(self) -> tuple[int, str]:
        """The last line that was not read in bulk: its number, counted from 1, and its text."""
        return self._section.account.place

    @property
    def spent(self) -> Spent:
        """What was spent of that which the reading of one input may cost at most."""
        return self._section.account.spent

    @property
    def snapshots(self) -> int:
        """How many snapshots have begun."""
        return self._section.snapshot.snapshots

    def feed_lines(self, lines: Sequence[Line], *, terminated: bool = True) -> None:
        """Read lines, given without their line ends, or as `raw_batches` gives them.

        `terminated` is False when the last of them ends with the input, not with a line end.
        """
        if not terminated and lines:
            self.feed_lines(lines[:-1])
            self._section.take(text_of(lines[-1]), terminated=False)
            return
        start = 0
        with _collector_paused(len(lines)):
            while start < len(lines):
                start += self._feed_some(lines[start : start + LINES_AT_ONCE])

    def close(self) -> None:
        """The input has ended; raises NotNetstatError if there was no netstat output in it."""
        self._section.close()

    def _feed_some(self, lines: Sequence[Line]) -> int:
        """Read the first lines, as far as one layout goes; how many these were."""
        section = self._section
        blanks = section.pass_blanks(lines)
        if blanks:
            return blanks
        if section.table is None or section.above:
            return self._take_first(lines)
        reader, frame = section.table.reader, section.wrapping.frame
        rows: Sequence[Line] = lines
        is_stamped = section.table.has_stamped_rows
        if frame is not None:
            rows = [section.wrapping.take_off_frame(text_of(line)) for line in lines]
        if is_stamped:
            rows = [self._behind_stamp(text_of(line)) for line in rows]
        made, holes, known = reader.read(rows)
        if not holes:
            section.take_rows(rows, made, known, lines[-1])
            return len(lines)
        done = 0
        for hole in (*holes, len(lines)):
            if done < hole and section.table is not None:
                section.take_rows(rows[done:hole], made[done:hole], known, lines[hole - 1])
                done = hole
            # Behind a stamp or a prompt there is no table, so a row is no row until a header comes.
            while done < len(lines) and (done == hole or section.table is None or section.above):
                done += self._take_first(lines[done : done + ROWS_TO_INFER])
                done += section.pass_blanks(lines, done)
                table = section.table
                is_another = table is not None and (
                    table.reader is not reader or table.has_stamped_rows != is_stamped
                )
                if is_another or section.wrapping.frame is not frame:
                    return done
        return done

    def _take_first(self, lines: Sequence[Line]) -> int:
        """Take the first line, or several that are rows alone; how many these were."""
        held = hold_rows(self._section, lines)
        if not held:
            self._section.take(text_of(lines[0]))
        return held or 1

    def _behind_stamp(self, line: str) -> str:
        found = stamps.at_start(line, tuple(self._options.timestamp_formats))
        return line if found is None or found[0].invalid else line[found[1] :]


@contextmanager
def _collector_paused(lines: int) -> Iterator[None]:
    """Hold the cyclic garbage collector while many objects are made, none of them garbage.

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
