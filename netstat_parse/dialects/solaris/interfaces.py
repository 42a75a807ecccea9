"""The interfaces and the multicast groups of Solaris and illumos: `netstat -i`, -ia, -g.

Source: illumos-gate, usr/src/cmd/cmd-inet/usr.bin/netstat/netstat.c (if_report, group_report). All
columns of interfaces are left-aligned, and nothing is cut: a long text, or counter, pushes the rest
of its row to the right. With -a an address that is not the interface's first has `N/A` for the
counters.
"""

from __future__ import annotations

from collections.abc import Mapping

from pyparsing import ParserElement

from netstat_parse.dialects.tables import GROUP_FIELDS
from netstat_parse.grammar.dialect import Claim, Column, Field, RowKind, TableSpec
from netstat_parse.grammar.tokens import (
    COUNTER,
    END_OF_WORD,
    choice,
    literal,
    number,
    token,
    word_token,
)
from netstat_parse.schema import INTERFACES, MULTICAST_GROUPS

# Interfaces ---------------------------------------------------------------------------------------


def counted(name: str, words: str) -> ParserElement:
    """A counter, or `N/A`."""
    return choice(words, number(name, words), literal("N/A"), is_exclusive=True)


def in_extra(queue: str) -> Mapping[str, str]:
    """The packets that wait to be sent, under their column's title."""
    from netstat_parse.models import FrozenDict

    return FrozenDict(Queue=queue)


MTU = token("Mtu", rf"[1-9][0-9]{{4}} (?= \S ) | {COUNTER} {END_OF_WORD}")("mtu")
"""It is printed with `%-5u` and no blank behind it: one of five digits touches the network."""


def interfaces(header: str, example: str) -> TableSpec:
    """The table of IPv4, or that of IPv6, whose columns are wider and which has no Queue."""
    return TableSpec(
        kind=INTERFACES,
        record="Interface",
        columns=(
            Column("Name", word_token("interface", r"\S++")("name"), required=True),
            Column("Mtu", MTU, required=True),
            Column("Net/Dest", word_token("network", r"\S++")("network"), required=True),
            Column("Address", word_token("address", r"\S++")("address"), required=True),
            Column("Ipkts", counted("rx_packets", "Ipkts"), required=True),
            Column("Ierrs", counted("rx_errors", "Ierrs"), required=True),
            Column("Opkts", counted("tx_packets", "Opkts"), required=True),
            Column("Oerrs", counted("tx_errors", "Oerrs"), required=True),
            Column("Collis", counted("collisions", "Collis"), required=True),
            Column("Queue", counted("queue", "Queue"), (Field("extra", in_extra, ("queue",)),)),
        ),
        row_kinds=(RowKind("interface"),),
        claim=lambda line: Claim.OWN if line.split() == header.split() else Claim.NONE,
        common_headers=(header,),
        follows_another_table=True,
        example=example,
    )


INTERFACE_TABLES = (
    interfaces(
        "Name  Mtu  Net/Dest      Address        Ipkts  Ierrs Opkts  Oerrs Collis Queue ",
        """
lo0   8232 127.0.0.0     127.0.0.1      1141313777 0     1141313777 0     0      0
net0  1500 192.0.2.0     192.0.2.4      29532  0     26541  0     0      0
net0  1500 192.0.2.0     192.0.2.5      N/A    N/A   N/A    N/A   N/A    N/A
net1  16000db-net        db-4           29532  0     26541  0     0      0
""",
    ),
    interfaces(
        "Name  Mtu  Net/Dest                    Address                     "
        "Ipkts  Ierrs Opkts  Oerrs Collis",
        """
lo0   8252 ::1                         ::1                         104    0     104    0     0
net0  1500 fe80::1/10                  fe80::1                     20     0     12     0     0
""",
    ),
)

# Multicast groups ---------------------------------------------------------------------------------


def groups(title: str, banners: tuple[str, ...], header: str, example: str) -> TableSpec:
    """The groups of one family; `title` is that of the interfaces."""
    return TableSpec(
        kind=MULTICAST_GROUPS,
        record="MulticastGroup",
        banners=banners,
        columns=(
            Column(title, word_token("interface", r"[A-Za-z]\S*+")("interface"), required=True),
            Column("Group", word_token("group", r"\S++")("group"), GROUP_FIELDS, required=True),
            Column("RefCnt", number("refcount", "RefCnt"), required=True),
        ),
        row_kinds=(RowKind("group"),),
        claim=lambda line: Claim.OWN if line.split() == header.split() else Claim.NONE,
        common_headers=(header,),
        follows_another_table=True,
        example=example,
    )


GROUP_TABLES = (
    groups(
        "Interface",
        ("Group Memberships: IPv4", "Group Memberships"),
        "Interface Group                RefCnt",
        """
lo0       224.0.0.1                 1
net0      224.0.0.251               2
""",
    ),
    groups(
        "If",
        ("Group Memberships: IPv6",),
        " If       Group                   RefCnt",
        """
lo0   ff02::1                         1
net0  ff02::1:ff00:1                  2
""",
    ),
)
