"""A made-up model: it knows what will be typed, and gets each token right with a probability that it tells.

It stands in where there is no real model, to see that the machinery works and what it costs; what comes of it says
nothing of any model.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import AsyncGenerator

from benchmarks.sessions import Session
from codestral_lsp.backends.base import BackendName, ModelInfo, Piece, Prompt, Sampling, Usage
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.text import Text
from tests.plain_backend import PlainBackend

MADE_UP = "made-up answers"
_PROBABILITIES, _SHARES = (0.97, 0.8, 0.4), (0.6, 0.25, 0.15)
"""How probable its tokens are, and which share of them is that probable."""
_TOKEN = re.compile(r" ?\w{1,6}|\n *|[^\w\n]")
_TAILS = (80, 40, 25, 12)
"""Characters before the cursor by which it knows the place, if they come again in what will be there."""


class MadeUp(PlainBackend):
    """Half knows what a session will type."""

    name: BackendName = "llamacpp"

    def __init__(self, session: Session) -> None:
        self._finals = finals(session)

    async def describe(self) -> ModelInfo:
        """It is asked in Codestral's layout."""
        return ModelInfo("llamacpp", MADE_UP, "127.0.0.1", False, False, "raw", 8192, names=("codestral",))

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Piece]:
        """What comes next, until a token goes wrong; nothing of what follows is right then."""
        dice, lost = random.Random(prompt.prefix[-60:]), False
        for token in _TOKEN.findall(self._next(prompt.prefix))[: sampling.max_tokens]:
            (probability,) = dice.choices(_PROBABILITIES, _SHARES)
            lost = lost or dice.random() > probability
            said = "".join(dice.choice("abcdefgh") if each.isalnum() else each for each in token) if lost else token
            yield Piece(said, logprob=math.log(probability))
        yield Piece("", "stop", Usage(prompt.tokens, 0, 1, 1.0))

    def _next(self, prefix: str) -> str:
        for length in _TAILS:
            for text in self._finals:
                if (found := text.find(prefix[-length:])) >= 0:
                    return text[found + len(prefix[-length:]) :][:300]
        return "unknown\n"


def finals(session: Session) -> list[str]:
    """The texts of a session's files after each of its jobs, the last ones first."""
    texts = {path: Text.of(text) for path, text in session.files.items()}
    found: dict[str, None] = {}
    for job in session.jobs:
        start, removed = Position(job.line, job.column), job.removed.split("\n")
        column = len(removed[-1]) + (job.column if len(removed) == 1 else 0)
        end = Position(job.line + len(removed) - 1, column)
        texts[job.path], _ = texts[job.path].replace(Range(start, end), job.added)
        found[str(texts[job.path])] = None
    return list(reversed(found))
