"""Rows alone, as `netstat | grep` leaves them, tell their dialect and their columns."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from feeding import (
    AT,
    CUT,
    DATE,
    OTHER,
    PROMPT,
    ROW,
    UDP,
    UNIX_HEADER,
    UNIX_ROW,
    one,
    read,
    read_in_batches,
)
from hypothesis import given
from hypothesis import strategies as st
from printed import LINUX_BANNER, Row, are_rows, linux_capture, linux_header, linux_row, macos_row

from netstat_parse import LineKind, LinuxConnection, NotNetstatError, ParseError, iter_snapshots
from netstat_parse.reading.infer import (
    ROWS_TO_INFER,
    RowsAlone,
    Verdict,
    find_ways,
    judge,
    shape,
)
from netstat_parse.schema import CONNECTIONS

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


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
    for found, other in zip(alone.connections, expected, strict=True):
        assert (found.local.port, found.foreign.port) == (other.local.port, other.foreign.port)
        assert (found.state, found.process) == (other.state, other.process)


@pytest.mark.parametrize("front", ["netstat.log:12:", "12-", "    12\t", "| ", "> "])
def test_rows_alone_and_stamps_may_be_quoted(front: str) -> None:
    given_lines = [front + line for line in (DATE, linux_row(ROW, "p"), linux_row(OTHER, "p"))]
    (snapshot,), counts = read(given_lines)
    assert snapshot.captured_at == AT
    assert are_rows(snapshot, [ROW, OTHER])
    assert counts[LineKind.UNPARSED] == 0


# Which layout, and where it is found out ----------------------------------------------------------

PLAIN = linux_row(ROW)
FOLDED = [" ".join(linux_row(row, "po").split()) for row in (ROW, OTHER)]
"""Of net-tools a program and a timer, of toybox a program with a long name: it cuts none."""


def judged(*rows: str, dialect: str | None = None) -> Verdict:
    return judge(Counter(find_ways(row, dialect) for row in rows))


def test_the_layouts_are_those_that_most_rows_can_be_of() -> None:
    with_program = linux_row(ROW, "p")
    assert {x.titles[-1] for x in judged(PLAIN).layouts} == {"State"}
    program = judged(PLAIN, with_program, with_program)
    assert program.is_known
    assert {x.titles[-1] for x in program.layouts} == {"PID/Program name"}
    assert {x.dialect for x in judged(with_program.rstrip(), dialect="toybox").layouts} == {
        "toybox"
    }
    for text in ("", "what is this", "tcp 0 0 a b"):
        assert find_ways(text).kind is None
        assert judged(text) == ([], False)
    assert judged(with_program, dialect="macos") == ([], False)
    assert judged() == ([], False)


def test_layouts_are_right_if_they_read_every_row_alike() -> None:
    assert judged(linux_row(ROW, "p"), linux_row(CUT, "p")).is_known
    folded = judged(*FOLDED)
    assert {x.dialect for x in folded.layouts} == {"linux", "toybox"}
    assert not folded.is_known
    assert judged(*FOLDED, dialect="linux").is_known


def test_the_column_of_net_tools_holds_19_bytes_of_pid_and_program() -> None:
    row = PLAIN.rstrip() + " "
    for process, can in (
        ("4711/sshd", True),
        ("123456789/0123456789", False),
        ("12345678/0123456789", True),
        ("1234/\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9", True),
        ("1234/\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9", False),
    ):
        assert any(x.dialect == "linux" for x in find_ways(row + process).layouts) is can


def test_net_tools_padding_refutes_toybox_which_pads_nothing() -> None:
    """However many rows are damaged: they are no reason to read the others otherwise."""
    whole = linux_row(Row(pid=1996), "po")
    damaged = whole[: whole.index("off") + 2]
    assert damaged.endswith("1996/sshd            of")
    assert {x.dialect for x in find_ways(damaged).refuted} == {"toybox"}
    assert find_ways(damaged).layouts == []
    for rows in ([whole, damaged, damaged], [damaged, damaged, whole]):
        (snapshot,), _ = read(rows)
        assert snapshot.dialect == "linux"
        assert are_rows(snapshot, [Row(pid=1996)], "po")
        assert [line.text for line in snapshot.unparsed] == [damaged, damaged]
        assert "expected" in snapshot.unparsed[0].reason
    # Who says that it is toybox is believed.
    (told,) = iter_snapshots([whole], dialect="toybox")
    assert told.connections[0].process is not None
    assert told.connections[0].process.name == "sshd            off (0.00/0/0)"


def test_a_layout_of_some_rows_that_reads_more_of_one_makes_all_ambiguous() -> None:
    """All rows can be toybox', whose names may have any length; but then one has a timer in it."""
    named_so = linux_row(Row(pid=1, program="off (0.00/0/0)"), "p").rstrip()
    rows = [FOLDED[0], named_so, named_so]
    verdict = judged(*rows)
    assert not verdict.is_known
    assert {(x.dialect, x.titles[-1]) for x in verdict.layouts} >= {
        ("toybox", "PID/Program Name"),
        ("linux", "Timer"),
    }
    _, counts = read([*linux_capture([UDP]), DATE, *rows])
    assert (counts[LineKind.ROW], counts[LineKind.UNPARSED]) == (1, 3)


