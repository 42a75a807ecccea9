"""The endpoints of connections: what is made of hosts and ports, and what is shared."""

from __future__ import annotations

import copy
import pickle
from ipaddress import IPv4Address, IPv6Address
from socket import AF_INET, AF_INET6
from typing import Any

import pytest

from netstat_parse import endpoints
from netstat_parse.endpoints import (
    MEMORY,
    Columns,
    Key,
    Shared,
    endpoint_keys,
    make_addresses,
    make_endpoints,
    parse_address,
)
from netstat_parse.grammar.truncation import Truncation
from netstat_parse.models import Endpoint

# Addresses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("10.0.0.1", IPv4Address("10.0.0.1")),
        ("::ffff:10.0.0.1", IPv6Address("::ffff:10.0.0.1")),
        ("fe80::1%eth0", IPv6Address("fe80::1%eth0")),
        ("10.0.0", None),
        ("10.0.0.256", None),
        ("010.0.0.1", None),
        ("1:2", None),
        ("fe80::1%", None),
        ("*", None),
        ("", None),
        ("localhost", None),
    ],
)
def test_a_host_as_an_address(host: str, address: object) -> None:
    assert parse_address(host) == address


FAMILIES: list[tuple[int, Any, list[str]]] = [
    (AF_INET, IPv4Address, ["0.0.0.0", "10.0.0.1", "255.255.255.255"]),
    (AF_INET6, IPv6Address, ["::", "::1", "2001:db8::ff", "ffff:" * 7 + "ffff"]),
]


@pytest.mark.parametrize("is_known", [True, False], ids=["slots", "constructor"])
@pytest.mark.parametrize(("family", "cls", "hosts"), FAMILIES)
def test_addresses_put_together_are_those_that_their_class_makes(
    monkeypatch: pytest.MonkeyPatch, family: int, cls: Any, hosts: list[str], is_known: bool
) -> None:
    """Also where Python's class has other slots than are known."""
    if not is_known:
        monkeypatch.setitem(endpoints._SLOTS, cls, ("_number",))
    expected = [cls(host) for host in hosts]
    for made, address in zip(make_addresses(hosts, family, cls), expected, strict=True):
        assert made is not None
        assert type(made) is cls
        assert made == address
        assert (hash(made), str(made), repr(made)) == (hash(address), str(address), repr(address))
        assert (made.packed, made.is_private) == (address.packed, address.is_private)
        assert getattr(made, "scope_id", None) is None
        assert pickle.loads(pickle.dumps(made)) == copy.deepcopy(made) == address


def test_addresses_are_the_same_in_any_company() -> None:
    for family, cls, hosts in FAMILIES:
        others = ["localhost", "*", "fe80::1%eth0", "1:2", "10.0.0"]
        made = make_addresses([*hosts, *others], family, cls)
        assert made == [parse_address(host) for host in [*hosts, *others]]


# Endpoints ----------------------------------------------------------------------------------------

ENDPOINTS: list[tuple[Key, dict[str, Any]]] = [
    (("10.0.0.1", "22"), {"address": "10.0.0.1", "port": 22}),
    (("10.0.0.1", "ssh"), {"address": "10.0.0.1", "service": "ssh"}),
    (("10.0.0.1", ""), {"address": "10.0.0.1"}),
    (("10.0.0.256", "22"), {"port": 22}),
    (("::1", "0"), {"address": "::1", "port": 0}),
    (("::1", "https"), {"address": "::1", "service": "https"}),
    (("::", ""), {"address": "::"}),
    (("fe80::1%eth0", "22"), {"address": "fe80::1%eth0", "port": 22}),
    (("1:2", "22"), {"port": 22}),
    (("*", ""), {}),
    (("host7", "22"), {"port": 22}),
    (("localhost", "z39.50"), {"service": "z39.50"}),
    # Of (host, port, host that fills its column, port that fills it), the rest may have been cut.
    (("", "22", "fe80::1", ""), {"host": "fe80::1", "port": 22, "truncated": True}),
    (("", "", "host", "ssh"), {"host": "host", "service": "ssh", "truncated": True}),
    (("::1", "", "", "5"), {"address": "::1", "truncated": True}),
    (("10.0.0.1", "", "", "http"), {"address": "10.0.0.1", "service": "http", "truncated": True}),
]


