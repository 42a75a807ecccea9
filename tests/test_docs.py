"""What README.md and docs/ show is true: the rows are read, the Python runs."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pages import ROOT, find_blocks, run_script
from pytest_examples import CodeExample, find_examples

from netstat_parse import iter_snapshots

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

PAGES_WITH_CODE = [
    ROOT / "README.md",
    # test_data_page.py runs that of data.md, which needs more.
    *(page for page in sorted(PAGES.glob("**/*.md")) if page.stem != "data"),
]
FIXTURES = ROOT / "fixtures"

CAPTURES = [
    pytest.param(page.stem, block, id=f"{page.stem}-{number}")
    for page in sorted((PAGES / "formats").glob("*.md"))
    for number, block in enumerate(find_blocks(page, "text"), 1)
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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the examples run: with the files that they read."""
    capture = (FIXTURES / "linux" / "npt.txt").read_text(encoding="utf-8")
    (tmp_path / "netstat.txt").write_text(capture, encoding="utf-8")
    log = "".join(f"2026-11-22T12:00:{second}Z\n{capture}\n" for second in (10, 20, 30))
    with gzip.open(tmp_path / "day.log.gz", "wt", encoding="utf-8") as file:
        file.write(log)
    (tmp_path / "yesterday.txt").write_text(capture, encoding="utf-8")
    shutil.copy(FIXTURES / "linux" / "listening.txt", tmp_path / "today.txt")
    (tmp_path / "captures").mkdir()
    for host in ("linux/npt", "macos/n-p-tcp", "freebsd/14-an", "windows/ano"):
        shutil.copy(FIXTURES / f"{host}.txt", tmp_path / "captures")
    bundle = [(FIXTURES / "linux" / f"{name}.txt").read_text() for name in ("npt", "rn", "ia", "s")]
    (tmp_path / "bundle.txt").write_text("\n".join(bundle), encoding="utf-8")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize(
    "example",
    [e for e in find_examples(*PAGES_WITH_CODE) if e.prefix == "python"],
    ids=str,
)
def test_python_in_the_pages_runs(example: CodeExample, folder: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", example.source],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"},
        check=True,
        timeout=120,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "script",
    [
        pytest.param(block, id=f"{page.stem}-{number}")
        for page in PAGES_WITH_CODE
        for number, block in enumerate(find_blocks(page, "bash"), 1)
    ],
)
def test_shell_in_the_pages_runs(script: str, folder: Path) -> None:
    run_script(script, folder)


LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_links_hold(page: str) -> None:
    """zensical checks those of docs/."""
    for path, anchor in LINK.findall((ROOT / page).read_text(encoding="utf-8")):
        target = ROOT / (path or page)
        assert target.exists(), path
        assert not anchor or anchor in find_anchors(target), f"{path}#{anchor}"


def find_anchors(page: Path) -> set[str]:
    """The names of a page's headings in a link."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.M)
    return {
        re.sub(r"[^\w\s-]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }
