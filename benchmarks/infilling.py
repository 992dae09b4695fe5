"""HumanEval infilling through the server: does what is shown make the program work?

Asked as a user asks who presses the key for it; nobody tells the server where the hole ends. Beside ours, on the same
recorded answers of the same model: the bare model uncut; cut by an oracle, which knows how many lines (characters, for
random spans) are missing; and llama.vim's own request and cut.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks import vim_infill as llama_vim
from benchmarks.completers import ServerCompleter
from benchmarks.humaneval import KINDS, Hole, Judge, holes
from benchmarks.model import Memory
from benchmarks.recorded import MOST_TOKENS, Enough, RecordedModel
from benchmarks.report import table
from benchmarks.traces import paths_in
from codestral_lsp.backends.base import Prompt, Segment
from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.llamacpp import LlamacppBackend
from codestral_lsp.config.settings import LlamacppSettings
from codestral_lsp.document.languages import language_of
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.text import Text
from codestral_lsp.document.tree import SyntaxTree
from codestral_lsp.prompt.build import begun_word
from codestral_lsp.prompt.families import QWEN_CODER
from codestral_lsp.prompt.families import Hole as Slot
from codestral_lsp.server.app import App

QUICK, SLOW = 90 // 4, 25 // 4
"""Tokens that a GPU (90 a second) and a laptop (25 a second) write within llama.vim's 250 ms."""
UNCUT = 10
"""Holes of each kind that the bare model is let answer to its end."""
SAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Filled:
    """What one way of asking made of a hole."""

    program: str
    text: str
    """What was new to the reader."""
    written: int
    """Tokens the model wrote for it."""
    shown: int
    """Of these, tokens in what was shown."""
    cut: str = ""
    filters: tuple[str, ...] = ()


def bare_prompt(hole: Hole) -> Prompt:
    """The model's own layout around the whole program, and nothing else."""
    texts = {Slot.PREFIX: hole.prefix, Slot.SUFFIX: hole.suffix}
    layout = QWEN_CODER.layout
    segments = tuple(Segment(texts[part]) if isinstance(part, Slot) else Segment(part, True) for part in layout)
    return Prompt(hole.prefix, hole.suffix, segments, path="hole.py", language="python")


async def ours(model: RecordedModel, hole: Hole, multiline: str, folder: Path) -> Filled:
    """What the server shows. Each hole gets a server of its own, so that none sees another's program."""
    app = App(paths_in(folder), {}, backend=lambda name, settings: model)
    completion = {
        "maxTokens": MOST_TOKENS,
        "multiline": multiline,
        "candidates": 1,
        "instant": False,
        "prefetch": False,
    }
    settings = {"backend": "llamacpp", "cache": {"enabled": False}, "workspaceIndex": {"enabled": False}}
    completer = ServerCompleter(app, folder, {**settings, "completion": completion}, invoked=True)
    await completer.begin()
    text = Text.of(hole.prefix + hole.suffix)
    completer.opened("hole.py", str(text))
    lines = Text.of(hole.prefix).lines
    cursor, before = Position(len(lines) - 1, len(lines[-1])), len(model.played)
    item = await completer.ask("hole.py", cursor)
    played = model.played[before:]
    trace = list(app.traces)[-1]
    await completer.end()
    await app.aclose()
    if item is None:
        return Filled(str(text), "", len(played), 0, trace.cut, tuple(trace.filters))
    program, _ = text.replace(Range(item.start, item.end), item.text)
    ghost = item.text[cursor.column - item.start.column :]
    start = begun_word(hole.prefix)
    if not start or not "".join(played).startswith(start):
        start = ""
    needed = covering(played, start + ghost) - sum(end <= len(start) for end in accumulate(map(len, played)))
    return Filled(str(program), ghost, len(played), needed, trace.cut, tuple(trace.filters))


