"""What netstat prints, made with its own printf formats: the tests' captures, and their truth."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address

from hypothesis import strategies as st

from netstat_parse import Connection, Endpoint, Snapshot, TcpState

LINUX_BANNER = "Active Internet connections (w/o servers)"
MACOS_BANNER = "Active Internet connections"
MACOS_HEADER = "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)    "

LINUX_STATES = {
    "ESTABLISHED": TcpState.ESTABLISHED,
    "SYN_SENT": TcpState.SYN_SENT,
    "SYN_RECV": TcpState.SYN_RECEIVED,
    "FIN_WAIT1": TcpState.FIN_WAIT_1,
    "FIN_WAIT2": TcpState.FIN_WAIT_2,
    "TIME_WAIT": TcpState.TIME_WAIT,
    "CLOSE": TcpState.CLOSED,
    "CLOSE_WAIT": TcpState.CLOSE_WAIT,
    "LAST_ACK": TcpState.LAST_ACK,
    "LISTEN": TcpState.LISTEN,
    "CLOSING": TcpState.CLOSING,
}
MACOS_STATES = {
    "CLOSED": TcpState.CLOSED,
    "LISTEN": TcpState.LISTEN,
    "SYN_SENT": TcpState.SYN_SENT,
    "SYN_RCVD": TcpState.SYN_RECEIVED,
    "ESTABLISHED": TcpState.ESTABLISHED,
    "CLOSE_WAIT": TcpState.CLOSE_WAIT,
    "FIN_WAIT_1": TcpState.FIN_WAIT_1,
    "CLOSING": TcpState.CLOSING,
    "LAST_ACK": TcpState.LAST_ACK,
    "FIN_WAIT_2": TcpState.FIN_WAIT_2,
    "TIME_WAIT": TcpState.TIME_WAIT,
}


@dataclass(frozen=True)
class Row:
    """A connection as the kernel knows it. `state` is the word that netstat prints."""

    proto: str = "tcp"
    recv_q: int = 0
    send_q: int = 0
    local: str = "10.0.0.1"
    local_port: str = "22"
    foreign: str = "10.0.0.2"
    foreign_port: str = "51234"
    state: str = "ESTABLISHED"
    pid: int = 4711
    program: str = "sshd"
    timer: str = "off (0.00/0/0)"


# net-tools ----------------------------------------------------------------------------------------

_TITLES = {
    "e": " User       Inode     ",
    "p": " PID/Program name    ",
    "o": " Timer",
}


def linux_header(options: str = "") -> str:
    """The header of `netstat -n` with these of the options -e, -p and -o."""
    start = "Proto Recv-Q Send-Q Local Address           Foreign Address         State      "
    return start + "".join(title for option, title in _TITLES.items() if option in options)


def linux_address(host: str, port: str, *, wide: bool = False) -> str:
    """`host:port`, cut as finish_this_one cuts it; `wide` is netstat's -W."""
    if not wide and len(host) + len(port) > 22:
        host = host[: 22 - min(len(port), 18)]
    return f"{host}:{port}"


def linux_row(row: Row, options: str = "") -> str:
    """The row as net-tools prints it with these of the options -e, -p, -o and -W."""
    wide = "W" in options
    local = linux_address(row.local, row.local_port, wide=wide)
    foreign = linux_address(row.foreign, row.foreign_port, wide=wide)
    proto = f"{row.proto:<5} " if row.proto.startswith("udp") else f"{row.proto:<4}  "
    text = f"{proto}{row.recv_q:6d} {row.send_q:6d} {local:<23} {foreign:<23} {row.state:<11}"
    if "e" in options:
        text += f" {1000:<10} {424242:<10}"
    if "p" in options:
        process = f"{row.pid}/{row.program}"[:19] if row.pid else "-"
        text += f" {process:<20}"
    if "o" in options:
        text += f" {row.timer}"
    return text


def linux_capture(rows: Sequence[Row], options: str = "") -> list[str]:
    """The lines of one run of netstat, without their ends."""
    return [LINUX_BANNER, linux_header(options), *(linux_row(row, options) for row in rows)]


# macOS --------------------------------------------------------------------------------------------


def macos_row(row: Row) -> str:
    """The row as macOS prints it: hosts are cut to 16 characters, whole addresses to 22."""
    local = f"{row.local[:16]}.{row.local_port}"
    foreign = f"{row.foreign[:16]}.{row.foreign_port}"
    return (
        f"{row.proto:<5} {row.recv_q:6d} {row.send_q:6d}  "
        f"{local:<22.22} {foreign:<22.22} {row.state:<11}"
    )


def macos_capture(rows: Sequence[Row]) -> list[str]:
    """The lines of one run of netstat, without their ends."""
    return [MACOS_BANNER, MACOS_HEADER, *map(macos_row, rows)]


def text_of(lines: Sequence[str]) -> str:
    """The lines as they stand in a file."""
    return "".join(f"{line}\n" for line in lines)


