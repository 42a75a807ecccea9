"""The sockets of Solaris and illumos with -u, -v and -R, and sctp's: printed from the formats of
their source, and read back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written import csv_by_sink, csv_of

import netstat_parse as ns
from netstat_parse.reading.options import Options
from netstat_parse.reading.reader import LineReader
from netstat_parse.snapshots import SnapshotSink

PSARGS = 79


def read(lines: Sequence[str], at_once: int = 1000) -> ns.Snapshot:
    sink = SnapshotSink("")
    reader = LineReader(sink, Options())
    for start in range(0, len(lines), at_once):
        reader.feed_lines(lines[start : start + at_once])
    reader.close()
    sink.close()
    (snapshot,) = sink.completed()
    assert snapshot.dialect == "solaris"
    return snapshot


class Socket(NamedTuple):
    """What the kernel knows of a socket; `processes` are of user, pid, name and arguments."""

    local: tuple[str, int]
    remote: tuple[str, int] | None
    numbers: tuple[int, ...]
    state: str
    interface: str
    processes: tuple[tuple[str, int, str, str], ...]


def print_end(end: tuple[str, int]) -> str:
    """pr_ap: the wildcard has six blanks before it, and port 0 is a star."""
    host, port = end
    return f"{host or '      *'}.{port or '*'}"


ipv4 = st.ip_addresses(v=4).map(str)
ipv6 = st.ip_addresses(v=6).map(str)
ports = st.integers(1, 65535)
uint32 = st.integers(0, 2**32 - 1)
words = st.from_regex(r"[A-Za-z_/][A-Za-z0-9_./-]{0,30}", fullmatch=True)
users = st.from_regex(r"[a-z_][a-z0-9_.-]{0,11}", fullmatch=True)
arguments = st.lists(words, min_size=1, max_size=8).map(" ".join)
processes = st.lists(st.tuples(users, st.integers(0, 99_999_999), words, arguments), max_size=4)
TCP_STATES = ("CLOSED", "IDLE", "BOUND", "LISTEN", "SYN_SENT", "ESTABLISHED", "TIME_WAIT")
tcp_states = st.sampled_from(TCP_STATES) | st.integers(-9, 99).map("UnknownState({})".format)
udp_states = st.sampled_from(("Unbound", "Idle", "Connected", "Unknown State(7)"))
interfaces = st.sampled_from(("", "", "net0", "e1000g0"))


def sockets(hosts: st.SearchStrategy[str], states: st.SearchStrategy[str]) -> st.SearchStrategy:
    ends = st.tuples(hosts | st.just(""), ports | st.just(0))
    row = st.builds(
        Socket,
        ends,
        ends,
        st.tuples(*[uint32] * 8),
        states,
        interfaces,
        processes.map(tuple),
    )
    return st.lists(row, min_size=1, max_size=8)


def is_unknown(state: str) -> bool:
    return "(" in state


def check_end(found: ns.Endpoint, end: tuple[str, int] | None) -> None:
    if end is None:
        assert (found.host, found.port) == ("", None)
        return
    host, port = end
    assert (found.host, found.port, found.truncated) == (host or "*", port or None, False)
    assert str(found.address) == host if host else found.address is None


# tcp, -v ------------------------------------------------------------------------------------------

NUMBER_TITLES = "Swind   Snext     Suna   Rwind   Rnext     Rack    Rto   Mss     State   "
NUMBER_FIELDS = ("swind", "snext", "suna", "rwind", "rnext", "rack", "rto", "mss")


def print_tcp(rows: list[Socket], family: str, with_processes: bool) -> list[str]:
    """tcp_report_item_v4 and _v6 with Vflag."""
    width = 20 if family == "IPv4" else 33
    is_v6 = family == "IPv6"
    header = f"{'Local/Remote Address':{width}} {NUMBER_TITLES}" + ("   If " if is_v6 else "")
    if with_processes:
        header += "   User    Pid      Command    "
    lines = ["", f"TCP: {family}", header, "-" * width + " ------"]
    for row in rows:
        assert row.remote is not None
        for process in (row.processes if with_processes else ()) or (None,):
            lines.append(f"{print_end(row.local):<{width}}")
            a, b, c, d, e, f, g, h = row.numbers
            text = (
                f"{print_end(row.remote):<{width}} {a:6} {b:08x} {c:08x} {d:6} {e:08x} {f:08x} "
                f"{g:5} {h:5} "
            )
            if process is None:
                text += f"{row.state:<11} {row.interface}" if is_v6 else row.state
            else:
                user, pid, _, command = process
                text += f"{row.state:<11} " + (f"{row.interface[:5]:<5} " if is_v6 else "")
                text += f"{user[:8]:<8} {pid:6} {command[:PSARGS]}"
            lines.append(text)
    return lines


@pytest.mark.parametrize("family", ["IPv4", "IPv6"])
@given(data=st.data(), with_processes=st.booleans(), at_once=st.sampled_from([1, 3, 1000]))
def test_verbose_tcp(family: str, data: st.DataObject, with_processes: bool, at_once: int) -> None:
    rows = data.draw(sockets(ipv4 if family == "IPv4" else ipv6, tcp_states))
    snapshot = read(print_tcp(rows, family, with_processes), at_once)
    assert (snapshot.unparsed, snapshot.notes) == ((), ())
    expected = [
        (row, process)
        for row in rows
        for process in (row.processes if with_processes else ()) or (None,)
    ]
    assert len(snapshot.connections) == len(expected)
    for found, (row, process) in zip(snapshot.connections, expected, strict=True):
        assert isinstance(found, ns.SolarisConnection)
        assert found.proto == f"tcp{family[-1]}"
        check_end(found.local, row.local)
        check_end(found.foreign, row.remote)
        assert tuple(getattr(found, name) for name in NUMBER_FIELDS) == row.numbers
        assert (found.recv_q, found.send_q) == (None, None)
        check_state(found, row.state)
        check_process(found, process, limit=PSARGS, text=3)
        interface = row.interface if family == "IPv6" else ""
        if with_processes and len(interface) >= 5:
            interface = ""  # where there are processes it is cut to 5 characters
        assert found.interface == (interface or None)


def check_state(found: ns.SolarisConnection, state: str) -> None:
    if is_unknown(state) or state in ("IDLE", "BOUND", "Unbound", "Idle", "Connected"):
        assert (found.state, dict(found.extra)) == (ns.TcpState.UNKNOWN, {"State": state})
    else:
        assert found.state is ns.TcpState[state]


def check_process(
    found: ns.SolarisConnection,
    process: tuple[str, int, str, str] | None,
    *,
    limit: int,
    text: int,
    cut_from: int | None = None,
) -> None:
    """`text` is which of the process's texts is printed; from `cut_from` on it is marked."""
    if process is None:
        assert (found.user, found.process) == (None, None)
        return
    assert (found.user, found.user_truncated) == (process[0][:8], len(process[0]) >= 8)
    assert found.process is not None
    printed = str(process[text])[:limit].strip()
    assert (found.process.pid, found.process.name) == (process[1], printed)
    if len(printed) == len(str(process[text])[:limit]):
        assert found.process.truncated is (len(printed) >= (cut_from or limit))


