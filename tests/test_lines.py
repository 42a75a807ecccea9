"""Every line has its place, and the counts add up to the lines read."""

from __future__ import annotations

import bz2
import codecs
import gzip
import lzma
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from printed import (
    LINUX_BANNER,
    MACOS_BANNER,
    MACOS_HEADER,
    Row,
    are_rows,
    is_row,
    linux_capture,
    linux_header,
    linux_row,
    linux_rows,
    macos_capture,
    macos_row,
    text_of,
)

from netstat_parse import (
    LineKind,
    NetstatError,
    NotNetstatError,
    ParseError,
    SeveralSnapshotsError,
    Snapshot,
    SnapshotReader,
    UnknownDialectError,
    iter_snapshots,
    lines,
    noise,
    parse,
    read_log,
)
from netstat_parse.files import MAX_LINE

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
ROW = Row()
OTHER = Row(proto="tcp6", local="::1", local_port="25", foreign="::", foreign_port="*")
UDP = Row(proto="udp", state="", foreign="0.0.0.0", foreign_port="*", program="dhclient")
DATE = "Sun Nov 22 12:22:41 UTC 2026"
AT = datetime(2026, 11, 22, 12, 22, 41, tzinfo=UTC)
LATER = "Sun Nov 22 12:23:41 UTC 2026"
AT_LATER = datetime(2026, 11, 22, 12, 23, 41, tzinfo=UTC)


def one(given_lines: list[str], **options: Any) -> Snapshot:
    """The one snapshot of these lines."""
    (snapshot,) = iter_snapshots(given_lines, **options)
    return snapshot


def read(given_lines: list[str], **options: Any) -> tuple[list[Snapshot], dict[LineKind, int]]:
    """The snapshots of these lines, and how many lines are of which kind."""
    reader = SnapshotReader(**options)
    snapshots = reader.feed_lines(given_lines) + reader.close()
    return snapshots, reader.counts


def counts_of(given_lines: list[str], **options: Any) -> dict[str, int]:
    """How many lines are of which kind, those that there are."""
    _, counts = read(given_lines, **options)
    return {kind.value: count for kind, count in counts.items() if count}


# Each kind of line --------------------------------------------------------------------------------


def test_every_kind_is_counted() -> None:
    counts = counts_of(
        [
            DATE,
            *linux_capture([ROW, OTHER], "p"),
            "",
            "(Not all processes could be identified, non-owned process info",
            " will not be shown, you would have to be root to see it all.)",
            "tcp 0 0 nonsense",
        ]
    )
    assert counts == {
        "timestamp": 1,
        "banner": 1,
        "header": 1,
        "row": 2,
        "blank": 1,
        "note": 2,
        "unparsed": 1,
    }


def test_counts_are_there_from_the_start() -> None:
    reader = SnapshotReader()
    assert reader.counts == dict.fromkeys(LineKind, 0)


@pytest.mark.parametrize("rows", [[], [ROW], [ROW, OTHER, UDP]])
def test_rows_come_out_in_order(rows: list[Row]) -> None:
    snapshot = one(linux_capture(rows, "p"))
    assert are_rows(snapshot, rows)
    assert (snapshot.dialect, snapshot.unparsed, snapshot.notes) == ("linux", (), ())


@pytest.mark.parametrize(
    ("given_lines", "dialect"),
    [
        ([LINUX_BANNER], "linux"),
        ([LINUX_BANNER, linux_header("p")], "linux"),
        ([linux_header()], "linux"),
        ([MACOS_BANNER, MACOS_HEADER], "macos"),
    ],
)
def test_no_rows_are_an_empty_snapshot(given_lines: list[str], dialect: str) -> None:
    assert one(given_lines) == Snapshot(dialect=dialect)
    assert parse(text_of(given_lines)) == Snapshot(dialect=dialect)


def test_a_header_needs_no_banner() -> None:
    assert are_rows(one([linux_header("p"), linux_row(ROW, "p")]), [ROW])


def test_two_banners_without_rows_are_two_snapshots() -> None:
    snapshots, _ = read([LINUX_BANNER, LINUX_BANNER])
    assert [len(s.connections) for s in snapshots] == [0, 0]


def test_a_repeated_header_begins_a_snapshot() -> None:
    (first, second), counts = read([*linux_capture([ROW]), linux_header(), linux_row(OTHER)])
    assert are_rows(first, [ROW], "")
    assert are_rows(second, [OTHER], "")
    assert counts[LineKind.HEADER] == 2


def test_each_header_has_its_own_columns() -> None:
    captures = [
        linux_capture([ROW], "p"),
        linux_capture([ROW], "epo"),
        macos_capture([Row(proto="tcp4")]),
        linux_capture([ROW]),
    ]
    snapshots, _ = read([line for capture in captures for line in capture])
    assert [s.dialect for s in snapshots] == ["linux", "linux", "macos", "linux"]
    pids = [s.connections[0].process and s.connections[0].process.pid for s in snapshots]
    assert pids == [4711, 4711, None, None]


def test_blank_lines_are_nothing_else() -> None:
    banner, header, row = linux_capture([ROW], "p")
    given_lines = ["", banner, " \t ", header, "\x0c", row, ""]
    assert counts_of(given_lines)["blank"] == 4
    assert are_rows(one(given_lines), [ROW])


def test_a_forced_dialect_reads_no_other_header() -> None:
    assert are_rows(one(linux_capture([ROW]), dialect="linux"), [ROW], "")
    with pytest.raises(NetstatError):
        list(iter_snapshots(linux_capture([]), dialect="macos", strict=True))


def test_an_unknown_dialect_is_told() -> None:
    with pytest.raises(UnknownDialectError, match=r"'amiga'.*linux") as caught:
        SnapshotReader(dialect="amiga")
    assert "macos" in caught.value.known
    with pytest.raises(UnknownDialectError):
        parse("", dialect="amiga")


# Stamps -------------------------------------------------------------------------------------------


