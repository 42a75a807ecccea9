"""The conditions of a filter, in three values: yes, no, and not known.

Conditions judge many rows at once, each a tuple of texts. A row's verdict is one byte, NO, UNKNOWN
or YES, whose bits are such that `and` of many verdicts (Kleene's, K3) is that of two long numbers,
which takes a tenth of the time of `map(min, ...)`. Where the first condition of two has decided
about most rows, the second is asked about the others alone.

The texts are those that netstat printed, under the names of the cells of schema.CONNECTIONS. A text
that netstat may have cut ends in MARK; an empty port is `*`; a state is the name of a TcpState, or
another protocol's own word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress, starmap
from operator import itemgetter
from typing import Any

from netstat_parse.grammar.truncation import MARK

NO, UNKNOWN, YES = 0b00, 0b01, 0b11
Verdict = bool | None
"""None: it is not known."""
Texts = tuple[str, ...]
Rows = Sequence[Texts]
Judge = Callable[[Rows], bytes]
"""Rows -> the verdict of each."""
MEMORY = 2**14
"""Of so many texts a condition keeps its verdict; then it forgets all of them."""

_ASK_FURTHER = 0b10
_NEGATED = bytes.maketrans(bytes((NO, YES)), bytes((YES, NO)))
OF_BOOL = bytes.maketrans(bytes((False, True)), bytes((NO, YES)))


class Names:
    """Which texts the rows have, and what is to be made of them before they are judged.

    `states` has the name of the TcpState for a state as it was printed; `is_cut` tells of a pid and
    a program's name whether netstat may have cut the name.
    """

    def __init__(
        self,
        names: Texts,
        states: Mapping[str, str] = {},
        is_cut: Callable[[str, str], bool] = lambda pid, program: False,
    ) -> None:
        self.names = names
        # A word that is no state of TCP's stays what it is.
        self._states = {printed: name for printed, name in states.items() if name != "UNKNOWN"}
        self._is_cut = is_cut

    def pick(self, names: Texts) -> Callable[[Texts], Texts | str]:
        """From a row to its texts of these names; a single one is no tuple."""
        return itemgetter(*map(self.names.index, names))

    def name_of_state(self, printed: str) -> str:
        """The name of a TcpState, or another protocol's own word."""
        return self._states.get(printed, printed)

    def program(self, pid: str, printed: str) -> str:
        """A program's name, with a mark behind it if it may have been cut."""
        return printed + MARK if printed and self._is_cut(pid, printed) else printed


class Condition:
    """What can be asked of a row."""

    def compile(self, names: Names) -> Judge:
        """The function that judges rows which have their texts in this order."""
        raise NotImplementedError


class Everything(Condition):
    """Takes every row."""

    def compile(self, names: Names) -> Judge:
        """The function that judges rows."""
        return lambda rows: bytes((YES,)) * len(rows)


class Leaf(Condition):
    """Asks one thing: `judge` of the texts of these names."""

    def __init__(self, names: Texts, judge: Callable[..., Verdict]) -> None:
        self.names = names
        self.judge = judge

    def compile(self, names: Names) -> Judge:
        """The function that judges rows; it asks about the same texts once."""

        def judge_all(keys: Sequence[Any]) -> Iterable[int]:
            if len(self.names) == 1:
                return [encode(self.judge(key)) for key in keys]
            return [encode(self.judge(*key)) for key in keys]

        return _remembering(names.pick(self.names), judge_all)


def _remembering(
    pick: Callable[[Texts], Any], judge_all: Callable[[Sequence[Any]], Iterable[int]]
) -> Judge:
    """The function that judges rows by what is picked of them, and remembers the verdicts."""
    known: dict[Any, int] = {}

    def judge(rows: Rows) -> bytes:
        try:
            return bytes(map(known.__getitem__, map(pick, rows)))
        except KeyError:
            keys = set(map(pick, rows))
        new = keys.difference(known)
        if len(known) + len(new) > MEMORY:
            known.clear()
            new = keys
        known.update(zip(new, judge_all(list(new)), strict=True))
        return bytes(map(known.__getitem__, map(pick, rows)))

    return judge


