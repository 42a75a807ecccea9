"""Is the last cell of a row whole? What the blanks tell that netstat pads it with.

A program may have a line feed in its name. Then the row ends early, and the next line is the rest
of the name: whoever chose the name could write stamps, prompts and rows into the capture. But
netstat pads the cell, so what is missing of it tells how far the name goes on. In the same way a
row is known to be cut that the end of the input cut.
"""

from __future__ import annotations

import re

from netstat_parse.grammar.truncation import ProgramLimit, size_of

WIDEST_LAST_COLUMN = 20
"""To so many characters at most netstat pads the last column..."""
WIDER_LAST_COLUMNS = {"Security Context": 50, "Command": 0}
"""...but for these, of which the command line of Solaris is not padded."""
PROGRAM_FIELD = 20
"""Bytes that net-tools and busybox print of `pid/name` at most, with the blank behind it."""
LONGEST_PATH = 108
"""Bytes of sun_path (Linux, include/uapi/linux/un.h)."""

_PROCESS_AT_END = re.compile(r" ([0-9]{1,10}/[^/\s]?.{0,17})\Z")
"""`pid/name` where a row ends, without the blanks that pad it."""


def room_of_process(text: str) -> int:
    """For how many bytes a text may go on that ends with `pid/name`; 0 if it does not."""
    found = _PROCESS_AT_END.search(text)
    return PROGRAM_FIELD - size_of(found[1]) if found is not None else 0


def room_below(found: re.Match[str], limit: ProgramLimit) -> int:
    """For how many bytes the text at a row's end may go on in the lines below; 0 if it is whole.

    A program's name and a path may have line feeds in them. `found` is the row's match.
    """
    groups, line = found.re.groupindex, found.string
    known = "program" in groups and bool(found["pid"])
    if known and not line[found.end("program") :].strip(" \t"):
        field = size_of(line[found.start("pid") :])
        if limit.with_pid and field < PROGRAM_FIELD:
            return PROGRAM_FIELD - field
        if limit.bytes is not None and not limit.with_pid:
            return max(0, limit.bytes - size_of(found["program"] or ""))
    if "path" not in groups:
        return 0
    return max(0, LONGEST_PATH - size_of(found["path"] or ""))


class LastColumn:
    """The last column under a header: how wide netstat makes its cells."""

    def __init__(self, header: str, title: str) -> None:
        self.width = 0
        """In characters; 0 if the header shows that its cells are not padded."""
        if header.endswith(" "):
            width = len(header) - header.rfind(title)
            # A terminal from which the lines were copied may have padded them all further.
            self.width = min(width, WIDER_LAST_COLUMNS.get(title, WIDEST_LAST_COLUMN))

    def missing(self, found: re.Match[str], pattern: str) -> int:
        """How many bytes the last cell of a row lacks to fill its column; 0 if that is not known.

        `found` is the row's match, `pattern` the text of what it matched.
        """
        start = self._last_cell_start(found, pattern) if self.width else None
        if start is None or len(found.string) - start >= self.width:
            return 0
        return self.width - size_of(found.string[start:])

    def _last_cell_start(self, found: re.Match[str], pattern: str) -> int | None:
        """Where the last cell stands that a row has.

        That of a row that ends with its addresses is empty, and stands at the line's end. None is
        known of a row that ends early because it goes on below.
        """
        groups = found.re.groupindex
        # A program is part of its pid's cell, and a timer's numbers are part of its name's.
        names = [
            name
            for name in groups
            if name != "program" and not name.startswith("timer_") and f"(?P<{name}>" in pattern
        ]
        last = max((name for name in names if found[name]), key=groups.__getitem__)
        if last == "further" or (last == "state" and "(?P<further>" in pattern):
            return None
        if "pid" in names and groups["pid"] > groups[last]:
            return None  # `-` for a process that is not known
        if last.startswith("foreign"):
            return len(found.string.rstrip(" "))
        return found.start(last)


class Padding:
    """Whether the rows of the table being read are padded, and what the row above lacks of it."""

    def __init__(self) -> None:
        self.is_padded: bool | None = None
        """None until a row has shown it."""
        self._left = 0

    @property
    def is_rest_missing(self) -> bool:
        """The row above lacks something of its last cell."""
        return self._left > 0

    def expect_rest(self, missing: int) -> None:
        """Expect the rest of the row above, which lacks this many bytes of its last cell."""
        self._left = missing

    def is_rest(self, text: str) -> bool:
        """True for a piece of the row above, whose program has a line feed in its name.

        It is as long as what the row lacks, less the line feed itself; or shorter, if the name has
        another line feed and rows are padded.
        """
        left = self._left - 1
        self._left = 0
        if left < 0:
            return False
        size = size_of(text)
        fills = size == left and text.endswith(" ")
        # One byte more than fits is no other text yet.
        if not fills and not (size <= left + 1 and self.is_padded):
            return False
        self._left = left - size
        return True
