"""Windows: `netstat`, `netstat -ano`, `netstat -anob`, -q, -t, -f and -y, in six languages.

Source: the message table of netstat.exe (Windows Server 2003) and captures of Windows 7 to 11.
There are no queues; an IPv6 address stands in brackets, its scope inside; nothing is ever cut.
With -b up to two lines follow a row: the component, then the program in brackets.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pyparsing import And, ParserElement

from netstat_parse.grammar.dialect import Cell, Column, Dialect, Field, Place, RowKind
from netstat_parse.grammar.table import AddressLimits, ProgramWidth
from netstat_parse.grammar.tokens import (
    ID,
    adjacent,
    literal,
    number,
    one_of_words,
    optional,
    port,
    token,
    word,
)

STATES = {
    "CLOSED": "CLOSED",
    "LISTENING": "LISTEN",
    "SYN_SENT": "SYN_SENT",
    "SYN_RECEIVED": "SYN_RECEIVED",
    "ESTABLISHED": "ESTABLISHED",
    "FIN_WAIT_1": "FIN_WAIT_1",
    "FIN_WAIT_2": "FIN_WAIT_2",
    "CLOSE_WAIT": "CLOSE_WAIT",
    "CLOSING": "CLOSING",
    "LAST_ACK": "LAST_ACK",
    "TIME_WAIT": "TIME_WAIT",
    "BOUND": "UNKNOWN",
    "DELETE_TCB": "UNKNOWN",
}
"""What the API names MIB_TCP_STATE; most translations of Windows print the same words."""


@dataclass(frozen=True)
class Language:
    """The words of one translation of netstat.exe."""

    banner: str
    local: str
    foreign: str
    state: str
    states: Mapping[str, str] = field(default_factory=dict)
    """The states' own words, besides the English ones."""
    other_tables: tuple[str, ...] = ()


LANGUAGES = (
    Language(
        "Active Connections",
        "Local Address",
        "Foreign Address",
        "State",
        other_tables=(
            "Active NetworkDirect Connections",
            "Interface Statistics",
            "IPv4 Statistics",
            "IPv6 Statistics",
            "ICMPv4 Statistics",
            "ICMPv6 Statistics",
            "TCP Statistics for IPv",
            "UDP Statistics for IPv",
            "Interface List",
            "IPv4 Route Table",
            "IPv6 Route Table",
            "Active Routes:",
            "Persistent Routes:",
        ),
    ),
    Language(
        "Aktive Verbindungen",
        "Lokale Adresse",
        "Remoteadresse",
        "Status",
        {
            "GESCHLOSSEN": "CLOSED",
            "ABHÖREN": "LISTEN",
            "SYN_GESENDET": "SYN_SENT",
            "SYN_EMPFANGEN": "SYN_RECEIVED",
            "HERGESTELLT": "ESTABLISHED",
            "FIN_WARTEN_1": "FIN_WAIT_1",
            "FIN_WARTEN_2": "FIN_WAIT_2",
            "SCHLIESSEN_WARTEN": "CLOSE_WAIT",
            "SCHLIESSEND": "CLOSING",
            "LETZTES_ACK": "LAST_ACK",
            "WARTEND": "TIME_WAIT",
        },
        (
            "Schnittstellenliste",
            "IPv4-Routentabelle",
            "IPv6-Routentabelle",
            "Aktive Routen:",
            "Ständige Routen:",
        ),
    ),
    Language(
        "Connexions actives",
        "Adresse locale",
        "Adresse distante",
        "État",
        {"À L'ÉCOUTE": "LISTEN", "ÉTABLI": "ESTABLISHED"},
        (
            "Liste d'Interfaces",
            "IPv4 Table de routage",
            "IPv6 Table de routage",
            "Itinéraires actifs",
            "Itinéraires persistants",
        ),
    ),
    Language(
        "Conexiones activas",
        "Dirección local",
        "Dirección remota",
        "Estado",
        {"ESCUCHANDO": "LISTEN"},
        (
            "ILista de interfaces",
            "IPv4 Tabla de enrutamiento",
            "IPv6 Tabla de enrutamiento",
            "Rutas activas:",
            "Rutas persistentes:",
        ),
    ),
    Language(
        "Connessioni attive",
        "Indirizzo locale",
        "Indirizzo esterno",
        "Stato",
        {"IN ASCOLTO": "LISTEN"},
    ),
    Language("Conexões ativas", "Endereço local", "Endereço externo", "Estado"),
)


def spellings(text: str) -> tuple[str, ...]:
    """The text, and what is left of it after a trip through the wrong code page.

    The console writes code page 850 or 437, other programs 1252 or UTF-8, and whoever saved or
    read it may have taken one for another.
    """
    if text.isascii():
        return (text,)
    letters = unicodedata.normalize("NFD", text)
    found = [text, letters, "".join(letter for letter in letters if letter.isascii())]
    for written in ("utf-8", "cp850", "cp1252"):
        raw = text.encode(written)
        found += [
            raw.decode(read, errors)
            for read in ("utf-8", "cp850", "cp437", "cp1252", "latin-1", "ascii")
            for errors in ("replace", "backslashreplace")
        ]
    found.append(text.encode("ascii", "replace").decode())
    return tuple(dict.fromkeys(found))


