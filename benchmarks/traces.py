"""Typing traces: what a keystroke costs.

Parts of real files are typed again, key by key, in virtual time; the model is a real one behind llama-server, which
tells by its own timings what it newly had to read. Beside ours: a fixed debounce of 250 ms without a cache, in front
of the same model. The layout is Codestral's, whatever the model: what is measured is the reading.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sysconfig
import tempfile
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median
from typing import Any

from benchmarks.completers import PlainCompleter, ServerCompleter
from benchmarks.desk import Desk, Tally, as_row
from benchmarks.llama_vim import LlamaVimCompleter
from benchmarks.model import PROFILES, Aside, Memory, PacedModel, Profile
from benchmarks.report import table
from benchmarks.sessions import Session, retyping
from benchmarks.typist import Typist
from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.llamacpp import LlamacppBackend
from codestral_lsp.config.paths import UserPaths
from codestral_lsp.config.settings import LlamacppSettings
from codestral_lsp.prompt.families import CODESTRAL, Family
from codestral_lsp.server.app import App
from tests.virtual_time import run

BASELINE_DEBOUNCE_S = 0.25
WINDOW_TOKENS = 1500
"""The size of the baseline's window."""
OURS, LLAMA_VIM = "ours", "llama.vim's way to ask"
SOURCES = ("model", "running", "cache", "disk", "instant", "embedded")


@dataclass
class Played:
    """What came of a session, and where the suggestions that our server gave came from."""

    tally: Tally
    sources: dict[str, int] = field(default_factory=dict)

    @property
    def row(self) -> dict[str, Any]:
        """The sources as figures."""
        if not self.sources:
            return {}
        known = {source: count for source, count in self.sources.items() if count}
        spared = sum(count for source, count in known.items() if source not in ("model", "running"))
        share = round(100 * spared / max(1, sum(known.values())))
        return {"suggestions by source": known, "answered without the backend, %": share}


def paths_in(folder: Path) -> UserPaths:
    """Folders of their own: no settings, caches or indexes of the user's."""
    return UserPaths(folder / "config.toml", folder / "cache", folder / "state")


async def play_ours(
    session: Session, model: PacedModel, folder: Path, *, accepts: bool, seed: int, settings: dict[str, Any]
) -> Played:
    """Play a session with our server."""
    root = folder / "workspace"
    write(session, root)
    app = App(paths_in(folder), {}, backend=lambda name, settings: model)
    completer = ServerCompleter(app, root, {"backend": "llamacpp", **settings})
    await completer.begin()
    tally = await Desk(session, completer, Typist(seed), accepts=accepts).play()
    shown = [trace for trace in app.traces if trace.outcome == "shown"]
    await completer.end()
    return Played(tally, {source: sum(trace.source == source for trace in shown) for source in SOURCES})


async def play_plain(
    session: Session, model: PacedModel, family: Family, *, debounce_s: float, accepts: bool, seed: int
) -> Played:
    """Play a session with the plain way to do it."""
    completer = PlainCompleter(model, family, debounce_s, tokens=WINDOW_TOKENS)
    tally = await Desk(session, completer, Typist(seed), accepts=accepts).play()
    completer.close()
    return Played(tally)


async def play_llama_vim(session: Session, model: PacedModel, *, seed: int) -> Played:
    """Play a session as llama.vim would ask."""
    completer = LlamaVimCompleter(model)
    tally = await Desk(session, completer, Typist(seed), accepts=False).play()
    await completer.end()
    return Played(tally)


