"""What a server said, and what its refusals mean."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from codestral_lsp.backends.base import BackendName
from codestral_lsp.errors import (
    BackendError,
    BadReply,
    NotPermitted,
    OutOfMemory,
    PromptTooLong,
    RateLimited,
    RequestRefused,
    ServerBusy,
    ServerFault,
    Unauthorized,
)


@dataclass(frozen=True, slots=True)
class Server:
    """A server as messages name it."""

    backend: BackendName
    url: str
    """Without a slash at the end."""
    setting: str
    """The setting that holds the address."""

    @property
    def host(self) -> str:
        """`host` or `host:port`."""
        return urlsplit(self.url).netloc

    @property
    def name(self) -> str:
        """The host's name or address alone."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The port, the scheme's own if none is given."""
        parts = urlsplit(self.url)
        return parts.port or (443 if parts.scheme == "https" else 80)


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply. `text` is what the server says in it of an error, in one line, with nothing private in it."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    text: str = ""

    def json(self) -> Any:
        """The body as JSON; None if it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


_MAX_TEXT = 300
_MAX_READ = 4096
"""Characters of what a server says that are looked at: it may quote the whole prompt, or send megabytes."""


def error_text(body: Any, private: Sequence[str] = (), key: str = "") -> str:
    """What an error body says, in one line of at most 300 characters; empty if nothing can be made of it.

    `body` may be bytes, text or parsed JSON. Servers put it at `error`, `error.message`, `message` or `detail` (a text
    or a list of findings), and Ollama passes on another server's JSON as a text. The key, and whatever it quotes of
    `private` texts, are left out.
    """
    said = " ".join(" ".join(_texts(body)).split())[:_MAX_READ]
    said = _concealed(said.replace(key, "…") if key else said, private)
    return said if len(said) <= _MAX_TEXT else said[: _MAX_TEXT - 1] + "…"


def _texts(body: Any) -> Iterator[str]:
    match body:
        case bytes():
            yield from _texts(body.decode("utf-8", "replace"))
        case str():
            try:
                inner = json.loads(body)
            except (ValueError, RecursionError):
                if not body.lstrip().startswith("<"):  # a page of HTML tells a person nothing
                    yield body
            else:
                yield from _texts(inner if isinstance(inner, dict) else body)
        case {"error": dict() | str() as error}:
            yield from _texts(error)
        case {"message": dict() | str() as message}:
            yield from _texts(message)
        case {"detail": str() | list() | dict() as detail}:
            yield from _texts(detail)
        case {"msg": str() as finding}:
            place = ".".join(str(step) for step in body.get("loc", ()))
            yield f"{place}: {finding};" if place else finding
        case list():
            for item in body:
                yield from _texts(item)


_QUOTED = 12
"""The shortest run of characters, in both a message and a private text, that counts as quoted."""


def _concealed(text: str, private: Sequence[str]) -> str:
    """`text` with every run of 12 or more characters that stands in a private text replaced by `…`."""
    kept, at = [], 0
    while at < len(text):
        run = text[at : at + _QUOTED]
        sources = [source for source in private if run in source] if len(run) == _QUOTED else []
        if not sources:
            kept.append(text[at])
            at += 1
            continue
        end = at + _QUOTED
        while end < len(text) and any(text[at : end + 1] in source for source in sources):
            end += 1
        kept.append("…")
        at = end
    return "".join(kept)


def private_texts(body: Any) -> list[str]:
    """The user's texts in a request's body, with line ends also as servers quote them."""
    found: list[str] = []
    if isinstance(body, Mapping):
        for name, value in body.items():
            if isinstance(value, str) and name in ("prompt", "suffix", "content"):
                found += [" ".join(value.split()), json.dumps(value), repr(value)]
            else:
                found += private_texts(value)
    elif isinstance(body, list | tuple):
        for item in body:
            if isinstance(item, Mapping):
                found += private_texts(item)
    return found


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """The seconds to stay away that `Retry-After` asks for (a number or a date); None if it says nothing."""
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            from email.utils import parsedate_to_datetime  # slow to import, and seldom wanted

            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


_LIMIT = "x-ratelimit-"


