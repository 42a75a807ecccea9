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
    COUNTER,
    ID,
    NUMBER_BEHIND,
    adjacent,
    choice,
    endpoint,
    fits,
    hexadecimal,
    literal,
    number,
    one_of_words,
    optional,
    token,
)
from netstat_parse.grammar.unix_sockets import bsd_unix

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


ANY_HOST = token(r"\S+?(?=\.z39\.50?(?!\S))|\S+(?=\.)", "host")
"""The last dot divides host and port. One service of /etc/services has a dot itself: z39.50. A
column that it fills loses its last digit."""
NUMERIC_IPV4 = token(r"[0-9]{1,3}+\.[0-9]{1,3}+\.[0-9]{1,3}+\.[0-9]{1,3}+" + NUMBER_BEHIND, "host")
"""Cut only with -A: with its port it has at most 21 characters."""
NAMED_HOST = 12
"""With -A, a host is cut to so many characters where its port is printed by name."""


def whole_host(field: int, host: int, port: str) -> ParserElement:
    """A host shorter than `host`, in an address shorter than `field`."""
    hosts = rf"[!-~]{{1,{host - 1}}}(?<!\.z39)(?=\.{port}(?!\S))"
    return token(fits(field) + hosts, "host")


def address(side: str) -> Column:
    """`host.port`, the local or the foreign one."""

    def cell(place: Place) -> ParserElement:
        field, host = place.limits.field, place.limits.host
        if not place.only_whole or field is None or host is None:
            return endpoint(side, ".", ANY_HOST)
        if place.limits.port_is_cut:
            numeric = whole_host(field, host, "[0-9*]++")
            return endpoint(
                side, ".", choice("host", numeric, whole_host(field, NAMED_HOST, r"[^\s.]++"))
            )
        named = whole_host(field, host, r"[^\s.]++")
        return endpoint(side, ".", choice("host", NUMERIC_IPV4, named))

    return Column(f"{side.title()} Address", cell, required=True)


LONGEST_NAME = 31
"""Bytes: netstat asks for a process's name with a buffer of 32."""
EFFECTIVE_NAME = "eprocess:epid"


def process(pid: str, program: str, words: str = "process:pid") -> Cell:
    """`process:pid`, printed with %16s:%-6u. The name may hold blanks, colons, anything.

    The words behind it have no blanks within, so they tell where the pid is. Only where another
    process stands behind it (-vv) there can be two readings: then the widths decide, and a row
    that they leave undecided is refused.
    """

    def cell(place: Place) -> ParserElement:
        behind = place.behind
        name = rf"(?:[^ \t\n].{{0,{LONGEST_NAME - 1}}}?)??"
        rest = rf":{ID}(?!\S){behind}[ \t]*+$"
        pattern = rf"(?>{name}(?={rest}))"
        if place.cells_behind and place.cells_behind[0].name == EFFECTIVE_NAME:
            tail = Place(place.limits, place.only_whole, place.cells_behind[1:]).behind
            pattern = f"{in_its_width(tail)}|{pattern}{no_other(rest)}"
        found = token(pattern, "process name")(program)
        known = adjacent(found, literal(":"), token(rf"{ID}(?!\S)", "pid")(pid))
        if words != EFFECTIVE_NAME:
            return known
        return choice(words, known, token(r":(?!\S)", "':'"))

    return cell


def in_its_width(tail: str) -> str:
    """The pattern of a process's name, when this and the next one fill the widths of their fields.

    A name shorter than its field has a blank more before it, which leaves but one place for its
    colon. A longer one might end at another colon as well: then it is not taken.
    """
    padded_pid = "|".join(rf"[0-9]{{{n}}}[ ]{{{6 - n}}}" for n in range(1, 6)) + "|[0-9]{6,10}"
    next_process = rf"(?:[ ]{{16}}:[ ]{{6}}|.{{16,{LONGEST_NAME}}}?:(?:{padded_pid}))"
    rest = rf":(?:{padded_pid})[ ]{next_process}{tail}[ \t]*+$"
    short = rf".{{0,15}}?(?<=[0-9][ ].{{16}})(?={rest})"
    long = rf"(?<=[0-9][ ])(?>.{{16,{LONGEST_NAME}}}?(?={rest})){no_other(rest)}"
    return f"{short}|{long}"


def no_other(rest: str) -> str:
    """The pattern that looks ahead: the name can't end at a later colon as well."""
    return rf"(?!:.{{0,{LONGEST_NAME}}}?{rest})"


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


