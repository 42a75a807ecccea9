"""A lowered grammar means what the grammar means: the same texts, ends, names and values."""

from __future__ import annotations

import itertools
import re
import sys
from typing import TYPE_CHECKING, Any

import pyparsing as pp
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from netstat_parse.grammar.lowering import lower

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

BLANKS = " \t"

LENGTHS: list[dict[str, Any]] = [
    {},
    {"min": 2},
    {"max": 1},
    {"max": 2},
    {"min": 2, "max": 3},
    {"exact": 2},
]

STARTS = ["".join(text) for n in range(5) for text in itertools.product("ab \n", repeat=n)]
"""Every short text in which lines and blanks matter."""

Outcome = tuple[int, dict[str, object]] | None


def parsed(grammar: pp.ParserElement, text: str) -> Outcome:
    """What pyparsing makes of a text: where it ends and its names, or None."""
    try:
        names = grammar.parse_string(text).as_dict()
        end = grammar.try_parse(text, 0)
    except pp.ParseException:
        return None
    # Behind the end of the text pyparsing counts on; a pattern cannot.
    return min(end, len(text)), names


def matched(pattern: re.Pattern[str], text: str) -> Outcome:
    """What the pattern makes of it, in the same terms."""
    match = pattern.match(text)
    if match is None:
        return None
    return match.end(), {name: got for name, got in match.groupdict().items() if got is not None}


def assert_same(grammar: pp.ParserElement, texts: Iterable[str]) -> re.Pattern[str]:
    pattern = re.compile(lower(grammar.parse_with_tabs()))
    for text in texts:
        assert matched(pattern, text) == parsed(grammar, text), (pattern.pattern, text)
    return pattern


def blank(element: pp.ParserElement) -> pp.ParserElement:
    """The element, and only blanks and tabs are skipped before it."""
    return element.set_whitespace_chars(BLANKS)


def word(chars: str) -> pp.ParserElement:
    return blank(pp.Word(chars))


def lit(text: str) -> pp.ParserElement:
    return blank(pp.Literal(text))


def spaced(element: pp.ParserElement, white: str | None) -> pp.ParserElement:
    """The element with these characters skipped before it, or as it is."""
    return element if white is None else element.set_whitespace_chars(white)


def sample(expression: pp.ParserElement) -> str:
    return lower(expression.parse_with_tabs())


# Examples -----------------------------------------------------------------------------------------

READABLE = [
    (
        lambda: (
            word(pp.nums)("pid") + blank(pp.Suppress(lit("/"))) + blank(pp.Regex(r"\S*"))("name")
        ),
        r"[ \t]*+(?P<pid>[0-9]++)[ \t]*+/[ \t]*+(?P<name>\S*+)",
    ),
    (lambda: lit("tcp6") | lit("tcp") | lit("udp"), r"[ \t]*+(?>tcp6|tcp|udp)"),
    (lambda: lit("tcp") | lit("udp"), r"[ \t]*+(?:tcp|udp)"),
    (lambda: (word("a") | lit("-"))("n") | lit("?"), r"[ \t]*+(?>(?P<n>(?>a++|-))|\?)"),
    (lambda: lit("a") + (lit("b") | (lit("c") | lit("bc"))), r"[ \t]*+a[ \t]*+(?>b|c|bc)"),
    (lambda: lit("a") | pp.Literal("b").leave_whitespace(), r"(?>[ \t]*+a|b)"),
    (lambda: blank(pp.Opt(lit("a")("x"))) + lit("b"), r"[ \t]*+(?P<x>a)?+[ \t]*+b"),
    (lambda: pp.Opt(lit("ab") | lit("a"))("x"), r"(?:[ \t]*+(?P<x>(?>ab|a)))?+"),
    (lambda: pp.ZeroOrMore(pp.Char("ab").leave_whitespace()), r"[ab]*+"),
    (lambda: blank(pp.Combine(pp.Word("a") + "." + pp.Word("b"))), r"[ \t]*+a++\.b++"),
    (lambda: blank(pp.Word("ab", "c")), r"[ \t]*+[ab][c]*+"),
    (lambda: blank(pp.Word("ab", min=2, max=3)), r"[ \t]*+[ab]{2,3}+"),
    (lambda: blank(pp.Word("a b", max=3)), r"[ \t]*+[ ab]{1,3}+(?![ ab])"),
    (lambda: blank(pp.Keyword("up", "pu")), r"[ \t]*+(?<![pu])up(?![pu])"),
    (lambda: blank(pp.CaselessLiteral("k-i")), "[ \\t]*+[Kk]-[Ii\u0131]"),
    (lambda: pp.CharsNotIn("\n]^"), r"[^\n\]\^]++"),
    (lambda: pp.CharsNotIn(), r"[\s\S]++"),
    (lambda: lit("a") + ~lit("b") + pp.FollowedBy(lit("c")), r"[ \t]*+a(?![ \t]*+b)[ \t]*+(?=c)"),
    (lambda: blank(pp.Empty()) + lit(" ") + lit("a b\t"), r"[ \t]*+[ ][ \t]*+a b\t"),
    (lambda: lit("a") + pp.rest_of_line, r"[ \t]*+a.*+"),
    (
        lambda: blank(pp.Regex("(?is)a.")) + blank(pp.Regex("(?>b|c)")),
        "[ \\t]*+(?is:a.)[ \\t]*+(?>b|c)",
    ),
    (lambda: lit("a") + blank(pp.StringEnd()), r"[ \t]*+a[ \t]*+\Z"),
    (
        lambda: pp.LineStart() + lit("a") + pp.LineEnd().leave_whitespace(),
        r"(?m:^)[ \t]*+a(?:\n|\Z)",
    ),
    (lambda: pp.StringStart().leave_whitespace() + lit("a"), r"\A[ \t]*+a"),
    (lambda: pp.MatchFirst([]), "(?!)"),
    (lambda: pp.White("\u2003", exact=2).leave_whitespace(), r"\U00002003{2}"),
]


