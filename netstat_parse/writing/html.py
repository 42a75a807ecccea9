"""A report as one page of HTML that needs no network.

Everything in it that netstat printed is hostile: Jinja2 escapes it, what could steer a reader's eye
is written as escapes, and the page's Content-Security-Policy runs no script but its own.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import timedelta
from hashlib import sha256
from importlib.resources import files
from importlib.util import find_spec
from typing import Any, NamedTuple

import netstat_parse
from netstat_parse.analysis.changes import Change
from netstat_parse.analysis.lifetimes import Lifetime
from netstat_parse.analysis.report import DURATIONS, Durations, Report, duration_of
from netstat_parse.analysis.summary_models import StandingQueue
from netstat_parse.analysis.troubles import Troubles
from netstat_parse.errors import MissingExtraError
from netstat_parse.writing.charts import draw_charts
from netstat_parse.writing.clock import Clock, duration_text
from netstat_parse.writing.highlights import queue_name, tell_what_stands_out
from netstat_parse.writing.sockets import (
    address_text,
    connection_text,
    in_order,
    process_text,
)
from netstat_parse.writing.terminal import printable

MOST_LISTENERS = 100
MOST_QUEUES = 20
COUNTS = {
    "by_remote": "Remote address",
    "by_process": "Program",
    "by_port": "Port",
    "by_network": "Remote network",
}


def check_extra() -> None:
    """Raises MissingExtraError without Jinja2 or vl-convert."""
    if find_spec("jinja2") is None or find_spec("vl_convert") is None:
        raise MissingExtraError("report", "report")


def render_page(report: Report, troubles: Troubles, *, title: str, where: str | None = None) -> str:
    """The page of a report, as HTML. `where` is the filter of what it tells of.

    Raises MissingExtraError without Jinja2 or vl-convert.
    """
    check_extra()
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    summary = report.summary
    clock = Clock(summary.first_at, summary.last_at)
    environment = Environment(
        loader=PackageLoader("netstat_parse.writing", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = printable
    style, script = _read("page.css"), _read("page.js")
    return environment.get_template("page.html").render(
        title=title,
        where=where,
        report=report,
        summary=summary,
        troubles=troubles,
        clock=clock,
        is_log=summary.snapshots > 1,
        highlights=tell_what_stands_out(report, troubles, clock),
        charts={
            name: chart._replace(wide=Markup(chart.wide), narrow=Markup(chart.narrow))
            for name, chart in draw_charts(report, clock).items()
        },
        counts=COUNTS,
        events=[_event(change, clock) for change in report.events],
        listeners=list(_listeners(report)),
        queues=[_queue(queue, clock) for queue in summary.standing_queues[:MOST_QUEUES]],
        durations=[
            (_bounds_text(report.durations, i), one) for i, one in enumerate(report.durations)
        ],
        most_of_durations=max((one.whole + one.partial for one in report.durations), default=0),
        connections=[
            _connection(lifetime, summary.snapshots, clock) for lifetime in report.lifetimes
        ],
        cut_examples=list(map(connection_text, report.cut_examples)),
        version=netstat_parse.__version__,
        policy=_policy(style, script),
        style=Markup(style),
        script=Markup(script),
    )


def _read(name: str) -> str:
    return files("netstat_parse.writing").joinpath("page", name).read_text("utf-8")


def _policy(style: str, script: str) -> str:
    """Nothing but this style and this script: no other, no network, no form."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


# What the template shows --------------------------------------------------------------------------


class _Row(NamedTuple):
    """A connection in the table."""

    left: str
    right: str
    arrow: str
    programs: str
    states: str
    start: float
    """Where in the log it begins, in hundredths."""
    width: float
    first_seen: str
    last_seen: str
    first_snapshot: int
    last_snapshot: int
    seen_for: str
    snapshots: int
    queue: int
    remarks: str


def _connection(lifetime: Lifetime, snapshots: int, clock: Clock) -> _Row:
    pair = lifetime.pair
    left, right = in_order(pair)
    programs = [process_text(end.process) for end in (left, right)]
    count = lifetime.last_snapshot - lifetime.first_snapshot + 1
    return _Row(
        left=address_text(left),
        right=address_text(right),
        arrow="→" if pair.server else "↔",
        programs=(" → " if pair.server else " ↔ ").join(filter(None, programs)),
        states=", ".join(dict.fromkeys(span.state.value for span in lifetime.states)),
        start=round(100 * (lifetime.first_snapshot - 1) / snapshots, 1),
        width=round(max(100 * count / snapshots, 1), 1),
        first_seen=clock(lifetime.first_seen),
        last_seen=clock(lifetime.last_seen),
        first_snapshot=lifetime.first_snapshot,
        last_snapshot=lifetime.last_snapshot,
        seen_for=duration_text(duration_of(lifetime)),
        snapshots=count,
        queue=_most_queued(lifetime),
        remarks=", ".join(_remarks(lifetime)),
    )


def _most_queued(lifetime: Lifetime) -> int:
    ends = [end for end in (lifetime.first, lifetime.second) if end is not None]
    return max(queue or 0 for end in ends for queue in (end.highest_recv_q, end.highest_send_q))


def _remarks(lifetime: Lifetime) -> Iterator[str]:
    pair = lifetime.pair
    if pair.transport != "tcp":
        yield printable(pair.transport)
    if lifetime.was_open_at_start:
        yield "open at the start"
    if lifetime.is_open_at_end:
        yield "open at the end"
    if pair.is_inferred:
        yield "inferred"


def _event(change: Change, clock: Clock) -> dict[str, str]:
    before, after = change.before, change.after
    row = after or before
    assert row is not None
    owners = [process_text(one.process) for one in (before, after) if one is not None]
    kind = "restarted" if change.kind == "owner" else change.kind
    socket = f"{printable(row.proto)} {address_text(row.local)}"
    owner = ", then ".join(owner or "not known" for owner in owners) if any(owners) else ""
    return {"at": clock(change.at), "kind": kind, "socket": socket, "owner": owner}


def _listeners(report: Report) -> Iterator[dict[str, str]]:
    for listener in report.summary.listeners[:MOST_LISTENERS]:
        yield {
            "proto": printable(listener.proto),
            "address": address_text(listener.local),
            "programs": ", ".join(map(process_text, listener.processes)),
            "remark": "" if listener.is_open_at_end else "closed by the end",
        }


def _queue(queue: StandingQueue, clock: Clock) -> dict[str, Any]:
    row = queue.connection
    return {
        "connection": connection_text(row),
        "program": process_text(row.process),
        "state": row.state.value if row.state is not None else "",
        "name": queue_name(queue),
        "bytes": queue.bytes,
        "snapshots": queue.snapshots,
        "since": clock(queue.since),
        "until": clock(queue.until),
    }


def _bounds_text(durations: Sequence[Durations], place: int) -> str:
    seconds = durations[place].at_least
    if seconds is None:
        return "in one snapshot alone"
    since = duration_text(timedelta(seconds=seconds)) or "0 s"
    further = [bound for bound in DURATIONS if bound > seconds]
    if not further:
        return f"{since} or longer"
    return f"{since} to {duration_text(timedelta(seconds=further[0]))}"
