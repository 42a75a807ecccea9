"""What `netstat-parse watch` shows: the connections, and what changed since the last look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from netstat_parse.analysis.changes import changes
from netstat_parse.schema import CONNECTIONS
from netstat_parse.writing.columns import Getter, getters_of
from netstat_parse.writing.terminal import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

    from netstat_parse.analysis.wanted import Wanted
    from netstat_parse.models import Connection, Snapshot

COLUMNS = ("proto", "state", "program", "pid", "local", "foreign", "recv_q", "send_q")
NEW, GONE, CHANGED, SAME = "+", "-", "~", " "
MARKS = {"opened": NEW, "closed": GONE, "state": CHANGED, "owner": CHANGED}
"""What `changes` tells of a row -> its mark."""
STYLES = {NEW: "green", GONE: "red strike", CHANGED: "yellow", SAME: ""}
LINES_AROUND = 3
"""The title, the header, and a line to spare, beside those at the end."""


class Row(NamedTuple):
    """A connection, and what became of it since the snapshot before."""

    mark: str
    texts: tuple[str, ...]
    """One for each of COLUMNS."""
    queued: int
    """Bytes in both queues."""


SORTS: dict[str, tuple[str, Callable[[Row], Any]]] = {
    "c": ("changed first", lambda row: (row.mark == SAME, row.texts[1:])),
    "s": ("state", lambda row: row.texts[1:]),
    "p": ("program", lambda row: (not row.texts[2], row.texts[2:4], row.texts[1:])),
    "l": ("local address", lambda row: row.texts[4:]),
    "f": ("foreign address", lambda row: row.texts[5:]),
    "b": ("bytes in the queues", lambda row: (-row.queued, row.texts[1:])),
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
        marks: dict[int, list[str]] = defaultdict(list)
        gone = []
        for change in changes(self._before, snapshot) if self._before is not None else ():
            if change.after is None:
                assert change.before is not None
                gone.append(Row(GONE, _texts(change.before), 0))
            else:
                marks[id(change.after)].append(MARKS[change.kind])
        self.rows = []
        for connection in snapshot.connections:  # of rows that are one object, each has its mark
            waiting = marks[id(connection)]
            mark = waiting.pop() if waiting else SAME
            self.rows.append(Row(mark, _texts(connection), _queued(connection)))
        self.rows += gone
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
        for column in ("", *COLUMNS):
            table.add_column(
                column,
                no_wrap=True,
                overflow="ellipsis",
                justify="right" if column in ("pid", "recv_q", "send_q") else "left",
            )
        for row in rows[self._first : self._first + room]:
            style = STYLES[row.mark]
            table.add_row(*(Text(text, style) for text in (row.mark, *row.texts)))
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
            f"{count} of {len(self.rows)} connections",
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


def _texts(connection: Connection) -> tuple[str, ...]:
    """One for each of COLUMNS, in which nothing can steer a terminal."""
    proto, state, program, pid, local, local_port, foreign, foreign_port, recv_q, send_q = (
        printable(get(connection)) for get in _getters()
    )
    ends = f"{local}:{local_port or '*'}", f"{foreign}:{foreign_port or '*'}"
    return proto, state, program, pid, *ends, recv_q, send_q


@cache
def _getters() -> tuple[Getter, ...]:
    names = (
        *("proto", "state", "program", "pid", "local_address", "local_port"),
        *("foreign_address", "foreign_port", "recv_q", "send_q"),
    )
    return tuple(filter(None, getters_of(names, CONNECTIONS)))


def _queued(connection: Connection) -> int:
    return (connection.recv_q or 0) + (connection.send_q or 0)
