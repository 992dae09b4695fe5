"""Makes the prompt for a question: the document's window, and at its head the project's context, frozen."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from codestral_lsp.backends.base import Prompt, Sampling
from codestral_lsp.completion.engine import Engine
from codestral_lsp.completion.frames import Frame
from codestral_lsp.completion.question import Question
from codestral_lsp.completion.session import DocumentSession
from codestral_lsp.config.settings import CompletionSettings
from codestral_lsp.context.gather import Gathered, whole_files
from codestral_lsp.context.place import SourceName
from codestral_lsp.context.project import ProjectContext
from codestral_lsp.document.document import Change
from codestral_lsp.insight.trace import Trace
from codestral_lsp.prompt.budget import answer_tokens, context_budget, first_tokens, prompt_tokens, window_budget
from codestral_lsp.prompt.build import build
from codestral_lsp.prompt.crossfile import ContextFile
from codestral_lsp.prompt.window import Window, WindowAnchor

PAUSE_S = 2.0
"""After so long without a key the user is thinking, and the model may read another context meanwhile."""
RESTS_S = 10.0
"""How long a context stays at least, pauses or not."""
READ_AHEAD = 2
"""Tokens that may be read in pauses for each character that was written: reading costs power, and most places are left
before it has paid."""


class Prompting:
    """Makes prompts."""

    def __init__(self, context: ProjectContext) -> None:
        self._context = context
        self._latest: DocumentSession | None = None
        """The document that was asked about last."""

    async def prompt(
        self, session: DocumentSession, asked: Question, engine: Engine, settings: CompletionSettings, trace: Trace
    ) -> tuple[Prompt, Sampling]:
        """The prompt and how to generate. Where the model has to read everything anyway, with a context of now."""
        self._latest = session
        frame = session.frames.at(asked.at.document.text, asked.at.cursor)
        window = self._window(frame, asked, engine, settings)
        if window.fresh:
            # Who asks by hand waits for the answer, and wants a good one.
            frame.whole, frame.written = asked.invoked and frame.most is None, 0
            bare = frame.most is not None
            found = None if bare else await self._gather(asked, engine, settings, window, whole=frame.whole)
            if found is not None:
                trace.context_ms = found.ms
                self._swap(frame, found)
            window = self._window(frame, asked, engine, settings)
            window = replace(window, fresh=True)
        return self._finished(frame, asked, engine, settings, window, trace)

    def _finished(
        self,
        frame: Frame,
        asked: Question,
        engine: Engine,
        settings: CompletionSettings,
        window: Window,
        trace: Trace,
    ) -> tuple[Prompt, Sampling]:
        trace.context_tokens = dict(frame.context.gathered.by_source)
        prompt = self._build(frame, asked, engine, window)
        trace.prompt_tokens, trace.prompt_fresh = prompt.tokens, window.fresh
        stop = engine.stop
        if frame.context.gathered.snippets and engine.family is not None:
            stop += engine.family.cross_file.stop
        most = answer_tokens(settings, engine.info)
        return prompt, Sampling(most, engine.temperature, stop, logprobs=not asked.invoked)

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
        frame = session.frames.here.again()
        frame.anchor.observe(change)
        window = self._window(frame, asked, engine, settings)
        return self._finished(frame, asked, engine, settings, window, trace)

    async def renewed(
        self, session: DocumentSession, asked: Question, engine: Engine, settings: CompletionSettings
    ) -> Prompt | None:
        """In a pause: the prompt with another context, or a larger one, if that is worth reading. Else None.

        Worth it is what brings something new, to users who stay: who have written enough here since the model last read
        all of it.
        """
        now = asyncio.get_running_loop().time
        frame, touched = session.frames.here, session.touched_s
        whole = frame.whole or frame.written * READ_AHEAD >= prompt_tokens(settings, engine.info, engine.speed)
        size = first_tokens(settings, engine.info, engine.speed)
        if now() - frame.context.at_s < RESTS_S or frame.written * READ_AHEAD < size:
            return None
        await asyncio.sleep(PAUSE_S)

        def moved_on() -> bool:
            return self._latest is not session or session.frames.here is not frame or session.touched_s != touched

        if moved_on():
            return None
        window = self._window(frame, asked, engine, settings)
        found = await self._gather(asked, engine, settings, window, whole=whole)
        if found is None or moved_on():
            return None
        if whole == frame.whole and not frame.context.outdated_by(found):
            return None
        frame.whole, frame.written = whole, 0
        self._swap(frame, found)
        return self._build(frame, asked, engine, self._window(frame, asked, engine, settings))

    @staticmethod
    def _window(frame: Frame, asked: Question, engine: Engine, settings: CompletionSettings) -> Window:
        most = prompt_tokens(settings, engine.info, engine.speed)
        if frame.most is not None:
            most = min(most, frame.most)
        whole = frame.whole or asked.invoked
        first = most if whole else min(most, first_tokens(settings, engine.info, engine.speed))
        budget = window_budget(most, first, engine.family, frame.context.gathered.tokens)
        return frame.anchor.window(asked.at.document, asked.at.cursor, budget, engine.counter.line)

    async def _gather(
        self, asked: Question, engine: Engine, settings: CompletionSettings, window: Window, *, whole: bool
    ) -> Gathered | None:
        tokens = prompt_tokens if whole else first_tokens
        return await self._context.gather(
            asked.at.document,
            asked.at.cursor,
            range(window.first_line, window.last_line),
            [name for name in SourceName if getattr(settings.context, name)],
            context_budget(tokens(settings, engine.info, engine.speed)),
            engine.counter.text,
        )

    @staticmethod
    def _swap(frame: Frame, found: Gathered) -> None:
        frame.context = frame.context.swapped(found, asyncio.get_running_loop().time())
        frame.anchor = WindowAnchor()

    def _build(self, frame: Frame, asked: Question, engine: Engine, window: Window) -> Prompt:
        document = asked.at.document
        return build(
            window,
            engine.family,
            engine.info,
            engine.counter,
            path=self._context.shown(str(document.path or document.uri)),
            language=document.language,
            context=[
                ContextFile(self._context.shown(each.path), each.text)
                for each in whole_files(frame.context.gathered.snippets)
            ],
            repository=self._context.name,
        )
