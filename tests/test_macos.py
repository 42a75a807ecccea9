"""macOS: sockets, printed in the formats of every era, come back as they were.

The functions that print follow network_cmds 245 to 741 (netstat.tproj/inet.c: protopr, inetprint,
print_socket_stats_format). Where netstat cuts, a field may be unknown; it is never wrong. Run as a
program, this module writes the fixtures:

    python tests/test_macos.py
"""

from __future__ import annotations

import io
import json
import re
import sys
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import netstat_parse as ns
from netstat_parse.models import Endpoint, MacosConnection, Snapshot

FIXTURES = Path(__file__).parents[1] / "fixtures"

# What is printed ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class End:
    """One end of a socket, as it truly is."""

    host: str = "*"
    port: int = 0
    service: str = ""
    """What /etc/services calls the port; printed without -n."""
    name: str = ""
    """What the host is called; printed without -n."""

    @property
    def address(self) -> IPv4Address | IPv6Address | None:
        return None if self.host == "*" else ip_address(self.host)


ANY = End()


@dataclass(frozen=True)
class Socket:
    """A socket, as it truly is. `version` is the number behind the protocol's name."""

    proto: str = "tcp"
    version: str = "4"
    recv_q: int = 0
    send_q: int = 0
    local: End = ANY
    foreign: End = ANY
    state: str = ""
    pid: int = 0
    name: str = ""
    effective_pid: int = 0
    effective_name: str = ""
    rx: tuple[int, int] = (0, 0)
    tx: tuple[int, int] = (0, 0)
    drops: tuple[int, int] = (0, 0)
    recv_hiwat: int = 131072
    send_hiwat: int = 131768
    bits: tuple[int, int, int, int, int, int] = (0x102, 4, 0x2C91F0, 0x80, 0x800, 0)
    """state, options, gencnt, flags, flags1, fltrs"""
    use_count: int = 1
    retain_count: int = 0
    pcb: int = 0xB7D1A3E0C2F40000
    flow_hash: int = 0x51AA00F1


@dataclass(frozen=True)
class Run:
    """One run of netstat: the release of network_cmds, and the options."""

    era: int
    options: str

    @property
    def width(self) -> int:
        return 45 if "l" in self.options else 18 if "A" in self.options else 22

    @property
    def verbose(self) -> int:
        return self.options.count("v")

    @property
    def counts_bytes(self) -> bool:
        return "b" in self.options or (self.verbose > 0 and self.era >= 669)


def field(text: str, width: int) -> str:
    """printf's %-W.Ws."""
    return text[:width].ljust(width)


def header(run: Run, usecnt: str = "usecnt") -> str:
    text = ""
    if "A" in run.options:
        text = field("Socket", 16 if run.era >= 245 else 8) + " "
        text += field("Flowhash", 9) if run.era >= 457 else ""
    width = run.width
    if run.era >= 730 and "A" not in run.options:
        width = 22 if "l" in run.options else 45
    text += f"{'Proto':5} {'Recv-Q':6} {'Send-Q':6}  "
    text += f"{field('Local Address', width)} {field('Foreign Address', width)} {'(state)':11}"
    if run.counts_bytes:
        if run.era < 726:
            text += f" {'rxbytes':>10} {'txbytes':>10}"
        elif run.verbose > 1:
            text += f" {'rxbytes':>12}/{'packets':9} {'txbytes':>12}/{'packets':9}"
        else:
            text += f" {'rxbytes':>12} {'txbytes':>12}"
        if "d" in run.options:
            packets = f"/{'packets':9}" if run.verbose > 1 else ""
            text += f" {'rxdrops':>12}{packets}"
    if not run.verbose:
        return text
    tail = f" {'gencnt':>16} {'flags':>8} {'flags1':>8} {usecnt:>6} {'rtncnt':>6} {'fltrs':>5}"
    if run.era >= 726:
        text += f" {'rhiwat':>7} {'shiwat':>7} {'process':>16}:{'pid':6}"
        text += f" {'eprocess':>16}:{'epid':6}" if run.verbose > 1 else ""
        return f"{text} {'state':>5} {'options':>8}{tail}"
    if run.era >= 669:
        text += f" {'rhiwat':>7} {'shiwat':>7} {'pid':>6} {'epid':>6}"
        return f"{text} {'state':>5} {'options':>8}{tail}"
    text += f" {'rhiwat':>6} {'shiwat':>6} {'pid':>6} {'epid':>6}"
    return text + (f" {'state':>6} {'options':>10}" if run.era >= 596 else "")


