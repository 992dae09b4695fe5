"""Models that do not do as they are asked, over a real server's pipes: one clear answer each, and the server lives."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pytest

from tests.lsp_client import LspClient
from tests.patience import soon
from tests.server.conftest import StartClient
from tests.server.test_actions import AT, SHOWS, SPEAKS, TEXT, URI
from tests.server.test_talkers import ANSWER, CLAIM
from tests.standins.base import Fault, Script
from tests.standins.ollama import OllamaStandIn

HUGE = "def huge(a):\n" + "".join(f"    a = a * {number} + 1\n" for number in range(3000)) + "    return a\n"
MISQUOTED = {**CLAIM, "quote": "return a - b"}


async def begin(
    start: StartClient, ollama: OllamaStandIn, says: str, capabilities: Any = SPEAKS, text: str = TEXT
) -> LspClient:
    """A client whose model says this."""
    ollama.script = Script(says)
    client = await start(ollama, capabilities=capabilities)
    client.open(URI, text)
    return client


async def refused(client: LspClient, command: str, argument: Any = AT) -> str:
    """The message with which a command is answered."""
    _, answer = client.ask("workspace/executeCommand", {"command": command, "arguments": [argument]})
    return str((await soon(answer))["error"]["message"])


async def still_answers(client: LspClient, ollama: OllamaStandIn) -> None:
    """The server lives on."""
    ollama.script = Script("It adds.")
    result = await client.command("codestral.explain", {**AT, "instruction": "and now?"})
    assert "It adds." in result["markdown"]


@pytest.mark.parametrize(
    ("says", "removed", "note"),
    [
        (json.dumps({"findings": [CLAIM, MISQUOTED]}), {"the quote does not stand there": 1}, ""),
        (f"Let me see.\n```json\n{ANSWER[:-1]},}}\n```\nI hope this helps!", {}, ""),
        (ANSWER[:-2] + ", {", {"it is incomplete": 1}, ""),
    ],
    ids=["misquotes", "talks around broken JSON", "JSON without its end"],
)
async def test_what_can_be_used_of_an_answer_is(
    start: StartClient, ollama: OllamaStandIn, says: str, removed: dict[str, int], note: str
) -> None:
    client = await begin(start, ollama, says)
    result = await client.command("codestral.findBug", AT)
    assert [finding["quote"] for finding in result["findings"]] == [CLAIM["quote"]]
    assert (result["removed"], result["note"]) == (removed, note)


@pytest.mark.parametrize(
    ("says", "note"),
    [
        ("I think it looks fine, but one never knows.", "The model's answer could not be read as findings."),
        (json.dumps({"findings": [MISQUOTED]}), ""),
        (json.dumps({"findings": "none"}), ""),
    ],
    ids=["no JSON", "misquotes only", "other JSON"],
)
async def test_nothing_is_shown_of_what_cannot(start: StartClient, ollama: OllamaStandIn, says: str, note: str) -> None:
    client = await begin(start, ollama, says)
    result = await client.command("codestral.findBug", AT)
    assert (result["findings"], result["note"]) == ([], note)
    assert not any(told["diagnostics"] for told in client.notifications("textDocument/publishDiagnostics"))


async def test_a_model_that_never_ends_is_cut_off_at_its_limit(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await begin(start, ollama, " ".join(map(str, range(5000))))
    result = await client.command("codestral.explain", AT)
    assert result["note"] == "The model was cut off: it reached its limit of tokens."
    assert result["markdown"].endswith(f"> {result['note']}\n")
    await still_answers(client, ollama)


async def test_one_that_knows_no_limit_and_goes_round_in_circles_too(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await begin(start, ollama, "")
    ollama.plan(Fault("endless", after=10**9), path="/api/chat")
    result = await client.command("codestral.explain", AT)
    assert result["note"] == "The model was cut off: it began to repeat itself."
    await soon(ollama.until_aborted())
    await still_answers(client, ollama)


async def test_one_that_never_ends_its_json_is_cut_off_and_shows_no_half_claims(
    start: StartClient, ollama: OllamaStandIn
) -> None:
    client = await begin(start, ollama, '{"findings": [' + f"{json.dumps(MISQUOTED)}, " * 200)
    result = await client.command("codestral.findBug", AT)
    assert result["findings"] == []
    assert "The model was cut off" in result["note"]
    await still_answers(client, ollama)


async def test_a_connection_that_breaks_is_the_answer(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await begin(start, ollama, "It adds a and b and more.")
    ollama.plan(Fault("cut", after=3), path="/api/chat")
    assert "127.0.0.1" in await refused(client, "codestral.explain")
    assert client.notifications("codestral/action")[-1]["state"] == "failed"
    await still_answers(client, ollama)


async def test_a_huge_function_is_shown_in_part_and_that_is_said(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await begin(start, ollama, "It multiplies.", text=HUGE)
    place = {"uri": URI, "position": {"line": 1500, "character": 6}}
    result = await client.command("codestral.explain", place)
    assert "huge() has 3002 lines, too many for the model at once: it was shown" in result["note"]
    assert result["note"] in result["markdown"]
    prompt = ollama.seen("/api/chat")[-1].json()["messages"][-1]["content"]
    assert "def huge(a):" in prompt
    assert "1501|     a = a * 1499 + 1" in prompt, "where the user is"
    assert "are left out" in prompt
    assert len(prompt) < 30_000
    ollama.script = Script('{"findings": []}')
    assert "too many for the model" in (await client.command("codestral.findBug", place))["note"]


async def test_where_there_is_no_function_that_is_said(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await begin(start, ollama, "")
    nowhere = {"uri": URI, "position": {"line": 0, "character": 0}}
    for command in ("codestral.explain", "codestral.findBug", "codestral.document", "codestral.writeTests"):
        said = await refused(client, command, {**nowhere, "target": "function"})
        assert (
            said
            == "There is no function at line 1 of a.py. Put the cursor inside a function, or select the lines you mean."
        )
    assert "Nothing at line 1 says what to write" in await refused(client, "codestral.generate", nowhere)
    assert not ollama.seen("/api/chat")


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ("I would rather not.", "What the model wrote cannot stand there"),
        ("```python\nreturn (\n```", "it does not parse"),
        ("```python\n```", "The model wrote no code"),
    ],
)
async def test_code_that_cannot_stand_there_is_not_applied(
    start: StartClient, ollama: OllamaStandIn, says: str, why: str
) -> None:
    client = await begin(start, ollama, says)
    assert why in await refused(client, "codestral.generate", {**AT, "instruction": "round it"})
    assert not any(message.get("method") == "workspace/applyEdit" for message in client.received)


async def shown_file(client: LspClient) -> tuple[Path, str]:
    (shown,) = [message["params"] for message in client.received if message.get("method") == "window/showDocument"]
    file = Path(unquote(urlparse(shown["uri"]).path))
    return file, await asyncio.to_thread(file.read_text, "utf-8")


async def test_a_client_that_shows_only_files_sees_what_was_not_applied(
    start: StartClient, ollama: OllamaStandIn
) -> None:
    client = await begin(start, ollama, "```python\nreturn (\n```", SHOWS)
    await refused(client, "codestral.generate", {**AT, "instruction": "round it"})
    file, text = await shown_file(client)
    assert (file.suffix, text) == (".py", "return (\n")


async def test_a_client_that_shows_only_files_sees_tests(start: StartClient, ollama: OllamaStandIn) -> None:
    code = "def test_add():\n    assert add(1, 1) == 3\n"
    client = await begin(start, ollama, f"```python\n{code}```", SHOWS)
    result = await client.command("codestral.writeTests", AT)
    file, text = await shown_file(client)
    assert result["code"] == text == code
    assert file.suffix == ".py"
