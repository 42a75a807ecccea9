"""macOS: `netstat -n -p tcp` and its options -a -A -b -l -v -W.

Source: Apple network_cmds 245 to 741, netstat.tproj/inet.c (protopr, inetprint). The last dot of an
address divides host and port. What stands behind the state has changed with every few releases, so
the columns below are those of all of them; a header tells which are there. From network_cmds 730
on the header's address columns have not the width of the rows', so no width is read from it.
"""

from __future__ import annotations

from pyparsing import ParserElement

from netstat_parse.grammar.dialect import Cell, Column, Dialect, Field, Place, RowKind
from netstat_parse.grammar.table import AddressLimits, ProgramWidth
from netstat_parse.grammar.tokens import (
    ID,
    adjacent,
    choice,
    endpoint,
    fits,
    free_text,
    hexadecimal,
    literal,
    number,
    one_of_words,
    optional,
    token,
)

STATES = {
    "CLOSED": "CLOSED",
    "LISTEN": "LISTEN",
    "SYN_SENT": "SYN_SENT",
    "SYN_RCVD": "SYN_RECEIVED",
    "ESTABLISHED": "ESTABLISHED",
    "CLOSE_WAIT": "CLOSE_WAIT",
    "FIN_WAIT_1": "FIN_WAIT_1",
    "CLOSING": "CLOSING",
    "LAST_ACK": "LAST_ACK",
    "FIN_WAIT_2": "FIN_WAIT_2",
    "TIME_WAIT": "TIME_WAIT",
}


def limits(header: str) -> AddressLimits:
    """A host is cut to 16 characters, and the whole address to 22, or to 18 with -A.

    With -l neither is: then a row's address columns are 45 wide.
    """
    if header.lstrip().startswith("Socket"):
        return AddressLimits(field=18, host=16, port_is_cut=True, uncut_column=45)
    return AddressLimits(field=22, host=16, uncut_column=45)


ANY_HOST = token(r"\S+(?=\.)", "host")
NUMERIC_IPV4 = token(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?=\.[0-9*]++(?!\S))", "host")
"""Cut only with -A: with its port it has at most 21 characters."""


def address(side: str) -> Column:
    def cell(place: Place) -> ParserElement:
        field, host = place.limits.field, place.limits.host
        if not place.only_whole or field is None or host is None:
            return endpoint(side, ".", ANY_HOST)
        whole = [token(rf"{fits(field)}\S{{1,{host - 1}}}(?=\.[^\s.]++(?!\S))", "host")]
        if not place.limits.port_is_cut:
            whole.insert(0, NUMERIC_IPV4)
        return endpoint(side, ".", choice("host", *whole))

    return Column(f"{side.title()} Address", cell, required=True)


def process(pid: str, program: str) -> Cell:
    """`process:pid`, padded on its left to 16 and on its right to 6; the last colon divides."""

    def cell(place: Place) -> ParserElement:
        number_of = rf"(?=[0-9 \t]{{6}}|[0-9]++[ \t]*+$){ID}(?!\S)"
        name = free_text(program, "process name", f":{number_of}{place.behind}")
        return adjacent(name, literal(":"), token(number_of, "pid")(pid))

    return cell


def count(title: str, field: str) -> Column:
    return Column(title, number(field, title), (Field(field, int, (field,)),))


def signed(title: str, field: str) -> Column:
    cell = token(r"-?[0-9]{1,10}(?!\S)", title)(field)
    return Column(title, cell, (Field(field, int, (field,)),))


def bits(title: str, field: str, digits: int, prefix: str = "") -> Column:
    cell = hexadecimal(field, title, digits, prefix)
    return Column(title, cell, (Field(field, from_hexadecimal, (field,)),))


def from_hexadecimal(text: str) -> int:
    return int(text, 16)


def effective_process(pid: str, program: str = "") -> object:
    from netstat_parse.models import Process

    return Process(pid=int(pid), name=program or None, truncated=len(program.encode()) >= 31)


EFFECTIVE = Field("effective_process", effective_process, ("effective_pid", "effective_program"))
ANY_STATE = one_of_words(STATES, "state")("state")

COLUMNS = (
    bits("Socket", "socket", 1),
    bits("Flowhash", "flow_hash", 1),
    Column("Proto", token(r"tcp(?:46|4|6)?(?!\S)", "proto")("proto"), required=True),
    Column("Recv-Q", number("recv_q", "Recv-Q"), required=True),
    Column("Send-Q", number("send_q", "Send-Q"), required=True),
    address("local"),
    address("foreign"),
    Column("(state)", ANY_STATE),
    count("rxbytes", "rx_bytes"),
    count("txbytes", "tx_bytes"),
    count("rhiwat", "recv_hiwat"),
    count("shiwat", "send_hiwat"),
    Column("pid", number("pid", "pid", ID)),
    Column("epid", number("effective_pid", "epid", ID), (EFFECTIVE,)),
    Column("process:pid", process("pid", "program")),
    Column("eprocess:epid", process("effective_pid", "effective_program"), (EFFECTIVE,)),
    bits("state", "socket_state", 4, "(?:0x)?+"),
    bits("options", "socket_options", 8, "(?:0x)?+"),
    bits("gencnt", "generation", 16),
    bits("flags", "flags", 8),
    bits("flags1", "flags1", 8),
    signed("usecnt", "use_count"),
    signed("usscnt", "use_count"),
    signed("rtncnt", "retain_count"),
    bits("fltrs", "filters", 6),
)

OTHER_PROTO = token(r"(?!tcp)[a-z][a-z0-9]{1,2}(?:46|4|6)?(?!\S)", "proto")("proto")

ROW_KINDS = (
    RowKind("tcp", "tcp", {}),
    RowKind("other", "", {"Proto": OTHER_PROTO, "(state)": optional(ANY_STATE)}),
)

HEADER = "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)"

DIALECT = Dialect(
    name="macos",
    commands=("netstat -n -p tcp", "netstat -an", "netstat -anv", "netstat -Abln"),
    connection="MacosConnection",
    banners=(
        "Active Internet connections",
        "Active Internet connections (including servers)",
    ),
    other_tables=(
        "Active Multipath Internet connections",
        "Active LOCAL (UNIX) domain sockets",
        "Registered kernel control modules",
        "Active kernel event sockets",
        "Active kernel control sockets",
        "Current listen queue sizes",
        "Routing tables",
    ),
    columns=COLUMNS,
    row_kinds=ROW_KINDS,
    separator=".",
    states=STATES,
    plain_family=None,
    limits=limits,
    program_width=ProgramWidth(31),
    common_headers=(HEADER, HEADER + "    "),
    accepts=lambda header: "(state)" in header,
)
