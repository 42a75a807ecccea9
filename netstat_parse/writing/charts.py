"""The charts of a report, as SVG: Vega-Lite's specifications, drawn by vl-convert.

Nothing in them is told by colour alone, and colours are those of the page, by the names of its
custom properties, so they follow its light and dark. Compared on the states of 500 snapshots:
Altair's page takes 1.0 MB, Bokeh's 1.3 MB, Plotly's 4.9 MB, as each carries a library that draws
it; this takes 0.07 MB, and no script at all. What is lost is pointing at a place to see its number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from netstat_parse.analysis.report import Report
from netstat_parse.analysis.summary_models import Moment
from netstat_parse.writing.clock import Clock, between
from netstat_parse.writing.highlights import find_gaps

WIDE, NARROW = 1120, 330
"""Pixels. Each chart is drawn for wide and for narrow screens, as texts would not shrink well."""
MOST_STATES = 8
MOST_RULES = 6
WORD = 70
"""The width of a word beside a rule, in pixels."""
WORDS = {"opened": "opened", "closed": "closed", "owner": "restarted", "state": "changed"}
"""What became of a listening socket."""
PIXELS_OF_POINT = 2
"""Where there is less room for a moment, a point is the highest of several."""
BARS = {WIDE: 100, NARROW: 33}
"""At most this many bars are drawn."""
PANEL, FLAT_PANEL = 44, 60
"""Heights."""
Spec = dict[str, Any]

CONFIG: Spec = {
    "aria": False,
    "background": None,
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "grid": False,
        "title": None,
        "labelColor": "currentColor",
        "labelFontSize": 11,
        "domainColor": "var(--rule)",
        "tickColor": "var(--rule)",
    },
    "title": {
        "anchor": "start",
        "frame": "group",
        "color": "currentColor",
        "fontSize": 12,
        "offset": 6,
    },
}


class Chart(NamedTuple):
    """The same chart twice, as SVG."""

    wide: str
    narrow: str
    has_rules: bool = False
    """Dashed lines show where listening sockets changed."""


def draw_charts(report: Report, clock: Clock) -> dict[str, Chart]:
    """The charts of a log, by their names: `states` and `turnover`. One snapshot has none."""
    moments = report.summary.moments
    if len(moments) < 2:
        return {}
    axis = _Axis(report, clock)
    has_rules = bool(_changes(axis))
    charts = {"states": Chart(_states(axis, WIDE), _states(axis, NARROW), has_rules)}
    if report.opened or report.closed:
        charts["turnover"] = Chart(_turnover(axis, WIDE), _turnover(axis, NARROW))
    return charts


def draw(spec: Spec) -> str:
    """The SVG of a specification."""
    from vl_convert import vegalite_to_svg

    svg: str = vegalite_to_svg({"config": CONFIG, **spec})
    # A tenth of a pixel is enough; this makes a chart half as long.
    return re.sub(' d="[^"]*"', lambda path: re.sub(r"(\.[0-9])[0-9]+", r"\1", path[0]), svg)


class _Axis:
    """What all charts have in common: the moments, and where they are from left to right."""

    def __init__(self, report: Report, clock: Clock) -> None:
        self.report = report
        self.clock = clock
        moments = report.summary.moments
        self.is_time = report.stamps == "in order" and moments[0].first_at != moments[-1].last_at
        self.places: list[float] = []
        number = 1
        for moment in moments:
            self.places.append(self._place(moment, number))
            number += moment.snapshots
        first, last = moments[0].first_at, moments[-1].last_at
        self._span = between(first, last) or timedelta(0)
        end = self.at(last) if self.is_time else float(number - 1)
        self.gaps = find_gaps(report) if self.is_time else []
        self.domain = [self.places[0], max(end, self.places[-1])]

    def _place(self, moment: Moment, number: int) -> float:
        return self.at(moment.first_at) if self.is_time else float(number)

    def at(self, at: datetime | None) -> float:
        """The place of a stamp. All have one where the axis is of time."""
        assert at is not None
        return self.clock.axis(at)

    def encode(self, field: str = "x", *, has_labels: bool, width: int) -> Spec:
        """The encoding of the axis."""
        axis: Spec = {"labels": has_labels, "ticks": has_labels, "tickCount": width // 110}
        scale: Spec = {"domain": self.domain, "nice": False}
        if not self.is_time:
            axis["title"] = "snapshot" if has_labels else None
            return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}
        axis["labelExpr"] = f"utcFormat(datum.value, '{self._format()}')"
        axis |= {"labelOverlap": "greedy", "labelSeparation": 8}
        scale["type"] = "utc"
        return {"field": field, "type": "temporal", "scale": scale, "axis": axis}

    def _format(self) -> str:
        if self._span < timedelta(minutes=10):
            return "%H:%M:%S"
        if self._span < timedelta(days=1):
            return "%H:%M"
        return "%-d %b %H:%M" if self._span < timedelta(days=7) else "%-d %b %Y"


# States -------------------------------------------------------------------------------------------


def _states(axis: _Axis, width: int) -> str:
    """One panel below the other, each with its own scale, all sockets first."""
    summary = axis.report.summary
    moments = summary.moments
    shown = summary.by_state[:MOST_STATES]
    rows = [("all sockets", [moment.sockets for moment in moments])] if len(shown) != 1 else []
    rows += [(count.name, [m.states.get(count.name, 0) for m in moments]) for count in shown]
    panels = [
        _panel(axis, row, width, is_first=row is rows[0], is_last=row is rows[-1]) for row in rows
    ]
    return draw({"vconcat": panels, "spacing": 10})


def _panel(
    axis: _Axis, row: tuple[str, list[int]], width: int, *, is_first: bool, is_last: bool
) -> Spec:
    """How many sockets there were of a name; the highest is marked, and written."""
    name, numbers = row
    highest = max(numbers)
    top = numbers.index(highest)
    at = axis.clock(axis.report.summary.moments[top].first_at)
    told = f"at most {highest:,}" + (f" at {at}" if at else "")
    y: Spec = {
        "field": "y",
        "type": "quantitative",
        "stack": None,
        "scale": {"domain": [0, max(highest, 1)], "nice": False},
        "axis": {"values": [0, highest], "format": ",d", "domain": False},
    }
    area: Spec = {
        "type": "area",
        "interpolate": "step-after",
        "invalid": "break-paths-show-path-domains",
        "color": "var(--chart)",
        "fillOpacity": 0.25,
        "line": {"color": "var(--chart)", "strokeWidth": 1.3},
    }
    mark: Spec = {"type": "point", "shape": "triangle-down", "filled": True, "size": 50}
    mark |= {"color": "currentColor", "yOffset": -5}
    place = [{"x": axis.places[top], "y": highest}]
    return {
        "width": width,
        "height": PANEL,
        "title": {"text": name, "subtitle": told, "subtitleColor": "var(--soft)"},
        "encoding": {"x": axis.encode(has_labels=is_last, width=width)},
        "layer": [
            *_rules(axis, width, has_words=is_first),
            {"data": {"values": _points(axis, numbers, width)}, "mark": area, "encoding": {"y": y}},
            {"data": {"values": place}, "mark": mark, "encoding": {"y": y}},
        ],
    }


def _points(axis: _Axis, numbers: Sequence[int], width: int) -> list[Spec]:
    """The points of a line. It ends where nobody looked."""
    each = -(-len(numbers) * PIXELS_OF_POINT // width)
    points: list[Spec] = [
        {"x": axis.places[i], "y": max(numbers[i : i + each])} for i in range(0, len(numbers), each)
    ]
    for place in axis.gaps:
        since = axis.at(axis.report.summary.moments[place - 1].last_at)
        points += [{"x": since, "y": numbers[place - 1]}, {"x": since + 1, "y": None}]
        points.append({"x": axis.places[place], "y": numbers[place]})
    points.append({"x": axis.domain[1], "y": numbers[-1]})  # the last step has a width too
    return sorted(points, key=lambda point: point["x"])


def _changes(axis: _Axis) -> dict[float, str]:
    """Where TCP's listening sockets changed, and how; nothing if that is too often to be shown."""
    changed: dict[float, str] = {}
    for event in axis.report.events if axis.is_time else ():
        row = event.after or event.before
        if row is not None and row.transport == "tcp":
            changed.setdefault(axis.at(event.at), WORDS[event.kind])
    return changed if len(changed) <= MOST_RULES else {}


