"""Mistral's API: the FIM endpoint, strict bodies, and the one of two hosts that takes the key."""

from __future__ import annotations

import asyncio
import hashlib
import random
import re
import secrets
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from codestral_lsp.backends.base import (
    BackendName,
    ChatRequest,
    Duty,
    Health,
    ModelInfo,
    Piece,
    Prompt,
    Sampling,
    Usage,
)
from codestral_lsp.backends.choices import chat_body, count, listed, pieces
from codestral_lsp.backends.framing import Events
from codestral_lsp.backends.http import Http
from codestral_lsp.backends.keys import Key, KeyPlaces, Keys, Secret
from codestral_lsp.backends.once import Once
from codestral_lsp.backends.replies import Reply, Server, refusal
from codestral_lsp.config.settings import MistralSettings
from codestral_lsp.errors import (
    BackendError,
    KeySourceError,
    ModelMissing,
    NoFim,
    ServerBusy,
    ServerFault,
    Unauthorized,
)

HOSTS = ("https://api.mistral.ai", "https://codestral.mistral.ai")
"""Keys of one are unknown to the other. The wrong pair is the commonest failure to set up Codestral."""

_SSE = "text/event-stream"
_FIRST_S = 30.0
_IDLE_S = 20.0
_RETRIES = 2
_RETRY_S = 0.25
"""The first pause before a retry, on average; the second is twice as long."""
_LONGEST_PAUSE_S = 2.0
_SLOTS = 4


