"""The language of filters, in pyparsing: that of ss(8), and what ss does not ask.

    state established and ( dport = :443 or dst 203.0.113.0/24 )

Source: iproute2 6.1, misc/ssfilter.y (the grammar), misc/ss.c (scan_state, parse_hostcond), and ss
itself, which the tests compare this with. As there, `and`, `or` and conditions side by side (which
is `and`) are read from left to right, none before the other, and `not` belongs to the next
condition alone. Several `state` and `exclude` side by side are one set of states; in front of all,
with nothing between, they hold for all that follows: `state established A or B`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial, reduce
from ipaddress import IPv6Address, ip_network
from typing import Any, NoReturn

from pyparsing import (
    CaselessKeyword,
    Forward,
    Group,
    Literal,
    MatchFirst,
    OneOrMore,
    Opt,
    ParseBaseException,
    ParseFatalException,
    ParserElement,
    ParseResults,
    Regex,
    StringEnd,
    ZeroOrMore,
)

from netstat_parse.analysis import conditions
from netstat_parse.analysis.conditions import (
    ALL_STATES,
    STATE_GROUPS,
    And,
    Condition,
    Everything,
    InState,
    Not,
    Or,
)
from netstat_parse.analysis.endpoint_conditions import Network, PortIn, in_network
from netstat_parse.analysis.services import find_ports
from netstat_parse.errors import WhereError

SIDES = {"src": "local", "sport": "local", "dst": "foreign", "dport": "foreign"}
COMPARISONS = {
    "=": "= == eq",
    "!=": "!= ne neq",
    ">=": ">= ge geq",
    "<=": "<= le leq",
    ">": "> gt",
    "<": "< lt",
}
CONDITION = "a condition: state, dst, src, dport, sport, proto, pid, program, recv_q, send_q"
STATES = (
    "a state: established, syn-sent, syn-recv, fin-wait-1, fin-wait-2, time-wait, closed, "
    "close-wait, last-ack, listening, closing, all, connected, synchronized, bucket, big"
)
NOT_PRINTED = {
    "dev": "the interface",
    "fwmark": "the mark",
    "cgroup": "the control group",
    "autobound": "whether the kernel chose the port",
}
"""What ss asks of the kernel and netstat does not print."""
PORT = r"(?: \* | [0-9A-Za-z] [\w.+-]* )"
HOST = rf"""
    \[ (?P<in_brackets> [^\s\[\]]* ) \] (?P<behind> / [0-9]+ )? (?: : (?P<port_1> {PORT} ) )?
  | (?P<network> [^\s/()\[\]]+ / [0-9]+ )                       (?: : (?P<port_2> {PORT} ) )?
  | (?P<any> \* )?                                                  : (?P<port_3> {PORT} )
  | (?P<all> \* )
  | (?P<plain> [^\s/()\[\]'"]+ )
"""


def parse_expression(expression: str) -> Condition:
    """What the filter asks. An empty one takes every row.

    Raises WhereError where it can't be understood.
    """
    if not expression.strip():
        return Everything()
    try:
        parsed = grammar().parse_string(expression)
    except ParseBaseException as error:
        message = error.msg[:1].lower() + error.msg[1:]
        raise WhereError(expression, error.loc + 1, message) from None
    except RecursionError:
        raise WhereError(expression, 1, "expected fewer parentheses and `not`") from None
    condition: Condition = parsed[0]
    return condition


@cache
def grammar() -> ParserElement:
    """The grammar of a whole filter."""
    expression = Forward()
    condition = Forward()
    condition.set_name(CONDITION)
    negation = (_word("not", "!") - condition).set_parse_action(lambda found: Not(found[1]))
    group = Literal("(").suppress() - expression - Literal(")").suppress().set_name("`)`")
    states = _states()
    elements = (negation, group, states, *_addresses(), *_ports(), *_others(), *_refused())
    condition <<= MatchFirst(elements).set_name(CONDITION)
    joint = _word("and", "&&", "&") | _word("or", "||", "|")
    others = ZeroOrMore(Group(joint - condition | condition))
    expression <<= (condition + others).set_parse_action(_join)
    end = StringEnd().set_name("`and`, `or`, another condition, or the end")
    return expression + end


def _join(found: ParseResults | list[Any]) -> Condition:
    """Conditions from left to right; states in front, with no word behind, belong to all."""
    first, *others = found
    if isinstance(first, InState) and others and len(others[0]) == 1:
        return And(first, _join([others[0][0], *others[1:]]))
    condition: Condition = first
    for *words, other in others:
        condition = Or(condition, other) if words == ["or"] else And(condition, other)
    return condition


def _word(*spellings: str) -> ParserElement:
    """A word of the language, which gives the first of its spellings."""
    first, *others = (
        CaselessKeyword(spelling) if spelling.isalpha() else Literal(spelling)
        for spelling in spellings
    )
    element: ParserElement = first
    for other in sorted(others, key=lambda other: -len(str(other))):
        element = element | other
    return element.set_parse_action(lambda: spellings[0])


def _comparison(*kinds: str) -> ParserElement:
    """One of these comparisons, or nothing, which is `=`."""
    spellings = {word: kind for kind in kinds for word in COMPARISONS[kind].split()}
    pattern = "|".join(
        re.escape(word) + (r"\b" if word.isalpha() else "")
        for word in sorted(spellings, key=len, reverse=True)
    )
    return Opt(
        Regex(pattern, re.IGNORECASE).set_parse_action(lambda found: spellings[found[0].lower()]),
        "=",
    )


# Conditions ---------------------------------------------------------------------------------------


def _states() -> ParserElement:
    name = Regex(r"[A-Za-z][\w-]*").set_name(STATES)
    name.set_parse_action(_find_state)
    one = Group((_word("state") | _word("exclude", "excl")) - name)

    def gather(text: str, place: int, found: ParseResults) -> Condition:
        states = frozenset() if found[0][0] == "state" else ALL_STATES
        for how, some in found:
            states = states | some if how == "state" else states - some
        if not states:
            _refuse(text, place, "expected states of which some are left")
        return InState(states)

    return OneOrMore(one).set_parse_action(gather)


def _find_state(text: str, place: int, found: ParseResults) -> frozenset[str]:
    states = STATE_GROUPS.get(found[0].lower().replace("_", "-"))
    if states is None:
        _refuse(text, place, f"expected {STATES}")
    return states


def _addresses() -> list[ParserElement]:
    host = Regex(HOST, re.VERBOSE).set_name("an address, a network, :port or address:port")
    elements = []
    for word in ("src", "dst"):
        side = SIDES[word]

        def make(found: ParseResults) -> Condition:
            _, comparison, condition = found
            return condition if comparison == "=" else Not(condition)

        value = host.copy().set_parse_action(_endpoint_maker(side))
        matches = _word(word) + _pattern(partial(conditions.text_is, f"{side}_host"))
        elements.append(matches.set_parse_action(lambda found: found[1]))
        elements.append((_word(word) - _comparison("=", "!=") - value).set_parse_action(make))
    return elements


def _endpoint_maker(side: str) -> Callable[[str, int, ParseResults], Condition]:
    """From an address, a port, or both to a condition."""

    def make(text: str, place: int, found: ParseResults) -> Condition:
        host, port = _split(text, place, found)
        parts: list[Condition] = []
        if host:
            parts.append(in_network(side, _parse_network(text, place, host)))
        if port != "*":
            parts.append(_compare(partial(PortIn, side), "=", _parse_port(text, place, port)))
        return reduce(And, parts) if parts else Everything()

    return make


def _split(text: str, place: int, found: ParseResults) -> tuple[str, str]:
    """The address and the port of an endpoint; the port is `*` if there is none."""
    parts = {name: part for name, part in found.as_dict().items() if part is not None}
    plain = parts.get("plain")
    if plain is None:
        host = parts.get("in_brackets", "") + parts.get("behind", "") or parts.get("network", "")
        return host, parts.get("port_1") or parts.get("port_2") or parts.get("port_3") or "*"
    before, colon, behind = plain.rpartition(":")
    if not colon:
        return plain, "*"
    if ":" not in before:
        return before, behind or "*"
    is_address, is_endpoint = _is_ipv6(plain), _is_ipv6(before) and behind.isdecimal()
    if is_address and is_endpoint:
        _refuse(text, place, f"expected brackets, as in [{plain}] or [{before}]:{behind}")
    return (before, behind) if is_endpoint or not is_address else (plain, "*")


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


def _parse_network(text: str, place: int, host: str) -> Network:
    if "%" in host:
        _refuse(text, place, "expected an address without its zone")
    address, slash, length = host.partition("/")
    if slash and re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{1,3}){0,2}", address):
        address += ".0" * (3 - address.count("."))  # 193.233.7/24
    try:
        return ip_network(address + slash + length, strict=False)
    except ValueError:
        _refuse(
            text,
            place,
            "expected an address (names are not looked up; `~` compares those that netstat "
            "printed), a network such as 203.0.113.0/24, or a port such as :443",
        )


def _ports() -> list[ParserElement]:
    port = Regex(rf":? (?P<port> {PORT} )", re.VERBOSE).set_name("a port: :443, 443 or :https")
    elements = []
    for word in ("sport", "dport"):

        def make(text: str, place: int, found: ParseResults) -> Condition:
            word, comparison, (at, name) = found
            if name == "*":
                if comparison != "=":
                    _refuse(text, at, "expected the number of a port: any port is `=` to *")
                return Everything()
            number = _parse_port(text, at, name)
            return _compare(partial(PortIn, SIDES[word]), comparison, number)

        value = port.copy().set_parse_action(lambda s, place, found: [(place, found["port"])])
        comparison = _comparison(*COMPARISONS)
        elements.append((_word(word) - comparison - value).set_parse_action(make))
    return elements


def _parse_port(text: str, place: int, name: str) -> int:
    """The number of a port, or of a service."""
    if re.fullmatch(r"0|[1-9][0-9]*|0x[0-9A-Fa-f]+", name):
        number = int(name, 0)
        if number > 65535:
            _refuse(text, place, "expected a port from 0 to 65535")
        return number
    ports = find_ports(name)
    if not ports:
        _refuse(text, place, f"expected a port's number; the service {name!r} is not known")
    if len(ports) > 1:
        numbers = " or ".join(map(str, sorted(ports)))
        _refuse(text, place, f"expected a port's number, as {name!r} is {numbers}")
    return next(iter(ports))


def _others() -> list[ParserElement]:
    number = Regex(r"[0-9]+(?![\w.])").set_name("a number")
    number.set_parse_action(lambda found: int(found[0]))
    word = _quoted(r"[^\s()'\"]+").set_name("a name, in quotes if it holds blanks or parentheses")
    comparison = _comparison(*COMPARISONS)
    queues = (_word("recv_q", "recv-q") | _word("send_q", "send-q")) - comparison - number
    pid = _word("pid") - comparison.copy() - number
    program = _word("program") - _comparison("=", "!=") - word
    proto = _word("proto") - _comparison("=", "!=") - word.copy()
    return [
        queues.set_parse_action(
            lambda found: _compare(partial(conditions.number_in, found[0]), *found[1:])
        ),
        pid.set_parse_action(lambda found: _compare(conditions.PidIn, *found[1:])),
        (_word("program") + _pattern(conditions.ProgramIs)).set_parse_action(lambda f: f[1]),
        program.set_parse_action(
            lambda found: _maybe_not(found[1], conditions.ProgramIs(conditions.equals(found[2])))
        ),
        (_word("proto") + _pattern(partial(conditions.text_is, "proto"))).set_parse_action(
            lambda f: f[1]
        ),
        proto.set_parse_action(lambda found: _maybe_not(found[1], conditions.proto_is(found[2:]))),
    ]


def _compare(make: Callable[[range], Condition], comparison: str, number: int) -> Condition:
    """A condition about the numbers that compare so with a number."""
    if comparison == "!=":
        return Not(_compare(make, "=", number))
    return make(conditions.COMPARISONS[comparison](number))


def _maybe_not(comparison: str, condition: Condition) -> Condition:
    return condition if comparison == "=" else Not(condition)


def _quoted(bare: str) -> ParserElement:
    """A text, in quotes or bare."""
    quoted = Regex(r"'[^']*'|\"[^\"]*\"").set_parse_action(lambda found: found[0][1:-1])
    return quoted | Regex(bare)


def _pattern(make: Callable[[Callable[[str], conditions.Verdict]], Condition]) -> ParserElement:
    """`~` and a regular expression."""

    def compile_pattern(text: str, place: int, found: ParseResults) -> Condition:
        try:
            return make(conditions.matches(re.compile(found[0])))
        except (re.error, OverflowError, RecursionError) as error:
            _refuse(text, place, f"expected a regular expression: {error}")

    value = _quoted(r"[^\s()'\"]+").set_name("a pattern, in quotes if it holds parentheses")
    return Literal("~").suppress() - value.add_parse_action(compile_pattern)


def _refused() -> list[ParserElement]:
    """What ss can ask, and netstat does not print."""
    elements = []
    for word, what in NOT_PRINTED.items():

        def refuse(text: str, place: int, found: ParseResults, what: str = what) -> None:
            _refuse(text, place, f"expected another condition, as netstat does not print {what}")

        elements.append(_word(word).add_parse_action(refuse))
    return elements


def _refuse(text: str, place: int, expected: str) -> NoReturn:
    blanks = len(text[place:]) - len(text[place:].lstrip())
    raise ParseFatalException(text, place + blanks, expected)