FIRST = "192.0.2.4.22        "
SECOND = "192.0.2.9.51000          1 00000002 00000003      4 00000005 00000006     7     8 LISTEN"
VERBOSE = ["TCP: IPv4", f"Local/Remote Address {NUMBER_TITLES}"]


@pytest.mark.parametrize(
    "lines",
    [
        [FIRST],
        [SECOND],
        [FIRST, SECOND.replace("LISTEN", "ASLEEP")],
        [FIRST, SECOND.replace(" 00000006", "")],
        [FIRST, "", SECOND],
        [FIRST + SECOND],
        ["192.0.2.4.77777", SECOND],
    ],
)
def test_half_a_row_is_reported(lines: list[str]) -> None:
    whole = ["192.0.2.5.23", SECOND]
    snapshot = read([*VERBOSE, *whole, *lines, *whole])
    assert [line.text for line in snapshot.unparsed] == [line for line in lines if line]
    assert [c.local.host for c in snapshot.connections] == ["192.0.2.5", "192.0.2.5"]


def test_a_first_line_without_a_second_is_reported_before_another_table() -> None:
    row = "      *.22                 *.*                 0      0  128000      0 LISTEN"
    header = "   Local Address        Remote Address     Swind  Send-Q  Rwind  Recv-Q    State"
    snapshot = read([*VERBOSE, FIRST, "", "TCP: IPv6", header, row])
    (line,) = snapshot.unparsed
    assert (line.number, line.text) == (3, FIRST)
    assert [c.proto for c in snapshot.connections] == ["tcp6"]


def test_a_local_wildcard_with_a_remote_address() -> None:
    (found,) = read([*VERBOSE, "      *.22          ", SECOND]).connections
    assert (found.local.host, found.foreign.host) == ("*", "192.0.2.9")


# udp, -u ------------------------------------------------------------------------------------------


