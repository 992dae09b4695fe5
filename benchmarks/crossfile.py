"""What context from other files is worth: holes that need a name which only another file of the workspace defines.

Each hole is asked for through the server, as a manual trigger at temperature 0, with no context, with each source of
context alone, and with all of them, always within the same budget of tokens. Answers are kept by prompt, so that a
rerun asks the model only what it was not asked before.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from statistics import mean
from typing import Any

from benchmarks.completers import ServerCompleter
from benchmarks.crossfile_holes import Hole, holes, index
from benchmarks.model import PROFILES, Aside, Memory, PacedModel
from benchmarks.report import percentile, table
from benchmarks.traces import paths_in
from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.llamacpp import LlamacppBackend
from codestral_lsp.config.settings import LlamacppSettings
from codestral_lsp.context.place import SourceName
from codestral_lsp.server.app import App
from tests.virtual_time import run

PROMPT_TOKENS = 1200
MOST_TOKENS = {"line": 48, "block": 96}
SUFFIXES = {
    "python": (".py",),
    "typescript": (".ts", ".tsx"),
    "go": (".go",),
    "rust": (".rs",),
    "java": (".java",),
}
ARMS: dict[str, tuple[SourceName, ...]] = {
    "file only": (),
    "all": tuple(SourceName),
    **{name.value: (name,) for name in SourceName},
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What was suggested for a hole, and what it took."""

    hole: str
    exact: bool
    similarity: float
    named: bool
    """Whether the suggestion uses the name that the hole is about."""
    prompt_tokens: int
    context_tokens: dict[str, int]
    context_ms: float | None
    generated: int
    text: str


class Asker(ServerCompleter):
    """Our server, asked by hand."""

    async def suggest(self, path: str, line: int, column: int) -> str:
        """What it would insert; empty if nothing."""
        params = {
            "textDocument": {"uri": self._uri(path)},
            "position": {"line": line, "character": column},
            "context": {"triggerKind": 1},
        }
        answer = await self._request("textDocument/inlineCompletion", params)
        if not answer or not answer["items"]:
            return ""
        item = answer["items"][0]
        text: str = item["insertText"]
        return text[column - item["range"]["start"]["character"] :]

    def closed(self, path: str) -> None:
        """textDocument/didClose."""
        self._notify("textDocument/didClose", {"textDocument": {"uri": self._uri(path)}})


async def ask_all(
    root: Path, wanted: Sequence[Hole], sources: Sequence[SourceName], model: PacedModel, folder: Path
) -> list[Answer]:
    """Ask for every hole of a repository with these sources of context."""
    answers = []
    for kind in ("line", "block"):
        app = App(paths_in(folder), {}, backend=lambda name, settings: model)
        settings = {
            "backend": "llamacpp",
            "cache": {"enabled": False},
            "completion": {
                "contextTokens": PROMPT_TOKENS,
                "maxTokens": MOST_TOKENS[kind],
                "multiline": "never" if kind == "line" else "always",
                "instant": False,
                "prefetch": False,
                "context": {name.value: name in sources for name in SourceName},
            },
        }
        asker = Asker(app, root, settings)
        await asker.begin()
        await app.context.settled()
        for hole in (hole for hole in wanted if hole.kind == kind):
            text = (root / hole.path).read_text("utf-8")
            before, after = cut(text, hole)
            asker.opened(hole.path, before + after)
            written = sum(each.written for each in model.asked)
            got = await asker.suggest(hole.path, hole.line, hole.column)
            trace = next(trace for trace in reversed(list(app.traces)) if trace.trigger == "invoked")
            answers.append(
                Answer(
                    hole.id,
                    alike(got) == alike(hole.truth),
                    similarity(alike(got), alike(hole.truth)),
                    re.search(rf"\b{re.escape(hole.name)}\b", got) is not None,
                    trace.prompt_tokens,
                    trace.context_tokens,
                    trace.context_ms,
                    sum(each.written for each in model.asked) - written,
                    got,
                )
            )
            asker.closed(hole.path)
        await asker.end()
    return answers


def cut(text: str, hole: Hole) -> tuple[str, str]:
    """What stands before and after a hole."""
    lines = text.split("\n")
    before = "\n".join([*lines[: hole.line], lines[hole.line][: hole.column]])
    return before, text[len(before) + len(hole.truth) :]


def alike(text: str) -> str:
    """A text without what does not count: blanks at the ends of lines, and of the whole."""
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def similarity(one: str, other: str) -> float:
    """1 less the edit distance (Levenshtein), as a share of the longer text."""
    if not one or not other:
        return float(one == other)
    row = list(range(len(other) + 1))
    for number, left in enumerate(one, 1):
        last, row[0] = row[0], number
        for at, right in enumerate(other, 1):
            last, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, last + (left != right))
    return 1 - row[-1] / max(len(one), len(other))


