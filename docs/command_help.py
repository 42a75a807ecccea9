"""A Markdown extension: `<!-- help COMMAND -->` becomes what argparse says of that command."""

from __future__ import annotations

import argparse
import os
import re
from typing import Any

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor

from netstat_parse.command.options import make_parser

PLACE = re.compile(r"<!-- help(?: (\S+))? -->")


def find_parser(command: str | None) -> argparse.ArgumentParser:
    """The parser of a command; that of the whole command line if no name is given."""
    top = make_parser()
    if command is None:
        return top
    (commands,) = (a for a in top._actions if isinstance(a, argparse._SubParsersAction))
    parser: argparse.ArgumentParser = commands.choices[command]
    return parser


class _Help(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        os.environ["COLUMNS"] = "88"
        found = []
        for line in lines:
            place = PLACE.fullmatch(line)
            help_lines = find_parser(place[1]).format_help().splitlines() if place else []
            found += ["```text", *help_lines, "```"] if place else [line]
        return found


class HelpExtension(Extension):
    """Comes before what reads fences."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.preprocessors.register(_Help(md), "command_help", 100)


def makeExtension(**settings: Any) -> HelpExtension:  # noqa: N802
    """What Markdown calls."""
    return HelpExtension(**settings)