# Truth --------------------------------------------------------------------------------------------


def true_address(host: str) -> IPv4Address | IPv6Address | None:
    """The address that the host is, if it is one."""
    try:
        return IPv6Address(host) if ":" in host else IPv4Address(host)
    except ValueError:
        return None


def is_right(endpoint: Endpoint, host: str, port: str) -> bool:
    """Whether an endpoint tells the truth: all of it, or that the host may have been cut."""
    if (endpoint.service or str(endpoint.port or "*")) != port:
        return False
    if endpoint.truncated:
        return endpoint.address is None and host.startswith(endpoint.host)
    return endpoint.host == host and endpoint.address == true_address(host)


def is_row(connection: Connection, row: Row, options: str = "p") -> bool:
    """Whether a connection is that row, with nothing in it that is wrong."""
    # A row of macOS without its header may be one of FreeBSD, whose words are the same.
    states = MACOS_STATES if connection.dialect in ("macos", "freebsd") else LINUX_STATES
    if "p" in options and row.pid:
        printed = f"{row.pid}/{row.program}"[:19].partition("/")[2].rstrip()
        process = connection.process
        if process is None or (process.pid, process.name) != (row.pid, printed):
            return False
    elif connection.process is not None:
        return False
    return (
        (connection.proto, connection.recv_q, connection.send_q)
        == (row.proto, row.recv_q, row.send_q)
        and connection.state is (states[row.state] if row.state else None)
        and is_right(connection.local, row.local, row.local_port)
        and is_right(connection.foreign, row.foreign, row.foreign_port)
    )


def are_rows(snapshot: Snapshot, rows: Sequence[Row], options: str = "p") -> bool:
    """Whether a snapshot has these rows, in order, and nothing else."""
    return len(snapshot.connections) == len(rows) and all(
        is_row(connection, row, options)
        for connection, row in zip(snapshot.connections, rows, strict=True)
    )


# Strategies ---------------------------------------------------------------------------------------

HOSTILE_PROGRAMS = (
    "sshd: /usr/sbin",
    "LISTEN",
    "a:b",
    "(x)",
    "a,b",
    'say "hi"',
    "-",
    "=cmd|'/c calc'!A1",
    "root@h:~# ls",
    "tcp 0 0 1.1.1.1:1",
    "off (0.00/0/0)",
    "Nov 22 12:22:41",
    "> x",
    "[a] b",
    "",
)

TIMERS = ("off (0.00/0/0)", "on (1.20/3/4)", "keepalive (7187.61/0/0)", "timewait (59.97/0/0)")

ipv4_hosts = st.integers(0, 2**32 - 1).map(lambda n: str(IPv4Address(n)))
ipv6_hosts = st.one_of(
    st.integers(0, 2**128 - 1).map(lambda n: str(IPv6Address(n))),
    st.integers(0, 2**64 - 1).map(lambda n: str(IPv6Address((0xFE80 << 112) + n))),
    st.sampled_from(("::", "::1", "2001:db8::1", "fe80::7b36:fe27:b880:1287")),
)
port_numbers = st.integers(1, 65535).map(str)
queues = st.one_of(st.just(0), st.integers(0, 999_999), st.integers(0, 2**31 - 1))
programs = st.one_of(
    st.sampled_from(HOSTILE_PROGRAMS),
    st.text(string.digits + string.ascii_letters + string.punctuation + " ", max_size=22).map(
        str.strip
    ),
)


@st.composite
def linux_rows(draw: st.DrawFn) -> Row:
    """Rows of tcp, tcp6, udp and udp6."""
    proto = draw(st.sampled_from(("tcp", "tcp", "tcp6", "tcp6", "udp", "udp6")))
    hosts = ipv6_hosts if proto.endswith("6") else ipv4_hosts
    stateless = proto.startswith("udp")
    return Row(
        proto=proto,
        recv_q=draw(queues),
        send_q=draw(queues),
        local=draw(hosts),
        local_port=draw(port_numbers),
        foreign=draw(hosts),
        foreign_port=draw(st.one_of(port_numbers, st.just("*"))),
        state="" if stateless else draw(st.sampled_from(sorted(LINUX_STATES))),
        pid=draw(st.one_of(st.just(0), st.integers(1, 4_194_304))),
        program=draw(programs),
        timer=draw(st.sampled_from(TIMERS)),
    )


@st.composite
def macos_rows(draw: st.DrawFn) -> Row:
    """Rows of tcp4, tcp6 and udp4."""
    proto = draw(st.sampled_from(("tcp4", "tcp6", "udp4")))
    hosts = ipv6_hosts if proto.endswith("6") else ipv4_hosts
    return replace(
        draw(linux_rows()),
        proto=proto,
        local=draw(hosts),
        foreign=draw(hosts),
        state="" if proto == "udp4" else draw(st.sampled_from(sorted(MACOS_STATES))),
        pid=0,
    )
