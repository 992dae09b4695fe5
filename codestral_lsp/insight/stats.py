"""What the traces come to: how much was shown, taken and kept, how long it took, what it used.

A suggestion counts once: requests that only show what is left of one (the user typed on, or took a word of it) are
counted as requests answered, not as suggestions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from codestral_lsp.insight.trace import Kept, Trace, Way

TYPING_S = 0.24
"""Seconds that a character takes to type: 50 words a minute. What saved time is counted by."""
LOOKS = ("30s", "10min")
"""When it was looked what was kept."""
WAYS: tuple[Way, ...] = ("whole", "line", "word")
"""How suggestions are taken over; what is typed is not taken over."""
STAGES = {
    "pause": "debounce_ms",
    "context": "context_ms",
    "first token": "first_token_ms",
    "model": "backend_ms",
    "request to ghost": "total_ms",
}
"""The parts of a request's time by the trace's field that has them."""
PLACES = {
    "cache": "cache",
    "disk": "cache",
    "instant": "embedded engine",
    "embedded": "embedded engine",
    "fallback": "embedded engine",
    "running": "model",
    "model": "model",
}
"""Where an answer came from, by the trace's source: from an earlier answer, from the user's own code, from a model."""


@dataclass(slots=True)
class Group:
    """The suggestions of one language, engine, model, day, or of all."""

    shown: int = 0
    accepted: int = 0
    """Taken over, wholly or in part."""
    told: int = 0
    """Of these, how many the editor itself told of; of the others their edits did."""
    by: Counter[Way] = field(default_factory=Counter)
    """How many were taken whole, at least partly by line, by word; one may count twice."""
    typed: int = 0
    """Not taken over, but typed to the end, or a part of them."""
    dismissed: int = 0
    characters: int = 0
    """Taken over."""
    kept: dict[str, dict[Way, Kept]] = field(default_factory=dict)
    looked: Counter[str] = field(default_factory=Counter)
    """Of how many that were taken over it is known what was kept, by when."""
    saved_characters: float = 0.0
    """Of the characters taken over, those that were not seen to be gone after 30 s."""

    def add(self, trace: Trace) -> None:
        """Count a suggestion."""
        self.shown += 1
        if taken := trace.accepted_characters:
            self.accepted += 1
            self.told += bool(trace.told)
            self.characters += taken
            self.saved_characters += taken * trace.kept_shares().get("30s", 1.0)
            self.by.update([way for way in WAYS if trace.taken.get(way)] or ["whole"])
        else:
            self.typed += bool(trace.taken)
            self.dismissed += trace.fate == "dismissed"
        self.looked.update(trace.kept.keys())
        for when, ways in trace.kept.items():
            for way, kept in ways.items():
                self._keep(when, way, kept)

    def take_in(self, other: Group) -> None:
        """Add what another group counts."""
        self.shown += other.shown
        self.accepted += other.accepted
        self.told += other.told
        self.by.update(other.by)
        self.typed += other.typed
        self.dismissed += other.dismissed
        self.characters += other.characters
        self.saved_characters += other.saved_characters
        self.looked.update(other.looked)
        for when, ways in other.kept.items():
            for way, kept in ways.items():
                self._keep(when, way, kept)

    def _keep(self, when: str, way: Way, kept: Kept) -> None:
        sums = self.kept.setdefault(when, {})
        before = sums.get(way, Kept(0, 0))
        sums[way] = Kept(before.characters + kept.characters, before.of + kept.of)

    def kept_share(self, when: str, way: Way | None = None) -> float | None:
        """The share of what was taken over that stood there later; None if nothing could be looked at."""
        ways = self.kept.get(when, {})
        chosen = ways.values() if way is None else [ways[way]] if way in ways else []
        of = sum(kept.of for kept in chosen)
        return sum(kept.characters for kept in chosen) / of if of else None

    def as_json(self) -> dict[str, Any]:
        """The counts as plain JSON values."""
        return {
            "shown": self.shown,
            "accepted": self.accepted,
            "acceptedTold": self.told,
            "acceptedBy": {way: self.by[way] for way in WAYS},
            "acceptedCharacters": self.characters,
            "typed": self.typed,
            "dismissed": self.dismissed,
            "looked": {when: self.looked[when] for when in LOOKS},
            "kept": {
                when: {"all": _rounded(self.kept_share(when))}
                | {way: _rounded(self.kept_share(when, way)) for way in WAYS}
                for when in LOOKS
            },
        }


@dataclass(slots=True)
class Day:
    """What happened on one day, by the clock on the wall."""

    suggestions: Group = field(default_factory=Group)
    evaluated_tokens: int = 0
    generated_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Spread:
    """How some times lie, in ms."""

    count: int
    p50: float
    p90: float
    p99: float


@dataclass(frozen=True, slots=True)
class Stats:
    """The sums over some requests."""

    requests: int
    """Asked for by the editor, whatever became of them."""
    answered: int
    """With something to show."""
    suggestions: Group
    by: Mapping[str, Mapping[str, Group]]
    """Suggestions by language, engine and model, the most frequent first."""
    days: Mapping[date, Day]
    latency: Mapping[str, Spread]
    """Of the requests that were answered, by stage, where the stage took place."""
    latency_by_source: Mapping[str, Spread]
    """From request to ghost, by where the answer came from."""
    times_ms: Mapping[str, Sequence[float]]
    """From request to ghost, by place (see PLACES); in no order."""
    sources: Mapping[str, int]
    """Where the answers came from."""
    continued: int
    """Answers that showed what was left of a suggestion while the user typed or took it piece by piece."""
    reasons: Mapping[str, int]
    """Why nothing was shown."""
    evaluated_tokens: int
    generated_tokens: int
    counted: int
    """Answers of models, whatever asked for them, that tokens are known of."""
    estimated: int
    """Of these, how many by our own estimate: they were broken off before the server told."""

    @property
    def from_cache(self) -> int:
        """Answers that were there from an earlier request."""
        return len(self.times_ms.get("cache", ()))

    @property
    def saved_s(self) -> float:
        """Time that typing what was taken over, and not seen to be gone after 30 s, would have taken."""
        return self.suggestions.saved_characters * TYPING_S

    def as_json(self) -> dict[str, Any]:
        """The sums as plain JSON values."""
        return {
            "requests": self.requests,
            "answered": self.answered,
            **self.suggestions.as_json(),
            "savedSeconds": round(self.saved_s, 1),
            "by": {kind: {name: group.as_json() for name, group in groups.items()} for kind, groups in self.by.items()},
            "days": {
                day.isoformat(): {
                    "shown": each.suggestions.shown,
                    "accepted": each.suggestions.accepted,
                    "evaluatedTokens": each.evaluated_tokens,
                    "generatedTokens": each.generated_tokens,
                }
                for day, each in self.days.items()
            },
            "latencyMs": {stage: _spread_json(spread) for stage, spread in self.latency.items()},
            "latencyBySourceMs": {source: _spread_json(spread) for source, spread in self.latency_by_source.items()},
            "sources": dict(self.sources),
            "cacheShare": _rounded(self.from_cache / self.answered if self.answered else None),
            "typeThroughShare": _rounded(self.continued / self.answered if self.answered else None),
            "reasons": dict(self.reasons),
            "evaluatedTokens": self.evaluated_tokens,
            "generatedTokens": self.generated_tokens,
            "estimatedShare": _rounded(self.estimated / self.counted if self.counted else None),
        }


def _spread_json(spread: Spread) -> dict[str, float]:
    return {"count": spread.count, "p50": spread.p50, "p90": spread.p90, "p99": spread.p99}


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
