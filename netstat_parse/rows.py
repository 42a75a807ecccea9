"""The rows under one header: read many at once, and remembered for when the same lines come again.

Every row goes through the table's patterns. What is no row, or needs a look at its neighbours, is
left to the LineReader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, Protocol, TypeVar

from netstat_parse.grammar.table import (
    BOTH_CUT,
    HOST_CUT,
    PORT_CUT,
    PROOF,
    WHOLE,
    Cells,
    Table,
    cut_of,
)

Made = TypeVar("Made")

ROWS_REMEMBERED = 2**16
"""How many rows' results are kept at most, for when the same line comes again."""
LEAST_REMEMBERED = 2**12
"""So many are kept in any case: more only where snapshots are longer."""
LONGEST_REMEMBERED = 1_000
"""Characters; the results of longer lines are not remembered."""


CUT = (HOST_CUT, PORT_CUT, BOTH_CUT)
Cuts = tuple[int, int]
"""What of the local and the foreign endpoint may have been cut."""
MakeMany = Callable[[list[Cells], list[Cuts] | None], list[Made]]
"""Many rows' cells, and their cuts, if some may have been cut -> what is kept of each."""


class Maker(Protocol[Made]):
    """What makes something of rows: the part of a sink that a RowReader needs."""

    def maker(self, table: Table) -> MakeMany[Made]:
        """The function that makes what is kept of the rows of this table."""


class Suspect(Generic[Made]):
    """A row with an endpoint that fills its column: it is made when it is known if it was cut."""

    __slots__ = ("cells", "cuts", "made_if_cut", "made_if_whole")

    def __init__(self, cells: Cells, cuts: Cuts) -> None:
        self.cells = cells
        self.cuts = cuts
        self.made_if_cut: Made | None = None
        self.made_if_whole: Made | None = None


