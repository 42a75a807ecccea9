"""The fuzzer of bytes, without what drives it: it imports, runs, and sees what it is to see."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from commands import BROKEN, GOOD, SEED


@contextmanager
def instrument_imports(include: list[str]) -> Iterator[None]:
    yield


@pytest.fixture
def fuzz_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    atheris = ModuleType("atheris")
    monkeypatch.setattr(atheris, "instrument_imports", instrument_imports, raising=False)
    monkeypatch.setitem(sys.modules, "atheris", atheris)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.delitem(sys.modules, "fuzz.fuzz_bytes", raising=False)
    return import_module("fuzz.fuzz_bytes")


@pytest.mark.parametrize(
    "data",
    [b"", b"hello\n", b"\x01tcp 0 0 10.0.0.1:22 10.0.0.2:23 LISTEN\n", b"\x1f\x8b\x08\x00x"]
    + [text.encode() + b"\n" * n for text in (GOOD, BROKEN, SEED.read_text()) for n in range(2)],
    ids=range(10),
)
def test_what_is_right_is_passed_over(fuzz_bytes: Any, data: bytes) -> None:
    fuzz_bytes.test_one_input(data)
    fuzz_bytes.check_command(data)
    for kind in fuzz_bytes.KINDS:
        fuzz_bytes.check_csv(data, kind)


def test_what_is_wrong_is_seen(fuzz_bytes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(fuzz_bytes, "write_csv", lambda snapshots, file, table: file.write("x"))
        with pytest.raises(AssertionError, match="do not agree"):
            fuzz_bytes.test_one_input(GOOD.encode())
    with monkeypatch.context() as patch:
        patch.setattr(fuzz_bytes, "main", lambda arguments: 1)
        with pytest.raises(AssertionError, match="said nothing"):
            fuzz_bytes.check_command(GOOD.encode())
    with monkeypatch.context() as patch:
        patch.setattr(fuzz_bytes, "batches", lambda file, size: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            fuzz_bytes.test_one_input(GOOD.encode())
