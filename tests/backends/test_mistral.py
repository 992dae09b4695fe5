"""Mistral's API: strict bodies, the host that takes the key, cool-down, retries and cost."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from codestral_lsp.backends import mistral
from codestral_lsp.backends.base import ChatRequest, Duty, Message, Sampling
from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.mistral import HOSTS, MistralBackend
from codestral_lsp.config.settings import MistralSettings
from codestral_lsp.errors import (
    LocalOnly,
    ModelMissing,
    NotPermitted,
    RateLimited,
    RequestRefused,
    ServerFault,
    Unauthorized,
)
from tests.backends.talk import PREFIX, SUFFIX, hear, prompt, question
from tests.standins.base import Canned, Fault, Script
from tests.standins.mistral import MistralStandIn

ASK = Sampling(max_tokens=64)
FIM = "/v1/fim/completions"
PLATFORM, CODESTRAL = "key-of-api-mistral-ai", "key-of-codestral-host"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries without their pause."""
    monkeypatch.setattr(mistral, "_RETRY_S", 0.001)


@asynccontextmanager
async def mistral_with(
    server: MistralStandIn | None = None, *, key: str = PLATFORM, duty: Duty = "complete", **settings: Any
) -> AsyncIterator[tuple[MistralBackend, MistralStandIn]]:
    """A backend at one address, and its stand-in."""
    async with server or MistralStandIn() as running:
        keys = Keys({"CODESTRAL_API_KEY": key})
        backend = MistralBackend(MistralSettings(url=running.url, **settings), keys, local_only=False, duty=duty)
        yield backend, running
        await backend.aclose()


@asynccontextmanager
async def both_hosts(keys: Keys) -> AsyncIterator[tuple[MistralBackend, MistralStandIn, MistralStandIn]]:
    """A backend that looks for its host, and the two there are."""
    async with MistralStandIn() as platform, MistralStandIn(keys=[CODESTRAL]) as codestral:
        hosts: Sequence[str] = (platform.url, codestral.url)
        backend = MistralBackend(MistralSettings(), keys, local_only=False, hosts=hosts)
        yield backend, platform, codestral
        await backend.aclose()


async def test_only_documented_fields_are_sent() -> None:
    async with mistral_with() as (backend, server):
        await hear(backend.stream(prompt(), Sampling(max_tokens=7, temperature=0.2, stop=("\n\n",), seed=3)))
        body = server.seen(FIM)[-1].json()
        assert body.pop("prompt_cache_key")
        assert body == {
            "model": "codestral-latest",
            "prompt": PREFIX,
            "suffix": SUFFIX,
            "max_tokens": 7,
            "temperature": 0.2,
            "stop": ["\n\n"],
            "random_seed": 3,
            "stream": True,
        }


async def test_a_document_keeps_its_cache_key_which_does_not_tell_its_name() -> None:
    async with mistral_with() as (backend, server):
        for _ in range(2):
            heard = await hear(backend.stream(prompt("x = 1\n" * 100), ASK))
        assert heard.usage
        assert heard.usage.cached_tokens
        assert heard.usage.cached_tokens > 100
        keys = {request.json()["prompt_cache_key"] for request in server.seen(FIM)}
        assert len(keys) == 1
        assert "add" not in keys.pop()


@pytest.mark.parametrize("chunks", [False, True])
async def test_text_may_come_whole_or_in_chunks(chunks: bool) -> None:
    async with mistral_with(MistralStandIn(content_chunks=chunks)) as (backend, _):
        heard = await hear(backend.stream(prompt(), ASK))
        assert (heard.text, heard.finish) == ("return a + b", "stop")


async def test_what_a_request_cost_is_read() -> None:
    async with mistral_with() as (backend, _):
        usage = (await hear(backend.stream(prompt(), ASK))).usage
        assert usage
        assert usage.prompt_tokens
        assert usage.completion_tokens == 5
        assert usage.cached_tokens == 0


async def test_a_chat_is_held_to_a_schema() -> None:
    server = MistralStandIn(Script(answer="{}"))
    async with mistral_with(server, duty="chat", chat_model="codestral-2508") as (backend, _):
        schema = {"type": "object", "properties": {}}
        sampling = Sampling(max_tokens=99, seed=4)
        heard = await hear(backend.chat(ChatRequest([Message("user", "JSON?")], sampling, schema)))
        assert heard.text == "{}"
        body = server.seen("/v1/chat/completions")[-1].json()
        assert body["response_format"]["json_schema"] == {"name": "answer", "schema": schema, "strict": True}
        assert (body["model"], body["random_seed"], body["max_tokens"]) == ("codestral-2508", 4, 99)


