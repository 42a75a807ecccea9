"""Dialects and their tables: what a header announces, and what each table gives as an example."""

from __future__ import annotations

import pytest
from pyparsing import And

import netstat_parse as ns
from netstat_parse import models
from netstat_parse.dialects.registry import all_dialects, get_dialect, get_spec, read_header
from netstat_parse.grammar.dialect import (
    CellContext,
    Dialect,
    TableSpec,
    columns_of,
    make_layout,
    nameless,
    read_titles,
    row_grammar,
)
from netstat_parse.grammar.tokens import word
from netstat_parse.grammar.truncation import AddressLimits

MACOS_HEADER = (
    "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)      newest"
)

# Headers ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def linux() -> TableSpec:
    return get_dialect("linux").tables[0]


TITLES = ("Proto", "Recv-Q", "Send-Q", "Local Address", "Foreign Address", "State")


@pytest.mark.parametrize(
    ("header", "titles"),
    [
        ("  ".join(TITLES), TITLES),
        ("\t".join(TITLES), TITLES),
        ("  ".join((*TITLES, "PID/Program name")), (*TITLES, "PID/Program name")),
        ("  ".join((*TITLES, "Since", "Inode")), (*TITLES, "Since", "Inode")),
        ("  ".join((*TITLES, "Program name")), (*TITLES, "Program", "name")),
        ("  ".join((*TITLES, "Stateless")), (*TITLES, "Stateless")),
        ("  ".join(TITLES[:-1]), None),
        ("  ".join(TITLES[::-1]), None),
        ("  ".join((*TITLES, "State")), None),
        ("  ".join((*TITLES, "Since", "Since")), None),
        ("  ".join(("Since", *TITLES)), None),
        ("  ".join(TITLES).replace("Address", "address"), None),
        ("", None),
    ],
    ids=str,
)
def test_the_titles_of_a_header(
    linux: TableSpec, header: str, titles: tuple[str, ...] | None
) -> None:
    assert read_titles(linux, header) == titles


def test_an_unknown_column_is_kept_by_its_title() -> None:
    layout = read_header(MACOS_HEADER)
    assert layout is not None
    assert layout.extra == (("extra_6", "newest"),)
    spec = get_spec(layout)
    grammar = row_grammar(spec, spec.row_kinds[0], MACOS_HEADER)
    row = "tcp4       0      0  192.0.2.1.22           198.51.100.7.443       ESTABLISHED     17"
    assert grammar.parse_string(row)["extra_6"] == "17"
    (connection,) = ns.parse(f"{MACOS_HEADER}\n{row}\n").connections
    assert connection.extra == {"newest": "17"}


def test_the_columns_are_in_the_order_of_the_header(linux: TableSpec) -> None:
    titles = (*TITLES, "Since", "Inode", "User")
    assert [column.title for column in columns_of(linux, titles)] == list(titles)
    layout = make_layout(get_dialect("linux"), linux, "  ".join(titles))
    assert layout is not None
    row = "tcp 0 0 10.0.0.1:22 10.0.0.2:23 LISTEN 5d 4242 root"
    found = layout.find_row(row)
    assert found is not None
    for name, text in (("inode", "4242"), ("user", "root"), ("extra_6", "5d")):
        assert layout.cell(found.cells, name) == text


def test_a_header_of_another_table_is_refused(linux: TableSpec) -> None:
    assert make_layout(get_dialect("linux"), linux, MACOS_HEADER) is None
    with pytest.raises(ValueError, match="not a header of this table"):
        row_grammar(linux, linux.row_kinds[0], "Interface       RefCnt Group")


def test_what_stands_behind_a_cell() -> None:
    limits = AddressLimits()
    assert CellContext(limits).behind == ""
    some = (word("first", "first"), word("second", "second"))
    behind = CellContext(limits, some).behind
    assert behind.startswith(r"[ \t]++")
    assert "(?P<" not in behind
    assert nameless(r"(?P<a>x)(?:(?P<b_1>y))") == "(?:x)(?:(?:y))"
    assert And(some).parse_string("a b").as_dict() == {"first": "a", "second": "b"}


# Tables -------------------------------------------------------------------------------------------

