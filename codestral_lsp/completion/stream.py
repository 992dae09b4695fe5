"""Reads an answer off a backend until it is whole, and makes of it what may be shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing

from codestral_lsp.backends.base import Prompt, Sampling, Usage
from codestral_lsp.completion.cut import Cutter
from codestral_lsp.completion.engine import Engine
from codestral_lsp.completion.filters import apply_filters
from codestral_lsp.completion.sureness import Sureness
from codestral_lsp.completion.surroundings import Extent, Surroundings
from codestral_lsp.insight.trace import Trace
from codestral_lsp.prompt.sanitize import restore

UNSURE = "the model is unsure of the rest"
"""The reason of a cut where the answer is not whole."""

Grew = Callable[[str], None]
"""Told the answer so far."""


async def read_answer(
    engine: Engine, prompt: Prompt, sampling: Sampling, around: Surroundings, extent: Extent, grew: Grew, trace: Trace
) -> str:
    """The answer to `prompt`, cut where it is whole and filtered; empty if nothing of it is worth showing.

    Raises BackendError.
    """
    now = asyncio.get_running_loop().time
    started = now()
    cutter = Cutter(around, extent)
    sureness = Sureness()
    raw, text, usage = "", "", Usage()
    trace.cut = "end of answer"
    async with aclosing(engine.backend.stream(prompt, sampling)) as pieces:
        async for piece in pieces:
            if piece.text:
                if trace.first_token_ms is None:
                    trace.first_token_ms = (now() - started) * 1000
                raw += piece.text
                text = raw.replace("\r\n", "\n") if "\r" in raw else raw
            if piece.usage is not None:
                usage = piece.usage
            if piece.finish == "length":
                trace.cut = "token limit"
            sure = sureness.feed(text, piece.logprob)
            if piece.text and (cut := cutter.feed(text)):
                text, trace.cut = text[: cut.length], cut.reason
                break
            if not sure:
                trace.cut = UNSURE
                break
            if piece.text:
                grew(text)
    if cut := cutter.feed(text, ended=True):
        text, trace.cut = text[: cut.length], cut.reason
    if (best := sureness.best(text, whole=trace.cut != UNSURE)) != text:
        text, trace.cut = best, UNSURE
    trace.backend_ms = (now() - started) * 1000
    _learn(engine, prompt, usage, trace)
    if engine.family is not None:
        text = restore(text, engine.family)
    if trace.cut == "token limit":
        text = _whole_lines(text)
    text, trace.filters = apply_filters(text, around, extent)
    return text


def _whole_lines(text: str) -> str:
    """An answer that ran into the token limit breaks off anywhere: its last line is not to be trusted."""
    return text.rpartition("\n")[0] or text


def _learn(engine: Engine, prompt: Prompt, usage: Usage, trace: Trace) -> None:
    engine.speed.observe(usage)
    if usage.prompt_tokens is not None:
        engine.counter.observe(prompt.raw or prompt.prefix + prompt.suffix, usage.prompt_tokens)
    trace.evaluated_tokens = usage.evaluated_tokens
    trace.generated_tokens = usage.completion_tokens
    if trace.backend_ms is not None:
        engine.latency.observe(trace.backend_ms, usage.prompt_ms or 0.0)
