"""The server's parts: makes them, ties them together, and carries settings to whoever needs them."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from codestral_lsp.actions.answers import Answers
from codestral_lsp.actions.parts import Parts
from codestral_lsp.actions.service import Actions
from codestral_lsp.actions.talk import Talk
from codestral_lsp.actions.talkers import Talkers
from codestral_lsp.actions.workspace_lookup import WorkspaceLookup
from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.open import open_backend
from codestral_lsp.backends.workspace.engine import WorkspaceEngine
from codestral_lsp.completion.cache import CompletionCache
from codestral_lsp.completion.cache.disk import DiskCache
from codestral_lsp.completion.embedded import Embedded
from codestral_lsp.completion.engines import Engines, OpenBackend
from codestral_lsp.completion.service import CompletionService
from codestral_lsp.completion.status import Status
from codestral_lsp.config.paths import UserPaths
from codestral_lsp.config.settings import Settings
from codestral_lsp.config.sources import SettingsSources
from codestral_lsp.context.project import ProjectContext
from codestral_lsp.document.keeper import SyntaxKeeper
from codestral_lsp.document.store import DocumentStore
from codestral_lsp.errors import CodestralError
from codestral_lsp.insight.history import History
from codestral_lsp.insight.prices import price_table
from codestral_lsp.insight.trace import Traces
from codestral_lsp.privacy.ignore import IgnoreRules
from codestral_lsp.privacy.ledger import Ledger
from codestral_lsp.privacy.outgoing import Door
from codestral_lsp.privacy.trust import PROJECT_FILE, TrustStore
from codestral_lsp.prompt.chat import ChatPrompts
from codestral_lsp.server.findings import Findings
from codestral_lsp.server.known_problems import KnownProblems
from codestral_lsp.server.server import CodestralServer

log = logging.getLogger(__name__)


class App:
    """One server with its parts."""

    def __init__(
        self, paths: UserPaths, environ: Mapping[str, str] = os.environ, *, backend: OpenBackend | None = None
    ) -> None:
        """`backend` stands in for the makers of HTTP backends, in benchmarks."""
        self.sources = SettingsSources(paths.config_file, environ, file_is_required=paths.config_is_given)
        self.loaded = self.sources.load()
        self.trust = TrustStore(paths.state / "trust.json")
        self.keys = Keys(environ)
        self.traces = Traces()
        self.documents = DocumentStore()
        self.syntax = SyntaxKeeper(self.documents)
        self.roots: tuple[Path, ...] = ()
        self.paths = paths
        self._reported: set[str] = set()
        self._troubles: set[tuple[str, str]] = set()
        self.published: Status | None = None
        """What the editor was told last."""
        self.background: list[asyncio.Task[None]] = []
        """What runs for as long as the server does."""
        self._loop: asyncio.AbstractEventLoop | None = None
        settings = self._applied = self.settings
        self.ignore = IgnoreRules(settings.privacy.ignore)
        self.embedded = WorkspaceEngine(
            paths.cache / "index",
            settings.workspace_index,
            self.ignore,
            on_error=lambda error: self.report([error]),
        )
        self.context = ProjectContext(paths.cache / "tags", settings.workspace_index, self.ignore, self.embedded.likely)
        self.ledger = Ledger(paths.state)
        self.history = History(paths.state)
        self.door = Door(settings, self.ledger, partial(price_table, paths.config_file.parent))
        opener = backend or partial(open_backend, keys=self.keys)
        self.engines = Engines(settings, lambda name, settings: self.door.through(opener(name, settings)))
        chat_opener = backend or partial(open_backend, keys=self.keys, duty="chat")
        self.talkers = Talkers(self.engines, lambda name, settings: self.door.through(chat_opener(name, settings)))
        self.completion = CompletionService(
            settings,
            self.engines,
            Embedded(self.embedded),
            CompletionCache(self._disk_cache(settings)),
            self.traces,
            self.ignore,
            self.syntax,
            self.context,
        )
        self.lookup = WorkspaceLookup(self.documents, self.ignore, lambda: self.roots, self.context)
        self.explanations = paths.cache / "explanations"
        self.action_numbers = itertools.count(1)
        self.answers = Answers(paths.cache, settings.cache)
        talk = Talk(self.engines, self.talkers, self.answers, self.traces, self.completion.warm_again)
        prompts = ChatPrompts(paths.config_file.parent / "prompts", lambda error: self.report([error]))
        self.actions = Actions(Parts(talk, prompts, self.syntax, self.lookup), self.documents, paths.state)
        self.server = CodestralServer(self.documents, self.completion)
        self.documents.listen(self.completion.observe)
        self.documents.listen(self.embedded.observe)
        self.documents.listen(self.context.observe)
        self.documents.listen(self.actions.observe)
        self.findings = Findings(self.server, self.actions, lambda: self.settings.actions)
        self.known = KnownProblems(self.documents)

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.loaded.settings

    # ---- settings

    async def reload(self) -> None:
        """Read all sources of settings again and apply what has changed."""
        self.sources.trusted(await asyncio.to_thread(self._trusted_files))
        self.loaded = await asyncio.to_thread(self.sources.load)
        self.report(self.loaded.problems)
        if self.settings != self._applied:
            await self._apply(self.settings)

    async def _apply(self, new: Settings) -> None:
        old, self._applied = self._applied, new
        self._troubles.clear()
        self.completion.settings = self.door.settings = new
        if old.privacy.ignore != new.privacy.ignore:
            self.ignore.configure(new.privacy.ignore)
        if old.workspace_index != new.workspace_index or old.privacy.ignore != new.privacy.ignore:
            await self.embedded.configure(new.workspace_index)
            await self.context.configure(new.workspace_index)
        if old.cache != new.cache:
            await self.completion.use_cache(CompletionCache(self._disk_cache(new)))
            self.answers.configure(new.cache)
        if _engine_settings(old) != _engine_settings(new):
            self.engines.choose(new)

    def _trusted_files(self) -> list[Path]:
        files = [file for root in self.roots if (file := root / PROJECT_FILE).is_file()]
        trusted = [file for file in files if self.trust.trusts(file)]
        for file in files:
            if file not in trusted:
                self.report_once(
                    f"{file} is not applied until you trust this workspace (command codestral.trustWorkspace)."
                )
        return trusted

    def _disk_cache(self, settings: Settings) -> DiskCache | None:
        if not settings.cache.enabled:
            return None
        return DiskCache(
            self.paths.cache,
            max_bytes=settings.cache.max_mb << 20,
            max_age_s=settings.cache.max_age_days * 86400,
            on_error=lambda error: self.report([error]),
            is_secret=self.door.vault.holds,
        )

    # ---- telling the user

    def report(self, problems: Sequence[CodestralError]) -> None:
        """Show problems, each once, several at a time as one message. May be called from any thread."""
        fresh = [problem.message for problem in problems if problem.message not in self._reported]
        if fresh:
            self._reported.update(fresh)
            self._show("\n".join(fresh))

    def report_once(self, message: str) -> None:
        """Show a message, if it has not been shown before. May be called from any thread."""
        if message not in self._reported:
            self._reported.add(message)
            self._show(message)

    def report_trouble(self, cause: tuple[str, str], message: str) -> None:
        """Show what is wrong with an engine, once for each (engine, cause), whatever else the message says."""
        if cause not in self._troubles:
            self._troubles.add(cause)
            self._show(message)

    def _show(self, message: str) -> None:
        log.warning("%s", message)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.server.show, message)

    # ---- life

    def begin(self) -> None:
        """Take in what the client said when it connected. Quick: the client waits for the answer."""
        self._loop = asyncio.get_running_loop()
        self.loaded = self.sources.load()
        self.completion.settings = self.door.settings = self.settings

    async def aclose(self) -> None:
        """Stop everything."""
        for task in self.background:
            task.cancel()
        await self.completion.aclose()
        await self.talkers.aclose()
        await self.engines.aclose()
        await self.embedded.aclose()
        await self.context.aclose()
        await self.keys.aclose()
        self.syntax.close()
        self.history.save(self.traces, asyncio.get_running_loop().time())
        self.history.postpone(await self.completion.unseen())
        await asyncio.to_thread(self.answers.close)
        await asyncio.to_thread(self.history.database.close)
        await asyncio.to_thread(self.ledger.database.close)


def _engine_settings(settings: Settings) -> tuple[Any, ...]:
    return (
        settings.enabled,
        settings.backend,
        settings.ollama,
        settings.mistral,
        settings.llamacpp,
        settings.openai,
        settings.actions.backend,
        settings.privacy.local_only,
    )
