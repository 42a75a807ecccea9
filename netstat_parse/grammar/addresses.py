"""The grammar of addresses: `host:port` of net-tools, `host.port` of the BSDs.

Each cell of an address is told in the forms of `truncation.py`: whole, filling its column, or
longer than it.
"""

from __future__ import annotations

from pyparsing import ParserElement

from netstat_parse.grammar.tokens import (
    END_OF_WORD,
    NAMED_PORT,
    PLAIN_NAME,
    PORT,
    adjacent,
    choice,
    literal,
    port,
    token,
    word_token,
)
from netstat_parse.grammar.truncation import (
    COMPLETE_IPV6,
    AddressLimits,
    fills,
    fits,
    not_filled,
)
from netstat_parse.schema import EXCEEDS, FILLS

SIDES = ("local", "foreign")

OCTET = "(?:1[0-9]{0,2}+|[3-9][0-9]?+|2[0-4][0-9]|25[0-5]|2[0-9]?+|0)"
IPV4 = r"\.".join([OCTET] * 4)


def forms(
    name: str,
    whole: ParserElement,
    fills: ParserElement | None = None,
    exceeds: ParserElement | None = None,
) -> ParserElement:
    """A cell that netstat may cut: the first of its forms that matches, under that form's name.

    In their quick forms too, a text is of one form only.
    """
    named = [whole(name)]
    named += [fills(name + FILLS)] if fills is not None else []
    named += [exceeds(name + EXCEEDS)] if exceeds is not None else []
    return choice(whole.name, *named, is_exclusive=True) if len(named) > 1 else named[0]


# host:port ----------------------------------------------------------------------------------------

NAME_CHARACTER = r"[^\s:\[\]\\*(){}]"
"""A name has none of these marks, nor has what stands for one."""
CUT_COLON_HOST = r"(?<!\[) [^\s\[\]\\*(){}]+ (?=:)"
"""A host that may have been cut: an IPv6 address, or a name."""
NO_NAME = rf"(?! (?: [^\s:]* \. )? [0-9]++ :[^\s:]*+ {END_OF_WORD} )"
"""Looks ahead: the last label has not only digits, as no name's has (RFC 1123, section 2.1)."""
COLON_HOST = rf"(?: \*(?=:) | {IPV4}(?=:) | \[[^\s\[\]:]+\](?=:) | {NO_NAME} {CUT_COLON_HOST} )"
"""A whole host: also `*`, and `[redacted]`."""
QUICK_HOST = "[!-'+-Z^-z|~]"
QUICK_COLON_HOST = rf"""
    (?: [0-9A-Fa-f]{{0,4}}+:[0-9A-Fa-f]{{0,4}}+: {QUICK_HOST}* (?=:)
      | {IPV4} (?=:)
      | (?= [^\s:]* [A-Za-z_-] [^\s:.]*+ : ) {QUICK_HOST}+ (?=:)
      | \*(?=:)
    )"""
EIGHT_COLONS = "[!-9;-~]*+:" * 8
IN_BRACKETS = r"(?<=\[) [^\s\[\]]+ (?=\]:)"


def colon_address(side: str, limits: AddressLimits) -> ParserElement:
    """`host:port`; the last colon divides. IPv6's any may stand in brackets: `[::]:22` (toybox)."""
    return in_brackets(side, colon_host(side, limits))


def in_brackets(
    side: str, host: ParserElement, closing: ParserElement | None = None
) -> ParserElement:
    """`host:port` or `[host]:port`; the host's own grammar sees to it that both brackets stand."""
    return adjacent(
        token("'['", r"(?: \[ (?= [^\s\[\]]*: [^\s\[\]]*\]: ) )?+", quick=""),
        host,
        closing or token("']'", r"\]?+", quick=""),
        literal(":"),
        port(side),
    ).set_name(f"{side} address")


