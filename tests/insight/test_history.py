"""Traces on disk, and what why and stats make of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codestral_lsp.insight.counting import counted
from codestral_lsp.insight.history import History, in_memory, last
from codestral_lsp.insight.stats import TYPING_S, Spread, Stats
from codestral_lsp.insight.stats_text import stats_text
from codestral_lsp.insight.trace import Kept, Trace, Traces, Way
from tests.insight.conftest import Command
from tests.standins.base import Script
from tests.standins.ollama import OllamaStandIn


def shown(number: int = 1, *, total_ms: float = 100.0, source: str = "model", **fields: Any) -> tuple[float, Trace]:
    """A request whose answer was shown, on the first day of the epoch."""
    trace = Trace(number, "python", "automatic", 0.0, outcome="shown", source=source, total_ms=total_ms)
    return 43200.0, replace(trace, shown_characters=10, **fields)


def taken(way: Way, characters: int = 10, kept: dict[str, Kept] | None = None, **fields: Any) -> tuple[float, Trace]:
    """A suggestion that was taken over."""
    looks = {when: {way: each} for when, each in (kept or {}).items()}
    return shown(taken={way: characters}, kept=looks, **fields)


def other(trigger: str, outcome: str, **fields: Any) -> tuple[float, Trace]:
    """A request that showed nothing."""
    return 43200.0, Trace(2, "python", trigger, 0.0, outcome=outcome, **fields)


def summed(traces: Iterable[tuple[float, Trace]]) -> Stats:
    """The sums over a history."""
    return counted(in_memory(traces))


def test_sums() -> None:
    stats = summed(
        [
            taken("whole", told=10),
            shown(),
            taken("word", 4, total_ms=900.0),
            other("automatic", "empty", reason="snoozed"),
            other("warm-up", "warm", evaluated_tokens=500),
        ]
    )
    whole = stats.suggestions
    assert (stats.requests, stats.answered, whole.shown, whole.accepted, whole.told) == (4, 3, 3, 2, 1)
    assert whole.by == {"whole": 1, "word": 1}
    assert whole.characters == 14
    assert stats.latency["request to ghost"] == Spread(3, 100.0, 900.0, 900.0)
    assert stats.by["language"]["python"].accepted == 2
    assert stats.reasons == {"snoozed": 1}
    assert stats.evaluated_tokens == 500


def test_what_is_left_of_a_suggestion_is_no_suggestion_of_its_own() -> None:
    first = taken("word", 4)
    rest = shown(2, continues=1, source="cache", total_ms=1.0)
    stats = summed([first, rest, rest])
    assert (stats.answered, stats.suggestions.shown, stats.continued, stats.from_cache) == (3, 1, 2, 2)
    assert stats.as_json()["typeThroughShare"] == pytest.approx(2 / 3, abs=1e-4)
    assert stats.as_json()["cacheShare"] == pytest.approx(2 / 3, abs=1e-4)


def test_kept_is_weighed_by_characters_and_told_by_way() -> None:
    stats = summed(
        [
            taken("whole", kept={"30s": Kept(30, 40), "10min": Kept(20, 40)}),
            taken("word", kept={"30s": Kept(10, 10)}),
            taken("word"),
        ]
    )
    whole = stats.suggestions
    assert (whole.kept_share("30s"), whole.kept_share("10min")) == (0.8, 0.5)
    assert (whole.kept_share("30s", "word"), whole.kept_share("10min", "word")) == (1.0, None)


def test_time_saved_is_that_of_typing_what_was_taken_and_stayed() -> None:
    stats = summed([taken("whole", 100, kept={"30s": Kept(20, 40)}), taken("whole", 100), shown(taken={"typed": 100})])
    assert stats.saved_s == pytest.approx(150 * TYPING_S)


def test_an_editor_that_says_it_of_edits_that_were_not_recognised() -> None:
    stats = summed([shown(told=10), shown(told=400)])
    assert (stats.suggestions.accepted, stats.suggestions.characters, stats.suggestions.by["whole"]) == (2, 20, 2)


def test_days_are_those_of_the_clock_on_the_wall() -> None:
    noon = 43200.0
    stats = summed((noon + day * 86400, shown(number)[1]) for number, day in enumerate((0, 0, 1, 5)))
    assert [each.suggestions.shown for each in stats.days.values()] == [2, 1, 1]


def test_nothing_at_all() -> None:
    stats = summed([])
    assert json.dumps(stats.as_json())
    assert "suggestions   0" in stats_text(stats, 30, "0 USD this month")


async def test_a_trace_is_kept_when_it_is_over_and_again_when_its_fate_is_known(tmp_path: Path) -> None:
    history, traces = History(tmp_path), Traces()
    trace = traces.begin("python", "automatic", 5.0)
    history.save(traces, 6.0)
    assert await history.database.ask(last, 10) == []
    trace.outcome = "shown"
    history.save(traces, 6.0)
    trace.fate, trace.kept = "accepted", {"30s": {"whole": Kept(3, 4)}}
    traces.changed(trace)
    history.save(traces, 7.0)
    found = await history.database.ask(last, 10)
    assert found
    kept = found[0][1]
    assert len(found) == 1
    assert (kept.outcome, kept.fate, kept.kept) == ("shown", "accepted", {"30s": {"whole": Kept(3, 4)}})
    history.database.close()
    assert (tmp_path / "traces.db").stat().st_mode & 0o077 == 0


async def test_what_the_editor_asked_for_is_told_apart_from_the_background(tmp_path: Path) -> None:
    history, traces = History(tmp_path), Traces()
    for trigger in ("automatic", "prefetch", "invoked", "warm-up"):
        traces.begin("python", trigger, 5.0).outcome = "shown"
    history.save(traces, 6.0)
    asked = await history.database.ask(last, 10, background=False) or []
    every = await history.database.ask(last, 10) or []
    history.database.close()
    assert [trace.trigger for _, trace in asked] == ["automatic", "invoked"]
    assert len(every) == 4


async def test_why_and_stats_after_a_completion(command: Command, tmp_path: Path) -> None:
    (tmp_path / "add.py").write_text("def add(a, b):\n    return \n\n\nprint(add(1, 2))\n")
    async with OllamaStandIn(Script("a + b\n")) as server:
        await command("complete", "add.py:2:12", OLLAMA_HOST=server.url)
    assert "invoked" in (await command("why", "--last")).out
    stats = (await command("stats", "--json")).json()
    assert (stats["requests"], stats["shown"], stats["by"]["language"]["python"]["shown"]) == (1, 1, 1)
    assert (stats["month"]["cost"], stats["month"]["budget"]) == (0, None)
    assert "suggestions   1" in (await command("stats")).out
    assert (await command("stats", "--html", "page.html")).out.strip() == str(tmp_path / "page.html")
    assert "What completion was worth" in (tmp_path / "page.html").read_text("utf-8")
    assert (await command("stats", "--html", "no/such/folder/page.html")).code == 2
