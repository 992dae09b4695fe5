"""Completion as the server sees it: requests and edits in, suggestions out, one answer to every request."""

from __future__ import annotations

import asyncio

from codestral_lsp.completion.asking import Asking
from codestral_lsp.completion.cache import CompletionCache
from codestral_lsp.completion.embedded import Embedded
from codestral_lsp.completion.engines import Engines
from codestral_lsp.completion.fates import Fates
from codestral_lsp.completion.followup import taken
from codestral_lsp.completion.gate import objection, refusal
from codestral_lsp.completion.generation import StreamClosed
from codestral_lsp.completion.item import suggestion
from codestral_lsp.completion.question import Question, question
from codestral_lsp.completion.request import CompletionRequest, Suggestion, Trigger
from codestral_lsp.completion.rhythm import TypingRhythm
from codestral_lsp.completion.session import DocumentSession, Pending, Shown
from codestral_lsp.completion.sureness import Part
from codestral_lsp.completion.thrift import Thrift
from codestral_lsp.completion.typing import Doing
from codestral_lsp.config.settings import Settings
from codestral_lsp.context.project import ProjectContext
from codestral_lsp.document.document import Change, Document
from codestral_lsp.document.keeper import SyntaxKeeper
from codestral_lsp.document.position import Position
from codestral_lsp.insight.bugs import log_bug
from codestral_lsp.insight.trace import Trace, Traces
from codestral_lsp.insight.unseen import Unseen
from codestral_lsp.privacy.ignore import IgnoreRules

IN_VAIN = 5
"""After so many suggestions that were not taken, what would follow them is not prepared any more."""
_BURST_S = 0.01
"""Edits closer together than this come from a program (autopairing, a macro), not from fingers."""


