"""Takes off what is around netstat's text, as `around.py` knows it, and says what is left.

What netstat has printed comes first: a line that is a row as it stands is taken as it stands, with
all that a name in it has of escape sequences and entities.
"""

from __future__ import annotations

from netstat_parse.dialects.headers import Banner, split_line
from netstat_parse.grammar.padding import LONGEST_PATH, PROGRAM_FIELD
from netstat_parse.grammar.truncation import size_of
from netstat_parse.reading import around, noise, stamps
from netstat_parse.reading.classify import (
    Expected,
    Header,
    Line,
    Odd,
    Prompt,
    Row,
    RowAlone,
    Stamped,
    classify,
)
from netstat_parse.reading.rows import Known, is_plain
from netstat_parse.reading.table import PendingRow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.reading.section import Section
    from netstat_parse.reading.table import Table

ONE_LINE = "expected the end of the row, not another line"
GLUED = "expected the end of the row: what is behind it may be a mark of whoever pasted it"
ESCAPED = "expected no escape of HTML in a name"


class Wrapping:
    """What is around the lines of the capture that is read."""

    def __init__(self) -> None:
        self.frame: around.Frame | None = None
        self.closing = ""
        """What closes the marks that were opened above."""
        self._is_framed = False

    def take_off_frame(self, line: str) -> str:
        """The line without the frame that was learned above."""
        bare = self.frame.take_off(line) if self.frame is not None else None
        self._is_framed = bare is not None
        return line if bare is None else bare

    def split(self, section: Section, text: str) -> list[str]:
        """The lines that stand in one. The first of them teaches the frame that it stands in."""
        lines = split_line(text)
        if lines or self._is_framed or section.table is not None:
            return lines
        return self.split_framed(text, section.options.dialect)

    def split_framed(self, text: str, dialect: str | None) -> list[str]:
        """The lines that stand in one within a frame, which is learned."""
        frame = around.find_frame(text, None, dialect)
        bare = frame.take_off(text) if frame is not None else None
        lines = split_line(bare) if bare is not None else []
        if lines:
            self.frame, self._is_framed = frame, True
        return lines

    def learn(self, section: Section, text: str, found: Line, expected: Expected) -> Line:
        """What a line is, if that is known when its frame is taken off."""
        if isinstance(found, Banner | Header):
            if self._is_framed or _is_bare(found, text):
                self.frame = self.frame if self._is_framed else None
                return found
        elif isinstance(found, Prompt):
            self._see_fence(found.text)
            return found
        elif not isinstance(found, Odd):
            return found
        layout = section.table.layout if section.table and section.table.is_new else None
        frame = around.find_frame(text, None, expected.dialect)
        if frame is None and layout is not None:
            frame = around.find_frame(text, layout)
        bare = frame.take_off(text) if frame is not None else None
        if frame is None or bare is None:
            return found
        again = classify(bare, expected)
        if isinstance(again, Odd):
            return found
        self.frame = frame
        self.closing = "" if frame.suffix else around.find_closing(frame.prefix)
        return again

    def _see_fence(self, text: str) -> None:
        """A line may open marks or close them: `<pre><code>`, three backticks."""
        if text == self.closing:
            self.closing = ""
        elif text.startswith(("<", "`")):
            self.closing = around.find_closing(text)


def _is_bare(found: Banner | Header, text: str) -> bool:
    """True where the line has nothing around its banner or header."""
    if isinstance(found, Banner):
        return found.text == text.strip()
    return not found.layout.extra and found.layout.header.strip() == text.strip()


def look_at(section: Section, raw: str, expected: Expected) -> tuple[Line, str]:
    """What a line is, and why it is to be reported nevertheless."""
    why, text = "", raw
    if is_plain(raw):
        found = classify(raw, expected)
    else:
        text = without_escapes(section, raw)
        found = classify(text, expected)
        row = found.line if isinstance(found, Stamped) else found
        if isinstance(row, Row | RowAlone):
            found, why = _look_at_end(section, row, found, expected)
        else:
            bare = around.unescaped(text)
            closing = section.wrapping.closing
            if closing and isinstance(row, Odd) and text.endswith(closing):
                bare = text.removesuffix(closing)
            if bare != text and isinstance(row, Odd | Header):
                again = classify(bare, expected)
                if not isinstance(again, Odd):
                    found, text = again, bare
    return section.wrapping.learn(section, text, found, expected), why


