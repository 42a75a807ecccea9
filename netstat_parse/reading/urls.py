"""Which inputs and outputs are on other machines."""

from __future__ import annotations

import os
import re

SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
"""How a URL begins. A drive of Windows has one letter."""


def is_remote(path: str) -> bool:
    """True for a URL, unless there is a file of that name."""
    return "://" in path and SCHEME.match(path) is not None and not os.path.lexists(path)
