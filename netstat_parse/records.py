"""The cells of a row -> a Connection.

The grammar has checked every cell, so the models are put together without a second validation. What
repeats is made once: equal endpoints, processes and addresses are the same frozen objects. Every
memory here is bounded.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address
from itertools import chain, compress, repeat
from operator import attrgetter, not_
from socket import AF_INET, AF_INET6, inet_pton
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

from netstat_parse import models
from netstat_parse.files import has_long_line
from netstat_parse.grammar.table import (
    BOTH_CUT,
    CUT,
    HOST_CUT,
    INTERNET,
    Cells,
    Table,
    is_number,
)
from netstat_parse.models import (
    Connection,
    Endpoint,
    FrozenDict,
    ModelT,
    Process,
    TcpState,
    UnixSocket,
    construct_all,
)
from netstat_parse.rows import Cuts, MakeMany

if TYPE_CHECKING:
    from netstat_parse.grammar.dialect import Field

MEMORY = 2**12
"""How many endpoints, and how many processes, are kept to be used again."""
LONGEST = 300
"""Characters; nothing is kept to be used again of longer texts."""

TRANSPORTS = {
    "icm": "icmp",
    "igm": "igmp",
    "div": "divert",
    "udpl": "udplite",
}
FAMILIES = {"4": "ipv4", "6": "ipv6", "46": "dual"}

FAMILY_OF: dict[type, str] = {IPv4Address: "ipv4", IPv6Address: "ipv6"}

Record = Connection | UnixSocket
MadeT = TypeVar("MadeT")
Columns = list[tuple[str, ...]]
"""The cells of many rows, column by column."""
Protocol = tuple[str, str, str | None]
"""A proto as printed, its transport, and the family that it names."""
Key = tuple[str, str]
"""The texts that an endpoint, or a process, is made of: host and port, pid and name."""

_address = attrgetter("address")


def protocol(proto: str) -> Protocol:
    """`tcp46` -> the same text, `tcp`, and the family that its number names, if it names one."""
    found = re.fullmatch(r"([a-z0-9-]*?) ?(46|4|6)?", proto.lower())
    if found is None:
        return proto, proto, None
    return proto, TRANSPORTS.get(found[1], found[1]), FAMILIES.get(found[2])


def address_of(host: str) -> IPv4Address | IPv6Address | None:
    """The host as an address, or None where it is a name or `*`."""
    try:
        if ":" not in host:
            return IPv4Address(inet_pton(AF_INET, host))
        return IPv6Address(host if "%" in host else inet_pton(AF_INET6, host))
    except (OSError, ValueError):
        return None


class Shared(Generic[MadeT]):
    """The models of pairs of texts, made once for pairs that come again.

    `make` makes the models of many pairs. What was made is forgotten when it is too much.
    """

    def __init__(self, make: Callable[[list[Key]], Iterable[tuple[Key, MadeT]]]) -> None:
        self._make = make
        self._made: dict[Key, MadeT] = {}

    def get(self, keys: list[Key]) -> list[MadeT]:
        """The model of each pair."""
        made = self._made
        found: list[Any] = list(map(made.get, keys))
        new = {key for key, model in zip(keys, found, strict=True) if model is None}
        if not new:
            return found
        if len(made) + len(new) > MEMORY:
            made = self._made = {}
            new = set(keys)
        made.update(self._make(list(new)))
        return list(map(made.__getitem__, keys))

    def clear(self) -> None:
        """Forgets all of them."""
        self._made = {}


class Converted(dict[str, Any]):
    """What `convert` makes of a text, made once for texts that come again."""

    def __init__(self, convert: Callable[[str], Any], known: Mapping[str, Any]) -> None:
        super().__init__(known)
        self._convert = convert

    def __missing__(self, text: str) -> Any:
        made = self._convert(text)
        if len(self) < MEMORY and len(text) <= LONGEST:
            self[text] = made
        return made


def sharing_keys(owners: type[object], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The same fields in a dict that shares its keys with its copies (PEP 412).

    They take a third of the memory. Only the dict of an object's attributes is made so: here of one
    of these owners, which must not be plain objects, as those have room for a field less.
    """
    owner = owners()
    for name, value in fields.items():
        setattr(owner, name, value)
    return vars(owner)


