"""A table that a header has announced: its row patterns, ready to run.

Nothing here needs pyparsing or pydantic: a table may come from the grammar (`dialects.table_of`)
or, lowered before, from `lowered.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from operator import itemgetter

from netstat_parse.patterns import compile_later
from netstat_parse.values import value

Cells = tuple[str, ...]
"""The texts of a row: the CORE ones, then the table's own. What a row does not have is empty."""

CORE = (
    "proto",
    "recv_q",
    "send_q",
    "local_host",
    "local_port",
    "foreign_host",
    "foreign_port",
    "state",
    "pid",
    "program",
)


UNIX_CORE = ("refcount", "flags", "type", "state", "inode", "pid", "program", "path")
"""The same for the table of UNIX domain sockets."""

INTERNET, UNIX = "internet", "unix"
"""The kinds of table."""


WIDEST_LAST_COLUMN = 20
"""To so many characters at most netstat pads the last column..."""
LAST_COLUMN = {"Security Context": 50}
"""...but for these."""


@value
class AddressLimits:
    """The lengths, in characters, from which on netstat may have cut an address.

    A `host:port` text of exactly `field` characters, or a host of exactly `host`, may have been
    cut. A longer one proves that nothing is cut in this snapshot.
    """

    field: int | None = None
    host: int | None = None
    port_is_cut: bool = False
    """At `field` characters even a numeric port may have lost its last digits."""
    uncut_column: int | None = None
    """A row whose address columns are this wide comes from a netstat that was told not to cut."""
    also: tuple[int, ...] = ()
    """Shorter texts than `field` that may have been cut as well."""
    of_protos: tuple[tuple[str, AddressLimits], ...] = ()
    """The limits of the protos that have their own."""

    def of(self, proto: str) -> AddressLimits:
        """The limits of the rows of this proto."""
        for own, limits in self.of_protos:
            if own == proto:
                return limits
        return self


@value
class ProgramWidth:
    """From how many bytes on a program's name may have been cut."""

    bytes: int
    with_pid: bool = False
    """The number counts `pid/name`, not the name alone."""


@value
class RowPattern:
    """The lowered grammar of the rows of some protocols.

    `every` matches every row; `whole` is quicker, and leaves out what is rare, and all rows with
    an address that may have been cut.
    """

    kind: str
    prefix: str
    every: str
    whole: str


class RowMatcher:
    """The compiled patterns of one kind of row; `names` is the order of the cells it gives."""

    def __init__(self, pattern: RowPattern, names: tuple[str, ...]) -> None:
        self.kind = pattern.kind
        self.prefix = pattern.prefix
        self._pattern = pattern
        self._names = names
        self._may_end_early = "(?P<further>" in pattern.every
        self._last_line: str | None = None
        self._last_found: re.Match[str] | None = None

    @cached_property
    def _every(self) -> re.Pattern[str]:
        return re.compile(_with_all_groups(self._pattern.every, self._names) + r"[ \t]*+\Z")

    @cached_property
    def _pick(self) -> Callable[[Cells], Cells] | None:
        """Puts the cells in order; None if they are."""
        positions = tuple(self._every.groupindex[name] - 1 for name in self._names)
        in_order = positions == tuple(range(self._every.groups))
        return None if in_order else itemgetter(*positions)

    def match_object(self, line: str) -> re.Match[str] | None:
        """The match of such a row."""
        if line is not self._last_line:
            may_match = line.lstrip(" \t").startswith(self.prefix)
            self._last_found = self._every.match(line) if may_match else None
            self._last_line = line
        return self._last_found

    def cells(self, found: re.Match[str]) -> Cells:
        """The cells of a match."""
        cells = found.groups("")
        return cells if self._pick is None else self._pick(cells)

    def last_cell_start(self, found: re.Match[str]) -> int | None:
        """Where the last cell stands that a row has.

        That of a row that ends with its addresses is empty, and stands at the line's end. None is
        known of a row that ends early because it goes on below.
        """
        name = next(name for name in self._from_the_end if found[name])
        if name == "further" or (name == "state" and self._may_end_early):
            return None
        groups = self._every.groupindex
        if "(?P<pid>" in self._pattern.every and groups["pid"] > groups[name]:
            return None  # `-` for a process that is not known
        return len(found.string.rstrip(" ")) if name.startswith("foreign") else found.start(name)

    @cached_property
    def _from_the_end(self) -> list[str]:
        """The names of the cells from the last to the first.

        A program is part of its pid's, and a timer's numbers are part of its name's.
        """
        groups = self._every.groupindex
        pattern = self._pattern.every
        names = [
            name
            for name in self._names
            if name != "program" and not name.startswith("timer_") and f"(?P<{name}>" in pattern
        ]
        return sorted(names, key=groups.__getitem__, reverse=True)


