"""Captures in Spark 4: `spark.dataSource.register(NetstatDataSource)`, then format "netstat".

    spark.read.format("netstat").option("table", "routes").load("s3://bucket/captures/")
    spark.readStream.format("netstat").load("/var/log/captures/")

Small files are packed together into a partition. A large one is cut where snapshots begin, which
changes nothing, as a snapshot stands alone. What a task needs of memory does not depend on the size
of files.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, BinaryIO, cast

from pyspark.sql import types as spark_types
from pyspark.sql.datasource import (
    DataSource,
    DataSourceReader,
    DataSourceStreamReader,
    InputPartition,
)
from pyspark.sql.types import StructField, StructType

from netstat_parse.errors import InputError, ParseError, WhereError
from netstat_parse.reading.inputs import Input, find_files, is_archive, open_inputs, shown_name
from netstat_parse.reading.options import Options
from netstat_parse.reading.parts import Part, PartReader, find_parts
from netstat_parse.reading.remote import find_system
from netstat_parse.reading.sources import open_input
from netstat_parse.reading.urls import is_remote
from netstat_parse.scans import Scan, What, read_rows
from netstat_parse.schema import CONNECTIONS, UNPARSED
from netstat_parse.writing.arrow import Overflow, Rows, RowTyper
from netstat_parse.writing.arrow_backends import get_backend
from netstat_parse.writing.arrow_columns import columns_of
from netstat_parse.writing.columns import find_kind

PARTITION = 2**25
"""Bytes of a partition, unless `partitionBytes` says another number."""
MIN_AGE = 10
"""Seconds; a stream leaves files that were written to in the last so many, unless `minAge` tells
another number."""
PART_START = "part_start"
"""The column that tells where in its file the part of a row begins, in bytes; 0: it was not cut.

The numbers of snapshots are counted in each part."""
_TYPES = {
    "string": spark_types.StringType(),
    "bool": spark_types.BooleanType(),
    "float64": spark_types.DoubleType(),
    "timestamp": spark_types.TimestampType(),
    "ip": spark_types.BinaryType(),
    "int64": spark_types.LongType(),
    "uint64": spark_types.DecimalType(20, 0),
    "uint32": spark_types.LongType(),
    "uint16": spark_types.IntegerType(),
}
"""Spark has no unsigned integers."""


class Pieces(InputPartition):  # type: ignore[misc]
    """What one task reads."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.value = tuple(parts)


class Settings:
    """The options of a DataFrame's reader.

    `table`, `columns`, `where`, `unknown`, `encoding`, `dialect`, `uncut` and `timestampFormat` are
    those of `netstat_parse.scan`. `mode` is "failfast": whatever is not understood ends the job; or
    "permissive": it is kept in the table "unparsed". `minAge`: files that were written to in the
    last so many seconds are left for the next time. `partitionBytes`: how large partitions are.
    `pushFilters` is "true" if rows that a filter of ports or the pid can't want are to be left out
    by the reader, for which Spark wants `spark.sql.python.filterPushdown.enabled` as well.
    """

    def __init__(self, options: Mapping[str, str]) -> None:
        given = {name.casefold(): text for name, text in options.items()}
        self.paths = json.loads(given["paths"]) if "paths" in given else [given.get("path", "")]
        if not all(self.paths):
            raise InputError("there is no path: give one to load()")
        self.mode = _one_of("mode", given.get("mode", "failfast").casefold(), _MODES)
        self.encoding = given.get("encoding")
        self.min_age = _number("minAge", given["minage"]) if "minage" in given else None
        size = given.get("partitionbytes")
        self.partition = max(1, int(_number("partitionBytes", size))) if size else PARTITION
        table = given.get("table", CONNECTIONS.option)
        self.kind = UNPARSED if table == UNPARSED.name else find_kind(table)
        words = [name.strip() for name in given.get("columns", "").split(",") if name.strip()]
        self.columns = columns_of(self.kind, words or None)
        self.where = given.get("where")
        self.pushes_filters = _is_true("pushFilters", given.get("pushfilters", "false"))
        unknown = given.get("unknown", "keep")
        self.keeps_unknown = _one_of("unknown", unknown, ("keep", "drop")) == "keep"
        stamps = given.get("timestampformat")
        self.options = Options(
            dialect=given.get("dialect"),
            strict=self.mode == "failfast" and self.kind is not UNPARSED,
            uncut=_is_true("uncut", given.get("uncut", "false")),
            timestamp_formats=[stamps] if stamps else [],
        )

    @property
    def schema(self) -> StructType:
        """Of the columns, and where parts begin."""
        fields = [StructField(column.name, _TYPES[column.type]) for column in self.columns]
        if self.kind is not UNPARSED:
            fields.append(StructField(PART_START, spark_types.LongType()))
        return StructType(fields)


