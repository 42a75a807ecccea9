"""What happens to captures on their way: each mutation changes a list of lines in place.

The lines have no line ends. Characters from U+DC80 to U+DCFF stand for single bytes (PEP 383).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from random import Random

from fuzz.texts import (
    BETWEEN_TABLES,
    CHARACTERS,
    HOSTS,
    LEADING_STAMPS,
    NAMES,
    NOTES,
    NUMBERS,
    PORTS,
    PROMPTS,
    QUOTES,
    STAMPS,
    WORDS,
)

Lines = list[str]
Mutation = Callable[[Random, Lines], None]
ENDPOINT = re.compile(r"(?<=\s)\S+[:.](?:[0-9]+|\*|[a-z]\S*)(?=\s|$)")


def draw(random: Random) -> Iterator[Mutation]:
    """From none to a few mutations."""
    yield from random.choices(MUTATIONS, WEIGHTS, k=random.choice((0, 1, 1, 1, 2, 2, 3, 4)))


def _place(random: Random, lines: Lines) -> int:
    """The place of a line; the list must not be empty."""
    return random.randrange(len(lines))


def _moment(random: Random) -> datetime:
    return datetime.fromtimestamp(1_700_000_000 + random.getrandbits(27), UTC)


def _draw_endpoint(random: Random, separator: str) -> str:
    """Often one that fills its column: 23 characters on Linux, 22 or 18 on macOS and FreeBSD."""
    widths = (22, 23, 23, 23, 24, 27, 60) if separator == ":" else (18, 18, 21, 22, 22, 23, 45, 60)
    port = random.choice(PORTS if random.random() < 0.3 else ("5", "22", "443", "51234"))
    room = max(0, random.choice(widths) - 1 - len(port))
    if random.random() < 0.5:
        host = random.choice(HOSTS)
    else:
        host = _draw_ipv6(random, room + random.choice((0, 0, 3)))
    return f"{host[:room]}{separator}{port}"


def _draw_ipv6(random: Random, length: int) -> str:
    """An address of this many characters, if there is one: of eight groups, or with a `::`."""
    count = random.choice((8, 8, random.randint(2, 7)))
    digits = [1] * count
    colons = 7 if count == 8 else count
    for _ in range(length - colons - count):
        short = [i for i in range(count) if digits[i] < 4]
        if short:
            digits[random.choice(short)] += 1
    groups = [f"{random.randrange(16 ** (n - 1), 16**n):x}" for n in digits]
    if count < 8:
        groups.insert(random.randint(1, count - 1), "")
    return ":".join(groups)


# --- whole lines ---


def delete_line(random: Random, lines: Lines) -> None:
    if lines:
        del lines[_place(random, lines)]


def delete_head(random: Random, lines: Lines) -> None:
    """The banner, or the banner and the header."""
    del lines[: random.randint(1, 2)]


def delete_header_anywhere(random: Random, lines: Lines) -> None:
    places = [i for i, line in enumerate(lines) if "Proto" in line or "Active" in line]
    if places:
        del lines[random.choice(places)]


def duplicate_line(random: Random, lines: Lines) -> None:
    if lines:
        place = _place(random, lines)
        lines.insert(place + random.choice((0, 0, 1, 3)), lines[place])


def swap_lines(random: Random, lines: Lines) -> None:
    if lines:
        one, other = _place(random, lines), _place(random, lines)
        lines[one], lines[other] = lines[other], lines[one]


def join_lines(random: Random, lines: Lines) -> None:
    """A line end is missing."""
    if len(lines) > 1:
        place = random.randrange(len(lines) - 1)
        lines[place : place + 2] = [lines[place] + lines[place + 1]]


def break_line(random: Random, lines: Lines) -> None:
    """A terminal, or a mail program, wrapped a line."""
    if lines:
        place = _place(random, lines)
        line = lines[place]
        at = random.choice((80, 72, random.randint(0, len(line))))
        lines[place : place + 1] = [line[:at], line[at:]]


def wrap_all(random: Random, lines: Lines) -> None:
    width = random.choice((72, 80, 100))
    lines[:] = [line[i : i + width] for line in lines for i in range(0, len(line) or 1, width)]


def end_early(random: Random, lines: Lines) -> None:
    """The disk was full: the text ends within a line."""
    if lines:
        place = _place(random, lines)
        del lines[place + 1 :]
        lines[-1] = lines[-1][: random.randint(0, len(lines[-1]))]


def begin_late(random: Random, lines: Lines) -> None:
    """`tail -c` was run on the log."""
    if lines:
        del lines[: _place(random, lines)]
        lines[0] = lines[0][random.randint(0, len(lines[0])) :]


def repeat_all(random: Random, lines: Lines) -> None:
    if len(lines) < 50:
        lines *= 2


def insert_line(random: Random, lines: Lines) -> None:
    kinds = (
        lambda: random.choice(STAMPS)(_moment(random)),
        lambda: random.choice(PROMPTS),
        lambda: random.choice(NOTES),
        lambda: random.choice(BETWEEN_TABLES),
        lambda: random.choice(NAMES),
        lambda: " " * random.randint(0, 30),
    )
    for _ in range(random.choice((1, 1, 2))):
        lines.insert(random.randint(0, len(lines)), random.choice(kinds)())


def insert_long_line(random: Random, lines: Lines) -> None:
    text = random.choice(("x", "x ", " ", "tcp 0 0 ", "=", "1"))
    lines.insert(random.randint(0, len(lines)), text * random.choice((200, 1000, 5000)))


# --- within one line ---


def cut_line(random: Random, lines: Lines) -> None:
    if lines:
        place = _place(random, lines)
        lines[place] = lines[place][: random.randint(0, len(lines[place]))]


def cut_start_of_line(random: Random, lines: Lines) -> None:
    if lines:
        place = _place(random, lines)
        lines[place] = lines[place][random.randint(0, min(12, len(lines[place]))) :]


def change_characters(random: Random, lines: Lines) -> None:
    for _ in range(random.choice((1, 1, 2, 5)) if lines else 0):
        place = _place(random, lines)
        line = lines[place]
        at = random.randint(0, len(line))
        new = random.choice(CHARACTERS) if random.random() < 0.9 else ""
        lines[place] = line[:at] + new + line[at + random.randint(0, 1) :]


def change_word(random: Random, lines: Lines) -> None:
    """Another protocol, state, or number where a word was; what stands behind it may move."""
    if lines:
        place = _place(random, lines)
        words = list(re.finditer(r"\S+", lines[place]))
        if words:
            word = random.choice(words)
            new = random.choice(random.choice((WORDS, NUMBERS, NAMES)))
            if random.random() < 0.7:
                new = new.ljust(len(word[0]))
            lines[place] = lines[place][: word.start()] + new + lines[place][word.end() :]


def change_blanks(random: Random, lines: Lines) -> None:
    """More blanks between two cells, or fewer, or a tab."""
    if lines:
        place = _place(random, lines)
        gaps = list(re.finditer(r"\s+", lines[place]))
        if gaps:
            gap = random.choice(gaps)
            new = random.choice(("", " ", "  ", "\t", gap[0] + " ", gap[0][1:], " " * 20))
            lines[place] = lines[place][: gap.start()] + new + lines[place][gap.end() :]


def change_endpoint(random: Random, lines: Lines) -> None:
    """Another address: shorter than its column, filling it, cut, or longer."""
    for _ in range(random.choice((1, 2, 4, 10)) if lines else 0):
        place = _place(random, lines)
        line = lines[place]
        found = list(ENDPOINT.finditer(line))
        if found:
            old = random.choice(found)
            new = _draw_endpoint(random, ":" if ":" in old[0] else ".")
            behind = line[old.end() :].lstrip(" ")
            room = len(line) - len(behind) - old.start() - 1  # before the last blank
            lines[place] = line[: old.start()] + (f"{new:<{room}} {behind}" if behind else new)


def change_name(random: Random, lines: Lines) -> None:
    """Who starts a process chooses its name, and netstat prints it."""
    rows = [i for i, line in enumerate(lines) if re.search(r"[0-9]/\S|\S\s*$", line)]
    if rows:
        place = random.choice(rows)
        found = re.match(r"(.*[0-9]/|.*\s)(\S.*?)(\s*)$", lines[place], re.DOTALL)
        if found:
            name = random.choice(NAMES)
            if random.random() < 0.5:
                name = name[:19]
            behind = found[3] if random.random() < 0.5 else ""
            lines[place] = found[1] + name + behind
            if random.random() < 0.2:  # a line feed is a character of a name too
                lines.insert(place + 1, random.choice(NAMES) + behind)


def append_stamp(random: Random, lines: Lines) -> None:
    """A name ends with a stamp, or the line end before a stamp is missing."""
    if lines:
        place = _place(random, lines)
        text = random.choice(STAMPS)(_moment(random))
        lines[place] = lines[place].rstrip() + random.choice(("", " ")) + text


# --- all lines ---


def quote_lines(random: Random, lines: Lines) -> None:
    quote = random.choice(QUOTES)
    rate = random.choice((1.0, 1.0, 0.9))
    lines[:] = [quote + line if random.random() < rate else line for line in lines]


def fence_lines(random: Random, lines: Lines) -> None:
    fence = random.choice(("```", "~~~", "----", "<pre>"))
    lines.insert(random.randint(0, 1) if lines else 0, fence)
    lines.append(fence)


def stamp_lines(random: Random, lines: Lines) -> None:
    stamp = random.choice(LEADING_STAMPS)
    moment = _moment(random)
    rate = random.choice((1.0, 1.0, 0.95))
    lines[:] = [stamp(moment) + line if random.random() < rate else line for line in lines]


def end_with_carriage_returns(random: Random, lines: Lines) -> None:
    rate = random.choice((1.0, 0.5))
    lines[:] = [line + "\r" if random.random() < rate else line for line in lines]


def strip_lines(random: Random, lines: Lines) -> None:
    """An editor took the blanks at the ends away, everywhere or in some lines."""
    rate = random.choice((1.0, 0.5, 0.1))
    lines[:] = [line.rstrip() if random.random() < rate else line for line in lines]


def pad_lines(random: Random, lines: Lines) -> None:
    count = random.randint(1, 20)
    rate = random.choice((1.0, 0.3))
    lines[:] = [line + " " * count if random.random() < rate else line for line in lines]


def widen_column(random: Random, lines: Lines) -> None:
    """Blanks at the same place of all lines, as a wider column has them."""
    at, count = random.randint(0, 110), random.choice((1, 2, 4, 20))
    with_header = random.random() < 0.7
    for i, line in enumerate(lines):
        if len(line) > at and (with_header or "Proto" not in line):
            lines[i] = line[:at] + " " * count + line[at:]


def squeeze_blanks(random: Random, lines: Lines) -> None:
    """`tr -s ' '`, or tabs from a spreadsheet."""
    blank = random.choice((" ", "\t"))
    lines[:] = [re.sub(r" +" if blank == " " else r"  +", blank, line) for line in lines]


def colour_lines(random: Random, lines: Lines) -> None:
    rate = random.choice((1.0, 0.2))
    lines[:] = [
        re.sub(r"\S+", "\x1b[01;31m\x1b[K\\g<0>\x1b[m\x1b[K", line, count=1)
        if random.random() < rate
        else line
        for line in lines
    ]


def begin_with_mark(random: Random, lines: Lines) -> None:
    """The byte order mark of UTF-8."""
    if lines:
        lines[0] = "\ufeff" + lines[0]


def keep_matches(random: Random, lines: Lines) -> None:
    """`grep` was between."""
    word = random.choice(("tcp", "udp", "ESTABLISHED", "LISTEN", "443", ":", "TCP"))
    lines[:] = [line for line in lines if word in line]


WEIGHED: dict[Mutation, int] = {
    delete_line: 4,
    delete_head: 3,
    delete_header_anywhere: 3,
    duplicate_line: 3,
    swap_lines: 3,
    join_lines: 4,
    break_line: 4,
    wrap_all: 1,
    end_early: 4,
    begin_late: 2,
    repeat_all: 2,
    insert_line: 10,
    insert_long_line: 1,
    cut_line: 6,
    cut_start_of_line: 2,
    change_characters: 8,
    change_word: 8,
    change_blanks: 5,
    change_endpoint: 14,
    change_name: 8,
    append_stamp: 2,
    quote_lines: 2,
    fence_lines: 1,
    stamp_lines: 3,
    end_with_carriage_returns: 2,
    strip_lines: 4,
    pad_lines: 2,
    widen_column: 2,
    squeeze_blanks: 1,
    colour_lines: 1,
    begin_with_mark: 1,
    keep_matches: 2,
}
MUTATIONS = tuple(WEIGHED)
WEIGHTS = tuple(WEIGHED.values())