def pick(
    roots: Sequence[Path], suffixes: tuple[str, ...], count: int, seed: int, folder: Path
) -> dict[Path, list[Hole]]:
    """So many holes, as evenly as can be from these repositories."""
    found: dict[Path, list[Hole]] = {}
    for at, root in enumerate(roots):
        share = count // len(roots) + (at < count % len(roots))
        reader = index(root, folder / "holes")
        found[root] = [hole for hole, _ in zip(holes(root, reader, suffixes, seed), range(share), strict=False)]
        reader.close()
    return found


def row(answers: Sequence[Answer], base: Sequence[Answer]) -> dict[str, Any]:
    """An arm's figures, beside those without context."""
    exact, plain = sum(each.exact for each in answers), sum(each.exact for each in base)
    times = [each.context_ms for each in answers if each.context_ms is not None]
    low, high = interval([float(a.exact) - float(b.exact) for a, b in zip(answers, base, strict=True)])
    return {
        "holes": len(answers),
        "exact": f"{exact} ({100 * exact / len(answers):.0f} %)",
        "exact / file only": f"{exact / plain:.2f}" if plain else None,
        "more exact, 95 %": f"{100 * low:+.0f} … {100 * high:+.0f} points",
        "edit similarity": f"{mean(each.similarity for each in answers):.3f}",
        "name found": f"{100 * mean(each.named for each in answers):.0f} %",
        "prompt tokens, mean": round(mean(each.prompt_tokens for each in answers)),
        "context tokens, mean": round(mean(sum(each.context_tokens.values()) for each in answers)),
        "written tokens, mean": f"{mean(each.generated for each in answers):.1f}",
        "found in ms, p50 / p95": f"{percentile(times, 0.5):.0f} / {percentile(times, 0.95):.0f}" if times else None,
    }


def interval(differences: Sequence[float], rounds: int = 2000) -> tuple[float, float]:
    """Where the mean of paired differences lies with 95 %, by bootstrap."""
    draw = Random(1)
    means = sorted(mean(draw.choices(differences, k=len(differences))) for _ in range(rounds))
    return means[int(0.025 * rounds)], means[int(0.975 * rounds)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--llama", default=os.environ.get("CODESTRAL_TEST_LLAMA_URL"), help="a llama-server's address")
    parser.add_argument("--repos", nargs="+", type=Path, required=True, help="folders of real code")
    parser.add_argument("--language", choices=SUFFIXES, default="python")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--arms", nargs="*", choices=ARMS, default=list(ARMS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--memory", type=Path, help="a file that keeps the model's answers for the next run")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    if not options.llama:
        parser.exit(0, "NOT MEASURED: cross-file holes need a llama-server (CODESTRAL_TEST_LLAMA_URL).\n")
    results: dict[str, list[Answer]] = {}
    memory, aside = Memory(options.memory), Aside()
    real = LlamacppBackend(LlamacppSettings(url=options.llama), Keys({}), local_only=True)
    roots = [root.resolve() for root in options.repos]
    with tempfile.TemporaryDirectory() as folder:
        wanted = pick(roots, SUFFIXES[options.language], options.count, options.seed, Path(folder))
        for arm in options.arms:
            answers = results.setdefault(arm, [])
            for root, part in wanted.items():
                model = PacedModel(real, aside, PROFILES[0], memory=memory)
                answers += run(ask_all(root, part, ARMS[arm], model, Path(folder)))
            print(table({arm: row(answers, results[options.arms[0]])}), flush=True)
    asyncio.run_coroutine_threadsafe(real.aclose(), aside.loop).result()
    aside.close()
    print()
    print(table({arm: row(answers, results[options.arms[0]]) for arm, answers in results.items()}))
    for kind in MOST_TOKENS:
        of_kind = {arm: [a for a in answers if a.hole.endswith(kind)] for arm, answers in results.items()}
        if of_kind[options.arms[0]]:
            print(f"\n{kind} holes")
            print(table({arm: row(answers, of_kind[options.arms[0]]) for arm, answers in of_kind.items()}))
    if options.json:
        found = {arm: [asdict(answer) for answer in answers] for arm, answers in results.items()}
        truths = {hole.id: hole.truth for part in wanted.values() for hole in part}
        options.json.write_text(json.dumps({"truths": truths, "answers": found}, indent=1))


if __name__ == "__main__":
    main()
