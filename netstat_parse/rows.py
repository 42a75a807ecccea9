"""The rows under one header: read many at once, and remembered for when the same lines come again.

Every row goes through the table's patterns. What is no row, or needs a look at its neighbours, is
left to the LineReader.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from operator import attrgetter

from netstat_parse.files import MAX_LINE, has_long_line, joined, text_of
from netstat_parse.grammar.table import (
    BOTH_CUT,
    CUT,
    HOST_CUT,
    PORT_CUT,
    PROOF,
    WHOLE,
    Cells,
    RowFinder,
    Table,
    cut_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from netstat_parse.files import Line

    Made = Any
    """What a sink makes of a row. It is true."""

    class Maker(Protocol):
        """What makes something of rows: the part of a sink that a RowReader needs."""

        def cells(self, table: Table) -> tuple[str, ...]:
            """The names of the cells that it needs, the first of the table's."""

        def maker(self, table: Table) -> MakeMany:
            """The function that makes what is kept of the rows of this table."""


ROWS_REMEMBERED = 2**16
"""How many rows' results are kept at most, for when the same line comes again."""
LEAST_REMEMBERED = 2**11
"""So many are kept in any case: more only where snapshots are longer."""
LONGEST_REMEMBERED = 1_000
"""Characters; the results of longer lines are not remembered."""


Cuts = tuple[int, int]
"""What of the local and the foreign endpoint may have been cut."""
NOT_CUT: Cuts = (WHOLE, WHOLE)
NO_CELLS: Cells = ()
MakeMany = Callable[[list[Cells], str, "list[Cuts] | None"], "list[Made]"]
"""Many rows' cells, the text that they all stand in, and their cuts, if some may have been cut ->
what is kept of each row."""
NO_ROW = False
"""Stands for what a line gives that is no row, or not one that is complete in itself."""
Places = Sequence[int]


class Suspect:
    """A row with an endpoint that fills its column: it is made when it is known if it was cut."""

    __slots__ = ("cells", "cuts", "is_proof", "made_if_cut", "made_if_whole")

    def __init__(self, cells: Cells, cuts: Cuts) -> None:
        self.cells = cells
        self.cuts = cuts
        self.is_proof = PROOF in cuts
        self.made_if_cut: Made = None
        self.made_if_whole: Made = None


