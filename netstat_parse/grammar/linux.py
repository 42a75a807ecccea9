"""net-tools on Linux: `netstat -npt` and its options -a -l -e -Z -o -W -u -U -w -S.

Source: net-tools 2.10, netstat.c (tcp_do_one, udp_do_one, raw_do_one, sctp_eps_do_one,
sctp_assoc_do_one, finish_this_one), and 1.60 as released and with Red Hat's patches; the states
from RFC 9293 and Linux's tcp_states.h; the other languages from `linux_locales.py`.

busybox and toybox print the same banners, and the same header for many options. Such a table is
read here, so rows of theirs are rows here too: queues that touch, `tcp` rows that are IPv6.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from pyparsing import And, NoMatch, ParserElement, Regex

from netstat_parse.grammar.dialect import Cell, Column, Dialect, Field, Place, RowKind
from netstat_parse.grammar.linux_locales import (
    CZECH,
    ENGLISH,
    ESTONIAN,
    FRENCH,
    GERMAN,
    JAPANESE,
    LANGUAGES,
    PORTUGUESE,
    SWEDISH,
    Language,
    in_charset,
)
from netstat_parse.grammar.table import AddressLimits, ProgramWidth
from netstat_parse.grammar.tokens import (
    COUNTER,
    END_OF_WORD,
    ID,
    NOTHING,
    NUMBER_BEHIND,
    adjacent,
    choice,
    endpoint,
    fits,
    free_text,
    literal,
    number,
    one_of_words,
    optional,
    port,
    token,
    word,
)
from netstat_parse.grammar.unix_sockets import net_tools_unix

STATES = {
    "ESTABLISHED": "ESTABLISHED",
    "SYN_SENT": "SYN_SENT",
    "SYN_RECV": "SYN_RECEIVED",
    "FIN_WAIT1": "FIN_WAIT_1",
    "FIN_WAIT2": "FIN_WAIT_2",
    "TIME_WAIT": "TIME_WAIT",
    "CLOSE": "CLOSED",
    "CLOSE_WAIT": "CLOSE_WAIT",
    "LAST_ACK": "LAST_ACK",
    "LISTEN": "LISTEN",
    "CLOSING": "CLOSING",
    "UNKNOWN": "UNKNOWN",
}
UDP_STATES = ("ESTABLISHED", "UNKNOWN")
SCTP_STATES = {"UNKNOWN(12)": "UNKNOWN", "UNKNOWN(13)": "UNKNOWN"}
"""sctp prints TCP's names, and the kernel's number where TCP has no such state."""
KERNEL_STATES = {
    "1": "ESTABLISHED",
    "2": "SYN_SENT",
    "3": "SYN_RECEIVED",
    "4": "FIN_WAIT_1",
    "5": "FIN_WAIT_2",
    "6": "TIME_WAIT",
    "7": "CLOSED",
    "8": "CLOSE_WAIT",
    "9": "LAST_ACK",
    "10": "LISTEN",
    "11": "CLOSING",
    "12": "SYN_RECEIVED",
}
"""The numbers that raw rows print (include/net/tcp_states.h)."""

NARROWEST_ADDRESS = 23
WIDE_ADDRESS = 51
"""With -W, in busybox and toybox."""


SCTP_IS_WHOLE = (("sctp", AddressLimits()),)


def limits(header: str) -> AddressLimits:
    """An address fills its column exactly where it was cut: up to the blank before the next title.

    A header whose blanks were folded no longer tells how wide its columns are; the rows then are
    taken as narrow as net-tools ever prints them.

    Red Hat's 1.60, 27 wide, cuts udp and raw addresses to 23; Fedora's, to 27 and 28.
    """
    width = width_of(header)
    if NARROWEST_ADDRESS < width < WIDE_ADDRESS:
        cut = AddressLimits(field=width + 1, also=(NARROWEST_ADDRESS, width))
        return AddressLimits(width, of_protos=(("udp", cut), ("raw", cut), *SCTP_IS_WHOLE))
    return AddressLimits(max(width, NARROWEST_ADDRESS), of_protos=SCTP_IS_WHOLE)


def width_of(header: str) -> int:
    """How wide the header's address columns are."""
    return header.find("Foreign Address") - header.find("Local Address") - 1


