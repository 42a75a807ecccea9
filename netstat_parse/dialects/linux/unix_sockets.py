"""The table of UNIX domain sockets that net-tools, busybox and toybox print: `netstat -x`.

Sources: net-tools 2.10, netstat.c (unix_do_one); busybox, networking/netstat.c (unix_do_one);
toybox, toys/net/netstat.c (show_unix_sockets).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from pyparsing import ParserElement

from netstat_parse.dialects.linux.cells import PROGRAM_COLUMN
from netstat_parse.dialects.linux.locales import ENGLISH, LANGUAGES, escaped, in_charset
from netstat_parse.grammar.dialect import Claim, Column, RowKind, TableSpec
from netstat_parse.grammar.padding import LONGEST_PATH
from netstat_parse.grammar.tokens import (
    ID,
    adjacent,
    choice,
    literal,
    number,
    one_of_words,
    optional,
    path,
    token,
    word_token,
)
from netstat_parse.grammar.truncation import ProgramLimit
from netstat_parse.schema import UNIX_SOCKETS

TYPES = (
    "STREAM",
    "DGRAM",
    "RAW",
    "RDM",
    "SEQPACKET",
    "SEQPAKET",
    "RÅ",
    "FLUJO",
    "流",
    "数据报",
    escaped("RÅ", "latin-1"),
    escaped("流", "gbk"),
    escaped("数据报", "gbk"),
    "DCCP",
    "PACKET",
    "UNKNOWN",
)
FLAGS = (
    token("'['", r"\[")
    + token("flags", "(?: [A-Z]++ (?: [ ] [A-Z]++ )*+ )?+")("flags")
    + word_token("']'", r"\]")
)
STATE = word_token("state", r"[^\s0-9/@\[-] [^\s/@]*+")("state")


def process(end_of_field: str) -> ParserElement:
    """`pid/name` in a field of 20, or `-`, before a path that may hold blanks as the name may.

    The field's width tells where the name ends; `end_of_field` is what stands behind it. Where
    blanks were folded, or letters have more bytes than one, the path's first character tells; then
    two blanks are not within a name, and there is but one place where a path may begin.
    """
    in_field = " | ".join(
        rf"""
            (?<= [ \t] [0-9]{{{digits}}} / )        # the pid's digits, so what is left for the name
            (?= [\0-~]{{{width}}} {end_of_field} | [\0-~]{{0,{width}}} $ )
            (?: .{{0,{width - 1}}} [^ \t\n] )?+     # the name, less the blanks behind it
        """
        for digits in range(1, 11)
        if (width := PROGRAM_COLUMN - 1 - digits)
    )
    folded = rf"""
        (?: (?! [ \t]{{2,}} [^\s/@] | [ \t]++ [/@] ) . ){{0,{PROGRAM_COLUMN - len("1/")}}}?
        (?= [ \t]++ [/@] (?! .* [ \t][/@] )        # a path, or one in the abstract namespace
          | [ \t]*+ $ )
    """
    name = token("program name", f"{in_field} | {folded}", quick=in_field)("program")
    known = adjacent(token("pid", ID)("pid"), literal("/"), name)
    return choice("pid/program name or -", word_token("-", "-"), known)


def linux_unix(
    *,
    banners: tuple[str, ...] = ENGLISH.unix_banners,
    titles: Mapping[str, str] | None = None,
    process_title: str = "PID/Program name",
    separator: str = " ",
    claim: Callable[[str], Claim] | None = None,
) -> TableSpec:
    """The table under these titles; `titles` translates them.

    `separator` ends the field of the program, or is empty.
    """
    columns = (
        Column("Proto", word_token("proto", r"unix|\?\?"), required=True),
        Column("RefCnt", number("refcount", "RefCnt"), required=True),
        Column("Flags", FLAGS),
        Column("Type", one_of_words(TYPES, "type")("type")),
        Column("State", optional(STATE)),
        Column("I-Node", choice("inode", word_token("-", "-"), number("inode", "inode"))),
        Column(process_title, process("[ ]" if separator else "")),
        Column("Path", path(LONGEST_PATH), required=True),
    )
    spec = TableSpec(
        kind=UNIX_SOCKETS,
        record="UnixSocket",
        columns=tuple(replace(c, title=(titles or {}).get(c.title, c.title)) for c in columns),
        row_kinds=(RowKind("unix"),),
        banners=banners,
        program_limit=ProgramLimit(PROGRAM_COLUMN - len(separator), with_pid=True),
        path_limit=LONGEST_PATH,
        follows_another_table=True,
        look=r"unix [ \t]++ [0-9]++ [ \t]++ \[",
    )
    return spec if claim is None else replace(spec, claim=claim)


HEADER = "Proto RefCnt Flags       Type       State         I-Node   "

UNIX_TABLES = (
    replace(
        linux_unix(),
        common_headers=(f"{HEADER}Path", f"{HEADER}PID/Program name     Path"),
        example="""
unix  2      [ ACC ]     STREAM     LISTENING     20252    /run/systemd/private
unix  3      [ ]         STREAM     CONNECTED     20253    @/tmp/.X11-unix/X0
unix  2      [ ]         DGRAM                    20254
""",
    ),
    *(
        linux_unix(banners=each.unix_banners, titles=each.unix_titles)
        for language in LANGUAGES
        if language is not ENGLISH
        for each in (language, in_charset(language))
    ),
)
"""Those of net-tools: English, then each language, in UTF-8 and as old charsets' bytes arrive."""
