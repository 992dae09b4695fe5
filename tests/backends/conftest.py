"""A backend of each kind with its stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from codestral_lsp.backends.base import Backend, Sampling
from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.llamacpp import LlamacppBackend
from codestral_lsp.backends.mistral import MistralBackend
from codestral_lsp.backends.ollama import OllamaBackend
from codestral_lsp.backends.openai import OpenaiBackend
from codestral_lsp.config.settings import LlamacppSettings, MistralSettings, OllamaSettings, OpenaiSettings
from tests.backends.talk import hear, prompt
from tests.patience import PATIENCE_S
from tests.standins.base import Script, StandIn
from tests.standins.llamacpp import LlamaServerStandIn
from tests.standins.mistral import MistralStandIn
from tests.standins.ollama import OllamaStandIn
from tests.standins.openai import OpenaiStandIn

KEY = "sk-a-key-that-nobody-may-see"


@dataclass
class Pair:
    """A backend, the server it talks to, and the path of its completions."""

    backend: Backend
    server: StandIn
    path: str


def _ollama(url: str) -> Backend:
    return OllamaBackend(OllamaSettings(url=url), local_only=True)


def _mistral(url: str) -> Backend:
    return MistralBackend(MistralSettings(url=url), Keys({"CODESTRAL_API_KEY": KEY}), local_only=True)


def _llamacpp(url: str) -> Backend:
    settings = LlamacppSettings(url=url, api_key_env="LLAMA_KEY")
    return LlamacppBackend(settings, Keys({"LLAMA_KEY": KEY}), local_only=True)


def _openai(url: str) -> Backend:
    settings = OpenaiSettings(url=url, preset="vllm")
    return OpenaiBackend(settings, Keys({"OPENAI_API_KEY": KEY}), local_only=True)


MAKERS: dict[str, tuple[Callable[[str], Backend], Callable[[], StandIn], str]] = {
    "ollama": (_ollama, OllamaStandIn, "/api/generate"),
    "mistral": (_mistral, lambda: MistralStandIn(keys=[KEY]), "/v1/fim/completions"),
    "llamacpp": (_llamacpp, lambda: LlamaServerStandIn(api_key=KEY), "/completion"),
    "openai": (_openai, lambda: OpenaiStandIn(api_key=KEY), "/v1/completions"),
}


@pytest.fixture(params=list(MAKERS))
async def pair(request: pytest.FixtureRequest) -> AsyncIterator[Pair]:
    """Each backend in turn, having answered once: its model is loaded and a connection is open."""
    make, serve, path = MAKERS[request.param]
    async with serve() as server, asyncio.timeout(PATIENCE_S):
        backend = make(server.url)
        server.script = Script()
        await hear(backend.stream(prompt(), Sampling(max_tokens=64)))
        server.requests.clear()
        yield Pair(backend, server, path)
        await backend.aclose()
