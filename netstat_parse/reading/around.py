r"""What a paste, a logger or a page has put around every line of a capture, and how it comes off.

`# tcp  0  0 ...`, `web_1  | tcp ...`, `"tcp ...",`, `<code>tcp ...</code>`: whatever all lines of a
table share, its header above all, and without which they are netstat's, is their frame. It is
learned where a banner or a header, or the first row of a table, can be read without it and not with
it. No other row teaches one: a program can call itself `# x`.

A page may have escaped characters (`&gt;`, a no-break space), and JSON may hold a capture in one
string. What is netstat's as it stands is never changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from netstat_parse.dialects import frozen
from netstat_parse.dialects.headers import (
    find_banner,
    find_layout,
    is_known_header,
    may_be_header,
    split_line,
)
from netstat_parse.lazy import LazyPattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.grammar.layout import Layout

LONGEST_PREFIX = 80
"""Characters that may stand before netstat's text."""
LONGEST_WORD = 32
LONGEST = 1024
"""Characters; a longer line teaches no frame."""

_ROW = LazyPattern(r"(?<![\w(/])(?i:tcp|udp|raw|sctp|icm|div|unix)")
"""Where a row may begin."""
_START_OF_ROW = LazyPattern(rf"{_ROW.source}[a-z0-9]{{0,6}}[ \t]+[0-9]")
"""A row's protocol and a number: what stands behind it is no frame's content, but the row's."""
_GLUED = LazyPattern(
    # \n    \r\n    </code>    <br/>    &nbsp;    ",    `
    r"(?:\\[rnt]|</?[A-Za-z]{1,10} ?/?>|&nbsp;|[\"'`´’”\])}|;,\\])[ \t]*\Z"
)
"""One mark at a line's end that may belong to a frame."""
_GLUED_TO_NAME = LazyPattern(r"(?:\\[rnt]|</[A-Za-z]{1,10}>|<br ?/?>|&nbsp;|`|\"|\",)+[ \t]*\Z")
"""Marks that a paste leaves behind the last word of a line. A name seldom ends so."""
_ENTITY = LazyPattern(r"&(?:amp|lt|gt|quot|apos|nbsp|#[0-9]{1,6}|#x[0-9a-fA-F]{1,5});")
_OTHER_BLANKS = str.maketrans(dict.fromkeys("\xa0\u2007\u202f", " "))
_JSON_STRING = LazyPattern(r'(?s)"(?:[^"\\]|\\.)*+(?:"|\Z)')
_OPENING = LazyPattern(r"<([A-Za-z]{1,10})(?: [^<>]*)?>|`{1,9}|[\"'(\[{“‘]")
_CLOSES = {"(": ")", "[": "]", "{": "}", "“": "”", "‘": "’"}


class Frame:
    """What stands around each line."""

    def __init__(self, prefix: str, suffix: str) -> None:
        self.prefix = prefix
        self.suffix = suffix
        self._bare_prefix = prefix.rstrip(" \t")
        self._suffixes = [s for s in dict.fromkeys((suffix, suffix.rstrip(",;"))) if s]
        # A number in it may be another one in each line: `Line 12: `.
        pieces = map(re.escape, re.split(r"[0-9]+", prefix))
        self._match = re.compile("[0-9]{1,20}".join(pieces)).match

    def take_off(self, line: str) -> str | None:
        """The line without its frame; None if it is not in it."""
        found = self._match(line)
        if found is None:
            is_blank = self._bare_prefix and line.rstrip(" \t") == self._bare_prefix
            return "" if is_blank else None
        rest = line[found.end() :]
        if not self._suffixes:
            return rest
        bare = rest.rstrip(" \t")
        for suffix in self._suffixes:
            if bare.endswith(suffix):
                return bare.removesuffix(suffix)
        return None


def find_frame(text: str, layout: Layout | None = None, dialect: str | None = None) -> Frame | None:
    """The frame of a line that is a banner or a header without it, or a row of `layout`."""
    if len(text) > LONGEST:
        return None
    for start, word in _starts(text, _banner_or_header() if layout is None else _ROW):
        if word in text[:start] or _START_OF_ROW.search(text[:start]):
            return None  # `Proto Proto Recv-Q`: it is no frame that hides a header, or a row
        for suffix in _suffixes(text[start:]):
            if not start and not suffix:
                continue
            bare = text[start : len(text) - len(suffix)]
            if _is_netstats(bare, layout, dialect):
                # One blank is no column's padding: `tcp ... 812/sshd \\`.
                blank = " " if suffix and bare.endswith(" ") and bare[-2:] != "  " else ""
                return Frame(text[:start], blank + suffix.rstrip(" \t"))
    return None


