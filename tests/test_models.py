"""The models: frozen, hashable, validated, and unchanged by a trip through JSON."""

from __future__ import annotations

import copy
import json
import pickle
import warnings
from datetime import UTC, datetime, timedelta, timezone
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

import pytest
from printed import Row, linux_capture
from pydantic import BaseModel, ValidationError

from netstat_parse import (
    AixConnection,
    BsdConnection,
    Connection,
    Endpoint,
    FreebsdConnection,
    LinuxConnection,
    MacosConnection,
    MulticastGroup,
    Process,
    Snapshot,
    SolarisConnection,
    TcpState,
    Timer,
    UnixSocket,
    UnparsedLine,
    WindowsConnection,
    iter_snapshots,
)
from netstat_parse.dialects import NAMES
from netstat_parse.models import FrozenDict, connection_class

FIXTURES = Path(__file__).parent.parent / "fixtures"

MODELS: tuple[type[BaseModel], ...] = (
    Snapshot,
    Connection,
    LinuxConnection,
    MacosConnection,
    FreebsdConnection,
    SolarisConnection,
    AixConnection,
    BsdConnection,
    WindowsConnection,
    UnixSocket,
    MulticastGroup,
    Endpoint,
    Process,
    Timer,
    UnparsedLine,
)
LOCAL = {"host": "10.0.0.1", "address": "10.0.0.1", "port": 22}
FOREIGN = {"host": "fe80::1%eth0", "address": "fe80::1%eth0", "service": "https"}
ROW: dict[str, Any] = {
    "dialect": "linux",
    "proto": "tcp",
    "transport": "tcp",
    "family": "ipv4",
    "recv_q": 0,
    "send_q": 0,
    "local": LOCAL,
    "foreign": FOREIGN,
    "state": "ESTABLISHED",
}


def linux(**changes: Any) -> LinuxConnection:
    return LinuxConnection.model_validate(ROW | changes)


def group(**changes: Any) -> MulticastGroup:
    row: dict[str, Any] = {
        "dialect": "linux",
        "interface": "eth0",
        "refcount": 2,
        "group": "ff02::fb",
        "address": "ff02::fb",
        "family": "ipv6",
    }
    return MulticastGroup.model_validate(row | changes)


def full_snapshot() -> Snapshot:
    """A Snapshot in which every kind of value stands."""
    timer = Timer(name="on", expires=1.25, retransmits=4, probes=0)
    return Snapshot(
        dialect="linux",
        captured_at=datetime(2026, 11, 22, 12, 22, 41, 5, tzinfo=timezone(timedelta(hours=-6))),
        connections=(
            linux(timer=timer, uid=1000, more_local=(LOCAL,), extra={"State": "COOKIE"}),
            MacosConnection.model_validate(
                ROW
                | {
                    "dialect": "macos",
                    "rx_bytes": 2**64 - 1,
                    "retain_count": -1,
                    "effective_process": {"pid": 1, "name": "Brave Browser He"},
                }
            ),
            Connection.model_validate(ROW | {"dialect": "plan9", "recv_q": None}),
        ),
        unix_sockets=(
            UnixSocket(dialect="linux", type="STREAM", flags=("W", "N"), process=Process(pid=0)),
        ),
        multicast_groups=(group(), group(group="all-systems.mcast.net", address=None, family=None)),
        unparsed=(UnparsedLine(number=3, text="a\x00b", reason="column 1: expected a row"),),
        notes=("netstat: a note",),
    )


def test_models_are_frozen() -> None:
    row = linux()
    for model, field in ((row, "proto"), (row.local, "host"), (full_snapshot(), "notes")):
        with pytest.raises(ValidationError):
            setattr(model, field, "x")
        with pytest.raises(ValidationError):
            delattr(model, field)


def test_equal_values_are_equal_and_hash_alike() -> None:
    assert full_snapshot() == full_snapshot()
    assert hash(full_snapshot()) == hash(full_snapshot())
    assert len({linux(), linux(), linux(recv_q=1)}) == 2
    assert linux(extra={"a": "1", "b": "2"}) == linux(extra={"b": "2", "a": "1"})
    assert hash(linux(extra={"a": "1", "b": "2"})) == hash(linux(extra={"b": "2", "a": "1"}))


@pytest.mark.parametrize(
    "change",
    [
        {"recv_q": 1},
        {"state": "LISTEN"},
        {"state": None},
        {"local": {**LOCAL, "port": 23}},
        {"process": {"pid": 1}},
        {"extra": {"State": "BOUND"}},
        {"uid": 0},
    ],
    ids=lambda change: next(iter(change)),
)
def test_different_values_are_different(change: dict[str, Any]) -> None:
    assert linux(**change) != linux()


def test_a_snapshot_survives_json() -> None:
    snapshot = full_snapshot()
    for back in (
        Snapshot.model_validate_json(snapshot.model_dump_json()),
        Snapshot.model_validate(snapshot.model_dump()),
        Snapshot.model_validate(snapshot.model_dump(mode="json")),
    ):
        assert back == snapshot
        assert [type(c) for c in back.connections] == [type(c) for c in snapshot.connections]
        assert back.captured_at is not None
        assert back.captured_at.utcoffset() == timedelta(hours=-6)
        assert hash(back) == hash(snapshot)


