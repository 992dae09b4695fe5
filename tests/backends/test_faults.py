"""What every backend does when it is stopped, and when its server misbehaves: the same, whichever it is."""

from __future__ import annotations

import asyncio
import gc
import importlib
from contextlib import aclosing

import pytest

from codestral_lsp.backends.base import Backend, Sampling
from codestral_lsp.errors import (
    BackendError,
    BadReply,
    Disconnected,
    NotRunning,
    RequestRefused,
    ServerFault,
    Stalled,
    Unauthorized,
)
from tests.backends.conftest import KEY, MAKERS, Pair
from tests.backends.talk import PREFIX, first, hear, prompt, question
from tests.standins.base import Canned, Fault, FaultKind, Script

ASK = Sampling(max_tokens=64)
_TRIES = {"ollama": 1, "mistral": 3, "llamacpp": 1, "openai": 1}
"""How often a completion is tried when the server fails before it has said anything."""


async def raised(pair: Pair) -> BackendError:
    """What a completion raises."""
    with pytest.raises(BackendError) as caught:
        await hear(pair.backend.stream(prompt(), ASK))
    assert caught.value.cause.endswith((".", "…"))
    assert caught.value.cure
    return caught.value


async def failure(pair: Pair) -> BackendError:
    """What a completion raises; and that the one after it is answered."""
    error = await raised(pair)
    assert (await hear(pair.backend.stream(prompt(), ASK))).text == "return a + b"
    return error


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, pair: Pair) -> None:
    """A backend that waits a tenth of a second, where it would wait a minute."""
    module = importlib.import_module(f"codestral_lsp.backends.{pair.backend.name}")
    for name in ("_FIRST_S", "_IDLE_S"):
        monkeypatch.setattr(module, name, 0.1)


async def test_an_answer_comes_piece_by_piece_and_says_why_it_ended(pair: Pair) -> None:
    heard = await hear(pair.backend.stream(prompt(), ASK))
    assert heard.text == "return a + b"
    assert len(heard.pieces) > 4
    assert heard.finish == "stop"
    assert heard.usage
    assert heard.usage.completion_tokens == 5
    assert heard.usage.prompt_tokens
    assert (await hear(pair.backend.stream(prompt(), Sampling(max_tokens=2)))).finish == "length"


async def test_one_connection_serves_request_after_request(pair: Pair) -> None:
    before = pair.server.accepted
    for _ in range(5):
        await hear(pair.backend.stream(prompt(), ASK))
    assert pair.server.accepted == before


async def test_answers_at_the_same_time_do_not_mix(pair: Pair) -> None:
    pair.server.script = Script(answer=lambda asked: "one" if "first" in asked else "two", token_ms=1)
    one, two = await asyncio.gather(
        hear(pair.backend.stream(prompt("first"), ASK)), hear(pair.backend.stream(prompt("second"), ASK))
    )
    assert (one.text, two.text) == ("one", "two")


async def test_closing_a_stream_closes_its_connection(pair: Pair) -> None:
    pair.server.script = Script(answer="x " * 1000, token_ms=5)
    assert await first(pair.backend.stream(prompt(), Sampling(max_tokens=2000)))
    abort = await pair.server.until_aborted()
    assert abort.request.path == pair.path
    assert abort.messages < 1000


async def test_closing_a_chat_closes_its_connection(pair: Pair) -> None:
    pair.server.script = Script(answer="x " * 1000, token_ms=5)
    request = question(max_tokens=2000)
    assert await first(pair.backend.chat(request))
    assert (await pair.server.until_aborted()).messages < 1000


@pytest.mark.parametrize(
    "script", [Script(first_token_ms=600_000), Script(token_ms=600_000)], ids=["waiting", "reading"]
)
async def test_cancelling_the_reader_closes_the_connection(pair: Pair, script: Script) -> None:
    pair.server.script = script
    task = asyncio.create_task(hear(pair.backend.stream(prompt(), ASK)))
    await pair.server.until(lambda: pair.server.seen(pair.path))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await pair.server.until_aborted()).request.path == pair.path