class RowFinder:
    """Finds the rows of one kind among many lines at once, but for what is rare.

    It gives the cells of these names, the first of the table's. Rows with an address that may have
    been cut are found only with `may_be_cut`.
    """

    def __init__(self, pattern: RowPattern, names: tuple[str, ...], *, may_be_cut: bool) -> None:
        self.prefix = pattern.prefix
        self._row = pattern.whole
        if may_be_cut:
            self._row = _LONGEST_WORD.sub(_one_more, pattern.whole).replace(SHORT_NAME, ANY_NAME)
        self._names = names

    @cached_property
    def find(self) -> Callable[[str], list[Cells]]:
        """Lines, joined -> the cells of each; all empty if it is no such row."""
        row = _with_all_groups(self._row, self._names)
        for name in set(re.findall(r"\(\?P<(\w+)>", row)).difference(self._names):
            row = row.replace(f"(?P<{name}>", "(?:")
        pattern = re.compile(rf"(?m)^(?:{row} *+$|.*)")
        find: Callable[[str], list[Cells]] = pattern.findall
        positions = tuple(pattern.groupindex[name] - 1 for name in self._names)
        if positions == tuple(range(pattern.groups)):
            return find
        pick = itemgetter(*positions)
        return lambda text: list(map(pick, find(text)))


SHORT_NAME, ANY_NAME = "[a-z][a-z0-9-]{0,4}+", "[a-z][a-z0-9-]*+"
"""The names of ports. With an IPv4 address, a short one fills no column."""
_LONGEST_WORD = compile_later(r"(?<=\[!-~\]\{1,)[0-9]++")
"""The number of characters that an address has at most, in the patterns of whole ones."""


def _one_more(found: re.Match[str]) -> str:
    return str(int(found[0]) + 1)


def _with_all_groups(pattern: str, names: tuple[str, ...]) -> str:
    """The pattern with an empty group for each name that it lacks."""
    return pattern + "".join(f"(?P<{name}>)" for name in names if f"(?P<{name}>" not in pattern)


