"""Each line of TRANSITIONS: where the reader is, what comes, what is done, where it is then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, get_args

import pytest
from feeding import (
    AT,
    AT_LATER,
    DATE,
    LATER,
    OTHER,
    PROMPT,
    ROW,
    UNIX_BANNER,
    UNIX_HEADER,
    UNIX_ROW,
    X25,
    Recorder,
)
from printed import LINUX_BANNER, linux_capture, linux_header, linux_row

from netstat_parse.dialects.headers import Banner, OtherBanner
from netstat_parse.reading import classify
from netstat_parse.reading.account import LineKind
from netstat_parse.reading.classify import (
    Blank,
    Continuation,
    FirstLine,
    Header,
    Heading,
    Line,
    NoRows,
    Note,
    Odd,
    Prompt,
    Row,
    RowAlone,
    Rule,
    Stamped,
    SurplusHeader,
)
from netstat_parse.reading.options import Options
from netstat_parse.reading.section import Section
from netstat_parse.reading.stamps import Stamp
from netstat_parse.reading.state import At
from netstat_parse.reading.transitions import TRANSITIONS

NOTE = "(Not all processes could be identified, non-owned process info"
SCTP_ENDPOINT = "sctp                10.0.0.1:7"
SCTP_BELOW = " " * 20 + "10.0.0.2:7"

LINES_BEFORE = {
    At.BETWEEN: [],
    At.UNDER_BANNER: [LINUX_BANNER],
    At.IN_TABLE: linux_capture([ROW]),
    At.HOLDING: [linux_row(ROW, "p")],
    At.ASIDE: [X25[0], "They are set aside."],
}
"""How the reader gets there."""
LINES = {
    Banner: LINUX_BANNER,
    Header: linux_header("p"),
    SurplusHeader: linux_header() + " Column",
    OtherBanner: "Active AX.25 sockets",
    Stamp: DATE,
    Prompt: PROMPT,
    Rule: "------",
    Note: NOTE,
    Blank: " ",
    Odd: "what is this?!",
    RowAlone: linux_row(OTHER, "p"),
    Row: linux_row(OTHER),
}
"""A line of each type; Continuation has a test of its own."""

START = ("start", "linux", None)
BETWEEN = ("between",)
SET_ASIDE = ("note", "Active X.25 sockets: set aside, 1 lines")
INFERRED = ("note", "no header: read as")
ROW_IS_PASSED_ON = ("row", "connections")
NOT_PLACED = ("unparsed", "column 1: expected a banner or a header of netstat")
TOO_MANY = (
    "unparsed",
    "column 1: expected at most 128 different headers in an input, so the rows below this one are "
    "set aside: split the input",
)
NO_ROW = ("unparsed", "column 1: expected a row, a banner or a header")


class Then(NamedTuple):
    """What becomes of a line."""

    at: At
    kind: LineKind | None
    """What it is counted as; None if that is not known yet."""
    calls: Sequence[tuple[Any, ...]] = ()
    """What the sink gets when it comes."""


OF_ROWS_ALONE: list[tuple[Any, ...]] = [START, INFERRED, ROW_IS_PASSED_ON]
"""Rows that were held are passed on by any line that is none of them."""
BANNER, HEADER, NOTED, BLANK = LineKind.BANNER, LineKind.HEADER, LineKind.NOTE, LineKind.BLANK
UNPARSED, TIMESTAMP = LineKind.UNPARSED, LineKind.TIMESTAMP

EXPECTED = {
    # Before any table, or behind one: what comes is of the next snapshot.
    (At.BETWEEN, Banner): Then(At.UNDER_BANNER, BANNER),
    (At.BETWEEN, Header): Then(At.IN_TABLE, HEADER, [START]),
    (At.BETWEEN, SurplusHeader): Then(At.ASIDE, UNPARSED, [TOO_MANY]),
    (At.BETWEEN, OtherBanner): Then(At.ASIDE, BANNER),
    (At.BETWEEN, Stamp): Then(At.BETWEEN, TIMESTAMP),
    (At.BETWEEN, Prompt): Then(At.BETWEEN, NOTED, [("note", PROMPT)]),
    (At.BETWEEN, Rule): Then(At.BETWEEN, NOTED, [("note", "------")]),
    (At.BETWEEN, Note): Then(At.BETWEEN, NOTED, [("note", NOTE)]),
    (At.BETWEEN, Blank): Then(At.BETWEEN, BLANK),
    (At.BETWEEN, Odd): Then(At.BETWEEN, UNPARSED, [NOT_PLACED]),
    (At.BETWEEN, RowAlone): Then(At.HOLDING, None),
    # Under a banner: if no header comes, it was a table without rows, and a snapshot.
    (At.UNDER_BANNER, Banner): Then(At.UNDER_BANNER, BANNER, [START, BETWEEN]),
    (At.UNDER_BANNER, Header): Then(At.IN_TABLE, HEADER, [START]),
    (At.UNDER_BANNER, SurplusHeader): Then(At.ASIDE, UNPARSED, [START, TOO_MANY]),
    (At.UNDER_BANNER, OtherBanner): Then(At.ASIDE, BANNER, [START]),
    (At.UNDER_BANNER, Stamp): Then(At.BETWEEN, TIMESTAMP, [START, BETWEEN]),
    (At.UNDER_BANNER, Prompt): Then(At.BETWEEN, NOTED, [START, ("note", PROMPT), BETWEEN]),
    (At.UNDER_BANNER, Rule): Then(At.UNDER_BANNER, NOTED, [("note", "------")]),
    (At.UNDER_BANNER, Note): Then(At.UNDER_BANNER, NOTED, [("note", NOTE)]),
    (At.UNDER_BANNER, Blank): Then(At.UNDER_BANNER, BLANK),
    (At.UNDER_BANNER, Odd): Then(At.UNDER_BANNER, UNPARSED, [NOT_PLACED]),
    (At.UNDER_BANNER, RowAlone): Then(At.HOLDING, None),
    # In the rows of a table: a snapshot is open.
    (At.IN_TABLE, Banner): Then(At.UNDER_BANNER, BANNER, [BETWEEN]),
    (At.IN_TABLE, Header): Then(At.IN_TABLE, HEADER, [BETWEEN, START]),
    (At.IN_TABLE, SurplusHeader): Then(At.ASIDE, UNPARSED, [TOO_MANY]),
    (At.IN_TABLE, OtherBanner): Then(At.ASIDE, BANNER),
    (At.IN_TABLE, Stamp): Then(At.BETWEEN, TIMESTAMP, [BETWEEN]),
    (At.IN_TABLE, Prompt): Then(At.BETWEEN, NOTED, [("note", PROMPT), BETWEEN]),
    (At.IN_TABLE, Rule): Then(At.BETWEEN, NOTED, [("note", "------"), BETWEEN]),
    (At.IN_TABLE, Note): Then(At.IN_TABLE, NOTED, [("note", NOTE)]),
    (At.IN_TABLE, Blank): Then(At.IN_TABLE, BLANK),
    (At.IN_TABLE, Odd): Then(At.IN_TABLE, UNPARSED, [NO_ROW]),
    (At.IN_TABLE, RowAlone): Then(At.HOLDING, None),
    (At.IN_TABLE, Row): Then(At.IN_TABLE, LineKind.ROW, [ROW_IS_PASSED_ON]),
    # In rows alone: first they are read, if they can be; then all is as in the rows of a table.
    (At.HOLDING, Banner): Then(At.UNDER_BANNER, BANNER, [*OF_ROWS_ALONE, BETWEEN]),
    (At.HOLDING, Header): Then(At.IN_TABLE, HEADER, [*OF_ROWS_ALONE, BETWEEN, START]),
    (At.HOLDING, SurplusHeader): Then(At.ASIDE, UNPARSED, [*OF_ROWS_ALONE, TOO_MANY]),
    (At.HOLDING, OtherBanner): Then(At.ASIDE, BANNER, OF_ROWS_ALONE),
    (At.HOLDING, Stamp): Then(At.BETWEEN, TIMESTAMP, [*OF_ROWS_ALONE, BETWEEN]),
    (At.HOLDING, Prompt): Then(At.BETWEEN, NOTED, [*OF_ROWS_ALONE, ("note", PROMPT), BETWEEN]),
    (At.HOLDING, Rule): Then(At.BETWEEN, NOTED, [*OF_ROWS_ALONE, ("note", "------"), BETWEEN]),
    (At.HOLDING, Note): Then(At.IN_TABLE, NOTED, [*OF_ROWS_ALONE, ("note", NOTE)]),
    (At.HOLDING, Blank): Then(At.IN_TABLE, BLANK, OF_ROWS_ALONE),
    (At.HOLDING, Odd): Then(At.IN_TABLE, UNPARSED, [*OF_ROWS_ALONE, NO_ROW]),
    (At.HOLDING, RowAlone): Then(At.HOLDING, None),
    # In a table that is not read: how many lines it had is a note where it ends.
    (At.ASIDE, Banner): Then(At.UNDER_BANNER, BANNER, [SET_ASIDE]),
    (At.ASIDE, Header): Then(At.IN_TABLE, HEADER, [SET_ASIDE, START]),
    (At.ASIDE, SurplusHeader): Then(At.ASIDE, UNPARSED, [SET_ASIDE, TOO_MANY]),
    (At.ASIDE, OtherBanner): Then(At.ASIDE, BANNER, [SET_ASIDE]),
    (At.ASIDE, Stamp): Then(At.BETWEEN, TIMESTAMP, [SET_ASIDE]),
    (At.ASIDE, Prompt): Then(At.BETWEEN, NOTED, [("note", PROMPT), SET_ASIDE]),
    (At.ASIDE, Rule): Then(At.ASIDE, NOTED, [("note", "------")]),
    (At.ASIDE, Note): Then(At.ASIDE, NOTED, [("note", NOTE)]),
    (At.ASIDE, Blank): Then(At.ASIDE, BLANK),
    (At.ASIDE, Odd): Then(At.ASIDE, None),
}
IN_LAYOUT = (Row, FirstLine, Continuation, Heading)
EVERYWHERE = set(get_args(Line)) - {*IN_LAYOUT, NoRows, RowAlone, Stamped}
"""What `classify` may say wherever the reader is. It says what is IN_LAYOUT where there
is one, NoRows where there is a banner, and RowAlone where there may be rows alone; a stamp in
front is taken off a line."""


def begin(at: At) -> tuple[Section, Recorder]:
    """A section that is there, and its sink."""
    sink = Recorder()
    section = Section(sink, Options())
    for line in LINES_BEFORE[at]:
        section.take(line)
    assert section.at is at
    sink.take_calls()
    return section, sink


def shortened(calls: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Calls as EXPECTED has them."""
    short: list[tuple[Any, ...]] = []
    for call in calls:
        if call[0] == "row":
            call = call[:2]
        elif call[0] == "unparsed":
            call = ("unparsed", call[2])
        elif call[0] == "note" and call[1].startswith(INFERRED[1]):
            call = INFERRED
        short.append(call)
    return short


