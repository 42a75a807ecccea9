"""The snapshot that is being read: when it begins, and what is given to the sink of it."""

from __future__ import annotations

from collections.abc import Sequence

from netstat_parse.errors import SeveralSnapshotsError
from netstat_parse.reading.proof import Proof

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from netstat_parse.reading.lines import Line
    from netstat_parse.reading.options import Options
    from netstat_parse.reading.rows import Known, RowReader
    from netstat_parse.reading.sink import Made, Sink


class CurrentSnapshot:
    """The snapshot that is being read, or that comes next.

    It stands alone: when the reader leaves it, all that was known of it is forgotten.
    """

    def __init__(self, sink: Sink, options: Options) -> None:
        self.snapshots = 0
        """How many have begun."""
        self.is_open = False
        """One has begun that what comes next may belong to."""
        self.stamp: datetime | None = None
        """Of the one that comes next."""
        self.dialect: str | None = None
        """Of the one that is being read; None if none is."""
        self.rows_before = 0
        """How many rows the one before had."""
        self._sink = sink
        self._options = options
        self._tables: set[tuple[str, str]] = set()
        self.above = ""
        """The banner that stands above those of several tables, as `IPv4 Route Table` does."""
        self.rule = ""
        """How the rules start that netstat prints around its tables."""
        self._proof = Proof(sink.rows)

    def begin(self, dialect: str, number: int, line: str) -> None:
        """It begins, in this line; raises SeveralSnapshotsError if it must be the only one."""
        if self._options.single and self.snapshots:
            raise SeveralSnapshotsError(
                number, 1, line, "expected the end of the one snapshot, not another"
            )
        self._sink.start(dialect, self.stamp)
        self.dialect = dialect
        self._proof.begin(uncut=self._options.uncut)
        self.snapshots += 1
        self.is_open = True

    def leave(self) -> None:
        """What comes next belongs to another one."""
        self.end_table()
        self.rows_before = self._proof.rows
        self._tables.clear()
        self.above = self.rule = ""
        self.is_open = False
        self.dialect = None
        self.stamp = None
        self._sink.between()

    def has_table(self, name: str, above: str = "") -> bool:
        """True if it has had a table of this banner or header, below another one."""
        return not self._tables.isdisjoint({("", name), (above or self.above, name)})

    def go_below(self, banner: str) -> None:
        """What comes stands below this banner, which stands above those of several tables."""
        self.above = banner
        self._tables.add(("", banner))

    def add_table(self, *names: str) -> None:
        """It has a table of this banner and header, below another one."""
        self._tables.update((self.above, name) for name in names)

    def end_table(self) -> None:
        """The table ends, so no row of it will prove anything any more."""
        self._proof.end_table()

    def add_rows(
        self, reader: RowReader, known: Known, lines: Sequence[Line], made: list[Made]
    ) -> None:
        """Take the next rows: their lines, and what was made of them."""
        self._proof.add(reader, known, lines, made)