@pytest.mark.parametrize("pair", ["ollama", "llamacpp", "openai"], indirect=True)  # others are not sent the prompt
async def test_cancelled_warming_stops_the_server_too(pair: Pair) -> None:
    pair.server.script = Script(first_token_ms=600_000)
    task = asyncio.create_task(pair.backend.warm(prompt()))
    await pair.server.until(lambda: pair.server.seen(pair.path))
    task.cancel()
    await pair.server.until_aborted()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_closed_stream_leaves_nothing_behind(pair: Pair) -> None:
    pair.server.script = Script(answer="x " * 1000, token_ms=1)
    tasks = asyncio.all_tasks()
    for _ in range(3):
        await first(pair.backend.stream(prompt(), Sampling(max_tokens=2000)))
    await pair.server.until_aborted(3)
    await pair.backend.aclose()
    await pair.server.until(lambda: not pair.server.connections)
    gc.collect()
    left = {task for task in asyncio.all_tasks() - tasks if not task.done()}
    assert left == set()
    with pytest.raises(Disconnected):
        await hear(pair.backend.stream(prompt(), ASK))


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("after", [0, 2], ids=["before the head", "in the middle"])
async def test_silence_is_told_and_the_connection_given_up(pair: Pair, after: int) -> None:
    pair.server.plan(Fault("stall", after), path=pair.path)
    assert isinstance(await raised(pair), Stalled)
    await pair.server.until_aborted()


@pytest.mark.parametrize("kind", ["reset", "cut", "silent-end"])
async def test_a_stream_that_breaks_off_is_no_answer(pair: Pair, kind: FaultKind) -> None:
    pair.server.plan(Fault(kind, 2), path=pair.path)
    assert isinstance(await failure(pair), Disconnected)


async def test_an_idle_connection_that_died_is_replaced_without_a_word(pair: Pair) -> None:
    pair.server.plan(Fault("reset"), path=pair.path)
    assert (await hear(pair.backend.stream(prompt(), ASK))).text == "return a + b"
    pair.server.plan(Fault("cut"), Fault("cut"), path=pair.path)
    assert isinstance(await failure(pair), Disconnected)


@pytest.mark.parametrize("kind", ["garbage", "half-line"])
async def test_what_is_no_message_is_told(pair: Pair, kind: FaultKind) -> None:
    pair.server.plan(Fault(kind, 2), path=pair.path)
    assert isinstance(await failure(pair), BadReply)


async def test_what_is_no_http_is_told(pair: Pair) -> None:
    pair.server.plan(Fault("garbage"), path=pair.path)
    error = await failure(pair)
    assert isinstance(error, BadReply)
    assert "HTTP" in error.cause


async def test_a_web_page_instead_of_an_answer_is_told(pair: Pair) -> None:
    page = Canned(200, "<html><body>Please log in</body></html>", content_type="text/html; charset=utf-8")
    pair.server.plan(page, path=pair.path)
    error = await failure(pair)
    assert isinstance(error, BadReply)
    assert "a web page" in error.cause
    assert "log in" not in error.cause


async def test_an_error_in_place_of_a_stream_is_told(pair: Pair) -> None:
    refusal = Canned(200, {"error": {"message": "no slot is free"}})
    pair.server.plan(*[refusal] * _TRIES[pair.backend.name], path=pair.path)
    error = await failure(pair)
    assert isinstance(error, ServerFault)
    assert "no slot is free" in error.cause


@pytest.mark.parametrize("pair", ["ollama", "llamacpp", "openai"], indirect=True)  # Mistral says it otherwise
async def test_an_error_inside_the_stream_is_told(pair: Pair) -> None:
    pair.server.plan(Fault("error-line", 2, "the model has crashed"), path=pair.path)
    error = await failure(pair)
    assert isinstance(error, ServerFault)
    assert "the model has crashed" in error.cause


async def test_bytes_that_are_no_text_do_not_stop_the_answer(pair: Pair) -> None:
    pair.server.plan(Fault("invalid-utf8", 2), path=pair.path)
    heard = await hear(pair.backend.stream(prompt(), ASK))
    assert "�" in heard.text
    assert heard.text.replace("�", "") == "return a + b"


