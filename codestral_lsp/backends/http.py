"""Requests to one server: timed, bounded, closed at once when no longer wanted, and every failure told as ours."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from codestral_lsp.backends.address import is_local
from codestral_lsp.backends.framing import Framing
from codestral_lsp.backends.keys import Secret
from codestral_lsp.backends.once import Once
from codestral_lsp.backends.replies import Reply, Server, error_text, private_texts
from codestral_lsp.errors import BackendError, BadReply, Disconnected, LocalOnly, Stalled

if TYPE_CHECKING:
    import httpx2

_MAX_REPLY = 64 << 20
"""The longest reply in bytes; the longest real one is a model's whole vocabulary."""
_MAX_ERROR = 64 << 10
_LARGE = 256 << 10
"""Bytes of JSON that take long enough to parse to be parsed elsewhere than on the event loop."""
_WHOLE_S = 30.0
"""How long a whole reply may take, however steadily it comes."""
_GRACE_S = 0.25
"""How long to wait for the formal end of a reply that has said everything: it lets the connection be used again."""

Refuse = Callable[[Reply], BackendError]
"""What a reply without success means."""


class Stream:
    """The messages of a streamed reply: JSON objects, in the order they come."""

    def __init__(
        self,
        http: Http,
        chunks: AsyncIterator[bytes],
        framing: Framing,
        *,
        first_s: float,
        idle_s: float,
        explain: Callable[[Any], str],
        headers: Mapping[str, str],
    ) -> None:
        self.headers = headers
        """Names in lower case."""
        self._http = http
        self._chunks = chunks
        self._framing = framing
        self._wait_s = first_s
        self._idle_s = idle_s
        self._explain = explain
        self._ready: deque[str] = deque()
        self._size = 0
        self._over = False
        self.complete = False
        """Whether the server has said that this is all."""

    def __aiter__(self) -> Stream:
        return self

    async def __anext__(self) -> dict[str, Any]:
        while not self._ready:
            if self._over:
                raise StopAsyncIteration
            await self._read()
        text = self._ready.popleft()
        if text == "[DONE]":
            self.complete = True
            await self.drain()
            raise StopAsyncIteration
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            raise self._http.bad_reply("sends something in the middle of its answer that is no message of its API")
        return message

    def failed(self, message: Any) -> Reply:
        """An error inside the stream, as the reply that it would have been at the start."""
        return Reply(500, {}, b"", self._explain(message))

    def broken(self) -> Disconnected:
        """The stream ended before the answer did."""
        server = self._http.server
        return Disconnected(
            server.backend,
            f"{server.host} broke off in the middle of its answer.",
            cure="If it does so again, see the server's log.",
        )

    async def drain(self) -> None:
        """Wait a moment for the formal end of the reply, its messages having all come."""
        try:
            async with asyncio.timeout(_GRACE_S):
                while not self._over:
                    await self._read()
        except (TimeoutError, BackendError):
            self._over = True
        self._ready.clear()

    async def _read(self) -> None:
        chunk = await self._http.next_chunk(self._chunks, self._wait_s)
        self._wait_s = self._idle_s
        try:
            if chunk is None:
                self._over = True
                self._ready.extend(self._framing.end())
            else:
                self._size += len(chunk)
                self._ready.extend(self._framing.feed(chunk))
        except ValueError as error:
            raise self._http.bad_reply(f"sends {error}") from None
        if self._size > _MAX_REPLY:
            raise self._http.bad_reply("does not stop answering")


