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
    other_proto,
    proto,
)
from netstat_parse.dialects.common import bits, count, signed
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
    COUNTER,
    END_OF_WORD,
    ID,
    adjacent,
    choice,
    literal,
    number,
    optional,
    token,
    word_token,
)
from netstat_parse.grammar.truncation import AddressLimits
from netstat_parse.schema import CONNECTIONS

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

        def pattern(first: str, any_other: str) -> str:
            # Code - Insiders:77    00102 00000004    -> Code - Insiders
            text = rf"""
                (?>
                    (?: {first} {any_other}{{0,{LONGEST_NAME - 1}}}? )??  # kernel tasks have none
                    (?={rest})
                )
            """
            if context.cells_behind and context.cells_behind[0].name == EFFECTIVE_NAME:
                tail = CellContext(context.limits, context.cells_behind[1:]).behind
                return f"{in_its_width(any_other, tail)} | {text} {no_other(rest)}"
            return text

        # A letter may take several bytes, of which there are so many.
        name = token(
            f"process name of at most {LONGEST_NAME} bytes",
            pattern(r"[^\ \t\n]", "."),
            quick=pattern("[!-~]", r"[\ -~]"),
        )
        known = adjacent(name(program), literal(":"), word_token("pid", ID)(pid))
        return choice(words, known, word_token("':'", ":")) if words == EFFECTIVE_NAME else known

    return cell


def in_its_width(character: str, tail: str) -> str:
    """The pattern of a process's name, when this and the next one fill the widths of their fields.

    That leaves but one place for its colon. `character` is the pattern of those in the name, `tail`
    that of what stands behind both processes.
    """
    padded_pid = "|".join(rf"[0-9]{{{n}}}[ ]{{{6 - n}}}" for n in range(1, 6)) + "|[0-9]{6,10}"
    next_process = rf"""
        (?: [ ]{{16}} : [ ]{{6}}                               # none
          | .{{{LONGEST_NAME}}} : (?:{padded_pid})
        )
    """
    rest = rf": (?:{padded_pid}) [ ] {next_process} {tail} [ \t]*+ $"
    # 131768         rapportd:501             launchd:1      00102    -> rapportd
    return rf"""
        {character}{{0,{LONGEST_NAME}}}? (?<=[0-9][ ].{{{LONGEST_NAME}}}) (?={rest})
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
