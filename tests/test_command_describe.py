"""`netstat-parse dialects` and `netstat-parse grammar`."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import Command, Result

from netstat_parse.dialects import NAMES

LISTED = """\
linux      netstat -npt, netstat -anpe, netstat -antupeoW, netstat -anp, netstat -x
toybox     toybox netstat -ant, toybox netstat -antuep, toybox netstat -antuW, netstat -anp, \
netstat -x
busybox    busybox netstat -ant, busybox netstat -antupW, netstat -anp, netstat -x
freebsd    netstat -an, netstat -anW, netstat -anx, netstat -anA, netstat -f unix
openbsd    netstat -an, netstat -n -p tcp
macos      netstat -n -p tcp, netstat -an, netstat -anv, netstat -Abln, netstat -f unix
solaris    netstat -an, netstat -anu, netstat -an -f inet -P tcp, netstat -rn
aix        netstat -an, netstat -Aan, netstat -rn
windows    netstat -ano, netstat -anob, netstat -anoq
"""


def test_dialects_are_listed(command: Command) -> None:
    assert command("dialects") == Result(0, LISTED, "")


@pytest.mark.parametrize("name", NAMES)
def test_the_grammar_is_printed_in_words(command: Command, name: str) -> None:
    result = command("grammar", name)
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith(f"{name}: ")
    assert "the words:" in result.out


def test_the_grammar_of_an_unknown_dialect_is_2(command: Command) -> None:
    result = command("grammar", "amiga")
    assert (result.status, result.out) == (2, "")
    assert "macos" in result.err


def test_a_drawing_needs_what_draws_it(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netstat_parse.dialects.describe.find_spec", lambda name: None)
    result = command("grammar", "linux", "-o", "linux.html")
    assert (result.status, result.out) == (2, "")
    assert "netstat_parse[diagrams]" in result.err
    assert not Path("linux.html").exists()
