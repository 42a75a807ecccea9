"""Arrow: the same rows and values as models and CSV have, with pyarrow and with arro3."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import netstat_parse as ns
from netstat_parse.schema import CONNECTIONS, KINDS, Kind
from netstat_parse.writing.arrow import Rows, RowTyper, rows_of_snapshots
from netstat_parse.writing.arrow_backends import get_backend
from netstat_parse.writing.arrow_columns import Column, columns_of

FIXTURES = sorted((Path(__file__).parent.parent / "fixtures").glob("*/*.txt"))
each_backend = pytest.mark.parametrize("backend", ["pyarrow", "arro3"])


def rows_by_models(path: Path, kind: Kind, columns: tuple[Column, ...]) -> list[Rows]:
    """The rows, by way of models."""
    return list(rows_of_snapshots(ns.read_log(path), kind, columns))


def typed(rows: Iterable[Rows], columns: tuple[Column, ...], backend: str) -> list[dict[str, Any]]:
    typer = RowTyper(columns, get_backend(backend))
    import pyarrow

    table = pyarrow.table(typer.backend.table(typer.schema, typer.batches(rows)))
    found: list[dict[str, Any]] = table.to_pylist()
    return found


def is_capture(path: Path) -> bool:
    try:
        return bool(list(ns.read_log(path)))
    except ns.NetstatError:
        return False


CAPTURES = [path for path in FIXTURES if is_capture(path)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_rows_by_cells_are_those_by_models(kind: Kind) -> None:
    columns = columns_of(kind)
    for path in CAPTURES:
        by_models = rows_by_models(path, kind, columns)
        by_cells = list(ns.scan(path, table=kind.option).rows())
        assert by_cells == by_models, path
    assert CONNECTIONS
