"""zstd, in and out: Python's own or its backport; without either, what to install."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
from commands import GOOD, GOOD_CSV, Command
from streams import COMPRESS, ZSTD

import netstat_parse as ns
from netstat_parse.errors import InputError
from netstat_parse.reading.options import Options
from netstat_parse.reading.parts import find_parts
from netstat_parse.reading.sources import open_input, read_chunks

SKIPPABLE = b"\x50\x2a\x4d\x18\x04\x00\x00\x00\x01\x02\x03\x04"
"""The frame that pzstd puts before the others: RFC 8878, 3.1.2."""
A_FRAME = b"\x28\xb5\x2f\xfd\x04\x00\x01\x00\x00"
"""RFC 8878, 3.1.1: a frame without content."""


@pytest.fixture
def without_zstd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "compression.zstd", None)
    monkeypatch.setitem(sys.modules, "backports.zstd", None)


@pytest.mark.usefixtures("without_zstd")
def test_what_to_install_is_said(command: Command, tmp_path: Path) -> None:
    (tmp_path / "a.zst").write_bytes(A_FRAME)
    (tmp_path / "b.log").write_text(GOOD)
    result = command("convert", "a.zst", "b.log")
    assert result.status == 1
    assert result.out == GOOD_CSV
    assert "a.zst: zstd needs: pip install 'netstat_parse[zstd]'" in result.err
    result = command("convert", "b.log", "-o", "c.csv.zst")
    assert result.status == 2
    assert "pip install 'netstat_parse[zstd]'" in result.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zst", "b.log"]


def test_a_compressed_file_is_not_cut(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for head, is_cut in ((A_FRAME, False), (SKIPPABLE, False), (b"", True)):
        path.write_bytes(head + GOOD.encode() * 10)
        assert (len(list(find_parts(str(path), Options(), len(GOOD)))) > 1) is is_cut


if ZSTD is not None:

    def test_what_was_written_is_read(command: Command, tmp_path: Path) -> None:
        (tmp_path / "a.log").write_bytes(SKIPPABLE + COMPRESS["zstd"](GOOD.encode()))
        assert command("convert", "a.log", "-o", "out.csv.zst").status == 0
        assert ZSTD.decompress((tmp_path / "out.csv.zst").read_bytes()).decode() == GOOD_CSV

    def test_all_blocks_before_damage_are_read(tmp_path: Path) -> None:
        """A block holds up to 128 KiB; what precedes the damaged one is read to its last byte."""
        draw = random.Random(1)
        rows = [f"{draw.randrange(10**12)}\n" for _ in range(50_000)]
        data = bytearray(COMPRESS["zstd"]("".join(rows).encode()))
        data[-100_000:-99_000] = bytes(1000)
        path = tmp_path / "a.zst"
        path.write_bytes(data)
        pieces: list[bytes] = []
        with open_input(path) as file, pytest.raises(InputError, match="damaged zstd data"):
            pieces.extend(read_chunks(file, 262_144))
        found = b"".join(pieces)
        assert len(found) % 131_072 == 0
        assert len(found) >= 131_072
        assert "".join(rows).encode().startswith(found)

    def test_read_log(tmp_path: Path) -> None:
        (tmp_path / "a.zst").write_bytes(COMPRESS["zstd"](GOOD.encode()))
        (snapshot,) = ns.read_log(tmp_path / "a.zst")
        assert snapshot.connections == ns.parse(GOOD).connections
