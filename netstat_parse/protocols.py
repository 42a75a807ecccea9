"""What the word in the first column of a connection tells: `tcp46` -> tcp, dual."""

from __future__ import annotations

from netstat_parse.lazy import LazyPattern

TRANSPORTS = {
    "icm": "icmp",
    "igm": "igmp",
    "div": "divert",
    "udpl": "udplite",
}
FAMILIES = {"4": "ipv4", "6": "ipv6", "46": "dual"}

_PROTO = LazyPattern("([a-z0-9-]*?) ?(46|4|6)?")


def parse_proto(proto: str) -> tuple[str, str | None]:
    """`tcp46` -> its transport, `tcp`, and the family that its number names, if it names one."""
    found = _PROTO.fullmatch(proto.lower())
    if found is None:
        return proto, None
    return TRANSPORTS.get(found[1], found[1]), FAMILIES.get(found[2])
