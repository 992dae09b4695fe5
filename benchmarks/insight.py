"""What the doctor makes of staged failures, what tracing and the ledger cost, how well secrets are found.

Prints a page of Markdown: `python -m benchmarks.insight > docs/numbers/insight.md`; with `--json FILE` tables only.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import stats_page
from benchmarks.report import markdown, table
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

DOCTOR = "the doctor on staged failures"
OVERHEAD = "what tracing and the ledger cost a request, ms"
SECRETS = "secrets in made-up corpora, the rules written with seeds 1 to 3 in view"
CLOCK = "by the clock, median"
PROCESSOR = "processor, all threads, mean"
ENGINES = {"this machine": False, "another machine, secrets looked for": True}
"""What is asked, and whether it is remote."""

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


@dataclass(frozen=True)
class Examined:
    """A staged failure, and what the doctor made of it."""

    name: str
    right: bool
    """Whether it named the true cause, and complained of nothing else."""
    verdict: str
    said: tuple[tuple[str, str], ...]
    """Each complaint with its cure."""


async def examined() -> list[Examined]:
    """Stage each failure, and have the doctor look."""
    found = []
    for failure in FAILURES:
        with tempfile.TemporaryDirectory() as folder:
            async with failure.stage(Path(folder)) as subject:
                report = await examine(subject)
            told = [finding for finding in report.findings if finding.level in (Level.WARNING, Level.FAILURE)]
            right = {finding.cause for finding in told} == failure.causes and all(finding.cure for finding in told)
            said = tuple((each.message.replace(folder, "…"), each.cure.replace(folder, "…")) for each in told)
            found.append(Examined(failure.name, right, report.verdict, said))
    return found


def doctor_table(found: Sequence[Examined]) -> str:
    """What was said in each case."""
    rows = ["| Staged | Named | What the doctor says | Verdict |", "| --- | --- | --- | --- |"]
    for each in found:
        said = "<br>".join(f"{_plain(message)} → **{_plain(cure)}**" for message, cure in each.said)
        rows.append(f"| {each.name} | {'yes' if each.right else 'NO'} | {said} | {each.verdict} |")
    return "\n".join(rows)


def _plain(text: str) -> str:
    """Text that no Markdown takes for formulas or makes links of."""
    return re.sub(r"https?://[\w.:/]*\w", r"`\g<0>`", text.replace("$", "&#36;"))


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
                backend = Door(Settings(), ledger, partial(price_table, Path(folder))).through(backend)
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


def overhead_figures(bare: Cost, observed: Cost) -> dict[str, float]:
    """The differences, a request."""
    return {
        CLOCK: round(statistics.median(observed.wall) - statistics.median(bare.wall), 3),
        "processor, event loop, mean": round((observed.loop_cpu - bare.loop_cpu) / _REQUESTS, 3),
        PROCESSOR: round((observed.all_cpu - bare.all_cpu) / _REQUESTS, 3),
    }


def secrets_figures(seed: int) -> dict[str, Any]:
    """Recall and false alarms over one corpus."""
    planted, look_alikes = Maker(seed).secrets(4), Maker(seed).look_alikes(500)
    found, alarms = sum(map(hidden, planted)), sum(bool(find_secrets(text)) for text in look_alikes)
    kinds = len({each.kind for each in planted})
    return {"found": f"{found} of {len(planted)} ({kinds} kinds)", "look-alikes taken for one": f"{alarms} of 500"}


async def measured(cases: Sequence[Examined]) -> dict[str, Any]:
    """All tables: by part, then by column, then by row."""
    wrong = [each.name for each in cases if not each.right]
    doctor = {"failures": len(cases), "named by their true cause": len(cases) - len(wrong), "wrong": ", ".join(wrong)}
    costs = {name: overhead_figures(*await overhead(remote=remote)) for name, remote in ENGINES.items()}
    seeds = (*range(1, 4), *range(101, 107))
    return {
        DOCTOR: {"doctor": doctor},
        OVERHEAD: costs,
        SECRETS: {f"seed {seed}": secrets_figures(seed) for seed in seeds},
    }


def page(cases: Sequence[Examined], results: Mapping[str, Any]) -> str:
    """docs/numbers/insight.md."""
    statistics_page = stats_page.measured()
    return f"""# Doctor, ledger, secrets

Printed by `python -m benchmarks.insight`; `make bench` has the same figures, but for what the doctor says.

## Doctor: fifteen failures

{doctor_table(cases)}

## What tracing and the ledger cost a request

2,000 requests of 2,000 tokens, typed on from one to the next, against a model that answers at once; what
each costs more than without trace, door and ledger, in ms. A request may wait 0.3 for it; the threads' share of the
processor's time nobody waits for. The load average was {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.

{markdown(results[OVERHEAD])}

## The page of statistics over 100,000 requests

`codestral-lsp stats --html` reads and counts them; Chromium opens what it wrote, in at most 1,000 ms.

{markdown({"median of 5": statistics_page})}

## Secrets

Made-up corpora, one a seed; the rules were written with seeds 1 to 3 in view.

{markdown(results[SECRETS])}"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure; print the page, or the tables if they are to be written as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.insight", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    cases = asyncio.run(examined())
    results = asyncio.run(measured(cases))
    if options.json is None:
        print(page(cases, results))
        return
    for columns in results.values():
        print(table(columns), "\n")
    options.json.write_text(json.dumps(results))


if __name__ == "__main__":
    main()
