"""`netstat-parse sql "QUERY" FILE...`: SQL over captures, by DuckDB."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from tempfile import TemporaryDirectory
from typing import Any

from netstat_parse.command.formats import find_format
from netstat_parse.command.inputs import Inputs, check_outputs, reader_options, reading
from netstat_parse.command.messages import NOTHING, UsageError, complain
from netstat_parse.engines.sql import (
    ANALYSES,
    LISTENING_COLUMNS,
    TABLES,
    Database,
    SqlError,
    find_named,
)
from netstat_parse.engines.tables import TablesSink
from netstat_parse.errors import InputError, NotNetstatError, OutputError, reason_of
from netstat_parse.models import Snapshot
from netstat_parse.reading.inputs import Input, open_inputs
from netstat_parse.reading.lines import raw_batches
from netstat_parse.reading.reader import LineReader
from netstat_parse.reading.urls import is_remote
from netstat_parse.scans import Problem
from netstat_parse.schema import UNPARSED, Kind
from netstat_parse.snapshots import SnapshotSink
from netstat_parse.writing.arrow import ArrowSink, Overflow
from netstat_parse.writing.arrow_columns import columns_of, default_names
from netstat_parse.writing.terminal import write_table
from netstat_parse.writing.whole_files import binary, open_output

FORMS = {".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".txt": "table"}
FORMS |= {".parquet": "parquet"}
VIEWS = (*TABLES, "listening", *ANALYSES, "services")


def sql(options: argparse.Namespace) -> int:
    """Answers a query, or what is asked at a prompt; gives the exit status."""
    query = _take_query(options)
    form = options.to or "table"
    if options.output is not None:
        form = find_format(options.output, options.to, FORMS)
    elif form == "parquet":
        raise UsageError("parquet is written to a file: give -o FILE.parquet")
    if options.save:
        files = [path for path in options.files if path != "-"]
        check_outputs(files, {"-o": options.output or "-", "--save": options.save})
    try:
        with reading(options) as inputs, _open_database(options.save) as database:
            loader = Loader(database, inputs, options)
            if query is None and options.save:
                loader.load(VIEWS)
            elif query is None:
                _prompt(loader)
            else:
                _answer(loader, query, form, options)
            return inputs.status()
    except SqlError as error:
        _complain_of(error)
        return NOTHING


def _take_query(options: argparse.Namespace) -> str | None:
    """The query, which is then no file any more; None where the files are all that is given."""
    first = options.files[0]
    if first == "-" or os.path.lexists(first) or is_remote(first) or not _is_query(first):
        if not options.save and not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise UsageError('give a query, as in: netstat-parse sql "from listening" FILE')
        if first == "-":
            raise UsageError("a prompt needs files to ask about")
        return None
    options.files = options.files[1:] or ["-"]
    return str(first)


def _is_query(text: str) -> bool:
    return any(map(str.isspace, text)) or text.endswith(";")


def _complain_of(error: SqlError) -> None:
    for line in str(error).splitlines():
        if line.strip():
            complain(line)


@contextmanager
def _open_database(path: str | None) -> Iterator[Database]:
    """A database that is put in the place of the old one when the block ends as it should."""
    with ExitStack() as stack:
        temporary = None
        if path is not None:
            folder = os.path.dirname(os.path.realpath(path))
            if not os.path.isdir(folder):
                raise OutputError(f"{path}: there is no directory {folder}")
            temporary = os.path.join(folder, f".netstat-parse-{os.urandom(8).hex()}.tmp")
            stack.callback(_remove, temporary)
        database = Database(temporary)
        stack.callback(database.close)
        yield database
        database.close()
        if path is not None and temporary is not None:
            try:
                os.replace(temporary, os.path.realpath(path))
            except OSError as error:
                raise OutputError(f"{path}: {reason_of(error)}") from error


def _remove(path: str) -> None:
    for name in (path, f"{path}.wal"):
        with suppress(OSError):
            os.unlink(name)


# Queries ------------------------------------------------------------------------------------------


def _answer(loader: Loader, query: str, form: str, options: argparse.Namespace) -> None:
    """Writes what the last statement of a query gives."""
    database = loader.database
    *before, last = database.statements(query)
    check = last.query if not before and database.is_select(last) else None
    is_select = database.is_select(last)
    if form != "table" and not is_select:
        raise SqlError(f"the last statement gives no rows to write as {form}")
    named = find_named(query, VIEWS)
    loader.load(named, query, database.columns_in(last) if not before else None, check=check)
    for statement in before:
        database.execute(statement.query)
    with open_output(options.output, all_or_nothing=options.strict) as out:
        if form == "table":
            write_table(*database.fetch(last.query), out)
            return
        with TemporaryDirectory(prefix="netstat-parse-") as folder:
            path = os.path.join(folder, "rows")
            database.copy(last.query, path, form)
            with open(path, "rb") as rows:
                shutil.copyfileobj(rows, binary(out), 2**20)


def _prompt(loader: Loader) -> None:
    """Answers what is typed, until the end of it."""
    with suppress(ImportError):
        __import__("readline")
    print(f"Tables: {', '.join(VIEWS)}. End a query with ; and all with Ctrl-D.")
    text = ""
    while True:
        try:
            text += input("...> " if text else "sql> ") + "\n"
        except EOFError:
            print()
            break
        except KeyboardInterrupt:
            print()
            text = ""
            continue
        if not text.strip():
            text = ""
        if text.rstrip().endswith(";"):
            try:
                loader.load(find_named(text, VIEWS), text)
                for statement in loader.database.statements(text):
                    write_table(*loader.database.fetch(statement.query), sys.stdout)
            except SqlError as error:
                _complain_of(error)
            text = ""
    loader.load(())


# Reading ------------------------------------------------------------------------------------------


class Loader:
    """Fills the tables that are asked for, each once."""

    def __init__(self, database: Database, inputs: Inputs, options: argparse.Namespace) -> None:
        self.database = database
        self._inputs = inputs
        self._options = options
        self._loaded: set[str] = set()
        self._has_read = False

    def load(
        self,
        names: Iterable[str],
        query: str = "",
        columns: set[str] | None = None,
        *,
        check: str | None = None,
    ) -> None:
        """Fills these tables: with these columns, or the default ones, and those of dialects' own
        that a query names. `check` is a query that must fit the tables, before anything is read.
        """
        new = set(names) - self._loaded
        self._loaded |= new
        if "services" in new:
            self.database.add_services()
        analyses = [name for name in ANALYSES if name in new]
        tables = {name for name in TABLES if name in new}
        if "listening" in new and "connections" not in self._loaded:
            tables.add("connections")
            self._loaded.add("connections")
        inserts = {}
        overflows: list[Overflow] = []
        for name in tables:
            kind = TABLES[name]
            chosen = [*default_names(kind)]
            chosen += sorted(find_named(query, _all_names(kind)).difference(chosen))
            if columns is not None:
                needed = columns | (LISTENING_COLUMNS if "listening" in new else set())
                chosen = [name for name in chosen if name in needed] or chosen[:1]
            inserts[kind] = self.database.add_table(kind, chosen, overflows.append), chosen
        if check is not None and not analyses:
            self.database.check(check)
        if "-" in self._inputs.files and bool(tables) + len(analyses) + self._has_read > 1:
            raise UsageError("standard input can be read once only: save it to a file")
        if tables or not (self._has_read or analyses):
            with self.database.filling():
                self._fill(inserts, overflows)
        for name in analyses:
            self._analyse(name)

    def _fill(self, inserts: Mapping[Any, Any], overflows: list[Overflow]) -> None:
        tally = self._inputs.tally
        is_first, self._has_read = not self._has_read, True
        sinks = {
            kind: ArrowSink(insert, kind=kind, columns=columns_of(kind, tuple(columns)))
            for kind, (insert, columns) in inserts.items()
        }
        problems = sinks.get(UNPARSED)

        def tell(source: str, problem: Problem) -> None:
            if problems is not None:
                problems.begin_source(source)
                problems.write_records([problem])

        def unparsed(number: int, text: str, reason: str) -> None:
            if is_first:
                tally.add_unparsed(number, text, reason)
            tell(tally.source, Problem(number, text, reason))

        tables = TablesSink(sinks, unparsed, tally.add_note if is_first else lambda note: None)
        for path in self._inputs.files:
            for given in open_inputs(path):
                self._read(given, tables, tell)
        for sink in sinks.values():
            if sink is not problems:
                sink.close()
        for overflow in overflows:
            tally.add_overflow(overflow)
            tell(overflow.run.source, Problem(None, overflow.text, overflow.reason))
        if problems is not None:
            problems.close()

    def _read(self, given: Input, tables: TablesSink, tell: Callable[..., None]) -> None:
        """Reads an input; what can't be read of it is a row too."""
        tally = self._inputs.tally
        tables.begin_source(given.name)
        sink = tally.wanted.over(tables) if tally.wanted else tables
        reader = LineReader(sink, reader_options(self._options))
        with tally.following(given.name) as source:
            try:
                for batch in source.batches(given, self._options.encoding):
                    reader.feed_lines(batch.lines, terminated=batch.terminated)
                    batch.lines.clear()  # so the next ones take the same memory, which is near
                    source.found(reader.snapshots)
                reader.close()
            except (InputError, NotNetstatError) as error:
                reason = error.expected if isinstance(error, NotNetstatError) else str(error)
                tell(given.name, Problem(None, None, reason))
                raise
            if source.damage:
                tell(given.name, Problem(None, None, source.damage))

    def _analyse(self, name: str) -> None:
        """Fills the table of an analysis, which is made of snapshots."""
        from netstat_parse.analysis.changes import changes
        from netstat_parse.analysis.lifetimes import lifetimes
        from netstat_parse.analysis.pairs import pairs
        from netstat_parse.command.analysis import logs
        from netstat_parse.writing.record_columns import (
            CHANGE_COLUMNS,
            LIFETIME_COLUMNS,
            PAIR_COLUMNS,
        )

        inputs: Any = _Again(self._inputs, self._options) if self._has_read else self._inputs
        self._has_read = True
        work: dict[str, tuple[Callable[[Any], Iterable[Any]], Mapping[str, Any]]] = {
            "changes": (changes, CHANGE_COLUMNS),
            "lifetimes": (lifetimes, LIFETIME_COLUMNS),
        }
        if name == "pairs":
            self.database.add_records(name, pairs(inputs.snapshots()), PAIR_COLUMNS)
            return
        function, columns = work[name]
        found = (each for log in logs(inputs, self._options) for each in function(log))
        self.database.add_records(name, found, columns)


class _Again:
    """Inputs that were read before, and told of."""

    def __init__(self, inputs: Inputs, options: argparse.Namespace) -> None:
        self._inputs = inputs
        self._options = options

    def snapshots(self, *, of_connections: bool = False) -> Iterator[Snapshot]:
        """The snapshots of all inputs, with the connections that are wanted.

        What an input lacks was told of, so `of_connections` changes nothing.
        """
        wanted = self._inputs.tally.wanted
        found = self._snapshots()
        yield from wanted.snapshots(found) if wanted else found

    def _snapshots(self) -> Iterator[Snapshot]:
        for path in self._inputs.files:
            for given in open_inputs(path):
                sink = SnapshotSink(given.name)
                reader = LineReader(sink, reader_options(self._options))
                with suppress(InputError, NotNetstatError), given.open() as file:
                    for batch in raw_batches(file, encoding=self._options.encoding):
                        reader.feed_lines(batch.lines, terminated=batch.terminated)
                        yield from sink.completed()
                with suppress(NotNetstatError):
                    reader.close()
                sink.close()
                yield from sink.completed()


def _all_names(kind: Kind) -> list[str]:
    return [column.name for column in columns_of(kind, ("all",))]
