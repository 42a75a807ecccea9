"""The columns of CSV: their names, and the text of each in a Connection.

Nothing here imports pydantic; a row's common columns can be written of its cells as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from netstat_parse.errors import UnknownColumnError
from netstat_parse.grammar.table import HOST_CUT, PORT_CUT, Cells, is_address

if TYPE_CHECKING:
    from netstat_parse.models import Connection, Endpoint

DEFAULT = (
    "captured_at",
    "proto",
    "recv_q",
    "send_q",
    "local_address",
    "local_port",
    "foreign_address",
    "foreign_port",
    "state",
    "pid",
    "program",
)
OF_SNAPSHOT = ("captured_at", "source")
"""The columns that are the same in all rows of a snapshot."""
NUMERIC = frozenset({"recv_q", "send_q", "local_port", "foreign_port", "pid"})
CUT_MARK = "…"
"""Ends a host that may have been cut, so that nobody takes it for an address."""


def host_text(host: str, *, maybe_cut: bool) -> str:
    """The host as CSV has it."""
    return host + CUT_MARK if maybe_cut else host


def _host(endpoint: Endpoint) -> str:
    return host_text(endpoint.host, maybe_cut=endpoint.truncated and endpoint.address is None)


def _port(endpoint: Endpoint) -> str:
    return str(endpoint.port) if endpoint.port is not None else endpoint.service or ""


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return " ".join(f"{_host(endpoint)}:{_port(endpoint) or '*'}" for endpoint in value)
    if isinstance(value, Mapping):
        return "; ".join(f"{title}={text}" for title, text in value.items())
    return str(value)


_COMMON: dict[str, Callable[[Connection], str]] = {
    "proto": lambda c: c.proto,
    "recv_q": lambda c: _text(c.recv_q),
    "send_q": lambda c: _text(c.send_q),
    "local_address": lambda c: _host(c.local),
    "local_port": lambda c: _port(c.local),
    "foreign_address": lambda c: _host(c.foreign),
    "foreign_port": lambda c: _port(c.foreign),
    "state": lambda c: _text(c.state),
    "pid": lambda c: _text(c.process and c.process.pid),
    "program": lambda c: _text(c.process and c.process.name),
    "dialect": lambda c: c.dialect,
    "transport": lambda c: c.transport,
    "family": lambda c: _text(c.family),
    "extra": lambda c: _text(c.extra),
}

_PARTS = {
    "timer": {
        "timer": "name",
        "timer_expires": "expires",
        "timer_retransmits": "retransmits",
        "timer_probes": "probes",
    },
    "effective_process": {"effective_pid": "pid", "effective_program": "name"},
}
"""The model fields that are models themselves, and the columns that their parts fill."""


def _part(field: str, name: str) -> Callable[[Connection], str]:
    return lambda c: _text(getattr(getattr(c, field, None), name, None))


def _whole(field: str) -> Callable[[Connection], str]:
    return lambda c: _text(getattr(c, field, None))


def own_columns(connection: str) -> tuple[str, ...]:
    """The columns that only the model class of this name has."""
    return tuple(_getters_of(connection))


def _getters_of(connection: str) -> dict[str, Callable[[Connection], str]]:
    from netstat_parse import models

    fields = getattr(models, connection).model_fields
    getters: dict[str, Callable[[Connection], str]] = {}
    for field in fields:
        if field in _PARTS:
            getters |= {column: _part(field, name) for column, name in _PARTS[field].items()}
        elif field not in models.Connection.model_fields:
            getters[field] = _whole(field)
    return getters


def all_columns(connection: str) -> tuple[str, ...]:
    """What `--columns all` stands for: the default ones, the dialect's own, and the source."""
    return (*DEFAULT, *own_columns(connection), "extra", "source")


def check(columns: Iterable[str]) -> None:
    """Raises UnknownColumnError for a name that is no column of any dialect."""
    missing = [c for c in columns if c not in DEFAULT and c not in OF_SNAPSHOT]
    if not missing:
        return
    known = set(_COMMON)
    ...


def getter(column: str) -> Callable[[Connection], str]:
    ...
