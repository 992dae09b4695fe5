"""An answer on its way: what has come of it, how sure each token is, and where it is whole."""

from __future__ import annotations

from codestral_lsp.backends.base import Piece
from codestral_lsp.completion.cache import Answer
from codestral_lsp.completion.cut import Cut, Cutter
from codestral_lsp.completion.cut_block import BlockCutter
from codestral_lsp.completion.cut_span import SpanCutter
from codestral_lsp.completion.filters import apply_filters
from codestral_lsp.completion.opening import said_before
from codestral_lsp.completion.seam import Seam
from codestral_lsp.completion.sureness import Step, sure_part
from codestral_lsp.completion.surroundings import Extent, Surroundings
from codestral_lsp.prompt.families import Family
from codestral_lsp.prompt.sanitize import restore


class Draft:
    """Takes in the pieces of an answer."""

    def __init__(
        self,
        head: str,
        around: Surroundings,
        extent: Extent,
        seam: Seam,
        family: Family | None,
        *,
        reads_on: bool,
        patient: bool,
    ) -> None:
        """`head`: the line up to the cursor. `reads_on`: to read the line behind a single line too; it is not shown
        before the user gets there, but then costs nothing. `patient`: to read a few lines more than may be needed."""
        self.filters: list[str] = []
        """What the filters did."""
        self.cut: Cut | None = None
        """Where the answer is whole."""
        self._head = head
        self._around = around
        self._extent = extent
        self._seam = seam
        self._family = family
        self._patient = patient
        self._reads_on = reads_on and extent is Extent.LINE
        self._cutter: Cutter | BlockCutter | SpanCutter | None = None
        self._breaks: tuple[str, str] | None = None
        """What the answer was when it was whole, if it broke the file's parse, and what of it does not."""
        self._raw = self._text = ""
        self._steps: list[Step] = []
        self._end = -1
        """Where reading on ends; -1 while it has not."""

    async def add(self, piece: Piece) -> bool:
        """Take in a piece. True once nothing more is wanted."""
        if not piece.text:
            return False
        self._raw += piece.text
        self._text = self._raw.replace("\r\n", "\n") if "\r" in self._raw else self._raw
        if piece.logprob is not None:
            log = self._steps[-1].log if self._steps else 0.0
            self._steps.append(Step(len(self._text), log + piece.logprob))
        if self.cut is None:
            await self._look()
        if self.cut is None:
            return False
        if self._reads_on:
            begun = len(self._text) - len(self._text[self.cut.length :].lstrip())
            self._end = self._text.find("\n", begun) if begun < len(self._text) else -1
        return self._end >= 0 or not self._reads_on

    async def finish(self, *, broken_off: bool) -> None:
        """The model has ended. `broken_off`: at its token limit, which may be anywhere."""
        if self.cut is None and broken_off:
            # The last line is not to be trusted.
            self._text = self._text.rpartition("\n")[0] or self._text
        if self.cut is None:
            await self._look(ended=True)
        if self._breaks is None:
            await self._fit()
        self._end = self._end if self._end >= 0 else len(self._text)

    async def _look(self, *, ended: bool = False) -> None:
        """Whether the answer is whole by now."""
        if self._cutter is None:
            self._cutter = await self._choose()
        if isinstance(self._cutter, Cutter):
            self.cut = self._cutter.feed(self._text, ended=ended)
        else:
            self.cut = await self._cutter.feed(self._text, ended=ended)
        if self.cut is not None:
            await self._fit()

    async def _choose(self) -> Cutter | BlockCutter | SpanCutter:
        if self._extent is Extent.LINE or not await self._seam.ready():
            return Cutter(self._around, self._extent)
        if self._around.rest_is_closers:
            return BlockCutter(self._around, self._extent, self._seam, patient=self._patient)
        return SpanCutter(self._around, self._extent, self._seam)

    async def _fit(self) -> None:
        """See what of the whole answer may be shown."""
        text, _ = self._filtered(self._text if self.cut is None else self._text[: self.cut.length], self._extent)
        self._breaks = text, await self._seam.longest_fit(text)

    def answer(self, *, ended: bool) -> Answer:
        """The answer so far, filtered; `ended` when no more will come."""
        raw = self._text if self.cut is None else self._text[: self.cut.length]
        text, self.filters = self._filtered(raw, self._extent)
        if self._breaks is not None and self._breaks[0] == text != self._breaks[1]:
            text = self._breaks[1].rstrip() if self._around.rest_is_closers else self._breaks[1]
            self.filters.append(
                f"parse: {len(text) - len(self._breaks[0]):+d} characters" if text else "parse: dropped"
            )
            return Answer(self._head, text, True, self._fitted(text) or ())
        if self.cut is not None and self._reads_on and (more := self._next_line(text) or ("" if ended else "\n")):
            return Answer(self._head, text + more, ended, self._fitted(text + more) or (), by_line=True)
        whole = ended or self.cut is not None
        steps = self._fitted(text)
        if steps is None and self._steps:
            # The filters changed it within: what is sure is found out before they do.
            part = sure_part(raw, self._steps, 0, len(raw), ended=whole)
            return Answer(self._head, "" if part is None else self._filtered(part, self._extent)[0], whole)
        return Answer(self._head, text, whole, steps or ())

    def _filtered(self, text: str, extent: Extent) -> tuple[str, list[str]]:
        if self._family is not None:
            text = restore(text, self._family)
        return apply_filters(text, self._around, extent)

    def _next_line(self, line: str) -> str:
        """What was read on behind `line`, its line end included; empty if that is not worth keeping."""
        end = self._end if self._end >= 0 else len(self._text)
        both, _ = self._filtered(self._text[:end], Extent.BLOCK)
        return both[len(line) :] if both.startswith(line + "\n") else ""

    def _fitted(self, text: str) -> tuple[Step, ...] | None:
        """The steps as steps of `text`, which the filters have left; None if they changed more than its ends."""
        start = 0 if self._text.startswith(text) else said_before(self._text, self._around)
        if not self._text.startswith(text, start):
            return None
        steps: list[Step] = []
        for step in self._steps:
            length = min(step.length - start, len(text))
            if length > (steps[-1].length if steps else 0):
                steps.append(Step(length, step.log))
            if step.length - start >= len(text):
                break
        return tuple(steps)
