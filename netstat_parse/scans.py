"""`scan`: captures as an Arrow stream, for pandas, polars, DuckDB and all that takes one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, Unpack

from netstat_parse.errors import InputError, NotNetstatError, ParseError
from netstat_parse.reading.inputs import Input, open_inputs
from netstat_parse.reading.lines import raw_batches
from netstat_parse.reading.options import OptionKeywords, Options
from netstat_parse.reading.reader import LineReader
from netstat_parse.reading.sources import check_encoding
from netstat_parse.schema import CONNECTIONS, UNPARSED, Kind
from netstat_parse.writing.arrow import ArrowSink, Overflow, Rows, RowTyper, rows_of_snapshots
from netstat_parse.writing.arrow_backends import Backend, get_backend
from netstat_parse.writing.arrow_columns import Column, columns_of
from netstat_parse.writing.columns import find_kind

if TYPE_CHECKING:
    from typing import Literal

    from netstat_parse.analysis.wanted import Wanted
    from netstat_parse.analysis.where import Unknown
    from netstat_parse.models import Snapshot

    OnError = Literal["raise", "keep"]
    Path = str | os.PathLike[str]


def scan(
    paths: Path | Iterable[Path],
    *,
    table: str = CONNECTIONS.option,
    columns: Sequence[str] | None = None,
    where: str | None = None,
    unknown: Unknown = "keep",
    on_error: OnError = "raise",
    encoding: str | None = None,
    **options: Unpack[OptionKeywords],
) -> Scan:
    """The rows of one kind of table in captures, as a source for programs that take Arrow.

    `pl.DataFrame(ns.scan("logs/"))`, `duckdb.sql("from s")`, `pa.table(s)`: nothing is read before
    somebody asks, and each who asks reads anew, a batch at a time.

    Parameters: `paths` are files, patterns, folders and archives, one or several. `table` is what
    `--table` takes, or "unparsed": the lines that were not understood. `columns` names the columns;
    None: the default ones; ("all",): also those of every dialect. `where` is a filter of
    connections, as `ns.where` has it; those of which it is not known are kept, unless `unknown` is
    "drop". With `on_error="raise"` an input that can't be read, is damaged or holds no netstat
    output is an InputError where it is met; with "keep" the others are read, and it is a row of
    `unparsed`. `encoding` and the other options are those of `read_log`.

    Raises UnknownColumnError, WhereError, UnknownDialectError, UnknownEncodingError,
    TimestampFormatError for such a parameter; ValueError for a `table` or `on_error` that there is
    not; MissingExtraError when it is read, if neither arro3 nor pyarrow is installed.
    """
    if on_error not in ("raise", "keep"):
        raise ValueError(f'on_error is "raise" or "keep", not {on_error!r}')
    if unknown not in ("keep", "drop"):
        raise ValueError(f'unknown is "keep" or "drop", not {unknown!r}')
    kind = UNPARSED if table == UNPARSED.name else find_kind(table)
    if where is not None and kind is not CONNECTIONS:
        raise ValueError(f"where is for connections, not for table={table!r}")
    if encoding is not None:
        check_encoding(encoding)
    several = (paths,) if isinstance(paths, str | os.PathLike) else tuple(paths)
    what = What(kind, columns_of(kind, columns), where, unknown == "keep", Options(**options))
    what.reader(ArrowSink(_leave_out, kind=kind))  # a wrong option is told before anything is read
    return Scan(several, what, on_error=on_error, encoding=encoding)


class What(NamedTuple):
    """What is read of captures."""

    kind: Kind
    columns: tuple[Column, ...]
    where: str | None = None
    keeps_unknown: bool = True
    options: Options = Options()

    def reader(self, sink: ArrowSink, wanted: Wanted | None = None) -> LineReader:
        """What reads an input into the sink."""
        wanted = wanted or self.wanted()
        return LineReader(wanted.over(sink) if wanted else sink, self.options)

    def wanted(self) -> Wanted | None:
        """Which connections are not left out; None: all."""
        if self.where is None:
            return None
        from netstat_parse.analysis.wanted import Wanted

        return Wanted(self.where, keeps_unknown=self.keeps_unknown)


class Problem(NamedTuple):
    """A row of `unparsed`: a line, or something else that was not understood."""

    number: int | None
    """The line's, from 1 on; None where it is no line."""
    text: str | None
    reason: str


def read_rows(
    inputs: Iterable[Input],
    what: What,
    *,
    encoding: str | None = None,
    on_problem: Callable[[str, Problem], None] = lambda source, problem: None,
    on_failure: Callable[[str, InputError], None] | None = None,
) -> Iterator[Rows]:
    """The rows of inputs, many at a time, in their order.

    `on_problem` is told of each line that can't be placed, and its source. `on_failure` is told of
    an input that can't be read to its end, or holds no netstat output; without it that is raised,
    behind the rows before it.
    """
    ready: list[Rows] = []

    def tell(number: int, text: str, reason: str) -> None:
        on_problem(sink.source, Problem(number, text, reason))

    sink = ArrowSink(ready.append, tell, kind=what.kind, columns=what.columns)
    wanted = what.wanted()
    for given in inputs:
        sink.begin_source(given.name)
        reader = what.reader(sink, wanted)
        try:
            with given.open() as file:
                for batch in raw_batches(file, encoding=encoding):
                    reader.feed_lines(batch.lines, terminated=batch.terminated)
                    batch.lines.clear()  # so the next ones take the same memory, which is near
                    yield from ready
                    ready.clear()
            reader.close()
        except (InputError, NotNetstatError) as error:
            if isinstance(error, InputError):
                failure = error
            else:
                failure = InputError(f"{given.name}: {error.expected}")
            sink.flush()
            yield from ready
            ready.clear()
            if on_failure is None:
                raise failure from error
            on_failure(given.name, failure)
        except ParseError as error:
            error.add_note(f"in {given.name}")
            raise
    sink.close()
    yield from ready


