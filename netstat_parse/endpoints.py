"""The endpoints of connections, made of the texts of hosts and ports.

The grammar has checked the texts, so endpoints are put together without a second validation. Equal
ones are the same frozen object.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address
from itertools import chain, repeat
from socket import AF_INET, AF_INET6, inet_pton
from typing import Any, Generic, TypeVar

from netstat_parse.grammar.truncation import Truncation, is_number
from netstat_parse.models.common import Endpoint, construct_all
from netstat_parse.schema import EXCEEDS, FILLS

MEMORY = 2**12
"""How many endpoints, and how many processes, are kept to be used again."""

Address = IPv4Address | IPv6Address
ModelT = TypeVar("ModelT")
Columns = dict[str, tuple[str, ...]]
"""The cells of many rows, column by column, by their names."""
Key = tuple[str, ...]
"""The texts that an endpoint or a process is made of: (host, port), (pid, name); and of an endpoint
that may have been cut (host, port, host that fills its column, port that fills it)."""


class Shared(Generic[ModelT]):
    """The models of some texts, made once for texts that come again.

    `make` makes the models of many. They are forgotten when they are too many.
    """

    def __init__(self, make: Callable[[list[Key]], Iterable[tuple[Key, ModelT]]]) -> None:
        self._make = make
        self._made: dict[Key, ModelT] = {}

    def get(self, keys: list[Key]) -> list[ModelT]:
        """The model of each key."""
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
        """Forget all of them."""
        self._made = {}


def parse_address(host: str) -> Address | None:
    """The host as an address, or None where it is a name or `*`."""
    try:
        if ":" not in host:
            return IPv4Address(inet_pton(AF_INET, host))
        return IPv6Address(host if "%" in host else inet_pton(AF_INET6, host))
    except (OSError, ValueError):
        return None


def make_addresses(hosts: Sequence[str], family: int, cls: type[Address]) -> list[Address | None]:
    """The addresses of many hosts, most of which are addresses of this family.

    This replaces a call of the class for each, which takes 0.4 us more, a tenth of `parse`: the
    number is set, and None for the scope, as its constructor does once it knows what it was given.
    Where Python's own class has other slots, the constructor is called.
    """
    try:
        numbers = list(map(int.from_bytes, map(inet_pton, repeat(family), hosts)))
    except (OSError, ValueError):
        return list(map(parse_address, hosts))
    slots = _SLOTS[cls]
    if tuple(cls.__slots__) != (*slots, "__weakref__"):
        return list(map(cls, numbers))
    addresses: list[Address | None] = list(map(object.__new__, repeat(cls, len(numbers))))
    for slot in slots:
        values: Iterable[int | None] = numbers if slot == "_ip" else repeat(None)
        deque(map(vars(cls)[slot].__set__, addresses, values), maxlen=0)
    return addresses


_SLOTS: dict[type, tuple[str, ...]] = {IPv4Address: ("_ip",), IPv6Address: ("_ip", "_scope_id")}

ENDPOINT_FIELDS = set(Endpoint.model_fields)


def make_endpoints(keys: list[Key]) -> Iterable[tuple[Key, Endpoint]]:
    """The endpoints of these keys."""
    # One name among the addresses, or one `*` among the ports, would make all of them slow.
    ipv4: list[Key] = []
    ipv6: list[Key] = []
    others: list[Key] = []
    has_names = not is_number("".join([key[1] for key in keys]))
    for key in keys:
        host, port = key[:2]
        if len(key) > 2 or not port or "%" in host or (has_names and not is_number(port)):
            others.append(key)
        elif ":" in host:
            ipv6.append(key)
        else:
            (ipv4 if host[-1:].isdigit() else others).append(key)
    fields = map(_endpoint_fields, others)
    return chain(
        _numeric_endpoints(ipv4, AF_INET, IPv4Address),
        _numeric_endpoints(ipv6, AF_INET6, IPv6Address),
        zip(others, construct_all(Endpoint, list(fields), ENDPOINT_FIELDS), strict=True),
    )


def _numeric_endpoints(
    keys: list[Key], family: int, cls: type[Address]
) -> Iterable[tuple[Key, Endpoint]]:
    """The endpoints of keys with numeric ports, most of which have an address of this family."""
    addresses = make_addresses([host for host, _ in keys], family, cls)
    ports = map(int, [port for _, port in keys])
    fields = [
        {"host": host, "address": address, "port": port, "service": None, "truncated": False}
        for (host, _), address, port in zip(keys, addresses, ports, strict=True)
    ]
    return zip(keys, construct_all(Endpoint, fields, ENDPOINT_FIELDS), strict=True)


def _endpoint_fields(key: Key) -> dict[str, Any]:
    """The fields of any endpoint. What may have been cut is not known, but for a service's name."""
    host, port, *filling = key
    host_fills, port_fills = filling or ("", "")
    name = port or port_fills
    return {
        "host": host or host_fills,
        "address": parse_address(host) if host else None,
        "port": int(port) if is_number(port) else None,
        "service": (name or None) if not is_number(name) else None,
        "truncated": bool(filling),
    }


def endpoint_keys(
    columns: Columns,
    side: str,
    truncation: Truncation,
    marked: Mapping[int, Mapping[str, str]],
) -> list[Key]:
    """The keys of the endpoints of one side. `marked` has, for the places of some rows, what fills
    its column or exceeds it, by name."""
    host, port = f"{side}_host", f"{side}_port"
    keys: list[Key] = list(zip(columns[host], columns[port], strict=True))
    if not marked:
        return keys
    names = (host + FILLS, host + EXCEEDS, port + FILLS)
    for i, forms in marked.items():
        whole_host, whole_port = keys[i]
        fills, exceeds, port_fills = (forms.get(name, "") for name in names)
        if truncation is Truncation.POSSIBLE and (fills or port_fills):
            keys[i] = (whole_host or exceeds, whole_port, fills, port_fills)
        else:
            keys[i] = (whole_host or fills or exceeds, whole_port or port_fills)
    return keys