class Contest:
    """All ways of asking, over the same holes."""

    def __init__(self, memory: Memory, model: RecordedModel) -> None:
        self._memory = memory
        self._model = model

    def bare(self, hole: Hole) -> Filled:
        """The whole answer, to its end."""
        return self._bare(hole, lambda answer: answer)

    def answered_to_the_end(self, hole: Hole) -> bool:
        """Whether the bare model was let run on to its end, or to the token limit."""
        return self._model.ended(bare_prompt(hole))

    def oracle(self, hole: Hole) -> Filled:
        """The answer, as much of it as the truth has."""
        return self._bare(hole, hole.cut_by_oracle)

    def _bare(self, hole: Hole, cut: Callable[[str], str]) -> Filled:
        tokens = self._model.answer(bare_prompt(hole))
        answer = cut("".join(tokens))
        needed = covering(tokens, answer)
        return Filled(hole.filled(answer), answer, needed, needed)

    def vim(self, hole: Hole, most_tokens: int) -> Filled:
        """llama.vim's suggestion."""
        asked = llama_vim.question(hole.prefix, hole.suffix)
        found = llama_vim.shown(self._memory, asked, hole.prefix, hole.suffix, most_tokens=most_tokens)
        assert found is not None, "not recorded"
        before, after = hole.prefix, hole.suffix
        if found.replaces_blanks and found.text:
            before = before[: before.rfind("\n") + 1]
            after = after[after.index("\n") :] if "\n" in after else ""
        return Filled(before + found.text + after, found.text, len(found.tokens), covering(found.tokens, found.text))

    async def ours(self, hole: Hole, multiline: str) -> Filled:
        """The server's suggestion."""
        with tempfile.TemporaryDirectory() as folder:
            return await ours(self._model, hole, multiline, Path(folder))


def breaks(hole: Hole, filled: Filled) -> bool:
    """Whether the program has more that does not parse than it had with the hole empty."""
    return _errors(filled.program) > _errors(hole.filled(""))


def _errors(program: str) -> int:
    tree = SyntaxTree.of(Text.of(program), language_of("python", "hole.py"))
    assert tree is not None
    return tree.error_count()


def repeats(hole: Hole, filled: Filled) -> bool:
    """Whether what was shown ends by saying what stands behind the hole already, and the truth does not."""
    rest, _, below = hole.suffix.partition("\n")
    follows = rest.strip() or next((line.strip() for line in below.split("\n") if line.strip()), "")
    said = filled.text.rstrip().rpartition("\n")[2].strip()
    if len(follows) < 4 or hole.truth.rstrip().endswith(follows):
        return False
    return said.endswith(follows) if rest.strip() else said == follows and "\n" in filled.text.rstrip()


def row(kind_holes: list[Hole], filled: list[Filled], passed: list[bool]) -> dict[str, Any]:
    """The figures of one way of asking."""
    shown = sum(each.shown for each in filled)
    return {
        "pass@1 %": round(100 * mean(passed), 1),
        "nothing shown": sum(not each.text for each in filled),
        "tokens generated": sum(each.written for each in filled),
        "tokens shown": shown,
        "generated / shown": round(sum(each.written for each in filled) / max(1, shown), 2),
        "break the parse": sum(map(breaks, kind_holes, filled)),
        "repeat the suffix": sum(map(repeats, kind_holes, filled)),
    }


def covering(tokens: list[str], text: str) -> int:
    """How many tokens of an answer what is shown of it takes."""
    ends = accumulate(map(len, tokens))
    return 0 if not text else 1 + sum(end < len(text) for end in ends)


def against(one: list[bool], other: list[bool]) -> str:
    """The difference in points, with the interval that 95 % of resampled pairs fall into."""
    dice = random.Random(1)
    differences = [100 * (a - b) for a, b in zip(one, other, strict=True)]
    means = sorted(mean(dice.choices(differences, k=len(differences))) for _ in range(SAMPLES))
    return f"{mean(differences):+.1f} [{means[SAMPLES // 40]:+.1f}, {means[-SAMPLES // 40]:+.1f}]"


async def fill(memory: Memory, model: RecordedModel, kind_holes: list[Hole], only: str) -> dict[str, list[Filled]]:
    """Every hole, every way."""
    contest = Contest(memory, model)
    filled: dict[str, list[Filled]] = {}
    filled["bare, cut by an oracle"] = list(map(contest.oracle, kind_holes))
    if only != "ours":
        filled["llama.vim on a GPU"] = [contest.vim(hole, QUICK) for hole in kind_holes]
        filled["llama.vim on a laptop"] = [contest.vim(hole, SLOW) for hole in kind_holes]
    for multiline in ("always", "auto"):
        filled[f"ours, {multiline}"] = [await contest.ours(hole, multiline) for hole in kind_holes]
    return filled


def enough_for(hole: Hole) -> Enough:
    """What the oracle wants of an answer, and a line more."""
    lines = hole.truth.count("\n") + 2

    def enough(tokens: list[str]) -> bool:
        text = "".join(tokens)
        return text.count("\n") >= lines and len(text) > len(hole.truth)

    return enough


async def record_wanted(memory: Memory, model: RecordedModel, all_holes: list[Hole], at_once: int) -> None:
    """Whatever the server asks: first as far as the oracle would, then to the end where it reads on."""
    for enough in (enough_for, lambda hole: lambda tokens: False):
        wishes = []
        for hole in all_holes:
            dry = RecordedModel(memory, None)
            await Contest(memory, dry).ours(hole, "always")
            wishes += [(prompt, enough(hole)) for prompt in dry.wanted.values()]
        await model.record(wishes, at_once)


