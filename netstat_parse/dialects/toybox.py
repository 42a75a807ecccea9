"""toybox, so Android: `netstat` and its options -a -l -n -t -u -w -e -p -W.

Source: toybox 0.8.9, toys/net/netstat.c (addr2str, show_ip). An address field is exactly 23 wide,
51 with -W, and the port overwrites the end of a host that is too long. The queues may touch. IPv6's
any is `[::]`.

Its banners are net-tools'. Its headers are net-tools' too, without -e, -p and -W: such a table is
read as net-tools', whose grammar knows toybox's rows. What is read here has `PID/Program Name` with
its capital, or six blanks behind `Inode`, or six behind `State` under address columns of 51; and
routes whose titles stand behind tabs.
"""

from __future__ import annotations

from dataclasses import replace

from netstat_parse.dialects.common import own_if, proto, width_of
from netstat_parse.dialects.linux.cells import (
    INODE,
    INODE_FIELDS,
    KERNEL_STATES,
    LOOK,
    STATES,
    UDP_STATES,
    USER,
    USER_FIELDS,
    WIDE_ADDRESS,
    datagram_limits,
    limits,
    process,
    socket_columns,
    state,
)
from netstat_parse.dialects.linux.locales import ENGLISH
from netstat_parse.dialects.linux.net_tools import HEADER
from netstat_parse.dialects.linux.routes import IPV4_ROUTES
from netstat_parse.dialects.linux.unix_sockets import linux_unix
from netstat_parse.grammar.dialect import Column, Dialect, Evidence, RowKind, TableSpec
from netstat_parse.grammar.tokens import optional
from netstat_parse.grammar.truncation import ProgramLimit
from netstat_parse.schema import CONNECTIONS


def is_own(header: str) -> bool:
    """No other netstat prints such a header."""
    is_wide = width_of(header) == WIDE_ADDRESS
    return (
        has_own_title(header)
        or header.endswith("Inode" + " " * 6)
        or (is_wide and ("Inode" in header or header.endswith("State" + " " * 6)))
    )


def has_own_title(header: str) -> bool:
    """net-tools and busybox print `PID/Program name`."""
    return "PID/Program Name" in header


ROUTE_TABLE = replace(
    IPV4_ROUTES,
    claim=own_if(lambda header: "\t" in header),
    common_headers=tuple(
        f"Destination\tGateway \tGenmask \tFlags {rest}"
        for rest in ("  MSS Window  irtt Iface", "Metric Ref    Use Iface")
    ),
    example="""
default         192.0.2.254     0.0.0.0         UG        0 0          0 wlan0
10.0.0.0        *               255.0.0.0       !         0 0          0 *
""",
)

CONNECTION_TABLE = TableSpec(
    kind=CONNECTIONS,
    record="LinuxConnection",
    columns=(
        *socket_columns(),
        Column("User", USER, USER_FIELDS),
        Column("Inode", INODE, INODE_FIELDS),
        Column("PID/Program Name", process(None)),
    ),
    banners=ENGLISH.banners,
    row_kinds=(
        RowKind("tcp", "tcp"),
        RowKind(
            "udp",
            "udp",
            {"Proto": proto("udp", "udp6"), "State": optional(state(UDP_STATES))},
            datagram_limits,
        ),
        RowKind(
            "raw",
            "raw",
            {"Proto": proto("raw", "raw6"), "State": optional(state(KERNEL_STATES))},
            datagram_limits,
        ),
    ),
    claim=own_if(is_own),
    limits=limits,
    program_limit=ProgramLimit(255),
    states=STATES | KERNEL_STATES,
    plain_family="ipv4",
    look=LOOK,
    common_headers=(
        HEADER + " PID/Program Name",
        HEADER + " User       Inode       PID/Program Name",
    ),
    example="""
tcp        0      0 192.0.2.10:22           198.51.100.7:51234      ESTABLISHED 812/sshd
tcp6       01023440 2001:db8::1:443         2001:db8::2:50022       ESTABLISHED 900/nginx: worker
tcp6       0      0 [::]:22                 [::]:*                  LISTEN      -
udp        0      0 0.0.0.0:68              0.0.0.0:*                           650/dhcpcd
""",
)

DIALECT = Dialect(
    name="toybox",
    evidence=Evidence.PROGRAM,
    system="linux",
    commands=(
        "toybox netstat -ant",
        "toybox netstat -antuep",
        "toybox netstat -antuW",
        "netstat -anp",
        "netstat -x",
    ),
    tables=(
        CONNECTION_TABLE,
        replace(
            linux_unix(process_title="PID/Program Name", claim=own_if(has_own_title)),
            example="""
unix  2      [ ACC ]     STREAM     LISTENING     20252    812/init             /dev/socket/zygote
""",
        ),
        ROUTE_TABLE,
    ),
)
