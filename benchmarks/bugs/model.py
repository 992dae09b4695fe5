"""Asks a real model about all cases and their clean twins, and keeps its answers: a line each.

CODESTRAL_TEST_LLAMA_URL names a llama-server with a chat model. It goes on where it stopped; what the answers come to
says benchmarks/bugs/figures.py.

    python -m benchmarks.bugs.model ANSWERS.jsonl [--most N] [--seconds S]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.bugs.cases import Case, cases
from benchmarks.bugs.desk import Desk
from codestral_lsp.actions.find_bug import Evidence
from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.llamacpp import LlamacppBackend
from codestral_lsp.config.settings import LlamacppSettings


async def ask(out: Path, url: str, most: int, seconds: float) -> None:
    """Ask about every version of every case that `out` does not have yet."""
    done = {(row["case"], row["version"]) for row in _rows(out)}
    backend = LlamacppBackend(LlamacppSettings(url=url), Keys({}), local_only=False)
    end = time.monotonic() + seconds
    with out.open("a", encoding="utf-8") as file:
        for case in _spread(cases()):
            for version, code in (("buggy", case.buggy), ("clean", case.clean)):
                if (case.id, version) in done or most <= 0 or time.monotonic() > end:
                    continue
                most -= 1
                row = {"case": case.id, "version": version, **await _one(backend, case, code)}
                file.write(json.dumps(row) + "\n")
                file.flush()
                print(f"{case.id} {version}: {row['shown']} shown, {len(row['confirmed'])} confirmed", flush=True)
    await backend.aclose()


def _spread(known: Sequence[Case]) -> list[Case]:
    """The cases of all languages in turn, so that a run that is cut short has seen some of each."""
    seen: Counter[str] = Counter()
    turns: list[tuple[int, Case]] = []
    for case in known:
        turns.append((seen[case.language], case))
        seen[case.language] += 1
    return [case for _, case in sorted(turns, key=lambda turn: turn[0])]


async def _one(backend: LlamacppBackend, case: Case, code: str) -> dict[str, Any]:
    desk = await Desk(backend).begin()
    target = await desk.target(case, code, min(case.first, len(code.splitlines()) - 1))
    plain = await desk.hunt(target, Evidence())
    # The first question is answered from memory here; only the second looks are new.
    sure = await desk.hunt(target, Evidence(), confirm=True)
    desk.syntax.close()
    assert plain.said is not None
    return {
        "answer": plain.said.text,
        "shown": len(plain.findings),
        "confirmed": [finding.why for finding in sure.findings],
        "first_ms": round(plain.said.first_text_ms or 0),
        "ms": round(plain.said.total_ms),
        "confirm_ms": round(sum(said.total_ms for said in sure.confirmations)),
        "tokens": plain.said.prompt_tokens,
        "model": plain.said.model,
    }


def _rows(out: Path) -> Iterable[Any]:
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()] if out.is_file() else []


def main() -> int:
    """Ask."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--most", type=int, default=1000, help="questions to ask now")
    parser.add_argument("--seconds", type=float, default=1e9, help="no question is begun after this time")
    options = parser.parse_args()
    url = os.environ.get("CODESTRAL_TEST_LLAMA_URL")
    if not url:
        print("NOT RUN: no real model; set CODESTRAL_TEST_LLAMA_URL to a llama-server", file=sys.stderr)
        return 1
    asyncio.run(ask(options.out, url, options.most, options.seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
