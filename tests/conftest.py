"""What several test modules need."""

from __future__ import annotations

import shutil
import subprocess

import pytest


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
