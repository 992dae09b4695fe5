"""Which model answers questions, through each backend, and what is said where none can."""

from __future__ import annotations

import json
from typing import Any

from tests.lsp_client import LspClient
from tests.patience import soon
from tests.server.conftest import StartClient
from tests.server.test_actions import AT, SPEAKS, TEXT, URI
from tests.standins.base import Canned, Script
from tests.standins.llamacpp import LlamaServerStandIn
from tests.standins.mistral import MistralStandIn
from tests.standins.ollama import Model, OllamaStandIn
from tests.standins.openai import OpenaiStandIn

CLAIM = {
    "quote": "return a + b * RATE",
    "line": 2,
    "kind": "wrong-operator",
    "why": "The rate applies to both.",
    "input": "add(1, 1)",
    "fix": "return (a + b) * RATE",
    "confidence": 0.9,
}
ANSWER = json.dumps({"findings": [CLAIM]})
CHATS_ONLY = Model(template="{{ .Prompt }}", capabilities=("completion",), basename="Llama", control_tokens=("<s>",))


async def begin(start: StartClient, settings: dict[str, Any]) -> LspClient:
    """A client whose server has chosen its engine."""
    client = await start(None, settings, capabilities=SPEAKS)
    await client.until(lambda: bool(client.notifications("codestral/didChangeStatus")))
    client.open(URI, TEXT)
    return client


async def find(start: StartClient, settings: dict[str, Any]) -> dict[str, Any]:
    """What comes of looking for bugs: the one that the model tells of."""
    client = await begin(start, settings)
    result: dict[str, Any] = await client.command("codestral.findBug", AT)
    assert [finding["quote"] for finding in result["findings"]] == ["return a + b * RATE"], result
    return result


class TestEachBackend:
    """A schema where it has one, its chat model if the user names one."""

    async def test_ollama(self, start: StartClient) -> None:
        models = {"codestral:latest": Model(), "talker:latest": Model()}
        async with OllamaStandIn(Script(ANSWER), models=models) as server:
            result = await find(start, {"backend": "ollama", "ollama": {"url": server.url, "chatModel": "talker"}})
            assert result["model"] == "talker"
            (request,) = server.seen("/api/chat")
            assert request.json()["model"] == "talker"
            assert request.json()["format"]["required"] == ["findings"]

    async def test_mistral(self, start: StartClient, environ: dict[str, str]) -> None:
        environ["CODESTRAL_API_KEY"] = "key-of-api-mistral-ai"
        async with MistralStandIn(Script(ANSWER)) as server:
            await find(start, {"backend": "mistral", "mistral": {"url": server.url}})
            (request,) = server.seen("/v1/chat/completions")
            assert request.json()["model"] == "codestral-latest"
            assert request.json()["response_format"]["type"] == "json_schema"

    async def test_llama_server(self, start: StartClient) -> None:
        async with LlamaServerStandIn(Script(ANSWER)) as server:
            await find(start, {"backend": "llamacpp", "llamacpp": {"url": server.url}})
            (request,) = server.seen("/v1/chat/completions")
            assert request.json()["response_format"]["type"] == "json_schema"

    async def test_openai_compatible_without_schemas(self, start: StartClient) -> None:
        said = f"Here you are:\n```json\n{json.dumps({'findings': [CLAIM]}, indent=1)[:-1]},}}\n```"
        async with OpenaiStandIn(Script(said)) as server:
            error = {"message": "response_format of type 'json_schema' is not supported", "code": 400}
            server.plan(Canned(400, {"error": error}), path="/v1/chat/completions")
            openai = {"url": server.url, "fim": "codestral", "chatModel": "codestral-22b"}
            await find(start, {"backend": "openai", "openai": openai})
            refused, asked = server.seen("/v1/chat/completions")
            assert refused.json()["response_format"]["type"] == "json_schema"
            assert "response_format" not in asked.json()