@pytest.mark.parametrize(
    ("at", "line_type"), EXPECTED, ids=[f"{at.name}-{line.__name__}" for at, line in EXPECTED]
)
def test_a_line_does_what_its_transition_says(
    monkeypatch: pytest.MonkeyPatch, at: At, line_type: type
) -> None:
    section, sink = begin(at)
    if line_type is SurplusHeader:
        monkeypatch.setattr(classify, "HEADERS_READ", 0)
    then, kind, calls = EXPECTED[at, line_type]
    counts = dict(section.account.counts)
    # In a table a row alone is one of another kind.
    in_table = at is At.IN_TABLE and line_type is RowAlone
    section.take(UNIX_ROW if in_table else LINES[line_type])
    assert section.at is then
    assert shortened(sink.take_calls()) == list(calls)
    if at is At.HOLDING and kind is not None:
        counts[LineKind.ROW] += 1
    if SET_ASIDE in calls:
        counts[LineKind.NOTE] += 1
    if kind is not None:
        counts[kind] += 1
    assert section.account.counts == counts


def test_a_continuation_takes_the_place_of_the_row_above() -> None:
    section, sink = begin(At.BETWEEN)
    for line in (linux_header(), SCTP_ENDPOINT):
        section.take(line)
    sink.take_calls()
    section.take(SCTP_BELOW)
    assert section.at is At.IN_TABLE
    assert section.account.counts[LineKind.CONTINUATION] == 1
    assert sink.take_calls() == []  # it may still go on
    section.take("")
    ((call, kind, row),) = sink.take_calls()
    assert (call, kind) == ("row", "connections")
    assert (row["local_host"], row["further"].split()) == ("10.0.0.1", ["10.0.0.2:7"])


