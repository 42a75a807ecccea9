"""The account of the lines: each is counted as what it is, or reported."""

from __future__ import annotations

from enum import StrEnum

from netstat_parse.errors import ParseError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.grammar.layout import Layout
    from netstat_parse.reading.sink import Sink

LINES_EXPLAINED = 10_000
"""At most this many rejected lines are explained by pyparsing; the rest get a short reason."""


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


class Account:
    """The lines until now: how many of each kind, and which of them comes now."""

    def __init__(self, sink: Sink, *, strict: bool) -> None:
        self.counts = dict.fromkeys(LineKind, 0)
        self.number = 0
        """Of the line, counted from 1."""
        self.line = ""
        """As it was read."""
        self._sink = sink
        self.noted = 0
        """The number of the last line that was a note."""
        self._strict = strict
        self._explained = 0

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
        self.counts[kind] += lines

    def note(self, text: str) -> None:
        """Count the line as a note."""
        self.count(LineKind.NOTE)
        self.noted = self.number
        self._sink.note(text)

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
            return 1, "expected a banner or a header of netstat"
        start = text.lstrip(" \t")
        column = len(text) - len(start) + 1
        if not start.startswith(layout.prefixes):
            return column, "expected a row, a banner or a header"
        self._explained += 1
        if self._explained > LINES_EXPLAINED:
            return column, "expected a row"
        from netstat_parse.dialects.explain import explain

        return explain(layout, text)
