"""Where an answer meets the code behind the cursor. `✂` shows what of it is wanted; without one, all of it."""

from __future__ import annotations

import pytest

from codestral_lsp.completion.cut import Cut
from codestral_lsp.completion.cut_span import SpanCutter
from codestral_lsp.completion.seam import Seam
from codestral_lsp.completion.surroundings import Extent, surroundings
from codestral_lsp.document.keeper import SyntaxKeeper
from codestral_lsp.document.store import DocumentStore
from tests.notation import asked

STATEMENT, BLOCK = Extent.STATEMENT, Extent.BLOCK
CASES = {
    "the rest of the line is written once more": (
        BLOCK,
        "def f(xs):\n    return [█ if x > 0]\n",
        "x for x in xs✂ if x > 0]\n\n",
        "python",
    ),
    "several lines are missing": (
        BLOCK,
        "def f(xs):\n    total = █total\n",
        "0\n    for x in xs:\n        total += x\n    return ✂total\n\n\ndef g():\n",
        "python",
    ),
    "where the rest comes twice, the one that leaves the function": (
        BLOCK,
        "def f(xs):\n    mean =█(xs) / len(xs)\n",
        " sum(xs) / len(xs)\n    return max✂(xs) / len(xs)\n\n\ndef g():\n",
        "python",
    ),
    "half a word": (
        BLOCK,
        "def f(text):\n    return text.lo█wer()\n",
        "wer().strip().lo✂wer()\n\ndef g():\n",
        "python",
    ),
    "the rest is begun": (
        BLOCK,
        "def f(string):\n    for at in range(len(stri█ng) - len(part) + 1):\n        pass\n",
        "✂ng) -",
        "python",
    ),
    "what begins like the rest may be one of the lines nearby": (
        BLOCK,
        "def f(xs, log):\n    log.append(xs)\n    xs = █log.append(xs)\n",
        "xs or []\n    log.append",
        "python",
    ),
    "the rest in other blanks": (
        BLOCK,
        "def f(l):\n    m = l[0]\n    for e in l:\n        if e > █         m = e\n    return m\n",
        "m:\n✂        m = e\n    return m\n\n\ndef g():\n",
        "python",
    ),
    "what the model ends by itself": (BLOCK, "def f(xs):\n    total = █ len(xs)\n", "sum(xs) /", "python"),
    "nearly the rest": (BLOCK, "def f(a, b):\n    return set(a)█set(b)\n", " == ✂set(a)\n\n\ndef g():\n", "python"),
    "what breaks no more than is broken": (
        BLOCK,
        "def f(a, b):\n    return [█ for x in a]\n",
        "]✂\n\n\ndef g():\n",
        "python",
    ),
    "only a line where nothing is missing": (STATEMENT, "x = f(█) + 1\n", "alpha✂\nbeta\n", "python"),
    "JavaScript": (
        BLOCK,
        "function f(xs) {\n  const n = █n;\n}\n",
        "xs.length;\n  return ✂n;\n}\n\nfunction g() {\n",
        "javascript",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_the_answer_ends_where_it_meets_the_code_behind(case: tuple[Extent, str, str, str]) -> None:
    extent, around, answer, language = case
    request = asked(around, language=language, uri="file:///x")
    keeper = SyntaxKeeper(DocumentStore())
    seam = Seam(keeper, request.document, request.cursor, surroundings(request))
    assert await seam.ready()
    cutter = SpanCutter(surroundings(request), extent, seam)
    wanted, mark, _ = answer.partition("✂")
    text = answer.replace("✂", "")
    cut: Cut | None = None
    for end in range(1, len(text) + 1):
        if cut := await cutter.feed(text[:end]):
            break
    cut = cut or await cutter.feed(text, ended=True)
    keeper.close()
    assert (text[: cut.length] if cut else text) == (wanted if mark else text)
