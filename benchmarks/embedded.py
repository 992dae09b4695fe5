"""The embedded engine on real repositories: how often it is right, how often it speaks, how fast it is.

Beside a crude 12-gram with back-off (`crude`) over the same holes in the same run. The folders are named by the
environment variable CODESTRAL_BENCH_REPOS.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.crude import Crude
from benchmarks.holes import Repository, repositories
from benchmarks.report import percentile, table
from codestral_lsp.backends.workspace.engine import Query, WorkspaceEngine
from codestral_lsp.completion.calibration import Calibration
from codestral_lsp.completion.embedded import FALLBACK_BAR
from codestral_lsp.config.settings import WorkspaceIndexSettings
from codestral_lsp.document.document import Change
from codestral_lsp.privacy.ignore import IgnoreRules

SEED = 20261124


@dataclass
class Score:
    """What was seen on one repository."""

    lines_per_s: float = 0
    lines: int = 0
    times_ms: list[float] = field(default_factory=list)
    sure: list[tuple[float, bool]] = field(default_factory=list)
    """Of each hole in a line: the probability given, and whether the line is right."""
    learnt: list[tuple[bool, bool]] = field(default_factory=list)
    """Of the same holes, with a bar that learns from each: whether it is met, and whether the line is right."""
    crude: list[bool] = field(default_factory=list)
    blocks: list[tuple[int, bool]] = field(default_factory=list)
    """Of each hole in a block at which several lines were shown: how many, and whether all are right."""


@asynccontextmanager
async def indexed(root: Path) -> AsyncIterator[tuple[WorkspaceEngine, float]]:
    """An engine that has indexed this folder from nothing, and the seconds that took."""
    with tempfile.TemporaryDirectory() as folder:
        engine = WorkspaceEngine(Path(folder) / "index", WorkspaceIndexSettings(), IgnoreRules())
        began = time.perf_counter()
        await engine.open([root])
        await engine.settled()
        try:
            yield engine, time.perf_counter() - began
        finally:
            await engine.aclose()


def lines_indexed(engine: WorkspaceEngine, root: Path) -> int:
    """Lines of all indexed files, blank ones too."""
    names = [name for segment in engine.segments for name, _, _ in segment.files()]
    return sum((root / name).read_bytes().count(b"\n") for name in names)


async def measure(root: Path, count: int, *, crude: bool = True) -> Score:
    """One repository."""
    score = Score()
    repository, calibration = Repository(root), Calibration()
    async with indexed(root) as (engine, seconds):
        score.lines = lines_indexed(engine, root)
        score.lines_per_s = score.lines / seconds
        holes = list(repository.holes(count, SEED))
        for hole in holes:
            engine.observe(Change(None, hole.document))
            await engine.searchable()
            began = time.perf_counter()
            prediction = engine.predict(Query(hole.document, hole.cursor))
            score.times_ms.append((time.perf_counter() - began) * 1000)
            engine.observe(Change(hole.document, None))
            probability, text = (prediction.probability, prediction.text) if prediction else (0.0, "")
            right, language = text.rstrip() == hole.rest, hole.document.language
            score.sure.append((probability, right))
            score.learnt.append((probability >= calibration.bar(language), right))
            calibration.judged(language, probability, right)
        for hole in repository.holes(count, SEED + 1, blocks=True):
            prediction = engine.predict(Query(hole.document, hole.cursor))
            shown = prediction.sure(FALLBACK_BAR).split("\n") if prediction else []
            if len(shown) > 1:
                score.blocks.append((len(shown), tuple(line.rstrip() for line in shown) == hole.truth[: len(shown)]))
    if crude:
        plain = Crude(repository)
        score.crude = [plain.rest(hole).rstrip() == hole.rest for hole in holes]
    return score


def row(score: Score) -> dict[str, Any]:
    """The figures of one repository, or of several together."""
    right = share([right for _, right in score.sure])
    figures: dict[str, Any] = {
        "lines": score.lines,
        "index lines/s": round(score.lines_per_s),
        "holes": len(score.sure),
        "query p50 ms": round(percentile(score.times_ms, 0.5), 2),
        "query p99 ms": round(percentile(score.times_ms, 0.99), 2),
        "exact %": right,
    }
    if score.crude:
        plain = share(score.crude)
        figures |= {"crude 12-gram %": plain, "exact / crude": round(right / plain, 2) if plain and right else None}
    for name, bar in (("fallback", FALLBACK_BAR), ("instant", Calibration().bar(""))):
        spoken = [right for probability, right in score.sure if probability >= bar]
        figures |= {
            f"speaks at {bar} ({name}) %": share([probability >= bar for probability, _ in score.sure]),
            f"right where it speaks ({name}) %": share(spoken),
        }
    return figures | {
        "speaks with a bar that learns %": share([met for met, _ in score.learnt]),
        "right there %": share([right for met, right in score.learnt if met]),
        "shown with lines below": len(score.blocks),
        "lines shown then": round(sum(lines for lines, _ in score.blocks) / len(score.blocks), 1)
        if score.blocks
        else None,
        "wholly right then %": share([right for _, right in score.blocks]),
    }


def calibration(sure: Sequence[tuple[float, bool]]) -> dict[str, dict[str, Any]]:
    """Whether the probability that was given means what it says."""
    rows = {}
    for low, high in (
        (0, 0.1),
        (0.1, 0.25),
        (0.25, 0.5),
        (0.5, 0.65),
        (0.65, 0.75),
        (0.75, 0.85),
        (0.85, 0.95),
        (0.95, 1.01),
    ):
        within = [(probability, right) for probability, right in sure if low <= probability < high]
        rows[f"{low} to {min(high, 1)}"] = {
            "holes": len(within),
            "said %": share([probability for probability, _ in within]),
            "right %": share([right for _, right in within]),
        }
    return rows


def share(of: Sequence[float]) -> float | None:
    """Per cent."""
    return round(100 * sum(of) / len(of), 1) if of else None


def together(scores: Sequence[Score]) -> Score:
    """All holes as if they were of one repository."""
    whole = Score(
        lines=sum(score.lines for score in scores),
        lines_per_s=sum(score.lines for score in scores) / sum(score.lines / score.lines_per_s for score in scores),
    )
    for score in scores:
        whole.times_ms += score.times_ms
        whole.sure += score.sure
        whole.learnt += score.learnt
        whole.crude += score.crude
        whole.blocks += score.blocks
    return whole


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=600, help="holes of each kind in each repository")
    parser.add_argument("--no-crude", action="store_true", help="leave out the 12-gram, which takes longest")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    scores: dict[str, Score] = {}
    with repositories() as roots:
        for name, root in roots.items():
            scores[name] = asyncio.run(measure(root, options.count, crude=not options.no_crude))
            print(table({name: row(scores[name])}), "\n", flush=True)
    results = {name: row(score) for name, score in scores.items()} | {"together": row(together(list(scores.values())))}
    print(table(results), "\n")
    rows = calibration(together(list(scores.values())).sure)
    print(table(rows))
    if options.json:
        options.json.write_text(json.dumps({"repositories": results, "calibration": rows}, indent=1))


if __name__ == "__main__":
    main()
