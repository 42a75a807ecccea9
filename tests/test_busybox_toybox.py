"""The real busybox and toybox, real sockets: is every field what it must be, or unknown?

What is expected comes from the sockets themselves and from /proc, never from netstat's text. Each
test runs in a network namespace of its own where that is permitted, else among the machine's other
sockets.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from ipaddress import IPv4Address, IPv6Address

import pytest

if sys.platform != "linux":
    pytest.skip("busybox and toybox run on Linux", allow_module_level=True)

from sockets import (
    IPV6_FREEBIND,
    STATES,
    ProcRow,
    Stage,
    add_address,
    datagram_sockets,
    here,
    in_namespace,
    kinds,
    long_addresses,
    may_have_namespace,
    may_have_raw,
    proc_rows,
)

import netstat_parse as ns

PROGRAMS = ("busybox", "toybox")
PROTOS = {"t": ("tcp", "tcp6"), "u": ("udp", "udp6"), "w": ("raw", "raw6")}


@pytest.fixture(params=PROGRAMS)
def program(request: pytest.FixtureRequest) -> str:
    """Where one is missing the tests fail: .ci/run installs them."""
    name: str = request.param
    if shutil.which(name) is None:
        pytest.fail(f"{name} is not installed, so nothing was tested: apt install {name}")
    return name


def somewhere(body: Callable[[], None]) -> None:
    (in_namespace if may_have_namespace() else here)(body)


def printed_by(program: str, options: str) -> str:
    run = subprocess.run(
        [program, "netstat", options],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
    )
    return run.stdout


def read(text: str, program: str, dialect: str | None = None) -> list[ns.LinuxConnection]:
    snapshot = ns.parse(text, dialect=dialect)
    assert snapshot.dialect in (program, "linux", dialect)
    return [c for c in snapshot.connections if isinstance(c, ns.LinuxConnection)]


def has_option(program: str, option: str) -> bool:
    """Debian's busybox is built without -p and -W."""
    run = subprocess.run([program, "netstat", "-tn" + option], capture_output=True, check=False)
    return run.returncode == 0


# Every row of the kernel --------------------------------------------------------------------------


def check_end(end: ns.Endpoint, truth: IPv4Address | IPv6Address, *, may_cut: bool) -> bool:
    """True if the endpoint is this one. `proc_rows` gives mapped addresses as IPv4."""
    if end.truncated:
        whole = f"::ffff:{truth}"
        if isinstance(truth, IPv6Address):
            whole = socket.inet_ntop(socket.AF_INET6, truth.packed)
        return may_cut and end.address is None and whole.startswith(end.host)
    address = end.address
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address == truth


def is_row(c: ns.LinuxConnection, row: ProcRow, program: str) -> bool:
    is_v6 = row.proto.endswith("6")
    names = {row.proto} if program == "toybox" else {row.proto.rstrip("6")}
    may_cut = program == "toybox" or c.dialect == "linux"
    state: str | None = STATES[row.state]
    if row.proto.startswith("udp"):
        state = {1: "ESTABLISHED", 7: None}[row.state]
    has_state = c.state == state
    if row.proto.startswith("raw") and "busybox" in (program, c.dialect):
        has_state = c.state is None
    return (
        c.proto in names
        and c.transport == row.proto.rstrip("6")
        and c.family == ("ipv6" if is_v6 else "ipv4")
        and (c.recv_q, c.send_q) == (row.recv_q, row.send_q)
        and (c.local.port, c.foreign.port) == (row.local[1] or None, row.foreign[1] or None)
        and check_end(c.local, row.local[0], may_cut=may_cut)
        and check_end(c.foreign, row.foreign[0], may_cut=may_cut)
        and has_state
    )


def rows_and_text(program: str, options: str) -> tuple[list[ProcRow], str]:
    protos = [proto for letter, both in PROTOS.items() if letter in options for proto in both]
    for _ in range(20):
        before = list(proc_rows(*protos))
        text = printed_by(program, options)
        if before == list(proc_rows(*protos)):
            return before, text
    raise AssertionError("the machine's sockets do not come to rest")


def check_rows(program: str, options: str) -> None:
    """The programs print the kernel's rows in the kernel's order."""
    rows, text = rows_and_text(program, options)
    assert rows, options
    stripped = "\n".join(line.rstrip() for line in text.split("\n"))
    for found in (
        read(text, program),
        # Without the blanks behind it, toybox's header under -W is busybox's.
        read(stripped, "busybox" if "W" in options and "e" not in options else program),
        read(text, program, dialect=program),
    ):
        assert len(found) == len(rows), options
        for c, row in zip(found, rows, strict=True):
            assert is_row(c, row, program), (options, c, row)
            if "e" in options and program == "toybox":
                assert (c.uid, c.inode) == (row.uid, row.inode)


