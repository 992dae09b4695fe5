"""The action that finds bugs, with any backend behind it and one version of a case before it."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bugs.cases import Case
from benchmarks.bugs.toolchains import file_name
from codestral_lsp.actions.answers import Answers
from codestral_lsp.actions.edits import DocumentEdit, TextEdit
from codestral_lsp.actions.find_bug import Evidence, Hunt
from codestral_lsp.actions.finding import Finding, shifted
from codestral_lsp.actions.parts import Parts
from codestral_lsp.actions.service import Actions
from codestral_lsp.actions.talk import Talk
from codestral_lsp.actions.talkers import Talkers
from codestral_lsp.actions.target import Target, TargetKind, target_at
from codestral_lsp.actions.workspace_lookup import WorkspaceLookup
from codestral_lsp.backends.base import (
    Backend,
    BackendName,
    ChatRequest,
    ModelInfo,
    Piece,
    Usage,
)
from codestral_lsp.completion.engine import Engine
from codestral_lsp.completion.engines import Engines
from codestral_lsp.config.settings import Settings
from codestral_lsp.document.document import Document
from codestral_lsp.document.keeper import SyntaxKeeper
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.store import DocumentStore
from codestral_lsp.document.text import Text
from codestral_lsp.insight.trace import Traces
from codestral_lsp.privacy.ignore import IgnoreRules
from codestral_lsp.prompt.chat import ChatPrompts
from codestral_lsp.prompt.families import detect
from tests.plain_backend import PlainBackend

Says = Callable[[ChatRequest], str]


@dataclass
class ScriptedBackend(PlainBackend):
    """A chat model that says what it is told to, at once."""

    says: Says
    name: BackendName = "ollama"

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Piece]:
        """The whole answer in one piece."""
        yield Piece(self.says(request))
        yield Piece("", "stop", Usage())

    async def describe(self) -> ModelInfo:
        """A local model with room enough."""
        return ModelInfo("ollama", "scripted", "127.0.0.1", False, False, "raw", 8192)


class Desk:
    """One engine; documents come and go."""

    def __init__(self, backend: Backend | None) -> None:
        self.store = DocumentStore()
        self.syntax = SyntaxKeeper(self.store)
        self._backend = backend
        settings = Settings(backend="ollama" if backend is not None else "workspace")
        model = backend or ScriptedBackend(lambda request: "")
        self._engines = Engines(settings, lambda name, settings: model)
        lookup = WorkspaceLookup(self.store, IgnoreRules(), lambda: ())
        self.traces = Traces()
        talkers = Talkers(self._engines, lambda name, settings: model)
        talk = Talk(self._engines, talkers, Answers(), self.traces, lambda: None)
        parts = Parts(talk, ChatPrompts(None, lambda error: None), self.syntax, lookup)
        self.actions = Actions(parts, self.store, Path(tempfile.mkdtemp(prefix="desk-")))

    async def begin(self) -> Desk:
        """Ask the backend what it is."""
        if self._backend is not None:
            info = await self._backend.describe()
            self._engines.current = Engine(self._backend, info, detect(info))
        self._engines._chosen.set()
        return self

    @property
    def engine(self) -> Engine:
        """The engine behind it."""
        assert self._engines.current is not None
        return self._engines.current

    async def target(self, case: Case, code: str, line: int) -> Target:
        """The function at a line of a version of a case."""
        path = Path("/bugs") / file_name(case)
        document = Document(path.as_uri(), case.language, 1, Text.of(code), path)
        self.store.open(document)
        syntax = await self.syntax.syntax(document)
        content = document.text.line(line)
        place = Position(line, len(content) - len(content.lstrip()))
        return target_at(syntax, document, Range(place, place), TargetKind.FUNCTION)

    async def hunt(self, target: Target, evidence: Evidence, *, confirm: bool = False) -> Hunt:
        """Look for bugs."""
        return await self.actions.find_bugs(target, evidence, confirm=confirm)


def lines_of(finding: Finding, target: Target) -> range:
    """The document's lines that a finding is about."""
    return range(target.first + finding.span.start.line, target.first + finding.span.end.line + 1)


def cured(finding: Finding, target: Target) -> str | None:
    """The text with a finding's fix; None if it has none."""
    if finding.fix is None:
        return None
    edit = TextEdit(shifted(finding.fix.span, target.first), finding.fix.text)
    return str(DocumentEdit(target.document, (edit,)).applied())


def blamed(finding: Finding, target: Target, guilty: Sequence[int]) -> bool:
    """Whether a finding is about a guilty line."""
    return any(line in guilty for line in lines_of(finding, target))
