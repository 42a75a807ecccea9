"""The texts to parse: made with fixed seeds, so they are the same everywhere.

They are printed as the tools print them: net-tools 2.10, netstat.c (`netstat -np`), and Apple
network_cmds, netstat.tproj/inet.c (`netstat -n`). IPv6 addresses that are longer than their column
are cut, as there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

FOLDER = Path(__file__).with_name("corpora")

LINUX_HEAD = (
    "Active Internet connections (w/o servers)\n"
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State      "
    " PID/Program name    \n"
)
MACOS_HEAD = (
    "Active Internet connections\n"
    "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)    \n"
)
LINUX_STATES = (
    ("ESTABLISHED",) * 60
    + ("TIME_WAIT",) * 20
    + ("CLOSE_WAIT",) * 8
    + ("FIN_WAIT2", "FIN_WAIT2", "FIN_WAIT1", "SYN_SENT", "SYN_RECV", "LAST_ACK", "CLOSING")
)
MACOS_STATES = (
    ("ESTABLISHED",) * 60
    + ("TIME_WAIT",) * 20
    + ("CLOSE_WAIT",) * 8
    + ("FIN_WAIT_1", "FIN_WAIT_2", "SYN_SENT", "SYN_RCVD", "LAST_ACK", "CLOSING")
)
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


def linux(rows: int, seed: int = 1) -> str:
    """One snapshot of so many different rows, with -p."""
    return LINUX_HEAD + "".join(_unique(_linux_rows(Random(seed)), rows))


def macos(rows: int, seed: int = 2) -> str:
    """One snapshot of so many different rows."""
    return MACOS_HEAD + "".join(_unique(_macos_rows(Random(seed)), rows))


def log(snapshots: int, rows: int = 400, *, stamped: bool = True, seed: int = 3) -> str:
    """Snapshots of which a tenth of the rows changes each time, with or without `date` between."""
    random = Random(seed)
    fresh = _linux_rows(random)
    table = list(_unique(fresh, rows))
    now = datetime(2026, 1, 5, 9, 0, 0, tzinfo=UTC)
    texts = []
    for _ in range(snapshots):
        if stamped:
            texts.append(f"{now:%a %b %e %H:%M:%S UTC %Y}\n")
            now += timedelta(minutes=1)
        texts.append(LINUX_HEAD + "".join(table))
        for place in random.sample(range(rows), rows // 10):
            table[place] = next(fresh)
    return "".join(texts)


def texts(small: bool) -> dict[str, Callable[[], str]]:
    """The name of each corpus, and what makes it."""
    rows, snapshots = (20_000, 50) if small else (200_000, 500)
    return {
        "linux": lambda: linux(rows),
        "macos": lambda: macos(rows),
        "log": lambda: log(snapshots),
        "unstamped": lambda: log(snapshots, stamped=False),
        "long_log": lambda: log(10 * snapshots),
        "20_lines": lambda: linux(18),
        "10_000": lambda: linux(10_000),
        "1_000_000": lambda: linux(5 * rows),
    }


def path_of(name: str) -> Path:
    """Where the corpus of that name is kept."""
    return FOLDER / f"{name}.txt"


def make(names: list[str], small: bool) -> None:
    """Writes the corpora of these names."""
    FOLDER.mkdir(exist_ok=True)
    makers = texts(small)
    for name in names:
        path_of(name).write_text(makers[name](), encoding="utf-8")


def _unique(rows: Iterator[str], count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found[next(rows)] = None
    return list(found)


def _ipv4(random: Random) -> str:
    bits = random.getrandbits(32)
    return f"{bits >> 24 or 1}.{bits >> 16 & 255}.{bits >> 8 & 255}.{bits & 255}"


def _ipv6(random: Random) -> str:
    """Some that fit their column, and some that are cut."""
    bits = random.getrandbits(32)
    if random.random() < 0.6:
        return f"2001:db8::{bits >> 20:x}"
    return f"2001:db8:{bits >> 16:x}:{bits & 0xFFFF:x}::{bits >> 8 & 0xFFFF:x}"


def _port(random: Random) -> int:
    return random.randrange(32768, 61000)


def _linux_endpoint(host: str, port: object) -> str:
    return f"{host[: 22 - len(str(port))]}:{port}"


def _linux_rows(random: Random) -> Iterator[str]:
    servers = [_ipv4(random) for _ in range(4)]
    processes = ["-", "-"] + [
        f"{random.randrange(300, 99999)}/{random.choice(PROGRAMS)[:19]}"[:19] for _ in range(60)
    ]
    while True:
        kind = random.random()
        service: object = random.choice(SERVICES)
        local, foreign = random.choice(servers), _ipv4(random)
        proto, state = "tcp", random.choice(LINUX_STATES)
        if kind < 0.3:
            proto = "tcp6"
            if kind < 0.12:
                local, foreign = "2001:db8::17", _ipv6(random)
            elif kind < 0.14:
                local = foreign = "::1"
        elif kind < 0.36:
            proto, state = "udp", "ESTABLISHED"
            if kind < 0.33:
                local, foreign, state = _ipv4(random), "0.0.0.0", ""
        remote: object = _port(random) if state else "*"
        if kind > 0.7 and state:
            service, remote = remote, service
        process = random.choice(processes)
        if not state:
            process = process.partition(" ")[0]  # jc fails on a name with blanks and no state
        queue = random.randrange(100_000) if random.random() < 0.1 else 0
        yield (
            f"{proto:<4}  {0:6d} {queue:6d} {_linux_endpoint(local, service):<23} "
            f"{_linux_endpoint(foreign, remote):<23} {state:<11} {process:<20}\n"
        )


def _macos_endpoint(host: str, port: object) -> str:
    return f"{host[:16]}.{port}"[:22]


def _macos_rows(random: Random) -> Iterator[str]:
    servers = [_ipv4(random) for _ in range(4)]
    while True:
        kind = random.random()
        service: object = random.choice(SERVICES)
        local, foreign = random.choice(servers), _ipv4(random)
        proto, state = "tcp4", random.choice(MACOS_STATES)
        if kind < 0.2:
            proto = "tcp6"
            local, foreign = "2001:db8::17", _ipv6(random)
            if kind < 0.05:
                local = foreign = "fe80::1%lo0"
        elif kind < 0.25:
            proto, state, local, foreign = "udp4", "", _ipv4(random), "*"
        remote: object = _port(random) if state else "*"
        if kind > 0.7:
            service, remote = remote, service
        queue = random.randrange(100_000) if random.random() < 0.1 else 0
        yield (
            f"{proto:<5} {0:6d} {queue:6d}  {_macos_endpoint(local, service):<22} "
            f"{_macos_endpoint(foreign, remote):<22} {state:<11}\n"
        )


if __name__ == "__main__":
    make(sys.argv[2:], sys.argv[1] == "small")
