"""Pairs, changes, lifetimes and the summary of captures with known sockets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from printed import LINUX_BANNER, Row, linux_header, linux_row, text_of
from pydantic import BaseModel

import netstat_parse as ns
from netstat_parse.analysis import counting
from netstat_parse.analysis.sockets import may_become

START = datetime(2026, 1, 1, tzinfo=UTC)
FIXTURES = Path(__file__).parent.parent / "fixtures"
CLIENT = Row(local="10.0.0.5", local_port="40112", foreign="10.0.0.9", foreign_port="443", pid=812)
SERVER = Row(local="10.0.0.9", local_port="443", foreign="10.0.0.5", foreign_port="40112", pid=77)
LISTENER = Row(
    local="0.0.0.0", local_port="443", foreign="0.0.0.0", foreign_port="*", state="LISTEN", pid=77
)
LONG = "2001:db8:85a3:8d3:1319:8a2e:370:7348"
OTHER_LONG = "2001:db8:85a3:8d3:1319:8a2e:370:7349"


def row(like: Row, **fields: object) -> Row:
    return Row(**{**vars(like), **fields})


def second(number: float) -> datetime:
    return START + timedelta(seconds=number)


def snapshot(
    rows: Sequence[Row],
    number: float | None = None,
    *,
    source: str | None = None,
    options: str = "p",
) -> ns.Snapshot:
    lines = [LINUX_BANNER, linux_header(options), *(linux_row(r, options) for r in rows)]
    stamp = [second(number).isoformat()] if number is not None else []
    return ns.parse(text_of([*stamp, *lines])).model_copy(update={"source": source})


def log(*tables: Sequence[Row], options: str = "p") -> list[ns.Snapshot]:
    return [snapshot(rows, number, options=options) for number, rows in enumerate(tables)]


def kinds_of(changes: Sequence[ns.Change]) -> list[str]:
    return [change.kind for change in changes]


def diff(*tables: Sequence[Row], listening: bool = False) -> list[ns.Change]:
    return list(ns.changes(log(*tables), listening=listening))


# Pairs --------------------------------------------------------------------------------------------


def test_a_connection_that_both_ends_tell_of_is_one_pair() -> None:
    (pair,) = ns.pairs(snapshot([LISTENER, CLIENT, SERVER]).connections)
    assert (str(pair.first.address), pair.first.port) == ("10.0.0.5", 40112)
    assert (str(pair.second.address), pair.second.port) == ("10.0.0.9", 443)
    assert pair.first.process is not None
    assert pair.second.process is not None
    assert (pair.first.process.pid, pair.second.process.pid) == (812, 77)
    assert (pair.first.is_seen, pair.second.is_seen, pair.is_inferred) == (True, True, False)
    assert pair.server == "second"


def test_of_an_end_that_was_not_seen_only_its_place_is_known() -> None:
    (pair,) = ns.pairs(snapshot([CLIENT]))
    assert (pair.first.is_seen, pair.second.is_seen) == (True, False)
    assert (pair.second.host, pair.second.port) == ("10.0.0.9", 443)
    assert (pair.second.state, pair.second.process, pair.server) == (None, None, None)


@pytest.mark.parametrize(
    ("listener", "is_known"),
    [
        (LISTENER, True),
        (row(LISTENER, local="10.0.0.9"), True),
        (row(LISTENER, proto="tcp6", local="::", foreign="::"), True),
        (row(LISTENER, local="10.0.0.8"), False),
        (row(LISTENER, local_port="80"), False),
        (row(LISTENER, proto="udp", state=""), False),
    ],
)
def test_a_listener_tells_which_end_serves(listener: Row, is_known: bool) -> None:
    (pair,) = ns.pairs(snapshot([SERVER, listener]))
    assert pair.server == ("first" if is_known else None)


@pytest.mark.parametrize(
    ("state", "server"), [("SYN_SENT", "second"), ("SYN_RECV", "first"), ("FIN_WAIT1", None)]
)
def test_the_states_of_before_tell_which_end_serves(state: str, server: str | None) -> None:
    (pair,) = ns.pairs(log([row(CLIENT, state=state)], [CLIENT]))
    assert (pair.first.state, pair.server) == ("ESTABLISHED", server)


def test_states_tell_more_than_a_listener() -> None:
    """A program may connect from the port on which it listens."""
    (pair,) = ns.pairs(log([row(SERVER, state="SYN_SENT"), LISTENER]))
    assert pair.server == "second"


def test_where_both_ends_listen_nobody_is_the_server() -> None:
    (pair,) = ns.pairs(snapshot([CLIENT, SERVER, LISTENER, row(LISTENER, local_port="40112")]))
    assert pair.server is None


def test_a_capture_that_is_given_twice_is_told_once() -> None:
    one = snapshot([CLIENT, SERVER, CLIENT], source="a")
    assert ns.pairs([one, one]) == ns.pairs([one])
    two = one.model_copy(update={"source": "b"})
    assert len(ns.pairs([one, two])) == 1


def test_an_owner_that_was_seen_is_kept_in_time_wait() -> None:
    (pair,) = ns.pairs(log([CLIENT], [row(CLIENT, state="TIME_WAIT", pid=0)]))
    assert pair.first.state == "TIME_WAIT"
    assert pair.first.process is not None
    assert pair.first.process.pid == 812


def test_of_ports_that_are_used_again_the_last_connection_holds() -> None:
    (pair,) = ns.pairs(
        log([row(SERVER, state="SYN_SENT")], [row(SERVER, state="TIME_WAIT", pid=0)], [CLIENT])
        + log([row(SERVER, pid=0), LISTENER])
    )
    assert pair.server == "first"
    assert pair.first.process is None


def test_two_processes_with_the_same_addresses_are_not_joined() -> None:
    """Behind two NATs, or in containers: which of them the other end means isn't known."""
    hosts = [
        snapshot([CLIENT], source="a"),
        snapshot([row(CLIENT, pid=813)], source="b"),
        snapshot([SERVER], source="c"),
    ]
    found = ns.pairs(hosts)
    assert len(found) == 3
    assert not any(pair.second.is_seen for pair in found)


