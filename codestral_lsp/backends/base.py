"""What every backend speaks: prompts in, pieces of text out.

A backend knows its server's API and nothing of editors, caches or layouts. It gets a `Prompt` whose segments are
already ordered, budgeted and cleaned, and streams text until the answer ends or the caller closes the stream.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal, Protocol

from codestral_lsp.errors import BackendError

BackendName = Literal["ollama", "mistral", "llamacpp", "openai", "workspace"]

Duty = Literal["complete", "chat"]
"""What a backend is opened for: it serves the one model that the settings name for that."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of prompt text: the user's text, or a control token that the layout put there."""

    text: str
    control: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Where a part of a prompt is from, for the ledger of what was sent."""

    path: str
    first_line: int | None = None
    """From 1; None where it is not known which lines of the file."""
    last_line: int | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """One fill-in-the-middle question, in every form a backend may want it.

    `prefix` and `suffix` are what stands before and after the hole, context from other files included at the head
    of the prefix; APIs with a suffix field take these two. `segments` is the whole prompt in the layout of the
    model's family, for backends that take raw text; empty when the layout is the server's business.
    """

    prefix: str
    suffix: str
    segments: tuple[Segment, ...] = ()
    tokens: int = 0
    """Size of the whole prompt in tokens, counted or estimated."""
    path: str = ""
    """The document's path as shown to models: relative to its workspace folder, with slashes."""
    language: str = ""
    """The document's LSP language id."""
    sources: tuple[Source, ...] = ()
    """The document's own lines, then other files."""
    start: str = ""
    """What the answer must start with: a word begun before the hole, left out of `prefix` and of `segments`."""
    plain: Prompt | None = None
    """The same question with that word in its place, for a server that cannot be held to a start."""

    @property
    def raw(self) -> str:
        """All segments as one text."""
        return "".join(segment.text for segment in self.segments)


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to generate. Temperature 0 by default: the same question gets the same answer."""

    max_tokens: int = 256
    temperature: float = 0.0
    stop: tuple[str, ...] = ()
    seed: int | None = None
    logprobs: bool = False
    """Ask for the log-probability of each piece, where the server can tell it."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a request cost, as the server itself counted; None where it does not say. Times in ms."""

    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    """Prompt tokens that the server did not have to read again (KV cache)."""
    completion_tokens: int | None = None
    prompt_ms: float | None = None
    generation_ms: float | None = None
    load_ms: float | None = None
    limits: Mapping[str, str] = field(default_factory=dict)
    """What the server told of its rate limits with the answer, by the name that it gives to each."""

    @property
    def evaluated_tokens(self) -> int | None:
        """Prompt tokens newly read for this request."""
        if self.prompt_tokens is None or self.cached_tokens is None:
            return None
        return self.prompt_tokens - self.cached_tokens


Finish = Literal["stop", "length", "repeat"]
"""Why the model ended: of itself or at a stop string; at its token limit; by the server's guard against loops."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a streamed answer. The last one has `finish` set.

    `usage` is what the request has cost so far: with the last piece, or with each, as the server tells it.
    """

    text: str
    finish: Finish | None = None
    usage: Usage | None = None
    logprob: float | None = None
    """Natural logarithm of the probability that the model gave these tokens, if asked for and told."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A chat, optionally answered as JSON that fits `schema` (a JSON Schema) where the backend can promise that."""

    messages: Sequence[Message]
    sampling: Sampling = field(default_factory=lambda: Sampling(max_tokens=1024))
    schema: Mapping[str, Any] | None = None
    sources: Sequence[Source] = ()
    """Which code the messages quote."""


PromptForm = Literal["raw", "suffix"]
"""Takes the whole prompt with its control tokens, or prefix and suffix apart."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a backend says of the model it would use now."""

    backend: BackendName
    model: str
    host: str
    """Where prompts go: `host` or `host:port`; empty for the embedded engine."""
    remote: bool
    """True when prompts leave this machine."""
    metered: bool
    """True when requests cost money."""
    form: PromptForm
    context_tokens: int | None
    """Tokens that prompt and answer may take together, as loaded now; None if the server does not say."""
    names: tuple[str, ...] = ()
    """All names the server has for the model, most telling first (architecture, base model, file name)."""
    template: str = ""
    """The model's own prompt template, if the server shows it."""
    slots: int = 1
    """Requests that the server works on at once."""
    can_chat: bool = True
    fim: bool | None = None
    """Whether the server says that the model can fill in the middle; None if it does not say."""
    holds_start: bool = False
    """Whether the server can be made to start its answer with a given text (`Prompt.start`)."""


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a backend can be used now; `detail` is one line for a person either way."""

    ok: bool
    detail: str
    info: ModelInfo | None = None
    version: str = ""
    problem: BackendError | None = None
    """What is wrong, with its cure, when it is not `ok`."""


class Priority(IntEnum):
    """What a request is for; on a shared slot the lower number goes first and pre-empts the higher."""

    TYPING = 0
    ACTION = 1
    PREFETCH = 2
    WARM_UP = 3


class Backend(Protocol):
    """An engine that continues text.

    All methods raise only `BackendError` (and `asyncio.CancelledError`). Closing a stream (`aclose`, or cancelling
    the task that reads it) closes the connection under it: that is what stops the server's work.
    """

    @property
    def name(self) -> BackendName:
        """Which backend this is."""
        ...

    def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Piece]:
        """Continue `prompt.prefix` so that it leads to `prompt.suffix`."""
        ...

    def chat(self, request: ChatRequest) -> AsyncGenerator[Piece]:
        """Answer a chat."""
        ...

    async def warm(self, prompt: Prompt) -> Usage:
        """Have the server load the model and read `prompt`, generating as little as it allows.

        With an empty prompt a server that has its model loaded does nothing.
        """
        ...

    async def describe(self) -> ModelInfo:
        """The model that would answer now; asked of the server once and remembered until `forget`."""
        ...

    async def health(self) -> Health:
        """Ask the server now whether a request would succeed. Never raises for an unhealthy server."""
        ...

    async def count(self, text: str) -> int | None:
        """Tokens in `text` by the model's own tokenizer; None where it is not to be had."""
        ...

    async def special(self, token: str) -> bool | None:
        """Whether `token` is one control token of the model's vocabulary; None where that cannot be known."""
        ...

    def forget(self) -> None:
        """Drop what was remembered of the server (it was restarted, or its model changed)."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...
