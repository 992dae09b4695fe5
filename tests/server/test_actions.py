"""Actions over a real server's pipes: streaming, progress, cancelling, what clients of little skill see."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pytest

from tests.lsp_client import CAPABILITIES, LspClient
from tests.patience import soon
from tests.server.conftest import StartClient
from tests.standins.base import Script
from tests.standins.llamacpp import LlamaServerStandIn
from tests.standins.ollama import OllamaStandIn

URI = "file:///shop/a.py"
TEXT = "RATE = 2\n\n\ndef add(a, b):\n    return a + b * RATE\n"
SPEAKS: dict[str, Any] = {
    **CAPABILITIES,
    "window": {"workDoneProgress": True},
    "experimental": {"codestral": {"actions": True}},
}
SHOWS: dict[str, Any] = {**CAPABILITIES, "window": {"workDoneProgress": True, "showDocument": {"support": True}}}
SECRET = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"
AT = {"uri": URI, "position": {"line": 4, "character": 8}}


def progress(client: LspClient) -> list[str]:
    """What the progress said, as begin, report … end."""
    return [params["value"]["kind"] for params in client.notifications("$/progress")]


async def test_explain_streams_to_a_client_that_shows_it(start: StartClient, ollama: OllamaStandIn) -> None:
    ollama.script = Script("It adds **a** and b, see line 2.", token_ms=15)
    client = await start(ollama, capabilities=SPEAKS)
    client.open(URI, TEXT)
    result = await client.command("codestral.explain", AT)
    assert result["markdown"] == f"# add()\n\nIt adds **a** and b, see [line 5]({URI}#L5).\n"
    assert not result["cached"]
    told = client.notifications("codestral/action")
    assert {each["id"] for each in told} == {result["id"]}
    assert {each["kind"] for each in told} == {"explain"}
    assert told[0]["title"] == "Explaining add()"
    assert told[-1]["state"] == "done"
    assert len(told) > 3
    text = ""
    for each in told:
        text = text[: each["at"]] + each["text"]
    assert text == result["markdown"]
    kinds = progress(client)
    assert (kinds[0], kinds[-1]) == ("begin", "end")
    again = await client.command("codestral.explain", AT)
    assert again["cached"]
    assert again["markdown"] == result["markdown"]


async def test_the_answer_outlives_the_server_unless_it_holds_a_secret(
    start: StartClient, ollama: OllamaStandIn, tmp_path: Path
) -> None:
    ollama.script = Script(lambda prompt: f"It adds. TOKEN={SECRET}" if "secretly" in prompt else "It adds.")
    client = await start(ollama, capabilities=SPEAKS)
    client.open(URI, TEXT)
    first = await client.command("codestral.explain", AT)
    assert SECRET in (await client.command("codestral.explain", {**AT, "instruction": "secretly"}))["markdown"]
    await client.stop()
    asked = len(ollama.seen("/api/chat"))

    later = await start(ollama, capabilities=SPEAKS)
    later.open(URI, "\n" + TEXT)
    moved = {"uri": URI, "position": {"line": 5, "character": 8}}
    again = await later.command("codestral.explain", moved)
    assert (again["cached"], again["markdown"]) == (True, first["markdown"])
    assert len(ollama.seen("/api/chat")) == asked
    assert not (await later.command("codestral.explain", {**moved, "instruction": "secretly"}))["cached"]
    kept = b"".join(await asyncio.to_thread(lambda: [file.read_bytes() for file in tmp_path.rglob("answers.db*")]))
    assert b"It adds." in kept
    assert SECRET.encode() not in kept
    assert b"RATE" not in kept, "of the code only digests"
    assert await later.command("codestral.clearCache") >= 1
    assert not (await later.command("codestral.explain", moved))["cached"]


async def test_where_nothing_may_be_kept_nothing_is(start: StartClient, ollama: OllamaStandIn, tmp_path: Path) -> None:
    client = await start(ollama, {"cache": {"enabled": False}}, capabilities=SPEAKS)
    client.open(URI, TEXT)
    await client.command("codestral.explain", AT)
    assert (await client.command("codestral.explain", AT))["cached"], "in memory"
    await client.stop()
    assert not await asyncio.to_thread(lambda: list(tmp_path.rglob("answers.db*")))


async def test_the_same_load_options_as_completion(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama, {"ollama": {"url": ollama.url, "numCtx": 2048}}, capabilities=SPEAKS)
    client.open(URI, TEXT)
    await client.items(URI, 4, 11)
    await client.command("codestral.explain", AT)
    assert ollama.seen("/api/chat")
    assert ollama.reloads == 0


async def test_a_client_that_shows_only_files_is_shown_a_file(
    start: StartClient, ollama: OllamaStandIn, tmp_path: Path
) -> None:
    ollama.script = Script("It adds.", token_ms=200)
    client = await start(ollama, capabilities=SHOWS)
    client.open(URI, TEXT)
    result = await client.command("codestral.explain", AT)
    shown = [message["params"] for message in client.received if message.get("method") == "window/showDocument"]
    assert len(shown) == 1
    assert not client.notifications("codestral/action")
    file = Path(unquote(urlparse(shown[0]["uri"]).path))
    assert file.is_relative_to(tmp_path)
    assert await asyncio.to_thread(file.read_text, "utf-8") == result["markdown"]
    assert (await asyncio.to_thread(file.stat)).st_mode & 0o077 == 0


async def test_cancelling_the_progress_ends_the_stream(start: StartClient, ollama: OllamaStandIn) -> None:
    ollama.script = Script(" ".join(map(str, range(5000))), token_ms=20)
    client = await start(ollama, capabilities=SPEAKS)
    client.open(URI, TEXT)
    _, answer = client.ask("workspace/executeCommand", {"command": "codestral.explain", "arguments": [AT]})
    await client.until(lambda: any(each["text"] for each in client.notifications("codestral/action")))
    token = client.notifications("$/progress")[0]["token"]
    client.notify("window/workDoneProgress/cancel", {"token": token})
    message = await soon(answer)
    assert message["error"] == {"code": -32800, "message": "The action was cancelled."}
    assert client.notifications("codestral/action")[-1]["state"] == "cancelled"
    await soon(ollama.until_aborted())


async def test_cancelling_the_request_ends_the_stream(start: StartClient, ollama: OllamaStandIn) -> None:
    ollama.script = Script(" ".join(map(str, range(5000))), token_ms=20)
    client = await start(ollama, capabilities=SPEAKS)
    client.open(URI, TEXT)
    number, answer = client.ask("workspace/executeCommand", {"command": "codestral.explain", "arguments": [AT]})
    await client.until(lambda: any(each["text"] for each in client.notifications("codestral/action")))
    client.cancel(number)
    message = await soon(answer)
    assert message["error"]["code"] == -32800
    await client.until(lambda: client.notifications("codestral/action")[-1]["state"] == "cancelled")
    await soon(ollama.until_aborted())


async def test_without_a_model_syntax_answers(start: StartClient) -> None:
    client = await start(capabilities=SPEAKS)
    client.open(URI, TEXT)
    result = await client.command("codestral.explain", AT)
    assert "There is no model to ask" in result["markdown"]
    assert "ollama pull codestral" in result["markdown"]
    assert "def add(a, b):" in result["markdown"]


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        (None, "needs an argument with a uri"),
        ({"uri": 3}, "needs an argument with a uri"),
        ({"uri": "file:///no.py"}, "is not open"),
        ({"uri": URI, "position": {"line": "x"}}, "malformed"),
        ({"uri": URI, "target": "galaxy"}, "no target 'galaxy'"),
        ({"uri": URI, "position": {"line": 0, "character": 0}, "target": "function"}, "no function at line 1"),
        ({"uri": URI, "instruction": 7}, "must be a text"),
    ],
)
async def test_bad_arguments_are_refused_with_what_is_wrong(start: StartClient, argument: Any, says: str) -> None:
    client = await start()
    client.open(URI, TEXT)
    _, answer = client.ask("workspace/executeCommand", {"command": "codestral.explain", "arguments": [argument]})
    message = await soon(answer)
    assert says in message["error"]["message"]


async def test_the_ledger_names_what_was_sent(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama, capabilities=SPEAKS)
    client.open(URI, TEXT)
    await client.command("codestral.explain", AT)
    sent = [entry for entry in await client.command("codestral.sent") if entry["purpose"] == "chat"]
    assert [(source["firstLine"], source["lastLine"]) for source in sent[-1]["sources"]] == [(4, 5), (1, 1)], (
        "the function, and the definition that it uses"
    )


async def test_an_ignored_file_is_not_sent(start: StartClient, ollama: OllamaStandIn, tmp_path: Path) -> None:
    client = await start(ollama)
    uri = (tmp_path / ".env").as_uri()
    client.open(uri, "KEY=secret\n", "plaintext")
    _, answer = client.ask("workspace/executeCommand", {"command": "codestral.explain", "arguments": [{"uri": uri}]})
    message = await soon(answer)
    assert "is ignored" in message["error"]["message"]
    assert not ollama.seen("/api/chat")


ENDLESS = " ".join(f"word{number}" for number in range(5000))


class TestGhostTextBeside:
    """While an explanation streams on an engine with one slot."""

    async def test_typing_goes_without_the_model_and_a_manual_trigger_pauses_the_action(
        self, start: StartClient, ollama: OllamaStandIn
    ) -> None:
        ollama.script = Script(lambda prompt: ENDLESS if "Explain it" in prompt else "a + b\n", token_ms=25)
        client = await start(ollama, capabilities=SPEAKS)
        client.open(URI, TEXT)
        client.open("file:///shop/b.py", "def sub(a, b):\n    return \n")
        _, answer = client.ask("workspace/executeCommand", {"command": "codestral.explain", "arguments": [AT]})
        await client.until(lambda: any(each["text"] for each in client.notifications("codestral/action")))
        status = client.notifications("codestral/didChangeStatus")[-1]
        assert status["busy"]
        assert status["message"].startswith("Explaining add() (codestral). Completing from cache and your workspace")

        asked = len(ollama.seen("/api/generate"))
        (item,) = await client.items("file:///shop/b.py", 1, 11)
        assert item["insertText"] == "    return a + b * RATE", "from the workspace: it stands in the other file"
        assert len(ollama.seen("/api/generate")) == asked
        assert not ollama.aborted

        # Asked anew after the pause, it comes to an end.
        whole = " ".join(ENDLESS.split()[:40])
        ollama.script = Script(lambda prompt: whole if "Explain it" in prompt else "a + b\n")
        (item,) = await client.items("file:///shop/b.py", 1, 11, invoked=True)
        assert item["insertText"] == "    return a + b"
        assert ollama.aborted, "the explanation waits"
        assert any(each["state"] == "paused" for each in client.notifications("codestral/action"))

        message = await soon(answer)
        assert whole in message["result"]["markdown"]
        assert len(ollama.seen("/api/chat")) == 2

        def warmed() -> dict[str, Any]:
            last: dict[str, Any] = ollama.seen("/api/generate")[-1].json()
            return last if last["options"]["num_predict"] == 1 else {}

        await client.until(lambda: bool(warmed()))
        assert "def sub(a, b):" in warmed()["prompt"], "the window at the cursor is read again"

    async def test_on_llama_server_too_and_what_was_answered_before_comes_from_the_cache(
        self, start: StartClient
    ) -> None:
        script = Script(lambda prompt: ENDLESS if "Explain it" in prompt else "a - b\n", token_ms=25)
        async with LlamaServerStandIn(script) as server:
            client = await start(None, {"backend": "llamacpp", "llamacpp": {"url": server.url}}, capabilities=SPEAKS)
            await client.until(lambda: bool(client.notifications("codestral/didChangeStatus")))
            client.open(URI, TEXT)
            client.open("file:///shop/b.py", "def sub(a, b):\n    return \n")
            (item,) = await client.items("file:///shop/b.py", 1, 11, invoked=True)
            assert item["insertText"] == "    return a - b"
            number, answer = client.ask("workspace/executeCommand", {"command": "codestral.explain", "arguments": [AT]})
            await client.until(lambda: any(each["text"] for each in client.notifications("codestral/action")))
            before = (len(server.seen("/completion")), len(server.aborted))

            client.change("file:///shop/b.py", 2, ((1, 11), (1, 11), "a"))
            (item,) = await client.items("file:///shop/b.py", 1, 12)
            assert item["insertText"] == "    return a - b", "typed along what was suggested"
            assert (len(server.seen("/completion")), len(server.aborted)) == before

            client.cancel(number)
            assert (await soon(answer))["error"]["code"] == -32800
            await client.until(lambda: len(server.seen("/completion")) > before[0])
            warmed = server.seen("/completion")[-1].json()
            assert warmed["n_predict"] == 0, "the window at the cursor is read again"
            await client.until(lambda: not client.notifications("codestral/didChangeStatus")[-1]["busy"])


async def test_an_explanation_can_come_as_a_message(start: StartClient, ollama: OllamaStandIn) -> None:
    ollama.script = Script("It adds.")
    client = await start(ollama, {"actions": {"explainIn": "message"}}, capabilities=SHOWS)
    client.open(URI, TEXT)
    await client.command("codestral.explain", AT)
    assert any("It adds." in params["message"] for params in client.notifications("window/showMessage"))
    assert not any(message.get("method") == "window/showDocument" for message in client.received)


async def test_switched_off_nothing_is_offered_and_nothing_done(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama, {"enabled": False}, capabilities=SPEAKS)
    client.open(URI, TEXT)
    span = {"start": AT["position"], "end": AT["position"]}
    params = {"textDocument": {"uri": URI}, "range": span, "context": {"diagnostics": []}}
    assert await client.request("textDocument/codeAction", params) == []
    _, answer = client.ask("workspace/executeCommand", {"command": "codestral.explain", "arguments": [AT]})
    message = await soon(answer)
    assert "switched off" in message["error"]["message"]
    assert not ollama.seen("/api/chat")
