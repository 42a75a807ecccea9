"""Layout: what a header announced, ready to run.

Nothing here needs pyparsing or pydantic: a layout comes from the grammar (`dialect.make_layout`),
or, worked out ahead, from `dialects/frozen.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

from netstat_parse.grammar.padding import LastColumn, room_below
from netstat_parse.grammar.truncation import NEVER_CUT, ProgramLimit, size_of
from netstat_parse.schema import EXCEEDS, FILLS, Kind, get_kind

GIVING_KEPT = 64
"""A layout is kept with the cells that so many headings give."""

PROCESSES = (("pid", "program"), ("effective_pid", "effective_program"))
"""The cells of processes: the pid, and the name."""

Cells = tuple[str, ...]
"""The texts of a row, in the order of its layout's `names`. What a row does not have is empty."""


class RowPattern(NamedTuple):
    """The lowered grammar of the rows of some protocols."""

    kind: str
    prefix: str
    """What every such row starts with."""
    whole: str
    """Matches every row."""
    quick: str
    """Matches most rows in less time, and nothing that `whole` does not; for reading in bulk."""
    behind: str = ""
    """Matches what every row has behind its table's look, if anything is known of it."""
    plain: str = ""
    """The quick pattern of rows of which nothing fills its column or exceeds it, if some do."""


