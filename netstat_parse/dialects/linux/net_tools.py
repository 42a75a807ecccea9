"""The table of connections of net-tools: `netstat -npt` and its options -a -l -e -Z -o -W -u -U -w.

Source: net-tools 2.10, netstat.c (tcp_do_one, udp_do_one, raw_do_one, finish_this_one), and 1.60 as
released and with Red Hat's patches; the states from RFC 9293 and Linux's tcp_states.h; the other
languages from `locales.py`.

busybox and toybox print the same banners, and the same header for many options. Such a table is
read here, so rows of theirs are rows here too: queues that touch, `tcp` rows that are IPv6.
"""

from __future__ import annotations

from dataclasses import replace

from netstat_parse.dialects.common import own_if, proto, width_of
from netstat_parse.dialects.linux.cells import (
    INODE,
    INODE_FIELDS,
    KERNEL_STATES,
    LOOK,
    NARROWEST_ADDRESS,
    STATES,
    UDP_STATES,
    USER,
    USER_FIELDS,
    WIDE_ADDRESS,
    datagram_limits,
    limits,
    process,
    socket_columns,
    state,
)
from netstat_parse.dialects.linux.locales import (
    CHINESE,
    CZECH,
    ENGLISH,
    ESTONIAN,
    FRENCH,
    GERMAN,
    ITALIAN,
    JAPANESE,
    OLDER_SPANISH,
    PORTUGUESE,
    RUSSIAN,
    SPANISH,
    SWEDISH,
    Language,
    in_charset,
)
from netstat_parse.dialects.linux.raw_sockets import RAW_ROWS_OF_BOTH
from netstat_parse.dialects.linux.sctp import FURTHER_FIELDS, SCTP_STATES, sctp_kinds
from netstat_parse.dialects.linux.timers import timer_column
from netstat_parse.grammar.dialect import Column, Evidence, Field, RowKind, TableSpec
from netstat_parse.grammar.tokens import optional, word_token
from netstat_parse.grammar.truncation import AddressLimits, ProgramLimit
from netstat_parse.schema import CONNECTIONS

SECURITY_CONTEXT = word_token("security context", r"[^\s:]++ (?: :[^\s:]++ ){2} \S*+ | -")(
    "security_context"
)
"""User, role and type of SELinux, and perhaps a level: `system_u:system_r:sshd_t:s0`."""

# Columns and rows ---------------------------------------------------------------------------------


LONGEST_PROGRAM = 19
"""Bytes of `pid/name` that are printed at most."""
LONGEST_PROGRAM_OF_BUSYBOX = 20


def columns(*languages: Language) -> tuple[Column, ...]:
    """The columns, by their titles in the first of these languages.

    The others are languages of the same titles: their states and timers, and their title of the
    user.
    """
    title = languages[0].title
    users = dict.fromkeys(each.title("User") for each in languages)
    if languages[0].code == PORTUGUESE.code:
        owner = [Column(name, USER + INODE, USER_FIELDS + INODE_FIELDS) for name in users]
    else:
        owner = [Column(name, USER, USER_FIELDS) for name in users]
        owner.append(Column(title("Inode"), INODE, INODE_FIELDS))
    return (
        *socket_columns(
            states(*languages),
            titles=languages[0].titles,
            fields_of_state=FURTHER_FIELDS,
        ),
        *owner,
        Column("PID/Program name", process(LONGEST_PROGRAM)),
        Column("PID/Program", process(LONGEST_PROGRAM)),
        Column(
            "Security Context",
            SECURITY_CONTEXT,
            (Field("security_context", make_context, ("security_context",)),),
        ),
        timer_column(title("Timer"), languages),
    )


def states(*languages: Language) -> dict[str, str]:
    """Printed state -> name of the TcpState."""
    translated = {
        printed: STATES[english]
        for language in languages
        for printed, english in language.states.items()
    }
    return STATES | translated


def make_context(text: str) -> str | None:
    """The security context of a cell; None of `-`."""
    return None if text == "-" else text


def row_kinds(columns: tuple[Column, ...], *languages: Language) -> tuple[RowKind, ...]:
    """The kinds of rows under these columns."""
    known = states(*languages)
    of_udp = [printed for printed, name in known.items() if name in UDP_STATES]
    title_of_proto, title_of_state = map(languages[0].title, ("Proto", "State"))
    udp = {
        title_of_proto: proto("udp", "udp6", "udpl", "udpl6"),
        title_of_state: optional(state(of_udp)),
    }
    raw = {title_of_proto: proto("raw", "raw6"), title_of_state: optional(state(KERNEL_STATES))}
    return (
        RowKind("tcp", "tcp"),
        RowKind("udp", "udp", udp, datagram_limits),
        RowKind("raw", "raw", raw, datagram_limits),
        *sctp_kinds(columns, languages[0]),
    )


