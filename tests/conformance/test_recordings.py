"""Every editor's recorded sessions, played against the server: one answer each, and what is offered can be drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conformance.recording import CLIENTS, Replay, initialize_params, sessions
from tests.lsp_client import LspClient
from tests.standins.base import Script
from tests.standins.ollama import OllamaStandIn

CANCELLED = -32800


@pytest.fixture
async def ollama() -> AsyncIterator[OllamaStandIn]:
    """An Ollama whose model always goes on in the same way; of a version that does not tell how sure it is."""
    async with OllamaStandIn(Script(answer="prices):\n    return sum(prices)\n"), version="0.12.10") as server:
        yield server


@pytest.fixture
async def client(environ: dict[str, str]) -> AsyncIterator[LspClient]:
    client = LspClient()
    await client.start(environ=environ)
    yield client
    await client.stop()


@pytest.mark.parametrize("session", sessions(), ids=lambda path: f"{path.parent.name}-{path.stem}")
async def test_session(session: Path, client: LspClient, ollama: OllamaStandIn) -> None:
    replay = Replay(client, session, ollama.url)
    await replay.run()
    answered = Counter(message["id"] for message in client.received if "id" in message and "method" not in message)
    assert set(answered.values()) == {1}, "a request was answered twice"
    errors = [answer["error"] for answer in replay.answers.values() if "error" in answer]
    assert [error for error in errors if error["code"] != CANCELLED] == []
    assert ollama.violations == []
    for offer in replay.offers:
        line, item = offer.text.line(offer.line), offer.item
        start, end = item["range"]["start"], item["range"]["end"]
        assert start["line"] == end["line"] == offer.line
        first = min(start["character"], offer.cursor)
        typed = line[first : offer.cursor]
        assert item["insertText"].startswith(typed)
        # What stands behind the cursor and is replaced is there again, in its order: VS Code draws nothing otherwise.
        left = iter(item["insertText"][len(typed) :])
        assert all(character in left for character in line[offer.cursor : end["character"]].replace(" ", ""))


@pytest.mark.parametrize("name", sorted(folder.name for folder in CLIENTS.iterdir() if folder.is_dir()))
async def test_hello(name: str, client: LspClient, ollama: OllamaStandIn) -> None:
    """Each client is offered what it can use, in the encoding it prefers."""
    params = initialize_params(name, ollama.url)
    capabilities = (await client.request("initialize", params))["capabilities"]
    encodings = params["capabilities"].get("general", {}).get("positionEncodings") or ["utf-16"]
    assert capabilities.get("positionEncoding", "utf-16") == encodings[0]
    draws = "inlineCompletion" in params["capabilities"]["textDocument"]
    assert ("inlineCompletionProvider" in capabilities) or not draws
    assert ("completionProvider" in capabilities) is not draws
    client.notify("initialized", {})
    await client.until(lambda: bool(client.notifications("codestral/didChangeStatus")))
