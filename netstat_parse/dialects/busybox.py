"""busybox: `netstat` and its options -a -l -n -t -u -w -W, and -p where it was built in.

Source: busybox 1.35, networking/netstat.c (FMT_NET_CONN_DATA, tcp_do_one, udp_do_one, raw_do_one).
`tcp`, `udp` and `raw` are IPv6 too. Addresses are never cut; -W only widens their columns, to 51.
-e changes nothing.

Its banners are net-tools'. Its header has seven blanks behind `State`, where net-tools has six;
with -p it is net-tools' to the last blank. So these headers are read here: one that ends in those
seven blanks, and one whose address columns are 51 wide, unless it is toybox's. Any other table of
busybox is read as net-tools', whose grammar knows busybox's rows.
"""

from __future__ import annotations

from dataclasses import replace

from netstat_parse.dialects.common import own_if, proto, width_of
from netstat_parse.dialects.linux.cells import (
    LOOK,
    STATES,
    UDP_STATES,
    WIDE_ADDRESS,
    process,
    socket_columns,
    state,
)
from netstat_parse.dialects.linux.locales import ENGLISH
from netstat_parse.dialects.linux.raw_sockets import ANY_NUMBER, raw_address
from netstat_parse.dialects.linux.unix_sockets import linux_unix
from netstat_parse.grammar.dialect import Column, Dialect, Evidence, RowKind, TableSpec
from netstat_parse.grammar.tokens import optional
from netstat_parse.grammar.truncation import ProgramLimit
from netstat_parse.schema import CONNECTIONS


def is_own(header: str) -> bool:
    """No other netstat prints such a header, except toybox with -W."""
    return width_of(header) == WIDE_ADDRESS or header.endswith("State" + " " * 7)


HEADER = "Proto Recv-Q Send-Q Local Address           Foreign Address         State       "

CONNECTION_TABLE = TableSpec(
    kind=CONNECTIONS,
    record="LinuxConnection",
    columns=(*socket_columns(), Column("PID/Program name", process(20))),
    banners=ENGLISH.banners,
    row_kinds=(
        RowKind("tcp", "tcp"),
        RowKind(
            "udp", "udp", {"Proto": proto("udp", "udp6"), "State": optional(state(UDP_STATES))}
        ),
        # Where raw's state should stand is the number of its port: one buffer is used for both.
        RowKind(
            "raw",
            "raw",
            {
                "Proto": proto("raw", "raw6"),
                "Local Address": raw_address("local"),
                "Foreign Address": raw_address("foreign"),
                "State": ANY_NUMBER,
            },
        ),
    ),
    claim=own_if(is_own),
    program_limit=ProgramLimit(20, with_pid=True),
    states=STATES,
    common_headers=(HEADER,),
    look=LOOK,
    other_headers=(f"{HEADER}PID/Program name    ",),
    example="""
tcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN
tcp        0      0 ::ffff:192.0.2.10:443   ::ffff:198.51.100.7:51234 ESTABLISHED
udp        0      0 0.0.0.0:68              0.0.0.0:*
raw        0      0 fe80::1%1713:58         :::*                    58
""",
)

DIALECT = Dialect(
    name="busybox",
    evidence=Evidence.PROGRAM,
    system="linux",
    commands=(
        "busybox netstat -ant",
        "busybox netstat -antupW",
        "netstat -anp",
        "netstat -x",
    ),
    tables=(
        CONNECTION_TABLE,
        replace(
            linux_unix(separator="", claim=own_if(lambda header: "I-Node P" in header)),
            common_headers=("Proto RefCnt Flags       Type       State         I-Node Path",),
            example="""
unix  2      [ ACC ]     STREAM     LISTENING      20252 /run/systemd/private
unix  3      [ ]         DGRAM                     20254 /run/systemd/notify
""",
        ),
    ),
)
