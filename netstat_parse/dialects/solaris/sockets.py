"""The connections of Solaris and illumos: `netstat -an`, -anu, `-f inet`.

Source: illumos-gate, usr/src/cmd/cmd-inet/usr.bin/netstat/netstat.c (tcp_report, udp_report;
print_transport_label, which -R adds), and what Solaris 11.4 prints. There is no column of the
protocol: the banner above a table, `TCP: IPv4`, names it. An address is `host.port`, and nothing of
it is cut; a long one pushes the rest of its row to the right. With -u, a user's name is cut to 8
characters and a command's to 14, in Solaris 11.4 to 13. A cell that has nothing is blank: so are a
user, a pid and a command of a connection in TIME_WAIT, an interface, and the remote address of a
udp socket. A udp socket that several processes hold has a row for each, of which only the first has
the addresses.
"""

from __future__ import annotations

from collections.abc import Mapping

from pyparsing import ParserElement

from netstat_parse.dialects.common import count, tcp_states
from netstat_parse.grammar.addresses import dot_address
from netstat_parse.grammar.dialect import (
    CellContext,
    CellGrammar,
    Claim,
    Column,
    Field,
    RowKind,
    TableSpec,
)
from netstat_parse.grammar.tokens import (
    END_OF_WORD,
    ID,
    NEVER,
    NOT_GLUED,
    NOTHING,
    choice,
    number,
    one_of_words,
    optional,
    token,
    word_token,
)
from netstat_parse.grammar.truncation import ProgramLimit
from netstat_parse.schema import CONNECTIONS

STATES = tcp_states({"SYN_RECEIVED": "SYN_RCVD"}) | {"IDLE": "UNKNOWN", "BOUND": "UNKNOWN"}
UNKNOWN_STATE = r"UnknownState\( -?[0-9]++ \)"
UDP_STATES = dict.fromkeys(("Unbound", "Idle", "Connected"), "UNKNOWN")
"""What udp prints are no states of TCP, and are kept as they are printed."""
UNKNOWN_UDP_STATE = r"Unknown [ ] St (?: ate\( -?[0-9]++ \) )?+"
"""netstat cuts it to 10 characters where something stands behind it."""

LONGEST_USER = 8
LONGEST_COMMAND = 14
PROGRAM_LIMIT = ProgramLimit(13, at_most=LONGEST_COMMAND)
"""A command is cut to 13 characters, or to 14; the header does not tell to which."""

END_OF_LINE = r"[ \t]*+ (?![^\n])"

# Cells --------------------------------------------------------------------------------------------


def address(side: str, title: str) -> Column:
    """The column of an address, `host.port`."""
    return Column(title, lambda context: dot_address(side, context.limits), required=True)


def interface(name: str) -> ParserElement:
    """The name of an interface, mostly blank. It starts with a letter, as no number does."""
    return optional(word_token("interface", rf"{NOT_GLUED} [A-Za-z]\S*+")(name))


def command(context: CellContext) -> ParserElement:
    """The name of a program, which may hold blanks: the cells behind it tell its end."""
    rest = f"{context.behind} {END_OF_LINE}"
    name = rf"[^\ \t\n] (?: .{{0,{LONGEST_COMMAND - 2}}}? [^\ \t\n] )?? (?= {rest} )"
    return token("command", name, quick=NEVER)("program")


def in_extra(state: str) -> Mapping[str, str]:
    """A state without a name, under its column's title."""
    from netstat_parse.models import FrozenDict

    return FrozenDict(State=state)


def unknown_state(_: str) -> object:
    """The TcpState of what has no name."""
    from netstat_parse.models import TcpState

    return TcpState.UNKNOWN


def state(known: Mapping[str, str], unknown: str) -> Column:
    """The state, one without a name (a pattern), and the kind of port that -R prints behind it."""
    cell = choice(
        "state",
        one_of_words(known, "state")("state"),
        word_token("unknown state", unknown, quick=NEVER)("unknown_state"),
    ) + optional(word_token("P or S", "P (?: [ ] S )?+ | S", quick=NEVER)("multilevel_port"))
    fields = (
        Field("state", unknown_state, ("unknown_state",)),
        Field("extra", in_extra, ("unknown_state",)),
        Field("multilevel_port", str, ("multilevel_port",)),
    )
    return Column("State", cell, fields, required=True)


def is_cut_user(user: str) -> bool:
    """True for a name that fills its field."""
    return len(user) >= LONGEST_USER


