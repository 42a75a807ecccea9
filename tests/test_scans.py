"""`scan`: a source for whatever takes Arrow, read anew each time, a batch at a time."""

from __future__ import annotations

import os
import tarfile
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import arro3.core
import duckdb
import pandas
import polars
import pyarrow
import pyarrow.parquet
import pytest
from commands import BROKEN, GOOD, LATER
from printed import Row, linux_capture, text_of

import netstat_parse as ns

NAMES = [
    *("source", "snapshot", "captured_at", "captured_at_local", "proto", "transport", "family"),
    *("recv_q", "send_q", "local_address", "local_port", "local_service", "foreign_address"),
    *("foreign_port", "foreign_service", "state", "pid", "program", "dialect"),
    *("local_truncated", "foreign_truncated", "program_truncated"),
]
ROUTES = """\
Kernel IP routing table
Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface
0.0.0.0         192.0.2.254     0.0.0.0         UG        0 0          0 eth0
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of two snapshots with stamps."""
    path = tmp_path / "night.log"
    path.write_text(f"2026-11-22T12:22:41+00:00\n{GOOD}2026-11-22T12:23:41+00:00\n{LATER}")
    return path


# Whoever takes it ---------------------------------------------------------------------------------


def test_the_schema(log: Path) -> None:
    schema = pyarrow.schema(ns.scan(log))
    assert schema.names == NAMES
    assert schema == ns.scan(log).schema == pyarrow.table(ns.scan(log)).schema
    types = {field.name: str(field.type) for field in schema if str(field.type) != "string"}
    assert types == {
        "snapshot": "int64",
        "captured_at": "timestamp[us, tz=UTC]",
        "recv_q": "int64",
        "send_q": "int64",
        "local_port": "uint16",
        "foreign_port": "uint16",
        "pid": "uint32",
        "local_truncated": "bool",
        "foreign_truncated": "bool",
        "program_truncated": "bool",
    }


def test_pyarrow_polars_pandas_and_duckdb_take_it_as_it_is(log: Path) -> None:
    s = ns.scan(log)
    expected = pyarrow.table(s)
    assert expected.num_rows == 3
    assert expected["local_port"].to_pylist() == [22, 22, 23]
    assert polars.DataFrame(s).to_arrow().cast(expected.schema) == expected
    assert duckdb.sql("from s").to_arrow_table().cast(expected.schema) == expected
    assert pyarrow.table(arro3.core.Table(s)) == expected
    assert pandas.DataFrame.from_arrow(s)["local_port"].tolist() == [22, 22, 23]
    with pyarrow.RecordBatchReader.from_stream(s) as reader:
        assert reader.read_all() == expected


def test_it_may_be_read_several_times_at_once(log: Path) -> None:
    s = ns.scan(log)
    for _ in range(2):
        found = duckdb.sql(
            "select a.snapshot, b.snapshot from s a join s b using (proto, pid) order by all"
        )
        assert found.fetchall() == [(1, 1), (1, 1), (1, 2), (2, 1), (2, 2)]
    assert list(s.batches()) == list(s.batches())


def test_what_it_makes_itself(log: Path, tmp_path: Path) -> None:
    s = ns.scan(log)
    expected = pyarrow.table(s)
    assert s.to_arrow() == expected
    assert s.to_polars().equals(polars.DataFrame(expected))
    s.to_parquet(tmp_path / "x.parquet")
    assert pyarrow.parquet.read_table(tmp_path / "x.parquet") == expected
    frame = s.to_pandas()
    assert frame["pid"].tolist() == [4711, 4711, 4711]
    assert frame["captured_at"].iloc[0].isoformat() == "2026-11-22T12:22:41+00:00"


def test_pandas_keeps_whole_numbers_whole_where_some_are_missing(tmp_path: Path) -> None:
    """pandas' own integers become floats then, which do not hold 2**63 - 1."""
    path = tmp_path / "x"
    path.write_text(text_of(linux_capture([Row(recv_q=2**63 - 1), Row(recv_q=2**63)])))
    frame = ns.scan(path).to_pandas()
    assert frame["recv_q"].iloc[0] == 2**63 - 1
    assert frame["recv_q"].isna().tolist() == [False, True]
    assert frame["pid"].isna().all()
    assert str(frame["foreign_port"].dtype) == "UInt16"


def test_a_snapshot_is_a_stream_of_its_connections(log: Path) -> None:
    snapshots = list(ns.read_log(log))
    expected = pyarrow.table(ns.scan(log))
    assert pyarrow.table(snapshots[0]) == expected.slice(0, 2)
    assert polars.DataFrame(snapshots[0]).height == 2
    one = snapshots[1]
    assert duckdb.sql("select local_port from one").fetchall() == [(23,)]
    assert pyarrow.table(ns.parse(GOOD))["source"].to_pylist() == [None, None]
    assert pyarrow.table(one.model_copy(update={"connections": ()})).schema == expected.schema


