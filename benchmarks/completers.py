"""What is compared at the desk: our server, and the plain way to do it."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.desk import VSCODE_WAIT_S, Item
from benchmarks.model import PacedModel
from codestral_lsp.backends.base import Sampling
from codestral_lsp.completion.cut import Cutter
from codestral_lsp.completion.filters import apply_filters
from codestral_lsp.completion.item import suggestion
from codestral_lsp.completion.request import CompletionRequest, Trigger
from codestral_lsp.completion.surroundings import Extent, surroundings
from codestral_lsp.document.document import Document
from codestral_lsp.document.keeper import SyntaxKeeper
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.store import ClientChange, DocumentStore
from codestral_lsp.document.text import Text
from codestral_lsp.prompt.budget import window_budget
from codestral_lsp.prompt.build import build
from codestral_lsp.prompt.families import Family
from codestral_lsp.prompt.tokens import TokenCounter
from codestral_lsp.prompt.window import WindowAnchor
from codestral_lsp.server import handlers
from codestral_lsp.server.app import App
from codestral_lsp.server.lifecycle import start

LANGUAGES = {
    ".py": "python", ".js": "javascript", ".ts": "typescript", ".tsx": "typescriptreact", ".go": "go", ".rs": "rust",
    ".java": "java", ".c": "c", ".h": "c", ".cc": "cpp", ".cpp": "cpp", ".cs": "csharp", ".rb": "ruby", ".php": "php",
}  # fmt: skip


class Wire:
    """The server's writer: hands each message to the completer instead of to a pipe."""

    def __init__(self, take: Any) -> None:
        self._take = take

    def write(self, data: bytes) -> None:
        """One framed message."""
        self._take(json.loads(data.partition(b"\r\n\r\n")[2]))

    def close(self) -> None:
        """Nothing to close."""


