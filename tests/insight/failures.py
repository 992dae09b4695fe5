"""Fifteen failures as users meet them, staged against stand-ins: for the doctor's tests and its table in the docs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from codestral_lsp.backends.base import Backend, BackendName
from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.mistral import HOSTS, MistralBackend
from codestral_lsp.backends.open import open_backend
from codestral_lsp.config.load import Layer, load
from codestral_lsp.config.paths import UserPaths
from codestral_lsp.config.settings import Settings
from codestral_lsp.insight.clients import ClientReport
from codestral_lsp.insight.doctor import Subject
from codestral_lsp.insight.doctor.finding import Verdict
from codestral_lsp.insight.machine import Machine
from tests.standins.base import Canned, Script
from tests.standins.mistral import MistralStandIn
from tests.standins.ollama import Model, OllamaStandIn

KEY = "key-of-api-mistral-ai"
NOWHERE = "http://127.0.0.1:9"
VSCODE = ClientReport("Visual Studio Code", "1.117", True, "utf-16", True, 1.8e9)

Stage = Callable[[Path], AbstractAsyncContextManager[Subject]]


@dataclass(frozen=True)
class Failure:
    """Something that is wrong, and what the doctor must make of it."""

    name: str
    stage: Stage
    causes: frozenset[str]
    """The causes of all warnings and failures, and no others."""
    verdict: Verdict


def subject(
    folder: Path,
    settings: dict[str, Any] | None = None,
    *,
    key: str = "",
    hosts: Sequence[str] = HOSTS,
    clients: Sequence[ClientReport] = (VSCODE,),
    usual_ollama: str = NOWHERE,
) -> Subject:
    """Somebody's machine, with its folders below `folder`."""
    keys = Keys({"CODESTRAL_API_KEY": key} if key else {})

    def opened(name: BackendName, settings: Settings) -> Backend:
        if name == "mistral":
            local_only = settings.privacy.local_only
            return MistralBackend(settings.mistral, keys, local_only=local_only, hosts=hosts)
        return open_backend(name, settings, keys)

    return Subject(
        loaded=load([Layer("config.toml", settings or {})]),
        paths=UserPaths(folder / "config.toml", folder / "cache", folder / "state"),
        keys=keys,
        open=opened,
        machine=Machine(32 * 10**9, "NVIDIA GeForce RTX 4070", 12 * 10**9),
        clients=clients,
        usual_ollama=usual_ollama,
        mistral_hosts=hosts,
    )


def with_ollama(make: Callable[[], OllamaStandIn], prepare: Callable[[Path], Any] = lambda folder: None) -> Stage:
    """A machine with an Ollama."""

    @asynccontextmanager
    async def stage(folder: Path) -> AsyncIterator[Subject]:
        async with make() as server:
            prepare(folder)
            yield subject(folder, {"backend": "ollama", "ollama": {"url": server.url}})

    return stage


@asynccontextmanager
async def no_ollama(folder: Path) -> AsyncIterator[Subject]:
    with patch("codestral_lsp.backends.ollama._installed", return_value=False):
        yield subject(folder, {"backend": "ollama", "ollama": {"url": NOWHERE}})


@asynccontextmanager
async def wrong_port(folder: Path) -> AsyncIterator[Subject]:
    async with OllamaStandIn() as server:
        yield subject(folder, {"backend": "ollama", "ollama": {"url": NOWHERE}}, usual_ollama=server.url)


@asynccontextmanager
async def wrong_host(folder: Path) -> AsyncIterator[Subject]:
    async with MistralStandIn(keys=["another"]) as platform, MistralStandIn(keys=[KEY]) as codestral:
        settings = {"backend": "mistral", "mistral": {"url": platform.url}}
        yield subject(folder, settings, key=KEY, hosts=(platform.url, codestral.url))


@asynccontextmanager
async def expired_key(folder: Path) -> AsyncIterator[Subject]:
    async with MistralStandIn(keys=["another"]) as platform, MistralStandIn(keys=["a third"]) as codestral:
        yield subject(folder, {"backend": "mistral"}, key=KEY, hosts=(platform.url, codestral.url))