_SLOTS: dict[type, tuple[str, ...]] = {IPv4Address: ("_ip",), IPv6Address: ("_ip", "_scope_id")}
"""What an address's constructor sets once it knows what kind of value it was given: a number, and
None. Where Python's own has other slots, the constructor is asked."""


def _numeric_addresses(
    hosts: Sequence[str], family: int, cls: type[IPv4Address | IPv6Address]
) -> Sequence[IPv4Address | IPv6Address | None]:
    """The same as `address_of` for many hosts, most of which are addresses of this family."""
    try:
        numbers = list(map(int.from_bytes, map(inet_pton, repeat(family), hosts)))
    except (OSError, ValueError):
        return list(map(address_of, hosts))
    slots = _SLOTS[cls]
    if tuple(cls.__slots__) != (*slots, "__weakref__"):
        return list(map(cls, numbers))
    addresses = list(map(object.__new__, repeat(cls, len(numbers))))
    for slot in slots:
        set_slot = vars(cls)[slot].__set__
        deque(map(set_slot, addresses, numbers if slot == "_ip" else repeat(None)), maxlen=0)
    return addresses


def _port_numbers(ports: Sequence[str]) -> list[int | None]:
    """The number of each port; None of a name or `*`."""
    if all(ports) and is_number("".join(ports)):
        return list(map(int, ports))
    return [int(port) if is_number(port) else None for port in ports]


def _make_endpoints(keys: list[Key]) -> Iterable[tuple[Key, Endpoint]]:
    """The Endpoints of hosts and ports that can't have been cut."""
    # One name among the addresses, or one `*` among the ports, would make all of them slow.
    ipv4: list[Key] = []
    ipv6: list[Key] = []
    others: list[Key] = []
    for key in keys:
        host, port = key
        if not port or "%" in host:
            others.append(key)
        elif ":" in host:
            ipv6.append(key)
        else:
            (ipv4 if host[-1:].isdigit() else others).append(key)
    return chain(
        _endpoints(ipv4, _numeric_addresses([host for host, _ in ipv4], AF_INET, IPv4Address)),
        _endpoints(ipv6, _numeric_addresses([host for host, _ in ipv6], AF_INET6, IPv6Address)),
        _endpoints(others, [address_of(host) for host, _ in others]),
    )


def _endpoints(
    keys: list[Key], addresses: Iterable[IPv4Address | IPv6Address | None]
) -> Iterable[tuple[Key, Endpoint]]:
    fields = [
        {
            "host": host,
            "address": address,
            "port": number,
            "service": (port or None) if number is None else None,
            "truncated": False,
        }
        for (host, port), address, number in zip(
            keys, addresses, _port_numbers([port for _, port in keys]), strict=True
        )
    ]
    return zip(keys, construct_all(Endpoint, fields, ENDPOINT_FIELDS), strict=True)


def _cut_endpoints(endpoints: Iterable[tuple[Key, int]]) -> list[Endpoint]:
    """Endpoints of which something may have been cut; a port is empty where netstat prints `*`."""
    fields = [
        {
            "host": host,
            "address": None if cut in (HOST_CUT, BOTH_CUT) else address_of(host),
            "port": int(port) if cut == HOST_CUT and is_number(port) else None,
            "service": None if is_number(port) else port or None,
            "truncated": True,
        }
        for (host, port), cut in endpoints
    ]
    return construct_all(Endpoint, fields, ENDPOINT_FIELDS)


ENDPOINT_FIELDS = set(Endpoint.model_fields)
PROCESS_FIELDS = set(Process.model_fields)


