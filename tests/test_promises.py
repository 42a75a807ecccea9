"""The promises, kept on logs that were taken apart, and on lines that were made to hurt."""

from __future__ import annotations

import io
import signal
import tracemalloc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from printed import (
    HOSTILE_PROGRAMS,
    LINUX_BANNER,
    MACOS_BANNER,
    MACOS_HEADER,
    Row,
    is_row,
    linux_capture,
    linux_header,
    linux_row,
    linux_rows,
    macos_capture,
    macos_row,
    macos_rows,
    text_of,
)

from netstat_parse import (
    Connection,
    LineKind,
    NetstatError,
    NotNetstatError,
    ParseError,
    Snapshot,
    SnapshotReader,
    iter_snapshots,
    parse,
)
from netstat_parse.reading import classify
from netstat_parse.reading.lines import (
    MAX_LINE,
    Batch,
    RawBatch,
    batches,
    raw_batches,
)
from netstat_parse.reading.lines import text_of as text_of_line
from netstat_parse.reading.reader import LineReader
from netstat_parse.writing.text import CsvSink

# A log, its truth, and ways to take it apart ------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A line of a log, and the row that it is as long as it is whole."""

    text: str
    row: Row | None = None


def capture(rows: Sequence[Row], options: str) -> list[Line]:
    """A run of netstat; the options are Linux's, or "macos"."""
    printed = macos_capture(rows) if options == "macos" else linux_capture(rows, options)
    return [Line(printed[0]), Line(printed[1])] + [
        Line(text, row) for text, row in zip(printed[2:], rows, strict=True)
    ]


@st.composite
def captures(draw: st.DrawFn) -> tuple[list[Line], str]:
    """A log of one to three runs with the same options."""
    options = draw(st.sampled_from(("", "p", "e", "po", "epo", "pW", "macos")))
    one = macos_rows() if options == "macos" else linux_rows()
    runs = draw(st.lists(st.lists(one, min_size=1, max_size=6), min_size=1, max_size=3))
    return [line for rows in runs for line in capture(rows, options)], options


NOISE = (
    "",
    "   ",
    "root@host:~# netstat -anp | grep LISTEN",
    "[root@host ~]# ",
    "joe@mac ~ % netstat -n -p tcp",
    "$ date",
    "[sudo] password for joe: ",
    "Sun Nov 22 12:22:41 UTC 2026",
    "Sun Nov 22 12:22:41 CST 2026",
    "2026-11-22T12:22:41+01:00",
    "1763814161",
    "zzz ***Fri Jan 10 12:00:00 CST 2026",
    "zzz <01/10/2026 12:00:00> Count:0",
    "Mon Feb 30 12:22:41 UTC 2026",
    "(Not all processes could be identified, non-owned process info",
    " will not be shown, you would have to be root to see it all.)",
    "netstat: no support for `AF IPX' on this system.",
    "```",
    "what is this",
    "tcp",
    "tcp        0      0 10.0.0.1:22",
    "\x00\x01\x02",
    "\u202e\u200b",
    "x" * (MAX_LINE + 1),
    "{}",
    "> ",
    "|",
    "\x1b[",
    "\x1b]0;",
)
DIVIDERS = NOISE[2 : NOISE.index("(Not all processes could be identified, non-owned process info")]
"""Prompts and stamps: behind them comes another snapshot."""
noise = st.sampled_from(NOISE).map(Line)

WRAPS = (
    "{}",
    "    {}",
    "\t{}",
    "> {}",
    ">> {}",
    "> > {}",
    "{}\r",
    "\x1b[32m{}\x1b[0m",
    "2026-11-22T12:22:41Z {}",
    "2026-11-22 12:22:41 {}",
    "Nov 22 12:22:41 {}",
    "Nov 22 12:22:41 host netstat[77]: {}",
    "[2026-11-22T12:22:41+01:00] {}",
    "1763814161.123456 {}",
    "    > {}",
)


