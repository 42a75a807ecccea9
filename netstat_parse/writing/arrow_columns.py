"""The columns of Arrow: their names, their types, and the text of each in a record.

The names are those of CSV. What CSV has in one column and only its reader can tell apart has
columns of its own here: a port's number and its name, and whether netstat may have cut a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import UnionType
from typing import NamedTuple

from netstat_parse.errors import UnknownColumnError
from netstat_parse.grammar.truncation import MARK
from netstat_parse.schema import UNPARSED, Cell, Kind
from netstat_parse.writing.columns import known_columns, record_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from netstat_parse.models import Endpoint
    from netstat_parse.writing.columns import Getter

STRING, BOOL, FLOAT64, TIMESTAMP, IP = "string", "bool", "float64", "timestamp", "ip"
"""Types. A timestamp is in microseconds of UTC; an IP has 16 bytes, IPv4 as RFC 4291, 2.5.5.2."""
INT64, UINT64, UINT32, UINT16 = "int64", "uint64", "uint32", "uint16"
RANGES = {
    INT64: range(-(2**63), 2**63),
    UINT64: range(2**64),
    UINT32: range(2**32),
    UINT16: range(2**16),
}
"""What the types of integers hold."""

OF_SNAPSHOT = {
    "source": STRING,
    "snapshot": INT64,
    "captured_at": TIMESTAMP,
    "captured_at_local": STRING,
}
"""The columns that are the same in all rows of a snapshot, and their types.

`captured_at` is null where the log names no time zone; `captured_at_local` is what CSV has."""

KERNEL_ADDRESSES = frozenset(
    ("connected_to", "control_block", "inode", "next_reference", "references", "socket")
)
"""These integers take all of 64 bits. Counters are signed, so that they can be subtracted."""
PIDS = frozenset(("pid", "effective_pid"))


class Column(NamedTuple):
    """A column of an Arrow table."""

    name: str
    type: str
    is_cell: bool = False
    """CSV has it where no columns are named."""
    is_wanted: bool = True
    """Somebody asked for it."""

    @property
    def is_of_snapshot(self) -> bool:
        """It is the same in all rows of a snapshot."""
        return self.name in OF_SNAPSHOT


def default_names(kind: Kind) -> tuple[str, ...]:
    """The names of a table's columns where none are named."""
    if kind is UNPARSED:
        return ("source", *kind.columns)  # a line may stand before any snapshot
    first, *others = kind.cells
    names = [*OF_SNAPSHOT, first.column or first.name, *kind.derived]
    for cell in others:
        names.append(cell.column or cell.name)
        if cell.name.endswith("_port"):
            names.append(_service_of(cell))
    return (*names, "dialect", *_truncation_names(kind))


def _service_of(cell: Cell) -> str:
    return cell.name.removesuffix("port") + "service"


def _truncation_names(kind: Kind) -> list[str]:
    """The columns that tell what netstat may have cut."""
    cells = [cell for cell in kind.cells if cell.truncatable]
    hosts = [cell.name.removesuffix("_host") for cell in cells if cell.name.endswith("_host")]
    names = [f"{host}_truncated" for host in hosts]
    if any(cell.name == "program" for cell in kind.cells):
        names.append("program_truncated")
    if cells and not hosts:
        names.append("truncated")
    return names


def columns_of(kind: Kind, names: Sequence[str] | None = None) -> tuple[Column, ...]:
    """The columns of these names; None: the default ones. `all` stands for them and all others.

    Raises UnknownColumnError for a name that is a column of no dialect's table of this kind.
    """
    default = default_names(kind)
    if names is None:
        names = default
    elif "all" in names:
        names = tuple(dict.fromkeys((*default, *_all_names(kind))))
    # To know all types takes an import of the models.
    types = _default_types(kind)
    if not types.keys() >= set(names):
        types = _all_types(kind)
    for name in names:
        if name not in types:
            raise UnknownColumnError(name, tuple(types))
    return tuple(Column(n, types[n], n in kind.columns) for n in dict.fromkeys(names))


