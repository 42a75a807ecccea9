"""Regular expressions that are compiled when they are first used."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Protocol


class _Match(Protocol):
    """How `match`, `fullmatch` and `search` of a compiled pattern are called."""

    def __call__(
        self, string: str, pos: int = ..., endpos: int = ..., /
    ) -> re.Match[str] | None: ...


class _FindIter(Protocol):
    def __call__(
        self, string: str, pos: int = ..., endpos: int = ..., /
    ) -> Iterator[re.Match[str]]: ...


class _Sub(Protocol):
    def __call__(
        self, repl: str | Callable[[re.Match[str]], str], string: str, count: int = ..., /
    ) -> str: ...


class LazyPattern:
    """A regular expression that is compiled at its first use; later uses cost nothing extra.

    Compiling a pattern takes far longer than importing the module that holds it, and a clean
    capture needs hardly any of the patterns for stamps and noise: compiling them at import would
    add 7 ms to a start of 40.
    """

    def __init__(self, source: str) -> None:
        self.source = source

    def __repr__(self) -> str:
        return f"LazyPattern({self.source!r})"

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.source)

    # Cached, so that from the second use on each of these is the compiled pattern's own method.

    @cached_property
    def match(self) -> _Match:
        """`re.Pattern.match`, and likewise below."""
        return self._compiled.match

    @cached_property
    def fullmatch(self) -> _Match:
        return self._compiled.fullmatch

    @cached_property
    def search(self) -> _Match:
        return self._compiled.search

    @cached_property
    def finditer(self) -> _FindIter:
        return self._compiled.finditer

    @cached_property
    def sub(self) -> _Sub:
        return self._compiled.sub
