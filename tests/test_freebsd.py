"""FreeBSD: sockets, printed in the formats of every release, come back as they were.

The functions that print follow usr.bin/netstat/inet.c and inet6.c (protopr, inetprint, inet6print)
of FreeBSD 9, 12, 14 and 15. Run as a program, this module writes the fixtures:

    python tests/test_freebsd.py
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_macos import (
    ANY,
    FAMILIES,
    FIXTURES,
    HOSTS_4,
    HOSTS_6,
    STATE_NAMES,
    STATES,
    TRANSPORTS,
    WORDS,
    End,
    check_end,
    ends,
    only_snapshot,
    write_fixture,
)
from test_macos import field as cut_or_padded

import netstat_parse as ns
from netstat_parse.models import Endpoint, FreebsdConnection, Snapshot

# What is printed ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Socket:
    """A socket, as it truly is."""

    proto: str = "tcp"
    version: str = "4"
    recv_q: int = 0
    send_q: int = 0
    local: End = ANY
    foreign: End = ANY
    state: str = ""
    pcb: int = 0xFFFFF8011A2B3C00
    counts: tuple[int, int, int] = (0, 0, 0)
    buffers: tuple[int, ...] = (0, 0, 0, 0, 65536, 49152, 1, 2048, 0, 0, 524288, 393216)
    timers: tuple[int, ...] = (0, 0, 0, 0, 0, 0)
    """Hundredths of a second."""
    flow: tuple[int, int] = (0, 0)
    stack: str = "freebsd"
    congestion: tuple[str, int, int, int, str] = ("cubic", 14480, 1073725440, 1448, "off")
    log_id: str = ""


@dataclass(frozen=True)
class Run:
    """One run of netstat: the release, the options, and -f (inet: 4, inet6: 6)."""

    release: int
    options: str
    family: str = field(default="")

    @property
    def width(self) -> int:
        if "W" in self.options:
            return 22 if self.family == "4" else 45
        return 18 if "A" in self.options else 22

    @property
    def has_state(self) -> bool:
        return not set("TxR") & set(self.options)


BUFFERS = "R-MBUF S-MBUF R-CLUS S-CLUS R-HIWA S-HIWA R-LOWA S-LOWA R-BCNT S-BCNT R-BMAX S-BMAX"
TIMERS = "rexmt persist keep 2msl delack rcvtime"


def header(run: Run, stacks: int, controls: int) -> str:
    text = f"{'Tcpcb':16} " if "A" in run.options else ""
    local = cut_or_padded("Local Address", run.width)
    if "T" in run.options:
        return f"{text}{'Proto':5} {'Rexmit':6} {'OOORcv':6} {'0-win':6} {local} Foreign Address"
    text += f"{'Proto':5} {'Recv-Q':6} {'Send-Q':6} {local} "
    text += cut_or_padded("Foreign Address", run.width)
    if "x" in run.options:
        titles = BUFFERS.split()
        # Release 15 has four columns less, and lost the blank before the first.
        text += " " + " ".join(titles) if run.release < 15 else " ".join(titles[4:])
        text += "".join(f" {title:>7}" for title in TIMERS.split())
    elif "R" in run.options:
        text += f"  {'flowid':>8} {'ftype':>5}"
    else:
        text += f" {'(state)':11}" if run.release >= 13 else " (state)"
    if "c" in run.options:
        text += f" {'Stack':{stacks}}"
    if "C" in run.options:
        text += f" {'CC':{controls}} {'cwin':>10} {'ssthresh':>10} {'MSS':>5} {'ECN':>3}"
    return text + (" Log ID" if "P" in run.options else "")


def address(run: Run, end: End, version: str) -> str:
    numeric = "n" in run.options
    host = end.host if numeric or not end.name else end.name
    narrow = 12 if "A" in run.options and not numeric else 16
    port = str(end.port) if end.port else "*"
    if not numeric and end.service:
        port = end.service[:15]
    if version == "6":
        host = host[: 39 if "W" in run.options else narrow]
        width = 45 if "W" in run.options else run.width
        return cut_or_padded(f"{host}.{port}", width) + " "
    if "W" in run.options:
        return f"{host}.{port}".ljust(run.width) + " "
    return cut_or_padded(f"{host[:narrow]}.{port}", run.width) + " "


def row(run: Run, s: Socket, stacks: int, controls: int) -> str:
    is_tcp = s.proto in ("tcp", "toe")
    text = f"{s.pcb:16x} " if "A" in run.options else ""
    text += f"{s.proto[:3]:3}{s.version:2} "
    if "T" in run.options:
        blank = " " * 21 if run.release > 9 else ""
        text += "".join(f"{count:6} " for count in s.counts) if is_tcp else blank
    else:
        text += f"{s.recv_q:6} {s.send_q:6} "
    text += address(run, s.local, s.version) + address(run, s.foreign, s.version)
    if "x" in run.options:
        text += " ".join(f"{n:6}" for n in s.buffers[0 if run.release < 15 else 4 :])
        if is_tcp:
            text += "".join(f" {time // 100:4}.{time % 100:02}" for time in s.timers)
    elif "R" in run.options:
        text += f" {s.flow[0]:08x} {s.flow[1]:5}"
    elif is_tcp and run.has_state:
        text += f"{s.state:11}" if run.release >= 13 else s.state
    if is_tcp:
        if "c" in run.options:
            text += f" {s.stack:{stacks}}"
        if "C" in run.options:
            name, window, threshold, segment, ecn = s.congestion
            text += f" {name:{controls}} {window:10} {threshold:10} {segment:5} {ecn:>3}"
        if "P" in run.options:
            text += f" {s.log_id or '-'}"
    return text


def capture(run: Run, sockets: list[Socket]) -> str:
    stacks = max([5, *(len(s.stack) for s in sockets)])
    controls = max([2, *(len(s.congestion[0]) for s in sockets)])
    servers = " (including servers)" if "a" in run.options else ""
    lines = [f"Active Internet connections{servers}", header(run, stacks, controls)]
    lines += [row(run, s, stacks, controls) for s in sockets]
    return "".join(f"{line}\n" for line in lines)


# What must come back ------------------------------------------------------------------------------


def certain(run: Run, end: End, version: str) -> bool:
    """True where the reader can know that this end was not cut."""
    numeric = "n" in run.options
    host = end.host if numeric or not end.name else end.name
    port = end.service[:15] if end.service and not numeric else str(end.port or "*")
    if run.width == 45:
        return len(host) < 39 and len(f"{host}.{port}") < 45
    if len(host) >= 16 or (run.width == 18 and len(host) == 12):
        return False  # as it would be cut, with -A if it had been asked for names
    is_ipv4 = version != "6" and host == end.host and run.width != 18 and numeric
    return is_ipv4 or len(f"{host}.{port}") < run.width or port == "*"


def check(run: Run, s: Socket, found: ns.Connection) -> None:
    assert isinstance(found, FreebsdConnection)
    is_tcp = s.proto in ("tcp", "toe")
    name = s.proto[:3].strip()
    assert found.proto == f"{s.proto[:3]:3}{s.version}"
    assert found.transport == TRANSPORTS.get(name, name)
    assert found.family == FAMILIES[s.version]
    has_queues = "T" not in run.options
    assert found.recv_q == (s.recv_q if has_queues else None)
    assert found.send_q == (s.send_q if has_queues else None)
    for end, printed in ((s.local, found.local), (s.foreign, found.foreign)):
        sure = certain(run, end, s.version)
        check_end(printed, end, numeric="n" in run.options, certain=sure)
    assert found.state == (STATES[s.state] if run.has_state and is_tcp else None)
    assert found.process is None
    assert found.control_block == (s.pcb if "A" in run.options else None)
    counts = (found.retransmits, found.out_of_order, found.zero_windows)
    assert counts == (s.counts if "T" in run.options and is_tcp else (None,) * 3)
    buffers = (
        found.recv_mbufs,
        found.send_mbufs,
        found.recv_clusters,
        found.send_clusters,
        found.recv_hiwat,
        found.send_hiwat,
        found.recv_lowat,
        found.send_lowat,
        found.recv_mbuf_bytes,
        found.send_mbuf_bytes,
        found.recv_mbuf_limit,
        found.send_mbuf_limit,
    )
    timers = (
        found.retransmit_timer,
        found.persist_timer,
        found.keepalive_timer,
        found.time_wait_timer,
        found.delayed_ack_timer,
        found.idle_time,
    )
    if "x" in run.options:
        gone = 4 if run.release >= 15 else 0
        assert buffers == (None,) * gone + s.buffers[gone:]
        assert timers == (tuple(time / 100 for time in s.timers) if is_tcp else (None,) * 6)
    else:
        assert buffers == (None,) * 12
        assert timers == (None,) * 6
    flow = (found.flow_id, found.flow_type)
    assert flow == (s.flow if "R" in run.options else (None, None))
    assert found.stack == (s.stack if "c" in run.options and is_tcp else None)
    congestion = (
        found.congestion_control,
        found.congestion_window,
        found.slow_start_threshold,
        found.segment_size,
        found.ecn,
    )
    assert congestion == (s.congestion if "C" in run.options and is_tcp else (None,) * 5)
    assert found.log_id == (s.log_id or None if "P" in run.options and is_tcp else None)
    assert not found.extra


# Sockets chosen by hypothesis ---------------------------------------------------------------------

TIMES = st.integers(0, 99999999)
LOG_IDS = st.one_of(
    st.just(""),
    st.from_regex(r"[!-~]([ -~]{0,30}[!-~])?", fullmatch=True).filter(lambda t: t != "-"),
)


@st.composite
def sockets(draw: st.DrawFn, *, version: str = "", named: bool = False) -> Socket:
    proto = draw(st.sampled_from(["tcp", "tcp", "tcp", "toe", "udp", "icm", "igm", "div", "ip"]))
    chosen = version or draw(st.sampled_from(["4", "6", "46"]))
    end = ends(HOSTS_6 if chosen == "6" else HOSTS_4, named)
    cwnd = st.integers(0, 2**64 - 1)
    return Socket(
        proto,
        chosen if proto != "ip" else version or "4",
        draw(WORDS),
        draw(WORDS),
        draw(end) if proto != "ip" or chosen != "6" else ANY,
        draw(end) if proto != "ip" or chosen != "6" else ANY,
        draw(STATE_NAMES) if proto in ("tcp", "toe") else "",
        draw(st.integers(0, 2**64 - 1)),
        draw(st.tuples(WORDS, WORDS, WORDS)),
        draw(st.tuples(*[WORDS] * 12)),
        draw(st.tuples(*[TIMES] * 6)),
        draw(st.tuples(WORDS, st.integers(0, 63))),
        draw(st.sampled_from(["freebsd", "rack", "bbr", "rack_1401"])),
        draw(
            st.tuples(
                st.sampled_from(["cubic", "newreno", "htcp", "dctcp", "cc_x"]),
                cwnd,
                cwnd,
                st.integers(0, 65535),
                st.sampled_from(["ecn", "ace", "off", "n/a"]),
            )
        ),
        draw(LOG_IDS),
    )


RUNS = [
    *(Run(9, o) for o in ("n", "an", "anA", "anT", "anx")),
    *(Run(12, o) for o in ("an", "anW", "anAW", "anAx", "anR", "anAT")),
    *(Run(14, o) for o in ("an", "anA", "anc", "anCP", "ancCP", "anWcC", "anRc", "anP")),
    *(Run(15, o) for o in ("an", "anx", "anAx", "anWx")),
    Run(14, "anW", "4"),
    Run(14, "anAW", "4"),
    Run(14, "anW", "6"),
]


@pytest.mark.slow
@pytest.mark.parametrize("run", RUNS, ids=lambda run: f"{run.release}-{run.options}{run.family}")
@given(data=st.data())
@settings(max_examples=10)
def test_sockets_come_back(run: Run, data: st.DataObject) -> None:
    chosen = data.draw(st.lists(sockets(version=run.family), max_size=3))
    snapshot = ns.parse(capture(run, chosen))
    assert snapshot.dialect == "freebsd"
    for s, found in zip(chosen, snapshot.connections, strict=True):
        check(run, s, found)
    assert Snapshot.model_validate_json(snapshot.model_dump_json()) == snapshot


@pytest.mark.slow
@pytest.mark.parametrize("run", [Run(9, "a"), Run(14, "aW"), Run(14, "aW", "4"), Run(14, "acCP")])
@given(data=st.data())
@settings(max_examples=15)
def test_names_come_back(run: Run, data: st.DataObject) -> None:
    chosen = data.draw(st.lists(sockets(version=run.family, named=True), max_size=3))
    snapshot = ns.parse(capture(run, chosen))
    for s, found in zip(chosen, snapshot.connections, strict=True):
        check(run, s, found)


# One by one ---------------------------------------------------------------------------------------


def test_cut_ports_are_unknown() -> None:
    s = Socket(local=End("203.0.113.140", 50312), foreign=End("192.0.2.1", 22), state="CLOSED")
    (found,) = ns.parse(capture(Run(12, "anA"), [s])).connections
    assert found.local == Endpoint(
        host="203.0.113.140", address=IPv4Address("203.0.113.140"), truncated=True
    )
    assert (found.foreign.port, found.foreign.truncated) == (22, False)


def test_addresses_of_ipv6_and_their_ports_may_both_be_cut() -> None:
    s = Socket("tcp", "6", local=End("2001:db8:1:2:a3ff:fe12:9:41", 44130), state="LISTEN")
    (found,) = ns.parse(capture(Run(12, "anA"), [s])).connections
    assert found.local == Endpoint(host="2001:db8:1:2:a3f", truncated=True)


def test_raw_sockets_have_a_blank_in_their_protocol() -> None:
    (found,) = ns.parse(capture(Run(14, "an"), [Socket("ip", "4")])).connections
    assert (found.proto, found.transport, found.family) == ("ip 4", "ip", "ipv4")


def test_the_star_of_a_hidden_state() -> None:
    s = Socket(local=End("192.0.2.1", 80), state="SYN_SENT*")
    (found,) = ns.parse(capture(Run(9, "an"), [s])).connections
    assert found.state is ns.TcpState.SYN_SENT


def test_timers_before_now() -> None:
    text = capture(Run(12, "anx"), [Socket(state="CLOSED", timers=(1, 0, 0, 0, 0, 0))])
    (found,) = ns.parse(text.replace("   0.01", "  -1.-5")).connections
    assert isinstance(found, FreebsdConnection)
    assert found.retransmit_timer == -1.05


MAC_HEADER = "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)\n"


def test_headers_tell_which_system_printed_them() -> None:
    text = capture(Run(9, "an"), [Socket(local=End("192.0.2.1", 80), state="LISTEN")])
    assert ns.parse(text).dialect == "freebsd"
    old = text.splitlines(keepends=True)
    old[1] = MAC_HEADER
    assert ns.parse("".join(old)).dialect == "macos"
    assert ns.parse("".join(old), dialect="freebsd").dialect == "freebsd"


# Fixtures -----------------------------------------------------------------------------------------

SOME = [
    Socket(
        "tcp",
        "4",
        0,
        0,
        End("192.0.2.41", 22, "ssh", "gate.example.net"),
        End("203.0.113.140", 50312),
        "ESTABLISHED",
        counts=(3, 0, 1),
        timers=(0, 0, 719932, 0, 0, 2204),
        flow=(0x1F2A3B4C, 2),
        congestion=("cubic", 28960, 21720, 1448, "off"),
    ),
    Socket(
        "tcp",
        "4",
        0,
        36,
        End("192.0.2.41", 44123),
        End("198.51.100.250", 443, "https", "web-1.example.com"),
        "ESTABLISHED",
        0xFFFFF8011A2B4000,
        timers=(23, 0, 0, 0, 0, 12),
        stack="rack",
        congestion=("newreno", 14480, 1073725440, 1448, "ecn"),
        log_id="conn 7",
    ),
    Socket(
        "tcp",
        "4",
        local=End("198.51.100.200", 65001),
        foreign=End("203.0.113.100", 65002),
        state="TIME_WAIT",
        pcb=0xFFFFF8011A2B4400,
        timers=(0, 0, 0, 2911, 0, 0),
    ),
    Socket("toe", "4", 11, 0, End("192.0.2.41", 44124), End("198.51.100.250", 80), "CLOSE_WAIT"),
    Socket("tcp", "4", 0, 1, End("192.0.2.41", 44125), End("198.51.100.7", 25, "smtp"), "SYN_SENT"),
    Socket("tcp", "4", local=End("*", 22, "ssh"), state="LISTEN"),
    Socket("tcp", "46", local=End("*", 8080, "http-alt"), state="LISTEN"),
    Socket("tcp", "6", local=End("::1", 5432), foreign=End("::1", 40811), state="ESTABLISHED"),
    Socket(
        "tcp",
        "6",
        local=End("2001:db8:1:2:a3ff:fe12:9:41", 44130),
        foreign=End("2001:db8:ffff:1::53", 443, "https"),
        state="FIN_WAIT_2",
    ),
    Socket(
        "tcp",
        "6",
        local=End("fe80::1%em0", 179, "bgp"),
        foreign=End("fe80::2%em0", 33111),
        state="SYN_RCVD",
        counts=(12, 4, 0),
    ),
    Socket("udp", "4", local=End("127.0.0.1", 123, "ntp"), buffers=(0,) * 12),
    Socket("udp", "6", local=End("*", 514, "syslog")),
    Socket("div", "4", local=End("*", 8668)),
    Socket("ip", "4"),
    Socket("icm", "6"),
]
OTHER_TABLES = """\
Active SCTP associations (including servers)
Proto  Type  Local Address          Foreign Address        (state)
sctp4  1to1  *.2905                                        LISTEN
sctp4  1to1  192.0.2.41.2905        198.51.100.30.2905     ESTABLISHED
             192.0.2.42.2905        198.51.100.31.2905     
                                    198.51.100.32.2905     
