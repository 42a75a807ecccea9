"""Pairs, changes and lifetimes of real sockets, as the script that made them did.

The real netstat prints them, in a network namespace where nothing else is.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event, Thread

import pytest
from sockets import (
    CLONE_NEWNET,
    KINDS,
    STATES,
    Stage,
    _libc,
    in_namespace,
    kinds,
    proc_rows,
    said_by,
    wait_for,
)

import netstat_parse as ns
from netstat_parse.command.live_table import LiveTable

pytestmark = pytest.mark.usefixtures("netstat")

START = datetime(2026, 1, 1, tzinfo=UTC)
Place = tuple[str, int]


class Log:
    """Captures of the real netstat, one second after another by their stamps."""

    def __init__(self, *command: str) -> None:
        self.command = command or ("netstat", "-antup")
        self.snapshots: list[ns.Snapshot] = []

    def capture(self) -> None:
        at = START + timedelta(seconds=len(self.snapshots))
        text = subprocess.run(self.command, capture_output=True, text=True, check=True).stdout
        self.snapshots.append(ns.parse(f"{at.isoformat()}\n{text}"))


def second(number: int) -> datetime:
    return START + timedelta(seconds=number)


def place(s: socket.socket, *, peer: bool = False) -> Place:
    host, port = (s.getpeername() if peer else s.getsockname())[:2]
    return host.removeprefix("::ffff:"), port


def places(pair: ns.SocketPair) -> tuple[Place, Place]:
    found = [(str(end.address), end.port or 0) for end in (pair.first, pair.second)]
    return found[0], found[1]


def listen(family: int, host: str, port: int = 0) -> socket.socket:
    s = socket.socket(family)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((host, port))
    s.listen(16)
    return s


def connect(listener: socket.socket, port: int = 0) -> tuple[socket.socket, socket.socket]:
    client = socket.socket(listener.family)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    client.bind((listener.getsockname()[0], port))
    client.connect(listener.getsockname())
    return client, listener.accept()[0]


def is_closed(s: socket.socket) -> bool:
    return STATES[s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]] == "CLOSED"


def states_at(one: Place, other: Place) -> dict[Place, str]:
    """The kernel's state of each end of this connection that is there; of closed sockets too."""
    return {
        (str(row.local[0]), row.local[1]): STATES[row.state]
        for row in proc_rows("tcp", "tcp6")
        if {row.local[1], row.foreign[1]} == {one[1], other[1]}
    }


SERVER = """
import socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
s.bind((sys.argv[1], int(sys.argv[2])))
s.listen()
print(s.getsockname()[1], flush=True)
sys.stdin.read()
"""