@pytest.mark.parametrize(("grammar", "pattern"), READABLE)
def test_the_pattern_reads_well(grammar: Callable[[], pp.ParserElement], pattern: str) -> None:
    assert sample(grammar()) == pattern


def test_a_skip_is_left_out_only_where_one_as_wide_came_just_before() -> None:
    narrow = pp.Literal("b").set_whitespace_chars(" ")
    wide = pp.Literal("c").set_whitespace_chars(" \t\n")
    assert sample(blank(pp.Empty()) + narrow) == r"[ \t]*+b"
    assert sample(blank(pp.Empty()) + wide) == r"[ \t]*+[ \t\n]*+c"
    assert sample(lit("a") + pp.Opt(lit("x")) + lit("b")) == r"[ \t]*+a[ \t]*+x?+[ \t]*+b"


def test_pyparsing_never_comes_back_and_neither_does_the_pattern() -> None:
    texts = ["ab", "abc", "aab", "ac", "abb", "a"]
    assert_same((pp.Literal("a") | pp.Literal("ab")) + "c", texts)
    assert_same(pp.Opt("a") + "ab", texts)
    assert_same(pp.ZeroOrMore("a") + "ab", texts)
    assert_same(pp.Word("ab") + "b", texts)
    assert_same(pp.Regex("a*?b|a") + "b", texts)
    assert_same(pp.Regex("(?>a)|(?>ab)") + "b", texts)
    assert_same(pp.Combine(pp.Word("a") + pp.Opt("b")) + "b", texts)


def test_blanks_before_an_optional_stay_consumed_when_it_fails() -> None:
    grammar = pp.Literal("a") + pp.Opt("b") + pp.Literal(" c").leave_whitespace()
    assert_same(grammar, ["a c", "a b c", "ab c"])
    assert parsed(grammar, "a c") is None


def test_tabs_are_read_as_they_are() -> None:
    grammar = word("a")("x") + pp.White("\t").leave_whitespace()("gap") + word("b")("y")
    assert_same(grammar, ["a\tb", "a\t\tb", "a b", "\ta\t b"])
    assert parsed(grammar, "a\tb") == (3, {"x": "a", "gap": "\t", "y": "b"})


def test_what_comes_next_does_not_change_the_meaning_of_a_regex() -> None:
    assert_same(pp.Regex(r"\0") + pp.Literal("1").leave_whitespace(), ["\x001", "\x01"])
    assert_same(pp.Literal("a") + pp.Regex("{") + "1" + "}", ["a{1}", "a{ 1 }", "a"])
    assert_same(pp.Literal("a") + pp.Regex("{1") + pp.Literal(",2}"), ["a{1,2}", "aa"])
    assert_same(pp.Regex("a+") + pp.Literal("+?"), ["a+?", "aa+?", "aa"])
    assert_same(pp.Opt(pp.Regex("a|b")) + pp.OneOrMore(pp.Regex("c|d+x")), ["acd", "bddxc", "a"])
    assert_same(pp.Opt(pp.Regex("a|b", re.IGNORECASE)) + "c", ["Ac", "bc", "C"])


