"""`where` against ss: the same filter on the same sockets gives the same rows.

The sockets are real ones, of both families and in every state that can be had; netstat prints them,
and the kernel judges them for ss.
"""

from __future__ import annotations

import random
import socket
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from ipaddress import IPv6Address, ip_address

import pytest
from sockets import Stage, datagram_sockets, has_ipv6, in_namespace, kinds, may_have_namespace

import netstat_parse as ns
from netstat_parse.analysis.conditions import UNKNOWN
from netstat_parse.analysis.where import Filter

pytestmark = [
    pytest.mark.usefixtures("netstat"),
    pytest.mark.skipif(not may_have_namespace(), reason="needs a network namespace of its own"),
    pytest.mark.slow,
]

STATES = (
    *("established", "syn-sent", "syn-recv", "fin-wait-1", "fin-wait-2", "time-wait", "closed"),
    *("close-wait", "last-ack", "listening", "closing", "all", "connected", "synchronized"),
    *("bucket", "big", "ESTABLISHED", "unconnected", "syn-rcv", "close"),
)
COMPARISONS = (
    "=",
    "==",
    "eq",
    "!=",
    "ne",
    "neq",
    ">",
    "gt",
    "<",
    "lt",
    ">=",
    "ge",
    "<=",
    "leq",
    "",
)
ADDRESSES = (
    *("127.0.0.1", "127.0.0.0/8", "127/8", "127.0.0.1/32", "127.0.0.1/30", "10.0.0.0/8"),
    *("192.0.2.1", "126.0.0.0/7", "*", "[::1]", "::1/128", "[::ffff:127.0.0.1]", "::ffff:0:0/96"),
    *("::ffff:127.0.0.0/104", "2001:db8::/32", "fe80::/10", "::ffff:0.0.0.0/97", "128.0.0.0/1"),
    "8000::/1",
)
FROM_ZERO = ("0.0.0.0", "0.0.0.0/0", "0.0.0.0/1", "[::]", "::/0", "::/127", "[::/0]")
"""ss filters in the kernel and then itself, where it compares such networks with the addresses of
the other family too (inet2_addr_match). That shows behind `not`: see the last test."""
SERVICES = {"-tanW": ("http", "ssh", "domain"), "-uanW": ("domain",), "-wanW": ()}
"""Names of ports that ss knows for these protocols."""
Key = tuple[str, str]
"""The local end, and the other, as host:port."""


def leaves_states(expression: str) -> bool:
    """False for `exclude all` and the like: ss then shows what it shows without a filter."""
    try:
        ns.where(expression)
    except ns.WhereError as error:
        if error.expected == "expected states of which some are left":
            return False
        raise
    return True


class Expressions:
    """Draws filters about real ports, as ss takes them: each word for itself."""

    def __init__(self, seed: int, ports: Sequence[int], services: Sequence[str]) -> None:
        self._random = random.Random(seed)
        self._services = services
        self._ports = ports

    def draw(self) -> str:
        random = self._random
        words = []
        for _ in range(random.choice((0, 0, 0, 1, 1, 2, 3))):
            words += [random.choice(("state", "state", "exclude", "excl")), random.choice(STATES)]
        if not words or random.random() < 0.6:
            words.append(self._joined(depth=random.choice((0, 1, 1, 2))))
        expression = " ".join(words)
        return expression if leaves_states(expression) else self.draw()

    def _joined(self, depth: int, addresses: Sequence[str] = (*ADDRESSES, *FROM_ZERO)) -> str:
        parts = [self._condition(depth, addresses)]
        for _ in range(self._random.choice((0, 0, 1, 1, 2, 3))):
            joint = self._random.choice(("and", "&&", "&", "or", "||", "|", "or", ""))
            parts += [joint, self._condition(depth, addresses)]
        return " ".join(filter(None, parts))

    def _condition(self, depth: int, addresses: Sequence[str]) -> str:
        random = self._random
        negations = random.choice((0, 0, 0, 1, 2))
        addresses = ADDRESSES if negations else addresses
        if depth and random.random() < 0.4:
            inner = f"( {self._joined(depth - 1, addresses)} )"
        elif random.random() < 0.5:
            comparison = random.choice(COMPARISONS)
            colon = random.choice(("", ":"))
            inner = f"{random.choice(('sport', 'dport'))} {comparison} {colon}{self._port()}"
        else:
            side, equal = random.choice(("src", "dst")), random.choice(("", "=", "=="))
            inner = f"{side} {equal} {self._end(addresses)}"
        for _ in range(negations):
            inner = f"{random.choice(('not', '!'))} {inner}"
        return " ".join(inner.split())

    def _port(self) -> str:
        near = self._random.choice(self._ports) + self._random.choice((-1, 0, 0, 0, 1))
        numbers = [str(near)] * 6 + [hex(near), "0", "65535", "1024", *self._services]
        return self._random.choice(numbers)

    def _end(self, addresses: Sequence[str]) -> str:
        random = self._random
        kind = random.random()
        if kind < 0.2:
            return f":{self._port()}"
        address = random.choice(addresses)
        if kind < 0.6 or address == "[::/0]":
            return address
        return f"{address}:{random.choice((self._port(), '*'))}"


