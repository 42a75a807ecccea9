"""The records of statistics: `netstat -s`."""

from __future__ import annotations

from netstat_parse.models.common import Frozen


class Statistic(Frozen):
    """One counter of `netstat -s`.

    `name` is the same from capture to capture, whatever the numbers are. So where the words follow
    the number, as in `1 packet sent` and `2 packets sent`, the name is that of many: `packets
    sent`. A sentence with several numbers, such as `12 data packets (3456 bytes)`, is one
    Statistic: its value is the first of them, `values` has all in their order, and in the name a
    `#` stands for each but the first: `data packets (# bytes)`.
    """

    dialect: str
    section: str
    """The heading above: Tcp, icmp, `TCP Statistics for IPv4`."""
    subsection: str | None = None
    """The name of the line above that it stands under, further in: `ICMP input histogram`, `packets
    received`. None where it stands right below the heading."""
    name: str
    value: int | None = None
    """The number; None where netstat prints a word instead."""
    values: tuple[int, ...] = ()
    """All numbers of the line."""
    text: str
    """The line as printed, without the blanks around it."""
    truncated: tuple[str, ...] = ()
    """The names of the fields whose text netstat may have cut."""
