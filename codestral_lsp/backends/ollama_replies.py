"""What Ollama's messages and refusals mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from codestral_lsp.backends.base import Usage
from codestral_lsp.backends.choices import count, milliseconds, total_logprob
from codestral_lsp.backends.framing import mended
from codestral_lsp.backends.replies import Reply, Server, out_of_memory, quoted, refusal, too_long
from codestral_lsp.errors import (
    BackendError,
    ModelMissing,
    NoFim,
    OutOfMemory,
    PromptTooLong,
    ServerBusy,
    ServerFault,
    Unauthorized,
)


def no_fim(model: str) -> NoFim:
    """The model is there, and does not do what completion needs."""
    return NoFim("ollama", f"{model} cannot fill in the middle.", cure="Run: ollama pull codestral")


def refused(server: Server, reply: Reply, model: str) -> BackendError:
    """What a reply without success means to somebody who asked for `model`."""
    said, says = reply.text, quoted(reply)
    if out_of_memory(said):
        cure = "Choose a smaller model, or lower ollama.numCtx."
        return OutOfMemory("ollama", f"The model does not fit into memory{says}", cure=cure)
    if too_long(said):
        cure = "Raise ollama.numCtx, or lower completion.contextTokens."
        return PromptTooLong("ollama", f"The prompt does not fit into the loaded context{says}", cure=cure)
    if re.search(r"does not support (?:insert|generate|completion|chat)", said):
        return no_fim(model)
    if reply.status == 404 and "model" in said:
        return ModelMissing("ollama", f"Ollama does not have {model}.", cure=f"Run: ollama pull {model}")
    if reply.status == 401:
        return Unauthorized("ollama", "Ollama's cloud does not know this machine.", cure="Run: ollama signin")
    if "server busy" in said:
        return ServerBusy("ollama", "Ollama's queue is full.", cure="It passes when other programs stop asking.")
    if reply.status >= 500:
        cure = "Ollama's log says more; a smaller model or ollama.numCtx may help."
        return ServerFault("ollama", f"Ollama failed{says}", cure=cure)
    return refusal(server, reply)


def text_of(message: Mapping[str, Any]) -> str:
    """The piece of an answer that a message brings; empty if none."""
    piece = message.get("response")
    if piece is None and isinstance(message.get("message"), dict):
        piece = message["message"].get("content")
    return mended(piece) if isinstance(piece, str) else ""


def logprob_of(message: Mapping[str, Any]) -> float | None:
    """The log-probability of a message's piece, if it is told."""
    told = message.get("logprobs")
    if not isinstance(told, list):
        return None
    return total_logprob([token.get("logprob") for token in told if isinstance(token, dict)])


def read_usage(message: Mapping[str, Any]) -> Usage:
    """What the last message says of the cost. Ollama counts nanoseconds."""

    def ms(name: str) -> float | None:
        nanoseconds = milliseconds(message.get(name))
        return None if nanoseconds is None else nanoseconds / 1e6

    return Usage(
        prompt_tokens=count(message.get("prompt_eval_count")),
        cached_tokens=count(message.get("prompt_eval_cached_count")),
        completion_tokens=count(message.get("eval_count")),
        prompt_ms=ms("prompt_eval_duration"),
        generation_ms=ms("eval_duration"),
        load_ms=ms("load_duration"),
    )


def table(message: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object inside a message; an empty one if it is not there or something else."""
    value = message.get(name)
    return value if isinstance(value, dict) else {}