class RowReader:
    """Reads rows of one table, and remembers what they gave.

    When the newer half of the memory is full it becomes the older one. Where nothing repeats,
    remembering is given up, but for a sample that shows when it pays again.
    """

    SAMPLE = 16
    LOOK = 256
    PATIENCE = 20_000

    def __init__(self, table: Table, maker: Maker) -> None:
        self.table = table
        self._make = maker.maker(table)
        self._names = maker.cells(table)
        self._whole = table.finders(self._names)
        self._may_be_cut = table.finders(self._names, may_be_cut=True)
        self._newer: dict[Line, Made] = {}
        self._older: dict[Line, Made] = {}
        self._odd: dict[Line, Suspect | bool] = {}
        """The lines that give suspects, or NO_ROW."""
        self._room = min(LEAST_REMEMBERED, ROWS_REMEMBERED)
        self._met_again = 0
        self._met_first = 0

    def expect(self, rows: int) -> None:
        """Snapshots of so many rows are to be remembered."""
        self._room = min(max(self._room, 2 * rows), ROWS_REMEMBERED)

    def get(self, line: str) -> Made | Suspect | None:
        """What is known of a row."""
        return self._newer.get(line) or self._odd.get(line) or None

    def read_all(self, lines: Sequence[Line]) -> tuple[list[Made | Suspect], Places, Places]:
        """For each line what it gives if it is a row, complete in itself.

        The second is the places of the lines that are not, the third those of suspects, in order.
        """
        if self._met_first > self.PATIENCE > 16 * self._met_again:
            if not any(map(self._newer.get, lines[: self.LOOK])):
                made, odd = self._read(lines)
                sample = [i for i in range(0, len(lines), self.SAMPLE) if i not in odd]
                self._make_room()
                self._remember([lines[i] for i in sample], [made[i] for i in sample], {})
                holes = [i for i, one in odd.items() if one is NO_ROW]
                return made, holes, [i for i, one in odd.items() if one is not NO_ROW]
            self._met_first = 0
        self._make_room()
        known = list(map(self._newer.get, lines))
        if all(known):
            self._met_again += len(known)
            return known, (), ()
        places = [i for i, one in enumerate(known) if one is None]
        texts = [lines[i] for i in places]
        new = dict.fromkeys(texts)
        self._met_again += len(known) - len(new)
        if not self._older.keys().isdisjoint(new):
            for line in self._older.keys() & new.keys():
                self._newer[line] = self._older[line]
                del new[line]
        for line in self._odd.keys() & new.keys():
            del new[line]
        long: dict[Line, Made | Suspect] = {}
        if new:
            self._met_first += len(new)
            unknown = list(new)
            made, odd = self._read(unknown)
            long = self._remember(unknown, made, odd)
        holes = []
        suspects = []
        for i, line, one in zip(places, texts, map(self._newer.get, texts), strict=True):
            if one is None:
                one = self._odd.get(line)
                if one is None:
                    one = long[line]
                if one is NO_ROW:
                    holes.append(i)
                elif type(one) is Suspect:
                    suspects.append(i)
            known[i] = one
        return known, holes, suspects

    def made_of(self, line: str, cells: Cells, *, is_complete: bool) -> Made | Suspect:
        """What a line of these cells gives. If it is complete in itself, that is remembered."""
        cuts = _cuts(self.table, line, cells)
        cells = self._needed(cells)
        made: Made | Suspect = Suspect(cells, cuts)
        if cuts == NOT_CUT:
            made = self._make([cells], line, None)[0]
        if is_complete:
            self._make_room()
            self._remember([line], [made], {} if cuts == NOT_CUT else {0: made})
        return made

    def settle(self, suspects: Sequence[Suspect], *, cut: bool) -> list[Made]:
        """What the suspects give, if netstat cut the addresses that fill their columns, or not."""
        name = "made_if_cut" if cut else "made_if_whole"
        known: list[Made] = list(map(attrgetter(name), suspects))
        if all(known):
            return known
        unmade = [one for one, made in zip(suspects, known, strict=True) if made is None]
        new = list(dict.fromkeys(unmade))
        cells = [one.cells for one in new]
        text = "\n".join(chain.from_iterable(cells))
        cuts = [one.cuts for one in new] if cut else None
        for one, made in zip(new, self._make(cells, text, cuts), strict=True):
            setattr(one, name, made)
        return list(map(attrgetter(name), suspects))

    def _needed(self, cells: Cells) -> Cells:
        return cells[: len(self._names)]

    def _read(
        self, lines: Sequence[Line]
    ) -> tuple[list[Made | Suspect], dict[int, Suspect | bool]]:
        """What lines give that are not known; and of it, by place, the suspects and NO_ROW."""
        text = joined(lines)
        cells, left = self._find(lines, text, self._whole)
        if not left:
            return self._make(cells, text, None), {}
        doubtful = [text_of(lines[i]) for i in left]
        cells_in_doubt, others = self._find(doubtful, joined(doubtful), self._may_be_cut)
        for place in others:
            line = doubtful[place]
            read = self.table.read(line) if is_plain(line) and len(line) <= MAX_LINE else None
            if read is not None and read[1] <= 0:
                # Where something is missing at the row's end, its neighbours tell what it is.
                cells_in_doubt[place] = self._needed(read[0])
        odd: dict[int, Suspect | bool] = {}
        for i, line, found in zip(left, doubtful, cells_in_doubt, strict=True):
            if not any(found):
                odd[i] = NO_ROW
                continue
            cuts = _cuts(self.table, line, found)
            if cuts == NOT_CUT:
                cells[i] = found
            else:
                odd[i] = Suspect(found, cuts)
        # Most are cut in the end.
        self.settle([one for one in odd.values() if type(one) is Suspect], cut=True)
        for i in reversed(odd):
            del cells[i]
        made = self._make(cells, text, None)
        for i, one in odd.items():
            made.insert(i, one)
        return made, odd

    def _find(
        self, lines: Sequence[Line], text: str, finders: Sequence[RowFinder]
    ) -> tuple[list[Cells], list[int]]:
        """The cells of the rows that are found in bulk, and the places of the other lines.

        `text` is that of the lines, joined.
        """
        if not is_plain(text) or has_long_line(text):
            # What is to be taken out before they are read is not taken out here.
            texts = map(text_of, lines)
            lines = [line if is_plain(line) and len(line) <= MAX_LINE else "" for line in texts]
            text = joined(lines)
        cells: list[Cells] = []
        left = list(range(len(lines)))
        told = self.table.told_by
        for finder in finders:
            if finder.prefix not in text:
                continue
            found = finder.find(text)
            if len(found) != len(left):
                break  # there are line feeds within the lines
            if not cells:
                cells = found
                left = [i for i, one in enumerate(found) if not one[told]]
            else:
                for i, one in zip(left, found, strict=True):
                    cells[i] = one
                left = [i for i in left if not cells[i][told]]
            if not left:
                break
            text = joined([lines[i] for i in left])
        return cells or [NO_CELLS] * len(lines), left

    def _make_room(self) -> None:
        """Forgets what is old, if there is too much of it."""
        if len(self._newer) >= self._room:
            self._older, self._newer = self._newer, {}
        if len(self._odd) >= self._room:
            self._odd = {}

    def _remember(
        self,
        lines: Sequence[Line],
        made: Sequence[Made | Suspect],
        odd: Mapping[int, Suspect | bool],
    ) -> dict[Line, Made | Suspect]:
        """Remembers what lines gave; gives back what is too long for that.

        `odd` are those of them, by place, that gave suspects, or no row.
        """
        self._newer.update(zip(lines, made, strict=True))
        for i, one in odd.items():
            del self._newer[lines[i]]
            self._odd[lines[i]] = one
        if max(map(len, lines), default=0) <= LONGEST_REMEMBERED:
            return {}
        long: dict[Line, Made | Suspect] = {}
        for line, one in zip(lines, made, strict=True):
            if len(line) > LONGEST_REMEMBERED:
                long[line] = one
                self._newer.pop(line, None)
                self._odd.pop(line, None)
        return long


def is_plain(text: str) -> bool:
    """True where nothing is to be taken out before the text is read."""
    return "\x1b" not in text and "\r" not in text


def _cuts(table: Table, text: str, cells: Cells) -> Cuts:
    """What the lengths of the two endpoints tell: WHOLE, PROOF, or what of them may be cut."""
    if table.limits.field is None:
        return NOT_CUT
    proto, _, _, host, port, foreign_host, foreign_port = cells[:7]
    limits = table.limits.of(proto)
    local = cut_of(limits, host, port)
    foreign = cut_of(limits, foreign_host, foreign_port)
    column = table.limits.uncut_column
    if column is None or not (local in CUT or foreign in CUT):
        return local, foreign
    if table.address_column(text, f"{host}{table.separator}{port or '*'}") <= column:
        return local, foreign
    return _cut_in_wide_column(host, local), _cut_in_wide_column(foreign_host, foreign)


def _cut_in_wide_column(host: str, cut: int) -> int:
    """What may have been cut with -l: long names, but neither long IPv6 addresses nor ports."""
    if ":" in host:
        return PROOF
    return {PORT_CUT: WHOLE, BOTH_CUT: HOST_CUT}.get(cut, cut)
