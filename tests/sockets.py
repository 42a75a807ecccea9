"""Real sockets, and what they and /proc say of themselves: the truth that netstat is held against.

Nothing here reads netstat's text.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import TypeVar

Address = IPv4Address | IPv6Address
Result = TypeVar("Result")

IPPROTO_UDPLITE = 136
IPV6_FREEBIND = 78
SIOCINQ, SIOCOUTQ = 0x541B, 0x5411
SIOCGIFFLAGS, SIOCSIFFLAGS, SIOCSIFADDR = 0x8913, 0x8914, 0x8916
IFF_UP = 1
LO_INDEX = 1
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000

STATES = {
    1: "ESTABLISHED",
    2: "SYN_SENT",
    3: "SYN_RECEIVED",
    4: "FIN_WAIT_1",
    5: "FIN_WAIT_2",
    6: "TIME_WAIT",
    7: "CLOSED",
    8: "CLOSE_WAIT",
    9: "LAST_ACK",
    10: "LISTEN",
    11: "CLOSING",
}
"""include/net/tcp_states.h, in the words of RFC 9293."""

FILES = {
    "tcp": "tcp",
    "tcp6": "tcp6",
    "udp": "udp",
    "udp6": "udp6",
    "udpl": "udplite",
    "udpl6": "udplite6",
    "raw": "raw",
    "raw6": "raw6",
}
"""netstat's protocols, and their files in /proc/net."""


# Namespaces ---------------------------------------------------------------------------------------

_libc = ctypes.CDLL(None, use_errno=True)


def _enter_namespace() -> None:
    """Moves this process into a network namespace of its own, in which it is root."""
    uid, gid = os.getuid(), os.getgid()
    if _libc.unshare(CLONE_NEWNET) != 0:
        if _libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
        Path("/proc/self/gid_map").write_text(f"0 {gid} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        request = fcntl.ioctl(s, SIOCGIFFLAGS, struct.pack("16sh22x", b"lo", 0))
        flags = struct.unpack("16sh22x", request)[1]
        fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", flags | IFF_UP))


def add_address(address: IPv6Address) -> None:
    """Gives the loopback interface of this namespace one more address."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
        fcntl.ioctl(s, SIOCSIFADDR, address.packed + struct.pack("Ii", 128, LO_INDEX))
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
        scope = LO_INDEX if address.is_link_local else 0
        wait_for(lambda: may_bind(s, (str(address), 0, 0, scope)))  # it is tentative at first


def may_bind(s: socket.socket, address: tuple[str, int, int, int]) -> bool:
    try:
        s.bind(address)
    except OSError:
        return False
    return True


def in_namespace(body: Callable[[], None]) -> None:
    """Runs `body` in a process and a network namespace of its own, where nothing else is."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(reading)
            signal.alarm(120)
            _enter_namespace()
            may_have_raw.cache_clear()  # there we are root
            body()
            status = 0
        except BaseException:
            os.write(writing, traceback.format_exc().encode()[:60_000])
        finally:
            os._exit(status)
    os.close(writing)
    with open(reading, encoding="utf-8") as pipe:
        trouble = pipe.read()
    _, status = os.waitpid(pid, 0)
    assert status == 0, trouble or f"status {status}"


def here(body: Callable[[], None]) -> None:
    """Runs `body` where we are, among the machine's other sockets."""
    body()


@cache
def may_have_namespace() -> bool:
    try:
        in_namespace(lambda: None)
    except AssertionError:
        return False
    return True


@cache
def has_ipv6() -> bool:
    """False only if the kernel was built or started without IPv6, or ::1 was taken away."""
    try:
        with socket.socket(socket.AF_INET6) as s:
            s.bind(("::1", 0))
    except OSError:
        return False
    return True


@cache
def has_udplite() -> bool:
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM, IPPROTO_UDPLITE).close()
    except OSError:
        return False
    return True


@cache
def may_have_raw() -> bool:
    try:
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close()
    except OSError:
        return False
    return True


