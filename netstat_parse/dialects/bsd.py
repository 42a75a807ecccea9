"""What macOS and FreeBSD share: states, protocols, `host.port` addresses, the UNIX sockets' table.

Sources: FreeBSD, usr.bin/netstat/inet.c (protopr, inetprint) and unix.c (unixdomainpr); Apple
network_cmds, netstat.tproj/inet.c and unix.c, which come of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pyparsing import ParserElement

from netstat_parse.dialects.common import bits, count, from_hexadecimal, tcp_states
from netstat_parse.grammar.addresses import dot_address
from netstat_parse.grammar.dialect import (
    CellContext,
    Claim,
    Column,
    Field,
    RowKind,
    TableSpec,
)
from netstat_parse.grammar.tokens import (
    COUNTER,
    adjacent,
    literal,
    number,
    one_of_words,
    optional,
    path,
    token,
    word_token,
)
from netstat_parse.grammar.truncation import AddressLimits, ProgramLimit
from netstat_parse.schema import LISTEN_QUEUES, UNIX_SOCKETS

BANNERS = ("Active Internet connections", "Active Internet connections (including servers)")

STATES = tcp_states({"SYN_RECEIVED": "SYN_RCVD"})
OLD_STATES = {f"{printed}*": name for printed, name in STATES.items()}
"""A star behind the state: the socket still needs to send its SYN or FIN (T/TCP)."""
ALL_STATES = STATES | OLD_STATES
STATE = one_of_words(ALL_STATES, "state")("state")

NARROW_COLUMNS = AddressLimits(field=22, host=16)
"""A host is cut to 16 characters, and the whole address to 22."""
BLOCKS_COLUMNS = AddressLimits(field=18, host=16, host_with_names=12, numbers_are_cut=True)
"""With -A the address is cut to 18, and without -n every host to 12."""

LONGEST_NAME = 16
"""Bytes: what the kernel keeps of a process's name (MAXCOMLEN)."""
PROGRAM_LIMIT = ProgramLimit(LONGEST_NAME)
LONGEST_PATH = 104
"""Bytes of sun_path (sys/un.h)."""


def proto(names: str) -> ParserElement:
    """The protocol, one of these names (a pattern), and its IP versions: `tcp4`, `tcp46`."""
    one = f"(?:{names})" if "|" in names else names
    return word_token("proto", rf"{one} (?:46|4|6)?+")("proto")


def other_proto(tcp: str) -> ParserElement:
    """A protocol that prints no state, so none of `tcp` (a pattern).

    Its name is cut or padded to three letters, and the IP versions stand behind it.
    """
    return word_token(
        "proto",
        rf"""
        (?!{tcp})
        (?: [a-z][a-z0-9]{{2}} (?:46|4|6)?    # udp46, icm6
          | ip [ ]? (?:46|4|6)                # ip 4
        )
        """,
    )("proto")


def address(side: str) -> Column:
    """The column of the local or the foreign address, `host.port`."""

    def cell(context: CellContext) -> ParserElement:
        return dot_address(side, context.limits)

    return Column(f"{side.title()} Address", cell, required=True)


def socket_columns(proto: ParserElement, state: ParserElement) -> tuple[Column, ...]:
    """The columns that all have, from the protocol to the state."""
    return (
        Column("Proto", proto, required=True),
        Column("Recv-Q", number("recv_q", "Recv-Q"), required=True),
        Column("Send-Q", number("send_q", "Send-Q"), required=True),
        address("local"),
        address("foreign"),
        Column("(state)", state, required=True),
    )


TCP_AND_OTHERS = (
    RowKind("tcp"),
    RowKind("other", cells={"Proto": other_proto("tcp"), "(state)": optional(STATE)}),
)
"""The rows of tcp have a state; those of others may have one."""

LOOK = r"""
    (?: [0-9a-f]{8,16} [ \t]++ ){0,2}
    [a-z]{2,5} [ ]? [0-9]{0,2} [ \t]++ [0-9]++ [ \t]++ [0-9]++
    (?: [ \t]++ \S*\. [^\s.:]++ ){2}
"""
"""What a connection starts with: perhaps blocks, a protocol, the queues, and two addresses,
`host.port`."""

# Listen queues ------------------------------------------------------------------------------------

LISTEN_BANNERS = (
    "Current listen queue sizes (qlen/incqlen/maxqlen)",
    "Current listen queue sizes (qlen/maxqlen)",
)


def any_header(header: str) -> Claim:
    """The claim of a table that others print as well."""
    return Claim.SHARED


BLOCK = word_token("control block", "[0-9a-f]{1,16}")
FLOWHASH = word_token("Flowhash", "[0-9a-f]{1,8}")


def tcpcb_in_extra(block: str) -> Mapping[str, str]:
    """The control block that -A prints, by its column's title."""
    from netstat_parse.models import FrozenDict

    return FrozenDict(Tcpcb=block)


