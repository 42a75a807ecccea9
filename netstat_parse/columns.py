"""The columns of CSV: their names, and the text of each in a Connection.

The default columns can be written of a row's cells as well, without a model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from netstat_parse.errors import UnknownColumnError
from netstat_parse.grammar.table import (
    BOTH_CUT,
    CORE,
    CUT,
    INTERNET,
    PORT_CUT,
    Cells,
    is_number,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

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
UNIX_DEFAULT = (
    "captured_at",
    "refcount",
    "flags",
    "type",
    "state",
    "inode",
    "pid",
    "program",
    "path",
)
OF_SNAPSHOT = ("captured_at", "source")
"""The columns that are the same in all rows of a snapshot."""
SIGNED = frozenset({"timer_expires", "use_count", "retain_count"})
"""The columns whose numbers may start with a minus."""
CUT_MARK = "…"
"""Ends a host that may have been cut, so that nobody takes it for an address."""


STATE = CORE.index("state")
_LOCAL_HOST, _FOREIGN_HOST = CORE.index("local_host"), CORE.index("foreign_host")


def with_state(cells: Cells, state: str) -> Cells:
    """The cells with this state."""
    return (*cells[:STATE], state, *cells[STATE + 1 :])


def with_cut_marks(cells: Cells, local_cut: int, foreign_cut: int) -> Cells:
    """The cells: a host that may have been cut ends in a mark, and such a port is left out."""
    marked = list(cells)
    for place, cut in ((_LOCAL_HOST, local_cut), (_FOREIGN_HOST, foreign_cut)):
        if cut in CUT:
            host, port = cells[place : place + 2]
            marked[place : place + 2] = _endpoint_of_cells(host, port, cut)
    return tuple(marked)


def _endpoint_of_cells(host: str, port: str, cut: int) -> tuple[str, str]:
    if cut in (PORT_CUT, BOTH_CUT):
        from netstat_parse.records import address_of

        is_known = cut == PORT_CUT and address_of(host) is not None
        mark = "" if is_known else CUT_MARK
        return host + mark, "" if is_number(port) else port
    return host + CUT_MARK, port


def _host(endpoint: Endpoint) -> str:
    maybe_cut = endpoint.truncated and endpoint.address is None
    return endpoint.host + CUT_MARK if maybe_cut else endpoint.host


def _port(endpoint: Endpoint) -> str:
    return str(endpoint.port) if endpoint.port is not None else endpoint.service or ""


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple) and value and isinstance(value[0], str):
        return " ".join(value)
    if isinstance(value, tuple):
        return " ".join(f"{_host(endpoint)}:{_port(endpoint) or '*'}" for endpoint in value)
    if isinstance(value, Mapping):
        return "; ".join(f"{title}={text}" for title, text in value.items())
    return str(value)


Getter = Callable[["Any"], str]
"""From a Connection or a UnixSocket to the text of one of its columns."""

_OF_PROCESS: dict[str, Getter] = {
    "pid": lambda record: _text(record.process and record.process.pid),
    "program": lambda record: _text(
        record.process.name if record.process else getattr(record, "executable", None)
    ),
}

_OF_CONNECTION: dict[str, Getter] = {
    "proto": lambda c: c.proto,
    "recv_q": lambda c: _text(c.recv_q),
    "send_q": lambda c: _text(c.send_q),
    "local_address": lambda c: _host(c.local),
    "local_port": lambda c: _port(c.local),
    "foreign_address": lambda c: _host(c.foreign),
    "foreign_port": lambda c: _port(c.foreign),
    "state": lambda c: _text(c.state),
    **_OF_PROCESS,
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


def _part(field: str, name: str) -> Getter:
    return lambda c: _text(getattr(getattr(c, field, None), name, None))


def _field(field: str) -> Getter:
    return lambda c: _text(getattr(c, field, None))


def _own_getters(connection: type[Connection]) -> dict[str, Getter]:
    """The columns that only this model class has."""
    from netstat_parse.models import Connection

    getters: dict[str, Getter] = {}
    for field in connection.model_fields:
        if field in _PARTS:
            getters |= {column: _part(field, name) for column, name in _PARTS[field].items()}
        elif field not in Connection.model_fields:
            getters[field] = _field(field)
    return getters


def _unix_getters() -> dict[str, Getter]:
    from netstat_parse.models import UnixSocket

    return {field: _field(field) for field in UnixSocket.model_fields if field != "process"}


def default_columns(kind: str) -> tuple[str, ...]:
    """The columns of a table of this kind, INTERNET or UNIX, where none are named."""
    return DEFAULT if kind == INTERNET else UNIX_DEFAULT


def all_columns(dialect: str, kind: str) -> tuple[str, ...]:
    """What `all` stands for: the default columns, the dialect's own, and the rest."""
    from netstat_parse.models import connection_class

    if kind == INTERNET:
        own = _own_getters(connection_class(dialect))
        columns = (*DEFAULT, *own, "dialect", "transport", "family", "extra", "source")
    else:
        columns = (*UNIX_DEFAULT, *_unix_getters(), "source")
    return tuple(dict.fromkeys(columns))


def getters_of(columns: Iterable[str], kind: str) -> list[Getter | None]:
    """For each column the function that gives its text; None for a column of the snapshot.

    `kind` is that of the table, INTERNET or UNIX. Raises UnknownColumnError for a name that is a
    column of no dialect's table of this kind.
    """
    from netstat_parse.models import Connection

    known: dict[str, Getter | None] = dict.fromkeys(OF_SNAPSHOT)
    if kind == INTERNET:
        known |= _OF_CONNECTION
        for connection in Connection.__subclasses__():
            known |= _own_getters(connection)
    else:
        known |= _unix_getters() | _OF_PROCESS
    getters = []
    for column in columns:
        if column not in known:
            raise UnknownColumnError(column, tuple(known))
        getters.append(known[column])
    return getters
