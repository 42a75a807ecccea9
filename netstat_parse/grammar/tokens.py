"""The words that every dialect shares: counters, ports, hosts, states, processes.

Each function gives a pyparsing element that skips blanks and tabs before it, never a line's end. A
word is always whole: it ends at a blank or where the line ends, so that columns that run into each
other are refused, not misread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyparsing import And, Empty, Literal, MatchFirst, Opt, ParserElement, Regex

BLANKS = " \t"
END_OF_WORD = r"(?!\S)"


def at_most(limit: int) -> str:
    """The pattern of a whole number up to `limit`, in ASCII digits without leading zeros.

    The limit has two digits or more. What follows must refuse a digit; the longest is tried first.
    """
    digits = str(limit)
    first, between, last = digits[0], digits[1:-1], digits[-1]
    lower = [f"[1-{int(first) - 1}][0-9]{{0,{len(between) + 1}}}+"] if first > "1" else []
    as_long = [
        f"{first}{between[:i]}[0-{int(digit) - 1}][0-9]{{{len(between) - i}}}"
        for i, digit in enumerate(between)
        if digit > "0"
    ]
    shorter = f"[{first}-9][0-9]{{0,{len(between)}}}+"
    return f"(?:{'|'.join(['0', *lower, *as_long, f'{first}{between}[0-{last}]', shorter])})"


COUNTER = at_most(2**64 - 1)
"""A whole number as printf's %lu writes it."""
ID = r"(?:[1-9][0-9]{0,9}+|0)"
"""A pid, a uid: at most 32 bits."""
PORT = at_most(65535)
"""0 to 65535 (RFC 9293, section 3.1: 16 bits)."""
NAMED_PORT = (
    rf"(?![0-9]++{END_OF_WORD})(?!\S*\.(?:[0-9]++|\*){END_OF_WORD})[^\s:.*][^\s:]*+"
    rf"|z39\.50?+{END_OF_WORD}"
)
ANY_PORT = f"(?>(?:{PORT}|{NAMED_PORT}){END_OF_WORD})"
"""A port as a lowered pattern has it."""
NUMBER_BEHIND = rf"(?=[:.][0-9*]++{END_OF_WORD})"
"""Looks ahead, from an IPv4 address: its port is a number or `*`, so none of it was cut."""


def token(pattern: str, words: str) -> ParserElement:
    """An element for one regular expression, called `words` in messages and diagrams."""
    return Regex(pattern).set_whitespace_chars(BLANKS).set_name(words)


def choice(words: str, *elements: ParserElement) -> ParserElement:
    """The first of the elements that matches."""
    return MatchFirst(elements).set_whitespace_chars(BLANKS).set_name(words)


def literal(text: str) -> ParserElement:
    """An element for exactly this text."""
    return Literal(text).set_whitespace_chars(BLANKS)


def adjacent(*elements: ParserElement) -> ParserElement:
    """The elements in a row, with no blanks between them; blanks before the first are skipped."""
    first, *others = elements
    return And([first, *(other.copy().leave_whitespace() for other in others)])


def number(name: str, words: str, pattern: str = COUNTER) -> ParserElement:
    """A whole number under the results name `name`."""
    return token(pattern + END_OF_WORD, words)(name)


def hexadecimal(name: str, words: str, digits: int, prefix: str = "") -> ParserElement:
    """A hexadecimal number of at least `digits` digits (printf's %0Nx)."""
    return token(rf"{prefix}[0-9a-f]{{{digits},16}}+{END_OF_WORD}", words)(name)


def word(name: str, words: str) -> ParserElement:
    """Anything without blanks."""
    return token(r"\S++", words)(name)


def one_of_words(texts: Iterable[str], words: str) -> ParserElement:
    """One of the given texts, as a whole word."""
    known = set(texts)
    # A word and the same with a star behind it are tried at once.
    patterns = [
        re.escape(text) + (r"\*?+" if f"{text}*" in known else "")
        for text in sorted(texts, key=len, reverse=True)
        if not (text.endswith("*") and text[:-1] in known)
    ]
    return token(f"(?:{'|'.join(patterns)}){END_OF_WORD}", words)


def port(side: str) -> ParserElement:
    """A port: its number or its service name (kept as SIDE_port), or `*`.

    Five digits beyond 65535 are neither a number nor a name. Nor is what ends in `.22` or `.*`: so
    end the addresses of NetBSD, whose titles are those of Linux. One service is called z39.50.
    """
    known = token(f"(?:{PORT}|{NAMED_PORT}){END_OF_WORD}", "port")(f"{side}_port")
    return choice("port", known, token(rf"\*{END_OF_WORD}", "'*'"))


def endpoint(side: str, separator: str, host: ParserElement) -> ParserElement:
    """`host:port` or `host.port`: the last separator of the word divides."""
    return adjacent(host(f"{side}_host"), literal(separator), port(side)).set_name(
        f"{side} address"
    )


def fits(width: int) -> str:
    """The pattern that looks ahead: the next word is shorter than `width`, and all of it ASCII.

    (A class that names its characters is quicker than one that asks Unicode about each.)
    """
    return rf"(?=[!-~]{{1,{width - 1}}}+{END_OF_WORD})"


NOTHING = Empty().leave_whitespace()
"""The cell of a column that a row leaves out."""


def optional(element: ParserElement) -> ParserElement:
    """The element, or nothing."""
    return Opt(element)


def free_text(name: str, words: str, behind: str, longest: int = 255) -> ParserElement:
    """Text that may hold blanks, under the results name `name`; it may be empty.

    It ends where `behind`, the pattern of everything that follows, goes on to the line's end; with
    nothing behind it, it is the rest of the line, less trailing blanks.
    """
    if not behind:
        # One word is the usual case, and quicker to end than to come back to from the line's end.
        return token(r"(?:[^ \t\n]++(?=[ \t]*+(?![^\n]))|.*[^ \t\n]|)", words)(name)
    text = rf"(?:.{{0,{longest - 1}}}?[^ \t\n])??"
    return token(rf"{text}(?={behind}[ \t]*+$)", words)(name)
