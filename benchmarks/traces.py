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
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any

from benchmarks.completers import PlainCompleter, ServerCompleter
from benchmarks.desk import Desk, as_row
from benchmarks.model import PROFILES, Aside, PacedModel, Profile
from benchmarks.report import table
from benchmarks.sessions import Session, retyping
from benchmarks.typist import Typist
from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.llamacpp import LlamacppBackend
from codestral_lsp.config.paths import UserPaths
from codestral_lsp.config.settings import LlamacppSettings
from codestral_lsp.prompt.families import CODESTRAL
from codestral_lsp.server.app import App
from tests.virtual_time import run

BASELINE_DEBOUNCE_S = 0.25
BASELINE_TOKENS = 1500


def paths_in(folder: Path) -> UserPaths:
    """Folders of their own: no settings, caches or indexes of the user's."""
    return UserPaths(folder / "config.toml", folder / "cache", folder / "state")


async def play_ours(
    session: Session, model: PacedModel, folder: Path, *, accepts: bool, seed: int, settings: dict[str, Any]
) -> dict[str, Any]:
    """Play a session with our server; its figures."""
    root = folder / "workspace"
    write(session, root)
    app = App(paths_in(folder), {}, backend=lambda name, settings: model)
    completer = ServerCompleter(app, root, {"backend": "llamacpp", **settings})
    await completer.begin()
    tally = await Desk(session, completer, Typist(seed), accepts=accepts).play()
    traces = [trace for trace in app.traces if trace.trigger != "warm-up"]
    shown = [trace for trace in traces if trace.outcome == "shown"]
    await completer.end()
    sources = {source: sum(trace.source == source for trace in shown) for source in {trace.source for trace in shown}}
    return {**as_row(tally), "sources": sources, "tally": tally}


async def play_plain(
    session: Session, model: PacedModel, *, debounce_s: float, accepts: bool, seed: int
) -> dict[str, Any]:
    """Play a session with the plain way to do it; its figures."""
    completer = PlainCompleter(model, CODESTRAL, debounce_s, tokens=BASELINE_TOKENS)
    tally = await Desk(session, completer, Typist(seed), accepts=accepts).play()
    completer.close()
    return {**as_row(tally), "tally": tally}


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
        "of these warm-ups": sum(asked.kind == "warm-up" for asked in model.asked),
        "newly read tokens, median": round(median(evaluated), 1) if evaluated else None,
        "newly read tokens, mean": round(mean(evaluated), 1) if evaluated else None,
        "prompt tokens, mean": round(mean(sizes), 1) if sizes else None,
        "newly read tokens per 100 keys": round(100 * sum(evaluated) / keys),
        "cut off before they told": len(model.asked) - len(evaluated),
    }


def measure(session: Session, url: str, profile: Profile, *, seed: int) -> dict[str, dict[str, Any]]:
    """One session, ours and the fixed debounce, against the server at `url`."""
    results = {}
    for name in ("ours", "fixed 250 ms, no cache"):
        aside = Aside()
        real = LlamacppBackend(LlamacppSettings(url=url), Keys({}), local_only=True)
        model = PacedModel(real, aside, profile)
        with tempfile.TemporaryDirectory() as folder:
            if name == "ours":
                settings = {"llamacpp": {"fim": "codestral"}, "cache": {"enabled": False}}
                row = run(play_ours(session, model, Path(folder), accepts=False, seed=seed, settings=settings))
            else:
                row = run(play_plain(session, model, debounce_s=BASELINE_DEBOUNCE_S, accepts=False, seed=seed))
        tally = row.pop("tally")
        results[name] = {**row, **reading(model, tally.keys)}
        asyncio.run_coroutine_threadsafe(real.aclose(), aside.loop).result()
        aside.close()
    return results


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--llama", default=os.environ.get("CODESTRAL_TEST_LLAMA_URL"), help="a llama-server's address")
    parser.add_argument("--root", type=Path, default=Path(sysconfig.get_paths()["stdlib"]) / "asyncio")
    parser.add_argument("--keys", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    if not options.llama:
        parser.exit(0, "NOT MEASURED: typing traces need a llama-server (CODESTRAL_TEST_LLAMA_URL).\n")
    results: dict[str, Any] = {}
    for kind, jumps in (("with jumps and edits below", True), ("pure appends", False)):
        session = retyping(
            options.root, seed=options.seed, keys=options.keys if jumps else options.keys // 4, jumps=jumps
        )
        results[kind] = measure(session, options.llama, PROFILES[0], seed=options.seed)
        print(f"\n{kind}: {session.name}, {len(session.jobs)} places, {PROFILES[0].name} pace")
        print(table(results[kind]))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
