"""What somebody may have meant, whose option or choice there is not."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator

from netstat_parse.errors import did_you_mean

UNKNOWN_CHOICE = re.compile(r"invalid choice: '(?P<wrong>.*?)' \(choose from (?P<known>.*)\)")
UNKNOWN_OPTION = re.compile(r"unrecognized arguments: (?P<wrong>--?[^\s=]+)")


def suggest(message: str, parser: argparse.ArgumentParser) -> str:
    """What to add to argparse's message about arguments: the nearest that there is, or nothing."""
    if choice := UNKNOWN_CHOICE.search(message):
        return did_you_mean(choice["wrong"], re.findall(r"[\w.-]+", choice["known"]))
    if option := UNKNOWN_OPTION.search(message):
        return did_you_mean(option["wrong"], find_options(parser))
    return ""


def find_options(parser: argparse.ArgumentParser) -> Iterator[str]:
    """The options of a parser, and of its commands: argparse does not say which command it was."""
    for action in parser._actions:
        yield from action.option_strings
        if isinstance(action, argparse._SubParsersAction):
            commands: Iterable[argparse.ArgumentParser] = action.choices.values()
            for command in commands:
                yield from find_options(command)
