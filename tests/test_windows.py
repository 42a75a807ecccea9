"""What netstat.exe prints of invented sockets parses to these sockets, in every language."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyparsing import ParseBaseException
from written import csv_by_sink

from netstat_parse import (
    Endpoint,
    LineKind,
    ParseError,
    Process,
    Snapshot,
    SnapshotReader,
    TcpState,
    WindowsConnection,
    iter_snapshots,
    parse,
    read_log,
    write_csv,
)
from netstat_parse.dialects.explain import row_grammars
from netstat_parse.dialects.registry import read_header
from netstat_parse.models import FrozenDict

# What netstat.exe prints --------------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """The lines above the table in one language, without and with -o, and its states."""

    banner: str
    header: str
    header_o: str
    states: dict[str, str]
    state_width: int = 12


RFC_9293 = (
    *("CLOSED", "LISTEN", "SYN_SENT", "SYN_RECEIVED", "ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2"),
    *("CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT"),
)
ENGLISH = {state: state for state in RFC_9293} | {"LISTEN": "LISTENING"}
GERMAN = ENGLISH | {
    "LISTEN": "ABHÖREN",
    "SYN_SENT": "SYN_GESENDET",
    "SYN_RECEIVED": "SYN_EMPFANGEN",
    "ESTABLISHED": "HERGESTELLT",
    "FIN_WAIT_1": "FIN_WARTEN_1",
    "FIN_WAIT_2": "FIN_WARTEN_2",
    "CLOSE_WAIT": "SCHLIESSEN_WARTEN",
    "TIME_WAIT": "WARTEND",
}
PID = "           PID"
EN = "  Proto  Local Address          Foreign Address        State"
DE = "  Proto  Lokale Adresse         Remoteadresse          Status"
FR = "  Proto  Adresse locale         Adresse distante       État"
ES = "  Proto  Dirección local        Dirección remota       Estado"
ES_O = "  Proto  Dirección local          Dirección remota        Estado"
IT = "  Proto  Indirizzo locale       Indirizzo esterno      Stato"
PT = "  Proto  Endereço local         Endereço externo       Estado"
TRANSLATIONS = {
    "en": Words("Active Connections", EN, EN + PID, ENGLISH),
    "de": Words("Aktive Verbindungen", DE, DE + PID, GERMAN, state_width=15),
    "fr": Words("Connexions actives", FR, FR + PID, ENGLISH),
    "es": Words("Conexiones activas", ES, ES_O + PID, ENGLISH),
    "it": Words("Connessioni attive", IT, IT + PID, ENGLISH),
    "pt": Words("Conexões ativas", PT, PT + PID, ENGLISH),
}
OWNER_UNKNOWN = " Can not obtain ownership information"


@dataclass(frozen=True)
class Socket:
    """A socket as Windows knows it."""

    proto: str
    local: str
    foreign: str
    state: str
    """The TcpState, BOUND, or empty."""
    pid: int
    component: str = ""
    program: str = ""
    """Empty where Windows does not tell."""
    offload: str = ""


def row(socket: Socket, words: Words, options: str) -> str:
    """One row in the formats of netstat.exe's message table."""
    state = words.states.get(socket.state, socket.state)
    line = f"  {socket.proto:5}  {socket.local:21}  {socket.foreign:21}  "
    padded = f"{state:{words.state_width}}"
    if "o" in options and "t" in options:
        return f"{line}{padded}    {socket.pid}\t{socket.offload:12}"
    if "t" in options:
        return f"{line}{padded}    {socket.offload:12}"
    if "o" in options:
        return f"{line}{padded}{'  ' if words is TRANSLATIONS['de'] else '    '}{socket.pid}"
    return line + state


def below(socket: Socket) -> list[str]:
    """What -b prints below the row."""
    if socket.state == "TIME_WAIT":
        return []
    if not socket.program:
        return [OWNER_UNKNOWN]
    return [f"  {socket.component}"] * bool(socket.component) + [f" [{socket.program}]"]


def printed(sockets: list[Socket], words: Words, options: str) -> list[str]:
    """The lines of `netstat -an` and these options."""
    header = words.header_o if "o" in options else words.header
    if "t" in options:
        header += ("      " if "o" in options else "           ") + "Offload State"
    lines = ["", words.banner, "", header]
    if "t" in options:
        lines.append("")
    for socket in sockets:
        lines.append(row(socket, words, options))
        if "b" in options:
            lines += below(socket)
    return lines


