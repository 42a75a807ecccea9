"""Says what a line is: a pure function of its text and of what may come now.

It reads nothing more and remembers nothing. The section decides what is done about the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from typing import NamedTuple

from netstat_parse.dialects import frozen, headers
from netstat_parse.dialects.headers import Banner, OtherBanner
from netstat_parse.grammar.layout import Cells, HeaderSort, Layout
from netstat_parse.reading import noise, stamps
from netstat_parse.reading.account import HEADERS_READ
from netstat_parse.reading.infer import RowsAlone
from netstat_parse.reading.lines import MAX_LINE
from netstat_parse.reading.stamps import Stamp
from netstat_parse.schema import Kind

PEELED_AT_MOST = 4
"""How many stamps and quoting marks may stand before a line's text."""
LINES_OF_ROW = 64
"""No row goes on for more lines."""
BLANKS = (" ", "\t")


class Header(NamedTuple):
    """A line that announces columns."""

    layout: Layout
    sort: HeaderSort = ()


class SurplusHeader(NamedTuple):
    """A header more than are read; what it announces is not known."""


class Row(NamedTuple):
    """A row of the layout."""

    text: str
    cells: Cells
    missing: int
    """How many bytes its last cell lacks to fill its column."""
    room: int = 0
    """For how many bytes the text at its end may go on in the lines below."""


class FirstLine(NamedTuple):
    """The first line of a row, which is no row by itself."""

    text: str


class Continuation(NamedTuple):
    """A further line of the row above; `row` is both together."""

    row: Row


class Heading(NamedTuple):
    """A line between rows that says something of the rows below it."""

    text: str
    cells: Mapping[str, str]
    """The cells that it gives to them."""


class NoRows(NamedTuple):
    """What netstat prints in place of rows."""

    text: str


class RowAlone(NamedTuple):
    """A row that no header announces."""

    text: str
    kind: Kind
    """The kind of table that it is a row of."""


class Prompt(NamedTuple):
    """A line of a terminal session, or of the page that shows one: netstat's output ends here."""

    text: str
    stamp: Stamp | None = None
    """The time that `watch` shows."""


class Rule(NamedTuple):
    """A line that divides, or underlines, and says nothing."""

    text: str


class Note(NamedTuple):
    """A warning of netstat's, or of the program that ran it."""

    text: str


class Blank(NamedTuple):
    """A line of nothing but blanks."""


class Odd(NamedTuple):
    """A line that no rule accounts for."""

    text: str


Inner = (
    Banner
    | Header
    | SurplusHeader
    | Row
    | FirstLine
    | Continuation
    | Heading
    | NoRows
    | RowAlone
    | OtherBanner
    | Prompt
    | Rule
    | Note
    | Blank
    | Odd
)


class Stamped(NamedTuple):
    """A line with a stamp in front."""

    stamp: Stamp
    line: Inner


Line = Inner | Stamp | Stamped


class Expected(NamedTuple):
    """What may come now."""

    layout: Layout | None = None
    """The layout of the rows that may come; None if none may."""
    above: str = ""
    """The row right above, if it may go on in this line."""
    alone: RowsAlone | None = None
    """What knows rows that no header announces."""
    kinds_alone: Callable[[], tuple[Kind, ...]] = tuple
    """Gives the kinds of tables of which rows may come that no header announces."""
    headers: Set[HeaderSort] = frozenset()
    """The sorts of the headers that came before."""
    header_may_come: bool = True
    """False right below the banner of a table that is not read: the header there is its own."""
    dialect: str | None = None
    """The dialect that the user asked for."""
    inside: str | None = None
    """The dialect of the snapshot that the line may belong to; None between snapshots."""
    banner: Banner | None = None
    """The banner above, whose header comes next."""
    formats: tuple[str, ...] = ()
    """The user's formats of stamps."""
    owner: str = ""
    """The row right above, if one that lacks what that one has may come."""


def classify(text: str, expected: Expected, peeled: int = 0) -> Line:
    """What a line is. `peeled` is how many stamps and quoting marks were taken off its front."""
    for find in FINDERS:
        found = find(text, expected, peeled)
        if found is not None:
            return found
    return Odd(text)


def _find_row(text: str, expected: Expected, peeled: int) -> Row | Continuation | None:
    if expected.layout is None:
        return None
    found = expected.layout.find_row(text)
    if found is not None:
        return Row(text, *found)
    if expected.owner:
        joined = f"{expected.owner}\n{text}"
        found = expected.layout.find_row(joined)
        if found is not None:
            return Row(joined, *found)
    above = expected.above
    # A further line is indented, unless the row above is not, or is none by itself.
    if (
        not above
        or len(above) + len(text) > MAX_LINE
        or above.count("\n") >= LINES_OF_ROW
        or (
            above.startswith(BLANKS)
            and not text.startswith(BLANKS)
            and not expected.layout.first_line
        )
    ):
        return None
    joined = f"{above}\n{text}"
    found = expected.layout.find_row(joined)
    return Continuation(Row(joined, *found)) if found is not None else None


