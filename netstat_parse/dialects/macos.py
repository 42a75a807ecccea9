"""macOS: `netstat -n -p tcp` and its options -a -A -b -l -v -W.

Source: Apple network_cmds 245 to 741, netstat.tproj/inet.c (protopr, inetprint). The last dot of an
address divides host and port. What stands behind the state has changed with every few releases, so
the columns below are those of all of them; a header tells which are there. From network_cmds 730
on the header's address columns have not the width of the rows', so no width is read from it.
"""

from __future__ import annotations

from pyparsing import ParserElement

from netstat_parse.dialects.bsd import (
    ALL_STATES,
    BANNERS,
    BLOCKS_COLUMNS,
    LONGEST_NAME,
    LOOK,
    NARROW_COLUMNS,
    PROGRAM_LIMIT,
    STATE,
    address,
    bsd_unix,
    listen_queues,
    other_proto,
    proto,
)
from netstat_parse.dialects.bsd_statistics import STATISTICS_TABLE
from netstat_parse.dialects.bsd_tables import (
    OTHER_ROUTE_BANNERS,
    bsd_interfaces,
    bsd_routes,
    end_of,
    is_folded,
    narrow_ipv6_limits,
    start_of,
    title_behind,
    width_of_flags,
)
from netstat_parse.dialects.common import bits, count, signed
from netstat_parse.dialects.linux.groups import to_address, to_family
from netstat_parse.grammar.addresses import dot_address
from netstat_parse.grammar.dialect import (
    CellContext,
    CellGrammar,
    Claim,
    Column,
    Dialect,
    Field,
    RowKind,
    TableSpec,
)
from netstat_parse.grammar.tokens import (
    COUNTER,
    END_OF_WORD,
    ID,
    adjacent,
    choice,
    literal,
    number,
    optional,
    token,
    word,
    word_token,
)
from netstat_parse.grammar.truncation import AddressLimits
from netstat_parse.schema import CONNECTIONS, MULTICAST_GROUPS

# Addresses ----------------------------------------------------------------------------------------


def limits(header: str) -> AddressLimits:
    """The limits of rows in narrow columns, which are 22 wide, or 18 with -A."""
    return BLOCKS_COLUMNS if header.lstrip().startswith("Socket") else NARROW_COLUMNS


def limits_in_wide_columns(narrow: AddressLimits) -> AddressLimits:
    """With -l the columns are 45 wide, and hosts of IPv6 are cut to 39; those of IPv4 as before."""
    return AddressLimits(
        field=45, host=39, host_of_ipv4=narrow.host, host_with_names=narrow.host_with_names
    )


IN_NARROW_COLUMNS = r"(?=.{0,44}[ \t]\S)"
"""Looks ahead, from the local address: the foreign one stands at most 45 characters behind."""
IN_WIDE_COLUMNS = r"(?!.{0,44}[ \t]\S)"


def local_address(columns: str, quick: str | None = None) -> CellGrammar:
    """The local address of a row whose address columns are narrow, or wide."""
    look = token("host", columns, quick=quick)
    return lambda context: adjacent(look, dot_address("local", context.limits))


NARROW_LOCAL_ADDRESS = local_address(
    IN_NARROW_COLUMNS,
    # without -A the foreign address stands 23 behind; else the local one's end is looked for
    quick=r"(?=\S.{21}[ ]\S|\S.{0,43}?[ ]\S)",
)
WIDE_LOCAL_ADDRESS = local_address(IN_WIDE_COLUMNS)

# Processes ----------------------------------------------------------------------------------------

EFFECTIVE_NAME = "eprocess:epid"


def process(pid: str, program: str, words: str = "process:pid") -> CellGrammar:
    """`process:pid`, printed with %16s:%-6u. The name may hold blanks, colons, anything.

    The words behind it have no blanks within, so they tell where the pid is. Only where another
    process stands behind it (-vv) there can be two readings: then the widths decide, and a row
    that they leave undecided is refused.
    """

    def cell(context: CellContext) -> ParserElement:
        rest = rf":{ID}{END_OF_WORD}{context.behind}[ \t]*+$"
        # Code - Insiders:77    00102 00000004    -> Code - Insiders
        pattern = rf"""
            (?>
                (?: [^\ \t\n] .{{0,{LONGEST_NAME - 1}}}? )??    # kernel tasks have no name
                (?={rest})
            )
        """
        if context.cells_behind and context.cells_behind[0].name == EFFECTIVE_NAME:
            tail = CellContext(context.limits, context.cells_behind[1:]).behind
            pattern = f"{in_its_width(tail)} | {pattern} {no_other(rest)}"
        found = token("process name", pattern)(program)
        known = adjacent(found, literal(":"), word_token("pid", ID)(pid))
        return choice(words, known, word_token("':'", ":")) if words == EFFECTIVE_NAME else known

    return cell


