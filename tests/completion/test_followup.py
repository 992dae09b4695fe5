"""The next suggestion, prepared while this one is read."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from codestral_lsp.backends.base import ModelInfo
from codestral_lsp.completion.followup import taken
from codestral_lsp.completion.item import suggestion
from codestral_lsp.completion.service import IN_VAIN
from codestral_lsp.insight.trace import Trace
from tests.completion.scene import Scene, in_virtual_time
from tests.notation import asked

BODY = "def f(x):\n    y = █\n    return y\n"


async def scene(drawn: str = BODY, *, prefetch: bool = True, **model: Any) -> Scene:
    stage = Scene(drawn, {"completion": {"debounceMs": 100, "prefetch": prefetch}})
    if model:
        info = await stage.model.describe()

        async def describe() -> ModelInfo:
            return replace(info, **model)

        stage.model.describe = describe  # type: ignore[method-assign]
    stage.model.answer = lambda prompt: "second(2)\n" if "first" in prompt.prefix else "first(1)\n"
    await stage.begin()
    return stage


def prefetches(stage: Scene) -> list[Trace]:
    return [trace for trace in stage.traces if trace.trigger == "prefetch"]


@in_virtual_time
async def test_what_comes_after_the_suggestion_is_there_when_it_has_been_taken() -> None:
    stage = await scene()
    assert await stage.ghost() == "first(1)"
    await asyncio.sleep(1)
    assert len(stage.model.calls) == 2
    assert stage.model.calls[1].prompt.raw.startswith(stage.model.calls[0].prompt.raw)
    stage.insert("first(1)")
    stage.insert("\n    ")
    assert await stage.ghost() == "second(2)"
    assert stage.last.source == "cache"
    assert [trace.outcome for trace in prefetches(stage)] == ["ready"]


@in_virtual_time
async def test_an_answer_on_its_way_is_waited_for() -> None:
    stage = await scene()
    stage.model.first_token_s = 0.5
    await stage.ghost()
    await asyncio.sleep(0.2)
    stage.insert("first(1)")
    stage.insert("\n    ")
    assert await stage.ghost() == "second(2)"
    assert [trace.source for trace in stage.traces if trace.trigger == "automatic"] == ["model", "running"]
    assert len(stage.model.calls) == 2, "nothing is asked twice"


@in_virtual_time
async def test_typing_something_else_goes_first() -> None:
    stage = await scene()
    stage.model.first_token_s = 0.5
    await stage.ghost()
    await asyncio.sleep(0.2)
    stage.insert("other")
    await stage.ghost()
    assert prefetches(stage)[0].outcome == "cancelled"
    assert stage.model.calls[1].end == "closed"


@pytest.mark.parametrize("model", [{"remote": True}, {"metered": True}])
def test_nobody_pays_for_it(model: dict[str, Any]) -> None:
    @in_virtual_time
    async def play() -> None:
        stage = await scene(**model)
        await stage.ghost()
        await asyncio.sleep(1)
        assert prefetches(stage) == []
        assert len(stage.model.calls) == 1

    play()


@in_virtual_time
async def test_it_can_be_switched_off() -> None:
    stage = await scene(prefetch=False)
    await stage.ghost()
    await asyncio.sleep(1)
    assert len(stage.model.calls) == 1


@in_virtual_time
async def test_nothing_is_prepared_for_somebody_who_never_takes_anything_until_they_do() -> None:
    stage = await scene()

    async def ignore(times: int, typed: str = "q") -> None:
        for _ in range(times):
            stage.insert(typed)
            assert await stage.ghost() == "first(1)"
            await asyncio.sleep(1)

    await ignore(IN_VAIN + 3)
    assert len(prefetches(stage)) == IN_VAIN
    stage.insert("first(1)")
    stage.model.answer = lambda prompt: "first(1)\n"
    await ignore(1, "+")
    assert len(prefetches(stage)) == IN_VAIN + 1


@pytest.mark.parametrize(
    ("drawn", "answer", "expected"),
    [
        ("x = █\n", "1", "x = 1\n█\n"),
        ("if x:\n    y = █\n", "1", "if x:\n    y = 1\n    █\n"),
        ("if a:\n  b()\nif █\n", "c:", "if a:\n  b()\nif c:\n  █\n"),
        ("f(█)\n", "a, b)", "f(a, b)\n█\n"),
        ("f(█, b)\n", "a", "f(a█, b)\n"),
        ("if x:\r\n\ty = █\r\n", "1", "if x:\r\n\ty = 1\r\n\t█\r\n"),
    ],
)
def test_where_it_leads(drawn: str, answer: str, expected: str) -> None:
    request = asked(drawn)
    item = suggestion(request, answer, 1)
    assert item is not None
    follow_up, change = taken(request, item)
    document, cursor = follow_up.document, follow_up.cursor
    lines = [*document.text.lines]
    lines[cursor.line] = lines[cursor.line][: cursor.column] + "█" + lines[cursor.line][cursor.column :]
    assert "".join(lines) == expected
    assert change.after is document
    assert change.edits
