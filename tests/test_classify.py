"""What a line is: each kind of line, and what is peeled off in front of it."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from feeding import OTHER, ROW, UDP, one, read
from printed import (
    Row,
    are_rows,
    is_row,
    linux_capture,
    linux_header,
    linux_row,
    macos_row,
)

from netstat_parse import LineKind
from netstat_parse.reading import noise
from netstat_parse.reading.lines import MAX_LINE

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


@pytest.mark.parametrize("front", ["12:00:00:", "a b:", ":", "x", "1.2.3.4 12:"])
def test_what_is_no_number_of_grep_is_left(front: str) -> None:
    banner, header, row = linux_capture([ROW], "p")
    (snapshot,), _ = read([banner, header, row, front + row])
    assert [line.number for line in snapshot.unparsed] == [4]


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


def test_a_number_that_fills_64_bits_is_a_number() -> None:
    line = "tcp        0 18446744073709551615 1.0.0.1:2 10.0.0.2:51234          ESTABLISHED"
    assert one([linux_header(), line]).connections[0].send_q == 2**64 - 1