@pytest.mark.parametrize(
    "stamp", [None, datetime(2026, 11, 22, 12, 22, 41), datetime(2026, 1, 1, tzinfo=UTC)]
)
def test_stamps_survive_json_naive_or_aware(stamp: datetime | None) -> None:
    snapshot = Snapshot(dialect="macos", captured_at=stamp)
    back = Snapshot.model_validate_json(snapshot.model_dump_json())
    assert back.captured_at == stamp
    assert (back.captured_at and back.captured_at.tzinfo) == (stamp and stamp.tzinfo)


def test_addresses_come_back_as_addresses() -> None:
    back = LinuxConnection.model_validate_json(linux().model_dump_json())
    assert back.local.address == IPv4Address("10.0.0.1")
    assert back.foreign.address == IPv6Address("fe80::1%eth0")
    assert isinstance(back.foreign.address, IPv6Address)
    assert back.foreign.address.scope_id == "eth0"
    assert back.state is TcpState.ESTABLISHED


@pytest.mark.parametrize(
    ("dialect", "cls"),
    [
        ("linux", LinuxConnection),
        ("busybox", LinuxConnection),
        ("toybox", LinuxConnection),
        ("macos", MacosConnection),
        ("freebsd", FreebsdConnection),
        ("solaris", SolarisConnection),
        ("aix", AixConnection),
        ("openbsd", BsdConnection),
        ("netbsd", BsdConnection),
        ("dragonfly", BsdConnection),
        ("hpux", BsdConnection),
        ("windows", WindowsConnection),
        ("plan9", Connection),
    ],
)
def test_the_dialect_tells_the_class(dialect: str, cls: type[Connection]) -> None:
    snapshot = Snapshot.model_validate(
        {"dialect": dialect, "connections": [ROW | {"dialect": dialect}]}
    )
    assert type(snapshot.connections[0]) is cls


@pytest.mark.parametrize("dialect", [None, 1, ["linux"]])
def test_a_connection_without_a_dialect_is_refused(dialect: object) -> None:
    with pytest.raises(ValidationError):
        Snapshot.model_validate({"dialect": "x", "connections": [ROW | {"dialect": dialect}]})
    without = {name: value for name, value in ROW.items() if name != "dialect"}
    with pytest.raises(ValidationError):
        Snapshot.model_validate({"dialect": "x", "connections": [without]})