# What it must parse to ----------------------------------------------------------------------------


def endpoint(text: str) -> Endpoint:
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    address: IPv4Address | IPv6Address | None = None
    if ":" in host:
        address = IPv6Address(host)
    elif host[0].isdigit():
        address = IPv4Address(host)
    number = int(port) if port.isdecimal() else None
    service = None if port == "*" or number is not None else port
    return Endpoint(host=host, address=address, port=number, service=service)


def expected(socket: Socket, options: str) -> WindowsConnection:
    local = endpoint(socket.local)
    told = "b" in options and socket.state != "TIME_WAIT"
    program = socket.program if told and socket.program else None
    state = "UNKNOWN" if socket.state == "BOUND" else socket.state
    return WindowsConnection(
        dialect="windows",
        proto=socket.proto,
        transport=socket.proto.lower(),
        family=f"ipv{local.address.version}" if local.address else None,  # type: ignore[arg-type]
        recv_q=None,
        send_q=None,
        local=local,
        foreign=endpoint(socket.foreign),
        state=TcpState(state) if state else None,
        process=Process(pid=socket.pid, name=program) if "o" in options else None,
        extra=FrozenDict({"State": "BOUND"} if socket.state == "BOUND" else {}),
        component=(socket.component or None) if program else None,
        executable=None if "o" in options else program,
        offload_state=(socket.offload or None) if "t" in options else None,
    )


# Invented sockets ---------------------------------------------------------------------------------

PORTS = st.integers(0, 65535).map(str)
ZONES = st.integers(1, 99).map(lambda zone: f"%{zone}") | st.just("")
IPV4 = st.ip_addresses(v=4).map(str)
IPV6 = st.tuples(st.ip_addresses(v=6).map(str), ZONES).map("".join)
NAMES = st.lists(st.text("aZ09-", max_size=14).map("h".__add__), min_size=1, max_size=4).map(
    ".".join
)
SERVICES = st.sampled_from(["http", "https", "microsoft-ds", "epmap", "ms-wbt-server"])


@st.composite
def endpoints(draw: st.DrawFn, version: int, *, named: bool) -> str:
    host = draw(IPV4) if version == 4 else f"[{draw(IPV6)}]"
    if named and draw(st.booleans()):
        return f"{draw(NAMES)}:{draw(PORTS | SERVICES)}"
    return f"{host}:{draw(PORTS)}"


FILE_NAMES = st.text("aZ09 .-_+()[]{}'!&,;=@#$%~äß日–😀\u00a0\x85", min_size=1, max_size=40).filter(
    lambda name: name == name.strip()
)
PROGRAMS = st.sampled_from(
    ["svchost.exe", "app one.exe", "[x].exe", "System", "LISTENING", "a] [b.exe", "TCP", "1 2"]
)
COMPONENTS = st.text("aZ09_.$-", max_size=30).map("Svc".__add__)


@st.composite
def sockets(draw: st.DrawFn) -> Socket:
    version = draw(st.sampled_from((4, 6)))
    program = draw(st.just("") | PROGRAMS | FILE_NAMES)
    is_tcp = draw(st.booleans())
    foreign = endpoints(version, named=True)
    return Socket(
        proto="TCP" if is_tcp else "UDP",
        local=draw(endpoints(version, named=False)),
        foreign=draw(foreign if is_tcp else st.just("*:*") | foreign),
        state=draw(st.sampled_from([*ENGLISH, "BOUND"])) if is_tcp else "",
        pid=draw(st.sampled_from((0, 4)) | st.integers(1, 2**32 - 1)),
        component=draw(st.just("") | COMPONENTS) if program else "",
        program=program,
        offload=draw(st.sampled_from(("InHost", "Offloaded", "Uploading"))) if is_tcp else "",
    )


OPTIONS = ("", "o", "b", "ob", "t", "ot", "bt", "obt")


