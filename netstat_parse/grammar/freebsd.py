"""FreeBSD: `netstat -an` and its options -A -W -T -x -R -c -C -P.

Source: usr.bin/netstat/inet.c and inet6.c of FreeBSD 4 to 15. The last dot of an address divides
host and port, as on macOS. -T, -x and -R print columns of their own instead of the state; those
behind the state (-c, -C, -P) are printed for tcp alone.

Source of the table of sctp, which stands below the others: sctp.c (sctp_process_inpcb,
sctp_process_tcb, sctp_print_address). The table of -L is set aside.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pyparsing import NoMatch, ParserElement, Regex

from netstat_parse.grammar import macos
from netstat_parse.grammar.dialect import Cell, Column, Dialect, Field, Place, RowKind
from netstat_parse.grammar.lowering import lower
from netstat_parse.grammar.macos import ANY_HOST, address, bits, count
from netstat_parse.grammar.table import AddressLimits, ProgramWidth, is_complete, is_number
from netstat_parse.grammar.tokens import (
    NOTHING,
    endpoint,
    free_text,
    literal,
    number,
    one_of_words,
    optional,
    token,
    word,
)
from netstat_parse.grammar.unix_sockets import bsd_unix

STATES = macos.STATES | macos.OLD_STATES

WIDE = 45
WIDE_HOST = 39
NARROW = 18


def limits(header: str) -> AddressLimits:
    """A host is cut to 16 characters, and the whole address to 22, or to 18 with -A.

    With -W the columns are 45 wide; then only a host of 39 characters, the longest IPv6 address,
    may have been cut, of its scope for instance.
    """
    width = header.find("Foreign Address") - header.find("Local Address") - 1
    if width >= WIDE:
        return AddressLimits(field=WIDE, host=WIDE_HOST)
    has_blocks = header.lstrip().startswith(("Tcpcb", "Socket"))
    if width == NARROW or (has_blocks and width < NARROW):
        return AddressLimits(field=NARROW, host=16, port_is_cut=True)
    return AddressLimits(field=22, host=16)


OWN_TITLES = frozenset(("Tcpcb", "Rexmit", "R-HIWA", "flowid", "Stack", "cwin", "Log"))


def accepts(header: str) -> bool:
    """Every header names the state or a column that only FreeBSD has; so does that of sctp."""
    words = header.split()
    return "Type" not in words and ("(state)" in words or not OWN_TITLES.isdisjoint(words))


def claims(header: str) -> bool:
    """Tells a header from macOS's, which has two blanks before `Local Address`.

    Up to release 8 FreeBSD had them too, and where blanks were folded there is one in each.
    """
    if not OWN_TITLES.isdisjoint(header.split()):
        return True
    was_folded = "  " not in header.strip()
    return not was_folded and "Send-Q Local Address" in header


def seconds(title: str, field: str) -> Column:
    """Printed with %4d.%02d."""
    cell = token(r"-?[0-9]{1,9}\.-?[0-9]{1,2}(?!\S)", title)(field)
    return Column(title, cell, (Field(field, from_hundredths, (field,)),))


def from_hundredths(text: str) -> float:
    """A time before now has a minus sign in both halves."""
    whole, hundredths = text.split(".")
    if "-" in text:
        return -float(f"{whole.lstrip('-')}.{hundredths.lstrip('-').zfill(2)}")
    return float(text)


def text(title: str, field: str, convert: Callable[[str], object] = str) -> Column:
    return Column(title, word(field, title), (Field(field, convert, (field,)),))


def from_log_id(printed: str) -> str | None:
    return None if printed == "-" else printed


def proto(names: str) -> ParserElement:
    return token(rf"(?:{names})(?:46|4|6)?(?!\S)", "proto")("proto")


PROTO = proto("tcp|toe|sdp")
"""tcp, tcp that the network card does (TCP offload engine), and tcp over InfiniBand."""
STATE = one_of_words(STATES, "state")("state")
OTHER_PROTO = token(rf"(?!tcp|toe|sdp){macos.OTHER_NAMES}", "proto")("proto")

EXTENDED = (
    count("R-MBUF", "recv_mbufs"),
    count("S-MBUF", "send_mbufs"),
    count("R-CLUS", "recv_clusters"),
    count("S-CLUS", "send_clusters"),
    count("R-HIWA", "recv_hiwat"),
    count("S-HIWA", "send_hiwat"),
    count("R-LOWA", "recv_lowat"),
    count("S-LOWA", "send_lowat"),
    count("R-BCNT", "recv_mbuf_bytes"),
    count("S-BCNT", "send_mbuf_bytes"),
    count("R-BMAX", "recv_mbuf_limit"),
    count("S-BMAX", "send_mbuf_limit"),
)
COUNTED_FOR_TCP = (
    count("Rexmit", "retransmits"),
    count("OOORcv", "out_of_order"),
    count("0-win", "zero_windows"),
)
BEHIND_TCP = (
    seconds("rexmt", "retransmit_timer"),
    seconds("persist", "persist_timer"),
    seconds("keep", "keepalive_timer"),
    seconds("2msl", "time_wait_timer"),
    seconds("delack", "delayed_ack_timer"),
    seconds("rcvtime", "idle_time"),
    text("Stack", "stack"),
    text("CC", "congestion_control"),
    count("cwin", "congestion_window"),
    count("ssthresh", "slow_start_threshold"),
    count("MSS", "segment_size"),
    text("ECN", "ecn"),
    Column(
        "Log ID", free_text("log_id", "log id", ""), (Field("log_id", from_log_id, ("log_id",)),)
    ),
)

COLUMNS = (
    bits("Tcpcb", "control_block", 1),
    bits("Socket", "control_block", 1),
    Column("Proto", PROTO, required=True),
    Column("Recv-Q", number("recv_q", "Recv-Q")),
    Column("Send-Q", number("send_q", "Send-Q")),
    *COUNTED_FOR_TCP,
    address("local"),
    address("foreign"),
    Column("(state)", STATE),
    *EXTENDED,
    bits("flowid", "flow_id", 8),
    count("ftype", "flow_type"),
    *BEHIND_TCP,
)


def optional_cells(*columns: Column) -> dict[str, Cell]:
    """The cells of columns that a row may leave empty."""
    return {c.title: optional(c.cell) for c in columns if isinstance(c.cell, ParserElement)}


ROW_KINDS = (
    RowKind("tcp", "", {}),
    RowKind(
        "other",
        "",
        {
            "Proto": OTHER_PROTO,
            "(state)": optional(STATE),
            **optional_cells(*COUNTED_FOR_TCP, *BEHIND_TCP),
        },
    ),
)

HEADER = "Proto Recv-Q Send-Q Local Address          Foreign Address        (state)"

DIALECT = Dialect(
    name="freebsd",
    commands=("netstat -an", "netstat -anW", "netstat -anx", "netstat -anA"),
    connection="FreebsdConnection",
    banners=(
        "Active Internet connections",
        "Active Internet connections (including servers)",
    ),
    other_tables=(
        "Active UNIX domain sockets",
        "Netgraph sockets",
        "Current listen queue sizes",
        *macos.BSD_TABLES,
        "IPv4 Multicast Forwarding Table",
        "IPv6 Multicast Forwarding Table",
    ),
    columns=COLUMNS,
    row_kinds=ROW_KINDS,
    separator=".",
    states=STATES,
    plain_family=None,
    limits=limits,
    program_width=ProgramWidth(31),
    common_headers=(HEADER, HEADER + "    "),
    accepts=accepts,
    claims=claims,
)

# sctp ---------------------------------------------------------------------------------------------

SCTP_STATES = {
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
BELOW = 13
"""Where the further addresses begin on the lines below a row: behind its proto and type."""
FURTHER = lower(endpoint("further", ".", ANY_HOST).leave_whitespace().parse_with_tabs())
FURTHER_ALONE = re.sub(r"\(\?P<\w+>", "(?:", FURTHER)


def make_further(side: int, foreign_at: int, limits: AddressLimits) -> Callable[[str], object]:
    """The function from the lines below a row to the further endpoints of one side."""

    def make(lines: str) -> tuple[object, ...]:
        start, end = ((BELOW, foreign_at), (foreign_at, None))[side]
        printed = [line[start:end].strip() for line in lines.split("\n")[1:]]
        return tuple(further_endpoint(text, limits) for text in printed if text)

    return make


def further_endpoint(printed: str, limits: AddressLimits) -> object:
    from ipaddress import ip_address

    from netstat_parse.models import Endpoint

    found = re.fullmatch(FURTHER, printed)
    assert found is not None  # the lines below are of such addresses
    host, port = found["further_host"], found["further_port"] or ""
    number = int(port) if is_number(port) else None
    host_cut = len(host) == limits.host and not is_complete(host)
    try:
        known = None if host_cut else ip_address(host)
    except ValueError:
        known = None
    return Endpoint(
        host=host,
        address=known,
        port=number,
        service=port if port and number is None else None,
        truncated=host_cut or (port != "" and number is None and len(printed) == limits.field),
    )


def from_socket_type(printed: str) -> str | None:
    return None if printed == "????" else printed


def sctp(width: int) -> Dialect:
    """The table of sctp, with address columns of this width.

    An association has its further addresses on the lines below, a local one, a foreign one, or
    both; an endpoint has local ones. A closed one may have none at all.
    """
    header = f"Proto  Type  {'Local Address':{width}} {'Foreign Address':{width}} (state)"
    address_limits = limits(header)
    foreign_at = BELOW + width + 1
    state = one_of_words(SCTP_STATES, "state")("state")
    of_endpoint = one_of_words(("LISTEN", "CLOSED"), "state")("state")
    bits_of_state = optional(token(r"(?<=UNKNOWN )0x[0-9a-f]{8}(?!\S)", "state bits"))

    def lines_below(line: str) -> ParserElement:
        lines = Regex(rf"(?:[ \t]*+\n(?:{line})){{1,63}}+").leave_whitespace()
        return optional(lines.set_name("further addresses")("further"))

    def proto_of_row(place: Place) -> ParserElement:
        # What is on the lines below belongs to the row, so the bulk path has to leave it alone.
        return NoMatch() if place.only_whole else token(r"sctp(?:46|4|6)?(?!\S)", "proto")("proto")

    local = rf" {{{BELOW}}}(?=\S{{1,{width}}}+(?!\S)){FURTHER_ALONE}"
    both = (
        rf"{local}(?:[ ]*+(?<=\n.{{{foreign_at}}}){FURTHER_ALONE})?+"
        rf"|[ ]{{{foreign_at}}}{FURTHER_ALONE}"
    )
    further = tuple(
        Field(name, make_further(side, foreign_at, address_limits), ("further",))
        for side, name in enumerate(("more_local", "more_foreign"))
    )
    kind = Field("socket_type", from_socket_type, ("socket_type",))
    columns = (
        Column("Proto", proto_of_row, required=True),
        Column(
            "Type", token(r"(?:1to[1N]|\?{4})(?!\S)", "type")("socket_type"), (kind,), required=True
        ),
        Column("Local Address", endpoint("local", ".", ANY_HOST), required=True),
        Column("Foreign Address", endpoint("foreign", ".", ANY_HOST), required=True),
        Column("(state)", state + bits_of_state + lines_below(both), further, required=True),
    )
    with_local = {"Foreign Address": NOTHING, "(state)": optional(of_endpoint) + lines_below(local)}
    without: dict[str, Cell] = {
        "Local Address": NOTHING,
        "Foreign Address": NOTHING,
        "(state)": literal("CLOSED")("state"),
    }
    return Dialect(
        name="freebsd",
        commands=DIALECT.commands,
        connection=DIALECT.connection,
        banners=("Active SCTP associations", "Active SCTP associations (including servers)"),
        other_tables=(),
        columns=columns,
        row_kinds=(
            RowKind("sctp association", "sctp", {}),
            RowKind("sctp endpoint", "sctp", with_local),
            RowKind("sctp without addresses", "sctp", without),
        ),
        separator=".",
        states=SCTP_STATES,
        plain_family=None,
        limits=limits,
        program_width=ProgramWidth(31),
        common_headers=(header,),
        accepts=lambda text: "Recv-Q" not in text and (limits(text).field == address_limits.field),
        goes_on=("sctp",),
        below=True,
    )


DIALECTS = (DIALECT, sctp(22), sctp(WIDE), bsd_unix("freebsd", "Active UNIX domain sockets"))