def test_a_stamp_is_that_of_the_next_snapshot() -> None:
    snapshots, counts = read(
        [DATE, *linux_capture([ROW], "p"), LATER, *linux_capture([OTHER], "p"), *linux_capture([])]
    )
    assert [s.captured_at for s in snapshots] == [AT, AT_LATER, None]
    assert are_rows(snapshots[0], [ROW])
    assert are_rows(snapshots[1], [OTHER])
    assert counts[LineKind.TIMESTAMP] == 2


def test_an_ambiguous_zone_stays_naive_and_is_noted() -> None:
    snapshot = one(["Sun Nov 22 12:22:41 CST 2026", *linux_capture([ROW])])
    assert snapshot.captured_at == AT.replace(tzinfo=None)
    assert [note for note in snapshot.notes if "CST" in note]


def test_an_impossible_stamp_is_reported() -> None:
    snapshot = one(["Mon Feb 30 12:22:41 UTC 2026", *linux_capture([ROW], "p")])
    assert snapshot.captured_at is None
    assert [line.number for line in snapshot.unparsed] == [1]
    assert "Feb has no day 30" in snapshot.unparsed[0].reason
    assert are_rows(snapshot, [ROW])


def test_a_stamp_after_the_last_snapshot_belongs_to_none() -> None:
    snapshot = one([*linux_capture([ROW], "p"), DATE])
    assert snapshot.captured_at is None
    assert are_rows(snapshot, [ROW])


def test_stamps_between_rows_divide_snapshots() -> None:
    banner, header, row = linux_capture([ROW], "p")
    snapshots, _ = read([DATE, banner, header, row, LATER, row, row])
    assert [(s.captured_at, len(s.connections)) for s in snapshots] == [(AT, 1), (AT_LATER, 2)]


STAMPED = (
    "2026-11-22T12:22:{second}Z {line}",
    "2026-11-22 12:22:{second} {line}",
    "Nov 22 12:22:{second} {line}",
    "[2026-11-22T12:22:{second}+01:00] {line}",
    "17638141{second} {line}",
    "Nov 22 12:22:{second} host logger[12]: {line}",
    "<13>Nov 22 12:22:{second} host logger: {line}",
)


@pytest.mark.parametrize("form", STAMPED)
def test_stamps_may_stand_before_every_line(form: str) -> None:
    rows = [ROW, OTHER, UDP]
    given_lines = [
        form.format(second=10 + i, line=line)
        for i, line in enumerate(linux_capture(rows, "p") + linux_capture(rows[:1], "p"))
    ]
    (first, second), counts = read(given_lines)
    assert are_rows(first, rows)
    assert are_rows(second, rows[:1])
    assert counts[LineKind.ROW] == 4


def test_a_stamped_snapshot_has_the_stamp_of_its_first_line() -> None:
    given_lines = [
        f"2026-11-22T12:{minute}:{second:02}Z {line}"
        for minute in (22, 23)
        for second, line in enumerate(linux_capture([ROW, OTHER]))
    ]
    snapshots, _ = read(given_lines)
    assert [s.captured_at for s in snapshots] == [
        datetime(2026, 11, 22, 12, minute, 0, tzinfo=UTC) for minute in (22, 23)
    ]


def test_formats_of_the_user_are_known() -> None:
    snapshot = one(
        ["at 22|11|2026 12h22", *linux_capture([ROW])],
        timestamp_formats=["at %d|%m|%Y %Hh%M"],
    )
    assert snapshot.captured_at == datetime(2026, 11, 22, 12, 22)


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


# Other tables -------------------------------------------------------------------------------------

X25 = [
    "Active X.25 sockets",
    "Dest         Source       Device  LCI  State        Vr/Vs  Send-Q  Recv-Q",
    "*            0023456      ???     000  LISTENING    000/000    0       0",
    "0023457      0023456      x25     001  ESTABLISHED  001/002    0       0",
]
BLUETOOTH = [
    "Active Bluetooth connections (w/o servers)",
    "Proto  Destination       Source            State         PSM DCID   SCID      IMTU    OMTU",
]


def test_other_tables_are_one_note_each() -> None:
    given_lines = [*linux_capture([ROW, UDP], "p"), *X25, *BLUETOOTH]
    (snapshot,), counts = read(given_lines)
    assert are_rows(snapshot, [ROW, UDP])
    assert snapshot.unparsed == ()
    x25, bluetooth = snapshot.notes
    assert "Active X.25 sockets" in x25
    assert "3 lines" in x25
    assert "Active Bluetooth connections" in bluetooth
    assert "1 line" in bluetooth
    assert counts[LineKind.BANNER] == 3
    assert sum(counts.values()) == len(given_lines)


@pytest.mark.parametrize(
    "banner",
    [
        "Active AX.25 sockets",
        "Active Multipath Internet connections",
        "Registered kernel control modules",
        "Active kernel event sockets",
        "Active kernel control sockets",
        "Current listen queue sizes (qlen/incqlen/maxqlen)",
        "Routing tables",
        "Kernel IP routing table",
        "Kernel Interface table",
    ],
)
def test_each_other_table_is_known_by_its_banner(banner: str) -> None:
    given_lines = [*macos_capture([Row(proto="tcp4")]), banner, "Some Titles", "0/0/128  *.22", "x"]
    snapshot = one(given_lines)
    assert are_rows(snapshot, [Row(proto="tcp4")], "")
    assert snapshot.unparsed == ()
    (note,) = snapshot.notes
    assert note.startswith(banner)
    assert "3 lines" in note


def test_a_snapshot_follows_another_table() -> None:
    given_lines = [*linux_capture([ROW], "p"), *X25, *linux_capture([UDP], "p")]
    (first, second), counts = read(given_lines)
    assert are_rows(first, [ROW])
    assert are_rows(second, [UDP])
    assert (len(first.notes), len(second.notes)) == (1, 0)
    assert counts[LineKind.UNPARSED] == 0


