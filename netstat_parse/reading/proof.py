"""Proof: rows are held until it is known whether netstat cut what fills its column.

A text that is longer than its column proves that this netstat cut nothing, and so that what fills
its column exactly is whole. The proof may come behind the rows that need it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from netstat_parse.grammar.truncation import Truncation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.reading.lines import Line
    from netstat_parse.reading.rows import Known, RowReader
    from netstat_parse.reading.sink import Made
    from netstat_parse.schema import Kind

ROWS_TO_PROVE = 10_000
"""The proof is looked for in so many rows of a snapshot, from its first on."""


class Proof:
    """Passes the rows of a snapshot on, and holds them while something of them may be cut.

    The rule: once a row is held, so are all behind it, until a row proves that nothing was cut,
    until ROWS_TO_PROVE rows have not proved it, or until the table ends.
    """

    def __init__(self, give: Callable[[Kind, list[Made]], None]) -> None:
        self.rows = 0
        """How many rows the snapshot has had."""
        self._give = give
        self._truncation: Truncation | None = None
        self._is_told = False
        self._held: list[tuple[RowReader, Known, Sequence[Line], list[Made]]] = []

    def begin(self, *, uncut: bool) -> None:
        """A snapshot begins, of a netstat that was told not to cut, or not."""
        self._truncation = Truncation.EXCLUDED if uncut else None
        self._is_told = uncut
        self.rows = 0

    def add(self, reader: RowReader, known: Known, lines: Sequence[Line], made: list[Made]) -> None:
        """Take the next rows: their lines, and what was made of them where all may be cut."""
        if self._truncation is None:
            proof = known.find_exceeding(lines)
            if proof is not None and self.rows + proof < ROWS_TO_PROVE:
                self._settle(Truncation.EXCLUDED)
        self.rows += len(made)
        if self._truncation is Truncation.EXCLUDED:
            made = self._as_whole(reader, known, lines, made)
        elif self._truncation is None and (self._held or known.has_marked(lines)):
            self._held.append((reader, known, lines, made))
            if self.rows >= ROWS_TO_PROVE:
                self._settle(Truncation.POSSIBLE)
            return
        self._give(reader.layout.kind, made)

    def end_table(self) -> None:
        """The table ends: what is held will not be proved whole any more."""
        if self._held:
            self._settle(Truncation.POSSIBLE)

    def _settle(self, truncation: Truncation) -> None:
        self._truncation = truncation
        held, self._held = self._held, []
        for reader, known, lines, made in held:
            if truncation is Truncation.EXCLUDED:
                made = self._as_whole(reader, known, lines, made)
            self._give(reader.layout.kind, made)

    def _as_whole(
        self, reader: RowReader, known: Known, lines: Sequence[Line], made: list[Made]
    ) -> list[Made]:
        """The rows, of which those that fill or exceed their columns are made again."""
        places = known.find_marked(lines)
        if not places:
            return made
        made = list(made)
        read = reader.read_as_whole if self._is_told else reader.read_as_proved
        again = read([lines[i] for i in places])
        for place, one in zip(places, again, strict=True):
            made[place] = one
        return made