def address(run: Run, end: End, version: str) -> str:
    """inetprint and inet6print. A tcp46 socket prints its IPv4 addresses."""
    numeric = "n" in run.options
    host = end.host if numeric or not end.name else end.name
    narrow = 12 if "A" in run.options and not numeric else 16
    port = str(end.port) if end.port else "*"
    if not numeric and end.service:
        port = end.service[:15]
    if version == "6":
        return field(f"{host[: 39 if 'l' in run.options else narrow]}.{port}", run.width) + " "
    if "W" in run.options:
        return f"{host}.{port}".ljust(run.width) + " "
    return field(f"{host[:narrow]}.{port}", run.width) + " "


def row(run: Run, s: Socket) -> str:
    text = ""
    if "A" in run.options:
        text = f"{s.pcb:16x} " + (f"{s.flow_hash:8x} " if run.era >= 457 else "")
    text += f"{s.proto[:3]:3}{s.version:2} {s.recv_q:6} {s.send_q:6}  "
    text += address(run, s.local, s.version) + address(run, s.foreign, s.version)
    text += f"{s.state:11}"
    if run.counts_bytes:
        wide = 10 if run.era < 726 else 12
        counts = [s.rx, s.tx] + ([s.drops] if "d" in run.options and run.era >= 726 else [])
        for octets, packets in counts:
            text += f" {octets:{wide}}"
            text += f"/{packets:<9}" if run.verbose > 1 and run.era >= 726 else ""
    if not run.verbose:
        return text
    state, options, generation, flags, flags1, filters = s.bits
    tail = f" {generation:016x} {flags:08x} {flags1:08x} {s.use_count:6} {s.retain_count:6}"
    tail += f" {filters:06x}"
    if run.era >= 726:
        text += f" {s.recv_hiwat:7} {s.send_hiwat:7} {right(s.name)}:{s.pid:<6}"
        if run.verbose > 1:
            text += f" {right(s.effective_name)}:{s.effective_pid or '':<6}"
        return f"{text} {state:05x} {options:08x}{tail}"
    if run.era >= 669:
        text += f" {s.recv_hiwat:7} {s.send_hiwat:7} {s.pid:6} {s.effective_pid:6}"
        return f"{text} {state:05x} {options:08x}{tail}"
    text += f" {s.recv_hiwat:6} {s.send_hiwat:6} {s.pid:6} {s.effective_pid:6}"
    return text + (f" 0x{state:04x} 0x{options:08x}" if run.era >= 596 else "")


def capture(run: Run, sockets: list[Socket], usecnt: str = "usecnt") -> str:
    servers = " (including servers)" if "a" in run.options else ""
    lines = [f"Active Internet connections{servers}", header(run, usecnt)]
    return "".join(f"{line}\n" for line in lines + [row(run, s) for s in sockets])


# What must come back ------------------------------------------------------------------------------

TRANSPORTS = {"icm": "icmp", "igm": "igmp", "div": "divert"}
FAMILIES = {"4": "ipv4", "6": "ipv6", "46": "dual"}
STATES = {
    "": None,
    **{s: ns.TcpState(s) for s in ("CLOSED", "LISTEN", "SYN_SENT", "ESTABLISHED", "CLOSE_WAIT")},
    **{s: ns.TcpState(s) for s in ("FIN_WAIT_1", "CLOSING", "LAST_ACK", "FIN_WAIT_2", "TIME_WAIT")},
    "SYN_RCVD": ns.TcpState.SYN_RECEIVED,
}