def test_the_hosts_are_mistrals() -> None:
    assert HOSTS == ("https://api.mistral.ai", "https://codestral.mistral.ai")


@pytest.mark.parametrize("key", [PLATFORM, CODESTRAL])
async def test_the_host_is_found_from_the_key_and_remembered(key: str) -> None:
    async with both_hosts(Keys({"CODESTRAL_API_KEY": key})) as (backend, platform, codestral):
        right, wrong = (platform, codestral) if key == PLATFORM else (codestral, platform)
        for _ in range(3):
            assert (await hear(backend.stream(prompt(), ASK))).text == "return a + b"
        assert len(right.seen(FIM)) == 3
        assert wrong.seen(FIM) == []
        assert len(platform.seen("/v1/models")) == 1
        assert (await backend.describe()).host == right.url.removeprefix("http://")


async def test_another_key_is_another_search() -> None:
    keys = Keys({})
    keys.give("mistral", PLATFORM)
    async with both_hosts(keys) as (backend, platform, codestral):
        await hear(backend.stream(prompt(), ASK))
        keys.give("mistral", CODESTRAL)
        await hear(backend.stream(prompt(), ASK))
        assert (len(platform.seen(FIM)), len(codestral.seen(FIM))) == (1, 1)


async def test_a_key_that_no_host_takes_is_told_with_where_it_came_from() -> None:
    async with both_hosts(Keys({"CODESTRAL_API_KEY": "no-such-key"})) as (backend, platform, codestral):
        with pytest.raises(Unauthorized) as caught:
            await hear(backend.stream(prompt(), ASK))
        for part in (platform.url, codestral.url, "http://CODESTRAL_API_KEY"):
            assert part.removeprefix("http://") in caught.value.cause
        assert "no-such-key" not in caught.value.message


async def test_a_key_that_is_refused_later_is_looked_up_anew() -> None:
    async with both_hosts(Keys({"CODESTRAL_API_KEY": PLATFORM})) as (backend, platform, _):
        await hear(backend.stream(prompt(), ASK))
        platform.plan(Canned(401, {"detail": "Unauthorized"}), path=FIM)
        with pytest.raises(Unauthorized):
            await hear(backend.stream(prompt(), ASK))
        await hear(backend.stream(prompt(), ASK))
        assert len(platform.seen("/v1/models")) == 2


async def test_a_host_that_is_down_is_not_taken_for_one_that_refuses() -> None:
    async with both_hosts(Keys({"CODESTRAL_API_KEY": CODESTRAL})) as (backend, platform, codestral):
        platform.plan(Canned(502, "bad gateway", content_type="text/plain"))
        with pytest.raises(ServerFault):
            await backend.describe()
        assert codestral.requests == []
        assert (await backend.describe()).host == codestral.url.removeprefix("http://")


async def test_without_a_key_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codestral_lsp.backends.keys.find_spec", lambda name: None)
    async with both_hosts(Keys({"MISTRAL_API_KEY": PLATFORM})) as (backend, platform, codestral):
        with pytest.raises(Unauthorized) as caught:
            await hear(backend.stream(prompt(), ASK))
        assert "CODESTRAL_API_KEY" in caught.value.cure
        assert not (await backend.health()).ok
        assert platform.accepted == codestral.accepted == 0


async def test_a_key_command_that_fails_is_told_as_the_reason(tmp_path: Path) -> None:
    command = (sys.executable, "-c", "raise SystemExit(4)")
    settings = MistralSettings(api_key_command=command)
    backend = MistralBackend(settings, Keys({}), local_only=False, hosts=["http://127.0.0.1:1"])
    with pytest.raises(Unauthorized, match="exit status 4"):
        await hear(backend.stream(prompt(), ASK))
    await backend.aclose()


