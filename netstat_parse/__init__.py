"""Turns what netstat prints into validated pydantic models.

The public names are listed in `__all__`. They are imported when they are first used, so that the
command line starts without what it does not need.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from netstat_parse.errors import (
        CommandError,
        CommandFailedError,
        CommandKilledError,
        CommandNotFoundError,
        CommandOutputError,
        CommandTimeoutError,
        InputError,
        MissingExtraError,
        NetstatError,
        NotNetstatError,
        OutputError,
        OutputTooLargeError,
        ParseError,
        SeveralSnapshotsError,
        UnknownColumnError,
        UnknownDialectError,
    )
    from netstat_parse.lines import LineKind
    from netstat_parse.logs import read_log
    from netstat_parse.models import (
        Connection,
        Endpoint,
        FreebsdConnection,
        LinuxConnection,
        MacosConnection,
        Process,
        Snapshot,
        TcpState,
        Timer,
        UnixSocket,
        UnparsedLine,
        WindowsConnection,
    )
    from netstat_parse.reader import SnapshotReader, iter_snapshots, parse
    from netstat_parse.runner import run
    from netstat_parse.writers import write_csv, write_json, write_jsonl

__version__ = "0.1.0"

_HOMES = {
    "errors": (
        "CommandError",
        "CommandFailedError",
        "CommandKilledError",
        "CommandNotFoundError",
        "CommandOutputError",
        "CommandTimeoutError",
        "InputError",
        "NetstatError",
        "NotNetstatError",
        "OutputError",
        "OutputTooLargeError",
        "ParseError",
        "MissingExtraError",
        "SeveralSnapshotsError",
        "UnknownColumnError",
        "UnknownDialectError",
    ),
    "lines": ("LineKind",),
    "logs": ("read_log",),
    "models": (
        "Connection",
        "Endpoint",
        "FreebsdConnection",
        "LinuxConnection",
        "MacosConnection",
        "Process",
        "Snapshot",
        "TcpState",
        "Timer",
        "UnixSocket",
        "UnparsedLine",
        "WindowsConnection",
    ),
    "reader": ("SnapshotReader", "iter_snapshots", "parse"),
    "runner": ("run",),
    "writers": ("write_csv", "write_json", "write_jsonl"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "CommandError",
    "CommandFailedError",
    "CommandKilledError",
    "CommandNotFoundError",
    "CommandOutputError",
    "CommandTimeoutError",
    "Connection",
    "Endpoint",
    "FreebsdConnection",
    "InputError",
    "LineKind",
    "LinuxConnection",
    "MacosConnection",
    "MissingExtraError",
    "NetstatError",
    "NotNetstatError",
    "OutputError",
    "OutputTooLargeError",
    "ParseError",
    "Process",
    "SeveralSnapshotsError",
    "Snapshot",
    "SnapshotReader",
    "TcpState",
    "Timer",
    "UnixSocket",
    "UnknownColumnError",
    "UnknownDialectError",
    "UnparsedLine",
    "WindowsConnection",
    "iter_snapshots",
    "parse",
    "read_log",
    "run",
    "write_csv",
    "write_json",
    "write_jsonl",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
