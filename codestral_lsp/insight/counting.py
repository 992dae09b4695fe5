"""Counts a history. In SQL as far as it goes: of 100,000 requests a few thousand were taken up and are read whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Any

from codestral_lsp.insight.history import ASKED, trace_of
from codestral_lsp.insight.stats import PLACES, STAGES, Day, Group, Spread, Stats

_SINCE = "FROM traces WHERE at >= ?"
_ASKED = f"{_SINCE} AND {ASKED}"
_ANSWERED = f"{_ASKED} AND outcome = 'shown'"
_SUGGESTIONS = f"{_ANSWERED} AND continues IS NULL"
_DAY = "date(at, 'unixepoch', 'localtime')"
_KIND = f"{_DAY}, language, engine, model, source"
_MOST_REASONS = 10

_TOKENS = f"""
SELECT {_DAY}, sum(evaluated_tokens), sum(generated_tokens), count(generated_tokens),
  count(estimated) FILTER (WHERE generated_tokens IS NOT NULL)
{_SINCE} GROUP BY 1 ORDER BY 1"""
_REASONS = f"SELECT coalesce(reason, outcome), count(*) {_ASKED} AND outcome <> 'shown' GROUP BY 1 ORDER BY 2 DESC"
_TIMES = f"SELECT source, {', '.join(STAGES.values())} {_ANSWERED}"
_LEFT_ALONE = f"SELECT {_KIND}, count(*) {_SUGGESTIONS} AND NOT followed GROUP BY {_KIND}"
_FOLLOWED = f"SELECT {_KIND}, trace {_SUGGESTIONS} AND followed"

Kind = tuple[str, str, str, str]
"""A day, language, engine and model."""


def counted(connection: sqlite3.Connection, since_s: float = 0.0) -> Stats:
    """The sums over the requests that came since then, in seconds since the epoch.

    Warm-ups, prefetches and alternatives count for their tokens only.
    """

    def rows(query: str) -> list[Any]:
        return connection.execute(query, (since_s,)).fetchall()

    days, counts = {}, [0, 0]
    for day, evaluated, generated, *known in rows(_TOKENS):
        days[date.fromisoformat(day)] = Day(evaluated_tokens=evaluated or 0, generated_tokens=generated or 0)
        counts = [sum(each) for each in zip(counts, known, strict=True)]
    whole, by = Group(), {kind: dict[str, Group]() for kind in ("language", "engine", "model")}
    for (day, *names), group in _groups(rows(_LEFT_ALONE), rows(_FOLLOWED)).items():
        for each in (whole, days[date.fromisoformat(day)].suggestions):
            each.take_in(group)
        for groups, name in zip(by.values(), names, strict=True):
            groups.setdefault(name, Group()).take_in(group)
    reasons = rows(_REASONS)
    times = rows(_TIMES)
    by_source: dict[str, list[float]] = {}
    for source, *_, total_ms in times:
        by_source.setdefault(source or "–", []).append(total_ms or 0.0)
    by_place: dict[str, list[float]] = {}
    for source, taken in by_source.items():
        by_place.setdefault(PLACES.get(source, source), []).extend(taken)
    return Stats(
        requests=len(times) + sum(count for _, count in reasons),
        answered=len(times),
        suggestions=whole,
        by={
            kind: dict(sorted(groups.items(), key=lambda item: -item[1].shown)) for kind, groups in by.items() if groups
        },
        days=days,
        latency=_stages(times),
        latency_by_source={source: _spread(taken) for source, taken in by_source.items()},
        times_ms=by_place,
        sources=dict(sorted(((name, len(taken)) for name, taken in by_source.items()), key=lambda item: -item[1])),
        continued=len(times) - whole.shown,
        reasons=dict(reasons[:_MOST_REASONS]),
        evaluated_tokens=sum(each.evaluated_tokens for each in days.values()),
        generated_tokens=sum(each.generated_tokens for each in days.values()),
        counted=counts[0],
        estimated=counts[1],
    )


def _groups(left_alone: Sequence[Any], followed: Sequence[Any]) -> dict[Kind, Group]:
    """Suggestions that are alike."""
    groups: dict[Kind, Group] = {}

    def group(day: str, language: str, engine: str, model: str, source: str) -> Group:
        place = PLACES.get(source, "–")
        kind = day, language or "–", engine or place, model or place
        if (found := groups.get(kind)) is None:
            found = groups[kind] = Group()
        return found

    for *kind, count in left_alone:
        group(*kind).shown += count
    for *kind, text in followed:
        group(*kind).add(trace_of(text))
    return groups


def _stages(times: Sequence[Any]) -> dict[str, Spread]:
    """How long each stage took, where it took place; `times` have the source before them."""
    found = {}
    for place, stage in enumerate(STAGES, 1):
        if values := [row[place] for row in times if row[place] is not None]:
            found[stage] = _spread(values)
    return found


def _spread(values: Sequence[float]) -> Spread:
    ordered = sorted(values)

    def at(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1)

    return Spread(len(ordered), at(0.5), at(0.9), at(0.99))
