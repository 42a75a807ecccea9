"""Sockets, printed as each program for Linux prints them, and read back: every field is the truth.

The printers below are the programs' printf formats: net-tools 2.10 and 1.60 (as released, and Red
Hat's), busybox 1.35 and toybox 0.8.9. What a program has cut is unknown, and never wrong.
"""

# The formats are the sources' own, printf's.
# ruff: noqa: UP031

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import netstat_parse as ns
from netstat_parse.models import LinuxConnection
from netstat_parse.reading.around import has_glued_mark

Address = IPv4Address | IPv6Address

# Sockets ------------------------------------------------------------------------------------------

KERNEL_STATES = {
    "ESTABLISHED": (1, "ESTABLISHED"),
    "SYN_SENT": (2, "SYN_SENT"),
    "SYN_RECEIVED": (3, "SYN_RECV"),
    "FIN_WAIT_1": (4, "FIN_WAIT1"),
    "FIN_WAIT_2": (5, "FIN_WAIT2"),
    "TIME_WAIT": (6, "TIME_WAIT"),
    "CLOSED": (7, "CLOSE"),
    "CLOSE_WAIT": (8, "CLOSE_WAIT"),
    "LAST_ACK": (9, "LAST_ACK"),
    "LISTEN": (10, "LISTEN"),
    "CLOSING": (11, "CLOSING"),
}
TIMERS = {0: "off", 1: "on", 2: "keepalive", 3: "timewait", 4: "probe", 7: "unkn-7"}


@dataclass(frozen=True)
class End:
    address: Address
    port: int
    name: str | None = None
    service: str | None = None


@dataclass(frozen=True)
class Sock:
    transport: str
    is_v6: bool
    local: End
    foreign: End
    state: str
    recv_q: int = 0
    send_q: int = 0
    uid: int = 0
    user: str | None = None
    inode: int = 0
    pid: int | None = None
    program: str = ""
    context: str = "-"
    timer: tuple[int, int, int, int] = (0, 0, 0, 0)
    """The kernel's number, hundredths of a second, retransmits, probes."""


def sprint(address: Address, *, mapped: bool = False) -> str:
    """inet_ntop; without `mapped`, an IPv4-mapped address as net-tools 2 prints it."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return f"::ffff:{address.ipv4_mapped}" if mapped else str(address.ipv4_mapped)
    return str(address)


def port_text(end: End) -> str:
    return end.service or (str(end.port) if end.port else "*")


def host_text(end: End, *, mapped: bool = False) -> str:
    if end.name is not None:
        return end.name
    return sprint(end.address, mapped=mapped)


# net-tools ----------------------------------------------------------------------------------------


def nt_end(end: End, *, wide: bool, mapped: bool = False, keep: int = 22, at: int = 22) -> str:
    """addr_do_one: beyond `at` characters the host keeps what the port leaves of `keep`."""
    host, port = host_text(end, mapped=mapped), port_text(end)
    if wide or len(host) + len(port) <= at:
        return f"{host}:{port}"
    port = port[: min(len(port), keep - 4)]
    return f"{host[: keep - len(port)]}:{port}"


def pid_and_program(sock: Sock, width: int = 19) -> str:
    return "-" if sock.pid is None else f"{sock.pid}/{sock.program}"[:width]


def nt_timer(sock: Sock) -> str:
    run, hundredths, retransmits, probes = sock.timer
    probes = probes if sock.transport == "tcp" else 0
    if run == 0:
        return f"off (0.00/{retransmits}/{probes})"
    if sock.transport != "tcp":
        name = f"on{run}" if run in (1, 2) else f"unkn-{run}"
    else:
        name = TIMERS.get(run, f"unkn-{run}")
    return f"{name} ({hundredths / 100:.2f}/{retransmits}/{probes})"


def net_tools_210(socks: Sequence[Sock], options: str) -> str:
    """tcp_do_one, udp_do_one, raw_do_one, finish_this_one."""
    header = "Proto Recv-Q Send-Q Local Address           Foreign Address         State      "
    if "e" in options:
        header += " User       Inode     "
    if "p" in options:
        header += " %-20s" % "PID/Program name"
    if "Z" in options:
        header += "%-50s" % " Security Context"
    if "o" in options:
        header += " Timer"
    lines = ["Active Internet connections (servers and established)", header]
    for sock in socks:
        local = nt_end(sock.local, wide="W" in options)
        foreign = nt_end(sock.foreign, wide="W" in options)
        number, state = KERNEL_STATES[sock.state]
        label = sock.transport + ("6" if sock.is_v6 else "")
        if sock.transport == "tcp":
            row = "%-4s  %6d %6d %-23s %-23s %-11s"
        elif sock.transport == "raw":
            row, state = "%-4s  %6d %6d %-23s %-23s %-11s", str(number)
        else:
            row = "%-5s %6d %6d %-23s %-23s %-11s"
            state = {1: "ESTABLISHED", 7: ""}.get(number, "UNKNOWN")
        line = row % (label, sock.recv_q, sock.send_q, local, foreign, state)
        if "e" in options:
            line += " %-10s " % (sock.user or sock.uid) + "%-10d" % sock.inode
        if "p" in options:
            line += " %-20s" % pid_and_program(sock)
        if "Z" in options:
            line += " %-50s" % sock.context
        if "o" in options:
            line += " " + nt_timer(sock)
        lines.append(line)
    return "\n".join(lines) + "\n"


def net_tools_160(socks: Sequence[Sock], options: str) -> str:
    """1.60 as released: the columns of -e, -p and -o follow without a blank before them."""
    return nt_160(
        socks, options, width=23, cut=lambda sock, end: nt_end(end, wide=False, mapped=True)
    )


def red_hat_160(socks: Sequence[Sock], options: str) -> str:
    """Red Hat's: the columns are 27 wide, tcp is cut to 27, udp and raw to 23."""

    def cut(sock: Sock, end: End) -> str:
        keep = 26 if sock.transport == "tcp" else 22
        return nt_end(end, wide="W" in options, mapped=True, keep=keep, at=26)

    return nt_160(socks, options, width=27, cut=cut)


