"""The kinds of tables: what a row of each consists of, stated once.

A kind of table is a value. From its cells follow the order of a row's texts, the columns of CSV,
the field of Snapshot that its records go to, and what the command calls it. Nothing else in the
package asks which kind a table is. To add a kind, write its record in `models`, its grammar in the
dialects that print it, its value here, and its field in Snapshot.
"""

from __future__ import annotations

from typing import NamedTuple

FILLS, EXCEEDS = "_fills", "_exceeds"
"""The ends of the names of cells that netstat may have cut: the text fills its column, so it may
have been cut; or it is longer than the column, which proves that nothing was."""


class Cell(NamedTuple):
    """One text of a row, under its results name in the grammar."""

    name: str
    type: type = str
    """What a record has of it: `int`, `str`, or `tuple` of the words in it."""
    column: str = ""
    """Its column in CSV, if that has another name."""
    truncatable: bool = False
    """It may be cut, by netstat or where the input ends. The grammar then tells apart NAME,
    NAME_fills and NAME_exceeds."""

    @property
    def names(self) -> tuple[str, ...]:
        """The results names that its text may stand under."""
        if not self.truncatable:
            return (self.name,)
        return self.name, self.name + FILLS, self.name + EXCEEDS


class Kind:
    """A kind of table. Each is made once, here, and equals only itself."""

    def __init__(
        self,
        name: str,
        *,
        title: str,
        record: str,
        cells: tuple[Cell, ...],
        key: str | None = None,
        option: str = "",
        is_written_as_printed: bool = True,
        has_marks: bool = True,
        is_always_in_json: bool = False,
        derived: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        """The field of Snapshot that holds its records."""
        self.title = title
        """What a person calls its rows."""
        self.record = record
        """The name of the model class of its records, or of what they are derived from."""
        self.key = key
        """A cell that is never empty in a plain row, so that such rows are quicker told. None where
        there is none, or rows are few."""
        self.cells = cells
        self.option = option or name
        """What `--table` and `write_csv(table=...)` call it."""
        self.is_written_as_printed = is_written_as_printed
        """Its columns in CSV are its cells, so that CSV needs no records."""
        self.has_marks = has_marks
        """Its records say which of their texts may have been cut."""
        self.is_always_in_json = is_always_in_json
        """`write_json` writes its field where there is no such table. The first kinds are written
        always; later ones only where there are rows, so that output does not change with each."""
        self.derived = derived
        """Fields of its records that follow from the first cell; Arrow has them behind it."""

    def __repr__(self) -> str:
        return f"<kind {self.name}>"

    def __reduce__(self) -> tuple[object, ...]:
        return _made_once, (self.name,)  # another process has its own

    @property
    def names(self) -> tuple[str, ...]:
        """The results names of its cells, in their order."""
        return tuple(name for cell in self.cells for name in cell.names)

    @property
    def columns(self) -> tuple[str, ...]:
        """Its columns in CSV, behind the stamp, where none are named."""
        return tuple(cell.column or cell.name for cell in self.cells)


CONNECTIONS = Kind(
    "connections",
    option="internet",
    title="connections",
    is_always_in_json=True,
    record="Connection",
    key="local_host",
    derived=("transport", "family"),
    cells=(
        Cell("proto"),
        Cell("recv_q", int),
        Cell("send_q", int),
        Cell("local_host", column="local_address", truncatable=True),
        Cell("local_port", truncatable=True),
        Cell("foreign_host", column="foreign_address", truncatable=True),
        Cell("foreign_port", truncatable=True),
        Cell("state"),
        Cell("pid", int),
        Cell("program"),
    ),
)

UNIX_SOCKETS = Kind(
    "unix_sockets",
    option="unix",
    title="UNIX domain sockets",
    is_written_as_printed=False,
    is_always_in_json=True,
    record="UnixSocket",
    cells=(
        Cell("refcount", int),
        Cell("flags", tuple),
        Cell("type"),
        Cell("state"),
        Cell("inode", int),
        Cell("pid", int),
        Cell("program"),
        Cell("path", truncatable=True),
    ),
)

MULTICAST_GROUPS = Kind(
    "multicast_groups",
    title="multicast groups",
    has_marks=False,
    record="MulticastGroup",
    cells=(
        Cell("interface"),
        Cell("refcount", int),
        Cell("group"),
    ),
)

ROUTES = Kind(
    "routes",
    title="routes",
    is_written_as_printed=False,
    record="Route",
    cells=(
        Cell("family"),
        Cell("destination", truncatable=True),
        Cell("mask"),
        Cell("gateway", truncatable=True),
        Cell("flags", truncatable=True),
        Cell("interface", truncatable=True),
        Cell("metric", int),
        Cell("mtu", int),
        Cell("mss", int),
        Cell("window", int),
        Cell("irtt", int),
        Cell("refs", int),
        Cell("use", int),
        Cell("expires", int),
        Cell("is_persistent", bool),
    ),
)

INTERFACES = Kind(
    "interfaces",
    title="interfaces",
    is_written_as_printed=False,
    record="Interface",
    cells=(
        Cell("name", truncatable=True),
        Cell("is_down", bool),
        Cell("mtu", int),
        Cell("network", truncatable=True),
        Cell("address", truncatable=True),
        Cell("rx_packets", int),
        Cell("rx_errors", int),
        Cell("rx_drops", int),
        Cell("rx_overruns", int),
        Cell("rx_bytes", int),
        Cell("tx_packets", int),
        Cell("tx_errors", int),
        Cell("tx_drops", int),
        Cell("tx_overruns", int),
        Cell("tx_bytes", int),
        Cell("collisions", int),
        Cell("flags"),
    ),
)

LISTEN_QUEUES = Kind(
    "listen_queues",
    title="listen queues",
    is_written_as_printed=False,
    record="ListenQueue",
    cells=(
        Cell("proto"),
        Cell("queued", int),
        Cell("incomplete", int),
        Cell("maximum", int),
        Cell("local_host", column="local_address", truncatable=True),
        Cell("local_port", truncatable=True),
    ),
)

STATISTICS = Kind(
    "statistics",
    title="statistics",
    is_written_as_printed=False,
    has_marks=False,
    record="Statistic",
    cells=(
        Cell("section"),
        Cell("subsection"),
        Cell("name"),
        Cell("value", int),
        Cell("text"),
    ),
)

OTHER_TABLES = Kind(
    "other_tables",
    title="other tables",
    is_written_as_printed=False,
    has_marks=False,
    record="OtherTable",
    cells=(
        Cell("banner"),
        Cell("row", int),
        Cell("title"),
        Cell("text"),
    ),
)
"""Tables that no other kind is for. CSV has a row for each of their cells."""

KINDS = (
    CONNECTIONS,
    UNIX_SOCKETS,
    ROUTES,
    INTERFACES,
    MULTICAST_GROUPS,
    LISTEN_QUEUES,
    STATISTICS,
    OTHER_TABLES,
)
"""Every kind of table, in the order in which a Snapshot has them."""

UNPARSED = Kind(
    "unparsed",
    title="lines that were not understood",
    record="UnparsedLine",
    is_written_as_printed=False,
    cells=(
        Cell("number", int),
        Cell("text"),
        Cell("reason"),
    ),
)
"""No table of netstat's: the lines that no rule accounts for. Arrow has them as one."""

_KIND_OF = {name: kind for kind in KINDS for name in (kind.name, kind.option)}


def get_kind(name: str) -> Kind:
    """The kind of this name or option; KeyError if there is none."""
    return _KIND_OF[name]


def _made_once(name: str) -> Kind:
    return next(kind for kind in (*KINDS, UNPARSED) if kind.name == name)