def check_end(found: Endpoint, end: End, *, numeric: bool, certain: bool) -> None:
    """An end is as it was, or unknown; where nothing can have been cut, it is known.

    `certain` says that netstat cut nothing, and that its reader can tell.
    """
    if found.address is not None:
        assert found.address == end.address
    if found.port is not None:
        assert found.port == end.port
    host = end.host if numeric or not end.name else end.name
    assert host.startswith(found.host)
    if found.host != host:
        assert found.truncated
    service = "" if numeric else end.service[:15]
    if found.service is not None:
        assert service.startswith(found.service)
        if found.service != service:
            assert found.truncated
    if certain:
        assert not found.truncated
        assert found.address == (end.address if host == end.host else None)
        assert found.port == (None if service else end.port or None)
        assert found.service == (service or None)


def certain(run: Run, end: End, version: str) -> bool:
    """True where the reader can know that this end was not cut."""
    numeric = "n" in run.options
    host = end.host if numeric or not end.name else end.name
    port = end.service[:15] if end.service and not numeric else str(end.port or "*")
    if "A" in run.options and len(host) == 12:
        return False  # as it would be cut if it had been asked for names
    if "l" in run.options:
        return host == end.host and len(host) < 39
    if len(host) >= 16:
        return False
    is_ipv4 = version != "6" and host == end.host and "A" not in run.options and numeric
    return is_ipv4 or len(f"{host}.{port}") < run.width or port == "*"


def check(run: Run, s: Socket, found: ns.Connection) -> None:
    assert isinstance(found, MacosConnection)
    numeric = "n" in run.options
    assert found.proto == f"{s.proto[:3]:3}{s.version}"
    name = s.proto[:3].strip()
    assert found.transport == TRANSPORTS.get(name, name)
    assert found.family == FAMILIES[s.version]
    assert (found.recv_q, found.send_q) == (s.recv_q, s.send_q)
    for end, printed in ((s.local, found.local), (s.foreign, found.foreign)):
        check_end(printed, end, numeric=numeric, certain=certain(run, end, s.version))
    assert found.state == STATES[s.state]
    has_blocks, verbose = "A" in run.options, run.verbose > 0
    assert found.socket == (s.pcb if has_blocks else None)
    assert found.flow_hash == (s.flow_hash if has_blocks and run.era >= 457 else None)
    assert found.rx_bytes == (s.rx[0] if run.counts_bytes else None)
    assert found.tx_bytes == (s.tx[0] if run.counts_bytes else None)
    packets = run.counts_bytes and run.verbose > 1 and run.era >= 726
    assert found.rx_packets == (s.rx[1] if packets else None)
    assert found.tx_packets == (s.tx[1] if packets else None)
    drops = run.counts_bytes and "d" in run.options and run.era >= 726
    assert found.rx_drop_bytes == (s.drops[0] if drops else None)
    assert found.rx_drop_packets == (s.drops[1] if drops and packets else None)
    assert found.recv_hiwat == (s.recv_hiwat if verbose else None)
    assert found.send_hiwat == (s.send_hiwat if verbose else None)
    names = run.era >= 726
    if verbose:
        assert found.process is not None
        assert (found.process.pid, found.process.name) == (s.pid, s.name if names else None)
    else:
        assert found.process is None
    if verbose and s.effective_pid and (run.verbose > 1 or not names):
        assert found.effective_process is not None
        assert found.effective_process.pid == s.effective_pid
        assert found.effective_process.name == (s.effective_name if names else None)
    else:
        assert found.effective_process is None
    state, options, generation, flags, flags1, filters = s.bits
    assert found.socket_state == (state if verbose and run.era >= 596 else None)
    assert found.socket_options == (options if verbose and run.era >= 596 else None)
    late = verbose and run.era >= 669
    assert found.generation == (generation if late else None)
    assert (found.flags, found.flags1) == ((flags, flags1) if late else (None, None))
    assert found.use_count == (s.use_count if late else None)
    assert found.retain_count == (s.retain_count if late else None)
    assert found.filters == (filters if late else None)
    assert not found.extra