def print_udp(rows: list[Socket], family: str, verbose: bool) -> list[str]:
    """udp_report_item_v4 and _v6 with Uflag: the addresses are printed once for a socket."""
    width = 20 if family == "IPv4" else 33
    is_v6 = family == "IPv6"
    ends = f"{'   Local Address':{width}} {'   Remote Address':{width}}   User    Pid   "
    middle = "  State    " + ("  If  " if is_v6 else "")
    header = ends + (middle + "   Command    " if verbose else "   Command    " + middle)
    lines = ["", f"UDP: {family}", header, "-" * width + " --------------------"]
    for row in rows:
        remote = print_end(row.remote) if row.remote and row.state == "Connected" else ""
        text = f"{print_end(row.local):<{width}} {remote:<{width}} "
        if not row.processes:
            text += f"{row.state[:10]:<10} {row.interface}" if is_v6 else row.state
            lines.append(text)
        for user, pid, name, command in row.processes:
            text += f"{user[:8]:<8} {pid:6} "
            if verbose:
                text += f"{row.state[:10]:<10} " + (f"{row.interface[:5]:<5} " if is_v6 else "")
                text += command[:PSARGS]
            else:
                text += f"{name[:14]:<14} "
                text += f"{row.state[:10]:<10} {row.interface}" if is_v6 else row.state
            lines.append(text)
            text = ""
    return lines


@pytest.mark.parametrize("family", ["IPv4", "IPv6"])
@given(data=st.data(), verbose=st.booleans(), at_once=st.sampled_from([1, 3, 1000]))
def test_every_process_of_a_udp_socket_has_its_addresses(
    family: str, data: st.DataObject, verbose: bool, at_once: int
) -> None:
    rows = data.draw(sockets(ipv4 if family == "IPv4" else ipv6, udp_states))
    snapshot = read(print_udp(rows, family, verbose), at_once)
    assert (snapshot.unparsed, snapshot.notes) == ((), ())
    expected = [(row, process) for row in rows for process in row.processes or (None,)]
    assert len(snapshot.connections) == len(expected)
    for found, (row, process) in zip(snapshot.connections, expected, strict=True):
        assert isinstance(found, ns.SolarisConnection)
        check_end(found.local, row.local)
        check_end(found.foreign, row.remote if row.state == "Connected" else None)
        is_padded = family == "IPv6" or (verbose and process is not None)
        check_state(found, row.state[:10] if is_padded else row.state) if not is_unknown(
            row.state
        ) else None
        if verbose:
            check_process(found, process, limit=PSARGS, text=3)
        else:
            check_process(found, process, limit=14, text=2, cut_from=13)


UDP_USERS = [
    "UDP: IPv4",
    "   Local Address        Remote Address      User    Pid      Command       State   ",
]
OWNER = "      *.123                               root        612 ntpd           Idle"
FURTHER = "daemon      613 ntpd           Idle"


@pytest.mark.parametrize(
    "between", ["", "      *.514        damaged", "   a label", "=" * 40, "x" * 200_000]
)
def test_a_process_is_not_given_the_addresses_of_a_socket_further_up(between: str) -> None:
    snapshot = read([*UDP_USERS, OWNER, between, FURTHER])
    assert FURTHER in [line.text for line in snapshot.unparsed]
    assert len(snapshot.connections) == 1


def test_a_process_below_no_socket_is_reported() -> None:
    snapshot = read([*UDP_USERS, FURTHER, OWNER])
    assert [line.text for line in snapshot.unparsed] == [FURTHER]
    assert [c.process and c.process.pid for c in snapshot.connections] == [612]


@pytest.mark.parametrize("at_once", [1, 2, 1000])
def test_csv_has_the_addresses_for_each_process(at_once: int) -> None:
    lines = [*UDP_USERS, OWNER, FURTHER, FURTHER.replace("613", "614")]
    text = csv_by_sink(lines, at_once)
    assert text.replace("\r\n", "\n") == csv_of(lines).replace("\r\n", "\n")
    assert [line.split(",")[4:6] for line in text.splitlines()[1:]] == [["*", "123"]] * 3


def test_a_user_that_looks_like_an_address() -> None:
    row = "      *.123                               jo.doe      612 ntpd           Idle"
    (found,) = read([*UDP_USERS, row]).connections
    assert isinstance(found, ns.SolarisConnection)
    assert (found.user, found.foreign.host) == ("jo.doe", "")


# sctp ---------------------------------------------------------------------------------------------

SCTP_TITLES = (
    "        Local Address                   Remote Address          Swind  Send-Q Rwind  Recv-Q "
)
SCTP_STATES = ("CLOSED", "LISTEN", "ESTABLISHED", "COOKIE_ECHOED", "SHUTDOWN_PENDING")


class Association(NamedTuple):
    local: tuple[str, int]
    remote: tuple[str, int]
    queues: tuple[int, int, int, int]
    streams: tuple[int, int]
    state: str
    process: tuple[str, int, str, str]
    more_remote: tuple[tuple[str, bool], ...]
    more_local: tuple[str, ...]


