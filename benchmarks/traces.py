"""Typing traces: what a keystroke costs.

Parts of real files are typed again, key by key, in virtual time; the model is a real one behind llama-server, which
tells by its own timings what it newly had to read. Beside ours: a fixed debounce of 250 ms without a cache, in front
of the same model, and llama.vim's way to ask. In Codestral's layout, whatever the model, to measure the reading; and
in the model's own, to count the suggestions. Where there is no real model, a made-up one answers, and the tables say
so.
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
from itertools import product
from pathlib import Path
from statistics import mean, median
from typing import Any

from benchmarks.completers import PlainCompleter, ServerCompleter
from benchmarks.desk import Desk, Tally, as_row
from benchmarks.llama_vim import LlamaVimCompleter
from benchmarks.made_up import MADE_UP, MadeUp
from benchmarks.model import PROFILES, Absent, Aside, Memory, PacedModel, Profile
from benchmarks.report import table
from benchmarks.sessions import EDITS_BELOW, Session, retyping
from benchmarks.typist import Typist
from codestral_lsp.backends.base import Backend
from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.llamacpp import LlamacppBackend
from codestral_lsp.config.paths import UserPaths
from codestral_lsp.config.settings import LlamacppSettings
from codestral_lsp.prompt.families import CODESTRAL, Family, detect
from codestral_lsp.server.app import App
from tests.virtual_time import run

BASELINE_DEBOUNCE_S = 0.25
WINDOW_TOKENS = 1500
"""The size of the baseline's window."""
OURS, LLAMA_VIM = "ours", "llama.vim's way to ask"
CODESTRALS, AS_TRAINED = LAYOUTS = ("codestral's", "as trained")
SOURCES = ("model", "running", "cache", "disk", "instant", "embedded")


@dataclass
class Played:
    """What came of a session, how often the model was asked, and where the suggestions of our server came from."""

    tally: Tally
    requests: int = 0
    sources: dict[str, int] = field(default_factory=dict)

    @property
    def row(self) -> dict[str, Any]:
        """All that as figures."""
        asked = {"requests per 100 keys": round(100 * self.requests / max(1, self.tally.keys), 1)}
        return {**as_row(self.tally), **asked, **self._by_source()}

    def _by_source(self) -> dict[str, Any]:
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
    app.context.in_time_s = 60.0  # what is found must not depend on how busy the machine is
    completer = ServerCompleter(app, root, {"backend": "llamacpp", **settings})
    await completer.begin()
    tally = await Desk(session, completer, Typist(seed), accepts=accepts).play()
    shown = [trace for trace in app.traces if trace.outcome == "shown"]
    await completer.end()
    return Played(
        tally, len(model.asked), {source: sum(trace.source == source for trace in shown) for source in SOURCES}
    )


async def play_plain(
    session: Session, model: PacedModel, family: Family, *, debounce_s: float, accepts: bool, seed: int
) -> Played:
    """Play a session with the plain way to do it."""
    completer = PlainCompleter(model, family, debounce_s, tokens=WINDOW_TOKENS)
    tally = await Desk(session, completer, Typist(seed), accepts=accepts).play()
    completer.close()
    return Played(tally, len(model.asked))


async def play_llama_vim(session: Session, model: PacedModel, *, seed: int) -> Played:
    """Play a session as llama.vim would ask."""
    completer = LlamaVimCompleter(model)
    tally = await Desk(session, completer, Typist(seed), accepts=False).play()
    await completer.end()
    return Played(tally, len(model.asked))


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
        "of these not for a waiting user": sum(asked.kind != "typing" for asked in model.asked),
        "newly read tokens a request, median": round(median(evaluated), 1) if evaluated else None,
        "newly read tokens a request, mean": round(mean(evaluated), 1) if evaluated else None,
        "prompt tokens a request, mean": round(mean(sizes), 1) if sizes else None,
        "newly read tokens per 100 keys": round(100 * sum(evaluated) / keys),
        "newly read characters per 100 keys": round(100 * sum(asked.new_characters for asked in model.asked) / keys),
        "cut off before they told": len(model.asked) - len(evaluated),
    }


