"""Keeps a failing engine from being asked over and over."""

from __future__ import annotations

from codestral_lsp.errors import BackendError

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0


class Circuit:
    """Closed while the engine works; opens when it fails, lets one request through after a pause, and closes again.

    The pause doubles with each failure in a row, unless the server itself says how long to stay away. Times are
    seconds on the event loop's clock.
    """

    def __init__(self) -> None:
        self.error: BackendError | None = None
        """Why it is open; None while closed."""
        self._failures = 0
        self._until_s = 0.0

    def allows(self, now_s: float) -> bool:
        """Whether a request may go out now."""
        return self.error is None or now_s >= self._until_s

    def succeeded(self) -> bool:
        """A request was answered. True if that closed the circuit."""
        was_open = self.error is not None
        self.error, self._failures = None, 0
        return was_open

    def failed(self, error: BackendError, now_s: float) -> bool:
        """A request failed. True if the cause is new, so that the user should be told."""
        is_new = self.error is None or (type(self.error), self.error.cause) != (type(error), error.cause)
        self._failures += 1
        pause = error.retry_after_s
        if pause is None:
            pause = (
                LONGEST_PAUSE_S
                if not error.transient
                else min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(self._failures - 1, 10))
            )
        self.error, self._until_s = error, now_s + min(pause, 3600.0)
        return is_new
