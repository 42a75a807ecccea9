"""The connections of Solaris and illumos with -v: `netstat -anv`, -anuv.

Source: illumos-gate, usr/src/cmd/cmd-inet/usr.bin/netstat/netstat.c (tcp_report, udp_report). A
connection of tcp has two lines: its local address, and behind its remote one all else. With -u the
user, the pid and the command line of a process stand last; of that the kernel keeps 79 bytes
(PRARGSZ, sys/procfs.h). There an interface is cut to 5 characters.
"""

from __future__ import annotations

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
    Claim,
    Column,
    Field,
    RowKind,
    TableSpec,
    nameless,
)
from netstat_parse.grammar.lower import lower
from netstat_parse.grammar.tokens import NEVER, optional, token
from netstat_parse.grammar.truncation import AddressLimits, ProgramLimit
from netstat_parse.schema import CONNECTIONS

LONGEST_COMMAND_LINE = 79
COMMAND_LIMIT = ProgramLimit(LONGEST_COMMAND_LINE)
LONGEST_INTERFACE = 5

# Cells --------------------------------------------------------------------------------------------


def whole_interface(name: str) -> str | None:
    """The interface; None for a name that fills its field, and so may have been cut."""
    return name if len(name) < LONGEST_INTERFACE else None


CUT_INTERFACE_COLUMN = Column(
    "If", interface("interface"), (Field("interface", whole_interface, ("interface",)),)
)
COMMAND_LINE = optional(
    token(
        f"command line of at most {LONGEST_COMMAND_LINE} bytes",
        rf"[^\s] (?: [^\n]{{0,{LONGEST_COMMAND_LINE - 2}}}? [^\s] )?? (?= [ \t]*+ (?![^\n]) )",
        quick=NEVER,
    )("program")
)
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
        CUT_INTERFACE_COLUMN,
        USER_COLUMN,
        PID_COLUMN,
        COMMAND_COLUMN,
    ),
    row_kinds=(RowKind("tcp"), RowKind("tcp without process", cells=NO_PROCESS)),
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
        CUT_INTERFACE_COLUMN,
        COMMAND_COLUMN,
    ),
    row_kinds=(
        RowKind("udp", cells=UDP_REMOTE),
        RowKind("udp without process", cells=UDP_REMOTE | NO_PROCESS),
        RowKind("udp, a further process", cells=FURTHER_PROCESS),
    ),
    claim=lambda header: Claim.OWN if "Proto" not in header else Claim.NONE,
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
