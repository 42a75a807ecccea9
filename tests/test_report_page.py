"""The report in a real browser: Debian's chromium, without a screen and without a network."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from printed import Row, linux_capture, text_of

from netstat_parse.command import main

pytestmark = pytest.mark.slow

STAMP = "2026-01-01T00:{:02}:00+00:00"
HOSTILE = (
    "<script>boom()</script>",
    '"><img src=x onerror=boom()>',
    "</script><script>boom()",
    "</style><svg onload=boom()>",
    "{{ 7*7 }}",
    "a\u202egnp.exe",
    "b\x1b[2J\x07",
    "javascript:boom()",
)
"""Names that a program may give itself. toybox prints as much as 200 characters of them."""


class Opened(NamedTuple):
    page: Page
    said: list[str]
    """What came up on the console, and errors of scripts."""
    asked: list[str]
    """What the page asked for, itself left out."""


SERVER = Row(local="10.0.0.9", local_port="443", foreign="10.0.0.5", pid=77, program="nginx")


def server(port: int, **fields: object) -> Row:
    return Row(**{**vars(SERVER), "foreign_port": str(40000 + port), **fields})


def story() -> str:
    """Twelve minutes: some connections, a restart, a peak."""
    lines: list[str] = []
    for minute in range(12):
        pid = 77 if minute < 6 else 99
        rows = [
            server(0, local="0.0.0.0", foreign="0.0.0.0", foreign_port="*", state="LISTEN", pid=pid)
        ]
        rows += [server(one) for one in range(max(0, minute - 2), minute + 1)]
        rows += [server(9000, send_q=10 * minute, pid=5, program="java")] * (minute > 3)
        if minute == 8:
            rows += [server(20 + i, foreign="203.0.113.7", state="SYN_RECV") for i in range(40)]
        lines += [STAMP.format(minute), *linux_capture(rows, "p")]
    return text_of(lines)


def hostile_log() -> str:
    """What toybox prints of these programs, in two snapshots, and a line that is nothing."""
    header = "Proto Recv-Q Send-Q Local Address           Foreign Address         State       "
    lines = ["Active Internet connections (w/o servers)", header + "PID/Program Name"]
    for number, name in enumerate(HOSTILE):
        ends = f"{f'10.0.0.9:{number + 1}':<23} {'10.0.0.5:4000':<23}"
        lines.append(f"tcp        0      0 {ends} ESTABLISHED {number + 1}/{name}")
    # Behind a listener's restart and in a stuck queue they stand in the summary too.
    lines.append(
        f"tcp        0      9 {'10.0.0.9:99':<23} {'10.0.0.5:4000':<23} ESTABLISHED 9/{HOSTILE[0]}"
    )
    return "".join(f"{STAMP.format(i)}\n{text_of(lines)}{HOSTILE[1]}\n" for i in range(5))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield found
        found.close()


def open_page(
    browser: Browser, folder: Path, text: str, *, width: int = 1200, scheme: str = "light"
) -> Opened:
    log, path = folder / "web.log", folder / "page.html"
    log.write_text(text, newline="")
    main(["report", str(log), "-o", str(path)])
    page = browser.new_page(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    opened = Opened(page, [], [])
    page.on("console", lambda message: opened.said.append(message.text))
    page.on("pageerror", lambda error: opened.said.append(str(error)))
    page.on("request", lambda request: opened.asked.append(request.url))
    page.goto(path.as_uri())
    assert opened.asked == [path.as_uri()]
    opened.asked.clear()
    return opened


def first_cells(page: Page, column: int) -> list[str]:
    cells = page.locator(f"#connections-table tbody tr:visible td:nth-child({column})")
    return cells.all_inner_texts()


@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_renders(browser: Browser, tmp_path: Path, width: int, scheme: str) -> None:
    page, said, asked = open_page(browser, tmp_path, story(), width=width, scheme=scheme)
    assert page.title() == "netstat: web.log"
    for chart in ("#states", "#turnover"):
        drawn = page.locator(f"{chart} figure svg:visible")
        assert drawn.count() == 1
        box = drawn.bounding_box()
        assert box is not None
        assert 250 < box["width"] <= width
        assert drawn.locator("path").count() > 5
    assert "SYN_RECEIVED" in page.locator("#states figure svg:visible").text_content()  # type: ignore[operator]
    assert "tcp 0.0.0.0:443 of nginx (77), then nginx (99) by 00:06:00" in page.inner_text("#short")
    # The page itself is never wider than the window.
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert (said, asked) == ([], [])
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out_from_what_is_behind_them(
    browser: Browser, tmp_path: Path, scheme: str
) -> None:
    """WCAG 2.2, 1.4.3: a ratio of 4.5 at least; 1.4.11: of 3 for what is drawn."""
    page, *_ = open_page(browser, tmp_path, story(), scheme=scheme)
    colors = page.evaluate(
        """() => Object.fromEntries(['paper', 'ink', 'soft', 'link', 'chart', 'warn', 'warn-paper',
            'panel', 'focus'].map((name) => [name,
            getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim()]))"""
    )

    def luminance(text: str) -> float:
        digits = text[1:] if len(text) == 7 else "".join(2 * c for c in text[1:])
        parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def ratio(one: str, two: str) -> float:
        dark, light = sorted((luminance(colors[one]), luminance(colors[two])))
        return (light + 0.05) / (dark + 0.05)

    pairs = [("ink", "paper"), ("soft", "paper"), ("link", "paper"), ("warn", "warn-paper")]
    assert all(ratio(*pair) >= 4.5 for pair in [*pairs, ("ink", "panel"), ("soft", "panel")])
    assert ratio("chart", "paper") >= 3
    assert ratio("focus", "paper") >= 3
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(255, 255, 255)" if scheme == "light" else "rgb(18, 22, 27)"
    )
    page.close()


def test_it_sorts_by_the_keyboard(browser: Browser, tmp_path: Path) -> None:
    page, said, asked = open_page(browser, tmp_path, story())
    heads = page.locator("#connections-table thead th")
    names = [name.strip() for name in heads.all_inner_texts()]
    queued = names.index("Most queued")
    button = heads.nth(queued).locator("button")
    button.focus()
    assert button.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert heads.nth(queued).get_attribute("aria-sort") == "descending"
    numbers = [int(text) for text in first_cells(page, queued + 1)]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[0] == 110
    page.keyboard.press("Space")
    assert heads.nth(queued).get_attribute("aria-sort") == "ascending"
    assert int(first_cells(page, queued + 1)[-1]) == 110
    page.locator("#connections-table th button", has_text="From").click()
    assert page.locator("#connections-table [aria-sort]").count() == 1
    ports = [int(text.rpartition(":")[2]) for text in first_cells(page, 1)]
    hosts = [text.rpartition(":")[0] for text in first_cells(page, 1)]
    assert hosts == sorted(hosts)
    ten = [port for host, port in zip(hosts, ports, strict=True) if host == "10.0.0.5"]
    assert all(one <= two for one, two in pairwise(ten))  # as numbers, not as texts
    assert (said, asked) == ([], [])
    page.close()


def test_it_finds_all_of_several_words(browser: Browser, tmp_path: Path) -> None:
    page, said, asked = open_page(browser, tmp_path, story())
    rows = page.locator("#connections-table tbody tr")
    count = rows.count()
    assert page.inner_text("#find-told") == f"{count} of {count} shown"
    page.get_by_label("Search").fill("203.0.113.7 syn_received")
    assert page.inner_text("#find-told") == f"40 of {count} shown"
    assert page.locator("#connections-table tbody tr:visible").count() == 40
    page.get_by_label("Search").fill("java")
    assert page.locator("#connections-table tbody tr:visible").count() == 1
    page.get_by_label("Search").fill("<b>")
    assert page.inner_text("#find-told") == f"0 of {count} shown"
    page.get_by_label("Search").fill("")
    assert page.inner_text("#find-told") == f"{count} of {count} shown"
    assert (said, asked) == ([], [])
    page.close()


def test_nothing_runs_from_a_hostile_name(browser: Browser, tmp_path: Path) -> None:
    page, said, asked = open_page(browser, tmp_path, hostile_log())
    assert page.locator("script").count() == 1
    assert page.locator("img").count() == 0
    assert page.evaluate("typeof boom") == "undefined"
    text = page.text_content("body") or ""
    for name in HOSTILE[:5]:
        assert name in text
    assert "a\\u202egnp.exe" in text
    assert "b\\x1b[2J\\x07" in text
    assert "49" not in page.inner_text("#connections-table td:nth-child(3)")
    for head in page.locator("#connections-table th button").all():
        head.click()
    page.get_by_label("Search").fill(HOSTILE[0])
    assert page.locator("#connections-table tbody tr:visible").count() == 2
    assert (said, asked) == ([], [])
    page.close()


def test_the_policy_refuses_what_the_page_does_not_bring(browser: Browser, tmp_path: Path) -> None:
    """If markup got in nevertheless, it could neither run nor ask for anything."""
    page, said, asked = open_page(browser, tmp_path, story())
    blocked: list[tuple[str, str | None]] = []
    page.on("requestfailed", lambda request: blocked.append((request.url, request.failure)))
    page.evaluate(
        """() => {
            window.ran = false;
            document.body.insertAdjacentHTML('beforeend',
                '<img src="https://example.org/x.png" onerror="window.ran = true">' +
                '<p id="styled" style="color: rgb(1, 2, 3)">x</p>');
            const script = document.createElement('script');
            script.textContent = 'window.ran = true';
            document.body.append(script);
            return fetch('https://example.org/').catch(() => 0);
        }"""
    )
    assert page.evaluate("window.ran") is False
    assert page.locator("#styled").evaluate("e => getComputedStyle(e).color") != "rgb(1, 2, 3)"
    # What is blocked never leaves the browser.
    assert asked == ["https://example.org/x.png"]
    assert blocked == [("https://example.org/x.png", "csp")]
    assert all("Content Security Policy" in text for text in said)
    assert len(said) >= 4
    page.close()


def test_without_scripts_it_is_a_page_all_the_same(browser: Browser, tmp_path: Path) -> None:
    open_page(browser, tmp_path, story()).page.close()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    assert page.locator("#find").is_hidden()
    assert page.locator("#connections-table tbody tr").first.is_visible()
    context.close()
