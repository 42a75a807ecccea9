"""The table of interfaces that net-tools prints: `netstat -i`.

Source: net-tools 2.10, lib/interface.c (ife_print_short): `%-15.15s %5d`, then four and four
counters, `%8llu %6lu %6lu %-6lu` each way, and `%s`. The kernel's names have 15 characters at most,
so none is cut.
"""

from __future__ import annotations

from netstat_parse.dialects.tables import counter
from netstat_parse.grammar.dialect import Column, RowKind, TableSpec
from netstat_parse.grammar.tokens import number, word_token
from netstat_parse.schema import INTERFACES

INTERFACE_TABLE = TableSpec(
    kind=INTERFACES,
    record="Interface",
    banners=("Kernel Interface table",),
    columns=(
        Column("Iface", word_token("interface", r"[^\s/]++")("name"), required=True),
        Column("MTU", number("mtu", "MTU"), required=True),
        counter("RX-OK", "rx_packets", required=True),
        counter("RX-ERR", "rx_errors"),
        counter("RX-DRP", "rx_drops"),
        counter("RX-OVR", "rx_overruns"),
        counter("TX-OK", "tx_packets", required=True),
        counter("TX-ERR", "tx_errors"),
        counter("TX-DRP", "tx_drops"),
        counter("TX-OVR", "tx_overruns"),
        Column("Flg", word_token("flags", "[A-Za-z]++")("flags"), required=True),
    ),
    row_kinds=(RowKind("interface"),),
    common_headers=(
        "Iface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg",
    ),
    follows_another_table=True,
    example="""
eth0             1500     1851      0      0 0          1704      0      0      0 BMRU
lo              65536    23909      0      0 0         23909      0      0      0 LRU
""",
)
