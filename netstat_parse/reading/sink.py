"""Sink: where a reader puts what it finds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any, Protocol

    from netstat_parse.grammar.layout import Cells, Layout
    from netstat_parse.grammar.truncation import Truncation
    from netstat_parse.schema import Kind

    Made = Any
    """Whatever a sink makes of a row: a record, a line of CSV. It must be truthy."""
    Build = Callable[[list[Cells], str, Truncation, Sequence[int]], list[Made]]
    """The cells of many rows, the text that they all stand in, what is known of truncation, and the
    places of the rows of which something fills or exceeds its column -> what is made of each."""

    class Sink(Protocol):
        """Where a reader puts what it finds."""

        def cells(self, layout: Layout) -> Sequence[str]:
            """The names of the cells that it needs of this layout's rows, in the layout's order."""

        def builder(self, layout: Layout) -> Build:
            """The function that makes something of the rows of this layout."""

        def start(self, dialect: str, captured_at: datetime | None) -> None:
            """A snapshot begins; the one before it is complete."""

        def rows(self, kind: Kind, made: list[Made]) -> None:
            """The next rows of the snapshot's table of this kind."""

        def note(self, text: str) -> None:
            """What the reader says of the snapshot: a table that was set aside, a layout that was
            guessed. It may come before any snapshot."""

        def note_line(self, text: str) -> None:
            """A line that is a note, such as a warning; it may come before any snapshot."""

        def unparsed(self, number: int, text: str, reason: str) -> None:
            """A line that can't be placed; it may come before any snapshot."""

        def between(self) -> None:
            """What comes now belongs to the next snapshot, if there is one."""
