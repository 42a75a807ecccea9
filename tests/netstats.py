"""What each netstat leaves of addresses and ports, in its own printf formats, and ends to print.

Sources: net-tools 2.10 and 1.60 (addr_do_one), Red Hat's 1.60, busybox (which never cuts), toybox
(addr2str), Apple's and FreeBSD's netstat (inetprint, inet6print), and netstat.exe (which never
cuts). Lengths are those of the printed texts.
"""

# The formats are the sources' own, printf's.
# ruff: noqa: UP031

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from hypothesis import strategies as st

# What is printed ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class End:
    """One end of a socket, as netstat would print it if there were room enough."""

    host: str
    port: str

    @property
    def is_named(self) -> bool:
        """Its port is printed by name."""
        return not self.port.isdecimal() and self.port != "*"


Rows = Sequence[tuple[str, End, End]]
"""The proto, the local and the foreign end of each row."""


@dataclass(frozen=True)
class Netstat:
    """A netstat with its options."""

    name: str
    top: str
    """The banner and the header."""
    before: Callable[[str], str]
    """From the proto to what a row has before its addresses."""
    width: int
    """Of the columns of addresses."""
    printed: Callable[[str, End], str]
    """From the proto and an end to the printed field, without the blanks that pad it."""
    in_doubt: Callable[[str, End], bool]
    """True for an end whose field looks as one that was cut."""
    lengths: tuple[int, ...]
    """The lengths of hosts, or of fields, at which the answer changes."""
    hosts: Mapping[str, tuple[str, ...]]
    """The protos, and the kinds of hosts that each prints."""
    ports: tuple[str, ...] = ("number",)
    """The kinds of ports that it prints."""
    state: str = "ESTABLISHED"

    def row(self, proto: str, local: End, foreign: End) -> str:
        fields = (self.width, self.printed(proto, local), self.width, self.printed(proto, foreign))
        state = "" if proto.lower().startswith("udp") else self.state
        return self.before(proto) + "%-*s %-*s " % fields + state

    def capture(self, rows: Rows) -> str:
        return self.top + "".join(f"{self.row(*row)}\n" for row in rows)


# Linux --------------------------------------------------------------------------------------------


def linux_top(width: int) -> str:
    titles = (width, "Local Address", width, "Foreign Address")
    header = "Proto Recv-Q Send-Q %-*s %-*s State      " % titles
    return f"Active Internet connections (servers and established)\n{header}\n"


def before_linux(proto: str) -> str:
    return "%-5s %6d %6d " % (proto, 0, 0)


def uncut(proto: str, end: End) -> str:
    return f"{end.host}:{end.port}"


def cut_by_net_tools(end: End, room: int, *, longest: int) -> str:
    """If host and port have more than `longest` characters, `room` of them are left."""
    host, port = end.host, end.port
    if len(host) + len(port) > longest:
        port = port[: room - 4]
        host = host[: room - len(port)]
    return f"{host}:{port}"


def by_net_tools(proto: str, end: End) -> str:
    return cut_by_net_tools(end, 22, longest=22)


def by_red_hat(proto: str, end: End) -> str:
    """What does not fit into 27 characters is cut to 27; of udp and raw, to 23."""
    return cut_by_net_tools(end, 26 if proto == "tcp" else 22, longest=26)


def by_toybox(proto: str, end: End) -> str:
    """The port overwrites the end of the host. IPv6's any is `[::]`."""
    host = "[::]" if end.host == "::" else end.host
    return host[: 22 - len(end.port)] + ":" + end.port


def in_doubt_at(
    printed: Callable[[str, End], str], lengths: Mapping[str, tuple[int, ...]]
) -> Callable[[str, End], bool]:
    """What is in doubt where a field of these lengths is, by proto."""
    return lambda proto, end: len(printed(proto, end)) in lengths[proto]


