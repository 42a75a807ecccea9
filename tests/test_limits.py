"""The limits that keep hostile input from costing much, and what is still read on this side."""

from __future__ import annotations

import pytest
from feeding import Recorder
from printed import Row, is_row, linux_header, linux_row

import netstat_parse as ns
from netstat_parse import LineKind
from netstat_parse.reading.account import HEADERS_READ
from netstat_parse.reading.reader import LineReader
from netstat_parse.reading.section import Section

ROW = Row()
STAMP = "2026-11-22T12:22:41Z "


def read(given_lines: list[str]) -> tuple[list[ns.Snapshot], dict[LineKind, int]]:
    reader = ns.SnapshotReader()
    snapshots = reader.feed_lines(given_lines) + reader.close()
    assert sum(reader.counts.values()) == len(given_lines)
    return snapshots, reader.counts


@pytest.mark.slow
def test_so_many_different_headers_are_made_sense_of() -> None:
    """A further one is reported, and what stands below it is not read as what stood above."""
    given_lines = []
    for i in range(HEADERS_READ + 1):
        given_lines += [f"{linux_header()} Column{i}", f"{linux_row(ROW)} {i}"]
    snapshots, counts = read([*given_lines, *given_lines[:2]])
    extras = [dict(c.extra) for snapshot in snapshots for c in snapshot.connections]
    assert extras == [{f"Column{i}": str(i)} for i in (*range(HEADERS_READ), 0)]
    assert counts[LineKind.HEADER] == HEADERS_READ + 1
    assert counts[LineKind.UNPARSED] == 1
    notes = [note for snapshot in snapshots for note in snapshot.notes if "too many" in note]
    assert notes == ["too many different headers: set aside, 1 lines"]
    assert [line.text for s in snapshots for line in s.unparsed] == [given_lines[-2]]


def test_headers_that_differ_in_blanks_are_all_read() -> None:
    given_lines = []
    for i in range(HEADERS_READ + 10):
        given_lines += [f"{linux_header()}{' ' * i}Column{' ' * (i % 7)}", f"{linux_row(ROW)} {i}"]
    snapshots, counts = read(given_lines)
    extras = [dict(c.extra) for snapshot in snapshots for c in snapshot.connections]
    assert extras == [{"Column": str(i)} for i in range(HEADERS_READ + 10)]
    assert counts[LineKind.UNPARSED] == 0


def test_a_hundred_rows_without_a_header_tell_their_columns() -> None:
    reader = ns.SnapshotReader()
    for _ in range(99):
        assert reader.feed(f"{linux_row(ROW, 'p')}\n") == []
    assert reader.counts[LineKind.ROW] == 0
    reader.feed(f"{linux_row(ROW, 'p')}\n")
    assert reader.counts[LineKind.ROW] == 100
    reader.feed(f"{linux_row(ROW, 'p')}\n")
    assert reader.counts[LineKind.ROW] == 101
    (snapshot,) = reader.close()
    assert all(is_row(connection, ROW) for connection in snapshot.connections)