def test_a_blank_in_a_name_is_no_reason_where_one_layout_has_printed_all_rows() -> None:
    """By the second row alone it could be a user and an inode."""
    rows = [Row(pid=812), Row(pid=900, program="nginx 5678")]
    assert are_rows(one([linux_row(row, "p").rstrip() for row in rows]), rows)


def test_of_layouts_that_read_names_alike_the_one_counts_that_cuts_first() -> None:
    """busybox cuts at 20 bytes, toybox does not: so a name of 20 may have been cut."""
    (snapshot,) = iter_snapshots([PLAIN + " 1015/abcdefghijklmno", PLAIN + " 1015/dropbear"])
    first, second = (c.process for c in snapshot.connections)
    assert first is not None
    assert second is not None
    assert (first.name, first.truncated) == ("abcdefghijklmno", True)
    assert (second.name, second.truncated) == ("dropbear", False)


def test_rows_are_held_until_there_are_enough() -> None:
    alone = RowsAlone(None)
    row = linux_row(ROW, "p")
    for number in range(1, ROWS_TO_INFER):
        assert not alone.add(number, f"> {row}", row)
    assert alone.kind is CONNECTIONS
    assert alone.add(ROWS_TO_INFER, f"> {row}", row)
    held, verdict = alone.settle()
    assert [line.number for line in held] == list(range(1, ROWS_TO_INFER + 1))
    assert verdict.is_known
    assert verdict.layouts[0].find_row(row) is not None
    assert alone.settle() == ([], ([], False))
    assert alone.kind is None


def test_lines_like_those_that_were_held_are_held_together() -> None:
    alone = RowsAlone(None)
    row, like, unlike = (linux_row(Row(local_port=p), "p") for p in ("22", "4022", "65535"))
    assert alone.add_known([row, row], 1) == 0
    assert not alone.add(1, row, row)
    assert alone.add_known([row, like, "what is this", row], 2) == 2
    assert alone.add_known([UNIX_ROW, row], 4) == 0
    assert alone.add_known([f"{like}\n".encode(), row], 4) == 2
    assert [(line.number, line.text) for line in alone.held] == [
        (1, row),
        (2, row),
        (3, like),
        (4, like),
        (5, row),
    ]
    assert alone.add_known([row] * 200, 6) == ROWS_TO_INFER - 5
    assert len(alone.settle()[0]) == ROWS_TO_INFER
    assert alone.add_known([unlike], 1) in (0, 1)
    # One with something in front is classified each time.
    assert not RowsAlone(None).add(1, f"> {row}", row)


