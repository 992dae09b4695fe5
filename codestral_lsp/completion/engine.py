"""An engine: a backend with a model, and what has been learnt of it."""

from __future__ import annotations

from hashlib import blake2b

from codestral_lsp.backends.base import Backend, BackendName, ModelInfo, Priority, Prompt, Sampling
from codestral_lsp.completion.circuit import Circuit
from codestral_lsp.completion.latency import Latency
from codestral_lsp.completion.scheduler import Scheduler
from codestral_lsp.completion.warmth import Warmth
from codestral_lsp.completion.worth import Worth
from codestral_lsp.prompt.budget import ReadingSpeed
from codestral_lsp.prompt.families import Family
from codestral_lsp.prompt.tokens import TokenCounter

LOADS_LATE: frozenset[BackendName] = frozenset({"ollama"})
"""Servers that load a model only when it is first asked, which may take half a minute."""


class Engine:
    """A backend that was found usable, the model it would use, and its measured manners."""

    def __init__(
        self, backend: Backend, info: ModelInfo, family: Family | None, scheduler: Scheduler | None = None
    ) -> None:
        """`scheduler`: that of another model on the same server, if there is one."""
        self.backend = backend
        self.info = info
        self.family = family
        self.counter = TokenCounter()
        self.speed = ReadingSpeed()
        self.latency = Latency()
        self.warmth = Warmth(info.slots)
        self.worth = Worth()
        self.scheduler = scheduler or Scheduler(1 if not info.remote else info.slots, self._admitted)
        self.circuit = Circuit()
        self.loaded = info.backend not in LOADS_LATE
        """Whether the server has its model in memory, or was told to load it."""

    def _admitted(self, priority: Priority) -> None:
        if priority is Priority.ACTION and self.info.slots == 1:
            self.warmth.lost()

    @property
    def key(self) -> str:
        """Names the engine in cache keys: answers of one model are not those of another."""
        return f"{self.info.backend}/{self.info.model}/{self.family.name if self.family else self.info.form}"

    @property
    def stop(self) -> tuple[str, ...]:
        """Texts at which an answer surely ends."""
        return self.family.stop if self.family is not None and self.info.form == "raw" else ()

    @property
    def temperature(self) -> float:
        """How freely the model may choose."""
        return self.family.temperature if self.family is not None else 0.0

    def read_every_time(self, prompt: Prompt) -> int:
        """Tokens of `prompt` that stand behind the growing prefix, so that reading them ahead is of no use."""
        return 0 if self.family is None or self.family.suffix_first else self.counter.text(prompt.suffix)

    def digest(self, prompt: Prompt, sampling: Sampling) -> bytes:
        """Names a whole request, for finding its answer again."""
        digest = blake2b(digest_size=16)
        for part in (self.key, prompt.raw or f"{prompt.prefix}\0{prompt.suffix}", prompt.start, repr(sampling)):
            digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
        return digest.digest()