class And(Condition):
    """Asks for all of them."""

    def __init__(self, *parts: Condition) -> None:
        self.parts = parts

    def compile(self, names: Names) -> Judge:
        """The function that judges rows."""
        first, *others = [part.compile(names) for part in self.parts]

        def judge(rows: Rows) -> bytes:
            verdicts = first(rows)
            for other in others:
                if 2 * verdicts.count(NO) < len(rows):
                    both = _to_int(verdicts) & _to_int(other(rows))
                    verdicts = both.to_bytes(len(rows), "little")
                else:
                    left = iter(other(list(compress(rows, verdicts))))
                    verdicts = bytes([verdict and verdict & next(left) for verdict in verdicts])
            return verdicts

        return judge


class Or(Condition):
    """Asks for one of them: not for the opposite of all."""

    def __init__(self, *parts: Condition) -> None:
        self._none = Not(And(*map(Not, parts)))

    def compile(self, names: Names) -> Judge:
        """The function that judges rows."""
        return self._none.compile(names)


class Not(Condition):
    """Asks for the opposite."""

    def __init__(self, part: Condition) -> None:
        self.part = part

    def compile(self, names: Names) -> Judge:
        """The function that judges rows."""
        part = self.part.compile(names)
        return lambda rows: part(rows).translate(_NEGATED)


def encode(verdict: Verdict) -> int:
    return UNKNOWN if verdict is None else YES if verdict else NO


def _to_int(verdicts: bytes) -> int:
    return int.from_bytes(verdicts, "little")


# States -------------------------------------------------------------------------------------------

