"""What context from other files is worth: holes that need a name which only another file of the workspace defines.

Each hole is asked for through the server, as a manual trigger at temperature 0, with no context, with each source of
context alone, and with all of them, always within the same budget of tokens. First the prompts are collected, then
the model is asked hole by hole, all arms of a hole in a row, then the answers are played back: so it may be stopped
at any time, and what has been asked by then is a fair sample. A rerun goes on from there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import sqlite3
import tempfile
import time
from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from pathlib import Path
from random import Random
from statistics import mean
from typing import Any

from benchmarks.completers import ServerCompleter
from benchmarks.crossfile_holes import Hole, holes, index
from benchmarks.holes import REPOS, repositories
from benchmarks.report import percentile, table
from benchmarks.traces import paths_in
from codestral_lsp.backends.base import BackendName, ModelInfo, Piece, Prompt, Sampling
from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.llamacpp import LlamacppBackend
from codestral_lsp.completion.cache import CompletionCache
from codestral_lsp.config.settings import ContextSettings, LlamacppSettings
from codestral_lsp.context.place import SourceName
from codestral_lsp.server.app import App
from tests.plain_backend import PlainBackend
from tests.virtual_time import run

PROMPT_TOKENS = 1700
"""By the server's own estimate before it has learnt from a model, which for this one is 1.4 times too high: no prompt
is larger than 1,200 tokens."""
MOST_TOKENS = {"line": 32, "block": 48}
SUFFIXES = {
    "python": (".py",),
    "typescript": (".ts", ".tsx"),
    "go": (".go",),
    "rust": (".rs",),
    "java": (".java",),
}
ARMS: dict[str, tuple[SourceName, ...]] = {
    "file only": (),
    "all": tuple(name for name in SourceName if getattr(ContextSettings(), name)),
    **{name.value: (name,) for name in SourceName},
}
"""What each arm takes context from; `all` is what is on by default."""
INFO = ModelInfo("llamacpp", "recorded", "127.0.0.1", False, False, "raw", 8192, ("qwen2.5-coder",))
"""What the model is taken for where no prompt of it has been answered yet."""


Asked = tuple[Prompt, Sampling]
Played = dict[str, dict[str, tuple["Answer", Asked]]]
"""By arm and hole."""


class Recorded(PlainBackend):
    """A model's answers on disk, by prompt."""

    name: BackendName = "llamacpp"

    def __init__(self, file: Path | None) -> None:
        self.asked: list[tuple[Prompt, Sampling]] = []
        """Since it was last emptied."""
        self._rows = sqlite3.connect(file or ":memory:")
        self._rows.execute("CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, text TEXT, tokens INTEGER)")

    def get(self, prompt: Prompt, sampling: Sampling) -> tuple[str, int] | None:
        """The answer and the prompt's size in tokens, if it was ever asked."""
        query = "SELECT text, tokens FROM answers WHERE key = ?"
        row = self._rows.execute(query, (_key(prompt, sampling),)).fetchone()
        return None if row is None else (row[0], row[1])

    async def record(self, real: LlamacppBackend, prompt: Prompt, sampling: Sampling) -> None:
        """Ask the real model, to the end of what can be wanted."""
        text, tokens = "", 0
        async for piece in real.stream(prompt, replace(sampling, logprobs=False)):
            text += piece.text
            if piece.usage is not None and piece.usage.prompt_tokens is not None:
                tokens = piece.usage.prompt_tokens
        with self._rows:
            row = (_key(prompt, sampling), text, tokens)
            self._rows.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", row)

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Piece]:
        """What is recorded; nothing, where nothing is."""
        sampling = _as_asked(sampling)
        self.asked.append((prompt, sampling))
        found = self.get(prompt, sampling)
        if found is not None:
            yield Piece(found[0])
        yield Piece("", "stop")

    async def describe(self) -> ModelInfo:
        """As set down above."""
        return INFO


def _as_asked(sampling: Sampling) -> Sampling:
    """Where only a line is wanted, the model need not write on."""
    only_line = sampling.max_tokens == MOST_TOKENS["line"]
    return replace(sampling, stop=(*sampling.stop, "\n"), logprobs=False) if only_line else sampling


