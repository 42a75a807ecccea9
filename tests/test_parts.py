"""Large files are cut where a snapshot begins, and parts are read as the whole file is."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import os
from pathlib import Path

import pytest
from feeding import DATE, LATER, OTHER, PROMPT, ROW, UDP, X25
from printed import LINUX_BANNER, linux_capture, linux_header, linux_row, macos_capture, text_of

from netstat_parse.reading import parts
from netstat_parse.reading.lines import raw_batches
from netstat_parse.reading.lines import text_of as text_of_line
from netstat_parse.reading.options import Options
from netstat_parse.reading.parts import (
    Part,
    PartReader,
    find_parts,
    find_snapshot,
)

CAPTURE = linux_capture([ROW, OTHER], "p")
LOG = [DATE, *CAPTURE] * 20
DEFAULT = Options()
BANNERS = (LINUX_BANNER, macos_capture([])[0])


def found_line(given_lines: list[str], at: int = 0, options: Options = DEFAULT) -> int | None:
    """The index of the line where the first snapshot behind the line `at` begins."""
    starts = [0]
    for line in given_lines:
        starts.append(starts[-1] + len(line.encode()) + 1)
    found = find_snapshot(io.BytesIO(text_of(given_lines).encode()), starts[at], options)
    return None if found is None else starts.index(found)


# Where a snapshot begins --------------------------------------------------------------------------


@pytest.mark.parametrize("at", range(6))
def test_the_first_snapshot_behind_a_place_is_found(at: int) -> None:
    """From the first banner behind it on, which may be that of the snapshot it is in."""
    given_lines = ["", DATE, *CAPTURE, DATE, *CAPTURE, DATE, *CAPTURE]
    assert found_line(given_lines, at) == (6 if at < 2 else 11)


@pytest.mark.parametrize("begin", [CAPTURE, CAPTURE[1:], macos_capture([])])
@pytest.mark.parametrize(
    ("line", "place"),
    [
        (DATE, 0),
        ("Mon Feb 30 12:22:41 UTC 2026", 0),
        (LINUX_BANNER, 0),
        (linux_header("p"), 0),
        (f"> {DATE}", 0),
        (f"2026-11-22T12:22:41Z {LINUX_BANNER}", 0),
        (f"2026-11-22T12:22:41Z {PROMPT}", 1),
        # A prompt is a note of the snapshot above, and a rule too; the head of a screen is not.
        (PROMPT, 1),
        ("Every 2.0s: netstat -npt            host: Sun Nov 22 12:22:41 2026", 0),
    ],
)
def test_what_begins_a_snapshot(begin: list[str], line: str, place: int) -> None:
    given_lines = ["", "odd", *begin, line, "", ""]
    assert found_line(given_lines) == len(begin) + 2 + place


@pytest.mark.parametrize("front", ["2026-11-22T12:22:41Z ", "Nov 22 12:22:41 host logger: ", "> "])
def test_a_log_with_a_stamp_in_front_of_each_line(front: str) -> None:
    """It is cut at its banners, or at its headers where it has none."""
    for capture in (CAPTURE, CAPTURE[1:], macos_capture([])):
        given_lines = [front + line for line in ["", *capture, *capture, *capture]]
        # Right below the place it may be a table's that is not read.
        assert found_line(given_lines) == 1 + len(capture) * (1 if capture[0] in BANNERS else 2)


def test_a_rule_below_rows_ends_a_snapshot() -> None:
    given_lines = ["", *CAPTURE, "------", ""]
    assert found_line(given_lines) == len(CAPTURE) + 2


@pytest.mark.parametrize(
    "given_lines",
    [
        [],
        [""],
        ["", *CAPTURE],
        ["", linux_row(ROW, "p"), DATE, linux_row(ROW, "p"), DATE],
        ["", DATE, DATE, PROMPT],
        ["", X25[0], linux_header(), DATE, ""],
        ["", "Active UNIX domain sockets (w/o servers)", DATE, ""],
        ["", *CAPTURE, "odd", "", *X25, "Active UNIX domain sockets (w/o servers)"],
    ],
)
def test_no_snapshot_is_found_where_none_is_sure_to_begin(given_lines: list[str]) -> None:
    """Not without a banner or a header that begins one whatever stands above it."""
    assert found_line(given_lines) is None


def test_the_note_of_a_table_that_is_set_aside_is_no_prompt() -> None:
    given_lines = ["", *CAPTURE, *X25, DATE, *CAPTURE]
    assert given_lines[found_line(given_lines) or 0] == DATE


def test_a_header_that_may_be_of_a_table_set_aside_is_not_trusted() -> None:
    given_lines = ["", "Active kernel event sockets", linux_header(), "x", *CAPTURE, DATE, ""]
    assert given_lines[found_line(given_lines) or 0] == DATE
    assert found_line(given_lines[2:]) is not None


def test_only_headers_of_the_dialect_that_was_asked_for_count() -> None:
    given_lines = ["", "odd", *macos_capture([])[1:], linux_header(), DATE, ""]
    assert found_line(given_lines) == 3
    assert found_line(given_lines, options=Options(dialect="linux")) == 4
    assert found_line(given_lines, options=Options(dialect="windows")) is None


def test_a_stamp_of_the_users_own_format_begins_one() -> None:
    given_lines = ["", *CAPTURE, "at 22|11|2026", ""]
    assert found_line(given_lines) is None
    options = Options(timestamp_formats=["at %d|%m|%Y"])
    assert found_line(given_lines, options=options) == len(CAPTURE) + 1


def test_it_is_looked_for_near_the_place_only(monkeypatch: pytest.MonkeyPatch) -> None:
    given_lines = ["", *CAPTURE, *[linux_row(UDP, "p")] * 100, DATE, *CAPTURE]
    length = len(text_of(given_lines[1:106]))
    monkeypatch.setattr(parts, "LOOK", length)
    assert found_line(given_lines) == 105
    monkeypatch.setattr(parts, "LOOK", length - 1)
    assert found_line(given_lines) is None


def test_a_place_within_a_line_counts_from_its_end() -> None:
    """What is left of that line may look like a banner; and the last one may not be whole."""
    given_lines = ["# " + LINUX_BANNER, "odd", LATER, *CAPTURE, DATE, ""]
    data = text_of(given_lines).encode()
    assert find_snapshot(io.BytesIO(data), 2, DEFAULT) == data.index(DATE.encode())
    assert find_snapshot(io.BytesIO(data[: data.index(DATE.encode()) + 8]), 2, DEFAULT) is None


# Cutting ------------------------------------------------------------------------------------------


def find_all_parts(path: Path | str, size: int) -> list[Part]:
    """The parts that a file is read in."""
    return list(find_parts(str(path), DEFAULT, size))


def cut(path: Path, data: bytes, size: int = 500) -> list[Part]:
    path.write_bytes(data)
    return find_all_parts(path, size)


@pytest.mark.parametrize("size", [200, 1000, 5000])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_parts_are_all_of_the_file_and_begin_where_snapshots_do(
    tmp_path: Path, size: int, end: str
) -> None:
    path = tmp_path / "log"
    data = text_of(LOG).replace("\n", end).encode()
    found = cut(path, data, size)
    starts = [part.start for part in found]
    assert starts[0] == 0
    assert [part.end for part in found] == [*starts[1:], None]
    assert all(data.startswith(DATE.encode(), start) for start in starts)
    assert {part.path for part in found} == {str(path)}
    one = len(data) // 20
    for part in found[:-1]:
        assert part.end is not None
        assert size - 2 * one <= part.end - part.start <= size + 2 * one


def test_a_small_file_is_one_part(tmp_path: Path) -> None:
    path = tmp_path / "log"
    data = text_of(LOG).encode()
    assert cut(path, data, len(data)) == [Part(str(path))]
    assert cut(path, b"") == [Part(str(path))]
    assert parts.PART >= 2 * parts.LOOK
    path.write_bytes(data)
    assert find_all_parts(path, parts.PART) == [Part(str(path))]


WHOLE = {
    "gzip": gzip.compress(text_of(LOG).encode(), 0),
    "bzip2": bz2.compress(os.urandom(5000)),
    "xz": lzma.compress(os.urandom(5000)),
    "utf-16": codecs.BOM_UTF16_LE + text_of(LOG).encode("utf-16-le"),
    "utf-16-be": codecs.BOM_UTF16_BE + text_of(LOG).encode("utf-16-be"),
    "utf-16 without a mark": text_of(LOG).encode("utf-16-le"),
    "no snapshots": b"what is this\n" * 1000,
    "one line": b"x" * 10_000,
}


@pytest.mark.parametrize("data", WHOLE.values(), ids=WHOLE)
def test_what_can_only_be_read_as_a_whole_is(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "log"
    assert cut(path, data) == [Part(str(path))]


def test_what_is_no_file_is_one_part(tmp_path: Path) -> None:
    """And nothing is read of a pipe: it would be gone."""
    os.mkfifo(tmp_path / "pipe")
    for path in ("-", str(tmp_path), str(tmp_path / "missing"), str(tmp_path / "pipe")):
        assert find_all_parts(path, 1) == [Part(path)]


@pytest.mark.parametrize(
    "beginning",
    [b"\x1f\x8b\x08", b"BZh91AY&SY", b"a\0b\0c\0d\0", codecs.BOM_UTF16_LE, b"\xef\xbb\xbf"],
)
def test_no_part_begins_as_a_compressed_file_does(tmp_path: Path, beginning: bytes) -> None:
    """Behind a prompt there may be anything: `$ cat archive.gz`."""
    path = tmp_path / "log"
    run = text_of([*CAPTURE, "$ cat archive.gz"]).encode() + beginning + b"\n"
    sane = text_of([*CAPTURE, DATE]).encode()
    data = run * 5 + sane + run * 5
    found = cut(path, data, 100)
    assert [part.start for part in found] == [0, len(run * 5 + sane) - len(DATE) - 1]


def test_a_log_in_another_language_is_cut(tmp_path: Path) -> None:
    folder = Path(__file__).resolve().parent.parent / "fixtures" / "linux"
    for language in ("cs", "ja", "fr"):
        data = (folder / f"{language}-nt.txt").read_bytes()
        starts = [part.start for part in cut(tmp_path / "log", data * 5, 1)]
        # A part begins behind the first snapshot that begins behind a place in the part before.
        assert starts == [0, 2 * len(data), 4 * len(data)]


# Reading a part -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 7, 100, 10_000])
def test_a_part_is_read_from_its_start_to_its_end(size: int) -> None:
    data = bytes(range(256)) * 4

    def read(part: Part) -> bytes:
        file = io.BytesIO(data)
        file.name = "log"
        reader = PartReader(file, part)
        assert reader.name == "log"
        return b"".join(iter(lambda: reader.read(size), b""))

    assert read(Part("log", 3, 1000)) == data[3:1000]
    assert read(Part("log", 0, 5)) == data[:5]
    assert read(Part("log", 1000)) == data[1000:]
    assert read(Part("log", 0)) == data
    assert read(Part("log", 1000, 5000)) == data[1000:]
    assert read(Part("log", 7, 7)) == b""


def test_the_lines_of_the_parts_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "log"
    found = cut(path, text_of(LOG).encode(), 300)
    assert len(found) > 5
    given_lines: list[str] = []
    for part in found:
        with path.open("rb") as file:
            for batch in raw_batches(PartReader(file, part), size=64):  # type: ignore[arg-type]
                given_lines += map(text_of_line, batch.lines)
    assert given_lines == LOG