OPTIONS = ("-ant", "-anu", "-anw", "-antu", "-antuw", "-antuwe", "-antuwW", "-antuweW")


@pytest.mark.slow
def test_every_row_of_the_kernel(program: str) -> None:
    def body() -> None:
        with ExitStack() as stack:
            for kind in kinds():
                stack.enter_context(Stage(kind))
            stack.enter_context(datagram_sockets())
            for options in OPTIONS:
                check_rows(program, possible(program, options))

    somewhere(body)


def possible(program: str, options: str) -> str:
    """The options, less what this build of the program, or this user, may not do."""
    if "W" in options and not has_option(program, "W"):
        assert program == "busybox"
        options = options.replace("W", "")
    return options if may_have_raw() else options.replace("w", "t")


@pytest.mark.skipif(not may_have_namespace(), reason="no namespace of its own")
def test_addresses_of_every_length(program: str) -> None:
    """toybox cuts, busybox does not: no address is wrong, and none is in doubt without need."""

    def body() -> None:
        addresses = [*long_addresses(), IPv6Address("::ffff:127.100.200.123")]
        with ExitStack() as stack:
            sockets = {}
            for port, address in enumerate(addresses, 10_000):
                s = stack.enter_context(socket.socket(socket.AF_INET6))
                s.setsockopt(socket.IPPROTO_IPV6, IPV6_FREEBIND, 1)
                if address.is_link_local:
                    add_address(address)
                s.bind((str(address), port, 0, 1 if address.is_link_local else 0))
                s.listen()
                sockets[port] = address
            found = read(printed_by(program, "-lnt"), program)
            assert len(found) == len(addresses)
            for c in found:
                assert c.local.port is not None
                address = sockets[c.local.port]
                text = socket.inet_ntop(socket.AF_INET6, address.packed)
                field = len(f"{text}:{c.local.port}")
                if program == "busybox" or field < 23:
                    assert c.local.address == address
                elif field > 23:
                    assert c.local.truncated
                    assert c.local.address is None
                else:
                    assert c.local.address in (address, None)
                assert c.foreign.address == IPv6Address("::")
                assert c.family == "ipv6"

    in_namespace(body)


# Processes and names ------------------------------------------------------------------------------


def test_processes_of_toybox() -> None:
    """The name is whole, as long as it is: toybox takes the last part of argv[0]."""
    if shutil.which("toybox") is None:
        pytest.fail("toybox is not installed, so nothing was tested: apt install toybox")
    name = "a name: (of) LISTEN, more than 20 long"
    code = (
        "import socket, sys; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen();"
        "print(s.getsockname()[1], flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [name, "-c", code],
        executable=sys.executable,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        for options in ("-lntp", "-lntpe", "-lntpW"):
            (c,) = (
                c for c in read(printed_by("toybox", options), "toybox") if c.local.port == port
            )
            assert c.dialect == "toybox"
            assert c.process == ns.Process(pid=process.pid, name=name)
            assert c.state == "LISTEN"
        process.communicate()


@pytest.mark.slow
def test_names_and_brackets(program: str) -> None:
    """Without -n both print names, and toybox `[::]` for IPv6's any, with -n too."""
    with socket.socket(socket.AF_INET6) as s, socket.socket() as named:
        s.bind(("::", 0))
        s.listen()
        named.bind(("127.0.0.1", 0))
        named.listen()
        for options in ("-lnt", "-lt"):
            found = read(printed_by(program, options), program)
            port = s.getsockname()[1]
            (c,) = (c for c in found if c.local.port == port)
            assert c.local.host == "::"
            assert (c.local.address, c.foreign.address) == (IPv6Address("::"), IPv6Address("::"))
            assert c.family == "ipv6"
            (c,) = (c for c in found if c.local.port == named.getsockname()[1])
            assert c.family == "ipv4"
            assert c.local.address in (IPv4Address("127.0.0.1"), None)


def test_the_dialect_is_told_where_it_can_be(program: str) -> None:
    told = ("-ant", "-antu") if program == "busybox" else ("-ante", "-antp", "-antW")
    for options in told:
        assert ns.parse(printed_by(program, options)).dialect == program