def _key(prompt: Prompt, sampling: Sampling) -> bytes:
    return blake2b(json.dumps([prompt.raw, asdict(sampling)]).encode(), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What was suggested for a hole, and what it took."""

    hole: str
    exact: bool
    similarity: float
    shown: bool
    """Whether the prompt has that name in it."""
    named: bool
    """Whether the suggestion uses the name that the hole is about."""
    prompt_tokens: int | None
    """As the server counted; None where it has not been asked yet."""
    context_tokens: dict[str, int]
    context_ms: float | None
    text: str
    given: bool
    """Whether the prompt has what is wanted, or its first line, just as it is."""


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
    root: Path, wanted: Sequence[Hole], arms: Sequence[str], model: Recorded, folder: Path
) -> dict[str, dict[str, tuple[Answer, Asked]]]:
    """Ask for every hole of a repository in each of these arms; the answers and what was asked, by arm and hole."""
    app = App(paths_in(folder), {}, backend=lambda name, settings: model)
    app.context.in_time_s = 60.0  # what is found must not depend on how busy the machine is
    asker = Asker(app, root, settings_of("line", ()))
    await asker.begin()
    answers: dict[str, dict[str, tuple[Answer, Asked]]] = {arm: {} for arm in arms}
    for arm in arms:
        for kind in MOST_TOKENS:
            app.sources.editor(settings_of(kind, ARMS[arm]))
            await app.reload()
            await app.completion.use_cache(CompletionCache(None))
            for hole in (hole for hole in wanted if hole.kind == kind):
                answers[arm][hole.id] = await ask(asker, root, hole, model)
    await asker.end()
    return answers


def settings_of(kind: str, sources: Collection[SourceName]) -> dict[str, Any]:
    """What is set for holes of a kind, with these sources of context."""
    return {
        "backend": "llamacpp",
        "cache": {"enabled": False},
        "completion": {
            "contextTokens": PROMPT_TOKENS,
            "maxTokens": MOST_TOKENS[kind],
            "multiline": "never" if kind == "line" else "always",
            "instant": False,
            "prefetch": False,
            "candidates": 1,
            "context": {name.value: name in sources for name in SourceName},
        },
    }


async def ask(asker: Asker, root: Path, hole: Hole, model: Recorded) -> tuple[Answer, Asked]:
    """Open a file without what the hole takes out of it, and ask there."""
    before, after = cut((root / hole.path).read_text("utf-8"), hole)
    asker.opened(hole.path, before + after)
    model.asked.clear()
    got = await asker.suggest(hole.path, hole.line, hole.column)
    trace = next(trace for trace in reversed(list(asker.app.traces)) if trace.trigger == "invoked")
    asker.closed(hole.path)
    (asked,) = model.asked
    recorded = model.get(*asked)
    answer = Answer(
        hole.id,
        alike(got) == alike(hole.truth),
        similarity(alike(got), alike(hole.truth)),
        re.search(rf"\b{re.escape(hole.name)}\b", asked[0].raw) is not None,
        re.search(rf"\b{re.escape(hole.name)}\b", got) is not None,
        None if recorded is None else recorded[1],
        trace.context_tokens,
        trace.context_ms,
        got,
        hole.truth.split("\n")[0].strip() in asked[0].raw,
    )
    return answer, asked


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
        "name in the prompt": f"{100 * mean(each.shown for each in answers):.0f} %",
        "name found": f"{100 * mean(each.named for each in answers):.0f} %",
        "prompt tokens, mean": round(mean(each.prompt_tokens or 0 for each in answers)),
        "prompt tokens, most": max(each.prompt_tokens or 0 for each in answers),
        "context tokens, mean": round(mean(sum(each.context_tokens.values()) for each in answers)),
        "found in ms, p50 / p95": f"{percentile(times, 0.5):.0f} / {percentile(times, 0.95):.0f}" if times else None,
    }


def prompts_row(answers: Sequence[Answer]) -> dict[str, Any]:
    """What can be said of an arm without asking a model."""
    return {
        "holes": len(answers),
        "name in the prompt": f"{100 * mean(each.shown for each in answers):.0f} %",
        "the line itself in the prompt": f"{100 * mean(each.given for each in answers):.0f} %",
        "context tokens, mean": round(mean(sum(each.context_tokens.values()) for each in answers)),
    }


def interval(differences: Sequence[float], rounds: int = 2000) -> tuple[float, float]:
    """Where the mean of paired differences lies with 95 %, by bootstrap."""
    draw = Random(1)
    means = sorted(mean(draw.choices(differences, k=len(differences))) for _ in range(rounds))
    return means[int(0.025 * rounds)], means[int(0.975 * rounds)]


class Bench:
    """The arms over the same holes."""

    def __init__(self, wanted: dict[Path, list[Hole]], arms: Sequence[str], memory: Path | None, seed: int) -> None:
        self._wanted = wanted
        self._arms = arms
        self._model = Recorded(memory)
        self._order = [hole.id for part in wanted.values() for hole in part]
        Random(seed).shuffle(self._order)

    def play(self, folder: Path) -> Played:
        """Every arm's answers, as far as they are recorded, and what was asked; by arm and hole."""
        played: Played = {arm: {} for arm in self._arms}
        for root, part in self._wanted.items():
            for arm, answers in run(ask_all(root, part, self._arms, self._model, folder)).items():
                played[arm] |= answers
        return played

    async def record(self, url: str, played: Played, until_s: float) -> int:
        """Ask the model what it was not asked before, until time is up; how much is left to ask."""
        real = LlamacppBackend(LlamacppSettings(url=url), Keys({}), local_only=True)
        left = 0
        for hole in self._order:
            for arm in self._arms:
                _, asked = played[arm][hole]
                if self._model.get(*asked) is not None:
                    continue
                if time.monotonic() < until_s:
                    await self._model.record(real, *asked)
                else:
                    left += 1
        await real.aclose()
        return left

    def complete(self, played: Played) -> dict[str, list[Answer]]:
        """The answers for the holes that the model was asked in all arms."""
        whole = [hole for hole in self._order if all(played[arm][hole][0].prompt_tokens for arm in self._arms)]
        return {arm: [played[arm][hole][0] for hole in whole] for arm in self._arms}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--llama", default=os.environ.get("CODESTRAL_TEST_LLAMA_URL"), help="a llama-server's address")
    parser.add_argument("--repos", nargs="+", type=Path, help=f"folders of real code; default: {REPOS}")
    parser.add_argument("--language", choices=SUFFIXES, default="python")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--arms", nargs="*", choices=ARMS, default=list(ARMS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60.0, help="how long the model may be asked")
    parser.add_argument("--memory", type=Path, help="a file that keeps the model's answers for the next run")
    parser.add_argument("--answers", type=Path, help="every hole, and what each arm made of it, as JSON")
    parser.add_argument("--json", type=Path, help="the tables")
    options = parser.parse_args(arguments)
    with repositories() as named, tempfile.TemporaryDirectory() as name:
        roots = [root.resolve() for root in options.repos or named.values()]
        folder = Path(name)
        wanted = pick(roots, SUFFIXES[options.language], options.count, options.seed, folder)
        bench = Bench(wanted, options.arms, options.memory, options.seed)
        played = bench.play(folder)
        if options.llama:
            left = asyncio.run(bench.record(options.llama, played, time.monotonic() + 60 * options.minutes))
            print(f"{left} prompts are left to ask", flush=True)
            played = bench.play(folder)
        prompts = {arm: prompts_row([each for each, _ in found.values()]) for arm, found in played.items()}
        tables = {f"{options.language}: the prompts": prompts}
    results = bench.complete(played)
    base = options.arms[0]
    if not results[base]:
        print("\nNOT MEASURED: what a model makes of them needs a llama-server (CODESTRAL_TEST_LLAMA_URL).")
    for kind in ("", *MOST_TOKENS):
        of_kind = {arm: [each for each in found if each.hole.endswith(kind)] for arm, found in results.items()}
        if of_kind[base]:
            rows = {arm: row(found, of_kind[base]) for arm, found in of_kind.items()}
            tables[f"{options.language}, {kind or 'all'} holes"] = rows
    for title, columns in tables.items():
        print(f"\n{title}\n{table(columns)}")
    if options.json:
        options.json.write_text(json.dumps(tables, indent=1))
    if options.answers:
        found = {arm: [asdict(answer) for answer in answers] for arm, answers in results.items()}
        truths = {hole.id: hole.truth for part in wanted.values() for hole in part}
        options.answers.write_text(json.dumps({"truths": truths, "answers": found}, indent=1))


if __name__ == "__main__":
    main()
