"""Whoever chooses a program's name or a path forges nothing: no stamp, prompt, banner or row.

The rows are printed here from the formats of netstat's sources, and know nothing of the parser.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from netstat_parse import Snapshot, iter_snapshots

HOSTILE = 666
"""The pid of the row whose name is hostile, or its inode."""

# What netstats print ------------------------------------------------------------------------------

LINUX = "Active Internet connections (w/o servers)"
SOCKETS = "Active UNIX domain sockets (w/o servers)"
ADDRESSES = "Proto Recv-Q Send-Q Local Address           Foreign Address         State      "


def cut(text: str, size: int) -> str:
    """The first bytes of a text, as printf's %.*s leaves them."""
    return text.encode()[:size].decode(errors="ignore")


def padded(text: str, size: int) -> str:
    """The text in a field of so many bytes."""
    return text + " " * (size - len(text.encode()))


def ends(number: int) -> str:
    return "%-23s %-23s" % (f"10.0.0.1:{number}", "10.0.0.2:4000")  # noqa: UP031


def net_tools(pid: int, name: str, behind: str = "", users: str = "") -> str:
    process = padded(cut(f"{pid}/{name}", 19), 20)
    return f"tcp        0      0 {ends(pid)} {'ESTABLISHED':<11}{users} {process}{behind}"


def busybox(pid: int, name: str) -> str:
    return f"tcp        0      0 {ends(pid)} {'ESTABLISHED':<12}{cut(f'{pid}/{name}', 20)}"


def toybox(pid: int, name: str) -> str:
    return f"tcp        0      0 {ends(pid)} {'ESTABLISHED':<11} {pid}/{name[:200]}"


def unix_path(inode: int, name: str) -> str:
    return f"unix  {2:<6} {'[ ]':<11} {'DGRAM':<10} {'':<13} {inode:<8} {cut(name, 108)}"


def unix_process(pid: int, name: str) -> str:
    process = padded(cut(f"{pid}/{name}", 19), 20)
    return f"unix  {2:<6} {'[ ]':<11} {'STREAM':<10} {'CONNECTED':<13} {4:<8} {process} /run/a"


def macos(pid: int, name: str) -> str:
    process = " " * max(0, 16 - len(cut(name, 16).encode())) + cut(name, 16)
    ends = "%-22s %-22s %-11s" % (f"10.0.0.1.{pid}", "10.0.0.2.4000", "ESTABLISHED")  # noqa: UP031
    numbers = "00102 00000004 00000000000005d7 00000081 01000900      1      0 000001"
    counts = "        1201         5520  131072  131072"
    return f"tcp4       0      0  {ends} {counts} {process}:{pid:<6} {numbers}"


@dataclass(frozen=True)
class Netstat:
    name: str
    banner: str
    header: str
    row: Callable[[int, str], str]
    tells_end: bool = True
    """What follows the table tells where a name in its last row ends."""
    longest: int = 19 - len(f"{HOSTILE}/")
    """So many bytes of a name are printed."""

    def capture(self, rows: Sequence[tuple[int, str]]) -> str:
        printed = (self.row(*row) for row in rows)
        return "".join(f"{line}\n" for line in (self.banner, self.header, *printed))


