"""What all stand-ins share: a small HTTP/1.1 server, a script of answers and faults, a record of what happened."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import socket
import struct
import time
from bisect import bisect_right
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle, repeat
from pathlib import Path
from typing import Any, Literal, Self

Answer = str | Callable[[str], str]
"""What to answer: a text, or a function of the prompt (of the last message, in a chat)."""

FaultKind = Literal[
    "stall",  # silence from there on
    "reset",  # the connection is reset (RST)
    "cut",  # the connection is closed in the middle of the body
    "silent-end",  # the body ends properly, without the last message
    "error-line",  # an error message inside the stream
    "garbage",  # a line that means nothing
    "half-line",  # half a message, then the proper end of the body
    "invalid-utf8",  # a message whose text is not UTF-8
    "repeat",  # the model says the same token for ever, until the server's guard stops it
    "endless",  # the model never stops, whatever limit was asked for
]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong with a reply once `after` messages of it are sent; 0: before its head."""

    kind: FaultKind
    after: int = 0
    text: str = "an error was encountered while running the model: unexpected EOF"
    """What an error line says."""


@dataclass(frozen=True, slots=True)
class Canned:
    """A whole reply given instead of the real one."""

    status: int
    body: bytes | str | Mapping[str, Any] = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


_TOKEN_MS = 0.01
"""What a token takes of a model that answers at once."""


@dataclass(frozen=True, slots=True)
class Script:
    """How a model answers. Times in ms."""

    answer: Answer = "return a + b"
    first_token_ms: float = 0.0
    """From the end of the prompt's evaluation to the first token."""
    token_ms: float = 0.0
    prompt_token_ms: float = 0.0
    """For each prompt token that is not in the cache."""
    load_ms: float = 0.0
    logprob: float = -0.01
    """Of every token, for those who ask: a model that is sure of what it says."""

    def reading_ms(self, new_tokens: int) -> float:
        """What is told of the time that a prompt took. Not measured: how busy the machine is must change nothing."""
        return max(_TOKEN_MS, self.prompt_token_ms) * new_tokens + self.first_token_ms

    def writing_ms(self, tokens: int) -> float:
        """What is told of the time that an answer took."""
        return max(_TOKEN_MS, self.token_ms) * tokens

    def tokens(self, prompt: str) -> list[str]:
        """The answer to `prompt`, as tokens."""
        return tokenize(self.answer if isinstance(self.answer, str) else self.answer(prompt))


_TOKEN = re.compile(r"\[(?:SUFFIX|PREFIX|MIDDLE)\]|<\|\w+\|>| ?\w+|\s+|[^\w\s]")


def tokenize(text: str) -> list[str]:
    """Words with the blank before them, runs of blanks, single marks; control tokens whole."""
    return _TOKEN.findall(text)


def common_prefix(one: str, other: str) -> int:
    """How many characters at their heads are the same."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def continuing(text: str, limit: int = 400) -> Callable[[str], str]:
    """An answer for typing traces: finds where the prompt's prefix ends in `text` and gives what follows there."""

    def answer(prompt: str) -> str:
        prefix = re.split(r"\[PREFIX\]|<\|fim_prefix\|>", prompt)[-1].split("<|fim_suffix|>")[0]
        low, high = 0, min(len(prefix), 400)
        while low < high:  # the longest end of the prefix that stands in the text
            middle = (low + high + 1) // 2
            low, high = (middle, high) if prefix[-middle:] in text else (low, middle - 1)
        return text[text.find(prefix[-low:]) + low :][:limit] if low and low >= min(8, len(prefix)) else ""

    return answer


class Slot:
    """A slot of an inference server: one request at a time, and a cache that is good as far as the head is the same.

    It splits only what is new into tokens, so that a stand-in costs next to nothing in measurements.
    """

    def __init__(self, split: Callable[[str], Sequence[str]] = tokenize) -> None:
        self.lock = asyncio.Lock()
        self._split = split
        self._text = ""
        self._ends: list[int] = []

    def read(self, prompt: str) -> tuple[int, int]:
        """Put `prompt` into the cache: its size in tokens, and how many were there (the last is always read again)."""
        before, same = self._ends, common_prefix(self._text, prompt)
        kept = max(0, bisect_right(before, same) - 1)  # the last one may go on otherwise now
        at = before[kept - 1] if kept else 0
        ends = before[:kept]
        for token in self._split(prompt[at:]):
            at += len(token)
            ends.append(at)
        cached = kept
        while cached < min(len(ends), len(before)) and ends[cached] == before[cached] <= same:
            cached += 1
        self._text, self._ends = prompt, ends
        return len(ends), min(cached, max(0, len(ends) - 1))

    def wrote(self, token: str) -> None:
        """Add a generated token to the cache."""
        self._text += token
        self._ends.append(len(self._text))


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    at: float
    """`time.perf_counter()` when it was complete."""

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body.decode())


