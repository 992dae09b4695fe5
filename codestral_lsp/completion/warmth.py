"""What a server still knows of what it has read (its KV cache), as far as that can be told from here.

A server that keeps the last prompt reads of the next one only what comes behind their common head. So the cost of a
prompt is known before it is sent: it decides how long to wait, and whether reading ahead is worth a request.
"""

from __future__ import annotations

from collections import deque

from codestral_lsp.backends.base import Prompt


class Warmth:
    """The prompts that a backend's slots have read last."""

    def __init__(self, slots: int = 1) -> None:
        self._read: deque[str] = deque(maxlen=max(1, slots))

    def unread(self, prompt: Prompt) -> int:
        """About how many tokens of `prompt` the server would have to read now."""
        text = _text(prompt)
        known = max((_in_common(read, text) for read in self._read), default=0)
        return round(prompt.tokens * (1 - known / len(text))) if text else 0

    def read(self, prompt: Prompt) -> None:
        """The server reads `prompt`."""
        text = _text(prompt)
        # It takes the slot that knows most of it.
        if len(self._read) == self._read.maxlen and (nearest := max(self._read, key=lambda r: _in_common(r, text))):
            self._read.remove(nearest)
        self._read.append(text)

    def lost(self) -> None:
        """Something else went through the server: what it knew is gone."""
        self._read.clear()


def _text(prompt: Prompt) -> str:
    return prompt.raw or f"{prompt.suffix}\0{prompt.prefix}"


def _in_common(one: str, other: str) -> int:
    """Characters that two texts have in common at their heads. Compares halves: a loop over characters is slow."""
    least, most = 0, min(len(one), len(other))
    while least < most:
        middle = (least + most + 1) // 2
        if one[least:middle] == other[least:middle]:
            least = middle
        else:
            most = middle - 1
    return least
