"""The kinds of tables: their cells, and that everything else agrees with them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netstat_parse import models
from netstat_parse.dialects.frozen import LAYOUTS
from netstat_parse.dialects.headers import find_layout
from netstat_parse.dialects.registry import all_dialects, read_header
from netstat_parse.grammar.dialect import TableSpec
from netstat_parse.grammar.layout import Layout
from netstat_parse.models import Snapshot
from netstat_parse.reading.lines import batches
from netstat_parse.reading.sources import open_input
from netstat_parse.schema import (
    CONNECTIONS,
    EXCEEDS,
    FILLS,
    KINDS,
    MULTICAST_GROUPS,
    OTHER_TABLES,
    UNIX_SOCKETS,
    Cell,
    Kind,
    get_kind,
)

FIXTURES = Path(__file__).parent.parent / "fixtures"
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)

# What there is ------------------------------------------------------------------------------------


def test_the_columns_of_each_kind() -> None:
    assert CONNECTIONS.columns == (
        *("proto", "recv_q", "send_q", "local_address", "local_port"),
        *("foreign_address", "foreign_port", "state", "pid", "program"),
    )
    assert UNIX_SOCKETS.columns == (
        *("refcount", "flags", "type", "state", "inode", "pid", "program", "path"),
    )
    assert MULTICAST_GROUPS.columns == ("interface", "refcount", "group")


def test_what_the_kinds_are_called() -> None:
    assert [kind.option for kind in KINDS] == [
        *("internet", "unix", "routes", "interfaces", "multicast_groups", "listen_queues"),
        *("statistics", "other_tables"),
    ]
    for kind in KINDS:
        assert get_kind(kind.name) is get_kind(kind.option) is kind
    with pytest.raises(KeyError):
        get_kind("no_such_kind")


@each_kind
def test_what_may_be_truncated_has_three_names(kind: Kind) -> None:
    truncatable = {cell.name for cell in kind.cells if cell.truncatable}
    ends = {"local_host", "local_port", "foreign_host", "foreign_port"}
    assert truncatable >= (ends if kind is CONNECTIONS else set())
    assert len(set(kind.names)) == len(kind.names) == len(kind.cells) + 2 * len(truncatable)
    assert Cell("a", truncatable=True).names == ("a", "a_fills", "a_exceeds")


@each_kind
def test_the_key_of_plain_rows_is_a_cell_of_it(kind: Kind) -> None:
    assert kind.key is None or kind.key in {cell.name for cell in kind.cells}


# What agrees with it ------------------------------------------------------------------------------

MADE_OF_CELLS = {
    "local_host": "local",
    "local_port": "local",
    "foreign_host": "foreign",
    "foreign_port": "foreign",
    "pid": "process",
    "program": "process",
}
"""The fields of records that are made of several cells."""


@each_kind
def test_every_record_has_the_fields_that_the_cells_name(kind: Kind) -> None:
    base = getattr(models, kind.record)
    if kind is OTHER_TABLES:
        return  # its records are whole tables
    records = {spec.record for spec in specs() if spec.kind is kind}
    assert records
    for record in (base, *(getattr(models, name) for name in records)):
        assert issubclass(record, base)
        for cell in kind.cells:
            assert MADE_OF_CELLS.get(cell.name, cell.name) in record.model_fields
        assert "dialect" in record.model_fields


@each_kind
def test_a_snapshot_has_a_field_of_its_records(kind: Kind) -> None:
    snapshot = Snapshot(dialect="linux")
    assert getattr(snapshot, kind.name) == ()
    assert kind.name in snapshot.model_dump_json()
    schema = Snapshot.model_json_schema()
    referred = re.findall(r"'#/\$defs/(\w+)'", str(schema["properties"][kind.name]["items"]))
    assert kind.record in referred
    assert all(issubclass(getattr(models, n), getattr(models, kind.record)) for n in referred)


def test_a_snapshot_has_its_tables_in_the_order_of_the_kinds() -> None:
    names = [kind.name for kind in KINDS]
    assert [name for name in Snapshot.model_fields if name in names] == names


def specs() -> list[TableSpec]:
    return [spec for dialect in all_dialects() for spec in dialect.tables]


def layouts() -> list[Layout]:
    """Those of every header that a dialect names."""
    found = {
        header: read_header(header, dialect.name)
        for dialect in all_dialects()
        for spec in dialect.tables
        for header in (*spec.common_headers, *spec.other_headers)
    }
    return [layout for layout in found.values() if layout is not None]


def test_every_group_of_a_row_is_a_cell_that_somebody_reads() -> None:
    for layout in layouts():
        for pattern in layout.patterns:
            given = set(re.findall(r"\(\?P<(\w+)>", pattern.whole))
            assert given <= set(layout.names)
            assert set(re.findall(r"\(\?P<(\w+)>", pattern.quick)) <= given


def fixture_rows() -> list[tuple[Layout, tuple[str, ...]]]:
    """The rows of the fixtures below common headers, each on one line, and their cells."""
    found: list[tuple[Layout, tuple[str, ...]]] = []
    for path in sorted(FIXTURES.glob("*/*.txt")):
        layout = None
        with open_input(path) as file:
            for text in [line for batch in batches(file) for line in batch.lines]:
                if find_layout(text) is not None:
                    layout = LAYOUTS.get(text)
                row = layout.find_row(text) if layout is not None else None
                if layout is not None and row is not None:
                    found.append((layout, row.cells))
    return found


@pytest.mark.slow
def test_plain_rows_have_the_cell_by_which_they_are_told() -> None:
    """In bulk a plain row is known by it; the others are found by a pattern of their own."""
    seen = {FILLS: 0, EXCEEDS: 0}
    for layout, cells in fixture_rows():
        row = dict(zip(layout.names, cells, strict=True))
        marks = [end for name, text in row.items() for end in seen if text and name.endswith(end)]
        for end in marks:
            seen[end] += 1
        if not marks and layout.kind.key is not None:
            assert row[layout.kind.key]
    assert seen[FILLS] > 10
    assert seen[EXCEEDS] > 10