OTHERS = {
    "linux": [
        "\n".join(X25),
        "Kernel IP routing table\nDestination     Gateway         Genmask\n",
        "Ip:\n    Forwarding: 2\n    124 total packets received\nTcp:\n    3 active openings\n",
    ],
    "freebsd": [
        "Routing tables\n\nInternet:\nDestination        Gateway            Flags\n",
        "Name    Mtu Network       Address              Ipkts Ierrs Idrop\nem0    1500 <Link#1>\n",
        "tcp:\n\t81 packets sent\n\t\t40 data packets (1024 bytes)\nudp:\n\t2 datagrams\n",
    ],
    "windows": ["Interface List\n  4...02 42 ac 11 00 02 ......Ethernet\n"],
}


@pytest.mark.parametrize("dialect", OTHERS)
def test_only_another_table_is_a_snapshot_without_connections(dialect: str) -> None:
    for text in OTHERS[dialect]:
        (snapshot,), _ = read(text.splitlines())
        assert (snapshot.dialect, snapshot.connections) == (dialect, ())
        assert not snapshot.unparsed
        assert all(": set aside, " in note for note in snapshot.notes)
        assert snapshot.notes


def test_a_section_of_the_statistics_is_its_whole_line() -> None:
    with pytest.raises(NotNetstatError):
        read(["tcp: connect to address 10.0.0.9: Connection refused"])


# What cannot be placed ----------------------------------------------------------------------------

BROKEN = [
    ("tcp        0      0 10.0.0.1:22", 32, "host"),
    ("tcp        0      x 10.0.0.1:22", 19, "Send-Q"),
    ("tcp        0      0 10.0.0.1:22 10.0.0.2:99999 ESTABLISHED 1/x", 42, "port"),
    ("tcp        0      0 10.0.0.1:22 10.0.0.2:51234 ESTABLISHD  1/x", 48, "state"),
    ("tcp        0      0 10.0.0.1:22 10.0.0.2:51234 ESTABLISHED one", 60, "pid"),
]


@pytest.mark.parametrize(("line", "column", "expected"), BROKEN)
def test_a_broken_row_is_told_in_words(line: str, column: int, expected: str) -> None:
    given_lines = [*linux_capture([ROW], "p"), line, linux_row(OTHER, "p")]
    snapshot = one(given_lines)
    assert are_rows(snapshot, [ROW, OTHER])
    (unparsed,) = snapshot.unparsed
    assert (unparsed.number, unparsed.text) == (4, line)
    assert unparsed.reason.startswith(f"column {column}: expected {expected}")


@pytest.mark.parametrize(("line", "column", "expected"), BROKEN)
def test_strict_raises_what_the_unparsed_line_says(line: str, column: int, expected: str) -> None:
    given_lines = [*linux_capture([ROW], "p"), line]
    (unparsed,) = one(given_lines).unparsed
    with pytest.raises(ParseError) as caught:
        parse(text_of(given_lines))
    error = caught.value
    assert (error.number, error.line) == (4, line)
    assert unparsed.reason == f"column {error.column}: {error.expected}"
    assert error.column == column
    assert expected in error.expected
    assert "line 4" in str(error)


@pytest.mark.parametrize(
    "line",
    [
        "what is this",
        "tcp",
        "tcpx       0      0 10.0.0.1:22             10.0.0.2:51234          ESTABLISHED 1/x",
        "tcp        0      0 10.0.0.1:22             10.0.0.2:51234          ESTABLISHED",
        "tcp        0      0 10.0.0.1:22 extra       10.0.0.2:51234          ESTABLISHED 1/x",
        "tcp       -1      0 10.0.0.1:22             10.0.0.2:51234          ESTABLISHED 1/x",
        "tcp        0      0 10.0.0.1:65536          10.0.0.2:51234          ESTABLISHED 1/x",
        "tcp   99999999999999999999999 0 10.0.0.1:22 10.0.0.2:51234          ESTABLISHED 1/x",
        "tcp        0 18446744073709551616 1.0.0.1:2 10.0.0.2:51234          ESTABLISHED 1/x",
        "tcp        0      0 10.0.0.1:22             10.0.0.2:51234          established 1/x",
        "tcp        0      0 10.0.0.1                10.0.0.2:51234          ESTABLISHED 1/x",
        "tcp        0      0 10.0.0.1:٢٢             10.0.0.2:51234          ESTABLISHED 1/x",
        "+ tcp        0      0 10.0.0.1:22             10.0.0.2:51234          ESTABLISHED 1/x",
        "# tcp        0      0 10.0.0.1:22             10.0.0.2:51234          ESTABLISHED 1/x",
        "\x00",
        "\u202etcp        0      0 10.0.0.1:22      10.0.0.2:51234          ESTABLISHED 1/x",
    ],
)
def test_what_is_no_row_is_reported_and_the_rest_is_read(line: str) -> None:
    given_lines = [*linux_capture([ROW], "p"), line, linux_row(OTHER, "p")]
    (snapshot,), counts = read(given_lines)
    assert [(u.number, u.text) for u in snapshot.unparsed] == [(4, line)]
    assert are_rows(snapshot, [ROW, OTHER])
    assert sum(counts.values()) == len(given_lines)


def test_lines_before_the_first_snapshot_are_its_own() -> None:
    snapshot = one(["what is this", *linux_capture([ROW], "p")])
    assert [(u.number, u.text) for u in snapshot.unparsed] == [(1, "what is this")]


def test_a_number_that_fills_64_bits_is_a_number() -> None:
    line = "tcp        0 18446744073709551615 1.0.0.1:2 10.0.0.2:51234          ESTABLISHED"
    assert one([linux_header(), line]).connections[0].send_q == 2**64 - 1


NOISE = ["", "\n", "hello", "hello\nworld\n\n", "\x00\x01\x02", "{}", "a,b,c\n1,2,3\n", DATE]


@pytest.mark.parametrize("text", NOISE)
@pytest.mark.parametrize("strict", [False, True])
def test_no_netstat_is_an_error(text: str, strict: bool) -> None:
    with pytest.raises(ParseError) as caught:
        list(iter_snapshots(text, strict=strict))
    if not strict:
        assert type(caught.value) is NotNetstatError


@pytest.mark.parametrize("text", ["", "\n\n", DATE])
def test_parse_of_nothing_is_an_error(text: str) -> None:
    with pytest.raises(NotNetstatError):
        parse(text)


