"""What a line is: each kind of line, and what is peeled off in front of it."""

from __future__ import annotations

from datetime import datetime
from ipaddress import IPv4Address
from typing import Any

import pytest
from feeding import (
    AT,
    DATE,
    OTHER,
    PROMPT,
    ROW,
    UDP,
    UNIX_BANNER,
    UNIX_HEADER,
    UNIX_ROW,
    X25,
    one,
    read,
)
from hypothesis import given
from hypothesis import strategies as st
from printed import (
    LINUX_BANNER,
    MACOS_HEADER,
    are_rows,
    is_row,
    linux_capture,
    linux_header,
    linux_row,
    macos_row,
)
from printed import (
    Row as Printed,
)

from netstat_parse import LineKind
from netstat_parse.dialects.headers import Banner, OtherBanner, find_banner, find_layout
from netstat_parse.reading import noise
from netstat_parse.reading.account import HEADERS_READ
from netstat_parse.reading.classify import (
    PEELED_AT_MOST,
    Blank,
    Continuation,
    Expected,
    Header,
    Note,
    Odd,
    Prompt,
    Row,
    RowAlone,
    Rule,
    Stamped,
    SurplusHeader,
    classify,
)
from netstat_parse.reading.infer import RowsAlone
from netstat_parse.reading.lines import MAX_LINE
from netstat_parse.reading.stamps import Stamp
from netstat_parse.schema import CONNECTIONS, UNIX_SOCKETS

# Each kind of line, and nothing else --------------------------------------------------------------

LAYOUT = find_layout(linux_header("p"))
assert LAYOUT is not None
IN_TABLE = Expected(layout=LAYOUT)
BETWEEN = Expected(alone=RowsAlone(None), kinds_alone=lambda: (CONNECTIONS,))
NOTE = "(Not all processes could be identified, non-owned process info"
HEAD_OF_WATCH = "Every 2.0s: netstat -npt            host: Sun Nov 22 12:22:41 UTC 2026"
SCTP_LAYOUT = find_layout(linux_header())
SCTP_ENDPOINT = "sctp                10.0.0.1:7"
SCTP_BELOW = " " * 20 + "10.0.0.2:7"

KINDS: list[tuple[str, type]] = [
    (LINUX_BANNER, Banner),
    (UNIX_BANNER, Banner),
    (linux_header("p"), Header),
    (UNIX_HEADER, Header),
    (X25[0], OtherBanner),
    (DATE, Stamp),
    ("Mon Feb 30 12:22:41 UTC 2026", Stamp),
    (PROMPT, Prompt),
    (HEAD_OF_WATCH, Prompt),
    ("```", Prompt),
    ("------", Rule),
    ("+++", Rule),
    (NOTE, Note),
    ("", Blank),
    (" \t\x0c", Blank),
    ("what is this", Odd),
    ("tcp        0      0 10.0.0.1:", Odd),
    (UNIX_ROW, Odd),
]


@pytest.mark.parametrize("expected", [IN_TABLE, BETWEEN, Expected()])
@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_what_a_line_is_does_not_depend_on_the_table(
    text: str, kind: type, expected: Expected
) -> None:
    assert type(classify(text, expected)) is kind
    if text.strip():
        assert type(classify(f"  {text}  ", expected)) is kind


def test_what_is_found_in_a_line_is_given() -> None:
    assert classify(LINUX_BANNER, Expected()) == find_banner(LINUX_BANNER)
    header = classify(linux_header("p"), Expected())
    assert isinstance(header, Header)
    assert header.layout is LAYOUT
    assert classify("  what is this", Expected()) == Odd("  what is this")
    assert classify(f" {NOTE} ", Expected()) == Note(NOTE)
    assert classify(PROMPT, Expected()) == Prompt(PROMPT)
    head = classify(HEAD_OF_WATCH, Expected())
    assert isinstance(head, Prompt)
    assert head.stamp is not None
    assert head.stamp.at == AT


