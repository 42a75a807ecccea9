"""What `netstat-parse watch` shows: socket pairs, and what changed since the last look."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from netstat_parse.analysis.changes import changes
from netstat_parse.command.live_rows import (
    CHANGED,
    COLUMNS,
    GONE,
    NEW,
    SAME,
    Row,
    mark_rows,
    rows_of,
)
from netstat_parse.writing.terminal import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

    from netstat_parse.analysis.wanted import Wanted
    from netstat_parse.models import Snapshot

STYLES = {NEW: "green", GONE: "red strike", CHANGED: "yellow", SAME: ""}
LINES_AROUND = 3
"""The title, the header, and a line to spare, beside those at the end."""
WIDE = 100
"""On narrower terminals the queues, which come last, are left out, unless they are sorted by."""
PROGRAM, LOCAL, FOREIGN = 2, 3, 5
"""Their places among the columns."""
BY_QUEUES = "b"

SORTS: dict[str, tuple[str, Callable[[Row], Any]]] = {
    "c": ("changed first", lambda row: (row.mark == SAME, row.texts[1:])),
    "s": ("state", lambda row: row.texts[1:]),
    "p": ("program", lambda row: (not row.texts[PROGRAM], row.texts[PROGRAM], row.texts[1:])),
    "l": ("local address", lambda row: row.texts[LOCAL:]),
    "f": ("foreign address", lambda row: row.texts[FOREIGN:]),
    BY_QUEUES: ("bytes in the queues", lambda row: (-row.queued, row.texts[1:])),
}
"""Key -> what the rows are then sorted by."""
HELP = "c s p l f b: sort  r: reverse  /: filter  space: pause  up, down: scroll  q: quit"


class LiveTable:
    """The table, and what its user has pressed."""

    def __init__(self, wanted: Wanted | None = None, *, every: float = 0) -> None:
        self.failure = ""
        """Why the last run failed."""
        self.is_paused = False
        self.is_typing = False
        """Keys are letters of the filter."""
        self.rows: list[Row] = []
        """All of them, in the order of the last snapshot; those that are gone come last."""
        self._wanted = wanted
        self._every = every
        self._before: Snapshot | None = None
        self._title = ""
        self._sort = "s"
        self._is_reversed = False
        self._filter = ""
        self._filter_before = ""
        self._first = 0

    @property
    def has_snapshot(self) -> bool:
        """There is something to show."""
        return self._before is not None

    def add(self, snapshot: Snapshot) -> None:
        """Takes the next snapshot."""
        if self._wanted is not None:
            unknown: Literal["keep", "drop"] = "keep" if self._wanted.keeps_unknown else "drop"
            wanted = self._wanted.filter.select(snapshot.connections, unknown=unknown)
            snapshot = snapshot.model_copy(update={"connections": tuple(wanted)})
        rows = rows_of(snapshot.connections)
        if self._before is not None:
            rows = mark_rows(self.rows, rows, changes(self._before, snapshot))
        self.rows = rows
        self._before, self.failure = snapshot, ""
        self._title = f"{snapshot.captured_at:%Y-%m-%d %H:%M:%S}" if snapshot.captured_at else ""

    def press(self, key: str) -> None:
        """Does what a key asks for."""
        if self.is_typing:
            self._type(key)
        elif key in SORTS:
            self._sort, self._first = key, 0
        elif key == "r":
            self._is_reversed = not self._is_reversed
        elif key == "/":
            self.is_typing, self._filter_before = True, self._filter
        elif key == " ":
            self.is_paused = not self.is_paused
        elif key == "escape":
            self._filter = ""
        else:
            self._first += {"up": -1, "down": 1, "page up": -20, "page down": 20}.get(key, 0)

    def _type(self, key: str) -> None:
        if key == "enter":
            self.is_typing = False
        elif key == "escape":
            self.is_typing, self._filter = False, self._filter_before
        elif key == "backspace":
            self._filter = self._filter[:-1]
        elif len(key) == 1:
            self._filter += key
        self._first = 0

    def shown(self) -> list[Row]:
        """The rows in which the filter's text is, sorted."""
        text = self._filter.lower()
        rows = [row for row in self.rows if text in " ".join(row.texts).lower()]
        return sorted(rows, key=SORTS[self._sort][1], reverse=self._is_reversed)

    def render(self, width: int, height: int) -> RenderableType:
        """The table as rich draws it on a terminal of this size."""
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        rows = self.shown()
        title, last = self._lines(len(rows))
        below = -(-len(last) // width) if self.failure else 1
        room = max(1, height - LINES_AROUND - below)
        self._first = max(0, min(self._first, len(rows) - room))
        table = Table(box=None, pad_edge=False, expand=True)
        columns = COLUMNS if width >= WIDE or self._sort == BY_QUEUES else COLUMNS[:-2]
        for column in (f"  {columns[0]}", *columns[1:]):
            table.add_column(
                column,
                # Where it is narrow, rich makes only those narrower that may wrap.
                no_wrap=column not in ("state", "program"),
                justify="right" if column in ("recv_q", "send_q") else "left",
            )
        for row in rows[self._first : self._first + room]:
            first, *others = row.texts[: len(columns)]
            texts = (f"{row.mark} {first}", *others)
            style = STYLES[row.mark]
            table.add_row(*(Text(text, style, no_wrap=True, overflow="ellipsis") for text in texts))
        return Group(
            Text(title, no_wrap=True, overflow="ellipsis"),
            table,
            Text(last, no_wrap=not self.failure, overflow="fold" if self.failure else "ellipsis"),
        )

    def _lines(self, count: int) -> tuple[str, str]:
        """The first line, and the last."""
        order = SORTS[self._sort][0] + (", reversed" if self._is_reversed else "")
        parts = [
            self._title,
            f"every {self._every:g} s",
            f"{count} of {len(self.rows)} rows",
            f"by {order}",
        ]
        if self._filter or self.is_typing:
            parts.append(f"with {printable(self._filter)!r}")
        if self.is_paused:
            parts.append("paused")
        if self.is_typing:
            last = f"/{printable(self._filter)}_  (enter: keep it, escape: as it was)"
        else:
            last = f"failed: {printable(self.failure)}" if self.failure else HELP
        return ", ".join(filter(None, parts)), last