def test_a_skip_inside_a_choice_comes_after_that_of_its_container() -> None:
    assert_same(twice_skipped()("x"), STARTS)
    assert_same(lit("a") + twice_skipped(), STARTS)


def test_a_sequence_is_lowered_as_pyparsing_flattens_it() -> None:
    grammar = pp.Literal("a") + (pp.Literal("a") + "b").leave_whitespace(recursive=False)
    assert_same(grammar, ["aab", "a ab", " a a b"])


def test_the_start_of_the_text_is_known_or_refused() -> None:
    """After any skips, whichever they are, StringStart is exact or not lowered at all."""
    spacings: list[str | None] = [None, " ", "\n", " \n"]
    lowered = 0
    for before in itertools.product(spacings, repeat=3):
        elements = [spaced(pp.Empty(), white) for white in before]
        for first in (elements[0], pp.Opt(elements[0]), pp.Opt("a")):
            grammar = pp.And([first, *elements[1:-1], spaced(pp.StringStart(), before[-1])]) + "a"
            try:
                lower(grammar.parse_with_tabs())
            except TypeError:
                continue
            assert_same(grammar, STARTS)
            lowered += 1
    assert lowered > 20


def test_the_start_of_a_line_is_found_behind_its_own_skip() -> None:
    for white, after in itertools.product([None, " ", " \n"], repeat=2):
        start = spaced(pp.LineStart(), white)
        assert_same(start + spaced(pp.Literal("a"), after), STARTS)
        assert_same(spaced(pp.Literal("a"), after) + start + pp.Opt("b"), STARTS)
        assert_same(pp.Opt("a") + start + pp.Opt("\n"), STARTS)
        assert_same(pp.Opt(pp.Literal("b").leave_whitespace()) + start + "a", STARTS)
        assert_same(pp.ZeroOrMore(pp.Char("ab") + start) + "b", STARTS)


def test_the_end_of_a_line_is_a_line_feed_or_the_end() -> None:
    for white in (None, " ", " \n"):
        end = spaced(pp.LineEnd(), white)
        assert_same(pp.Literal("a") + end + pp.Opt("a"), STARTS)
        assert_same(pp.OneOrMore("a" + end) + pp.ZeroOrMore("b"), STARTS)


def test_a_word_has_every_length_that_it_may() -> None:
    for chars, length, keyword in itertools.product(
        [("ab", None), ("a", "b"), ("ab ", None), ("a ", " b"), ("a", "a-")],
        [*LENGTHS, {"max": 4}, {"min": 3}, {"min": 2, "max": 2}],
        [True, False],
    ):
        bounded = pp.Word(chars[0], chars[1], as_keyword=keyword, **length).leave_whitespace()
        assert_same(bounded + pp.Opt(pp.Char("a")), STARTS)
        assert_same(pp.Literal("b") + bounded, STARTS)


def test_a_span_whose_bounds_contradict_never_matches() -> None:
    assert_same(pp.CharsNotIn("b", min=2, max=1) | pp.White(min=3, max=2), ["aa", "   ", ""])


def test_a_repetition_stops_where_it_is_told_to() -> None:
    for kind in (pp.ZeroOrMore, pp.OneOrMore):
        grammar = kind(pp.Char("ab"), stop_on=pp.Literal("b") + "a") + pp.Opt("b")
        assert_same(grammar, STARTS)


def test_a_repetition_may_have_a_greatest_count() -> None:
    assert_same(
        pp.Char("a")[1, 3] + pp.Char("b")[0, 2] + pp.Char("c")[2, ...], ["aaabbccc", "abbbcc"]
    )
    element: pp.ParserElement = pp.OneOrMore("a")
    if hasattr(element, "max_count"):
        element = pp.OneOrMore("a", max=2) + pp.ZeroOrMore("b", max=1)
        assert_same(element, ["a", "aa", "aaa", "aabb", "b"])


