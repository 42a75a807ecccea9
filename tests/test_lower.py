"""A lowered grammar means what the grammar means; the quick form never means anything else."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import pyparsing as pp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netstat_parse.grammar.lower import lower
from netstat_parse.grammar.tokens import (
    BLANKS,
    NEVER,
    NOTHING,
    Token,
    adjacent,
    choice,
    free_text,
    literal,
    number,
    one_of_words,
    optional,
    port,
    token,
    word,
    word_token,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

TEXTS = ["".join(text) for n in range(5) for text in itertools.product("ab \t", repeat=n)]
"""Every short text in which blanks and tabs matter."""

Outcome = tuple[int, dict[str, object]] | None


def parsed(grammar: pp.ParserElement, text: str) -> Outcome:
    """What pyparsing makes of a text: where it ends and its names, or None."""
    try:
        names = grammar.parse_string(text).as_dict()
        end = grammar.try_parse(text, 0)
    except pp.ParseException:
        return None
    return end, names


def matched(pattern: re.Pattern[str], text: str) -> Outcome:
    """What a pattern makes of it, in the same terms."""
    match = pattern.match(text)
    if match is None:
        return None
    return match.end(), {name: got for name, got in match.groupdict().items() if got is not None}


class Forms:
    """A grammar and its two patterns."""

    def __init__(self, grammar: pp.ParserElement) -> None:
        self.grammar = grammar
        self.whole = re.compile(whole(grammar))
        self.quick = re.compile(quick(grammar))

    def assert_same(self, texts: Iterable[str]) -> list[str]:
        """Holds both patterns against pyparsing; gives the texts that the quick form matches."""
        read = []
        for text in texts:
            expected = parsed(self.grammar, text)
            assert matched(self.whole, text) == expected, (self.whole.pattern, text)
            got = matched(self.quick, text)
            assert got in (None, expected), (self.quick.pattern, self.whole.pattern, text)
            if got is not None:
                read.append(text)
        return read


def assert_same(grammar: pp.ParserElement, texts: Iterable[str] = TEXTS) -> list[str]:
    """Holds the patterns of a grammar against pyparsing; gives what the quick form matches."""
    return Forms(grammar).assert_same(texts)


def whole(grammar: pp.ParserElement) -> str:
    return lower(grammar.parse_with_tabs())


def quick(grammar: pp.ParserElement) -> str:
    return lower(grammar.parse_with_tabs(), quick=True)


def tight(element: pp.ParserElement) -> pp.ParserElement:
    """The element, and nothing is skipped before it."""
    return element.leave_whitespace()


def never() -> pp.ParserElement:
    return pp.NoMatch().set_whitespace_chars(BLANKS)


def a_token(pattern: str, quick: str | None = None) -> Token:
    return token("token", pattern, quick=quick)


def a_word(pattern: str, quick: str | None = None) -> Token:
    return word_token("word", pattern, quick=quick)


def one(pattern: str = "a") -> pp.ParserElement:
    return token("one", pattern)


# Examples -----------------------------------------------------------------------------------------

READABLE = [
    (
        lambda: a_token("[0-9]+")("pid") + adjacent(literal("/"), a_token(r"\S*")("name")),
        r"[ \t]*+(?P<pid>[0-9]++)[ \t]*+/(?P<name>\S*+)",
        r" *+(?P<pid>[0-9]++) *+/(?P<name>\S*+)",
    ),
    (
        lambda: one_of_words(("tcp", "tcp6"), "proto")("proto") + number("recv_q", "Recv-Q", "1"),
        r"[ \t]*+(?P<proto>tcp6?+(?!\S))[ \t]*+(?P<recv_q>1(?!\S))",
        r" *+(?P<proto>tcp6?+) ++(?P<recv_q>1(?!\S))",
    ),
    (
        lambda: choice("c", a_word("a|ab")("x"), literal("-")) + literal("b"),
        r"[ \t]*+(?>(?P<x>(?:a|ab)(?!\S))|\-)[ \t]*+b",
        r" *+(?>(?P<x>(?:a|ab)(?!\S))|\-) *+b",
    ),
    (
        lambda: choice("c", a_word("a")("x"), a_word("b")) + NOTHING + literal("b"),
        r"[ \t]*+(?>(?P<x>a(?!\S))|b(?!\S))[ \t]*+b",
        r" *+(?>(?P<x>a)|b) ++b",
    ),
    (
        lambda: choice("c", a_word("[ab]{1,3}+", "a")("x"), literal("c")),
        r"[ \t]*+(?>(?P<x>[ab]{1,3}+(?!\S))|c)",
        r" *+(?!\t)(?>(?P<x>a(?!\S))|(?![ab]{1,3}+(?!\S))c)",
    ),
    (
        lambda: literal("a") + optional(a_word("b")("x")) + literal("c"),
        r"[ \t]*+a[ \t]*+(?>(?P<x>b(?!\S))|)[ \t]*+c",
        r" *+a *+(?!\t)(?>(?P<x>b(?!\S))|) *+c",
    ),
    (
        lambda: literal("a") + optional(a_token("[ab]", "b")("x")),
        r"[ \t]*+a[ \t]*+(?>(?P<x>[ab])|)",
        r" *+a *+(?!\t)(?>(?P<x>b)|(?![ab]))",
    ),
    (
        lambda: literal("a") + optional(choice("c", literal("b"), tight(literal(" c")))),
        r"[ \t]*+a(?>[ \t]*+b|\ c|)",
        r" *+a(?> *+b|(?![ \t]*+b)\ c|(?!(?>[ \t]*+b|\ c)))",
    ),
    (
        lambda: literal("a") + optional(a_token("b", NEVER)) + optional(never()),
        r"[ \t]*+a[ \t]*+(?>b|)[ \t]*+",
        r" *+a *+(?!\t)(?!b)",
    ),
    (
        lambda: choice("c", a_token("b", NEVER), literal("b"), pp.NoMatch()),
        r"[ \t]*+(?>b|b)",
        r" *+(?!b)b",
    ),
    (
        lambda: literal("a") + a_token("(?=b).|c", NEVER)("x"),
        r"[ \t]*+a[ \t]*+(?P<x>(?>(?=b).|c))",
        NEVER,
    ),
    (
        lambda: choice("c", a_token("[ab]", "a"), a_token("[bc]", "c"), literal("d")),
        r"[ \t]*+(?>[ab]|[bc]|d)",
        r" *+(?>a|(?![ab])c|(?![ab])(?![bc])d)",
    ),
    (lambda: literal("a") + pp.NoMatch() + literal("b"), NEVER, NEVER),
    (lambda: literal("a") + a_word("b", NEVER), r"[ \t]*+a[ \t]*+b(?!\S)", NEVER),
    (
        lambda: literal("c") + optional(a_token("[ab]", "a")).leave_whitespace(recursive=False),
        r"[ \t]*+c(?>[ab]|)",
        r" *+c(?>a|(?![ab]))",
    ),
    (lambda: pp.MatchFirst([]), NEVER, NEVER),
    (
        lambda: choice("c", a_word("[ab]|c", "a")("x"), a_word("b"), is_exclusive=True) + one("d"),
        r"[ \t]*+(?>(?P<x>(?:[ab]|c)(?!\S))|b(?!\S))[ \t]*+d",
        r" *+(?>(?P<x>a)|b) ++d",
    ),
    (
        lambda: choice("c", choice("d", a_token("a|b", "a"), literal("b")), literal("c")),
        r"[ \t]*+(?>a|b|b|c)",
        r" *+(?!\t)(?>a|(?!(?>a|b))b|(?!(?>a|b))c)",
    ),
    (lambda: literal("a b#") + literal(" "), r"[ \t]*+a\ b\#[ \t]*+\ ", r" *+a\ b\# *+\ "),
    (
        lambda: literal("a") + pp.Regex("(?:b|bc)").set_whitespace_chars(BLANKS),
        r"[ \t]*+a[ \t]*+(?>b|bc)",
        r" *+a *+(?>b|bc)",
    ),
]


@pytest.mark.parametrize(("grammar", "slow", "fast"), READABLE)
def test_the_patterns_read_well(
    grammar: Callable[[], pp.ParserElement], slow: str, fast: str
) -> None:
    assert whole(grammar()) == slow
    assert quick(grammar()) == fast


@pytest.mark.parametrize("grammar", [grammar for grammar, *_ in READABLE])
def test_the_examples_mean_the_same(grammar: Callable[[], pp.ParserElement]) -> None:
    assert_same(grammar(), [*TEXTS, "a c", "a b c", "tcp6 1", "tcp\t1", "1/a", "1 /", "a b# ", "c"])


def test_pyparsing_never_comes_back_and_neither_do_the_patterns() -> None:
    texts = ["ab", "abc", "aab", "ac", "abb", "a", "a b", "ab b", "aa b"]
    for first in (
        choice("c", literal("a"), literal("ab")),
        optional(literal("a")),
        a_token("a*"),
        a_token("[ab]+"),
        a_token("a*?b|a"),
        a_token("(?>a)|(?>ab)"),
        a_token("(?:a|ab)"),
        a_word("a*|ab"),
    ):
        for last in (literal("ab"), literal("b"), literal("c"), a_word("b+")):
            assert_same(first + last, texts)
            assert_same(adjacent(first, last), texts)


def test_blanks_before_an_optional_stay_consumed_when_it_fails() -> None:
    grammar = literal("a") + optional(literal("b")) + tight(literal(" c"))
    assert assert_same(grammar, ["a c", "a b c", "ab c"]) == ["a b c", "ab c"]


def test_a_skip_is_left_out_only_behind_another_one() -> None:
    blank = pp.Empty().set_whitespace_chars(BLANKS)
    assert whole(blank + literal("b")) == r"[ \t]*+b"
    assert whole(literal("a") + optional(literal("x")) + literal("b")) == (
        r"[ \t]*+a[ \t]*+(?>x|)[ \t]*+b"
    )
    assert_same(literal("a") + blank + optional(blank.copy()) + tight(literal("b")))


def test_a_choice_leaves_skipping_to_its_elements() -> None:
    mixed = choice("c", literal("b"), tight(literal("\tb")), tight(literal(" a")))
    assert assert_same(literal("a") + mixed) == [t for t in TEXTS if re.match(" *a(?: *b| a)", t)]
    assert_same(literal("a") + optional(mixed.copy()) + tight(literal("\tb")))
    assert_same(literal("a") + choice("c", literal("b")("x"), pp.MatchFirst([literal("a")("y")])))


def test_a_sequence_is_lowered_as_pyparsing_flattens_it() -> None:
    grammar = literal("a") + (literal("a") + literal("b")).leave_whitespace(recursive=False)
    assert_same(grammar, ["aab", "a ab", " a a b"])


def test_what_comes_next_does_not_change_the_meaning_of_a_token() -> None:
    assert_same(a_token(r"\0") + tight(literal("1")), ["\x001", "\x01"])
    assert_same(literal("a") + a_token("{") + literal("1") + literal("}"), ["a{1}", "a{ 1 }", "a"])
    assert_same(literal("a") + a_token("{1") + literal(",2}"), ["a{1,2}", "aa"])
    assert_same(a_token("a+") + literal("+?"), ["a+?", "aa+?", "aa"])
    assert_same(optional(a_token("a|b")) + a_token("c|d+x"), ["ac", "bddx", "c", "acd"])
    assert_same(a_word("a|b") + tight(a_token("|c")), ["a", "b", "ac", "c"])


def test_names_in_an_alternative_that_failed_are_not_set() -> None:
    grammar = choice(
        "c",
        literal("a")("x") + literal("b"),
        optional(literal("a")("y") + literal("d")) + literal("a")("z"),
    )
    assert_same(grammar, ["ab", "ad", "ada", "aa", "a", "a\tb", "a\td a"])
    assert parsed(grammar, "ac") == (1, {"z": "a"})


def test_the_pattern_of_a_pattern_is_the_pattern() -> None:
    """What stands behind a text may be made part of a verbose token's pattern."""
    behind = literal("#") + number("n", "number") + one_of_words(("a b", "#"), "word")("w")
    pattern = lower(behind.parse_with_tabs(), names=False)
    assert "(?P<" not in pattern
    assert token("behind", pattern).pattern == pattern
    row = free_text("x", "text", pattern) + behind
    read = ["c d #7 a b", "c d #7 #", " #7 #", "#7 #"]
    assert assert_same(row, [*read, "c #7 c", "c 7 #"]) == read


