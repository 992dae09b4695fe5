"""Explain and find the bug: what is shown of what models say, and what a question costs.

Without a model: the scripted model's right and wrong claims, the tracebacks, and the tokens that an explanation takes.
With CODESTRAL_TEST_LLAMA_URL also the time to the first explained word, and a real model's findings on the seeded bugs:
its answers are kept in --rows (benchmarks/bugs/model.py goes on where it stopped), since they take half an hour.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.bugs import crashes, model, scripted
from benchmarks.bugs.desk import Desk, ScriptedBackend
from benchmarks.report import table
from codestral_lsp.actions.target import Target, TargetKind, target_at, whole_file
from codestral_lsp.backends.base import Backend
from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.llamacpp import LlamacppBackend
from codestral_lsp.config.settings import LlamacppSettings
from codestral_lsp.document.document import Document
from codestral_lsp.document.language import ScopeKind
from codestral_lsp.document.outline import definitions
from codestral_lsp.document.position import Range
from codestral_lsp.document.text import Text

ROOT = Path(__file__).parent.parent
FILES = (
    "codestral_lsp/completion/asking.py",
    "codestral_lsp/document/tree.py",
    "codestral_lsp/backends/ollama.py",
    "codestral_lsp/server/protocol.py",
)
"""Files whose functions are explained: this program's own."""
_LEAST_LINES = 8
_EACH, _EACH_ASKED = 6, 1
"""Functions of each file: without a model, and with one, which takes its time to read a whole file."""
_SEEDS = (1, 2, 3, 4, 5)


class _FirstWord:
    """Waits for the first word of an explanation."""

    def __init__(self) -> None:
        self.came = asyncio.Event()

    def heard(self, text: str) -> None:
        """The answer so far, below its heading."""
        if text.partition("\n\n")[2].strip():
            self.came.set()

    def waits(self, why: str) -> None:
        """Nobody else asks."""


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
    figures = await crashes.measure()
    rows = {name: value for name, value in figures.items() if name not in ("missed", "share")}
    return {"no model": {**rows, "found, %": round(100 * figures["share"], 1)}}


async def explanations(backend: Backend | None) -> dict[str, Any]:
    """What it takes to explain a function: alone with its definitions, or in its whole file."""
    columns: dict[str, dict[str, list[float]]] = {}
    for name in FILES:
        for whole in (False, True):
            title = "whole file" if whole else "function and its definitions"
            column = columns.setdefault(title, {"tokens": [], "first": []})
            async for tokens, first_ms in _explained(name, backend, whole=whole):
                column["tokens"].append(tokens)
                if first_ms is not None:
                    column["first"].append(first_ms)
    return {
        title: {
            "functions": len(column["tokens"]),
            "tokens sent, median": round(median(column["tokens"])),
            **({"first word, median ms": round(median(column["first"]))} if column["first"] else {}),
        }
        for title, column in columns.items()
    }


async def _explained(name: str, backend: Backend | None, *, whole: bool) -> AsyncGenerator[tuple[float, float | None]]:
    file = ROOT / name
    document = Document(file.as_uri(), "python", 1, Text.of(file.read_text("utf-8")), file)
    for target in _functions(await _tree(document), _EACH if backend is None else _EACH_ASKED):
        asked = ScriptedBackend(lambda request: "It does.")
        desk = await Desk(backend or asked).begin()
        desk.store.open(document)
        word = _FirstWord()
        started = time.perf_counter()
        if whole:
            # As clients do that send the file and say which function is meant.
            about = f"Explain the function {target.name}."
            work = desk.actions.explain(whole_file(document, target.first), word, about)
        else:
            work = desk.actions.explain(target, word)
        task = asyncio.ensure_future(work)
        await asyncio.wait([task, waiting := asyncio.ensure_future(word.came.wait())], return_when="FIRST_COMPLETED")
        first_ms = (time.perf_counter() - started) * 1000
        waiting.cancel()
        if backend is not None:
            task.cancel()
        await asyncio.wait([task])
        trace = list(desk.traces)[-1]
        sent = sum(map(desk.engine.counter.line, document.text.lines)) if whole else trace.prompt_tokens
        yield sent, first_ms if backend is not None else None
        desk.syntax.close()


async def _tree(document: Document) -> list[Target]:
    desk = Desk(None)
    tree = await desk.syntax.tree(document)
    assert tree is not None
    starts = [scope.range.start for scope in definitions(tree) if scope.kind is ScopeKind.FUNCTION]
    found = [target_at(tree, document, Range(start, start), TargetKind.FUNCTION) for start in starts]
    desk.syntax.close()
    return found


def _functions(targets: list[Target], most: int) -> Iterator[Target]:
    """Some functions that are worth explaining, spread over the file."""
    long = [
        target
        for target in targets
        if target.stop - target.first >= _LEAST_LINES and target.kind is TargetKind.FUNCTION
    ]
    yield from long[:: max(1, len(long) // most)][:most]


def findings(rows: Path) -> dict[str, Any]:
    """The real model's findings, from its kept answers."""
    figures = model.report(rows)
    names = ("unverified", "verified", "verified and confirmed")
    shared = {"functions with a bug": figures["functions with a bug"], "clean twins": figures["clean twins"]}
    return {name: {**shared, **figures[name]} for name in names}


async def measure(rows: Path, seconds: float) -> dict[str, Any]:
    """All that can be measured here."""
    results: dict[str, Any] = {
        "A scripted model's claims": await scripted_claims(),
        "Tracebacks to their guilty line": await tracebacks(),
    }
    url = os.environ.get("CODESTRAL_TEST_LLAMA_URL")
    backend = LlamacppBackend(LlamacppSettings(url=url), Keys({}), local_only=False) if url else None
    results["What an explanation takes"] = await explanations(backend)
    if backend is not None and url is not None:
        await backend.aclose()
        await model.ask(rows, url, 1000, seconds)
    else:
        print("NOT RUN: the real model (CODESTRAL_TEST_LLAMA_URL names none)")
    return results


def main() -> None:
    """Measure, print, and keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--rows", type=Path, default=ROOT / "docs" / "numbers" / "bugs.jsonl")
    parser.add_argument("--seconds", type=float, default=1e9, help="ask the real model nothing new after this time")
    options = parser.parse_args()
    results = asyncio.run(measure(options.rows, options.seconds))
    if options.rows.is_file():
        results["A real model on seeded bugs"] = findings(options.rows)
    for title, columns in results.items():
        print(f"\n{title}\n\n{table(columns)}")
    if options.json:
        options.json.write_text(json.dumps(results))


if __name__ == "__main__":
    main()