class Http:
    """One server's requests, over one client that is made when the first of them needs it.

    All methods raise BackendError, and nothing else. `refuse` tells what the server's refusals mean; `not_running`,
    if given, what it means that nothing listens there.
    """

    def __init__(
        self,
        server: Server,
        *,
        local_only: bool,
        refuse: Refuse,
        not_running: Callable[[BackendError], Awaitable[BackendError]] | None = None,
    ) -> None:
        self.server = server
        self._local_only = local_only
        self._refuse = refuse
        self._not_running = not_running
        # The question to a name server is a packet that leaves, too.
        self._local = Once(lambda: is_local(server.name, server.port, may_ask=not local_only))
        self._client = Once(self._open)
        self._used = False
        self._closed = False

    async def remote(self) -> bool:
        """Whether what is sent to the server leaves this machine."""
        return not await self._local.get()

    async def check(self) -> None:
        """Raise LocalOnly if nothing may be sent to the server, and Disconnected after `aclose`."""
        if self._closed:
            raise Disconnected(self.server.backend, f"The connection to {self.server.host} is closed.")
        if self._local_only and await self.remote():
            raise LocalOnly(
                self.server.backend,
                f"privacy.localOnly is set and {self.server.host} is not this machine.",
                cure="Choose a local backend, by its address or as localhost, or unset privacy.localOnly.",
            )

    async def reply(
        self, method: str, path: str, body: Any = None, *, key: Secret | None = None, within_s: float = 5.0
    ) -> Reply:
        """Send a request and read the whole reply, whatever its status."""
        response = await self._send(method, path, body, key, within_s)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(response.aclose)
            reply = await self._whole(response, within_s, expected=response.status_code == 200)
            return reply if reply.status == 200 else replace(reply, text=_explainer(body, key)(reply.body))

    async def json(
        self, method: str, path: str, body: Any = None, *, key: Secret | None = None, within_s: float = 5.0
    ) -> dict[str, Any]:
        """Send a request and read the JSON object that answers it; raises what `refuse` makes of anything else."""
        reply = await self.reply(method, path, body, key=key, within_s=within_s)
        if reply.status != 200:
            raise self._refuse(reply)
        found = reply.json() if len(reply.body) < _LARGE else await asyncio.to_thread(reply.json)
        if not isinstance(found, dict):
            raise self._wrong_kind(reply)
        return found

    @asynccontextmanager
    async def stream(
        self,
        path: str,
        body: Any,
        *,
        framing: Framing,
        kind: str,
        key: Secret | None = None,
        first_s: float = 60.0,
        idle_s: float = 30.0,
    ) -> AsyncGenerator[Stream]:
        """Post a request whose reply is streamed as `kind` (a content type); leaving the context closes the connection.

        `first_s` is the time to the first byte of the reply, `idle_s` the longest silence after that. Raises Stalled
        when they are over.
        """
        response = await self._send("POST", path, body, key, first_s)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(response.aclose)
            explain = _explainer(body, key)
            told = response.headers.get("content-type", kind).partition(";")[0].strip().lower()
            if response.status_code != 200 or told != kind:
                reply = await self._whole(response, idle_s, expected=False)
                raise self._refused(replace(reply, text=explain(reply.body)))
            chunks = await stack.enter_async_context(aclosing(response.aiter_raw()))
            headers = _lower(response.headers)
            yield Stream(self, chunks, framing, first_s=first_s, idle_s=idle_s, explain=explain, headers=headers)

    async def next_chunk(self, chunks: AsyncIterator[bytes], within_s: float) -> bytes | None:
        """The next bytes of a body; None at its end."""
        try:
            async with asyncio.timeout(within_s):
                return await anext(chunks, None)
        except TimeoutError:
            raise self._stalled(within_s) from None
        except Exception as error:
            raise await self._failure(error) from error

    def bad_reply(self, does: str) -> BadReply:
        """The server does something that its API does not."""
        return BadReply(
            self.server.backend, f"{self.server.host} {does}.", cure=f"Is {self.server.setting} the right address?"
        )

    async def aclose(self) -> None:
        """Close all connections; requests after that fail."""
        self._closed = True
        await self._local.aclose()
        await self._client.aclose()
        if client := self._client.result:
            await client.aclose()

    async def _open(self) -> httpx2.AsyncClient:
        local = await self._local.get()

        def make() -> httpx2.AsyncClient:
            from codestral_lsp.backends.transport import open_client

            return open_client(self.server, local=local)

        # Importing the client and reading the trust store take some 80 ms, which the event loop does not have.
        return await asyncio.to_thread(make)

    async def _send(self, method: str, path: str, body: Any, key: Secret | None, within_s: float) -> httpx2.Response:
        await self.check()
        client = await self._client.get()
        headers = {}
        if key is not None:
            headers["Authorization"] = f"Bearer {key.reveal()}"
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            # Half of a surrogate pair, which editors can send, has no UTF-8; it becomes a question mark.
            content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        request = client.build_request(method, self.server.url + path, headers=headers, content=content)
        try:
            async with asyncio.timeout(within_s):
                try:
                    response = await client.send(request, stream=True)
                except Exception as error:
                    # An idle connection that the server closed just as it was taken up again: not worth a message.
                    if not self._used or not isinstance(await self._failure(error), Disconnected):
                        raise
                    response = await client.send(request, stream=True)
        except TimeoutError:
            raise self._stalled(within_s) from None
        except Exception as error:
            raise await self._failure(error) from error
        self._used = True
        return response

    async def _whole(self, response: httpx2.Response, within_s: float, *, expected: bool) -> Reply:
        """The rest of a reply; of one that was not `expected` only as much as a message needs."""
        most = _MAX_REPLY if expected else _MAX_ERROR
        body = bytearray()
        try:
            async with asyncio.timeout(_WHOLE_S), aclosing(response.aiter_raw()) as chunks:
                while len(body) <= most and (chunk := await self.next_chunk(chunks, within_s)) is not None:
                    body += chunk
        except TimeoutError:
            raise self.bad_reply("does not stop answering") from None
        if len(body) > most and expected:
            raise self.bad_reply("does not stop answering")
        return Reply(response.status_code, _lower(response.headers), bytes(body[:most]))

    def _refused(self, reply: Reply) -> BackendError:
        """Why a reply is not the stream that was asked for."""
        if reply.status != 200:
            return self._refuse(reply)
        found = reply.json()
        if isinstance(found, dict) and "error" in found:
            return self._refuse(replace(reply, status=500))
        return self._wrong_kind(reply)

    async def _failure(self, error: Exception) -> BackendError:
        from codestral_lsp.backends.transport import failure
        from codestral_lsp.errors import NotRunning

        told = failure(error, self.server, local=await self._local.get())
        return await self._not_running(told) if self._not_running and isinstance(told, NotRunning) else told

    def _stalled(self, seconds: float) -> Stalled:
        return Stalled(
            self.server.backend,
            f"{self.server.host} took the request and then said nothing for {seconds:g} s.",
            cure=f"If it stays like this, restart the server, or check {self.server.setting}.",
        )

    def _wrong_kind(self, reply: Reply) -> BadReply:
        kind = reply.headers.get("content-type", "").partition(";")[0]
        what = {"text/html": "a web page", "application/json": "other JSON than its API has"}.get(
            kind, f"{kind or 'something'} where its API has JSON"
        )
        return self.bad_reply(f"answers with {what}")


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _explainer(sent: Any, key: Secret | None) -> Callable[[Any], str]:
    """Takes what a server says of an error down to one line without the user's code and key in it."""
    return lambda body: error_text(body, private_texts(sent), key.reveal() if key else "")
