"""The statistics of Solaris and illumos: `netstat -s`.

Source: illumos-gate, usr/src/cmd/cmd-inet/usr.bin/netstat/netstat.c (prval, print_tcp_stats and
others). A protocol's name stands in front of its first line; a line has two counters, each printed
with `\\t%-20s=%6u`. Those of IGMP are sentences.

TCP     tcpRtoAlgorithm     =     4     tcpRtoMin           =   400
        tcpOutSegs          =21843389688        tcpMaxConn          =    -1
"""

from __future__ import annotations

import re
from dataclasses import replace

from netstat_parse.dialects.tables import name_of, statistics

PROTOCOLS = ("RAWIP", "UDP", "TCP", "SCTP", "IPv4", "IPv6", "ICMPv4", "ICMPv6")

ONE = re.compile(r"1 (?:message|membership (?:query|report))\b(?!s)")


def to_name(text: str) -> str:
    """The name of a line. `1 message received` has that of many: `messages received`."""
    name = name_of(text)
    found = ONE.match(text)
    return name if found is None else _in_plural(found[0][2:]) + name[len(found[0]) - 2 :]


def _in_plural(noun: str) -> str:
    return noun[:-1] + "ies" if noun.endswith("y") else noun + "s"


NESTED = statistics(
    {**{f"{name} =": name for name in PROTOCOLS}, "IGMP:": "IGMP"},
    to_name=to_name,
    example="""
        tcpRtoAlgorithm     =     4
        tcpMaxConn          =    -1
        tcpOutSegs          =21843389688
""",
)
(LINE,) = NESTED.columns
STATISTICS_TABLE = replace(
    NESTED,
    # A line is no further in for what stands under it: tabs may have become blanks.
    columns=(
        replace(LINE, fields=tuple(each for each in LINE.fields if each.name != "subsection")),
    ),
    heading="",
    nests=False,
    rows_in_line=r"[A-Za-z][A-Za-z0-9]++ [ ]*+ = [ ]*+ -?[0-9]++",
)
