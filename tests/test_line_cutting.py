"""Bytes become lines: whatever the chunks, the encoding, the line ends and the lengths are."""

from __future__ import annotations

import codecs
import io
import random
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streams import COMPRESS, WIDE, WIDE_LINES, endless, heavy_imports, lines, peak_memory, read

from netstat_parse.reading.lines import (
    MAX_LINE,
    RawBatch,
    batches,
    decoded,
    has_long_line,
    joined,
    raw_batches,
    split_text,
    text_of,
)

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


# Texts


@pytest.mark.parametrize(
    ("text", "expected", "terminated"),
    [
        ("", [], True),
        ("\n", [""], True),
        ("\n\n", ["", ""], True),
        ("one", ["one"], False),
        ("one\n", ["one"], True),
        ("one\ntwo", ["one", "two"], False),
        ("one\r\ntwo\r\n", ["one", "two"], True),
        ("one\r\r\n", ["one\r"], True),
        ("10%\r20%\n", ["10%\r20%"], True),
        ("one\r", ["one"], False),
        ("\r", [""], False),
        ("a\x0bb\x0cc\x1cd\x85e\u2028f\n", ["a\x0bb\x0cc\x1cd\x85e\u2028f"], True),
        ("\ufeffone\n", ["\ufeffone"], True),
    ],
)
def test_split_text(text: str, expected: list[str], terminated: bool) -> None:
    assert split_text(text) == (expected, terminated)


@given(st.text(st.sampled_from("ab \r\n\0é\u2028\x0b"), max_size=30))
def test_a_text_is_split_as_a_file_is(text: str) -> None:
    found = read(("xx" + text).encode())
    expected = [line for batch in found for line in batch.lines], found[-1].terminated
    assert split_text("xx" + text) == expected


def test_a_long_text_line_is_not_cut() -> None:
    text = "x" * (MAX_LINE + 2)
    assert split_text(text) == ([text], False)


# Lines known by their bytes


@settings(max_examples=25)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass")),
            st.binary(max_size=20),
            st.sampled_from([b"\xc3", b"\r\r", b"x" * (MAX_LINE + 1), b"\xff" * MAX_LINE]),
        ),
        max_size=10,
    ),
    st.integers(1, 5000),
)
def test_raw_lines_have_the_texts_of_lines(given_lines: list[bytes], size: int) -> None:
    data = b"\n".join([b"a log", *given_lines])
    raw = list(raw_batches(io.BytesIO(data), size=size))
    texts = read(data, size)
    assert [batch.terminated for batch in raw] == [batch.terminated for batch in texts]
    for one, other in zip(raw, texts, strict=True):
        assert list(map(text_of, one.lines)) == other.lines
        assert [line[: MAX_LINE + 1] for line in joined(one.lines).split("\n")] == other.lines
        assert decoded(one) == other


def test_lines_in_utf8_stay_bytes() -> None:
    (batch,) = raw_batches(io.BytesIO("one\r\né\n".encode()))
    assert batch == RawBatch([b"one\n", "é\n".encode()], True)
    (batch,) = raw_batches(io.BytesIO("one\r\né\n".encode("utf-16")))
    assert batch == RawBatch(["one", "é"], True)


@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 5, 9])
def test_has_long_line(length: int) -> None:
    for before in ("", "\n", "abc\n", "ab\n\n", "abc\nabc\n"):
        for after in ("", "\n", "\nabc", "\na\nabc"):
            text = before + "x" * length + after
            assert has_long_line(text, 3) == (length > 3)
            assert has_long_line(text.encode(), 3) == (length > 3)


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


@pytest.mark.slow
def test_many_lines_take_no_more_memory() -> None:
    count = 0

    def work() -> None:
        nonlocal count
        file = endless(b"x" * 99 + b"\n", 15_000_000)
        for batch in batches(file):
            count += len(batch.lines)

    assert peak_memory(work) < 8_000_000
    assert count == 150_000


# UTF-16


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


def test_the_import_is_cheap() -> None:
    assert heavy_imports("netstat_parse.reading.lines") == set()
