"""The real net-tools, busybox and toybox, over a /proc that is made up.

Every number is as large as it can be, or as small, and every name as long; each is known, as it was
written here. So counters are seen that no machine has reached.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("these programs run on Linux", allow_module_level=True)

from sockets import in_namespace, may_have_namespace
from test_real_tables import IPV4_COMMANDS, LONG_NAME, check_ipv4, set_up, signed

import netstat_parse as ns

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not may_have_namespace(), reason="no network namespace is permitted here"),
]

ENVIRONMENT = {"PATH": os.environ["PATH"] + ":/sbin:/usr/sbin", "LC_ALL": "C"}
LARGEST = 2**64 - 1
NAMES = ("lo", "eth0", "veth0", LONG_NAME, "wlp0s20f3")


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    """The folder that stands for /proc/net."""
    folder = tmp_path / "net"
    folder.mkdir()
    return folder


def printed(command: str, kernel: Path) -> str:
    """What a command prints that finds this folder in the place of /proc/net."""
    script = f"mount --bind {kernel.parent} /proc && exec {command}"
    run = subprocess.run(
        ["unshare", "-m", "sh", "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env=ENVIRONMENT,
    )
    return run.stdout


def somewhere(body: Callable[[], None]) -> None:
    """In a namespace, whose root may mount."""
    in_namespace(body)


def numbers(seed: int) -> Callable[[int], int]:
    """A source of numbers of at most so many bits, of all sizes; the ends are as likely as all."""
    draw = random.Random(seed)

    def number(bits: int) -> int:
        size = draw.randint(0, bits)
        return draw.choice((0, 2**bits - 1, draw.getrandbits(size), draw.getrandbits(bits)))

    return number


# Routes -------------------------------------------------------------------------------------------

UP, GATEWAY, HOST, REJECT = 1, 2, 4, 0x200


def digits_of(address: IPv4Address) -> str:
    return address.packed[::-1].hex().upper()


def write_routes(kernel: Path, seed: int) -> list[dict[str, object]]:
    """Writes /proc/net/route; gives what a Route must say of each line."""
    number, draw = numbers(seed), random.Random(seed)
    lines = ["Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT"]
    truth: list[dict[str, object]] = []
    for _ in range(80):
        length = draw.randint(0, 32)
        network = IPv4Network((draw.getrandbits(32), length), strict=False)
        is_rejected = draw.random() < 0.2
        is_host, is_via = length == 32, draw.random() < 0.5 and not is_rejected
        gateway = IPv4Address(draw.getrandbits(32) | 1 if is_via else 0)
        name = "*" if is_rejected else draw.choice(NAMES)
        flags = UP | GATEWAY * is_via | HOST * is_host | REJECT * is_rejected
        refs, use, metric, mss, window, irtt = (number(32) for _ in range(6))
        lines.append(
            f"{name}\t{digits_of(network.network_address)}\t{digits_of(gateway)}\t{flags:04X}\t"
            f"{signed(refs)}\t{use}\t{signed(metric)}\t{digits_of(network.netmask)}\t"
            f"{signed(mss)}\t{window}\t{irtt}"
        )
        truth.append(
            {
                "network": network,
                "gateway_address": gateway,
                "interface": None if is_rejected else name,
                "is_rejected": is_rejected,
                "is_host": is_host,
                "is_via": is_via,
                "refs": signed(refs),
                "use": signed(use),
                "metric": signed(metric),
                "mss": signed(mss),
                "window": signed(window),
                "irtt": signed(irtt),
            }
        )
    (kernel / "route").write_text("\n".join(lines) + "\n")
    return truth


@pytest.mark.parametrize("seed", range(3))
def test_every_cell_of_every_route(kernel: Path, seed: int) -> None:
    def body() -> None:
        truth = write_routes(kernel, seed)
        for command in IPV4_COMMANDS:
            if "n" not in command.split()[-1]:
                continue  # there is no /etc/hosts of these, so names would be asked for
            found = ns.parse(printed(command, kernel))
            assert len(found.routes) == len(truth), command
            for route, expected in zip(found.routes, truth, strict=True):
                check_ipv4(route, expected, command)

    somewhere(body)


def test_every_cell_of_every_ipv6_route(kernel: Path) -> None:
    draw, number = random.Random(6), numbers(6)
    lines, truth = [], []
    for _ in range(80):
        length = draw.randint(0, 128)
        network = IPv6Network((draw.getrandbits(128), length), strict=False)
        gateway = IPv6Address(draw.choice((0, draw.getrandbits(128))))
        name = draw.choice(NAMES)
        flags = UP | GATEWAY * (gateway != IPv6Address(0)) | HOST * (length == 128)
        metric, refs, use = number(32), number(31), number(31)
        lines.append(
            f"{network.network_address.packed.hex()} {length:02x} {'0' * 32} 00 "
            f"{gateway.packed.hex()} {metric:08x} {refs:08x} {use:08x} {flags:08x} {name:>8}"
        )
        truth.append((network, gateway, name, signed(metric), refs, use))

    def body() -> None:
        (kernel / "ipv6_route").write_text("\n".join(lines) + "\n")
        for command in ("netstat -rn6", "route -6n", "busybox route -n -A inet6"):
            found = ns.parse(printed(command, kernel)).routes
            assert len(found) == len(truth), command
            for r, expected in zip(found, truth, strict=True):
                cells = (r.network, r.gateway_address, r.interface, r.metric, r.refs, r.use)
                assert cells == expected, command
                assert r.truncated == ()

    somewhere(body)


# Interfaces ---------------------------------------------------------------------------------------


def device_lines() -> Iterator[str]:
    yield "Inter-|   Receive                            |  Transmit"
    yield (
        " face |bytes    packets errs drop fifo frame compressed multicast"
        "|bytes    packets errs drop fifo colls carrier compressed"
    )


@pytest.mark.parametrize("seed", range(3))
def test_every_counter_of_every_interface(kernel: Path, seed: int) -> None:
    names = ("lo", "veth0", "veth1", "br0", LONG_NAME)
    number = numbers(seed)
    counters = {name: [number(64) for _ in range(16)] for name in names}
    lines = [f"{name:>6}: {' '.join(map(str, counts))}" for name, counts in counters.items()]

    def body() -> None:
        set_up()
        (kernel / "dev").write_text("\n".join([*device_lines(), *lines]) + "\n")
        found = ns.parse(printed("netstat -i", kernel)).interfaces
        assert sorted(i.name for i in found) == sorted(names)
        for i in found:
            if i.name == LONG_NAME:
                continue  # net-tools 2.10 does not find the counters of a name of 15 letters
            received, sent = counters[i.name][:8], counters[i.name][8:]
            shown = (i.rx_packets, i.rx_errors, i.rx_drops, i.rx_overruns)
            assert shown == tuple(received[1:5]), i.name
            shown = (i.tx_packets, i.tx_errors, i.tx_drops, i.tx_overruns)
            assert shown == tuple(sent[1:5]), i.name
            assert (i.is_down, i.truncated) == (False, ())

    somewhere(body)


# Multicast groups ---------------------------------------------------------------------------------


def test_every_multicast_group(kernel: Path) -> None:
    draw, number = random.Random(7), numbers(7)
    ipv4, ipv6 = ["Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter"], []
    truth: list[tuple[str, int, IPv4Address | IPv6Address]] = []
    for place, name in enumerate(NAMES, 1):
        ipv4.append(f"{place}\t{name:<10}: {4:>5} {'V3':>7}")
        for _ in range(4):
            group = IPv4Address(0xE0000000 | draw.getrandbits(28))
            users = number(31)
            ipv4.append(f"\t\t\t\t{digits_of(group)} {users:>5} 0:00000000\t\t0")
            truth.append((name, users, group))
    for place, name in enumerate(NAMES, 1):
        for _ in range(4):
            address = IPv6Address(0xFF << 120 | draw.getrandbits(draw.choice((4, 32, 120))))
            users = number(31)
            ipv6.append(f"{place:<4} {name:<15} {address.packed.hex()} {users:>5} 00000004 0")
            truth.append((name, users, address))

    def body() -> None:
        (kernel / "igmp").write_text("\n".join(ipv4) + "\n")
        (kernel / "igmp6").write_text("\n".join(ipv6) + "\n")
        found = ns.parse(printed("netstat -gn", kernel)).multicast_groups
        assert [(g.interface, g.refcount, g.address) for g in found] == truth

    somewhere(body)


# Statistics ---------------------------------------------------------------------------------------


def real_counters(path: str) -> Iterator[tuple[str, list[str]]]:
    """The sections of a file of this machine's kernel, and the names of their counters."""
    lines = Path(path).read_text().splitlines()
    for titles in lines[::2]:
        section, *names = titles.split()
        yield section.rstrip(":"), names