ROWS_OF_FIXTURES = sorted(
    {
        line
        for path in FIXTURES.rglob("*.txt")
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if find_ways(line).kind is not None
    }
)


def test_rows_of_one_shape_can_be_read_in_the_same_ways() -> None:
    """Whatever its queues and addresses are."""
    seen = 0
    for row in ROWS_OF_FIXTURES:
        seen += shape(row) != row
        unshaped = find_ways("\t" + row)  # an indented row is its own shape
        assert shape("\t" + row) == "\t" + row
        assert unshaped.groups == find_ways(row).groups, row
        assert unshaped.refuted == find_ways(row).refuted, row
    assert seen > 100


QUEUES = st.integers(0, 10**9)
HOSTS = st.one_of(
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(str),
    st.sampled_from(["999.1.1.1", "host.example", "2001:db8:2959:fea", "fe80::1%1", "1:2"]),
)
PORTS = st.one_of(st.integers(0, 70000).map(str), st.sampled_from(["*", "http", "z39.50"]))


@given(QUEUES, QUEUES, st.lists(st.tuples(HOSTS, PORTS), min_size=2, max_size=2), st.data())
def test_rows_of_one_shape_are_read_alike_whatever_stands_in_them(
    recv_q: int, send_q: int, addresses: list[tuple[str, str]], data: st.DataObject
) -> None:
    proto = data.draw(st.sampled_from(["tcp", "tcp6", "udp", "raw", "tcp4"]))
    behind = data.draw(
        st.sampled_from(["", "LISTEN", "LISTEN      12/a", "LISTEN  0  77", "1", "off (0.00/0/0)"])
    )
    local, foreign = (f"{host}:{port}" for host, port in addresses)
    row = f"{proto:5}{recv_q:7} {send_q:6} {local:23} {foreign:23} {behind}"
    assert find_ways("\t" + row).groups == find_ways(row).groups


def test_rows_that_can_be_read_in_two_ways_are_read_in_neither() -> None:
    snapshots, counts = read([*linux_capture([UDP]), DATE, *FOLDED, "", PLAIN])
    assert are_rows(snapshots[0], [UDP], "")
    first, second = snapshots[1].unparsed
    assert (first.number, first.text, second.number) == (5, FOLDED[0], 6)
    assert first.reason.startswith("column 1: no header above, and it may be linux (Proto, ")
    assert " or toybox (Proto, " in first.reason
    assert "--dialect linux" in first.reason
    assert 'dialect="linux"' in first.reason
    # What comes behind them is looked at anew.
    assert are_rows(snapshots[1], [ROW], "")
    assert (counts[LineKind.ROW], counts[LineKind.UNPARSED]) == (2, 2)


def test_where_nothing_else_is_there_the_error_says_what_to_do() -> None:
    with pytest.raises(NotNetstatError, match="--dialect linux or --dialect toybox") as caught:
        list(iter_snapshots(["odd", *FOLDED]))
    assert (caught.value.number, caught.value.line) == (2, FOLDED[0])
    (told,) = iter_snapshots(FOLDED, dialect="linux")
    assert are_rows(told, [ROW, OTHER], "po")
    windows = ["  TCP    0.0.0.0:135    0.0.0.0:0    LISTENING" + pid for pid in ("", "   112")]
    with pytest.raises(NotNetstatError, match="put its header above it"):
        list(iter_snapshots(windows))


def test_two_ways_to_read_rows_are_an_error_if_strict() -> None:
    with pytest.raises(ParseError, match="no header above") as caught:
        read([*linux_capture([UDP]), DATE, *FOLDED, ""], strict=True)
    assert (caught.value.number, caught.value.line) == (5, FOLDED[0])


