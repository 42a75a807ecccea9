"""The rows under one header, read in bulk, and remembered for when the same lines come again.

A line that is no row, or needs a look at its neighbours, is left to the section.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

from netstat_parse.dialects.headers import find_layout_of_numbers
from netstat_parse.grammar.layout import Cells, Layout
from netstat_parse.grammar.open_end import open_end, open_ended
from netstat_parse.grammar.truncation import Truncation
from netstat_parse.reading.glued import is_glued
from netstat_parse.reading.lines import has_long_line, joined, text_of
from netstat_parse.schema import EXCEEDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.reading.lines import Line
    from netstat_parse.reading.sink import Made, Sink

MOST_REMEMBERED = 2**16
"""How many lines are remembered at most, in each of two generations."""
LEAST_REMEMBERED = 2**11
"""So many are remembered in any case; more only where snapshots are longer."""
LONGEST_IN_BULK = 1_000
"""Characters; a longer line is read alone, and is not remembered."""
POSSIBLE, EXCLUDED = Truncation.POSSIBLE, Truncation.EXCLUDED


class Known:
    """Lines that were read: what was made of them, and what they tell of truncation."""

    def __init__(self) -> None:
        self.made: dict[Line, Made] = {}
        self.marked: set[Line] = set()
        """Rows with a text that fills its column, or is longer."""
        self.exceeding: set[Line] = set()
        """Rows with a text that is longer than its column."""

    def take(self, line: Line, older: Known) -> None:
        """Take over what an older generation knows of a line."""
        self.made[line] = older.made[line]
        if line in older.marked:
            self.marked.add(line)
        if line in older.exceeding:
            self.exceeding.add(line)

    def has_marked(self, lines: Sequence[Line]) -> bool:
        """True if one of these rows has a text that fills its column, or is longer."""
        return bool(self.marked) and not self.marked.isdisjoint(lines)

    def find_marked(self, lines: Sequence[Line]) -> list[int]:
        """The places of these rows."""
        return [i for i, line in enumerate(lines) if line in self.marked]

    def find_exceeding(self, lines: Sequence[Line]) -> int | None:
        """The place of the first of these rows with a text that is longer than its column."""
        if not self.exceeding or self.exceeding.isdisjoint(lines):
            return None
        return next(i for i, line in enumerate(lines) if line in self.exceeding)


class Read(NamedTuple):
    """What lines gave that were read in bulk."""

    made: list[Made | None]
    """What is made of each; None where it is no row that is complete in itself."""
    holes: list[int]
    """The places of these."""
    known: Known
    """What the lines tell of truncation."""


class RowReader:
    """Reads the rows of one layout for a sink.

    Remembering a line costs as much as reading it, so it begins only when `remember` is called:
    when the header has come a second time. When the newer generation of what is known is full, it
    becomes the older one.
    """

    def __init__(self, layout: Layout, sink: Sink) -> None:
        self.layout = layout
        self._sink = sink
        self.remembers = False
        self._has_paths = "path" in layout.names
        self._build = sink.builder(layout)
        names = tuple(sink.cells(layout))
        self._pick = _picker(layout, names)
        self._pick_forms = _picker(layout, layout.forms)
        self._finders = layout.bulk_finders(names)
        self._given = [(i, layout.given[n]) for i, n in enumerate(names) if n in layout.given]
        self._no_cells = ("",) * len(names)
        self._key = names.index(layout.kind.key) if layout.kind.key else None
        self._exceeds = [i for i, name in enumerate(layout.forms) if name.endswith(EXCEEDS)]
        self._known = {truncation: (Known(), Known()) for truncation in Truncation}
        self._room = LEAST_REMEMBERED

    def remember(self, rows: int) -> None:
        """Remember lines from now on. `rows` is how many the snapshot before had."""
        self.remembers = True
        self._room = min(max(self._room, 2 * rows), MOST_REMEMBERED)

    def read(self, lines: Sequence[Line], truncation: Truncation = POSSIBLE) -> Read:
        """Read lines in bulk."""
        if not self.remembers:
            known = Known()
            made, holes = self._read_new(lines, truncation, known)
            return Read(made, holes, known)
        known, older = self._generations(truncation)
        made = list(map(known.made.get, lines))
        if all(made):
            return Read(made, [], known)
        places = [i for i, one in enumerate(made) if one is None]
        new = dict.fromkeys([lines[i] for i in places])
        for line in older.made.keys() & new.keys():
            known.take(line, older)
            del new[line]
        if new:
            unknown = list(new)
            read, holes = self._read_new(unknown, truncation, known)
            known.made.update(zip(unknown, read, strict=True))
            for i in holes:
                del known.made[unknown[i]]
        holes = []
        for i in places:
            made[i] = one = known.made.get(lines[i])
            if one is None:
                holes.append(i)
        return Read(made, holes, known)

    def read_alone(self, text: str, cells: Cells) -> tuple[Made, Known]:
        """Make one row, given all cells of its layout; also gives what it tells of truncation.

        It is not remembered.
        """
        known = Known()
        row, marked = self._with_given(self._pick(cells)), self._find_marked(cells)
        self._tell(known, [text], marked)
        return self._build([row], text, POSSIBLE, marked)[0], known

    def read_unfinished(self, text: str, cells: Cells) -> tuple[Made, Known]:
        """Make one row, as `read_alone` does, whose program's name may go on below."""
        return self._of_unfinished.read_alone(text, cells)

    def read_open(self, text: str) -> tuple[Made, Known] | None:
        """Make one row, as `read_alone` does, whose last word may lack its end; None if that is
        whole."""
        opened = open_end(self.layout, text)
        if opened is None:
            return None
        last, cells = opened
        reader = self._of_open_name if last == "program" else self._of_open_ended
        made, known = reader.read_alone(text, cells)
        known.marked.clear()  # no longer text proves that this one is whole
        return made, known

    @cached_property
    def _of_open_ended(self) -> RowReader:
        return RowReader(open_ended(self.layout), self._sink)

    @cached_property
    def _of_open_name(self) -> RowReader:
        return RowReader(open_ended(self.layout).unfinished(), self._sink)

    @cached_property
    def _of_unfinished(self) -> RowReader:
        return RowReader(self.layout.unfinished(), self._sink)

    def read_as_whole(self, lines: Sequence[Line]) -> list[Made]:
        """Make lines that are rows, where it is known that netstat cut nothing."""
        return self._read_all(lines, EXCLUDED)

    def read_as_proved(self, lines: Sequence[Line]) -> list[Made]:
        """Make lines that are rows, where a text that exceeds its column has proved something.

        That nothing was cut; or, where netstat cuts further if it is asked for names, that it was
        asked for numbers.
        """
        if not self.layout.may_have_names:
            return self.read_as_whole(lines)
        return self._of_numbers._read_all(lines, POSSIBLE)

    @cached_property
    def _of_numbers(self) -> RowReader:
        return RowReader(find_layout_of_numbers(self.layout), self._sink)

    def _read_all(self, lines: Sequence[Line], truncation: Truncation) -> list[Made]:
        """Make lines that are rows."""
        made, holes, _ = self.read(lines, truncation)
        for i in holes:
            text = text_of(lines[i])
            found = self.layout.find_row(text)
            assert found is not None
            row = self._with_given(self._pick(found.cells))
            made[i] = self._build([row], text, truncation, self._find_marked(found.cells))[0]
        return made

    def _generations(self, truncation: Truncation) -> tuple[Known, Known]:
        newer, older = self._known[truncation]
        if len(newer.made) >= self._room:
            newer, older = self._known[truncation] = Known(), newer
        return newer, older

    def _read_new(
        self, lines: Sequence[Line], truncation: Truncation, known: Known
    ) -> tuple[list[Made | None], list[int]]:
        """Read lines, none of them known; gives what is made of them, and which are no rows.

        `known` is told what the rows tell of truncation.
        """
        text = joined(lines)
        in_bulk = lines
        may_be_glued = self._has_paths and is_glued(text)
        if may_be_glued or not is_plain(text) or has_long_line(text, LONGEST_IN_BULK):
            in_bulk = [
                line if is_for_bulk(line) and not (may_be_glued and is_glued(line)) else ""
                for line in map(text_of, lines)
            ]
            text = joined(in_bulk)
        rows, holes, marked = self._find(in_bulk, text)
        if self._given:
            rows = list(map(self._with_given, rows))
        self._tell(known, lines, marked)
        for i in reversed(holes):
            del rows[i]
        if holes and marked:
            marked = {i - bisect(holes, i): forms for i, forms in marked.items()}
        made: list[Made | None] = list(self._build(rows, text, truncation, marked)) if rows else []
        for i in holes:
            made.insert(i, None)
        return made, holes

    def _find(
        self, lines: Sequence[Line], text: str
    ) -> tuple[list[Cells], list[int], dict[int, Cells]]:
        """The cells of each line, empty where it is no row; the places of lines that are no rows;
        and the places of rows of which something fills its column or exceeds it, with these."""
        width, key = len(self._no_cells), self._key
        rows: list[Cells] = [self._no_cells] * len(lines)
        left = list(range(len(lines)))
        marked: dict[int, Cells] = {}
        for finder in self._finders:
            if finder.prefix not in text:
                continue
            found = finder.find(text)
            if len(found) != len(left):
                break  # there are line feeds within the lines
            if len(found[0]) > width:
                none = [i for i, row in enumerate(found) if not any(row)]
                marked |= {i: row[width:] for i, row in zip(left, found, strict=True)}
                for i in none:
                    del marked[left[i]]
                found = [row[:width] for row in found]
            elif key is not None:
                none = [i for i, row in enumerate(found) if not row[key]]
            else:
                none = [i for i, row in enumerate(found) if not any(row)]
            if len(left) == len(lines):
                rows = found
            else:
                for place, row in zip(left, found, strict=True):
                    rows[place] = row
            left = [left[i] for i in none]
            if not left:
                break
            text = joined([lines[i] for i in left])
        return rows, left, marked

    def _find_marked(self, cells: Cells) -> dict[int, Cells]:
        """Of a row alone, what fills its column or exceeds it; empty if nothing does."""
        forms = self._pick_forms(cells)
        return {0: forms} if any(forms) else {}

    def _tell(self, known: Known, lines: Sequence[Line], marked: Mapping[int, Cells]) -> None:
        """Tell that the rows at these places have a text that fills or exceeds its column."""
        known.marked.update([lines[i] for i in marked])
        for exceeds in self._exceeds:
            if any(map(itemgetter(exceeds), marked.values())):
                known.exceeding.update([lines[i] for i, forms in marked.items() if forms[exceeds]])

    def _with_given(self, cells: Cells) -> Cells:
        """The cells, with those that the banner gives."""
        if not self._given:
            return cells
        filled = list(cells)
        for i, text in self._given:
            filled[i] = text
        return tuple(filled)


def _picker(layout: Layout, names: Sequence[str]) -> Callable[[Cells], Cells]:
    """What takes the cells of these names out of all of a row's."""
    places = [layout.names.index(name) for name in names]
    return lambda cells: tuple([cells[i] for i in places])


def is_plain(text: str) -> bool:
    """True where nothing is to be taken out before the text is read, nor off its last word."""
    return not (
        "\x1b" in text
        or "\r" in text
        or "&" in text
        or "`" in text
        or '"' in text
        or "<" in text
        or "\\" in text
        or "\xa0" in text
    )


def is_for_bulk(line: str) -> bool:
    """True for a line that can be read together with others."""
    return is_plain(line) and len(line) <= LONGEST_IN_BULK
