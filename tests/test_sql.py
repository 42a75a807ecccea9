"""SQL over captures: the same rows as models have, the same answers as the analyses give."""

from __future__ import annotations

import ipaddress
import json
import os
import pty
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import pytest
from commands import BROKEN, GOOD, Command
from engine_rows import FIXTURES, SEEN, as_row, make_captures, read_all, rows_of_models
from hypothesis import given
from hypothesis import strategies as st

import netstat_parse as ns
from netstat_parse.analysis.services import find_name, find_ports
from netstat_parse.analysis.sockets import is_listening
from netstat_parse.engines.sql import Database
from netstat_parse.schema import Kind
from netstat_parse.writing.record_columns import CHANGE_COLUMNS, LIFETIME_COLUMNS, PAIR_COLUMNS

LOG = "Thu Jan  1 00:00:00 UTC 1970\n" + GOOD + "Thu Jan  1 00:01:00 UTC 1970\n"
LOG += "".join(line for line in GOOD.splitlines(keepends=True) if "LISTEN" not in line)


def ask(command: Command, query: str, *arguments: str | Path) -> list[dict[str, Any]]:
    result = command("sql", query, *arguments, "--to", "jsonl")
    assert result.status in (0, 1), result.err
    return [json.loads(line) for line in result.out.splitlines()]


@pytest.fixture(scope="module")
def captures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return make_captures(tmp_path_factory.mktemp("captures"))


@pytest.fixture(scope="module")
def snapshots(captures: list[Path]) -> list[ns.Snapshot]:
    return read_all(captures)


@pytest.mark.slow
@pytest.mark.parametrize("kind", SEEN, ids=lambda kind: kind.name)
def test_the_rows_are_those_of_models(
    kind: Kind, captures: list[Path], snapshots: list[ns.Snapshot], command: Command
) -> None:
    expected = rows_of_models(snapshots, kind)
    found = [as_row(row, kind) for row in ask(command, f"from {kind.name}", *captures)]
    assert expected
    assert found == expected


@pytest.mark.slow
def test_bad_files_are_named_and_counted(
    captures: list[Path], snapshots: list[ns.Snapshot], command: Command
) -> None:
    result = command("sql", "from unparsed", *captures, "--to", "jsonl")
    rows = [json.loads(line) for line in result.out.splitlines()]
    lines = [row for row in rows if row["number"] is not None and "none.log" not in row["source"]]
    assert len(lines) >= sum(len(snapshot.unparsed) for snapshot in snapshots) > 0
    reasons = {Path(row["source"]).name: row["reason"] for row in rows if row["number"] is None}
    assert "no netstat output" in reasons["none.log"]
    assert "cut.gz" in reasons
    assert result.status == 1
    assert "cut.gz" in result.err


def test_listening_is_what_the_analyses_mean(command: Command) -> None:
    paths = sorted(FIXTURES.glob("*/*.txt"))
    expected = sum(
        is_listening(row) for snapshot in read_all(paths) for row in snapshot.connections
    )
    assert ask(command, "select count(*) as n from listening", *paths) == [{"n": expected}]
    assert expected > 100