def test_names_in_a_branch_that_failed_are_not_set() -> None:
    grammar = pp.Char("a")("x") + "b" | pp.Opt(pp.Char("a")("y") + "d") + pp.Char("a")("z")
    assert_same(grammar, ["ab", "ad", "ada", "aa", "a"])
    assert parsed(grammar, "ac") == (1, {"z": "a"})


def test_names_in_a_lookahead_are_set() -> None:
    grammar = pp.FollowedBy(pp.Char("a")("x") + "b" | pp.Char("a")("y")) + pp.Word("ab")("z")
    assert_same(grammar, ["ab", "aa", "b"])


def test_after_the_end_pyparsing_stands_beyond_it() -> None:
    end = pp.StringEnd()
    for last in (
        pp.Empty(),
        pp.StringEnd(),
        pp.Literal("a"),
        pp.Word("a"),
        pp.Opt("a"),
        pp.Regex("a+"),
    ):
        assert_same(pp.Opt("a") + end + last, ["", "a", "aa", " "])
    assert_same(pp.FollowedBy(end) + pp.LineEnd() + end, ["", " ", "\n", "a"])


# Letters without regard to case ---------------------------------------------------------------


def test_every_character_with_the_same_upper_case_is_found() -> None:
    upper = {char: char.upper() for char in map(chr, range(sys.maxunicode + 1))}
    ascii_only = {char: text for char, text in upper.items() if text.isascii()}
    for letter in "".join(filter(str.isprintable, map(chr, range(128)))):
        grammar = pp.CaselessLiteral(letter).leave_whitespace()
        assert_same(grammar, ascii_only)
        ident = pp.CaselessKeyword("-", letter.upper()).leave_whitespace()
        assert_same(ident, [f"-{char}" for char in ascii_only])
    for text in {text for text in ascii_only.values() if len(text) > 1}:
        with pytest.raises(TypeError, match="ligature"):
            sample(pp.CaselessLiteral(f"a{text}"))


# Refusals -----------------------------------------------------------------------------------------


class OwnWord(pp.Word):
    """A subclass, which might parse in its own way."""


def with_action() -> pp.ParserElement:
    return pp.Word("a").set_parse_action(lambda: None)


def twice_skipped() -> pp.ParserElement:
    choice = pp.MatchFirst([pp.Literal("a").set_whitespace_chars("\n")])
    return pp.Combine(choice, adjacent=False).set_whitespace_chars(" ")


a = pp.Word("a")

