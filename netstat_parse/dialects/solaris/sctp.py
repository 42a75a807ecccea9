"""The associations of sctp of Solaris and illumos: `netstat -an`, -anu, -anv.

Source: illumos-gate, usr/src/cmd/cmd-inet/usr.bin/netstat/netstat.c (sctp_conn_report_item). A row
is printed with `%-31s %-31s %6u %6d %6d %6u %3d/%-3d %s`. An end without a port is printed without
one. With -v further addresses stand on the lines below, in brackets where they can't be reached;
with -uv the state is cut to 11 characters, and the title of the streams is a rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from pyparsing import ParserElement

from netstat_parse.dialects.common import NEVER_TRUNCATED, count, make_endpoint
from netstat_parse.dialects.solaris.sockets import (
    NO_PROCESS,
    PROCESS_COLUMNS,
    PROGRAM_LIMIT,
    state,
)
from netstat_parse.dialects.solaris.verbose_sockets import (
    COMMAND_COLUMN,
    COMMAND_LIMIT,
    PID_COLUMN,
    USER_COLUMN,
)
from netstat_parse.grammar.addresses import dot_address
from netstat_parse.grammar.dialect import (
    CellGrammar,
    Claim,
    Column,
    Field,
    RowKind,
    TableSpec,
)
from netstat_parse.grammar.tokens import (
    NEVER,
    adjacent,
    literal,
    number,
    optional,
    token,
    word_token,
)
from netstat_parse.schema import CONNECTIONS

STATES = {
    "CLOSED": "CLOSED",
    "LISTEN": "LISTEN",
    "ESTABLISHED": "ESTABLISHED",
    **dict.fromkeys(
        (
            "COOKIE_WAIT",
            "COOKIE_ECHOED",
            "SHUTDOWN_PENDING",
            "SHUTDOWN_SENT",
            "SHUTDOWN_RECEIVED",
            "SHUTDOWN_ACK_SENT",
        ),
        "UNKNOWN",
    ),
}
WIDTH_OF_CUT_STATE = 11
CUT_STATES = {text[:WIDTH_OF_CUT_STATE]: name for text, name in STATES.items()}
UNKNOWN_STATE = r"UNKNOWN [ ] STA (?: TE\( -?[0-9]++ \) )?+"

# Addresses ----------------------------------------------------------------------------------------


def alone(side: str) -> ParserElement:
    """An end without a port: its address alone."""
    address = word_token(
        "address", r"[0-9]{1,3} (?: \.[0-9]{1,3} ){3} | (?= \S*: ) [0-9A-Fa-f:.]++"
    )
    return address(f"{side}_host")


def row_kinds(no_process: Mapping[str, CellGrammar]) -> tuple[RowKind, ...]:
    """The kinds of rows: an end may have no port, and a row no process."""
    ports: dict[str, dict[str, CellGrammar]] = {
        "sctp": {},
        "sctp without foreign port": {"Remote Address": alone("foreign")},
        "sctp without ports": {"Local Address": alone("local"), "Remote Address": alone("foreign")},
    }
    return (
        *(RowKind(name, cells=cells) for name, cells in ports.items()),
        *(
            RowKind(f"{name}, without process", cells={**cells, **no_process})
            for name, cells in ports.items()
        ),
    )


# The further addresses ----------------------------------------------------------------------------

FURTHER = r"\(? [^\s,()<>]+ \)?"


def lines_below() -> ParserElement:
    """The lines below a row with its further addresses, if there are any."""
    line = rf"\n [ \t]++ <(?:Remote|Local):[ ] {FURTHER} (?: ,[ ]{FURTHER} )*+ >"
    lines = token("further addresses", rf"(?: [ \t]*+ {line} ){{1,2}}+", quick=NEVER)
    return optional(lines.leave_whitespace()("further"))


def make_further(side: str, *, inactive: bool = False) -> Callable[[str], object]:
    """The function from the lines below a row to the further endpoints of one side."""

    def make(lines: str) -> tuple[object, ...]:
        found = re.search(rf"<{side}: ([^>]*)>", lines)
        printed = found[1].split(", ") if found is not None else []
        if inactive:
            printed = [text for text in printed if text.startswith("(")]
        return tuple(make_endpoint(text.strip("()"), "") for text in printed)

    return make


# Tables -------------------------------------------------------------------------------------------

STREAMS = adjacent(
    token("incoming streams", r"[0-9]++ (?=/)")("in_streams"),
    literal("/"),
    word_token("outgoing streams", "[0-9]++")("out_streams"),
)
STREAMS_FIELDS = (
    Field("in_streams", int, ("in_streams",)),
    Field("out_streams", int, ("out_streams",)),
)
FURTHER_FIELDS = (
    Field("more_local", make_further("Local"), ("further",)),
    Field("more_foreign", make_further("Remote"), ("further",)),
    Field("inactive_foreign", make_further("Remote", inactive=True), ("further",)),
)


def with_lines_below(column: Column) -> Column:
    """The last column of a row, with the lines below."""
    assert isinstance(column.cell, ParserElement)
    return replace(
        column, cell=column.cell + lines_below(), fields=(*column.fields, *FURTHER_FIELDS)
    )


def columns(streams: str, *others: Column) -> tuple[Column, ...]:
    """The columns of a table; `streams` is the title of the streams."""
    return (
        Column("Local Address", dot_address("local", NEVER_TRUNCATED), required=True),
        Column("Remote Address", dot_address("foreign", NEVER_TRUNCATED), required=True),
        count("Swind", "swind", required=True),
        Column("Send-Q", number("send_q", "Send-Q"), required=True),
        count("Rwind", "rwind", required=True),
        Column("Recv-Q", number("recv_q", "Recv-Q"), required=True),
        Column(streams, STREAMS, STREAMS_FIELDS, required=True),
        *others,
    )


TITLES = (
    "        Local Address                   Remote Address          Swind  Send-Q Rwind  Recv-Q"
)
SCTP = TableSpec(
    kind=CONNECTIONS,
    record="SolarisConnection",
    banners=("SCTP:",),
    columns=columns("StrsI/O", *PROCESS_COLUMNS, with_lines_below(state(STATES, UNKNOWN_STATE))),
    row_kinds=row_kinds(NO_PROCESS),
    claim=lambda header: Claim.OWN,
    given={"proto": "sctp"},
    program_limit=PROGRAM_LIMIT,
    states=STATES,
    continued_prefixes=("",),
    follows_another_table=True,
    common_headers=(f"{TITLES} StrsI/O  State     ",),
    example="""
