"""Reads an answer off a backend until it is whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing

from codestral_lsp.backends.base import Prompt, Sampling, Usage
from codestral_lsp.completion.cache import Answer
from codestral_lsp.completion.draft import Draft
from codestral_lsp.completion.engine import Engine
from codestral_lsp.completion.healing import healed
from codestral_lsp.insight.trace import Trace

UNSURE = "the model is unsure of the rest"
"""The reason of a cut where the model has more to say."""

_TURNS = 4
"""Turns of the loop in which an answer gets from here to the client."""

Grew = Callable[[Answer], None]
"""Told the answer so far."""


async def read_answer(
    engine: Engine, prompt: Prompt, sampling: Sampling, draft: Draft, grew: Grew, trace: Trace
) -> Answer:
    """The answer to `prompt`, cut where it is whole and filtered. Raises BackendError."""
    now = asyncio.get_running_loop().time
    started = now()
    usage, broken_off, told = Usage(), False, False
    async with aclosing(healed(engine.backend, prompt, sampling)) as pieces:
        async for piece in pieces:
            if piece.text and trace.first_token_ms is None:
                trace.first_token_ms = (now() - started) * 1000
            if piece.text:
                trace.generated_tokens = (trace.generated_tokens or 0) + 1  # until the server tells
            usage = piece.usage or usage
            broken_off = piece.finish == "length"
            if await draft.add(piece):
                break
            if piece.text:
                answer = draft.answer(ended=False)
                first = not told and answer.shown(0) is not None
                if first:
                    told = True
                    trace.cut, trace.filters = draft.cut.reason if draft.cut else UNSURE, draft.filters
                    _learn(engine, usage, (now() - started) * 1000)
                grew(answer)
                if first:
                    for _ in range(_TURNS):
                        await asyncio.sleep(0)
    await draft.finish(broken_off=broken_off)
    answer = draft.answer(ended=True)
    trace.backend_ms = (now() - started) * 1000
    if not told:
        cut = draft.cut.reason if draft.cut else "token limit" if broken_off else "end of answer"
        trace.cut = cut if answer.shown(0) == answer.shown(0, everything=True) else UNSURE
        trace.filters = draft.filters
        _learn(engine, usage, trace.backend_ms)
    engine.speed.observe(usage)
    if usage.prompt_tokens is not None:
        engine.counter.observe(prompt.raw or prompt.prefix + prompt.suffix, usage.prompt_tokens)
    if usage.completion_tokens is not None:
        trace.generated_tokens = usage.completion_tokens
    if usage.evaluated_tokens is not None:
        trace.evaluated_tokens, trace.estimated = usage.evaluated_tokens, False
    return answer


def _learn(engine: Engine, usage: Usage, answered_ms: float) -> None:
    """How long it took until there was something to show."""
    engine.latency.observe(answered_ms, usage.prompt_ms or 0.0)
