"""Captures as a database of DuckDB, which is embedded: its tables, views and macros.

The tables are filled by whoever reads the captures; what does not fit into memory DuckDB keeps on
disk.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.resources import files
from itertools import islice
from tempfile import TemporaryDirectory
from typing import Any

from netstat_parse.errors import MissingExtraError, NetstatError
from netstat_parse.schema import CONNECTIONS, KINDS, UNPARSED, Kind
from netstat_parse.writing.arrow import Overflow, Rows, RowTyper
from netstat_parse.writing.arrow_columns import STRING, Column, columns_of

TABLES: dict[str, Kind] = {kind.name: kind for kind in (*KINDS, UNPARSED)}
"""The tables of rows, by name."""
ANALYSES = ("pairs", "changes", "lifetimes")
LISTENING = """
    create or replace view listening as from connections where state = 'LISTEN' or (
        state is null and transport in ('udp', 'udplite') and coalesce(foreign_port, 0) = 0
        and foreign_service is null and not foreign_truncated
    )
"""
"""As analysis.sockets.is_listening has it."""
LISTENING_COLUMNS = {
    "state",
    "transport",
    "foreign_port",
    "foreign_service",
    "foreign_truncated",
}
AT_ONCE = 10_000
"""Records that become rows at once."""


class SqlError(NetstatError):
    """DuckDB can't do what it was asked; its message says why, in several lines."""


def import_duckdb() -> Any:
    """The module duckdb; raises MissingExtraError if it is not installed."""
    try:
        return import_module("duckdb")
    except ImportError as error:
        raise MissingExtraError("sql", "sql") from error


def find_named(query: str, names: Iterable[str]) -> set[str]:
    """Those of the names that are words of a query."""
    words = set(re.findall(r"\w+", query.casefold()))
    return words.intersection(names)


class Database:
    """A database of captures. Without a path it is gone when it is closed.

    Raises SqlError for all that DuckDB raises.
    """

    def __init__(self, path: str | None = None) -> None:
        duckdb = import_duckdb()
        self._error: type[Exception] = duckdb.Error
        self._folder = TemporaryDirectory(prefix="netstat-parse-", ignore_cleanup_errors=True)
        with self._errors():
            self._duckdb = duckdb
            self.connection = duckdb.connect(path or ":memory:")
            self.connection.execute("set TimeZone = 'UTC'")
            self.connection.execute(f"set temp_directory = '{self._folder.name}'")
            macros = files(__package__).joinpath("macros.sql").read_text(encoding="utf-8")
            self.connection.execute(macros)

    def close(self) -> None:
        """Closes it; a database with a path is then whole."""
        self.connection.close()
        self._folder.cleanup()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except self._error as error:
            raise SqlError(str(error)) from error

    @contextmanager
    def filling(self) -> Iterator[None]:
        """What is inserted meanwhile is there at the end, which takes half the time."""
        self.execute("begin")
        yield
        self.execute("commit")

    # Tables

    def add_table(
        self,
        kind: Kind,
        columns: Sequence[str] | None = None,
        on_overflow: Callable[[Overflow], None] = lambda overflow: None,
    ) -> Callable[[Rows], None]:
        """Adds an empty table of a kind of rows; gives what inserts rows."""
        chosen = columns_of(kind, columns)
        typer = RowTyper(chosen, on_overflow=on_overflow)
        empty = typer.backend.table(typer.schema, [])
        self._create(kind.name, empty)
        if kind is CONNECTIONS and {column.name for column in chosen} >= LISTENING_COLUMNS:
            self.execute(LISTENING)

        def insert(rows: Rows) -> None:
            self._insert(kind.name, typer.backend.table(typer.schema, [typer.batch(rows)]))

        return insert

    def add_records(
        self, name: str, records: Iterable[Any], columns: Mapping[str, Callable[[Any], str]]
    ) -> None:
        """Adds a table of what an analysis gives, typed by the names of its columns."""
        from netstat_parse.writing.arrow_backends import get_backend

        backend = get_backend()
        schema = backend.schema([Column(column, STRING) for column in columns])
        select = ", ".join(chosen for column in columns for chosen in _typed(column))
        self._create(name, backend.table(schema, []), select)
        several = iter(records)
        while batch := list(islice(several, AT_ONCE)):
            texts = [[get(record) or None for record in batch] for get in columns.values()]
            arrays = [backend.array(values, STRING) for values in texts]
            self._insert(name, backend.table(schema, [backend.batch(arrays, schema)]), select)

    def add_services(self) -> None:
        """Adds the table of the names of ports."""
        from netstat_parse.analysis.services import list_services

        rows = list(zip(*list_services(), strict=True))
        with self._errors():
            self.connection.execute(
                "create or replace table services as select unnest($1)::usmallint as port, "
                "unnest($2) as transport, unnest($3) as service",
                list(map(list, rows)),
            )

    def _create(self, name: str, empty: Any, select: str = "*") -> None:
        with self._errors():
            self.connection.register("_rows", empty)
            self.connection.execute(f"create or replace table {name} as select {select} from _rows")

    def _insert(self, name: str, rows: Any, select: str = "*") -> None:
        with self._errors():
            self.connection.register("_rows", rows)
            self.connection.execute(f"insert into {name} select {select} from _rows")

    # Queries

    def statements(self, query: str) -> list[Any]:
        """The statements of a query; raises SqlError if it is none."""
        with self._errors():
            found: list[Any] = self.connection.extract_statements(query)
        if not found:
            raise SqlError("there is no statement in the query")
        return found

    def columns_in(self, statement: Any) -> set[str] | None:
        """The columns that a statement names, in small letters; None where it may mean all."""
        try:
            text = "select json_serialize_sql($1)"
            ((tree,),) = self.connection.execute(text, [statement.query]).fetchall()
        except self._error:
            return None
        found = json.loads(tree)
        named = _Named(found)
        return None if found.get("error") or named.is_all else named.columns

    def is_select(self, statement: Any) -> bool:
        """True if what it gives can be copied to a file."""
        return bool(statement.type == self._duckdb.StatementType.SELECT)

    def check(self, query: str) -> None:
        """Raises SqlError where a query names what is not there."""
        with self._errors():
            self.connection.execute(f"explain {query}").fetchall()

    def execute(self, query: str) -> Any:
        """Executes a statement; gives what its rows can be fetched from."""
        with self._errors():
            return self.connection.execute(query)

    def fetch(self, query: str) -> tuple[list[str], Iterator[list[list[str]]]]:
        """The titles of what a statement gives, and its rows as texts, many at a time."""
        found = self.execute(query)
        titles = [column[0] for column in found.description or ()]
        return titles, self._blocks(found)

    def _blocks(self, found: Any) -> Iterator[list[list[str]]]:
        is_first = True
        while True:
            with self._errors():
                rows = found.fetchmany(AT_ONCE) if found.description else []
            if not rows and not is_first:
                return
            yield [["" if value is None else str(value) for value in row] for row in rows]
            is_first = False

    def copy(self, query: str, path: str, form: str) -> None:
        """Writes what a query gives to a file: csv, json, jsonl or parquet."""
        options = {
            "csv": "format csv, header",
            "json": "format json, array true",
            "jsonl": "format json",
            "parquet": "format parquet, compression zstd",
        }[form]
        query = query.strip().rstrip(";")
        target = path.replace("'", "''")
        with self._errors():
            # A comment at its end would hide the bracket on the same line.
            self.connection.execute(f"copy ({query}\n) to '{target}' ({options})")


