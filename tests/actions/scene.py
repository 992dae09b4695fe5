"""A document and a chat model that says what it is told to, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from codestral_lsp.actions.answers import Answers
from codestral_lsp.actions.definitions import Definition, Use
from codestral_lsp.actions.parts import Parts
from codestral_lsp.actions.service import Actions
from codestral_lsp.actions.talk import Talk
from codestral_lsp.actions.talkers import Talkers
from codestral_lsp.actions.target import Target, TargetKind, target_at
from codestral_lsp.backends.base import ChatRequest, ModelInfo, Piece, Usage
from codestral_lsp.completion.engine import Engine
from codestral_lsp.completion.engines import Engines
from codestral_lsp.config.load import Layer, load
from codestral_lsp.document.document import Document
from codestral_lsp.document.keeper import SyntaxKeeper
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.store import ClientChange, DocumentStore
from codestral_lsp.errors import BackendError
from codestral_lsp.insight.trace import Traces
from codestral_lsp.prompt.chat import ChatPrompts
from codestral_lsp.prompt.families import CODESTRAL
from tests.completion.scene import ScriptedModel
from tests.notation import CURSOR, at

URI = "file:///x.py"


@dataclass
class ChatModel(ScriptedModel):
    """A scripted model that chats too."""

    says: Callable[[ChatRequest], str] = lambda request: "It adds."
    refuses: Callable[[], BackendError | None] = lambda: None
    asked: list[ChatRequest] = field(default_factory=list)
    closed: int = 0
    """Chats that were broken off by us."""
    ends_at_limit: bool = False

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Piece]:
        """Stream the answer four characters at a time."""
        self.asked.append(request)
        if error := self.refuses():
            raise error
        text, done = self.says(request), False
        try:
            await asyncio.sleep(self.first_token_s)
            for start in range(0, len(text), 4):
                yield Piece(text[start : start + 4])
                await asyncio.sleep(self.token_s)
            done = True
            yield Piece("", "length" if self.ends_at_limit else "stop", Usage(500, 100, len(text) // 4))
        finally:
            self.closed += not done

    @property
    def prompt(self) -> str:
        """What was asked last, the system's part and the user's."""
        return "\n\n".join(message.content for message in self.asked[-1].messages)


@dataclass
class ScriptedLookup:
    """A workspace that knows what it is told."""

    known: list[Definition] = field(default_factory=list)
    used: list[Use] = field(default_factory=list)

    async def definitions(self, names: Sequence[str], document: Document) -> Sequence[Definition]:
        """Those among the known."""
        return [each for each in self.known if each.name in names]

    async def uses(self, name: str, document: Document) -> Sequence[Use]:
        """All uses there are."""
        return self.used

    def shown(self, document: Document) -> str:
        """The file's name."""
        return document.path.name if document.path else document.uri


@dataclass
class Hearer:
    """Writes down what an action lets be heard."""

    texts: list[str] = field(default_factory=list)
    waited: list[str] = field(default_factory=list)

    def heard(self, text: str) -> None:
        """The answer so far."""
        self.texts.append(text)

    def waits(self, why: str) -> None:
        """The model is with somebody else."""
        self.waited.append(why)


class Scene:
    """One open document, drawn with its cursor (or with two: a selection)."""

    def __init__(
        self,
        drawn: str,
        *,
        language: str = "python",
        uri: str = URI,
        prompts: Path | None = None,
        settings: dict[str, Any] | None = None,
        state: Path | None = None,
    ) -> None:
        first, _, second = drawn.partition(CURSOR)
        document, self.cursor = at(first + CURSOR + second.replace(CURSOR, ""), language=language, uri=uri)
        inside, more, _ = second.partition(CURSOR)
        self.anchor = at(first + inside + CURSOR, language=language)[1] if more else self.cursor
        self.model = ChatModel()
        self.lookup = ScriptedLookup()
        self.hearer = Hearer()
        self.store = DocumentStore()
        self.syntax = SyntaxKeeper(self.store)
        self.store.open(replace(document, path=Path("/" + uri.rpartition("/")[2])))
        self.uri = uri
        loaded = load([Layer("test", {"backend": "ollama", **(settings or {})})])
        assert not loaded.problems
        self.engines = Engines(loaded.settings, lambda name, settings: self.model)
        self.warmed = 0
        self.problems: list[str] = []
        talkers = Talkers(self.engines, lambda name, settings: self.model)
        self.talk = Talk(self.engines, talkers, Answers(), Traces(), self._warm)
        chat = ChatPrompts(prompts, lambda error: self.problems.append(error.message))
        self.parts = Parts(self.talk, chat, self.syntax, self.lookup)
        self.actions = Actions(self.parts, self.store, state or Path("/nowhere"))
        self.store.listen(self.actions.observe)

    def _warm(self) -> None:
        self.warmed += 1

    async def begin(self, **changes: Any) -> Scene:
        """Choose the engine; `changes` are of what it says of itself."""
        info: ModelInfo = replace(await self.model.describe(), **changes)
        self.engines.current = Engine(self.model, info, CODESTRAL)
        self.engines._chosen.set()
        return self

    def without_model(self) -> Scene:
        """Only the embedded engine is there."""
        self.engines._settings = replace(self.engines.settings, backend="workspace")
        self.engines._chosen.set()
        return self

    @property
    def engine(self) -> Engine:
        """The engine."""
        assert self.engines.current
        return self.engines.current

    @property
    def document(self) -> Document:
        """The document now."""
        document = self.store.get(self.uri)
        assert document
        return document

    async def target(self, kind: TargetKind | None = None) -> Target:
        """What the cursor or selection points at."""
        syntax = await self.syntax.syntax(self.document)
        return target_at(syntax, self.document, Range(self.cursor, self.anchor), kind)

    def edit(self, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        """Edit the document: places as (line, column)."""
        self.store.change(self.uri, None, [ClientChange(text, start, end)])

    def replace(self, old: str, new: str) -> None:
        """Edit the only place where `old` stands."""
        whole = str(self.document.text)
        assert whole.count(old) == 1, f"{whole.count(old)} times {old!r}"
        before = whole[: whole.index(old)].split("\n")
        inside = (before[-1] + old).split("\n")
        start = Position(len(before) - 1, len(before[-1]))
        end = Position(start.line + old.count("\n"), len(inside[-1]))
        self.edit((start.line, start.column), (end.line, end.column), new)
