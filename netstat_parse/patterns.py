"""Regular expressions that are compiled when they are first used.

Compiling takes far longer than importing, and a clean capture needs hardly any of them.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Lazy:
    def __init__(self, source: str) -> None:
        self._source = source

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self._source)
        self.__dict__.update({each: getattr(compiled, each) for each in _METHODS})
        return getattr(compiled, name)


_METHODS = ("match", "fullmatch", "search", "finditer", "sub")


def compile_later(source: str) -> re.Pattern[str]:
    """The same as `re.compile`, later."""
    lazy: Any = _Lazy(source)
    found: re.Pattern[str] = lazy
    return found