@given(
    st.sampled_from(["", "p", "e", "o", "ep", "po", "epo"]),
    st.lists(st.sampled_from([ROW, OTHER, UDP]), min_size=3, max_size=6),
    st.data(),
)
def test_a_damaged_row_changes_nothing_of_the_others(
    options: str, rows: list[Row], data: st.DataObject
) -> None:
    """They are read as they are without it, or reported.

    Only whose rows they are it can tell: busybox pads as net-tools does, and prints a byte more.
    """
    given_lines = [linux_row(row, options) for row in rows]
    place = data.draw(st.integers(0, len(rows) - 1))
    start = data.draw(st.integers(0, len(given_lines[place])))
    end = data.draw(st.integers(start, len(given_lines[place])))
    damage = data.draw(st.sampled_from(["", " ", "x", "<<< why?", "1/y"]))
    line = given_lines[place]
    damaged = [*given_lines[:place], line[:start] + damage + line[end:], *given_lines[place + 1 :]]
    whole = one(given_lines)
    snapshots, counts = read([*linux_capture([UDP]), DATE, *damaged])
    assert sum(counts.values()) == 4 + len(rows)
    others = [c for i, c in enumerate(whole.connections) if i != place]
    found = [c.model_dump(exclude={"dialect"}) for s in snapshots[1:] for c in s.connections]
    reported = {u.text for s in snapshots for u in s.unparsed}
    for i, text in enumerate(given_lines):
        if i != place and text not in reported:
            assert whole.connections[i].model_dump(exclude={"dialect"}) in found
    if not set(given_lines) & reported:
        assert len(found) - len(others) in (0, 1)


def test_a_row_alone_that_the_layout_of_most_cannot_have_printed_is_reported() -> None:
    rows = [linux_row(ROW, "p"), linux_row(ROW), linux_row(OTHER, "p")]
    (snapshot,), counts = read(rows)
    assert are_rows(snapshot, [ROW, OTHER])
    assert [(line.number, line.text) for line in snapshot.unparsed] == [(2, rows[1])]
    assert "expected pid" in snapshot.unparsed[0].reason
    assert sum(counts.values()) == 3


def test_rows_alone_have_the_layout_of_the_first_hundred() -> None:
    """What comes later is read as they are, in bulk."""
    rows = [linux_row(Row(local_port=str(i + 1)), "p") for i in range(250)]
    expected = one(rows)
    assert [c.local.port for c in expected.connections] == list(range(1, 251))
    for size in (1, 99, 101, 250):
        assert read_in_batches(rows, size) == [expected]


# Where rows alone begin and end -------------------------------------------------------------------


def stamped(seconds: int, line: str) -> str:
    return f"2026-11-22T12:{22 + seconds // 60}:{seconds % 60:02}Z {line}"


@pytest.mark.parametrize("size", [1, 1000])
@pytest.mark.parametrize("rows", [1, 3, ROWS_TO_INFER + 20])
@pytest.mark.parametrize(("seconds", "are_two"), [(0, False), (9, False), (10, True), (60, True)])
def test_stamps_in_front_that_are_far_apart_are_of_two_runs(
    size: int, rows: int, seconds: int, are_two: bool
) -> None:
    """Also among the first hundred, whose layout is not known yet."""
    row = linux_row(ROW, "p")
    given_lines = [stamped(0, row)] * rows + [stamped(seconds, row)] * 2
    snapshots = read_in_batches(given_lines, size)
    assert [len(s.connections) for s in snapshots] == ([rows, 2] if are_two else [rows + 2])
    times = [s.captured_at for s in snapshots]
    start = datetime(2026, 11, 22, 12, 22, tzinfo=UTC)
    assert times == [start, start + timedelta(seconds=seconds)][: 1 + are_two]


def test_time_that_goes_back_is_of_another_run() -> None:
    row = linux_row(ROW, "p")
    assert len(read([stamped(5, row), stamped(4, row)])[0]) == 2


def test_rows_with_and_without_a_zone_are_not_compared() -> None:
    row = linux_row(ROW, "p")
    assert len(read([stamped(0, row), f"2026-11-22 12:24:00 {row}"])[0]) == 1


