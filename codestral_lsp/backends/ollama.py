"""Ollama: raw prompts, one set of load options, and a model that is never loaded twice.

The model's own template is not used: Codestral's adds blanks that its training has not, and an empty suffix turns it
into a chat. So the prompt is ours, whole, and `suffix` is never sent.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from codestral_lsp.backends.base import (
    BackendName,
    ChatRequest,
    Duty,
    Finish,
    Health,
    ModelInfo,
    Piece,
    Prompt,
    Sampling,
    Usage,
)
from codestral_lsp.backends.choices import SLACK, count
from codestral_lsp.backends.framing import Lines
from codestral_lsp.backends.http import Http
from codestral_lsp.backends.ollama_replies import logprob_of, no_fim, read_usage, refused, table, text_of
from codestral_lsp.backends.ollama_store import full_name
from codestral_lsp.backends.once import Once
from codestral_lsp.backends.replies import Reply, Server
from codestral_lsp.config.settings import OllamaSettings
from codestral_lsp.errors import (
    BackendError,
    LocalOnly,
    NotInstalled,
    NotRunning,
)

_NDJSON = "application/x-ndjson"
_LOAD_S = 330.0  # Ollama itself gives up loading after 300 s without progress
_FIRST_S = 120.0
_IDLE_S = 60.0
_LOADED_S = 60.0
"""For how long a model that has just answered is taken to be still loaded, without asking."""

_BLANK = " "
"""The least prompt: an empty one means "load the model", and generates nothing."""

_REPEATS = 20
"""Equal pieces at the end of a stream without a last message that give away the guard of older versions (over 30)."""
_FIM_TOKEN = re.compile(r"suffix|fim.?(?:hole|middle)|<SUF>", re.IGNORECASE)


class OllamaBackend:
    """A model that Ollama runs on this machine, on another one, or in its cloud."""

    name: BackendName = "ollama"

    def __init__(self, settings: OllamaSettings, *, local_only: bool, duty: Duty = "complete") -> None:
        self._settings = settings
        self._model = (settings.chat_model if duty == "chat" else None) or settings.model
        self._server = Server("ollama", settings.url, "ollama.url")
        self._http = Http(self._server, local_only=local_only, refuse=self._refusal, not_running=self._not_running)
        self._local_only = local_only
        self._info = Once(self._ask)
        self._control_tokens = Once(self._ask_control_tokens)
        self._loading = Once(self._load)
        self._answered_at: float | None = None
        self._keep_s = _seconds(settings.keep_alive)

    def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Piece]:
        """Continue a prompt; raises BackendError."""
        body = self._body(sampling) | {"prompt": prompt.raw or _BLANK, "raw": True}
        return self._generate("/api/generate", body, sampling.max_tokens)

    def chat(self, request: ChatRequest) -> AsyncGenerator[Piece]:
        """Answer a chat; raises BackendError."""
        body = self._body(request.sampling)
        body["messages"] = [{"role": message.role, "content": message.content} for message in request.messages]
        if request.schema is not None:
            body["format"] = dict(request.schema)
        return self._generate("/api/chat", body, request.sampling.max_tokens)

    async def warm(self, prompt: Prompt) -> Usage:
        """Load the model and have it read `prompt`, if any. Cancelling stops the reading, never the loading."""
        usage = Usage()
        if not prompt.raw:
            await self._be_loaded()
            return usage
        # A limit of 0 is lost on its way through Ollama and means no limit; 1 is the least.
        async with aclosing(self.stream(prompt, Sampling(max_tokens=1))) as pieces:
            async for piece in pieces:
                usage = piece.usage or usage
        return usage

    async def describe(self) -> ModelInfo:
        """The model that answers now; its context is a guess until it has answered once."""
        return await self._info.get()

    async def health(self) -> Health:
        """Whether Ollama runs and has a model that can fill in the middle."""
        version = ""
        info = None
        try:
            told = await self._http.json("GET", "/api/version", within_s=2.0)
            version = str(told.get("version", ""))
            self.forget()
            info = await self.describe()
            if info.fim is False:
                raise no_fim(self._model)
        except BackendError as error:
            return Health(False, error.message, info, version, error)
        context = f", {info.context_tokens} tokens of context" if info.context_tokens else ""
        return Health(True, f"Ollama {version} has {self._model}{context}.", info, version)

    async def count(self, text: str) -> int | None:
        """None: Ollama tells nobody its tokens."""
        return None

    async def special(self, token: str) -> bool | None:
        """Whether `token` is a control token, by the model's own vocabulary."""
        try:
            tokens = await self._control_tokens.get()
        except BackendError:
            return None
        return token in tokens if tokens else None

    def forget(self) -> None:
        """Ask anew what the model is and whether it is loaded."""
        self._info.forget()
        self._control_tokens.forget()
        self._answered_at = None

    async def aclose(self) -> None:
        """Close all connections; a load under way is broken off."""
        for work in (self._info, self._control_tokens, self._loading):
            await work.aclose()
        await self._http.aclose()

    def _body(self, sampling: Sampling) -> dict[str, Any]:
        """What every request has in common: a difference in what concerns loading makes Ollama load the model anew."""
        options: dict[str, Any] = {"num_predict": sampling.max_tokens, "temperature": sampling.temperature}
        # Older versions punish repetition by default, of which code is full.
        options["repeat_penalty"] = 1.0
        if sampling.stop:
            options["stop"] = list(sampling.stop)
        if sampling.seed is not None:
            options["seed"] = sampling.seed
        if self._settings.num_ctx is not None:
            options["num_ctx"] = self._settings.num_ctx
        body: dict[str, Any] = {
            "model": self._model,
            "options": options,
            "keep_alive": self._settings.keep_alive,
            # Ollama's truncation cuts away the head: the suffix, with Codestral. An error is better.
            "truncate": False,
            "think": False,
            "stream": True,
        }
        if sampling.logprobs:
            body["logprobs"] = True
        return body

    async def _generate(self, path: str, body: Mapping[str, Any], limit: int) -> AsyncGenerator[Piece]:
        try:
            await self._be_loaded()
            async with self._http.stream(
                path, body, framing=Lines(), kind=_NDJSON, first_s=_FIRST_S, idle_s=_IDLE_S
            ) as stream:
                last, repeats, told = "", 0, 0
                async for message in stream:
                    if message.get("error"):
                        reply = stream.failed(message)
                        if "repeat limit" in reply.text:
                            yield Piece("", "repeat")
                            return
                        raise self._refusal(reply)
                    if text := text_of(message):
                        told += 1
                        if told > limit + SLACK:
                            yield Piece("", "length")
                            return
                        repeats = repeats + 1 if text.strip() == last else 0
                        last = text.strip()
                        if told == 1:  # most answers are cut before their end: this is the time to know it is loaded
                            self._has_answered()
                        yield Piece(text, logprob=logprob_of(message))
                    if message.get("done"):
                        await stream.drain()
                        self._has_answered()
                        finish: Finish = "length" if message.get("done_reason") == "length" else "stop"
                        yield Piece("", finish, read_usage(message))
                        return
                if repeats < _REPEATS:
                    raise stream.broken()
                yield Piece("", "repeat")
        except BackendError:
            self._answered_at = None
            raise

    def _has_answered(self) -> None:
        if self._answered_at is None:
            # Only now is the model loaded as we want it, and its context known.
            self._info.forget()
        self._answered_at = time.monotonic()

    async def _be_loaded(self) -> None:
        """Wait until the model is loaded. A caller that is cancelled does not stop the loading.

        Ollama breaks a load off when the client that asked for it goes away, so that typing on would start the loading
        of a large model over and over.
        """
        if self._local_only:
            _stay_local(self._model, in_cloud=await self._in_cloud())
        if self._answered_at is not None and time.monotonic() - self._answered_at < min(_LOADED_S, self._keep_s / 2):
            return
        if self._keep_s == 0 or await self._is_loaded() or await self._in_cloud():
            return
        await self._loading.get()

    async def _is_loaded(self) -> bool:
        """Whether the model is loaded and, as far as can be seen, with our options: with others it is loaded anew."""
        running = await self._running()
        if running is None or self._settings.num_ctx is None:
            return running is not None
        loaded = count(running.get("context_length"))
        return loaded is None or loaded == (await self.describe()).context_tokens

    async def _in_cloud(self) -> bool:
        return (await self.describe()).metered

    async def _load(self) -> None:
        body = self._body(Sampling(max_tokens=1))
        body |= {"prompt": _BLANK, "raw": True, "stream": False}
        try:
            await self._http.json("POST", "/api/generate", body, within_s=_LOAD_S)
        finally:
            self._loading.forget()  # the model may be unloaded again by the next time

    async def _running(self) -> Mapping[str, Any] | None:
        """What /api/ps says of the model; None if it is not loaded."""
        told = await self._http.json("GET", "/api/ps")
        for entry in told.get("models") or []:
            if isinstance(entry, dict) and full_name(str(entry.get("name"))) == full_name(self._model):
                return entry
        return None

    async def _show(self, *, verbose: bool = False) -> dict[str, Any]:
        body: dict[str, Any] = {"model": self._model}
        if verbose:
            body["verbose"] = True
        return await self._http.json("POST", "/api/show", body, within_s=20.0)

    async def _ask(self) -> ModelInfo:
        model = self._model
        shown = await self._show()
        info, details = table(shown, "model_info"), table(shown, "details")
        architecture = str(info.get("general.architecture") or details.get("family") or "")
        remote_host = str(shown.get("remote_host") or "")
        cloud = bool(remote_host) or _named_cloud(model)
        names = (
            info.get("general.basename"),
            info.get("general.name"),
            shown.get("remote_model"),
            details.get("parent_model"),
            model,
            architecture,
        )
        template = str(shown.get("template") or "")
        return ModelInfo(
            backend="ollama",
            model=model,
            host=_cloud_host(remote_host) if cloud else self._server.host,
            remote=cloud or await self._http.remote(),
            metered=cloud,
            form="raw",
            context_tokens=await self._context(shown, count(info.get(f"{architecture}.context_length")), cloud=cloud),
            names=tuple(dict.fromkeys(str(name) for name in names if name)),
            template=template,
            fim=await self._can_fim(shown, template, cloud=cloud),
        )

    async def _context(self, shown: Mapping[str, Any], trained: int | None, *, cloud: bool) -> int | None:
        """What the model is loaded with, or will be; never what it was trained with, which Ollama seldom loads."""
        if cloud:
            return trained
        wanted = self._settings.num_ctx
        if wanted is None and (running := await self._running()):
            wanted = count(running.get("context_length"))
        if wanted is None and (line := re.search(r"^num_ctx\s+(\d+)", str(shown.get("parameters")), re.MULTILINE)):
            wanted = int(line[1])
        if wanted is None:
            wanted = 4096
        return min(wanted, trained) if trained else wanted

    async def _can_fim(self, shown: Mapping[str, Any], template: str, *, cloud: bool) -> bool | None:
        if "insert" in (shown.get("capabilities") or ()) or ".Suffix" in template:
            return True
        if cloud:
            return None
        # A template without a suffix, as imported models have, says nothing of the model: its vocabulary does.
        tokens = await self._control_tokens.get()
        return any(_FIM_TOKEN.search(token) for token in tokens) if tokens else None

    async def _ask_control_tokens(self) -> frozenset[str]:
        info = table(await self._show(verbose=True), "model_info")
        tokens, kinds = info.get("tokenizer.ggml.tokens"), info.get("tokenizer.ggml.token_type")
        if not isinstance(tokens, list) or not isinstance(kinds, list):
            return frozenset()
        # 3: control, 4: defined by the model's maker.
        return frozenset(token for token, kind in zip(tokens, kinds, strict=False) if kind in (3, 4))

    async def _not_running(self, error: BackendError) -> BackendError:
        if await self._http.remote() or await asyncio.to_thread(_installed):
            return NotRunning("ollama", f"Ollama is not running at {self._server.host}.", cure="Run: ollama serve")
        return NotInstalled(
            "ollama",
            f"There is no Ollama on this machine, and nothing listens at {self._server.host}.",
            cure=f"Install it from https://ollama.com/download, then run: ollama pull {self._model}",
        )

    def _refusal(self, reply: Reply) -> BackendError:
        return refused(self._server, reply, self._model)