# Sockets chosen by hypothesis ---------------------------------------------------------------------

PORTS = st.integers(1, 65535)
HOSTS_4 = st.one_of(
    st.integers(1, 2**32 - 1).map(lambda n: str(IPv4Address(n))),
    st.sampled_from(["127.0.0.1", "192.168.100.200", "10.1.2.3", "255.255.255.255"]),
)
GROUPS = st.lists(st.one_of(st.just(0), st.integers(0, 0xFFFF)), min_size=8, max_size=8)
SCOPES = st.sampled_from(["lo0", "en0", "en10", "utun3", "bridge100", "awdl0"])


def to_ipv6(groups: list[int]) -> str:
    return str(IPv6Address(b"".join(group.to_bytes(2, "big") for group in groups)))


def kept(name: str) -> str:
    """What the kernel keeps of a process's name: 16 bytes."""
    return name.encode()[:16].decode(errors="ignore")


def right(name: str) -> str:
    """The name as printf's %16s prints it, which counts bytes."""
    return " " * (16 - len(name.encode())) + name


def link_local(interface: list[int], scope: str) -> str:
    return to_ipv6([0xFE80, 0, 0, 0, *interface]) + f"%{scope}"


HOSTS_6 = st.one_of(
    GROUPS.map(to_ipv6).filter(lambda host: host != "::" and "." not in host),
    st.builds(link_local, st.lists(st.integers(0, 0xFFFF), min_size=4, max_size=4), SCOPES),
    st.sampled_from(["::1", "fe80::1%lo0", "2001:db8::1c2d:3", "2001:db8:77:1:a1::"]),
)
NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,12}(\.[a-z][a-z0-9-]{0,12}){0,3}", fullmatch=True)
SERVICES = st.sampled_from(
    ["ssh", "https", "microsoft-ds", "z39.50", "3com-tsmux", "3gpp-cbsp", ""]
)
STATE_NAMES = st.sampled_from([state for state in STATES if state])
COUNTS = st.one_of(st.integers(0, 10**7), st.integers(0, 2**64 - 1))
WORDS = st.integers(0, 2**32 - 1)
LETTERS = st.sampled_from("éß漢😀: (/")
PROCESS_NAMES = st.one_of(
    st.sampled_from(["", "LISTEN", "a:b", "(x)", "Codex (Service)", "Brave Browser He", "a:1 b:2"]),
    st.text(st.one_of(st.characters(min_codepoint=32, max_codepoint=126), LETTERS), max_size=20)
    .map(kept)
    .map(str.lstrip),
)
PIDS = st.integers(1, 99999)


@st.composite
def ends(draw: st.DrawFn, hosts: st.SearchStrategy[str], named: bool) -> End:
    host = draw(st.one_of(st.just("*"), hosts))
    port = draw(st.one_of(st.just(0), PORTS))
    name = draw(st.one_of(st.just(""), NAMES)) if named and host != "*" else ""
    return End(host, port, draw(SERVICES) if named and port else "", name)


@st.composite
def sockets(draw: st.DrawFn, *, named: bool = False) -> Socket:
    proto = draw(st.sampled_from(["tcp", "tcp", "tcp", "udp", "icm", "igm", "div"]))
    version = draw(st.sampled_from(["4", "6", "46"]))
    end = ends(HOSTS_6 if version == "6" else HOSTS_4, named)
    effective_pid = draw(st.one_of(st.just(0), PIDS))
    return Socket(
        proto,
        version,
        draw(WORDS),
        draw(WORDS),
        draw(end),
        draw(end),
        draw(STATE_NAMES) if proto == "tcp" else "",
        draw(PIDS),
        draw(PROCESS_NAMES),
        effective_pid,
        draw(PROCESS_NAMES) if effective_pid else "",
        draw(st.tuples(COUNTS, COUNTS)),
        draw(st.tuples(COUNTS, COUNTS)),
        draw(st.tuples(COUNTS, COUNTS)),
        draw(WORDS),
        draw(WORDS),
        draw(st.tuples(*[WORDS] * 6)),
        draw(st.integers(-9, 99)),
        draw(st.integers(-9, 99)),
        draw(st.integers(0, 2**64 - 1)),
        draw(WORDS),
    )


