"""Every prompt against a golden file: the exact text that goes to a model, system and user part.

To write them anew after a change that is meant: CODESTRAL_WRITE_GOLDEN=1 pytest tests/actions/test_prompts.py
"""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from codestral_lsp.actions.checking import Known
from codestral_lsp.actions.definitions import Definition
from codestral_lsp.actions.find_bug import Evidence
from codestral_lsp.actions.holes import hole_at
from codestral_lsp.document.position import Position, Range
from codestral_lsp.errors import CodestralError
from codestral_lsp.prompt.chat.prompts import BUILT_IN
from tests.actions.scene import Scene
from tests.completion.scene import in_virtual_time

GOLDEN = Path(__file__).parent.parent / "golden" / "chat"
CODE = """\
from decimal import Decimal

RATE = Decimal("0.2")


def total(order, rate=RATE):
    if not order.lines:
        raise ValueError("nothing ordered")
    net = sum(line.price for █line in order.lines)
    return net * (1 + rate) - discount(order)


def later(order):
    # the total without tax
    pass
"""
CLAIM = {
    "quote": "net = sum(line.price for line in order.lines)",
    "line": 4,
    "kind": "logic",
    "why": "The count of a line is forgotten.",
    "input": "two of a kind",
    "fix": "net = sum(line.price * line.count for line in order.lines)",
    "confidence": 0.8,
}


async def explain(stage: Scene) -> None:
    await stage.actions.explain(await stage.target(), stage.hearer)


async def follow_up(stage: Scene) -> None:
    stage.model.says = lambda request: "It adds up an order."
    await stage.actions.explain(await stage.target(), stage.hearer)
    await stage.actions.explain(await stage.target(), stage.hearer, "Why is the discount taken off last?")


async def find_bug(stage: Scene) -> None:
    await stage.actions.find_bugs(await stage.target(), Evidence())


async def find_bug_of_error(stage: Scene) -> None:
    known = [Known(Range(Position(9, 4), Position(9, 9)), "Returning Any")]
    evidence = Evidence("AttributeError: 'str' object has no attribute 'price'", 8, "AttributeError", known)
    await stage.actions.find_bugs(await stage.target(), evidence)


async def confirm_bug(stage: Scene) -> None:
    stage.model.says = lambda request: json.dumps({"findings": [CLAIM]})
    await stage.actions.find_bugs(await stage.target(), Evidence(), confirm=True)


async def fix(stage: Scene) -> None:
    await stage.actions.fix(await stage.target(), "Undefined name `discount`", 9, stage.hearer)


async def generate(stage: Scene) -> None:
    syntax = await stage.syntax.syntax(stage.document)
    place = Position(13, 8)
    await stage.actions.generate(hole_at(syntax, stage.document, Range(place, place)), stage.hearer)


async def document(stage: Scene) -> None:
    await stage.actions.document(await stage.target(), stage.hearer)


async def write_tests(stage: Scene) -> None:
    await stage.actions.write_tests(await stage.target(), stage.hearer, "Use a fixture")


ASKS: dict[str, Callable[[Scene], Awaitable[None]]] = {
    "explain": explain,
    "explain-follow-up": follow_up,
    "find_bug": find_bug,
    "find_bug-error": find_bug_of_error,
    "confirm_bug": confirm_bug,
    "fix": fix,
    "generate": generate,
    "document": document,
    "write_tests": write_tests,
}


def test_every_prompt_is_covered() -> None:
    assert {name.partition("-")[0] for name in ASKS} == {file.stem for file in BUILT_IN.glob("*.md")}


@pytest.mark.parametrize("name", ASKS)
@in_virtual_time
async def test_prompt(name: str) -> None:
    stage = await Scene(CODE).begin()
    stage.lookup.known.append(Definition("discount", "shop/offers.py", 7, "def discount(order):\n    return 0"))
    with suppress(CodestralError):  # the model's answer is of no use here; what it was asked is
        await ASKS[name](stage)
    said = "".join(f"=== {message.role} ===\n{message.content}\n" for message in stage.model.asked[-1].messages)
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("CODESTRAL_WRITE_GOLDEN"):
        file.write_text(said, "utf-8")
    assert said == file.read_text("utf-8")