# Queues -------------------------------------------------------------------------------------------

QUEUES_TOUCH = r"(?=[0-9]{7})(?<=(?:tcp|udp|raw)[6 ]  [ 0-9]{6})"
RECV_Q = token(
    rf"(?:(?=[0-9]{{8}})(?:(?:0|[1-9][0-9]{{0,4}}?){QUEUES_TOUCH}"
    rf"|[1-9][0-9]{{5}}{QUEUES_TOUCH}(?![0-9]{{8}}))|{COUNTER}{END_OF_WORD})",
    "Recv-Q",
)("recv_q")
"""toybox prints `%-6s%6d%7d`: behind Recv-Q's six places, the digits of Send-Q's seven may touch.
If there are more than thirteen, and no blank before them, nobody knows where Recv-Q ends."""
SEND_Q = number("send_q", "Send-Q")


def recv_q(place: Place) -> ParserElement:
    """Recv-Q; where rows in doubt may be refused, one that Send-Q does not touch."""
    return number("recv_q", "Recv-Q") if place.only_whole else RECV_Q


SIDES = ("local", "foreign")

# Addresses ----------------------------------------------------------------------------------------

ANY_HOST = r"[^\s\[\]]+(?=\]?:)"
ASCII_HOST = r"[!-Z^-~]+(?=:)"
NUMERIC_IPV4 = token(r"[0-9]{1,3}+\.[0-9.]{5,11}+" + NUMBER_BEHIND, "host")
"""Never cut: with its port it has at most 21 characters."""


def host_and_port(
    side: str, host: ParserElement, behind: ParserElement | None = None
) -> ParserElement:
    """`host:port`, or `[::]:port`, as IPv6's any prints among names; the last `:` divides."""
    return adjacent(
        token(r"\[?+", "["),
        host(f"{side}_host"),
        behind or token(r"\]?+", "]"),
        literal(":"),
        port(side),
    ).set_name(f"{side} address")


def any_address(side: str) -> ParserElement:
    """An address of any length."""
    return host_and_port(side, token(ANY_HOST, "host"))


def address(side: str, of: str = "tcp") -> Callable[[Place], ParserElement]:
    def cell(place: Place) -> ParserElement:
        limits = place.limits.of(of)
        if not place.only_whole or limits.field is None:
            return any_address(side)
        whole = token(fits(min(limits.field, *limits.also, WIDE_ADDRESS)) + ASCII_HOST, "host")
        return endpoint(side, ":", choice("host", NUMERIC_IPV4, whole))

    return cell


# The other cells ----------------------------------------------------------------------------------


def proto(*names: str) -> ParserElement:
    return one_of_words(names, "proto")("proto")


def state(states: Iterable[str]) -> ParserElement:
    return one_of_words(states, "state")("state")


PROGRAM_COLUMN = 20
"""The width of the field of `pid/name`, which ends with a blank."""


def process(place: Place) -> ParserElement:
    """`pid/name`, or `-`. The name may hold anything; what stands behind it tells its end."""
    program = free_text("program", "program name", place.behind)
    is_field = place.only_whole and place.is_padded and not place.cells_behind
    pid = token(rf"(?=.{{{PROGRAM_COLUMN}}}){ID}" if is_field else ID, "pid")("pid")
    known = adjacent(pid, literal("/"), program)
    return choice("pid/program name or -", known, token(r"-(?!\S)", "-"))


USER = choice("user", number("uid", "user number", ID), word("user", "user name"))
INODE = number("inode", "inode")
CONTEXT = word("security_context", "security context")

TIMERS = ("off", "on", "keepalive", "timewait", "probe", "on%d", "unkn-%d")
SECONDS = r"[0-9]{1,18}[.,\u066b][0-9]{2}"
"""With the locale's decimal point."""


