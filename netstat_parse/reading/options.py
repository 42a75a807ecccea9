"""The options of a reader, stated once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypedDict


class Options(NamedTuple):
    """All options, with their defaults."""

    dialect: str | None = None
    """The dialect of every header; None: the header tells."""
    strict: bool = False
    """Raise ParseError at the first line that can't be placed."""
    uncut: bool = False
    """netstat was told not to cut addresses (-W on Linux, -l on macOS)."""
    timestamp_formats: Sequence[str] = ()
    """strptime formats of stamps, besides the usual ones."""
    single: bool = False
    """Raise SeveralSnapshotsError where a second snapshot begins."""


class OptionKeywords(TypedDict, total=False):
    """The keyword arguments of the public functions; `Options` describes them."""

    dialect: str | None
    strict: bool
    uncut: bool
    timestamp_formats: Sequence[str]