def nt_160(
    socks: Sequence[Sock], options: str, *, width: int, cut: Callable[[Sock, End], str]
) -> str:
    header = "Proto Recv-Q Send-Q %-*s %-*s State      " % (
        *(width, "Local Address"),
        *(width, "Foreign Address"),
    )
    if "e" in options:
        header += " User       Inode     "
    if "p" in options:
        header += "%-20s" % " PID/Program name"
    if "Z" in options and width == 27:
        header += "%-50s" % " Security Context"
    if "o" in options:
        header += " Timer"
    lines = ["Active Internet connections (servers and established)", header]
    for sock in socks:
        number, state = KERNEL_STATES[sock.state]
        if sock.transport == "raw":
            state = str(number)
        elif sock.transport == "udp":
            state = {1: "ESTABLISHED", 7: ""}.get(number, "UNKNOWN")
        line = "%-3s   %6d %6d %-*s %-*s %-12s" % (
            *(sock.transport, sock.recv_q, sock.send_q),
            *(width, cut(sock, sock.local), width, cut(sock, sock.foreign), state),
        )
        if "e" in options:
            line += "%-10s " % (sock.user or sock.uid) + "%-10d " % sock.inode
        if "p" in options:
            line += "%-20s" % pid_and_program(sock)
        if "Z" in options and width == 27:
            line += "%-50s" % sock.context
        if "o" in options:
            line += nt_timer(sock)
        lines.append(line)
    return "\n".join(lines) + "\n"


# busybox and toybox -------------------------------------------------------------------------------


def busybox(socks: Sequence[Sock], options: str) -> str:
    """FMT_NET_CONN_HEADER, FMT_NET_CONN_DATA. Raw's state is the last port that was written."""
    width = 51 if "W" in options else 23
    lines = [
        "Active Internet connections (servers and established)",
        "Proto Recv-Q Send-Q %-*s %-*s State       %s"
        % (
            *(width, "Local Address", width, "Foreign Address"),
            "PID/Program name    " if "p" in options else "",
        ),
    ]
    for sock in socks:
        number, state = KERNEL_STATES[sock.state]
        if sock.transport == "raw":
            numeric = [e.port for e in (sock.foreign, sock.local) if e.service is None and e.port]
            state = str(numeric[0] if numeric else number)
        elif sock.transport == "udp":
            state = {1: "ESTABLISHED", 7: ""}.get(number, "UNKNOWN")
        ends = [f"{host_text(e, mapped=True)}:{port_text(e)}" for e in (sock.local, sock.foreign)]
        line = "%s   %6d %6d %-*s %-*s %-12s" % (
            *(sock.transport, sock.recv_q, sock.send_q),
            *(width, ends[0], width, ends[1], state),
        )
        lines.append(line + (pid_and_program(sock, 20) if "p" in options else ""))
    return "\n".join(lines) + "\n"


