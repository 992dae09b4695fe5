"""Servers with OpenAI's API: what each preset sends, and what servers refuse."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from codestral_lsp.backends.base import ChatRequest, Duty, Message, Sampling
from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.openai import OpenaiBackend
from codestral_lsp.backends.presets import PRESETS
from codestral_lsp.config.settings import OpenaiSettings, Settings
from codestral_lsp.errors import LocalOnly, ModelMissing, PromptTooLong, RequestRefused, Unauthorized
from tests.backends.talk import PREFIX, SUFFIX, hear, prompt, question
from tests.standins.base import Canned, Script, StandIn
from tests.standins.llamacpp import LlamaServerStandIn
from tests.standins.openai import OpenaiStandIn

ASK = Sampling(max_tokens=64)
RAW = f"[SUFFIX]{SUFFIX}[PREFIX]{PREFIX}"


@asynccontextmanager
async def openai_with(
    server: StandIn | None = None,
    *,
    environ: dict[str, str] | None = None,
    url: str = "{}",
    duty: Duty = "complete",
    **settings: Any,
) -> AsyncIterator[tuple[OpenaiBackend, Any]]:
    """A backend and its stand-in."""
    async with server or OpenaiStandIn() as running:
        chosen = OpenaiSettings(url=url.format(running.url), **settings)
        backend = OpenaiBackend(chosen, Keys(environ or {}), local_only=False, duty=duty)
        yield backend, running
        await backend.aclose()


async def test_the_whole_prompt_is_sent_where_a_suffix_is_not_taken() -> None:
    async with openai_with(preset="vllm") as (backend, server):
        heard = await hear(backend.stream(prompt(), Sampling(max_tokens=7, temperature=0.2, seed=3)))
        assert heard.text == "return a + b"
        assert server.seen("/v1/completions")[-1].json() == {
            "model": "codestral-22b",
            "prompt": RAW,
            "max_tokens": 7,
            "temperature": 0.2,
            "seed": 3,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        assert heard.usage
        assert heard.usage.completion_tokens == 5


async def test_deepseek_takes_prefix_and_suffix_apart_at_its_own_paths() -> None:
    server = OpenaiStandIn(kind="deepseek", model="deepseek-chat")
    async with openai_with(server, preset="deepseek", url="{}/beta") as (backend, _):
        many = tuple(f"<{number}>" for number in range(20))
        heard = await hear(backend.stream(prompt(), Sampling(stop=many)))
        body = server.seen("/beta/completions")[-1].json()
        assert (body["prompt"], body["suffix"], body["stop"]) == (PREFIX, SUFFIX, list(many[:16]))
        assert heard.usage
        assert heard.usage.cached_tokens == 0
        await hear(backend.chat(ChatRequest([Message("user", "JSON?")], schema={"type": "object"})))
        chat = server.seen("/chat/completions")[-1].json()
        assert chat["response_format"] == {"type": "json_object"}
        info = await backend.describe()
        assert (info.form, info.metered) == ("suffix", True)


def test_presets_are_the_ones_that_can_be_set_and_know_their_addresses() -> None:
    from codestral_lsp.config.load import leaves

    kind = next(leaf for leaf in leaves(Settings) if leaf.path == "openai.preset").kind
    assert {name for name in PRESETS if kind.parse(name)} == set(PRESETS)
    assert kind.schema["anyOf"][0]["enum"] == list(PRESETS)
    assert PRESETS["deepseek"].url == "https://api.deepseek.com"
    assert PRESETS["deepseek"].completions == "/beta/completions"


@pytest.mark.parametrize(("fim", "form"), [("auto", "raw"), ("raw", "raw"), ("codestral", "raw"), ("suffix", "suffix")])
async def test_the_setting_decides_the_form(fim: str, form: str) -> None:
    async with openai_with(OpenaiStandIn(kind="deepseek"), fim=fim, url="{}") as (backend, server):
        server.plan(Canned(200, {"data": [{"id": "m"}]}), Canned(200, {"data": [{"id": "m"}]}))
        assert (await backend.describe()).form == form


@pytest.mark.parametrize(
    "server", [OpenaiStandIn(kind="vllm"), OpenaiStandIn(kind="lmstudio"), LlamaServerStandIn(refuses_suffix=True)]
)
async def test_a_refused_suffix_is_told_with_its_cure(server: StandIn) -> None:
    async with openai_with(server, fim="suffix") as (backend, _):
        with pytest.raises(RequestRefused) as caught:
            await hear(backend.stream(prompt(), ASK))
        assert "openai.fim" in caught.value.cure


async def test_no_more_stops_are_sent_than_the_server_takes() -> None:
    stops = ("1", "2", "3", "4", "5", "6")
    async with openai_with() as (backend, server):
        await hear(backend.stream(prompt(), Sampling(stop=stops)))
        assert server.seen("/v1/completions")[-1].json()["stop"] == ["1", "2", "3", "4"]


@pytest.mark.parametrize("base", ["{}", "{}/v1"])
async def test_the_address_may_have_its_v1_or_not(base: str) -> None:
    async with openai_with(url=base) as (backend, _):
        assert (await backend.health()).ok


async def test_without_an_address_the_cure_is_told() -> None:
    backend = OpenaiBackend(OpenaiSettings(), Keys({}), local_only=False)
    for ask in (backend.stream(prompt(), ASK), backend.chat(question())):
        with pytest.raises(RequestRefused) as caught:
            await hear(ask)
        assert "openai.url" in caught.value.cure
    assert not (await backend.health()).ok
    await backend.aclose()


async def test_the_model_is_the_one_set_or_the_first_that_writes_text() -> None:
    async with openai_with(model="codestral-22b") as (backend, server):
        await hear(backend.stream(prompt(), ASK))
        assert server.seen("/v1/models") == []
    async with openai_with() as (backend, server):
        embedding = {"id": "text-embedding-nomic"}
        server.plan(Canned(200, {"data": [embedding, {"id": "codestral-22b"}]}), path="/v1/models")
        assert (await backend.describe()).model == "codestral-22b"
        assert (await hear(backend.stream(prompt(), ASK))).text
        assert len(server.seen("/v1/models")) == 1


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("/home/me/codestral-tests/qwen2.5-coder-7b-q8_0.gguf", "qwen2.5-coder-7b-q8_0.gguf"),
        ("C:\\models\\codestral\\qwen2.5-coder.gguf", "qwen2.5-coder.gguf"),
        ("models/codestral.gguf", "codestral.gguf"),
        ("Qwen/Qwen2.5-Coder-7B", "Qwen/Qwen2.5-Coder-7B"),
        ("codestral-22b", "codestral-22b"),
    ],
)
async def test_the_folder_of_a_model_says_nothing_of_it(model: str, name: str) -> None:
    async with openai_with(OpenaiStandIn(model=model)) as (backend, server):
        info = await backend.describe()
        assert (info.model, info.names[0]) == (name, name)
        await hear(backend.stream(prompt(), ASK))
        assert server.seen("/v1/completions")[-1].json()["model"] == model


async def test_a_list_may_be_bare() -> None:
    async with openai_with() as (backend, server):
        server.plan(Canned(200, b'[{"id": "m", "context_length": 32768}]'), path="/v1/models")
        info = await backend.describe()
        assert (info.model, info.context_tokens) == ("m", 32768)


async def test_the_context_is_what_the_server_lists() -> None:
    async with openai_with(OpenaiStandIn(context=5000)) as (backend, _):
        info = await backend.describe()
        assert (info.context_tokens, info.slots) == (5000, 4)
        assert info.names == ("codestral-22b", "mistralai/codestral-22b")
    async with openai_with(LlamaServerStandIn(context=3000)) as (backend, _):
        assert (await backend.describe()).context_tokens == 3000


@pytest.mark.parametrize(
    ("preset", "metered"), [("vllm", False), ("lmstudio", False), ("together", True), (None, False)]
)
async def test_what_costs_money_is_known(preset: Any, metered: bool) -> None:
    async with openai_with(OpenaiStandIn(kind="together"), preset=preset) as (backend, server):
        assert (await backend.describe()).metered is metered
        await backend.warm(prompt())
        assert bool(server.seen("/v1/completions")) is not metered


async def test_a_missing_model_is_told_with_those_that_are_there() -> None:
    async with openai_with(model="gone") as (backend, _):
        with pytest.raises(ModelMissing):
            await hear(backend.stream(prompt(), ASK))
        with pytest.raises(ModelMissing) as caught:
            await backend.describe()
        assert "codestral-22b" in caught.value.cure
    async with openai_with() as (backend, server):
        server.plan(Canned(200, {"data": []}), path="/v1/models")
        with pytest.raises(ModelMissing, match="lists no model"):
            await hear(backend.stream(prompt(), ASK))


async def test_a_prompt_that_is_too_long_is_told() -> None:
    async with openai_with(OpenaiStandIn(context=100)) as (backend, _):
        with pytest.raises(PromptTooLong):
            await hear(backend.stream(prompt("x = 1\n" * 100), ASK))


async def test_a_key_is_sent_if_there_is_one_and_asked_for_if_it_is_missing() -> None:
    async with openai_with(OpenaiStandIn(api_key="k-1"), environ={"OPENAI_API_KEY": "k-1"}) as (backend, _):
        assert (await hear(backend.stream(prompt(), ASK))).text
    async with openai_with(OpenaiStandIn(api_key="k-1"), environ={"OPENAI_API_KEY": "k-2"}) as (backend, _):
        with pytest.raises(Unauthorized) as caught:
            await hear(backend.stream(prompt(), ASK))
        assert "k-2" not in caught.value.message
        assert "OPENAI_API_KEY" in caught.value.cure


async def test_a_key_to_openai_is_not_sent_to_another_service() -> None:
    environ = {"OPENAI_API_KEY": "of-openai", "DEEPSEEK_API_KEY": "of-deepseek"}
    async with openai_with(OpenaiStandIn(kind="deepseek"), environ=environ, preset="deepseek") as (backend, server):
        await hear(backend.stream(prompt(), ASK))
        assert {request.headers["authorization"] for request in server.requests} == {"Bearer of-deepseek"}
    environ.pop("DEEPSEEK_API_KEY")
    server = OpenaiStandIn(kind="deepseek")
    async with openai_with(server, environ=environ, preset="deepseek", api_key_env="MY_KEY") as (backend, _):
        await hear(backend.stream(prompt(), ASK))
        assert all("authorization" not in request.headers for request in server.requests)


async def test_probabilities_are_read_in_both_shapes() -> None:
    wanted = Sampling(max_tokens=64, logprobs=True)
    for server in (OpenaiStandIn(), LlamaServerStandIn()):
        async with openai_with(server) as (backend, _):
            heard = await hear(backend.stream(prompt(), wanted))
            assert {piece.logprob for piece in heard.pieces[:-1]} == {Script().logprob}


async def test_vllm_counts_tokens_and_others_do_not() -> None:
    async with openai_with(preset="vllm") as (backend, _):
        assert await backend.count("def add(a, b):") == 8
        assert await backend.special("[SUFFIX]") is True
        assert await backend.special("[SUFFICES]") is False
    async with openai_with(preset="lmstudio") as (backend, server):
        assert await backend.count("x") is None
        assert await backend.special("x") is None
        assert server.requests == []


async def test_a_chat_has_a_model_of_its_own_if_one_is_set() -> None:
    answers = OpenaiStandIn(Script(answer="yes"))
    async with openai_with(answers, duty="chat", chat_model="codestral-22b", model="other") as (backend, server):
        assert (await hear(backend.chat(question()))).text == "yes"
        assert server.seen("/v1/chat/completions")[-1].json()["model"] == "codestral-22b"
    async with openai_with(duty="chat", chat_model="talker", model="codestral-22b") as (backend, _):
        with pytest.raises(ModelMissing, match="does not have talker") as caught:
            await backend.describe()
        assert caught.value.cure == "Set openai.chatModel to one of those it has: codestral-22b."


async def test_local_only_sends_nothing_elsewhere() -> None:
    for url in ("http://192.0.2.1:8000", "https://api.deepseek.com"):
        backend = OpenaiBackend(OpenaiSettings(url=url, model="m"), Keys({}), local_only=True)
        with pytest.raises(LocalOnly):
            await hear(backend.stream(prompt(), ASK))
        assert not (await backend.health()).ok
        await backend.aclose()
