"""What tokens cost: a dated table that comes with the program, and the user's own before it.

The user's is `prices.toml` in the folder of the settings file, with the same shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from importlib.resources import files
from pathlib import Path
from typing import Any

from codestral_lsp.backends.base import Usage

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs, in `currency` per million tokens."""

    host: str
    """A pattern for the host, as in `*.mistral.ai`."""
    model: str
    """A pattern for the model, as in `codestral-*`."""
    prompt: float
    cached: float
    """Prompt tokens that the server had read before."""
    answer: float

    def fits(self, host: str, model: str) -> bool:
        """Whether this is the price there."""
        return fnmatch(host, self.host) and fnmatch(model, self.model)

    def cost(self, usage: Usage) -> float:
        """The cost of a request."""
        prompt, cached = usage.prompt_tokens or 0, usage.cached_tokens or 0
        fresh = max(0, prompt - cached)
        answer = usage.completion_tokens or 0
        return (fresh * self.prompt + cached * self.cached + answer * self.answer) / _MILLION


@dataclass(frozen=True, slots=True)
class PriceTable:
    """Prices, the first that fits counts."""

    dated: str
    """When they were looked up."""
    currency: str
    prices: Sequence[Price]
    problem: str = ""
    """What is wrong with the user's own table, which then has no say."""

    def find(self, host: str, model: str) -> Price | None:
        """The price of a model at a host; None if nobody told it."""
        return next((price for price in self.prices if price.fits(host, model)), None)


def price_table(config_folder: Path) -> PriceTable:
    """The prices that hold for this user. Reads files."""
    import tomllib

    ours = _read(tomllib.loads(files("codestral_lsp.insight").joinpath("prices.toml").read_text("utf-8")))
    own = config_folder / "prices.toml"
    try:
        theirs = _read(tomllib.loads(own.read_text("utf-8")))
    except FileNotFoundError:
        return ours
    except (OSError, UnicodeDecodeError, ValueError, TypeError, KeyError) as error:
        return PriceTable(ours.dated, ours.currency, ours.prices, f"{own}: {error}")
    return PriceTable(theirs.dated, theirs.currency, (*theirs.prices, *ours.prices))


def _read(table: dict[str, Any]) -> PriceTable:
    prices = [
        Price(
            str(entry.get("host", "*")),
            str(entry["model"]),
            float(entry["prompt"]),
            float(entry.get("cached", entry["prompt"])),
            float(entry["answer"]),
        )
        for entry in table.get("price", ())
    ]
    return PriceTable(str(table.get("dated", "")), str(table.get("currency", "USD")), tuple(prices))