def _rules(axis: _Axis, width: int, *, has_words: bool) -> list[Spec]:
    """Lines through all panels where listening sockets changed, with words in the first."""
    changed = _changes(axis)
    if not changed:
        return []
    data = {"values": [{"x": place} for place in changed]}
    rule: Spec = {"type": "rule", "color": "var(--soft)", "strokeDash": [3, 3]}
    layers: list[Spec] = [{"data": data, "mark": rule}]
    if width == WIDE and has_words:
        start, end = axis.domain
        room = (end - start) * WORD / WIDE
        words: list[Spec] = []
        for place, word in sorted(changed.items()):
            if not words or place - words[-1]["x"] > room:
                words.append({"x": place, "word": word})
        text: Spec = {"type": "text", "align": "left", "baseline": "bottom", "dx": 3}
        text |= {"fontSize": 11, "color": "var(--soft)"}
        encoding: Spec = {"y": {"value": 0}, "text": {"field": "word", "type": "nominal"}}
        layers.append({"data": {"values": words}, "mark": text, "encoding": encoding})
    return layers


# Opened and closed --------------------------------------------------------------------------------


def _turnover(axis: _Axis, width: int) -> str:
    """Bars upwards for what was opened, downwards for what was closed, of as long times each."""
    bars = _make_bars(axis, width)
    highest = max(1, *(max(bar["opened"], bar["closed"]) for bar in bars))
    filled = {"fill": "var(--chart)", "stroke": "var(--paper)", "strokeWidth": 0.5}
    outlined = {"fill": "var(--chart)", "fillOpacity": 0.25, "stroke": "var(--chart)"}
    panels = [
        _bars(axis, "opened", bars, width, [0, highest], filled),
        _bars(axis, "closed", bars, width, [highest, 0], outlined),
    ]
    return draw({"vconcat": panels, "spacing": 2})