@st.composite
def taken_apart(draw: st.DrawFn) -> tuple[list[Line], str]:
    """A log in which rows were dropped, repeated and cut, and between whose lines noise stands.

    Banners and headers stay, so that every row that is still whole can be read, unless a prompt or
    a stamp stands between it and its header.
    """
    log, options = draw(captures())
    result: list[Line] = []
    for line in log:
        what = draw(st.sampled_from(("keep", "keep", "keep", "drop", "repeat", "cut", "noise")))
        if line.row is None and what != "noise":
            what = "keep"
        if what == "noise":
            # Between a banner and its header it would stand in the place of the header.
            result += [line] if line.text in (LINUX_BANNER, MACOS_BANNER) else [draw(noise), line]
        elif what == "cut":
            start = draw(st.integers(0, len(line.text)))
            end = draw(st.integers(start, len(line.text)))
            result.append(Line(line.text[:start] + line.text[end:]))
        elif what != "drop":
            result += [line] * (2 if what == "repeat" else 1)
    result += draw(st.lists(noise, max_size=2))
    return result, options


def texts(log: Sequence[Line]) -> list[str]:
    return [line.text for line in log]


def whole_rows(log: Sequence[Line]) -> list[Row]:
    return [line.row for line in log if line.row is not None]


def stands_alone(log: Sequence[Line], place: int) -> bool:
    """A snapshot begins between a row and the header above it.

    So nothing but rows like it may tell its columns, and it is reported if they can't.
    """
    for line in reversed(log[:place]):
        if line.text.startswith(("Proto ", "```", *DIVIDERS)):
            return not line.text.startswith("Proto ")
    return True


def assert_has_rows(snapshots: Sequence[Snapshot], rows: Sequence[Row], options: str) -> None:
    """The connections have these rows among them, right and in order."""
    options = "" if options == "macos" else options
    found: Iterator[Connection] = (c for s in snapshots for c in s.connections)
    for row in rows:
        assert any(is_row(connection, row, options) for connection in found), row


# Nothing lost, nothing wrong ----------------------------------------------------------------------


@given(taken_apart(), st.integers(1, 7))
def test_rows_that_were_left_whole_come_out(
    damaged: tuple[list[Line], str], lines_at_once: int
) -> None:
    log, options = damaged
    reader = SnapshotReader()
    snapshots = []
    given_lines = texts(log)
    for start in range(0, len(given_lines), lines_at_once):
        snapshots += reader.feed_lines(given_lines[start : start + lines_at_once])
    snapshots += reader.close()
    assert sum(reader.counts.values()) == len(given_lines)
    assert reader.counts[LineKind.UNPARSED] == sum(len(s.unparsed) for s in snapshots)
    assert reader.counts[LineKind.ROW] == sum(len(s.connections) for s in snapshots)
    reported = {line.number - 1: line.text for s in snapshots for line in s.unparsed}
    for place, text in reported.items():
        assert given_lines[place] == text
        assert log[place].row is None or stands_alone(log, place)
    read = [line for place, line in enumerate(log) if place not in reported]
    assert_has_rows(snapshots, whole_rows(read), options)


@settings(max_examples=60)
@given(captures(), st.sampled_from(WRAPS), st.booleans())
def test_wrapped_logs_are_read_strictly(
    log: tuple[list[Line], str], wrap: str, with_ends: bool
) -> None:
    lines, options = log
    rows = whole_rows(lines)
    wrapped = [wrap.format(text) for text in texts(lines)]
    given_lines: Any = [f"{text}\n" for text in wrapped] if with_ends else "\n".join(wrapped)
    snapshots = list(iter_snapshots(given_lines, strict=True))
    assert_has_rows(snapshots, rows, options)
    assert sum(len(s.connections) for s in snapshots) == len(rows)
    assert len(snapshots) == sum(line.text in (LINUX_BANNER, MACOS_BANNER) for line in lines)


@settings(max_examples=50)
@given(st.lists(linux_rows(), max_size=5), st.sampled_from(("", "p", "e", "po", "epo", "pW")))
def test_what_linux_prints_is_read_right(rows: list[Row], options: str) -> None:
    snapshot = parse(text_of(linux_capture(rows, options)))
    assert len(snapshot.connections) == len(rows)
    assert_has_rows([snapshot], rows, options)


@settings(max_examples=50)
@given(st.lists(macos_rows(), max_size=5))
def test_what_macos_prints_is_read_right(rows: list[Row]) -> None:
    snapshot = parse(text_of(macos_capture(rows)))
    assert len(snapshot.connections) == len(rows)
    assert_has_rows([snapshot], rows, "")


