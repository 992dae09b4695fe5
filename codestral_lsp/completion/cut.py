"""Where an answer is whole: there the stream is closed, and what comes after is not wanted."""

from __future__ import annotations

from dataclasses import dataclass

from codestral_lsp.completion.filters.suffix_overlap import same_line
from codestral_lsp.completion.surroundings import Extent, Surroundings, indentation_of


@dataclass(frozen=True, slots=True)
class Cut:
    """The answer is whole after `length` characters, because of `reason`."""

    length: int
    reason: str


class Cutter:
    """Watches an answer grow and says when it is whole, by its lines alone: in prose, and where there is no tree."""

    def __init__(self, around: Surroundings, extent: Extent) -> None:
        self._around = around
        self._extent = extent
        self._checked = 0
        """Characters of whole lines that have been looked at."""
        opener = around.head.strip() != ""
        self._floor = indentation_of(around.head) + (1 if opener and extent is Extent.BLOCK else 0)
        self._solid = 0
        """Behind the last line with text that belongs to the answer."""
        self._repeats = 0
        self._last_line = ""

    def feed(self, text: str, *, ended: bool = False) -> Cut | None:
        """Look at the whole answer so far; `ended` when no more will come."""
        if self._extent is Extent.LINE:
            end = text.find("\n")
            return Cut(end, "end of line") if end >= 0 else None
        while True:
            end = text.find("\n", self._checked)
            if end < 0:
                if not ended or self._checked >= len(text):
                    return None
                end = len(text)
            if cut := self._line(text[self._checked : end], self._checked, end):
                return cut
            if end == len(text):
                return None
            self._checked = end + 1

    def _line(self, line: str, start: int, end: int) -> Cut | None:
        """Whether the answer is whole before or behind this line of it."""
        stripped = line.strip()
        if start == 0:  # the rest of the cursor's own line
            self._solid = end if stripped else 0
            return None
        if not stripped:
            return self._blank()
        if same_line(line, self._around.line_below):
            return Cut(self._solid, "the text below")
        self._repeats = self._repeats + 1 if stripped == self._last_line else 0
        self._last_line = stripped
        if self._repeats == 2:
            return Cut(self._solid, "repeats itself")
        width = indentation_of(line)
        if width < self._floor:
            if stripped[0] in ")]}" and width == self._floor - 1:
                return Cut(end, "end of block")
            return Cut(self._solid, "end of block")
        self._solid = end
        return None

    def _blank(self) -> Cut | None:
        """A blank line ends what was begun on a line of its own, unless a block was opened there to be filled."""
        opens = self._around.head.strip() or opens_block(self._around.line_above)
        return None if opens else Cut(self._solid, "blank line")


def opens_block(line: str) -> bool:
    """Whether a line ends by opening a block or a bracket."""
    return line.rstrip().endswith((":", "{", "(", "[", "=>", "->", "do", "then"))
