"""The replies that OpenAI's API made common: `choices` with text or a delta, `usage`, errors inside the stream."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from codestral_lsp.backends.base import ChatRequest, Finish, Piece, Usage
from codestral_lsp.backends.framing import mended
from codestral_lsp.backends.http import Refuse, Stream
from codestral_lsp.backends.replies import rate_limits

SLACK = 16
"""Pieces above the limit that was asked for before a server counts as ignoring it."""


async def pieces(stream: Stream, limit: int, refuse: Refuse) -> AsyncGenerator[Piece]:
    """The pieces of a streamed completion or chat; the last one has no text.

    A server that ignores the `limit` of tokens is cut off. Raises what `refuse` makes of an error inside the stream,
    and Disconnected if the stream ends before the answer.
    """
    finish: Finish | None = None
    usage: Usage | None = None
    told = 0
    async for message in stream:
        if message.get("error") or message.get("object") == "error":
            raise refuse(stream.failed(message))
        usage = read_usage(message) or usage
        choice = first(message.get("choices"))
        if text := text_of(choice):
            told += 1
            if told > limit + SLACK:
                finish = "length"
                break
            yield Piece(text, logprob=logprob_of(choice))
        if reason := choice.get("finish_reason"):
            if reason == "error":
                raise refuse(stream.failed({"error": "the model failed while it generated"}))
            finish = "length" if reason in ("length", "model_length") else "stop"
    if finish is None and not stream.complete:
        raise stream.broken()
    if usage and (limits := rate_limits(stream.headers)):
        usage = replace(usage, limits=limits)
    yield Piece("", finish or "stop", usage)


def first(items: Any) -> Mapping[str, Any]:
    """The first of a list of objects; an empty one if there is none."""
    if isinstance(items, list) and items and isinstance(items[0], dict):
        return items[0]
    return {}


def text_of(choice: Mapping[str, Any]) -> str:
    """The text in a choice: at `text`, `delta.content` or `message.content`, whole or in chunks."""
    content = choice.get("text")
    for name in ("delta", "message"):
        if content is None and isinstance(choice.get(name), dict):
            content = choice[name].get("content")
    if isinstance(content, list):
        texts = [chunk.get("text") for chunk in content if isinstance(chunk, dict)]
        content = "".join(text for text in texts if isinstance(text, str))
    return mended(content) if isinstance(content, str) else ""


def logprob_of(choice: Mapping[str, Any]) -> float | None:
    """The log-probability of a choice's text, if it is told: the sum over its tokens."""
    told = choice.get("logprobs")
    if not isinstance(told, dict):
        return None
    values = told.get("token_logprobs")
    if values is None and isinstance(told.get("content"), list):
        values = [token.get("logprob") for token in told["content"] if isinstance(token, dict)]
    return total_logprob(values)


def total_logprob(values: Any) -> float | None:
    """The sum of log-probabilities; None unless there are some and all are numbers."""
    if not isinstance(values, list) or not values:
        return None
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in values):
        return None
    return float(sum(values))


def read_usage(message: Mapping[str, Any]) -> Usage | None:
    """What a message says of its cost, under OpenAI's names, DeepSeek's and llama-server's."""
    told = message.get("usage")
    if not isinstance(told, dict):
        return None
    details = told.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else told.get("prompt_cache_hit_tokens")
    timings = message.get("timings")
    times = timings if isinstance(timings, dict) else {}
    return Usage(
        prompt_tokens=count(told.get("prompt_tokens")),
        cached_tokens=count(cached),
        completion_tokens=count(told.get("completion_tokens")),
        prompt_ms=milliseconds(times.get("prompt_ms")),
        generation_ms=milliseconds(times.get("predicted_ms")),
    )


def count(value: Any) -> int | None:
    """A number of tokens, if it is one."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def milliseconds(value: Any) -> float | None:
    """A time, if it is one."""
    return float(value) if isinstance(value, int | float) and math.isfinite(value) and value >= 0 else None


def chat_body(request: ChatRequest, *, model: str | None, schemas: bool = True) -> dict[str, Any]:
    """The body of a streamed chat request; without `schemas` the server is asked for any JSON object only."""
    body: dict[str, Any] = {
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        "max_tokens": request.sampling.max_tokens,
        "temperature": request.sampling.temperature,
        "stream": True,
    }
    if model is not None:
        body["model"] = model
    if request.sampling.stop:
        body["stop"] = list(request.sampling.stop)
    if request.schema is not None:
        schema = {"name": "answer", "schema": dict(request.schema), "strict": True}
        wanted = {"type": "json_schema", "json_schema": schema} if schemas else {"type": "json_object"}
        body["response_format"] = wanted
    return body


def listed(models: Any) -> Sequence[Mapping[str, Any]]:
    """The models in a reply of /v1/models: the list at `data`, or the list alone, as Together has it."""
    data = models.get("data") if isinstance(models, dict) else models
    return [entry for entry in data if isinstance(entry, dict) and entry.get("id")] if isinstance(data, list) else []
