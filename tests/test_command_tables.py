"""`netstat-parse convert`: which tables it writes, and which columns of them."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from commands import GOOD, HEADER, Command, Result
from printed import Row, linux_capture, macos_capture, text_of

GROUPS = (
    "IPv6/IPv4 Group Memberships\n"
    "Interface       RefCnt Group\n"
    "--------------- ------ ---------------------\n"
    "lo              1      224.0.0.1\n"
    "eth0            2      ff02::fb\n"
)

# Kinds of tables ----------------------------------------------------------------------------------


def test_groups_as_csv(command: Command) -> None:
    result = command("convert", "--table", "multicast_groups", stdin=GOOD + GROUPS)
    expected = "captured_at,interface,refcount,group\n,lo,1,224.0.0.1\n,eth0,2,ff02::fb\n"
    assert result == Result(0, expected, "")


def test_groups_with_all_columns(command: Command) -> None:
    options = ("--table", "multicast_groups", "--columns", "all")
    result = command("convert", *options, "-", stdin=GROUPS)
    _, row = csv.DictReader(io.StringIO(result.out))
    assert row == {
        "captured_at": "",
        "interface": "eth0",
        "refcount": "2",
        "group": "ff02::fb",
        "dialect": "linux",
        "address": "ff02::fb",
        "family": "ipv6",
        "link_address": "",
        "extra": "",
        "source": "-",
        "snapshot": "1",
    }


def test_groups_as_json_lines(command: Command) -> None:
    result = command("convert", "--table", "multicast_groups", "--to", "jsonl", stdin=GOOD + GROUPS)
    _, line = map(json.loads, result.out.splitlines())
    assert line == {
        "captured_at": None,
        "source": "-",
        "dialect": "linux",
        "interface": "eth0",
        "refcount": 2,
        "group": "ff02::fb",
        "address": "ff02::fb",
        "family": "ipv6",
        "link_address": None,
        "extra": {},
    }


def test_groups_as_a_table(command: Command) -> None:
    result = command("convert", "--table", "multicast_groups", "--to", "table", stdin=GROUPS)
    assert result.out == (
        "linux, 2 multicast groups\n"
        "interface  refcount  group\n"
        "lo         1         224.0.0.1\n"
        "eth0       2         ff02::fb\n"
    )


@pytest.mark.parametrize("table", ["internet", "unix", "multicast_groups"])
def test_a_table_that_is_not_there_is_empty(command: Command, table: str) -> None:
    """It is said. All lines were understood, so the exit status is 0."""
    text = GROUPS if table == "internet" else GOOD
    result = command("convert", "--table", table, stdin=text)
    there = "multicast groups" if table == "internet" else "connections"
    assert result.status == 0
    assert re.search(rf"no [a-zA-Z ]+ in the input; it has {there} \(--table ", result.err)
    assert len(result.out.splitlines()) == 1


def test_json_has_the_field_of_groups_where_there_are_some(command: Command) -> None:
    (with_groups,) = json.loads(command("convert", "--to", "json", stdin=GOOD + GROUPS).out)
    (without,) = json.loads(command("convert", "--to", "json", stdin=GOOD).out)
    assert list(with_groups) == [
        *("dialect", "captured_at", "connections", "unix_sockets", "multicast_groups"),
        *("unparsed", "notes", "source"),
    ]
    assert list(without) == [key for key in with_groups if key != "multicast_groups"]


# Columns ------------------------------------------------------------------------------------------


def test_columns_are_chosen(command: Command) -> None:
    result = command("convert", "--columns", "program, proto", stdin=GOOD)
    assert result == Result(0, "program,proto\nsshd,tcp\nsshd,tcp6\n", "")


def test_all_columns(command: Command) -> None:
    header = command("convert", "--columns", "all", stdin=GOOD).out.splitlines()[0]
    assert header.startswith(HEADER + ",")
    assert {"user", "inode", "timer", "source"} <= set(header.split(","))


def test_doubled_columns_are_doubled_but_for_all(command: Command) -> None:
    doubled = command("convert", "--columns", "proto,proto", stdin=GOOD)
    assert doubled == Result(0, "proto,proto\ntcp,tcp\ntcp6,tcp6\n", "")
    all_columns = command("convert", "--columns", "all", stdin=GOOD)
    assert command("convert", "--columns", "all,proto", stdin=GOOD) == all_columns


def test_columns_that_all_leaves_out_are_told_once(command: Command) -> None:
    """`all` is what the first snapshot's dialect has."""
    text = GOOD + 2 * text_of(macos_capture([Row(proto="tcp4")]))
    result = command("convert", "--columns", "all", stdin=text)
    assert result.status == 0
    (warning,) = result.err.splitlines()
    assert "rx_bytes" in warning


def test_spreadsheet_safe(command: Command) -> None:
    text = text_of(linux_capture([Row(program="=1+1")], "p"))
    assert command("convert", stdin=text).out.endswith(",=1+1\n")
    assert command("convert", "--spreadsheet-safe", stdin=text).out.endswith(",'=1+1\n")