def test_parse_takes_one_snapshot_only() -> None:
    given_lines = linux_capture([ROW], "p") * 2
    with pytest.raises(SeveralSnapshotsError) as caught:
        parse(text_of(given_lines))
    assert caught.value.number in (4, 5)


# Rows cut off where the input ends ----------------------------------------------------------------

PADDED = [
    ("p", [ROW, OTHER, UDP, Row(pid=0)]),
    ("", [ROW, Row(state="CLOSE_WAIT"), Row(proto="udp", state="")]),
    ("e", [ROW, UDP]),
    ("epo", [ROW, UDP]),
    ("pW", [Row(proto="tcp6", local="fe80::7b36:fe27:b880:1287", program="x y"), ROW]),
    ("W", [Row(proto="udp6", state="", local="fe80::7b36:fe27:b880:1287"), UDP]),
    ("eW", [Row(proto="tcp6", local="fe80::7b36:fe27:b880:1287")]),
]


def assert_cuts_give_only_true_rows(given_lines: list[str], rows: list[Row], options: str) -> None:
    """From the second row on: a row above shows that this netstat pads its rows."""
    text = text_of(given_lines)
    for end in range(len(text_of(given_lines[:3])), len(text)):
        cut = text[:end]
        try:
            (snapshot,) = iter_snapshots(cut)
        except NotNetstatError:
            continue
        whole = max(cut.count("\n") - 2, 0)
        found = len(snapshot.connections)
        assert whole <= found <= whole + 1, repr(cut[-90:])
        for connection, row in zip(snapshot.connections, rows[:found], strict=True):
            assert is_row(connection, row, options), repr(cut[-90:])
        if found == whole and cut.count("\n") >= 2 and not cut.endswith("\n"):
            (unparsed,) = snapshot.unparsed
            assert unparsed.text == cut.rpartition("\n")[2]


@pytest.mark.parametrize("foreign", ["203.0.113.80:443", "2001:db8:7:8:9:a:b:c:22"])
@pytest.mark.parametrize("end", ["", "\n", "\n" + linux_row(UDP, "p") + "\n"])
def test_a_dash_for_a_process_needs_no_blanks_behind(foreign: str, end: str) -> None:
    """Nothing that netstat prints there begins with a dash and goes on."""
    row = f"tcp        0      0 192.0.2.10:55012        {foreign:23} FIN_WAIT2   -"
    text = text_of(linux_capture([ROW], "p")) + row + end
    (many,) = iter_snapshots(text)
    (single,) = iter_snapshots(iter(text.splitlines(keepends=True)))
    assert many == single
    assert not many.unparsed
    assert str(many.connections[1].foreign.port) == foreign.rpartition(":")[2]
    assert many.connections[1].process is None


@pytest.mark.parametrize(("options", "rows"), PADDED, ids=[options for options, _ in PADDED])
def test_a_row_that_the_input_cuts_is_never_wrong(options: str, rows: list[Row]) -> None:
    assert_cuts_give_only_true_rows(linux_capture(rows, options), rows, options)


def test_a_macos_row_that_the_input_cuts_is_never_wrong() -> None:
    rows = [
        Row(proto="tcp4"),
        Row(proto="udp4", state=""),
        Row(proto="tcp6", local="fe80::7b36:fe27:b880:1287"),
    ]
    assert_cuts_give_only_true_rows(macos_capture(rows), rows, "")


def test_the_last_line_needs_no_end_where_lines_have_none() -> None:
    rows = [ROW, OTHER]
    assert are_rows(one([line.rstrip() for line in linux_capture(rows, "p")]), rows)
    assert are_rows(parse("\n".join(linux_capture(rows, "p"))), rows)


# Cut addresses ------------------------------------------------------------------------------------

LONG = "fe80::7b36:fe27:b880:1287"
CUT = Row(proto="tcp6", local=LONG, local_port="22", foreign="::1")
"""Without -W, netstat prints its local address as one that is not true."""
PROOF = Row(proto="tcp6", local=LONG, local_port="443", foreign="::1")


def test_an_address_that_fills_its_column_is_doubted() -> None:
    (connection,) = one(linux_capture([CUT])).connections
    assert (connection.local.host, connection.local.port) == ("fe80::7b36:fe27:b880", 22)
    assert (connection.local.address, connection.local.truncated) == (None, True)
    assert not connection.foreign.truncated


@pytest.mark.parametrize("lines_at_once", [1, 2, 1000])
@pytest.mark.parametrize("before", [True, False])
def test_proof_lifts_the_doubt_of_its_snapshot_only(before: bool, lines_at_once: int) -> None:
    fills = Row(proto="tcp6", local="fe80::1234:5678:9abc", local_port="22", foreign="::1")
    assert len(f"{fills.local}:{fills.local_port}") == 23
    rows = [PROOF, fills, ROW] if before else [fills, ROW, PROOF]
    captures = [linux_capture(rows, "W"), linux_capture([fills, ROW]), linux_capture(rows, "W")]
    given_lines = [line for capture in captures for line in capture]
    reader = SnapshotReader()
    snapshots = [
        snapshot
        for start in range(0, len(given_lines), lines_at_once)
        for snapshot in reader.feed_lines(given_lines[start : start + lines_at_once])
    ]
    snapshots += reader.close()
    doubts = [[c.local.truncated for c in s.connections] for s in snapshots]
    assert doubts == [[False] * 3, [True, False], [False] * 3]
    assert snapshots[1].connections[0].local.address is None
    assert are_rows(snapshots[0], rows, "")


def test_uncut_lifts_every_doubt() -> None:
    given_lines = linux_capture([CUT], "W")
    fills = linux_capture([Row(proto="tcp6", local="fe80::1234:5678:9abc", foreign="::1")])
    snapshots, _ = read([*given_lines, *fills], uncut=True)
    assert not any(c.local.truncated for s in snapshots for c in s.connections)
    assert snapshots[1].connections[0].local.host == "fe80::1234:5678:9abc"
    assert snapshots[1].connections[0].local.address is not None
    assert parse(text_of(fills), uncut=True) == snapshots[1]


