"""Turns what netstat prints into validated pydantic models.

The public names are imported when they are first used, so that the command line starts without what
it does not need. `__init__.pyi` states them for type checkers and editors.
"""

from importlib import import_module

__version__ = "1.0.0"

_HOMES = {
    "analysis.changes": ("Change", "changes"),
    "analysis.lifetimes": ("Lifetime", "QueuesAndBytes", "StateSpan", "lifetimes"),
    "analysis.pairs": ("SocketEnd", "SocketPair", "pairs"),
    "analysis.summary": ("summary",),
    "analysis.summary_models": ("Count", "ListeningSocket", "Moment", "StandingQueue", "Summary"),
    "analysis.where": ("where",),
    "errors": (
        "CommandError",
        "CommandFailedError",
        "CommandKilledError",
        "CommandNotFoundError",
        "CommandOutputError",
        "CommandTimeoutError",
        "InputError",
        "MissingExtraError",
        "NetstatError",
        "NotNetstatError",
        "OutputError",
        "OutputTooLargeError",
        "ParseError",
        "SeveralSnapshotsError",
        "TimestampFormatError",
        "UnknownColumnError",
        "UnknownDialectError",
        "UnknownEncodingError",
        "WhereError",
    ),
    "models": (
        "AixConnection",
        "BsdConnection",
        "Connection",
        "Endpoint",
        "FreebsdConnection",
        "Interface",
        "LinuxConnection",
        "ListenQueue",
        "MacosConnection",
        "MulticastGroup",
        "OtherTable",
        "Process",
        "Route",
        "Snapshot",
        "SolarisConnection",
        "Statistic",
        "TcpState",
        "Timer",
        "SocketCounters",
        "UnixSocket",
        "UnparsedLine",
        "WindowsConnection",
    ),
    "reading.account": ("LineKind",),
    "runner": ("run",),
    "scans": ("Scan", "scan"),
    "snapshots": ("SnapshotReader", "iter_snapshots", "parse", "read_log"),
    "watcher": ("watch",),
    "writing.text": ("write_csv", "write_json", "write_jsonl"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
