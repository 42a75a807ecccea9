"""The errors: what they keep when they are pickled and copied, and how they read."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest

import netstat_parse as ns
from netstat_parse import errors

COMMAND = ("netstat", "-n")
ERRORS = [
    errors.NetstatError("anything", 5),
    errors.ParseError(5, 7, "tcp x", "expected Send-Q"),
    errors.NotNetstatError(0, 1, "", "no netstat output in the input"),
    errors.SeveralSnapshotsError(9, 1, "line", "expected the end"),
    errors.UnknownDialectError("amiga", ("linux", "macos")),
    errors.UnknownEncodingError("klingon"),
    errors.TimestampFormatError("%Q", "bad"),
    errors.CommandError("it failed", COMMAND, "stderr"),
    errors.CommandNotFoundError("no such", COMMAND),
    errors.CommandFailedError("it failed", COMMAND, "stderr", 3),
    errors.CommandKilledError("it was killed", COMMAND, "stderr", 9),
    errors.CommandTimeoutError("too long", COMMAND, "stderr", 0.5),
    errors.OutputTooLargeError("too much", COMMAND, "stderr", 10),
    errors.CommandOutputError("not netstat's", COMMAND, "stderr"),
    errors.InputError("log: No such file"),
    errors.OutputError("out: No space left"),
    errors.UnknownColumnError("prot", ("proto",)),
    errors.MissingExtraError("this", "sql"),
]


def test_no_error_is_left_out() -> None:
    of_module = {
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, Exception)
    }
    assert {type(error) for error in ERRORS} == of_module


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(
    "make",
    [
        lambda error: pickle.loads(pickle.dumps(error)),
        lambda error: pickle.loads(pickle.dumps(error, 2)),
        copy.copy,
        copy.deepcopy,
    ],
    ids=["pickle", "old pickle", "copy", "deep copy"],
)
def test_errors_survive_with_every_field(error: Exception, make: Callable[[Any], Any]) -> None:
    error.add_note("a note")
    made = make(error)
    assert type(made) is type(error)
    assert (made.args, vars(made), str(made)) == (error.args, vars(error), str(error))


def test_the_cause_survives() -> None:
    with pytest.raises(ns.CommandOutputError) as caught:
        ns.run(["echo", "what?"])
    made = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(made.__cause__, ns.ParseError)
    assert str(made.__cause__) == str(caught.value.__cause__)


def fail(status: int) -> None:
    ns.run(["sh", "-c", f"exit {status}"])


@pytest.mark.slow
def test_a_pool_of_processes_raises_them() -> None:
    with ProcessPoolExecutor(1) as pool, pytest.raises(ns.CommandFailedError) as caught:
        pool.submit(fail, 7).result(timeout=30)
    assert caught.value.status == 7


@pytest.mark.parametrize(("text", "told"), [("", "ends before line 1"), ("a\nb\n", "line 2: no ")])
def test_an_input_without_netstat_output_reads_well(text: str, told: str) -> None:
    with pytest.raises(ns.NotNetstatError, match=told) as caught:
        ns.parse(text) if not text else list(ns.iter_snapshots(text))
    assert "''" not in str(caught.value)
    assert "line 0" not in str(caught.value)
