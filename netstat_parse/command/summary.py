"""`netstat-parse summary`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from itertools import islice

from netstat_parse.analysis.summary import summary
from netstat_parse.analysis.summary_models import Count, StandingQueue, Summary
from netstat_parse.command.analysis import find_form, logs
from netstat_parse.command.inputs import reading
from netstat_parse.command.messages import UsageError
from netstat_parse.writing.sockets import (
    address_text,
    connection_text,
    process_text,
    sparkline,
    stamp_text,
)
from netstat_parse.writing.terminal import printable
from netstat_parse.writing.whole_files import open_output

TABLES = {
    "by_port": "ports",
    "by_process": "programs",
    "by_remote": "remote addresses",
    "by_network": "remote networks",
}


def summarize(options: argparse.Namespace) -> int:
    """Counts what is in a log; gives the exit status."""
    form = find_form(options)
    if form == "csv":
        raise UsageError("a summary is written as text, json or jsonl, not as csv")
    with reading(options) as inputs:
        with open_output(options.output) as out:
            found = map(summary, logs(inputs, options))
            if form == "table":
                for number, counted in enumerate(found):
                    out.write("\n" if number else "")
                    out.writelines(f"{line}\n" for line in summary_lines(counted, options.top))
            elif form == "json" and options.each:
                out.write(f"[{','.join(counted.model_dump_json() for counted in found)}]\n")
            else:
                out.writelines(counted.model_dump_json() + "\n" for counted in found)
        return inputs.status()


def summary_lines(counted: Summary, top: int) -> Iterator[str]:
    """The summary for people: what was highest first, states with their course over the log."""
    first, last = stamp_text(counted.first_at), stamp_text(counted.last_at)
    times = f", {first} to {last}" if first and last else ""
    yield f"{counted.snapshots} snapshot{'s' * (counted.snapshots != 1)}{times}"
    moments = counted.moments
    yield ""
    yield from _table(
        "sockets", [counted.sockets], [sparkline([moment.sockets for moment in moments])]
    )
    yield from _table(
        "states",
        counted.by_state,
        [sparkline([m.states.get(count.name, 0) for m in moments]) for count in counted.by_state],
    )
    for name, title in TABLES.items():
        counts: tuple[Count, ...] = getattr(counted, name)
        yield from _table(title, counts[:top])
        if len(counts) > top:
            yield f"  and {len(counts) - top} more"
    yield from _listeners(counted, top)
    if counted.standing_queues:
        yield "queues that stand still"
    for queue in islice(counted.standing_queues, top):
        yield f"  {_queue_text(queue)}"
    if not counted.is_complete:
        yield "there were too many names to count them all: those that were least are left out"


def _table(title: str, counts: Sequence[Count], lines: Sequence[str] = ()) -> Iterator[str]:
    """The counts of one kind, below a title: last, highest and when, and how many in all."""
    if not counts:
        return
    names = [printable(count.name) for count in counts]
    width = max(map(len, (title, *names))) + 2
    yield f"{title:{width}}{'last':>8}{'highest':>9}{'total':>9}"
    for i, (name, count) in enumerate(zip(names, counts, strict=True)):
        at = f"  at {stamp_text(count.highest_at)}" if count.highest_at is not None else ""
        line = f"  {lines[i]}" if lines and len(lines[i]) > 1 else ""
        yield f"  {name:{width - 2}}{count.last:8}{count.highest:9}{count.total:9}{at}{line}"


def _listeners(counted: Summary, top: int) -> Iterator[str]:
    """All that are open at the end, and as many as the others are shown of those that are not."""
    closed = 0
    if counted.listeners:
        yield "listening"
    for listener in counted.listeners:
        closed += not listener.is_open_at_end
        if closed > top:
            continue
        owners = ", ".join(map(process_text, listener.processes))
        gone = "" if listener.is_open_at_end else "(closed by the end)"
        parts = (printable(listener.proto), address_text(listener.local), owners, gone)
        yield f"  {' '.join(filter(None, parts))}"
    if closed > top:
        yield f"  and {closed - top} more that were closed by the end"


def _queue_text(queue: StandingQueue) -> str:
    row = queue.connection
    since, until = stamp_text(queue.since), stamp_text(queue.until)
    times = f", {since} to {until}" if since and until else ""
    name = "Recv-Q" if queue.queue == "recv_q" else "Send-Q"
    state = row.state.value if row.state is not None else ""
    parts = (connection_text(row), state, process_text(row.process))
    return (
        f"{' '.join(filter(None, parts))}: {name} {queue.bytes} in {queue.snapshots} "
        f"snapshots{times}"
    )
