"""What netstat.exe prints parses in every language: the rows tell what their titles don't."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_windows import (
    ENGLISH,
    GERMAN,
    Socket,
    Words,
    below,
    expected,
    printed,
    row,
    sockets,
)

from netstat_parse import (
    LineKind,
    Snapshot,
    SnapshotReader,
    WindowsConnection,
    iter_snapshots,
    parse,
    read_log,
)

NOTE = "titles in another language: read as windows (Proto, Local Address, Foreign Address, State"

# Languages that nobody knows ----------------------------------------------------------------------

ALPHABETS = {
    "ascii": "abdeikmnorstuv",
    "cp852": "aeiouábčdéěłśżő",
    "cp866": "абвгдежзиклмнопрстуя",
    "cp857": "abcçdefgğıiöşü",
    "cp737": "αβγδεζηικλμνορστυω",
    "cp932": "プロトコルローカルアドレス外部状態接続",
    "cp949": "활성연결프로토콜로컬주소외부상태",
    "cp936": "活动连接协议本地址外部状态",
    "cp950": "使用中連線協定本機位址外部狀態",
}
"""Code page -> letters that it has."""


@st.composite
def languages(draw: st.DrawFn, code_pages: tuple[str, ...] = tuple(ALPHABETS)) -> Words:
    """A language that no dialect knows, as netstat.exe would print it."""
    letters = ALPHABETS[draw(st.sampled_from(code_pages))]
    word = st.text(letters, min_size=2, max_size=9)
    title = st.lists(word, min_size=1, max_size=2).map(" ".join)
    first, *others = (draw(word) for _ in range(2))
    local, foreign, state = (draw(title) for _ in range(3))
    header = f"  {first:5}  {local:21}  {foreign:21}  {state}"
    banner = f"{others[0]} {draw(word)}"
    states = draw(st.sampled_from((ENGLISH, GERMAN)))
    return Words(banner, header, f"{header}           PID", states)


@st.composite
def runs(draw: st.DrawFn, words: Words) -> tuple[list[str], list[Snapshot]]:
    """What several runs of netstat.exe print, and what that must parse to."""
    lines: list[str] = []
    snapshots = []
    for _ in range(draw(st.integers(1, 3))):
        options = draw(st.sampled_from(("", "o", "b", "ob")))
        shown = draw(st.lists(sockets(), min_size=1, max_size=5))
        lines += printed(shown, words, options)
        found = tuple(expected(socket, options) for socket in shown)
        titles = NOTE + (", PID)" if "o" in options else ")")
        snapshots.append(Snapshot(dialect="windows", connections=found, notes=(titles,)))
    return lines, snapshots


@pytest.mark.slow
@settings(max_examples=60)
@given(st.data())
def test_every_field_is_right_in_every_language(data: st.DataObject) -> None:
    lines, snapshots = data.draw(languages().flatmap(runs))
    assert list(iter_snapshots(lines)) == snapshots
    reader = SnapshotReader(strict=True)
    found: list[Snapshot] = []
    start = 0
    while start < len(lines):
        end = start + data.draw(st.integers(1, 5))
        found += reader.feed_lines(lines[start:end])
        start = end
    assert found + reader.close() == snapshots
    counts = reader.counts
    assert sum(counts.values()) == len(lines)
    assert counts[LineKind.BANNER] == counts[LineKind.HEADER] == len(snapshots)
    assert counts[LineKind.ROW] == sum(len(snapshot.connections) for snapshot in snapshots)


@pytest.mark.slow
@pytest.mark.parametrize("code_page", [name for name in ALPHABETS if name != "ascii"])
@settings(max_examples=10)
@given(st.data())
def test_code_pages_of_a_console(
    tmp_path_factory: pytest.TempPathFactory, code_page: str, data: st.DataObject
) -> None:
    """They are read as UTF-8, so their letters are lost, and told right they are not."""
    words = data.draw(languages((code_page,)))
    shown = data.draw(st.lists(sockets(), min_size=1, max_size=5))
    words = Words(words.banner, words.header, words.header_o, ENGLISH)
    path = tmp_path_factory.mktemp("captures") / "netstat.txt"
    lines = printed(shown, words, "o")
    path.write_bytes("".join(line + "\r\n" for line in lines).encode(code_page))
    for encoding in (None, code_page):
        (found,) = read_log(path, strict=True, encoding=encoding)
        assert found.connections == tuple(expected(socket, "o") for socket in shown)


# What stands around -------------------------------------------------------------------------------

CZECH = Words(
    "Aktivní připojení",
    "  Protokol Místní adresa          Adresa protistrany     Stav",
    "  Protokol Místní adresa          Adresa protistrany     Stav            PID",
    ENGLISH,
)
SHOWN = [
    Socket("TCP", "192.0.2.1:80", "198.51.100.7:1024", "ESTABLISHED", 7, "Svc", "x.exe"),
    Socket("UDP", "[::1]:53", "*:*", "", 8, "", "y.exe"),
]
ROWS = tuple(expected(socket, "o") for socket in SHOWN)
LINES = printed(SHOWN, CZECH, "o")


def one(lines: list[str]) -> Snapshot:
    """The one snapshot in these lines."""
    (found,) = iter_snapshots(lines)
    return found


def test_the_banner_may_be_known_and_the_titles_not() -> None:
    found = one(["Aktive Verbindungen", *LINES[2:]])
    assert (found.connections, found.unparsed) == (ROWS, ())


@pytest.mark.parametrize("lines", [LINES[3:], [LINES[1], *LINES[3:]], ["", *LINES]])
def test_blank_lines_and_the_banner_may_be_missing(lines: list[str]) -> None:
    found = one(lines)
    assert (found.connections, found.unparsed) == (ROWS, ())
    assert found.notes == (f"{NOTE}, PID)",)


def test_each_line_may_have_a_stamp() -> None:
    stamped = [f"2026-11-22T12:22:41Z {line}" for line in LINES]
    reader = SnapshotReader(strict=True)
    (found,) = reader.feed_lines(stamped) + reader.close()
    assert found.connections == ROWS
    assert found.captured_at is not None


def test_the_whole_may_be_indented() -> None:
    assert one(["    " + line for line in LINES]).connections == ROWS


@pytest.mark.parametrize(
    "above",
    [
        ["My network is slow.", "What do you think?"],
        ["Aktivní připojení", "", "Co si o tom myslíte"],
        ["  a  b  c", "d"],
        ["Aktivní připojení", "", "  Protokol  Místní adresa:80  Stav"],
    ],
)
def test_prose_is_no_header(above: list[str]) -> None:
    found = one([*above, *LINES[4:]])
    assert [line.text for line in found.unparsed] == [line for line in above if line]
    assert [note.partition(":")[0] for note in found.notes] == ["no header"]
    assert found.connections == ROWS


def test_a_header_alone_ends_no_snapshot() -> None:
    """Between rows it stands below its banner, which is further out than a component's name."""
    for above in ([], ["  Svc a"], ["   Svc"]):
        lines = [*LINES, *above, "  a  b  c", row(SHOWN[0], CZECH, "o")]
        found = one(lines)
        assert len(found.connections) == 3
        assert [line.text for line in found.unparsed][-1] == "  a  b  c"