def _installed() -> bool:
    import shutil

    # Editors started from a desktop often have a shorter PATH than the shell.
    places = (os.environ.get("PATH", ""), "/usr/local/bin", "/opt/homebrew/bin", "/usr/bin", "/snap/bin")
    return shutil.which("ollama", path=os.pathsep.join(places)) is not None


def _stay_local(model: str, *, in_cloud: bool) -> None:
    """Raise LocalOnly if Ollama would send prompts for `model` to its cloud."""
    if in_cloud or _named_cloud(model):
        raise LocalOnly(
            "ollama",
            f"privacy.localOnly is set and {model} runs in Ollama's cloud.",
            cure="Choose a model that runs on this machine.",
        )


def _named_cloud(model: str) -> bool:
    return full_name(model).endswith((":cloud", "-cloud"))


def _cloud_host(remote_host: str) -> str:
    return remote_host.rpartition("://")[2].strip("/") or "ollama.com"


def _seconds(keep_alive: str | int) -> float:
    """A keep-alive time in seconds; negative ones mean for ever."""
    if isinstance(keep_alive, int):
        return float(keep_alive) if keep_alive >= 0 else float("inf")
    if keep_alive.startswith("-"):
        return float("inf")
    units = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
    return sum(float(number) * units[unit] for number, unit in re.findall(r"([\d.]+)(ms|s|m|h)", keep_alive))
