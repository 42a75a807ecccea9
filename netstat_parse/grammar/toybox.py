"""toybox, so Android: `netstat` and its options -a -l -n -t -u -w -e -p -W.

Source: toybox 0.8.9, toys/net/netstat.c (addr2str, show_ip). An address field is exactly 23 wide,
51 with -W, and the port overwrites the end of a host that is too long. The queues may touch. IPv6's
any is `[::]`.

Its banners are net-tools'. Its headers are net-tools' too, without -e, -p and -W: such a table is
read as net-tools', whose grammar knows toybox's rows. What is read here has `PID/Program Name` with
its capital, or six blanks behind `Inode`, or six behind `State` under address columns of 51.
"""

from __future__ import annotations

from netstat_parse.grammar import linux
from netstat_parse.grammar.dialect import Column, Dialect, Field, RowKind
from netstat_parse.grammar.linux import INODE, USER, address, process, proto, state
from netstat_parse.grammar.table import ProgramWidth
from netstat_parse.grammar.tokens import number, optional
from netstat_parse.grammar.unix_sockets import linux_unix

COLUMNS = (
    Column("Proto", proto("tcp", "tcp6"), required=True),
    Column("Recv-Q", linux.recv_q, required=True),
    Column("Send-Q", number("send_q", "Send-Q"), required=True),
    Column("Local Address", address("local"), required=True),
    Column("Foreign Address", address("foreign"), required=True),
    Column("State", state(linux.STATES), required=True),
    Column("User", USER, (Field("user", str, ("user",)), Field("uid", int, ("uid",)))),
    Column("Inode", INODE, (Field("inode", int, ("inode",)),)),
    Column("PID/Program Name", process),
)

ROW_KINDS = (
    RowKind("tcp", "tcp", {}),
    RowKind(
        "udp", "udp", {"Proto": proto("udp", "udp6"), "State": optional(state(linux.UDP_STATES))}
    ),
    RowKind(
        "raw", "raw", {"Proto": proto("raw", "raw6"), "State": optional(state(linux.KERNEL_STATES))}
    ),
)


def claims(header: str) -> bool:
    is_wide = linux.width_of(header) == linux.WIDE_ADDRESS
    return (
        "PID/Program Name" in header
        or header.endswith("Inode" + " " * 6)
        or (is_wide and ("Inode" in header or header.endswith("State" + " " * 6)))
    )


HEADER = linux.HEADER

DIALECT = Dialect(
    name="toybox",
    commands=("toybox netstat -ant", "toybox netstat -antuep", "toybox netstat -antuW"),
    connection="LinuxConnection",
    banners=(),
    other_tables=(),
    columns=COLUMNS,
    row_kinds=ROW_KINDS,
    separator=":",
    states=linux.STATES | linux.KERNEL_STATES,
    plain_family="ipv4",
    limits=linux.limits,
    program_width=ProgramWidth(255),
    common_headers=(
        HEADER + " PID/Program Name",
        HEADER + " User       Inode       PID/Program Name",
    ),
    claims=claims,
)

DIALECTS = (
    DIALECT,
    linux_unix(
        "toybox",
        process_title="PID/Program Name",
        claims=lambda header: "PID/Program Name" in header,
    ),
)