192.0.2.4.2905                  198.51.100.30.2905              102400      0 102400      0  32/32  ESTABLISHED
	<Remote: 198.51.100.31, (198.51.100.32)>
	<Local: 192.0.2.5>
      *.2906                    0.0.0.0                              0      0 102400      0  32/32  LISTEN
""",  # noqa: E501
)
SCTP_OF_COMMANDS = TableSpec(
    kind=CONNECTIONS,
    record="SolarisConnection",
    banners=("SCTP:",),
    columns=columns(
        "-------",
        USER_COLUMN,
        PID_COLUMN,
        state(STATES | CUT_STATES, UNKNOWN_STATE),
        with_lines_below(COMMAND_COLUMN),
    ),
    row_kinds=row_kinds(NO_PROCESS | {"Command": lines_below()}),
    claim=lambda header: Claim.OWN,
    given={"proto": "sctp"},
    program_limit=COMMAND_LIMIT,
    states=STATES | CUT_STATES,
    continued_prefixes=("",),
    follows_another_table=True,
    common_headers=(f"{TITLES} -------   User    Pid     State      Command    ",),
    example="""
192.0.2.4.2905                  198.51.100.30.2905              102400      0 102400      0  32/32  root        900 SHUTDOWN_PE /opt/diameter/bin/peer -v
""",  # noqa: E501
)
