"""Solaris and illumos: netstat, a file for each kind of table."""

from __future__ import annotations

from netstat_parse.dialects.solaris.interfaces import GROUP_TABLES, INTERFACE_TABLES
from netstat_parse.dialects.solaris.routes import IPV4_ROUTES, IPV6_ROUTES, IRE_TABLES
from netstat_parse.dialects.solaris.sctp import SCTP, SCTP_OF_COMMANDS
from netstat_parse.dialects.solaris.sockets import TCP, UDP
from netstat_parse.dialects.solaris.statistics import STATISTICS_TABLE
from netstat_parse.dialects.solaris.unix_sockets import UNIX
from netstat_parse.dialects.solaris.verbose_sockets import (
    TCP_OF_COMMANDS,
    UDP_OF_COMMANDS,
    VERBOSE_TCP,
)
from netstat_parse.grammar.dialect import Dialect

DIALECT = Dialect(
    name="solaris",
    commands=(
        "netstat -an",
        "netstat -anu",
        "netstat -anv",
        "netstat -anuv",
        "netstat -an -f inet -P tcp",
        "netstat -rn",
        "netstat -i -g -s",
    ),
    tables=(
        *(TCP, UDP, VERBOSE_TCP, TCP_OF_COMMANDS, UDP_OF_COMMANDS, SCTP, SCTP_OF_COMMANDS),
        *(UNIX, IPV4_ROUTES, IPV6_ROUTES),
        *IRE_TABLES,
        *INTERFACE_TABLES,
        *GROUP_TABLES,
        STATISTICS_TABLE,
    ),
    other_banners=(
        "streams allocation:",
        "Net to Media Table: IPv4",
        "Net to Media Table: IPv6",
    ),
    platform="sunos",
    run_options=(("-an", "-P", "tcp"),),
    is_silent_when_empty=True,
)
