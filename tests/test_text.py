"""CSV, JSON and JSON Lines: exactly as specified, and the same by every way."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from printed import (
    HOSTILE_PROGRAMS,
    LINUX_BANNER,
    LINUX_STATES,
    MACOS_STATES,
    Row,
    linux_capture,
    linux_header,
    linux_row,
    linux_rows,
    macos_capture,
    macos_rows,
)
from written import DATE, HEADER, csv_by_sink, csv_of, jsonl_by_sink, jsonl_of, read_into

from netstat_parse import Snapshot, iter_snapshots, write_csv, write_json, write_jsonl
from netstat_parse.schema import KINDS, LISTEN_QUEUES, OTHER_TABLES, Kind
from netstat_parse.writing.text import CsvSink, quote, quote_harmless

LONG = "fe80::7b36:fe27:b880:1287"
CUT = Row(proto="tcp6", local=LONG, foreign="::1")

# CSV ----------------------------------------------------------------------------------------------


def test_csv_is_as_specified() -> None:
    rows = [
        Row(),
        Row(proto="tcp6", local="::", local_port="22", foreign="::", foreign_port="*", pid=0),
        Row(proto="udp", state="", foreign="0.0.0.0", foreign_port="*", program="dhclient: eth0"),
        Row(recv_q=1, send_q=23, program='a,"b"'),
    ]
    assert csv_of([DATE, *linux_capture(rows, "p")]) == HEADER + (
        "2026-11-22T12:22:41+00:00,tcp,0,0,10.0.0.1,22,10.0.0.2,51234,ESTABLISHED,4711,sshd\n"
        "2026-11-22T12:22:41+00:00,tcp6,0,0,::,22,::,,ESTABLISHED,,\n"
        "2026-11-22T12:22:41+00:00,udp,0,0,10.0.0.1,22,0.0.0.0,,,4711,dhclient: eth0…\n"
        '2026-11-22T12:22:41+00:00,tcp,1,23,10.0.0.1,22,10.0.0.2,51234,ESTABLISHED,4711,"a,""b"""\n'
    )


def test_the_first_line_is_there_without_rows() -> None:
    assert csv_of(linux_capture([])) == csv_by_sink(linux_capture([])) == HEADER


@pytest.mark.parametrize(
    ("proto", "states", "capture"),
    [("tcp", LINUX_STATES, linux_capture), ("tcp4", MACOS_STATES, macos_capture)],
)
def test_states_have_the_names_of_rfc_9293(proto: str, states: Any, capture: Any) -> None:
    text = csv_of(capture([Row(proto=proto, state=state) for state in states]))
    written = [row["state"] for row in csv.DictReader(io.StringIO(text))]
    assert written == [state.value for state in states.values()]
    assert {"SYN_RECEIVED", "FIN_WAIT_1", "FIN_WAIT_2", "CLOSED"} <= set(written)


def test_a_host_that_may_have_been_cut_ends_in_an_ellipsis() -> None:
    line = csv_of(linux_capture([CUT])).splitlines()[1]
    assert line == ",tcp6,0,0,fe80::7b36:fe27:b880…,22,::1,51234,ESTABLISHED,,"
    (macos,) = csv_of(macos_capture([CUT])).splitlines()[1:]
    assert macos == ",tcp6,0,0,fe80::7b36:fe27:…,22,::1,51234,ESTABLISHED,,"


def test_a_whole_host_has_no_ellipsis() -> None:
    assert LONG + "," in csv_of(linux_capture([CUT], "W"))
    assert "…" not in csv_of(linux_capture([CUT], "W"))


def test_names_are_written_as_printed() -> None:
    row = Row(local="localhost", local_port="ssh", foreign="gateway", foreign_port="https")
    assert csv_of(linux_capture([row])).splitlines()[1] == (
        ",tcp,0,0,localhost,ssh,gateway,https,ESTABLISHED,,"
    )


@pytest.mark.parametrize(
    ("stamp", "written"),
    [
        ("Sun Nov 22 12:22:41 CST 2026", "2026-11-22T12:22:41"),
        ("Sun, 22 Nov 2026 12:22:41 -0600", "2026-11-22T12:22:41-06:00"),
        ("2026-11-22T12:22:41.250Z", "2026-11-22T12:22:41.250000+00:00"),
    ],
)
def test_stamps_are_iso_8601(stamp: str, written: str) -> None:
    text = csv_of([stamp, *linux_capture([Row()])])
    assert text.splitlines()[1].split(",")[0] == written