class CompletionService:
    """Answers completion requests. Knows the open documents' sessions; the rest is done by the parts it is given."""

    def __init__(
        self,
        settings: Settings,
        engines: Engines,
        embedded: Embedded,
        cache: CompletionCache,
        traces: Traces,
        ignore: IgnoreRules,
        syntax: SyntaxKeeper,
        context: ProjectContext,
    ) -> None:
        self.settings = settings
        self.engines = engines
        self.cache = cache
        self.traces = traces
        self.ignore = ignore
        self.thrift = Thrift()
        self._embedded = embedded
        self._fates = Fates(traces)
        self._rhythm = TypingRhythm()
        self._asking = Asking(engines, embedded, cache, traces, self._rhythm, syntax, context, self.thrift)
        self._sessions: dict[str, DocumentSession] = {}
        self._snoozed_until_s = float("-inf")
        self._prepared_in_vain = 0

    # ---- edits

    def observe(self, change: Change) -> None:
        """Take in a change of a document. Microseconds; called as the change is read."""
        document = change.after or change.before
        assert document is not None
        self._fates.observe(change)
        self._embedded.observe(change)
        if change.after is None:
            if session := self._sessions.pop(document.uri, None):
                session.close()
            return
        if change.before is None and not self.silence(document):
            self._asking.warming.load(document.language, self.settings.completion)
        now = asyncio.get_running_loop().time()
        session = self._session(document.uri)
        last_edit = session.edited_s
        if session.observe(change, now):
            self._prepared_in_vain = 0
        if session.doing is Doing.TYPING and now - last_edit > _BURST_S:
            self._rhythm.observe((now - last_edit) * 1000)

    # ---- requests

    async def complete(self, request: CompletionRequest) -> Suggestion | None:
        """The suggestion at the cursor; None if there is none, or if a newer request or an edit came in between."""
        loop = asyncio.get_running_loop()
        session = self._session(request.document.uri)
        if session.pending is not None:
            session.pending.drop("superseded")
        now = loop.time()
        trace = self.traces.begin(request.document.language, request.trigger.value, now)
        if reason := self._refusal(session, request, now):
            return self._end(trace, None, reason)
        quiet_since = min(session.touched_s, now - request.client_wait_ms / 1000)
        session.touched_s = now
        asked = session.asked = question(request, self.engines.current, quiet_since)
        if reason := objection(request, asked.around, session.doing):
            return self._end(trace, None, reason)
        text = self.cache.memory.at(asked.places, everything=asked.invoked)
        if text is not None and not isinstance(text, Part):
            trace.source = "cache"
            return self._finish(session, asked, trace, text)
        return await self._wait(session, asked, trace, text)

    async def choices(self, request: CompletionRequest) -> tuple[Suggestion, ...]:
        """The suggestion at the cursor and, if it was asked for by hand, others to choose from; the best first."""
        session = self._session(request.document.uri)
        first = await self.complete(request)
        if first is None or request.trigger is not Trigger.INVOKED or session.asked is None:
            return () if first is None else (first,)
        asked = session.asked
        found = await self._asking.others(session, asked, first.ghost, self.settings.completion)
        others = [suggestion(asked.request, each.text, each.number) for each in found]
        chosen_from = [item for item in others if item is not None]
        for item in chosen_from:
            self._fates.beside(asked.request, item)
        return (first, *chosen_from)

    async def _wait(
        self, session: DocumentSession, asked: Question, trace: Trace, remembered: Part | None
    ) -> Suggestion | None:
        pending = session.pending = Pending(trace)
        pending.work = asyncio.create_task(self._work(session, asked, pending, remembered))
        try:
            return await pending.answer
        except asyncio.CancelledError:
            pending.drop("cancelled")
            trace.outcome = "cancelled"
            raise
        finally:
            trace.total_ms = (asyncio.get_running_loop().time() - trace.started_s) * 1000
            if session.pending is pending:
                session.pending = None

    async def _work(self, session: DocumentSession, asked: Question, pending: Pending, remembered: Part | None) -> None:
        try:
            text = await self._asking.answer(session, asked, remembered, self.settings.completion, pending.trace)
            item = self._finish(session, asked, pending.trace, text)
            pending.give(item)
            if item is not None and not asked.invoked and pending.trace.source in ("model", "running"):
                self._prepare(session, asked.at, item)
        except StreamClosed:
            pending.drop("superseded")
        except Exception as error:
            log_bug(error)
            self._end(pending.trace, None, f"internal error ({type(error).__name__})", outcome="failed")
            pending.give(None)

    def _prepare(self, session: DocumentSession, request: CompletionRequest, shown: Suggestion) -> None:
        """While the user reads what is shown: have the model answer what comes after it.

        Of use only to those who take what is shown; whoever types on has nothing prepared until they take something.
        """
        if self._prepared_in_vain >= IN_VAIN:
            return
        self._prepared_in_vain += 1
        follow_up, change = taken(request, shown)
        asked = question(follow_up, self.engines.current, asyncio.get_running_loop().time())
        if not objection(follow_up, asked.around, Doing.TYPING):
            self._asking.prepare(session, asked, change, self.settings.completion)

    def silence(self, document: Document) -> str:
        """Why nothing is ever suggested in a document; empty if nothing speaks against it."""
        if reason := refusal(self.settings, document.language):
            return reason
        return "" if document.path is None or self.ignore.allows(document.path) else "the file is ignored"

    def _refusal(self, session: DocumentSession, request: CompletionRequest, now_s: float) -> str:
        if reason := self.silence(request.document):
            return reason
        if now_s < self._snoozed_until_s and request.trigger is Trigger.AUTOMATIC:
            return "snoozed"
        return "dismissed" if request.trigger is Trigger.AUTOMATIC and session.declined(request, now_s) else ""

    def _finish(self, session: DocumentSession, asked: Question, trace: Trace, text: str) -> Suggestion | None:
        item = suggestion(asked.request, text, trace.number)
        if item is not None:
            session.shown = Shown(item, trace, asked.request, asyncio.get_running_loop().time())
            self._fates.shown(trace, asked.request, item)
        return self._end(trace, item, "" if item else trace.reason or "nothing to suggest")

    @staticmethod
    def _end(trace: Trace, item: Suggestion | None, reason: str, *, outcome: str = "") -> Suggestion | None:
        trace.outcome = outcome or ("shown" if item else "empty")
        trace.reason = reason
        if item is not None:
            trace.shown_characters, trace.shown_lines = len(item.ghost), item.ghost.count("\n") + 1
        trace.total_ms = (asyncio.get_running_loop().time() - trace.started_s) * 1000
        return item

    # ---- what the editor tells

    def drawn(self, number: int) -> None:
        """The editor has drawn the suggestion of trace `number`."""
        self._fates.drawn(number)

    def accepted(self, number: int) -> None:
        """The suggestion of trace `number` was taken."""
        self._fates.taken(number)

    def partly_accepted(self, number: int, characters: int) -> None:
        """A part of the suggestion of trace `number` was taken: its first `characters` characters in all."""
        self._fates.taken(number, characters)

    def dismissed(self, uri: str, version: int, cursor: Position) -> None:
        """The user waved away what was shown at `cursor`."""
        session = self._session(uri)
        session.decline(version, cursor)
        self._fates.dismissed(uri)

    def snooze(self, seconds: float) -> None:
        """Stay silent for a while; 0 ends it."""
        self._snoozed_until_s = asyncio.get_running_loop().time() + seconds

    # ---- beside actions

    def warm_again(self) -> None:
        """An action has left the model's cache cold: have it read again what is before the user now."""
        session = max(self._sessions.values(), key=lambda each: each.touched_s, default=None)
        if session is not None and session.asked is not None and self.settings.enabled:
            self._asking.warming.at(session, session.asked, self.settings.completion)

    # ---- life

    async def use_cache(self, cache: CompletionCache) -> None:
        """Keep answers in another cache from now on."""
        old, self.cache = self.cache, cache
        self._asking.cache = cache
        await old.aclose()

    def _session(self, uri: str) -> DocumentSession:
        return self._sessions.setdefault(uri, DocumentSession())

    async def unseen(self) -> list[Unseen]:
        """The looks at what was kept that are due only after the end of this process."""
        return await self._fates.unseen()

    async def aclose(self) -> None:
        """Close every stream and the cache."""
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()
        await self._asking.aclose()
        await self.cache.aclose()
