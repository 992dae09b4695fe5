"""A scripted model that claims one right thing and four wrong ones about each function: what is shown of each."""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

from benchmarks.bugs.cases import Case, cases
from benchmarks.bugs.desk import Desk, ScriptedBackend
from codestral_lsp.actions.checking import Known
from codestral_lsp.actions.find_bug import Evidence
from codestral_lsp.backends.base import ChatRequest
from codestral_lsp.document.position import Position, Range

MOST = 60
_HELPER = {
    "python": "\n\ndef helper(given):\n    result = given * 2\n    return result\n",
    "javascript": "\nfunction helper(given) {\n  const result = given * 2;\n  return result;\n}\n",
    "typescript": "\nfunction helper(given: number): number {\n  const result = given * 2;\n  return result;\n}\n",
    "go": "\nfunc helper(given int) int {\n\tresult := given * 2\n\treturn result\n}\n",
    "rust": "\nfn helper(given: i64) -> i64 {\n    let result = given * 2;\n    result\n}\n",
    "java": "\nclass Helper {\n    int helper(int given) {\n        int result = given * 2;\n"
    "        return result;\n    }\n}\n",
}
"""Another function in the file, about which the model was not asked."""


def main() -> int:
    """Print what was shown of the right and the wrong claims."""
    figures = asyncio.run(measure())
    print(json.dumps(figures, indent=2))
    print(json.dumps(asyncio.run(untruths())))
    return 0 if figures["right kept"] >= 0.95 and figures["wrong shown"] <= 0.05 else 1


async def measure(seed: int = 1) -> dict[str, Any]:
    """Figures for the first 60 cases; the seed chooses the wrong claims."""
    chance = random.Random(seed)
    shown: Counter[str] = Counter()
    claimed: Counter[str] = Counter()
    removed: Counter[str] = Counter()
    for case in cases()[:MOST]:
        code = case.buggy + _HELPER[case.language]
        script = _Script(case, code, chance)
        desk = await Desk(ScriptedBackend(script.says)).begin()
        target = await desk.target(case, code, case.first)
        script.write(target.first, target.stop)
        hunt = await desk.hunt(target, Evidence(known=script.known))
        removed.update(hunt.removed)
        claimed.update(script.kinds.values())
        for finding in hunt.findings:
            shown[script.kinds[finding.why]] += 1
        desk.syntax.close()
    wrong = sum(count for kind, count in claimed.items() if kind != "right")
    wrong_shown = sum(count for kind, count in shown.items() if kind != "right")
    return {
        "claims": dict(claimed),
        "shown": dict(shown),
        "right kept": shown["right"] / claimed["right"],
        "wrong shown": wrong_shown / wrong,
        "removed": dict(removed),
    }


async def untruths(seed: int = 1) -> dict[str, Any]:
    """False claims about clean code that no check can tell from true ones: how many are shown.

    Each quotes a line that is there and offers to change an operator, a number or a name in it.
    """
    chance = random.Random(seed)
    claimed = shown = 0
    for case in cases()[:MOST]:
        lines = case.clean.splitlines()
        spoilt = [(at, new) for at, line in enumerate(lines) if (new := _spoilt(line)) != line and at >= case.first - 3]
        if not spoilt:
            continue
        at, new = chance.choice(spoilt)
        backend = ScriptedBackend(lambda request: "")
        desk = await Desk(backend).begin()
        target = await desk.target(case, case.clean, at)
        claim = {"quote": lines[at], "line": at - target.first + 1, "kind": "logic", "input": "", "confidence": 0.8}
        answer = json.dumps({"findings": [{**claim, "why": f"This line of {case.name} is wrong.", "fix": new}]})
        backend.says = lambda request, answer=answer: answer  # type: ignore[misc]
        hunt = await desk.hunt(target, Evidence())
        claimed += 1
        shown += len(hunt.findings)
        desk.syntax.close()
    return {"untruths": claimed, "shown": shown, "share": round(shown / claimed, 3)}


def _spoilt(line: str) -> str:
    """A line of code made wrong in a way that compiles; the line itself if there is nothing to spoil."""
    if re.match(r"\s*(?:\"\"\"|#|//|import|from|package|use|def |class |pub fn|func |function |static )", line):
        return line
    for old, new in ((" <= ", " < "), (" < ", " <= "), (" == ", " != "), (" + ", " - "), ("[0]", "[1]"), (" 1", " 2")):
        if old in line:
            return line.replace(old, new, 1)
    return line