@given(
    st.builds(
        linux_row,
        st.builds(Row, program=st.sampled_from(HOSTILE_PROGRAMS), timer=st.just("off (0.00/0/0)")),
        st.just("epo"),
    ),
    st.data(),
)
def test_a_row_with_a_hole_is_right_or_reported(text: str, data: st.DataObject) -> None:
    """Where digits and letters are lost nobody can tell; a cell that is lost is always seen."""
    words = text.split(" ")
    filled = [i for i, word in enumerate(words) if word]
    lost = data.draw(st.sampled_from(filled[:8]))
    damaged = " ".join(words[:lost] + words[lost + 1 :])
    (snapshot,) = iter_snapshots([linux_header("epo"), damaged])
    assert snapshot.connections == ()
    assert [unparsed.text for unparsed in snapshot.unparsed] == [damaged]


# Nothing but NetstatError -------------------------------------------------------------------------


def outcome(given_lines: list[str], **options: Any) -> list[Snapshot] | ParseError:
    """The snapshots or the error; what must be true of any input is checked."""
    reader = SnapshotReader(**options)
    snapshots: list[Snapshot] = []
    failure: ParseError | None = None
    try:
        for line in given_lines:
            snapshots += reader.feed_lines([line])
        snapshots += reader.close()
    except ParseError as error:
        failure = error
    counted = sum(reader.counts.values())
    if failure is None or isinstance(failure, NotNetstatError):
        assert counted == len(given_lines)
    else:
        assert options.get("strict")
        assert given_lines[failure.number - 1].removesuffix("\r") == failure.line
        assert 1 <= failure.column <= len(failure.line) + 1
        assert failure.expected
    for snapshot in snapshots:
        assert Snapshot.model_validate_json(snapshot.model_dump_json()) == snapshot
    return failure or snapshots


def outcome_of(given_lines: list[str]) -> list[Snapshot]:
    """The snapshots of lines that have some."""
    snapshots = outcome(given_lines)
    assert isinstance(snapshots, list)
    return snapshots


PIECES = (
    *NOISE[:-6],
    *(linux_capture([Row(), Row(proto="udp", state="")], "epo")),
    *(macos_capture([Row(proto="tcp4")])),
    "Active UNIX domain sockets (w/o servers)",
    "Proto RefCnt Flags       Type       State         I-Node   Path",
    "unix  2      [ ]         DGRAM                    23019    /run/notify",
    linux_row(Row(timer="on (-1.00/0/0)"), "epo"),
    linux_row(Row(foreign_port="٤٤٣")),
    linux_header() + " Unknown Titles",
)
alphabet = st.one_of(
    st.sampled_from(" \t:.*/|>-_0123456789abcdefTCPtcp%$#()[]'\"\x00\x1b\r\u200b\u202e"),
    st.characters(exclude_characters="\n", exclude_categories=["Cs"]),
)
odd_lines = st.one_of(
    st.sampled_from(PIECES),
    st.text(alphabet, max_size=60),
    st.builds(
        lambda line, at, text: line[:at] + text + line[at:],
        st.sampled_from(PIECES),
        st.integers(0, 100),
        st.text(alphabet, max_size=5),
    ),
)


@given(st.lists(odd_lines, max_size=25))
def test_no_input_raises_anything_else(given_lines: list[str]) -> None:
    snapshots = outcome(given_lines)
    outcome(given_lines, strict=True)
    file = io.BytesIO()
    reader = LineReader(CsvSink(file, lambda *_: None, lambda _: None))
    reader.feed_lines(given_lines)
    if isinstance(snapshots, NotNetstatError):
        with pytest.raises(NotNetstatError):
            reader.close()
        assert file.getvalue() == b""
    else:
        assert isinstance(snapshots, list)
        reader.close()
        rows = sum(len(snapshot.connections) for snapshot in snapshots)
        assert file.getvalue().count(b"\n") == (rows + 1 if rows else 0)


def converted(several: Iterable[Batch | RawBatch]) -> tuple[bytes, list[tuple[int, str, str]]]:
    """The CSV of lines that come together, and the lines that were not understood."""
    file = io.BytesIO()
    odd: list[tuple[int, str, str]] = []
    reader = LineReader(CsvSink(file, lambda *line: odd.append(line), lambda _: None))
    for batch in several:
        reader.feed_lines(batch.lines, terminated=batch.terminated)
    with suppress(NotNetstatError):
        reader.close()
    return file.getvalue(), odd


