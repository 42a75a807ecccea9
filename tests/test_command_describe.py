"""`netstat-parse dialects` and `netstat-parse grammar`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from commands import Command

from netstat_parse.dialects import NAMES
from netstat_parse.dialects.describe import tables_of
from netstat_parse.dialects.registry import get_dialect
from netstat_parse.grammar.dialect import Evidence
from netstat_parse.schema import KINDS, OTHER_TABLES

LISTED = """\
linux      netstat -npt, netstat -anpe, netstat -antupeoW, netstat -anp, netstat -x
toybox     toybox netstat -ant, toybox netstat -antuep, toybox netstat -antuW, netstat -anp, \
netstat -x
busybox    busybox netstat -ant, busybox netstat -antupW, netstat -anp, netstat -x
freebsd    netstat -an, netstat -anW, netstat -anx, netstat -anA, netstat -f unix
openbsd    netstat -an, netstat -n -p tcp, netstat -rn, netstat -in, netstat -s
macos      netstat -n -p tcp, netstat -an, netstat -anv, netstat -Abln, netstat -f unix
netbsd     netstat -an, netstat -anA, netstat -rn, netstat -in, netstat -s
dragonfly  netstat -an, netstat -anA, netstat -anP, netstat -rn, netstat -in
solaris    netstat -an, netstat -anu, netstat -anv, netstat -anuv, \
netstat -an -f inet -P tcp, netstat -rn, netstat -i -g -s
aix        netstat -an, netstat -Aan, netstat -rn, netstat -in
hpux       netstat -an, netstat -rn, netstat -rnv, netstat -in
windows    netstat -ano, netstat -anob, netstat -anoq
"""


LEGEND = """\
program    its output is compared with the system's own account, in tests
source     its published source was read
capture    what it printed was seen; no source is published
manual     its manual was read; no capture was found
"""


def test_dialects_are_listed(command: Command) -> None:
    result = command("dialects")
    matrix, legend, commands = result.out.split("\n\n")
    assert (result.status, result.err, legend + "\n", commands) == (0, "", LEGEND, LISTED)
    header, *rows = [line.split() for line in matrix.splitlines()]
    assert header == ["dialect", *(kind.option for kind in KINDS if kind is not OTHER_TABLES)]
    assert [row[0] for row in rows] == list(NAMES)
    cells = {row[0]: dict(zip(header[1:], row[1:], strict=True)) for row in rows}
    assert cells["linux"]["routes"] == "program"
    assert cells["macos"]["internet"] == "source"
    assert cells["aix"]["internet"] == "capture"
    assert cells["aix"]["listen_queues"] == "-"
    lines = matrix.splitlines()
    assert {line.index(f" {row[1]}") for line, row in zip(lines[1:], rows, strict=True)} == {10}


def test_dialects_as_json(command: Command) -> None:
    result = command("dialects", "--to", "json")
    given = {one["dialect"]: one for one in json.loads(result.out)}
    assert list(given) == list(NAMES)
    for name in NAMES:
        dialect = get_dialect(name)
        assert given[name]["commands"] == list(dialect.commands)
        kinds = {spec.kind.option for spec in dialect.tables}
        assert set(given[name]["tables"]) == kinds
    assert given["windows"]["tables"]["routes"] == ["capture"]


def test_each_way_in_which_a_kind_is_known_is_told() -> None:
    dialect = get_dialect("linux")
    one = replace(dialect.tables[0], evidence=Evidence.MANUAL)
    changed = replace(dialect, tables=(one, dialect.tables[0], one))
    assert tables_of(changed) == {one.kind: [Evidence.PROGRAM, Evidence.MANUAL]}


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