@pytest.mark.parametrize("lines_at_once", [1, 3, 10_000])
@pytest.mark.parametrize(("rows_before", "is_proved"), [(8, True), (9, True), (12, False)])
def test_proof_is_looked_for_in_the_first_rows_only(
    monkeypatch: pytest.MonkeyPatch, rows_before: int, is_proved: bool, lines_at_once: int
) -> None:
    assert lines.ROWS_TO_PROVE == 10_000
    monkeypatch.setattr(lines, "ROWS_TO_PROVE", 10)
    rows = [CUT] + [ROW] * (rows_before - 1) + [PROOF]
    given_lines = linux_capture(rows[:1]) + [linux_row(row, "W") for row in rows[1:]]
    reader = SnapshotReader()
    snapshots = [
        snapshot
        for start in range(0, len(given_lines), lines_at_once)
        for snapshot in reader.feed_lines(given_lines[start : start + lines_at_once])
    ] + reader.close()
    (snapshot,) = snapshots
    assert snapshot.connections[0].local.truncated is not is_proved
    assert not snapshot.connections[-1].local.truncated


def test_rows_are_not_held_for_ever() -> None:
    reader = SnapshotReader()
    reader.feed_lines(linux_capture([CUT]) + [linux_row(ROW)] * (lines.ROWS_TO_PROVE + 1))
    assert reader._lines._held == []
    assert reader._lines._rows == []


# Lines that come again ----------------------------------------------------------------------------


def test_equal_lines_give_the_same_object() -> None:
    snapshots, _ = read(linux_capture([ROW, OTHER, ROW], "p") * 2)
    first, second = snapshots
    assert first.connections[0] is first.connections[2]
    assert first.connections[0] is second.connections[0]
    assert first.connections[0].local is second.connections[2].local


def numbered(count: int, start: int = 0) -> list[str]:
    """Rows of which no two are the same."""
    return [linux_row(Row(pid=start + i, program="x"), "p") for i in range(1, count + 1)]


def test_memory_of_rows_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    given_lines = [LINUX_BANNER, linux_header("p"), *numbered(500), *numbered(500)]
    expected = one(given_lines)
    monkeypatch.setattr("netstat_parse.rows.ROWS_REMEMBERED", 32)
    reader = SnapshotReader()
    out = []
    for start in range(0, len(given_lines), 8):
        out += reader.feed_lines(given_lines[start : start + 8])
        memory = reader._lines._memory
        assert memory is None or len(memory._newer) + len(memory._older) <= 2 * (32 + 8)
    (snapshot,) = out + reader.close()
    assert snapshot == expected


def test_memory_of_doubtful_rows_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    doubtful = [
        Row(proto="tcp6", local=f"fe80::1234:5678:{i:04x}", foreign="::1") for i in range(200)
    ]
    expected = one(linux_capture(doubtful + doubtful))
    monkeypatch.setattr("netstat_parse.rows.ROWS_REMEMBERED", 16)
    reader = SnapshotReader()
    for line in linux_capture(doubtful + doubtful):
        reader.feed(line)
        memory = reader._lines._memory
        assert memory is None or len(memory._newer) + len(memory._older) <= 2 * (16 + 1)
    assert reader.close() == [expected]


def test_memory_of_tables_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    headers = [f"{linux_header()} Extra{i}" for i in range(20)]
    given_lines = [line for h in headers for line in (h, f"{linux_row(ROW)} cell")] * 2
    expected, _ = read(given_lines)
    monkeypatch.setattr(lines, "TABLES_REMEMBERED", 3)
    reader = SnapshotReader()
    snapshots = []
    for line in given_lines:
        snapshots += reader.feed_lines([line])
        assert len(reader._lines._memories) <= 3
    assert snapshots + reader.close() == expected
    assert expected[7].connections[0].extra == {"Extra7": "cell"}


def test_rows_that_never_repeat_are_read_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    given_lines = [LINUX_BANNER, linux_header("p"), *numbered(3000), "?", *numbered(3000, 9000)]
    expected = one(given_lines)
    monkeypatch.setattr("netstat_parse.rows.RowReader.PATIENCE", 100)
    reader = SnapshotReader()
    for start in range(0, len(given_lines), 64):
        reader.feed_lines(given_lines[start : start + 64])
    memory = reader._lines._memory
    assert memory is not None
    assert len(memory._newer) < 1000
    assert reader.close() == [expected]


# However the lines are fed ------------------------------------------------------------------------

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
]
logs = st.lists(st.sampled_from(FRAGMENTS), max_size=12).map(
    lambda fragments: [line for fragment in fragments for line in fragment]
)


def result_of(feed: Any) -> tuple[Any, ...]:
    """What a way to feed lines gives: the snapshots, or the error."""
    try:
        return tuple(feed())
    except NetstatError as error:
        return (type(error), *error.args)


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


# Transcripts --------------------------------------------------------------------------------------