@pytest.mark.parametrize(("key", "fields"), ENDPOINTS, ids=str)
def test_an_endpoint(key: Key, fields: dict[str, Any]) -> None:
    expected = Endpoint.model_validate({"host": key[0]} | fields)
    ((made_of, endpoint),) = make_endpoints([key])
    assert (made_of, endpoint) == (key, expected)
    validated = Endpoint.model_validate(endpoint.model_dump())
    assert vars(validated) == vars(endpoint)
    assert list(vars(validated)) == list(vars(endpoint))


def test_endpoints_are_the_same_in_any_company() -> None:
    """Addresses of one family are read together; one that is none changes nothing."""
    keys = [key for key, _ in ENDPOINTS]
    alone = {key: endpoint for each in keys for key, endpoint in make_endpoints([each])}
    assert dict(make_endpoints(keys)) == dict(make_endpoints(keys[::-1])) == alone


COLUMNS: Columns = {
    "local_host": ("a", "", "", "d"),
    "local_port": ("1", "2", "3", ""),
}
FORMS = {1: {"local_host_fills": "b"}, 2: {"local_host_exceeds": "c"}, 3: {"local_port_fills": "4"}}
"""What fills its column, or exceeds it, of the rows at these places."""


def test_the_keys_of_what_may_have_been_truncated() -> None:
    keys = endpoint_keys(COLUMNS, "local", Truncation.POSSIBLE, FORMS)
    assert keys == [("a", "1"), ("", "2", "b", ""), ("c", "3"), ("d", "", "", "4")]


def test_the_keys_where_nothing_was_truncated() -> None:
    keys = endpoint_keys(COLUMNS, "local", Truncation.EXCLUDED, FORMS)
    assert keys == [("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")]


def test_the_keys_of_a_layout_that_nothing_is_truncated_in() -> None:
    columns: Columns = {"foreign_host": ("a", "b"), "foreign_port": ("1", "")}
    assert endpoint_keys(columns, "foreign", Truncation.POSSIBLE, {}) == [("a", "1"), ("b", "")]
    assert endpoint_keys(columns, "foreign", Truncation.POSSIBLE, {1: {}}) == [
        ("a", "1"),
        ("b", ""),
    ]


# What is shared -----------------------------------------------------------------------------------


def count_made(keys: list[Key], made: list[Key]) -> list[tuple[Key, str]]:
    made += keys
    return [(key, "".join(key)) for key in keys]


def test_what_is_shared_is_made_once_and_its_memory_is_bounded() -> None:
    made: list[Key] = []
    shared: Shared[str] = Shared(lambda keys: count_made(keys, made))
    assert shared.get([("a", "b"), ("c", "d"), ("a", "b")]) == ["ab", "cd", "ab"]
    assert sorted(made) == [("a", "b"), ("c", "d")]
    assert shared.get([("c", "d")]) == ["cd"]
    assert len(made) == 2
    many: list[Key] = [(str(n), "") for n in range(MEMORY - 1)]
    assert shared.get(many) == [key[0] for key in many]
    assert len(shared._made) == MEMORY - 1  # those before were forgotten
    shared.get([("a", "b")])
    assert len(shared._made) == MEMORY
    shared.clear()
    assert not shared._made


def test_more_than_the_memory_holds_comes_out_all_the_same() -> None:
    keys: list[Key] = [(str(n), "x") for n in range(3 * MEMORY)]
    shared: Shared[str] = Shared(lambda keys: count_made(keys, []))
    assert shared.get(keys + keys[:2]) == [f"{n}x" for n in range(3 * MEMORY)] + ["0x", "1x"]