def test_a_row_is_one_of_the_layout() -> None:
    row = linux_row(ROW, "p")
    found = classify(row, IN_TABLE)
    assert isinstance(found, Row)
    assert found.text == row
    assert LAYOUT is not None
    assert LAYOUT.find_row(row) == found[1:]
    assert LAYOUT.cell(found.cells, "program") == "sshd"
    # Without its header it may be a row alone, if rows alone may come.
    assert classify(row, BETWEEN) == RowAlone(row, CONNECTIONS)
    assert classify(row, BETWEEN._replace(kinds_alone=lambda: (UNIX_SOCKETS,))) == Odd(row)
    assert classify(row, Expected()) == Odd(row)
    # A row of another table is none of this one.
    assert classify(linux_row(ROW), IN_TABLE) == Odd(linux_row(ROW))


def test_a_row_that_is_also_something_else_is_a_row() -> None:
    """What is asked first is what the table may have; who names a program ends no table."""
    for program in ("root@h:~# ls", "12:22:41", "------", "Active UNIX"):
        row = linux_row(Printed(program=program), "p")
        assert isinstance(classify(row, IN_TABLE), Row)


def test_a_further_line_of_the_row_above() -> None:
    expected = Expected(layout=SCTP_LAYOUT, above=SCTP_ENDPOINT)
    found = classify(SCTP_BELOW, expected)
    assert isinstance(found, Continuation)
    assert found.row.text == f"{SCTP_ENDPOINT}\n{SCTP_BELOW}"
    assert classify(SCTP_BELOW, expected._replace(above="")) == Odd(SCTP_BELOW)
    # It is not one below a row of another kind, nor further left than the row above.
    assert classify(SCTP_BELOW, expected._replace(above=linux_row(ROW))) == Odd(SCTP_BELOW)
    indented = expected._replace(above=" " + SCTP_ENDPOINT)
    assert isinstance(classify(SCTP_BELOW, indented), Continuation)
    assert isinstance(classify(SCTP_BELOW.lstrip(), indented), Odd)


def test_a_header_is_known_by_what_was_asked_for_and_by_its_banner() -> None:
    def dialect_of(text: str, **expected: Any) -> str | None:
        found = classify(text, Expected(**expected))
        return found.layout.dialect if isinstance(found, Header) else None

    text = linux_header()
    assert dialect_of(text) == "linux"
    assert dialect_of(text, dialect="toybox") == "toybox"
    assert dialect_of(text, dialect="macos") is None
    assert dialect_of(text, banner=Banner("x", ("toybox",), False)) == "toybox"
    assert dialect_of(text, banner=Banner("x", ("toybox", "linux"), False)) == "linux"
    assert dialect_of(text, banner=Banner("x", ("macos",), False)) == "linux"
    assert dialect_of(text, banner=Banner("x", ("toybox",), False), dialect="linux") == "linux"
    assert dialect_of(text, header_may_come=False) is None


def test_a_header_too_many_is_not_read() -> None:
    header = linux_header() + " Column"
    few: frozenset[tuple[object, ...]] = frozenset((i,) for i in range(HEADERS_READ - 1))
    many = few | {("another",)}
    found = classify(header, Expected(headers=few))
    assert isinstance(found, Header)
    assert isinstance(classify(header, Expected(headers=many)), SurplusHeader)
    assert isinstance(classify(header, Expected(headers=many | {found.sort})), Header)
    # What was worked out ahead costs nothing.
    assert isinstance(classify(linux_header(), Expected(headers=many)), Header)
    assert classify("no header", Expected(headers=many)) == Odd("no header")


@pytest.mark.parametrize("dialect", [None, "linux"])
def test_headers_are_of_one_sort_if_only_blanks_differ(dialect: str | None) -> None:
    def sort_of(header: str) -> object:
        found = classify(header, Expected(dialect=dialect))
        assert isinstance(found, Header)
        return found.sort

    sort = sort_of(linux_header() + "Column")
    assert sort
    assert sort_of(linux_header() + "   Column") == sort
    assert sort_of("  " + linux_header() + "Column") == sort
    assert sort_of(linux_header() + "Column ") == sort_of(linux_header() + "Column    ")
    assert sort_of(linux_header() + "Column2") != sort
    # How wide the addresses are printed tells whether they may have been cut.
    assert sort_of(linux_header().replace("Address   ", "Address") + "Column") != sort


