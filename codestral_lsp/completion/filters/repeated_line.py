"""Drops an answer that only says again what stands next to it."""

from __future__ import annotations

from codestral_lsp.completion.surroundings import Extent, Surroundings

_TRIVIAL = 3
"""Lines this short (closers, `else`) stand twice in good code too."""


def drop_repeated_line(text: str, around: Surroundings, extent: Extent) -> str:
    """Nothing, if the finished line would be the one above or below it once more; less, if it ends in a loop."""
    first, _, more = text.partition("\n")
    line = (around.head + first + around.rest).strip()
    if len(line) > _TRIVIAL and not more.strip() and line in (around.line_above.strip(), around.line_below.strip()):
        return ""
    return _without_loop(text)


def _without_loop(text: str) -> str:
    """Up to the end of the first of three turns of a loop of lines."""
    lines = text.split("\n")
    said = [line.strip() for line in lines]
    for size in range(1, len(lines) // 3 + 1):
        for start in range(len(lines) - 3 * size + 1):
            turn = said[start : start + size]
            is_loop = turn == said[start + size : start + 2 * size] == said[start + 2 * size : start + 3 * size]
            if is_loop and any(len(line) > _TRIVIAL for line in turn):
                return "\n".join(lines[: start + size])
    return text
