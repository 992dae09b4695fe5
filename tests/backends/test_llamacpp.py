"""llama-server: the prompt as text or exact tokens, its cache, its probabilities and its refusals."""

from __future__ import annotations

import json
import math
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from codestral_lsp.backends.base import ChatRequest, Message, Prompt, Sampling, Segment
from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.llamacpp import LlamacppBackend
from codestral_lsp.config.settings import LlamacppSettings
from codestral_lsp.errors import ModelLoading, ModelMissing, PromptTooLong, ServerFault, Unauthorized
from tests.backends.talk import PREFIX, SUFFIX, hear, prompt, question
from tests.standins.base import Canned, Fault, Script
from tests.standins.llamacpp import LlamaServerStandIn

ASK = Sampling(max_tokens=64)


@asynccontextmanager
async def llama_with(
    server: LlamaServerStandIn | None = None, *, environ: dict[str, str] | None = None, **settings: Any
) -> AsyncIterator[tuple[LlamacppBackend, LlamaServerStandIn]]:
    """A backend and its stand-in."""
    async with server or LlamaServerStandIn() as running:
        keys = Keys(environ or {})
        backend = LlamacppBackend(LlamacppSettings(url=running.url, **settings), keys, local_only=True)
        yield backend, running
        await backend.aclose()


def qwen(prefix: str = PREFIX, suffix: str = SUFFIX) -> Prompt:
    """A prompt in Qwen's layout."""
    marks = [Segment(f"<|fim_{name}|>", True) for name in ("prefix", "suffix", "middle")]
    return Prompt(prefix, suffix, (marks[0], Segment(prefix), marks[1], Segment(suffix), marks[2]))


async def test_a_vocabulary_of_bytes_gets_the_prompt_as_text() -> None:
    async with llama_with() as (backend, server):
        await hear(backend.stream(qwen(), Sampling(max_tokens=7, temperature=0.2, stop=("\n\n",), seed=3)))
        body = server.seen("/completion")[-1].json()
        assert body.pop("response_fields")
        assert body == {
            "prompt": f"<|fim_prefix|>{PREFIX}<|fim_suffix|>{SUFFIX}<|fim_middle|>",
            "n_predict": 7,
            "temperature": 0.2,
            "stop": ["\n\n"],
            "seed": 3,
            "cache_prompt": True,
            "stream": True,
            "timings_per_token": True,
        }


async def test_a_sentencepiece_vocabulary_gets_the_tokens_that_codestral_was_trained_on() -> None:
    # mistral-common: <s>[SUFFIX]return▁a▁+▁b[PREFIX]▁def▁f(, with the blank before the prefix only.
    async with llama_with(LlamaServerStandIn(vocabulary="spm")) as (backend, server):
        await hear(backend.stream(prompt("def f(", "return a + b"), ASK))
        sent = server.seen("/completion")[-1].json()["prompt"]
        vocabulary = server.vocabulary
        pieces = [vocabulary.decode([number]) for number in sent]
        assert pieces == ["<s>", "[SUFFIX]", "return", " a", " ", "+", " b", "[PREFIX]", " def", " f", "("]
        as_text = vocabulary.encode("[SUFFIX]return a + b[PREFIX]def f(", parse_special=True)
        assert sent != [*vocabulary.bos, *as_text], "the stand-in no longer shows the difference"


async def test_control_tokens_in_the_users_text_are_only_text_to_a_token_prompt() -> None:
    async with llama_with(LlamaServerStandIn(vocabulary="spm")) as (backend, server):
        await hear(backend.stream(prompt("x = '[SUFFIX]'", "y = '[PREFIX]'"), ASK))
        pieces = [server.vocabulary.decode([number]) for number in server.seen("/completion")[-1].json()["prompt"]]
        assert pieces.count("[SUFFIX]") == 1
        assert pieces.count("[PREFIX]") == 1


async def test_an_empty_suffix_or_prefix_has_no_tokens() -> None:
    async with llama_with(LlamaServerStandIn(vocabulary="spm")) as (backend, server):
        await hear(backend.stream(prompt("", ""), ASK))
        pieces = [server.vocabulary.decode([number]) for number in server.seen("/completion")[-1].json()["prompt"]]
        assert pieces == ["<s>", "[SUFFIX]", "[PREFIX]"]


