"""The libraries that make Arrow's arrays: pyarrow, or arro3, which is a sixth of its size.

Either is a Backend, and gives the same tables. What is text becomes typed in C++ or Rust: as CSV,
which takes a third to a tenth of the time of arrays of Python's values.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import Any, BinaryIO, Protocol

from netstat_parse.errors import MissingExtraError
from netstat_parse.writing.arrow_columns import BOOL, IP, TIMESTAMP, Column

ROWS_OF_GROUP = 2**17
"""A row group of Parquet has so many rows, so a reader of a span of time can skip the others."""

Array = Any
"""An array of either library, and likewise below."""
Batch = Any
Schema = Any


class Backend(Protocol):
    """What is needed of a library."""

    name: str

    def schema(self, columns: Iterable[Column]) -> Schema:
        """The schema of these columns; each may be null."""

    def read_csv(self, text: bytes, rows: int, columns: Sequence[Column]) -> list[Array]:
        """The columns of so many rows in CSV.

        Raises an exception for a number that its type can't hold.
        """

    def array(self, values: Sequence[Any], of: str) -> Array:
        """The array of values, or of None; of timestamps they are microseconds."""

    def take(self, array: Array, places: bytes) -> Array:
        """The values at places, which are 32-bit numbers."""

    def batch(self, arrays: list[Array], schema: Schema) -> Batch:
        """The record batch of arrays."""

    def reader(self, schema: Schema, batches: Iterable[Batch]) -> Any:
        """A stream of batches, which asks for each only when it is asked for it."""

    def table(self, schema: Schema, batches: Iterable[Batch]) -> Any:
        """A table of all batches."""

    def write_parquet(self, file: BinaryIO, schema: Schema, batches: Iterator[Batch]) -> None:
        """Writes batches as Parquet, compressed with zstd."""

    def write_ipc(self, file: BinaryIO, schema: Schema, batches: Iterator[Batch]) -> None:
        """Writes batches as an Arrow file (Feather, version 2), compressed with zstd."""


class Pyarrow:
    """The bindings of Arrow's C++ library."""

    name = "pyarrow"

    def __init__(self) -> None:
        self._pa: Any = import_module("pyarrow")

    @cached_property
    def _types(self) -> dict[str, Any]:
        pa = self._pa
        own = {TIMESTAMP: pa.timestamp("us", "UTC"), IP: pa.binary(16), BOOL: pa.bool_()}
        names = ("string", "float64", "int64", "uint64", "uint32", "uint16")
        return {**own, **{name: getattr(pa, name)() for name in names}}

    def schema(self, columns: Iterable[Column]) -> Schema:
        return self._pa.schema([(column.name, self._types[column.type]) for column in columns])

    def read_csv(self, text: bytes, rows: int, columns: Sequence[Column]) -> list[Array]:
        csv: Any = import_module("pyarrow.csv")
        names = [column.name for column in columns]
        table = csv.read_csv(
            self._pa.py_buffer(text),
            # One block: rows are many, but never more than memory is meant for.
            csv.ReadOptions(column_names=names, use_threads=False, block_size=len(text) + 1),
            csv.ParseOptions(newlines_in_values=True),
            csv.ConvertOptions(
                column_types={column.name: self._types[column.type] for column in columns},
                null_values=[""],
                strings_can_be_null=True,
                true_values=["True"],
                false_values=["False"],
            ),
        )
        return [column.combine_chunks() for column in table.columns]

    def array(self, values: Sequence[Any], of: str) -> Array:
        return self._pa.array(values, self._types[of])

    def take(self, array: Array, places: bytes) -> Array:
        pa = self._pa
        buffers = [None, pa.py_buffer(places)]
        return array.take(pa.Array.from_buffers(pa.int32(), len(places) // 4, buffers))

    def batch(self, arrays: list[Array], schema: Schema) -> Batch:
        return self._pa.RecordBatch.from_arrays(arrays, schema=schema)

    def reader(self, schema: Schema, batches: Iterable[Batch]) -> Any:
        return self._pa.RecordBatchReader.from_batches(schema, batches)

    def table(self, schema: Schema, batches: Iterable[Batch]) -> Any:
        return self._pa.Table.from_batches(batches, schema=schema)

    def write_parquet(self, file: BinaryIO, schema: Schema, batches: Iterator[Batch]) -> None:
        parquet: Any = import_module("pyarrow.parquet")
        with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
            group: list[Batch] = []
            for batch in batches:
                group.append(batch)
                if sum(batch.num_rows for batch in group) >= ROWS_OF_GROUP:
                    writer.write_table(self.table(schema, group))
                    group.clear()
            if group:
                writer.write_table(self.table(schema, group))

    def write_ipc(self, file: BinaryIO, schema: Schema, batches: Iterator[Batch]) -> None:
        ipc = self._pa.ipc
        options = ipc.IpcWriteOptions(compression="zstd")
        with ipc.new_file(file, schema, options=options) as writer:
            for batch in batches:
                writer.write_batch(batch)


class Arro3:
    """The bindings of Arrow's Rust library, in arro3-core and arro3-io."""

    name = "arro3"

    def __init__(self) -> None:
        self._core: Any = import_module("arro3.core")
        self._io: Any = import_module("arro3.io")

    @cached_property
    def _types(self) -> dict[str, Any]:
        of = self._core.DataType
        own = {TIMESTAMP: of.timestamp("us", tz="UTC"), IP: of.binary(16), BOOL: of.bool()}
        names = ("string", "float64", "int64", "uint64", "uint32", "uint16")
        return {**own, **{name: getattr(of, name)() for name in names}}

    def schema(self, columns: Iterable[Column]) -> Schema:
        field = self._core.Field
        return self._core.Schema([field(c.name, self._types[c.type]) for c in columns])

    def read_csv(self, text: bytes, rows: int, columns: Sequence[Column]) -> list[Array]:
        table = self._io.read_csv(
            io.BytesIO(text), self.schema(columns), has_header=False, batch_size=rows
        ).read_all()
        return [column.combine_chunks() for column in table.columns]

    def array(self, values: Sequence[Any], of: str) -> Array:
        if of == TIMESTAMP:
            return self._core.Array(values, self._types["int64"]).cast(self._types[TIMESTAMP])
        return self._core.Array(values, self._types[of])

    def take(self, array: Array, places: bytes) -> Array:
        numbers = memoryview(places).cast("i")
        return array.take(self._core.Array.from_buffer(numbers))

    def batch(self, arrays: list[Array], schema: Schema) -> Batch:
        return self._core.RecordBatch.from_arrays(arrays, schema=schema)

    def reader(self, schema: Schema, batches: Iterable[Batch]) -> Any:
        return self._core.RecordBatchReader.from_batches(schema, iter(batches))

    def table(self, schema: Schema, batches: Iterable[Batch]) -> Any:
        return self._core.Table.from_batches(list(batches), schema=schema)

    def write_parquet(self, file: BinaryIO, schema: Schema, batches: Iterator[Batch]) -> None:
        self._io.write_parquet(
            self.reader(schema, batches),
            file,
            compression="zstd(1)",
            max_row_group_size=ROWS_OF_GROUP,
        )

    def write_ipc(self, file: BinaryIO, schema: Schema, batches: Iterator[Batch]) -> None:
        self._io.write_ipc(self.reader(schema, batches), file, compression="ZSTD")


_CLASSES: dict[str, type[Backend]] = {"pyarrow": Pyarrow, "arro3": Arro3}
_MODULES = {"pyarrow": ("pyarrow",), "arro3": ("arro3.core", "arro3.io")}
_made: dict[str, Backend] = {}


def get_backend(name: str | None = None, *, prefer: str | None = None) -> Backend:
    """The library of this name; None: the preferred one, else the one that is quicker to have.

    That is pyarrow where it is imported already, else arro3, whose import takes 2 ms and pyarrow's
    120, else pyarrow. Raises MissingExtraError if there is neither.
    """
    if name is None:
        order = [prefer or "", "pyarrow" if "pyarrow" in sys.modules else "", "arro3", "pyarrow"]
        name = next((each for each in order if is_installed(each)), "")
    if not is_installed(name):
        raise MissingExtraError(name or "Arrow", "arrow")
    if name not in _made:
        _made[name] = _CLASSES[name]()
    return _made[name]


def is_installed(name: str) -> bool:
    """True if there is this library."""
    try:
        return name in _MODULES and all(map(find_spec, _MODULES[name]))
    except ModuleNotFoundError:  # arro3, above its modules
        return False
