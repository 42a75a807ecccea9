"""macOS: `netstat -n -p tcp`, its options -a -A -b -l -v -W, and the tables of -r -i -g -L -s."""

from __future__ import annotations

from netstat_parse.dialects.bsd import NARROW_COLUMNS, bsd_unix, listen_queues
from netstat_parse.dialects.bsd_statistics import STATISTICS_TABLE
from netstat_parse.dialects.bsd_tables import OTHER_ROUTE_BANNERS
from netstat_parse.dialects.macos.internet import INTERNET, PROCESS
from netstat_parse.dialects.macos.tables import GROUPS, INTERFACES, ROUTES
from netstat_parse.grammar.dialect import Dialect

UNIX_BANNER = "Active LOCAL (UNIX) domain sockets"

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
