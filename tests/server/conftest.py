"""A real server process over stdio, and the stand-in it talks to."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import pytest

from tests.lsp_client import CAPABILITIES, LspClient
from tests.standins.base import Script
from tests.standins.ollama import OllamaStandIn

StartClient = Callable[..., Awaitable[LspClient]]


@pytest.fixture
async def ollama() -> AsyncIterator[OllamaStandIn]:
    """An Ollama with Codestral, answering at once."""
    async with OllamaStandIn(Script(answer="return a + b\n")) as server:
        yield server


def prompts(ollama: OllamaStandIn) -> list[str]:
    """The fill-in-the-middle prompts that reached the model; not those that only have it loaded."""
    sent = [str(request.json()["prompt"]) for request in ollama.seen("/api/generate")]
    return [prompt for prompt in sent if prompt.startswith("[SUFFIX]")]


@pytest.fixture
async def start(environ: dict[str, str]) -> AsyncIterator[StartClient]:
    """Starts servers and says hello to them; ends them after the test."""
    clients: list[LspClient] = []

    async def start(
        ollama: OllamaStandIn | None = None,
        options: dict[str, Any] | None = None,
        *,
        arguments: Sequence[str] = (),
        **hello: Any,
    ) -> LspClient:
        client = LspClient()
        clients.append(client)
        await client.start([sys.executable, "-m", "codestral_lsp", *arguments], environ=environ)
        settings = {"completion": {"debounceMs": 0, "prefetch": False, "candidates": 1}, **(options or {})}
        if ollama is not None:
            settings = {"backend": "ollama", "ollama": {"url": ollama.url}, **settings}
        else:
            settings = {"backend": "workspace", **settings}
        await client.initialize(settings, **{"capabilities": CAPABILITIES, **hello})
        if ollama is not None:
            await client.until(lambda: bool(client.notifications("codestral/didChangeStatus")))
        return client

    yield start
    for client in clients:
        await client.stop()
