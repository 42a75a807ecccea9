"""The columns of CSV: their names, and the text of each in a record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from netstat_parse.errors import UnknownColumnError
from netstat_parse.grammar.truncation import MARK
from netstat_parse.schema import KINDS, Kind, get_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pydantic import BaseModel

    from netstat_parse.models import Endpoint, Process

OF_SNAPSHOT = ("captured_at", "source", "snapshot")
"""The columns that are the same in all rows of a snapshot; the last is its number, from 1 on."""

Getter = Callable[["Any"], str]
"""From a record to the text of one of its columns."""


def _host(endpoint: Endpoint) -> str:
    maybe_cut = endpoint.truncated and endpoint.address is None
    return endpoint.host + MARK if maybe_cut else endpoint.host


def _port(endpoint: Endpoint) -> str:
    if endpoint.port is not None:
        return str(endpoint.port)
    # Where the host is an address, it is whole, so it is the port that may have been cut.
    maybe_cut = endpoint.truncated and endpoint.address is not None and endpoint.service
    return (endpoint.service or "") + (MARK if maybe_cut else "")


def _name(process: Process) -> str:
    return (process.name or "") + (MARK if process.truncated else "")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple) and value and isinstance(value[0], str | int):
        return " ".join(map(str, value))
    if isinstance(value, tuple):
        return " ".join(f"{_host(endpoint)}:{_port(endpoint) or '*'}" for endpoint in value)
    if isinstance(value, Mapping):
        return "; ".join(f"{title}={text}" for title, text in value.items())
    return str(value)


_MADE_OF_CELLS: dict[str, Getter] = {
    "local_address": lambda record: _host(record.local),
    "local_port": lambda record: _port(record.local),
    "foreign_address": lambda record: _host(record.foreign),
    "foreign_port": lambda record: _port(record.foreign),
    "pid": lambda record: _text(record.process and record.process.pid),
    "program": lambda record: (
        _name(record.process) if record.process else _text(getattr(record, "executable", None))
    ),
}
"""The columns of cells that are no field of the record."""
_FIELDS_IN_COLUMNS = frozenset({"local", "foreign", "process"})
"""The fields that these columns have the parts of."""

_PARTS = {
    "timer": {
        "timer": "name",
        "timer_expires": "expires",
        "timer_retransmits": "retransmits",
        "timer_probes": "probes",
    },
    "effective_process": {"effective_pid": "pid", "effective_program": "name"},
}
"""The fields that are models themselves, and the columns of their parts."""


def default_columns(kind: Kind) -> tuple[str, ...]:
    """The columns of a table of this kind where none are named."""
    return ("captured_at", *kind.columns)


def all_columns(dialects: str | Collection[str], kind: Kind) -> tuple[str, ...]:
    """What `all` stands for: the default columns, those of one dialect or several, and the rest."""
    base = record_of(kind)
    names = {dialects} if isinstance(dialects, str) else set(dialects)
    own: dict[str, Getter] = {}
    for record in base.__subclasses__():
        if not names.isdisjoint(_dialects(record)):
            own |= _own_getters(record, base)
    columns = (*default_columns(kind), *own, *_field_getters(base, ()), *OF_SNAPSHOT)
    return tuple(dict.fromkeys(columns))


def getters_of(columns: Iterable[str], kind: Kind) -> list[Getter | None]:
    """For each column the function that gives its text; None for a column of the snapshot.

    Raises UnknownColumnError for a name that is a column of no dialect's table of this kind.
    """
    known = known_columns(kind)
    getters = []
    for column in columns:
        if column not in known:
            raise UnknownColumnError(column, tuple(known))
        getters.append(known[column])
    return getters


def known_columns(kind: Kind) -> dict[str, Getter | None]:
    """The columns that tables of this kind have, whatever the dialect; for each the function that
    gives its text, None for a column of the snapshot."""
    base = record_of(kind)
    known: dict[str, Getter | None] = dict.fromkeys(OF_SNAPSHOT)
    known |= {column: _MADE_OF_CELLS.get(column) or _field(column) for column in kind.columns}
    known.update(_field_getters(base, ()))
    for record in base.__subclasses__():
        known |= _own_getters(record, base)
    return known


def record_of(kind: Kind) -> type[BaseModel]:
    """The model class of a kind's records, or of what they are derived from."""
    from netstat_parse import models

    record: type[BaseModel] = getattr(models, kind.record)
    return record


def _dialects(record: type[BaseModel]) -> tuple[str, ...]:
    """The dialects that print these records."""
    from typing import get_args

    return get_args(record.model_fields["dialect"].annotation)


def _own_getters(record: type[BaseModel], base: type[BaseModel]) -> dict[str, Getter]:
    """The columns that only this class of records has."""
    return _field_getters(record, base.model_fields)


def _field_getters(record: type[BaseModel], but: Iterable[str]) -> dict[str, Getter]:
    """The columns of a record's fields."""
    getters: dict[str, Getter] = {}
    for field in record.model_fields:
        if field in _PARTS:
            getters |= {column: _part(field, name) for column, name in _PARTS[field].items()}
        elif field not in but and field not in _FIELDS_IN_COLUMNS:
            getters[field] = _field(field)
    return getters


def _part(field: str, name: str) -> Getter:
    part = _field(name)
    return lambda record: part(getattr(record, field, None))


def _field(field: str) -> Getter:
    return lambda record: _text(getattr(record, field, None)) + _mark(record, field)


def _mark(record: Any, field: str) -> str:
    """What ends the text of a field that netstat may have cut."""
    cut = getattr(record, "truncated", ())
    is_cut = field in cut if isinstance(cut, tuple) else cut and field == "name"
    return MARK if is_cut or getattr(record, f"{field}_truncated", False) else ""


def kind_names() -> tuple[str, ...]:
    """What the kinds of tables are called on the command line."""
    return tuple(kind.option for kind in KINDS)


def find_kind(name: str) -> Kind:
    """The kind of this name; raises ValueError with the names that there are."""
    try:
        return get_kind(name)
    except KeyError:
        raise ValueError(f"no table {name!r}; there are {', '.join(kind_names())}") from None
