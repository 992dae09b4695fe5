"""How many tokens a text takes: an estimate that learns from what servers count.

Servers with a tokenizer endpoint count exactly, but a question over HTTP for every keystroke costs more than it
saves. So windows are sized by an estimate over the pieces that tokenizers of code see (words, runs of blanks,
digits, single marks), scaled by a factor that follows each server's own counts, with a margin on top.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Tokenizers for code keep short words whole, cut long ones about every five letters, take digits one by one, runs of
# blanks as one, and most other marks one by one or in pairs.
_PIECE = re.compile(r" ?[A-Za-z]+|[0-9]|[ \t]+|(?:\r?\n)+|[!-/:-@\[-`{-~]{1,2}|[^\x00-\x7f]|.", re.DOTALL)


@lru_cache(maxsize=16384)
def _pieces(line: str) -> int:
    count = 0
    for piece in _PIECE.findall(line):
        if piece.isascii():
            count += 1 + max(0, len(piece) - 6) // 5
        else:
            count += 2
    return count


class TokenCounter:
    """Estimates token counts for one model. `observe` makes it better."""

    MARGIN = 1.08
    """Head room over the estimate, so that prompts stay inside the context."""

    def __init__(self) -> None:
        self._factor = 0.9

    def line(self, line: str) -> float:
        """Tokens in one line, its line end included; remembered, so that asking again is free."""
        return _pieces(line) * self._factor * self.MARGIN

    def text(self, text: str) -> int:
        """Tokens in a text of any length."""
        return round(sum(_pieces(line) for line in text.splitlines(keepends=True)) * self._factor * self.MARGIN)

    def observe(self, text: str, tokens: int) -> None:
        """Learn that a server counted `tokens` in `text`."""
        pieces = sum(_pieces(line) for line in text.splitlines(keepends=True))
        if pieces >= 64 and tokens > 0:
            # Quick to grow, slow to shrink: too large an estimate costs a little context, too small a failed request.
            seen = min(4.0, max(0.25, tokens / pieces))
            rate = 0.5 if seen > self._factor else 0.1
            self._factor += rate * (seen - self._factor)

    def underestimated(self) -> None:
        """Learn that a prompt was larger than thought: the server refused it as too long."""
        self._factor = min(4.0, self._factor * 1.6)
