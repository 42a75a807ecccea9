"""The UNIX domain sockets of macOS: `netstat -f unix`, and with -v of macOS 26 their counters.

Source: Apple network_cmds, netstat.tproj/unix.c; the columns of -v are those of captures, and stand
before the path. They are printed as those of connections are.
"""

from __future__ import annotations

from netstat_parse.dialects.bsd import bsd_unix
from netstat_parse.dialects.macos.internet import PROCESS
from netstat_parse.grammar.dialect import Column, Field
from netstat_parse.grammar.tokens import hexadecimal, number, word_token

UNIX_BANNER = "Active LOCAL (UNIX) domain sockets"

SIGNED = "-?[0-9]{1,10}"
CELLS = {
    "rxbytes": number("rx_bytes", "rxbytes"),
    "txbytes": number("tx_bytes", "txbytes"),
    "rhiwat": number("recv_hiwat", "rhiwat"),
    "shiwat": number("send_hiwat", "shiwat"),
    "process:pid": PROCESS.cell,
    "state": hexadecimal("socket_state", "state", 4),
    "options": hexadecimal("socket_options", "options", 8),
    "gencnt": hexadecimal("generation", "gencnt", 16),
    "flags": hexadecimal("socket_flags", "flags", 8),
    "flags1": hexadecimal("flags1", "flags1", 8),
    "usecnt": word_token("usecnt", SIGNED)("use_count"),
    "rtncnt": word_token("rtncnt", SIGNED)("retain_count"),
    "fltrs": hexadecimal("filters", "fltrs", 6),
}
DECIMAL = ("rx_bytes", "tx_bytes", "recv_hiwat", "send_hiwat", "use_count", "retain_count")
BITS = ("socket_state", "socket_options", "generation", "socket_flags", "flags1", "filters")


def make_counters(*texts: str) -> object:
    """The counters of a socket, of the texts of DECIMAL and BITS; None where there is no column."""
    from netstat_parse.models import SocketCounters

    names = (*DECIMAL, *BITS)
    bases = [10] * len(DECIMAL) + [16] * len(BITS)
    cells = zip(names, texts, bases, strict=True)
    return SocketCounters(**{name: int(text, base) if text else None for name, text, base in cells})


COUNTERS = Field("counters", make_counters, (*DECIMAL, *BITS))
UNIX = bsd_unix(
    UNIX_BANNER,
    more_columns=tuple(
        Column(title, cell, (COUNTERS,) if title == "rxbytes" else ())
        for title, cell in CELLS.items()
    ),
)
