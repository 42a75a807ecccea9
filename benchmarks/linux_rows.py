"""Rows as net-tools 2.10 prints them with -p: netstat.c, `tcp_do_one` and `finish_this_one`."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv6Address
from random import Random

HEAD = (
    "Active Internet connections (w/o servers)\n"
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State      "
    " PID/Program name    \n"
)
WIDTH_WITHOUT_PROGRAM = 79
"""Characters of a row of `netstat -n`, without -p; its last cell is the padded state."""
ADDRESS_WIDTH = 23
STATES = (
    ("ESTABLISHED",) * 60
    + ("TIME_WAIT",) * 20
    + ("CLOSE_WAIT",) * 8
    + ("FIN_WAIT2", "FIN_WAIT2", "FIN_WAIT1", "SYN_SENT", "SYN_RECV", "LAST_ACK", "CLOSING")
)
OWNERLESS_STATES = ("TIME_WAIT", "SYN_RECV")
"""In these the kernel keeps the connection, but no process has it open."""
PROGRAMS = (
    "sshd: root@pts/0",
    "sshd: deploy [priv]",
    "nginx: worker process",
    "postgres: writer process",
    "java",
    "python3",
    "node",
    "redis-server *:6379",
    "haproxy",
    "chrome",
    "kube-apiserver",
    "dockerd",
    "Web Content",
    "ssh",
)
SERVICES = (22, 80, 443, 443, 443, 3306, 5432, 6379, 8080, 8443, 9092)
DOCUMENTATION = 0x20010DB8 << 96
"""2001:db8::/32 (RFC 3849): all IPv6 addresses here are in it."""


def rows(random: Random) -> Iterator[str]:
    """Rows of a machine that has mostly IPv4 connections, without end."""
    servers = [ipv4(random) for _ in range(4)]
    processes = _processes(random)
    while True:
        kind = random.random()
        service: object = random.choice(SERVICES)
        local, foreign = random.choice(servers), ipv4(random)
        proto, state = "tcp", random.choice(STATES)
        if kind < 0.3:
            proto = "tcp6"
            if kind < 0.12:
                local, foreign = "2001:db8::17", short_or_long_ipv6(random)
            elif kind < 0.14:
                local = foreign = "::1"
        elif kind < 0.36:
            proto, state = "udp", "ESTABLISHED"
            if kind < 0.33:
                local, foreign, state = ipv4(random), "0.0.0.0", ""
        remote: object = high_port(random) if state else "*"
        if kind > 0.7 and state:
            service, remote = remote, service
        process = random.choice(processes)
        if not state:
            process = process.partition(" ")[0]  # jc fails on a name with blanks and no state
        yield _row(
            proto,
            _queue(random),
            (_endpoint(local, service), _endpoint(foreign, remote)),
            state,
            process,
        )


def server_rows(random: Random) -> Iterator[str]:
    """Rows of a dual-stack server, without end.

    Of each ten rows five are tcp6: two whose foreign address netstat cut, one whose IPv6 addresses
    are short, two with IPv4 addresses (a client's IPv4 address on an IPv6 socket prints so).
    Only what was cut fills its column, and nothing is longer than its column, so that no row proves
    that netstat was told not to cut.
    """
    own_ipv4 = [ipv4(random) for _ in range(2)]
    own_short_ipv6, own_long_ipv6 = "2001:db8:17::8", "2001:db8:17:a0:5054:ff:fe12:34ab"
    processes = _processes(random)
    while True:
        kinds = ["tcp"] * 5 + ["mapped"] * 2 + ["short"] + ["cut"] * 2
        random.shuffle(kinds)
        for kind in kinds:
            local, foreign = random.choice(own_ipv4), ipv4(random)
            if kind == "short":
                local = own_short_ipv6
                foreign = f"2001:db8:{random.getrandbits(8):x}::{random.getrandbits(8):x}"
            elif kind == "cut":
                local = random.choice((own_short_ipv6, own_long_ipv6))
                foreign = long_ipv6(random)
            state = random.choice(STATES)
            yield _row(
                "tcp" if kind == "tcp" else "tcp6",
                _queue(random),
                (
                    _endpoint(local, random.choice(SERVICES)),
                    _endpoint(foreign, high_port(random)),
                ),
                state,
                "-" if state in OWNERLESS_STATES else random.choice(processes),
            )


def ipv4(random: Random) -> str:
    """Any IPv4 address but those of 0.0.0.0/8."""
    bits = random.getrandbits(32)
    return f"{bits >> 24 or 1}.{bits >> 16 & 255}.{bits >> 8 & 255}.{bits & 255}"


def short_or_long_ipv6(random: Random) -> str:
    """Some that fit their column, and some that netstat cuts."""
    bits = random.getrandbits(32)
    if random.random() < 0.6:
        return f"2001:db8::{bits >> 20:x}"
    return f"2001:db8:{bits >> 16:x}:{bits & 0xFFFF:x}::{bits >> 8 & 0xFFFF:x}"


def long_ipv6(random: Random) -> str:
    """The address of a client with a random interface identifier (RFC 8981); netstat cuts it."""
    while True:
        address = str(IPv6Address(DOCUMENTATION | random.getrandbits(96)))
        if len(address) > ADDRESS_WIDTH:
            return address


def high_port(random: Random) -> int:
    """A port that Linux gives to a client."""
    return random.randrange(32768, 61000)


def _processes(random: Random) -> list[str]:
    """What the last column prints: a pid and a name, cut to 19 characters, or a dash."""
    return ["-", "-"] + [
        f"{random.randrange(300, 99999)}/{random.choice(PROGRAMS)[:19]}"[:19] for _ in range(60)
    ]


def _queue(random: Random) -> int:
    return random.randrange(100_000) if random.random() < 0.1 else 0


def _endpoint(host: str, port: object) -> str:
    """A port has never 18 characters here, so the host keeps what the port leaves of 22."""
    return f"{host[: 22 - len(str(port))]}:{port}"


def _row(proto: str, queue: int, endpoints: tuple[str, str], state: str, process: str) -> str:
    local, foreign = endpoints
    return f"{proto:<4}  {0:6d} {queue:6d} {local:<23} {foreign:<23} {state:<11} {process:<20}\n"
