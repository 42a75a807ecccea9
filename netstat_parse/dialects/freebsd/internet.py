"""FreeBSD's Internet table, of every option.

Source: usr.bin/netstat/inet.c and inet6.c of FreeBSD 4 to 15. The last dot of an address divides
host and port, as on macOS. -T, -x and -R print columns of their own instead of the state; those
behind the state (-c, -C, -P) are printed for tcp alone.
"""

from __future__ import annotations

from collections.abc import Callable

from pyparsing import ParserElement

from netstat_parse.dialects.bsd import (
    ALL_STATES,
    BANNERS,
    BLOCKS_COLUMNS,
    LOOK,
    NARROW_COLUMNS,
    PROGRAM_LIMIT,
    STATE,
    address,
    other_proto,
    proto,
)
from netstat_parse.dialects.common import bits, count, width_of
from netstat_parse.grammar.dialect import (
    CellGrammar,
    Claim,
    Column,
    Field,
    RowKind,
    TableSpec,
)
from netstat_parse.grammar.tokens import free_text, number, optional, word, word_token
from netstat_parse.grammar.truncation import AddressLimits
from netstat_parse.schema import CONNECTIONS

# Headers ------------------------------------------------------------------------------------------

NARROW, WITH_BLOCKS, WIDE = 22, 18, 45
"""The widths of the address columns: as usual, with -A, with -W."""
WIDE_COLUMNS = AddressLimits(field=WIDE, host=39)
"""Only a host of 39 characters, the longest IPv6 address, may have been cut, of its scope for
instance."""


def limits(header: str) -> AddressLimits:
    """The limits of columns of this width."""
    width = width_of(header)
    if width >= WIDE:
        return WIDE_COLUMNS
    has_blocks = header.lstrip().startswith(("Tcpcb", "Socket"))
    if width == WITH_BLOCKS or (has_blocks and width < WITH_BLOCKS):
        return BLOCKS_COLUMNS
    return NARROW_COLUMNS


OWN_TITLES = frozenset(("Tcpcb", "Rexmit", "R-HIWA", "flowid", "Stack", "cwin", "Log"))


def claim(header: str) -> Claim:
    """Tells a header from macOS's, which has two blanks before `Local Address`, and from
    DragonFly's, whose address columns are a character narrower.

    Up to release 8 FreeBSD had them too, and where blanks were folded there is one in each. Every
    header names the state or a column that only FreeBSD has; that with `Type` is sctp's.
    """
    words = header.split()
    has_own = not OWN_TITLES.isdisjoint(words)
    if "Type" in words or not ("(state)" in words or has_own):
        return Claim.NONE
    was_folded = "  " not in header.strip()
    has_one_blank = not was_folded and "Send-Q Local Address" in header
    has_one_blank &= width_of(header) not in (NARROW - 1, WITH_BLOCKS - 1)
    return Claim.OWN if has_own or has_one_blank else Claim.IF_NAMED


# Columns ------------------------------------------------------------------------------------------


def seconds(title: str, field: str) -> Column:
    """A column of seconds, printed with %4d.%02d."""
    cell = word_token(title, r"-?[0-9]{1,9} \. -?[0-9]{1,2}")(field)
    return Column(title, cell, (Field(field, from_hundredths, (field,)),))


def from_hundredths(text: str) -> float:
    """The seconds; a time before now has a minus sign in both halves: `-1.-50`."""
    whole, hundredths = text.split(".")
    if "-" in text:
        return -float(f"{whole.lstrip('-')}.{hundredths.lstrip('-').zfill(2)}")
    return float(text)


def text(title: str, field: str, convert: Callable[[str], object] = str) -> Column:
    """A column of words."""
    return Column(title, word(field, title), (Field(field, convert, (field,)),))


def from_log_id(printed: str) -> str | None:
    """The log's name; `-` stands for none."""
    return None if printed == "-" else printed


TCP = "tcp|toe|sdp"
"""tcp, tcp that the network card does (TCP offload engine), and tcp over InfiniBand."""

EXTENDED = (
    count("R-MBUF", "recv_mbufs"),
    count("S-MBUF", "send_mbufs"),
    count("R-CLUS", "recv_clusters"),
    count("S-CLUS", "send_clusters"),
    count("R-HIWA", "recv_hiwat"),
    count("S-HIWA", "send_hiwat"),
    count("R-LOWA", "recv_lowat"),
    count("S-LOWA", "send_lowat"),
    count("R-BCNT", "recv_mbuf_bytes"),
    count("S-BCNT", "send_mbuf_bytes"),
    count("R-BMAX", "recv_mbuf_limit"),
    count("S-BMAX", "send_mbuf_limit"),
)
COUNTED_FOR_TCP = (
    count("Rexmit", "retransmits"),
    count("OOORcv", "out_of_order"),
    count("0-win", "zero_windows"),
)
BEHIND_TCP = (
    seconds("rexmt", "retransmit_timer"),
    seconds("persist", "persist_timer"),
    seconds("keep", "keepalive_timer"),
    seconds("2msl", "time_wait_timer"),
    seconds("delack", "delayed_ack_timer"),
    seconds("rcvtime", "idle_time"),
    text("Stack", "stack"),
    text("CC", "congestion_control"),
    count("cwin", "congestion_window"),
    count("ssthresh", "slow_start_threshold"),
    count("MSS", "segment_size"),
    text("ECN", "ecn"),
    Column(
        "Log ID", free_text("log_id", "log id", ""), (Field("log_id", from_log_id, ("log_id",)),)
    ),
)

COLUMNS = (
    bits("Tcpcb", "control_block", 1),
    bits("Socket", "control_block", 1),
    Column("Proto", proto(TCP), required=True),
    Column("Recv-Q", number("recv_q", "Recv-Q")),
    Column("Send-Q", number("send_q", "Send-Q")),
    *COUNTED_FOR_TCP,
    address("local"),
    address("foreign"),
    Column("(state)", STATE),
    *EXTENDED,
    bits("flowid", "flow_id", 8),
    count("ftype", "flow_type"),
    *BEHIND_TCP,
)


def optional_cells(*columns: Column) -> dict[str, CellGrammar]:
    """The cells of columns that a row may leave empty."""
    return {c.title: optional(c.cell) for c in columns if isinstance(c.cell, ParserElement)}


ROW_KINDS = (
    RowKind("tcp"),
    RowKind(
        "other",
        cells={
            "Proto": other_proto(TCP),
            "(state)": optional(STATE),
            **optional_cells(*COUNTED_FOR_TCP, *BEHIND_TCP),
        },
    ),
)

HEADER = "Proto Recv-Q Send-Q Local Address          Foreign Address        (state)"

INTERNET = TableSpec(
    kind=CONNECTIONS,
    record="FreebsdConnection",
    banners=BANNERS,
    columns=COLUMNS,
    row_kinds=ROW_KINDS,
    claim=claim,
    limits=limits,
    program_limit=PROGRAM_LIMIT,
    look=LOOK,
    states=ALL_STATES,
    common_headers=(HEADER, HEADER + "    "),
    example="""
tcp4       0      0 192.0.2.41.22          203.0.113.140.50312    ESTABLISHED
tcp4       0      0 *.22                   *.*                    LISTEN
tcp6       0      0 fe80::1%em0.179        fe80::2%em0.33111      CLOSE_WAIT
udp4       0      0 *.514                  *.*
icm6       0      0 *.*                    *.*
""",
)