def rate_limits(headers: Mapping[str, str]) -> dict[str, str]:
    """What a reply tells of rate limits, by name; the names differ from server to server."""
    return {name.removeprefix(_LIMIT): value for name, value in headers.items() if name.startswith(_LIMIT)}


_TOO_LONG = re.compile(
    r"context (?:length|size|window)|input length exceeds|exceed_context_size|maximum (?:context|model) length"
    r"|prompt is too long|too many tokens|longer than the (?:model's )?context",
    re.IGNORECASE,
)
_OUT_OF_MEMORY = re.compile(
    r"out of (?:device )?memory|outofmemory|(?:cuda|hip)malloc failed|failed to allocate|allocation failed"
    r"|(?:not enough|insufficient) memory|requires more system memory",
    re.IGNORECASE,
)


def too_long(text: str) -> bool:
    """Whether an error says that the prompt does not fit into the context."""
    return bool(_TOO_LONG.search(text))


def out_of_memory(text: str) -> bool:
    """Whether an error says that the model does not fit into the machine."""
    return bool(_OUT_OF_MEMORY.search(text))


def refusal(server: Server, reply: Reply, *, key_cure: str = "") -> BackendError:
    """What a reply without success means, by its status and by what all servers say alike."""
    backend, status = server.backend, reply.status
    says = quoted(reply)
    if out_of_memory(reply.text):
        return OutOfMemory(
            backend, f"The model does not fit into {server.host}'s memory{says}", cure="Choose a smaller model."
        )
    if status in (400, 413, 422, 500) and too_long(reply.text):
        return PromptTooLong(
            backend,
            f"The prompt is too long for the model at {server.host}{says}",
            cure="Lower completion.contextTokens or give the model a larger context.",
        )
    match status:
        case _ if 300 <= status < 400:
            return RequestRefused(
                backend,
                f"{server.host} sends us to another address{_elsewhere(reply)}; redirects are not followed.",
                cure=f"Set {server.setting} to the address it names, if you trust it.",
            )
        case 401:
            return Unauthorized(backend, f"{server.host} does not accept the key{says}", cure=key_cure)
        case 402 | 403:
            return NotPermitted(
                backend,
                f"{server.host} takes the key but refuses this request{says}",
                cure="See what your plan and your key's rights allow.",
            )
        case 404:
            return RequestRefused(
                backend, f"{server.host} does not know this request{says}", cure=f"Check the setting {server.setting}."
            )
        case 429:
            wait = retry_after_s(reply.headers)
            cure = f"Wait {wait:.0f} s, as it asks" if wait else "Wait: completions pause for a while"
            cure += "; if it comes back, raise completion.debounceMs."
            return RateLimited(backend, f"Too many requests to {server.host}{says}", cure=cure, retry_after_s=wait)
        case 503:
            return ServerBusy(
                backend,
                f"{server.host} is busy{says}",
                cure="It passes when others stop asking.",
                retry_after_s=retry_after_s(reply.headers),
            )
        case 408 | 425:
            return ServerFault(backend, f"{server.host} gave up waiting{says}", cure="Check the network.")
        case _ if status >= 500:
            return ServerFault(
                backend,
                f"{server.host} failed{says}",
                cure="It is asked again in a while; the server's log says more.",
                retry_after_s=retry_after_s(reply.headers),
            )
        case _ if status >= 400:
            return RequestRefused(
                backend, f"{server.host} refuses the request{says}", cure=f"Is {server.setting} the right address?"
            )
    return BadReply(
        backend,
        f"{server.host} answers with HTTP {status}, which means nothing here.",
        cure=f"Is {server.setting} the right address?",
    )


def quoted(reply: Reply) -> str:
    """What a server says of an error, as the end of a sentence; its status if it says nothing."""
    if not reply.text:
        return f" (HTTP {reply.status})."
    return f": {reply.text}" if reply.text.endswith((".", "!", "?", "…")) else f": {reply.text}."


def _elsewhere(reply: Reply) -> str:
    try:
        host = urlsplit(reply.headers.get("location", "")).netloc
    except ValueError:
        return ""
    return f", {host}" if host and "@" not in host else ""