@pytest.mark.parametrize(("tolerance", "count"), [(9.0, 2), (10.0, 1), (None, 1)])
def test_the_tolerance_is_between_the_nearest_stamps(tolerance: float | None, count: int) -> None:
    hosts = [
        snapshot([CLIENT], 0, source="a"),
        snapshot([CLIENT], 20, source="a"),
        snapshot([SERVER], 30, source="b"),
        snapshot([SERVER], 50, source="b"),
    ]
    assert len(ns.pairs(hosts, tolerance=tolerance)) == count


def test_stamps_of_which_one_has_no_time_zone_tell_nothing() -> None:
    one = snapshot([CLIENT], 0, source="a")
    naive = datetime(2026, 1, 9)
    two = snapshot([SERVER], source="b").model_copy(update={"captured_at": naive})
    assert len(ns.pairs([one, two])) == 1


def cut_pair(proto: str, local: str, port: str, foreign: str, foreign_port: str) -> Row:
    return Row(
        proto=proto, local=local, local_port=port, foreign=foreign, foreign_port=foreign_port
    )


def test_what_may_be_cut_is_paired_where_nothing_else_fits() -> None:
    here = cut_pair("tcp6", "2001:db8::1", "40112", LONG, "443")
    there = cut_pair("tcp6", LONG, "443", "2001:db8::1", "40112")
    wide = ns.parse(text_of([LINUX_BANNER, linux_header("p"), linux_row(there, "pW")]), uncut=True)
    (pair,) = ns.pairs([snapshot([here], source="a"), wide])
    assert (pair.is_inferred, pair.second.is_seen) == (True, True)
    assert str(pair.second.address) == LONG
    assert str(pair.first.address) == "2001:db8::1"
    (alone,) = ns.pairs(snapshot([here]))
    assert (alone.second.address, alone.second.truncated) == (None, True)
    assert not alone.is_inferred


