"""net-tools on Linux: `netstat -npt` and its options -a -l -e -Z -o -W -u -U -w -S.

Source: net-tools 2.10, netstat.c (tcp_do_one, udp_do_one, raw_do_one, finish_this_one); the
timers' words from its tcp_do_one and udp_do_one; the states from RFC 9293 and Linux's tcp_states.h.
"""

from __future__ import annotations

from pyparsing import ParserElement

from netstat_parse.grammar.dialect import Column, Dialect, Field, Place, RowKind
from netstat_parse.grammar.table import AddressLimits, ProgramWidth
from netstat_parse.grammar.tokens import (
    ID,
    adjacent,
    choice,
    endpoint,
    fits,
    free_text,
    literal,
    number,
    one_of_words,
    optional,
    token,
    word,
)

STATES = {
    "ESTABLISHED": "ESTABLISHED",
    "SYN_SENT": "SYN_SENT",
    "SYN_RECV": "SYN_RECEIVED",
    "FIN_WAIT1": "FIN_WAIT_1",
    "FIN_WAIT2": "FIN_WAIT_2",
    "TIME_WAIT": "TIME_WAIT",
    "CLOSE": "CLOSED",
    "CLOSE_WAIT": "CLOSE_WAIT",
    "LAST_ACK": "LAST_ACK",
    "LISTEN": "LISTEN",
    "CLOSING": "CLOSING",
    "UNKNOWN": "UNKNOWN",
}

KERNEL_STATES = {
    "1": "ESTABLISHED",
    "2": "SYN_SENT",
    "3": "SYN_RECEIVED",
    "4": "FIN_WAIT_1",
    "5": "FIN_WAIT_2",
    "6": "TIME_WAIT",
    "7": "CLOSED",
    "8": "CLOSE_WAIT",
    "9": "LAST_ACK",
    "10": "LISTEN",
    "11": "CLOSING",
    "12": "SYN_RECEIVED",
}
"""The numbers that raw rows print (include/net/tcp_states.h)."""

NARROWEST_ADDRESS = 23

ANY_HOST = token(r"\S+(?=:)", "host")
NUMERIC_IPV4 = token(r"[0-9]{1,3}+\.[0-9.]{5,11}+(?=:[0-9*]++(?!\S))", "host")
"""Never cut: with its port it has at most 21 characters."""


def limits(header: str) -> AddressLimits:
    """An address fills its column exactly where it was cut: up to the blank before the next title.

    A header whose blanks were folded no longer tells how wide its columns are; the rows then are
    taken as narrow as net-tools ever prints them.
    """
    width = header.find("Foreign Address") - header.find("Local Address") - 1
    return AddressLimits(field=max(width, NARROWEST_ADDRESS))


def address(side: str) -> Column:
    def cell(place: Place) -> ParserElement:
        width = place.limits.field
        if not place.only_whole or width is None:
            return endpoint(side, ":", ANY_HOST)
        whole = token(rf"{fits(width)}\S+(?=:)", "host")
        return endpoint(side, ":", choice("host", NUMERIC_IPV4, whole))

    return Column(f"{side.title()} Address", cell, required=True)


def proto(*names: str) -> ParserElement:
    return one_of_words(names, "proto")("proto")


def state(states: dict[str, str]) -> ParserElement:
    return one_of_words(states, "state")("state")


def process(place: Place) -> ParserElement:
    """`pid/name`, or `-`. The name may hold anything; what stands behind it tells its end."""
    program = free_text("program", "program name", place.behind)
    known = adjacent(token(ID, "pid")("pid"), literal("/"), program)
    return choice("pid/program name or -", known, token(r"-(?!\S)", "-"))


USER = choice("user", number("uid", "user number", ID), word("user", "user name"))


SECONDS = r"-?[0-9]{1,15}\.[0-9]{2}"
TIMER_NAME = token(r"(?:off|on[0-9]*|keepalive|timewait|probe|unkn-[0-9]+)(?!\S)", "timer")
TIMER = TIMER_NAME("timer") + adjacent(
    literal("("),
    token(SECONDS, "seconds")("timer_expires"),
    literal("/"),
    token(ID, "retransmits")("timer_retransmits"),
    literal("/"),
    token(ID, "probes")("timer_probes"),
    token(r"\)(?!\S)", "')'"),
)


def make_timer(name: str, expires: str, retransmits: str, probes: str) -> object:
    from netstat_parse.models import Timer

    return Timer(
        name=name, expires=float(expires), retransmits=int(retransmits), probes=int(probes)
    )


def make_context(text: str) -> str | None:
    return None if text == "-" else text


COLUMNS = (
    Column("Proto", proto("tcp", "tcp6"), required=True),
    Column("Recv-Q", number("recv_q", "Recv-Q"), required=True),
    Column("Send-Q", number("send_q", "Send-Q"), required=True),
    address("local"),
    address("foreign"),
    Column("State", state(STATES), required=True),
    Column("User", USER, (Field("user", str, ("user",)), Field("uid", int, ("uid",)))),
    Column("Inode", number("inode", "inode"), (Field("inode", int, ("inode",)),)),
    Column("PID/Program name", process),
    Column(
        "Security Context",
        word("security_context", "security context"),
        (Field("security_context", make_context, ("security_context",)),),
    ),
    Column(
        "Timer",
        TIMER,
        (
            Field(
                "timer",
                make_timer,
                ("timer", "timer_expires", "timer_retransmits", "timer_probes"),
            ),
        ),
    ),
)

ROW_KINDS = (
    RowKind("tcp", "tcp", {}),
    RowKind(
        "udp",
        "udp",
        {"Proto": proto("udp", "udp6", "udpl", "udpl6"), "State": optional(state(STATES))},
    ),
    RowKind(
        "raw", "raw", {"Proto": proto("raw", "raw6"), "State": optional(state(KERNEL_STATES))}
    ),
)

HEADER = "Proto Recv-Q Send-Q Local Address           Foreign Address         State      "

DIALECT = Dialect(
    name="linux",
    commands=("netstat -npt", "netstat -anpe", "netstat -antupeoW"),
    connection="LinuxConnection",
    banners=(
        "Active Internet connections (w/o servers)",
        "Active Internet connections (servers and established)",
        "Active Internet connections (only servers)",
    ),
    other_tables=(
        "Active UNIX domain sockets",
        "Active Bluetooth connections",
        "Active Bluetooth servers",
        "Kernel IP routing table",
        "Kernel IPv6 routing table",
        "Kernel Interface table",
        "IPv6/IPv4 Group Memberships",
        "IP masquerading entries",
    ),
    columns=COLUMNS,
    row_kinds=ROW_KINDS,
    separator=":",
    states=STATES | KERNEL_STATES,
    plain_family="ipv4",
    limits=limits,
    program_width=ProgramWidth(19, with_pid=True),
    common_headers=tuple(
        HEADER + options
        for options in (
            "",
            " PID/Program name    ",
            " User       Inode     ",
            " User       Inode      PID/Program name    ",
            " Timer",
            " PID/Program name     Timer",
            " User       Inode      PID/Program name     Timer",
        )
    ),
)
