"""Whatever a model claims: what is shown stands there, and every fix that is offered is sound."""

from __future__ import annotations

import ast
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from codestral_lsp.actions.find_bug import Evidence
from tests.actions.scene import Scene
from tests.completion.scene import in_virtual_time

CODE = """\
import math


def spread(values, low=0):
    total = 0
    for value in values:
        if value < low:
            continue
        total += value
    if not total:
        return None
    return math.sqrt(total / len(values))█


def other(a):
    return a
"""
LINES = CODE.replace("█", "").splitlines()
PIECES = st.sampled_from(
    [
        *LINES,
        "    ",
        "return total",
        "total = 1",
        "if value <= low:",
        "x = (",
        "}",
        "...",
        "# done",
        "\tpass",
        "await x",
        "def f():",
        "```",
        "5| total += value",
    ]
)
TEXT = st.lists(PIECES, max_size=4).map("\n".join)
NUMBER = st.integers(-3, 20) | st.none() | st.text(max_size=3) | st.floats()
CLAIM = st.fixed_dictionaries(
    {"quote": TEXT, "line": NUMBER, "why": st.text(max_size=8) | st.just("It is wrong."), "fix": TEXT},
    optional={"kind": st.text(max_size=5), "input": TEXT, "confidence": NUMBER},
)


FIXES = st.sampled_from(
    [
        "total = 1",
        "return total",
        "continue",
        "total += value\ntotal -= 1",
        "for value in list(values):",
        "if value <= low:",
        "if not values:",
        "if not total:\n    return 0",
        "while values:",
        "    return math.sqrt(total)",
    ]
)


@st.composite
def precise(draw: st.DrawFn) -> dict[str, Any]:
    """A claim about lines of the function, with a fix that may fit."""
    first = draw(st.integers(3, 10))
    stop = draw(st.integers(first + 1, min(11, first + 2)))
    quote = "\n".join(LINES[first:stop])
    why = f"It is wrong {draw(st.integers(0, 99))}."
    return {"quote": quote, "line": first - 2, "why": why, "fix": draw(FIXES | TEXT), "confidence": draw(NUMBER)}


@settings(max_examples=150, deadline=None)
@given(st.lists(precise() | precise() | CLAIM | st.none(), min_size=1, max_size=4))
def test_what_is_shown_stands_there_and_every_fix_is_sound(claims: list[Any]) -> None:
    @in_virtual_time
    async def hunt() -> None:
        stage = await Scene(CODE).begin()
        stage.model.token_s = 0.0
        stage.model.says = lambda request: json.dumps({"findings": claims})
        target = await stage.target()
        found = await stage.actions.find_bugs(target, Evidence())
        assert len(found.findings) + sum(found.removed.values()) == len(claims)
        before = stage.document.text.lines
        for placed in stage.actions.findings(stage.document):
            assert stage.document.text.slice(placed.span) == placed.finding.quote
            assert target.first <= placed.span.start.line <= placed.span.end.line < target.stop
            if placed.finding.fix is None:
                continue
            after = (await stage.actions.fix_of(placed)).applied()
            ast.parse(str(after))
            first, last = placed.span.start.line, placed.span.end.line
            below = len(before) - last - 1
            assert after.lines[:first] == before[:first], "nothing above the quote changes"
            assert after.lines[len(after.lines) - below :] == before[last + 1 :], "nor below it"
        stage.syntax.close()

    hunt()