class Scan:
    """The rows of one kind of table in captures: what `scan` gives.

    It is read anew each time, by whatever takes Arrow's streams (`__arrow_c_stream__`). A batch is
    made when it is asked for, so that memory does not grow with the captures.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        what: What,
        *,
        on_error: OnError = "raise",
        encoding: str | None = None,
        problems_of: What | None = None,
    ) -> None:
        self._paths = paths
        self._what = what
        self._on_error = on_error
        self._encoding = encoding
        self._problems_of = problems_of
        """Of what the problems are the rows."""

    def __repr__(self) -> str:
        paths = ", ".join(repr(os.fspath(path)) for path in self._paths)
        return f"Scan([{paths}], table={self._what.kind.option!r})"

    @property
    def schema(self) -> Any:
        """The schema, of pyarrow or arro3."""
        return get_backend().schema(self._what.columns)

    def __arrow_c_schema__(self) -> object:
        return self.schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        backend = get_backend()
        batches = self.batches(backend)
        # Whoever takes a stream makes errors of their own of those in it: the first batch is made
        # here, where what is wrong with the first input is raised as it is.
        first = next(batches, None)
        several = batches if first is None else chain([first], batches)
        reader = backend.reader(backend.schema(self._what.columns), several)
        return reader.__arrow_c_stream__(requested_schema)

    @property
    def unparsed(self) -> Scan:
        """What was not understood, as rows: source, number, text, reason.

        These are lines, inputs that can't be read (which are raised nowhere here), and numbers that
        their column can't hold.
        """
        return Scan(
            self._paths,
            self._what._replace(kind=UNPARSED, columns=columns_of(UNPARSED), where=None),
            on_error="keep",
            encoding=self._encoding,
            problems_of=self._what,
        )

    def batches(self, backend: Backend | None = None) -> Iterator[Any]:
        """Record batches of pyarrow or arro3.

        Raises InputError where an input can't be read, with `on_error="raise"`.
        """
        typer = RowTyper(self._what.columns, backend)
        return typer.batches(self.rows())

    def rows(self) -> Iterator[Rows]:
        """The rows before they are typed."""
        inputs = (given for path in self._paths for given in open_inputs(path))
        if self._what.kind is not UNPARSED:
            ignored = None if self._on_error == "raise" else lambda *_: None
            return read_rows(inputs, self._what, encoding=self._encoding, on_failure=ignored)
        return self.problems(inputs)

    def problems(self, inputs: Iterable[Input]) -> Iterator[Rows]:
        """What was not understood, instead of what was."""
        ready: list[Rows] = []
        sink = ArrowSink(ready.append, kind=UNPARSED, columns=self._what.columns)

        def tell(source: str, problem: Problem) -> None:
            sink.begin_source(source)
            sink.write_records([problem])

        def tell_overflow(overflow: Overflow) -> None:
            tell(overflow.run.source, Problem(None, overflow.text, overflow.reason))

        def tell_failure(source: str, error: InputError) -> None:
            tell(source, Problem(None, None, str(error)))

        what = self._problems_of or self._what
        typer = RowTyper(what.columns, on_overflow=tell_overflow)
        for rows in read_rows(
            inputs,
            what,
            encoding=self._encoding,
            on_problem=tell,
            on_failure=None if self._on_error == "raise" else tell_failure,
        ):
            if self._problems_of is not None:
                typer.batch(rows)
            yield from ready
            ready.clear()
        sink.close()
        yield from ready

    # What others make of it --------------------------------------------------------------------

    def to_arrow(self) -> Any:
        """A Table of pyarrow where that is installed, else of arro3."""
        backend = get_backend(prefer="pyarrow")
        return backend.table(backend.schema(self._what.columns), self.batches(backend))

    def to_polars(self) -> Any:
        """A polars DataFrame. It needs polars."""
        import polars

        return polars.DataFrame(self)

    def to_pandas(self) -> Any:
        """A pandas DataFrame, in which whole numbers stay whole where some are missing.

        It needs pandas and pyarrow.
        """
        import pandas

        backend = get_backend("pyarrow")
        schema = backend.schema(self._what.columns)
        table = backend.table(schema, self.batches(backend))
        # Its own integers would become floats where some are missing, and lose their last digits.
        exact = {
            name.lower(): getattr(pandas, f"{name}Dtype")()
            for name in ("Int64", "UInt64", "UInt32", "UInt16")
        }
        exact["bool"] = pandas.BooleanDtype()
        return table.to_pandas(types_mapper=lambda of: exact.get(str(of)))

    def to_parquet(self, path: Path) -> None:
        """Writes a Parquet file, which is replaced when the new one is whole.

        Raises OutputError if it can't be written.
        """
        from netstat_parse.writing.arrow_files import ArrowFile
        from netstat_parse.writing.whole_files import binary, open_output

        with (
            open_output(path) as out,
            ArrowFile(binary(out), "parquet", self._what.columns) as file,
        ):
            for rows in self.rows():
                file.write_rows(rows)


def stream_of(snapshot: Snapshot, requested_schema: object | None) -> object:
    """The connections of a snapshot as an Arrow stream."""
    columns = columns_of(CONNECTIONS)
    typer = RowTyper(columns)
    batches = list(typer.batches(rows_of_snapshots([snapshot], CONNECTIONS, columns)))
    reader = typer.backend.reader(typer.schema, batches)
    stream: object = reader.__arrow_c_stream__(requested_schema)
    return stream


def _leave_out(rows: Rows) -> None:
    pass
