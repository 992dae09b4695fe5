"""A real model on a virtual clock: it answers what it really answers, at the pace of the machine one asks about.

The model runs as slowly as it must on the machine at hand while the virtual clock stands still; then its answer is
played at the pace of a stated latency profile. What the server newly read (KV cache) is what it says itself.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
from collections.abc import AsyncGenerator, Coroutine
from concurrent.futures import wait
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.slot import Slot
from codestral_lsp.backends.base import (
    Backend,
    BackendName,
    ChatRequest,
    Health,
    ModelInfo,
    Piece,
    Prompt,
    Sampling,
    Usage,
)
from tests.plain_backend import PlainBackend

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Profile:
    """How fast a model answers: network round trip (ms), reading and writing speed (tokens/s)."""

    name: str
    round_trip_ms: float
    read_per_s: float
    write_per_s: float
    caches: bool = True
    """Whether what was read before need not be read again."""


PROFILES = (
    Profile("GPU", 2, 2500, 90),
    Profile("slow laptop", 1, 250, 18),
    Profile("API", 120, 8000, 110, caches=False),
)


CHARACTERS_A_TOKEN = 4
_MODEL = b"model"


@dataclass
class Asked:
    """A request that reached the model."""

    kind: str
    prompt_characters: int
    new_characters: int
    """Of these, what the slot had not read before."""
    evaluated: int | None = None
    """Tokens that were newly read, as the server tells; an estimate where it was not asked."""
    prompt_tokens: int | None = None
    written: int = 0


class Aside:
    """A thread with an event loop of its own, in real time."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Have `work` done over there; the virtual clock stands still meanwhile. Cancelling breaks it off."""
        future = asyncio.run_coroutine_threadsafe(work, self.loop)
        done = asyncio.get_running_loop().run_in_executor(None, wait, [future])
        try:
            await asyncio.shield(done)
        except asyncio.CancelledError:
            future.cancel()
            await done
            raise
        return future.result()

    def close(self) -> None:
        """End the thread."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


class Memory:
    """What the model answered before, kept on disk: the same prompt gets the same answer, and a rerun is quick."""

    def __init__(self, file: Path | None) -> None:
        self._rows = sqlite3.connect(file or ":memory:", check_same_thread=False)
        self._rows.execute("CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, pieces TEXT)")

    def get(self, key: bytes) -> list[Piece]:
        """As much of the answer as was ever wanted."""
        row = self._rows.execute("SELECT pieces FROM answers WHERE key = ?", (key,)).fetchone()
        return [Piece(text, finish, None, logprob) for text, finish, logprob in json.loads(row[0])] if row else []

    def put(self, key: bytes, pieces: list[Piece]) -> None:
        """Keep an answer, as far as it was wanted."""
        rows = json.dumps([(piece.text, piece.finish, piece.logprob) for piece in pieces])
        with self._rows:
            self._rows.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (key, rows))

    def keep_model(self, info: ModelInfo) -> None:
        """Keep what the model says of itself."""
        self.put(_MODEL, [Piece(json.dumps(asdict(info)))])

    def model(self) -> ModelInfo | None:
        """What the model said of itself; None if it was never asked."""
        if not (kept := self.get(_MODEL)):
            return None
        told: dict[str, Any] = json.loads(kept[0].text)
        return ModelInfo(**{**told, "names": tuple(told["names"]), "slots": 1})


class Absent(PlainBackend):
    """In a real model's place where only what it once answered is played: adds nothing to it."""

    name: BackendName = "llamacpp"

    def __init__(self, info: ModelInfo) -> None:
        self.unanswered = 0
        """Requests that it was never asked, or not as far."""
        self._info = info

    async def describe(self) -> ModelInfo:
        """What the model once said."""
        return self._info

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Piece]:
        """Nothing."""
        self.unanswered += 1
        pieces: tuple[Piece, ...] = ()
        for piece in pieces:
            yield piece

    async def special(self, token: str) -> bool:
        """The model's family was found when it was asked."""
        return True


