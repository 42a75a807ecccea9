"""The command line: `netstat-parse convert`, `run`, `dialects`, `grammar`.

Exit status: 0, every line was understood; 1, some lines were not; 2, nothing could be read.
"""

from __future__ import annotations

import argparse
import gc
import os
import signal
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial

from netstat_parse.errors import InputError, NetstatError, NotNetstatError, ParseError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn, TextIO

    from netstat_parse.files import RawBatch
    from netstat_parse.models import Snapshot
    from netstat_parse.terminal import Progress

UNDERSTOOD, PARTLY, NOTHING = 0, 1, 2
INTERRUPTED = 128 + signal.SIGINT
"""As a shell says it; when another signal ends the work, its number takes SIGINT's place."""

OBJECTS_AT_ONCE = 100_000
"""So many more objects than before may be there when the cyclic garbage collector runs."""

SUFFIXES = {".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".txt": "table"}
COMPRESSIONS = (".gz", ".bz2", ".xz")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line; gives its exit status."""
    try:
        options = parser().parse_args(arguments)
        with _ended_by("SIGTERM", "SIGHUP"):
            status: int = options.work(options)
    except BrokenPipeError:
        # Nobody reads on. Python's own flush of standard output at exit must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNDERSTOOD
    except _EndedError as ended:
        complain(f"ended by {signal.Signals(ended.number).name}")
        return 128 + ended.number
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    except _NothingReadError:
        return NOTHING
    except NetstatError as error:
        complain(str(error))
        return PARTLY if isinstance(error, _StrictError) else NOTHING
    return status


def command() -> NoReturn:
    """The installed command: `main` in a process of its own."""
    # What is made here is hardly ever garbage in a cycle.
    gc.set_threshold(OBJECTS_AT_ONCE)
    status = main()
    with suppress(OSError, ValueError, AttributeError):  # Python's own end tells of a closed output
        sys.stdout.flush()
        sys.stderr.flush()
        # All files are closed. To free every object would take as long as reading many snapshots.
        os._exit(status)
    sys.exit(status)


class _EndedError(KeyboardInterrupt):
    """A signal has come that ends the work as Ctrl-C does."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


@contextmanager
def _ended_by(*names: str) -> Iterator[None]:
    """Lets signals end the block with an exception, so that nothing half done is left behind."""

    def end(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_IGN)  # a second one must not come between the clearing up
        raise _EndedError(number)

    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before: dict[int, Any] = {}
    try:
        with suppress(ValueError):  # not in the main thread, where Python takes no signals
            for number in numbers:
                if signal.getsignal(number) == signal.SIG_DFL:  # nohup ignores SIGHUP
                    before[number] = signal.signal(number, end)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    top = _CommandParser(
        prog="netstat-parse",
        description="Turns what netstat prints into CSV and JSON.",
    )
    top.add_argument("--version", action=_Version)
    commands = top.add_subparsers(
        prog="netstat-parse",
        metavar="COMMAND",
        required=True,
        parser_class=_CommandParser,
    )

    convert_parser = commands.add_parser("convert", help="convert saved netstat output")
    convert_parser.set_defaults(work=convert)
    convert_parser.add_argument(
        "files", metavar="FILE", nargs="*", default=["-"], help="none, or -: standard input"
    )
    _add_output_options(convert_parser)
    convert_parser.add_argument(
        "--strict", action="store_true", help="stop at the first line that is not understood"
    )
    convert_parser.add_argument(
        "--rejects", metavar="FILE", help="write the lines that are not understood, as CSV"
    )
    convert_parser.add_argument(
        "--timestamp-format",
        metavar="FORMAT",
        action="append",
        default=[],
        help="a strptime format of stamps in the log; may be given several times",
    )
    convert_parser.add_argument(
        "--uncut",
        action="store_true",
        help="netstat was told not to cut addresses (-W on Linux, -l on macOS)",
    )
    convert_parser.add_argument(
        "--jobs", metavar="N", type=_positive, default=1, help="convert large files in N processes"
    )

    run_parser = commands.add_parser("run", help="run netstat here and convert what it prints")
    run_parser.set_defaults(work=run)
    _add_output_options(run_parser)
    run_parser.add_argument(
        "--timeout", metavar="SECONDS", type=float, default=10.0, help="default: %(default)s"
    )
    run_parser.add_argument("argv", metavar="COMMAND", nargs="*", help="default: this system's")

    dialects_parser = commands.add_parser("dialects", help="list the dialects that are known")
    dialects_parser.set_defaults(work=list_dialects)

    grammar_parser = commands.add_parser("grammar", help="print the grammar of a dialect")
    grammar_parser.set_defaults(work=print_grammar)
    grammar_parser.add_argument("dialect", metavar="DIALECT")
    grammar_parser.add_argument("-o", dest="output", metavar="FILE.html", help="draw it")
    return top


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
        choices=("internet", "unix"),
        default="internet",
        help="which rows CSV, JSON Lines and tables hold; default: %(default)s",
    )
    command.add_argument("--dialect", metavar="NAME", help="do not find the dialect by the header")
    command.add_argument(
        "--spreadsheet-safe",
        action="store_true",
        help="put ' before texts that a spreadsheet would take for formulas",
    )


