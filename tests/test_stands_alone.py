"""A snapshot stands alone: a log may be cut wherever one begins, and its parts read by themselves.

`--jobs` cuts files so, and so may anybody who reads a log with several processes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from feeding import (
    CUT,
    GROUPS_BANNER,
    GROUPS_HEADER,
    GROUPS_ROW,
    GROUPS_RULE,
    OTHER,
    PROOF,
    ROW,
    UDP,
    UNIX_BANNER,
    UNIX_HEADER,
    UNIX_ROW,
    X25,
    Recorder,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st
from printed import (
    LINUX_BANNER,
    Row,
    linux_capture,
    linux_header,
    linux_row,
    macos_capture,
    macos_row,
    text_of,
)

from netstat_parse import NotNetstatError, Snapshot
from netstat_parse.reading.options import Options
from netstat_parse.reading.parts import find_snapshot
from netstat_parse.reading.reader import LineReader
from netstat_parse.snapshots import SnapshotSink

pytestmark = pytest.mark.slow

# Logs ---------------------------------------------------------------------------------------------

HOSTILE = [
    Row(program="a\n$ ls"),
    Row(program="\nNov 22 12:22:41"),
    Row(program="a\n> b\nc"),
    Row(program="x\n------"),
    Row(program="tcp 0 0 1.1.1.1:1"),
    Row(program="\n"),
]
"""Whoever chose these programs' names writes lines into the log."""
SCTP = [
    "sctp       0      0 192.0.2.10:2905         198.51.100.20:2905      ESTABLISHED",
    "                    192.0.2.11              198.51.100.21                      ",
]
WINDOWS = [
    "Active Connections",
    "",
    "  Proto  Local Address          Foreign Address        State           PID",
    "  TCP    192.0.2.20:3389        203.0.113.4:51002      SYN_RECEIVED    1388",
    "  TermService",
    " [svchost.exe]",
    "  TCP    192.0.2.20:49812       198.51.100.9:443       TIME_WAIT       0",
]
MULTIPATH = [
    "Active Multipath Internet connections",
    "Proto/ID  Flags      Local Address          Foreign Address        (state)    ",
    "mptcp/00                                                           ESTABLISHED",
]
OTHER_INTERNET = [
    "Active kernel event sockets",
    "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)    ",
    "kevt       0      0      1      1     10",
]
FREEBSD = [
    "Active Internet connections (including servers)",
    "Proto Recv-Q Send-Q Local Address          Foreign Address        (state)    ",
    "tcp4       0      0 192.0.2.41.22          203.0.113.140.50312    ESTABLISHED",
    "udp4       0      0 *.514                  *.*                               ",
]
MACOS_UNIX = [
    "Active LOCAL (UNIX) domain sockets",
    "Address          Type   Recv-Q Send-Q            Inode             Conn             Refs"
    "          Nextref Addr",
    "cd5ab3e8b0a3b0a1 stream      0      0                0 cd5ab3e8b0a3b169                0"
    "                0 /var/run/mDNSResponder",
]
UNIX = [UNIX_BANNER, UNIX_HEADER, UNIX_ROW]
HOSTILE_UNIX = [UNIX_HEADER, UNIX_ROW + "\n2026-11-22T12:22:41Z\n" + LINUX_BANNER + "\n$ ls"]
GROUPS = [GROUPS_BANNER, GROUPS_HEADER, GROUPS_RULE, GROUPS_ROW]
FIXTURES = [
    path.read_text().splitlines()[:12]
    for path in sorted((Path(__file__).resolve().parent.parent / "fixtures").glob("*/*.txt"))
    if b"\0" not in path.read_bytes() and path.read_bytes().isascii()
]