def test_the_sort_of_a_header_is_that_of_the_dialect_asked_for() -> None:
    found = classify(MACOS_HEADER, Expected(banner=Banner("x", ("linux",), False)))
    assert isinstance(found, Header)
    assert (found.layout.dialect, found.sort) == ("macos", ())
    assert classify(MACOS_HEADER, Expected(dialect="linux")) == Odd(MACOS_HEADER)


def test_formats_of_the_user_are_asked() -> None:
    text = "at 22|11|2026"
    assert classify(text, Expected()) == Odd(text)
    found = classify(text, Expected(formats=("at %d|%m|%Y",)))
    assert isinstance(found, Stamp)
    assert found.at == datetime(2026, 11, 22)


# What is peeled off -------------------------------------------------------------------------------

FRONT = "2026-11-22T12:22:41Z "


@pytest.mark.parametrize(("text", "kind"), KINDS[:5] + KINDS[7:8] + KINDS[12:13])
def test_a_stamp_in_front_is_taken_off(text: str, kind: type) -> None:
    found = classify(FRONT + text, Expected())
    assert isinstance(found, Stamped)
    assert found.stamp.at == AT
    assert type(found.line) is kind
    assert classify(f"> {FRONT}{text}", Expected()) == found


def test_of_two_stamps_in_front_the_first_counts() -> None:
    found = classify(f"{FRONT}2026-11-22T12:23:41Z {LINUX_BANNER}", Expected())
    assert isinstance(found, Stamped)
    assert found.stamp.at == AT
    assert isinstance(found.line, Banner)


def test_what_is_odd_behind_a_stamp_or_a_mark_is_odd_as_a_whole() -> None:
    for front in (FRONT, "> ", f"> {FRONT}", "4052-11-22T12:22:41Z "):
        assert classify(front + "what is this", Expected()) == Odd(front + "what is this")
    text = "4052-11-22T12:22:41Z " + linux_row(ROW, "p")  # there is no such time
    assert classify(text, IN_TABLE) == Odd(text)


def test_a_quoted_line_is_what_it_is_without_its_mark() -> None:
    for text, kind in KINDS:
        if kind is not Odd and text.strip():
            assert type(classify(f"> {text}", Expected())) is kind, text
    assert isinstance(classify("> " + linux_row(ROW, "p"), IN_TABLE), Row)
    assert classify("12:" + linux_row(ROW, "p"), BETWEEN) == RowAlone(
        linux_row(ROW, "p"), CONNECTIONS
    )


@pytest.mark.parametrize("marks", range(PEELED_AT_MOST + 2))
def test_only_so_much_is_taken_off(marks: int) -> None:
    found = classify(FRONT * marks + LINUX_BANNER, Expected())
    assert isinstance(found, Banner | Stamped) is (marks <= PEELED_AT_MOST)


@given(st.text("tcp 0:>|-_#$%()[]2026T1Z\t\x1b", max_size=40), st.booleans())
def test_the_same_line_is_always_the_same(text: str, in_table: bool) -> None:
    """Nothing is remembered of the lines before."""
    expected = IN_TABLE if in_table else Expected()
    first = classify(text, expected)
    classify(linux_header(), expected)
    assert classify(text, expected) == first


# In logs ------------------------------------------------------------------------------------------

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


HOSTILE_ROW = linux_row(Printed(program="root@h:~# ls"), "po")


@pytest.mark.parametrize(
    "row",
    [HOSTILE_ROW, HOSTILE_ROW.replace("root@h:~#", "$        "), macos_row(Printed(proto="tcp4"))],
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
    other = ["Active Bluetooth connections", "Proto", "l2cap  x"]
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
        shown = char.encode(errors="backslashreplace").decode()  # no UTF-8 holds a lone surrogate
        assert shown in kept + (name or "") or is_row(connection, ROW)
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
    given_lines = [linux_header("o"), linux_row(Printed(timer="on (-1.00/0/0)"), "o")]
    _, counts = read(given_lines)
    assert sum(counts.values()) == len(given_lines)


def test_a_number_that_fills_64_bits_is_a_number() -> None:
    line = "tcp        0 18446744073709551615 1.0.0.1:2 10.0.0.2:51234          ESTABLISHED"
    assert one([linux_header(), line]).connections[0].send_q == 2**64 - 1
