"""Traces on disk, and what why and stats make of them."""

from __future__ import annotations

from pathlib import Path

from codestral_lsp.insight.history import History, last
from codestral_lsp.insight.stats import accepted_characters, summed
from codestral_lsp.insight.trace import Trace, Traces
from tests.insight.conftest import Command
from tests.standins.base import Script
from tests.standins.ollama import OllamaStandIn


def shown(fate: str = "", characters: int = 10, total_ms: float = 100.0) -> Trace:
    """A request whose answer was shown."""
    trace = Trace(1, "python", "automatic", 0.0, outcome="shown", fate=fate, source="model", total_ms=total_ms)
    trace.shown_characters = characters
    return trace


def test_sums() -> None:
    empty = Trace(2, "python", "automatic", 0.0, outcome="empty", reason="snoozed")
    warm = Trace(3, "python", "warm-up", 0.0, outcome="warm", evaluated_tokens=500)
    partly = shown("partly accepted (4 characters)", total_ms=900.0)
    stats = summed([shown("accepted"), shown(), partly, empty, warm])
    assert (stats.requests, stats.shown, stats.accepted, stats.partly) == (4, 3, 1, 1)
    assert stats.accepted_characters == 14
    assert stats.latency_ms["total"] == (100.0, 900.0, 900.0)
    assert stats.by["language"] == {"python": (3, 2)}
    assert stats.reasons == {"snoozed": 1}
    assert stats.evaluated_tokens == 500


def test_more_than_was_shown_cannot_be_accepted() -> None:
    assert accepted_characters(shown("partly accepted (400 characters)")) == 10


async def test_a_trace_is_kept_when_it_is_over_and_again_when_its_fate_is_known(tmp_path: Path) -> None:
    history, traces = History(tmp_path), Traces()
    trace = traces.begin("python", "automatic", 5.0)
    history.save(traces, 6.0)
    assert await history.database.ask(last, 10) == []
    trace.outcome = "shown"
    history.save(traces, 6.0)
    trace.fate = "accepted"
    history.save(traces, 7.0)
    found = await history.database.ask(last, 10)
    assert found
    kept = found[0][1]
    assert len(found) == 1
    assert (kept.outcome, kept.fate) == ("shown", "accepted")
    history.database.close()
    assert (tmp_path / "traces.db").stat().st_mode & 0o077 == 0


async def test_why_and_stats_after_a_completion(command: Command, tmp_path: Path) -> None:
    (tmp_path / "add.py").write_text("def add(a, b):\n    return \n\n\nprint(add(1, 2))\n")
    async with OllamaStandIn(Script("a + b\n")) as server:
        await command("complete", "add.py:2:12", OLLAMA_HOST=server.url)
    assert "invoked" in (await command("why", "--last")).out
    stats = (await command("stats", "--json")).json()
    assert (stats["requests"], stats["shown"], stats["by"]["language"]) == (
        1,
        1,
        {"python": {"shown": 1, "accepted": 0}},
    )
    assert "shown         1" in (await command("stats")).out