rows_of_linux = st.lists(st.sampled_from([ROW, OTHER, UDP, CUT, *HOSTILE]), max_size=5)
rows_of_wide_linux = st.lists(st.sampled_from([ROW, CUT, PROOF]), max_size=4)
rows_of_macos = st.lists(
    st.sampled_from([Row(proto="tcp4"), Row(proto="tcp6", local="fe80::7b36:fe27:b880")]),
    max_size=3,
)
captures = st.one_of(
    st.builds(linux_capture, rows_of_linux, st.sampled_from(["", "p", "p", "po"])),
    st.builds(linux_capture, rows_of_wide_linux, st.sampled_from(["", "W", "pW"])),
    st.builds(macos_capture, rows_of_macos),
    st.sampled_from([FREEBSD, WINDOWS, [*linux_capture([ROW]), *SCTP]]),
    st.sampled_from(FIXTURES),
)
without_banners = captures.map(lambda lines: lines[1:])
tables_below = st.sampled_from([UNIX, UNIX[1:], HOSTILE_UNIX, GROUPS, GROUPS[1:], MACOS_UNIX])
set_aside = st.sampled_from([X25, X25[:1], MULTIPATH, OTHER_INTERNET, ["Kernel IP routing table"]])
rows_alone = st.one_of(
    st.lists(st.sampled_from([linux_row(ROW, "p"), linux_row(OTHER, "p")]), min_size=1, max_size=3),
    st.sampled_from(
        [[linux_row(CUT)], [macos_row(Row(proto="tcp4"))], [linux_row(UDP)], [UNIX_ROW]]
    ),
)
single_lines = st.sampled_from(
    [
        "",
        "Sun Nov 22 12:22:41 UTC 2026",
        "2026-11-22T12:22:41+01:00",
        "Mon Feb 30 12:22:41 UTC 2026",
        "Sun Nov 22 12:22:41 CST 2026",
        "zzz ***Fri Jan 10 12:00:00 UTC 2026",
        "root@host:~# netstat -npt",
        "[sudo] password for joe: ",
        "Every 1s: netstat -npt",
        "Every 2.0s: netstat -npt            host: Sun Nov 22 12:22:41 2026",
        "```",
        "------",
        "(Not all processes could be identified, non-owned process info",
        "what is this",
        "tcp        0      0 10.0.0.1:",
        "Active Internet connections (w/o servers)",
        "Active Internet connections",
        UNIX_BANNER,
        GROUPS_BANNER,
        linux_header(),
        linux_header("p"),
        linux_header() + " Column",
        UNIX_HEADER,
    ]
).map(lambda line: [line])
FRONTS = ["%Y-%m-%dT%H:%M:%SZ ", "%b %d %H:%M:%S host logger: ", "%Y-%m-%d %H:%M:%S "]


def split_lines(lines: Sequence[str]) -> list[str]:
    """The lines as they stand in a file: a line feed in a name ends one."""
    return [line for text in lines for line in text.split("\n")]


@st.composite
def pieces(draw: st.DrawFn) -> list[str]:
    """Lines that may have come of one run of netstat, or stand between two."""
    drawn = draw(
        st.one_of(
            captures, captures, without_banners, tables_below, set_aside, rows_alone, single_lines
        )
    )
    lines = split_lines(drawn)
    if draw(st.integers(0, 3)) == 0:
        lines[draw(st.integers(0, len(lines))) : 0] = draw(single_lines)
    front = draw(st.sampled_from([None, None, None, "> ", *FRONTS]))
    if front is None:
        return lines
    start = datetime(2026, 11, 22, 12, 22) + timedelta(seconds=draw(st.sampled_from([0, 5, 20])))
    step = timedelta(seconds=draw(st.sampled_from([0, 1, 10])))
    return [(start + i * step).strftime(front) + line for i, line in enumerate(lines)]


logs = st.lists(pieces(), min_size=2, max_size=9).map(
    lambda several: [line for piece in several for line in piece]
)

every_option = st.sampled_from(
    [
        *[Options()] * 3,
        Options(dialect="linux"),
        Options(dialect="macos"),
        Options(uncut=True),
        Options(timestamp_formats=["what is %Y"]),
    ]
)

# Reading a log, and its parts ---------------------------------------------------------------------


class PartSink(SnapshotSink):
    """Takes the parts of a log, one after another."""

    def __init__(self) -> None:
        super().__init__()
        self.lines_before = 0

    def unparsed(self, number: int, text: str, reason: str) -> None:
        super().unparsed(self.lines_before + number, text, reason)


