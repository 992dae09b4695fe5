"""How long an engine takes for an answer."""

from __future__ import annotations

from collections import deque

_FIRST_GUESS_MS = 300.0
_FIRST_GUESS_TOKENS_PER_S = 500.0


class Latency:
    """Recent times from asking to a whole answer, without the reading of the prompt: that is counted in tokens."""

    def __init__(self) -> None:
        self._seen: deque[float] = deque(maxlen=15)

    def observe(self, answer_ms: float, read_ms: float) -> None:
        """Learn how long an answer took, and how much of that the server took to read the prompt."""
        self._seen.append(max(0.0, answer_ms - read_ms))

    def expected_ms(self, unread_tokens: int, tokens_per_s: float | None) -> float:
        """What an answer will take if so many tokens must be read first; a guess before anything was seen."""
        median_ms = sorted(self._seen)[len(self._seen) // 2] if self._seen else _FIRST_GUESS_MS
        return median_ms + unread_tokens / (tokens_per_s or _FIRST_GUESS_TOKENS_PER_S) * 1000