UNIX = (
    "Address          Type   Recv-Q Send-Q            Inode             Conn             Refs"
    "          Nextref Addr"
)
HEADERS = {
    ("toybox", "Active UNIX domain sockets (w/o servers)"): (
        "Proto RefCnt Flags       Type       State           I-Node PID/Program Name     Path"
    ),
    ("freebsd", "Active UNIX domain sockets"): UNIX,
    ("macos", "Active LOCAL (UNIX) domain sockets"): UNIX,
    **{
        (name, "Active UNIX domain sockets"): UNIX
        for name in ("openbsd", "netbsd", "dragonfly", "hpux")
    },
    ("openbsd", "Routing tables"): (
        "Destination        Gateway            Flags    Refs      Use    Mtu  Interface"
    ),
    ("netbsd", "Active Internet6 connections"): (
        "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)"
    ),
    ("dragonfly", "Routing tables"): (
        "Destination        Gateway            Flags    Refs      Use  Netif Expire"
    ),
    ("windows", "Aktive Verbindungen"): (
        "  Proto  Lokale Adresse         Remoteadresse          Status"
    ),
    ("windows", "Connexions actives"): (
        "  Proto  Adresse locale         Adresse distante       État"
    ),
    ("windows", "Conexiones activas"): (
        "  Proto  Dirección local        Dirección remota       Estado"
    ),
    ("windows", "Connessioni attive"): (
        "  Proto  Indirizzo locale       Indirizzo esterno      Stato"
    ),
    ("windows", "Активные подключения"): (
        "  Имя    Локальный адрес        Внешний адрес          Состояние"
    ),
    ("windows", "活动连接"): "  协议  本地地址          外部地址        状态",
    ("windows", "使用中連線"): ("  協定   本機位址               外部位址               狀態"),
    ("windows", "アクティブな接続"): (
        "  プロトコル  ローカル アドレス      外部アドレス           状態"
    ),
    ("windows", "활성 연결"): ("  프로토콜  로컬 주소              외부 주소              상태"),
    ("windows", "Conexões ativas"): (
        "  Proto  Endereço local         Endereço externo       Estado"
    ),
}
"""Of the tables that have an example, but no common header."""

TABLES = [(dialect, spec) for dialect in all_dialects() for spec in dialect.tables]
EXAMPLES = [(dialect, spec) for dialect, spec in TABLES if spec.example]


def header_of(dialect: Dialect, spec: TableSpec) -> str:
    if not spec.has_titles:
        return spec.banners[0]
    if spec.common_headers:
        return spec.common_headers[0]
    return HEADERS[dialect.name, spec.banners[0]]


@pytest.mark.parametrize(
    ("dialect", "spec"), EXAMPLES, ids=[f"{d.name}-{d.tables.index(s)}" for d, s in EXAMPLES]
)
def test_examples(dialect: Dialect, spec: TableSpec) -> None:
    """Each line is a row, or goes on with the row above; all of them are read."""
    header = header_of(dialect, spec)
    lines = spec.example.strip("\n").split("\n")
    layout = make_layout(dialect, spec, header)
    assert layout is not None
    is_row = [layout.find_row(line) is not None for line in lines]
    begins = [layout.is_first_line(line) for line in lines]
    assert is_row[0] or begins[0]
    assert all(is_row) or spec.continued_prefixes or any(begins)
    above = [*spec.banners[:1], header] if spec.has_titles else [header]
    (snapshot,) = ns.iter_snapshots([*above, *lines], dialect=dialect.name)
    assert snapshot.unparsed == ()
    records = getattr(snapshot, spec.kind.name)
    assert len(records) == sum(is_row) + sum(begins)
    assert {type(record) for record in records} == {getattr(models, spec.record)}
    assert {record.dialect for record in records} == {dialect.name}


def test_every_dialect_has_an_example_of_each_kind_that_it_prints() -> None:
    for dialect in all_dialects():
        kinds = {spec.kind for spec in dialect.tables}
        assert {spec.kind for spec in dialect.tables if spec.example} == kinds


@pytest.mark.parametrize(
    ("dialect", "spec"), TABLES, ids=[f"{d.name}-{d.tables.index(s)}" for d, s in TABLES]
)
def test_every_table_is_in_order(dialect: Dialect, spec: TableSpec) -> None:
    assert spec.banners or spec.common_headers or spec.shapes
    assert any(column.required for column in spec.columns) is spec.has_titles
    titles = [column.title for column in spec.columns]
    assert len(set(titles)) == len(titles)
    for kind in spec.row_kinds:
        assert kind.cells.keys() <= set(titles)
    for header in (*spec.common_headers, *spec.other_headers):
        layout = make_layout(dialect, spec, header)
        assert layout is not None
        assert (layout.dialect, layout.kind, layout.extra) == (dialect.name, spec.kind, ())
        assert get_spec(layout) is spec
        assert layout.record == spec.record
    for state in spec.states.values():
        assert state in ns.TcpState.__members__
