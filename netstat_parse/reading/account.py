"""The account of the lines: each is counted as what it is, or reported."""

from __future__ import annotations

from enum import StrEnum

from netstat_parse.errors import ParseError
from netstat_parse.reading.other_programs import name_program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.grammar.layout import HeaderSort, Layout
    from netstat_parse.reading.sink import Sink

HEADERS_READ = 128
"""How many sorts of headers an input may have: each takes the time of many rows to make sense of.
Those that differ in blanks are one, unless they tell of columns of another width."""
LINES_EXPLAINED = 10_000
"""At most this many rejected lines are explained by pyparsing; the rest get a short reason."""

LINES_NAMED = 1_000
"""At most this many rejected lines are compared with what other programs print."""


class LineKind(StrEnum):
    """The kinds of lines that are counted."""

    BANNER = "banner"
    HEADER = "header"
    ROW = "row"
    CONTINUATION = "continuation"
    """A further line of the row above."""
    TIMESTAMP = "timestamp"
    NOTE = "note"
    BLANK = "blank"
    UNPARSED = "unparsed"


class Spent:
    """What was spent of that which the reading of one input may cost at most."""

    def __init__(self) -> None:
        self.explained = 0
        """So many rejected lines were explained by pyparsing, or were too many for that."""
        self.headers: set[HeaderSort] = set()
        """The sorts of the headers that were made sense of."""
        self.had_surplus_header = False
        """A header was not made sense of, as there were too many sorts of them."""

    def add(self, other: Spent) -> None:
        """Add what was spent on another part of the input."""
        self.explained += other.explained
        self.headers |= other.headers

    def has_room_for(self, other: Spent) -> bool:
        """True if nothing that was read while `other` was spent would be read otherwise now."""
        return (
            not other.had_surplus_header
            and self.explained + other.explained <= LINES_EXPLAINED
            and len(self.headers | other.headers) <= HEADERS_READ
        )


class Account:
    """The lines until now: how many of each kind, and which of them comes now."""

    def __init__(self, sink: Sink, *, strict: bool, spent: Spent | None = None) -> None:
        self.spent = spent or Spent()
        self.counts = dict.fromkeys(LineKind, 0)
        self.number = 0
        """Of the line, counted from 1."""
        self.line = ""
        """As it was read."""
        self.is_counted = False
        """What comes is a further part of a line that was counted."""
        self._sink = sink
        self._strict = strict
        self.other_program = ""
        """What seems to have printed the lines, if not netstat."""

    @property
    def place(self) -> tuple[int, str]:
        """The number and the text of the line that comes now."""
        return self.number, self.line

    @place.setter
    def place(self, place: tuple[int, str]) -> None:
        self.number, self.line = place

    def open(self, line: str) -> None:
        """The next line comes."""
        self.number += 1
        self.line = line

    def count(self, kind: LineKind, lines: int = 1) -> None:
        """Count the line, or several, under its kind."""
        if not self.is_counted:
            self.counts[kind] += lines

    def note(self, text: str) -> None:
        """Count the line as a note."""
        self.count(LineKind.NOTE)
        self._sink.note_line(text)

    def report(self, column: int, expected: str) -> None:
        """Report the line, of which something else was expected; raises ParseError if strict."""
        if self._strict:
            raise ParseError(self.number, column, self.line, expected)
        self.count(LineKind.UNPARSED)
        self._sink.unparsed(self.number, self.line, f"column {column}: {expected}")

    def report_odd(self, text: str, layout: Layout | None) -> None:
        """Report the line, which is no row of this layout, or of none, and nothing else."""
        self.report(*self._explain(text, layout))

    def _explain(self, text: str, layout: Layout | None) -> tuple[int, str]:
        """At which column something else was expected, and what."""
        if layout is None:
            expected = "expected a banner or a header of netstat"
            reported = self.counts[LineKind.UNPARSED]
            other = name_program(text) if reported < LINES_NAMED else ""
            self.other_program = self.other_program or other
            return 1, f"{expected}; this looks like {other}" if other else expected
        start = text.lstrip(" \t")
        column = len(text) - len(start) + 1
        if not start.startswith(layout.prefixes):
            return column, "expected a row, a banner or a header"
        self.spent.explained += 1
        if self.spent.explained > LINES_EXPLAINED:
            return column, "expected a row"
        from netstat_parse.dialects.explain import explain

        return explain(layout, text)
