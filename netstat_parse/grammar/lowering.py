"""A pyparsing grammar as one regular expression of exactly the same meaning.

pyparsing takes the first way that an element can match and never comes back to try another. The
pattern does the same: what could backtrack is atomic or possessive. An element for which no exact
pattern is known is refused, so that a grammar and its pattern cannot drift apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NoReturn

import pyparsing as pp
from pyparsing.core import _SingleCharLiteral

__all__ = ["lower"]


def lower(expression: pp.ParserElement) -> str:
    """Give the text of a regular expression that means the same as a pyparsing expression.

    `re.compile(lower(e)).match(text)` succeeds exactly where `e.parse_string(text)` does, and ends
    at the same place. Each results name is a named group that holds the same text; the group is
    `None` where the name is not set. The pattern has no anchor of its own and must be compiled
    without flags.

    The expression must read the text as it is: call `parse_with_tabs()` on it first, as pyparsing
    otherwise replaces tabs by blanks before it parses. The expression is streamlined, as its first
    `parse_string` would do, and is otherwise left alone.

    Raises:
        TypeError: some element cannot be lowered exactly. The message names it and says why.
    """
    if not expression.keepTabs:
        _refuse(expression, "it expands tabs before it parses; call parse_with_tabs() on it")
    expression.streamline()
    return _Lowering().visit(expression, _Place()).spelled


def _refuse(element: pp.ParserElement, why: str) -> NoReturn:
    raise TypeError(f"cannot lower {type(element).__name__} {element}: {why}")


# What is known at a position, and what an element becomes -------------------------------------


@dataclass(frozen=True)
class _Place:
    """What is known about a position in the text when an element is tried there.

    Attributes:
        skipped: No character of this set can follow.
        origin: Nothing but the leading run of these characters comes before; None if unknown.
        past: The end of the text may have been matched. pyparsing then stands one beyond it, where
            some elements behave differently.
        nameless: Why no results name may be set here; empty if one may.
    """

    skipped: frozenset[str] = frozenset()
    origin: frozenset[str] | None = frozenset()
    past: bool = False
    nameless: str = ""

    def after_skip(self, chars: frozenset[str]) -> _Place:
        """The place after a skip over the characters."""
        if chars <= self.skipped:
            return self
        # A longer run of a wider set starts where this one does, so it ends where its own run ends.
        origin = chars if self.origin is not None and self.origin <= chars else None
        return replace(self, skipped=chars, origin=origin)

    def after_text(self) -> _Place:
        """The place after some text, of which nothing is remembered."""
        return replace(self, skipped=frozenset(), origin=None, past=False)

    def or_else(self, other: _Place) -> _Place:
        """What is true at both places."""
        return replace(
            self,
            skipped=self.skipped & other.skipped,
            origin=self.origin if self.origin == other.origin else None,
            past=self.past or other.past,
        )

    def without_names(self, why: str) -> _Place:
        return replace(self, nameless=self.nameless or why)


@dataclass(frozen=True)
class _Piece:
    """The pattern of one element.

    Attributes:
        text: The pattern, fit for any neighbours; nothing backtracks into it.
        after: The place where a match ends.
        lead: The characters skipped before the text.
        bare: A shorter text that is as good right inside a group which commits; empty if none is.
        atom: A quantifier may follow the text.
        nullable: It may match without reading anything.
        verbatim: The tokens, joined, are the matched text.
        single: There is one token, and it is the matched text.
        literal: The only text that it matches, if there is only one.
    """

    text: str
    after: _Place
    lead: frozenset[str] = frozenset()
    bare: str = ""
    atom: bool = False
    nullable: bool = False
    verbatim: bool = True
    single: bool = False
    literal: str | None = None

    @property
    def spelled(self) -> str:
        """The text and what is skipped before it."""
        return f"{_char_class(self.lead)}*+{self.text}" if self.lead else self.text

    @property
    def inside(self) -> str:
        """The same, to stand alone inside a group that commits."""
        return self.spelled if self.lead else self.bare or self.text

    def behind(self, chars: frozenset[str]) -> _Piece:
        """The piece with another skip before its own."""
        if chars <= self.lead:
            return self
        if not self.lead:
            return replace(self, lead=chars)
        return replace(_composed(self.spelled, self), lead=chars)

    def repeated(self, times: str) -> str:
        """The pattern of some repetitions, given as a quantifier that commits."""
        if self.atom and not self.lead and not self.bare:
            return f"{self.text}{times}"
        return f"(?:{self.inside}){times}"


def _composed(text: str, body: _Piece) -> _Piece:
    """The piece of a text that holds another piece behind characters which are in no token."""
    return _Piece(text, body.after, nullable=body.nullable, verbatim=False)


def _width_none(text: str, place: _Place) -> _Piece:
    """The piece of an element that reads nothing and gives no token."""
    return _Piece(text, place, nullable=True)


def _never(place: _Place) -> _Piece:
    return _Piece("(?!)", place)


# Texts of patterns ------------------------------------------------------------------------------

_SPELLINGS = {"\t": r"\t", "\n": r"\n", "\r": r"\r", "\f": r"\f", "\v": r"\v"}
_SPECIAL = frozenset("\\.^$*+?{}[]|()")
_SPECIAL_IN_CLASS = frozenset("\\[]^-&~|")
_UNLIMITED = 2**32 - 1
"""From this count on, `re` knows no difference from endless."""


def _escape(text: str) -> str:
    return "".join(_spell(char, _SPECIAL) for char in text)


def _spell(char: str, special: frozenset[str]) -> str:
    if char in special:
        return f"\\{char}"
    return char if char.isprintable() else _SPELLINGS.get(char, f"\\U{ord(char):08x}")


def _char_class(chars: Collection[str], *, negated: bool = False) -> str:
    """One character of the set, or one outside of it."""
    if not chars:
        return r"[\s\S]" if negated else "(?!)"
    if len(chars) == 1 and not negated and " " not in chars:
        return _escape("".join(chars))
    return f"[{'^' if negated else ''}{''.join(_ranges(chars))}]"


def _ranges(chars: Iterable[str]) -> list[str]:
    """The inside of a character class, the blank first."""
    runs: list[list[str]] = []
    for char in sorted(chars, key=lambda char: (char != " ", char)):
        if runs and ord(char) == ord(runs[-1][-1]) + 1:
            runs[-1].append(char)
        else:
            runs.append([char])
    spelled = [[_spell(char, _SPECIAL_IN_CLASS) for char in run] for run in runs]
    return [f"{run[0]}-{run[-1]}" if len(run) > 2 else "".join(run) for run in spelled]


def _times(least: int, most: int | None) -> str:
    """A quantifier that commits; nothing for exactly once."""
    if least == most:
        return "" if least == 1 else f"{{{least}}}"
    short = {(0, None): "*", (1, None): "+", (0, 1): "?"}.get((least, most))
    return f"{short}+" if short else f"{{{least},{'' if most is None else most}}}+"


def _span(one: str, least: int, most: int) -> str:
    """So many characters of a class, as many as there are."""
    if most < least:
        return "(?!)"
    return one + _times(least, most if most < _UNLIMITED else None)


# The text of a regular expression that somebody else wrote. These rules are cautious: a text that
# they do not understand is made atomic, which is always right.
_ITEM = r"(?:\\.|\[\^?(?:\\.|[^\]\\])+\]|[^\\\[\]|*+?{}()])"
_RANGE = r"(?:[*+?]|\{\d+,\d*\}|\{,\d+\})"
_STEADY = rf"(?:{_ITEM}(?:{_RANGE}\+|\{{\d+\}}\+?)?)"
_ONE_ITEM = re.compile(r"\\[\WdDsSwW]|\[\^?(?:\\.|[^\]\\])+\]|[^\\\[\]|*+?{}()^$]", re.DOTALL)
_ALL_STEADY = re.compile(f"{_STEADY}+", re.DOTALL)
_STEADY_BUT_FOR_THE_TAIL = re.compile(f"{_STEADY}*{_ITEM}{_RANGE}", re.DOTALL)
_OCTAL_TAIL = re.compile(r"\\0\d?\Z")
_READS_SOMETHING = re.compile(r"\\[^bBAZz]|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_ASSERTION_OR_COMMENT = re.compile(r"\\|[\^$]|\(\?(?:<?[=!]|#)")
_GLOBAL_FLAGS = re.compile(r"\A(?:\(\?[aimsuLx]+\))+")
_SCOPED_FLAGS = {re.ASCII: "a", re.IGNORECASE: "i", re.MULTILINE: "m", re.DOTALL: "s"}


def _committed(text: str, place: _Place) -> _Piece:
    """The piece of a regular expression, so that nothing backtracks into it."""
    piece = _Piece(text, place, single=True)
    if _is_atomic_group(text):
        return replace(piece, atom=True)
    if _STEADY_BUT_FOR_THE_TAIL.fullmatch(text):
        return replace(piece, text=f"{text}+")
    if not _ALL_STEADY.fullmatch(text):
        return replace(piece, text=f"(?>{text})", bare=text, atom=True)
    if _OCTAL_TAIL.search(text):
        # A digit that comes next would become a part of the escape.
        return replace(piece, text=f"(?:{text})", atom=True)
    return replace(piece, atom=bool(_ONE_ITEM.fullmatch(text)))


def _is_atomic_group(text: str) -> bool:
    """Whether the text is one atomic group, from its first character to its last."""
    if not (text.startswith("(?>") and text.endswith(")")):
        return False
    try:
        # What is well-formed without the outer parentheses did not need them to be balanced.
        re.compile(text[3:-1])
    except re.error:
        return False
    return True


def _may_match_nothing(pattern: re.Pattern[str], text: str) -> bool:
    # Without assertions, what can match nothing somewhere can match nothing in an empty text.
    reads = _READS_SOMETHING.sub("", text)
    return pattern.match("") is not None or _ASSERTION_OR_COMMENT.search(reads) is not None


# Letters without regard to case: pyparsing compares what str.upper() gives.
_OTHER_LOWER = {"I": "\u0131", "S": "\u017f"}
_UPPER_OF_ONE = ("SS", "FF", "FI", "FL", "ST")
"""Texts that str.upper() gives for a single character; the longer ones hold one of these."""


def _variants(char: str) -> set[str]:
    """The characters of which an ASCII upper-case character is the upper case."""
    return {char, char.lower(), *_OTHER_LOWER.get(char, "")}


def _caseless(element: pp.ParserElement, upper: str, place: _Place) -> _Piece:
    if not upper.isascii():
        _refuse(element, "only ASCII can be matched exactly without regard to case")
    if any(pair in upper for pair in _UPPER_OF_ONE):
        _refuse(
            element,
            "at the end of the text pyparsing takes one character, such as a ligature, for two of"
            " its letters; use Regex with '(?i:...)'",
        )
    if not upper:
        return replace(_width_none("", place), single=True)
    plain = upper.lower() == upper
    text = "".join(_char_class(_variants(char)) for char in upper)
    # pyparsing gives the text of the grammar, not the text that was read.
    return _Piece(text, place.after_text(), atom=len(upper) == 1, verbatim=plain, single=plain)


# The visitor --------------------------------------------------------------------------------------

_NO_DEFAULT = pp.Opt(pp.Empty()).defaultValue
_PAST = "pyparsing treats it differently after an element that has matched the end of the text"
_REASONS: dict[type[pp.ParserElement], str] = {
    pp.And._ErrorStop: "an error after `-` ends all parsing; use `+`",
    pp.Or: "it takes the longest alternative; use `|`",
    pp.Each: "it takes its elements in any order",
    pp.Forward: "it may be recursive",
    pp.PrecededBy: "it has a parse action, and looks back in its own way",
    pp.SkipTo: "use CharsNotIn or Regex to say what is skipped",
    pp.QuotedString: "its token is not the text that it reads; use Regex",
}


class _Lowering:
    """Lowers one grammar, and keeps the results names that it has met."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit(self, element: pp.ParserElement, place: _Place, *, skip: bool = True) -> _Piece:
        """Lower an element, with its own skip unless its container has done that."""
        build = _BUILDERS.get(type(element))
        if build is None:
            _refuse(element, _REASONS.get(type(element), "no exact pattern is known for its class"))
        _check_plain(element)
        chars = _skipped_before(element) if skip else frozenset()
        piece = build(self, element, place.after_skip(chars))
        if skip and type(element) is pp.LineStart:
            piece = _skip_to_line(element, piece)
        if element.resultsName and type(element) is not pp.Opt:
            piece = self.named(element, piece, place)
        piece = replace(piece, after=replace(piece.after, nameless=place.nameless))
        return piece if chars <= place.skipped else piece.behind(chars)

    def named(self, element: pp.ParserElement, piece: _Piece, place: _Place) -> _Piece:
        """Put the text of a piece into the group of a results name."""
        name = element.resultsName
        if place.nameless:
            _refuse(element, f"it has the results name {name!r} {place.nameless}")
        if not (isinstance(name, str) and name.isidentifier()):
            _refuse(element, f"its results name {name!r} is not an identifier")
        if not element.modalResults:
            _refuse(element, f"its results name {name!r} lists all matches")
        if name in self.names:
            _refuse(element, f"the results name {name!r} is used twice")
        if not piece.single:
            _refuse(
                element,
                f"the value of its results name {name!r} is not always one token that is the text"
                " it read; use Combine, or name a part of it",
            )
        self.names.add(name)
        return replace(piece, text=f"(?P<{name}>{piece.text})", bare="", atom=True, literal=None)

    # Tokens

    def empty(self, element: Any, place: _Place) -> _Piece:
        return _width_none("", place)

    def no_match(self, element: Any, place: _Place) -> _Piece:
        return _never(place)

    def literal(self, element: Any, place: _Place) -> _Piece:
        text: str = element.match
        # A blank needs a class to be seen before a quantifier.
        pattern = _char_class(text) if len(text) == 1 else _escape(text)
        atom = len(text) == 1
        return _Piece(pattern, place.after_text(), atom=atom, single=True, literal=text)

    def caseless_literal(self, element: Any, place: _Place) -> _Piece:
        return _caseless(element, element.match, place)

    def keyword(self, element: Any, place: _Place) -> _Piece:
        ident = element.ident_chars if hasattr(element, "ident_chars") else element.identChars
        if element.caseless:
            if not element.match.isascii() or not all(char.isascii() for char in ident):
                _refuse(element, "only ASCII can be matched exactly without regard to case")
            piece = _caseless(element, element.caselessmatch, place)
            ident = set[str]().union(*map(_variants, ident))
        else:
            piece = _Piece(_escape(element.match), place.after_text(), single=True)
        if not ident:
            return piece
        border = _char_class(ident)
        return replace(piece, text=f"(?<!{border}){piece.text}(?!{border})", atom=False)

    def word(self, element: Any, place: _Place) -> _Piece:
        if element.parseImpl.__name__ == "parseImpl_regex":
            # Where exclude_chars leaves no first character, pyparsing builds a pattern by mistake
            # that may match nothing.
            nullable = not element.initChars
            return replace(_committed(element.re.pattern, place.after_text()), nullable=nullable)
        return self.word_with_blanks(element, place)

    def word_with_blanks(self, element: Any, place: _Place) -> _Piece:
        """A Word for which pyparsing has no regular expression, and whose rules are its own."""
        first, body = _char_class(element.initChars), _char_class(element.bodyChars)
        least, most = element.minLen, element.maxLen
        if first == body:
            text = _span(body, least, most)
        else:
            text = first if most == 1 else first + _span(body, least - 1, most - 1)
        if element.asKeyword:
            text = f"(?<!{body}){text}"
        if element.asKeyword or element.maxSpecified:
            text = f"{text}(?!{body})"
        return _Piece(text, place.after_text(), single=True)

    def regex(self, element: Any, place: _Place) -> _Piece:
        pattern = element.re
        _check_regex(element, pattern)
        text = _GLOBAL_FLAGS.sub("", pattern.pattern)
        nullable = _may_match_nothing(pattern, text)
        if nullable and place.past:
            _refuse(element, _PAST)
        piece = replace(_committed(text, place.after_text()), nullable=nullable)
        flags = "".join(sign for flag, sign in _SCOPED_FLAGS.items() if pattern.flags & flag)
        if not flags:
            return piece
        return replace(piece, text=f"(?{flags}:{piece.text})", bare="", atom=True)

    def chars_not_in(self, element: Any, place: _Place) -> _Piece:
        one = _char_class(element.notCharsSet, negated=True)
        return self.span(one, element, place)

    def white(self, element: Any, place: _Place) -> _Piece:
        return self.span(_char_class(set(element.matchWhite)), element, place)

    def span(self, one: str, element: Any, place: _Place) -> _Piece:
        text = _span(one, element.minLen, element.maxLen)
        return _Piece(text, place.after_text(), atom=text == one, single=True)

    # Positions

    def string_start(self, element: Any, place: _Place) -> _Piece:
        if place.past:
            _refuse(element, _PAST)
        if not element.skipWhitespace:
            return _width_none(r"\A", place)
        if place.origin in (frozenset(), frozenset(element.whiteChars)):
            return _width_none("", place)
        _refuse(element, "it is not the first element, and skips; call leave_whitespace() on it")

    def string_end(self, element: Any, place: _Place) -> _Piece:
        return _width_none(r"\Z", replace(place, past=True))

    def line_start(self, element: Any, place: _Place) -> _Piece:
        if place.past:
            _refuse(element, _PAST)
        return _width_none("(?m:^)", place)

    def line_end(self, element: Any, place: _Place) -> _Piece:
        if place.past:
            _refuse(element, _PAST)
        after = replace(place.after_text(), past=True)
        return _Piece(r"(?:\n|\Z)", after, bare=r"\n|\Z", nullable=True)

    # Lookaheads

    def followed_by(self, element: Any, place: _Place) -> _Piece:
        return _width_none(f"(?={self.visit(element.expr, place).inside})", place)

    def not_any(self, element: Any, place: _Place) -> _Piece:
        inner = place.without_names("inside a negative lookahead, where it never gets a value")
        return _width_none(f"(?!{self.visit(element.expr, inner).inside})", place)

    # Combinations

    def sequence(self, element: Any, place: _Place) -> _Piece:
        if not element.exprs:
            _refuse(element, "it is a sequence of nothing, which pyparsing cannot match")
        # The sequence has skipped for its first element.
        first = self.visit(element.exprs[0], place, skip=False)
        pieces = [first]
        for expr in element.exprs[1:]:
            pieces.append(self.visit(expr, pieces[-1].after))
        return _Piece(
            first.text + "".join(piece.spelled for piece in pieces[1:]),
            pieces[-1].after,
            lead=first.lead,
            nullable=all(piece.nullable for piece in pieces),
            verbatim=all(piece.verbatim for piece in pieces)
            and not any(piece.lead for piece in pieces[1:]),
        )

    def first_match(self, element: Any, place: _Place) -> _Piece:
        pieces = [self.visit(expr, place) for expr in element.exprs]
        if not pieces:
            return _never(place)
        lead = pieces[0].lead if len({piece.lead for piece in pieces}) == 1 else frozenset()
        if lead:
            pieces = [replace(piece, lead=frozenset()) for piece in pieces]
        else:
            pieces = [_composed(p.spelled, p) if p.lead else p for p in pieces]
        return replace(_alternation(pieces), lead=lead)

    def opt(self, element: Any, place: _Place) -> _Piece:
        if element.defaultValue is not _NO_DEFAULT:
            _refuse(element, "its default value is a token that is not in the text")
        body = self.visit(element.expr, place, skip=False)
        if element.resultsName:
            body = self.named(element, body, place)
        return _Piece(
            body.repeated("?+"),
            place.or_else(body.after),
            nullable=True,
            verbatim=body.verbatim and not body.lead,
        )

    def zero_or_more(self, element: Any, place: _Place) -> _Piece:
        piece = self.repetition(element, place, 0)
        return replace(piece, after=place.or_else(piece.after), nullable=True)

    def one_or_more(self, element: Any, place: _Place) -> _Piece:
        return self.repetition(element, place, 1)

    def repetition(self, element: Any, place: _Place, least: int) -> _Piece:
        # The re module of Python 3.11 can fail on a group inside a possessive repetition.
        inner = replace(place.after_text(), past=place.past).without_names("inside a repetition")
        body = self.visit(element.expr, inner)
        if body.nullable:
            _refuse(element, "it repeats what may match nothing, which pyparsing does for ever")
        if element.not_ender is not None:
            ender = self.visit(element.not_ender, inner)
            body = replace(body, text=ender.spelled + body.spelled, lead=frozenset(), bare="")
            body = replace(body, atom=False, verbatim=False)
        times = _times(least, getattr(element, "max_count", None))
        verbatim = body.verbatim and not body.lead
        return _Piece(body.repeated(times), body.after, verbatim=verbatim)

    # Converters

    def transparent(self, element: Any, place: _Place) -> _Piece:
        return replace(self.visit(element.expr, place, skip=False), single=False)

    def group(self, element: Any, place: _Place) -> _Piece:
        inner = place.without_names("inside a Group, where it is a name of the group's result only")
        body = self.visit(element.expr, inner, skip=False)
        return replace(body, verbatim=False, single=False)

    def suppress(self, element: Any, place: _Place) -> _Piece:
        inner = place.without_names("inside Suppress, which drops it")
        body = self.visit(element.expr, inner, skip=False)
        return replace(body, verbatim=False, single=False)

    def combine(self, element: Any, place: _Place) -> _Piece:
        if element.resultsName:
            place = place.without_names("inside a Combine with a name, whose value it changes")
        body = self.visit(element.expr, place, skip=False)
        faithful = body.verbatim and not element.joinString
        return replace(body, verbatim=faithful, single=faithful)


def _alternation(pieces: list[_Piece]) -> _Piece:
    """The first piece that matches, of pieces that skip nothing."""
    if len(pieces) == 1:
        return pieces[0]
    bare = "|".join(piece.inside for piece in pieces)
    after = pieces[0].after
    for piece in pieces[1:]:
        after = after.or_else(piece.after)
    return _Piece(
        f"(?:{bare})" if _at_most_one_matches(pieces) else f"(?>{bare})",
        after,
        bare=bare,
        atom=True,
        nullable=any(piece.nullable for piece in pieces),
        verbatim=all(piece.verbatim for piece in pieces),
        single=all(piece.single for piece in pieces),
    )


def _at_most_one_matches(pieces: list[_Piece]) -> bool:
    """Whether the pieces are literals of which none begins with another."""
    texts = sorted(piece.literal or "" for piece in pieces)
    return all(short and not long.startswith(short) for short, long in pairwise(texts))


def _check_plain(element: pp.ParserElement) -> None:
    if element.parseAction:
        _refuse(element, "it has a parse action or condition")
    if element.failAction or element.debug:
        _refuse(element, "it has a fail action or debug actions")
    if element.ignoreExprs:
        _refuse(element, "it ignores other expressions")


def _check_regex(element: Any, pattern: Any) -> None:
    if not isinstance(pattern, re.Pattern) or not isinstance(pattern.pattern, str):
        _refuse(element, "its pattern is not a text pattern of the re module")
    if element.asGroupList or element.asMatch:
        _refuse(element, "it does not give the text that it read")
    if pattern.groupindex:
        _refuse(element, "it has named groups; give names to elements of the grammar instead")
    if pattern.groups:
        _refuse(element, "it has numbered groups `(...)`; use `(?:...)`")
    if pattern.flags & re.VERBOSE:
        _refuse(element, "its pattern is verbose")