# Tables -------------------------------------------------------------------------------------------

HEADER = "Proto Recv-Q Send-Q Local Address           Foreign Address         State      "


FROM_CAPTURES = (SPANISH, OLDER_SPANISH, ITALIAN)
"""No catalogue of these is installed with net-tools."""


def net_tools(*languages: Language) -> TableSpec:
    """The table in one language, and in others whose headers look the same."""
    own_columns = columns(*languages)
    return TableSpec(
        kind=CONNECTIONS,
        record="LinuxConnection",
        columns=own_columns,
        row_kinds=row_kinds(own_columns, *languages),
        banners=tuple(banner for each in languages for banner in each.banners),
        limits=limits_of_translations,
        program_limit=ProgramLimit(LONGEST_PROGRAM, with_pid=True),
        states=states(*languages) | KERNEL_STATES | SCTP_STATES,
        plain_family="ipv4",
        continued_prefixes=("sctp",),
        look=LOOK,
        evidence=Evidence.CAPTURE if languages[0] in FROM_CAPTURES else None,
    )


def limits_of_translations(header: str) -> AddressLimits:
    """No width is read from titles that were padded by their bytes."""
    return AddressLimits(NARROWEST_ADDRESS)


WITH_ENGLISH_TITLES = tuple(
    as_printed
    for language in (GERMAN, RUSSIAN, CHINESE)
    for as_printed in (language, in_charset(language))
)
ENGLISH_TABLE = replace(
    net_tools(ENGLISH, *WITH_ENGLISH_TITLES),
    limits=limits,
    common_headers=tuple(
        HEADER + options
        for options in (
            "",
            " PID/Program name    ",
            " User       Inode     ",
            " User       Inode      PID/Program name    ",
            " Timer",
            " PID/Program name     Timer",
            " User       Inode      PID/Program name     Timer",
        )
    ),
    other_headers=(
        HEADER + " User       Inode      Timer",
        *(
            HEADER + owner + " PID/Program name     Security Context" + " " * 35 + timer
            for owner in ("", " User       Inode     ")
            for timer in ("", "Timer")
        ),
    ),
    example="""
tcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN
tcp        0     36 192.0.2.10:22           198.51.100.7:51234      ESTABLISHED
tcp6       0      0 2001:db8:4:7:a:b:c::443 2001:db8::1:2:3:4:50022 TIME_WAIT
udp        0      0 0.0.0.0:68              0.0.0.0:*
raw6       0      0 :::58                   :::*                    7
sctp                192.0.2.10:3868                                 LISTEN
""",
)


def may_be_another(header: str) -> bool:
    """The header is not only that of net-tools 2; nor NetBSD's, which has two blanks before the
    addresses.

    Red Hat's 1.60 has wider address columns. busybox's header with -p is net-tools'; without, it
    has a blank more, which is lost where trailing blanks are.
    """
    width = width_of(header)
    return (
        width < WIDE_ADDRESS
        and "Send-Q  Local" not in header
        and (
            width > NARROWEST_ADDRESS
            or " ".join(header.split()[-3:]) == "State PID/Program name"
            or header.endswith("State")
        )
    )


NET_TOOLS_OR_BUSYBOX = replace(
    ENGLISH_TABLE,
    claim=own_if(may_be_another),
    columns=tuple(
        replace(column, cell=process(LONGEST_PROGRAM_OF_BUSYBOX))
        if column.title.startswith("PID/")
        else column
        for column in ENGLISH_TABLE.columns
    ),
    program_limit=ProgramLimit(LONGEST_PROGRAM, with_pid=True, at_most=LONGEST_PROGRAM_OF_BUSYBOX),
    plain_family=None,
    row_kinds=(
        *(kind for kind in ENGLISH_TABLE.row_kinds if kind.name != "raw"),
        *RAW_ROWS_OF_BOTH,
    ),
)
"""Under these headers `tcp` may be IPv6: only an address tells. And raw's state may be the number
of its port."""

TRANSLATIONS = (
    *(CZECH, ESTONIAN, FRENCH, JAPANESE, PORTUGUESE, SWEDISH),
    *FROM_CAPTURES,
)

CONNECTION_TABLES = (
    ENGLISH_TABLE,
    NET_TOOLS_OR_BUSYBOX,
    *map(net_tools, TRANSLATIONS),
    *map(net_tools, map(in_charset, TRANSLATIONS)),
)
