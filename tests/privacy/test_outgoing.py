"""The one door: what leaves is without secrets, what returns has them, the ledger knows, the budget holds."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from codestral_lsp.backends.base import ChatRequest, Message, ModelInfo, Piece, Prompt, Sampling, Segment, Source, Usage
from codestral_lsp.config.load import Layer, load
from codestral_lsp.errors import BudgetSpent
from codestral_lsp.insight.prices import price_table
from codestral_lsp.privacy.ledger import Entry, Ledger, last, this_month
from codestral_lsp.privacy.outgoing import Door
from tests.completion.scene import ScriptedModel

SECRET = "Tr0ub4dor" + "&3"
PREFIX = f'password = "{SECRET}"\nconnect('
PROMPT = Prompt(
    PREFIX, ")\n", (Segment("[SUFFIX]", True), Segment(")\n"), Segment("[PREFIX]", True), Segment(PREFIX)),
    tokens=40, path="/p/db.py", sources=(Source("/p/db.py", 3, 9), Source("models.py")),
)  # fmt: skip
REMOTE = ModelInfo("mistral", "codestral-2508", "api.mistral.ai", True, True, "suffix", 32768)


@dataclass
class Listener(ScriptedModel):
    """A model somewhere, which repeats the last line's placeholder in its answer."""

    info: ModelInfo = REMOTE
    heard: list[Prompt | ChatRequest] = field(default_factory=list)
    usage: Usage | None = field(default_factory=lambda: Usage(1000, 400, 100))

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Piece]:
        """Answer with what stands in the password's place, in pieces of two characters."""
        self.heard.append(prompt)
        text = prompt.prefix.split('"')[1]
        for at in range(0, len(text), 2):
            yield Piece(text[at : at + 2])
        yield Piece("", "stop", self.usage)

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Piece]:
        """Say yes."""
        self.heard.append(request)
        yield Piece("yes", "stop", self.usage)

    async def describe(self) -> ModelInfo:
        """As scripted."""
        return self.info


@asynccontextmanager
async def door(folder: Path, settings: dict[str, Any] | None = None) -> AsyncIterator[Door]:
    """A door with its ledger in `folder`."""
    ledger = Ledger(folder / "state")
    yield Door(load([Layer("test", settings or {})]).settings, ledger, partial(price_table, folder))
    ledger.database.close()


async def said(door: Door, model: Listener) -> str:
    """The whole answer to PROMPT."""
    return "".join([piece.text async for piece in door.through(model).stream(PROMPT, Sampling())])


async def entries(door: Door) -> list[Entry]:
    """What the ledger holds."""
    return await door.ledger.database.ask(last, 100) or []


async def test_no_secret_leaves_and_the_answer_has_it_again(tmp_path: Path) -> None:
    async with door(tmp_path) as out:
        model = Listener()
        assert await said(out, model) == SECRET
        assert SECRET not in repr(model.heard)
        assert "REDACTED_1_SECRET" in model.heard[0].raw  # type: ignore[union-attr]
        chat = ChatRequest([Message("user", PREFIX)])
        assert [piece.text async for piece in out.through(model).chat(chat)] == ["yes"]
        assert SECRET not in repr(model.heard)
        await out.through(Listener(info=replace(REMOTE, metered=False))).warm(PROMPT)
        assert [(entry.purpose, entry.redacted) for entry in await entries(out)] == [
            ("completion", {"credential": 1}),
            ("chat", {"credential": 1}),
            ("warm-up", {"credential": 1}),
        ]


async def test_what_stays_on_the_machine_goes_as_it_is(tmp_path: Path) -> None:
    async with door(tmp_path) as out:
        model = Listener(info=replace(REMOTE, remote=False, metered=False))
        assert await said(out, model) == SECRET
        assert model.heard == [PROMPT]


async def test_redaction_can_be_switched_off(tmp_path: Path) -> None:
    async with door(tmp_path, {"privacy": {"redactSecrets": False}}) as out:
        model = Listener()
        await said(out, model)
        assert model.heard == [PROMPT]


