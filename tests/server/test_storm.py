"""An engine that fails again and again is told of once for each cause, and what the month has cost is in the status.

The whole server inside this process, on the virtual clock: the pauses between the failures come to an hour and a half.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.completers import ServerCompleter
from codestral_lsp.backends.base import ModelInfo
from codestral_lsp.config.paths import UserPaths
from codestral_lsp.document.position import Position, Range
from codestral_lsp.errors import BackendError, Disconnected, RateLimited, ServerFault
from codestral_lsp.server.app import App
from tests.completion.scene import ScriptedModel, in_virtual_time

FILE = "x.py"
CURSOR = Position(1, 4)


class Editor(ServerCompleter):
    """Keeps what the server says unasked."""

    def __init__(self, app: App, root: Path, settings: dict[str, Any]) -> None:
        super().__init__(app, root, settings)
        self.said: list[tuple[str, Any]] = []

    def _take(self, message: Any) -> None:
        if "method" in message:
            self.said.append((message["method"], message["params"]))
        super()._take(message)

    def messages(self) -> list[str]:
        """What the user was shown."""
        return [params["message"] for method, params in self.said if method == "window/showMessage"]

    def statuses(self) -> list[dict[str, Any]]:
        """What the status bar was told."""
        return [params for method, params in self.said if method == "codestral/didChangeStatus"]

    async def type(self, character: str) -> None:
        """Type something at the cursor, wait until whoever types would look, and ask."""
        self.edited(FILE, Range(CURSOR, CURSOR), character)
        await asyncio.sleep(61)  # the longest pause after a failure
        await self.ask(FILE, Position(CURSOR.line, CURSOR.column + 1))
        self.edited(FILE, Range(CURSOR, Position(CURSOR.line, CURSOR.column + 1)), "")


async def editing(tmp_path: Path, model: ScriptedModel, settings: dict[str, Any] | None = None) -> Editor:
    """An editor with a file open, and `model` behind the server."""
    (tmp_path / "root").mkdir()
    app = App(UserPaths(tmp_path / "config.toml", tmp_path / "cache", tmp_path / "state"), {}, backend=lambda *_: model)
    quiet = {"completion": {"prefetch": False, "candidates": 1}, "workspaceIndex": {"enabled": False}}
    editor = Editor(app, tmp_path / "root", {"backend": "ollama", **quiet, **(settings or {})})
    await editor.begin()
    editor.opened(FILE, "def f():\n    \n")
    return editor


def failing(make: Callable[[int], BackendError]) -> ScriptedModel:
    """A model whose every failure says something else."""
    model = ScriptedModel(first_token_s=0.0)
    model.failure = lambda: make(len(model.calls))
    return model


@in_virtual_time
async def test_a_hundred_failures_are_one_message(tmp_path: Path) -> None:
    model = failing(lambda count: ServerFault("ollama", f"It failed for the {count}th time.", cure="Look at its log."))
    editor = await editing(tmp_path, model)
    for turn in range(100):
        await editor.type("abcdefghij"[turn % 10])
    assert len(model.calls) >= 100
    assert editor.messages() == ["codestral-lsp: It failed for the 1th time. Look at its log."]
    assert editor.statuses()[-1]["kind"] == "Warning"
    assert editor.statuses()[-1]["cause"] == "server-fault"
    assert len(editor.statuses()) <= 2 * len(model.calls) + 5
    await editor.end()


@in_virtual_time
async def test_each_cause_is_told_once_however_they_alternate(tmp_path: Path) -> None:
    kinds = (ServerFault, RateLimited, Disconnected)
    model = failing(lambda count: kinds[count % 3]("ollama", f"Failure {count}.", cure="Wait."))
    editor = await editing(tmp_path, model)
    for turn in range(30):
        await editor.type("abcdefghij"[turn % 10])
    assert len(model.calls) >= 30
    assert len(editor.messages()) == 3
    await editor.end()


class Metered(ScriptedModel):
    """Costs money."""

    async def describe(self) -> ModelInfo:
        """Mistral's."""
        info = await super().describe()
        names = {"backend": "mistral", "model": "codestral-2508", "host": "api.mistral.ai"}
        return replace(info, **names, remote=True, metered=True)  # type: ignore[arg-type]


@in_virtual_time
async def test_the_status_says_what_the_month_has_cost_and_that_the_budget_is_spent(tmp_path: Path) -> None:
    dear = '[[price]]\nmodel = "codestral-*"\nprompt = 50000\nanswer = 0\n'  # some cents a token
    (tmp_path / "prices.toml").write_text(dear)
    model = Metered(first_token_s=0.0, answer=lambda prompt: "return 1\n")
    editor = await editing(tmp_path, model, {"mistral": {"monthlyBudget": 2.5}})
    for turn in range(12):
        await editor.type("abcdefghijkl"[turn])
    details = [status["detail"] for status in editor.statuses() if status["kind"] == "Normal"]
    assert any("of 2.5 USD this month" in detail for detail in details)
    last = editor.statuses()[-1]
    assert (last["kind"], last["cause"]) == ("Error", "budget")
    assert last["message"].startswith("The monthly budget of 2.5 USD is spent (")
    assert "the budget is spent" in last["detail"]
    assert 1 < len(model.calls) < 12
    assert len(editor.messages()) == 1
    await editor.end()
