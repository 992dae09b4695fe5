"""Asking a chat model: one slot for completion and chat, pauses, limits, and answers given again."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from codestral_lsp.actions.answers import Answer, Answers
from codestral_lsp.actions.reading import Audience, Reading, Said
from codestral_lsp.actions.talkers import Talkers
from codestral_lsp.backends.base import ChatRequest, Message, Priority, Sampling, Source
from codestral_lsp.completion.engine import Engine
from codestral_lsp.completion.engines import Engines
from codestral_lsp.errors import BackendError, PromptTooLong, RequestRefused
from codestral_lsp.insight.trace import Trace, Traces
from codestral_lsp.prompt.sanitize import neutralise

_PROMPT_TOKENS = 6000
"""The most a prompt has, whatever the model's context: more code makes answers later, not better."""
_UNKNOWN_CONTEXT = 4096
"""Tokens of context to count on where the server does not say."""
_READ_S = 20.0
"""A prompt is at most what the machine reads in this time ..."""
_SMALLEST = 1200
"""... and at least so many tokens."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is asked of a model, and what is to be known about it."""

    messages: Sequence[Message]
    title: str
    """What the user is told is going on."""
    kind: str
    """Of the action: for traces."""
    language: str
    max_tokens: int
    """Of the answer."""
    schema: Mapping[str, Any] | None = None
    sources: Sequence[Source] = ()
    """Which code the messages quote."""
    kept_as: bytes | None = None
    """Names the question, whose answer is kept and given again; none: it is asked anew each time."""


class _Turn:
    """One go at the model; a manual completion may cut it short."""

    def __init__(self) -> None:
        self.paused = False
        self.task: asyncio.Task[None] | None = None

    def pause(self) -> None:
        self.paused = True
        if self.task is not None:
            self.task.cancel()


class Talk:
    """Asks a chat model, one question at a time where its engine has one slot."""

    def __init__(
        self, engines: Engines, talkers: Talkers, answers: Answers, traces: Traces, afterwards: Callable[[], None]
    ) -> None:
        """`afterwards` is called when an answer has left the engine's cache cold."""
        self._engines = engines
        self._answers = answers
        self._talkers = talkers
        self._traces = traces
        self._afterwards = afterwards
        self._without_schemas: set[str] = set()
        """Engines (by key) that refuse to be held to a schema: their JSON is mended as it comes."""

    async def engine(self) -> Engine:
        """The engine to ask. Raises NoChat, which says what to do, if there is none that can chat."""
        return await self._talkers.engine()

    def budget(self, engine: Engine, answer_tokens: int) -> int:
        """Tokens that a prompt may have, beside an answer of `answer_tokens`."""
        context = engine.info.context_tokens or _UNKNOWN_CONTEXT
        tokens = min(_PROMPT_TOKENS, context - min(answer_tokens, context // 2) - 64)
        if engine.speed.tokens_per_s is not None:
            tokens = min(tokens, max(_SMALLEST, round(engine.speed.tokens_per_s * _READ_S)))
        return max(256, tokens)

    async def ask(
        self,
        engine: Engine,
        inquiry: Inquiry,
        *,
        audience: Audience | None = None,
        whole: Callable[[str], bool] = lambda text: False,
    ) -> Said:
        """The model's answer. Stops reading where `whole` says that nothing more is wanted. Raises BackendError."""
        kept_as, model = inquiry.kept_as, engine.info.model
        if kept_as is not None and (known := await self._answers.find(kept_as)) is not None:
            if audience is not None:
                audience.heard(known.text)
            return Said(known.text, cached=True, model=known.model, prompt_tokens=known.prompt_tokens)
        request = self._request(engine, inquiry)
        loop = asyncio.get_running_loop()
        trace = self._traces.begin(inquiry.language, inquiry.kind, loop.time())
        trace.engine, trace.model, trace.outcome = engine.info.backend, model, "cancelled"
        estimate = sum(engine.counter.text(message.content) for message in request.messages)
        trace.prompt_tokens = estimate
        said = Said(model=model, prompt_tokens=estimate)
        started = loop.time()
        try:
            try:
                await self._say(engine, request, said, inquiry.title, audience, whole)
            except RequestRefused as error:
                if request.schema is None or not _is_about_schemas(error):
                    raise
                self._without_schemas.add(engine.key)
                await self._say(engine, replace(request, schema=None), said, inquiry.title, audience, whole)
        except BackendError as error:
            if isinstance(error, PromptTooLong):
                engine.counter.underestimated()
            trace.outcome, trace.reason = "failed", error.code
            raise
        finally:
            said.total_ms = trace.total_ms = trace.backend_ms = (loop.time() - started) * 1000
            trace.first_token_ms, trace.cut = said.first_text_ms, said.cut
            self._learn(engine, request.messages, said, trace)
            self._afterwards()
        trace.outcome = "shown" if said.text.strip() else "empty"
        if kept_as is not None and not said.cut and said.text.strip():
            self._answers.put(kept_as, Answer(said.text, said.model, said.prompt_tokens))
        return said

    def _request(self, engine: Engine, inquiry: Inquiry) -> ChatRequest:
        """The inquiry as the engine takes it."""
        safe = [Message(each.role, neutralise(each.content, engine.family)) for each in inquiry.messages]
        limit = min(inquiry.max_tokens, (engine.info.context_tokens or 2 * inquiry.max_tokens) // 2)
        schema = None if engine.key in self._without_schemas else inquiry.schema
        return ChatRequest(safe, Sampling(max_tokens=limit), schema, inquiry.sources)

    async def _say(
        self,
        engine: Engine,
        request: ChatRequest,
        said: Said,
        title: str,
        audience: Audience | None,
        whole: Callable[[str], bool],
    ) -> None:
        """Read the answer; begin again when a manual completion has taken the model in between."""
        started = asyncio.get_running_loop().time()
        while True:
            turn = _Turn()
            if engine.scheduler.busy is not None and audience is not None:
                audience.waits("waiting for the model")
            async with engine.scheduler.slot(Priority.ACTION, turn.pause):
                with self._engines.acting(f"{title} ({engine.info.model})"):
                    if audience is not None:
                        audience.waits("")
                    reading = Reading(engine, request, said, audience, whole, started)
                    turn.task = asyncio.create_task(reading.read())
                    try:
                        await turn.task
                        return
                    except asyncio.CancelledError:
                        caller = asyncio.current_task()
                        if not turn.paused or (caller is not None and caller.cancelling()):
                            raise
            said.pauses += 1
            if audience is not None:
                audience.waits("paused for a completion")

    def _learn(self, engine: Engine, messages: Sequence[Message], said: Said, trace: Trace) -> None:
        engine.speed.observe(said.usage)
        trace.evaluated_tokens = said.usage.evaluated_tokens
        trace.generated_tokens = said.usage.completion_tokens
        if said.usage.prompt_tokens is not None:
            said.prompt_tokens = trace.prompt_tokens = said.usage.prompt_tokens
            engine.counter.observe("".join(message.content for message in messages), said.usage.prompt_tokens)


def _is_about_schemas(error: RequestRefused) -> bool:
    return re.search(r"response_format|json_schema|schema|grammar", error.cause) is not None