class ServerCompleter:
    """Our server, spoken to in its protocol, inside this process and on this loop's clock."""

    editor_wait_s = VSCODE_WAIT_S

    def __init__(self, app: App, root: Path, settings: Mapping[str, Any], *, invoked: bool = False) -> None:
        """With `invoked` every request is one that the user pressed a key for."""
        self.app = app
        self._trigger = 1 if invoked else 2
        self._root = root
        self._settings = settings
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._versions: dict[str, int] = {}
        handlers.register(app)
        app.server.protocol.set_writer(Wire(self._take))

    async def begin(self) -> None:
        """Say hello and wait until the engine is chosen and the workspace is indexed."""
        inline = {"textDocument": {"inlineCompletion": {}}, "general": {"positionEncodings": ["utf-32"]}}
        await self._request(
            "initialize",
            {
                "processId": None,
                "clientInfo": {"name": "Visual Studio Code"},
                "rootUri": self._root.as_uri(),
                "workspaceFolders": [{"uri": self._root.as_uri(), "name": "root"}],
                "capabilities": inline,
                "initializationOptions": self._settings,
            },
        )
        await start(self.app)  # what `initialized` does, and when it is done
        await self.app.engines.chosen()
        await self.app.embedded.settled()
        await self.app.context.settled()

    def opened(self, path: str, text: str) -> None:
        """textDocument/didOpen."""
        self._versions[path] = 1
        language = LANGUAGES.get(Path(path).suffix, "plaintext")
        document = {"uri": self._uri(path), "languageId": language, "version": 1, "text": text}
        self._notify("textDocument/didOpen", {"textDocument": document})

    def edited(self, path: str, span: Range, text: str) -> None:
        """textDocument/didChange."""
        self._versions[path] += 1
        change = {"range": {"start": _place(span.start), "end": _place(span.end)}, "text": text}
        document = {"uri": self._uri(path), "version": self._versions[path]}
        self._notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})

    def ask(self, path: str, cursor: Position) -> asyncio.Future[Item | None]:
        """textDocument/inlineCompletion."""
        return asyncio.ensure_future(self._ask(path, cursor))

    async def _ask(self, path: str, cursor: Position) -> Item | None:
        params: dict[str, Any] = {"textDocument": {"uri": self._uri(path)}, "position": _place(cursor)}
        params["context"] = {"triggerKind": self._trigger}
        number, answer = self._send("textDocument/inlineCompletion", params)
        try:
            items = (await answer)["items"]
        except asyncio.CancelledError:
            self._notify("$/cancelRequest", {"id": number})
            raise
        if not items:
            return None
        start, end = (items[0]["range"][end] for end in ("start", "end"))
        return Item(
            Position(start["line"], start["character"]),
            Position(end["line"], end["character"]),
            items[0]["insertText"],
            items[0]["command"]["arguments"][0],
        )

    def accepted(self, item: Item) -> None:
        """The item's command."""
        self._send("workspace/executeCommand", {"command": "codestral.didAccept", "arguments": [item.number]})

    async def end(self) -> None:
        """Say goodbye."""
        await self._request("shutdown", None)

    def _uri(self, path: str) -> str:
        return (self._root / path).as_uri()

    def _notify(self, method: str, params: Any) -> None:
        self._receive({"jsonrpc": "2.0", "method": method, "params": params})

    def _send(self, method: str, params: Any) -> tuple[int, asyncio.Future[Any]]:
        number = next(self._ids)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._receive({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return number, future

    async def _request(self, method: str, params: Any) -> Any:
        return await self._send(method, params)[1]

    def _receive(self, message: Any) -> None:
        self.app.server.protocol.receive(json.dumps(message).encode())

    def _take(self, message: Any) -> None:
        if "method" in message and "id" in message:
            self._receive({"jsonrpc": "2.0", "id": message["id"], "result": None})
        elif "id" in message:
            future = self._waiting.pop(message["id"])
            if not future.done():
                future.set_result(message.get("result"))


class PlainCompleter:
    """A fixed debounce in front of the same model, with the same window, cut and filters; no cache, nothing else."""

    editor_wait_s = VSCODE_WAIT_S

    def __init__(self, model: PacedModel, family: Family, debounce_s: float, *, tokens: int) -> None:
        self.shown = 0
        self._model = model
        self._family = family
        self._debounce_s = debounce_s
        self._budget = window_budget(tokens, tokens, family)
        self._store = DocumentStore()
        self._syntax = SyntaxKeeper(self._store)
        self._counter = TokenCounter()
        self._anchors: dict[str, WindowAnchor] = {}
        self._edited_s = 0.0

    def opened(self, path: str, text: str) -> None:
        """Keep the document."""
        language = LANGUAGES.get(Path(path).suffix, "plaintext")
        anchor = self._anchors[path] = WindowAnchor()
        self._store.listen(lambda change: anchor.observe(change) if change.after and change.after.uri == path else None)
        self._store.open(Document(path, language, 1, Text.of(text), Path(path)))

    def edited(self, path: str, span: Range, text: str) -> None:
        """Keep the edit."""
        self._edited_s = asyncio.get_running_loop().time()
        start, end = ((place.line, place.column) for place in (span.start, span.end))
        self._store.change(path, None, [ClientChange(text, start, end)])

    def ask(self, path: str, cursor: Position) -> asyncio.Future[Item | None]:
        """Wait, ask, cut, filter."""
        return asyncio.ensure_future(self._ask(path, cursor))

    async def _ask(self, path: str, cursor: Position) -> Item | None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self._edited_s + self._debounce_s - loop.time()))
        document = self._store.get(path)
        assert document
        request = CompletionRequest(document, cursor, Trigger.AUTOMATIC)
        around = surroundings(request)
        place = (await self._syntax.syntax(document)).place(cursor)
        reach = Extent.BLOCK if place.empty_body or place.line_start else Extent.LINE
        window = self._anchors[path].window(document, cursor, self._budget, self._counter.line)
        info = await self._model.describe()
        prompt = build(window, self._family, info, self._counter, path=path, language=document.language)
        cutter, text = Cutter(around, reach), ""
        stream = self._model.stream(prompt, Sampling(max_tokens=256, stop=self._family.stop))
        try:
            async for piece in stream:
                text += piece.text
                if cut := cutter.feed(text):
                    text = text[: cut.length]
                    break
        finally:
            await stream.aclose()
        text, _ = apply_filters(text, around, reach)
        item = suggestion(request, text, 0)
        return Item(item.range.start, item.range.end, item.text) if item else None

    def accepted(self, item: Item) -> None:
        """Of no interest here."""

    def close(self) -> None:
        """Forget the trees."""
        self._syntax.close()


def _place(position: Position) -> dict[str, int]:
    return {"line": position.line, "character": position.column}
