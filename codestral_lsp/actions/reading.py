"""One answer on its way: read off the model piece by piece, heard by whoever wants to, cut where it must be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Protocol

from codestral_lsp.actions.rambling import rambles
from codestral_lsp.backends.base import ChatRequest, Usage
from codestral_lsp.completion.engine import Engine
from codestral_lsp.prompt.sanitize import restore

MOST_S = 600.0
"""No answer is worth waiting for longer."""
_ROUND_AND_ROUND = "it began to repeat itself"
_LOOK_EVERY = 8
"""Pieces between two looks at whether the model rambles."""


class Audience(Protocol):
    """Who hears an answer as it is written."""

    def heard(self, text: str) -> None:
        """The answer so far."""
        ...

    def waits(self, why: str) -> None:
        """The model is with somebody else now; empty when the answer goes on."""
        ...


@dataclass(slots=True)
class Said:
    """An answer and how it came about. Times in ms, sizes in tokens."""

    text: str = ""
    cut: str = ""
    """Why the model was cut off; empty if it ended by itself."""
    cached: bool = False
    """Whether the answer had been kept."""
    model: str = ""
    first_text_ms: float | None = None
    total_ms: float = 0.0
    prompt_tokens: int = 0
    """As the server counted, else as estimated."""
    usage: Usage = field(default_factory=Usage)
    pauses: int = 0


class Reading:
    """One stream off the model. After a pause it runs again from the start and is silent until it says more than was
    heard before: the same question gets the same answer."""

    def __init__(
        self,
        engine: Engine,
        request: ChatRequest,
        said: Said,
        audience: Audience | None,
        whole: Callable[[str], bool],
        started_s: float,
    ) -> None:
        self._engine = engine
        self._request = request
        self._said = said
        self._audience = audience
        self._whole = whole
        self._started_s = started_s

    async def read(self) -> None:
        """Stream into `said`. Raises BackendError."""
        said, raw, count = self._said, "", 0
        heard, said.cut = said.text, ""
        now = asyncio.get_running_loop().time
        async with aclosing(self._engine.backend.chat(self._request)) as pieces:
            async for piece in pieces:
                said.usage = piece.usage or said.usage
                if piece.finish == "length":
                    said.cut = "it reached its limit of tokens"
                elif piece.finish == "repeat":
                    said.cut = _ROUND_AND_ROUND
                if not piece.text:
                    continue
                raw, count = raw + piece.text, count + 1
                if said.first_text_ms is None:
                    said.first_text_ms = (now() - self._started_s) * 1000
                text = self._as_written(raw)
                if not heard.startswith(text):
                    said.text = text
                    if self._audience is not None:
                        self._audience.heard(text)
                if self._whole(text):
                    break
                if count % _LOOK_EVERY == 0 and rambles(text):
                    said.cut = _ROUND_AND_ROUND
                    break
                if now() - self._started_s > MOST_S:
                    said.cut = "it did not come to an end"
                    break
        said.text = self._as_written(raw)

    def _as_written(self, raw: str) -> str:
        """The answer with LF line ends, and with the control tokens that it repeats from the user's text."""
        text = raw.replace("\r\n", "\n") if "\r" in raw else raw
        return restore(text, self._engine.family)