# The quick form -----------------------------------------------------------------------------------


def test_a_tab_is_never_taken_for_text() -> None:
    grammar = literal("-") + free_text("path", "path", "")
    assert assert_same(grammar, ["- /a", "-\t/a", "- \t/a", "- /a\tb", "-\t", "-"]) == [
        "- /a",
        "- /a\tb",
        "-",
    ]


def test_a_blank_ends_a_word() -> None:
    grammar = a_word("a|ab") + literal("c")
    assert assert_same(grammar, ["a c", "ab c", "ac", "a\tc", "a  c", "a\x85c"]) == ["a c", "a  c"]


def test_another_alternative_is_not_taken_for_what_is_rare() -> None:
    user = choice("user", number("uid", "user number"), word("user", "user name"))
    grammar = user + optional(number("inode", "inode")) + optional(word("rest", "rest"))
    largest, beyond = str(2**64 - 1), str(2**64)
    texts = [f"{user} {inode}" for user in ("root", "7", largest) for inode in ("7", largest)]
    assert assert_same(grammar, [*texts, f"root {beyond}", beyond]) == [
        "root 7",
        "7 7",
        f"root {beyond}",
        beyond,
    ]


def test_elements_that_exclude_each_other_need_no_look_ahead() -> None:
    def made(*, is_exclusive: bool) -> pp.ParserElement:
        first = choice("c", a_word("[ab]+", "a"), a_word("1+", "1"), is_exclusive=is_exclusive)
        return choice("d", first, a_word("-+"), is_exclusive=True).set_whitespace_chars(BLANKS)

    texts = ["a", "b", "1", "11", "-", "--"]
    for is_exclusive in (True, False):
        assert assert_same(made(is_exclusive=is_exclusive), texts) == ["a", "1", "-", "--"]
        # pyparsing makes one choice of both; what is said of the outer one is not said of both.
        assert ("(?!(?>" not in quick(made(is_exclusive=is_exclusive))) == is_exclusive


