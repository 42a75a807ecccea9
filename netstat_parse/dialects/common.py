"""What several dialects share: states, columns of one field, endpoints of further lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from pyparsing import ParserElement

from netstat_parse.grammar.dialect import Claim, Column, Field
from netstat_parse.grammar.tokens import hexadecimal, number, one_of_words, word_token
from netstat_parse.grammar.truncation import COMPLETE_IPV6, AddressLimits

STATES_OF_RFC_9293 = (
    "LISTEN",
    "SYN_SENT",
    "SYN_RECEIVED",
    "ESTABLISHED",
    "FIN_WAIT_1",
    "FIN_WAIT_2",
    "CLOSE_WAIT",
    "CLOSING",
    "LAST_ACK",
    "TIME_WAIT",
    "CLOSED",
)
"""The names of TCP's states (RFC 9293, section 3.3.2), which are those of TcpState."""


def tcp_states(printed: Mapping[str, str]) -> dict[str, str]:
    """Printed state -> name of the TcpState, of every state of TCP.

    `printed` has the state's name -> how netstat prints it, where it prints another word.
    """
    return {printed.get(name, name): name for name in STATES_OF_RFC_9293}


def proto(*names: str) -> ParserElement:
    """The protocol: one of these words."""
    return one_of_words(names, "proto")("proto")


def width_of(header: str) -> int:
    """How wide the header's address columns are, in characters."""
    return header.find("Foreign Address") - header.find("Local Address") - 1


# Columns that become one field --------------------------------------------------------------------


def count(title: str, field: str, *, required: bool = False) -> Column:
    """A column of counters (printf's %lu)."""
    return Column(title, number(field, title), (Field(field, int, (field,)),), required)


def signed(title: str, field: str) -> Column:
    """A column of numbers that may be negative (printf's %d)."""
    cell = word_token(title, "-?[0-9]{1,10}")(field)
    return Column(title, cell, (Field(field, int, (field,)),))


def bits(
    title: str, field: str, digits: int, prefix: str = "", *, required: bool = False
) -> Column:
    """A column of hexadecimal numbers of at least `digits` digits (printf's %0Nx)."""
    cell = hexadecimal(field, title, digits, prefix)
    return Column(title, cell, (Field(field, from_hexadecimal, (field,)),), required)


def from_hexadecimal(text: str) -> int:
    """The number that hexadecimal digits stand for, with `0x` before them or without."""
    return int(text, 16)


# Endpoints ----------------------------------------------------------------------------------------


NEVER_TRUNCATED = AddressLimits()


def make_endpoint(host: str, port: str, limits: AddressLimits = NEVER_TRUNCATED) -> object:
    """The Endpoint of a further address of a row; `port` is empty or `*` if it has none.

    Where netstat may have cut the host, its address is not known.
    """
    from ipaddress import ip_address

    from netstat_parse.models import Endpoint

    host = host.strip("[]")
    is_cut = len(host) == limits.host and re.fullmatch(COMPLETE_IPV6, host) is None
    try:
        address = None if is_cut else ip_address(host)
    except ValueError:
        address = None
    number = int(port) if re.fullmatch("[0-9]{1,5}", port) else None
    service = port if number is None and port not in ("", "*") else None
    fills = len(host) + 1 + len(port) == limits.field
    return Endpoint(
        host=host,
        address=address,
        port=number,
        service=service,
        truncated=is_cut or (service is not None and fills),
    )


# Claims -------------------------------------------------------------------------------------------


def own_if(is_own: Callable[[str], bool]) -> Callable[[str], Claim]:
    """The claim of a table that owns the headers of which `is_own` is true.

    It has any other header only where its dialect was asked for by name.
    """
    return lambda header: Claim.OWN if is_own(header) else Claim.IF_NAMED