async def test_while_the_suffix_stays_only_the_prefix_is_tokenised_again() -> None:
    async with llama_with(LlamaServerStandIn(vocabulary="spm")) as (backend, server):
        await hear(backend.stream(prompt("def f("), ASK))
        server.requests.clear()
        for prefix in ("def f(a", "def f(a,", "def f(a, b"):
            await hear(backend.stream(prompt(prefix), ASK))
        asked = [request.json()["content"] for request in server.seen("/tokenize")]
        assert asked == ["def f(a", "def f(a,", "def f(a, b"]
        backend.forget()
        await hear(backend.stream(prompt("def f("), ASK))
        assert any(SUFFIX in request.json()["content"] for request in server.seen("/tokenize"))


@pytest.mark.parametrize("vocabulary", ["bpe", "spm"])
async def test_an_appended_prompt_costs_what_was_appended(vocabulary: Any) -> None:
    async with llama_with(LlamaServerStandIn(vocabulary=vocabulary)) as (backend, server):
        ask = (lambda text: qwen("x", text)) if vocabulary == "bpe" else prompt
        await backend.warm(ask("def add(a, b):"))
        assert server.seen("/completion")[-1].json()["n_predict"] == 0
        usage = (await hear(backend.stream(ask("def add(a, b): return"), ASK))).usage
        assert usage
        assert usage.evaluated_tokens is not None
        assert usage.evaluated_tokens <= 3
        assert usage.cached_tokens
        assert usage.prompt_tokens == usage.cached_tokens + usage.evaluated_tokens
        assert usage.completion_tokens == 5
        assert usage.prompt_ms is not None
        assert usage.generation_ms is not None


async def test_what_an_answer_cost_is_known_when_it_is_cut_off() -> None:
    async with llama_with() as (backend, _):
        async with aclosing(backend.stream(qwen(), ASK)) as pieces:
            piece = await anext(pieces)
        assert piece.finish is None
        assert piece.usage
        assert piece.usage.evaluated_tokens
        assert piece.usage.completion_tokens == 1


async def test_older_timings_are_read_too() -> None:
    last = {"content": "", "stop": True, "stop_type": "eos", "tokens_evaluated": 20}
    old = {**last, "timings": {"prompt_n": 4, "prompt_ms": 7.5, "predicted_n": 2, "predicted_ms": 9}}
    for message, cached in ((old, 16), (last, None)):
        body = b"".join(
            b"data: %s\n\n" % json.dumps(part).encode() for part in ({"content": "x", "stop": False}, message)
        )
        async with llama_with() as (backend, server):
            server.plan(Canned(200, body, content_type="text/event-stream"), path="/completion")
            usage = (await hear(backend.stream(qwen(), ASK))).usage
            assert (usage.cached_tokens if usage else None) == cached
            assert (usage.prompt_tokens if usage else None) == (20 if cached else None)


async def test_probabilities_are_told_on_demand() -> None:
    async with llama_with() as (backend, server):
        heard = await hear(backend.stream(qwen(), Sampling(max_tokens=64, logprobs=True)))
        assert {piece.logprob for piece in heard.pieces[:-1]} == {Script().logprob}
        assert server.seen("/completion")[-1].json()["n_probs"] == 1
        await hear(backend.stream(qwen(), ASK))
        assert "n_probs" not in server.seen("/completion")[-1].json()


async def test_an_answer_is_held_to_a_start() -> None:
    async with llama_with() as (backend, server):
        assert (await backend.describe()).holds_start
        heard = await hear(backend.stream(replace(qwen(), start="naïve_1"), ASK))
        assert heard.text == "naïve_1return a + b"
        assert server.seen("/completion")[-1].json()["grammar"] == 'root ::= "naïve_1" [^\\x00]*'
        await backend.warm(replace(qwen(), start="naïve_1"))
        assert "grammar" not in server.seen("/completion")[-1].json()


async def test_the_probability_of_what_is_held_to_a_start_is_that_among_its_rivals() -> None:
    def told(token: str, *rivals: tuple[str, float]) -> bytes:
        top = [{"token": text, "logprob": math.log(share)} for text, share in rivals]
        logprob = dict(rivals)[token]
        probabilities = [{"token": token, "logprob": math.log(logprob), "top_logprobs": top}]
        return b"data: %s\n\n" % json.dumps({"content": token, "completion_probabilities": probabilities}).encode()

    body = told("return", ("self", 0.9), ("return", 0.06), ("re", 0.02)) + told(" x", (" x", 0.5), (" y", 0.5))
    body += b'data: {"content": "", "stop": true, "stop_type": "eos"}\n\n'
    async with llama_with() as (backend, server):
        server.plan(Canned(200, body, content_type="text/event-stream"), path="/completion")
        heard = await hear(backend.stream(replace(qwen(), start="re"), Sampling(max_tokens=64, logprobs=True)))
    # 0.02 are not listed, and might all be of words that start so.
    shares = [round(math.exp(piece.logprob), 3) for piece in heard.pieces if piece.logprob is not None]
    assert shares == [0.6, 0.5]