async def test_half_a_surrogate_pair_survives_neither_way(pair: Pair) -> None:
    pair.server.script = Script(answer="\ud83d ok")
    heard = await hear(pair.backend.stream(prompt("x = '\ud83d'"), ASK))
    assert heard.text == "� ok"
    heard.text.encode()


async def test_a_server_that_never_stops_is_stopped(pair: Pair) -> None:
    pair.server.plan(Fault("endless"), path=pair.path)
    heard = await hear(pair.backend.stream(prompt(), Sampling(max_tokens=20)))
    assert heard.finish == "length"
    assert len(heard.pieces) < 60
    await pair.server.until_aborted()


async def test_a_message_without_end_is_not_kept(pair: Pair) -> None:
    kind = "application/x-ndjson" if pair.backend.name == "ollama" else "text/event-stream"
    pair.server.plan(Canned(200, b"data: " + b"x" * (3 << 20), content_type=kind), path=pair.path)
    error = await failure(pair)
    assert isinstance(error, BadReply)


async def test_a_redirect_is_not_followed(pair: Pair) -> None:
    _, serve, path = MAKERS[pair.backend.name]
    async with serve() as other:
        pair.server.plan(Canned(307, b"", {"Location": other.url + path}), path=pair.path)
        error = await failure(pair)
        assert other.requests == []
    assert isinstance(error, RequestRefused)
    assert other.url.removeprefix("http://") in error.cause


async def test_a_server_that_is_gone_is_not_running_and_comes_back(pair: Pair) -> None:
    await pair.server.stop()
    with pytest.raises(NotRunning if pair.backend.name != "ollama" else BackendError) as caught:
        await hear(pair.backend.stream(prompt(), ASK))
    assert caught.value.code in ("not-running", "not-installed")
    assert not (await pair.backend.health()).ok
    await pair.server.start()
    assert (await hear(pair.backend.stream(prompt(), ASK))).text == "return a + b"
    assert (await pair.backend.health()).ok


async def test_errors_show_neither_the_code_nor_the_key(pair: Pair) -> None:
    key = "" if pair.backend.name == "ollama" else f" with {KEY}"
    quoted = f"bad field prompt: '{PREFIX!r}' near 'def add(a, b):'{key}"
    finding = {"loc": ["body", "prompt"], "msg": quoted, "input": PREFIX}
    pair.server.plan(Canned(422, {"detail": [finding]}), path=pair.path)
    error = await failure(pair)
    for shown in (error.message, repr(error), str(error), repr(error.__cause__)):
        assert KEY not in shown
        assert "def add(a" not in shown
    assert "bad field" in error.cause


async def test_a_refused_key_is_told_without_showing_it(pair: Pair) -> None:
    pair.server.plan(Canned(401, {"error": {"message": f"Incorrect API key provided: {KEY}"}}), path=pair.path)
    error = await failure(pair)
    assert isinstance(error, Unauthorized)
    assert KEY not in error.message


@pytest.mark.parametrize("what", [Canned(500, "boom"), Canned(200, "<html>", content_type="text/html")])
async def test_health_never_raises(pair: Pair, what: Canned) -> None:
    assert (await pair.backend.health()).ok
    pair.server.plan(what)
    health = await pair.backend.health()
    assert not health.ok
    assert health.problem
    assert health.detail == health.problem.message
    assert (await pair.backend.health()).ok


async def test_the_model_is_described_once_and_again_after_forgetting(pair: Pair) -> None:
    await pair.backend.describe()
    pair.server.requests.clear()
    info = await pair.backend.describe()
    assert pair.server.requests == []
    assert not info.remote
    assert info.host == pair.server.url.removeprefix("http://")
    assert info.backend == pair.backend.name
    pair.backend.forget()
    await pair.backend.describe()
    assert pair.server.requests


@pytest.mark.parametrize("name", MAKERS)
async def test_an_unused_backend_has_touched_nothing(name: str) -> None:
    make, serve, _ = MAKERS[name]
    async with serve() as server:
        backend: Backend = make(server.url)
        await asyncio.sleep(0)
        await backend.aclose()
        assert server.accepted == 0


async def test_a_stream_that_is_never_read_sends_nothing(pair: Pair) -> None:
    async with aclosing(pair.backend.stream(prompt(), ASK)):
        pass
    assert pair.server.requests == []