@pytest.mark.parametrize("mode", ["validation", "serialization"])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_has_a_json_schema(model: type[BaseModel], mode: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        schema = model.model_json_schema(mode=mode)
    assert set(schema["properties"]) == set(model.model_fields)


def test_the_schema_tells_limits_and_states() -> None:
    definitions = Snapshot.model_json_schema()["$defs"]
    assert set(definitions["TcpState"]["enum"]) == {state.value for state in TcpState}
    port = definitions["Endpoint"]["properties"]["port"]["anyOf"][0]
    assert (port["minimum"], port["maximum"]) == (0, 65535)
    assert "description" in definitions["Endpoint"]["properties"]["truncated"]


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_the_schema_tells_the_classes_of_connections_apart(mode: Any) -> None:
    schema = Snapshot.model_json_schema(mode=mode)
    items = schema["properties"]["connections"]["items"]
    discriminator = items["discriminator"]
    assert discriminator["propertyName"] == "dialect"
    for dialect in NAMES:
        cls = connection_class(dialect)
        expected = None if cls is Connection else f"#/$defs/{cls.__name__}"
        assert discriminator["mapping"].get(dialect) == expected
    *own, (other, no_other) = [choice.get("allOf", choice) for choice in items["oneOf"]]
    assert {choice["$ref"] for choice in own} == set(discriminator["mapping"].values())
    assert other == {"$ref": "#/$defs/Connection"}
    # Else a row of Linux would be one of these too, and "one of" be none.
    assert set(no_other["properties"]["dialect"]["not"]["enum"]) == set(discriminator["mapping"])


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*/*.json")), ids=lambda path: path.stem)
def test_json_gives_the_classes_back(path: Path) -> None:
    for text in json.loads(path.read_text()):
        snapshot = Snapshot.model_validate(text)
        again = Snapshot.model_validate_json(snapshot.model_dump_json())
        assert list(map(type, again.connections)) == list(map(type, snapshot.connections))
        assert {type(c) for c in again.connections} <= {connection_class(snapshot.dialect)}


def test_a_snapshot_equals_one_that_was_read_elsewhere() -> None:
    one, other = full_snapshot(), full_snapshot().model_copy(update={"source": "a.log"})
    assert (one, hash(one)) == (other, hash(other))
    assert other.source == "a.log"
    assert one != other.model_copy(update={"notes": ("x",)})


@pytest.mark.parametrize("port", [-1, 65536, "http", 22.5])
def test_a_port_is_16_bits(port: object) -> None:
    with pytest.raises(ValidationError):
        Endpoint.model_validate({"host": "*", "port": port})


def test_the_ends_of_the_ports_are_ports() -> None:
    assert [Endpoint(host="*", port=port).port for port in (0, 65535)] == [0, 65535]


@pytest.mark.parametrize(
    "change",
    [
        {"recv_q": -1},
        {"send_q": -1},
        {"state": "FIN_WAIT1"},
        {"family": "ipv5"},
        {"uid": -1},
        {"inode": -1},
        {"process": {"pid": -1}},
        {"dialect": "macos"},
        {"local": LOCAL | {"address": "999.1.1.1"}},
        {"local": LOCAL | {"address": "1::2::3"}},
        {"no_such_field": 1},
        {"timer": {"name": "on", "expires": -1.0, "retransmits": 0, "probes": 0}},
    ],
    ids=str,
)
def test_impossible_values_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        linux(**change)


@pytest.mark.parametrize(
    "change",
    [
        {"refcount": -1},
        {"refcount": "many"},
        {"family": "dual-stack"},
        {"address": "224.0.0.256"},
        {"interface": None},
        {"group": None},
        {"dialect": None},
        {"port": 1},
    ],
    ids=str,
)
def test_impossible_groups_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        group(**change)


def test_a_group_has_an_address_or_is_a_name() -> None:
    assert group().address == IPv6Address("ff02::fb")
    assert group(address="224.0.0.1", family="ipv4").address == IPv4Address("224.0.0.1")
    named = MulticastGroup(dialect="linux", interface="lo", group="all-systems.mcast.net")
    assert (named.address, named.family, named.refcount, named.extra) == (None, None, None, {})


def test_groups_equal_by_their_values() -> None:
    assert group() == group()
    assert hash(group()) == hash(group())
    for change in ({"interface": "lo"}, {"refcount": None}, {"extra": {"Since": "1"}}):
        assert group(**change) != group()


def test_line_numbers_start_at_1() -> None:
    with pytest.raises(ValidationError):
        UnparsedLine(number=0, text="", reason="")


def test_the_states_are_those_of_rfc_9293() -> None:
    assert [str(state) for state in TcpState] == [
        "CLOSED",
        "LISTEN",
        "SYN_SENT",
        "SYN_RECEIVED",
        "ESTABLISHED",
        "FIN_WAIT_1",
        "FIN_WAIT_2",
        "CLOSE_WAIT",
        "CLOSING",
        "LAST_ACK",
        "TIME_WAIT",
        "UNKNOWN",
    ]


# Copies -------------------------------------------------------------------------------------------


def parsed_snapshot() -> Snapshot:
    (snapshot,) = iter_snapshots(linux_capture([Row(), Row(proto="tcp6", local="::")], "epo"))
    return snapshot


@pytest.mark.parametrize("make", [full_snapshot, parsed_snapshot])
def test_pickle_and_copies_are_equal(make: Any) -> None:
    snapshot: Snapshot = make()
    copies = (
        pickle.loads(pickle.dumps(snapshot)),
        copy.copy(snapshot),
        copy.deepcopy(snapshot),
        snapshot.model_copy(deep=True),
    )
    for other in copies:
        assert other == snapshot
        assert hash(other) == hash(snapshot)
        assert type(other.connections[0].extra) is FrozenDict


def test_a_changed_copy_leaves_the_original_alone() -> None:
    row = parsed_snapshot().connections[0]
    changed = row.model_copy(update={"recv_q": 7})
    assert (row.recv_q, changed.recv_q) == (0, 7)
    assert changed != row


# FrozenDict ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.__setitem__("a", "2"),
        lambda d: d.__delitem__("a"),
        lambda d: d.update(a="2"),
        lambda d: d.setdefault("b", "2"),
        lambda d: d.pop("a"),
        lambda d: d.popitem(),
        lambda d: d.clear(),
        lambda d: d.__ior__({"a": "2"}),
    ],
)
def test_a_frozen_dict_cannot_be_changed(change: Any) -> None:
    frozen = FrozenDict({"a": "1"})
    with pytest.raises(TypeError, match="frozen"):
        change(frozen)
    assert frozen == {"a": "1"}


def test_a_frozen_dict_hashes_by_value() -> None:
    assert hash(FrozenDict({"a": "1", "b": "2"})) == hash(FrozenDict({"b": "2", "a": "1"}))
    assert {FrozenDict({"a": "1"}): "found"}[FrozenDict({"a": "1"})] == "found"
    assert pickle.loads(pickle.dumps(FrozenDict({"a": "1"}))) == {"a": "1"}


def test_extra_cannot_be_changed_through_what_it_was_made_of() -> None:
    given_extra = {"State": "BOUND"}
    row = linux(extra=given_extra)
    given_extra["State"] = "LISTEN"
    assert row.extra == {"State": "BOUND"}
