"""The real netstat of net-tools, its real output, real sockets: is every field what it must be?

What is expected comes from the sockets themselves and from /proc, never from netstat's text. Each
test runs here, among the machine's other sockets, and in a network namespace of its own where that
is permitted.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import IPv6Address
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sockets import (
    FILES,
    GROUPS,
    IPV6_FREEBIND,
    STATES,
    ProcRow,
    ProcTimer,
    Stage,
    add_address,
    as_printed,
    datagram_sockets,
    free_service_port,
    has_ipv6,
    has_udplite,
    here,
    in_namespace,
    joined_groups,
    kinds,
    long_addresses,
    may_have_namespace,
    may_have_raw,
    proc_groups,
    proc_rows,
    process_named,
    program_name,
    read_at_rest,
    said_by,
)

import netstat_parse as ns

if TYPE_CHECKING:
    from sockets import Address

pytestmark = pytest.mark.usefixtures("netstat")

Place = Callable[[Callable[[], None]], None]
PLACES = {"here": here, "namespace": in_namespace}


@pytest.fixture(
    params=["here"] + ["namespace"] * (sys.platform == "linux" and may_have_namespace())
)
def place(request: pytest.FixtureRequest) -> Place:
    return PLACES[request.param]


def connections(*arguments: str) -> list[ns.LinuxConnection]:
    snapshot = ns.run(["netstat", *arguments])
    assert snapshot.dialect == "linux"
    assert snapshot.unparsed == ()
    return [c for c in snapshot.connections if isinstance(c, ns.LinuxConnection)]


def is_endpoint(endpoint: ns.Endpoint, expected: tuple[Address, int] | None, any_: str) -> bool:
    """True if the endpoint is exactly this one. `any_` is how netstat prints a missing peer."""
    if expected is None:
        return (endpoint.host, endpoint.port, endpoint.truncated) == (any_, None, False)
    address, port = expected
    return (
        endpoint.address == address
        and endpoint.host == str(address)
        and endpoint.port == (port or None)
        and not endpoint.truncated
        and endpoint.service is None
    )


def by_inode(found: Iterable[ns.LinuxConnection], inode: int) -> ns.LinuxConnection:
    """The one connection of this inode.

    The kernel may give a row twice when the machine's sockets change while netstat reads them.
    """
    same = [c for c in found if c.inode == inode]
    assert len({(c.proto, c.local, c.foreign) for c in same}) == 1
    return same[-1]


# Multicast groups ---------------------------------------------------------------------------------


@pytest.mark.parametrize("options", ["-gn", "-gn4", "-gn6", "-g", "-antgn", "-angx"])
def test_every_group_of_the_kernel(place: Place, options: str) -> None:
    """Also behind other tables of the same run of netstat."""

    def body() -> None:
        with joined_groups(3):
            for attempt in range(20):
                before = proc_groups()
                snapshot = ns.run(["netstat", options])
                if proc_groups() == before:
                    break
                assert attempt < 19, "the machine's groups do not come to rest"
        assert (snapshot.dialect, snapshot.unparsed) == ("linux", ())
        found = snapshot.multicast_groups
        versions = [int(letter) for letter in options if letter in "46"] or [4, 6]
        kernel = [g for g in before if g.group.version in versions]
        assert [(g.interface, g.refcount) for g in found] == [
            (g.interface, g.users) for g in kernel
        ]
        for read, true in zip(found, kernel, strict=True):
            if read.address is None and "n" not in options:
                assert read.family is None
                assert read.group.strip("0123456789.")
            else:
                assert (read.group, read.address) == (str(true.group), true.group)
                assert read.family == f"ipv{true.group.version}"
        on_lo = {g.group: g.users for g in before if g.interface == "lo"}
        for group in GROUPS:
            assert group.version == 6 or on_lo[group] == 3

    place(body)


# What the sockets say -----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("kind", kinds())
def test_tcp_sockets(place: Place, kind: str) -> None:
    """Both ends of connections in every state, with data in their queues."""

    def body() -> None:
        with Stage(kind) as stage:
            for options in ("-antep", "-antepW", "-antepo"):
                check_stage(stage, kind, options)

    place(body)


def check_stage(stage: Stage, kind: str, options: str) -> None:
    everything, found = read_at_rest(stage.sockets, lambda: connections(options))
    any_ = "0.0.0.0" if kind == "ipv4" else "::"
    program, is_cut = program_name(os.getpid())
    states = set()
    for name, said in everything.items():
        states.add(said.state)
        c = by_inode(found, said.inode)
        assert c.proto == ("tcp" if kind == "ipv4" else "tcp6")
        assert c.transport == "tcp"
        assert c.family == ("ipv4" if kind == "ipv4" else "ipv6")
        assert is_endpoint(c.local, said.local, any_)
        assert is_endpoint(c.foreign, said.foreign or stage.towards.get(name), any_)
        assert c.state == said.state
        assert (c.recv_q, c.send_q) == (said.recv_q, said.send_q), name
        assert c.uid == said.uid
        assert c.process is not None
        assert c.process.pid == os.getpid()
        assert (c.process.name, c.process.truncated) == (program, is_cut)
        assert (c.timer is None) is ("o" not in options)
    assert states == set(STATES.values()) - {"SYN_RECEIVED", "TIME_WAIT", "CLOSED"}
    assert any(said.recv_q == 1234 for said in everything.values())
    assert any(said.send_q > 100_000 for said in everything.values())
    for local, foreign in stage.time_wait:
        (c,) = (
            c
            for c in found
            if is_endpoint(c.local, local, any_) and is_endpoint(c.foreign, foreign, any_)
        )
        assert c.state == "TIME_WAIT"
        assert (c.inode, c.process, c.recv_q, c.send_q) == (0, None, 0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("kind", kinds())
def test_timers(place: Place, kind: str) -> None:
    def body() -> None:
        with Stage(kind) as stage:
            found = connections("-anteo")
            expected = {
                "established_client": "off",
                "listening": "off",
                "keepalive_client": "keepalive",
                "blocked_client": "probe",
                "queued_3": "on",
            }
            for name, timer in expected.items():
                c = by_inode(found, said_by(stage.sockets[name]).inode)
                assert c.timer is not None
                assert c.timer.name == timer, name
                assert c.timer.expires == 0 or timer != "off"
            keepalive = by_inode(found, said_by(stage.sockets["keepalive_client"]).inode).timer
            assert keepalive is not None
            assert 4900 < keepalive.expires <= 5000

    place(body)


def test_datagram_sockets(place: Place) -> None:
    """UDP, UDP-Lite and raw: bound, connected, with a datagram that nobody has read."""

    def body() -> None:
        with datagram_sockets() as sockets:
            found = connections("-anuUwep" if has_udplite() else "-anuwep")
            kernel = {row.inode: row for row in proc_rows(*FILES)}
            for name, s in sockets.items():
                proto, use = name.split()
                inode = os.fstat(s.fileno()).st_ino
                c = by_inode(found, inode)
                host, port = s.getsockname()[:2]
                if proto.startswith("raw"):
                    port = 253  # netstat prints the protocol here
                assert c.proto == proto
                assert c.transport == {"udp": "udp", "udpl": "udplite"}.get(
                    proto.rstrip("6"), "raw"
                )
                assert c.family == ("ipv6" if proto.endswith("6") else "ipv4")
                assert (c.local.host, c.local.port) == (host, port)
                if use == "connected":
                    peer, peer_port = s.getpeername()[:2]
                    peer_port = None if proto.startswith("raw") else peer_port
                    assert (c.foreign.host, c.foreign.port) == (peer, peer_port)
                    assert c.state == "ESTABLISHED"
                else:
                    any_ = "::" if proto.endswith("6") else "0.0.0.0"
                    assert is_endpoint(c.foreign, None, any_)
                    assert c.state == ("CLOSED" if proto.startswith("raw") else None)
                assert c.recv_q == kernel[inode].recv_q
                assert (c.recv_q > 0) is (use == "filled" and not proto.startswith("raw"))
                assert c.process is not None
                assert c.process.pid == os.getpid()
            if may_have_raw():
                assert any(c.transport == "raw" for c in found)

    place(body)


# What /proc/net says ------------------------------------------------------------------------------

LETTERS = {"t": ("tcp", "tcp6"), "u": ("udp", "udp6"), "U": ("udpl", "udpl6"), "w": ("raw", "raw6")}
ALL_OPTIONS = [
    "-nt", "-nat", "-nlt", "-nu", "-nau", "-nlu", "-naw", "-nlw", "-natuw", "-nlutw", "-ntuwe",
    "-natuwe", "-natuwo", "-natuwp", "-natuwW", "-natuweo", "-natuwep", "-natuweW", "-natuwop",
    "-natuweop", "-natuweopW", "-nltuweopW", "-ntuweopW", "-na4tuwe", "-na6tuwe", "-n",
]  # fmt: skip


@pytest.mark.slow
def test_every_row_of_the_kernel(place: Place) -> None:
    """Every socket that the kernel has is there, no other is, and all of its fields are right."""

    def body() -> None:
        with ExitStack() as stack:
            for kind in kinds():
                stack.enter_context(Stage(kind))
            stack.enter_context(datagram_sockets())
            for options in ALL_OPTIONS:
                check_every_row(options)

    place(body)


def check_every_row(options: str) -> None:
    protos = [p for letter, both in LETTERS.items() if letter in options for p in both]
    if options == "-n":
        protos = list(FILES)
    if "4" in options or "6" in options:
        protos = [p for p in protos if p.endswith("6") is ("6" in options)]
    for attempt in range(20):
        before = proc_rows(*protos)
        found = connections(options)
        after = proc_rows(*protos)
        if before.keys() == after.keys():
            break
        assert attempt < 19, "the machine's sockets do not come to rest"
    shown = [kernel_key(row) for row in before if is_shown(row, options)]
    assert shown or ("w" in options and not may_have_raw()), options
    assert sorted(map(printed_key, found)) == sorted(shown), options
    if "e" in options:
        check_columns(found, before, after)


def is_shown(row: ProcRow, options: str) -> bool:
    """netstat.c: without -a, -l shows what has no peer, and no -l what has one."""
    address, port = row.foreign
    has_peer = port != 0 if row.proto.startswith("tcp") else int(address) != 0
    return "a" in options or has_peer is ("l" not in options)


def kernel_key(row: ProcRow) -> tuple[object, ...]:
    (local, port), (foreign, foreign_port) = row.local, row.foreign
    is_silent = row.proto.startswith("udp") and row.state == 7
    return (
        row.proto,
        str(local),
        port or -1,
        str(foreign),
        foreign_port or -1,
        "" if is_silent else STATES[row.state],
        row.recv_q,
        row.send_q,
    )


def printed_key(c: ns.LinuxConnection) -> tuple[object, ...]:
    assert c.local.address is not None
    assert c.foreign.address is not None
    return (
        c.proto,
        str(c.local.address),
        c.local.port or -1,
        str(c.foreign.address),
        c.foreign.port or -1,
        c.state or "",
        c.recv_q,
        c.send_q,
    )


def check_columns(
    found: list[ns.LinuxConnection],
    before: dict[ProcRow, ProcTimer],
    after: dict[ProcRow, ProcTimer],
) -> None:
    """The columns of -e, -o and -p, of the sockets that still have an inode."""
    names = {0: "off", 1: "on", 2: "keepalive", 3: "timewait", 4: "probe"}
    own = {os.fstat(int(fd)).st_ino for fd in os.listdir("/proc/self/fd") if exists(int(fd))}
    rows = {row.inode: row for row in before if row.inode}
    for c in found:
        assert c.inode is not None
        if c.inode == 0:
            assert c.process is None
            continue
        row = rows[c.inode]
        assert c.user == user_name(row.uid) if c.user is not None else c.uid == row.uid
        if c.inode in own and c.process is not None:
            assert c.process.pid == os.getpid()
            assert c.process.name == program_name(os.getpid())[0]
        if c.timer is not None:
            assert c.timer.name == names[row.timer]
            if row.timer == 0:
                assert c.timer.expires == 0
                continue
            bounds = sorted((before[row], after[row]), key=lambda timer: timer.seconds)
            if bounds == [after[row], before[row]]:  # it was not set anew meanwhile
                assert bounds[0].seconds - 0.05 <= c.timer.expires <= bounds[1].seconds + 0.05
                assert (c.timer.retransmits, c.timer.probes) == (
                    before[row].retransmits,
                    before[row].probes,
                )


def exists(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def user_name(uid: int) -> str | None:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None


# Other netstats -----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("program", [p for p in ("busybox", "toybox") if shutil.which(p)])
def test_run_finds_another_netstat(
    place: Place, program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """busybox may know neither -W nor -p; run() then does without."""
    (tmp_path / "netstat").symlink_to(os.path.realpath(shutil.which(program) or ""))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    def is_printed(row: ProcRow) -> bool:
        port = row.foreign[1]
        return bool(port & 0x70) if program == "toybox" else port != 0  # toybox 0.8.9, show_ip

    def body() -> None:
        with ExitStack() as stack:
            for kind in kinds():
                stack.enter_context(Stage(kind))
            for attempt in range(20):
                before = proc_rows("tcp", "tcp6").keys()
                snapshot = ns.run()
                if before == proc_rows("tcp", "tcp6").keys():
                    break
                assert attempt < 19, "the machine's sockets do not come to rest"
            assert snapshot.dialect == program
            found = []
            for c in snapshot.connections:
                assert c.local.address is not None
                assert c.foreign.address is not None
                local, foreign = as_printed(c.local.address), as_printed(c.foreign.address)
                key = str(local), c.local.port, str(foreign), c.foreign.port
                found.append((*key, c.state, c.recv_q, c.send_q))
            expected = [kernel_key(row)[1:] for row in before if is_printed(row)]
            assert sorted(found) == sorted(expected)

    place(body)


# Users, services, notes ---------------------------------------------------------------------------


def test_owner_by_number_and_by_name() -> None:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        inode = os.fstat(s.fileno()).st_ino
        uids = {os.getuid()}
        if os.getuid() == 0:
            uids |= {pwd.getpwnam("nobody").pw_uid, 54321}
        for uid in uids:
            if uid != os.getuid():
                os.fchown(s.fileno(), uid, -1)
            c = by_inode(connections("-lnte"), inode)
            assert (c.user, c.uid) == (None, uid)
            name = user_name(uid)
            c = by_inode(connections("-lte", "--numeric-hosts", "--numeric-ports"), inode)
            assert (c.user, c.uid) == ((name, None) if name else (None, uid))


def test_ports_by_name() -> None:
    port = free_service_port()
    try:
        service = socket.getservbyport(port, "tcp")
    except OSError:
        service = None
    with socket.socket() as s:
        s.bind(("127.0.0.1", port))
        s.listen()
        c = by_inode(connections("-lte", "--numeric-hosts"), os.fstat(s.fileno()).st_ino)
    assert c.local.service == service
    assert c.local.port == (None if service else port)


def test_processes_of_others() -> None:
    """What an ordinary user may not see is told in a note, and its process is unknown."""
    command = ["netstat", "-lnptee"]
    if os.getuid() == 0:
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        snapshot = ns.run(command)
        inode = os.fstat(s.fileno()).st_ino
        found = [c for c in snapshot.connections if isinstance(c, ns.LinuxConnection)]
        own = by_inode(found, inode)
    if os.getuid() == 0:
        assert own.process is None
        assert any(note.startswith("(No info could be read") for note in snapshot.notes)
    else:
        assert own.process is not None
        assert own.process.pid == os.getpid()
        if not all(os.access(f"/proc/{pid}/fd", os.R_OK) for pid in pids()):
            assert any(note.startswith("(Not all processes") for note in snapshot.notes)


def pids() -> list[str]:
    return [name for name in os.listdir("/proc") if name.isdigit()]


def test_run_without_a_command(place: Place) -> None:
    """Its connections, numeric, with their processes, and whole."""

    def body() -> None:
        with Stage("ipv4") as stage:
            snapshot = ns.run()
            said = [said_by(s) for s in stage.sockets.values()]
            for one in said:
                found = [c for c in snapshot.connections if is_endpoint(c.local, one.local, "")]
                if one.state == "LISTEN":
                    assert all(c.state != "LISTEN" for c in found)
                elif one.foreign is not None:
                    (c,) = (c for c in found if is_endpoint(c.foreign, one.foreign, ""))
                    assert c.process is not None
                    assert c.process.pid == os.getpid()

    place(body)


def test_a_header_without_rows() -> None:
    if not may_have_namespace():
        pytest.skip("no namespace without sockets is permitted here")

    def body() -> None:
        assert ns.run().connections == ()
        assert connections("-anp") == []

    in_namespace(body)


@pytest.mark.skipif(
    Path("/proc/net/sctp").exists(), reason="the kernel has SCTP; the other test runs"
)
def test_sctp_that_the_kernel_lacks() -> None:
    with pytest.raises(ns.CommandFailedError, match=r"no support for .AF INET"):
        ns.run(["netstat", "-an", "--sctp"])


# Addresses that do not fit ------------------------------------------------------------------------


def free_port(port: int, address: IPv6Address) -> socket.socket | None:
    """A socket that listens there although the address may be foreign, or None if it can't."""
    s = socket.socket(socket.AF_INET6)
    s.setsockopt(socket.IPPROTO_IPV6, IPV6_FREEBIND, 1)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    scope = 1 if address.is_link_local else 0
    try:
        s.bind((str(address), port, 0, scope))
    except OSError:  # a port below 1024, a v4-compatible address
        s.close()
        return None
    s.listen()
    return s