def toybox_end(end: End, width: int) -> str:
    """addr2str: the port overwrites the end of the host."""
    host, port = host_text(end, mapped=True), ":" + port_text(end)
    host = "[::]" if host == "::" else host
    return host[: min(len(host), width - len(port))] + port


def toybox(socks: Sequence[Sock], options: str) -> str:
    """show_ip: `%-6s%6d%7d %*.*s %*.*s %-11s`."""
    width = 51 if "W" in options else 23
    header = "Proto Recv-Q Send-Q %-*s %-*s State      " % (
        *(width, "Local Address"),
        *(width, "Foreign Address"),
    )
    header += " User       Inode      " if "e" in options else ""
    header += " PID/Program Name" if "p" in options else ""
    lines = ["Active Internet connections (servers and established)", header]
    for sock in socks:
        number, state = KERNEL_STATES[sock.state]
        if sock.transport == "raw":
            state = str(number)
        elif sock.transport == "udp":
            state = {1: "ESTABLISHED", 7: ""}.get(number, "UNKNOWN")
        label = sock.transport + ("6" if sock.is_v6 else "")
        line = "%-6s%6d%7d %-*.*s %-*.*s %-11s" % (
            *(label, sock.recv_q, sock.send_q),
            *(width, width, toybox_end(sock.local, width)),
            *(width, width, toybox_end(sock.foreign, width), state),
        )
        if "e" in options:
            line += " %-10s %-11d" % (sock.user or sock.uid, sock.inode)
        if "p" in options:
            line += " " + pid_and_program(sock, 300)
        lines.append(line)
    return "\n".join(lines) + "\n"


# The comparison -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Program:
    write: Callable[[Sequence[Sock], str], str]
    dialects: tuple[str, ...]
    transports: tuple[str, ...]
    mapped: bool
    """It prints IPv4-mapped addresses with their prefix."""
    names_v6: bool
    """Its protos tell IPv6 from IPv4."""
    options: str
    program_width: int


PROGRAMS = {
    "net-tools 2.10": Program(
        net_tools_210, ("linux",), ("tcp", "udp", "udpl", "raw"), False, True, "epZoW", 19
    ),
    "net-tools 1.60": Program(
        net_tools_160, ("linux",), ("tcp", "udp", "raw"), True, False, "epo", 19
    ),
    "Red Hat's 1.60": Program(
        red_hat_160, ("linux",), ("tcp", "udp", "raw"), True, False, "epZoW", 19
    ),
    "busybox": Program(busybox, ("busybox", "linux"), ("tcp", "udp", "raw"), True, False, "pW", 20),
    "toybox": Program(toybox, ("toybox", "linux"), ("tcp", "udp", "raw"), True, True, "epW", 300),
}


def check_end(read: ns.Endpoint, end: End, printed: str, program: Program) -> None:
    host, port = host_text(end, mapped=program.mapped), port_text(end)
    was_cut = printed not in (f"{host}:{port}", f"[{host}]:{port}")
    truth: Address | None = None
    if end.name is None:
        truth = end.address
        if isinstance(truth, IPv6Address) and truth.ipv4_mapped and not program.mapped:
            truth = truth.ipv4_mapped
    if was_cut:
        assert read.address is None
        assert read.truncated
    elif read.truncated:
        # Only a text that fills a column is in doubt, and no numeric IPv4 address ever is.
        assert read.address is None
        assert len(printed) in (23, 27, 28, 51)
        assert end.service is not None or not isinstance(truth, IPv4Address)
    else:
        assert read.address == truth
        assert read.host == host
    assert printed.replace("[", "").replace("]", "").startswith(read.host)
    assert read.port == (end.port if end.service is None and end.port else None)
    if not was_cut:
        assert read.service == end.service


def check(text: str, socks: Sequence[Sock], program: Program, options: str) -> None:
    snapshot = ns.parse(text)
    assert snapshot.dialect in program.dialects
    assert not snapshot.notes
    assert len(snapshot.connections) == len(socks)
    rows = text.split("\n")[2:]
    for connection, sock, row in zip(snapshot.connections, socks, rows, strict=False):
        assert isinstance(connection, LinuxConnection)
        check_row(connection, sock, row, program, options)
    again = ns.Snapshot.model_validate_json(snapshot.model_dump_json())
    assert again == snapshot


