"""Finds in what two answers of fuzz/answers.py differ, and gives each difference a short name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

EMPTY = (None, [], {}, "")
ITER, PROCESS, SAME = "iter_snapshots", "process", "the same"
NO_ERROR = "no error"


@dataclass(frozen=True)
class Difference:
    """One thing that differs; `signature` is the same for all captures in which it does."""

    signature: str
    ours: Any
    theirs: Any


def first(
    ours: dict[str, Any], theirs: dict[str, Any], ignored: Sequence[str] = ()
) -> Difference | None:
    """The first difference whose signature does not begin with one of those that are ignored."""
    for difference in _compare_answers(ours, theirs):
        if not difference.signature.startswith(tuple(ignored)):
            return difference
    return None


def _compare_answers(ours: dict[str, Any], theirs: dict[str, Any]) -> Iterator[Difference]:
    """All differences, way of reading by way of reading."""
    if PROCESS in ours or PROCESS in theirs:
        told = [answer.get(PROCESS, "answered") for answer in (ours, theirs)]
        if told[0] != told[1]:
            yield Difference(f"process: {told[0]}, not {told[1]}", *told)
        return
    for way in dict.fromkeys((*ours, *theirs)):
        for found in _compare(_found_by(way, ours), _found_by(way, theirs), ""):
            by = way if found.signature.startswith("output") else way.split()[0]
            name = found.signature if way == ITER else f"{found.signature} by {by}"
            yield Difference(name, found.ours, found.theirs)


def _found_by(way: str, answer: dict[str, Any]) -> Any:
    found = answer.get(way)
    return answer[ITER] if found == SAME else found


def _compare(ours: Any, theirs: Any, path: str) -> Iterator[Difference]:
    if ours == theirs:
        return
    if path == "error":
        yield from _compare_errors(ours or {}, theirs or {})
    elif isinstance(ours, dict) and isinstance(theirs, dict):
        for key in dict.fromkeys((*ours, *theirs)):
            # A field that one version does not have yet is as good as an empty one.
            if ours.get(key) not in EMPTY or theirs.get(key) not in EMPTY:
                below = f"{path}.{key}" if path else key
                yield from _compare(ours.get(key), theirs.get(key), below)
    elif isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) == len(theirs):
            below = "" if path == "snapshots" else f"{path}[]"
            for our_item, their_item in zip(ours, theirs, strict=True):
                yield from _compare(our_item, their_item, below)
        else:
            amount = "fewer" if len(ours) < len(theirs) else "more"
            our_own = [item for item in ours if item not in theirs]
            their_own = [item for item in theirs if item not in ours]
            yield Difference(f"{path}: {amount}", our_own, their_own)
    elif path == "output" and isinstance(ours, str) and isinstance(theirs, str):
        yield from _compare_outputs(ours, theirs)
    else:
        yield Difference(path or "answer", ours, theirs)


def _compare_outputs(ours: str, theirs: str) -> Iterator[Difference]:
    """What JSON holds is compared before its text, so that a new field that is empty may be."""
    our_path, our_values = _read_json(ours)
    their_path, their_values = _read_json(theirs)
    if our_values == their_values or our_path != their_path:
        yield Difference("output", ours, theirs)
    else:
        yield from _compare(our_values, their_values, our_path)


def _read_json(text: str) -> tuple[str, list[Any] | None]:
    """What is in JSON, or in JSON Lines, and its name; None if the text is neither."""
    for path, source in (("snapshots", text), ("rows", f"[{','.join(text.splitlines())}]")):
        try:
            values = json.loads(source)
        except ValueError:
            continue
        if isinstance(values, list):
            return path, values
    return "output", None


def _compare_errors(ours: dict[str, str], theirs: dict[str, str]) -> Iterator[Difference]:
    our_type, their_type = ours.get("type", NO_ERROR), theirs.get("type", NO_ERROR)
    if our_type != their_type:
        place = f" in {ours['place']}" if "place" in ours else ""
        yield Difference(f"error: {our_type}{place}, not {their_type}", ours, theirs)
    elif ours["text"] != theirs["text"] and "place" not in ours:
        # Where an unexpected error comes from, and its text, are no promise.
        yield Difference(f"error: text of {our_type}", ours["text"], theirs["text"])
