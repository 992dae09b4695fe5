"""Makes the prompt for a question: the document's window, and at its head the project's context, frozen."""

from __future__ import annotations

import asyncio
from copy import copy

from codestral_lsp.backends.base import Prompt, Sampling
from codestral_lsp.completion.engine import Engine
from codestral_lsp.completion.question import Question
from codestral_lsp.completion.session import DocumentSession
from codestral_lsp.config.settings import CompletionSettings
from codestral_lsp.context.gather import Gathered
from codestral_lsp.context.place import SourceName
from codestral_lsp.context.project import ProjectContext
from codestral_lsp.document.document import Change
from codestral_lsp.insight.trace import Trace
from codestral_lsp.prompt.budget import answer_tokens, context_budget, window_budget
from codestral_lsp.prompt.build import build
from codestral_lsp.prompt.crossfile import ContextFile
from codestral_lsp.prompt.window import Window, WindowAnchor

PAUSE_S = 2.0
"""After so long without a key the user is thinking, and the model may read another context meanwhile."""
RESTS_S = 10.0
"""How long a context stays at least, pauses or not."""


class Prompting:
    """Makes prompts."""

    def __init__(self, context: ProjectContext) -> None:
        self._context = context

    async def prompt(
        self, session: DocumentSession, asked: Question, engine: Engine, settings: CompletionSettings, trace: Trace
    ) -> tuple[Prompt, Sampling]:
        """The prompt and how to generate. Where the model has to read everything anyway, with a context of now."""
        window = self._window(session, asked, engine, settings)
        if window.fresh and (found := await self._gather(asked, engine, settings, window)) is not None:
            trace.context_ms = found.ms
            self._swap(session, found)
            window = self._window(session, asked, engine, settings)
        return self._finished(session, asked, engine, settings, window, trace)

    def _finished(
        self,
        session: DocumentSession,
        asked: Question,
        engine: Engine,
        settings: CompletionSettings,
        window: Window,
        trace: Trace,
    ) -> tuple[Prompt, Sampling]:
        trace.context_tokens = dict(session.context.gathered.by_source)
        prompt = self._build(session, asked, engine, window)
        trace.prompt_tokens, trace.prompt_fresh = prompt.tokens, window.fresh
        stop = engine.stop
        if session.context.gathered.snippets and engine.family is not None:
            stop += engine.family.cross_file.stop
        return prompt, Sampling(max_tokens=answer_tokens(settings, engine.info), stop=stop, logprobs=not asked.invoked)

    def expected(
        self,
        session: DocumentSession,
        asked: Question,
        change: Change,
        engine: Engine,
        settings: CompletionSettings,
        trace: Trace,
    ) -> tuple[Prompt, Sampling]:
        """The prompt as it will be after a change that is only expected yet; nothing moves for it."""
        anchor = copy(session.anchor)
        anchor.observe(change)
        window = self._window(session, asked, engine, settings, anchor)
        return self._finished(session, asked, engine, settings, window, trace)

    async def renewed(
        self, session: DocumentSession, asked: Question, engine: Engine, settings: CompletionSettings
    ) -> Prompt | None:
        """In a pause: the prompt with another context, if there is one that is worth reading. Else None."""
        now = asyncio.get_running_loop().time
        touched = session.touched_s
        if now() - session.context.at_s < RESTS_S:
            return None
        await asyncio.sleep(PAUSE_S)
        if session.touched_s != touched:
            return None
        found = await self._gather(asked, engine, settings, self._window(session, asked, engine, settings))
        if found is None or session.touched_s != touched or not session.context.outdated_by(found):
            return None
        self._swap(session, found)
        return self._build(session, asked, engine, self._window(session, asked, engine, settings))

    @staticmethod
    def _window(
        session: DocumentSession,
        asked: Question,
        engine: Engine,
        settings: CompletionSettings,
        anchor: WindowAnchor | None = None,
    ) -> Window:
        taken = session.context.gathered.tokens
        budget = window_budget(settings, engine.info, engine.family, engine.speed, taken)
        return (anchor or session.anchor).window(asked.at.document, asked.at.cursor, budget, engine.counter.line)

    async def _gather(
        self, asked: Question, engine: Engine, settings: CompletionSettings, window: Window
    ) -> Gathered | None:
        return await self._context.gather(
            asked.at.document,
            asked.at.cursor,
            range(window.first_line, window.last_line),
            [name for name in SourceName if getattr(settings.context, name)],
            context_budget(settings, engine.info, engine.speed),
            engine.counter.text,
        )

    @staticmethod
    def _swap(session: DocumentSession, found: Gathered) -> None:
        session.context = session.context.swapped(found, asyncio.get_running_loop().time())
        session.anchor = WindowAnchor()

    def _build(self, session: DocumentSession, asked: Question, engine: Engine, window: Window) -> Prompt:
        document = asked.at.document
        return build(
            window,
            engine.family,
            engine.info,
            engine.counter,
            path=self._context.shown(str(document.path or document.uri)),
            language=document.language,
            context=[
                ContextFile(self._context.shown(each.path), each.text) for each in session.context.gathered.snippets
            ],
            repository=self._context.name,
        )
