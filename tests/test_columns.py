"""The columns of CSV: those that are named, those where none are, and all."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from printed import Row, linux_capture, macos_capture
from written import HEADER, csv_by_sink, csv_of

from netstat_parse import models
from netstat_parse.dialects import NAMES
from netstat_parse.errors import UnknownColumnError
from netstat_parse.schema import CONNECTIONS, KINDS, MULTICAST_GROUPS, UNIX_SOCKETS, Kind
from netstat_parse.writing.columns import (
    all_columns,
    default_columns,
    find_kind,
    getters_of,
)


def test_columns_are_those_asked_for_in_their_order() -> None:
    assert csv_of(linux_capture([Row()], "epo"), columns=("inode", "proto", "timer", "family")) == (
        "inode,proto,timer,family\n424242,tcp,off,ipv4\n"
    )


def test_a_column_of_another_dialect_is_empty() -> None:
    assert csv_of(linux_capture([Row()]), columns=("proto", "rx_bytes")) == "proto,rx_bytes\ntcp,\n"


@pytest.mark.parametrize("read", [csv_of, csv_by_sink])
def test_all_appends_the_dialects_own_columns(read: Any) -> None:
    (row,) = csv.DictReader(io.StringIO(read(linux_capture([Row()], "epo"), columns=("all",))))
    assert list(row)[:11] == HEADER.strip().split(",")
    assert {
        "uid": "1000",
        "inode": "424242",
        "timer": "off",
        "timer_expires": "0.0",
        "timer_retransmits": "0",
        "timer_probes": "0",
        "dialect": "linux",
        "transport": "tcp",
        "family": "ipv4",
        "extra": "",
    }.items() <= row.items()
    assert "source" in row
    assert "rx_bytes" not in row


@pytest.mark.parametrize("read", [csv_of, csv_by_sink])
def test_all_keeps_the_columns_of_the_first_dialect(read: Any) -> None:
    given_lines = [*linux_capture([Row()]), *macos_capture([Row(proto="tcp4")])]
    first, second = csv.DictReader(io.StringIO(read(given_lines, columns=("all",))))
    assert list(first) == list(second)
    assert (first["dialect"], second["dialect"]) == ("linux", "macos")
    assert (second["proto"], second["local_port"], second["state"]) == ("tcp4", "22", "ESTABLISHED")


@pytest.mark.parametrize("read", [csv_of, csv_by_sink])
def test_a_column_may_be_asked_for_twice(read: Any) -> None:
    assert read(linux_capture([Row()]), columns=("proto", "proto")) == "proto,proto\ntcp,tcp\n"


@pytest.mark.parametrize("columns", [("prot",), ("proto", "no such"), ("",)])
def test_an_unknown_column_is_told(columns: tuple[str, ...]) -> None:
    with pytest.raises(UnknownColumnError, match=repr(columns[-1])) as caught:
        csv_of(linux_capture([Row()]), columns=columns)
    assert "local_port" in caught.value.known
    with pytest.raises(UnknownColumnError):
        csv_by_sink(linux_capture([Row()]), columns=columns)


# Every kind ---------------------------------------------------------------------------------------


def test_the_default_columns() -> None:
    assert default_columns(CONNECTIONS) == tuple(HEADER.strip().split(","))
    assert default_columns(UNIX_SOCKETS) == (
        *("captured_at", "refcount", "flags", "type", "state", "inode", "pid", "program", "path"),
    )
    assert default_columns(MULTICAST_GROUPS) == ("captured_at", "interface", "refcount", "group")


@pytest.mark.parametrize("dialect", NAMES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_all_is_known_column_by_column(kind: Kind, dialect: str) -> None:
    columns = all_columns(dialect, kind)
    assert columns[: len(default_columns(kind))] == default_columns(kind)
    assert len(set(columns)) == len(columns)
    getters = dict(zip(columns, getters_of(columns, kind), strict=True))
    assert [column for column in columns if getters[column] is None] == [
        *("captured_at", "source", "snapshot")
    ]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_all_has_every_field_of_the_record(kind: Kind) -> None:
    """A field of its own name, or the columns that its parts stand in."""
    parts = {
        "local": "local_address",
        "foreign": "foreign_address",
        "process": "program",
        "effective_process": "effective_program",
    }
    base = getattr(models, kind.record)
    for record in (base, *base.__subclasses__()):
        dialects = getattr(record.model_fields["dialect"].annotation, "__args__", NAMES)
        for dialect in dialects:
            columns = all_columns(dialect, kind)
            assert {parts.get(field, field) for field in record.model_fields} <= set(columns)


def test_a_kind_is_found_by_name_and_by_option() -> None:
    assert find_kind("internet") is find_kind("connections") is CONNECTIONS
    assert find_kind("unix") is find_kind("unix_sockets") is UNIX_SOCKETS
    with pytest.raises(ValueError, match="no table 'rules'; there are internet, unix"):
        find_kind("rules")
