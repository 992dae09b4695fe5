"""When to ask: as soon as the pause will probably outlast the answer.

A fixed debounce is too long for a fast model and too short for a slow one, and knows nothing of the person at the
keyboard. What matters is whether the user will still be looking when the answer comes. So the wait `t` is the
shortest one after which a pause that has lasted `t` goes on, with probability `SURENESS`, for as long as the answer
takes and for a glance at it: P(gap > t + answer + glance | gap > t), read off the user's own recent gaps. A model
whose answers are seldom sure enough to be shown is asked only in pauses that are the surer to last.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import deque

GLANCE_MS = 250.0
"""How long a suggestion must stand to be of any use."""
SURENESS = 0.1
"""How probable it must be that the user still pauses when the answer is there and something of it is shown."""
PAID_SURENESS = 0.2
"""The same where each request costs money."""
MOST_SURENESS = 0.8
"""However seldom anything is shown, a pause as probable as this is worth a request."""
SHORTEST_MS = 50
LONGEST_MS = 1500
_STEP_MS = 25
_REMEMBERED = 200
_LONGEST_GAP_MS = 10_000.0

# Gaps between keys of a programmer nobody has watched yet (ms): lognormal with median 160 and sigma 0.6, at its
# quantiles, and one pause in forty.
_PRIOR = (
    43, 58, 67, 75, 81, 87, 93, 98, 103, 108, 113, 118, 123, 128, 133, 139, 144, 149, 155,
    160, 166, 172, 178, 185, 192, 200, 208, 217, 226, 237, 248, 261, 276, 293, 314, 341, 379, 445, 640, 3000,
)  # fmt: skip


class TypingRhythm:
    """The user's recent gaps between edits, and what they say about the pause that has just begun."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque()
        self._sorted: list[float] = sorted(map(float, _PRIOR))

    def observe(self, gap_ms: float) -> None:
        """Learn the gap between two edits that typed something."""
        gap_ms = min(gap_ms, _LONGEST_GAP_MS)
        self._recent.append(gap_ms)
        insort(self._sorted, gap_ms)
        if len(self._recent) > _REMEMBERED:
            del self._sorted[bisect_right(self._sorted, self._recent.popleft()) - 1]

    def outlasts(self, waited_ms: float, more_ms: float) -> float:
        """Probability that a pause of `waited_ms` so far lasts `more_ms` longer."""
        longer = len(self._sorted) - bisect_right(self._sorted, waited_ms)
        if longer == 0:
            return 1.0
        return (len(self._sorted) - bisect_right(self._sorted, waited_ms + more_ms)) / longer

    def wait_ms(self, answer_ms: float, sureness: float = SURENESS) -> float:
        """How long after the last edit to ask, if the answer is expected to take `answer_ms`, and if it must be so
        probable that the pause outlasts it; never longer than `LONGEST_MS`, however slowly somebody types."""
        sureness = min(MOST_SURENESS, sureness)
        for waited in range(SHORTEST_MS, LONGEST_MS, _STEP_MS):
            if self.outlasts(waited, answer_ms + GLANCE_MS) >= sureness:
                return float(waited)
        return float(LONGEST_MS)
