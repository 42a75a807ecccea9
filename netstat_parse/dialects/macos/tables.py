"""macOS' tables of routes, interfaces and multicast groups: `netstat -r`, -i, -g.

Sources, read: Apple network_cmds 245 to 741, netstat.tproj/route.c, if.c and mcast.c; and captures
of each.
"""

from __future__ import annotations

from netstat_parse.dialects.bsd_tables import (
    bsd_interfaces,
    bsd_routes,
    end_of,
    is_folded,
    narrow_ipv6_limits,
    start_of,
    title_behind,
    width_of_flags,
)
from netstat_parse.dialects.tables import GROUP_FIELDS
from netstat_parse.grammar.dialect import Claim, Column, Field, RowKind, TableSpec
from netstat_parse.grammar.tokens import choice, literal, word, word_token
from netstat_parse.schema import MULTICAST_GROUPS


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
    # Others that are left-aligned print no packets beside the bytes.
    is_known = width in (15, 39) or "Ibytes" in header
    return Claim.SHARED if is_left and is_known else Claim.IF_NAMED


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
            (*GROUP_FIELDS,),
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