async def test_local_only_runs_no_command_and_sends_nothing(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    command = (sys.executable, "-c", f"open({str(mark)!r}, 'w'); print('key')")
    settings = MistralSettings(api_key_command=command)
    backend = MistralBackend(settings, Keys({}), local_only=True, hosts=["https://192.0.2.1", "https://192.0.2.2"])
    for ask in (backend.stream(prompt(), ASK), backend.chat(question())):
        with pytest.raises(LocalOnly):
            await hear(ask)
    with pytest.raises(LocalOnly):
        await backend.warm(prompt())
    assert not mark.exists()
    await backend.aclose()


@pytest.mark.parametrize(
    ("canned", "kind", "says"),
    [
        (Canned(401, {"message": "Unauthorized", "request_id": "x"}), Unauthorized, "CODESTRAL_API_KEY"),
        (Canned(402, {"message": "Payment required"}), NotPermitted, "Payment required"),
        (Canned(403, {"detail": "Your plan does not include this"}), NotPermitted, "plan"),
        (Canned(422, {"detail": [{"loc": ["body", "x"], "msg": "Extra"}]}), RequestRefused, "body.x: Extra"),
        (Canned(400, {"object": "error", "message": "Invalid model: x"}), ModelMissing, "codestral-latest"),
    ],
)
async def test_refusals_are_told_apart(canned: Canned, kind: type[Exception], says: str) -> None:
    async with mistral_with() as (backend, server):
        server.plan(canned, path=FIM)
        with pytest.raises(kind, match=says):
            await hear(backend.stream(prompt(), ASK))
        assert len(server.seen(FIM)) == 1


@pytest.mark.parametrize("date", [False, True])
async def test_too_many_requests_ask_for_a_cool_down_and_are_not_repeated(date: bool) -> None:
    body = {"object": "error", "message": "Rate limit exceeded", "type": "rate_limited", "code": "1300"}
    async with mistral_with() as (backend, server):
        later = formatdate(time.time() + 40, usegmt=True) if date else "40"
        server.plan(Canned(429, body, {"Retry-After": later}), path=FIM)
        with pytest.raises(RateLimited) as caught:
            await hear(backend.stream(prompt(), ASK))
        assert caught.value.transient
        assert caught.value.retry_after_s is not None
        assert 35 < caught.value.retry_after_s <= 41
        assert len(server.seen(FIM)) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_that_fails_is_tried_again_twice(status: int) -> None:
    async with mistral_with() as (backend, server):
        server.plan(*[Canned(status, "")] * 2, path=FIM)
        assert (await hear(backend.stream(prompt(), ASK))).text == "return a + b"
        assert len(server.seen(FIM)) == 3
        server.plan(*[Canned(status, "")] * 3, path=FIM)
        with pytest.raises(Exception, match=r"failed|busy"):
            await hear(backend.stream(prompt(), ASK))
        assert len(server.seen(FIM)) == 6


async def test_a_server_that_asks_for_a_long_pause_is_not_waited_for() -> None:
    async with mistral_with() as (backend, server):
        server.plan(Canned(503, "", {"Retry-After": "30"}), path=FIM)
        with pytest.raises(Exception, match="busy") as caught:
            await hear(backend.stream(prompt(), ASK))
        assert getattr(caught.value, "retry_after_s", None) == 30
        assert len(server.seen(FIM)) == 1


async def test_nothing_is_tried_again_once_text_was_shown() -> None:
    async with mistral_with() as (backend, server):
        server.plan(Fault("error-line", 3, "overloaded"), path=FIM)
        generated = backend.stream(prompt(), ASK)
        assert (await anext(generated)).text == "return"
        with pytest.raises(ServerFault, match="overloaded"):
            await hear(generated)
        assert len(server.seen(FIM)) == 1


async def test_cancelling_ends_the_pause_before_a_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mistral, "_RETRY_S", 1.0)
    async with mistral_with() as (backend, server):
        server.plan(Canned(500, ""), path=FIM)
        task = asyncio.create_task(hear(backend.stream(prompt(), ASK)))
        await server.until(lambda: server.seen(FIM))
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(server.seen(FIM)) == 1


async def test_the_model_is_described_by_the_list() -> None:
    async with mistral_with() as (backend, _):
        info = await backend.describe()
        assert (info.model, info.context_tokens, info.form) == ("codestral-2508", 256000, "suffix")
        assert (info.metered, info.fim, info.can_chat) == (True, True, True)
        assert info.names == ("codestral-2508", "codestral-latest")
        health = await backend.health()
        assert health.ok
        assert "CODESTRAL_API_KEY" in health.detail
        assert PLATFORM not in health.detail


async def test_a_host_without_a_list_is_taken_at_its_word() -> None:
    async with mistral_with() as (backend, server):
        server.plan(Canned(404, {"message": "no Route matched"}), path="/v1/models")
        info = await backend.describe()
        assert (info.model, info.context_tokens, info.fim) == ("codestral-latest", None, None)


async def test_a_model_that_is_not_listed_is_told_with_those_that_are() -> None:
    async with mistral_with(model="codestral-2405") as (backend, _):
        with pytest.raises(ModelMissing) as caught:
            await backend.describe()
        assert "codestral-2508" in caught.value.cure


async def test_warming_opens_a_connection_and_sends_no_code() -> None:
    async with mistral_with() as (backend, server):
        await backend.warm(prompt())
        assert all(not request.body for request in server.requests)
        opened = server.accepted
        await hear(backend.stream(prompt(), ASK))
        assert server.accepted == opened


async def test_tokens_are_nobodys_business() -> None:
    async with mistral_with() as (backend, server):
        assert await backend.count("x") is None
        assert await backend.special("[SUFFIX]") is None
        assert server.requests == []