def in_its_width(tail: str) -> str:
    """The pattern of a process's name, when this and the next one fill the widths of their fields.

    A name shorter than its field has a blank more before it, which leaves but one place for its
    colon. A longer one might end at another colon as well: then it is not taken. `tail` is the
    pattern of what stands behind both processes.
    """
    padded_pid = "|".join(rf"[0-9]{{{n}}}[ ]{{{6 - n}}}" for n in range(1, 6)) + "|[0-9]{6,10}"
    next_process = rf"""
        (?: [ ]{{16}} : [ ]{{6}}                               # none
          | .{{16,{LONGEST_NAME}}}? : (?:{padded_pid})
        )
    """
    rest = rf": (?:{padded_pid}) [ ] {next_process} {tail} [ \t]*+ $"
    return rf"""
        # 131768         rapportd:501             launchd:1      00102    -> rapportd
        .{{0,15}}? (?<=[0-9][ ].{{16}}) (?={rest})
        # 131768 WhatsApp Helper (Renderer):9090                   :         -> the long name
      | (?<=[0-9][ ]) (?> .{{16,{LONGEST_NAME}}}? (?={rest}) ) {no_other(rest)}
    """


def no_other(rest: str) -> str:
    """The pattern that looks ahead: the name can't end at a later colon as well."""
    return rf"(?! :.{{0,{LONGEST_NAME}}}? {rest})"


def make_effective_process(pid: str, program: str | None = None) -> object:
    """The process on whose behalf another uses the socket. Without a name, pid 0 means none."""
    from netstat_parse.models import Process

    if program is None:
        return Process(pid=int(pid)) if int(pid) else None
    truncated = PROGRAM_LIMIT.is_filled_by(pid, program)
    return Process(pid=int(pid), name=program, truncated=truncated)


# Columns ------------------------------------------------------------------------------------------


def with_packets(title: str, octets: str, packets: str) -> Column:
    """Bytes and packets, printed with %12llu/%-9llu."""
    cell = adjacent(
        token("bytes", rf"{COUNTER}(?=/)")(octets), literal("/"), number(packets, "packets")
    ).set_name(title)
    return Column(title, cell, (Field(octets, int, (octets,)), Field(packets, int, (packets,))))


PROCESS = Column("process:pid", process("pid", "program"))

