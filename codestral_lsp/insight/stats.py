"""What the traces come to: how much was shown and taken, how long it took, what it used."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from codestral_lsp.insight.trace import Trace

TYPING_S = 0.24
"""Seconds that a character takes to type: 50 words a minute. What saved time is counted by."""
_WAITS = ("debounce_ms", "context_ms", "first_token_ms", "backend_ms", "total_ms")


@dataclass(frozen=True, slots=True)
class Stats:
    """The sums over some requests."""

    requests: int
    shown: int
    accepted: int
    """Wholly."""
    partly: int
    """By word or line."""
    accepted_characters: int
    by: dict[str, dict[str, tuple[int, int]]]
    """Shown and accepted (wholly or partly), by language, engine and model."""
    latency_ms: dict[str, tuple[float, float, float]]
    """By stage: the times below which 50, 90 and 99 of 100 lie."""
    sources: dict[str, int]
    """Where what was shown came from."""
    reasons: dict[str, int]
    """Why nothing was shown."""
    evaluated_tokens: int
    generated_tokens: int

    @property
    def saved_s(self) -> float:
        """Time that typing what was accepted would have taken."""
        return self.accepted_characters * TYPING_S

    def as_json(self) -> dict[str, Any]:
        """The sums as plain JSON values."""
        return {
            "requests": self.requests,
            "shown": self.shown,
            "accepted": self.accepted,
            "partlyAccepted": self.partly,
            "acceptedCharacters": self.accepted_characters,
            "savedSeconds": round(self.saved_s, 1),
            "by": {
                group: {name: {"shown": shown, "accepted": taken} for name, (shown, taken) in counts.items()}
                for group, counts in self.by.items()
            },
            "latencyMs": {
                stage: dict(zip(("p50", "p90", "p99"), times, strict=True)) for stage, times in self.latency_ms.items()
            },
            "sources": self.sources,
            "reasons": self.reasons,
            "evaluatedTokens": self.evaluated_tokens,
            "generatedTokens": self.generated_tokens,
        }


def summed(traces: Iterable[Trace]) -> Stats:
    """Sum up. Warm-ups count for their tokens only."""
    every = list(traces)
    asked = [trace for trace in every if trace.trigger in ("automatic", "invoked")]
    shown = [trace for trace in asked if trace.outcome == "shown"]
    by: dict[str, dict[str, tuple[int, int]]] = {}
    for group in ("language", "engine", "model"):
        names = Counter(getattr(trace, group) or "-" for trace in shown)
        taken = Counter(getattr(trace, group) or "-" for trace in shown if accepted_characters(trace))
        by[group] = {name: (count, taken[name]) for name, count in names.most_common()}
    latency = {}
    for stage in _WAITS:
        times = [value for trace in shown if (value := getattr(trace, stage))]
        if times:
            latency[stage.removesuffix("_ms")] = _percentiles(times)
    return Stats(
        requests=len(asked),
        shown=len(shown),
        accepted=sum(trace.fate == "accepted" for trace in shown),
        partly=sum(trace.fate.startswith("partly accepted") for trace in shown),
        accepted_characters=sum(map(accepted_characters, shown)),
        by=by,
        latency_ms=latency,
        sources=dict(Counter(trace.source or "-" for trace in shown).most_common()),
        reasons=dict(
            Counter(trace.reason or trace.outcome for trace in asked if trace.outcome != "shown").most_common(10)
        ),
        evaluated_tokens=sum(trace.evaluated_tokens or 0 for trace in every),
        generated_tokens=sum(trace.generated_tokens or 0 for trace in every),
    )


def accepted_characters(trace: Trace) -> int:
    """How much of a suggestion was taken, as far as the editor told."""
    if trace.fate == "accepted":
        return trace.shown_characters
    told = re.match(r"partly accepted \((\d+) ", trace.fate)
    return min(int(told[1]), trace.shown_characters) if told else 0


def _percentiles(values: Sequence[float]) -> tuple[float, float, float]:
    ordered = sorted(values)

    def at(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1)

    return at(0.5), at(0.9), at(0.99)