SAFE = [
    ("=1+1", "'=1+1"),
    ("+1", "'+1"),
    ("-bash", "'-bash"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("\tx", "'\tx"),
    ("\rx", '"\'\rx"'),
    ("a=1", "a=1"),
    ('="a",b', '"\'=""a"",b"'),
]


@pytest.mark.parametrize(("program", "written"), SAFE)
def test_spreadsheet_safe_disarms_formulas(program: str, written: str) -> None:
    given_lines = linux_capture([Row(program=program)], "p")
    line = csv_of(given_lines, spreadsheet_safe=True).split("\n")[1]
    assert line.endswith(f",4711,{written}")
    assert csv_by_sink(given_lines, spreadsheet_safe=True) == csv_of(
        given_lines, spreadsheet_safe=True
    )
    plain = next(csv.DictReader(io.StringIO(csv_of(given_lines), newline="")))
    assert plain["program"] == program


@pytest.mark.parametrize(
    ("text", "quoted"),
    [("", ""), ("a b", "a b"), ("a,b", '"a,b"'), ('"', '""""'), ("a\nb", '"a\nb"'), ("\r", '"\r"')],
)
def test_a_cell_is_quoted_as_rfc_4180_has_it(text: str, quoted: str) -> None:
    assert quote(text) == quoted
    assert next(csv.reader(io.StringIO(f"{quoted},x\n", newline=""))) == [text, "x"]


def test_what_spreadsheets_take_for_formulas() -> None:
    for text in ("=1", "+1", "-a", "-1+1", "@x", "＝1+1", "＋1", "－1", "＠", " =1", "\u3000＝1"):
        assert quote_harmless(text) == "'" + text
    for text in ("\xa0=1", "\u200b=1", "\ufeff=1", "\t=1", "\x00=1", "\x1b=1"):
        assert quote_harmless(text) == "'" + text
    assert quote_harmless("\n=1") == '"\'\n=1"'
    for text in ("", "-", "1", "-1", "-1.05", "a=1", "::1", "*", "10.0.0.1", " a", "ä", "…", "[x]"):
        assert quote_harmless(text) == ("'-" if text == "-" else text)


@pytest.mark.parametrize("columns", [("source", "program"), ("all",)])
def test_spreadsheet_safe_disarms_the_source(columns: tuple[str, ...]) -> None:
    file = io.BytesIO()
    sink = CsvSink(file, lambda *_: None, lambda _: None, columns=columns, spreadsheet_safe=True)
    sink.source = "=cmd.txt"
    read_into(sink, linux_capture([Row()], "p"))
    (row,) = csv.DictReader(io.StringIO(file.getvalue().decode()))
    assert row["source"] == "'=cmd.txt"


# Other kinds of tables ----------------------------------------------------------------------------

UNIX = [
    "Active UNIX domain sockets (servers and established)",
    "Proto RefCnt Flags       Type       State         I-Node   PID/Program name     Path",
    "unix  2      [ ACC ]     STREAM     LISTENING     24517    812/cupsd            /run/a,b",
    "unix  3      [ ]         DGRAM                    23019    -                    ",
    "unix  3      [ W N ]     STREAM     CONNECTING    0        -                    ",
]
GROUPS = [
    "IPv6/IPv4 Group Memberships",
    "Interface       RefCnt Group",
    "--------------- ------ ---------------------",
    "lo              1      224.0.0.1",
    "=eth0           20     ff02::fb",
]


def test_unix_sockets() -> None:
    assert csv_of([DATE, *linux_capture([Row()], "p"), *UNIX], table="unix") == (
        "captured_at,refcount,flags,type,state,inode,pid,program,path\n"
        '2026-11-22T12:22:41+00:00,2,ACC,STREAM,LISTENING,24517,812,cupsd,"/run/a,b"\n'
        "2026-11-22T12:22:41+00:00,3,,DGRAM,,23019,,,\n"
        "2026-11-22T12:22:41+00:00,3,W N,STREAM,CONNECTING,0,,,\n"
    )


def test_multicast_groups() -> None:
    lines = [DATE, *linux_capture([Row()]), *GROUPS]
    text = csv_of(lines, table="multicast_groups", spreadsheet_safe=True)
    assert text == (
        "captured_at,interface,refcount,group\n"
        "2026-11-22T12:22:41+00:00,lo,1,224.0.0.1\n"
        "2026-11-22T12:22:41+00:00,'=eth0,20,ff02::fb\n"
    )
    first, _ = map(json.loads, jsonl_of(lines, table="multicast_groups").splitlines())
    assert first == {
        "captured_at": "2026-11-22T12:22:41Z",
        "source": None,
        "dialect": "linux",
        "interface": "lo",
        "refcount": 1,
        "group": "224.0.0.1",
        "address": "224.0.0.1",
        "family": "ipv4",
        "link_address": None,
        "extra": {},
    }


TABLES = [
    "Kernel IP routing table",
    "Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface",
    "default         a-gateway-of-15 0.0.0.0         UG        0 0          0 eth0",
    "192.0.2.0       0.0.0.0         255.255.255.0   U         0 0          0 eth0",
    "Kernel Interface table",
    "Iface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg",
    "eth0             1500     1851      0      0 0          1704      0      0      0 BMRU",
    "lo              65536    23909      0      0 0         23909      0      0      0 LRU",
    "Icmp:",
    "    2 ICMP messages received",
    "    ICMP input histogram:",
    "        destination unreachable: 2",
    "Active AX.25 sockets",
    "Dest       Source     Device  State        Vr/Vs    Send-Q  Recv-Q",
    "=1         b          c       LISTENING    1/2      3       4",
]


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind is not LISTEN_QUEUES], ids=lambda kind: kind.name
)
@pytest.mark.parametrize("safe", [False, True], ids=["plain", "safe"])
def test_every_kind_is_the_same_by_every_way(kind: Kind, safe: bool) -> None:
    """Also where the rows of other kinds stand between them, and tables come again."""
    once = [*UNIX, *linux_capture([CUT, Row()], "p"), *GROUPS, *TABLES]
    log = [DATE, *once, DATE, *macos_capture([CUT]), DATE, *once, *once]
    for options in ({}, {"columns": ("all",)}):
        written = csv_of(log, table=kind.option, spreadsheet_safe=safe, **options)
        for at_once in (1, 7, 1000):
            found = csv_by_sink(log, at_once, kind=kind, spreadsheet_safe=safe, **options)
            assert found == written
    lines = jsonl_of(log, table=kind.option)
    assert jsonl_by_sink(log, 1, kind=kind) == jsonl_by_sink(log, kind=kind) == lines
    assert len(lines.splitlines()) >= 3
    if kind is not OTHER_TABLES:
        assert len(lines.splitlines()) == len(csv_of(log, table=kind.option).splitlines()) - 1


