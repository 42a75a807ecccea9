"""The routes and interfaces that macOS and the BSDs print: `netstat -r`, `netstat -i`.

Sources, all read: FreeBSD 4 to 14, OpenBSD 3 to 7.4, NetBSD 1.4 to 10 and DragonFly 6,
usr.bin/netstat/route.c, show.c and if.c; Apple network_cmds 245 to 741, netstat.tproj/route.c and
if.c. All come of one program. Names are cut to the width of their columns, which the titles tell;
so are the addresses of interfaces. Those of routes are cut only without -n.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from pyparsing import ParserElement

from netstat_parse.dialects.tables import (
    counter,
    filling_word,
    last_counter,
    number_or_dash,
    of_width,
)
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
    NEVER,
    NOT_GLUED,
    NOTHING,
    choice,
    literal,
    number,
    optional,
    token,
    word_token,
)
from netstat_parse.grammar.truncation import COMPLETE_IPV6, AddressLimits
from netstat_parse.schema import FILLS, INTERFACES, ROUTES

Claims = Callable[[str], Claim]
Limits = Callable[[str], AddressLimits]
Widths = Mapping[str, tuple[int, ...]]


def make_limits(widths: Widths) -> AddressLimits:
    """The limits of columns of these widths; a title without any is of one that is never cut."""
    return AddressLimits(widths=tuple((title, w) for title, w in widths.items() if w))


def start_of(header: str, title: str) -> int:
    """Where a title begins; -1 if it is not there."""
    found = re.search(rf"(?<!\S){re.escape(title)}{END_OF_WORD}", header)
    return found.start() if found is not None else -1


def end_of(header: str, title: str) -> int:
    """Where a title ends."""
    return start_of(header, title) + len(title)


def title_behind(header: str, title: str) -> str:
    """The title that comes next; empty if there is none."""
    behind = header[end_of(header, title) :].split()
    return behind[0] if behind else ""


def is_folded(header: str) -> bool:
    """True for a header whose blanks were folded, so that it does not tell how wide columns are."""
    return "  " not in header.strip()


def cut_cell(title: str, name: str, words: str) -> CellGrammar:
    """A word that netstat cuts to the width of its column."""

    def cell(context: CellContext) -> ParserElement:
        widths = context.limits.widths_of(title)
        if not widths:
            return word_token(words, r"\S++")(name)
        return filling_word(name, words, of_width(*widths))

    return cell


# Routes -------------------------------------------------------------------------------------------

FAMILIES = {"Internet:": {"family": "ipv4"}, "Internet6:": {"family": "ipv6"}}
ROUTE_BANNERS = ("Routing tables", *(f"Routing tables (fib: {n})" for n in range(16)), *FAMILIES)
OTHER_ROUTE_BANNERS = ("Protocol Family", "Encap:", "MPLS:", "IPX:", "AppleTalk:", "Netgraph:")
"""How the banners of the routes of other families start, which are not read."""

MAC = r"(?:[0-9a-f]{1,2}[:.]){5}[0-9a-f]{1,2}"
NAME = r"(?= [^\s:/#%]*+ (?!\S) ) (?= [0-9.-]*+ [A-Za-z] )"
"""Looks ahead: a word that is a name, which is cut; not an address, `link#4`, a MAC address."""
LONG_IPV6 = rf"(?= \S*: ) (?! (?: {MAC} | {COMPLETE_IPV6} ) (?!\S) )"
"""Looks ahead: an IPv6 address of which more may have been printed."""


def place(title: str) -> CellGrammar:
    """Where a route goes: an address, `default`, `link#4`, a MAC address, a name."""
    name = title.lower()

    def cell(context: CellContext) -> ParserElement:
        widths = context.limits.widths_of(title)
        if not widths:
            return word_token(name, r"\S++")(name)
        return filling_word(name, name, rf"(?= {NAME} | {LONG_IPV6} ) {of_width(*widths)}")

    return cell


EXPIRE = optional(choice("seconds, or '!'", number("expires", "seconds"), literal("!")))
FLAGS = "[A-Z][A-Za-z0-9]*+"
LARGEST_NAME = 14
NETIF_WIDTHS = (6, 7, 8, 10, LARGEST_NAME)
"""What is known of the column of interfaces where the header does not tell how wide it is."""
INTERFACE_NAME = rf"{NOT_GLUED} [A-Za-z]\S*+"
"""No number is one, and no flag stands alone there."""


def width_of_flags(header: str) -> int:
    """How wide the flags are: 6 or 10. What comes next is right-aligned."""
    behind = title_behind(header, "Flags")
    distance = end_of(header, behind) - start_of(header, "Flags")
    # FreeBSD 10 and 11 have two blanks there.
    widest = {"Netif": 8 + 1, "Refs": 6, "Use": 8, "Nhop#": 8, "Mtu": 6}.get(behind, 0)
    return 10 if distance > 6 + 1 + widest else 6


def width_of_netif(header: str) -> tuple[int, ...]:
    """How wide the names of interfaces are, which are right-aligned."""
    if is_folded(header):
        return NETIF_WIDTHS
    before = header[: start_of(header, "Netif")].split()[-1]
    if before != "Flags":
        return (end_of(header, "Netif") - end_of(header, before) - 1,)
    width = end_of(header, "Netif") - start_of(header, "Flags") - width_of_flags(header) - 1
    return (8 if width == 9 else width,)


def route_limits(
    header: str, *, interface: str = "Netif", flags: bool = True, wide_are_whole: bool = False
) -> AddressLimits:
    """The widths at which the words of a table of routes are cut.

    `flags` says that these are cut, `wide_are_whole` that only -n makes the first two columns
    wider than 18, and nothing in them is cut then.
    """
    if is_folded(header):
        names: dict[str, tuple[int, ...]] = {"Destination": (18,), "Gateway": (18,)}
    else:
        starts = [start_of(header, title) for title in ("Destination", "Gateway")]
        behind = start_of(header, title_behind(header, "Gateway"))
        widths = [b - a - 1 for a, b in zip(starts, [*starts[1:], behind], strict=True)]
        whole = wide_are_whole and widths[0] > 18
        names = {
            title: () if whole else (width,)
            for title, width in zip(("Destination", "Gateway"), widths, strict=True)
        }
    netif = width_of_netif(header) if interface == "Netif" else ()
    of_flags = (6, 10) if is_folded(header) else (width_of_flags(header),)
    return make_limits({**names, "Flags": of_flags if flags else (), interface: netif})


def in_extra(**columns: str) -> Mapping[str, str]:
    """Cells that no field holds, by their columns' titles."""
    from netstat_parse.models import FrozenDict

    return FrozenDict({title: text for title, text in columns.items() if text})


