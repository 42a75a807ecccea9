"""Conditions about addresses and ports; see conditions.py."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network
from socket import AF_INET, AF_INET6, inet_pton

from netstat_parse.analysis.conditions import (
    MEMORY,
    NO,
    OF_BOOL,
    YES,
    Condition,
    Judge,
    Leaf,
    Names,
    Rows,
    Verdict,
    encode,
)
from netstat_parse.analysis.services import find_ports
from netstat_parse.grammar.truncation import MARK, is_number

Network = IPv4Network | IPv6Network
MAPPED = range(0xFFFF << 32, 0x10000 << 32)
"""The IPv6 addresses that stand for IPv4 addresses: ::ffff:0:0/96."""


def in_network(side: str, network: Network) -> Condition:
    """Asks whether the address of a side is in a network, as ss does.

    An IPv4 network holds IPv4 addresses and those that are mapped into IPv6; an IPv6 network holds
    addresses of IPv6 sockets only. netstat prints a mapped address as IPv4, in a row of tcp6.
    """
    start = int(network.network_address) + (MAPPED.start if network.version == 4 else 0)
    wanted = range(start, start + network.num_addresses)
    holds_any = int(network.network_address) == 0

    def judge(host: str) -> Verdict:
        known = possible_addresses(host)
        if known is None:
            return False if host == "*" else None  # for a name: nothing is looked up
        if known.start in wanted and known[-1] in wanted:
            return True
        return None if wanted.start in known else False

    def judge_family(host: str, proto: str, other: str = "") -> Verdict:
        if host == "*":
            return holds_any and _is_any_in(network, proto, other)
        is_ipv4 = ":" not in host and not proto.endswith("6")
        if network.version == 6 and is_ipv4 and possible_addresses(host) is not None:
            return False
        return judge(host)

    name = f"{side}_host"
    if holds_any:
        other = "foreign_host" if side == "local" else "local_host"
        return Leaf((name, "proto", other), judge_family)
    if network.version == 6:
        return Leaf((name, "proto"), judge_family)
    return _InIPv4Network(name, network, judge)


class _InIPv4Network(Condition):
    """Asks whether an address is in an IPv4 network.

    To judge a plain IPv4 address takes no longer than to remember it, so only others are.
    """

    def __init__(self, name: str, network: IPv4Network, judge: Callable[[str], Verdict]) -> None:
        self._name = name
        start = int(network.network_address)
        self._wanted = range(start, start + network.num_addresses)
        self._judge = judge

    def compile(self, names: Names) -> Judge:
        """The function that judges rows."""
        place, wanted, to_int = names.names.index(self._name), self._wanted, int.from_bytes
        judge_other = lru_cache(MEMORY)(lambda host: encode(self._judge(host)))

        def judge(rows: Rows) -> bytes:
            verdicts = []
            for row in rows:
                host = row[place]
                if ":" in host:  # IPv4 addresses that are mapped into IPv6 begin with zeros
                    verdict = judge_other(host) if host[0] in ":0" else NO
                else:
                    try:
                        verdict = YES if to_int(inet_pton(AF_INET, host)) in wanted else NO
                    except (OSError, ValueError):
                        verdict = judge_other(host)
                verdicts.append(verdict)
            return bytes(verdicts)

        return judge


def _is_any_in(network: Network, proto: str, other: str) -> Verdict:
    """Is `*` of its family? The protocol tells, or the row's other address."""
    is_ipv4 = network.version == 4
    if proto.endswith(("4", "6")):
        return proto.endswith("4") == is_ipv4
    if possible_addresses(other) is None:
        return None
    return (":" not in other) == is_ipv4


def possible_addresses(host: str) -> range | None:
    """All addresses that a printed host may be, as numbers of IPv6; None for a name and `*`.

    netstat cuts off the end, so the groups of an IPv6 address that are left, but for the last, are
    the first ones of the address.
    """
    try:
        if ":" not in host:
            number = MAPPED.start + int.from_bytes(inet_pton(AF_INET, host))
        elif host.endswith(MARK) and "%" not in host:
            return _addresses_from(host.removesuffix(MARK))
        else:
            number = int.from_bytes(inet_pton(AF_INET6, host.partition("%")[0]))
    except (OSError, ValueError):
        return None
    return range(number, number + 1)


def _addresses_from(text: str) -> range:
    """All IPv6 addresses whose text begins so."""
    before, is_shortened, _ = text.partition("::")
    groups = before.split(":") if before else []
    if not is_shortened:
        groups.pop()  # it may have lost digits
    elif len(groups) < 8:
        groups.append("0")  # `::` stands for a group at least
    number = 0
    for group in groups:
        number = number << 16 | int(group, 16)
    bits = 128 - 16 * len(groups)
    return range(number << bits, number + 1 << bits)


class PortIn(Condition):
    """Asks whether the port of a side is one of these. `*` is 0, as in the kernel."""

    def __init__(self, side: str, wanted: range) -> None:
        self._name = f"{side}_port"
        self._wanted = wanted

    def compile(self, names: Names) -> Judge:
        """The function that judges rows."""
        place = names.names.index(self._name)
        judge_texts = Leaf((self._name,), self._judge).compile(names)

        def judge(rows: Rows) -> bytes:
            ports = [row[place] or "0" for row in rows]
            if not is_number("".join(ports)):
                return judge_texts(rows)
            return bytes(map(self._wanted.__contains__, map(int, ports))).translate(OF_BOOL)

        return judge

    def _judge(self, text: str) -> Verdict:
        if text.endswith(MARK):
            return None
        if not text or is_number(text):
            return int(text or "0") in self._wanted
        verdicts = {port in self._wanted for port in find_ports(text)}
        return verdicts.pop() if len(verdicts) == 1 else None