def check_whole(endpoint: ns.Endpoint, address: IPv6Address, port: int) -> None:
    assert endpoint.address == address
    assert endpoint.host == str(address).lower() or IPv6Address(endpoint.host) == address
    assert endpoint.port == port
    assert not endpoint.truncated


def check_in_column(endpoint: ns.Endpoint, address: IPv6Address, port: int) -> None:
    """netstat.c, addr_do_one: 22 characters for host and port together, the port goes first."""
    host = text_of(address)
    if len(host) + len(str(port)) < 22 or (
        len(host) + len(str(port)) == 22 and not endpoint.truncated
    ):
        check_whole(endpoint, address, port)
    else:
        assert endpoint.host == host[: 22 - len(str(port))]
        assert endpoint.port == port
        assert endpoint.truncated
        assert endpoint.address is None


def text_of(address: IPv6Address) -> str:
    return socket.inet_ntop(socket.AF_INET6, address.packed)


needs_ipv6 = pytest.mark.parametrize("family", ["ipv6"] if has_ipv6() else [])


@needs_ipv6
@pytest.mark.parametrize("port", [7, 80, 443, 8080, 51234])
def test_long_local_addresses(place: Place, family: str, port: int) -> None:
    def body() -> None:
        with ExitStack() as stack:
            opened = []
            for address in long_addresses(port):
                s = free_port(port, address) or free_port(port + 20_000, address)
                if s is not None:
                    stack.enter_context(s)
                    opened.append((address, s.getsockname()[1], os.fstat(s.fileno()).st_ino))
            assert len(opened) > 20
            narrow, wide = connections("-lnte"), connections("-lnteW")
            lengths = set()
            for address, bound, inode in opened:
                lengths.add(len(text_of(address)) + len(str(bound)))
                check_in_column(by_inode(narrow, inode).local, address, bound)
                check_whole(by_inode(wide, inode).local, address, bound)
            assert min(lengths) < 22 < max(lengths)

    place(body)


