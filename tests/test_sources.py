"""Files, pipes and compressed data: all that can be read is read, or an error says why not."""

from __future__ import annotations

import bz2
import errno
import gzip
import io
import lzma
import os
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest
from streams import (
    COMPRESS,
    ROWS,
    TEXT,
    WIDE,
    WIDE_LINES,
    ZSTD,
    alarm,
    each_compression,
    heavy_imports,
    lines,
    peak_memory,
    python,
    read_file,
)

from netstat_parse.errors import InputError, NetstatError
from netstat_parse.reading.lines import MAX_LINE, Batch, batches
from netstat_parse.reading.sources import find_encoding, open_input


def until_error(file: BinaryIO, size: int = 262_144) -> tuple[list[str], str]:
    """The lines that come before the InputError, and what it says."""
    found: list[str] = []
    with pytest.raises(InputError) as caught:
        found.extend(line for batch in batches(file, size=size) for line in batch.lines)
    return found, str(caught.value)


@pytest.fixture
def deadline() -> Iterator[None]:
    with alarm():
        yield


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


# Compression


@each_compression
@pytest.mark.parametrize("size", [1, 7, 1000, 262_144])
def test_compressed_by_content(compression: str, size: int) -> None:
    data = TEXT[: 20 * size if size < 1000 else None]
    assert lines(COMPRESS[compression](data), size) == data.decode().splitlines()


@each_compression
@pytest.mark.parametrize("size", [1, 5, 262_144])
def test_members_one_after_another(compression: str, size: int) -> None:
    make = COMPRESS[compression]
    data = make(b"one\ntw") + make(b"") + make(b"o\n") + bytes(8) + make(b"three\n") + bytes(512)
    assert lines(data, size) == ["one", "two", "three"]


@each_compression
def test_many_empty_members(compression: str) -> None:
    assert lines(COMPRESS[compression](b"") * 20_000 + COMPRESS[compression](b"end\n")) == ["end"]


@each_compression
def test_compressed_utf16(compression: str) -> None:
    assert lines(COMPRESS[compression](WIDE.encode("utf-16")), 3) == WIDE_LINES