@dataclass(frozen=True, slots=True)
class Abort:
    """A request whose client went away before the reply was whole."""

    request: Request
    messages: int
    """How many messages of the reply were sent by then."""
    at: float
    """`time.perf_counter()` when the server saw it."""


class Reply:
    """The way back to the client."""

    def __init__(self, connection: _Connection, method: str) -> None:
        self._connection = connection
        self._head_only = method == "HEAD"
        self.messages = 0
        self.started = False

    def whole(self, canned: Canned) -> None:
        """Send a reply in one go."""
        body = canned.body
        if not isinstance(body, bytes):
            body = (body if isinstance(body, str) else json.dumps(body)).encode()
        head = {"Content-Type": canned.content_type, "Content-Length": str(len(body)), **canned.headers}
        self.started = True
        self._write(_head(canned.status, head) + (b"" if self._head_only else body))

    def json(self, body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Send a JSON reply."""
        self.whole(Canned(status, json.dumps(body).encode(), headers or {}))

    def start(self, content_type: str, headers: Mapping[str, str] | None = None) -> None:
        """Begin a streamed reply."""
        self.started = True
        self._write(_head(200, {"Content-Type": content_type, "Transfer-Encoding": "chunked", **(headers or {})}))

    async def send(self, message: bytes) -> None:
        """Send a message of a streamed reply, as one chunk; waits while the client does not read."""
        self.messages += 1
        self._write(b"%x\r\n%b\r\n" % (len(message), message))
        await self._connection.writable.wait()

    def end(self) -> None:
        """End a streamed reply."""
        self._write(b"0\r\n\r\n")

    def raw(self, data: bytes) -> None:
        """Send bytes as they are, HTTP or not."""
        self.started = True
        self._write(data)

    def cut(self) -> None:
        """Close the connection as if the server had ended."""
        self._connection.transport.close()

    def reset(self) -> None:
        """Reset the connection as if the server's machine had failed."""
        sock = self._connection.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._connection.transport.abort()

    def _write(self, data: bytes) -> None:
        self._connection.transport.write(data)


_REASONS = {200: "OK", 301: "Moved Permanently", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found"}


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {_REASONS.get(status, 'Status')}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


class _Connection(asyncio.Protocol):
    """One client's connection: reads requests, has the server answer them in turn, sees the client leave."""

    transport: asyncio.Transport

    def __init__(self, server: StandIn) -> None:
        self._server = server
        self._buffer = b""
        self._task: asyncio.Task[None] | None = None
        self._closed = asyncio.Event()
        self.writable = asyncio.Event()
        self.writable.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._server.connections.add(self)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._buffer.startswith(b"\x16\x03"):  # a TLS client says hello
            self.transport.write(_head(400, {"Connection": "close"}))
            self.transport.close()
        else:
            self._next()

    def pause_writing(self) -> None:
        self.writable.clear()

    def resume_writing(self) -> None:
        self.writable.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._closed.set()
        self._server.connections.discard(self)
        self._server.changed.set()
        if self._task:
            self._task.cancel()

    async def abort(self) -> None:
        """Close the connection and end what was being answered on it."""
        task = self._task
        self.transport.abort()
        await self._closed.wait()
        if task:
            await asyncio.wait([task])

    def _next(self) -> None:
        if self._task or (request := self._take()) is None:
            return
        if request.path != "/stand-in":
            self._server.requests.append(request)
            self._server.changed.set()
        self._task = asyncio.get_running_loop().create_task(self._serve(request))
        self._task.add_done_callback(self._served)

    def _take(self) -> Request | None:
        head, blank, rest = self._buffer.partition(b"\r\n\r\n")
        if not blank:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", 0))
        if len(rest) < length:
            return None
        self._buffer = rest[length:]
        return Request(method, path, headers, rest[:length], time.perf_counter())

    async def _serve(self, request: Request) -> None:
        reply = Reply(self, request.method)
        try:
            await self._server.answer(request, reply)
        except asyncio.CancelledError:
            self._server.aborted.append(Abort(request, reply.messages, time.perf_counter()))
            self._server.changed.set()
            raise
        except Violation as violation:
            self._server.violations.append(f"{request.method} {request.path}: {violation}")
            reply.json({"error": f"stand-in: {violation}"}, 400)

    def _served(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if not task.cancelled() and (error := task.exception()):
            self._server.violations.append(f"the stand-in itself failed: {error!r}")
            self.transport.abort()
        elif not self._closed.is_set():
            self._next()


class Violation(Exception):
    """A request that no right client sends."""


class StandIn:
    """A server for tests. Leaving its context raises if any request broke the API's rules."""

    def __init__(self, script: Script | None = None, *, port: int = 0) -> None:
        self.script = script or Script()
        self.requests: list[Request] = []
        self.aborted: list[Abort] = []
        self.violations: list[str] = []
        self.changed = asyncio.Event()
        """Set whenever a request comes or a client goes."""
        self.connections: set[_Connection] = set()
        self.accepted = 0
        """Connections taken so far."""
        self._port = port
        self._server: asyncio.Server | None = None
        self._planned: deque[tuple[str, Fault | Canned]] = deque()

    @property
    def url(self) -> str:
        """Where the server listens."""
        return f"http://127.0.0.1:{self._port}"

    def plan(self, what: Fault | Canned, *more: Fault | Canned, path: str = "") -> None:
        """Have the next requests (those to `path`, if given) go wrong in these ways, one each."""
        self._planned.extend((path, item) for item in (what, *more))

    def seen(self, path: str) -> list[Request]:
        """The requests to `path` so far."""
        return [request for request in self.requests if request.path == path]

    async def until_aborted(self, count: int = 1) -> Abort:
        """Wait until `count` clients have gone away in the middle of a reply; the last of them."""
        await self.until(lambda: len(self.aborted) >= count)
        return self.aborted[count - 1]

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something holds that depends on requests or connections."""
        while not condition():
            self.changed.clear()
            await self.changed.wait()

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.get_running_loop().create_server(self._connection, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the port and all connections; a `start` after that listens on the same port."""
        assert self._server
        self._server.close()
        for connection in list(self.connections):
            await connection.abort()
        await self._server.wait_closed()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.stop()
        if self.violations and error[0] is None:
            raise AssertionError("; ".join(self.violations))

    def stats(self) -> dict[str, Any]:
        """What GET /stand-in tells a client in another process."""
        paths = [request.path for request in self.requests]
        return {
            "requests": {path: paths.count(path) for path in sorted(set(paths))},
            "aborted": len(self.aborted),
            "violations": self.violations,
            "connections": self.accepted,
        }

    def _connection(self) -> _Connection:
        self.accepted += 1
        return _Connection(self)

    async def answer(self, request: Request, reply: Reply) -> None:
        """Answer one request: as planned if something is planned for it, else as the real server would."""
        if request.path == "/stand-in":
            reply.json(self.stats())
            return
        fault: Fault | None = None
        for place, (path, what) in enumerate(self._planned):
            if path in ("", request.path):
                del self._planned[place]
                if isinstance(what, Canned):
                    reply.whole(what)
                    return
                fault = what
                break
        if fault and fault.after == 0 and self._strike_early(fault, reply):
            if fault.kind == "stall":
                await asyncio.Event().wait()
            return
        await self.route(request, reply, fault)

    def _strike_early(self, fault: Fault, reply: Reply) -> bool:
        if fault.kind == "reset":
            reply.reset()
        elif fault.kind == "cut":
            reply.cut()
        elif fault.kind == "garbage":
            reply.raw(b"\x00\x01\x02 this is no HTTP\r\n\r\n")
        return fault.kind in ("stall", "reset", "cut", "garbage")

    async def route(self, request: Request, reply: Reply, fault: Fault | None) -> None:
        """Answer a request as the real server would."""
        raise NotImplementedError

    def said(
        self, prompt: str, fault: Fault | None, limit: int | None, stops: Sequence[str]
    ) -> tuple[Iterable[str], str]:
        """The tokens of the answer to `prompt`, and why it ends: `stop` or `length`."""
        if fault and fault.kind == "repeat":
            return repeat(" same"), "stop"
        if fault and fault.kind == "endless":
            return cycle([" and", " so", " on"]), "stop"
        tokens = self.script.tokens(prompt)
        reason = "stop"
        for stop in stops:
            if stop and (at := "".join(tokens).find(stop)) >= 0:
                tokens = tokenize("".join(tokens)[:at])
        if limit is not None and limit >= 0 and len(tokens) > limit:
            tokens, reason = tokens[:limit], "length"
        return tokens, reason

    async def evaluate(self, new_tokens: int) -> None:
        """Take the time that reading `new_tokens` of a prompt takes."""
        if delay := self.script.prompt_token_ms * new_tokens + self.script.first_token_ms:
            await asyncio.sleep(delay / 1000)

    async def play(self, reply: Reply, content_type: str, messages: AsyncIterator[bytes], fault: Fault | None) -> bool:
        """Stream `messages` at the script's pace, with the fault in its place. False if the reply was broken off."""
        start = time.perf_counter()
        pause = self.script.token_ms / 1000
        async for message in messages:
            if not reply.started:
                reply.start(content_type)
            if fault and reply.messages == fault.after:
                if fault.kind == "invalid-utf8":
                    message = re.sub(rb'("(?:response|content|text)": ?")', b"\\1\xff\xfe", message)
                elif await self._strike(fault, message, reply):
                    return False
            await reply.send(message)
            if pause:
                await asyncio.sleep(max(0.0, start + pause * reply.messages - time.perf_counter()))
            elif reply.messages % 64 == 0:
                await asyncio.sleep(0)
        return True

    async def _strike(self, fault: Fault, message: bytes, reply: Reply) -> bool:
        """Let `fault` happen in the place of `message`; True if the reply ends with it."""
        match fault.kind:
            case "stall":
                await asyncio.Event().wait()
            case "reset":
                reply.reset()
            case "cut":
                reply.cut()
            case "garbage":
                await reply.send((b"data: " if message.startswith(b"data:") else b"") + b"\x00\xff}{ what\n\n")
                reply.end()
            case "half-line":
                await reply.send(message[: len(message) // 2])
                reply.end()
            case "silent-end":
                reply.end()
            case "error-line":
                await reply.send(self.error_message(fault.text))
                reply.end()
            case _:
                return False
        return True

    def error_message(self, text: str) -> bytes:
        """An error inside a stream, as this server frames it."""
        raise NotImplementedError


def event(message: Mapping[str, Any]) -> bytes:
    """A server-sent event."""
    return b"data: " + json.dumps(message, separators=(",", ":")).encode() + b"\n\n"


Fields = Mapping[str, type | tuple[type, ...]]
"""The fields that an object may have, and the types of their values."""


def check(body: Any, fields: Fields, required: Sequence[str] = ()) -> dict[str, Any]:
    """The body if it is an object with only these fields, of these types, and all the required ones.

    Raises Violation for any other.
    """
    if not isinstance(body, dict):
        raise Violation(f"expected an object, got {type(body).__name__}")
    for name, value in body.items():
        if name not in fields:
            raise Violation(f"unknown field {name!r}")
        kinds = fields[name]
        allowed = kinds if isinstance(kinds, tuple) else (kinds,)
        if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
            raise Violation(f"field {name!r} must not be {value!r:.60}")
    for name in required:
        if name not in body:
            raise Violation(f"field {name!r} is missing")
    return body


def options(description: str | None) -> argparse.ArgumentParser:
    """The command line that all stand-ins have."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, default=0, help="0: any free one; printed at the start")
    parser.add_argument("--answer", default=Script().answer, help="what to answer, whatever the prompt")
    parser.add_argument(
        "--answer-from", type=Path, metavar="FILE", help="answer with what follows the prompt's prefix in FILE"
    )
    parser.add_argument("--load-ms", type=float, default=0.0, help="time to load the model")
    parser.add_argument(
        "--prompt-token-ms", type=float, default=0.0, help="time for each prompt token not in the cache"
    )
    parser.add_argument("--first-token-ms", type=float, default=0.0, help="time to the first token after that")
    parser.add_argument("--token-ms", type=float, default=0.0, help="time between tokens")
    return parser


def script(arguments: argparse.Namespace) -> Script:
    """The script that the command line describes."""
    answer: Answer = arguments.answer
    if arguments.answer_from:
        answer = continuing(arguments.answer_from.read_text("utf-8"))
    return Script(answer, arguments.first_token_ms, arguments.token_ms, arguments.prompt_token_ms, arguments.load_ms)


def serve(make: Callable[[], StandIn]) -> None:
    """Run a stand-in until the process is stopped; the first line on stdout is its address."""

    async def run() -> None:
        async with make() as server:
            print(server.url, flush=True)
            await asyncio.Event().wait()

    with suppress(KeyboardInterrupt):
        asyncio.run(run())
