"""Files, pipes and standard streams: what goes in comes out whole, or an error says why not."""

from __future__ import annotations

import array
import bz2
import codecs
import contextlib
import errno
import fcntl
import gzip
import io
import lzma
import os
import random
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import termios
import threading
import time
import tracemalloc
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import pytest

from netstat_parse.errors import InputError, NetstatError, OutputError
from netstat_parse.files import (
    MAX_LINE,
    Batch,
    batches,
    lines_of,
    open_input,
    open_output,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}
SUFFIX = {".gz": gzip.decompress, ".bz2": bz2.decompress, ".xz": lzma.decompress}
KINDS = pytest.mark.parametrize("kind", list(COMPRESS))
ROWS = [f"tcp  0  {n} 10.0.0.{n % 256}:{n * 7919 % 65536} ESTABLISHED" for n in range(5000)]
TEXT = ("\n".join(ROWS) + "\n").encode()


def read(data: bytes, size: int = 262_144) -> list[Batch]:
    return list(batches(io.BytesIO(data), size=size))


def lines(data: bytes, size: int = 262_144) -> list[str]:
    return [line for batch in read(data, size) for line in batch.lines]


def until_error(file: BinaryIO, size: int = 262_144) -> tuple[list[str], str]:
    """The lines that come before the InputError, and what it says."""
    found: list[str] = []
    with pytest.raises(InputError) as caught:
        found.extend(line for batch in batches(file, size=size) for line in batch.lines)
    return found, str(caught.value)


def python(code: str, *arguments: str, **options: object) -> subprocess.Popen[bytes]:
    """A Python of its own that runs the code with this package."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("PYTHONUNBUFFERED", None)
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, env=environment, **options)  # type: ignore[call-overload,no-any-return]


@pytest.fixture
def deadline() -> Iterator[None]:
    """Ends a test that waits for what will never come."""

    def ring(number: int, frame: object) -> None:
        raise AssertionError("still waiting")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


class Endless(io.RawIOBase):
    """A file that repeats a piece until it has given so many bytes, and keeps none of them."""

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
    return cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", Endless(piece, length))))


class Failing(io.RawIOBase):
    """A file whose reads give the pieces, one after another, and then an error."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self._pieces:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return self._pieces.pop(0)


