"""What the tests of files, pipes and streams share: data, ways to read it, programs that run."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest

from netstat_parse.errors import MissingExtraError
from netstat_parse.reading.compression import import_zstd
from netstat_parse.reading.lines import Batch, batches
from netstat_parse.reading.sources import open_input

ROOT = Path(__file__).resolve().parent.parent
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": partial(gzip.compress, mtime=0),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}
try:
    ZSTD: Any = import_zstd()
except MissingExtraError:
    if os.environ.get("NETSTAT_PARSE_ALL_PROGRAMS"):
        raise
    ZSTD = None
else:
    _CHECKED = {ZSTD.CompressionParameter.checksum_flag: 1}
    COMPRESS["zstd"] = lambda data: ZSTD.compress(data, options=_CHECKED)
ROWS = [f"tcp  0  {n} 10.0.0.{n % 256}:{n * 7919 % 65536} ESTABLISHED" for n in range(5000)]
TEXT = ("\n".join(ROWS) + "\n").encode()
WIDE = "tcp\t10.0.0.1\r\n€ 𝄞 ਊ \u2028 \u010a\x0b|\n\nlast\0"
WIDE_LINES = ["tcp\t10.0.0.1", "€ 𝄞 ਊ \u2028 \u010a\x0b|", "", "last\0"]

each_compression = pytest.mark.parametrize("compression", list(COMPRESS))


def read(data: bytes, size: int = 262_144) -> list[Batch]:
    return list(batches(io.BytesIO(data), size=size))


def lines(data: bytes, size: int = 262_144) -> list[str]:
    return [line for batch in read(data, size) for line in batch.lines]


def read_file(path: str | Path) -> list[Batch]:
    with open_input(path) as file:
        return list(batches(file))


class _Endless(io.RawIOBase):
    """A file that repeats a piece until it has given `length` bytes, and keeps none of them."""

    def __init__(self, piece: bytes, length: int) -> None:
        self._piece = piece
        self._left = length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        count = min(len(buffer), len(self._piece), self._left)
        buffer[:count] = self._piece[:count]
        self._left -= count
        return count


def endless(piece: bytes, length: int) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", _Endless(piece, length))))


def peak_memory(work: Callable[[], None]) -> int:
    """The bytes that Python's objects took at most while the work was done."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def python(code: str, *arguments: str, **options: object) -> subprocess.Popen[bytes]:
    """A Python of its own that runs the code with this package."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("PYTHONUNBUFFERED", None)
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, env=environment, **options)  # type: ignore[call-overload,no-any-return]


HEAVY = {"gzip", "bz2", "lzma", "zlib", "tempfile", "select", "dataclasses"}
"""Modules that a start of the command has no time for, unless they are needed."""


def heavy_imports(module: str) -> set[str]:
    """Those of HEAVY, and of the packages this one depends on, that importing a module imports."""
    code = """if True:
        import sys, types
        package = sys.modules["netstat_parse"] = types.ModuleType("netstat_parse")
        package.__path__ = [sys.argv[1]]  # this module alone, not what the package imports
        __import__(sys.argv[2])
        print(*sys.modules)
    """
    child = python(code, str(ROOT / "netstat_parse"), module, stdout=subprocess.PIPE)
    output, _ = child.communicate()
    assert child.returncode == 0
    imported = set(output.decode().split())
    assert module in imported
    return imported & {*HEAVY, "pydantic", "pyparsing"}


@contextmanager
def alarm(seconds: int = 60) -> Iterator[None]:
    """Ends a test that waits for what will never come."""

    def ring(number: int, frame: object) -> None:
        raise AssertionError("still waiting")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