def check_row(read: LinuxConnection, sock: Sock, row: str, program: Program, options: str) -> None:
    v6 = "6" if sock.is_v6 and program.names_v6 else ""
    assert read.proto == sock.transport + v6
    assert read.transport == ("udplite" if sock.transport == "udpl" else sock.transport)
    family = "ipv6" if sock.is_v6 else "ipv4"
    named = read.local.address is None and read.foreign.address is None
    if named and not v6:
        # 1.60 as released has 2.10's header, so its `tcp` is taken for what it means in 2.10.
        assert read.family in {family, None, "ipv4" if program.write is net_tools_160 else None}
    else:
        assert read.family == family
    assert (read.recv_q, read.send_q) == (sock.recv_q, sock.send_q)
    local, foreign = [word for word in row[19:].split() if ":" in word][:2]
    check_end(read.local, sock.local, local, program)
    check_end(read.foreign, sock.foreign, foreign, program)
    if sock.transport == "raw":
        # busybox prints the last port there, so where that is the same number, there is a doubt.
        ports = {sock.local.port, sock.foreign.port}
        is_doubtful = read.dialect == "busybox" or KERNEL_STATES[sock.state][0] in ports
        may_be_port = program.write is busybox
        assert read.state == sock.state or (read.state is None and (is_doubtful or may_be_port))
    elif sock.transport == "tcp":
        assert read.state == sock.state
    else:
        of_udp = {"ESTABLISHED": "ESTABLISHED", "CLOSED": None}
        assert read.state == of_udp.get(sock.state, "UNKNOWN")
    if "e" in options and "e" in program.options:
        assert read.user == sock.user
        assert read.uid == (sock.uid if sock.user is None else None)
        assert read.inode == sock.inode
    if "p" in options and "p" in program.options:
        if sock.pid is None:
            assert read.process is None
        else:
            whole = f"{sock.pid}/{sock.program}"
            printed = whole[: program.program_width].partition("/")[2].rstrip()
            assert read.process is not None
            assert (read.process.pid, read.process.name) == (sock.pid, printed)
            # Where the cut is behind a blank, the field does not look full.
            is_full = len(whole[: program.program_width].rstrip()) == program.program_width
            assert read.process.truncated or not is_full
    if "Z" in options and "Z" in program.options:
        assert read.security_context == (None if sock.context == "-" else sock.context)
    if "o" in options and "o" in program.options:
        run, hundredths, retransmits, probes = sock.timer
        assert read.timer is not None
        of_udp_timer = {0: "off", 1: "on1", 2: "on2"}
        names = TIMERS if sock.transport == "tcp" else of_udp_timer
        assert read.timer.name == names.get(run, f"unkn-{run}")
        assert read.timer.expires == (hundredths / 100 if run else 0)
        assert read.timer.retransmits == retransmits
        assert read.timer.probes == (probes if sock.transport == "tcp" else 0)


# Any sockets --------------------------------------------------------------------------------------

PORTS = st.one_of(st.integers(1, 65535), st.sampled_from((0, 22, 443, 50000, 65535)))
GROUPS = st.sampled_from((0, 0, 0, 1, 0xFE80, 0x2001, 0xDB8, 0xFFFF, 0xB880, 0x1287, 0x7B3))


@st.composite
def ipv6(draw: st.DrawFn) -> IPv6Address:
    kind = draw(st.sampled_from(("groups", "groups", "mapped", "random", "any", "loopback")))
    if kind == "any":
        return IPv6Address("::")
    if kind == "loopback":
        return IPv6Address("::1")
    if kind == "random":
        return IPv6Address(draw(st.integers(2**127, 2**128 - 1)))
    if kind == "mapped":
        return IPv6Address(f"::ffff:{IPv4Address(draw(st.integers(2**24, 2**32 - 1)))}")
    groups = draw(st.lists(GROUPS, min_size=8, max_size=8))
    address = IPv6Address(":".join(f"{group:x}" for group in groups))
    # inet_ntop prints ::1.2.3.4 and the like with dots, which Python does not.
    return IPv6Address("::1") if int(address) < 2**48 else address


NAMES = st.sampled_from(
    ("localhost", "db-1.example.com", "a" * 40 + ".example.org", "ip6-localhost")
)
SERVICES = st.sampled_from(("ssh", "https", "domain", "x11-1", "bootpc", "netbios-ns"))
LETTERS = st.characters(min_codepoint=33, max_codepoint=126)
PROGRAM_NAMES = st.one_of(
    st.sampled_from(
        (
            "sshd: /usr/sbin",
            "LISTEN",
            "a:b",
            "(x)",
            "ESTABLISHED 12/x",
            "off (0.00/0/0)",
            "- -",
            "nginx: worker process",
            'say "hi", then',
            "0",
            "/",
            "",
        )
    ),
    st.lists(st.text(LETTERS, min_size=1, max_size=9), min_size=1, max_size=4).map(" ".join),
)