@contextmanager
def server(host: str, port: int = 0) -> Iterator[tuple[int, int]]:
    """A process of its own that listens: its pid and the port."""
    command = [sys.executable, "-c", SERVER, host, str(port)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        yield process.pid, int(process.stdout.readline())


# Pairs --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", kinds())
def test_the_pairs_of_sockets_in_every_state(kind: str) -> None:
    """Both ends of each, its states, and who serves, are what the sockets say."""

    def body() -> None:
        with Stage(kind) as stage:
            log = Log("netstat", "-antp")
            log.capture()
            said: dict[tuple[Place, Place], str] = {}
            listening = set()
            for name, s in stage.sockets.items():
                tells = said_by(s)
                foreign = stage.towards.get(name, tells.foreign)
                if foreign is None:
                    listening.add(place(s))
                else:
                    said[place(s), (str(foreign[0]), foreign[1])] = tells.state
            gone = {((str(a), p), (str(b), q)) for (a, p), (b, q) in stage.time_wait}
        found = ns.pairs(log.snapshots)
        told = {}
        for pair in found:
            assert not pair.is_inferred
            here, there = places(pair)
            if pair.first.is_seen:
                told[here, there] = pair.first.state
            if pair.second.is_seen:
                told[there, here] = pair.second.state
            ends = {"first": here, "second": there}
            # A listener has a port of its own, and a connection without one was never accepted.
            assert pair.server is not None
            assert ends[pair.server] in listening
        assert len({frozenset(places(pair)) for pair in found}) == len(found)
        for way, state in said.items():
            assert told.pop(way, None) == state
        for way in gone:
            assert told.pop(way) == "TIME_WAIT"
        # What is left are connections that no program has accepted: their clients are told of.
        assert {(b, a) for a, b in told} <= set(said)
        assert set(told.values()) <= {"ESTABLISHED", "SYN_RECEIVED"}

    in_namespace(body)


def test_both_ends_of_a_pair_have_their_process() -> None:
    """Also where IPv4 is mapped into IPv6: tcp on one side and tcp6 on the other."""

    def body() -> None:
        with ExitStack() as stack:
            listener = stack.enter_context(socket.socket(socket.AF_INET6))
            listener.bind(("::", 0))
            listener.listen()
            client = stack.enter_context(socket.socket())
            client.connect(("127.0.0.1", listener.getsockname()[1]))
            accepted = stack.enter_context(listener.accept()[0])
            log = Log()
            log.capture()
            (pair,) = ns.pairs(log.snapshots)
            protos = {c.proto for c in log.snapshots[0].connections if c.state != "LISTEN"}
            ends = {places(pair)[0]: pair.first, places(pair)[1]: pair.second}
            assert protos == {"tcp", "tcp6"}
            assert set(ends) == {place(client), place(accepted)}
            assert all(end.process and end.process.pid == os.getpid() for end in ends.values())
            assert pair.server is not None
            assert places(pair)[pair.server == "second"] == place(accepted)

    in_namespace(body)


def test_udp_sockets_that_are_connected_to_each_other() -> None:
    def body() -> None:
        with ExitStack() as stack:
            one, two, idle = (
                stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                for _ in range(3)
            )
            for s in (one, two, idle):
                s.bind(("127.0.0.1", 0))
            one.connect(two.getsockname())
            two.connect(one.getsockname())
            log = Log()
            log.capture()
            assert ns.pairs(log.snapshots) == []
            (pair,) = ns.pairs(log.snapshots, transports=("tcp", "udp"))
            assert (pair.transport, pair.server) == ("udp", None)
            assert set(places(pair)) == {place(one), place(two)}

    in_namespace(body)


# Changes and lifetimes ----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("kind", kinds())
def test_what_a_script_did_with_connections(kind: str) -> None:
    """One is opened, closed, left in TIME_WAIT, and its ports are used again; one stays open."""

    def body() -> None:
        family, host, _ = KINDS[kind]
        log = Log()
        with ExitStack() as stack:
            listener = stack.enter_context(listen(family, host))
            log.capture()  # 0: the listener alone
            kept = connect(listener)
            log.capture()  # 1
            client, accepted = connect(listener)
            ends = place(client), place(accepted)
            log.capture()  # 2
            log.capture()  # 3
            accepted.close()  # the server closes first, and is left in TIME_WAIT
            # Its FIN is acknowledged with a delay: until then it is in FIN_WAIT_1.
            wait_for(lambda: states_at(*ends) == {ends[0]: "CLOSE_WAIT", ends[1]: "FIN_WAIT_2"})
            log.capture()  # 4: FIN_WAIT_2 and CLOSE_WAIT
            client.close()
            wait_for(lambda: states_at(*ends) == {ends[1]: "TIME_WAIT"})
            log.capture()  # 5: TIME_WAIT alone
            log.capture()  # 6
            time.sleep(1.1)  # RFC 6191: a later timestamp opens a connection again
            client, accepted = connect(listener, ends[0][1])
            log.capture()  # 7
            for s in (client, accepted, *kept):
                s.close()

        lives = [life for life in ns.lifetimes(log.snapshots) if ends[0] in places(life.pair)]
        first, again = lives
        assert (first.first_seen, first.last_seen) == (second(2), second(6))
        assert (first.opened_after, first.closed_before) == (second(1), second(7))
        assert (first.first_snapshot, first.last_snapshot) == (3, 7)
        assert (again.first_seen, again.last_seen) == (second(7), second(7))
        assert (again.opened_after, again.closed_before) == (second(6), None)
        assert (again.was_open_at_start, again.is_open_at_end) == (False, True)
        for life in lives:
            assert set(places(life.pair)) == set(ends)
            assert life.pair.server is not None
            assert places(life.pair)[life.pair.server == "second"] == ends[1]
            assert life.pair.first.process == life.pair.second.process
            assert life.pair.first.process is not None
        at_server = "first" if places(first.pair)[0] == ends[1] else "second"
        spans = [(s.state, s.first_seen, s.last_seen) for s in first.states if s.end == at_server]
        assert spans == [
            ("ESTABLISHED", second(2), second(3)),
            ("FIN_WAIT_2", second(4), second(4)),
            ("TIME_WAIT", second(5), second(6)),
        ]
        spans = [(s.state, s.first_seen, s.last_seen) for s in first.states if s.end != at_server]
        assert spans == [
            ("ESTABLISHED", second(2), second(3)),
            ("CLOSE_WAIT", second(4), second(4)),
        ]
        others = [life for life in ns.lifetimes(log.snapshots) if life not in lives]
        (other,) = others
        assert (other.opened_after, other.first_seen) == (second(0), second(1))
        assert (other.last_seen, other.is_open_at_end) == (second(7), True)

        found = sorted((c.at, c.kind) for c in ns.changes(log.snapshots) if c.at)
        assert found == [
            *[(second(1), "opened")] * 2,
            *[(second(2), "opened")] * 2,
            *[(second(4), "state")] * 2,
            *[(second(5), "closed"), (second(5), "state")],
            *[(second(7), "closed"), (second(7), "opened"), (second(7), "opened")],
        ]
        assert all(
            c.since == c.at - timedelta(seconds=1) for c in ns.changes(log.snapshots) if c.at
        )
        assert list(ns.changes(log.snapshots, listening=True)) == []

    in_namespace(body)


def test_what_watch_shows_of_sockets_that_come_and_go() -> None:
    """A connection over loopback is one row, which is marked as a whole."""

    def body() -> None:
        log, table = Log("netstat", "-antp"), LiveTable()

        def look() -> list[tuple[str, ...]]:
            log.capture()
            table.add(log.snapshots[-1])
            return [(row.mark, *row.texts[:-2]) for row in table.shown()]

        with ExitStack() as stack:
            listener = stack.enter_context(listen(socket.AF_INET, "127.0.0.1"))
            (before,) = look()
            client, accepted = map(stack.enter_context, connect(listener))
            ends = place(client), place(accepted)
            left, right = (f"{host}:{port}" for host, port in ends)
            owner = before[3]
            assert owner.endswith(f"({os.getpid()})")
            assert before == (" ", "tcp", "LISTEN", owner, right, "", "0.0.0.0:*", "")
            pair = owner, left, "->", right, owner
            assert look() == [("+", "tcp", "ESTABLISHED", *pair), before]
            client.sendall(b"x" * 1234)
            wait_for(lambda: said_by(accepted).recv_q == 1234)
            assert look() == [(" ", "tcp", "ESTABLISHED", *pair), before]
            assert [row.texts[-2:] for row in table.shown()] == [("0/1234", "0/0"), ("0", "0")]
            accepted.recv(1234)
            accepted.close()
            wait_for(lambda: states_at(*ends) == {ends[0]: "CLOSE_WAIT", ends[1]: "FIN_WAIT_2"})
            unowned = *pair[:-1], ""
            assert look() == [("~", "tcp", "CLOSE_WAIT FIN_WAIT_2", *unowned), before]
            client.close()
            wait_for(lambda: states_at(*ends) == {ends[1]: "TIME_WAIT"})
            assert look() == [before, ("~", "tcp", "TIME_WAIT", "", right, "<-", left, "")]
        assert look() == [
            ("-", *before[1:]),
            (" ", "tcp", "TIME_WAIT", "", right, "<->", left, ""),
        ]

    in_namespace(body)


def test_a_server_that_is_started_again() -> None:
    """One change of its owner; of two that share a port each is told of."""

    def body() -> None:
        log = Log()
        with server("127.0.0.1") as (old, port):
            log.capture()
        with server("127.0.0.1", port) as (new, _):
            log.capture()
            with server("127.0.0.1", port) as (more, _):
                log.capture()
            log.capture()
        log.capture()
        found = list(ns.changes(log.snapshots))
        assert [c.kind for c in found] == ["owner", "opened", "closed", "closed"]
        assert [c.at for c in found] == [second(i) for i in (1, 2, 3, 4)]
        pids = [
            tuple(row and row.process and row.process.pid for row in (c.before, c.after))
            for c in found
        ]
        assert pids == [(old, new), (None, more), (more, None), (new, None)]
        assert list(ns.changes(log.snapshots, listening=True)) == found
        counted = ns.summary(log.snapshots)
        (listener,) = counted.listeners
        assert [process.pid for process in listener.processes] == [old, new, more]
        assert not listener.is_open_at_end

    in_namespace(body)


def test_sockets_of_one_process_that_share_a_port() -> None:
    """Their rows are the same to the letter: SO_REUSEPORT."""

    def body() -> None:
        log = Log()
        with ExitStack() as stack:
            port = 0
            for number in range(3):
                s = stack.enter_context(socket.socket())
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                s.bind(("127.0.0.1", port))
                s.listen()
                port = s.getsockname()[1]
                log.capture()
                assert len(log.snapshots[-1].connections) == number + 1
        log.capture()
        kinds_ = [c.kind for c in ns.changes(log.snapshots)]
        assert kinds_ == ["opened"] * 2 + ["closed"] * 3

    in_namespace(body)


def test_a_peer_that_does_not_read() -> None:
    """Its queue stands still on both sides, and the highest of each end is told."""

    def body() -> None:
        log = Log()
        with ExitStack() as stack:
            listener = stack.enter_context(listen(socket.AF_INET, "127.0.0.1"))
            client, accepted = map(stack.enter_context, connect(listener))
            log.capture()
            client.sendall(b"x" * 1234)
            wait_for(lambda: said_by(accepted).recv_q == 1234)
            for _ in range(3):
                log.capture()
            accepted.recv(1000)
            log.capture()
            end = place(accepted)
        (queue,) = ns.summary(log.snapshots).standing_queues
        assert (queue.queue, queue.bytes, queue.snapshots) == ("recv_q", 1234, 3)
        assert (queue.since, queue.until) == (second(1), second(3))
        assert (queue.connection.local.host, queue.connection.local.port) == end
        (life,) = ns.lifetimes(log.snapshots)
        assert life.second is not None
        totals = dict(zip(places(life.pair), (life.first, life.second), strict=True))
        assert totals.pop(end).highest_recv_q == 1234
        assert [total.highest_recv_q for total in totals.values()] == [0]

    in_namespace(body)


@pytest.mark.slow
def test_the_bounds_of_lifetimes_hold_the_truth() -> None:
    """netstat runs every second, while connections come and go when they like."""

    def body() -> None:
        snapshots: list[ns.Snapshot] = []
        late = timedelta()
        done = Event()

        def watch() -> None:
            nonlocal late
            while True:
                ends = done.is_set()
                at = datetime.now(UTC)
                output = subprocess.run(
                    ["netstat", "-antpe"], capture_output=True, text=True, check=True
                )
                # It is of some time between its stamp and this much later.
                late = max(late, datetime.now(UTC) - at)
                snapshots.append(ns.parse(f"{at.isoformat()}\n{output.stdout}"))
                if ends:
                    return
                time.sleep(1 - at.microsecond / 1e6)

        thread = Thread(target=watch)
        truth: dict[frozenset[Place], tuple[datetime, datetime]] = {}
        listener = listen(socket.AF_INET, "127.0.0.1")
        thread.start()
        for i in range(12):
            time.sleep(0.21)
            opened = datetime.now(UTC)
            client, accepted = connect(listener)
            time.sleep(0.13 * i)
            ends = frozenset((place(client), place(accepted)))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            client.close()  # it is reset, so nothing is left in TIME_WAIT
            wait_for(partial(is_closed, accepted))
            accepted.close()
            truth[ends] = opened, datetime.now(UTC)
        done.set()
        thread.join()
        lives = list(ns.lifetimes(snapshots))
        found = {frozenset(places(life.pair)): life for life in lives}
        assert len(found) == len(lives)
        assert found.keys() <= truth.keys()
        for ends, (opened, closed) in truth.items():
            life = found.get(ends)
            if life is None:
                assert not any(
                    snapshot.captured_at and opened < snapshot.captured_at < closed - late
                    for snapshot in snapshots
                )
                continue
            assert life.opened_after is not None
            assert life.closed_before is not None
            assert life.first_seen is not None
            assert life.last_seen is not None
            assert life.opened_after < closed
            assert opened <= life.first_seen + late
            assert life.opened_after <= opened + late
            assert life.last_seen <= closed
            assert closed <= life.closed_before + late

    in_namespace(body)


# Two hosts ----------------------------------------------------------------------------------------


class Hosts:
    """Two network namespaces with a wire between them: this process's, and another's."""

    ADDRESSES = ("198.51.100.1", "198.51.100.2")

    def __init__(self, stack: ExitStack) -> None:
        self._other = stack.enter_context(
            subprocess.Popen(
                ["sleep", "100"], preexec_fn=lambda: _libc.unshare(CLONE_NEWNET) and os._exit(1)
            )
        )
        stack.callback(self._other.kill)
        pid = str(self._other.pid)
        here = os.readlink("/proc/self/ns/net")
        wait_for(lambda: os.readlink(f"/proc/{pid}/ns/net") != here)
        self.there = ("nsenter", f"--net=/proc/{pid}/ns/net")
        self._run("ip", "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", pid)
        for prefix, address in zip(((), self.there), self.ADDRESSES, strict=True):
            self._run(*prefix, "ip", "address", "add", f"{address}/24", "dev", "wire")
            self._run(*prefix, "ip", "link", "set", "wire", "up")

    def _run(self, *command: str) -> None:
        subprocess.run(command, check=True)

    def capture(self, host: int, stamp: datetime | None, options: str = "-antp") -> ns.Snapshot:
        command = [*(self.there if host else ()), "netstat", options]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        stamped = f"{stamp.isoformat()}\n{text}" if stamp else text
        return ns.parse(stamped).model_copy(update={"source": f"host{host}"})

    def server(self) -> list[str]:
        return [*self.there, sys.executable, "-c", ACCEPTING, self.ADDRESSES[1]]


ACCEPTING = """
import socket, sys
s = socket.socket()
s.bind((sys.argv[1], 0))
s.listen()
print(s.getsockname()[1], flush=True)
accepted = [s.accept() for _ in range(2)]
print("accepted", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(
    ("seconds", "joined"), [(None, True), (0, True), (59, True), (61, False), (-61, False)]
)
def test_the_captures_of_two_hosts(seconds: int | None, joined: bool) -> None:
    """They are joined with equal stamps, without stamps, and within the tolerance."""

    def body() -> None:
        with ExitStack() as stack:
            hosts = Hosts(stack)
            pipe = subprocess.PIPE
            process = stack.enter_context(
                subprocess.Popen(hosts.server(), stdin=pipe, stdout=pipe, text=True)
            )
            assert process.stdout is not None
            port = int(process.stdout.readline())
            clients = [stack.enter_context(socket.socket()) for _ in range(2)]
            for client in clients:
                client.connect((hosts.ADDRESSES[1], port))
            assert process.stdout.readline() == "accepted\n"
            later = None if seconds is None else START + timedelta(seconds=seconds)
            captures = [hosts.capture(0, START), hosts.capture(1, later)]
            ends = [(place(client), place(client, peer=True)) for client in clients]
            found = ns.pairs(captures)
            assert {frozenset(places(pair)) for pair in found} == set(map(frozenset, ends))
            assert len(found) == (2 if joined else 4)
            assert len(ns.pairs(captures, tolerance=None)) == 2
            for pair in found:
                if not joined:
                    assert (pair.first.is_seen, pair.second.is_seen) == (True, False)
                    continue
                assert (pair.first.source, pair.second.source) == ("host0", "host1")
                assert pair.first.process is not None
                assert pair.second.process is not None
                assert pair.first.process.pid == os.getpid()
                assert pair.second.process.pid == process.pid
                assert pair.server == "second"
            again = ns.pairs([captures[1], *captures, captures[0]])
            assert len(again) == len(found)

    in_namespace(body)


def test_what_is_told_of_loopback_is_of_one_host() -> None:
    """Two hosts may have the same pair of loopback addresses and ports."""

    def body() -> None:
        with ExitStack() as stack:
            listener = stack.enter_context(listen(socket.AF_INET, "127.0.0.1"))
            for s in connect(listener):
                stack.enter_context(s)
            log = Log()
            log.capture()
            (one,) = log.snapshots
        two = one.model_copy(update={"source": "another host"})
        found = ns.pairs([one, two])
        assert [pair.first.source for pair in found] == [None, "another host"]
        assert all(pair.second.source == pair.first.source for pair in found)
        assert all(pair.server for pair in found)

    in_namespace(body)