@value
class Table:
    """What a header announced: how to read the rows below it. A table equals only itself."""

    dialect: str
    header: str
    titles: tuple[str, ...]
    connection: str
    """The name of the model class of its rows."""
    separator: str
    limits: AddressLimits
    program_width: ProgramWidth
    states: Mapping[str, str]
    """Printed state -> name of the TcpState."""
    plain_family: str | None
    """The family of a proto without a number, where the address does not tell."""
    own: tuple[str, ...]
    """The names of the cells behind the CORE ones."""
    extra: tuple[tuple[str, str], ...]
    """(cell, title) of the columns that no model field holds."""
    kind: str
    """INTERNET or UNIX."""
    patterns: tuple[RowPattern, ...]
    goes_on: tuple[str, ...] = ()
    """How the rows start that may go on in the lines below; `match` takes them joined."""
    below: bool = False
    """It stands below another table, in the same run of netstat."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of a row's cells, in their order."""
        return (CORE if self.kind == INTERNET else UNIX_CORE) + self.own

    @cached_property
    def names_programs(self) -> bool:
        """There is a program's name beside its pid."""
        return any("(?P<program>" in pattern.every for pattern in self.patterns)

    @cached_property
    def told_by(self) -> int:
        """The place of a cell that no row lacks: by it the cells of a row are told from none."""
        return self.names.index("proto" if self.kind == INTERNET else "type")

    @cached_property
    def rows(self) -> tuple[RowMatcher, ...]:
        """The matchers of its kinds of row, in the order to try them in."""
        return tuple(RowMatcher(pattern, self.names) for pattern in self.patterns)

    def finders(self, names: tuple[str, ...], *, may_be_cut: bool = False) -> tuple[RowFinder, ...]:
        """What finds its rows in bulk, and gives their cells of these names, the first it has."""
        patterns = [p for p in self.patterns if not may_be_cut or _LONGEST_WORD.search(p.whole)]
        return tuple(RowFinder(p, names, may_be_cut=may_be_cut) for p in patterns)

    def match(self, line: str) -> Cells | None:
        """The cells of a row of this table, or None if the line is none."""
        found = self._match_object(line)
        return found and found[0].cells(found[1])

    def _match_object(self, line: str) -> tuple[RowMatcher, re.Match[str]] | None:
        if line.lstrip(" \t").startswith(self._prefixes):
            for row in self.rows:
                found = row.match_object(line)
                if found is not None:
                    return row, found
        return None

    @cached_property
    def _prefixes(self) -> tuple[str, ...]:
        return tuple(pattern.prefix for pattern in self.patterns)

    def has_printed(self, line: str) -> bool:
        """The line is a row of this table, and its program no longer than netstat prints it."""
        cells = self.match(line)
        if cells is None:
            return False
        if self.kind != INTERNET:
            return True
        pid, program = cells[CORE.index("pid")], cells[CORE.index("program")]
        length = len(program) + (len(pid) + 1 if self.program_width.with_pid else 0)
        return length <= self.program_width.bytes

    def reading(self, line: str) -> frozenset[tuple[str, str]] | None:
        """The cells that a row of this table has, by name; None if the line is none."""
        cells = self.match(line)
        if cells is None:
            return None
        return frozenset((n, text) for n, text in zip(self.names, cells, strict=True) if text)

    def read(self, line: str) -> tuple[Cells, int] | None:
        """The cells of a row, and how many bytes its last cell lacks to fill its column."""
        found = self._match_object(line)
        return found and (found[0].cells(found[1]), self._missing(*found))

    def missing_of_last_cell(self, line: str) -> int:
        """How many bytes a row's last cell lacks to fill its column; 0 if the line is no row.

        It is 0 too where the header does not have the blanks that netstat pads the column with.
        """
        found = self._match_object(line) if self._last_width else None
        return self._missing(*found) if found is not None else 0

    def _missing(self, row: RowMatcher, found: re.Match[str]) -> int:
        width = self._last_width
        start = row.last_cell_start(found) if width else None
        if start is None or (len(found.string) - start >= width):
            return 0
        return width - len(found.string[start:].encode(errors="replace"))

    @cached_property
    def _last_width(self) -> int:
        """How wide the last column is; 0 if its cells are not padded."""
        header, title = self.header, self.titles[-1]
        if not header.endswith(" "):
            return 0
        width = len(header) - header.rfind(title)
        # A terminal from which the lines were copied may have padded them all further.
        return min(width, LAST_COLUMN.get(title, WIDEST_LAST_COLUMN))

    def address_column(self, line: str, local: str) -> int:
        """How far the foreign address starts behind the local one, whose text is `local`."""
        behind = line.partition(local)[2]
        return len(local) + len(behind) - len(behind.lstrip(" \t"))


# Which addresses netstat may have cut -------------------------------------------------------------

WHOLE, HOST_CUT, PORT_CUT, BOTH_CUT, PROOF = range(5)
"""An endpoint can't have been cut; its host may have been, its port, or both; it is longer than
what netstat leaves when it cuts, so nothing in the snapshot is cut."""
CUT = (HOST_CUT, PORT_CUT, BOTH_CUT)
NAMED_HOST = 12
"""Where BSD cuts ports (-A), it cuts a host to so many characters if it prints the port's name."""


def is_number(port: str) -> bool:
    """True for a port's number, False for its name."""
    return port.isascii() and port.isdecimal()


def cut_of(limits: AddressLimits, host: str, port: str) -> int:
    """What the length of an endpoint's text tells: one of the words above.

    `port` is empty for the `*` that stands for no port.
    """
    length = len(host) + 1 + (len(port) or 1)
    if limits.host is not None:
        if len(host) > limits.host:
            # BSD's -W leaves long names alone, but not long IPv6 addresses.
            return PROOF if ":" in host else WHOLE
        is_named = bool(port) and not is_number(port)
        port_cut = length == limits.field and (is_named or (limits.port_is_cut and bool(port)))
        longest = NAMED_HOST if limits.port_is_cut and is_named else limits.host
        if len(host) in (longest, limits.host) and not is_complete(host):
            return BOTH_CUT if port_cut else HOST_CUT
        return PORT_CUT if port_cut else WHOLE
    if limits.field is None or (length < limits.field and length not in limits.also):
        return WHOLE
    if length > limits.field:
        return PROOF
    return WHOLE if is_complete(host) else HOST_CUT


def is_complete(host: str) -> bool:
    """True for an IPv6 address that no longer one starts with: eight groups, four last digits."""
    if host.count(":") < 7:
        return False
    groups = host.split(":")
    written = len(groups) - groups.count("")
    return len(groups[-1]) == 4 and "." not in host and written == (7 if "::" in host else 8)
