"""FreeBSD: `netstat -an` and its options -A -W -T -x -R -c -C -P."""

from __future__ import annotations

from netstat_parse.dialects.bsd import MEMORY, NARROW_COLUMNS, bsd_unix, listen_queues
from netstat_parse.dialects.bsd_statistics import STATISTICS_TABLE
from netstat_parse.dialects.bsd_tables import (
    OTHER_ROUTE_BANNERS,
    bsd_interfaces,
    bsd_routes,
    is_folded,
    route_limits,
    width_of_flags,
)
from netstat_parse.dialects.freebsd.internet import INTERNET, NARROW, WIDE
from netstat_parse.dialects.freebsd.sctp import sctp
from netstat_parse.grammar.dialect import Claim, Dialect
from netstat_parse.grammar.truncation import AddressLimits

UNIX_BANNER = "Active UNIX domain sockets"


def claim_routes(header: str) -> Claim:
    """Flags are 6 wide."""
    is_own = is_folded(header) or width_of_flags(header) == 6
    return Claim.SHARED if is_own else Claim.IF_NAMED


def limits_of_routes(header: str) -> AddressLimits:
    """Only to release 9, which printed Refs, were flags cut. Wide columns come of -n alone."""
    return route_limits(header, flags="Refs" in header, wide_are_whole=True)


def claim_interfaces(header: str) -> Claim:
    """Mtu is right-aligned; and packets that were dropped on input have a column, from 9 on."""
    is_own = "Idrop" in header or "Mtu Network " in header.replace("Name Mtu Network", "")
    return Claim.SHARED if is_own and "Ipkts" in header else Claim.IF_NAMED


ROUTES = bsd_routes(
    claim_routes,
    limits=limits_of_routes,
    common_headers=("Destination        Gateway            Flags     Netif Expire",),
    example="""
default            192.0.2.254        UGS         em0
192.0.2.0/24       link#1             U           em0
192.0.2.10         link#1             UHS         lo0
""",
)
INTERFACES = bsd_interfaces(
    claim_interfaces,
    common_headers=(
        "Name    Mtu Network       Address              Ipkts Ierrs Idrop    Opkts Oerrs  Coll",
    ),
    example="""
lo0    16384 <Link#1>                            7184     0        -     7184     0     0
lo0        - 127.0.0.0/8   127.0.0.1             7184     -        -     7184     -     -
em0*    1500 <Link#2>      08:00:27:00:00:01     1234     0        0      987     0     0
""",
)

DIALECT = Dialect(
    name="freebsd",
    system="bsd",
    commands=(
        "netstat -an",
        "netstat -anW",
        "netstat -anx",
        "netstat -anA",
        "netstat -f unix",
    ),
    tables=(
        INTERNET,
        sctp(NARROW),
        sctp(WIDE),
        bsd_unix(UNIX_BANNER),
        listen_queues(with_proto=True, limits=NARROW_COLUMNS),
        ROUTES,
        INTERFACES,
        STATISTICS_TABLE,
    ),
    other_lines=(MEMORY,),
    other_banners=(
        UNIX_BANNER,
        "Netgraph sockets",
        *OTHER_ROUTE_BANNERS,
        "IPv4 Multicast Forwarding Table",
        "IPv6 Multicast Forwarding Table",
    ),
    platform="freebsd",
    run_options=(("-nW", "-p", "tcp"), ("-n", "-p", "tcp")),
    is_silent_when_empty=True,
)
