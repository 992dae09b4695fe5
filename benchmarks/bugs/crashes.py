"""Tracebacks of cases that crash, as their language prints them: is the guilty line found, without a model?"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from benchmarks.bugs.cases import Case, cases
from benchmarks.bugs.desk import Desk, blamed
from benchmarks.bugs.toolchains import file_name, run, runnable
from codestral_lsp.actions.find_bug import Evidence
from codestral_lsp.actions.tracebacks import by_blame, file_finder, read_trace, resolve

_FOLDER = Path("/bugs")


async def measure() -> dict[str, Any]:
    """How many guilty lines the tracebacks lead to."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    missed = []
    for case in cases():
        if not case.crash:
            continue
        if not runnable(case.language):
            print(f"NOT RUN: {case.id} (no tools for {case.language})", file=sys.stderr)
            continue
        found[case.language]["crashes"] += 1
        if await _finds(case, run(case, case.buggy, case.crash).output):
            found[case.language]["found"] += 1
        else:
            missed.append(case.id)
    crashes, right = (sum(count[name] for count in found.values()) for name in ("crashes", "found"))
    by_language = {language: f"{count['found']} of {count['crashes']}" for language, count in found.items()}
    return {"crashes": crashes, "found": right, "share": round(right / crashes, 3), **by_language, "missed": missed}


async def _finds(case: Case, output: str) -> bool:
    """Whether the finding made of a traceback is about the line that is to blame."""
    trace = read_trace(output)
    path = _FOLDER / file_name(case)
    # The case ran elsewhere, under the same name: as a traceback from another machine.
    lines = case.buggy.splitlines()
    frames = resolve(trace, file_finder([_FOLDER], [path], {path}.__contains__))
    mine = [frame for frame in frames if frame.frame.line < len(lines)]
    line = next((each.frame.line for each in by_blame(mine, lambda path, line: lines[line])), None)
    if line is None:
        return False
    desk = await Desk(None).begin()
    target = await desk.target(case, case.buggy, line)
    hunt = await desk.hunt(target, Evidence(output, line, trace.error))
    desk.syntax.close()
    return any(blamed(finding, target, sorted(case.guilty)) for finding in hunt.findings)


def main() -> int:
    """Print the figures."""
    figures = asyncio.run(measure())
    print(json.dumps(figures, indent=2))
    return 0 if figures["share"] >= 0.9 else 1


if __name__ == "__main__":
    sys.exit(main())
