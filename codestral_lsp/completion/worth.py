"""How often a model's answers are sure enough to be shown: what it is worth to ask it once more."""

from __future__ import annotations

from collections import deque

_REMEMBERED = 30
_TRUSTED = 5
"""A model that nobody has asked yet counts as one that answered so many times, each time surely."""


class Worth:
    """A model's recent answers."""

    def __init__(self) -> None:
        self._shown: deque[bool] = deque([True] * _TRUSTED, maxlen=_REMEMBERED)

    def observe(self, *, shown: bool) -> None:
        """Learn whether there was anything to show of an answer."""
        self._shown.append(shown)

    @property
    def share(self) -> float:
        """The share of answers of which something was shown; never quite 0, so that a model can recover."""
        return max(1, sum(self._shown)) / len(self._shown)