class _RowMaker(Generic[ModelT]):
    """Makes models of the cells of one table's rows."""

    def __init__(self, model: type[ModelT], table: Table) -> None:
        self._model = model
        self._names = set(model.model_fields)
        self._template = _defaults(model) | {"dialect": table.dialect, "extra": FrozenDict()}
        self._processes = Shared(_process_maker(table))
        self._shared: list[Shared[Any]] = [self._processes]
        self._counters = Converted(int, {"": None})
        self._own = _OwnFields(table)

    def models(self, rows: list[Cells], text: str, cuts: list[Cuts] | None) -> list[ModelT]:
        """The models of rows, which stand in a text, and of whose endpoints some may be cut."""
        if not rows:
            return []
        made = self._models(list(zip(*rows, strict=True)), cuts)
        if has_long_line(text, LONGEST):
            for shared in self._shared:
                shared.clear()
        return made

    def _models(self, columns: Columns, cuts: list[Cuts] | None) -> list[ModelT]:
        raise NotImplementedError

    def _counts(self, column: tuple[str, ...]) -> Iterator[int | None]:
        return map(self._counters.__getitem__, column)

    def _made(self, all_fields: list[dict[str, Any]], columns: Columns, pids: int) -> list[ModelT]:
        """The models, with their own fields and with the processes of the pids in that column."""
        if any(columns[pids]):
            keys = zip(columns[pids], columns[pids + 1], strict=True)
            processes = self._processes.get(list(compress(keys, columns[pids])))
            with_pid = compress(all_fields, columns[pids])
            for fields, process in zip(with_pid, processes, strict=True):
                fields["process"] = process
        self._own.set(all_fields, columns)
        return construct_all(self._model, all_fields, self._names)


