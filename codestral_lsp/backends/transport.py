"""The HTTP client underneath: how it is made, and what its exceptions mean.

Only this module imports httpx2, and it is itself imported when the first request is made: start-up does without.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterable, Iterable, Iterator
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.request import getproxies

import httpcore2
import httpx2

from codestral_lsp.backends.address import addresses, is_loopback
from codestral_lsp.backends.replies import Server
from codestral_lsp.errors import (
    BackendError,
    BadReply,
    Disconnected,
    LocalOnly,
    NotRunning,
    ProxyRefused,
    RequestRefused,
    TlsFailed,
    UnknownHost,
    Unreachable,
)

# Local servers drop idle connections after 5 s (llama-server, uvicorn), and a new one costs next to nothing. A remote
# one costs round trips for TCP and TLS, and is kept by the other side for minutes.
_KEEP_LOCAL_S = 4.0
_KEEP_REMOTE_S = 120.0
_CONNECT_LOCAL_S = 2.0
_CONNECT_REMOTE_S = 5.0


def open_client(server: Server, *, local: bool) -> httpx2.AsyncClient:
    """A client for one server: HTTP/1.1 only, because cancelling an HTTP/2 stream does not reach the server.

    `local`: the server is on this machine. Then no proxy is used and no other address is ever connected to. Else the
    trust store is the system's, and proxies come from the environment. Redirects are never followed: they would carry
    the key and the user's code to a place nobody chose. Cookies are not kept.

    Raises Unreachable if the environment names a proxy or certificates that cannot be used.
    """
    try:
        return _open(local=local)
    except (ImportError, ValueError, httpx2.InvalidURL):
        # What these say may hold the proxy's password.
        raise ProxyRefused(
            server.backend,
            "The proxy that the environment names cannot be used.",
            cure="Set HTTPS_PROXY and ALL_PROXY to an http:// address, or run: unset HTTPS_PROXY ALL_PROXY",
        ) from None
    except (OSError, ssl.SSLError) as error:
        raise TlsFailed(
            server.backend,
            f"The certificates that TLS needs cannot be read: {error.strerror or error.__class__.__name__}.",
            cure="Mend SSL_CERT_FILE and SSL_CERT_DIR, or run: unset SSL_CERT_FILE SSL_CERT_DIR",
        ) from None


def _open(*, local: bool) -> httpx2.AsyncClient:
    headers = {"User-Agent": "codestral-lsp", "Accept-Encoding": "identity"}
    cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    if local:
        timeout = httpx2.Timeout(None, connect=_CONNECT_LOCAL_S)
        return httpx2.AsyncClient(
            transport=_LocalTransport(), headers=headers, cookies=cookies, timeout=timeout, trust_env=False
        )
    return httpx2.AsyncClient(
        headers=headers,
        cookies=cookies,
        timeout=httpx2.Timeout(None, connect=_CONNECT_REMOTE_S),
        limits=httpx2.Limits(max_connections=None, keepalive_expiry=_KEEP_REMOTE_S),
    )


class _LocalTransport(httpx2.AsyncBaseTransport):
    """Connections to this machine, and to no other whatever a name resolves to."""

    def __init__(self) -> None:
        self._pool = httpcore2.AsyncConnectionPool(
            max_connections=None, keepalive_expiry=_KEEP_LOCAL_S, network_backend=_LoopbackOnly()
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        reply = await self._pool.handle_async_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        assert isinstance(reply.stream, AsyncIterable)
        return httpx2.Response(reply.status, headers=reply.headers, stream=_Body(reply.stream))

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body(httpx2.AsyncByteStream):
    def __init__(self, stream: AsyncIterable[bytes]) -> None:
        self._stream = stream

    def __aiter__(self) -> Any:
        return self._stream.__aiter__()

    async def aclose(self) -> None:
        await self._stream.aclose()  # type: ignore[attr-defined]


class _LoopbackOnly(httpcore2.AsyncNetworkBackend):
    """Connects to loopback addresses only, looking at what the name means each time it connects."""

    def __init__(self) -> None:
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        try:
            found = await addresses(host, port)
        except OSError as error:
            raise httpcore2.ConnectError(str(error)) from error
        if not all(is_loopback(address) for address in found):
            raise NotLocal(host)
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in found:
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure


class NotLocal(Exception):
    """A name that was this machine's own now means another one."""


def failure(error: Exception, server: Server, *, local: bool) -> BackendError:
    """What an exception of the client means. Nothing of its text is shown: headers, and so keys, may stand in it."""
    backend, host, setting = server.backend, server.host, server.setting
    proxied = " (or the proxy that the environment names)" if not local and getproxies() else ""
    for cause in _chain(error):
        match cause:
            case NotLocal():
                return LocalOnly(
                    backend,
                    f"{host} was this machine, and its name now means another one.",
                    cure=f"Set {setting} to the address that you mean.",
                )
            case ssl.SSLCertVerificationError():
                return TlsFailed(
                    backend,
                    f"The certificate of {host} is not trusted: {cause.verify_message}.",
                    cure="If your network inspects TLS: export SSL_CERT_FILE=/path/to/its/certificate.pem",
                )
            case ssl.SSLError():
                return TlsFailed(
                    backend, f"{host} does not speak TLS as expected.", cure=f"Is {setting} right to say https?"
                )
            case socket.gaierror():
                return UnknownHost(
                    backend,
                    f"The name {server.name} cannot be found{proxied}.",
                    cure=f"Check the network and the setting {setting}.",
                )
            case ConnectionRefusedError():
                start = f"Run: llama-server -m FILE.gguf --port {server.port}" if backend == "llamacpp" else "Start it"
                return NotRunning(backend, f"Nothing listens at {host}{proxied}.", cure=f"{start} (or set {setting}).")
    match error:
        case httpx2.ProxyError() | httpcore2.ProxyError():
            cure = f"Have the proxy let it through, or go without it: export NO_PROXY={server.name}"
            return ProxyRefused(backend, f"The proxy refuses a connection to {host}.", cure=cure)
        case httpx2.ConnectTimeout() | httpcore2.ConnectTimeout() | httpx2.ConnectError() | httpcore2.ConnectError():
            return Unreachable(
                backend, f"{host} cannot be reached{proxied}.", cure=f"Check the network and the setting {setting}."
            )
        case httpx2.RemoteProtocolError() | httpcore2.RemoteProtocolError() if not _broke_off(error):
            return BadReply(backend, f"{host} does not answer in HTTP.", cure=f"Check the setting {setting}.")
        case httpx2.LocalProtocolError() | httpcore2.LocalProtocolError() | httpx2.UnsupportedProtocol():
            return RequestRefused(backend, f"{host} cannot be asked this way.", cure=f"Check the setting {setting}.")
    return Disconnected(
        backend,
        f"The connection to {host} broke.",
        cure=f"If it breaks again, see the server's log, or check {setting}.",
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        if isinstance(error, BaseExceptionGroup):
            for inner in error.exceptions:
                yield from _chain(inner)
        error = error.__cause__ or error.__context__


def _broke_off(error: Exception) -> bool:
    text = str(error)
    return "disconnected" in text or "peer closed connection" in text
