"""The cells of a row -> a Connection.

The grammar has checked every cell, so the models are put together without a second validation. What
repeats is made once: equal endpoints, processes and addresses are the same frozen objects. Every
memory here is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from socket import AF_INET, AF_INET6, inet_pton
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from netstat_parse import models
from netstat_parse.grammar.table import (
    BOTH_CUT,
    HOST_CUT,
    INTERNET,
    PORT_CUT,
    WHOLE,
    Cells,
    Table,
    is_number,
)
from netstat_parse.models import (
    Connection,
    Endpoint,
    FrozenDict,
    Process,
    TcpState,
    UnixSocket,
    construct,
)

if TYPE_CHECKING:
    from netstat_parse.grammar.dialect import Field

MEMORY = 2**15
"""How many endpoints, and how many processes, are kept to be used again."""
LONGEST = 300
"""Characters; no longer host or name is kept."""

TRANSPORTS = {
    "icm": "icmp",
    "igm": "igmp",
    "div": "divert",
    "udpl": "udplite",
}
FAMILIES = {"4": "ipv4", "6": "ipv6", "46": "dual"}

Record = Connection | UnixSocket


@lru_cache(maxsize=256)
def protocol(proto: str) -> tuple[str, str, str | None]:
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


def _endpoint(host: str, port: str, cut: int) -> Endpoint:
    """An endpoint of the texts of its host and port; `port` is empty where netstat prints `*`."""
    has_number = is_number(port)
    fields = {
        "host": host,
        "address": None if cut in (HOST_CUT, BOTH_CUT) else address_of(host),
        "port": int(port) if has_number and cut not in (PORT_CUT, BOTH_CUT) else None,
        "service": None if has_number else port or None,
        "truncated": cut in (HOST_CUT, PORT_CUT, BOTH_CUT),
    }
    return construct(Endpoint, fields, ENDPOINT_FIELDS)


ENDPOINT_FIELDS = set(Endpoint.model_fields)
PROCESS_FIELDS = set(Process.model_fields)


class Shared(dict[Any, Any]):
    """What was made of each key, so that equal ones are the same.

    A key is two texts and more. It is emptied when it is full, and takes no very long texts.
    """

    def __init__(self, make: Callable[..., Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: tuple[Any, ...]) -> Any:
        made = self._make(*key)
        if len(key[0]) + len(key[1]) <= LONGEST:
            if len(self) >= MEMORY:
                self.clear()
            self[key] = made
        return made


def connection_maker(table: Table) -> Callable[[Cells, int, int], Connection]:
    """The function that makes Connections of the cells of this table's rows.

    It takes the cells, and of the local and the foreign endpoint whether they may have been cut.
    """
    cls: type[Connection] = getattr(models, table.connection)
    names = set(cls.model_fields)
    defaults = _defaults(cls) | {"dialect": table.dialect, "extra": FrozenDict()}
    states = {printed: TcpState[name] for printed, name in table.states.items()}
    states_of_others = {s for s in states if states[s] is TcpState.UNKNOWN and s != "UNKNOWN"}
    endpoints, processes = Shared(_endpoint), Shared(process_maker(table))
    set_own_fields = _own_fields_setter(table)
    plain_family = table.plain_family

    def make(cells: Cells, local_cut: int = WHOLE, foreign_cut: int = WHOLE) -> Connection:
        proto, recv_q, send_q, host, port, foreign_host, foreign_port, state, pid, name = cells[:10]
        local = endpoints[host, port, local_cut]
        foreign = endpoints[foreign_host, foreign_port, foreign_cut]
        fields = defaults.copy()
        fields["proto"], fields["transport"], family = protocol(proto)
        if family is None:
            address = local.address or foreign.address
            if address is not None:
                family = f"ipv{address.version}"
            elif ":" in host or ":" in foreign_host:
                family = "ipv6"
            elif proto != "sctp":
                family = plain_family
        fields["family"] = family
        if recv_q:
            fields["recv_q"] = int(recv_q)
            fields["send_q"] = int(send_q)
        fields["local"] = local
        fields["foreign"] = foreign
        if state:
            fields["state"] = states[state]
            if state in states_of_others:
                fields["extra"] = FrozenDict(State=state)
        if pid:
            fields["process"] = processes[pid, name]
        if set_own_fields is not None:
            set_own_fields(fields, cells)
        return construct(cls, fields, names)

    return make


def unix_socket_maker(table: Table) -> Callable[[Cells, int, int], UnixSocket]:
    """The function that makes UnixSockets of the cells of this table's rows."""
    names = set(UnixSocket.model_fields)
    defaults = _defaults(UnixSocket) | {"dialect": table.dialect}
    processes = Shared(process_maker(table))
    set_own_fields = _own_fields_setter(table)

    def make(cells: Cells, local_cut: int = WHOLE, foreign_cut: int = WHOLE) -> UnixSocket:
        refcount, flags, kind, state, inode, pid, program, path = cells[:8]
        fields = defaults | {
            "type": kind,
            "state": state or None,
            "path": path or None,
            "process": processes[pid, program] if pid else None,
            "refcount": int(refcount) if refcount else None,
            "flags": tuple(flags.split()),
            "inode": int(inode) if inode else None,
        }
        if set_own_fields is not None:
            set_own_fields(fields, cells)
        return construct(UnixSocket, fields, names)

    return make