def test_what_may_be_cut_is_not_paired_where_two_fit() -> None:
    here = cut_pair("tcp6", "2001:db8::1", "40112", LONG, "443")
    there = [cut_pair("tcp6", host, "443", "2001:db8::1", "40112") for host in (LONG, OTHER_LONG)]
    lines = [LINUX_BANNER, linux_header("p"), *(linux_row(r, "pW") for r in there)]
    found = ns.pairs([snapshot([here], source="a"), ns.parse(text_of(lines), uncut=True)])
    assert len(found) == 3
    assert not any(pair.second.is_seen for pair in found)


def test_names_are_paired_with_the_same_names_alone() -> None:
    names = {"local": "web", "local_port": "40112", "foreign": "db", "foreign_port": "postgresql"}
    here = row(CLIENT, **names)
    there = row(CLIENT, local="db", local_port="postgresql", foreign="web", foreign_port="40112")
    (pair,) = ns.pairs(snapshot([here, there]))
    assert (pair.is_inferred, pair.second.is_seen) == (True, True)
    assert (pair.second.host, pair.second.service) == ("db", "postgresql")
    other = row(there, foreign="app")
    assert len(ns.pairs(snapshot([here, other]))) == 2


def test_pairs_of_something_else_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        ns.pairs(["tcp"])  # type: ignore[arg-type]
    assert ns.pairs([]) == []


LOOPBACK = row(CLIENT, local="127.0.0.1", foreign="127.0.0.1")


def test_what_is_told_of_loopback_is_of_one_host() -> None:
    back = row(LOOPBACK, local_port="443", foreign_port="40112")
    assert len(ns.pairs([snapshot([LOOPBACK], source="a"), snapshot([back], source="b")])) == 2
    assert len(ns.pairs([snapshot([LOOPBACK, back], source="a")])) == 1


def test_over_loopback_a_listener_serves_an_end_that_was_not_seen() -> None:
    (pair,) = ns.pairs(snapshot([LOOPBACK, LISTENER]))
    assert pair.server == "second"
    (pair,) = ns.pairs(snapshot([CLIENT, LISTENER]))
    assert pair.server is None


# Changes ------------------------------------------------------------------------------------------


def test_what_comes_and_goes() -> None:
    before, after = log([LISTENER, CLIENT], [LISTENER, SERVER])
    closed, opened = ns.changes(before, after)
    assert (closed.kind, closed.before, closed.after) == ("closed", before.connections[1], None)
    assert (opened.kind, opened.before, opened.after) == ("opened", None, after.connections[1])
    assert (opened.since, opened.at) == (second(0), second(1))


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        (CLIENT, CLIENT, []),
        (CLIENT, row(CLIENT, recv_q=5), []),
        (CLIENT, row(CLIENT, state="TIME_WAIT", pid=0), ["state"]),
        (row(CLIENT, state="TIME_WAIT", pid=0), CLIENT, ["closed", "opened"]),
        (row(CLIENT, state="SYN_SENT"), CLIENT, ["state"]),
        (CLIENT, row(CLIENT, state="SYN_SENT"), ["closed", "opened"]),
        (CLIENT, row(CLIENT, pid=813), ["closed", "opened"]),
        (CLIENT, row(CLIENT, pid=0), []),
        (LISTENER, row(LISTENER, pid=78), ["owner"]),
        (LISTENER, row(LISTENER, pid=0), []),
        (LISTENER, row(LISTENER, program="nginx: worker"), []),
        (row(CLIENT, proto="tcp", state="SYN_RECV"), row(CLIENT, proto="tcp6"), ["state"]),
        (
            row(CLIENT, local="1.1.1.1", foreign="1.1.1.2", foreign_port="4"),
            row(CLIENT, local="::ffff:1.1.1.1", foreign="::ffff:1.1.1.2", foreign_port="4"),
            [],
        ),
    ],
)
def test_one_socket(before: Row, after: Row, kinds: list[str]) -> None:
    assert kinds_of(diff([before], [after])) == kinds


def test_a_restart_is_one_change() -> None:
    (change,) = diff([LISTENER, CLIENT], [row(LISTENER, pid=99), CLIENT])
    assert change.before is not None
    assert change.after is not None
    assert change.before.process is not None
    assert change.after.process is not None
    assert (change.before.process.pid, change.after.process.pid) == (77, 99)