@pytest.mark.slow
@settings(max_examples=30)
@given(
    st.lists(
        st.one_of(
            odd_lines.map(lambda line: line.encode("utf-8", "surrogatepass")),
            odd_lines.map(lambda line: line.encode("latin-1", "replace") + b"\r"),
            st.binary(max_size=20),
            st.sampled_from([b"\xc3", b"\r\r", b"x" * (MAX_LINE + 1), b"\xff" * MAX_LINE]),
        ),
        max_size=25,
    ),
    st.integers(1, 5000),
)
def test_lines_known_by_their_bytes_are_read_as_their_text_is(
    given_lines: list[bytes], size: int
) -> None:
    data = b"\n".join([b"a log", *given_lines, *given_lines])
    raw = list(raw_batches(io.BytesIO(data), size=size))
    texts = list(batches(io.BytesIO(data), size=size))
    for one, other in zip(raw, texts, strict=True):
        assert list(map(text_of_line, one.lines)) == other.lines
    assert converted(raw) == converted(texts)


@given(st.lists(odd_lines, max_size=10), st.text(max_size=30), st.booleans())
def test_parse_raises_nothing_else(given_lines: list[str], end: str, ended: bool) -> None:
    text = "\n".join([*given_lines, end]) + "\n" * ended
    try:
        snapshot = parse(text)
    except NetstatError:
        return
    assert snapshot.unparsed == ()
    assert [snapshot] == list(iter_snapshots(text))


@pytest.mark.slow
@settings(max_examples=30)
@given(st.lists(captures(), min_size=2, max_size=3), st.data())
def test_interleaved_logs_lose_nothing(logs: list[Any], data: st.DataObject) -> None:
    """Two loops that write to one file: what goes astray is reported."""
    queues = [texts(log) for log, _ in logs]
    mixed: list[str] = []
    while any(queues):
        queue = data.draw(st.sampled_from([queue for queue in queues if queue]))
        mixed.append(queue.pop(0))
    outcome(mixed)


# Hostile lines ------------------------------------------------------------------------------------

LONG = MAX_LINE - 200
WIDE_HEADER = (
    "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)      rxbytes"
    "      txbytes  rhiwat  shiwat          process:pid    eprocess:epid  state  options"
)
HEADERS = {
    "linux": linux_header("p"),
    "linux -o": linux_header("po"),
    "linux -Z": linux_header("p") + " Security Context                                   Timer",
    "macos": MACOS_HEADER,
    "macos -v": WIDE_HEADER,
}
START = linux_row(Row(), "p").partition("4711")[0]
MACOS_START = macos_row(Row(proto="tcp4"))
FILLINGS = {
    name: (text * LONG)[:LONG]
    for name, text in {
        "blanks": " ",
        "tabs": "\t",
        "colons": ":",
        "dots": ".",
        "digits": "1",
        "slashes": "/",
        "letters": "a",
        "words": "a ",
        "pids": "1/a ",
        "ports": "a:1 ",
        "timers": "off (0.00/0/0) ",
        "almost timers": "off (0.00/0/0 ",
        "states": "LISTEN ",
        "addresses": "1.1.1.1:1 ",
        "prompts": "a@b:~# ",
        "quotes": "> ",
        "bars": "| ",
        "both marks": "> | ",
        "brackets": "[",
        "escapes": "\x1b[",
        "titles": "\x1b]0;",
        "clocks": "12:00:00 ",
        "stamps": "2026-11-22T12:22:41Z ",
        "epochs": "1763814161 ",
        "bracketed stamps": "[12:00:00] ",
        "zzz": "zzz ***",
        "banners": LINUX_BANNER + " ",
        "headers": linux_header() + " ",
        "nul": "\x00",
        "returns": "\r",
        "other blanks": "\xa0",
        "wide": "𐍈",
    }.items()
}
BEFORE = ("", START + "1/", "tcp  0 0 ", MACOS_START + "  0  0  0  0 ", "root@h:~# ", "zzz ")


class TooSlowError(Exception):
    """The alarm has rung."""


@contextmanager
def alarm(seconds: int) -> Iterator[None]:
    """Raises TooSlowError if the block takes longer: far longer than it takes on any machine."""

    def ring(*_: object) -> None:
        raise TooSlowError

    old = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, old)


