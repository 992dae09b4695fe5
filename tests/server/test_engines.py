"""Each engine behind the real server: ghost text from its stand-in, and its key nowhere but in the request's header."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.lsp_client import LspClient
from tests.server.conftest import StartClient
from tests.standins.base import Canned, Script, StandIn
from tests.standins.llamacpp import LlamaServerStandIn
from tests.standins.mistral import MistralStandIn
from tests.standins.ollama import OllamaStandIn
from tests.standins.openai import OpenaiStandIn

URI = "file:///a.py"
TEXT = "def add(a, b):\n    \n"
KEY = "Key0Of1The2User3Which4Nobody5Sees"
ANSWER = Script(answer="return a + b\n")


async def ghost(client: LspClient, turn: int = 0) -> list[str]:
    """What is suggested after typing once more."""
    client.change(URI, turn + 2, ((1, 4), (1, 4), "x" * turn))
    return [item["insertText"] for item in await client.items(URI, 1, 4 + turn, invoked=True)]


async def engine(client: LspClient, name: str) -> dict[str, Any]:
    """Wait until an engine is in use; its status."""
    await client.until(lambda: client.notifications("codestral/didChangeStatus")[-1:] != [])
    await client.until(lambda: client.notifications("codestral/didChangeStatus")[-1]["engine"] == name)
    status: dict[str, Any] = client.notifications("codestral/didChangeStatus")[-1]
    return status


@pytest.mark.parametrize(
    ("server", "name"),
    [
        (OllamaStandIn(ANSWER), "ollama"),
        (LlamaServerStandIn(ANSWER), "llamacpp"),
        (OpenaiStandIn(ANSWER), "openai"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_an_engine_answers(start: StartClient, server: StandIn, name: str) -> None:
    async with server:
        client = await start(None, {"backend": name, name: {"url": server.url}})
        status = await engine(client, name)
        assert status["kind"] == "Normal"
        client.open(URI, TEXT)
        assert await ghost(client) == ["    return a + b"]


async def test_the_engine_is_told_though_settings_come_while_the_server_starts(start: StartClient) -> None:
    client = await start(None, {})
    client.notify("workspace/didChangeConfiguration", {"settings": {"codestral": {"backend": "workspace"}}})  # Neovim
    assert (await engine(client, "workspace"))["kind"] == "Normal"


async def test_without_a_choice_the_first_that_answers_is_taken(
    start: StartClient, environ: dict[str, str], unused_tcp_port: int
) -> None:
    environ["OLLAMA_HOST"] = f"127.0.0.1:{unused_tcp_port}"
    async with LlamaServerStandIn(ANSWER) as server:
        environ["CODESTRAL_LLAMACPP_URL"] = server.url
        client = await start(None, {"backend": "auto"})
        status = await engine(client, "llamacpp")
        assert str(unused_tcp_port) in status["detail"], "why not Ollama"
        client.open(URI, TEXT)
        assert await ghost(client) == ["    return a + b"]


async def test_a_key_of_another_program_is_no_consent(start: StartClient, environ: dict[str, str]) -> None:
    environ["MISTRAL_API_KEY"] = KEY
    environ["OLLAMA_HOST"] = "127.0.0.1:1"
    async with MistralStandIn(ANSWER, keys=[KEY]) as server:
        environ["CODESTRAL_LLAMACPP_URL"] = "http://127.0.0.1:1"
        client = await start(None, {"backend": "auto", "mistral": {"url": server.url}})
        await engine(client, "workspace")
        client.open(URI, TEXT)
        await ghost(client)
        assert server.requests == []


async def test_local_only_sends_nothing_away(start: StartClient, environ: dict[str, str]) -> None:
    environ["CODESTRAL_API_KEY"] = KEY
    for options in ({"backend": "mistral"}, {"backend": "openai", "openai": {"url": "https://203.0.113.7"}}):
        client = await start(None, {**options, "privacy": {"localOnly": True}})
        status = await engine(client, "workspace")
        assert status["kind"] == "Error"
        assert "localOnly" in status["message"]


@pytest.mark.parametrize("place", ["editor", "environment", "command"])
async def test_a_key_shows_nowhere(start: StartClient, environ: dict[str, str], tmp_path: Path, place: str) -> None:
    options: dict[str, Any] = {"backend": "mistral"}
    log = tmp_path / "log"
    async with MistralStandIn(ANSWER, keys=[KEY]) as server:
        options["mistral"] = {"url": server.url}
        if place == "environment":
            environ["CODESTRAL_API_KEY"] = KEY
        elif place == "command":
            (tmp_path / "key").write_text(KEY + "\n")
            options["mistral"]["apiKeyCommand"] = ["cat", str(tmp_path / "key")]
        client = await start(None, options, arguments=["--log-file", str(log), "--log-level", "debug"])
        if place == "editor":
            await client.request("codestral/setKey", {"backend": "mistral", "key": KEY})
        await engine(client, "mistral")
        client.open(URI, TEXT)
        assert await ghost(client) == ["    return a + b"]
        assert {request.headers["authorization"] for request in server.seen("/v1/fim/completions")} == {f"Bearer {KEY}"}
        for turn, status in enumerate((401, 403, 422, 429, 500), 1):
            refusals = [Canned(status, {"message": f"no, {KEY}, not that"})] * (3 if status == 500 else 1)
            server.plan(*refusals, path="/v1/fim/completions")
            await ghost(client, turn)
            await client.command("codestral.restart")
            await engine(client, "mistral")
        shown = (
            str(client.received)
            + str(await client.command("codestral.why"))
            + str(await client.command("codestral.status"))
        )
        command_line = Path(f"/proc/{client.process.pid}/cmdline")
        if command_line.exists():
            shown += command_line.read_text()
        await client.stop()
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "key"]
    assert log in files
    assert any(path.name == "completions.db" for path in files)
    assert KEY not in shown
    assert not [path for path in files if KEY.encode() in path.read_bytes()]