SOLARIS = [
    "TCP: IPv4",
    "Local/Remote Address Swind  Snext     Suna   Rwind  Rnext     Rack    Rto   Mss     State",
]


def test_a_first_line_waits_for_the_second() -> None:
    section, sink = begin(At.BETWEEN)
    for line in SOLARIS:
        section.take(line)
    sink.take_calls()
    section.take("192.0.2.4.22")
    assert section.at is At.IN_TABLE
    assert section.account.counts[LineKind.ROW] == 1
    assert sink.take_calls() == []
    section.take("192.0.2.9.51000 1 00000002 00000003 4 00000005 00000006 7 8 LISTEN")
    assert section.account.counts[LineKind.CONTINUATION] == 1
    section.take("")
    ((call, kind, row),) = sink.take_calls()
    assert (call, kind) == ("row", "connections")
    assert (row["local_host"], row["foreign_host"]) == ("192.0.2.4", "192.0.2.9")


STATISTICS = ["Icmp:", "    ICMP input histogram:", "        echo requests: 2"]


def test_a_heading_is_given_to_the_rows_below_it() -> None:
    section, sink = begin(At.BETWEEN)
    for line in STATISTICS[:2]:
        section.take(line)
    assert section.at is At.IN_TABLE
    assert section.account.counts[LineKind.HEADER] == 1
    sink.take_calls()
    section.take(STATISTICS[2])
    section.take("    3 ICMP messages sent")
    (_, _, below), (_, _, beside) = sink.take_calls()
    assert below["above"] == "ICMP input histogram:"
    assert "above" not in beside


