"""Where an answer is whole that is written before code on the cursor's line: where it meets that code.

Models seldom stop there; they write the rest of the line once more, and go on. The answer is cut before what it says
of the text behind the cursor, if the file parses with it so: as soon as that is begun, where nothing else nearby begins
like it, else when all of it was said.
"""

from __future__ import annotations

from collections.abc import Iterator

from codestral_lsp.completion.cut import Cut
from codestral_lsp.completion.filters.suffix_overlap import strip_suffix_overlap
from codestral_lsp.completion.seam import Seam
from codestral_lsp.completion.surroundings import Extent, Surroundings, indentation_of

_TELLING = 4
"""With fewer characters than these of the rest of the line an answer may yet mean something else."""
_TRIES = 20
"""In how many places the file is parsed with an answer cut there."""


class SpanCutter:
    """Watches an answer grow and says when it meets the code behind the cursor."""

    def __init__(self, around: Surroundings, extent: Extent, seam: Seam) -> None:
        self._around = around
        self._rest = around.rest.rstrip()
        self._nearby = "\n".join((*around.above, around.head, *around.below))
        self._extent = extent
        self._seam = seam
        self._checked = 0
        """Characters that have been looked at for the rest of the line."""
        self._line = 0
        """Where the answer's last line starts."""
        self._met = -1
        """Where it last met the code behind and fitted; -1 while it has not."""
        self._last_line = ""

    async def feed(self, text: str, *, ended: bool = False) -> Cut | None:
        """Look at the whole answer so far; `ended` when no more will come."""
        if cut := await self._meets(text, ended):
            return cut
        while (end := text.find("\n", self._line)) >= 0:
            line = text[self._line : end].strip()
            if line and line == self._last_line:
                return await self._settle(text[: self._line])
            self._last_line = line or self._last_line
            if self._line == 0 and line and self._extent is not Extent.BLOCK and self._seam.is_whole:
                return await self._settle(text[:end])
            self._line = end + 1
        line = text[self._line :]
        if self._line and line.strip() and indentation_of(line) <= self._seam.function_depth:
            return await self._settle(text[: self._line])
        if not ended:
            return None
        return None if await self._seam.fits(text) else await self._settle(text)

    async def _meets(self, text: str, ended: bool) -> Cut | None:
        """Whether the rest of the cursor's line, to its end, is in the answer."""
        while (at := text.find(self._rest, self._checked)) >= 0:
            behind = text[at + len(self._rest) :]
            blanks = behind.lstrip(" \t\r")
            if not blanks and not ended:
                return None  # it may go on
            self._checked = at + 1
            if (not blanks or blanks[0] == "\n") and await self._seam.fits(text[:at]):
                self._met = at
                if not await self._seam.wants_more(text[:at]):
                    return Cut(at, "the text behind")
        self._checked = max(self._checked, len(text) - len(self._rest))
        return await self._begins(text)

    async def _begins(self, text: str) -> Cut | None:
        """Whether the answer's end begins the rest of the line, in words that stand nowhere else nearby."""
        for at in range(max(1, len(text) - len(self._rest) + 1), len(text)):
            said = text[at:].strip()
            if len(said) < _TELLING:
                return None
            if not self._rest.startswith(text[at:]) or said in self._nearby:
                continue
            if await self._seam.fits(text[:at]) and not await self._seam.wants_more(text[:at]):
                return Cut(at, "the text behind")
        return None

    def _near(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a text goes on for a while as the code behind does, and for how long."""
        for at in range(len(text)):
            common = 0
            while self._rest[common : common + 1] == text[at + common : at + common + 1] != "":
                common += 1
            if self._rest[:common].strip():
                yield common, at

    def _unsaid(self, text: str) -> str:
        """The text without what follows the hole, if it ends by saying that, be it in other blanks."""
        text = strip_suffix_overlap(text, self._around, self._extent).rstrip()
        said = self._rest.strip()
        if len(said) < _TELLING or not text.endswith(said):
            return text
        text = text.removesuffix(said)
        return text.rstrip(" \t") if self._rest[0].isspace() else text

    async def _settle(self, text: str) -> Cut:
        """The best of an answer that has gone too far: up to where it met the code behind, or came near to that; else
        what breaks no more than is broken."""
        if self._met >= 0:
            return Cut(self._met, "the text behind")
        for _, at in sorted(self._near(text), reverse=True)[:_TRIES]:
            if await self._seam.fits(text[:at]):
                return Cut(at, "like the text behind")
        best = self._unsaid(await self._seam.longest_fit(text))
        return Cut(len(best), "what fits" if best else "nothing fits")