REFUSED: list[tuple[Callable[[], pp.ParserElement], str]] = [
    (lambda: a - "b", "use `\\+`"),
    (lambda: pp.Literal("a") ^ "b", "longest"),
    (lambda: pp.Literal("a") & "b", "any order"),
    (lambda: pp.Forward(), "recursive"),
    (lambda: pp.PrecededBy("a"), "looks back"),
    (lambda: pp.SkipTo("a"), "CharsNotIn"),
    (lambda: a + ... + "b", "CharsNotIn"),
    (lambda: pp.QuotedString("'"), "token"),
    (lambda: pp.Located(a), "no exact pattern"),
    (lambda: pp.counted_array(a), "parse action"),
    (lambda: pp.original_text_for(a), "parse action"),
    (lambda: pp.Dict(pp.Group(a)), "no exact pattern"),
    (lambda: pp.WordEnd(), "no exact pattern"),
    (lambda: pp.CloseMatch("ab"), "no exact pattern"),
    (lambda: pp.GoToColumn(2) if hasattr(pp, "GoToColumn") else pp.AtLineStart(a), "no exact"),
    (lambda: OwnWord("a"), "OwnWord"),
    (with_action, "parse action"),
    (lambda: a.copy().add_condition(lambda: True), "condition"),
    (lambda: pp.Group(pp.Opt(with_action())), "parse action"),
    (lambda: a.copy().set_fail_action(lambda *_: None), "fail action"),
    (lambda: a.copy().set_debug(), "debug"),
    (lambda: (pp.Word("a") + "b").ignore(pp.Literal("#")), "ignores"),
    (lambda: pp.Opt(a, default="x"), "default"),
    (lambda: pp.And([]), "nothing"),
    (lambda: pp.Regex("(a)"), r"\(\?:"),
    (lambda: pp.Regex("(?P<x>a)"), "named groups"),
    (lambda: pp.Regex(r"(a)\1"), "numbered groups"),
    (lambda: pp.Regex("a", re.VERBOSE), "verbose"),
    (lambda: pp.Regex("(?x)a"), "verbose"),
    (lambda: pp.Regex(re.compile(b"a")), "text pattern"),
    (lambda: pp.Regex("a", as_match=True), "does not give"),
    (lambda: pp.Regex("a", as_group_list=True), "does not give"),
    (lambda: pp.CaselessLiteral("\u00e9"), "ASCII"),
    (lambda: pp.CaselessKeyword("\u00e9"), "ASCII"),
    (lambda: pp.CaselessKeyword("a", "a\u00e9"), "ASCII"),
    (lambda: pp.CaselessKeyword("first"), "ligature"),
    (lambda: pp.ZeroOrMore(pp.Opt("a")), "for ever"),
    (lambda: pp.OneOrMore(pp.Regex("a*")), "for ever"),
    (lambda: pp.OneOrMore(pp.Regex(r"(?=a)|b")), "for ever"),
    (lambda: pp.OneOrMore(pp.Regex(r"a(?<=b)|(?#[)\b(?#])|b")), "for ever"),
    (lambda: pp.OneOrMore(pp.LineEnd()), "for ever"),
    (lambda: pp.OneOrMore(pp.Word("b", "a", exclude_chars="b")), "for ever"),
    (lambda: pp.OneOrMore(pp.Word("b", "a1", 1, 2, 0, True, "b")), "for ever"),
    (lambda: pp.OneOrMore(pp.Literal("a") | pp.Empty()), "for ever"),
    (lambda: pp.ZeroOrMore(pp.Empty() + pp.StringEnd()), "for ever"),
    (lambda: pp.Literal("a") + pp.StringStart(), "leave_whitespace"),
    (lambda: pp.Opt("a") + pp.StringStart(), "leave_whitespace"),
    (lambda: pp.StringEnd() + pp.LineEnd(), "end of the text"),
    (lambda: pp.StringEnd() + pp.Opt("a") + pp.LineEnd(), "end of the text"),
    (lambda: pp.StringEnd() + pp.ZeroOrMore("a") + pp.LineEnd(), "end of the text"),
    (lambda: (pp.StringEnd() | "a") + pp.LineEnd(), "end of the text"),
    (lambda: ("a" | pp.StringEnd()) + pp.LineEnd(), "end of the text"),
    (lambda: pp.LineEnd() + pp.Regex("a*"), "end of the text"),
    (lambda: pp.LineEnd() + pp.LineStart(), "end of the text"),
    (lambda: pp.Opt(pp.StringEnd()) + pp.StringStart(), "end of the text"),
    (lambda: a("x") + a("x"), "twice"),
    (lambda: a("x")[2], "twice"),
    (lambda: a("x*"), "all matches"),
    (lambda: a("not-one"), "identifier"),
    (lambda: (a + "b")("x"), "Combine"),
    (lambda: pp.MatchFirst([a + "b", a])("x"), "one token"),
    (lambda: pp.MatchFirst([a, pp.Literal("b").leave_whitespace()])("x"), "one token"),
    (lambda: pp.MatchFirst([a, pp.Empty()])("x"), "one token"),
    (lambda: pp.MatchFirst([twice_skipped()])("x"), "one token"),
    (lambda: pp.Combine(pp.Opt(twice_skipped()), adjacent=False)("x"), "one token"),
    (lambda: pp.Opt(a + "b")("x"), "one token"),
    (lambda: pp.Opt(pp.Opt(a))("x"), "one token"),
    (lambda: pp.Group(a)("x"), "one token"),
    (lambda: pp.Suppress(a)("x"), "one token"),
    (lambda: pp.OneOrMore(a)("x"), "one token"),
    (lambda: pp.FollowedBy(a)("x"), "one token"),
    (lambda: (~a)("x"), "one token"),
    (lambda: pp.Empty()("x"), "one token"),
    (lambda: pp.LineEnd()("x"), "one token"),
    (lambda: pp.CaselessLiteral("a")("x"), "one token"),
    (lambda: pp.CaselessKeyword("a")("x"), "one token"),
    (lambda: pp.Combine(pp.CaselessLiteral("a") + a)("x"), "one token"),
    (lambda: pp.Combine(a + pp.Suppress("b"))("x"), "one token"),
    (lambda: pp.Combine(a + "b", adjacent=False)("x"), "one token"),
    (lambda: pp.Combine(a + "b", join_string="-")("x"), "one token"),
    (lambda: pp.Combine(a + pp.LineStart())("x"), "one token"),
    (lambda: pp.Combine(a("y") + "b")("x"), "Combine with a name"),
    (lambda: pp.Group(a("x") + "b"), "inside a Group"),
    (lambda: pp.Suppress(a("x") + "b"), "inside Suppress"),
    (lambda: ~(a("x") + "b"), "negative lookahead"),
    (lambda: pp.ZeroOrMore(a("x")), "repetition"),
    (lambda: pp.OneOrMore("b", stop_on=a("x")), "repetition"),
]


