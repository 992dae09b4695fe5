"""The one door: every prompt leaves through here, whatever asks, whichever backend takes it.

On the way out to another machine secrets are taken out of it, and put back into the answer. What has left is written
into the ledger, what it cost is counted, and when the month's budget is spent nothing that costs money leaves.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import cached_property

from codestral_lsp.backends.base import (
    Backend,
    BackendName,
    ChatRequest,
    Health,
    ModelInfo,
    Piece,
    Prompt,
    Sampling,
    Source,
    Usage,
)
from codestral_lsp.config.settings import Settings
from codestral_lsp.errors import BudgetSpent
from codestral_lsp.insight.month import Month
from codestral_lsp.insight.prices import PriceTable
from codestral_lsp.privacy.ledger import Entry, Ledger, this_month
from codestral_lsp.privacy.redaction import Restorer, Vault

_LOOK_EVERY_S = 60.0
"""How often to look what other servers have spent this month."""


class Door:
    """What all backends of one process share: the secrets, the ledger, the prices and the budget."""

    def __init__(self, settings: Settings, ledger: Ledger, prices: Callable[[], PriceTable]) -> None:
        self.settings = settings
        self.ledger = ledger
        self._read_prices = prices
        self.vault = Vault()
        self._month = ""
        self._spent = 0.0
        self._looked_s = float("-inf")

    @cached_property
    def prices(self) -> PriceTable:
        """What requests cost. Reads files when first asked."""
        return self._read_prices()

    def through(self, backend: Backend) -> Backend:
        """The backend, behind this door."""
        return OutgoingBackend(backend, self)

    async def month_cost(self) -> float:
        """What this month has cost so far, in the price table's currency."""
        now, month = asyncio.get_running_loop().time(), this_month()
        if month != self._month or now - self._looked_s > _LOOK_EVERY_S:
            self._looked_s = now
            self._spent, self._month = await self.ledger.cost(month), month
        return self._spent

    @property
    def month_is_known(self) -> bool:
        """Whether it was looked what the month has cost."""
        return bool(self._month)

    @property
    def month(self) -> Month:
        """The month's money, as far as it is known without looking."""
        budget, prices = self.settings.mistral.monthly_budget, self.prices
        return Month(self._month or this_month(), self._spent, prices.currency, budget, prices.dated)

    async def check(self, info: ModelInfo) -> None:
        """Raise BudgetSpent if a request would cost money that is no longer there."""
        if not info.metered:
            return
        spent, budget = await self.month_cost(), self.settings.mistral.monthly_budget
        if budget is None or spent < budget:
            return
        raise BudgetSpent(
            info.backend,
            f"The monthly budget of {budget:g} {self.prices.currency} is spent ({spent:.2f} in {self._month}).",
            cure="Raise mistral.monthlyBudget, or wait for the next month; local engines go on.",
        )

    def write(self, entry: Entry, info: ModelInfo) -> None:
        """Enter what has been sent."""
        if info.metered:
            self._spent += entry.cost or 0.0
        self.ledger.enter(entry, keep=self.settings.privacy.ledger, charge=info.metered)


