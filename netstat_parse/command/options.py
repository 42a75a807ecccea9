"""The options of the command line, with argparse."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

from netstat_parse.command.analysis_options import add_analysis_commands
from netstat_parse.command.messages import UsageError
from netstat_parse.schema import CONNECTIONS, KINDS, get_kind

SUFFIXES = {".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".txt": "table"}
COMPRESSIONS = (".gz", ".bz2", ".xz")


def make_parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    top = argparse.ArgumentParser(
        prog="netstat-parse", description="Turns what netstat prints into CSV and JSON."
    )
    top.add_argument("--version", action=_Version)
    commands = top.add_subparsers(prog="netstat-parse", metavar="COMMAND", required=True)
    _add_convert(commands.add_parser("convert", help="convert saved netstat output"))
    _add_run(commands.add_parser("run", help="run netstat here and convert what it prints"))
    add_analysis_commands(commands)
    dialects = commands.add_parser("dialects", help="list the dialects that are known")
    dialects.set_defaults(work=_list_dialects)
    grammar = commands.add_parser("grammar", help="print the grammar of a dialect")
    grammar.set_defaults(work=_print_grammar)
    grammar.add_argument("dialect", metavar="DIALECT")
    grammar.add_argument("-o", dest="output", metavar="FILE.html", help="draw it")
    return top


def _add_convert(command: argparse.ArgumentParser) -> None:
    command.set_defaults(work=_convert)
    command.add_argument(
        "files", metavar="FILE", nargs="*", default=["-"], help="none, or -: standard input"
    )
    _add_output_options(command)
    command.add_argument(
        "--strict", action="store_true", help="stop at the first line that is not understood"
    )
    command.add_argument(
        "--rejects", metavar="FILE", help="write the lines that are not understood, as CSV"
    )
    command.add_argument(
        "--timestamp-format",
        metavar="FORMAT",
        action="append",
        default=[],
        help="a strptime format of stamps in the log; may be given several times",
    )
    command.add_argument(
        "--uncut",
        action="store_true",
        help="netstat was told not to cut addresses (-W on Linux, -l on macOS)",
    )
    command.add_argument(
        "--jobs",
        metavar="N",
        type=_count,
        default=1,
        help="convert large files, and many files, in N processes; 0: one for each processor",
    )


def _add_run(command: argparse.ArgumentParser) -> None:
    command.set_defaults(work=_run)
    _add_output_options(command)
    command.add_argument(
        "--timeout", metavar="SECONDS", type=float, default=10.0, help="default: %(default)s"
    )
    command.add_argument("argv", metavar="COMMAND", nargs="*", help="default: this system's")


def _add_output_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("-o", dest="output", metavar="OUT", help="default: standard output")
    command.add_argument(
        "--to",
        choices=("csv", "json", "jsonl", "table"),
        help="default: by the suffix of OUT, else csv",
    )
    command.add_argument(
        "--columns", metavar="LIST", type=_columns, help="names with commas between them, or all"
    )
    command.add_argument(
        "--table",
        choices=tuple(kind.option for kind in KINDS),
        default=CONNECTIONS.option,
        help="which rows CSV, JSON Lines and tables hold; default: %(default)s",
    )
    command.add_argument("--dialect", metavar="NAME", help="do not find the dialect by the header")
    command.add_argument(
        "--spreadsheet-safe",
        action="store_true",
        help="put ' before texts that a spreadsheet would take for formulas",
    )


# The modules of the commands are imported when they are asked for: most take longer than a capture.


def _convert(options: argparse.Namespace) -> int:
    from netstat_parse.command.convert import convert

    return convert(options)


def _run(options: argparse.Namespace) -> int:
    from netstat_parse.command.run import run

    return run(options)


def _list_dialects(options: argparse.Namespace) -> int:
    from netstat_parse.command.describe import list_dialects

    return list_dialects(options)


def _print_grammar(options: argparse.Namespace) -> int:
    from netstat_parse.command.describe import print_grammar

    return print_grammar(options)


class _Version(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="print the version")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from netstat_parse import __version__

        print(f"netstat-parse {__version__}")
        parser.exit()


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def _columns(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise ValueError(text)
    return names


def find_format(output: str | None, asked: str | None) -> str:
    """The format to write: the output's suffix tells, else what was asked for, else CSV."""
    if output is not None:
        name = output
        for compression in COMPRESSIONS:
            name = name.removesuffix(compression)
        suffix = os.path.splitext(name)[1].lower()
        if suffix in SUFFIXES:
            return SUFFIXES[suffix]
    return asked or "csv"


def check_columns(options: argparse.Namespace, form: str) -> None:
    """Raises UsageError where columns do not go with the format; UnknownColumnError for others."""
    if options.columns is None:
        return
    if form not in ("csv", "table"):
        raise UsageError(f"--columns is for csv and table, not for {form}")
    from netstat_parse.writing.columns import getters_of

    getters_of((c for c in options.columns if c != "all"), get_kind(options.table))
