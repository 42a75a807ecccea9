"""Tests that come from mutation testing: each kills a slip that the other tests let through."""

from __future__ import annotations

import pytest
from feeding import OTHER, ROW, batches_of, one
from printed import MACOS_HEADER, Row, linux_header, linux_row

from netstat_parse import (
    LineKind,
    NotNetstatError,
    ParseError,
    SeveralSnapshotsError,
    SnapshotReader,
    iter_snapshots,
    parse,
)
from netstat_parse.endpoints import Columns, endpoint_keys, make_endpoints
from netstat_parse.grammar.truncation import NEVER_CUT, ProgramLimit, Truncation, is_address
from netstat_parse.reading.lines import MAX_LINE

# Padding ------------------------------------------------------------------------------------------

LISTEN = Row(state="LISTEN")
PADDED = f"{linux_row(LISTEN).rstrip():91}"
"""As netstat prints it: its state fills the column."""
STRIPPED = PADDED.rstrip()


def test_a_stripped_row_of_a_padded_table_without_programs_is_a_row() -> None:
    """Only a program's name has line feeds, so a state that lacks its blanks lacks nothing."""
    in_colour = f"\x1b[1m{STRIPPED}\x1b[0m"
    snapshot = one([linux_header(), PADDED, in_colour, PADDED])
    assert len(snapshot.connections) == 3
    assert snapshot.unparsed == ()


def test_the_only_row_of_an_input_that_ends_in_it_may_be_stripped() -> None:
    """No row above shows that the table is padded."""
    snapshot = parse(f"{linux_header()}\n{STRIPPED}")
    assert len(snapshot.connections) == 1
    assert snapshot.unparsed == ()


@pytest.mark.parametrize("size", [1, 2, 200])
@pytest.mark.parametrize("rows", [1, 2, 150])
def test_stripped_rows_show_that_a_table_is_not_padded(rows: int, size: int) -> None:
    reader = SnapshotReader()
    for batch in batches_of([linux_header(), *[STRIPPED] * rows], size):
        assert reader.feed_lines([f"{line}\n" for line in batch]) == []
    assert reader.feed(STRIPPED) == []
    (snapshot,) = reader.close()
    assert len(snapshot.connections) == rows + 1
    assert snapshot.unparsed == ()


UDP = f"{linux_row(Row(proto='udp', state='')).rstrip()}"
"""Its state is empty, and its blanks are those behind its foreign address."""


@pytest.mark.parametrize("blanks", range(14))
def test_an_empty_state_lacks_its_end_until_as_many_blanks_as_it_has_stand_there(
    blanks: int,
) -> None:
    reader = SnapshotReader()
    reader.feed(f"{linux_header()}\n{PADDED}\n{UDP}{blanks * ' '}")
    (snapshot,) = reader.close()
    is_whole = blanks >= len("State      ")
    assert len(snapshot.connections) == 1 + is_whole
    assert [unparsed.number for unparsed in snapshot.unparsed] == [3] * (not is_whole)


def test_nothing_is_padded_below_a_header_without_blanks_at_its_end() -> None:
    reader = SnapshotReader()
    reader.feed(f"{linux_header().rstrip()}\n{STRIPPED}\n{UDP}")
    (snapshot,) = reader.close()
    assert len(snapshot.connections) == 2
    assert snapshot.unparsed == ()


# Rows of several lines ----------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_a_further_line_is_of_the_last_of_the_rows_above(rows: int) -> None:
    header = "  Proto  Local Address          Foreign Address        State           PID"
    start = "  TCP    192.0.2.1:{}           198.51.100.7:1024      ESTABLISHED     {}"
    above = [start.format(80 + i, 7 + i) for i in range(rows)]
    snapshot = one([header, *above, "  [svchost.exe]"])
    processes = [connection.process for connection in snapshot.connections]
    assert [process and process.pid for process in processes] == [7 + i for i in range(rows)]
    names = [process and process.name for process in processes]
    assert names == [None] * (rows - 1) + ["svchost.exe"]


@pytest.mark.parametrize(("indent", "is_further"), [("", False), (" ", True), ("\t", True)])
def test_a_further_line_is_indented_where_its_row_is(indent: str, is_further: bool) -> None:
    header = "  Proto  Local Address          Foreign Address        State           PID"
    row = "  TCP    192.0.2.1:80           198.51.100.7:1024      ESTABLISHED     7"
    snapshot = one([header, row, f"{indent}[svchost.exe]"])
    (connection,) = snapshot.connections
    assert connection.process is not None
    assert connection.process.name == ("svchost.exe" if is_further else None)
    assert len(snapshot.unparsed) == (not is_further)


