"""How long an engine takes for an answer."""

from __future__ import annotations

from collections import deque
from statistics import median

_FIRST_GUESS_MS = {False: 300.0, True: 500.0}


class Latency:
    """Recent times from asking to a whole answer, apart for prompts that were read from cache and for cold ones."""

    def __init__(self) -> None:
        self._seen: dict[bool, deque[float]] = {False: deque(maxlen=15), True: deque(maxlen=5)}

    def observe(self, answer_ms: float, *, cold: bool) -> None:
        """Learn how long an answer took."""
        self._seen[cold].append(answer_ms)

    def expected_ms(self, *, cold: bool) -> float:
        """The median of what was seen; a guess before anything was."""
        if seen := self._seen[cold]:
            return median(seen)
        if warm := self._seen[False]:
            return 2 * median(warm)
        return _FIRST_GUESS_MS[cold]
