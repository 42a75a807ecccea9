"""AIX: `netstat -an`, -Aan, the routes of `netstat -rn`, the interfaces of `netstat -i`.

No source is published; what is known comes from what AIX 5 to 7.3 print and from IBM's manual. A
connection is printed as the BSDs print it, with `host.port`. With -A its control block stands
before it, and AIX 5 and 6 cut both addresses to 18 characters, the port too; 7.3 cuts nothing,
under the same titles. The titles of the routes stand above the line that names the rows' family. A
UNIX domain socket has a second line, with its control block. Of interfaces, networks are cut to 11
characters; an IPv6 address begins in their column.
"""

from __future__ import annotations

from collections.abc import Mapping

from pyparsing import ParserElement

from netstat_parse.dialects.bsd import (
    BANNERS,
    STATE,
    STATES,
    TCP_AND_OTHERS,
    proto,
    socket_columns,
)
from netstat_parse.dialects.bsd_statistics import STATISTICS_TABLE
from netstat_parse.dialects.common import bits, count, from_hexadecimal, own_if
from netstat_parse.dialects.tables import (
    counter,
    filling_word,
    last_counter,
    number_or_dash,
    of_width,
)
from netstat_parse.grammar.dialect import (
    CellContext,
    Column,
    Dialect,
    Evidence,
    Field,
    RowKind,
    TableSpec,
)
from netstat_parse.grammar.tokens import (
    NEVER,
    NOT_GLUED,
    NOTHING,
    choice,
    free_text,
    hexadecimal,
    literal,
    number,
    optional,
    token,
    word_token,
)
from netstat_parse.grammar.truncation import AddressLimits
from netstat_parse.schema import CONNECTIONS, FILLS, INTERFACES, ROUTES, UNIX_SOCKETS

# Sockets ------------------------------------------------------------------------------------------

BLOCKS_TITLE = "PCB/ADDR"


def limits(header: str) -> AddressLimits:
    """An address is cut to 18 characters with -A, and else to 22; its port may lose digits."""
    return AddressLimits(field=18 if BLOCKS_TITLE in header else 22, numbers_are_cut=True)


CONNECTION_TABLE = TableSpec(
    kind=CONNECTIONS,
    record="AixConnection",
    banners=BANNERS,
    columns=(
        bits(BLOCKS_TITLE, "control_block", 8),
        *socket_columns(proto("tcp"), STATE),
    ),
    row_kinds=TCP_AND_OTHERS,
    # Without -A the header is that of macOS, to the letter.
    claim=own_if(lambda header: BLOCKS_TITLE in header),
    limits=limits,
    states=STATES,
    common_headers=(
        "PCB/ADDR         Proto Recv-Q Send-Q  Local Address      Foreign Address    (state)",
    ),
    example="""
f1000f0000287bc0 tcp4       0      0  *.22                  *.*                   LISTEN
f1000f00002883c0 tcp4       0     48  192.0.2.7.22          198.51.100.9.51000    ESTABLISHED
f1000f0000299e00 udp4       0      0  *.514                 *.*
7004fdec         tcp        0      0  *.*                   *.*                   CLOSED
""",
)

# Routes -------------------------------------------------------------------------------------------

NUMBERS = {"2 (Internet):": {"family": "ipv4"}, "24 (Internet v6):": {"family": "ipv6"}}
FAMILIES = {
    f"Route {tree} for Protocol Family {number}": cells
    for tree in ("Tree", "tree")
    for number, cells in NUMBERS.items()
}
"""AIX 5.3 and 7 print `Tree`, other levels of 5.3 and 6.1 `tree`."""


def place(name: str, width: int) -> ParserElement:
    """Where a route goes. Whether AIX cuts what is longer than its column is not known."""
    return filling_word(name, name, of_width(width))


def in_extra(groups: str) -> Mapping[str, str]:
    """The groups that may use the route, under their column's title."""
    from netstat_parse.models import FrozenDict

    return FrozenDict(Groups=groups)