USER = choice(
    "user",
    number("uid", "user number", ID),
    word_token("user name", rf"(?![0-9]++{END_OF_WORD}) \S{{1,{LONGEST_USER}}}+")("user"),
    is_exclusive=True,
)
PROCESS_COLUMNS = (
    Column(
        "User",
        USER,
        (
            Field("user", str, ("user",)),
            Field("user_truncated", is_cut_user, ("user",)),
            Field("uid", int, ("uid",)),
        ),
    ),
    Column("Pid", number("pid", "Pid", ID)),
    Column("Command", command),
)
NO_PROCESS: dict[str, CellGrammar] = {column.title: NOTHING for column in PROCESS_COLUMNS}
BUFFER_COLUMNS = (
    count("Send Buf", "send_buffer"),
    count("TxOverflows", "tx_overflows"),
    count("Recv Buf", "recv_buffer"),
    count("RxOverflows", "rx_overflows"),
)
"""Those of udp in Solaris 11.4."""
INTERFACE_COLUMN = Column("If", interface("interface"), (Field("interface", str, ("interface",)),))
REST_OF_OWNER = token("the rest of the row above", r"[^\n]*+ \n", quick=NEVER)


def udp_remote(context: CellContext) -> ParserElement:
    """The remote address, blank unless the socket is connected. A user's name may look like one,
    so the cells behind it must follow."""
    rest = token("the cells behind it", rf"(?= {context.behind} {END_OF_LINE} )")
    return optional(dot_address("foreign", context.limits) + rest.leave_whitespace())


UDP_REMOTE: dict[str, CellGrammar] = {"Remote Address": udp_remote}
FURTHER_PROCESS: dict[str, CellGrammar] = {
    "Remote Address": lambda context: udp_remote(context) + REST_OF_OWNER
}
"""A row of a socket's second process begins with the user; the addresses stand in the one above."""


# Sockets ------------------------------------------------------------------------------------------

FAMILIES = {"IPv4": "4", "IPv6": "6"}
TCP_STATE = state(STATES, UNKNOWN_STATE)
UDP_STATE = state(UDP_STATES, UNKNOWN_UDP_STATE)


def banners(transport: str) -> dict[str, dict[str, str]]:
    """The banners of a protocol, and the proto that each gives to its rows: `tcp6`."""
    return {
        f"{transport}: {family}": {"proto": transport.lower() + digit}
        for family, digit in FAMILIES.items()
    }


SCTP_TITLES = {"StrsI/O", "-------"}
"""The title of sctp's streams, and what stands for it with -uv."""


def claim_tcp(header: str) -> Claim:
    """Nobody else prints windows beside the queues. Of sctp there is a table of its own."""
    titles = header.split()
    return Claim.OWN if "Swind" in titles and not SCTP_TITLES.intersection(titles) else Claim.NONE


def claim_udp(header: str) -> Claim:
    """Nobody else calls the other end remote, in English. With -uv the command is last."""
    is_other = "Swind" in header or "Proto" in header or header.rstrip().endswith("Command")
    return Claim.NONE if is_other else Claim.OWN


TCP_HEADERS = (
    "   Local Address        Remote Address    Swind Send-Q Rwind Recv-Q    State",
    "   Local Address        Remote Address     Swind  Send-Q  Rwind  Recv-Q    State",
)
TCP = TableSpec(
    kind=CONNECTIONS,
    record="SolarisConnection",
    banners=tuple(banners("TCP")),
    banner_cells=banners("TCP"),
    columns=(
        address("local", "Local Address"),
        address("foreign", "Remote Address"),
        *PROCESS_COLUMNS,
        count("Swind", "swind", required=True),
        Column("Send-Q", number("send_q", "Send-Q"), required=True),
        count("Rwind", "rwind", required=True),
        Column("Recv-Q", number("recv_q", "Recv-Q"), required=True),
        TCP_STATE,
        INTERFACE_COLUMN,
    ),
    row_kinds=(RowKind("tcp"), RowKind("tcp without process", cells=NO_PROCESS)),
    claim=claim_tcp,
    program_limit=PROGRAM_LIMIT,
    states=STATES,
    common_headers=TCP_HEADERS,
    follows_another_table=True,
    example="""
192.0.2.4.22         192.0.2.9.51000       64128      0 128872      0 ESTABLISHED
      *.22                 *.*                 0      0 128000      0 LISTEN
      *.*                  *.*                 0      0  49152      0 IDLE
""",
)
UDP = TableSpec(
    kind=CONNECTIONS,
    record="SolarisConnection",
    banners=tuple(banners("UDP")),
    banner_cells=banners("UDP"),
    columns=(
        address("local", "Local Address"),
        address("foreign", "Remote Address"),
        *PROCESS_COLUMNS,
        UDP_STATE,
        INTERFACE_COLUMN,
        *BUFFER_COLUMNS,
    ),
    row_kinds=(
        RowKind("udp", cells=UDP_REMOTE),
        RowKind("udp without process", cells=UDP_REMOTE | NO_PROCESS),
        RowKind("udp, a further process", cells=FURTHER_PROCESS),
    ),
    claim=claim_udp,
    program_limit=PROGRAM_LIMIT,
    states=UDP_STATES,
    common_headers=("   Local Address        Remote Address      State",),
    inherits=True,
    follows_another_table=True,
    example="""
      *.123                                   Idle
192.0.2.4.40000      192.0.2.1.53         Connected
      *.*                  *.*            Unbound
""",
)
