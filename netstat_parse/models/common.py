"""What the records of several tables are made of."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from itertools import repeat
from typing import Annotated, Any, Literal, NoReturn, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, NonNegativeInt

Family = Literal["ipv4", "ipv6", "dual"]


class FrozenDict(dict[str, str]):
    """A dict that can't be changed, so that a frozen model can hold it and be hashed."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type[FrozenDict], tuple[dict[str, str]]]:
        return type(self), (dict(self),)

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("this mapping belongs to a frozen model")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse


Extra = Annotated[Mapping[str, str], AfterValidator(FrozenDict)]


class Frozen(BaseModel):
    """The base of every model: it can't be changed, and has no other fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Endpoint(Frozen):
    """One end of a connection: `host:port` (Linux, Windows) or `host.port` (macOS, FreeBSD)."""

    host: str
    """As printed: an address, a name, or `*`. Brackets around it are not part of it."""
    address: IPv4Address | IPv6Address | None = None
    """The host as an address, with its scope; None for a name, for `*`, and where it was cut."""
    port: Annotated[int, Field(ge=0, le=65535)] | None = None
    """The port's number; None for `*`, for a port printed by name, and where it was cut."""
    service: str | None = None
    """The port's name, when netstat printed a name."""
    truncated: bool = False
    """The text fills its column, so netstat may have cut it."""


class Process(Frozen):
    """The process that owns a socket."""

    pid: NonNegativeInt
    name: str | None = None
    """As printed; None where netstat prints the pid alone."""
    truncated: bool = False
    """The name fills its field, so netstat may have cut it."""


ModelT = TypeVar("ModelT", bound=BaseModel)

_SET_SLOTS: list[Callable[[object, object], None]] = [
    BaseModel.__dict__[slot].__set__
    for slot in (
        "__dict__",
        "__pydantic_fields_set__",
        "__pydantic_extra__",
        "__pydantic_private__",
    )
]


def construct_all(
    cls: type[ModelT], all_fields: Sequence[dict[str, Any]], names: set[str] | None = None
) -> list[ModelT]:
    """Make models of fields that are valid already: the grammar or a model has validated them.

    `all_fields` has for each model all of its fields, in the model's order; `names` is the set of
    their names, which the models share, by default all that the model has. This replaces
    `cls.model_construct`, which takes 1.5 times as long for a Connection (`parse` about an eighth):
    slots are set one after another in all of the models, with no step of Python's own for a model.
    The tests hold it against validation.
    """
    models = list(map(object.__new__, repeat(cls, len(all_fields))))
    names = _names_of(cls) if names is None else names
    slots: tuple[Iterable[object], ...] = (all_fields, repeat(names), repeat(None), repeat(None))
    for set_slot, values in zip(_SET_SLOTS, slots, strict=True):
        deque(map(set_slot, models, values), maxlen=0)
    return models


_set_dict, _set_fields_set, _set_extra, _set_private = _SET_SLOTS


@cache
def _names_of(cls: type[BaseModel]) -> set[str]:
    """The names of a model's fields, which all models share that `construct` makes."""
    return set(cls.model_fields)


def construct(cls: type[ModelT], **fields: Any) -> ModelT:
    """Make one model of fields that are valid already: all of them, in the model's order.

    This replaces `cls(**fields)`, which validates them again: `lifetimes` would take half as long
    again. The tests hold it against validation.
    """
    model = object.__new__(cls)
    _set_dict(model, fields)
    _set_fields_set(model, _names_of(cls))
    _set_extra(model, None)
    _set_private(model, None)
    return model
