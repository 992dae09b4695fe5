"""Settings from every source, while the server runs; and what it says of bad ones."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.lsp_client import CAPABILITIES, LspClient
from tests.patience import PATIENCE_S
from tests.server.conftest import StartClient
from tests.standins.base import Canned, Script
from tests.standins.ollama import OllamaStandIn

URI = "file:///a.py"
TEXT = "def add(a, b):\n    \n"


def messages(client: LspClient) -> list[str]:
    return [note["message"] for note in client.notifications("window/showMessage")]


async def test_bad_settings_are_told_in_one_message_and_the_server_goes_on(
    start: StartClient, ollama: OllamaStandIn
) -> None:
    options = {"completion": {"debounceMs": 0, "maxTokens": "many"}, "colour": "blue", "cache": 7}
    client = await start(ollama, options)
    await client.until(lambda: bool(messages(client)))
    (message,) = messages(client)
    for part in ("completion.maxTokens", "colour", "cache", "expected a whole number"):
        assert part in message
    client.open(URI, TEXT)
    assert await client.items(URI, 1, 4)


@pytest.mark.parametrize("options", ["backend=ollama", ["ollama"], 7, {"codestral": "ollama"}])
async def test_settings_that_are_no_object_are_told_with_the_cure(environ: dict[str, str], options: Any) -> None:
    client = LspClient()
    await client.start([sys.executable, "-m", "codestral_lsp"], environ=environ)
    await client.initialize(options)
    await client.until(lambda: bool(messages(client)))
    (message,) = messages(client)
    assert "initializationOptions: they are no JSON object" in message
    assert '{"backend": "ollama"}' in message
    assert await client.command("codestral.status")
    await client.stop()


async def test_what_the_client_ignores_from_the_start_is_ignored(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama, {"privacy": {"ignore": ["*.py"]}, "completion": {"debounceMs": 0}})
    client.open(URI, TEXT)
    assert await until_items(client, 0)


async def test_a_single_bad_setting_is_told_once(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama, {"completion": {"debounceMs": 0, "maxTokens": 0}})
    client.notify("workspace/didChangeConfiguration", {"settings": None})
    await client.until(lambda: bool(messages(client)))
    assert await client.command("codestral.status")
    (message,) = messages(client)
    assert "completion.maxTokens" in message


async def test_a_bad_users_file_is_told_and_the_server_goes_on(
    start: StartClient, ollama: OllamaStandIn, environ: dict[str, str]
) -> None:
    file = Path(environ["XDG_CONFIG_HOME"]) / "codestral-lsp" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text("enabled = yes please\n")
    client = await start(ollama)
    await client.until(lambda: any(str(file) in message for message in messages(client)))
    client.open(URI, TEXT)
    assert await client.items(URI, 1, 4)


async def test_options_may_stand_under_our_section(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama, {"codestral": {"backend": "ollama", "ollama": {"url": ollama.url}, "enabled": False}})
    client.open(URI, TEXT)
    assert await client.items(URI, 1, 4) == []


async def test_the_editors_configuration_is_asked_for_and_followed(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama)
    client.open(URI, TEXT)
    assert await client.items(URI, 1, 4)
    base = {"backend": "ollama", "ollama": {"url": ollama.url}, "completion": {"debounceMs": 0}}
    client.configuration = {**base, "enabled": False}
    client.notify("workspace/didChangeConfiguration", {"settings": None})
    assert await until_items(client, 0)
    client.configuration = {**base, "enabled": True}
    client.notify("workspace/didChangeConfiguration", {"settings": None})
    assert await until_items(client, 1)


async def test_settings_that_are_pushed(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama)
    client.open(URI, TEXT)
    client.notify("workspace/didChangeConfiguration", {"settings": {"codestral": {"enabled": False}}})
    assert await until_items(client, 0)


async def until_items(client: LspClient, count: int) -> bool:
    """Ask until there are as many items as wanted; False if that does not happen."""
    for _ in range(100):
        if len(await client.items(URI, 1, 4)) == count:
            return True
    return False


async def test_toggling_by_command(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama)
    client.open(URI, TEXT)
    assert await client.command("codestral.toggle") is False
    assert await client.items(URI, 1, 4) == []
    assert (await client.command("codestral.status"))["kind"] == "Inactive"
    assert await client.command("codestral.toggle") is True
    assert await until_items(client, 1)


async def test_the_users_file_and_its_changes(
    start: StartClient, ollama: OllamaStandIn, environ: dict[str, str]
) -> None:
    file = Path(environ["XDG_CONFIG_HOME"]) / "codestral-lsp" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text("[completion.languages]\npython = false\n")
    client = await start(ollama)
    client.open(URI, TEXT)
    assert await client.items(URI, 1, 4) == []
    file.write_text("[completion.languages]\npython = true\n")
    async with asyncio.timeout(PATIENCE_S):
        while not await client.items(URI, 1, 4):  # noqa: ASYNC110 - a file is watched in another process
            await asyncio.sleep(0.2)


async def test_a_projects_file_has_no_say_until_it_is_trusted(
    start: StartClient, ollama: OllamaStandIn, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / ".codestral.toml").write_text(
        '[completion]\nmultiline = "never"\n[completion.languages]\npython = false'
    )
    client = await start(ollama, root=project.as_uri())
    client.open(URI, TEXT)
    await client.until(lambda: any("trust" in message for message in messages(client)))
    assert await client.items(URI, 1, 4)
    assert await client.command("codestral.trustWorkspace") == [str(project / ".codestral.toml")]
    assert await client.items(URI, 1, 4) == []
    (project / ".codestral.toml").write_text("[completion.languages]\npython = true\n[ollama]\nurl='http://evil:1'")
    event = {"uri": (project / ".codestral.toml").as_uri(), "type": 2}
    client.notify("workspace/didChangeWatchedFiles", {"changes": [event]})
    assert await until_items(client, 1), "changed since it was trusted: it has no say again"


@pytest.mark.parametrize(
    ("options", "says", "cure"),
    [
        ({"ollama": {"url": "STAND-IN", "model": "nonesuch"}}, "nonesuch", "ollama pull nonesuch"),
        ({"ollama": {"url": "http://127.0.0.1:1"}}, "127.0.0.1:1", "ollama"),
        ({"ollama": {"url": "http://no-such-host.invalid:11434"}}, "no-such-host.invalid", ""),
        ({"backend": "mistral"}, "key", "CODESTRAL_API_KEY"),
        ({"backend": "openai"}, "no address", "openai.url"),
        ({"backend": "mistral", "privacy": {"localOnly": True}}, "localOnly", ""),
    ],
)
async def test_an_engine_that_cannot_be_used_is_told_with_its_cure(
    start: StartClient, ollama: OllamaStandIn, options: dict[str, Any], says: str, cure: str
) -> None:
    if options.get("ollama", {}).get("url") == "STAND-IN":
        options["ollama"]["url"] = ollama.url
    client = await start(ollama, options)
    await client.until(lambda: client.notifications("codestral/didChangeStatus")[-1]["kind"] == "Error")
    status = client.notifications("codestral/didChangeStatus")[-1]
    assert says in status["message"]
    assert cure in status["cure"]
    client.open(URI, TEXT)
    assert await client.items(URI, 1, 4) == []
    await client.until(lambda: bool(messages(client)))
    assert len(messages(client)) == 1


async def test_one_message_for_each_cause(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama)
    client.open(URI, TEXT)
    for turn in range(4):
        ollama.plan(Canned(500, {"error": "an error was encountered while running the model: boom"}))
        client.change(URI, turn + 2, ((1, 4), (1, 4), "x"))
        await client.items(URI, 1, 5 + turn, invoked=True)
    assert len([message for message in messages(client) if "boom" in message]) <= 1
    assert messages(client)


async def test_the_next_request_works_after_a_failure(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama)
    client.open(URI, TEXT)
    assert await client.items(URI, 1, 4)
    ollama.plan(Canned(500, {"error": "model runner has unexpectedly stopped"}), path="/api/generate")
    client.change(URI, 2, ((1, 4), (1, 4), "x"))
    assert await client.items(URI, 1, 5) == []
    await asyncio.sleep(1.2)
    assert await client.items(URI, 1, 5)
    await client.until(lambda: client.notifications("codestral/didChangeStatus")[-1]["kind"] == "Normal")


async def test_a_key_from_the_editor(start: StartClient) -> None:
    client = await start(None, {"backend": "mistral", "mistral": {"url": "https://api.invalid"}})
    await client.request("codestral/setKey", {"backend": "mistral", "key": "k" * 32})
    _, answer = client.ask("codestral/setKey", {"backend": "nonsense", "key": "k"})
    assert "k" * 32 not in str((await answer)["error"])


async def test_the_cache_outlives_the_server(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama)
    client.open(URI, TEXT)
    assert await client.items(URI, 1, 4)
    await client.stop()
    asked = len(ollama.seen("/api/generate"))
    again = await start(ollama)
    again.open(URI, "def add(a, b):\n    ret\n")
    (item,) = await again.items(URI, 1, 7)
    assert item["insertText"] == "    return a + b"
    assert len([request for request in ollama.seen("/api/generate")[asked:] if request.json()["prompt"]]) == 0
    assert (await again.command("codestral.why"))[-1]["source"] == "disk"
    assert await again.command("codestral.clearCache") >= 1
    assert ollama.script == Script(answer="return a + b\n")


async def test_a_client_that_never_answers_does_not_hold_us_up(ollama: OllamaStandIn, start: StartClient) -> None:
    capabilities = {**CAPABILITIES, "workspace": {"configuration": True}}
    client = await start(ollama, capabilities=capabilities)
    client.open(URI, TEXT)
    assert await client.items(URI, 1, 4)


async def test_status_says_why_a_document_is_left_alone(start: StartClient, ollama: OllamaStandIn) -> None:
    settings = {"privacy": {"ignore": ["*.secret"]}, "completion": {"debounceMs": 0, "languages": {"go": False}}}
    client = await start(ollama, settings)
    for name, language in (("a.py", "python"), ("a.go", "go"), ("b.secret", "python")):
        client.open(f"file:///shop/{name}", "x = 1\n", language)
    reasons = [
        (await client.command("codestral.status", f"file:///shop/{name}"))["here"]
        for name in ("a.py", "a.go", "b.secret")
    ]
    assert reasons == ["", "completions are switched off for go (setting completion.languages)", "the file is ignored"]