NUMERIC_RUNS = [
    *(Run(356, o) for o in ("n", "an", "anA", "anb", "anW")),
    *(Run(457, o) for o in ("anA", "anv", "anAbv")),
    *(Run(596, o) for o in ("anbv", "anAv")),
    *(Run(669, o) for o in ("anl", "anv", "anAl", "anAbv", "anlW")),
    *(Run(728, o) for o in ("anb", "anv", "anvv", "anbd", "anbdvv", "anlv")),
    *(Run(730, o) for o in ("an", "anA", "anv", "anlvv", "anAvv", "anlW")),
]


def only_snapshot(text: str) -> Snapshot:
    (snapshot,) = ns.iter_snapshots(text)
    return snapshot


@pytest.mark.slow
@pytest.mark.parametrize("run", NUMERIC_RUNS, ids=lambda run: f"{run.era}-{run.options}")
@given(st.lists(sockets(), max_size=3))
@settings(max_examples=12)
def test_sockets_come_back(run: Run, chosen: list[Socket]) -> None:
    snapshot = only_snapshot(capture(run, chosen))
    assert snapshot.dialect == "macos"
    refused = {line.number - 3 for line in snapshot.unparsed}
    kept = [s for i, s in enumerate(chosen) if i not in refused]
    for i in refused:
        # With -vv two names in a row may be read in two ways: then the row is refused.
        assert run.verbose > 1
        assert re.search(r":[0-9]+ ", chosen[i].name + chosen[i].effective_name)
    for s, found in zip(kept, snapshot.connections, strict=True):
        check(run, s, found)
    assert Snapshot.model_validate_json(snapshot.model_dump_json()) == snapshot


@pytest.mark.slow
@pytest.mark.parametrize("run", [Run(356, "a"), Run(669, "av"), Run(730, "avv"), Run(356, "aW")])
@given(st.lists(sockets(named=True), max_size=3))
@settings(max_examples=20)
def test_names_come_back(run: Run, chosen: list[Socket]) -> None:
    snapshot = only_snapshot(capture(run, chosen))
    if run.verbose < 2:
        assert not snapshot.unparsed
    refused = {line.number - 3 for line in snapshot.unparsed}
    kept = [s for i, s in enumerate(chosen) if i not in refused]
    for s, found in zip(kept, snapshot.connections, strict=True):
        check(run, s, found)


# The table of inputs that break others ------------------------------------------------------------

VERBOSE = Run(728, "anv")
BOTH = Run(728, "anvv")
ESTABLISHED = Socket(
    local=End("192.0.2.10", 55012), foreign=End("203.0.113.80", 443), state="ESTABLISHED"
)


def only_row(run: Run, s: Socket) -> ns.Connection:
    (found,) = ns.parse(capture(run, [s])).connections
    return found


def test_a_dual_socket_listens_on_every_address() -> None:
    found = only_row(Run(356, "an"), Socket("tcp", "46", local=End("*", 8809), state="LISTEN"))
    assert (found.proto, found.transport, found.family) == ("tcp46", "tcp", "dual")
    assert found.local == Endpoint(host="*", port=8809)
    assert found.foreign == Endpoint(host="*")
    assert found.state is ns.TcpState.LISTEN