def _make_bars(axis: _Axis, width: int) -> list[Spec]:
    """What was opened and closed from one place to the next, that of the same stamp together."""
    turnover = axis.report.turnover
    each = -(-len(turnover) // BARS[width])
    start, end = axis.domain
    bars: list[Spec] = []
    for i in range(0, len(turnover), each):
        some = turnover[i : i + each]
        if not bars or axis.places[i] > bars[-1]["x"]:
            bars.append({"x": axis.places[i], "x2": end, "opened": 0, "closed": 0})
        bars[-1]["opened"] += sum(one.opened for one in some)
        bars[-1]["closed"] += sum(one.closed for one in some)
    for bar, following in pairwise(bars):
        bar["x2"] = following["x"]
    bars[-1]["x2"] = max(end, bars[-1]["x"] + (end - start) / width)  # the last is seen too
    return bars


def _bars(
    axis: _Axis, name: str, bars: list[Spec], width: int, scale: list[float], look: Spec
) -> Spec:
    is_last = name == "closed"
    title = {
        "text": f"{name} ({'down' if is_last else 'up'})",
        "orient": "bottom" if is_last else "top",
    }
    return {
        "width": width,
        "height": FLAT_PANEL,
        "title": title,
        "data": {"values": bars},
        "mark": {"type": "rect", **look},
        "encoding": {
            "x": axis.encode(has_labels=is_last, width=width),
            "x2": {"field": "x2"},
            "y2": {"datum": 0},
            "y": {
                "field": name,
                "type": "quantitative",
                "scale": {"domain": scale, "nice": False},
                "axis": {"values": [0, max(scale)], "format": ",d", "domain": False},
            },
        },
    }
