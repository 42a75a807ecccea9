"""A LazyPattern answers as the compiled pattern does, and compiles nothing before it is asked."""

from __future__ import annotations

import re

import pytest

from netstat_parse.lazy import LazyPattern

SOURCE = r"(?P<host>[a-z]+):(?P<port>[0-9]+)"
TEXTS = ["", "host:80", " host:80 other:443", "host:", "x\nhost:1"]


def found(match: re.Match[str] | None) -> object:
    return match and (match.span(), match.groupdict())


@pytest.mark.parametrize("text", TEXTS)
def test_answers_as_the_compiled_pattern_does(text: str) -> None:
    lazy, plain = LazyPattern(SOURCE), re.compile(SOURCE)
    for _ in range(2):
        for start, end in ((0, len(text)), (1, len(text)), (1, 5)):
            assert found(lazy.match(text, start, end)) == found(plain.match(text, start, end))
            assert found(lazy.fullmatch(text, start, end)) == found(
                plain.fullmatch(text, start, end)
            )
            assert found(lazy.search(text, start, end)) == found(plain.search(text, start, end))
            assert [*map(found, lazy.finditer(text, start, end))] == [
                *map(found, plain.finditer(text, start, end))
            ]
        assert lazy.sub(r"\g<port>", text) == plain.sub(r"\g<port>", text)
        assert lazy.sub(lambda match: match["host"], text, 1) == plain.sub(
            lambda match: match["host"], text, 1
        )


def test_compiles_at_the_first_use_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []

    def compile_and_note(source: str) -> re.Pattern[str]:
        compiled.append(source)
        return compile_(source)

    compile_ = re.compile
    monkeypatch.setattr(re, "compile", compile_and_note)
    lazy = LazyPattern("a+")
    assert compiled == []
    for _ in range(3):
        assert lazy.match("aa")
        assert lazy.search("baa")
    assert compiled == ["a+"]


def test_a_wrong_pattern_is_told_at_the_first_use() -> None:
    lazy = LazyPattern("(")
    assert repr(lazy) == "LazyPattern('(')"
    with pytest.raises(re.error):
        lazy.match("")
