"""What was worked out ahead of the dialects is what they say."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

from netstat_parse.dialects import NAMES, freeze, frozen
from netstat_parse.dialects.registry import all_dialects, read_header
from netstat_parse.grammar.layout import Layout


def test_what_was_worked_out_ahead_is_what_the_dialects_say() -> None:
    path = Path(frozen.__file__)
    assert path.read_text(encoding="utf-8") == freeze.write_source(), (
        "run: python -m netstat_parse.dialects.freeze"
    )


def test_every_common_header_is_there() -> None:
    common = {h for d in all_dialects() for spec in d.tables for h in spec.common_headers}
    assert set(frozen.LAYOUTS) == common
    for header, layout in frozen.LAYOUTS.items():
        made = read_header(header)
        assert made is not None
        assert made is not layout
        for name in inspect.signature(Layout).parameters:
            assert getattr(made, name) == getattr(layout, name), name


def test_the_dialects_of_a_banner() -> None:
    for banner, (dialects, follows, has_titles) in frozen.BANNERS.items():
        assert set(dialects) <= set(NAMES)
        owners = [s for d in all_dialects() for s in d.tables if banner in s.banners]
        assert follows == all(spec.follows_another_table for spec in owners)
        assert has_titles == all(spec.has_titles for spec in owners)
    assert frozen.BANNERS["Active Internet connections (w/o servers)"][0] == (
        *("linux", "toybox", "busybox"),
    )
    assert frozen.OTHER_BANNERS["Active kernel event sockets"] == "macos"


def test_it_needs_neither_pyparsing_nor_pydantic() -> None:
    code = "import netstat_parse.dialects.headers, sys; print('pyparsing' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(frozen.__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "False\n"
