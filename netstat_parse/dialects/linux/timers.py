"""The timers that `netstat -o` of net-tools prints behind a row.

Source: net-tools 2.10, netstat.c (tcp_do_one, udp_do_one, raw_do_one).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from pyparsing import ParserElement

from netstat_parse.dialects.linux.locales import Language
from netstat_parse.grammar.dialect import Column, Field
from netstat_parse.grammar.tokens import ID, adjacent, literal, optional, token, word_token

TIMERS = ("off", "on", "keepalive", "timewait", "probe", "on%d", "unkn-%d")
"""`%d` stands for a number: that of udp's and raw's state, or one that has no name."""
NUMBER = "[0-9]{1,3}"


def timer_column(title: str, languages: Iterable[Language]) -> Column:
    """The column of timers, whose names are English or of one of these languages."""
    translated = {name: english for each in languages for name, english in each.timers.items()}
    made = Field(
        "timer",
        make_timer(translated),
        ("timer", "timer_expires", "timer_retransmits", "timer_probes"),
    )
    return Column(title, timer((*TIMERS, *translated)), (made,))


def timer(names: Iterable[str]) -> ParserElement:
    """`on (0.21/0/0)`: its name, the seconds until it expires, retransmits, probes.

    Estonian has a bracket more; Portuguese leaves out the probes, which udp and raw sockets have
    none of. The decimal point is the locale's.
    """
    longest_first = sorted(names, key=len, reverse=True)
    known = "|".join(re.escape(name).replace("%d", f"{NUMBER}+") for name in longest_first)
    return word_token("timer", known)("timer") + adjacent(
        token("'('", r"\({1,2}+"),
        token("seconds", r"[0-9]{1,18} [.,\u066b] [0-9]{2}")("timer_expires"),
        literal("/"),
        token("retransmits", ID)("timer_retransmits"),
        optional(adjacent(literal("/"), token("probes", ID)("timer_probes"))),
        word_token("')'", r"\)"),
    )


def make_timer(names: Mapping[str, str]) -> Callable[[str, str, str, str], object]:
    """The function that makes a Timer of its texts; `names` are those of other languages."""

    @lru_cache(maxsize=64)
    def in_english(name: str) -> str:
        for printed, meant in names.items():
            # An old charset's letter may end with a digit: `p\xe5`.
            found = re.fullmatch(re.escape(printed).replace("%d", f"({NUMBER})"), name)
            if found is not None:
                return meant.replace("%d", found[1]) if found.groups() else meant
        return name

    def make(name: str, expires: str, retransmits: str, probes: str) -> object:
        from netstat_parse.models import Timer

        return Timer(
            name=in_english(name),
            expires=float(re.sub("[,\u066b]", ".", expires)),
            retransmits=int(retransmits),
            probes=int(probes or 0),
        )

    return make
