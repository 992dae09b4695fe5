"""Everything that can go wrong with a model server, with each backend, as the user lives through it.

Each time: one accurate message, the engine is left alone until its pause is over, then the next good request works,
and no socket, task or file is left.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import os
import ssl
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from codestral_lsp.backends.base import Backend, Sampling
from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.open import open_backend
from codestral_lsp.completion.engine import Engine
from codestral_lsp.completion.request import Trigger
from codestral_lsp.completion.status import Status
from codestral_lsp.config.load import Layer, load
from tests.backends.conftest import KEY, MAKERS, Pair
from tests.backends.talk import hear, prompt
from tests.completion.scene import Scene
from tests.standins.base import Canned, Fault, Script, StandIn

DRAWN = "def add(a, b):\n    secret_name = 1\n    █\n"
ANSWER = Script(answer="return a + b\n")
QUIET = {"completion": {"debounceMs": 0, "prefetch": False, "instant": False, "candidates": 1}}

Plan = list[Fault | Canned]

TABLE: dict[str, tuple[Plan, str]] = {
    # What goes wrong: how, and the code of the error that it must be told as.
    "slow first byte": ([Fault("stall")], "stalled"),
    "stall mid-stream": ([Fault("stall", 2)], "stalled"),
    "reset at once, twice": ([Fault("reset"), Fault("reset")], "disconnected"),
    "reset mid-stream": ([Fault("reset", 2)], "disconnected"),
    "cut mid-stream": ([Fault("cut", 2)], "disconnected"),
    "end without a last message": ([Fault("silent-end", 2)], "disconnected"),
    "half a message": ([Fault("half-line", 2)], "bad-reply"),
    "garbage mid-stream": ([Fault("garbage", 2)], "bad-reply"),
    "no HTTP": ([Fault("garbage")], "bad-reply"),
    "a web page": ([Canned(200, "<html>Sign in</html>", content_type="text/html")], "bad-reply"),
    "a page of megabytes": ([Canned(200, "x y " * 400_000, content_type="text/html")], "bad-reply"),
    "plain text": ([Canned(200, "hello", content_type="text/plain")], "bad-reply"),
    "a giant line": ([Canned(200, b"data: " + b"x" * (3 << 20), content_type="STREAM")], "bad-reply"),
    "400": ([Canned(400, {"error": "bad field"})], "request-refused"),
    "401": ([Canned(401, {"error": "who are you"})], "unauthorized"),
    "402": ([Canned(402, {"error": "pay first"})], "not-permitted"),
    "403": ([Canned(403, {"error": "not with this plan"})], "not-permitted"),
    "404": ([Canned(404, {"error": "no such path"})], "request-refused"),
    "408": ([Canned(408, {"error": "too slow"})], "server-fault"),
    "413": ([Canned(413, {"error": "too large"})], "request-refused"),
    "422": ([Canned(422, {"detail": [{"loc": ["body", "prompt"], "msg": "no", "type": "x"}]})], "request-refused"),
    "429": ([Canned(429, {"error": "slow down"}, {"Retry-After": "7"})], "rate-limited"),
    "499": ([Canned(499, {"error": "request canceled"})], "request-refused"),
    "500": ([Canned(500, {"error": "boom"})], "server-fault"),
    "502": ([Canned(502, "<html>Bad Gateway</html>", content_type="text/html")], "server-fault"),
    "503": ([Canned(503, {"error": "later"})], "server-busy"),
    "504": ([Canned(504, "")], "server-fault"),
    "302": ([Canned(302, "", {"Location": "http://elsewhere.example/"})], "request-refused"),
    "an error in place of the stream": ([Canned(200, {"error": {"message": "no slot"}})], "server-fault"),
    "out of memory": ([Canned(500, {"error": "cudaMalloc failed: out of memory"})], "out-of-memory"),
}
EXPECTED = {
    ("ollama", "503"): "server-fault",  # only with its own words does a 503 of Ollama's mean a full queue
}

HARMLESS: dict[str, Plan] = {
    # What spoils one answer at most, and is no reason to leave the engine alone.
    "invalid UTF-8": [Fault("invalid-utf8", 1)],
    "an endless stream": [Fault("endless")],
    "repeated tokens": [Fault("repeat")],
}


def plan(server: StandIn, backend: str, path: str, what: Sequence[Fault | Canned]) -> None:
    """Have the next completions go wrong."""
    kind = "application/x-ndjson" if backend == "ollama" else "text/event-stream"
    for each in what:
        if isinstance(each, Canned) and each.content_type == "STREAM":
            each = replace(each, content_type=kind)
        server.plan(each, path=path)


@dataclass
class Desk:
    """A document, completion through one real backend, and what the user is told."""

    scene: Scene
    engine: Engine
    server: StandIn
    path: str
    told: list[Status]

    async def ghost(self) -> str:
        """What is shown after one more letter."""
        self.scene.insert("v")
        return await self.scene.ghost(Trigger.INVOKED)

    @property
    def asked(self) -> int:
        """How many completions have reached the server."""
        return len(self.server.seen(self.path))

    def pause_is_over(self) -> None:
        """Let the time pass for which the engine is left alone."""
        self.engine.circuit._until_s = 0.0

    def plan(self, *what: Fault | Canned) -> None:
        """Have the next completions go wrong."""
        plan(self.server, self.engine.info.backend, self.path, what)


@pytest.fixture
async def desk(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """One with each backend in turn."""
    module = importlib.import_module(f"codestral_lsp.backends.{pair.backend.name}")
    monkeypatch.setattr(module, "_RETRY_S", 0.0, raising=False)
    pair.server.script = ANSWER
    scene = Scene(DRAWN, QUIET)
    scene.model = pair.backend  # type: ignore[assignment]
    await scene.begin()
    engine = scene.engines.current
    assert engine is not None
    told: list[Status] = []
    scene.engines.on_status = told.append
    yield Desk(scene, engine, pair.server, pair.path, told)
    await scene.service.aclose()


def impatient(monkeypatch: pytest.MonkeyPatch, backend: str) -> None:
    """Have a backend wait a moment where it would wait a minute."""
    module = importlib.import_module(f"codestral_lsp.backends.{backend}")
    for name in ("_FIRST_S", "_IDLE_S"):
        monkeypatch.setattr(module, name, 0.1)


def troubles(told: list[Status]) -> list[Status]:
    """The states that speak of trouble, each once."""
    return list(dict.fromkeys(status for status in told if status.kind in ("Warning", "Error")))


@pytest.mark.parametrize("fault", TABLE)
async def test_it_is_told_once_and_the_next_good_request_works(
    desk: Desk, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults, code = TABLE[fault]
    name = desk.engine.info.backend
    assert await desk.ghost()
    if code == "stalled":
        impatient(monkeypatch, name)
    for _ in range(3 if name == "mistral" else 1):  # which tries again by itself when the server fails
        desk.plan(*faults)
    assert await desk.ghost() == ""
    error = desk.engine.circuit.error
    assert error is not None
    assert error.code == EXPECTED.get((name, fault), code)
    (trouble,) = troubles(desk.told)
    assert trouble.message == error.cause
    assert trouble.kind == ("Warning" if error.transient else "Error")
    for text in (error.message, repr(error), str(trouble)):
        assert KEY not in text
        assert "secret_name" not in text
        assert "Traceback" not in text
    asked = desk.asked
    assert await desk.ghost() == ""
    assert desk.asked == asked, "an engine that failed is left alone"
    assert troubles(desk.told) == [trouble]
    monkeypatch.undo()
    desk.server._planned.clear()
    desk.pause_is_over()
    assert await desk.ghost()
    assert desk.engine.circuit.error is None
    assert desk.told[-1].kind == "Normal"


@pytest.mark.parametrize("fault", HARMLESS)
async def test_a_strange_answer_costs_no_more_than_itself(desk: Desk, fault: str) -> None:
    assert await desk.ghost()
    desk.plan(*HARMLESS[fault])
    await desk.ghost()
    assert desk.engine.circuit.error is None
    desk.server._planned.clear()
    assert await desk.ghost()
    assert troubles(desk.told) == []


async def test_a_model_that_is_unloaded_while_it_answers_is_loaded_again(desk: Desk) -> None:
    assert await desk.ghost()
    if desk.engine.info.backend == "mistral":
        desk.plan(Fault("cut", 2))  # there is nothing else that an API in a cloud could do
    else:
        desk.plan(Fault("error-line", 2, "model runner has unexpectedly stopped"))
    getattr(desk.server, "loaded", {}).clear()
    assert await desk.ghost() == ""
    assert len(troubles(desk.told)) == 1
    desk.pause_is_over()
    assert await desk.ghost()


@pytest.mark.parametrize("when", ["at rest", "mid-stream"])
async def test_a_server_that_is_restarted_on_the_same_port(desk: Desk, when: str) -> None:
    assert await desk.ghost()
    if when == "mid-stream":
        desk.server.script = Script(answer="x " * 500, token_ms=20)
        asked = desk.asked
        waiting = asyncio.create_task(desk.ghost())
        await desk.server.until(lambda: desk.asked > asked)
        await desk.server.stop()
        assert await waiting == ""
    else:
        await desk.server.stop()
        assert await desk.ghost() == ""
    assert len(troubles(desk.told)) == 1
    assert await desk.ghost() == ""
    await desk.server.start()
    desk.server.script = ANSWER
    desk.pause_is_over()
    assert await desk.ghost()
    assert len(troubles(desk.told)) == 1


@pytest.mark.parametrize("jump_s", [10 * 365 * 86400.0, -10 * 365 * 86400.0], ids=["forth", "back"])
async def test_a_clock_that_jumps_changes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch, jump_s: float) -> None:
    assert await desk.ghost()
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + jump_s)
    assert await desk.ghost()
    desk.plan(Fault("cut", 2))
    assert await desk.ghost() == ""
    assert desk.engine.circuit.allows(asyncio.get_running_loop().time() + 1)
    monkeypatch.undo()
    desk.pause_is_over()
    assert await desk.ghost()


# ---- where no connection comes about


def remote(name: str, url: str) -> Backend:
    """A backend for an address, which may be anywhere."""
    values = {name: {"url": url, **({"preset": "vllm"} if name == "openai" else {})}}
    keys = Keys({"CODESTRAL_API_KEY": KEY, "OPENAI_API_KEY": KEY})
    return open_backend(name, load([Layer("test", values)]).settings, keys)  # type: ignore[arg-type]


async def code_of(backend: Backend) -> tuple[str, str]:
    """The code and the text of the error of a completion."""
    from codestral_lsp.errors import BackendError

    with pytest.raises(BackendError) as caught:
        await hear(backend.stream(prompt(), Sampling(max_tokens=8)))
    await backend.aclose()
    assert KEY not in caught.value.message
    return caught.value.code, caught.value.message


@pytest.mark.parametrize("name", MAKERS)
async def test_a_name_that_is_not_found(name: str) -> None:
    code, text = await code_of(remote(name, "http://gpu.invalid:9"))
    assert code == "unknown-host"
    assert "gpu.invalid" in text


@pytest.mark.parametrize("name", MAKERS)
async def test_nothing_listens(name: str, unused_tcp_port: int) -> None:
    code, text = await code_of(remote(name, f"http://127.0.0.1:{unused_tcp_port}"))
    assert code in ("not-running", "not-installed")
    assert str(unused_tcp_port) in text


@pytest.mark.parametrize("name", MAKERS)
async def test_a_certificate_that_nobody_vouches_for(name: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).parents[1] / "fixtures" / "tls" / "nobody.pem")
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # the server's own side complains of us
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    code, text = await code_of(remote(name, f"https://127.0.0.1:{port}"))
    server.close()
    assert code == "tls"
    assert "certificate" in text


@pytest.mark.parametrize("name", MAKERS)
async def test_no_tls_where_tls_was_meant(name: str) -> None:
    async with MAKERS[name][1]() as server:
        code, _ = await code_of(remote(name, server.url.replace("http:", "https:")))
    assert code == "tls"


# ---- what is left


def files() -> int:
    """Open files and sockets of this process."""
    return len(os.listdir("/proc/self/fd" if sys.platform == "linux" else "/dev/fd"))


@pytest.mark.skipif(sys.platform == "win32", reason="open files are counted where POSIX shows them")
@pytest.mark.parametrize("name", MAKERS)
async def test_nothing_is_left_of_any_of_them(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make, serve, path = MAKERS[name]
    module = importlib.import_module(f"codestral_lsp.backends.{name}")
    monkeypatch.setattr(module, "_RETRY_S", 0.0, raising=False)

    async def round_of(server: StandIn) -> None:
        backend = make(server.url)
        await hear(backend.stream(prompt(), Sampling(max_tokens=8)))  # loads the model
        for faults, code in TABLE.values():
            plan(server, name, path, faults)
            with pytest.MonkeyPatch.context() as patch:
                if code == "stalled":
                    impatient(patch, name)
                await _whatever(lambda: hear(backend.stream(prompt(), Sampling(max_tokens=8))))
            server._planned.clear()
        assert len(server.connections) <= 1, "at rest one connection is kept"
        await backend.aclose()
        await server.until(lambda: not server.connections)

    async with serve() as server:
        await round_of(server)  # what is made once, as the trust store and threads
        gc.collect()
        files_before, tasks_before = files(), len(asyncio.all_tasks())
        for _ in range(2):
            await round_of(server)
        gc.collect()
        assert len(asyncio.all_tasks()) <= tasks_before
        assert files() <= files_before


async def _whatever(ask: Callable[[], Awaitable[Any]]) -> None:
    from codestral_lsp.errors import BackendError

    try:
        await ask()
    except BackendError:
        return
