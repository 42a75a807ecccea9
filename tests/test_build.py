"""From cells to records: processes, states, what is shared, and that all is as validated."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from printed import (
    Row,
    linux_capture,
    linux_header,
    linux_rows,
    macos_capture,
    macos_rows,
)
from pydantic import BaseModel

import netstat_parse as ns
from netstat_parse import build
from netstat_parse.build import (
    Converted,
    get_builder,
)
from netstat_parse.dialects.headers import find_layout
from netstat_parse.endpoints import MEMORY
from netstat_parse.grammar.layout import Layout
from netstat_parse.grammar.truncation import Truncation
from netstat_parse.models import Connection, Endpoint, Process, Snapshot
from netstat_parse.models.common import construct_all
from netstat_parse.protocols import parse_proto

HEADER = linux_header("p")

# Texts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proto", "transport", "family"),
    [
        ("tcp", "tcp", None),
        ("tcp4", "tcp", "ipv4"),
        ("tcp6", "tcp", "ipv6"),
        ("tcp46", "tcp", "dual"),
        ("TCP", "tcp", None),
        ("udpl6", "udplite", "ipv6"),
        ("icm6", "icmp", "ipv6"),
        ("igm4", "igmp", "ipv4"),
        ("div4", "divert", "ipv4"),
        ("ip 4", "ip", "ipv4"),
        ("raw", "raw", None),
        ("x.25", "x.25", None),
    ],
)
def test_what_a_proto_tells(proto: str, transport: str, family: str | None) -> None:
    assert parse_proto(proto) == (transport, family)


# What is shared -----------------------------------------------------------------------------------


def layout_of(header: str) -> Layout:
    layout = find_layout(header)
    assert layout is not None
    return layout


def test_equal_endpoints_and_processes_are_one_object() -> None:
    first, second = ns.parse("\n".join(linux_capture([Row(), Row(recv_q=1)], "p"))).connections
    assert first is not second
    assert first.local is second.local
    assert first.process is second.process
    assert first.extra is second.extra


def test_what_is_converted_is_bounded_in_number_and_length() -> None:
    converted = Converted(int, {"": None})
    assert [converted[text] for text in ("7", "", "7")] == [7, None, 7]
    long = "1" * (build.LONGEST + 1)
    assert converted[long] == int(long)
    assert long not in converted
    for n in range(2 * MEMORY):
        assert converted[str(n)] == n
    assert len(converted) == MEMORY


def test_nothing_is_kept_of_long_texts() -> None:
    builder = get_builder(layout_of(HEADER))
    cells = cells_of(local_host="10.0.0.1", local_port="22", pid="1", program="x")
    builder([cells], "short", Truncation.POSSIBLE, {})
    assert all(shared._made for shared in builder.shared)
    builder([cells], "x" * (build.LONGEST + 1), Truncation.POSSIBLE, {})
    assert not any(shared._made for shared in builder.shared)


# Records ------------------------------------------------------------------------------------------


def cells_of(**texts: str) -> tuple[str, ...]:
    """A row of cells under HEADER."""
    row = {"proto": "tcp6", "recv_q": "0", "send_q": "0", "state": "LISTEN"} | texts
    assert row.keys() <= set(layout_of(HEADER).names)
    return tuple(row.get(name, "") for name in layout_of(HEADER).plain_names)


def build_one(truncation: Truncation, **texts: str) -> Connection:
    layout = layout_of(HEADER)
    forms = tuple(texts.get(name, "") for name in layout.forms)
    marked = {0: forms} if any(forms) else {}
    (made,) = get_builder(layout)([cells_of(**texts)], "", truncation, marked)
    assert isinstance(made, Connection)
    return made


FILLING = {"local_host_fills": "fe80::1:2:3:4:5:6", "local_port": "22", "foreign_host": "::"}


def test_a_host_that_fills_its_column_is_known_only_where_nothing_was_cut() -> None:
    maybe = build_one(Truncation.POSSIBLE, **FILLING).local
    assert (maybe.host, maybe.address, maybe.port) == ("fe80::1:2:3:4:5:6", None, 22)
    assert maybe.truncated
    whole = build_one(Truncation.EXCLUDED, **FILLING).local
    assert whole == Endpoint.model_validate({"host": maybe.host, "address": maybe.host, "port": 22})


def test_a_host_that_exceeds_its_column_is_whole() -> None:
    for truncation in Truncation:
        local = build_one(truncation, local_host_exceeds="fe80::1:2", local_port="22").local
        assert (local.address, local.truncated) == (IPv6Address("fe80::1:2"), False)


@pytest.mark.parametrize("truncation", list(Truncation))
def test_a_port_that_fills_its_column(truncation: Truncation) -> None:
    header = "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)    "
    layout = layout_of(header)
    texts = {"proto": "tcp4", "local_host": "10.0.0.1", "local_port_fills": "5031"}
    row = tuple(texts.get(name, "") for name in layout.plain_names)
    forms = tuple(texts.get(name, "") for name in layout.forms)
    (made,) = get_builder(layout)([row], "", truncation, {0: forms})
    is_whole = truncation is Truncation.EXCLUDED
    assert (made.local.address, made.local.truncated) == (IPv4Address("10.0.0.1"), not is_whole)
    assert made.local.port == (5031 if is_whole else None)


@pytest.mark.parametrize(
    ("pid", "program", "process"),
    [
        ("", "", None),
        ("7", "sshd", Process(pid=7, name="sshd")),
        ("7", "", Process(pid=7, name="")),
        ("7", "x" * 17, Process(pid=7, name="x" * 17, truncated=True)),
        ("4711", "x" * 14, Process(pid=4711, name="x" * 14, truncated=True)),
        ("4711", "é" * 7, Process(pid=4711, name="é" * 7, truncated=True)),
        ("4711", "x" * 13, Process(pid=4711, name="x" * 13, truncated=True)),
        ("4711", "x" * 12, Process(pid=4711, name="x" * 12)),
    ],
)
def test_a_process(pid: str, program: str, process: Process | None) -> None:
    """net-tools prints 19 bytes of `pid/program`; the last may have been a blank."""
    assert build_one(Truncation.POSSIBLE, pid=pid, program=program).process == process


def test_no_rows_are_no_records() -> None:
    assert get_builder(layout_of(HEADER))([], "", Truncation.POSSIBLE, {}) == []


def test_states_that_are_not_tcps_are_kept_in_extra() -> None:
    rows = [Row(state=state) for state in ("ESTABLISHED", "UNKNOWN", "SYN_RECV")]
    found = ns.parse("\n".join(linux_capture(rows))).connections
    assert [(c.state, dict(c.extra)) for c in found] == [
        (ns.TcpState.ESTABLISHED, {}),
        (ns.TcpState.UNKNOWN, {}),
        (ns.TcpState.SYN_RECEIVED, {}),
    ]
    header = "  Proto  Local Address          Foreign Address        State"
    row = "  TCP    127.0.0.1:49670        0.0.0.0:0              BOUND"
    (bound,) = ns.parse(f"Active Connections\n\n{header}\n{row}\n").connections
    assert (bound.state, bound.extra) == (ns.TcpState.UNKNOWN, {"State": "BOUND"})


# As validated -------------------------------------------------------------------------------------


def assert_is_as_validated(model: BaseModel) -> None:
    """A model that was put together is the one that validation makes of the same values."""
    validated = type(model).model_validate(model.model_dump())
    assert validated == model
    assert list(vars(validated)) == list(vars(model))
    assert model.__pydantic_extra__ == validated.__pydantic_extra__
    assert model.__pydantic_private__ == validated.__pydantic_private__
    assert validated.model_dump_json() == model.model_dump_json()
    for name, value in vars(model).items():
        assert type(value) is type(vars(validated)[name]), name
        if isinstance(value, BaseModel):
            assert_is_as_validated(value)


def test_models_put_together_are_those_that_validation_makes() -> None:
    all_fields: list[dict[str, Any]] = [
        {"pid": 0, "name": None, "truncated": False},
        {"pid": 4711, "name": "a b", "truncated": True},
    ]
    names = set(Process.model_fields)
    made = construct_all(Process, all_fields, names)
    assert made == [Process.model_validate(fields) for fields in all_fields]
    for process, fields in zip(made, all_fields, strict=True):
        assert_is_as_validated(process)
        assert process.model_fields_set == names
        assert process.model_dump() == fields
        with pytest.raises(ValueError, match="frozen"):
            process.pid = 1
    assert construct_all(Process, [], names) == []


@settings(max_examples=20)
@given(st.lists(linux_rows(), max_size=4), st.sampled_from(("", "p", "e", "o", "ep", "epo")))
def test_linux_rows_are_as_validated(rows: list[Row], options: str) -> None:
    (snapshot,) = ns.iter_snapshots(linux_capture(rows, options))
    for connection in snapshot.connections:
        assert_is_as_validated(connection)


@settings(max_examples=20)
@given(st.lists(macos_rows(), max_size=4))
def test_macos_rows_are_as_validated(rows: list[Row]) -> None:
    (snapshot,) = ns.iter_snapshots(macos_capture(rows))
    for connection in snapshot.connections:
        assert_is_as_validated(connection)


@settings(max_examples=20)
@given(st.lists(linux_rows(), max_size=4))
def test_parsed_snapshots_survive_json(rows: list[Row]) -> None:
    (snapshot,) = ns.iter_snapshots(["Nov 22 2026 12:22:41", *linux_capture(rows, "epo"), "?"])
    assert_is_as_validated(snapshot)
    assert Snapshot.model_validate_json(snapshot.model_dump_json()) == snapshot
