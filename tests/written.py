"""Writes lines as CSV and JSON Lines, by way of Snapshots and by way of a sink."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from netstat_parse import iter_snapshots, write_csv, write_jsonl
from netstat_parse.reading.options import Options
from netstat_parse.reading.reader import LineReader
from netstat_parse.writing.text import CsvSink, JsonLinesSink

HEADER = (
    "captured_at,proto,recv_q,send_q,local_address,local_port,"
    "foreign_address,foreign_port,state,pid,program\n"
)
DATE = "Sun Nov 22 12:22:41 UTC 2026"


def csv_of(given_lines: Sequence[str], **options: Any) -> str:
    """What `write_csv` writes of their snapshots."""
    file = io.StringIO(newline="")
    write_csv(iter_snapshots(list(given_lines)), file, **options)
    return file.getvalue()


def jsonl_of(given_lines: Sequence[str], **options: Any) -> str:
    """What `write_jsonl` writes of their snapshots."""
    file = io.StringIO(newline="")
    write_jsonl(iter_snapshots(list(given_lines)), file, **options)
    return file.getvalue()


def read_into(sink: Any, given_lines: Sequence[str], lines_at_once: int = 1000) -> None:
    """What the command does: rows go to the file as they are found, and no model is kept."""
    reader = LineReader(sink, Options())
    for start in range(0, len(given_lines), lines_at_once):
        reader.feed_lines(list(given_lines[start : start + lines_at_once]))
    reader.close()
    sink.close()


def csv_by_sink(given_lines: Sequence[str], lines_at_once: int = 1000, **options: Any) -> str:
    """What a CsvSink writes of them."""
    file = io.BytesIO()
    sink = CsvSink(file, lambda *_: None, lambda _: None, **options)
    read_into(sink, given_lines, lines_at_once)
    return file.getvalue().decode()


def jsonl_by_sink(given_lines: Sequence[str], lines_at_once: int = 1000, **options: Any) -> str:
    """What a JsonLinesSink writes of them."""
    file = io.BytesIO()
    sink = JsonLinesSink(file, lambda *_: None, lambda _: None, **options)
    read_into(sink, given_lines, lines_at_once)
    return file.getvalue().decode()
