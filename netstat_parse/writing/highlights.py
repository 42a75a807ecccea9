"""What stands out in a log, in words: what a reader wants to know first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from netstat_parse.analysis.changes import Change
from netstat_parse.analysis.report import Report
from netstat_parse.analysis.summary import UNKNOWN
from netstat_parse.analysis.summary_models import Count, StandingQueue
from netstat_parse.analysis.troubles import Troubles
from netstat_parse.models import Connection
from netstat_parse.writing.clock import Clock, between, duration_text
from netstat_parse.writing.sockets import address_text, connection_text, process_text
from netstat_parse.writing.terminal import printable

MOST_TOLD = 4
"""At most this many of each kind are told; of more, only their number."""
TIMES, MORE = 2, 10
"""A count stands out if at most it is so many times what it usually is, and so many more."""
STAYED, ROSE = 0.9, 1.5
"""It rose if at the end it is nearly at its highest, and so many times what is usual."""
FEW = 5
"""In fewer snapshots nothing is usual."""
GAP = 5
"""A gap is so many times as long as usually lies between two snapshots."""
MEANINGS = {
    "SYN_SENT": "nobody answers these",
    "SYN_RECEIVED": "begun by others, and not finished",
    "FIN_WAIT_1": "closed here; the others have not heard of it",
    "FIN_WAIT_2": "closed here; the others have not closed",
    "CLOSE_WAIT": "closed by the others; programs here have not",
    "LAST_ACK": "closed by both; the others have not heard of it",
    "TIME_WAIT": "closed, and remembered for a while",
}
"""RFC 9293, section 3.3.2."""
NOT_OF_PEERS = ("LISTEN", "udp", "udplite", "raw", "icmp")
"""What is counted beside the states of connections."""


class Highlight(NamedTuple):
    """Something that stands out, and in which section of the page there is more of it."""

    title: str
    text: str
    section: str


def tell_what_stands_out(report: Report, troubles: Troubles, clock: Clock) -> list[Highlight]:
    """What stands out, the most telling first."""
    telling = (
        _tell_failures(report, troubles),
        _tell_listeners(report.events, clock),
        _tell_counts(report, clock),
        _tell_queues(report.summary.standing_queues, clock),
        _tell_gaps(report, clock),
        _tell_busiest(report),
        _tell_rejected(troubles),
    )
    return [highlight for some in telling for highlight in some]


def _tell_failures(report: Report, troubles: Troubles) -> Iterator[Highlight]:
    if troubles.failures:
        text = "; ".join(map(printable, troubles.failures[:MOST_TOLD]))
        yield Highlight("Not read", text, "doubts")
    if report.stamps == "backwards":
        text = (
            "stamps go backwards: a log must be in order, and of one system, or what is said of "
            "time is wrong"
        )
        yield Highlight("Out of order", text, "doubts")


def _tell_rejected(troubles: Troubles) -> Iterator[Highlight]:
    if troubles.rejected_count:
        text = f"{_many(troubles.rejected_count, 'line')}; what they tell is missing here"
        yield Highlight("Not understood", text, "doubts")


# Listeners ----------------------------------------------------------------------------------------

KINDS = {"owner": "Restarted", "opened": "New open ports", "closed": "Ports closed"}


def _tell_listeners(events: Sequence[Change], clock: Clock) -> Iterator[Highlight]:
    """What became of ports: once for each process, whatever it listens at.

    Of UDP's only restarts are told: others come and go with every question of a resolver.
    """
    for kind, title in KINDS.items():
        groups: dict[tuple[datetime | None, str], list[Change]] = {}
        for change in events:
            if change.kind == kind and (kind == "owner" or _row_of(change).transport == "tcp"):
                groups.setdefault((change.at, _owners(change)), []).append(change)
        for (at, owners), group in list(groups.items())[:MOST_TOLD]:
            by = f" by {clock(at)}" if at is not None else ""
            text = f"{_ports(group)}{f' of {owners}' if owners else ''}{by}"
            yield Highlight(title, text, "listeners")
        yield from _more(title, len(groups), "such changes", "listeners")


def _row_of(change: Change) -> Connection:
    row = change.after or change.before
    assert row is not None
    return row


def _owners(change: Change) -> str:
    owners = [process_text(row.process) for row in (change.before, change.after) if row is not None]
    return ", then ".join(owner or "nobody known" for owner in owners) if any(owners) else ""


def _ports(group: Sequence[Change]) -> str:
    rows = [_row_of(change) for change in group]
    texts = [f"{printable(row.proto)} {address_text(row.local)}" for row in rows]
    more = f" and {len(texts) - MOST_TOLD} more" if len(texts) > MOST_TOLD else ""
    return ", ".join(texts[:MOST_TOLD]) + more


def _more(title: str, count: int, what: str, section: str) -> Iterator[Highlight]:
    if count > MOST_TOLD:
        yield Highlight(title, f"and {count - MOST_TOLD} more {what}", section)


# Counts -------------------------------------------------------------------------------------------


def _tell_counts(report: Report, clock: Clock) -> Iterator[Highlight]:
    """Peaks, and what rose and stayed."""
    summary = report.summary
    if summary.snapshots < FEW:
        return
    counted = [
        (count, [m.states.get(count.name, 0) for m in summary.moments])
        for count in summary.by_state
        if count.name not in NOT_OF_PEERS
    ]
    for count, numbers in counted:
        usual = round(median(numbers))
        if count.last >= max(STAYED * count.highest, ROSE * usual, numbers[0] + MORE):
            title = f"{count.name} rose"
            text = f"to {count.last:,} at the end, from {numbers[0]:,} at the start"
        elif count.highest >= usual * TIMES + MORE:
            title = f"{count.name} peaked"
            text = f"{count.highest:,}{_at(count, clock)}, where {usual:,} are usual"
        else:
            continue
        meaning = MEANINGS.get(count.name)
        meaning = f" ({meaning})" if meaning else ""
        yield Highlight(title, f"{text}{_with(report, count)}{meaning}", "states")


def _at(count: Count, clock: Clock) -> str:
    return f" at {clock(count.highest_at)}" if count.highest_at is not None else ""


def _with(report: Report, peak: Count) -> str:
    """Which remote address was most at the same moment, if it may be why."""
    for count in report.summary.by_remote:
        is_then = peak.highest_at is not None and count.highest_at == peak.highest_at
        if is_then and count.name != UNKNOWN and peak.highest <= 2 * count.highest:
            return f"; {printable(count.name)} had {count.highest:,} sockets then, its most"
    return ""


def _tell_queues(queues: Sequence[StandingQueue], clock: Clock) -> Iterator[Highlight]:
    """Those of one program and one peer together."""
    groups: dict[tuple[str, ...], list[StandingQueue]] = {}
    for queue in queues:
        row = queue.connection
        program = (row.process.name or "") if row.process is not None else ""
        groups.setdefault((queue.queue, program, row.foreign.host), []).append(queue)
    for group in list(groups.values())[:MOST_TOLD]:
        longest = group[0]
        row, name = longest.connection, queue_name(longest)
        owner = process_text(row.process)
        times = f", {clock(longest.since)} to {clock(longest.until)}" if longest.since else ""
        others = len(group) - 1
        more = f"; so did {others:,} more like it" if others else ""
        text = (
            f"{connection_text(row)}{f' of {owner}' if owner else ''} held "
            f"{_many(longest.bytes, 'byte')} in its {name} for {longest.snapshots:,} "
            f"snapshots{times}{more}"
        )
        yield Highlight("Stuck queue", text, "queues")
    yield from _more("Stuck queues", len(groups), "peers with such queues", "queues")


def queue_name(queue: StandingQueue) -> str:
    """As netstat's header has it."""
    return "Recv-Q" if queue.queue == "recv_q" else "Send-Q"