NOT_COUNTERS = ("RtoAlgorithm", "RtoMin", "RtoMax", "MaxConn", "Forwarding", "DefaultTTL")
"""What net-tools leaves out, or tells in a word."""


def test_every_counter_of_statistics(kernel: Path) -> None:
    """Each has a number of its own, so that a number tells which counter it is."""
    value = LARGEST
    truth: dict[int, tuple[str, str]] = {}
    texts: dict[str, str] = {}
    for name in ("snmp", "netstat"):
        lines = []
        for section, names in real_counters(f"/proc/net/{name}"):
            values = []
            for counter in names:
                value -= 1
                values.append(value if counter not in NOT_COUNTERS else 1)
                if counter not in NOT_COUNTERS:
                    truth[value] = (section, counter)
            lines += [f"{section}: {' '.join(names)}", f"{section}: {' '.join(map(str, values))}"]
        texts[name] = "\n".join(lines) + "\n"

    def body() -> None:
        for name, text in texts.items():
            (kernel / name).write_text(text)
        found = ns.parse(printed("netstat -s", kernel)).statistics
        shown = {}
        for one in found:
            if one.value is not None and one.value > 1:
                section, counter = truth[one.value]
                assert one.values == (one.value,), one
                assert one.section == section, one
                assert one.value not in shown
                shown[one.value] = (one.section, one.subsection, one.name)
                if ":" in one.text:
                    named = one.name.removeprefix(section)
                    assert named in (counter, one.name), one
        assert len(set(shown.values())) == len(shown)  # no two have one name
        left_out = {truth[number] for number in truth if number not in shown}
        assert len(left_out) < len(truth) / 10, left_out
        assert not any(section in ("TcpExt", "IpExt") for section, _ in left_out)

    somewhere(body)