def timer(names: Iterable[str]) -> ParserElement:
    """`on (0.21/0/0)`: the seconds until it expires, retransmits, probes.

    Estonian has a bracket more; Portuguese leaves out the probes, which udp and raw sockets have
    none of.
    """
    longest_first = sorted(names, key=len, reverse=True)
    known = "|".join(re.escape(name).replace("%d", "[0-9]{1,3}+") for name in longest_first)
    return token(rf"(?:{known}){END_OF_WORD}", "timer")("timer") + adjacent(
        token(r"\({1,2}+", "'('"),
        token(SECONDS, "seconds")("timer_expires"),
        literal("/"),
        token(ID, "retransmits")("timer_retransmits"),
        optional(adjacent(literal("/"), token(ID, "probes")("timer_probes"))),
        token(r"\)(?!\S)", "')'"),
    )


def make_timer(names: Mapping[str, str]) -> Callable[[str, str, str, str], object]:
    """The function that makes a Timer of its texts; `names` are those of other languages."""

    @lru_cache(maxsize=64)
    def english(name: str) -> str:
        for printed, meant in names.items():
            # An old charset's letter may end with a digit: `p\xe5`.
            found = re.fullmatch(re.escape(printed).replace("%d", "([0-9]{1,3})"), name)
            if found is not None:
                return meant.replace("%d", found[1]) if found.groups() else meant
        return name

    def make(name: str, expires: str, retransmits: str, probes: str) -> object:
        from netstat_parse.models import Timer

        return Timer(
            name=english(name),
            expires=float(re.sub("[,\u066b]", ".", expires)),
            retransmits=int(retransmits),
            probes=int(probes or 0),
        )

    return make


def make_context(text: str) -> str | None:
    return None if text == "-" else text


# Rows ---------------------------------------------------------------------------------------------


def columns(language: Language, *others: Language) -> tuple[Column, ...]:
    """The columns of the Internet table, by their titles in one language.

    `others` are languages of the same titles: their states and timers, and their title of the user.
    """
    both = (language, *others)
    timers = {name: english for each in both for name, english in each.timers.items()}

    def title(english: str) -> str:
        return language.titles.get(english, english)

    user = (Field("user", str, ("user",)), Field("uid", int, ("uid",)))
    inode = (Field("inode", int, ("inode",)),)
    users = dict.fromkeys(each.titles.get("User", "User") for each in both)
    if language.code == PORTUGUESE.code:
        owner = [Column(name, USER + INODE, user + inode) for name in users]
    else:
        owner = [Column(name, USER, user) for name in users]
        owner.append(Column(title("Inode"), INODE, inode))
    return (
        Column("Proto", proto("tcp", "tcp6"), required=True),
        Column(title("Recv-Q"), recv_q, required=True),
        Column(title("Send-Q"), SEND_Q, required=True),
        Column(title("Local Address"), address("local"), required=True),
        Column(title("Foreign Address"), address("foreign"), required=True),
        Column(title("State"), state(states(*both)), FURTHER, required=True),
        *owner,
        Column("PID/Program name", process),
        Column(
            "Security Context",
            CONTEXT,
            (Field("security_context", make_context, ("security_context",)),),
        ),
        Column(
            title("Timer"),
            timer((*TIMERS, *timers)),
            (
                Field(
                    "timer",
                    make_timer(timers),
                    ("timer", "timer_expires", "timer_retransmits", "timer_probes"),
                ),
            ),
        ),
    )


def states(*languages: Language) -> dict[str, str]:
    """Printed state -> name of the TcpState."""
    translated = {
        printed: STATES[english]
        for language in languages
        for printed, english in language.states.items()
    }
    return STATES | translated


def row_kinds(language: Language, *others: Language) -> tuple[RowKind, ...]:
    """The kinds of rows of the Internet table."""
    known = states(language, *others)
    of_udp = [printed for printed, name in known.items() if name in UDP_STATES]

    def title(english: str) -> str:
        return language.titles.get(english, english)

    def addresses(of: str) -> dict[str, Cell]:
        return {title(f"{side.title()} Address"): address(side, of) for side in SIDES}

    return (
        RowKind("tcp", "tcp", {}),
        RowKind(
            "udp",
            "udp",
            {
                "Proto": proto("udp", "udp6", "udpl", "udpl6"),
                **addresses("udp"),
                title("State"): optional(state(of_udp)),
            },
        ),
        RowKind(
            "raw",
            "raw",
            {
                "Proto": proto("raw", "raw6"),
                **addresses("raw"),
                title("State"): optional(state(KERNEL_STATES)),
            },
        ),
        *sctp_kinds(language, *others),
    )