@st.composite
def ends(draw: st.DrawFn, *, is_v6: bool, named: bool) -> End:
    address = draw(ipv6()) if is_v6 else IPv4Address(draw(st.integers(0, 2**32 - 1)))
    name = draw(st.none() | NAMES) if named else None
    service = draw(st.none() | SERVICES) if named else None
    return End(address, draw(PORTS), name, service)


@st.composite
def socks(draw: st.DrawFn, transports: Sequence[str]) -> Sock:
    is_v6, named = draw(st.booleans()), draw(st.integers(0, 4)) == 0
    # Of toybox's queues that touch, nobody can tell where there are more than thirteen digits.
    recv_q = draw(st.sampled_from((0, 0, 1, 320, 99999, 999999)))
    send_q = draw(st.sampled_from((0, 0, 52, 999999, 1023440, 9999999)))
    return Sock(
        transport=draw(st.sampled_from(tuple(transports))),
        is_v6=is_v6,
        local=draw(ends(is_v6=is_v6, named=named)),
        foreign=draw(ends(is_v6=is_v6, named=named)),
        state=draw(st.sampled_from(tuple(KERNEL_STATES))),
        recv_q=recv_q,
        send_q=send_q,
        uid=draw(st.integers(0, 2**32 - 1)),
        user=draw(st.sampled_from((None, None, "root", "www-data", "systemd-timesync", "LISTEN"))),
        inode=draw(st.integers(0, 2**32 - 1)),
        pid=draw(st.none() | st.integers(1, 2**22)),
        program=draw(PROGRAM_NAMES),
        context=draw(st.sampled_from(("-", "system_u:system_r:sshd_t:s0-s0:c0.c1023"))),
        timer=draw(
            st.tuples(
                st.sampled_from((0, 1, 2, 3, 4, 7)),
                st.integers(0, 12_000_00),
                st.integers(0, 20),
                st.integers(0, 9),
            )
        ),
    )


LISTENING = Sock(
    "tcp", True, End(IPv6Address("::"), 22), End(IPv6Address("::"), 0), "LISTEN", pid=600
)


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
@settings(max_examples=60)
@given(data=st.data())
def test_any_sockets(name: str, data: st.DataObject) -> None:
    program = PROGRAMS[name]
    options = "".join(data.draw(st.lists(st.sampled_from(program.options), unique=True)))
    chosen = data.draw(st.lists(socks(program.transports), min_size=1, max_size=8))
    if program.write is busybox:
        # A name that is cut behind a blank looks like net-tools' padding; then its other rows,
        # which busybox does not pad, look cut short.
        assume(not any(pid_and_program(sock, 20).endswith(" ") for sock in chosen))
    # A mark at a line's end may be that of whoever pasted it; such a row is reported.
    assume(not any(has_glued_mark(sock.program or "") for sock in chosen))
    text = program.write(chosen, options)
    check(text, chosen, program, options)


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
@settings(max_examples=15)
@given(data=st.data())
def test_the_header_has_lost_its_trailing_blanks(name: str, data: st.DataObject) -> None:
    program = PROGRAMS[name]
    chosen = data.draw(st.lists(socks(program.transports), min_size=1, max_size=8))
    banner, header, *rows = program.write(chosen, "").split("\n")
    check("\n".join((banner, header.rstrip(), *rows)), chosen, program, "")


@pytest.mark.slow
@settings(max_examples=30)
@given(st.data())
def test_a_longer_address_proves_that_nothing_is_cut(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(socks(("tcp", "udp")), min_size=1, max_size=8))
    far = End(IPv6Address("2001:db8:1111:2222:3333:4444:5555:6666"), 443)
    chosen.append(Sock("tcp", True, far, far, "ESTABLISHED"))
    snapshot = ns.parse(net_tools_210(chosen, "W"))
    for connection, sock in zip(snapshot.connections, chosen, strict=True):
        assert not connection.local.truncated
        assert not connection.foreign.truncated
        if sock.local.name is None:
            assert connection.local.address == printed_address(sock.local.address)


# Examples -----------------------------------------------------------------------------------------

BANNER = "Active Internet connections (w/o servers)\n"
HEADER = "Proto Recv-Q Send-Q Local Address           Foreign Address         State      "
WITH_PROGRAM = HEADER + " PID/Program name    "


