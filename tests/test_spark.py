"""Spark: the same rows as models have, however files are cut and packed; bad files are named."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import BROKEN, GOOD
from engine_rows import SEEN, as_row, make_captures, read_all, rows_of_models

import netstat_parse as ns
from benchmarks import calls
from netstat_parse.schema import CONNECTIONS, Kind

pytestmark = pytest.mark.slow

LOG = "".join(f"Thu Jan  1 00:{n // 60:02}:{n % 60:02} UTC 1970\n{GOOD}" for n in range(600))


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    from netstat_parse.engines.spark import NetstatDataSource

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
        session = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("OFF")
        session.dataSource.register(NetstatDataSource)
        yield session
        session.stop()


@pytest.fixture(scope="module")
def captures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return make_captures(tmp_path_factory.mktemp("captures"))


@pytest.fixture(scope="module")
def snapshots(captures: list[Path]) -> list[ns.Snapshot]:
    return read_all(captures)


def read(spark: Any, *paths: Path, **options: Any) -> Any:
    return spark.read.format("netstat").options(**options).load([str(path) for path in paths])


@pytest.mark.parametrize("kind", SEEN, ids=lambda kind: kind.name)
def test_the_rows_are_those_of_models(
    spark: Any, captures: list[Path], snapshots: list[ns.Snapshot], kind: Kind
) -> None:
    expected = rows_of_models(snapshots, kind)
    found = read(spark, *captures, table=kind.option, mode="permissive", partitionBytes=30_000)
    rows = [as_row(row.asDict(), kind) for row in found.collect()]
    assert expected
    assert sorted(rows) == sorted(expected)


def test_bad_files_are_named_and_counted(
    spark: Any, captures: list[Path], snapshots: list[ns.Snapshot]
) -> None:
    missing = captures[0].with_name("missing.log")
    found = read(spark, *captures, missing, table="unparsed", mode="permissive").collect()
    lines = [row for row in found if row.number is not None and "none.log" not in row.source]
    assert len(lines) >= sum(len(snapshot.unparsed) for snapshot in snapshots) > 0
    reasons = {Path(row.source).name: row.reason for row in found if row.number is None}
    assert "no netstat output" in reasons["none.log"]
    assert "No such file" in reasons["missing.log"]
    assert "cut.gz" in reasons


@pytest.mark.parametrize(
    ("text", "told"), [("hello\n", "a banner or a header"), (BROKEN, "line"), (None, "No such")]
)
def test_whatever_is_bad_ends_a_job_that_is_to_fail_fast(
    spark: Any, tmp_path: Path, text: str | None, told: str
) -> None:
    (tmp_path / "good.log").write_text(GOOD)
    if text is not None:
        (tmp_path / "bad.log").write_text(text)
    with pytest.raises(Exception, match="mode=permissive") as caught:
        read(spark, tmp_path / "good.log", tmp_path / "bad.log").count()
    assert told in str(caught.value)
    assert "bad.log" in str(caught.value)


def test_a_large_file_is_cut_where_snapshots_begin(spark: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text(LOG)
    found = read(spark, path, partitionBytes=len(LOG) // 7)
    assert found.rdd.getNumPartitions() >= 6
    rows = found.collect()
    assert len({row.part_start for row in rows}) >= 6
    snapshots = list(ns.read_log(path))
    expected = rows_of_models(snapshots, CONNECTIONS)
    assert [as_row(row.asDict(), CONNECTIONS) for row in rows] == expected
    stamps = [s.captured_at for s in snapshots for _ in s.connections]
    assert [row.captured_at_local for row in rows] == [str(s.isoformat()) for s in stamps if s]
    assert len({(row.part_start, row.snapshot) for row in rows}) == len(snapshots)


def test_the_benchmark_counts_every_row(spark: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text(LOG)
    rows = len(ns.parse(GOOD).connections)
    assert calls.LIBRARIES["spark-states"](str(path))() == 600 * rows > 0


def test_small_files_are_packed(spark: Any, tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / f"{number}.log").write_text(GOOD)
    assert read(spark, tmp_path).rdd.getNumPartitions() == 1
    found = read(spark, tmp_path, partitionBytes=10 * len(GOOD))
    assert found.rdd.getNumPartitions() == 5
    assert found.count() == 50 * len(ns.parse(GOOD).connections)


def test_a_folder_without_files(spark: Any, tmp_path: Path) -> None:
    assert read(spark, tmp_path, minAge=0, mode="permissive").count() == 0
    (tmp_path / "a.log").write_text(GOOD)
    assert read(spark, tmp_path, minAge=3600).count() == 0


def test_schemas_columns_and_filters(spark: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text(GOOD)
    rows = ns.parse(GOOD).connections
    reader = spark.read.format("netstat")
    found = reader.schema("state string, local_port long").load(str(path))
    assert found.columns == ["state", "local_port"]
    assert [row.local_port for row in found.collect()] == [row.local.port for row in rows]
    own = read(spark, path, columns="proto,inode,local_ip")
    assert own.columns == ["proto", "inode", "local_ip", "part_start"]
    assert own.schema["inode"].dataType.simpleString() == "decimal(20,0)"
    assert [row.proto for row in own.collect()] == [row.proto for row in rows]
    port = next(row.local.port for row in rows if row.local.port)
    expected = sum(row.local.port == port for row in rows)
    assert read(spark, path).filter(f"local_port = {port}").count() == expected > 0
    with pytest.raises(Exception, match="filterPushdown"):
        read(spark, path, pushFilters="true").count()
    spark.conf.set("spark.sql.python.filterPushdown.enabled", "true")
    pushed = read(spark, path, pushFilters="true").filter(f"local_port = {port}")
    assert pushed.count() == expected
    spark.conf.unset("spark.sql.python.filterPushdown.enabled")
    assert read(spark, path).select("pid").filter("pid is not null").count() == sum(
        row.process is not None and row.process.pid is not None for row in rows
    )
    with pytest.raises(Exception, match="no column 'nope'"):
        read(spark, path, columns="nope").count()


def test_a_stream_reads_each_file_once(spark: Any, tmp_path: Path) -> None:
    folder, out, state = (str(tmp_path / name) for name in ("in", "out", "state"))
    os.mkdir(folder)
    rows = len(ns.parse(GOOD).connections)

    def run() -> int:
        stream = spark.readStream.format("netstat").option("minAge", 0).load(folder)
        writer = stream.writeStream.format("parquet").option("checkpointLocation", state)
        query = writer.trigger(availableNow=True).start(out)
        query.awaitTermination()
        return int(spark.read.schema(stream.schema).parquet(out).count())

    Path(folder, "a.log").write_text(GOOD)
    assert run() == rows
    assert run() == rows
    Path(folder, "b.log").write_text(GOOD)
    Path(folder, "c.log").write_text(GOOD)
    assert run() == 3 * rows
    os.unlink(Path(folder, "a.log"))
    assert run() == 3 * rows
