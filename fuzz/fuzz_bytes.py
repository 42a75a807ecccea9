"""Any bytes as a saved log: nothing but NetstatError may come out, and every line is counted.

    python fuzz/fuzz_bytes.py -dict=fuzz/netstat.dict -max_len=4096 CORPUS SEEDS ...

The options are libFuzzer's; README.md has more. With NETSTAT_FUZZ_FINDINGS=DIRECTORY the run does
not stop at what it finds: it keeps one input for each place in the code, and goes on.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from tempfile import mkdtemp

import atheris

with atheris.instrument_imports(include=["netstat_parse"]):
    from netstat_parse import cli, columns, files, lines, reader, terminal, writers
    from netstat_parse.errors import NetstatError
    from netstat_parse.grammar import dialects, lowered
    from netstat_parse.models import Snapshot

LATE = (columns, terminal, dialects)
"""Imported by the others only when they are needed, which is too late to be instrumented."""
HEADERS = tuple(f"{header}\n".encode() for header in lowered.TABLES)
"""A first byte below 32 puts one of these in front, so that the fuzzer needs not find them."""
FORMATS = ("csv", "jsonl", "json", "table")
LOG = Path(mkdtemp(prefix="netstat-fuzz-")) / "log"
FINDINGS = os.environ.get("NETSTAT_FUZZ_FINDINGS")


def check_reader(data: bytes) -> None:
    """read_log's way from bytes to Snapshots, in pieces of two sizes."""
    results = []
    is_damaged = False
    for size in (64, 1 << 18):
        batches: list[files.Batch] = []
        is_damaged = not read(data, size, batches)
        snapshots = reader.SnapshotReader()
        out: list[object] = []
        total = 0
        try:
            for batch in batches:
                total += len(batch.lines)
                out += snapshots.feed_lines(batch.lines, terminated=batch.terminated)
            out += snapshots.close()
        except NetstatError as error:
            out.append((type(error), str(error)))
        assert sum(snapshots.counts.values()) == total, "the counts do not add up"
        results.append(out)
    # How much comes out before damage is met depends on the decompressor's steps.
    assert is_damaged or results[0] == results[1], "the size of the pieces makes a difference"
    for found in results[0]:
        if isinstance(found, Snapshot):
            assert Snapshot.model_validate_json(found.model_dump_json()) == found
            assert Snapshot.model_validate(found.model_dump()) == found


def read(data: bytes, size: int, batches: list[files.Batch]) -> bool:
    """Appends the lines of the bytes, up to where these are damaged; False if they are."""
    try:
        batches.extend(files.batches(io.BytesIO(data), size=size))
    except NetstatError:
        return False
    return True


def check_csv(data: bytes) -> None:
    """The command's CSV, which makes no models, is the models' CSV."""
    batches: list[files.Batch] = []
    read(data, 256, batches)
    fast, slow = io.BytesIO(), io.StringIO(newline="")
    sink = writers.CsvSink(fast, lambda *_: None, lambda _: None)
    rows = lines.LineReader(sink)
    snapshots = reader.SnapshotReader()
    found: list[Snapshot] = []
    for batch in batches:
        rows.feed_lines(batch.lines, terminated=batch.terminated)
        found += snapshots.feed_lines(batch.lines, terminated=batch.terminated)
    ends = []
    for close in (rows.close, snapshots.close):
        try:
            found += close() or []
            ends.append("")
        except NetstatError as error:
            ends.append(str(error))
    sink.close()
    writers.write_csv(found, slow)
    assert ends[0] == ends[1], "the fast path and the models do not agree on the input"
    assert fast.getvalue().decode() == slow.getvalue(), "the fast path and the models do not agree"


def check_command(data: bytes) -> None:
    """The command, to its exit status."""
    LOG.write_bytes(data)
    form = FORMATS[len(data) // 4 % len(FORMATS)]
    arguments = ["convert", str(LOG), "-o", os.devnull, "--to", form]
    if len(data) % 3 == 0:
        arguments.append("--strict")
    with redirect_stderr(io.StringIO()) as told:
        status = cli.main(arguments)
    assert status in (0, 1, 2), f"exit status {status}"
    assert status == 0 or told.getvalue(), "it failed and said nothing"


@contextmanager
def kept(data: bytes) -> Iterator[None]:
    """Keeps an input that breaks a promise and goes on, if that was asked for."""
    try:
        yield
    except Exception as error:
        if not FINDINGS:
            raise
        frames = [f for f in traceback.extract_tb(error.__traceback__) if "fuzz" not in f.filename]
        frames = frames or list(traceback.extract_tb(error.__traceback__))
        place = f"{type(error).__name__}-{Path(frames[-1].filename).stem}-{frames[-1].name}"
        if isinstance(error, AssertionError):
            place = f"{place}-{hashlib.sha1(str(error)[:40].encode()).hexdigest()[:6]}"
        folder = Path(FINDINGS) / place
        folder.mkdir(parents=True, exist_ok=True)
        smallest = folder / "input"
        if not smallest.exists() or smallest.stat().st_size > len(data):
            smallest.write_bytes(data)
            (folder / "traceback").write_text(traceback.format_exc()[-8000:], errors="replace")


def test_one_input(data: bytes) -> None:
    """What atheris calls."""
    if data and data[0] < 32 and data[0] not in b"\t\n\r":
        data = HEADERS[data[0] % len(HEADERS)] + data[1:]
    with kept(data):
        check_reader(data)
    with kept(data):
        check_csv(data)
    if len(data) % 4 == 0:  # it takes the longest
        with kept(data):
            check_command(data)


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()