NAMED = f"{ADDRESSES} PID/Program name    "
NETSTATS = (
    Netstat("net-tools -p", LINUX, NAMED, net_tools),
    Netstat(
        "net-tools -ep",
        LINUX,
        f"{ADDRESSES} User       Inode      PID/Program name    ",
        lambda pid, name: net_tools(pid, name, users=f" {'root':<10} {4711:<10}"),
    ),
    Netstat(
        "net-tools -po",
        LINUX,
        f"{NAMED} Timer",
        lambda pid, name: net_tools(pid, name, " off (0.00/0/0)"),
    ),
    Netstat(
        "net-tools -pZ",
        LINUX,
        f"{NAMED} {'Security Context':<50}",
        lambda pid, name: net_tools(pid, name, f" {'system_u:system_r:sshd_t:s0':<50}"),
    ),
    Netstat("busybox -p", LINUX, NAMED, busybox, longest=16),
    Netstat(
        "net-tools -p, without the blanks at lines' ends",
        LINUX,
        NAMED.rstrip(),
        lambda pid, name: "\n".join(line.rstrip() for line in net_tools(pid, name).split("\n")),
    ),
    Netstat("toybox -p", LINUX, f"{ADDRESSES} PID/Program Name", toybox, False, 200),
    Netstat(
        "net-tools -x",
        SOCKETS,
        "Proto RefCnt Flags       Type       State         I-Node   Path",
        unix_path,
        tells_end=False,
        longest=108,
    ),
    Netstat(
        "net-tools -xp",
        SOCKETS,
        "Proto RefCnt Flags       Type       State         I-Node   PID/Program name     Path",
        unix_process,
    ),
    Netstat(
        "macOS -v",
        "Active Internet connections",
        "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)      "
        "     rxbytes      txbytes  rhiwat  shiwat          process:pid    state  options "
        "          gencnt    flags   flags1 usecnt rtncnt   fltrs",
        macos,
        longest=16,
    ),
)

# Hostile names ------------------------------------------------------------------------------------

STAMP = "Sun Nov 22 12:22:41 UTC 2026"
AT = datetime(2026, 11, 22, 12, 22, 41, tzinfo=UTC)
PIECES = (
    "\n",
    "x",
    " ",
    "12:22:41",
    "1700000000",
    "20200101-000000",
    "2020-01-01 00:00",
    "Nov 22 12:22:41",
    "$ ls",
    "# ls",
    "/ #",
    "root@h:~#",
    "------",
    "> ",
    "| ",
    "> $ ls",
    "Tcp:",
    "```",
    "--More--",
    "netstat: ",
    "udp 0 0 a:1 b:2 -",
    "\x1b[31m",
    "\x1b[0m",
    "\t",
    "\xe9",
    "&amp;",
    "&nbsp;",
    "`",
    '",',
    "</pre>",
    "\\n",
    "\xa0",
    "exit",
    "off (0.00/0/0)",
)
LONG_PIECES = (
    *PIECES,
    "Sun Nov 22 13:00:00 UTC 2026",
    "2026-11-22T13:00:00Z",
    "root@host:~# netstat -n",
    LINUX,
    SOCKETS,
    "Active X.25 sockets",
)
names = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join)
broken_names = names.map(lambda name: f"x\n{name}")
long_names = st.lists(st.sampled_from(LONG_PIECES), min_size=1, max_size=4).map("".join)


def key_of(record: Any) -> int:
    """The pid or the inode by which a row is known."""
    return int(record.process.pid if record.process else record.inode)


def rows_of(snapshot: Snapshot) -> list[Any]:
    return [*snapshot.connections, *snapshot.unix_sockets]


def lines_of(text: str) -> list[str]:
    return [f"{line}\n" for line in text.split("\n")[:-1]]


def read(text: str, in_batches: bool) -> list[Snapshot]:
    return list(iter_snapshots(text if in_batches else iter(lines_of(text))))


def assert_forges_nothing(netstat: Netstat, name: str, place: Place, front: str = "") -> None:
    """A capture with the hostile row differs in that row alone from the one without it."""
    above = [(i + 1, f"p{i}") for i in range(place.before)]
    below = [(i + 100, f"q{i}") for i in range(place.behind)]
    other = [(500, "sshd"), (501, "nginx")]
    first, second = place.stamps
    text, clean = (
        f"{first}{netstat.capture(rows)}{second}{netstat.capture(other)}"
        for rows in ([*above, (HOSTILE, name), *below], [*above, *below])
    )
    found, truth = (
        read("".join(f"{front}{line}\n" for line in each.split("\n")[:-1]), place.in_batches)
        for each in (text, clean)
    )
    assert [s.captured_at for s in found] == [s.captured_at for s in truth]
    for one, true in zip(found, truth, strict=True):
        assert [r for r in rows_of(one) if key_of(r) != HOSTILE] == rows_of(true)
    for record in rows_of(found[0]):
        if key_of(record) == HOSTILE:
            assert_tells_no_lie(netstat, record, name)