COLUMNS = (
    bits("Socket", "socket", 1),
    bits("Flowhash", "flow_hash", 1),
    Column("Proto", proto("tcp"), required=True),
    Column("Recv-Q", number("recv_q", "Recv-Q"), required=True),
    Column("Send-Q", number("send_q", "Send-Q"), required=True),
    address("local"),
    address("foreign"),
    Column("(state)", STATE),
    count("rxbytes", "rx_bytes"),
    count("txbytes", "tx_bytes"),
    with_packets("rxbytes/packets", "rx_bytes", "rx_packets"),
    with_packets("txbytes/packets", "tx_bytes", "tx_packets"),
    count("rxdrops", "rx_drop_bytes"),
    with_packets("rxdrops/packets", "rx_drop_bytes", "rx_drop_packets"),
    count("rhiwat", "recv_hiwat"),
    count("shiwat", "send_hiwat"),
    Column("pid", number("pid", "pid", ID)),
    Column(
        "epid",
        number("effective_pid", "epid", ID),
        (Field("effective_process", make_effective_process, ("effective_pid",)),),
    ),
    PROCESS,
    Column(
        EFFECTIVE_NAME,
        process("effective_pid", "effective_program", EFFECTIVE_NAME),
        (
            Field(
                "effective_process",
                make_effective_process,
                ("effective_pid", "effective_program"),
            ),
        ),
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

OTHER = {"Proto": other_proto("tcp"), "(state)": optional(STATE)}

ROW_KINDS = (
    # A row is of narrow columns or of wide ones. In bulk the usual ones are best tried first.
    RowKind("tcp", "tcp", {"Local Address": NARROW_LOCAL_ADDRESS}),
    RowKind("other", "", {**OTHER, "Local Address": NARROW_LOCAL_ADDRESS}),
    RowKind(
        "tcp in wide columns", "tcp", {"Local Address": WIDE_LOCAL_ADDRESS}, limits_in_wide_columns
    ),
    RowKind(
        "other in wide columns",
        "",
        {**OTHER, "Local Address": WIDE_LOCAL_ADDRESS},
        limits_in_wide_columns,
    ),
)

HEADER = "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)"


def claim(header: str) -> Claim:
    """Every header names the state."""
    return Claim.SHARED if "(state)" in header else Claim.NONE


INTERNET = TableSpec(
    kind=CONNECTIONS,
    record="MacosConnection",
    banners=BANNERS,
    columns=COLUMNS,
    row_kinds=ROW_KINDS,
    claim=claim,
    limits=limits,
    program_limit=PROGRAM_LIMIT,
    look=LOOK,
    states=ALL_STATES,
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
    example="""
tcp4       0      0  192.0.2.10.55012       203.0.113.80.443       ESTABLISHED
tcp6       0     31  2001:db8:77:1:a1.55013 2001:db8:ffff::8.443   CLOSE_WAIT
tcp46      0      0  *.8809                 *.*                    LISTEN
udp4       0      0  *.5353                 *.*
icm6       0      0  *.*                    *.*
""",
)

UNIX_BANNER = "Active LOCAL (UNIX) domain sockets"


def claim_routes(header: str) -> Claim:
    """Flags are 10 wide."""
    is_own = not is_folded(header) and width_of_flags(header) == 10
    return Claim.SHARED if is_own else Claim.IF_NAMED


def claim_interfaces(header: str) -> Claim:
    """Mtu is left-aligned, and the addresses are 15 wide, or 39 with -l.

    FreeBSD 4 prints the same as macOS to 10.14, to the letter.
    """
    if "Ipkts" not in header or "Idrop" in header:
        return Claim.NONE
    if is_folded(header):
        return Claim.SHARED
    is_left = start_of(header, "Network") - start_of(header, "Mtu") == len("12345 ")
    width = end_of(header, title_behind(header, "Address")) - start_of(header, "Address") - 9
    return Claim.SHARED if is_left and width in (15, 39) else Claim.IF_NAMED


ROUTES = bsd_routes(
    claim_routes,
    common_headers=(
        "Destination        Gateway            Flags               Netif Expire",
        "Destination        Gateway            Flags        Refs      Use   Netif Expire",
    ),
    example="""
default            192.0.2.254        UGScg                 en0
10/24              link#14            UCS                   en0      !
192.0.2.1          0:a:5e:0:0:fb      UHLWIir               en0   1198
""",
)
INTERFACES = bsd_interfaces(
    claim_interfaces,
    limits=narrow_ipv6_limits,
    common_headers=(
        "Name       Mtu   Network       Address            Ipkts Ierrs    Opkts Oerrs  Coll",
    ),
    example="""
lo0        16384 <Link#1>                            7184     0     7184     0     0
lo0        16384 127           127.0.0.1             7184     -     7184     -     -
en0        1500  <Link#4>    0:a:5e:1:2:3            1234     0      987     0     0
gif0*      1280  <Link#2>                               0     0        0     0     0
""",
)

# Multicast groups ---------------------------------------------------------------------------------

GROUP_BANNERS = tuple(
    f"{family} Multicast Group Memberships" for family in ("Link-layer", "IPv4", "IPv6")
)
GROUPS = TableSpec(  # netstat.tproj/mcast.c (ifmalist_dump): `%-20s\t%-16s\t%s`, nothing is cut
    kind=MULTICAST_GROUPS,
    record="MulticastGroup",
    banners=GROUP_BANNERS,
    columns=(
        Column(
            "Group",
            word("group", "group"),
            (
                Field("address", to_address, ("group",)),
                Field("family", to_family, ("group",)),
            ),
            required=True,
        ),
        Column(
            "Link-layer Address",
            choice(
                "link-layer address",
                literal("<none>"),
                word_token("link-layer address", "[0-9a-f:.]++")("link_address"),
            ),
            (Field("link_address", str, ("link_address",)),),
            required=True,
        ),
        Column("Netif", word("interface", "interface"), required=True),
    ),
    row_kinds=(RowKind("group"),),
    common_headers=("Group               \tLink-layer Address\tNetif",),
    follows_another_table=True,
    example="""
224.0.0.251         \t1:0:5e:0:0:fb   \ten0
ff02::fb%lo0                           \t<none>          \tlo0
33:33:0:0:0:1       \t<none>          \ten0
""",
)

DIALECT = Dialect(
    name="macos",
    commands=(
        "netstat -n -p tcp",
        "netstat -an",
        "netstat -anv",
        "netstat -Abln",
        "netstat -f unix",
    ),
    tables=(
        INTERNET,
        bsd_unix(UNIX_BANNER, more_columns=(PROCESS,)),
        listen_queues(with_proto=False, limits=NARROW_COLUMNS),
        ROUTES,
        INTERFACES,
        GROUPS,
        STATISTICS_TABLE,
    ),
    other_banners=(
        "Active Multipath Internet connections",
        UNIX_BANNER,
        "Registered kernel control modules",
        "Active kernel event sockets",
        "Active kernel control sockets",
        "Active VSock sockets",
        *OTHER_ROUTE_BANNERS,
    ),
    platform="darwin",
    # -l: whole addresses; -v: processes. Each is refused by some older netstat.
    run_options=(("-nlv", "-p", "tcp"), ("-nl", "-p", "tcp"), ("-n", "-p", "tcp")),
    is_silent_when_empty=True,
)