PROMPTS = [
    "root@host:~# netstat -npt",
    "root@host:~#",
    "joe@mac ~ % netstat -n -p tcp",
    "(base) joe@mac ~ % netstat -n -p tcp",
    "joe@host:~/src (main)$ netstat -an",
    "bob@box ~> netstat -an",
    "admin@fw(active)> netstat",
    "[root@host ~]# netstat -anp | grep 443",
    "[root@host ~]#",
    "MacBook-Pro:Documents joe$ netstat -n -p tcp",
    "host:/var/log # netstat",
    "-bash-4.2$ netstat -an",
    "sh-5.1#",
    "host# netstat -an",
    "/ # netstat -an",
    "~ $ netstat -tn",
    "$ netstat -npt",
    "# netstat -npt",
    "% netstat -an",
    "❯ netstat -an",
    "➜  ~ netstat -an",
    "┌──(kali㉿kali)-[~]",
    "└─$ netstat -an",
    "+ netstat -an",
    r"C:\Users\joe>netstat -n",
    r"PS C:\Users\joe> netstat -an",
    "PS /home/joe> netstat",
    "[sudo] password for joe:",
    "[sudo] Mot de passe de joe :",
    "Password:",
    "joe@10.0.0.1's password:",
    "logout",
    "exit",
    "Terminated",
    "Script started on 2026-11-22 12:22:41+00:00",
    "Every 2.0s: netstat -npt            host: Sun Nov 22 12:22:41 2026",
    "Every 1s: netstat -npt",
    "==> netstat_-neopa <==",
    "--",
    "^C",
    "```",
    "```text",
    "~~~",
    "<pre>",
    "<pre><code>",
    "{noformat}",
    "------",
    "netstat -npt",
    "### netstat -neopa ###",
    "`netstat -neopa`",
    "  501  netstat -neopa",
    "Output of netstat -neopa:",
]
STANDARD_ERROR = [
    "(Not all processes could be identified, non-owned process info",
    " will not be shown, you would have to be root to see it all.)",
    '(No info could be read for "-p": geteuid()=1000 but you should be root.)',
    "netstat: no support for `AF IPX' on this system.",
    "/bin/netstat: option requires an argument",
    "bash: /dev/null: Permission denied",
    "-bash: netstat: command not found",
    "sudo: a password is required",
    "/proc/net/tcp6: No such file or directory",
    "Warning: Permanently added 'db1' (ED25519) to the list of known hosts.",
    "--More--",
    "--More--(12%)",
    "lines 1-23",
    "lines 24-46/60 (END)",
    "(END)",
    ":",
    "...",
    "[...]",
    "<snip>",
]


@pytest.mark.parametrize("line", PROMPTS)
def test_prompts_and_fences_are_notes(line: str) -> None:
    given_lines = [line, *linux_capture([ROW, OTHER], "p"), line]
    (snapshot,), counts = read(given_lines, strict=True)
    assert counts[LineKind.NOTE] == 2
    assert are_rows(snapshot, [ROW, OTHER])


@pytest.mark.parametrize("line", STANDARD_ERROR)
def test_warnings_are_notes_and_divide_nothing(line: str) -> None:
    banner, header, row = linux_capture([ROW], "p")
    (snapshot,), counts = read([banner, line, header, row, line, row], strict=True)
    assert counts[LineKind.NOTE] == 2
    assert snapshot.notes == (line.strip(), line.strip())
    assert are_rows(snapshot, [ROW, ROW])


@pytest.mark.parametrize(
    "rule", ["------", "======", "+++", "_____", "----- ------ ------  ------"]
)
def test_a_rule_under_a_header_divides_nothing(rule: str) -> None:
    banner, header, row = linux_capture([ROW], "p")
    (snapshot,), counts = read([DATE, banner, header, rule, row], strict=True)
    assert snapshot.captured_at == AT
    assert counts[LineKind.NOTE] == 1
    assert are_rows(snapshot, [ROW])


@pytest.mark.parametrize(
    ("shown", "moment"),
    [
        ("host: Sun Nov 22 12:22:41 2026", AT.replace(tzinfo=None)),
        ("      Sun Nov 22 12:22:41 2026", AT.replace(tzinfo=None)),
        ("host: Sun Nov 22 12:22:41 UTC 2026", AT),
        ("host: 2026-11-22 12:22:41", AT.replace(tzinfo=None)),
        ("host: Sun Nov 32 12:22:41 2026", None),
        ("host: So Nov 22 12:22:41 2026", None),
    ],
)
def test_watch_tells_the_time(shown: str, moment: datetime | None) -> None:
    given_lines = [f"Every 2.0s: netstat -npt   {shown}", "", *linux_capture([ROW], "p")]
    (snapshot,), counts = read(given_lines, strict=True)
    assert snapshot.captured_at == moment
    assert counts[LineKind.NOTE] == 1


@pytest.mark.parametrize(
    "written_over",
    [
        "--More--",
        "--More--\r",
        "\x1b[7m--More--\x1b[27m\r\x1b[K",
        "--More--(12%)\r          \r",
        ":\r\x1b[K",
    ],
)
def test_a_row_written_over_the_question_of_a_pager_is_a_row(written_over: str) -> None:
    banner, header, row = linux_capture([ROW], "p")
    (snapshot,), _ = read([banner, header, row, written_over + row], strict=True)
    assert are_rows(snapshot, [ROW, ROW])


HOSTILE_ROW = linux_row(Row(program="root@h:~# ls"), "po")


@pytest.mark.parametrize(
    "row",
    [HOSTILE_ROW, HOSTILE_ROW.replace("root@h:~#", "$        "), macos_row(Row(proto="tcp4"))],
)
def test_a_damaged_row_is_no_prompt(row: str) -> None:
    until_state = row.index("51234")
    damaged = [row[start:] for start in range(until_state)]
    damaged += [row[:end] for end in range(15, len(row))]
    damaged += [row[:i] + row[i + 1 :] for i in range(len(row))]
    for text in damaged:
        for mark in ("", "+ ", "# ", "$ "):
            assert not noise.is_transcript((mark + text).strip()), text
        assert not noise.is_note(text.strip()), text


WRAPPINGS = {
    "indented": "    {}",
    "tabbed": "\t{}",
    "quoted": "> {}",
    "quoted twice": ">> {}",
    "quoted thrice": "> > > {}",
    "table": "| {} |",
    "grep -n": "12:{}",
    "grep -C2 -n": "12-{}",
    "grep -H": "/var/log/netstat-a.log:{}",
    "grep -Hn": "netstat.log:12:{}",
    "grep -HC2": "netstat.log-{}",
    "cat -n": "    12\t{}",
    "quoted numbers": "> 12:{}",
    "coloured": "\x1b[1;32m{}\x1b[0m",
    "erased": "{}\x1b[K",
    "titled": "\x1b]0;root@host: ~\x07{}",
    "pasted": "\x1b[?2004l\r{}",
    "cr": "{}\r\n",
}


@pytest.mark.parametrize("wrapping", WRAPPINGS.values(), ids=WRAPPINGS)
def test_what_is_wrapped_around_lines_is_taken_off(wrapping: str) -> None:
    rows = [ROW, OTHER, UDP]
    given_lines = [wrapping.format(line) for line in linux_capture(rows, "p") * 2]
    snapshots, counts = read(given_lines)
    assert [are_rows(s, rows) for s in snapshots] == [True, True]
    assert counts[LineKind.UNPARSED] == 0


