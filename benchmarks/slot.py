"""What one slot of a server must newly read of each prompt: all but the head that it has read before."""

from __future__ import annotations

REUSED_BLOCK = 900
"""Characters of the shortest block that llama-server moves in place with `--cache-reuse 256` (tokens)."""


class Slot:
    """The text that is in the KV cache. Counts characters, since every server and model has other tokens."""

    def __init__(self, *, moves_blocks: bool = False) -> None:
        """`moves_blocks`: as with `--cache-reuse`, long blocks that only moved up are not read again either."""
        self._moves_blocks = moves_blocks
        self._read = ""

    def unread(self, prompt: str) -> int:
        """How many characters of `prompt` would have to be read now."""
        known = len(_common(self._read, prompt))
        if not self._moves_blocks:
            return len(prompt) - known
        reused, here, there = known, known, known
        while (found := self._read.find(prompt[here : here + REUSED_BLOCK], there)) >= 0:
            block = len(_common(self._read[found:], prompt[here:]))
            if block < REUSED_BLOCK:
                break
            reused, here, there = reused + block, here + block, found + block
        return len(prompt) - reused

    def holds(self, text: str) -> None:
        """The slot has read `text` (a prompt, and what was generated behind it)."""
        self._read = text


def _common(one: str, other: str) -> str:
    length = min(len(one), len(other))
    if one[:length] == other[:length]:
        return one[:length]
    low, high = 0, length
    while low + 1 < high:
        middle = (low + high) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle
    return one[:low]
