"""What a backend must have and few stand-ins need: they say what is special about them, and inherit the rest."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from codestral_lsp.backends.base import ChatRequest, Health, ModelInfo, Piece, Prompt, Sampling, Usage


class PlainBackend:
    """A backend that is well, says nothing, and knows nothing of tokens."""

    async def describe(self) -> ModelInfo:
        """A model on this machine, with room enough."""
        return ModelInfo("ollama", "scripted", "127.0.0.1", False, False, "raw", 8192)

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Piece]:
        """Nothing."""
        yield Piece("", "stop")

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Piece]:
        """Nothing."""
        yield Piece("", "stop")

    async def warm(self, prompt: Prompt) -> Usage:
        """Costs nothing."""
        return Usage(prompt.tokens, 0)

    async def health(self) -> Health:
        """Well."""
        return Health(True, "well", await self.describe())

    async def count(self, text: str) -> int | None:
        """Nobody knows."""
        return None

    async def special(self, token: str) -> bool | None:
        """Nobody knows."""
        return None

    def forget(self) -> None:
        """Nothing is remembered."""

    async def aclose(self) -> None:
        """Nothing is open."""