@pytest.mark.parametrize(("grammar", "why"), REFUSED)
def test_what_has_no_exact_pattern_is_refused(
    grammar: Callable[[], pp.ParserElement], why: str
) -> None:
    with pytest.raises(TypeError, match=why) as refusal:
        sample(grammar())
    assert str(refusal.value).startswith("cannot lower ")


def test_a_grammar_that_expands_tabs_is_refused() -> None:
    with pytest.raises(TypeError, match="parse_with_tabs"):
        lower(pp.Word("a") + "b")


def test_a_refusal_names_the_element() -> None:
    port = pp.Word(pp.nums).set_name("port").set_parse_action(int)
    with pytest.raises(TypeError, match="cannot lower Word port: it has a parse action"):
        sample(pp.Literal(":") + port)


def test_a_name_may_be_set_after_an_element_that_forbids_it_inside() -> None:
    grammar = pp.Suppress("a") + pp.Group(a) + ~pp.Literal("x") + pp.Char("cd")("n")
    assert_same(grammar, ["aac", "a ad", "aax"])


# Any grammar ------------------------------------------------------------------------------------

REGEXES = [
    "a",
    "a+",
    "ab?",
    "a|ab",
    "a+?b",
    "a{1,2}",
    "[ab]{2}",
    "a*+b",
    "[]b]",
    "[^]b]+",
    "(?>a|ab)",
    "(?>a)(?>b)",
    "(?>a)|(?>ab)",
    "(?:a|b)+",
    "(?i)A",
    "(?#no)b",
    r"\S*",
    r"\bb",
    r"(?m:^)a",
    "a$",
    "(?=b)",
    "(?<=a)b",
]

SPACINGS: list[Callable[[pp.ParserElement], pp.ParserElement]] = [
    lambda element: element,
    lambda element: element.leave_whitespace(recursive=False),
    lambda element: element.leave_whitespace(),
    lambda element: element.ignore_whitespace(),
    lambda element: element.set_whitespace_chars(" "),
    lambda element: element.set_whitespace_chars(BLANKS),
    lambda element: element.set_whitespace_chars("\n"),
    lambda element: element.copy(),
]

SETS = ["a", "b", "ab", "a1", "ab ", "-a", "\n a"]

lengths = st.sampled_from(LENGTHS)
sets = st.sampled_from(SETS)

tokens: st.SearchStrategy[pp.ParserElement] = st.one_of(
    st.builds(pp.Literal, st.sampled_from(["a", "b", "ab", "aa", "-", "a b", " "])),
    st.builds(pp.CaselessLiteral, st.sampled_from(["a", "Ab", "1", "bI", ""])),
    st.builds(pp.Keyword, st.sampled_from(["a", "ab", "-"]), st.sampled_from(["ab", "-", "a1"])),
    st.builds(pp.CaselessKeyword, st.sampled_from(["a", "Ab", "1"])),
    st.builds(
        lambda first, body, keyword, exclude, length: pp.Word(
            first, body, as_keyword=keyword, exclude_chars=exclude, **length
        ),
        sets,
        st.none() | sets,
        st.booleans(),
        st.sampled_from([None, "b", "1"]),
        lengths,
    ),
    st.builds(pp.Char, sets),
    st.builds(pp.Regex, st.sampled_from(REGEXES), st.sampled_from([0, re.IGNORECASE, re.DOTALL])),
    st.builds(lambda chars, length: pp.CharsNotIn(chars, **length), sets, lengths),
    st.builds(
        lambda chars, length: pp.White(chars, **length),
        st.sampled_from([" ", "\n", " \t", " \t\n\r"]),
        lengths,
    ),
)

