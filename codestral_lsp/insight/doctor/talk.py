"""A real completion and a real cancel, timed."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any

from codestral_lsp.backends.base import Prompt, Sampling, Usage
from codestral_lsp.completion.engine import Engine
from codestral_lsp.document.document import Document
from codestral_lsp.document.position import Position
from codestral_lsp.document.text import Text
from codestral_lsp.errors import BackendError, OutOfMemory
from codestral_lsp.insight.doctor import mistral, ollama
from codestral_lsp.insight.doctor.finding import Finding, Level, failed, fine, trouble
from codestral_lsp.insight.doctor.subject import Subject
from codestral_lsp.prompt.budget import prompt_tokens, window_budget
from codestral_lsp.prompt.build import build
from codestral_lsp.prompt.window import WindowAnchor

COMPLETION = "talk.completion"

SLOW_FIRST_TOKEN_MS = 3000.0
"""To the first token of an answer when some 500 tokens are new: a cursor jump that takes longer is no help."""
SLOW_TOKENS_PER_S = 8.0
"""A line is some 12 tokens."""

_ANSWER_TOKENS = 48
_LONG_ANSWER_TOKENS = 256
_PIECES_BEFORE_CANCEL = 4
_TELLING_MS = 1000.0
"""A server that would be done sooner with the rest of a cancelled answer does no harm, and cannot be told apart."""
_FILLER = 24
"""Functions above the cursor, some 20 tokens each."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How an answer came. Times in ms, speeds in tokens per second; None where nobody can tell."""

    prompt_tokens: int
    answer_tokens: int
    first_token_ms: float | None
    total_ms: float
    reading_per_s: float | None
    writing_per_s: float | None
    limits: Mapping[str, str]
    """The rate limits that the server told with the answer."""


async def check(subject: Subject, engine: Engine) -> AsyncIterator[Finding]:
    """Complete something, and break something off. Costs a few hundred tokens where tokens cost money."""
    loop = asyncio.get_running_loop()
    ask = partial(_prompt, subject, engine, secrets.token_hex(8))
    try:
        started = loop.time()
        await engine.backend.warm(Prompt("", ""))
        loading_ms = (loop.time() - started) * 1000
        timing = await _complete(engine, ask("return "))
    except BackendError as error:
        cure = ollama.smaller(subject) if isinstance(error, OutOfMemory) and engine.info.backend == "ollama" else ""
        yield trouble(COMPLETION, Level.FAILURE, error.code, error.cause, cure=cure or error.cure)
        return
    yield fine(
        COMPLETION,
        f"A completion of {timing.answer_tokens} tokens took {timing.total_ms:.0f} ms, "
        f"with {timing.prompt_tokens} tokens read for it.",
        promptTokens=timing.prompt_tokens,
        answerTokens=timing.answer_tokens,
        totalMs=round(timing.total_ms, 1),
        loadMs=round(loading_ms, 1),
    )
    yield _speed(subject, engine, timing)
    if timing.limits:
        yield mistral.told_limits(engine.info.host, timing.limits)
    try:
        yield await _cancel(engine, ask("numbers = [1, 2, 3, 4, "), timing)
    except BackendError as error:
        yield failed("talk.cancel", Level.WARNING, error)


def _speed(subject: Subject, engine: Engine, timing: Timing) -> Finding:
    def told(value: float | None, unit: str) -> str:
        return f"{value:.0f} {unit}" if value is not None else f"? {unit}"

    message = (
        f"It reads {told(timing.reading_per_s, 'tokens/s')}, writes {told(timing.writing_per_s, 'tokens/s')}; "
        f"the first token came after {told(timing.first_token_ms, 'ms')}."
    )
    facts = {
        "promptTokensPerS": _rounded(timing.reading_per_s),
        "generationTokensPerS": _rounded(timing.writing_per_s),
        "firstTokenMs": _rounded(timing.first_token_ms),
    }
    late = timing.first_token_ms is not None and timing.first_token_ms > SLOW_FIRST_TOKEN_MS
    if late or (timing.writing_per_s is not None and timing.writing_per_s < SLOW_TOKENS_PER_S):
        cure = "Start the server with a smaller model or on a graphics card, or lower completion.contextTokens."
        if engine.info.backend == "ollama":
            cure = ollama.smaller(subject)
        if engine.info.remote:
            cure = "Check the network; lower completion.contextTokens."
        return trouble("talk.speed", Level.WARNING, "slow", message, cure=cure, **facts)
    return fine("talk.speed", message, **facts)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


