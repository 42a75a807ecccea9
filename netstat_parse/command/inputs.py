"""Reading the inputs of a command: files, folders, archives, standard input.

A subcommand adds `add_input_options` to its parser, and reads so::

    with reading(options) as inputs:
        with open_output(options.output) as out:
            for snapshot in inputs.snapshots():
                ...
            return inputs.status()

What can't be read, what is not understood and what is set aside is said on standard error, and
makes the exit status; the lines that are not understood go to `--rejects`.
"""

from __future__ import annotations

import argparse
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from netstat_parse.command.formats import check_suffix
from netstat_parse.command.input_options import find_wanted
from netstat_parse.command.messages import (
    MissingTableError,
    NothingReadError,
    StrictError,
    UsageError,
)
from netstat_parse.command.tally import Tally, name_kinds
from netstat_parse.errors import InputError
from netstat_parse.reading.inputs import Input, find_files, open_inputs
from netstat_parse.reading.options import Options
from netstat_parse.reading.reader import LineReader
from netstat_parse.schema import CONNECTIONS
from netstat_parse.writing.whole_files import descriptor_of, open_output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from netstat_parse.grammar.layout import Layout
    from netstat_parse.models import Snapshot
    from netstat_parse.reading.sink import Build
    from netstat_parse.schema import Kind


@contextmanager
def reading(options: argparse.Namespace) -> Iterator[Inputs]:
    """The inputs that the options name.

    `--rejects` is written where the block ends as it should, and also where nothing could be read,
    or --strict ended it. Raises UsageError if an output would overwrite an input or another output.
    """
    outputs = {"-o": options.output or "-"}
    if options.rejects:
        check_suffix(options.rejects)
        outputs["--rejects"] = options.rejects
    files = [file for path in options.files for file in _files_of(path)]
    check_outputs(files, outputs)
    wanted = find_wanted(options)
    failure: NothingReadError | StrictError | None = None
    with ExitStack() as stack:
        rejects = options.rejects and stack.enter_context(open_output(options.rejects))
        safe = getattr(options, "spreadsheet_safe", False)
        try:
            yield Inputs(files, options, Tally(rejects or None, wanted, spreadsheet_safe=safe))
        except (NothingReadError, StrictError) as error:
            failure = error
    if failure is not None:
        raise failure


def reader_options(options: argparse.Namespace) -> Options:
    """What the command's options tell a reader."""
    return Options(
        dialect=options.dialect,
        strict=options.strict,
        uncut=options.uncut,
        timestamp_formats=options.timestamp_format,
    )


def _files_of(path: str) -> list[str]:
    try:
        return find_files(path) or [path]
    except InputError:
        return [path]  # as with an empty folder, whoever opens it tells


class Inputs:
    """The inputs of a command, and what came of reading them."""

    def __init__(self, files: Sequence[str], options: argparse.Namespace, tally: Tally) -> None:
        self.files = files
        """Paths of files; each may be an archive. "-" is standard input."""
        self.tally = tally
        self._options = options

    def snapshots(self, *, of_connections: bool = False) -> Iterator[Snapshot]:
        """The snapshots of all inputs, one after another, with the connections that are wanted.

        `of_connections`: an input that has only other tables is complained of. Raises
        NothingReadError at the end if no input could be read.
        """
        wanted = self.tally.wanted
        for path in self.files:
            for given in open_inputs(path):
                found = self._snapshots_of(given, of_connections)
                yield from wanted.snapshots(found) if wanted else found
        if not self.tally.read:
            self.tally.status()

    def status(self) -> int:
        """The exit status; raises NothingReadError if no input could be read."""
        return self.tally.status()

    def _snapshots_of(self, given: Input, of_connections: bool) -> Iterator[Snapshot]:
        from netstat_parse.snapshots import SnapshotSink

        tally = self.tally
        kinds: set[Kind] = set()

        class Sink(SnapshotSink):
            """Tells the tally at once: where there is no snapshot, nobody else will."""

            def builder(self, layout: Layout) -> Build:
                kinds.add(layout.kind)
                return super().builder(layout)

            def note(self, text: str) -> None:
                super().note(text)
                tally.add_note(text)

            def unparsed(self, number: int, text: str, reason: str) -> None:
                super().unparsed(number, text, reason)
                tally.add_unparsed(number, text, reason)

        sink = Sink(given.name)
        reader = LineReader(sink, reader_options(self._options))
        with tally.following(given.name) as source:
            for batch in source.batches(given, self._options.encoding):
                reader.feed_lines(batch.lines, terminated=batch.terminated)
                yield from sink.completed()
                source.found(reader.snapshots)
            reader.close()
            sink.close()
            yield from sink.completed()
            if of_connections and kinds and CONNECTIONS not in kinds:
                others = name_kinds(kinds, hint=False)
                raise MissingTableError(f"no connections in the input; it has {others}")


# Outputs ------------------------------------------------------------------------------------------


def check_outputs(files: Sequence[str], outputs: dict[str, str]) -> None:
    """Raises UsageError if an output is an input or another output, by whatever name.

    `outputs` has their paths by the options that name them.
    """
    identities = {option: _identity(path, sys.stdout) for option, path in outputs.items()}
    options = list(outputs)
    for i, option in enumerate(options):
        for other in options[:i]:
            if identities[option] is not None and identities[option] == identities[other]:
                raise UsageError(f"{other} and {option} are the same file: {outputs[option]}")
    for path in files:
        identity = _identity(path, sys.stdin)
        for option in options:
            if identity is not None and identity == identities[option]:
                name = "standard output" if outputs[option] == "-" else option
                raise UsageError(f"{name} would overwrite the input {path}: name another file")


def _identity(path: str, standard: TextIO | None) -> tuple[object, ...] | None:
    """What is the same for all names of a file; None for a device, which several may write to."""
    try:
        number = descriptor_of(path)
        if path == "-":
            number = standard.fileno() if standard is not None else None
            if number is None:
                return None
        status = os.stat(path) if number is None else os.fstat(number)
    except (OSError, ValueError):
        return None if path == "-" else (os.path.realpath(path),)
    if stat.S_ISREG(status.st_mode) or stat.S_ISFIFO(status.st_mode):
        return status.st_dev, status.st_ino
    return None
