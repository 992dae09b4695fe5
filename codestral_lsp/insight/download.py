"""How a download goes: size, speed and time left; whether there is room for it; which licence it has."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

from codestral_lsp.backends.address import is_local
from codestral_lsp.backends.ollama_store import OllamaStore, PullProgress
from codestral_lsp.errors import CodestralError
from codestral_lsp.insight.memory import MODELS, NON_PRODUCTION

_SPEED_S = 10.0
"""The speed is that of the last so many seconds."""
_SPARE = 512 << 20
"""Bytes that must stay free."""


class Download:
    """The layers of a model on their way, summed up."""

    def __init__(self) -> None:
        self.status = ""
        self._layers: dict[str, tuple[int, int]] = {}
        self._seen: deque[tuple[float, int]] = deque()

    def take(self, report: PullProgress, now_s: float) -> None:
        """Take in a report."""
        self.status = report.status
        if report.layer and report.total_bytes:
            self._layers[report.layer] = report.total_bytes, report.done_bytes
            self._seen.append((now_s, self.done))
            while self._seen and now_s - self._seen[0][0] > _SPEED_S:
                self._seen.popleft()

    @property
    def total(self) -> int:
        """Bytes of all layers that were told so far."""
        return sum(total for total, _ in self._layers.values())

    @property
    def done(self) -> int:
        """Bytes that are there, those of an earlier try among them."""
        return sum(done for _, done in self._layers.values())

    @property
    def left(self) -> int:
        """Bytes still to come."""
        return self.total - self.done

    @property
    def share(self) -> float:
        """How much is there, from 0 to 1."""
        return self.done / self.total if self.total else 0.0

    @property
    def bytes_per_s(self) -> float | None:
        """The speed; None until it can be told."""
        if len(self._seen) < 2 or self._seen[-1][0] <= self._seen[0][0]:
            return None
        (first_s, first), (last_s, last) = self._seen[0], self._seen[-1]
        return (last - first) / (last_s - first_s)

    def line(self) -> str:
        """Size, speed and time left in one line."""
        if not self.total:
            return self.status
        parts = [f"{100 * self.share:3.0f} %", f"{shown_bytes(self.done)} of {shown_bytes(self.total)}"]
        speed = self.bytes_per_s
        if self.left and speed:
            parts += [f"{shown_bytes(speed)}/s", f"{shown_time(self.left / speed)} left"]
        elif self.left and speed == 0:
            parts.append("stalled; stop it and run it again: what was fetched is kept")
        elif not self.left:
            parts.append(self.status)
        return "  ".join(parts)


def licence_of(model: str) -> str:
    """What is known of a model's licence before it is there, in one sentence."""
    name = model.lower().rpartition("/")[2]
    if name.startswith("codestral"):
        return f"{NON_PRODUCTION}. For work use Mistral's API, or a model with a free licence."
    known = {fit.pull.partition(":")[0]: fit.licence for fit in MODELS}
    if name.startswith("qwen2.5-coder:3b"):
        return "Qwen Research License: not for commercial use."
    licence = known.get(name.partition(":")[0])
    return f"licence {licence}." if licence else "see its page in Ollama's library for the licence."


async def downloading(store: OllamaStore, model: str) -> AsyncGenerator[Download]:
    """A download as it stands after each report. Raises BackendError, and CodestralError if there is no room for it."""
    download, checked = Download(), 0
    await store.version()
    async with aclosing(store.pull(model)) as reports:
        async for report in reports:
            download.take(report, time.monotonic())
            if download.total > checked:  # the first of its files, or one more
                checked = download.total
                if problem := await no_room(store, download.left):
                    raise CodestralError(f"There is no room for {model}.", cure=problem)
            yield download


async def no_room(store: OllamaStore, wanted: int) -> str:
    """What is wrong with the room for `wanted` more bytes where that Ollama keeps models; empty if there is enough, or
    if it is on another machine, whose disks are not to be seen."""
    if not await is_local(store.server.name, store.server.port):
        return ""
    return enough_space(wanted, await asyncio.to_thread(space))


def space() -> int | None:
    """Free bytes where Ollama on this machine keeps models; None if that place is not to be seen."""
    places = [os.environ.get("OLLAMA_MODELS"), str(Path.home() / ".ollama"), "/usr/share/ollama"]
    folder = next((Path(place) for place in places if place and Path(place).is_dir()), None)
    return shutil.disk_usage(folder).free if folder else None


def enough_space(wanted: int, free: int | None) -> str:
    """What is wrong with the room for `wanted` more bytes; empty if there is enough, or nobody can tell."""
    if free is None or free >= wanted + _SPARE:
        return ""
    return (
        f"{shown_bytes(wanted)} are still to come and {shown_bytes(free)} are free. "
        "Free some space, or set OLLAMA_MODELS to a folder on another disk and restart Ollama."
    )


def shown_bytes(size: float) -> str:
    """Bytes for a person."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def shown_time(seconds: float) -> str:
    """A time for a person."""
    minutes = int(seconds) // 60
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min {int(seconds) % 60} s" if minutes else f"{int(seconds)} s"