def _tell_gaps(report: Report, clock: Clock) -> Iterator[Highlight]:
    """Where nobody looked."""
    moments = report.summary.moments
    gaps = find_gaps(report)
    for place in gaps[:MOST_TOLD]:
        since, until = moments[place - 1].last_at, moments[place].first_at
        text = f"{clock(since)} to {clock(until)} ({duration_text(between(since, until))})"
        yield Highlight("No snapshots", text, "states")
    yield from _more("No snapshots", len(gaps), "gaps", "states")


def find_gaps(report: Report) -> list[int]:
    """The moments before which nobody looked for far longer than usual, by their places."""
    moments = report.summary.moments
    if report.stamps != "in order" or len(moments) < FEW:
        return []
    found = [between(one.last_at, two.first_at) for one, two in pairwise(moments)]
    lengths = [one.total_seconds() if one is not None else 0.0 for one in found]
    usual = median(lengths)
    return [i for i, length in enumerate(lengths, 1) if length > GAP * usual > 0]


def _tell_busiest(report: Report) -> Iterator[Highlight]:
    summary = report.summary
    told = []
    for counts, what in (
        (summary.by_remote, ""),
        (summary.by_port, "at "),
        (summary.by_process, "of "),
    ):
        most = max(_known(counts), key=lambda count: count.total, default=None)
        if most is not None and most.total >= MORE:
            told.append(f"{what}{printable(most.name)} ({most.total:,})")
    if told and summary.snapshots > 1:
        yield Highlight("Most changed", f"most sockets were with {', '.join(told)}", "who")


def _known(counts: Iterable[Count]) -> Iterator[Count]:
    return (count for count in counts if UNKNOWN not in count.name.split())


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' if number != 1 else ''}"
