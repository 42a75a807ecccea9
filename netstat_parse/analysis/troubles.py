"""What of an input was not understood, or could not be read: the honest part of a report."""

from __future__ import annotations

from typing import NamedTuple


class Rejected(NamedTuple):
    """A line that was not understood."""

    source: str
    number: int
    reason: str
    text: str


class Note(NamedTuple):
    """What was said of an input, and how often, with whatever numbers in it."""

    source: str
    text: str
    times: int


class Troubles(NamedTuple):
    """What could not be read, what was not understood, and what was noted: the first of each."""

    failures: tuple[str, ...] = ()
    """Why an input, or the rest of it, could not be read."""
    rejected: tuple[Rejected, ...] = ()
    rejected_count: int = 0
    notes: tuple[Note, ...] = ()
    more_notes: int = 0
    """Of further kinds."""
    unknown: str = ""
    """Of how many rows netstat does not tell what `--where` asks, and what was done with them."""