OTHER = "OTHER"
"""A state that is none of TCP's."""
ALL_STATES = frozenset(
    {
        *("ESTABLISHED", "SYN_SENT", "SYN_RECEIVED", "FIN_WAIT_1", "FIN_WAIT_2", "TIME_WAIT"),
        *("CLOSED", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING", OTHER),
    }
)
WITHOUT_OWNER = frozenset({"TIME_WAIT", "SYN_RECEIVED"})
"""The kernel holds such connections alone; they are of no process (ss: `bucket`)."""
STATE_GROUPS = {
    **{name.lower().replace("_", "-"): frozenset({name}) for name in ALL_STATES - {OTHER}},
    "listening": frozenset({"LISTEN"}),
    "syn-recv": frozenset({"SYN_RECEIVED"}),
    "syn-rcv": frozenset({"SYN_RECEIVED"}),
    "syn-rcvd": frozenset({"SYN_RECEIVED"}),
    "close": frozenset({"CLOSED"}),
    "unconnected": frozenset({"CLOSED"}),
    "fin-wait1": frozenset({"FIN_WAIT_1"}),
    "fin-wait2": frozenset({"FIN_WAIT_2"}),
    "all": ALL_STATES,
    "connected": ALL_STATES - {"LISTEN", "CLOSED"},
    "synchronized": ALL_STATES - {"LISTEN", "CLOSED", "SYN_SENT"},
    "bucket": WITHOUT_OWNER,
    "big": ALL_STATES - WITHOUT_OWNER,
}
"""The states and groups of ss, and netstat's own words for them: in small letters, with hyphens."""
_DATAGRAMS = ("udp", "raw", "icm", "div", "igm")


class InState(Condition):
    """Asks whether a row is in one of these states.

    A socket of datagrams for which netstat prints no state is ESTABLISHED if it has a peer, else
    CLOSED, as in the kernel. The peer is looked at only then, as hardly two rows have the same.
    """

    def __init__(self, wanted: frozenset[str]) -> None:
        self.wanted = wanted

    def compile(self, names: Names) -> Judge:
        """The function that judges rows."""
        if self.wanted == ALL_STATES:
            return Everything().compile(names)
        judge_states = _remembering(
            names.pick(("state",)),
            lambda states: [self._judge_state(names.name_of_state(state)) for state in states],
        )
        pick_peer = names.pick(("proto", *PEER))

        def judge(rows: Rows) -> bytes:
            verdicts = judge_states(rows)
            if _ASK_FURTHER not in verdicts:
                return verdicts
            return bytes(
                self._judge_by_peer(*pick_peer(row)) if verdict == _ASK_FURTHER else verdict
                for verdict, row in zip(verdicts, rows, strict=True)
            )

        return judge

    def _judge_state(self, state: str) -> int:
        if not state:
            return _ASK_FURTHER
        if state == "UNKNOWN":
            return UNKNOWN
        state = "CLOSED" if state == "BOUND" else state
        return encode((state if state in ALL_STATES else OTHER) in self.wanted)

    def _judge_by_peer(self, proto: str, host: str, port: str) -> int:
        if not proto.lower().startswith(_DATAGRAMS):
            return UNKNOWN
        has_peer = bool(port) or host not in ("*", "0.0.0.0", "::")
        return encode(("ESTABLISHED" if has_peer else "CLOSED") in self.wanted)


PEER = ("foreign_host", "foreign_port")


# Numbers and names --------------------------------------------------------------------------------

MOST = 2**64
COMPARISONS: dict[str, Callable[[int], range]] = {
    "=": lambda number: range(number, number + 1),
    ">": lambda number: range(number + 1, MOST),
    "<": lambda number: range(number),
    ">=": lambda number: range(number, MOST),
    "<=": lambda number: range(number + 1),
}
"""The numbers that are equal to a number, above it ..."""


def number_in(name: str, wanted: range) -> Leaf:
    """Asks whether a queue, in bytes, is one of these numbers."""
    return Leaf((name,), lambda text: int(text) in wanted if text else None)


class OfProcess(Condition):
    """Asks something of a pid or a program's name.

    Where a row has no process, netstat may not have been allowed to see it, but for the states in
    which a connection has none.
    """

    def compile(self, names: Names) -> Judge:
        """The function that judges rows."""
        judge_process = self.judge(names)
        pick = names.pick(("pid", "program", "state"))

        def judge_one(pid: str, program: str, state: str) -> int:
            if pid or program:
                return judge_process(pid, program)
            return NO if names.name_of_state(state) in WITHOUT_OWNER else UNKNOWN

        return lambda rows: bytes(starmap(judge_one, map(pick, rows)))

    def judge(self, names: Names) -> Callable[[str, str], int]:
        """From a pid and a program's name, one of which may be empty, to the verdict."""
        raise NotImplementedError


class PidIn(OfProcess):
    """Asks whether the pid is one of these."""

    def __init__(self, wanted: range) -> None:
        self._wanted = wanted

    def judge(self, names: Names) -> Callable[[str, str], int]:
        """From a pid to the verdict."""
        wanted = self._wanted
        return lambda pid, _: (YES if int(pid) in wanted else NO) if pid else UNKNOWN


class ProgramIs(OfProcess):
    """Asks something of the program's name."""

    def __init__(self, wanted: Callable[[str], Verdict]) -> None:
        self._wanted = wanted

    def judge(self, names: Names) -> Callable[[str, str], int]:
        """From a program's name to the verdict. Of the pid only the length counts, as netstat
        prints both in one field."""

        def judge(pid: str, program: str) -> int:
            key = len(pid), program
            if key not in known:
                if len(known) >= MEMORY:
                    known.clear()
                wanted = self._wanted(names.program(pid, program)) if program else None
                known[key] = encode(wanted)
            return known[key]

        known: dict[tuple[int, str], int] = {}
        return judge


def text_is(name: str, wanted: Callable[[str], Verdict]) -> Leaf:
    """Asks something of a text."""
    return Leaf((name,), wanted)


def equals(word: str) -> Callable[[str], Verdict]:
    """Asks whether a text is this one."""

    def judge(text: str) -> Verdict:
        if not text.endswith(MARK):
            return text == word
        return None if word.startswith(text.removesuffix(MARK)) else False

    return judge


def proto_is(words: Iterable[str]) -> Leaf:
    """Asks whether the protocol is one of these, as printed or without its family."""
    wanted = {word.lower() for word in words}

    def judge(proto: str) -> Verdict:
        printed = proto.lower()
        return printed in wanted or re.sub(r" ?(?:46|4|6)$", "", printed) in wanted

    return Leaf(("proto",), judge)


_FOUND_IN_A_PART = re.compile(r"\^?[\w :/@,-]+")
"""A pattern that, found in the beginning of a text, is found in all of it."""


def matches(pattern: re.Pattern[str]) -> Callable[[str], Verdict]:
    """Asks whether a pattern is found in a text."""
    holds_for_part = _FOUND_IN_A_PART.fullmatch(pattern.pattern) is not None

    def judge(text: str) -> Verdict:
        if not text.endswith(MARK):
            return pattern.search(text) is not None
        is_found = holds_for_part and pattern.search(text.removesuffix(MARK)) is not None
        return True if is_found else None

    return judge