def peak_memory(work: Callable[[], None]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


# Lines


@pytest.mark.parametrize(
    ("data", "expected", "terminated"),
    [
        (b"one\n", ["one"], True),
        (b"\n", [""], True),
        (b"\n\n\n", ["", "", ""], True),
        (b"one\r\ntwo\r\n", ["one", "two"], True),
        (b"one\r\r\n", ["one\r"], True),
        (b"10%\r20%\r\n", ["10%\r20%"], True),
        (b"one", ["one"], False),
        (b"one\ntwo", ["one", "two"], False),
        (b"one\ntwo\r", ["one", "two"], False),
        (b"\r", [""], False),
        (b"a\x0bb\x0cc\x1cd\x85e\n", ["a\x0bb\x0cc\x1cd\\x85e"], True),
        ("a\u2028b\u2029c\u0085d\n".encode(), ["a\u2028b\u2029c\u0085d"], True),
        (b"a\0b\n\0\0\n", ["a\0b", "\0\0"], True),
        (b"\xef\xbb\xbfone\n\xef\xbb\xbftwo\n", ["one", "\ufefftwo"], True),
        (b"caf\xe9 \xff\n", ["caf\\xe9 \\xff"], True),
        (b"\xe2\x82\n\xacx\n", ["\\xe2\\x82", "\\xacx"], True),
        (b"\xed\xa0\x80\n", ["\\xed\\xa0\\x80"], True),
        (b"B", ["B"], False),
        (b"BZhost:~$ netstat\n", ["BZhost:~$ netstat"], True),
        (b"\x1f", ["\x1f"], False),
        (b"\xfd7zX", ["\\xfd7zX"], False),
        (b"\xef\xbb", ["\\xef\\xbb"], False),
    ],
)
def test_lines(data: bytes, expected: list[str], terminated: bool) -> None:
    for size in (*range(1, 11), 262_144):
        found = read(data, size)
        assert [line for batch in found for line in batch.lines] == expected
        assert found[-1].terminated is terminated
        assert all(batch.terminated and batch.lines for batch in found[:-1])


@pytest.mark.parametrize(
    "data",
    [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", *(make(b"") for make in COMPRESS.values())],
)
@pytest.mark.parametrize("size", [1, 262_144])
def test_nothing_gives_no_batch(data: bytes, size: int) -> None:
    assert read(data, size) == []


def plain_reading(data: bytes) -> list[str]:
    pieces = data.split(b"\n")
    if not pieces[-1]:
        pieces.pop()
    found = [piece.decode("utf-8", "backslashreplace").removesuffix("\r") for piece in pieces]
    return [line[: MAX_LINE + 1] for line in found]


@pytest.mark.parametrize("size", range(1, 11))
def test_characters_torn_at_a_chunks_edge(size: int) -> None:
    chosen = random.Random(size)
    pieces = [b"a", b"\r", b"\n", b"\0", "é".encode(), "€".encode(), "𝄞".encode(), b"\xff", b"\xe2"]
    for _ in range(200):
        data = b"xx" + b"".join(chosen.choices(pieces, k=chosen.randrange(40)))
        assert lines(data, size) == plain_reading(data)


def test_chunks_of_any_size_give_the_same_lines() -> None:
    chosen = random.Random(4)
    data = b"".join(
        chosen.choice(["", "x" * chosen.randrange(200), "€" * chosen.randrange(90)]).encode()
        + chosen.choice([b"\n", b"\r\n"])
        for _ in range(2000)
    )
    for size in (1, 7, 100, 1000, 4096, 65_536, 10_000_000):
        assert lines(data, size) == plain_reading(data)


# Long lines


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
@pytest.mark.parametrize("size", [1000, 65_536, 262_144, 4_000_000])
@pytest.mark.parametrize("character", ["x", "é", "€", "𝄞"])
def test_a_long_line_is_cut_and_seen_to_be(end: bytes, size: int, character: str) -> None:
    for length in (MAX_LINE - 1, MAX_LINE, MAX_LINE + 1, MAX_LINE + 2, 5 * MAX_LINE):
        data = b"before\n" + (character * length).encode() + end
        data += b"after\n" if end else b""
        found = lines(data, size)
        assert found[0] == "before"
        assert found[1] == character * min(length, MAX_LINE + 1)
        assert found[2:] == (["after"] if end else [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("size", [1000, 262_144])
def test_a_carriage_return_where_a_line_is_cut_does_not_hide_the_cut(
    encoding: str, size: int
) -> None:
    for place in range(MAX_LINE - 1, MAX_LINE + 4):
        data = ("x" * place + "\r" + "y" * 400_000 + "\nafter\n").encode(encoding)
        cut, after = lines(data, size)
        assert len(cut) == MAX_LINE + 1
        assert cut == ("x" * place + "\r" + "y" * 9)[: MAX_LINE + 1]
        assert after == "after"


def test_bytes_that_are_not_utf8_count_as_what_they_are_shown_as() -> None:
    found = lines(b"\xff" * (MAX_LINE // 4) + b"\n" + b"\xff" * (MAX_LINE // 4 + 1) + b"\nafter\n")
    assert found[0] == "\\xff" * (MAX_LINE // 4)
    assert found[1] == ("\\xff" * (MAX_LINE // 4 + 1))[: MAX_LINE + 1]
    assert found[2] == "after"


@pytest.mark.parametrize(
    ("mark", "piece"),
    [
        (b"", b"x" * 65_536),
        (b"", b"\xff" * 65_536),
        (b"", bytes(65_536)),
        (codecs.BOM_UTF16_LE, "x€".encode("utf-16-le") * 8192),
    ],
)
def test_one_endless_line_takes_no_more_memory(mark: bytes, piece: bytes) -> None:
    found: list[tuple[int, bool]] = []

    def work() -> None:
        file = endless(piece, 200_000_000)
        for batch in batches(Marked(mark, file) if mark else file):
            found.extend((len(line), batch.terminated) for line in batch.lines)

    assert peak_memory(work) < 8_000_000
    assert found == [(MAX_LINE + 1, False)]


class Marked(io.BytesIO):
    """A byte-order mark, and then another file."""

    def __init__(self, mark: bytes, file: BinaryIO) -> None:
        super().__init__(mark)
        self._file = file

    def read1(self, size: int | None = -1) -> bytes:
        return super().read1(size) or self._file.read1(size)  # type: ignore[attr-defined]


def test_many_lines_take_no_more_memory() -> None:
    count = 0

    def work() -> None:
        nonlocal count
        file = endless(b"x" * 99 + b"\n", 30_000_000)
        for batch in batches(file):
            count += len(batch.lines)

    assert peak_memory(work) < 8_000_000
    assert count == 300_000


# UTF-16

WIDE = "tcp\t10.0.0.1\r\n€ 𝄞 ਊ \u2028 \u010a\x0b|\n\nlast\0"
WIDE_LINES = ["tcp\t10.0.0.1", "€ 𝄞 ਊ \u2028 \u010a\x0b|", "", "last\0"]


@pytest.mark.parametrize("size", [*range(1, 12), 262_144])
@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF16_LE + WIDE.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + WIDE.encode("utf-16-be"),
        WIDE.encode("utf-16-le"),
    ],
    ids=["LE", "BE", "LE without a mark"],
)
def test_utf16(data: bytes, size: int) -> None:
    found = read(data, size)
    assert [line for batch in found for line in batch.lines] == WIDE_LINES
    assert [batch.terminated for batch in found] == [True] * (len(found) - 1) + [False]


@pytest.mark.parametrize("size", [1, 2, 3, 262_144])
def test_damaged_utf16(size: int) -> None:
    alone = codecs.BOM_UTF16_LE + b"a\0\x00\xd8b\0\n\0c\0"
    assert lines(alone, size) == ["a\\x00\\xd8b", "c"]
    assert lines(codecs.BOM_UTF16_LE + b"a\0\n\0b\0c", size) == ["a", "bc"[:1] + "\\x63"]
    assert lines(codecs.BOM_UTF16_LE + b"a\0\x34\xd8", size) == ["a\\x34\\xd8"]


@pytest.mark.parametrize("size", [1, 262_144])
def test_a_few_nuls_are_not_utf16(size: int) -> None:
    assert lines(b"a\0b\0c\0d\n", size) == ["a\0b\0c\0d"]
    assert lines(b"a\0", size) == ["a\0"]
    assert lines(b"\0a\0b\0c\0d\0e\n", size) == ["\0a\0b\0c\0d\0e"]


def test_long_lines_in_utf16() -> None:
    for size in (1001, 262_144):
        for length in (MAX_LINE, MAX_LINE + 1, MAX_LINE + 2, 4 * MAX_LINE):
            data = ("€" * length + "\r\nafter\r\n").encode("utf-16")
            assert lines(data, size) == ["€" * min(length, MAX_LINE + 1), "after"]


# Compression


@KINDS
@pytest.mark.parametrize("size", [1, 7, 1000, 262_144])
def test_compressed_by_content(kind: str, size: int) -> None:
    data = TEXT[: 20 * size if size < 1000 else None]
    assert lines(COMPRESS[kind](data), size) == data.decode().splitlines()


@KINDS
@pytest.mark.parametrize("size", [1, 5, 262_144])
def test_members_one_after_another(kind: str, size: int) -> None:
    make = COMPRESS[kind]
    data = make(b"one\ntw") + make(b"") + make(b"o\n") + bytes(8) + make(b"three\n") + bytes(512)
    assert lines(data, size) == ["one", "two", "three"]


@KINDS
def test_many_empty_members(kind: str) -> None:
    assert lines(COMPRESS[kind](b"") * 20_000 + COMPRESS[kind](b"end\n")) == ["end"]


@KINDS
def test_compressed_utf16(kind: str) -> None:
    assert lines(COMPRESS[kind](WIDE.encode("utf-16")), 3) == WIDE_LINES


@KINDS
@pytest.mark.parametrize("buffering", [0, -1])
def test_compressed_on_a_pipe(kind: str, buffering: int) -> None:
    with subprocess.Popen(
        ["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=buffering
    ) as cat:
        assert cat.stdin is not None
        assert cat.stdout is not None
        cat.stdin.write(COMPRESS[kind](TEXT))
        cat.stdin.close()
        found = [line for batch in batches(cat.stdout) for line in batch.lines]  # type: ignore[arg-type]
    assert found == ROWS


@KINDS
@pytest.mark.parametrize("size", [1, 262_144])
def test_cut_data_gives_what_came_before(kind: str, size: int) -> None:
    data = COMPRESS[kind](b"\n".join(b"row %d" % n for n in range(50)) + b"\n")
    rows = [f"row {n}" for n in range(50)]
    for end in range(10, len(data)):
        found, message = until_error(io.BytesIO(data[:end]), size)
        whole, last = found[:-1], found[-1:]
        assert whole == rows[: len(whole)]
        assert all(rows[len(whole)].startswith(line) for line in last)
        assert f"the {kind} data is cut off" in message
    # With everything but the end of the checksum there, every row is.
    assert until_error(io.BytesIO(data[:-1]), size)[0] == rows


def test_cut_gzip_gives_all_that_zlib_can_decompress() -> None:
    data = gzip.compress(TEXT)
    half = data[: len(data) // 2]
    expected = zlib.decompressobj(31).decompress(half).decode().split("\n")
    assert len(expected) > 1000
    assert until_error(io.BytesIO(half))[0] == expected


@pytest.mark.parametrize("kind", ["gzip", "xz"])
def test_damage_in_the_middle_gives_what_came_before(kind: str) -> None:
    data = bytearray(COMPRESS[kind](TEXT))
    middle = len(data) // 2
    data[middle : middle + 40] = bytes(40)
    found, message = until_error(io.BytesIO(data))
    # Half of the compressed rows are undamaged; what follows may decompress to anything.
    assert found[:2000] == ROWS[:2000]
    assert f"damaged {kind} data" in message


def test_damage_in_a_later_block_of_bzip2() -> None:
    rows = [f"{n} {n * n}" for n in range(100_000)]
    data = bytearray(bz2.compress("\n".join(rows).encode(), 1))
    found, message = until_error(io.BytesIO(data[:-1]))
    assert found == rows
    data[-200:-100] = bytes(100)
    found, message = until_error(io.BytesIO(data))
    assert len(found) > 50_000
    assert found[:-1] == rows[: len(found) - 1]
    assert "damaged bzip2 data" in message


@KINDS
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("size", [1, 1000, 262_144])
def test_a_wrong_checksum_comes_after_all_rows(kind: str, first: bool, size: int) -> None:
    rows = ROWS[: 20 if size == 1 else None]
    data = bytearray(COMPRESS[kind]("\n".join(rows).encode()))
    if kind == "xz":  # 8 bytes of CRC64, an index, and a footer of 12 bytes with its length
        index = 4 * (int.from_bytes(data[-8:-4], "little") + 1)
        place = -12 - index - (8 if first else 1)
    elif kind == "gzip":  # 4 bytes of CRC32, and 4 bytes of length
        place = -8 if first else -5
    else:  # 4 bytes of CRC32, and up to 7 bits of padding
        place = -4 if first else -2
    data[place] ^= 0x40
    found, message = until_error(io.BytesIO(data), size)
    assert found == rows
    assert f"damaged {kind} data" in message


@KINDS
def test_something_else_after_the_compressed_data(kind: str) -> None:
    found, message = until_error(io.BytesIO(COMPRESS[kind](TEXT) + b"\nother text\n"))
    assert found == ROWS
    assert f"damaged {kind} data" in message


def bomb(kind: str, length: int) -> bytes:
    makers: dict[str, Callable[[], Any]] = {
        "gzip": lambda: zlib.compressobj(1, zlib.DEFLATED, 31),
        "bzip2": bz2.BZ2Compressor,
        "xz": lambda: lzma.LZMACompressor(preset=0),
    }
    compressor = makers[kind]()
    zeros = bytes(1_000_000)
    pieces = [compressor.compress(zeros) for _ in range(length // len(zeros))]
    pieces.append(compressor.flush())
    return b"".join(pieces)


@KINDS
def test_a_bomb_takes_no_more_memory(kind: str) -> None:
    data = bomb(kind, 100_000_000)
    assert len(data) < 1_000_000
    found: list[tuple[int, bool]] = []

    def work() -> None:
        for batch in batches(io.BytesIO(data)):
            found.extend((len(line), batch.terminated) for line in batch.lines)

    assert peak_memory(work) < 16_000_000
    assert found == [(MAX_LINE + 1, False)]


def test_an_xz_file_may_not_ask_for_any_amount_of_memory() -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 20}]
    data = bytearray(lzma.compress(b"text\n", filters=filters))
    # The dictionary's size is one byte of the block's header, which has a CRC32 of its own.
    header = data[12:24]
    assert header[2:4] == b"\x21\x01"
    header[4] = 40  # 4 GiB
    header[8:12] = zlib.crc32(header[:8]).to_bytes(4, "little")
    data[12:24] = header
    found, message = until_error(io.BytesIO(data))
    assert found == []
    assert "emory" in message


@KINDS
def test_on_bytes_counts_the_bytes_as_they_are_in_the_file(kind: str, tmp_path: Path) -> None:
    for data in (TEXT, COMPRESS[kind](TEXT)):
        path = tmp_path / "log"
        path.write_bytes(data)
        counts: list[int] = []
        with open_input(path) as file:
            for _ in batches(file, size=1000, on_bytes=counts.append):
                pass
        assert sum(counts) == len(data)
        assert all(0 < count <= 1000 for count in counts)


# Where it comes from


def pipe_ends(buffering: int) -> tuple[BinaryIO, BinaryIO]:
    reading, writing = os.pipe()
    return open(reading, "rb", buffering=buffering), open(writing, "wb", buffering=0)


def socket_ends(buffering: int) -> tuple[BinaryIO, BinaryIO]:
    here, there = socket.socketpair()
    with here, there:
        return here.makefile("rb"), cast("BinaryIO", there.makefile("wb", buffering=0))


ENDS = pytest.mark.parametrize(
    ("ends", "buffering"), [(pipe_ends, 0), (pipe_ends, -1), (socket_ends, -1)]
)


@ENDS
def test_a_line_comes_as_soon_as_it_is_written(
    ends: Callable[[int], tuple[BinaryIO, BinaryIO]], buffering: int, deadline: None
) -> None:
    reader, writer = ends(buffering)
    with reader, writer:
        found = batches(reader)
        writer.write(b"Active Internet connections\n")
        assert next(found) == Batch(["Active Internet connections"], True)
        writer.write(b"two\nthree\nfo")
        assert next(found) == Batch(["two", "three"], True)
        writer.write(b"ur\n")
        assert next(found) == Batch(["four"], True)
        writer.write(b"end")
        writer.close()
        assert next(found) == Batch(["end"], False)
        assert next(found, None) is None


def test_a_compressed_line_comes_as_soon_as_it_is_flushed(deadline: None) -> None:
    reader, writer = pipe_ends(-1)
    with reader, writer:
        compressor = zlib.compressobj(wbits=31)
        found = batches(reader)
        for line in ("one", "two", "three"):
            writer.write(compressor.compress(f"{line}\n".encode()))
            writer.write(compressor.flush(zlib.Z_SYNC_FLUSH))
            assert next(found) == Batch([line], True)
        writer.write(compressor.flush())
        writer.close()
        assert next(found, None) is None


def test_a_program_that_waits_for_its_line_to_be_read() -> None:
    code = "for n in range(5): print('line', n, flush=True); assert input() == str(n)"
    child = python(code, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    watch = threading.Timer(60, child.kill)
    watch.start()
    with child:
        assert child.stdin is not None
        assert child.stdout is not None
        for number, batch in enumerate(batches(child.stdout)):  # type: ignore[arg-type]
            assert batch == Batch([f"line {number}"], True)
            child.stdin.write(b"%d\n" % number)
            child.stdin.flush()
    watch.cancel()
    assert child.returncode == 0


@pytest.mark.parametrize("buffering", [0, -1])
def test_a_pipe_that_another_program_made_non_blocking(buffering: int, deadline: None) -> None:
    reader, writer = pipe_ends(buffering)
    os.set_blocking(reader.fileno(), False)

    def write() -> None:
        with writer:
            for row in ROWS[:5]:
                time.sleep(0.02)
                writer.write(row.encode() + b"\n")

    thread = threading.Thread(target=write)
    thread.start()
    with reader:
        found = [line for batch in batches(reader) for line in batch.lines]
    thread.join()
    assert found == ROWS[:5]


def test_a_raw_file(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(TEXT)
    with open(path, "rb", buffering=0) as file:
        assert [line for batch in batches(file) for line in batch.lines] == ROWS


def test_a_reading_error_comes_after_the_lines() -> None:
    found, message = until_error(Failing(b"one\ntw", b"o\nthr"))  # type: ignore[arg-type]
    assert found == ["one", "two", "thr"]
    assert message == f"input: {os.strerror(errno.EIO)}"
    assert until_error(Failing(b"B"))[0] == ["B"]  # type: ignore[arg-type]
    assert until_error(Failing(b"a", b"\0"))[0] == ["a\0"]  # type: ignore[arg-type]
    assert until_error(Failing())[0] == []  # type: ignore[arg-type]


def test_a_reading_error_of_the_system() -> None:
    # A connection that was reset: the lines that came before it are there.
    with socket.create_server(("127.0.0.1", 0)) as server:
        here = socket.create_connection(server.getsockname())
        there, _ = server.accept()
        with here, there, here.makefile("rb") as file:
            found = batches(file)
            there.sendall(b"one\n")
            assert next(found) == Batch(["one"], True)
            # With no time to linger, closing resets.
            there.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            there.close()
            with pytest.raises(InputError, match=os.strerror(errno.ECONNRESET)):
                next(found)


@KINDS
def test_a_reading_error_within_compressed_data(kind: str) -> None:
    data = COMPRESS[kind](TEXT)
    found, message = until_error(Failing(data[:-1]))  # type: ignore[arg-type]
    assert found == ROWS
    assert os.strerror(errno.EIO) in message


@pytest.mark.parametrize("name", ["missing", "folder", "log/below", "a\0b", "x" * 1000])
def test_input_that_cannot_be_opened(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "log").write_bytes(b"")
    path = f"{tmp_path}/{name}"
    with pytest.raises(InputError) as caught, open_input(path):
        pass
    assert isinstance(caught.value, NetstatError)
    assert str(caught.value).startswith(f"{path}: ")
    with pytest.raises(InputError):
        list(lines_of(path))


def test_an_error_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress(b"one\n")[:-3])
    with pytest.raises(InputError, match=r"log\.gz: the gzip data is cut off"):
        list(lines_of(path))


def test_open_input_closes_the_file_and_passes_errors_on(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"one\n")
    with pytest.raises(FileNotFoundError), open_input(path) as file:
        (tmp_path / "other").read_bytes()
    assert file.closed


def test_standard_input_is_not_closed() -> None:
    code = """if True:
        import sys
        from netstat_parse.files import batches, open_input
        with open_input("-") as file:
            for batch in batches(file):
                print(batch)
        assert not sys.stdin.buffer.closed
    """
    child = python(code, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    output, _ = child.communicate(gzip.compress(b"one\r\ntwo"))
    assert child.returncode == 0
    assert output.decode().splitlines() == [
        "Batch(lines=['one'], terminated=True)",
        "Batch(lines=['two'], terminated=False)",
    ]


def test_no_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(InputError, match="standard input"), open_input("-"):
        pass


def test_lines_of(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(bz2.compress(b"one\r\n\ntwo\n"))
    assert list(lines_of(path)) == ["one\n", "\n", "two\n"]
    path.write_bytes(b"one\ntwo")
    assert list(lines_of(str(path))) == ["one\n", "two"]
    path.write_bytes(b"")
    assert list(lines_of(path)) == []


# Output to a file


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextlib.contextmanager
def umask(bits: int) -> Iterator[None]:
    before = os.umask(bits)
    try:
        yield
    finally:
        os.umask(before)


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    text = "proto,é,€\r\n" + "x\n" * 300_000
    with open_output(path) as file:
        file.write(text)
        assert not path.exists()
    assert path.read_bytes() == text.encode()
    assert leftovers(tmp_path) == []
    with open_output(str(path)) as file:
        print("new", file=file)
        file.flush()
        assert path.read_bytes() == text.encode()
        (temporary,) = leftovers(tmp_path)
        assert temporary.endswith(".tmp")
    assert path.read_bytes() == b"new\n"
    assert leftovers(tmp_path) == []


def test_a_name_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_output("out") as file:
        file.write("here\n")
    assert (tmp_path / "out").read_text() == "here\n"


def test_a_closed_file_is_no_error(tmp_path: Path) -> None:
    with open_output(tmp_path / "out") as file, file:
        file.write("text\n")
    assert (tmp_path / "out").read_text() == "text\n"


def test_text_that_utf8_has_no_bytes_for(tmp_path: Path) -> None:
    with open_output(tmp_path / "out") as file:
        file.write("caf\udce9.log\n")
    assert (tmp_path / "out").read_bytes() == b"caf\\udce9.log\n"


class BrokenError(Exception):
    pass


def write_and_raise(path: str | Path, text: str, error: type[BaseException]) -> None:
    with open_output(path) as file:
        file.write(text)
        raise error


@pytest.mark.parametrize("suffix", ["", ".gz", ".bz2", ".xz"])
@pytest.mark.parametrize(
    "error", [BrokenError, KeyboardInterrupt, SystemExit, BrokenPipeError, FileNotFoundError]
)
@pytest.mark.parametrize("size", [0, 1, 1_000_000])
def test_an_exception_leaves_the_old_file(
    suffix: str, error: type[BaseException], size: int, tmp_path: Path
) -> None:
    old = tmp_path / f"old{suffix}"
    old.write_bytes(b"as it was")
    for path in (old, tmp_path / f"new{suffix}"):
        with pytest.raises(error):
            write_and_raise(path, "x\n" * size, error)
    assert old.read_bytes() == b"as it was"
    assert [path.name for path in tmp_path.iterdir()] == [old.name]


def test_an_interrupt_while_writing(tmp_path: Path) -> None:
    code = """if True:
        import sys
        from netstat_parse.files import open_output
        with open_output(sys.argv[1]) as file:
            print("ready", flush=True)
            while True:
                file.write("row\\n" * 1000)
    """
    path = tmp_path / "out"
    path.write_bytes(b"as it was")
    child = python(code, str(path), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate()
    assert child.returncode != 0
    assert errors.rstrip().endswith(b"KeyboardInterrupt")
    assert path.read_bytes() == b"as it was"
    assert leftovers(tmp_path) == []


def test_a_kill_leaves_the_old_file_or_the_new(tmp_path: Path) -> None:
    code = """if True:
        import itertools, sys
        from netstat_parse.files import open_output
        for number in itertools.count():
            with open_output(sys.argv[1]) as file:
                file.write(f"begin {number}\\n")
                for _ in range(20):
                    file.write("row\\n" * 10_000)
                file.write(f"end {number}\\n")
            print(number, flush=True)
    """
    path = tmp_path / "out"
    chosen = random.Random(9)
    for _ in range(12):
        child = python(code, str(path), stdout=subprocess.PIPE)
        with child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"0\n"
            time.sleep(chosen.random() / 20)
            child.kill()
        found = path.read_text().splitlines()
        assert found[0].split()[0] == "begin"
        assert found[-1] == found[0].replace("begin", "end")
        assert found[1:-1] == ["row"] * 200_000
        assert all(name.endswith(".tmp") for name in leftovers(tmp_path))


def test_a_kill_in_the_middle(tmp_path: Path) -> None:
    code = """if True:
        import sys, time
        from netstat_parse.files import open_output
        with open_output(sys.argv[1]) as file:
            file.write("row\\n" * 1000)
            file.flush()
            print("ready", flush=True)
            time.sleep(600)
    """
    path = tmp_path / "out"
    path.write_bytes(b"as it was")
    with python(code, str(path), stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        child.kill()
    assert path.read_bytes() == b"as it was"
    (stale,) = leftovers(tmp_path)
    assert stale.endswith(".tmp")
    # What was left behind is in nobody's way.
    with open_output(path) as file:
        file.write("new\n")
    assert path.read_bytes() == b"new\n"


@pytest.mark.parametrize("bits", [0o022, 0o027, 0o077, 0])
def test_permissions(bits: int, tmp_path: Path) -> None:
    with umask(bits):
        new = tmp_path / "new"
        with open_output(new) as file:
            file.write("new\n")
        assert mode(new) == 0o666 & ~bits
        for kept in (0o600, 0o640, 0o664, 0o777):
            new.chmod(kept)
            with open_output(new) as file:
                file.write("again\n")
                (temporary,) = leftovers(tmp_path)
                assert mode(tmp_path / temporary) == kept
            assert mode(new) == kept
    assert new.read_text() == "again\n"


@pytest.mark.parametrize("target", ["target", "folder/target"])
@pytest.mark.parametrize("exists", [True, False])
def test_a_symbolic_link_stays(target: str, exists: bool, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    link, other = tmp_path / "link", tmp_path / "other"
    other.symlink_to(target)
    link.symlink_to("other")
    if exists:
        (tmp_path / target).write_text("old\n")
        (tmp_path / target).chmod(0o640)
    with open_output(link) as file:
        file.write("new\n")
    assert os.readlink(link) == "other"
    assert os.readlink(other) == target
    assert not (tmp_path / target).is_symlink()
    assert (tmp_path / target).read_text() == "new\n"
    if exists:
        assert mode(tmp_path / target) == 0o640
    assert leftovers(tmp_path) == leftovers(tmp_path / "folder") == []


@pytest.mark.parametrize("suffix", list(SUFFIX))
def test_a_name_that_compresses(suffix: str, tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        path = tmp_path / f"{name}.csv{suffix}"
        with open_output(path) as file:
            file.write(TEXT.decode())
        found.append(path.read_bytes())
        assert len(found[-1]) < len(TEXT) / 2
        assert SUFFIX[suffix](found[-1]) == TEXT
        assert list(lines_of(path)) == [f"{row}\n" for row in ROWS]
    assert found[0] == found[1]


def test_a_compressed_file_says_nothing_of_when_it_was_made(tmp_path: Path) -> None:
    path = tmp_path / "out.gz"
    with open_output(path) as file:
        file.write("text\n")
    assert path.read_bytes()[3:8] == bytes(5)  # no name, and no time


# Output that fails


@pytest.fixture
def ordinary_user() -> Iterator[Path]:
    """A directory, and no more rights than anybody has in it."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        before = os.geteuid()
        if before == 0:
            os.seteuid(65_534)
        else:
            os.chmod(name, 0o555)
        try:
            yield Path(name)
        finally:
            os.seteuid(before)
            os.chmod(name, 0o755)


def test_a_directory_that_may_not_be_written(ordinary_user: Path) -> None:
    path = ordinary_user / "out"
    with pytest.raises(OutputError, match=f"out: {os.strerror(errno.EACCES)}"), open_output(path):
        pytest.fail("the block was entered")


def test_a_file_that_may_not_be_written() -> None:
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o777)
        path = Path(name) / "out"
        path.write_text("old\n")
        path.chmod(0o444)
        before = os.geteuid()
        if before == 0:
            os.seteuid(65_534)
        try:
            with pytest.raises(OutputError, match="denied"), open_output(path):
                pytest.fail("the block was entered")
        finally:
            os.seteuid(before)
        assert path.read_text() == "old\n"
        assert leftovers(Path(name)) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing/out", "there is no directory"),
        ("dangling", "there is no directory"),
        ("folder", os.strerror(errno.EISDIR)),
        ("folder/", os.strerror(errno.EISDIR)),
        ("missing/", os.strerror(errno.ENOENT)),
        ("file/out", os.strerror(errno.ENOTDIR)),
        ("circle", os.strerror(errno.ELOOP)),
        ("a\0b", "null"),
        ("x" * 1000, os.strerror(errno.ENAMETOOLONG)),
    ],
)
def test_output_that_cannot_be_opened(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("old\n")
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "dangling").symlink_to("missing/target")
    before = sorted(tmp_path.iterdir())
    path = f"{tmp_path}/{name}"
    with pytest.raises(OutputError) as caught, open_output(path):
        pytest.fail("the block was entered")
    assert isinstance(caught.value, NetstatError)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("size", [1, 3_000_000])
def test_a_full_device(size: int) -> None:
    with pytest.raises(OutputError) as caught, open_output("/dev/full") as file:
        file.write("x\n" * size)
    assert str(caught.value) == f"/dev/full: {os.strerror(errno.ENOSPC)}"


def test_a_full_device_while_another_error_passes() -> None:
    with pytest.raises(BrokenError):
        write_and_raise("/dev/full", "x\n", BrokenError)


@pytest.mark.parametrize("suffix", ["", ".gz", ".bz2", ".xz"])
def test_a_file_that_may_not_grow_leaves_the_old_one(suffix: str, tmp_path: Path) -> None:
    # The limit stands in for a full disk: the system refuses to write in the same way.
    code = """if True:
        import random, resource, sys
        from netstat_parse.errors import OutputError
        from netstat_parse.files import open_output
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        chosen = random.Random(1)
        try:
            with open_output(sys.argv[1]) as file:
                for _ in range(200_000):
                    file.write(f"{chosen.random()}\\n")
        except OutputError as error:
            print(error)
    """
    path = tmp_path / f"out{suffix}"
    path.write_bytes(b"as it was")
    child = python(code, str(path), stdout=subprocess.PIPE)
    output, _ = child.communicate()
    assert child.returncode == 0
    assert output.decode() == f"{path}: {os.strerror(errno.EFBIG)}\n"
    assert path.read_bytes() == b"as it was"
    assert leftovers(tmp_path) == []


def test_a_broken_pipe_stays_what_it_is() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        for size in (1, 3_000_000):
            with pytest.raises(BrokenPipeError), open_output(f"/dev/fd/{writing}") as file:
                file.write("x\n" * size)
    finally:
        os.close(writing)


# Output to what is no regular file


def test_a_device_is_written_and_stays() -> None:
    before = os.stat("/dev/null")
    with open_output("/dev/null") as file:
        file.write("x\n" * 1000)
    after = os.stat("/dev/null")
    assert stat.S_ISCHR(after.st_mode)
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)


@pytest.mark.parametrize("linked", [False, True])
def test_a_fifo_is_written_and_stays(linked: bool, tmp_path: Path, deadline: None) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    name = tmp_path / "link"
    name.symlink_to("fifo")
    got: list[bytes] = []
    thread = threading.Thread(target=lambda: got.append(path.read_bytes()))
    thread.start()
    with open_output(name if linked else path) as file:
        file.write("one\ntwo\n")
    thread.join()
    assert got == [b"one\ntwo\n"]
    assert path.is_fifo()


def test_a_pipe_gets_the_whole_lines_before_an_exception() -> None:
    reading, writing = os.pipe()
    with pytest.raises(KeyboardInterrupt):
        write_and_raise(f"/dev/fd/{writing}", "one\ntwo\n", KeyboardInterrupt)
    os.close(writing)
    with open(reading, "rb") as reader:
        assert reader.read() == b"one\ntwo\n"


# Standard output

TO_STANDARD_OUTPUT = """if True:
    import sys
    from netstat_parse.files import open_output
    name = None if sys.argv[1] == "None" else sys.argv[1]
    print("before")
    with open_output(name) as file:
        file.write("é €\\n" + "x\\r\\n" * int(sys.argv[2]))
    print("after")
"""


@pytest.mark.parametrize("name", ["None", "-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
@pytest.mark.parametrize("to_file", [True, False])
def test_standard_output(name: str, to_file: bool, tmp_path: Path) -> None:
    expected = ("header\nbefore\né €\n" + "x\r\n" * 100_000 + "after\n").encode()
    path = tmp_path / "redirected"
    if to_file:
        with open(path, "wb") as file:
            file.write(b"header\n")
            file.flush()
            number = file.fileno()
            with python(TO_STANDARD_OUTPUT, name, "100000", stdout=number) as child:
                pass
        output = path.read_bytes()
    else:
        child = python(TO_STANDARD_OUTPUT, name, "100000", stdout=subprocess.PIPE)
        output = b"header\n" + child.communicate()[0]
    assert child.returncode == 0
    assert output == expected
    assert leftovers(tmp_path) == []


def test_standard_output_that_is_full() -> None:
    code = """if True:
        import sys
        from netstat_parse.errors import OutputError
        from netstat_parse.files import open_output
        try:
            with open_output(None) as file:
                file.write("x\\n" * int(sys.argv[1]))
        except OutputError as error:
            print(error, file=sys.stderr, flush=True)
            sys.exit(7)
    """
    for size in ("1", "1000000"):
        with open("/dev/full", "wb") as full:
            child = python(code, size, stdout=full, stderr=subprocess.PIPE)
            _, errors = child.communicate()
        assert child.returncode == 7
        assert errors.decode() == f"standard output: {os.strerror(errno.ENOSPC)}\n"


def test_standard_output_that_nobody_reads() -> None:
    code = """if True:
        import sys
        from netstat_parse.files import open_output
        try:
            with open_output("-") as file:
                while True:
                    file.write("row\\n")
        except BrokenPipeError:
            sys.exit(7)
    """
    with python(code, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline() == b"row\n"
        child.stdout.close()
        assert child.stderr.read() == b""
    assert child.returncode == 7


def test_an_interrupt_while_nobody_reads() -> None:
    code = """if True:
        from netstat_parse.files import open_output
        with open_output(None) as file:
            for number in range(1_000_000):
                file.write(f"row {number}\\n")
    """
    with python(code, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        waiting = array.array("i", [0])
        while waiting[0] < 65_536:  # the pipe is full: the program waits
            time.sleep(0.01)
            fcntl.ioctl(child.stdout, termios.FIONREAD, waiting)
        child.send_signal(signal.SIGINT)
        # It ends without anybody reading, and tells nothing twice to those who read later.
        child.wait(60)
        output = child.stdout.read().decode()
        errors = child.stderr.read()
    assert errors.rstrip().endswith(b"KeyboardInterrupt")
    expected = "".join(f"row {number}\n" for number in range(20_000))
    assert len(output) >= 65_536
    assert expected.startswith(output)


@pytest.mark.parametrize("name", [None, "/dev/stdout"])
def test_standard_output_that_another_program_made_non_blocking(name: str | None) -> None:
    code = "import os; os.set_blocking(1, False)\n" + TO_STANDARD_OUTPUT
    with python(code, str(name), "500000", stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        output = bytearray()
        while piece := os.read(child.stdout.fileno(), 65_536):
            output += piece
            time.sleep(0.001)
    assert child.returncode == 0
    assert output == ("before\né €\n" + "x\r\n" * 500_000 + "after\n").encode()


def test_standard_output_that_takes_only_text() -> None:
    with contextlib.redirect_stdout(io.StringIO()) as stand_in, open_output(None) as file:
        file.write("é\n")
    assert stand_in.getvalue() == "é\n"


def test_no_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(OutputError, match="standard output"), open_output(None):
        pytest.fail("the block was entered")


def test_the_import_is_cheap() -> None:
    code = """if True:
        import sys, types
        package = sys.modules["netstat_parse"] = types.ModuleType("netstat_parse")
        package.__path__ = [sys.argv[1]]  # this module alone, not what the package imports
        import netstat_parse.files
        print(*{"gzip", "bz2", "lzma", "zlib", "tempfile", "select"} & set(sys.modules))
    """
    child = python(code, str(ROOT / "netstat_parse"), stdout=subprocess.PIPE)
    output, _ = child.communicate()
    assert output.split() == []
    assert child.returncode == 0
