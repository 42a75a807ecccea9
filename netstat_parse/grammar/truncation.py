"""May netstat have cut this text? The limits, and the patterns that tell.

netstat cuts what is too long for its column, and leaves no mark; what is left may be another valid
address. So a cell that netstat may cut has three results names in the grammar, and a row sets one
of them:

    local_host           the text is shorter than its column, or complete in itself: it is whole
    local_host_fills     it fills its column exactly, so it may have been cut
    local_host_exceeds   it is longer than its column, which proves that this netstat cut nothing

The limits are data: each dialect states those of its tables. `addresses.py` puts the patterns of
this module together to the grammar of `host:port` and `host.port`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple


class Truncation(Enum):
    """Whether netstat may have cut what fills its column, in one snapshot."""

    POSSIBLE = "what fills its column may have been cut"
    EXCLUDED = "a longer text has proved that nothing was cut, or netstat was told not to cut"


MARK = "…"
"""Ends a host in CSV that may have been cut, so that nobody takes it for an address."""


class AddressLimits(NamedTuple):
    """The lengths, in characters, from which on netstat may have cut an address.

    None of them is set where nothing is ever cut.
    """

    field: int | None = None
    """Of `host:port`, or `host.port`."""
    host: int | None = None
    """Of the host alone (BSD). Then `field` is the length at which a port may have been cut."""
    host_of_ipv4: int | None = None
    """Of the host of an IPv4 socket, if that is cut further."""
    host_with_names: int | None = None
    """Of the host where netstat was asked for names, if it is cut further then. The header does not
    tell; an address that is longer proves that netstat was asked for numbers."""
    numbers_are_cut: bool = False
    """At `field` characters even a numeric port may have lost its last digits."""
    service: int | None = None
    """Of a port's name (OpenBSD)."""
    also: tuple[int, ...] = ()
    """Other lengths of `host:port` that may come of a cut as well."""
    widths: tuple[tuple[str, tuple[int, ...]], ...] = ()
    """Title -> the width at which netstat cuts the words of that column, for tables without
    `host:port`. There are several where the header does not tell which of them it is."""

    def widths_of(self, title: str) -> tuple[int, ...]:
        """The widths at which the words of a column may have been cut; none if they never are."""
        return dict(self.widths).get(title, ())

    @property
    def with_numbers(self) -> AddressLimits:
        """The limits where netstat was asked for numbers."""
        return self._replace(host_with_names=None)

    @property
    def cut_fields(self) -> tuple[int, ...]:
        """All lengths of a field that may have been cut, in order."""
        return () if self.field is None else tuple(sorted({*self.also, self.field}))


ESCAPED_BYTE = r"\\(?:x[0-9a-f]{2}|udc[89a-f][0-9a-f])"
"""A byte that is no UTF-8, as lines come that have one."""
_ONE_BYTE = re.compile(ESCAPED_BYTE)


def size_of(text: str) -> int:
    """How many bytes netstat printed of a text."""
    if text.isascii() and "\\" not in text:
        return len(text)
    return len(bytes_of(text))


def bytes_of(text: str) -> bytes:
    """As many bytes as netstat printed of a text."""
    return _ONE_BYTE.sub("?", text).encode(errors="replace")


def ascii_of(text: str) -> str:
    """The text with a `?` for each byte of letters that are not ASCII."""
    return bytes_of(text).decode("ascii", "replace").replace("\ufffd", "?")


class ProgramLimit(NamedTuple):
    """How many bytes netstat prints of a program's name; None: it never cuts it."""

    bytes: int | None = None
    with_pid: bool = False
    """The number counts `pid/name`, not the name alone, and blanks behind it are padding."""
    at_most: int | None = None
    """So many are printed by another netstat, or an older one, that has the same header."""

    def is_filled_by(self, pid: str, name: str) -> bool:
        """True if the name fills its field, or is longer.

        Where blanks are padding, it may have been cut right behind a blank, which is lost.
        """
        if self.bytes is None:
            return False
        # What looks like a byte that is no UTF-8 may be four letters of the name itself.
        return self._with_pid(pid, len(name.encode(errors="replace"))) >= self.least

    @property
    def least(self) -> int:
        """From so many bytes on a name fills its field."""
        return (self.bytes or 0) - self.with_pid

    def is_exceeded_by(self, pid: str, name: str, *, by_others: bool = True) -> bool:
        """True if the name is longer than netstat prints it; `by_others`: than any of them does."""
        most = (self.at_most if by_others else None) or self.bytes
        return most is not None and self._with_pid(pid, size_of(name)) > most

    def _with_pid(self, pid: str, size: int) -> int:
        return size + len(pid) + 1 if self.with_pid else size


NEVER_CUT = ProgramLimit()


def is_number(port: str) -> bool:
    """True for a port's number, False for its name."""
    return port.isascii() and port.isdecimal()


def is_address(host: str) -> bool:
    """True for an IPv4 or IPv6 address, False for a name or `*`."""
    from socket import AF_INET, AF_INET6, inet_pton  # not needed where nothing may be cut

    family = AF_INET6 if ":" in host else AF_INET
    try:
        inet_pton(family, host.partition("%")[0])
    except (OSError, ValueError):
        return False
    return True


# Patterns -----------------------------------------------------------------------------------------

COMPLETE_IPV6 = (
    # eight groups
    r"(?:(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{4}"
    # seven, and `::` for the one that is zero
    r"|(?=\S*::)(?:::)?+(?:[0-9A-Fa-f]{1,4}::?){6}[0-9A-Fa-f]{4})"
)
"""An IPv6 address that no longer one starts with: all its groups, of which the last has four
digits. It is whole even where it fills its column."""


def has_length(lengths: Iterable[int], character: str = r"\S") -> str:
    """Looks ahead: the text up to the next blank, or the line's end, has one of these lengths."""
    words = (
        rf"{character}{{{least}}}(?!\S)"
        if least == most
        else rf"{character}{{{least},{most}}}+(?!\S)"
        for least, most in _ranges(lengths)
    )
    return f"(?={'|'.join(words)})"


def fits(limits: AddressLimits, character: str = r"\S") -> str:
    """Looks ahead: the address is shorter than its column, so nothing of it was cut."""
    assert limits.field is not None
    return has_length((n for n in range(1, limits.field) if n not in limits.also), character)


def fills(limits: AddressLimits, character: str = r"\S") -> str:
    """Looks ahead: the address fills its column exactly, so it may have been cut."""
    return has_length(limits.cut_fields, character)


def not_filled(width: int) -> str:
    """Looks back: the word that ends here is shorter than its column, or longer."""
    return rf"(?:(?<!\S{{{width}}})|(?<=\S{{{width + 1}}}))"


def _ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Rising numbers as ranges: 1 2 3 7 -> (1, 3) (7, 7)."""
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return ranges
