"""Small programs typed in: how many characters are kept for each key, and how many suggestions were wrong.

The bodies of HumanEval's functions are typed below their docstrings; a suggestion is taken when all of it is what
comes. Ours, the plain way to ask the same model, and the embedded engine with no model, at the pace of a GPU.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
from collections.abc import Sequence
from pathlib import Path

from benchmarks.commits import EMBEDDED, PLAIN, Bench
from benchmarks.desk import as_row, merged
from benchmarks.humaneval import holes
from benchmarks.model import PROFILES, Memory
from benchmarks.report import table
from benchmarks.sessions import Session
from benchmarks.traces import OURS, Played
from benchmarks.typist import Job

PROFILE = next(profile for profile in PROFILES if profile.name == "GPU")
KIND = "single-line"


def sessions(folder: Path, count: int) -> list[Session]:
    """So many different programs."""
    found: dict[str, Session] = {}
    for hole in holes(folder, KIND, 100 * count):
        name = hole.id.split("/")[-2]
        if name not in found and len(found) < count:
            program = hole.filled(hole.truth)
            start = _body(program)
            lines = program.splitlines(keepends=True)
            file = f"program_{name}.py"
            files = {file: "".join(lines[:start]) + "\n"}
            found[name] = Session(name, files, files, (Job(file, start, 0, "".join(lines[start:]).strip("\n")),))
    return list(found.values())


def _body(program: str) -> int:
    """The line behind the docstring of a program's last function."""
    function = [node for node in ast.parse(program).body if isinstance(node, ast.FunctionDef)][-1]
    return function.body[0].end_lineno or 0


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("CODESTRAL_TEST_FIM_DIR"))
    parser.add_argument("--llama", default=os.environ.get("CODESTRAL_TEST_LLAMA_URL"), help="a llama-server's address")
    parser.add_argument("--memory", type=Path, help="a file that keeps the model's answers for the next run")
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    if not options.llama or not options.data:
        what = "a llama-server (CODESTRAL_TEST_LLAMA_URL) and HumanEval infilling's files (CODESTRAL_TEST_FIM_DIR)"
        parser.exit(0, f"NOT MEASURED: programs need {what}.\n")
    bench = Bench(options.llama, Memory(options.memory), {})
    played: dict[str, list[Played]] = {OURS: [], PLAIN: [], EMBEDDED: []}
    for number, session in enumerate(sessions(options.data, options.count)):
        for who, so_far in played.items():
            so_far.append(bench.play(who, session, PROFILE, number))
        saved = " / ".join(str(so_far[-1].tally.keys_saved) for so_far in played.values())
        print(f"  program {session.name}: {saved} keys saved", flush=True)
    bench.close()
    rows = {who: as_row(merged([each.tally for each in so_far])) for who, so_far in played.items()}
    print(f"\n{options.count} programs typed, {bench.model}, {PROFILE.name} pace\n{table(rows)}")
    if options.json:
        options.json.write_text(json.dumps({f"{options.count} programs, {bench.model}": rows}, indent=1))


if __name__ == "__main__":
    main()
