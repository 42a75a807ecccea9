"""The input may end anywhere: in what is left, no field is wrong without a mark.

What a capture gives is known from its fixture; cut, it gives the same, less what the cut took away.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netstat_parse import NotNetstatError, Snapshot, iter_snapshots
from netstat_parse.schema import KINDS, OTHER_TABLES

FIXTURES = Path(__file__).parent.parent / "fixtures"
CAPTURES = sorted(
    path.relative_to(FIXTURES).as_posix()
    for path in FIXTURES.rglob("*.txt")
    if path.stat().st_size < 20_000
)
OPEN_END = "the input ends without a line end, so its last word may be cut"


def snapshots_of(text: str) -> list[Snapshot]:
    try:
        return list(iter_snapshots(text))
    except NotNetstatError:
        return []


@cache
def read(name: str) -> tuple[str, list[Snapshot]]:
    """The text of a capture, and what it gives."""
    text = (FIXTURES / name).read_bytes().decode(errors="backslashreplace")
    return text, snapshots_of(text)


def lie_of(cut: Any, whole: Any, *, is_marked: bool = False) -> str:
    """What of a record says something else than the whole one, unmarked; empty if nothing does."""
    if isinstance(cut, dict) and isinstance(whole, dict):
        marked = cut.get("truncated", ())
        for name, value in cut.items():
            if name == "truncated" or value in (None, "", (), {}):
                continue
            of_field = name in marked if isinstance(marked, tuple) else bool(marked)
            lie = lie_of(value, whole.get(name), is_marked=of_field)
            if lie:
                return f"{name}: {lie}"
        return ""
    if cut == whole:
        return ""
    # What stands in further lines is gone with them.
    if isinstance(cut, tuple) and isinstance(whole, tuple) and whole[: len(cut)] == cut:
        return ""
    ends = (f"{cut}\n", f"{cut}, ")
    if isinstance(cut, str) and isinstance(whole, str) and whole.startswith(ends):
        return ""
    if is_marked and isinstance(cut, str) and isinstance(whole, str) and whole.startswith(cut):
        return ""
    return f"{cut!r} is not {whole!r}"


def lies_of(text: str, end: int, whole: list[Snapshot]) -> list[str]:
    """All of them in what is left of a text that is cut there."""
    lies = []
    for cut, full in zip(snapshots_of(text[:end]), whole, strict=False):
        for kind in KINDS:
            if kind is OTHER_TABLES:
                continue
            records, truth = getattr(cut, kind.name), getattr(full, kind.name)
            if len(records) > len(truth):
                lies.append(f"{len(records)} {kind.name}, not {len(truth)}")
            for i, (record, true) in enumerate(zip(records, truth, strict=False)):
                lie = lie_of(record.model_dump(), true.model_dump())
                has_mark = kind.has_marks and not lie.startswith("extra: ")
                is_noted = i == len(records) - 1 and OPEN_END in cut.notes and not has_mark
                if lie and not is_noted:
                    lies.append(f"{kind.name} {i}: {lie}; behind {text[max(0, end - 60) : end]!r}")
    return lies


@pytest.mark.parametrize("name", CAPTURES[::8])
def test_what_is_left_tells_no_lie(name: str) -> None:
    text, whole, chance = *read(name), Random(name)
    for _ in range(4):
        assert lies_of(text, chance.randrange(len(text)), whole) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", CAPTURES)
@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_nor_anywhere_else(name: str, number: int) -> None:
    text, whole, chance = *read(name), Random(number)
    for _ in range(2):
        assert lies_of(text, chance.randrange(len(text)), whole) == []
