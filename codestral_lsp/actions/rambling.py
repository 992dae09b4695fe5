"""Notices that a model goes round in circles: small ones do, and would do so until their limit."""

from __future__ import annotations

_TAIL = 480
_SHORTEST_ROUND = 1
_LONGEST_ROUND = 160
_SAME_LINES = 4


def rambles(text: str) -> bool:
    """Whether the end of a text says the same thing over and over."""
    lines = [line.strip() for line in text[-4 * _TAIL :].splitlines() if line.strip()]
    if len(lines) > _SAME_LINES:
        # The last line may be unfinished.
        last = lines[-1 - _SAME_LINES : -1]
        if len(set(last)) == 1 and len(last[0]) > 3:
            return True
    tail = text[-_TAIL:]
    if len(tail) < _TAIL or not tail.strip():
        return len(tail) == _TAIL
    return any(tail[step:] == tail[:-step] for step in range(_SHORTEST_ROUND, _LONGEST_ROUND + 1))
