# ruff: noqa: E501
"""Arrow: the same rows and values as models and CSV have, with pyarrow and with arro3."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timezone
from ipaddress import IPv6Address
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from printed import Row, linux_capture, linux_rows, macos_capture, macos_rows, text_of

import netstat_parse as ns
from netstat_parse.scans import What
from netstat_parse.schema import CONNECTIONS, KINDS, UNPARSED, Kind
from netstat_parse.writing.arrow import (
    ROWS_AT_ONCE,
    ArrowSink,
    Overflow,
    Rows,
    RowTyper,
    rows_of_snapshots,
)
from netstat_parse.writing.arrow_backends import get_backend
from netstat_parse.writing.arrow_columns import Column, columns_of
from netstat_parse.writing.text import rows_of

BACKENDS = ("pyarrow", "arro3")
each_backend = pytest.mark.parametrize("backend", BACKENDS)
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
FIXTURES = Path(__file__).parent.parent / "fixtures"
LIMITS = {"int64": 2**63 - 1, "uint64": 2**64 - 1, "uint32": 2**32 - 1, "uint16": 2**16 - 1}

HOSTILE_NAMES = (
    *("NA", "N/A", "#N/A", "null", "NULL", "None", "nan", "NaN", "true", "false", "inf", "\\N"),
    *("a,b", 'q"x', '"', '""', '"a,b"', "'x", "a\rb", "a\r\rb", "\x00", "a\x00b", " lead", "é…"),
    *("1e5", "0x1F", "-", "=1+1", "a\x0bb", "\u2028x", "00:11", "7", "é" * 7, "x" * 30, "…"),
)
HOSTILE_ROWS = [
    *(Row(program=name) for name in HOSTILE_NAMES),
    Row(recv_q=2**63 - 1),
    Row(recv_q=2**63),
    Row(send_q=2**64 - 1),
    Row(pid=2**32 - 1),
    Row(pid=2**32),
    Row(local_port="ssh", foreign_port="https"),
    Row(foreign_port="*", state="LISTEN"),
    Row(proto="tcp6", foreign="2001:db8:1111:2222:3333:4444:5555:6666"),
    Row(proto="tcp6", local="::ffff:10.0.0.1", foreign="::"),
    Row(local="host.example.org.which.is.long"),
    Row(proto="udp", local="gateway", state=""),
]
HOSTILE = text_of(linux_capture(HOSTILE_ROWS, "p"))
OTHERS = {
    "linux-x": """\
Active UNIX domain sockets (servers and established)
Proto RefCnt Flags       Type       State         I-Node   PID/Program name     Path
unix  2      [ ACC ]     STREAM     LISTENING     24517    812/cupsd            /run/cups/cups.sock
unix  2      [ ACC ]     SEQPACKET  LISTENING     1701     1/init               @/org/kernel/x@
unix  3      [ ]         STREAM     CONNECTED     24519    4711/my prog (x) /y  /run/my
unix  3      [ ]         STREAM     CONNECTED     24518    4711/my prog (x) /y
unix  2      [ ]         DGRAM                    23019    -
unix  3      [ W N ]     STREAM     CONNECTING    0        -                    a "path", relative
""",
    "freebsd-x": """\
Active UNIX domain sockets
Address          Type   Recv-Q Send-Q            Inode             Conn             Refs Nextref Addr
fffff80004aa1000 stream      0     12                0 fffff80004aa1100                0       0
fffff80004aa2000 stream      0      0 fffff80005bb0000                0                0       0 /a b
""",
    "freebsd-L": """\