@each_compression
@pytest.mark.parametrize("buffering", [0, -1])
def test_compressed_on_a_pipe(compression: str, buffering: int) -> None:
    with subprocess.Popen(
        ["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=buffering
    ) as cat:
        assert cat.stdin is not None
        assert cat.stdout is not None
        cat.stdin.write(COMPRESS[compression](TEXT))
        cat.stdin.close()
        found = [line for batch in batches(cat.stdout) for line in batch.lines]  # type: ignore[arg-type]
    assert found == ROWS


@each_compression
@pytest.mark.parametrize("size", [1, 262_144])
def test_cut_data_gives_what_came_before(compression: str, size: int) -> None:
    data = COMPRESS[compression](b"\n".join(b"row %d" % n for n in range(50)) + b"\n")
    rows = [f"row {n}" for n in range(50)]
    for end in range(10, len(data)):
        found, message = until_error(io.BytesIO(data[:end]), size)
        whole, last = found[:-1], found[-1:]
        assert whole == rows[: len(whole)]
        assert all(rows[len(whole)].startswith(line) for line in last)
        assert f"the {compression} data is cut off" in message
    # With everything but the end of the checksum there, every row is.
    assert until_error(io.BytesIO(data[:-1]), size)[0] == rows


def test_cut_gzip_gives_all_that_zlib_can_decompress() -> None:
    data = gzip.compress(TEXT)
    half = data[: len(data) // 2]
    expected = zlib.decompressobj(31).decompress(half).decode().split("\n")
    assert len(expected) > 1000
    assert until_error(io.BytesIO(half))[0] == expected


@pytest.mark.parametrize("compression", ["gzip", "xz"])
def test_damage_in_the_middle_gives_what_came_before(compression: str) -> None:
    data = bytearray(COMPRESS[compression](TEXT))
    middle = len(data) // 2
    data[middle : middle + 40] = bytes(40)
    found, message = until_error(io.BytesIO(data))
    # Half of the compressed rows are undamaged; what follows may decompress to anything.
    assert found[:2000] == ROWS[:2000]
    assert f"damaged {compression} data" in message


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


@each_compression
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("size", [1, 1000, 262_144])
def test_a_wrong_checksum_comes_after_all_rows(compression: str, first: bool, size: int) -> None:
    rows = ROWS[: 20 if size == 1 else None]
    data = bytearray(COMPRESS[compression]("\n".join(rows).encode()))
    if compression == "xz":  # 8 bytes of CRC64, an index, and a footer of 12 bytes with its length
        index = 4 * (int.from_bytes(data[-8:-4], "little") + 1)
        place = -12 - index - (8 if first else 1)
    elif compression == "gzip":  # 4 bytes of CRC32, and 4 bytes of length
        place = -8 if first else -5
    else:  # 4 bytes of CRC32, and up to 7 bits of padding
        place = -4 if first else -2
    data[place] ^= 0x40
    found, message = until_error(io.BytesIO(data), size)
    assert found == rows
    assert f"damaged {compression} data" in message


@each_compression
def test_something_else_after_the_compressed_data(compression: str) -> None:
    found, message = until_error(io.BytesIO(COMPRESS[compression](TEXT) + b"\nother text\n"))
    assert found == ROWS
    assert f"damaged {compression} data" in message


def bomb(compression: str, length: int) -> bytes:
    makers: dict[str, Callable[[], Any]] = {
        "gzip": lambda: zlib.compressobj(1, zlib.DEFLATED, 31),
        "bzip2": bz2.BZ2Compressor,
        "xz": lambda: lzma.LZMACompressor(preset=0),
        "zstd": lambda: ZSTD.ZstdCompressor(1),
    }
    compressor = makers[compression]()
    zeros = bytes(1_000_000)
    pieces = [compressor.compress(zeros) for _ in range(length // len(zeros))]
    pieces.append(compressor.flush())
    return b"".join(pieces)


@pytest.mark.slow
@each_compression
def test_a_bomb_takes_no_more_memory(compression: str) -> None:
    data = bomb(compression, 100_000_000)
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


@each_compression
def test_on_bytes_counts_the_bytes_as_they_are_in_the_file(
    compression: str, tmp_path: Path
) -> None:
    for data in (TEXT, COMPRESS[compression](TEXT)):
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


@each_compression
def test_a_reading_error_within_compressed_data(compression: str) -> None:
    data = COMPRESS[compression](TEXT)
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
        read_file(path)


def test_an_error_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress(b"one\n")[:-3])
    with pytest.raises(InputError, match=r"log\.gz: the gzip data is cut off"):
        read_file(path)


def test_open_input_closes_the_file_and_passes_errors_on(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"one\n")
    with pytest.raises(FileNotFoundError), open_input(path) as file:
        (tmp_path / "other").read_bytes()
    assert file.closed


def test_standard_input_is_not_closed() -> None:
    code = """if True:
        import sys
        from netstat_parse.reading.lines import batches
        from netstat_parse.reading.sources import open_input
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


def test_a_files_lines(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(bz2.compress(b"one\r\n\ntwo\n"))
    assert read_file(path) == [Batch(["one", "", "two"], True)]
    path.write_bytes(b"one\ntwo")
    assert read_file(str(path)) == [Batch(["one"], True), Batch(["two"], False)]
    path.write_bytes(b"")
    assert read_file(path) == []


# Encoding


@pytest.mark.parametrize(
    ("pieces", "encoding", "chunks", "left"),
    [
        # as many chunks are read as are needed to tell, and no more
        ([b"tcp", b" 0"], "utf-8", [b"tcp", b" 0"], [b" 0"]),
        ([b"\xef", b"\xbb", b"\xbfa", b"b"], "utf-8", [b"a", b"b"], [b"b"]),
        ([b"\xef\xbb\xbf", b"a"], "utf-8", [b"a"], [b"a"]),
        ([b"\xff", b"\xfea\0"], "utf-16-le", [b"a\0"], []),
        ([b"\xfe\xff\0a"], "utf-16-be", [b"\0a"], []),
        ([b"a\0b\0", b"c\0d\0", b"e\0"], "utf-16-le", [b"a\0b\0c\0d\0", b"e\0"], [b"e\0"]),
        ([b"a\0b\0"], "utf-16-le", [b"a\0b\0"], []),
        ([b"a\0"], "utf-8", [b"a\0"], []),
        ([], "utf-8", [], []),
    ],
)
def test_the_encoding_is_found(
    pieces: list[bytes], encoding: str, chunks: list[bytes], left: list[bytes]
) -> None:
    given = iter(pieces)
    found, rest = find_encoding(given)
    assert found == encoding
    # What was not read yet follows what was.
    assert list(given) == left
    found, rest = find_encoding(iter(pieces))
    assert list(rest) == chunks


def test_an_error_while_the_encoding_is_sought_comes_after_what_was_read() -> None:
    def give() -> Iterator[bytes]:
        yield b"\xef\xbb"
        raise InputError("gone")

    encoding, chunks = find_encoding(give())
    assert encoding == "utf-8"
    assert next(chunks) == b"\xef\xbb"
    with pytest.raises(InputError, match="gone"):
        next(chunks)


def test_the_import_is_cheap() -> None:
    assert heavy_imports("netstat_parse.reading.sources") == set()
