"""Ollama: what is sent, what its answers mean, and that the model is never loaded twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from codestral_lsp.backends import ollama
from codestral_lsp.backends.base import ChatRequest, Duty, Message, Prompt, Sampling, Segment
from codestral_lsp.backends.ollama import OllamaBackend
from codestral_lsp.config.settings import OllamaSettings
from codestral_lsp.errors import (
    LocalOnly,
    ModelMissing,
    NoFim,
    NotInstalled,
    NotRunning,
    OutOfMemory,
    PromptTooLong,
    ServerBusy,
    ServerFault,
)
from tests.backends.talk import PREFIX, SUFFIX, first, hear, prompt, question
from tests.standins.base import Canned, Fault, Script
from tests.standins.ollama import Model, OllamaStandIn

ASK = Sampling(max_tokens=64)
PLAIN_TEMPLATE = "{{ .Prompt }}"


@asynccontextmanager
async def ollama_with(
    server: OllamaStandIn | None = None, *, local_only: bool = False, duty: Duty = "complete", **settings: Any
) -> AsyncIterator[tuple[OllamaBackend, OllamaStandIn]]:
    """A backend and its stand-in."""
    async with server or OllamaStandIn() as running:
        backend = OllamaBackend(OllamaSettings(url=running.url, **settings), local_only=local_only, duty=duty)
        yield backend, running
        await backend.aclose()


async def test_the_prompt_is_ours_and_raw() -> None:
    async with ollama_with(keep_alive="10m") as (backend, server):
        await hear(backend.stream(prompt(), Sampling(max_tokens=7, stop=("[PREFIX]", "\n\n"), seed=3)))
        body = server.seen("/api/generate")[-1].json()
        assert body["prompt"] == f"[SUFFIX]{SUFFIX}[PREFIX]{PREFIX}"
        assert body["raw"] is True
        assert "suffix" not in body
        assert body["truncate"] is False
        assert body["stream"] is True
        assert body["keep_alive"] == "10m"
        options = body["options"]
        assert options == {
            "num_predict": 7,
            "temperature": 0.0,
            "repeat_penalty": 1.0,
            "stop": ["[PREFIX]", "\n\n"],
            "seed": 3,
        }


async def test_no_request_has_an_empty_prompt() -> None:
    # It would mean "load", and generate nothing.
    async with ollama_with() as (backend, server):
        await backend.warm(prompt("", ""))
        await hear(backend.stream(prompt("", ""), ASK))
        await hear(backend.stream(Prompt("", ""), ASK))
        assert all(request.json()["prompt"] for request in server.seen("/api/generate"))


@pytest.mark.parametrize("num_ctx", [None, 2048])
async def test_nothing_makes_the_model_load_again(num_ctx: int | None) -> None:
    async with ollama_with(num_ctx=num_ctx) as (backend, server):
        await backend.warm(prompt())
        await hear(backend.stream(prompt(), ASK))
        await hear(backend.chat(question()))
        await hear(backend.chat(ChatRequest([Message("user", "x")], schema={"type": "object"})))
        await hear(
            backend.stream(prompt(), Sampling(max_tokens=9, temperature=0.3, stop=("x",), seed=1, logprobs=True))
        )
        assert (server.loads, server.reloads) == (1, 0)
        assert {request.json()["options"].get("num_ctx") for request in server.seen("/api/generate")} == {num_ctx}


async def test_typing_on_does_not_stop_the_model_from_loading() -> None:
    # Ollama breaks a load off when the client that asked for it leaves.
    async with ollama_with(OllamaStandIn(Script(load_ms=200))) as (backend, server):
        for _ in range(3):
            task = asyncio.create_task(hear(backend.stream(prompt(), ASK)))
            await server.until(lambda: server.seen("/api/generate"))
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert (await hear(backend.stream(prompt(), ASK))).text == "return a + b"
        assert (server.loads, server.aborted_loads) == (1, 0)


async def test_a_model_that_was_unloaded_meanwhile_is_loaded_before_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ollama, "_LOADED_S", 0.0)
    async with ollama_with() as (backend, server):
        await hear(backend.stream(prompt(), ASK))
        server.loaded.clear()
        server.script = Script(load_ms=100)
        task = asyncio.create_task(hear(backend.stream(prompt(), ASK)))
        await server.until(lambda: len(server.seen("/api/generate")) == 3)
        task.cancel()
        assert (await hear(backend.stream(prompt(), ASK))).finish == "stop"
        assert server.aborted_loads == 0


async def break_off(backend: OllamaBackend, server: OllamaStandIn) -> None:
    """Ask, and stop asking once a request for it is under way."""
    before = len(server.seen("/api/generate"))
    task = asyncio.create_task(hear(backend.stream(prompt(), ASK)))
    await server.until(lambda: len(server.seen("/api/generate")) > before)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_load_that_nobody_waited_for_is_no_reason_not_to_load_later() -> None:
    async with ollama_with(OllamaStandIn(Script(load_ms=50))) as (backend, server):
        for loads in (1, 2):
            await break_off(backend, server)
            while backend._loading._task:  # noqa: ASYNC110 - the load goes on by itself, and no one is told of its end
                await asyncio.sleep(0.001)
            assert (server.loads, server.aborted_loads) == (loads, 0)
            server.loaded.clear()


async def test_a_model_that_others_loaded_otherwise_is_loaded_without_being_broken_off() -> None:
    async with ollama_with(num_ctx=2048) as (backend, server):
        other = OllamaBackend(OllamaSettings(url=server.url), local_only=True)
        await other.warm(prompt())
        await other.aclose()
        server.script = Script(load_ms=50)
        await break_off(backend, server)
        assert (await hear(backend.stream(prompt(), ASK))).finish == "stop"
        assert (server.reloads, server.aborted_loads) == (1, 0)


async def test_a_model_that_is_loaded_keeps_what_it_has_read() -> None:
    async with ollama_with() as (backend, server):
        another_editor = OllamaBackend(OllamaSettings(url=server.url), local_only=True)
        await another_editor.warm(prompt())
        await another_editor.aclose()
        usage = (await hear(backend.stream(prompt(), ASK))).usage
        assert usage
        assert usage.evaluated_tokens == 1


async def test_an_answer_that_is_cut_off_shows_too_that_the_model_is_loaded() -> None:
    async with ollama_with(OllamaStandIn()) as (backend, server):
        for turn in range(3):
            assert await first(backend.stream(prompt(), ASK))
            if turn == 0:
                await backend.describe()
                server.requests.clear()
        assert {request.path for request in server.requests} == {"/api/generate"}


async def test_a_model_that_is_not_kept_is_not_loaded_beforehand() -> None:
    async with ollama_with(keep_alive=0) as (backend, server):
        await hear(backend.stream(prompt(), ASK))
        assert len(server.seen("/api/generate")) == 1


async def test_warming_reads_the_prompt_and_generates_one_token() -> None:
    async with ollama_with() as (backend, server):
        usage = await backend.warm(prompt())
        assert server.seen("/api/generate")[-1].json()["options"]["num_predict"] == 1
        assert usage.completion_tokens == 1
        heard = await hear(backend.stream(prompt(PREFIX + "return"), ASK))
        assert heard.usage
        assert heard.usage.evaluated_tokens is not None
        assert heard.usage.evaluated_tokens <= 3


async def test_usage_is_in_milliseconds_and_tells_what_the_cache_had() -> None:
    async with ollama_with(OllamaStandIn(Script(load_ms=30, prompt_token_ms=1, token_ms=4))) as (backend, _):
        await backend.warm(prompt())
        usage = (await hear(backend.stream(prompt(PREFIX + "return"), ASK))).usage
        assert usage
        assert usage.prompt_tokens
        assert usage.cached_tokens
        assert usage.completion_tokens == 5
        assert usage.prompt_ms is not None
        assert 1 <= usage.prompt_ms < 10_000
        assert usage.generation_ms is not None
        assert 15 <= usage.generation_ms < 10_000
    async with ollama_with(OllamaStandIn(version="0.33.0")) as (backend, _):
        usage = (await hear(backend.stream(prompt(), ASK))).usage
        assert usage
        assert usage.cached_tokens is None


async def test_the_context_is_a_careful_guess_until_the_model_is_loaded() -> None:
    async with ollama_with(OllamaStandIn(auto_context=16384)) as (backend, _):
        assert (await backend.describe()).context_tokens == 4096
        await hear(backend.stream(prompt(), ASK))
        assert (await backend.describe()).context_tokens == 16384


@pytest.mark.parametrize(
    ("model", "settings", "context"),
    [
        (Model(parameters="stop    [INST]\nnum_ctx       12288\n"), {}, 12288),
        (Model(trained_context=2048), {}, 2048),
        (Model(parameters="num_ctx 12288"), {"num_ctx": 8192}, 8192),
        (Model(), {"num_ctx": 65536}, 32768),
    ],
)
async def test_the_context_of_a_model_that_is_not_loaded(model: Model, settings: dict[str, Any], context: int) -> None:
    async with ollama_with(OllamaStandIn(models={"codestral:latest": model}), **settings) as (backend, _):
        assert (await backend.describe()).context_tokens == context


async def test_a_version_that_does_not_tell_the_loaded_context_is_asked_for_no_more_than_it_has() -> None:
    async with ollama_with(OllamaStandIn(version="0.9.6")) as (backend, _):
        await hear(backend.stream(prompt(), ASK))
        assert (await backend.describe()).context_tokens == 4096


async def test_a_prompt_that_is_too_long_is_an_error_and_never_cut() -> None:
    long = prompt("x = 1\n" * 4000)
    for version in ("0.34.0", "0.20.7"):
        async with ollama_with(OllamaStandIn(version=version)) as (backend, _):
            with pytest.raises(PromptTooLong) as caught:
                await hear(backend.stream(long, ASK))
            assert "ollama.numCtx" in caught.value.cure


@pytest.mark.parametrize("silent", [False, True], ids=["new", "old"])
async def test_the_repeat_guard_ends_an_answer(silent: bool) -> None:
    async with ollama_with(OllamaStandIn(silent_guard=silent)) as (backend, server):
        await backend.warm(prompt())
        server.plan(Fault("repeat"), path="/api/generate")
        heard = await hear(backend.stream(prompt(), Sampling(max_tokens=400)))
        assert heard.finish == "repeat"
        assert heard.text.startswith(" same same")


async def test_a_chat_is_answered_in_the_shape_that_was_asked_for() -> None:
    async with ollama_with(OllamaStandIn(Script(answer='{"bugs": []}'))) as (backend, server):
        schema = {"type": "object", "properties": {"bugs": {"type": "array"}}}
        request = ChatRequest([Message("system", "Be brief."), Message("user", "Bugs?")], schema=schema)
        heard = await hear(backend.chat(request))
        assert heard.text == '{"bugs": []}'
        body = server.seen("/api/chat")[-1].json()
        assert body["format"] == schema
        assert [message["role"] for message in body["messages"]] == ["system", "user"]


async def test_another_model_may_chat() -> None:
    models = {"codestral:latest": Model(), "qwen3:8b": Model(capabilities=("completion",))}
    async with ollama_with(OllamaStandIn(models=models), chat_model="qwen3:8b", duty="chat") as (backend, server):
        await hear(backend.chat(question()))
        assert server.seen("/api/chat")[-1].json()["model"] == "qwen3:8b"
    async with ollama_with(chat_model="qwen3:8b", duty="chat") as (backend, _):
        with pytest.raises(ModelMissing) as caught:
            await backend.describe()
        assert caught.value.message == "Ollama does not have qwen3:8b. Run: ollama pull qwen3:8b"


async def test_probabilities_are_told_on_demand() -> None:
    async with ollama_with() as (backend, _):
        heard = await hear(backend.stream(prompt(), Sampling(max_tokens=64, logprobs=True)))
        assert {piece.logprob for piece in heard.pieces[:-1]} == {Script().logprob}
        heard = await hear(backend.stream(prompt(), ASK))
        assert {piece.logprob for piece in heard.pieces} == {None}


async def test_the_model_is_described_by_its_own_metadata() -> None:
    async with ollama_with(model="codestral:22b", server=OllamaStandIn(models={"codestral:22b": Model()})) as (b, _):
        info = await b.describe()
        assert info.model == "codestral:22b"
        assert info.names == ("Codestral", "codestral:22b", "llama")
        assert "[SUFFIX]" in info.template
        assert info.form == "raw"
        assert info.fim is True
        assert (info.remote, info.metered, info.slots) == (False, False, 1)
        assert await b.count("x") is None


async def test_control_tokens_are_known_from_the_vocabulary() -> None:
    async with ollama_with() as (backend, server):
        assert await backend.special("[SUFFIX]") is True
        assert await backend.special("def") is False
        assert await backend.special("<|fim_prefix|>") is False
        assert len(server.seen("/api/show")) == 1


async def test_a_model_without_a_template_for_it_may_still_fill_in_the_middle() -> None:
    imported = Model(template=PLAIN_TEMPLATE, capabilities=("completion",))
    async with ollama_with(OllamaStandIn(models={"codestral:latest": imported})) as (backend, _):
        assert (await backend.describe()).fim is True
        assert (await backend.health()).ok


async def test_a_model_that_cannot_fill_in_the_middle_is_told() -> None:
    chatter = Model(template=PLAIN_TEMPLATE, capabilities=("completion",), control_tokens=("<s>", "[INST]"))
    async with ollama_with(OllamaStandIn(models={"codestral:latest": chatter})) as (backend, _):
        health = await backend.health()
        assert isinstance(health.problem, NoFim)
        assert "ollama pull" in health.detail


async def test_a_missing_model_is_told_with_the_command_that_gets_it() -> None:
    async with ollama_with(model="codestral:8b") as (backend, _):
        for ask in (backend.stream(prompt(), ASK), backend.chat(question())):
            with pytest.raises(ModelMissing) as caught:
                await hear(ask)
            assert caught.value.cure == "Run: ollama pull codestral:8b"
        health = await backend.health()
        assert not health.ok
        assert health.version == "0.34.0"
        assert isinstance(health.problem, ModelMissing)


async def test_a_full_queue_is_told() -> None:
    async with ollama_with(OllamaStandIn(max_queue=1)) as (backend, server):
        await backend.warm(prompt())
        server.script = Script(first_token_ms=600_000)
        waiting = asyncio.create_task(first(backend.stream(prompt(), ASK)))
        await server.until(lambda: len(server.seen("/api/generate")) == 3)
        with pytest.raises(ServerBusy):
            await hear(backend.stream(prompt(), ASK))
        waiting.cancel()


async def test_a_model_that_does_not_fit_is_told() -> None:
    async with ollama_with(OllamaStandIn(out_of_memory=True)) as (backend, server):
        with pytest.raises(OutOfMemory) as caught:
            await hear(backend.stream(prompt(), ASK))
        assert not caught.value.transient
        assert "smaller model" in caught.value.cure
    async with ollama_with() as (backend, server):
        await backend.warm(prompt())
        server.plan(Fault("error-line", 2, "cudaMalloc failed: out of memory"), path="/api/generate")
        with pytest.raises(OutOfMemory):
            await hear(backend.stream(prompt(), ASK))


async def test_a_runner_that_died_is_told() -> None:
    text = "model runner has unexpectedly stopped, this may be due to resource limitations or an internal error"
    async with ollama_with() as (backend, server):
        await backend.warm(prompt())
        server.plan(Canned(500, {"error": text}), path="/api/generate")
        with pytest.raises(ServerFault, match="unexpectedly stopped"):
            await hear(backend.stream(prompt(), ASK))


async def test_not_installed_and_not_running_are_different_things(monkeypatch: pytest.MonkeyPatch) -> None:
    async with ollama_with() as (backend, server):
        await server.stop()
        for installed, kind, cure in (
            (True, NotRunning, "ollama serve"),
            (False, NotInstalled, "ollama pull codestral"),
        ):
            monkeypatch.setattr(ollama, "_installed", lambda installed=installed: installed)
            with pytest.raises(kind) as caught:
                await hear(backend.stream(prompt(), ASK))
            assert cure in caught.value.cure
        await server.start()


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("qwen3-coder:480b-cloud", Model(remote_host="https://ollama.com:443", remote_model="qwen3-coder:480b")),
        ("mine", Model(remote_host="https://ollama.com:443", remote_model="qwen3-coder:480b")),
    ],
)
async def test_a_model_in_the_cloud_is_remote_though_ollama_is_not(name: str, model: Model) -> None:
    models = {name if ":" in name else f"{name}:latest": model}
    async with ollama_with(OllamaStandIn(models=models), model=name) as (backend, server):
        info = await backend.describe()
        assert (info.remote, info.metered, info.host) == (True, True, "ollama.com:443")
        assert (await hear(backend.stream(prompt(), ASK))).text
        assert len(server.seen("/api/generate")) == 1  # nothing to load here
    async with ollama_with(OllamaStandIn(models=models), model=name, local_only=True) as (backend, server):
        for ask in (backend.stream(prompt(), ASK), backend.chat(question())):
            with pytest.raises(LocalOnly):
                await hear(ask)
        assert not server.seen("/api/generate")
        assert not server.seen("/api/chat")
    async with ollama_with(
        OllamaStandIn(models={**models, "codestral:latest": Model()}), chat_model=name, local_only=True, duty="chat"
    ) as (
        backend,
        server,
    ):
        with pytest.raises(LocalOnly):
            await hear(backend.chat(question()))
        assert not server.seen("/api/chat")


async def test_a_prompt_of_another_family_is_sent_as_it_is() -> None:
    segments = (Segment("<|fim_prefix|>", True), Segment("a"), Segment("<|fim_suffix|>", True), Segment("b"))
    qwen = Prompt("a", "b", (*segments, Segment("<|fim_middle|>", True)))
    async with ollama_with() as (backend, server):
        await hear(backend.stream(qwen, ASK))
        sent = server.seen("/api/generate")[-1].json()["prompt"]
        assert sent == "<|fim_prefix|>a<|fim_suffix|>b<|fim_middle|>"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30m", 1800),
        ("1h30m", 5400),
        ("90s", 90),
        ("500ms", 0.5),
        (300, 300),
        (0, 0),
        (-1, float("inf")),
        ("-1m", float("inf")),
    ],
)
def test_keep_alive_times_are_understood(text: str | int, seconds: float) -> None:
    assert ollama._seconds(text) == seconds