def loosely(*lines: str) -> ns.Snapshot:
    (snapshot,) = ns.iter_snapshots(BANNER + "\n".join(lines) + "\n")
    return snapshot


def one(header: str, row: str) -> LinuxConnection:
    (connection,) = ns.parse(f"{BANNER}{header}\n{row}\n").connections
    assert isinstance(connection, LinuxConnection)
    return connection


@pytest.mark.parametrize(
    ("row", "state", "pid", "program"),
    [
        (
            "tcp        0      0 0.0.0.0:22              0.0.0.0:*               "
            "LISTEN      600/sshd: /usr/sbin ",
            "LISTEN",
            600,
            "sshd: /usr/sbin",
        ),
        (
            "tcp        0      0 10.0.0.1:22             10.0.0.2:5000           "
            "TIME_WAIT   1234/LISTEN         ",
            "TIME_WAIT",
            1234,
            "LISTEN",
        ),
        (
            "udp        0      0 0.0.0.0:68              0.0.0.0:*               "
            "            812/my dhcp (x)     ",
            None,
            812,
            "my dhcp (x)",
        ),
        (
            "tcp6       0      0 :::22                   :::*                    "
            "LISTEN      -                   ",
            "LISTEN",
            None,
            None,
        ),
    ],
)
def test_the_table_of_inputs_that_break_others(
    row: str, state: str | None, pid: int | None, program: str | None
) -> None:
    connection = one(WITH_PROGRAM, row)
    assert connection.state == state
    found = connection.process
    assert (found and found.pid, found and found.name) == (pid, program)


def test_colons_of_ipv6() -> None:
    row = "tcp6       0      0 ::1:25                  ::1:40000               ESTABLISHED"
    connection = one(HEADER, row)
    assert (connection.local.address, connection.local.port) == (IPv6Address("::1"), 25)
    assert (connection.foreign.address, connection.foreign.port) == (IPv6Address("::1"), 40000)
    assert connection.family == "ipv6"


@pytest.mark.parametrize(
    ("row", "recv_q", "send_q"),
    [
        ("tcp6       01023440 [::]:22                 [::]:*                  LISTEN", 0, 1023440),
        ("tcp6  9999999999999 [::]:22 [::]:* LISTEN", 999999, 9999999),
        ("tcp        512345678 10.0.0.1:22 10.0.0.2:40000 ESTABLISHED", 5, 12345678),
        ("tcp   12345671234 10.0.0.1:22 10.0.0.2:40000 ESTABLISHED", None, None),
        ("tcp   99999999999999 10.0.0.1:22 10.0.0.2:40000 ESTABLISHED", None, None),
    ],
)
def test_queues_that_touch(row: str, recv_q: int | None, send_q: int | None) -> None:
    snapshot = loosely(HEADER, row)
    if recv_q is None:
        assert not snapshot.connections
        assert len(snapshot.unparsed) == 1
    else:
        (connection,) = snapshot.connections
        assert (connection.recv_q, connection.send_q) == (recv_q, send_q)


def test_ipv6_any_in_brackets() -> None:
    row = "tcp6       0      0 [::]:ssh                [::]:*                  LISTEN     "
    connection = one(HEADER, row)
    assert (connection.local.host, connection.local.address) == ("::", IPv6Address("::"))
    assert connection.local.service == "ssh"


def test_tcp_that_is_ipv6_in_a_table_without_a_name() -> None:
    for header in (HEADER, HEADER.rstrip(), WITH_PROGRAM):
        behind = " -" if "PID" in header else ""
        row = "tcp        0      0 fd00::2:47997           :::*                    LISTEN     "
        assert one(header, row + behind).family == "ipv6"


@pytest.mark.parametrize("header", [HEADER + " ", HEADER.rstrip(), WITH_PROGRAM])
def test_no_address_tells_the_family_of_busybox(header: str) -> None:
    behind = " -" if "PID" in header else ""
    row = "tcp        0      0 localhost:ssh           localhost:40000         ESTABLISHED "
    assert one(header, row + behind).family is None


def test_timers_with_another_decimal_point() -> None:
    row = "tcp        0      0 10.0.0.1:22             10.0.0.2:40000          ESTABLISHED %s"
    for text in ("keepalive (7199,74/0/0)", "keepalive (7199.74/0/0)", "keepalive (7199٫74/0/0)"):
        timer = one(HEADER + " Timer", row % text).timer
        assert timer is not None
        assert (timer.name, timer.expires) == ("keepalive", 7199.74)


