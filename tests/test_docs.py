"""What README.md and docs/ show is true: the rows are read, the Python runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netstat_parse import iter_snapshots

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "docs" / "pages"

DIALECTS = {
    "linux": {"linux"},
    "busybox-toybox": {"busybox", "toybox"},
    "macos": {"macos"},
    "freebsd": {"freebsd"},
    "other-bsds": {"openbsd", "netbsd", "dragonfly"},
    "solaris": {"solaris"},
    "aix-hpux": {"aix", "hpux"},
    "windows": {"windows"},
}
"""The dialects that the rows of a page may be of."""

BLOCK = re.compile(r"^```text\n(.*?)^```$", re.M | re.S)


def find_blocks(page: Path) -> list[str]:
    """The captures that a page shows."""
    return [found[1] for found in BLOCK.finditer(page.read_text(encoding="utf-8"))]


CAPTURES = [
    pytest.param(page.stem, block, id=f"{page.stem}-{number}")
    for page in sorted((PAGES / "formats").glob("*.md"))
    for number, block in enumerate(find_blocks(page), 1)
]


@pytest.mark.parametrize(("page", "block"), CAPTURES)
def test_rows_of_the_formats_are_read(page: str, block: str) -> None:
    snapshots = list(iter_snapshots(block.splitlines()))
    assert {s.dialect for s in snapshots} <= DIALECTS[page]
    assert [line for s in snapshots for line in s.unparsed] == []
    read = sum(len(v) for s in snapshots for v in vars(s).values() if isinstance(v, tuple))
    assert read


def test_each_page_of_the_formats_shows_captures() -> None:
    pages = {p.stem for p in (PAGES / "formats").glob("*.md")} - {"index"}
    assert pages == set(DIALECTS)
    assert {c.values[0] for c in CAPTURES} == pages