# What /proc/net says ------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProcRow:
    """A row of /proc/net/{tcp,udp,raw...}, but for what changes by itself."""

    proto: str
    local: tuple[Address, int]
    foreign: tuple[Address, int]
    state: int
    send_q: int
    recv_q: int
    timer: int
    uid: int
    inode: int

    @property
    def key(self) -> tuple[object, ...]:
        return self.proto, self.local, self.foreign, self.inode, self.state


@dataclass(frozen=True)
class ProcTimer:
    seconds: float
    retransmits: int
    probes: int


def proc_rows(*protos: str) -> dict[ProcRow, ProcTimer]:
    """What the kernel says of all sockets of these protocols in this namespace."""
    found = {}
    for proto in protos:
        try:
            lines = Path("/proc/self/net", FILES[proto]).read_text().splitlines()[1:]
        except FileNotFoundError:  # the kernel lacks this family
            continue
        for line in lines:
            _, local, foreign, state, queues, timer, retransmits, uid, probes, inode, *_ = (
                line.split()
            )
            send_q, recv_q = queues.split(":")
            which, when = timer.split(":")
            row = ProcRow(
                proto,
                _proc_endpoint(local),
                _proc_endpoint(foreign),
                int(state, 16),
                int(send_q, 16),
                int(recv_q, 16),
                int(which, 16),
                int(uid),
                int(inode),
            )
            is_tcp = proto.startswith("tcp")
            found[row] = ProcTimer(
                int(when, 16) / 100, int(retransmits, 16) if is_tcp else 0, int(probes)
            )
    return found


def _proc_endpoint(text: str) -> tuple[Address, int]:
    """`0100007F:0016`: words of 32 bits in the machine's own order."""
    digits, port = text.split(":")
    words = [int(digits[i : i + 8], 16) for i in range(0, len(digits), 8)]
    packed = b"".join(word.to_bytes(4, sys.byteorder) for word in words)
    return as_printed(IPv4Address(packed) if len(packed) == 4 else IPv6Address(packed)), int(
        port, 16
    )


def as_printed(address: Address) -> Address:
    """net-tools prints an IPv4 address that is mapped into IPv6 as IPv4."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def program_name(pid: int) -> tuple[str, bool]:
    """What net-tools makes of a process's command line, and whether it fills its field.

    netstat.c, prg_cache_load: argv[0], from its last `/` on if it starts with one; `pid/name` is
    cut to 19 bytes. Blanks at its end can't be told from the column's.
    """
    name = Path(f"/proc/{pid}/cmdline").read_bytes()[:511].split(b"\0")[0]
    if name.startswith(b"/"):
        name = name.rpartition(b"/")[2]
    prefix = f"{pid}/".encode()
    name = name[: 19 - len(prefix)].rstrip(b" \t")
    return name.decode("utf-8", "backslashreplace"), len(prefix + name) >= 19


# What a socket says of itself ---------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """What a TCP socket says of itself."""

    local: tuple[Address, int]
    foreign: tuple[Address, int] | None
    state: str
    recv_q: int
    send_q: int
    uid: int
    inode: int


def said_by(s: socket.socket) -> Said:
    state = STATES[s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]]
    try:
        foreign = _endpoint(s.getpeername())
    except OSError:
        foreign = None
    is_listening = state == "LISTEN"
    has_fin = state in ("CLOSE_WAIT", "LAST_ACK", "CLOSING")  # counted in Recv-Q, not by SIOCINQ
    has_syn = state == "SYN_SENT"  # counted in Send-Q, not by SIOCOUTQ
    status = os.fstat(s.fileno())
    return Said(
        local=_endpoint(s.getsockname()),
        foreign=foreign,
        state=state,
        recv_q=_unaccepted(s) if is_listening else _queue(s, SIOCINQ) + has_fin,
        send_q=0 if is_listening else _queue(s, SIOCOUTQ) + has_syn,
        uid=status.st_uid,
        inode=status.st_ino,
    )


def _endpoint(name: tuple[str, int]) -> tuple[Address, int]:
    host, port = name[:2]
    host = host.partition("%")[0]
    return as_printed(IPv6Address(host) if ":" in host else IPv4Address(host)), port


def _queue(s: socket.socket, request: int) -> int:
    value: int = struct.unpack("i", fcntl.ioctl(s, request, b"\0" * 4))[0]
    return value


def _unaccepted(s: socket.socket) -> int:
    """tcpi_unacked, which is the length of a listening socket's queue."""
    info = s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    value: int = struct.unpack_from("I", info, 24)[0]
    return value