def test_what_the_quick_form_never_reads_is_no_part_of_it() -> None:
    below = adjacent(token("line end", r"\n", quick=NEVER), a_token(r"\S+")("below"))
    grammar = (a_token("a")("x") + optional(below)).parse_with_tabs()
    assert re.compile(lower(grammar, quick=True)).groupindex.keys() == {"x"}
    assert assert_same(grammar, ["a", "a\nb", "a\n", "a \n b"]) == ["a", "a\n", "a \n b"]


# Refusals -----------------------------------------------------------------------------------------


class OwnToken(Token):
    """A subclass, which might parse in its own way."""


REFUSED: list[tuple[Callable[[], pp.ParserElement], str]] = [
    (lambda: one() - one(), "_ErrorStop .*not in use"),
    (lambda: one() ^ one(), "Or .*not in use"),
    (lambda: one() & one(), "Each .*not in use"),
    (lambda: pp.Forward(), "Forward .*not in use"),
    (lambda: one() + pp.OneOrMore(one()), "OneOrMore .*not in use"),
    (lambda: pp.ZeroOrMore(one()), "ZeroOrMore .*not in use"),
    (lambda: pp.MatchFirst([pp.Word("a")]), r"Word .*use And, choice\(\)"),
    (lambda: pp.Group(one()), "Group .*not in use"),
    (lambda: pp.Suppress(one()), "Suppress .*not in use"),
    (lambda: pp.Combine(one()), "Combine .*not in use"),
    (lambda: ~one() + one(), "NotAny .*not in use"),
    (lambda: pp.FollowedBy(one()), "FollowedBy .*not in use"),
    (lambda: one() + pp.StringEnd(), "StringEnd .*not in use"),
    (lambda: pp.CaselessLiteral("a"), "CaselessLiteral .*not in use"),
    (lambda: OwnToken("own", "a"), "OwnToken own: its kind is not in use"),
    (lambda: one().add_parse_action(lambda: None), "Token one: it has a parse action"),
    (lambda: one().add_condition(lambda: True), "condition"),
    (lambda: optional(one().add_parse_action(lambda: None)), "Token one: .*parse action"),
    (lambda: one().set_fail_action(lambda *_: None), "fail action"),
    (lambda: one().set_debug(), "debug"),
    (lambda: (one() + one()).ignore(pp.Literal("#")), "ignores"),
    (lambda: pp.Opt(one(), default="x"), "default"),
    (lambda: pp.And([]), "nothing"),
    (lambda: pp.Literal("a"), "Literal 'a': it skips more than blanks"),
    (lambda: one() + pp.Literal("a"), "skips more"),
    (lambda: one() + pp.Empty(), "skips more"),
    (lambda: choice("c", one(), pp.Regex("a")), "skips more"),
    (lambda: one() + (pp.Regex("a") | pp.Regex("b")), "skips more"),
    (lambda: one("(a)"), r"groups or flags; use `\(\?:"),
    (lambda: one("(?P<x>a)"), "groups"),
    (lambda: one(r"(?i)a"), "flags"),
    (lambda: pp.Regex("a", re.DOTALL), "flags"),
    (lambda: pp.Regex("a", re.VERBOSE), "flags"),
    (lambda: pp.Regex(re.compile(b"a")), "not a text"),
    (lambda: pp.Regex("a", as_match=True), "as_match"),
    (lambda: pp.Regex("a", as_group_list=True), "as_group_list"),
    (lambda: one()("x") + one()("x"), "'x' is used twice"),
    (lambda: choice("c", one()("x"), one()("x")), "'x' is used twice"),
    (lambda: one()("x*"), "'x' lists all matches"),
    (lambda: one()("not-one"), "'not-one' is not an identifier"),
    (lambda: (one() + one())("x"), "'x' has not always the text of one token"),
    (lambda: choice("c", one() + one(), one())("x"), "one token"),
    (lambda: choice("c", one(), tight(one()))("x"), "one token"),
    (lambda: choice("c", one(), NOTHING)("x"), "one token"),
    (lambda: optional(one())("x"), "one token"),
    (lambda: NOTHING("x"), "one token"),
]


