"""FreeBSD: `netstat -an` and its options -A -W -T -x -R -c -C -P."""

from __future__ import annotations

from netstat_parse.dialects.bsd import BSD_TABLES, NARROW_COLUMNS, bsd_unix, listen_queues
from netstat_parse.dialects.bsd_tables import bsd_interfaces, bsd_routes, gap_behind_flags
from netstat_parse.dialects.freebsd.internet import INTERNET, NARROW, WIDE
from netstat_parse.dialects.freebsd.sctp import sctp
from netstat_parse.grammar.dialect import Claim, Dialect

UNIX_BANNER = "Active UNIX domain sockets"


def claim_routes(header: str) -> Claim:
    """Flags are 6 wide."""
    return Claim.SHARED if gap_behind_flags(header) <= 5 else Claim.IF_NAMED


def claim_interfaces(header: str) -> Claim:
    """Packets that were dropped on input have a column."""
    return Claim.SHARED if "Idrop" in header else Claim.IF_NAMED


ROUTES = bsd_routes(
    claim_routes,
    netif_width=8,
    common_headers=("Destination        Gateway            Flags     Netif Expire",),
)
INTERFACES = bsd_interfaces(
    claim_interfaces,
    address_width=17,
    common_headers=(
        "Name    Mtu Network       Address              Ipkts Ierrs Idrop    Opkts Oerrs  Coll",
    ),
)

DIALECT = Dialect(
    name="freebsd",
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
    ),
    other_banners=(
        UNIX_BANNER,
        "Netgraph sockets",
        *BSD_TABLES,
        "IPv4 Multicast Forwarding Table",
        "IPv6 Multicast Forwarding Table",
    ),
    platform="freebsd",
    run_options=(("-nW", "-p", "tcp"), ("-n", "-p", "tcp")),
    is_silent_when_empty=True,
)
