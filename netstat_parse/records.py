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

from netstat_parse import models
from netstat_parse.grammar.table import HOST_CUT, INTERNET, PORT_CUT, WHOLE, Cells, Table
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

TRANSPORTS = {
    "icm": "icmp",
    "igm": "igmp",
    "div": "divert",
    "udpl": "udplite",
}
FAMILIES = {"4": "ipv4", "6": "ipv6", "46": "dual"}

Record = Connection | UnixSocket
MakeConnection = Callable[[Cells, int, int], Connection]
"""The cells, and of which the local and the foreign endpoint may have been cut."""


@lru_cache(maxsize=256)
def protocol(proto: str) -> tuple[str, str, str | None]:
    """`tcp46` -> the same text, `tcp`, and the family that its number names, if it names one."""
    found = re.fullmatch(r"([a-z0-9-]*?)(46|4|6)?", proto.lower())
    if found is None:
        return proto, proto, None
    return proto, TRANSPORTS.get(found[1], found[1]), FAMILIES.get(found[2])


@lru_cache(maxsize=MEMORY)
def address_of(host: str) -> IPv4Address | IPv6Address | None:
    """The host as an address, or None where it is a name or `*`."""
    try:
        if ":" not in host:
            return IPv4Address(inet_pton(AF_INET, host))
        return IPv6Address(host if "%" in host else inet_pton(AF_INET6, host))
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=MEMORY)
def endpoint(host: str, port: str, cut: int = WHOLE) -> Endpoint:
    """An endpoint of the texts of its host and port; `port` is empty where netstat prints `*`."""
    number = int(port) if port.isdecimal() and cut != PORT_CUT else None
    return construct(
        Endpoint,
        {
            "host": host,
            "address": None if cut == HOST_CUT else address_of(host),
            "port": number,
            "service": None if port.isdecimal() else port or None,
            "truncated": cut in (HOST_CUT, PORT_CUT),
        },
        ENDPOINT_FIELDS,
    )


ENDPOINT_FIELDS = set(Endpoint.model_fields)
PROCESS_FIELDS = set(Process.model_fields)


def connection_maker(table: Table) -> MakeConnection:
    """The function that makes Connections of the cells of this table's rows."""
    cls: type[Connection] = getattr(models, table.connection)
    names = set(cls.model_fields)
    own_defaults = {
        name: model_field.get_default(call_default_factory=True)
        for name, model_field in cls.model_fields.items()
        if name not in Connection.model_fields
    }
    positions = {name: i for i, name in enumerate(table.names)}
    own = [
        (f.name, f.convert, tuple(positions[result] for result in f.results))
        for f in own_fields(table)
    ]
    extra = [(title, positions[result]) for result, title in table.extra]
    states = {printed: TcpState[name] for printed, name in table.states.items()}
    foreign_states = {s for s in states if states[s] is TcpState.UNKNOWN and s != "UNKNOWN"}
    no_extra = FrozenDict()
    process = process_maker(table)
    dialect, plain_family = table.dialect, table.plain_family

    def make(cells: Cells, local_cut: int = WHOLE, foreign_cut: int = WHOLE) -> Connection:
        proto, recv_q, send_q, host, port, foreign_host, foreign_port, state, pid, program = cells[
            :10
        ]
        local = endpoint(host, port, local_cut)
        proto, transport, family = protocol(proto)
        if family is None:
            address = local.address
            family = f"ipv{address.version}" if address is not None else plain_family
        fields: dict[str, Any] = {
            "dialect": dialect,
            "proto": proto,
            "transport": transport,
            "family": family,
            "recv_q": int(recv_q) if recv_q else None,
            "send_q": int(send_q) if send_q else None,
            "local": local,
            "foreign": endpoint(foreign_host, foreign_port, foreign_cut),
            "state": states[state] if state else None,
            "process": process(pid, program) if pid else None,
            "extra": no_extra,
            **own_defaults,
        }
        for name, convert, where in own:
            texts = [cells[i] for i in where]
            if texts[0]:
                fields[name] = convert(*texts)
        if extra or state in foreign_states:
            known = {"State": state} if state in foreign_states else {}
            fields["extra"] = FrozenDict({**known, **{title: cells[i] for title, i in extra}})
        return construct(cls, fields, names)

    return make


def unix_socket_maker(table: Table) -> Callable[[Cells, int, int], UnixSocket]:
    """The function that makes UnixSockets of the cells of this table's rows."""
    names = set(UnixSocket.model_fields)
    defaults = {
        name: field.get_default(call_default_factory=True)
        for name, field in UnixSocket.model_fields.items()
    }
    positions = {name: i for i, name in enumerate(table.names)}
    own = [
        (f.name, f.convert, tuple(positions[result] for result in f.results))
        for f in own_fields(table)
    ]
    extra = [(title, positions[result]) for result, title in table.extra]
    process = process_maker(table)
    dialect = table.dialect

    def make(cells: Cells, local_cut: int = WHOLE, foreign_cut: int = WHOLE) -> UnixSocket:
        refcount, flags, kind, state, inode, pid, program, path = cells[:8]
        fields: dict[str, Any] = {
            **defaults,
            "dialect": dialect,
            "type": kind,
            "state": state or None,
            "path": path or None,
            "process": process(pid, program) if pid else None,
            "refcount": int(refcount) if refcount else None,
            "flags": tuple(flags.split()),
            "inode": int(inode) if inode else None,
        }
        for name, convert, where in own:
            texts = [cells[i] for i in where]
            if texts[0]:
                fields[name] = convert(*texts)
        if extra:
            fields["extra"] = FrozenDict((title, cells[i]) for title, i in extra)
        return construct(UnixSocket, fields, names)

    return make


def maker(table: Table) -> Callable[[Cells, int, int], Record]:
    """The function that makes the models of this table's rows."""
    return connection_maker(table) if table.kind == INTERNET else unix_socket_maker(table)


def bulk_maker(table: Table) -> Callable[[list[Cells]], list[Record]]:
    """The same for many rows that are whole, each with its line before its cells."""
    make = maker(table)
    return lambda rows: [make(row[1:], WHOLE, WHOLE) for row in rows]


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
    unnamed = "" if table.names_programs and not table.goes_on else None

    @lru_cache(maxsize=MEMORY)
    def make(pid: str, name: str) -> Process:
        length = len(name.encode(errors="replace")) + (len(pid) + 1 if width.with_pid else 0)
        fields = {
            "pid": int(pid),
            "name": name or unnamed,
            "truncated": length >= width.bytes,
        }
        return construct(Process, fields, PROCESS_FIELDS)

    return make
