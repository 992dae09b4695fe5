"""A plain JSON-RPC client over a server's pipes: sees every byte, so that framing and duties can be checked."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from codestral_lsp.server.framing import FrameDecoder, frame
from tests.patience import PATIENCE_S, soon

Json = dict[str, Any]

CAPABILITIES: Json = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {"inlineCompletion": {"dynamicRegistration": True}},
    "workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}},
}


class LspClient:
    """One session with a server process."""

    def __init__(self) -> None:
        self.received: list[Json] = []
        """Everything the server sent, in order."""
        self.configuration: Any = None
        """What to answer to workspace/configuration."""
        self.answers: Json = {}
        """What to answer to other requests of the server, by method: a value, or a function of the parameters."""
        self.arrived: dict[int | str, float] = {}
        """When each response came (perf_counter seconds)."""
        self.process: asyncio.subprocess.Process
        self.on_message: Callable[[Json], None] = lambda message: None
        self._ids = itertools.count(1)
        self._waiting: dict[int | str, asyncio.Future[Json]] = {}
        self._gone = False
        self._reading: asyncio.Task[None]

    async def start(self, command: Sequence[str] = (), *, environ: Mapping[str, str] | None = None) -> None:
        """Start the server's process; by default ours, without any of the user's own environment settings."""
        self.process = await asyncio.create_subprocess_exec(
            *(command or (sys.executable, "-m", "codestral_lsp")),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL if not os.environ.get("SHOW_STDERR") else None,
            env=dict(environ) if environ is not None else None,
        )
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        decoder = FrameDecoder()
        assert self.process.stdout
        while data := await self.process.stdout.read(1 << 16):
            for body in decoder.feed(data):
                self._take(json.loads(body))
        self._gone = True
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(ConnectionError("the server is gone"))

    def _take(self, message: Json) -> None:
        self.received.append(message)
        self.on_message(message)
        if "method" in message and "id" in message:
            result: Any = self.answers.get(message["method"])
            if callable(result):
                result = result(message["params"])
            if message["method"] == "workspace/configuration":
                result = [self.configuration]
            self.send({"jsonrpc": "2.0", "id": message["id"], "result": result})
        elif "method" not in message and (future := self._waiting.pop(message["id"], None)):
            self.arrived[message["id"]] = time.perf_counter()
            future.set_result(message)

    def send(self, message: Json) -> None:
        """Send a message as it is."""
        self.send_bytes(frame(json.dumps(message).encode()))

    def send_bytes(self, data: bytes) -> None:
        """Send bytes as they are."""
        assert self.process.stdin
        self.process.stdin.write(data)

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: Any) -> tuple[int, asyncio.Future[Json]]:
        """Send a request; gives its id and the response to come (the whole message)."""
        number = next(self._ids)
        return number, self.ask_as(number, method, params)

    def ask_as(self, number: int | str, method: str, params: Any) -> asyncio.Future[Json]:
        """Send a request under an id of one's own; gives the response to come."""
        if self._gone:
            raise ConnectionError("the server is gone")
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return future

    async def request(self, method: str, params: Any = None) -> Any:
        """Send a request and wait for its result. Raises AssertionError on an error response."""
        message = await soon(self.ask(method, params)[1])
        assert "error" not in message, message["error"]
        return message["result"]

    def cancel(self, number: int | str) -> None:
        """Cancel a request."""
        self.notify("$/cancelRequest", {"id": number})

    async def initialize(
        self, options: Any = None, *, capabilities: Json = CAPABILITIES, root: str | None = None, name: str = "test"
    ) -> Json:
        """Say hello."""
        params = {
            "processId": os.getpid(),
            "clientInfo": {"name": name, "version": "1.0"},
            "rootUri": root,
            "workspaceFolders": [{"uri": root, "name": "root"}] if root else None,
            "capabilities": capabilities,
            "initializationOptions": options,
        }
        result: Json = await self.request("initialize", params)
        self.notify("initialized", {})
        return result

    def open(self, uri: str, text: str, language: str = "python", version: int = 1) -> None:
        """Open a document."""
        document = {"uri": uri, "languageId": language, "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, uri: str, version: int, *changes: tuple[tuple[int, int], tuple[int, int], str]) -> None:
        """Edit a document: each change is (start, end, text), places as (line, character)."""
        entries = [
            {
                "range": {
                    "start": {"line": start[0], "character": start[1]},
                    "end": {"line": end[0], "character": end[1]},
                },
                "text": text,
            }
            for start, end, text in changes
        ]
        document = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": entries})

    def complete(
        self, uri: str, line: int, character: int, *, invoked: bool = False, selected: Json | None = None
    ) -> tuple[int, asyncio.Future[Json]]:
        """Ask for an inline completion."""
        context: Json = {"triggerKind": 1 if invoked else 2}
        if selected is not None:
            context["selectedCompletionInfo"] = selected
        return self.ask(
            "textDocument/inlineCompletion",
            {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}, "context": context},
        )

    async def items(self, uri: str, line: int, character: int, **how: Any) -> list[Json]:
        """The inline completions at a place."""
        message = await soon(self.complete(uri, line, character, **how)[1])
        assert "error" not in message, message["error"]
        result = message["result"]
        return list(result["items"]) if result else []

    async def command(self, name: str, *arguments: Any) -> Any:
        """Run a server command."""
        return await self.request("workspace/executeCommand", {"command": name, "arguments": list(arguments)})

    def notifications(self, method: str) -> list[Any]:
        """The params of every notification of a method so far."""
        return [message["params"] for message in self.received if message.get("method") == method]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something has become true."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():  # noqa: ASYNC110 - what is waited for may be in another process
                await asyncio.sleep(0.005)

    async def stop(self) -> int:
        """Say goodbye; returns the server's exit code."""
        if self.process.returncode is None:
            try:
                await self.request("shutdown")
                self.notify("exit", None)
            except ConnectionError:
                pass
        try:
            return await soon(self.process.wait())
        finally:
            if self.process.returncode is None:
                self.process.kill()
                await self.process.wait()
            self._reading.cancel()
