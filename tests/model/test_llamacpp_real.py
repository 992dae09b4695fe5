"""The backends llamacpp and openai against a real llama-server with a real model that fills in the middle.

CODESTRAL_TEST_LLAMA_URL names the server: one slot, at least 4,096 tokens of context, a Qwen2.5-Coder model.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from codestral_lsp.backends.base import ChatRequest, Message, Prompt, Sampling, Segment
from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.llamacpp import LlamacppBackend
from codestral_lsp.backends.openai import OpenaiBackend
from codestral_lsp.config.settings import LlamacppSettings, OpenaiSettings
from codestral_lsp.errors import ModelMissing, PromptTooLong
from tests.backends.talk import first, hear

URL = os.environ.get("CODESTRAL_TEST_LLAMA_URL", "")

pytestmark = [
    pytest.mark.skipif(not URL, reason="NOT RUN: no real model; set CODESTRAL_TEST_LLAMA_URL to a llama-server"),
    pytest.mark.timeout(600),
]

SUFFIX = "\n\n\nif __name__ == '__main__':\n    print(add(1, 2))\n"


def fim(prefix: str, suffix: str = SUFFIX) -> Prompt:
    """A prompt in the layout of Qwen2.5-Coder."""
    marks = [Segment(f"<|fim_{name}|>", True) for name in ("prefix", "suffix", "middle")]
    return Prompt(prefix, suffix, (marks[0], Segment(prefix), marks[1], Segment(suffix), marks[2]))


def filler(lines: int) -> str:
    """Code that is nowhere else, so that no cache has it."""
    return "".join(f"value_{number} = {time.time_ns()} + {number}\n" for number in range(lines))


@pytest.fixture
async def llama() -> AsyncIterator[LlamacppBackend]:
    backend = LlamacppBackend(LlamacppSettings(url=URL), Keys({}), local_only=True)
    yield backend
    await backend.aclose()


@pytest.fixture
async def openai() -> AsyncIterator[OpenaiBackend]:
    backend = OpenaiBackend(OpenaiSettings(url=URL), Keys({}), local_only=True)
    yield backend
    await backend.aclose()


async def slot() -> dict[str, Any]:
    """What the server says of its first slot."""

    def get() -> Any:
        with urllib.request.urlopen(f"{URL}/slots", timeout=60) as reply:
            return json.load(reply)

    return dict((await asyncio.to_thread(get))[0])


async def until_idle() -> None:
    """Wait until the server works on nothing, for less time than it would need to finish what it was asked."""
    async with asyncio.timeout(180):
        while (await slot())["is_processing"]:  # noqa: ASYNC110 - another process says it
            await asyncio.sleep(0.05)


COUNTING = Prompt("", "", (Segment("Count: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,"),))
"""What a model goes on with for ever."""


async def test_it_fills_in_the_middle_and_tells_what_it_cost(llama: LlamacppBackend) -> None:
    heard = await hear(llama.stream(fim("def add(a, b):\n    "), Sampling(max_tokens=16, stop=("\n",))))
    assert heard.text == "return a + b"
    assert heard.finish == "stop"
    assert len(heard.pieces) > 3
    usage = heard.usage
    assert usage
    assert usage.prompt_tokens is not None
    assert usage.prompt_tokens > 20
    assert usage.completion_tokens is not None
    assert 4 <= usage.completion_tokens <= 8
    assert usage.prompt_ms
    assert usage.generation_ms


@pytest.mark.parametrize("start", ["retu", "zebra", "naïve_1"])
async def test_an_answer_is_held_to_a_start(llama: LlamacppBackend, start: str) -> None:
    ask = Sampling(max_tokens=16, logprobs=True)
    heard = await hear(llama.stream(replace(fim("def add(a, b):\n    "), start=start), ask))
    assert heard.text.startswith(start)
    logs = [piece.logprob for piece in heard.pieces if piece.text]
    assert all(log is not None and log <= 0 for log in logs)


async def test_the_same_question_gets_the_same_answer(llama: LlamacppBackend) -> None:
    ask = Sampling(max_tokens=12)
    texts = [(await hear(llama.stream(fim("def mul(x, y):\n    "), ask))).text for _ in range(2)]
    assert texts[0] == texts[1]
    assert (await hear(llama.stream(fim("def mul(x, y):\n    "), Sampling(max_tokens=2)))).finish == "length"


async def test_a_warmed_prompt_is_read_only_once(llama: LlamacppBackend) -> None:
    # Typing appends when the suffix stands first, as in Codestral's layout; here the prefix alone is the prompt.
    def prompt(text: str) -> Prompt:
        return Prompt(text, "", (Segment(text),))

    text = filler(20) + "def total(values):\n    "
    warmed = await llama.warm(prompt(text))
    assert warmed.evaluated_tokens is not None
    assert warmed.evaluated_tokens > 200
    usage = (await hear(llama.stream(prompt(text + "return sum"), Sampling(max_tokens=4)))).usage
    assert usage
    assert usage.evaluated_tokens is not None
    assert usage.evaluated_tokens <= 4
    assert usage.cached_tokens
    assert usage.cached_tokens > 200


async def test_closing_a_stream_stops_the_generation(llama: LlamacppBackend) -> None:
    async with aclosing(llama.stream(COUNTING, Sampling(max_tokens=7000, temperature=0.9))) as generated:
        await anext(generated)
        assert (await slot())["is_processing"]
    await until_idle()


async def test_cancelling_stops_the_reading_of_a_prompt(llama: LlamacppBackend) -> None:
    prompt = fim(filler(90))
    whole = await llama.count(prompt.raw)
    assert whole
    assert whole > 2048, "a server reads this much before it looks whether anyone still waits"
    task = asyncio.create_task(hear(llama.stream(prompt, Sampling(max_tokens=4))))
    while not (await slot())["is_processing"]:  # noqa: ASYNC110 - another process says it
        await asyncio.sleep(0.01)
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until_idle()
    assert (await slot())["n_prompt_tokens"] < whole


async def test_tokens_of_segments_are_the_tokens_of_the_text(llama: LlamacppBackend) -> None:
    for prefix, suffix in (("def add(a, b):\n    ", SUFFIX), ("x = 'é 😀'\n\t", ""), ("", "\n"), ("  a", "b  ")):
        prompt = fim(prefix, suffix)
        apart = [await llama._segment_tokens(segment, bare=False) for segment in prompt.segments]
        together = await llama._tokenize(prompt.raw, special=True)
        assert [token for tokens in apart for token in tokens] == together
        assert await llama._read(prompt) == prompt.raw


async def test_tokens_given_as_such_are_answered_like_the_text(llama: LlamacppBackend) -> None:
    prompt, ask = fim("def add(a, b):\n    "), Sampling(max_tokens=8)
    as_text = (await hear(llama.stream(prompt, ask))).text
    vocabulary = await llama._vocabulary.get()
    assert not vocabulary.spaced
    tokens = [token for segment in prompt.segments for token in await llama._segment_tokens(segment, bare=False)]
    llama._read = lambda _: asyncio.sleep(0, tokens)  # type: ignore[method-assign, assignment]
    assert (await hear(llama.stream(prompt, ask))).text == as_text


async def test_control_tokens_and_counts_are_the_models(llama: LlamacppBackend) -> None:
    assert await llama.special("<|fim_prefix|>") is True
    assert await llama.special("[SUFFIX]") is False
    assert await llama.special("def") is False
    assert await llama.count("def add(a, b):") == 6
    assert await llama.count("") == 0


async def test_probabilities_are_told(llama: LlamacppBackend) -> None:
    heard = await hear(llama.stream(fim("def add(a, b):\n    "), Sampling(max_tokens=5, logprobs=True)))
    values = [piece.logprob for piece in heard.pieces if piece.text]
    assert all(value is not None and -20 < value <= 0 for value in values)
    assert values[0] is not None
    assert values[0] > -1, "the model should be fairly sure of `return`"


async def test_a_chat_is_held_to_a_schema(llama: LlamacppBackend) -> None:
    schema = {
        "type": "object",
        "properties": {"colour": {"type": "string", "enum": ["red", "blue"]}, "count": {"type": "integer"}},
        "required": ["colour", "count"],
        "additionalProperties": False,
    }
    request = ChatRequest([Message("user", "A colour and a count, as JSON.")], Sampling(max_tokens=60), schema)
    heard = await hear(llama.chat(request))
    answer = json.loads(heard.text)
    assert answer["colour"] in ("red", "blue")
    assert isinstance(answer["count"], int)
    assert heard.usage
    assert heard.usage.completion_tokens


async def test_a_prompt_that_is_too_long_is_told_with_the_sizes(llama: LlamacppBackend) -> None:
    context = (await llama.describe()).context_tokens
    assert context
    with pytest.raises(PromptTooLong, match=f"available context size \\({context} tokens\\)"):
        await hear(llama.stream(fim("a b " * context), Sampling(max_tokens=4)))


async def test_the_server_describes_itself(llama: LlamacppBackend) -> None:
    health = await llama.health()
    assert health.ok, health.detail
    info = await llama.describe()
    assert "/" not in info.model
    assert "qwen" in info.model.lower()
    assert info.context_tokens
    assert info.slots == 1
    assert not info.remote
    assert "message" in info.template


async def test_it_speaks_openais_api_too(openai: OpenaiBackend) -> None:
    heard = await hear(openai.stream(fim("def add(a, b):\n    "), Sampling(max_tokens=16, stop=("\n",), logprobs=True)))
    assert heard.text == "return a + b"
    assert heard.finish == "stop"
    assert heard.usage
    assert heard.usage.prompt_tokens
    assert heard.usage.cached_tokens is not None
    assert heard.pieces[0].logprob is not None
    info = await openai.describe()
    assert info.context_tokens
    chat = await hear(openai.chat(ChatRequest([Message("user", "Say yes.")], Sampling(max_tokens=5))))
    assert chat.text
    assert (await openai.health()).ok


async def test_closing_a_stream_of_openais_api_stops_the_generation(openai: OpenaiBackend) -> None:
    assert await first(openai.stream(COUNTING, Sampling(max_tokens=7000, temperature=0.9)))
    await until_idle()


async def test_another_model_than_the_servers_is_told() -> None:
    backend = OpenaiBackend(OpenaiSettings(url=URL, model="no-such-model"), Keys({}), local_only=True)
    with pytest.raises(ModelMissing):
        await backend.describe()
    await backend.aclose()
