"""The command's help: true examples, what somebody may have meant, completion in a shell."""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess

import pytest
from commands import Command

from netstat_parse.command.examples import EXAMPLES
from netstat_parse.command.options import make_parser


def find_arguments(example: str) -> list[str]:
    """The arguments of netstat-parse in a line of shell."""
    line = example.split(" > ")[0]
    (part,) = (p for p in map(str.strip, line.split(" | ")) if p.startswith("netstat-parse"))
    return shlex.split(part)[1:]


def test_each_command_has_two_examples() -> None:
    (commands,) = (
        action.choices
        for action in make_parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    assert set(commands) == set(EXAMPLES)
    assert {len(examples) for examples in EXAMPLES.values()} == {2}


@pytest.mark.parametrize("example", [e for examples in EXAMPLES.values() for e in examples])
def test_examples_are_taken(example: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = find_arguments(example)
    make_parser().parse_args(arguments)
    with pytest.raises(SystemExit):
        make_parser().parse_args([arguments[0], "--help"])
    assert f"  {example}\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["convrt"], "convert"),
        (["convert", "--to", "cvs"], "csv"),
        (["convert", "--colums", "pid"], "--columns"),
        (["convert", "--table=route"], "routes"),
        (["summary", "--tops", "3"], "--top"),
    ],
)
def test_the_nearest_is_offered(
    arguments: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        make_parser().parse_args(arguments)
    assert f"(did you mean {meant!r}?)" in capsys.readouterr().err


def test_what_is_like_nothing_gets_no_offer(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        make_parser().parse_args(["convert", "--zzzz"])
    assert "did you mean" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["convert", "--columns", "local_adress"], "local_address"),
        (["convert", "--dialect", "macosx"], "macos"),
    ],
)
def test_the_nearest_name_is_offered(arguments: list[str], meant: str, command: Command) -> None:
    ran = command(*arguments, stdin="")
    assert ran.status == 2
    assert f"(did you mean {meant!r}?)" in ran.err


@pytest.mark.slow
def test_bash_completes_commands_and_options(command: Command) -> None:
    script = command("completion", "bash").out
    ask = """
        source /dev/stdin <<<"$1"
        COMP_WORDS=(netstat-parse convert --spread) COMP_CWORD=2
        $(complete -p netstat-parse | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        echo "${COMPREPLY[@]}"
    """
    bash = shutil.which("bash")
    assert bash is not None
    ran = subprocess.run(
        [bash, "-c", ask, "bash", script], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == ["--spreadsheet-safe"]