def local_address(context: CellContext) -> ParserElement:
    """The address of the interface (macOS, -l), which a row without any leaves out."""
    ends = rf"(?= {context.behind} [ \t]*+ (?![^\n]) )"
    return choice("RT_IFA", token("RT_IFA", rf"\S++ {ends}", quick=NEVER)("rt_ifa"), NOTHING)


def to_rt_ifa(text: str) -> Mapping[str, str]:
    """The address of the interface, by its column's title."""
    return in_extra(RT_IFA=text)


def interface_of_route(title: str) -> CellGrammar:
    """The name of an interface; `---` stands for one that is gone."""

    def cell(context: CellContext) -> ParserElement:
        widths = context.limits.widths_of(title)
        pattern = rf"{INTERFACE_NAME} | ---"
        if not widths:
            return word_token("interface", pattern)("interface")
        return filling_word("interface", "interface", of_width(*widths), pattern)

    return cell


def flags_cell(context: CellContext) -> ParserElement:
    """The flags, of which further ones may have been cut."""
    widths = context.limits.widths_of("Flags")
    if not widths:
        return word_token("flags", FLAGS)("flags")
    return filling_word("flags", "flags", of_width(*widths), FLAGS)


MTU = optional(
    choice(
        "Mtu",
        token("Mtu", rf"{COUNTER} (?= L?+ {END_OF_WORD} )")("mtu")
        + optional(token("L", "L").leave_whitespace()),
        literal("-"),
    )
)
"""Blank where it is not known (macOS, FreeBSD); an `L` says that it is locked (NetBSD)."""


def bsd_routes(
    claim: Claims,
    *,
    limits: Limits = route_limits,
    interface: str = "Netif",
    more_columns: tuple[Column, ...] = (),
    columns_behind: tuple[Column, ...] = (),
    common_headers: tuple[str, ...] = (),
    example: str,
) -> TableSpec:
    """The routing tables. `interface` is the title of the interfaces' names, before which
    `more_columns` may stand."""
    return TableSpec(
        kind=ROUTES,
        record="Route",
        banners=ROUTE_BANNERS,
        banner_cells=FAMILIES,
        columns=(
            Column("Destination", place("Destination"), required=True),
            Column("Gateway", place("Gateway"), required=True),
            Column("RT_IFA", local_address, (Field("extra", to_rt_ifa, ("rt_ifa",)),)),
            Column("Flags", flags_cell, required=True),
            Column("Refs", number_or_dash("refs", "Refs")),
            Column(
                "Nhop#", number("nexthop", "Nhop#"), (Field("extra", to_nexthop, ("nexthop",)),)
            ),
            Column("Use", number_or_dash("use", "Use")),
            Column("Mtu", MTU),
            *more_columns,
            Column(interface, interface_of_route(interface), required=True),
            Column("Expire", EXPIRE),
            *columns_behind,
        ),
        row_kinds=(RowKind("route"),),
        claim=claim,
        limits=limits,
        common_headers=common_headers,
        follows_another_table=True,
        example=example,
    )


def to_nexthop(text: str) -> Mapping[str, str]:
    """The number of the next hop (FreeBSD 13 and later), by its column's title."""
    return in_extra(**{"Nhop#": text})


# Interfaces ---------------------------------------------------------------------------------------

