"""What the doctor makes of staged failures, what tracing and the ledger cost, how well secrets are found.

Prints a page of Markdown: python -m benchmarks.insight > docs/numbers/insight.md
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks import stats_page
from benchmarks.report import markdown
from codestral_lsp.backends.base import Backend, ModelInfo, Piece, Prompt, Sampling, Source, Usage
from codestral_lsp.config.settings import Settings
from codestral_lsp.insight.doctor import Level, examine
from codestral_lsp.insight.history import History
from codestral_lsp.insight.prices import price_table
from codestral_lsp.insight.trace import Traces
from codestral_lsp.privacy.ledger import Ledger
from codestral_lsp.privacy.outgoing import Door
from codestral_lsp.privacy.secrets import find_secrets
from tests.completion.scene import ScriptedModel
from tests.insight.failures import FAILURES
from tests.privacy.corpus import Maker
from tests.privacy.test_secrets import hidden

_REQUESTS = 2000
_PROMPT = Prompt("x = 1\n" * 500, "y = 2\n" * 200, (), 2000, "/p/a.py", "python", (Source("/p/a.py", 1, 700),))


class Instant(ScriptedModel):
    """A model that answers at once, in twelve pieces."""

    def __init__(self, *, remote: bool) -> None:
        super().__init__()
        self._info = ModelInfo("mistral", "codestral-2508", "api.mistral.ai", remote, remote, "suffix", 32768)

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Piece]:
        """Answer."""
        for _ in range(12):
            yield Piece(" word")
        yield Piece("", "stop", Usage(2000, 1900, 12))

    async def describe(self) -> ModelInfo:
        """As made."""
        return self._info


async def doctor_table() -> str:
    """Each staged failure, and what the doctor said."""
    rows = ["| Staged | Named | What the doctor says | Verdict |", "| --- | --- | --- | --- |"]
    for failure in FAILURES:
        with tempfile.TemporaryDirectory() as folder:
            async with failure.stage(Path(folder)) as subject:
                report = await examine(subject)
            told = [finding for finding in report.findings if finding.level in (Level.WARNING, Level.FAILURE)]
            right = "yes" if {finding.cause for finding in told} == failure.causes else "NO"
            said = "<br>".join(f"{finding.message} → {finding.cure}" for finding in told).replace(folder, "…")
            rows.append(f"| {failure.name} | {right} | {said} | {report.verdict} |")
    return "\n".join(rows)


@dataclass
class Cost:
    """What some requests took, each in ms."""

    wall: list[float] = field(default_factory=list)
    loop_cpu: float = 0.0
    """Processor time of the event loop, in ms in all."""
    all_cpu: float = 0.0
    """Of all threads, those that write the files among them."""


async def overhead(*, remote: bool) -> tuple[Cost, Cost]:
    """Requests without, and with trace, door and ledger. The prompt grows by a character each, as while typing."""
    costs = Cost(), Cost()
    for observed in (False, True):
        cost = costs[observed]
        with tempfile.TemporaryDirectory() as folder:
            ledger, history, traces = Ledger(Path(folder)), History(Path(folder)), Traces()
            backend: Backend = Instant(remote=remote)
            if observed:
                backend = Door(Settings(), ledger, price_table(Path(folder))).through(backend)
            loop_cpu, all_cpu = time.thread_time(), time.process_time()
            for number in range(_REQUESTS):
                started = time.perf_counter()
                trace = traces.begin("python", "automatic", 0.0) if observed else None
                typed = "total = compute_something(first, second)"[: number % 40]
                prompt = replace(_PROMPT, prefix=_PROMPT.prefix + "z = 3\n" * (number // 40) + typed)
                async for _ in backend.stream(prompt, Sampling()):
                    pass
                if trace is not None:
                    trace.outcome = "shown"
                    if number % 10 == 0:  # the server does this every five seconds, for all requests since
                        history.save(traces, 0.0)
                cost.wall.append((time.perf_counter() - started) * 1000)
                await asyncio.sleep(0.001)  # between two requests the threads have their turn
            cost.loop_cpu = (time.thread_time() - loop_cpu) * 1000
            ledger.database.close()
            history.database.close()
            cost.all_cpu = (time.process_time() - all_cpu) * 1000
    return costs


def overhead_row(name: str, bare: Cost, observed: Cost) -> str:
    """The differences, a request."""
    wall = statistics.median(observed.wall) - statistics.median(bare.wall)
    loop = (observed.loop_cpu - bare.loop_cpu) / _REQUESTS
    threads = (observed.all_cpu - bare.all_cpu) / _REQUESTS
    return f"| {name} | {wall:.3f} | {loop:.3f} | {threads:.3f} |"


def secrets_row(seed: int) -> str:
    """Recall and false alarms over one corpus."""
    planted, look_alikes = Maker(seed).secrets(4), Maker(seed).look_alikes(500)
    found, alarms = sum(map(hidden, planted)), sum(bool(find_secrets(text)) for text in look_alikes)
    kinds = len({each.kind for each in planted})
    return f"| {seed} | {found} of {len(planted)} ({kinds} kinds) | {alarms} of {len(look_alikes)} |"


async def main() -> None:
    """Print the page."""
    print("# Doctor, ledger, secrets\n\nPrinted by `python -m benchmarks.insight`.\n\n## Doctor: fifteen failures\n")
    print(await doctor_table())
    print("\n## What tracing and the ledger cost a request\n")
    print(
        "2,000 requests of 2,000 tokens, typed on from one to the next, against a model that answers at once; what\n"
        "each costs more than without trace, door and ledger, in ms. The target is 0.3. Processor time hardly depends\n"
        "on what else the machine does.\n"
    )
    print("| | by the clock, median | processor, event loop, mean | processor, all threads, mean |")
    print("| --- | --- | --- | --- |")
    for name, remote in (("this machine", False), ("another machine, secrets looked for", True)):
        print(overhead_row(name, *await overhead(remote=remote)))
    print("\n## The page of statistics over 100,000 requests\n")
    print("`codestral-lsp stats --html` reads and counts them; Chromium opens what it wrote, in at most 1,000 ms.\n")
    print(markdown({"": stats_page.measured()}))
    print("\n## Secrets\n\nMade-up corpora, one a seed; the rules were written with seeds 1 to 3 in view.\n")
    print("| Seed | found | look-alikes taken for one |\n| --- | --- | --- |")
    for seed in (*range(1, 4), *range(101, 107)):
        print(secrets_row(seed))


if __name__ == "__main__":
    asyncio.run(main())