def read_parts(
    parts: Sequence[Sequence[str]],
    options: Options,
    *,
    terminated: bool = True,
    line_by_line: bool = False,
) -> list[Snapshot]:
    """The snapshots of the parts, each read by a reader of its own.

    What stands in a part that has no snapshot belongs to the snapshot before or behind it, as it
    does in the whole log.
    """
    sink = PartSink()
    for i, part in enumerate(parts):
        reader = LineReader(sink, options)
        for line in part[:-1] if line_by_line else []:
            reader.feed_lines([line])
        rest = part[-1:] if line_by_line else part
        reader.feed_lines(rest, terminated=terminated or i < len(parts) - 1)
        with suppress(NotNetstatError):
            reader.close()
        assert sum(reader.counts.values()) == len(part)
        sink.lines_before += len(part)
        if i < len(parts) - 1:
            sink.between()
    sink.close()
    return sink.completed()


def cut_at(lines: Sequence[str], places: Sequence[int]) -> list[Sequence[str]]:
    """The lines in parts, of which each but the first begins at one of these places."""
    return [lines[a:b] for a, b in zip([0, *places], [*places, len(lines)], strict=True)]


def find_places(lines: Sequence[str], options: Options) -> list[int]:
    """Where snapshots begin: the lines in which the reader leaves the snapshot before.

    A line that is a note of the snapshot that it ends still is of that one.
    """
    places: list[int] = []

    class Placer(Recorder):
        """Knows which line the reader is at: it may be one that was held."""

        is_open, noted = False, 0

        def start(self, dialect: str, captured_at: datetime | None) -> None:
            self.is_open = True

        def note_line(self, text: str) -> None:
            number, line = reader.line
            self.noted = number if text in line else self.noted

        def between(self) -> None:
            number, _ = reader.line
            if self.is_open and number <= len(lines):
                places.append(number - (self.noted != number))
            self.is_open = False

    reader = LineReader(Placer(), options)
    for line in lines:
        reader.feed_lines([line])
    return places


FRAMED = [f"> {line}" for line in linux_capture([ROW])]
STAMPED_HPUX = [
    f"2026-11-22 12:22:20 {line}"
    for line in (
        "Proto   Recv-Q Send-Q Recv-W Send-W Cgst-W  Local Address          Foreign Address"
        "        TCP-State",
        "tcp          0      0  17376  65535   4344  192.0.2.4.22           192.0.2.9.51000"
        "        ESTABLISHED",
    )
]


@settings(max_examples=150)
@given(logs, every_option, st.booleans())
@example([*FRAMED[:2], f"{FRAMED[1]} Column", FRAMED[2]], Options(), False)
@example([*FRAMED[:2], "> root@host:~# netstat -npt", FRAMED[1]], Options(), False)
@example([*UNIX, FRAMED[1], "> root@host:~# netstat -npt"], Options(), False)
@example([UNIX_BANNER, LINUX_BANNER] * 2, Options(), True)
@example([*UNIX[1:], "Active Internet connections", "$ ls", linux_row(OTHER, "p")], Options(), True)
@example([*STAMPED_HPUX, *STAMPED_HPUX], Options(), True)
@example(
    [
        LINUX_BANNER,
        linux_header(),
        *[f"%% {line}" for line in linux_capture([ROW])],
        "%% " + linux_header() + " Column",
    ],
    Options(),
    True,
)
def test_parts_give_the_snapshots_of_the_whole(
    log: list[str], options: Options, ended: bool
) -> None:
    places = find_places(log, options)
    whole = read_parts([log], options, terminated=ended)
    assert read_parts([log], options, terminated=ended, line_by_line=True) == whole
    assert read_parts(cut_at(log, places), options, terminated=ended) == whole
    for place in places:
        assert read_parts(cut_at(log, [place]), options, terminated=ended) == whole


@settings(max_examples=150)
@given(logs, every_option, st.data())
def test_where_a_snapshot_is_found_from_the_middle_a_log_may_be_cut(
    log: list[str], options: Options, data: st.DataObject
) -> None:
    starts = [0]
    for line in log:
        starts.append(starts[-1] + len(line.encode()) + 1)
    number = data.draw(st.integers(1, len(log)), "line")
    file = io.BytesIO(text_of(log).encode())
    found = find_snapshot(file, starts[number] - 1, options)
    if found is not None:
        place = starts.index(found)
        assert place > number
        assert read_parts(cut_at(log, [place]), options) == read_parts([log], options)
