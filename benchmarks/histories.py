"""Made-up histories of requests, for the pages and figures that are made of them. One a seed."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from codestral_lsp.insight.counting import counted
from codestral_lsp.insight.history import in_memory
from codestral_lsp.insight.month import Month, Spent
from codestral_lsp.insight.page import statistics_page
from codestral_lsp.insight.stats import WAYS
from codestral_lsp.insight.trace import Kept, Trace, Way

_LANGUAGES = ("python", "python", "python", "typescript", "typescript", "go", "markdown")
_ENGINES = (("ollama", "codestral"), ("ollama", "codestral"), ("mistral", "codestral-2508"))
_REASONS = ("nothing to suggest", "inside a word", "snoozed", "the model is unsure", "dismissed", "rate-limited")


def history(count: int, until_s: float, seed: int = 1) -> Iterator[tuple[float, Trace]]:
    """So many requests of the 30 days before `until_s` (seconds since the epoch), oldest first."""
    chance = random.Random(seed)
    first = 0
    for number in range(1, count + 1):
        share = number / count
        day = int(share * 30)
        at_s = until_s - 30 * 86400 + (day + (share * 30 - day) * 0.4) * 86400
        trace = Trace(number, chance.choice(_LANGUAGES), "automatic", 0.0)
        trace.engine, trace.model = chance.choice(_ENGINES)
        if chance.random() < 0.05:
            trace.trigger, trace.outcome, trace.evaluated_tokens = "warm-up", "warm", chance.randrange(200, 2000)
        elif chance.random() < 0.35:
            trace.outcome = chance.choice(("empty", "empty", "superseded", "cancelled"))
            trace.reason = chance.choice(_REASONS) if trace.outcome == "empty" else ""
        else:
            first = _answered(trace, chance, first)
        yield at_s, trace


def _answered(trace: Trace, chance: random.Random, first: int) -> int:
    trace.outcome, trace.shown_characters = "shown", chance.randrange(5, 80)
    if first and chance.random() < 0.55:
        trace.source, trace.total_ms, trace.continues = "cache", chance.lognormvariate(-1.2, 0.5), first
        return first
    trace.source = chance.choices(("model", "running", "instant", "embedded", "disk"), (6, 2, 2, 1, 1))[0]
    if trace.source in ("model", "running"):
        trace.debounce_ms = chance.uniform(30, 220)
        trace.context_ms = chance.lognormvariate(1.5, 0.7)
        trace.first_token_ms = chance.lognormvariate(4.8, 0.5)
        trace.backend_ms = trace.first_token_ms * chance.uniform(1.2, 3)
        trace.total_ms = trace.debounce_ms + trace.backend_ms
        trace.evaluated_tokens, trace.generated_tokens = chance.randrange(5, 300), chance.randrange(6, 40)
    else:
        trace.total_ms = chance.lognormvariate(0.8, 0.5)
        if trace.source != "disk":
            trace.engine, trace.model = "workspace", ""
    if chance.random() < 0.3:
        way: Way = chance.choices(WAYS, (7, 1, 2))[0]
        trace.taken[way] = trace.shown_characters
        trace.told = trace.shown_characters if chance.random() < 0.7 else 0
        trace.fate = "accepted"
        for look, share in (("30s", 0.93), ("10min", 0.85)):
            if chance.random() < 0.9:
                of = trace.shown_characters * 4 // 5
                trace.kept[look] = {way: Kept(min(of, int(of * min(1, chance.gauss(share, 0.1)))), of)}
    elif chance.random() < 0.2:
        trace.taken["typed"], trace.fate = chance.randrange(1, 5), "typed into"
    elif chance.random() < 0.03:
        trace.fate = "dismissed"
    return trace.number


def main() -> None:
    """Write a page of statistics of a made-up history: `python -m benchmarks.histories COUNT FILE`."""
    count, file = int(sys.argv[1]), Path(sys.argv[2])
    now = datetime.now().astimezone()
    spent = [Spent(f"{now:%Y-%m}", "api.mistral.ai", "codestral-2508", 1234, 2_345_678, 1_000_000, 34_567, 0.4321)]
    month = Month(f"{now:%Y-%m}", 0.4321, "USD", 5.0, "2026-08-21")
    stats = counted(in_memory(history(count, now.timestamp())))
    file.write_text(statistics_page(stats, month, spent if count else [], 30, now), "utf-8")


if __name__ == "__main__":
    main()