@pytest.mark.parametrize(("grammar", "why"), REFUSED)
def test_what_has_no_exact_pattern_is_refused(
    grammar: Callable[[], pp.ParserElement], why: str
) -> None:
    for is_quick in (False, True):
        with pytest.raises(TypeError, match=f"^cannot lower .*(?:{why})"):
            lower(grammar().parse_with_tabs(), quick=is_quick)


def test_a_grammar_that_takes_blanks_for_tabs_is_refused() -> None:
    with pytest.raises(TypeError, match=r"cannot lower Token one: .*parse_with_tabs\(\)"):
        lower(one())


# Any grammar --------------------------------------------------------------------------------------

PATTERNS = [
    "a", "a+", "ab?", "a|ab", "a+?b", "a{1,2}", "[ab]{2}", "a*+b", "[]b]", "[^]b]+", "(?>a|ab)",
    "(?>a)(?>b)", "(?>a)|(?>ab)", "(?:a|b)+", "(?:a|ab)", "(?:a)|(?:ab)", "(?i:A)", r"\S*", r"\bb",
    "a$", "(?=b)", "(?=a|b)", "(?<=a)b", "(?!b).", r"[ ]b", r"\t", ".", "a?", "|b", "b|", "1{0,1}b",
    "(?:a)?b", r"\t?b", "[^a]",
]  # fmt: skip
IN_TWO_FORMS = [
    ("a+", "a(?!a)"), ("a|b", "b"), (r"\S*", r"[ab]++(?!\S)"), ("a*", "(?!a)"), ("ab?", "ab"),
    ("[ab]", "a"), (".", "a"), (".", r"\S"), (r"\S+", r"[ab]++(?!\S)"), ("a", NEVER),
    ("|b", "(?!b)"),
]  # fmt: skip
WORDS = ["a", "a|ab", "ab?", "[ab]+", "a|b", "1+", r"\S*", "a*?", "(?:a|ab)", "a{1,2}"]
WORDS_IN_TWO_FORMS = [
    ("[ab]+", "a++"), ("a|ab|b", "ab|b"), ("[ab]|[ab1]+", "[ab]"), ("a+|b", NEVER),
    ("a{1,3}", "aa"),
]  # fmt: skip

