"""Real commits typed again: what completion is worth, in characters saved, and what it costs, in wrong ghosts.

Each commit's parent is the workspace; what it adds is typed with jumps, paired brackets and file switches, and right
ghosts are taken. Answers come from a real model, asked or remembered; how fast is a matter of the latency profile.
Beside ours: a fixed debounce of 350 ms without a cache in front of the same model, and the embedded engine with no
model. Where there is no real model, a made-up one answers, and the tables say so.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.desk import merged
from benchmarks.made_up import MADE_UP, MadeUp
from benchmarks.model import PROFILES, Absent, Aside, Memory, PacedModel, Profile
from benchmarks.report import table
from benchmarks.sessions import Session, commits
from benchmarks.traces import OURS, WINDOW_TOKENS, Played, play_ours, play_plain
from codestral_lsp.backends.base import Backend
from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.llamacpp import LlamacppBackend
from codestral_lsp.config.settings import LlamacppSettings
from codestral_lsp.prompt.families import detect
from tests.virtual_time import run

DEBOUNCE_S = 0.35
PLAIN, EMBEDDED = f"fixed {DEBOUNCE_S * 1000:.0f} ms, no cache", "embedded engine alone"


class Bench:
    """Plays sessions with one model, in the layout that it was trained on."""

    def __init__(self, url: str | None, memory: Memory, settings: Mapping[str, Any]) -> None:
        """With a `url`, the server there is asked what it was not asked before; without, what it once answered is
        played; and where there is nothing of that either, a made-up model answers."""
        self.absent: Absent | None = None
        self._memory = memory
        self._settings = settings
        self._aside = Aside()
        self._real: Backend | None = None
        if url:
            self._real = LlamacppBackend(LlamacppSettings(url=url), Keys({}), local_only=True)
            memory.keep_model(asyncio.run_coroutine_threadsafe(self._real.describe(), self._aside.loop).result())
        elif info := memory.model():
            self._real = self.absent = Absent(info)

    @property
    def model(self) -> str:
        """What answers."""
        info = self._memory.model() if self._real else None
        return info.model if info else MADE_UP

    def play(self, who: str, session: Session, profile: Profile, seed: int) -> Played:
        """One session with one contender."""
        if self._real is not None:
            model = PacedModel(self._real, self._aside, profile, memory=self._memory)
        else:
            model = PacedModel(MadeUp(session), self._aside, profile, memory=Memory(None))
        plays: dict[str, Callable[[], Played]] = {
            OURS: lambda: self._ours(session, model, seed),
            PLAIN: lambda: self._plain(session, model, seed),
            EMBEDDED: lambda: self._ours(session, model, seed, backend="workspace"),
        }
        return plays[who]()

    def _ours(self, session: Session, model: PacedModel, seed: int, **settings: Any) -> Played:
        with tempfile.TemporaryDirectory() as folder:
            defaults = {"cache": {"enabled": False}, "completion": {"contextTokens": WINDOW_TOKENS}}
            options = {**defaults, **self._settings, **settings}
            return run(play_ours(session, model, Path(folder), accepts=True, seed=seed, settings=options))

    def _plain(self, session: Session, model: PacedModel, seed: int) -> Played:
        family = detect(run(model.describe()))
        assert family, f"{self.model} is of no known family"
        return run(play_plain(session, model, family, debounce_s=DEBOUNCE_S, accepts=True, seed=seed))

    def close(self) -> None:
        """Let go of the server."""
        if self._real is not None:
            asyncio.run_coroutine_threadsafe(self._real.aclose(), self._aside.loop).result()
        self._aside.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--llama", default=os.environ.get("CODESTRAL_TEST_LLAMA_URL"), help="a llama-server's address")
    parser.add_argument("--repos", nargs="*", type=Path, help="git repositories; default: CODESTRAL_BENCH_REPOS")
    parser.add_argument("--count", type=int, default=5, help="commits of each repository")
    parser.add_argument("--most-keys", type=int, default=600, help="leave out commits that add more characters")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profiles", nargs="*", default=[profile.name for profile in PROFILES])
    parser.add_argument("--who", nargs="*", default=[OURS, PLAIN, EMBEDDED], help="the contenders")
    parser.add_argument("--memory", type=Path, help="a file that keeps the model's answers for the next run")
    parser.add_argument("--settings", type=json.loads, default={}, help="settings for ours, as JSON")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    sessions = [
        session
        for path in options.repos or repositories()
        for session in commits(path, seed=options.seed, count=options.count, most_keys=options.most_keys)
    ]
    if not sessions:
        parser.exit(0, "NOT MEASURED: commits need git repositories (CODESTRAL_BENCH_REPOS).\n")
    bench, results = Bench(options.llama, Memory(options.memory), options.settings), dict[str, Any]()
    for profile in PROFILES:
        if profile.name not in options.profiles:
            continue
        played: dict[str, list[Played]] = {who: [] for who in options.who}
        for number, session in enumerate(sessions):
            for who, so_far in played.items():
                so_far.append(bench.play(who, session, profile, number))
            saved = ", ".join(f"{who} {so_far[-1].tally.keys_saved}" for who, so_far in played.items())
            print(f"  {profile.name}, {session.name}: keys saved: {saved}", flush=True)
        rows = {who: together(each).row for who, each in played.items()}
        title = f"{profile.name} pace, {len(sessions)} commits, {bench.model}"
        results[f"{MADE_UP}: {title}" if bench.model == MADE_UP else title] = rows
        print(f"\n{title}\n{table(rows)}\n", flush=True)
        if bench.absent is not None:
            print(f"  {bench.absent.unanswered} requests so far that the model was never asked\n", flush=True)
    bench.close()
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


def together(played: Sequence[Played]) -> Played:
    """All sessions as one."""
    sources, requests = Counter[str](), 0
    for each in played:
        sources.update(each.sources)
        requests += each.requests
    return Played(merged([each.tally for each in played]), requests, dict(sources))


def repositories() -> list[Path]:
    """The git repositories that are named; without any, the one that this file is in."""
    named = os.environ.get("CODESTRAL_BENCH_REPOS", "").split(os.pathsep)
    here = Path(__file__).parent.parent
    return [path for path in map(Path, filter(None, named)) if is_repository(path)] or [here]


def is_repository(path: Path) -> bool:
    """Whether a folder is a git repository (or a bare one) with history."""
    return (path / ".git").exists() or (path / "HEAD").exists()


if __name__ == "__main__":
    main()