def test_a_port_that_would_fill_a_narrow_column_is_whole_in_a_wide_one() -> None:
    end = End("23.185.105.10", 1000)
    for options, port in (("anA", None), ("anAl", 1000)):
        found = only_row(Run(669, options), Socket(foreign=end, state="ESTABLISHED"))
        assert found.foreign.port == port
        assert found.foreign.truncated == (port is None)


@pytest.mark.parametrize("run", [VERBOSE, BOTH, Run(741, "anlv")])
@pytest.mark.parametrize(
    ("name", "pid"),
    [
        ("Brave Browser He", 855),
        ("Antigravity IDE ", 2086),
        ("Code - Insiders", 77),
        ("Codex (Service)", 19111),
        ("", 0),
        ("a:b", 1),
        ("12:34", 56),
        ("x:1 y:2 LISTEN", 99999),
        ("WhatsApp Helper ", 9090),
        ("é" * 8, 7),
    ],
)
def test_process_names(run: Run, name: str, pid: int) -> None:
    found = only_row(run, replace(ESTABLISHED, name=name, pid=pid))
    assert found.process is not None
    assert (found.process.name, found.process.pid) == (name, pid)
    assert found.process.truncated == (len(name.encode()) == 16)


@pytest.mark.parametrize("run", [VERBOSE, BOTH, Run(741, "anlv")])
@pytest.mark.parametrize("name", ["Google Chrome He <<", "a" * 17, "é" * 9, "x" + "é" * 8])
def test_the_kernel_keeps_16_bytes_of_a_name(run: Run, name: str) -> None:
    text = capture(run, [replace(ESTABLISHED, name=name, pid=7)])
    with pytest.raises(ns.ParseError, match="at most 16 bytes"):
        ns.parse(text)


def test_two_processes_of_which_one_pretends() -> None:
    """A name that holds what looks like the end of one field and the start of the next."""
    pretends = "a" * 16 + ":5      b"
    s = replace(ESTABLISHED, name=pretends, pid=7, effective_name="launchd", effective_pid=1)
    snapshot = only_snapshot(capture(BOTH, [s]))
    assert not snapshot.connections
    assert len(snapshot.unparsed) == 1
    found = only_row(BOTH, replace(s, name="x:5      b"))
    assert found.process is not None
    assert (found.process.name, found.process.pid) == ("x:5      b", 7)


def test_no_other_process() -> None:
    found = only_row(BOTH, replace(ESTABLISHED, name="java", pid=4402))
    assert isinstance(found, MacosConnection)
    assert found.effective_process is None


def test_the_old_name_of_a_column() -> None:
    (found,) = ns.parse(capture(VERBOSE, [replace(ESTABLISHED, use_count=3)], "usscnt")).connections
    assert isinstance(found, MacosConnection)
    assert found.use_count == 3


def test_counts_below_zero_are_numbers_in_a_spreadsheet_too() -> None:
    """They start as a formula does, but are none."""
    s = replace(ESTABLISHED, use_count=-1, retain_count=-9, name="-x", pid=7)
    file = io.StringIO(newline="")
    columns = ("use_count", "retain_count", "program")
    ns.write_csv([ns.parse(capture(VERBOSE, [s]))], file, columns=columns, spreadsheet_safe=True)
    assert file.getvalue() == "use_count,retain_count,program\n-1,-9,'-x\n"


def test_an_unknown_column_is_kept() -> None:
    text = capture(VERBOSE, [replace(ESTABLISHED, name="a b:3", pid=5)])
    text = text.replace("fltrs\n", "fltrs  newcol\n").replace("000000\n", "000000      x1\n")
    (found,) = ns.parse(text).connections
    assert found.extra == {"newcol": "x1"}
    assert found.process is not None
    assert (found.process.name, found.process.pid) == ("a b:3", 5)


def test_cut_hosts_are_unknown() -> None:
    s = Socket("tcp", "6", local=End("2001:db8::1c2d:3e4f", 443), state="LISTEN")
    found = only_row(Run(356, "an"), s)
    assert found.local == Endpoint(host="2001:db8::1c2d:3", port=443, truncated=True)


