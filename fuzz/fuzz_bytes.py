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
    from netstat_parse.command import convert, main, writing
    from netstat_parse.dialects import NAMES, explain, frozen, registry
    from netstat_parse.errors import NetstatError
    from netstat_parse.models import Snapshot
    from netstat_parse.reading.lines import Batch, batches
    from netstat_parse.reading.options import Options
    from netstat_parse.reading.reader import LineReader
    from netstat_parse.schema import KINDS, Kind
    from netstat_parse.snapshots import SnapshotReader
    from netstat_parse.writing import columns, terminal
    from netstat_parse.writing.text import CsvSink, write_csv

    for name in NAMES:
        registry.get_dialect(name)

LATE = (convert, writing, explain, columns, terminal)
"""Imported by the others only when they are needed, which is too late to be instrumented."""
HEADERS = tuple(f"{header}\n".encode() for header in frozen.LAYOUTS)
"""A first byte below 32 puts one of these in front, so that the fuzzer needs not find them."""
FORMATS = ("csv", "jsonl", "json", "table")
LOG = Path(mkdtemp(prefix="netstat-fuzz-")) / "log"
FINDINGS = os.environ.get("NETSTAT_FUZZ_FINDINGS")


def check_reader(data: bytes) -> None:
    """read_log's way from bytes to Snapshots, in pieces of two sizes."""
    results = []
    is_damaged = False
    for size in (64, 1 << 18):
        pieces, is_damaged = read(data, size)
        snapshots = SnapshotReader()
        out: list[object] = []
        total = 0
        try:
            for batch in pieces:
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


def read(data: bytes, size: int) -> tuple[list[Batch], bool]:
    """The lines of the bytes, up to where these are damaged; and whether they are."""
    pieces: list[Batch] = []
    try:
        pieces.extend(batches(io.BytesIO(data), size=size))
    except NetstatError:
        return pieces, True
    return pieces, False


def check_csv(data: bytes, kind: Kind) -> None:
    """The command's CSV, which makes no models where it can do without, is the models' CSV."""
    pieces, _ = read(data, 256)
    fast, slow = io.BytesIO(), io.StringIO(newline="")
    sink = CsvSink(fast, lambda *_: None, lambda _: None, kind=kind)
    rows = LineReader(sink, Options())
    snapshots = SnapshotReader()
    found: list[Snapshot] = []
    for batch in pieces:
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
    write_csv(found, slow, table=kind.option)
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
        status = main(arguments)
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
        check_csv(data, KINDS[len(data) % len(KINDS)])
    if len(data) % 4 == 0:  # it takes the longest
        with kept(data):
            check_command(data)


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()
