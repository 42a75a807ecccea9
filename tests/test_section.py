"""Where snapshots and tables begin and end, and what belongs to which."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from feeding import AT, AT_LATER, DATE, LATER, OTHER, ROW, UDP, X25, one, read
from printed import (
    LINUX_BANNER,
    MACOS_BANNER,
    MACOS_HEADER,
    Row,
    are_rows,
    linux_capture,
    linux_header,
    linux_row,
    macos_capture,
    text_of,
)

from netstat_parse import (
    LineKind,
    NetstatError,
    NotNetstatError,
    ParseError,
    SeveralSnapshotsError,
    Snapshot,
    iter_snapshots,
    parse,
)
from netstat_parse.reading import transitions


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


def counts_of(given_lines: list[str], **options: Any) -> dict[str, int]:
    """How many lines are of which kind, those that there are."""
    _, counts = read(given_lines, **options)
    return {kind.value: count for kind, count in counts.items() if count}


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


# Other tables -------------------------------------------------------------------------------------


BLUETOOTH = [
    "Active Bluetooth connections (w/o servers)",
    "Proto  Destination       Source            State         PSM DCID   SCID      IMTU    OMTU",
]


def test_other_tables_are_given_as_printed_or_are_one_note() -> None:
    given_lines = [*linux_capture([ROW, UDP], "p"), *X25, *BLUETOOTH]
    (snapshot,), counts = read(given_lines)
    assert are_rows(snapshot, [ROW, UDP])
    assert snapshot.unparsed == ()
    (x25,) = snapshot.other_tables
    assert (x25.dialect, x25.banner, x25.titles[:2]) == ("linux", X25[0], ("Dest", "Source"))
    assert [tuple(row.values()) for row in x25.rows] == [
        tuple(X25[2].split()),
        tuple(X25[3].split()),
    ]
    assert snapshot.notes == (f"{BLUETOOTH[0]}: set aside, 1 lines",)
    assert counts[LineKind.BANNER] == 3
    assert counts[LineKind.ROW] == 4
    assert sum(counts.values()) == len(given_lines)


def test_a_row_of_another_table_has_a_word_for_each_title() -> None:
    given_lines = ["Active kernel control sockets", "unit id name", "1 2 a b", "1 2", "1 2 c"]
    (snapshot,), counts = read(given_lines)
    (table,) = snapshot.other_tables
    assert [row["name"] for row in table.rows] == ["a b", "c"]
    assert [(line.number, line.text) for line in snapshot.unparsed] == [(4, "1 2")]
    assert sum(counts.values()) == len(given_lines)


def test_what_is_no_table_is_set_aside() -> None:
    prose = ["386/1023 mbufs in use", "1 mbufs allocated to data", "0 requests denied"]
    snapshot = one(["Active kernel control sockets", *prose])
    assert (snapshot.other_tables, snapshot.unparsed) == ((), ())
    assert snapshot.notes == ("Active kernel control sockets: set aside, 3 lines",)


def test_titles_may_hold_a_blank() -> None:
    lines = ["Active VSock sockets", "Proto  Local Address  State", "stream 1:2 LISTEN NOW"]
    ((row,),) = [table.rows for table in one(lines).other_tables]
    assert row == {"Proto": "stream", "Local Address": "1:2", "State": "LISTEN NOW"}


def test_more_lines_than_are_kept_are_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transitions, "MOST_LINES", 3)
    lines = ["Active kernel control sockets", "unit id name", *["1 2 a"] * 3]
    (snapshot,), counts = read(lines)
    assert (snapshot.other_tables, counts[LineKind.NOTE]) == ((), 4)
    assert snapshot.notes == ("Active kernel control sockets: set aside, 4 lines",)


@pytest.mark.parametrize(
    "banner",
    [
        "Active AX.25 sockets",
        "Active Multipath Internet connections",
        "Registered kernel control modules",
        "Active kernel event sockets",
        "Active kernel control sockets",
        "Kernel IP routing cache",
    ],
)
def test_each_other_table_is_known_by_its_banner(banner: str) -> None:
    given_lines = [*macos_capture([Row(proto="tcp4")]), banner, "One", "0/0/128  *.22", "x"]
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
    assert (len(first.other_tables), len(second.other_tables)) == (1, 0)
    assert counts[LineKind.UNPARSED] == 0


OTHERS = {
    "linux": [
        "Kernel IP routing cache\nDestination     Gateway         Genmask\n",
        "\n".join(BLUETOOTH),
    ],
    "freebsd": [
        "Protocol Family 28:\n(28) 0000.\nEncap:\nnone.\n",
    ],
    "windows": ["Active NetworkDirect Connections, Listeners, SharedEndpoints\n  Mode\n"],
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


# No netstat, or too much of it --------------------------------------------------------------------


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
def test_a_rule_under_a_header_is_part_of_it(rule: str) -> None:
    banner, header, row = linux_capture([ROW], "p")
    (snapshot,), counts = read([DATE, banner, header, rule, row], strict=True)
    assert snapshot.captured_at == AT
    assert (counts[LineKind.HEADER], counts[LineKind.NOTE]) == (2, 0)
    assert snapshot.notes == ()
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


def test_a_stamp_is_no_destination() -> None:
    """A row without RT_IFA has one word fewer, so a stamp in front of it could be taken for one."""
    table = (
        (Path(__file__).parent.parent / "fixtures" / "macos" / "669-rnl.txt")
        .read_text()
        .splitlines()
    )
    (bare,) = iter_snapshots(table)
    (stamped,) = iter_snapshots(f"2026-11-22T12:22:00Z {line}" for line in table)
    assert stamped.routes == bare.routes
    header, rows = table[3], table[:3:-1]  # the row without RT_IFA comes first
    lines = [*table[:3], header, *rows]
    (stamped,) = iter_snapshots(f"2026-11-22T12:22:00Z {line}" for line in lines)
    assert stamped.routes == bare.routes[::-1]