_ALL_COLUMNS = ("STAR", "POSITIONAL_REFERENCE", "SHOW_REF", "PIVOT")
"""What in a tree of SQL may mean columns that are not named."""


class _Named:
    """What a tree of SQL names: `is_all` where that may be columns without their names."""

    def __init__(self, tree: object) -> None:
        self.columns: set[str] = set()
        self.tables: set[str] = set()
        self.is_all = False
        self._walk(tree)
        self.is_all = self.is_all or not self.columns.isdisjoint(self.tables)  # a row as a value

    def _walk(self, node: object) -> None:
        if isinstance(node, list):
            for each in node:
                self._walk(each)
        if not isinstance(node, dict):
            return
        if node.get("class") == "COLUMN_REF":
            self.columns.add(node["column_names"][-1].casefold())
        if node.get("type") == "BASE_TABLE":
            self.tables |= {node["table_name"].casefold(), node["alias"].casefold()}
        is_odd = {node.get("class"), node.get("type")}.intersection(_ALL_COLUMNS)
        self.is_all = self.is_all or bool(is_odd) or node.get("ref_type") == "NATURAL"
        self.columns.update(column.casefold() for column in node.get("using_columns") or ())
        for each in node.values():
            self._walk(each)


_STAMPS = ("since", "at", "first_seen", "last_seen", "opened_after", "closed_before")


def _typed(column: str) -> Iterator[str]:
    """The columns of SQL that a column of CSV becomes."""
    if column in _STAMPS:
        # Without a zone it is no moment.
        zoned = f"regexp_matches(\"{column}\", '(Z|[+-][0-9]{{2}}:?[0-9]{{2}})$')"
        yield f'case when {zoned} then try_cast("{column}" as timestamptz) end as "{column}"'
        yield f'"{column}" as {column}_local'
    elif column.endswith("_port"):
        yield f"try_cast({column} as usmallint) as {column}"
        service = column.removesuffix("port") + "service"
        yield f"case when try_cast({column} as usmallint) is null then {column} end as {service}"
    elif column.endswith(("_pid", "_snapshot", "_q", "_bytes")) or column.startswith("pid_"):
        yield f"try_cast({column} as bigint) as {column}"
    elif column.startswith(("is_", "was_")) or column.endswith("_is_seen"):
        yield f"{column} = 'true' as {column}"
    else:
        yield column
