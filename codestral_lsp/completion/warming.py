"""Reads ahead: has the model load, or read a window, before an answer is wanted of it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from codestral_lsp.backends.base import Priority, Prompt
from codestral_lsp.completion.engine import Engine
from codestral_lsp.completion.engines import Engines
from codestral_lsp.completion.prompting import Prompting
from codestral_lsp.completion.question import Question
from codestral_lsp.completion.session import DocumentSession
from codestral_lsp.completion.thrift import Thrift
from codestral_lsp.config.settings import CompletionSettings
from codestral_lsp.errors import BackendError
from codestral_lsp.insight.trace import Trace, Traces


class Warming:
    """Goes behind everything else that is asked of a model."""

    def __init__(self, engines: Engines, traces: Traces, thrift: Thrift, prompting: Prompting) -> None:
        self._engines = engines
        self._traces = traces
        self._thrift = thrift
        self._prompting = prompting
        self._background: set[asyncio.Task[None]] = set()

    def pays(self, engine: Engine, settings: CompletionSettings) -> bool:
        """Whether a model may be given what may be for nothing: one on this machine, where power is not dear."""
        return not engine.info.remote and not self._thrift.applies(settings)

    def load(self, language: str, settings: CompletionSettings) -> None:
        """Have the engine load its model, once, in the background: else the first suggestion would wait for it."""
        self._in_background(self._load(language, settings))

    async def _load(self, language: str, settings: CompletionSettings) -> None:
        engine = await self._engines.chosen()
        if engine is None or engine.loaded or not self.pays(engine, settings):
            return
        engine.loaded = True
        await self.read(engine, Prompt("", ""), language)

    def at(self, session: DocumentSession, asked: Question, settings: CompletionSettings) -> None:
        """Have the model read the window at a cursor, in the background."""
        engine = asked.engine
        if engine is None or not self.pays(engine, settings):
            return
        if engine.circuit.allows(asyncio.get_running_loop().time()):
            self._in_background(self._at(session, asked, engine, settings))

    async def _at(
        self, session: DocumentSession, asked: Question, engine: Engine, settings: CompletionSettings
    ) -> None:
        trace = self._trace(asked.request.document.language, engine)
        prompt, _ = await self._prompting.prompt(session, asked, engine, settings, trace)
        await self._read(engine, prompt, trace)

    def begin(self, engine: Engine, prompt: Prompt, language: str) -> None:
        """Have a prompt read, in the background."""
        self._in_background(self.read(engine, prompt, language))

    async def read(self, engine: Engine, prompt: Prompt, language: str) -> None:
        """Have a prompt read while nothing else is to be done, so that only its end is new when an answer is wanted."""
        await self._read(engine, prompt, self._trace(language, engine))

    def _trace(self, language: str, engine: Engine) -> Trace:
        trace = self._traces.begin(language, "warm-up", asyncio.get_running_loop().time())
        trace.engine, trace.model = engine.info.backend, engine.info.model
        return trace

    @staticmethod
    async def _read(engine: Engine, prompt: Prompt, trace: Trace) -> None:
        loop = asyncio.get_running_loop()
        trace.prompt_tokens, trace.prompt_fresh, trace.outcome = prompt.tokens, True, "cancelled"
        task = asyncio.current_task()
        assert task is not None
        try:
            async with engine.scheduler.slot(Priority.WARM_UP, task.cancel):
                engine.warmth.read(prompt)
                usage = await engine.backend.warm(prompt)
        except BackendError as error:
            trace.outcome, trace.reason = "failed", error.code
            return
        engine.speed.observe(usage)
        trace.outcome, trace.evaluated_tokens = "warm", usage.evaluated_tokens
        trace.total_ms = trace.backend_ms = (loop.time() - trace.started_s) * 1000

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def aclose(self) -> None:
        """Stop it."""
        tasks = list(self._background)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