def with_packets(title: str, octets: str, packets: str) -> Column:
    """Bytes and packets, printed with %12llu/%-9llu."""
    cell = adjacent(
        token(COUNTER + "(?=/)", "bytes")(octets), literal("/"), number(packets, "packets")
    ).set_name(title)
    return Column(title, cell, (Field(octets, int, (octets,)), Field(packets, int, (packets,))))


def effective_pid(pid: str) -> object:
    """0 stands for none."""
    return effective_process(pid, None) if int(pid) else None


def effective_process(pid: str, program: str | None) -> object:
    from netstat_parse.models import Process

    truncated = program is not None and len(program.encode(errors="replace")) >= LONGEST_NAME
    return Process(pid=int(pid), name=program, truncated=truncated)


EPID = Field("effective_process", effective_pid, ("effective_pid",))
EFFECTIVE = Field("effective_process", effective_process, ("effective_pid", "effective_program"))
OLD_STATES = {f"{printed}*": name for printed, name in STATES.items()}
"""A star behind the state: the socket still needs to send its SYN or FIN (T/TCP)."""
ANY_STATE = one_of_words(STATES | OLD_STATES, "state")("state")

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
    with_packets("rxbytes/packets", "rx_bytes", "rx_packets"),
    with_packets("txbytes/packets", "tx_bytes", "tx_packets"),
    count("rxdrops", "rx_drop_bytes"),
    with_packets("rxdrops/packets", "rx_drop_bytes", "rx_drop_packets"),
    count("rhiwat", "recv_hiwat"),
    count("shiwat", "send_hiwat"),
    Column("pid", number("pid", "pid", ID)),
    Column("epid", number("effective_pid", "epid", ID), (EPID,)),
    Column("process:pid", process("pid", "program")),
    Column(
        EFFECTIVE_NAME,
        process("effective_pid", "effective_program", EFFECTIVE_NAME),
        (EFFECTIVE,),
    ),
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

OTHER_NAMES = r"(?:[a-z][a-z0-9]{2}(?:46|4|6)?|ip[ ]?(?:46|4|6))(?!\S)"
OTHER_PROTO = token(rf"(?!tcp){OTHER_NAMES}", "proto")("proto")
"""A name cut or padded to three letters, and the family: `udp46`, `icm6`, `ip 4`."""

ROW_KINDS = (
    RowKind("tcp", "tcp", {}),
    RowKind("other", "", {"Proto": OTHER_PROTO, "(state)": optional(ANY_STATE)}),
)

HEADER = "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)"

BSD_TABLES = (
    "Routing tables",
    # -i
    "Name Mtu Network",
    # -s: a section for each protocol
    *(
        f"{name}:"
        for name in (
            *("tcp", "mptcp", "udp", "udplite", "sctp", "ip", "icmp", "igmp", "pim", "arp"),
            *("ip6", "icmp6", "rip6", "pfkey", "ipsec", "ipsec6", "ah", "esp", "ipcomp", "carp"),
            *("pfsync", "divert", "netisr", "kevt", "kctl", "unix", "nexus", "vsock"),
        )
    ),
)
"""How the other tables start that macOS and FreeBSD have in common."""

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
        "Active VSock sockets",
        *BSD_TABLES,
    ),
    columns=COLUMNS,
    row_kinds=ROW_KINDS,
    separator=".",
    states=STATES | OLD_STATES,
    plain_family=None,
    limits=limits,
    program_width=ProgramWidth(31),
    common_headers=(
        HEADER,
        HEADER + "    ",
        "Proto Recv-Q Send-Q  Local Address                                 Foreign Address"
        "                               (state)    ",
    ),
    other_headers=tuple(
        HEADER + further
        for further in (
            # -b; -v of 596, of 669, of 728 and later
            "        rxbytes    txbytes",
            "     rhiwat shiwat    pid   epid  state    options",
            "        rxbytes    txbytes  rhiwat  shiwat    pid   epid state  options"
            "           gencnt    flags   flags1 usecnt rtncnt fltrs",
            "          rxbytes      txbytes  rhiwat  shiwat          process:pid    state  options"
            "           gencnt    flags   flags1 usecnt rtncnt fltrs",
        )
    ),
    accepts=lambda header: "(state)" in header,
)

PROCESS = next(column for column in COLUMNS if column.title == "process:pid")

DIALECTS = (
    DIALECT,
    bsd_unix("macos", "Active LOCAL (UNIX) domain sockets", more_columns=(PROCESS,)),
)