def test_sockets_that_share_an_address_are_counted() -> None:
    two, other = [LISTENER] * 2, row(LISTENER, pid=99)
    assert kinds_of(diff(two, [LISTENER])) == ["closed"]
    assert kinds_of(diff([LISTENER], two)) == ["opened"]
    assert diff(two, two) == []
    # One of them goes and one stays: it is not the one that stays that has changed its owner.
    (change,) = diff([LISTENER, other], [other])
    assert (change.kind, change.before and change.before.process) == (
        "closed",
        ns.Process(pid=77, name="sshd"),
    )
    assert kinds_of(diff([LISTENER, other], [row(LISTENER, pid=5), other])) == ["owner"]


def test_listeners_alone() -> None:
    udp = row(LISTENER, proto="udp", local_port="53", state="")
    connected = row(CLIENT, proto="udp", state="ESTABLISHED")
    found = diff([CLIENT], [SERVER, LISTENER, udp, connected], listening=True)
    assert [(c.kind, c.after and c.after.local.port) for c in found] == [
        ("opened", 443),
        ("opened", 53),
    ]


def test_cut_addresses_are_compared_as_they_are_printed() -> None:
    """In the second snapshot a longer one proves that nothing is cut: the texts are the same."""
    fills = Row(proto="tcp6", local="2001:db8:1:22:333:44", local_port="22", foreign="::1")
    long = Row(proto="tcp6", local=LONG, local_port="4000", foreign="::1", foreign_port="9")
    first = snapshot([fills])
    proof = text_of([LINUX_BANNER, linux_header("p"), *(linux_row(r, "pW") for r in (fills, long))])
    assert kinds_of(list(ns.changes(first, ns.parse(proof)))) == ["opened"]


def test_a_snapshot_of_other_tables_tells_nothing() -> None:
    one, two = log([CLIENT], [CLIENT])
    other = ns.Snapshot(dialect="linux", notes=("another table was set aside",))
    assert list(ns.changes([one, other, two])) == []
    empty = ns.Snapshot(dialect="linux")
    assert kinds_of(list(ns.changes([one, empty, two]))) == ["closed", "opened"]


def test_windows_owners() -> None:
    """Connections in TIME_WAIT belong to pid 0, which is no owner."""
    text = (
        "Active Connections\n\n"
        "  Proto  Local Address          Foreign Address        State           PID\n"
        "  TCP    0.0.0.0:445            0.0.0.0:0              LISTENING       4\n"
        "  TCP    192.0.2.20:49812       198.51.100.9:443       {}\n"
    )
    before = ns.parse(text.format("ESTABLISHED     812"))
    after = ns.parse(text.format("TIME_WAIT       0"))
    assert kinds_of(list(ns.changes(before, after))) == ["state"]
    assert list(ns.changes(before, after, listening=True)) == []
    assert [pair.first.port for pair in ns.pairs(after)] == [49812]


def test_changes_takes_two_snapshots_or_many() -> None:
    one, two = log([CLIENT], [SERVER])
    assert list(ns.changes(one, two)) == list(ns.changes(iter([one, two])))
    with pytest.raises(TypeError):
        ns.changes(one)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        ns.changes([one], two)  # type: ignore[call-overload]


# Lifetimes ----------------------------------------------------------------------------------------


def test_bounds_are_the_stamps_around() -> None:
    (life,) = ns.lifetimes(log([], [CLIENT, SERVER], [CLIENT], []))
    assert (life.opened_after, life.first_seen) == (second(0), second(1))
    assert (life.last_seen, life.closed_before) == (second(2), second(3))
    assert (life.was_open_at_start, life.is_open_at_end) == (False, False)
    assert life.second is not None


def test_at_the_edges_of_a_log_nothing_is_guessed() -> None:
    (life,) = ns.lifetimes(log([CLIENT], [CLIENT]))
    assert (life.opened_after, life.closed_before) == (None, None)
    assert (life.was_open_at_start, life.is_open_at_end) == (True, True)
    unstamped = [snapshot(rows) for rows in ([], [CLIENT], [])]
    (life,) = ns.lifetimes(unstamped)
    assert (life.first_snapshot, life.last_snapshot) == (2, 2)
    assert (life.was_open_at_start, life.is_open_at_end) == (False, False)
    assert life.first_seen is None