@pytest.mark.slow
@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_hostile_lines_take_bounded_time(header: str) -> None:
    hostile = [before + filling for before in BEFORE for filling in FILLINGS.values()]
    given_lines = [header, *hostile]
    with alarm(20):
        reader = SnapshotReader()
        reader.feed_lines(given_lines)
        reader.close()
    assert sum(reader.counts.values()) == len(given_lines)


@pytest.mark.parametrize("strict", [False, True])
def test_hostile_lines_alone_take_bounded_time(strict: bool) -> None:
    """Without a header, each may be the first row of one."""
    with alarm(20):
        for filling in FILLINGS.values():
            outcome([filling, START + filling], strict=strict)


def test_a_header_of_ten_thousand_columns_is_none() -> None:
    """Its grammar would take half a minute to put together, and its pattern to compile."""
    header = linux_header("p") + " ".join(f"x{i}" for i in range(10_000))
    (snapshot,) = outcome_of([linux_header("p"), header, linux_row(Row(), "p")])
    assert [line.text for line in snapshot.unparsed] == [header]
    assert_has_rows([snapshot], [Row()], "p")


def test_only_so_many_different_headers_are_made_sense_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands under a further one is set aside, not read as what stood above."""
    monkeypatch.setattr(classify, "HEADERS_READ", 2)
    row = linux_row(Row(), "p")
    first, second, third = (f"{linux_header('p')}Column{i}" for i in range(3))
    given_lines = [first, f"{row}a", second, f"{row}b", third, f"{row}c", first, f"{row}d"]
    snapshots = outcome_of(given_lines)
    extras = [dict(c.extra) for snapshot in snapshots for c in snapshot.connections]
    assert extras == [{"Column0": "a"}, {"Column1": "b"}, {"Column0": "d"}]
    assert "too many different headers: set aside, 1 lines" in snapshots[1].notes


@pytest.mark.slow
def test_a_bomb_of_many_rows_takes_bounded_time() -> None:
    """Programs that look like what stands behind them, in each row."""
    programs = ["off (0.00/0/0)", "1/a - off (0", "a: 1:", "- off (0.00/0/", "a b c d e f g h"]
    rows = [Row(pid=i + 1, program=programs[i % 5]) for i in range(5000)]
    with alarm(60):
        (snapshot,) = iter_snapshots(linux_capture(rows, "epo"))
    assert_has_rows([snapshot], rows, "epo")


@pytest.mark.parametrize("options", ["p", "po", "epo"])
@pytest.mark.parametrize("program", [" x", "     ", " :", " off (0.0)", "\tx", "x  y"])
def test_programs_may_start_with_blanks(program: str, options: str) -> None:
    """prctl(PR_SET_NAME) and argv[0] take any text; what stands behind tells where it ends."""
    rows = [Row(program=program), Row()]
    (snapshot,) = iter_snapshots(linux_capture(rows, options))
    assert snapshot.unparsed == ()
    process = snapshot.connections[0].process
    assert process is not None
    assert process.name is not None
    assert process.name.strip() == program.strip()
    assert_has_rows([snapshot], rows[1:], options)


class Nowhere:
    """A file that keeps nothing."""

    def write(self, data: bytes, /) -> None:
        pass


@pytest.mark.slow
@pytest.mark.parametrize("columns", [None, ("all",)], ids=["cells", "models"])
def test_memory_does_not_grow_with_long_rows(columns: Any) -> None:
    """Rows are remembered for when they come again; an attacker's long ones never do."""
    given_lines = [
        linux_row(Row(local_port=str(i), foreign="x" * 60_000), "p") for i in range(1, 301)
    ]
    reader = LineReader(CsvSink(Nowhere(), lambda *_: None, lambda _: None, columns=columns))
    reader.feed_lines([linux_header("p"), *given_lines[:10]])
    tracemalloc.start()
    for line in given_lines:
        reader.feed_lines([line + " "])
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert reader.counts[LineKind.ROW] == 310
    assert grown < 300 * 60_000 / 3


@pytest.mark.parametrize("text", ["0:0 " * 5000, "a" * 60_000, ":" * 60_000, "1" * 60_000])
def test_a_long_line_says_where_it_went_wrong(text: str) -> None:
    with alarm(60), pytest.raises(ParseError) as caught:
        parse(text_of([linux_header("p"), "tcp        0      0 " + text]))
    assert caught.value.number == 2
    assert len(str(caught.value)) < 1000
