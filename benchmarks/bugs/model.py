"""A real model on all cases and their clean twins: what it claims, what of it is shown, what its fixes are worth.

CODESTRAL_TEST_LLAMA_URL names a llama-server with a chat model.

    python -m benchmarks.bugs.model OUT.jsonl [--most N]     asks, one line a question; goes on where it stopped
    python -m benchmarks.bugs.model OUT.jsonl --report       the figures
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.bugs.cases import Case, cases
from benchmarks.bugs.desk import Desk, cured, lines_of
from benchmarks.bugs.toolchains import run, runnable
from codestral_lsp.actions.find_bug import Evidence
from codestral_lsp.actions.finding import read_claims
from codestral_lsp.actions.json_reply import read_json
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
                shown = [finding["why"][:60] for finding in row["findings"]]
                print(f"{case.id} {version}: {row['claims']} claims, shown: {shown}", flush=True)
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
    first = min(case.first, len(code.splitlines()) - 1)
    target = await desk.target(case, code, first)
    plain = await desk.hunt(target, Evidence())
    # The first question is answered from memory here; only the second looks are new.
    sure = await desk.hunt(target, Evidence(), confirm=True)
    confirmed = {finding.id for finding in sure.findings}
    assert plain.said is not None
    claims, broken = read_claims(read_json(plain.said.text))
    desk.syntax.close()
    return {
        "claims": len(claims) + broken,
        "claimed_lines": [claim.line + target.first - 1 if claim.line is not None else None for claim in claims],
        "answer": plain.said.text,
        "removed": dict(plain.removed),
        "findings": [
            {
                "why": finding.why,
                "lines": list(lines_of(finding, target)),
                "confidence": finding.confidence,
                "confirmed": finding.id in confirmed,
                "cured": cured(finding, target),
            }
            for finding in plain.findings
        ],
        "first_ms": plain.said.first_text_ms,
        "ms": plain.said.total_ms,
        "confirm_ms": sum(said.total_ms for said in sure.confirmations),
        "tokens": plain.said.prompt_tokens,
        "model": plain.said.model,
    }


def report(out: Path) -> dict[str, Any]:
    """The figures, with and without a second look."""
    rows = {(row["case"], row["version"]): row for row in _rows(out)}
    known = {case.id: case for case in cases()}
    buggy = {name: row for (name, version), row in rows.items() if version == "buggy"}
    clean = {name: row for (name, version), row in rows.items() if version == "clean"}
    claims = sum(row["claims"] for row in rows.values())
    removed: Counter[str] = Counter()
    for row in rows.values():
        removed.update(row["removed"])
    figures: dict[str, Any] = {
        "model": next(iter(rows.values()))["model"] if rows else "",
        "functions with a bug": len(buggy),
        "clean twins": len(clean),
        "claims": claims,
        "removed by verification": dict(removed),
        "unverified": _unverified(buggy, clean, known),
    }
    for name, confirmed in (("verified", False), ("verified and confirmed", True)):
        figures[name] = _verified(buggy, clean, known, confirmed=confirmed)
    return figures


def _unverified(buggy: Mapping[str, Any], clean: Mapping[str, Any], known: Mapping[str, Case]) -> dict[str, Any]:
    """What would be shown without any check: the lines that the model names."""
    right = sum(line in known[name].guilty for name, row in buggy.items() for line in row["claimed_lines"])
    shown = sum(len(row["claimed_lines"]) for rows in (buggy, clean) for row in rows.values())
    hit = sum(any(line in known[name].guilty for line in row["claimed_lines"]) for name, row in buggy.items())
    false = sum(len(row["claimed_lines"]) for row in clean.values())
    return _rates(right, shown, hit, len(buggy), false, len(clean))


def _verified(
    buggy: Mapping[str, Any], clean: Mapping[str, Any], known: Mapping[str, Case], *, confirmed: bool
) -> dict[str, Any]:
    def of(row: Mapping[str, Any]) -> list[Any]:
        return [finding for finding in row["findings"] if finding["confirmed"] or not confirmed]

    right = [
        (known[name], finding)
        for name, row in buggy.items()
        for finding in of(row)
        if known[name].guilty & set(finding["lines"])
    ]
    shown = sum(len(of(row)) for rows in (buggy, clean) for row in rows.values())
    false = sum(len(of(row)) for row in clean.values())
    fixes = [
        (known[name], finding["cured"])
        for name, row in buggy.items()
        for finding in of(row)
        if finding["cured"] and known[name].test and runnable(known[name].language)
    ]
    cures = sum(run(case, code, case.test).passed for case, code in fixes)
    rates = _rates(len(right), shown, len({case.id for case, _ in right}), len(buggy), false, len(clean))
    return {**rates, "fixes that could be run": len(fixes), "fixes that cure": cures}


def _rates(right: int, shown: int, hit: int, bugs: int, false: int, twins: int) -> dict[str, Any]:
    return {
        "shown": shown,
        "on a guilty line": right,
        "precision": round(right / shown, 3) if shown else None,
        "recall": round(hit / bugs, 3) if bugs else None,
        "false findings per clean twin": round(false / twins, 3) if twins else None,
    }


def _rows(out: Path) -> Iterable[Any]:
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()] if out.is_file() else []


def main() -> int:
    """Ask, or report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--most", type=int, default=1000, help="questions to ask now")
    parser.add_argument("--seconds", type=float, default=1e9, help="no question is begun after this time")
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    if options.report:
        print(json.dumps(report(options.out), indent=2))
        return 0
    url = os.environ.get("CODESTRAL_TEST_LLAMA_URL")
    if not url:
        print("NOT RUN: no real model; set CODESTRAL_TEST_LLAMA_URL to a llama-server", file=sys.stderr)
        return 1
    asyncio.run(ask(options.out, url, options.most, options.seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