def _defaults(model: type[BaseModel]) -> dict[str, Any]:
    """The model's fields in their order, None where they have no default."""
    return {
        name: None if field.is_required() else field.get_default(call_default_factory=True)
        for name, field in model.model_fields.items()
    }


def _own_fields_setter(table: Table) -> Callable[[dict[str, Any], Cells], None] | None:
    """The function that sets the fields that only this table has; None if there are none."""
    positions = {name: i for i, name in enumerate(table.names)}
    own = [
        (f.name, f.convert, tuple(positions[result] for result in f.results))
        for f in own_fields(table)
    ]
    extra = [(title, positions[result]) for result, title in table.extra]
    if not own and not extra:
        return None

    def set_own_fields(fields: dict[str, Any], cells: Cells) -> None:
        for name, convert, where in own:
            if cells[where[0]]:
                fields[name] = convert(*[cells[i] for i in where])
        if extra:
            more = {title: cells[i] for title, i in extra}
            fields["extra"] = FrozenDict({**fields["extra"], **more})

    return set_own_fields


def maker(table: Table) -> Callable[[Cells, int, int], Record]:
    """The function that makes the models of this table's rows."""
    return connection_maker(table) if table.kind == INTERNET else unix_socket_maker(table)


def bulk_maker(table: Table) -> Callable[[list[Cells]], list[Record]]:
    """The same for many rows that are whole."""
    make = maker(table)
    return lambda rows: [make(cells, WHOLE, WHOLE) for cells in rows]


def own_fields(table: Table) -> tuple[Field, ...]:
    """The model fields that only this table's dialect prints."""
    if not table.own:
        return ()
    from netstat_parse.grammar.dialect import columns_of
    from netstat_parse.grammar.dialects import dialect_of

    columns = columns_of(dialect_of(table), table.titles)
    return tuple(dict.fromkeys(f for column in columns for f in column.fields))


def process_maker(table: Table) -> Callable[[str, str], Process]:
    """The function that makes a Process of the texts of a pid and a program's name."""
    width = table.program_width
    unnamed = "" if any("/" in title or ":" in title for title in table.titles) else None

    def make(pid: str, name: str) -> Process:
        length = len(name.encode(errors="replace")) + (len(pid) + 1 if width.with_pid else 0)
        fields = {
            "pid": int(pid),
            "name": name or unnamed,
            "truncated": length >= width.bytes,
        }
        return construct(Process, fields, PROCESS_FIELDS)

    return make