def asked_of_ss(options: str, expression: str) -> Counter[Key]:
    """The rows that ss gives."""
    result = subprocess.run(
        ["ss", options, *expression.split()], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, ""), (expression, result.stderr)
    rows = (line.split() for line in result.stdout.splitlines())
    # The columns of the protocol and the state are left out where there is but one to show.
    return Counter((_end_of_ss(row[-2]), _end_of_ss(row[-1])) for row in rows)


def _end_of_ss(text: str) -> str:
    host, _, port = text.rpartition(":")
    host = host.strip("[]").partition("%")[0]
    if host == "*":
        host = "::"
    address = ip_address(host)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped  # as netstat prints it
    return f"{address}:{port}"


def asked_of_where(expression: str, connections: Sequence[ns.Connection]) -> Counter[Key]:
    """The rows that `where` gives; none of them is unknown, as the addresses are whole."""
    wanted = Filter(expression)
    assert UNKNOWN not in wanted.judge(connections), expression
    return keys_of(wanted.select(connections))


def keys_of(connections: Iterable[ns.Connection]) -> Counter[Key]:
    return Counter((_end(c.local), _end(c.foreign)) for c in connections)


def _end(endpoint: ns.Endpoint) -> str:
    return f"{endpoint.address}:{'*' if endpoint.port is None else endpoint.port}"


@contextmanager
def dual_stack() -> Iterator[None]:
    """A server that takes both families, a client of each, and listeners on services' ports."""
    with ExitStack() as stack:
        for port, family in ((80, socket.AF_INET), (22, socket.AF_INET6))[: 1 + has_ipv6()]:
            listener = stack.enter_context(socket.socket(family))
            listener.bind(("", port))
            listener.listen()
            for host in ("127.0.0.1", "::1")[: 1 + (family == socket.AF_INET6)]:
                stack.enter_context(socket.create_connection((host, port)))
                stack.enter_context(listener.accept()[0])
            # As long as the client says nothing, the connection is in SYN_RECEIVED here.
            patient = stack.enter_context(socket.socket(family))
            patient.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 60)
            patient.bind(("", 0))
            patient.listen()
            address = ("127.0.0.1", patient.getsockname()[1])
            stack.enter_context(socket.create_connection(address))
        yield


def ports_of(connections: Iterable[ns.Connection]) -> list[int]:
    ends = (end for c in connections for end in (c.local, c.foreign))
    return sorted({end.port for end in ends if end.port is not None})


def compare(netstat_options: str, ss_options: str, count: int, seed: int) -> None:
    """Compares so many filters, on sockets that are the same before and after."""

    def captured() -> tuple[ns.Connection, ...]:
        return ns.run(["netstat", netstat_options]).connections

    for _ in range(5):
        connections = captured()
        assert keys_of(connections) == asked_of_ss(ss_options, "")
        services = SERVICES[netstat_options]
        expressions = Expressions(seed, ports_of(connections), services)
        drawn = [expressions.draw() for _ in range(count)]
        pairs = [
            (asked_of_where(expression, connections), asked_of_ss(ss_options, expression))
            for expression in drawn
        ]
        if keys_of(captured()) == keys_of(connections):
            break
    else:
        raise AssertionError("the sockets do not come to rest")
    differing = [e for e, (ours, theirs) in zip(drawn, pairs, strict=True) if ours != theirs]
    assert differing == []
    # Many filters take some rows and leave some.
    telling = [ours for ours, _ in pairs if 0 < ours.total() < len(connections)]
    assert len(telling) > count / 6


def in_a_stage(body: Callable[[], None]) -> None:
    def with_sockets() -> None:
        with ExitStack() as stack:
            for kind in kinds():
                stack.enter_context(Stage(kind))
            stack.enter_context(dual_stack())
            body()

    in_namespace(with_sockets)


def test_200_filters_of_tcp_connections_in_every_state() -> None:
    def body() -> None:
        found = {c.state for c in ns.run(["netstat", "-tanW"]).connections}
        missing = set(ns.TcpState) - found
        assert missing <= {ns.TcpState.CLOSED, ns.TcpState.UNKNOWN}
        compare("-tanW", "-Htan", 200, seed=1)

    in_a_stage(body)


def test_filters_of_datagram_sockets() -> None:
    """Without a state in netstat; ss has them as established or unconnected."""

    def body() -> None:
        with datagram_sockets():
            compare("-uanW", "-Huan", 60, seed=2)
            compare("-wanW", "-Hwan", 60, seed=3)

    in_namespace(body)


def test_where_ss_is_at_fault() -> None:
    """`not` of a network that begins with zeros: ss drops what is of the other family."""

    def body() -> None:
        connections = ns.run(["netstat", "-tanW"]).connections
        ipv6 = [c for c in connections if isinstance(c.local.address, IPv6Address)]
        wanted = ns.where("not src 0.0.0.0/0")
        assert wanted.select(connections) == ipv6
        assert len(ipv6) > 0 or not has_ipv6()
        assert asked_of_ss("-Htan", wanted.expression) <= keys_of(ipv6)  # ss 6.1: none of them

    in_a_stage(body)