def test_a_requested_schema_is_given(log: Path) -> None:
    s = ns.scan(log, columns=["pid", "state"])
    wanted = pyarrow.schema([("pid", pyarrow.int64()), ("state", pyarrow.large_string())])
    assert pyarrow.RecordBatchReader.from_stream(s, wanted).read_all().schema == wanted


# What is read -------------------------------------------------------------------------------------


def test_files_patterns_folders_and_archives(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "logs").mkdir()
    for name in ("a", "b"):
        (tmp_path / "logs" / f"{name}.txt").write_text(GOOD)
    with tarfile.open("logs.tar.gz", "w:gz") as archive:
        archive.add("logs")

    def sources(paths: Any) -> list[str]:
        found = pyarrow.table(ns.scan(paths, columns=["source", "snapshot"])).to_pylist()
        assert [row["snapshot"] for row in found] == [n // 2 + 1 for n in range(len(found))]
        return [row["source"] for row in found][::2]

    both = [os.path.join("logs", "a.txt"), os.path.join("logs", "b.txt")]
    assert sources("logs") == sources("logs/*.txt") == sources(map(Path, both)) == both
    assert sources(["logs.tar.gz", Path(both[0])]) == [
        *("logs.tar.gz/logs/a.txt", "logs.tar.gz/logs/b.txt"),
        both[0],
    ]


def test_other_tables_columns_and_filters(log: Path, tmp_path: Path) -> None:
    (tmp_path / "routes").write_text(ROUTES)
    routes = pyarrow.table(ns.scan(tmp_path / "routes", table="routes")).to_pylist()
    assert [(row["gateway"], row["interface"]) for row in routes] == [("192.0.2.254", "eth0")]
    listening = ns.scan(log, where="state listening", columns=["foreign_port", "state"])
    assert pyarrow.table(listening).to_pylist() == [{"foreign_port": None, "state": "LISTEN"}]
    log.write_text(text_of(linux_capture([Row(), Row(foreign_port="our-app")])))
    for unknown, count in (("keep", 1), ("drop", 0)):
        s = ns.scan(log, where="dport = :80", unknown=unknown)  # type: ignore[arg-type]
        assert pyarrow.table(s).num_rows == count


def test_the_options_of_a_reader(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(f"22/11/2026 12h22\n{GOOD}".encode("utf-16"))
    s = ns.scan(path, timestamp_formats=["%d/%m/%Y %Hh%M"], columns=["captured_at_local"])
    assert pyarrow.table(s).to_pylist()[0] == {"captured_at_local": "2026-11-22T12:22:00"}
    path.write_text(text_of(linux_capture([Row(local="host.example.org.which")])))
    for uncut, truncated in ((False, True), (True, False)):
        s = ns.scan(path, uncut=uncut, columns=["local_truncated"])
        assert pyarrow.table(s).to_pylist() == [{"local_truncated": truncated}]


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"table": "chairs"}, "no table 'chairs'"),
        ({"columns": ["colour"]}, "no column 'colour'"),
        ({"where": "state ="}, "filter, column"),
        ({"where": "state listening", "table": "routes"}, "where is for connections"),
        ({"dialect": "beos"}, "no dialect 'beos'"),
        ({"encoding": "utf-99"}, "no encoding 'utf-99'"),
        ({"timestamp_formats": ["%"]}, "no format of timestamps"),
        ({"on_error": "ignore"}, "on_error is"),
        ({"unknown": "ask"}, "unknown is"),
    ],
)
def test_a_wrong_parameter_is_told_before_anything_is_read(
    parameters: dict[str, Any], error: str
) -> None:
    with pytest.raises(ValueError, match=error):
        ns.scan("no such file", **parameters)


def test_its_repr(log: Path) -> None:
    assert repr(ns.scan([log, "b"], table="routes")) == f"Scan([{str(log)!r}, 'b'], table='routes')"


# What goes wrong ----------------------------------------------------------------------------------


def test_what_is_not_understood_is_a_table_too(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BROKEN)
    (tmp_path / "b.txt").write_text(text_of(linux_capture([Row(recv_q=2**63)])))
    s = ns.scan(tmp_path)
    assert pyarrow.table(s).num_rows == 3
    found = pyarrow.table(s.unparsed).to_pylist()
    (snapshot,) = ns.read_log(tmp_path / "a.txt")
    a, b = str(tmp_path / "a.txt"), str(tmp_path / "b.txt")
    assert found == [
        *(
            {"source": a, "number": line.number, "text": line.text, "reason": line.reason}
            for line in snapshot.unparsed
        ),
        {
            "source": b,
            "number": None,
            "text": str(2**63),
            "reason": "recv_q is more than its column holds: it is null",
        },
    ]
    assert len(snapshot.unparsed) == 2
    assert pyarrow.table(ns.scan(tmp_path, table="unparsed")).to_pylist() == found[:2]
    assert s.unparsed.schema.names == ["source", "number", "text", "reason"]


