"""Memory in front of disk."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Literal

from codestral_lsp.completion.cache.disk import DiskCache
from codestral_lsp.completion.cache.entry import Answer
from codestral_lsp.completion.cache.memory import MemoryCache
from codestral_lsp.completion.place import Place

Source = Literal["cache", "disk"]


class CompletionCache:
    """Finds answers by where they were given or by what was asked: in memory at once, on disk in a worker thread."""

    def __init__(self, disk: DiskCache | None = None) -> None:
        self.memory = MemoryCache()
        self.disk = disk

    async def find(
        self, places: Sequence[Place], request: bytes, *, everything: bool = False
    ) -> tuple[str, Source] | None:
        """What to show of an answer at the cursor, and where it was found. `places`: its own line first.

        Asked after `memory.at(places)` came back empty. What the disk has is taken into memory. `everything`: what is
        unsure too; answers that were broken off do not count.
        """
        if (answer := self.memory.exactly(request)) and (text := answer.shown(0, everything=everything)) is not None:
            return text, "cache"
        if self.disk is None:
            return None
        found = await self.disk.database.ask(self.disk.find, places, request, everything)
        if found is None:
            return None
        self.memory.put(found.place.key, found.answer)
        text = found.answer.shown_at(found.place, everything=everything)
        return None if text is None else (text, "disk")

    def put(self, place: Place, request: bytes, answer: Answer) -> None:
        """Keep what was answered to `request` at `place`."""
        self.memory.put(place.key, answer, request)
        if self.disk is not None:
            self.disk.database.later(self.disk.put, place.key, request, answer)

    async def clear(self) -> int:
        """Forget everything, on disk too; returns how many answers there were."""
        count = len(self.memory)
        self.memory.clear()
        if self.disk is None:
            return count
        return await self.disk.database.ask(self.disk.clear) or 0

    async def aclose(self) -> None:
        """Write what is waiting, and close the file."""
        if self.disk is not None:
            await asyncio.to_thread(self.disk.database.close)