@pytest.mark.parametrize("name", ["pairs", "changes", "lifetimes"])
def test_analyses_give_the_same(name: str, command: Command, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(LOG)
    several: Any = list(ns.read_log("a.log"))
    columns: Any = {"pairs": PAIR_COLUMNS, "changes": CHANGE_COLUMNS, "lifetimes": LIFETIME_COLUMNS}
    expected = [
        {column: get(record) for column, get in columns[name].items()}
        for record in getattr(ns, name)(several)
    ]
    found = ask(command, f"from {name}", "a.log")
    assert len(found) == len(expected) > 0
    for row, texts in zip(found, expected, strict=True):
        for column, text in texts.items():
            value = row.get(f"{column}_local", row[column])
            if column.endswith("_port") and value is None:
                value = row[column.removesuffix("port") + "service"]
            value = "" if value is None else value
            assert (str(value).lower() if isinstance(value, bool) else str(value)) == text, column


def test_stamps_are_moments_where_there_is_a_zone(command: Command, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(LOG)
    (tmp_path / "b.log").write_text(LOG.replace(" UTC", ""))
    query = 'select distinct "at"::varchar as "at", at_local from changes'
    assert ask(command, query, "a.log") == [
        {"at": "1970-01-01 00:01:00+00", "at_local": "1970-01-01T00:01:00+00:00"}
    ]
    assert ask(command, query, "b.log") == [{"at": None, "at_local": "1970-01-01T00:01:00"}]


@pytest.fixture(scope="module")
def database() -> Database:
    database = Database()
    database.add_services()
    return database


ADDRESSES = st.one_of(
    st.ip_addresses().map(str),
    st.ip_addresses(v=6).map(lambda address: address.exploded),
    st.ip_addresses(v=4).map(lambda address: f"::ffff:{address}"),
    st.ip_addresses(v=6, network="fe80::/10").map(lambda address: f"{address}%eth0"),
    st.text("0123456789abcdef:.%*/g", max_size=20),
)


@given(ADDRESSES, st.ip_addresses(), st.integers(0, 128))
def test_in_cidr(database: Database, address: str, network: Any, bits: int) -> None:
    net = ipaddress.ip_network((network, bits % (network.max_prefixlen + 1)), strict=False)
    wide = (
        ipaddress.IPv6Network(f"::ffff:{net.network_address}/{net.prefixlen + 96}")
        if (net.version == 4)
        else net
    )
    expected: bool | None
    try:
        told = ipaddress.ip_address(address)
        number = int(told) + (0xFFFF << 32 if told.version == 4 else 0)
        expected = ipaddress.IPv6Address(number) in wide
    except ValueError:
        expected = None
    ((found,),) = database.connection.execute(
        "select in_cidr($1, $2)", [address, str(net)]
    ).fetchall()
    assert found is expected, (address, net)


@pytest.mark.parametrize("network", ["10.0.0.0/33", "x/8", "10.0.0.0/", "1/8", "fe80::/129", ""])
def test_what_is_no_network_is_an_error(database: Database, network: str) -> None:
    with pytest.raises(duckdb.Error, match="in_cidr: no network"):
        database.connection.execute("select in_cidr('10.0.0.1', $1)", [network]).fetchall()


def test_services(database: Database) -> None:
    rows = database.connection.execute("from services").fetchall()
    assert {port for port, _, name in rows if name == "https"} == find_ports("https") == {443}
    assert (53, "udp", find_name(53, "udp")) in rows


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("selec 1", "syntax error"),
        ("select x from connections", '"x" not found'),
        ("from nothing at all", "nothing"),
        ("from connections; from there", "there"),
        ("; ;", "no statement"),
    ],
)
def test_errors_of_sql(query: str, told: str, command: Command, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(GOOD)
    result = command("sql", query, "a.log", "-o", "out.csv")
    assert result.status == 2
    assert told in result.err
    assert [path.name for path in tmp_path.iterdir()] == ["a.log"]


@pytest.mark.parametrize(
    "query",
    [
        "select local_port from connections",
        "select c.local_port from connections c where state = 'LISTEN' or true",
        "select count(*) from connections",
        "select max(c) is not null as m, count(c) from connections as c",
        "select columns('local_.*') from connections",
        "select a.pid from connections a join connections b using (local_port, state)",
        "with a as (from connections) select state from a",
        "select Local_Port, STATE from Connections",
        "select count(*) as n from listening",
        "describe connections",
    ],
)
def test_only_what_is_named_is_read_and_it_changes_nothing(
    query: str, command: Command, tmp_path: Path
) -> None:
    (tmp_path / "a.log").write_text(GOOD)
    assert command("sql", "--save", "a.duckdb", "a.log").status == 0
    result = command("sql", query, "a.log", "--to", "csv")
    assert result.status == 0, result.err
    with duckdb.connect("a.duckdb") as whole:
        whole.execute(f"copy ({query}) to 'expected.csv' (format csv, header)")
    assert result.out == (tmp_path / "expected.csv").read_text()


def test_outputs(command: Command, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(BROKEN)
    query = "select state, count(*) as n from connections where state = 'LISTEN' group by all"
    result = command("sql", query, "a.log")
    assert result.status == 1
    header, row = result.out.splitlines()
    assert header.split() == ["state", "n"]
    state, count = row.split()
    assert state == "LISTEN"
    assert command("sql", query, "a.log", "-o", "o.csv.gz").status == 1
    assert command("sql", query, "a.log", "-o", "o.json").status == 1
    assert json.loads(Path("o.json").read_text()) == [{"state": "LISTEN", "n": int(count)}]
    assert command("sql", query, "a.log", "-o", "o.parquet").status == 1
    assert duckdb.sql("from 'o.parquet'").fetchall() == [("LISTEN", int(count))]
    assert command("sql", query, "a.log", "--to", "parquet").status == 2
    assert command("sql", query, "a.log", "-o", "a.log").status == 2
    assert command("sql", query, "none.log").status == 2
    assert command("sql", "a.log").status == 2  # there is no terminal to ask at


def test_what_could_steer_a_terminal_is_escaped(command: Command) -> None:
    result = command("sql", "select chr(27) || '[2J' as x from connections limit 1", stdin=GOOD)
    assert "\x1b" not in result.out
    assert "\\x1b[2J" in result.out


def test_the_database_is_kept_whole_or_not_at_all(command: Command, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(LOG)
    (tmp_path / "a.duckdb").write_text("old")
    assert command("sql", "from x", "a.log", "--save", "a.duckdb").status == 2
    assert (tmp_path / "a.duckdb").read_text() == "old"
    assert command("sql", "a.log", "--save", "a.duckdb").status == 0
    with duckdb.connect("a.duckdb", read_only=True) as kept:
        counts = {
            name: kept.execute(f"select count(*) from {name}").fetchall()[0][0]
            for name in ("connections", "listening", "pairs", "changes", "lifetimes", "services")
        }
        found = kept.execute("select in_cidr('10.0.0.1', '10.0.0.0/8')").fetchall()
    assert all(counts.values()), counts
    assert found == [(True,)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.duckdb", "a.log"]


@pytest.mark.slow
def test_a_kill_leaves_the_old_database(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(LOG * 20_000)
    (tmp_path / "a.duckdb").write_text("old")
    argv = [sys.executable, "-m", "netstat_parse", "sql", "from connections", "a.log"]
    process = subprocess.Popen([*argv, "--save", "a.duckdb", "-o", "o.parquet"], cwd=tmp_path)
    while not list(tmp_path.glob(".netstat-parse-*")) and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert (tmp_path / "a.duckdb").read_text() == "old"
    assert not (tmp_path / "o.parquet").exists()


@pytest.mark.slow
def test_the_prompt(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(GOOD)
    main, other = pty.openpty()
    argv = [sys.executable, "-m", "netstat_parse", "sql", "a.log"]
    process = subprocess.Popen(argv, cwd=tmp_path, stdin=other, stdout=other, stderr=other)
    os.close(other)
    typed = (
        (b"sql> ", b"select count(*) as answer\n"),
        (b"...> ", b"from connections;\n"),
        (b"sql> ", b"selec;\n"),
        (b"sql> ", b"\x04"),
    )
    shown = b""
    for prompt, line in typed:
        # What is typed before the prompt may be read in the terminal's other mode, without an end.
        before = len(shown)
        while prompt not in shown[before:]:
            shown += os.read(main, 4096)
        os.write(main, line)
    with suppress(OSError):  # the terminal is gone
        while data := os.read(main, 4096):
            shown += data
    count = len(ns.parse(GOOD).connections)
    assert f"answer\r\n{count}\r\n".encode() in shown
    assert b"syntax error" in shown
    assert process.wait() == 0
    os.close(main)
