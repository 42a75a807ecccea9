"""The words that every dialect shares: counters, ports, states, processes.

Each function gives a pyparsing element that skips blanks and tabs before it, never a line's end. A
word is always whole: it ends at a blank or where the line ends, so that columns that run into each
other are refused, not misread.

A token has a second pattern, its quick form, for reading many rows at once. It may refuse what is
rare, but what it reads is what the whole pattern reads at the same place. `lower.py` makes the
quick form of a row out of those of its tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from pyparsing import And, Empty, Literal, MatchFirst, Opt, ParserElement, Regex

from netstat_parse.grammar.truncation import ESCAPED_BYTE

BLANKS = " \t"
END_OF_WORD = r"(?!\S)"
NEVER = "(?!)"
"""Matches nothing: the quick form of what must be read row by row."""

# Patterns -----------------------------------------------------------------------------------------

_ESCAPE_OR_CLASS = r"(?:\\.|\[\^?+\]?+(?:\\.|[^\]\\])*+\])"
_COMMENTS = re.compile(rf"({_ESCAPE_OR_CLASS})|[ \t\n\r\f\v]++|\#[^\n]*+", re.DOTALL)


def compact(pattern: str) -> str:
    r"""Take the blanks, line ends and `# comments` out of a verbose pattern.

    A blank that counts is written `[ ]` or `\ `, a number sign `\#` or `[#]`.
    """
    return _COMMENTS.sub(lambda found: found[1] or "", pattern)


@lru_cache(maxsize=2**12)  # the same tokens stand in many layouts
def is_group(pattern: str, opening: str = "(?:") -> bool:
    """Tell whether the pattern is one such group, from its first character to its last."""
    if not (pattern.startswith(opening) and pattern.endswith(")")):
        return False
    try:
        # What is well-formed without the outer parentheses did not need them to be balanced.
        re.compile(pattern[len(opening) : -1])
    except re.error:
        return False
    return True


def whole_word(pattern: str) -> str:
    """The pattern, and the word must end behind what it reads."""
    is_one = "|" not in pattern or is_group(pattern)
    return (pattern if is_one else f"(?:{pattern})") + END_OF_WORD


# These rules are cautious: of a pattern that they do not understand, nothing is supposed.

_ITEM = rf"(?:{_ESCAPE_OR_CLASS}|[^\\\[\]|*+?{{}}()])"
_RANGE = r"(?:[*+?]|\{\d+,\d*\}|\{,\d+\})"
_ITEMS = rf"(?:{_ITEM}(?:{_RANGE}\+|\{{\d+\}}\+?)?)"
_STEADY = rf"(?:\(\?[=!]{_ITEMS}+\)|{_ITEMS})"
_ALL_STEADY = re.compile(f"{_STEADY}+", re.DOTALL)
_STEADY_BUT_FOR_THE_TAIL = re.compile(f"{_STEADY}*{_ITEM}{_RANGE}", re.DOTALL)
_OCTAL_TAIL = re.compile(r"\\0\d?\Z")


def committed(pattern: str) -> str:
    """The pattern, so that nothing backtracks into it."""
    if is_group(pattern, "(?>"):
        return pattern
    if is_group(pattern):
        return f"(?>{pattern[3:]}"
    if _STEADY_BUT_FOR_THE_TAIL.fullmatch(pattern):
        return f"{pattern}+"
    if pattern and not _ALL_STEADY.fullmatch(pattern):
        return f"(?>{pattern})"
    # A digit that comes next would become a part of an octal escape.
    return f"(?:{pattern})" if _OCTAL_TAIL.search(pattern) else pattern


_PART = re.compile(
    rf"""
      {_ESCAPE_OR_CLASS}
    | \(\? (?: [:>=] | P<\w+> )                                       # a group, or a look ahead
    | \(\? (?: ! | <[=!] ) (?: {_ESCAPE_OR_CLASS} | [^()\\\[] )*+ \)  # another look, all of it
    | \(\?\# [^)]*+ \)                                                # a comment
    | .
    """,
    re.DOTALL | re.VERBOSE,
)
_ONE_CHARACTER = re.compile(r"\\[\WdSw]|\[.+\]|[^\\\[\]|*+?{}()^$]", re.DOTALL)
_MAY_BE_LEFT_OUT = re.compile(r"[*?]|\{0*[,}]")


def refuses_tab(pattern: str) -> bool:
    """Whether it is known that the pattern matches nowhere where a tab comes next.

    It is known of each alternative that begins with a character, or a look ahead for one, that is
    no tab.
    """
    depth = 0
    known_at: int | None = None
    """How deep in groups the alternative stands of which it is known."""
    for part in _PART.finditer(pattern):
        text, may_be_left_out = part[0], _MAY_BE_LEFT_OUT.match(pattern, part.end()) is not None
        if text == "|":
            if known_at is None:
                return False
            known_at = None if depth <= known_at else known_at
        elif text == ")":
            depth -= 1
            if known_at is None or (depth < known_at and may_be_left_out):
                return False
            known_at = min(depth, known_at)
        elif text.startswith("(") and not text.endswith(")"):
            depth += 1
        elif known_at is None and not text.startswith("("):
            is_one = _ONE_CHARACTER.fullmatch(text) and not may_be_left_out
            if not is_one or re.match(text, "\t"):
                return False
            known_at = depth
    return known_at is not None


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
QUICK_COUNTER = "(?:0|[1-9][0-9]{0,18}+)"
"""The quick form of COUNTER: at most 19 digits, which are always below its limit."""
ID = "(?:[1-9][0-9]{0,9}+|0)"
"""A pid, a uid: at most 32 bits."""
PORT = at_most(65535)
"""0 to 65535 (RFC 9293, section 3.1: 16 bits)."""
NAMED_PORT = compact(rf"""
    (?! [0-9]++ {END_OF_WORD} )                   # 65536 is neither a number nor a name,
    (?! \S* \. (?: [0-9]++ | \* ) {END_OF_WORD} ) # nor is what ends in .22 or .*: NetBSD's address
    [^\s:.*\[\]\\(){{}}<>"`',;&] [^\s:*\[\]\\(){{}}<>"`',;&]*+  # http, x11-ssh
    | z39\.50?+ {END_OF_WORD}                     # the one service of /etc/services with a dot
""")
"""A service's name. The end of z39.50 may have been cut."""
PLAIN_NAME = "[a-z][a-z0-9-]*+"
"""The quick form of NAMED_PORT."""
NOT_GLUED = r"""(?! \S*? (?: [<>"`\\] | [',;&]++ (?!\S) | &[a-z]++; ) )"""
"""Looks ahead: a word to which a paste has glued nothing, like `</code>`, a quote or `\\n`."""
NUMBERED_PORT_BEHIND = rf"(?=[:.][0-9*]++{END_OF_WORD})"
"""Looks ahead, from an IPv4 address: its port is a number or `*`."""

# Elements -----------------------------------------------------------------------------------------


class Token(Regex):
    """An element for one regular expression.

    Attributes:
        quick: What is read in its place in the quick form.
        is_word: Its quick form reads a whole word. `quick` does not ask for the word's end: where
            blanks follow, they end it.
    """

    quick: str
    is_word: bool

    def __init__(
        self,
        words: str,
        pattern: str,
        *,
        quick: str | None = None,
        is_word: bool = False,
        is_quick_word: bool = False,
    ) -> None:
        text = compact(pattern)
        super().__init__(whole_word(text) if is_word else text)
        self.quick = text if quick is None else compact(quick)
        self.is_word = is_word or is_quick_word
        self.set_whitespace_chars(BLANKS)
        self.set_name(words)


def token(
    words: str, pattern: str, *, quick: str | None = None, is_quick_word: bool = False
) -> Token:
    """An element for one verbose regular expression, called `words` in messages and diagrams.

    `quick` is what is read in its place in the quick form: a verbose pattern that may match at
    fewer places, but nowhere another text. `is_quick_word` says that this reads a whole word.
    """
    return Token(words, pattern, quick=quick, is_quick_word=is_quick_word)


def word_token(words: str, pattern: str, *, quick: str | None = None) -> Token:
    """A token that reads a whole word: behind what the pattern reads, the word must end."""
    return Token(words, pattern, quick=quick, is_word=True)


class Exclusive(MatchFirst):
    """A choice in whose quick form none of the elements can be taken for one before it."""


def choice(words: str, *elements: ParserElement, is_exclusive: bool = False) -> ParserElement:
    """The first of the elements that matches.

    `is_exclusive` says that where the whole form of one matches, the quick form of none behind it
    does.
    """
    made = Exclusive(elements) if is_exclusive else MatchFirst(elements)
    return made.set_whitespace_chars(BLANKS).set_name(words)


def literal(text: str) -> ParserElement:
    """An element for exactly this text."""
    return Literal(text).set_whitespace_chars(BLANKS)


def adjacent(*elements: ParserElement) -> ParserElement:
    """The elements in a row, with no blanks between them; blanks before the first are skipped."""
    first, *others = elements
    return And([first, *(other.copy().leave_whitespace() for other in others)])


NOTHING = Empty().leave_whitespace()
"""The cell of a column that a row leaves out."""


def optional(element: ParserElement) -> ParserElement:
    """The element, or nothing."""
    return Opt(element)


def number(name: str, words: str, pattern: str = COUNTER) -> ParserElement:
    """A whole number under the results name `name`."""
    quick = QUICK_COUNTER if pattern == COUNTER else None
    return word_token(words, pattern, quick=quick)(name)


def hexadecimal(name: str, words: str, digits: int, prefix: str = "") -> ParserElement:
    """A hexadecimal number of at least `digits` digits (printf's %0Nx)."""
    return word_token(words, rf"{prefix}[0-9a-f]{{{digits},16}}+")(name)


def word(name: str, words: str) -> ParserElement:
    """Anything without blanks."""
    return token(words, r"\S++")(name)


def one_of_words(texts: Iterable[str], words: str) -> ParserElement:
    """One of the given texts, as a whole word."""
    known = tuple(dict.fromkeys(texts))
    longer = [text for text in known if text[:-1] in known]
    # `tcp` and `tcp6` are tried at once, as `tcp6?`; so are a state and the same with a star.
    ends = [text for text in longer if text not in {other[:-1] for other in longer}]
    patterns = []
    for text in sorted(known, key=len, reverse=True):
        if text not in ends:
            last = [re.escape(end[-1]) for end in ends if end[:-1] == text]
            one = "".join(last) if len(last) == 1 else f"[{''.join(last)}]"
            patterns.append(re.escape(text) + (f"{one}?+" if last else ""))
    return word_token(words, "|".join(patterns))


def port(side: str) -> ParserElement:
    """A port: its number or its service name under the results name SIDE_port, or `*`."""
    known = word_token("port", f"{PORT}|{NAMED_PORT}", quick=f"{PORT[3:-1]}|{PLAIN_NAME}")
    none = word_token("'*'", r"\*")
    return choice("port", known(f"{side}_port"), none, is_exclusive=True)


def path(longest: int) -> ParserElement:
    """A path in the row's last column, which may hold blanks and may be empty."""
    fits = rf"(?= (?> {ESCAPED_BYTE} | [^\n] ){{0,{longest}}} [ \t]*+ (?![^\n]) )"
    return token(
        f"path of at most {longest} bytes",
        rf"{fits} (?: .* [^ \t\n] )?+",
        quick=rf"[!-~]{{1,{longest}}}+ (?= [ ]*+ $) | (?= [ -~]{{0,{longest}}} $ ) .* [^ \n] | ",
    )("path")


def free_text(name: str, words: str, behind: str, longest: int = 255) -> ParserElement:
    """Text that may hold blanks, under the results name `name`; it may be empty.

    It ends where `behind`, the whole pattern of everything that follows, goes on to the line's end;
    with nothing behind it, it is the rest of the line, less trailing blanks.
    """
    if not behind:
        rest_of_line = r"""
            [^ \t\n]++ (?= [ \t]*+ (?![^\n]) )  # one word: usual, and quicker to end than to come
            | .* [^ \t\n]                       # back to from the line's end
            |
        """
        return token(words, rest_of_line, quick=r"[^ \t\n]++ (?= [ ]*+ $) | .* [^ \t\n] | ")(name)
    text = rf"(?: .{{0,{longest - 1}}}? [^ \t\n] )??"
    return token(words, rf"{text} (?= {behind} [ \t]*+ $ )")(name)
