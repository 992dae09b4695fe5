"""Where requests may go, through what, and what it means when they do not get there."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest

from codestral_lsp.backends import address, transport
from codestral_lsp.backends.address import addresses, is_local, is_loopback
from codestral_lsp.backends.framing import Events
from codestral_lsp.backends.http import Http
from codestral_lsp.backends.keys import Secret
from codestral_lsp.backends.replies import Reply, Server, refusal
from codestral_lsp.errors import (
    BackendError,
    BadReply,
    LocalOnly,
    NotRunning,
    Stalled,
    TlsFailed,
    UnknownHost,
    Unreachable,
)
from tests.patience import PATIENCE_S
from tests.standins.base import Canned, Fault, StandIn
from tests.standins.base import Reply as Answer
from tests.standins.base import Request as Asked


class Echo(StandIn):
    """Answers everything with a word."""

    async def route(self, request: Asked, reply: Answer, fault: Fault | None) -> None:
        reply.json({"path": request.path})


@pytest.fixture
async def server() -> AsyncIterator[Echo]:
    async with Echo() as running, asyncio.timeout(PATIENCE_S):
        yield running


@pytest.fixture(autouse=True)
def without_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def http(url: str, *, local_only: bool = False) -> Http:
    server = Server("openai", url, "openai.url")
    return Http(server, local_only=local_only, refuse=lambda reply: refusal(server, reply))


async def failure(client: Http) -> BackendError:
    """What a request raises; its connections are closed then."""
    with pytest.raises(BackendError) as caught:
        await client.json("GET", "/x")
    await client.aclose()
    return caught.value


@pytest.mark.parametrize("text", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::", "::1%lo"])
def test_addresses_of_this_machine(text: str) -> None:
    assert is_loopback(text)


@pytest.mark.parametrize(
    "text", ["10.0.0.1", "192.168.1.7", "169.254.0.1", "::ffff:8.8.8.8", "fe80::1%eth0", "localhost", ""]
)
def test_addresses_of_others_and_names(text: str) -> None:
    assert not is_loopback(text)


async def test_a_name_is_local_only_if_all_its_addresses_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await is_local("localhost", 80)
    for found, local in ((["127.0.0.1", "::1"], True), (["127.0.0.1", "8.8.8.8"], False), (["10.0.0.1"], False)):
        monkeypatch.setattr(address, "addresses", _resolver(found))
        assert await is_local("box", 80) is local
    monkeypatch.setattr(address, "addresses", _resolver(None))
    assert not await is_local("box", 80)


def _resolver(found: list[str] | None) -> Any:
    async def resolve(host: str, port: int, *, may_ask: bool = True) -> list[str]:
        if found is None:
            raise socket.gaierror(-2, "Name or service not known")
        return found

    return resolve


async def test_an_address_and_localhost_are_not_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def asked(*_: object, **__: object) -> Any:
        raise AssertionError("a name server was asked")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", asked)
    assert await addresses("8.8.8.8", 80) == ["8.8.8.8"]
    assert await addresses("LocalHost.", 80) == ["127.0.0.1", "::1"]
    with pytest.raises(OSError, match="no name server"):
        await addresses("box", 80, may_ask=False)


@pytest.mark.parametrize("found", [["10.9.8.7"], ["127.0.0.1", "10.9.8.7"], None], ids=["other", "both", "unknown"])
async def test_local_only_refuses_before_anything_is_connected(
    server: Echo, monkeypatch: pytest.MonkeyPatch, found: list[str] | None
) -> None:
    monkeypatch.setattr(address, "addresses", _resolver(found))
    port = server.url.rpartition(":")[2]
    error = await failure(http(f"http://box.example:{port}", local_only=True))
    assert isinstance(error, LocalOnly)
    assert not error.transient
    assert server.accepted == 0


async def test_a_local_name_that_moves_away_is_not_followed(server: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    port = server.url.rpartition(":")[2]
    client = http(f"http://box.example:{port}")
    monkeypatch.setattr(address, "addresses", _resolver(["127.0.0.1"]))
    monkeypatch.setattr(transport, "addresses", _resolver(["127.0.0.1"]))
    assert not await client.remote()
    server.plan(Canned(200, {"a": 1}, {"Connection": "close"}))
    await client.json("GET", "/x")
    monkeypatch.setattr(transport, "addresses", _resolver(["192.0.2.7"]))
    error = await failure(client)
    assert isinstance(error, LocalOnly)
    assert len(server.requests) == 1


async def test_localhost_is_reached_where_only_one_family_listens(
    server: Echo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "addresses", _resolver(["::1", "127.0.0.1"]))
    client = http(f"http://localhost:{server.url.rpartition(':')[2]}", local_only=True)
    assert await client.json("GET", "/x") == {"path": "/x"}
    assert server.seen("/x")[0].headers["host"].startswith("localhost:")
    await client.aclose()


async def test_a_proxy_is_never_used_for_this_machine(server: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Echo() as proxy:
        for name in ("HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        for url in (server.url, server.url.replace("127.0.0.1", "localhost")):
            client = http(url)
            await client.json("GET", "/x")
            await client.aclose()
        assert proxy.accepted == 0


async def test_a_proxy_is_used_for_other_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Echo() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        client = http("http://192.0.2.1:8000")
        assert await client.remote()
        assert await client.json("GET", "/x", key=Secret("k"))
        assert proxy.requests[0].path == "http://192.0.2.1:8000/x"
        await client.aclose()


@pytest.mark.parametrize("proxy", ["socks5://me:s3cret@127.0.0.1:1", "nonsense://me:s3cret@x"])
async def test_a_proxy_that_cannot_be_used_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    error = await failure(http("http://192.0.2.1:8000"))
    assert isinstance(error, Unreachable)
    assert "proxy" in error.cause
    assert "s3cret" not in error.message


async def test_a_proxy_that_is_down_is_told_as_such(monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{unused_tcp_port}")
    error = await failure(http("http://192.0.2.1:8000"))
    assert isinstance(error, NotRunning)
    assert "proxy" in error.cause


async def test_nothing_that_listens(unused_tcp_port: int) -> None:
    error = await failure(http(f"http://127.0.0.1:{unused_tcp_port}"))
    assert isinstance(error, NotRunning)
    assert f"127.0.0.1:{unused_tcp_port}" in error.cause
    assert "openai.url" in error.cure


async def test_a_name_that_means_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def lost(*_: object, **__: object) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lost)
    error = await failure(http("http://models.invalid:8000"))
    assert type(error) is UnknownHost
    assert "models.invalid" in error.cause


async def test_a_server_that_speaks_no_tls(server: Echo) -> None:
    error = await failure(http(server.url.replace("http:", "https:")))
    assert type(error) is TlsFailed
    assert "TLS" in error.cause
    assert "https" in error.cure


def test_a_certificate_that_is_not_trusted_is_told_with_its_cure() -> None:
    mistrust = ssl.SSLCertVerificationError(1, "certificate verify failed")
    mistrust.verify_message = "self-signed certificate"
    wrapped = OSError("x")
    wrapped.__cause__ = mistrust
    error = transport.failure(wrapped, Server("mistral", "https://api.mistral.ai", "mistral.url"), local=False)
    assert type(error) is TlsFailed
    assert "self-signed certificate" in error.cause
    assert "SSL_CERT_FILE" in error.cure


async def test_certificates_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/at/all.pem")
    error = await failure(http("https://192.0.2.1"))
    assert type(error) is TlsFailed
    assert "SSL_CERT_FILE" in error.cure


async def test_silence_has_an_end(server: Echo) -> None:
    client = http(server.url)
    await client.reply("GET", "/x")  # connecting takes its time where much else is to be done
    server.plan(Fault("stall"))
    with pytest.raises(Stalled, match=r"0\.05 s"):
        await client.reply("GET", "/x", within_s=0.05)
    await server.until_aborted()
    await client.aclose()


async def test_a_reply_without_end_is_not_read(server: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codestral_lsp.backends.http._MAX_REPLY", 1000)
    client = http(server.url)
    server.plan(Canned(200, b"x" * 5000), Canned(500, b"x" * 500_000))
    with pytest.raises(BadReply, match="does not stop"):
        await client.json("GET", "/x")
    with pytest.raises(BackendError):
        await client.json("GET", "/x")
    await client.aclose()


async def test_a_reply_that_only_trickles_is_given_up(server: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codestral_lsp.backends.http._WHOLE_S", 0.2)

    async def route(request: Asked, reply: Answer, fault: Fault | None) -> None:
        reply.start("application/json")
        while True:
            await reply.send(b" ")
            await asyncio.sleep(0.01)

    monkeypatch.setattr(server, "route", route)
    client = http(server.url)
    with pytest.raises(BadReply, match="does not stop"):
        await client.json("GET", "/x")
    await server.until(lambda: not server.connections)
    await client.aclose()


@pytest.mark.parametrize("body", [b"", b"[1]", b"nul", b"[" * 100_000, b"\xff"])
async def test_a_reply_that_is_no_object(server: Echo, body: bytes) -> None:
    server.plan(Canned(200, body))
    assert isinstance(await failure(http(server.url)), BadReply)


async def test_a_large_reply_is_read_whole(server: Echo) -> None:
    server.plan(Canned(200, {"tokens": ["x" * 100] * 5000}))
    client = http(server.url)
    assert len((await client.json("GET", "/x"))["tokens"]) == 5000
    await client.aclose()


def talking(messages: int) -> Any:
    """Sends so many messages and then nothing, without ending."""

    async def route(request: Asked, reply: Answer, fault: Fault | None) -> None:
        reply.start("text/event-stream")
        for _ in range(messages):
            await reply.send(b'data: {"text": "xxxxxxxx"}\n\n')
        await asyncio.Event().wait()

    return route


async def test_a_stream_may_take_long_to_begin_and_not_to_go_on(server: Echo) -> None:
    server.route = talking(2)  # type: ignore[method-assign]
    client = http(server.url)
    async with client.stream("/x", {}, framing=Events(), kind="text/event-stream", first_s=60, idle_s=0.05) as stream:
        with pytest.raises(Stalled):
            [message async for message in stream]
    await client.aclose()


async def test_a_stream_is_bounded_in_all(server: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codestral_lsp.backends.http._MAX_REPLY", 1000)
    server.route = talking(1000)  # type: ignore[method-assign]
    client = http(server.url)
    async with client.stream("/x", {}, framing=Events(), kind="text/event-stream") as stream:
        with pytest.raises(BadReply, match="does not stop"):
            [message async for message in stream]
    await server.until_aborted()
    await client.aclose()


async def test_a_stream_that_is_left_unread_is_closed(server: Echo) -> None:
    server.route = talking(1)  # type: ignore[method-assign]
    client = http(server.url)
    async with client.stream("/x", {}, framing=Events(), kind="text/event-stream"):
        pass
    await server.until_aborted()
    await client.aclose()


async def test_closing_the_client_ends_the_streams_under_way(server: Echo) -> None:
    server.route = talking(1)  # type: ignore[method-assign]
    client = http(server.url)
    async with client.stream("/x", {}, framing=Events(), kind="text/event-stream") as stream:
        await anext(stream)
        await client.aclose()
        await server.until_aborted()
        with pytest.raises(BackendError):
            await anext(stream)


async def test_a_stream_that_lingers_after_its_last_message_is_left(server: Echo) -> None:
    async def linger(request: Asked, reply: Answer, fault: Fault | None) -> None:
        reply.start("text/event-stream")
        await reply.send(b"data: [DONE]\n\n")
        await asyncio.Event().wait()

    server.route = linger  # type: ignore[method-assign]
    client = http(server.url)
    async with client.stream("/x", {}, framing=Events(), kind="text/event-stream") as stream:
        assert [message async for message in stream] == []
        assert stream.complete
    await server.until_aborted()
    await client.aclose()


async def test_a_request_says_who_asks_and_keeps_no_cookies(server: Echo) -> None:
    client = http(server.url)
    server.plan(Canned(200, {"a": 1}, {"Set-Cookie": "track=me; Path=/"}))
    await client.json("GET", "/x")
    await client.json("POST", "/y", {"prompt": "é"}, key=Secret("k-1"))
    sent = server.seen("/y")[0]
    assert sent.headers["user-agent"] == "codestral-lsp"
    assert sent.headers["accept-encoding"] == "identity"
    assert sent.headers["authorization"] == "Bearer k-1"
    assert sent.body == '{"prompt":"é"}'.encode()
    assert "cookie" not in sent.headers
    await client.aclose()


async def test_closing_twice_and_before_use_is_fine(server: Echo) -> None:
    client = http(server.url)
    await client.aclose()
    await client.aclose()
    with pytest.raises(BackendError):
        await client.json("GET", "/x")


def test_backends_are_imported_without_the_http_client() -> None:
    modules = ", ".join(f"codestral_lsp.backends.{name}" for name in ("ollama", "mistral", "llamacpp", "openai"))
    program = f"import sys, {modules}; sys.exit(any(name.startswith(('httpx', 'httpcore')) for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_an_error_reply_without_words_still_says_something() -> None:
    server = Server("openai", "http://127.0.0.1:1", "openai.url")
    assert "HTTP 500" in refusal(server, Reply(500, {}, b"")).cause