class _HelpFormatter(argparse.HelpFormatter):
    """Knows the terminal's width without shutil, which takes as long to import as all the rest.

    argparse makes a formatter for each argument, whether help is asked for or not.
    """

    def __init__(self, prog: str) -> None:
        width = os.environ.get("COLUMNS", "")
        with suppress(OSError):
            width = width or str(os.get_terminal_size(1).columns)
        super().__init__(prog, width=(int(width) if width.isdecimal() and int(width) else 80) - 2)


class _CommandParser(argparse.ArgumentParser):
    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=_HelpFormatter, **options)


class _Version(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="print the version")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from netstat_parse import __version__

        print(f"netstat-parse {__version__}")
        parser.exit()


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _columns(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise ValueError(text)
    return names


def complain(message: str) -> None:
    """Says it on standard error."""
    print(f"netstat-parse: {message}", file=sys.stderr, flush=True)


def format_of(output: str | None, asked: str | None) -> str:
    """The format to write: the output's suffix tells, else what was asked for, else CSV."""
    if output is not None:
        name = output
        for compression in COMPRESSIONS:
            name = name.removesuffix(compression)
        suffix = os.path.splitext(name)[1].lower()
        if suffix in SUFFIXES:
            return SUFFIXES[suffix]
    return asked or "csv"


class _NothingReadError(NetstatError):
    """Every input failed, and was complained of; what was written must not be kept."""


class _UsageError(NetstatError):
    """The options contradict each other."""


class _StrictError(NetstatError):
    """A line was not understood, and --strict was given."""


class _Source:
    """An input that is being read, and the progress that is shown of it."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._progress: Progress | None = None
        self.is_live = False
        self.is_damaged = False

    def batches(self) -> Iterator[RawBatch]:
        """The input's lines, up to where it is damaged.

        Raises InputError if not even the first could be read.
        """
        from netstat_parse.files import open_input, raw_batches

        with open_input(self._path) as file:
            status = os.fstat(file.fileno())
            self.is_live = not stat.S_ISREG(status.st_mode)
            if sys.stderr.isatty():
                from netstat_parse.terminal import Progress

                self._progress = Progress(self._path, 0 if self.is_live else status.st_size)
            on_bytes = self._progress.advance if self._progress else None
            has_begun = False
            try:
                for batch in raw_batches(file, on_bytes=on_bytes):
                    has_begun = True
                    yield batch
            except InputError as error:
                if not has_begun:
                    raise
                self.fail(error)

    def fail(self, error: InputError) -> None:
        """It can't be read further; what was read of it counts."""
        complain(str(error))
        self.is_damaged = True

    def found(self, snapshots: int) -> None:
        """So many snapshots were found until now."""
        if self._progress is not None:
            self._progress.show(snapshots)

    def close(self) -> None:
        """No progress is shown any more."""
        if self._progress is not None:
            self._progress.close()


class _Tally:
    """What was read, and what was not understood.

    The first line that was not understood is complained of; `rejects` takes them all.
    """

    def __init__(self, rejects: TextIO | None) -> None:
        self.source = ""
        self.read = 0
        self._unparsed = 0
        self._failed = 0
        self._rejects = rejects
        if rejects is not None:
            rejects.write("source,number,reason,text\n")

    @contextmanager
    def following(self, path: str) -> Iterator[_Source]:
        """Counts an input as read or failed; the block reads it to its end."""
        source = _Source(path)
        try:
            yield source
        except (InputError, NotNetstatError) as error:
            self._failed += 1
            complain(f"{path}: {error.expected}" if isinstance(error, ParseError) else str(error))
        except ParseError as error:
            raise _StrictError(f"{path}: {error}") from error
        else:
            self.read += 1
            self._failed += source.is_damaged
        finally:
            source.close()

    def add_unparsed(self, number: int, text: str, reason: str) -> None:
        """Takes a line that was not understood."""
        self._unparsed += 1
        if self._unparsed == 1:
            shown = text if len(text) <= 200 else text[:200] + "…"
            complain(f"{self.source}: line {number}, {reason}: {shown!r}")
        if self._rejects is not None:
            from netstat_parse.writers import quoted

            row = (quoted(self.source), str(number), quoted(reason), quoted(text))
            self._rejects.write(",".join(row) + "\n")

    def add_note(self, text: str) -> None:
        """A note has no place in CSV or JSON Lines."""

    def add_snapshot(self, snapshot: Snapshot) -> None:
        """Takes a snapshot's lines that were not understood."""
        for line in snapshot.unparsed:
            self.add_unparsed(line.number, line.text, line.reason)

    def status(self) -> int:
        """The exit status; raises _NothingReadError if there was nothing to write."""
        if self._unparsed > 1:
            complain(f"{self._unparsed} lines were not understood")
        if not self.read:
            raise _NothingReadError
        return PARTLY if self._unparsed or self._failed else UNDERSTOOD


def convert(options: argparse.Namespace) -> int:
    """`netstat-parse convert`."""
    from netstat_parse.files import open_output

    form = format_of(options.output, options.to)
    _check_columns(options, form)
    with ExitStack() as stack:
        rejects = options.rejects and stack.enter_context(open_output(options.rejects))
        out = stack.enter_context(open_output(options.output))
        tally = _Tally(rejects)
        if form in ("csv", "jsonl"):
            _convert_rows(options, form, out, tally)
        else:
            _write_snapshots(options, form, out, _snapshots(options, tally))
        return tally.status()


def _check_columns(options: argparse.Namespace, form: str) -> None:
    if options.columns is None:
        return
    if form not in ("csv", "table"):
        raise _UsageError(f"--columns is for csv and table, not for {form}")
    from netstat_parse.columns import getters_of

    getters_of((c for c in options.columns if c != "all"), options.table)


def _convert_rows(options: argparse.Namespace, form: str, out: TextIO, tally: _Tally) -> None:
    """CSV and JSON Lines: rows are written as they are found, in bounded memory."""
    from netstat_parse.files import binary
    from netstat_parse.lines import LineReader
    from netstat_parse.writers import CsvSink, JsonLinesSink

    is_split = options.jobs > 1 and not options.strict
    file: Any = binary(out)
    if is_split:
        from netstat_parse import jobs

        file = jobs.Outlet(file)
    sink: CsvSink | JsonLinesSink
    if form == "csv":
        sink = CsvSink(
            file,
            tally.add_unparsed,
            tally.add_note,
            table=options.table,
            columns=options.columns,
            spreadsheet_safe=options.spreadsheet_safe,
            on_warning=complain,
        )
    else:
        sink = JsonLinesSink(file, tally.add_unparsed, tally.add_note, table=options.table)
    new_reader = partial(LineReader, sink, **_reader_options(options))
    for path in options.files:
        tally.source = sink.source = path
        reader = new_reader()
        with tally.following(path) as source:
            if is_split:
                splitter = jobs.Splitter(options.jobs, new_reader, sink, file)
                if splitter.convert(
                    path, source.fail, knows_header="all" not in (options.columns or ())
                ):
                    continue
            for batch in source.batches():
                reader.feed_lines(batch.lines, terminated=batch.terminated)
                batch.lines.clear()  # so the next ones take the same memory, which is near
                source.found(reader.snapshots)
                if source.is_live:
                    out.flush()
            reader.close()
    if tally.read:
        sink.close()


def _snapshots(options: argparse.Namespace, tally: _Tally) -> Iterator[Snapshot]:
    """The snapshots of all inputs, one after another."""
    from netstat_parse.files import decoded
    from netstat_parse.reader import SnapshotReader

    for path in options.files:
        tally.source = path
        reader = SnapshotReader(**_reader_options(options))
        found = 0
        with tally.following(path) as source:
            for batch in map(decoded, source.batches()):
                for snapshot in reader.feed_lines(batch.lines, terminated=batch.terminated):
                    found += 1
                    tally.add_snapshot(snapshot)
                    yield snapshot
                source.found(found)
            for snapshot in reader.close():
                tally.add_snapshot(snapshot)
                yield snapshot
    if not tally.read:
        tally.status()


def _reader_options(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "dialect": options.dialect,
        "strict": options.strict,
        "uncut": options.uncut,
        "timestamp_formats": options.timestamp_format,
    }


def _write_snapshots(
    options: argparse.Namespace, form: str, out: TextIO, snapshots: Iterable[Snapshot]
) -> None:
    from netstat_parse import terminal, writers

    if form == "csv":
        writers.write_csv(
            snapshots,
            out,
            table=options.table,
            columns=options.columns,
            spreadsheet_safe=options.spreadsheet_safe,
        )
    elif form == "jsonl":
        writers.write_jsonl(snapshots, out, table=options.table)
    elif form == "json":
        writers.write_json(snapshots, out)
    else:
        terminal.write_tables(snapshots, out, table=options.table, columns=options.columns)


def run(options: argparse.Namespace) -> int:
    """`netstat-parse run`."""
    from netstat_parse.files import open_output
    from netstat_parse.runner import run as run_netstat

    form = format_of(options.output, options.to)
    _check_columns(options, form)
    snapshot = run_netstat(options.argv or None, timeout=options.timeout, dialect=options.dialect)
    for note in snapshot.notes:
        complain(note)
    with open_output(options.output) as out:
        _write_snapshots(options, form, out, [snapshot])
    return UNDERSTOOD


def list_dialects(options: argparse.Namespace) -> int:
    """`netstat-parse dialects`."""
    from netstat_parse.files import open_output
    from netstat_parse.grammar.dialects import all_dialects

    commands: dict[str, list[str]] = {}
    for dialect in all_dialects():
        commands.setdefault(dialect.name, []).extend(dialect.commands)
    with open_output(None) as out:
        for name, printed_by in commands.items():
            out.write(f"{name:10} {', '.join(dict.fromkeys(printed_by))}\n")
    return UNDERSTOOD


def print_grammar(options: argparse.Namespace) -> int:
    """`netstat-parse grammar DIALECT`."""
    from netstat_parse.files import open_output
    from netstat_parse.grammar import words

    text = words.drawn(options.dialect) if options.output else words.described(options.dialect)
    with open_output(options.output) as out:
        out.write(text)
    return UNDERSTOOD
