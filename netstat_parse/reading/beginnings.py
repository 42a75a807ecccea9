"""Where a snapshot begins: the lines that belong to another one than what stands above them."""

from __future__ import annotations

from netstat_parse.dialects.headers import Banner
from netstat_parse.reading.classify import (
    Header,
    Prompt,
    Row,
    RowAlone,
    Stamped,
    without_stamps,
)
from netstat_parse.reading.stamps import Stamp
from netstat_parse.reading.table import is_much_later

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.reading.classify import Line
    from netstat_parse.reading.state import State


def begins_another(section: State, found: Line) -> bool:
    """True for a line that begins another snapshot if one is being read."""
    at = found.stamp.at if isinstance(found, Stamped) else None
    line = found.line if isinstance(found, Stamped) else found
    above, snapshot = section.banner, section.snapshot
    match line:
        case Stamp():
            return not is_blank(section, line)
        case Prompt():  # `watch` heads its screens so
            return line.stamp is not None
        case Banner():
            below = above.text if above is not None and above.follows_another_table else ""
            is_known = snapshot.has_table(line.text, below)
            is_another = not line.follows_another_table or is_known
            return section.is_of_another_system(line.dialects) or (
                is_another and not may_recur(section)
            )
        case Header():
            # The banners of IPv4 and IPv6 may stand above equal headers.
            is_known = above is None and snapshot.has_table(line.layout.header)
            is_another = not line.layout.follows_another_table or is_known
            return section.is_of_another_system((line.layout.dialect,)) or (
                is_another and not (line.layout.recurs and may_recur(section))
            )
        case Row() | RowAlone():
            table = section.table
            is_inferred = table is not None and table.is_inferred
            return is_inferred and is_much_later(at, section.front_before)
    return False


def is_blank(section: State, stamp: Stamp) -> bool:
    """True for a stamp in front of a blank line, below a banner or titles with one in front."""
    is_stamped = section.banner is not None and section.banner_top[1] is not None
    if section.above:
        text = section.above[-1].text
        is_stamped = without_stamps(text, tuple(section.options.timestamp_formats)) != text
    return is_stamped and not stamp.invalid


def may_recur(section: State) -> bool:
    """True if a table of this snapshot may come again in the same run of netstat."""
    return any(table.layout.recurs for table in section.tables.values())