def colon_host(side: str, limits: AddressLimits) -> ParserElement:
    """The host of `host:port`, as net-tools 2.10 cuts it (netstat.c, addr_do_one).

    The port is printed whole, and the host gets what is left of the field. A numeric IPv4 address
    is never cut, as with its port it has at most 21 characters.
    """
    if limits.field is None:
        whole = token("host", f"{IN_BRACKETS} | {COLON_HOST}", quick=QUICK_COLON_HOST)
        return whole(f"{side}_host")
    whole = token(
        "host",
        rf"""
            {IN_BRACKETS}                             # [::]:22
          | {IPV4} (?=:[0-9*]++{END_OF_WORD})         # 192.0.2.1:22
          | {fits(limits)} {COLON_HOST}               # ::1:22
          | {fills(limits)} {COMPLETE_IPV6} (?=:[^\s:]++{END_OF_WORD})
        """,
        quick=rf"{IPV4} (?=:[0-9*]) | {fits(limits, '[!-~]')} {QUICK_COLON_HOST}",
    )
    filling = token(
        "host",
        rf"{fills(limits)} {CUT_COLON_HOST}",  # 2001:db8:aaaa:bbbb:c:22
        # With eight colons it may be complete, so it is left to the whole form.
        quick=rf"{fills(limits, '[!-~]')} (?!{EIGHT_COLONS}) {QUICK_COLON_HOST}",
    )
    longer = token(
        "host",
        COLON_HOST,
        quick=rf"(?=[!-~]{{{limits.field + 1}}}) (?!{fills(limits, '[!-~]')}) {QUICK_COLON_HOST}",
    )
    return forms(f"{side}_host", whole, filling, longer)


# host.port ----------------------------------------------------------------------------------------

NUMBER_BEHIND = rf"(?=\.[0-9*]++{END_OF_WORD})"
PORT_BEHIND = rf"(?!(?<=\S\.z39)\.50?+{END_OF_WORD})(?=\.(?:[^\s.]++|z39\.50?+){END_OF_WORD})"
"""Looks ahead: the last dot of the address. One service of /etc/services has a dot itself, z39.50;
a column that it fills loses its last digit."""
DOT_CHARACTERS = rf"""
    (?= (?: \* | \[[^\s\[\]]+\] | (?:{NAME_CHARACTER}|:)+ ) {PORT_BEHIND} )
"""
"""Looks ahead: `*`, `[redacted]`, or a host without marks that none has."""
DOT_HOST = rf"{DOT_CHARACTERS} (?! (?!{IPV4}{PORT_BEHIND}) (?:[^\s:%]*\.)? [0-9]++ {PORT_BEHIND} )"
"""Looks ahead: that, and its last label has not only digits, unless it is an address."""
A_COLON, NO_COLON = r"(?=\S*:)", r"(?!\S*:)"
"""Looks ahead: the host is an IPv6 address, or none."""
QUICK_PORT_BEHIND = rf"(?<!\.z39)(?=\.[0-9a-z*-]++{END_OF_WORD})"
QUICK_DOT_HOST = r"(?! (?:[^\s:%]*\.)? [0-9]++ \.[^\s.]*+ (?!\S) )"
QUICK_WHOLE_HOSTS = rf"{IPV4} (?=\.[0-9*]) | (?:{IPV4}|\*) {QUICK_PORT_BEHIND}"


def dot_address(side: str, limits: AddressLimits) -> ParserElement:
    """`host.port`, as the BSDs print it (usr.bin/netstat/inet.c, inetprint); the last dot divides.

    The host is cut first, then the whole address.
    """
    return adjacent(dot_host(side, limits), literal("."), dot_port(side, limits)).set_name(
        f"{side} address"
    )


def dot_host(side: str, limits: AddressLimits) -> ParserElement:
    """The host of `host.port`.

    One that fills a limit may have been cut; a longer IPv6 address proves that none is. A longer
    name proves nothing: -W leaves names alone, but not long IPv6 addresses.
    """
    if limits.host_with_names is not None:
        return _dot_host_with_names(side, limits, limits.host_with_names)
    longest = limits.host
    if longest is None:
        any_host = token(
            "host",
            rf"{DOT_HOST} \S+?{PORT_BEHIND}",
            quick=rf"{QUICK_WHOLE_HOSTS} | {QUICK_DOT_HOST} {QUICK_HOST}+?{QUICK_PORT_BEHIND}",
        )
        return any_host(f"{side}_host")
    shorter = rf"\S{{1,{longest - 1}}}?{PORT_BEHIND}"
    quick_shorter = rf"{QUICK_DOT_HOST} {QUICK_HOST}{{1,{longest - 1}}}{QUICK_PORT_BEHIND}"
    cut = rf"\S{{{longest}}}{PORT_BEHIND}"
    quick_cut = rf"{QUICK_HOST}{{{longest}}}{QUICK_PORT_BEHIND}"
    if limits.host_of_ipv4 is not None:
        cut_ipv4 = rf"{NO_COLON}\S{{{limits.host_of_ipv4}}}{PORT_BEHIND}"
        quick_cut_ipv4 = rf"{NO_COLON}{QUICK_HOST}{{{limits.host_of_ipv4}}}{QUICK_PORT_BEHIND}"
        shorter, cut = rf"(?!{cut_ipv4}){shorter}", f"{cut_ipv4}|{cut}"
        quick_shorter = rf"(?!{quick_cut_ipv4}){quick_shorter}"
        quick_cut = f"{quick_cut_ipv4}|{quick_cut}"
    complete = rf"{COMPLETE_IPV6}(?<!\S{{{longest + 1}}}){PORT_BEHIND}"
    whole = token(
        "host",
        rf"""
            {IPV4} {NUMBER_BEHIND}                         # 192.0.2.1.22
          | {DOT_HOST} {shorter}                           # fe80::1%lo0.22, *.22
          | {complete}
          | {DOT_HOST} {NO_COLON} \S{{{longest + 1},}}? {PORT_BEHIND}
        """,
        quick=rf"{QUICK_WHOLE_HOSTS} | {quick_shorter} | {complete}",
    )
    filling = token("host", rf"{DOT_CHARACTERS} (?:{cut})", quick=quick_cut)  # 2001:db8:1:2:3:4.443
    longer = token(
        "host",
        rf"{DOT_CHARACTERS} {A_COLON} \S{{{longest + 1},}}? {PORT_BEHIND}",
        quick=rf"{A_COLON} {QUICK_HOST}{{{longest + 1},}}? {QUICK_PORT_BEHIND}",
    )
    return forms(f"{side}_host", whole, filling, longer)


