"""Saved logs: a file's lines -> snapshots."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from netstat_parse.files import batches, open_input
from netstat_parse.models import Snapshot
from netstat_parse.reader import SnapshotReader


def read_log(
    path: str | os.PathLike[str],
    *,
    dialect: str | None = None,
    strict: bool = False,
    uncut: bool = False,
    timestamp_formats: Sequence[str] = (),
) -> Iterator[Snapshot]:
    """The snapshots in a file, one after another, each as soon as it is complete.

    A file compressed with gzip, bzip2 or xz is known by its content. `path` may be "-" for
    standard input. The other parameters are SnapshotReader's.

    Raises InputError if the file can't be read or is damaged; NotNetstatError at its end if it
    holds no netstat output; with `strict` ParseError at the first line that can't be placed.
    """
    reader = SnapshotReader(
        dialect=dialect, strict=strict, uncut=uncut, timestamp_formats=timestamp_formats
    )
    with open_input(path) as file:
        for batch in batches(file):
            yield from reader.feed_lines(batch.lines, terminated=batch.terminated)
    yield from reader.close()