def test_an_input_that_cannot_be_read_is_raised_or_a_row_of_what_is_not_understood(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.txt").write_text(GOOD)
    (tmp_path / "b.txt").write_text("a poem\n")
    (tmp_path / "c.txt").write_text(GOOD)
    paths = [tmp_path, tmp_path / "missing"]
    with pytest.raises(ns.InputError, match=r"b\.txt: .*netstat"):
        list(ns.scan(paths).batches())
    with pytest.raises(ns.InputError, match=r"b\.txt: .*netstat"):
        ns.scan(paths).to_arrow()
    kept = ns.scan(paths, on_error="keep")
    assert pyarrow.table(kept).num_rows == 4
    found = pyarrow.table(kept.unparsed).to_pylist()
    assert [(row["source"], row["number"]) for row in found] == [
        (str(tmp_path / "b.txt"), 1),
        (str(tmp_path / "b.txt"), None),
        (str(tmp_path / "missing"), None),
    ]
    assert "No such file" in found[2]["reason"]


def test_an_error_reaches_whoever_reads_the_stream(tmp_path: Path) -> None:
    """Of the first input as it is; of later ones as an error of the library's own that names it."""
    for taken in (pyarrow.table, polars.DataFrame, arro3.core.Table):
        with pytest.raises(ns.InputError, match="missing"):
            taken(ns.scan(tmp_path / "missing"))
    (tmp_path / "a.txt").write_text(GOOD)
    for taken in (pyarrow.table, polars.DataFrame, arro3.core.Table):
        with pytest.raises(Exception, match=r"(?s)missing.*No such file"):
            taken(ns.scan([tmp_path / "a.txt", tmp_path / "missing"]))


def test_strict_says_where(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_text(BROKEN)
    with pytest.raises(ns.ParseError, match="line 5, column") as info:
        list(ns.scan(path, strict=True).batches())
    assert info.value.__notes__ == [f"in {path}"]


def test_a_file_that_is_cut_off_gives_what_is_before_that(tmp_path: Path) -> None:
    import gzip

    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(GOOD.encode() * 2000)[:-30])
    kept = ns.scan(path, on_error="keep")
    assert pyarrow.table(kept).num_rows > 100
    (reason,) = (row["reason"] for row in pyarrow.table(kept.unparsed).to_pylist()[-1:])
    assert "cut off" in reason


def test_to_parquet_leaves_the_old_file_where_something_fails(log: Path, tmp_path: Path) -> None:
    old = tmp_path / "x.parquet"
    old.write_text("old")
    with pytest.raises(ns.InputError):
        ns.scan([log, tmp_path / "missing"]).to_parquet(old)
    assert old.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["night.log", "x.parquet"]


# A batch at a time --------------------------------------------------------------------------------


def pipe_of(texts: Iterator[str]) -> tuple[str, threading.Thread]:
    """A pipe into which the texts are written, and who writes them."""
    readable, writable = os.pipe()

    def write() -> None:
        with open(writable, "w") as file:
            file.writelines(texts)

    thread = threading.Thread(target=write)
    thread.start()
    return f"/dev/fd/{readable}", thread


@pytest.mark.slow
def test_memory_does_not_grow_with_the_log() -> None:
    rows = [Row(local_port=str(n + 1), program=f"x{n}") for n in range(2000)]
    text = text_of(linux_capture(rows, "p"))
    peaks = []
    for times in (50, 500):
        path, thread = pipe_of(text for _ in range(times))
        tracemalloc.start()
        count = sum(batch.num_rows for batch in ns.scan(path).batches())
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        thread.join()
        assert count == 2000 * times
    assert peaks[1] < 1.3 * peaks[0]


@pytest.mark.slow
def test_batches_come_before_the_input_has_ended() -> None:
    text = text_of(linux_capture([Row(local_port=str(n + 1)) for n in range(60000)], "p"))
    goes_on = threading.Event()

    def texts() -> Iterator[str]:
        yield text
        assert goes_on.wait(30)
        yield text

    path, thread = pipe_of(texts())
    stream = pyarrow.RecordBatchReader.from_stream(ns.scan(path))
    first = stream.read_next_batch()
    goes_on.set()
    assert first.num_rows + sum(batch.num_rows for batch in stream) == 120000
    thread.join()


def test_who_reads_only_the_first_batch_closes_the_file(log: Path) -> None:
    log.write_text(GOOD * 20000)
    before = set(os.listdir("/proc/self/fd"))
    batches = ns.scan(log).batches()
    next(batches)
    assert set(os.listdir("/proc/self/fd")) > before
    del batches
    assert set(os.listdir("/proc/self/fd")) == before