def write(session: Session, root: Path) -> None:
    """Put a session's workspace on disk."""
    for name, text in session.workspace.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def reading(model: PacedModel, keys: int) -> dict[str, Any]:
    """What reached the model, and what it newly read."""
    evaluated = [asked.evaluated for asked in model.asked if asked.evaluated is not None]
    sizes = [asked.prompt_tokens for asked in model.asked if asked.prompt_tokens is not None]
    return {
        "requests per 100 keys": round(100 * len(model.asked) / keys, 1),
        "of these not for a waiting user": sum(asked.kind != "typing" for asked in model.asked),
        "newly read tokens a request, median": round(median(evaluated), 1) if evaluated else None,
        "newly read tokens a request, mean": round(mean(evaluated), 1) if evaluated else None,
        "prompt tokens a request, mean": round(mean(sizes), 1) if sizes else None,
        "newly read tokens per 100 keys": round(100 * sum(evaluated) / keys),
        "newly read characters per 100 keys": round(100 * sum(asked.new_characters for asked in model.asked) / keys),
        "cut off before they told": len(model.asked) - len(evaluated),
    }


class Bench:
    """Plays sessions against one server."""

    def __init__(self, url: str, profile: Profile, memory: Path | None) -> None:
        self._url = url
        self._profile = profile
        self._memory = Memory(memory) if memory else None

    def measure(self, session: Session, *, seed: int, who: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
        """One session with each contender in turn, or those whose names begin with `who`: its name and its figures."""
        fixed = BASELINE_DEBOUNCE_S
        plays: dict[str, Callable[[], dict[str, Any]]] = {
            OURS: lambda: self._play(lambda model: self._ours(session, model, seed)),
            f"fixed {fixed * 1000:.0f} ms, no cache": lambda: self._play(
                lambda model: play_plain(session, model, CODESTRAL, debounce_s=fixed, accepts=False, seed=seed)
            ),
            LLAMA_VIM: lambda: self._play(lambda model: play_llama_vim(session, model, seed=seed), moves_blocks=True),
        }
        for name, play in plays.items():
            if name.startswith(who):
                yield name, play()

    async def _ours(self, session: Session, model: PacedModel, seed: int) -> Played:
        settings = {"llamacpp": {"fim": CODESTRAL.name}, "cache": {"enabled": False}}
        with tempfile.TemporaryDirectory() as folder:
            return await play_ours(session, model, Path(folder), accepts=False, seed=seed, settings=settings)

    def _play(
        self, play: Callable[[PacedModel], Coroutine[Any, Any, Played]], *, moves_blocks: bool = False
    ) -> dict[str, Any]:
        aside = Aside()
        real = LlamacppBackend(LlamacppSettings(url=self._url), Keys({}), local_only=True)
        model = PacedModel(real, aside, self._profile, memory=self._memory, moves_blocks=moves_blocks)
        played = run(play(model))
        asyncio.run_coroutine_threadsafe(real.aclose(), aside.loop).result()
        aside.close()
        return {**as_row(played.tally), **reading(model, played.tally.keys), **played.row}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--llama", default=os.environ.get("CODESTRAL_TEST_LLAMA_URL"), help="a llama-server's address")
    parser.add_argument("--root", type=Path, default=Path(sysconfig.get_paths()["stdlib"]) / "asyncio")
    parser.add_argument("--keys", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profile", default=PROFILES[0].name, help="the pace at which the model answers")
    parser.add_argument("--who", default="", help="only the contenders whose names begin so")
    parser.add_argument("--memory", type=Path, help="a file that keeps the model's answers for the next run")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    if not options.llama:
        parser.exit(0, "NOT MEASURED: typing traces need a llama-server (CODESTRAL_TEST_LLAMA_URL).\n")
    profile = next(profile for profile in PROFILES if profile.name == options.profile)
    bench, results = Bench(options.llama, profile, options.memory), dict[str, Any]()
    for kind, jumps in (("with jumps and edits below", True), ("pure appends", False)):
        keys = options.keys if jumps else options.keys // 4
        session = retyping(options.root, seed=options.seed, keys=keys, jumps=jumps)
        name = f"{kind} ({session.name}, {len(session.jobs)} places, {profile.name} pace)"
        results[name] = {}
        for contender, figures in bench.measure(session, seed=options.seed, who=options.who):
            results[name][contender] = figures
            print(f"  played: {contender}, {figures['requests per 100 keys']} requests per 100 keys", flush=True)
        print(f"\n{name}\n{table(results[name])}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
