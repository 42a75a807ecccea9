"""Which netstat_parse a process imports: the one of this tree, or of another commit.

A version is a directory that holds the package. It is chosen with PYTHONPATH, so that one
interpreter and one set of installed packages run every version.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
"""The version in this tree."""


def environment_of(version: Path) -> dict[str, str]:
    """The environment in which a process imports netstat_parse from `version`.

    The directories of PYTHONPATH come before those of installed packages, so an editable install
    does not win. PYTHONSAFEPATH keeps the current directory, which may be this tree, out of the
    path. This tree comes last, for `benchmarks` itself.
    """
    path = os.pathsep.join((str(version), str(ROOT)))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"}
    # Modules are compiled once, as they are where a package is installed.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = str(ROOT / "benchmarks" / "corpora" / "bytecode")
    return environment


def command_module(version: Path) -> str:
    """The module of a version that has `command` and `main`."""
    if (version / "netstat_parse" / "command").is_dir():
        return "netstat_parse.command"
    return "netstat_parse.cli"  # up to 0.1


def check_version(version: Path) -> None:
    """Raises RuntimeError if a process would import netstat_parse from somewhere else."""
    code = "import netstat_parse; print(netstat_parse.__file__)"
    imported = subprocess.run(
        (sys.executable, "-c", code),
        env=environment_of(version),
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    if Path(imported).resolve().parents[1] != version.resolve():
        raise RuntimeError(f"{version} was asked for, but {imported} is imported")


@contextmanager
def checked_out(name: str) -> Iterator[Path]:
    """The package as it is in a commit of this repository, in a temporary directory."""
    with TemporaryDirectory(prefix="netstat_parse-") as folder:
        archive = subprocess.run(
            ("git", "-C", ROOT, "archive", "--format=tar", name, "netstat_parse"),
            check=True,
            stdout=subprocess.PIPE,
        ).stdout
        subprocess.run(("tar", "-x", "-C", folder), input=archive, check=True)
        version = Path(folder)
        check_version(version)
        yield version


def commit(name: str) -> str:
    """The short hash of a commit of this repository. Raises ValueError if there is none."""
    found = subprocess.run(
        ("git", "-C", ROOT, "rev-parse", "--short", "--verify", f"{name}^{{commit}}"),
        check=False,
        capture_output=True,
        text=True,
    )
    if found.returncode:
        raise ValueError(found.stderr)
    return found.stdout.strip()
