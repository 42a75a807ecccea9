"""The statistics that net-tools prints: `netstat -s`.

Source: net-tools 2.10, statistics.c: a section for each line of /proc/net/snmp, netstat and snmp6,
and four blanks before each counter, or eight where it stands under another line. Counters that are
zero may be left out.
"""

from __future__ import annotations

from netstat_parse.dialects.linux.locales import with_charsets
from netstat_parse.dialects.tables import name_of, statistics

SECTIONS = (
    *("Ip", "Icmp", "IcmpMsg", "Tcp", "Udp", "UdpLite", "Sctp", "TcpExt", "IpExt", "MPTcpExt"),
    *("Ip6", "Icmp6", "Icmp6Msg", "Udp6", "UdpLite6"),
)

SETTINGS = tuple(setting for language in with_charsets() for setting in language.settings)


def to_name(text: str) -> str:
    """The name of a line: where a setting is told in a word, it is that of the setting."""
    for setting in SETTINGS:
        before, _, behind = setting.partition("%s")
        if text.startswith(before) and text.endswith(behind):
            return f"{before}#{behind}"
    return name_of(text)


STATISTICS_TABLE = statistics(
    {f"{name}:": name for name in SECTIONS},
    to_name=to_name,
    example="""
    Forwarding: 2
    27298 total packets received
    Quick ack mode was activated 522 times
""",
)