def test_rows_alone_that_are_too_long_for_a_program_have_a_timer() -> None:
    """net-tools cuts `pid/name` at 19 characters, so the timer is not the name's end."""
    given_lines = [linux_row(row, "po") for row in (ROW, OTHER)]
    (snapshot,) = iter_snapshots(given_lines, dialect="linux")
    assert are_rows(snapshot, [ROW, OTHER], "po")
    with pytest.raises(NotNetstatError):
        list(iter_snapshots(given_lines))  # toybox cuts no names


@pytest.mark.parametrize(
    ("fixture", "dialect"),
    [
        ("macos/728-anv", None),
        ("macos/669-anv", None),
        ("macos/596-anv", "macos"),
        ("busybox/antupW", "busybox"),
    ],
)
def test_rows_alone_of_less_common_headers(fixture: str, dialect: str | None) -> None:
    text = (FIXTURES / f"{fixture}.txt").read_text(encoding="utf-8")
    (whole,) = iter_snapshots(text)
    given_lines = [line for line in text.splitlines() if line.startswith(("tcp", "udp"))]
    (alone,) = iter_snapshots(given_lines, dialect=dialect, strict=True)
    expected = [c for c in whole.connections if c.transport in ("tcp", "udp")]
    for one, other in zip(alone.connections, expected, strict=True):
        assert (one.local.port, one.foreign.port) == (other.local.port, other.foreign.port)
        assert (one.state, one.process) == (other.state, other.process)


@pytest.mark.parametrize(
    "wrapping", ["> {}", "> > {}", "2026-11-22T12:22:41Z {}", "Nov 22 12:22:41 db1 netstat[7]: {}"]
)
def test_a_wrapped_table_that_is_set_aside_ends_with_the_next_banner(wrapping: str) -> None:
    other = ["Active Bluetooth connections", "Proto  Destination", "l2cap  x"]
    given_lines = [*linux_capture([ROW], "p"), *other, *linux_capture([OTHER], "p")]
    snapshots, counts = read([wrapping.format(line) for line in given_lines], strict=True)
    assert [are_rows(s, [row]) for s, row in zip(snapshots, (ROW, OTHER), strict=True)] == [
        True
    ] * 2
    assert counts[LineKind.BANNER] == 3
    assert counts[LineKind.NOTE] == 2


@pytest.mark.parametrize("front", ["netstat.log:12:", "12-", "    12\t", "| ", "> "])
def test_rows_alone_and_stamps_may_be_quoted(front: str) -> None:
    given_lines = [front + line for line in (DATE, linux_row(ROW, "p"), linux_row(OTHER, "p"))]
    (snapshot,), counts = read(given_lines)
    assert snapshot.captured_at == AT
    assert are_rows(snapshot, [ROW, OTHER])
    assert counts[LineKind.UNPARSED] == 0


@pytest.mark.parametrize("front", ["12:00:00:", "a b:", ":", "x", "1.2.3.4 12:"])
def test_what_is_no_number_of_grep_is_left(front: str) -> None:
    banner, header, row = linux_capture([ROW], "p")
    (snapshot,), _ = read([banner, header, row, front + row])
    assert [line.number for line in snapshot.unparsed] == [4]


@pytest.mark.parametrize("wrapping", ["{}   ", "{:<200}", "| {} |"])
@pytest.mark.parametrize("options", ["", "p", "e", "po", "epo"])
def test_blanks_that_a_terminal_pads_lines_with_change_nothing(wrapping: str, options: str) -> None:
    far = Row(proto="tcp6", local="2001:db8:0:1:2:3:4:5", foreign="2001:db8::2")
    given_lines = [wrapping.format(line) for line in linux_capture([ROW, far, UDP], f"W{options}")]
    for lines_at_once in (1, len(given_lines)):
        reader = SnapshotReader(strict=True)
        for start in range(0, len(given_lines), lines_at_once):
            reader.feed_lines(given_lines[start : start + lines_at_once])
        (snapshot,) = reader.close()
        assert are_rows(snapshot, [ROW, far, UDP], f"W{options}")


@pytest.mark.parametrize("lines_at_once", [1, 100])
@pytest.mark.parametrize("cell", ["51234", ":22 ", "sshd", "10.0.0.2", "ESTABLISHED"])
@pytest.mark.parametrize(
    ("start", "end"), [("\x1b[01;31m\x1b[K", "\x1b[m\x1b[K"), ("\x1b[1m", "\x1b[m")]
)
def test_colours_inside_a_row_are_taken_off(
    start: str, end: str, cell: str, lines_at_once: int
) -> None:
    """`grep --color` marks what it found."""
    rows = [ROW, Row(foreign_port="51234", recv_q=1), ROW]
    text = cell.strip(": ")
    marked = cell.replace(text, f"{start}{text}{end}")
    coloured = [line.replace(cell, marked) for line in linux_capture(rows, "p")]
    assert coloured[2].count("\x1b") >= 2
    reader = SnapshotReader()
    for begin in range(0, len(coloured), lines_at_once):
        reader.feed_lines(coloured[begin : begin + lines_at_once])
    (snapshot,) = reader.close()
    assert are_rows(snapshot, rows)


def test_a_whole_transcript() -> None:
    given_lines = [
        "\x1b]0;root@host: ~\x07root@host:~# sudo netstat -npt\r",
        "[sudo] password for root: \r",
        "\x1b[?2004l\r" + LINUX_BANNER + "\r",
        *(f"{line}\r" for line in linux_capture([ROW, OTHER], "p")[1:]),
        "root@host:~# date\r",
        DATE + "\r",
        "root@host:~# netstat -npt\r",
        *(f"{line}\r" for line in linux_capture([UDP], "p")),
        "root@host:~# exit\r",
        "logout\r",
    ]
    (first, second), counts = read([line + "\n" for line in given_lines], strict=True)
    assert are_rows(first, [ROW, OTHER])
    assert are_rows(second, [UDP])
    assert (first.captured_at, second.captured_at) == (None, AT)
    assert counts[LineKind.NOTE] == 6
    assert sum(counts.values()) == len(given_lines)


