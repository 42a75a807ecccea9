"""`netstat-parse report`: what is in the page, and how the command ends."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from importlib import util
from pathlib import Path

import pytest
from commands import BROKEN, GOOD, Command
from printed import Row, linux_capture, text_of

from benchmarks.corpora import log
from netstat_parse.analysis.troubles import Note
from netstat_parse.command.tally import NOTES_SAID, Tally
from netstat_parse.writing import charts, html

STAMP = "2026-01-01T00:{:02}:00+00:00"
HOSTILE = "<b>x</b>&amp;"
LISTENER = Row(local="::", local_port="80", foreign="::", foreign_port="*", state="LISTEN", pid=7)


def capture(*rows: Row, minute: int) -> str:
    return text_of([STAMP.format(minute), *linux_capture(rows, "p")])


@pytest.fixture(autouse=True)
def _quick_charts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes most of the time; the slow tests have real charts."""
    if request.node.get_closest_marker("slow") is None:
        monkeypatch.setattr(charts, "draw", lambda spec: "<svg></svg>")


class Page(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.pieces: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)

    def text(self) -> str:
        return " ".join("".join(self.pieces).split())


def page_of(command: Command, text: str, *options: str, status: int = 0) -> Page:
    Path("web.log").write_text(text)
    result = command("report", "web.log", "-o", "page.html", *options)
    assert (result.status, result.out) == (status, "")
    return Page(Path("page.html").read_text())


@pytest.mark.slow
def test_the_page_stands_alone(command: Command) -> None:
    """No element asks for anything, nothing has a handler or a style of its own."""
    page = page_of(command, capture(Row(), minute=1) + capture(minute=2))
    for tag, attributes in page.elements:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "form", "image")
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name not in ("style", "src", "xlink:href", "action")
            assert name != "href" or (value or "").startswith("#")
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org/)", Path("page.html").read_text())


def test_the_policy_names_its_style_and_its_script_alone(command: Command) -> None:
    page = page_of(command, GOOD)
    (policy,) = (a["content"] for tag, a in page.elements if a.get("http-equiv"))
    hashes = [
        b64encode(sha256("".join(page.texts[tag]).encode()).digest()).decode()
        for tag in ("style", "script")
    ]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_the_page_begins_with_what_happened(command: Command) -> None:
    client = Row(local_port="80", foreign_port="5000")
    text = capture(LISTENER, minute=1) + capture(LISTENER, client, minute=2)
    text += capture(Row(**{**vars(LISTENER), "pid": 9}), minute=3)
    told = page_of(command, text).text()
    assert "web.log" in told
    assert (
        "3 snapshots of a linux host (10.0.0.1), 1 January 2026, 00:01:00 to 00:03:00 UTC (2 min): "
        "4 rows in all, at most 2 sockets at a time (at 00:02:00)."
    ) in told
    assert "0 there at the start" in told
    assert "tcp [::]:80 of sshd (7), then sshd (9) by 00:03:00" in told


def test_one_capture_has_no_time(command: Command) -> None:
    page = page_of(command, GOOD)
    assert "over time" not in page.text()
    assert not [tag for tag, a in page.elements if a.get("id") in ("turnover", "lifetimes")]
    assert "1 snapshot of a linux host (10.0.0.1): 2 rows in all." in page.text()


def test_hostile_names_are_text(command: Command) -> None:
    listener = Row(**{**vars(LISTENER), "program": HOSTILE})
    tables = [Row(program=HOSTILE, send_q=9)], [Row(program=HOSTILE, send_q=9), listener]
    text = "".join(capture(*tables[i > 1], minute=i) for i in range(4))
    page = page_of(command, text)
    assert not [tag for tag, _ in page.elements if tag == "b"]
    # Where it stands: restarts and queues in the summary, the tables of all sections.
    assert page.text().count(HOSTILE) >= 6


def test_a_hostile_name_of_a_file_is_text(command: Command) -> None:
    name = "<b>x<b>\u202e.txt"
    Path(name).write_text(GOOD + "what is this\n")
    assert command("report", name, "-o", "page.html").status == 1
    page = Page(Path("page.html").read_text())
    assert not [tag for tag, _ in page.elements if tag == "b"]
    assert page.text().count("<b>x<b>\\u202e.txt") == 4  # title, heading, rejected line, end


