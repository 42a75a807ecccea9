"""FreeBSD's table of sctp, which stands below the Internet table.

Source: usr.bin/netstat/sctp.c (sctp_process_inpcb, sctp_process_tcb, sctp_print_address) of
FreeBSD 9 to 14. An association has its further addresses on the lines below, a local one, a foreign
one, or both; an endpoint has local ones. A closed one may have none at all:

Proto  Type  Local Address          Foreign Address        (state)
sctp4  1to1  192.0.2.41.2905        198.51.100.30.2905     ESTABLISHED
             192.0.2.42.2905        198.51.100.31.2905
sctp4  1to1  *.2906                                        LISTEN
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pyparsing import ParserElement

from netstat_parse.dialects.bsd import PROGRAM_LIMIT
from netstat_parse.dialects.common import NEVER_TRUNCATED, make_endpoint
from netstat_parse.dialects.freebsd.internet import limits
from netstat_parse.grammar.addresses import dot_address
from netstat_parse.grammar.dialect import Claim, Column, Field, RowKind, TableSpec, nameless
from netstat_parse.grammar.lower import lower
from netstat_parse.grammar.tokens import (
    END_OF_WORD,
    NEVER,
    NOTHING,
    literal,
    one_of_words,
    optional,
    token,
    word_token,
)
from netstat_parse.grammar.truncation import AddressLimits
from netstat_parse.schema import CONNECTIONS

STATES = {
    "CLOSED": "CLOSED",
    "BOUND": "UNKNOWN",
    "LISTEN": "LISTEN",
    "COOKIE_WAIT": "UNKNOWN",
    "COOKIE_ECHOED": "UNKNOWN",
    "ESTABLISHED": "ESTABLISHED",
    "SHUTDOWN_SENT": "UNKNOWN",
    "SHUTDOWN_RECEIVED": "UNKNOWN",
    "SHUTDOWN_ACK_SENT": "UNKNOWN",
    "SHUTDOWN_PENDING": "UNKNOWN",
    "UNKNOWN": "UNKNOWN",
}
STATE_OF_ENDPOINT = one_of_words(("LISTEN", "CLOSED"), "state")("state")
STATE_BITS = optional(word_token("state bits", r"(?<=UNKNOWN[ ]) 0x[0-9a-f]{8}"))
"""What is known of a state without a name."""

# What is on the lines below belongs to the row, so rows are not read in bulk.
PROTO = word_token("proto", r"sctp (?:46|4|6)?+", quick=NEVER)("proto")

# Further addresses --------------------------------------------------------------------------------

LOCAL_AT = 13
"""Where the further addresses begin on the lines below a row: behind its proto and type."""
FURTHER = lower(dot_address("further", NEVER_TRUNCATED).leave_whitespace().parse_with_tabs())
FURTHER_ALONE = nameless(FURTHER)


def local_line(width: int) -> str:
    """The pattern of a line below a row with a local address."""
    return rf"[ ]{{{LOCAL_AT}}} (?=\S{{1,{width}}}+{END_OF_WORD}) {FURTHER_ALONE}"


def line_of_both(width: int) -> str:
    """The pattern of a line below a row with a local address, a foreign one, or both."""
    foreign_at = LOCAL_AT + width + 1
    return rf"""
        {local_line(width)} (?: [ ]*+ (?<=\n.{{{foreign_at}}}) {FURTHER_ALONE} )?+
      | [ ]{{{foreign_at}}} {FURTHER_ALONE}
    """


def lines_below(line: str) -> ParserElement:
    """The lines below a row, if there are any; `line` is the pattern of one."""
    pattern = rf"(?: [ \t]*+ \n (?:{line}) ){{1,63}}+"
    lines = token("further addresses", pattern, quick=NEVER)
    return optional(lines.leave_whitespace()("further"))


def make_further(side: int, foreign_at: int, limits: AddressLimits) -> Callable[[str], object]:
    """The function from the lines below a row to the further endpoints of one side."""
    start, end = ((LOCAL_AT, foreign_at), (foreign_at, None))[side]

    def make(lines: str) -> tuple[object, ...]:
        printed = [line[start:end].strip() for line in lines.split("\n")[1:]]
        return tuple(further_endpoint(text, limits) for text in printed if text)

    return make


def further_endpoint(printed: str, limits: AddressLimits) -> object:
    """The Endpoint of a further address."""
    found = re.fullmatch(FURTHER, printed)
    assert found is not None  # the lines below are of such addresses
    return make_endpoint(found["further_host"], found["further_port"] or "", limits)


# The table ----------------------------------------------------------------------------------------


def from_socket_type(printed: str) -> str | None:
    """The type of the socket; FreeBSD prints `????` for one that it does not know."""
    return None if printed == "????" else printed


def sctp(width: int) -> TableSpec:
    """The table of sctp, with address columns of this width."""
    header = f"Proto  Type  {'Local Address':{width}} {'Foreign Address':{width}} (state)"
    own_limits = limits(header)
    further = tuple(
        Field(name, make_further(side, LOCAL_AT + width + 1, own_limits), ("further",))
        for side, name in enumerate(("more_local", "more_foreign"))
    )
    socket_type = Field("socket_type", from_socket_type, ("socket_type",))
    state = one_of_words(STATES, "state")("state") + STATE_BITS + lines_below(line_of_both(width))

    def claim(text: str) -> Claim:
        is_own = "Recv-Q" not in text and limits(text).field == own_limits.field
        return Claim.SHARED if is_own else Claim.NONE

    return TableSpec(
        kind=CONNECTIONS,
        record="FreebsdConnection",
        banners=("Active SCTP associations", "Active SCTP associations (including servers)"),
        columns=(
            Column("Proto", PROTO, required=True),
            Column(
                "Type",
                word_token("type", r"1to[1N] | \?{4}")("socket_type"),
                (socket_type,),
                required=True,
            ),
            Column("Local Address", dot_address("local", own_limits), required=True),
            Column("Foreign Address", dot_address("foreign", own_limits), required=True),
            Column("(state)", state, further, required=True),
        ),
        row_kinds=(
            RowKind("sctp association", "sctp"),
            RowKind(
                "sctp endpoint",
                "sctp",
                {
                    "Foreign Address": NOTHING,
                    "(state)": optional(STATE_OF_ENDPOINT) + lines_below(local_line(width)),
                },
            ),
            RowKind(
                "sctp without addresses",
                "sctp",
                {
                    "Local Address": NOTHING,
                    "Foreign Address": NOTHING,
                    "(state)": literal("CLOSED")("state"),
                },
            ),
        ),
        claim=claim,
        limits=limits,
        program_limit=PROGRAM_LIMIT,
        states=STATES,
        common_headers=(header,),
        continued_prefixes=("sctp",),
        follows_another_table=True,
        example=f"""
sctp4  1to1  {"*.2905":{width}} {"":{width}} LISTEN
sctp4  1to1  {"192.0.2.41.2905":{width}} {"198.51.100.30.2905":{width}} ESTABLISHED
             {"192.0.2.42.2905":{width}} {"198.51.100.31.2905":{width}}
sctp4  1toN  {"":{width}} {"":{width}} CLOSED
""",
    )