# sctp: addresses are never cut; behind the state stands nothing but on an association's last line.

AT_END = token(r"(?=[ \t]*+$)", "the line's end")


def sctp_kinds(language: Language, *others: Language) -> tuple[RowKind, ...]:
    """The rows of sctp: an association, and an endpoint, which has neither queues nor a peer."""

    def sctp(place: Place) -> ParserElement:
        # What is on the lines below belongs to the row, so the bulk path has to leave it alone.
        return NoMatch() if place.only_whole else proto("sctp")

    def title(english: str) -> str:
        return language.titles.get(english, english)

    behind: dict[str, Cell] = {
        column.title: or_nothing(column.cell)
        for column in columns(language, *others)
        if not column.required
    }
    both: dict[str, Cell] = {
        "Proto": sctp,
        title("Local Address"): any_address("local"),
        **behind,
    }
    none = dict.fromkeys(map(title, ("Recv-Q", "Send-Q", "Foreign Address")), NOTHING)
    association: dict[str, Cell] = {
        title("Foreign Address"): any_address("foreign"),
        title("State"): sctp_state(hosts_below),
    }
    endpoint_alone: dict[str, Cell] = {
        **none,
        title("State"): sctp_state(lambda place: BELOW + r"(?=\S*:[^\s:]++(?!\S))\S++"),
    }
    return (
        RowKind("sctp", "sctp", {**both, **association}),
        RowKind("sctp endpoint", "sctp", {**both, **endpoint_alone}),
    )


BELOW = r"[ \t]*+\n {20}"
"""Where the next line of a row begins."""


def hosts_below(place: Place) -> str:
    """The pattern of a line below an association: a local host, a foreign one, or both.

    The foreign one begins its column, or stands one blank behind a host that is too long for its
    own. What stands elsewhere is in a later column.
    """
    start = 20 + (place.limits.field or NARROWEST_ADDRESS) + 1
    foreign = rf"(?:(?: *+(?<=\n.{{{start}}})|(?<=\S) (?=\S))\S++)?+"
    return rf"{BELOW}(?:\S++)?+{foreign}"


def sctp_state(line_below: Callable[[Place], str]) -> Cell:
    """The state, if there is one, and the lines below with further addresses."""

    def cell(place: Place) -> ParserElement:
        lines = Regex(rf"(?:{line_below(place)}){{1,63}}+").leave_whitespace()
        below = lines.set_name("further addresses")("further")
        return And([optional(state(STATES | SCTP_STATES)), optional(below)])

    return cell


def make_further(side: int) -> Callable[[str, str, str], tuple[object, ...]]:
    """The function from the lines below an sctp row to the further endpoints of one side.

    An endpoint prints its port with each address; an association has one for all.
    """

    def make(lines: str, port: str, recv_q: str) -> tuple[object, ...]:
        made = []
        for line in lines.split("\n")[1:]:
            if recv_q:
                hosts = line[20:].split()
                if line.startswith(" " * 21):
                    hosts.insert(0, "")
                made += [further_endpoint(host, port) for host in hosts[side : side + 1] if host]
            elif side == 0:
                made.append(further_endpoint(*line.strip().rsplit(":", 1)))
        return tuple(made)

    return make


def further_endpoint(host: str, port: str) -> object:
    from ipaddress import ip_address

    from netstat_parse.models import Endpoint

    host = host.strip("[]")
    number = int(port) if re.fullmatch("[0-9]{1,5}", port) else None
    try:
        known = ip_address(host)
    except ValueError:
        known = None
    service = port if number is None and port not in ("", "*") else None
    return Endpoint(host=host, address=known, port=number, service=service)


FURTHER = (
    Field("more_local", make_further(0), ("further", "local_port", "recv_q")),
    Field("more_foreign", make_further(1), ("further", "foreign_port", "recv_q")),
)


def or_nothing(cell: Cell) -> Cell:
    """The cell, or the line's end."""

    def made(place: Place) -> ParserElement:
        element = cell if isinstance(cell, ParserElement) else cell(place)
        return choice(element.name, element, AT_END)

    return made