async def _complete(engine: Engine, prompt: Prompt) -> Timing:
    loop = asyncio.get_running_loop()
    usage, pieces = Usage(), 0
    first_ms: float | None = None
    started = loop.time()
    async with aclosing(engine.backend.stream(prompt, Sampling(_ANSWER_TOKENS, stop=engine.stop))) as stream:
        async for piece in stream:
            if piece.text:
                pieces += 1
                if first_ms is None:
                    first_ms = (loop.time() - started) * 1000
            usage = piece.usage or usage
    total_ms = (loop.time() - started) * 1000
    read = usage.evaluated_tokens if usage.evaluated_tokens is not None else usage.prompt_tokens or prompt.tokens
    written = usage.completion_tokens or pieces
    reading_ms = usage.prompt_ms or first_ms
    writing_ms = usage.generation_ms or (total_ms - first_ms if first_ms is not None else None)
    return Timing(
        read,
        written,
        first_ms,
        total_ms,
        _per_s(read, reading_ms),
        _per_s(written, writing_ms) if written > 1 else None,
        usage.limits,
    )


def _per_s(tokens: int, ms: float | None) -> float | None:
    return tokens / ms * 1000 if ms and ms > 0 else None


async def _cancel(engine: Engine, prompt: Prompt, timing: Timing) -> Finding:
    """Close a long answer early. A server with one slot that works on would let the next request wait for the rest."""
    loop = asyncio.get_running_loop()
    pieces = 0
    async with aclosing(engine.backend.stream(prompt, Sampling(_LONG_ANSWER_TOKENS))) as stream:
        async for piece in stream:
            pieces += bool(piece.text)
            if piece.finish is not None or pieces >= _PIECES_BEFORE_CANCEL:
                break
        ended = piece.finish is not None
        closing = loop.time()
    closed_ms = (loop.time() - closing) * 1000
    facts: dict[str, Any] = {"closeMs": round(closed_ms, 1), "piecesBefore": pieces}
    if ended:
        return fine("talk.cancel", "The answer was over before it could be cancelled.", **facts)
    if engine.info.metered:
        return fine("talk.cancel", f"A cancelled answer was closed after {closed_ms:.0f} ms.", **facts)
    started = loop.time()
    async with aclosing(engine.backend.stream(prompt, Sampling(1))) as stream:
        async for piece in stream:
            if piece.text or piece.finish is not None:
                break
    next_ms = (loop.time() - started) * 1000
    facts["nextFirstTokenMs"] = round(next_ms, 1)
    rest_ms = (_LONG_ANSWER_TOKENS - pieces) / timing.writing_per_s * 1000 if timing.writing_per_s else 0.0
    if rest_ms > _TELLING_MS and next_ms > (timing.first_token_ms or 0.0) + rest_ms / 2:
        message = f"The server went on with a cancelled answer: the next one waited {next_ms:.0f} ms."
        return trouble("talk.cancel", Level.WARNING, "cancel-ignored", message, **facts)
    return fine("talk.cancel", f"Cancelling stops the server: the next answer began after {next_ms:.0f} ms.", **facts)


def _prompt(subject: Subject, engine: Engine, mark: str, tail: str) -> Prompt:
    """A prompt in a file as it may be, at whose head stands a mark: no cache has seen one with a new mark."""
    head = f"# {mark}\n"
    functions = "".join(
        f"def step_{number}(value):\n    return value * {number} + 1\n\n\n" for number in range(_FILLER)
    )
    text = Text.of(f"{head}{functions}def total(first, second):\n    {tail}\n\n\nprint(total(1, 2))\n")
    line = text.lines.index(next(row for row in text.lines if row.startswith(f"    {tail}")))
    document = Document("untitled:doctor.py", "python", 1, text)
    tokens = prompt_tokens(subject.settings.completion, engine.info, engine.speed)
    budget = window_budget(tokens, tokens, engine.family)
    window = WindowAnchor().window(document, Position(line, 4 + len(tail)), budget, engine.counter.line)
    return build(window, engine.family, engine.info, engine.counter, path="doctor.py", language="python")
