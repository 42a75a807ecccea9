"""What is around the lines of a capture: the frame that is learned, and the marks that are open."""

from __future__ import annotations

from netstat_parse.dialects.headers import Banner, split_line
from netstat_parse.reading import around
from netstat_parse.reading.classify import (
    Expected,
    Header,
    Line,
    Odd,
    Prompt,
    classify,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netstat_parse.grammar.layout import Layout


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

    def split(self, text: str, dialect: str | None, *, may_learn: bool) -> list[str]:
        """The lines that stand in one. The first of them may teach the frame that it stands in."""
        lines = split_line(text)
        if lines or self._is_framed or not may_learn:
            return lines
        return self.split_framed(text, dialect)

    def split_framed(self, text: str, dialect: str | None) -> list[str]:
        """The lines that stand in one within a frame, which is learned."""
        frame = around.find_frame(text, None, dialect)
        bare = frame.take_off(text) if frame is not None else None
        lines = split_line(bare) if bare is not None else []
        if lines:
            self.frame, self._is_framed = frame, True
        return lines

    def learn(self, text: str, found: Line, expected: Expected, layout: Layout | None) -> Line:
        """What a line is, if that is known when its frame is taken off.

        `layout`: of a table whose first row may teach it.
        """
        if isinstance(found, Banner | Header):
            if self._is_framed or _is_bare(found, text):
                self.frame = self.frame if self._is_framed else None
                return found
        elif isinstance(found, Prompt):
            self._see_fence(found.text)
            return found
        elif not isinstance(found, Odd):
            return found
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