@pytest.mark.parametrize("mark", [STAMP, "12:", "12-"])
@pytest.mark.parametrize(("marks", "is_read"), [(1, True), (4, True), (5, False)])
def test_four_marks_and_stamps_are_taken_off(mark: str, marks: int, is_read: bool) -> None:
    front = (STAMP + mark) * (marks // 2) + STAMP * (marks % 2)
    line = front + linux_row(ROW)
    (snapshot,), counts = read([linux_header(), linux_row(ROW), line])
    assert len(snapshot.connections) == 1 + is_read
    assert counts[LineKind.UNPARSED] == (not is_read)
    assert [unparsed.text for unparsed in snapshot.unparsed] == [line] * (not is_read)


SCTP_ENDPOINT = "sctp                10.0.0.1:7"
SCTP_BELOW = " " * 20 + "10.0.0.2:7"
WINDOWS_HEADER = "  Proto  Local Address          Foreign Address        State           PID"
WINDOWS_ROW = "  TCP    192.0.2.1:80           198.51.100.7:1024      ESTABLISHED     7"


@pytest.mark.parametrize(
    ("header", "row", "below", "most"),
    [
        (linux_header(), SCTP_ENDPOINT, SCTP_BELOW, 63),
        (WINDOWS_HEADER, WINDOWS_ROW, "  C:\\Windows\\a.dll", 32),
    ],
    ids=["addresses of sctp", "files of a component"],
)
@pytest.mark.parametrize("more", [0, 1])
def test_a_row_has_sixty_four_lines_at_most(
    header: str, row: str, below: str, most: int, more: int
) -> None:
    (snapshot,), counts = read([header, row, *[below] * (most + more)])
    (connection,) = snapshot.connections
    if isinstance(connection, ns.LinuxConnection):
        found = [end.host for end in connection.more_local]
    else:
        assert isinstance(connection, ns.WindowsConnection)
        found = (connection.component or "").split("\n")
    assert found == [below.strip().removesuffix(":7")] * most
    assert counts[LineKind.CONTINUATION] == most
    assert counts[LineKind.UNPARSED] == more


@pytest.mark.parametrize(("length", "is_remembered"), [(1000, True), (1001, False)])
def test_lines_of_a_thousand_characters_are_remembered(length: int, is_remembered: bool) -> None:
    """What they gave is given again, as long as that can't fill the memory."""
    lines = [linux_header("p"), linux_row(ROW, "p").ljust(length)] * 3
    _, second, third = ns.iter_snapshots(iter(lines))
    assert second.connections == third.connections
    assert (second.connections[0] is third.connections[0]) is is_remembered


WITH_PROGRAM = (linux_header("p"), "4711/sshd", 20)
WITH_CONTEXT = (f"{linux_header()}{' Security Context':50}", "system_u:system_r:sshd_t:s0", 50)


@pytest.mark.parametrize(
    ("table", "wider", "ended"),
    [
        *((WITH_PROGRAM, wider, ended) for wider in (0, 1, 60) for ended in (True, False)),
        # A context has no line feed in it, so only the end of the input cuts it.
        *((WITH_CONTEXT, wider, False) for wider in (1, 60)),
    ],
)
def test_the_last_column_is_no_wider_than_netstat_pads_it(
    table: tuple[str, str, int], wider: int, ended: bool
) -> None:
    """A row that ends within its last column was cut; but a terminal may have padded the header,
    and the row above, with blanks that are none of netstat's."""
    header, cell, width = table
    start = linux_row(ROW) + " "
    padded = [header + " " * wider, start + cell.ljust(width + wider)]
    for length, is_whole in ((width, True), (width - 1, False)):
        reader = ns.SnapshotReader()
        last = start.replace("51234", "51235") + cell.ljust(length)
        reader.feed_lines([*padded, last], terminated=ended)
        (snapshot,) = reader.close()
        assert [c.foreign.port for c in snapshot.connections] == [51234, 51235][: 1 + is_whole]
        assert [line.text for line in snapshot.unparsed] == [last] * (not is_whole)


@pytest.mark.parametrize(
    "above",
    [
        [],
        [linux_header()],
        [linux_header(), linux_row(ROW)],
        [linux_header("p"), linux_row(Row(program="a\nb"), "p").split("\n")[0]],
        [linux_row(ROW)],
        ["Active X.25 sockets"],
        ["Active Internet connections (w/o servers)"],
        [linux_header(), linux_row(ROW), "Mon Jan  5 12:28:00 UTC 2026"],
        [f"{STAMP}{linux_header()}", STAMP],
    ],
)
@pytest.mark.parametrize("blank", ["", "  ", " " * 70_000])
def test_blank_lines_are_counted_together(
    above: list[str], blank: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stands above; a file of them must not take a minute. Too long ones are reported."""
    given_lines = [*above, *[blank] * 300, linux_header(), *[blank] * 300, linux_row(ROW), blank]
    taken = []
    take = Section.take

    def watch(section: Section, line: str, *, terminated: bool = True) -> None:
        taken.append(line)
        take(section, line, terminated=terminated)

    monkeypatch.setattr(Section, "take", watch)

    def outcome(size: int) -> tuple[object, dict[LineKind, int]]:
        taken.clear()
        sink = Recorder()
        reader = LineReader(sink)
        for i in range(0, len(given_lines), size):
            reader.feed_lines(given_lines[i : i + size])
        reader.close()
        assert sum(reader.counts.values()) == len(given_lines)
        return sink.calls, reader.counts

    is_long = len(blank) > 65_536
    found = outcome(len(given_lines))
    assert (len(taken) < 25) is not is_long
    assert found == outcome(1)
    assert (found[1][LineKind.UNPARSED] >= 601) is is_long