def test_a_table_may_have_no_rows() -> None:
    section, sink = begin(At.BETWEEN)
    for line in ("Persistent Routes:", "  None"):
        section.take(line)
    assert section.at is At.BETWEEN
    assert section.account.counts[LineKind.BANNER] == section.account.counts[LineKind.HEADER] == 1
    assert sink.take_calls() == [("start", "windows", None)]
    section.take("  None")
    section.close()
    assert section.account.counts[LineKind.UNPARSED] == 1


def test_every_transition_is_tested() -> None:
    held = {(at, line) for at, line in EXPECTED if at is At.HOLDING and line is not RowAlone}
    assert {
        *EXPECTED,
        (At.IN_TABLE, FirstLine),
        (At.IN_TABLE, Continuation),
        (At.IN_TABLE, Heading),
        (At.UNDER_BANNER, NoRows),
    } - held == TRANSITIONS.keys()


def test_there_is_a_transition_for_whatever_classify_can_say() -> None:
    """Where rows are held, any other line ends them before what it does is looked up."""
    said: set[tuple[At, object]] = {
        (at, line) for at in At for line in EVERYWHERE if at is not At.HOLDING
    }
    said |= {(At.IN_TABLE, line) for line in IN_LAYOUT}
    said.add((At.UNDER_BANNER, NoRows))
    said |= {(at, RowAlone) for at in set(At) - {At.ASIDE}}
    assert said == TRANSITIONS.keys()


@pytest.mark.parametrize("at", At)
def test_rows_are_looked_for_only_where_there_is_a_transition_for_them(at: At) -> None:
    section, _ = begin(at)
    assert (section.table is not None) is (at is At.IN_TABLE)
    for text in (linux_row(OTHER), linux_row(OTHER, "p"), "> " + linux_row(OTHER, "p")):
        section, _ = begin(at)
        section.take(text)  # there is no KeyError


# What a transition takes from where the reader comes from -----------------------------------------


def take(*given_lines: str) -> list[tuple[Any, ...]]:
    """What the sink gets of these lines."""
    sink = Recorder()
    section = Section(sink, Options())
    for line in given_lines:
        section.take(line)
    return shortened(sink.calls)


def test_a_rule_under_a_header_is_part_of_it() -> None:
    assert take(*linux_capture([]), "------", linux_row(ROW)) == [START, ROW_IS_PASSED_ON]


def test_a_table_below_another_is_of_its_snapshot_unless_it_had_one() -> None:
    capture = linux_capture([])
    assert take(*capture, UNIX_BANNER, UNIX_HEADER) == [START]
    assert take(*capture, UNIX_HEADER) == [START]
    assert take(*capture, UNIX_BANNER, UNIX_HEADER, UNIX_BANNER) == [START, BETWEEN]
    assert take(*capture, UNIX_HEADER, UNIX_HEADER) == [START, BETWEEN, START]


