"""The connections of Solaris and illumos with -v: `netstat -anv`, -anuv.

Source: illumos-gate, usr/src/cmd/cmd-inet/usr.bin/netstat/netstat.c (tcp_report, udp_report). A
connection of tcp has two lines: its local address, and behind its remote one all else. With -u the
user, the pid and the command line of a process stand last; of that the kernel keeps 79 bytes
(PRARGSZ, sys/procfs.h). There an interface is cut to 5 characters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pyparsing import ParserElement

from netstat_parse.dialects.common import bits, count
from netstat_parse.dialects.solaris.sockets import (
    FURTHER_PROCESS,
    INTERFACE_COLUMN,
    NO_PROCESS,
    PROCESS_COLUMNS,
    STATES,
    TCP_STATE,
    UDP_REMOTE,
    UDP_STATE,
    UDP_STATES,
    address,
    banners,
    interface,
)
from netstat_parse.grammar.addresses import dot_address
from netstat_parse.grammar.dialect import (
    CellContext,
    CellGrammar,
    Claim,
    Column,
    Field,
    RowKind,
    TableSpec,
    nameless,
)
from netstat_parse.grammar.lower import lower
from netstat_parse.grammar.tokens import NEVER, choice, optional, token, word_token
from netstat_parse.grammar.truncation import AddressLimits, ProgramLimit
from netstat_parse.schema import CONNECTIONS

LONGEST_COMMAND_LINE = 79
COMMAND_LIMIT = ProgramLimit(LONGEST_COMMAND_LINE)
LONGEST_INTERFACE = 5

# Cells --------------------------------------------------------------------------------------------


def whole_interface(name: str) -> str | None:
    """The interface; None for a name that fills its field, and so may have been cut."""
    return name if len(name) < LONGEST_INTERFACE else None


def padded(states: Mapping[str, str], width: int, *, is_cut: bool = False) -> str:
    """Looks back: a state that is padded to its width, and the blank behind it."""
    texts = [f"{text}{mark}" for text in states for mark in ("", " P", " S", " P S")]
    fields = {f"{text[: width if is_cut else None]:<{width}} " for text in texts}
    lengths = sorted({len(field) for field in fields})
    looks = ["|".join(sorted(re.escape(f) for f in fields if len(f) == n)) for n in lengths]
    return "(?:" + "|".join(rf"(?<={look})" for look in (*looks, r"\)[ ]")) + ")"


def cut_interface(state: str) -> Column:
    """The interface, of 5 characters, mostly blank. What stands behind it may look like one, so it
    stands where the state, which is looked back for, has its end."""
    blank = rf"(?<=[ ]{{{LONGEST_INTERFACE + 2}}}) (?=\S) (?! {state} )"
    cell = choice(
        "interface",
        word_token("interface", rf"{state} [A-Za-z]\S{{0,4}}+", quick=NEVER)("interface"),
        token("nothing", blank, quick=NEVER),
    )
    return Column("If", cell, (Field("interface", whole_interface, ("interface",)),))


COMMAND_LINE = optional(
    token(
        f"command line of at most {LONGEST_COMMAND_LINE} bytes",
        rf"[^\s] (?: [^\n]{{0,{LONGEST_COMMAND_LINE - 2}}}? [^\s] )?? (?= [ \t]*+ (?![^\n]) )",
        quick=NEVER,
    )("program")
)
ONLY_INTERFACE: dict[str, CellGrammar] = {**NO_PROCESS, "If": interface("interface")}
USER_COLUMN, PID_COLUMN, _ = PROCESS_COLUMNS
COMMAND_COLUMN = Column("Command", COMMAND_LINE, required=True)


def both_addresses(context: CellContext) -> ParserElement:
    """The local address, which has the first line to itself, and the remote one."""
    end = token("the end of the first line", r"[ \t]*+ \n", quick=NEVER)
    local, foreign = (dot_address(side, context.limits) for side in ("local", "foreign"))
    return local + end.leave_whitespace() + foreign


FIRST_LINE = nameless(lower(dot_address("local", AddressLimits()).parse_with_tabs()))

# Tables -------------------------------------------------------------------------------------------

VERBOSE_COLUMNS = (
    Column("Local/Remote Address", both_addresses, required=True),
    count("Swind", "swind", required=True),
    bits("Snext", "snext", 8, required=True),
    bits("Suna", "suna", 8, required=True),
    count("Rwind", "rwind", required=True),
    bits("Rnext", "rnext", 8, required=True),
    bits("Rack", "rack", 8, required=True),
    count("Rto", "rto", required=True),
    count("Mss", "mss", required=True),
    TCP_STATE,
)


def claim_verbose(header: str) -> Claim:
    """The table without processes; of those there is a table of its own."""
    return Claim.NONE if "Command" in header.split() else Claim.OWN


VERBOSE_TCP = TableSpec(
    kind=CONNECTIONS,
    record="SolarisConnection",
    banners=tuple(banners("TCP")),
    banner_cells=banners("TCP"),
    columns=(*VERBOSE_COLUMNS, INTERFACE_COLUMN),
    row_kinds=(RowKind("tcp"),),
    claim=claim_verbose,
    states=STATES,
    first_line=FIRST_LINE,
    follows_another_table=True,
    common_headers=(
        "Local/Remote Address Swind   Snext     Suna   Rwind   Rnext     Rack    Rto   Mss     "
        "State   ",
    ),
    example="""
