"""What the tests of the reading rooms share: lines to feed, and sinks that remember."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from printed import Row

from netstat_parse import LineKind, NetstatError, Snapshot, SnapshotReader, iter_snapshots
from netstat_parse.grammar.layout import Cells, Layout
from netstat_parse.grammar.truncation import Truncation
from netstat_parse.schema import Kind

if TYPE_CHECKING:
    from netstat_parse.reading.sink import Build

ROW = Row()
OTHER = Row(proto="tcp6", local="::1", local_port="25", foreign="::", foreign_port="*")
UDP = Row(proto="udp", state="", foreign="0.0.0.0", foreign_port="*", program="dhclient")
LONG = "fe80::7b36:fe27:b880:1287"
CUT = Row(proto="tcp6", local=LONG, local_port="22", foreign="::1")
"""Without -W, netstat prints its local address as one that is not true."""
PROOF = Row(proto="tcp6", local=LONG, local_port="443", foreign="::1")
"""With -W, its local address is longer than the column."""
DATE = "Sun Nov 22 12:22:41 UTC 2026"
AT = datetime(2026, 11, 22, 12, 22, 41, tzinfo=UTC)
LATER = "Sun Nov 22 12:23:41 UTC 2026"
AT_LATER = datetime(2026, 11, 22, 12, 23, 41, tzinfo=UTC)
PROMPT = "root@host:~# netstat -npt"
X25 = [
    "Active X.25 sockets",
    "Dest         Source       Device  LCI  State        Vr/Vs  Send-Q  Recv-Q",
    "*            0023456      ???     000  LISTENING    000/000    0       0",
    "0023457      0023456      x25     001  ESTABLISHED  001/002    0       0",
]
UNIX_BANNER = "Active UNIX domain sockets (w/o servers)"
UNIX_HEADER = "Proto RefCnt Flags       Type       State         I-Node   Path"
UNIX_ROW = "unix  2      [ ]         DGRAM                    23019    /run/notify"
GROUPS_BANNER = "IPv6/IPv4 Group Memberships"
GROUPS_HEADER = "Interface       RefCnt Group"
GROUPS_RULE = "--------------- ------ ---------------------"
GROUPS_ROW = "lo              1      224.0.0.1"


def one(given_lines: list[str], **options: Any) -> Snapshot:
    """The one snapshot of these lines."""
    (snapshot,) = iter_snapshots(given_lines, **options)
    return snapshot


def read(given_lines: list[str], **options: Any) -> tuple[list[Snapshot], dict[LineKind, int]]:
    """The snapshots of these lines, and how many lines are of which kind: of each line, one."""
    reader = SnapshotReader(**options)
    snapshots = reader.feed_lines(given_lines) + reader.close()
    assert sum(reader.counts.values()) == len(given_lines)
    return snapshots, reader.counts


def read_in_batches(given_lines: list[str], size: int, **options: Any) -> list[Snapshot]:
    """The snapshots of these lines, of which so many are fed together."""
    reader = SnapshotReader(**options)
    snapshots = []
    for batch in batches_of(given_lines, size):
        snapshots += reader.feed_lines(batch)
    return snapshots + reader.close()


def batches_of(given_lines: list[str], size: int) -> Iterator[list[str]]:
    """So many lines at a time."""
    for start in range(0, len(given_lines), size):
        yield given_lines[start : start + size]


def result_of(feed: Any) -> tuple[Any, ...]:
    """What a way to feed lines gives: the snapshots, or the error."""
    try:
        return tuple(feed())
    except NetstatError as error:
        return (type(error), *error.args)


class Recorder:
    """A sink that records what it is given: one tuple for each call."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def cells(self, layout: Layout) -> Sequence[str]:
        """All cells are needed."""
        return layout.names

    def builder(self, layout: Layout) -> Build:
        """Rows become their cells by name, without the empty ones."""

        def build(
            rows: list[Cells], text: str, truncation: Truncation, marked: Sequence[int]
        ) -> list[dict[str, str]]:
            return [
                {name: cell for name, cell in zip(layout.names, row, strict=True) if cell}
                for row in rows
            ]

        return build

    def start(self, dialect: str, captured_at: datetime | None) -> None:
        """A snapshot begins."""
        self.calls.append(("start", dialect, captured_at))

    def rows(self, kind: Kind, made: list[Any]) -> None:
        """The next rows, one call for each."""
        self.calls += [("row", kind.name, row) for row in made]

    def note(self, text: str) -> None:
        """A note."""
        self.calls.append(("note", text))

    def note_line(self, text: str) -> None:
        """A line that is a note."""
        self.calls.append(("note", text))

    def unparsed(self, number: int, text: str, reason: str) -> None:
        """A line that can't be placed."""
        self.calls.append(("unparsed", number, reason))

    def between(self) -> None:
        """What comes now belongs to the next snapshot."""
        self.calls.append(("between",))

    def take_calls(self) -> list[tuple[Any, ...]]:
        """The calls since the last time that this was asked."""
        calls, self.calls = self.calls, []
        return calls