def test_no_such_table_is_told() -> None:
    for write in (write_csv, write_jsonl):
        with pytest.raises(ValueError, match="internet, unix, routes"):
            write([], io.StringIO(), table="rules")


# The same by every way ----------------------------------------------------------------------------

captures = st.one_of(
    st.builds(
        linux_capture,
        st.lists(linux_rows(), max_size=5),
        st.sampled_from(("", "p", "e", "po", "epo", "pW")),
    ),
    st.builds(macos_capture, st.lists(macos_rows(), max_size=5)),
    st.builds(
        linux_capture,
        st.lists(
            st.builds(
                Row,
                local=st.sampled_from(("localhost", "a-name-that-fills.the.column.org")),
                local_port=st.sampled_from(("ssh", "https", "22")),
                program=st.sampled_from(HOSTILE_PROGRAMS),
            ),
            max_size=4,
        ),
        st.sampled_from(("", "p", "W")),
    ),
    st.just([DATE]),
    st.just(["Sun Nov 22 12:22:41 CST 2026"]),
    st.just(["not netstat"]),
)
logs = st.lists(captures, max_size=4).map(
    lambda found: [LINUX_BANNER, *(line for capture in found for line in capture)]
)


@settings(max_examples=15)
@given(logs, st.sampled_from((1, 2, 7, 1000)), st.booleans())
def test_the_commands_csv_is_write_csv(log: list[str], lines_at_once: int, safe: bool) -> None:
    assert csv_by_sink(log, lines_at_once, spreadsheet_safe=safe) == csv_of(
        log, spreadsheet_safe=safe
    )


@settings(max_examples=15)
@given(logs, st.sampled_from((1, 7)), st.sampled_from((("all",), ("timer", "captured_at", "pid"))))
def test_the_commands_chosen_columns_are_write_csv(
    log: list[str], lines_at_once: int, columns: tuple[str, ...]
) -> None:
    assert csv_by_sink(log, lines_at_once, columns=columns) == csv_of(log, columns=columns)


