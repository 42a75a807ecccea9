"""What the report of a log tells: what was gathered, and what stands out of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from printed import LINUX_BANNER, Row, linux_header, linux_row, text_of

import netstat_parse as ns
from netstat_parse.analysis import counting, report
from netstat_parse.analysis.report import Report, make_report
from netstat_parse.analysis.troubles import Rejected, Troubles
from netstat_parse.writing import charts
from netstat_parse.writing.clock import Clock, duration_text
from netstat_parse.writing.highlights import find_gaps, tell_what_stands_out

START = datetime(2026, 1, 1, tzinfo=UTC)
LISTENER = Row(
    local="0.0.0.0", local_port="443", foreign="0.0.0.0", foreign_port="*", state="LISTEN", pid=77
)
SERVER = Row(local="10.0.0.9", local_port="443", foreign="10.0.0.5", foreign_port="40112", pid=77)


def row(like: Row, **fields: object) -> Row:
    return Row(**{**vars(like), **fields})


def clients(count: int, *, host: str = "203.0.113.7", **fields: object) -> list[Row]:
    ports = range(50000, 50000 + count)
    return [row(SERVER, foreign=host, foreign_port=str(port), **fields) for port in ports]


def log(*tables: Sequence[Row], stamps: Sequence[float | None] | None = None) -> list[ns.Snapshot]:
    """A snapshot of each table; the stamps are seconds, by default a minute apart."""
    found = []
    for number, rows in enumerate(tables):
        second = 60.0 * number if stamps is None else stamps[number]
        at = START + timedelta(seconds=second) if second is not None else None
        lines = [LINUX_BANNER, linux_header("p"), *(linux_row(one, "p") for one in rows)]
        text = text_of([*([at.isoformat()] if at is not None else []), *lines])
        found.append(ns.parse(text).model_copy(update={"source": "web.log"}))
    return found


def made(*tables: Sequence[Row], top: int = 10, **options: Sequence[float | None]) -> Report:
    return make_report(log(*tables, **options), top=top)


NO_TROUBLES = Troubles()


def told(found: Report, troubles: Troubles = NO_TROUBLES) -> dict[str, str]:
    clock = Clock(found.summary.first_at, found.summary.last_at)
    return {one.title: one.text for one in tell_what_stands_out(found, troubles, clock)}


# What is gathered ---------------------------------------------------------------------------------


def test_what_came_and_went() -> None:
    found = made([LISTENER, SERVER], [LISTENER, SERVER, *clients(3)], [LISTENER, *clients(2)])
    assert (found.connections, found.opened, found.closed, found.rows) == (4, 3, 2, 10)
    assert [(one.opened, one.closed) for one in found.turnover] == [(0, 0), (3, 0), (0, 2)]
    assert [one.first_at for one in found.turnover] == [
        START + timedelta(minutes=number) for number in range(3)
    ]
    assert found.hosts == ("10.0.0.9",)
    assert (found.sources, found.dialects, found.stamps) == (("web.log",), ("linux",), "in order")


def test_one_snapshot_is_a_report_too() -> None:
    found = made([LISTENER, SERVER], stamps=[None])
    assert (found.connections, found.opened, found.closed) == (1, 0, 0)
    assert not found.has_durations


def test_nothing_is_a_report_too() -> None:
    found = make_report([], top=10)
    assert (found.connections, found.rows, found.summary.snapshots) == (0, 0, 0)
    assert told(found) == {}


def test_those_that_were_seen_longest_are_listed() -> None:
    found = made(clients(5), clients(3), clients(1), top=2)
    assert [one.last_snapshot for one in found.lifetimes] == [3, 2]
    assert found.connections == 5
    assert made(clients(5), top=0).lifetimes == ()


def test_durations_are_counted_between_bounds() -> None:
    found = made(clients(1), clients(3), clients(2), clients(1))
    assert found.has_durations
    by_bound = {one.at_least: (one.whole, one.partial) for one in found.durations}
    # One lived from the start to the end, one was opened and closed, one was in one snapshot alone.
    assert by_bound == {None: (1, 0), 60: (1, 1)}
    assert not made(clients(1), clients(1), stamps=[None, None]).has_durations


def test_long_logs_have_as_many_turnovers_as_moments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST_MOMENTS", 4)
    monkeypatch.setattr(report, "MOST_MOMENTS", 4)
    found = made(*(clients(1 + number % 2) for number in range(20)))
    assert len(found.turnover) == len(found.summary.moments) <= 4
    assert sum(one.opened for one in found.turnover) == found.opened == 10
    assert sum(one.closed for one in found.turnover) == found.closed == 9


def test_changes_of_listeners_alone_are_events(monkeypatch: pytest.MonkeyPatch) -> None:
    other = row(LISTENER, local_port="8080")
    tables = [LISTENER], [row(LISTENER, pid=99), other, *clients(3)], [row(LISTENER, pid=99)]
    events = made(*tables).events
    assert [(event.kind, event.at) for event in events] == [
        ("owner", START + timedelta(minutes=1)),
        ("opened", START + timedelta(minutes=1)),
        ("closed", START + timedelta(minutes=2)),
    ]
    monkeypatch.setattr(report, "MOST_EVENTS", 2)
    assert (len(made(*tables).events), made(*tables).more_events) == (2, 1)


def test_what_may_be_cut_is_counted_once_for_each_socket() -> None:
    cut = row(SERVER, proto="tcp6", local="2001:db8:85a3:8d3:1319:8a2e:370:7348", program="x" * 30)
    found = made([cut, SERVER], [cut, SERVER])
    assert (found.cut, found.cut_programs, len(found.cut_examples)) == (1, 1, 1)


@pytest.mark.parametrize(
    ("stamps", "kind"),
    [([0, 60], "in order"), ([60, 60], "in order"), ([60, 0], "backwards"), ([0, None], "missing")],
)
def test_stamps(stamps: list[float | None], kind: str) -> None:
    assert made([SERVER], [SERVER], stamps=stamps).stamps == kind


def test_other_tables_are_named() -> None:
    text = text_of(
        [
            "Kernel IP routing table",
            "Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface",
            "0.0.0.0         10.0.0.1        0.0.0.0         UG        0 0          0 eth0",
        ]
    )
    found = make_report([*log([SERVER]), ns.parse(text)], top=10)
    assert found.other_tables == ("routes",)
    assert found.summary.snapshots == 1


# What stands out ----------------------------------------------------------------------------------


def test_in_a_quiet_log_nothing_stands_out() -> None:
    assert told(made(*[[LISTENER, SERVER, *clients(5)]] * 10)) == {}


def test_a_restart_is_told_once_for_all_its_ports() -> None:
    ports = [LISTENER, row(LISTENER, local_port="80")]
    found = told(made(ports, [row(one, pid=99) for one in ports]))
    assert found["Restarted"] == (
        "tcp 0.0.0.0:443, tcp 0.0.0.0:80 of sshd (77), then sshd (99) by 00:01:00"
    )
    assert list(found) == ["Restarted"]


def test_new_ports_are_told_but_not_those_of_udp() -> None:
    new = row(LISTENER, local_port="4444", pid=5, program="nc")
    udp = row(new, proto="udp", state="")
    found = told(made([LISTENER], [LISTENER, new, udp], [LISTENER]))
    assert found["New open ports"] == "tcp 0.0.0.0:4444 of nc (5) by 00:01:00"
    assert found["Ports closed"] == "tcp 0.0.0.0:4444 of nc (5) by 00:02:00"


def test_of_many_changes_the_first_are_told() -> None:
    ports = [row(LISTENER, local_port=str(port), pid=port) for port in range(1, 10)]
    clock = Clock(None, None)
    found = tell_what_stands_out(made([], ports), Troubles(), clock)
    assert [one.title for one in found] == ["New open ports"] * 5
    assert found[-1].text == "and 5 more such changes"


def test_a_peak_is_told_with_who_had_it() -> None:
    peak = clients(30, state="SYN_RECV", pid=0)
    found = told(made(*[[SERVER]] * 5, [SERVER, *peak], *[[SERVER]] * 5))
    assert found["SYN_RECEIVED peaked"] == (
        "30 at 00:05:00, where 0 are usual; 203.0.113.7 had 30 sockets then, its most "
        "(begun by others, and not finished)"
    )


def test_what_rose_and_stayed_is_no_peak() -> None:
    tables = [clients(3 * number, state="CLOSE_WAIT") for number in range(10)]
    found = told(made(*tables))
    assert found["CLOSE_WAIT rose"].startswith("to 27 at the end, from 0 at the start; 203.0.113.7")
    assert "CLOSE_WAIT peaked" not in found


def test_stuck_queues_of_one_peer_are_told_together() -> None:
    stuck = clients(3, send_q=4096)
    found = told(made(*[stuck] * 4))
    assert found["Stuck queue"] == (
        "tcp 10.0.0.9:443 203.0.113.7:50000 of sshd (77) held 4,096 bytes in its Send-Q for 4 "
        "snapshots, 00:00:00 to 00:03:00; so did 2 more like it"
    )


def test_where_nobody_looked_is_told() -> None:
    found = made(*[[SERVER]] * 8, stamps=[0, 60, 120, 180, 3600, 3660, 3720, 3780])
    assert find_gaps(found) == [4]
    assert told(found) == {"No snapshots": "00:03:00 to 01:00:00 (57 min)"}
    without = made(*[[SERVER]] * 8, stamps=[0, 60, 120, None, 3600, 3660, 3720, 3780])
    assert find_gaps(without) == []


def test_where_most_stamps_are_the_same_there_are_no_gaps() -> None:
    assert find_gaps(made(*[[SERVER]] * 6, stamps=[0, 0, 0, 0, 0, 60])) == []


def test_a_peak_of_many_addresses_is_nobodys() -> None:
    peak = [row(SERVER, foreign=f"198.51.100.{n}", state="SYN_RECV", pid=0) for n in range(30)]
    found = told(made(*[[SERVER]] * 5, peak, *[[SERVER]] * 5))
    assert found["SYN_RECEIVED peaked"].startswith("30 at 00:05:00, where 0 are usual (begun")


def test_twice_of_few_is_no_peak() -> None:
    assert told(made(*[clients(4)] * 5, clients(9), *[clients(4)] * 5)) == {}


def test_loopback_is_no_address_of_a_host() -> None:
    assert made([row(SERVER, local="127.0.0.1", foreign="127.0.0.1")]).hosts == ()


def test_the_busiest_are_told() -> None:
    tables = [clients(4, host=f"203.0.113.{number}") for number in range(5)]
    busy = [clients(number % 2 * 20, host="198.51.100.1") for number in range(5)]
    found = told(made(*map(list.__add__, tables, busy)))
    assert found["Most changed"] == (
        "most sockets were with 198.51.100.1 (40), at tcp 443 (https) in (60), of sshd (60)"
    )


def test_troubles_are_told() -> None:
    troubles = Troubles(
        failures=("a.gz: \x1b[2Jdamaged",),
        rejected=(Rejected("a", 3, "expected proto", "what"),),
        rejected_count=1,
    )
    found = told(made([SERVER], [SERVER], stamps=[60, 0]), troubles)
    assert list(found) == ["Not read", "Out of order", "Not understood"]
    assert found["Not read"] == "a.gz: \\x1b[2Jdamaged"
    assert found["Not understood"] == "1 line; what they tell is missing here"


# Times --------------------------------------------------------------------------------------------


def test_a_clock_of_one_day_shows_no_dates() -> None:
    clock = Clock(START, START + timedelta(hours=2, minutes=5))
    assert clock(START + timedelta(milliseconds=1500)) == "00:00:01.500"
    assert clock(None) == ""
    assert (clock.times, clock.span) == ("1 January 2026, 00:00:00 to 02:05:00 UTC", "2 h 5 min")


def test_a_clock_keeps_the_zone_of_the_first() -> None:
    east = timezone(timedelta(hours=2))
    first = datetime(2026, 1, 1, 23, tzinfo=east)
    clock = Clock(first, datetime(2026, 1, 2, 1, tzinfo=UTC))
    assert clock(datetime(2026, 1, 2, 1, tzinfo=UTC)) == "2026-01-02 03:00:00"
    assert clock.times == "1 January 2026, 23:00:00 to 2 January 2026, 03:00:00 UTC+02:00"
    assert (
        clock.axis(first.astimezone(UTC)) == datetime(2026, 1, 1, 23, tzinfo=UTC).timestamp() * 1000
    )


def test_stamps_that_do_not_compare_have_no_span() -> None:
    clock = Clock(START.replace(tzinfo=None), START)
    assert (clock.span, Clock(None, None).times) == ("", "")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, ""),
        (0.5, "0.5 s"),
        (9, "9 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3661, "1 h 1 min"),
        (3605, "1 h"),
        (86400, "1 d"),
        (200000, "2 d 7 h"),
    ],
)
def test_durations_have_two_units_at_most(seconds: float, text: str) -> None:
    assert duration_text(timedelta(seconds=seconds)) == text


# Charts -------------------------------------------------------------------------------------------


def second(number: float) -> float:
    return (START + timedelta(seconds=number)).timestamp() * 1000


def specs_of(found: Report, monkeypatch: pytest.MonkeyPatch) -> list[charts.Spec]:
    """What is drawn: states, wide and narrow, then what was opened and closed."""
    drawn: list[charts.Spec] = []

    def draw(spec: charts.Spec) -> str:
        drawn.append(spec)
        return ""

    monkeypatch.setattr(charts, "draw", draw)
    charts.draw_charts(found, Clock(found.summary.first_at, found.summary.last_at))
    return drawn


@pytest.mark.slow
def test_bars_add_up_to_what_came_and_went(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = [clients(number % 7) for number in range(300)]
    stamps = [number // 8 for number in range(300)]  # eight snapshots in each second
    found = made(*tables, stamps=stamps)
    assert (found.opened, found.closed) == (257, 252)
    *_, wide, narrow = specs_of(found, monkeypatch)
    for spec in (wide, narrow):
        opened, closed = (panel["data"]["values"] for panel in spec["vconcat"])
        assert sum(bar["opened"] for bar in opened) == found.opened
        assert sum(bar["closed"] for bar in closed) == found.closed
        assert all(bar["x"] < bar["x2"] for bar in opened)
        assert all(one["x2"] == two["x"] for one, two in pairwise(opened))
        assert len(opened) <= 100


@pytest.mark.slow
def test_lines_show_the_highest_and_end_where_nobody_looked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stamps = [60 * number + 3600 * (number >= 500) for number in range(1000)]
    tables = [clients(9 if number == 777 else 1) for number in range(1000)]
    wide, narrow, *_ = specs_of(made(*tables, stamps=stamps), monkeypatch)
    for spec in (wide, narrow):
        (panel,) = spec["vconcat"]
        points, mark = (layer["data"]["values"] for layer in panel["layer"])
        numbers = [point["y"] for point in points]
        assert max(number for number in numbers if number is not None) == 9
        assert numbers.count(None) == 1
        place = numbers.index(None)
        before, after = points[place - 1]["x"], points[place + 1]["x"]
        assert after - before == 61 * 60 * 1000
        # A point stands for several minutes there; the mark is where it was.
        assert [(one["x"], one["y"]) for one in mark] == [(second(stamps[777]), 9)]
        assert 0 <= mark[0]["x"] - points[numbers.index(9)]["x"] <= 7 * 60 * 1000
        assert panel["title"]["subtitle"] == "at most 9 at 13:57:00"


def test_without_stamps_snapshots_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    wide, *_ = specs_of(made(clients(1), clients(2), stamps=[None, None]), monkeypatch)
    x = wide["vconcat"][0]["encoding"]["x"]
    assert (x["type"], x["scale"]["domain"], x["axis"]["title"]) == (
        "quantitative",
        [1.0, 2.0],
        "snapshot",
    )


def test_dashed_lines_are_where_ports_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    other = row(LISTENER, local_port="8080")
    found = made([LISTENER], [LISTENER, other], [row(LISTENER, pid=99), other])
    wide, narrow = specs_of(found, monkeypatch)
    rules, words, *_ = wide["vconcat"][0]["layer"]
    assert len(rules["data"]["values"]) == 2
    assert [value["word"] for value in words["data"]["values"]] == ["opened", "restarted"]
    many = [row(LISTENER, local_port=str(port)) for port in range(1, 10)]
    wide, *_ = specs_of(made(*(many[:number] for number in range(9))), monkeypatch)
    assert [layer["mark"]["type"] for layer in wide["vconcat"][0]["layer"]] == ["area", "point"]
    assert narrow["vconcat"][0]["width"] == charts.NARROW
