"""Is the last cell of a row whole? What netstat pads it with tells."""

from __future__ import annotations

import pytest
from feeding import OTHER, ROW, UDP, one, read_in_batches
from printed import (
    Row,
    are_rows,
    is_row,
    linux_capture,
    linux_header,
    linux_row,
    macos_capture,
    text_of,
)

from netstat_parse import NotNetstatError, iter_snapshots, parse
from netstat_parse.dialects.headers import find_layout
from netstat_parse.grammar.padding import Padding

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


@pytest.mark.parametrize("wrapping", ["{}   ", "{:<200}", "| {} |"])
@pytest.mark.parametrize("options", ["", "p", "e", "po", "epo"])
def test_blanks_that_a_terminal_pads_lines_with_change_nothing(wrapping: str, options: str) -> None:
    far = Row(proto="tcp6", local="2001:db8:0:1:2:3:4:5", foreign="2001:db8::2")
    given_lines = [wrapping.format(line) for line in linux_capture([ROW, far, UDP], f"W{options}")]
    for size in (1, len(given_lines)):
        (snapshot,) = read_in_batches(given_lines, size, strict=True)
        assert are_rows(snapshot, [ROW, far, UDP], f"W{options}")


# What a row lacks of its last cell ----------------------------------------------------------------


def missing(header: str, row: str) -> int:
    layout = find_layout(header)
    assert layout is not None
    found = layout.find_row(row)
    assert found is not None
    return found.missing


@pytest.mark.parametrize(
    ("options", "row", "width"),
    [
        ("p", ROW, 20),
        ("p", Row(program="0123456789012345678901"), 20),
        ("", ROW, 11),
        ("e", ROW, 10),
    ],
)
def test_how_much_of_the_last_cell_is_missing(options: str, row: Row, width: int) -> None:
    header, whole = linux_header(options), linux_row(row, options)
    last = len(whole) - len(whole.rstrip())
    for cut in range(last + 1):
        assert missing(header, whole[: len(whole) - cut]) == cut, cut
    assert missing(header, whole + "  ") == 0
    assert whole[-width - 1] == " "


def test_bytes_count_not_characters() -> None:
    """net-tools pads to 20 bytes, of which a letter may take several."""
    whole = linux_row(Row(program="é"), "p")
    assert missing(linux_header("p"), whole) == 0
    assert missing(linux_header("p"), whole[:-3]) == 2
    assert missing(linux_header("p"), whole[:-1]) == 0


def test_a_header_without_blanks_behind_it_tells_nothing() -> None:
    row = linux_row(ROW, "p").rstrip()
    assert missing(linux_header("p"), row) > 0
    assert missing(linux_header("p").rstrip(), row) == 0
    assert missing(linux_header("po"), linux_row(ROW, "po")) == 0


def test_a_process_that_is_not_known_lacks_nothing() -> None:
    row = linux_row(Row(pid=0), "p")
    assert missing(linux_header("p"), row.rstrip()) == 0


def test_the_rest_of_a_row_is_as_long_as_what_it_lacks() -> None:
    """Less the line feed that ended it."""
    padding = Padding()
    padding.expect_rest(8)
    assert padding.is_rest("$ ls   ")
    assert not padding.is_rest("$ ls   ")  # it has come
    for other in ("$ ls", "$ ls    ", "$ ls      ", "1234567", ""):
        padding.expect_rest(8)
        assert not padding.is_rest(other), other
        assert not padding.is_rest("$ ls   "), other  # it comes at once or not at all
    padding.expect_rest(0)
    assert not padding.is_rest("")


def test_a_rest_of_several_lines_is_known_where_rows_are_padded() -> None:
    padding = Padding()
    padding.is_padded = True
    padding.expect_rest(8)
    assert padding.is_rest("ab")  # and its line feed: four more are left
    assert padding.is_rest("")
    assert padding.is_rest("c  ")
    assert not padding.is_rest("")
    padding.expect_rest(8)
    assert not padding.is_rest("123456789")  # a byte more may yet be one
    padding.is_padded = False
    padding.expect_rest(8)
    assert not padding.is_rest("ab")
    padding.expect_rest(8)
    assert padding.is_rest("ab     ")


HOSTILE_NAMES = [
    "a\n$ ls",
    "\nNov 22 12:22:41",
    "\n12:22:41",
    "a\n> b\nc",
    "x\n------",
    "\n",
    "\n\n\n",
    "\nActive UNIX",
    "x\ntcp 0 0 a:1",
]


@pytest.mark.parametrize("size", [1, 2, 1000])
@pytest.mark.parametrize(
    ("name", "above"),
    [
        *((name, above) for name in HOSTILE_NAMES for above in ([ROW], [OTHER] * 150)),
        # In the first row of a table nobody knows yet that rows are padded: one line feed at most.
        *((name, []) for name in HOSTILE_NAMES if name.count("\n") == 1),
    ],
)
def test_a_line_feed_in_a_name_ends_no_table(name: str, above: list[Row], size: int) -> None:
    """Nobody can write a stamp, a prompt or a row into a capture by how he calls a program."""
    hostile = Row(program=name, pid=99)
    pieces = linux_row(hostile, "p").split("\n")
    given_lines = [*linux_capture(above, "p"), *pieces, *linux_capture([OTHER, UDP], "p")[2:]]
    (snapshot,) = read_in_batches(given_lines, size)
    assert snapshot.captured_at is None
    assert snapshot.notes == ()
    reported = [line.text for line in snapshot.unparsed]
    # Where no row above has shown that rows are padded, the first piece is a row in itself.
    assert reported in ([pieces, pieces[1:]] if not above else [pieces])
    assert all("the rest of the" in line.reason for line in snapshot.unparsed)
    found = [c for c in snapshot.connections if not (c.process and c.process.pid == 99)]
    assert len(snapshot.connections) == len(found) + (len(reported) < len(pieces))
    assert [is_row(c, row) for c, row in zip(found, [*above, OTHER, UDP], strict=True)]


def test_rows_that_are_not_padded_lack_nothing() -> None:
    """As an editor leaves them that takes off blanks at lines' ends."""
    rows = [ROW, OTHER, UDP, Row(program="x")]
    given_lines = [line.rstrip() for line in linux_capture(rows, "p")]
    given_lines[1] = linux_header("p")
    for size in (1, 3, 1000):
        (snapshot,) = read_in_batches([*given_lines, given_lines[2]], size, strict=True)
        assert are_rows(snapshot, [*rows, ROW])
