"""The measurements that hold netstat_parse beside other programs: the README's table."""

from __future__ import annotations

from benchmarks.contestants import (
    IMPORTS,
    JC,
    MAWK,
    PERL,
    SIMPLEST,
    SPARK,
    Library,
    convert,
    netstat_parse,
)
from benchmarks.measurements import Measurement

PARSE, ITER, JC_LIBRARY = Library("parse"), Library("iter_snapshots"), Library("jc")
CONVERT = convert()
JOBS = convert("--jobs", "2")
PARQUET = convert("--to", "parquet")
STATES = netstat_parse("sql", "select state, count(*) from connections group by state")

MEASUREMENTS: tuple[Measurement, ...] = (
    Measurement("parse-linux", "parse, unique Linux rows", PARSE, "linux", JC_LIBRARY, faster=2),
    Measurement("parse-macos", "parse, unique macOS rows", PARSE, "macos", JC_LIBRARY, faster=1.3),
    Measurement(
        "iter-log", "iter_snapshots, the log", ITER, "log", JC_LIBRARY, "unstamped", faster=12
    ),
    Measurement("models", "parse, unique rows", PARSE, "linux", Library("floor"), at_most=1),
    Measurement("convert-log", "convert, the log", CONVERT, "log", MAWK, at_most=0.6, rounds=3),
    Measurement(
        "convert-unique", "convert, unique rows", CONVERT, "linux", MAWK, at_most=2, rounds=3
    ),
    Measurement(
        "convert-jobs",
        "convert --jobs 2, unique rows",
        JOBS,
        "linux",
        MAWK,
        at_most=1.2,
        rounds=3,
    ),
    Measurement("convert-jc", "convert, unique rows", CONVERT, "linux", JC, faster=8),
    Measurement("start", "convert, 20 lines", CONVERT, "20_lines", IMPORTS, at_most=1.3, rounds=5),
    Measurement(
        "memory", "convert, memory", CONVERT, "long_log", CONVERT, "log", at_most=1.1, figure="peak"
    ),
    Measurement(
        "per-row", "parse", PARSE, "1_000_000", PARSE, "10_000", at_most=1.2, figure="time per row"
    ),
    Measurement(
        "convert-per-row",
        "convert",
        Library("convert"),
        "1_000_000",
        Library("convert"),
        "10_000",
        at_most=1.2,
        figure="time per row",
    ),
    Measurement(
        "parquet-unique", "convert to Parquet, unique rows", PARQUET, "linux", CONVERT, at_most=1.3
    ),
    Measurement(
        "parquet-log", "convert to Parquet, the log", PARQUET, "log", CONVERT, at_most=1.3, rounds=3
    ),
    Measurement(
        "to-pandas",
        "scan, to pandas, unique rows",
        Library("scan-pandas"),
        "linux",
        Library("models-pandas"),
        faster=3,
    ),
    Measurement("sql", "sql, a count by state", STATES, "big_log", CONVERT, at_most=1.5),
    Measurement("spark", "Spark, a count by state", SPARK, "big_log", JOBS, at_most=3),
    Measurement("unstamped", "convert, unstamped log", CONVERT, "unstamped", MAWK, rounds=3),
    Measurement("simplest-log", "convert, the log", CONVERT, "log", SIMPLEST, rounds=3),
    Measurement("simplest-unique", "convert, unique rows", CONVERT, "linux", SIMPLEST, rounds=3),
    Measurement("pandas", "parse, unique rows", PARSE, "linux", Library("pandas")),
    Measurement("perl", "parse, unique rows", PARSE, "linux", PERL),
)