192.0.2.4.22
192.0.2.9.51000       64128 a2f70c11 a2f70bd1 128872 00c4b001 00c4b001   409  1460 ESTABLISHED
      *.22
      *.*                 0 00000000 00000000 128000 00000000 00000000  3456   536 LISTEN
""",
)
TCP_OF_COMMANDS = TableSpec(
    kind=CONNECTIONS,
    record="SolarisConnection",
    banners=tuple(banners("TCP")),
    banner_cells=banners("TCP"),
    columns=(
        *VERBOSE_COLUMNS,
        cut_interface(padded(STATES, 11)),
        USER_COLUMN,
        PID_COLUMN,
        COMMAND_COLUMN,
    ),
    row_kinds=(RowKind("tcp"), RowKind("tcp without process", cells=ONLY_INTERFACE)),
    claim=lambda header: Claim.OWN,
    program_limit=COMMAND_LIMIT,
    states=STATES,
    first_line=FIRST_LINE,
    follows_another_table=True,
    common_headers=(
        "Local/Remote Address Swind   Snext     Suna   Rwind   Rnext     Rack    Rto   Mss     "
        "State      User    Pid      Command    ",
    ),
    example="""
192.0.2.4.22
192.0.2.9.51000       64128 a2f70c11 a2f70bd1 128872 00c4b001 00c4b001   409  1460 ESTABLISHED \
root        417 /usr/lib/ssh/sshd -R
""",
)


def claim_udp_of_commands(header: str) -> Claim:
    """Nobody else calls the other end remote, in English; of sctp there is a table of its own."""
    return Claim.OWN if {"Proto", "Swind"}.isdisjoint(header.split()) else Claim.NONE


UDP_OF_COMMANDS = TableSpec(
    kind=CONNECTIONS,
    record="SolarisConnection",
    banners=tuple(banners("UDP")),
    banner_cells=banners("UDP"),
    columns=(
        address("local", "Local Address"),
        address("foreign", "Remote Address"),
        USER_COLUMN,
        PID_COLUMN,
        UDP_STATE,
        cut_interface(padded({**UDP_STATES, "Unknown St": ""}, 10, is_cut=True)),
        COMMAND_COLUMN,
    ),
    row_kinds=(
        RowKind("udp", cells=UDP_REMOTE),
        RowKind("udp without process", cells=UDP_REMOTE | ONLY_INTERFACE),
        RowKind("udp, a further process", cells=FURTHER_PROCESS),
    ),
    claim=claim_udp_of_commands,
    program_limit=COMMAND_LIMIT,
    states=UDP_STATES,
    inherits=True,
    follows_another_table=True,
    common_headers=(
        "   Local Address        Remote Address      User    Pid     State      Command    ",
    ),
    example="""
      *.123                                  root        612 Idle       /usr/lib/inet/ntpd -p
192.0.2.4.40000      192.0.2.1.53         named       700 Connected  /usr/sbin/named
""",
)
