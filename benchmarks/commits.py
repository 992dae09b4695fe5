"""Real commits typed again: what completion is worth, in characters saved, and what it costs, in wrong ghosts.

Each commit's parent is the workspace; what it adds is typed with jumps, paired brackets and file switches, and right
ghosts are taken. Answers come from a real model; how fast is a matter of the latency profile. Beside ours: a fixed
debounce of 350 ms without a cache in front of the same model, and the embedded engine with no model.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
from collections import Counter
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.desk import as_row, merged
from benchmarks.model import PROFILES, Aside, Memory, PacedModel, Profile
from benchmarks.report import table
from benchmarks.sessions import Session, commits
from benchmarks.traces import OURS, WINDOW_TOKENS, Played, play_ours, play_plain
from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.llamacpp import LlamacppBackend
from codestral_lsp.config.settings import LlamacppSettings
from codestral_lsp.prompt.families import detect
from tests.virtual_time import run

T = TypeVar("T")

DEBOUNCE_S = 0.35


class Bench:
    """Plays sessions against one server, in the layout that its model was trained on."""

    def __init__(self, url: str, memory: Path | None) -> None:
        self._aside = Aside()
        self._real = LlamacppBackend(LlamacppSettings(url=url), Keys({}), local_only=True)
        self._memory = Memory(memory)
        self.info = self._wait(self._real.describe())
        family = detect(self.info)
        assert family, f"{self.info.model} is of no known family"
        self._family = family

    def play(self, session: Session, profile: Profile, seed: int, **settings: Any) -> Played:
        """Ours."""
        with tempfile.TemporaryDirectory() as folder:
            model = PacedModel(self._real, self._aside, profile, memory=self._memory)
            options = {"cache": {"enabled": False}, "completion": {"contextTokens": WINDOW_TOKENS}, **settings}
            return run(play_ours(session, model, Path(folder), accepts=True, seed=seed, settings=options))

    def play_plain(self, session: Session, profile: Profile, seed: int) -> Played:
        """The plain way."""
        model = PacedModel(self._real, self._aside, profile, memory=self._memory)
        return run(play_plain(session, model, self._family, debounce_s=DEBOUNCE_S, accepts=True, seed=seed))

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._aside.loop).result()

    def close(self) -> None:
        """Let go of the server."""
        self._wait(self._real.aclose())
        self._aside.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--llama", default=os.environ.get("CODESTRAL_TEST_LLAMA_URL"), help="a llama-server's address")
    parser.add_argument("--repos", nargs="*", type=Path, help="git repositories; default: CODESTRAL_BENCH_REPOS")
    parser.add_argument("--count", type=int, default=5, help="commits of each repository")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profiles", nargs="*", default=[profile.name for profile in PROFILES])
    parser.add_argument("--memory", type=Path, help="a file that keeps the model's answers for the next run")
    parser.add_argument("--settings", type=json.loads, default={}, help="settings for ours, as JSON")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    named = os.environ.get("CODESTRAL_BENCH_REPOS", "").split(os.pathsep)
    repositories = options.repos or [Path(name) for name in named if name and is_repository(Path(name))]
    if not options.llama or not repositories:
        what = "a llama-server (CODESTRAL_TEST_LLAMA_URL) and git repositories (CODESTRAL_BENCH_REPOS)"
        parser.exit(0, f"NOT MEASURED: commits need {what}.\n")
    sessions = [each for path in repositories for each in commits(path, seed=options.seed, count=options.count)]
    bench, results = Bench(options.llama, options.memory), dict[str, Any]()
    for profile in PROFILES:
        if profile.name not in options.profiles:
            continue
        ours, plain, embedded = list[Played](), list[Played](), list[Played]()
        for number, session in enumerate(sessions):
            ours.append(bench.play(session, profile, number, **options.settings))
            plain.append(bench.play_plain(session, profile, number))
            embedded.append(bench.play(session, profile, number, backend="workspace"))
            saved = ours[-1].tally.keys_saved, plain[-1].tally.keys_saved
            print(f"  {profile.name}, {session.name}: {saved[0]} / {saved[1]} keys saved", flush=True)
        rows = {OURS: {**_row(ours), **together(ours).row}, f"fixed {DEBOUNCE_S * 1000:.0f} ms, no cache": _row(plain)}
        rows["embedded engine alone"] = _row(embedded)
        results[f"{profile.name} pace, {len(sessions)} commits, {bench.info.model}"] = rows
        print(f"\n{profile.name} pace: {len(sessions)} commits\n{table(rows)}\n", flush=True)
    bench.close()
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


def _row(played: Sequence[Played]) -> dict[str, Any]:
    return as_row(merged([each.tally for each in played]))


def together(played: Sequence[Played]) -> Played:
    """All sessions as one."""
    sources = Counter[str]()
    for each in played:
        sources.update(each.sources)
    return Played(merged([each.tally for each in played]), dict(sources))


def is_repository(path: Path) -> bool:
    """Whether a folder is a git repository (or a bare one) with history."""
    return (path / ".git").exists() or (path / "HEAD").exists()


if __name__ == "__main__":
    main()
