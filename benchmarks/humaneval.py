"""HumanEval infilling: holes in small programs, and whether what fills them makes the programs work.

Data: OpenAI's human-eval-infilling (MIT), found by CODESTRAL_TEST_FIM_DIR. A line task is posed as an editor poses it:
the indentation of the hole's first line stands before the cursor already, and a line end after it. A random span is
posed as it is, in the middle of words.
"""

from __future__ import annotations

import gzip
import json
import random
import resource
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KINDS = {"single-line": "SingleLine", "multi-line": "MultiLine", "random-span": "RandomSpan"}
SEED = 5
CPU_S = 6
"""Processor time that a program gets. The clock's time says more of what else the machine does."""
TIMEOUT_S = 120.0
_MEMORY = 1 << 30


@dataclass(frozen=True, slots=True)
class Hole:
    """A program with a hole: the cursor stands between `prefix` and `suffix`."""

    id: str
    kind: str
    prefix: str
    suffix: str
    truth: str
    check: str
    """Code behind the program that raises if it does not work."""

    def filled(self, answer: str) -> str:
        """The program with this in the hole."""
        return self.prefix + answer + self.suffix

    def cut_by_oracle(self, answer: str) -> str:
        """As much of an answer as the truth has: lines, or characters where the hole is a random span."""
        if self.kind == "random-span":
            return answer[: len(self.truth)]
        return "\n".join(answer.split("\n")[: self.truth.count("\n") + 1])


def holes(folder: Path, kind: str, count: int) -> list[Hole]:
    """So many holes of a kind, always the same ones."""
    with gzip.open(folder / f"{KINDS[kind]}Infilling.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = {row["task_id"]: row for row in map(json.loads, file)}
    ids = sorted(rows)
    random.Random(SEED).shuffle(ids)
    return [_hole(rows[id], kind) for id in sorted(ids[:count])]


def _hole(row: dict[str, Any], kind: str) -> Hole:
    prefix, truth, suffix = row["prompt"], row["canonical_solution"], row["suffix"]
    if kind != "random-span":
        body = truth.lstrip(" \t")
        prefix += truth[: len(truth) - len(body)]
        truth = body.removesuffix("\n")
        suffix = body[len(truth) :] + suffix
    return Hole(row["task_id"], kind, prefix, suffix, truth, f"\n{row['test']}\ncheck({row['entry_point']})\n")


class Judge:
    """Runs programs, each in a process of its own; the same program is run once."""

    def __init__(self) -> None:
        self._verdicts: dict[str, bool] = {}

    def passes(self, holes: list[Hole], programs: list[str]) -> list[bool]:
        """Which of the programs, one for each hole, stand the hole's test."""
        programs = [program + hole.check for hole, program in zip(holes, programs, strict=True)]
        new = [program for program in dict.fromkeys(programs) if program not in self._verdicts]
        with ThreadPoolExecutor(2) as pool:
            self._verdicts.update(zip(new, pool.map(_ends_well, new), strict=True))
        return [self._verdicts[program] for program in programs]


def _ends_well(program: str) -> bool:
    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))

    try:
        ended = subprocess.run(
            [sys.executable, "-I", "-S", "-"],
            input=program.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=TIMEOUT_S,
            preexec_fn=limits,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0
