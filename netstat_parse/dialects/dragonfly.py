"""DragonFly: `netstat -an`, -A -L -P -W, and the tables of -r, -i and -s.

Source, read: usr.bin/netstat/inet.c, inet6.c, route.c, if.c, of 2013 to 2022; no capture was found.
It comes of FreeBSD 4. A row is printed with `%-3.3s%-2.2s %6ld %6ld %-21.21s %-21.21s %s`, so that
the columns are one character narrower than FreeBSD's; with -A they are 17 wide, and ports lose
their last digits. With -W nothing of an IPv4 address is cut, under the same header. -B prints other
numbers, the buffers' high-water marks, under the titles of the queues.

Routes, statistics and listen queues are FreeBSD's to the letter, as far as one sees: they are of
this dialect below sockets or interfaces, or where it was asked for.
"""

from __future__ import annotations

from functools import partial

from netstat_parse.dialects.bsd import (
    ALL_STATES,
    BANNERS,
    MEMORY,
    STATE,
    TCP_AND_OTHERS,
    bsd_unix,
    listen_queues,
    proto,
    socket_columns,
)
from netstat_parse.dialects.bsd_statistics import STATISTICS_TABLE
from netstat_parse.dialects.bsd_tables import (
    OTHER_ROUTE_BANNERS,
    bsd_interfaces,
    bsd_routes,
    is_folded,
    narrow_ipv6_limits,
    route_limits,
    start_of,
    width_of_flags,
)
from netstat_parse.dialects.common import bits, width_of
from netstat_parse.dialects.tables import number_or_dash
from netstat_parse.grammar.dialect import Claim, Column, Dialect, Field, TableSpec
from netstat_parse.grammar.tokens import choice, literal, number, word_token
from netstat_parse.grammar.truncation import AddressLimits
from netstat_parse.schema import CONNECTIONS

# Sockets ------------------------------------------------------------------------------------------

LIMITS = AddressLimits(field=21, host=16, service=15, numbers_are_cut=True)
LIMITS_WITH_BLOCKS = AddressLimits(
    field=17, host=16, host_with_names=12, service=15, numbers_are_cut=True
)


def limits(header: str) -> AddressLimits:
    """Those of the columns' width; the narrower ones where the header does not tell it."""
    return LIMITS if width_of(header) == 21 else LIMITS_WITH_BLOCKS


def claim(header: str) -> Claim:
    """Nobody else has columns of 21 or 17 characters, and one blank before them."""
    is_own = "Send-Q Local Address" in header and width_of(header) in (21, 17)
    return Claim.OWN if is_own and "(state)" in header else Claim.IF_NAMED


WINDOW = choice("TxWin", number("send_window", "TxWin"), literal("max"), literal("-"))
ROUND_TRIP = choice(
    "RTT/ms", word_token("RTT/ms", r"[0-9]{1,9}\.[0-9]{3}")("round_trip_time"), literal("-")
)

HEADER = "Proto Recv-Q Send-Q Local Address         Foreign Address       (state)"

INTERNET = TableSpec(
    kind=CONNECTIONS,
    record="BsdConnection",
    banners=BANNERS,
    columns=(
        bits("Socket", "control_block", 1),
        Column("TxWin", WINDOW, (Field("send_window", int, ("send_window",)),)),
        Column(
            "Unacked",
            number_or_dash("unacknowledged", "Unacked"),
            (Field("unacknowledged", int, ("unacknowledged",)),),
        ),
        Column("RTT/ms", ROUND_TRIP, (Field("round_trip_time", float, ("round_trip_time",)),)),
        *socket_columns(proto("tcp"), STATE),
    ),
    row_kinds=TCP_AND_OTHERS,
    claim=claim,
    limits=limits,
    states=ALL_STATES,
    common_headers=(HEADER,),
    example="""
tcp4       0      0 192.0.2.4.22          192.0.2.9.51000       ESTABLISHED
tcp46      0      0 *.22                  *.*                   LISTEN
udp4       0      0 *.514                 *.*
""",
)


def claim_listen_queues(header: str) -> Claim:
    """The queues' sizes are 14 wide; so they were in FreeBSD to release 8."""
    is_own = start_of(header, "Local") - start_of(header, "Listen") == 14 + 1
    return Claim.OWN if is_own and "Proto" in header else Claim.IF_NAMED


# Routes and interfaces ----------------------------------------------------------------------------


def claim_routes(header: str) -> Claim:
    """Those of FreeBSD before 10, to the letter; those of IPv6 are FreeBSD 10's."""
    is_own = is_folded(header) or width_of_flags(header) == 6
    return Claim.SHARED if is_own and "Refs" in header else Claim.IF_NAMED


def claim_interfaces(header: str) -> Claim:
    """Mtu is left-aligned behind names of 7 characters, and the networks are 13 wide."""
    places = [start_of(header, title) for title in ("Mtu", "Network", "Address")]
    is_own = places == [8, 14, 28] and "Coll" in header.split()
    return Claim.OWN if is_own else Claim.IF_NAMED


ROUTES = bsd_routes(
    claim_routes,
    limits=partial(route_limits, wide_are_whole=True),
    example="""
default            192.0.2.1          UGSc        4      321    em0
192.0.2.1          00:00:5e:00:53:01  UHLW        5     3330    em0   1185
127.0.0.1          127.0.0.1          UH          2      104    lo0
""",
)
INTERFACES = bsd_interfaces(
    claim_interfaces,
    limits=narrow_ipv6_limits,
    common_headers=(
        "Name    Mtu   Network       Address            Ipkts Ierrs    Opkts Oerrs  Coll",
    ),
    example="""
em0     1500  <Link#1>    00:00:5e:00:53:01    12345     0     9876     0     0
em0     1500  192.0.2       192.0.2.10         11111     -     9999     -     -
lo0     16384 <Link#2>                            44     0       44     0     0
lo0     16384 fe80:2::1/6 fe80:2::1                0     -        0     -     -
""",
)

UNIX_BANNER = "Active UNIX domain sockets"

DIALECT = Dialect(
    name="dragonfly",
    system="bsd",
    commands=("netstat -an", "netstat -anA", "netstat -anP", "netstat -rn", "netstat -in"),
    tables=(
        INTERNET,
        bsd_unix(UNIX_BANNER),
        listen_queues(with_proto=True, limits=LIMITS, width=14, claim=claim_listen_queues),
        ROUTES,
        INTERFACES,
        STATISTICS_TABLE,
    ),
    other_lines=(MEMORY,),
    other_banners=(UNIX_BANNER, "Netgraph sockets", *OTHER_ROUTE_BANNERS),
    platform="dragonfly",
    run_options=(("-nW", "-p", "tcp"), ("-n", "-p", "tcp")),
    is_silent_when_empty=True,
)