def _dot_host_with_names(side: str, limits: AddressLimits, least: int) -> ParserElement:
    """The host where netstat cuts hosts to `least` characters if it was asked for names.

    192.168.1.10.9999 may have been 192.168.1.100 then. An address that is longer, and whose port is
    a number, proves that netstat was asked for numbers; it is told as one that exceeds its column.
    """
    longest = limits.host
    assert longest is not None
    # Where IPv6 addresses have room of their own, they are not cut to it, and prove nothing.
    of_ipv4 = NO_COLON if limits.host_of_ipv4 is not None else ""
    shorter = [n for n in (limits.host_of_ipv4, least) if n is not None]
    cut = "|".join(
        [
            *(rf"{of_ipv4}\S{{{n}}}{PORT_BEHIND}" for n in shorter),
            rf"\S{{{longest}}}{PORT_BEHIND}",
        ]
    )
    proof = rf"(?=\S{{{least + 1},}}{NUMBER_BEHIND}){IPV4}{NUMBER_BEHIND}"
    if limits.host_of_ipv4 is None:
        ipv6 = rf"{A_COLON}\S{{{least + 1},{longest - 1}}}{PORT_BEHIND}{NUMBER_BEHIND}"
        proof += rf"|{ipv6}|{A_COLON}\S{{{longest + 1},}}?{PORT_BEHIND}"
    complete = rf"{COMPLETE_IPV6}(?<!\S{{{longest + 1}}}){PORT_BEHIND}"
    whole = token("host", rf"{complete} | {DOT_HOST} (?!{cut}|{proof}) \S+? {PORT_BEHIND}")
    filling = token("host", rf"{DOT_CHARACTERS} (?:{cut})")
    return forms(f"{side}_host", whole, filling, token("host", rf"{DOT_CHARACTERS} (?:{proof})"))


def dot_port(side: str, limits: AddressLimits) -> ParserElement:
    """The port of `host.port`, or `*`. Where it ends the whole field, it may have lost its end."""
    if limits.field is None:
        return port(side)
    name = rf"(?:{NAMED_PORT})"
    fitting = not_filled(limits.field)
    of_service = too_long = ""
    if limits.service is not None:
        of_service = rf"(?! [^\s.]{{{limits.service}}} )"
        too_long = rf"(?! [^\s.]{{{limits.service + 1}}} )"
    # No port has more than five digits, so one of five has lost none.
    of_number = rf"(?: (?<=[0-9]{{5}}) | {fitting} )" if limits.numbers_are_cut else ""
    whole = word_token(
        "port",
        rf"{PORT}{END_OF_WORD}{of_number} | {of_service}{name}{END_OF_WORD}{fitting}",
        quick=rf"{PORT}{of_number} | {of_service}{PLAIN_NAME}{fitting}",
    )
    filling = word_token(
        "port",
        rf"{PORT}{END_OF_WORD} | {too_long}{name}",
        quick=rf"{PORT} | {too_long}{PLAIN_NAME}",
    )
    none = word_token("'*'", r"\*")
    return choice("port", forms(f"{side}_port", whole, filling), none, is_exclusive=True)
