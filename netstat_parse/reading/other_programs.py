"""What other programs print of sockets and interfaces, so that errors can name it."""

from __future__ import annotations

from netstat_parse.lazy import LazyPattern

_PROGRAMS: dict[str, LazyPattern] = {
    "the output of ss": LazyPattern(
        r"(?:Netid\s+)?State\s+Recv-Q\s+Send-Q\s+Local Address:Port"
        r"|(?:\w+\s+)?(?:ESTAB|UNCONN|SYN-SENT|SYN-RECV|FIN-WAIT-[12]|TIME-WAIT|CLOSE-WAIT|LAST-ACK"
        r"|LISTEN)\s+[0-9]+\s+[0-9]+\s+\S"
    ),
    "the output of lsof": LazyPattern(r"COMMAND\s+PID\s+(?:TID\s+)?(?:\S+\s+)*?USER\s+FD\s+TYPE"),
    "the output of ip": LazyPattern(
        r"[0-9]+: \S+: <[A-Z0-9_,-]*>|(?:default|[0-9a-f.:/]+) (?:via \S+ )?dev \S+ "
    ),
    "the output of ifconfig": LazyPattern(r"\S+: flags=[0-9a-f]+<|\S+\s+Link encap:"),
    "the output of sockstat": LazyPattern(r"USER\s+COMMAND\s+PID\s+FD\s+PROTO"),
    "the output of Get-NetTCPConnection": LazyPattern(r"LocalAddress\s+LocalPort\s+RemoteAddress"),
    "the output of nmap": LazyPattern(r"Starting Nmap |Nmap scan report for "),
    "a table of /proc/net": LazyPattern(
        r"sl\s+local_address\s+rem(?:ote)?_address|Num\s+RefCount\s+Protocol\s+Flags"
    ),
    "CSV of netstat-parse": LazyPattern(r"captured_at,proto,"),
    "JSON": LazyPattern(r"[\[{]\s*(?:\"|$|\{)"),
}
"""How lines begin in their output: a header, or a row that netstat does not print."""


def name_program(line: str) -> str:
    """What seems to have printed the line; empty if nothing is known of it."""
    text = line.strip()
    for name, pattern in _PROGRAMS.items():
        if pattern.match(text):
            return name
    return ""