async def test_the_model_is_described_without_its_path() -> None:
    async with llama_with(LlamaServerStandIn(model="/home/me/models/codestral-22b-v0.1.Q4_K_M.gguf")) as (backend, _):
        info = await backend.describe()
        assert info.model == "codestral-22b-v0.1.Q4_K_M.gguf"
        assert info.names == ("codestral-22b-v0.1.Q4_K_M.gguf",)
        assert (info.context_tokens, info.slots, info.form) == (8192, 1, "raw")
        assert (info.remote, info.metered) == (False, False)
        assert "message.content" in info.template


async def test_tokens_are_counted_and_control_tokens_known() -> None:
    async with llama_with() as (backend, _):
        assert await backend.count("def add(a, b):") == 8
        assert await backend.count("<|fim_prefix|>") == 5
        assert await backend.special("<|fim_prefix|>") is True
        assert await backend.special("[SUFFIX]") is False
        assert await backend.special("def") is False
    async with llama_with(LlamaServerStandIn(vocabulary="spm")) as (backend, _):
        assert await backend.special("[SUFFIX]") is True


async def test_what_cannot_be_asked_is_not_known() -> None:
    async with llama_with() as (backend, server):
        await server.stop()
        assert await backend.count("x") is None
        assert await backend.special("x") is None
        await server.start()
        assert await backend.special("<|fim_prefix|>") is True


async def test_a_chat_is_held_to_a_schema() -> None:
    async with llama_with(LlamaServerStandIn(Script(answer="{}"))) as (backend, server):
        schema = {"type": "object", "properties": {}}
        heard = await hear(backend.chat(ChatRequest([Message("user", "JSON?")], schema=schema)))
        assert heard.text == "{}"
        assert heard.usage
        assert heard.usage.prompt_ms is not None
        body = server.seen("/v1/chat/completions")[-1].json()
        assert body["response_format"]["json_schema"]["schema"] == schema


async def test_a_server_that_loads_its_model_is_told_apart_from_one_that_fails() -> None:
    async with llama_with(LlamaServerStandIn(loading=True)) as (backend, server):
        for ask in (backend.stream(qwen(), ASK), backend.chat(question())):
            with pytest.raises(ModelLoading) as caught:
                await hear(ask)
            assert caught.value.retry_after_s
        assert isinstance((await backend.health()).problem, ModelLoading)
        server.loading = False
        assert (await hear(backend.stream(qwen(), ASK))).text == "return a + b"
        server.plan(Fault("error-line", 1, "slot is gone"), path="/completion")
        with pytest.raises(ServerFault, match="slot is gone"):
            await hear(backend.stream(qwen(), ASK))


async def test_a_prompt_that_is_too_long_is_told_with_the_sizes() -> None:
    async with llama_with(LlamaServerStandIn(context=100)) as (backend, _):
        with pytest.raises(PromptTooLong, match=r"\(\d+ tokens\) exceeds the available context size \(100 tokens\)"):
            await hear(backend.stream(qwen("x = 1\n" * 100), ASK))


async def test_a_key_is_taken_from_the_variable_that_is_named_and_no_other() -> None:
    async with llama_with(LlamaServerStandIn(api_key="k"), environ={"LLAMA_KEY": "k"}, api_key_env="LLAMA_KEY") as (
        b,
        _,
    ):
        assert (await b.health()).ok
        assert (await hear(b.stream(qwen(), ASK))).text
    async with llama_with(LlamaServerStandIn(api_key="k"), environ={"LLAMA_KEY": "k"}) as (backend, server):
        with pytest.raises(Unauthorized) as caught:
            await hear(backend.stream(qwen(), ASK))
        assert "llamacpp.apiKeyEnv" in caught.value.cure
        assert all("authorization" not in request.headers for request in server.requests)


async def test_a_router_has_no_model_to_ask() -> None:
    async with llama_with() as (backend, server):
        server.plan(Canned(200, {"role": "router", "default_generation_settings": {"n_ctx": 0}}), path="/props")
        with pytest.raises(ModelMissing) as caught:
            await backend.describe()
        assert "-m FILE" in caught.value.cure
