"""Suggestions to choose from, for somebody who asks by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

from codestral_lsp.backends.base import ModelInfo, Piece, Prompt, Sampling
from codestral_lsp.completion.asking import MOST_SAMPLES, OTHERS_S
from codestral_lsp.completion.request import CompletionRequest, Suggestion, Trigger
from tests.completion.scene import Scene, ScriptedModel, in_virtual_time

BODY = "def f(x):\n    y = █\n    return y\n"


class Wavering(ScriptedModel):
    """Answers by the seed; the first of its answers is the one without."""

    answers: Sequence[str] = ()
    samplings: list[Sampling]

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Piece]:
        """What it is told to answer for the seed."""
        self.samplings.append(sampling)
        text = self.answers[sampling.seed or 0]
        self.answer = lambda prompt: text
        async for piece in super().stream(prompt, sampling):
            yield piece


async def scene(*answers: str, candidates: int = 3) -> tuple[Scene, Wavering]:
    stage = Scene(BODY, {"completion": {"candidates": candidates}})
    model = Wavering()
    model.answers, model.samplings, model.token_s = answers, [], 0.001
    stage.model = model
    await stage.begin()
    return stage, model


async def choices(stage: Scene, trigger: Trigger = Trigger.INVOKED) -> list[str]:
    found: tuple[Suggestion, ...] = await stage.service.choices(
        CompletionRequest(stage.document, stage.cursor, trigger)
    )
    assert len({choice.number for choice in found}) == len(found), "each has a trace of its own"
    return [choice.ghost for choice in found]


@in_virtual_time
async def test_three_that_differ_the_more_probable_first() -> None:
    stage, model = await scene("one()\n", "two()\n", "one( )\n", "two()\n", "three()\n", "never()\n")
    assert await choices(stage) == ["one()", "two()", "three()"]
    assert [sampling.temperature > 0 for sampling in model.samplings] == [False, True, True, True, True]
    outcomes = [trace.outcome for trace in stage.traces if trace.trigger == "alternative"]
    assert outcomes == ["found", "empty", "empty", "found"]


@in_virtual_time
async def test_unasked_there_is_one() -> None:
    stage, model = await scene("one()\n", "two()\n")
    assert await choices(stage, Trigger.AUTOMATIC) == ["one()"]
    assert len(model.samplings) == 1


@in_virtual_time
async def test_a_model_that_has_nothing_else_to_say_is_not_asked_for_ever() -> None:
    stage, model = await scene(*["one()\n"] * 10)
    assert await choices(stage) == ["one()"]
    assert len(model.samplings) == 1 + MOST_SAMPLES


@in_virtual_time
async def test_a_slow_model_is_not_waited_for() -> None:
    stage, model = await scene("one()\n", "two()\n", "three()\n")
    model.first_token_s = 1.0
    loop = asyncio.get_running_loop()
    started = loop.time()
    assert await choices(stage) == ["one()", "two()"]
    assert loop.time() - started < 1.1 + OTHERS_S
    await asyncio.sleep(0.1)
    assert model.calls[-1].end == "closed"


@in_virtual_time
async def test_nobody_pays_for_others() -> None:
    stage, model = await scene("one()\n", "two()\n")
    info = await model.describe()

    async def describe() -> ModelInfo:
        return replace(info, metered=True)

    model.describe = describe  # type: ignore[method-assign]
    stage = Scene(BODY, {"completion": {"candidates": 3}})
    stage.model = model
    await stage.begin()
    assert await choices(stage) == ["one()"]


@in_virtual_time
async def test_one_may_be_enough() -> None:
    stage, model = await scene("one()\n", "two()\n", candidates=1)
    assert await choices(stage) == ["one()"]
    assert len(model.samplings) == 1
