"""The project's context in prompts: there in time, still while the user types, renewed in a pause."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from itertools import pairwise
from pathlib import Path

from codestral_lsp.completion.prompting import PAUSE_S, READ_AHEAD, RESTS_S
from codestral_lsp.completion.request import CompletionRequest, Trigger
from codestral_lsp.config.settings import WorkspaceIndexSettings
from codestral_lsp.context.gather import Gathered
from codestral_lsp.context.place import Snippet, SourceName
from codestral_lsp.context.project import ProjectContext
from codestral_lsp.document.document import Document
from codestral_lsp.document.position import Position
from codestral_lsp.privacy.ignore import IgnoreRules
from tests.completion.scene import Scene, in_virtual_time
from tests.notation import at


class ScriptedContext(ProjectContext):
    """Finds what it is told to."""

    def __init__(self, *texts: str) -> None:
        super().__init__(Path("/nowhere"), WorkspaceIndexSettings(enabled=False), IgnoreRules())
        self.texts = texts
        self.in_time = True
        self.asked = 0
        self.sources: Collection[SourceName] = ()

    async def gather(
        self,
        document: Document,
        cursor: Position,
        window: range,
        sources: Collection[SourceName],
        budget: int,
        tokens: Callable[[str], int],
    ) -> Gathered | None:
        """What it is told to, if it is in time."""
        self.asked += 1
        self.sources = sources
        if not self.in_time:
            return None
        snippets = tuple(Snippet(SourceName.DEFINITIONS, f"/{text}.py", 0, 1, f"{text}\n", 1.0) for text in self.texts)
        return Gathered(snippets, 20 * len(snippets), 3.0, {SourceName.DEFINITIONS: 20 * len(snippets)})


BODY = "def f(x):\n    y = █\n    return y\n"


async def scene(found: ScriptedContext, **settings: object) -> Scene:
    stage = Scene(BODY, {"completion": {"debounceMs": 100, **settings}})
    stage.context = found
    await stage.begin()
    return stage


def write_much(stage: Scene) -> None:
    """What users write who stay at a place."""
    for _ in range(600 // READ_AHEAD // 30):
        stage.insert("q" * 30)


@in_virtual_time
async def test_it_stands_at_the_prefixs_head_and_in_the_trace() -> None:
    stage = await scene(ScriptedContext("one", "two"))
    await stage.ghost()
    (call,) = stage.model.calls
    assert call.prompt.prefix.startswith("+++++ one.py\none\n\n+++++ two.py\ntwo\n\n+++++ x.py\ndef f(x):")
    trace = next(trace for trace in stage.traces if trace.trigger == "automatic")
    assert trace.context_tokens == {"definitions": 40}
    assert trace.context_ms == 3.0
    assert "context found in 3 ms: definitions 40 tokens" in trace.line()


@in_virtual_time
async def test_typing_only_appends_whatever_happens_elsewhere() -> None:
    context = ScriptedContext("one")
    stage = await scene(context)
    stage.model.answer = lambda prompt: "zzz\n"
    await stage.ghost()
    for word in ("alpha", " + beta", " + gamma"):
        context.texts = (word,)
        stage.insert(word)
        await stage.ghost()
    prompts = [call.prompt.raw for call in stage.model.calls]
    assert len(prompts) == 4
    assert all(later.startswith(earlier) for earlier, later in pairwise(prompts))
    assert context.asked == 1


@in_virtual_time
async def test_in_a_pause_it_is_renewed_and_read() -> None:
    context = ScriptedContext("one", "two")
    stage = await scene(context)
    await asyncio.sleep(RESTS_S)
    await stage.ghost()
    await asyncio.sleep(RESTS_S)
    stage.model.answer = lambda prompt: "zzz\n"
    context.texts = ("three", "one", "four")
    write_much(stage)
    await stage.ghost()
    assert stage.model.warmed == []
    await asyncio.sleep(PAUSE_S + 1)
    (warmed,) = stage.model.warmed
    assert warmed.prefix.startswith("+++++ one.py\none\n\n+++++ three.py"), "what stays keeps its place"
    stage.insert("w")
    await stage.ghost()
    assert stage.model.calls[-1].prompt.raw.startswith(warmed.raw)


@in_virtual_time
async def test_a_pause_that_brings_nothing_new_changes_nothing() -> None:
    context = ScriptedContext("one", "two")
    stage = await scene(context)
    await asyncio.sleep(RESTS_S)
    await stage.ghost()
    await asyncio.sleep(RESTS_S)
    stage.model.answer = lambda prompt: "zzz\n"
    write_much(stage)
    await stage.ghost()
    await asyncio.sleep(PAUSE_S + 1)
    assert context.asked == 2
    assert stage.model.warmed == []


@in_virtual_time
async def test_it_is_not_renewed_for_users_who_write_little_there_or_have_gone_elsewhere() -> None:
    context = ScriptedContext("one")
    stage = await scene(context)
    await asyncio.sleep(RESTS_S)
    await stage.ghost()
    await asyncio.sleep(RESTS_S)
    context.texts = ("two",)
    stage.model.answer = lambda prompt: "zzz\n"
    stage.insert("few")
    await stage.ghost()
    await asyncio.sleep(PAUSE_S + 1)
    assert stage.model.warmed == []
    write_much(stage)
    await stage.ghost()
    other, cursor = at("y = █\n", language="python", uri="file:///y.py")
    stage.store.open(other)
    await stage.service.complete(CompletionRequest(other, cursor, Trigger.AUTOMATIC))
    await asyncio.sleep(PAUSE_S + 1)
    assert stage.model.warmed == []


@in_virtual_time
async def test_coming_back_to_a_place_asks_what_the_model_has_read_there() -> None:
    lines = "".join(f"    step_{number}(x)\n" for number in range(300))
    stage = Scene(f"def f(x):\n    y = █\n{lines}", {"completion": {"debounceMs": 100}})
    context = stage.context = ScriptedContext("one")
    await stage.begin()
    stage.model.answer = lambda prompt: "zzz\n"
    await stage.ghost()
    there = stage.cursor
    context.texts = ("two",)
    stage.cursor = Position(200, 0)
    await stage.ghost()
    assert "two" in stage.model.calls[-1].prompt.prefix
    stage.cursor = there
    stage.insert("alpha")
    await stage.ghost()
    prompts = [call.prompt.raw for call in stage.model.calls]
    assert len(prompts) == 3
    assert prompts[2] == prompts[0] + "alpha"


@in_virtual_time
async def test_what_is_late_is_not_waited_for() -> None:
    context = ScriptedContext("one")
    context.in_time = False
    stage = await scene(context)
    assert await stage.ghost() == "compute(1)"
    assert stage.model.calls[0].prompt.prefix.startswith("def f(x):")


@in_virtual_time
async def test_sources_are_switched_one_by_one() -> None:
    context = ScriptedContext()
    stage = await scene(context, context={"similar": False, "tests": False, "skeleton": True})
    await stage.ghost()
    assert set(context.sources) == set(SourceName) - {SourceName.SIMILAR, SourceName.TESTS}


@in_virtual_time
async def test_what_is_not_worth_its_tokens_is_off_by_default() -> None:
    context = ScriptedContext()
    stage = await scene(context)
    await stage.ghost()
    assert set(context.sources) == set(SourceName) - {SourceName.SKELETON}
