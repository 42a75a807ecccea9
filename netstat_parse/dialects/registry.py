"""Which table of which dialect a header announces. Asking imports the dialects, and pyparsing."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import import_module
from typing import NamedTuple

from netstat_parse.dialects import NAMES
from netstat_parse.dialects.headers import HeaderSort
from netstat_parse.errors import UnknownDialectError
from netstat_parse.grammar.dialect import (
    Claim,
    Dialect,
    TableSpec,
    make_layout,
    read_announced,
    read_titles,
)
from netstat_parse.grammar.layout import Layout


class Owner(NamedTuple):
    """A table, and the dialect that it is one of."""

    dialect: Dialect
    spec: TableSpec


@cache
def get_dialect(name: str) -> Dialect:
    """The dialect of this name; raises UnknownDialectError if there is none."""
    if name not in NAMES:
        raise UnknownDialectError(name, NAMES)
    dialect: Dialect = import_module(f"{__package__}.{name}").DIALECT
    return dialect


def all_dialects() -> tuple[Dialect, ...]:
    """Every dialect, in the order in which they are asked."""
    return tuple(map(get_dialect, NAMES))


@lru_cache(maxsize=128)
def find_owner(header: str, name: str | None = None) -> Owner | None:
    """The table that owns this header: the first of those that claim it most strongly.

    With `name` only that dialect is asked. None if the line is no header.
    """
    dialects = all_dialects() if name is None else (get_dialect(name),)
    least = Claim.SHARED if name is None else Claim.IF_NAMED
    claims = [
        (claim, Owner(dialect, spec))
        for dialect in dialects
        for spec in dialect.tables
        if (claim := spec.claim(header)) >= least and read_titles(spec, header) is not None
    ]
    return max(claims, key=lambda found: found[0])[1] if claims else None


@lru_cache(maxsize=128)
def read_header(header: str, name: str | None = None) -> Layout | None:
    """The layout that this line announces, in the given dialect or the one that owns it."""
    owner = find_owner(header, name)
    return make_layout(owner.dialect, owner.spec, header) if owner is not None else None


@lru_cache(maxsize=128)
def sort_of_header(header: str, name: str | None = None) -> HeaderSort | None:
    """What tells apart headers whose rows have other patterns; None if the line is no header."""
    owner = find_owner(header, name)
    if owner is None:
        return None
    dialect, spec = owner
    return (dialect.name, dialect.tables.index(spec), read_announced(spec, header))


def without_widths(layout: Layout) -> Layout:
    """A layout of the same titles whose header does not tell how wide its columns are."""
    header = layout.header
    folded = " ".join(header.split()) + " " * (len(header) - len(header.rstrip()))
    made = make_layout(get_dialect(layout.dialect), get_spec(layout), folded)
    assert made is not None
    return made


def get_spec(layout: Layout) -> TableSpec:
    """The table whose header announced this layout."""
    return get_dialect(layout.dialect).tables[layout.table]


@cache
def _shaped_layouts(name: str, table: int) -> tuple[Layout, ...]:
    """The layouts that rows may have which are known by their shape."""
    dialect = get_dialect(name)
    spec = dialect.tables[table]
    headers = spec.shape.read_as if spec.shape is not None else ()
    layouts = (make_layout(dialect, spec, header) for header in headers)
    return tuple(layout for layout in layouts if layout is not None)


def find_shaped_layout(row: str, name: str, table: int) -> tuple[Layout, int, str] | None:
    """The layout of a row of a table that is known by its shape, with what the shape says."""
    shape = get_dialect(name).tables[table].shape
    assert shape is not None
    for layout in _shaped_layouts(name, table):
        if layout.find_row(row) is not None:
            return layout, shape.least_titles, shape.banner_cell
    return None
