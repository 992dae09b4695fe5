"""llama-server: our own prompt at /completion, as text or as the exact tokens the model was trained on.

Its /infill knows neither Codestral's tokens nor its order.
"""

from __future__ import annotations

import json
import math
from collections import OrderedDict
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from codestral_lsp.backends.base import (
    BackendName,
    ChatRequest,
    Finish,
    Health,
    ModelInfo,
    Piece,
    Prompt,
    Sampling,
    Segment,
    Usage,
)
from codestral_lsp.backends.choices import (
    SLACK,
    chat_body,
    count,
    first,
    listed,
    milliseconds,
    pieces,
    total_logprob,
)
from codestral_lsp.backends.framing import Events, mended
from codestral_lsp.backends.http import Http
from codestral_lsp.backends.keys import KeyPlaces, Keys, Secret
from codestral_lsp.backends.once import Once
from codestral_lsp.backends.replies import Reply, Server, refusal
from codestral_lsp.config.settings import LlamacppSettings
from codestral_lsp.errors import (
    BackendError,
    KeySourceError,
    ModelLoading,
    ModelMissing,
    Unauthorized,
)

_SSE = "text/event-stream"
_FIRST_S = 120.0
_IDLE_S = 60.0
_RIVALS = 20
"""How many of the likeliest tokens to ask for where the answer is held to a start."""
_REMEMBERED = 32
"""Tokenised pieces of prompts that are kept: the suffix and the control tokens come again with every keystroke."""

_WANTED = ("content", "stop", "stop_type", "timings", "tokens_evaluated")
"""What the last message of a stream need say; without the list it says the whole prompt again."""


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    bos: tuple[int, ...]
    """What the server itself puts before a prompt that is text."""
    spaced: bool
    """Whether it puts a blank before the first word of a text, as SentencePiece vocabularies want it."""


