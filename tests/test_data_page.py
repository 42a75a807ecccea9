"""The recipes of docs/pages/data.md run, and print what is true."""

from __future__ import annotations

import csv
import gzip
import subprocess
import sys
from pathlib import Path

import polars
import pyarrow.parquet
import pytest
from pages import ROOT, find_blocks, run_script
from pytest_examples import CodeExample, find_examples

import netstat_parse as ns

PAGE = ROOT / "docs" / "pages" / "data.md"
CAPTURE = ROOT / "fixtures" / "linux" / "npt.txt"
EXAMPLES = [example for example in find_examples(PAGE) if example.prefix == "py"]
ROWS = len(next(ns.read_log(CAPTURE)).connections)
HOSTS = 400

TOLD = {
    "import duckdb": f"{3 * ROWS} ({3 * ROWS}, 22) {3 * ROWS}",
    "no-such-file": f"{HOSTS * ROWS}\n",
    "register_io_source": "local_port",
    "from_map": "ESTABLISHED",
    "prometheus_client": 'netstat_connections{state="ESTABLISHED",transport="tcp"}',
    "TestClient": "{'ESTABLISHED'}",
    "asyncio.run": f"{ROWS}\n{3 * ROWS}\n",
}
"""What stands in an example, and what it prints."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the examples run: with the files that they read."""
    folder = tmp_path_factory.mktemp("data")
    capture = CAPTURE.read_text(encoding="utf-8")
    (folder / "netstat.txt").write_text(capture, encoding="utf-8")
    with gzip.open(folder / "day.log.gz", "wt", encoding="utf-8") as file:
        file.writelines(f"2026-11-22T12:00:{second}Z\n{capture}\n" for second in (10, 20, 30))
    (folder / "captures").mkdir()
    for number in range(HOSTS):
        (folder / "captures" / f"web{number}.txt").write_text(capture, encoding="utf-8")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_a_recipe_runs(example: CodeExample, folder: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", example.source],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "MPLCONFIGDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    told = [text for mark, text in TOLD.items() if mark in example.source]
    assert all(text in result.stdout for text in told), result.stdout
    if "to_parquet" in example.source:
        assert pyarrow.parquet.read_table(folder / "day.parquet").num_rows == 3 * ROWS
    elif "write_csv" in example.source:
        with open(folder / "all.csv", newline="") as file:
            hosts = [row["host"] for row in csv.DictReader(file)]
        assert len(hosts) == HOSTS * ROWS
        assert set(hosts) == {f"web{number}" for number in range(HOSTS)}
    elif "savefig" in example.source:
        assert (folder / "states.png").read_bytes().startswith(b"\x89PNG")
    else:
        assert told


def test_the_page_lists_the_columns_of_scan() -> None:
    table = (
        PAGE.read_text(encoding="utf-8").partition("## The columns")[2].partition("`columns`")[0]
    )
    names = [
        name.strip(" `")
        for line in table.splitlines()
        if line.startswith("| `")
        for name in line.split("|")[1].split(",")
    ]
    assert sorted(names) == sorted(polars.Schema(ns.scan(CAPTURE)).names())


@pytest.mark.slow
@pytest.mark.parametrize("script", find_blocks(PAGE, "bash"))
def test_shell_runs(script: str, folder: Path) -> None:
    run_script(script, folder)