def _skipped_before(element: Any) -> frozenset[str]:
    """The characters that pyparsing skips before it tries an element."""
    if not (element.callPreparse and element.skipWhitespace) or type(element) is pp.LineStart:
        return frozenset()
    return frozenset(element.whiteChars)


def _skip_to_line(element: Any, piece: _Piece) -> _Piece:
    """LineStart has a skip of its own: none at the start, and over line ends elsewhere."""
    chars = set(element.skipper.whiteChars)
    if "\n" in element.orig_whiteChars:
        chars.add("\n")
    if not chars:
        return piece
    text = rf"(?>\A|{_char_class(chars)}*+){piece.text}"
    return replace(piece, text=text, after=piece.after.after_text(), verbatim=False)


_Builder = Callable[[_Lowering, Any, _Place], _Piece]
_BUILDERS: dict[type[pp.ParserElement], _Builder] = {
    pp.Empty: _Lowering.empty,
    pp.NoMatch: _Lowering.no_match,
    pp.Literal: _Lowering.literal,
    _SingleCharLiteral: _Lowering.literal,
    pp.CaselessLiteral: _Lowering.caseless_literal,
    pp.Keyword: _Lowering.keyword,
    pp.CaselessKeyword: _Lowering.keyword,
    pp.Word: _Lowering.word,
    pp.Char: _Lowering.word,
    pp.Regex: _Lowering.regex,
    pp.CharsNotIn: _Lowering.chars_not_in,
    pp.White: _Lowering.white,
    pp.StringStart: _Lowering.string_start,
    pp.StringEnd: _Lowering.string_end,
    pp.LineStart: _Lowering.line_start,
    pp.LineEnd: _Lowering.line_end,
    pp.FollowedBy: _Lowering.followed_by,
    pp.NotAny: _Lowering.not_any,
    pp.And: _Lowering.sequence,
    pp.MatchFirst: _Lowering.first_match,
    pp.Opt: _Lowering.opt,
    pp.ZeroOrMore: _Lowering.zero_or_more,
    pp.OneOrMore: _Lowering.one_or_more,
    pp.DelimitedList: _Lowering.transparent,
    pp.Group: _Lowering.group,
    pp.Suppress: _Lowering.suppress,
    pp.Combine: _Lowering.combine,
}