def test_what_is_known_of_a_snapshot_is_forgotten_where_it_ends() -> None:
    """Behind a stamp, a prompt, a rule, rows are rows alone, and a table below is the first."""
    capture = linux_capture([], "p")
    row = linux_row(ROW, "p")
    for divider in (DATE, PROMPT, "------"):
        calls = take(*capture, row, UNIX_HEADER, *capture, row, divider, row, "")
        assert [call[0] for call in calls[-3:]] == ["start", "note", "row"]
        again = take(*capture, row, UNIX_HEADER, *capture, row, divider, UNIX_HEADER)
        assert [call[0] for call in again[-2:]] == ["between", "start"]


def test_the_stamp_of_a_snapshot_is_the_last_one_above_it() -> None:
    capture = linux_capture([])
    assert take(DATE, LATER, *capture)[-1] == ("start", "linux", AT_LATER)
    assert take(DATE, "", PROMPT, NOTE, "odd", *capture)[-1] == ("start", "linux", AT)
    assert take(DATE, *capture, *capture)[-1] == START
    assert take(*capture, DATE, *capture)[-1] == ("start", "linux", AT)
    assert take(DATE, linux_row(ROW, "p"), "")[0] == ("start", "linux", AT)


def test_only_stamps_in_front_of_lines_outside_of_a_snapshot_are_the_next_ones() -> None:
    banner, header = linux_capture([])
    front = "2026-11-22T12:22:41Z "
    later = "2026-11-22T12:23:41Z "
    stamped = ("start", "linux", AT)
    assert take(front + banner, later + header)[-1] == stamped
    assert take(banner, front + header)[-1] == stamped
    assert take(front + NOTE, banner, later + header)[-1] == stamped
    assert take(front + linux_row(ROW, "p"), linux_row(ROW, "p"), "")[0] == stamped
    for last in (PROMPT, linux_row(ROW), NOTE):
        assert take(banner, header, linux_row(ROW), front + last, banner, header)[-1] == START
    # An empty snapshot has the stamp in front of its own banner, not of the next one.
    assert take(banner, front + banner, header) == [START, BETWEEN, stamped]
    assert take(front + banner, later + banner, header) == [
        stamped,
        BETWEEN,
        ("start", "linux", AT_LATER),
    ]


def test_the_head_of_a_screen_of_watch_is_of_the_next_snapshot() -> None:
    head = "Every 2.0s: netstat -npt            host: Sun Nov 22 12:22:41 UTC 2026"
    capture = linux_capture([])
    assert take(*capture, head, *capture) == [
        START,
        BETWEEN,
        ("note", head),
        ("start", "linux", AT),
    ]


def test_a_prompt_ends_a_table_that_is_not_read_also_outside_of_a_snapshot() -> None:
    """Or the header below would be taken for that table's own."""
    for given_lines in (X25[:1], [*linux_capture([]), X25[0]]):
        calls = take(*given_lines, PROMPT, linux_header(), linux_row(ROW))
        assert calls[-2:] == [START, ROW_IS_PASSED_ON]


def test_the_header_right_below_the_banner_of_another_table_is_its_own() -> None:
    calls = take(X25[0], "", linux_header(), "odd", linux_header())
    assert calls == [("note", "Active X.25 sockets: set aside, 2 lines"), START]


def test_a_banner_of_the_snapshot_before_tells_nothing_of_the_header_of_the_next() -> None:
    """busybox' own header below a banner that only net-tools prints."""
    header = linux_header() + " "
    groups = "IPv6/IPv4 Group Memberships"
    assert take(header)[-1] == ("start", "busybox", None)
    assert take(*linux_capture([]), groups, header)[-1] == ("start", "busybox", None)


def test_no_rows_alone_are_looked_for_in_a_snapshot() -> None:
    """It would be another one, and begin with the first of them, which is known too late."""
    calls = take(*linux_capture([]), UNIX_BANNER, linux_row(ROW, "p"))
    assert calls == [START, NOT_PLACED]


def test_a_stamped_blank_line_below_a_stamped_banner_is_no_stamp() -> None:
    """Windows prints a blank line there."""
    front = "2026-11-22T12:22:41Z "
    assert take(front + LINUX_BANNER, front, front + linux_header()) == [("start", "linux", AT)]
    assert take(LINUX_BANNER, front, linux_header()) == [START, BETWEEN, ("start", "linux", AT)]
