"""A long day: eight hours of typing in twenty documents, at a model that fails now and then, at the clock's own speed.

The clock is virtual; what is measured is this process: memory after each hour, the processor time of each request,
and what is left of tasks at the end. Run by `make test-long`, which prints the figures.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import time
from pathlib import Path

import pytest

from codestral_lsp.backends.base import Prompt
from codestral_lsp.completion.request import CompletionRequest, Trigger
from codestral_lsp.document.document import Document
from codestral_lsp.document.position import Position
from codestral_lsp.document.store import ClientChange
from codestral_lsp.document.text import Text
from codestral_lsp.errors import BackendError, Disconnected, ServerFault, Stalled
from tests.completion.scene import Scene
from tests.virtual_time import run

HOURS = float(os.environ.get("CODESTRAL_TEST_HOURS", "8"))
DOCUMENTS = 20
KEY_S = 0.35
"""Between two keys, pauses to think apart."""

BODY = """\
    total = 0
    for row in rows:
        if row.width > {n}:
            total += row.width * row.height
    return total
"""


def source(number: int) -> str:
    """A module of some three hundred lines."""
    functions = (f"def area_{number}_{n}(rows, scale={n}):\n{BODY.format(n=n)}\n\n" for n in range(45))
    return f'"""Module {number}."""\n\nimport math\n\n\n' + "".join(functions)


def resident_mb() -> float:
    """Memory of this process, as Linux tells it."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


class Day:
    """One typist, who goes from document to document."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.chance = random.Random(8)
        self.cost_ms: list[list[float]] = []
        """Processor time of each request, by hour."""
        self.memory_mb: list[float] = []
        self.asked = self.shown = 0

    def fails(self) -> BackendError | None:
        """One request in twelve goes wrong."""
        kinds = (Disconnected, ServerFault, Stalled)
        return self.chance.choice(kinds)("ollama", "It broke.") if self.chance.random() < 1 / 12 else None

    def answer(self, prompt: Prompt) -> str:
        """Half of the answers are what will be typed next."""
        return self.chance.choice(["total += row.width\n", "x = compute(1)\n", "", "row.height * scale\n"])

    async def work(self, hours: float) -> None:
        """Type for so many hours."""
        loop = asyncio.get_running_loop()
        uris = [f"file:///day/module_{number}.py" for number in range(DOCUMENTS)]
        for number, uri in enumerate(uris):
            self.scene.store.open(Document(uri, "python", 1, Text.of(source(number)), Path(uri[7:])))
        for hour in range(max(2, int(hours))):
            self.cost_ms.append([])
            end = loop.time() + 3600
            while loop.time() < end:
                number = self.chance.randrange(DOCUMENTS)
                await self.visit(uris[number], number)
                await asyncio.sleep(self.chance.uniform(5, 90))
            await asyncio.sleep(5)
            gc.collect()
            self.memory_mb.append(resident_mb())
            worst = sorted(self.cost_ms[hour])[int(0.99 * len(self.cost_ms[hour]))]
            print(
                f"hour {hour + 1}: {len(self.cost_ms[hour])} requests, p99 {worst:.1f} ms of processor time, "
                f"{self.memory_mb[-1]:.0f} MB"
            )

    async def visit(self, uri: str, number: int) -> None:
        """Type a line somewhere in a document, as VS Code asks; now and then undo, save or reopen it."""
        store = self.scene.store
        document = store.get(uri)
        assert document is not None
        line = self.chance.randrange(6, document.text.end.line - 2)
        store.change(uri, None, [ClientChange("    \n", (line, 0), (line, 0))])
        text, column = self.chance.choice(["total += row.width", "x = compute(1)", "if rows:", "# a note"]), 4
        task: asyncio.Task[object] | None = None
        for character in text:
            store.change(uri, None, [ClientChange(character, (line, column), (line, column))])
            column += 1
            if task is not None:
                task.cancel()
            await asyncio.sleep(0.05)
            now = store.get(uri)
            assert now is not None
            task = asyncio.create_task(self.ask(now, Position(line, column)))
            await asyncio.sleep(self.chance.expovariate(1 / KEY_S))
        if task is not None:
            await asyncio.wait([task])
        calls = self.scene.model.calls  # the stand-in's own books are no memory of the product's
        calls[:] = [call for call in calls if call.ended_s is None]
        if self.chance.random() < 0.9:  # the file does not grow all day
            store.change(uri, None, [ClientChange("", (line, 0), (line + 1, 0))])
        if self.chance.random() < 0.05:
            store.close(uri)
            store.open(Document(uri, "python", 1, Text.of(source(number)), Path(uri[7:])))

    async def ask(self, document: Document, cursor: Position) -> None:
        """Ask, and note what it cost."""
        self.asked += 1
        before = time.process_time()
        item = await self.scene.service.complete(CompletionRequest(document, cursor, Trigger.AUTOMATIC))
        self.cost_ms[-1].append((time.process_time() - before) * 1000)
        self.shown += item is not None


@pytest.mark.skipif(not os.environ.get("CODESTRAL_TEST_LONG"), reason="takes minutes: make test-long")
@pytest.mark.timeout(3600)
def test_memory_tasks_and_speed_are_in_the_evening_what_they_were_in_the_morning() -> None:
    async def day() -> Day:
        scene = Scene("x = 1\n█\n", {"completion": {"prefetch": True}})
        typist = Day(scene)
        scene.model.answer, scene.model.failure = typist.answer, typist.fails
        await scene.begin()
        tasks = len(asyncio.all_tasks())
        await typist.work(HOURS)
        await scene.service.aclose()
        await asyncio.sleep(1)
        assert len(asyncio.all_tasks()) <= tasks
        assert [call for call in scene.model.calls if call.ended_s is None] == [], "a stream was left open"
        return typist

    typist = run(day())
    print(json.dumps({"asked": typist.asked, "shown": typist.shown, "memory_mb": [round(m) for m in typist.memory_mb]}))
    assert typist.shown > 0
    assert typist.memory_mb[-1] <= 1.1 * typist.memory_mb[1]