plain_tokens: st.SearchStrategy[pp.ParserElement] = st.one_of(
    st.builds(literal, st.sampled_from(["a", "b", "ab", "-", "a b", " ", "\t", ""])),
    st.builds(a_token, st.sampled_from(PATTERNS)),
    st.sampled_from(["a", "a|ab", "(?:a|ab)"]).map(
        lambda pattern: pp.Regex(pattern).set_whitespace_chars(BLANKS)
    ),
)
narrow_tokens: st.SearchStrategy[pp.ParserElement] = st.one_of(
    st.builds(a_word, st.sampled_from(WORDS)),
    st.builds(lambda forms: a_token(*forms), st.sampled_from(IN_TWO_FORMS)),
    st.builds(lambda forms: a_word(*forms), st.sampled_from(WORDS_IN_TWO_FORMS)),
)

SPACINGS: list[Callable[[pp.ParserElement], pp.ParserElement]] = [
    lambda element: element,
    lambda element: element.copy(),
    lambda element: element.leave_whitespace(recursive=False),
    lambda element: element.leave_whitespace(),
]
KINDS = ["and"] * 4 + ["token", "first", "opt"] * 3 + ["empty", "nothing"]


class Grammars:
    """Draws grammars in which each results name is used once."""

    def __init__(self, draw: st.DrawFn, tokens: st.SearchStrategy[pp.ParserElement]) -> None:
        self.draw = draw
        self.tokens = tokens
        self.names = 0

    def token(self) -> pp.ParserElement:
        element = self.draw(st.sampled_from(SPACINGS))(self.draw(self.tokens))
        if type(element) is pp.Empty or not self.draw(st.booleans()):
            return element
        self.names += 1
        return element.set_results_name(f"n{self.names}")

    def any(self, depth: int) -> pp.ParserElement:
        kind = self.draw(st.sampled_from(KINDS)) if depth else "token"
        parts = [1, 2, 2, 3, 3]
        match kind:
            case "token":
                return self.token()
            case "and":
                element: pp.ParserElement = pp.And(
                    [self.any(depth - 1) for _ in range(self.draw(st.sampled_from(parts)))]
                )
            case "first":
                element = choice(
                    "c", *(self.any(depth - 1) for _ in range(self.draw(st.sampled_from(parts))))
                )
            case "opt":
                element = optional(self.any(depth - 1))
            case "empty":
                element = pp.Empty().set_whitespace_chars(BLANKS)
            case _:
                element = self.draw(st.sampled_from([NOTHING.copy(), never()]))
        return self.draw(st.sampled_from(SPACINGS))(element)