class _ConnectionMaker(_RowMaker[Connection]):
    def __init__(self, table: Table) -> None:
        super().__init__(getattr(models, table.connection), table)
        states = {printed: TcpState[name] for printed, name in table.states.items()}
        self._states: dict[str, TcpState | None] = {"": None, **states}
        self._states_of_others = {
            printed: FrozenDict(State=printed)
            for printed, state in states.items()
            if state is TcpState.UNKNOWN and printed != "UNKNOWN"
        }
        self._endpoints = Shared(_make_endpoints)
        self._shared.append(self._endpoints)
        self._of_proto = Converted(self._fields_of_proto, {})
        self._owners = type("Owner", (list,), {})
        self._plain_family = table.plain_family

    def _models(self, columns: Columns, cuts: list[Cuts] | None) -> list[Connection]:
        _, _, _, hosts, ports, foreign_hosts, foreign_ports, *_ = columns
        local = list(zip(hosts, ports, strict=True))
        foreign = list(zip(foreign_hosts, foreign_ports, strict=True))
        if cuts is None:
            return self._of(columns, self._endpoints.get(local), self._endpoints.get(foreign))
        local_cuts, foreign_cuts = zip(*cuts, strict=True)
        return self._of(
            columns, self._with_cut(local, local_cuts), self._with_cut(foreign, foreign_cuts)
        )

    def _with_cut(self, keys: list[Key], cuts: Sequence[int]) -> list[Endpoint]:
        """The Endpoints of these hosts and ports, of which some may have been cut."""
        is_cut = [cut in CUT for cut in cuts]
        made = iter(_cut_endpoints(list(compress(zip(keys, cuts, strict=True), is_cut))))
        whole = iter(self._endpoints.get(list(compress(keys, map(not_, is_cut)))))
        return [next(made if one_is_cut else whole) for one_is_cut in is_cut]

    def _of(
        self, columns: Columns, local: list[Endpoint], foreign: list[Endpoint]
    ) -> list[Connection]:
        protos, recv_q, send_q, _, _, _, _, states, *_ = columns
        all_fields = list(map(dict.copy, map(self._of_proto.__getitem__, protos)))
        for fields, recv, send, here, there, state in zip(
            all_fields,
            self._counts(recv_q),
            self._counts(send_q),
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
        return self._made(all_fields, columns, pids=8)

    def _fields_of_proto(self, text: str) -> dict[str, Any]:
        """The fields of a row of this proto, with all that the proto tells."""
        proto, transport, family = protocol(text)
        told = {"proto": proto, "transport": transport, "family": family}
        return sharing_keys(self._owners, self._template | told)

    def _family(self, fields: dict[str, Any]) -> str | None:
        """What the addresses tell."""
        local, foreign = fields["local"], fields["foreign"]
        address = local.address or foreign.address
        if address is not None:
            return FAMILY_OF[type(address)]
        if ":" in local.host or ":" in foreign.host:
            return "ipv6"
        return self._plain_family if fields["transport"] != "sctp" else None


class _UnixSocketMaker(_RowMaker[UnixSocket]):
    def __init__(self, table: Table) -> None:
        super().__init__(UnixSocket, table)
        self._flags = Converted(lambda text: tuple(text.split()), {})

    def _models(self, columns: Columns, cuts: list[Cuts] | None) -> list[UnixSocket]:
        refcount, flags, kind, state, inode, _, _, path, *_ = columns
        all_fields = [
            self._template
            | {
                "type": kind_,
                "state": state_ or None,
                "path": path_ or None,
                "refcount": refcount_,
                "flags": self._flags[flags_],
                "inode": inode_,
            }
            for kind_, state_, path_, refcount_, flags_, inode_ in zip(
                kind, state, path, self._counts(refcount), flags, self._counts(inode), strict=True
            )
        ]
        return self._made(all_fields, columns, pids=5)


class _OwnFields:
    """The model fields, and the cells under unknown titles, that only one table has."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._first = len(table.names) - len(table.own)

    def set(self, all_fields: list[dict[str, Any]], columns: Columns) -> None:
        """Sets what the rows have of them."""
        # To know which fields there are takes an import of pyparsing; most rows have none of them.
        if not any(map(any, columns[self._first :])) and not self._has_programs_alone(columns):
            return
        for name, convert, where in self._known:
            if len(where) > 1:
                for fields, *texts in zip(all_fields, *(columns[i] for i in where), strict=True):
                    if texts[0]:
                        fields[name] = convert(*texts)
            elif any(columns[where[0]]):
                for fields, text in zip(all_fields, columns[where[0]], strict=True):
                    if text:
                        fields[name] = convert(text)
        for i, fields in enumerate(all_fields if self._unknown else ()):
            more = {title: columns[where][i] for title, where in self._unknown}
            fields["extra"] = FrozenDict({**fields["extra"], **more})

    def _has_programs_alone(self, columns: Columns) -> bool:
        """True for programs without pids, which are no processes."""
        names = self._table.names
        return any(columns[names.index("program")]) and not any(columns[names.index("pid")])

    @cached_property
    def _known(self) -> list[tuple[str, Callable[..., Any], tuple[int, ...]]]:
        """The fields' names, what converts their texts, and in which columns these are."""
        names = self._table.names
        return [
            (
                field.name,
                Converted(field.convert, {}).__getitem__
                if len(field.results) == 1
                else field.convert,
                tuple(map(names.index, field.results)),
            )
            for field in own_fields(self._table)
        ]

    @cached_property
    def _unknown(self) -> list[tuple[str, int]]:
        """The unknown titles, and their columns."""
        return [(title, self._table.names.index(cell)) for cell, title in self._table.extra]


def _defaults(model: type[BaseModel]) -> dict[str, Any]:
    """The model's fields in their order, None where they have no default."""
    return {
        name: None if field.is_required() else field.get_default(call_default_factory=True)
        for name, field in model.model_fields.items()
    }


def maker(table: Table) -> MakeMany:
    """The function that makes the models of rows of this table."""
    kind = _ConnectionMaker if table.kind == INTERNET else _UnixSocketMaker
    return kind(table).models


def own_fields(table: Table) -> tuple[Field, ...]:
    """The model fields that only this table's dialect prints."""
    if not table.own:
        return ()
    from netstat_parse.grammar.dialect import columns_of
    from netstat_parse.grammar.dialects import dialect_of

    columns = columns_of(dialect_of(table), table.titles)
    return tuple(dict.fromkeys(f for column in columns for f in column.fields))


def _process_maker(table: Table) -> Callable[[list[Key]], Iterable[tuple[Key, Process]]]:
    """The function that makes Processes of pids and programs' names."""
    width = table.program_width
    unnamed = "" if any("/" in title or ":" in title for title in table.titles) else None

    def is_cut(pid: str, name: str) -> bool:
        length = len(name.encode(errors="replace")) + (len(pid) + 1 if width.with_pid else 0)
        return length >= width.bytes

    def make(keys: list[Key]) -> Iterable[tuple[Key, Process]]:
        fields = [
            {"pid": int(pid), "name": name or unnamed, "truncated": is_cut(pid, name)}
            for pid, name in keys
        ]
        return zip(keys, construct_all(Process, fields, PROCESS_FIELDS), strict=True)

    return make