# Opening them -------------------------------------------------------------------------------------

KINDS = {
    "ipv4": (socket.AF_INET, "127.0.0.1", "127.0.0.1"),
    "ipv6": (socket.AF_INET6, "::1", "::1"),
    "mapped": (socket.AF_INET6, "::ffff:127.0.0.1", "::ffff:127.0.0.1"),
}


def kinds() -> list[str]:
    return list(KINDS) if has_ipv6() else ["ipv4"]


def read_at_rest(
    sockets: dict[str, socket.socket], read: Callable[[], Result]
) -> tuple[dict[str, Said], Result]:
    """What the sockets say, and what `read` gives while they say just that."""
    for _ in range(50):
        before = {name: said_by(s) for name, s in sockets.items()}
        result = read()
        if before == {name: said_by(s) for name, s in sockets.items()}:
            return before, result
    raise AssertionError("the sockets do not come to rest")


# Multicast groups ---------------------------------------------------------------------------------

GROUPS = (
    IPv4Address("224.0.0.251"),
    IPv4Address("239.255.255.250"),
    IPv6Address("ff02::fb"),
    IPv6Address("ff0e::db8:0:0:1"),
    IPv6Address("ff3e:40:2001:db8:1:2:8000:ff01"),
)
SO_JOIN_IPV6_GROUP = 20


@dataclass(frozen=True)
class ProcGroup:
    """A row of /proc/net/igmp or /proc/net/igmp6."""

    interface: str
    users: int
    group: Address


@contextmanager
def joined_groups(count: int) -> Iterator[None]:
    """So many sockets that have joined each of GROUPS on the loopback interface."""
    with ExitStack() as stack:
        for group in GROUPS:
            if group.version == 6 and not has_ipv6():
                continue
            for _ in range(count):
                family = socket.AF_INET if group.version == 4 else socket.AF_INET6
                s = stack.enter_context(socket.socket(family, socket.SOCK_DGRAM))
                index = struct.pack("@i", LO_INDEX)
                if group.version == 4:
                    request = group.packed + bytes(4) + index  # struct ip_mreqn
                    s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
                else:
                    s.setsockopt(socket.IPPROTO_IPV6, SO_JOIN_IPV6_GROUP, group.packed + index)
        yield


def proc_groups() -> list[ProcGroup]:
    """The groups that this system has joined, in the kernel's order."""
    found = []
    interface = ""
    for line in Path("/proc/net/igmp").read_text().splitlines()[1:]:
        words = line.split()
        if line[0].isdigit():  # 1 lo : 2 V3
            interface = words[1]
        else:
            number = int(words[0], 16).to_bytes(4, sys.byteorder)
            found.append(ProcGroup(interface, int(words[1]), IPv4Address(number)))
    path = Path("/proc/net/igmp6")
    for line in path.read_text().splitlines() if path.exists() else ():
        _, interface, group, users, *_ = line.split()
        address = IPv6Address(bytes.fromhex(group))
        found.append(ProcGroup(interface, int(users), address))
    return found


