"""One line for every completion request: what was decided, what it cost, what was shown.

Traces hold no code: only counts, times and reasons.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class Trace:
    """A request on its way. Stages write what they did; `outcome` is set last. Times in ms, sizes in tokens."""

    number: int
    language: str
    trigger: str
    started_s: float
    """On the event loop's clock."""
    engine: str = ""
    model: str = ""
    outcome: str = ""
    """shown, empty, superseded, cancelled or failed."""
    reason: str = ""
    """Why nothing was shown, or what was wrong."""
    source: str = ""
    """Where the answer came from: cache, disk, running (a stream already under way), instant, fallback, model."""
    debounce_ms: float = 0.0
    prompt_tokens: int = 0
    prompt_fresh: bool = False
    """Whether the window was chosen anew, so that the model had to read nearly everything."""
    context_tokens: dict[str, int] = field(default_factory=dict)
    """What of the prompt is from other files, by the source that found it."""
    context_ms: float | None = None
    """How long looking for it took, if it was looked for."""
    first_token_ms: float | None = None
    """From asking the backend to its first text."""
    backend_ms: float | None = None
    evaluated_tokens: int | None = None
    generated_tokens: int | None = None
    cut: str = ""
    filters: list[str] = field(default_factory=list)
    shown_characters: int = 0
    shown_lines: int = 0
    total_ms: float = 0.0
    fate: str = ""
    """What became of what was shown: accepted, partly accepted, typed through, dismissed."""

    def as_json(self) -> dict[str, Any]:
        """The trace as plain JSON values."""
        return asdict(self)

    def line(self) -> str:
        """The trace as one line for a person."""
        parts = [f"#{self.number}", self.language, self.trigger, self.source or "-"]
        if self.debounce_ms:
            parts.append(f"waited {self.debounce_ms:.0f} ms")
        if self.backend_ms is not None:
            read = "?" if self.evaluated_tokens is None else self.evaluated_tokens
            parts.append(f"{self.engine} {self.backend_ms:.0f} ms ({self.prompt_tokens} tokens, {read} read)")
        if self.context_tokens:
            shares = ", ".join(f"{source} {tokens}" for source, tokens in self.context_tokens.items())
            found = "" if self.context_ms is None else f" found in {self.context_ms:.0f} ms"
            parts.append(f"context{found}: {shares} tokens")
        if self.cut:
            parts.append(f"cut: {self.cut}")
        parts += self.filters
        parts.append(f"{self.outcome}{': ' + self.reason if self.reason else ''} after {self.total_ms:.0f} ms")
        if self.fate:
            parts.append(self.fate)
        return " · ".join(parts)


class Traces:
    """The last requests, oldest first."""

    def __init__(self, keep: int = 1000) -> None:
        self._kept: deque[Trace] = deque(maxlen=keep)
        self._count = 0

    def begin(self, language: str, trigger: str, now_s: float) -> Trace:
        """Start the trace of a new request."""
        self._count += 1
        trace = Trace(self._count, language, trigger, now_s)
        self._kept.append(trace)
        return trace

    def __iter__(self) -> Iterator[Trace]:
        return iter(tuple(self._kept))

    def __len__(self) -> int:
        return len(self._kept)
