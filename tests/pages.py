"""The code in the pages of the documentation."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


def find_blocks(page: Path, language: str) -> list[str]:
    """The blocks of a page that are in this language; captures are `text`."""
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [block for named, block in blocks if named == language]


def run_script(script: str, folder: Path) -> None:
    """Runs a script of bash in a folder; raises CalledProcessError if a command of it fails."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={"PATH": path, "PYTHONPATH": str(ROOT)},
        check=True,
        timeout=120,
    )