@settings(max_examples=15)
@given(logs, st.sampled_from((1, 2, 7, 1000)))
def test_the_commands_json_lines_are_write_jsonl(log: list[str], lines_at_once: int) -> None:
    assert jsonl_by_sink(log, lines_at_once) == jsonl_of(log)


@settings(max_examples=15)
@given(logs)
def test_csv_holds_what_the_models_hold(log: list[str]) -> None:
    text = csv_of(log)
    assert "\r" not in text
    written = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    expected = []
    for snapshot in iter_snapshots(log):
        for c in snapshot.connections:
            cells = {
                "captured_at": snapshot.captured_at and snapshot.captured_at.isoformat(),
                "proto": c.proto,
                "recv_q": c.recv_q,
                "send_q": c.send_q,
                "local_address": c.local.host + "…" * c.local.truncated,
                "local_port": c.local.port or c.local.service,
                "foreign_address": c.foreign.host + "…" * c.foreign.truncated,
                "foreign_port": c.foreign.port or c.foreign.service,
                "state": c.state,
                "pid": c.process and c.process.pid,
                "program": c.process and (c.process.name or "") + "…" * c.process.truncated,
            }
            expected.append({k: "" if v is None else str(v) for k, v in cells.items()})
    assert written == expected


@pytest.mark.slow
def test_many_rows_are_the_same_by_every_way() -> None:
    """Enough of them that rows are no longer remembered, and that the proof comes too late."""
    rows = [CUT, *(Row(pid=i, program=f"p {i}") for i in range(1, 25_000)), CUT]
    given_lines = linux_capture(rows, "p")
    given_lines += [linux_row(CUT, "pW"), linux_header("p"), *given_lines[2:50]]
    expected = csv_of(given_lines)
    assert expected.count("\n") == len(given_lines) - 2
    assert csv_by_sink(given_lines, 3000) == expected
    assert jsonl_by_sink(given_lines, 3000) == jsonl_of(given_lines)


# JSON ---------------------------------------------------------------------------------------------


@settings(max_examples=15)
@given(logs)
def test_json_is_taken_back(log: list[str]) -> None:
    snapshots = list(iter_snapshots(log))
    file = io.StringIO()
    write_json(snapshots, file)
    assert file.getvalue().endswith("\n")
    assert [Snapshot.model_validate(one) for one in json.loads(file.getvalue())] == snapshots


def test_json_has_a_field_of_later_kinds_only_where_there_are_rows() -> None:
    """So that the JSON of connections does not change with each kind that is added."""
    file = io.StringIO()
    write_json(iter_snapshots([*linux_capture([]), *GROUPS, DATE, *linux_capture([])]), file)
    with_groups, without = json.loads(file.getvalue())
    assert [group["group"] for group in with_groups["multicast_groups"]] == [
        "224.0.0.1",
        "ff02::fb",
    ]
    assert without.keys() == with_groups.keys() - {"multicast_groups"}
    assert without["connections"] == without["unix_sockets"] == []
    assert Snapshot.model_validate(without).multicast_groups == ()


def test_json_of_nothing_is_an_empty_array() -> None:
    file = io.StringIO()
    write_json([], file)
    assert json.loads(file.getvalue()) == []


@settings(max_examples=15)
@given(logs)
def test_json_lines_hold_the_connections(log: list[str]) -> None:
    lines = [json.loads(line) for line in jsonl_of(log).splitlines()]
    expected = [
        {"captured_at": snapshot.model_dump(mode="json")["captured_at"], "source": None}
        | connection.model_dump(mode="json")
        for snapshot in iter_snapshots(log)
        for connection in snapshot.connections
    ]
    assert lines == expected


def test_a_json_line_is_a_connection_and_its_stamp() -> None:
    (line,) = map(json.loads, jsonl_of([DATE, *linux_capture([Row()], "p")]).splitlines())
    stamp = datetime.fromisoformat(line.pop("captured_at"))
    assert stamp == datetime(2026, 11, 22, 12, 22, 41, tzinfo=UTC)
    assert line["local"] == {
        "host": "10.0.0.1",
        "address": "10.0.0.1",
        "port": 22,
        "service": None,
        "truncated": False,
    }
    assert line["process"]["name"] == "sshd"
    assert line["state"] == "ESTABLISHED"


def test_writers_take_any_iterable_once() -> None:
    for write in (write_csv, write_jsonl, write_json):
        once, twice = io.StringIO(), io.StringIO()
        write(iter_snapshots(linux_capture([Row()])), once)
        write(list(iter_snapshots(linux_capture([Row()]))), twice)
        assert once.getvalue() == twice.getvalue()