# Truncation ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("last", ["0123", "4567", "89ab", "cdef", "abCD", "EFfF"])
@pytest.mark.parametrize(
    "start", ["1:2:3:4:5:6:7", "1::33:4:5:6:7", "1:22:3::5:6:7", "::2:3:4:5:6:7"]
)
def test_an_address_that_no_longer_one_starts_with_is_whole(start: str, last: str) -> None:
    host = f"{start}:{last}"
    port = "12345"[: 22 - len(host)]
    row = f"tcp6       0      0 {host}:{port} ::1:51234               ESTABLISHED"
    assert len(f"{host}:{port}") == 23
    snapshot = one([linux_header(), row])
    (connection,) = snapshot.connections
    assert (connection.local.host, connection.local.truncated) == (host, False)


def test_an_address_without_a_host_is_reported() -> None:
    rows = [
        f"tcp4       0      0  {local:22} *.*                    LISTEN"
        for local in ("*.22", ".22")
    ]
    snapshot = one([MACOS_HEADER, *rows])
    assert [c.local.host for c in snapshot.connections] == ["*"]
    assert [unparsed.number for unparsed in snapshot.unparsed] == [3]


def test_a_host_too_long_stays_where_its_port_may_have_been_cut() -> None:
    """Behind the rows that could have proved it, what fills its column stays in doubt."""
    columns: Columns = {
        "local_host": ("",),
        "local_port": ("",),
    }
    forms = {0: {"local_host_exceeds": "fe80::1:2:3:4:5", "local_port_fills": "micros"}}
    (key,) = endpoint_keys(columns, "local", Truncation.POSSIBLE, forms)
    ((_, endpoint),) = make_endpoints([key])
    assert (endpoint.host, endpoint.service) == ("fe80::1:2:3:4:5", "micros")
    assert endpoint.truncated


# Snapshots ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("last", ["-" * 40, "root@host:~# netstat -nt"])
def test_a_stamp_in_front_of_what_ends_a_snapshot_is_not_the_next_ones(last: str) -> None:
    front = "2026-11-22T12:22:41Z host app[1]: "
    above, below = [linux_header(), linux_row(ROW)], [linux_header(), linux_row(OTHER)]
    _, second = iter_snapshots([*above, front + last, *below])
    assert second.captured_at is None


def test_a_second_snapshot_is_wrong_from_its_first_character_on() -> None:
    with pytest.raises(SeveralSnapshotsError) as error:
        parse(f"{linux_header()}\n{linux_row(ROW)}\n" * 2)
    assert (error.value.number, error.value.column) == (3, 1)


# Rows alone ---------------------------------------------------------------------------------------


def test_rows_alone_that_give_the_same_texts_under_other_names_are_reported() -> None:
    """Behind its addresses a raw socket has its state on Linux, and its port again in busybox."""
    reader = SnapshotReader()
    row = "raw        0      0 0.0.0.0:1               0.0.0.0:*               1           "
    reader.feed_lines([row])
    with pytest.raises(NotNetstatError):
        reader.close()
    assert reader.counts[LineKind.UNPARSED] == 1
    assert reader.counts[LineKind.ROW] == 0


# What is reported ---------------------------------------------------------------------------------


def test_columns_that_no_dialect_lists_are_told_in_a_note() -> None:
    snapshot = one([f"{linux_header()} Shoe  Hat", f"{PADDED} 43    57"])
    (connection,) = snapshot.connections
    assert dict(connection.extra) == {"Shoe": "43", "Hat": "57"}
    assert snapshot.notes == ("columns that no dialect lists: Shoe, Hat",)
    assert one([linux_header(), PADDED]).notes == ()


def test_a_line_too_long_is_wrong_from_its_first_character_too_many_on() -> None:
    with pytest.raises(ParseError) as error:
        one([linux_header(), "x" * (MAX_LINE + 1)], strict=True)
    assert (error.value.number, error.value.column) == (2, MAX_LINE + 1)


# Limits -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("192.0.2.1", True),
        ("192.0.2", False),
        ("2001:db8::1", True),
        ("2001:db8", False),
        ("fe80::1%eth0", True),
        ("db1.example.org", False),
        ("*", False),
    ],
)
def test_an_address_is_told_from_a_name_and_from_a_piece(host: str, expected: bool) -> None:
    assert is_address(host) == expected


@pytest.mark.parametrize(
    ("pid", "name", "fills", "exceeds"),
    [
        ("1", "a", False, False),
        ("1", "ab", True, False),
        ("1", "abc", True, False),
        ("1", "abcd", True, True),
        ("123", "a", True, False),
        ("1", "aé", True, False),
    ],
)
def test_a_name_that_fills_its_field_does_not_exceed_it(
    pid: str, name: str, fills: bool, exceeds: bool
) -> None:
    limit = ProgramLimit(5, with_pid=True)
    assert (limit.is_filled_by(pid, name), limit.is_exceeded_by(pid, name)) == (fills, exceeds)
    assert not NEVER_CUT.is_filled_by(pid, name)
    assert not NEVER_CUT.is_exceeded_by(pid, name)