@pytest.mark.slow
@pytest.mark.parametrize("options", OPTIONS)
@settings(max_examples=25)
@given(
    shown=st.lists(sockets(), max_size=8),
    language=st.sampled_from(sorted(TRANSLATIONS)),
    line_end=st.sampled_from(("\n", "\r\n")),
)
def test_every_field_is_right(
    options: str, shown: list[Socket], language: str, line_end: str
) -> None:
    lines = printed(shown, TRANSLATIONS[language], options)
    snapshot = parse("".join(line + line_end for line in lines))
    assert snapshot == Snapshot(
        dialect="windows", connections=tuple(expected(socket, options) for socket in shown)
    )
    assert Snapshot.model_validate_json(snapshot.model_dump_json()) == snapshot


@pytest.mark.slow
@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.lists(sockets(), max_size=6), st.sampled_from(OPTIONS)), max_size=4),
    st.data(),
)
def test_it_does_not_matter_how_the_lines_arrive(
    runs: list[tuple[list[Socket], str]], data: st.DataObject
) -> None:
    lines = [
        line + "\r\n"
        for shown, options in runs
        for line in printed(shown * 2, TRANSLATIONS["en"], options)
    ]
    whole = [
        Snapshot(dialect="windows", connections=tuple(expected(s, options) for s in shown * 2))
        for shown, options in runs
    ]
    if not runs:
        return
    assert list(iter_snapshots(lines)) == whole
    assert list(iter_snapshots(iter(lines))) == whole
    reader = SnapshotReader(strict=True)
    found: list[Snapshot] = []
    start = 0
    while start < len(lines):
        end = start + data.draw(st.integers(1, 7))
        found += reader.feed_lines(lines[start:end])
        start = end
    assert found + reader.close() == whole
    counts = reader.counts
    assert sum(counts.values()) == len(lines)
    assert counts[LineKind.ROW] == sum(len(snapshot.connections) for snapshot in whole)


@pytest.mark.slow
@settings(max_examples=40)
@given(st.lists(sockets(), min_size=1, max_size=6), st.sampled_from(OPTIONS))
def test_csv_of_cells_is_csv_of_models(shown: list[Socket], options: str) -> None:
    lines = printed(shown * 2, TRANSLATIONS["en"], options)
    same = io.StringIO()
    write_csv([parse("\n".join(lines) + "\n")], same)
    assert csv_by_sink(lines, len(lines) - 1) == same.getvalue()
    names = [s.program for s in shown if "b" in options and s.state != "TIME_WAIT"]
    assert all(name in same.getvalue() for name in names if '"' not in name)


# What else is printed -----------------------------------------------------------------------------

HOSTILE = Socket("TCP", "192.0.2.1:80", "198.51.100.7:1024", "ESTABLISHED", 7, "Svc", "x.exe")


def snapshot_of(*lines: str) -> Snapshot:
    return parse("\n".join(lines) + "\n")


def test_the_files_of_windows_xp() -> None:
    """Each record is followed by a blank line, and the program is indented by two."""
    found = snapshot_of(
        *printed([HOSTILE], TRANSLATIONS["en"], "o"),
        "  c:\\windows\\system32\\WS2_32.dll",
        "  C:\\Program Files\\Some App\\a.dll",
        "  -- unknown component(s) --",
        "  [x.exe]",
        "",
        row(HOSTILE, TRANSLATIONS["en"], "o"),
        "  [System]",
        "",
    )
    first, second = found.connections
    assert isinstance(first, WindowsConnection)
    assert isinstance(second, WindowsConnection)
    assert first.component == (
        "c:\\windows\\system32\\WS2_32.dll\nC:\\Program Files\\Some App\\a.dll\n"
        "-- unknown component(s) --"
    )
    assert first.process == Process(pid=7, name="x.exe")
    assert (second.component, second.process) == (None, Process(pid=7, name="System"))


def test_the_whole_may_be_indented_further() -> None:
    lines = printed([HOSTILE], TRANSLATIONS["en"], "ob")
    found = snapshot_of(*("    " + line for line in lines))
    assert found.connections == (expected(HOSTILE, "ob"),)


@pytest.mark.parametrize("below", ["Thanks", "RpcSs", "any text"])
def test_a_component_is_indented(below: str) -> None:
    rows = [line.strip() for line in printed([HOSTILE], TRANSLATIONS["en"], "")]
    (found,) = iter_snapshots([*rows, below])
    (connection,) = found.connections
    assert isinstance(connection, WindowsConnection)
    assert connection.component is None
    assert [line.text for line in found.unparsed] == [below]


