"""The cells of rows -> records.

The grammar has checked every cell, so the records are put together without a second validation,
column by column. What repeats is made once: equal endpoints, processes and addresses are the same
frozen objects. Every memory here is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from importlib import import_module
from ipaddress import IPv4Address, IPv6Address
from itertools import compress
from operator import attrgetter
from typing import Any

from pydantic import BaseModel

from netstat_parse import models
from netstat_parse.endpoints import MEMORY, Columns, Key, Shared, endpoint_keys, make_endpoints
from netstat_parse.grammar.layout import Cells, Layout
from netstat_parse.grammar.truncation import Truncation
from netstat_parse.models.common import FrozenDict, Process, construct_all
from netstat_parse.models.connections import TcpState
from netstat_parse.protocols import parse_proto
from netstat_parse.reading.lines import has_long_line
from netstat_parse.schema import (
    CONNECTIONS,
    INTERFACES,
    LISTEN_QUEUES,
    ROUTES,
    UNIX_SOCKETS,
    Kind,
)

LONGEST = 300
"""Characters; nothing is kept to be used again of longer texts."""

FAMILY_OF: dict[type, str] = {IPv4Address: "ipv4", IPv6Address: "ipv6"}

Record = Any
"""A model of one row: Connection, UnixSocket, MulticastGroup."""

_address = attrgetter("address")


class Converted(dict[str, Any]):
    """What `convert` makes of a text, made once for texts that come again."""

    def __init__(self, convert: Callable[[str], Any], known: Mapping[str, Any] = {}) -> None:
        super().__init__(known)
        self._convert = convert

    def __missing__(self, text: str) -> Any:
        made = self._convert(text)
        if len(self) < MEMORY and len(text) <= LONGEST:
            self[text] = made
        return made


# Records ------------------------------------------------------------------------------------------


PROCESS_FIELDS = set(Process.model_fields)


class RecordBuilder:
    """Makes the records of one layout's rows.

    Each cell becomes the record's field of the same name, by its type; `pid` and `program` become
    its process. What only one table has is made by the fields of its columns.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.record: type[BaseModel] = getattr(models, layout.record)
        self._names = set(self.record.model_fields)
        self.template = _defaults(self.record) | {"dialect": layout.dialect, "extra": FrozenDict()}
        self._processes = Shared(partial(_make_processes, layout))
        self.shared: list[Shared[Any]] = [self._processes]
        self._convert: dict[type, Converted] = {
            int: Converted(int, {"": None}),
            bool: Converted(lambda text: text != "no", {"": None}),
            tuple: Converted(lambda text: tuple(text.split())),
        }
        self._own = OwnFields(layout)

    def __call__(
        self, rows: list[Cells], text: str, truncation: Truncation, marked: Mapping[int, Cells]
    ) -> list[Record]:
        """The records of rows, which stand in a text, and of which the marked ones fill or exceed
        their columns."""
        if not rows:
            return []
        columns: Columns = dict(zip(self.layout.plain_names, zip(*rows, strict=True), strict=True))
        all_fields = self.make_fields(columns, truncation, marked)
        self._set_processes(all_fields, columns)
        self._own.set(all_fields, columns)
        records = construct_all(self.record, all_fields, self._names)
        if has_long_line(text, LONGEST):
            for shared in self.shared:
                shared.clear()
        return records

    def make_fields(
        self, columns: Columns, truncation: Truncation, marked: Mapping[int, Cells]
    ) -> list[dict[str, Any]]:
        """The fields of each record, but for its process and what only its table has."""
        count = len(next(iter(columns.values())))
        all_fields = [self.template.copy() for _ in range(count)]
        for cell in self.layout.kind.cells:
            if cell.name in self._names:
                values = self.convert(columns[cell.name], cell.type)
                for fields, value in zip(all_fields, values, strict=True):
                    fields[cell.name] = value
        return all_fields

    def convert(self, texts: Iterable[str], to: type) -> Iterator[Any]:
        """The texts of a column as values of this type; None for an empty text."""
        if to is str:
            return (text or None for text in texts)
        return map(self._convert[to].__getitem__, texts)

    def _set_processes(self, all_fields: list[dict[str, Any]], columns: Columns) -> None:
        pids = columns.get("pid", ())
        if not any(pids):
            return
        keys: list[Key] = list(compress(zip(pids, columns["program"], strict=True), pids))
        with_pid = compress(all_fields, pids)
        for fields, process in zip(with_pid, self._processes.get(keys), strict=True):
            fields["process"] = process