@pytest.mark.slow
@needs_ipv6
@pytest.mark.skipif(not may_have_namespace(), reason="needs addresses of its own: a namespace")
@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_long_addresses_on_both_ends(family: str, transport: str) -> None:
    def body() -> None:
        own = []
        for address in long_addresses():
            try:
                add_address(address)
            except OSError:
                continue
            own.append(address)
        assert len(own) > 20
        with ExitStack() as stack:
            for address, other in zip(own, reversed(own), strict=True):
                opened = pair(stack, transport, address, other)
                inode = os.fstat(opened.fileno()).st_ino
                port, foreign_port = opened.getsockname()[1], opened.getpeername()[1]
                narrow = by_inode(connections(f"-ne{transport[0]}"), inode)
                check_in_column(narrow.local, address, port)
                check_in_column(narrow.foreign, other, foreign_port)
                wide = by_inode(connections(f"-ne{transport[0]}W"), inode)
                check_whole(wide.local, address, port)
                check_whole(wide.foreign, other, foreign_port)

    in_namespace(body)


def pair(
    stack: ExitStack, transport: str, address: IPv6Address, other: IPv6Address
) -> socket.socket:
    """A socket at `address` that is connected to one at `other`."""
    kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
    peer = stack.enter_context(socket.socket(socket.AF_INET6, kind))
    peer.bind((str(other), 0, 0, 1 if other.is_link_local else 0))
    if transport == "tcp":
        peer.listen()
    s = stack.enter_context(socket.socket(socket.AF_INET6, kind))
    s.bind((str(address), 0, 0, 1 if address.is_link_local else 0))
    s.connect(peer.getsockname())
    return s