class Bench:
    """Plays sessions with one model, in one layout."""

    def __init__(self, url: str | None, profile: Profile, layout: str, memory: Memory) -> None:
        """With a `url`, the server there answers, and tells what it newly read; without, a made-up model does. Asked as
        trained, it is asked only what is not in the memory, and without a `url` that is played alone: how much it read
        is an estimate then, and the suggestions are its own."""
        self._url = url
        self._profile = profile
        self._layout = layout
        self._memory = memory if layout == AS_TRAINED else Memory(None)
        self.is_real = bool(url or self._memory.model())

    def measure(self, session: Session, *, seed: int, who: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
        """One session with each contender in turn, or those whose names begin with `who`: its name and its figures."""
        fixed = BASELINE_DEBOUNCE_S
        plays: dict[str, Callable[[PacedModel], Coroutine[Any, Any, Played]]] = {
            OURS: lambda model: self._ours(session, model, seed),
            f"fixed {fixed * 1000:.0f} ms, no cache": lambda model: self._plain(session, model, seed),
            LLAMA_VIM: lambda model: play_llama_vim(session, model, seed=seed),
        }
        for name, play in plays.items():
            if name.startswith(who):
                yield name, self._play(session, play, moves_blocks=name == LLAMA_VIM)

    async def _ours(self, session: Session, model: PacedModel, seed: int) -> Played:
        fim = CODESTRAL.name if self._layout == CODESTRALS else "auto"
        settings = {"llamacpp": {"fim": fim}, "cache": {"enabled": False}}
        with tempfile.TemporaryDirectory() as folder:
            return await play_ours(session, model, Path(folder), accepts=False, seed=seed, settings=settings)

    async def _plain(self, session: Session, model: PacedModel, seed: int) -> Played:
        family = CODESTRAL if self._layout == CODESTRALS else detect(await model.describe())
        assert family, "the model is of no known family"
        return await play_plain(session, model, family, debounce_s=BASELINE_DEBOUNCE_S, accepts=False, seed=seed)

    def _play(
        self, session: Session, play: Callable[[PacedModel], Coroutine[Any, Any, Played]], *, moves_blocks: bool
    ) -> dict[str, Any]:
        aside = Aside()
        memory: Memory | None = self._memory
        real: Backend = MadeUp(session)
        if self._url:
            real = LlamacppBackend(LlamacppSettings(url=self._url), Keys({}), local_only=True)
            self._memory.keep_model(asyncio.run_coroutine_threadsafe(real.describe(), aside.loop).result())
            memory = self._memory if self._layout == AS_TRAINED else None
        elif info := self._memory.model():
            real = Absent(info)
        model = PacedModel(real, aside, self._profile, memory=memory, moves_blocks=moves_blocks)
        played = run(play(model))
        asyncio.run_coroutine_threadsafe(real.aclose(), aside.loop).result()
        aside.close()
        return {**played.row, **reading(model, played.tally.keys)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--llama", default=os.environ.get("CODESTRAL_TEST_LLAMA_URL"), help="a llama-server's address")
    parser.add_argument("--root", type=Path, default=Path(sysconfig.get_paths()["stdlib"]) / "asyncio")
    parser.add_argument("--keys", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profile", default=PROFILES[0].name, help="the pace at which the model answers")
    parser.add_argument("--layouts", nargs="*", choices=LAYOUTS, default=LAYOUTS, help="how the model is asked")
    parser.add_argument("--edits-below", type=int, default=EDITS_BELOW, help="fewer make for a shorter session")
    parser.add_argument("--who", default="", help="only the contenders whose names begin so")
    parser.add_argument("--memory", type=Path, help="a file that keeps the model's answers, asked as trained")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    profile = next(profile for profile in PROFILES if profile.name == options.profile)
    results, memory, seed = dict[str, Any](), Memory(options.memory), options.seed
    for layout, jumps in product(options.layouts, (True, False)):
        bench = Bench(options.llama, profile, layout, memory)
        keys = options.keys if jumps else options.keys // 4
        session = retyping(options.root, seed=seed, keys=keys, jumps=jumps, edits_below=options.edits_below)
        kind = "with jumps and edits below" if jumps else "pure appends"
        name = f"{kind} ({session.name}, {len(session.jobs)} places, {profile.name} pace)"
        name = name if layout == CODESTRALS else f"{AS_TRAINED}: {name}"
        name = name if bench.is_real else f"{MADE_UP}: {name}"
        results[name] = {}
        for contender, figures in bench.measure(session, seed=seed, who=options.who):
            results[name][contender] = figures
            print(f"  played: {contender}\n{table({contender: figures})}", flush=True)
        print(f"\n{name}\n{table(results[name])}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
