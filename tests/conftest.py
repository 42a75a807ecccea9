"""What several test modules need."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from commands import Command, Commander
from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

settings.register_profile(
    # How long an example takes says more about the machine than about the code.
    "netstat_parse",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
    # The same code gives the same answer on every machine.
    derandomize=True,
    database=None,
)
# Looks for what nobody has seen yet: `pytest --hypothesis-profile explore`.
settings.register_profile(
    "explore",
    settings.get_profile("netstat_parse"),
    derandomize=False,
    database=DirectoryBasedExampleDatabase(".hypothesis/examples"),
)
# The fast tier draws a quarter of them.
settings.register_profile("fast", settings.get_profile("netstat_parse"), max_examples=25)
settings.load_profile("netstat_parse")


def pytest_configure(config: pytest.Config) -> None:
    if config.option.markexpr == "not slow" and not config.getoption("--hypothesis-profile"):
        settings.load_profile("fast")


# A shell starts what runs in its background with interrupts ignored, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

PROGRAMS = {
    "test_analysis_real.py": ("netstat", "ip", "nsenter"),
    "test_benchmarks.py": ("mawk",),
    "test_busybox_toybox.py": ("busybox", "toybox"),
    "test_locales.py": ("netstat", "localedef"),
    "test_real_linux.py": ("netstat",),
    "test_report_page.py": ("chromium",),
    "test_real_windows.py": ("wine", "localedef"),
    "test_spark.py": ("java",),
    "test_where_ss.py": ("netstat", "ss"),
    "test_real_tables.py": ("netstat", "busybox", "toybox", "ip"),
    "test_made_up_kernel.py": ("netstat", "busybox", "toybox", "ip", "unshare"),
}
"""The modules that run real programs, and those that they run.

Wine is never insisted on: it is large, and must be told of an own prefix first.
"""


NOT_INSISTED_ON = ("test_real_windows.py",)
"""Wine takes more room than all else together."""


PACKAGES = {
    "test_arrow.py": ("pyarrow", "arro3.core", "arro3.io"),
    "test_arrow_files.py": ("pyarrow", "arro3.core", "arro3.io"),
    "test_data_page.py": (
        *("arro3.core", "arro3.io", "dask", "duckdb", "fastapi", "httpx", "matplotlib", "pandas"),
        *("polars", "prometheus_client", "pyarrow"),
    ),
    "test_remote.py": ("fsspec", "gcp_storage_emulator", "gcsfs", "moto", "paramiko", "s3fs"),
    "test_spark.py": ("pyarrow", "pyspark"),
    "test_sql.py": ("duckdb",),
    "test_scans.py": ("pyarrow", "arro3.core", "arro3.io", "polars", "pandas", "duckdb"),
}
"""The modules that need optional packages (`pip install .[test-data]`), and which."""


def has_packages(module: str) -> bool:
    """False where a package is missing, unless the tests are to insist on it, as in CI."""
    if os.environ.get("NETSTAT_PARSE_ALL_PACKAGES"):
        return True
    try:
        return all(map(find_spec, PACKAGES[module]))
    except ModuleNotFoundError:  # of a package in a package
        return False


def can_run(module: str) -> bool:
    """False where a program is missing, unless the tests are to insist on it, as in CI."""
    if os.environ.get("NETSTAT_PARSE_ALL_PROGRAMS") and module not in NOT_INSISTED_ON:
        return True
    return sys.platform == "linux" and all(map(shutil.which, PROGRAMS[module]))


collect_ignore = [
    *(module for module in PROGRAMS if not can_run(module)),
    *(module for module in PACKAGES if not has_packages(module)),
]


def pytest_report_header() -> list[str]:
    return [f"not on this machine, so not run: {', '.join(collect_ignore)}"] * bool(collect_ignore)


@pytest.fixture(scope="session")
def netstat() -> str:
    """The netstat of net-tools. Where it is missing the tests that need it fail: CI installs it."""
    found = shutil.which("netstat", path="/bin:/usr/bin:/sbin:/usr/sbin:/usr/local/bin")
    if found is None:
        pytest.fail("netstat is not installed, so nothing was tested: apt install net-tools")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    if not version.stdout.startswith("net-tools"):
        pytest.fail(f"{found} is not net-tools' netstat: apt install net-tools")
    return found


@pytest.fixture
def command(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Command:
    """Runs the command in this process, in a directory of its own."""
    monkeypatch.chdir(tmp_path)
    return Commander(tmp_path, capfd, monkeypatch)
