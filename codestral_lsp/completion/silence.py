"""Notices that a model says nothing, over one request or many.

While the user types on, each request is given up long before it could time out: a server that hangs would never be
found out by its requests alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

LONG_S = 20.0
"""So much waiting in all, without a word, is worth telling the user. Loading a large model takes as long."""


class Silence:
    """Adds up the time that requests waited since the model was last heard."""

    def __init__(self, on_long: Callable[[], None]) -> None:
        self.is_long = False
        """Whether the model has been silent for so long that the user should know."""
        self._on_long = on_long
        self._before_s = 0.0
        self._since_s: float | None = None
        self._alarm: asyncio.TimerHandle | None = None

    def wait(self) -> None:
        """A request waits now."""
        loop = asyncio.get_running_loop()
        if self._since_s is None and not self.is_long:
            self._since_s = loop.time()
            self._alarm = loop.call_later(LONG_S - self._before_s, self._ring)

    def rest(self) -> None:
        """No request waits any more."""
        if self._since_s is not None:
            self._before_s = min(LONG_S, self._before_s + asyncio.get_running_loop().time() - self._since_s)
        self._stop()

    def heard(self) -> None:
        """The model, or its server, has said something."""
        self.is_long, self._before_s = False, 0.0
        self._stop()

    def _stop(self) -> None:
        self._since_s = None
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _ring(self) -> None:
        self.is_long = True
        self._stop()
        self._on_long()
