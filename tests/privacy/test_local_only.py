"""`privacy.localOnly`: nothing leaves this machine, not even a question to a name server, whatever is set and asked.

The judge is the guard of all tests' processes (`tests/loopback`), which knows nothing of the product.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from codestral_lsp.backends.base import Backend, BackendName, Duty, Sampling
from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.open import open_backend
from codestral_lsp.config.load import Layer, environment_layer, load
from codestral_lsp.errors import BackendError, LocalOnly
from tests.backends.talk import hear, prompt, question
from tests.conftest import left
from tests.loopback.sitecustomize import LEFT
from tests.server.conftest import StartClient, ollama, start
from tests.standins.ollama import Model, OllamaStandIn

__all__ = ["ollama", "start"]

KEY = "Key0Of1The2User3Which4Nobody5Sees"
ENVIRON = {"CODESTRAL_API_KEY": KEY, "OPENAI_API_KEY": KEY, "OLLAMA_HOST": "http://192.0.2.9:11434"}
Case = tuple[BackendName, dict[str, Any]]

ELSEWHERE: list[Case] = [
    ("mistral", {}),
    ("mistral", {"mistral": {"url": "https://192.0.2.1"}}),
    ("mistral", {"mistral": {"url": "https://localhost.example"}}),
    ("openai", {"openai": {"preset": "together"}}),
    ("openai", {"openai": {"url": "https://203.0.113.7/api"}}),
    ("openai", {"openai": {"url": "https://127.0.0.1.example"}}),
    ("openai", {"openai": {"url": "https://[2001:db8::7]"}}),
    ("llamacpp", {"llamacpp": {"url": "http://gpu.example:8080"}}),
    ("llamacpp", {"llamacpp": {"url": "http://10.0.0.7:8080"}}),
    ("ollama", {}),  # OLLAMA_HOST
    ("ollama", {"ollama": {"url": "http://ollama.example:11434"}}),
    ("ollama", {"ollama": {"url": "http://2130706433.example", "chatModel": "other"}}),
]


def opened(name: BackendName, values: dict[str, Any], duty: Duty = "complete") -> Backend:
    """A backend as the settings make it, with `privacy.localOnly`."""
    layers = [environment_layer(ENVIRON), Layer("test", {**values, "privacy": {"localOnly": True}})]
    return open_backend(name, load(layers).settings, Keys(ENVIRON), duty)


async def every_way(backend: Backend) -> AsyncIterator[BackendError | None]:
    """Ask for everything a backend can be asked for; what each raised."""
    asked = {
        "stream": lambda: hear(backend.stream(prompt(), Sampling(max_tokens=8))),
        "chat": lambda: hear(backend.chat(question())),
        "warm": lambda: backend.warm(prompt()),
        "describe": backend.describe,
    }
    for ask in asked.values():
        backend.forget()
        try:
            await ask()
        except BackendError as error:
            yield error
        else:
            yield None
    yield (await backend.health()).problem
    await backend.count("def f():")
    await backend.special("[SUFFIX]")


@pytest.mark.parametrize(("name", "values"), ELSEWHERE, ids=str)
async def test_no_backend_reaches_another_machine(name: BackendName, values: dict[str, Any]) -> None:
    backend = opened(name, values)
    told = [error async for error in every_way(backend)]
    await backend.aclose()
    assert left() == []
    assert [type(error) for error in told] == [LocalOnly] * 5
    assert all("localOnly" in error.message and KEY not in error.message for error in told if error)


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("qwen3-coder:480b-cloud", Model()),
        ("deepseek:cloud", Model()),
        ("mine", Model(remote_host="https://ollama.com:443", remote_model="qwen3-coder:480b")),
    ],
)
@pytest.mark.parametrize(("role", "duty"), [("model", "complete"), ("chatModel", "chat")])
async def test_an_ollama_here_hands_nothing_to_its_cloud(name: str, model: Model, role: str, duty: Duty) -> None:
    async with OllamaStandIn(
        models={name if ":" in name else f"{name}:latest": model, "codestral:latest": Model()}
    ) as server:
        backend = opened("ollama", {"ollama": {"url": server.url, role: name}}, duty)
        told = [error async for error in every_way(backend)]
        await backend.aclose()
        asked = {
            request.json().get("model") for path in ("/api/generate", "/api/chat") for request in server.seen(path)
        }
        assert name not in asked
    assert [type(error) for error in told[:3]] == [LocalOnly] * 3


async def test_a_proxy_in_the_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://192.0.2.3:3128")
    async with OllamaStandIn() as server:
        backend = opened("ollama", {"ollama": {"url": server.url}})
        assert [error async for error in every_way(backend)] == [None] * 5
        await backend.aclose()
    assert left() == []


async def test_names_of_this_machine_are_not_asked_for_either() -> None:
    async with OllamaStandIn() as server:
        backend = opened("ollama", {"ollama": {"url": server.url.replace("127.0.0.1", "LOCALHOST")}})
        assert [error async for error in every_way(backend)] == [None] * 5
        await backend.aclose()


@pytest.mark.parametrize("backend", ["auto", "mistral", "openai", "ollama", "llamacpp"])
async def test_the_server_stays_here_and_works_on(
    start: StartClient, environ: dict[str, str], tmp_path: Path, backend: str
) -> None:
    environ |= ENVIRON | {"HTTPS_PROXY": "http://192.0.2.3:3128", LEFT: str(tmp_path / "left")}
    options = {
        "backend": backend,
        "openai": {"url": "https://203.0.113.7"},
        "llamacpp": {"url": "http://gpu.example:8080"},
        "privacy": {"localOnly": True},
    }
    client = await start(None, options)
    await client.until(lambda: client.notifications("codestral/didChangeStatus") != [])
    client.open("file:///a.py", "value = compute(1)\nvalue = comp\n")
    await client.items("file:///a.py", 1, 12, invoked=True)
    await client.command("codestral.restart")
    await client.items("file:///a.py", 1, 11, invoked=True)
    assert await client.stop() == 0
    statuses = client.notifications("codestral/didChangeStatus")
    assert {status["engine"] for status in statuses} == {"workspace"}
    assert backend == "auto" or any("localOnly" in status["message"] for status in statuses)
    assert not (tmp_path / "left").exists()
