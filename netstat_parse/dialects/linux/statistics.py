"""The statistics that net-tools prints: `netstat -s`.

Source: net-tools 2.10, statistics.c: a section for each line of /proc/net/snmp, netstat and snmp6,
and four blanks before each counter, or eight where it stands under another line. Counters that are
zero may be left out.
"""

from __future__ import annotations

from netstat_parse.dialects.tables import statistics

SECTIONS = (
    *("Ip", "Icmp", "IcmpMsg", "Tcp", "Udp", "UdpLite", "Sctp", "TcpExt", "IpExt", "MPTcpExt"),
    *("Ip6", "Icmp6", "Icmp6Msg", "Udp6", "UdpLite6"),
)

STATISTICS_TABLE = statistics(
    {f"{name}:": name for name in SECTIONS},
    example="""
    Forwarding: 2
    27298 total packets received
    Quick ack mode was activated 522 times
""",
)