@pytest.mark.parametrize("note", ["无法获取所有权信息", "Не удается получить сведения о владельце"])
def test_a_note_in_another_language_is_no_component(note: str) -> None:
    lines = printed([HOSTILE], TRANSLATIONS["en"], "")
    (found,) = iter_snapshots([*lines, " " + note])
    (connection,) = found.connections
    assert isinstance(connection, WindowsConnection)
    assert (connection.component, found.unparsed) == (None, ())


@pytest.mark.parametrize(
    "note",
    [
        " Can not obtain ownership information",
        " Es konnten keine Besitzerinformationen abgerufen werden.",
        " Impossible d'obtenir les informations de propriétaire",
        " Impossible d’obtenir les informations de propri\\x82taire",
        " No se puede obtener información de propiedad",
        " Impossibile ottenere informazioni sulla proprietà",
        " x: Windows Sockets initialization failed: 5",
    ],
)
def test_the_owner_is_not_told(note: str) -> None:
    found = snapshot_of(*printed([HOSTILE], TRANSLATIONS["en"], "o"), note)
    assert found.connections == (expected(HOSTILE, "o"),)


@pytest.mark.parametrize(
    "line",
    [
        "DONE",
        "  two  words",
        "   two words",
        "two words",
        " [x.exe] y",
        " [x.exe",
        "  TCP",
        "  TCP    192.0.2.1:80           198.51.100.7:1024      ESTABLISHED",
        "  TCP    192.0.2.1:80           198.51.100.7:1024      UNHEARD_OF      7",
        "  TCP    192.0.2.1:65536        198.51.100.7:1024      ESTABLISHED     7",
        "  UDP    [2001:db8::1]          *:*                                    7",
        "  a.exe:7",
    ],
)
def test_what_is_no_row_and_no_further_line_is_reported(line: str) -> None:
    lines = [*printed([HOSTILE], TRANSLATIONS["en"], "o"), line, " [x.exe]"]
    with pytest.raises(ParseError, match="line 6"):
        snapshot_of(*lines)
    (found,) = iter_snapshots(lines)
    assert found.connections == (expected(HOSTILE, "o"),)
    assert [u.text for u in found.unparsed] == [line, " [x.exe]"]


def test_a_blank_line_ends_a_row() -> None:
    (found,) = iter_snapshots([*printed([HOSTILE], TRANSLATIONS["en"], "o"), "", " [x.exe]"])
    assert found.connections == (expected(HOSTILE, "o"),)
    assert [u.text for u in found.unparsed] == [" [x.exe]"]


def test_a_row_has_no_more_lines_than_netstat_prints() -> None:
    lines = [*printed([HOSTILE], TRANSLATIONS["en"], "o"), *["  name"] * 3000]
    (found,) = iter_snapshots(lines)
    assert len(found.connections) == 1
    assert len(found.unparsed) > 2900


def test_each_line_may_have_a_stamp() -> None:
    lines = printed([HOSTILE, HOSTILE], TRANSLATIONS["en"], "ob")
    (found,) = iter_snapshots([f"2026-11-22T12:22:41Z {line}" for line in lines])
    assert found.connections == (expected(HOSTILE, "ob"),) * 2
    assert found.captured_at == datetime(2026, 11, 22, 12, 22, 41, tzinfo=UTC)


@pytest.mark.parametrize("printed", ["BOUND", "DELETE_TCB"])
def test_states_that_rfc_9293_does_not_have(printed: str) -> None:
    """A port that is bound and not yet used (-q), and MIB_TCP_STATE_DELETE_TCB of iphlpapi.h."""
    found = snapshot_of(
        EN + PID, f"  TCP    192.0.2.1:80           198.51.100.7:1024      {printed:12}    7"
    )
    (connection,) = found.connections
    assert connection.state is TcpState.UNKNOWN
    assert connection.extra == {"State": printed}
    assert connection.process == Process(pid=7)


def test_the_template_of_y() -> None:
    found = snapshot_of(
        f"{EN}           Template",
        "  TCP    192.0.2.1:80           198.51.100.7:1024      ESTABLISHED     Internet",
        "  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       Not Applicable",
        "  UDP    0.0.0.0:123            *:*",
    )
    templates = [c.template for c in found.connections if isinstance(c, WindowsConnection)]
    assert templates == ["Internet", "Not Applicable", None]


