"""The table of multicast groups that net-tools prints: `netstat -g`.

Source: net-tools 2.10, netstat.c (igmp_do_one). Each row is printed with `%-15s %-6d %s`.
"""

from __future__ import annotations

from dataclasses import replace

from netstat_parse.dialects.linux.locales import ENGLISH, LANGUAGES, Language, in_charset
from netstat_parse.dialects.tables import GROUP_FIELDS
from netstat_parse.grammar.dialect import Column, RowKind, TableSpec
from netstat_parse.grammar.tokens import number, word_token
from netstat_parse.schema import MULTICAST_GROUPS

INTERFACE = word_token("interface", r"[^\s/:]++")("interface")
"""`eth0`. The kernel allows no blank, slash or colon in it."""

OCTET = "(?: 25[0-5] | 2[0-4][0-9] | 1[0-9]{2} | [1-9]?[0-9] )"
NAME_COLUMN = 23
"""Where the group begins."""
LONGEST_NAME = 126
"""A name of one character more may have been cut."""
GROUP = word_token(
    "group",
    rf"""
    (?: (?: 22[4-9] | 23[0-9] ) (?: \.{OCTET} ){{3}}        # 224.0.0.251
      | ff[0-9a-f]{{2}} (?: :[0-9a-f]{{1,4}} ){{7}}         # ff3e:40:2001:db8:1:2:8000:1
      | (?! (?: [0-9a-f]*+: ){{8}} )                        # ff02::fb, with seven groups at most
        ff[0-9a-f]{{2}} (?: :[0-9a-f]{{1,4}} )*+
        :: (?: [0-9a-f]{{1,4}} (?: :[0-9a-f]{{1,4}} )*+ )?+
      | (?<= .{{{NAME_COLUMN}}} )                           # all-systems.mcast.net, in its column:
        (?= [0-9_.-]*+ [A-Za-z] )                           # any three words in a row look like
        (?! \S*\.[0-9]++ (?!\S) )                           # these; and not like an address
        [A-Za-z0-9_.-]{{1,{LONGEST_NAME}}}+
    )
    """,
)("group")
"""A multicast address (RFC 5771, RFC 4291 section 2.7), or without -n perhaps a name for it."""


HEADER = "Interface       RefCnt Group"
EXAMPLE = """
lo              1      224.0.0.1
eth0            2      mdns.mcast.net
eth0            1      ff02::1:ff00:10
enx001122334455 3      ff3e:40:2001:db8:1:2:8000:1
"""


def linux_groups(language: Language) -> TableSpec:
    """The table in one language."""
    columns = (
        Column("Interface", INTERFACE, required=True),
        Column("RefCnt", number("refcount", "RefCnt"), required=True),
        Column(
            "Group",
            GROUP,
            (*GROUP_FIELDS,),
            required=True,
        ),
    )
    is_english = language is ENGLISH
    return TableSpec(
        kind=MULTICAST_GROUPS,
        record="MulticastGroup",
        columns=tuple(
            replace(column, title=language.group_titles.get(column.title, column.title))
            for column in columns
        ),
        row_kinds=(RowKind("group"),),
        banners=language.group_banners,
        common_headers=(HEADER,) if is_english else (),
        follows_another_table=True,
        look=r"[^\s/:]++ [ \t]++ [0-9]++ [ \t]++ (?: 2[23][0-9] \. | ff[0-9a-f]{2} : )",
        example=EXAMPLE if is_english else "",
    )


def languages() -> tuple[Language, ...]:
    """English, and each language that has titles of its own, also as its old charset's bytes."""
    translated = [language for language in LANGUAGES if language.group_titles]
    old = [in_charset(language) for language in translated if not is_ascii(language)]
    return (ENGLISH, *translated, *old)


def is_ascii(language: Language) -> bool:
    """Tell whether the words of this table are the same in every charset."""
    return "".join((language.group_banner, *language.group_titles.values())).isascii()


GROUP_TABLES = tuple(map(linux_groups, languages()))