class _Script:
    """What the model says of one case. Every claim has a `why` of its own, by which it is known again."""

    def __init__(self, case: Case, code: str, chance: random.Random) -> None:
        self._case = case
        self._lines = code.splitlines()
        self._chance = chance
        self.kinds: dict[str, str] = {}
        self.known: list[Known] = []
        self.answer = ""

    def says(self, request: ChatRequest) -> str:
        """The answer, whatever is asked."""
        return self.answer

    def write(self, first: int, stop: int) -> None:
        """Make up the claims about the function that stands in these lines."""
        case, chance = self._case, self._chance
        others = [line for line in range(first + 1, stop - 1) if not case.first <= line < case.stop]
        others = [line for line in others if re.search(r"\w", self._lines[line]) and not self._is_prose(line)]
        other = chance.choice(others) if others else case.first
        offset = chance.choice((0, 0, 1, -1, 3))
        right = self._claim("right", case.quote, case.first - first + offset, case.fix, confidence=0.9)
        claims = [
            right,
            self._misquoted(other, first),
            self._duplicate(other, first, has_other=bool(others)),
            self._unparsable(other, first),
            self._out_of_place(first),
        ]
        chance.shuffle(claims)
        self.answer = self._written({"findings": claims})

    def _claim(
        self, kind: str, quote: Any, line: int, fix: Any, *, why: str = "", confidence: float | None = None
    ) -> dict[str, Any]:
        why = why or f"{kind} claim number {len(self.kinds)} about {self._case.name}: {quote}"[:300]
        why = " ".join(why.split())
        self.kinds[why] = kind
        return {
            "quote": quote,
            "line": line + 1,
            "kind": self._case.kind,
            "why": why,
            "input": "see above",
            "fix": fix,
            "confidence": round(self._chance.uniform(0.2, 0.85), 2) if confidence is None else confidence,
        }

    def _misquoted(self, line: int, first: int) -> dict[str, Any]:
        text = self._lines[line].strip()
        words = re.findall(r"[A-Za-z_]{2,}", text) or [text]
        word = self._chance.choice(words)
        wrong = re.sub(rf"\b{re.escape(word)}\b", f"{word}_{self._chance.choice('abc')}", text, count=1)
        return self._claim("misquoted", wrong if wrong != text else f"{text} x", line - first, text)

    def _duplicate(self, line: int, first: int, *, has_other: bool) -> dict[str, Any]:
        case = self._case
        if has_other and self._chance.random() < 0.5:
            # Another tool has reported this line; the model says the same in its own words.
            self.known.append(Known(Range(Position(line, 0), Position(line, 200)), f"Suspicious value in {case.name}"))
            why = f"The value in {case.name} is suspicious, number {len(self.kinds)}"
            return self._claim("duplicate", self._lines[line].strip(), line - first, self._lines[line] + " ", why=why)
        return self._claim("duplicate", case.quote, case.first - first, case.fix, why=f"As said before: {case.name}")

    def _unparsable(self, line: int, first: int) -> dict[str, Any]:
        text = self._lines[line].strip()
        if self._chance.random() < 0.3:
            broken: Any = {
                "quote": text,
                "line": "somewhere",
                "why": ["not", "a", "text"][: self._chance.randint(0, 0)],
            }
            self.kinds[f"unparsable {len(self.kinds)}"] = "unparsable"
            return dict(broken)
        bad = self._chance.choice((f"{text} ((", f"if ) {text}", f"{text[: len(text) // 2]}(", "fix it like this: ("))
        return self._claim("unparsable", text, line - first, bad)

    def _out_of_place(self, first: int) -> dict[str, Any]:
        helper = next(at for at in range(len(self._lines) - 1, -1, -1) if "given * 2" in self._lines[at])
        text = self._lines[helper].strip()
        line = self._chance.choice((helper - first, 1, 2))
        return self._claim("out of place", text, line, text.replace("* 2", "* 3"))

    def _is_prose(self, line: int) -> bool:
        return self._lines[line].strip().startswith(('"""', "#", "//"))

    def _written(self, answer: Mapping[str, Any]) -> str:
        text = json.dumps(answer)
        match self._chance.randrange(4):
            case 0:
                return text
            case 1:
                return f"Here is what I found:\n```json\n{json.dumps(answer, indent=2)}\n```\nLet me know."
            case 2:
                return re.sub(r"\}(?=[,\]])", ",}", text)
            case _:
                return text.rstrip("}").rstrip("]") + ","


if __name__ == "__main__":
    sys.exit(main())
