"""What a model's kept answers come to: what is shown of them by the checks as they are now, and what that is worth.

    python -m benchmarks.bugs.figures ANSWERS.jsonl [--json]

For each model, all in all and by language: the claims as they come, those that pass the checks, and of these the ones
that the model confirmed when it was asked again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.bugs.cases import Case, cases
from benchmarks.bugs.desk import Desk, ScriptedBackend, cured, lines_of
from benchmarks.bugs.toolchains import run, runnable
from benchmarks.report import markdown
from codestral_lsp.actions.find_bug import Evidence
from codestral_lsp.actions.finding import read_claims
from codestral_lsp.actions.json_reply import read_json


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim, by the lines (of the whole text, from 0) that it is about."""

    lines: frozenset[int]
    is_confirmed: bool = False
    cured: str | None = None
    """The text with its fix."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one answer."""

    case: Case
    model: str
    is_buggy: bool
    """Whether the model was shown the version with the bug, and not its clean twin."""
    claimed: tuple[Claimed, ...]
    """As the model claims, unchecked."""
    shown: tuple[Claimed, ...]
    removed: Counter[str]

    def is_right(self, claim: Claimed) -> bool:
        """Whether a claim is about a line that is to blame."""
        return self.is_buggy and bool(self.case.guilty & claim.lines)


async def judge(row: dict[str, Any], known: dict[str, Case]) -> Judged:
    """Have the checks look at a kept answer."""
    case, is_buggy = known[row["case"]], row["version"] == "buggy"
    code = case.buggy if is_buggy else case.clean
    desk = await Desk(ScriptedBackend(lambda request: str(row["answer"]))).begin()
    target = await desk.target(case, code, min(case.first, len(code.splitlines()) - 1))
    hunt = await desk.hunt(target, Evidence())
    desk.syntax.close()
    claims, _ = read_claims(read_json(row["answer"]))
    return Judged(
        case,
        row["model"],
        is_buggy,
        tuple(Claimed(frozenset({claim.line + target.first - 1} if claim.line else ())) for claim in claims),
        tuple(
            Claimed(frozenset(lines_of(each, target)), each.why in row["confirmed"], cured(each, target))
            for each in hunt.findings
        ),
        Counter(hunt.removed),
    )


def judge_all(answers: Path) -> list[Judged]:
    """All answers of a file."""
    known = {case.id: case for case in cases()}
    rows = [json.loads(line) for line in answers.read_text("utf-8").splitlines()]

    async def judged() -> list[Judged]:
        return [await judge(row, known) for row in rows]

    return asyncio.run(judged())


def report(judged: Sequence[Judged]) -> dict[str, Any]:
    """The figures by model, then by language."""
    return {
        model: {
            "all languages": _figures(own),
            **{
                language: _figures([each for each in own if each.case.language == language])
                for language in dict.fromkeys(each.case.language for each in own)
            },
        }
        for model in dict.fromkeys(each.model for each in judged)
        if (own := [each for each in judged if each.model == model])
    }


def stages(judged: Sequence[Judged]) -> dict[str, dict[str, Any]]:
    """What is right and wrong of the claims as they come, checked, and confirmed too."""
    return {
        "as claimed": _worth(judged, lambda each: each.claimed),
        "checked": _worth(judged, lambda each: each.shown) | _fixes(judged),
        "checked and confirmed": _worth(judged, lambda each: [one for one in each.shown if one.is_confirmed]),
    }


def by_language(parts: dict[str, Any]) -> dict[str, Any]:
    """A model's report with one short column a language."""
    return {language: _in_short(part) for language, part in parts.items()}


def _figures(judged: Sequence[Judged]) -> dict[str, Any]:
    removed: Counter[str] = Counter()
    for each in judged:
        removed.update(each.removed)
    buggy = sum(each.is_buggy for each in judged)
    return {
        "functions with a bug": buggy,
        "clean twins": len(judged) - buggy,
        **stages(judged),
        "removed": dict(removed.most_common()),
    }


def _worth(judged: Sequence[Judged], claims: Callable[[Judged], Iterable[Claimed]]) -> dict[str, Any]:
    counted = [(each, list(claims(each))) for each in judged]
    buggy = sum(each.is_buggy for each in judged)
    shown = sum(len(own) for _, own in counted)
    right = sum(each.is_right(claim) for each, own in counted for claim in own)
    found = sum(any(map(each.is_right, own)) for each, own in counted)
    false = sum(len(own) for each, own in counted if not each.is_buggy)
    twins = len(judged) - buggy
    return {
        "shown": shown,
        "on a guilty line": right,
        "precision, %": round(100 * right / shown, 1) if shown else None,
        "recall, %": round(100 * found / buggy, 1) if buggy else None,
        "false findings per clean twin": round(false / twins, 2) if twins else None,
    }


def _fixes(judged: Sequence[Judged]) -> dict[str, Any]:
    """The fixes that can be tried, and those with which the case's test passes."""
    tried = [
        run(each.case, claim.cured, each.case.test).passed
        for each in judged
        if each.is_buggy and each.case.test and runnable(each.case.language)
        for claim in each.shown
        if claim.cured
    ]
    return {"fixes that could be run": len(tried), "fixes that cure": sum(tried)}


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("answers", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = report(judge_all(options.answers))
    if options.json:
        print(json.dumps(figures, indent=2))
        return 0
    for model, parts in figures.items():
        whole = parts["all languages"]
        print(f"{model}\n")
        print(markdown({name: whole[name] for name in ("as claimed", "checked", "checked and confirmed")}))
        print(f"\nremoved: {whole['removed']}\n")
        print(markdown(by_language(parts)), "\n")
    return 0


def _in_short(part: dict[str, Any]) -> dict[str, Any]:
    """A language's figures as one column."""
    claimed, checked, confirmed = (part[name] for name in ("as claimed", "checked", "checked and confirmed"))
    return {
        "functions with a bug, clean twins": f"{part['functions with a bug']}, {part['clean twins']}",
        "claims": claimed["shown"],
        "shown after checks": checked["shown"],
        "on a guilty line, claimed": claimed["on a guilty line"],
        "on a guilty line, shown": checked["on a guilty line"],
        "false per clean twin, claimed": claimed["false findings per clean twin"],
        "false per clean twin, checked": checked["false findings per clean twin"],
        "false per clean twin, confirmed": confirmed["false findings per clean twin"],
        "fixes that cure, of those run": f"{checked['fixes that cure']} of {checked['fixes that could be run']}",
    }


if __name__ == "__main__":
    sys.exit(main())
