"""Calls of libraries, timed: `python -m benchmarks.calls NAME FILE` prints the seconds and rows."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable
from importlib import import_module
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.versions import command_module


def _parse(path: str) -> Callable[[], int]:
    import netstat_parse

    text = Path(path).read_text(encoding="utf-8")
    parse = netstat_parse.parse
    return lambda: len(parse(text).connections)


def _iter_snapshots(path: str) -> Callable[[], int]:
    import netstat_parse

    lines = Path(path).read_text(encoding="utf-8").splitlines()
    read = netstat_parse.iter_snapshots
    return lambda: sum(len(snapshot.connections) for snapshot in read(lines))


def _convert(path: str) -> Callable[[], int]:
    import netstat_parse

    command = import_module(command_module(Path(netstat_parse.__file__).parents[1]))

    def convert() -> int:
        if command.main(["convert", path, "-o", os.devnull]) != 0:
            raise RuntimeError(f"not all of {path} was understood")
        return 0

    return convert


def _jc(path: str) -> Callable[[], int]:
    import jc
    import jc.parsers.netstat

    text = Path(path).read_text(encoding="utf-8")
    return lambda: len(list(jc.parse("netstat", text, quiet=True)))


def _pandas(path: str) -> Callable[[], int]:
    import pandas  # type: ignore[import-untyped,unused-ignore]

    columns = ["proto", "recv_q", "send_q", "local", "foreign", "state", "program", "a", "b", "c"]
    return lambda: len(pandas.read_csv(path, sep=r"\s+", skiprows=2, names=columns))


def _floor(path: str) -> Callable[[], int]:
    """pydantic-core alone: dicts of text, which somebody else has cut out, into the same models."""
    from pydantic import TypeAdapter

    import netstat_parse

    text = Path(path).read_text(encoding="utf-8")
    rows = [_texts(c.model_dump(mode="json")) for c in netstat_parse.parse(text).connections]
    adapter = TypeAdapter(list[netstat_parse.LinuxConnection])
    # What is there already must not make the collector slow: the dicts are not the floor's work.
    gc.collect()
    gc.freeze()
    return lambda: len(adapter.validate_python(rows))


def _texts(value: Any) -> Any:
    """What has a value, with numbers as text."""
    if isinstance(value, dict):
        return {key: _texts(item) for key, item in value.items() if item not in (None, [], {})}
    return str(value) if type(value) is int else value


def _scan_pandas(path: str) -> Callable[[], int]:
    import pandas  # noqa: F401
    import pyarrow  # noqa: F401

    import netstat_parse

    return lambda: len(netstat_parse.scan(path).to_pandas())


def _models_pandas(path: str) -> Callable[[], int]:
    """The quickest way from models: a tuple for each, of texts and numbers."""
    import pandas

    import netstat_parse

    columns = (
        *("captured_at", "proto", "transport", "family", "recv_q", "send_q"),
        *("local_address", "local_port", "foreign_address", "foreign_port", "state"),
        *("pid", "program", "local_truncated", "foreign_truncated"),
    )

    def read() -> int:
        rows = []
        for snapshot in netstat_parse.read_log(path):
            at = snapshot.captured_at
            for c in snapshot.connections:
                local, foreign, process = c.local, c.foreign, c.process
                pid, name = (process.pid, process.name) if process else (None, None)
                rows.append(
                    (
                        *(at, c.proto, c.transport, c.family, c.recv_q, c.send_q),
                        *(local.host, local.port, foreign.host, foreign.port, c.state),
                        *(pid, name, local.truncated, foreign.truncated),
                    )
                )
        return len(pandas.DataFrame.from_records(rows, columns=columns))

    return read


def _spark_states(path: str) -> Callable[[], int]:
    """Spark on two cores, counting by state; the JVM is warm."""
    from pyspark.sql import SparkSession

    from netstat_parse.engines.spark import NetstatDataSource

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    spark = builder.config("spark.ui.showConsoleProgress", "false").getOrCreate()
    spark.dataSource.register(NetstatDataSource)

    def count(file: str) -> int:
        rows = spark.read.format("netstat").load(file)
        return sum(row["count"] for row in rows.groupBy("state").count().collect())

    with TemporaryDirectory() as folder:
        short = Path(folder, "short.txt")
        with open(path, encoding="utf-8") as file:
            short.write_text("".join(islice(file, 100)), encoding="utf-8")
        count(str(short))
    return lambda: count(path)


LIBRARIES: dict[str, Callable[[str], Callable[[], int]]] = {
    "parse": _parse,
    "iter_snapshots": _iter_snapshots,
    "convert": _convert,
    "jc": _jc,
    "pandas": _pandas,
    "floor": _floor,
    "scan-pandas": _scan_pandas,
    "models-pandas": _models_pandas,
    "spark-states": _spark_states,
}


def main(name: str, path: str) -> None:
    """Times one call; the first use of everything is part of it."""
    call = LIBRARIES[name](path)
    start = time.perf_counter()
    rows = call()
    print(time.perf_counter() - start, rows)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