def test_digits_of_other_scripts_are_no_digits() -> None:
    row = "tcp        ٠      0 10.0.0.1:22             10.0.0.2:40000          ESTABLISHED"
    snapshot = loosely(HEADER, row)
    assert not snapshot.connections
    assert len(snapshot.unparsed) == 1


# sctp ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Association:
    """Of sctp; without `foreign` it is an endpoint."""

    locals: tuple[Address, ...]
    foreigns: tuple[Address, ...]
    ports: tuple[int, int]
    state: str
    queues: tuple[int, int] = (0, 0)
    uid: int = 0
    inode: int = 0


SCTP_BELOW = "\n" + " " * 20


def sctp(associations: Sequence[Association], options: str, width: int = 23) -> str:
    """sctp_eps_do_one and sctp_assoc_do_one; what -e and -o print stands on the last line."""
    header = "Proto Recv-Q Send-Q %-*s %-*s State      " % (
        *(width, "Local Address"),
        *(width, "Foreign Address"),
    )
    header += " User       Inode     " if "e" in options else ""
    header += " %-20s" % "PID/Program name" if "p" in options else ""
    header += " Timer" if "o" in options else ""
    text = f"{BANNER}{header}\n"
    for each in associations:
        _, state = KERNEL_STATES[each.state]
        if each.foreigns:
            for i in range(max(len(each.locals), len(each.foreigns))):
                text += "sctp  %6d %6d " % each.queues if i == 0 else SCTP_BELOW
                for hosts, port in zip((each.locals, each.foreigns), each.ports, strict=True):
                    cell = sprint(hosts[i]) if i < len(hosts) else ""
                    text += "%-*s " % (width, cell + (f":{port}" if i == 0 else ""))
                text += "%-11s" % (state if i == 0 else "")
        else:
            for i, host in enumerate(each.locals):
                text += "sctp" + " " * 16 if i == 0 else SCTP_BELOW
                text += "%-*s" % (2 * width + 1, f"{sprint(host)}:{each.ports[0]}")
                text += " %-11s" % (state if i == 0 else "")
        text += " %-10s %-10d" % (each.uid, each.inode) if "e" in options else ""
        text += " %-20s" % "812/my sctpd: x" if "p" in options else ""
        text += " " if "o" in options else ""
        text += "\n"
    return text


@st.composite
def associations(draw: st.DrawFn) -> Association:
    some = ipv6() | st.integers(0, 2**32 - 1).map(IPv4Address)
    return Association(
        tuple(draw(st.lists(some, min_size=1, max_size=4))),
        tuple(draw(st.lists(some, max_size=4))),
        (draw(st.integers(1, 65535)), draw(st.integers(1, 65535))),
        draw(st.sampled_from(tuple(KERNEL_STATES))),
        (draw(st.integers(0, 10**7)), draw(st.integers(0, 10**7))),
        draw(st.integers(0, 2**32 - 1)),
        draw(st.integers(0, 2**32 - 1)),
    )