class TestAModelThatOnlyChats:
    async def test_of_an_openai_compatible_server(self, start: StartClient) -> None:
        async with OpenaiStandIn(Script(ANSWER), kind="lmstudio", model="gpt-oss-20b") as server:
            client = await begin(start, {"backend": "openai", "openai": {"url": server.url}})
            result = await client.command("codestral.findBug", AT)
            assert (len(result["findings"]), result["model"]) == (1, "gpt-oss-20b")
            status = client.notifications("codestral/didChangeStatus")[-1]
            assert "gpt-oss-20b is not known to fill in the middle" in status["message"]
            assert (status["kind"], status["engine"]) == ("Error", "workspace"), "completion goes on without it"
            again = await client.command("codestral.findBug", AT)
            assert len(again["findings"]) == 1
            assert len(server.seen("/v1/chat/completions")) == 1, "from memory: the same engine was kept"

    async def test_of_ollama_where_nobody_said_which_engine(self, start: StartClient) -> None:
        async with OllamaStandIn(Script(ANSWER), models={"codestral:latest": CHATS_ONLY}) as server:
            nowhere = {"url": "http://127.0.0.1:9"}
            await find(start, {"backend": "auto", "ollama": {"url": server.url}, "llamacpp": nowhere})

    async def test_on_another_backend_than_what_completes(self, start: StartClient) -> None:
        async with LlamaServerStandIn() as completes, OllamaStandIn(Script(ANSWER)) as chats:
            settings = {
                "backend": "llamacpp",
                "llamacpp": {"url": completes.url},
                "ollama": {"url": chats.url, "chatModel": "codestral"},
                "actions": {"backend": "ollama"},
            }
            client = await begin(start, settings)
            result = await client.command("codestral.findBug", AT)
            assert (len(result["findings"]), result["model"]) == (1, "codestral")
            assert not completes.seen("/v1/chat/completions")
            await client.items(URI, 4, 11, invoked=True)
            assert completes.seen("/completion")
            assert not any(request.json()["prompt"].startswith("[SUFFIX]") for request in chats.seen("/api/generate"))


class TestNobodyAnswers:
    """The model that was asked for is named, and the cure."""

    async def note(self, client: LspClient) -> str:
        return str((await client.command("codestral.findBug", AT))["note"])

    async def test_mistral_lacks_the_chat_model(self, start: StartClient, environ: dict[str, str]) -> None:
        environ["CODESTRAL_API_KEY"] = "key-of-api-mistral-ai"
        async with MistralStandIn() as server:
            mistral = {"url": server.url, "chatModel": "mistral-huge"}
            client = await begin(start, {"backend": "mistral", "mistral": mistral})
            assert await self.note(client) == (
                f"{server.url.removeprefix('http://')} does not have mistral-huge. "
                "Set mistral.chatModel to one of: codestral-2508."
            )

    async def test_mistral_lacks_it_and_lists_none(self, start: StartClient, environ: dict[str, str]) -> None:
        environ["CODESTRAL_API_KEY"] = "key-of-api-mistral-ai"
        async with MistralStandIn() as server:
            unlisted = Canned(404, {"message": "no Route matched"})
            server.plan(*[unlisted] * 4, path="/v1/models")
            mistral = {"url": server.url, "chatModel": "mistral-huge"}
            client = await begin(start, {"backend": "mistral", "mistral": mistral})
            _, answer = client.ask("workspace/executeCommand", {"command": "codestral.findBug", "arguments": [AT]})
            message = await soon(answer)
            assert "does not have mistral-huge. Set mistral.chatModel to" in message["error"]["message"]

    async def test_ollama_lacks_it(self, start: StartClient, ollama: OllamaStandIn) -> None:
        settings = {"backend": "ollama", "ollama": {"url": ollama.url, "chatModel": "talker"}}
        client = await begin(start, settings)
        assert await self.note(client) == "Ollama does not have talker. Run: ollama pull talker"

    async def test_the_server_is_not_there(self, start: StartClient) -> None:
        openai = {"url": "http://127.0.0.1:9", "model": "m"}
        client = await begin(start, {"backend": "openai", "openai": openai})
        assert "127.0.0.1:9" in await self.note(client)

    async def test_local_never_becomes_remote_by_itself(self, start: StartClient, environ: dict[str, str]) -> None:
        environ["CODESTRAL_API_KEY"] = "key-of-api-mistral-ai"
        deaf = Model(capabilities=("insert",))
        async with OllamaStandIn(models={"codestral:latest": deaf}) as local, MistralStandIn() as remote:
            settings = {
                "backend": "auto",
                "ollama": {"url": local.url},
                "mistral": {"url": remote.url},
                "llamacpp": {"url": "http://127.0.0.1:9"},
            }
            client = await begin(start, settings)
            await client.command("codestral.findBug", AT)
            assert not remote.seen("/v1/chat/completions")

    async def test_where_only_local_engines_may_be_asked(
        self, start: StartClient, ollama: OllamaStandIn, environ: dict[str, str]
    ) -> None:
        environ["CODESTRAL_API_KEY"] = "key-of-api-mistral-ai"
        settings = {
            "backend": "ollama",
            "ollama": {"url": ollama.url},
            "actions": {"backend": "mistral"},
            "privacy": {"localOnly": True},
        }
        client = await begin(start, settings)
        assert "privacy.localOnly" in await self.note(client)
        assert not ollama.seen("/api/chat"), "nobody else is asked in its place"