def linux(
    name: str,
    printed: Callable[[str, End], str],
    hosts: Mapping[str, tuple[str, ...]],
    *,
    width: int = 23,
    in_doubt: Mapping[str, tuple[int, ...]] | None = None,
) -> Netstat:
    """`in_doubt` gives the lengths of a field that may have been cut, by proto."""
    lengths = dict.fromkeys(hosts, (width,)) if in_doubt is None else in_doubt
    has_names = any("name" in kinds for kinds in hosts.values())
    return Netstat(
        name=name,
        top=linux_top(width),
        before=before_linux,
        width=width,
        printed=printed,
        in_doubt=in_doubt_at(printed, lengths),
        lengths=tuple({23, width, *(n for several in lengths.values() for n in several)}),
        hosts=hosts,
        ports=("number", "any", "service") if has_names else ("number", "any"),
    )


NUMBERS = {"tcp": ("ipv4",), "tcp6": ("ipv6", "ipv4"), "udp6": ("ipv6",)}
NAMES = {"tcp": ("ipv4", "name"), "tcp6": ("ipv6", "ipv4", "name"), "udp6": ("ipv6", "name")}
OF_BOTH = dict.fromkeys(("tcp", "udp"), ("ipv4", "ipv6", "mapped"))
"""The protos of programs that do not tell IPv6 by them."""

NET_TOOLS = linux("net-tools -n", by_net_tools, NUMBERS)
RED_HAT = linux(
    "Red Hat's 1.60 -n",
    by_red_hat,
    OF_BOTH,
    width=27,
    # Fedora's, which has the same header, cuts udp to 27 and raw to 28.
    in_doubt={"tcp": (27,), "udp": (23, 27, 28), "raw": (23, 27, 28)},
)
LINUX = (
    NET_TOOLS,
    RED_HAT,
    linux("net-tools", by_net_tools, NAMES),
    linux("net-tools 1.60 -n", by_net_tools, OF_BOTH),
    linux("net-tools -W", uncut, NAMES),
    linux("busybox", uncut, OF_BOTH, width=51, in_doubt={"tcp": (), "udp": ()}),
    linux("toybox", by_toybox, {"tcp": ("ipv4", "name"), "tcp6": ("ipv6", "mapped", "name")}),
)

# macOS and FreeBSD --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Room:
    """How many characters netstat leaves of a host, and of host and port together."""

    host: int
    field: int

    def printed(self, end: End) -> str:
        return "%.*s" % (self.field, "%.*s.%s" % (self.host, end.host, end.port))

    def is_filled(self, end: End) -> bool:
        """The host fills its room, or the whole does and ends in what can have been cut.

        That is a name: a host that leaves room for itself leaves it for five digits, but with -A.
        """
        can_be_cut = end.is_named or (self.field == 18 and end.port != "*")
        fills = len(self.printed(end)) == self.field and can_be_cut
        return fills or len(end.host) >= self.host


TITLES = ("Proto", "Recv-Q", "Send-Q")


def macos_header(has_blocks: bool) -> str:
    blocks = "%-16.16s %-9.9s" % ("Socket", "Flowhash") if has_blocks else ""
    return blocks + "%-5.5s %-6.6s %-6.6s  " % TITLES


def before_macos(proto: str, has_blocks: bool) -> str:
    blocks = "%16x %8x " % (0xB7D1A3E0C2F40000, 0x51AA00F1) if has_blocks else ""
    return blocks + "%-3.3s%-2.2s %6u %6u  " % (proto[:3], proto[3:], 0, 0)


def freebsd_header(has_blocks: bool) -> str:
    blocks = "%-16.16s " % "Tcpcb" if has_blocks else ""
    return blocks + "%-5.5s %-6.6s %-6.6s " % TITLES


def before_freebsd(proto: str, has_blocks: bool) -> str:
    blocks = "%16x " % 0xFFFFF8011A2B3C00 if has_blocks else ""
    return blocks + "%-3.3s%-2.2s %6u %6u " % (proto[:3], proto[3:], 0, 0)