def test_lifetimes_come_as_they_end() -> None:
    taken = []

    def snapshots() -> object:
        for one in log([CLIENT], [], [SERVER], []):
            taken.append(one)
            yield one

    found = ns.lifetimes(snapshots())  # type: ignore[arg-type]
    assert next(found).pair.first.port == 40112
    assert len(taken) == 2


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [
        ("SYN_SENT", "ESTABLISHED", 1),
        ("ESTABLISHED", "TIME_WAIT", 1),
        ("FIN_WAIT1", "FIN_WAIT2", 1),
        ("CLOSE_WAIT", "LAST_ACK", 1),
        ("TIME_WAIT", "ESTABLISHED", 2),
        ("TIME_WAIT", "SYN_RECV", 2),
        ("LAST_ACK", "SYN_SENT", 2),
        ("FIN_WAIT2", "CLOSE_WAIT", 2),
        ("ESTABLISHED", "SYN_SENT", 2),
    ],
)
def test_states_tell_that_ports_are_used_again(before: str, after: str, count: int) -> None:
    rows = [row(CLIENT, state=state, pid=0) for state in (before, after)]
    lives = list(ns.lifetimes(log(*([r] for r in rows))))
    assert len(lives) == count
    assert [len(life.states) for life in lives] == ([2] if count == 1 else [1, 1])
    if count == 2:
        assert (lives[0].last_seen, lives[0].closed_before) == (second(0), second(1))
        assert (lives[1].first_seen, lives[1].opened_after) == (second(1), second(0))


def test_another_end_that_lingers_stays_in_the_life_before() -> None:
    """The server's TIME_WAIT is of the connection before, until its ports are used again."""
    lingering = row(SERVER, state="TIME_WAIT", pid=0)
    lives = list(
        ns.lifetimes(
            log(
                [row(CLIENT, state="CLOSE_WAIT"), row(SERVER, state="FIN_WAIT2", pid=0)],
                [lingering],
                [lingering, row(CLIENT, state="SYN_SENT", pid=900)],
                [row(CLIENT, pid=900), SERVER],
                [],
            )
        )
    )
    assert [(life.first_seen, life.last_seen) for life in lives] == [
        (second(0), second(2)),
        (second(2), second(3)),
    ]
    assert [len({span.end for span in life.states}) for life in lives] == [2, 2]
    owner = lives[1].pair.first.process
    assert owner is not None
    assert owner.pid == 900


def test_another_pid_at_one_end_is_another_life_of_both() -> None:
    """The server's row says the same: netstat was not told to print its inode."""
    lives = list(ns.lifetimes(log([CLIENT, SERVER], [row(CLIENT, pid=900), SERVER])))
    assert len(lives) == 2
    assert all(life.second is not None for life in lives)
    assert [life.first_seen for life in lives] == [second(0), second(1)]


def macos(rx_bytes: int, tx_bytes: int) -> str:
    header = (
        "Active Internet connections\n"
        "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)        rxbytes"
        "    txbytes\n"
    )
    return header + (
        f"tcp4       0      0  10.0.0.5.40112         10.0.0.9.443           ESTABLISHED  "
        f"{rx_bytes:10} {tx_bytes:10}\n"
    )


def test_counters_that_go_down_tell_that_ports_are_used_again() -> None:
    logged = [ns.parse(macos(*counters)) for counters in ((10, 5), (900, 60), (900, 7))]
    first, again = ns.lifetimes(logged)
    assert (first.first.rx_bytes, first.first.tx_bytes) == (900, 60)
    assert (again.first.rx_bytes, again.first.tx_bytes) == (900, 7)
    assert (first.first_snapshot, first.last_snapshot, again.first_snapshot) == (1, 2, 3)


