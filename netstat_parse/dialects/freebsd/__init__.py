"""FreeBSD: `netstat -an` and its options -A -W -T -x -R -c -C -P."""

from __future__ import annotations

from netstat_parse.dialects.bsd import BSD_TABLES, NARROW_COLUMNS, bsd_unix, listen_queues
from netstat_parse.dialects.freebsd.internet import INTERNET, NARROW, WIDE
from netstat_parse.dialects.freebsd.sctp import sctp
from netstat_parse.grammar.dialect import Dialect

UNIX_BANNER = "Active UNIX domain sockets"

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
