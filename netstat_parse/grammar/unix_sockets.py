"""The tables of UNIX domain sockets: one shape on Linux, another on the BSDs.

Sources: net-tools 2.10, netstat.c (unix_do_one); busybox, networking/netstat.c (unix_do_one);
toybox, toys/net/netstat.c (show_unix_sockets); FreeBSD, usr.bin/netstat/unix.c, and Apple
network_cmds, netstat.tproj/unix.c (unixdomainpr).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from pyparsing import ParserElement

from netstat_parse.grammar.dialect import Column, Dialect, Field, RowKind
from netstat_parse.grammar.linux_locales import Language, escaped
from netstat_parse.grammar.table import UNIX, AddressLimits, ProgramWidth
from netstat_parse.grammar.tokens import (
    ID,
    adjacent,
    choice,
    free_text,
    literal,
    number,
    one_of_words,
    optional,
    token,
)

HEADER = "Proto RefCnt Flags       Type       State         I-Node   "
ENGLISH = "Active UNIX domain sockets"
MODES = ("w/o servers", "servers and established", "only servers")
LINUX_BANNERS = tuple(f"{ENGLISH} ({mode})" for mode in MODES)

TRANSLATIONS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "cs": (
        "Aktivní sokety domény UNIX",
        {
            "RefCnt": "Čítač",
            "Flags": "Příznaky",
            "Type": "Typ",
            "State": "Stav",
            "I-Node": "I-Uzel",
            "Path": "Cesta",
        },
    ),
    "de": ("Aktive Sockets in der UNIX-Domäne", {"Path": "Pfad"}),
    "et": ("Aktiivsed UNIX domeeni soklid", {"Path": "Tee"}),
    "fr": ("Sockets du domaine UNIX actives", {"Path": "Chemin"}),
    "ja": ("稼働中のUNIXドメインソケット", {"Path": "パス"}),
    "pt_BR": ("Domain sockets UNIX ativos", {"Path": "Caminho"}),
    "sv": (
        "Aktiva UNIX-domänuttag",
        {"Flags": "Flagg", "Type": "Typ", "State": "Tillstånd", "Path": "Sökväg"},
    ),
}
"""By language: the banner before its bracket, and English title -> title."""

TYPES = (
    "STREAM",
    "DGRAM",
    "RAW",
    "RDM",
    "SEQPACKET",
    "SEQPAKET",
    "RÅ",
    escaped("RÅ", "latin-1"),
    "DCCP",
    "PACKET",
    "UNKNOWN",
)

FLAGS = (
    token(r"\[", "'['")
    + token(r"(?:[A-Z]++(?: [A-Z]++)*+)?+", "flags")("flags")
    + token(r"\](?!\S)", "']'")
)
STATE = token(r"[^\s0-9/@\[-][^\s/@]*+(?!\S)", "state")("state")
PATH = free_text("path", "path", "")

PROGRAM_COLUMN = 20


def process(separator: str) -> ParserElement:
    """`pid/name` in a field of 20, or `-`, before a path that may hold blanks as the name may.

    The field's width tells where the name ends. Where blanks were folded, or letters have more
    bytes than one, the path's first character does; then two blanks are not within a name.
    """
    in_field = "|".join(
        rf"(?<=[ \t][0-9]{{{digits}}}/)(?=[\0-~]{{{width}}}{separator}|[\0-~]{{0,{width}}}$)"
        rf"(?:.{{0,{width - 1}}}[^ \t\n])?+"
        for digits in range(1, 11)
        if (width := PROGRAM_COLUMN - 1 - digits)
    )
    folded = r"(?:(?![ \t]{2,}[^\s/@]).){0,40}?(?=[ \t]++[/@]|[ \t]*+$)"
    name = token(rf"(?:{in_field}|{folded})", "program name")("program")
    known = adjacent(token(ID, "pid")("pid"), literal("/"), name)
    return choice("pid/program name or -", known, token(r"-(?!\S)", "-"))


def linux_unix(
    name: str,
    *,
    process_title: str = "PID/Program name",
    separator: str = " ",
    titles: Mapping[str, str] | None = None,
    banners: tuple[str, ...] = LINUX_BANNERS,
    common_headers: tuple[str, ...] = (),
    claims: Callable[[str], bool] | None = None,
) -> Dialect:
    """The table of net-tools, busybox or toybox, which `netstat -x` and `netstat -anp` print.

    `separator` ends the field of the program; `titles` translates the titles.
    """
    columns = (
        Column("Proto", token(r"(?:unix|\?\?)(?!\S)", "proto"), required=True),
        Column("RefCnt", number("refcount", "RefCnt"), required=True),
        Column("Flags", FLAGS),
        Column("Type", optional(one_of_words(TYPES, "type")("type"))),
        Column("State", optional(STATE)),
        Column("I-Node", choice("inode", number("inode", "inode"), token(r"-(?!\S)", "-"))),
        Column(process_title, process(separator)),
        Column("Path", PATH, required=True),
    )
    return Dialect(
        name=name,
        commands=("netstat -anp", "netstat -x"),
        connection="UnixSocket",
        banners=banners,
        other_tables=(),
        columns=tuple(replace(c, title=(titles or {}).get(c.title, c.title)) for c in columns),
        row_kinds=(RowKind("unix", "", {}),),
        separator="",
        states={},
        plain_family=None,
        limits=lambda header: AddressLimits(),
        program_width=ProgramWidth(19 + (not separator), with_pid=True),
        common_headers=common_headers,
        kind=UNIX,
        below=True,
        claims=claims,
    )


def from_hexadecimal(text: str) -> int:
    return int(text, 16)


def address(title: str, field: str, *, required: bool = False) -> Column:
    cell = token(r"(?:0x)?+[0-9a-f]{1,16}+(?!\S)", title)(field)
    return Column(title, cell, (Field(field, from_hexadecimal, (field,)),), required=required)


def count(title: str, field: str) -> Column:
    return Column(title, number(field, title), (Field(field, int, (field,)),), required=True)


def bsd_unix(name: str, banner: str, *, more_columns: tuple[Column, ...] = ()) -> Dialect:
    """The table of macOS or FreeBSD, which `netstat -an` prints."""
    columns = (
        address("Address", "socket", required=True),
        Column("Type", token(r"[a-z]{3,6}[a-z0-9]*+(?!\S)", "type")("type"), required=True),
        count("Recv-Q", "recv_q"),
        count("Send-Q", "send_q"),
        Column(
            "Inode",
            token(r"(?:0x)?+[0-9a-f]{1,16}+(?!\S)", "Inode")("vnode"),
            (Field("inode", from_hexadecimal, ("vnode",)),),
            required=True,
        ),
        address("Conn", "connected_to"),
        address("Refs", "references"),
        address("Nextref", "next_reference"),
        *more_columns,
        Column("Addr", PATH, required=True),
    )
    return Dialect(
        name=name,
        commands=("netstat -an", "netstat -f unix"),
        connection="UnixSocket",
        banners=(banner,),
        other_tables=(),
        columns=columns,
        row_kinds=(RowKind("unix", "", {}),),
        separator="",
        states={},
        plain_family=None,
        limits=lambda header: AddressLimits(),
        program_width=ProgramWidth(31),
        common_headers=(),
        kind=UNIX,
        below=True,
    )


def net_tools_unix(languages: Iterable[Language]) -> tuple[Dialect, ...]:
    """net-tools' table in each of these languages, in UTF-8 and as older charsets' bytes arrive."""
    translated = []
    for language in languages:
        banner, titles = TRANSLATIONS.get(language.code, (ENGLISH, {}))
        if banner != ENGLISH:
            texts = [f"{banner}{' ' * (language.code != 'fr')}({mode})" for mode in language.modes]
            translated.append(linux_unix("linux", titles=titles, banners=tuple(texts)))
            cs = language.charset
            old_titles = {english: escaped(title, cs) for english, title in titles.items()}
            old_banners = tuple(escaped(text, cs) for text in texts)
            translated.append(linux_unix("linux", titles=old_titles, banners=old_banners))
    common = (f"{HEADER}Path", f"{HEADER}PID/Program name     Path")
    return (linux_unix("linux", common_headers=common), *translated)
