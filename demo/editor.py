"""An editor without a window: keeps a document, sends its edits to the real server and asks for ghost text."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

LANGUAGES = {".py": "python", ".js": "javascript"}


@dataclass(frozen=True)
class Ghost:
    """What the server suggests at the cursor."""

    item: types.InlineCompletionItem
    text: str
    """The part that is new."""
    ms: float
    """From asking to the answer."""
    by: str
    """Which engine answered, and whether from memory, as the server's trace says."""


class Editor:
    """One workspace, one server, one open document at a time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lines: list[str] = [""]
        self.line = self.column = 0
        self.status: dict[str, Any] = {}
        self._uri = ""
        self._version = 0
        self._told = asyncio.Event()
        self._client = LanguageClient("codestral-demo", "1")

        @self._client.feature("codestral/didChangeStatus")  # type: ignore[untyped-decorator]
        def status_changed(status: Any) -> None:
            self._told.set()
            self.status = {name: getattr(status, name) for name in ("kind", "message", "detail", "engine", "model")}

    async def start(self) -> None:
        """Start the server as an editor does, and wait until it has chosen an engine and read the workspace."""
        await self._client.start_io(sys.executable, "-m", "codestral_lsp", "--log-level", "error")
        await self._client.initialize_async(
            types.InitializeParams(
                process_id=None,
                client_info=types.ClientInfo("codestral-demo", "1"),
                root_uri=self.root.as_uri(),
                workspace_folders=[types.WorkspaceFolder(self.root.as_uri(), "sample")],
                capabilities=types.ClientCapabilities(
                    text_document=types.TextDocumentClientCapabilities(
                        inline_completion=types.InlineCompletionClientCapabilities()
                    )
                ),
            )
        )
        self._client.initialized(types.InitializedParams())
        async with asyncio.timeout(60):
            await self._told.wait()
            while True:
                if (await self._command("codestral.status"))["indexed"]:
                    return
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """Say goodbye."""
        await self._client.shutdown_async(None)
        self._client.exit(None)
        await self._client.stop()  # type: ignore[no-untyped-call]

    def open(self, name: str, behind: str) -> None:
        """Open a file and put the cursor on a new line behind the line that reads `behind`."""
        path = self.root / name
        self.lines = path.read_text("utf-8").split("\n")
        at = next(number for number, line in enumerate(self.lines) if line.strip() == behind.strip())
        self._uri, self._version = path.as_uri(), 1
        document = types.TextDocumentItem(self._uri, LANGUAGES[path.suffix], 1, "\n".join(self.lines))
        self._client.text_document_did_open(types.DidOpenTextDocumentParams(document))
        self.line, self.column = at, len(self.lines[at])

    def close(self) -> None:
        """Close the file without saving."""
        document = types.TextDocumentIdentifier(self._uri)
        self._client.text_document_did_close(types.DidCloseTextDocumentParams(document))

    def type(self, text: str) -> None:
        """Put text at the cursor."""
        self._replace(self.column, self.column, text)

    async def ghost(self) -> Ghost | None:
        """Ask for ghost text at the cursor."""
        began = time.perf_counter()
        answer: Any = await self._client.text_document_inline_completion_async(
            types.InlineCompletionParams(
                types.InlineCompletionContext(types.InlineCompletionTriggerKind.Automatic),
                types.TextDocumentIdentifier(self._uri),
                types.Position(self.line, self.column),
            )
        )
        ms = (time.perf_counter() - began) * 1000
        items = answer.items if answer else []
        if not items:
            return None
        item = items[0]
        assert item.range
        text = str(item.insert_text)[self.column - item.range.start.character :]
        trace = (await self._command("codestral.why", 1))[0]
        return Ghost(item, text, ms, self._by(trace))

    def _by(self, trace: dict[str, Any]) -> str:
        if trace["source"] in ("cache", "disk", "running"):
            return {"cache": "from memory", "disk": "from the cache on disk", "running": "from the same stream"}[
                trace["source"]
            ]
        return "your workspace" if trace["engine"] == "workspace" else f"{trace['model']} through {trace['engine']}"

    async def accept(self, ghost: Ghost) -> None:
        """Take the ghost: the edit, then the item's command."""
        assert ghost.item.range
        assert ghost.item.command
        self._replace(ghost.item.range.start.character, ghost.item.range.end.character, str(ghost.item.insert_text))
        await self._command(ghost.item.command.command, *(ghost.item.command.arguments or ()))

    def _replace(self, start: int, end: int, text: str) -> None:
        line = self.lines[self.line]
        fresh = (line[:start] + text).split("\n")
        fresh[-1] += line[end:]
        self._version += 1
        change = types.TextDocumentContentChangePartial(
            types.Range(types.Position(self.line, start), types.Position(self.line, end)), text
        )
        self._client.text_document_did_change(
            types.DidChangeTextDocumentParams(types.VersionedTextDocumentIdentifier(self._version, self._uri), [change])
        )
        self.column = len(fresh[-1]) - len(line[end:])
        self.lines[self.line : self.line + 1] = fresh
        self.line += len(fresh) - 1

    async def _command(self, name: str, *arguments: Any) -> Any:
        answer = await self._client.workspace_execute_command_async(types.ExecuteCommandParams(name, list(arguments)))
        return _plain(answer)


def _plain(value: Any) -> Any:
    """The client's named tuples as dictionaries."""
    if hasattr(value, "_asdict"):
        return {name: _plain(each) for name, each in value._asdict().items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