class Stage:
    """TCP sockets of one kind, in every state that can be had by fair means."""

    def __init__(self, kind: str) -> None:
        self.family, self.bind_to, self.connect_to = KINDS[kind]
        self.sockets: dict[str, socket.socket] = {}
        self.time_wait: list[tuple[tuple[Address, int], tuple[Address, int]]] = []
        self.towards: dict[str, tuple[Address, int]] = {}
        """Where those connect to that have no peer yet."""
        self._stack = ExitStack()

    def __enter__(self) -> Stage:
        listener = self._listen("listening", 16)
        self._pair(listener, "established")
        self._received(*self._pair(listener, "received"))
        self._blocked(*self._pair(listener, "blocked"))
        client, _ = self._pair(listener, "half_closed")
        client.shutdown(socket.SHUT_WR)  # FIN_WAIT_2; its peer: CLOSE_WAIT
        self._fin_wait_1(listener)
        self._last_ack(listener)
        self._closing(listener)
        self._time_wait(listener)
        self._keepalive(listener)
        waiting = self._connect()  # nobody accepts it: Recv-Q of the listener
        waiting.settimeout(5)
        self.sockets["waiting"] = waiting
        self._syn_sent()
        self._settle()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _socket(self) -> socket.socket:
        return self._stack.enter_context(socket.socket(self.family))

    def _listen(self, name: str, backlog: int) -> socket.socket:
        listener = self.sockets[name] = self._socket()
        listener.bind((self.bind_to, 0))
        listener.listen(backlog)
        self._address = (self.connect_to, listener.getsockname()[1])
        return listener

    def _connect(self) -> socket.socket:
        client = self._socket()
        client.connect(self._address)
        return client

    def _pair(self, listener: socket.socket, name: str) -> tuple[socket.socket, socket.socket]:
        client = self._connect()
        server = self._stack.enter_context(listener.accept()[0])
        self.sockets[f"{name}_client"], self.sockets[f"{name}_server"] = client, server
        return client, server

    def _received(self, client: socket.socket, server: socket.socket) -> None:
        client.sendall(b"x" * 1234)  # Recv-Q 1234 at the server

    def _blocked(self, client: socket.socket, server: socket.socket) -> None:
        """Data that the other end has no room for: Send-Q."""
        client.setblocking(False)
        try:
            while True:
                client.send(b"x" * 65536)
        except BlockingIOError:
            pass

    def _fin_wait_1(self, listener: socket.socket) -> None:
        client, server = self._pair(listener, "fin_wait_1")
        self._blocked(client, server)
        client.shutdown(socket.SHUT_WR)  # its FIN waits behind the data

    def _last_ack(self, listener: socket.socket) -> None:
        client, server = self._pair(listener, "last_ack")
        self._blocked(server, client)
        client.shutdown(socket.SHUT_WR)
        wait_for(lambda: said_by(server).state == "CLOSE_WAIT")
        server.shutdown(socket.SHUT_WR)

    def _closing(self, listener: socket.socket) -> None:
        client, server = self._pair(listener, "closing")
        self._blocked(client, server)
        client.shutdown(socket.SHUT_WR)
        server.shutdown(socket.SHUT_WR)

    def _time_wait(self, listener: socket.socket) -> None:
        client, server = self._connect(), listener.accept()[0]
        self.time_wait.append((_endpoint(client.getsockname()), _endpoint(client.getpeername())))
        client.close()
        wait_for(lambda: said_by(server).state == "CLOSE_WAIT")
        server.close()

    def _keepalive(self, listener: socket.socket) -> None:
        client, _ = self._pair(listener, "keepalive")
        client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 5000)

    def _syn_sent(self) -> None:
        """A listener whose queue is full drops what comes next."""
        self._listen("full", 0)
        for i in range(4):
            client = self._socket()
            client.setblocking(False)
            client.connect_ex(self._address)
            time.sleep(0.02)
            self.sockets[f"queued_{i}"] = client
            self.towards[f"queued_{i}"] = _endpoint(self._address)

    def _settle(self) -> None:
        """Waits until no state and no queue changes any more."""
        before: list[Said] = []

        def is_settled() -> bool:
            nonlocal before
            time.sleep(0.05)
            now = [said_by(s) for s in self.sockets.values()]
            before, is_same = now, now == before
            return is_same

        wait_for(is_settled)


