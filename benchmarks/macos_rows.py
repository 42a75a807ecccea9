"""Rows as macOS prints them: Apple network_cmds, netstat.tproj/inet.c (`netstat -n`)."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from benchmarks.linux_rows import SERVICES, high_port, ipv4, short_or_long_ipv6

HEAD = (
    "Active Internet connections\n"
    "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)    \n"
)
STATES = (
    ("ESTABLISHED",) * 60
    + ("TIME_WAIT",) * 20
    + ("CLOSE_WAIT",) * 8
    + ("FIN_WAIT_1", "FIN_WAIT_2", "SYN_SENT", "SYN_RCVD", "LAST_ACK", "CLOSING")
)


def rows(random: Random) -> Iterator[str]:
    """Rows without end. IPv6 hosts that are longer than 16 characters are cut."""
    servers = [ipv4(random) for _ in range(4)]
    while True:
        kind = random.random()
        service: object = random.choice(SERVICES)
        local, foreign = random.choice(servers), ipv4(random)
        proto, state = "tcp4", random.choice(STATES)
        if kind < 0.2:
            proto = "tcp6"
            local, foreign = "2001:db8::17", short_or_long_ipv6(random)
            if kind < 0.05:
                local = foreign = "fe80::1%lo0"
        elif kind < 0.25:
            proto, state, local, foreign = "udp4", "", ipv4(random), "*"
        remote: object = high_port(random) if state else "*"
        if kind > 0.7:
            service, remote = remote, service
        queue = random.randrange(100_000) if random.random() < 0.1 else 0
        yield (
            f"{proto:<5} {0:6d} {queue:6d}  {_endpoint(local, service):<22} "
            f"{_endpoint(foreign, remote):<22} {state:<11}\n"
        )


def _endpoint(host: str, port: object) -> str:
    return f"{host[:16]}.{port}"[:22]
