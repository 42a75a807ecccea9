"""Wine's netstat.exe, its real output in every language that it has, real sockets.

It prints as Windows does, in the code page of a console, but no listeners, and no pids. Its
languages are those of locales that are made for the test.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import netstat_parse as ns

pytestmark = pytest.mark.slow

LOCALES = (
    *("cs_CZ", "de_DE", "en_US", "es_ES", "fi_FI", "fr_FR", "hu_HU", "it_IT", "ja_JP", "ko_KR"),
    *("lt_LT", "nb_NO", "nl_NL", "pl_PL", "pt_BR", "ro_RO", "ru_RU", "sv_SE", "tr_TR", "uk_UA"),
    *("zh_CN", "zh_TW"),
)


@pytest.fixture(scope="module")
def wine(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a Windows of its own."""
    home = tmp_path_factory.mktemp("wine")
    environment = os.environ | {
        "WINEPREFIX": str(home / "prefix"),
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe=d",
        "LOCPATH": str(home),
        "DISPLAY": "",
    }
    subprocess.run(["wine", "wineboot", "-i"], env=environment, check=True, timeout=300)
    return environment


@pytest.fixture(scope="module")
def pairs() -> Iterator[set[tuple[int, int]]]:
    """The ports of connections that are open meanwhile, both ends of each."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        found = set()
        for _ in range(5):
            client = stack.enter_context(socket.create_connection(listener.getsockname()))
            server, _ = listener.accept()
            stack.enter_context(server)
            here, there = client.getsockname()[1], listener.getsockname()[1]
            found |= {(here, there), (there, here)}
        yield found


def netstat(wine: dict[str, str], locale: str, option: str, path: Path) -> bytes:
    """What it prints with this option, which then stands in the file as well."""
    made = Path(wine["LOCPATH"]) / f"{locale}.UTF-8"
    if not made.exists():
        command = ["localedef", "-i", locale, "-f", "UTF-8", str(made)]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    environment = wine | {"LC_ALL": made.name, "LANG": made.name}
    command = ["wine", "netstat.exe", option]
    run = subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)
    path.write_bytes(run.stdout)
    return run.stdout


@pytest.mark.parametrize("locale", LOCALES)
def test_every_connection_is_right(
    wine: dict[str, str], pairs: set[tuple[int, int]], locale: str, tmp_path: Path
) -> None:
    printed = netstat(wine, locale, "-an", tmp_path / "netstat.txt")
    (found,) = ns.read_log(tmp_path / "netstat.txt", strict=True)
    rows = re.findall(rb"^ +(TCP|UDP) +(\S+):(\d+) +(\S+):(\d+|\*)(?: +(\w+))?\r?$", printed, re.M)
    assert (
        len(found.connections) == len(rows) == len(re.findall(rb"^ +(?:TCP|UDP) ", printed, re.M))
    )
    for connection, row in zip(found.connections, rows, strict=True):
        proto, local, local_port, foreign, foreign_port, state = (text.decode() for text in row)
        assert connection.proto == proto
        assert (str(connection.local.address), connection.local.port) == (local, int(local_port))
        assert connection.foreign.host == foreign
        assert str(connection.foreign.port or "*") == foreign_port
        assert (connection.state.name if connection.state else "") == state
    established = {
        (connection.local.port, connection.foreign.port)
        for connection in found.connections
        if connection.state is ns.TcpState.ESTABLISHED
    }
    assert pairs <= established


@pytest.mark.parametrize("option", ["-s", "-e"])
@pytest.mark.parametrize("locale", LOCALES)
def test_every_counter_is_right(
    wine: dict[str, str], locale: str, option: str, tmp_path: Path
) -> None:
    printed = netstat(wine, locale, option, tmp_path / "netstat.txt")
    (found,) = ns.read_log(tmp_path / "netstat.txt", strict=True)
    lines = re.findall(rb"^.*\S +(?:= )?\d+\r?$", printed, re.M)
    values = [tuple(map(int, re.findall(rb"(?<= )\d+(?!\S)", line))) for line in lines]
    assert [statistic.values for statistic in found.statistics] == values
    assert len({statistic.section for statistic in found.statistics}) == (
        2 if option == "-s" else 1
    )
