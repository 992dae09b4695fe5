"""A document, a typist and a scripted model in virtual time: what completion does from key to ghost text."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

from codestral_lsp.backends.base import (
    BackendName,
    ModelInfo,
    Piece,
    Prompt,
    Sampling,
    Usage,
)
from codestral_lsp.backends.workspace.engine import Query
from codestral_lsp.backends.workspace.prediction import Prediction
from codestral_lsp.completion.cache import CompletionCache
from codestral_lsp.completion.embedded import Embedded
from codestral_lsp.completion.engine import Engine
from codestral_lsp.completion.engines import Engines
from codestral_lsp.completion.request import CompletionRequest, SelectedCompletion, Suggestion, Trigger
from codestral_lsp.completion.service import CompletionService
from codestral_lsp.config.load import Layer, load
from codestral_lsp.config.settings import WorkspaceIndexSettings
from codestral_lsp.context.project import ProjectContext
from codestral_lsp.document.document import Document
from codestral_lsp.document.keeper import SyntaxKeeper
from codestral_lsp.document.position import Position
from codestral_lsp.document.store import ClientChange, DocumentStore
from codestral_lsp.document.text import Text
from codestral_lsp.errors import BackendError
from codestral_lsp.insight.trace import Trace, Traces
from codestral_lsp.privacy.ignore import IgnoreRules
from codestral_lsp.prompt.families import CODESTRAL
from tests.notation import at
from tests.plain_backend import PlainBackend
from tests.virtual_time import run

URI = "file:///x.py"


@dataclass
class Call:
    """One request that reached the model."""

    prompt: Prompt
    asked_s: float
    ended_s: float | None = None
    end: str = "running"
    """done, or closed (by us, before its end)."""


@dataclass
class ScriptedModel(PlainBackend):
    """A backend that answers what it is told to, at the pace it is told to."""

    answer: Callable[[Prompt], str] = lambda prompt: "compute(1)\n"
    first_token_s: float = 0.1
    token_s: float = 0.01
    failure: Callable[[], BackendError | None] = lambda: None
    calls: list[Call] = field(default_factory=list)
    warmed: list[Prompt] = field(default_factory=list)
    logprobs: dict[str, float] = field(default_factory=dict)
    """Of pieces that the model is not sure of."""
    tells_logprobs: bool = True
    name: BackendName = "ollama"

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Piece]:
        """Stream the answer three characters at a time."""
        loop = asyncio.get_running_loop()
        call = Call(prompt, loop.time())
        self.calls.append(call)
        try:
            await asyncio.sleep(self.first_token_s)
            if error := self.failure():
                raise error
            text = self.answer(prompt)
            for start in range(0, len(text), 3):
                piece = text[start : start + 3]
                told = sampling.logprobs and self.tells_logprobs
                yield Piece(piece, logprob=self.logprobs.get(piece, -0.01) if told else None)
                await asyncio.sleep(self.token_s)
            yield Piece("", "stop", Usage(prompt.tokens, 0, len(text) // 3))
            call.end = "done"
        finally:
            call.ended_s = loop.time()
            if call.end == "running":
                call.end = "closed"

    async def warm(self, prompt: Prompt) -> Usage:
        """Read the prompt."""
        self.warmed.append(prompt)
        await asyncio.sleep(self.first_token_s)
        return Usage(prompt.tokens, 0)

    async def describe(self) -> ModelInfo:
        """A local Codestral with 4096 tokens of context."""
        return ModelInfo(
            backend=self.name,
            model="codestral",
            host="127.0.0.1:11434",
            remote=False,
            metered=False,
            form="raw",
            context_tokens=4096,
            names=("codestral",),
        )


@dataclass
class ScriptedPredictor:
    """In place of the embedded engine."""

    predictions: dict[str, Prediction] = field(default_factory=dict)
    """By the line up to the cursor."""

    def predict(self, query: Query) -> Prediction | None:
        """What is scripted for this line."""
        line = query.document.text.line(query.cursor.line)[: query.cursor.column]
        return self.predictions.get(line)


class Scene:
    """An editor that asks after every key, as VS Code does."""

    def __init__(self, drawn: str, settings: dict[str, Any] | None = None, *, language: str = "python") -> None:
        self.model = ScriptedModel()
        self.family = CODESTRAL
        self.predictor = ScriptedPredictor()
        self.traces = Traces()
        self.context = ProjectContext(Path(os.devnull), WorkspaceIndexSettings(enabled=False), IgnoreRules())
        self.store = DocumentStore()
        self.document_at_start, self.cursor = at(drawn, language=language, uri=URI)
        # What is prepared for later would be in the way of counting requests.
        self._settings = load(
            [Layer("scene", {"completion": {"prefetch": False, "candidates": 1}}), Layer("test", settings or {})]
        )
        assert not self._settings.problems
        self.service: CompletionService
        self.engines: Engines

    async def begin(self) -> None:
        """Wire the parts and open the document."""
        settings = self._settings.settings
        self.engines = Engines(settings, lambda name, settings: self.model)
        info = await self.model.describe()
        self.engines.current = Engine(self.model, info, self.family) if settings.backend != "workspace" else None
        self.service = CompletionService(
            settings,
            self.engines,
            Embedded(self.predictor),
            CompletionCache(),
            self.traces,
            IgnoreRules(),
            SyntaxKeeper(self.store),
            self.context,
        )
        self.store.listen(self.service.observe)
        self.store.open(self.document_at_start)

    @property
    def document(self) -> Document:
        """The document now."""
        document = self.store.get(URI)
        assert document
        return document

    @property
    def line(self) -> str:
        """The cursor's line now, with the cursor drawn in."""
        line = self.document.text.line(self.cursor.line)
        return f"{line[: self.cursor.column]}█{line[self.cursor.column :]}"

    def insert(self, text: str, *, behind: int | None = None) -> None:
        """Insert at the cursor, which ends up behind it (or `behind` characters into it)."""
        place = self.cursor.line, self.cursor.column
        self.store.change(URI, None, [ClientChange(text, place, place)])
        lines = Text.of(text).lines
        if behind is not None:
            self.cursor = Position(self.cursor.line, self.cursor.column + behind)
        elif len(lines) == 1:
            self.cursor = Position(self.cursor.line, self.cursor.column + len(text))
        else:
            self.cursor = Position(self.cursor.line + len(lines) - 1, len(lines[-1]))

    def delete(self, count: int = 1) -> None:
        """Delete before the cursor."""
        start = self.cursor.line, self.cursor.column - count
        self.store.change(URI, None, [ClientChange("", start, (self.cursor.line, self.cursor.column))])
        self.cursor = Position(*start)

    def ask(
        self, trigger: Trigger = Trigger.AUTOMATIC, selected: SelectedCompletion | None = None
    ) -> asyncio.Task[Suggestion | None]:
        """Ask for a completion at the cursor."""
        request = CompletionRequest(self.document, self.cursor, trigger, selected)
        return asyncio.create_task(self.service.complete(request))

    async def ghost(self, trigger: Trigger = Trigger.AUTOMATIC) -> str:
        """What is shown at the cursor; empty if nothing."""
        suggestion = await self.ask(trigger)
        return suggestion.ghost if suggestion else ""

    async def type(self, text: str, gap_s: float = 0.1) -> list[asyncio.Task[Suggestion | None]]:
        """Type as in VS Code: each key cancels the request before and asks again 50 ms later."""
        tasks: list[asyncio.Task[Suggestion | None]] = []
        for character in text:
            self.insert(character)
            if tasks:
                tasks[-1].cancel()
            await asyncio.sleep(0.05)
            tasks.append(self.ask())
            await asyncio.sleep(gap_s - 0.05)
        return tasks

    @property
    def last(self) -> Trace:
        """The newest trace of a completion request."""
        return [trace for trace in self.traces if trace.trigger != "warm-up"][-1]


def in_virtual_time(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Runs an async test on the virtual clock."""

    @wraps(test)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        run(test(*args, **kwargs))

    return wrapped
