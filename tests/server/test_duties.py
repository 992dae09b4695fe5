"""The protocol's duties, over a real server's pipes: one answer to every request, whatever comes in."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from codestral_lsp.server.framing import frame
from tests.lsp_client import LspClient
from tests.patience import soon
from tests.server.conftest import StartClient, prompts
from tests.standins.base import Script
from tests.standins.ollama import OllamaStandIn

URI = "file:///a.py"
TEXT = "def add(a, b):\n    \n"


async def slow(client: LspClient, ollama: OllamaStandIn) -> None:
    """Open the document, have the model loaded, then have it think for a minute."""
    client.open("file:///other.py", "def sub(a, b):\n    \n")
    assert await client.items("file:///other.py", 1, 4)
    ollama.requests.clear()
    ollama.script = Script(first_token_ms=600_000)
    client.open(URI, TEXT)


async def error_of(client: LspClient, message: dict[str, Any]) -> dict[str, Any]:
    """The error with which the server answers a raw message."""
    seen = len(client.received)
    client.send(message)
    await client.until(lambda: any("error" in reply for reply in client.received[seen:]))
    return next(reply for reply in client.received[seen:] if "error" in reply)


async def test_hello(environ: dict[str, str]) -> None:
    client = LspClient()
    await client.start(environ=environ)
    result = await client.initialize()
    capabilities = result["capabilities"]
    assert capabilities["inlineCompletionProvider"] == {}
    assert capabilities["positionEncoding"] == "utf-16"
    assert capabilities["textDocumentSync"]["change"] == 2
    assert "completionProvider" not in capabilities
    assert "codestral.didAccept" in capabilities["executeCommandProvider"]["commands"]
    assert result["serverInfo"]["name"] == "codestral-lsp"
    assert await client.stop() == 0


async def test_ghost_text(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama)
    client.open(URI, TEXT)
    (item,) = await client.items(URI, 1, 4)
    assert item["insertText"] == item["filterText"] == "    return a + b"
    assert item["range"] == {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 4}}
    assert item["command"]["command"] == "codestral.didAccept"


async def test_accepting_runs_the_items_command(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama)
    client.open(URI, TEXT)
    (item,) = await client.items(URI, 1, 4)
    await client.command("codestral.didAccept", *item["command"]["arguments"])
    assert (await client.command("codestral.why"))[-1]["fate"] == "accepted"


async def test_clients_without_ghost_text_get_a_completion_list(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama, capabilities={"textDocument": {"completion": {}}})
    client.open(URI, "def add(a, b):\n    ret\n")
    ollama.script = Script(answer="urn a + b\n")
    result = await client.request(
        "textDocument/completion", {"textDocument": {"uri": URI}, "position": {"line": 1, "character": 7}}
    )
    assert result["isIncomplete"]
    (item,) = result["items"]
    assert item["textEdit"]["newText"] == item["filterText"] == item["label"] == "return a + b"
    assert item["textEdit"]["range"]["start"] == {"line": 1, "character": 4}


class TestOneAnswer:
    async def test_to_a_cancelled_request_at_once(self, start: StartClient, ollama: OllamaStandIn) -> None:
        client = await start(ollama)
        await slow(client, ollama)
        number, answer = client.complete(URI, 1, 4)
        await ollama.until(lambda: prompts(ollama))
        client.cancel(number)
        assert (await soon(answer))["error"]["code"] == -32800
        await soon(ollama.until_aborted())

    async def test_to_a_request_that_is_cancelled_while_it_waits(
        self, start: StartClient, ollama: OllamaStandIn
    ) -> None:
        client = await start(ollama, {"completion": {"debounceMs": 5000}})
        client.open(URI, TEXT)
        client.change(URI, 2, ((1, 4), (1, 4), "x"))
        number, answer = client.complete(URI, 1, 5)
        client.cancel(number)
        assert (await soon(answer))["error"]["code"] == -32800

    async def test_to_a_superseded_request_at_once(self, start: StartClient, ollama: OllamaStandIn) -> None:
        client = await start(ollama)
        await slow(client, ollama)
        _, first = client.complete(URI, 1, 4)
        number, _ = client.complete(URI, 1, 3)
        assert (await soon(first))["result"]["items"] == []
        client.cancel(number)

    async def test_to_a_request_whose_document_is_closed(self, start: StartClient, ollama: OllamaStandIn) -> None:
        client = await start(ollama)
        await slow(client, ollama)
        _, answer = client.complete(URI, 1, 4)
        await ollama.until(lambda: prompts(ollama))
        client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        assert (await soon(answer))["result"]["items"] == []
        await soon(ollama.until_aborted())

    async def test_to_a_cancelled_request_that_was_never_sent(self, start: StartClient) -> None:
        client = await start()
        client.cancel(12345)
        assert await client.items(URI, 0, 0) == []

    async def test_each_of_many(self, start: StartClient, ollama: OllamaStandIn) -> None:
        client = await start(ollama)
        ollama.script = Script(first_token_ms=20)
        client.open(URI, TEXT)
        answers = []
        for turn in range(60):
            number, answer = client.complete(URI, 1, 4)
            answers.append(answer)
            if turn % 3 == 0:
                client.cancel(number)
            if turn % 7 == 0:
                client.change(URI, turn + 2, ((1, 4), (1, 4), "x"))
            await asyncio.sleep(0.002)
        replies = await soon(asyncio.gather(*answers))
        assert len(replies) == 60
        ids = [message["id"] for message in client.received if "id" in message and "method" not in message]
        assert len(ids) == len(set(ids))


class TestMalformed:
    @pytest.mark.parametrize(
        ("params", "field"),
        [
            ({}, "text_document"),
            (None, ""),
            ({"textDocument": {"uri": URI}, "position": {"line": "x"}, "context": {"triggerKind": 1}}, "line"),
            (
                {"textDocument": {"uri": URI}, "position": {"line": 1, "character": 1}, "context": {"triggerKind": 9}},
                "",
            ),
            ([1, 2], ""),
        ],
    )
    async def test_parameters(self, start: StartClient, params: Any, field: str) -> None:
        client = await start()
        reply = await error_of(
            client, {"jsonrpc": "2.0", "id": "x", "method": "textDocument/inlineCompletion", "params": params}
        )
        assert reply["id"] == "x"
        assert reply["error"]["code"] == -32602
        assert field in reply["error"]["message"]

    async def test_everything_else(self, start: StartClient) -> None:
        client = await start()
        assert (await error_of(client, {"jsonrpc": "2.0", "id": 1, "method": "no/such"}))["error"]["code"] == -32601
        assert (await error_of(client, {"id": 1, "method": "shutdown"}))["error"]["code"] == -32600
        assert (await error_of(client, {"jsonrpc": "2.0", "id": {}, "method": "shutdown"}))["error"]["code"] == -32600
        assert (await error_of(client, {"jsonrpc": "2.0"}))["error"]["code"] == -32600
        seen = len(client.received)

        def codes() -> list[int]:
            return [reply["error"]["code"] for reply in client.received[seen:] if "error" in reply]

        client.send_bytes(frame(b"{not json") + frame(b"[]") + frame(b"\xff\xfe") + b"Nonsense: 1\r\n\r\n")
        await client.until(lambda: len(codes()) >= 3)
        assert codes() == [-32700, -32600, -32700]
        client.notify("no/such/notification", {"x": 1})
        client.notify("textDocument/didChange", {"textDocument": 3})
        client.notify("textDocument/didShowCompletion", ["nonsense"])
        client.notify("codestral/didDismissCompletion", {"textDocument": {}})
        assert await client.command("codestral.status")

    async def test_split_and_merged_frames(self, start: StartClient, ollama: OllamaStandIn) -> None:
        client = await start(ollama)
        client.open(URI, TEXT)
        body = (
            b'{"jsonrpc":"2.0","id":"%d","method":"workspace/executeCommand","params":{"command":"codestral.status"}}'
        )
        both = frame(body % 1) + frame(body % 2).replace(b"Content-Length", b"content-length")
        for part in (both[:10], both[10:150], both[150:]):
            client.send_bytes(part)
            await asyncio.sleep(0.02)
        await client.until(lambda: {"1", "2"} <= {message.get("id") for message in client.received})

    async def test_commands(self, start: StartClient) -> None:
        client = await start()
        for command, arguments in [
            ("codestral.nonsense", []),
            ("codestral.didAccept", []),
            ("codestral.didAccept", ["x", "y"]),
            ("codestral.selectEngine", ["gpt"]),
        ]:
            _, answer = client.ask("workspace/executeCommand", {"command": command, "arguments": arguments})
            assert (await answer)["error"]["message"]
        assert await client.command("codestral.why") == []

    async def test_unknown_documents_and_wild_positions(self, start: StartClient, ollama: OllamaStandIn) -> None:
        client = await start(ollama)
        assert await client.items("file:///never/opened.py", 0, 0) == []
        client.open(URI, TEXT)
        for line, character in [(0, 9999), (9999, 0), (2**31 - 1, 2**31 - 1), (1, 5)]:
            await client.items(URI, line, character)
        client.change(URI, 2, ((50, 0), (60, 9), "x = 1"), ((0, 9), (0, 2), ""))
        assert await client.command("codestral.status")


class TestOrder:
    async def test_before_hello_nothing_is_done(self, environ: dict[str, str]) -> None:
        client = LspClient()
        await client.start(environ=environ)
        reply = await error_of(client, {"jsonrpc": "2.0", "id": 1, "method": "textDocument/inlineCompletion"})
        assert reply["error"]["code"] == -32002
        await client.initialize()
        reply = await error_of(client, {"jsonrpc": "2.0", "id": 2, "method": "initialize", "params": {}})
        assert reply["error"]["code"] == -32600
        assert await client.stop() == 0

    async def test_after_goodbye_nothing_is_done(self, start: StartClient) -> None:
        client = await start()
        await client.request("shutdown")
        reply = await error_of(client, {"jsonrpc": "2.0", "id": 77, "method": "textDocument/inlineCompletion"})
        assert reply["error"]["code"] == -32600
        client.notify("exit", None)
        assert await soon(client.process.wait()) == 0

    async def test_exit_without_shutdown(self, start: StartClient) -> None:
        client = await start()
        client.notify("exit", None)
        assert await soon(client.process.wait()) == 1

    async def test_a_request_sees_the_text_its_client_saw(self, start: StartClient, ollama: OllamaStandIn) -> None:
        client = await start(ollama)
        client.open(URI, TEXT)
        _, answer = client.complete(URI, 1, 4)
        client.change(URI, 2, ((0, 0), (2, 0), ""))
        await answer
        assert all(prompt.endswith("def add(a, b):\n    ") for prompt in prompts(ollama))