def test_an_inode_says_more_than_a_pid() -> None:
    text = text_of([LINUX_BANNER, linux_header("ep"), linux_row(CLIENT, "ep")])
    handed_on = text.replace("812/", "813/")
    other = text.replace("424242", "434343")
    assert text != handed_on
    assert text != other
    same = [ns.parse(t) for t in (text, handed_on)]
    assert len(list(ns.lifetimes(same))) == 1
    assert kinds_of(list(ns.changes(*same))) == ["owner"]
    assert len(list(ns.lifetimes([ns.parse(t) for t in (text, other)]))) == 2


def test_rows_that_are_printed_alike_have_a_life_each() -> None:
    """Two addresses that are cut to the same text."""
    here, there = (
        cut_pair("tcp6", "2001:db8::1", "443", host, "40112") for host in (LONG, OTHER_LONG)
    )
    lives = list(ns.lifetimes(log([here, there], [here], [])))
    assert [life.last_seen for life in lives] == [second(0), second(1)]


def test_a_socket_that_is_connected_to_itself() -> None:
    itself = row(CLIENT, foreign="10.0.0.5", foreign_port="40112")
    (life,) = ns.lifetimes(log([itself], [itself]))
    assert life.pair.first == life.pair.second
    assert life.first == life.second
    assert ns.pairs(snapshot([itself])) == [life.pair.model_copy()]


def test_states_follow_the_diagram() -> None:
    """RFC 9293, figure 5: from each state to those behind it, and never back."""
    order = ["SYN_SENT", "SYN_RECEIVED", "ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2", "TIME_WAIT"]
    states = [ns.TcpState(name) for name in order]
    for i, before in enumerate(states):
        for j, after in enumerate(states):
            assert may_become(before, after) == (i <= j)
    assert may_become(ns.TcpState.UNKNOWN, ns.TcpState.SYN_SENT)
    assert may_become(None, ns.TcpState.SYN_SENT)


def test_the_times_of_states() -> None:
    states = ("ESTABLISHED", "ESTABLISHED", "FIN_WAIT2", "TIME_WAIT")
    (life,) = ns.lifetimes(log(*([row(CLIENT, state=state, pid=0)] for state in states)))
    assert [(span.state, span.first_seen, span.last_seen) for span in life.states] == [
        ("ESTABLISHED", second(0), second(1)),
        ("FIN_WAIT_2", second(2), second(2)),
        ("TIME_WAIT", second(3), second(3)),
    ]


def test_who_is_in_time_wait_has_no_young_peer() -> None:
    waiting = row(SERVER, state="TIME_WAIT", pid=0)
    assert len(list(ns.lifetimes(log([waiting], [waiting, CLIENT])))) == 2
    assert len(list(ns.lifetimes(log([waiting], [waiting, row(CLIENT, state="LAST_ACK")])))) == 1


# Summary ------------------------------------------------------------------------------------------


def counts(some: Sequence[ns.Count]) -> dict[str, tuple[int, int, int]]:
    return {count.name: (count.last, count.highest, count.total) for count in some}


def test_what_is_counted() -> None:
    more = [row(SERVER, foreign_port=str(port), state="SYN_RECV") for port in (1024, 1025)]
    found = ns.summary(log([LISTENER, SERVER], [LISTENER, SERVER, *more], [SERVER]))
    assert (found.snapshots, found.first_at, found.last_at) == (3, second(0), second(2))
    assert (found.sockets.last, found.sockets.highest, found.sockets.total) == (1, 4, 4)
    assert counts(found.by_state) == {
        "SYN_RECEIVED": (0, 2, 2),
        "ESTABLISHED": (1, 1, 1),
        "LISTEN": (0, 1, 1),
    }
    assert found.by_state[0].highest_at == second(1)
    assert counts(found.by_port) == {"tcp 443 (https) in": (1, 3, 3)}
    assert counts(found.by_remote) == {"10.0.0.5": (1, 3, 3)}
    assert counts(found.by_network) == {"10.0.0.0/24": (1, 3, 3)}
    assert counts(found.by_process) == {"sshd": (1, 4, 4)}
    assert [(one.local.port, one.is_open_at_end) for one in found.listeners] == [(443, False)]
    assert [moment.sockets for moment in found.moments] == [2, 4, 1]
    assert found.moments[1].states == {"LISTEN": 1, "ESTABLISHED": 1, "SYN_RECEIVED": 2}
    assert found.is_complete


