"""Where an answer is whole that continues a line, or begins on one of its own: the tree decides.

Looked at as its lines end. It is whole as soon as it fits the file (see `Seam.fits`) and nothing says that more is to
come (`Seam.wants_more`); where it runs into the text below; and where it leaves what it was begun in. If it ends
otherwise, it is cut back to the last line with which it fitted.

What fits may still be half of what is meant: the first of the entries that a list lacks, an `if` without the `else`
that the code below is for. A patient reader therefore reads on, for a few lines, to see whether the answer runs into
the text below; if it does, all of it was meant, else what fitted first.
"""

from __future__ import annotations

import re

from codestral_lsp.completion.cut import Cut
from codestral_lsp.completion.filters.suffix_overlap import same_line
from codestral_lsp.completion.seam import Seam
from codestral_lsp.completion.surroundings import Extent, Surroundings, indentation_of

_CLAUSES = ("elif", "else", "elsif", "elseif", "except", "catch", "finally", "rescue", "ensure")
_PARTS = ("when", "case", "default", "until", "end", "fi", "done", "esac")
_CLAUSE = re.compile(rf"(?:\}}\s*)?(?:(?:{'|'.join(_CLAUSES)})\b|(?:{'|'.join(_PARTS)})\b(?!\s*[(.=\[]))")
"""What goes on with the statement before it."""

_HELD_LINES = 8
"""How many more lines are read to see whether the answer runs into the text below."""
_TELLING = re.compile(r"\W*\w+\W+\w")
"""What of a line is enough to know it by: more than its first word, which many lines begin with."""
_TURNS = 3
"""How often a line may come in a row before the answer counts as a loop."""


class BlockCutter:
    """Watches an answer grow and says when it is whole."""

    def __init__(self, around: Surroundings, extent: Extent, seam: Seam, *, patient: bool = False) -> None:
        self._patient = patient and extent is Extent.BLOCK
        self._around = around
        self._extent = extent
        self._seam = seam
        self._below = indentation_of(around.line_below) if around.line_below else -1
        self._base = indentation_of(around.head)
        """How deep the statement is that is being written."""
        self._checked = 0
        """Characters of whole lines that have been looked at."""
        self._solid = 0
        """Behind the last line with text that belongs to the answer."""
        self._width = self._base
        """Indentation of that line."""
        self._fitting = 0
        """Behind the last line with which the answer fitted."""
        self._held: Cut | None = None
        """Where the answer fitted first, while it is seen whether it runs into the text below."""
        self._held_lines = 0
        self._turns = 1
        self._last_line = ""

    async def feed(self, text: str, *, ended: bool = False) -> Cut | None:
        """Look at the whole answer so far; `ended` when no more will come."""
        while (end := text.find("\n", self._checked)) >= 0:
            if cut := await self._line(text, end):
                return cut
            self._checked = end + 1
        if not ended:
            return await self._begun(text)
        if text[self._checked :].strip() and (cut := await self._line(text, len(text))):
            return cut
        return self._back("end of answer") if self._solid > self._fitting else None

    async def _line(self, text: str, end: int) -> Cut | None:
        """Whether the answer is whole before or behind a line of it, which is `text` from where it was looked at."""
        line = text[self._checked : end]
        stripped = line.strip()
        if not stripped:
            return None
        width = self._base
        if self._checked or not self._around.head.strip():
            width = indentation_of(self._around.head + line if not self._checked else line)
        if self._checked:
            self._turns = self._turns + 1 if stripped == self._last_line else 1
            self._last_line = stripped
            if self._turns == _TURNS:
                return Cut(self._solid, "repeats itself")
            if await self._meets(text, line, width):
                return Cut(self._solid, "the text below")
            if self._held is not None:
                self._held_lines += 1
                if self._held_lines > _HELD_LINES:
                    return self._held
            if cut := await self._before(text, stripped, width, end):
                return cut
        self._solid, self._width = end, width
        return await self._behind(text[:end])

    async def _meets(self, text: str, line: str, width: int) -> bool:
        """Whether a line of the answer is the one that stands below."""
        if not same_line(line, self._around.line_below):
            return False
        return width == self._below or (width < self._below and await self._seam.fits(text[: self._solid]))

    async def _begun(self, text: str) -> Cut | None:
        """Whether the beginning of a line, while the rest of it is still to come, says that the answer is whole."""
        line = text[self._checked :]
        stripped = line.lstrip(" \t")
        runs_into = _TELLING.match(stripped) and self._around.line_below.lstrip().startswith(stripped)
        if self._held and not self._held_lines and runs_into:
            return self._held
        if not self._checked or not stripped or stripped[0] in ")]}":
            return None
        width = indentation_of(line)
        if width <= self._base and any(word.startswith(stripped) for word in (*_CLAUSES, *_PARTS)):
            return None  # it may yet go on with the statement
        return await self._before(text, stripped, width, len(text))

    async def _before(self, text: str, stripped: str, width: int, end: int) -> Cut | None:
        """Whether the answer was whole before a line that begins so."""
        before = text[: self._solid]
        if width < self._base:
            return await self._outside(text, stripped, width, end)
        if self._held or width > self._base or not self._solid or _CLAUSE.match(stripped) or stripped[0] in ")]}":
            return None
        if await self._seam.fits(before) and not await self._wants_more(before):
            return Cut(self._solid, "end of statement")
        return None

    async def _outside(self, text: str, stripped: str, width: int, end: int) -> Cut | None:
        """A line stands further left than what the answer was begun in."""
        before = text[: self._solid]
        if stripped[0] in ")]}":
            if await self._seam.mends(before, text[:end]):
                return Cut(end, "end of block") if await self._seam.fits(text[:end]) else None
            return self._back("end of block")
        if self._extent is not Extent.BLOCK or width <= self._seam.function_depth:
            return self._back("end of block")
        if width > self._below or self._seam.needs(before):
            # Blocks around are not whole yet either.
            self._base = width
            return None
        return self._back("end of block")

    async def _behind(self, text: str) -> Cut | None:
        """Whether a text that ends with a line needs nothing more."""
        fits = await self._seam.fits(text)
        if fits:
            self._fitting = len(text)
        line = (self._around.head + text).rpartition("\n")[2]
        opens = self._seam.opens(line)
        if self._extent is Extent.STATEMENT and opens and self._width <= self._base:
            return Cut(len(text), "end of line")
        if self._held or not fits or (self._width > self._base and not opens) or await self._wants_more(text):
            return None
        whole = Cut(len(text), "the block below" if opens else "end of statement")
        if self._patient and (opens or self._below >= self._width):
            self._held = whole
            return None
        return whole

    async def _wants_more(self, text: str) -> bool:
        return self._extent is Extent.BLOCK and await self._seam.wants_more(text)

    def _back(self, reason: str) -> Cut:
        """The answer, cut back to where it fitted."""
        return self._held or Cut(self._fitting or self._solid, reason)
