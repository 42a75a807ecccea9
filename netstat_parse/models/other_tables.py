"""The records of tables that no other kind is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator

from netstat_parse.models.common import Frozen, FrozenDict


class OtherTable(Frozen):
    """A table whose columns netstat_parse has no names for: its texts as printed."""

    dialect: str
    banner: str
    """The line above it."""
    titles: tuple[str, ...]
    rows: tuple[Annotated[Mapping[str, str], AfterValidator(FrozenDict)], ...] = ()
    """The cells of each row, by their column's title."""