def test_a_connection_that_changes_its_state_is_counted_under_both() -> None:
    found = ns.summary(log([CLIENT], [row(CLIENT, state="TIME_WAIT", pid=0)]))
    assert counts(found.by_state) == {"ESTABLISHED": (0, 1, 1), "TIME_WAIT": (1, 1, 1)}
    assert counts(found.by_remote) == {"10.0.0.9": (1, 1, 1)}
    assert counts(found.by_port) == {"tcp 443 (https) out": (1, 1, 1)}


def test_networks_of_ipv6_and_of_what_is_cut() -> None:
    rows = [
        cut_pair("tcp6", "::1", "22", "2001:db8:1:2::4", "40000"),
        cut_pair("tcp6", "::1", "22", LONG, "40000"),
    ]
    found = ns.summary(snapshot(rows))
    assert set(counts(found.by_network)) == {"2001:db8:1:2::/64", "unknown"}
    assert any(count.name.endswith("…") for count in found.by_remote)


def test_queues_that_stand_still() -> None:
    stuck, moving = row(CLIENT, send_q=500), row(SERVER, foreign="10.0.0.6")
    logged = log(*([stuck, row(moving, recv_q=i + 1)] for i in range(4)), [row(stuck, send_q=0)])
    (queue,) = ns.summary(logged).standing_queues
    assert (queue.queue, queue.bytes, queue.snapshots) == ("send_q", 500, 4)
    assert (queue.since, queue.until) == (second(0), second(3))
    assert ns.summary(logged[:2]).standing_queues == ()
    (queue,) = ns.summary(logged[:3]).standing_queues
    assert queue.until == second(2)


def test_a_queue_of_ports_that_are_used_again_is_another() -> None:
    stuck, again = row(CLIENT, send_q=500), row(CLIENT, send_q=500, pid=900)
    assert ns.summary(log([stuck], [stuck], [again], [again])).standing_queues == ()


def test_the_highest_is_where_it_was_first() -> None:
    found = ns.summary(log([], [CLIENT], [], [CLIENT]))
    assert found.sockets.highest_at == second(1)


def test_long_logs_have_fewer_moments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST_MOMENTS", 4)
    tables = [[CLIENT] * (number == 5) for number in range(11)]
    found = ns.summary(snapshot(rows, i) for i, rows in enumerate(tables))
    assert len(found.moments) <= 4
    assert sum(moment.snapshots for moment in found.moments) == 11
    assert max(moment.sockets for moment in found.moments) == 1
    assert (found.moments[0].first_at, found.moments[-1].last_at) == (second(0), second(10))


def test_too_many_names_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST_NAMES", 3)
    often = [row(SERVER, foreign="10.9.9.9", foreign_port=str(port)) for port in (1025, 1026)]
    tables = [[row(SERVER, foreign=f"10.0.0.{i}"), *often] for i in range(20)]
    found = ns.summary(log(*tables))
    assert not found.is_complete
    assert len(found.by_remote) <= 7
    assert found.by_remote[0].name == "10.9.9.9"


# All of them --------------------------------------------------------------------------------------


def everything_of(snapshots: list[ns.Snapshot]) -> list[BaseModel]:
    transports = ("tcp", "udp", "sctp")
    return [
        *ns.pairs(snapshots, transports=transports),
        *ns.changes(snapshots),
        *ns.lifetimes(snapshots, transports=transports),
        ns.summary(snapshots),
    ]