def all_spellings(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(spelled for text in texts for spelled in spellings(text))


HOST = token(
    r"(?<=\[)[0-9A-Fa-f:.]{2,45}+(?:%[0-9A-Za-z_.-]{1,64}+)?+(?=\]:)|(?<!\[)[^\s:\[\]]++(?=:)",
    "host",
)
"""An IPv6 address in brackets, which are not part of it, or anything without a colon."""


def address(side: str) -> ParserElement:
    """`host:port` or `[host]:port`."""
    opening = token(r"\[?(?=\S)", "host")
    return adjacent(opening, HOST(f"{side}_host"), token(r"\]?:", "':'"), port(side))


def ends_row(cell: ParserElement) -> Cell:
    """The cell, and if it is the row's last one, what -b prints below the row."""

    def with_lines_below(place: Place) -> ParserElement:
        return cell if place.cells_behind or place.only_whole else And([cell, *BELOW])

    return with_lines_below


def below(line: ParserElement) -> ParserElement:
    """The next line is such a line, or the row does not go on."""
    return optional(And([token(r"\n", "line end"), line]))


COMPONENT = (
    r"(?:(?!(?:TCP|UDP|Proto)(?!\S))\w[\w$.-]{0,255}+"
    r'|[A-Za-z]:\\[^\n<>|"*?:]{0,255}[^\s<>|"*?:]'
    r"|-- unknown component\(s\) --)(?=[ \t]*+(?![^\n]))"
)
"""A service's name; Windows XP prints the files of the calling code instead, each on its line."""
OWNER_UNKNOWN = (
    r"(?:Can not obtain ownership information"
    r"|Es konnten keine Besitzerinformationen abgerufen werden"
    r"|Impossible d\S{1,8}?obtenir les informations de propri\S{1,8}?taire"
    r"|No se puede obtener informaci\S{1,8}?n de propiedad"
    r"|Impossibile ottenere informazioni sulla propriet\S{1,8}?)\.?(?=[ \t]*+(?![^\n]))"
)
NO_SOCKETS = r"x: Windows Sockets[^\n]{1,80}?: ?[0-9]{1,5}(?=[ \t]*+(?![^\n]))"
"""`initialization failed: 5`, in any language: why the component or the owner is missing."""
BELOW = (
    below(token(rf"{COMPONENT}(?:[ \t]*+\n[ \t]*+{COMPONENT}){{0,31}}+", "component")("component")),
    below(token(NO_SOCKETS, "'Windows Sockets initialization failed'")),
    below(
        adjacent(
            literal("["),
            token(r"[^\n]{1,259}(?=\][ \t]*+(?![^\n]))", "program name")("program"),
            literal("]"),
        )
    ),
    below(token(OWNER_UNKNOWN, "'Can not obtain ownership information'")),
)


def make_component(text: str) -> str:
    return "\n".join(line.strip(" \t") for line in text.split("\n"))


def executable(program: str, pid: str) -> str | None:
    return None if pid else program


def language_columns(language: Language, state: Cell) -> tuple[Column, ...]:
    """The columns under every spelling of their titles; a title is required if it has only one."""
    fields = (
        Field("component", make_component, ("component",)),
        Field("executable", executable, ("program", "pid")),
    )
    columns = [Column("Proto", proto("TCP"), required=True)]
    for title, cell, made in (
        (language.local, address("local"), ()),
        (language.foreign, address("foreign"), ()),
        (language.state, state, fields),
    ):
        columns += [Column(t, cell, made, title.isascii()) for t in spellings(title)]
    columns += [
        Column("PID", ends_row(number("pid", "pid", ID))),
        Column(
            "Offload State",
            ends_row(optional(word("offload_state", "offload state"))),
            (Field("offload_state", str, ("offload_state",)),),
        ),
        Column(
            "Template",
            ends_row(optional(token(r"\S++(?: \S++){0,3}+", "template")("template"))),
            (Field("template", str, ("template",)),),
        ),
    ]
    return tuple(columns)


def proto(name: str) -> ParserElement:
    return one_of_words((name,), "proto")("proto")


def is_header(language: Language) -> re.Pattern[str]:
    """Matches the titles that every header of this language starts with."""
    titles = ("Proto", language.local, language.foreign, language.state)
    choices = ("|".join(map(re.escape, spellings(title))) for title in titles)
    return re.compile("".join(rf"[ \t]*+(?:{choice})(?!\S)" for choice in choices))


def limits(header: str) -> AddressLimits:
    """A longer address moves what stands behind it."""
    return AddressLimits()


def dialect(language: Language) -> Dialect:
    """What netstat.exe prints in one language."""
    words = {s: name for text, name in language.states.items() for s in spellings(text)}
    states = STATES | words
    state = one_of_words(states, "state")("state")
    header = is_header(language)
    udp = dict.fromkeys(spellings(language.state), ends_row(optional(state)))
    is_first = language is LANGUAGES[0]
    return Dialect(
        name="windows",
        commands=("netstat -ano", "netstat -anob", "netstat -anoq"),
        connection="WindowsConnection",
        banners=spellings(language.banner),
        other_tables=all_spellings(language.other_tables),
        columns=language_columns(language, ends_row(state)),
        row_kinds=(RowKind("TCP", "", {}), RowKind("UDP", "", {"Proto": proto("UDP"), **udp})),
        separator=":",
        states=states,
        plain_family=None,
        limits=limits,
        program_width=ProgramWidth(2**15),
        common_headers=(HEADER, HEADER + "           PID") if is_first else (),
        accepts=lambda text: header.match(text) is not None,
        goes_on=("",),
    )


HEADER = "  Proto  Local Address          Foreign Address        State"

DIALECTS = tuple(map(dialect, LANGUAGES))
DIALECT = DIALECTS[0]
