"""`where`: which connections are wanted, in the language of ss's filters.

A filter judges Connections, and rows of cells that no model was made of: both become the same
texts, which `conditions.py` asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from netstat_parse.analysis.conditions import UNKNOWN, YES, Judge, Names, Rows, Verdict
from netstat_parse.analysis.where_grammar import parse_expression
from netstat_parse.grammar.truncation import MARK, Truncation, is_address, is_number
from netstat_parse.schema import CONNECTIONS, EXCEEDS, FILLS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from netstat_parse.grammar.layout import Cells, Layout
    from netstat_parse.models import Connection, Endpoint

    Unknown = Literal["keep", "drop"]

TEXTS = tuple(cell.name for cell in CONNECTIONS.cells)
"""What a filter can ask about, in this order."""


def where(expression: str) -> Filter:
    """A filter of connections, in the language that `ss` has for its filters.

    `where("state established and ( dport = :443 or dst 203.0.113.0/24 )")` asks for states (and
    `exclude`s them), `src` and `dst` (an address, a network, `:port`, `address:port`), `sport` and
    `dport` (numbers, or names of IANA's registry, with = != < > <= >=), joined by `and`, `or`,
    `not` and parentheses. As in ss, `and` and `or` are read from left to right, none before the
    other. What ss lacks: `pid = 77`, `program = nginx`, `proto = tcp6`, `recv_q > 0`, `send_q > 0`,
    and `program ~ 'nginx: w'`, `dst ~ example`, `proto ~ ^udp`, which search a regular expression
    in what netstat printed. Such a pattern is Python's, and is run as it is given: one that takes
    for ever on some text may meet that text.

    Raises WhereError, with the column, for an expression that can't be understood.
    """
    return Filter(expression)


class Filter:
    """What `where` gives: it judges connections."""

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self._condition = parse_expression(expression)

    def __repr__(self) -> str:
        return f"where({self.expression!r})"

    def __call__(self, connection: Connection) -> Verdict:
        """True if it is wanted, False if not.

        None where that is not known: netstat may have cut what is asked about, has printed a name
        for a number, or has not printed it at all.
        """
        return _VERDICTS[self._judge_texts([texts_of(connection)])[0]]

    def select(
        self, connections: Iterable[Connection], *, unknown: Unknown = "keep"
    ) -> list[Connection]:
        """The connections that are wanted, in their order.

        Those of which it is not known are among them, unless `unknown` is "drop".
        """
        if unknown not in ("keep", "drop"):
            raise ValueError(f'unknown is "keep" or "drop", not {unknown!r}')
        connections = list(connections)
        wanted = (YES, UNKNOWN) if unknown == "keep" else (YES,)
        verdicts = self.judge(connections)
        return [c for c, verdict in zip(connections, verdicts, strict=True) if verdict in wanted]

    def judge(self, connections: Iterable[Connection]) -> bytes:
        """The verdict of each, as `conditions` has them."""
        return self._judge_texts(list(map(texts_of, connections)))

    @cached_property
    def _judge_texts(self) -> Judge:
        return self._condition.compile(Names(TEXTS))

    def of_rows(self, layout: Layout, names: Sequence[str]) -> RowJudge:
        """What judges rows of a layout by their cells of these names."""
        limit = layout.program_limit
        prepared = Names(tuple(names), layout.states, limit.is_filled_by)
        return RowJudge(self._condition.compile(prepared), names)


_VERDICTS: dict[int, Verdict] = {YES: True, UNKNOWN: None, 0: False}


# Records ------------------------------------------------------------------------------------------


def texts_of(connection: Connection) -> tuple[str, ...]:
    """What netstat printed of a connection, in the order of TEXTS."""
    state, process = connection.state, connection.process
    printed = connection.extra.get("State") if state == "UNKNOWN" else None
    program = process.name if process else getattr(connection, "executable", None)
    return (
        connection.proto,
        "" if connection.recv_q is None else str(connection.recv_q),
        "" if connection.send_q is None else str(connection.send_q),
        *_texts_of_endpoint(connection.local),
        *_texts_of_endpoint(connection.foreign),
        printed or state or "",
        "" if process is None else str(process.pid),
        (program or "") + (MARK if process and process.truncated else ""),
    )


def _texts_of_endpoint(endpoint: Endpoint) -> tuple[str, str]:
    host = endpoint.host
    if endpoint.truncated and endpoint.address is None:
        host += MARK
    if endpoint.port is not None:
        return host, str(endpoint.port)
    return host, (endpoint.service or "") + (MARK if endpoint.truncated else "")


# Rows ---------------------------------------------------------------------------------------------


class RowJudge:
    """Judges the rows of one layout, from which no models were made."""

    def __init__(self, judge: Judge, names: Sequence[str]) -> None:
        self._judge = judge
        self._names = {name: place for place, name in enumerate(names)}

    def __call__(self, rows: Rows, truncation: Truncation, marked: Sequence[int]) -> bytes:
        """The verdict of each row; the marked ones fill or exceed their columns."""
        if marked:
            rows = list(rows)
            for place in marked:
                rows[place] = self._with_marks(rows[place], truncation)
        return self._judge(rows)

    def _with_marks(self, cells: Cells, truncation: Truncation) -> Cells:
        """The row with its texts where those of whole cells are, and a mark behind what may have
        been cut. It must say what `texts_of` says of the record."""
        texts = list(cells)
        for side in ("local", "foreign"):
            host_place, port_place = self._names[f"{side}_host"], self._names[f"{side}_port"]
            host, port = cells[host_place], cells[port_place]
            fills, exceeds, port_fills = (
                cells[self._names[name]] if name in self._names else ""
                for name in (f"{side}_host{FILLS}", f"{side}_host{EXCEEDS}", f"{side}_port{FILLS}")
            )
            if truncation is Truncation.POSSIBLE and (fills or port_fills):
                host = host or exceeds
                if not is_address(host):
                    host = (host or fills) + MARK
                if not is_number(port):
                    name = port or port_fills
                    port = MARK if is_number(name) else name + MARK
            else:
                host, port = host or fills or exceeds, port or port_fills
            texts[host_place], texts[port_place] = host, port
        return tuple(texts)
