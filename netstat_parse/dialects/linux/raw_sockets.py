"""The rows of raw sockets that busybox prints.

Source: busybox 1.35, networking/netstat.c (raw_do_one, print_inet_line). It writes the state into a
buffer, and then the ports over it; and behind an address it may print a scope that is nothing but
what memory held.
"""

from __future__ import annotations

from collections.abc import Callable

from pyparsing import ParserElement

from netstat_parse.dialects.common import proto
from netstat_parse.dialects.linux.cells import KERNEL_STATES, datagram_limits, state
from netstat_parse.grammar.addresses import forms, in_brackets
from netstat_parse.grammar.dialect import CellContext, CellGrammar, RowKind
from netstat_parse.grammar.tokens import NEVER, choice, optional, token, word_token
from netstat_parse.grammar.truncation import COMPLETE_IPV6, AddressLimits, fills, fits

PORT_AS_STATE = "|".join(
    rf"""
        (?: \S+ [ \t]+ )?                       # what stands between the queues and the address
        \S+:{number} [ \t]+                     # the local address; its port is such a number,
        (?: \S+:(?! [0-9]++ [ \t] )\S+ [ \t]+ )?+
        {number} (?!\S)                         # and the state is the same
    """
    for number in KERNEL_STATES
)
"""raw        0      0 192.0.2.10:1            0.0.0.0:*               1"""
ANY_NUMBER = word_token("-", "[0-9]{1,5}+")

SCOPE = "(?: % [0-9]{1,10} )?+"


def raw_address(side: str) -> Callable[[CellContext], ParserElement]:
    """An address of which a scope is no part."""

    def cell(context: CellContext) -> ParserElement:
        closing = token("']'", rf"{SCOPE} \]?+")
        return in_brackets(side, raw_host(side, context.limits), closing)

    return cell


def raw_host(side: str, limits: AddressLimits) -> ParserElement:
    """The host without its scope; the rest is as in `addresses.colon_host`."""
    host = rf"""
        (?: (?<=\[) [^\s\[\]%]+ (?= {SCOPE} \]:[^\s:]++ (?!\S) )    # [::]:58
          | (?<!\[) [^\s\[\]%]+ (?= {SCOPE} :[^\s:]++ (?!\S) )      # fe80::1%1234:58
        )
    """
    if limits.field is None:
        return token("host", host)(f"{side}_host")
    whole = token(
        "host", rf"{fits(limits)} {host} | {fills(limits)} (?= {COMPLETE_IPV6} [%:] ) {host}"
    )
    filling = token("host", rf"{fills(limits)} {host}")
    return forms(f"{side}_host", whole, filling, token("host", host))


def raw_kind(name: str, look: str, state_cell: ParserElement) -> RowKind:
    """Raw rows of which PORT_AS_STATE is true (`?=`) or not (`?!`)."""

    def local(context: CellContext) -> ParserElement:
        look_ahead = token("an address", rf"({look} {PORT_AS_STATE} )", quick=NEVER)
        return look_ahead + raw_address("local")(context)

    cells: dict[str, CellGrammar] = {
        "Proto": proto("raw", "raw6"),
        "Local Address": local,
        "Foreign Address": raw_address("foreign"),
        "State": state_cell,
    }
    return RowKind(name, "raw", cells, datagram_limits)


RAW_ROWS_OF_BOTH = (
    raw_kind("raw", "?!", optional(choice("state", state(KERNEL_STATES), ANY_NUMBER))),
    raw_kind("raw with a port for a state", "?=", ANY_NUMBER),
)
"""Under a header that both print, the state is one only where it can't be the port."""
