"""Which table of which dialect a header announces. Asking imports the dialects, and pyparsing."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import import_module
from typing import NamedTuple

from netstat_parse.dialects import NAMES
from netstat_parse.errors import UnknownDialectError
from netstat_parse.grammar.dialect import (
    Claim,
    Dialect,
    Shape,
    TableSpec,
    make_layout,
    read_announced,
    read_titles,
)
from netstat_parse.grammar.layout import HeaderSort, Layout


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
    claims = _find_claims(header, dialects, Claim.SHARED if name is None else Claim.IF_NAMED)
    return max(claims, key=lambda found: found[0])[1] if claims else None


def _find_claims(
    header: str, dialects: tuple[Dialect, ...], least: Claim
) -> list[tuple[Claim, Owner]]:
    """The tables that claim a header so strongly, or more."""
    return [
        (claim, Owner(dialect, spec))
        for dialect in dialects
        for spec in dialect.tables
        if (claim := spec.claim(header)) >= least and read_titles(spec, header) is not None
    ]


def _find_sharers(header: str) -> tuple[str, ...]:
    """The dialects that print this header, if there are several and it does not tell which."""
    claims = _find_claims(header, all_dialects(), Claim.SHARED)
    if any(claim is Claim.OWN for claim, _ in claims):
        return ()
    names = tuple(dict.fromkeys(owner.dialect.name for _, owner in claims))
    return names if len(names) > 1 else ()


@lru_cache(maxsize=128)
def read_header(header: str, name: str | None = None) -> Layout | None:
    """The layout that this line announces, in the given dialect or the one that owns it."""
    owner = find_owner(header, name)
    layout = make_layout(owner.dialect, owner.spec, header) if owner is not None else None
    sharers = _find_sharers(header) if layout is not None and name is None else ()
    return layout.copy(may_be=sharers) if layout is not None and sharers else layout


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


def with_numbers(layout: Layout) -> Layout:
    """The layout of the same header where netstat was asked for numbers."""
    dialect = get_dialect(layout.dialect)
    made = make_layout(dialect, get_spec(layout), layout.header, with_numbers=True)
    assert made is not None
    return made.giving(layout.given)


def get_spec(layout: Layout) -> TableSpec:
    """The table whose header announced this layout."""
    return get_dialect(layout.dialect).tables[layout.table]


@cache
def _shaped_layout(name: str, table: int, header: str) -> Layout | None:
    """The layout of rows that are known by their shape, as this header announces it."""
    dialect = get_dialect(name)
    return make_layout(dialect, dialect.tables[table], header)


def find_shaped_layout(row: str, name: str, table: int, place: int) -> tuple[Layout, Shape] | None:
    """The layout of a row of this shape, which is one of a table's, and the shape."""
    shape = get_dialect(name).tables[table].shapes[place]
    for header in shape.read_as:
        layout = _shaped_layout(name, table, header)
        if layout is not None and layout.find_row(row) is not None:
            return layout, shape
    return None