Current listen queue sizes (qlen/incqlen/maxqlen)
Proto Listen                           Local Address
tcp4  0/0/128                          *.22
tcp6  0/0/128                          *.ssh
tcp4  1/0/5                            192.0.2.10.8080
""",
}
"""Of these kinds of tables there are no fixtures."""
ZONED = "2026-11-22T12:22:41+02:00\n"
UNZONED = "2026-11-22 12:22:41\n"


def table_of(rows: Iterable[Rows], columns: tuple[Column, ...], backend: str) -> Any:
    """A table of pyarrow, whatever made it."""
    typer = RowTyper(columns, get_backend(backend))
    return pyarrow.table(typer.backend.table(typer.schema, typer.batches(rows)))


def rows_in(text: str, kind: Kind = CONNECTIONS, names: Any = None) -> list[Rows]:
    """The rows as the cells of lines give them."""
    found: list[Rows] = []
    sink = ArrowSink(found.append, kind=kind, columns=columns_of(kind, names))
    reader = What(kind, columns_of(kind, names)).reader(sink)
    reader.feed_lines(text.split("\n")[:-1])
    reader.close()
    sink.close()
    return found


# Truth: what the models have ----------------------------------------------------------------------


def common(snapshot: ns.Snapshot, number: int) -> dict[str, Any]:
    """The columns of the snapshot."""
    at = snapshot.captured_at
    return {
        "source": snapshot.source,
        "snapshot": number,
        "captured_at": at.astimezone(UTC) if at is not None and at.tzinfo is not None else None,
        "captured_at_local": None if at is None else at.isoformat(),
    }


def ends(side: str, end: ns.Endpoint) -> dict[str, Any]:
    """The columns of an endpoint."""
    may_be_cut = end.truncated
    service = end.service
    if service is not None and may_be_cut and end.address is not None:
        service += "…"
    return {
        f"{side}_address": end.host + "…" if may_be_cut and end.address is None else end.host,
        f"{side}_port": end.port,
        f"{side}_service": service,
        f"{side}_truncated": may_be_cut,
    }


def of_connection(c: ns.Connection) -> dict[str, Any]:
    process = c.process
    name = process.name if process else getattr(c, "executable", None)
    is_cut = process is not None and process.truncated
    return {
        "proto": c.proto,
        "transport": c.transport,
        "family": c.family,
        "recv_q": c.recv_q,
        "send_q": c.send_q,
        **ends("local", c.local),
        **ends("foreign", c.foreign),
        "state": c.state and c.state.value,
        "pid": process.pid if process else None,
        "program": name and name + "…" * is_cut,
        "program_truncated": is_cut,
        "dialect": c.dialect,
    }


def of_record(record: Any, kind: Kind) -> dict[str, Any]:
    """The columns of a record of another kind."""
    found = {cell.name: getattr(record, cell.name, None) for cell in kind.cells}
    found |= {"dialect": record.dialect, "truncated": getattr(record, "truncated", ())}
    process = getattr(record, "process", None)
    if process is not None:
        found |= {"pid": process.pid, "program": process.name + "…" * process.truncated}
    found["program_truncated"] = bool(process and process.truncated)
    if hasattr(record, "local"):
        found |= ends("local", record.local)
    found |= {name: f"{found[name]}…" for name in getattr(record, "truncated", ())}
    return {
        name: " ".join(value) if isinstance(value, tuple) else value
        for name, value in found.items()
    }


def in_range(value: Any, column_type: str) -> Any:
    if value == "":
        return None
    limit = LIMITS.get(column_type)
    return None if limit is not None and value is not None and value > limit else value


def truth(snapshots: Iterable[ns.Snapshot], kind: Kind) -> list[dict[str, Any]]:
    """The rows as the models' fields tell."""
    types = {column.name: column.type for column in columns_of(kind)}
    found = []
    for number, snapshot in enumerate(snapshots, 1):
        for record in rows_of(snapshot, kind):
            own = of_connection(record) if kind is CONNECTIONS else of_record(record, kind)
            values = common(snapshot, number) | own
            found.append({name: in_range(values[name], of) for name, of in types.items()})
    return found


Captures = list[tuple[ns.Snapshot, ...]]


@pytest.fixture(scope="session")
def captures(tmp_path_factory: pytest.TempPathFactory) -> Captures:
    """The snapshots of each fixture, and those of OTHERS."""
    folder = tmp_path_factory.mktemp("others")
    for name, text in OTHERS.items():
        (folder / f"{name}.txt").write_text(text)
    paths = (*sorted(FIXTURES.glob("*/*.txt")), *folder.iterdir())
    return [tuple(read(path)) for path in paths]


def read(path: Path) -> Iterator[ns.Snapshot]:
    try:
        yield from ns.read_log(path)
    except ns.NotNetstatError:
        assert path.stem == "empty"


# Values -------------------------------------------------------------------------------------------


