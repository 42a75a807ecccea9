"""The cells of connections -> the texts that become Arrow's columns, without records.

The texts are those of CSV, and behind them what follows from the cells: transport and family, ports
that are names, and whether netstat may have cut something.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import add, itemgetter
from typing import NamedTuple

from netstat_parse.grammar.layout import Cells, Layout
from netstat_parse.grammar.truncation import MARK, Truncation, is_address, is_number
from netstat_parse.protocols import parse_proto
from netstat_parse.schema import CONNECTIONS, FILLS, Kind
from netstat_parse.writing.text import CsvRows, quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.writing.arrow_columns import Column

_NAMES = [cell.name for cell in CONNECTIONS.cells]
_PROTO = _NAMES.index("proto")
_HOSTS = _NAMES.index("local_host"), _NAMES.index("foreign_host")
_PORTS = _NAMES.index("local_port"), _NAMES.index("foreign_port")
_proto_of, _hosts_of, _ports_of = itemgetter(_PROTO), itemgetter(*_HOSTS), itemgetter(*_PORTS)
_local_host_of, _local_port_of, _foreign_port_of = map(itemgetter, (_HOSTS[0], *_PORTS))

DERIVED = frozenset(
    (
        *("transport", "family", "local_service", "foreign_service", "dialect"),
        *("local_truncated", "foreign_truncated", "program_truncated"),
    )
)
"""The columns that follow from the cells."""
NOT_CUT = False, False
MEMORY = 2**12
"""About so many hosts, and so many ends of rows, are kept to be known again."""


class Traits(NamedTuple):
    """What the derived columns of a row follow from."""

    proto: str
    family: str | None
    is_local_cut: bool = False
    is_foreign_cut: bool = False
    is_program_cut: bool = False
    local_service: str = ""
    foreign_service: str = ""


class ConnectionRows:
    """Makes the texts of a layout's rows: first the columns that are cells, then the others."""

    def __init__(self, layout: Layout, columns: Sequence[Column]) -> None:
        self._layout = layout
        self._csv = CsvRows(layout, quote)
        places = [CONNECTIONS.columns.index(c.name) for c in columns if c.is_cell]
        self._pick = _picker(places)
        self._ends_in_program = places[-1] == len(_NAMES) - 1
        self._derived = [column.name for column in columns[len(places) :]]
        self._fills = [
            [n for n, name in enumerate(layout.forms) if name in names]
            for side in ("local", "foreign")
            for names in [(f"{side}_host{FILLS}", f"{side}_port{FILLS}")]
        ]
        """For each side the forms that fill their columns."""
        self._told: dict[str, tuple[str, str | None]] = {}
        """The transport and the family that a proto tells."""
        self._tails: dict[str, tuple[str, str]] = {}
        """The derived columns of an ordinary row of a proto, and of one whose program is cut."""
        self._made: dict[Traits, str] = {}
        """The derived columns of other rows."""
        self._ipv4: set[str] = set()
        """Hosts that are IPv4 addresses."""

    @staticmethod
    def can_make(kind: Kind, columns: Sequence[Column]) -> bool:
        """True if all of the columns are cells or follow from them."""
        return (
            kind is CONNECTIONS
            and columns[0].is_cell
            and all(c.is_cell or c.name in DERIVED or not c.is_wanted for c in columns)
        )

    def __call__(
        self, rows: list[Cells], text: str, truncation: Truncation, marked: Mapping[int, Cells]
    ) -> list[bytes]:
        rows = self._csv.rename_and_mark(rows, truncation, marked)
        cut = self._csv.find_cut_programs(rows, text)
        protos = list(map(_proto_of, rows))
        for proto in set(protos).difference(self._tails):
            self._learn(proto)
        tails = [self._tails[proto][0] for proto in protos]
        for i in cut:
            tails[i] = self._tails[protos[i]][1]
        odd = dict.fromkeys(self._with_other_families(rows, protos), NOT_CUT)
        odd |= dict.fromkeys(_with_named_ports(rows), NOT_CUT)
        if truncation is Truncation.POSSIBLE:
            odd |= {i: self._cut_sides(forms) for i, forms in marked.items()}
        programs = set(cut) if odd else ()
        for i, sides in odd.items():
            rows[i], tails[i] = self._odd_row(rows[i], sides, i in programs)
        is_plain = self._csv.is_plain(text)
        if is_plain and text.isascii() and self._ends_in_program:
            for i in cut:  # no name ends in a mark itself
                tails[i] = MARK + tails[i]
        else:
            self._csv.mark_programs(rows, cut)
        if not is_plain:
            rows = [tuple(map(quote, cells)) for cells in rows]
        texts = map(",".join, map(self._pick, rows) if self._pick else rows)
        return list(map(str.encode, map(add, texts, tails)))

    def _learn(self, proto: str) -> None:
        """Remember what a proto tells, and the ends of ordinary rows of it."""
        self._told[proto] = parse_proto(proto)
        traits = Traits(proto, self._told[proto][1] or "ipv4")
        self._tails[proto] = self._tail(traits), self._tail(traits._replace(is_program_cut=True))

    def _tail(self, traits: Traits) -> str:
        """The texts of the derived columns, each behind a comma."""
        made = self._made.get(traits)
        if made is not None:
            return made
        values = {
            "transport": quote(self._told[traits.proto][0]),
            "family": traits.family or "",
            "dialect": self._layout.dialect,
            "local_service": quote(traits.local_service),
            "foreign_service": quote(traits.foreign_service),
            "local_truncated": str(traits.is_local_cut),
            "foreign_truncated": str(traits.is_foreign_cut),
            "program_truncated": str(traits.is_program_cut),
        }
        made = "".join([f",{values.get(name, '')}" for name in self._derived])
        if len(self._made) > MEMORY:
            self._made.clear()
        self._made[traits] = made
        return made

    def _cut_sides(self, forms: Cells) -> tuple[bool, bool]:
        """Whether netstat may have cut the local address, and the foreign one."""
        local, foreign = self._fills
        return any(forms[n] for n in local), any(forms[n] for n in foreign)

    def _with_other_families(self, rows: list[Cells], protos: list[str]) -> list[int]:
        """The places of rows whose proto does not tell the family, and which may be no IPv4."""
        untold = {proto for proto in set(protos) if self._told[proto][1] is None}
        if not untold:
            return []
        new = set(map(_local_host_of, rows)) - self._ipv4
        others = {host for host in new if ":" in host or not is_address(host)}
        if len(self._ipv4) > MEMORY:
            self._ipv4 = set()
        self._ipv4 |= new - others
        if not others:
            return []
        return [
            i
            for i, (host, proto) in enumerate(zip(map(_local_host_of, rows), protos, strict=True))
            if host in others and proto in untold
        ]

    def _odd_row(
        self, row: Cells, sides: tuple[bool, bool], is_program_cut: bool
    ) -> tuple[Cells, str]:
        """A row's cells, of which ports are numbers, and the texts of its derived columns."""
        transport, family = self._told[_proto_of(row)]
        if family is None:
            family = _family_of(_hosts_of(row))
        if family is None and transport != "sctp":
            family = self._layout.plain_family
        names = [port if _is_name(port) else "" for port in _ports_of(row)]
        if any(names):
            cells = list(row)
            for place, name in zip(_PORTS, names, strict=True):
                cells[place] = "" if name else cells[place]
            row = tuple(cells)
        return row, self._tail(Traits(_proto_of(row), family, *sides, is_program_cut, *names))


def _picker(places: Sequence[int]) -> Callable[[Cells], Sequence[str]] | None:
    """What takes the cells at these places; None if these are all."""
    if list(places) == list(range(len(CONNECTIONS.cells))):
        return None
    if len(places) == 1:
        return lambda row: (row[places[0]],)
    pick: Callable[[Cells], Sequence[str]] = itemgetter(*places)
    return pick


def _with_named_ports(rows: list[Cells]) -> list[int]:
    """The places of rows with a port that is a name."""
    ports = "".join(map(_local_port_of, rows)) + "".join(map(_foreign_port_of, rows))
    if not ports or is_number(ports):
        return []
    return [i for i, row in enumerate(rows) if any(map(_is_name, _ports_of(row)))]


def _is_name(port: str) -> bool:
    return port != "" and not is_number(port)


def _family_of(hosts: Sequence[str]) -> str | None:
    """What hosts tell of the family: the first that is an address, else a colon."""
    known = next((host for host in hosts if is_address(host)), None)
    if known is not None:
        return "ipv6" if ":" in known else "ipv4"
    return "ipv6" if any(":" in host for host in hosts) else None
