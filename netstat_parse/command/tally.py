"""What came of reading the inputs: how far, what was not understood, what was noted."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from netstat_parse.analysis.troubles import Note, Rejected, Troubles
from netstat_parse.command.formats import find_kind
from netstat_parse.command.messages import (
    PARTLY,
    UNDERSTOOD,
    MissingTableError,
    NothingReadError,
    StrictError,
    complain,
)
from netstat_parse.errors import InputError, NotNetstatError, ParseError
from netstat_parse.reading.inputs import Input
from netstat_parse.reading.lines import raw_batches
from netstat_parse.reading.sources import size_of
from netstat_parse.schema import KINDS
from netstat_parse.writing.text import quote, quote_harmless

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from netstat_parse.analysis.wanted import Wanted
    from netstat_parse.reading.lines import RawBatch
    from netstat_parse.schema import Kind
    from netstat_parse.writing.arrow import Overflow
    from netstat_parse.writing.terminal import Progress
    from netstat_parse.writing.text import RowSink

NOTES_SAID = 20
"""At most this many different notes are said of all inputs; further ones are counted."""
LINES_KEPT = 200
"""Of the lines that were not understood so many are kept, the first, for a report."""
LONGEST_TEXT = 200
"""Characters of such a line; the rest is left out."""


class Source:
    """An input that is being read, and the progress that is shown of it."""

    def __init__(self, name: str) -> None:
        self.is_live = False
        self.damage: str | None = None
        """Why it could not be read to its end."""
        self._name = name
        self._says_held = True
        self._progress: Progress | None = None
        self._read = 0
        self._snapshots = 0

    def batches(self, given: Input, encoding: str | None) -> Iterator[RawBatch]:
        """The input's lines, up to where it is damaged.

        Raises InputError if not even the first could be read.
        """
        with given.open() as file:
            size = 0
            if not given.is_member:
                known = size_of(file)
                self.is_live = known is None
                size = known or 0
            self.show_progress(size)
            on_bytes = self._progress.advance if self._progress else None
            has_begun = False
            try:
                for batch in raw_batches(file, on_bytes=on_bytes, encoding=encoding):
                    has_begun = True
                    yield batch
            except InputError as error:
                if not has_begun:
                    raise
                self.fail(str(error))

    def show_progress(self, size: int) -> None:
        """Starts to show progress on a terminal. `size` is in bytes, 0 if it is not known."""
        if sys.stderr.isatty():
            from netstat_parse.writing.terminal import Progress

            self._progress = Progress(self._name, size)

    def has_read(self, count: int) -> None:
        """Shows that this many bytes were read until now."""
        if self._progress is not None:
            self._progress.advance(count - self._read)
            self._progress.show(self._snapshots)
        self._read = count

    def fail(self, reason: str) -> None:
        """Records that the source is damaged; rows read so far are kept."""
        complain(reason)
        self.damage = reason

    def is_held_back(self, is_held: bool) -> None:
        """Says once that what is read can't be written yet, if it is so."""
        if is_held and self._says_held:
            self._says_held = False
            complain(
                f"{self._name}: no connections until now: what else there is waits for the end, "
                "or for --table to name it"
            )

    def found(self, snapshots: int) -> None:
        """Shows that this many snapshots were found until now."""
        self._snapshots = snapshots
        if self._progress is not None:
            self._progress.show(snapshots)

    def close(self) -> None:
        """Stops showing progress."""
        if self._progress is not None:
            self._progress.close()