def test_stamps_of_the_run_before_say_nothing_of_the_next() -> None:
    """Behind a prompt the first stamp is a first one."""
    row = linux_row(ROW, "p")
    snapshots, _ = read([stamped(0, row), PROMPT, row, stamped(60, row)])
    assert [len(s.connections) for s in snapshots] == [1, 2]


def test_stamps_in_front_of_rows_under_a_header_divide_nothing() -> None:
    given_lines = [stamped(0, line) for line in linux_capture([ROW], "p")]
    snapshots, _ = read([*given_lines, stamped(60, linux_row(ROW, "p"))])
    assert [len(s.connections) for s in snapshots] == [2]


@pytest.mark.parametrize("divider", [DATE, PROMPT, "------"])
def test_rows_behind_a_divider_are_rows_alone(divider: str) -> None:
    """They may be of another netstat than those above: a snapshot stands alone."""
    given_lines = [*linux_capture([ROW], "p"), divider, linux_row(OTHER, "p")]
    (first, second), _ = read(given_lines)
    assert are_rows(first, [ROW])
    assert are_rows(second, [OTHER])
    assert second.notes[-1].startswith("no header: read as linux")
    assert not [note for note in first.notes if "no header" in note]


def test_rows_alone_under_a_banner_leave_it_to_its_header_if_they_are_not_known() -> None:
    """A damaged line that looks like a row is not to hide the table below."""
    (snapshot,), counts = read([LINUX_BANNER, *FOLDED, linux_header("po"), FOLDED[0]])
    assert are_rows(snapshot, [ROW], "po")
    assert [line.number for line in snapshot.unparsed] == [2, 3]
    assert counts[LineKind.HEADER] == 1


def test_rows_alone_under_a_banner_are_its_snapshot() -> None:
    (snapshot,), _ = read([DATE, LINUX_BANNER, linux_row(ROW, "p")])
    assert (snapshot.captured_at, len(snapshot.connections)) == (AT, 1)


# Padding, and other kinds of tables ---------------------------------------------------------------


def test_rows_that_were_padded_by_another_are_not_held_against_those_that_are_not() -> None:
    rows = [Row(pid=1015, program="mysqld"), Row(pid=1104, program="dnsmasq")]
    bare = [linux_row(row, "p").rstrip() for row in rows]
    for given_lines in ([bare[0].ljust(96), bare[1]], [bare[0], bare[1] + "  "]):
        assert are_rows(one(given_lines), rows)
    # But where netstat has padded one of them, the others lack their end.
    for padded, short in ((0, 1), (1, 0)):
        given_lines = list(bare)
        given_lines[padded] = linux_row(rows[padded], "p")
        snapshot = one(given_lines)
        assert are_rows(snapshot, [rows[padded]])
        assert [line.text for line in snapshot.unparsed] == [bare[short]]


UNIX = "unix  3      [ ]         STREAM     CONNECTED     20252    "
UNIX_ROWS = [UNIX + "1/systemd            /run/journal", UNIX + "-                    "]


def test_a_blank_line_divides_no_rows_alone() -> None:
    (snapshot,), counts = read([linux_row(ROW, "p"), " ", linux_row(OTHER, "p")])
    assert are_rows(snapshot, [ROW, OTHER])
    assert counts[LineKind.UNPARSED] == 0


def test_unix_rows_alone() -> None:
    (plain,), _ = read([UNIX_ROW, UNIX + "private/tlsmgr"])
    assert [s.path for s in plain.unix_sockets] == ["/run/notify", "private/tlsmgr"]
    (with_process,), _ = read([*UNIX_ROWS, UNIX + "812/rsyslogd"])
    assert [(s.process and s.process.name, s.path) for s in with_process.unix_sockets] == [
        ("systemd", "/run/journal"),
        (None, None),
        ("rsyslogd", None),
    ]
    assert plain.dialect == with_process.dialect == "linux"
    with pytest.raises(NotNetstatError, match="put its header above it"):
        read([UNIX + "812/rsyslogd"])