@st.composite
def grammars(draw: st.DrawFn, tokens: st.SearchStrategy[pp.ParserElement]) -> pp.ParserElement:
    grammar = Grammars(draw, tokens).any(draw(st.sampled_from([1, 2, 3, 4])))
    try:
        lower(grammar.parse_with_tabs())
    except TypeError as refusal:
        raise AssertionError(f"{refusal}: {grammar}") from refusal
    return grammar


SHORT_TEXTS = ["".join(t) for n in range(4) for t in itertools.product("ab1 \t", repeat=n)]
PIECES = ["a", "b", "ab", "aa", "A", "1", "-", " ", "  ", "\t", "\n", " a", "a b", " b ", "B"]
longer_texts = st.lists(st.lists(st.sampled_from(PIECES), max_size=9).map("".join), max_size=9)


@pytest.mark.slow
@settings(max_examples=600)
@given(grammars(plain_tokens | narrow_tokens), longer_texts)
def test_any_grammar_and_its_patterns_agree(grammar: pp.ParserElement, longer: list[str]) -> None:
    assert_same(grammar, SHORT_TEXTS + longer)


@pytest.mark.slow
@settings(max_examples=300)
@given(grammars(plain_tokens), longer_texts)
def test_without_rare_texts_the_quick_form_reads_all(
    grammar: pp.ParserElement, longer: list[str]
) -> None:
    texts = [text for text in SHORT_TEXTS + longer if "\t" not in text]
    assert assert_same(grammar, texts) == [t for t in texts if parsed(grammar, t) is not None]


# Rows ---------------------------------------------------------------------------------------------


