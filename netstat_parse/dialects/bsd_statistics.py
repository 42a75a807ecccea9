"""The statistics that macOS and the BSDs print: `netstat -s`, also of one protocol (-p tcp).

Sources, read: usr.bin/netstat/inet.c, inet6.c, route.c of FreeBSD, OpenBSD, NetBSD and DragonFly;
Apple network_cmds, netstat.tproj. A section for each protocol: `tcp:` at the margin, and a tab
before each counter, or two and three where it stands under another one. A word that counts has an
`s` behind every number but 1 (their macro `plural`), so names are made of the words as they are
behind many: the same whatever the number is.
"""

from __future__ import annotations

import re

from netstat_parse.dialects.tables import NUMBER, name_of, statistics

SECTIONS = (
    *("tcp", "mptcp", "udp", "udplite", "sctp", "ip", "icmp", "igmp", "pim", "arp"),
    *("ip6", "icmp6", "rip6", "pim6", "pfkey", "ipsec", "ipsec6", "ah", "esp", "ipcomp", "carp"),
    *("pfsync", "pflow", "divert", "netisr", "kevt", "kctl", "unix", "nexus", "vsock"),
    *("ipencap", "etherip", "gre", "routing", "ddp", "bdg", "mcast"),
)

_COUNTED = (
    *("ack", "accept", "association", "attempt", "bit", "blackhole", "block", "byte", "cache"),
    *("call", "checksum", "chunk", "collision", "connection", "cookie", "datagram"),
    *("destination", "drop", "error", "failure", "field", "fragment", "frame", "free", "gateway"),
    *("handshake", "header", "hit", "lookup", "message", "offset", "option", "overflow", "packet"),
    *("prediction", "probe", "redirect", "register", "report", "request", "resend", "response"),
    *("retransmit", "Retransmit", "route", "segment", "socket", "syncookie", "time", "timeout"),
    *("use", "wrap", "IP", "SYN", "SYN,ACK"),
)
_MANY = {
    **{f"{word}s": f"{word}s" for word in _COUNTED},
    **{word: f"{word}s" for word in _COUNTED},
    "entry": "entries",
    "entrys": "entries",
    "entries": "entries",
    "query": "queries",
    "queries": "queries",
    "reply": "replies",
    "replies": "replies",
    "miss": "misses",
    "misses": "misses",
}
"""A word that counts, behind one and behind many -> the same behind many."""
_WORD = re.compile(r"[A-Za-z][\w,'/-]*(?<!,)")
_ENDS = frozenset(("because", "by", "due", "in", "of", "to", "with", "without"))
"""Behind these stands nothing that is counted."""


def to_name(text: str) -> str:
    """The name of a line: its words as they stand behind a number that is not 1."""
    parts = NUMBER.split(text)
    return name_of(_join(text, [parts[0], *map(_as_of_many, parts[1:])]))


def _join(text: str, parts: list[str]) -> str:
    """The parts with the numbers of a text between them."""
    numbers = [*NUMBER.findall(text), ""]
    return "".join(part + number for part, number in zip(parts, numbers, strict=True))


def _as_of_many(words: str) -> str:
    """What stands behind a number, with the word that it counts as behind many.

    It is the last of the first words that count: `connection request`, `bad header checksum`.
    """
    last: re.Match[str] | None = None
    for found in _WORD.finditer(words):
        if found[0] not in _MANY:
            if last is not None or found[0] in _ENDS:
                break
        elif last is None or words[last.end() : found.start()] == " ":
            last = found
        else:
            break
    if last is None:
        return words
    return words[: last.start()] + _MANY[last[0]] + words[last.end() :]


STATISTICS_TABLE = statistics(
    {f"{name}:": name for name in SECTIONS},
    to_name=to_name,
    example="""
\t12 packets sent
\t\t5 data packets (600 bytes)
\t\techo reply: 3
""",
)
