"""The options that tell what a command reads: its inputs, and which connections of them."""

from __future__ import annotations

import argparse

from netstat_parse.command.messages import UsageError
from netstat_parse.errors import TimestampFormatError, UnknownEncodingError
from netstat_parse.schema import CONNECTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.analysis.wanted import Wanted


def add_input_options(command: argparse.ArgumentParser, *, has_files: bool = True) -> None:
    """Adds the inputs of a command, and the options of reading them: see `command/inputs.py`."""
    if has_files:
        command.add_argument(
            "files",
            metavar="FILE",
            nargs="*",
            default=["-"],
            help="a file, compressed or not, a tar or zip archive, a folder, a URL; none, or -: "
            "standard input",
        )
    add_dialect(command)
    command.add_argument(
        "--encoding",
        metavar="NAME",
        type=_encoding,
        help="of texts in an old code page, such as cp866, cp850, gbk, shift_jis; default: UTF-8, "
        "or UTF-16 where the text shows it",
    )
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
        type=_timestamp_format,
        help="a strptime format of stamps in the log; may be given several times",
    )
    command.add_argument(
        "--uncut",
        action="store_true",
        help="netstat was told not to cut addresses (-W on Linux, -l on macOS)",
    )


def add_dialect(command: argparse.ArgumentParser) -> None:
    """Adds --dialect."""
    command.add_argument("--dialect", metavar="NAME", help="do not find the dialect by the header")


def add_where_options(command: argparse.ArgumentParser) -> None:
    """The options of every command that reads connections; `command.where` heeds them."""
    command.add_argument(
        "--where",
        metavar="EXPR",
        help="only these connections, in ss's language: 'state established and dport = :443'; "
        "also pid, program, proto, recv_q, send_q, and ~ for patterns",
    )
    command.add_argument(
        "--unknown",
        choices=("keep", "drop"),
        default="keep",
        help="what to do with connections of which netstat does not tell what --where asks; "
        "default: %(default)s",
    )


def find_wanted(options: argparse.Namespace) -> Wanted | None:
    """What `--where` asks for; None without it.

    Raises WhereError if it can't be understood; UsageError if other rows are asked for.
    """
    if getattr(options, "where", None) is None:
        return None
    if getattr(options, "table", None) not in (None, CONNECTIONS.option):
        raise UsageError(f"--where is for connections, not for --table {options.table}")
    from netstat_parse.analysis.wanted import Wanted

    return Wanted(options.where, keeps_unknown=options.unknown == "keep")


def _timestamp_format(text: str) -> str:
    from netstat_parse.reading.custom_stamps import check_format

    try:
        check_format(text)
    except TimestampFormatError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def _encoding(text: str) -> str:
    from netstat_parse.reading.sources import check_encoding

    try:
        check_encoding(text)
    except UnknownEncodingError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text
