"""The options of `pairs`, `diff`, `lifetimes`, `summary` and `report`."""

from __future__ import annotations

import argparse

from netstat_parse.command.input_options import add_input_options, add_where_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Commands = argparse._SubParsersAction[Any]

RECORD_FORMS = ("table", "csv", "json", "jsonl")


def add_analysis_commands(commands: Commands) -> None:
    """Adds the parsers of these commands."""
    pairs = commands.add_parser(
        "pairs",
        help="list each connection once, with both its ends",
        description="Lists each connection once, with what both its ends told. Each FILE is one "
        "host's: those of several may be given together.",
    )
    pairs.set_defaults(work=_pairs)
    _add_inputs(pairs)
    pairs.add_argument(
        "--tolerance",
        metavar="SECONDS",
        type=_seconds,
        default=60.0,
        help="how far apart the captures of one connection's hosts may be; default: %(default)s",
    )
    _add_udp(pairs)
    _add_output(pairs, RECORD_FORMS)

    diff = commands.add_parser(
        "diff",
        help="tell what changed between two captures, or in a log",
        description="Tells what changed between two captures, or between each two snapshots of a "
        "log. Exit status: 0, nothing changed; 1, something did; 2, trouble.",
    )
    diff.set_defaults(work=_diff)
    _add_inputs(diff)
    diff.add_argument("--listening", action="store_true", help="compare open ports alone")
    diff.add_argument("--exit-zero", action="store_true", help="exit with 0 also where it changed")
    _add_output(diff, RECORD_FORMS)

    lifetimes = commands.add_parser(
        "lifetimes",
        help="tell from when to when connections lived",
        description="Tells from when to when connections lived, as far as the log tells. The "
        "files are one system's log, in order.",
    )
    lifetimes.set_defaults(work=_lifetimes)
    _add_inputs(lifetimes)
    _add_each(lifetimes)
    _add_udp(lifetimes)
    _add_output(lifetimes, RECORD_FORMS)

    summary = commands.add_parser(
        "summary",
        help="count by state, port, program, remote address",
        description="Counts sockets by state, port, program, remote address and network: at the "
        "end, at most and when, and in all. The files are one system's log, in order.",
    )
    summary.set_defaults(work=_summary)
    _add_inputs(summary)
    _add_each(summary)
    summary.add_argument(
        "--top",
        metavar="N",
        type=_number,
        default=10,
        help="print the N highest of each kind; default: %(default)s",
    )
    _add_output(summary, ("table", "json", "jsonl"))

    report = commands.add_parser(
        "report",
        help="write a page for a browser that shows what happened",
        description="Writes one page of HTML that tells what happened in a log, and needs no "
        "network. The files are one system's log, in order.",
    )
    report.set_defaults(work=_report)
    _add_inputs(report)
    report.add_argument(
        "--top",
        metavar="N",
        type=_number,
        default=1000,
        help="list the N connections that were seen longest; default: %(default)s",
    )
    report.add_argument("-o", dest="output", metavar="OUT.html", help="default: standard output")

    sql = commands.add_parser(
        "sql",
        help="answer SQL over captures, by DuckDB",
        description="Answers SQL, by DuckDB (the extra [sql]). Tables: connections, unix_sockets, "
        "routes, interfaces, multicast_groups, listen_queues, statistics, other_tables, unparsed, "
        "listening, pairs, changes, lifetimes, services; in_cidr(local_address, '10.0.0.0/8') is "
        "true in that network. Without QUERY there is a prompt.",
    )
    sql.set_defaults(work=_sql)
    sql.add_argument("files", metavar="[QUERY] FILE", nargs="*", default=["-"])
    _add_inputs(sql, has_files=False)
    _add_each(sql)
    sql.add_argument("-o", dest="output", metavar="OUT", help="default: standard output")
    sql.add_argument(
        "--to",
        choices=("table", "csv", "json", "jsonl", "parquet"),
        help="default: by the suffix of OUT, else a table",
    )
    sql.add_argument("--save", metavar="FILE.duckdb", help="keep the database; it is replaced")


def _add_inputs(command: argparse.ArgumentParser, *, has_files: bool = True) -> None:
    add_input_options(command, has_files=has_files)
    add_where_options(command)


def _add_output(command: argparse.ArgumentParser, forms: tuple[str, ...]) -> None:
    command.add_argument("-o", dest="output", metavar="OUT", help="default: standard output")
    command.add_argument(
        "--to", choices=forms, help="default: by the suffix of OUT, else lines for people (table)"
    )
    if "csv" in forms:
        command.add_argument(
            "--spreadsheet-safe",
            action="store_true",
            help="put ' before texts that a spreadsheet would take for formulas",
        )


def _add_udp(command: argparse.ArgumentParser) -> None:
    command.add_argument("--udp", action="store_true", help="connected UDP sockets as well")


def _add_each(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--each", action="store_true", help="each FILE is a log of its own, as of several systems"
    )


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number of seconds, not {text!r}")
    return number


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise argparse.ArgumentTypeError(f"expected a whole number from 0 on, not {text!r}")
    return int(text)


# The modules of the commands are imported when they are asked for, as in options.py.


def _pairs(options: argparse.Namespace) -> int:
    from netstat_parse.command.pairs import list_pairs

    return list_pairs(options)


def _diff(options: argparse.Namespace) -> int:
    from netstat_parse.command.diff import diff

    return diff(options)


def _lifetimes(options: argparse.Namespace) -> int:
    from netstat_parse.command.lifetimes import list_lifetimes

    return list_lifetimes(options)


def _summary(options: argparse.Namespace) -> int:
    from netstat_parse.command.summary import summarize

    return summarize(options)


def _report(options: argparse.Namespace) -> int:
    from netstat_parse.command.report import report

    return report(options)


def _sql(options: argparse.Namespace) -> int:
    from netstat_parse.command.sql import sql

    return sql(options)