def _fits(text: str, table: Table) -> bool:
    """True for a row that ends, or whose last column stands, where its header has it: netstat has
    padded the name as it is, so it printed the escape."""
    header = table.layout.header
    if header.endswith(" "):
        return len(text) == len(header) and text.endswith(" ")
    last = header.rfind(table.layout.titles[-1])
    return text[last - 1 : last] == " " and text[last : last + 1].strip() != ""


def _look_at_end(
    section: Section, row: Row | RowAlone, found: Line, expected: Expected
) -> tuple[Line, str]:
    """A row with what a paste may have glued to its last word."""
    if around.has_entity(row.text) and not (section.table and _fits(row.text, section.table)):
        return found, ESCAPED
    is_whole = row.text.endswith((" ", "\t"))
    name = row.text
    if isinstance(row, Row) and section.table is not None:
        layout = section.table.layout
        name = layout.cell(row.cells, "path") or layout.cell(row.cells, "program")
        is_whole = is_whole or not row.text.endswith(name)
    if is_whole or not around.has_glued_mark(name):
        return found, ""
    wrapping = section.wrapping
    if wrapping.closing and row.text.endswith(wrapping.closing):
        bare = classify(row.text.removesuffix(wrapping.closing), expected)
        if isinstance(bare, Row | RowAlone):
            wrapping.closing = ""
            return bare, ""
    return found, GLUED


def without_escapes(section: Section, raw: str) -> str:
    """The line as a terminal shows it; a row with escape sequences in a name as it stands."""
    if "\x1b" not in raw:
        return noise.without_escapes(raw)
    table = section.table
    bare = raw.strip("\r")
    if table is None:
        return noise.without_escapes(raw)
    for text in (bare, *noise.without_escapes_around(bare)):
        if _has_escapes_in_a_name(table, behind_stamp(section, text)):
            return text
    text = noise.without_escapes(raw)
    if noise.has_escapes_within(bare) and table.is_row(text) and not table.is_coloured:
        table.is_coloured = True
        section.sink.note("escape sequences within rows are taken off")
    return text


def _has_escapes_in_a_name(table: Table, text: str) -> bool:
    """True for a row as netstat printed it, which has escapes nowhere but in a name."""
    found = table.layout.find_row(text)
    if found is None:
        return False
    pid, program = (table.layout.cell(found.cells, name) for name in ("pid", "program"))
    if pid and table.layout.program_limit.with_pid:
        # With the escapes in its name, the cell is as wide as netstat makes it.
        start = text.rindex(f"{pid}/{program}")
        behind = text[start + len(f"{pid}/{program}") :]
        size = size_of(f"{pid}/{program}")
        width = size + len(behind) - len(behind.lstrip(" \t")) - bool(behind.strip(" \t"))
        is_last = not behind.strip(" \t")
        if width > PROGRAM_FIELD or (width < PROGRAM_FIELD and not is_last):
            return False
    cells = zip(table.layout.names, found.cells, strict=True)
    return not any("\x1b" in cell for name, cell in cells if name not in ("program", "path"))


def behind_stamp(section: Section, text: str) -> str:
    """The line without the stamp in front, where the lines above have one."""
    if not section.is_stamped:
        return text
    formats = tuple(section.options.timestamp_formats)
    found = stamps.at_start(text, formats)
    if found is not None:
        return text if found[0].invalid else text[found[1] :]
    is_blank = text.endswith(" ") and stamps.whole_line(text, formats) is not None
    return "" if is_blank else text


def refuse(section: Section, row: Row) -> None:
    """A row was reported; nevertheless it may go on below."""
    section.pass_pending_row()
    if section.table is not None:
        place = section.account.place
        section.table.pending = PendingRow(row, None, Known(), place)


def take_glued(section: Section, table: Table, first: Row, second: str) -> None:
    """Take two lines that stand in one. What the first lacks may be a part of its last word."""
    table.learn_row(first)
    if first.room > PROGRAM_FIELD or "path" in table.layout.names:
        # What looks like another line may well be a part of a path.
        section.account.report(len(first.text) + 1, ONE_LINE)
        refuse(section, first._replace(text=first.text + second, room=LONGEST_PATH))
        return
    if first.text.endswith(")"):  # a timer is whole
        section.handle(first)
    elif first.room > 0:
        section.handle(first)
        table.mark_unfinished()
    else:
        section.account.report(len(first.text) + 1, ONE_LINE)
    section.take_bare(second, second)