def test_cut_ports_are_unknown() -> None:
    s = Socket(local=End("198.51.100.200", 8443), foreign=End("10.0.0.1", 2), state="CLOSED")
    found = only_row(Run(669, "anA"), s)
    assert found.local == Endpoint(
        host="198.51.100.200", address=IPv4Address("198.51.100.200"), truncated=True
    )
    assert found.foreign == Endpoint(host="10.0.0.1", address=IPv4Address("10.0.0.1"), port=2)


def test_long_addresses_prove_that_none_was_cut() -> None:
    cut = End("2001:db8::1c2d:3", 443)
    long = End("2001:db8:1:2:3:4:5:6", 50000)
    for run in (Run(669, "anl"), Run(730, "anl")):
        found = only_row(run, Socket("tcp", "6", local=cut, foreign=long, state="CLOSED"))
        assert (found.local.address, found.foreign.address) == (cut.address, long.address)
        found = only_row(run, Socket("tcp", "6", local=cut, state="LISTEN"))
        assert found.local.address == cut.address


def test_a_long_name_proves_nothing_of_ipv6() -> None:
    """-W cuts no name, but every IPv6 address."""
    s = replace(ESTABLISHED, local=replace(ESTABLISHED.local, name="a-long-name.example.com"))
    other = Socket("tcp", "6", local=End("2001:db8::1c2d:3e4f", 443), state="LISTEN")
    found = ns.parse(capture(Run(356, "aW"), [s, other])).connections[1]
    assert found.local.address is None


def test_with_blocks_and_names_hosts_are_cut_to_12() -> None:
    end = End("192.168.1.100", 22, "ssh")
    found = only_row(Run(669, "aA"), Socket(local=end, state="LISTEN"))
    assert found.local.host == "192.168.1.10"
    assert found.local.address is None


def test_names_of_ipv4_are_cut_with_l_too() -> None:
    end = replace(ESTABLISHED.foreign, name="a-long-name.example.com")
    assert only_row(Run(669, "al"), replace(ESTABLISHED, foreign=end)).foreign.truncated


# Fixtures -----------------------------------------------------------------------------------------