INTERFACE_OF_ROUTE = word_token("interface", rf"{NOT_GLUED} [A-Za-z]\S*+")
GROUPS = choice(
    "groups", literal("-"), word_token("groups", r"(?! => | - (?!\S) ) \S++")("groups")
) + optional(literal("=>"))
"""The groups. `=>` means that the next row is of the same destination."""

ROUTE_TABLE = TableSpec(
    kind=ROUTES,
    record="Route",
    banners=("Routing tables",),
    banner_cells=FAMILIES,
    heading=r"Route [Tt]ree for Protocol Family [0-9]+ \([^()\n]*\):(?P<family>)",
    columns=(
        Column("Destination", place("destination", 18), required=True),
        Column("Gateway", place("gateway", 17), required=True),
        Column("Flags", word_token("flags", "[A-Z][A-Za-z0-9]*+")("flags"), required=True),
        Column("Refs", number("refs", "Refs"), required=True),
        Column("Use", number("use", "Use"), required=True),
        Column("If", INTERFACE_OF_ROUTE("interface"), required=True),
        Column("PMTU", number_or_dash("mtu", "PMTU")),
        Column("Exp", number_or_dash("expires", "Exp"), required=True),
        Column("Groups", GROUPS, (Field("extra", in_extra, ("groups",)),), required=True),
    ),
    row_kinds=(RowKind("route"), RowKind("route without gateway", cells={"Gateway": NOTHING})),
    claim=own_if(lambda header: "Groups" in header),
    common_headers=("Destination        Gateway           Flags   Refs     Use  If   Exp  Groups",),
    follows_another_table=True,
    example="""
default            192.0.2.254       UG      124  27595284 en1      -      -
10.1.0.0           10.1.0.3          UHSb      0         0 en0      -      -   =>
10.1/23            10.1.0.3          U         0   1422409 en0      -      -
::1%1                                UH        1    466765 lo0      -      -
""",
)

# Interfaces ---------------------------------------------------------------------------------------

NAME_OF_15 = (
    rf"(?= {of_width(15)} ) (?= [0-9.]*+ [^\s0-9.] ) (?! [^\s]*? [.] [^\s.]{{1,2}} [.] ) \S++"
)
"""A name that may have been cut; an address, and a MAC with dots, are not."""


def address_of_interface(context: CellContext) -> ParserElement:
    """A MAC address with dots, an IPv4 address or a name; blank for the loopback's link."""
    ends = rf"(?= {context.behind} [ \t]*+ (?![^\n]) )"
    whole = token("address", rf"(?! {NAME_OF_15} ) [^\s:]++ {ends}", quick=NEVER)("address")
    cut = token("address", rf"{NAME_OF_15} {ends}", quick=NEVER)("address" + FILLS)
    return choice("address", whole, cut, NOTHING)


def is_wide_twelve(header: str) -> bool:
    """The networks' column is 12 wide; elsewhere it is 14, or the last title is another. Bytes are
    printed elsewhere."""
    titles = header.split()
    is_wide = header.find("Address") - header.find("Network") == 12
    return is_wide and "Coll" in titles and "Ibytes" not in titles