@pytest.mark.parametrize(
    "path", sorted(FIXTURES.glob("*/*.txt")), ids=lambda p: f"{p.parent.name}/{p.stem}"
)
def test_what_is_made_of_every_fixture_is_valid(path: Path) -> None:
    """Models are made without validation: they must be what validation would make."""
    given = list(ns.read_log(path))
    empty = ns.Snapshot(dialect=given[0].dialect)
    for model in everything_of([*given, empty, *reversed(given)]):
        validated = type(model).model_validate(dict(model))
        assert validated == model
        assert hash(validated) == hash(model)
        assert type(model).model_validate_json(model.model_dump_json()) == model


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*/*.txt")), ids=lambda p: p.stem)
def test_records_that_are_equal_give_the_same(path: Path) -> None:
    """Also if they are not the same objects, as those of a reader are: read from JSON."""
    given = list(ns.read_log(path)) * 2
    copies = [ns.Snapshot.model_validate_json(one.model_dump_json()) for one in given]
    assert list(ns.changes(copies)) == list(ns.changes(given))
    assert ns.pairs(copies) == ns.pairs(given)
    assert list(ns.lifetimes(copies)) == list(ns.lifetimes(given))
    assert ns.summary(copies) == ns.summary(given)


PLACES = [("10.0.0.1", "22"), ("10.0.0.2", "1024"), ("10.0.0.2", "1025")]


@st.composite
def any_row(draw: st.DrawFn) -> Row:
    (local, local_port), (foreign, foreign_port) = draw(st.permutations(PLACES))[:2]
    if draw(st.booleans()):
        foreign, foreign_port, state = "0.0.0.0", "*", "LISTEN"
    else:
        state = draw(st.sampled_from(["SYN_SENT", "ESTABLISHED", "FIN_WAIT2", "TIME_WAIT"]))
    return Row(
        local=local,
        local_port=local_port,
        foreign=foreign,
        foreign_port=foreign_port,
        state=state,
        pid=draw(st.sampled_from([0, 1, 2])),
        recv_q=draw(st.sampled_from([0, 1])),
    )


def visible(snapshot: ns.Snapshot) -> list[ns.Connection]:
    """Its sockets: of a connection that is printed twice the last row."""
    listening = [c for c in snapshot.connections if c.state == "LISTEN"]
    others = {(c.local, c.foreign): c for c in snapshot.connections if c.state != "LISTEN"}
    return [*listening, *others.values()]


@given(st.lists(st.lists(any_row(), max_size=6), min_size=1, max_size=6))
def test_whatever_happens_adds_up(tables: list[list[Row]]) -> None:
    """What is opened, closed and changed leads from each snapshot to the next; each connection is
    in a lifetime while it is there, and in no more than its ends; the counts are those of rows."""
    text = "".join(
        text_of([second(i).isoformat(), LINUX_BANNER, linux_header("p")])
        + "".join(linux_row(r, "p") + "\n" for r in rows)
        for i, rows in enumerate(tables)
    )
    logged = list(ns.iter_snapshots(text))
    here = Counter(_place(c) for c in visible(logged[0]))
    found = list(ns.changes(logged))
    for number, after in enumerate(logged[1:], 1):
        for change in found:
            if change.at == second(number):
                here[_place(change.before)] -= 1
                here[_place(change.after)] += 1
        del here[None]
        assert +here == Counter(_place(c) for c in visible(after))

    lives = list(ns.lifetimes(logged))
    for number, one in enumerate(logged, 1):
        there = [life for life in lives if life.first_snapshot <= number <= life.last_snapshot]
        told = Counter(
            frozenset((end.host, end.port) for end in (life.pair.first, life.pair.second))
            for life in there
        )
        rows = Counter(
            frozenset(((c.local.host, c.local.port), (c.foreign.host, c.foreign.port)))
            for c in visible(one)
            if c.state != "LISTEN"
        )
        assert set(told) == set(rows)
        assert all(told[pair] <= rows[pair] for pair in rows)

    counted = ns.summary(logged)
    last = Counter(c.state.value for c in visible(logged[-1]) if c.state)
    assert {count.name: count.last for count in counted.by_state if count.last} == last
    most = {
        state: max(sum(c.state == state for c in visible(one)) for one in logged)
        for state in {c.state for one in logged for c in visible(one)}
    }
    assert {count.name: count.highest for count in counted.by_state} == most
    pairs = ns.pairs(logged)
    assert len({frozenset((p.first, p.second)) for p in pairs}) == len(pairs)


def _place(c: ns.Connection | None) -> tuple[ns.Endpoint, ns.Endpoint] | None:
    return (c.local, c.foreign) if c is not None else None