SYSTEMS = {"macOS": (macos_header, before_macos), "FreeBSD": (freebsd_header, before_freebsd)}
BSD_NUMBERS = {"tcp4": ("ipv4",), "tcp6": ("ipv6",), "udp6": ("ipv6",)}
BSD_NAMES = {"tcp4": ("ipv4", "name"), "tcp6": ("ipv6", "name"), "udp4": ("ipv4", "name")}
ANY_PORT = ("number", "any", "service")


def bsd(
    system: str,
    options: str,
    width: int,
    ipv4: Room,
    ipv6: Room,
    hosts: Mapping[str, tuple[str, ...]] = BSD_NUMBERS,
    ports: tuple[str, ...] = ("number", "any"),
    doubts: tuple[int, ...] = (),
) -> Netstat:
    """`ipv4` and `ipv6` are the rooms for the ends of IPv4 and of IPv6 sockets. `doubts` are other
    lengths of hosts of which the text does not tell that nothing is missing.

    -A prints the addresses of control blocks before the proto; the columns are 18 wide then, but
    for -l.
    """
    header, before = SYSTEMS[system]
    has_blocks = "A" in options
    titles = "%-*.*s %-*.*s %-11.11s" % (
        *(width, width, "Local Address"),
        *(width, width, "Foreign Address"),
        "(state)",
    )

    def room(proto: str) -> Room:
        return ipv6 if proto.endswith("6") else ipv4

    return Netstat(
        name=f"{system} {options}",
        top=f"Active Internet connections\n{header(has_blocks)}{titles}\n",
        before=lambda proto: before(proto, has_blocks),
        width=width,
        printed=lambda proto, end: room(proto).printed(end),
        # Of the text alone nobody can tell that it is one which -W does not cut.
        in_doubt=lambda proto, end: (
            room(proto).is_filled(end) or ipv6.is_filled(end) or len(end.host) in doubts
        ),
        lengths=(12, 16, width, ipv6.host),
        hosts=hosts,
        ports=ports,
    )


USUAL, BLOCKS, BLOCKS_AND_NAMES = Room(16, 22), Room(16, 18), Room(12, 18)
WIDE_IPV6, WIDE_IPV4, ENDLESS = Room(39, 45), Room(16, 45), Room(999, 999)
WIDE_BLOCKS_AND_NAMES = Room(12, 45)

BSD = (
    bsd("macOS", "-n", 22, USUAL, USUAL),
    bsd("macOS", "", 22, USUAL, USUAL, BSD_NAMES, ANY_PORT),
    bsd("macOS", "-An", 18, BLOCKS, BLOCKS, doubts=(12,)),
    bsd("macOS", "-A", 18, BLOCKS_AND_NAMES, BLOCKS_AND_NAMES, BSD_NAMES, ANY_PORT),
    bsd("macOS", "-ln", 45, WIDE_IPV4, WIDE_IPV6),
    bsd("macOS", "-l", 45, WIDE_IPV4, WIDE_IPV6, BSD_NAMES, ANY_PORT, doubts=(16,)),
    bsd("macOS", "-Al", 45, WIDE_BLOCKS_AND_NAMES, WIDE_IPV6, BSD_NAMES, ANY_PORT, doubts=(12, 16)),
    bsd("macOS", "-W", 22, ENDLESS, USUAL, BSD_NAMES, ANY_PORT),
    bsd("FreeBSD", "-n", 22, USUAL, USUAL),
    bsd("FreeBSD", "", 22, USUAL, USUAL, BSD_NAMES, ANY_PORT),
    bsd("FreeBSD", "-An", 18, BLOCKS, BLOCKS, doubts=(12,)),
    bsd("FreeBSD", "-A", 18, BLOCKS_AND_NAMES, BLOCKS_AND_NAMES, BSD_NAMES, ANY_PORT),
    bsd("FreeBSD", "-Wn", 45, ENDLESS, WIDE_IPV6),
    bsd("FreeBSD", "-W", 45, ENDLESS, WIDE_IPV6, BSD_NAMES, ANY_PORT),
)