# Hostile names ------------------------------------------------------------------------------------

NAMES = [
    b"plain",
    b"two words",
    b" leading",
    b"trailing ",
    b"  ",
    b"",
    b"LISTEN",
    b"x LISTEN 1/y",
    b"ESTABLISHED",
    b"a:b",
    b"(x)",
    b"(x",
    b"a,b",
    b'a"b"',
    b"it's",
    b"-",
    b"- -",
    b"--",
    b"=1+1",
    b"a/b",
    b"./a/b c",
    b"/usr/sbin/x y",
    b"/usr/sbin/",
    b"/a b/c d",
    b"/",
    b"1/2",
    b"off (0.00/0/0)",
    b"0 1 2/x",
    b"sshd: /usr/sbin",
    b"tcp 0 0 1:1 2:2",
    b"a name of thirty characters !!",
    b"/opt/a name of many more than nineteen",
    "größe".encode(),
    "日本語の名前です".encode(),
    "🦊".encode(),
    b"\xff\xfe",
    b"a\tb",
    b"\tb\t",
    b"\x01\x7f",
    b"#$%`\\|&;<>",
    b"%s%n",
    b"<b>&amp;",
]


def check_program(c: ns.LinuxConnection, pid: int) -> None:
    name, fills = program_name(pid)
    assert c.process is not None
    assert c.process.pid == pid
    assert c.process.name == name
    assert c.process.truncated or not fills