hosts = ipv4 | ipv6
associations = st.lists(
    st.builds(
        Association,
        st.tuples(hosts | st.just(""), ports),
        st.tuples(hosts, ports | st.just(0)),
        st.tuples(*[st.integers(0, 2**31 - 1)] * 4),
        st.tuples(*[st.integers(0, 65535)] * 2),
        st.sampled_from(SCTP_STATES),
        st.tuples(users, st.integers(0, 99_999), words, arguments),
        st.lists(st.tuples(hosts, st.booleans()), max_size=3).map(tuple),
        st.lists(hosts, max_size=3).map(tuple),
    ),
    min_size=1,
    max_size=5,
)
MODES: dict[str, Callable[[Association], str]] = {
    "": lambda row: row.state,
    "-u": lambda row: (
        f"{row.process[0][:8]:<8} {row.process[1]:6} {row.process[2][:14]:<14} {row.state}"
    ),
    "-uv": lambda row: (
        f"{row.process[0][:8]:<8} {row.process[1]:6} {row.state[:11]:<11} {row.process[3][:79]}"
    ),
}
SCTP_HEADERS = {
    "": "StrsI/O  State     ",
    "-u": "StrsI/O   User    Pid      Command      State     ",
    "-uv": "-------   User    Pid     State      Command    ",
}


def print_sctp(rows: list[Association], mode: str, verbose: bool) -> list[str]:
    """sctp_conn_report_item."""
    lines = ["", "SCTP:", SCTP_TITLES + SCTP_HEADERS[mode], "-" * 31 + " " + "-" * 31, ""]
    for row in rows:
        host, port = row.remote
        remote = f"{host}.{port}" if port else host
        a, b, c, d = row.queues
        lines.append(
            f"{print_end(row.local):<31} {remote:<31} {a:6} {b:6} {c:6} {d:6} "
            f"{row.streams[0]:3}/{row.streams[1]:<3} {MODES[mode](row)}"
        )
        if verbose and row.more_remote:
            shown = [text if active else f"({text})" for text, active in row.more_remote]
            lines.append(f"\t<Remote: {', '.join(shown)}>")
        if verbose and row.more_local:
            lines.append(f"\t<Local: {', '.join(row.more_local)}>")
    return lines


def addresses(texts: Sequence[str]) -> list[IPv4Address | IPv6Address | str]:
    return [IPv6Address(text) if ":" in text else IPv4Address(text) for text in texts]


@pytest.mark.parametrize("mode", MODES)
@given(rows=associations, verbose=st.booleans(), at_once=st.sampled_from([1, 1000]))
def test_sctp(mode: str, rows: list[Association], verbose: bool, at_once: int) -> None:
    snapshot = read(print_sctp(rows, mode, verbose), at_once)
    assert (snapshot.unparsed, snapshot.notes) == ((), ())
    assert len(snapshot.connections) == len(rows)
    for found, row in zip(snapshot.connections, rows, strict=True):
        assert isinstance(found, ns.SolarisConnection)
        assert (found.proto, found.transport) == ("sctp", "sctp")
        check_end(found.local, row.local)
        check_end(found.foreign, (row.remote[0], row.remote[1]))
        assert (found.swind, found.send_q, found.rwind, found.recv_q) == row.queues
        assert (found.in_streams, found.out_streams) == row.streams
        state = row.state[:11] if mode == "-uv" else row.state
        assert (found.extra.get("State") or (found.state and found.state.value)) == state
        told = found.process and found.process.pid
        assert told == (row.process[1] if mode else None)
        more_remote, more_local = (row.more_remote, row.more_local) if verbose else ((), ())
        assert [e.address for e in found.more_local] == addresses(more_local)
        assert [e.address for e in found.more_foreign] == addresses([a for a, _ in more_remote])
        inactive = [text for text, active in more_remote if not active]
        assert [e.address for e in found.inactive_foreign] == addresses(inactive)


# -R -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["P", "S", "P S"])
def test_a_multilevel_port(mark: str) -> None:
    header = "   Local Address        Remote Address     Swind  Send-Q  Rwind  Recv-Q    State"
    row = "      *.22                 *.*                 0      0  128000      0 LISTEN"
    plain, marked = read(["TCP: IPv4", header, row, f"{row} {mark}"]).connections
    assert isinstance(plain, ns.SolarisConnection)
    assert isinstance(marked, ns.SolarisConnection)
    assert (plain.multilevel_port, marked.multilevel_port) == (None, mark)
    assert (plain.state, marked.state) == (ns.TcpState.LISTEN, ns.TcpState.LISTEN)
