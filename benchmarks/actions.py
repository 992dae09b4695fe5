"""Explain and find the bug: what is shown of what models say, and what a question costs.

Without a model: the scripted model's right and wrong claims, the tracebacks, and the tokens that an explanation takes.
With CODESTRAL_TEST_LLAMA_URL also the time to the first explained word, and a real model's answers about the seeded
bugs: both are kept and gone on with where they stopped (benchmarks/explaining.py, benchmarks/bugs/model.py).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from pathlib import Path
from typing import Any

from benchmarks import explaining
from benchmarks.bugs import crashes, figures, model, scripted
from benchmarks.report import table

NUMBERS = Path(__file__).parent.parent / "docs" / "numbers"
FIRST_WORDS = NUMBERS / "first-words.jsonl"
_SEEDS = (1, 2, 3, 4, 5)


async def scripted_claims() -> dict[str, Any]:
    """The scripted model, with five choices of wrong claims."""
    runs = [await scripted.measure(seed) for seed in _SEEDS]
    return {
        "scripted model": {
            "functions": scripted.MOST,
            "right claims": sum(run["claims"]["right"] for run in runs) // len(runs),
            "wrong claims": sum(count for kind, count in runs[0]["claims"].items() if kind != "right"),
            "right kept, %": round(100 * min(run["right kept"] for run in runs), 1),
            "wrong shown, %": round(100 * max(run["wrong shown"] for run in runs), 1),
        }
    }


async def tracebacks() -> dict[str, Any]:
    """The crashing cases' tracebacks."""
    found = await crashes.measure()
    rows = {name: value for name, value in found.items() if name not in ("missed", "share")}
    return {"no model": {**rows, "found, %": round(100 * found["share"], 1)}}


def findings(answers: Path) -> dict[str, Any]:
    """What the real models' kept answers come to: tables by their titles."""
    tables: dict[str, Any] = {}
    for model_name, parts in figures.report(figures.judge_all(answers)).items():
        whole = parts["all languages"]
        shared = {name: whole[name] for name in ("functions with a bug", "clean twins")}
        stages = ("as claimed", "checked", "checked and confirmed")
        tables[f"{model_name} on seeded bugs"] = {stage: {**shared, **whole[stage]} for stage in stages}
        tables[f"{model_name} on seeded bugs, by language"] = figures.by_language(parts)
        tables[f"{model_name}: claims that the checks removed"] = {"claims": whole["removed"]}
    return tables


async def measure(answers: Path, seconds: float) -> dict[str, Any]:
    """All that can be measured here."""
    results: dict[str, Any] = {
        "A scripted model's claims": await scripted_claims(),
        "Tracebacks to their guilty line": await tracebacks(),
    }
    results["What an explanation takes"] = await explaining.tokens_sent()
    if url := os.environ.get("CODESTRAL_TEST_LLAMA_URL"):
        await explaining.ask(url, FIRST_WORDS)
        await model.ask(answers, url, 1000, seconds)
    else:
        print("NOT RUN: the real model (CODESTRAL_TEST_LLAMA_URL names none); what is kept of it is shown")
    return results


def main() -> None:
    """Measure, print, and keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--answers", type=Path, default=NUMBERS / "bugs.jsonl")
    parser.add_argument("--seconds", type=float, default=1e9, help="ask the real model nothing new after this time")
    options = parser.parse_args()
    results = asyncio.run(measure(options.answers, options.seconds))
    if words := explaining.first_words(FIRST_WORDS):
        results["The first word of an explanation, a real model"] = words
    if options.answers.is_file():
        results |= findings(options.answers)
    for title, columns in results.items():
        print(f"\n{title}\n\n{table(columns)}")
    if options.json:
        options.json.write_text(json.dumps(results))


if __name__ == "__main__":
    main()