IPV6_ADDRESS = word_token("IPv6 address", r"(?= [^\s:]*+ : ) (?! < ) \S++", quick=NEVER)("address")
INTERFACE_NAME = token("interface", r"[^\s*]++", quick=NEVER)("name") + optional(
    token("'*'", r"\*")("is_down").leave_whitespace()
)
"""The interface's name; a star behind it marks one that is down."""
FILLS_NETWORK = rf"(?! link\# ) {of_width(11)}"
NETWORK = choice(
    "network",
    # Early FreeBSD has the same header, and `<Link>` touching the address.
    word_token("network", rf"(?! < ) (?! {FILLS_NETWORK} ) \S++")("network"),
    word_token("network", rf"(?! < ) {FILLS_NETWORK}", quick=NEVER)("network" + FILLS),
    is_exclusive=True,
)
INTERFACE_TABLE = TableSpec(
    kind=INTERFACES,
    record="Interface",
    columns=(
        Column("Name", INTERFACE_NAME, required=True),
        Column("Mtu", number("mtu", "Mtu"), required=True),
        Column("Network", NETWORK, required=True),
        Column("Address", address_of_interface, required=True),
        counter("Ipkts", "rx_packets", required=True),
        counter("Ierrs", "rx_errors", required=True),
        counter("Opkts", "tx_packets", required=True),
        counter("Oerrs", "tx_errors", required=True),
        last_counter("Coll", "collisions"),
        last_counter("Drop", "tx_drops"),
    ),
    row_kinds=(
        # An IPv6 address begins in the column of the network, and goes on in its own.
        RowKind("interface with IPv6", cells={"Network": NOTHING, "Address": IPV6_ADDRESS}),
        RowKind("interface"),
    ),
    claim=own_if(is_wide_twelve),
    common_headers=(
        "Name   Mtu   Network     Address                 Ipkts     Ierrs        "
        "Opkts     Oerrs  Coll",
        "Name  Mtu   Network     Address            Ipkts Ierrs    Opkts Oerrs  Coll",
    ),
    continued_prefixes=("",),
    follows_another_table=True,
    example="""
en0    1500  link#2      4e.12.19.56.b5.14          7167418     0          2902787     0     0
en0    1500  192.168.240 192.0.2.22                 7167418     0          2902787     0     0
lo0    16896 link#1                                 1986929     0          1986929     0     0
lo0    16896 ::1%1                                  1986929     0          1986929     0     0
""",
)

# UNIX domain sockets ------------------------------------------------------------------------------

UNIX_HEADER = (
    "SADR/PCB         Type   Recv-Q Send-Q      Inode            Conn             Refs           "
    "Nextref      Addr"
)
BLOCK_BELOW = token(
    "control block", r"[ \t]*+ \n [ \t]*+ [0-9a-f]{8,16}+ (?= [ \t]*+ (?![^\n]) )", quick=NEVER
)
"""The address of the control block stands in a line of its own."""

UNIX_TABLE = TableSpec(
    kind=UNIX_SOCKETS,
    record="UnixSocket",
    banners=("Active UNIX domain sockets",),
    columns=(
        bits("SADR/PCB", "socket", 1, required=True),
        Column("Type", word_token("type", "[a-z]{3,6}")("type"), required=True),
        count("Recv-Q", "recv_q", required=True),
        count("Send-Q", "send_q", required=True),
        Column(
            "Inode",
            hexadecimal("vnode", "Inode", 1),
            (Field("inode", from_hexadecimal, ("vnode",)),),
            required=True,
        ),
        bits("Conn", "connected_to", 1, required=True),
        bits("Refs", "references", 1, required=True),
        bits("Nextref", "next_reference", 1, required=True),
        Column(
            "Addr",
            free_text("path", "path", "")
            + optional(BLOCK_BELOW.leave_whitespace()("control_block")),
            (Field("control_block", from_hexadecimal, ("control_block",)),),
            required=True,
        ),
    ),
    row_kinds=(RowKind("unix"),),
    claim=own_if(lambda header: "SADR" in header),
    common_headers=(UNIX_HEADER,),
    continued_prefixes=tuple("0123456789abcdef"),
    follows_another_table=True,
    example="""
7004f808 dgram       0      0          0   7005ab00          0          0
7010a408 dgram       0      0   2a0354c2          0          0          0 /dev/SRC
""",
)

DIALECT = Dialect(
    name="aix",
    evidence=Evidence.CAPTURE,
    system="bsd",
    commands=("netstat -an", "netstat -Aan", "netstat -rn", "netstat -in"),
    tables=(CONNECTION_TABLE, UNIX_TABLE, ROUTE_TABLE, INTERFACE_TABLE, STATISTICS_TABLE),
    platform="aix",
    run_options=(("-an", "-f", "inet"),),
)