def test_rows_of_1_60_are_linux() -> None:
    (snapshot,), _ = read(["unix  2      [ ACC ]     STREAM     LISTENING     10000 /run/x"])
    assert (snapshot.dialect, snapshot.unix_sockets[0].path) == ("linux", "/run/x")


@pytest.mark.parametrize("head", [[], linux_capture([], "p")], ids=["alone", "headed"])
def test_unix_rows_behind_others_are_of_their_snapshot(head: list[str]) -> None:
    """And what comes behind them, too: whoever wrote them into a name ends no snapshot."""
    given_lines = [*head, linux_row(ROW, "p"), *UNIX_ROWS, linux_row(OTHER, "p"), UNIX_ROWS[0]]
    expected = one(given_lines)
    assert are_rows(expected, [ROW, OTHER])
    assert len(expected.unix_sockets) == 3
    assert expected.unparsed == ()
    for size in (1, 2, 3, 100):
        assert read_in_batches(given_lines, size) == [expected]


def test_an_ambiguous_row_within_a_table_does_not_end_it() -> None:
    lines = [*linux_capture([ROW], "p"), UNIX + "812/rsyslogd", linux_row(OTHER, "p")]
    snapshot = one(lines)
    assert are_rows(snapshot, [ROW, OTHER])
    assert [line.text for line in snapshot.unparsed] == [lines[3]]


def test_no_connection_follows_the_header_of_unix_sockets() -> None:
    """A path may have a line feed in it."""
    lines = [UNIX_HEADER, UNIX_ROW, linux_row(ROW, "p"), UNIX_ROW]
    snapshot = one(lines)
    assert (len(snapshot.unix_sockets), snapshot.connections) == (2, ())
    assert [line.number for line in snapshot.unparsed] == [3]


def test_other_kinds_alone() -> None:
    groups = one(["lo              1      224.0.0.1", "eth0            1      ff02::1"])
    assert [g.group for g in groups.multicast_groups] == ["224.0.0.1", "ff02::1"]
    bsd = one(
        [
            "c5e31a00 stream      0      0        0 c5e31b40        0        0",
            "c5e31b40 stream      0      0 c6a0f000 c5e31a00        0        0 /var/run/devd.pipe",
        ],
    )
    assert [s.path for s in bsd.unix_sockets] == [None, "/var/run/devd.pipe"]


CONTEXT = "system_u:system_r:sshd_t:s0-s0:c0.c1023"


@pytest.mark.parametrize("owner", ["", " 0          30150     "])
@pytest.mark.parametrize("timer", ["", " off (0.00/0/0)"])
def test_rows_alone_of_security_contexts(owner: str, timer: str) -> None:
    row = f"{PLAIN}{owner} {'1996/sshd':20} {CONTEXT:50}{timer}"
    none = f"{PLAIN}{owner} {'-':20} {'-':50}{timer}"
    (snapshot,) = iter_snapshots([row, none], strict=True)
    first, second = snapshot.connections
    assert isinstance(first, LinuxConnection)
    assert isinstance(second, LinuxConnection)
    assert first.process is not None
    assert (first.process.name, first.security_context) == ("sshd", CONTEXT)
    assert (second.process, second.security_context) == (None, None)
    assert (first.timer is None) is (timer == "")
    assert first.inode == (30150 if owner else None)


def test_rows_of_many_snapshots_without_headers_give_the_same_alone_and_together() -> None:
    """What is remembered of the shape of rows is a memory, and no more."""
    parts = [
        [DATE, *(linux_row(Row(local_port=str(i + n + 1)), "p") for i in range(150))]
        for n in range(4)
    ]
    parts[2][50] = parts[2][50][:70]
    together = read_in_batches([line for part in parts for line in part], 1000)
    apart = [snapshot for part in parts for snapshot in read_in_batches(part, 1000)]
    assert [(s.connections, s.notes) for s in together] == [(s.connections, s.notes) for s in apart]
    assert [len(s.unparsed) for s in together] == [0, 0, 1, 0]
    assert together[2].unparsed[0].number == 2 * 151 + 51
