"""The options of the command line, with argparse."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from netstat_parse.command.analysis_options import add_analysis_commands
from netstat_parse.command.examples import add_examples
from netstat_parse.command.input_options import add_dialect, add_input_options, add_where_options
from netstat_parse.schema import KINDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn


class Parser(argparse.ArgumentParser):
    """A parser whose errors can't steer a terminal."""

    def error(self, message: str) -> NoReturn:
        """Says what is wrong with the arguments, and how they are given; exits with 2."""
        from netstat_parse.command.suggestions import suggest

        message += suggest(message, self)
        if not message.isprintable():
            from netstat_parse.writing.terminal import printable

            message = printable(message)
        super().error(message)


def make_parser() -> argparse.ArgumentParser:
    """The parser of the command line."""

    top = Parser(
        prog="netstat-parse", description="Turns what netstat prints into CSV, JSON and answers."
    )
    top.add_argument("--version", action=_Version)
    commands = top.add_subparsers(prog="netstat-parse", metavar="COMMAND", required=True)
    _add_convert(commands.add_parser("convert", help="convert saved netstat output"))
    _add_run(
        commands.add_parser(
            "run",
            help="run netstat here and convert what it prints",
            allow_abbrev=False,  # else argparse looks for abbreviations in the command's options
        )
    )
    _add_watch(
        commands.add_parser("watch", help="a live table of socket pairs", allow_abbrev=False)
    )
    add_analysis_commands(commands)
    dialects = commands.add_parser("dialects", help="list what is read, and how it is known")
    dialects.add_argument("--to", choices=("text", "json"), default="text")
    dialects.set_defaults(work=_list_dialects)
    grammar = commands.add_parser("grammar", help="print the grammar of a dialect")
    grammar.set_defaults(work=_print_grammar)
    grammar.add_argument("dialect", metavar="DIALECT")
    grammar.add_argument("-o", dest="output", metavar="FILE.html", help="draw it")
    completion = commands.add_parser("completion", help="print what completes words in a shell")
    completion.set_defaults(work=_print_completion, parser=top)
    completion.add_argument("shell", choices=("bash", "zsh", "tcsh"))
    add_examples(commands)
    return top


def _add_convert(command: argparse.ArgumentParser) -> None:
    command.set_defaults(work=_convert)
    add_input_options(command)
    _add_output_options(command)
    command.add_argument(
        "--jobs",
        metavar="N",
        type=_count,
        default=1,
        help="convert large files, and many files, in N processes; 0: one for each processor",
    )


def _add_watch(command: argparse.ArgumentParser) -> None:
    command.set_defaults(work=_watch)
    command.add_argument("--every", metavar="TIME", type=_duration, default=2.0, help="default: 2s")
    add_where_options(command)
    add_dialect(command)
    _add_command(command)


def _add_run(command: argparse.ArgumentParser) -> None:
    command.set_defaults(work=_run)
    _add_output_options(command)
    add_dialect(command)
    _add_every(command)
    _add_command(command)


def _add_command(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--timeout", metavar="SECONDS", type=_seconds, default=10.0, help="default: %(default)s"
    )
    # All that follows the command is its own, also what looks like an option.
    command.add_argument(
        "argv",
        metavar="COMMAND",
        nargs=argparse.REMAINDER,
        action=_Argv,
        help="with its own options, behind all options of this command; default: this system's "
        "netstat, for TCP connections",
    )


def _add_every(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--every",
        metavar="TIME",
        type=_duration,
        help="run it again and again, as in 10s, 1m; OUT then grows, and is never replaced",
    )
    command.add_argument("--count", metavar="N", type=_positive, help="end after N runs")
    command.add_argument(
        "--for", dest="duration", metavar="TIME", type=_duration, help="end after 30m, 8h, 1d"
    )


def _add_output_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("-o", dest="output", metavar="OUT", help="default: standard output")
    command.add_argument(
        "--to",
        choices=("csv", "json", "jsonl", "table", "parquet", "arrow"),
        help="default: by the suffix of OUT, else csv",
    )
    command.add_argument(
        "--columns", metavar="LIST", type=_columns, help="names with commas between them, or all"
    )
    command.add_argument(
        "--table",
        choices=tuple(kind.option for kind in KINDS),
        help="which rows CSV, JSON Lines and tables hold; default: internet, or what there is",
    )
    add_where_options(command)
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


def _watch(options: argparse.Namespace) -> int:
    from netstat_parse.command.watch import watch

    return watch(options)


def _list_dialects(options: argparse.Namespace) -> int:
    from netstat_parse.command.describe import list_dialects

    return list_dialects(options)


def _print_grammar(options: argparse.Namespace) -> int:
    from netstat_parse.command.describe import print_grammar

    return print_grammar(options)


def _print_completion(options: argparse.Namespace) -> int:
    from netstat_parse.command.completion import print_completion

    return print_completion(options)


class _Argv(argparse.Action):
    """The words of a command, with or without `--` before them."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        options: argparse.Namespace,
        words: Any,
        *_: object,
    ) -> None:
        options.argv = words[1:] if words[:1] == ["--"] else words
        if options.argv and not options.argv[0]:
            parser.error("the command is empty: leave it out to run netstat")


class _Version(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="print the version")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from netstat_parse import __version__

        print(f"netstat-parse {__version__}")
        parser.exit()


SECONDS = {"": 1, "ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


def _duration(text: str) -> float:
    """The seconds in `10s`, `1.5m`, `1h`, `1d`; a number alone is seconds."""
    number = text.rstrip("".join(SECONDS))
    unit = text[len(number) :]
    is_number = number.replace(".", "", 1).isdecimal() and number.isascii() and len(number) < 10
    if not is_number or unit not in SECONDS or not float(number):
        raise argparse.ArgumentTypeError(
            f"expected a time above 0, as in 500ms, 10s, 1m, 1h or 1d, not {text!r}"
        )
    return float(number) * SECONDS[unit]


def _positive(text: str) -> int:
    return _number(text, least=1)


def _count(text: str) -> int:
    return _number(text, least=0)


def _number(text: str, least: int) -> int:
    if not (text.isascii() and text.isdecimal() and least <= int(text) < 2**31):
        raise argparse.ArgumentTypeError(f"expected a whole number from {least} on, not {text!r}")
    return int(text)


def _columns(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise ValueError(text)
    return names


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"expected more than 0 seconds, not {text!r}")
    return number