positions: st.SearchStrategy[pp.ParserElement] = st.sampled_from(
    [pp.Empty, pp.NoMatch, pp.StringStart, pp.StringEnd, pp.LineStart, pp.LineEnd]
).map(lambda kind: kind())


class Names:
    """A name for every element that may have one, each name once."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.used: set[str] = set()

    def maybe(self, element: pp.ParserElement, *, allowed: bool) -> pp.ParserElement:
        if not (allowed and self.draw(st.booleans())):
            return element
        name = f"n{len(self.used)}"
        self.used.add(name)
        return element.set_results_name(name)


def draw_one_token(names: Names, depth: int, *, named: bool) -> pp.ParserElement:
    """An element whose value is one token, so that it may have a name."""
    draw = names.draw
    kind = draw(st.sampled_from(["token", "token", "first", "combine"])) if depth else "token"
    if kind == "first":
        count = draw(st.sampled_from([1, 2, 3]))
        parts = [draw_one_token(names, depth - 1, named=named) for _ in range(count)]
        element: pp.ParserElement = pp.MatchFirst(parts)
    elif kind == "combine":
        inner = draw_any(names, depth - 1, named=False)
        element = pp.Combine(inner, adjacent=draw(st.sampled_from([True, True, False])))
    else:
        element = draw(tokens)
    element = draw(st.sampled_from(SPACINGS))(element)
    return names.maybe(element, allowed=named)


def draw_any(names: Names, depth: int, *, named: bool) -> pp.ParserElement:
    draw = names.draw

    def part(*, may: bool = named) -> pp.ParserElement:
        return draw_any(names, depth - 1, named=may)

    kind = draw(st.sampled_from(KINDS)) if depth else "token"
    match kind:
        case "token":
            return draw_one_token(names, depth, named=named)
        case "position":
            element = draw(positions)
        case "and":
            element = pp.And([part() for _ in range(draw(st.sampled_from([1, 2, 2, 3, 3])))])
        case "first":
            element = pp.MatchFirst([part() for _ in range(draw(st.sampled_from([1, 2, 2, 3])))])
        case "opt":
            element = pp.Opt(part())
        case "named opt":
            inner = draw_one_token(names, depth - 1, named=named)
            return names.maybe(pp.Opt(inner), allowed=named)
        case "zero":
            element = pp.ZeroOrMore(part(may=False))
        case "one":
            element = pp.OneOrMore(part(may=False))
        case "stop":
            element = draw(st.sampled_from([pp.ZeroOrMore, pp.OneOrMore]))(
                part(may=False), stop_on=part(may=False)
            )
        case "list":
            element = pp.DelimitedList(part(may=False), draw(st.sampled_from(["-", "b"])))
        case "followed":
            element = pp.FollowedBy(part())
        case "not":
            element = pp.NotAny(part(may=False))
        case "group":
            element = pp.Group(part(may=False))
        case "suppress":
            element = pp.Suppress(part(may=False))
        case _:
            element = pp.Combine(part())
    return draw(st.sampled_from(SPACINGS))(element)


KINDS = (
    ["and"] * 4
    + ["token", "first", "opt"] * 3
    + ["named opt", "position", "zero", "one", "stop", "list"]
    + ["followed", "not", "group", "suppress", "combine"]
)


@st.composite
def grammars(draw: st.DrawFn) -> tuple[pp.ParserElement, set[str]]:
    names = Names(draw)
    grammar = draw_any(names, draw(st.sampled_from([1, 2, 3, 4])), named=True)
    return grammar, names.used


SHORT_TEXTS = ["".join(t) for n in range(4) for t in itertools.product("ab1 \n", repeat=n)]
PIECES = ["a", "b", "ab", "aa", "A", "1", "-", " ", "\t", "\n", " a", "\u0131", "B"]
texts = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(grammars(), st.lists(texts, min_size=8, max_size=8))
def test_any_grammar_and_its_pattern_agree(
    drawn: tuple[pp.ParserElement, set[str]], longer: list[str]
) -> None:
    grammar, names = drawn
    try:
        lower(grammar.parse_with_tabs())
    except TypeError:
        assume(False)
    pattern = assert_same(grammar, SHORT_TEXTS + longer)
    assert pattern.groupindex.keys() == names