class RowReader(Generic[Made]):
    """Reads rows of one table, and remembers what they gave.

    When the newer half of the memory is full it becomes the older one. Where nothing repeats,
    remembering is given up, but for a sample that shows when it pays again.
    """

    SAMPLE = 16
    LOOK = 256
    PATIENCE = 20_000

    def __init__(self, table: Table, maker: Maker[Made]) -> None:
        self.table = table
        self.has_suspects = False
        """Some of what it gives may be Suspects."""
        self._make = maker.maker(table)
        self._newer: dict[str, Made | Suspect[Made]] = {}
        self._older: dict[str, Made | Suspect[Made]] = {}
        self._room = min(LEAST_REMEMBERED, ROWS_REMEMBERED)
        self._met_again = 0
        self._met_first = 0

    def expect(self, rows: int) -> None:
        """Snapshots of so many rows are to be remembered."""
        self._room = min(max(self._room, 2 * rows), ROWS_REMEMBERED)

    def get(self, line: str) -> Made | Suspect[Made] | None:
        """What is known of a line."""
        return self._newer.get(line)

    def read_all(self, lines: Sequence[str]) -> Sequence[Made | Suspect[Made] | None]:
        """For each line what it gives if it is a row, complete in itself; else None."""
        if self._met_first > self.PATIENCE > 16 * self._met_again:
            if not any(map(self._newer.get, lines[: self.LOOK])):
                made = self._read(lines)
                self._remember(zip(lines[:: self.SAMPLE], made[:: self.SAMPLE], strict=True))
                return made
            self._met_first = 0
        known = list(map(self._newer.get, lines))
        if all(known):
            self._met_again += len(known)
            return known
        new = [i for i, one in enumerate(known) if one is None]
        self._met_again += len(known) - len(new)
        texts = [lines[i] for i in new]
        unknown = list(dict.fromkeys(self._not_older(texts)))
        self._met_first += len(unknown)
        made = self._read(unknown)
        if len(made) < len(texts):
            read = dict(zip(unknown, made, strict=True))
            made = [read[text] if text in read else self._older[text] for text in texts]
        self._remember(zip(texts, made, strict=True))
        for i, one in zip(new, made, strict=True):
            known[i] = one
        return known

    def _not_older(self, texts: list[str]) -> list[str]:
        older = self._older
        return [text for text in texts if text not in older] if older else texts

    def read(self, line: str) -> Made | Suspect[Made] | None:
        """What one line gives if it is a row; None if it is none."""
        made = self._read_one(line)
        if made is not None and self.table.missing_of_last_cell(line) <= 0:
            self._remember([(line, made)])
        return made

    def _read_one(self, line: str) -> Made | Suspect[Made] | None:
        cells = self.table.match(line)
        if cells is None:
            return None
        cuts = _cuts(self.table, line, cells)
        if cuts == (WHOLE, WHOLE):
            return self._make([cells], None)[0]
        self.has_suspects = True
        return Suspect(cells, cuts)

    def settle(self, suspects: Sequence[Suspect[Made]], *, cut: bool) -> list[Made]:
        """What the suspects give, if netstat cut the addresses that fill their columns, or not."""
        name = "made_if_cut" if cut else "made_if_whole"
        new = [one for one in dict.fromkeys(suspects) if getattr(one, name) is None]
        cuts = [one.cuts for one in new] if cut else None
        for one, made in zip(new, self._make([one.cells for one in new], cuts), strict=True):
            setattr(one, name, made)
        return [getattr(one, name) for one in suspects]

    def _read(self, lines: Sequence[str]) -> list[Made | Suspect[Made] | None]:
        text = "\n".join(lines)
        if not is_plain(text):
            # What is to be taken out before they are read is not taken out here.
            text = "\n".join([line if is_plain(line) else "" for line in lines])
        cells: list[Cells] = []
        left: list[int] | None = None
        is_row = self.table.is_row
        for row in self.table.rows:
            if row.prefix not in text:
                continue
            found = row.find(text)
            if left is None:
                if len(found) != len(lines):
                    break  # there are line feeds within the lines
                cells, left = found, []
                if not all(map(is_row, found)):
                    left = [i for i, found_cells in enumerate(found) if not is_row(found_cells)]
            else:
                for i, found_cells in zip(left, found, strict=True):
                    if is_row(found_cells):
                        cells[i] = found_cells
                left = [i for i in left if not is_row(cells[i])]
            if not left:
                return list(self._make(cells, None))
            text = "\n".join([line if is_plain(line := lines[i]) else "" for i in left])
        if left is None:
            return list(map(self._read_complete, lines))
        made: list[Made | Suspect[Made] | None] = list(
            self._make([one for one in cells if is_row(one)], None)
        )
        for i in left:
            made.insert(i, self._read_complete(lines[i]))
        return made

    def _read_complete(self, line: str) -> Made | Suspect[Made] | None:
        """What a line gives that its neighbours have nothing to do with."""
        if not is_plain(line) or self.table.missing_of_last_cell(line) > 0:
            return None
        return self._read_one(line)

    def _remember(self, pairs: Iterable[tuple[str, Made | Suspect[Made] | None]]) -> None:
        if len(self._newer) >= self._room:
            self._older, self._newer = self._newer, {}
        self._newer.update(
            [(line, made) for line, made in pairs if made and len(line) <= LONGEST_REMEMBERED]
        )


def is_plain(text: str) -> bool:
    """True where nothing is to be taken out before the text is read."""
    return "\x1b" not in text and "\r" not in text


def _cuts(table: Table, text: str, cells: Cells) -> Cuts:
    """What the lengths of the two endpoints tell: WHOLE, PROOF, or what of them may be cut."""
    limits = table.limits
    if limits.field is None:
        return WHOLE, WHOLE
    local = cut_of(table, cells[3], cells[4], cells[0])
    foreign = cut_of(table, cells[5], cells[6], cells[0])
    if limits.uncut_column is None or not (local in CUT or foreign in CUT):
        return local, foreign
    if table.address_column(text) <= limits.uncut_column:
        return local, foreign
    # -l leaves long IPv6 addresses alone, but not long names.
    return PROOF if ":" in cells[3] else local, PROOF if ":" in cells[5] else foreign