def wait_for(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


@contextmanager
def datagram_sockets() -> Iterator[dict[str, socket.socket]]:
    """UDP, UDP-Lite and raw sockets, bound and connected, as far as the kernel has them."""
    protocols = {"udp": (socket.SOCK_DGRAM, socket.IPPROTO_UDP)}
    if has_udplite():
        protocols["udpl"] = (socket.SOCK_DGRAM, IPPROTO_UDPLITE)
    if may_have_raw():
        protocols["raw"] = (socket.SOCK_RAW, 253)  # RFC 3692: for experiments
    sockets: dict[str, socket.socket] = {}
    with ExitStack() as stack:
        for name, (kind, protocol) in protocols.items():
            for suffix, family, host in (
                ("", socket.AF_INET, "127.0.0.1"),
                ("6", socket.AF_INET6, "::1"),
            ):
                if suffix and not has_ipv6():
                    continue
                for use in ("any", "bound", "connected", "filled"):
                    s = stack.enter_context(socket.socket(family, kind, protocol))
                    sockets[f"{name}{suffix} {use}"] = s
                    if use == "any":
                        s.bind(("", 0))
                        continue
                    s.bind((host, 0))
                    if use == "connected":
                        s.connect(sockets[f"{name}{suffix} bound"].getsockname())
                    if use == "filled" and name != "raw":
                        s.sendto(b"x" * 100, s.getsockname())
        yield sockets


def free_service_port() -> int:
    """A port that has a name here and is free; any free one if there is none (no /etc/services)."""
    for port in range(1024, 49152):
        try:
            socket.getservbyport(port, "tcp")
        except OSError:
            continue
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def long_addresses(seed: int = 6) -> list[IPv6Address]:
    """IPv6 addresses of every length that inet_ntop writes, and such as are valid when cut."""
    draw = random.Random(seed)
    texts = [
        "fe80::7b36:fe27:b880:1287",
        "2001:db8::1",
        "2001:db8::1:2:3:4:5",
        "2001:db8:1:2:3:4:5:6",
        "2001:db8:1111:2222:3333:4444:5555:6666",
        "2001:db8:aaaa:bbbb::1",
        "2001:db8:aaaa:bbbb:1::",
        "fd00:1:2:3:4:5:6:7",
        "fd00::1:2:3:4:5:6",
        "64:ff9b::102:304",
        "fd00:aaaa:bbbb:cccc::",
        "::100.100.100.100",
        "::255.255.255.254",
    ]
    for groups in range(1, 8):
        for digits in (1, 2, 3, 4):
            shown = [
                f"{draw.randrange(16 ** (digits - 1), 16**digits):x}" for _ in range(groups - 1)
            ]
            middle = "::" if groups < 7 else ":"
            texts.append("fd00" + middle + ":".join(shown or ["0"]))
    return list(dict.fromkeys(IPv6Address(_complete(text)) for text in texts))


def _complete(text: str) -> str:
    """A text of seven groups without `::` gets an eighth."""
    return text if "::" in text or text.count(":") == 7 else text + ":1"


@contextmanager
def process_named(argv0: bytes, s: socket.socket) -> Iterator[int]:
    """A process whose argv[0] is `argv0`, and which alone holds the socket; gives its pid."""
    with subprocess.Popen(
        [argv0, "-S", "-c", "import sys; sys.stdin.read()"],
        executable=sys.executable,
        env={**os.environ, "PYTHONHOME": sys.base_prefix},
        pass_fds=[s.fileno()],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    ) as process:
        s.close()
        try:
            wait_for(
                lambda: Path(f"/proc/{process.pid}/cmdline").read_bytes().startswith(argv0 + b"\0")
            )
            yield process.pid
        finally:
            process.kill()
