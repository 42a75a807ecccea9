"""What a paste, a logger or a page has put around every line of a capture."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from feeding import AT, DATE, OTHER, ROW, UDP, UNIX_BANNER, UNIX_HEADER, UNIX_ROW, one
from hypothesis import example, given, settings
from hypothesis import strategies as st
from printed import (
    MACOS_BANNER,
    Row,
    are_rows,
    linux_capture,
    linux_header,
    linux_row,
    linux_rows,
    macos_capture,
    text_of,
)

from netstat_parse import NotNetstatError, Snapshot, SnapshotReader, iter_snapshots, parse
from netstat_parse.reading.around import Frame, find_closing, find_frame, has_glued_mark

ROWS = [ROW, OTHER, UDP, Row(program="nginx: worker"), Row(pid=0)]
FRAMES = {
    "a comment": "# {}",
    "set -x": "+ {}",
    "a list": "* {}",
    "another list": "- {}",
    "a bar": "| {}",
    "mail": "> {}",
    "mail in mail": "> > {}",
    "a string": '"{}",',
    "an indented string": '    "{}",',
    "another string": "  '{}',",
    "a string in C": '"{}\\n"',
    "docker compose": "name_1  | {}",
    "kubectl": "[pod/web-7d4b9c/app] {}",
    "Android": "D/App: Line {}",
    "logcat": "11-22 12:22:41.123  1234  1234 D App : {}",
    "numbers": "Line 12: {}",
    "a host": "[web1] {}",
    "inline code": "`{}`",
    "a list of inline code": "- `{}`",
    "code": "<code>{}</code>",
    "a paragraph": "<p>{}</p>",
    "a break": "{}<br>",
    "an item": "  <li>{}</li>",
    "a literal line end": "{}\\n",
    "a line that goes on": "{} \\",
    "echo": "echo '{}'",
    "something else": "%% host7 %% {}",
}


def assert_has(text: str | list[str], rows: list[Row], options: str = "p") -> Snapshot:
    """The one snapshot of a text, which has these rows and nothing that is not known."""
    snapshot = one(text if isinstance(text, list) else text.split("\n"))
    assert are_rows(snapshot, rows, options), snapshot
    assert snapshot.unparsed == ()
    return snapshot


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("is_padded", [True, False])
def test_what_is_around_every_line_is_taken_off(frame: str, is_padded: bool) -> None:
    lines = linux_capture(ROWS, "p")
    if not is_padded:
        lines = [line.rstrip() for line in lines]
    framed = [frame.format(line) for line in lines]
    alone = list(iter_snapshots(line for line in framed))
    assert [assert_has(framed, ROWS)] == alone


@pytest.mark.parametrize("frame", ["* {}", "- {}", "D/App: Line {}", "@@ {}", "`{}`", '"{}",'])
def test_the_rows_alone_may_be_framed(frame: str) -> None:
    banner, header, *rows = linux_capture(ROWS, "p")
    assert_has([banner, header, *map(frame.format, rows)], ROWS)


@pytest.mark.parametrize("frame", [FRAMES["docker compose"], FRAMES["a string"], "# {}"])
def test_other_tables_may_be_framed(frame: str) -> None:
    lines = [frame.format(line) for line in macos_capture([Row(proto="tcp4")])]
    assert_has(lines, [Row(proto="tcp4")], "")
    lines = [frame.format(line) for line in (UNIX_BANNER, UNIX_HEADER, UNIX_ROW)]
    (socket,) = one(lines).unix_sockets
    assert socket.path == "/run/notify"


def test_padding_is_judged_without_the_frame() -> None:
    """A row that lacks its end lacks it within its quotes, too."""
    lines = linux_capture([ROW, Row(program="x"), OTHER], "p")
    lines[3] = lines[3].rstrip()
    snapshot = one([f'"{line}",' for line in lines])
    assert are_rows(snapshot, [ROW, OTHER])
    assert [line.number for line in snapshot.unparsed] == [4]


def test_a_number_in_a_frame_may_change() -> None:
    lines = [f"Line {i}: {line}" for i, line in enumerate(linux_capture(ROWS, "p"), 8)]
    assert_has(lines, ROWS)


def test_marks_of_loggers_may_stand_before_stamps() -> None:
    lines = [f"web_1  | {line}" for line in (DATE, *linux_capture(ROWS, "p"))]
    assert assert_has(lines, ROWS).captured_at == AT


def test_a_frame_goes_with_the_capture_that_has_it() -> None:
    capture = linux_capture([ROW], "p")
    framed = [f"%% {line}" for line in capture]
    first, second, third = iter_snapshots(
        [*framed, *capture, f"%% {linux_row(OTHER, 'p')}", *framed]
    )
    assert are_rows(first, [ROW])
    assert are_rows(second, [ROW])
    assert are_rows(third, [ROW])
    assert [line.number for line in second.unparsed] == [7]


def test_no_row_but_the_first_teaches_a_frame() -> None:
    """A program may call itself so."""
    lines = linux_capture([ROW, OTHER], "p")
    snapshot = one([*lines, f"@@ {linux_row(UDP, 'p')}"])
    assert are_rows(snapshot, [ROW, OTHER])
    assert [line.number for line in snapshot.unparsed] == [5]


marks = st.text(" #*+-|>%@$.:;=~^!abcXYZ019_", min_size=1, max_size=12)


@settings(max_examples=80)
@given(marks, st.sampled_from(("", '",', "`", "</code>", "<br>", "\\n", "'")), st.booleans())
@example("Proto", "", True)
@example("+ ;", "'", False)
def test_any_text_may_be_a_frame(mark: str, suffix: str, in_batches: bool) -> None:
    """All rows are right, or reported: none is wrong."""
    framed = [f"{mark} {line}{suffix}" for line in linux_capture(ROWS, "p")]
    reader = SnapshotReader()
    snapshots = []
    for lines in [framed] if in_batches else [[line] for line in framed]:
        snapshots += reader.feed_lines(lines)
    with suppress(NotNetstatError):
        snapshots += reader.close()
    found = [c for s in snapshots for c in s.connections]
    truth = parse(text_of(linux_capture(ROWS, "p"))).connections
    assert all(c in truth for c in found)
    assert sum(reader.counts.values()) == len(framed)


@settings(max_examples=40)
@given(st.lists(linux_rows(), min_size=1, max_size=5), st.sampled_from(sorted(FRAMES.values())))
def test_framed_rows_are_right_or_reported(rows: list[Row], frame: str) -> None:
    snapshots = iter_snapshots([frame.format(line) for line in linux_capture(rows, "p")])
    truth = parse(text_of(linux_capture(rows, "p"))).connections
    assert all(c in truth for s in snapshots for c in s.connections)


FIXTURES = sorted((Path(__file__).parents[1] / "fixtures").glob("*/*.txt"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "frame", ["# {}", "> {}", '"{}",', "web-1  | {}", "D/App: Line {}", "`{}`", "* {}"]
)
def test_every_fixture_may_be_framed(frame: str) -> None:
    for path in FIXTURES:
        lines = path.read_text(errors="backslashreplace").split("\n")[:-1]
        try:
            bare = list(iter_snapshots(lines))
        except NotNetstatError:
            continue
        if any(note.startswith("titles in another language") for s in bare for note in s.notes):
            continue  # a frame is learned where a banner or a header is known
        framed = list(iter_snapshots([frame.format(line) for line in lines]))
        assert [s.connections for s in framed] == [s.connections for s in bare], path
        assert [s.unix_sockets for s in framed] == [s.unix_sockets for s in bare], path
        assert [len(s.unparsed) for s in framed] == [len(s.unparsed) for s in bare], path


def test_a_line_of_several_teaches_the_frame_of_each_snapshot() -> None:
    lines = [
        "# RAWIP\trawipInDatagrams    =   440\trawipInErrors       =     0",
        "# \trawipOutErrors      =     0",
    ]
    snapshots = list(iter_snapshots(lines * 2))
    assert [[fact.value for fact in s.statistics] for s in snapshots] == [[440, 0, 0]] * 2
    assert [s.unparsed for s in snapshots] == [(), ()]


# Frames -------------------------------------------------------------------------------------------


def test_a_frame_is_taken_off() -> None:
    frame = Frame("Line 1: ", '",')
    assert frame.take_off('Line 22: tcp  ",') == "tcp  "
    assert frame.take_off('Line 22: tcp"') == "tcp"
    assert frame.take_off("Line 22: tcp") is None
    assert frame.take_off("tcp") is None
    assert Frame("# ", "").take_off("#") == ""


@pytest.mark.parametrize(
    ("text", "prefix", "suffix"),
    [
        (f"# {MACOS_BANNER}", "# ", ""),
        (f'["{MACOS_BANNER}",', '["', '",'),
        (f"<li>{MACOS_BANNER}</li>", "<li>", "</li>"),
        (f"x {linux_header()} \\", "x ", "\\"),
        (f"{linux_header('p').rstrip()} \\", "", " \\"),
    ],
)
def test_a_banner_or_a_header_teaches_a_frame(text: str, prefix: str, suffix: str) -> None:
    frame = find_frame(text)
    assert frame is not None
    assert (frame.prefix, frame.suffix) == (prefix, suffix)


@pytest.mark.parametrize(
    "text",
    [
        MACOS_BANNER,
        linux_header(),
        "what is this",
        f"{'x' * 200} {MACOS_BANNER}",
        f"Proto {linux_header()}",
        f"# {linux_header()} Colour",
        f"the {MACOS_BANNER} below",
    ],
)
def test_nothing_else_teaches_one(text: str) -> None:
    assert find_frame(text) is None


# Marks at the ends of words -----------------------------------------------------------------------


@pytest.mark.parametrize("header", [linux_header("p"), linux_header("p").rstrip()])
@pytest.mark.parametrize("mark", ["`", '",', '"', "</code>", "</code></pre>", "\\n", "<br>"])
def test_what_is_glued_to_a_name_is_reported(mark: str, header: str) -> None:
    rows = [linux_row(ROW, "p").rstrip(), linux_row(OTHER, "p").rstrip() + mark]
    snapshot = one([header, *rows])
    assert are_rows(snapshot, [ROW])
    assert [line.number for line in snapshot.unparsed] == [3]


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("`", "`"), ("<pre>", "</pre>"), ("<pre><code>", "</code></pre>"), ("```\n", "```")],
)
def test_what_was_opened_above_is_closed_behind_a_name(opening: str, closing: str) -> None:
    text = "\n".join(line.rstrip() for line in linux_capture([ROW, OTHER], "p"))
    assert_has(f"{opening}{text}{closing}", [ROW, OTHER])


@pytest.mark.parametrize("name", ['say "hi"', "`date`", "<b>x</b>", "a'b'"])
def test_a_name_may_have_pairs_of_marks(name: str) -> None:
    rows = [Row(program=name), ROW]
    assert_has([line.rstrip() for line in linux_capture(rows, "p")], rows)
    assert not has_glued_mark(name)


def test_a_padded_name_may_end_with_a_mark() -> None:
    rows = [ROW, Row(program="x`"), Row(program='x",')]
    assert_has(linux_capture(rows, "p"), rows)


def test_marks_are_closed_in_their_order() -> None:
    assert find_closing("<pre class='x'><code>") == "</code></pre>"
    assert find_closing('- ["') == '"]'


# Escapes ------------------------------------------------------------------------------------------

BLANKS: dict[str, Callable[[str], str]] = {
    "no-break": lambda line: line.replace("  ", "\xa0 "),
    "no other": lambda line: line.replace(" ", "\xa0"),
    "entities": lambda line: line.replace("  ", "&nbsp; "),
}


@pytest.mark.parametrize("escape", BLANKS.values(), ids=BLANKS)
@pytest.mark.parametrize("is_padded", [True, False])
def test_no_break_spaces_are_blanks(escape: Callable[[str], str], is_padded: bool) -> None:
    lines = linux_capture(ROWS, "p")
    if not is_padded:
        lines = [line.rstrip() for line in lines]
    assert_has(list(map(escape, lines)), ROWS)


@pytest.mark.parametrize("name", ["a&b", "<x>", "x\xa0", "'x"])
@pytest.mark.parametrize("options", ["p", "po"])
def test_a_name_that_a_page_has_escaped_is_reported(name: str, options: str) -> None:
    escapes = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\xa0": "&nbsp;", "'": "&#39;"}
    lines = linux_capture([ROW, Row(program=name), OTHER], options)
    lines[3] = "".join(escapes.get(letter, letter) for letter in lines[3])
    snapshot = one(lines)
    assert are_rows(snapshot, [ROW, OTHER], options)
    assert [line.number for line in snapshot.unparsed] == [4]


@pytest.mark.parametrize("options", ["p", "po"])
def test_a_name_may_hold_an_escape_itself(options: str) -> None:
    """netstat has padded it, so it printed it."""
    rows = [ROW, Row(program="a&amp;b"), OTHER]
    assert are_rows(one(linux_capture(rows, options)), rows, options)


@pytest.mark.parametrize("frame", ["{}", '{{"stdout": {}, "rc": 0}}', "  {},"])
def test_one_string_of_json_may_hold_a_capture(frame: str) -> None:
    text = json.dumps(text_of([DATE, *linux_capture(ROWS, "p")]))
    snapshot = assert_has([frame.format(text)], ROWS)
    assert snapshot.captured_at == AT


def test_a_capture_may_have_literal_line_ends() -> None:
    assert_has(["\\n".join(linux_capture(ROWS, "p"))], ROWS)


# Escape sequences ---------------------------------------------------------------------------------

RED, PLAIN = "\x1b[31m", "\x1b[0m"


@pytest.mark.parametrize("options", ["p", "po"])
@pytest.mark.parametrize("name", [f"a{RED}red{PLAIN}", f"{RED}red", f"a{PLAIN}", "a\x1b[K"])
def test_escape_sequences_in_a_name_stay(name: str, options: str) -> None:
    rows = [ROW, Row(program=name), OTHER]
    lines = linux_capture(rows, options)
    snapshot = assert_has(lines, rows, options)
    assert snapshot.notes == ()
    assert_has([f"{RED}{line}{PLAIN}" for line in lines], rows, options)


def test_colours_within_rows_are_noted_once() -> None:
    lines = [
        line.replace("sshd", "\x1b[01;31m\x1b[Ksshd\x1b[m\x1b[K")
        for line in linux_capture([ROW, Row(local_port="23")], "p")
    ]
    snapshot = assert_has(lines, [ROW, Row(local_port="23")])
    assert snapshot.notes == ("escape sequences within rows are taken off",)


# Titles -------------------------------------------------------------------------------------------


def test_titles_may_be_as_people_write_them() -> None:
    lines = macos_capture([Row(proto="tcp4")])
    lines[1] = lines[1].replace("(state)", "(State)")
    assert_has(lines, [Row(proto="tcp4")], "")
    lines = [line.rstrip().removesuffix(" name") for line in linux_capture([ROW], "p")]
    assert_has(lines, [ROW])


def test_a_banner_may_have_a_colon() -> None:
    lines = [
        "Conexiones activas:",
        "",
        "  Proto  Local Address          Foreign Address        State",
        "  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING",
    ]
    snapshot = one(lines)
    assert (snapshot.dialect, len(snapshot.connections)) == ("windows", 1)
    assert snapshot.unparsed == ()