@pytest.mark.slow
@each_kind
def test_all_values_are_those_of_the_models(kind: Kind, captures: Captures) -> None:
    columns = columns_of(kind)
    count = 0
    for snapshots in captures:
        expected = truth(snapshots, kind)
        rows = list(rows_of_snapshots(snapshots, kind, columns))
        for backend in BACKENDS:
            found = table_of(rows, columns, backend)
            assert found.column_names == [column.name for column in columns]
            assert found.to_pylist() == expected
        count += len(expected)
    assert count >= 3


@pytest.mark.slow
@each_kind
def test_rows_by_cells_are_those_by_models(kind: Kind, captures: Captures) -> None:
    for snapshots in captures:
        if snapshots:
            by_models = list(rows_of_snapshots(snapshots, kind, columns_of(kind)))
            assert list(ns.scan(snapshots[0].source or "", table=kind.option).rows()) == by_models


@each_backend
def test_what_is_hostile_is_text_like_any_other(backend: str) -> None:
    (snapshot,) = ns.iter_snapshots(HOSTILE)
    assert len(snapshot.connections) == len(HOSTILE_ROWS)
    found = table_of(rows_in(HOSTILE), columns_of(CONNECTIONS), backend).to_pylist()
    assert found == truth([snapshot], CONNECTIONS)
    programs = [row["program"] for row in found]
    assert programs[: HOSTILE_NAMES.index(" lead")] == [
        name + "…" if len(f"4711/{name}") >= 19 else name
        for name in HOSTILE_NAMES[: HOSTILE_NAMES.index(" lead")]
    ]


@given(st.lists(linux_rows(), min_size=1, max_size=20), st.sampled_from(("p", "", "epo")))
def test_rows_of_linux(rows: list[Row], options: str) -> None:
    text = text_of(linux_capture(rows, options))
    try:
        snapshots = list(ns.iter_snapshots(text))
    except ns.NotNetstatError:
        return
    for backend in BACKENDS:
        found = table_of(rows_in(text), columns_of(CONNECTIONS), backend)
        assert found.to_pylist() == truth(snapshots, CONNECTIONS)


@given(st.lists(macos_rows(), min_size=1, max_size=20))
def test_rows_of_macos(rows: list[Row]) -> None:
    text = text_of(macos_capture(rows))
    columns = columns_of(CONNECTIONS)
    found = [table_of(rows_in(text), columns, backend).to_pylist() for backend in BACKENDS]
    assert found[0] == found[1] == truth(ns.iter_snapshots(text), CONNECTIONS)


@each_backend
def test_the_same_rows_as_csv(backend: str) -> None:
    """What CSV has in one column, and what only the dialect's CSV tells, put together again."""
    for text in (HOSTILE, ZONED + HOSTILE):
        file = io.StringIO(newline="")
        ns.write_csv(ns.iter_snapshots(text), file, columns=["all"])
        file.seek(0)
        found = table_of(rows_in(text), columns_of(CONNECTIONS), backend).to_pylist()
        for row, in_csv in zip(found, csv.DictReader(file), strict=True):
            for name in ("proto", "transport", "family", "local_address", "state", "program"):
                assert (row[name] or "") == in_csv[name]
            assert (row["captured_at_local"] or "") == in_csv["captured_at"]
            for side in ("local", "foreign"):
                port = row[f"{side}_port"]
                text_of_port = row[f"{side}_service"] or ("" if port is None else str(port))
                assert text_of_port == in_csv[f"{side}_port"]


# Nulls --------------------------------------------------------------------------------------------


@each_backend
def test_a_number_that_its_column_cannot_hold_is_null_and_told(backend: str) -> None:
    columns = columns_of(CONNECTIONS)
    told: list[Overflow] = []
    typer = RowTyper(columns, get_backend(backend), told.append)
    batches = list(typer.batches(rows_in(HOSTILE)))
    found = pyarrow.table(typer.backend.table(typer.schema, batches)).to_pylist()
    assert [(o.column, o.text) for o in told] == [
        ("recv_q", str(2**63)),
        ("send_q", str(2**64 - 1)),
        ("pid", str(2**32)),
    ]
    assert "recv_q is more than its column holds" in told[0].reason
    by_row = dict(zip(HOSTILE_ROWS, found, strict=True))
    assert by_row[Row(recv_q=2**63 - 1)]["recv_q"] == 2**63 - 1
    assert by_row[Row(recv_q=2**63)]["recv_q"] is None
    assert by_row[Row(recv_q=2**63)]["pid"] == 4711
    assert by_row[Row(pid=2**32 - 1)]["pid"] == 2**32 - 1
    assert by_row[Row(pid=2**32)]["pid"] is None