def _is_netstats(text: str, layout: Layout | None, dialect: str | None) -> bool:
    if layout is not None:
        return text.startswith(layout.prefixes) and _can_have_printed(layout, text)
    if find_banner(text.strip()) is not None or ("=" in text and split_line(text)):
        return True
    return may_be_header(text) and is_known_header(text, dialect)


def _can_have_printed(layout: Layout, text: str) -> bool:
    """The text is a row of this layout, and its program no longer than netstat prints it."""
    return layout.find_row(text) is not None


@cache
def _banner_or_header() -> LazyPattern:
    """Where a banner or a header may begin."""
    titles = (layout.titles for layout in frozen.LAYOUTS.values())
    words = {banner.split()[0] for banner in frozen.BANNERS}
    words.update(each[0] for each in (*frozen.REQUIRED_TITLES, *titles))
    first = re.escape("".join(sorted({word[0] for word in words})))
    return LazyPattern(
        rf"(?=[{first}])(?<![\w(/])(?:{'|'.join(map(re.escape, sorted(words)))})(?!\w)"
    )


def _starts(text: str, pattern: LazyPattern) -> Iterator[tuple[int, str]]:
    # The word itself may stand behind the longest prefix.
    for found in pattern.finditer(text, 0, LONGEST_PREFIX + LONGEST_WORD):
        yield found.start(), found[0]


def _suffixes(text: str) -> Iterator[str]:
    """Nothing, then ever more of the marks at its end."""
    yield ""
    end = len(text)
    for _ in range(6):
        found = _GLUED.search(text, max(0, end - 16), end)
        if found is None:
            return
        end = found.start()
        yield text[end:]


def find_closing(prefix: str) -> str:
    """What closes the marks that a text opens: `<pre><code>` is closed by `</code></pre>`."""
    closing = ""
    for found in _OPENING.finditer(prefix):
        mark = found[0]
        closing = (f"</{found[1]}>" if found[1] else _CLOSES.get(mark, mark)) + closing
    return closing


def has_glued_mark(text: str) -> bool:
    """True for a name, or a row, to whose last word a paste may have glued a mark.

    A mark that is opened within it is its own: `a "q"`.
    """
    found = _GLUED_TO_NAME.search(text, max(0, len(text) - 64))
    if found is None:
        return False
    marks, name = found[0].strip(" \t"), text[: found.start()]
    if "\\" in marks or "<br" in marks:
        return True
    if "</" in marks:
        return marks[marks.index("</") :].replace("</", "<") not in name
    return any(text.count(mark) % 2 for mark in '"`' if mark in marks)


def has_entity(text: str) -> bool:
    """True for a text with a character that is escaped as in HTML."""
    return "&" in text and _ENTITY.search(text) is not None


def unescaped(text: str) -> str:
    """The text without HTML's escapes, and with common blanks."""
    if has_entity(text):
        from html import unescape

        text = unescape(text)
    return text.translate(_OTHER_BLANKS)


def find_in_json(text: str) -> list[str]:
    r"""The lines of a capture that one string of JSON holds: `"Active ...\nProto ...\n"`.

    A string that the line's end cuts counts, and so does a capture with `\n` in no quotes.
    """
    if "\\n" not in text or "Proto" not in text:
        return []
    import json

    for found in _JSON_STRING.finditer(text):
        if "\\n" in found[0] and "Proto" in found[0]:
            literal = found[0] if found[0].endswith('"') else f'{found[0]}"'
            try:
                return _lines_of(json.loads(literal, strict=False))
            except ValueError:
                continue
    return _lines_of(text.replace("\\r\\n", "\n").replace("\\n", "\n").replace("\\t", "\t"))


def _lines_of(text: str) -> list[str]:
    """The lines, if one of them is a header."""
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    is_capture = any(may_be_header(line) and find_layout(line) is not None for line in lines)
    return [line.removesuffix("\r") for line in lines] if is_capture else []
