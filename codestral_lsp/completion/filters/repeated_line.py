"""Drops an answer that only says again what stands next to it."""

from __future__ import annotations

from codestral_lsp.completion.surroundings import Extent, Surroundings

_TRIVIAL = 3
"""Lines this short (closers, `else`) stand twice in good code too."""


def drop_repeated_line(text: str, around: Surroundings, extent: Extent) -> str:
    """Nothing, if the finished line would be the one above or below it once more."""
    first, _, more = text.partition("\n")
    line = (around.head + first + around.rest).strip()
    is_again = line in (around.line_above.strip(), around.line_below.strip())
    return "" if is_again and len(line) > _TRIVIAL and not more.strip() else text