Netgraph sockets
Type  Recv-Q Send-Q Node Address   #Hooks
ctrl       0      0 [5]:              0
"""  # noqa: W291
FIXTURE_RUNS = {
    f"{run.release}-{run.options}{'-inet' if run.family else ''}": run
    for run in (
        *(Run(9, o) for o in ("a", "an", "anA", "anT")),
        *(Run(12, o) for o in ("an", "anAW", "anAx", "anR", "anT")),
        *(Run(14, o) for o in ("an", "anA", "anW", "ancCP", "anRc", "anx")),
        Run(14, "anW", "4"),
        *(Run(15, o) for o in ("anAx", "anx")),
    )
}


def some(run: Run) -> list[Socket]:
    return [replace(s) for s in SOME if run.family != "4" or s.version == "4"]


def fixture_text(name: str) -> str:
    run = FIXTURE_RUNS[name]
    return capture(run, some(run)) + (OTHER_TABLES if name == "14-an" else "")


@pytest.mark.parametrize("name", FIXTURE_RUNS)
def test_fixtures_are_what_was_printed(name: str) -> None:
    run = FIXTURE_RUNS[name]
    text = (FIXTURES / "freebsd" / f"{name}.txt").read_text()
    assert text == fixture_text(name)
    snapshot = only_snapshot(text)
    assert not snapshot.unparsed
    found = [c for c in snapshot.connections if c.transport != "sctp"]
    for s, connection in zip(some(run), found, strict=True):
        check(run, s, connection)
    assert len(snapshot.connections) - len(found) == (2 if name == "14-an" else 0)
    assert len(snapshot.other_tables) == (1 if name == "14-an" else 0)
    assert snapshot.notes == ()


if __name__ == "__main__":
    for fixture in FIXTURE_RUNS:
        write_fixture("freebsd", fixture, fixture_text(fixture))
    sys.exit(0)
