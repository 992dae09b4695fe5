"""Where an answer is whole. `✂` in the answer shows where it must be cut; without one, it is all wanted."""

from __future__ import annotations

import pytest

from codestral_lsp.completion.cut import Cutter
from codestral_lsp.completion.surroundings import Extent, surroundings
from tests.notation import asked

CASES = {
    "a line ends at its end": (Extent.LINE, "x = █", "1✂\ny = 2\n"),
    "a body ends with its indentation": (
        Extent.BLOCK,
        "def f(x):\n    █",
        "if x:\n        return 1\n    return 2✂\n\ndef g():\n    pass\n",
    ),
    "a body opened on the cursor's line": (Extent.BLOCK, "def f(x):█", "\n    return x✂\n\nf(1)\n"),
    "a brace block is closed with it": (Extent.BLOCK, "function f() {█", "\n  return 1;\n}✂\n\nf();\n"),
    "the text below is not wanted twice": (
        Extent.BLOCK,
        "def f():\n    █\n    return total\n",
        "total = 0✂\n    return total\n",
    ),
    "a loop is cut at its third turn": (
        Extent.BLOCK,
        "def f():\n    █",
        "a()\n    go_on()\n    go_on()✂\n    go_on()\n    go_on()\n",
    ),
    "a paragraph ends at a blank line": (Extent.BLOCK, "x = 1\n█", "y = 2\nz = 3✂\n\nw = 4\n"),
    "a fresh body may hold blank lines": (Extent.BLOCK, "def f():\n    █", "a = 1\n\n    return a\n"),
    "everything while nothing ends it": (Extent.BLOCK, "def f():\n    █", "a = 1\n    return a"),
}


@pytest.mark.parametrize(("extent", "around", "answer"), CASES.values(), ids=CASES.keys())
def test_cut(extent: Extent, around: str, answer: str) -> None:
    wanted, mark, _ = answer.partition("✂")
    text = answer.replace("✂", "")
    cutter = Cutter(surroundings(asked(around)), extent)
    cut = cutter.feed(text) or cutter.feed(text, ended=True)
    assert (text[: cut.length] if cut else text) == (wanted if mark else text)


@pytest.mark.parametrize(("extent", "around", "answer"), CASES.values(), ids=CASES.keys())
def test_the_cut_does_not_depend_on_how_the_answer_arrives(extent: Extent, around: str, answer: str) -> None:
    text = answer.replace("✂", "")
    at_once, by_character = (Cutter(surroundings(asked(around)), extent) for _ in range(2))
    whole = at_once.feed(text) or at_once.feed(text, ended=True)
    piecewise = None
    for end in range(1, len(text) + 1):
        piecewise = by_character.feed(text[:end])
        if piecewise:
            break
    piecewise = piecewise or by_character.feed(text, ended=True)
    assert piecewise == whole
