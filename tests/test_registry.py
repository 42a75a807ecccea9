"""Which dialect owns a header, and what is known of the dialects."""

from __future__ import annotations

import pytest

from netstat_parse.dialects import NAMES
from netstat_parse.dialects.registry import (
    all_dialects,
    find_owner,
    get_dialect,
    get_spec,
    read_header,
)
from netstat_parse.errors import UnknownDialectError
from netstat_parse.grammar.dialect import Claim, read_titles

NET_TOOLS = "Proto Recv-Q Send-Q Local Address           Foreign Address         State      "
BSD = "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)"


def test_every_dialect_is_there_under_its_name() -> None:
    assert [dialect.name for dialect in all_dialects()] == list(NAMES)
    for dialect in all_dialects():
        assert get_dialect(dialect.name) is dialect
        assert dialect.tables
        assert dialect.commands


@pytest.mark.parametrize("name", ["amiga", "", "Linux", "common", "..linux"])
def test_an_unknown_dialect_is_told(name: str) -> None:
    for ask in (get_dialect, lambda name: find_owner(NET_TOOLS, name)):
        with pytest.raises(UnknownDialectError, match="linux, toybox, busybox, freebsd, openbsd"):
            ask(name)


@pytest.mark.parametrize(
    ("header", "dialect"),
    [
        (NET_TOOLS, "linux"),
        (NET_TOOLS + " PID/Program name    ", "linux"),
        (NET_TOOLS + " ", "busybox"),
        (NET_TOOLS.replace("State      ", "State       PID/Program Name"), "toybox"),
        (BSD, "macos"),
        (BSD.replace("Q  L", "Q L") + "    ", "freebsd"),
        (BSD + "      rhiwat shiwat    pid   epid", "macos"),
        ("  Proto  Local Address          Foreign Address        State", "windows"),
        ("Interface       RefCnt Group", "linux"),
        ("Proto RefCnt Flags       Type       State         I-Node Path", "busybox"),
        ("Proto RefCnt Flags       Type       State         I-Node   Path", "linux"),
    ],
)
def test_who_owns_a_header(header: str, dialect: str) -> None:
    owner = find_owner(header)
    assert owner is not None
    assert owner.dialect.name == dialect
    layout = read_header(header)
    assert layout is not None
    assert (layout.dialect, get_spec(layout)) == (dialect, owner.spec)


@pytest.mark.parametrize("line", ["", "tcp 0 0 10.0.0.1:22", "Proto Recv-Q Send-Q", NET_TOOLS[6:]])
def test_what_is_no_header_has_no_owner(line: str) -> None:
    assert find_owner(line) is None
    assert read_header(line) is None
    assert find_owner(line, "linux") is None


def test_only_the_dialect_that_was_named_is_asked() -> None:
    owner = find_owner(BSD, "macos")
    assert owner is not None
    assert owner.dialect.name == "macos"
    assert find_owner(BSD, "linux") is None
    assert find_owner(BSD, "windows") is None


def test_who_claims_a_header_most_strongly_has_it() -> None:
    """Of those that claim it equally the first; whoever has it only by name is not among them."""
    headers = {
        header
        for dialect in all_dialects()
        for spec in dialect.tables
        for header in (*spec.common_headers, *spec.other_headers)
    }
    assert len(headers) > 20
    for header in headers:
        owner = find_owner(header)
        assert owner is not None
        claims = [
            (spec.claim(header), spec)
            for dialect in all_dialects()
            for spec in dialect.tables
            if read_titles(spec, header) is not None
        ]
        strongest = max(claim for claim, _ in claims)
        assert strongest in (Claim.SHARED, Claim.OWN)
        assert owner.spec is next(spec for claim, spec in claims if claim == strongest)