_MODES = ("failfast", "permissive")


def _one_of(option: str, given: str, known: tuple[str, ...]) -> str:
    if given not in known:
        raise InputError(f"option {option} is {' or '.join(known)}, not {given!r}")
    return given


def _is_true(option: str, given: str) -> bool:
    return _one_of(option, given.casefold(), ("true", "false")) == "true"


def _number(option: str, given: str) -> float:
    try:
        return float(given)
    except ValueError:
        raise InputError(f"option {option} is a number, not {given!r}") from None


class NetstatDataSource(DataSource):  # type: ignore[misc]
    """The format "netstat" of Spark: see Settings for its options."""

    @classmethod
    def name(cls) -> str:
        return "netstat"

    def schema(self) -> StructType:
        return Settings(self.options).schema

    def reader(self, schema: StructType) -> NetstatReader:
        settings = Settings(self.options)
        # Spark refuses a reader that takes filters unless it is set to push them.
        reader = FilteringReader if settings.pushes_filters else NetstatReader
        return reader(settings, schema)

    def streamReader(self, schema: StructType) -> NetstatStreamReader:  # noqa: N802
        return NetstatStreamReader(Settings(self.options), schema)


class _Reading:
    """What batches and streams have in common: files -> partitions -> record batches."""

    def __init__(self, settings: Settings, schema: StructType) -> None:
        self.settings = settings
        names = [name for name in schema.fieldNames() if name != PART_START]
        self._what = What(
            settings.kind,
            columns_of(settings.kind, names or [settings.columns[0].name]),
            settings.where,
            settings.keeps_unknown,
            settings.options,
        )
        self._schema = schema

    def partition(self, files: Iterable[str]) -> list[Pieces]:
        """The partitions of these files; there is always one, without which Spark fails."""
        found: list[Pieces] = []
        packed: list[Part] = []
        left = size = self.settings.partition
        options = self.settings.options._replace(strict=False)
        for path in files:
            length = _size_of(path)
            # The numbers of lines that are not understood are counted from the file's start.
            may_be_cut = self._what.kind is not UNPARSED and not self.settings.encoding
            if length > size and may_be_cut and not is_archive(path):
                found += [Pieces([part]) for part in find_parts(path, options, size)]
                continue
            if packed and length > left:
                found.append(Pieces(packed))
                packed, left = [], size
            packed.append(Part(path))
            left -= length
        if packed or not found:
            found.append(Pieces(packed))
        return found

    def read(self, partition: Pieces) -> Iterator[Any]:
        """Record batches of a partition."""
        import pyarrow
        from pyspark.sql.pandas.types import to_arrow_schema

        schema = to_arrow_schema(self._schema, timezone="UTC")
        for start, inputs in _inputs_of(partition.value):
            typer = RowTyper(self._what.columns, get_backend("pyarrow"), self._take_overflow)
            for rows in self._rows(inputs, start):
                batch = typer.batch(rows)
                starts = pyarrow.repeat(pyarrow.scalar(start, pyarrow.int64()), len(batch))
                yield pyarrow.RecordBatch.from_arrays(
                    [
                        (starts if f.name == PART_START else batch[f.name]).cast(f.type)
                        for f in schema
                    ],
                    schema=schema,
                )

    def _rows(self, inputs: Iterator[Input], start: int) -> Iterator[Rows]:
        encoding = self.settings.encoding
        if self._what.kind is UNPARSED:
            of = What(CONNECTIONS, columns_of(CONNECTIONS), options=self._what.options)
            scan = Scan((), self._what, on_error="keep", encoding=encoding, problems_of=of)
            return scan.problems(inputs)
        if self.settings.mode == "permissive":
            keep = lambda *_: None  # noqa: E731
            return read_rows(inputs, self._what, encoding=encoding, on_failure=keep)
        return _with_advice(read_rows(inputs, self._what, encoding=encoding), start)

    def _take_overflow(self, overflow: Overflow) -> None:
        if self.settings.mode == "failfast":
            text = f"{overflow.run.source}: {overflow.reason}: {overflow.text[:200]}"
            raise InputError(f"{text} {ADVICE}")