SOME = [
    replace(ESTABLISHED, name="Brave Browser He", pid=855, rx=(120311, 134), tx=(90021, 101)),
    Socket(
        "tcp",
        "6",
        0,
        31,
        End("2001:db8:77:1:a1b2:c3d4:e5f6:1", 55013, "", "imac.example.com"),
        End("2001:db8:ffff::80", 443, "https"),
        "CLOSE_WAIT",
        77,
        "Code - Insiders",
        rx=(4021, 5),
        tx=(1200, 2),
        drops=(1448, 1),
        pcb=0xB7D1A3E0C2F40400,
        flow_hash=0x51AA013E,
    ),
    Socket(
        "tcp",
        "6",
        local=End("fe80::1%lo0", 49160),
        foreign=End("fe80::1%lo0", 631, "ipp"),
        state="ESTABLISHED",
        pid=501,
        name="rapportd",
        effective_pid=1,
        effective_name="launchd",
        pcb=0xB7D1A3E0C2F40800,
    ),
    Socket(
        local=End("192.0.2.10", 55014, "", "macbookpro.lan"),
        foreign=End("198.51.100.200", 8443, "pcsync-https", "web-1.example.net"),
        state="FIN_WAIT_2",
        pid=19111,
        name="Codex (Service)",
        rx=(55, 1),
        tx=(66, 1),
        pcb=0xB7D1A3E0C2F40C00,
    ),
    Socket(
        local=End("192.0.2.10", 55015), foreign=End("198.51.100.201", 25, "smtp"), state="SYN_RCVD"
    ),
    Socket("tcp", "46", local=End("*", 8809), state="LISTEN", pid=4402, name="java"),
    Socket("tcp", "4", local=End("*", 22, "ssh"), state="LISTEN", pid=1, name="launchd"),
    Socket("udp", "4", local=End("*", 5353, "mdns"), pid=342, name="mDNSResponder", flow_hash=0),
    Socket(
        "udp",
        "46",
        12,
        local=End("*", 61001),
        pid=9090,
        name="WhatsApp Helper ",
        flow_hash=0,
    ),
    Socket("icm", "6", pid=201, name="configd", flow_hash=0),
    Socket("div", "4", local=End("*", 8668), flow_hash=0),
]
OTHER_TABLES = """\
Active Multipath Internet connections
Proto/ID  Flags      Local Address          Foreign Address        (state)    
mptcp/00                                                           ESTABLISHED
 tcp4/01  00040801   192.0.2.10.55100       198.51.100.9.443       ESTABLISHED
Registered kernel control modules
id       flags    pcbcount rcvbuf   sndbuf   name 
       1        1        2    65536    65536 com.apple.flow-divert 
Active kernel event sockets
Proto Recv-Q Send-Q vendor  class subcla
kevt       0      0      1      1     10
Active kernel control sockets
Proto Recv-Q Send-Q   unit     id name
kctl       0      0      1      1 com.apple.flow-divert
Active VSock sockets
Proto Type   Recv-Q Send-Q Local Address      Foreign Address    State      
vsock stream      0      0 2:1024             3:50001            ESTABLISHED
"""  # noqa: W291
FIXTURE_RUNS = {
    f"{run.era}-{run.options}": run
    for run in (
        *(Run(356, o) for o in ("a", "an", "anA", "anb")),
        *(Run(457, o) for o in ("anA", "anAv", "anbv")),
        *(Run(596, o) for o in ("anv", "anbv")),
        *(Run(669, o) for o in ("anAv", "anbl", "anv")),
        *(Run(728, o) for o in ("anb", "anbdvv", "anl", "anv")),
        *(Run(730, o) for o in ("an", "anA", "anl", "anlv", "anv", "anvv")),
    )
}


def fixture_text(name: str) -> str:
    run = FIXTURE_RUNS[name]
    return capture(run, SOME) + (OTHER_TABLES if name == "730-an" else "")


@pytest.mark.parametrize("name", FIXTURE_RUNS)
def test_fixtures_are_what_was_printed(name: str) -> None:
    text = (FIXTURES / "macos" / f"{name}.txt").read_text()
    assert text == fixture_text(name)
    snapshot = only_snapshot(text)
    for s, found in zip(SOME, snapshot.connections, strict=True):
        check(FIXTURE_RUNS[name], s, found)
    assert len(snapshot.notes) == (1 if name == "730-an" else 0)
    assert len(snapshot.other_tables) == (4 if name == "730-an" else 0)


def test_the_first_capture() -> None:
    """Read a second time, by cutting its lines where its columns stand."""
    text = (FIXTURES / "macos" / "n-p-tcp.txt").read_text()
    snapshot = ns.parse(text)
    assert len(snapshot.connections) == 17
    for line, found in zip(text.splitlines()[2:], snapshot.connections, strict=True):
        ends = [part.strip().rpartition(".") for part in (line[21:44], line[44:67])]
        assert [line[:5], line[67:]] == ["tcp4 ", found.state]
        assert [(str(e.address), str(e.port)) for e in (found.local, found.foreign)] == [
            (host, port) for host, _, port in ends
        ]


def write_fixture(dialect: str, name: str, text: str) -> None:
    folder = FIXTURES / dialect
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.txt").write_text(text)
    dumps = [snapshot.model_dump(mode="json") for snapshot in ns.iter_snapshots(text)]
    (folder / f"{name}.json").write_text(json.dumps(dumps, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    for fixture in FIXTURE_RUNS:
        write_fixture("macos", fixture, fixture_text(fixture))
    write_fixture("macos", "n-p-tcp", (FIXTURES / "macos" / "n-p-tcp.txt").read_text())
    sys.exit(0)
