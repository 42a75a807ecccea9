"""All ways of feeding lines give the same."""

from __future__ import annotations

import bz2
import codecs
import gc
import gzip
import io
import lzma
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from feeding import (
    AT,
    AT_LATER,
    CUT,
    DATE,
    LATER,
    LONG,
    OTHER,
    PROOF,
    ROW,
    UDP,
    UNIX_BANNER,
    UNIX_HEADER,
    UNIX_ROW,
    X25,
    Recorder,
    one,
    result_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from printed import (
    LINUX_BANNER,
    Row,
    are_rows,
    linux_capture,
    linux_header,
    linux_row,
    linux_rows,
    macos_capture,
    text_of,
)

from netstat_parse import (
    LineKind,
    NotNetstatError,
    ParseError,
    Snapshot,
    SnapshotReader,
    TimestampFormatError,
    UnknownDialectError,
    iter_snapshots,
    parse,
    read_log,
)
from netstat_parse.reading.lines import batches, raw_batches
from netstat_parse.reading.reader import LINES_TO_AGE, LineReader


def test_counts_are_there_from_the_start() -> None:
    reader = SnapshotReader()
    assert reader.counts == dict.fromkeys(LineKind, 0)


def test_an_unknown_dialect_is_told() -> None:
    with pytest.raises(UnknownDialectError, match=r"'amiga'.*linux") as caught:
        SnapshotReader(dialect="amiga")
    assert "macos" in caught.value.known
    with pytest.raises(UnknownDialectError):
        parse("", dialect="amiga")


# Continuous output --------------------------------------------------------------------------------


def test_a_snapshot_is_given_out_when_the_next_begins() -> None:
    reader = SnapshotReader()
    out = [reader.feed(f"{line}\n") for line in linux_capture([ROW], "p") * 2]
    banner, header, row, next_banner, next_header, next_row = map(len, out)
    assert banner + header + row == 0
    assert next_banner + next_header == 1
    assert next_row == 0
    (first,) = out[3] + out[4]
    assert are_rows(first, [ROW])
    (last,) = reader.close()
    assert are_rows(last, [ROW])


def test_iter_snapshots_reads_no_further_than_it_must() -> None:
    taken = []

    def endless() -> Iterator[str]:
        while True:
            for line in linux_capture([ROW], "p"):
                taken.append(line)
                yield line + "\n"

    snapshots = iter_snapshots(endless())
    assert are_rows(next(snapshots), [ROW])
    assert len(taken) <= 5
    next(snapshots)
    assert len(taken) <= 8


# However the lines are fed ------------------------------------------------------------------------


WITH_CONTEXT = [
    f"{linux_header()}{' Security Context':50}",
    f"{linux_row(ROW)} {'system_u:system_r:sshd_t:s0':50}",
    f"{linux_row(OTHER)} {'-':50}",
]
FRAGMENTS = [
    linux_capture([ROW, OTHER, UDP], "p"),
    linux_capture([CUT, ROW]),
    linux_capture([CUT, PROOF], "W"),
    macos_capture([Row(proto="tcp4"), Row(proto="tcp6", local=LONG)]),
    [linux_row(ROW, "p")],
    [linux_row(ROW, "p")] * 3,
    [linux_row(CUT)],
    X25,
    [""],
    [DATE],
    ["root@host:~# netstat -npt"],
    ["tcp        0      0 10.0.0.1:"],
    ["> " + linux_row(ROW, "p")],
    ["2026-11-22T12:22:41Z " + linux_row(ROW, "p")],
    ["\x1b[31m" + linux_row(ROW, "p") + "\x1b[0m"],
    [linux_row(ROW, "p").replace("22", "\x1b[31m22\x1b[0m")],
    [linux_row(ROW, "p") + "\r"],
    ["?"],
    [LINUX_BANNER],
    [linux_header("p")],
    ["x" * 70_000],
    [UNIX_BANNER, UNIX_HEADER, UNIX_ROW],
    [f"2026-11-22T12:22:41Z {line}" for line in linux_capture([ROW, OTHER], "p")],
    linux_row(Row(program="a\n$ ls\nb"), "p").split("\n"),
    WITH_CONTEXT,
    [line.rstrip() for line in WITH_CONTEXT],
    [linux_header(), "sctp                10.0.0.1:7", " " * 20 + "10.0.0.2:7", linux_row(ROW)],
    [" " * 20 + "10.0.0.2:7"],
    ["Every 2.0s: netstat -npt            host: Sun Nov 22 12:22:41 2026"],
    ["------"],
]


logs = st.lists(st.sampled_from(FRAGMENTS), max_size=12).map(
    lambda fragments: [line for fragment in fragments for line in fragment]
)


@settings(max_examples=50)
@given(logs, st.lists(st.integers(1, 9), min_size=1), st.booleans(), st.booleans())
def test_chunks_make_no_difference(
    log: list[str], sizes: list[int], ended: bool, strict: bool
) -> None:
    with_ends = [f"{line}\n" for line in log]
    if with_ends and log[-1] and not ended:
        with_ends[-1] = log[-1]
    text = "".join(with_ends)

    def by_line() -> Iterator[Snapshot]:
        reader = SnapshotReader(strict=strict)
        for line in with_ends:
            yield from reader.feed(line)
        yield from reader.close()
        assert sum(reader.counts.values()) == len(with_ends)

    def by_chunks() -> Iterator[Snapshot]:
        reader = SnapshotReader(strict=strict)
        start, turn = 0, 0
        while start < len(with_ends):
            size = sizes[turn % len(sizes)]
            yield from reader.feed_lines(with_ends[start : start + size])
            start, turn = start + size, turn + 1
        yield from reader.close()
        assert sum(reader.counts.values()) == len(with_ends)

    def at_once() -> Iterator[Snapshot]:
        reader = SnapshotReader(strict=strict)
        yield from reader.feed_lines(with_ends) + reader.close()

    expected = result_of(by_line)
    assert result_of(by_chunks) == expected
    assert result_of(at_once) == expected
    assert result_of(lambda: iter_snapshots(text, strict=strict)) == expected
    assert result_of(lambda: iter_snapshots(iter(with_ends), strict=strict)) == expected
    assert result_of(lambda: iter_snapshots(with_ends, strict=strict)) == expected


@settings(max_examples=50)
@given(st.lists(linux_rows(), max_size=6), st.sampled_from(("", "p", "eo", "epoW")))
def test_parse_equals_iter_snapshots(rows: list[Row], options: str) -> None:
    text = text_of(linux_capture(rows, options))
    (snapshot,) = iter_snapshots(text, strict=True)
    assert parse(text) == snapshot


@given(logs, st.integers(1, 5000), st.booleans())
def test_lines_as_bytes_are_read_as_texts_are(log: list[str], size: int, ended: bool) -> None:
    """A file's lines stay bytes until they are looked at."""
    data = text_of(log).encode()
    if log and not ended:
        data = data[:-1]
    calls = []
    for several in (raw_batches, batches):
        sink = Recorder()
        reader = LineReader(sink)
        for batch in several(io.BytesIO(data), size=size):
            reader.feed_lines(batch.lines, terminated=batch.terminated)
        with suppress(NotNetstatError):
            reader.close()
        calls.append((sink.calls, reader.counts))
    assert calls[0] == calls[1]


def test_many_lines_leave_the_collector_of_garbage_as_it_was() -> None:
    """It is held while they are read, unless it was off."""
    rows = [linux_row(ROW)] * (LINES_TO_AGE + 1)
    assert gc.isenabled()
    frozen = gc.get_freeze_count()  # by whoever ran before
    assert len(one([linux_header(), *rows]).connections) == len(rows)
    assert gc.isenabled()
    assert gc.get_freeze_count() == frozen
    with pytest.raises(ParseError):
        one([linux_header(), *rows, "odd"], strict=True)
    assert gc.isenabled()
    gc.disable()
    try:
        one([linux_header(), *rows])
        assert not gc.isenabled()
    finally:
        gc.enable()


# Encodings and compressions -----------------------------------------------------------------------


LOG = text_of([DATE, *linux_capture([ROW, OTHER], "p"), LATER, *linux_capture([UDP], "p")])


ENCODED = {
    "plain": LOG.encode(),
    "cr-lf": LOG.replace("\n", "\r\n").encode(),
    "bom": codecs.BOM_UTF8 + LOG.encode(),
    "bom, cr-lf": codecs.BOM_UTF8 + LOG.replace("\n", "\r\n").encode(),
    "utf-16-le": codecs.BOM_UTF16_LE + LOG.replace("\n", "\r\n").encode("utf-16-le"),
    "utf-16-be": codecs.BOM_UTF16_BE + LOG.replace("\n", "\r\n").encode("utf-16-be"),
    "utf-16 without a mark": LOG.encode("utf-16-le"),
    "gzip": gzip.compress(LOG.encode()),
    "bzip2": bz2.compress(LOG.encode()),
    "xz": lzma.compress(LOG.encode()),
    "gzip of utf-16": gzip.compress(codecs.BOM_UTF16_LE + LOG.encode("utf-16-le")),
    "two files, each with a mark": 2 * (codecs.BOM_UTF8 + LOG.encode()),
    "cr cr lf": LOG.replace("\n", "\r\r\n").encode(),
}


@pytest.mark.parametrize("data", ENCODED.values(), ids=ENCODED)
def test_every_encoding_is_the_same_log(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "log"
    path.write_bytes(data)
    first, second = list(read_log(path))[:2]
    assert (first.captured_at, second.captured_at) == (AT, AT_LATER)
    assert are_rows(first, [ROW, OTHER])
    assert are_rows(second, [UDP])
    assert first.unparsed == second.unparsed == ()


def test_open_files_and_pipes_are_iterables_of_lines(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text(LOG)
    expected = list(iter_snapshots(LOG))
    with path.open() as file:
        assert list(iter_snapshots(file)) == expected
    reader, writer = os.pipe()
    with open(writer, "w") as into:
        into.write(LOG)
    with open(reader) as out:
        assert list(iter_snapshots(out)) == expected


def test_feed_takes_several_lines_in_one_text() -> None:
    reader = SnapshotReader()
    assert reader.feed(LOG) + reader.close() == list(iter_snapshots(LOG))
    assert sum(reader.counts.values()) == LOG.count("\n")


def test_cr_lf_and_a_mark_are_no_matter_in_text() -> None:
    text = "\ufeff" + text_of(linux_capture([ROW], "p")).replace("\n", "\r\n")
    assert are_rows(parse(text), [ROW])


def test_bytes_that_are_no_utf_8_are_kept_as_escapes(tmp_path: Path) -> None:
    path = tmp_path / "log"
    row = linux_row(ROW, "p").encode().replace(b"sshd ", b"\xff\xfe\x80d")
    path.write_bytes(text_of([LINUX_BANNER, linux_header("p")]).encode() + row + b"\n")
    (snapshot,) = read_log(path)
    (connection,) = snapshot.connections
    assert connection.process is not None
    assert connection.process.name == "\\xff\\xfe\\x80d"


# What is no text ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [b"bytes", bytearray(b"x"), memoryview(b"x"), None, 5, ["a"]])
def test_parse_takes_text_and_says_so(text: Any) -> None:
    with pytest.raises(TypeError, match=rf"parse\(\) takes text .* not {type(text).__name__}"):
        parse(text)


@pytest.mark.parametrize("text", [b"bytes", bytearray(b"x"), None, Path("x")])
def test_iter_snapshots_takes_lines_and_says_so(text: Any) -> None:
    with pytest.raises(TypeError, match=r"iter_snapshots\(\) takes lines of text, not "):
        list(iter_snapshots(text))


@pytest.mark.parametrize("odd", [b"a line\n", None, 5])
def test_a_line_that_is_no_text_is_told(odd: Any) -> None:
    reader = SnapshotReader()
    with pytest.raises(TypeError, match="a line is text") as caught:
        reader.feed(odd)
    assert ("read_log" in str(caught.value)) is isinstance(odd, bytes)
    for lines in (["a\n", odd], iter(["a\n", odd])):
        with pytest.raises(TypeError, match="a line is text"):
            list(iter_snapshots(lines))


def test_lone_surrogates_are_kept_as_escapes() -> None:
    """As `open(errors="surrogateescape")` gives them; no UTF-8 can hold them."""
    text = text_of(linux_capture([Row(program="a\udcffb")], "p"))
    ways = [
        parse(text),
        *iter_snapshots(text),
        *iter_snapshots(text.splitlines(keepends=True)),
        *iter_snapshots(iter(text.splitlines())),
    ]
    for snapshot in ways:
        (process,) = (c.process for c in snapshot.connections)
        assert process is not None
        assert process.name == r"a\udcffb"
        assert Snapshot.model_validate_json(snapshot.model_dump_json()) == snapshot


@pytest.mark.parametrize("given", ["%Q", "", "at", "%", "%Y %Y"])
def test_a_format_of_timestamps_that_is_none_is_told(given: str) -> None:
    with pytest.raises(TimestampFormatError, match="no format of timestamps"):
        SnapshotReader(timestamp_formats=[given])


@pytest.mark.parametrize("given", [None, 3, "tcp 0 0", b"tcp", bytearray(b"tcp"), iter(["tcp"])])
def test_several_lines_are_a_sequence(given: Any) -> None:
    """A text would be taken for lines of one character each."""
    with pytest.raises(TypeError, match=r"feed_lines\(\) takes a sequence of lines, not "):
        SnapshotReader().feed_lines(given)
