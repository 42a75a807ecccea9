"""Rows alone: the layout of rows that no header announces, as `netstat | grep` leaves them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import takewhile
from typing import NamedTuple

from netstat_parse.dialects import NAMES, frozen
from netstat_parse.lazy import LazyPattern
from netstat_parse.reading.lines import Line, text_of
from netstat_parse.schema import EXCEEDS, FILLS

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from netstat_parse.grammar.layout import Layout
    from netstat_parse.schema import Kind

ROWS_TO_INFER = 100
"""By so many rows at most it is found out which columns they have."""
LINES_KNOWN = 2**14
"""Of how many lines it is known that they are rows alone."""

_LOOKS = {look: LazyPattern(look) for look in frozen.LOOKS}
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_PORT = "(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3})"
_USUAL = {
    "192.0.2.1:22": rf"{_OCTET}(?:\.{_OCTET}){{3}}:{_PORT}",
    "0.0.0.0:*": r"0\.0\.0\.0:\*",
    "2001:db8::1:22": rf"(?:[0-9a-f]{{1,4}}:){{0,3}}:(?:[0-9a-f]{{1,4}}:){{1,2}}{_PORT}",
    # a host that was cut
    "2001:db8:1111:222:33333": rf"(?=\S{{23}}[ ])(?:[0-9a-f]{{1,4}}:){{3,5}}{_PORT}",
}
"""Usual addresses: an example of each, and the pattern of all."""
_QUEUE = "[ ]++(?:0|[1-9][0-9]{0,5})"
_ADDRESS = "[ ]++(?:" + "|".join(f"({pattern})" for pattern in _USUAL.values()) + ")"
_USUAL_START = LazyPattern(rf"((?:tcp|udp)6?+){_QUEUE}{_QUEUE}{_ADDRESS}{_ADDRESS}(?:[ ]++|$)")
_PROCESS = LazyPattern(r"(?<=[ \t])(?:[0-9]{1,10}+/|-(?=[ \t]))")
_MARKS = b" '\"`,;)]}>|\\"
PROCESS_COLUMN = 20
"""To so many bytes net-tools pads `pid/name`; it cuts it to one less."""


class Ways:
    """How a row alone can be read. It equals only itself."""

    def __init__(
        self,
        groups: tuple[tuple[Layout, ...], ...],
        sizes: tuple[int, ...] = (),
        refuted: frozenset[Layout] = frozenset(),
    ) -> None:
        self.groups = groups
        """The layouts that can have printed it; those of a group read it alike."""
        self.sizes = sizes
        """How many cells it has, read by each group."""
        self.refuted = refuted
        """Those whose pattern it is, but it is padded as only another netstat pads it."""
        self.layouts = [layout for group in groups for layout in group]
        """All layouts that can have printed it."""
        self.kind = next((layout.kind for layout in (*self.layouts, *refuted)), None)
        """What kind of table it is a row of; None if it is no row."""

    def find_group(self, layout: Layout) -> int | None:
        """The index of the group that a layout is in."""
        return next((i for i, group in enumerate(self.groups) if layout in group), None)

    def differ(self, one: Layout, other: Layout, *, more: bool) -> bool:
        """True if both layouts read it, but not alike; with `more`, if the other reads more cells
        of it."""
        i, j = self.find_group(one), self.find_group(other)
        if i is None or j is None:
            return False
        return self.sizes[j] > self.sizes[i] if more else i != j


class Verdict(NamedTuple):
    """What rows alone tell together."""

    layouts: list[Layout]
    """Those that they can be of, the common ones first."""
    is_known: bool
    """All of these read them alike, so the first is the one to read them by."""


class HeldLine(NamedTuple):
    """A line that may be a row, with its number in the input."""

    number: int
    line: str
    text: str
    """The row in it, without what stands in front."""
    ways: Ways


class RowsAlone:
    """Holds rows of one kind that no header announces, until they tell their layout."""

    def __init__(self, dialect: str | None) -> None:
        self.held: list[HeldLine] = []
        self._dialect = dialect
        self._known: dict[Line, tuple[str, Ways]] = {}
        """Lines that were held: the text of each, and how it can be read."""
        self._shapes: set[str] = set()
        """The shapes of these."""

    @property
    def kind(self) -> Kind | None:
        """Of the rows that are held."""
        return self.held[0].ways.kind if self.held else None

    def find_kind(self, text: str) -> Kind | None:
        """What kind of table a line is a row of; None if it is no row."""
        return find_ways(text, self._dialect).kind

    def add(self, number: int, line: str, text: str) -> bool:
        """Hold a row; True once there are enough of them."""
        ways = find_ways(text, self._dialect)
        self.held.append(HeldLine(number, line, text, ways))
        if line == text:
            self._remember(line, text, ways)
            self._shapes.add(shape(text))
        return len(self.held) >= ROWS_TO_INFER

    def add_known(self, lines: Sequence[Line], number: int) -> int:
        """Hold the first of these lines, as long as they are like lines that were held before;
        how many these were.

        They get the numbers from `number` on. It is quicker than to classify each again, and gives
        the same: what a row is, without anything in front, depends on its shape alone.
        """
        if not self._shapes:
            return 0
        found = []
        for line in lines[: ROWS_TO_INFER - len(self.held)]:
            known = self._known.get(line) or self._recognize(line)
            if known is None:
                break
            found.append(known)
        kind = self.kind or (found[0][1].kind if found else None)
        same = list(takewhile(lambda known: known[1].kind is kind, found))
        self.held += [HeldLine(n, text, text, ways) for n, (text, ways) in enumerate(same, number)]
        return len(same)

    def _recognize(self, line: Line) -> tuple[str, Ways] | None:
        text = text_of(line)
        if not self._shapes or shape(text) not in self._shapes:
            return None
        return self._remember(line, text, find_ways(text, self._dialect))

    def _remember(self, line: Line, text: str, ways: Ways) -> tuple[str, Ways]:
        if len(self._known) >= LINES_KNOWN:
            self._known.clear()
            self._shapes.clear()
        self._known[line] = known = text, ways
        return known

    def settle(self) -> tuple[list[HeldLine], Verdict]:
        """The rows that were held, which are held no more, and what they tell."""
        held, self.held = self.held, []
        return held, judge(Counter(row.ways for row in held))

    def give_advice(self, held: Iterable[HeldLine], verdict: Verdict) -> str:
        """What to do about rows that can be read in two ways."""
        told = [
            dialect
            for dialect in dict.fromkeys(layout.dialect for layout in verdict.layouts)
            if dialect != self._dialect
            and judge(Counter(find_ways(row.text, dialect) for row in held)).is_known
        ]
        header = "put its header above it"
        if not told:
            return header
        options = " or ".join(f"--dialect {name}" for name in told)
        return f'say which with {options} (in Python dialect="{told[0]}"), or {header}'


def judge(rows: Mapping[Ways, int]) -> Verdict:
    """What rows tell that can be read in these ways; so many of each.

    Of all layouts, those are asked that most of the rows can be of. If all of these read every row
    alike, the rows are read by the first; but not if another reads one of them otherwise. Where
    the first can have printed all rows, that other must read more cells of the row: else a name
    with a blank in it would do. An other that a row refutes is not asked.
    """
    votes: dict[Layout, int] = {}
    for ways, count in rows.items():
        for layout in ways.layouts:
            votes[layout] = votes.get(layout, 0) + count
    most = max(votes.values(), default=0)
    refuted = {layout for ways in rows for layout in ways.refuted}
    layouts = [layout for layout, count in votes.items() if count == most]
    # Of those that read names alike, the first is the one that cuts them first.
    layouts.sort(key=lambda x: (x.program_limit.bytes or 0, NAMES.index(x.dialect), x.table))
    is_of_all = most == sum(rows.values())
    others = [
        layout
        for layout, count in votes.items()
        if count < most and layout not in refuted
        if any(ways.differ(layouts[0], layout, more=is_of_all) for ways in rows)
    ]
    are_alike = all(len(set(map(ways.find_group, layouts))) == 1 for ways in rows)
    return Verdict(layouts + others, bool(layouts) and are_alike and not others)


def name_layouts(layouts: Sequence[Layout]) -> str:
    """Dialects and columns, in words."""
    names = (f"{layout.dialect} ({', '.join(layout.titles)})" for layout in layouts)
    return " or ".join(dict.fromkeys(names))


# One row ------------------------------------------------------------------------------------------


def find_ways(text: str, dialect: str | None = None) -> Ways:
    """How a row alone can be read; with `dialect`, in that one."""
    return _find_ways(shape(text), dialect)


def shape(text: str) -> str:
    """A row with examples in the place of its queues and addresses, if these are usual ones.

    Rows of one shape can be read in the same ways, so that few of all rows are asked.
    """
    found = _USUAL_START.match(text)
    if found is None:
        return text
    proto, *addresses = found.groups()
    examples = [name for name, address in zip(_EXAMPLES, addresses, strict=True) if address]
    return f"{proto} 0 0 {examples[0]} {examples[1]} {text[found.end() :]}"


_EXAMPLES = (*_USUAL, *_USUAL)


@lru_cache(maxsize=2**12)
def _find_ways(text: str, dialect: str | None) -> Ways:
    start = text.lstrip(" \t")
    indent = len(text) - len(start)
    tried = ((look, pattern.match(start)) for look, pattern in _LOOKS.items())
    looks = {look: indent + found.end() for look, found in tried if found is not None}
    if not looks:
        return NO_WAYS
    from netstat_parse.dialects.frozen_alone import LAYOUTS

    ways = _ask(LAYOUTS, looks, text, dialect, _find_padded_process(text))
    if dialect is not None and not ways.groups:
        # Who names a dialect knows better than its rows tell.
        return _ask(LAYOUTS, looks, text, dialect, None)
    return ways


def _ask(
    layouts: Iterable[Layout],
    looks: Mapping[str, int],
    text: str,
    dialect: str | None,
    field_end: int | None,
) -> Ways:
    """How a row can be read by these layouts. `looks` are those that it has, and where they end;
    `field_end` is where its process ends, if it is padded."""
    groups: dict[frozenset[tuple[str, str]], list[Layout]] = {}
    refuted = []
    for layout in layouts:
        if layout.look not in looks or dialect not in (None, layout.dialect):
            continue
        matched = layout.find_match(text, looks[layout.look])
        if matched is None or not any((found := matched[1]).groups()):
            continue
        cells = {_plain(name): cell for name, cell in found.groupdict().items() if cell}
        pid, program = cells.get("pid", ""), cells.get("program", "")
        if layout.program_limit.is_exceeded_by(pid, program, by_others=False):
            continue
        if field_end is not None and _is_otherwise(layout, found, field_end):
            refuted.append(layout)
        else:
            groups.setdefault(frozenset(cells.items()), []).append(layout)
    sizes = tuple(map(len, groups))
    return _intern(tuple(map(tuple, groups.values())), sizes, frozenset(refuted))


_intern = cache(Ways)


def _plain(name: str) -> str:
    """Whether a text fills its column is another question, to which some layouts know no answer."""
    return name.removesuffix(FILLS).removesuffix(EXCEEDS)


def _find_padded_process(text: str) -> int | None:
    """Where a field ends that is padded as net-tools pads `pid/name`; None if there is none.

    Behind the field stands a blank, and then the next column: at least two blanks, exactly there.
    """
    for found in _PROCESS.finditer(text):
        rest = text[found.start() :].encode(errors="replace")
        field, behind = rest[:PROCESS_COLUMN], rest[PROCESS_COLUMN:]
        if len(field) < PROCESS_COLUMN or not field.endswith(b" "):
            continue
        ends_row = behind in (b"", b" ") and field[:1].isdigit()
        # A mark that somebody put behind every row stands right behind the blanks.
        is_mark = bool(behind.strip()) and not behind.strip(_MARKS)
        is_marked = field[:1].isdigit() and is_mark
        if ends_row or is_marked or (behind[:1] == b" " and behind[1:2].strip()):
            return found.start() + len(field.decode(errors="ignore"))
    return None


def _is_otherwise(layout: Layout, found: re.Match[str], end: int) -> bool:
    """True if the row is padded otherwise than this netstat pads it, by the end of that field."""
    length = len(found.string.rstrip(" "))
    if end < length:
        return any(found.start(name) < end < found.end(name) for name in found.groupdict())
    is_last = layout.names_programs and found.end("program") == length
    is_padded = layout.last_column.width > 0 or not layout.titles[-1].startswith("PID/")
    return not (is_last and is_padded)


NO_WAYS = Ways(())