def test_when_a_connection_was_there_is_drawn(command: Command) -> None:
    early, late = Row(local_port="1"), Row(local_port="2")
    page = page_of(command, capture(early, minute=0) + capture(early, late, minute=1) * 3)
    bars = [a for _, a in page.elements if a.get("class") == "full" and "x" in a]
    assert [(bar["x"], bar["width"]) for bar in bars] == [("0.0", "100.0"), ("25.0", "75.0")]


def test_each_kind_of_note_is_told_once() -> None:
    tally = Tally(None)
    tally.source = "a.log"
    for number in range(2 * NOTES_SAID):
        tally.add_note(f"{'x' * (number % (NOTES_SAID + 2))} {number}")
    told = tally.troubles()
    assert told.notes[0] == Note("a.log", " 0", 2)
    assert (len(told.notes), told.more_notes) == (NOTES_SAID, 2)


@pytest.mark.slow
def test_texts_in_charts_are_text() -> None:
    svg = charts.draw({"data": {"values": [{}]}, "mark": "point", "title": "<script>&\"'"})
    assert "<script" not in svg
    assert "&lt;script" in svg


def test_what_was_not_understood_is_told(command: Command) -> None:
    told = page_of(command, BROKEN, status=1).text()
    assert "2 lines; what they tell is missing above." in told
    assert "expected Send-Q" in told
    assert "what is this" in told


def test_what_could_not_be_read_is_told(command: Command) -> None:
    Path("web.log").write_text(GOOD)
    result = command("report", "web.log", "missing.log", "-o", "page.html")
    assert result.status == 1
    assert "missing.log: No such file" in Page(Path("page.html").read_text()).text()


def test_where_nothing_could_be_read_there_is_no_page(command: Command) -> None:
    result = command("report", "missing.log", "-o", "page.html")
    assert result.status == 2
    assert not Path("page.html").exists()


def test_a_filter_is_told_with_what_it_could_not_judge(command: Command) -> None:
    text = capture(Row(pid=0), Row(local_port="23"), minute=1) + capture(Row(pid=0), minute=2)
    told = page_of(command, text, "--where", "program = sshd").text()
    assert "Only sockets with program = sshd are told of." in told
    assert "3 rows in all" in told
    assert "2 rows were kept of which netstat does not tell" in told


def test_of_many_connections_some_are_listed(command: Command) -> None:
    rows = [Row(foreign_port=str(port)) for port in range(1, 6)]
    text = capture(*rows, minute=1) + capture(*rows[:3], minute=2)
    page = page_of(command, text, "--top", "3")
    assert "The 3 of 5 that were in most snapshots" in page.text()
    assert [f"10.0.0.2:{port}" in " ".join(page.texts["td"]) for port in range(1, 6)] == [
        *(True, True, True, False, False)
    ]
    assert "5 connections, of which none is listed" in page_of(command, text, "--top", "0").text()


def test_stamps_that_go_backwards_are_told(command: Command) -> None:
    told = page_of(command, capture(Row(), minute=2) + capture(Row(), minute=1)).text()
    assert "stamps go backwards" in told


def test_a_report_is_html_and_nothing_else(command: Command) -> None:
    result = command("report", "-o", "page.csv", stdin=GOOD)
    assert (result.status, result.out) == (2, "")
    assert "page.csv: a report is written as .html" in result.err
    assert command("report", stdin=GOOD).out.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("name", ["jinja2", "vl_convert"])
def test_without_the_extra_it_says_what_to_install(
    command: Command, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def find(wanted: str) -> object:
        return None if wanted == name else util.find_spec(wanted)

    monkeypatch.setattr(html, "find_spec", find)
    result = command("report", "-o", "page.html", stdin=GOOD)
    assert (result.status, result.out) == (2, "")
    assert "pip install 'netstat_parse[report]'" in result.err
    assert not Path("page.html").exists()


@pytest.mark.slow
def test_a_million_rows_are_a_page_below_5_megabytes(command: Command) -> None:
    told = page_of(command, log(2500)).text()
    assert "1,000,000 rows in all" in told
    assert re.search("The 1,000 of [0-9]{2,},[0-9]{3} that were in most snapshots", told)
    assert Path("page.html").stat().st_size < 5_000_000
