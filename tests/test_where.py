"""`where`: its language, its three values, and that records and rows of cells are judged alike."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import SEED
from printed import Row, linux_capture, text_of

import netstat_parse as ns
from netstat_parse.analysis import conditions, make_services, services
from netstat_parse.analysis.conditions import UNKNOWN, YES, Names
from netstat_parse.analysis.endpoint_conditions import possible_addresses
from netstat_parse.analysis.wanted import Wanted
from netstat_parse.analysis.where import Filter
from netstat_parse.analysis.where_grammar import TEXTS, parse_expression
from netstat_parse.reading.lines import batches
from netstat_parse.reading.options import Options
from netstat_parse.reading.reader import LineReader
from netstat_parse.reading.sources import open_input
from netstat_parse.writing.text import CsvSink, write_csv

if TYPE_CHECKING:
    from netstat_parse.reading.sink import Sink

FIXTURES = sorted(SEED.parent.parent.glob("*/*.txt"))
Verdict = bool | None


def judge(expression: str, **texts: str) -> Verdict:
    """The verdict about a row of tcp that has these texts."""
    row = {
        "proto": "tcp",
        "recv_q": "0",
        "send_q": "0",
        "local_host": "192.0.2.1",
        "local_port": "22",
        "foreign_host": "198.51.100.7",
        "foreign_port": "50000",
        "state": "ESTABLISHED",
        "pid": "77",
        "program": "sshd",
    } | texts
    found = parse_expression(expression).compile(Names(TEXTS))([tuple(row[n] for n in TEXTS)])
    return {YES: True, UNKNOWN: None, 0: False}[found[0]]


# The language -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "verdict"),
    [
        ("", True),
        (" \t", True),
        ("sport 22", True),
        ("sport = 22", True),
        ("sport == :22", True),
        ("sport=:22", True),
        ("sport eq :ssh", True),
        ("sport = 0x16", True),
        ("sport = *", True),
        ("sport != 22", False),
        ("sport ne 23", True),
        ("sport gt 21 and sport lt 23", True),
        ("sport > 22 or sport < 22", False),
        ("sport ge 22 && sport leq 22", True),
        ("dport 50000 sport 22", True),
        ("dport 50000 sport 23", False),
        ("!sport 22", False),
        ("not not sport 22", True),
        ("not sport 23 and sport 22", True),
        ("( sport 23 | dport 50000 ) & sport 22", True),
        # From left to right, as ss does it: (sport 22 or sport 22) and sport 23.
        ("sport 22 or sport 22 and sport 23", False),
        ("sport 22 or ( sport 22 and sport 23 )", True),
        ("dst 198.51.100.7", True),
        ("dst 198.51.100/24", True),
        ("dst 198.51.100.200/24", True),
        ("dst = 198.51.100.0/24:50000", True),
        ("dst 198.51.100.0/24:50001", False),
        ("dst 198.51.100.7:*", True),
        ("dst 198.51.100.7:", True),
        ("dst != 198.51.100.7", False),
        ("dst :50000", True),
        ("dst *:50000", True),
        ("dst *", True),
        ("dst 198.51.100.8", False),
        ("dst ::/0", False),
        ("dst [2001:db8::]/32", False),
        ("src 192.0.2.1:ssh", True),
        ("state established", True),
        ("STATE Established", True),
        ("state ESTABLISHED", True),
        ("state listening state established", True),
        ("state listening or state established", True),
        ("state listening and state established", False),
        ("exclude listening", True),
        ("excl established", False),
        ("state all exclude established", False),
        ("state connected exclude fin_wait_1", True),
        # States in front hold for all that follows.
        ("state listening sport 23 or sport 22", False),
        ("state listening and sport 23 or sport 22", True),
        ("( state listening sport 23 or sport 22 )", False),
        ("pid = 77", True),
        ("pid 78", False),
        ("pid > 76 and pid < 78", True),
        ("program = sshd", True),
        ("program 'sshd'", True),
        ("program != ssh", True),
        ("program ~ ^ss", True),
        ("program ~ 's(s|h)h'", True),
        ("program ~ ^h", False),
        ("proto = tcp", True),
        ("proto = udp", False),
        ("proto ~ ^t", True),
        ("dst ~ '^198[.]'", True),
        ("recv_q = 0", True),
        ("recv-q > 0 or send_q >= 1", False),
        ("recv_q<1", True),
        (" or ".join(f"sport {port}" for port in range(23, 2000)) + " or sport 22", True),
        ("sport 21 or sport 23 or sport 22 and pid 77 and recv_q 0 or pid 1", True),
        ("sport 22 and pid 77 or sport 1 and pid 78", False),
    ],
)
def test_the_language(expression: str, verdict: bool) -> None:
    assert judge(expression) is verdict


@pytest.mark.parametrize(
    ("expression", "column", "expected"),
    [
        ("sport", 6, "expected a port: :443"),
        ("sport = ", 9, "expected a port: :443"),
        ("sport = :nosuch", 9, "the service 'nosuch' is not known"),
        ("sport = :dicom", 9, "104 or 11112"),
        ("sport = :65536", 9, "from 0 to 65535"),
        ("dport 0777", 7, "not known"),
        ("sport = 127.0.0.1:22", 9, "the service '127.0.0.1' is not known"),
        ("sport > :*", 9, "any port is `=` to *"),
        ("dst ::1:80", 5, "brackets, as in [::1:80] or [::1]:80"),
        ("dst 10", 5, "a network such as 203.0.113.0/24"),
        ("dst example.com", 5, "names are not looked up"),
        ("dst 10.0.0.0/33", 5, "a network such as"),
        ("dst fe80::1%eth0", 5, "without its zone"),
        ("sport 1 or dst 1.2.3.4:nosuch", 16, "the service 'nosuch'"),
        ("state foo", 7, "expected a state: established"),
        ("exclude all", 1, "states of which some are left"),
        ("foo", 1, "expected a condition: state, dst"),
        ("sport 1 or", 11, "expected a condition"),
        ("sport 1 and and sport 2", 13, "expected a condition"),
        ("not", 4, "expected a condition"),
        ("or sport 1", 1, "expected a condition"),
        ("( sport 1", 10, "expected `)`"),
        ("sport 1 )", 9, "expected `and`, `or`"),
        ("sport 1 xor sport 2", 9, "expected `and`, `or`"),
        ("pid = x", 7, "expected a number"),
        ("pid = 12x", 7, "expected a number"),
        ("program =", 10, "expected a name"),
        ("program ~ 'a", 11, "expected a pattern"),
        ("program ~ '(a'", 11, "expected a regular expression: missing )"),
        ("sport 1 and dev lo", 13, "netstat does not print the interface"),
        ("autobound", 1, "whether the kernel chose the port"),
        ("(" * 5000, 1, "fewer conditions"),
        ("not " * 5000 + "sport 1", 1, "fewer conditions"),
        ("sport 1 or sport 2 and " * 3000 + "sport 1", 1, "fewer conditions"),
    ],
)
def test_errors_tell_the_column_and_what_was_expected(
    expression: str, column: int, expected: str
) -> None:
    with pytest.raises(ns.WhereError) as caught:
        ns.where(expression)
    assert (caught.value.column, caught.value.expression) == (column, expression)
    assert expected in caught.value.expected
    assert f"column {column}: " in str(caught.value)
    assert len(str(caught.value)) < 600


UNCONNECTED = {"state": "", "foreign_host": "*", "foreign_port": ""}

# Three values -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "texts", "verdict"),
    [
        # A cut address is still one of those that begin so.
        ("dst 2001:db8::/32", {"foreign_host": "2001:db8:aaaa:b…"}, True),
        ("dst 2001:db8:aaaa::/48", {"foreign_host": "2001:db8:aaaa:b…"}, True),
        ("dst 2001:db8:aaaa:bbbb::/64", {"foreign_host": "2001:db8:aaaa:b…"}, None),
        ("not dst 2001:db8:aaaa:bbbb::/64", {"foreign_host": "2001:db8:aaaa:b…"}, None),
        ("dst 2001:db9::/32", {"foreign_host": "2001:db8:aaaa:b…"}, False),
        ("dst 10.0.0.0/8", {"foreign_host": "2001:db8:aaaa:b…"}, False),
        ("dst 10.0.0.0/8", {"foreign_host": "::ffff:10.0…"}, None),
        ("dst 2001:db8::/48", {"foreign_host": "2001:db8::1:2…"}, True),
        ("dst 10.0.0.0/8", {"foreign_host": "db.exam…"}, None),
        ("dst 10.0.0.0/8", {"foreign_host": "db.example.net"}, None),
        ("dst ::/0", {"foreign_host": "db.example.net"}, None),
        ("dst ~ ^db", {"foreign_host": "db.exam…"}, True),
        ("dst ~ net$", {"foreign_host": "db.exam…"}, None),
        ("dst ~ 'db|x'", {"foreign_host": "db.exam…"}, None),
        # What netstat prints of IPv4 addresses on sockets of IPv6.
        ("dst 10.0.0.0/8", {"proto": "tcp6", "foreign_host": "10.1.1.1"}, True),
        ("dst ::ffff:10.0.0.0/104", {"proto": "tcp6", "foreign_host": "10.1.1.1"}, True),
        ("dst ::ffff:10.0.0.0/104", {"proto": "tcp", "foreign_host": "10.1.1.1"}, False),
        ("dst 10.0.0.0/8", {"foreign_host": "::ffff:10.1.1.1"}, True),
        ("dst fe80::/10", {"proto": "tcp6", "foreign_host": "fe80::1%en0"}, True),
        # Any address, and any port.
        ("dst 0.0.0.0", {"proto": "tcp4", "foreign_host": "*"}, True),
        ("dst 0.0.0.0", {"proto": "tcp46", "foreign_host": "*"}, False),
        ("dst ::", {"proto": "tcp46", "foreign_host": "*"}, True),
        ("dst 0.0.0.0", {"proto": "UDP", "foreign_host": "*"}, True),
        ("dst 0.0.0.0", {"proto": "UDP", "foreign_host": "*", "local_host": "::1"}, False),
        ("dst 0.0.0.0", {"proto": "UDP", "foreign_host": "*", "local_host": "x"}, None),
        ("dst 10.0.0.0/8", {"foreign_host": "*"}, False),
        ("dport = 0", {"foreign_port": ""}, True),
        ("dport > 0", {"foreign_port": ""}, False),
        # Ports by name, cut or not.
        ("dport = 443", {"foreign_port": "https"}, True),
        ("dport = :https", {"foreign_port": "443"}, True),
        ("dport = 443", {"foreign_port": "ssh"}, False),
        ("dport = 443", {"foreign_port": "of-this-house"}, None),
        ("dport > 100", {"foreign_port": "dicom"}, True),
        ("dport > 1000", {"foreign_port": "dicom"}, None),
        ("dport = 443", {"foreign_port": "http…"}, None),
        ("dport = *", {"foreign_port": "…"}, True),
        # A process that netstat does not name.
        ("pid = 77", {"pid": "", "program": ""}, None),
        ("pid = 77", {"pid": "", "program": "", "state": "TIME_WAIT"}, False),
        ("not pid = 77", {"pid": "", "program": "", "state": "SYN_RECEIVED"}, True),
        ("program = nginx", {"pid": "", "program": ""}, None),
        ("program = nginx", {"program": ""}, None),
        ("program = nginx", {"program": "ng…"}, None),
        ("program = nginx", {"program": "ap…"}, False),
        ("program = nginx", {"pid": "", "program": "nginx"}, True),
        ("program ~ ^ng", {"program": "nginx: w…"}, True),
        ("program ~ er", {"program": "nginx: w…"}, None),
        # States that TCP has not, and those that netstat does not print.
        ("state established", {"state": "UNKNOWN"}, None),
        ("state all", {"state": "UNKNOWN"}, True),
        ("state established", {"state": ""}, None),
        ("state established", {"proto": "sctp", "state": "COOKIE_WAIT"}, False),
        ("state connected", {"proto": "sctp", "state": "COOKIE_WAIT"}, True),
        ("state closed", {"state": "BOUND"}, True),
        ("state established", {"proto": "udp", "state": ""}, True),
        ("state closed", {"proto": "udp4"} | UNCONNECTED, True),
        ("state closed", {"proto": "raw6"} | UNCONNECTED | {"foreign_host": "::1"}, False),
        ("recv_q > 0", {"recv_q": ""}, None),
        ("proto = udplite", {"proto": "udplite6"}, True),
        ("proto = tcp6", {"proto": "TCP6"}, True),
        ("proto = tcp6", {"proto": "tcp"}, False),
        # Kleene's `and`, `or`, `not`.
        ("pid 1 and sport 22", {"pid": "", "program": ""}, None),
        ("pid 1 and sport 23", {"pid": "", "program": ""}, False),
        ("pid 1 or sport 22", {"pid": "", "program": ""}, True),
        ("pid 1 or sport 23", {"pid": "", "program": ""}, None),
        ("pid 1 or not pid 1", {"pid": "", "program": ""}, None),
    ],
)
def test_what_is_not_known_is_none(
    expression: str, texts: dict[str, str], verdict: Verdict
) -> None:
    assert judge(expression, **texts) is verdict


@pytest.mark.parametrize(
    ("host", "first", "bits"),
    [
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", 0),
        ("1:2:3:4:5:6:7:8…", "1:2:3:4:5:6:7:0", 16),
        ("1:2:3…", "1:2::", 96),
        ("1:2:…", "1:2::", 96),
        ("1…", "", 0),
        ("::…", "::", 112),
        ("1::2…", "1::", 96),
        ("fe80::1%e…", "fe80::1", 0),
        ("db.example…", "", 0),
        ("1:g:2…", "", 0),
        ("a:b:c:d:e:f:1:2:3:4…", "", 0),
    ],
)
def test_the_addresses_that_a_cut_text_may_be(host: str, first: str, bits: int) -> None:
    found = possible_addresses(host)
    if not first:
        assert found is None
        return
    (known,) = ns.parse(text_of(linux_capture([Row(proto="tcp6", local=first)]))).connections
    assert known.local.address is not None
    assert found == range(int(known.local.address), int(known.local.address) + 2**bits)


# Records, and rows of cells -----------------------------------------------------------------------

EXPRESSIONS = (
    "dport = :443 or dport = 0",
    "sport > 1024",
    "dst 10.0.0.0/8",
    "dst 2001:db8::/32",
    "not src 2001:db8:aaaa:bbbb::/64",
    "dst 0.0.0.0/0",
    "src ::/0",
    "state connected",
    "state closed",
    "exclude listening exclude time-wait",
    "recv_q > 0 or send_q > 0",
    "pid > 500",
    "program ~ ^ss",
    "not program = nginx",
    "program ~ e$",
    "proto = udp",
    "src ~ '0'",
    "state established ( dport = :443 or dst 203.0.113.0/24 ) and not pid = 1",
)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_records_and_cells_are_judged_alike(path: Path) -> None:
    snapshots = list(ns.read_log(path))
    for i, expression in enumerate(EXPRESSIONS[FIXTURES.index(path) % 6 :: 6]):
        wanted, of_rows = (Wanted(expression, keeps_unknown=bool(i % 2)) for _ in range(2))
        expected, found = io.StringIO(), io.BytesIO()
        write_csv(wanted.snapshots(snapshots), expected)
        sink = CsvSink(found, lambda *_: None, lambda _: None)
        read_rows(path, of_rows.over(sink))
        sink.close()
        assert found.getvalue().decode() == expected.getvalue()
        assert of_rows.unknown == wanted.unknown


CUT = """\
Active Internet connections (including servers)
Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)
tcp4       0      0  abc.example.net.kerber 10.0.0.2.51234         ESTABLISHED
tcp4       0      0  10.100.100.100.kerbero 10.0.0.2.51234         ESTABLISHED
tcp4       0      0  web1.example.net.https 10.0.0.2.51234         ESTABLISHED
tcp4       0      0  abcdefghijklmnop.12345 10.0.0.2.51234         ESTABLISHED
"""


@pytest.mark.parametrize(
    ("expression", "verdicts"),
    [
        ("src ~ net$", [None, False, None, None]),
        ("src 10.0.0.0/8", [None, True, None, None]),
        ("sport = :kerberos", [None, None, None, False]),
        ("sport = 12345", [None, None, None, True]),
    ],
)
def test_what_is_cut_together_is_judged_alike(
    expression: str, verdicts: list[Verdict], tmp_path: Path
) -> None:
    """Where the port may be cut, nothing tells whether a name in front of it is."""
    found = ns.parse(CUT).connections
    wanted = Filter(expression)
    assert [wanted(c) for c in found] == verdicts
    path = tmp_path / "cut.txt"
    path.write_text(CUT)
    of_rows = Wanted(expression, keeps_unknown=False)
    out = io.BytesIO()
    read_rows(path, of_rows.over(CsvSink(out, lambda *_: None, lambda _: None)))
    assert of_rows.unknown == verdicts.count(None)
    assert out.getvalue().count(b"tcp4") == verdicts.count(True)


def test_the_pid_decides_whether_a_name_is_cut() -> None:
    """net-tools cuts `pid/name` to 19 bytes, of which the last may be a blank."""
    found = connections([Row(pid=1234, program="a" * 14), Row(pid=12, program="a" * 14)])
    wanted = Filter(f"program = {'a' * 15}")
    assert [wanted(c) for c in found] == [None, False]
    out = io.BytesIO()
    of_rows = Wanted(wanted.expression, keeps_unknown=True)
    reader = LineReader(of_rows.over(CsvSink(out, lambda *_: None, lambda _: None)), Options())
    rows = [Row(pid=1234, program="a" * 14), Row(pid=12, program="a" * 14)]
    reader.feed_lines(text_of(linux_capture(rows, "p")).splitlines())
    reader.close()
    assert out.getvalue().count(b"ESTABLISHED,1234,") == 1
    assert out.getvalue().count(b"ESTABLISHED,12,") == 0


def read_rows(path: Path, sink: Sink) -> None:
    reader = LineReader(sink, Options())
    with open_input(str(path)) as file:
        for batch in batches(file):
            reader.feed_lines(batch.lines, terminated=batch.terminated)
    reader.close()


def connections(rows: Sequence[Row]) -> tuple[ns.Connection, ...]:
    return ns.parse(text_of(linux_capture(rows, "p"))).connections


def test_a_filter_judges_connections_and_selects_them() -> None:
    found = connections([Row(local_port="22"), Row(local_port="23"), Row(local_port="of-here")])
    wanted = ns.where("sport = :ssh")
    assert [wanted(c) for c in found] == [True, False, None]
    assert wanted.select(found) == [found[0], found[2]]
    assert wanted.select(iter(found), unknown="drop") == [found[0]]
    assert wanted.select([]) == []
    with pytest.raises(ValueError, match='"keep" or "drop"'):
        wanted.select(found, unknown="hide")  # type: ignore[arg-type]
    assert repr(wanted) == "where('sport = :ssh')"


@pytest.mark.slow
def test_more_texts_than_are_remembered_are_judged_right() -> None:
    found = connections([Row(local_port=str(port % 60_000)) for port in range(20_000)])
    assert len(Filter("sport < 500").select(found)) == 500
    rows = [Row(foreign=f"2001:db8::{i:x}", proto="tcp6") for i in range(1, 20_000)]
    assert len(Filter("dst 2001:db8::/120").select(connections(rows))) == 255


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conditions, "MEMORY", 100)
    judge = parse_expression("dst ~ ^x or program = y").compile(Names(TEXTS))
    tracemalloc.start()
    try:
        for begin in range(0, 20_000, 80):
            texts = [f"{number:0100}" for number in range(begin, begin + 80)]
            judge([("tcp", "0", "0", "a", "1", text, "2", "", "1", text) for text in texts])
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 500_000


# The names of ports -------------------------------------------------------------------------------


def test_services_are_facts_of_etc_services() -> None:
    text = "# x\nssh 22/tcp # SSH\nwho 513/udp whod\nlogin 513/tcp\nrtmp 1/ddp\n\nbad\n"
    assert make_services.make_text(text) == (
        make_services.HEADER + "22 tcp ssh\n513 tcp login\n513 udp who whod\n"
    )


def test_names_of_ports() -> None:
    assert services.find_ports("https") == {443}
    assert services.find_ports("www") == {80}
    assert services.find_ports("dicom") == {104, 11112}
    assert services.find_ports("no-such-name") == frozenset()
    assert services.find_name(443, "tcp") == "https"
    assert services.find_name(513, "udp") == "who"
    assert services.find_name(443, "icmp") is None