def test_a_snapshot_ends_where_the_banner_comes_again() -> None:
    first, second = iter_snapshots([*LINES, *LINES])
    assert first == second


def test_what_is_held_is_reported_in_its_place() -> None:
    lines = ["one", "two", "three", *LINES, "four", "five"]
    found = one(lines)
    assert [(line.number, line.text) for line in found.unparsed] == [
        (1, "one"),
        (2, "two"),
        (3, "three"),
        (len(lines) - 1, "four"),
        (len(lines), "five"),
    ]
    assert found.connections == ROWS


def test_another_program_that_prints_such_rows_has_no_offload_state() -> None:
    lines = ["  Proto  Local  Remote  State  PID  Process", LINES[4] + "  chrome.exe"]
    reader = SnapshotReader()
    assert all(not s.connections for s in reader.feed_lines([*LINES, "", *lines])[1:])


# What -b prints -----------------------------------------------------------------------------------

# A service may be called anything without slashes.
HOSTILE = [
    *("Active Connections", "IPv4 Statistics", "two words", "PID", "Proto", "None"),
    *(
        "LISTENING",
        "Active Routes:",
        "2026-11-22 12:22:41",
        "=====",
        "a  b  c",
        "Aktivní připojení",
    ),
    *("[x.exe]", "служба", "サービス 名", "TCP", "UDP *:*", "x: y", "# Active"),
    *("TCP    0.0.0.0:1", "root@host:~#", "tcp 0 0 0.0.0.0:1 0.0.0.0:2 LISTEN", "", "-", "$ ls -l"),
]


