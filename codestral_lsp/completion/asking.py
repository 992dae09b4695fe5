"""From a question that the memory cannot answer to an answer: running stream, embedded engine, disk, pause, model."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from codestral_lsp.backends.base import Priority, Prompt, Sampling
from codestral_lsp.completion.alternatives import Alternative, Alternatives
from codestral_lsp.completion.cache import Answer, CompletionCache
from codestral_lsp.completion.draft import Draft
from codestral_lsp.completion.embedded import Embedded
from codestral_lsp.completion.engine import Engine
from codestral_lsp.completion.engines import Engines
from codestral_lsp.completion.extent import extent, obvious
from codestral_lsp.completion.generation import Generation, StreamClosed
from codestral_lsp.completion.place import Place as CachePlace
from codestral_lsp.completion.prompting import Prompting
from codestral_lsp.completion.question import Question
from codestral_lsp.completion.rhythm import LONGEST_MS, PAID_SURENESS, SURENESS, TypingRhythm
from codestral_lsp.completion.seam import Seam
from codestral_lsp.completion.session import DocumentSession
from codestral_lsp.completion.stream import read_answer
from codestral_lsp.completion.sureness import Part
from codestral_lsp.completion.surroundings import Extent
from codestral_lsp.completion.taste import takes_blocks
from codestral_lsp.completion.thrift import LONGER, Thrift
from codestral_lsp.completion.warming import Warming
from codestral_lsp.config.settings import CompletionSettings
from codestral_lsp.context.project import ProjectContext
from codestral_lsp.document.document import Change
from codestral_lsp.document.keeper import SyntaxKeeper
from codestral_lsp.document.languages import language_of
from codestral_lsp.document.rules import TextRules
from codestral_lsp.document.syntax import Place
from codestral_lsp.errors import BackendError, PromptTooLong
from codestral_lsp.insight.trace import Trace, Traces

WARM_UP_PAYS_S = 0.05
"""A shorter pause than this is no head start for reading."""
WARM_UP_PAYS_TOKENS = 128
"""Fewer tokens than this are read in no time."""
MOST_TOO_LONG = 3
"""How often a prompt is made shorter for a server that will not take it: by then it fits, whatever the text is."""
OTHERS_S = 1.5
"""How long somebody who asks by hand waits for other answers, once there is one."""
MOST_SAMPLES = 5
SAMPLE_TEMPERATURE = 0.7


class Asking:
    """Finds the answer to a question, at the least expense."""

    def __init__(
        self,
        engines: Engines,
        embedded: Embedded,
        cache: CompletionCache,
        traces: Traces,
        rhythm: TypingRhythm,
        syntax: SyntaxKeeper,
        context: ProjectContext,
        thrift: Thrift,
    ) -> None:
        self._engines = engines
        self._embedded = embedded
        self.cache = cache
        self._traces = traces
        self._rhythm = rhythm
        self._syntax = syntax
        self._thrift = thrift
        self._prompting = Prompting(context)
        self.warming = Warming(engines, traces, thrift, self._prompting)
        self._background: set[asyncio.Task[None]] = set()

    async def answer(
        self,
        session: DocumentSession,
        asked: Question,
        remembered: Part | None,
        settings: CompletionSettings,
        trace: Trace,
    ) -> str:
        """What to insert at the cursor; empty if nothing. Raises StreamClosed if the answer was broken off.

        `remembered`: a part of an earlier answer that would do, if it breaks nothing here.
        """
        if not settings.in_comments and not asked.invoked and (await self._place(asked)).lexical.prose:
            trace.reason = "inside a comment (setting completion.inComments)"
            return ""
        if remembered is not None:
            trace.source = "cache"
            return await self._proven(asked, remembered, trace)
        session.use_follow_up(asked.places)
        try:
            if (text := await self._running(session, asked, trace)) is not None:
                return await self._proven(asked, text, trace)
        except BackendError as error:
            trace.reason = error.code
            return self._fallback(asked, settings, trace)
        if settings.instant and not asked.invoked and (text := self._instant(asked, settings, trace)):
            return text
        engine = asked.engine
        if engine is None or not engine.circuit.allows(asyncio.get_running_loop().time()):
            return self._fallback(asked, settings, trace)
        try:
            for _ in range(MOST_TOO_LONG):
                try:
                    return await self._ask(session, asked, engine, settings, trace)
                except PromptTooLong:
                    engine.counter.underestimated()
                    session.frames.too_long(trace.prompt_tokens)
            return await self._ask(session, asked, engine, settings, trace)
        except BackendError as error:
            trace.reason = error.code
            return self._fallback(asked, settings, trace)

    @staticmethod
    async def _running(session: DocumentSession, asked: Question, trace: Trace) -> str | None:
        """What an answer that is under way already says here; None if there is none, or another."""
        running = session.generation
        if running is None or not running.running:
            return None
        if not running.covers(asked.places):
            running.close()
            return None
        trace.source = "running"
        try:
            return await running.shown(asked.places, everything=asked.invoked)
        except StreamClosed:
            return None

    def _instant(self, asked: Question, settings: CompletionSettings, trace: Trace) -> str:
        """What the embedded engine is sure of; kept, so that typing through it does not swap it for another text."""
        text = self._embedded.instant(asked, _reach(settings, asked), trace)
        if text:
            place = asked.places[0]
            self.cache.memory.put(place.key, Answer(place.head, text, guess=True))
        return text

    def _beside_action(self, asked: Question, settings: CompletionSettings, trace: Trace) -> str:
        """While an action has the model: what the embedded engine says."""
        trace.reason = "an action has the model"
        return self._fallback(asked, settings, trace)

    def _fallback(self, asked: Question, settings: CompletionSettings, trace: Trace) -> str:
        """What the embedded engine says in the model's place; kept apart from what models say, so that typing through
        it keeps it, and the model is asked again as soon as it can be."""
        there = asked.without_model
        if (kept := self.cache.memory.at(there, everything=asked.invoked)) is not None:
            trace.source = "cache"
            return kept
        if text := self._embedded.fallback(asked, _reach(settings, asked), trace):
            self.cache.memory.put(there[0].key, Answer(there[0].head, text, guess=True))
        return text

    def prepare(self, session: DocumentSession, asked: Question, change: Change, settings: CompletionSettings) -> None:
        """Have the model answer, in the background, what will be asked after a change that is only expected yet.

        Only where nobody pays for what may be for nothing: an engine on this machine.
        """
        engine = asked.engine
        if not settings.prefetch or engine is None or engine.info.metered or not self.warming.pays(engine, settings):
            return
        if not engine.circuit.allows(asyncio.get_running_loop().time()) or engine.scheduler.acting:
            return
        if self.cache.memory.at(asked.places) is None:
            self._in_background(self._prepare(session, asked, change, engine, settings))

    async def _prepare(
        self, session: DocumentSession, asked: Question, change: Change, engine: Engine, settings: CompletionSettings
    ) -> None:
        loop = asyncio.get_running_loop()
        document, cursor = asked.at.document, asked.at.cursor
        trace = self._traces.begin(document.language, "prefetch", loop.time())
        trace.outcome = "cancelled"
        prompt, sampling = self._prompting.expected(session, asked, change, engine, settings, trace)
        place = TextRules(document.text, language_of(document.language, document.path or document.uri)).place(cursor)
        reach = self._extent(asked, settings, place)
        generation = session.follow_up = Generation(asked.places[0], cursor, follows_edits=False)
        digest = engine.digest(prompt, sampling)
        draft = self._draft(asked, engine, reach)
        work = self._generate(
            asked.places[0], engine, prompt, sampling, digest, draft, generation, trace, Priority.PREFETCH
        )
        generation.start(work, on_end=lambda: None)
        try:
            text = await generation.shown(asked.places, everything=False)
        except StreamClosed:
            return
        except BackendError as error:
            trace.outcome, trace.reason = "failed", error.code
            return
        trace.outcome = "ready" if text else "empty"
        trace.total_ms = (loop.time() - trace.started_s) * 1000

    async def others(
        self, session: DocumentSession, asked: Question, known: str, settings: CompletionSettings
    ) -> list[Alternative]:
        """Other answers than `known`, those that came up most often first; as many as there is time for.

        Only where nobody pays for each of them.
        """
        engine = asked.engine
        if settings.candidates == 1 or engine is None or engine.info.metered:
            return []
        if not engine.circuit.allows(asyncio.get_running_loop().time()):
            return []
        found = Alternatives(known, settings.candidates - 1)
        work = asyncio.create_task(self._sample(session, asked, engine, found, settings))
        try:
            await asyncio.wait([work], timeout=OTHERS_S)
        finally:
            work.cancel()
        return found.ranked()

    async def _sample(
        self,
        session: DocumentSession,
        asked: Question,
        engine: Engine,
        found: Alternatives,
        settings: CompletionSettings,
    ) -> None:
        now = asyncio.get_running_loop().time
        task = asyncio.current_task()
        assert task is not None
        place = await self._place(asked)
        reach = self._extent(asked, settings, place)
        for seed in range(1, MOST_SAMPLES + 1):
            if found.enough:
                return
            trace = self._traces.begin(asked.request.document.language, "alternative", now())
            trace.outcome, trace.engine, trace.model = "cancelled", engine.info.backend, engine.info.model
            prompt, sampling = await self._prompting.prompt(session, asked, engine, settings, trace)
            sampling = replace(sampling, temperature=SAMPLE_TEMPERATURE, seed=seed)
            try:
                async with engine.scheduler.slot(Priority.TYPING, task.cancel):
                    draft = self._draft(asked, engine, reach)
                    answer = await read_answer(engine, prompt, sampling, draft, lambda answer: None, trace)
            except BackendError as error:
                trace.outcome, trace.reason = "failed", error.code
                return
            trace.outcome = "found" if found.add(answer.text, trace.number) else "empty"
            trace.total_ms = (now() - trace.started_s) * 1000

    async def _place(self, asked: Question) -> Place:
        """What kind of place the cursor is in."""
        return (await self._syntax.syntax(asked.at.document)).place(asked.at.cursor)

    def _extent(self, asked: Question, settings: CompletionSettings, place: Place) -> Extent:
        """How far the model may go."""
        taken = takes_blocks(self._traces)
        return extent(settings, place, asked.around, asked.request.trigger, takes_blocks=taken)

    async def _ask(
        self, session: DocumentSession, asked: Question, engine: Engine, settings: CompletionSettings, trace: Trace
    ) -> str:
        prompt, sampling = await self._prompting.prompt(session, asked, engine, settings, trace)
        reach = obvious(settings, asked.around, asked.request.trigger)
        digest = engine.digest(prompt, sampling)
        if found := await self.cache.find(asked.places, digest, everything=asked.invoked):
            text, trace.source = found
            return await self._proven(asked, text, trace)
        if engine.scheduler.acting and not asked.invoked:
            return self._beside_action(asked, settings, trace)
        if reach is None:
            reach = self._extent(asked, settings, await self._place(asked))
        unread = engine.warmth.unread(prompt)
        if (pause_s := self._pause_s(asked, engine, settings, unread, trace)) > 0:
            lasting = unread - engine.read_every_time(prompt)
            pays = lasting >= WARM_UP_PAYS_TOKENS and pause_s >= WARM_UP_PAYS_S
            if pays and self.warming.pays(engine, settings):
                self.warming.begin(engine, prompt, asked.request.document.language)
            await asyncio.sleep(pause_s)
            if engine.scheduler.acting and not asked.invoked:
                return self._beside_action(asked, settings, trace)
        generation = session.generation = Generation(
            asked.places[0], asked.at.cursor, follows_edits=asked.request.selected is None
        )
        draft = self._draft(asked, engine, reach)
        work = self._generate(asked.places[0], engine, prompt, sampling, digest, draft, generation, trace)
        self._engines.busy(True)
        generation.start(work, on_end=lambda: self._engines.busy(False))
        trace.source = "model"
        shown = await generation.shown(asked.places, everything=asked.invoked)
        assert shown is not None, "an answer fits where it was asked for"
        self._in_background(self._renew(session, asked, engine, settings))
        return await self._proven(asked, shown, trace)

    async def _proven(self, asked: Question, text: str, trace: Trace) -> str:
        """What of a text leaves the file whole where it is to be shown now.

        A whole answer was looked at when it came. A part of one ends somewhere else at each character that is typed.
        """
        if not isinstance(text, Part):
            return text
        fitting = (await self._seam(asked).longest_fit(text)).rstrip()
        if fitting != text.rstrip():
            trace.filters.append(f"parse: {len(fitting) - len(text):+d} characters" if fitting else "parse: dropped")
            return fitting
        return text

    async def _renew(
        self, session: DocumentSession, asked: Question, engine: Engine, settings: CompletionSettings
    ) -> None:
        """In a pause after an answer: take the project's context as it is now, and have it read."""
        prompt = await self._prompting.renewed(session, asked, engine, settings)
        if prompt is not None and self.warming.pays(engine, settings):
            await self.warming.read(engine, prompt, asked.request.document.language)

    async def _generate(
        self,
        place: CachePlace,
        engine: Engine,
        prompt: Prompt,
        sampling: Sampling,
        digest: bytes,
        draft: Draft,
        generation: Generation,
        trace: Trace,
        priority: Priority = Priority.TYPING,
    ) -> None:
        trace.engine, trace.model = engine.info.backend, engine.info.model

        def grew(answer: Answer) -> None:
            self._engines.succeeded(engine)
            if answer.shown(0) is not None:
                self.cache.memory.put(place.key, answer)
            if not generation.grew(answer):
                generation.close()

        try:
            async with engine.scheduler.slot(priority, generation.close):
                trace.evaluated_tokens, trace.estimated = engine.warmth.unread(prompt), True
                engine.warmth.read(prompt)
                answer = await read_answer(engine, prompt, sampling, draft, grew, trace)
        except asyncio.CancelledError:
            # Closed, but what could be shown of it stays right for the place it was asked for.
            if generation.answer.shown(0) is not None:
                self.cache.put(place, digest, generation.answer)
            raise
        except PromptTooLong:
            raise
        except BackendError as error:
            self._engines.failed(engine, error)
            raise
        self._engines.succeeded(engine)
        if priority is Priority.TYPING:
            engine.worth.observe(shown=bool(answer.shown(0)))
        generation.grew(answer)
        self.cache.put(place, digest, answer)

    def _pause_s(
        self, asked: Question, engine: Engine, settings: CompletionSettings, unread: int, trace: Trace
    ) -> float:
        """How much longer the user must pause before the model is asked; counted from the last edit."""
        if asked.invoked:
            return 0.0
        if settings.debounce_ms == "auto":
            expected_ms = engine.latency.expected_ms(unread, engine.speed.tokens_per_s)
            sureness = PAID_SURENESS if engine.info.metered else SURENESS
            trace.debounce_ms = self._rhythm.wait_ms(expected_ms, sureness / engine.worth.share)
        else:
            trace.debounce_ms = float(settings.debounce_ms)
        if self._thrift.applies(settings):
            # Nobody waits longer than this for anything.
            trace.debounce_ms = max(trace.debounce_ms, min(trace.debounce_ms * LONGER, LONGEST_MS))
        return asked.quiet_since_s + trace.debounce_ms / 1000 - asyncio.get_running_loop().time()

    def _draft(self, asked: Question, engine: Engine, reach: Extent) -> Draft:
        """What the answer is read into; the line behind it is read too where that is for nothing."""
        reads_on = not asked.invoked and not engine.info.metered
        return Draft(
            asked.places[0].head,
            asked.around,
            reach,
            self._seam(asked),
            engine.family,
            reads_on=reads_on,
            patient=asked.invoked,
        )

    def _seam(self, asked: Question) -> Seam:
        return Seam(self._syntax, asked.at.document, asked.at.cursor, asked.around)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def aclose(self) -> None:
        """Stop what runs in the background."""
        await self.warming.aclose()
        tasks = list(self._background)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _reach(settings: CompletionSettings, asked: Question) -> Extent:
    """How far the embedded engine may go: each of its lines is sure by itself."""
    one_line = settings.multiline == "never" or not asked.around.rest_is_closers
    return Extent.LINE if one_line else Extent.BLOCK
