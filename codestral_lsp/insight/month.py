"""What the month has cost so far, and may cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Spent:
    """A month's use of one model that costs money."""

    month: str
    """As 2026-11, in UTC."""
    host: str
    model: str
    requests: int
    prompt_tokens: int
    cached_tokens: int
    answer_tokens: int
    cost: float


@dataclass(frozen=True, slots=True)
class Month:
    """One month's money."""

    name: str
    """As 2026-11, in UTC."""
    cost: float
    currency: str
    budget: float | None = None
    """What it may cost (`mistral.monthlyBudget`); None: no limit."""
    dated: str = ""
    """When the prices were looked up."""

    @property
    def spent(self) -> bool:
        """Whether nothing that costs money is asked any more."""
        return self.budget is not None and self.cost >= self.budget

    @property
    def text(self) -> str:
        """For a person."""
        cost = f"{self.cost:.2f}" if self.cost >= 0.01 or not self.cost else "less than 0.01"
        of = "" if self.budget is None else f" of {self.budget:g}"
        stopped = "; the budget is spent, remote engines rest until the next month" if self.spent else ""
        return f"{cost}{of} {self.currency} this month{stopped}"

    def as_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "month": self.name,
            "cost": self.cost,
            "currency": self.currency,
            "budget": self.budget,
            "budgetSpent": self.spent,
            "pricesOf": self.dated,
        }
