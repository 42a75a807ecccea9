"""Windows' table of connections.

Source: the message table of netstat.exe (Windows Server 2003) and captures of Windows 7 to 11.
There are no queues; an IPv6 address stands in brackets, its scope inside; nothing is ever cut.
With -b up to two lines follow a row: the component, then the program in brackets.

  Proto  Local Address          Foreign Address        State           PID
  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       1124
  RpcSs
 [svchost.exe]
  TCP    192.0.2.20:445         0.0.0.0:0              LISTENING       4
 Can not obtain ownership information
"""

from __future__ import annotations

import re
from dataclasses import replace

from pyparsing import And, ParserElement

from netstat_parse.dialects.common import proto, tcp_states
from netstat_parse.dialects.windows.languages import (
    LANGUAGES,
    Language,
    any_spelling,
    spellings,
)
from netstat_parse.grammar.addresses import IPV4, NAME_CHARACTER, NO_NAME
from netstat_parse.grammar.dialect import (
    CellContext,
    CellGrammar,
    Claim,
    Column,
    Field,
    RowKind,
    Shape,
    TableSpec,
)
from netstat_parse.grammar.tokens import (
    ID,
    NEVER,
    adjacent,
    literal,
    number,
    one_of_words,
    optional,
    port,
    token,
    word,
)
from netstat_parse.schema import CONNECTIONS

STATES = tcp_states({"LISTEN": "LISTENING"}) | {"BOUND": "UNKNOWN", "DELETE_TCB": "UNKNOWN"}
"""What the API names MIB_TCP_STATE; most translations of Windows print the same words."""

# Addresses ----------------------------------------------------------------------------------------

HOST = token(
    "host",
    rf"""
        (?<=\[) [0-9A-Fa-f:.]{{2,45}}+            # [2001:db8::1]:443 -> 2001:db8::1
            (?: % [0-9A-Za-z_.-]{{1,64}}+ )?+     # [fe80::1%12]:443  -> fe80::1%12
            (?=\]:)
      | (?<!\[) (?: \* | {IPV4} ) (?=:)          # 0.0.0.0:135, *:*
      | \[ [^\s:\[\]]++ \] (?=:)                # [redacted]:443
      | (?<!\[) {NO_NAME} {NAME_CHARACTER}++ (?=:)  # host.example:https
    """,
)
"""An IPv6 address in brackets, which are not part of it; an IPv4 address, `*`, or a name."""


def address(side: str) -> ParserElement:
    """`host:port` or `[host]:port`."""
    opening = token("host", r"(?: \[ (?= [^\s\[\]]*: [^\s\[\]]*\]: ) )?+ (?=\S)")
    closing = token("':'", r"\]? :")
    return adjacent(opening, HOST(f"{side}_host"), closing, port(side))


# Lines below a row, with -b -----------------------------------------------------------------------

ENDS_LINE = r"(?= [ \t]*+ (?![^\n]) )"
NAME = r"""
    (?: (?= [0-9] [^\s.:]*+ : ) [^\s<>|"*?\\/]++           # 12:22:41
      | (?: [^\s<>|"*?:\\/] | : (?! [0-9\\] ) )++          # Svc, x:
    )
"""
"""A word of a service's name, which stands two blanks in and may be in any language. It is no
endpoint, which a damaged row would have."""
COMPONENT = rf"""
    (?<= [ ] )                                               # netstat indents it
    (?: (?! (?:TCP|UDP|Proto) (?!\S) ) [0-9A-Za-z_] [0-9A-Za-z_$.-]{{0,255}}+  # RpcSs
      | [A-Za-z]:\\ [^\n<>|"*?:]{{0,255}} [^\s<>|"*?:]         # C:\WINDOWS\RPCRT4.dll
      | --[ ]unknown[ ]component\(s\)[ ]--
      | (?<= \n[ ]{{2}} ) (?! (?:TCP|UDP) (?!\S) ) (?! \[ ) {NAME} (?: [ ] {NAME} ){{0,15}}+
    ) {ENDS_LINE}
"""
"""A service's name; Windows XP prints the files of the calling code instead, each on its line."""
COMPONENTS = rf"{COMPONENT} (?: [ \t]*+ \n [ \t]*+ {COMPONENT} ){{0,31}}+"
OWNERS_UNKNOWN = "|".join(
    any_spelling(language.owner_unknown) for language in LANGUAGES if language.owner_unknown
)


ANY_TEXT = r"(?<= \n[ ] ) [^\s\[\]] [^\n\[\]]{3,120}+"
IN_OTHER_LETTERS = rf"(?= [^\n]*? (?: [^\0-~] | \\x[0-9a-f]{{2}} ) ) {ANY_TEXT}"
"""The same in a language that is not known: indented by one blank, with letters beyond ASCII."""
IN_ASCII = rf"(?= \S++ (?: [ ] [^\s\[\]]++ ){{2,15}} {ENDS_LINE} ) {ANY_TEXT}"
"""Three words or more, in a table of which the language is not known, or not what it says here."""


def below(line: ParserElement) -> ParserElement:
    """The next line is such a line, or the row does not go on. In bulk a row has one line."""
    return optional(And([token("line end", r"\n", quick=NEVER), line]))