def _find_first_line(text: str, expected: Expected, peeled: int) -> FirstLine | None:
    layout = expected.layout
    return FirstLine(text) if layout is not None and layout.is_first_line(text) else None


def _find_heading(text: str, expected: Expected, peeled: int) -> Heading | None:
    cells = expected.layout.find_heading(text) if expected.layout is not None else None
    return Heading(text, cells) if cells is not None else None


def _find_blank(text: str, expected: Expected, peeled: int) -> Blank | None:
    return None if text.strip() else Blank()


def _find_banner(text: str, expected: Expected, peeled: int) -> Banner | None:
    return headers.find_banner(text.strip())


def _find_no_rows(text: str, expected: Expected, peeled: int) -> NoRows | None:
    if expected.banner is None or text.strip() not in frozen.NO_ROWS:
        return None
    return NoRows(text)


def _find_stamp(text: str, expected: Expected, peeled: int) -> Stamp | None:
    return stamps.whole_line(text, expected.formats)


def _find_header(text: str, expected: Expected, peeled: int) -> Header | SurplusHeader | None:
    if not expected.header_may_come or not headers.may_be_header(text):
        return None
    printing = expected.banner.dialects if expected.banner is not None else ()
    likely = printing[0] if len(printing) == 1 else None
    dialect = expected.dialect or likely
    sort = headers.sort_of_header(text, dialect)
    if sort is None and dialect != expected.dialect:
        dialect = None
        sort = headers.sort_of_header(text)
    if sort and sort not in expected.headers and len(expected.headers) >= HEADERS_READ:
        return SurplusHeader()
    layout = headers.find_layout(text, dialect) if sort is not None else None
    if layout is not None and layout.follows_another_table and dialect is None:
        # One netstat printed all tables of a snapshot, whoever else prints such a header.
        layout = headers.find_layout(text, expected.inside) or layout
    return Header(layout, sort or ()) if layout is not None else None


def _find_marked(text: str, expected: Expected, peeled: int) -> Line | None:
    """A banner or a header behind a mark that a prompt may have as well: `# Active ...`."""
    unmarked = noise.without_mark(text)
    if len(unmarked) == len(text) or peeled >= PEELED_AT_MOST:
        return None
    return _find_banner(unmarked, expected, peeled) or _find_header(unmarked, expected, peeled)


def _find_other_banner(text: str, expected: Expected, peeled: int) -> OtherBanner | None:
    return headers.find_other_banner(text.strip())


def _find_session(text: str, expected: Expected, peeled: int) -> Note | Rule | Prompt | None:
    """What netstat says between its lines, and what stands around its output."""
    bare = text.strip()
    if noise.is_note(bare, frozen.NOTES):
        return Note(bare)
    if not noise.is_transcript(bare):
        return None
    if noise.is_rule(bare):
        return Rule(bare)
    return Prompt(bare, stamps.shown_by_watch(bare))


def _find_row_alone(text: str, expected: Expected, peeled: int) -> RowAlone | None:
    kinds = expected.kinds_alone()
    kind = expected.alone.find_kind(text) if expected.alone is not None and kinds else None
    return RowAlone(text, kind) if kind in kinds else None


def _peel(text: str, expected: Expected, peeled: int) -> Line | None:
    """What the line is behind a quoting mark or a stamp; None if that is nothing known."""
    if peeled >= PEELED_AT_MOST:
        return None
    peeled += 1
    unquoted = noise.without_quoting(text)
    if len(unquoted) < len(text):
        line = classify(unquoted, expected, peeled)
        # A mark stands in front of all of a line: one further in is netstat's.
        is_within = isinstance(line, Continuation) and text.startswith(BLANKS)
        if not isinstance(line, Odd) and not is_within:
            return line
    found = stamps.at_start(text, expected.formats)
    if found is None or found[0].invalid:
        return None
    stamp, end = found
    line = classify(text[end:], expected, peeled)
    if isinstance(line, Odd):
        return None
    if isinstance(line, Stamp):
        return line
    return Stamped(stamp, line.line if isinstance(line, Stamped) else line)


def without_stamps(text: str, formats: tuple[str, ...]) -> str:
    """A line that no rule accounts for, without the stamps in front."""
    for _ in range(PEELED_AT_MOST):
        found = stamps.at_start(text, formats)
        if found is None or found[0].invalid:
            break
        text = text[found[1] :]
    return text


FINDERS: tuple[Callable[[str, Expected, int], Line | None], ...] = (
    _find_row,
    _find_blank,
    _find_banner,
    _find_heading,
    _find_no_rows,
    _find_stamp,
    _find_header,
    _find_other_banner,
    _find_first_line,
    _find_marked,
    _find_session,
    _find_row_alone,
    _peel,
)
"""What a line may be, in the order in which it is asked."""