def socket_in_extra(socket: str, flowhash: str) -> Mapping[str, str]:
    """What -A prints on macOS, and the first of it in older FreeBSD, by the columns' titles."""
    from netstat_parse.models import FrozenDict

    return FrozenDict({"Socket": socket} | ({"Flowhash": flowhash} if flowhash else {}))


def listen_queues(
    *,
    with_proto: bool,
    limits: AddressLimits,
    width: int = 32,
    claim: Callable[[str], Claim] = any_header,
) -> TableSpec:
    """The table of `netstat -L`: `%-14.14s %-22.22s` of macOS, `%-5.5s %-32.32s %-22.22s` of
    FreeBSD, with the protocol in front (usr.bin/netstat/inet.c, protopr), and DragonFly, whose
    sizes are 14 wide."""
    sizes = adjacent(
        token("qlen", rf"{COUNTER}(?=/)")("queued"),
        literal("/"),
        token("incqlen", rf"{COUNTER}(?=/)")("incomplete"),
        literal("/"),
        number("maximum", "maxqlen"),
    )
    socket = Column(
        "Socket", BLOCK("socket"), (Field("extra", socket_in_extra, ("socket", "flowhash")),)
    )
    before = (
        (
            Column("Tcpcb", BLOCK("tcpcb"), (Field("extra", tcpcb_in_extra, ("tcpcb",)),)),
            socket,
            Column("Proto", proto("tcp|sctp|udp"), required=True),
        )
        if with_proto
        else (socket, Column("Flowhash", FLOWHASH("flowhash")))
    )
    of_proto, width = ("Proto ", width) if with_proto else ("", 14)
    row = f"{'tcp4' if with_proto else '':{len(of_proto)}}{'0/0/128':{width}} *.22"
    return TableSpec(
        kind=LISTEN_QUEUES,
        record="ListenQueue",
        banners=LISTEN_BANNERS,
        columns=(
            *before,
            Column("Listen", sizes.set_name("qlen/incqlen/maxqlen"), required=True),
            Column("Local Address", dot_address("local", limits), required=True),
        ),
        row_kinds=(RowKind("listen queue"),),
        claim=claim,
        common_headers=(f"{of_proto}{'Listen':{width}} {'Local Address':22}",),
        follows_another_table=True,
        example=row + "\n",
    )


# Memory -------------------------------------------------------------------------------------------

MEMORY = r"[0-9]+(?:/[0-9]+)* mbufs? in use(?::| \(current)"
"""What `netstat -m` begins with: `1289/2191/3480 mbufs in use (current/cache/total)`."""

# UNIX domain sockets ------------------------------------------------------------------------------


def pointer(title: str, field: str, *, required: bool = False) -> Column:
    """An address in the kernel: `fffff80004aa1000`, `0`, `0x0`."""
    return bits(title, field, 1, "(?:0x)?+", required=required)


def bsd_unix(banner: str, *, more_columns: tuple[Column, ...] = ()) -> TableSpec:
    """The table of UNIX domain sockets, which `netstat -an` prints under this banner.

    Its header, where `more_columns` would stand before `Addr`:

    Address  Type   Recv-Q Send-Q    Inode     Conn     Refs  Nextref Addr
    """
    inode = pointer("Inode", "vnode").cell
    return TableSpec(
        kind=UNIX_SOCKETS,
        record="UnixSocket",
        banners=(banner,),
        columns=(
            pointer("Address", "socket", required=True),
            Column("Type", word_token("type", "[a-z]{3,6}[a-z0-9]*+")("type"), required=True),
            count("Recv-Q", "recv_q", required=True),
            count("Send-Q", "send_q", required=True),
            Column("Inode", inode, (Field("inode", from_hexadecimal, ("vnode",)),), required=True),
            pointer("Conn", "connected_to"),
            pointer("Refs", "references"),
            pointer("Nextref", "next_reference"),
            *more_columns,
            Column("Addr", path(LONGEST_PATH), required=True),
        ),
        row_kinds=(RowKind("unix"),),
        program_limit=PROGRAM_LIMIT,
        path_limit=LONGEST_PATH,
        follows_another_table=True,
        look=r"[0-9a-f]{6,16} [ \t]++ (?: stream | dgram | seqpac ) [ \t]++ [0-9]++ [ \t]++ [0-9]",
        other_headers=("Address  Type   Recv-Q Send-Q    Inode     Conn     Refs  Nextref Addr",),
        example="""
c5e31a00 stream      0      0        0 c5e31b40        0        0
c5e31b40 stream      0      0 c6a0f000 c5e31a00        0        0 /var/run/devd.pipe
c5e32000 dgram       0      0        0 c5e32780        0 c5e320c8
""",
    )
