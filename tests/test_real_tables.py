"""Routes, interfaces and statistics of the real net-tools, busybox and toybox.

What is expected comes from /proc/net, never from netstat's text. The routes and interfaces are made
in a network namespace: many routes, long names, interfaces that are down.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("these programs run on Linux", allow_module_level=True)

from sockets import in_namespace, may_have_namespace

import netstat_parse as ns

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not may_have_namespace(), reason="no network namespace is permitted here"),
]

LONG_NAME = "averylongname15"
SETUP = f"""
link set lo up
tuntap add dev {LONG_NAME} mode tun
link add veth0 type veth peer name veth1
link add br0 type bridge
link add sixsix type ifb
link set {LONG_NAME} up
link set veth0 up
link set veth1 up
link set br0 up
addr add 192.0.2.10/24 dev veth0
addr add 2001:db8:aaaa:bbbb:cccc:dddd:eeee:1/64 dev veth0 nodad
addr add 198.51.100.1/25 dev {LONG_NAME}
route add default via 192.0.2.254 dev veth0 metric 100
route add 203.0.113.128/25 via 192.0.2.253 dev veth0 mtu 1400 window 5000 rtt 30ms
route add unreachable 10.0.0.0/8
route add prohibit 172.16.0.0/12 metric 4294967295
route add blackhole 192.168.0.0/16
route add 203.0.113.9/32 dev {LONG_NAME}
route add ::/0 via 2001:db8:aaaa:bbbb::fe dev veth0
route add unreachable 2001:db8:ffff::/48
route add blackhole 2001:db8:fffe::/48 metric 4294967295
route add 2001:db8:1:1:1:1:1:1/128 via 2001:db8:aaaa:bbbb:cccc:dddd:eeee:2 dev veth0
"""
MANY = "".join(
    f"route add 10.{i}.{j}.0/{24 + j % 9} via 192.0.2.{1 + j} dev veth0 metric {i * j}\n"
    f"route add 2001:db8:{i:x}:{j:x}::/{64 + j} dev {LONG_NAME} metric {1 + i * j}\n"
    for i in range(8)
    for j in range(0, 40, 8)
)


def set_up() -> None:
    subprocess.run(
        ["ip", "-batch", "-"], input=SETUP + MANY, text=True, check=True, env=ENVIRONMENT
    )


ENVIRONMENT = {"PATH": os.environ["PATH"] + ":/sbin:/usr/sbin", "LC_ALL": "C"}


def printed(command: str) -> str:
    program, *arguments = command.split()
    assert shutil.which(program, path=ENVIRONMENT["PATH"]), f"{program} is not installed"
    run = subprocess.run(
        [program, *arguments], capture_output=True, text=True, check=True, env=ENVIRONMENT
    )
    return run.stdout


def signed(number: int) -> int:
    """As %d prints it."""
    return number - 2**32 if number >= 2**31 else number


# Routes -------------------------------------------------------------------------------------------


def ipv4_of(digits: str) -> IPv4Address:
    return IPv4Address(bytes.fromhex(digits)[::-1])


def kernel_routes() -> list[dict[str, object]]:
    """What /proc/net/route has, by the fields of a Route; None where packets are rejected."""
    routes: list[dict[str, object]] = []
    for line in Path("/proc/net/route").read_text().splitlines()[1:]:
        name, to, via, flags, refs, use, metric, mask, mss, window, irtt = line.split()
        routes.append(
            {
                "network": IPv4Network(f"{ipv4_of(to)}/{ipv4_of(mask)}"),
                "gateway_address": ipv4_of(via),
                "interface": None if name == "*" else name,
                "is_rejected": int(flags, 16) & 0x200 != 0,
                "is_host": int(flags, 16) & 4 != 0,
                "is_via": int(flags, 16) & 2 != 0,
                "refs": int(refs),
                "use": int(use),
                "metric": signed(int(metric)),
                "mss": int(mss),
                "window": int(window),
                "irtt": int(irtt),
            }
        )
    return routes


def check_ipv4(route: ns.Route, expected: dict[str, object], command: str) -> None:
    is_netstat = command.split()[0] in ("netstat", "route")
    rejected = expected["is_rejected"]
    assert (route.family, route.network) == ("ipv4", expected["network"])
    assert route.flags is not None
    assert ("!" in route.flags, "G" in route.flags) == (rejected, expected["is_via"])
    assert rejected or ("H" in route.flags) == expected["is_host"]
    # Only net-tools prints `-`; the others print `*` for no gateway without -n.
    if rejected and is_netstat:
        assert (route.gateway, route.gateway_address) == (None, None)
    elif route.gateway == "*":
        assert expected["gateway_address"] == IPv4Address(0)
    else:
        assert route.gateway_address == expected["gateway_address"]
    name = expected["interface"]
    if route.truncated:
        assert route.truncated == ("interface",)
        assert isinstance(name, str)
        assert name[:6] == route.interface
        assert len(name) >= 6
    else:
        assert route.interface == name
    for field in ("metric", "refs", "use", "mss", "window", "irtt"):
        value = getattr(route, field)
        has_column = field in columns_of(command)
        has_dash = rejected and is_netstat and field in ("refs", "mss", "window", "irtt")
        assert value == (expected[field] if has_column and not has_dash else None), field


def columns_of(command: str) -> tuple[str, ...]:
    words = command.split()
    options = "".join(word.lstrip("-") for word in words[1:] if word.startswith("-"))
    is_route = words[0] == "route"
    if "ee" in options:
        return ("metric", "refs", "use", "mss", "window", "irtt")
    if "e" in options or is_route:
        return ("metric", "refs", "use")
    return ("mss", "window", "irtt")


IPV4_COMMANDS = (
    *("netstat -rn", "netstat -r", "netstat -rne", "netstat -rnee", "netstat -re", "route -n"),
    *("netstat -rnW", "netstat -ree", "busybox netstat -rn", "busybox netstat -r"),
    *("busybox netstat -rne", "toybox netstat -rn", "toybox netstat -r", "toybox netstat -rne"),
)


def test_every_ipv4_route_is_the_kernels() -> None:
    def body() -> None:
        set_up()
        for command in IPV4_COMMANDS:
            snapshot = ns.parse(printed(command))
            expected = kernel_routes()
            assert len(expected) > 40
            assert len(snapshot.routes) == len(expected), command
            for route, truth in zip(snapshot.routes, expected, strict=True):
                check_ipv4(route, truth, command)

    in_namespace(body)


def ipv6_of(digits: str) -> IPv6Address:
    return IPv6Address(bytes.fromhex(digits))


IPV6_COMMANDS = (
    *("netstat -rn6", "netstat -r6", "route -6n", "route -A inet6", "busybox route -n -A inet6"),
)


def ipv6_routes(command: str) -> tuple[list[list[str]], ns.Snapshot]:
    """What the kernel has and what netstat prints; again, where a count changed meanwhile."""
    path = Path("/proc/net/ipv6_route")
    for _ in range(50):
        before = path.read_text()
        snapshot = ns.parse(printed(command))
        if path.read_text() == before:
            return [line.split() for line in before.splitlines()], snapshot
    pytest.fail("the kernel's routes never came to rest")


def test_every_ipv6_route_is_the_kernels() -> None:
    def body() -> None:
        set_up()
        for command in IPV6_COMMANDS:
            lines, snapshot = ipv6_routes(command)
            assert len(snapshot.routes) == len(lines) > 40, command
            for route, line in zip(snapshot.routes, lines, strict=True):
                to, length, _, _, via, metric, refs, use, flags, name = line
                assert route.network == IPv6Network((ipv6_of(to), int(length, 16)))
                assert route.gateway_address == ipv6_of(via)
                assert (route.family, route.truncated) == ("ipv6", ())
                assert route.interface == name
                assert route.metric == signed(int(metric, 16))
                assert (route.refs, route.use) == (int(refs, 16), int(use, 16))
                assert route.flags is not None
                assert ("!" in route.flags) == bool(int(flags, 16) & 0x200)
                assert ("G" in route.flags) == bool(int(flags, 16) & 2)

    in_namespace(body)


# Interfaces ---------------------------------------------------------------------------------------


def kernel_interfaces() -> dict[str, tuple[int, ...]]:
    """Name -> packets, errors, drops and overruns each way, of /proc/net/dev."""
    found = {}
    for line in Path("/proc/net/dev").read_text().splitlines()[2:]:
        name, _, numbers = line.partition(":")
        counters = list(map(int, numbers.split()))
        found[name.strip()] = (*counters[1:5], *counters[9:13])
    return found


@pytest.mark.parametrize("options", ["-i", "-ia"])
def test_every_interface_is_the_kernels(options: str) -> None:
    def body() -> None:
        set_up()
        before = kernel_interfaces()
        snapshot = ns.parse(printed(f"netstat {options}"))
        after = kernel_interfaces()
        shown = [interface.name for interface in snapshot.interfaces]
        every = {name for name in before if is_up(name) or options == "-ia"}
        assert sorted(shown) == sorted(every)
        assert {"sixsix", LONG_NAME} & every == ({"sixsix"} if options == "-ia" else set()) | {
            LONG_NAME
        }
        for i in snapshot.interfaces:
            counters = (
                *(i.rx_packets, i.rx_errors, i.rx_drops, i.rx_overruns),
                *(i.tx_packets, i.tx_errors, i.tx_drops, i.tx_overruns),
            )
            for low, found, high in zip(before[i.name], counters, after[i.name], strict=True):
                assert found is not None
                assert low <= found <= high
            assert i.is_down == (not is_up(i.name))
            assert i.mtu == mtu_of(i.name)
            assert i.truncated == ()

    in_namespace(body)


def mtu_of(name: str) -> int:
    words = printed(f"ip -o link show dev {name}").split()
    return int(words[words.index("mtu") + 1])


def is_up(name: str) -> bool:
    shown = printed(f"ip -o link show dev {name}")
    return "UP" in shown[shown.index("<") + 1 : shown.index(">")].split(",")


# Statistics ---------------------------------------------------------------------------------------


def kernel_counters() -> dict[str, int]:
    """`Tcp.InSegs` -> its number, of /proc/net/snmp and netstat."""
    found = {}
    for path in ("/proc/net/snmp", "/proc/net/netstat"):
        lines = Path(path).read_text().splitlines()
        for titles, numbers in zip(lines[::2], lines[1::2], strict=True):
            section, *names = titles.split()
            for name, number in zip(names, numbers.split()[1:], strict=True):
                found[section.rstrip(":") + "." + name] = int(number)
    return found


def print_counters() -> tuple[str, dict[str, int]]:
    """What netstat printed while the kernel's counters stood still, and these.

    The kernel sends packets of its own, such as reports of multicast groups.
    """
    for _ in range(100):
        before, text = kernel_counters(), printed("netstat -s")
        if kernel_counters() == before:
            return text, before
    pytest.fail("the kernel's counters never stood still")


WORDS = {
    ("Ip", "total packets received"): "Ip.InReceives",
    ("Ip", "requests sent out"): "Ip.OutRequests",
    ("Icmp", "ICMP messages received"): "Icmp.InMsgs",
    ("Icmp", "ICMP messages sent"): "Icmp.OutMsgs",
    ("Tcp", "active connection openings"): "Tcp.ActiveOpens",
    ("Tcp", "segments received"): "Tcp.InSegs",
    ("Tcp", "segments sent out"): "Tcp.OutSegs",
    ("Udp", "packets received"): "Udp.InDatagrams",
    ("Udp", "packets sent"): "Udp.OutDatagrams",
}
"""The sentences of some counters."""


def test_statistics_are_the_kernels() -> None:
    """Those with sentences that are known here, and all that are printed by the kernel's names."""

    def body() -> None:
        set_up()
        printed_counters, kernel = print_counters()
        snapshot = ns.parse(printed_counters)
        assert len(snapshot.statistics) == sum(
            line.startswith(" ") and not line.endswith(":")
            for line in printed_counters.splitlines()
        )
        found = {(s.section, s.name): s.value for s in snapshot.statistics}
        for key, counter in WORDS.items():
            assert found[key] == kernel[counter], counter
        named = [
            (f"{section}.{name}", value)
            for (section, name), value in found.items()
            if f"{section}.{name}" in kernel
        ]
        assert named
        assert [value for _, value in named] == [kernel[name] for name, _ in named]

    in_namespace(body)
