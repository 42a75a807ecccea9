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

from netstat_parse.grammar import linux
from netstat_parse.grammar.dialect import Column, Dialect, RowKind
from netstat_parse.grammar.linux import any_address, process, proto, state
from netstat_parse.grammar.table import AddressLimits, ProgramWidth
from netstat_parse.grammar.tokens import number, optional
from netstat_parse.grammar.unix_sockets import linux_unix

COLUMNS = (
    Column("Proto", proto("tcp", "tcp6"), required=True),
    Column("Recv-Q", linux.recv_q, required=True),
    Column("Send-Q", number("send_q", "Send-Q"), required=True),
    Column("Local Address", any_address("local"), required=True),
    Column("Foreign Address", any_address("foreign"), required=True),
    Column("State", state(linux.STATES), required=True),
    Column("PID/Program name", process),
)

ROW_KINDS = (
    RowKind("tcp", "tcp", {}),
    RowKind(
        "udp", "udp", {"Proto": proto("udp", "udp6"), "State": optional(state(linux.UDP_STATES))}
    ),
    # Where raw's state should stand is the number of its port: the same buffer is used for both.
    RowKind(
        "raw",
        "raw",
        {
            "Proto": proto("raw", "raw6"),
            "Local Address": linux.raw_address("local"),
            "Foreign Address": linux.raw_address("foreign"),
            "State": linux.ANY_NUMBER,
        },
    ),
)


def claims(header: str) -> bool:
    return linux.width_of(header) == linux.WIDE_ADDRESS or header.endswith("State" + " " * 7)


HEADER = "Proto Recv-Q Send-Q Local Address           Foreign Address         State       "

DIALECT = Dialect(
    name="busybox",
    commands=("busybox netstat -ant", "busybox netstat -antupW"),
    connection="LinuxConnection",
    banners=(),
    other_tables=(),
    columns=COLUMNS,
    row_kinds=ROW_KINDS,
    separator=":",
    states=linux.STATES,
    plain_family=None,
    limits=lambda header: AddressLimits(),
    program_width=ProgramWidth(20, with_pid=True),
    common_headers=(HEADER,),
    other_headers=(f"{HEADER}PID/Program name    ",),
    claims=claims,
)

DIALECTS = (
    DIALECT,
    linux_unix(
        "busybox",
        separator="",
        common_headers=("Proto RefCnt Flags       Type       State         I-Node Path",),
        claims=lambda header: "I-Node P" in header,
    ),
)