def text_columns(columns: Sequence[Column]) -> list[Column]:
    """The columns in the texts of rows, the cells first; at least two, so that no line is blank."""
    found = [column for column in columns if not column.is_of_snapshot]
    found.sort(key=lambda column: not column.is_cell)
    return [*found, *(Column(f"_{n}", STRING, is_wanted=False) for n in range(2 - len(found)))]


def _default_types(kind: Kind) -> dict[str, str]:
    types = {name: BOOL if name.endswith("_truncated") else STRING for name in default_names(kind)}
    for cell in kind.cells:
        name = cell.column or cell.name
        types[name] = UINT16 if name.endswith("_port") else _type_of_value(name, cell.type)
    return types | OF_SNAPSHOT


def _all_names(kind: Kind) -> list[str]:
    names = {cell.name for cell in kind.cells}
    ips = [f"{side}_ip" for side in ("local", "foreign") if f"{side}_host" in names]
    return [*ips, *known_columns(kind)]


def _all_types(kind: Kind) -> dict[str, str]:
    default = _default_types(kind)
    types = dict(default)
    for name in _all_names(kind):
        if name not in default:
            types[name] = IP if name.endswith("_ip") else _type_of_value(name, _type_in(name, kind))
    return types


def _type_in(name: str, kind: Kind) -> Any:
    """The type of a column's values in the records of any dialect."""
    record = record_of(kind)
    for cls in (record, *record.__subclasses__()):
        if name in cls.model_fields:
            return _plain(cls.model_fields[name].annotation)
    return {"timer_expires": float, "effective_program": str}.get(name, int)


def _plain(annotation: Any) -> Any:
    """The type that is left of an annotation without what restricts it, and without None."""
    from typing import Annotated, Union, get_args, get_origin

    while get_origin(annotation) in (Annotated, Union, UnionType):
        annotation = next(of for of in get_args(annotation) if of is not type(None))
    return annotation


def _type_of_value(name: str, of: Any) -> str:
    """The Arrow type of what a record has; all that is neither a number nor a bool is text."""
    if of is int:
        return UINT64 if name in KERNEL_ADDRESSES else UINT32 if name in PIDS else INT64
    return {bool: BOOL, float: FLOAT64}.get(of, STRING)


# Texts of records ---------------------------------------------------------------------------------


def getters_for(columns: Iterable[Column], kind: Kind) -> list[Getter]:
    """For each column the function that gives its text in a record; empty text stands for null."""
    getters = known_columns(kind) | _OWN
    return [getters.get(column.name) or _nothing for column in columns]


def _nothing(record: Any) -> str:
    return ""


def _number(endpoint: Endpoint) -> str:
    return "" if endpoint.port is None else str(endpoint.port)


def _service(endpoint: Endpoint) -> str:
    if endpoint.port is not None or not endpoint.service:
        return ""
    # As in CSV: where the host is whole it is the port that may have been cut.
    return endpoint.service + MARK * (endpoint.truncated and endpoint.address is not None)


def _ip(endpoint: Endpoint) -> str:
    """An address as 32 hexadecimal digits, without its scope."""
    address = endpoint.address
    if address is None:
        return ""
    return f"{int(address) + (0xFFFF << 32 if address.version == 4 else 0):032x}"


_OWN: dict[str, Getter] = {
    "local_port": lambda record: _number(record.local),
    "local_service": lambda record: _service(record.local),
    "local_truncated": lambda record: str(record.local.truncated),
    "local_ip": lambda record: _ip(record.local),
    "foreign_port": lambda record: _number(record.foreign),
    "foreign_service": lambda record: _service(record.foreign),
    "foreign_truncated": lambda record: str(record.foreign.truncated),
    "foreign_ip": lambda record: _ip(record.foreign),
    "program_truncated": lambda record: str(bool(record.process and record.process.truncated)),
}
