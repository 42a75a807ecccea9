"""The routes and interfaces that macOS and FreeBSD print: `netstat -r`, `netstat -i`.

Sources: FreeBSD, usr.bin/netstat/route.c and if.c; Apple network_cmds, netstat.tproj/route.c and
if.c, which come of them. Names are cut to the width of their columns; addresses are not.
"""

from __future__ import annotations

from collections.abc import Callable

from pyparsing import ParserElement

from netstat_parse.dialects.tables import counter, filling_word, of_width
from netstat_parse.grammar.dialect import (
    CellContext,
    CellGrammar,
    Claim,
    Column,
    RowKind,
    TableSpec,
)
from netstat_parse.grammar.tokens import (
    NEVER,
    NOTHING,
    choice,
    literal,
    number,
    optional,
    token,
    word_token,
)
from netstat_parse.grammar.truncation import AddressLimits
from netstat_parse.schema import FILLS, INTERFACES, ROUTES

Claims = Callable[[str], Claim]


def width_between(header: str, title: str, next_title: str) -> int:
    """How wide a column is whose titles are left-aligned, in characters."""
    return header.find(next_title) - header.find(title) - 1


# Routes -------------------------------------------------------------------------------------------

FAMILIES = {"Internet:": {"family": "ipv4"}, "Internet6:": {"family": "ipv6"}}
ROUTE_BANNERS = ("Routing tables", *(f"Routing tables (fib: {n})" for n in range(16)), *FAMILIES)
NAME = r"(?= [^\s:/#%]*+ (?!\S) ) (?= [0-9.-]*+ [A-Za-z] )"
"""Looks ahead: a word that is a name, which is cut; not an address, `link#4`, a MAC address."""


def place(name: str, words: str) -> CellGrammar:
    """Where a route goes: an address, `default`, `link#4`, a MAC address, a name."""

    def cell(context: CellContext) -> ParserElement:
        width = context.limits.field
        if width is None:
            return word_token(words, r"\S++")(name)
        return filling_word(name, words, rf"(?= {of_width(width)} ) {NAME} \S++")

    return cell


EXPIRE = optional(choice("seconds, or '!'", number("expires", "seconds"), literal("!")))


def gap_behind_flags(header: str) -> int:
    """How many blanks follow the title Flags: FreeBSD's column is 6 wide, and macOS' 10."""
    behind = header.partition("Flags")[2]
    return len(behind) - len(behind.lstrip(" "))


def route_limits(header: str) -> AddressLimits:
    """The width of the first two columns, from which on a name in them may have been cut."""
    width = width_between(header, "Destination", "Gateway")
    return AddressLimits(width) if width >= len("Destination") + 1 else AddressLimits()


def bsd_routes(claim: Claims, *, netif_width: int, common_headers: tuple[str, ...]) -> TableSpec:
    """The routing tables."""
    netif = filling_word("interface", "interface", of_width(netif_width))
    return TableSpec(
        kind=ROUTES,
        record="Route",
        banners=ROUTE_BANNERS,
        banner_cells=FAMILIES,
        columns=(
            Column("Destination", place("destination", "destination"), required=True),
            Column("Gateway", place("gateway", "gateway"), required=True),
            Column("Flags", word_token("flags", "[A-Za-z0-9]++")("flags"), required=True),
            Column("Refs", number("refs", "Refs")),
            Column("Use", number("use", "Use")),
            Column("Mtu", number("mtu", "Mtu")),
            Column("Netif", netif, required=True),
            Column("Expire", EXPIRE),
        ),
        row_kinds=(RowKind("route"),),
        claim=claim,
        limits=route_limits,
        common_headers=common_headers,
        follows_another_table=True,
        example="""
default            192.0.2.254        UGScg                 en0
10/24              link#14            UCS                   en0      !
192.0.2.1          0:a:5e:0:0:fb      UHLWIir               en0   1198
""",
    )


# Interfaces ---------------------------------------------------------------------------------------

MAC = r"(?:[0-9a-f]{1,2}[:.]){5}[0-9a-f]{1,2}"
WHOLE = rf"(?: {MAC} | <[A-Za-z]++\#?[0-9]*+>? | (?:[0-9]{{1,3}}\.){{3}}[0-9]{{3}} ) (?!\S)"
"""What netstat never cuts, whatever its length."""


def address_cell(width: int) -> CellGrammar:
    """A MAC address, an IP address or a name, which is cut; it may be blank."""

    def cell(context: CellContext) -> ParserElement:
        ends = rf"(?= {context.behind} [ \t]*+ (?![^\n]) )"
        fills = rf"(?! {WHOLE} ) {of_width(width)}"
        whole = token("address", rf"(?! {fills} ) \S++ {ends}", quick=NEVER)("address")
        cut = token("address", rf"{fills} {ends}", quick=NEVER)("address" + FILLS)
        return choice("address", whole, cut, NOTHING)

    return cell


NETWORK = filling_word("network", "network", rf"(?! {WHOLE} ) {of_width(13)}")
"""`<Link#4>`, a network, `none`; cut to 13 characters."""


INTERFACE_NAME = token("interface", r"[^\s*]++", quick=NEVER)("name") + optional(
    token("'*'", r"\*")("is_down").leave_whitespace()
)
"""The interface's name; a star behind it marks one that is down."""


def bsd_interfaces(
    claim: Claims, *, address_width: int, common_headers: tuple[str, ...]
) -> TableSpec:
    """The table of interfaces: a row for each address."""
    return TableSpec(
        kind=INTERFACES,
        record="Interface",
        columns=(
            Column("Name", INTERFACE_NAME, required=True),
            Column("Mtu", choice("Mtu", number("mtu", "Mtu"), literal("-")), required=True),
            Column("Network", NETWORK, required=True),
            Column("Address", address_cell(address_width), required=True),
            counter("Ipkts", "rx_packets", required=True),
            counter("Ierrs", "rx_errors"),
            counter("Idrop", "rx_drops"),
            counter("Ibytes", "rx_bytes"),
            counter("Opkts", "tx_packets", required=True),
            counter("Oerrs", "tx_errors"),
            counter("Obytes", "tx_bytes"),
            counter("Coll", "collisions"),
            counter("Drop", "tx_drops"),
        ),
        row_kinds=(RowKind("interface"),),
        claim=claim,
        common_headers=common_headers,
        follows_another_table=True,
        example="""
lo0    16384 <Link#1>                            7184     0        -     7184     0     0
lo0        - 127.0.0.0/8   127.0.0.1             7184     -        -     7184     -     -
em0*    1500 <Link#2>      08:00:27:00:00:01     1234     0        0      987     0     0
"""
        if any("Idrop" in header for header in common_headers)
        else """
lo0        16384 <Link#1>                            7184     0     7184     0     0
lo0        16384 127           127.0.0.1             7184     -     7184     -     -
en0        1500  <Link#4>    0:a:5e:1:2:3            1234     0      987     0     0
gif0*      1280  <Link#2>                               0     0        0     0     0
""",
    )