# The dialect --------------------------------------------------------------------------------------

HEADER = "Proto Recv-Q Send-Q Local Address           Foreign Address         State      "


def dialect(language: Language, *others: Language) -> Dialect:
    """net-tools in one language, and in others whose headers look the same."""
    both = (language, *others)
    return Dialect(
        name="linux",
        commands=("netstat -npt", "netstat -anpe", "netstat -antupeoW"),
        connection="LinuxConnection",
        banners=tuple(banner for each in both for banner in each.banners),
        other_tables=tuple(table for each in both for table in each.other_tables),
        columns=columns(*both),
        row_kinds=row_kinds(*both),
        separator=":",
        states=states(*both) | KERNEL_STATES | SCTP_STATES,
        plain_family="ipv4",
        limits=lambda header: AddressLimits(NARROWEST_ADDRESS, of_protos=SCTP_IS_WHOLE),
        program_width=ProgramWidth(19, with_pid=True),
        common_headers=(),
        goes_on=("sctp",),
    )


def may_be_another(header: str) -> bool:
    """The header is not only that of net-tools 2.

    Red Hat's 1.60 has wider address columns. busybox's header with -p is net-tools'; without, it
    has a blank more, which is lost where trailing blanks are.
    """
    width = width_of(header)
    return width < WIDE_ADDRESS and (
        width > NARROWEST_ADDRESS
        or " ".join(header.split()[-3:]) == "State PID/Program name"
        or header.endswith("State")
    )


DIALECT = replace(
    dialect(ENGLISH, GERMAN, in_charset(GERMAN)),
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
    other_headers=(HEADER + " User       Inode      Timer",),
)

PORT_AS_STATE = (
    "(?:"
    + "|".join(
        rf"(?:\S+[ \t]+)?\S+:{number}[ \t]+(?:\S+:(?![0-9]++[ \t])\S+[ \t]+)?+{number}(?!\S)"
        for number in KERNEL_STATES
    )
    + ")"
)
"""busybox writes a raw socket's state into a buffer, and its ports over it."""
ANY_NUMBER = token(r"[0-9]{1,5}+(?!\S)", "-")


def raw_address(side: str) -> ParserElement:
    """An address of busybox's raw rows, where a scope is nothing but what memory held."""
    host = token(r"[^\s\[\]%]+(?=(?:%[0-9]{1,10})?+\]?:[^\s:]++(?!\S))", "host")
    return host_and_port(side, host, token(r"(?:%[0-9]{1,10})?+\]?+", "]"))


def raw_kind(name: str, look: str, state: ParserElement) -> RowKind:
    """Raw rows of which PORT_AS_STATE is true (`?=`) or not (`?!`)."""

    def local(place: Place) -> ParserElement:
        if place.only_whole:
            return NoMatch()
        return token(rf"({look}{PORT_AS_STATE})", "an address") + raw_address("local")

    cells: dict[str, Cell] = {
        "Proto": proto("raw", "raw6"),
        "Local Address": local,
        "Foreign Address": raw_address("foreign"),
        "State": state,
    }
    return RowKind(name, "raw", cells)


RAW_KINDS_OF_BUSYBOX = (
    raw_kind("raw", "?!", optional(choice("state", state(KERNEL_STATES), ANY_NUMBER))),
    raw_kind("raw with a port for a state", "?=", ANY_NUMBER),
)

TRANSLATED = (CZECH, ESTONIAN, FRENCH, JAPANESE, PORTUGUESE, SWEDISH)

DIALECTS = (
    DIALECT,
    replace(
        DIALECT,
        claims=may_be_another,
        plain_family=None,
        row_kinds=(
            *(kind for kind in DIALECT.row_kinds if kind.name != "raw"),
            *RAW_KINDS_OF_BUSYBOX,
        ),
    ),
    *map(dialect, TRANSLATED),
    *map(dialect, map(in_charset, TRANSLATED)),
    *net_tools_unix(LANGUAGES),
)
"""Under the second's headers `tcp` may be IPv6: only an address tells. And raw's state may be the
number of its port."""
