"""The UNIX domain sockets of Solaris and illumos: `netstat -f unix`.

Source: illumos-gate, usr/src/cmd/cmd-inet/usr.bin/netstat/unix.c (unixpr). A row is printed with
`%s %-10.10s %s %s ` and both ends, each a path and a blank, 15 blanks, or ` (socketpair)  `. An
address has as many digits as it needs, but a null one has 7 or 8, so titles and rows never line up.
"""

from __future__ import annotations

from collections.abc import Mapping

from netstat_parse.dialects.common import bits, from_hexadecimal
from netstat_parse.grammar.dialect import Claim, Column, Field, RowKind, TableSpec
from netstat_parse.grammar.tokens import (
    choice,
    hexadecimal,
    one_of_words,
    optional,
    token,
    word_token,
)
from netstat_parse.schema import UNIX_SOCKETS

TYPES = ("dgram", "stream", "stream-ord", "raw", "rdm", "seqpacket")
PAIR = r"\(socketpair\) (?!\S)"
END = r"(?= [ ]*+ (?![^\n]) )"


LOCAL = choice(
    "local address",
    word_token("(socketpair)", rf"(?<! [ ]{{15}} ) {PAIR}")("pair"),
    token(
        "path",
        rf"""
            (?<! [ ]{{15}} ) (?! [(] )                          # not behind a blank end
            (?: \S [^\n]*? (?<=\S) (?= [ ]{{15,}}+ (?![^\n]) )   # the other end is blank
              | \S++ (?= {END} | [ ]{{1,2}} [/(] )
            )
        """,
    )("path"),
    token("nothing", rf"(?<= [ ]{{15}} ) (?=\S) | {END}"),
)
"""A path may hold blanks; that the other end is blank shows where it ends."""


def in_extra(pair: str) -> Mapping[str, str]:
    """What stands for the path of a pair's end, under its column's title."""
    from netstat_parse.models import FrozenDict

    return FrozenDict({"Local Addr": pair})


REMOTE = optional(
    token("path or (socketpair)", rf"[^\s] (?: [^\n]* [^\s] )?+ {END}")("remote_path")
)

UNIX = TableSpec(
    kind=UNIX_SOCKETS,
    record="UnixSocket",
    banners=("Active UNIX domain sockets",),
    columns=(
        bits("Address", "socket", 7, required=True),
        Column("Type", one_of_words(TYPES, "type")("type"), required=True),
        Column(
            "Vnode",
            hexadecimal("vnode", "Vnode", 7),
            (Field("inode", from_hexadecimal, ("vnode",)),),
            required=True,
        ),
        bits("Conn", "connected_to", 7, required=True),
        Column("Local Addr", LOCAL, (Field("extra", in_extra, ("pair",)),), required=True),
        Column(
            "Remote Addr", REMOTE, (Field("remote_path", str, ("remote_path",)),), required=True
        ),
    ),
    row_kinds=(RowKind("unix"),),
    claim=lambda header: Claim.OWN if "Remote Addr" in header else Claim.NONE,
    common_headers=("Address  Type          Vnode     Conn  Local Addr      Remote Addr",),
    follows_another_table=True,
    example="""
ffffff00a8af4020 dgram      ffffff00a8c77600 0000000 /var/run/in.ndpd_mib
ffffff00a8ac43c8 stream-ord 0000000 ffffff00a873c680                /var/run/dbus/system_bus_socket
300016fe008 stream-ord 00000000 00000000                 (socketpair)
3000623d0f0 stream-ord 00000000 00000000
""",
)