def row_grammar() -> pp.ParserElement:
    """Something like a row of net-tools: each kind of element, as the dialects use it."""
    hosts = [
        token("host", r"[^\s:\[\]]+(?=:)", quick="[0-9.]++(?=:)")(f"{side}_host")
        for side in ("local", "foreign")
    ]
    state = one_of_words(("LISTEN", "CLOSE", "CLOSE_WAIT", "1", "10", "11"), "state")("state")
    user = choice("user", number("uid", "user number"), word("user", "user name"))
    timer = adjacent(literal("("), token("seconds", "[0-9]++")("seconds"), literal(")"))
    behind = r"[ \t]++" + lower(timer.parse_with_tabs(), names=False)
    program = free_text("program", "program name", behind)
    process = choice(
        "process",
        adjacent(token("pid", "[0-9]++")("pid"), literal("/"), program),
        literal("-"),
    )
    return pp.And(
        [
            one_of_words(("tcp", "tcp6"), "proto")("proto"),
            number("recv_q", "Recv-Q"),
            adjacent(hosts[0], literal(":"), port("local")),
            adjacent(hosts[1], literal(":"), port("foreign")),
            optional(state),
            user,
            NOTHING,
            process,
            timer,
        ]
    )


counters = st.sampled_from(["0", "7", str(10**19 - 1), str(10**19), str(2**64 - 1), str(2**64)])
addresses = st.builds(
    "{}:{}".format,
    st.sampled_from(["10.0.0.1", "0.0.0.0", "h\u00f6st"]),
    st.sampled_from(["22", "*", "ssh", "65535", "65536", "z39.50", "a.b", "x_y"]),
)
cells = st.tuples(
    st.sampled_from(["tcp", "tcp6", "udp"]),
    counters,
    addresses,
    addresses,
    st.sampled_from(["", "LISTEN", "CLOSE_WAIT", "10", "CLOSED"]),
    st.one_of(counters, st.sampled_from(["root", "0root", "-"])),
    st.sampled_from(["-", "1/init", "77/my program (1) x", "7/", "7/a \t b"]),
    st.sampled_from(["(1)", "(22)", "( 1)"]),
)
gaps = st.sampled_from([" ", " ", " ", "   ", "      ", "\t", " \t ", ""])


@st.composite
def rows(draw: st.DrawFn) -> str:
    row = "".join(text + (" " if draw(st.booleans()) else draw(gaps)) for text in draw(cells))
    for _ in range(draw(st.integers(0, 2))):
        start = draw(st.integers(0, len(row)))
        end = draw(st.integers(start, min(start + 3, len(row))))
        row = row[:start] + draw(st.text(" \t:.*-/()019atcpL", max_size=3)) + row[end:]
    return row


@pytest.mark.slow
@settings(max_examples=300)
@given(st.lists(rows(), min_size=5, max_size=5))
def test_rows_and_damaged_rows_are_read_alike(lines: list[str]) -> None:
    ROW.assert_same(lines)


ROW = Forms(row_grammar())
USUAL = (
    "tcp        0 10.0.0.1:22            10.0.0.2:*              LISTEN      root  77/a b    (1)"
)


def test_usual_rows_are_read_in_the_quick_form() -> None:
    rows = [
        USUAL,
        USUAL.replace("root", "1000"),
        USUAL.replace("LISTEN", "      "),
        USUAL.replace("*", "https"),
        USUAL.replace("77/a b", "-     "),
    ]
    assert ROW.assert_same(rows) == rows
    assert parsed(ROW.grammar, USUAL) == (
        len(USUAL),
        {
            "proto": "tcp",
            "recv_q": "0",
            "local_host": "10.0.0.1",
            "local_port": "22",
            "foreign_host": "10.0.0.2",
            "state": "LISTEN",
            "user": "root",
            "pid": "77",
            "program": "a b",
            "seconds": "1",
        },
    )


@pytest.mark.parametrize(
    "row",
    [
        USUAL.replace("tcp ", "tcp\t"),
        USUAL.replace(" 0 ", f" {2**64 - 1} "),
        USUAL.replace("10.0.0.1", "h\u00f6st"),
        USUAL.replace("*", "z39.50"),
        USUAL.replace("root", str(2**64 - 1)),
    ],
)
def test_rare_rows_are_left_to_the_whole_form(row: str) -> None:
    assert parsed(ROW.grammar, row) is not None
    assert ROW.assert_same([row]) == []
