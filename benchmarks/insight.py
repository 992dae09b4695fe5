"""What the doctor makes of staged failures, what tracing and the ledger cost, how well secrets are found.

Prints a page of Markdown: python -m benchmarks.insight > docs/numbers/insight.md
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator
from pathlib import Path

from codestral_lsp.backends.base import ModelInfo, Piece, Prompt, Sampling, Source, Usage
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


async def overhead_ms(*, remote: bool) -> dict[bool, list[float]]:
    """The times of requests without (False) and with (True) trace, door and ledger, in ms."""
    with tempfile.TemporaryDirectory() as folder:
        ledger, history, traces = Ledger(Path(folder)), History(Path(folder)), Traces()
        door = Door(Settings(), ledger, price_table(Path(folder)))
        bare = Instant(remote=remote)
        watched = door.through(bare)
        times: dict[bool, list[float]] = {False: [], True: []}
        for number in range(_REQUESTS):
            for observed in (False, True):
                started = time.perf_counter()
                if observed:
                    trace = traces.begin("python", "automatic", 0.0)
                async for _ in (watched if observed else bare).stream(_PROMPT, Sampling()):
                    pass
                if observed:
                    trace.outcome = "shown"
                    if number % 10 == 0:  # the server does this every five seconds, for all requests since
                        history.save(traces, 0.0)
                times[observed].append((time.perf_counter() - started) * 1000)
        ledger.database.close()
        history.database.close()
    return times


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
    print("2,000 requests of 2,000 tokens against a model that answers at once, in ms; the target is 0.3.\n")
    print("| | bare, median | observed, median | difference of medians | of means |\n| --- | --- | --- | --- | --- |")
    for name, remote in (("this machine", False), ("another machine, secrets looked for", True)):
        times = await overhead_ms(remote=remote)
        bare, observed = statistics.median(times[False]), statistics.median(times[True])
        means = statistics.mean(times[True]) - statistics.mean(times[False])
        print(f"| {name} | {bare:.3f} | {observed:.3f} | {observed - bare:.3f} | {means:.3f} |")
    print("\n## Secrets\n\nMade-up corpora, one a seed; the rules were written with seeds 1 to 3 in view.\n")
    print("| Seed | found | look-alikes taken for one |\n| --- | --- | --- |")
    for seed in (*range(1, 4), *range(101, 107)):
        print(secrets_row(seed))


if __name__ == "__main__":
    asyncio.run(main())