@each_backend
def test_a_stamp_without_a_zone_has_no_time_in_utc(backend: str) -> None:
    text = ZONED + HOSTILE + UNZONED + HOSTILE
    names = ("captured_at", "captured_at_local", "snapshot")
    found = table_of(rows_in(text, names=names), columns_of(CONNECTIONS, names), backend)
    rows = [tuple(row.values()) for row in found.to_pylist()]
    assert sorted(set(rows), key=str) == sorted(
        [
            (datetime(2026, 11, 22, 10, 22, 41, tzinfo=UTC), "2026-11-22T12:22:41+02:00", 1),
            (None, "2026-11-22T12:22:41", 2),
        ],
        key=str,
    )
    assert len(rows) == 2 * len(HOSTILE_ROWS)


@each_backend
def test_the_first_and_the_last_stamp_that_there_can_be(backend: str) -> None:
    """In UTC these are in the years 0 and 10000, which Python's datetime does not have."""
    from datetime import timedelta

    (snapshot,) = ns.iter_snapshots(HOSTILE)
    stamps = [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(9999, 12, 31, 23, 59, 59, 999999, timezone(timedelta(hours=-12))),
    ]
    snapshots = [snapshot.model_copy(update={"captured_at": at}) for at in stamps]
    columns = columns_of(CONNECTIONS, ["captured_at"])
    found = table_of(rows_of_snapshots(snapshots, CONNECTIONS, columns), columns, backend)
    numbers = found["captured_at"].cast(pyarrow.int64()).to_pylist()
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    micro = timedelta(microseconds=1)
    assert [numbers[0], numbers[-1]] == [(at - epoch) // micro for at in stamps]


@each_backend
def test_an_address_as_sixteen_bytes(backend: str) -> None:
    names = ["local_ip", "local_address", "foreign_ip", "foreign_truncated"]
    found = table_of(rows_in(HOSTILE, names=names), columns_of(CONNECTIONS, names), backend)
    assert found.schema.field("local_ip").type == pyarrow.binary(16)
    by_row = dict(zip(HOSTILE_ROWS, found.to_pylist(), strict=True))
    mapped = IPv6Address("::ffff:10.0.0.1").packed
    assert by_row[Row(pid=2**32)]["local_ip"] == mapped
    mapped_row = by_row[Row(proto="tcp6", local="::ffff:10.0.0.1", foreign="::")]
    assert (mapped_row["local_ip"], mapped_row["foreign_ip"]) == (mapped, bytes(16))
    cut = by_row[Row(proto="tcp6", foreign="2001:db8:1111:2222:3333:4444:5555:6666")]
    assert (cut["foreign_ip"], cut["foreign_truncated"]) == (None, True)
    assert by_row[Row(proto="udp", local="gateway", state="")]["local_ip"] is None


# Columns ------------------------------------------------------------------------------------------


@each_backend
@pytest.mark.parametrize(
    "names",
    [
        ["pid"],
        ["program"],
        ["snapshot"],
        ["source", "captured_at"],
        ["family"],
        ["dialect", "transport"],
        ["state", "proto"],
        ["local_truncated", "pid", "source", "local_service", "send_q"],
        ["program_truncated", "local_port"],
    ],
    ids="-".join,
)
def test_columns_that_are_asked_for_come_in_their_order(backend: str, names: list[str]) -> None:
    columns = columns_of(CONNECTIONS, names)
    found = table_of(rows_in(HOSTILE, names=names), columns, backend)
    assert found.column_names == names
    whole = table_of(rows_in(HOSTILE), columns_of(CONNECTIONS), backend)
    assert found == whole.select(names)


@pytest.mark.slow
@each_kind
def test_all_columns_of_all_dialects(kind: Kind, captures: Captures) -> None:
    """Both libraries make the same of them, and what is a number in CSV is that number."""
    columns = columns_of(kind, ["all"])
    assert columns[: len(columns_of(kind))] == columns_of(kind)
    for snapshots in captures:
        rows = list(rows_of_snapshots(snapshots, kind, columns))
        one, other = (table_of(rows, columns, backend) for backend in BACKENDS)
        assert one == other
        records = [record for s in snapshots for record in rows_of(s, kind)]
        for row, record in zip(one.to_pylist(), records, strict=True):
            assert_fields(row, record)


def assert_fields(row: Mapping[str, Any], record: Any) -> None:
    """Every column that has a field's name has its value, if that is a number or a text."""
    others = {"pid", "program", "local_port", "foreign_port", *getattr(record, "truncated", ())}
    for name in row.keys() - others:
        value = getattr(record, name, None)
        if isinstance(value, int | float | str) and value != "":
            assert row[name] == value or row[name] == f"{value}…"
            assert type(row[name]) is type(value) or isinstance(value, str)


def test_of_two_dialects_columns_of_one_name_have_one_type() -> None:
    """`_type_in` takes the first: if others differed, their values would be nulls."""
    from netstat_parse.writing.arrow_columns import _plain
    from netstat_parse.writing.columns import record_of

    for kind in KINDS:
        types: dict[str, set[Any]] = {}
        base = record_of(kind)
        for cls in (base, *base.__subclasses__()):
            for name, field in cls.model_fields.items():
                if name != "dialect":
                    types.setdefault(name, set()).add(str(_plain(field.annotation)))
        assert {name: found for name, found in types.items() if len(found) > 1} == {}


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(ns.UnknownColumnError, match="no column 'colour'; there are source"):
        columns_of(CONNECTIONS, ["proto", "colour"])


# Batches ------------------------------------------------------------------------------------------


@each_backend
def test_a_batch_may_end_anywhere(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = table_of(rows_in(HOSTILE * 3), columns_of(CONNECTIONS), backend)
    monkeypatch.setattr("netstat_parse.writing.arrow.ROWS_AT_ONCE", 1)
    for lines_at_once in (1, 7):
        found: list[Rows] = []
        sink = ArrowSink(found.append)
        reader = What(CONNECTIONS, sink.columns).reader(sink)
        lines = (HOSTILE * 3).split("\n")[:-1]
        for start in range(0, len(lines), lines_at_once):
            reader.feed_lines(lines[start : start + lines_at_once])
        reader.close()
        sink.close()
        assert len(found) >= len(lines) // lines_at_once - 10
        assert table_of(found, columns_of(CONNECTIONS), backend) == whole


def test_a_batch_has_no_more_rows_than_are_meant_to_be_in_memory() -> None:
    rows = [Row(local_port=str(n % 60000 + 1)) for n in range(ROWS_AT_ONCE // 4)]
    text = text_of(linux_capture(rows)) * 9
    assert [r.number for r in rows_in(text)] == [ROWS_AT_ONCE, ROWS_AT_ONCE, ROWS_AT_ONCE // 4]


def test_lines_that_are_not_understood_are_rows_too() -> None:
    rows = rows_in(HOSTILE + 'what "is" this,\n', UNPARSED)
    found = table_of(rows, columns_of(UNPARSED), "pyarrow").to_pylist()
    (only,) = found
    assert (only["number"], only["text"]) == (len(HOSTILE_ROWS) + 3, 'what "is" this,')
    assert only["reason"]


# Libraries ----------------------------------------------------------------------------------------


def test_without_either_library_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nothing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("netstat_parse.writing.arrow_backends.find_spec", nothing)
    monkeypatch.setattr("netstat_parse.writing.arrow_backends._made", {})
    with pytest.raises(ns.MissingExtraError, match=r"pip install 'netstat_parse\[arrow\]'"):
        get_backend()
    with pytest.raises(ns.MissingExtraError):
        get_backend("pyarrow")


def test_the_library_that_is_there_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    installed: Callable[[str], bool]
    for only in BACKENDS:
        installed = lambda name, only=only: name == only  # type: ignore[misc]  # noqa: E731
        monkeypatch.setattr("netstat_parse.writing.arrow_backends.is_installed", installed)
        assert get_backend().name == only
        assert get_backend(prefer="pyarrow").name == only
    monkeypatch.undo()
    assert get_backend().name == "pyarrow"  # it is imported above
    monkeypatch.delitem(__import__("sys").modules, "pyarrow")
    assert get_backend().name == "arro3"
