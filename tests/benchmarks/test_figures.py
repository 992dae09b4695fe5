"""What a model's kept answers come to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.bugs import figures
from benchmarks.bugs.cases import Case, cases


def row(case: Case, version: str, quote: str, fix: str, confirmed: bool) -> dict[str, Any]:
    why = f"This line of {case.name} is wrong."
    claim = {"quote": quote, "line": case.first + 1, "kind": "logic", "why": why, "input": "", "fix": fix}
    answer = json.dumps({"findings": [{**claim, "confidence": 0.9}]})
    return {
        "case": case.id,
        "version": version,
        "answer": answer,
        "confirmed": [why] if confirmed else [],
        "model": "scripted",
    }


def test_the_right_and_the_wrong_are_counted_and_the_fixes_are_run(tmp_path: Path) -> None:
    case = next(case for case in cases() if case.language == "python" and case.test and "\n" not in case.quote)
    clean = case.clean.splitlines()[case.first]
    answers = tmp_path / "answers.jsonl"
    rows = [
        row(case, "buggy", case.quote, case.fix, confirmed=True),
        row(case, "clean", clean, f"{clean}  # the same", confirmed=False),
    ]
    answers.write_text("".join(json.dumps(each) + "\n" for each in rows), "utf-8")
    (parts,) = figures.report(figures.judge_all(answers)).values()
    assert set(parts) == {"all languages", "python"}
    whole = parts["all languages"]
    assert (whole["functions with a bug"], whole["clean twins"]) == (1, 1)
    right = {"on a guilty line": 1, "recall, %": 100.0}
    assert whole["as claimed"] == right | {"shown": 2, "precision, %": 50.0, "false findings per clean twin": 1.0}
    surely = right | {"shown": 1, "precision, %": 100.0, "false findings per clean twin": 0.0}
    assert whole["checked"] == surely | {"fixes that could be run": 1, "fixes that cure": 1}
    assert whole["checked and confirmed"] == surely
    assert whole["removed"] == {"the fix is unsound: the fix changes nothing": 1}