class PacedModel:
    """A real backend, played at the pace of a profile."""

    def __init__(
        self,
        real: Backend,
        aside: Aside,
        profile: Profile,
        *,
        memory: Memory | None = None,
        moves_blocks: bool = False,
    ) -> None:
        """With a `memory` an answer that was given before is not asked for again; without one every request reaches
        the server, which then tells what it newly read."""
        self.asked: list[Asked] = []
        self.name: BackendName = real.name
        self._real = real
        self._aside = aside
        self._profile = profile
        self._memory = memory
        self._slot = Slot(moves_blocks=moves_blocks)

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Piece]:
        """What the real one streams, later or sooner."""
        asked = self._ask("typing", prompt)
        text = prompt.raw
        pieces = self._from_memory(prompt, sampling) if self._memory else self._live(prompt, sampling)
        first = True
        try:
            async for piece in pieces:
                if piece.usage is not None:
                    asked.evaluated, asked.prompt_tokens = piece.usage.evaluated_tokens, piece.usage.prompt_tokens
                if first:
                    first = False
                    await asyncio.sleep(self._read_s(asked))
                await asyncio.sleep(1 / self._profile.write_per_s)
                asked.written += 1
                text += piece.text
                self._slot.holds(text)
                yield replace(piece, usage=self._paced(asked) if piece.usage or self._memory else None)
        finally:
            await pieces.aclose()

    async def _live(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Piece]:
        stream = self._real.stream(prompt, sampling)
        try:
            while True:
                try:
                    piece = await self._aside.run(_next(stream))
                except StopAsyncIteration:
                    return
                if piece is None:
                    return
                yield piece
        finally:
            await self._aside.run(stream.aclose())

    async def _from_memory(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Piece]:
        """What is remembered of the answer; the real model goes on where that ends, if more is wanted."""
        assert self._memory is not None
        # The same request with more told in the answer, so that whoever asks otherwise finds it.
        sampling = replace(sampling, logprobs=True)
        asked = [prompt.raw, asdict(sampling), *([prompt.start] if prompt.start else [])]
        key = blake2b(json.dumps(asked).encode(), digest_size=16).digest()
        pieces = self._memory.get(key)
        for piece in pieces:
            yield piece
        if pieces and pieces[-1].finish:
            return
        skip = len(pieces)
        live = self._live(prompt, sampling)
        try:
            async for piece in live:
                if skip:
                    skip -= 1
                    continue
                pieces.append(replace(piece, usage=None))
                yield pieces[-1]
        finally:
            await live.aclose()
            self._memory.put(key, pieces)

    def _ask(self, kind: str, prompt: Prompt) -> Asked:
        asked = Asked(kind, len(prompt.raw), self._slot.unread(prompt.raw))
        self._slot.holds(prompt.raw)
        self.asked.append(asked)
        return asked

    def _read_s(self, asked: Asked) -> float:
        if asked.evaluated is None:
            asked.prompt_tokens = asked.prompt_characters // CHARACTERS_A_TOKEN
            asked.evaluated = max(1, asked.new_characters // CHARACTERS_A_TOKEN)
        # What an API has cached is its own business; what it need not read costs no time worth speaking of.
        reads = asked.evaluated if self._profile.caches else asked.prompt_tokens or 0
        return self._profile.round_trip_ms / 1000 + reads / self._profile.read_per_s

    def _paced(self, asked: Asked) -> Usage:
        evaluated, whole = asked.evaluated or 0, asked.prompt_tokens or 0
        read_ms = evaluated / self._profile.read_per_s * 1000
        return Usage(whole, whole - evaluated, asked.written, read_ms)

    async def warm(self, prompt: Prompt) -> Usage:
        """Read a prompt."""
        asked = self._ask("warm-up", prompt)
        if self._memory is None:
            usage = await self._aside.run(self._real.warm(prompt))
            asked.evaluated, asked.prompt_tokens = usage.evaluated_tokens, usage.prompt_tokens
        await asyncio.sleep(self._read_s(asked))
        return self._paced(asked)

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Piece]:
        """Not asked in benchmarks."""
        yield Piece("", "stop")

    async def describe(self) -> ModelInfo:
        """What the real one says."""
        info = await self._aside.run(self._real.describe())
        return replace(info, remote=not self._profile.caches, slots=1)

    async def health(self) -> Health:
        """What the real one says."""
        return await self._aside.run(self._real.health())

    async def count(self, text: str) -> int | None:
        """What the real one says."""
        return await self._aside.run(self._real.count(text))

    async def special(self, token: str) -> bool | None:
        """What the real one says."""
        return await self._aside.run(self._real.special(token))

    def forget(self) -> None:
        """Nothing is remembered here."""

    async def aclose(self) -> None:
        """The real one is closed by whoever opened it: it plays other sessions too."""


async def _next(stream: AsyncGenerator[Piece]) -> Piece | None:
    return await anext(stream, None)