class OutgoingBackend:
    """A backend as everybody sees it."""

    def __init__(self, inner: Backend, door: Door) -> None:
        self._inner = inner
        self._door = door

    @property
    def name(self) -> BackendName:
        """Which backend this is."""
        return self._inner.name

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Piece]:
        """Continue a prompt; raises BackendError, and BudgetSpent among them."""
        info = await self._inner.describe()
        await self._door.check(info)
        prompt, redacted = self._redacted(prompt, info)
        text = prompt.raw or f"{prompt.prefix}\n⟦…⟧\n{prompt.suffix}"
        entry = self._entry("completion", info, prompt.sources, redacted, text)
        pieces = self._inner.stream(prompt, sampling)
        async with aclosing(self._watched(pieces, entry, info, prompt.tokens)) as watched:
            async for piece in watched:
                yield piece

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Piece]:
        """Answer a chat; raises BackendError, and BudgetSpent among them."""
        info = await self._inner.describe()
        await self._door.check(info)
        redacted: Counter[str] = Counter()
        if self._must_redact(info):
            contents, redacted = self._door.vault.redact([message.content for message in request.messages])
            pairs = zip(request.messages, contents, strict=True)
            request = replace(request, messages=[replace(message, content=content) for message, content in pairs])
        text = "\n".join(f"{message.role}: {message.content}" for message in request.messages)
        entry = self._entry("chat", info, request.sources, redacted, text)
        async with aclosing(self._watched(self._inner.chat(request), entry, info, len(text) // 4)) as watched:
            async for piece in watched:
                yield piece

    async def warm(self, prompt: Prompt) -> Usage:
        """Have the server read a prompt."""
        info = await self._inner.describe()
        prompt, redacted = self._redacted(prompt, info)
        usage = await self._inner.warm(prompt)
        if not info.metered:  # where reading costs money a warm-up sends nothing
            entry = self._entry("warm-up", info, prompt.sources, redacted, prompt.raw or prompt.prefix)
            self._door.write(_counted(entry, usage, prompt.tokens, 0), info)
        return usage

    async def describe(self) -> ModelInfo:
        """The model that would answer now."""
        return await self._inner.describe()

    async def health(self) -> Health:
        """Whether a request would succeed."""
        return await self._inner.health()

    async def count(self, text: str) -> int | None:
        """Tokens in `text`; None where asking would send it to another machine only to be counted."""
        info = await self._inner.describe()
        return None if info.remote else await self._inner.count(text)

    async def special(self, token: str) -> bool | None:
        """Whether `token` is a control token."""
        return await self._inner.special(token)

    def forget(self) -> None:
        """Drop what was remembered of the server."""
        self._inner.forget()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()

    # ---- on the way

    def _must_redact(self, info: ModelInfo) -> bool:
        return info.remote and self._door.settings.privacy.redact_secrets

    def _redacted(self, prompt: Prompt, info: ModelInfo) -> tuple[Prompt, Counter[str]]:
        if not self._must_redact(info):
            return prompt, Counter()
        (prefix, suffix), kinds = self._door.vault.redact([prompt.prefix, prompt.suffix])
        own = [segment.text for segment in prompt.segments]
        texts, in_segments = self._door.vault.redact(own)
        segments = tuple(
            segment if segment.control else replace(segment, text=text)
            for segment, text in zip(prompt.segments, texts, strict=True)
        )
        return replace(prompt, prefix=prefix, suffix=suffix, segments=segments), in_segments or kinds

    async def _watched(
        self, pieces: AsyncGenerator[Piece], entry: Entry, info: ModelInfo, prompt_tokens: int
    ) -> AsyncGenerator[Piece]:
        """The pieces with their secrets back; when they end, however they do, the ledger has its entry."""
        restorer = Restorer(self._door.vault) if entry.redacted else None
        usage, told = Usage(), 0
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    usage = piece.usage or usage
                    told += bool(piece.text)
                    if restorer is not None:
                        text = restorer.feed(piece.text)
                        piece = replace(piece, text=text + restorer.end() if piece.finish is not None else text)
                    yield piece
        finally:
            self._door.write(self._priced(_counted(entry, usage, prompt_tokens, told), info), info)

    def _entry(
        self, purpose: str, info: ModelInfo, sources: Sequence[Source], redacted: Counter[str], text: str
    ) -> Entry:
        kept = text if self._door.settings.privacy.ledger_text else None
        return Entry(
            purpose, info.backend, info.host, info.model, info.remote, tuple(sources), redacted=redacted, text=kept
        )

    def _priced(self, entry: Entry, info: ModelInfo) -> Entry:
        if not info.metered or (price := self._door.prices.find(info.host, info.model)) is None:
            return entry
        return replace(entry, cost=price.cost(Usage(entry.prompt_tokens, entry.cached_tokens, entry.answer_tokens)))


def _counted(entry: Entry, usage: Usage, prompt_tokens: int, pieces: int) -> Entry:
    """The entry with what the server said of the cost; where it did not come to say so, with an estimate."""
    estimated = usage.prompt_tokens is None or usage.completion_tokens is None
    return replace(
        entry,
        prompt_tokens=usage.prompt_tokens if usage.prompt_tokens is not None else prompt_tokens,
        cached_tokens=usage.cached_tokens,
        answer_tokens=usage.completion_tokens if usage.completion_tokens is not None else pieces,
        estimated=estimated,
    )