def printed_address(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


@pytest.mark.slow
@settings(max_examples=60)
@given(
    st.lists(associations(), min_size=1, max_size=6),
    st.sampled_from(("", "e", "p", "ep", "epo", "o")),
    st.sampled_from((23, 27)),
    st.integers(1, 7),
)
@example(
    [Association((IPv4Address("10.0.0.1"),), (IPv4Address("10.0.0.2"),) * 3, (7, 8), "LISTEN")],
    "ep",
    23,
    1,
)
def test_sctp(some: list[Association], options: str, width: int, at_once: int) -> None:
    lines = sctp(some, options, width).splitlines()
    reader = ns.SnapshotReader(strict=True)
    snapshots: list[ns.Snapshot] = []
    for start in range(0, len(lines), at_once):
        snapshots += reader.feed_lines(lines[start : start + at_once])
    snapshots += reader.close()
    (snapshot,) = snapshots
    assert sum(reader.counts.values()) == len(lines)
    for read, each in zip(snapshot.connections, some, strict=True):
        assert isinstance(read, LinuxConnection)
        assert (read.proto, read.transport, read.state) == ("sctp", "sctp", each.state)
        sides = (
            ((read.local, *read.more_local), each.locals, each.ports[0]),
            ((read.foreign, *read.more_foreign), each.foreigns, each.ports[1]),
        )
        for found, truth, port in sides if each.foreigns else sides[:1]:
            assert [end.address for end in found] == [printed_address(each) for each in truth]
            assert {end.port for end in found} == {port}
            assert not any(end.truncated for end in found)
        if each.foreigns:
            assert (read.recv_q, read.send_q) == each.queues
        else:
            assert (read.recv_q, read.send_q, read.more_foreign) == (None, None, ())
            assert (read.foreign.host, read.foreign.address, read.foreign.port) == ("", None, None)
        if "e" in options:
            assert (read.uid, read.inode) == (each.uid, each.inode)
        if "p" in options:
            assert read.process is not None
            assert (read.process.pid, read.process.name) == (812, "my sctpd: x")


def test_a_line_below_without_a_row_of_sctp_is_no_row() -> None:
    text = f"{BANNER}{HEADER}\n{' ' * 20}10.0.0.3\n"
    (snapshot,) = ns.iter_snapshots(text)
    assert not snapshot.connections
    assert [line.number for line in snapshot.unparsed] == [3]


@pytest.mark.parametrize("below", ["10.0.0.2", "x", "10.0.0.2:"])
def test_a_line_below_an_sctp_endpoint_has_a_port(below: str) -> None:
    given_lines = ["sctp" + " " * 16 + "10.0.0.1:7", " " * 20 + "10.0.0.3:7", " " * 20 + below]
    snapshot = loosely(HEADER, *given_lines)
    (connection,) = snapshot.connections
    assert isinstance(connection, LinuxConnection)
    assert [(end.host, end.port) for end in connection.more_local] == [("10.0.0.3", 7)]
    assert [line.text for line in snapshot.unparsed] == [given_lines[2]]


def test_an_sctp_address_proves_nothing() -> None:
    far = IPv6Address("2001:db8:1111:2222:3333:4444:5555:6666")
    row = "tcp6       0      0 2001:db8:1:2:3:4:567:22 :::*                    LISTEN     \n"
    text = sctp([Association((far,), (far,), (7, 8), "ESTABLISHED")], "") + row
    assert ns.parse(text).connections[1].local.truncated


def test_endless_lines_below_are_bounded() -> None:
    below = [" " * 20 + "10.0.0.2:7"] * 5000
    snapshot = loosely(HEADER, "sctp" + " " * 16 + "10.0.0.1:7", *below)
    assert len(snapshot.connections) == 1
    assert len(snapshot.unparsed) > 1000


# Tables -------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_every_header_of_a_program_announces_its_table(name: str) -> None:
    program = PROGRAMS[name]
    for chosen in range(2 ** len(program.options)):
        options = "".join(o for i, o in enumerate(program.options) if chosen >> i & 1)
        _, header = program.write([], options).splitlines()
        snapshot = ns.parse(header)
        assert snapshot.dialect in program.dialects
        assert snapshot.notes == ()  # It has no column that nobody knows.
        assert ns.parse(header, dialect=program.dialects[0]).dialect == program.dialects[0]


@pytest.mark.parametrize(
    "line",
    [
        "tcp        0      0 " + "a" * 60_000,
        "tcp        0      0 " + "a:" * 30_000,
        "tcp        0      0 10.0.0.1:22 10.0.0.2:40000 ESTABLISHED 1/" + "a " * 30_000,
        "tcp        " + "0" * 60_000,
        "tcp " + " " * 60_000 + "x",
        "sctp                10.0.0.1:7" + " " * 60_000 + "x",
    ],
)
def test_no_line_takes_long(line: str) -> None:
    header = HEADER + " User       Inode      PID/Program name     Timer"
    snapshot = loosely(header, line, line + " off (0.00/0/0)")
    assert len(snapshot.connections) + len(snapshot.unparsed) == 2


@pytest.mark.parametrize(
    "row",
    [
        "tcp6       0      0  2001:db8:7::15.22      2001:db8:7::40.50124   ESTABLISHED",
        "tcp6       0      0  fe80::1%wm0.22         fe80::2%wm0.6000       ESTABLISHED",
        "udp6       0      0  2001:db8:7::15.514     2001:db8:7::40.*",
        "tcp        0      0  192.0.2.15.22          *.*                    LISTEN",
    ],
)
def test_addresses_of_netbsd_are_none_of_linux(row: str) -> None:
    header = "Proto Recv-Q Send-Q  Local Address          Foreign Address        State"
    (snapshot,) = ns.iter_snapshots(f"{header}\n{row}\n", dialect="linux")
    assert not snapshot.connections
    assert [line.number for line in snapshot.unparsed] == [2]