@pytest.mark.slow
@pytest.mark.parametrize("words", [CZECH, None], ids=["another language", "english"])
@settings(max_examples=150)
@given(st.data())
def test_no_component_makes_or_breaks_a_row(words: Words | None, data: st.DataObject) -> None:
    """A component is right, or its lines are reported; the rows are right in any case."""
    words = words or Words("Active Connections", TITLES, TITLES + "           PID", ENGLISH)
    names = st.sampled_from(HOSTILE) | st.text("aZ09 _.-ßя名", min_size=1, max_size=20).map(
        str.strip
    )
    shown = data.draw(st.lists(sockets(), min_size=1, max_size=6))
    components = [data.draw(names) for _ in shown]
    lines = printed([], words, "o")
    for socket, component in zip(shown, components, strict=True):
        lines.append(row(socket, words, "o"))
        lines += [f"  {component}", " [x.exe]"]
    reader = SnapshotReader()
    (found,) = reader.feed_lines(lines) + reader.close()
    assert sum(reader.counts.values()) == len(lines)
    assert reader.counts[LineKind.ROW] == len(shown)
    told = {line.text for line in found.unparsed}
    for connection, socket, component in zip(found.connections, shown, components, strict=True):
        bare = expected(socket, "o")
        same = {"process": bare.process, "component": None}
        assert connection.model_copy(update=same) == bare
        name = component.strip(" \t")
        assert isinstance(connection, WindowsConnection)
        assert connection.component in (None, name)
        if connection.component is None and name:
            assert f"  {component}" in told or is_program(component)


TITLES = "  Proto  Local Address          Foreign Address        State"


def is_program(component: str) -> bool:
    """Windows XP prints the program two blanks in, so a component may look like one."""
    return component.startswith("[")


def test_a_component_may_have_several_words() -> None:
    lines = [*LINES[:5], "  Dienst mit Namen", " [x.exe]"]
    (connection,) = one(lines).connections
    assert isinstance(connection, WindowsConnection)
    assert connection.component == "Dienst mit Namen"
    assert connection.process is not None
    assert connection.process.name == "x.exe"


@pytest.mark.parametrize(
    "note",
    [
        " Kan eigendomsinformatie niet verkrijgen",
        " \\x8d\\xa5 \\x93\\xa4",
        " Nelze zjistit informace o vlastnictví",
    ],
)
def test_the_owner_is_not_told_in_another_language(note: str) -> None:
    found = one([*LINES[:5], note])
    assert found.unparsed == ()
    assert found.connections == ROWS[:1]


def test_a_random_text_is_no_table() -> None:
    """Words in columns above numbers are no banner and header of Windows."""
    generator = random.Random(7)
    for _ in range(50):
        words = ["".join(generator.choices("abcde", k=4)) for _ in range(6)]
        text = f"{words[0]}\n\n  {words[1]}  {words[2]}  {words[3]}\n  {words[4]} = 5\n"
        text += f"{words[5]}  12  13\n"
        reader = SnapshotReader()
        reader.feed_lines(text.splitlines())
        with pytest.raises(Exception, match="no netstat output"):
            reader.close()


def test_the_printer_of_lines_below_is_the_one_of_english() -> None:
    assert below(SHOWN[0]) == ["  Svc", " [x.exe]"]
    assert parse("\n".join(printed(SHOWN, CZECH, "ob"))).unparsed == ()