NEVER_CUT = rf"(?: {MAC} | <[A-Za-z]++\#?[0-9]*+>? ) (?!\S)"
"""What netstat never cuts, whatever its length."""
WHOLE_ADDRESS = rf"(?: {NEVER_CUT} | (?:[0-9]{{1,3}}\.){{3}}[0-9]{{3}} (?!\S) )"
IPV6_WIDTHS = {"Network": 11, "Address": 17}
"""Of IPv6 addresses on macOS and DragonFly, where others have 13 and 15."""


def interface_limits(header: str, *, narrow_ipv6: bool = False) -> AddressLimits:
    """The widths at which the words of a table of interfaces are cut.

    Counters are right-aligned; packets have 8 characters, and bytes 10. `narrow_ipv6` says that
    IPv6 addresses have columns of their own, as wide together.
    """
    if is_folded(header):
        widths = {"Name": (5, 7, 10, 14), "Network": (11, 13), "Address": (15, 17)}
        return make_limits(widths)
    name, network, address = (start_of(header, title) for title in ("Name", "Network", "Address"))
    first = title_behind(header, "Address")
    counters = end_of(header, first) - (10 if first == "Ibytes" else 8)
    widths = {
        "Name": (network - len("12345 ") - 1 - name,),
        "Network": (address - network - 1,),
        "Address": (counters - address - 1,),
    }
    if narrow_ipv6 and widths["Network"] == (13,):
        widths |= {f"{title} (IPv6)": (width,) for title, width in IPV6_WIDTHS.items()}
    return make_limits(widths)


def fills_column(title: str, limits: AddressLimits, whole: str) -> str:
    """The pattern of an address, a network or a name that may have been cut."""
    widths, of_ipv6 = limits.widths_of(title), limits.widths_of(f"{title} (IPv6)")
    if not of_ipv6:
        return rf"(?! {whole} ) {of_width(*widths)}"
    return rf"""
        (?! {whole} )
        (?: (?= \S*: ) {of_width(*of_ipv6)} | (?! \S*: ) {of_width(*widths)} )
    """


def network_cell(context: CellContext) -> ParserElement:
    """`<Link#4>`, a network, `none`."""
    return filling_word("network", "network", fills_column("Network", context.limits, NEVER_CUT))


def address_cell(context: CellContext) -> ParserElement:
    """A MAC address, an IP address or a name; it may be blank."""
    ends = rf"(?= {context.behind} [ \t]*+ (?![^\n]) )"
    fills = fills_column("Address", context.limits, WHOLE_ADDRESS)
    whole = token("address", rf"(?! {fills} ) \S++ {ends}", quick=NEVER)("address")
    cut = token("address", rf"{fills} {ends}", quick=NEVER)("address" + FILLS)
    return choice("address", whole, cut, NOTHING)


def name_cell(context: CellContext) -> ParserElement:
    """The interface's name; a star behind it marks one that is down, and may have been cut off."""
    fills = rf"(?! \S*\* ) {of_width(*context.limits.widths_of('Name'))}"
    whole = token("interface", rf"(?! {fills} ) [^\s*]++", quick=NEVER)("name")
    star = optional(token("'*'", r"\*")("is_down").leave_whitespace())
    cut = token("interface", fills, quick=NEVER)("name" + FILLS)
    return choice("interface", cut, whole + star)


MTU_OF_INTERFACE = choice(
    "Mtu", token("Mtu", rf"{COUNTER} (?= <Link> | {END_OF_WORD} )")("mtu"), literal("-")
)
"""One release of NetBSD printed no blank behind it: `33184<Link>`."""


def bsd_interfaces(
    claim: Claims,
    *,
    limits: Limits = interface_limits,
    common_headers: tuple[str, ...],
    example: str,
) -> TableSpec:
    """The table of interfaces: a row for each address. With -b some print bytes, not packets."""
    return TableSpec(
        kind=INTERFACES,
        record="Interface",
        columns=(
            Column("Name", name_cell, required=True),
            Column("Mtu", MTU_OF_INTERFACE, required=True),
            Column("Network", network_cell, required=True),
            Column("Address", address_cell, required=True),
            counter("Ipkts", "rx_packets"),
            counter("Ierrs", "rx_errors"),
            counter("Ifail", "rx_errors"),
            counter("Idrop", "rx_drops"),
            counter("Idrops", "rx_drops"),
            counter("Ibytes", "rx_bytes"),
            counter("Opkts", "tx_packets"),
            counter("Oerrs", "tx_errors"),
            counter("Ofail", "tx_errors"),
            counter("Odrop", "tx_drops"),
            last_counter("Obytes", "tx_bytes"),
            last_counter("Coll", "collisions"),
            last_counter("Colls", "collisions"),
            last_counter("Drop", "tx_drops"),
            last_counter("Odrops", "tx_drops"),
        ),
        row_kinds=(RowKind("interface"),),
        claim=claim,
        limits=limits,
        common_headers=common_headers,
        continued_prefixes=("",),
        follows_another_table=True,
        example=example,
    )


narrow_ipv6_limits = partial(interface_limits, narrow_ipv6=True)