class LlamacppBackend:
    """A model that llama-server runs."""

    name: BackendName = "llamacpp"

    def __init__(self, settings: LlamacppSettings, keys: Keys, *, local_only: bool) -> None:
        self._settings = settings
        self._keys = keys
        self._places = KeyPlaces("llamacpp", settings.api_key_env)
        self._server = Server("llamacpp", settings.url, "llamacpp.url")
        self._http = Http(self._server, local_only=local_only, refuse=self._refusal)
        self._info = Once(self._ask)
        self._vocabulary = Once(self._ask_vocabulary)
        self._tokens: OrderedDict[tuple[str, bool, bool], list[int]] = OrderedDict()
        self._special: dict[str, bool] = {}

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Piece]:
        """Continue a prompt; raises BackendError."""
        async with aclosing(self._complete(prompt, sampling)) as generated:
            async for piece in generated:
                yield piece

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Piece]:
        """Answer a chat; raises BackendError."""
        body = chat_body(request, model=None) | {"stream_options": {"include_usage": True}}
        if request.sampling.seed is not None:
            body["seed"] = request.sampling.seed
        async with (
            self._http.stream(
                "/v1/chat/completions",
                body,
                framing=Events(),
                kind=_SSE,
                key=await self._key(),
                first_s=_FIRST_S,
                idle_s=_IDLE_S,
            ) as stream,
            aclosing(pieces(stream, request.sampling.max_tokens, self._refusal)) as generated,
        ):
            async for piece in generated:
                yield piece

    async def warm(self, prompt: Prompt) -> Usage:
        """Have the server read `prompt` into its cache, and generate nothing."""
        usage = Usage()
        async with aclosing(self._complete(prompt, Sampling(max_tokens=0))) as generated:
            async for piece in generated:
                usage = piece.usage or usage
        return usage

    async def describe(self) -> ModelInfo:
        """The model that the server has loaded."""
        return await self._info.get()

    async def health(self) -> Health:
        """Whether the server is up and its model loaded."""
        try:
            await self._http.json("GET", "/health", within_s=2.0)
            self.forget()
            info = await self.describe()
        except BackendError as error:
            return Health(False, error.message, problem=error)
        return Health(True, f"llama-server has {info.model}, {info.context_tokens} tokens of context.", info)

    async def count(self, text: str) -> int | None:
        """Tokens in `text`, asked of the server; control tokens count as the text that they are written with."""
        try:
            return len(await self._tokenize(text, special=False))
        except BackendError:
            return None

    async def special(self, token: str) -> bool | None:
        """Whether `token` is one token when it is read as a control token, and not when it is read as text."""
        if token not in self._special:
            try:
                marked, plain = await self._tokenize(token, special=True), await self._tokenize(token, special=False)
            except BackendError:
                return None
            self._special[token] = len(marked) == 1 and marked != plain
        return self._special[token]

    def forget(self) -> None:
        """Ask anew what the model is: the server may have been started with another."""
        self._info.forget()
        self._vocabulary.forget()
        self._tokens.clear()
        self._special.clear()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._info.aclose()
        await self._vocabulary.aclose()
        await self._http.aclose()

    async def _complete(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Piece]:
        body: dict[str, Any] = {
            "prompt": await self._read(prompt),
            "n_predict": sampling.max_tokens,
            "temperature": sampling.temperature,
            "cache_prompt": True,
            "stream": True,
            "response_fields": _WANTED,
            # Answers are mostly cut before their end, and what they cost is to be known then too.
            "timings_per_token": True,
        }
        if sampling.stop:
            body["stop"] = list(sampling.stop)
        if sampling.seed is not None:
            body["seed"] = sampling.seed
        if sampling.logprobs:
            body["n_probs"] = _RIVALS if prompt.start else 1
        if prompt.start and sampling.max_tokens:
            body["grammar"] = f"root ::= {json.dumps(prompt.start, ensure_ascii=False)} [^\\x00]*"
        async with self._http.stream(
            "/completion",
            body,
            framing=Events(),
            kind=_SSE,
            key=await self._key(),
            first_s=_FIRST_S,
            idle_s=_IDLE_S,
        ) as stream:
            told, missing = 0, prompt.start
            async for message in stream:
                if message.get("error"):
                    raise self._refusal(stream.failed(message))
                text = message.get("content")
                if isinstance(text, str) and text:
                    told += 1
                    if told > sampling.max_tokens + SLACK:
                        yield Piece("", "length")
                        return
                    yield Piece(mended(text), usage=_usage(message), logprob=_logprob(message, missing))
                    missing = missing[len(text) :]
                if message.get("stop"):
                    await stream.drain()
                    finish: Finish = "length" if message.get("stop_type") == "limit" else "stop"
                    yield Piece("", finish, _usage(message))
                    return
            raise stream.broken()

    async def _read(self, prompt: Prompt) -> str | list[int]:
        """The prompt as the server should read it: as text where that gives the right tokens, else as the tokens.

        A SentencePiece vocabulary gets a blank before each run of plain text from llama-server. The prefix has it in
        the model's training too, the suffix has not: there it would be read as one more blank of the user's code.
        """
        vocabulary = await self._vocabulary.get()
        if not vocabulary.spaced:
            return prompt.raw
        tokens = list(vocabulary.bos)
        after = Segment("")
        for segment in prompt.segments:
            bare = not segment.control and after.control and "SUF" in after.text.upper()
            tokens += await self._segment_tokens(segment, bare=bare)
            after = segment
        return tokens

    async def _segment_tokens(self, segment: Segment, *, bare: bool) -> list[int]:
        if not segment.text:
            return []
        place = (segment.text, segment.control, bare)
        if place in self._tokens:
            self._tokens.move_to_end(place)
            return self._tokens[place]
        if bare:
            # What stands behind a sign gets no blank of its own; then the sign is taken away again.
            sign = await self._tokenize(_SIGN, special=False)
            tokens = await self._tokenize(_SIGN + segment.text, special=False)
            if tokens[: len(sign)] != sign:
                tokens, sign = await self._tokenize(segment.text, special=False), []
            tokens = tokens[len(sign) :]
        else:
            tokens = await self._tokenize(segment.text, special=segment.control)
        self._tokens[place] = tokens
        if len(self._tokens) > _REMEMBERED:
            self._tokens.popitem(last=False)
        return tokens

    async def _tokenize(self, text: str, *, special: bool, bos: bool = False) -> list[int]:
        body = {"content": text, "parse_special": special, "add_special": bos}
        told = (await self._http.json("POST", "/tokenize", body, key=await self._key())).get("tokens")
        if not isinstance(told, list) or not all(isinstance(token, int) for token in told):
            raise self._http.bad_reply("tokenizes into something other than tokens")
        return told

    async def _ask_vocabulary(self) -> _Vocabulary:
        body = {"content": "a", "parse_special": False, "with_pieces": True}
        told = await self._http.json("POST", "/tokenize", body, key=await self._key())
        piece = first(told.get("tokens")).get("piece")
        plain, whole = await self._tokenize("a", special=False), await self._tokenize("a", special=False, bos=True)
        bos = whole[: len(whole) - len(plain)] if whole[len(whole) - len(plain) :] == plain else []
        return _Vocabulary(tuple(bos), isinstance(piece, str) and piece.startswith((" ", "▁")))

    async def _ask(self) -> ModelInfo:
        key = await self._key()
        props = await self._http.json("GET", "/props", key=key)
        if props.get("role") == "router":
            raise ModelMissing(
                "llamacpp",
                f"The llama-server at {self._server.host} only passes requests on, and has no model of its own.",
                cure="Start llama-server with one model (-m FILE), or use the backend openai, which names the model.",
            )
        models = await self._http.json("GET", "/v1/models", key=key)
        generation = props.get("default_generation_settings")
        paths = (props.get("model_alias"), first(listed(models)).get("id"), props.get("model_path"))
        # A path says where a user keeps models; only its last part is a name.
        names = dict.fromkeys(PurePath(path.replace("\\", "/")).name for path in paths if isinstance(path, str))
        names.pop("", None)
        return ModelInfo(
            backend="llamacpp",
            model=next(iter(names), "an unnamed model"),
            host=self._server.host,
            remote=await self._http.remote(),
            metered=False,
            form="raw",
            context_tokens=count(generation.get("n_ctx")) if isinstance(generation, dict) else None,
            names=tuple(names),
            template=str(props.get("chat_template") or ""),
            slots=count(props.get("total_slots")) or 1,
            holds_start=True,
        )

    async def _key(self) -> Secret | None:
        try:
            key = await self._keys.find(self._places)
        except KeySourceError as error:
            raise Unauthorized("llamacpp", error.cause, cure=error.cure) from error
        return key.secret if key else None

    def _refusal(self, reply: Reply) -> BackendError:
        if reply.status == 503 and "loading" in reply.text.lower():
            return ModelLoading("llamacpp", "llama-server is still loading its model.", retry_after_s=1.0)
        if reply.status == 401:
            variable = self._settings.api_key_env
            return Unauthorized(
                "llamacpp",
                f"The llama-server at {self._server.host} wants {'another' if variable else 'a'} key.",
                cure=f"Put the one it was started with into {variable}."
                if variable
                else "Name the environment variable that holds it in llamacpp.apiKeyEnv.",
            )
        return refusal(self._server, reply)