async def test_the_ledger_has_host_files_lines_tokens_and_cost_and_no_code(tmp_path: Path) -> None:
    async with door(tmp_path) as out:
        await said(out, Listener())
        (entry,) = await entries(out)
    assert (entry.host, entry.model, entry.remote, entry.purpose) == (
        "api.mistral.ai",
        REMOTE.model,
        True,
        "completion",
    )
    assert entry.sources == PROMPT.sources
    assert (entry.prompt_tokens, entry.cached_tokens, entry.answer_tokens, entry.estimated) == (1000, 400, 100, False)
    assert entry.cost == pytest.approx((600 * 0.30 + 400 * 0.03 + 100 * 0.90) / 1e6)
    assert entry.text is None
    file = tmp_path / "state" / "ledger.db"
    assert b"connect(" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


async def test_an_answer_that_is_broken_off_is_entered_with_an_estimate(tmp_path: Path) -> None:
    async with door(tmp_path) as out:
        stream = out.through(Listener()).stream(PROMPT, Sampling())
        await anext(stream)
        await stream.aclose()
        (entry,) = await entries(out)
    assert (entry.prompt_tokens, entry.answer_tokens, entry.estimated) == (40, 1, True)


async def test_texts_are_kept_only_when_asked_for_and_without_secrets(tmp_path: Path) -> None:
    async with door(tmp_path, {"privacy": {"ledgerText": True}}) as out:
        await said(out, Listener())
        (entry,) = await entries(out)
    assert entry.text
    assert "connect(" in entry.text
    assert SECRET not in entry.text


async def test_the_ledger_can_be_switched_off_and_money_is_counted_all_the_same(tmp_path: Path) -> None:
    async with door(tmp_path, {"privacy": {"ledger": False}}) as out:
        await said(out, Listener())
        assert await entries(out) == []
        assert await out.ledger.cost(this_month()) > 0


async def test_a_spent_budget_stops_what_costs_money_and_nothing_else(tmp_path: Path) -> None:
    async with door(tmp_path, {"mistral": {"monthlyBudget": 0.0001}}) as out:
        await said(out, Listener())
        model = Listener()
        with pytest.raises(BudgetSpent, match="monthly budget"):
            await said(out, model)
        assert not model.heard
        assert await said(out, Listener(info=replace(REMOTE, remote=False, metered=False))) == SECRET
    async with door(tmp_path, {"mistral": {"monthlyBudget": 0.0001}}) as tomorrow:
        with pytest.raises(BudgetSpent):
            await said(tomorrow, Listener())


async def test_a_users_own_price_goes_before_ours(tmp_path: Path) -> None:
    own = 'currency = "EUR"\n[[price]]\nmodel = "codestral-*"\nprompt = 1\nanswer = 2\n'
    (tmp_path / "prices.toml").write_text(own)
    async with door(tmp_path) as out:
        await said(out, Listener())
        (entry,) = await entries(out)
    assert entry.cost == pytest.approx((1000 * 1 + 100 * 2) / 1e6)
    assert price_table(tmp_path).currency == "EUR"


async def test_a_broken_price_table_is_told_and_ours_holds(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text("[[price]]\nmodel = 3\n")
    table = price_table(tmp_path)
    assert table.problem
    assert table.find("api.mistral.ai", "codestral-2508")


async def test_a_damaged_ledger_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "ledger.db").write_bytes(b"SQLite format 3\x00" + b"\xff" * 4096)
    async with door(tmp_path) as out:
        await said(out, Listener())
        assert len(await entries(out)) == 1
    assert (tmp_path / "state" / "ledger.db.corrupt").exists()


async def test_the_ledger_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codestral_lsp.privacy.ledger._MOST", 5)
    async with door(tmp_path) as out:
        for _ in range(201):
            out.ledger.enter(Entry("chat", "ollama", "here", "codestral", False), keep=True, charge=False)
        count = await out.ledger.database.ask(_count)
    assert count == 5


def _count(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM sent").fetchone()[0])
