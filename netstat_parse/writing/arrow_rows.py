"""The cells of connections -> the texts that become Arrow's columns, without records.

The texts are those of CSV, and behind them what follows from the cells: transport and family, ports
that are names, and whether netstat may have cut something.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from operator import add, itemgetter

from netstat_parse.grammar.layout import Cells, Layout
from netstat_parse.grammar.truncation import Truncation, is_address, is_number
from netstat_parse.lazy import LazyPattern
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

_BYTE = "(?>25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = rf"{_BYTE}(?:\.{_BYTE}){{3}}"
_IPV4_ONLY = LazyPattern(rf"{_IPV4}(?:\n{_IPV4})*+")
"""Lines of which each is an IPv4 address."""

PLAIN = {
    "local_service": "",
    "foreign_service": "",
    "local_truncated": "False",
    "foreign_truncated": "False",
    "program_truncated": "False",
}
"""The columns that follow from the cells, and what they hold in most rows."""
DERIVED = frozenset((*PLAIN, "transport", "family", "dialect"))


class ConnectionRows:
    """Makes the texts of a layout's rows: first the columns that are cells, then the others."""

    def __init__(self, layout: Layout, columns: Sequence[Column]) -> None:
        self._layout = layout
        self._csv = CsvRows(layout, quote)
        places = [CONNECTIONS.columns.index(c.name) for c in columns if c.is_cell]
        self._pick = _picker(places)
        self._derived = [column.name for column in columns[len(places) :]]
        self._tails: dict[str, str] = {}
        """For each proto the end of an ordinary row: its derived columns."""
        self._tails_of_cut: dict[str, str] = {}
        self._told: dict[str, tuple[str, str | None]] = {}

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
        self._csv.mark_programs(rows, cut)
        protos = list(map(_proto_of, rows))
        for proto in set(protos).difference(self._tails):
            self._learn(proto)
        tails = list(map(self._tails.__getitem__, protos))
        for i in cut:
            tails[i] = self._tails_of_cut[protos[i]]
        odd = set(marked) if truncation is Truncation.POSSIBLE else set()
        odd.update(_with_named_ports(rows), self._with_other_families(rows, protos))
        if odd:
            programs = set(cut)
        for i in odd:
            forms = marked.get(i) if truncation is Truncation.POSSIBLE else None
            rows[i], tails[i] = self._odd_row(rows[i], forms, i in programs)
        if not self._csv.is_plain(text):
            rows = [tuple(map(quote, cells)) for cells in rows]
        texts = map(",".join, map(self._pick, rows) if self._pick else rows)
        return list(map(str.encode, map(add, texts, tails)))

    def _learn(self, proto: str) -> None:
        """Remember what a proto tells, and the ends of ordinary rows of it."""
        self._told[proto] = transport, family = parse_proto(proto)
        family = family or "ipv4"
        self._tails[proto] = self._tail(transport, family, {})
        self._tails_of_cut[proto] = self._tail(transport, family, {"program_truncated": "True"})

    def _tail(self, transport: str, family: str | None, others: Mapping[str, str]) -> str:
        """The texts of the derived columns, each behind a comma."""
        values = {
            "transport": quote(transport),
            "family": family or "",
            "dialect": self._layout.dialect,
            **PLAIN,
            **others,
        }
        return "".join([f",{values.get(name, '')}" for name in self._derived])

    def _with_other_families(self, rows: list[Cells], protos: list[str]) -> list[int]:
        """The places of rows whose proto does not tell the family, and which may be no IPv4."""
        untold = {proto for proto in set(protos) if self._told[proto][1] is None}
        if not untold:
            return []
        hosts = [row[_HOSTS[0]] for row in rows if row[_PROTO] in untold]
        if _IPV4_ONLY.fullmatch("\n".join(hosts)):
            return []
        return [
            i
            for i, proto in enumerate(protos)
            if proto in untold and not _IPV4_ONLY.fullmatch(rows[i][_HOSTS[0]])
        ]

    def _odd_row(self, row: Cells, forms: Cells | None, is_program_cut: bool) -> tuple[Cells, str]:
        """A row's cells, of which ports are numbers, and the texts of its derived columns."""
        named = dict(zip(self._layout.forms, forms, strict=True)) if forms else {}
        others = {"program_truncated": str(is_program_cut)}
        cells = list(row)
        for side, place in zip(("local", "foreign"), _PORTS, strict=True):
            if _is_name(row[place]):
                others[f"{side}_service"] = quote(row[place])
                cells[place] = ""
            is_cut = named.get(f"{side}_host{FILLS}") or named.get(f"{side}_port{FILLS}")
            others[f"{side}_truncated"] = str(bool(is_cut))
        transport, family = self._told[_proto_of(row)]
        if family is None:
            family = _family_of(_hosts_of(row))
        if family is None and transport != "sctp":
            family = self._layout.plain_family
        return tuple(cells), self._tail(transport, family, others)


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
    ports = "".join(chain.from_iterable(map(_ports_of, rows)))
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