_SIGN = "☺"


def _logprob(message: Mapping[str, Any], start: str) -> float | None:
    """How probable a message's tokens are; where they had to begin with `start`, among those that do."""
    told = message.get("completion_probabilities")
    if not isinstance(told, list):
        return None
    tokens = [token for token in told if isinstance(token, dict)]
    total = total_logprob([token.get("logprob") for token in tokens])
    if total is None or not start or len(tokens) != 1:
        return total
    return min(0.0, total - math.log(_possible(tokens[0], math.exp(total), start)))


def _possible(token: Mapping[str, Any], chosen: float, start: str) -> float:
    """The probability of all tokens that go with a start; of those that the server does not list it may be any."""
    told = token.get("top_logprobs")
    possible, unlisted = 0.0, 1.0
    for rival in told if isinstance(told, list) else ():
        text = rival.get("token") if isinstance(rival, dict) else None
        log = total_logprob([rival.get("logprob")]) if isinstance(text, str) else None
        if isinstance(text, str) and log is not None:
            share = math.exp(log)
            unlisted -= share
            possible += share if text.startswith(start) or start.startswith(text) else 0.0
    return max(chosen, possible + unlisted)


def _usage(message: Mapping[str, Any]) -> Usage | None:
    timings = message.get("timings")
    if not isinstance(timings, dict):
        return None
    evaluated, cached = count(timings.get("prompt_n")), count(timings.get("cache_n"))
    # Older versions tell the whole prompt's size instead of what the cache had of it.
    whole = count(message.get("tokens_evaluated"))
    if cached is None and whole is not None and evaluated is not None:
        cached = max(0, whole - evaluated)
    return Usage(
        prompt_tokens=whole if cached is None or evaluated is None else cached + evaluated,
        cached_tokens=cached,
        completion_tokens=count(timings.get("predicted_n")),
        prompt_ms=milliseconds(timings.get("prompt_ms")),
        generation_ms=milliseconds(timings.get("predicted_ms")),
    )
