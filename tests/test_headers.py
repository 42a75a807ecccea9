"""What is a header of netstat's, and what only looks like one."""

from __future__ import annotations

import pytest
from printed import LINUX_BANNER, MACOS_HEADER, Row, are_rows, linux_header, linux_row

import netstat_parse as ns

DOUBLED = {
    "a column that each header has": linux_header().replace("Send-Q", "Recv-Q"),
    "the first column": f"Proto {linux_header()}",
    "the state": f"{linux_header()} State",
    "a column of an option": f"{linux_header('p')}{linux_header('p').partition('State')[2]}",
    "a column that nobody knows": f"{linux_header()} Colour Colour",
    "a column of macOS": f"{MACOS_HEADER} rxbytes rxbytes",
}


@pytest.mark.parametrize("doubled", DOUBLED.values(), ids=DOUBLED)
def test_a_header_names_no_column_twice(doubled: str) -> None:
    """Below it nobody could tell which cell is which; so it is no header, and is reported."""
    above, below = linux_row(Row()), linux_row(Row(local_port="23"))
    reader = ns.SnapshotReader()
    given_lines = [LINUX_BANNER, linux_header(), above, doubled, below]
    (snapshot,) = reader.feed_lines(given_lines) + reader.close()
    assert [line.text for line in snapshot.unparsed] == [doubled]
    assert are_rows(snapshot, [Row(), Row(local_port="23")], "")
    assert reader.counts[ns.LineKind.HEADER] == 1


@pytest.mark.parametrize("doubled", DOUBLED.values(), ids=DOUBLED)
def test_a_header_with_a_doubled_title_is_no_netstat_output(doubled: str) -> None:
    with pytest.raises(ns.NotNetstatError):
        list(ns.iter_snapshots([doubled]))
    with pytest.raises(ns.ParseError) as caught:
        ns.parse(f"{linux_header()}\n{doubled}\n")
    assert (caught.value.number, caught.value.line) == (2, doubled)
