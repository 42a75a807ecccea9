"""What a row is where the input ends in it, without a line end: its last word may lack its end.

Where padding tells that something is missing, the row is reported. Where only the line end is, the
last word is marked, or not known.
"""

from __future__ import annotations

from netstat_parse.grammar.layout import Cells, Layout
from netstat_parse.schema import EXCEEDS, FILLS

MAY_HOLD_BLANKS = frozenset(
    ("component", "groups", "label", "log_id", "name", "path", "program", "template")
)
"""Behind any other word a blank shows that it is whole."""


def open_ended(layout: Layout) -> Layout:
    """The layout for such a row: of each text that may be cut it can be told."""
    more = [cell.name + FILLS for cell in layout.kind.cells if cell.truncatable]
    return layout.copy(names=tuple(dict.fromkeys((*layout.names, *more))))


def open_end(layout: Layout, line: str) -> tuple[str, Cells] | None:
    """What a row ends in, and its cells for `open_ended` without that word; None if it is whole.

    A text is moved to where those stand that may be cut. A number is not known then, nor is a word
    that no record can say of that it was cut.
    """
    matched = layout.find_match(line)
    if matched is None:
        return None
    matcher, found = matched
    last = max((name for name in layout.names if found[name]), key=found.end)
    text, behind = found[last], line[found.end(last) :]
    is_padded = behind and layout.last_column.width
    if is_padded and not layout.last_column.missing(found, matcher.pattern.whole):
        return None
    if behind.strip(" \t") == "/":
        last = "program"
    elif (
        behind.strip(" \t")  # `*`, the bracket of a timer
        or (behind and last not in MAY_HOLD_BLANKS)
        or (last == "state" and _is_whole_state(layout, text))
    ):
        return None
    cells = dict(zip(layout.names, matcher.cells(found), strict=True))
    name = last.removesuffix(FILLS).removesuffix(EXCEEDS)
    if name != "program":
        cells |= {last: "", name + FILLS: text}
    return name, tuple(cells.get(name, "") for name in open_ended(layout).names)


def _is_whole_state(layout: Layout, text: str) -> bool:
    """True for a state with which no other begins. A star may stand behind those of the BSDs."""
    return all(
        meaning == layout.states.get(text)
        for other, meaning in layout.states.items()
        if other.startswith(text)
    )
