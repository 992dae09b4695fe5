"""Cuts an answer off where it goes round in circles."""

from __future__ import annotations

from codestral_lsp.completion.surroundings import Extent, Surroundings

_TRIVIAL = 3
"""Lines this short (closers, `else`) come again in good code too."""
_LONGEST = 40
"""Characters of a loop within one line."""
_TURNS = 4


def cut_repetition(text: str, around: Surroundings, extent: Extent) -> str:
    """Up to the end of the first of three turns of a loop of lines, or of four turns within a line at its end."""
    lines = text.split("\n")
    said = [line.strip() for line in lines]
    for size in range(1, len(lines) // 3 + 1):
        for start in range(len(lines) - 3 * size + 1):
            turn = said[start : start + size]
            is_loop = turn == said[start + size : start + 2 * size] == said[start + 2 * size : start + 3 * size]
            if is_loop and any(len(line) > _TRIVIAL for line in turn):
                return "\n".join(lines[: start + size])
    *before, last = lines
    return "\n".join([*before, _without_loop(last)])


def _without_loop(line: str) -> str:
    """A line without the turns after the first of a loop that it ends with; the last turn may be cut short."""
    for size in range(4, min(_LONGEST, len(line) // _TURNS) + 1):
        turn = line[-size:]
        start = len(line) - size
        while start >= size and line[start - size : start] == turn:
            start -= size
        if (len(line) - start) // size >= _TURNS and any(mark.isalnum() for mark in turn):
            return line[: start + size]
    return line
