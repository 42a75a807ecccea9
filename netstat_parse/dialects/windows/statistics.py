"""What Windows prints for `netstat -s` and `-e`.

Source: captures of Windows XP to 11; Wine's netstat.exe prints the same. A counter is printed with
`  %-34s = %lu`, `  %-35s = %lu` or `  %-21s = %lu`; those of ICMP and of the interfaces in two
columns, Received and Sent.

IPv4 Statistics

  Packets Received                   = 120341

Interface Statistics

                           Received            Sent

Bytes                    1203310021       331200412
"""

from __future__ import annotations

import re

from netstat_parse.dialects.tables import find_value, find_values
from netstat_parse.grammar.dialect import Column, Field, RowKind, Shape, TableSpec
from netstat_parse.grammar.tokens import NEVER, token
from netstat_parse.schema import STATISTICS

BANNERS = (
    *("Interface Statistics", "IPv4 Statistics", "IPv6 Statistics"),
    *("ICMPv4 Statistics", "ICMPv6 Statistics"),
    *(f"{name} Statistics for {ip}" for name in ("TCP", "UDP") for ip in ("IPv4", "IPv6")),
    *(f"{name} Statistics" for name in ("IP", "ICMP", "TCP", "UDP")),  # Windows 2000
)
TWO_TITLES = r"[ \t]{15,} [^\s0-9] [^\n0-9=]*? [ \t]{2,} [^\n0-9=]++"
NAME = r"[^\s0-9] [^\n]*?"
ONE = r"[ ]++ = [ ] [0-9]++"
TWO = r"[ ]++ [0-9]++ [ ]++ [0-9]++"


def to_name(text: str) -> str:
    """The name in a line: what stands before the mark, or before the numbers at the end."""
    return re.split(r"\s+=\s|\s+(?=[0-9]+(?:\s+[0-9]+)?$)", text, maxsplit=1)[0]


LINE = token(
    "a name and one counter or two",
    rf"{NAME} (?: {ONE} | {TWO} | [ ]{{2,}} [0-9]++ ) (?= [ \t]*+ (?![^\n]) )",
    quick=NEVER,
)("text")
STATISTICS_TABLE = TableSpec(
    kind=STATISTICS,
    record="Statistic",
    banners=BANNERS,
    banner_cells={banner: {"section": banner} for banner in BANNERS},
    columns=(
        Column(
            "statistic",
            LINE,
            (
                Field("name", to_name, ("text",)),
                Field("value", find_value, ("text",)),
                Field("values", find_values, ("text",)),
            ),
        ),
    ),
    row_kinds=(RowKind("statistic"),),
    heading=TWO_TITLES.replace(" ", "").replace("[\\t]", "[ \\t]"),
    has_titles=False,
    follows_another_table=True,
    shapes=(
        Shape(rf"[ \t]*+ {NAME} {ONE}", BANNERS[:1], banner=r"IP|TCP|UDP", banner_cell="section"),
        Shape(
            rf"[ \t]*+ {NAME} {TWO}",
            BANNERS[:1],
            least_titles=2,
            least_indent=15,
            banner="ICMP",
            banner_cell="section",
            follows=True,
        ),
        Shape(
            rf"""
                (?= (?: \\x[0-9a-f]{{2}} | [^\n] ){{40,90}}+ \Z )
                {NAME} {TWO}
            """,
            BANNERS[:1],
            least_titles=2,
            least_indent=20,
            banner_cell="section",
        ),
    ),
    example="""
  Packets Received                   = 120341
  Messages                  12          14
Bytes                    1203310021       331200412
Unknown protocols                 0
""",
)
