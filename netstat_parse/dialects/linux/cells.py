"""The cells of connections that net-tools, busybox and toybox print alike.

Sources: net-tools 2.10, netstat.c (tcp_do_one, finish_this_one); busybox 1.35, networking/netstat.c
(print_inet_line); toybox 0.8.9, toys/net/netstat.c (show_ip).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from pyparsing import ParserElement

from netstat_parse.dialects.common import proto, tcp_states, width_of
from netstat_parse.grammar.addresses import colon_address
from netstat_parse.grammar.dialect import CellContext, CellGrammar, Column, Field
from netstat_parse.grammar.tokens import (
    COUNTER,
    END_OF_WORD,
    ID,
    adjacent,
    choice,
    free_text,
    literal,
    number,
    one_of_words,
    token,
    word,
    word_token,
)
from netstat_parse.grammar.truncation import ESCAPED_BYTE, AddressLimits

LOOK = r"""
    (?: (?: tcp | udp | raw ) \S*+ [ \t]++ [0-9]++ [ \t]*+ [0-9]++
      | sctp (?: [ \t]++ [0-9]++ [ \t]++ [0-9]++ )?+
    )
    (?: [ \t]++ \S*: [^\s:]++ ){2}
"""
"""What a connection starts with: a protocol, the queues, and two addresses, `host:port`."""

# States -------------------------------------------------------------------------------------------

STATES = tcp_states(
    {
        "SYN_RECEIVED": "SYN_RECV",
        "FIN_WAIT_1": "FIN_WAIT1",
        "FIN_WAIT_2": "FIN_WAIT2",
        "CLOSED": "CLOSE",
    }
) | {"UNKNOWN": "UNKNOWN"}
UDP_STATES = ("ESTABLISHED", "UNKNOWN")
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
"""The numbers that raw rows print (Linux, include/net/tcp_states.h)."""


def state(states: Iterable[str]) -> ParserElement:
    """One of these states."""
    return one_of_words(states, "state")("state")


# Queues -------------------------------------------------------------------------------------------

TOUCHED = r"(?=[0-9]{7}) (?<= (?:tcp|udp|raw) [6 ] [ ]{2} [ 0-9]{6} )"
"""Seven digits of Send-Q follow, right behind the six places of Recv-Q."""
RECV_Q = token(
    "Recv-Q",
    rf"""
    # toybox prints %-6s%6d%7d: where Send-Q has seven digits, there is no blank before it. If there
    # are more than thirteen digits, and no blank before them, nobody knows where Recv-Q ends.
        (?=[0-9]{{8}})
        (?: (?: 0 | [1-9][0-9]{{0,4}}? ) {TOUCHED}      # tcp6       01023440  -> 0, then 1023440
          | [1-9][0-9]{{5}} {TOUCHED} (?![0-9]{{8}})    # tcp6  1234561023440  -> 123456
        )
      | {COUNTER} {END_OF_WORD}                         # tcp6       0      0
    """,
    quick="0 | [1-9][0-9]{0,6}+",  # too few digits for both
    is_quick_word=True,
)("recv_q")


# Addresses ----------------------------------------------------------------------------------------

NARROWEST_ADDRESS = 23
"""How wide the columns of addresses are at least, in characters."""
WIDE_ADDRESS = 51
"""How wide they are with -W, in busybox and toybox."""


def limits(header: str) -> AddressLimits:
    """An address fills its column exactly where it was cut: up to the blank before the next title.

    A header whose blanks were folded no longer tells how wide its columns are. Then every width is
    taken into account that net-tools and toybox are known to print.
    """
    width = width_of(header)
    if width < NARROWEST_ADDRESS:
        return AddressLimits(28, also=(NARROWEST_ADDRESS, 27, WIDE_ADDRESS))
    return AddressLimits(width)


def datagram_limits(limits: AddressLimits) -> AddressLimits:
    """Those of udp and raw: Red Hat's 1.60, 27 wide, cuts them to 23; Fedora's, to 27 and 28."""
    width = limits.field
    if limits.also:
        return limits  # the width is not known, and all of them are among its lengths
    if width is not None and NARROWEST_ADDRESS < width < WIDE_ADDRESS:
        return AddressLimits(width + 1, also=(NARROWEST_ADDRESS, width))
    return limits


def address(side: str) -> Callable[[CellContext], ParserElement]:
    """The local or the foreign address, `host:port`, which netstat may have cut."""
    return lambda context: colon_address(side, context.limits)


# Columns ------------------------------------------------------------------------------------------


def socket_columns(
    states: Iterable[str] = STATES,
    *,
    titles: Mapping[str, str] | None = None,
    fields_of_state: tuple[Field, ...] = (),
) -> tuple[Column, ...]:
    """The columns that every header names, Proto to State; `titles` translates their titles."""
    cells: dict[str, CellGrammar] = {
        "Proto": proto("tcp", "tcp6"),
        "Recv-Q": RECV_Q,
        "Send-Q": number("send_q", "Send-Q"),
        "Local Address": address("local"),
        "Foreign Address": address("foreign"),
        "State": state(states),
    }
    return tuple(
        Column(
            (titles or {}).get(title, title),
            cell,
            fields_of_state if title == "State" else (),
            required=True,
        )
        for title, cell in cells.items()
    )


USER = choice("user", number("uid", "user number", ID), word("user", "user name"))
USER_FIELDS = (Field("user", str, ("user",)), Field("uid", int, ("uid",)))
INODE = number("inode", "inode")
INODE_FIELDS = (Field("inode", int, ("inode",)),)

PROGRAM_COLUMN = 20
"""The width of the field of `pid/name`, which ends with a blank."""


def process(longest: int | None) -> CellGrammar:
    """`pid/name`, of which netstat prints `longest` bytes at most, or `-`.

    The name may hold anything; what stands behind it tells its end. A letter may take several
    bytes, and a byte that is no letter stands as `\\xff`.
    """

    def cell(context: CellContext) -> ParserElement:
        ends = quick_ends = ""
        if longest is not None:
            end = context.behind + r"[ \t]*+ (?![^\n])"
            ends = rf"(?= (?: {ESCAPED_BYTE} | [^\n] ){{1,{longest}}} {end} )"
            quick_ends = rf"(?= [\ -~]{{1,{longest}}} {end} )"
        if context.is_padded and not context.cells_behind:
            # A row that ends before its field does is not read in bulk: its neighbours tell why.
            # One that is complete has a blank at the end of its field.
            quick_ends = rf"(?= [0-9] [\ -~]{{{PROGRAM_COLUMN - 2}}} [ ]++ (?![^\n]) )"
        pid = token("pid", ends + ID, quick=quick_ends + "[1-9][0-9]{0,9}+")("pid")
        program = free_text("program", "program name", context.behind)
        known = adjacent(pid, literal("/"), program)
        return choice("pid/program name or -", word_token("-", "-"), known)

    return cell
