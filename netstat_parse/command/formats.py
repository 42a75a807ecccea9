"""Which format is written, by the output's suffix and --to, and what goes with it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping

from netstat_parse.command.messages import UsageError
from netstat_parse.schema import CONNECTIONS, get_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.schema import Kind

SUFFIXES = {".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".txt": "table"}
"""The suffixes of OUT, and the formats that they stand for; --to may write any text as .txt."""
ARROW_SUFFIXES = {".parquet": "parquet", ".arrow": "arrow", ".feather": "arrow"}
"""Those of `convert` and `run` besides: files that are compressed in themselves."""
COMPRESSIONS = (".gz", ".bz2", ".xz", ".zst")
PLAIN_SUFFIXES = frozenset((".dat", ".log", ".out", ".tmp"))
"""Suffixes that say nothing of the format."""
# fmt: off
OTHER_SUFFIXES = frozenset((
    ".7z", ".br", ".db", ".doc", ".docx", ".duckdb", ".htm", ".html",
    ".lz", ".lz4", ".lzma", ".lzo", ".ods", ".orc", ".pdf", ".rar", ".sqlite",
    ".sqlite3", ".tar", ".tgz", ".tsv", ".xls", ".xlsx", ".xml", ".yaml", ".yml", ".z",
    ".zip",
))
# fmt: on
"""Suffixes of what is not written, whatever --to says."""


def find_format(
    output: str | None, asked: str | None, suffixes: Mapping[str, str] = SUFFIXES
) -> str:
    """The format to write: what was asked for, else what the output's suffix tells, else CSV.

    Raises UsageError for a suffix that is not known, and one that contradicts what was asked for.
    """
    if output is None:
        return asked or "csv"
    suffix = check_suffix(output, suffixes)
    told = suffixes.get(suffix)
    if told is None and suffix not in PLAIN_SUFFIXES | {""} and asked is None:
        raise _unknown_suffix(output, suffix, suffixes)
    if asked is not None and told not in (None, "table", asked):
        raise UsageError(f"{output}: its suffix says {told}, and --to says {asked}")
    return asked or told or "csv"


def check_suffix(output: str, suffixes: Mapping[str, str] = SUFFIXES) -> str:
    """The suffix of an output, before that of a compression, in small letters.

    Raises UsageError for one of a format or a compression that is not written.
    """
    name, suffix = os.path.splitext(os.path.basename(output))
    is_compressed = suffix.lower() in COMPRESSIONS
    if is_compressed:
        suffix = os.path.splitext(name)[1]
    lower = suffix.lower()
    if lower in OTHER_SUFFIXES or lower in ARROW_SUFFIXES.keys() - suffixes.keys():
        raise _unknown_suffix(output, suffix, suffixes)
    if is_compressed and lower in ARROW_SUFFIXES:
        raise UsageError(f"{output}: a {suffix} file is compressed in itself: leave out the end")
    return lower


def _unknown_suffix(output: str, suffix: str, suffixes: Mapping[str, str]) -> UsageError:
    known = ", ".join(SUFFIXES)
    more = ", ".join(each for each in suffixes if each not in SUFFIXES)
    return UsageError(
        f"{output}: {suffix} is not written; there are {known}, each also with "
        f"{', '.join(COMPRESSIONS)} behind it{more and f', and {more}'}; for another name give --to"
    )


def check_output(options: argparse.Namespace, form: str) -> None:
    """Raises UsageError where a terminal would show what is no text."""
    is_binary = form in ARROW_SUFFIXES.values()
    if is_binary and options.output in (None, "-") and sys.stdout and sys.stdout.isatty():
        raise UsageError(f"{form} is no text for a terminal: name a file with -o")


def check_columns(options: argparse.Namespace, form: str) -> None:
    """Raises UsageError where columns do not go with the format; UnknownColumnError for others."""
    if options.columns is None:
        return
    if form in ARROW_SUFFIXES.values():
        from netstat_parse.writing.arrow_columns import columns_of

        columns_of(find_kind(options) or CONNECTIONS, options.columns)
        return
    if form not in ("csv", "table"):
        raise UsageError(f"--columns is for csv, table, parquet and arrow, not for {form}")
    from netstat_parse.writing.columns import getters_of

    kind = find_kind(options) or CONNECTIONS
    getters_of((c for c in options.columns if c != "all"), kind)


def find_kind(options: argparse.Namespace) -> Kind | None:
    """The kind of table to write; None if it is the one that there is.

    Who names columns, or which rows are wanted, means connections.
    """
    if options.table is not None:
        return get_kind(options.table)
    return None if options.columns is None and options.where is None else CONNECTIONS