# Windows ------------------------------------------------------------------------------------------


def in_brackets(proto: str, end: End) -> str:
    host = f"[{end.host}]" if ":" in end.host else end.host
    return f"{host}:{end.port}"


WINDOWS = Netstat(
    name="Windows",
    top="\nActive Connections\n\n  Proto  Local Address          Foreign Address        State\n",
    before=lambda proto: "  %-6s " % proto,
    width=22,
    printed=in_brackets,
    in_doubt=lambda proto, end: False,
    lengths=(16, 22, 23, 39),
    hosts=dict.fromkeys(("TCP", "UDP"), ("ipv4", "ipv6", "name")),
    ports=("number", "service"),
)

# Ends near the lengths at which netstat cuts ------------------------------------------------------

SERVICES = ("ssh", "https", "z39.50", "postgresql", "microsoft-ds", "ms-wbt-server", "netbios-ssn")


def dealt(chance: Random, characters: int, fields: int, most: int) -> list[int]:
    """So many characters, dealt to these fields: from one to `most` to each."""
    sizes = [1] * fields
    for _ in range(min(characters, fields * most) - fields):
        sizes[chance.choice([i for i, size in enumerate(sizes) if size < most])] += 1
    return sizes


def ipv4_host(chance: Random, length: int) -> str:
    octets = {1: (0, 9), 2: (10, 99), 3: (100, 255)}
    return ".".join(str(chance.randint(*octets[n])) for n in dealt(chance, length - 3, 4, 3))


def ipv6_host(chance: Random, length: int) -> str:
    """Of eight groups, or of fewer and a `::`."""
    least, most = max(2, -(-length // 5)), min(length // 2, 6)
    fewer = chance.randint(least, most) if least <= most and chance.random() < 0.5 else 0
    sizes = dealt(chance, length - (fewer or 7), fewer or 8, 4)
    groups = [f"{chance.randint(16 ** (n - 1), 16**n - 1):x}" for n in sizes]
    if not fewer:
        return ":".join(groups)
    at = chance.randint(1, fewer - 1)
    return ":".join(groups[:at]) + "::" + ":".join(groups[at:])


def host_of(chance: Random, kind: str, length: int) -> str:
    """A host of this many characters, or as near to it as there are any."""
    if kind == "ipv4":
        return ipv4_host(chance, length)
    if kind == "mapped":
        return "::ffff:" + ipv4_host(chance, length - 7)
    if kind == "ipv6":
        return ipv6_host(chance, length)
    return "web-1.example-".ljust(length, "n")[: max(length, 3)]


def port_of(chance: Random, kind: str) -> str:
    if kind == "number":
        digits = chance.randint(1, 5)
        return str(min(chance.randint(10 ** (digits - 1), 10**digits - 1), 65535))
    return "*" if kind == "any" else chance.choice(SERVICES)


def end_of(chance: Random, netstat: Netstat, proto: str) -> End:
    """An end whose host, or whose field, has about the length at which the answer changes."""
    port = port_of(chance, chance.choice(netstat.ports))
    length = chance.choice(netstat.lengths) + chance.randint(-1, 1)
    if chance.random() < 0.5:
        length -= 1 + len(port)
    return End(host_of(chance, chance.choice(netstat.hosts[proto]), length), port)


def rows(netstat: Netstat) -> st.SearchStrategy[list[tuple[str, End, End]]]:
    """Each is dealt by one number: to draw their digits one by one takes longer than to parse."""

    def row(number: int) -> tuple[str, End, End]:
        chance = Random(number)
        proto = chance.choice(sorted(netstat.hosts))
        return proto, end_of(chance, netstat, proto), end_of(chance, netstat, proto)

    return st.lists(st.integers(0, 2**32 - 1).map(row), min_size=1, max_size=20)