def test_a_column_that_nobody_knows() -> None:
    found = snapshot_of(
        f"{EN + PID}      Colour",
        "  TCP    192.0.2.1:80           198.51.100.7:1024      ESTABLISHED     7        blue",
    )
    (connection,) = found.connections
    assert connection.extra == {"Colour": "blue"}
    assert connection.process == Process(pid=7)


OTHER_TABLES = """\
Active NetworkDirect Connections, Listeners, SharedEndpoints

  Mode   IfIndex Type           Local Address          Foreign Address        PID
  Kernel 9       Listener       192.0.2.23:445         NA                     0
"""


def test_another_table_is_given_as_printed() -> None:
    above = printed([HOSTILE], TRANSLATIONS["en"], "o")
    reader = SnapshotReader(strict=True)
    lines = [*above, "", *OTHER_TABLES.splitlines(), *above]
    first, second = reader.feed_lines([line + "\r\n" for line in lines]) + reader.close()
    assert first.connections == second.connections == (expected(HOSTILE, "o"),)
    (table,) = first.other_tables
    assert table.rows[0]["Local Address"] == "192.0.2.23:445"


# Languages and code pages -------------------------------------------------------------------------

SOME = (
    Socket("TCP", "0.0.0.0:135", "0.0.0.0:0", "LISTEN", 1124),
    Socket("TCP", "192.0.2.20:49811", "203.0.113.77:443", "ESTABLISHED", 9012),
    Socket("TCP", "192.0.2.20:49812", "198.51.100.9:443", "TIME_WAIT", 0),
    Socket("TCP", "[::]:135", "[::]:0", "LISTEN", 1124),
    Socket("UDP", "[fe80::9%12]:546", "*:*", "", 1500),
)


@pytest.mark.parametrize("language", TRANSLATIONS)
@pytest.mark.parametrize("written", ["cp850", "cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_every_code_page_is_read(language: str, written: str, tmp_path: Path) -> None:
    lines = printed(list(SOME), TRANSLATIONS[language], "o")
    path = tmp_path / "netstat.txt"
    path.write_bytes("".join(line + "\r\n" for line in lines).encode(written))
    (found,) = read_log(path, strict=True)
    assert found.connections == tuple(expected(socket, "o") for socket in SOME)


@pytest.mark.parametrize("language", TRANSLATIONS)
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("cp850", "cp1252"),
        ("cp850", "latin-1"),
        ("cp850", "utf-8"),
        ("cp1252", "cp850"),
        ("utf-8", "cp1252"),
        ("utf-8", "cp850"),
        ("utf-8", "ascii"),
        ("ascii", "ascii"),
    ],
)
def test_a_wrong_code_page_does_no_harm(language: str, written: str, read: str) -> None:
    lines = printed(list(SOME), TRANSLATIONS[language], "")
    text = "\n".join(lines).encode(written, "replace").decode(read, "replace")
    assert parse(text).connections == tuple(expected(socket, "") for socket in SOME)


# The grammar and its pattern ----------------------------------------------------------------------


@pytest.mark.slow
@given(sockets(), st.sampled_from(OPTIONS), st.data())
def test_the_pattern_means_what_the_grammar_means(
    socket: Socket, options: str, data: st.DataObject
) -> None:
    header = printed([], TRANSLATIONS["en"], options)[3]
    text = "\n".join(printed([socket], TRANSLATIONS["en"], options)[4 + ("t" in options) :])
    at, upto = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    for damaged in (text, text[:at] + text[upto:], text[:upto]):
        assert_same(header, damaged.rstrip())


def assert_same(header: str, text: str) -> None:
    layout = read_header(header)
    assert layout is not None
    read: dict[str, str] | None = None
    for grammar in row_grammars(layout):
        try:
            read = read or grammar.parse_string(text, parse_all=True).as_dict()
        except ParseBaseException:
            continue
    row = layout.find_row(text)
    assert (row is None) == (read is None)
    if row is not None and read is not None:
        found = dict(zip(layout.names, row.cells, strict=True))
        assert {name: cell for name, cell in found.items() if cell} == read
