"""Whatever happens in whatever order: one answer to each request, never about another text, and a clean end."""

from __future__ import annotations

import asyncio
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import EXAMPLES
from tests.lsp_client import Json, LspClient
from tests.patience import soon
from tests.server.mirror import Asked, Mirror, answer, judged
from tests.standins.base import Fault, FaultKind, Script
from tests.standins.ollama import OllamaStandIn

TEXT = "import os\n\n\ndef area(width):\n    total = 0\n    \n    return total\n"
BODY = TEXT.index("    \n") + 4

Kind = Literal["type", "delete", "paste", "elsewhere", "ask", "invoke", "cancel", "close", "settings", "pace", "fault"]


@dataclass(frozen=True)
class Step:
    """Something that happens, and the pause in ms after it."""

    kind: Kind
    what: Any = None
    pause_ms: int = 0


def steps() -> st.SearchStrategy[list[Step]]:
    """Things that happen around a document; asking is the most frequent."""
    pauses = st.sampled_from([0, 0, 0, 1, 5, 20, 60])
    faults: list[FaultKind] = ["reset", "cut", "silent-end", "error-line", "garbage", "half-line", "invalid-utf8"]
    kinds: list[st.SearchStrategy[tuple[Kind, Any]]] = [
        st.tuples(st.just("ask"), st.none()),
        st.tuples(st.just("ask"), st.none()),
        st.tuples(st.just("invoke"), st.none()),
        st.tuples(st.just("type"), st.sampled_from("k1v= (\n😀")),
        st.tuples(st.just("type"), st.sampled_from("k1v= (\n😀")),
        st.tuples(st.just("delete"), st.integers(1, 3)),
        st.tuples(st.just("paste"), st.just("one = two(three)\n    four = five(six, seven, eight)\n    ")),
        st.tuples(st.just("elsewhere"), st.none()),
        st.tuples(st.just("cancel"), st.integers(1, 3)),
        st.tuples(st.just("close"), st.none()),
        st.tuples(
            st.just("settings"),
            st.sampled_from(
                [
                    {"enabled": False},
                    {"enabled": True},
                    {"completion": {"debounceMs": 30}},
                    {"completion": {"languages": {"python": False}}},
                    {"backend": "workspace"},
                    {"cache": {"enabled": False}},
                    {"nonsense": 1},
                ]
            ),
        ),
        st.tuples(st.just("pace"), st.sampled_from([0, 3, 30, 200])),
        st.tuples(st.just("fault"), st.sampled_from(faults)),
    ]
    one = st.one_of(kinds).flatmap(lambda pair: pauses.map(lambda pause: Step(*pair, pause)))
    return st.lists(one, min_size=5, max_size=40)


class Session:
    """Carries out the steps."""

    def __init__(self, client: LspClient, model: OllamaStandIn, base: Json) -> None:
        self.client = client
        self.model = model
        self.base = base
        self.asked: list[Asked] = []
        self.cancelled: set[int] = set()
        self.opened = 0
        self.mirror = self.open()

    def open(self) -> Mirror:
        """The document, again or for the first time, under a name of its own every other time."""
        self.opened += 1
        return Mirror(self.client, TEXT, BODY, f"file:///mirror{self.opened // 2}.py")

    async def carry_out(self, steps: Sequence[Step]) -> None:
        """One after the other, without waiting for any answer."""
        for step in steps:
            self.do(step)
            await asyncio.sleep(step.pause_ms / 1000)

    def do(self, step: Step) -> None:
        """One step."""
        mirror = self.mirror
        match step.kind:
            case "type":
                mirror.type(step.what)
            case "delete":
                mirror.edit((max(0, mirror.cursor - step.what), mirror.cursor, ""))
            case "paste":
                mirror.edit((mirror.cursor, mirror.cursor, step.what))
            case "elsewhere":
                cursor = mirror.cursor
                mirror.edit((0, 0, "#\n"))
                mirror.cursor = cursor + 2
            case "ask" | "invoke":
                self.asked.append(mirror.ask(invoked=step.kind == "invoke"))
            case "cancel":
                for asked in self.asked[-step.what :]:
                    self.cancelled.add(asked.number)
                    self.client.cancel(asked.number)
            case "close":
                self.client.notify("textDocument/didClose", {"textDocument": {"uri": mirror.uri}})
                self.mirror = self.open()
            case "settings":
                self.client.notify(
                    "workspace/didChangeConfiguration", {"settings": {"codestral": self.base | step.what}}
                )
            case "pace":
                self.model.script = Script(answer=answer, first_token_ms=step.what, token_ms=step.what / 10)
            case "fault":
                self.model.plan(Fault(step.what, after=1), path="/api/generate")

    async def check(self, *, leaving: bool = False) -> None:
        """Every request has one answer, and it is a right one. When `leaving`, any may be cancelled."""
        replies = await soon(asyncio.gather(*(asked.reply for asked in self.asked)))
        embedded: Container[int] = range(1 << 30)
        if not leaving:
            traces = await self.client.command("codestral.why", 1000)
            embedded = {trace["number"] for trace in traces if trace["engine"] == "workspace"}
        for asked, reply in zip(self.asked, replies, strict=True):
            if "error" in reply:
                assert reply["error"]["code"] == -32800
                assert leaving or asked.number in self.cancelled
            else:
                judged(asked, reply, embedded=embedded)
        ids = [message["id"] for message in self.client.received if "id" in message and "method" not in message]
        assert len(ids) == len(set(ids))


async def session(environ: dict[str, str], happens: Sequence[Step], *, goodbye_at_once: bool) -> None:
    async with OllamaStandIn(Script(answer=answer)) as model:
        base = {"backend": "ollama", "ollama": {"url": model.url}, "completion": {"debounceMs": 0}}
        client = LspClient()
        await client.start(environ=environ)
        try:
            await client.initialize(base)
            run = Session(client, model, base)
            await run.carry_out(happens)
            if goodbye_at_once:
                shutdown = asyncio.create_task(client.request("shutdown"))
                await run.check(leaving=True)
                await shutdown
                client.notify("exit", None)
                assert await soon(client.process.wait()) == 0
            else:
                await run.check()
                model.script = Script(answer=answer)
                client.notify("workspace/didChangeConfiguration", {"settings": {"codestral": base}})
                assert await client.command("codestral.status")
        finally:
            assert await client.stop() == 0
        assert not [note for note in client.notifications("window/showMessage") if "internal" in note["message"]]


@pytest.mark.timeout(300)
@settings(max_examples=EXAMPLES // 4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps(), st.booleans())
def test_one_right_answer_to_every_request(environ: dict[str, str], happens: list[Step], goodbye: bool) -> None:
    asyncio.run(session(environ, happens, goodbye_at_once=goodbye))
