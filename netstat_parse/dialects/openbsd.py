"""OpenBSD: `netstat -an`, `netstat -n -p tcp`.

Source: OpenBSD, usr.bin/netstat/inet.c (protopr, inetprint). Three blanks stand behind Proto. A row
is printed with `%-7.7s %6ld %6ld  %-22.22s %-22.22s %s`; a host is cut to 16 characters, a
service's name to 8, and the whole to 22, without a mark. Each protocol and family has a banner and
a header of its own, and so is a snapshot of its own; that of udp has no title for the state.
"""

from __future__ import annotations

from netstat_parse.dialects.bsd import BANNERS, BSD_TABLES, STATE, STATES, address
from netstat_parse.dialects.common import width_of
from netstat_parse.grammar.dialect import Claim, Column, Dialect, RowKind, TableSpec
from netstat_parse.grammar.tokens import number, optional, word_token
from netstat_parse.grammar.truncation import AddressLimits
from netstat_parse.schema import CONNECTIONS

LIMITS = AddressLimits(field=22, host=16, service=8)
LIMITS_WITH_BLOCKS = AddressLimits(
    field=18, host=16, host_with_names=12, numbers_are_cut=True, service=8
)
"""With -A the columns are 18 wide."""


def limits(header: str) -> AddressLimits:
    """Those of the columns' width; the narrower ones where the header does not tell it."""
    return LIMITS if width_of(header) == 22 else LIMITS_WITH_BLOCKS


HEADER = "Proto   Recv-Q Send-Q  Local Address          Foreign Address"


def claim(header: str) -> Claim:
    """Three blanks stand behind Proto."""
    return Claim.OWN if header.lstrip().startswith("Proto   Recv-Q") else Claim.NONE


INTERNET = TableSpec(
    kind=CONNECTIONS,
    record="Connection",
    banners=(*BANNERS, "Active Internet connections (only servers)"),
    columns=(
        Column("Proto", word_token("proto", "(?:tcp|udp|ip|icmp)6?+")("proto"), required=True),
        Column("Recv-Q", number("recv_q", "Recv-Q"), required=True),
        Column("Send-Q", number("send_q", "Send-Q"), required=True),
        address("local"),
        address("foreign"),
        Column("(state)", optional(STATE)),
        Column("TCP-State", optional(STATE)),
    ),
    row_kinds=(RowKind("socket"),),
    claim=claim,
    limits=limits,
    states=STATES,
    plain_family="ipv4",
    common_headers=(
        HEADER + "        TCP-State",
        HEADER + "        (state)",
        HEADER,
    ),
    example="""
tcp          0      0  192.0.2.4.ssh          192.0.2.9.51000        ESTABLISHED
tcp6         0      0  fe80::1%lo0.smtp       *.*                    LISTEN
""",
)

DIALECT = Dialect(
    name="openbsd",
    commands=("netstat -an", "netstat -n -p tcp"),
    tables=(INTERNET,),
    other_banners=("Active UNIX domain sockets", *BSD_TABLES),
    platform="openbsd",
    run_options=(("-n", "-p", "tcp"),),
)