# Rows alone ---------------------------------------------------------------------------------------


def test_rows_alone_tell_their_dialect_and_columns() -> None:
    rows = [ROW, OTHER]
    (snapshot,), counts = read([linux_row(row, "p") for row in rows])
    assert are_rows(snapshot, rows)
    assert snapshot.dialect == "linux"
    assert snapshot.notes
    assert counts[LineKind.ROW] == 2


def test_rows_alone_of_two_dialects_say_so() -> None:
    """A row of tcp4 without its header looks alike on macOS and FreeBSD."""
    given_lines = [macos_row(Row(proto="tcp4"))]
    snapshot = one(given_lines)
    assert are_rows(snapshot, [Row(proto="tcp4")], "")
    (note,) = snapshot.notes
    assert "macos" in note
    assert "freebsd" in note
    told = one(given_lines, dialect="macos")
    assert told.dialect == "macos"
    assert are_rows(told, [Row(proto="tcp4")], "")


def test_rows_alone_count_as_they_come() -> None:
    given_lines = ["root@host:~# netstat -an | grep 22", linux_row(ROW, "p"), "", "?"]
    _, counts = read(given_lines)
    assert sum(counts.values()) == len(given_lines)
    assert counts[LineKind.ROW] == 1


# Limits -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [MAX_LINE, MAX_LINE + 1, 300_000])
def test_a_line_over_64_kib_is_reported(length: int) -> None:
    line = linux_row(ROW, "p") + "x" * length
    line = line[:length]
    given_lines = [*linux_capture([ROW], "p"), line, linux_row(OTHER, "p")]
    (snapshot,), counts = read(given_lines)
    assert sum(counts.values()) == len(given_lines)
    assert is_row(snapshot.connections[0], ROW)
    assert is_row(snapshot.connections[-1], OTHER)
    if length > MAX_LINE:
        (unparsed,) = snapshot.unparsed
        assert unparsed.number == 4
        assert "65536" in unparsed.reason
        assert len(unparsed.text) <= max(length, MAX_LINE + 1)


@pytest.mark.parametrize("char", ["\x00", "\u200b", "\u202e", "\u2066", "\ufeff", "\ud800", "\x85"])
@pytest.mark.parametrize("place", [0, 3, 10, 20, 24, 30, 44, 50, 68, 82, 86])
def test_odd_characters_never_make_a_wrong_row(char: str, place: int) -> None:
    good = linux_row(ROW, "p")
    given_lines = [*linux_capture([ROW], "p"), good[:place] + char + good[place:], good]
    (snapshot,), counts = read(given_lines)
    assert sum(counts.values()) == len(given_lines)
    assert is_row(snapshot.connections[0], ROW)
    assert is_row(snapshot.connections[-1], ROW)
    for connection in snapshot.connections[1:-1]:
        kept = "".join(
            (connection.local.host, connection.foreign.host, connection.local.service or "")
        ) + (connection.foreign.service or "")
        name = connection.process and connection.process.name
        assert char in kept + (name or "") or is_row(connection, ROW)
        for endpoint in (connection.local, connection.foreign):
            assert endpoint.address in (None, IPv4Address("10.0.0.1"), IPv4Address("10.0.0.2"))
            assert endpoint.port in (None, 22, 51234)


@pytest.mark.parametrize("digits", ["٤٤٣", "４４３", "٩٩٩٩٩", "٩" * 5000])
def test_digits_of_other_scripts_are_no_port(digits: str) -> None:
    given_lines = [linux_header(), linux_row(ROW), linux_row(ROW).replace("51234", digits)]
    (snapshot,), counts = read(given_lines)
    assert sum(counts.values()) == len(given_lines)
    for connection in snapshot.connections[1:]:
        assert connection.foreign.port is None


@pytest.mark.parametrize("mark", ["| ", "> ", "12:00:00 ", "2026-11-22T12:22:41Z ", "[1] "])
def test_marks_without_end_are_no_recursion(mark: str) -> None:
    line = mark * (MAX_LINE // len(mark))
    given_lines = [*linux_capture([ROW], "p"), line, linux_row(ROW, "p")]
    snapshots, counts = read(given_lines)
    assert sum(counts.values()) == len(given_lines)
    assert [is_row(c, ROW) for s in snapshots for c in s.connections] == [True, True]


def test_a_timer_may_have_run_out() -> None:
    """The kernel's jiffies are unsigned, netstat's difference is not."""
    given_lines = [linux_header("o"), linux_row(Row(timer="on (-1.00/0/0)"), "o")]
    _, counts = read(given_lines)
    assert sum(counts.values()) == len(given_lines)


@pytest.mark.parametrize(
    "noise",
    [
        "Some tcp sockets may have been deleted.",
        "Microsoft Windows [Version 10.0.19045.4170]",
        "(c) Microsoft Corporation. All rights reserved.",
        "Windows PowerShell",
        "Copyright (C) Microsoft Corporation. All rights reserved.",
        "The requested operation requires elevation.",
    ],
)
def test_what_other_systems_say_is_a_note(noise: str) -> None:
    (snapshot,), counts = read([noise, *linux_capture([ROW], "p")])
    assert are_rows(snapshot, [ROW])
    assert counts[LineKind.NOTE] == 1
    assert noise in snapshot.notes


@pytest.mark.parametrize("lines_at_once", [1, 2, 10])
def test_a_row_behind_an_invalid_stamp_is_reported_however_it_comes(lines_at_once: int) -> None:
    row = linux_row(ROW, "p")
    given_lines = [linux_header("p"), f"2026-11-22T12:22:41Z {row}", f"4052-11-22T12:22:41Z {row}"]
    reader = SnapshotReader()
    for start in range(0, len(given_lines), lines_at_once):
        reader.feed_lines(given_lines[start : start + lines_at_once])
    (snapshot,) = reader.close()
    assert len(snapshot.connections) == 1
    assert [line.number for line in snapshot.unparsed] == [3]
