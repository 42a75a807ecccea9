"""macOS: `netstat -n -p tcp`, its options -a -A -b -l -v -W, and the tables of -r -i -g -L -s."""

from __future__ import annotations

from netstat_parse.dialects.bsd import MEMORY, NARROW_COLUMNS, listen_queues
from netstat_parse.dialects.bsd_statistics import STATISTICS_TABLE
from netstat_parse.dialects.bsd_tables import OTHER_ROUTE_BANNERS
from netstat_parse.dialects.macos.internet import INTERNET
from netstat_parse.dialects.macos.tables import GROUPS, INTERFACES, ROUTES
from netstat_parse.dialects.macos.unix_sockets import UNIX, UNIX_BANNER
from netstat_parse.grammar.dialect import Dialect

DIALECT = Dialect(
    name="macos",
    system="bsd",
    commands=(
        "netstat -n -p tcp",
        "netstat -an",
        "netstat -anv",
        "netstat -Abln",
        "netstat -f unix",
    ),
    tables=(
        INTERNET,
        UNIX,
        listen_queues(with_proto=False, limits=NARROW_COLUMNS),
        ROUTES,
        INTERFACES,
        GROUPS,
        STATISTICS_TABLE,
    ),
    other_lines=(MEMORY,),
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