@contextmanager
def processes_named(
    names: Iterable[bytes], kind: socket.SocketKind
) -> Iterator[dict[int, tuple[int, int]]]:
    """A process of each name, which holds a socket: its port, its inode and the process's pid."""
    with ExitStack() as stack:
        held = {}
        for name in names:
            s = socket.socket(socket.AF_INET, kind)
            s.bind(("127.0.0.1", 0))
            if kind == socket.SOCK_STREAM:
                s.listen()
            port, inode = s.getsockname()[1], os.fstat(s.fileno()).st_ino
            held[port] = inode, stack.enter_context(process_named(name, s))
        yield held


@pytest.mark.slow
def test_hostile_names() -> None:
    with processes_named(NAMES, socket.SOCK_STREAM) as held:
        for options in ("-lntp", "-lntpe", "-lntpo", "-lntpeoW", "-antup"):
            found = [c for c in connections(options) if c.state == "LISTEN"]
            for port, (inode, pid) in held.items():
                (c,) = (c for c in found if c.local.port == port)
                check_program(c, pid)
                if c.inode is not None:
                    assert (c.inode, c.uid) == (inode, os.getuid())
                if c.timer is not None:
                    assert (c.timer.name, c.timer.expires) == ("off", 0)


@pytest.mark.slow
def test_hostile_names_where_the_state_is_missing() -> None:
    with processes_named(NAMES, socket.SOCK_DGRAM) as held:
        for options in ("-lnup", "-lnupe", "-lnupo", "-lnupeoW"):
            found = connections(options)
            for port, (_, pid) in held.items():
                (c,) = (c for c in found if c.local.port == port)
                check_program(c, pid)
                assert c.state is None


@pytest.mark.slow
def test_names_that_break_the_line() -> None:
    """net-tools prints a line feed as it is; no such name may add a row, or lose one in silence."""

    def body() -> None:
        for name in (b"a\nb", b"\n", b"a\n1700000000", b"\n$ x", b"\ntcp 0 0 1:1 2:2", b"a\n\n\nb"):
            s = socket.socket()
            s.bind(("127.0.0.1", 0))
            s.listen()
            port = s.getsockname()[1]
            with process_named(name, s) as pid:
                for options in ("-lntp", "-lntpeo"):
                    kernel = {row.local[1] for row in proc_rows("tcp", "tcp6") if row.state == 10}
                    try:
                        found = connections(options)
                    except ns.CommandOutputError:
                        continue
                    assert {c.local.port for c in found} == kernel
                    (c,) = (c for c in found if c.local.port == port)
                    assert c.process is not None
                    assert c.process.pid == pid

    # In a namespace the other tests of this machine do not see what breaks their lines.
    (in_namespace if may_have_namespace() else here)(body)
