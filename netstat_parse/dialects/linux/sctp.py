"""The rows of sctp among the connections of net-tools: `netstat -S`.

Source: net-tools 2.10, netstat.c (sctp_eps_do_one, sctp_assoc_do_one). Their addresses are never
cut. Further addresses stand on the lines below; behind the state stands nothing but on the last of
these lines.
"""

from __future__ import annotations

from collections.abc import Callable

from pyparsing import And, ParserElement

from netstat_parse.dialects.common import make_endpoint
from netstat_parse.dialects.linux.cells import NARROWEST_ADDRESS, STATES, state
from netstat_parse.dialects.linux.locales import Language
from netstat_parse.grammar.addresses import colon_address
from netstat_parse.grammar.dialect import CellContext, CellGrammar, Column, Field, RowKind
from netstat_parse.grammar.tokens import (
    END_OF_WORD,
    NAMED_PORT,
    NEVER,
    NOTHING,
    PORT,
    choice,
    optional,
    token,
    word_token,
)
from netstat_parse.grammar.truncation import AddressLimits

SCTP_STATES = {"UNKNOWN(12)": "UNKNOWN", "UNKNOWN(13)": "UNKNOWN"}
"""sctp prints TCP's names, and the kernel's number where TCP has no such state."""

PROTO = word_token("proto", "sctp", quick=NEVER)("proto")
"""What is on the lines below belongs to the row, so none is read in bulk."""
AT_END = token("the line's end", r"(?= [ \t]*+ $ )")
LOCAL_COLUMN = 20
"""Where the local address begins, on the lines below too."""
LINE_BELOW = rf"[ \t]*+ \n [ ]{{{LOCAL_COLUMN}}}"


def sctp_kinds(columns: tuple[Column, ...], language: Language) -> tuple[RowKind, ...]:
    """The rows of sctp: an association, and an endpoint, which has neither queues nor a peer."""
    title = language.title
    whole = AddressLimits()
    both: dict[str, CellGrammar] = {
        title("Proto"): PROTO,
        title("Local Address"): colon_address("local", whole),
        **{column.title: or_end(column.cell) for column in columns if not column.required},
    }
    none = dict.fromkeys(map(title, ("Recv-Q", "Send-Q", "Foreign Address")), NOTHING)
    association: dict[str, CellGrammar] = {
        title("Foreign Address"): colon_address("foreign", whole),
        title("State"): state_and_lines_below(hosts_below),
    }
    endpoint: dict[str, CellGrammar] = {
        **none,
        title("State"): state_and_lines_below(endpoint_below),
    }
    return (
        RowKind("sctp", "sctp", {**both, **association}),
        RowKind("sctp endpoint", "sctp", {**both, **endpoint}),
    )


def or_end(cell: CellGrammar) -> CellGrammar:
    """The cell, or the line's end."""

    def made(context: CellContext) -> ParserElement:
        element = cell if isinstance(cell, ParserElement) else cell(context)
        return choice(element.name, element, AT_END)

    return made


def state_and_lines_below(line_below: Callable[[CellContext], str]) -> CellGrammar:
    """The state, if there is one, and the lines below with further addresses."""

    def cell(context: CellContext) -> ParserElement:
        lines = token("further addresses", rf"(?: {line_below(context)} ){{1,63}}+", quick=NEVER)
        below = optional(lines.leave_whitespace()("further"))
        return And([optional(state(STATES | SCTP_STATES)), below])

    return cell


def hosts_below(context: CellContext) -> str:
    """The pattern of a line below an association: a local host, a foreign one, or both.

                        192.0.2.11              198.51.100.8
                                                198.51.100.9

    The foreign one begins its column, or stands one blank behind a host that is too long for its
    own. What stands elsewhere is in a later column.
    """
    width = min(context.limits.cut_fields, default=NARROWEST_ADDRESS)
    start = LOCAL_COLUMN + width + 1
    return rf"""
        {LINE_BELOW}
        (?: \S++ )?+                         # the local host
        (?: (?: [ ]*+ (?<= \n.{{{start}}} )   # the foreign host, in its column
              | (?<=\S) [ ] (?=\S)           # or right behind
            )
            \S++
        )?+
    """


def endpoint_below(context: CellContext) -> str:
    """The pattern of a line below an endpoint: a local host and its port, 192.0.2.11:3868."""
    any_port = rf"(?: {PORT} | {NAMED_PORT} | \* ) {END_OF_WORD}"
    return rf"{LINE_BELOW} (?= \S*: {any_port} ) \S++"


def make_further(side: int) -> Callable[[str, str, str], tuple[object, ...]]:
    """The function from the lines below an sctp row to the further endpoints of one side.

    An endpoint prints its port with each address; an association has one for all.
    """

    def make(lines: str, port: str, recv_q: str) -> tuple[object, ...]:
        made = []
        for line in lines.split("\n")[1:]:
            if recv_q:
                hosts = line[LOCAL_COLUMN:].split()
                if line.startswith(" " * (LOCAL_COLUMN + 1)):
                    hosts.insert(0, "")
                made += [make_endpoint(host, port) for host in hosts[side : side + 1] if host]
            elif side == 0:
                host, _, own_port = line.strip().rpartition(":")
                made.append(make_endpoint(host, own_port))
        return tuple(made)

    return make


FURTHER_FIELDS = (
    Field("more_local", make_further(0), ("further", "local_port", "recv_q")),
    Field("more_foreign", make_further(1), ("further", "foreign_port", "recv_q")),
)