async def record(memory: Memory, url: str, all_holes: list[Hole], at_once: int) -> None:
    """Have the real model answer whatever is not recorded yet."""
    real = LlamacppBackend(LlamacppSettings(url=url), Keys({}), local_only=True)
    model = RecordedModel(memory, real)
    await model.describe()
    await model.record(((bare_prompt(hole), enough_for(hole)) for hole in all_holes), at_once)
    first = [hole for kind in KINDS for hole in [each for each in all_holes if each.kind == kind][:UNCUT]]
    await model.record(((bare_prompt(hole), lambda tokens: False) for hole in first), at_once)
    await record_wanted(memory, model, all_holes, at_once)
    asked = [llama_vim.question(hole.prefix, hole.suffix) for hole in all_holes]
    await llama_vim.record(url, memory, asked, at_once, QUICK)
    await real.aclose()


def measure(memory: Memory, folder: Path, count: int, only: str) -> dict[str, Any]:
    """All kinds."""
    judge, model = Judge(), RecordedModel(memory, None)
    results: dict[str, dict[str, Any]] = {}
    for kind in KINDS:
        kind_holes = holes(folder, kind, count)
        filled = asyncio.run(fill(memory, model, kind_holes, only))
        passed = {name: judge.passes(kind_holes, [each.program for each in way]) for name, way in filled.items()}
        rows = {name: row(kind_holes, way, passed[name]) for name, way in filled.items()}
        for name in rows:
            rows[name]["ours, always, against it"] = against(passed["ours, always"], passed[name])
        results[kind] = {
            "rows": rows,
            "holes": {
                hole.id: {
                    name: [passed[name][at], way[at].text, way[at].written, way[at].cut, *way[at].filters]
                    for name, way in filled.items()
                }
                for at, hole in enumerate(kind_holes)
            },
        }
        print(f"\n{kind}, {len(kind_holes)} holes\n{table(rows)}", flush=True)
        contest = Contest(memory, model)
        uncut = kind_holes[:UNCUT]
        if all(map(contest.answered_to_the_end, uncut)):
            whole = list(map(contest.bare, uncut))
            rows = {"bare, uncut": row(uncut, whole, judge.passes(uncut, [each.program for each in whole]))}
            results[kind]["first holes"] = rows
            print(f"\n{kind}, the first {len(uncut)} answered to the end\n{table(rows)}", flush=True)
    rows = {name: together([results[kind]["rows"][name] for kind in KINDS]) for name in results["single-line"]["rows"]}
    results["all kinds"] = {"rows": rows}
    print(f"\nall kinds\n{table(rows)}", flush=True)
    return results


def together(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The figures of all kinds that can be added up."""
    summed = ("nothing shown", "tokens generated", "tokens shown", "break the parse", "repeat the suffix")
    whole: dict[str, Any] = {name: sum(row[name] for row in rows) for name in summed}
    return {**whole, "generated / shown": round(whole["tokens generated"] / max(1, whole["tokens shown"]), 2)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("CODESTRAL_TEST_FIM_DIR"))
    parser.add_argument("--llama", default=os.environ.get("CODESTRAL_TEST_LLAMA_URL"), help="a llama-server's address")
    parser.add_argument("--memory", type=Path, required=True, help="what the model answered; made if it is not there")
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--at-once", type=int, default=1, help="how many slots the llama-server has")
    parser.add_argument("--only", choices=("ours", ""), default="", help="leave out the rivals")
    parser.add_argument("--answers", type=Path, help="every hole, and what each way made of it, as JSON")
    parser.add_argument("--json", type=Path, help="the tables")
    options = parser.parse_args(arguments)
    if not options.data:
        parser.exit(0, "NOT MEASURED: infilling needs HumanEval infilling's files (CODESTRAL_TEST_FIM_DIR).\n")
    if not options.llama and not options.memory.exists():
        parser.exit(0, "NOT MEASURED: infilling needs a llama-server (CODESTRAL_TEST_LLAMA_URL) or its kept answers.\n")
    memory = Memory(options.memory)
    if options.llama:
        every = [hole for kind in KINDS for hole in holes(options.data, kind, options.count)]
        asyncio.run(record(memory, options.llama, every, options.at_once))
    results = measure(memory, options.data, options.count, options.only)
    if options.answers:
        options.answers.write_text(json.dumps(results, indent=1, ensure_ascii=False))
    if options.json:
        options.json.write_text(json.dumps({kind: found["rows"] for kind, found in results.items()}, indent=1))


if __name__ == "__main__":
    main()