def lines_below(language: Language) -> tuple[ParserElement, ...]:
    """The lines below a row, each of which may be there."""
    in_ascii = "" if language.owner_unknown else f"| {IN_ASCII}"
    return (
        below(token("component", COMPONENTS)("component")),
        below(
            # `initialization failed: 5`, in any language: why component or owner is missing
            token(
                "'Windows Sockets initialization failed'",
                rf"x:[ ]Windows[ ]Sockets [^\n]{{1,80}}? : [ ]? [0-9]{{1,5}} {ENDS_LINE}",
            )
        ),
        below(
            adjacent(
                literal("["),
                token("program name", r"[^\n]{1,259} (?= \] [ \t]*+ (?![^\n]) )")("program"),
                literal("]"),
            )
        ),
        below(
            token(
                "'Can not obtain ownership information'",
                rf"(?: {OWNERS_UNKNOWN} | {IN_OTHER_LETTERS} {in_ascii} ) \.? {ENDS_LINE}",
            )
        ),
    )


def ends_row(cell: ParserElement, language: Language) -> CellGrammar:
    """The cell, and if it is the row's last one, what -b prints below the row."""

    def with_lines_below(context: CellContext) -> ParserElement:
        return cell if context.cells_behind else And([cell, *lines_below(language)])

    return with_lines_below


def make_component(text: str) -> str:
    """The lines of the component, less the blanks around them."""
    return "\n".join(line.strip(" \t") for line in text.split("\n"))


def make_executable(program: str, pid: str) -> str | None:
    """The program's file, where no pid tells its process."""
    return None if pid else program


# The table, in each language ----------------------------------------------------------------------


def language_columns(language: Language, state: CellGrammar) -> tuple[Column, ...]:
    """The columns under every spelling of their titles; a title is required if it has only one."""
    fields = (
        Field("component", make_component, ("component",)),
        Field("executable", make_executable, ("program", "pid")),
    )
    columns = [Column(language.proto, proto("TCP"), required=True)]
    for title, cell, made in (
        (language.local, address("local"), ()),
        (language.foreign, address("foreign"), ()),
        (language.state, state, fields),
    ):
        known = language.spellings(title)
        columns += [Column(t, cell, made, len(known) == 1) for t in known]
    columns += [
        Column("PID", ends_row(number("pid", "pid", ID), language)),
        Column(
            "Offload State",
            ends_row(optional(word("offload_state", "offload state")), language),
            (Field("offload_state", str, ("offload_state",)),),
        ),
        Column(
            "Template",
            ends_row(
                optional(token("template", r"\S++ (?: [ ] \S++ ){0,3}+")("template")), language
            ),
            (Field("template", str, ("template",)),),
        ),
    ]
    return tuple(columns)


def header_pattern(language: Language) -> re.Pattern[str]:
    """Matches the titles that every header of this language starts with."""
    titles = (language.proto, language.local, language.foreign, language.state)
    choices = ("|".join(map(re.escape, language.spellings(title))) for title in titles)
    return re.compile("".join(rf"[ \t]*+(?:{choice})(?!\S)" for choice in choices))


LOOK = r"(?: TCP | UDP ) (?: [ \t]++ \S*: [^\s:]++ ){2}"
HEADER = "  Proto  Local Address          Foreign Address        State"


def internet(language: Language) -> TableSpec:
    """What netstat.exe prints in one language."""
    words = {s: name for text, name in language.states.items() for s in spellings(text)}
    states = STATES | words
    state = one_of_words(states, "state")("state")
    header = header_pattern(language)
    end_of_udp = ends_row(optional(state), language)
    udp_cells = dict.fromkeys(language.spellings(language.state), end_of_udp)
    word_of = {name: text for text, name in (STATES | dict(language.states)).items()}
    is_english = language is LANGUAGES[0]

    def claim(text: str) -> Claim:
        return Claim.SHARED if header.match(text) is not None else Claim.NONE

    return TableSpec(
        kind=CONNECTIONS,
        record="WindowsConnection",
        banners=language.spellings(language.banner),
        columns=language_columns(language, ends_row(state, language)),
        row_kinds=(
            RowKind("TCP"),
            RowKind("UDP", cells={language.proto: proto("UDP"), **udp_cells}),
        ),
        claim=claim,
        states=states,
        common_headers=(HEADER, HEADER + "           PID") if is_english else (),
        continued_prefixes=("",),
        look=LOOK,
        example=f"""
  TCP    0.0.0.0:135            0.0.0.0:0              {word_of["LISTEN"]}
  TCP    [::1]:49672            [::1]:5432             {word_of["ESTABLISHED"]}
  UDP    [fe80::1%12]:546       *:*
""",
    )


STATES_OF_ALL = {text: name for language in LANGUAGES for text, name in language.states.items()}
PID = "           PID"
OFFLOAD = "      Offload State"
IN_OTHER_LANGUAGES = replace(
    internet(replace(LANGUAGES[0], states=STATES_OF_ALL, owner_unknown="")),
    banners=(),
    common_headers=(),
    claim=lambda text: Claim.NONE,
    look="",
    example="",
    shapes=(
        Shape(rf"[ \t]*+ {LOOK} (?! \S ) [^\n]*+", (HEADER, HEADER + PID), least_titles=3),
        Shape(
            rf"[ \t]*+ {LOOK} [ \t]++ [^\n]*? (?: InHost | Offload(?:ing|ed) | Uploading )",
            (HEADER + PID + OFFLOAD, HEADER + "     " + OFFLOAD),
            least_titles=3,
        ),
    ),
)
"""The table in any other language: its states are English, or those of a language that is known."""
