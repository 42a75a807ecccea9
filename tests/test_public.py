"""The public names: at run time, in the stub for type checkers, and for `import *`."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, assert_type

import pytest

import netstat_parse
from netstat_parse import *  # noqa: F403

NAMES = {
    *("CommandError", "CommandFailedError", "CommandKilledError", "CommandNotFoundError"),
    *("CommandOutputError", "CommandTimeoutError", "InputError", "MissingExtraError"),
    *("NetstatError", "NotNetstatError", "OutputError", "OutputTooLargeError", "ParseError"),
    *("SeveralSnapshotsError", "UnknownColumnError", "UnknownDialectError"),
    *("TimestampFormatError", "UnknownEncodingError"),
    "WhereError",
    *("Connection", "Endpoint", "FreebsdConnection", "LinuxConnection", "MacosConnection"),
    *("Interface", "ListenQueue", "MulticastGroup", "OtherTable", "Process", "Route"),
    *(
        "AixConnection",
        "BsdConnection",
        "Snapshot",
        "SocketCounters",
        "SolarisConnection",
        "Statistic",
        "TcpState",
        "Timer",
        "UnixSocket",
    ),
    *("UnparsedLine", "WindowsConnection"),
    *("LineKind", "SnapshotReader", "iter_snapshots", "parse", "read_log", "run"),
    *("Scan", "scan", "watch", "where"),
    *("write_csv", "write_json", "write_jsonl"),
    *("Change", "Lifetime", "QueuesAndBytes", "SocketEnd", "SocketPair", "StateSpan"),
    *("Count", "ListeningSocket", "Moment", "StandingQueue", "Summary"),
    *("changes", "lifetimes", "pairs", "summary"),
}
PACKAGE = Path(netstat_parse.__file__).parent


def test_the_public_names() -> None:
    assert len(netstat_parse.__all__) == len(set(netstat_parse.__all__))
    assert set(netstat_parse.__all__) == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_public_name_is_there_and_documented(name: str) -> None:
    value = getattr(netstat_parse, name)
    assert value.__name__ == name
    assert value.__doc__
    assert globals()[name] is value
    assert name in dir(netstat_parse)


def test_other_names_are_not_there() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        netstat_parse.no_such_name  # type: ignore[attr-defined]  # noqa: B018


def imports_of_the_stub() -> Iterator[tuple[str, str, str | None]]:
    """(module, name, the name that it is given) of each import in the stub."""
    for node in ast.parse((PACKAGE / "__init__.pyi").read_text()).body:
        if isinstance(node, ast.ImportFrom):
            for name in node.names:
                yield node.module or "", name.name, name.asname


def test_the_stub_has_the_same_names_from_the_same_places() -> None:
    """Only a name that is given the name that it has is public in a stub (PEP 484)."""
    found = list(imports_of_the_stub())
    assert sorted(name for _, name, _ in found) == sorted(NAMES)
    for module, name, given in found:
        assert given == name
        assert getattr(import_module(module), name) is getattr(netstat_parse, name)


def test_a_package_that_is_installed_has_the_stub() -> None:
    assert (PACKAGE / "py.typed").exists()
    assert (PACKAGE / "__init__.pyi").exists()


def test_to_import_the_package_imports_nothing_else() -> None:
    code = "import netstat_parse, sys; print(*(m for m in sys.modules if 'netstat_parse.' in m))"
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "\n"


if TYPE_CHECKING:
    # What mypy makes of it: without the stub all of these would be `object`.
    from datetime import datetime
    from io import StringIO

    snapshot = netstat_parse.parse("")
    assert_type(snapshot, netstat_parse.Snapshot)
    assert_type(snapshot.captured_at, datetime | None)
    assert_type(snapshot.multicast_groups, tuple[netstat_parse.MulticastGroup, ...])
    assert_type(netstat_parse.run(), netstat_parse.Snapshot)
    assert_type(netstat_parse.iter_snapshots([]), Iterator[netstat_parse.Snapshot])
    assert_type(netstat_parse.read_log(Path()), Iterator[netstat_parse.Snapshot])
    assert_type(netstat_parse.SnapshotReader().counts, dict[netstat_parse.LineKind, int])
    assert_type(netstat_parse.scan("night.log"), netstat_parse.Scan)
    netstat_parse.write_csv([snapshot], StringIO(), table="multicast_groups")
    netstat_parse.parse(b"")  # type: ignore[arg-type]