class Tally:
    """What was read, what was not understood, and what was noted.

    The first line that was not understood is complained of; `rejects` takes them all. Each kind of
    note is said once. `wanted` are the connections that are not left out.
    """

    def __init__(
        self,
        rejects: TextIO | None,
        wanted: Wanted | None = None,
        *,
        spreadsheet_safe: bool = False,
    ) -> None:
        self.source = ""
        self.read = 0
        self.wanted = wanted
        self.kinds: set[Kind] = set()
        """Of the tables of all inputs."""
        self._undecided: list[tuple[str, frozenset[Kind]]] = []
        """Inputs of which it was not known whether they have the table that is written."""
        self._unparsed = 0
        self._rejected: list[Rejected] = []
        self._failures: list[str] = []
        self._notes: dict[str, Note] = {}
        self._overflows = 0
        self._more_notes = 0
        self._rejects = rejects
        self._quote = quote_harmless if spreadsheet_safe else quote
        if rejects is not None:
            rejects.write("source,number,reason,text\n")

    @property
    def has_failed(self) -> bool:
        """True if an input could not be read, or lacks what is asked for."""
        return bool(self._failures)

    @contextmanager
    def following(self, name: str) -> Iterator[Source]:
        """Counts an input as read or failed; the block reads it to its end."""
        source = Source(name)
        self.source = name
        try:
            yield source
        except InputError as error:
            self._fail(str(error))
        except (NotNetstatError, MissingTableError) as error:
            self._fail(f"{name}: {error.expected if isinstance(error, ParseError) else error}")
        except ParseError as error:
            expected = f"column {error.column}: {error.expected}"
            self._reject(name, str(error.number), error.line, expected)
            raise StrictError(f"{name}: {error}") from error
        else:
            self.read += 1
            if source.damage is not None:
                self._failures.append(source.damage)
        finally:
            source.close()

    def end_source(self, options: argparse.Namespace, sink: RowSink) -> None:
        """An input has ended; raises MissingTableError if it has tables, but not what is written.

        What the sink has not chosen yet is looked at in the end.
        """
        self.kinds |= sink.kinds
        if sink.is_undecided and sink.kinds:
            self._undecided.append((self.source, frozenset(sink.kinds)))
        else:
            check_table(options, sink.kind, sink.kinds, sink.has_others)

    def end(self, options: argparse.Namespace, kind: Kind) -> None:
        """Says what was not written of all inputs; `kind` was."""
        for name, seen in self._undecided:
            with self.following(name):
                check_table(options, kind, seen, False)
        if find_kind(options) is None:
            say_others(kind, self.kinds)
        elif self.kinds and kind not in self.kinds:
            complain(f"no {kind.title} in the input; it has {name_kinds(self.kinds)}")

    def _fail(self, reason: str) -> None:
        complain(reason)
        self._failures.append(reason)

    def add_unparsed(self, number: int, text: str, reason: str) -> None:
        """Takes a line that was not understood."""
        self._unparsed += 1
        if len(self._rejected) < LINES_KEPT:
            self._rejected.append(Rejected(self.source, number, reason, _shortened(text)))
        if self._unparsed == 1:
            complain(f"{self.source}: line {number}, {reason}: {_shortened(text)!r}")
        self._reject(self.source, str(number), text, reason)

    def add_overflow(self, overflow: Overflow) -> None:
        """Takes a number that its column can't hold."""
        source = overflow.run.source
        self._overflows += 1
        if self._overflows == 1:
            complain(f"{source}: {overflow.reason}: {_shortened(overflow.text)}")
        self._reject(source, "", overflow.text, overflow.reason)

    def _reject(self, source: str, number: str, text: str, reason: str) -> None:
        if self._rejects is not None:
            row = (self._quote(source), number, self._quote(reason), self._quote(text))
            self._rejects.write(",".join(row) + "\n")

    def add_note(self, text: str) -> None:
        """Takes what the reader says of a snapshot: a table set aside, a layout that was guessed.

        It is said once, whatever the numbers in it.
        """
        kind = re.sub("[0-9]+", "#", text)
        known = self._notes.get(kind)
        if known is not None:
            self._notes[kind] = known._replace(times=known.times + 1)
            self._more_notes += 1
        elif len(self._notes) < NOTES_SAID:
            self._notes[kind] = Note(self.source, text, 1)
            complain(f"{self.source}: {text}")
        else:
            self._more_notes += 1

    def troubles(self) -> Troubles:
        """What was complained of until now, for who tells it again."""
        repeated = sum(note.times - 1 for note in self._notes.values())
        return Troubles(
            failures=tuple(self._failures),
            rejected=tuple(self._rejected),
            rejected_count=self._unparsed,
            notes=tuple(self._notes.values()),
            more_notes=self._more_notes - repeated,
            unknown=self.wanted.unknown_text() if self.wanted is not None else "",
        )

    def status(self) -> int:
        """The exit status; raises NothingReadError if there was nothing to write."""
        if self._more_notes:
            complain(f"{self._more_notes} more notes of such kinds")
            self._more_notes = 0
        if self._unparsed > 1:
            complain(f"{self._unparsed} lines were not understood")
        if len(self._failures) > 1:
            read = self.read + len(self._failures)
            complain(
                f"{len(self._failures)} of {read} inputs could not be read, or not to their end"
            )
        if self._overflows > 1:
            complain(f"{self._overflows} numbers are more than their columns hold")
        if self.wanted is not None:
            from netstat_parse.command.where import say_unknown

            say_unknown(self.wanted)
        if not self.read:
            raise NothingReadError
        is_all = not (self._unparsed or self._overflows or self._failures)
        return UNDERSTOOD if is_all else PARTLY


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"


def check_table(
    options: argparse.Namespace, kind: Kind, seen: Collection[Kind], has_others: bool
) -> None:
    """Raises MissingTableError if an input has tables, but none that is to be written.

    `seen` are the kinds of its tables; `has_others` tells that some were set aside. Who asked for a
    kind of table knows that there may be none.
    """
    if kind in seen or not (seen or has_others):
        return
    if seen and options.table is not None:
        return
    has = f"; it has {name_kinds(seen)}" if seen else ", only tables that are not read"
    raise MissingTableError(f"no {kind.title} in the input{has}")


def say_others(kind: Kind, seen: Collection[Kind]) -> None:
    """Names the tables that are not written, where nobody has chosen between them."""
    others = set(seen) - {kind}
    if others:
        complain(f"only {kind.title} are written; there are also {name_kinds(others)}")


def say_not_shown(others: Collection[Kind]) -> None:
    """Names the tables that are not shown, where of each snapshot the first is."""
    if others:
        complain(
            f"only the first table of each snapshot is shown; there are also {name_kinds(others)}"
        )


def name_kinds(kinds: Collection[Kind], *, hint: bool = True) -> str:
    """The kinds in words, with a hint how to ask for each."""
    option = " (--table {})" if hint else ""
    return " and ".join(k.title + option.format(k.option) for k in KINDS if k in kinds)