class ConnectionBuilder(RecordBuilder):
    """Makes Connections: their endpoints, their states, and what a proto tells."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        states = {printed: TcpState[name] for printed, name in layout.states.items()}
        self._states: dict[str, TcpState | None] = {"": None, **states}
        self._states_of_others = {
            printed: FrozenDict(State=printed)
            for printed, state in states.items()
            if state is TcpState.UNKNOWN and printed != "UNKNOWN"
        }
        self._endpoints = Shared(make_endpoints)
        self.shared.append(self._endpoints)
        self._of_proto = Converted(self._fields_of_proto)

    def make_fields(
        self, columns: Columns, truncation: Truncation, marked: Mapping[int, Cells]
    ) -> list[dict[str, Any]]:
        """The fields of each Connection, but for its process and what only its table has."""
        protos, states = columns["proto"], columns["state"]
        forms = name_forms(self.layout, marked)
        local = self._endpoints.get(endpoint_keys(columns, "local", truncation, forms))
        foreign = self._endpoints.get(endpoint_keys(columns, "foreign", truncation, forms))
        all_fields = list(map(dict.copy, map(self._of_proto.__getitem__, protos)))
        for fields, recv, send, here, there, state in zip(
            all_fields,
            self.convert(columns["recv_q"], int),
            self.convert(columns["send_q"], int),
            local,
            foreign,
            map(self._states.__getitem__, states),
            strict=True,
        ):
            fields["recv_q"] = recv
            fields["send_q"] = send
            fields["local"] = here
            fields["foreign"] = there
            fields["state"] = state
        if any(self._of_proto[proto]["family"] is None for proto in set(protos)):
            told = map(FAMILY_OF.get, map(type, map(_address, local)))
            for fields, family in zip(all_fields, told, strict=True):
                if fields["family"] is None:
                    fields["family"] = family or self._family(fields)
        if not self._states_of_others.keys().isdisjoint(states):
            for fields, printed in zip(all_fields, states, strict=True):
                if printed in self._states_of_others:
                    fields["extra"] = self._states_of_others[printed]
        return all_fields

    def _fields_of_proto(self, proto: str) -> dict[str, Any]:
        """The fields of a row of this proto, with all that the proto tells."""
        transport, family = parse_proto(proto)
        return self.template | {"proto": proto, "transport": transport, "family": family}

    def _family(self, fields: dict[str, Any]) -> str | None:
        """What the addresses tell of the family."""
        local, foreign = fields["local"], fields["foreign"]
        address = local.address or foreign.address
        if address is not None:
            return FAMILY_OF[type(address)]
        if ":" in local.host or ":" in foreign.host:
            return "ipv6"
        return self.layout.plain_family if fields["transport"] != "sctp" else None


class OwnFields:
    """The fields, and the cells under unknown titles, that only one table has."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._triggers = (*layout.triggers, *(cell for cell, _ in layout.extra))

    def set(self, all_fields: list[dict[str, Any]], columns: Columns) -> None:
        """Set what the rows have of them."""
        # To know what makes them takes an import of pyparsing; most rows have none of them.
        if not any(any(columns[name]) for name in self._triggers):
            return
        for field in self._known:
            name, convert = field.name, field.convert
            texts = [columns[result] for result in field.results]
            for fields, *cells in zip(all_fields, *texts, strict=True):
                if cells[0]:
                    fields[name] = convert(*cells)
        for i, fields in enumerate(all_fields if self._layout.extra else ()):
            more = {title: columns[cell][i] for cell, title in self._layout.extra}
            fields["extra"] = FrozenDict({**fields["extra"], **more})

    @cached_property
    def _known(self) -> list[Any]:
        """The fields of this layout's columns, each of which remembers what it converted."""
        from netstat_parse.dialects.registry import get_spec
        from netstat_parse.grammar.dialect import columns_of

        columns = columns_of(get_spec(self._layout), self._layout.titles)
        fields = dict.fromkeys(field for column in columns for field in column.fields)
        return [_remembering(field) for field in fields]


def name_forms(layout: Layout, marked: Mapping[int, Cells]) -> dict[int, dict[str, str]]:
    """What fills its column or exceeds it, of the rows at these places, by name."""
    return {i: dict(zip(layout.forms, cells, strict=True)) for i, cells in marked.items()}


def _remembering(field: Any) -> Any:
    if len(field.results) > 1:
        return field
    return type(field)(field.name, Converted(field.convert).__getitem__, field.results)


def _defaults(record: type[BaseModel]) -> dict[str, Any]:
    """The record's fields in their order, None where they have no default."""
    return {
        name: None if field.is_required() else field.get_default(call_default_factory=True)
        for name, field in record.model_fields.items()
    }


def _make_processes(layout: Layout, keys: list[Key]) -> Iterable[tuple[Key, Process]]:
    """The processes of pids and programs' names."""
    # A title such as PID/Program says that there is a name, be it empty.
    unnamed = "" if any("/" in title or ":" in title for title in layout.titles) else None
    fields = [
        {
            "pid": int(pid),
            "name": name or unnamed,
            "truncated": layout.program_limit.is_filled_by(pid, name),
        }
        for pid, name in keys
    ]
    return zip(keys, construct_all(Process, fields, PROCESS_FIELDS), strict=True)


BUILDERS: dict[Kind, str] = {
    CONNECTIONS: "build.ConnectionBuilder",
    UNIX_SOCKETS: "table_builders.TruncatableBuilder",
    ROUTES: "table_builders.RouteBuilder",
    INTERFACES: "table_builders.InterfaceBuilder",
    LISTEN_QUEUES: "table_builders.ListenQueueBuilder",
}
"""The kinds whose records need more than their cells, and what makes these."""


def get_builder(layout: Layout) -> RecordBuilder:
    """What makes the records of this layout's rows."""
    module, _, name = BUILDERS.get(layout.kind, "build.RecordBuilder").partition(".")
    made: RecordBuilder = getattr(import_module(f"netstat_parse.{module}"), name)(layout)
    return made
