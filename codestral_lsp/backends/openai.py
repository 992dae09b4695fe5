"""Any server with OpenAI's completions API: vLLM, LM Studio, DeepSeek, Together and whatever speaks like them."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from pathlib import PurePosixPath
from typing import Any

from codestral_lsp.backends.base import (
    BackendName,
    ChatRequest,
    Duty,
    Health,
    ModelInfo,
    Piece,
    Prompt,
    PromptForm,
    Sampling,
    Usage,
)
from codestral_lsp.backends.choices import chat_body, count, listed, pieces
from codestral_lsp.backends.framing import Events
from codestral_lsp.backends.http import Http
from codestral_lsp.backends.keys import KeyPlaces, Keys, Secret
from codestral_lsp.backends.once import Once
from codestral_lsp.backends.presets import PLAIN, PRESETS
from codestral_lsp.backends.replies import Reply, Server, quoted, refusal
from codestral_lsp.config.settings import OpenaiSettings
from codestral_lsp.errors import (
    BackendError,
    KeySourceError,
    ModelMissing,
    RequestRefused,
    Unauthorized,
)

_SSE = "text/event-stream"
_FIRST_S = 60.0
_IDLE_S = 30.0
_SLOTS = 4


class OpenaiBackend:
    """A model behind OpenAI's API, on this machine or elsewhere."""

    name: BackendName = "openai"

    def __init__(self, settings: OpenaiSettings, keys: Keys, *, local_only: bool, duty: Duty = "complete") -> None:
        self._settings = settings
        self._named, self._setting = settings.model, "openai.model"
        if duty == "chat" and settings.chat_model:
            self._named, self._setting = settings.chat_model, "openai.chatModel"
        self._keys = keys
        self._preset = PRESETS[settings.preset] if settings.preset else PLAIN
        url = re.sub(r"/(?:v1|beta)$", "", settings.url or self._preset.url or "")
        self._server = Server("openai", url, "openai.url")
        self._http = Http(self._server, local_only=local_only, refuse=self._refusal)
        # Another service must not be sent the key to OpenAI's that many environments hold.
        own = settings.api_key_env == "OPENAI_API_KEY" and self._preset.key_env
        self._places = KeyPlaces(
            "openai", own or settings.api_key_env, settings.api_key_command, keyring=self._preset.metered is True
        )
        self._listed = Once(self._list)
        self._info = Once(self._ask)

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Piece]:
        """Continue a prompt; raises BackendError. Of the stop strings the first ones are sent, as many as may be."""
        body: dict[str, Any] = {
            "model": await self._model(),
            "max_tokens": sampling.max_tokens,
            "temperature": sampling.temperature,
            "stream": True,
        }
        if self._form == "suffix":
            body |= {"prompt": prompt.prefix, "suffix": prompt.suffix}
        else:
            body["prompt"] = prompt.raw
        if sampling.stop:
            body["stop"] = list(sampling.stop[: self._preset.most_stops])
        if sampling.logprobs:
            body["logprobs"] = 1
        async with aclosing(self._generate(self._preset.completions, body, sampling)) as generated:
            async for piece in generated:
                yield piece

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Piece]:
        """Answer a chat; raises BackendError."""
        body = chat_body(request, model=await self._model(), schemas=self._preset.schemas)
        async with aclosing(self._generate(self._preset.chat, body, request.sampling)) as generated:
            async for piece in generated:
                yield piece

    async def warm(self, prompt: Prompt) -> Usage:
        """Have the server read `prompt`; where that costs money, only have a connection ready."""
        usage = Usage()
        if (await self.describe()).metered:
            await self._http.reply("HEAD", "/")
            return usage
        async with aclosing(self.stream(prompt, Sampling(max_tokens=1))) as generated:
            async for piece in generated:
                usage = piece.usage or usage
        return usage

    async def describe(self) -> ModelInfo:
        """The model that answers now."""
        return await self._info.get()

    async def health(self) -> Health:
        """Whether the server lists its models, and ours is among them."""
        try:
            self.forget()
            info = await self.describe()
        except BackendError as error:
            return Health(False, error.message, problem=error)
        return Health(True, f"{info.host} has {info.model}.", info)

    async def count(self, text: str) -> int | None:
        """Tokens in `text`, where the server is vLLM."""
        if not self._preset.tokenizes:
            return None
        try:
            body = {"model": await self._model(), "prompt": text, "add_special_tokens": False}
            return count((await self._http.json("POST", "/tokenize", body, key=await self._key())).get("count"))
        except BackendError:
            return None

    async def special(self, token: str) -> bool | None:
        """Whether `token` is a single token, where the server is vLLM, which reads control tokens as such."""
        tokens = await self.count(token)
        return None if tokens is None else tokens == 1

    def forget(self) -> None:
        """Look anew for the key and the model."""
        self._keys.forget(self._places)
        self._listed.forget()
        self._info.forget()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._listed.aclose()
        await self._info.aclose()
        await self._http.aclose()

    @property
    def _form(self) -> PromptForm:
        match self._settings.fim:
            case "auto":
                return self._preset.form
            case "suffix":
                return "suffix"
            case _:
                return "raw"

    async def _generate(self, path: str, body: dict[str, Any], sampling: Sampling) -> AsyncGenerator[Piece]:
        body["stream_options"] = {"include_usage": True}
        if sampling.seed is not None:
            body["seed"] = sampling.seed
        self._check_address()
        async with (
            self._http.stream(
                path,
                body,
                framing=Events(),
                kind=_SSE,
                key=await self._key(),
                first_s=_FIRST_S,
                idle_s=_IDLE_S,
            ) as stream,
            aclosing(pieces(stream, sampling.max_tokens, self._refusal)) as generated,
        ):
            async for piece in generated:
                yield piece

    async def _model(self) -> str:
        """The model of the settings, or the first that the server lists and that may write text."""
        if self._named:
            return self._named
        models = [str(entry["id"]) for entry in await self._listed.get()]
        model = next((model for model in models if "embed" not in model.lower()), None)
        if model is None:
            raise ModelMissing(
                "openai",
                f"{self._server.host} lists no model.",
                cure=f"Load one there, or name one in {self._setting}.",
            )
        return model

    async def _list(self) -> Sequence[Mapping[str, Any]]:
        self._check_address()
        reply = await self._http.reply("GET", self._preset.models, key=await self._key())
        if reply.status != 200:
            raise self._refusal(reply)
        if (models := reply.json()) is None:
            raise self._http.bad_reply("does not list its models")
        return listed(models)

    async def _ask(self) -> ModelInfo:
        models = await self._listed.get()
        model = await self._model()
        entry = next((entry for entry in models if entry["id"] == model), None)
        if entry is None and models:
            others = ", ".join(str(entry["id"]) for entry in models[:5])
            raise ModelMissing(
                "openai",
                f"{self._server.host} does not have {model}.",
                cure=f"Set {self._setting} to one of those it has: {others}.",
            )
        remote = await self._http.remote()
        names = (_name(model), _name(str((entry or {}).get("root") or "")))
        return ModelInfo(
            backend="openai",
            model=names[0],
            host=self._server.host,
            remote=remote,
            metered=remote if self._preset.metered is None else self._preset.metered,
            form=self._form,
            context_tokens=_context(entry or {}),
            names=tuple(dict.fromkeys(name for name in names if name)),
            slots=_SLOTS,
        )

    async def _key(self) -> Secret | None:
        try:
            key = await self._keys.find(self._places)
        except KeySourceError as error:
            raise Unauthorized("openai", error.cause, cure=error.cure) from error
        return key.secret if key else None

    def _check_address(self) -> None:
        if not self._server.url:
            raise RequestRefused(
                "openai", "The backend openai has no address.", cure="Set openai.url or openai.preset."
            )

    def _refusal(self, reply: Reply) -> BackendError:
        text = reply.text.lower()
        if reply.status in (400, 422) and "suffix" in text:
            return RequestRefused(
                "openai",
                f"{self._server.host} does not take prefix and suffix apart{quoted(reply)}",
                cure="Set openai.fim to auto, or to the model family's name.",
            )
        if reply.status in (400, 404) and "model" in text and re.search(r"does not exist|not found|no model", text):
            return ModelMissing(
                "openai", f"{self._server.host} says{quoted(reply)}", cure=f"Set {self._setting} to one that it lists."
            )
        return refusal(
            self._server,
            reply,
            key_cure=f"Set {self._places.env}, or openai.apiKeyCommand, or give one in the editor.",
        )


def _name(model: str) -> str:
    """A model's id without the folders of the machine it lies on: they say nothing of it, or something wrong."""
    path = model.replace("\\", "/")
    is_file = path.endswith(".gguf") or path.startswith(("/", "~")) or path[1:3] == ":/"
    return PurePosixPath(path).name if is_file else model


def _context(entry: Mapping[str, Any]) -> int | None:
    """A model's context as vLLM, Together or llama-server list it."""
    meta = entry.get("meta")
    values = [entry.get("max_model_len"), entry.get("context_length")]
    if isinstance(meta, dict):
        values.append(meta.get("n_ctx"))
    return next((tokens for value in values if (tokens := count(value))), None)