ADVICE = '(with the option mode=permissive it is kept in the table "unparsed")'


def _with_advice(found: Iterator[Rows], start: int) -> Iterator[Rows]:
    try:
        yield from found
    except (InputError, ParseError) as error:
        notes = " ".join(getattr(error, "__notes__", ()))
        notes += f", counted from byte {start} of the file" if start else ""
        raise InputError(f"{error} {notes} {ADVICE}") from error


def _size_of(path: str) -> int:
    try:
        if is_remote(path):
            system, name = find_system(path)
            return int(system.size(name) or 0)
        return os.stat(path).st_size
    except Exception:  # whoever reads it tells
        return 0


def _age_of(path: str, now: float) -> float:
    if is_remote(path):
        system, name = find_system(path)
        return now - cast(float, system.modified(name).timestamp())
    return now - os.stat(path).st_mtime


def _inputs_of(parts: Iterable[Part]) -> Iterator[tuple[int, Iterator[Input]]]:
    """The inputs that these are, and where in their files they begin."""
    whole = [part.path for part in parts if not part.is_cut]
    if whole:
        yield 0, (given for path in whole for given in open_inputs(path))
    for part in parts:
        if part.is_cut:
            name = shown_name(part.path)
            yield part.start, iter([Input(name, partial(_open_part, part), is_member=True)])


@contextmanager
def _open_part(part: Part) -> Iterator[BinaryIO]:
    with open_input(part.path) as file:
        yield cast(BinaryIO, PartReader(file, part))


class NetstatReader(_Reading, DataSourceReader):  # type: ignore[misc]
    """Reads what is there."""

    def partitions(self) -> list[Pieces]:
        files = [file for path in self.settings.paths for file in _files_of(path)]
        return self.partition(_old_enough(files, self.settings.min_age or 0))


class FilteringReader(NetstatReader):
    """Reads what a filter may want of what is there."""

    def pushFilters(self, filters: list[Any]) -> Iterable[Any]:  # noqa: N802
        """Leaves out what a filter can't want; Spark asks them all again."""
        if self.settings.kind is CONNECTIONS and self._what.where is None:
            wanted = " and ".join(f"( {text} )" for text in map(_where_of, filters) if text)
            if wanted:
                self._what = self._what._replace(where=wanted, keeps_unknown=True)
        return filters


def _files_of(path: str) -> list[str]:
    return find_files(path) or [path]


def _old_enough(files: Iterable[str], seconds: float) -> list[str]:
    now = time.time()
    return [file for file in files if not seconds or _age_of(file, now) >= seconds]


def _where_of(filter_: Any) -> str | None:
    """What `where` calls a filter of Spark's; None for what it has no word for."""
    from netstat_parse.analysis.where import Filter

    name = {"local_port": "sport", "foreign_port": "dport", "pid": "pid"}.get(
        filter_.attribute[0] if len(getattr(filter_, "attribute", ())) == 1 else ""
    )
    if type(filter_).__name__ != "EqualTo" or name is None or not isinstance(filter_.value, int):
        return None
    text = f"{name} = {'' if name == 'pid' else ':'}{filter_.value}"
    try:
        Filter(text)
    except WhereError:
        return None
    return text


class NetstatStreamReader(_Reading, DataSourceStreamReader):  # type: ignore[misc]
    """Reads files as they arrive, each once. Those that are gone are forgotten."""

    def initialOffset(self) -> dict[str, Any]:  # noqa: N802
        return {"files": []}

    def latestOffset(self) -> dict[str, Any]:  # noqa: N802
        found = [f for path in self.settings.paths for f in find_files(path)]
        age = MIN_AGE if self.settings.min_age is None else self.settings.min_age
        return {"files": sorted(_old_enough(filter(_is_there, found), age))}

    def partitions(self, start: dict[str, Any], end: dict[str, Any]) -> list[Pieces]:
        known = set(start["files"])
        return self.partition(file for file in end["files"] if file not in known)


def _is_there(path: str) -> bool:
    return is_remote(path) or os.path.isfile(path)