def assert_tells_no_lie(netstat: Netstat, record: Any, name: str) -> None:
    """The name is what was printed, or is marked."""
    if netstat.row is unix_path:
        assert (record.path or "").strip() == cut(name, netstat.longest).strip()
        return
    process = record.process
    assert process is not None
    if not process.truncated:
        printed = cut(name, netstat.longest)
        assert process.name.strip() == printed.strip()


# The tests ----------------------------------------------------------------------------------------

STAMPS = (("", ""), (f"{STAMP}\n", f"{STAMP}\n"), ("", f"{STAMP}\n"))
FRONTS = ("2026-11-22T12:22:41Z ", "Nov 22 12:22:41 web1 netstat[7]: ", "web_1  | ", "> ", "@@ ")
some_names = st.one_of(names, broken_names, long_names)


@dataclass(frozen=True)
class Place:
    """Where the row with the hostile name stands, and how the capture is read."""

    before: int
    behind: int
    stamps: tuple[str, str]
    in_batches: bool


places = st.builds(
    Place,
    st.sampled_from((0, 1, 3)),
    st.sampled_from((0, 1, 2)),
    st.sampled_from(STAMPS),
    st.booleans(),
)


def fitting(netstat: Netstat, name: str, place: Place) -> tuple[str, Place]:
    """The name without what nobody can tell, and the place where it can be told."""
    if netstat.longest > 20:
        name = name.replace("udp 0 0 a:1 b:2 -", "")  # is as good as a row
    if netstat.row is unix_path:
        name = name.replace("--More--", "").replace("netstat: ", "")  # taken for notes
    if netstat.row is busybox:
        # The first rows must not look as if they were padded.
        assume(place.before > 1 or not cut(f"{HOSTILE}/{name}", 20).endswith(" "))
    if not netstat.tells_end:
        # A stamp behind the last row may be the next snapshot's, or the path's: nobody can tell.
        place = replace(place, behind=max(place.behind, 1))
    return name, place


@pytest.mark.parametrize("netstat", NETSTATS, ids=[each.name for each in NETSTATS])
@settings(max_examples=40)
@given(some_names, places)
@example("\nx\n$ ls", Place(0, 1, ("", ""), False))
@example("x\n\xa0 \tx", Place(0, 0, ("", ""), False))
@example("\r\n# ls", Place(0, 0, ("", f"{STAMP}\n"), False))
@example("`Tcp:\n# ls", Place(0, 1, ("", ""), False))
@example("\t/run/b\xe9\n", Place(0, 0, ("", ""), True))
@example("> /\xf1", Place(0, 0, ("", ""), False))
@example("netstat:  \x7f", Place(1, 1, ("", ""), True))
@example("x\nTcp:", Place(0, 0, ("", ""), False))
def test_a_name_changes_nothing_but_its_own_row(netstat: Netstat, name: str, place: Place) -> None:
    assert_forges_nothing(netstat, *fitting(netstat, name, place))


@pytest.mark.parametrize("netstat", NETSTATS, ids=[each.name for each in NETSTATS])
@settings(max_examples=20)
@given(some_names, places, st.sampled_from(FRONTS))
@example("```Ip:\n", Place(0, 1, ("", ""), False), "@@ ")
def test_nor_where_something_stands_in_front_of_every_line(
    netstat: Netstat, name: str, place: Place, front: str
) -> None:
    name = name.replace("Tcp:", "")  # behind a word and a stamp it is syslog's tag
    name, place = fitting(netstat, name, replace(place, stamps=("", "")))
    assert_forges_nothing(netstat, name, place, front)


@pytest.mark.slow
@pytest.mark.parametrize("netstat", NETSTATS, ids=[each.name for each in NETSTATS])
@settings(max_examples=300)
@given(some_names, places)
def test_many_names_change_nothing_else(netstat: Netstat, name: str, place: Place) -> None:
    assert_forges_nothing(netstat, *fitting(netstat, name, place))
