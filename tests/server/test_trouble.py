"""A model server that misbehaves: one message with cause and cure, nothing lost, and the next request works."""

from __future__ import annotations

import asyncio

import pytest

from tests.lsp_client import LspClient
from tests.patience import PATIENCE_S, soon
from tests.server.conftest import StartClient, prompts
from tests.server.mirror import Mirror, answer, judged
from tests.standins.base import Canned, Fault, Script
from tests.standins.ollama import OllamaStandIn

TEXT = "def area(width, height):\n    \n"
BODY = TEXT.index("    \n") + 4


def messages(client: LspClient) -> list[str]:
    """What the user was shown."""
    return [note["message"] for note in client.notifications("window/showMessage")]


async def kind(client: LspClient, wanted: str) -> None:
    """Wait until the status is of a kind."""
    await client.until(lambda: client.notifications("codestral/didChangeStatus")[-1]["kind"] == wanted)


async def works_again(mirror: Mirror) -> None:
    """The next requests lead to a suggestion, once the pause after a failure is over."""
    async with asyncio.timeout(PATIENCE_S):
        mirror.type("x")
        while not await mirror.ghost():  # noqa: ASYNC110 - the server rests by its own clock
            await asyncio.sleep(0.2)
    await kind(mirror.client, "Normal")


FAULTS: list[Fault | Canned] = [
    Fault("reset", after=1),
    Fault("cut", after=1),
    Fault("silent-end", after=1),
    Fault("error-line", after=1),
    Fault("garbage", after=1),
    Fault("half-line", after=1),
    Fault("reset"),
    Fault("garbage"),
    Canned(200, "<html>Sign in to the hotel's network</html>", content_type="text/html"),
    Canned(200, "", content_type="application/x-ndjson"),
    Canned(200, "null\n", content_type="application/x-ndjson"),
    Canned(200, '{"response": 7}\n{', content_type="application/x-ndjson"),
    Canned(200, '{"response":"a","done":false}\n' * 3, {"Content-Length": "12"}, content_type="application/x-ndjson"),
    Canned(200, "x", {"Content-Length": "-7"}, content_type="application/x-ndjson"),
    Canned(302, "", {"Location": "http://elsewhere.example/"}),
    Canned(500, {"error": "llama runner process has terminated: exit status 2"}),
    Canned(503, {"error": "server busy, please try again.  maximum pending requests exceeded"}),
    Canned(404, {"error": "model 'codestral' not found"}),
]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
async def test_a_reply_that_is_no_answer(start: StartClient, ollama: OllamaStandIn, fault: Fault | Canned) -> None:
    ollama.script = Script(answer=answer)
    mirror = Mirror(await start(ollama), TEXT, BODY)
    assert await mirror.ghost()
    ollama.plan(fault, fault, path="/api/generate")
    mirror.type("q")
    assert await mirror.ghost() == ""
    await mirror.client.until(lambda: bool(messages(mirror.client)))
    (message,) = messages(mirror.client)
    assert len(message) < 400
    assert "Traceback" not in message
    assert "width" not in message
    status = next(s for s in mirror.client.notifications("codestral/didChangeStatus") if s["kind"] != "Normal")
    assert status["message"]


async def test_it_works_again_by_itself(start: StartClient, ollama: OllamaStandIn) -> None:
    ollama.script = Script(answer=answer)
    mirror = Mirror(await start(ollama), TEXT, BODY)
    assert await mirror.ghost()
    ollama.plan(Fault("cut", after=1), path="/api/generate")
    mirror.type("q")
    assert await mirror.ghost() == ""
    await works_again(mirror)
    assert len(messages(mirror.client)) == 1


async def test_a_server_that_is_stopped_and_started(start: StartClient, ollama: OllamaStandIn) -> None:
    ollama.script = Script(answer=answer)
    mirror = Mirror(await start(ollama), TEXT, BODY)
    assert await mirror.ghost()
    await ollama.stop()
    mirror.type("q")
    assert await mirror.ghost() == ""
    await kind(mirror.client, "Warning")
    await ollama.start()
    await works_again(mirror)
    assert len(messages(mirror.client)) == 1


async def test_a_server_that_was_not_there_at_first(start: StartClient, ollama: OllamaStandIn) -> None:
    ollama.script = Script(answer=answer)
    await ollama.stop()
    client = await start(ollama)
    await kind(client, "Error")
    mirror = Mirror(client, TEXT, BODY)
    assert await mirror.ghost() == ""
    await ollama.start()
    await client.command("codestral.restart")
    await works_again(mirror)


HANGS = [
    Fault("stall"),
    Fault("stall", after=1),
    Canned(200, '{"response":"a', {"Content-Length": "5000"}, content_type="application/x-ndjson"),
]


@pytest.mark.parametrize("hang", HANGS, ids=str)
async def test_a_model_that_hangs_loses_no_edit_and_no_later_request(
    start: StartClient, ollama: OllamaStandIn, hang: Fault | Canned
) -> None:
    ollama.script = Script(answer=answer)
    mirror = Mirror(await start(ollama), TEXT, BODY)
    assert await mirror.ghost()
    ollama.plan(hang, path="/api/generate")
    asked = []
    before = len(prompts(ollama))
    for letter in "hang":
        mirror.type(letter)
        asked.append(mirror.ask())
        await ollama.until(lambda: len(prompts(ollama)) > before)
    async with asyncio.timeout(PATIENCE_S):
        mirror.type("s")
        assert await mirror.ghost()
    for request in asked:
        judged(request, await soon(request.reply))


async def test_a_model_that_lies_about_its_context_is_asked_for_less(start: StartClient, ollama: OllamaStandIn) -> None:
    ollama.script = Script(answer=answer)
    client = await start(ollama, {"completion": {"debounceMs": 0, "contextTokens": 4096}})
    text = "\n".join(f"value_{number} = compute({number}, {number + 1})" for number in range(800)) + "\n"
    mirror = Mirror(client, text, len(text))
    too_long = "request (3000 tokens) exceeds the available context size (2048 tokens), try increasing it"
    mirror.type("x")
    assert await mirror.ghost()
    before = len(prompts(ollama))
    ollama.plan(Canned(400, {"error": too_long}), path="/api/generate")
    mirror.type("y = ")
    assert await mirror.ghost()
    refused, *later = prompts(ollama)[before:]
    assert len(later[0]) < len(refused)
    assert messages(client) == []
