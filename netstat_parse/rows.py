"""The rows under one header: read many at once, and remembered for when the same lines come again.

Every row goes through the table's patterns. What is no row, or needs a look at its neighbours, is
left to the LineReader.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import compress
from operator import attrgetter, not_
from typing import Any, Generic, Protocol, TypeVar

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
LEAST_REMEMBERED = 2**11
"""So many are kept in any case: more only where snapshots are longer."""
MAX_LINE = 65_536
"""Characters; no netstat prints a longer line."""
LONGEST_REMEMBERED = 1_000
"""Characters; the results of longer lines are not remembered."""


CUT = (HOST_CUT, PORT_CUT, BOTH_CUT)
Cuts = tuple[int, int]
"""What of the local and the foreign endpoint may have been cut."""
NOT_CUT: Cuts = (WHOLE, WHOLE)
NO_CELLS: Cells = ()
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
        self._make = maker.maker(table)
        self._newer: dict[str, Made] = {}
        self._older: dict[str, Made] = {}
        self._suspects: dict[str, Suspect[Made]] = {}
        self._room = min(LEAST_REMEMBERED, ROWS_REMEMBERED)
        self._met_again = 0
        self._met_first = 0

    def expect(self, rows: int) -> None:
        """Snapshots of so many rows are to be remembered."""
        self._room = min(max(self._room, 2 * rows), ROWS_REMEMBERED)

    def get(self, line: str) -> Made | Suspect[Made] | None:
        """What is known of a line."""
        return self._newer.get(line) or self._suspects.get(line)

    def read_all(
        self, lines: Sequence[str]
    ) -> tuple[list[Made | Suspect[Made] | None], Sequence[int]]:
        """For each line what it gives if it is a row, complete in itself, else None.

        The second is the places of the suspects, in order.
        """
        if self._met_first > self.PATIENCE > 16 * self._met_again:
            if not any(map(self._newer.get, lines[: self.LOOK])):
                read = self._read(lines)
                self._remember(lines[:: self.SAMPLE], read[0][:: self.SAMPLE])
                return read
            self._met_first = 0
        known: list[Made | Suspect[Made] | None] = list(map(self._newer.get, lines))
        if all(known):
            self._met_again += len(known)
            return known, ()
        places = list(compress(range(len(known)), map(not_, known)))
        texts = [lines[i] for i in places]
        found: dict[str, Made | Suspect[Made] | None] = dict.fromkeys(texts)
        self._met_again += len(known) - len(found)
        for text in self._older.keys() & found.keys():
            found[text] = self._newer[text] = self._older[text]
        met_before = self._suspects.keys() & found.keys()
        for text in met_before:
            found[text] = self._suspects[text]
        unknown = [text for text, one in found.items() if one is None]
        suspects: Sequence[int] = ()
        if unknown:
            self._met_first += len(unknown)
            made, suspects = self._read(unknown)
            found.update(zip(unknown, made, strict=True))
            self._remember(unknown, made, are_rows=not suspects and all(made))
        for i, text in zip(places, texts, strict=True):
            known[i] = found[text]
        if suspects or met_before:
            suspects = [i for i in places if type(known[i]) is Suspect]
        return known, suspects

    def made_of(self, line: str, cells: Cells, *, is_complete: bool) -> Made | Suspect[Made]:
        """What a line of these cells gives. If it is complete in itself, that is remembered."""
        cuts = _cuts(self.table, line, cells)
        made: Made | Suspect[Made] = Suspect(cells, cuts)
        if cuts == NOT_CUT:
            made = self._make([cells], None)[0]
        if is_complete:
            self._remember([line], [made])
        return made

    def settle(self, suspects: Sequence[Suspect[Made]], *, cut: bool) -> list[Made]:
        """What the suspects give, if netstat cut the addresses that fill their columns, or not."""
        name = "made_if_cut" if cut else "made_if_whole"
        new = [one for one in dict.fromkeys(suspects) if getattr(one, name) is None]
        if new:
            cuts = [one.cuts for one in new] if cut else None
            for one, made in zip(new, self._make([one.cells for one in new], cuts), strict=True):
                setattr(one, name, made)
        return list(map(attrgetter(name), suspects))

    def _read(
        self, lines: Sequence[str]
    ) -> tuple[list[Made | Suspect[Made] | None], Sequence[int]]:
        """The same as `read_all`, of lines that are not known."""
        cells, left = self._find(lines)
        if not left:
            return list(self._make(cells, None)), ()
        found: dict[int, Suspect[Made] | None] = {}
        for i in left:
            line = lines[i]
            read = self.table.read(line) if is_plain(line) and len(line) <= MAX_LINE else None
            if read is None or read[1] > 0:
                # Where something is missing at the row's end, its neighbours tell what it is.
                found[i] = None
                continue
            cuts = _cuts(self.table, line, read[0])
            if cuts == NOT_CUT:
                cells[i] = read[0]
            else:
                found[i] = Suspect(read[0], cuts)
        for i in reversed(found):
            del cells[i]
        made: list[Made | Suspect[Made] | None] = list(self._make(cells, None))
        for i, one in found.items():
            made.insert(i, one)
        return made, [i for i, one in found.items() if one is not None]

    def _find(self, lines: Sequence[str]) -> tuple[list[Cells], list[int]]:
        """The cells of the rows that are found in bulk, and the places of the other lines."""
        text = "\n".join(lines)
        if not is_plain(text) or (len(text) > MAX_LINE and max(map(len, lines)) > MAX_LINE):
            # What is to be taken out before they are read is not taken out here.
            lines = [line if is_plain(line) and len(line) <= MAX_LINE else "" for line in lines]
            text = "\n".join(lines)
        cells: list[Cells] = []
        left = list(range(len(lines)))
        is_row = self.table.is_row
        for row in self.table.rows:
            if row.prefix not in text:
                continue
            found = row.find(text)
            if len(found) != len(left):
                break  # there are line feeds within the lines
            places = left
            left = [places[i] for i in compress(range(len(found)), map(not_, map(is_row, found)))]
            if not cells:
                cells = found
            else:
                for i, found_cells in zip(places, found, strict=True):
                    cells[i] = found_cells
            if not left:
                break
            text = "\n".join([lines[i] for i in left])
        return cells or [NO_CELLS] * len(lines), left

    def _remember(
        self,
        lines: Sequence[str],
        made: Sequence[Made | Suspect[Made] | None],
        *,
        are_rows: bool = False,
    ) -> None:
        """Remembers what lines gave; `are_rows` says that it is neither suspects nor nothing."""
        if len(self._newer) >= self._room:
            self._older, self._newer = self._newer, {}
        if len(self._suspects) >= self._room:
            self._suspects = {}
        new: Any = zip(lines, made, strict=True)
        if not are_rows or max(map(len, lines)) > LONGEST_REMEMBERED:
            new = [(line, one) for line, one in new if one and len(line) <= LONGEST_REMEMBERED]
            self._suspects.update([pair for pair in new if type(pair[1]) is Suspect])
            new = [pair for pair in new if type(pair[1]) is not Suspect]
        self._newer.update(new)


def is_plain(text: str) -> bool:
    """True where nothing is to be taken out before the text is read."""
    return "\x1b" not in text and "\r" not in text


def _cuts(table: Table, text: str, cells: Cells) -> Cuts:
    """What the lengths of the two endpoints tell: WHOLE, PROOF, or what of them may be cut."""
    limits = table.limits
    if limits.field is None:
        return NOT_CUT
    proto, _, _, host, port, foreign_host, foreign_port, *_ = cells
    local = cut_of(table, host, port, proto)
    foreign = cut_of(table, foreign_host, foreign_port, proto)
    if limits.uncut_column is None or not (local in CUT or foreign in CUT):
        return local, foreign
    if table.address_column(text) <= limits.uncut_column:
        return local, foreign
    # -l leaves long IPv6 addresses alone, but not long names.
    return PROOF if ":" in host else local, PROOF if ":" in foreign_host else foreign
