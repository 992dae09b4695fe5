"""A real model, recorded: each prompt is answered once, as far as it is wanted, and played back ever after.

What a cut would have spared is known all the same: `played` has what was read before the stream was closed. A rerun
with another way of cutting asks the model only what it was not asked before.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from dataclasses import replace
from hashlib import blake2b

from benchmarks.model import Memory
from codestral_lsp.backends.base import (
    Backend,
    BackendName,
    ModelInfo,
    Piece,
    Prompt,
    Sampling,
    Usage,
)
from tests.plain_backend import PlainBackend

MOST_TOKENS = 128

Enough = Callable[[list[str]], bool]
"""Whether so many tokens of an answer will do."""


class NotRecorded(Exception):
    """The model was never asked this, and there is none to ask now."""


class RecordedModel(PlainBackend):
    """A backend that plays back what the real one once answered."""

    name: BackendName = "llamacpp"

    def __init__(self, memory: Memory, real: Backend | None) -> None:
        self.played: list[str] = []
        """The tokens of all answers, as far as they were read."""
        self.wanted: dict[str, Prompt] = {}
        """What was asked and is not recorded, or not as far as it was read, by its raw text."""
        self._memory = memory
        self._real = real

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Piece]:
        """What is recorded for the prompt; with a note of it in `wanted` where more than that is asked for."""
        pieces = self._memory.get(_key(prompt))
        for number, piece in enumerate(pieces, 1):
            if piece.text:
                self.played.append(piece.text)
            usage = Usage(prompt.tokens, 0, number) if piece.finish else None
            yield replace(piece, usage=usage, logprob=piece.logprob if sampling.logprobs else None)
            await asyncio.sleep(0)
        if not pieces or not pieces[-1].finish:
            self.wanted[prompt.raw] = prompt

    async def record(self, wishes: Iterable[tuple[Prompt, Enough]], at_once: int) -> None:
        """Ask the real model what is not recorded yet, several prompts at a time, each until there is enough."""
        waiting = iter([wish for wish in wishes if not self._has(*wish)])

        async def work() -> None:
            for prompt, enough in waiting:
                assert self._real is not None
                pieces: list[Piece] = []
                async with aclosing(self._real.stream(prompt, Sampling(max_tokens=MOST_TOKENS, logprobs=True))) as live:
                    async for piece in live:
                        pieces.append(replace(piece, usage=None))
                        if enough([each.text for each in pieces]):
                            break
                self._memory.put(_key(prompt), pieces)

        await asyncio.gather(*(work() for _ in range(at_once)))

    def ended(self, prompt: Prompt) -> bool:
        """Whether the answer to a prompt is recorded to its end."""
        return self._has(prompt, lambda tokens: False)

    def _has(self, prompt: Prompt, enough: Enough) -> bool:
        pieces = self._memory.get(_key(prompt))
        return bool(pieces) and (bool(pieces[-1].finish) or enough([piece.text for piece in pieces]))

    def answer(self, prompt: Prompt) -> list[str]:
        """The tokens of the answer to a prompt, as far as they are recorded. Raises NotRecorded."""
        pieces = self._memory.get(_key(prompt))
        if not pieces:
            raise NotRecorded
        return [piece.text for piece in pieces if piece.text]

    async def describe(self) -> ModelInfo:
        """What the real one said of itself when it was recorded."""
        if self._real is not None:
            self._memory.keep_model(await self._real.describe())
        if (info := self._memory.model()) is None:
            raise NotRecorded
        return info


def _key(prompt: Prompt) -> bytes:
    return blake2b((prompt.raw + (f"\0{prompt.start}" if prompt.start else "")).encode(), digest_size=16).digest()
