r"""A grammar as one regular expression of exactly the same meaning.

pyparsing takes the first way in which an element can match, and never comes back to try another.
The pattern does the same: whatever could backtrack is made atomic or possessive. An element skips
blanks and tabs before it (`[ \t]*+`); a results name becomes a named group. Only the kinds of
element that our grammars are made of are lowered; anything else is refused, so that a grammar and
its pattern cannot drift apart.

The quick form reads many rows at once. It is the same pattern, but for three things:

- Each token is read by its own quick form, which may refuse what is rare.
- Blanks are skipped, tabs are not. Where a tab could be taken for text, the row is refused.
- Behind a word there is at least one blank, which takes the place of the test for the word's end.

It must not read a row in another way than the whole form does. There is one danger: where an
element refuses what is rare, the next alternative could match instead, or nothing in place of an
optional element. There the pattern looks ahead, and refuses the row if the whole form of the
element matches; but not in a choice whose elements exclude each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import pyparsing as pp
from pyparsing.core import _SingleCharLiteral

from netstat_parse.grammar import tokens
from netstat_parse.grammar.tokens import NEVER, NOTHING, Exclusive, Token, committed, whole_word
from netstat_parse.schema import EXCEEDS, FILLS


def lower(
    expression: pp.ParserElement, *, quick: bool = False, names: bool = True, forms: bool = True
) -> str:
    """Give the text of a regular expression that means the same as a pyparsing expression.

    `re.compile(lower(e)).match(text)` succeeds exactly where `e.parse_string(text)` does, and ends
    at the same place. Each results name is a named group that holds the same text; the group is
    `None` where the name is not set. The expression is streamlined, as by `parse_string`.

    With `quick` it is the quick form. Where it matches, the whole form does, with the same end and
    groups. It lacks the groups of what it never reads, and is `NEVER` if it reads nothing.
    Without `names`, no results name becomes a group. Without `forms` it refuses what fills its
    column or exceeds it (see `truncation.py`).

    Raises:
        TypeError: some element cannot be lowered exactly. The message names it and says why.
    """
    if not expression.keepTabs:
        _refuse(expression, "it takes blanks for tabs; call parse_with_tabs() on it")
    expression.streamline()
    lowering = _Lowering(quick=quick, names=set() if names else None, forms=forms)
    piece = lowering.visit(expression, skipped=False)
    return lowering.skip(piece) + piece.text


def _refuse(element: pp.ParserElement, why: str) -> NoReturn:
    raise TypeError(f"cannot lower {type(element).__name__} {element}: {why}")


@dataclass(frozen=True)
class _Piece:
    """The pattern of one element.

    Attributes:
        body: The pattern. Where it is not safe, something may have to keep others from
            backtracking into it: the group in which it is the last, or else `committed`.
        is_safe: Nothing backtracks into the body.
        before_blank: In the quick form, the body without the test for the end of the word that it
            ends with, for where a blank must follow. Empty if it ends with no word.
        name: The results name; empty if it has none.
        skips: Blanks are skipped before it.
        skipped: Behind it no blank can follow, as the last that was done was to skip them.
        is_value: Its value is one token, the text that it reads; so it may have a name.
        is_narrow: In the quick form, it may refuse what the whole form reads.
    """

    body: str
    is_safe: bool = True
    before_blank: str = ""
    name: str = ""
    skips: bool = False
    skipped: bool = False
    is_value: bool = False
    is_narrow: bool = False

    @property
    def text(self) -> str:
        """The pattern, fit for any neighbours."""
        return self.fit(self.body)

    def fit(self, body: str) -> str:
        return self.grouped(body if self.is_safe else committed(body))

    def grouped(self, body: str, lead: str = "") -> str:
        if self.name:
            return f"{lead}(?P<{self.name}>{body})"
        return f"{lead}(?:{body})" if lead and "|" in body else lead + body


@dataclass(frozen=True)
class _Lowering:
    """Lowers one grammar, and keeps the results names that it has met; None if none is wanted."""

    quick: bool
    names: set[str] | None
    forms: bool = True

    def visit(self, element: pp.ParserElement, *, skipped: bool, skip: bool = True) -> _Piece:
        """Lower an element where no blank can follow (`skipped`), or where one can."""
        build = _BUILDERS.get(type(element))
        if build is None:
            _refuse(element, "its kind is not in use; use And, choice(), optional() or token()")
        for attribute, why in _MUST_BE_UNSET.items():
            if getattr(element, attribute, None):
                _refuse(element, why)
        if not self.forms and (element.resultsName or "").endswith((FILLS, EXCEEDS)):
            return _Piece(NEVER, is_narrow=True)
        skips = _skips(element, skip)
        piece = build(self, element, skipped or skips)
        if piece.body == NEVER:
            return piece
        is_choice = isinstance(element, pp.MatchFirst)
        if skips and not is_choice and set(element.whiteChars) != set(tokens.BLANKS):
            _refuse(element, "it skips more than blanks; call set_whitespace_chars(BLANKS) on it")
        if element.resultsName and self.names is not None:
            piece = replace(piece, name=self.checked_name(element, piece, self.names))
        if not skips or skipped:
            return piece
        return replace(piece, skips=True, is_narrow=self.quick or piece.is_narrow)

    def checked_name(self, element: pp.ParserElement, piece: _Piece, names: set[str]) -> str:
        """The results name of an element, which can be the name of a group."""
        name = element.resultsName
        problems = {
            "is not an identifier; use letters, digits and `_`": not name.isidentifier(),
            "lists all matches; use one name for each": not element.modalResults,
            "is used twice; use two names": name in names,
            "has not always the text of one token for its value; name a part": not piece.is_value,
        }
        for why, is_so in problems.items():
            if is_so:
                _refuse(element, f"its results name {name!r} {why}")
        names.add(name)
        return name

    def skip(self, piece: _Piece, times: str = "*+") -> str:
        """The pattern that skips the blanks before a piece; nothing if none are skipped."""
        if not (piece.skips and self.quick):
            return r"[ \t]*+" if piece.skips else ""
        return f" {times}" if tokens.refuses_tab(piece.text) else rf" {times}(?!\t)"

    def unless(self, element: pp.ParserElement, *, skipped: bool, skip: bool) -> str:
        """The pattern that looks ahead: the whole form of the element does not match here."""
        whole = _Lowering(quick=False, names=None)
        piece = whole.visit(element, skipped=skipped, skip=skip)
        return f"(?!{whole.skip(piece)}{piece.text})"

    def literal(self, element: Any, skipped: bool) -> _Piece:
        return _Piece(re.escape(element.match), is_value=True)

    def regex(self, element: Any, skipped: bool) -> _Piece:
        whole = element.re.pattern
        if not isinstance(whole, str):
            _refuse(element, "its pattern is not a text; use a str")
        if element.re.groups or element.re.flags & ~re.UNICODE:
            _refuse(element, "it has groups or flags; use `(?:...)` and `(?i:...)`, or token()")
        if not self.quick or not isinstance(element, Token):
            return _Piece(whole, False, is_value=True)
        if element.quick == NEVER:
            return _Piece(NEVER, is_narrow=True)
        text = whole_word(element.quick) if element.is_word else element.quick
        ended = element.quick if element.is_word else ""
        return _Piece(text, False, ended, is_value=True, is_narrow=text != whole)

    def sequence(self, element: Any, skipped: bool) -> _Piece:
        if not element.exprs:
            _refuse(element, "it is a sequence of nothing, which pyparsing cannot match; use Empty")
        text = ended = ""
        is_narrow = is_never = False
        for i, expr in enumerate(element.exprs):
            # The sequence has skipped for its first element.
            piece = self.visit(expr, skipped=skipped, skip=i > 0)
            skipped = piece.skipped
            is_never = is_never or piece.body == NEVER
            is_narrow = is_narrow or piece.is_narrow
            # A row may end behind the word, where an optional element is left out.
            ends_word = piece.skips and ended and not isinstance(expr, pp.Opt)
            text = ended + self.skip(piece, "++") if ends_word else text + self.skip(piece)
            if piece.text:
                ended = piece.before_blank and text + piece.fit(piece.before_blank)
                text += piece.text
        body = NEVER if is_never else text
        return _Piece(body, before_blank=ended, skipped=skipped, is_narrow=is_narrow)

    def choice(self, element: Any, skipped: bool) -> _Piece:
        # An optional element is a choice between it and nothing.
        is_optional = isinstance(element, pp.Opt)
        if is_optional and element.defaultValue is not _NO_DEFAULT:
            _refuse(element, "its default value is a token that is not in the text; leave it out")
        pieces = []
        unless = ""
        is_narrow = False
        for expr in [element.expr, NOTHING] if is_optional else element.exprs:
            piece = self.visit(expr, skipped=skipped, skip=not is_optional)
            if piece.body != NEVER:
                lead = unless + self.skip(piece)
                ended = piece.before_blank and piece.grouped(piece.before_blank, lead)
                body = piece.grouped(piece.body, lead)
                pieces.append(replace(piece, body=body, before_blank=ended))
            is_narrow = is_narrow or piece.is_narrow
            if piece.is_narrow and not isinstance(element, Exclusive):
                unless += self.unless(expr, skipped=skipped, skip=not is_optional)
        ends = [piece.before_blank for piece in pieces]
        return _Piece(
            "|".join(piece.body for piece in pieces) if pieces else NEVER,
            is_safe=not pieces,
            before_blank="|".join(ends) if all(ends) else "",
            skipped=all(piece.skipped for piece in pieces),
            is_value=all(piece.is_value and not piece.skips for piece in pieces),
            is_narrow=is_narrow,
        )


def _skips(element: Any, skip: bool = True) -> bool:
    """Whether blanks are skipped before the element, if its container has not done so."""
    if isinstance(element, pp.MatchFirst):
        return all(map(_skips, element.exprs))  # a choice leaves that to its elements
    return bool(skip and element.callPreparse and element.skipWhitespace)


_BUILDERS: dict[type[pp.ParserElement], Callable[[_Lowering, Any, bool], _Piece]] = {
    pp.Empty: lambda lowering, element, skipped: _Piece("", skipped=skipped),
    pp.NoMatch: lambda lowering, element, skipped: _Piece(NEVER),
    pp.Literal: _Lowering.literal,
    _SingleCharLiteral: _Lowering.literal,
    pp.Regex: _Lowering.regex,
    Token: _Lowering.regex,
    pp.And: _Lowering.sequence,
    pp.MatchFirst: _Lowering.choice,
    Exclusive: _Lowering.choice,
    pp.Opt: _Lowering.choice,
}

_NO_DEFAULT = pp.Opt(pp.Empty()).defaultValue
_MUST_BE_UNSET = {
    "parseAction": "it has a parse action or condition; convert the cell afterwards",
    "failAction": "it has a fail action; take it off",
    "debug": "it has debug actions; take them off",
    "ignoreExprs": "it ignores other expressions; make them part of the grammar",
    "asGroupList": "it gives groups, not the text that it read; leave as_group_list away",
    "asMatch": "it gives a match, not the text that it read; leave as_match away",
}