@asynccontextmanager
async def too_many_requests(folder: Path) -> AsyncIterator[Subject]:
    async with MistralStandIn() as platform, MistralStandIn(keys=["another"]) as codestral:
        error = {"object": "error", "message": "Rate limit exceeded", "type": "rate_limited", "code": "1300"}
        platform.plan(Canned(429, error, {"Retry-After": "30"}), path="/v1/fim/completions")
        yield subject(folder, {"backend": "mistral"}, key=KEY, hosts=(platform.url, codestral.url))


@asynccontextmanager
async def refusing_proxy(folder: Path) -> AsyncIterator[Subject]:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(await asyncio.start_server(refuse, "127.0.0.1", 0))
        port = server.sockets[0].getsockname()[1]
        stack.enter_context(patch.dict(os.environ, {"HTTPS_PROXY": f"http://127.0.0.1:{port}"}))
        # Whether a name is this machine's is asked of a name server, which a test does without.
        stack.enter_context(patch("codestral_lsp.backends.http.is_local", side_effect=_never_local))
        yield subject(folder, {"backend": "mistral"}, key=KEY)


async def _never_local(host: str, port: int, *, may_ask: bool = True) -> bool:
    return False


@asynccontextmanager
async def unwritable_home(folder: Path) -> AsyncIterator[Subject]:
    home = folder / "home"
    if os.name == "posix" and os.geteuid() != 0:
        home.mkdir(mode=0o500)
    else:  # nothing is unwritable to root, but what is no folder
        home.write_text("")
    async with OllamaStandIn() as server:
        examined = subject(folder, {"backend": "ollama", "ollama": {"url": server.url}})
        paths = UserPaths(home / "config.toml", home / "cache", home / "state")
        yield replace(examined, paths=paths)


@asynccontextmanager
async def bad_settings(folder: Path) -> AsyncIterator[Subject]:
    async with OllamaStandIn() as server:
        wrong = {"completion": {"maxTokens": -3}, "ollama": {"url": server.url, "modle": "codestral"}}
        yield subject(folder, {"backend": "ollama", **wrong})


@asynccontextmanager
async def old_client(folder: Path) -> AsyncIterator[Subject]:
    async with OllamaStandIn() as server:
        client = ClientReport("Neovim", "0.9.5", False, "utf-16", True, 1.8e9)
        yield subject(folder, {"backend": "ollama", "ollama": {"url": server.url}}, clients=(client,))


def _corrupt_cache(folder: Path) -> None:
    (folder / "cache").mkdir()
    (folder / "cache" / "completions.db").write_bytes(b"SQLite format 3\x00" + b"\xff" * 4096)


_CHAT_ONLY = Model(template="{{ .Prompt }}", capabilities=("completion",), control_tokens=("<s>", "</s>"))


def _slow() -> OllamaStandIn:
    return OllamaStandIn(Script("first + second", token_ms=200, prompt_token_ms=1), on_gpu=0.0)


def _failure(name: str, stage: Stage, verdict: Verdict, *causes: str) -> Failure:
    return Failure(name, stage, frozenset(causes), verdict)


FAILURES = (
    _failure("no Ollama", no_ollama, "fallback", "not-installed"),
    _failure("wrong port", wrong_port, "fallback", "wrong-port"),
    _failure("model missing", with_ollama(lambda: OllamaStandIn(models={})), "fallback", "model-missing"),
    _failure(
        "model without FIM",
        with_ollama(lambda: OllamaStandIn(models={"codestral:latest": _CHAT_ONLY})),
        "fallback",
        "no-fim",
    ),
    _failure("tiny context", with_ollama(lambda: OllamaStandIn(auto_context=1024)), "engine", "small-context"),
    _failure("wrong host for the key", wrong_host, "fallback", "wrong-host"),
    _failure("expired key", expired_key, "fallback", "unauthorized"),
    _failure("429", too_many_requests, "fallback", "rate-limited"),
    _failure("proxy refusing", refusing_proxy, "fallback", "proxy"),
    _failure("slow CPU", with_ollama(_slow), "engine", "slow", "on-cpu"),
    _failure("out of memory", with_ollama(lambda: OllamaStandIn(out_of_memory=True)), "fallback", "out-of-memory"),
    _failure("corrupted cache", with_ollama(OllamaStandIn, _corrupt_cache), "engine", "cache"),
    _failure("unwritable home", unwritable_home, "engine", "folder"),
    _failure("bad settings", bad_settings, "engine", "settings"),
    _failure("old client", old_client, "engine", "old-client"),
)
