"""The words of all dialects: what each takes, to the last digit, and what its quick form takes."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import pyparsing as pp
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from netstat_parse.grammar.lower import lower
from netstat_parse.grammar.tokens import (
    COUNTER,
    END_OF_WORD,
    ID,
    NAMED_PORT,
    NEVER,
    NUMBERED_PORT_BEHIND,
    PLAIN_NAME,
    PORT,
    QUICK_COUNTER,
    Token,
    adjacent,
    at_most,
    choice,
    committed,
    compact,
    free_text,
    hexadecimal,
    is_group,
    literal,
    number,
    one_of_words,
    optional,
    port,
    refuses_tab,
    token,
    whole_word,
    word,
    word_token,
)

if TYPE_CHECKING:
    from collections.abc import Callable

# Patterns -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verbose", "text"),
    [
        ("a b\tc\nd\r\ve\f", "abcde"),
        (" a # a comment, with [ and \\ in it\n b", "ab"),
        ("a # to the end", "a"),
        ("[ ] [#] [^ #] [a #]+", "[ ][#][^ #][a #]+"),
        (r"\ \# \\ # \ ", r"\ \#\\"),
        ("\\\n\\\t x", "\\\n\\\tx"),
        ("[]# ] [^]# ] b", "[]# ][^]# ]b"),
        (r"[\]# ] [\\] # c", r"[\]# ][\\]"),
        ("(?: a | b )++ (?! \\S ) {2}", "(?:a|b)++(?!\\S){2}"),
        ("[[] # ]", "[[]"),
        ("\u00a0\u2003", "\u00a0\u2003"),
        ("", ""),
    ],
)
def test_blanks_and_comments_are_taken_out(verbose: str, text: str) -> None:
    assert compact(verbose) == text
    assert compact(text) == text


PARTS = [
    "a", "b", " ", "  ", "\n", "\t", "# no ]\n", "#", r"\#", r"\ ", "[ab]", "[ ]", "[^ #]", "[]# ]",
    r"[\] a]", "[^]]", r"\[", r"\]", "(?: a )", "(?=b)", "|", "+", "?", "++", r"\s", r"\\", "[#]",
]  # fmt: skip
patterns = st.lists(st.sampled_from(PARTS), max_size=8).map("".join)
texts = st.text("ab #[]\\\n\t", max_size=6)


@settings(max_examples=500)
@given(patterns, st.lists(texts, min_size=5, max_size=5))
def test_a_compact_pattern_means_what_the_verbose_one_means(pattern: str, lines: list[str]) -> None:
    try:
        verbose = re.compile(pattern, re.VERBOSE)
    except re.error:
        assume(False)
    plain = re.compile(compact(pattern))
    for line in lines:
        assert [m.span() for m in plain.finditer(line)] == [
            m.span() for m in verbose.finditer(line)
        ]


@pytest.mark.parametrize(
    ("pattern", "is_one"),
    [
        ("(?:a)", True),
        ("(?:(?:a)(?:b))", True),
        (r"(?:a\))", True),
        ("(?:[)])", True),
        ("(?:a)(?:b)", False),
        ("(?:a)|(?:b)", False),
        ("(?:a)+", False),
        (r"(?:a)\)", False),
        ("(?>a)", False),
    ],
)
def test_one_group_is_told_from_two(pattern: str, is_one: bool) -> None:
    assert is_group(pattern) == is_one


def test_a_whole_word_is_all_of_its_alternatives() -> None:
    assert whole_word("a") == r"a(?!\S)"
    assert whole_word("(?:a|b)") == r"(?:a|b)(?!\S)"
    assert whole_word("a|b") == r"(?:a|b)(?!\S)"
    assert whole_word("(?:a|b)|(?:c)") == r"(?:(?:a|b)|(?:c))(?!\S)"


SAFE = [
    ("a", "a"),
    ("a+", "a++"),
    ("a*b?", "(?>a*b?)"),
    ("a*+b?", "a*+b?+"),
    ("[a|b]{2}[)]{1,2}", "[a|b]{2}[)]{1,2}+"),
    (r"\)\|?", r"\)\|?+"),
    ("a|ab", "(?>a|ab)"),
    ("(?:a|ab)", "(?>a|ab)"),
    ("(?>a|ab)", "(?>a|ab)"),
    ("(?:a)|(?:ab)", "(?>(?:a)|(?:ab))"),
    ("(?>a)(?>b)", "(?>(?>a)(?>b))"),
    (r"a++(?!\S)", r"a++(?!\S)"),
    (r"a+(?!\S)", r"(?>a+(?!\S))"),
    (r"a++(?!\s)", r"a++(?!\s)"),
    (r"a\0", r"(?:a\0)"),
    (r"\01", r"(?:\01)"),
    ("[]|]+", "[]|]++"),
    ("{", "(?>{)"),
    ("", ""),
]


@pytest.mark.parametrize(("pattern", "safe"), SAFE)
def test_nothing_backtracks_into_a_committed_pattern(pattern: str, safe: str) -> None:
    assert committed(pattern) == safe
    for text in map("".join, itertools.product("ab)|", repeat=4)):
        first = re.match(pattern, text)
        for rest in ("a", "b", "1", r"\)", "$", ".b"):
            end = first and re.compile(rest).match(text, first.end())
            found = re.match(safe + rest, text)
            assert (found and found.end()) == (end and end.end()), (text, rest)


KNOWN = [
    "a", "a|b", "(?:a|b)c?", "(?>tcp|udp)6?", "[0-9]{1,3}", r"\Sa*", r"\d", r"\w", r"\.", "[^ \\t]",
    r"[^\s]", "(?:0|[1-9][0-9]{0,18}+)", "a(?:b|)", "a(?:b|\t)", "(?P<x>(?>a|b)):", r"(?!b)\S",
    r"(?<=\t)a", "(?=[!-~]{1,2})", "(?=a).", "(?:a)(?:b)?", "(?:(?:a)b)", "(?!a)(?!b)c|(?!d)e",
    "(?#(|)a", "a{1,}", "(?:a){1}", "a(?!(?:b|\t))",
]  # fmt: skip
UNKNOWN = [
    "", "a?b", "a*", "a{0,2}", "a{,2}", "|a", "a|", "(?:a)?b", "(?:a|b){0,1}", "(?:a|)b", "(?:)a",
    ".", r"\s", r"\t", r"\D", r"\W", r"[\0-~]", "[^a]", r"\b", r"\Ba", "^a", "$", "(?!a)", "(?<=a)",
    "\t", "(?=a)?", "a|(?:b|\t)", "(?:(?:a|b)|c)?", "(?:a|b|.)", "(?=a|\t)", "(?!(?:a))b", "(?i:a)",
    "(?#a)", r"\x41", "(?P<x>(?>a|\t))", "(?P<x>a?+)b", NEVER,
]  # fmt: skip


def test_it_is_known_what_refuses_a_tab() -> None:
    assert [pattern for pattern in KNOWN if not refuses_tab(pattern)] == []
    assert [pattern for pattern in UNKNOWN if refuses_tab(pattern)] == []


some_patterns = st.recursive(
    st.sampled_from(
        ["a", "b?", "\t", ".", "[^a]", r"\t", r"\S+", r"\s", "(?!b)", r"(?<=\t)", r"\(", "[)|]", ""]
    ),
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("{}|{}".format, inner, inner),
        st.builds(
            "{}{}){}".format,
            st.sampled_from(["(?:", "(?>", "(?=", "(?!"]),
            inner,
            st.sampled_from(["", "", "", "?", "*", "{0,1}", "{1,2}"]),
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=500)
@given(some_patterns)
def test_what_refuses_a_tab_matches_nowhere_before_one(pattern: str) -> None:
    if refuses_tab(pattern):
        for text in ("\t", "\ta", "\tb", "\tab", "\t\t", "a\t", "b\ta", "\t)", "\t("):
            assert re.compile(pattern).match(text, text.index("\t")) is None, text


# Numbers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "limit", [10, 59, 60, 99, 100, 255, 1000, pytest.param(65535, marks=pytest.mark.slow)]
)
def test_whole_numbers_up_to_a_limit(limit: int) -> None:
    pattern = re.compile(at_most(limit) + r"(?![0-9])")
    for value in range(10 * limit + 12):
        assert bool(pattern.fullmatch(str(value))) == (value <= limit)
        assert not pattern.fullmatch(f"0{value}")


COUNTED = [
    *range(12),
    *(10**n + d for n in range(1, 22) for d in (-1, 0, 1)),
    *(2**64 + d for d in range(-20, 21)),
    *(2**64 + d for d in (-(10**18), -(10**12), -(10**6), 10**6, 10**12, 10**18)),
]


@pytest.mark.parametrize("value", COUNTED)
def test_counters(value: int) -> None:
    assert bool(re.fullmatch(COUNTER, str(value))) == (value < 2**64)
    assert bool(re.fullmatch(QUICK_COUNTER, str(value))) == (value < 10**19)
    assert not re.fullmatch(f"{COUNTER}|{QUICK_COUNTER}", f"0{value}")
    assert bool(re.fullmatch(ID, str(value))) == (value < 10**10)


# Elements -----------------------------------------------------------------------------------------


def read(element: pp.ParserElement, text: str, *, is_quick: bool = False) -> str | None:
    """What an element reads at the start of a text: by pyparsing too, in the whole form."""
    expression = element.copy().parse_with_tabs()
    found = re.match(lower(expression, quick=is_quick), text)
    got = found[0].strip(" \t") if found else None
    if not is_quick:
        try:
            parsed = "".join(expression.parse_string(text))
        except pp.ParseException:
            parsed = None
        assert got == parsed
    return got


def takes(element: pp.ParserElement, text: str) -> tuple[bool, bool]:
    """Whether an element reads all of a word, in the whole form and in the quick one."""
    return (
        read(element, f"{text} x") == text,
        read(element, f"{text} x", is_quick=True) == text,
    )


BOTH, WHOLE, NONE = (True, True), (True, False), (False, False)


def test_a_token_keeps_its_forms_under_a_name() -> None:
    for made in (token("words", " a + ", quick=" a # ?"), word_token("words", "a+", quick="a")):
        for element in (made, made.copy(), made("name"), made.copy().leave_whitespace()):
            assert isinstance(element, Token)
            assert element.name == "words"
            assert element.quick == "a"
            assert element.is_word == made.is_word
            assert element.pattern == ("a+" + END_OF_WORD * made.is_word)
    assert token("words", "a b").quick == "ab"
    assert word_token("words", "a|b").quick == "a|b"
    assert word_token("words", "a|b").pattern == r"(?:a|b)(?!\S)"
    assert token("words", "a", quick="").quick == ""


def test_a_token_skips_blanks_and_tabs_but_no_line_end() -> None:
    for element in (token("t", "a"), word_token("t", "a"), literal("a"), choice("c", literal("a"))):
        assert read(element, " \t a") == "a"
        assert read(element, "\na") is None
    assert read(token("t", "a"), "  a", is_quick=True) == "a"
    assert read(token("t", "a"), " \ta", is_quick=True) is None


def test_a_word_ends_where_a_blank_or_the_line_end_is() -> None:
    element = word_token("t", "a|ab")
    assert [read(element, text) for text in ("a", "ab\n", "ab\t", "abc", "a:")] == [
        "a", "ab", "ab", None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "forms"),
    [
        (0, BOTH),
        (7, BOTH),
        (10**18, BOTH),
        (10**19 - 1, BOTH),
        (10**19, WHOLE),
        (2**64 - 1, WHOLE),
        (2**64, NONE),
        ("00", NONE),
        ("07", NONE),
        ("-1", NONE),
        ("1x", NONE),
        ("\u0661", NONE),
    ],
)
def test_a_number_is_a_counter_of_64_bits(value: int | str, forms: tuple[bool, bool]) -> None:
    assert takes(number("n", "number"), str(value)) == forms


@pytest.mark.parametrize(("value", "forms"), [(0, BOTH), (10**10 - 1, BOTH), (10**10, NONE)])
def test_a_number_may_have_a_pattern_of_its_own(value: int, forms: tuple[bool, bool]) -> None:
    assert takes(number("pid", "pid", ID), str(value)) == forms


PORTS = [
    ("0", BOTH), ("1", BOTH), ("22", BOTH), ("9999", BOTH), ("60000", BOTH), ("65535", BOTH),
    ("65536", NONE), ("65540", NONE), ("65600", NONE), ("66000", NONE), ("70000", NONE),
    ("99999", NONE), ("100000", NONE), ("00", NONE), ("022", NONE), ("*", BOTH), ("**", NONE),
    ("ssh", BOTH), ("x11-ssh", BOTH), ("h323", BOTH), ("3com-tsmux", WHOLE), ("914c/g", WHOLE),
    ("X11", WHOLE), ("a_b", WHOLE), ("a.b", WHOLE), ("z39.50", WHOLE), ("z39.5", WHOLE),
    ("z39.51", NONE), ("z39", BOTH), ("a.22", NONE), ("a.*", NONE), ("a.b22", WHOLE), (".a", NONE),
    (":a", NONE), ("a:b", NONE), ("*a", NONE), ("22a", WHOLE), ("caf\u00e9", WHOLE),
]  # fmt: skip


@pytest.mark.parametrize(("text", "forms"), PORTS)
def test_a_port_is_a_number_a_name_or_a_star(text: str, forms: tuple[bool, bool]) -> None:
    assert takes(port("local"), text) == forms
    if forms != NONE:
        results = port("local").parse_string(text).as_dict()
        assert results == ({} if text == "*" else {"local_port": text})


def test_the_patterns_of_ports_stand_alone_too() -> None:
    assert re.fullmatch(PLAIN_NAME, "x11-ssh")
    assert re.match(f"(?:{PORT}|{NAMED_PORT}){END_OF_WORD}", "65535 x")
    behind = re.compile("1" + NUMBERED_PORT_BEHIND)
    ends = (":22", ".22 ", ":*", ":ssh", ":22a", " 22", ":")
    assert [bool(behind.match("1" + end)) for end in ends] == [True] * 3 + [False] * 4


@pytest.mark.parametrize(
    ("text", "forms"),
    [("0123", BOTH), ("f" * 16, BOTH), ("012", NONE), ("f" * 17, NONE), ("012F", NONE)],
)
def test_hexadecimal_numbers(text: str, forms: tuple[bool, bool]) -> None:
    assert takes(hexadecimal("x", "number", 4), text) == forms
    assert takes(hexadecimal("x", "number", 4, "0x"), f"0x{text}") == forms
    assert takes(hexadecimal("x", "number", 4, "0x"), text) == NONE


def test_a_word_is_anything_without_blanks() -> None:
    assert takes(word("w", "word"), "a:\u00e9[*]") == BOTH
    assert read(word("w", "word"), " ") is None


STATES = (
    "1",
    "10",
    "11",
    "12",
    "2",
    "ON",
    "ON*",
    "ONE",
    "LISTEN",
    "IN ASCOLTO",
    "IN",
    "a+b",
    "a+-",
)


@pytest.mark.parametrize("text", STATES)
def test_each_of_the_words_is_read_whole(text: str) -> None:
    element = one_of_words(STATES, "state")
    assert takes(element, text) == BOTH
    assert takes(element, f"{text}!") == NONE
    assert takes(element, text[1:]) == NONE or text[1:] in STATES


def test_words_that_differ_by_their_last_letter_are_tried_at_once() -> None:
    def pattern(*texts: str) -> str:
        element = one_of_words(texts, "words")
        assert isinstance(element, Token)
        return element.quick

    assert pattern("tcp", "tcp6") == "tcp6?+"
    assert pattern("udp", "udp6", "udpl", "udpl6") == "udpl6?+|udp6?+"
    assert pattern("1", "10", "11", "12", "2") == "1[012]?+|2"
    assert pattern("A", "A*", "A-", "A") == r"A[\*\-]?+"
    assert pattern("a b", "c#") == r"a\ b|c\#"


@given(st.lists(st.text("ab*", min_size=1, max_size=4), min_size=1, max_size=6), st.text("ab*"))
def test_any_words_are_told_from_others(known: list[str], text: str) -> None:
    element = one_of_words(known, "words")
    assert takes(element, text) == (BOTH if text in known else NONE)


def test_nothing_is_skipped_within_adjacent_elements() -> None:
    element = adjacent(token("a", "a"), literal("/"), optional(token("b", "b")))
    assert [read(element, text) for text in (" a/b", "a/ b", "a /b", "a/")] == [
        "a/b", "a/", None, "a/",
    ]  # fmt: skip


FREE = [
    ("one", "one"),
    ("two words", "two words"),
    ("  two  words \t ", "two  words"),
    ("", ""),
    ("   ", ""),
    ("a\nb", "a"),
    ("a b\nc", "a b"),
]


@pytest.mark.parametrize(("text", "found"), FREE)
def test_free_text_is_the_rest_of_the_line(text: str, found: str) -> None:
    assert read(free_text("x", "text", ""), text) == found


def test_free_text_ends_where_what_is_behind_it_begins() -> None:
    def cell(text: str, longest: int = 255) -> str | None:
        return read(free_text("x", "text", "[ ]++ [0-9]++", longest), text)

    assert cell("a b 7") == "a b"
    assert cell("a 7 b 77  ") == "a 7 b"
    assert cell("a 7 8") == "a 7"
    assert cell(" 7") is None  # its blank is skipped
    assert cell("a b") is None
    assert cell("abcd 7", 4) == "abcd"
    assert cell("abcde 7", 4) is None
    assert cell("x" * 255 + " 7") == "x" * 255
    assert cell("x" * 256 + " 7") is None


# Every token --------------------------------------------------------------------------------------

ALL: list[Callable[[], pp.ParserElement]] = [
    lambda: number("n", "number"),
    lambda: number("n", "number", ID),
    lambda: hexadecimal("x", "number", 2),
    lambda: word("w", "word"),
    lambda: one_of_words(STATES, "state"),
    lambda: port("local"),
    lambda: free_text("x", "text", ""),
    lambda: free_text("x", "text", r"[ \t]++ [0-9]++"),
]
words = st.sampled_from(
    ["0", "7", str(10**19), "65535", "65536", "ssh", "*", "z39.50", "ON", "1", "10", "af", "\u00e9"]
)
lines = st.lists(words | st.text(" \t\n.:*09az", max_size=3), max_size=4).map("".join)


@settings(max_examples=200)
@given(st.sampled_from(ALL), lines)
def test_the_quick_form_reads_what_the_whole_form_reads(
    make: Callable[[], pp.ParserElement], line: str
) -> None:
    element = make()
    assert read(element, line, is_quick=True) in (None, read(element, line))