class MistralBackend:
    """Codestral at Mistral's own."""

    name: BackendName = "mistral"

    def __init__(
        self,
        settings: MistralSettings,
        keys: Keys,
        *,
        local_only: bool,
        duty: Duty = "complete",
        hosts: Sequence[str] = HOSTS,
    ) -> None:
        """`hosts` are tried in turn for one that takes the key, unless the settings name an address."""
        self._settings = settings
        self._ability = "completion_chat" if duty == "chat" else "completion_fim"
        self._model, self._setting = settings.model, "mistral.model"
        if duty == "chat" and settings.chat_model != settings.model:
            self._model, self._setting = settings.chat_model, "mistral.chatModel"
        self._keys = keys
        self._places = KeyPlaces("mistral", settings.api_key_env, settings.api_key_command, keyring=True)
        urls = [settings.url] if settings.url else hosts
        self._hosts = [
            Http(Server("mistral", url, "mistral.url"), local_only=local_only, refuse=self._refuser(url))
            for url in urls
        ]
        self._key: Key | None = None
        self._host = Once(self._find_host)
        self._info = Once(self._ask)
        self._salt = secrets.token_bytes(16)

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Piece]:
        """Continue a prompt; raises BackendError."""
        body: dict[str, Any] = {
            "model": self._model,
            "prompt": prompt.prefix,
            "suffix": prompt.suffix,
            "max_tokens": sampling.max_tokens,
            "temperature": sampling.temperature,
            "stream": True,
            # Requests with the same key may share what was read already, at a tenth of the price.
            "prompt_cache_key": hashlib.blake2b(prompt.path.encode(), digest_size=12, key=self._salt).hexdigest(),
        }
        if sampling.stop:
            body["stop"] = list(sampling.stop)
        if sampling.seed is not None:
            body["random_seed"] = sampling.seed
        async with aclosing(self._generate("/v1/fim/completions", body, sampling.max_tokens)) as generated:
            async for piece in generated:
                yield piece

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Piece]:
        """Answer a chat; raises BackendError."""
        body = chat_body(request, model=self._model)
        if request.sampling.seed is not None:
            body["random_seed"] = request.sampling.seed
        async with aclosing(self._generate("/v1/chat/completions", body, request.sampling.max_tokens)) as generated:
            async for piece in generated:
                yield piece

    async def warm(self, prompt: Prompt) -> Usage:
        """Have a connection ready: TLS costs round trips. The prompt stays here, since reading it would cost money."""
        http, _ = await self._place()
        await http.reply("HEAD", "/")
        return Usage()

    async def describe(self) -> ModelInfo:
        """The model that answers now."""
        await self._place()
        return await self._info.get()

    async def health(self) -> Health:
        """Whether a key is there, one of the hosts takes it, and the model is there."""
        info = None
        try:
            self.forget()
            info = await self.describe()
            if info.fim is False:
                cure = "Set mistral.model to codestral-latest."
                raise NoFim("mistral", f"{info.model} cannot fill in the middle.", cure=cure)
        except BackendError as error:
            return Health(False, error.message, info, problem=error)
        source = self._key.source if self._key else ""
        return Health(True, f"{info.host} has {info.model} and takes the key from {source}.", info)

    async def count(self, text: str) -> int | None:
        """None: the API tells nobody its tokens."""
        return None

    async def special(self, token: str) -> bool | None:
        """None: the layout of the prompt is the server's business."""
        return None

    def forget(self) -> None:
        """Look anew for the key, the host and the model."""
        self._keys.forget(self._places)
        self._host.forget()
        self._info.forget()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._host.aclose()
        await self._info.aclose()
        for http in self._hosts:
            await http.aclose()

    async def _generate(self, path: str, body: Mapping[str, Any], limit: int) -> AsyncGenerator[Piece]:
        """Stream, with another try when the server fails before it has said anything."""
        for attempt in range(_RETRIES + 1):
            http, key = await self._place()
            said = False
            try:
                async with (
                    http.stream(
                        path, body, framing=Events(), kind=_SSE, key=key, first_s=_FIRST_S, idle_s=_IDLE_S
                    ) as stream,
                    aclosing(pieces(stream, limit, self._refuser(http.server.url))) as generated,
                ):
                    async for piece in generated:
                        said = True
                        yield piece
                return
            except Unauthorized:
                self._host.forget()
                raise
            except (ServerFault, ServerBusy) as error:
                pause = _RETRY_S * 2**attempt * random.uniform(0.5, 1.5)  # noqa: S311 - no secret depends on it
                pause = max(pause, error.retry_after_s or 0.0)
                if said or attempt == _RETRIES or pause > _LONGEST_PAUSE_S:
                    raise
            await asyncio.sleep(pause)

    async def _place(self) -> tuple[Http, Secret]:
        """Where to ask, and with which key."""
        await self._hosts[0].check()
        try:
            key = await self._keys.find(self._places)
        except KeySourceError as error:
            raise Unauthorized("mistral", error.cause, cure=error.cure) from error
        if key is None:
            raise Unauthorized(
                "mistral",
                "There is no API key for Mistral.",
                cure=f"Set {self._settings.api_key_env}, or mistral.apiKeyCommand, or give one in the editor.",
            )
        if self._key is None or self._key.secret != key.secret:
            self._key = key
            self._host.forget()
            self._info.forget()
        return await self._host.get(), key.secret

    async def _find_host(self) -> Http:
        assert self._key
        if len(self._hosts) == 1:
            return self._hosts[0]
        for http in self._hosts:
            reply = await http.reply("GET", "/v1/models", key=self._key.secret)
            if reply.status == 429 or reply.status >= 500:
                raise self._refuser(http.server.url)(reply)
            if reply.status != 401:
                return http
        names = " nor ".join(http.server.host for http in self._hosts)
        raise Unauthorized("mistral", f"Neither {names} takes the key from {self._key.source}.", cure=_NEW_KEY)

    async def _ask(self) -> ModelInfo:
        http, key = await self._place()
        model = self._model
        reply = await http.reply("GET", "/v1/models", key=key)
        if reply.status not in (200, 404):  # codestral.mistral.ai need not list its models
            raise self._refuser(http.server.url)(reply)
        if reply.status == 200 and reply.json() is None:
            raise http.bad_reply("does not list its models")
        models = listed(reply.json()) if reply.status == 200 else []
        entry = next((entry for entry in models if model in (entry["id"], *_aliases(entry))), None)
        if models and entry is None:
            able = [str(entry["id"]) for entry in models if _can(entry, self._ability)]
            raise self._missing(http.server, able)
        return ModelInfo(
            backend="mistral",
            model=str(entry["id"]) if entry else model,
            host=http.server.host,
            remote=await http.remote(),
            metered=True,
            form="suffix",
            context_tokens=count(entry.get("max_context_length")) if entry else None,
            names=tuple(dict.fromkeys((str(entry["id"]), model, *_aliases(entry)))) if entry else (model,),
            slots=_SLOTS,
            can_chat=_can(entry, "completion_chat") is not False,
            fim=_can(entry, "completion_fim"),
        )

    def _missing(self, server: Server, others: Sequence[str] = ()) -> ModelMissing:
        known = f"one of: {', '.join(others[:5])}" if others else "codestral-latest"
        cure = f"Set {self._setting} to {known}."
        return ModelMissing("mistral", f"{server.host} does not have {self._model}.", cure=cure)

    def _refuser(self, url: str) -> Any:
        server = Server("mistral", url, "mistral.url")

        def refuse(reply: Reply) -> BackendError:
            if reply.status in (400, 404) and re.search(
                r"invalid model|model .*(?:not found|does not exist)", reply.text, re.I
            ):
                return self._missing(server)
            if reply.status == 401 and self._key:
                text = f"{server.host} does not take the key from {self._key.source}."
                return Unauthorized("mistral", text, cure=_NEW_KEY)
            return refusal(server, reply)

        return refuse


_NEW_KEY = "Make a new key at https://console.mistral.ai; keys of La Plateforme and of Codestral are different things."


def _aliases(entry: Mapping[str, Any]) -> list[str]:
    aliases = entry.get("aliases")
    return [str(alias) for alias in aliases] if isinstance(aliases, list) else []


def _can(entry: Mapping[str, Any] | None, what: str) -> bool | None:
    capabilities = entry.get("capabilities") if entry else None
    able = capabilities.get(what) if isinstance(capabilities, dict) else None
    return able if isinstance(able, bool) else None