class RowMatcher:
    """Matches one line with the whole pattern of one kind of row."""

    def __init__(self, pattern: RowPattern, names: tuple[str, ...]) -> None:
        self.pattern = pattern
        self.names = names

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The compiled pattern, with a group for each cell."""
        return re.compile(_with_all_groups(self.pattern.whole, self.names) + r"[ \t]*+\Z")

    @cached_property
    def behind(self) -> re.Pattern[str]:
        """What must stand behind the look of such a row; compiled in a tenth of the time."""
        return re.compile(self.pattern.behind + r"[ \t]*+\Z" if self.pattern.behind else "")

    def match(self, line: str) -> re.Match[str] | None:
        """The match of such a row."""
        return self.regex.match(line)

    def cells(self, found: re.Match[str]) -> Cells:
        """The cells of a match."""
        return tuple(found[name] or "" for name in self.names)


class BulkFinder:
    """Finds the rows of one kind among many lines, with a quick pattern.

    `names` are the cells that it gives, in their order.
    """

    def __init__(self, prefix: str, pattern: str, names: tuple[str, ...]) -> None:
        self.prefix = prefix
        self._pattern = pattern
        self.names = names

    @cached_property
    def find(self) -> Callable[[str], list[Cells]]:
        """Joined lines -> the cells of each; all of them empty if it is no such row."""
        row = _with_all_groups(self._pattern, self.names)
        for name in set(re.findall(r"\(\?P<(\w+)>", row)).difference(self.names):
            row = row.replace(f"(?P<{name}>", "(?:")
        pattern = re.compile(rf"(?m)^(?:{row} *+$|.*)")
        find: Callable[[str], list[Cells]] = pattern.findall
        positions = tuple(pattern.groupindex[name] - 1 for name in self.names)
        if positions == tuple(range(pattern.groups)):
            return find
        pick = itemgetter(*positions)
        return lambda text: list(map(pick, find(text)))


def _with_all_groups(pattern: str, names: tuple[str, ...]) -> str:
    """The pattern with an empty group for each name that it lacks."""
    return pattern + "".join(f"(?P<{name}>)" for name in names if f"(?P<{name}>" not in pattern)


class Found(NamedTuple):
    """A line that is a row."""

    cells: Cells
    missing: int
    """How many bytes its last cell lacks to fill its column; 0 or less if none."""
    room: int = 0
    """For how many bytes the text at its end may go on in the lines below."""


HeaderSort = tuple[object, ...]
"""What tells apart headers whose rows have other patterns: the table, its titles, and what the
width of the columns tells. Empty for those that were worked out ahead, which cost nothing."""


class Layout:
    """The columns that a header announced, and how to read the rows below it. It equals only
    itself."""

    def __init__(
        self,
        *,
        dialect: str,
        table: int,
        header: str,
        titles: tuple[str, ...],
        kind: str,
        record: str,
        names: tuple[str, ...],
        extra: tuple[tuple[str, str], ...] = (),
        triggers: tuple[str, ...] = (),
        states: Mapping[str, str],
        plain_family: str | None = None,
        program_limit: ProgramLimit = NEVER_CUT,
        path_limit: int = 0,
        patterns: tuple[RowPattern, ...],
        continued_prefixes: tuple[str, ...] = (),
        first_line: str = "",
        inherits: bool = False,
        follows_another_table: bool = False,
        recurs: bool = False,
        banner_cells: Mapping[str, Mapping[str, str]] | None = None,
        look: str = "",
        heading: str = "",
        nests: bool = False,
        rule: str = "",
        given: Mapping[str, str] | None = None,
        may_have_names: bool = False,
        may_be: tuple[str, ...] = (),
    ) -> None:
        self.dialect = dialect
        self.table = table
        """Which of the dialect's tables it is of: an index."""
        self.header = header
        self.titles = titles
        self.kind: Kind = get_kind(kind)
        self.record = record
        """The name of the model class of its rows."""
        self.names = names
        """The names of a row's cells: those of its kind, then the table's own."""
        self.extra = extra
        """(cell, title) of the columns that no model field holds."""
        self.triggers = triggers
        """The cells that fields of the record are made of which no other table has."""
        self.states = states
        """Printed state -> name of the TcpState."""
        self.plain_family = plain_family
        """The family of a proto without a number, where the address does not tell."""
        self.program_limit = program_limit
        self.path_limit = path_limit
        """How many bytes a path has at most; 0 where there are none."""
        self.patterns = patterns
        self.continued_prefixes = continued_prefixes
        """How the rows start that may go on in the lines below; `find_row` takes them joined."""
        self.first_line = first_line
        """The pattern of a row's first line, which is no row by itself; empty if all are."""
        self.inherits = inherits
        """A row may lack what the one above has; `find_row` takes them joined."""
        self.follows_another_table = follows_another_table
        """It stands below another table, in the same run of netstat."""
        self.recurs = recurs
        """Its banner and header come again in one run, for each protocol and family."""
        self.banner_cells = banner_cells or {}
        """Banner -> the cells that it gives to the rows below it."""
        self.look = look
        """What every row starts with, as a simple pattern; empty if it has no look of its own."""
        self.heading = heading
        """The pattern of a line between rows that gives cells to the rows below it."""
        self.nests = nests
        """A row may stand under another line, further in; its cell `above` is the text of that."""
        self.rule = rule
        """How the rules start that netstat prints around the table."""
        self.may_have_names = may_have_names
        """netstat cuts further where it was asked for names, and the header does not tell."""
        self.may_be = may_be
        """The dialects that print such a header, where it does not tell which of them it is."""
        self.given: Mapping[str, str] = given or {}
        """The cells that every row has, or that the banner above or a heading gives to it."""
        self._giving: dict[tuple[tuple[str, str], ...], Layout] = {}

    def under(self, banner: str) -> Layout:
        """This layout below a banner, which may give cells to the rows."""
        return self.giving(self.banner_cells.get(banner, {}))

    def giving(self, cells: Mapping[str, str]) -> Layout:
        """This layout with cells that what stands above gives to every row."""
        given = {**self.given, **cells}
        if given == self.given:
            return self
        key = tuple(sorted(given.items()))
        if len(self._giving) >= GIVING_KEPT:
            self._giving.clear()
        if key not in self._giving:
            self._giving[key] = self.copy(given=given)
        return self._giving[key]

    def copy(self, **changes: object) -> Layout:
        """This layout, but for some attributes."""
        layout = object.__new__(Layout)
        given = {
            name: value
            for name, value in vars(self).items()
            if not isinstance(getattr(Layout, name, None), cached_property)
        }
        vars(layout).update(given, **changes)
        return layout

    def is_first_line(self, line: str) -> bool:
        """True for the first of the lines of a row, which is no row by itself."""
        return self._first_line is not None and self._first_line.match(line) is not None

    @cached_property
    def _first_line(self) -> re.Pattern[str] | None:
        return re.compile(rf"[ \t]*+{self.first_line}[ \t]*\Z") if self.first_line else None

    def find_heading(self, line: str) -> Mapping[str, str] | None:
        """The cells that a line gives to the rows below it; None if it is no heading."""
        found = self._heading.match(line) if self._heading is not None else None
        if found is None:
            return None
        named = {name: text or "" for name, text in found.groupdict().items()}
        return {**named, **self.banner_cells.get(line.strip(), {})}

    @cached_property
    def _heading(self) -> re.Pattern[str] | None:
        return re.compile(self.heading + r"[ \t]*\Z") if self.heading else None

    @cached_property
    def names_programs(self) -> bool:
        """There is a program's name beside its pid."""
        return any("(?P<program>" in pattern.whole for pattern in self.patterns)

    @cached_property
    def names_programs_within(self) -> bool:
        """There are cells behind the program's name."""
        wholes = [pattern.whole for pattern in self.patterns]
        return self.names_programs and any(
            re.search(r"\(\?P<program>.*\(\?P<", whole, re.DOTALL) for whole in wholes
        )

    @cached_property
    def may_have_room(self) -> bool:
        """The text at a row's end may have line feeds in it."""
        return self.names_programs or "path" in self.names

    def unfinished(self) -> Layout:
        """This layout for rows whose programs' names may go on in the lines below."""
        limit = self.program_limit
        return self.copy(program_limit=ProgramLimit(0, at_most=limit.at_most or limit.bytes))

    @cached_property
    def last_column(self) -> LastColumn:
        """What the width of the last column tells of a row's last cell."""
        return LastColumn(self.header, self.titles[-1])

    @cached_property
    def prefixes(self) -> tuple[str, ...]:
        """What its rows start with."""
        return tuple(pattern.prefix for pattern in self.patterns)

    @cached_property
    def _matchers(self) -> tuple[RowMatcher, ...]:
        return tuple(RowMatcher(pattern, self.names) for pattern in self.patterns)

    @cached_property
    def plain_names(self) -> tuple[str, ...]:
        """The names of its cells, without those of what fills its column or exceeds it."""
        return tuple(name for name in self.names if not name.endswith((FILLS, EXCEEDS)))

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """The names of its cells that fill their columns or exceed them."""
        return tuple(name for name in self.names if name.endswith((FILLS, EXCEEDS)))

    def bulk_finders(self, names: tuple[str, ...]) -> tuple[BulkFinder, ...]:
        """What finds its rows in bulk, and gives their cells of these names, which are plain ones.

        For each kind of row there is one for the plain rows, and one for those of which something
        fills its column or exceeds it, which gives all forms behind the other cells.
        """
        finders = []
        for pattern in self.patterns:
            finders.append(BulkFinder(pattern.prefix, pattern.plain or pattern.quick, names))
            if pattern.plain:
                finders.append(BulkFinder(pattern.prefix, pattern.quick, names + self.forms))
        return tuple(finders)

    def find_row(self, line: str) -> Found | None:
        """The cells of a row of this layout, or None if the line is none."""
        matched = self.find_match(line)
        if matched is None:
            return None
        matcher, found = matched
        missing = self.last_column.missing(found, matcher.pattern.whole)
        room = room_below(found, self.program_limit) if self.may_have_room else 0
        return Found(matcher.cells(found), missing, room)

    def find_match(
        self, line: str, look_end: int | None = None
    ) -> tuple[RowMatcher, re.Match[str]] | None:
        """The match of a row of this layout, and what it is matched with.

        `look_end` is where the row's look ends, if it was found by that.
        """
        start = line.lstrip(" \t")
        for matcher in self._matchers:
            if not start.startswith(matcher.pattern.prefix) or (
                look_end is not None and not matcher.behind.match(line, look_end)
            ):
                continue
            found = matcher.match(line)
            if found is not None and not self._find_excess(found):
                return matcher, found
        return None

    def _find_excess(self, found: re.Match[str]) -> str:
        """The cell of a row that has more bytes than netstat prints; empty if none has.

        The grammar counts characters, of which some take several bytes.
        """
        groups = found.re.groupindex
        for pid, program in PROCESSES:
            if program in groups and self.program_limit.is_exceeded_by(
                found[pid] or "", found[program] or ""
            ):
                return program
        is_too_long = self.path_limit and size_of(found["path"] or "") > self.path_limit
        return "path" if is_too_long else ""

    def explain_excess(self, line: str) -> tuple[int, str] | None:
        """At which column (from 1) a text of a row starts that has more bytes than netstat prints,
        and what was expected; None if there is none."""
        for matcher in self._matchers:
            found = matcher.match(line)
            cell = self._find_excess(found) if found is not None else ""
            if found is not None and cell:
                most = self.program_limit.at_most or self.program_limit.bytes
                most = self.path_limit if cell == "path" else most
                return found.start(cell) + 1, f"expected a {cell} of at most {most} bytes"
        return None

    def cell(self, cells: Cells, name: str) -> str:
        """One of a row's cells by its name; empty if the layout has no such cell."""
        return cells[self.names.index(name)] if name in self.names else ""
